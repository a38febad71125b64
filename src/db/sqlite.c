/* SQLite behind struct db_driver: settings, locks, error codes, copies and checks of the
 * file.  The only file that includes <sqlite3.h> and the only one with a PRAGMA.
 *
 * The guard.  Versions before 3.51.3 can lose pages when one process writes while another
 * checkpoints.  So no connection of ours checkpoints by itself, and each write
 * transaction, and the checkpoint, holds an exclusive flock on "<file>.lock": first the
 * flock, then SQLite's own lock, always in this order.  The kernel hands it on at once
 * and frees it when its holder dies.
 *
 * Looking for the statement cache and nesting?  See db.c.  For the lock's wait?  lock.c.
 * The schema's steps are in migrate.c. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "db/driver.h"
#include "db/heap.h"
#include "db/lock.h"

enum { WAIT_MS = 5000, CACHE_KIB = 4000 };

struct conn {
	sqlite3           *db;
	char              *path;          /* NULL: in memory, so nobody to lock out */
	struct db_lock     lock;
	sqlite3_stmt      *begin_read, *begin_write, *commit, *rollback;
	const char *const *tables;        /* of restrict_to() */
	int                wait_ms, write_wait_ms;
	bool               writing;
	bool               readonly;
	enum err           lost;          /* SQLite rolled our transaction back itself */
	struct db_health   health;
};

struct stmt {
	struct conn  *c;
	sqlite3_stmt *s;
	bool          reads;
};

struct options {
	char *path;
	bool  create;
	long  cache_kib;
	long  wait_ms;
};

static enum err
no_space(struct conn *c)
{
	/* Every request would say it again, so it is said once until space is back. */
	if (!c->health.full)
		log_event(LOG_ERROR, "no space for the database", "file", c->path, "reason",
		    sqlite3_errmsg(c->db));
	c->health.full = true;
	return ERR_BUSY;
}

static bool
errno_is_space(struct conn *c)
{
	int number = sqlite3_system_errno(c->db);

	return number == ENOSPC || number == EDQUOT;
}

static enum err
fault(struct conn *c, int rc, const char *sql)
{
	log_event(LOG_ERROR, "database error", "code", log_int(rc), "reason",
	    sqlite3_errmsg(c->db), "sql", sql);
	return ERR_FAULT;
}

/* Rare, and then the operator wants to know what was in the way. */
static enum err
busy(int rc, const char *sql)
{
	log_event(LOG_INFO, "database busy", "code", log_int(rc), "sql", sql);
	return ERR_BUSY;
}

static enum err
map_error(struct conn *c, int rc, const char *sql)
{
	switch (rc) {
	case SQLITE_CONSTRAINT_UNIQUE:
		return ERR_CONFLICT;
	case SQLITE_CONSTRAINT_PRIMARYKEY:
	case SQLITE_CONSTRAINT_ROWID:
		return busy(rc, sql);
	case SQLITE_READONLY_DBMOVED:
		c->health.broken = true;
		return fault(c, rc, sql);
	}
	switch (rc & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
	case SQLITE_PROTOCOL:
		return busy(rc, sql);
	case SQLITE_FULL:
		return no_space(c);
	case SQLITE_IOERR:
	case SQLITE_CANTOPEN:
		if (errno_is_space(c))
			return no_space(c);
		c->health.broken = true;
		break;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		c->health.broken = true;
		break;
	}
	return fault(c, rc, sql);
}

static enum err
execute(struct conn *c, const char *sql)
{
	int rc = sqlite3_exec(c->db, sql, NULL, NULL, NULL);

	return rc == SQLITE_OK ? OK : map_error(c, rc, sql);
}

/* Runs one of the four statements that begin and end transactions. */
static enum err
control(struct conn *c, sqlite3_stmt *s)
{
	int rc = sqlite3_step(s);
	enum err e = rc == SQLITE_DONE ? OK : map_error(c, rc, sqlite3_sql(s));

	sqlite3_reset(s);
	return e;
}

static bool
read_number(const char *s, long *out)
{
	char *end;

	*out = strtol(s, &end, 10);
	return end > s && *end == '\0' && *out > 0 && *out < 10000000;
}

static bool
read_option(struct options *o, const char *word)
{
	if (strcmp(word, "create") == 0) {
		o->create = true;
		return true;
	}
	if (strncmp(word, "cache=", 6) == 0)
		return read_number(word + 6, &o->cache_kib);
	if (strncmp(word, "wait=", 5) == 0)
		return read_number(word + 5, &o->wait_ms);
	return false;
}

static enum err
read_url(struct options *o, const char *rest)
{
	char *word, *next = NULL;

	*o = (struct options){ .path = strdup(rest), .cache_kib = CACHE_KIB,
		.wait_ms = WAIT_MS };
	if (!o->path)
		abort();
	word = strchr(o->path, '?');
	if (word)
		*word++ = '\0';
	for (word = word ? strtok_r(word, "&", &next) : NULL; word;
	    word = strtok_r(NULL, "&", &next)) {
		if (!read_option(o, word)) {
			log_event(LOG_ERROR, "unknown option of the database", "option", word);
			free(o->path);
			return ERR_INVALID;
		}
	}
	return OK;
}

/* SQLite would make it readable by all, and gives -wal and -shm the mode of the file. */
static enum err
make_file(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd == -1 && errno == EEXIST)
		return OK;
	if (fd == -1) {
		log_event(LOG_ERROR, "database not made", "file", path, "reason",
		    strerror(errno));
		return ERR_FAULT;
	}
	close(fd);
	return OK;
}

static enum err
open_file(struct conn *c, const struct options *o)
{
	const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
	int rc;

	if (!c->path) {
		rc = sqlite3_open_v2(":memory:", &c->db, flags | SQLITE_OPEN_MEMORY, NULL);
		return rc == SQLITE_OK ? OK : map_error(c, rc, NULL);
	}
	if (o->create)
		TRY(make_file(c->path));
	if (access(c->path, F_OK) == -1 && errno == ENOENT) {
		log_event(LOG_ERROR, "there is no database", "file", c->path);
		return ERR_NOTFOUND;
	}
	rc = sqlite3_open_v2(c->path, &c->db, flags, NULL);
	return rc == SQLITE_OK ? OK : map_error(c, rc, NULL);
}

static void
set_limits(sqlite3 *db)
{
	static const struct { int id, most; } limits[] = {
		{ SQLITE_LIMIT_LENGTH, 32 * 1024 * 1024 },
		{ SQLITE_LIMIT_SQL_LENGTH, 100 * 1000 },
		{ SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1000 },
		{ SQLITE_LIMIT_VARIABLE_NUMBER, 200 },
		{ SQLITE_LIMIT_EXPR_DEPTH, 200 },
		{ SQLITE_LIMIT_TRIGGER_DEPTH, 10 },
		{ SQLITE_LIMIT_ATTACHED, 0 },
	};

	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
		sqlite3_limit(db, limits[i].id, limits[i].most);
}

/* TRUSTED_SCHEMA stays on: the FTS5 and JSON of 3.40 are not marked as innocuous, so with it
 * off no trigger and no CHECK of our own schema could use them.  What it guards against is a
 * foreign schema that names functions with effects; there are none here, for extensions are
 * off, no function is ours, and what the operator types runs with it off. */
static enum err
set_flags(struct conn *c)
{
	static const struct { int id, on; } flags[] = {
		{ SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1 },
		{ SQLITE_DBCONFIG_DEFENSIVE, 1 },
		{ SQLITE_DBCONFIG_DQS_DML, 0 },
		{ SQLITE_DBCONFIG_DQS_DDL, 0 },
		{ SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0 },
		{ SQLITE_DBCONFIG_ENABLE_FKEY, 1 },
		/* Else a statement whose plan might be another with other arguments is prepared
		 * anew each time that it is given some. */
		{ SQLITE_DBCONFIG_ENABLE_QPSG, 1 },
	};
	int now, rc;

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		rc = sqlite3_db_config(c->db, flags[i].id, flags[i].on, &now);
		if (rc != SQLITE_OK || now != flags[i].on)
			return fault(c, rc, "sqlite3_db_config");
	}
	return OK;
}

static enum err
set_pragmas(struct conn *c, long cache_kib)
{
	char sql[64];

	snprintf(sql, sizeof(sql), "PRAGMA cache_size = -%ld", cache_kib);
	TRY(execute(c, sql));
	return execute(c,
	    "PRAGMA synchronous = FULL;"
	    "PRAGMA temp_store = MEMORY;"
	    "PRAGMA cell_size_check = ON;"
	    "PRAGMA mmap_size = 0;"
	    "PRAGMA journal_size_limit = 67108864;");
}

static enum err
journal_mode(struct conn *c, const char *sql, bool *is_wal)
{
	sqlite3_stmt *s;
	int rc = sqlite3_prepare_v2(c->db, sql, -1, &s, NULL);

	if (rc != SQLITE_OK)
		return map_error(c, rc, sql);
	rc = sqlite3_step(s);
	*is_wal = rc == SQLITE_ROW &&
	    strcmp((const char *)sqlite3_column_text(s, 0), "wal") == 0;
	sqlite3_finalize(s);
	return rc == SQLITE_ROW ? OK : map_error(c, rc, sql);
}

/* The mode stays in the file, so this changes a new or a restored one only. */
static enum err
become_wal(struct conn *c)
{
	bool is_wal = false;
	enum err e;

	TRY(journal_mode(c, "PRAGMA journal_mode", &is_wal));
	if (is_wal)
		return OK;
	TRY(db_lock_take(&c->lock, c->wait_ms));
	e = journal_mode(c, "PRAGMA journal_mode = WAL", &is_wal);
	db_lock_drop(&c->lock);
	if (e)
		return e;
	return is_wal ? OK : fault(c, SQLITE_ERROR, "PRAGMA journal_mode = WAL");
}

static enum err
prepare_control(struct conn *c)
{
	const struct { sqlite3_stmt **s; const char *sql; } all[] = {
		{ &c->begin_read, "BEGIN DEFERRED" },
		{ &c->begin_write, "BEGIN IMMEDIATE" },
		{ &c->commit, "COMMIT" },
		{ &c->rollback, "ROLLBACK" },
	};
	int rc;

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		rc = sqlite3_prepare_v3(c->db, all[i].sql, -1, SQLITE_PREPARE_PERSISTENT,
		    all[i].s, NULL);
		if (rc != SQLITE_OK)
			return map_error(c, rc, all[i].sql);
	}
	return OK;
}

static enum err
set_up(struct conn *c, const struct options *o)
{
	sqlite3_busy_timeout(c->db, c->wait_ms);
	sqlite3_wal_autocheckpoint(c->db, 0);
	set_limits(c->db);
	TRY(set_flags(c));
	TRY(set_pragmas(c, o->cache_kib));
	if (c->path)
		TRY(become_wal(c));
	return prepare_control(c);
}

static void
conn_close(void *conn)
{
	struct conn *c = conn;

	sqlite3_finalize(c->begin_read);
	sqlite3_finalize(c->begin_write);
	sqlite3_finalize(c->commit);
	sqlite3_finalize(c->rollback);
	if (sqlite3_close(c->db) != SQLITE_OK)
		fault(c, SQLITE_BUSY, "sqlite3_close");
	if (c->lock.fd != -1)
		db_lock_close(&c->lock);
	free(c->path);
	free(c);
}

static enum err
open_lock(struct conn *c)
{
	char path[PATH_MAX];

	if (!c->path)
		return OK;
	if (snprintf(path, sizeof(path), "%s.lock", c->path) >= (int)sizeof(path)) {
		log_event(LOG_ERROR, "path of the database is too long", "file", c->path);
		return ERR_INVALID;
	}
	return db_lock_open(&c->lock, path);
}

static void *
take(int n)
{
	return heap_take((size_t)n);
}

static void *
resize(void *p, int n)
{
	return heap_resize(p, (size_t)n);
}

static int
size_of(void *p)
{
	return (int)heap_size(p);
}

static int
rounded(int n)
{
	return (n + 7) & ~7;
}

static int
nothing(void *unused)
{
	(void)unused;
	return SQLITE_OK;
}

static void
no_more(void *unused)
{
	(void)unused;
}

/* Before anything else.  The sums of memory that it would keep cost a lock per allocation; each
 * process has one thread that knows SQLite, so no lock is needed at all; and a path is a path,
 * also one that begins with "file:". */
static void
configure(void)
{
	static const sqlite3_mem_methods memory = { .xMalloc = take, .xFree = heap_give,
	    .xRealloc = resize, .xSize = size_of, .xRoundup = rounded, .xInit = nothing,
	    .xShutdown = no_more };
	static bool done;

	if (done)
		return;
	done = true;
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
	sqlite3_config(SQLITE_CONFIG_MALLOC, &memory);
	sqlite3_config(SQLITE_CONFIG_URI, 0);
}

static enum err
conn_open(void **conn, const char *rest)
{
	struct options o;
	struct conn *c;
	enum err e;

	configure();
	TRY(read_url(&o, rest));
	c = calloc(1, sizeof(*c));
	if (!c)
		abort();
	c->lock.fd = -1;
	c->wait_ms = c->write_wait_ms = (int)o.wait_ms;
	if (strcmp(o.path, ":memory:") != 0)
		c->path = o.path;
	else
		free(o.path);
	e = open_file(c, &o);
	if (!e)
		e = open_lock(c);
	if (!e)
		e = set_up(c, &o);
	if (e)
		conn_close(c);
	else
		*conn = c;
	return e;
}

static enum err
conn_script(void *conn, const char *sql)
{
	struct conn *c = conn;
	int rc;

	if (!c->writing)
		return fault(c, SQLITE_MISUSE, "script outside a transaction");
	/* Not the text itself, which is long; the reason names the table. */
	rc = sqlite3_exec(c->db, sql, NULL, NULL, NULL);
	return rc == SQLITE_OK ? OK : map_error(c, rc, "script");
}

static enum err
stmt_prepare(void *conn, void **stmt, const char *sql)
{
	struct conn *c = conn;
	struct stmt *s = calloc(1, sizeof(*s));
	int rc;

	if (!s)
		abort();
	s->c = c;
	rc = sqlite3_prepare_v3(c->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &s->s, NULL);
	if (rc != SQLITE_OK) {
		free(s);
		return map_error(c, rc, sql);
	}
	s->reads = sqlite3_stmt_readonly(s->s) != 0;
	*stmt = s;
	return OK;
}

/* Not copied: the caller keeps texts and blobs until the reset, which forgets them. */
static int
bind_one(sqlite3_stmt *s, int n, const struct db_val *v)
{
	switch (v->type) {
	case DB_T_INT:
		return sqlite3_bind_int64(s, n, v->i);
	case DB_T_TEXT:
		return sqlite3_bind_text64(s, n, v->p, v->len, SQLITE_STATIC, SQLITE_UTF8);
	case DB_T_BLOB:
		if (v->len == 0)
			return sqlite3_bind_zeroblob(s, n, 0);
		return sqlite3_bind_blob64(s, n, v->p, v->len, SQLITE_STATIC);
	case DB_T_NULL:
		break;
	}
	return sqlite3_bind_null(s, n);
}

static enum err
stmt_bind(void *stmt, const struct db_val *args, size_t nargs)
{
	struct stmt *s = stmt;
	int rc;

	for (size_t i = 0; i < nargs; i++) {
		rc = bind_one(s->s, (int)i + 1, &args[i]);
		if (rc != SQLITE_OK) {
			sqlite3_clear_bindings(s->s);
			return map_error(s->c, rc, sqlite3_sql(s->s));
		}
	}
	return OK;
}

/* An authorizer would act when a statement is prepared, and they are kept; query_only
 * expires all of them each time it is turned.  So the refusal is here. */
static enum err
may_step(const struct stmt *s)
{
	if (s->c->lost)
		return s->c->lost;
	if (s->reads || (s->c->writing && !s->c->readonly))
		return OK;
	log_event(LOG_ERROR,
	    s->c->readonly ? "write in a read-only request" : "write outside a transaction",
	    "sql", sqlite3_sql(s->s));
	return ERR_FAULT;
}

static enum db_step
stmt_step(void *stmt, enum err *why)
{
	struct stmt *s = stmt;
	int rc;

	*why = may_step(s);
	if (*why)
		return DB_FAILED;
	rc = sqlite3_step(s->s);
	if (rc == SQLITE_ROW)
		return DB_ROW;
	if (rc == SQLITE_DONE)
		return DB_DONE;
	*why = map_error(s->c, rc, sqlite3_sql(s->s));
	/* A full disk and the like end the whole transaction; what comes after must not
	 * be taken for a part of it. */
	if (s->c->writing && sqlite3_get_autocommit(s->c->db))
		s->c->lost = *why;
	return DB_FAILED;
}

static int
stmt_ncols(void *stmt)
{
	return sqlite3_column_count(((struct stmt *)stmt)->s);
}

static const char *
stmt_colname(void *stmt, int col)
{
	return sqlite3_column_name(((struct stmt *)stmt)->s, col);
}

/* Of a value asked for once: each sqlite3_column_...() would look it up again.  Only where
 * connections have mutexes, and ours have none, must one be held for that. */
static struct db_val
stmt_column(void *stmt, int col)
{
	sqlite3_value *value = sqlite3_column_value(((struct stmt *)stmt)->s, col);
	struct db_val v = { .type = DB_T_NULL };

	switch (sqlite3_value_type(value)) {
	case SQLITE_INTEGER:
	case SQLITE_FLOAT:
		v.type = DB_T_INT;
		v.i = sqlite3_value_int64(value);
		break;
	case SQLITE_TEXT:
		v.type = DB_T_TEXT;
		v.p = sqlite3_value_text(value);
		v.len = (size_t)sqlite3_value_bytes(value);
		break;
	case SQLITE_BLOB:
		v.type = DB_T_BLOB;
		v.p = sqlite3_value_blob(value);
		v.len = (size_t)sqlite3_value_bytes(value);
		break;
	}
	return v;
}

static int64_t
conn_changed(void *conn)
{
	return sqlite3_changes(((struct conn *)conn)->db);
}

static void
stmt_reset(void *stmt)
{
	struct stmt *s = stmt;

	sqlite3_reset(s->s);
	sqlite3_clear_bindings(s->s);
}

static void
stmt_finalize(void *stmt)
{
	struct stmt *s = stmt;

	sqlite3_finalize(s->s);
	free(s);
}

static int64_t
monotonic_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Both waits together end in time: for the flock, and for a stranger's lock of SQLite. */
static enum err
begin_write(struct conn *c)
{
	int64_t began = monotonic_ms(), left;
	enum err e;

	if (c->path)
		TRY(db_lock_take(&c->lock, c->write_wait_ms));
	left = c->write_wait_ms - (monotonic_ms() - began);
	sqlite3_busy_timeout(c->db, left > 1 ? (int)left : 1);
	e = control(c, c->begin_write);
	sqlite3_busy_timeout(c->db, c->wait_ms);
	if (e && c->path)
		db_lock_drop(&c->lock);
	c->writing = !e;
	return e;
}

static enum err
conn_begin(void *conn, bool write)
{
	struct conn *c = conn;

	c->lost = OK;
	if (!write)
		return control(c, c->begin_read);
	if (!c->readonly)
		return begin_write(c);
	log_event(LOG_ERROR, "transaction in a read-only request");
	return ERR_FAULT;
}

static void
conn_wait(void *conn, int ms)
{
	struct conn *c = conn;

	c->write_wait_ms = ms < 0 ? c->wait_ms : ms;
}

static void
conn_rollback(void *conn)
{
	struct conn *c = conn;
	enum err e = OK;

	if (!sqlite3_get_autocommit(c->db))
		e = control(c, c->rollback);
	/* A transaction that cannot be ended would take in all that follows. */
	if (e && !sqlite3_get_autocommit(c->db))
		abort();
	if (c->writing && c->path)
		db_lock_drop(&c->lock);
	c->writing = false;
	c->lost = OK;
}

static enum err
conn_commit(void *conn)
{
	struct conn *c = conn;
	enum err e = c->lost ? c->lost : control(c, c->commit);

	if (!e && c->writing)
		c->health.full = false;
	conn_rollback(c);
	return e;
}

static enum err
conn_readonly(void *conn, bool on)
{
	((struct conn *)conn)->readonly = on;
	return OK;
}

static bool
listed(const char *const *tables, const char *name)
{
	for (; *tables; tables++)
		if (strcmp(*tables, name) == 0)
			return true;
	return false;
}

static int
authorize(void *conn, int action, const char *a, const char *b, const char *database,
    const char *trigger)
{
	struct conn *c = conn;

	(void)b;
	(void)database;
	switch (action) {
	case SQLITE_SELECT:
	case SQLITE_READ:
	case SQLITE_FUNCTION:
	case SQLITE_RECURSIVE:
		return SQLITE_OK;
	case SQLITE_TRANSACTION:
		return c->tables ? SQLITE_OK : SQLITE_DENY;
	case SQLITE_INSERT:
	case SQLITE_UPDATE:
	case SQLITE_DELETE:
		return c->tables && (trigger || listed(c->tables, a)) ? SQLITE_OK : SQLITE_DENY;
	}
	return SQLITE_DENY;
}

static enum err
conn_restrict(void *conn, const char *const *tables)
{
	struct conn *c = conn;

	c->tables = tables;
	/* Statements prepared before are prepared again, under it. */
	sqlite3_set_authorizer(c->db, authorize, c);
	return OK;
}

static int64_t
wal_size(struct conn *c)
{
	char path[PATH_MAX];
	struct stat st;

	snprintf(path, sizeof(path), "%s-wal", c->path);
	return stat(path, &st) == 0 ? st.st_size : 0;
}

static enum err
conn_checkpoint(void *conn, int64_t *wal_bytes)
{
	struct conn *c = conn;
	int rc;

	*wal_bytes = 0;
	if (!c->path)
		return OK;
	TRY(db_lock_take(&c->lock, c->wait_ms));
	/* Else each writer would wait for the longest reader. */
	sqlite3_busy_timeout(c->db, 0);
	rc = sqlite3_wal_checkpoint_v2(c->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	sqlite3_busy_timeout(c->db, c->wait_ms);
	db_lock_drop(&c->lock);
	*wal_bytes = wal_size(c);
	if (rc == SQLITE_OK || (rc & 0xff) == SQLITE_BUSY)
		return OK;
	return map_error(c, rc, "checkpoint");
}

static struct db_health
conn_health(void *conn)
{
	return ((struct conn *)conn)->health;
}

static enum err
file_trouble(const char *what, const char *path)
{
	enum err e = errno == EEXIST ? ERR_CONFLICT : ERR_FAULT;

	if (e == ERR_FAULT)
		log_event(LOG_ERROR, what, "file", path, "reason", strerror(errno));
	return e;
}

static enum err
sync_path(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC);
	int failed = fd == -1 || fsync(fd) == -1;

	if (failed)
		file_trouble("copy not synced", path);
	if (fd != -1)
		close(fd);
	return failed ? ERR_FAULT : OK;
}

static enum err
sync_folder(const char *path)
{
	char folder[PATH_MAX];
	char *slash;

	snprintf(folder, sizeof(folder), "%s", path);
	slash = strrchr(folder, '/');
	if (!slash)
		return sync_path(".", O_RDONLY | O_DIRECTORY);
	slash[slash == folder] = '\0';
	return sync_path(folder, O_RDONLY | O_DIRECTORY);
}

static enum err
vacuum_into(struct conn *c, const char *path)
{
	static const char sql[] = "VACUUM INTO ?1";
	sqlite3_stmt *s;
	int rc;

	rc = sqlite3_prepare_v2(c->db, sql, -1, &s, NULL);
	if (rc != SQLITE_OK)
		return map_error(c, rc, sql);
	sqlite3_bind_text(s, 1, path, -1, SQLITE_STATIC);
	/* It attaches the new file to this connection. */
	sqlite3_limit(c->db, SQLITE_LIMIT_ATTACHED, 1);
	rc = sqlite3_step(s);
	sqlite3_limit(c->db, SQLITE_LIMIT_ATTACHED, 0);
	sqlite3_finalize(s);
	return rc == SQLITE_DONE ? OK : map_error(c, rc, sql);
}

/* A name of its own until it is whole, so that half a copy is never taken for one. */
static enum err
conn_backup(void *conn, const char *to)
{
	char part[PATH_MAX];
	enum err e;
	int fd;

	if (snprintf(part, sizeof(part), "%s.part", to) >= (int)sizeof(part))
		return ERR_INVALID;
	if (access(to, F_OK) == 0)
		return ERR_CONFLICT;
	unlink(part);
	fd = open(part, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd == -1)
		return file_trouble("copy not made", part);
	close(fd);
	e = vacuum_into(conn, part);
	if (!e)
		e = sync_path(part, O_RDONLY);
	if (!e && link(part, to) == -1)
		e = file_trouble("copy not named", to);
	unlink(part);
	return e ? e : sync_folder(to);
}

/* Prints the rows, a line each, and counts them; "ok" is no finding. */
static enum err
findings(struct conn *c, const char *sql, FILE *out, int *found)
{
	sqlite3_stmt *s;
	const char *text;
	int rc = sqlite3_prepare_v2(c->db, sql, -1, &s, NULL);

	if (rc != SQLITE_OK)
		return map_error(c, rc, sql);
	while ((rc = sqlite3_step(s)) == SQLITE_ROW) {
		text = (const char *)sqlite3_column_text(s, 0);
		if (text && strcmp(text, "ok") == 0)
			continue;
		fprintf(out, "%s\n", text ? text : "NULL");
		(*found)++;
	}
	sqlite3_finalize(s);
	return rc == SQLITE_DONE ? OK : map_error(c, rc, sql);
}

static enum err
conn_check(void *conn, bool quick, FILE *out)
{
	int found = 0;

	if (quick) {
		TRY(findings(conn, "PRAGMA quick_check(100)", out, &found));
	} else {
		TRY(findings(conn, "PRAGMA integrity_check(100)", out, &found));
		TRY(findings(conn,
		    "SELECT 'row ' || coalesce(rowid, '?') || ' of ' || \"table\" || "
		    "' names a missing row of ' || parent FROM pragma_foreign_key_check "
		    "LIMIT 100", out, &found));
	}
	return found == 0 ? OK : ERR_FAULT;
}

static void
csv_text(const char *p, int len, FILE *out)
{
	int plain = 0;

	while (plain < len && !strchr(",\"\r\n", p[plain]))
		plain++;
	if (plain == len && len > 0) {
		fwrite(p, 1, (size_t)len, out);
		return;
	}
	putc('"', out);
	for (int i = 0; i < len; i++) {
		if (p[i] == '"')
			putc('"', out);
		putc(p[i], out);
	}
	putc('"', out);
}

/* NULL is nothing, the empty text is "", a blob is x'00ff'. */
static void
csv_cell(sqlite3_stmt *s, int col, FILE *out)
{
	const unsigned char *p;

	switch (sqlite3_column_type(s, col)) {
	case SQLITE_NULL:
		return;
	case SQLITE_BLOB:
		p = sqlite3_column_blob(s, col);
		fputs("x'", out);
		for (int i = 0; i < sqlite3_column_bytes(s, col); i++)
			fprintf(out, "%02x", p[i]);
		putc('\'', out);
		return;
	default:
		p = sqlite3_column_text(s, col);
		csv_text((const char *)p, sqlite3_column_bytes(s, col), out);
	}
}

static int
csv_rows(sqlite3_stmt *s, FILE *out)
{
	int n = sqlite3_column_count(s);
	const char *name;
	int rc;

	for (int i = 0; i < n; i++) {
		name = sqlite3_column_name(s, i);
		csv_text(name, (int)strlen(name), out);
		fputs(i + 1 < n ? "," : "\r\n", out);
	}
	while ((rc = sqlite3_step(s)) == SQLITE_ROW) {
		for (int i = 0; i < n; i++) {
			csv_cell(s, i, out);
			fputs(i + 1 < n ? "," : "\r\n", out);
		}
	}
	return rc;
}

static enum err
conn_query_csv(void *conn, const char *sql, FILE *out, FILE *complaints)
{
	struct conn *c = conn;
	sqlite3_stmt *s;
	const char *rest;
	enum err e = OK;

	TRY(execute(c, "PRAGMA query_only = ON"));
	sqlite3_db_config(c->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	c->tables = NULL;
	sqlite3_set_authorizer(c->db, authorize, c);
	if (sqlite3_prepare_v2(c->db, sql, -1, &s, &rest) != SQLITE_OK) {
		fprintf(complaints, "%s\n", sqlite3_errmsg(c->db));
		return ERR_INVALID;
	}
	if (!s || !sqlite3_stmt_readonly(s) || rest[strspn(rest, " \t\r\n;")] != '\0') {
		fputs("expected one statement that only reads\n", complaints);
		e = ERR_INVALID;
	} else if (csv_rows(s, out) != SQLITE_DONE) {
		fprintf(complaints, "%s\n", sqlite3_errmsg(c->db));
		e = ERR_INVALID;
	}
	sqlite3_finalize(s);
	return e;
}

const struct db_driver db_sqlite = {
	.scheme = "sqlite",
	.open = conn_open,
	.close = conn_close,
	.script = conn_script,
	.prepare = stmt_prepare,
	.bind = stmt_bind,
	.step = stmt_step,
	.ncols = stmt_ncols,
	.colname = stmt_colname,
	.column = stmt_column,
	.changed = conn_changed,
	.reset = stmt_reset,
	.finalize = stmt_finalize,
	.begin = conn_begin,
	.wait = conn_wait,
	.commit = conn_commit,
	.rollback = conn_rollback,
	.readonly = conn_readonly,
	.restrict_to = conn_restrict,
	.checkpoint = conn_checkpoint,
	.health = conn_health,
	.backup = conn_backup,
	.check = conn_check,
	.query_csv = conn_query_csv,
};
