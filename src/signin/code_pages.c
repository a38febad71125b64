/* The second step of a sign-in: a code of the authenticator or, when it is asked for, a recovery
 * code. */
#include "signin/code_pages.h"

#include "base/arena.h"
#include "signin/signin.h"
#include "web/carry.h"
#include "web/link.h"
#include "web/page.h"
#include "web/tables.h"

static void
add_hidden(struct view *v, const char *name, struct str value)
{
	struct view *field;

	if (value.len == 0)
		return;
	field = view_item(v, "hidden");
	view_text(field, "name", name);
	view_str(field, "value", value);
}

static enum err
show(struct ctx *cx, struct response *rs, struct str next, struct str carried, bool recovery)
{
	struct view *v = view_new(cx->arena);

	view_flag(v, "recovery", recovery);
	add_hidden(v, "next", route_leads(cx->arena, next) ? next : STR(""));
	add_hidden(v, "carried", carried);
	return page_show(cx, rs, "signin/code", v);
}

enum err
code_show_for(struct ctx *cx, struct response *rs, struct str next, struct str carried)
{
	return show(cx, rs, next, carried, false);
}

static const char *
lead(struct ctx *cx, struct str next, const char *otherwise)
{
	return route_leads(cx->arena, next) ?
	    arena_printf(cx->arena, "%.*s", (int)next.len, next.p) : otherwise;
}

/* Without a half session there is nothing to be asked for here. */
static enum err
elsewhere(struct ctx *cx, struct response *rs, struct str next)
{
	return page_go(rs, cx->actor.session ? lead(cx, next, "/") : "/signin");
}

static enum err
code_page(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct str next = form_get(rq->form, "next");

	if (cx->half.session == 0)
		return elsewhere(cx, rs, next);
	return show(cx, rs, next, STR(""), false);
}

static enum err
give_code(struct ctx *cx, const struct request *rq, struct response *rs)
{
	const struct form *f = rq->form;
	struct str         next = form_get(f, "next"), carried = form_get(f, "carried");
	bool               recovery = str_equal(form_get(f, "with"), STR("recovery"));
	struct code_input  in = { form_get(f, "code"), device_cookie(cx, rq) };
	struct signin_done done;
	struct carried     c;
	enum err           e;

	if (cx->half.session == 0)
		return elsewhere(cx, rs, next);
	if (form_has(f, "change"))
		return show(cx, rs, next, carried, str_equal(form_get(f, "change"),
		    STR("recovery")));
	e = signin_code(cx, &in, &done);
	if (e == ERR_LIMIT)
		rs->status = 429;
	if (e == ERR_INVALID || e == ERR_LIMIT)
		return show(cx, rs, next, carried, recovery);
	if (e == ERR_NOTFOUND) {
		session_forget(cx, rs);
		return page_done(cx, rs, STR("/signin"), "/signin",
		    _("Too many wrong codes, or too late. Sign in again."));
	}
	TRY(e);
	session_cookie(cx, rs, done.session);
	device_keep(cx, rs, done.device);
	if (carried.len > 0 && carry_open(cx, CARRY_SIGN_IN, carried, &c) == OK &&
	    carry_on(cx, rq, rs, &c, done.session))
		return OK;
	return page_go(rs, lead(cx, next, "/"));
}

const struct route code_routes[] = {
	{ M_GET,  "/signin/code", PERM_PUBLIC, code_page, 0, 0, NULL },
	{ M_POST, "/signin/code", PERM_PUBLIC, give_code, ROUTE_LONG, 0, NULL },
	ROUTE_END
};
