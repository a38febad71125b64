-- Statements of organizations/.  A row has id, path, name.

-- NAME: organizations_add
-- ?1 tenant, ?2 id, ?3 parent, ?4 path, ?5 name, ?6 its key, ?7 now
INSERT INTO organizations (tenant_id, id, parent_id, path, name, name_key, status, created_at,
                           version)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'active', ?7, 1)

-- NAME: organizations_at
-- ?1 tenant, ?2 path
SELECT id, path, name
  FROM organizations
 WHERE tenant_id = ?1 AND path = ?2 AND status <> 'removed'
