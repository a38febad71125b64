-- What a service account is sorted by: the keys of its role's name and of its owner's ("" for none),
-- and when one of its keys was last used (0: never), which stays when that key is gone.
ALTER TABLE service_accounts ADD COLUMN role_key TEXT NOT NULL DEFAULT '';
ALTER TABLE service_accounts ADD COLUMN owner_key TEXT NOT NULL DEFAULT '';
ALTER TABLE service_accounts ADD COLUMN used_at INTEGER NOT NULL DEFAULT 0;
UPDATE service_accounts
   SET role_key = (SELECT r.name_key FROM roles r
                    WHERE r.tenant_id = service_accounts.tenant_id
                      AND r.id = service_accounts.role_id),
       owner_key = coalesce((SELECT m.name_key FROM members m
                              WHERE m.tenant_id = service_accounts.tenant_id
                                AND m.id = service_accounts.owner_id),
                            (SELECT g.name_key FROM groups g
                              WHERE g.tenant_id = service_accounts.tenant_id
                                AND g.id = service_accounts.owner_group_id), ''),
       used_at = coalesce((SELECT max(k.last_used_at) FROM api_keys k
                            WHERE k.tenant_id = service_accounts.tenant_id
                              AND k.service_id = service_accounts.id), 0);

CREATE TRIGGER services_made_keyed AFTER INSERT ON service_accounts BEGIN
	UPDATE service_accounts
	   SET role_key = (SELECT r.name_key FROM roles r
	                    WHERE r.tenant_id = NEW.tenant_id AND r.id = NEW.role_id),
	       owner_key = coalesce((SELECT m.name_key FROM members m
	                              WHERE m.tenant_id = NEW.tenant_id AND m.id = NEW.owner_id),
	                            (SELECT g.name_key FROM groups g
	                              WHERE g.tenant_id = NEW.tenant_id AND g.id = NEW.owner_group_id),
	                            '')
	 WHERE tenant_id = NEW.tenant_id AND id = NEW.id;
END;
CREATE TRIGGER services_changed_keyed AFTER UPDATE OF role_id, owner_id, owner_group_id
ON service_accounts BEGIN
	UPDATE service_accounts
	   SET role_key = (SELECT r.name_key FROM roles r
	                    WHERE r.tenant_id = NEW.tenant_id AND r.id = NEW.role_id),
	       owner_key = coalesce((SELECT m.name_key FROM members m
	                              WHERE m.tenant_id = NEW.tenant_id AND m.id = NEW.owner_id),
	                            (SELECT g.name_key FROM groups g
	                              WHERE g.tenant_id = NEW.tenant_id AND g.id = NEW.owner_group_id),
	                            '')
	 WHERE tenant_id = NEW.tenant_id AND id = NEW.id;
END;
CREATE TRIGGER roles_renamed_in_services AFTER UPDATE OF name_key ON roles
WHEN NEW.name_key <> OLD.name_key BEGIN
	UPDATE service_accounts SET role_key = NEW.name_key
	 WHERE tenant_id = NEW.tenant_id AND role_id = NEW.id AND status <> 'removed';
END;
CREATE TRIGGER members_renamed_in_services AFTER UPDATE OF name_key ON members
WHEN NEW.name_key <> OLD.name_key BEGIN
	UPDATE service_accounts SET owner_key = NEW.name_key
	 WHERE tenant_id = NEW.tenant_id AND owner_id = NEW.id;
END;
CREATE TRIGGER groups_renamed_in_services AFTER UPDATE OF name_key ON groups
WHEN NEW.name_key <> OLD.name_key BEGIN
	UPDATE service_accounts SET owner_key = NEW.name_key
	 WHERE tenant_id = NEW.tenant_id AND owner_group_id = NEW.id;
END;
CREATE TRIGGER api_keys_used_by_services AFTER UPDATE OF last_used_at ON api_keys
WHEN NEW.service_id IS NOT NULL BEGIN
	UPDATE service_accounts SET used_at = NEW.last_used_at
	 WHERE tenant_id = NEW.tenant_id AND id = NEW.service_id AND used_at < NEW.last_used_at;
END;

CREATE INDEX service_accounts_by_role_name ON service_accounts (tenant_id, role_key, id)
	WHERE status <> 'removed';
CREATE INDEX service_accounts_by_owner_name ON service_accounts (tenant_id, owner_key, id)
	WHERE status <> 'removed';
CREATE INDEX service_accounts_by_used ON service_accounts (tenant_id, used_at, id)
	WHERE status <> 'removed';
