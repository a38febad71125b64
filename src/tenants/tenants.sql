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

-- NAME: tenants_numbers
-- ?1 tenant, ?2 the reader's path, ?3 person whose first steps are asked for, 0 for nobody's,
-- ?4 member, ?5 now.
-- All that the overview shows, from kept counts; the steps only as long as they are shown.  A chain
-- has no gaps, so its ends tell how many events are kept.
SELECT coalesce(sum(c.n), 0) AS users,
       coalesce(sum(CASE c.status WHEN 'invited' THEN c.n END), 0) AS invited,
       coalesce(sum(CASE c.status WHEN 'deactivated' THEN c.n END), 0) AS deactivated,
       (SELECT count(*) FROM roles k WHERE k.tenant_id = ?1 AND k.status <> 'removed') AS roles,
       (SELECT a.n FROM service_account_counts a WHERE a.tenant_id = ?1) AS services,
       (SELECT gc.n FROM group_counts gc WHERE gc.tenant_id = ?1) AS groups,
       coalesce(sum(CASE c.status WHEN 'active' THEN c.n END), 0) AS active,
       coalesce(sum(CASE WHEN c.status = 'active' AND c.factor = 0 THEN c.n END), 0) AS no_factor,
       (SELECT wc.n FROM workspace_counts wc WHERE wc.tenant_id = ?1) AS workspaces,
       (SELECT wc.personal FROM workspace_counts wc WHERE wc.tenant_id = ?1) AS personal,
       (SELECT count(*)
          FROM (SELECT wm.workspace_id FROM workspace_members wm
                 WHERE wm.tenant_id = ?1 AND wm.holder_id = ?4
                UNION
                SELECT wm.workspace_id
                  FROM group_members gm
                  CROSS JOIN workspace_members wm ON wm.tenant_id = ?1
                       AND wm.holder_id = gm.group_id
                 WHERE gm.tenant_id = ?1 AND gm.holder_id = ?4
                   AND (gm.until_at = 0 OR gm.until_at > ?5)) x) AS own_workspaces,
       (SELECT count(*) FROM api_keys ak
         WHERE ak.tenant_id = ?1 AND ak.member_id = ?4 AND ak.status = 'live' AND ak.ends_at = 0
           AND (ak.expires_at = 0 OR ak.expires_at > ?5)) AS own_keys,
       (SELECT h.seq FROM heads h WHERE h.tenant_id = ?1) -
       (SELECT min(e.seq) FROM events e WHERE e.tenant_id = ?1) + 1 AS events,
       s.shown,
       CASE WHEN s.shown THEN
            EXISTS (SELECT 1 FROM outbox o WHERE o.tenant_id = ?1 AND o.state = 'sent')
       ELSE 0 END AS mailed,
       CASE WHEN s.shown THEN
            (SELECT count(*) FROM (SELECT 1 FROM roles r
               CROSS JOIN members m ON m.tenant_id = ?1 AND m.role_id = r.id
              WHERE r.tenant_id = ?1 AND r.builtin = 'admin' AND m.status = 'active'
                AND m.status <> 'removed'
                AND m.org_path = '/' LIMIT 2))
            + (SELECT count(*) FROM (SELECT 1 FROM roles r
               CROSS JOIN groups g ON g.tenant_id = ?1 AND g.role_id = r.id AND g.role_id IS NOT NULL
                    AND g.status <> 'removed'
               CROSS JOIN group_members gm ON gm.tenant_id = ?1 AND gm.group_id = g.id
                    AND gm.until_at = 0
               CROSS JOIN members m ON m.tenant_id = ?1 AND m.id = gm.member_id
              WHERE r.tenant_id = ?1 AND r.builtin = 'admin' AND m.status = 'active'
                AND m.org_path = '/' AND m.role_id <> r.id LIMIT 2))
       ELSE 0 END AS admins,
       CASE WHEN s.shown THEN (SELECT factor FROM people WHERE id = ?3) ELSE 0 END AS factor
  FROM (SELECT ?3 <> 0 AND steps_hidden_at = 0 AS shown FROM tenants WHERE id = ?1) s
  LEFT JOIN member_counts c ON c.tenant_id = ?1 AND c.org_path = ?2 AND c.status <> 'removed'
 GROUP BY s.shown

-- NAME: tenants_steps_hide
-- ?1 tenant, ?2 now
UPDATE tenants SET steps_hidden_at = ?2 WHERE id = ?1 AND steps_hidden_at = 0

-- NAME: tenants_general
-- ?1 tenant
SELECT personal_workspaces, portal_text, version FROM tenants WHERE id = ?1

-- NAME: tenants_general_set
-- ?1 tenant, ?2 version seen, ?3 personal workspaces, ?4 text of the portal
UPDATE tenants
   SET personal_workspaces = ?3, portal_text = ?4, version = version + 1
 WHERE id = ?1 AND version = ?2

-- NAME: tenants_security
-- ?1 tenant
SELECT keys_most, key_days, version FROM tenants WHERE id = ?1

-- NAME: tenants_security_set
-- ?1 tenant, ?2 version seen, ?3 keys of a member, ?4 days of a key
UPDATE tenants SET keys_most = ?3, key_days = ?4, version = version + 1
 WHERE id = ?1 AND version = ?2

-- NAME: tenants_count
SELECT count(*) AS n FROM tenants WHERE status <> 'deleted'
