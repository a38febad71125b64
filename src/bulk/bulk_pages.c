/* Pages about many members at once: asking before an act, and the export. */
#include "bulk/bulk.h"

#include <string.h>

#include "base/arena.h"
#include "base/id.h"
#include "groups/groups.h"
#include "members/members_views.h"
#include "web/confirm.h"
#include "web/csrf.h"
#include "web/page.h"
#include "web/tables.h"

#define USERS "/t/{tenant}/users/"
#define CHOICE "id status role factor group"   /* may come more than once */
enum { FILTER_FIELDS = 120, FILTER_LONGEST = 4096, GROUPS_SHOWN = 500 };

/* What of the list's state says who matches. */
static const char *const state[] = { "q", "status", "role", "factor", "group", NULL };

/* How an act is asked for: one user, and many. */
struct words {
	const char   *word;            /* of its address */
	enum bulk_act act;
	bool          danger;
	const char   *one, *many;      /* headings */
	const char   *sentence, *button;
};
static const struct words words[] = {
	{ "remove", BULK_REMOVE, true, N_("Delete 1 user?"), N_("Delete [n] users?"),
	    N_("They are removed from this account: sessions and keys stop at once, invitations "
	    "are cancelled. Everything that they made stays. You become Owner of each workspace "
	    "that would have none."), N_("Yes, delete") },
	{ "role", BULK_ROLE, false, N_("Change the role of 1 user?"),
	    N_("Change the role of [n] users?"),
	    N_("The new role counts from their next click on."), N_("Change role") },
	{ "deactivate", BULK_DEACTIVATE, true, N_("Deactivate 1 user?"),
	    N_("Deactivate [n] users?"), N_("Their sessions and keys stop working in this account "
	    "at once. Everything that they made stays, and they can be re-activated."),
	    N_("Deactivate") },
	{ "reactivate", BULK_REACTIVATE, false, N_("Re-activate 1 user?"),
	    N_("Re-activate [n] users?"), N_("They can enter this account again."),
	    N_("Re-activate") },
	{ "logout", BULK_LOG_OUT, false, N_("Sign 1 user out?"), N_("Sign [n] users out?"),
	    N_("They have to sign in again before using this account. Their other accounts are not "
	    "touched, and their API keys go on working."), N_("Sign out") },
	{ "resend", BULK_RESEND, false, N_("Send 1 invitation again?"),
	    N_("Send [n] invitations again?"), N_("The old links stop working. Who is not invited "
	    "any more gets nothing."), N_("Send again") },
	{ "group", BULK_GROUP, false, N_("Add 1 user to a group?"), N_("Add [n] users to a group?"),
	    N_("They hold what the group holds from their next click on. Who is in it already "
	    "stays as they are."), N_("Add to group") },
};
enum { WORDS = sizeof(words) / sizeof(words[0]) };

static const struct words *
words_of(const struct request *rq)
{
	for (size_t i = 0; i < WORDS; i++) {
		size_t len = strlen(words[i].word);

		if (rq->path.len > len && rq->path.p[rq->path.len - len - 1] == '/' &&
		    memcmp(rq->path.p + rq->path.len - len, words[i].word, len) == 0)
			return &words[i];
	}
	return &words[0];
}

/* ---------------------------------------------------------------- whom it is for */

/* The list sends its state as fields; the form that asks carries it in one, for it has fields of
 * the same names. */
static enum err
filter_form(struct ctx *cx, const struct request *rq, const struct form **out)
{
	struct request *as = ARENA_NEW(cx->arena, struct request);
	int             status;

	*out = rq->form;
	if (rq->method != M_POST)
		return OK;
	*as = (struct request){ .method = M_GET, .query = form_get(rq->form, "filter") };
	if (form_parse(cx->arena, as, FILTER_FIELDS, FILTER_LONGEST, &status))
		return ctx_issue(cx, "", _("This list cannot be filtered so."));
	*out = as->form;
	return OK;
}

static enum err
read_choice(struct ctx *cx, const struct request *rq, struct bulk_choice *c,
    const struct form **filter)
{
	const struct form *f = rq->form;
	size_t             n = form_count(f, "id");
	int64_t           *ids = ARENA_ARRAY(cx->arena, int64_t, n + 1);

	*c = (struct bulk_choice){ .all = form_has(f, "all"), .ids = ids, .n = n };
	TRY(filter_form(cx, rq, filter));
	TRY(members_read_want(cx, *filter, &c->want));
	for (size_t i = 0; i < n; i++)
		TRY(id_read(form_nth(f, "id", i), &ids[i]));
	return OK;
}

static void
hidden(struct view *v, const char *name, const char *value)
{
	struct view *h = view_item(v, "hidden");

	view_text(h, "name", name);
	view_text(h, "value", value);
}

/* The choice again, in the form that asks. */
static void
carry(struct ctx *cx, struct view *v, const struct bulk_choice *c, const struct form *filter)
{
	const char *href = list_href(cx, &(struct list_query){ "", filter, state }, (char *)0);

	if (c->all) {
		hidden(v, "all", "1");
		hidden(v, "filter", *href ? href + 1 : "");
		return;
	}
	for (size_t i = 0; i < c->n; i++) {
		char id[14];

		id_text(c->ids[i], id);
		hidden(v, "id", arena_strdup(cx->arena, id));
	}
}

static void
show_names(struct ctx *cx, struct view *v, const struct bulk_choice *c,
    const struct bulk_seen *seen)
{
	int64_t more = seen->n - (int64_t)seen->nnames;

	for (size_t i = 0; i < seen->nnames; i++)
		view_text(view_item(v, "names"), "name", seen->names[i]);
	view_flag(v, "has_names", seen->nnames > 0);
	if (c->all)
		view_text(v, "more", _("All that match the list's search and filters."));
	else if (more > 0)
		view_text(v, "more", more == 1 ? _("and 1 more") :
		    _("and [n] more", "n", ctx_number(cx, more)));
}

static enum err
nobody(struct ctx *cx, const struct request *rq, struct response *rs)
{
	const char *users = page_path(cx, "/users");

	return page_done(cx, rs, str_of(page_back(cx, rq, users)), users,
	    _("Select somebody first."));
}

/* ---------------------------------------------------------------- acts */

static enum err
show_groups(struct ctx *cx, struct view *v, int64_t chosen)
{
	const struct list_want w = { .sort = GROUPS_NAME, .rows = GROUPS_SHOWN };
	struct group_list      l;

	TRY(groups_list(cx, &w, "", &l));
	for (size_t i = 0; i < l.n; i++) {
		struct view *o = view_item(v, "groups");

		view_id(o, "id", l.items[i].id);
		view_text(o, "name", l.items[i].name);
		view_flag(o, "chosen", l.items[i].id == chosen);
	}
	return OK;
}

static enum err
show_question(struct ctx *cx, const struct request *rq, struct response *rs,
    const struct words *w, const struct bulk_choice *c, const struct form *filter)
{
	struct view     *v = view_new(cx->arena);
	struct bulk_seen seen;
	const char      *back = page_back(cx, rq, page_path(cx, "/users"));

	TRY(bulk_look(cx, bulk_need(w->act), c, &seen));
	if (seen.n == 0)
		return nobody(cx, rq, rs);
	view_text(v, "heading", seen.n == 1 ? _(w->one) : _(w->many, "n", ctx_number(cx, seen.n)));
	view_text(v, "sentence", _(w->sentence));
	view_text(v, "action", page_path(cx, ARENA_JOIN(cx->arena, "/users/bulk/", w->word)));
	view_text(v, "button", _(w->button));
	view_flag(v, "danger", w->danger);
	show_names(cx, v, c, &seen);
	view_flag(v, "has_roles", w->act == BULK_ROLE);
	if (w->act == BULK_ROLE) {
		struct member_role *roles;
		size_t              n;

		TRY(members_roles(cx, false, &roles, &n));
		members_show_roles(cx, v, roles, n,
		    rq->method == M_POST ? form_id(rq->form, "role") : 0);
	}
	view_flag(v, "has_groups", w->act == BULK_GROUP);
	if (w->act == BULK_GROUP)
		TRY(show_groups(cx, v, rq->method == M_POST ? form_id(rq->form, "group") : 0));
	if (seen.n > BULK_NAMES)
		view_text(v, "word", ctx_number(cx, seen.n));
	carry(cx, v, c, filter);
	hidden(v, "back", back);
	view_text(v, "form_id", form_id_new(cx));
	view_text(v, "cancel_href", back);
	return page_show(cx, rs, "bulk/confirm", v);
}

static enum err
ask(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct bulk_choice c;
	const struct form *filter;

	TRY(bulk_may(cx, words_of(rq)->act));
	TRY(read_choice(cx, rq, &c, &filter));
	if (!c.all && c.n == 0)
		return nobody(cx, rq, rs);
	return show_question(cx, rq, rs, words_of(rq), &c, filter);
}

static enum err
act(struct ctx *cx, const struct request *rq, struct response *rs)
{
	const struct words *w = words_of(rq);
	struct bulk_choice  c;
	const struct form  *filter;
	int64_t             form = form_id_read(cx, form_get(rq->form, "form_id"));
	char                id[14];
	enum err            e;

	TRY(read_choice(cx, rq, &c, &filter));
	if (form == 0)
		return ctx_issue(cx, "", _("Open the page again and send it from there."));
	e = bulk_start(cx, w->act, &c,
	    form_get(rq->form, w->act == BULK_GROUP ? "group" : "role"),
	    form_get(rq->form, "typed"), form);
	if ((e == ERR_INVALID || e == ERR_DENIED) && cx->issues) {
		if (e == ERR_DENIED)
			page_refused(cx, bulk_need(w->act), USERS "bulk");
		rs->status = e == ERR_DENIED ? 403 : 422;
		return show_question(cx, rq, rs, w, &c, filter);
	}
	TRY(e);
	id_text(form, id);
	return page_go(rs, page_path(cx, ARENA_JOIN(cx->arena, "/jobs/", id)));
}

/* ---------------------------------------------------------------- export */

static void
show_columns(struct ctx *cx, struct view *v)
{
	char *rest = arena_strdup(cx->arena, bulk_columns), *name;
	const char *all = "";

	while ((name = strsep(&rest, ",")) != NULL)
		all = ARENA_JOIN(cx->arena, all, *all ? ", " : "", name);
	view_text(v, "columns", all);
}

static enum err
ask_export(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct view       *v = view_new(cx->arena);
	struct bulk_choice c;
	struct bulk_seen   seen;
	const struct form *filter;
	const char        *back = page_back(cx, rq, page_path(cx, "/users"));

	TRY(read_choice(cx, rq, &c, &filter));
	c.all = c.all || c.n == 0;
	TRY(bulk_look(cx, PERM_USER_EXPORT, &c, &seen));
	view_text(v, "heading", seen.n == 1 ? _("Export 1 user?") :
	    _("Export [n] users?", "n", ctx_number(cx, seen.n)));
	view_text(v, "action", page_path(cx, "/users/export"));
	show_names(cx, v, &c, &seen);
	show_columns(cx, v);
	carry(cx, v, &c, filter);
	view_text(v, "cancel_href", back);
	return page_show(cx, rs, "bulk/export", v);
}

static enum err
export(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct bulk_choice c;
	struct bulk_export out;
	const struct form *filter;
	const char        *day;

	TRY(read_choice(cx, rq, &c, &filter));
	if (!c.all && c.n == 0)
		return nobody(cx, rq, rs);
	TRY(bulk_export(cx, &c, &out));
	rs->status = 200;
	rs->file = out.fd;
	rs->hold = out.hold;
	rs->data = true;
	day = arena_printf(cx->arena, "%.10s", ctx_time_iso(cx, cx->now));
	response_header(rs, "Content-Type", "text/csv; charset=utf-8; header=present");
	/* A slug has neither quotes nor anything else that would need encoding. */
	response_header(rs, "Content-Disposition", arena_printf(cx->arena,
	    "attachment; filename=\"users-%s-%s.csv\"; filename*=UTF-8''users-%s-%s.csv",
	    cx->place->slug, day, cx->place->slug, day));
	return OK;
}

#define BULK USERS "bulk/"

const struct route bulk_routes[] = {
	{ M_GET,  BULK "remove",     PERM_USER_REMOVE,     ask,
	    ROUTE_PROOF, 0, CHOICE },
	{ M_POST, BULK "remove",     PERM_USER_REMOVE,     act, ROUTE_PROOF, 0, "id" },
	{ M_GET,  BULK "role",       PERM_USER_ROLE,       ask,
	    ROUTE_PROOF, 0, CHOICE },
	{ M_POST, BULK "role",       PERM_USER_ROLE,       act, ROUTE_PROOF, 0, "id" },
	{ M_GET,  BULK "deactivate", PERM_USER_DEACTIVATE, ask, 0, 0, CHOICE },
	{ M_POST, BULK "deactivate", PERM_USER_DEACTIVATE, act, 0, 0, "id" },
	{ M_GET,  BULK "reactivate", PERM_USER_DEACTIVATE, ask, 0, 0, CHOICE },
	{ M_POST, BULK "reactivate", PERM_USER_DEACTIVATE, act, 0, 0, "id" },
	{ M_GET,  BULK "logout",     PERM_USER_LOGOUT,     ask, 0, 0, CHOICE },
	{ M_POST, BULK "logout",     PERM_USER_LOGOUT,     act, 0, 0, "id" },
	{ M_GET,  BULK "resend",     PERM_USER_INVITE,     ask, 0, 0, CHOICE },
	{ M_POST, BULK "resend",     PERM_USER_INVITE,     act, 0, 0, "id" },
	{ M_GET,  BULK "group",      PERM_GROUP_EDIT,      ask,
	    ROUTE_PROOF, 0, CHOICE },
	{ M_POST, BULK "group",      PERM_GROUP_EDIT,      act, ROUTE_PROOF, 0, "id" },
	{ M_GET,  USERS "export",    PERM_USER_EXPORT,     ask_export,
	    ROUTE_PROOF, 0, CHOICE },
	{ M_POST, USERS "export",    PERM_USER_EXPORT,     export,
	    ROUTE_SLOW | ROUTE_PROOF, 0, "id" },
	ROUTE_END
};
