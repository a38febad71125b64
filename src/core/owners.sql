-- Who owns workspaces, and who gets them when an Owner goes.

-- Who counts as one is an active person who holds the built-in role Owner there, by oneself or by a
-- group that one is in without an end.

-- NAME: owners_alone
-- ?1 tenant, ?2 member or group, ?3 1: personal ones, too.  What is owned by it, or by a group that the
-- member is in, and would have no Owner without it
SELECT w.id, w.name
  FROM (SELECT workspace_id, role_id FROM workspace_members
         WHERE tenant_id = ?1 AND holder_id = ?2
        UNION
        SELECT wm.workspace_id, wm.role_id
          FROM group_members gm
          CROSS JOIN workspace_members wm ON wm.tenant_id = ?1 AND wm.holder_id = gm.group_id
         WHERE gm.tenant_id = ?1 AND gm.holder_id = ?2 AND gm.until_at = 0) x
  CROSS JOIN roles r ON r.tenant_id = ?1 AND r.id = x.role_id AND r.builtin = 'owner'
  CROSS JOIN workspaces w ON w.tenant_id = ?1 AND w.id = x.workspace_id AND w.status <> 'removed'
       AND (?3 = 1 OR w.personal_of IS NULL)
 WHERE NOT EXISTS (SELECT 1 FROM workspace_members o
                     CROSS JOIN members m ON m.tenant_id = ?1 AND m.id = o.member_id
                          AND m.status = 'active'
                    WHERE o.tenant_id = ?1 AND o.role_id = x.role_id
                      AND o.workspace_id = x.workspace_id AND o.member_id <> ?2)
   AND NOT EXISTS (SELECT 1 FROM workspace_members o
                     CROSS JOIN group_members gm ON gm.tenant_id = ?1 AND gm.group_id = o.group_id
                          AND gm.until_at = 0 AND gm.member_id <> ?2
                     CROSS JOIN members m ON m.tenant_id = ?1 AND m.id = gm.member_id
                          AND m.status = 'active'
                    WHERE o.tenant_id = ?1 AND o.role_id = x.role_id
                      AND o.workspace_id = x.workspace_id AND o.group_id <> ?2)
 ORDER BY w.name_key

-- NAME: owners_through
-- ?1 tenant, ?2 member, ?3 group that it is in.  What would have no Owner if it were not
SELECT w.id, w.name
  FROM group_members g
  CROSS JOIN members a ON a.tenant_id = ?1 AND a.id = g.member_id AND a.status = 'active'
  CROSS JOIN workspace_members x ON x.tenant_id = ?1 AND x.holder_id = g.group_id
  CROSS JOIN roles r ON r.tenant_id = ?1 AND r.id = x.role_id AND r.builtin = 'owner'
  CROSS JOIN workspaces w ON w.tenant_id = ?1 AND w.id = x.workspace_id AND w.status <> 'removed'
 WHERE g.tenant_id = ?1 AND g.group_id = ?3 AND g.holder_id = ?2 AND g.until_at = 0
   AND NOT EXISTS (SELECT 1 FROM workspace_members o
                     CROSS JOIN members m ON m.tenant_id = ?1 AND m.id = o.member_id
                          AND m.status = 'active'
                    WHERE o.tenant_id = ?1 AND o.role_id = x.role_id
                      AND o.workspace_id = x.workspace_id)
   AND NOT EXISTS (SELECT 1 FROM workspace_members o
                     CROSS JOIN group_members gm ON gm.tenant_id = ?1 AND gm.group_id = o.group_id
                          AND gm.until_at = 0 AND (gm.group_id <> ?3 OR gm.member_id <> ?2)
                     CROSS JOIN members m ON m.tenant_id = ?1 AND m.id = gm.member_id
                          AND m.status = 'active'
                    WHERE o.tenant_id = ?1 AND o.role_id = x.role_id
                      AND o.workspace_id = x.workspace_id)
 ORDER BY w.name_key

-- NAME: owners_one
-- ?1 tenant, ?2 workspace, ?3 the role that somebody had there.  A row unless it was the last Owner's
SELECT 1 AS kept
  FROM roles r
 WHERE r.tenant_id = ?1 AND r.id = ?3
   AND (r.builtin <> 'owner'
        OR EXISTS (SELECT 1 FROM workspace_members o
                     CROSS JOIN members m ON m.tenant_id = ?1 AND m.id = o.member_id
                          AND m.status = 'active'
                    WHERE o.tenant_id = ?1 AND o.role_id = ?3 AND o.workspace_id = ?2)
        OR EXISTS (SELECT 1 FROM workspace_members o
                     CROSS JOIN group_members gm ON gm.tenant_id = ?1 AND gm.group_id = o.group_id
                          AND gm.until_at = 0
                     CROSS JOIN members m ON m.tenant_id = ?1 AND m.id = gm.member_id
                          AND m.status = 'active'
                    WHERE o.tenant_id = ?1 AND o.role_id = ?3 AND o.workspace_id = ?2))

-- NAME: owners_name
-- ?1 tenant, ?2 member
SELECT name FROM members WHERE tenant_id = ?1 AND id = ?2

-- NAME: owners_set
-- ?1 tenant, ?2 workspace, ?3 member, ?4 actor, ?5 now
INSERT INTO workspace_members (tenant_id, workspace_id, holder_id, member_id, role_id, name_key,
                               added_by, added_at)
SELECT ?1, ?2, m.id, m.id, r.id, m.name_key, ?4, ?5
  FROM members m
  JOIN roles r ON r.tenant_id = m.tenant_id AND r.builtin = 'owner'
 WHERE m.tenant_id = ?1 AND m.id = ?3
ON CONFLICT (tenant_id, workspace_id, holder_id) DO UPDATE SET role_id = excluded.role_id

-- NAME: owners_share
-- ?1 tenant, ?2 workspace
UPDATE workspaces
   SET personal_of = NULL, version = version + 1
 WHERE tenant_id = ?1 AND id = ?2 AND personal_of IS NOT NULL
