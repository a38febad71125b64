-- Statements of reset/.  Links belong to a person, so none names a tenant.

-- NAME: reset_person
-- ?1 email key
SELECT p.id, p.email, p.email_key, p.name, p.language, p.method, c.person_id AS has_password
  FROM people p
  LEFT JOIN credentials c ON c.person_id = p.id
 WHERE p.email_key = ?1

-- NAME: reset_emails_since
-- ?1 person, ?2 since
SELECT count(*) AS n, coalesce(max(created_at), 0) AS newest
  FROM outbox
 WHERE person_id = ?1 AND kind IN ('reset', 'reset_other_method') AND created_at > ?2

-- NAME: reset_links_get
-- ?1 person
SELECT id, generation FROM reset_links WHERE person_id = ?1

-- NAME: reset_links_new
-- ?1 id, ?2 person, 0 for nobody, ?3 expires, ?4 generation.  The newest only: the one before dies.
INSERT INTO reset_links (id, person_id, generation, expires_at, used_at)
SELECT ?1, id, ?4, ?3, 0 FROM people WHERE id = ?2
ON CONFLICT (person_id) DO UPDATE SET generation = ?4, expires_at = ?3, used_at = 0
 WHERE generation = ?4 - 1

-- NAME: reset_open
-- ?1 id
SELECT l.id, l.person_id, l.generation, l.expires_at, l.used_at, p.name, p.email, p.email_key,
       p.language, p.confirmed_at
  FROM reset_links l
  JOIN people p ON p.id = l.person_id
 WHERE l.id = ?1

-- NAME: reset_use
-- ?1 id, ?2 generation, ?3 now.  One use.
UPDATE reset_links
   SET used_at = ?3, generation = generation + 1
 WHERE id = ?1 AND generation = ?2 AND used_at = 0 AND expires_at > ?3

-- NAME: reset_links_sweep
-- ?1 expired before
DELETE FROM reset_links
 WHERE id IN (SELECT id FROM reset_links WHERE expires_at < ?1 LIMIT 500)
