-- Sessions as the tenant sees those that used it.

-- NAME: seats_list
-- ?1 tenant, ?2 member, ?3 how many
SELECT s.id, s.created_at, s.peer, s.user_agent, t.first_at, t.last_at,
       s.created_at < m.valid_from OR s.created_at < t.ended_at AS ended
  FROM session_tenants t
  JOIN members m ON m.tenant_id = t.tenant_id AND m.id = t.member_id
  JOIN sessions s ON s.id = t.session_id
 WHERE t.tenant_id = ?1 AND t.member_id = ?2
 ORDER BY t.last_at DESC, s.id DESC
 LIMIT ?3

-- NAME: seats_acts
-- ?1 tenant, ?2 member, ?3 how many of the newest are looked at
SELECT session_id, count(*) AS n
  FROM (SELECT session_id FROM events
         WHERE tenant_id = ?1 AND actor_id = ?2 ORDER BY at DESC, seq DESC LIMIT ?3)
 GROUP BY session_id

-- NAME: seats_end
-- ?1 tenant, ?2 member, ?3 session, ?4 now
UPDATE session_tenants
   SET ended_at = ?4
 WHERE tenant_id = ?1 AND session_id = ?3 AND member_id = ?2
   AND ended_at <= (SELECT created_at FROM sessions WHERE id = ?3)
