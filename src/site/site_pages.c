/* Pages of the site itself, of no account: legal, health, the well-known addresses. */
#include <string.h>

#include "base/arena.h"
#include "base/conf.h"
#include "base/zone.h"
#include "core/place.h"
#include "web/headers.h"
#include "web/page.h"
#include "web/tables.h"

static enum err
plain(struct ctx *cx, struct response *rs, const char *text)
{
	rs->status = rs->status ? rs->status : 200;
	response_header(rs, "Content-Type", "text/plain; charset=utf-8");
	headers_secure(cx, rs, false);
	buf_init(&rs->body, cx->arena, 4096);
	buf_puts(&rs->body, text);
	return OK;
}

static enum err
healthz(struct ctx *cx, const struct request *rq, struct response *rs)
{
	(void)rq;
	return plain(cx, rs, "ok\n");
}

/* Ready is who can read the database; a broken one fails before this is reached. */
static enum err
readyz(struct ctx *cx, const struct request *rq, struct response *rs)
{
	(void)rq;
	TRY(place_ready(cx));
	return plain(cx, rs, "ready\n");
}

static enum err
change_password(struct ctx *cx, const struct request *rq, struct response *rs)
{
	(void)cx;
	(void)rq;
	return page_go(rs, "/forgot");
}

/* RFC 9116.  It is renewed by being asked for. */
static enum err
security_txt(struct ctx *cx, const struct request *rq, struct response *rs)
{
	const struct zone *utc;

	(void)rq;
	TRY(zone_get("UTC", &utc));
	return plain(cx, rs, arena_printf(cx->arena,
	    "Contact: %s%s\nExpires: %s\nPreferred-Languages: en\nCanonical: %s/.well-known/security.txt\n",
	    strstr(cx->conf->security_contact, ":") ? "" : "mailto:", cx->conf->security_contact,
	    time_iso(cx->arena, utc, cx->now + INT64_C(180) * 86400000), cx->conf->base_url));
}

/* A tenant's links are shown to whoever knows its address, as its sign-in emails do. */
static enum err
legal(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct str slug = form_get(rq->form, "t");
	enum err   e;

	if (slug.len) {
		e = place_open(cx, slug);
		if (e == ERR_NOTFOUND)
			cx->place = NULL;
		else
			TRY(e);
		cx->tenant = 0;
	}
	return page_show(cx, rs, "legal", view_new(cx->arena));
}

const struct route site_routes[] = {
	{ M_GET, "/healthz",                     PERM_PUBLIC, healthz,         0, 0 },
	{ M_GET, "/readyz",                      PERM_PUBLIC, readyz,          0, 0 },
	{ M_GET, "/legal",                       PERM_PUBLIC, legal,           0, 0 },
	{ M_GET, "/.well-known/change-password", PERM_PUBLIC, change_password, 0, 0 },
	{ M_GET, "/.well-known/security.txt",    PERM_PUBLIC, security_txt,    0, 0 },
	ROUTE_END
};
