-- Statements of jobs/.  A row always has all its columns, read in read_job().

-- NAME: jobs_add
-- ?1 tenant, ?2 id, ?3 kind, ?4 member, ?5 args, ?6 now, ?7 how many there are to do
INSERT INTO jobs (tenant_id, id, kind, member_id, args, cursor, done, refused, refusals, state,
                  created_at, ended_at, worked_at, total)
VALUES (?1, ?2, ?3, ?4, ?5, 0, 0, 0, '[]', 'waiting', ?6, 0, ?6, ?7)

-- NAME: jobs_open
-- ?1 tenant, ?2 kind, ?3 member.  One that is not ended yet.
SELECT id
  FROM jobs
 WHERE tenant_id = ?1 AND kind = ?2 AND member_id = ?3 AND state IN ('waiting', 'running')
 ORDER BY id
 LIMIT 1

-- NAME: jobs_get
-- ?1 tenant, ?2 id
SELECT tenant_id, id, kind, member_id, args, cursor, done, refused, refusals, state, created_at,
       ended_at, total
  FROM jobs
 WHERE tenant_id = ?1 AND id = ?2

-- NAME: jobs_next
-- ?1 now, ?2 the latest time that one can have been put off to.  Of those not ended the one that
-- waits longest, of any tenant; those of a suspended one wait.  Later than ?2: the clock was set
-- back.
SELECT j.tenant_id, j.id, j.kind, j.member_id, j.args, j.cursor, j.done, j.refused, j.refusals,
       j.state, j.created_at, j.ended_at, j.total
  FROM jobs j
  CROSS JOIN tenants t ON t.id = j.tenant_id
 WHERE j.state IN ('waiting', 'running') AND (j.worked_at <= ?1 OR j.worked_at > ?2)
   AND t.status <> 'suspended'
 ORDER BY j.worked_at, j.id
 LIMIT 1

-- NAME: jobs_later
-- ?1 tenant, ?2 id, ?3 not before
UPDATE jobs SET worked_at = ?3
 WHERE tenant_id = ?1 AND id = ?2 AND state IN ('waiting', 'running')

-- NAME: jobs_move
-- ?1 tenant, ?2 id, ?3 cursor, ?4 done, ?5 refused, ?6 refusals, ?7 state, ?8 ended, ?9 now
UPDATE jobs
   SET cursor = ?3, done = ?4, refused = ?5, refusals = ?6, state = ?7, ended_at = ?8,
       worked_at = ?9
 WHERE tenant_id = ?1 AND id = ?2 AND state IN ('waiting', 'running')

-- NAME: jobs_cancel
-- ?1 tenant, ?2 id, ?3 now
UPDATE jobs
   SET state = 'cancelled', ended_at = ?3
 WHERE tenant_id = ?1 AND id = ?2 AND state IN ('waiting', 'running')
