/* Emails before a key expires. */
#include "apikeys/apikeys.h"

#include "apikeys/apikeys_store.h"
#include "base/arena.h"
#include "base/conf.h"
#include "base/id.h"
#include "core/outbox.h"
#include "core/place.h"
#include "db/db.h"
#include "mustache/view.h"

enum { DAY = 24 * 3600 * 1000 };

/* Of a person's key it goes to that person, of a service account's to whoever owns that. */
static enum err
make_mail(struct ctx *cx, const struct expiring *e, const struct told *to, bool soon,
    struct email *out)
{
	struct view *model = view_new(cx->arena);
	const char  *below = "/keys";
	char         id[14];

	if (e->service) {
		id_text(e->service, id);
		below = ARENA_JOIN(cx->arena, "/service-accounts/", id);
		view_text(model, "account", mail_name(cx, e->owner_name));
	}
	ctx_speak(cx, *to->language ? to->language : cx->place->language);
	view_text(model, "name", mail_name(cx, to->name));
	view_text(model, "key", mail_name(cx, e->name));
	view_text(model, "prefix", e->prefix);
	view_text(model, "at", ctx_time(cx, e->expires_at));
	view_flag(model, "soon", soon);
	view_text(model, "link", ARENA_JOIN(cx->arena, cx->conf->base_url, "/t/", cx->place->slug,
	    below));
	TRY(email_make(cx, to->email, cx->language, e->service ? "service_key_expiring" :
	    "key_expiring", model, out));
	out->expires_at = e->expires_at;
	return OK;
}

static enum err
warn_in_tx(struct ctx *cx, const struct expiring *e, int64_t warned, const struct email *mails,
    size_t n)
{
	int64_t changed = 0;

	TRY(db_run(cx->db, &changed, SQL_APIKEYS_WARNED,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(e->id), DB_INT(warned), DB_INT(e->warned))));
	for (size_t i = 0; changed && i < n; i++)
		TRY(outbox_add(cx, &mails[i], NULL));
	return OK;
}

static enum err
warn(struct ctx *cx, const struct expiring *e)
{
	bool          soon = e->expires_at <= cx->now + DAY;
	struct told   owner = { e->owner_name, e->email, e->language }, *told = &owner;
	struct email *mails;
	size_t        n = 1;

	TRY(place_open_id(cx, e->tenant));
	if (e->service)
		TRY(key_rows_told(cx, e, &told, &n));
	mails = ARENA_ARRAY(cx->arena, struct email, n + 1);
	for (size_t i = 0; i < n; i++) {
		/* Days are kept in one reader's words. */
		cx->days = NULL;
		TRY(make_mail(cx, e, &told[i], soon, &mails[i]));
	}
	TRY(db_begin(cx->db));
	return db_finish(cx->db, warn_in_tx(cx, e, soon ? 2 : 1, mails, n));
}

enum err
apikeys_warn(struct ctx *cx, int64_t *n)
{
	struct expiring *list;

	*n = 0;
	TRY(key_rows_expiring(cx, &list));
	for (const struct expiring *e = list; e; e = e->next, ++*n) {
		struct ctx as = *cx;

		TRY(warn(&as, e));
		cx->mail_added |= as.mail_added;
	}
	return OK;
}
