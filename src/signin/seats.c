/* A member's sessions in one tenant, and ending one of them there.  A person's own sessions are in
 * own.c; signing a member out of all of them is in members/acts.c. */
#include "signin/seats.h"

#include "base/arena.h"
#include "core/audit.h"
#include "db/db.h"

enum { SEATS_MOST = 100 };

static enum err
count_acts(struct ctx *cx, const struct member *m, struct seat_list *list)
{
	struct db_rows rows;

	db_query(cx->db, &rows, SQL_SEATS_ACTS,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(m->id), DB_INT(SEAT_ACTS)));
	while (db_next(&rows))
		for (size_t i = 0; i < list->n; i++)
			if (list->items[i].id == db_int(&rows, "session_id"))
				list->items[i].acts = db_int(&rows, "n");
	return db_end(&rows);
}

enum err
seats_list(struct ctx *cx, const struct member *m, struct seat_list *out)
{
	struct db_rows rows;

	TRY(access_need(cx, PERM_USER_ACTIVITY, IN_ORG(m->org_path)));
	*out = (struct seat_list){ ARENA_ARRAY(cx->arena, struct seat, SEATS_MOST), 0 };
	db_query(cx->db, &rows, SQL_SEATS_LIST,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(m->id), DB_INT(SEATS_MOST)));
	while (db_next(&rows))
		out->items[out->n++] = (struct seat){
			.id = db_int(&rows, "id"),
			.began_at = db_int(&rows, "created_at"),
			.first_at = db_int(&rows, "first_at"),
			.last_at = db_int(&rows, "last_at"),
			.peer = db_dup(&rows, "peer", cx->arena),
			.user_agent = db_dup(&rows, "user_agent", cx->arena),
			.ended = db_int(&rows, "ended") != 0,
		};
	TRY(db_end(&rows));
	return count_acts(cx, m, out);
}

static enum err
end_in_tx(struct ctx *cx, int64_t member, int64_t session)
{
	struct member m;
	int64_t       changed = 0;

	TRY(access_again(cx));
	TRY(members_may(cx, member, PERM_USER_LOGOUT, &m));
	TRY(db_run(cx->db, &changed, SQL_SEATS_END,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(m.id), DB_INT(session), DB_INT(cx->now))));
	if (changed == 0)
		return ERR_NOTFOUND;
	return audit_add(cx, &(struct audit_entry){ .act = AUDIT_SEAT_ENDED,
	    .where = IN_ORG(m.org_path), .subject = m.id, .name = m.name });
}

enum err
seats_end(struct ctx *cx, int64_t member, int64_t session)
{
	struct member m;

	TRY(members_may(cx, member, PERM_USER_LOGOUT, &m));
	TRY(db_begin(cx->db));
	return db_finish(cx->db, end_in_tx(cx, member, session));
}
