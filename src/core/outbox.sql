-- Emails waiting to go.  They belong to no tenant's page, so the tenant is a column that is
-- only noted here; what a tenant sees of them is in mail.sql.

-- NAME: outbox_add
-- ?1 tenant, ?2 id, ?3 person, ?4 kind, ?5 once, ?6 address, ?7 body, ?8 priority,
-- ?9 state, ?10 due, ?11 expires, ?12 answer, ?13 now, ?14 ended, ?15 about.  A second one with
-- the same once adds nothing.
INSERT INTO outbox (tenant_id, id, person_id, kind, once, about, address, body, priority, state,
                    tries, due_at, claimed_until, expires_at, answer, created_at, ended_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?15, ?6, ?7, ?8, ?9, 0, ?10, 0, ?11, ?12, ?13, ?14)
ON CONFLICT (once) DO NOTHING

-- NAME: outbox_withdraw
-- ?1 tenant, ?2 about, ?3 now
UPDATE outbox
   SET state = 'withdrawn', ended_at = ?3, claimed_until = 0, body = NULL
 WHERE tenant_id = ?1 AND about = ?2 AND about <> '' AND state = 'waiting'

-- NAME: outbox_due
-- ?1 now.  The priorities are written out so that each is a range of the index, however
-- many emails wait for a later time.
SELECT id, tenant_id, person_id, kind, address, body, priority, tries, in_doubt, due_at,
       expires_at
  FROM outbox
 WHERE state = 'waiting' AND priority IN (0, 1, 2, 3, 4, 5, 6, 7, 8, 9) AND due_at <= ?1
 ORDER BY priority, due_at
 LIMIT 1

-- NAME: outbox_next
-- When the next one is due; NULL when none waits.
WITH p (n) AS (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9))
SELECT min((SELECT o.due_at
              FROM outbox o
             WHERE o.state = 'waiting' AND o.priority = p.n
             ORDER BY o.due_at
             LIMIT 1)) AS due_at
  FROM p

-- NAME: outbox_claim
-- ?1 id, ?2 until
UPDATE outbox SET tries = tries + 1, due_at = ?2, claimed_until = ?2 WHERE id = ?1

-- NAME: outbox_later
-- ?1 id, ?2 due, ?3 answer, ?4 whether this try may have arrived
UPDATE outbox
   SET due_at = ?2, claimed_until = 0, answer = ?3,
       in_doubt = CASE WHEN ?4 = 1 THEN 1 ELSE in_doubt END
 WHERE id = ?1 AND state = 'waiting'

-- NAME: outbox_end
-- ?1 id, ?2 sent or dead, ?3 answer, ?4 now, ?5 1: the recipient was refused.  One that was on
-- its way when it was withdrawn may have been sent nevertheless.
UPDATE outbox
   SET state = ?2, answer = ?3, ended_at = ?4, refused = ?5, claimed_until = 0, body = NULL
 WHERE id = ?1 AND (state = 'waiting' OR (state = 'withdrawn' AND ?2 = 'sent'))

-- NAME: outbox_sweep
-- ?1 the smallest id of that time, ?2 ended before
DELETE FROM outbox
 WHERE id IN (SELECT id FROM outbox
               WHERE id < ?1 AND state <> 'waiting' AND ended_at < ?2 LIMIT 500)
