-- Statements of workspaces/.  A row of a workspace has id, version, name, description, personal_of,
-- members, groups, made_by, created_at; in lists nowners, and created_by instead of the name.  A row of a seat has id,
-- kind (seat_kind), name, email, status, org_path, name_key, members, role_id, role_name,
-- permissions, added_at.

-- NAME: workspaces_page sqlite
-- SORT: name=name_key members=members created=created_at
-- ?1 tenant, ?2 what is in the name (folded) or NULL, ?3 key and ?4 id of the row before, ?5 how many,
-- ?6 1: personal ones, too
SELECT id, version, name, description, personal_of, members, groups, owners AS nowners, created_by,
       created_at
  FROM workspaces
 WHERE tenant_id = ?1 AND status <> 'removed'
   AND ($KEY, id) $AFTER (?3, ?4)
   AND (?2 IS NULL OR instr(name_key, ?2) > 0)
   AND (?6 = 1 OR personal_of IS NULL)
 ORDER BY $KEY $DIR, id $DIR
 LIMIT ?5

-- NAME: workspaces_owners sqlite
-- ?1 tenant, ?2 workspaces as JSON, ?3 how many at the most.  Who owns them, the oldest first
SELECT x.workspace_id, x.holder_id
  FROM json_each(?2) e
  CROSS JOIN workspace_members x ON x.tenant_id = ?1 AND x.workspace_id = e.value
       AND x.role_id = (SELECT id FROM roles WHERE tenant_id = ?1 AND builtin = 'owner')
 LIMIT ?3

-- NAME: workspaces_own sqlite
-- SORT: name=name_key members=members created=created_at
-- ?1 tenant, ?2 what is in the name (folded) or NULL, ?3 key and ?4 id of the row before, ?5 how many,
-- ?6 member or service account, ?7 now.  Those that it belongs to
SELECT w.id, w.version, w.name, w.description, w.personal_of, w.members, w.groups,
       w.owners AS nowners, w.created_by, w.created_at
  FROM (SELECT id, $KEY AS sorted_by FROM workspaces
         WHERE tenant_id = ?1 AND status <> 'removed'
           AND id IN (SELECT wm.workspace_id FROM workspace_members wm
                       WHERE wm.tenant_id = ?1 AND wm.holder_id = ?6
                      UNION
                      SELECT wm.workspace_id
                        FROM group_members gm
                        CROSS JOIN workspace_members wm ON wm.tenant_id = gm.tenant_id
                             AND wm.holder_id = gm.group_id
                       WHERE gm.tenant_id = ?1 AND gm.holder_id = ?6
                         AND (gm.until_at = 0 OR gm.until_at > ?7))
           AND ($KEY, id) $AFTER (?3, ?4)
           AND (?2 IS NULL OR instr(name_key, ?2) > 0)
         ORDER BY $KEY $DIR, id $DIR
         LIMIT ?5) k
  CROSS JOIN workspaces w ON w.tenant_id = ?1 AND w.id = k.id
 ORDER BY k.sorted_by $DIR, k.id $DIR

-- NAME: workspaces_count
-- ?1 tenant, ?2 1: personal ones, too
SELECT n - CASE WHEN ?2 = 1 THEN 0 ELSE personal END AS n FROM workspace_counts WHERE tenant_id = ?1

-- NAME: workspaces_count_own
-- ?1 tenant, ?2 member or service account, ?3 now
SELECT count(*) AS n
  FROM (SELECT wm.workspace_id FROM workspace_members wm
         WHERE wm.tenant_id = ?1 AND wm.holder_id = ?2
        UNION
        SELECT wm.workspace_id
          FROM group_members gm
          CROSS JOIN workspace_members wm ON wm.tenant_id = gm.tenant_id AND wm.holder_id = gm.group_id
         WHERE gm.tenant_id = ?1 AND gm.holder_id = ?2
           AND (gm.until_at = 0 OR gm.until_at > ?3)) x

-- NAME: workspaces_get
-- ?1 tenant, ?2 workspace
SELECT w.id, w.version, w.name, w.description, w.personal_of, w.members, w.groups,
       m.name AS made_by, w.created_at
  FROM workspaces w
  LEFT JOIN members m ON m.tenant_id = ?1 AND m.id = w.created_by
 WHERE w.tenant_id = ?1 AND w.id = ?2 AND w.status <> 'removed'

-- NAME: workspaces_named
-- ?1 tenant, ?2 key of a name
SELECT id FROM workspaces WHERE tenant_id = ?1 AND name_key = ?2 AND status <> 'removed'

-- NAME: workspaces_personal
-- ?1 tenant, ?2 member: the own one; and whether the account allows any
SELECT t.personal_workspaces AS allowed, w.id
  FROM tenants t
  LEFT JOIN workspaces w ON w.tenant_id = ?1 AND w.personal_of = ?2
       AND w.personal_of IS NOT NULL AND w.status <> 'removed'
 WHERE t.id = ?1

-- NAME: workspaces_make
-- ?1 tenant, ?2 id, ?3 name, ?4 its key, ?5 description, ?6 whose own one or NULL, ?7 actor, ?8 now
INSERT INTO workspaces (tenant_id, id, name, name_key, description, personal_of, members, groups,
                        status, created_by, created_at, version)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, 0, 'active', ?7, ?8, 1)

-- NAME: workspaces_change
-- ?1 tenant, ?2 workspace, ?3 version seen, ?4 name, ?5 its key, ?6 description
UPDATE workspaces
   SET name = ?4, name_key = ?5, description = ?6, version = version + 1
 WHERE tenant_id = ?1 AND id = ?2 AND version = ?3 AND status <> 'removed'

-- NAME: workspaces_close
-- ?1 tenant, ?2 workspace
UPDATE workspaces
   SET status = 'removed', version = version + 1
 WHERE tenant_id = ?1 AND id = ?2 AND status <> 'removed'

-- NAME: workspaces_empty
-- ?1 tenant, ?2 workspace
DELETE FROM workspace_members WHERE tenant_id = ?1 AND workspace_id = ?2

-- ---------------------------------------------------------------- seats

-- NAME: seats_page sqlite
-- SORT: name=name_key
-- ?1 tenant, ?2 workspace, ?3 key and ?4 id of the row before, ?5 how many
SELECT k.holder_id AS id, CASE WHEN k.member_id IS NOT NULL THEN 0
                               WHEN k.service_id IS NOT NULL THEN 1 ELSE 2 END AS kind,
       coalesce(m.name, s.name, g.name) AS name, coalesce(m.email, '') AS email,
       coalesce(m.status, s.status, g.status) AS status, coalesce(m.org_path, '/') AS org_path,
       k.name_key, coalesce(g.members, 0) AS members, k.role_id, r.name AS role_name,
       r.permissions, k.added_at
  FROM (SELECT holder_id, member_id, service_id, group_id, role_id, name_key, added_at
          FROM workspace_members
         WHERE tenant_id = ?1 AND workspace_id = ?2 AND ($KEY, holder_id) $AFTER (?3, ?4)
         ORDER BY $KEY $DIR, holder_id $DIR
         LIMIT ?5) k
  CROSS JOIN roles r ON r.tenant_id = ?1 AND r.id = k.role_id
  LEFT JOIN members m ON m.tenant_id = ?1 AND m.id = k.member_id
  LEFT JOIN service_accounts s ON s.tenant_id = ?1 AND s.id = k.service_id
  LEFT JOIN groups g ON g.tenant_id = ?1 AND g.id = k.group_id
 ORDER BY k.$KEY $DIR, k.holder_id $DIR

-- NAME: seats_get
-- ?1 tenant, ?2 workspace, ?3 holder
SELECT k.holder_id AS id, CASE WHEN k.member_id IS NOT NULL THEN 0
                               WHEN k.service_id IS NOT NULL THEN 1 ELSE 2 END AS kind,
       coalesce(m.name, s.name, g.name) AS name, coalesce(m.email, '') AS email,
       coalesce(m.status, s.status, g.status) AS status, coalesce(m.org_path, '/') AS org_path,
       k.name_key, coalesce(g.members, 0) AS members, k.role_id, r.name AS role_name,
       r.permissions, k.added_at
  FROM workspace_members k
  JOIN roles r ON r.tenant_id = ?1 AND r.id = k.role_id
  LEFT JOIN members m ON m.tenant_id = ?1 AND m.id = k.member_id
  LEFT JOIN service_accounts s ON s.tenant_id = ?1 AND s.id = k.service_id
  LEFT JOIN groups g ON g.tenant_id = ?1 AND g.id = k.group_id
 WHERE k.tenant_id = ?1 AND k.workspace_id = ?2 AND k.holder_id = ?3

-- NAME: seats_candidate
-- ?1 tenant, ?2 id: who it is, as a seat without a role
SELECT m.id, 0 AS kind, m.name, m.email, m.status, m.org_path, m.name_key, 0 AS members,
       0 AS role_id, '' AS role_name, '' AS permissions, 0 AS added_at
  FROM members m
 WHERE m.tenant_id = ?1 AND m.id = ?2 AND m.status <> 'removed'
UNION ALL
SELECT s.id, 1, s.name, '', s.status, '/', s.name_key, 0, 0, '', '', 0
  FROM service_accounts s
 WHERE s.tenant_id = ?1 AND s.id = ?2 AND s.status <> 'removed'
UNION ALL
SELECT g.id, 2, g.name, '', g.status, '/', g.name_key, g.members, 0, '', '', 0
  FROM groups g
 WHERE g.tenant_id = ?1 AND g.id = ?2 AND g.status <> 'removed'

-- NAME: seats_by_email
-- ?1 tenant, ?2 key of an address
SELECT id FROM members WHERE tenant_id = ?1 AND email_key = ?2 AND status <> 'removed'

-- NAME: seats_found
-- ?1 tenant, ?2 workspace, ?3 what is in the name (folded), ?4 how many of each, ?5 and ?6 1: groups,
-- service accounts; ?7 people as JSON, of whom those are rows who are in it.  inside: is in it.
SELECT x.id, x.kind, x.name, x.members,
       EXISTS (SELECT 1 FROM workspace_members wm
                WHERE wm.tenant_id = ?1 AND wm.workspace_id = ?2 AND wm.holder_id = x.id) AS inside
  FROM (SELECT * FROM (SELECT g.id, 2 AS kind, g.name, g.members FROM groups g
                        WHERE g.tenant_id = ?1 AND g.status <> 'removed' AND ?5 = 1
                          AND instr(g.name_key, ?3) > 0
                        ORDER BY g.name_key LIMIT ?4)
        UNION ALL
        SELECT * FROM (SELECT s.id, 1, s.name, 0 FROM service_accounts s
                        WHERE s.tenant_id = ?1 AND s.status <> 'removed' AND ?6 = 1
                          AND instr(s.name_key, ?3) > 0
                        ORDER BY s.name_key LIMIT ?4)
        UNION ALL
        SELECT m.holder_id, 0, '', 0 FROM json_each(?7) e
         CROSS JOIN workspace_members m ON m.tenant_id = ?1 AND m.workspace_id = ?2
               AND m.holder_id = e.value) x

-- NAME: seats_add
-- ?1 tenant, ?2 workspace, ?3 holder, ?4 to ?6 the same as member, service account or group, or NULL,
-- ?7 role, ?8 its name's key, ?9 actor, ?10 now
INSERT INTO workspace_members (tenant_id, workspace_id, holder_id, member_id, service_id, group_id,
                               role_id, name_key, added_by, added_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)

-- NAME: seats_role
-- ?1 tenant, ?2 workspace, ?3 holder, ?4 role, ?5 actor, who answers for it from now on
UPDATE workspace_members SET role_id = ?4, added_by = ?5
 WHERE tenant_id = ?1 AND workspace_id = ?2 AND holder_id = ?3

-- NAME: seats_remove
-- ?1 tenant, ?2 workspace, ?3 holder
DELETE FROM workspace_members WHERE tenant_id = ?1 AND workspace_id = ?2 AND holder_id = ?3

-- NAME: seats_holders
-- ?1 tenant, ?2 role
SELECT count(*) AS n FROM workspace_members WHERE tenant_id = ?1 AND role_id = ?2

-- NAME: seats_of_role
-- ?1 tenant, ?2 role, ?3 how many
SELECT wm.workspace_id, wm.holder_id, w.name AS workspace, coalesce(m.name, s.name, g.name) AS name
  FROM workspace_members wm
  JOIN workspaces w ON w.tenant_id = ?1 AND w.id = wm.workspace_id
  LEFT JOIN members m ON m.tenant_id = ?1 AND m.id = wm.member_id
  LEFT JOIN service_accounts s ON s.tenant_id = ?1 AND s.id = wm.service_id
  LEFT JOIN groups g ON g.tenant_id = ?1 AND g.id = wm.group_id
 WHERE wm.tenant_id = ?1 AND wm.role_id = ?2
 LIMIT ?3

-- ---------------------------------------------------------------- who may enter, and where

-- NAME: workspaces_entering sqlite
-- SORT: name=name_key
-- ?1 tenant, ?2 workspace, ?3 key and ?4 id of the row before, ?5 how many, ?6 tenant roles that see
-- every workspace, as JSON, ?7 now
SELECT id, service, name, email, org_path, name_key
  FROM (SELECT h.id, m.id IS NULL AS service, coalesce(m.name, s.name) AS name,
               coalesce(m.email, '') AS email, coalesce(m.org_path, '/') AS org_path,
               coalesce(m.name_key, s.name_key) AS name_key
          FROM (SELECT wm.holder_id AS id FROM workspace_members wm
                 WHERE wm.tenant_id = ?1 AND wm.workspace_id = ?2 AND wm.group_id IS NULL
                UNION
                SELECT gm.holder_id
                  FROM workspace_members wm
                  JOIN group_members gm ON gm.tenant_id = wm.tenant_id
                       AND gm.group_id = wm.group_id
                       AND (gm.until_at = 0 OR gm.until_at > ?7)
                 WHERE wm.tenant_id = ?1 AND wm.workspace_id = ?2 AND wm.group_id IS NOT NULL
                UNION
                SELECT m.id
                  FROM json_each(?6) e
                  CROSS JOIN members m ON m.tenant_id = ?1 AND m.role_id = e.value
                       AND m.status <> 'removed'
                 WHERE m.org_path = '/'
                UNION
                SELECT s.id
                  FROM json_each(?6) e
                  CROSS JOIN service_accounts s ON s.tenant_id = ?1 AND s.role_id = e.value
                       AND s.status <> 'removed'
                UNION
                SELECT gm.holder_id
                  FROM json_each(?6) e
                  CROSS JOIN groups g ON g.tenant_id = ?1 AND g.role_id = e.value
                       AND g.role_id IS NOT NULL AND g.status <> 'removed'
                  JOIN group_members gm ON gm.tenant_id = g.tenant_id AND gm.group_id = g.id
                       AND (gm.until_at = 0 OR gm.until_at > ?7)
                  LEFT JOIN members m ON m.tenant_id = ?1 AND m.id = gm.member_id
                 WHERE coalesce(m.org_path, '/') = '/') h
          LEFT JOIN members m ON m.tenant_id = ?1 AND m.id = h.id
          LEFT JOIN service_accounts s ON s.tenant_id = ?1 AND s.id = h.id
         WHERE coalesce(m.status, s.status) = 'active') x
 WHERE ($KEY, id) $AFTER (?3, ?4)
 ORDER BY $KEY $DIR, id $DIR
 LIMIT ?5

-- NAME: workspaces_ways
-- ?1 tenant, ?2 workspace, ?3 people and service accounts as JSON, ?4 tenant roles that see every
-- workspace, as JSON, ?5 now: why each of them may enter; group_id 0: not by a group
SELECT h.value AS holder_id, 0 AS everywhere, 0 AS group_id, '' AS group_name, '' AS sorted_by,
       r.name AS role_name, 0 AS until_at
  FROM json_each(?3) h
  CROSS JOIN workspace_members wm ON wm.tenant_id = ?1 AND wm.workspace_id = ?2
       AND wm.holder_id = h.value
  JOIN roles r ON r.tenant_id = ?1 AND r.id = wm.role_id
UNION ALL
SELECT h.value, 0, g.id, g.name, g.name_key, r.name, gm.until_at
  FROM json_each(?3) h
  CROSS JOIN group_members gm ON gm.tenant_id = ?1 AND gm.holder_id = h.value
       AND (gm.until_at = 0 OR gm.until_at > ?5)
  JOIN workspace_members wm ON wm.tenant_id = ?1 AND wm.workspace_id = ?2
       AND wm.holder_id = gm.group_id
  JOIN groups g ON g.tenant_id = ?1 AND g.id = gm.group_id
  JOIN roles r ON r.tenant_id = ?1 AND r.id = wm.role_id
UNION ALL
SELECT h.value, 1, 0, '', '', r.name, 0
  FROM json_each(?3) h
  CROSS JOIN members m ON m.tenant_id = ?1 AND m.id = h.value AND m.org_path = '/'
  JOIN roles r ON r.tenant_id = ?1 AND r.id = m.role_id
 WHERE r.id IN (SELECT value FROM json_each(?4))
UNION ALL
SELECT h.value, 1, 0, '', '', r.name, 0
  FROM json_each(?3) h
  CROSS JOIN service_accounts s ON s.tenant_id = ?1 AND s.id = h.value
  JOIN roles r ON r.tenant_id = ?1 AND r.id = s.role_id
 WHERE r.id IN (SELECT value FROM json_each(?4))
UNION ALL
SELECT h.value, 1, g.id, g.name, g.name_key, r.name, gm.until_at
  FROM json_each(?3) h
  CROSS JOIN group_members gm ON gm.tenant_id = ?1 AND gm.holder_id = h.value
       AND (gm.until_at = 0 OR gm.until_at > ?5)
  JOIN groups g ON g.tenant_id = ?1 AND g.id = gm.group_id AND g.status <> 'removed'
  JOIN roles r ON r.tenant_id = ?1 AND r.id = g.role_id
  LEFT JOIN members m ON m.tenant_id = ?1 AND m.id = gm.holder_id
 WHERE r.id IN (SELECT value FROM json_each(?4)) AND coalesce(m.org_path, '/') = '/'
 ORDER BY 1, 2, 5, 3

-- NAME: workspaces_overseers
-- ?1 tenant: tenant roles, of which those that see every workspace are taken
SELECT id, permissions FROM roles
 WHERE tenant_id = ?1 AND scope = 'tenant' AND status <> 'removed'

-- NAME: workspaces_of
-- ?1 tenant, ?2 member, service account or group, ?3 now, ?4 how many.  In no order: they are few as a
-- rule, and to sort them here costs more than to read them.
SELECT w.id, w.name, w.personal_of IS NOT NULL AS personal, wm.role_id, w.name_key,
       h.name AS group_name, h.name_key AS group_key
  FROM (SELECT ?2 AS id, '' AS name, '' AS name_key
        UNION ALL
        SELECT g.id, g.name, g.name_key
          FROM group_members gm
          CROSS JOIN groups g ON g.tenant_id = ?1 AND g.id = gm.group_id AND g.seats > 0
         WHERE gm.tenant_id = ?1 AND gm.holder_id = ?2 AND (gm.until_at = 0 OR gm.until_at > ?3)) h
  CROSS JOIN workspace_members wm ON wm.tenant_id = ?1 AND wm.holder_id = h.id
  CROSS JOIN workspaces w ON w.tenant_id = ?1 AND w.id = wm.workspace_id AND w.status <> 'removed'
 LIMIT ?4

-- NAME: workspaces_last
-- ?1 tenant, ?2 member
SELECT workspace_id FROM workspace_last WHERE tenant_id = ?1 AND member_id = ?2

-- NAME: workspaces_note_last
-- ?1 tenant, ?2 member, ?3 workspace, while there is it
INSERT INTO workspace_last (tenant_id, member_id, workspace_id)
SELECT ?1, ?2, w.id FROM workspaces w
 WHERE w.tenant_id = ?1 AND w.id = ?3 AND w.status <> 'removed'
ON CONFLICT (tenant_id, member_id) DO UPDATE SET workspace_id = excluded.workspace_id
