#ifndef DB_DB_H
#define DB_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"
#include "db/sql.h"       /* generated: enum sql, one name per statement */

/* Statements, rows and transactions.  The schema's steps are in migrate.h, what a database
 * must be able to do for us in driver.h, the statements themselves in the .sql files. */
struct arena;
struct db;

/* Opened by each process after the fork, never before it; the lock file too.  The url is
 * "sqlite:/path/of/file" or "sqlite::memory:"; behind it may come options, "?create&cache=500":
 * create (a missing file is made, mode 0600), cache (KiB of pages, else 4000) and wait (ms
 * until a lock that is not had is ERR_BUSY, else 5000; not for requests).
 * Without "create" a missing file is ERR_NOTFOUND.  Failures are logged. */
enum err db_open(struct db **out, const char *url) MUST_USE;
void     db_close(struct db **dbp);

enum db_type { DB_T_NULL, DB_T_INT, DB_T_TEXT, DB_T_BLOB };

struct db_val {
	enum db_type type;
	int64_t      i;
	const void  *p;
	size_t       len;
};
struct db_val db_text(const char *s);     /* NULL becomes SQL NULL */
#define DB_INT(n)       ((struct db_val){ .type = DB_T_INT, .i = (n) })
#define DB_TEXT(s)      db_text(s)
#define DB_BLOB(ptr, n) ((struct db_val){ .type = DB_T_BLOB, .p = (ptr), .len = (n) })
#define DB_NULL         ((struct db_val){ .type = DB_T_NULL })

/* The arguments ?1, ?2, ... of a statement: DB_ARGS(DB_INT(cx->tenant), DB_INT(id)) */
#define DB_ARGS(...)                                  \
	(const struct db_val[]){ __VA_ARGS__ },       \
	sizeof((struct db_val[]){ __VA_ARGS__ }) / sizeof(struct db_val)

/* Run a statement that gives no rows.  *changed may be NULL.  A change outside of a
 * transaction is one of its own.  A wrong number of arguments ends the program. */
enum err db_run(struct db *db, int64_t *changed, enum sql stmt,
    const struct db_val *args, size_t nargs) MUST_USE;

/* db_query(...); while (db_next(&rows)) ...; return db_end(&rows); A failure sticks,
 * stops db_next(), and comes out of db_end(), which must be called.  Texts and blobs among
 * the arguments stay the caller's and must last until db_end().  A statement is read once
 * at a time: asking for it again before its db_end() ends the program.  One that changes
 * something and returns rows needs a transaction around it. */
struct db_rows {
	struct db *db;
	enum sql   stmt;
	enum err   failed;
	int64_t    seen;
	int        hint;          /* where a column name is looked for first */
};
void     db_query(struct db *db, struct db_rows *rows, enum sql stmt,
    const struct db_val *args, size_t nargs);
bool     db_next(struct db_rows *rows);
enum err db_end(struct db_rows *rows) MUST_USE;
enum err db_end_found(struct db_rows *rows) MUST_USE; /* no row: ERR_NOTFOUND */

/* Columns are asked for by name, which is a literal.  A name the statement lacks, or a number
 * asked of a text or the other way round, ends the program.  NULL is 0, or a NULL pointer. */
int64_t     db_int(struct db_rows *rows, const char *col);
bool        db_is_null(struct db_rows *rows, const char *col);
const char *db_dup(struct db_rows *rows, const char *col, struct arena *a);
const char *db_dup_some(struct db_rows *rows, const char *col, struct arena *a); /* NULL: "" */
const void *db_bytes(struct db_rows *rows, const char *col, struct arena *a, size_t *len);

/* TRY(db_begin(db)); return db_finish(db, work(...));
 * db_begin takes the write lock at once (section 0.5), so a transaction never fails half
 * way for want of it; a wait of 5 s ends with ERR_BUSY.  It ends the snapshot of
 * db_read_begin; rows must not be out.  db_finish commits when e is OK and rolls back
 * otherwise; it returns e, or the commit's own failure. A begin inside a begin only
 * counts; a failed inner one dooms the outer, whose db_finish then gives that failure. */
enum err db_begin(struct db *db) MUST_USE;
enum err db_finish(struct db *db, enum err e) MUST_USE;
/* How long db_begin waits from here on, for what may as well be written another time; -1: as
 * long as it did. */
void     db_wait(struct db *db, int ms);

/* One snapshot for a page: for the pipeline and page_show(), not for modules.  An end
 * without one is OK, and so is a begin inside a transaction or a snapshot. */
enum err db_read_begin(struct db *db) MUST_USE;
enum err db_read_end(struct db *db) MUST_USE;
/* Until turned off, every write is refused: ERR_FAULT.  On for each GET. */
enum err db_readonly(struct db *db, bool on) MUST_USE;
/* From now on only these tables (a NULL ends the list) may be written, and what their
 * triggers write; for good.  Anything else is ERR_FAULT.  The list must last. */
enum err db_restrict(struct db *db, const char *const *tables) MUST_USE;
/* Housekeeper only: under the write lock, without waiting for readers, whose part is left
 * for the next time.  *wal_bytes is how long the WAL is afterwards. */
enum err db_checkpoint(struct db *db, int64_t *wal_bytes) MUST_USE;

/* The last write found no space; it was ERR_BUSY, but trying again at once is no use.
 * False again after the next commit. */
bool db_full(const struct db *db);
/* The file is damaged or could not be read, written or synced: answer, then end this
 * process, for another must open the database anew. */
bool db_broken(const struct db *db);
/* No transaction, no snapshot, no rows out, not read-only: what a worker asserts. */
bool db_idle(const struct db *db);
bool db_writing(const struct db *db);   /* inside a transaction */

struct db_counters {
	int64_t statements;   /* run, also the failed ones */
	int64_t begins;       /* outermost write transactions */
	int64_t commits;
};
struct db_counters db_counters(const struct db *db);

/* For the command line.  Each opens a connection of its own. */

/* Writes a copy, as of now, to a new file of mode 0600; takes no write lock.  One that is
 * there already is ERR_CONFLICT and stays as it is. */
enum err db_backup(const char *url, const char *to) MUST_USE;
/* Looks whether file and references are sound; each finding is a line in out, and then
 * ERR_FAULT comes back.  Quick leaves out indexes and references. */
enum err db_check(const char *url, bool quick, FILE *out) MUST_USE;
/* Runs one statement that the operator typed, and that only reads; rows go to out as CSV
 * with a heading.  What the database says against it goes to complaints: ERR_INVALID. */
enum err db_sql_csv(const char *url, const char *sql, FILE *out, FILE *complaints) MUST_USE;

#endif
