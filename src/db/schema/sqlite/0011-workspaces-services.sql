-- Workspaces, and service accounts, which may be in groups and workspaces as people are.

-- ---------------------------------------------------------------- service accounts

-- An account of a program: it has a tenant role and API keys, and no sign-in, password or email.
-- Who owns it, a member or a group or nobody, is told when a key expires.  It lies in the root
-- organization.  groups: in how many it is.
CREATE TABLE service_accounts (
	tenant_id      INTEGER NOT NULL REFERENCES tenants (id),
	id             INTEGER NOT NULL CHECK (id > 0),
	name           TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 64),
	name_key       TEXT NOT NULL,
	description    TEXT NOT NULL CHECK (length(description) <= 255),
	role_id        INTEGER NOT NULL,
	owner_id       INTEGER,
	owner_group_id INTEGER,
	groups         INTEGER NOT NULL DEFAULT 0 CHECK (groups >= 0),
	status         TEXT NOT NULL CHECK (status IN ('active', 'disabled', 'removed')),
	created_by     INTEGER NOT NULL,
	created_at     INTEGER NOT NULL,
	version        INTEGER NOT NULL,
	PRIMARY KEY (tenant_id, id),
	CHECK (owner_id IS NULL OR owner_group_id IS NULL),
	FOREIGN KEY (tenant_id, role_id) REFERENCES roles (tenant_id, id),
	FOREIGN KEY (tenant_id, owner_id) REFERENCES members (tenant_id, id),
	FOREIGN KEY (tenant_id, owner_group_id) REFERENCES groups (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX service_accounts_by_name ON service_accounts (tenant_id, name_key)
	WHERE status <> 'removed';
CREATE INDEX service_accounts_by_created ON service_accounts (tenant_id, created_at, id)
	WHERE status <> 'removed';
CREATE INDEX service_accounts_by_role ON service_accounts (tenant_id, role_id)
	WHERE status <> 'removed';
CREATE INDEX service_accounts_by_owner ON service_accounts (tenant_id, owner_id)
	WHERE owner_id IS NOT NULL;
CREATE INDEX service_accounts_by_owner_group ON service_accounts (tenant_id, owner_group_id)
	WHERE owner_group_id IS NOT NULL;

CREATE TABLE service_account_counts (
	tenant_id      INTEGER PRIMARY KEY REFERENCES tenants (id),
	n              INTEGER NOT NULL CHECK (n >= 0)
) STRICT;
CREATE TRIGGER service_account_counts_made AFTER INSERT ON service_accounts BEGIN
	INSERT INTO service_account_counts (tenant_id, n) VALUES (NEW.tenant_id, 1)
	ON CONFLICT (tenant_id) DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER service_account_counts_closed AFTER UPDATE OF status ON service_accounts
WHEN NEW.status = 'removed' AND OLD.status <> 'removed' BEGIN
	UPDATE service_account_counts SET n = n - 1 WHERE tenant_id = NEW.tenant_id;
END;

-- Owners that go leave the account without one.
CREATE TRIGGER members_leave_services AFTER UPDATE OF status ON members
WHEN NEW.status = 'removed' BEGIN
	UPDATE service_accounts SET owner_id = NULL
	 WHERE tenant_id = NEW.tenant_id AND owner_id = NEW.id;
END;
CREATE TRIGGER groups_leave_services AFTER UPDATE OF status ON groups
WHEN NEW.status = 'removed' BEGIN
	UPDATE service_accounts SET owner_group_id = NULL
	 WHERE tenant_id = NEW.tenant_id AND owner_group_id = NEW.id;
END;

-- ---------------------------------------------------------------- in groups

-- As before, with service accounts: holder_id is the one of member_id and service_id that is there.
DROP TRIGGER members_leave_groups;
DROP TRIGGER members_renamed_in_groups;
CREATE TABLE group_members_new (
	tenant_id      INTEGER NOT NULL,
	group_id       INTEGER NOT NULL,
	holder_id      INTEGER NOT NULL,
	member_id      INTEGER,
	service_id     INTEGER,
	name_key       TEXT NOT NULL,
	until_at       INTEGER NOT NULL CHECK (until_at >= 0),
	added_by       INTEGER NOT NULL,
	added_at       INTEGER NOT NULL,
	PRIMARY KEY (tenant_id, group_id, holder_id),
	CHECK ((member_id IS NULL) <> (service_id IS NULL)
	   AND holder_id = coalesce(member_id, service_id)),
	FOREIGN KEY (tenant_id, group_id) REFERENCES groups (tenant_id, id),
	FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id),
	FOREIGN KEY (tenant_id, service_id) REFERENCES service_accounts (tenant_id, id)
) STRICT, WITHOUT ROWID;
INSERT INTO group_members_new (tenant_id, group_id, holder_id, member_id, name_key, until_at,
	added_by, added_at)
SELECT tenant_id, group_id, member_id, member_id, name_key, until_at, added_by, added_at
  FROM group_members;
DROP TABLE group_members;
ALTER TABLE group_members_new RENAME TO group_members;
CREATE INDEX group_members_by_name ON group_members (tenant_id, group_id, name_key, holder_id);
CREATE INDEX group_members_of ON group_members (tenant_id, holder_id, until_at);

CREATE TRIGGER group_members_added AFTER INSERT ON group_members BEGIN
	UPDATE groups SET members = members + 1
	 WHERE tenant_id = NEW.tenant_id AND id = NEW.group_id;
	UPDATE members SET groups = groups + 1
	 WHERE tenant_id = NEW.tenant_id AND id = NEW.member_id;
	UPDATE service_accounts SET groups = groups + 1
	 WHERE tenant_id = NEW.tenant_id AND id = NEW.service_id;
END;
CREATE TRIGGER group_members_gone AFTER DELETE ON group_members BEGIN
	UPDATE groups SET members = members - 1
	 WHERE tenant_id = OLD.tenant_id AND id = OLD.group_id;
	UPDATE members SET groups = groups - 1
	 WHERE tenant_id = OLD.tenant_id AND id = OLD.member_id;
	UPDATE service_accounts SET groups = groups - 1
	 WHERE tenant_id = OLD.tenant_id AND id = OLD.service_id;
END;

-- ---------------------------------------------------------------- workspaces

-- personal_of: the member whose own one it is, which nobody else joins.  members and groups: how
-- many rows of workspace_members are people or service accounts, and how many are groups.
CREATE TABLE workspaces (
	tenant_id      INTEGER NOT NULL REFERENCES tenants (id),
	id             INTEGER NOT NULL CHECK (id > 0),
	name           TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 64),
	name_key       TEXT NOT NULL,
	description    TEXT NOT NULL CHECK (length(description) <= 500),
	personal_of    INTEGER,
	members        INTEGER NOT NULL CHECK (members >= 0),
	groups         INTEGER NOT NULL CHECK (groups >= 0),
	status         TEXT NOT NULL CHECK (status IN ('active', 'removed')),
	created_by     INTEGER NOT NULL,
	created_at     INTEGER NOT NULL,
	version        INTEGER NOT NULL,
	PRIMARY KEY (tenant_id, id),
	FOREIGN KEY (tenant_id, personal_of) REFERENCES members (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX workspaces_by_name ON workspaces (tenant_id, name_key)
	WHERE status <> 'removed';
CREATE UNIQUE INDEX workspaces_personal ON workspaces (tenant_id, personal_of)
	WHERE personal_of IS NOT NULL AND status <> 'removed';
CREATE INDEX workspaces_by_members ON workspaces (tenant_id, members, id)
	WHERE status <> 'removed';
CREATE INDEX workspaces_by_created ON workspaces (tenant_id, created_at, id)
	WHERE status <> 'removed';

CREATE TABLE workspace_counts (
	tenant_id      INTEGER PRIMARY KEY REFERENCES tenants (id),
	n              INTEGER NOT NULL CHECK (n >= 0),
	personal       INTEGER NOT NULL CHECK (personal >= 0)
) STRICT;
CREATE TRIGGER workspace_counts_made AFTER INSERT ON workspaces BEGIN
	INSERT INTO workspace_counts (tenant_id, n, personal)
	VALUES (NEW.tenant_id, 1, NEW.personal_of IS NOT NULL)
	ON CONFLICT (tenant_id) DO UPDATE
	   SET n = n + 1, personal = personal + excluded.personal;
END;
CREATE TRIGGER workspace_counts_closed AFTER UPDATE OF status ON workspaces
WHEN NEW.status = 'removed' AND OLD.status <> 'removed' BEGIN
	UPDATE workspace_counts SET n = n - 1, personal = personal - (OLD.personal_of IS NOT NULL)
	 WHERE tenant_id = NEW.tenant_id;
END;

-- Who is in a workspace, with a role of scope workspace there; holder_id as above.
CREATE TABLE workspace_members (
	tenant_id      INTEGER NOT NULL,
	workspace_id   INTEGER NOT NULL,
	holder_id      INTEGER NOT NULL,
	member_id      INTEGER,
	service_id     INTEGER,
	group_id       INTEGER,
	role_id        INTEGER NOT NULL,
	name_key       TEXT NOT NULL,
	added_by       INTEGER NOT NULL,
	added_at       INTEGER NOT NULL,
	PRIMARY KEY (tenant_id, workspace_id, holder_id),
	CHECK ((member_id IS NOT NULL) + (service_id IS NOT NULL) + (group_id IS NOT NULL) = 1
	   AND holder_id = coalesce(member_id, service_id, group_id)),
	FOREIGN KEY (tenant_id, workspace_id) REFERENCES workspaces (tenant_id, id),
	FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id),
	FOREIGN KEY (tenant_id, service_id) REFERENCES service_accounts (tenant_id, id),
	FOREIGN KEY (tenant_id, group_id) REFERENCES groups (tenant_id, id),
	FOREIGN KEY (tenant_id, role_id) REFERENCES roles (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX workspace_members_by_name ON workspace_members (tenant_id, workspace_id, name_key,
	holder_id);
CREATE INDEX workspace_members_of ON workspace_members (tenant_id, holder_id);
CREATE INDEX workspace_members_by_role ON workspace_members (tenant_id, role_id, workspace_id);

CREATE TRIGGER workspace_members_added AFTER INSERT ON workspace_members BEGIN
	UPDATE workspaces SET members = members + (NEW.group_id IS NULL),
	       groups = groups + (NEW.group_id IS NOT NULL)
	 WHERE tenant_id = NEW.tenant_id AND id = NEW.workspace_id;
END;
CREATE TRIGGER workspace_members_gone AFTER DELETE ON workspace_members BEGIN
	UPDATE workspaces SET members = members - (OLD.group_id IS NULL),
	       groups = groups - (OLD.group_id IS NOT NULL)
	 WHERE tenant_id = OLD.tenant_id AND id = OLD.workspace_id;
END;

-- ---------------------------------------------------------------- who goes, who is renamed

CREATE TRIGGER members_leave_groups AFTER UPDATE OF status ON members
WHEN NEW.status = 'removed' BEGIN
	DELETE FROM group_members WHERE tenant_id = NEW.tenant_id AND holder_id = NEW.id;
	DELETE FROM workspace_members WHERE tenant_id = NEW.tenant_id AND holder_id = NEW.id;
END;
CREATE TRIGGER services_leave_groups AFTER UPDATE OF status ON service_accounts
WHEN NEW.status = 'removed' BEGIN
	DELETE FROM group_members WHERE tenant_id = NEW.tenant_id AND holder_id = NEW.id;
	DELETE FROM workspace_members WHERE tenant_id = NEW.tenant_id AND holder_id = NEW.id;
END;
CREATE TRIGGER groups_leave_workspaces AFTER UPDATE OF status ON groups
WHEN NEW.status = 'removed' BEGIN
	DELETE FROM workspace_members WHERE tenant_id = NEW.tenant_id AND holder_id = NEW.id;
END;
CREATE TRIGGER members_renamed_in_groups AFTER UPDATE OF name_key ON members
WHEN NEW.name_key <> OLD.name_key BEGIN
	UPDATE group_members SET name_key = NEW.name_key
	 WHERE tenant_id = NEW.tenant_id AND holder_id = NEW.id;
	UPDATE workspace_members SET name_key = NEW.name_key
	 WHERE tenant_id = NEW.tenant_id AND holder_id = NEW.id;
END;
CREATE TRIGGER services_renamed_in_groups AFTER UPDATE OF name_key ON service_accounts
WHEN NEW.name_key <> OLD.name_key BEGIN
	UPDATE group_members SET name_key = NEW.name_key
	 WHERE tenant_id = NEW.tenant_id AND holder_id = NEW.id;
	UPDATE workspace_members SET name_key = NEW.name_key
	 WHERE tenant_id = NEW.tenant_id AND holder_id = NEW.id;
END;
CREATE TRIGGER groups_renamed_in_workspaces AFTER UPDATE OF name_key ON groups
WHEN NEW.name_key <> OLD.name_key BEGIN
	UPDATE workspace_members SET name_key = NEW.name_key
	 WHERE tenant_id = NEW.tenant_id AND holder_id = NEW.id;
END;

-- ---------------------------------------------------------------- keys of service accounts

DROP TRIGGER members_removed_keys;
DROP TRIGGER credentials_gone_keys;
CREATE TABLE api_keys_new (
	tenant_id      INTEGER NOT NULL REFERENCES tenants (id),
	id             INTEGER NOT NULL CHECK (id > 0),
	member_id      INTEGER,
	service_id     INTEGER,
	name           TEXT NOT NULL,
	description    TEXT NOT NULL,
	prefix         TEXT NOT NULL CHECK (length(prefix) = 12),
	hash           BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
	client         TEXT NOT NULL CHECK (client IN ('https', 'ios', 'android', 'alexa',
	                   'google_home', 'automation', 'other')),
	permissions    TEXT NOT NULL,
	created_at     INTEGER NOT NULL,
	expires_at     INTEGER NOT NULL,
	last_used_at   INTEGER NOT NULL,
	last_used_from TEXT NOT NULL,
	ends_at        INTEGER NOT NULL,
	replaced_by    INTEGER NOT NULL,
	warned         INTEGER NOT NULL CHECK (warned BETWEEN 0 AND 2),
	status         TEXT NOT NULL CHECK (status IN ('live', 'ended')),
	version        INTEGER NOT NULL,
	PRIMARY KEY (tenant_id, id),
	CHECK ((member_id IS NULL) <> (service_id IS NULL)),
	FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id),
	FOREIGN KEY (tenant_id, service_id) REFERENCES service_accounts (tenant_id, id)
) STRICT, WITHOUT ROWID;
INSERT INTO api_keys_new
SELECT tenant_id, id, member_id, service_id, name, description, prefix, hash, client, permissions,
       created_at, expires_at, last_used_at, last_used_from, ends_at, replaced_by, warned, status,
       version
  FROM api_keys;
DROP TABLE api_keys;
ALTER TABLE api_keys_new RENAME TO api_keys;
CREATE INDEX api_keys_by_member ON api_keys (tenant_id, member_id, status)
	WHERE member_id IS NOT NULL;
CREATE INDEX api_keys_by_service ON api_keys (tenant_id, service_id, status)
	WHERE service_id IS NOT NULL;
CREATE INDEX api_keys_expiring ON api_keys (expires_at, warned)
	WHERE status = 'live' AND expires_at > 0;
CREATE INDEX api_keys_ending ON api_keys (ends_at) WHERE ends_at > 0;

-- As before.
CREATE TRIGGER members_removed_keys AFTER UPDATE OF status ON members
WHEN NEW.status = 'removed' BEGIN
	DELETE FROM api_keys WHERE tenant_id = NEW.tenant_id AND member_id = NEW.id;
END;
CREATE TRIGGER credentials_gone_keys AFTER DELETE ON credentials BEGIN
	DELETE FROM api_keys
	 WHERE (tenant_id, member_id) IN
	       (SELECT tenant_id, id FROM members WHERE person_id = OLD.person_id);
END;
CREATE TRIGGER api_keys_used AFTER UPDATE OF last_used_at ON api_keys
WHEN NEW.member_id IS NOT NULL BEGIN
	UPDATE members SET active_at = NEW.last_used_at
	 WHERE tenant_id = NEW.tenant_id AND id = NEW.member_id
	   AND active_at < NEW.last_used_at - 3600000;
END;
CREATE TRIGGER services_removed_keys AFTER UPDATE OF status ON service_accounts
WHEN NEW.status = 'removed' BEGIN
	DELETE FROM api_keys WHERE tenant_id = NEW.tenant_id AND service_id = NEW.id;
END;

-- ---------------------------------------------------------------- what each request reads

-- Copies of set_at and must_change of credentials, 0 without a password, so that a session is read
-- with its person alone.
ALTER TABLE people ADD COLUMN password_set_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE people ADD COLUMN must_change INTEGER NOT NULL DEFAULT 0;
UPDATE people
   SET password_set_at = c.set_at, must_change = c.must_change
  FROM credentials c
 WHERE c.person_id = people.id;
CREATE TRIGGER credentials_made AFTER INSERT ON credentials BEGIN
	UPDATE people SET password_set_at = NEW.set_at, must_change = NEW.must_change
	 WHERE id = NEW.person_id;
END;
CREATE TRIGGER credentials_changed AFTER UPDATE OF set_at, must_change ON credentials BEGIN
	UPDATE people SET password_set_at = NEW.set_at, must_change = NEW.must_change
	 WHERE id = NEW.person_id;
END;
CREATE TRIGGER credentials_gone AFTER DELETE ON credentials BEGIN
	UPDATE people SET password_set_at = 0, must_change = 0 WHERE id = OLD.person_id;
END;

-- A tenant that is as a process last read it need not be read again: changed is another number after
-- each change of the row.
ALTER TABLE tenants ADD COLUMN changed INTEGER NOT NULL DEFAULT 1;
CREATE TRIGGER tenants_changed AFTER UPDATE ON tenants WHEN NEW.changed = OLD.changed BEGIN
	UPDATE tenants SET changed = changed + 1 WHERE id = NEW.id;
END;
