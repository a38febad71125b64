/* Rows of reset.sql, in and out.  No rules here; they are in reset.c. */
#include "reset/reset_store.h"

#include <string.h>

#include "db/db.h"

enum err
asker_row(struct ctx *cx, const char *email_key, struct asker *out)
{
	struct db_rows rows;

	*out = (struct asker){ .email = "", .email_key = "", .name = "", .language = "en" };
	db_query(cx->db, &rows, SQL_RESET_PERSON, DB_ARGS(DB_TEXT(email_key)));
	while (db_next(&rows))
		*out = (struct asker){
			.id = db_int(&rows, "id"),
			.email = db_dup(&rows, "email", cx->arena),
			.email_key = db_dup(&rows, "email_key", cx->arena),
			.name = db_dup(&rows, "name", cx->arena),
			.language = db_dup(&rows, "language", cx->arena),
			.password = strcmp(db_dup(&rows, "method", cx->arena), "password") == 0,
		};
	return db_end(&rows);
}

enum err
reset_rows_since(struct ctx *cx, int64_t person, int64_t since, int64_t *n, int64_t *newest)
{
	struct db_rows rows;

	*n = *newest = 0;
	db_query(cx->db, &rows, SQL_RESET_EMAILS_SINCE, DB_ARGS(DB_INT(person), DB_INT(since)));
	while (db_next(&rows)) {
		*n = db_int(&rows, "n");
		*newest = db_int(&rows, "newest");
	}
	return db_end(&rows);
}

enum err
reset_row_of(struct ctx *cx, int64_t person, struct reset_row *out)
{
	struct db_rows rows;

	*out = (struct reset_row){ .r = { .person = person } };
	db_query(cx->db, &rows, SQL_RESET_LINKS_GET, DB_ARGS(DB_INT(person)));
	while (db_next(&rows)) {
		out->r.id = db_int(&rows, "id");
		out->r.generation = db_int(&rows, "generation");
	}
	return db_end(&rows);
}

enum err
reset_row_new(struct ctx *cx, const struct reset_row *row)
{
	int64_t changed = 0;

	TRY(db_run(cx->db, &changed, SQL_RESET_LINKS_NEW,
	    DB_ARGS(DB_INT(row->r.id), DB_INT(row->r.person), DB_INT(row->r.expires_at),
	        DB_INT(row->r.generation))));
	return changed == 1 ? OK : ERR_BUSY;
}

enum err
reset_row_open(struct ctx *cx, int64_t id, struct reset_row *out)
{
	struct db_rows rows;

	db_query(cx->db, &rows, SQL_RESET_OPEN, DB_ARGS(DB_INT(id)));
	while (db_next(&rows))
		*out = (struct reset_row){
			.r = {
				.id = db_int(&rows, "id"),
				.person = db_int(&rows, "person_id"),
				.generation = db_int(&rows, "generation"),
				.expires_at = db_int(&rows, "expires_at"),
				.name = db_dup(&rows, "name", cx->arena),
				.email = db_dup(&rows, "email", cx->arena),
				.confirmed = db_int(&rows, "confirmed_at") != 0,
			},
			.email_key = db_dup(&rows, "email_key", cx->arena),
			.language = db_dup(&rows, "language", cx->arena),
			.used_at = db_int(&rows, "used_at"),
		};
	return db_end_found(&rows);
}

enum err
reset_row_use(struct ctx *cx, const struct reset_row *row)
{
	int64_t changed = 0;

	TRY(db_run(cx->db, &changed, SQL_RESET_USE,
	    DB_ARGS(DB_INT(row->r.id), DB_INT(row->r.generation), DB_INT(cx->now))));
	return changed == 1 ? OK : ERR_NOTFOUND;
}

enum err
link_rows_sweep(struct ctx *cx, int64_t expired, int64_t *n)
{
	return db_run(cx->db, n, SQL_RESET_LINKS_SWEEP, DB_ARGS(DB_INT(expired)));
}
