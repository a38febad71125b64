-- What decides about a member, and refusals by their id.

-- NAME: access_holder
-- ?1 tenant, ?2 member, ?3 session, 0: none, ?4 now.  over: it has ended, or has for this tenant
SELECT m.id, m.name, m.status, m.org_path, r.id AS role_id, r.name AS role_name, r.permissions,
       CASE WHEN m.groups > 0 THEN
       (SELECT group_concat(gr.permissions, char(10))
          FROM group_members gm
          JOIN groups g ON g.tenant_id = gm.tenant_id AND g.id = gm.group_id
               AND g.status <> 'removed'
          JOIN roles gr ON gr.tenant_id = g.tenant_id AND gr.id = g.role_id
         WHERE gm.tenant_id = ?1 AND gm.holder_id = m.id
           AND (gm.until_at = 0 OR gm.until_at > ?4)) END AS group_permissions,
       ?3 <> 0 AND NOT EXISTS
       (SELECT 1 FROM sessions s
          LEFT JOIN session_tenants t ON t.session_id = s.id AND t.tenant_id = ?1
         WHERE s.id = ?3 AND s.created_at >= m.valid_from
           AND s.created_at >= coalesce(t.ended_at, 0)) AS over
  FROM members m
  JOIN roles r ON r.tenant_id = m.tenant_id AND r.id = m.role_id
 WHERE m.tenant_id = ?1 AND m.id = ?2 AND m.status <> 'removed'

-- NAME: access_service
-- ?1 tenant, ?2 service account, ?3 now.  As above; it lies in the root and has no session
SELECT a.id, a.name, a.status, '/' AS org_path, r.id AS role_id, r.name AS role_name,
       r.permissions,
       CASE WHEN a.groups > 0 THEN
       (SELECT group_concat(gr.permissions, char(10))
          FROM group_members gm
          JOIN groups g ON g.tenant_id = gm.tenant_id AND g.id = gm.group_id
               AND g.status <> 'removed'
          JOIN roles gr ON gr.tenant_id = g.tenant_id AND gr.id = g.role_id
         WHERE gm.tenant_id = ?1 AND gm.holder_id = a.id
           AND (gm.until_at = 0 OR gm.until_at > ?3)) END AS group_permissions,
       0 AS over
  FROM service_accounts a
  JOIN roles r ON r.tenant_id = a.tenant_id AND r.id = a.role_id
 WHERE a.tenant_id = ?1 AND a.id = ?2 AND a.status <> 'removed'

-- NAME: access_grants
-- ?1 tenant, ?2 member or service account, ?3 workspace, 0: none.  The own role, then those of groups
-- by name, with those that have ended; then the same of the workspace (inside).  The own role's row
-- says whose it is: a service account lies in the root.
SELECT 0 AS group_id, '' AS group_name, '' AS sorted_by, r.id AS role_id, r.name AS role_name,
       r.permissions, 0 AS until_at, 0 AS inside, m.id AS holder_id, m.name AS holder,
       m.status AS status, m.org_path AS org_path, 0 AS service
  FROM members m
  JOIN roles r ON r.tenant_id = m.tenant_id AND r.id = m.role_id
 WHERE m.tenant_id = ?1 AND m.id = ?2 AND m.status <> 'removed'
UNION ALL
SELECT 0, '', '', r.id, r.name, r.permissions, 0, 0, a.id, a.name, a.status, '/', 1
  FROM service_accounts a
  JOIN roles r ON r.tenant_id = a.tenant_id AND r.id = a.role_id
 WHERE a.tenant_id = ?1 AND a.id = ?2 AND a.status <> 'removed'
UNION ALL
SELECT g.id, g.name, g.name_key, r.id, r.name, r.permissions, gm.until_at, 0,
       NULL, NULL, NULL, NULL, NULL
  FROM group_members gm
  JOIN groups g ON g.tenant_id = gm.tenant_id AND g.id = gm.group_id AND g.status <> 'removed'
  JOIN roles r ON r.tenant_id = g.tenant_id AND r.id = g.role_id
 WHERE gm.tenant_id = ?1 AND gm.holder_id = ?2
UNION ALL
SELECT 0, '', '', r.id, r.name, r.permissions, 0, 1, NULL, NULL, NULL, NULL, NULL
  FROM workspace_members wm
  JOIN roles r ON r.tenant_id = wm.tenant_id AND r.id = wm.role_id
 WHERE wm.tenant_id = ?1 AND wm.workspace_id = ?3 AND wm.holder_id = ?2
UNION ALL
SELECT g.id, g.name, g.name_key, r.id, r.name, r.permissions, gm.until_at, 1,
       NULL, NULL, NULL, NULL, NULL
  FROM group_members gm
  JOIN groups g ON g.tenant_id = gm.tenant_id AND g.id = gm.group_id AND g.status <> 'removed'
  JOIN workspace_members wm ON wm.tenant_id = gm.tenant_id AND wm.workspace_id = ?3
       AND wm.holder_id = gm.group_id
  JOIN roles r ON r.tenant_id = wm.tenant_id AND r.id = wm.role_id
 WHERE gm.tenant_id = ?1 AND gm.holder_id = ?2
 ORDER BY 8, 3

-- NAME: access_workspace
-- ?1 tenant, ?2 workspace, ?3 member or service account, ?4 now.  What the roles held there hold, a
-- line for each; NULL: does not belong to it.
SELECT w.id,
       (SELECT group_concat(r.permissions, char(10))
          FROM roles r
         WHERE r.tenant_id = ?1 AND r.id IN
               (SELECT wm.role_id FROM workspace_members wm
                 WHERE wm.tenant_id = ?1 AND wm.workspace_id = ?2 AND wm.holder_id = ?3
                UNION ALL
                SELECT wm.role_id
                  FROM group_members gm
                  JOIN workspace_members wm ON wm.tenant_id = gm.tenant_id
                       AND wm.workspace_id = ?2 AND wm.holder_id = gm.group_id
                 WHERE gm.tenant_id = ?1 AND gm.holder_id = ?3
                   AND (gm.until_at = 0 OR gm.until_at > ?4))) AS permissions
  FROM workspaces w
 WHERE w.tenant_id = ?1 AND w.id = ?2 AND w.status <> 'removed'

-- NAME: access_group_workspaces
-- ?1 tenant, ?2 group, ?3 member or service account, ?4 now.  A row for each workspace that the group
-- is in: the group's role there, and what the roles of ?3 there hold, as above.
SELECT r.name AS role_name, r.permissions,
       (SELECT group_concat(o.permissions, char(10))
          FROM roles o
         WHERE o.tenant_id = ?1 AND o.id IN
               (SELECT x.role_id FROM workspace_members x
                 WHERE x.tenant_id = ?1 AND x.workspace_id = wm.workspace_id
                   AND x.holder_id = ?3
                UNION ALL
                SELECT x.role_id
                  FROM group_members gm
                  JOIN workspace_members x ON x.tenant_id = gm.tenant_id
                       AND x.workspace_id = wm.workspace_id AND x.holder_id = gm.group_id
                 WHERE gm.tenant_id = ?1 AND gm.holder_id = ?3
                   AND (gm.until_at = 0 OR gm.until_at > ?4))) AS own
  FROM workspace_members wm
  JOIN roles r ON r.tenant_id = wm.tenant_id AND r.id = wm.role_id
 WHERE wm.tenant_id = ?1 AND wm.holder_id = ?2

-- NAME: access_role
-- ?1 tenant, ?2 role, of any scope
SELECT permissions FROM roles WHERE tenant_id = ?1 AND id = ?2 AND status <> 'removed'

-- NAME: access_key
-- ?1 tenant, ?2 API key, ?3 now.  A row while it may be used
SELECT id
  FROM api_keys
 WHERE tenant_id = ?1 AND id = ?2 AND status = 'live'
   AND (ends_at = 0 OR ends_at > ?3) AND (expires_at = 0 OR expires_at > ?3)

-- NAME: decisions_again
-- ?1 tenant, ?2 member or service account, ?3 permission, ?4 matter, ?5 since, ?6 workspace, 0: none
SELECT id
  FROM decisions
 WHERE tenant_id = ?1 AND holder_id = ?2 AND permission = ?3 AND matter = ?4 AND at > ?5
   AND workspace_id = ?6
 ORDER BY at DESC
 LIMIT 1

-- NAME: decisions_add
-- ?1 tenant, ?2 id, ?3 now, ?4 member or service account, ?5 permission, ?6 matter, ?7 path, ?8 workspace,
-- ?9 the own role and ?10 all that was held, which decided; ?11 the API key that it was by, or "";
-- ?12 1: it is a service account; ?13 its name, or the member's
INSERT INTO decisions (tenant_id, id, at, member_id, service_id, permission, matter, org_path,
                       workspace_id, proof)
VALUES (?1, ?2, ?3, iif(?12, NULL, ?4), iif(?12, ?4, NULL), ?5, ?6, ?7, ?8,
        json_object('role', ?9, 'reach', ?7, 'held', ?10, 'key', ?11, 'name', ?13,
                    'organization', (SELECT name FROM organizations WHERE tenant_id = ?1
                                        AND path = ?7 AND status <> 'removed'),
                    'workspace', (SELECT name FROM workspaces WHERE tenant_id = ?1 AND id = ?8)))

-- NAME: decisions_sweep
-- ?1 older than
DELETE FROM decisions
 WHERE (tenant_id, id) IN (SELECT tenant_id, id FROM decisions WHERE at < ?1 LIMIT 500)
