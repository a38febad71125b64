-- Which columns of the users list a member sees, and what the chosen ones show.

-- NAME: columns_choose
-- ?1 tenant, ?2 member, ?3 words
UPDATE members SET columns = ?3 WHERE tenant_id = ?1 AND id = ?2 AND status = 'active'

-- NAME: columns_more sqlite
-- ?1 tenant, ?2 members as JSON, ?3 with their groups, ?4 now.  In the order of the members, one row
-- for each group that they are in now, in no order; of a removed group and where there is none: NULL.
SELECT m.id, m.nickname, m.phone, m.country, o.name AS org_name, g.name, g.name_key
  FROM json_each(?2) j
  CROSS JOIN members m INDEXED BY sqlite_autoindex_members_1
       ON m.tenant_id = ?1 AND m.id = j.value AND m.status <> 'removed'
  CROSS JOIN organizations o ON o.tenant_id = ?1 AND o.id = m.org_id
  LEFT JOIN group_members gm ON ?3 AND m.groups > 0 AND gm.tenant_id = ?1 AND gm.holder_id = m.id
       AND (gm.until_at = 0 OR gm.until_at > ?4)
  LEFT JOIN groups g ON g.tenant_id = ?1 AND g.id = gm.group_id AND g.status <> 'removed'
