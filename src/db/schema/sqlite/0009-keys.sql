-- API keys.

-- hash is of the whole key and needs no secret of ours: a key has more than 170 bits.  permissions:
-- '*' all that its owner holds, 'read' what of it only reads, else a list; never more than the owner
-- holds when it is used.  service_id is for accounts of machines, which have no table yet.  ends_at:
-- replaced by another, and good until then; of an ended key when it ended; 0: neither.  warned: how
-- many emails have said that it expires.
CREATE TABLE api_keys (
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
	FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX api_keys_by_member ON api_keys (tenant_id, member_id, status);
CREATE INDEX api_keys_expiring ON api_keys (expires_at, warned)
	WHERE status = 'live' AND expires_at > 0;
CREATE INDEX api_keys_ending ON api_keys (ends_at) WHERE ends_at > 0;

-- Who leaves a tenant leaves no key behind, whichever way it happens.
CREATE TRIGGER members_removed_keys AFTER UPDATE OF status ON members
WHEN NEW.status = 'removed' BEGIN
	DELETE FROM api_keys WHERE tenant_id = NEW.tenant_id AND member_id = NEW.id;
END;

-- A password is taken away from a person whose account somebody else had: what that one may have
-- made goes with it.
CREATE TRIGGER credentials_gone_keys AFTER DELETE ON credentials BEGIN
	DELETE FROM api_keys
	 WHERE (tenant_id, member_id) IN
	       (SELECT tenant_id, id FROM members WHERE person_id = OLD.person_id);
END;

-- A key in use keeps its owner from being dormant.
CREATE TRIGGER api_keys_used AFTER UPDATE OF last_used_at ON api_keys
WHEN NEW.member_id IS NOT NULL BEGIN
	UPDATE members SET active_at = NEW.last_used_at
	 WHERE tenant_id = NEW.tenant_id AND id = NEW.member_id
	   AND active_at < NEW.last_used_at - 3600000;
END;
