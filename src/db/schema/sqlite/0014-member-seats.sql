-- In how many workspaces a member is by themselves, so that who is in none pays nothing for them.
ALTER TABLE members ADD COLUMN seats INTEGER NOT NULL DEFAULT 0;
UPDATE members SET seats = (SELECT count(*) FROM workspace_members w
                             WHERE w.tenant_id = members.tenant_id AND w.holder_id = members.id)
 WHERE (tenant_id, id) IN (SELECT tenant_id, member_id FROM workspace_members
                            WHERE member_id IS NOT NULL);

CREATE TRIGGER member_seats_added AFTER INSERT ON workspace_members WHEN NEW.member_id IS NOT NULL BEGIN
	UPDATE members SET seats = seats + 1
	 WHERE tenant_id = NEW.tenant_id AND id = NEW.member_id;
END;
CREATE TRIGGER member_seats_gone AFTER DELETE ON workspace_members WHEN OLD.member_id IS NOT NULL BEGIN
	UPDATE members SET seats = seats - 1
	 WHERE tenant_id = OLD.tenant_id AND id = OLD.member_id;
END;
