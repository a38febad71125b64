-- Kept counts for lists: in how many workspaces a group is, and how many own a workspace.  And what a
-- process keeps of a tenant are its roles, too.

ALTER TABLE groups ADD COLUMN seats INTEGER NOT NULL DEFAULT 0;
UPDATE groups SET seats = (SELECT count(*) FROM workspace_members w
                            WHERE w.tenant_id = groups.tenant_id AND w.holder_id = groups.id)
 WHERE (tenant_id, id) IN (SELECT tenant_id, group_id FROM workspace_members
                            WHERE group_id IS NOT NULL);

CREATE TRIGGER group_seats_added AFTER INSERT ON workspace_members WHEN NEW.group_id IS NOT NULL BEGIN
	UPDATE groups SET seats = seats + 1
	 WHERE tenant_id = NEW.tenant_id AND id = NEW.group_id;
END;
CREATE TRIGGER group_seats_gone AFTER DELETE ON workspace_members WHEN OLD.group_id IS NOT NULL BEGIN
	UPDATE groups SET seats = seats - 1
	 WHERE tenant_id = OLD.tenant_id AND id = OLD.group_id;
END;

ALTER TABLE workspaces ADD COLUMN owners INTEGER NOT NULL DEFAULT 0;
UPDATE workspaces
   SET owners = (SELECT count(*)
                   FROM workspace_members w
                   JOIN roles r ON r.tenant_id = w.tenant_id AND r.id = w.role_id
                        AND r.builtin = 'owner'
                  WHERE w.tenant_id = workspaces.tenant_id AND w.workspace_id = workspaces.id);

CREATE TRIGGER workspace_owners_added AFTER INSERT ON workspace_members BEGIN
	UPDATE workspaces SET owners = owners + 1
	 WHERE tenant_id = NEW.tenant_id AND id = NEW.workspace_id
	   AND (SELECT r.builtin FROM roles r
	         WHERE r.tenant_id = NEW.tenant_id AND r.id = NEW.role_id) = 'owner';
END;
CREATE TRIGGER workspace_owners_gone AFTER DELETE ON workspace_members BEGIN
	UPDATE workspaces SET owners = owners - 1
	 WHERE tenant_id = OLD.tenant_id AND id = OLD.workspace_id
	   AND (SELECT r.builtin FROM roles r
	         WHERE r.tenant_id = OLD.tenant_id AND r.id = OLD.role_id) = 'owner';
END;
CREATE TRIGGER workspace_owners_moved AFTER UPDATE OF role_id ON workspace_members
WHEN NEW.role_id <> OLD.role_id BEGIN
	UPDATE workspaces
	   SET owners = owners + ((SELECT r.builtin FROM roles r
	                            WHERE r.tenant_id = NEW.tenant_id AND r.id = NEW.role_id) = 'owner')
	                       - ((SELECT r.builtin FROM roles r
	                            WHERE r.tenant_id = OLD.tenant_id AND r.id = OLD.role_id) = 'owner')
	 WHERE tenant_id = NEW.tenant_id AND id = NEW.workspace_id;
END;

-- With the status, which is asked for: else each row that is counted would be read in the table.
DROP INDEX service_accounts_by_role;
CREATE INDEX service_accounts_by_role ON service_accounts (tenant_id, role_id, status)
	WHERE status <> 'removed';
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
	('service_accounts', 'service_accounts_by_role', '2000 200 10 10');

-- All but how many hold one, which is not kept.
CREATE TRIGGER roles_made AFTER INSERT ON roles BEGIN
	UPDATE tenants SET changed = changed + 1 WHERE id = NEW.tenant_id;
END;
CREATE TRIGGER roles_changed AFTER UPDATE OF scope, builtin, name, description, permissions, status,
version ON roles BEGIN
	UPDATE tenants SET changed = changed + 1 WHERE id = NEW.tenant_id;
END;

-- A name for a list is read here: the row itself is long, and lies somewhere else.
CREATE INDEX members_named ON members (tenant_id, id, name);
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
	('members', 'members_named', '200000 10000 1 1');
