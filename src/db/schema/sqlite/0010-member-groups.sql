-- How many groups a member is in, so that who is in none pays nothing for them at each request.
ALTER TABLE members ADD COLUMN groups INTEGER NOT NULL DEFAULT 0;
UPDATE members SET groups = (SELECT count(*) FROM group_members g
                              WHERE g.tenant_id = members.tenant_id AND g.member_id = members.id)
 WHERE (tenant_id, id) IN (SELECT tenant_id, member_id FROM group_members);

CREATE TRIGGER member_groups_added AFTER INSERT ON group_members BEGIN
	UPDATE members SET groups = groups + 1
	 WHERE tenant_id = NEW.tenant_id AND id = NEW.member_id;
END;
CREATE TRIGGER member_groups_gone AFTER DELETE ON group_members BEGIN
	UPDATE members SET groups = groups - 1
	 WHERE tenant_id = OLD.tenant_id AND id = OLD.member_id;
END;
