-- The first schema.  Every table of a tenant has tenant_id first in its key, and every
-- reference between such tables is composite, so that no row can name another tenant's.
-- Ids are positive 64-bit numbers made by the program; times are milliseconds since 1970
-- UTC, 0 meaning never; *_key columns hold folded text made by the program.

-- ---------------------------------------------------------------- tenants

CREATE TABLE tenants (
	id             INTEGER PRIMARY KEY CHECK (id > 0),
	number         INTEGER NOT NULL UNIQUE CHECK (number BETWEEN 1 AND 4194303),
	slug           TEXT NOT NULL UNIQUE CHECK (length(slug) BETWEEN 2 AND 40),
	name           TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
	status         TEXT NOT NULL CHECK (status IN ('active', 'suspended', 'deleted')),
	created_at     INTEGER NOT NULL,
	language       TEXT NOT NULL,
	timezone       TEXT NOT NULL,
	date_format    TEXT NOT NULL CHECK (date_format IN ('words', 'mdy', 'dmy', 'iso')),
	clock          INTEGER NOT NULL CHECK (clock IN (12, 24)),
	contact_email  TEXT NOT NULL,
	terms_url      TEXT NOT NULL,
	privacy_url    TEXT NOT NULL,
	security_url   TEXT NOT NULL,
	dormant_days   INTEGER NOT NULL CHECK (dormant_days BETWEEN 1 AND 3650),
	invite_days    INTEGER NOT NULL CHECK (invite_days BETWEEN 1 AND 365),
	-- invitations a day: NULL the default by the tenant's age, 0 no limit
	invites_daily  INTEGER CHECK (invites_daily >= 0),
	domains        TEXT NOT NULL CHECK (json_valid(domains)),
	password_min   INTEGER NOT NULL CHECK (password_min BETWEEN 8 AND 128),
	session_hours  INTEGER NOT NULL CHECK (session_hours BETWEEN 1 AND 720),
	idle_minutes   INTEGER NOT NULL CHECK (idle_minutes BETWEEN 5 AND 43200),
	role_emails    INTEGER NOT NULL CHECK (role_emails IN (0, 1)),
	version        INTEGER NOT NULL
) STRICT;

-- Slugs that a tenant had before; they lead to the one it has now.
CREATE TABLE old_slugs (
	slug           TEXT PRIMARY KEY,
	tenant_id      INTEGER NOT NULL REFERENCES tenants (id)
) STRICT, WITHOUT ROWID;

CREATE TABLE organizations (
	tenant_id      INTEGER NOT NULL REFERENCES tenants (id),
	id             INTEGER NOT NULL CHECK (id > 0),
	parent_id      INTEGER,
	path           TEXT NOT NULL CHECK (length(path) IN (1, 15, 29, 43)),
	name           TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
	name_key       TEXT NOT NULL,
	status         TEXT NOT NULL CHECK (status IN ('active', 'removed')),
	created_at     INTEGER NOT NULL,
	version        INTEGER NOT NULL,
	PRIMARY KEY (tenant_id, id),
	CHECK ((parent_id IS NULL) = (path = '/')),
	FOREIGN KEY (tenant_id, parent_id) REFERENCES organizations (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX organizations_by_path ON organizations (tenant_id, path);
CREATE UNIQUE INDEX organizations_by_name ON organizations (tenant_id, parent_id, name_key)
	WHERE status <> 'removed';

-- What a role permits is one text of permissions parted by spaces, or * for everything.
CREATE TABLE roles (
	tenant_id      INTEGER NOT NULL REFERENCES tenants (id),
	id             INTEGER NOT NULL CHECK (id > 0),
	scope          TEXT NOT NULL CHECK (scope IN ('tenant', 'workspace')),
	builtin        TEXT NOT NULL CHECK (builtin IN
	                   ('', 'admin', 'builder', 'consumer', 'guest', 'owner', 'contributor', 'viewer')),
	name           TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
	name_key       TEXT NOT NULL,
	description    TEXT NOT NULL,
	permissions    TEXT NOT NULL,
	status         TEXT NOT NULL CHECK (status IN ('active', 'removed')),
	created_at     INTEGER NOT NULL,
	version        INTEGER NOT NULL,
	PRIMARY KEY (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX roles_by_name ON roles (tenant_id, scope, name_key) WHERE status <> 'removed';

-- ---------------------------------------------------------------- people

CREATE TABLE people (
	id             INTEGER PRIMARY KEY CHECK (id > 0),
	email          TEXT NOT NULL,
	email_key      TEXT NOT NULL UNIQUE,
	name           TEXT NOT NULL,
	confirmed_at   INTEGER NOT NULL,
	method         TEXT NOT NULL CHECK (method IN ('password', 'google', 'github', 'microsoft', 'sso')),
	language       TEXT NOT NULL,
	timezone       TEXT NOT NULL,
	theme          TEXT NOT NULL CHECK (theme IN ('system', 'light', 'dark')),
	date_format    TEXT NOT NULL CHECK (date_format IN ('', 'words', 'mdy', 'dmy', 'iso')),
	clock          INTEGER NOT NULL CHECK (clock IN (0, 12, 24)),
	tenants_ever   INTEGER NOT NULL CHECK (tenants_ever >= 0),
	last_tenant_id INTEGER REFERENCES tenants (id),
	factor         INTEGER NOT NULL CHECK (factor IN (0, 1)),
	-- since when the address refuses our emails
	mail_refused_at INTEGER NOT NULL,
	created_at     INTEGER NOT NULL,
	version        INTEGER NOT NULL
) STRICT;

CREATE TABLE credentials (
	person_id      INTEGER PRIMARY KEY REFERENCES people (id),
	hash           TEXT NOT NULL,
	set_at         INTEGER NOT NULL,
	must_change    INTEGER NOT NULL CHECK (must_change IN (0, 1))
) STRICT;

-- stage: half is signed in by password while the second factor is still to come.
CREATE TABLE sessions (
	id             INTEGER PRIMARY KEY CHECK (id > 0),
	person_id      INTEGER NOT NULL REFERENCES people (id),
	hash           BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
	old_hash       BLOB CHECK (length(old_hash) = 32),
	old_until      INTEGER NOT NULL,
	stage          TEXT NOT NULL CHECK (stage IN ('half', 'full')),
	created_at     INTEGER NOT NULL,
	seen_at        INTEGER NOT NULL,
	proved_at      INTEGER NOT NULL,
	peer           TEXT NOT NULL,
	user_agent     TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX sessions_by_old ON sessions (old_hash) WHERE old_hash IS NOT NULL;
CREATE INDEX sessions_by_person ON sessions (person_id);
CREATE INDEX sessions_by_seen ON sessions (seen_at);

CREATE TABLE known_browsers (
	person_id      INTEGER NOT NULL REFERENCES people (id),
	id             INTEGER NOT NULL CHECK (id > 0),
	created_at     INTEGER NOT NULL,
	seen_at        INTEGER NOT NULL,
	PRIMARY KEY (person_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX known_browsers_by_seen ON known_browsers (seen_at);

-- One row for each person who ever asked; a new request moves the generation on.
CREATE TABLE reset_links (
	id             INTEGER PRIMARY KEY CHECK (id > 0),
	person_id      INTEGER NOT NULL UNIQUE REFERENCES people (id),
	generation     INTEGER NOT NULL,
	expires_at     INTEGER NOT NULL,
	used_at        INTEGER NOT NULL
) STRICT;
CREATE INDEX reset_links_by_end ON reset_links (expires_at);

-- The first administrator's link, and nothing else.
CREATE TABLE setup_links (
	id             INTEGER PRIMARY KEY CHECK (id > 0),
	generation     INTEGER NOT NULL,
	expires_at     INTEGER NOT NULL,
	used_at        INTEGER NOT NULL
) STRICT;

-- ---------------------------------------------------------------- members

-- name, phone and country are the tenant's own copy; email is the person's, kept by a
-- trigger.  search is the folded name and email; search_id is the tenant's number times
-- 2^40 plus the member's, so that a search reads one tenant's postings only.
CREATE TABLE members (
	search_id      INTEGER PRIMARY KEY,
	tenant_id      INTEGER NOT NULL REFERENCES tenants (id),
	id             INTEGER NOT NULL CHECK (id > 0),
	person_id      INTEGER NOT NULL REFERENCES people (id),
	email          TEXT NOT NULL,
	email_key      TEXT NOT NULL,
	name           TEXT NOT NULL,
	name_key       TEXT NOT NULL,
	nickname       TEXT NOT NULL,
	phone          TEXT NOT NULL,
	country        TEXT NOT NULL,
	role_id        INTEGER NOT NULL,
	role_key       TEXT NOT NULL,
	-- who gave the role, or sent its invitation last: a member, 0 for the system
	role_by        INTEGER NOT NULL,
	org_id         INTEGER NOT NULL,
	org_path       TEXT NOT NULL,
	location_key   TEXT NOT NULL,
	group_key      TEXT NOT NULL,
	status         TEXT NOT NULL CHECK (status IN ('invited', 'active', 'deactivated', 'removed')),
	factor         INTEGER NOT NULL CHECK (factor IN (0, 1)),
	signed_in_at   INTEGER NOT NULL,
	active_at      INTEGER NOT NULL,
	created_at     INTEGER NOT NULL,
	accepted_at    INTEGER NOT NULL,
	valid_from     INTEGER NOT NULL,
	confirmed      INTEGER NOT NULL CHECK (confirmed IN (0, 1)),
	refused        INTEGER NOT NULL CHECK (refused IN (0, 1)),
	terms_url      TEXT NOT NULL,
	terms_at       INTEGER NOT NULL,
	search         TEXT NOT NULL,
	version        INTEGER NOT NULL,
	-- invited, active, dormant (active and long not seen), deactivated, removed
	status_key     INTEGER NOT NULL GENERATED ALWAYS AS (
	                   CASE status WHEN 'invited' THEN 1 WHEN 'active' THEN 2
	                               WHEN 'deactivated' THEN 3 ELSE 4 END * 1125899906842624
	                   + CASE status WHEN 'active' THEN 8796093022208 - active_at ELSE 0 END) VIRTUAL,
	UNIQUE (tenant_id, id),
	FOREIGN KEY (tenant_id, role_id) REFERENCES roles (tenant_id, id),
	FOREIGN KEY (tenant_id, org_id) REFERENCES organizations (tenant_id, id)
) STRICT;
CREATE UNIQUE INDEX members_by_person ON members (person_id, tenant_id) WHERE status <> 'removed';
-- One for each order of the list, with all that a row of it shows or is filtered by, so that a
-- page is read in one go: fifty rows of the table lie on fifty pages of the file.
CREATE INDEX members_by_name ON members (tenant_id, name_key, id, org_path, status, role_id,
	factor, active_at, search, name, email, signed_in_at, created_at, confirmed, refused)
	WHERE status <> 'removed';
CREATE INDEX members_by_email_key ON members (tenant_id, email_key, id, org_path, status, role_id,
	factor, active_at, search, name, email, signed_in_at, created_at, confirmed, refused)
	WHERE status <> 'removed';
CREATE INDEX members_by_role ON members (tenant_id, role_key, id, org_path, status, role_id,
	factor, active_at, search, name, email, signed_in_at, created_at, confirmed, refused)
	WHERE status <> 'removed';
CREATE INDEX members_by_status ON members (tenant_id, status_key, id, org_path, status, role_id,
	factor, active_at, search, name, email, signed_in_at, created_at, confirmed, refused)
	WHERE status <> 'removed';
CREATE INDEX members_by_signed_in ON members (tenant_id, signed_in_at, id, org_path, status,
	role_id, factor, active_at, search, name, email, created_at, confirmed, refused)
	WHERE status <> 'removed';
CREATE INDEX members_by_created ON members (tenant_id, created_at, id, org_path, status,
	role_id, factor, active_at, search, name, email, signed_in_at, confirmed, refused)
	WHERE status <> 'removed';
-- Where few match.
CREATE INDEX members_of_role ON members (tenant_id, role_id, org_path) WHERE status <> 'removed';
CREATE INDEX members_of_status ON members (tenant_id, status, active_at, org_path, factor)
	WHERE status <> 'removed';

-- Each three letters of a member's search text in the order of the list, so that the page of a
-- search of which thousands match is read in one go; and the first letter and the first two of
-- each word behind a line feed, which no text holds: all that a search of one or two letters
-- looks at.
CREATE TABLE member_grams (
	tenant_id      INTEGER NOT NULL,
	gram           TEXT NOT NULL,
	name_key       TEXT NOT NULL,
	id             INTEGER NOT NULL,
	PRIMARY KEY (tenant_id, gram, name_key, id)
) STRICT, WITHOUT ROWID;

-- The places of letters in a search text: a name of 60, a blank, an address of 254.
CREATE TABLE positions (
	n              INTEGER PRIMARY KEY
) STRICT;
INSERT INTO positions (n)
WITH RECURSIVE p (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM p WHERE n < 400) SELECT n FROM p;

-- A gram more than once where the text has it so; UNION ALL, for a search_id asked for would not
-- get into another union.
CREATE VIEW member_texts AS
SELECT m.search_id, m.tenant_id, substr(m.search, p.n, 3) AS gram, m.name_key, m.id
  FROM members m JOIN positions p ON p.n <= length(m.search) - 2
 UNION ALL
SELECT m.search_id, m.tenant_id, char(10) || substr(m.search, p.n, l.n), m.name_key, m.id
  FROM members m JOIN positions p ON p.n <= length(m.search)
  JOIN positions l ON l.n <= 2
 WHERE (p.n = 1 OR instr(' .,@-_+''"()\/', substr(m.search, p.n - 1, 1)) > 0)
   AND instr(' .,@-_+''"()\/', substr(m.search, p.n, 1)) = 0;

CREATE TRIGGER member_grams_added AFTER INSERT ON members WHEN NEW.status <> 'removed' BEGIN
	INSERT OR IGNORE INTO member_grams (tenant_id, gram, name_key, id)
	SELECT tenant_id, gram, name_key, id FROM member_texts WHERE search_id = NEW.search_id;
END;
CREATE TRIGGER member_grams_old BEFORE UPDATE OF name_key, search, status ON members
WHEN OLD.status <> 'removed' AND (NEW.status = 'removed' OR OLD.name_key <> NEW.name_key
                                  OR OLD.search <> NEW.search) BEGIN
	DELETE FROM member_grams
	 WHERE tenant_id = OLD.tenant_id AND name_key = OLD.name_key AND id = OLD.id
	   AND gram IN (SELECT gram FROM member_texts WHERE search_id = OLD.search_id);
END;
CREATE TRIGGER member_grams_new AFTER UPDATE OF name_key, search ON members
WHEN NEW.status <> 'removed' AND (OLD.name_key <> NEW.name_key OR OLD.search <> NEW.search) BEGIN
	INSERT OR IGNORE INTO member_grams (tenant_id, gram, name_key, id)
	SELECT tenant_id, gram, name_key, id FROM member_texts WHERE search_id = NEW.search_id;
END;

-- Its rowid is members.search_id.
CREATE VIRTUAL TABLE members_fts USING fts5 (search, content='', tokenize="trigram case_sensitive 1");

CREATE TRIGGER members_fts_added AFTER INSERT ON members WHEN NEW.status <> 'removed' BEGIN
	INSERT INTO members_fts (rowid, search) VALUES (NEW.search_id, NEW.search);
END;
CREATE TRIGGER members_fts_changed AFTER UPDATE OF search ON members
WHEN OLD.search <> NEW.search AND OLD.status <> 'removed' AND NEW.status <> 'removed' BEGIN
	INSERT INTO members_fts (members_fts, rowid, search)
	VALUES ('delete', OLD.search_id, OLD.search);
	INSERT INTO members_fts (rowid, search) VALUES (NEW.search_id, NEW.search);
END;
CREATE TRIGGER members_fts_removed AFTER UPDATE OF status ON members
WHEN OLD.status <> 'removed' AND NEW.status = 'removed' BEGIN
	INSERT INTO members_fts (members_fts, rowid, search)
	VALUES ('delete', OLD.search_id, OLD.search);
END;

-- A number of members for each organization with all that is below it, status, role and
-- factor; a path's first 1, 15, 29 and 43 characters are its ancestors and itself.
CREATE TABLE member_counts (
	tenant_id      INTEGER NOT NULL REFERENCES tenants (id),
	org_path       TEXT NOT NULL,
	status         TEXT NOT NULL,
	role_id        INTEGER NOT NULL,
	factor         INTEGER NOT NULL,
	n              INTEGER NOT NULL CHECK (n >= 0),
	PRIMARY KEY (tenant_id, org_path, role_id, status, factor)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER member_counts_added AFTER INSERT ON members BEGIN
	INSERT INTO member_counts (tenant_id, org_path, status, role_id, factor, n)
	SELECT NEW.tenant_id, substr(NEW.org_path, 1, d.value), NEW.status, NEW.role_id, NEW.factor, 1
	  FROM json_each('[1,15,29,43]') AS d WHERE d.value <= length(NEW.org_path)
	    ON CONFLICT (tenant_id, org_path, status, role_id, factor) DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER member_counts_changed AFTER UPDATE OF status, role_id, factor, org_path ON members
WHEN (OLD.status, OLD.role_id, OLD.factor, OLD.org_path)
  <> (NEW.status, NEW.role_id, NEW.factor, NEW.org_path) BEGIN
	UPDATE member_counts SET n = n - 1
	 WHERE tenant_id = OLD.tenant_id
	   AND org_path IN (substr(OLD.org_path, 1, 1), substr(OLD.org_path, 1, 15),
	                    substr(OLD.org_path, 1, 29), OLD.org_path)
	   AND status = OLD.status AND role_id = OLD.role_id AND factor = OLD.factor;
	INSERT INTO member_counts (tenant_id, org_path, status, role_id, factor, n)
	SELECT NEW.tenant_id, substr(NEW.org_path, 1, d.value), NEW.status, NEW.role_id, NEW.factor, 1
	  FROM json_each('[1,15,29,43]') AS d WHERE d.value <= length(NEW.org_path)
	    ON CONFLICT (tenant_id, org_path, status, role_id, factor) DO UPDATE SET n = n + 1;
END;

-- Active members by the day (UTC) when they were last active, kept in the same way: so that
-- how many are dormant is a sum of a few rows.
CREATE TABLE member_days (
	tenant_id      INTEGER NOT NULL REFERENCES tenants (id),
	org_path       TEXT NOT NULL,
	day            INTEGER NOT NULL,
	n              INTEGER NOT NULL CHECK (n >= 0),
	PRIMARY KEY (tenant_id, org_path, day)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER member_days_added AFTER INSERT ON members WHEN NEW.status = 'active' BEGIN
	INSERT INTO member_days (tenant_id, org_path, day, n)
	SELECT NEW.tenant_id, substr(NEW.org_path, 1, d.value), NEW.active_at / 86400000, 1
	  FROM json_each('[1,15,29,43]') AS d WHERE d.value <= length(NEW.org_path)
	    ON CONFLICT (tenant_id, org_path, day) DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER member_days_changed AFTER UPDATE OF status, active_at, org_path ON members
WHEN (OLD.status = 'active' OR NEW.status = 'active')
 AND (OLD.status, OLD.active_at / 86400000, OLD.org_path)
  <> (NEW.status, NEW.active_at / 86400000, NEW.org_path) BEGIN
	UPDATE member_days SET n = n - 1
	 WHERE OLD.status = 'active' AND tenant_id = OLD.tenant_id
	   AND org_path IN (substr(OLD.org_path, 1, 1), substr(OLD.org_path, 1, 15),
	                    substr(OLD.org_path, 1, 29), OLD.org_path)
	   AND day = OLD.active_at / 86400000;
	INSERT INTO member_days (tenant_id, org_path, day, n)
	SELECT NEW.tenant_id, substr(NEW.org_path, 1, d.value), NEW.active_at / 86400000, 1
	  FROM json_each('[1,15,29,43]') AS d
	 WHERE NEW.status = 'active' AND d.value <= length(NEW.org_path)
	    ON CONFLICT (tenant_id, org_path, day) DO UPDATE SET n = n + 1;
END;

CREATE TRIGGER members_ever AFTER INSERT ON members BEGIN
	UPDATE people SET tenants_ever = (SELECT count(DISTINCT tenant_id) FROM members
	                                   WHERE person_id = NEW.person_id)
	 WHERE id = NEW.person_id;
END;
CREATE INDEX members_ever_by_person ON members (person_id, tenant_id);
CREATE TRIGGER people_factor AFTER UPDATE OF factor ON people WHEN OLD.factor <> NEW.factor BEGIN
	UPDATE members SET factor = NEW.factor WHERE person_id = NEW.id AND status <> 'removed';
END;

CREATE TRIGGER people_confirmed AFTER UPDATE OF confirmed_at ON people
WHEN (OLD.confirmed_at > 0) <> (NEW.confirmed_at > 0) BEGIN
	UPDATE members SET confirmed = NEW.confirmed_at > 0 WHERE person_id = NEW.id;
END;

CREATE TRIGGER people_refused AFTER UPDATE OF mail_refused_at ON people BEGIN
	UPDATE members SET refused = NEW.mail_refused_at > 0
	 WHERE person_id = NEW.id AND status <> 'removed' AND refused <> (NEW.mail_refused_at > 0);
END;

-- A link that sets a new password was meant for who had that status.  Who only is invited has not
-- joined: that the invitation ends is no change of theirs, and anybody can be invited.
CREATE TRIGGER members_links_die AFTER UPDATE OF status ON members
WHEN OLD.status <> NEW.status AND OLD.status IN ('active', 'deactivated') BEGIN
	UPDATE reset_links SET generation = generation + 1 WHERE person_id = NEW.person_id;
END;

-- Which tenants a session has used, for the tenant's own view of it.
CREATE TABLE session_tenants (
	session_id     INTEGER NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
	tenant_id      INTEGER NOT NULL,
	member_id      INTEGER NOT NULL,
	first_at       INTEGER NOT NULL,
	last_at        INTEGER NOT NULL,
	PRIMARY KEY (session_id, tenant_id),
	FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX session_tenants_by_member ON session_tenants (tenant_id, member_id);

-- state is told by its times; generation is in the link, copy_generation in the copied one.
CREATE TABLE invitations (
	tenant_id      INTEGER NOT NULL REFERENCES tenants (id),
	id             INTEGER NOT NULL CHECK (id > 0),
	member_id      INTEGER NOT NULL,
	email_key      TEXT NOT NULL,
	generation     INTEGER NOT NULL,
	inviter_id     INTEGER,
	inviter_name   TEXT NOT NULL,
	created_at     INTEGER NOT NULL,
	sent_at        INTEGER NOT NULL,
	opened_at      INTEGER NOT NULL,
	accepted_at    INTEGER NOT NULL,
	cancelled_at   INTEGER NOT NULL,
	expires_at     INTEGER NOT NULL,
	copied_at      INTEGER NOT NULL,
	PRIMARY KEY (tenant_id, id),
	FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id),
	FOREIGN KEY (tenant_id, inviter_id) REFERENCES members (tenant_id, id)
) STRICT, WITHOUT ROWID;
-- Lists show when one expires, so that is in it.
CREATE INDEX invitations_by_member ON invitations (tenant_id, member_id, id, expires_at);
CREATE INDEX invitations_by_id ON invitations (id);

-- Every time that an invitation was sent, or is to be: what the daily number counts.
CREATE TABLE invitation_sends (
	tenant_id      INTEGER NOT NULL,
	sent_at        INTEGER NOT NULL,
	invitation_id  INTEGER NOT NULL,
	PRIMARY KEY (tenant_id, sent_at, invitation_id),
	FOREIGN KEY (tenant_id, invitation_id) REFERENCES invitations (tenant_id, id)
) STRICT, WITHOUT ROWID;

-- ---------------------------------------------------------------- core

-- key is kind:subject:source; n failures since since_at; refused until until_at.
CREATE TABLE throttles (
	kind           TEXT NOT NULL,
	subject        TEXT NOT NULL,
	source         TEXT NOT NULL,
	n              INTEGER NOT NULL,
	since_at       INTEGER NOT NULL,
	until_at       INTEGER NOT NULL,
	PRIMARY KEY (kind, subject, source)
) STRICT, WITHOUT ROWID;
-- Whether anybody waits at all, which nearly always nobody does.
CREATE INDEX throttles_waiting ON throttles (until_at) WHERE until_at > 0;
CREATE INDEX throttles_by_age ON throttles (kind, since_at);

-- How many rows the table has; it is bounded, and counting them at each try would cost more
-- than the try.
CREATE TABLE throttle_size (
	one            INTEGER PRIMARY KEY CHECK (one = 1),
	n              INTEGER NOT NULL CHECK (n >= 0)
) STRICT;
INSERT INTO throttle_size (one, n) VALUES (1, 0);
CREATE TRIGGER throttles_added AFTER INSERT ON throttles BEGIN
	UPDATE throttle_size SET n = n + 1;
END;
CREATE TRIGGER throttles_gone AFTER DELETE ON throttles BEGIN
	UPDATE throttle_size SET n = n - 1;
END;

-- body is sealed and dropped once the email has gone or is given up.  A claim moves due_at
-- to its own end, so that an email whose sender died is due again by itself.  in_doubt: an
-- earlier try broke off where it may have arrived.  about: what it is withdrawn by, such as
-- "invite:1723"; '' for what always goes.  refused: the server knows no such recipient.
CREATE TABLE outbox (
	id             INTEGER PRIMARY KEY CHECK (id > 0),
	tenant_id      INTEGER NOT NULL,
	person_id      INTEGER NOT NULL,
	kind           TEXT NOT NULL,
	once           TEXT UNIQUE,
	about          TEXT NOT NULL,
	address        TEXT NOT NULL,
	body           BLOB,
	priority       INTEGER NOT NULL CHECK (priority BETWEEN 0 AND 9),
	state          TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'dead', 'withdrawn')),
	tries          INTEGER NOT NULL,
	due_at         INTEGER NOT NULL,
	claimed_until  INTEGER NOT NULL,
	in_doubt       INTEGER NOT NULL DEFAULT 0 CHECK (in_doubt IN (0, 1)),
	refused        INTEGER NOT NULL DEFAULT 0 CHECK (refused IN (0, 1)),
	expires_at     INTEGER NOT NULL,
	answer         TEXT NOT NULL,
	created_at     INTEGER NOT NULL,
	ended_at       INTEGER NOT NULL
) STRICT;
CREATE INDEX outbox_due ON outbox (priority, due_at) WHERE state = 'waiting';
CREATE INDEX outbox_by_about ON outbox (tenant_id, about) WHERE state = 'waiting' AND about <> '';
CREATE INDEX outbox_by_tenant ON outbox (tenant_id, id);
CREATE INDEX outbox_by_person ON outbox (person_id, kind, created_at);

-- Whoever cannot be reached is marked as such until an email arrives again.
CREATE TRIGGER outbox_arrived AFTER UPDATE OF state ON outbox WHEN NEW.state = 'sent' BEGIN
	UPDATE people SET mail_refused_at = 0
	 WHERE id = NEW.person_id AND email = NEW.address AND mail_refused_at > 0;
END;
CREATE TRIGGER outbox_refused AFTER UPDATE OF refused ON outbox WHEN NEW.refused = 1 BEGIN
	UPDATE people SET mail_refused_at = NEW.ended_at
	 WHERE id = NEW.person_id AND email = NEW.address;
END;

-- One chain for each tenant, and the system's own under tenant 0.
CREATE TABLE heads (
	tenant_id      INTEGER PRIMARY KEY,
	seq            INTEGER NOT NULL,
	hash           BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;

CREATE TABLE events (
	tenant_id      INTEGER NOT NULL,
	seq            INTEGER NOT NULL CHECK (seq > 0),
	at             INTEGER NOT NULL,
	act            INTEGER NOT NULL,
	actor_kind     TEXT NOT NULL CHECK (actor_kind IN ('nobody', 'person', 'service', 'system')),
	actor_id       INTEGER NOT NULL,
	actor_name     TEXT NOT NULL,
	subject_id     INTEGER NOT NULL,
	subject_name   TEXT NOT NULL,
	org_path       TEXT NOT NULL,
	workspace_id   INTEGER NOT NULL,
	client         TEXT NOT NULL,
	peer           TEXT NOT NULL,
	user_agent     TEXT NOT NULL,
	request        TEXT NOT NULL,
	fields         TEXT NOT NULL CHECK (json_valid(fields)),
	key_id         INTEGER NOT NULL,
	hash           BLOB NOT NULL CHECK (length(hash) = 32),
	PRIMARY KEY (tenant_id, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX events_by_actor ON events (tenant_id, actor_id, seq);
CREATE INDEX events_by_subject ON events (tenant_id, subject_id, seq);

CREATE TABLE checkpoints (
	tenant_id      INTEGER NOT NULL,
	upto           INTEGER NOT NULL,
	hash           BLOB NOT NULL CHECK (length(hash) = 32),
	n              INTEGER NOT NULL,
	at             INTEGER NOT NULL,
	key_id         INTEGER NOT NULL,
	mac            BLOB NOT NULL CHECK (length(mac) = 32),
	PRIMARY KEY (tenant_id, upto)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER events_stay BEFORE UPDATE ON events BEGIN
	SELECT RAISE (ABORT, 'events are append-only');
END;
CREATE TRIGGER events_pruned BEFORE DELETE ON events
WHEN OLD.seq > coalesce((SELECT max(upto) FROM checkpoints WHERE tenant_id = OLD.tenant_id), 0) BEGIN
	SELECT RAISE (ABORT, 'events are append-only');
END;
CREATE TRIGGER events_in_order BEFORE INSERT ON events
WHEN NEW.seq <> (SELECT seq FROM heads WHERE tenant_id = NEW.tenant_id) BEGIN
	SELECT RAISE (ABORT, 'events follow their head');
END;
CREATE TRIGGER checkpoints_stay BEFORE UPDATE ON checkpoints BEGIN
	SELECT RAISE (ABORT, 'checkpoints are append-only');
END;
CREATE TRIGGER checkpoints_kept BEFORE DELETE ON checkpoints BEGIN
	SELECT RAISE (ABORT, 'checkpoints are append-only');
END;
CREATE TRIGGER heads_kept BEFORE DELETE ON heads BEGIN
	SELECT RAISE (ABORT, 'heads are kept');
END;

-- A refusal, by the id that the refused person was shown.
CREATE TABLE decisions (
	tenant_id      INTEGER NOT NULL REFERENCES tenants (id),
	id             INTEGER NOT NULL CHECK (id > 0),
	at             INTEGER NOT NULL,
	member_id      INTEGER NOT NULL,
	permission     TEXT NOT NULL,
	matter         TEXT NOT NULL,
	org_path       TEXT NOT NULL,
	workspace_id   INTEGER NOT NULL,
	proof          TEXT NOT NULL CHECK (json_valid(proof)),
	PRIMARY KEY (tenant_id, id),
	FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX decisions_by_age ON decisions (at);
CREATE INDEX decisions_again ON decisions (tenant_id, member_id, permission, matter, at);

-- Long work in chunks; cursor moves in the chunk's own transaction.
CREATE TABLE jobs (
	tenant_id      INTEGER NOT NULL REFERENCES tenants (id),
	id             INTEGER NOT NULL CHECK (id > 0),
	kind           TEXT NOT NULL,
	member_id      INTEGER NOT NULL,
	args           TEXT NOT NULL CHECK (json_valid(args)),
	cursor         INTEGER NOT NULL,
	done           INTEGER NOT NULL,
	refused        INTEGER NOT NULL,
	refusals       TEXT NOT NULL CHECK (json_valid(refusals)),
	state          TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'cancelled')),
	created_at     INTEGER NOT NULL,
	ended_at       INTEGER NOT NULL,
	-- the last chunk; who waited longest is next, so that no tenant waits for another's.
	-- One that failed is put off to a later time
	worked_at      INTEGER NOT NULL,
	PRIMARY KEY (tenant_id, id),
	FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX jobs_due ON jobs (worked_at, id) WHERE state IN ('waiting', 'running');
