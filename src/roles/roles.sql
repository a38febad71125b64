-- Statements of roles/.  A row has id, scope, builtin, name, description, permissions.

-- NAME: roles_add
-- ?1 tenant, ?2 id, ?3 scope, ?4 builtin, ?5 name, ?6 its key, ?7 description,
-- ?8 permissions, ?9 now
INSERT INTO roles (tenant_id, id, scope, builtin, name, name_key, description, permissions,
                   status, created_at, version)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 'active', ?9, 1)

-- NAME: roles_list
-- ?1 tenant.  The number of holders is kept (member_counts of the root).
SELECT r.id, r.scope, r.builtin, r.name, r.description, r.permissions,
       (SELECT coalesce(sum(c.n), 0) FROM member_counts c
         WHERE c.tenant_id = ?1 AND c.org_path = '/' AND c.role_id = r.id
           AND c.status <> 'removed') AS users
  FROM roles r
 WHERE r.tenant_id = ?1 AND r.status <> 'removed'
 ORDER BY r.scope, r.builtin = '', r.id

-- NAME: roles_get
-- ?1 tenant, ?2 role
SELECT r.id, r.scope, r.builtin, r.name, r.description, r.permissions,
       (SELECT coalesce(sum(c.n), 0) FROM member_counts c
         WHERE c.tenant_id = ?1 AND c.org_path = '/' AND c.role_id = r.id
           AND c.status <> 'removed') AS users
  FROM roles r
 WHERE r.tenant_id = ?1 AND r.id = ?2 AND r.status <> 'removed'
