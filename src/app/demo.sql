-- Statements of app/demo_again.c: it only reads.

-- NAME: demo_first_tenant
SELECT id FROM tenants WHERE number = 1 AND status <> 'deleted'

-- NAME: demo_admin
-- ?1 tenant, ?2 to ?4 the acts by which a real member comes.  Its first member, when that is a
-- made-up one: of those alone no event tells how they came.
SELECT m.id, m.person_id, m.email, m.name
  FROM members m
 WHERE m.tenant_id = ?1 AND m.id = (SELECT min(id) FROM members WHERE tenant_id = ?1)
   AND NOT EXISTS (SELECT 1 FROM events e
                    WHERE e.tenant_id = ?1 AND e.subject_id = m.id AND e.act IN (?2, ?3, ?4))
   AND m.status <> 'removed'
