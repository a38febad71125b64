-- Statements of why/.

-- NAME: why_groups
-- ?1 tenant, ?2 roles as JSON, those that give least first, ?3 how many
SELECT g.id, g.name, g.role_id
  FROM json_each(?2) e
  CROSS JOIN groups g ON g.tenant_id = ?1 AND g.role_id = e.value AND g.role_id IS NOT NULL
       AND g.status <> 'removed'
 ORDER BY e.key
 LIMIT ?3

-- NAME: why_who
-- ?1 tenant, ?2 [[number of the way, role] …] as JSON, ?3 where they must reach, ?4 how many
SELECT json_extract(e.value, '$[0]') AS way, m.name
  FROM json_each(?2) e
  CROSS JOIN members m ON m.tenant_id = ?1 AND m.role_id = json_extract(e.value, '$[1]')
       AND m.status <> 'removed'
 WHERE m.status = 'active' AND substr(?3, 1, length(m.org_path)) = m.org_path
 LIMIT ?4

-- NAME: why_decision
-- ?1 tenant, ?2 decision
SELECT d.id, d.at, d.holder_id, d.service_id IS NOT NULL AS service,
       coalesce(m.name, a.name) AS name, d.permission, d.matter,
       coalesce(json_extract(d.proof, '$.role'), '') AS role,
       coalesce(json_extract(d.proof, '$.held'), '') AS held,
       coalesce(json_extract(d.proof, '$.key'), '') AS api_key, coalesce(o.name, '') AS reach
  FROM decisions d
  LEFT JOIN members m ON m.tenant_id = d.tenant_id AND m.id = d.member_id
  LEFT JOIN service_accounts a ON a.tenant_id = d.tenant_id AND a.id = d.service_id
  LEFT JOIN organizations o ON o.tenant_id = d.tenant_id AND o.path = d.org_path
       AND o.status <> 'removed'
 WHERE d.tenant_id = ?1 AND d.id = ?2
