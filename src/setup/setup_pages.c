/* The page behind the first administrator's link. */
#include "setup/setup.h"

#include <string.h>

#include "base/arena.h"
#include "base/conf.h"
#include "signin/signin.h"
#include "web/link.h"
#include "web/page.h"
#include "web/tables.h"

static enum err
gone(struct ctx *cx, struct response *rs)
{
	struct view *v = view_new(cx->arena);

	link_forget(cx, rs);
	rs->status = 410;
	view_text(v, "request_id", cx->request);
	return page_show(cx, rs, "links/gone", v);
}

static enum err
show(struct ctx *cx, struct response *rs, const struct setup_input *in)
{
	struct view *v = view_new(cx->arena);
	const char  *host = strstr(cx->conf->base_url, "://");
	int64_t      min;

	TRY(signin_password_min(cx, 0, &min));
	view_str(v, "tenant", in->tenant.name);
	view_str(v, "slug", in->tenant.slug);
	view_str(v, "name", in->name);
	view_str(v, "email", in->email);
	view_int(v, "min_length", min);
	view_text(v, "host", arena_printf(cx->arena, "%s/t/", host ? host + 3 : ""));
	return page_show(cx, rs, "setup/setup", v);
}

static enum err
setup_page(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct setup_input none = { .name = STR("") };
	enum err           e = setup_open(cx, link_token(cx, rq));

	if (e == ERR_NOTFOUND)
		return gone(cx, rs);
	TRY(e);
	return show(cx, rs, &none);
}

/* What the page says after a failed transaction must not name a tenant that is not there. */
static enum err
set_up(struct ctx *cx, const struct request *rq, struct response *rs)
{
	const struct form *f = rq->form;
	struct setup_input in = {
		.tenant = { form_get(f, "slug"), form_get(f, "tenant") },
		.name = form_get(f, "name"),
		.email = form_get(f, "email"),
		.password = form_get(f, "password"),
	};
	const char *slug;
	enum err    e = setup_use(cx, link_token(cx, rq), &in, &slug);

	cx->tenant = 0;
	cx->place = NULL;
	cx->actor = (struct actor){ .label = "" };
	if (e == ERR_INVALID)
		return show(cx, rs, &in);
	if (e == ERR_NOTFOUND)
		return gone(cx, rs);
	TRY(e);
	link_forget(cx, rs);
	return page_done(cx, rs, STR(""), arena_printf(cx->arena, "/signin?next=%%2Ft%%2F%s", slug),
	    _("The account is made, and you are its administrator. Now sign in."));
}

const struct route setup_routes[] = {
	{ M_GET,  "/setup", PERM_PUBLIC, setup_page, ROUTE_LINK, 0, NULL },
	{ M_POST, "/setup", PERM_PUBLIC, set_up,     ROUTE_SLOW | ROUTE_LINK, 0, NULL },
	ROUTE_END
};
