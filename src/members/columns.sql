-- Which columns of the users list a member sees, and what the chosen ones show.

-- NAME: columns_choose
-- ?1 tenant, ?2 member, ?3 words
UPDATE members SET columns = ?3 WHERE tenant_id = ?1 AND id = ?2 AND status = 'active'

-- NAME: columns_more sqlite
-- ?1 tenant, ?2 members as JSON
SELECT m.id, m.nickname, m.phone, m.country
  FROM json_each(?2) j
  CROSS JOIN members m ON m.tenant_id = ?1 AND m.id = j.value
 WHERE m.tenant_id = ?1 AND m.status <> 'removed'
