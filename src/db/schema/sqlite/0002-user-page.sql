-- The page of a user: sessions that a tenant ends for itself, the activity of a member, who is a
-- member of one tenant alone, the columns that a reader chose, and accounts that are deleted.

-- From then on a session that began before signs in again for this tenant.
ALTER TABLE session_tenants ADD COLUMN ended_at INTEGER NOT NULL DEFAULT 0;

-- By which session it was done; 0: by none.
ALTER TABLE events ADD COLUMN session_id INTEGER NOT NULL DEFAULT 0;

-- What somebody did, by time, with all that it is filtered and sorted by.
DROP INDEX events_by_actor;
CREATE INDEX events_by_actor ON events (tenant_id, actor_id, at, seq, act, client, session_id,
	org_path);

-- The columns of the users list that a member chose, parted by spaces; '' the usual ones.
ALTER TABLE members ADD COLUMN columns TEXT NOT NULL DEFAULT '';

-- The person is, and always was, a member of this tenant alone.  Each order of the list covers
-- it, for the menu of a row tells.
ALTER TABLE members ADD COLUMN alone INTEGER NOT NULL DEFAULT 1 CHECK (alone IN (0, 1));
UPDATE members SET alone = 0
 WHERE person_id IN (SELECT id FROM people WHERE tenants_ever > 1);
CREATE TRIGGER people_ever AFTER UPDATE OF tenants_ever ON people WHEN NEW.tenants_ever > 1 BEGIN
	UPDATE members SET alone = 0 WHERE person_id = NEW.id AND alone = 1;
END;

DROP INDEX members_by_name;
DROP INDEX members_by_email_key;
DROP INDEX members_by_role;
DROP INDEX members_by_status;
DROP INDEX members_by_signed_in;
DROP INDEX members_by_created;
CREATE INDEX members_by_name ON members (tenant_id, name_key, id, org_path, status, role_id,
	factor, active_at, search, name, email, signed_in_at, created_at, confirmed, refused, alone)
	WHERE status <> 'removed';
CREATE INDEX members_by_email_key ON members (tenant_id, email_key, id, org_path, status, role_id,
	factor, active_at, search, name, email, signed_in_at, created_at, confirmed, refused, alone)
	WHERE status <> 'removed';
CREATE INDEX members_by_role ON members (tenant_id, role_key, id, org_path, status, role_id,
	factor, active_at, search, name, email, signed_in_at, created_at, confirmed, refused, alone)
	WHERE status <> 'removed';
CREATE INDEX members_by_status ON members (tenant_id, status_key, id, org_path, status, role_id,
	factor, active_at, search, name, email, signed_in_at, created_at, confirmed, refused, alone)
	WHERE status <> 'removed';
CREATE INDEX members_by_signed_in ON members (tenant_id, signed_in_at, id, org_path, status,
	role_id, factor, active_at, search, name, email, created_at, confirmed, refused, alone)
	WHERE status <> 'removed';
CREATE INDEX members_by_created ON members (tenant_id, created_at, id, org_path, status,
	role_id, factor, active_at, search, name, email, signed_in_at, confirmed, refused, alone)
	WHERE status <> 'removed';

-- Of a deleted account nothing personal stays; what names it (events, who invited whom) does.
CREATE TRIGGER people_erased AFTER UPDATE OF email_key ON people WHEN NEW.email_key LIKE 'erased:%'
BEGIN
	DELETE FROM sessions WHERE person_id = NEW.id;
	DELETE FROM credentials WHERE person_id = NEW.id;
	DELETE FROM known_browsers WHERE person_id = NEW.id;
	DELETE FROM reset_links WHERE person_id = NEW.id;
	UPDATE invitations SET email_key = ''
	 WHERE (tenant_id, member_id) IN (SELECT tenant_id, id FROM members WHERE person_id = NEW.id);
END;
