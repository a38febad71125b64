-- Who administers: an active person of the root organization who holds Admin, as the own role or by
-- a group whose membership has no end date.

-- NAME: admins_one
-- ?1 tenant, ?2 a member who does not count, 0: all do
SELECT m.id
  FROM roles r
  CROSS JOIN members m ON m.tenant_id = r.tenant_id AND m.role_id = r.id
 WHERE r.tenant_id = ?1 AND r.builtin = 'admin' AND r.status <> 'removed'
   AND m.tenant_id = ?1 AND m.status = 'active' AND m.status <> 'removed' AND m.org_path = '/'
   AND m.id <> ?2
UNION ALL
SELECT m.id
  FROM roles r
  CROSS JOIN groups g ON g.tenant_id = r.tenant_id AND g.role_id = r.id AND g.role_id IS NOT NULL
       AND g.status <> 'removed'
  CROSS JOIN group_members gm ON gm.tenant_id = g.tenant_id AND gm.group_id = g.id AND gm.until_at = 0
  CROSS JOIN members m ON m.tenant_id = gm.tenant_id AND m.id = gm.member_id
 WHERE r.tenant_id = ?1 AND r.builtin = 'admin' AND r.status <> 'removed'
   AND m.status = 'active' AND m.org_path = '/' AND m.id <> ?2
 LIMIT 1
