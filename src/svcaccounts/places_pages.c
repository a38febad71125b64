/* In which groups and workspaces a service account is: each is a form that shows all it is in, and
 * what the search finds. */
#include "svcaccounts/svcaccounts_views.h"

#include "base/arena.h"
#include "base/id.h"
#include "groups/groups.h"
#include "web/page.h"
#include "web/tables.h"
#include "workspaces/workspaces.h"

enum { FOUND_MOST = 50, SEARCH_LONGEST = 64, CHOSEN_MOST = PLACES_HELD_MOST };

void
service_choice(struct view *v, const char *list, int64_t id, const char *name, const char *role,
    bool checked, bool refused)
{
	struct view *option = view_item(v, list);

	view_id(option, "id", id);
	view_text(option, "name", name);
	view_text(option, "role", role);
	view_flag(option, "checked", checked);
	view_flag(option, "refused", refused);
}

enum err
service_workspace_roles(struct ctx *cx, struct view *v, struct str chosen)
{
	struct workspace_roles roles;

	TRY(workspaces_roles(cx, &roles));
	for (size_t i = 0; i < roles.n; i++) {
		struct view *option = view_item(v, "workspace_roles");
		char         id[14];

		id_text(roles.items[i].id, id);
		view_id(option, "id", roles.items[i].id);
		view_text(option, "name", roles.items[i].name);
		view_flag(option, "chosen", str_equal(chosen, str_of(id)));
	}
	return OK;
}

static void
show_more(struct ctx *cx, struct view *v, bool more)
{
	if (more)
		view_text(v, "more_text", _("Only the first [n] are shown. Search for the others.",
		    "n", ctx_number(cx, FOUND_MOST)));
}

static void
show_frame(struct ctx *cx, const struct request *rq, struct view *v, const struct svcaccount *a,
    const char *below)
{
	view_text(v, "name", a->name);
	view_text(v, "q", list_search(cx, rq->form, SEARCH_LONGEST));
	view_text(v, "action", service_path(cx, a->id, below));
	view_text(v, "cancel_href", service_path(cx, a->id, ""));
}

/* ---------------------------------------------------------------- groups */

/* Ticks that a form shows and one searches on with; else what is so now is ticked. */
static bool
has_ticks(const struct request *rq, const char *mark)
{
	return rq->carried || form_has(rq->form, mark);
}

static bool
is_in(const struct group_places *l, int64_t group)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->items[i].id == group)
			return true;
	return false;
}

static enum err
show_groups(struct ctx *cx, const struct request *rq, struct response *rs,
    const struct svcaccount *a, bool typed)
{
	const struct list_want w = { .rows = FOUND_MOST };
	struct view           *v = view_new(cx->arena);
	struct group_list      l;
	struct group_places    now;
	int64_t                ids[FOUND_MOST + PLACES_HELD_MOST];
	size_t                 n = 0, kept = 0;

	TRY(groups_list(cx, &w, list_search(cx, rq->form, SEARCH_LONGEST), &l));
	TRY(groups_of(cx, a->id, &now));
	show_frame(cx, rq, v, a, "/groups");
	view_flag(v, "none", l.all == 0);
	/* All that it is in, since what is not sent it leaves. */
	for (size_t i = 0; i < now.n; i++) {
		service_choice(v, "groups", now.items[i].id, now.items[i].name, now.items[i].role,
		    !typed || form_among(rq->form, "group", now.items[i].id), false);
		if (n < PLACES_HELD_MOST)
			ids[n++] = now.items[i].id;
	}
	for (size_t i = 0; i < l.n; i++) {
		const struct group *g = &l.items[i];

		ids[n++] = g->id;
		if (!is_in(&now, g->id))
			service_choice(v, "groups", g->id, g->name, g->role_name,
			    typed && form_among(rq->form, "group", g->id),
			    !perm_covers(cx->perms, g->role_perms));
	}
	show_more(cx, v, l.more);
	find_keep(v, rq->form, "group", ids, n, SVCACCOUNT_GROUPS_MOST, &kept);
	find_show_kept(cx, v, kept);
	return page_show(cx, rs, "svcaccounts/groups", v);
}

static enum err
groups_page(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct svcaccount a;

	TRY(service_subject(cx, rq, &a));
	TRY(access_need(cx, PERM_GROUP_EDIT, IN_TENANT));
	return show_groups(cx, rq, rs, &a, has_ticks(rq, "shown"));
}

static enum err
set_groups(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct svcaccount a;
	int64_t           ids[SVCACCOUNT_GROUPS_MOST + 1];
	size_t            n;
	enum err          e;

	TRY(service_subject(cx, rq, &a));
	if (find_only(rq->form)) {
		TRY(access_need(cx, PERM_GROUP_EDIT, IN_TENANT));
		return show_groups(cx, rq, rs, &a, true);
	}
	TRY(form_ids(rq->form, "group", SVCACCOUNT_GROUPS_MOST, ids, &n));
	e = svcaccounts_set_groups(cx, a.id, ids, n);
	if (page_answered(cx, rs, e, PERM_SERVICE_EDIT, SERVICE "/groups"))
		return show_groups(cx, rq, rs, &a, true);
	TRY(e);
	return page_done(cx, rs, form_get(rq->form, "back"), service_path(cx, a.id, ""),
	    _("The groups are saved."));
}

/* ---------------------------------------------------------------- workspaces */

/* Those of its own: what a group gives is changed where the group is. */
static enum err
show_held(struct ctx *cx, struct view *v, const struct form *f, const struct svcaccount *a,
    bool typed, struct places_held *l)
{
	char id[14];

	id_text(a->id, id);
	TRY(workspaces_of(cx, a->id, l));
	for (size_t i = 0; i < l->n; i++) {
		const struct place_held *p = &l->items[i];
		struct view             *row;

		if (*p->group)
			continue;
		row = view_item(v, "held");
		view_id(row, "id", p->id);
		view_text(row, "name", p->name);
		view_text(row, "role", p->role);
		view_text(row, "role_href", page_path_id(cx, "/workspaces/", p->id,
		    ARENA_JOIN(cx->arena, "/members/", id, "/role")));
		view_flag(row, "checked", !typed || form_among(f, "workspace", p->id));
	}
	return OK;
}

static bool
is_held(const struct places_held *l, int64_t workspace)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->items[i].id == workspace && *l->items[i].group == '\0')
			return true;
	return false;
}

static enum err
show_workspaces(struct ctx *cx, const struct request *rq, struct response *rs,
    const struct svcaccount *a, bool typed)
{
	const struct list_want w = { .rows = FOUND_MOST };
	struct view           *v = view_new(cx->arena);
	struct workspace_list  l;
	struct places_held     held;
	int64_t                ids[FOUND_MOST + PLACES_HELD_MOST];
	size_t                 n = 0, kept = 0;

	TRY(workspaces_list(cx, &w, list_search(cx, rq->form, SEARCH_LONGEST), false, &l));
	show_frame(cx, rq, v, a, "/workspaces");
	view_flag(v, "none", l.all == 0);
	TRY(show_held(cx, v, rq->form, a, typed, &held));
	for (size_t i = 0; i < held.n && n < PLACES_HELD_MOST; i++)
		if (*held.items[i].group == '\0')
			ids[n++] = held.items[i].id;
	for (size_t i = 0; i < l.n; i++) {
		ids[n++] = l.items[i].id;
		if (!is_held(&held, l.items[i].id))
			service_choice(v, "workspaces", l.items[i].id, l.items[i].name, "",
			    typed && form_among(rq->form, "workspace", l.items[i].id), false);
	}
	show_more(cx, v, l.more);
	find_keep(v, rq->form, "workspace", ids, n, CHOSEN_MOST, &kept);
	find_show_kept(cx, v, kept);
	TRY(service_workspace_roles(cx, v, form_get(rq->form, "workspace_role")));
	return page_show(cx, rs, "svcaccounts/workspaces", v);
}

static enum err
workspaces_page(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct svcaccount a;

	TRY(service_subject(cx, rq, &a));
	TRY(access_need(cx, PERM_WORKSPACE_MANAGE, IN_TENANT));
	return show_workspaces(cx, rq, rs, &a, has_ticks(rq, "was") ||
	    form_has(rq->form, "workspace"));
}

static enum err
set_workspaces(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct svcaccount       a;
	int64_t                 was[CHOSEN_MOST + 1], now[CHOSEN_MOST + 1];
	struct svcaccount_seats in = { was, now, 0, 0, form_get(rq->form, "workspace_role") };
	enum err                e;

	TRY(service_subject(cx, rq, &a));
	if (find_only(rq->form)) {
		TRY(access_need(cx, PERM_WORKSPACE_MANAGE, IN_TENANT));
		return show_workspaces(cx, rq, rs, &a, true);
	}
	TRY(form_ids(rq->form, "was", CHOSEN_MOST, was, &in.nwas));
	TRY(form_ids(rq->form, "workspace", CHOSEN_MOST, now, &in.n));
	e = svcaccounts_set_workspaces(cx, a.id, &in);
	if (page_answered(cx, rs, e, PERM_SERVICE_EDIT, SERVICE "/workspaces"))
		return show_workspaces(cx, rq, rs, &a, true);
	TRY(e);
	return page_done(cx, rs, form_get(rq->form, "back"), service_path(cx, a.id, ""),
	    _("The workspaces are saved."));
}

const struct route service_places_routes[] = {
	{ M_GET,  SERVICE "/groups",     PERM_SERVICE_EDIT, groups_page,     ROUTE_PROOF, 0,
	    "group" },
	{ M_POST, SERVICE "/groups",     PERM_SERVICE_EDIT, set_groups,      ROUTE_PROOF, 0,
	    "group" },
	{ M_GET,  SERVICE "/workspaces", PERM_SERVICE_EDIT, workspaces_page, ROUTE_PROOF, 0,
	    "was workspace" },
	{ M_POST, SERVICE "/workspaces", PERM_SERVICE_EDIT, set_workspaces,  ROUTE_PROOF, 0,
	    "was workspace" },
	ROUTE_END
};
