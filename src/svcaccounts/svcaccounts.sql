-- Statements of svcaccounts/.  A row has id, version, name, description, role_id, role_name,
-- permissions, owner_id, owner_group_id, owner_name, status, groups, group_names, key_id, prefix,
-- key_made_at, key_expires_at, used_at, made_by, created_at.

-- NAME: svcaccounts_page sqlite
-- SORT: name=name_key created=created_at role=role_key owner=owner_key used=used_at
-- ?1 tenant, ?2 what is in the name (folded) or NULL, ?3 key and ?4 id of the row before, ?5 how many
SELECT a.id, a.version, a.name, a.description, a.role_id, r.name AS role_name, r.permissions,
       a.owner_id, a.owner_group_id, coalesce(o.name, og.name) AS owner_name, a.status, a.groups,
       CASE WHEN a.groups > 0 THEN
       (SELECT group_concat(n.name, ', ')
          FROM (SELECT g.name
                  FROM group_members gm
                  JOIN groups g ON g.tenant_id = ?1 AND g.id = gm.group_id
                       AND g.status <> 'removed'
                 WHERE gm.tenant_id = ?1 AND gm.holder_id = a.id
                 ORDER BY g.name_key
                 LIMIT 3) n) END AS group_names,
       ak.id AS key_id, ak.prefix, ak.created_at AS key_made_at, ak.expires_at AS key_expires_at,
       a.used_at, m.name AS made_by, a.created_at
  FROM (SELECT id, $KEY AS sorted_by FROM service_accounts
         WHERE tenant_id = ?1 AND status <> 'removed'
           AND ($KEY, id) $AFTER (?3, ?4)
           AND (?2 IS NULL OR instr(name_key, ?2) > 0)
         ORDER BY $KEY $DIR, id $DIR
         LIMIT ?5) k
  CROSS JOIN service_accounts a ON a.tenant_id = ?1 AND a.id = k.id
  LEFT JOIN roles r ON r.tenant_id = ?1 AND r.id = a.role_id
  LEFT JOIN members o ON o.tenant_id = ?1 AND o.id = a.owner_id
  LEFT JOIN groups og ON og.tenant_id = ?1 AND og.id = a.owner_group_id
  LEFT JOIN members m ON m.tenant_id = ?1 AND m.id = a.created_by
  LEFT JOIN api_keys ak ON ak.tenant_id = ?1 AND ak.id =
       (SELECT max(l.id) FROM api_keys l
         WHERE l.tenant_id = ?1 AND l.service_id = a.id AND l.status = 'live' AND l.ends_at = 0)
 ORDER BY k.sorted_by $DIR, k.id $DIR

-- NAME: svcaccounts_get
-- ?1 tenant, ?2 service account, ?3 now
SELECT a.id, a.version, a.name, a.description, a.role_id, r.name AS role_name, r.permissions,
       a.owner_id, a.owner_group_id, coalesce(o.name, og.name) AS owner_name,
       o.email AS owner_email, a.status, a.groups, NULL AS group_names,
       CASE WHEN a.groups > 0 THEN
       (SELECT group_concat(gr.permissions, char(10))
          FROM group_members gm
          JOIN groups g ON g.tenant_id = ?1 AND g.id = gm.group_id AND g.status <> 'removed'
          JOIN roles gr ON gr.tenant_id = ?1 AND gr.id = g.role_id
         WHERE gm.tenant_id = ?1 AND gm.holder_id = a.id
           AND (gm.until_at = 0 OR gm.until_at > ?3)) END AS group_permissions,
       ak.id AS key_id, ak.prefix, ak.created_at AS key_made_at, ak.expires_at AS key_expires_at,
       a.used_at, m.name AS made_by, a.created_at
  FROM service_accounts a
  LEFT JOIN roles r ON r.tenant_id = ?1 AND r.id = a.role_id
  LEFT JOIN members o ON o.tenant_id = ?1 AND o.id = a.owner_id
  LEFT JOIN groups og ON og.tenant_id = ?1 AND og.id = a.owner_group_id
  LEFT JOIN members m ON m.tenant_id = ?1 AND m.id = a.created_by
  LEFT JOIN api_keys ak ON ak.tenant_id = ?1 AND ak.id =
       (SELECT max(l.id) FROM api_keys l
         WHERE l.tenant_id = ?1 AND l.service_id = a.id AND l.status = 'live' AND l.ends_at = 0)
 WHERE a.tenant_id = ?1 AND a.id = ?2 AND a.status <> 'removed'

-- NAME: svcaccounts_count
-- ?1 tenant
SELECT n FROM service_account_counts WHERE tenant_id = ?1

-- NAME: svcaccounts_named
-- ?1 tenant, ?2 key of a name
SELECT id FROM service_accounts WHERE tenant_id = ?1 AND name_key = ?2 AND status <> 'removed'

-- NAME: svcaccounts_make
-- ?1 tenant, ?2 id, ?3 name, ?4 its key, ?5 description, ?6 role, ?7 owner or NULL,
-- ?8 group that owns or NULL, ?9 actor, ?10 now
INSERT INTO service_accounts (tenant_id, id, name, name_key, description, role_id, owner_id,
                              owner_group_id, status, created_by, created_at, version)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 'active', ?9, ?10, 1)

-- NAME: svcaccounts_change
-- ?1 tenant, ?2 service account, ?3 version seen, ?4 name, ?5 its key, ?6 description, ?7 role,
-- ?8 owner or NULL, ?9 group that owns or NULL
UPDATE service_accounts
   SET name = ?4, name_key = ?5, description = ?6, role_id = ?7, owner_id = ?8,
       owner_group_id = ?9, version = version + 1
 WHERE tenant_id = ?1 AND id = ?2 AND version = ?3 AND status <> 'removed'

-- NAME: svcaccounts_status
-- ?1 tenant, ?2 service account, ?3 status
UPDATE service_accounts
   SET status = ?3, version = version + 1
 WHERE tenant_id = ?1 AND id = ?2 AND status <> 'removed' AND status <> ?3

-- NAME: svcaccounts_holders
-- ?1 tenant, ?2 role
SELECT id, name
  FROM service_accounts
 WHERE tenant_id = ?1 AND role_id = ?2 AND status <> 'removed'
 ORDER BY id

-- NAME: svcaccounts_role
-- ?1 tenant, ?2 service account, ?3 role
UPDATE service_accounts SET role_id = ?3, version = version + 1 WHERE tenant_id = ?1 AND id = ?2

-- NAME: svcaccounts_inside
-- ?1 tenant, ?2 service account, ?3 now.  The roles by which it is in workspaces, its own and those of
-- groups
SELECT wm.workspace_id, r.permissions
  FROM workspace_members wm
  JOIN workspaces w ON w.tenant_id = ?1 AND w.id = wm.workspace_id AND w.status <> 'removed'
  JOIN roles r ON r.tenant_id = ?1 AND r.id = wm.role_id
 WHERE wm.tenant_id = ?1 AND wm.holder_id = ?2
UNION ALL
SELECT wm.workspace_id, r.permissions
  FROM group_members gm
  JOIN groups g ON g.tenant_id = ?1 AND g.id = gm.group_id AND g.status <> 'removed'
  JOIN workspace_members wm ON wm.tenant_id = ?1 AND wm.holder_id = gm.group_id
  JOIN workspaces w ON w.tenant_id = ?1 AND w.id = wm.workspace_id AND w.status <> 'removed'
  JOIN roles r ON r.tenant_id = ?1 AND r.id = wm.role_id
 WHERE gm.tenant_id = ?1 AND gm.holder_id = ?2 AND (gm.until_at = 0 OR gm.until_at > ?3)
 ORDER BY 1
