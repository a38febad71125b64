/* The pages of a forgotten password. */
#include "reset/reset.h"

#include "base/arena.h"
#include "base/id.h"
#include "signin/signin.h"
#include "web/confirm.h"
#include "web/link.h"
#include "web/page.h"
#include "web/tables.h"

enum { AGAIN_SECONDS = 60 };

static enum err
ask_form(struct ctx *cx, struct response *rs, struct str email)
{
	struct view *v = view_new(cx->arena);

	view_str(v, "email", email);
	return page_show(cx, rs, "reset/forgot", v);
}

static enum err
ask_page(struct ctx *cx, const struct request *rq, struct response *rs)
{
	(void)rq;
	return ask_form(cx, rs, STR(""));
}

static enum err
ask(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct str   email = form_get(rq->form, "email");
	struct view *v = view_new(cx->arena);
	enum err     e = reset_ask(cx, email);

	if (e == ERR_INVALID)
		return ask_form(cx, rs, email);
	TRY(e);
	view_str(v, "email", str_trim(email));
	view_int(v, "again_in", AGAIN_SECONDS);
	return page_show(cx, rs, "reset/sent", v);
}

static enum err
gone(struct ctx *cx, struct response *rs)
{
	struct view *v = view_new(cx->arena);

	link_forget(cx, rs);
	rs->status = 410;
	view_flag(v, "reset", true);
	view_text(v, "request_id", cx->request);
	return page_show(cx, rs, "links/gone", v);
}

static enum err
new_form(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct view *v = view_new(cx->arena);
	struct reset r;
	int64_t      min;
	enum err     e = reset_open(cx, link_token(cx, rq), &r);

	if (e == ERR_NOTFOUND)
		return gone(cx, rs);
	TRY(e);
	TRY(signin_password_min(cx, r.person, &min));
	view_text(v, "email", r.email);
	view_int(v, "min_length", min);
	return page_show(cx, rs, "reset/new", v);
}

static enum err
set_new(struct ctx *cx, const struct request *rq, struct response *rs)
{
	enum err e = reset_use(cx, link_token(cx, rq), form_get(rq->form, "password"),
	    form_get(rq->form, "again"));

	if (e == ERR_INVALID)
		return new_form(cx, rq, rs);
	if (e == ERR_NOTFOUND)
		return gone(cx, rs);
	TRY(e);
	link_forget(cx, rs);
	/* Whoever was signed in in that browser: the page is for who has just set it. */
	cx->actor.session = 0;
	return page_done(cx, rs, STR(""), "/reset/done", _("Your password is changed"));
}

static enum err
done_page(struct ctx *cx, const struct request *rq, struct response *rs)
{
	const int64_t session = cx->actor.session;
	const char   *said;

	cx->actor.session = 0;
	said = page_said(cx, form_get(rq->form, "said"));
	cx->actor.session = session;
	if (said == NULL)
		return page_go(rs, "/signin");
	return page_show(cx, rs, "reset/done", view_new(cx->arena));
}

/* ---------------------------------------------------------------- for a member */

static enum err
ask_send(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct member m;
	int64_t       id;
	char          text[14];

	TRY(request_path_id(rq, "user", &id));
	TRY(members_get(cx, id, &m));
	TRY(access_need(cx, PERM_USER_PASSWORD, IN_ORG(m.org_path)));
	id_text(id, text);
	return confirm_show(cx, rq, rs, &(struct confirm){
	    .heading = _("Send [name] a password reset?", "name", m.name),
	    .sentence = _("An email with a link to choose a new password goes to [email]. The "
	        "current password works until the link is used.", "email", m.email),
	    .action = page_path(cx, arena_printf(cx->arena, "/users/%s/reset", text)),
	    .button = _("Send the email"),
	    .note = _("A new password ends all sessions. API keys go on working until somebody "
	        "ends them.") });
}

static enum err
send_reset(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct member m;
	const char   *users = page_path(cx, "/users");
	int64_t       id;
	bool          sent;
	enum err      e;

	TRY(request_path_id(rq, "user", &id));
	TRY(members_get(cx, id, &m));
	e = reset_send(cx, id, &sent);
	if (e == ERR_CONFLICT)
		return ask_send(cx, rq, rs);
	TRY(e);
	return page_done(cx, rs, str_of(page_back(cx, rq, users)), users, sent ?
	    _("The email to [email] is on its way.", "email", m.email) :
	    _("[name] got such an email within the minute, or three within the hour; no other was "
	    "sent.", "name", m.name));
}

const struct route reset_routes[] = {
	{ M_GET,  "/forgot",     PERM_PUBLIC, ask_page,  0, 0, NULL },
	{ M_POST, "/forgot",     PERM_PUBLIC, ask,       0, 0, NULL },
	{ M_GET,  "/reset",      PERM_PUBLIC, new_form,  ROUTE_LINK, 0, NULL },
	{ M_POST, "/reset",      PERM_PUBLIC, set_new,   ROUTE_SLOW | ROUTE_LINK, 0, NULL },
	{ M_GET,  "/reset/done", PERM_PUBLIC, done_page, 0, 0, NULL },
	{ M_GET,  "/t/{tenant}/users/{user}/reset", PERM_USER_PASSWORD, ask_send,   0, 0, NULL },
	{ M_POST, "/t/{tenant}/users/{user}/reset", PERM_USER_PASSWORD, send_reset, 0, 0, NULL },
	ROUTE_END
};
