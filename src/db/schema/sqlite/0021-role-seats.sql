-- How many hold a role of workspaces, kept: a page that only names the roles counts nothing.

ALTER TABLE roles ADD COLUMN seats INTEGER NOT NULL DEFAULT 0;
UPDATE roles
   SET seats = (SELECT count(*) FROM workspace_members wm
                 WHERE wm.tenant_id = roles.tenant_id AND wm.role_id = roles.id)
 WHERE scope = 'workspace';

CREATE TRIGGER role_seats_added AFTER INSERT ON workspace_members BEGIN
	UPDATE roles SET seats = seats + 1 WHERE tenant_id = NEW.tenant_id AND id = NEW.role_id;
END;
CREATE TRIGGER role_seats_gone AFTER DELETE ON workspace_members BEGIN
	UPDATE roles SET seats = seats - 1 WHERE tenant_id = OLD.tenant_id AND id = OLD.role_id;
END;
CREATE TRIGGER role_seats_moved AFTER UPDATE OF role_id ON workspace_members
WHEN NEW.role_id <> OLD.role_id BEGIN
	UPDATE roles SET seats = seats - 1 WHERE tenant_id = OLD.tenant_id AND id = OLD.role_id;
	UPDATE roles SET seats = seats + 1 WHERE tenant_id = NEW.tenant_id AND id = NEW.role_id;
END;
