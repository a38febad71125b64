-- Statements of signin/: sessions, credentials, known browsers are its own; people is
-- global and written here where signing in changes it.

-- NAME: signin_identify
-- ?1 hash of the cookie
SELECT s.id, s.person_id, s.created_at, s.seen_at, s.proved_at, s.stage, s.old_until,
       p.password_set_at AS set_at, p.must_change, p.email, p.name, p.language, p.theme,
       p.timezone, p.date_format, p.clock, p.tenants_ever, p.last_tenant_id, p.confirmed_at
  FROM sessions s
  JOIN people p ON p.id = s.person_id
 WHERE s.hash = ?1

-- NAME: signin_identify_old
-- ?1 hash of the cookie that it had before
SELECT s.id, s.person_id, s.created_at, s.seen_at, s.proved_at, s.stage, s.old_until,
       p.password_set_at AS set_at, p.must_change, p.email, p.name, p.language, p.theme,
       p.timezone, p.date_format, p.clock, p.tenants_ever, p.last_tenant_id, p.confirmed_at
  FROM sessions s
  JOIN people p ON p.id = s.person_id
 WHERE s.old_hash = ?1

-- NAME: signin_person
-- ?1 email key.  credentials may be missing: invited, or another sign-in method.
SELECT p.id, p.email, p.email_key, p.name, p.language, p.method, p.factor, p.signed_in_at,
       p.alarms, c.hash, c.set_at,
       (SELECT count(*) + coalesce(max(b.created_at), 0) FROM known_browsers b
         WHERE b.person_id = p.id) AS browsers
  FROM people p
  LEFT JOIN credentials c ON c.person_id = p.id
 WHERE p.email_key = ?1

-- NAME: signin_person_by_id
-- ?1 person
SELECT p.id, p.email, p.email_key, p.name, p.language, p.method, p.factor, p.signed_in_at,
       p.alarms, c.hash, c.set_at,
       (SELECT count(*) + coalesce(max(b.created_at), 0) FROM known_browsers b
         WHERE b.person_id = p.id) AS browsers
  FROM people p
  LEFT JOIN credentials c ON c.person_id = p.id
 WHERE p.id = ?1

-- NAME: signin_browser
-- ?1 person, ?2 browser
SELECT id FROM known_browsers WHERE person_id = ?1 AND id = ?2

-- NAME: signin_browsers_forget
-- ?1 person
DELETE FROM known_browsers WHERE person_id = ?1

-- NAME: signin_browser_seen
-- ?1 person, ?2 browser, ?3 now
INSERT INTO known_browsers (person_id, id, created_at, seen_at) VALUES (?1, ?2, ?3, ?3)
ON CONFLICT (person_id, id) DO UPDATE SET seen_at = ?3

-- NAME: signin_browsers_few
-- ?1 person, ?2 how many stay: those seen last
DELETE FROM known_browsers
 WHERE person_id = ?1
   AND id IN (SELECT id FROM known_browsers WHERE person_id = ?1
               ORDER BY seen_at DESC, id DESC LIMIT -1 OFFSET ?2)

-- NAME: sessions_add
-- ?1 id, ?2 person, ?3 hash, ?4 now, ?5 peer, ?6 user agent, ?7 stage, ?8 began
INSERT INTO sessions (id, person_id, hash, old_hash, old_until, stage, created_at, seen_at,
                      proved_at, peer, user_agent)
VALUES (?1, ?2, ?3, NULL, 0, ?7, ?8, ?4, ?4, ?5, ?6)

-- NAME: sessions_renew
-- ?1 session, ?2 person, ?3 hash, ?4 now, ?5 peer, ?6 user agent, ?7 began, ?8 how long the id
-- before is good for reading, ?9 stage
UPDATE sessions
   SET old_hash = hash, old_until = ?4 + ?8, hash = ?3, created_at = ?7, seen_at = ?4,
       proved_at = ?4, peer = ?5, user_agent = ?6, stage = ?9, tries = 0
 WHERE id = ?1 AND person_id = ?2

-- NAME: sessions_prove
-- ?1 session, ?2 person, ?3 hash, ?4 now, ?5 how long the id before is good for reading, ?6 when it
-- was last proved, as it was read: of two proofs at once the second finds another time
UPDATE sessions
   SET old_hash = hash, old_until = ?4 + ?5, hash = ?3, proved_at = ?4
 WHERE id = ?1 AND person_id = ?2 AND proved_at = ?6

-- NAME: sessions_prove_second
-- ?1 session, ?2 person, ?3 hash, ?4 now, ?5 hash of the id before, which stays that
UPDATE sessions
   SET hash = ?3
 WHERE id = ?1 AND person_id = ?2 AND old_hash = ?5 AND old_until > ?4

-- NAME: sessions_full
-- ?1 session, ?2 person, ?3 hash, ?4 now, ?5 began.  The second factor was given.
UPDATE sessions
   SET stage = 'full', hash = ?3, old_hash = NULL, old_until = 0, created_at = ?5, seen_at = ?4,
       proved_at = ?4, tries = 0
 WHERE id = ?1 AND person_id = ?2 AND stage = 'half'

-- NAME: sessions_tried
-- ?1 session
UPDATE sessions SET tries = tries + 1 WHERE id = ?1 AND stage = 'half' RETURNING tries

-- NAME: sessions_sweep_half
-- ?1 began before
DELETE FROM sessions
 WHERE id IN (SELECT id FROM sessions WHERE stage = 'half' AND created_at < ?1 LIMIT 500)

-- NAME: sessions_end
-- ?1 session
DELETE FROM sessions WHERE id = ?1

-- NAME: sessions_end_person
-- ?1 person, ?2 but this session
DELETE FROM sessions WHERE person_id = ?1 AND id <> ?2

-- NAME: sessions_seen
-- ?1 session, ?2 now
UPDATE sessions SET seen_at = ?2 WHERE id = ?1

-- NAME: sessions_sweep
-- ?1 began before, ?2 last seen before
DELETE FROM sessions
 WHERE id IN (SELECT id FROM sessions WHERE seen_at < ?2
              UNION SELECT id FROM sessions WHERE created_at < ?1 AND seen_at >= ?2 LIMIT 500)

-- NAME: session_tenants_seen
-- ?1 session, ?2 tenant, ?3 member, ?4 now
INSERT INTO session_tenants (tenant_id, session_id, member_id, first_at, last_at)
VALUES (?2, ?1, ?3, ?4, ?4)
ON CONFLICT (session_id, tenant_id) DO UPDATE SET last_at = ?4

-- NAME: people_last_tenant
-- ?1 tenant, ?2 person
UPDATE people SET last_tenant_id = ?1 WHERE id = ?2 AND last_tenant_id IS NOT ?1

-- NAME: people_signed_in
-- ?1 person, ?2 now.  Their first sign-in.
UPDATE people SET signed_in_at = ?2 WHERE id = ?1 AND signed_in_at = 0

-- NAME: people_alarm
-- ?1 person, ?2 generation of the link
UPDATE people SET alarms = alarms + 1 WHERE id = ?1 AND alarms = ?2

-- NAME: people_factor
-- ?1 person, ?2 on
UPDATE people SET factor = ?2 WHERE id = ?1

-- NAME: factors_get
-- ?1 person
SELECT f.secret, f.created_at, f.last_step,
       (SELECT count(*) FROM recovery_codes r
         WHERE r.person_id = f.person_id AND r.used_at = 0) AS codes_left
  FROM factors f
 WHERE f.person_id = ?1

-- NAME: factors_add
-- ?1 person, ?2 sealed secret, ?3 its key, ?4 step of the code that turned it on, ?5 now
INSERT INTO factors (person_id, secret, key_id, last_step, created_at) VALUES (?1, ?2, ?3, ?4, ?5)

-- NAME: factors_use
-- ?1 person, ?2 step of a code.  Each step once, and none before one that was used.
UPDATE factors SET last_step = ?2 WHERE person_id = ?1 AND last_step < ?2

-- NAME: factors_remove
-- ?1 person
DELETE FROM factors WHERE person_id = ?1

-- NAME: recovery_codes_keys
-- ?1 person
SELECT DISTINCT key_id FROM recovery_codes WHERE person_id = ?1 AND used_at = 0

-- NAME: recovery_codes_use
-- ?1 person, ?2 hash, ?3 now
UPDATE recovery_codes SET used_at = ?3 WHERE person_id = ?1 AND hash = ?2 AND used_at = 0

-- NAME: recovery_codes_add
-- ?1 person, ?2 hash, ?3 key, ?4 now
INSERT INTO recovery_codes (person_id, hash, key_id, created_at, used_at) VALUES (?1, ?2, ?3, ?4, 0)

-- NAME: recovery_codes_remove
-- ?1 person
DELETE FROM recovery_codes WHERE person_id = ?1

-- NAME: recovery_codes_undo
-- ?1 person, ?2 since
DELETE FROM recovery_codes WHERE person_id = ?1 AND created_at >= ?2

-- NAME: members_signed_in
-- ?1 tenant, ?2 member, ?3 when the session began
UPDATE members
   SET signed_in_at = max(signed_in_at, ?3), active_at = max(active_at, ?3)
 WHERE tenant_id = ?1 AND id = ?2 AND signed_in_at < ?3

-- NAME: credentials_set
-- ?1 person, ?2 hash, ?3 now.  Each password has a set_at of its own, later than the one before.
INSERT INTO credentials (person_id, hash, set_at, must_change) VALUES (?1, ?2, ?3, 0)
ON CONFLICT (person_id) DO UPDATE SET hash = ?2, set_at = max(?3, set_at + 1), must_change = 0

-- NAME: credentials_temporary
-- ?1 person
UPDATE credentials SET must_change = 1 WHERE person_id = ?1

-- NAME: people_unproved
-- ?1 person
UPDATE people SET confirmed_at = 0 WHERE id = ?1 AND confirmed_at > 0

-- NAME: credentials_still
-- ?1 person, ?2 set at.  A hash made anew of the same password keeps that time.
SELECT person_id FROM credentials WHERE person_id = ?1 AND set_at = ?2

-- NAME: credentials_rehash
-- ?1 person, ?2 hash before, ?3 hash
UPDATE credentials SET hash = ?3 WHERE person_id = ?1 AND hash = ?2

-- NAME: reset_links_die
-- ?1 person
UPDATE reset_links SET generation = generation + 1 WHERE person_id = ?1

-- NAME: signin_password_min
-- ?1 person.  Of the tenants that they joined: anybody may invite them.
SELECT max(t.password_min) AS least
  FROM members m
  JOIN tenants t ON t.id = m.tenant_id
 WHERE m.person_id = ?1 AND m.status <> 'removed' AND m.status <> 'invited'

-- NAME: signin_words
-- ?1 person.  Names that a password of theirs is not made of, of the tenants that they joined.
SELECT t.name, t.slug
  FROM members m
  JOIN tenants t ON t.id = m.tenant_id
 WHERE m.person_id = ?1 AND m.status <> 'removed' AND m.status <> 'invited'
 ORDER BY m.accepted_at DESC
 LIMIT 20

-- NAME: signin_places
-- ?1 person.  Where they may enter, last used first.
SELECT t.id, t.slug, t.name, r.name AS role_name
  FROM members m
  JOIN tenants t ON t.id = m.tenant_id
  JOIN people p ON p.id = m.person_id
  JOIN roles r ON r.tenant_id = m.tenant_id AND r.id = m.role_id
 WHERE m.person_id = ?1 AND m.status = 'active' AND m.status <> 'removed' AND t.status = 'active'
 ORDER BY t.id = p.last_tenant_id DESC, t.name
 LIMIT 100

-- NAME: signin_barred
-- ?1 person.  Where they are a member and may not enter, and why.  An address that they have not
-- proved to be theirs may be another's, whose invitations are no business of theirs.
SELECT t.name, t.contact_email, t.status, m.status AS member_status
  FROM members m
  JOIN tenants t ON t.id = m.tenant_id
  JOIN people p ON p.id = m.person_id
 WHERE m.person_id = ?1 AND m.status <> 'removed' AND t.status <> 'deleted'
   AND (m.status <> 'invited' OR p.confirmed_at > 0)
   AND (m.status <> 'active' OR t.status <> 'active')
 ORDER BY t.name
 LIMIT 100

-- NAME: signin_unlock_sent
-- ?1 once of the email
SELECT id FROM outbox WHERE once = ?1

-- NAME: signin_browsers_sweep
-- ?1 last seen before
DELETE FROM known_browsers
 WHERE (person_id, id) IN (SELECT person_id, id FROM known_browsers WHERE seen_at < ?1 LIMIT 500)
