-- Entering a tenant.  A tenant row always has these columns, read in read_tenant():
--   id, number, slug, name, status, language, timezone, date_format, clock,
--   contact_email, terms_url, privacy_url, security_url, domains, dormant_days,
--   invite_days, invites_daily, password_min, session_hours, idle_minutes,
--   role_emails, keys_most, key_days, created_at

-- NAME: place_enter
-- ?1 slug, ?2 person, ?3 session, ?4 now.  Which tenant and as of which change, the membership when
-- there is one, the roles that its groups add, and when the session used it last.  Who invited an
-- address is told to nobody who has not proved it theirs.
SELECT t.id, t.number, t.changed,
       m.status AS member_status, m.id AS member_id, m.name AS member_name,
       m.role_id, m.org_path,
       CASE WHEN m.groups > 0 THEN
       (SELECT group_concat(g.role_id, ' ')
          FROM group_members gm
          CROSS JOIN groups g ON g.tenant_id = t.id AND g.id = gm.group_id
               AND g.status <> 'removed'
         WHERE gm.tenant_id = t.id AND gm.holder_id = m.id
           AND (gm.until_at = 0 OR gm.until_at > ?4)) END AS group_roles,
       m.valid_from, m.signed_in_at, s.last_at, s.ended_at, m.columns
  FROM tenants t
  LEFT JOIN members m ON m.tenant_id = t.id AND m.person_id = ?2 AND m.status <> 'removed'
       AND (m.status <> 'invited' OR (SELECT confirmed_at FROM people WHERE id = ?2) > 0)
  LEFT JOIN session_tenants s ON s.session_id = ?3 AND s.tenant_id = t.id
 WHERE t.slug = ?1 AND t.status <> 'deleted'

-- NAME: place_service
-- ?1 slug, ?2 service account, ?3 its tenant, ?4 now.  The same for it
SELECT t.id, t.number, t.changed,
       a.id AS member_id, a.status AS member_status, '/' AS org_path, 0 AS valid_from,
       0 AS signed_in_at, 0 AS last_at, 0 AS ended_at, '' AS columns, a.name AS member_name,
       a.role_id,
       CASE WHEN a.groups > 0 THEN
       (SELECT group_concat(g.role_id, ' ')
          FROM group_members gm
          CROSS JOIN groups g ON g.tenant_id = t.id AND g.id = gm.group_id
               AND g.status <> 'removed'
         WHERE gm.tenant_id = t.id AND gm.holder_id = a.id
           AND (gm.until_at = 0 OR gm.until_at > ?4)) END AS group_roles
  FROM tenants t
  JOIN service_accounts a ON a.tenant_id = t.id AND a.id = ?2 AND a.status <> 'removed'
 WHERE t.slug = ?1 AND t.id = ?3 AND t.status <> 'deleted'

-- NAME: place_by_slug
-- ?1 slug
SELECT id, number, slug, name, status, language, timezone, date_format, clock,
       contact_email, terms_url, privacy_url, security_url, domains, dormant_days,
       invite_days, invites_daily, password_min, session_hours, idle_minutes,
       role_emails, keys_most, key_days, created_at
  FROM tenants
 WHERE slug = ?1 AND status <> 'deleted'

-- NAME: place_by_id
-- ?1 tenant
SELECT id, number, slug, name, status, language, timezone, date_format, clock,
       contact_email, terms_url, privacy_url, security_url, domains, dormant_days,
       invite_days, invites_daily, password_min, session_hours, idle_minutes,
       role_emails, keys_most, key_days, created_at
  FROM tenants
 WHERE id = ?1 AND status <> 'deleted'

-- NAME: place_ready
SELECT version FROM schema ORDER BY version DESC LIMIT 1

-- NAME: place_moved
-- ?1 an old slug, ?2 person: only who place_enter knows for a member learns where it went
SELECT t.slug
  FROM old_slugs o
  JOIN tenants t ON t.id = o.tenant_id
  JOIN members m ON m.tenant_id = t.id AND m.person_id = ?2 AND m.status <> 'removed'
       AND (m.status <> 'invited' OR (SELECT confirmed_at FROM people WHERE id = ?2) > 0)
 WHERE o.slug = ?1 AND t.status <> 'deleted'

-- NAME: place_moved_service
-- ?1 an old slug, ?2 the tenant of the service account that asks
SELECT t.slug
  FROM old_slugs o
  JOIN tenants t ON t.id = o.tenant_id
 WHERE o.slug = ?1 AND t.id = ?2 AND t.status <> 'deleted'

-- NAME: place_roles
-- ?1 tenant.  A column that is added here is to be among those of the trigger roles_changed, too.
SELECT id, version, scope, builtin, name, description, permissions
  FROM roles
 WHERE tenant_id = ?1 AND status <> 'removed'
 ORDER BY id

-- NAME: place_role
-- ?1 tenant, ?2 role
SELECT name, permissions FROM roles WHERE tenant_id = ?1 AND id = ?2
