/* Statements by number, rows by column name, nested transactions: what is the same for
 * every database.
 * Looking for locks, pragmas, error codes?  See sqlite.c.  The schema?  See migrate.c. */
#include "db/db.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/fault.h"
#include "base/log.h"
#include "db/driver.h"

enum { ENDED = -1 };      /* db_rows.hint when no row can come any more */

struct cached {
	void  *handle;
	int    ncols;
	char **names;     /* copies: the driver's may move when it prepares again */
	const char **asked;   /* where the name stood by which a column was last asked for */
	bool   out;       /* somebody reads it */
};

struct db {
	const struct db_driver *driver;
	void                   *conn;
	struct cached          *cache;     /* by enum sql */
	int                     out;       /* how many are being read */
	int                     depth;
	enum err                doomed;
	bool                    reading;
	bool                    readonly;
	struct db_counters      counters;
};

static _Noreturn void
bug(const char *what, enum sql stmt, const char *col)
{
	log_event(LOG_ERROR, what, "statement", sql_texts[stmt].name, "file",
	    sql_texts[stmt].file, "line", log_int(sql_texts[stmt].line), "column", col);
	abort();
}

static _Noreturn void
bug_rows_out(struct db *db, const char *what)
{
	for (int i = 0; i < sql_count; i++)
		if (db->cache[i].out)
			bug(what, (enum sql)i, NULL);
	abort();
}

const struct db_driver *
db_driver_for(const char *url, const char **rest)
{
	static const struct db_driver *const drivers[] = { &db_sqlite };
	size_t n;

	for (size_t i = 0; i < sizeof(drivers) / sizeof(drivers[0]); i++) {
		n = strlen(drivers[i]->scheme);
		if (strncmp(url, drivers[i]->scheme, n) == 0 && url[n] == ':') {
			*rest = url + n + 1;
			return drivers[i];
		}
	}
	log_event(LOG_ERROR, "no driver for this database", "url", url);
	return NULL;
}

enum err
db_open(struct db **out, const char *url)
{
	const char *rest;
	const struct db_driver *driver = db_driver_for(url, &rest);
	struct db *db;
	void *conn;

	if (!driver)
		return ERR_INVALID;
	TRY(driver->open(&conn, rest));
	db = calloc(1, sizeof(*db));
	if (db)
		db->cache = calloc((size_t)sql_count, sizeof(*db->cache));
	if (!db || !db->cache)
		abort();
	db->driver = driver;
	db->conn = conn;
	*out = db;
	return OK;
}

static void
forget(struct db *db, struct cached *c)
{
	for (int i = 0; i < c->ncols; i++)
		free(c->names[i]);
	free(c->names);
	free(c->asked);
	db->driver->finalize(c->handle);
}

void
db_close(struct db **dbp)
{
	struct db *db = *dbp;

	if (!db)
		return;
	*dbp = NULL;
	for (int i = 0; i < sql_count; i++)
		if (db->cache[i].handle)
			forget(db, &db->cache[i]);
	db->driver->close(db->conn);
	free(db->cache);
	free(db);
}

struct db_val
db_text(const char *s)
{
	if (!s)
		return DB_NULL;
	return (struct db_val){ .type = DB_T_TEXT, .p = s, .len = strlen(s) };
}

static void
keep_names(struct db *db, struct cached *c)
{
	c->ncols = db->driver->ncols(c->handle);
	c->names = calloc((size_t)c->ncols + 1, sizeof(*c->names));
	c->asked = calloc((size_t)c->ncols + 1, sizeof(*c->asked));
	if (!c->names || !c->asked)
		abort();
	for (int i = 0; i < c->ncols; i++) {
		c->names[i] = strdup(db->driver->colname(c->handle, i));
		if (!c->names[i])
			abort();
	}
}

/* Gives the statement with its arguments, ready for the first step, and marks it out. */
static enum err
start(struct db *db, enum sql stmt, const struct db_val *args, size_t nargs,
    struct cached **out)
{
	struct cached *c = &db->cache[stmt];

	if (nargs != (size_t)sql_texts[stmt].nargs)
		bug("wrong number of arguments", stmt, NULL);
	if (c->out)
		bug("statement is still being read", stmt, NULL);
	db->counters.statements++;
	if (!c->handle) {
		TRY(db->driver->prepare(db->conn, &c->handle, sql_texts[stmt].text));
		keep_names(db, c);
	}
	TRY(db->driver->bind(c->handle, args, nargs));
	c->out = true;
	db->out++;
	*out = c;
	return OK;
}

static void
give_back(struct db *db, struct cached *c)
{
	db->driver->reset(c->handle);
	c->out = false;
	db->out--;
}

static enum err
run(struct db *db, int64_t *changed, enum sql stmt, const struct db_val *args, size_t nargs)
{
	struct cached *c;
	enum db_step step;
	enum err e = OK;

	TRY(start(db, stmt, args, nargs, &c));
	do
		step = db->driver->step(c->handle, &e);
	while (step == DB_ROW);
	if (changed && step == DB_DONE)
		*changed = db->driver->changed(db->conn);
	give_back(db, c);
	return e;
}

enum err
db_run(struct db *db, int64_t *changed, enum sql stmt, const struct db_val *args, size_t nargs)
{
	if (sql_texts[stmt].select || db->depth > 0)
		return run(db, changed, stmt, args, nargs);
	TRY(db_begin(db));
	return db_finish(db, run(db, changed, stmt, args, nargs));
}

void
db_query(struct db *db, struct db_rows *rows, enum sql stmt, const struct db_val *args,
    size_t nargs)
{
	struct cached *c;

	*rows = (struct db_rows){ .db = db, .stmt = stmt };
	rows->failed = start(db, stmt, args, nargs, &c);
	if (rows->failed)
		rows->hint = ENDED;
}

bool
db_next(struct db_rows *rows)
{
	struct db *db = rows->db;
	struct cached *c = &db->cache[rows->stmt];

	if (rows->hint == ENDED)
		return false;
	if (db->driver->step(c->handle, &rows->failed) == DB_ROW) {
		rows->seen++;
		return true;
	}
	rows->hint = ENDED;
	give_back(db, c);
	return false;
}

enum err
db_end(struct db_rows *rows)
{
	if (rows->hint != ENDED)
		give_back(rows->db, &rows->db->cache[rows->stmt]);
	rows->hint = ENDED;
	return rows->failed;
}

enum err
db_end_found(struct db_rows *rows)
{
	TRY(db_end(rows));
	return rows->seen > 0 ? OK : ERR_NOTFOUND;
}

/* The column that was last asked for from the same line of the source; -1: none. */
static int
asked_before(const struct cached *c, const char *col, int from)
{
	for (int i = from; i < c->ncols; i++)
		if (c->asked[i] == col)
			return i;
	for (int i = 0; i < from && i < c->ncols; i++)
		if (c->asked[i] == col)
			return i;
	return -1;
}

static int
named(const struct cached *c, const char *col)
{
	for (int i = 0; i < c->ncols; i++)
		if (strcmp(c->names[i], col) == 0)
			return i;
	return -1;
}

/* Rows are mostly read column by column in the statement's order, so the one behind the last is
 * looked at first. */
static struct db_val
cell(struct db_rows *rows, const char *col)
{
	struct cached *c = &rows->db->cache[rows->stmt];
	int at = rows->hint;

	if (at == ENDED || rows->seen == 0)
		bug("no row to read from", rows->stmt, col);
	if (at >= c->ncols || c->asked[at] != col)
		at = asked_before(c, col, at);
	if (at < 0)
		at = named(c, col);
	if (at < 0)
		bug("no such column", rows->stmt, col);
	c->asked[at] = col;
	rows->hint = at + 1;
	return rows->db->driver->column(c->handle, at);
}

int64_t
db_int(struct db_rows *rows, const char *col)
{
	struct db_val v = cell(rows, col);

	if (v.type != DB_T_INT && v.type != DB_T_NULL)
		bug("column is not a number", rows->stmt, col);
	return v.i;
}

bool
db_is_null(struct db_rows *rows, const char *col)
{
	return cell(rows, col).type == DB_T_NULL;
}

static char *
copy(struct db_val v, struct arena *a)
{
	char *p = arena_zalloc(a, v.len + 1, 1);

	if (v.len > 0)
		memcpy(p, v.p, v.len);
	return p;
}

const char *
db_dup(struct db_rows *rows, const char *col, struct arena *a)
{
	struct db_val v = cell(rows, col);

	if (v.type == DB_T_NULL)
		return NULL;
	if (v.type != DB_T_TEXT)
		bug("column is not a text", rows->stmt, col);
	return copy(v, a);
}

const char *
db_dup_some(struct db_rows *rows, const char *col, struct arena *a)
{
	const char *text = db_dup(rows, col, a);

	return text ? text : "";
}

const void *
db_bytes(struct db_rows *rows, const char *col, struct arena *a, size_t *len)
{
	struct db_val v = cell(rows, col);

	*len = v.len;
	if (v.type == DB_T_NULL)
		return NULL;
	if (v.type == DB_T_INT)
		bug("column is not bytes", rows->stmt, col);
	return copy(v, a);
}

enum err
db_begin(struct db *db)
{
	if (db->depth > 0) {
		db->depth++;
		return OK;
	}
	if (db->out > 0)
		bug_rows_out(db, "transaction begun while rows are out");
	TRY(db_read_end(db));
	TRY(db->driver->begin(db->conn, true));
	db->depth = 1;
	db->doomed = OK;
	db->counters.begins++;
	return OK;
}

enum err
db_finish(struct db *db, enum err e)
{
	if (db->depth == 0) {
		log_event(LOG_ERROR, "db_finish without db_begin");
		abort();
	}
	if (!db->doomed)
		db->doomed = e;
	if (--db->depth > 0)
		return e;
	if (db->out > 0)
		bug_rows_out(db, "transaction finished while rows are out");
	if (db->doomed) {
		db->driver->rollback(db->conn);
		return e ? e : db->doomed;
	}
	fault_point("commit");
	TRY(db->driver->commit(db->conn));
	fault_point("committed");
	db->counters.commits++;
	return OK;
}

void
db_wait(struct db *db, int ms)
{
	db->driver->wait(db->conn, ms);
}

enum err
db_read_begin(struct db *db)
{
	if (db->depth > 0 || db->reading)
		return OK;
	TRY(db->driver->begin(db->conn, false));
	db->reading = true;
	return OK;
}

enum err
db_read_end(struct db *db)
{
	if (!db->reading)
		return OK;
	if (db->out > 0)
		bug_rows_out(db, "snapshot ended while rows are out");
	db->reading = false;
	return db->driver->commit(db->conn);
}

enum err
db_readonly(struct db *db, bool on)
{
	TRY(db->driver->readonly(db->conn, on));
	db->readonly = on;
	return OK;
}

enum err
db_restrict(struct db *db, const char *const *tables)
{
	return db->driver->restrict_to(db->conn, tables);
}

enum err
db_checkpoint(struct db *db, int64_t *wal_bytes)
{
	return db->driver->checkpoint(db->conn, wal_bytes);
}

bool
db_full(const struct db *db)
{
	return db->driver->health(db->conn).full;
}

bool
db_broken(const struct db *db)
{
	return db->driver->health(db->conn).broken;
}

bool
db_writing(const struct db *db)
{
	return db->depth > 0;
}

bool
db_idle(const struct db *db)
{
	return db->depth == 0 && !db->reading && db->out == 0 && !db->readonly;
}

struct db_counters
db_counters(const struct db *db)
{
	return db->counters;
}

enum err
db_script(struct db *db, const char *sql)
{
	return db->driver->script(db->conn, sql);
}

enum err
db_backup(const char *url, const char *to)
{
	struct db *db;
	enum err e;

	TRY(db_open(&db, url));
	e = db->driver->backup(db->conn, to);
	db_close(&db);
	return e;
}

enum err
db_check(const char *url, bool quick, FILE *out)
{
	struct db *db;
	enum err e;

	TRY(db_open(&db, url));
	e = db->driver->check(db->conn, quick, out);
	db_close(&db);
	return e;
}

enum err
db_sql_csv(const char *url, const char *sql, FILE *out, FILE *complaints)
{
	struct db *db;
	enum err e;

	TRY(db_open(&db, url));
	e = db->driver->query_csv(db->conn, sql, out, complaints);
	db_close(&db);
	return e;
}
