/* What a user did, on their page, and sending it to who asks. */
#include "members/activity_views.h"

#include <string.h>

#include "base/arena.h"
#include "base/id.h"
#include "base/zone.h"
#include "members/members_views.h"
#include "web/confirm.h"
#include "web/page.h"
#include "web/tables.h"

#define USER "/t/{tenant}/users/{user}"
#define HOUR INT64_C(3600000)
#define DAY  (24 * HOUR)
enum { SEARCH_LONGEST = 100, CLIENT_LONGEST = 60, DATE_LONGEST = 10, CLIENTS_WANTED_MOST = 20 };

static const char *const state[] = { "in", "from", "to", "q", "client", "session", "sort", "dir",
	"rows", NULL };

/* ---------------------------------------------------------------- intervals */

static const struct { const char *value, *label; int64_t length; } intervals[] = {
	{ "hour", N_("Last hour"), HOUR },
	{ "6h", N_("6 hours"), 6 * HOUR },
	{ "day", N_("Day"), DAY },
	{ "week", N_("Week"), 7 * DAY },
	{ "month", N_("Month"), 30 * DAY },
	{ "3months", N_("3 months"), 91 * DAY },
};
enum { INTERVALS = sizeof(intervals) / sizeof(intervals[0]), WEEK = 3, CUSTOM = INTERVALS };

/* What the page was asked for, beside the rows: which interval, and dates as they were typed. */
struct asked {
	struct activity_want want;
	size_t               interval;
	const char          *from, *to;
};

static enum err
read_custom(struct ctx *cx, const struct form *f, struct asked *a)
{
	struct activity_want *w = &a->want;

	a->interval = CUSTOM;
	if (str_maybe(cx->arena, form_get(f, "from"), DATE_LONGEST, &a->from) ||
	    str_maybe(cx->arena, form_get(f, "to"), DATE_LONGEST, &a->to) ||
	    (*a->from && !ctx_read_day(cx, str_of(a->from), 0, &w->from)) ||
	    (*a->to && !ctx_read_day(cx, str_of(a->to), 1, &w->until)))
		return ctx_issue(cx, "", _("Give dates such as 2026-11-21."));
	return OK;
}

static enum err
read_interval(struct ctx *cx, const struct form *f, struct asked *a)
{
	struct str in = form_get(f, "in");

	a->from = a->to = "";
	a->want.from = 0;
	a->want.until = INT64_MAX;
	if (form_get(f, "from").len || form_get(f, "to").len)
		return read_custom(cx, f, a);
	a->interval = WEEK;
	for (size_t i = 0; i < INTERVALS; i++)
		if (str_equal(in, str_of(intervals[i].value)))
			a->interval = i;
	a->want.from = cx->now - intervals[a->interval].length;
	return OK;
}

/* No client has a quote or a backslash in its name. */
static const char *
read_clients(struct ctx *cx, const struct form *f)
{
	const char *json = "[", *client;

	for (size_t n = 0; n < form_count(f, "client") && n < CLIENTS_WANTED_MOST; n++)
		if (str_text(cx->arena, form_nth(f, "client", n), CLIENT_LONGEST, &client) == OK &&
		    strpbrk(client, "\"\\") == NULL)
			json = arena_printf(cx->arena, "%s%s\"%s\"", json, json[1] ? "," : "",
			    client);
	return json[1] ? ARENA_JOIN(cx->arena, json, "]") : NULL;
}

static bool
client_wanted(const struct form *f, const char *client)
{
	for (size_t n = 0; n < form_count(f, "client"); n++)
		if (str_equal(form_nth(f, "client", n), str_of(client)))
			return true;
	return false;
}

static enum err
read_asked(struct ctx *cx, const struct form *f, struct asked *a)
{
	static const struct list_filter filters[] = {
		{ "in", "hour 6h day week month 3months", false },
		{ "session", "", true },
		{ NULL, NULL, false } };

	*a = (struct asked){ .interval = WEEK };
	TRY(list_check(cx, f, filters));
	if (str_maybe(cx->arena, str_trim(form_get(f, "q")), SEARCH_LONGEST, &a->want.search))
		return ctx_issue(cx, "",
		    _("Search for at most [n] characters of text.", "n", "100"));
	a->want.clients = read_clients(cx, f);
	if (a->want.clients == NULL && form_has(f, "client"))
		return ctx_issue(cx, "",
		    _("The list cannot be narrowed down by what this address says."));
	a->want.session = form_id(f, "session");
	TRY(read_interval(cx, f, a));
	TRY(list_read(cx, f, ACTIVITY_SORTS, 1 << ACTIVITY_TIME, &a->want.list));
	if (!form_has(f, "sort") && !form_has(f, "dir"))
		a->want.list.down = true;
	return OK;
}

/* ---------------------------------------------------------------- showing */

static void
show_intervals(struct ctx *cx, struct view *v, const struct list_query *q, const struct asked *a)
{
	for (size_t i = 0; i < INTERVALS; i++) {
		struct view *s = view_item(v, "segments");

		view_text(s, "label", _(intervals[i].label));
		view_text(s, "href", list_href(cx, q, "in", intervals[i].value, "from", NULL, "to",
		    NULL, (char *)0));
		view_flag(s, "current", a->interval == i);
	}
}

static void
show_client(struct ctx *cx, struct view *v, const struct list_query *q, const struct asked *a,
    const struct activity_list *l)
{
	struct view *f;

	if (l->clients[0] == NULL)
		return;
	f = view_item(v, "filters");
	view_text(f, "name", "client");
	view_text(f, "label", _("Client"));
	view_int(f, "active", a->want.clients ? (int64_t)form_count(q->form, "client") : 0);
	view_text(f, "reset_href", list_href(cx, q, "client", NULL, (char *)0));
	for (const char **c = l->clients; *c; c++) {
		struct view *o = view_item(f, "options");

		view_text(o, "value", *c);
		view_text(o, "label", audit_word(cx, *c));
		view_flag(o, "checked", client_wanted(q->form, *c));
	}
}

static void
show_toolbar(struct ctx *cx, struct view *v, const struct list_query *q, const struct asked *a,
    const struct activity_list *l)
{
	list_show_search(cx, v, q, a->want.search, "in session sort dir rows");
	view_text(v, "from", a->from);
	view_text(v, "to", a->to);
	view_flag(v, "custom", a->interval == CUSTOM);
	show_client(cx, v, q, a, l);
	if (*a->want.search || a->want.clients || a->want.session || a->interval == CUSTOM)
		view_text(v, "reset_href", list_href(cx, q, "q", NULL, "client", NULL, "session",
		    NULL, "from", NULL, "to", NULL, (char *)0));
}

/* A date that decides is said as the moment that it is. */
static void
show_moments(struct ctx *cx, struct view *v, const struct asked *a)
{
	if (a->interval != CUSTOM)
		return;
	view_text(v, "zone", cx->place->timezone);
	if (*a->from)
		view_text(v, "from_utc", time_iso(cx->arena, NULL, a->want.from));
	if (*a->to)
		view_text(v, "until_utc", time_iso(cx->arena, NULL, a->want.until));
}

static void
show_act(struct ctx *cx, struct view *row, const struct act_done *a)
{
	const struct audit_info *info = audit_info(a->e.act);

	view_time(cx, row, "time", a->e.at);
	view_text(row, "organization", a->org);
	view_text(row, "client", audit_word(cx, a->e.client));
	view_text(row, "address", a->e.peer);
	view_text(row, "sentence", audit_sentence(cx, &a->e));
	view_text(row, "code", info ? info->code : "");
}

static void
show_pager(struct ctx *cx, struct view *v, const struct list_query *q, const struct asked *a,
    const struct activity_list *l)
{
	struct list_edge first = { NULL, 0 }, last = { NULL, 0 };
	unsigned         sort = a->want.list.sort;

	if (l->n) {
		first.key = activity_key(cx, &l->items[0], sort);
		first.id = l->items[0].e.seq;
		last.key = activity_key(cx, &l->items[l->n - 1], sort);
		last.id = l->items[l->n - 1].e.seq;
	}
	list_show(cx, v, q, ACTIVITY_SORTS, &a->want.list, l->more, first, last);
}

enum err
activity_show(struct ctx *cx, const struct request *rq, struct view *v, const struct member *m,
    const char *path, bool with_address)
{
	struct list_query    q = { path, rq->form, state };
	struct activity_list l;
	struct asked         a;

	TRY(read_asked(cx, rq->form, &a));
	TRY(activity_list(cx, m, &a.want, &l));
	show_intervals(cx, v, &q, &a);
	show_toolbar(cx, v, &q, &a, &l);
	show_moments(cx, v, &a);
	view_flag(v, "by_session", a.want.session != 0);
	view_flag(v, "sorted", a.want.list.sort != ACTIVITY_TIME);
	view_flag(v, "with_address", with_address);
	view_flag(v, "has_rows", l.n > 0);
	for (size_t i = 0; i < l.n; i++)
		show_act(cx, view_item(v, "events"), &l.items[i]);
	show_pager(cx, v, &q, &a, &l);
	return OK;
}

static enum err
subject(struct ctx *cx, const struct request *rq, struct member *m)
{
	int64_t id;

	TRY(request_path_id(rq, "user", &id));
	return members_may(cx, id, PERM_USER_ACTIVITY, m);
}

static enum err
list_acts(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct view  *v = view_new(cx->arena);
	struct member m;

	TRY(subject(cx, rq, &m));
	TRY(activity_show(cx, rq, v, &m, members_path(cx, &m, "/activity"), false));
	view_initials(cx, v, m.name, "");
	members_show_head(cx, v, &m, "/activity");
	members_show_menu(cx, v, &m);
	return page_show(cx, rs, "members/activity", v);
}

/* ---------------------------------------------------------------- by email */

static enum err
ask_send(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct member m;

	TRY(subject(cx, rq, &m));
	return confirm_show(cx, rq, rs, &(struct confirm){
	    .heading = _("Send yourself the activity log of [name]?", "name", m.name),
	    .sentence = _("What [name] did here in the last 30 days goes to [email], as a table "
	        "(CSV) attached to an email.", "name", m.name, "email", cx->reader.email),
	    .action = members_path(cx, &m, "/send-activity"), .button = _("Send the email") });
}

static enum err
send(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct member m;
	const char   *own;

	TRY(subject(cx, rq, &m));
	TRY(activity_send(cx, m.id));
	own = members_path(cx, &m, "/activity");
	return page_done(cx, rs, str_of(page_back(cx, rq, own)), own,
	    _("The activity log of [name] is on its way to you.", "name", m.name));
}

const struct route activity_routes[] = {
	{ M_GET,  USER "/activity",      PERM_USER_ACTIVITY, list_acts, 0, 0, "client" },
	{ M_GET,  USER "/send-activity", PERM_USER_ACTIVITY, ask_send,  ROUTE_PROOF, 0, NULL },
	{ M_POST, USER "/send-activity", PERM_USER_ACTIVITY, send, ROUTE_PROOF | ROUTE_SLOW, 0,
	    NULL },
	ROUTE_END
};
