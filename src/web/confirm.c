/* Questions before something is done, and the way back. */
#include "web/confirm.h"

#include <string.h>

#include "base/arena.h"
#include "base/conf.h"
#include "http/url.h"

const char *
page_back(struct ctx *cx, const struct request *rq, const char *fallback)
{
	struct str  back = form_get(rq->form, "back");
	struct str  referer = request_header(rq, "HTTP_REFERER");
	size_t      base = strlen(cx->conf->base_url);
	const char *said;

	if (back.len == 0 && referer.len > base && memcmp(referer.p, cx->conf->base_url, base) == 0)
		back = (struct str){ referer.p + base, referer.len - base };
	/* A page that asked for a proof is none to come back to. */
	if (!url_own_path(back) || (back.len > 8 && memcmp(back.p, "/signin/", 8) == 0))
		return fallback;
	fallback = arena_printf(cx->arena, "%.*s", (int)back.len, back.p);
	said = strstr(fallback, "said=");
	if (said > fallback && (said[-1] == '?' || said[-1] == '&') && strchr(said, '&') == NULL)
		return arena_printf(cx->arena, "%.*s", (int)(said - 1 - fallback), fallback);
	return fallback;
}

void
page_back_show(struct ctx *cx, const struct request *rq, struct view *v, const char *fallback)
{
	const char  *to = page_back(cx, rq, fallback);
	struct view *back = view_item(v, "hidden");

	view_text(v, "cancel_href", to);
	view_text(back, "name", "back");
	view_text(back, "value", to);
}

enum err
confirm_show(struct ctx *cx, const struct request *rq, struct response *rs,
    const struct confirm *c)
{
	struct view *v = view_new(cx->arena);

	view_text(v, "heading", c->heading);
	view_text(v, "sentence", c->sentence);
	view_text(v, "action", c->action);
	view_text(v, "button", c->button);
	view_flag(v, "danger", c->danger);
	if (c->note) {
		view_flag(v, "has_notes", true);
		view_text(view_item(v, "notes"), "text", c->note);
	}
	if (c->word)
		view_text(v, "word", c->word);
	page_back_show(cx, rq, v, page_path(cx, "/users"));
	if (cx->issues && ctx_issue_of(cx, "typed") == NULL && rs->status < 400)
		rs->status = 409;
	return page_show(cx, rs, "members/confirm", v);
}
