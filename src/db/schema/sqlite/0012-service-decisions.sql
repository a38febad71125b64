-- Refusals of service accounts.

-- As before, with service accounts: holder_id is whose it was.
CREATE TABLE decisions_new (
	tenant_id      INTEGER NOT NULL REFERENCES tenants (id),
	id             INTEGER NOT NULL CHECK (id > 0),
	at             INTEGER NOT NULL,
	member_id      INTEGER,
	service_id     INTEGER,
	permission     TEXT NOT NULL,
	matter         TEXT NOT NULL,
	org_path       TEXT NOT NULL,
	workspace_id   INTEGER NOT NULL,
	proof          TEXT NOT NULL CHECK (json_valid(proof)),
	holder_id      INTEGER GENERATED ALWAYS AS (coalesce(member_id, service_id)) VIRTUAL,
	PRIMARY KEY (tenant_id, id),
	CHECK ((member_id IS NULL) <> (service_id IS NULL)),
	FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id),
	FOREIGN KEY (tenant_id, service_id) REFERENCES service_accounts (tenant_id, id)
) STRICT, WITHOUT ROWID;
INSERT INTO decisions_new (tenant_id, id, at, member_id, permission, matter, org_path, workspace_id,
	proof)
SELECT tenant_id, id, at, member_id, permission, matter, org_path, workspace_id, proof
  FROM decisions;
DROP TABLE decisions;
ALTER TABLE decisions_new RENAME TO decisions;
CREATE INDEX decisions_by_age ON decisions (at);
CREATE INDEX decisions_again ON decisions (tenant_id, holder_id, permission, matter, at);
