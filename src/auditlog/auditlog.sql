-- Statements of auditlog/.  An event has all its columns, read in read_event().

-- NAME: auditlog_page
-- ?1 tenant, ?2 before this number, ?3 how many.  workspace_name: as it is called now; NULL: in none
SELECT e.tenant_id, e.seq, e.at, e.act, e.actor_kind, e.actor_id, e.actor_name, e.subject_id,
       e.subject_name, e.org_path, e.workspace_id, e.session_id, e.client, e.peer, e.user_agent,
       e.request, e.fields, e.key_id, e.hash, w.name AS workspace_name
  FROM events e
  LEFT JOIN workspaces w ON w.tenant_id = e.tenant_id AND w.id = e.workspace_id
 WHERE e.tenant_id = ?1 AND e.seq < ?2
 ORDER BY e.seq DESC
 LIMIT ?3

-- NAME: auditlog_walk
-- ?1 tenant, ?2 after this number, ?3 how many
SELECT tenant_id, seq, at, act, actor_kind, actor_id, actor_name, subject_id, subject_name,
       org_path, workspace_id, session_id, client, peer, user_agent, request, fields, key_id,
       hash
  FROM events
 WHERE tenant_id = ?1 AND seq > ?2
 ORDER BY seq
 LIMIT ?3

-- NAME: auditlog_head
-- ?1 tenant
SELECT seq, hash FROM heads WHERE tenant_id = ?1

-- NAME: auditlog_heads
SELECT tenant_id, seq, hash FROM heads ORDER BY tenant_id

-- NAME: auditlog_chains
-- Every tenant has a chain, and so has the system; who is without a head lost it.
SELECT 0 AS tenant_id
UNION
SELECT tenant_id FROM heads
UNION
SELECT id FROM tenants
 ORDER BY 1

-- NAME: auditlog_checkpoint
-- ?1 tenant.  The newest.
SELECT upto, hash, n, at, key_id, mac
  FROM checkpoints
 WHERE tenant_id = ?1
 ORDER BY upto DESC
 LIMIT 1

-- NAME: auditlog_last_read
-- ?1 tenant, ?2 actor, ?3 act, ?4 since
SELECT seq
  FROM events
 WHERE tenant_id = ?1 AND actor_id = ?2 AND at > ?4 AND act = ?3
 LIMIT 1
