/* The person's own password and sessions.  A forgotten one is set in reset/. */
#include "profile/profile.h"

#include <string.h>

#include "base/arena.h"
#include "base/conf.h"
#include "core/outbox.h"
#include "db/db.h"
#include "mustache/view.h"
#include "profile/profile_store.h"
#include "signin/own.h"
#include "signin/signin.h"

static enum err
note(struct ctx *cx, enum audit_act act)
{
	return audit_person(cx, cx->actor.person, &(struct audit_entry){ .act = act,
	    .where = IN_TENANT, .name = cx->actor.label });
}

/* A session that somebody else ended meanwhile, by a password of their own, sets none. */
static enum err
password_in_tx(struct ctx *cx, const char *hash, const struct email *mail, char session[44])
{
	TRY(access_again(cx));
	TRY(signin_set_password(cx, cx->actor.person, hash));
	TRY(signin_own_renew(cx, true, session));
	TRY(signin_end_all(cx, cx->actor.person, cx->actor.session));
	TRY(note(cx, AUDIT_PASSWORD_CHANGED));
	return outbox_add(cx, mail, NULL);
}

static enum err
make_mail(struct ctx *cx, const struct profile *me, struct email *mail)
{
	struct view *model = view_new(cx->arena);

	view_text(model, "name", mail_name(cx, me->own_name));
	view_text(model, "link", arena_printf(cx->arena, "%s/forgot", cx->conf->base_url));
	view_flag(model, "by_self", true);
	TRY(email_make(cx, me->email, cx->language, "password_changed", model, mail));
	mail->person = cx->actor.person;
	mail->priority = 1;
	return OK;
}

enum err
profile_password(struct ctx *cx, const struct password_input *in, int64_t *until_at,
    char session[44])
{
	struct profile me;
	struct email   mail;
	const char    *hash;
	enum err       e;

	*until_at = 0;
	TRY(profile_row(cx, &me));
	if (!me.by_password)
		return ERR_DENIED;
	e = signin_own_check(cx, in->current, in->device, until_at);
	if (e == ERR_DENIED)
		return ctx_issue(cx, "current", _("This is not your current password."));
	TRY(e);
	if (str_equal(in->current, in->password))
		return ctx_issue(cx, "password",
		    _("This is your current password. Choose another."));
	TRY(signin_new_password(cx, cx->actor.person, in->password, in->again,
	    (const char *const[]){ me.email, me.name, me.own_name, me.nickname, NULL }, &hash));
	TRY(make_mail(cx, &me, &mail));
	TRY(db_begin(cx->db));
	return db_finish(cx->db, password_in_tx(cx, hash, &mail, session));
}

/* ---------------------------------------------------------------- sessions */

static enum err
end_in_tx(struct ctx *cx, int64_t session)
{
	TRY(access_again(cx));
	TRY(signin_own_end(cx, session));
	return note(cx, AUDIT_SESSION_ENDED);
}

enum err
profile_session_end(struct ctx *cx, int64_t session)
{
	if (session == cx->actor.session)
		return ERR_NOTFOUND;
	TRY(db_begin(cx->db));
	return db_finish(cx->db, end_in_tx(cx, session));
}

static enum err
end_all_in_tx(struct ctx *cx, bool this_too)
{
	TRY(access_again(cx));
	TRY(signin_end_all(cx, cx->actor.person, this_too ? 0 : cx->actor.session));
	return note(cx, AUDIT_SESSIONS_ENDED);
}

enum err
profile_sessions_end(struct ctx *cx, bool this_too)
{
	TRY(db_begin(cx->db));
	return db_finish(cx->db, end_all_in_tx(cx, this_too));
}
