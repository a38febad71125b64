-- Groups: people taken together, who all hold what the group holds.

-- members and workspaces are kept: how many there are.  role_id: a tenant role that all members
-- hold beside their own; NULL for none.
CREATE TABLE groups (
	tenant_id      INTEGER NOT NULL REFERENCES tenants (id),
	id             INTEGER NOT NULL CHECK (id > 0),
	name           TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 64),
	name_key       TEXT NOT NULL,
	description    TEXT NOT NULL,
	role_id        INTEGER,
	members        INTEGER NOT NULL CHECK (members >= 0),
	status         TEXT NOT NULL CHECK (status IN ('active', 'removed')),
	created_by     INTEGER NOT NULL,
	created_at     INTEGER NOT NULL,
	version        INTEGER NOT NULL,
	PRIMARY KEY (tenant_id, id),
	FOREIGN KEY (tenant_id, role_id) REFERENCES roles (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX groups_by_name ON groups (tenant_id, name_key) WHERE status <> 'removed';
CREATE INDEX groups_by_members ON groups (tenant_id, members, id) WHERE status <> 'removed';
CREATE INDEX groups_by_created ON groups (tenant_id, created_at, id) WHERE status <> 'removed';
CREATE INDEX groups_by_role ON groups (tenant_id, role_id)
	WHERE role_id IS NOT NULL AND status <> 'removed';
-- What the housekeeper empties.
CREATE INDEX groups_closed ON groups (tenant_id, id) WHERE status = 'removed' AND members > 0;

-- How many a tenant has.
CREATE TABLE group_counts (
	tenant_id      INTEGER PRIMARY KEY REFERENCES tenants (id),
	n              INTEGER NOT NULL CHECK (n >= 0)
) STRICT;
CREATE TRIGGER group_counts_made AFTER INSERT ON groups BEGIN
	INSERT INTO group_counts (tenant_id, n) VALUES (NEW.tenant_id, 1)
	ON CONFLICT (tenant_id) DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER group_counts_closed AFTER UPDATE OF status ON groups
WHEN NEW.status = 'removed' AND OLD.status <> 'removed' BEGIN
	UPDATE group_counts SET n = n - 1 WHERE tenant_id = NEW.tenant_id;
END;

-- until_at: when it ends, which is asked at each decision; 0 for never.  name_key is the member's,
-- so that the members of a large group are read in the order of their names.
CREATE TABLE group_members (
	tenant_id      INTEGER NOT NULL,
	group_id       INTEGER NOT NULL,
	member_id      INTEGER NOT NULL,
	name_key       TEXT NOT NULL,
	until_at       INTEGER NOT NULL CHECK (until_at >= 0),
	added_by       INTEGER NOT NULL,
	added_at       INTEGER NOT NULL,
	PRIMARY KEY (tenant_id, group_id, member_id),
	FOREIGN KEY (tenant_id, group_id) REFERENCES groups (tenant_id, id),
	FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX group_members_by_name ON group_members (tenant_id, group_id, name_key, member_id);
CREATE INDEX group_members_of ON group_members (tenant_id, member_id, until_at);

CREATE TRIGGER group_members_added AFTER INSERT ON group_members BEGIN
	UPDATE groups SET members = members + 1
	 WHERE tenant_id = NEW.tenant_id AND id = NEW.group_id;
END;
CREATE TRIGGER group_members_gone AFTER DELETE ON group_members BEGIN
	UPDATE groups SET members = members - 1
	 WHERE tenant_id = OLD.tenant_id AND id = OLD.group_id;
END;
CREATE TRIGGER members_leave_groups AFTER UPDATE OF status ON members
WHEN NEW.status = 'removed' BEGIN
	DELETE FROM group_members WHERE tenant_id = NEW.tenant_id AND member_id = NEW.id;
END;
CREATE TRIGGER members_renamed_in_groups AFTER UPDATE OF name_key ON members
WHEN NEW.name_key <> OLD.name_key BEGIN
	UPDATE group_members SET name_key = NEW.name_key
	 WHERE tenant_id = NEW.tenant_id AND member_id = NEW.id;
END;
