-- Statements of profile/.  A change of an address belongs to a person, so it names no tenant.

-- NAME: profile_get
-- ?1 tenant, ?2 member
SELECT p.version + m.version AS version, m.name, m.nickname, m.phone, m.country, p.language,
       p.timezone, p.theme, p.date_format, p.clock, p.name AS own_name, p.email, p.email_key,
       p.method, p.method = 'password' AS by_password, p.confirmed_at, p.mail_refused_at, o.name AS org_name, m.signed_in_at,
       m.created_at, m.groups
  FROM members m
  JOIN people p ON p.id = m.person_id
  JOIN organizations o ON o.tenant_id = m.tenant_id AND o.id = m.org_id
 WHERE m.tenant_id = ?1 AND m.id = ?2 AND m.status <> 'removed'

-- NAME: email_changes_waiting
-- ?1 person, ?2 now
SELECT id, email, asked_at, expires_at
  FROM email_changes
 WHERE person_id = ?1 AND state = 'waiting' AND expires_at > ?2

-- NAME: email_changes_end
-- ?1 person
UPDATE email_changes SET state = 'ended', generation = generation + 1
 WHERE person_id = ?1 AND state = 'waiting'

-- NAME: email_changes_add
-- ?1 id, ?2 person, ?3 address, ?4 its key, ?5 old address, ?6 its key, ?7 now, ?8 expires, ?9 until
-- when it can be stopped
INSERT INTO email_changes (id, person_id, email, email_key, old_email, old_email_key, generation,
                           state, asked_at, expires_at, stop_until)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, 1, 'waiting', ?7, ?8, ?9)

-- NAME: email_changes_open
-- ?1 id
SELECT e.id, e.person_id, e.email, e.email_key, e.old_email, e.old_email_key, e.generation,
       e.state, e.asked_at, e.expires_at, e.stop_until, p.name, p.language
  FROM email_changes e
  JOIN people p ON p.id = e.person_id
 WHERE e.id = ?1

-- NAME: email_changes_confirm
-- ?1 id, ?2 generation, ?3 now.  One use.
UPDATE email_changes SET state = 'confirmed', generation = generation + 1
 WHERE id = ?1 AND generation = ?2 AND state = 'waiting' AND expires_at > ?3

-- NAME: email_changes_stop
-- ?1 id, ?2 person, ?3 now.  With all that came later, so that nobody who took the address can take
-- it back.
UPDATE email_changes SET state = 'stopped', generation = generation + 1
 WHERE person_id = ?2 AND id >= ?1 AND state IN ('waiting', 'confirmed', 'ended')
   AND stop_until > ?3

-- NAME: email_changes_forget
-- ?1 person
DELETE FROM email_changes WHERE person_id = ?1

-- NAME: email_changes_sweep
-- ?1 no link was good after
DELETE FROM email_changes
 WHERE id IN (SELECT id FROM email_changes WHERE stop_until < ?1 LIMIT 500)

-- NAME: profile_taken
-- ?1 email key, ?2 now, ?3 person who asks.  Who has the address, or may still take it back.
SELECT p.id, p.language
  FROM people p
 WHERE p.id <> ?3
   AND p.id IN (SELECT id FROM people WHERE email_key = ?1
                UNION
                SELECT person_id FROM email_changes
                 WHERE old_email_key = ?1 AND state = 'confirmed' AND stop_until > ?2)

-- NAME: profile_activity
-- ?1 tenant, ?2 member, ?3 before this number, ?4 how many.  Each side by its own index.
WITH edge (at) AS (SELECT coalesce((SELECT at FROM events WHERE tenant_id = ?1 AND seq = ?3),
                                   9223372036854775807))
SELECT tenant_id, seq, at, act, actor_kind, actor_id, actor_name, subject_id, subject_name,
       org_path, client, peer, user_agent, fields
  FROM events
 WHERE tenant_id = ?1
   AND seq IN (SELECT seq FROM (SELECT a.seq FROM events a
                                 WHERE a.tenant_id = ?1 AND a.actor_id = ?2
                                   AND (a.at, a.seq) < ((SELECT at FROM edge), ?3)
                                 ORDER BY a.at DESC, a.seq DESC LIMIT ?4)
               UNION
               SELECT seq FROM (SELECT s.seq FROM events s
                                 WHERE s.tenant_id = ?1 AND s.subject_id = ?2
                                   AND (s.at, s.seq) < ((SELECT at FROM edge), ?3)
                                 ORDER BY s.at DESC, s.seq DESC LIMIT ?4))
 ORDER BY at DESC, seq DESC
 LIMIT ?4

-- NAME: profile_places sqlite
-- ?1 tenant, ?2 member, ?3 now, ?4 how many.  Groups (kind 0), and workspaces (1) with the role there,
-- by oneself or by a group; until_at 0: without an end.
SELECT 0 AS kind, g.name, r.name AS role_name, NULL AS group_name, gm.added_at, gm.until_at
  FROM group_members gm INDEXED BY group_members_of
  CROSS JOIN groups g ON g.tenant_id = ?1 AND g.id = gm.group_id AND g.status <> 'removed'
  LEFT JOIN roles r ON r.tenant_id = ?1 AND r.id = g.role_id
 WHERE gm.tenant_id = ?1 AND gm.holder_id = ?2
UNION ALL
SELECT 1, w.name, r.name, NULL, wm.added_at, 0
  FROM workspace_members wm INDEXED BY workspace_members_of
  CROSS JOIN workspaces w ON w.tenant_id = ?1 AND w.id = wm.workspace_id AND w.status <> 'removed'
  JOIN roles r ON r.tenant_id = ?1 AND r.id = wm.role_id
 WHERE wm.tenant_id = ?1 AND wm.holder_id = ?2
UNION ALL
SELECT 1, w.name, r.name, g.name, gm.added_at, gm.until_at
  FROM group_members gm INDEXED BY group_members_of
  CROSS JOIN groups g ON g.tenant_id = ?1 AND g.id = gm.group_id AND g.status <> 'removed'
  CROSS JOIN workspace_members wm INDEXED BY workspace_members_of ON wm.tenant_id = ?1 AND wm.holder_id = gm.group_id
  JOIN workspaces w ON w.tenant_id = ?1 AND w.id = wm.workspace_id AND w.status <> 'removed'
  JOIN roles r ON r.tenant_id = ?1 AND r.id = wm.role_id
 WHERE gm.tenant_id = ?1 AND gm.holder_id = ?2 AND (gm.until_at = 0 OR gm.until_at > ?3)
 ORDER BY 1, 2, 4
 LIMIT ?4
