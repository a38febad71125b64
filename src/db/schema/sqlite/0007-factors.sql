-- The second factor, and what a sign-in from a new device needs.

-- secret is sealed, bound to the person; last_step is that of the last code that was used, so that
-- none is used twice.
CREATE TABLE factors (
	person_id      INTEGER PRIMARY KEY REFERENCES people (id),
	secret         BLOB NOT NULL,
	key_id         INTEGER NOT NULL,
	last_step      INTEGER NOT NULL,
	created_at     INTEGER NOT NULL
) STRICT;
CREATE INDEX factors_by_key ON factors (key_id);

-- hash is a MAC under that key.
CREATE TABLE recovery_codes (
	person_id      INTEGER NOT NULL REFERENCES people (id),
	hash           BLOB NOT NULL CHECK (length(hash) = 32),
	key_id         INTEGER NOT NULL,
	created_at     INTEGER NOT NULL,
	used_at        INTEGER NOT NULL,
	PRIMARY KEY (person_id, hash)
) STRICT, WITHOUT ROWID;

-- Wrong codes of a session that waits for its second factor.
ALTER TABLE sessions ADD COLUMN tries INTEGER NOT NULL DEFAULT 0;
CREATE INDEX sessions_half ON sessions (created_at) WHERE stage = 'half';

-- When the person signed in first, for then no device is a new one; and the generation of the
-- links that say "this was not me".
ALTER TABLE people ADD COLUMN signed_in_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE people ADD COLUMN alarms INTEGER NOT NULL DEFAULT 0;
UPDATE people SET signed_in_at = created_at WHERE id IN (SELECT person_id FROM known_browsers);
UPDATE people SET signed_in_at = created_at
 WHERE id IN (SELECT person_id FROM members WHERE signed_in_at > 0);

-- Of a deleted account no factor stays either.
CREATE TRIGGER people_erased_factor AFTER UPDATE OF email_key ON people
WHEN NEW.email_key LIKE 'erased:%' BEGIN
	DELETE FROM factors WHERE person_id = NEW.id;
	DELETE FROM recovery_codes WHERE person_id = NEW.id;
END;
