/* Emails before a key expires. */
#include "apikeys/apikeys.h"

#include "apikeys/apikeys_store.h"
#include "base/arena.h"
#include "base/conf.h"
#include "core/outbox.h"
#include "core/place.h"
#include "db/db.h"
#include "mustache/view.h"

enum { DAY = 24 * 3600 * 1000 };

static enum err
make_mail(struct ctx *cx, const struct expiring *e, bool soon, struct email *out)
{
	struct view *model = view_new(cx->arena);

	ctx_speak(cx, *e->language ? e->language : cx->place->language);
	view_text(model, "name", mail_name(cx, e->member_name));
	view_text(model, "key", mail_name(cx, e->name));
	view_text(model, "prefix", e->prefix);
	view_text(model, "at", ctx_time(cx, e->expires_at));
	view_flag(model, "soon", soon);
	view_text(model, "link", ARENA_JOIN(cx->arena, cx->conf->base_url, "/t/", cx->place->slug,
	    "/keys"));
	TRY(email_make(cx, e->email, cx->language, "key_expiring", model, out));
	out->expires_at = e->expires_at;
	return OK;
}

static enum err
warn_in_tx(struct ctx *cx, const struct expiring *e, int64_t warned, const struct email *mail)
{
	int64_t changed = 0;

	TRY(db_run(cx->db, &changed, SQL_APIKEYS_WARNED,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(e->id), DB_INT(warned), DB_INT(e->warned))));
	return changed ? outbox_add(cx, mail, NULL) : OK;
}

static enum err
warn(struct ctx *cx, const struct expiring *e)
{
	bool         soon = e->expires_at <= cx->now + DAY;
	struct email mail;

	TRY(place_open_id(cx, e->tenant));
	TRY(make_mail(cx, e, soon, &mail));
	TRY(db_begin(cx->db));
	return db_finish(cx->db, warn_in_tx(cx, e, soon ? 2 : 1, &mail));
}

enum err
apikeys_warn(struct ctx *cx, int64_t *n)
{
	struct expiring *list;

	*n = 0;
	TRY(key_rows_expiring(cx, &list));
	for (const struct expiring *e = list; e; e = e->next, ++*n) {
		struct ctx as = *cx;

		as.days = NULL;
		TRY(warn(&as, e));
		cx->mail_added |= as.mail_added;
	}
	return OK;
}
