-- API keys.  A row of a key always has these columns, read in read_key():
--   id, member_id, service_id, version, name, description, prefix, client, permissions, created_at,
--   last_used_at, last_used_from, expires_at, ends_at

-- NAME: apikeys_list
-- ?1 tenant, ?2 member, ?3 now, ?4 how many
SELECT id, member_id, service_id, version, name, description, prefix, client, permissions,
       created_at, last_used_at, last_used_from, expires_at, ends_at
  FROM api_keys
 WHERE tenant_id = ?1 AND member_id = ?2 AND status = 'live' AND (ends_at = 0 OR ends_at > ?3)
 ORDER BY id DESC
 LIMIT ?4

-- NAME: apikeys_list_service
-- ?1 tenant, ?2 service account, ?3 now, ?4 how many
SELECT id, member_id, service_id, version, name, description, prefix, client, permissions,
       created_at, last_used_at, last_used_from, expires_at, ends_at
  FROM api_keys
 WHERE tenant_id = ?1 AND service_id = ?2 AND status = 'live' AND (ends_at = 0 OR ends_at > ?3)
 ORDER BY id DESC
 LIMIT ?4

-- NAME: apikeys_get
-- ?1 tenant, ?2 key
SELECT id, member_id, service_id, version, name, description, prefix, client, permissions,
       created_at, last_used_at, last_used_from, expires_at, ends_at, hash, status
  FROM api_keys
 WHERE tenant_id = ?1 AND id = ?2

-- NAME: apikeys_count
-- ?1 tenant, ?2 member, ?3 now.  Those that may be used and were not replaced
SELECT count(*) AS n
  FROM api_keys
 WHERE tenant_id = ?1 AND member_id = ?2 AND status = 'live' AND ends_at = 0
   AND (expires_at = 0 OR expires_at > ?3)

-- NAME: apikeys_count_service
-- ?1 tenant, ?2 service account, ?3 now.  All that may be used, those that were replaced, too
SELECT count(*) AS n
  FROM api_keys
 WHERE tenant_id = ?1 AND service_id = ?2 AND status = 'live' AND (ends_at = 0 OR ends_at > ?3)
   AND (expires_at = 0 OR expires_at > ?3)

-- NAME: apikeys_add
-- ?1 tenant, ?2 id, ?3 member or NULL, ?4 name, ?5 description, ?6 prefix, ?7 hash, ?8 client,
-- ?9 permissions, ?10 now, ?11 expires, ?12 service account or NULL
INSERT INTO api_keys (tenant_id, id, member_id, service_id, name, description, prefix, hash,
                      client, permissions, created_at, expires_at, last_used_at, last_used_from,
                      ends_at, replaced_by, warned, status, version)
VALUES (?1, ?2, ?3, ?12, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, 0, '', 0, 0, 0, 'live', 1)

-- NAME: apikeys_edit
-- ?1 tenant, ?2 key, ?3 version, ?4 name, ?5 description
UPDATE api_keys
   SET name = ?4, description = ?5, version = version + 1
 WHERE tenant_id = ?1 AND id = ?2 AND version = ?3 AND status = 'live'

-- NAME: apikeys_replace
-- ?1 tenant, ?2 key, ?3 when it ends, ?4 the key in its place
UPDATE api_keys
   SET ends_at = ?3, replaced_by = ?4, version = version + 1
 WHERE tenant_id = ?1 AND id = ?2 AND status = 'live' AND ends_at = 0

-- NAME: apikeys_replaced_end
-- ?1 tenant, ?2 member, ?3 key, ?4 now.  What this key had taken the place of is good no longer
UPDATE api_keys
   SET ends_at = ?4
 WHERE tenant_id = ?1 AND member_id = ?2 AND replaced_by = ?3 AND status = 'live'
   AND ends_at > ?4

-- NAME: apikeys_replaced_end_service
-- ?1 tenant, ?2 service account, ?3 key, ?4 now.  The same of one
UPDATE api_keys
   SET ends_at = ?4
 WHERE tenant_id = ?1 AND service_id = ?2 AND replaced_by = ?3 AND status = 'live'
   AND ends_at > ?4

-- NAME: apikeys_end
-- ?1 tenant, ?2 key, ?3 now
UPDATE api_keys
   SET status = 'ended', ends_at = ?3, version = version + 1
 WHERE tenant_id = ?1 AND id = ?2 AND status = 'live'

-- NAME: apikeys_end_person
-- ?1 person
DELETE FROM api_keys
 WHERE member_id IS NOT NULL
   AND (tenant_id, member_id) IN (SELECT tenant_id, id FROM members WHERE person_id = ?1)

-- NAME: apikeys_find
-- ?1 hash, ?2 now
SELECT k.id, k.tenant_id, k.name, k.prefix, k.client, k.permissions, k.created_at, k.expires_at,
       k.last_used_at, m.person_id, k.service_id
  FROM api_keys k
  LEFT JOIN members m ON m.tenant_id = k.tenant_id AND m.id = k.member_id
  LEFT JOIN service_accounts a ON a.tenant_id = k.tenant_id AND a.id = k.service_id
 WHERE k.hash = ?1 AND k.status = 'live' AND (k.ends_at = 0 OR k.ends_at > ?2)
   AND (k.expires_at = 0 OR k.expires_at > ?2) AND coalesce(m.status, a.status) = 'active'

-- NAME: apikeys_used
-- ?1 tenant, ?2 key, ?3 now, ?4 address
UPDATE api_keys
   SET last_used_at = ?3, last_used_from = ?4
 WHERE tenant_id = ?1 AND id = ?2

-- NAME: apikeys_expiring
-- ?1 now, ?2 in a day, ?3 in seven days.  Those that somebody is to be told of
SELECT k.tenant_id, k.id, k.name, k.prefix, k.expires_at, k.warned, k.service_id, a.owner_id,
       a.owner_group_id, coalesce(m.name, a.name) AS owner_name, m.email, p.language
  FROM api_keys k
  LEFT JOIN members m ON m.tenant_id = k.tenant_id AND m.id = k.member_id
  LEFT JOIN people p ON p.id = m.person_id
  LEFT JOIN service_accounts a ON a.tenant_id = k.tenant_id AND a.id = k.service_id
  JOIN tenants t ON t.id = k.tenant_id AND t.status = 'active'
 WHERE k.status = 'live' AND k.expires_at > 0 AND k.expires_at > ?1 AND k.expires_at <= ?3
   AND (k.warned = 0 OR (k.warned = 1 AND k.expires_at <= ?2))
   AND k.ends_at = 0 AND coalesce(m.status, a.status) = 'active'
   AND (k.service_id IS NULL OR coalesce(a.owner_id, a.owner_group_id) IS NOT NULL)
 ORDER BY k.expires_at
 LIMIT 50

-- NAME: apikeys_told
-- ?1 tenant, ?2 the member that owns a service account, or NULL; ?3 the group, or NULL; ?4 now,
-- ?5 how many
SELECT m.name, m.email, p.language, m.name_key
  FROM members m
  JOIN people p ON p.id = m.person_id
 WHERE m.tenant_id = ?1 AND m.id = ?2 AND m.status = 'active'
UNION ALL
SELECT m.name, m.email, p.language, m.name_key
  FROM group_members gm
  JOIN members m ON m.tenant_id = gm.tenant_id AND m.id = gm.member_id AND m.status = 'active'
  JOIN people p ON p.id = m.person_id
 WHERE gm.tenant_id = ?1 AND gm.group_id = ?3 AND (gm.until_at = 0 OR gm.until_at > ?4)
 ORDER BY name_key
 LIMIT ?5

-- NAME: apikeys_warned
-- ?1 tenant, ?2 key, ?3 how many emails now, ?4 and before
UPDATE api_keys SET warned = ?3 WHERE tenant_id = ?1 AND id = ?2 AND warned = ?4

-- NAME: apikeys_sweep
-- ?1 ended before
DELETE FROM api_keys
 WHERE (tenant_id, id) IN (SELECT tenant_id, id FROM api_keys
                            WHERE ends_at > 0 AND ends_at < ?1 LIMIT 500)
