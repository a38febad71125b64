-- The first group of a member is found by way of the groups that they are in, not by way of all that
-- there are: the index has all that is asked, and the order of the tables is given.
DROP INDEX group_members_of;
CREATE INDEX group_members_of ON group_members (tenant_id, holder_id, until_at, ended);
DROP TRIGGER member_group_key_gone;
DROP TRIGGER member_group_key_ended;
CREATE TRIGGER member_group_key_gone AFTER DELETE ON group_members WHEN OLD.member_id IS NOT NULL
BEGIN
	UPDATE members
	   SET group_key = coalesce((SELECT min(g.name_key)
	                               FROM group_members gm
	                               CROSS JOIN groups g ON g.tenant_id = gm.tenant_id
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
	                               CROSS JOIN groups g ON g.tenant_id = gm.tenant_id
	                                    AND g.id = gm.group_id AND g.status <> 'removed'
	                              WHERE gm.tenant_id = NEW.tenant_id
	                                AND gm.holder_id = NEW.member_id AND gm.ended = 0), '')
	 WHERE tenant_id = NEW.tenant_id AND id = NEW.member_id;
END;
