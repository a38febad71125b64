-- What people do with their own sessions and password.

-- NAME: own_sessions
-- ?1 person, ?2 began after, ?3 seen after.  Those that are good, last seen first.
SELECT s.id, s.created_at, s.seen_at, s.peer, s.user_agent
  FROM sessions s
  LEFT JOIN credentials c ON c.person_id = s.person_id
 WHERE s.person_id = ?1 AND s.stage = 'full' AND s.created_at > ?2 AND s.seen_at > ?3
   AND s.created_at >= coalesce(c.set_at, 0)
 ORDER BY s.seen_at DESC, s.id DESC
 LIMIT 100

-- NAME: own_session_end
-- ?1 session, ?2 person
DELETE FROM sessions WHERE id = ?1 AND person_id = ?2

-- NAME: own_session_renew
-- ?1 session, ?2 person, ?3 hash, ?4 now, ?5 how long the id before is good for reading, ?6 1: the
-- password was given.  One of a password that was set now begins with it.
UPDATE sessions
   SET old_hash = hash, old_until = ?4 + ?5, hash = ?3,
       created_at = max(created_at, coalesce((SELECT set_at FROM credentials
                                               WHERE person_id = ?2), 0)),
       proved_at = CASE ?6 WHEN 1 THEN ?4 ELSE proved_at END
 WHERE id = ?1 AND person_id = ?2

-- NAME: own_credentials_void
-- ?1 person
DELETE FROM credentials WHERE person_id = ?1

-- NAME: own_resets_forget
-- ?1 person
DELETE FROM reset_links WHERE person_id = ?1
