/* Signing in and out, and the page of somebody who may enter nowhere. */
#include "http/url.h"
#include "signin/code_pages.h"
#include "signin/signin.h"
#include "signin/signin_pages.h"

#include "base/arena.h"
#include "base/conf.h"
#include "profile/profile_views.h"
#include "tenants/tenants.h"
#include "web/carry.h"
#include "web/link.h"
#include "web/page.h"
#include "web/tables.h"

/* What stands in the form beside the password. */
struct typed {
	struct str email, next, carried;
	bool       nowhere;       /* there is no account yet */
};

static enum err
show(struct ctx *cx, struct response *rs, const struct typed *t, const char *wait)
{
	struct view *v = view_new(cx->arena), *hidden;

	view_str(v, "email", t->email);
	view_str(v, "next", route_leads(cx->arena, t->next) ? t->next : STR(""));
	view_flag(v, "not_set_up", t->nowhere);
	if (t->carried.len > 0) {
		view_flag(v, "ended", true);
		hidden = view_item(v, "hidden");
		view_text(hidden, "name", "carried");
		view_str(hidden, "value", t->carried);
	}
	if (wait)
		view_text(v, "wait", wait);
	return page_show(cx, rs, "signin/signin", v);
}

enum err
signin_show_for(struct ctx *cx, struct response *rs, struct str next, struct str carried)
{
	rs->status = 401;
	response_header(rs, "WWW-Authenticate", "Cookie");
	return show(cx, rs, &(struct typed){ .email = STR(""), .next = next,
		.carried = carried }, NULL);
}

static enum err
go_next(struct ctx *cx, struct response *rs, struct str next, const char *otherwise)
{
	return page_go(rs, route_leads(cx->arena, next) ?
	    arena_printf(cx->arena, "%.*s", (int)next.len, next.p) : otherwise);
}

static enum err
sign_in_page(struct ctx *cx, const struct request *rq, struct response *rs)
{
	int64_t n;

	TRY(tenants_count(cx, &n));
	return show(cx, rs, &(struct typed){ .next = form_get(rq->form, "next"),
		.nowhere = n == 0 }, NULL);
}

/* The same words whether or not the address exists. */
static enum err
has_to_wait(struct ctx *cx, struct response *rs, const struct signin_done *done,
    const struct typed *t)
{
	int64_t     minutes = (done->until_at - cx->now + 59999) / 60000;
	const char *n = ctx_number(cx, minutes);
	const char *wait;

	rs->status = 429;
	response_header(rs, "Retry-After", arena_printf(cx->arena, "%lld",
	    (long long)((done->until_at - cx->now + 999) / 1000)));
	if (done->needs_link) {
		TRY(signin_send_unlock(cx, t->email));
		wait = _("Sign-in from browsers that are not known here is closed for this address "
		    "after too many failures. If there is a person with it, an email with a link "
		    "that opens it again is on its way.");
	} else
		wait = _("Too many tries. Try again in [n] minute. | Too many tries. Try again in "
		    "[n] minutes.", "n", n);
	return show(cx, rs, t, wait);
}

static enum err
ask_code(struct ctx *cx, struct response *rs, const struct typed *t)
{
	if (t->carried.len > 0)
		return code_show_for(cx, rs, t->next, t->carried);
	return page_go(rs, route_leads(cx->arena, t->next) ?
	    arena_printf(cx->arena, "/signin/code?next=%s", url_encode(cx->arena,
	    arena_printf(cx->arena, "%.*s", (int)t->next.len, t->next.p))) : "/signin/code");
}

static enum err
sign_in(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct typed        t = { .email = form_get(rq->form, "email"),
		.next = form_get(rq->form, "next"), .carried = form_get(rq->form, "carried") };
	struct signin_input in = { t.email, form_get(rq->form, "password"), device_cookie(cx, rq) };
	struct signin_done  done;
	struct carried      c;
	enum err            e = signin_password(cx, &in, &done);

	if (e == ERR_LIMIT && done.until_at)
		return has_to_wait(cx, rs, &done, &t);
	if (e == ERR_INVALID)
		return show(cx, rs, &t, NULL);
	TRY(e);
	session_cookie(cx, rs, done.session);
	if (done.half)
		return ask_code(cx, rs, &t);
	device_keep(cx, rs, done.device);
	/* Somebody else's form, or an old one, is forgotten. */
	if (t.carried.len > 0 && carry_open(cx, CARRY_SIGN_IN, t.carried, &c) == OK &&
	    carry_on(cx, rq, rs, &c, done.session))
		return OK;
	return go_next(cx, rs, t.next, "/");
}

static enum err
sign_out(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct str next = form_get(rq->form, "next");

	if (cx->actor.session || cx->half.session)
		TRY(signin_out(cx));
	cx->half = (struct half){ 0, 0 };
	cx->actor = (struct actor){ .label = "" };
	session_forget(cx, rs);
	response_header(rs, "Clear-Site-Data", "\"cache\", \"storage\"");
	return go_next(cx, rs, next, "/signout");
}

/* Whoever types the address is told the truth: a GET ends nothing. */
static enum err
signed_out_page(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct view *v = view_new(cx->arena);

	(void)rq;
	if (cx->actor.kind == ACTOR_PERSON)
		view_text(v, "email", cx->reader.email);
	return page_show(cx, rs, "signin/signedout", v);
}

/* ---------------------------------------------------------------- where to */

static enum err
nowhere(struct ctx *cx, struct response *rs)
{
	struct view       *v = view_new(cx->arena);
	struct barred_list list;

	TRY(signin_barred(cx, &list));
	view_text(v, "email", cx->reader.email);
	for (size_t i = 0; i < list.n; i++) {
		const struct barred *b = &list.items[i];
		struct view         *place = view_item(v, "places");

		view_text(place, "name", b->tenant);
		view_text(place, "why", b->suspended ? _("This account is suspended.") :
		    b->invited ? _("You are invited, but have not accepted yet.") :
		    _("Your membership is deactivated."));
		if (*b->contact_email)
			view_text(place, "contact_email", b->contact_email);
	}
	return page_show(cx, rs, "signin/none", v);
}

static enum err
choose(struct ctx *cx, struct response *rs, const struct place_names *places)
{
	struct view *v = view_new(cx->arena);

	for (size_t i = 0; i < places->n; i++) {
		struct view *t = view_item(v, "tenants");

		view_text(t, "name", places->items[i].name);
		view_initials(cx, t, places->items[i].name, "");
		view_text(t, "href", arena_printf(cx->arena, "/t/%s", places->items[i].slug));
		view_text(t, "role", places->items[i].role);
	}
	return page_show(cx, rs, "home/choose", v);
}

/* The last used account first; who has several and never used one chooses. */
static enum err
home(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct place_names places;

	(void)rq;
	if (cx->actor.kind != ACTOR_PERSON)
		return page_go(rs, cx->half.session ? "/signin/code" : "/signin");
	TRY(signin_places(cx, &places));
	if (places.n == 0)
		return nowhere(cx, rs);
	if (places.n > 1 && places.items[0].tenant != cx->reader.last_tenant)
		return choose(cx, rs, &places);
	return page_go(rs, arena_printf(cx->arena, "/t/%s", places.items[0].slug));
}

/* ---------------------------------------------------------------- links of emails */

static enum err
link_gone(struct ctx *cx, struct response *rs)
{
	struct view *v = view_new(cx->arena);

	link_forget(cx, rs);
	rs->status = 410;
	view_text(v, "request_id", cx->request);
	return page_show(cx, rs, "links/gone", v);
}

/* One kind of link that leads here: is it such a one, its page, and what its form does. */
struct emailed {
	enum err  (*check)(struct ctx *cx, struct str token);
	const char *page;
	enum err  (*use)(struct ctx *cx, const struct request *rq, struct response *rs);
};

static enum err
is_unlock(struct ctx *cx, struct str token)
{
	int64_t person;

	return signin_unlock_check(cx, token, &person);
}

static enum err
use_unlock(struct ctx *cx, const struct request *rq, struct response *rs)
{
	const char *device;

	TRY(signin_unlock(cx, link_token(cx, rq), device_cookie(cx, rq), &device));
	link_forget(cx, rs);
	device_keep(cx, rs, device);
	return page_done(cx, rs, STR("/signin"), "/signin",
	    _("This browser is allowed now. Sign in with your password."));
}

/* Whoever is signed in here has to choose a new password first, too. */
static enum err
use_not_me(struct ctx *cx, const struct request *rq, struct response *rs)
{
	TRY(signin_not_me(cx, link_token(cx, rq)));
	cx->actor = (struct actor){ .label = "" };
	cx->half = (struct half){ 0, 0 };
	link_forget(cx, rs);
	session_forget(cx, rs);
	return page_done(cx, rs, STR("/forgot"), "/forgot", _("All sessions have ended and the "
	    "password is void. Ask for an email here and choose a new one."));
}

static const struct emailed links[] = {
	{ is_unlock, "links/unlock", use_unlock },
	{ signin_not_me_check, "links/not_me", use_not_me },
};
enum { LINKS = sizeof(links) / sizeof(links[0]) };

/* What the link is for; none of them: ERR_NOTFOUND. */
static enum err
which(struct ctx *cx, const struct request *rq, const struct emailed **out)
{
	for (size_t i = 0; i < LINKS; i++) {
		enum err e = links[i].check(cx, link_token(cx, rq));

		*out = &links[i];
		if (e != ERR_NOTFOUND)
			return e;
	}
	return ERR_NOTFOUND;
}

static enum err
confirm_page(struct ctx *cx, const struct request *rq, struct response *rs)
{
	const struct emailed *link;
	enum err              e = which(cx, rq, &link);

	if (e == ERR_NOTFOUND) {
		e = profile_link_page(cx, rq, rs);
		return e == ERR_NOTFOUND ? link_gone(cx, rs) : e;
	}
	TRY(e);
	return page_show(cx, rs, link->page, view_new(cx->arena));
}

static enum err
confirm(struct ctx *cx, const struct request *rq, struct response *rs)
{
	const struct emailed *link;
	enum err              e = which(cx, rq, &link);

	if (e == ERR_NOTFOUND)
		e = profile_link_use(cx, rq, rs);
	else if (e == OK)
		e = link->use(cx, rq, rs);
	return e == ERR_NOTFOUND ? link_gone(cx, rs) : e;
}

const struct route signin_routes[] = {
	{ M_GET,  "/",        PERM_PUBLIC, home,            0, 0, NULL },
	{ M_GET,  "/signin",  PERM_PUBLIC, sign_in_page,    0, 0, NULL },
	{ M_POST, "/signin",  PERM_PUBLIC, sign_in,         ROUTE_SLOW | ROUTE_LONG, 0, NULL },
	{ M_GET,  "/signout", PERM_PUBLIC, signed_out_page, 0, 0, NULL },
	{ M_POST, "/signout", PERM_PUBLIC, sign_out,        0, 0, NULL },
	{ M_GET,  "/confirm", PERM_PUBLIC, confirm_page,    ROUTE_LINK, 0, NULL },
	{ M_POST, "/confirm", PERM_PUBLIC, confirm,         ROUTE_LINK, 0, NULL },
	ROUTE_END
};
