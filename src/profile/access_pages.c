/* How the person gets in: address, password, and where they are signed in. */
#include "profile/access_pages.h"

#include "base/arena.h"
#include "base/id.h"
#include "core/agent.h"
#include "profile/profile.h"
#include "profile/profile_views.h"
#include "signin/own.h"
#include "signin/signin.h"
#include "web/link.h"
#include "web/page.h"

/* ---------------------------------------------------------------- address */

static enum err
show_email(struct ctx *cx, struct response *rs, struct str typed)
{
	struct view        *v = view_new(cx->arena);
	struct email_change waiting;
	struct profile      p;

	TRY(profile_get(cx, &p));
	TRY(profile_email(cx, &waiting));
	profile_tabs(cx, v, "/profile/email");
	view_text(v, "present", p.email);
	view_text(v, "state", p.refused ? _("Mail to it is refused") :
	    p.confirmed ? _("Confirmed") : _("Not confirmed"));
	view_text(v, "state_kind", p.refused ? "bad" : p.confirmed ? "ok" : "warn");
	view_text(v, "manager", profile_manager(cx, &p));
	view_str(v, "email", typed);
	if (waiting.id) {
		struct view *w = view_sub(v, "waiting");

		view_text(w, "new_email", waiting.email);
		view_time(cx, w, "expires", waiting.expires_at);
	}
	return page_show(cx, rs, "profile/email", v);
}

enum err
profile_email_page(struct ctx *cx, const struct request *rq, struct response *rs)
{
	return show_email(cx, rs, rq->carried ? form_get(rq->form, "email") : STR(""));
}

enum err
profile_email_post(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct str  email = str_trim(form_get(rq->form, "email"));
	const char *text;
	enum err    e = profile_email_ask(cx, email);

	if (e == ERR_INVALID)
		return show_email(cx, rs, email);
	TRY(e);
	TRY(str_text(cx->arena, email, 254, &text));
	return page_done(cx, rs, STR(""), page_path(cx, "/profile/email"),
	    _("An email to [email] is on its way. Use its link to confirm the address.", "email",
	        text));
}

enum err
profile_email_undo(struct ctx *cx, const struct request *rq, struct response *rs)
{
	enum err e = profile_email_cancel(cx);

	(void)rq;
	if (e != ERR_NOTFOUND)
		TRY(e);
	return page_done(cx, rs, STR(""), page_path(cx, "/profile/email"),
	    _("Your address stays as it is."));
}

/* ---------------------------------------------------------------- password */

static enum err
show_password(struct ctx *cx, struct response *rs, int64_t until_at)
{
	struct view   *v = view_new(cx->arena);
	struct profile p;
	int64_t        min;

	TRY(profile_get(cx, &p));
	TRY(signin_password_min(cx, cx->actor.person, &min));
	profile_tabs(cx, v, "/profile/password");
	view_text(v, "email", p.email);
	view_text(v, "manager", profile_manager(cx, &p));
	view_int(v, "min_length", min);
	if (until_at > cx->now)
		profile_wait(cx, rs, v, until_at);
	return page_show(cx, rs, "profile/password", v);
}

enum err
profile_password_page(struct ctx *cx, const struct request *rq, struct response *rs)
{
	(void)rq;
	return show_password(cx, rs, 0);
}

enum err
profile_password_post(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct password_input in = { form_get(rq->form, "current"),
		form_get(rq->form, "password"), form_get(rq->form, "again"),
		device_cookie(cx, rq) };
	char                  session[44];
	int64_t               until_at;
	enum err              e = profile_password(cx, &in, &until_at, session);

	if (e == ERR_INVALID || (e == ERR_LIMIT && until_at))
		return show_password(cx, rs, until_at);
	TRY(e);
	session_cookie(cx, rs, arena_strdup(cx->arena, session));
	return page_done(cx, rs, STR(""), page_path(cx, "/profile/password"),
	    _("Your password is changed. You are signed out everywhere else."));
}

/* ---------------------------------------------------------------- sessions */

static void
show_session(struct ctx *cx, struct view *row, const struct own_session *s)
{
	char id[14];

	id_text(s->id, id);
	view_text(row, "device", agent_words(cx, s->user_agent));
	view_text(row, "agent", s->user_agent);
	view_text(row, "address", s->peer);
	view_time(cx, row, "created", s->created_at);
	view_time(cx, row, "seen", s->seen_at);
	view_flag(row, "current", s->current);
	view_text(row, "end_href", page_path(cx, arena_printf(cx->arena,
	    "/profile/sessions/%s/end", id)));
}

enum err
profile_sessions_page(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct view            *v = view_new(cx->arena);
	struct own_session_list l;

	(void)rq;
	TRY(signin_own_sessions(cx, &l));
	profile_tabs(cx, v, "/profile/sessions");
	for (size_t i = 0; i < l.n; i++)
		show_session(cx, view_item(v, "sessions"), &l.items[i]);
	view_flag(v, "has_others", l.n > 1);
	return page_show(cx, rs, "profile/sessions", v);
}

enum err
profile_session_post(struct ctx *cx, const struct request *rq, struct response *rs)
{
	int64_t  id;
	enum err e;

	TRY(request_path_id(rq, "session", &id));
	e = profile_session_end(cx, id);
	if (e == ERR_NOTFOUND) {
		page_gone(cx, rs, page_path(cx, "/profile/sessions"),
		    _("That session is not there any more."));
		return profile_sessions_page(cx, rq, rs);
	}
	TRY(e);
	return page_done(cx, rs, STR(""), page_path(cx, "/profile/sessions"),
	    _("That session is ended."));
}

enum err
profile_others_post(struct ctx *cx, const struct request *rq, struct response *rs)
{
	(void)rq;
	TRY(profile_sessions_end(cx, false));
	return page_done(cx, rs, STR(""), page_path(cx, "/profile/sessions"),
	    _("You are signed out everywhere else."));
}

enum err
profile_all_post(struct ctx *cx, const struct request *rq, struct response *rs)
{
	(void)rq;
	TRY(profile_sessions_end(cx, true));
	cx->actor = (struct actor){ .label = "" };
	session_forget(cx, rs);
	response_header(rs, "Clear-Site-Data", "\"cache\", \"storage\"");
	return page_go(rs, "/signout");
}
