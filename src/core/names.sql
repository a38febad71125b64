-- Names for lists.

-- NAME: names_read
-- ?1 tenant, ?2 ids as JSON.  Most are members, so only what is none is looked for elsewhere.
SELECT e.value AS id,
       coalesce(m.name,
           (SELECT g.name FROM groups g WHERE g.tenant_id = ?1 AND g.id = e.value),
           (SELECT s.name FROM service_accounts s WHERE s.tenant_id = ?1 AND s.id = e.value)) AS name
  FROM json_each(?2) e
  LEFT JOIN members m ON m.tenant_id = ?1 AND m.id = e.value
