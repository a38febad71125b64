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

-- NAME: access_who
-- ?1 tenant, ?2 member or service account, which lies in the root
SELECT m.id, m.name, m.status, m.org_path, r.id AS role_id, r.name AS role_name, 0 AS service
  FROM members m
  JOIN roles r ON r.tenant_id = m.tenant_id AND r.id = m.role_id
 WHERE m.tenant_id = ?1 AND m.id = ?2 AND m.status <> 'removed'
UNION ALL
SELECT a.id, a.name, a.status, '/', r.id, r.name, 1
  FROM service_accounts a
  JOIN roles r ON r.tenant_id = a.tenant_id AND r.id = a.role_id
 WHERE a.tenant_id = ?1 AND a.id = ?2 AND a.status <> 'removed'

-- NAME: access_grants
-- ?1 tenant, ?2 member or service account.  The own role, then those of groups by name, with those that have ended.
SELECT 0 AS group_id, '' AS group_name, '' AS sorted_by, r.id AS role_id, r.name AS role_name,
       r.permissions, 0 AS until_at
  FROM members m
  JOIN roles r ON r.tenant_id = m.tenant_id AND r.id = m.role_id
 WHERE m.tenant_id = ?1 AND m.id = ?2
UNION ALL
SELECT 0, '', '', r.id, r.name, r.permissions, 0
  FROM service_accounts a
  JOIN roles r ON r.tenant_id = a.tenant_id AND r.id = a.role_id
 WHERE a.tenant_id = ?1 AND a.id = ?2
UNION ALL
SELECT g.id, g.name, g.name_key, r.id, r.name, r.permissions, gm.until_at
  FROM group_members gm
  JOIN groups g ON g.tenant_id = gm.tenant_id AND g.id = gm.group_id AND g.status <> 'removed'
  JOIN roles r ON r.tenant_id = g.tenant_id AND r.id = g.role_id
 WHERE gm.tenant_id = ?1 AND gm.holder_id = ?2
 ORDER BY 3

-- NAME: access_key
-- ?1 tenant, ?2 API key, ?3 now.  A row while it may be used
SELECT id
  FROM api_keys
 WHERE tenant_id = ?1 AND id = ?2 AND status = 'live'
   AND (ends_at = 0 OR ends_at > ?3) AND (expires_at = 0 OR expires_at > ?3)

-- NAME: decisions_again
-- ?1 tenant, ?2 member or service account, ?3 permission, ?4 matter, ?5 since
SELECT id
  FROM decisions
 WHERE tenant_id = ?1 AND holder_id = ?2 AND permission = ?3 AND matter = ?4 AND at > ?5
 ORDER BY at DESC
 LIMIT 1

-- NAME: decisions_add
-- ?1 tenant, ?2 id, ?3 now, ?4 member or service account, ?5 permission, ?6 matter, ?7 path, ?8 workspace,
-- ?9 the own role and ?10 all that was held, which decided; ?11 the API key that it was by, or "";
-- ?12 1: it is a service account
INSERT INTO decisions (tenant_id, id, at, member_id, service_id, permission, matter, org_path,
                       workspace_id, proof)
VALUES (?1, ?2, ?3, iif(?12, NULL, ?4), iif(?12, ?4, NULL), ?5, ?6, ?7, ?8,
        json_object('role', ?9, 'reach', ?7, 'held', ?10, 'key', ?11))

-- NAME: decisions_sweep
-- ?1 older than
DELETE FROM decisions
 WHERE (tenant_id, id) IN (SELECT tenant_id, id FROM decisions WHERE at < ?1 LIMIT 500)
