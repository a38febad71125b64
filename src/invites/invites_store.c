/* Rows of invites.sql, in and out.  No rules here; they are in invites.c and accept.c. */
#include "invites/invites_store.h"

#include "base/arena.h"
#include "db/db.h"

static struct db_val
or_null(int64_t id)
{
	return id ? DB_INT(id) : DB_NULL;
}

const char *
invite_about(struct ctx *cx, int64_t id)
{
	return arena_printf(cx->arena, "invite:%lld", (long long)id);
}

enum err
invite_row_add(struct ctx *cx, const struct invite_row *r)
{
	return db_run(cx->db, NULL, SQL_INVITES_ADD,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(r->id), DB_INT(r->member), DB_TEXT(r->email_key),
	        or_null(r->inviter), DB_TEXT(r->inviter_name), DB_INT(cx->now), DB_INT(r->sent_at),
	        DB_INT(r->expires_at)));
}

enum err
invite_row_of(struct ctx *cx, int64_t member, struct invite_row *out)
{
	struct db_rows rows;

	*out = (struct invite_row){ .member = member };
	db_query(cx->db, &rows, SQL_INVITES_OF_MEMBER, DB_ARGS(DB_INT(cx->tenant), DB_INT(member)));
	while (db_next(&rows)) {
		out->id = db_int(&rows, "id");
		out->generation = db_int(&rows, "generation");
		out->expires_at = db_int(&rows, "expires_at");
		out->sent_at = db_int(&rows, "sent_at");
		out->inviter_name = db_dup(&rows, "inviter_name", cx->arena);
	}
	return db_end_found(&rows);
}

enum err
invite_row_open(struct ctx *cx, int64_t id, struct invite_row *out)
{
	struct db_rows rows;

	db_query(cx->db, &rows, SQL_INVITES_OPEN, DB_ARGS(DB_INT(id)));
	while (db_next(&rows))
		*out = (struct invite_row){
			.id = db_int(&rows, "id"),
			.tenant = db_int(&rows, "tenant_id"),
			.member = db_int(&rows, "member_id"),
			.email_key = db_dup(&rows, "email_key", cx->arena),
			.generation = db_int(&rows, "generation"),
			.expires_at = db_int(&rows, "expires_at"),
			.opened_at = db_int(&rows, "opened_at"),
			.closed = db_int(&rows, "accepted_at") != 0 ||
			    db_int(&rows, "cancelled_at") != 0,
			.inviter = db_is_null(&rows, "inviter_id") ? 0 :
			    db_int(&rows, "inviter_id"),
			.inviter_name = db_dup(&rows, "inviter_name", cx->arena),
			.role_by = db_int(&rows, "role_by"),
			.name = db_dup(&rows, "name", cx->arena),
			.email = db_dup(&rows, "email", cx->arena),
			.status = db_dup(&rows, "status", cx->arena),
			.person = db_int(&rows, "person_id"),
			.org_path = db_dup(&rows, "org_path", cx->arena),
			.role = db_dup(&rows, "role_name", cx->arena),
			.language = db_dup(&rows, "language", cx->arena),
			.perms = perm_set_read(db_dup(&rows, "permissions", cx->arena)),
			.confirmed = db_int(&rows, "confirmed_at") != 0,
			.has_identity = !db_is_null(&rows, "has_identity"),
		};
	return db_end_found(&rows);
}

enum err
invite_row_resend(struct ctx *cx, struct invite_row *r)
{
	struct db_rows rows;

	db_query(cx->db, &rows, SQL_INVITES_RESEND,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(r->id), DB_INT(r->sent_at), DB_INT(r->expires_at),
	        or_null(r->inviter), DB_TEXT(r->inviter_name)));
	while (db_next(&rows))
		r->generation = db_int(&rows, "generation");
	return db_end_found(&rows);
}

enum err
invite_row_sent(struct ctx *cx, int64_t id, int64_t sent_at)
{
	return db_run(cx->db, NULL, SQL_INVITES_SENDS_ADD,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(sent_at), DB_INT(id)));
}

enum err
invite_row_not_sent(struct ctx *cx, int64_t id)
{
	return db_run(cx->db, NULL, SQL_INVITES_SENDS_FREE,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(cx->now), DB_INT(id)));
}

enum err
invite_row_cancel(struct ctx *cx, int64_t id)
{
	return db_run(cx->db, NULL, SQL_INVITES_CANCEL,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(id), DB_INT(cx->now)));
}

enum err
invite_row_copied(struct ctx *cx, struct invite_row *r, int64_t until_at)
{
	struct db_rows rows;

	db_query(cx->db, &rows, SQL_INVITES_COPIED,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(r->id), DB_INT(cx->now), DB_INT(until_at),
	        or_null(r->inviter), DB_TEXT(r->inviter_name)));
	while (db_next(&rows)) {
		r->generation = db_int(&rows, "generation");
		r->expires_at = db_int(&rows, "expires_at");
	}
	return db_end_found(&rows);
}

enum err
invite_row_opened(struct ctx *cx, int64_t id, int64_t *changed)
{
	return db_run(cx->db, changed, SQL_INVITES_OPENED,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(id), DB_INT(cx->now)));
}

enum err
invite_row_use(struct ctx *cx, int64_t id, int64_t generation)
{
	int64_t changed = 0;

	TRY(db_run(cx->db, &changed, SQL_INVITES_USE,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(id), DB_INT(generation), DB_INT(cx->now))));
	return changed == 1 ? OK : ERR_NOTFOUND;
}

enum err
invite_rows_sent(struct ctx *cx, int64_t from, int64_t before, int64_t most, int64_t *n)
{
	struct db_rows rows;

	db_query(cx->db, &rows, SQL_INVITES_SENT_BETWEEN,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(from), DB_INT(before), DB_INT(most)));
	while (db_next(&rows))
		*n = db_int(&rows, "n");
	return db_end_found(&rows);
}

enum err
invite_row_times(struct ctx *cx, int64_t member, struct invite_times *out)
{
	struct db_rows rows;

	*out = (struct invite_times){ .inviter = "" };
	db_query(cx->db, &rows, SQL_INVITES_TIMES, DB_ARGS(DB_INT(cx->tenant), DB_INT(member)));
	while (db_next(&rows))
		*out = (struct invite_times){
			.inviter = db_dup(&rows, "inviter_name", cx->arena),
			.sent_at = db_int(&rows, "sent_at"),
			.opened_at = db_int(&rows, "opened_at"),
			.accepted_at = db_int(&rows, "accepted_at"),
			.copied_at = db_int(&rows, "copied_at"),
			.expires_at = db_int(&rows, "expires_at"),
		};
	return db_end(&rows);
}
