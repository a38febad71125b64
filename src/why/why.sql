-- Statements of why/.

-- NAME: why_groups
-- ?1 tenant, ?2 roles as JSON, those that give least first, ?3 how many.  A CROSS JOIN goes through the
-- list in its order; to demand that would be to sort all that match before the first is taken.
SELECT g.id, g.name, g.role_id
  FROM json_each(?2) e
  CROSS JOIN groups g ON g.tenant_id = ?1 AND g.role_id = e.value AND g.role_id IS NOT NULL
       AND g.status <> 'removed'
 LIMIT ?3

-- NAME: why_who
-- ?1 tenant, ?2 [[number of the way, role, 1: held in the root alone] …] as JSON, ?3 where they must
-- reach, ?4 how many of each kind; of a workspace, ?6, ?5 [[number of the way, role there] …]; ?7 now,
-- ?8 how many of who is in groups are looked at.  By themselves first, then by groups
SELECT way, name
  FROM (SELECT json_extract(e.value, '$[0]') AS way, m.name
          FROM json_each(?5) e
          CROSS JOIN workspace_members wm ON wm.tenant_id = ?1
               AND wm.role_id = json_extract(e.value, '$[1]') AND wm.workspace_id = ?6
          JOIN members m ON m.tenant_id = ?1 AND m.id = wm.member_id
         WHERE m.status = 'active'
         LIMIT ?4)
UNION ALL
SELECT way, name
  FROM (SELECT json_extract(e.value, '$[0]') AS way, m.name
          FROM json_each(?2) e
          CROSS JOIN members m ON m.tenant_id = ?1 AND m.role_id = json_extract(e.value, '$[1]')
               AND m.status <> 'removed'
         WHERE m.status = 'active' AND substr(?3, 1, length(m.org_path)) = m.org_path
           AND (json_extract(e.value, '$[2]') = 0 OR m.org_path = '/')
         LIMIT ?4)
UNION ALL
SELECT k.way, m.name
  FROM (SELECT json_extract(e.value, '$[0]') AS way, gm.holder_id
          FROM json_each(?5) e
          CROSS JOIN workspace_members wm ON wm.tenant_id = ?1
               AND wm.role_id = json_extract(e.value, '$[1]') AND wm.workspace_id = ?6
          CROSS JOIN group_members gm ON gm.tenant_id = ?1 AND gm.group_id = wm.group_id
         WHERE gm.until_at = 0 OR gm.until_at > ?7
         LIMIT ?8) k
  CROSS JOIN members m ON m.tenant_id = ?1 AND m.id = k.holder_id
 WHERE m.status = 'active'
UNION ALL
SELECT k.way, m.name
  FROM (SELECT json_extract(e.value, '$[0]') AS way, json_extract(e.value, '$[2]') AS root,
               gm.holder_id
          FROM json_each(?2) e
          CROSS JOIN groups g ON g.tenant_id = ?1 AND g.role_id = json_extract(e.value, '$[1]')
               AND g.role_id IS NOT NULL AND g.status <> 'removed'
          CROSS JOIN group_members gm ON gm.tenant_id = ?1 AND gm.group_id = g.id
         WHERE gm.until_at = 0 OR gm.until_at > ?7
         LIMIT ?8) k
  CROSS JOIN members m ON m.tenant_id = ?1 AND m.id = k.holder_id
 WHERE m.status = 'active' AND substr(?3, 1, length(m.org_path)) = m.org_path
   AND (k.root = 0 OR m.org_path = '/')

-- NAME: why_workspace
-- ?1 tenant, ?2 workspace
SELECT name, personal_of IS NOT NULL AS personal
  FROM workspaces WHERE tenant_id = ?1 AND id = ?2 AND status <> 'removed'

-- NAME: why_inside
-- ?1 tenant, ?2 workspace, ?3 how many groups of each kind.  By kind: 0 the workspace; 1 a group that
-- has a seat there, with the role of it and that of the account; 2 another group, whose role of the
-- account holds something of workspaces.
SELECT 0 AS kind, id, name, '' AS role_name, '' AS permissions,
       '' AS tenant_permissions, personal_of IS NOT NULL AS personal
  FROM workspaces WHERE tenant_id = ?1 AND id = ?2 AND status <> 'removed'
UNION ALL
SELECT 1, id, name, role_name, permissions, tenant_permissions, 0
  FROM (SELECT g.id, g.name, r.name AS role_name, r.permissions,
               coalesce(t.permissions, '') AS tenant_permissions
          FROM workspace_members wm
          JOIN groups g ON g.tenant_id = ?1 AND g.id = wm.group_id AND g.status <> 'removed'
          JOIN roles r ON r.tenant_id = ?1 AND r.id = wm.role_id
          LEFT JOIN roles t ON t.tenant_id = ?1 AND t.id = g.role_id
         WHERE wm.tenant_id = ?1 AND wm.workspace_id = ?2 AND wm.group_id IS NOT NULL
         LIMIT ?3)
UNION ALL
SELECT 2, id, name, role_name, '', tenant_permissions, 0
  FROM (SELECT g.id, g.name, t.name AS role_name, t.permissions AS tenant_permissions
          FROM roles t
          CROSS JOIN groups g ON g.tenant_id = ?1 AND g.role_id = t.id
               AND g.role_id IS NOT NULL AND g.status <> 'removed'
         WHERE t.tenant_id = ?1 AND t.scope = 'tenant'
           AND (t.permissions = '*' OR instr(t.permissions, 'workspace:') > 0)
           AND NOT EXISTS (SELECT 1 FROM workspace_members wm
                            WHERE wm.tenant_id = ?1 AND wm.workspace_id = ?2
                              AND wm.holder_id = g.id)
         LIMIT ?3)

-- NAME: why_decision
-- ?1 tenant, ?2 decision
SELECT d.id, d.at, d.holder_id, d.service_id IS NOT NULL AS service,
       coalesce(json_extract(d.proof, '$.name'), m.name, a.name) AS name, d.permission, d.matter,
       coalesce(json_extract(d.proof, '$.role'), '') AS role,
       coalesce(json_extract(d.proof, '$.held'), '') AS held,
       coalesce(json_extract(d.proof, '$.key'), '') AS api_key,
       coalesce(json_extract(d.proof, '$.organization'), o.name, '') AS reach, d.workspace_id,
       coalesce(json_extract(d.proof, '$.workspace'), w.name, '') AS workspace_name
  FROM decisions d
  LEFT JOIN members m ON m.tenant_id = d.tenant_id AND m.id = d.member_id
  LEFT JOIN service_accounts a ON a.tenant_id = d.tenant_id AND a.id = d.service_id
  LEFT JOIN organizations o ON o.tenant_id = d.tenant_id AND o.path = d.org_path
       AND o.status <> 'removed'
  LEFT JOIN workspaces w ON w.tenant_id = d.tenant_id AND w.id = d.workspace_id
 WHERE d.tenant_id = ?1 AND d.id = ?2
