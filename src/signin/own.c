/* A person's own sessions and present password.  Signing in is in signin.c; the pages are in
 * profile/. */
#include "signin/own.h"

#include "base/arena.h"
#include "crypto/token.h"
#include "db/db.h"
#include "signin/signin.h"
#include "signin/signin_store.h"
#include "signin/try.h"

#define HOUR INT64_C(3600000)
enum { SESSION_HOURS_MOST = 720, SESSION_IDLE_DAYS = 30 };

enum err
signin_own_sessions(struct ctx *cx, struct own_session_list *out)
{
	struct db_rows rows;

	*out = (struct own_session_list){ NULL, 0 };
	db_query(cx->db, &rows, SQL_OWN_SESSIONS, DB_ARGS(DB_INT(cx->actor.person),
	    DB_INT(cx->now - SESSION_HOURS_MOST * HOUR),
	    DB_INT(cx->now - SESSION_IDLE_DAYS * 24 * HOUR)));
	while (db_next(&rows)) {
		out->items = ARENA_MORE(cx->arena, struct own_session, out->items, out->n);
		out->items[out->n++] = (struct own_session){
			.id = db_int(&rows, "id"),
			.created_at = db_int(&rows, "created_at"),
			.seen_at = db_int(&rows, "seen_at"),
			.peer = db_dup(&rows, "peer", cx->arena),
			.user_agent = db_dup(&rows, "user_agent", cx->arena),
			.current = db_int(&rows, "id") == cx->actor.session,
		};
	}
	return db_end(&rows);
}

enum err
signin_own_end(struct ctx *cx, int64_t session)
{
	int64_t changed = 0;

	TRY(db_run(cx->db, &changed, SQL_OWN_SESSION_END,
	    DB_ARGS(DB_INT(session), DB_INT(cx->actor.person))));
	return changed == 1 ? OK : ERR_NOTFOUND;
}

enum err
signin_own_renew(struct ctx *cx, bool proved, char out[44])
{
	uint8_t hash[32];
	int64_t changed = 0;

	secret_new(out);
	TRY(secret_hash(str_of(out), hash));
	TRY(db_run(cx->db, &changed, SQL_OWN_SESSION_RENEW,
	    DB_ARGS(DB_INT(cx->actor.session), DB_INT(cx->actor.person), DB_BLOB(hash, 32),
	        DB_INT(cx->now), DB_INT(OLD_ID_MS), DB_INT(proved))));
	return changed == 1 ? OK : ERR_DENIED;
}

/* ---------------------------------------------------------------- the present password */

static enum err
forget(struct ctx *cx, const struct try *t)
{
	TRY(db_begin(cx->db));
	return db_finish(cx->db, try_forget(cx, t));
}

enum err
signin_own_check(struct ctx *cx, struct str password, struct str device, int64_t *until_at)
{
	struct signin_done wait = { .until_at = 0 };
	struct try         t;
	enum err           e;

	TRY(try_read(cx, str_of(cx->reader.email), device, &t));
	if (t.signer.id != cx->actor.person)
		return ERR_BUSY;
	e = try_waits(cx, &t, &wait);
	*until_at = wait.until_at;
	TRY(e);
	e = try_password(cx, &t, password);
	if (e == ERR_DENIED)
		TRY(try_failed(cx, &t, AUDIT_PROOF_FAILED));
	return e ? e : forget(cx, &t);
}

enum err
signin_void(struct ctx *cx, int64_t person)
{
	TRY(db_run(cx->db, NULL, SQL_OWN_CREDENTIALS_VOID, DB_ARGS(DB_INT(person))));
	TRY(db_run(cx->db, NULL, SQL_OWN_RESETS_FORGET, DB_ARGS(DB_INT(person))));
	TRY(session_rows_end(cx, person, 0));
	return browser_rows_forget(cx, person);
}

enum err
signin_void_since(struct ctx *cx, int64_t person, const char *name, int64_t since)
{
	struct factor_row row;
	int64_t           codes;
	bool              all;

	TRY(signin_void(cx, person));
	TRY(factor_row_get(cx, person, &row));
	all = row.secret.p != NULL && row.since_at >= since;
	if (all)
		TRY(factor_row_remove(cx, person));
	TRY(recovery_rows_undo(cx, person, since, &codes));
	if (!all && codes == 0)
		return OK;
	return audit_person(cx, person, &(struct audit_entry){ .act = AUDIT_FACTOR_UNDONE,
	    .where = IN_TENANT, .name = name });
}
