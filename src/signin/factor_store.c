/* Rows of the second factor, of signin.sql.  Sessions and people are in signin_store.c. */
#include "signin/signin_store.h"

#include "db/db.h"
#include "crypto/seal.h"

enum err
person_row_signed_in(struct ctx *cx, int64_t person)
{
	return db_run(cx->db, NULL, SQL_PEOPLE_SIGNED_IN, DB_ARGS(DB_INT(person), DB_INT(cx->now)));
}

enum err
person_row_alarm(struct ctx *cx, int64_t person, int64_t generation)
{
	int64_t n = 0;

	TRY(db_run(cx->db, &n, SQL_PEOPLE_ALARM, DB_ARGS(DB_INT(person), DB_INT(generation))));
	return n == 1 ? OK : ERR_NOTFOUND;
}

enum err
factor_row_get(struct ctx *cx, int64_t person, struct factor_row *out)
{
	struct db_rows rows;

	*out = (struct factor_row){ .secret = { NULL, 0 } };
	db_query(cx->db, &rows, SQL_FACTORS_GET, DB_ARGS(DB_INT(person)));
	while (db_next(&rows)) {
		out->secret.p = db_bytes(&rows, "secret", cx->arena, &out->secret.len);
		out->since_at = db_int(&rows, "created_at");
		out->last_step = db_int(&rows, "last_step");
		out->codes_left = db_int(&rows, "codes_left");
	}
	return db_end(&rows);
}

enum err
factor_row_add(struct ctx *cx, int64_t person, struct str secret, int64_t step)
{
	TRY(db_run(cx->db, NULL, SQL_FACTORS_ADD,
	    DB_ARGS(DB_INT(person), DB_BLOB(secret.p, secret.len), DB_INT(seal_key(secret)),
	        DB_INT(step), DB_INT(cx->now))));
	return db_run(cx->db, NULL, SQL_PEOPLE_FACTOR, DB_ARGS(DB_INT(person), DB_INT(1)));
}

enum err
factor_row_use(struct ctx *cx, int64_t person, int64_t step, bool *used)
{
	int64_t n = 0;

	TRY(db_run(cx->db, &n, SQL_FACTORS_USE, DB_ARGS(DB_INT(person), DB_INT(step))));
	*used = n == 1;
	return OK;
}

enum err
factor_row_remove(struct ctx *cx, int64_t person)
{
	TRY(recovery_rows_remove(cx, person));
	TRY(db_run(cx->db, NULL, SQL_FACTORS_REMOVE, DB_ARGS(DB_INT(person))));
	return db_run(cx->db, NULL, SQL_PEOPLE_FACTOR, DB_ARGS(DB_INT(person), DB_INT(0)));
}

enum err
recovery_row_keys(struct ctx *cx, int64_t person, uint32_t *keys, size_t *n)
{
	struct db_rows rows;
	size_t         most = *n;

	*n = 0;
	db_query(cx->db, &rows, SQL_RECOVERY_CODES_KEYS, DB_ARGS(DB_INT(person)));
	while (db_next(&rows))
		if (*n < most)
			keys[(*n)++] = (uint32_t)db_int(&rows, "key_id");
	return db_end(&rows);
}

enum err
recovery_row_use(struct ctx *cx, int64_t person, const uint8_t hash[32], bool *used)
{
	int64_t n = 0;

	TRY(db_run(cx->db, &n, SQL_RECOVERY_CODES_USE,
	    DB_ARGS(DB_INT(person), DB_BLOB(hash, 32), DB_INT(cx->now))));
	*used = n == 1;
	return OK;
}

enum err
recovery_row_add(struct ctx *cx, int64_t person, const uint8_t hash[32], uint32_t key)
{
	return db_run(cx->db, NULL, SQL_RECOVERY_CODES_ADD,
	    DB_ARGS(DB_INT(person), DB_BLOB(hash, 32), DB_INT(key), DB_INT(cx->now)));
}

enum err
recovery_rows_remove(struct ctx *cx, int64_t person)
{
	return db_run(cx->db, NULL, SQL_RECOVERY_CODES_REMOVE, DB_ARGS(DB_INT(person)));
}

enum err
recovery_rows_undo(struct ctx *cx, int64_t person, int64_t since, int64_t *n)
{
	return db_run(cx->db, n, SQL_RECOVERY_CODES_UNDO, DB_ARGS(DB_INT(person), DB_INT(since)));
}
