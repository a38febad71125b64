-- Statements of tenants/.  The row's columns are read in core/place.c.

-- NAME: tenants_add
-- ?1 id, ?2 slug, ?3 name, ?4 now, ?5 language
INSERT INTO tenants (id, number, slug, name, status, created_at, language, timezone,
                     date_format, clock, contact_email, terms_url, privacy_url, security_url,
                     dormant_days, invite_days, invites_daily, domains, password_min,
                     session_hours, idle_minutes, role_emails, version)
VALUES (?1, (SELECT coalesce(max(number), 0) + 1 FROM tenants), ?2, ?3, 'active', ?4, ?5,
        'UTC', 'words', 24, '', '', '', '', 30, 5, NULL, '[]', 12, 168, 1440, 1, 1)

-- NAME: tenants_slug_taken
-- ?1 slug
SELECT slug FROM tenants WHERE slug = ?1
UNION ALL
SELECT slug FROM old_slugs WHERE slug = ?1

-- NAME: tenants_count
SELECT count(*) AS n FROM tenants WHERE status <> 'deleted'
