/* The page where the groups are chosen that the users list is filtered by. */
#include "members/members.h"

#include "base/arena.h"
#include "groups/groups.h"
#include "members/members_views.h"
#include "web/page.h"
#include "web/tables.h"

enum { SHOWN_MOST = 200, FIND_LONGEST = 64, KEPT_MOST = 50 };

/* What else the list is by, and that too with the groups. */
static const char *const rest[] = { "q", "status", "role", "factor", "sort", "dir", "rows", NULL };

static void
keep(struct view *v, const struct form *f, const char *name)
{
	for (size_t n = 0; n < form_count(f, name) && n < KEPT_MOST; n++) {
		struct view *h = view_item(v, "kept");

		view_text(h, "name", name);
		view_str(h, "value", form_nth(f, name, n));
	}
}

static void
option(struct view *v, const char *label, bool checked)
{
	struct view *o = view_item(v, "options");

	view_text(o, "value", "none");
	view_text(o, "label", label);
	view_flag(o, "checked", checked);
}

static enum err
choose_groups(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct view        *v = view_new(cx->arena);
	struct list_query   q = { page_path(cx, "/users"), rq->form, rest };
	struct group_choice *items = ARENA_ARRAY(cx->arena, struct group_choice, SHOWN_MOST + 1);
	struct member_want  w;
	const char         *find;
	size_t              n;

	TRY(access_need(cx, PERM_USER_VIEW, IN_ORG(cx->path)));
	TRY(members_read_want(cx, rq->form, &w));
	if (str_maybe(cx->arena, str_trim(form_get(rq->form, "find")), FIND_LONGEST, &find))
		find = "";
	TRY(groups_choice(cx, w.groups, w.ngroups, find, SHOWN_MOST + 1, items, &n));
	for (size_t i = 0; rest[i]; i++)
		keep(v, rq->form, rest[i]);
	option(v, _("No group"), w.ungrouped);
	view_flag(v, "none", *find && (!n || items[n - 1].chosen));
	for (size_t i = 0; i < n && i < SHOWN_MOST; i++) {
		struct view *o = view_item(v, "options");

		view_id(o, "value", items[i].id);
		view_text(o, "label", items[i].name);
		view_flag(o, "checked", items[i].chosen);
	}
	view_text(v, "find", find);
	view_flag(v, "may_find", n > SHOWN_MOST || *find);
	view_flag(v, "more", n > SHOWN_MOST);
	view_text(v, "action", q.path);
	view_text(v, "find_action", page_path(cx, "/users/groups"));
	view_text(v, "reset_href", list_href(cx, &q, (char *)0));
	return page_show(cx, rs, "members/by_group", v);
}

const struct route by_group_routes[] = {
	{ M_GET, "/t/{tenant}/users/groups", PERM_GROUP_VIEW, choose_groups, 0, 0,
	    "status role factor group" },
	ROUTE_END
};
