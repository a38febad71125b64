-- Statements of bulk/: whom an act is for.  Those who match are told by the same arguments
-- everywhere: statuses and roles as JSON arrays, NULL for any; before when an active member is
-- dormant; 1 for active ones without second factor, 2 for those with one; two patterns of what is in
-- name or email, and the roles that the search names; groups as a JSON array, NULL for whatever the
-- groups, 1 for those in none, and now.

-- NAME: bulk_pack sqlite
-- ?1 role or group, ?2 ids as JSON or NULL, ?3 statuses, ?4 roles, ?5 dormant before, ?6 factor,
-- ?7 ?8 patterns, ?9 roles that the search names, ?10 groups, ?11 1: also who is in none
SELECT json_object('role', ?1, 'ids', json(?2), 'statuses', json(?3), 'roles', json(?4),
                   'dormant', ?5, 'factor', ?6, 'inside', ?7, 'begin', ?8, 'hits', json(?9),
                   'groups', json(?10), 'ungrouped', ?11) AS args

-- NAME: bulk_unpack sqlite
-- ?1 what bulk_pack made
SELECT json_extract(?1, '$.role') AS role, json_extract(?1, '$.ids') AS ids,
       json_extract(?1, '$.statuses') AS statuses, json_extract(?1, '$.roles') AS roles,
       json_extract(?1, '$.dormant') AS dormant, json_extract(?1, '$.factor') AS factor,
       json_extract(?1, '$.inside') AS inside, json_extract(?1, '$.begin') AS begins,
       json_extract(?1, '$.hits') AS hits,
       json_extract(?1, '$.groups') AS groups, json_extract(?1, '$.ungrouped') AS ungrouped

-- NAME: bulk_next sqlite
-- ?1 tenant, ?2 ?3 the actor's path and its end, ?4 behind this member, ?5 made at that time at the
-- latest, ?6 how many; ?7 to ?16 who match, as above.  Those that do not are read, too, so that a
-- chunk ends after so many however few match.
SELECT id, name, 0 AS gone,
       (?7 IS NULL OR CASE WHEN status = 'active' AND active_at < ?9 THEN 'dormant' ELSE status END
                      IN (SELECT value FROM json_each(?7)))
   AND (?8 IS NULL OR role_id IN (SELECT value FROM json_each(?8)))
   AND (?10 = 0 OR (factor = ?10 - 1 AND (?10 = 2 OR status = 'active')))
   AND (?11 IS NULL OR search GLOB ?11 OR search GLOB ?12
        OR role_id IN (SELECT value FROM json_each(?13)))
   AND (?14 IS NULL
        OR EXISTS (SELECT 1 FROM group_members gm
                    WHERE gm.tenant_id = ?1 AND gm.holder_id = members.id
                      AND gm.group_id IN (SELECT value FROM json_each(?14))
                      AND (gm.until_at = 0 OR gm.until_at > ?16))
        OR (?15 AND NOT EXISTS (SELECT 1 FROM group_members gm
                    JOIN groups g ON g.tenant_id = ?1 AND g.id = gm.group_id
                         AND g.status <> 'removed'
                   WHERE gm.tenant_id = ?1 AND gm.holder_id = members.id
                     AND (gm.until_at = 0 OR gm.until_at > ?16)))) AS hit
  FROM members
 WHERE tenant_id = ?1 AND id > ?4 AND status <> 'removed'
   AND org_path >= ?2 AND org_path < ?3 AND created_at <= ?5
 ORDER BY id
 LIMIT ?6

-- NAME: bulk_next_chosen sqlite
-- ?1 tenant, ?2 ?3 path and its end, ?4 behind this member, ?5 how many, ?6 ids as JSON.  Those
-- that were removed meanwhile are told by their names.
SELECT m.id, m.name, m.status = 'removed' AS gone, 1 AS hit
  FROM json_each(?6) j
  CROSS JOIN members m ON m.tenant_id = ?1 AND m.id = j.value
 WHERE m.id > ?4 AND m.org_path >= ?2 AND m.org_path < ?3
 ORDER BY m.id
 LIMIT ?5

-- NAME: bulk_count sqlite
-- ?1 tenant, ?2 ?3 path and its end; ?4 to ?13 who match
SELECT count(*) AS n
  FROM members
 WHERE tenant_id = ?1 AND status <> 'removed' AND org_path >= ?2 AND org_path < ?3
   AND (?4 IS NULL OR CASE WHEN status = 'active' AND active_at < ?6 THEN 'dormant' ELSE status END
                      IN (SELECT value FROM json_each(?4)))
   AND (?5 IS NULL OR role_id IN (SELECT value FROM json_each(?5)))
   AND (?7 = 0 OR (factor = ?7 - 1 AND (?7 = 2 OR status = 'active')))
   AND (?8 IS NULL OR search GLOB ?8 OR search GLOB ?9
        OR role_id IN (SELECT value FROM json_each(?10)))
   AND (?11 IS NULL
        OR EXISTS (SELECT 1 FROM group_members gm
                    WHERE gm.tenant_id = ?1 AND gm.holder_id = members.id
                      AND gm.group_id IN (SELECT value FROM json_each(?11))
                      AND (gm.until_at = 0 OR gm.until_at > ?13))
        OR (?12 AND NOT EXISTS (SELECT 1 FROM group_members gm
                    JOIN groups g ON g.tenant_id = ?1 AND g.id = gm.group_id
                         AND g.status <> 'removed'
                   WHERE gm.tenant_id = ?1 AND gm.holder_id = members.id
                     AND (gm.until_at = 0 OR gm.until_at > ?13))))

-- NAME: bulk_chosen sqlite
-- ?1 tenant, ?2 ?3 path and its end, ?4 ids as JSON.  Those that were removed since the list was
-- shown are among them: the job tells each of them, and does the others.
SELECT m.name
  FROM json_each(?4) j
  CROSS JOIN members m ON m.tenant_id = ?1 AND m.id = j.value
 WHERE m.org_path >= ?2 AND m.org_path < ?3
 ORDER BY m.name_key, m.id

-- NAME: bulk_lines sqlite
-- ?1 tenant, ?2 ?3 path and its end, ?4 behind this member, ?5 how many; ?6 to ?15 who match
SELECT m.id, m.name, m.email, m.nickname, m.phone, m.country, r.name AS role_name, m.status,
       o.name AS org_name, m.signed_in_at, m.created_at, m.factor
  FROM members m
  CROSS JOIN roles r ON r.tenant_id = m.tenant_id AND r.id = m.role_id
  CROSS JOIN organizations o ON o.tenant_id = m.tenant_id AND o.id = m.org_id
 WHERE m.tenant_id = ?1 AND m.id > ?4 AND m.status <> 'removed'
   AND m.org_path >= ?2 AND m.org_path < ?3
   AND (?6 IS NULL OR CASE WHEN m.status = 'active' AND m.active_at < ?8 THEN 'dormant'
                           ELSE m.status END IN (SELECT value FROM json_each(?6)))
   AND (?7 IS NULL OR m.role_id IN (SELECT value FROM json_each(?7)))
   AND (?9 = 0 OR (m.factor = ?9 - 1 AND (?9 = 2 OR m.status = 'active')))
   AND (?10 IS NULL OR m.search GLOB ?10 OR m.search GLOB ?11
        OR m.role_id IN (SELECT value FROM json_each(?12)))
   AND (?13 IS NULL
        OR EXISTS (SELECT 1 FROM group_members gm
                    WHERE gm.tenant_id = ?1 AND gm.holder_id = m.id
                      AND gm.group_id IN (SELECT value FROM json_each(?13))
                      AND (gm.until_at = 0 OR gm.until_at > ?15))
        OR (?14 AND NOT EXISTS (SELECT 1 FROM group_members gm
                    JOIN groups g ON g.tenant_id = ?1 AND g.id = gm.group_id
                         AND g.status <> 'removed'
                   WHERE gm.tenant_id = ?1 AND gm.holder_id = m.id
                     AND (gm.until_at = 0 OR gm.until_at > ?15))))
 ORDER BY m.id
 LIMIT ?5

-- NAME: bulk_lines_chosen sqlite
-- ?1 tenant, ?2 ?3 path and its end, ?4 behind this member, ?5 how many, ?6 ids as JSON
SELECT m.id, m.name, m.email, m.nickname, m.phone, m.country, r.name AS role_name, m.status,
       o.name AS org_name, m.signed_in_at, m.created_at, m.factor
  FROM json_each(?6) j
  CROSS JOIN members m ON m.tenant_id = ?1 AND m.id = j.value
  JOIN roles r ON r.tenant_id = m.tenant_id AND r.id = m.role_id
  JOIN organizations o ON o.tenant_id = m.tenant_id AND o.id = m.org_id
 WHERE m.id > ?4 AND m.status <> 'removed' AND m.org_path >= ?2 AND m.org_path < ?3
 ORDER BY m.id
 LIMIT ?5
