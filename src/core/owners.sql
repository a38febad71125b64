-- Who owns workspaces, and who gets them when an Owner goes.

-- NAME: owners_alone
-- ?1 tenant, ?2 member or group
SELECT w.id, w.name
  FROM workspace_members wm
  JOIN roles r ON r.tenant_id = wm.tenant_id AND r.id = wm.role_id AND r.builtin = 'owner'
  JOIN workspaces w ON w.tenant_id = wm.tenant_id AND w.id = wm.workspace_id
       AND w.status <> 'removed'
 WHERE wm.tenant_id = ?1 AND wm.holder_id = ?2
   AND NOT EXISTS (SELECT 1 FROM workspace_members o
                    WHERE o.tenant_id = ?1 AND o.role_id = wm.role_id
                      AND o.workspace_id = wm.workspace_id
                      AND o.holder_id <> ?2 AND o.service_id IS NULL)
 ORDER BY w.name_key

-- NAME: owners_one
-- ?1 tenant, ?2 workspace
SELECT wm.holder_id
  FROM roles r
  JOIN workspace_members wm ON wm.tenant_id = r.tenant_id AND wm.role_id = r.id
       AND wm.workspace_id = ?2 AND wm.service_id IS NULL
 WHERE r.tenant_id = ?1 AND r.builtin = 'owner'
 LIMIT 1

-- NAME: owners_name
-- ?1 tenant, ?2 member
SELECT name FROM members WHERE tenant_id = ?1 AND id = ?2

-- NAME: owners_set
-- ?1 tenant, ?2 workspace, ?3 member, ?4 actor, ?5 now
INSERT INTO workspace_members (tenant_id, workspace_id, holder_id, member_id, role_id, name_key,
                               added_by, added_at)
SELECT ?1, ?2, m.id, m.id, r.id, m.name_key, ?4, ?5
  FROM members m
  JOIN roles r ON r.tenant_id = m.tenant_id AND r.builtin = 'owner'
 WHERE m.tenant_id = ?1 AND m.id = ?3
ON CONFLICT (tenant_id, workspace_id, holder_id) DO UPDATE SET role_id = excluded.role_id

-- NAME: owners_share
-- ?1 tenant, ?2 workspace
UPDATE workspaces
   SET personal_of = NULL, version = version + 1
 WHERE tenant_id = ?1 AND id = ?2 AND personal_of IS NOT NULL
