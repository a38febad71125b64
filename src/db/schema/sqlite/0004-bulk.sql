-- Acts on many, and tables that people send in.

ALTER TABLE jobs ADD COLUMN total INTEGER NOT NULL DEFAULT 0 CHECK (total >= 0);

-- A table of people as it was sent, until its job has done its rows or nobody has wanted them for
-- a day.  size is how many rows there are, 0 while they come in.
CREATE TABLE uploads (
	tenant_id      INTEGER NOT NULL REFERENCES tenants (id),
	id             INTEGER NOT NULL CHECK (id > 0),
	member_id      INTEGER NOT NULL,
	kind           TEXT NOT NULL CHECK (kind IN ('invite', 'import')),
	-- the role of those whose row names none
	role_id        INTEGER NOT NULL,
	size           INTEGER NOT NULL CHECK (size >= 0),
	-- which of the program's columns there were, as bits, and the names of those it does not know
	columns        INTEGER NOT NULL,
	left_out       TEXT NOT NULL,
	created_at     INTEGER NOT NULL,
	PRIMARY KEY (tenant_id, id),
	FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id),
	FOREIGN KEY (tenant_id, role_id) REFERENCES roles (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX uploads_by_age ON uploads (created_at);

-- Its rows from n on, in the program's own columns; a part is worked in one piece or a few.
CREATE TABLE upload_parts (
	tenant_id      INTEGER NOT NULL,
	upload_id      INTEGER NOT NULL,
	n              INTEGER NOT NULL CHECK (n >= 0),
	text           TEXT NOT NULL,
	PRIMARY KEY (tenant_id, upload_id, n),
	FOREIGN KEY (tenant_id, upload_id) REFERENCES uploads (tenant_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
