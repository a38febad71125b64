-- Statements of site/: what /metrics tells of the whole.

-- NAME: metrics_counts
-- ?1 now.  An email that waits for its day is not late.
SELECT (SELECT count(*) FROM tenants t) AS accounts,
       (SELECT count(*) FROM outbox o WHERE state = 'waiting') AS waiting,
       (SELECT count(*) FROM outbox o WHERE state = 'waiting' AND due_at <= ?1) AS due,
       (SELECT min(due_at) FROM outbox o WHERE state = 'waiting') AS oldest,
       (SELECT count(*) FROM jobs j WHERE state IN ('waiting', 'running')) AS open

-- NAME: search_names
-- ?1 tenant, ?2 what is in the name (folded), ?3 how many of each kind; 1: such may be seen, ?4 service
-- accounts, ?5 groups, ?6 roles.  The kinds are those of enum search_kind.
SELECT 0 AS kind, id, name, description
  FROM (SELECT id, name, description
          FROM service_accounts
         WHERE ?4 AND tenant_id = ?1 AND status <> 'removed' AND instr(name_key, ?2) > 0
         ORDER BY name_key
         LIMIT ?3)
UNION ALL
SELECT 1, id, name, description
  FROM (SELECT id, name, description
          FROM groups
         WHERE ?5 AND tenant_id = ?1 AND status <> 'removed' AND instr(name_key, ?2) > 0
         ORDER BY name_key
         LIMIT ?3)
UNION ALL
SELECT 2, id, name, description
  FROM (SELECT id, name, description
          FROM roles
         WHERE ?6 AND tenant_id = ?1 AND status <> 'removed' AND instr(name_key, ?2) > 0
         ORDER BY scope, builtin = '', id
         LIMIT ?3)
