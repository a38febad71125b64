/* Rows of signin.sql, in and out.  No rules here; they are in signin.c. */
#include "signin/signin_store.h"

#include <string.h>

#include "base/arena.h"
#include "db/db.h"

enum { PLACES_MOST = 100, BROWSERS_MOST = 20 };

static enum err
read_signer(struct ctx *cx, struct db_rows *rows, struct signer *out)
{
	*out = (struct signer){ .email = "", .email_key = "", .name = "", .hash = "", .method = "",
		.language = "en" };
	while (db_next(rows))
		*out = (struct signer){
			.id = db_int(rows, "id"),
			.email = db_dup(rows, "email", cx->arena),
			.email_key = db_dup(rows, "email_key", cx->arena),
			.name = db_dup(rows, "name", cx->arena),
			.language = db_dup(rows, "language", cx->arena),
			.method = db_dup(rows, "method", cx->arena),
			.factor = db_int(rows, "factor") != 0,
			.signed_in_at = db_int(rows, "signed_in_at"),
			.alarms = db_int(rows, "alarms"),
			.browsers = db_int(rows, "browsers"),
			.hash = db_is_null(rows, "hash") ? "" : db_dup(rows, "hash", cx->arena),
			.set_at = db_is_null(rows, "set_at") ? 0 : db_int(rows, "set_at"),
		};
	return db_end(rows);
}

enum err
signer_row(struct ctx *cx, const char *email_key, struct signer *out)
{
	struct db_rows rows;

	db_query(cx->db, &rows, SQL_SIGNIN_PERSON, DB_ARGS(DB_TEXT(email_key)));
	return read_signer(cx, &rows, out);
}

enum err
signer_row_by_id(struct ctx *cx, int64_t person, struct signer *out)
{
	struct db_rows rows;

	db_query(cx->db, &rows, SQL_SIGNIN_PERSON_BY_ID, DB_ARGS(DB_INT(person)));
	return read_signer(cx, &rows, out);
}

enum err
browser_known(struct ctx *cx, int64_t person, int64_t browser, bool *known)
{
	struct db_rows rows;

	*known = false;
	db_query(cx->db, &rows, SQL_SIGNIN_BROWSER, DB_ARGS(DB_INT(person), DB_INT(browser)));
	while (db_next(&rows))
		*known = true;
	return db_end(&rows);
}

enum err
browser_rows_forget(struct ctx *cx, int64_t person)
{
	return db_run(cx->db, NULL, SQL_SIGNIN_BROWSERS_FORGET, DB_ARGS(DB_INT(person)));
}

enum err
browser_row_seen(struct ctx *cx, int64_t person, int64_t browser)
{
	TRY(db_run(cx->db, NULL, SQL_SIGNIN_BROWSER_SEEN,
	    DB_ARGS(DB_INT(person), DB_INT(browser), DB_INT(cx->now))));
	return db_run(cx->db, NULL, SQL_SIGNIN_BROWSERS_FEW,
	    DB_ARGS(DB_INT(person), DB_INT(BROWSERS_MOST)));
}

static enum err
session_row(struct ctx *cx, enum sql stmt, const uint8_t hash[32], struct session_row *out)
{
	struct db_rows rows;

	db_query(cx->db, &rows, stmt, DB_ARGS(DB_BLOB(hash, 32)));
	while (db_next(&rows))
		*out = (struct session_row){
			.id = db_int(&rows, "id"),
			.person = db_int(&rows, "person_id"),
			.created_at = db_int(&rows, "created_at"),
			.seen_at = db_int(&rows, "seen_at"),
			.proved_at = db_int(&rows, "proved_at"),
			.full = strcmp(db_dup(&rows, "stage", cx->arena), "full") == 0,
			.current = stmt == SQL_SIGNIN_IDENTIFY,
			.old_until = db_int(&rows, "old_until"),
			.set_at = db_int(&rows, "set_at"),
			.must_change = db_int(&rows, "must_change") != 0,
			.reader = {
				.email = db_dup(&rows, "email", cx->arena),
				.name = db_dup(&rows, "name", cx->arena),
				.language = db_dup(&rows, "language", cx->arena),
				.theme = db_dup(&rows, "theme", cx->arena),
				.timezone = db_dup(&rows, "timezone", cx->arena),
				.date_format = db_dup(&rows, "date_format", cx->arena),
				.clock = db_int(&rows, "clock"),
				.tenants_ever = db_int(&rows, "tenants_ever"),
				.last_tenant = db_is_null(&rows, "last_tenant_id") ? 0 :
				    db_int(&rows, "last_tenant_id"),
				.confirmed = db_int(&rows, "confirmed_at") != 0,
			},
		};
	return db_end(&rows);
}

enum err
session_row_by_hash(struct ctx *cx, const uint8_t hash[32], struct session_row *out)
{
	*out = (struct session_row){ 0 };
	TRY(session_row(cx, SQL_SIGNIN_IDENTIFY, hash, out));
	return out->id != 0 ? OK : session_row(cx, SQL_SIGNIN_IDENTIFY_OLD, hash, out);
}

enum err
session_row_add(struct ctx *cx, int64_t id, int64_t person, const uint8_t hash[32],
    const char *stage, int64_t began_at)
{
	return db_run(cx->db, NULL, SQL_SESSIONS_ADD,
	    DB_ARGS(DB_INT(id), DB_INT(person), DB_BLOB(hash, 32), DB_INT(cx->now),
	        DB_TEXT(cx->peer), DB_TEXT(cx->user_agent), DB_TEXT(stage), DB_INT(began_at)));
}

enum err
session_row_renew(struct ctx *cx, int64_t id, int64_t person, const uint8_t hash[32],
    const char *stage, int64_t began_at, int64_t old_ms, bool *changed)
{
	int64_t n = 0;

	TRY(db_run(cx->db, &n, SQL_SESSIONS_RENEW,
	    DB_ARGS(DB_INT(id), DB_INT(person), DB_BLOB(hash, 32), DB_INT(cx->now),
	        DB_TEXT(cx->peer), DB_TEXT(cx->user_agent), DB_INT(began_at), DB_INT(old_ms),
	        DB_TEXT(stage))));
	*changed = n == 1;
	return OK;
}

enum err
session_row_prove(struct ctx *cx, const uint8_t hash[32], int64_t old_ms, bool *changed)
{
	int64_t n = 0;

	TRY(db_run(cx->db, &n, SQL_SESSIONS_PROVE,
	    DB_ARGS(DB_INT(cx->actor.session), DB_INT(cx->actor.person), DB_BLOB(hash, 32),
	        DB_INT(cx->now), DB_INT(old_ms), DB_INT(cx->actor.proved_at))));
	*changed = n == 1;
	return OK;
}

enum err
session_row_prove_second(struct ctx *cx, const uint8_t hash[32], bool *changed)
{
	int64_t n = 0;

	TRY(db_run(cx->db, &n, SQL_SESSIONS_PROVE_SECOND,
	    DB_ARGS(DB_INT(cx->actor.session), DB_INT(cx->actor.person), DB_BLOB(hash, 32),
	        DB_INT(cx->now), DB_BLOB(cx->late->hash, 32))));
	*changed = n == 1;
	return OK;
}

enum err
session_row_full(struct ctx *cx, int64_t id, int64_t person, const uint8_t hash[32],
    int64_t began_at, bool *changed)
{
	int64_t n = 0;

	TRY(db_run(cx->db, &n, SQL_SESSIONS_FULL,
	    DB_ARGS(DB_INT(id), DB_INT(person), DB_BLOB(hash, 32), DB_INT(cx->now),
	        DB_INT(began_at))));
	*changed = n == 1;
	return OK;
}

enum err
session_row_tried(struct ctx *cx, int64_t id, int64_t *tries)
{
	struct db_rows rows;

	*tries = 0;
	db_query(cx->db, &rows, SQL_SESSIONS_TRIED, DB_ARGS(DB_INT(id)));
	while (db_next(&rows))
		*tries = db_int(&rows, "tries");
	return db_end(&rows);
}

enum err
session_rows_sweep_half(struct ctx *cx, int64_t began, int64_t *n)
{
	return db_run(cx->db, n, SQL_SESSIONS_SWEEP_HALF, DB_ARGS(DB_INT(began)));
}

enum err
session_row_end(struct ctx *cx, int64_t id)
{
	return db_run(cx->db, NULL, SQL_SESSIONS_END, DB_ARGS(DB_INT(id)));
}

enum err
session_rows_end(struct ctx *cx, int64_t person, int64_t but)
{
	return db_run(cx->db, NULL, SQL_SESSIONS_END_PERSON, DB_ARGS(DB_INT(person), DB_INT(but)));
}

enum err
session_rows_sweep(struct ctx *cx, int64_t began, int64_t seen, int64_t *n)
{
	return db_run(cx->db, n, SQL_SESSIONS_SWEEP, DB_ARGS(DB_INT(began), DB_INT(seen)));
}

enum err
browser_rows_sweep(struct ctx *cx, int64_t seen, int64_t *n)
{
	return db_run(cx->db, n, SQL_SIGNIN_BROWSERS_SWEEP, DB_ARGS(DB_INT(seen)));
}

enum err
session_row_seen(struct ctx *cx)
{
	return db_run(cx->db, NULL, SQL_SESSIONS_SEEN,
	    DB_ARGS(DB_INT(cx->actor.session), DB_INT(cx->now)));
}

enum err
session_row_used(struct ctx *cx)
{
	TRY(db_run(cx->db, NULL, SQL_SESSION_TENANTS_SEEN,
	    DB_ARGS(DB_INT(cx->actor.session), DB_INT(cx->tenant), DB_INT(cx->actor.member),
	        DB_INT(cx->now))));
	return db_run(cx->db, NULL, SQL_PEOPLE_LAST_TENANT,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(cx->actor.person)));
}

enum err
member_row_signed_in(struct ctx *cx)
{
	return db_run(cx->db, NULL, SQL_MEMBERS_SIGNED_IN,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(cx->actor.member), DB_INT(cx->actor.began_at)));
}

enum err
reset_links_row_die(struct ctx *cx, int64_t person)
{
	return db_run(cx->db, NULL, SQL_RESET_LINKS_DIE, DB_ARGS(DB_INT(person)));
}

enum err
credential_row_set(struct ctx *cx, int64_t person, const char *hash)
{
	TRY(db_run(cx->db, NULL, SQL_CREDENTIALS_SET,
	    DB_ARGS(DB_INT(person), DB_TEXT(hash), DB_INT(cx->now))));
	return reset_links_row_die(cx, person);
}

enum err
credential_row_temporary(struct ctx *cx, int64_t person, const char *hash)
{
	TRY(credential_row_set(cx, person, hash));
	return db_run(cx->db, NULL, SQL_CREDENTIALS_TEMPORARY, DB_ARGS(DB_INT(person)));
}

enum err
person_row_unproved(struct ctx *cx, int64_t person)
{
	return db_run(cx->db, NULL, SQL_PEOPLE_UNPROVED, DB_ARGS(DB_INT(person)));
}

enum err
credential_row_still(struct ctx *cx, int64_t person, int64_t set_at, bool *still)
{
	struct db_rows rows;

	*still = false;
	db_query(cx->db, &rows, SQL_CREDENTIALS_STILL, DB_ARGS(DB_INT(person), DB_INT(set_at)));
	while (db_next(&rows))
		*still = true;
	return db_end(&rows);
}

enum err
credential_row_rehash(struct ctx *cx, int64_t person, const char *was, const char *hash,
    int64_t *changed)
{
	return db_run(cx->db, changed, SQL_CREDENTIALS_REHASH,
	    DB_ARGS(DB_INT(person), DB_TEXT(was), DB_TEXT(hash)));
}

enum err
password_min_row(struct ctx *cx, int64_t person, int64_t *out)
{
	struct db_rows rows;

	*out = 0;
	db_query(cx->db, &rows, SQL_SIGNIN_PASSWORD_MIN, DB_ARGS(DB_INT(person)));
	while (db_next(&rows))
		if (!db_is_null(&rows, "least"))
			*out = db_int(&rows, "least");
	return db_end(&rows);
}

enum err
word_rows(struct ctx *cx, int64_t person, const char ***words, size_t *n)
{
	static const char *const columns[] = { "name", "slug" };
	struct db_rows           rows;

	db_query(cx->db, &rows, SQL_SIGNIN_WORDS, DB_ARGS(DB_INT(person)));
	while (db_next(&rows))
		for (size_t i = 0; i < 2; i++) {
			*words = ARENA_MORE(cx->arena, const char *, *words, *n);
			(*words)[(*n)++] = db_dup(&rows, columns[i], cx->arena);
		}
	return db_end(&rows);
}

enum err
place_rows(struct ctx *cx, struct place_names *out)
{
	struct db_rows rows;

	*out = (struct place_names){ ARENA_ARRAY(cx->arena, struct place_name, PLACES_MOST), 0 };
	db_query(cx->db, &rows, SQL_SIGNIN_PLACES, DB_ARGS(DB_INT(cx->actor.person)));
	while (db_next(&rows))
		out->items[out->n++] = (struct place_name){ db_int(&rows, "id"),
			db_dup(&rows, "slug", cx->arena), db_dup(&rows, "name", cx->arena),
			db_dup(&rows, "role_name", cx->arena) };
	return db_end(&rows);
}

enum err
barred_rows(struct ctx *cx, struct barred_list *out)
{
	struct db_rows rows;

	*out = (struct barred_list){ ARENA_ARRAY(cx->arena, struct barred, PLACES_MOST), 0 };
	db_query(cx->db, &rows, SQL_SIGNIN_BARRED, DB_ARGS(DB_INT(cx->actor.person)));
	while (db_next(&rows))
		out->items[out->n++] = (struct barred){ db_dup(&rows, "name", cx->arena),
			db_dup(&rows, "contact_email", cx->arena),
			strcmp(db_dup(&rows, "status", cx->arena), "active") != 0,
			strcmp(db_dup(&rows, "member_status", cx->arena), "invited") == 0 };
	return db_end(&rows);
}

enum err
unlock_row_sent(struct ctx *cx, const char *once, bool *sent)
{
	struct db_rows rows;

	*sent = false;
	db_query(cx->db, &rows, SQL_SIGNIN_UNLOCK_SENT, DB_ARGS(DB_TEXT(once)));
	while (db_next(&rows))
		*sent = true;
	return db_end(&rows);
}
