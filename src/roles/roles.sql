-- Statements of roles/.  A row has id, version, scope, builtin, name, description, permissions.

-- NAME: roles_add
-- ?1 tenant, ?2 id, ?3 scope, ?4 builtin, ?5 name, ?6 its key, ?7 description,
-- ?8 permissions, ?9 now
INSERT INTO roles (tenant_id, id, scope, builtin, name, name_key, description, permissions,
                   status, created_at, version)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 'active', ?9, 1)

-- NAME: roles_holders
-- ?1 tenant.  How many hold each: seats in workspaces, users by the kept counts of the root, and
-- service accounts
SELECT id AS role_id, seats AS users, 0 AS services
  FROM roles
 WHERE tenant_id = ?1 AND scope = 'workspace' AND seats > 0
UNION ALL
SELECT role_id, sum(n), 0
  FROM member_counts
 WHERE tenant_id = ?1 AND org_path = '/' AND status <> 'removed'
 GROUP BY role_id
UNION ALL
SELECT role_id, 0, count(*)
  FROM service_accounts
 WHERE tenant_id = ?1 AND status <> 'removed'
 GROUP BY role_id

-- NAME: roles_get
-- ?1 tenant, ?2 role
SELECT r.id, r.version, r.scope, r.builtin, r.name, r.description, r.permissions,
       CASE WHEN r.scope = 'workspace' THEN r.seats ELSE
       (SELECT coalesce(sum(c.n), 0) FROM member_counts c
         WHERE c.tenant_id = ?1 AND c.org_path = '/' AND c.role_id = r.id
           AND c.status <> 'removed') END AS users,
       (SELECT count(*) FROM service_accounts a
         WHERE a.tenant_id = ?1 AND a.role_id = r.id AND a.status <> 'removed') AS services
  FROM roles r
 WHERE r.tenant_id = ?1 AND r.id = ?2 AND r.status <> 'removed'

-- NAME: roles_named
-- ?1 tenant, ?2 scope, ?3 key of a name
SELECT id FROM roles WHERE tenant_id = ?1 AND scope = ?2 AND name_key = ?3 AND status <> 'removed'

-- NAME: roles_change
-- ?1 tenant, ?2 role, ?3 version seen, ?4 name, ?5 its key, ?6 description, ?7 permissions
UPDATE roles
   SET name = ?4, name_key = ?5, description = ?6, permissions = ?7, version = version + 1
 WHERE tenant_id = ?1 AND id = ?2 AND version = ?3 AND builtin = '' AND status <> 'removed'

-- NAME: roles_close
-- ?1 tenant, ?2 role
UPDATE roles
   SET status = 'removed', version = version + 1
 WHERE tenant_id = ?1 AND id = ?2 AND builtin = '' AND status <> 'removed'

-- NAME: roles_pack
-- ?1 tenant, ?2 role, ?3 replacement: a job's arguments
SELECT json_object('role', ?2, 'to', ?3) AS args WHERE ?1 <> 0

-- NAME: roles_unpack
-- ?1 tenant, ?2 a job's arguments
SELECT json_extract(?2, '$.role') AS role, json_extract(?2, '$.to') AS replacement WHERE ?1 <> 0
