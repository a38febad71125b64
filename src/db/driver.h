#ifndef DB_DRIVER_H
#define DB_DRIVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "db/db.h"

/* What a database must be able to do for us, and all of it. db.c holds the statement
 * cache, nesting and sticky errors; a driver only speaks to its library. Failures are
 * mapped here: a unique violation is ERR_CONFLICT, one of a primary key (two processes
 * drew one id), a lock, a full disk or a serialisation failure ERR_BUSY, the rest
 * ERR_FAULT, logged by the driver.  (A primary key that is no drawn id, such as that of a
 * link between two rows, needs ON CONFLICT in its INSERT.) */
enum db_step { DB_ROW, DB_DONE, DB_FAILED };

/* What a connection knows of the file behind it. */
struct db_health {
	bool full;                /* no space at the last write */
	bool broken;              /* damaged, or an error of the device */
};

struct db_driver {
	const char *scheme;                              /* "sqlite", "postgres" */
	enum err (*open)(void **conn, const char *url);
	void     (*close)(void *conn);
	enum err (*script)(void *conn, const char *sql); /* migrations only */
	enum err (*prepare)(void *conn, void **stmt, const char *sql);
	enum err (*bind)(void *stmt, const struct db_val *args, size_t nargs);
	enum db_step (*step)(void *stmt, enum err *why); /* a write needs begin(write) */
	int      (*ncols)(void *stmt);
	const char *(*colname)(void *stmt, int col);
	struct db_val (*column)(void *stmt, int col);    /* good until the next step */
	int64_t  (*changed)(void *conn);
	void     (*reset)(void *stmt);
	void     (*finalize)(void *stmt);
	enum err (*begin)(void *conn, bool write);       /* write: flock, then BEGIN IMMEDIATE */
	void     (*wait)(void *conn, int ms);            /* of begin(write); -1: as it was opened */
	enum err (*commit)(void *conn);                  /* failed: rolled back */
	void     (*rollback)(void *conn);
	enum err (*readonly)(void *conn, bool on);
	enum err (*restrict_to)(void *conn, const char *const *tables);
	enum err (*checkpoint)(void *conn, int64_t *wal_bytes);
	struct db_health (*health)(void *conn);
	enum err (*backup)(void *conn, const char *to);
	enum err (*check)(void *conn, bool quick, FILE *out);
	enum err (*query_csv)(void *conn, const char *sql, FILE *out, FILE *complaints);
};
extern const struct db_driver db_sqlite;

/* The driver for a url, which it leaves in *rest without the scheme; none: NULL. */
const struct db_driver *db_driver_for(const char *url, const char **rest);
/* A script of the schema, inside db_begin() ... db_finish(). */
enum err db_script(struct db *db, const char *sql) MUST_USE;

#endif
