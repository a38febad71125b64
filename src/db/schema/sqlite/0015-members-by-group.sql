-- The users list in the order of the first group of each.

-- ended: the housekeeper found until_at passed, so that the group counts for the order no more.  What
-- is held by a membership is asked by until_at, at each decision.
ALTER TABLE group_members ADD COLUMN ended INTEGER NOT NULL DEFAULT 0;
CREATE INDEX group_members_ending ON group_members (until_at) WHERE until_at > 0 AND ended = 0;
-- resort: behind which of its members they are still sorted by an old name; NULL: nobody is.
ALTER TABLE groups ADD COLUMN resort INTEGER;
CREATE INDEX groups_resort ON groups (tenant_id, id) WHERE resort IS NOT NULL;

UPDATE group_members SET ended = 1
 WHERE until_at > 0 AND until_at <= CAST(strftime('%s', 'now') AS INTEGER) * 1000;

-- group_key: the key of the first name of the groups that a member is in, '' for none.
UPDATE members
   SET group_key = coalesce((SELECT min(g.name_key)
                               FROM group_members gm
                               JOIN groups g ON g.tenant_id = gm.tenant_id AND g.id = gm.group_id
                                    AND g.status <> 'removed'
                              WHERE gm.tenant_id = members.tenant_id AND gm.holder_id = members.id
                                AND gm.ended = 0), '')
 WHERE groups > 0;
CREATE INDEX members_by_group ON members (tenant_id, group_key, id, org_path, status, role_id,
	factor, active_at, search, name, email, signed_in_at, created_at, confirmed, refused, alone)
	WHERE status <> 'removed';

CREATE TRIGGER member_group_key_added AFTER INSERT ON group_members WHEN NEW.member_id IS NOT NULL
BEGIN
	UPDATE members SET group_key = g.name_key
	  FROM groups g
	 WHERE g.tenant_id = NEW.tenant_id AND g.id = NEW.group_id AND g.status <> 'removed'
	   AND members.tenant_id = NEW.tenant_id AND members.id = NEW.member_id
	   AND (members.group_key = '' OR members.group_key > g.name_key);
END;
CREATE TRIGGER member_group_key_gone AFTER DELETE ON group_members WHEN OLD.member_id IS NOT NULL
BEGIN
	UPDATE members
	   SET group_key = coalesce((SELECT min(g.name_key)
	                               FROM group_members gm
	                               JOIN groups g ON g.tenant_id = gm.tenant_id
	                                    AND g.id = gm.group_id AND g.status <> 'removed'
	                              WHERE gm.tenant_id = OLD.tenant_id
	                                AND gm.holder_id = OLD.member_id AND gm.ended = 0), '')
	 WHERE tenant_id = OLD.tenant_id AND id = OLD.member_id;
END;
CREATE TRIGGER member_group_key_ended AFTER UPDATE OF ended ON group_members
WHEN NEW.member_id IS NOT NULL AND NEW.ended <> OLD.ended BEGIN
	UPDATE members
	   SET group_key = coalesce((SELECT min(g.name_key)
	                               FROM group_members gm
	                               JOIN groups g ON g.tenant_id = gm.tenant_id
	                                    AND g.id = gm.group_id AND g.status <> 'removed'
	                              WHERE gm.tenant_id = NEW.tenant_id
	                                AND gm.holder_id = NEW.member_id AND gm.ended = 0), '')
	 WHERE tenant_id = NEW.tenant_id AND id = NEW.member_id;
END;
CREATE TRIGGER groups_renamed AFTER UPDATE OF name_key ON groups
WHEN NEW.name_key <> OLD.name_key BEGIN
	UPDATE groups SET resort = 0 WHERE tenant_id = NEW.tenant_id AND id = NEW.id;
END;
