/* Rows of profile.sql, in and out.  No rules here; they are in profile.c and its neighbours. */
#include "profile/profile_store.h"

#include "base/arena.h"
#include "db/db.h"

enum err
profile_row(struct ctx *cx, struct profile *out)
{
	struct db_rows rows;

	db_query(cx->db, &rows, SQL_PROFILE_GET,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(cx->actor.member)));
	while (db_next(&rows))
		*out = (struct profile){
			.version = db_int(&rows, "version"),
			.name = db_dup(&rows, "name", cx->arena),
			.nickname = db_dup(&rows, "nickname", cx->arena),
			.phone = db_dup(&rows, "phone", cx->arena),
			.country = db_dup(&rows, "country", cx->arena),
			.language = db_dup(&rows, "language", cx->arena),
			.timezone = db_dup(&rows, "timezone", cx->arena),
			.theme = db_dup(&rows, "theme", cx->arena),
			.date_format = db_dup(&rows, "date_format", cx->arena),
			.clock = db_int(&rows, "clock"),
			.own_name = db_dup(&rows, "own_name", cx->arena),
			.email = db_dup(&rows, "email", cx->arena),
			.email_key = db_dup(&rows, "email_key", cx->arena),
			.method = db_dup(&rows, "method", cx->arena),
			.by_password = db_int(&rows, "by_password") != 0,
			.confirmed = db_int(&rows, "confirmed_at") != 0,
			.refused = db_int(&rows, "mail_refused_at") != 0,
			.org = db_dup(&rows, "org_name", cx->arena),
			.signed_in_at = db_int(&rows, "signed_in_at"),
			.created_at = db_int(&rows, "created_at"),
			.grouped = db_int(&rows, "groups") != 0,
		};
	return db_end_found(&rows);
}

enum err
change_row_waiting(struct ctx *cx, struct email_change *out)
{
	struct db_rows rows;

	*out = (struct email_change){ 0 };
	db_query(cx->db, &rows, SQL_EMAIL_CHANGES_WAITING,
	    DB_ARGS(DB_INT(cx->actor.person), DB_INT(cx->now)));
	while (db_next(&rows))
		*out = (struct email_change){
			.id = db_int(&rows, "id"),
			.email = db_dup(&rows, "email", cx->arena),
			.asked_at = db_int(&rows, "asked_at"),
			.expires_at = db_int(&rows, "expires_at"),
		};
	return db_end(&rows);
}

enum err
change_rows_end(struct ctx *cx, int64_t person, int64_t *n)
{
	return db_run(cx->db, n, SQL_EMAIL_CHANGES_END, DB_ARGS(DB_INT(person)));
}

enum err
change_row_add(struct ctx *cx, const struct change_row *row)
{
	return db_run(cx->db, NULL, SQL_EMAIL_CHANGES_ADD,
	    DB_ARGS(DB_INT(row->id), DB_INT(row->person), DB_TEXT(row->email),
	        DB_TEXT(row->email_key), DB_TEXT(row->old_email), DB_TEXT(row->old_email_key),
	        DB_INT(row->asked_at), DB_INT(row->expires_at), DB_INT(row->stop_until)));
}

enum err
change_row_open(struct ctx *cx, int64_t id, struct change_row *out)
{
	struct db_rows rows;

	db_query(cx->db, &rows, SQL_EMAIL_CHANGES_OPEN, DB_ARGS(DB_INT(id)));
	while (db_next(&rows))
		*out = (struct change_row){
			.id = db_int(&rows, "id"),
			.person = db_int(&rows, "person_id"),
			.email = db_dup(&rows, "email", cx->arena),
			.email_key = db_dup(&rows, "email_key", cx->arena),
			.old_email = db_dup(&rows, "old_email", cx->arena),
			.old_email_key = db_dup(&rows, "old_email_key", cx->arena),
			.generation = db_int(&rows, "generation"),
			.state = db_dup(&rows, "state", cx->arena),
			.asked_at = db_int(&rows, "asked_at"),
			.expires_at = db_int(&rows, "expires_at"),
			.stop_until = db_int(&rows, "stop_until"),
			.name = db_dup(&rows, "name", cx->arena),
			.language = db_dup(&rows, "language", cx->arena),
		};
	return db_end_found(&rows);
}

enum err
change_row_confirm(struct ctx *cx, const struct change_row *row)
{
	int64_t changed = 0;

	TRY(db_run(cx->db, &changed, SQL_EMAIL_CHANGES_CONFIRM,
	    DB_ARGS(DB_INT(row->id), DB_INT(row->generation), DB_INT(cx->now))));
	return changed == 1 ? OK : ERR_NOTFOUND;
}

enum err
change_rows_stop(struct ctx *cx, const struct change_row *row)
{
	int64_t changed = 0;

	TRY(db_run(cx->db, &changed, SQL_EMAIL_CHANGES_STOP,
	    DB_ARGS(DB_INT(row->id), DB_INT(row->person), DB_INT(cx->now))));
	return changed > 0 ? OK : ERR_NOTFOUND;
}

enum err
change_rows_forget(struct ctx *cx, int64_t person)
{
	return db_run(cx->db, NULL, SQL_EMAIL_CHANGES_FORGET, DB_ARGS(DB_INT(person)));
}

enum err
change_rows_sweep(struct ctx *cx, int64_t before, int64_t *n)
{
	return db_run(cx->db, n, SQL_EMAIL_CHANGES_SWEEP, DB_ARGS(DB_INT(before)));
}

enum err
taken_row(struct ctx *cx, const char *key, int64_t *person, const char **language)
{
	struct db_rows rows;

	*person = 0;
	*language = cx->language;
	db_query(cx->db, &rows, SQL_PROFILE_TAKEN,
	    DB_ARGS(DB_TEXT(key), DB_INT(cx->now), DB_INT(cx->actor.person)));
	while (db_next(&rows)) {
		*person = db_int(&rows, "id");
		*language = db_dup(&rows, "language", cx->arena);
	}
	return db_end(&rows);
}

enum err
activity_rows(struct ctx *cx, int64_t tenant, int64_t member, int64_t before, size_t most,
    struct event *items, size_t *n)
{
	struct db_rows rows;

	*n = 0;
	db_query(cx->db, &rows, SQL_PROFILE_ACTIVITY, DB_ARGS(DB_INT(tenant), DB_INT(member),
	    DB_INT(before ? before : INT64_MAX), DB_INT((int64_t)most)));
	while (db_next(&rows))
		items[(*n)++] = (struct event){
			.tenant = db_int(&rows, "tenant_id"),
			.seq = db_int(&rows, "seq"),
			.at = db_int(&rows, "at"),
			.act = db_int(&rows, "act"),
			.actor_kind = db_dup(&rows, "actor_kind", cx->arena),
			.actor_id = db_int(&rows, "actor_id"),
			.actor_name = db_dup(&rows, "actor_name", cx->arena),
			.subject_id = db_int(&rows, "subject_id"),
			.subject_name = db_dup(&rows, "subject_name", cx->arena),
			.org_path = db_dup(&rows, "org_path", cx->arena),
			.client = db_dup(&rows, "client", cx->arena),
			.peer = db_dup(&rows, "peer", cx->arena),
			.user_agent = db_dup(&rows, "user_agent", cx->arena),
			.fields = db_dup(&rows, "fields", cx->arena),
		};
	return db_end(&rows);
}

enum err
own_place_rows(struct ctx *cx, int64_t tenant, int64_t member, struct own_places *out)
{
	struct db_rows rows;

	*out = (struct own_places){ NULL, 0 };
	db_query(cx->db, &rows, SQL_PROFILE_PLACES, DB_ARGS(DB_INT(tenant), DB_INT(member),
	    DB_INT(cx->now), DB_INT(OWN_PLACES_MOST)));
	while (db_next(&rows)) {
		out->items = ARENA_MORE(cx->arena, struct own_place, out->items, out->n);
		out->items[out->n++] = (struct own_place){
			.workspace = db_int(&rows, "kind") != 0,
			.name = db_dup(&rows, "name", cx->arena),
			.role = db_dup(&rows, "role_name", cx->arena),
			.group = db_dup(&rows, "group_name", cx->arena),
			.since = db_int(&rows, "added_at"),
			.until_at = db_int(&rows, "until_at"),
		};
	}
	return db_end(&rows);
}
