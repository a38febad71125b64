/* The cookies: session, known browser, link.  On https their names begin with __Host-, so
 * that no other host and no plain connection can set them. */
#include "web/link.h"

#include "base/arena.h"
#include "base/conf.h"

#define LINK_MS   (INT64_C(10) * 60 * 1000)
#define DEVICE_MS (INT64_C(400) * 86400 * 1000)
enum { TOKEN_LONGEST = 256 };

static const char *
name_of(const struct ctx *cx, const char *name)
{
	return cx->conf->secure ? arena_printf(cx->arena, "__Host-%s", name) : name;
}

void
link_keep(struct ctx *cx, struct response *rs, struct str token)
{
	const char *text;

	if (str_text(cx->arena, token, TOKEN_LONGEST, &text))
		text = "none";
	for (const char *p = text; *p; p++)
		if (!((*p >= '0' && *p <= '9') || (*p >= 'A' && *p <= 'Z') ||
		    (*p >= 'a' && *p <= 'z') || *p == '-' || *p == '_'))
			text = "none";
	response_cookie(rs, name_of(cx, "link"), text, LINK_MS, cx->conf->secure);
}

struct str
link_token(struct ctx *cx, const struct request *rq)
{
	return request_cookie(rq, name_of(cx, "link"));
}

void
link_forget(struct ctx *cx, struct response *rs)
{
	response_cookie(rs, name_of(cx, "link"), "", -1, cx->conf->secure);
}

void
session_cookie(struct ctx *cx, struct response *rs, const char *secret)
{
	response_cookie(rs, name_of(cx, "sid"), secret, 0, cx->conf->secure);
}

void
session_forget(struct ctx *cx, struct response *rs)
{
	response_cookie(rs, name_of(cx, "sid"), "", -1, cx->conf->secure);
}

struct str
device_cookie(struct ctx *cx, const struct request *rq)
{
	return request_cookie(rq, name_of(cx, "dev"));
}

void
device_keep(struct ctx *cx, struct response *rs, const char *device)
{
	response_cookie(rs, name_of(cx, "dev"), device, DEVICE_MS, cx->conf->secure);
}
