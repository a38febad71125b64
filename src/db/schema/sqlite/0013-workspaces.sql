-- What workspaces need beside their own tables.

-- Where each member was last.
CREATE TABLE workspace_last (
	tenant_id      INTEGER NOT NULL,
	member_id      INTEGER NOT NULL,
	workspace_id   INTEGER NOT NULL,
	PRIMARY KEY (tenant_id, member_id),
	FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id),
	FOREIGN KEY (tenant_id, workspace_id) REFERENCES workspaces (tenant_id, id)
) STRICT, WITHOUT ROWID;

-- personal_workspaces: each member may make one.
ALTER TABLE tenants ADD COLUMN personal_workspaces INTEGER NOT NULL DEFAULT 0
	CHECK (personal_workspaces IN (0, 1));
ALTER TABLE tenants ADD COLUMN portal_text TEXT NOT NULL DEFAULT ''
	CHECK (length(portal_text) <= 500);

-- A personal one that somebody else gets is none any more.
CREATE TRIGGER workspace_counts_shared AFTER UPDATE OF personal_of ON workspaces
WHEN NEW.personal_of IS NULL AND OLD.personal_of IS NOT NULL AND NEW.status <> 'removed' BEGIN
	UPDATE workspace_counts SET personal = personal - 1 WHERE tenant_id = NEW.tenant_id;
END;
