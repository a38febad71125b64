/* Pages about members: the list, and what may be done to one.  The page of one is in
 * user_pages.c. */
#include "members/members.h"

#include <string.h>

#include "base/arena.h"
#include "base/id.h"
#include "core/country.h"
#include "core/owners.h"
#include "invites/invites.h"
#include "members/columns.h"
#include "members/members_views.h"
#include "web/confirm.h"
#include "web/page.h"
#include "web/tables.h"

enum { ROLES_WANTED_MOST = 50, GROUPS_WANTED_MOST = 50, SEARCH_LONGEST = 100 };
enum { NUMBER_SORTS = 1 << MEMBERS_STATUS | 1 << MEMBERS_SIGNED_IN | 1 << MEMBERS_CREATED };

static const char *const state[] = { "q", "status", "role", "factor", "group", "sort", "dir",
	"rows", NULL };

/* ---------------------------------------------------------------- the list */

static const struct { unsigned bit; const char *value, *label; } statuses[] = {
	{ SHOW_INVITED, "invited", N_("Invited") },
	{ SHOW_ACTIVE, "active", N_("Active") },
	{ SHOW_DORMANT, "dormant", N_("Dormant") },
	{ SHOW_DEACTIVATED, "deactivated", N_("Deactivated") },
};
enum { STATUSES = sizeof(statuses) / sizeof(statuses[0]) };

static unsigned
read_statuses(const struct form *f)
{
	unsigned bits = 0;

	for (size_t n = 0; n < form_count(f, "status"); n++)
		for (size_t i = 0; i < STATUSES; i++)
			if (str_equal(form_nth(f, "status", n), str_of(statuses[i].value)))
				bits |= statuses[i].bit;
	return bits;
}

static const struct { unsigned bit; const char *value, *label; } factors[] = {
	{ FACTOR_ON, "on", N_("On") },
	{ FACTOR_OFF, "none", N_("Off") },
};
enum { FACTORS = sizeof(factors) / sizeof(factors[0]) };

/* Both is any. */
static unsigned
read_factors(const struct form *f)
{
	unsigned bits = 0;

	for (size_t n = 0; n < form_count(f, "factor"); n++)
		for (size_t i = 0; i < FACTORS; i++)
			if (str_equal(form_nth(f, "factor", n), str_of(factors[i].value)))
				bits |= factors[i].bit;
	return bits == (FACTOR_ON | FACTOR_OFF) ? 0 : bits;
}

static void
read_groups(struct ctx *cx, const struct form *f, struct member_want *w)
{
	int64_t *groups = ARENA_ARRAY(cx->arena, int64_t, GROUPS_WANTED_MOST);

	w->groups = groups;
	for (size_t n = 0; n < form_count(f, "group") && w->ngroups < GROUPS_WANTED_MOST; n++)
		if (str_equal(form_nth(f, "group", n), STR("none")))
			w->ungrouped = true;
		else if (id_read(form_nth(f, "group", n), &groups[w->ngroups]) == OK)
			w->ngroups++;
}

/* Cached pages and old links may name a role or group that is gone; that finds nobody. */
enum err
members_read_want(struct ctx *cx, const struct form *f, struct member_want *w)
{
	static const struct list_filter filters[] = {
		{ "status", "invited active dormant deactivated", false },
		{ "factor", "on none", false },
		{ "role", "", true },
		{ "group", "none", true },
		{ NULL, NULL, false } };
	int64_t *roles = ARENA_ARRAY(cx->arena, int64_t, ROLES_WANTED_MOST);

	*w = (struct member_want){ .statuses = read_statuses(f), .roles = roles,
		.factors = read_factors(f) };
	TRY(list_check(cx, f, filters));
	read_groups(cx, f, w);
	for (size_t n = 0; n < form_count(f, "role") && w->nroles < ROLES_WANTED_MOST; n++)
		if (id_read(form_nth(f, "role", n), &roles[w->nroles]) == OK)
			w->nroles++;
	if (str_maybe(cx->arena, str_trim(form_get(f, "q")), SEARCH_LONGEST, &w->search))
		return ctx_issue(cx, "",
		    _("Search for at most [n] characters of text.", "n", "100"));
	return list_read(cx, f, MEMBERS_SORTS, NUMBER_SORTS, &w->list);
}

static bool
by_groups(const struct member_want *w)
{
	return w->ngroups || w->ungrouped;
}

static bool
filtered(const struct member_want *w)
{
	return w->statuses || w->nroles || w->factors || by_groups(w) || *w->search;
}

static void
show_total(struct ctx *cx, struct view *v, const struct member_want *w,
    const struct member_list *l)
{
	view_text(v, "total_text", l->count > 1000 && filtered(w) ?
	    _("more than [many] users", "many", ctx_number(cx, 1000)) :
	    l->count == 1 ? _("1 user") : _("[many] users", "many", ctx_number(cx, l->count)));
}

static void
segment(struct ctx *cx, struct view *v, const char *label, int64_t n, const char *href,
    bool current)
{
	struct view *s = view_item(v, "segments");

	view_text(s, "label", label);
	view_text(s, "count", ctx_number(cx, n));
	view_text(s, "href", href);
	view_flag(s, "current", current);
}

static void
show_segments(struct ctx *cx, struct view *v, const struct list_query *q,
    const struct member_want *w, const struct member_list *l)
{
#define WITH(status, factor) \
	list_href(cx, q, "status", (status), "factor", (factor), (char *)0)
	segment(cx, v, _("All"), l->all, WITH(NULL, NULL), !filtered(w));
	segment(cx, v, _("Invited"), l->invited, WITH("invited", NULL),
	    w->statuses == SHOW_INVITED && !w->factors);
	segment(cx, v, _("Dormant"), l->dormant, WITH("dormant", NULL),
	    w->statuses == SHOW_DORMANT && !w->factors);
	segment(cx, v, _("Deactivated"), l->deactivated, WITH("deactivated", NULL),
	    w->statuses == SHOW_DEACTIVATED && !w->factors);
	segment(cx, v, _("No second factor"), l->no_factor, WITH(NULL, "none"),
	    w->statuses == 0 && w->factors == FACTOR_OFF);
#undef WITH
}

static struct view *
filter(struct view *v, const char *name, const char *label, size_t active, const char *reset)
{
	struct view *f = view_item(v, "filters");

	view_text(f, "name", name);
	view_text(f, "label", label);
	view_int(f, "active", (int64_t)active);
	view_text(f, "reset_href", reset);
	return f;
}

/* There may be thousands: they are chosen on a page of their own. */
static void
show_group_filter(struct ctx *cx, struct view *v, const struct list_query *q,
    const struct member_want *w)
{
	const struct list_query to = { page_path(cx, "/users/groups"), q->form, q->keep };
	struct view            *f = filter(v, "group", _("Group"), w->ngroups + w->ungrouped,
	    list_href(cx, q, "group", NULL, (char *)0));

	view_text(f, "choose_href", list_href(cx, &to, (char *)0));
	for (size_t n = 0; n < form_count(q->form, "group") && n < GROUPS_WANTED_MOST; n++)
		view_str(view_item(f, "kept"), "value", form_nth(q->form, "group", n));
}

static void
show_filters(struct ctx *cx, struct view *v, const struct list_query *q,
    const struct member_want *w, const struct member_list *l)
{
	struct view *role = filter(v, "role", _("Role"), w->nroles,
	    list_href(cx, q, "role", NULL, (char *)0));
	struct view *status, *factor;

	for (size_t i = 0; i < l->nroles; i++) {
		struct view *o = view_item(role, "options");
		bool         on = false;

		for (size_t k = 0; k < w->nroles; k++)
			on |= w->roles[k] == l->roles[i].id;
		view_id(o, "value", l->roles[i].id);
		view_text(o, "label", l->roles[i].name);
		view_flag(o, "checked", on);
	}
	status = filter(v, "status", _("Status"), (size_t)__builtin_popcount(w->statuses),
	    list_href(cx, q, "status", NULL, (char *)0));
	for (size_t i = 0; i < STATUSES; i++) {
		struct view *o = view_item(status, "options");

		view_text(o, "value", statuses[i].value);
		view_text(o, "label", _(statuses[i].label));
		view_flag(o, "checked", (w->statuses & statuses[i].bit) != 0);
	}
	factor = filter(v, "factor", _("Second factor"), w->factors != 0,
	    list_href(cx, q, "factor", NULL, (char *)0));
	for (size_t i = 0; i < FACTORS; i++) {
		struct view *o = view_item(factor, "options");

		view_text(o, "value", factors[i].value);
		view_text(o, "label", _(factors[i].label));
		view_flag(o, "checked", (w->factors & factors[i].bit) != 0);
	}
	if (access_has(cx, PERM_GROUP_VIEW, IN_TENANT))
		show_group_filter(cx, v, q, w);
}

static void
show_toolbar(struct ctx *cx, struct view *v, const struct list_query *q,
    const struct member_want *w, const struct member_list *l)
{
	list_show_search(cx, v, q, w->search, "sort dir rows");
	show_filters(cx, v, q, w, l);
	if (filtered(w))
		view_text(v, "reset_href", list_href(cx, q, "q", NULL, "status", NULL, "role", NULL,
		    "factor", NULL, "group", NULL, (char *)0));
}

static void
show_row(struct ctx *cx, struct view *row, const struct member *m, bool roles,
    struct member_menus *menus)
{
	char id[14];

	id_text(m->id, id);
	view_id(row, "id", m->id);
	view_text(row, "name", m->name);
	view_flag(row, "you", m->id == cx->actor.member);
	view_text(row, "email", m->email);
	view_flag(row, "unconfirmed", !m->confirmed && m->status[0] != 'i');
	view_flag(row, "refused", m->refused);
	view_initials(cx, row, m->name, "");
	view_text(row, "role", m->role_name);
	if (roles) {
		char role[14];

		id_text(m->role, role);
		view_text(row, "role_href",
		    ARENA_JOIN(cx->arena, "/t/", cx->place->slug, "/roles/", role));
	}
	members_show_status(cx, row, m);
	/* The same keys in each row: the renderer then finds them without a search. */
	view_text(row, "last_seen", m->signed_in_at ? ctx_time(cx, m->signed_in_at) : _("Never"));
	view_text(row, "last_seen_iso", ctx_time_iso(cx, m->signed_in_at));
	view_time(cx, row, "registered", m->created_at);
	view_text(row, "href", ARENA_JOIN(cx->arena, "/t/", cx->place->slug, "/users/", id));
	members_row_menu(cx, row, m, menus);
}

static const char *
groups_text(struct ctx *cx, const struct member *m)
{
	if (!m->groups)
		return "";
	return m->ngroups <= COLUMN_GROUPS_SHOWN ? m->groups : _("[names] and [n] more", "names",
	    m->groups, "n", ctx_number(cx, m->ngroups - COLUMN_GROUPS_SHOWN));
}

/* How many are not named must be seen however long the names are. */
static void
show_rest(struct ctx *cx, struct view *cell, const struct member *m)
{
	view_text(cell, "names", m->groups);
	view_text(cell, "rest", _("and [n] more", "n",
	    ctx_number(cx, m->ngroups - COLUMN_GROUPS_SHOWN)));
}

/* What was chosen beyond the usual, cell by cell; what was not is hidden by the table's classes. */
static void
show_more(struct ctx *cx, struct view *row, const struct member *m, unsigned which)
{
	const char *const texts[COLUMNS] = {
		[COLUMN_NICKNAME] = m->nickname ? m->nickname : "",
		[COLUMN_PHONE] = m->phone ? m->phone : "",
		[COLUMN_COUNTRY] = country_name(cx, m->country ? m->country : ""),
		[COLUMN_FACTOR] = m->factor ? _("On") : _("Off"),
		[COLUMN_GROUPS] = groups_text(cx, m),
		[COLUMN_ORG] = m->org_name ? m->org_name : "" };

	for (unsigned i = 0; i < COLUMNS; i++) {
		struct view *cell;

		if (list_columns[i].class_ || !(which >> i & 1))
			continue;
		cell = view_item(row, "more");
		view_text(cell, "label", _(list_columns[i].label));
		view_text(cell, "text", texts[i]);
		if (i == COLUMN_GROUPS && m->ngroups > COLUMN_GROUPS_SHOWN)
			show_rest(cx, cell, m);
	}
}

static void
show_more_head(struct ctx *cx, struct view *v, unsigned column)
{
	struct view *head = view_item(v, "more_heads");

	view_text(head, "label", _(list_columns[column].label));
	view_flag(head, "groups", column == COLUMN_GROUPS);
}

static enum err
show_columns(struct ctx *cx, struct view *v, struct member_list *l, unsigned which)
{
	const char *hidden = "";

	for (unsigned i = 0; i < COLUMNS; i++) {
		const struct list_column *c = &list_columns[i];

		if (c->class_ && !(which >> i & 1))
			hidden = ARENA_JOIN(cx->arena, hidden, " no-", c->class_);
		if (c->class_ == NULL && (which >> i & 1))
			show_more_head(cx, v, i);
	}
	view_text(v, "hidden_columns", hidden);
	view_text(v, "columns_href", page_path(cx, "/users/columns"));
	if (which & (1u << COLUMN_NICKNAME | 1u << COLUMN_PHONE | 1u << COLUMN_COUNTRY |
	    1u << COLUMN_GROUPS | 1u << COLUMN_ORG))
		return columns_fill(cx, l, which >> COLUMN_GROUPS & 1);
	return OK;
}

static void
show_pager(struct ctx *cx, struct view *v, const struct list_query *q,
    const struct member_want *w, const struct member_list *l)
{
	struct list_edge first = { NULL, 0 }, last = { NULL, 0 };

	if (l->n) {
		first.key = members_key(cx, &l->items[0], w->list.sort);
		first.id = l->items[0].id;
		last.key = members_key(cx, &l->items[l->n - 1], w->list.sort);
		last.id = l->items[l->n - 1].id;
	}
	list_show(cx, v, q, MEMBERS_SORTS, &w->list, l->more, first, last);
}

static void
show_aside(struct ctx *cx, struct view *v)
{
	static const struct { const char *label, *path; enum perm need; bool once; } links[] = {
		{ N_("Invite several people …"), "/users/invite/many", PERM_USER_INVITE, false },
		{ N_("Import from a file …"), "/users/import", PERM_USER_EDIT, false },
		{ N_("Export all …"), "/users/export", PERM_USER_EXPORT, false },
		{ N_("Sign everybody out …"), "/users/logout", PERM_USER_LOGOUT, true },
	};
	bool any = false;

	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
		struct view *l;

		if (!access_has(cx, links[i].need, IN_ORG(cx->path)))
			continue;
		l = view_item(v, "aside");
		view_text(l, "label", _(links[i].label));
		view_text(l, "href", page_path(cx, links[i].path));
		view_flag(l, "dialog", links[i].once);
		view_flag(l, "danger", links[i].once);
		any = true;
	}
	view_flag(v, "has_aside", any);
}

/* What can be done to those that are selected: the first two stand beside the number, the others
 * in a menu. */
static const struct { const char *label, *path; enum perm need; bool danger, more; } bulk[] = {
	{ N_("Export CSV"), "/users/export", PERM_USER_EXPORT, false, false },
	{ N_("Change role"), "/users/bulk/role", PERM_USER_ROLE, false, false },
	{ N_("Add to group"), "/users/bulk/group", PERM_GROUP_EDIT, false, true },
	{ N_("Send invitations again"), "/users/bulk/resend", PERM_USER_INVITE, false, true },
	{ N_("Force logout"), "/users/bulk/logout", PERM_USER_LOGOUT, false, true },
	{ N_("Re-activate"), "/users/bulk/reactivate", PERM_USER_DEACTIVATE, false, true },
	{ N_("Deactivate"), "/users/bulk/deactivate", PERM_USER_DEACTIVATE, true, true },
	{ N_("Delete"), "/users/bulk/remove", PERM_USER_REMOVE, true, true },
};

/* The filters travel with the selection, for who wants all that match. */
static void
show_bulk_state(struct view *v, const struct form *f)
{
	static const char *const names[] = { "q", "status", "role", "factor", "group" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		for (size_t n = 0; n < form_count(f, names[i]) && n < ROLES_WANTED_MOST; n++) {
			struct view *h = view_item(v, "bulk_state");

			view_text(h, "name", names[i]);
			view_str(h, "value", form_nth(f, names[i], n));
		}
}

static void
show_bulk(struct ctx *cx, struct view *v, const struct form *f, const struct member_list *l)
{
	bool any = false, more = false;

	for (size_t i = 0; i < sizeof(bulk) / sizeof(bulk[0]); i++) {
		struct view *b;

		if (!access_has(cx, bulk[i].need, bulk[i].need == PERM_GROUP_EDIT ?
		    IN_TENANT : IN_ORG(cx->path)))
			continue;
		b = view_item(v, bulk[i].more ? "bulk_more" : "bulk");
		view_text(b, "label", _(bulk[i].label));
		view_text(b, "href", page_path(cx, bulk[i].path));
		view_flag(b, "danger", bulk[i].danger);
		any = true;
		more |= bulk[i].more;
	}
	view_flag(v, "has_bulk", any);
	view_flag(v, "has_bulk_more", more);
	if (!any)
		return;
	show_bulk_state(v, f);
	if (l->count > (int64_t)l->n)
		view_text(v, "everybody", l->count > 1000 && l->count == COUNT_MORE ?
		    _("All that match") : _("All [n] that match", "n", ctx_number(cx, l->count)));
}

static enum err
list_members(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct view       *v = view_new(cx->arena);
	struct list_query  q = { page_path(cx, "/users"), rq->form, state };
	struct member_want w;
	struct member_list l;
	struct member_menus menus = { .list = v };
	bool               roles = access_has(cx, PERM_ROLE_VIEW, IN_TENANT);
	unsigned           which = columns_chosen(cx);

	TRY(members_read_want(cx, rq->form, &w));
	TRY(members_list(cx, &w, &l));
	show_total(cx, v, &w, &l);
	view_flag(v, "none", l.all == 0);
	if (access_has(cx, PERM_USER_INVITE, IN_ORG(cx->path)))
		view_text(v, "invite_href", page_path(cx, "/users/invite"));
	show_aside(cx, v);
	members_show_accounts(cx, v, false);
	show_bulk(cx, v, rq->form, &l);
	show_segments(cx, v, &q, &w, &l);
	show_toolbar(cx, v, &q, &w, &l);
	view_flag(v, "has_rows", l.n > 0);
	view_text(v, "act_base", "");
	TRY(show_columns(cx, v, &l, which));
	for (size_t i = 0; i < l.n; i++) {
		struct view *row = view_item(v, "members");

		show_row(cx, row, &l.items[i], roles, &menus);
		show_more(cx, row, &l.items[i], which);
	}
	show_pager(cx, v, &q, &w, &l);
	if (l.n == 0 && !filtered(&w))
		view_text(v, "reset_href", q.path);
	return page_show(cx, rs, "members/list", v);
}

static enum err
columns_form(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct view *v = view_new(cx->arena);
	unsigned     which = columns_chosen(cx), offered = columns_offered(cx);

	for (unsigned i = 0; i < COLUMNS; i++) {
		struct view *c;

		if (!(offered >> i & 1))
			continue;
		c = view_item(v, "columns");
		view_text(c, "value", list_columns[i].word);
		view_text(c, "label", _(list_columns[i].label));
		view_flag(c, "checked", which >> i & 1);
	}
	page_back_show(cx, rq, v, page_path(cx, "/users"));
	return page_show(cx, rs, "members/columns", v);
}

static enum err
choose_columns(struct ctx *cx, const struct request *rq, struct response *rs)
{
	const char *users = page_path(cx, "/users");
	unsigned    which = 0;

	for (size_t n = 0; n < form_count(rq->form, "column"); n++)
		for (unsigned i = 0; i < COLUMNS; i++)
			which |= (unsigned)str_equal(form_nth(rq->form, "column", n),
			    str_of(list_columns[i].word)) << i;
	TRY(columns_choose(cx, which & columns_offered(cx)));
	return page_done(cx, rs, str_of(page_back(cx, rq, users)), users,
	    _("The columns are as you chose."));
}

/* ---------------------------------------------------------------- acts */

#define USER "/t/{tenant}/users/{user}"

static enum err
subject(struct ctx *cx, const struct request *rq, struct member *m)
{
	int64_t id;

	TRY(request_path_id(rq, "user", &id));
	return members_get(cx, id, m);
}

static const char *
act_path(struct ctx *cx, const struct member *m, const char *act)
{
	char id[14];

	id_text(m->id, id);
	return page_path(cx, arena_printf(cx->arena, "/users/%s/%s", id, act));
}

static enum err
done(struct ctx *cx, const struct request *rq, struct response *rs, const char *said)
{
	const char *fallback = page_path(cx, "/users");

	return page_done(cx, rs, str_of(page_back(cx, rq, fallback)), fallback, said);
}

/* The form says which role there was; a newer one is not overwritten unseen.  The same choice
 * twice is no matter. */
static bool
is_moved(struct ctx *cx, const struct request *rq, struct response *rs, const struct member *m)
{
	int64_t was = form_id(rq->form, "was");

	if (was == 0 || was == m->role || form_id(rq->form, "role") == m->role)
		return false;
	ctx_issue(cx, "", _("Somebody else gave [name] the role [role] meanwhile. Saving gives "
	    "the one that is chosen below.", "name", m->name, "role", m->role_name));
	rs->status = 409;
	return true;
}

static enum err
role_form(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct view        *v = view_new(cx->arena), *was = view_item(v, "hidden");
	struct member       m;
	struct member_role *roles;
	size_t              n;
	int64_t             chosen = form_id(rq->form, "role");
	char                text[14];

	TRY(subject(cx, rq, &m));
	TRY(access_need(cx, PERM_USER_ROLE, IN_ORG(m.org_path)));
	TRY(members_roles(cx, false, &roles, &n));
	if (rq->carried && rq->method == M_GET)
		is_moved(cx, rq, rs, &m);
	id_text(m.role, text);
	view_text(was, "name", "was");
	view_text(was, "value", text);
	view_text(v, "name", m.name);
	view_text(v, "action", act_path(cx, &m, "role"));
	members_show_roles(cx, v, roles, n, chosen ? chosen : m.role);
	if (m.id == cx->actor.member)
		view_text(v, "word", members_typed_word);
	page_back_show(cx, rq, v, page_path(cx, "/users"));
	return page_show(cx, rs, "members/role", v);
}

static enum err
set_role(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct member m;
	enum err      e;

	TRY(subject(cx, rq, &m));
	if (is_moved(cx, rq, rs, &m))
		return role_form(cx, rq, rs);
	e = invites_set_role(cx, m.id, form_get(rq->form, "role"), form_get(rq->form, "typed"));
	if (e && cx->issues && (e == ERR_INVALID || e == ERR_CONFLICT || e == ERR_DENIED)) {
		if (e == ERR_DENIED)
			page_refused(cx, PERM_USER_ROLE, USER "/role");
		rs->status = e == ERR_CONFLICT ? 409 : e == ERR_DENIED ? 403 : 0;
		return role_form(cx, rq, rs);
	}
	TRY(e);
	TRY(subject(cx, rq, &m));
	return done(cx, rq, rs, _("[name] is [role] now.", "name", m.name, "role", m.role_name));
}

static enum err
ask_deactivate(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct member m;
	const char   *note;

	TRY(subject(cx, rq, &m));
	TRY(access_need(cx, PERM_USER_DEACTIVATE, IN_ORG(m.org_path)));
	TRY(owners_note(cx, m.id, OWNER_DEACTIVATED, &note));
	return confirm_show(cx, rq, rs, &(struct confirm){
	    .heading = _("Deactivate [name]?", "name", m.name),
	    .sentence = _("Sessions and keys stop working in this account at once. Everything that "
	        "[name] made stays, and you can re-activate [name] at any time.", "name", m.name),
	    .action = act_path(cx, &m, "deactivate"), .button = _("Deactivate"), .danger = true,
	    .note = note,
	    .word = m.id == cx->actor.member ? members_typed_word : NULL });
}

static enum err
ask_reactivate(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct member m;

	TRY(subject(cx, rq, &m));
	TRY(access_need(cx, PERM_USER_DEACTIVATE, IN_ORG(m.org_path)));
	return confirm_show(cx, rq, rs, &(struct confirm){
	    .heading = _("Re-activate [name]?", "name", m.name),
	    .sentence = _("[name] can enter this account again, as [role].", "name", m.name, "role",
	        m.role_name),
	    .action = act_path(cx, &m, "reactivate"), .button = _("Re-activate") });
}

static enum err
ask_remove(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct member m;
	const char   *note;

	TRY(subject(cx, rq, &m));
	TRY(access_need(cx, PERM_USER_REMOVE, IN_ORG(m.org_path)));
	TRY(owners_note(cx, m.id, OWNER_GONE, &note));
	return confirm_show(cx, rq, rs, &(struct confirm){
	    .heading = _("Remove [name] from this account?", "name", m.name),
	    .sentence = _("[name] loses all access here. What [name] made stays, and the audit log "
	        "keeps the name. The own sign-in of [name] is not touched.", "name", m.name),
	    .action = act_path(cx, &m, "remove"), .button = _("Remove"), .danger = true,
	    .note = note,
	    .word = m.id == cx->actor.member ? members_typed_word : NULL });
}

/* What became of an act: said on the list, or asked again with the reason against it. */
static enum err
after_act(struct ctx *cx, const struct request *rq, struct response *rs, enum err e, page_fn *ask,
    const char *said)
{
	if ((e == ERR_CONFLICT || e == ERR_INVALID) && cx->issues)
		return ask(cx, rq, rs);
	TRY(e);
	return done(cx, rq, rs, said);
}

static enum err
deactivate(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct member m;

	TRY(subject(cx, rq, &m));
	return after_act(cx, rq, rs, members_deactivate(cx, m.id, form_get(rq->form, "typed")),
	    ask_deactivate, _("[name] is deactivated.", "name", m.name));
}

static enum err
reactivate(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct member m;

	TRY(subject(cx, rq, &m));
	return after_act(cx, rq, rs, members_reactivate(cx, m.id), ask_reactivate,
	    _("[name] is active again.", "name", m.name));
}

/* {E3} By the first of two clicks: it is so. */
static enum err
removed_before(struct ctx *cx, const struct request *rq, struct response *rs)
{
	const char *name;
	int64_t     id;

	TRY(request_path_id(rq, "user", &id));
	TRY(members_gone(cx, id, &name));
	return page_done(cx, rs, STR(""), page_path(cx, "/users"),
	    _("[name] is removed.", "name", name));
}

static enum err
remove_member(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct member m;
	struct str    back = form_get(rq->form, "back");
	const char   *own, *users = page_path(cx, "/users");
	enum err      e = subject(cx, rq, &m);

	if (e == ERR_NOTFOUND)
		return removed_before(cx, rq, rs);
	TRY(e);
	own = act_path(cx, &m, "");
	e = members_remove(cx, m.id, form_get(rq->form, "typed"));
	if ((e == ERR_CONFLICT || e == ERR_INVALID) && cx->issues)
		return ask_remove(cx, rq, rs);
	TRY(e);
	/* The page of who is gone is no place to go back to. */
	if (back.len + 1 >= strlen(own) && memcmp(back.p, own, strlen(own) - 1) == 0)
		back = str_of(users);
	return page_done(cx, rs, back, users, _("[name] is removed.", "name", m.name));
}

static enum err
log_out(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct member m;

	TRY(subject(cx, rq, &m));
	TRY(members_log_out(cx, m.id));
	return done(cx, rq, rs, _("[name] has to sign in again for this account. "
	    "API keys go on working.", "name", m.name));
}

static enum err
ask_log_out_all(struct ctx *cx, const struct request *rq, struct response *rs)
{
	return confirm_show(cx, rq, rs, &(struct confirm){
	    .heading = _("Sign everybody out?"),
	    .sentence = _("Everybody but you has to sign in again before using this account. Other "
	        "accounts of these people are not touched, and API keys go on working."),
	    .action = page_path(cx, "/users/logout"), .button = _("Sign everybody out"),
	    .danger = true });
}

static enum err
log_out_all(struct ctx *cx, const struct request *rq, struct response *rs)
{
	int64_t id;
	char    text[14];

	(void)rq;
	TRY(members_log_out_all(cx, &id));
	id_text(id, text);
	return page_go(rs, page_path(cx, arena_printf(cx->arena, "/jobs/%s", text)));
}

static enum err
unlock(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct member m;
	int64_t       n;

	TRY(subject(cx, rq, &m));
	TRY(members_unlock(cx, m.id, &n));
	return done(cx, rq, rs, n ? _("[name] can try to sign in again.", "name", m.name) :
	    _("No sign-in of [name] was waiting.", "name", m.name));
}

const struct route members_routes[] = {
	{ M_GET,  "/t/{tenant}/users", PERM_USER_VIEW,       list_members,   0, 0,
	    "status role factor group" },
	{ M_GET,  "/t/{tenant}/users/columns", PERM_USER_VIEW, columns_form,   0, 0, NULL },
	{ M_POST, "/t/{tenant}/users/columns", PERM_USER_VIEW, choose_columns, 0, 0, "column" },
	{ M_GET,  "/t/{tenant}/users/logout", PERM_USER_LOGOUT, ask_log_out_all, 0, 0, NULL },
	{ M_POST, "/t/{tenant}/users/logout", PERM_USER_LOGOUT, log_out_all,     0, 0, NULL },
	{ M_GET,  USER "/role",        PERM_USER_ROLE,       role_form,      ROUTE_PROOF, 0, NULL },
	{ M_POST, USER "/role",        PERM_USER_ROLE,       set_role,       ROUTE_PROOF, 0, NULL },
	{ M_GET,  USER "/deactivate",  PERM_USER_DEACTIVATE, ask_deactivate, 0, 0, NULL },
	{ M_POST, USER "/deactivate",  PERM_USER_DEACTIVATE, deactivate,     0, 0, NULL },
	{ M_GET,  USER "/reactivate",  PERM_USER_DEACTIVATE, ask_reactivate, 0, 0, NULL },
	{ M_POST, USER "/reactivate",  PERM_USER_DEACTIVATE, reactivate,     0, 0, NULL },
	{ M_GET,  USER "/remove",      PERM_USER_REMOVE,     ask_remove,     ROUTE_PROOF, 0, NULL },
	{ M_POST, USER "/remove",      PERM_USER_REMOVE,     remove_member,  ROUTE_PROOF, 0, NULL },
	{ M_POST, USER "/logout",      PERM_USER_LOGOUT,     log_out,        0, 0, NULL },
	{ M_POST, USER "/unlock",      PERM_USER_PASSWORD,   unlock,         0, 0, NULL },
	ROUTE_END
};
