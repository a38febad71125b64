/* The page that asks for a proof of who uses the session, and what follows it: the page that was
 * wanted, or the form that was sent. */
#include "signin/proof_pages.h"

#include <string.h>

#include "base/arena.h"
#include "signin/signin.h"
#include "web/carry.h"
#include "web/confirm.h"
#include "web/csrf.h"
#include "web/link.h"
#include "web/page.h"
#include "web/tables.h"

#define PROOF "/signin/proof"

/* Where Cancel leads: the page before, or the start. */
static const char *
cancel_href(struct ctx *cx, const struct request *rq)
{
	const char *back = page_back(cx, rq, "/");

	return strncmp(back, "/signin", 7) == 0 ? "/" : back;
}

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
show(struct ctx *cx, const struct request *rq, struct response *rs, struct str next,
    struct str carried)
{
	struct view     *v = view_new(cx->arena);
	struct proof_way way;

	TRY(signin_proof_way(cx, &way));
	view_text(v, "email", way.email);
	if (way.managed)
		view_text(v, "managed", way.managed);
	view_text(v, "cancel_href", cancel_href(cx, rq));
	view_flag(v, "code", way.code);
	view_flag(v, "carries", carried.len > 0);
	add_hidden(v, "next", route_leads(cx->arena, next) ? next : STR(""));
	add_hidden(v, "carried", carried);
	return page_show(cx, rs, "signin/proof", v);
}

enum err
proof_show_for(struct ctx *cx, const struct request *rq, struct response *rs)
{
	rs->status = 401;
	response_header(rs, "WWW-Authenticate", "Cookie");
	return show(cx, rq, rs, rq->path, carry_seal(cx, CARRY_PROOF, cx->actor.person, rq));
}

static enum err
go_on(struct ctx *cx, struct response *rs, struct str next)
{
	return page_go(rs, route_leads(cx->arena, next) ?
	    arena_printf(cx->arena, "%.*s", (int)next.len, next.p) : "/");
}

static enum err
proof_page(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct str next = form_get(rq->form, "next");

	if (signin_proved(cx))
		return go_on(cx, rs, next);
	return show(cx, rq, rs, next, STR(""));
}

static enum err
has_to_wait(struct ctx *cx, struct response *rs, int64_t until_at)
{
	int64_t minutes = (until_at - cx->now + 59999) / 60000;

	rs->status = 429;
	response_header(rs, "Retry-After", arena_printf(cx->arena, "%lld",
	    (long long)((until_at - cx->now + 999) / 1000)));
	ctx_issue(cx, "", _("Too many tries. Try again in [n] minute. | Too many tries. Try again "
	    "in [n] minutes.", "n", ctx_number(cx, minutes)));
	return OK;
}

static enum err
prove(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct proof_input in = { form_get(rq->form, "password"), form_get(rq->form, "code"),
		device_cookie(cx, rq) };
	struct str         next = form_get(rq->form, "next");
	struct str         sealed = form_get(rq->form, "carried");
	struct carried     c;
	struct signin_done done;
	enum err           e;

	if (sealed.len > 0 && carry_open(cx, CARRY_PROOF, sealed, &c) != OK) {
		ctx_issue(cx, "", _("What was to be done after this cannot be done any more: it "
		    "was sent too long ago, or by somebody else. Nothing was changed; open its "
		    "page again."));
		return show(cx, rq, rs, next, STR(""));
	}
	e = signin_prove(cx, &in, &done);
	if (e == ERR_LIMIT && done.until_at)
		TRY(has_to_wait(cx, rs, done.until_at));
	else if (e == ERR_LIMIT)
		rs->status = 429;
	else if (e != ERR_INVALID)
		TRY(e);
	if (e != OK)
		return show(cx, rq, rs, next, sealed);
	session_cookie(cx, rs, done.session);
	if (sealed.len > 0 && carry_on(cx, rq, rs, &c, done.session))
		return OK;
	return go_on(cx, rs, next);
}

/* ---------------------------------------------------------------- sent twice */

/* The list or page that the carried form was below: "/t/acme/users". */
static const char *
above(struct ctx *cx, struct str path)
{
	int parts = 0;

	for (size_t i = 0; i < path.len; i++)
		if (path.p[i] == '/' && ++parts == 4)
			path.len = i;
	return route_leads(cx->arena, path) ?
	    arena_printf(cx->arena, "%.*s", (int)path.len, path.p) : "/";
}

static enum err
second(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct proof_input in = { form_get(rq->form, "password"), form_get(rq->form, "code"),
		device_cookie(cx, rq) };
	struct str         sealed = form_get(rq->form, "carried");
	struct carried     c;
	struct signin_done done;

	TRY(signin_prove_second(cx, &in, &done));
	session_cookie(cx, rs, done.session);
	if (sealed.len == 0 || carry_open(cx, CARRY_PROOF, sealed, &c) != OK)
		return go_on(cx, rs, form_get(rq->form, "next"));
	return page_done(cx, rs, STR(""), above(cx, c.path), _("This was sent twice. Only the "
	    "first time counts: look here what came of it."));
}

bool
proof_second(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct ctx was = *cx;

	if (cx->late == NULL || rq->method != M_POST || !str_equal(rq->path, STR(PROOF)) ||
	    !csrf_of(cx, rq, &cx->late->actor))
		return false;
	if (second(cx, rq, rs) == OK)
		return true;
	was.mail_added = cx->mail_added;
	*cx = was;
	return false;
}

const struct route proof_routes[] = {
	{ M_GET,  PROOF, PERM_SIGNED_IN, proof_page, 0, 0, NULL },
	{ M_POST, PROOF, PERM_SIGNED_IN, prove,      ROUTE_SLOW | ROUTE_LONG, 0, NULL },
	ROUTE_END
};
