/* The sessions and keys of a user on their page. */
#include "signin/seats.h"

#include "apikeys/apikeys_views.h"
#include "base/arena.h"
#include "base/id.h"
#include "core/agent.h"
#include "members/members_views.h"
#include "web/page.h"
#include "web/tables.h"

#define SESSIONS "/t/{tenant}/users/{user}/sessions"

static void
show_seat(struct ctx *cx, struct view *row, const struct member *m, const struct seat *s,
    bool may_end)
{
	char id[14];

	id_text(s->id, id);
	view_text(row, "device", agent_words(cx, s->user_agent));
	view_text(row, "agent", s->user_agent);
	view_text(row, "address", s->peer);
	view_flag(row, "current", s->id == cx->actor.session);
	view_flag(row, "ended", s->ended);
	view_time(cx, row, "began", s->began_at);
	view_time(cx, row, "first", s->first_at);
	view_time(cx, row, "last", s->last_at);
	view_text(row, "acts", ctx_number(cx, s->acts));
	view_text(row, "acts_href", members_path(cx, m,
	    ARENA_JOIN(cx->arena, "/activity?in=3months&session=", id)));
	if (may_end && !s->ended)
		view_text(row, "end_href", members_path(cx, m,
		    ARENA_JOIN(cx->arena, "/sessions/", id, "/end")));
}

static enum err
show_keys(struct ctx *cx, struct view *v, const struct member *m)
{
	struct apikey_list l;

	if (!access_has(cx, PERM_USER_KEY, IN_ORG(m->org_path)))
		return OK;
	TRY(apikeys_of(cx, m, &l));
	view_flag(v, "sees_keys", true);
	view_flag(v, "has_keys", l.n > 0);
	for (size_t i = 0; i < l.n; i++) {
		struct view *row = view_item(v, "keys");
		char         id[14];

		apikeys_show(cx, row, &l.items[i]);
		id_text(l.items[i].id, id);
		view_text(row, "end_href", members_path(cx, m,
		    ARENA_JOIN(cx->arena, "/keys/", id, "/end")));
	}
	return OK;
}

static enum err
show_seats(struct ctx *cx, struct view *v, const struct member *m)
{
	struct seat_list l;
	bool             may_end = access_has(cx, PERM_USER_LOGOUT, IN_ORG(m->org_path));

	TRY(seats_list(cx, m, &l));
	view_flag(v, "sees_sessions", true);
	view_flag(v, "has_rows", l.n > 0);
	for (size_t i = 0; i < l.n; i++)
		show_seat(cx, view_item(v, "sessions"), m, &l.items[i], may_end);
	return OK;
}

/* Of sessions and keys those that the reader may see; whoever sees neither is refused the page. */
static enum err
list_seats(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct view  *v = view_new(cx->arena);
	struct member m;
	int64_t       id;

	TRY(request_path_id(rq, "user", &id));
	TRY(members_may(cx, id, PERM_USER_VIEW, &m));
	if (access_has(cx, PERM_USER_ACTIVITY, IN_ORG(m.org_path)))
		TRY(show_seats(cx, v, &m));
	else if (!access_has(cx, PERM_USER_KEY, IN_ORG(m.org_path))) {
		cx->refused = perm_info(PERM_USER_ACTIVITY)->key;
		return ERR_DENIED;
	}
	view_initials(cx, v, m.name, "");
	members_show_head(cx, v, &m, "/sessions");
	members_show_menu(cx, v, &m);
	TRY(show_keys(cx, v, &m));
	return page_show(cx, rs, "members/sessions", v);
}

static enum err
end_seat(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct member m;
	int64_t       id, session;
	const char   *own;
	enum err      e;

	TRY(request_path_id(rq, "user", &id));
	TRY(request_path_id(rq, "session", &session));
	TRY(members_may(cx, id, PERM_USER_LOGOUT, &m));
	own = members_path(cx, &m, "/sessions");
	e = seats_end(cx, id, session);
	if (e == ERR_NOTFOUND) {
		page_gone(cx, rs, own, _("That session is not there any more."));
		return list_seats(cx, rq, rs);
	}
	TRY(e);
	return page_done(cx, rs, str_of(own), own, _("That session of [name] is ended here. It has "
	    "to sign in again for this account.", "name", m.name));
}

const struct route seats_routes[] = {
	{ M_GET,  SESSIONS,                  PERM_USER_VIEW,   list_seats, 0, 0, NULL },
	{ M_POST, SESSIONS "/{session}/end", PERM_USER_LOGOUT, end_seat,   0, 0, NULL },
	ROUTE_END
};
