/* The schema's steps, applied in order and recorded.
 * The steps themselves are in schema/sqlite/, made into C by schemagen.awk. */
#include "db/migrate.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "db/db.h"
#include "db/driver.h"
#include "db/schema.h"

struct found {
	int64_t version;        /* 0: nothing applied */
	int64_t oldest;
};

static enum err
read_tables(struct db *db, int64_t *tables, int64_t *ours)
{
	struct db_rows rows;

	db_query(db, &rows, SQL_SCHEMA_TABLES, NULL, 0);
	while (db_next(&rows)) {
		*tables = db_int(&rows, "tables");
		*ours = db_int(&rows, "ours");
	}
	return db_end(&rows);
}

static enum err
read_schema(struct db *db, struct found *out)
{
	int64_t tables = 0, ours = 0;
	struct db_rows rows;

	*out = (struct found){ 0, 0 };
	TRY(read_tables(db, &tables, &ours));
	if (tables > 0 && ours == 0) {
		log_event(LOG_ERROR, "the database belongs to another program");
		return ERR_INVALID;
	}
	if (ours == 0)
		return OK;
	db_query(db, &rows, SQL_SCHEMA_NEWEST, NULL, 0);
	while (db_next(&rows)) {
		out->version = db_int(&rows, "version");
		out->oldest = db_int(&rows, "oldest_program");
	}
	return db_end(&rows);
}

static enum err
run_lines(struct db *db, const char *const *lines)
{
	size_t len = 0, n;
	char *text;
	enum err e;

	for (size_t i = 0; lines[i]; i++)
		len += strlen(lines[i]);
	text = malloc(len + 1);
	if (!text)
		abort();
	len = 0;
	for (size_t i = 0; lines[i]; i++, len += n) {
		n = strlen(lines[i]);
		memcpy(text + len, lines[i], n);
	}
	text[len] = '\0';
	e = db_script(db, text);
	free(text);
	return e;
}

/* Asks again under the lock: another migrate may have been here meanwhile. */
static enum err
step_in_tx(struct db *db, const struct schema_step *step, int64_t now)
{
	struct found found;

	TRY(db_run(db, NULL, SQL_SCHEMA_CREATE, NULL, 0));
	TRY(read_schema(db, &found));
	if (found.version >= step->number)
		return OK;
	TRY(run_lines(db, step->lines));
	return db_run(db, NULL, SQL_SCHEMA_ADD,
	    DB_ARGS(DB_INT(step->number), DB_INT(now), DB_INT(step->oldest)));
}

static enum err
apply(struct db *db, const struct schema_step *step, int64_t now)
{
	enum err e;

	TRY(db_begin(db));
	e = db_finish(db, step_in_tx(db, step, now));
	if (e)
		log_event(LOG_ERROR, "schema step failed", "step", step->file);
	return e;
}

static enum err
not_newer(const struct found *found, size_t wanted)
{
	if (found->version <= (int64_t)wanted)
		return OK;
	log_event(LOG_ERROR, "the schema is newer than this program", "schema",
	    log_int(found->version), "program", log_int((int64_t)wanted));
	return ERR_INVALID;
}

static enum err
copy_before(const char *url, size_t step, int64_t now)
{
	char to[PATH_MAX];
	const char *path;

	if (!db_driver_for(url, &path))
		return ERR_INVALID;
	/* Another migrate, at the same moment, makes a copy of its own. */
	if (snprintf(to, sizeof(to), "%.*s.before-%04zu-%lld-%ld", (int)strcspn(path, "?"), path,
	    step, (long long)now, (long)getpid()) >= (int)sizeof(to))
		return ERR_INVALID;
	TRY(db_backup(url, to));
	log_event(LOG_INFO, "copy made before the migration", "file", to);
	return OK;
}

/* url: where to copy from first, or NULL when there is nothing to lose. */
static enum err
bring_up(struct db *db, const char *url, int64_t now)
{
	const struct schema_step *steps;
	struct found found;
	size_t n, first;

	steps = schema_steps(&n);
	TRY(read_schema(db, &found));
	TRY(not_newer(&found, n));
	first = (size_t)found.version;
	if (url && first > 0 && first < n)
		TRY(copy_before(url, first + 1, now));
	for (size_t i = first; i < n; i++)
		TRY(apply(db, &steps[i], now));
	return OK;
}

enum err
migrate_run(const char *url, int64_t now)
{
	char made[PATH_MAX];
	struct db *db;
	enum err e;

	if (snprintf(made, sizeof(made), "%s%screate", url, strchr(url, '?') ? "&" : "?") >=
	    (int)sizeof(made))
		return ERR_INVALID;
	TRY(db_open(&db, made));
	e = bring_up(db, url, now);
	db_close(&db);
	return e;
}

enum err
migrate_check(const char *url)
{
	struct found found;
	struct db *db;
	enum err e;
	size_t wanted;

	schema_steps(&wanted);
	TRY(db_open(&db, url));
	e = read_schema(db, &found);
	db_close(&db);
	if (e)
		return e;
	if (found.version > (int64_t)wanted && found.oldest <= (int64_t)wanted)
		return OK;
	TRY(not_newer(&found, wanted));
	if (found.version == (int64_t)wanted)
		return OK;
	log_event(LOG_ERROR, "the schema is older than this program: run tenantry migrate",
	    "schema", log_int(found.version), "program", log_int((int64_t)wanted));
	return ERR_INVALID;
}

enum err
migrate_open_memory(struct db **out)
{
	enum err e;

	TRY(db_open(out, "sqlite::memory:"));
	e = bring_up(*out, NULL, 0);
	if (e)
		db_close(out);
	return e;
}
