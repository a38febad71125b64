-- Which columns of the users list a member sees, and what the chosen ones show.

-- NAME: columns_choose
-- ?1 tenant, ?2 member, ?3 words
UPDATE members SET columns = ?3 WHERE tenant_id = ?1 AND id = ?2 AND status = 'active'

-- NAME: columns_more sqlite
-- ?1 tenant, ?2 members as JSON, ?3 with their groups, ?4 now.  groups: the first three by name that
-- they are in now, of n.
SELECT m.id, m.nickname, m.phone, m.country, o.name AS org_name,
       CASE WHEN ?3 AND m.groups > 0 THEN
       (SELECT count(*)
          FROM group_members gm
          CROSS JOIN groups g ON g.tenant_id = gm.tenant_id AND g.id = gm.group_id
               AND g.status <> 'removed'
         WHERE gm.tenant_id = ?1 AND gm.holder_id = m.id
           AND (gm.until_at = 0 OR gm.until_at > ?4)) ELSE 0 END AS n,
       CASE WHEN ?3 AND m.groups > 0 THEN
       (SELECT group_concat(name, ', ')
          FROM (SELECT g.name
                  FROM group_members gm
                  CROSS JOIN groups g ON g.tenant_id = gm.tenant_id AND g.id = gm.group_id
                       AND g.status <> 'removed'
                 WHERE gm.tenant_id = ?1 AND gm.holder_id = m.id
                   AND (gm.until_at = 0 OR gm.until_at > ?4)
                 ORDER BY g.name_key
                 LIMIT 3)) END AS groups
  FROM json_each(?2) j
  CROSS JOIN members m ON m.tenant_id = ?1 AND m.id = j.value
  JOIN organizations o ON o.tenant_id = ?1 AND o.id = m.org_id
 WHERE m.tenant_id = ?1 AND m.status <> 'removed'
