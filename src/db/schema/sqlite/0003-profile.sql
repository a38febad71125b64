-- OLDEST: 1
-- What a person changes themselves: the address they sign in with.

-- One change of an address from asking on.  generation is in the link to the new address, which
-- dies with it; the link to the old one is good until stop_until, also after it was confirmed.
CREATE TABLE email_changes (
	id             INTEGER PRIMARY KEY CHECK (id > 0),
	person_id      INTEGER NOT NULL REFERENCES people (id),
	email          TEXT NOT NULL,
	email_key      TEXT NOT NULL,
	old_email      TEXT NOT NULL,
	old_email_key  TEXT NOT NULL,
	generation     INTEGER NOT NULL,
	state          TEXT NOT NULL CHECK (state IN ('waiting', 'confirmed', 'ended', 'stopped')),
	asked_at       INTEGER NOT NULL,
	expires_at     INTEGER NOT NULL,
	stop_until     INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX email_changes_waiting ON email_changes (person_id) WHERE state = 'waiting';
CREATE INDEX email_changes_by_person ON email_changes (person_id, id);
CREATE INDEX email_changes_by_old ON email_changes (old_email_key, stop_until)
	WHERE state = 'confirmed';
CREATE INDEX email_changes_by_end ON email_changes (stop_until);

-- The tenants' copies of an address, of those that the person joined; who is only invited is known
-- by the address that the invitation went to.  Addresses are ASCII, so that their key is what a
-- search folds them to.
CREATE TRIGGER people_email AFTER UPDATE OF email ON people WHEN OLD.email <> NEW.email BEGIN
	UPDATE members
	   SET email = NEW.email, email_key = NEW.email_key,
	       search = name_key || ' ' || NEW.email_key, version = version + 1
	 WHERE person_id = NEW.id AND status IN ('active', 'deactivated') AND status <> 'removed';
	UPDATE reset_links SET generation = generation + 1 WHERE person_id = NEW.id;
END;
CREATE TRIGGER members_joined AFTER UPDATE OF status ON members
WHEN OLD.status = 'invited' AND NEW.status = 'active'
 AND NEW.email_key <> (SELECT email_key FROM people WHERE id = NEW.person_id) BEGIN
	UPDATE members
	   SET email = p.email, email_key = p.email_key, search = name_key || ' ' || p.email_key
	  FROM people p
	 WHERE p.id = NEW.person_id AND members.search_id = NEW.search_id;
END;

-- A link to a new address was meant for who had that password, factor and status.
CREATE TRIGGER credentials_changes_die AFTER UPDATE OF set_at ON credentials
WHEN OLD.set_at <> NEW.set_at BEGIN
	UPDATE email_changes SET state = 'ended', generation = generation + 1
	 WHERE person_id = NEW.person_id AND state = 'waiting';
END;
CREATE TRIGGER people_changes_die AFTER UPDATE OF factor ON people WHEN OLD.factor <> NEW.factor BEGIN
	UPDATE email_changes SET state = 'ended', generation = generation + 1
	 WHERE person_id = NEW.id AND state = 'waiting';
END;
CREATE TRIGGER members_changes_die AFTER UPDATE OF status ON members
WHEN OLD.status <> NEW.status AND OLD.status IN ('active', 'deactivated') BEGIN
	UPDATE email_changes SET state = 'ended', generation = generation + 1
	 WHERE person_id = NEW.person_id AND state = 'waiting';
END;

-- Nothing of them stays with an account that is deleted.
CREATE TRIGGER people_changes_erased AFTER UPDATE OF email_key ON people
WHEN NEW.email_key LIKE 'erased:%' BEGIN
	DELETE FROM email_changes WHERE person_id = NEW.id;
END;

-- What was done to somebody, by time, as what they did is.
DROP INDEX events_by_subject;
CREATE INDEX events_by_subject ON events (tenant_id, subject_id, at, seq);
