-- Statements of groups/.  A row of a group has id, version, name, description, role_id, role_name,
-- permissions, members, workspaces (in how many it is), made_by, created_at; in lists no more of the
-- role than its id, and nobody who made it.

-- NAME: groups_page sqlite
-- SORT: name=name_key members=members created=created_at
-- ?1 tenant, ?2 what is in the name (folded) or NULL, ?3 key and ?4 id of the row before, ?5 how many
SELECT id, version, name, description, role_id, members, seats AS workspaces, created_at
  FROM groups
 WHERE tenant_id = ?1 AND status <> 'removed'
   AND ($KEY, id) $AFTER (?3, ?4)
   AND (?2 IS NULL OR instr(name_key, ?2) > 0)
 ORDER BY $KEY $DIR, id $DIR
 LIMIT ?5

-- NAME: groups_get
-- ?1 tenant, ?2 group
SELECT g.id, g.version, g.name, g.description, g.role_id, r.name AS role_name, r.permissions,
       g.members, g.seats AS workspaces, m.name AS made_by, g.created_at
  FROM groups g
  LEFT JOIN roles r ON r.tenant_id = ?1 AND r.id = g.role_id
  LEFT JOIN members m ON m.tenant_id = ?1 AND m.id = g.created_by
 WHERE g.tenant_id = ?1 AND g.id = ?2 AND g.status <> 'removed'

-- NAME: groups_count
-- ?1 tenant
SELECT n FROM group_counts WHERE tenant_id = ?1

-- NAME: groups_named
-- ?1 tenant, ?2 key of a name
SELECT id FROM groups WHERE tenant_id = ?1 AND name_key = ?2 AND status <> 'removed'

-- NAME: groups_make
-- ?1 tenant, ?2 id, ?3 name, ?4 its key, ?5 description, ?6 role or NULL, ?7 actor, ?8 now
INSERT INTO groups (tenant_id, id, name, name_key, description, role_id, members, status,
                    created_by, created_at, version)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, 'active', ?7, ?8, 1)

-- NAME: groups_change
-- ?1 tenant, ?2 group, ?3 version seen, ?4 name, ?5 its key, ?6 description, ?7 role or NULL
UPDATE groups
   SET name = ?4, name_key = ?5, description = ?6, role_id = ?7, version = version + 1
 WHERE tenant_id = ?1 AND id = ?2 AND version = ?3 AND status <> 'removed'

-- NAME: groups_close
-- ?1 tenant, ?2 group
UPDATE groups
   SET status = 'removed', version = version + 1
 WHERE tenant_id = ?1 AND id = ?2 AND status <> 'removed'

-- NAME: groups_members sqlite
-- SORT: name=name_key
-- ?1 tenant, ?2 group, ?3 key and ?4 id of the row before, ?5 how many
SELECT k.holder_id AS id, a.id IS NOT NULL AS service, coalesce(m.name, a.name) AS name,
       coalesce(m.email, '') AS email, coalesce(m.status, a.status) AS status, k.name_key,
       k.added_at, k.until_at
  FROM (SELECT holder_id, member_id, service_id, name_key, added_at, until_at FROM group_members
         WHERE tenant_id = ?1 AND group_id = ?2 AND ($KEY, holder_id) $AFTER (?3, ?4)
         ORDER BY $KEY $DIR, holder_id $DIR
         LIMIT ?5) k
  LEFT JOIN members m ON m.tenant_id = ?1 AND m.id = k.member_id
  LEFT JOIN service_accounts a ON a.tenant_id = ?1 AND a.id = k.service_id
 ORDER BY k.$KEY $DIR, k.holder_id $DIR

-- NAME: groups_of
-- ?1 tenant, ?2 member
SELECT g.id, g.name, r.name AS role_name, gm.until_at
  FROM group_members gm
  CROSS JOIN groups g ON g.tenant_id = ?1 AND g.id = gm.group_id AND g.status <> 'removed'
  LEFT JOIN roles r ON r.tenant_id = ?1 AND r.id = g.role_id
 WHERE gm.tenant_id = ?1 AND gm.holder_id = ?2
 ORDER BY g.name_key

-- NAME: groups_member
-- ?1 tenant, ?2 group, ?3 member
SELECT until_at FROM group_members WHERE tenant_id = ?1 AND group_id = ?2 AND holder_id = ?3

-- NAME: groups_among
-- ?1 tenant, ?2 group, ?3 members as JSON: those of them who are in it
SELECT holder_id FROM group_members
 WHERE tenant_id = ?1 AND group_id = ?2 AND holder_id IN (SELECT value FROM json_each(?3))

-- NAME: groups_service
-- ?1 tenant, ?2 service account
SELECT id, name FROM service_accounts WHERE tenant_id = ?1 AND id = ?2 AND status <> 'removed'

-- NAME: groups_join
-- ?1 tenant, ?2 group, ?3 member or service account, ?4 its name's key, ?5 until, ?6 actor, ?7 now,
-- ?8 1: it is a service account
INSERT INTO group_members (tenant_id, group_id, holder_id, member_id, service_id, name_key,
                           until_at, added_by, added_at)
VALUES (?1, ?2, ?3, iif(?8, NULL, ?3), iif(?8, ?3, NULL), ?4, ?5, ?6, ?7)

-- NAME: groups_leave
-- ?1 tenant, ?2 group, ?3 member
DELETE FROM group_members WHERE tenant_id = ?1 AND group_id = ?2 AND holder_id = ?3

-- NAME: groups_until
-- ?1 tenant, ?2 group, ?3 member, ?4 until
UPDATE group_members SET until_at = ?4, ended = 0
 WHERE tenant_id = ?1 AND group_id = ?2 AND holder_id = ?3

-- NAME: groups_holders
-- ?1 tenant, ?2 role
SELECT id, name FROM groups WHERE tenant_id = ?1 AND role_id = ?2 AND status <> 'removed'

-- NAME: groups_role
-- ?1 tenant, ?2 group, ?3 role
UPDATE groups SET role_id = ?3, version = version + 1 WHERE tenant_id = ?1 AND id = ?2

-- NAME: groups_sweep
DELETE FROM group_members
 WHERE (tenant_id, group_id, holder_id) IN
       (SELECT gm.tenant_id, gm.group_id, gm.holder_id
          FROM groups g
          JOIN group_members gm ON gm.tenant_id = g.tenant_id AND gm.group_id = g.id
         WHERE g.status = 'removed' AND g.members > 0
         LIMIT 500)

-- NAME: groups_choice sqlite
-- ?1 tenant, ?2 groups as JSON, ?3 what is in the name (folded) or NULL, ?4 how many.  Those groups
-- first.
SELECT id, name, id IN (SELECT value FROM json_each(?2)) AS chosen
  FROM groups
 WHERE tenant_id = ?1 AND status <> 'removed'
   AND (?3 IS NULL OR instr(name_key, ?3) > 0 OR id IN (SELECT value FROM json_each(?2)))
 ORDER BY chosen DESC, name_key
 LIMIT ?4

-- NAME: groups_empty
-- ?1 tenant, ?2 group, ?3 how many
DELETE FROM group_members
 WHERE tenant_id = ?1 AND group_id = ?2
   AND holder_id IN (SELECT holder_id FROM group_members WHERE tenant_id = ?1 AND group_id = ?2
                      LIMIT ?3)

-- NAME: groups_due
-- ?1 now.  Is there anything for the housekeeper?
SELECT EXISTS (SELECT 1 FROM group_members WHERE ended = 0 AND until_at > 0 AND until_at <= ?1)
    OR EXISTS (SELECT 1 FROM groups WHERE resort IS NOT NULL)
    OR EXISTS (SELECT 1 FROM groups WHERE status = 'removed' AND members > 0) AS due

-- NAME: groups_end
-- ?1 now.  Memberships that are over count no more for the order of the users list.
UPDATE group_members SET ended = 1
 WHERE (tenant_id, group_id, holder_id) IN
       (SELECT tenant_id, group_id, holder_id FROM group_members
         WHERE ended = 0 AND until_at > 0 AND until_at <= ?1
         LIMIT 500)

-- NAME: groups_renamed
-- One whose members are still sorted by its old name, from behind that one of them on.
SELECT tenant_id, id, resort FROM groups WHERE resort IS NOT NULL LIMIT 1

-- NAME: groups_resort
-- ?1 tenant, ?2 group, ?3 behind this member, ?4 how many
UPDATE members
   SET group_key = coalesce((SELECT min(g.name_key)
                               FROM group_members gm
                               CROSS JOIN groups g ON g.tenant_id = gm.tenant_id AND g.id = gm.group_id
                                    AND g.status <> 'removed'
                              WHERE gm.tenant_id = ?1 AND gm.holder_id = members.id
                                AND gm.ended = 0), '')
 WHERE tenant_id = ?1
   AND id IN (SELECT holder_id FROM group_members
               WHERE tenant_id = ?1 AND group_id = ?2 AND holder_id > ?3
               ORDER BY holder_id
               LIMIT ?4)

-- NAME: groups_resorted
-- ?1 tenant, ?2 group, ?3 behind this member, ?4 how many: those are done
UPDATE groups
   SET resort = (SELECT CASE WHEN count(*) = ?4 THEN max(holder_id) END
                   FROM (SELECT holder_id FROM group_members
                          WHERE tenant_id = ?1 AND group_id = ?2 AND holder_id > ?3
                          ORDER BY holder_id
                          LIMIT ?4))
 WHERE tenant_id = ?1 AND id = ?2
