/* The pages of the links that emails about an address hold.  Opening one changes nothing. */
#include "profile/profile_views.h"

#include "base/arena.h"
#include "profile/profile.h"
#include "web/link.h"
#include "web/page.h"

static void
show_link(struct view *v, const struct email_link *l)
{
	view_text(v, "name", l->name);
	view_text(v, "email", l->email);
	view_text(v, "old_email", l->old_email);
	view_flag(v, "confirmed", l->confirmed);
}

enum err
profile_link_page(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct view      *v = view_new(cx->arena);
	struct email_link l;

	TRY(profile_link(cx, link_token(cx, rq), &l));
	show_link(v, &l);
	return page_show(cx, rs, l.stops ? "links/email_stop" : "links/email_confirm", v);
}

static enum err
confirmed(struct ctx *cx, struct response *rs, struct str token, const struct email_link *l)
{
	struct view *v = view_new(cx->arena);
	char         session[44];
	enum err     e = profile_link_confirm(cx, token, session);

	show_link(v, l);
	if (e == ERR_CONFLICT) {
		rs->status = 409;
		return page_show(cx, rs, "links/email_confirm", v);
	}
	TRY(e);
	link_forget(cx, rs);
	if (*session)
		session_cookie(cx, rs, arena_strdup(cx->arena, session));
	view_flag(v, "signed_in", *session != '\0');
	return page_show(cx, rs, "links/email_confirmed", v);
}

enum err
profile_link_use(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct view      *v = view_new(cx->arena);
	struct str        token = link_token(cx, rq);
	struct email_link l;

	TRY(profile_link(cx, token, &l));
	if (!l.stops)
		return confirmed(cx, rs, token, &l);
	TRY(profile_link_stop(cx, token));
	link_forget(cx, rs);
	if (cx->actor.person == l.person)
		session_forget(cx, rs);
	show_link(v, &l);
	return page_show(cx, rs, "links/email_stopped", v);
}
