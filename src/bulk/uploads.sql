-- Statements of bulk/: tables of people that were sent in.

-- NAME: uploads_add
-- ?1 tenant, ?2 id, ?3 member, ?4 kind, ?5 role, ?6 columns, ?7 names left out, ?8 now
INSERT INTO uploads (tenant_id, id, member_id, kind, role_id, size, columns, left_out, created_at)
VALUES (?1, ?2, ?3, ?4, ?5, 0, ?6, ?7, ?8)

-- NAME: uploads_size
-- ?1 tenant, ?2 id, ?3 how many rows: it is whole
UPDATE uploads SET size = ?3 WHERE tenant_id = ?1 AND id = ?2

-- NAME: uploads_get
-- ?1 tenant, ?2 id
SELECT u.id, u.member_id, u.kind, u.role_id, u.size, u.columns, u.left_out, u.created_at,
       r.name AS role_name
  FROM uploads u
  JOIN roles r ON r.tenant_id = u.tenant_id AND r.id = u.role_id
 WHERE u.tenant_id = ?1 AND u.id = ?2 AND u.size > 0

-- NAME: uploads_forget
-- ?1 tenant, ?2 id
DELETE FROM uploads WHERE tenant_id = ?1 AND id = ?2

-- NAME: uploads_forget_older
-- ?1 tenant, ?2 member.  Those that no job works.
DELETE FROM uploads
 WHERE tenant_id = ?1 AND member_id = ?2
   AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.tenant_id = ?1 AND j.id = uploads.id
                      AND j.state IN ('waiting', 'running'))

-- NAME: uploads_sweep
-- ?1 older than
DELETE FROM uploads
 WHERE (tenant_id, id) IN (SELECT u.tenant_id, u.id FROM uploads u
                            WHERE u.created_at < ?1
                              AND NOT EXISTS (SELECT 1 FROM jobs j
                                               WHERE j.tenant_id = u.tenant_id AND j.id = u.id
                                                 AND j.state IN ('waiting', 'running'))
                            LIMIT 2)

-- NAME: upload_parts_add
-- ?1 tenant, ?2 upload, ?3 number of its first row, ?4 rows
INSERT INTO upload_parts (tenant_id, upload_id, n, text) VALUES (?1, ?2, ?3, ?4)

-- NAME: upload_parts_of
-- ?1 tenant, ?2 upload, ?3 number of a row
SELECT n, text
  FROM upload_parts
 WHERE tenant_id = ?1 AND upload_id = ?2 AND n <= ?3
 ORDER BY n DESC
 LIMIT 1

-- NAME: uploads_args sqlite
-- ?1 groups, ?2 workspaces as JSON, ?3 the role there or NULL: all as a job keeps it
SELECT json_object('groups', json(?1), 'workspaces', json(?2), 'role', ?3) AS args

-- NAME: uploads_joins sqlite
-- ?1 what uploads_args made
SELECT 'g' AS kind, value AS id FROM json_each(?1, '$.groups')
UNION ALL
SELECT 'w', value FROM json_each(?1, '$.workspaces')
UNION ALL
SELECT 'r', json_extract(?1, '$.role') WHERE json_extract(?1, '$.role') IS NOT NULL

-- NAME: uploads_found sqlite
-- ?1 tenant, ?2 keys of addresses as JSON.  Who has them: the person, and the member here.
SELECT j.key AS n, p.id AS person_id, p.email AS person_email, p.name AS person_name, p.language,
       m.id, m.email_key, m.email, m.status, m.version, m.name, m.nickname, m.phone, m.country,
       m.role_id, m.org_path, o.name AS org_name, r.name AS role_name, r.permissions
  FROM json_each(?2) j
  CROSS JOIN people p ON p.email_key = j.value
  LEFT JOIN members m ON m.person_id = p.id AND m.tenant_id = ?1 AND m.status <> 'removed'
  LEFT JOIN organizations o ON o.tenant_id = ?1 AND o.id = m.org_id
  LEFT JOIN roles r ON r.tenant_id = ?1 AND r.id = m.role_id
 WHERE p.email_key <> ''
