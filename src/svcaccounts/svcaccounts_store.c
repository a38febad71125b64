/* Rows of service accounts that are changed, and their names.  Lists are read in svcaccounts.c. */
#include "svcaccounts/svcaccounts_store.h"

#include "base/arena.h"
#include "db/db.h"

enum err
svcaccount_row_named(struct ctx *cx, const char *name, int64_t *id)
{
	struct db_rows rows;

	*id = 0;
	db_query(cx->db, &rows, SQL_SVCACCOUNTS_NAMED,
	    DB_ARGS(DB_INT(cx->tenant), DB_TEXT(text_fold(cx->arena, name))));
	while (db_next(&rows))
		*id = db_int(&rows, "id");
	return db_end(&rows);
}

static struct db_val
id_or_null(int64_t id)
{
	return id ? DB_INT(id) : DB_NULL;
}

enum err
svcaccount_row_make(struct ctx *cx, const struct svcaccount *a)
{
	return db_run(cx->db, NULL, SQL_SVCACCOUNTS_MAKE,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(a->id), DB_TEXT(a->name),
	        DB_TEXT(text_fold(cx->arena, a->name)), DB_TEXT(a->description),
	        DB_INT(a->role), id_or_null(a->owner), id_or_null(a->owner_group),
	        DB_INT(cx->actor.member), DB_INT(cx->now)));
}

enum err
svcaccount_row_change(struct ctx *cx, const struct svcaccount *a, int64_t *changed)
{
	return db_run(cx->db, changed, SQL_SVCACCOUNTS_CHANGE,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(a->id), DB_INT(a->version), DB_TEXT(a->name),
	        DB_TEXT(text_fold(cx->arena, a->name)), DB_TEXT(a->description),
	        DB_INT(a->role), id_or_null(a->owner), id_or_null(a->owner_group)));
}

enum err
svcaccount_row_status(struct ctx *cx, int64_t id, const char *status, int64_t *changed)
{
	return db_run(cx->db, changed, SQL_SVCACCOUNTS_STATUS,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(id), DB_TEXT(status)));
}

enum err
svcaccount_row_role(struct ctx *cx, int64_t id, int64_t role)
{
	return db_run(cx->db, NULL, SQL_SVCACCOUNTS_ROLE,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(id), DB_INT(role)));
}

enum err
svcaccount_rows_holders(struct ctx *cx, int64_t role, struct svcaccount **out, size_t *n)
{
	struct db_rows rows;

	*out = NULL;
	*n = 0;
	db_query(cx->db, &rows, SQL_SVCACCOUNTS_HOLDERS,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(role)));
	while (db_next(&rows)) {
		*out = ARENA_MORE(cx->arena, struct svcaccount, *out, *n);
		(*out)[(*n)++] = (struct svcaccount){ .id = db_int(&rows, "id"),
			.name = db_dup(&rows, "name", cx->arena) };
	}
	return db_end(&rows);
}
