-- NAME: admins_one
-- ?1 tenant.  One active person who holds Admin in the root organization.
SELECT m.id
  FROM roles r
  JOIN members m ON m.tenant_id = r.tenant_id AND m.role_id = r.id
 WHERE r.tenant_id = ?1 AND r.builtin = 'admin' AND r.status <> 'removed'
   AND m.tenant_id = ?1 AND m.status = 'active' AND m.status <> 'removed' AND m.org_path = '/'
 LIMIT 1

-- NAME: admins_other
-- ?1 tenant, ?2 member.  The same beside this one.
SELECT m.id
  FROM roles r
  JOIN members m ON m.tenant_id = r.tenant_id AND m.role_id = r.id
 WHERE r.tenant_id = ?1 AND r.builtin = 'admin' AND r.status <> 'removed'
   AND m.tenant_id = ?1 AND m.status = 'active' AND m.status <> 'removed' AND m.org_path = '/'
   AND m.id <> ?2
 LIMIT 1
