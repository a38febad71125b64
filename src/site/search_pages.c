/* The search box of the frame: people, service accounts, groups, workspaces, roles and pages of an
 * account, as far as the reader may open them.  Without JavaScript it is a page; with it the same
 * page's results stand below the box while one types. */
#include <string.h>

#include "base/arena.h"
#include "base/id.h"
#include "core/throttle.h"
#include "groups/groups.h"
#include "http/url.h"
#include "members/members.h"
#include "roles/roles.h"
#include "svcaccounts/svcaccounts.h"
#include "web/page.h"
#include "web/tables.h"
#include "why/why.h"
#include "workspaces/workspaces.h"

enum { OF_EACH = 5, SEARCH_LONGEST = 100 };

static struct view *
add_kind(struct view *v, const char *title)
{
	struct view *kind = view_item(v, "kinds");

	view_text(kind, "title", title);
	return kind;
}

static struct view *
add_hit(struct view *kind, const char *name, const char *detail, const char *href)
{
	struct view *hit = view_item(kind, "hits");

	view_text(hit, "name", name);
	view_text(hit, "detail", detail);
	view_text(hit, "href", href);
	return hit;
}

static const char *
with_id(struct ctx *cx, const char *below, int64_t id)
{
	char text[14];

	id_text(id, text);
	return page_path(cx, ARENA_JOIN(cx->arena, below, text));
}

/* As the users list finds them: members/members.h. */
static enum err
find_people(struct ctx *cx, struct view *v)
{
	const struct member_want want = { .list = { .rows = OF_EACH }, .search = cx->searched,
		.brief = true };
	struct member_list       l;
	struct view             *kind;

	if (!access_has(cx, PERM_USER_VIEW, IN_ORG(cx->path)))
		return OK;
	TRY(members_list(cx, &want, &l));
	if (l.n == 0)
		return OK;
	kind = add_kind(v, _("Users"));
	for (size_t i = 0; i < l.n; i++)
		view_initials(cx, add_hit(kind, l.items[i].name, l.items[i].email,
		    with_id(cx, "/users/", l.items[i].id)), l.items[i].name, "");
	if (l.more) {
		view_text(kind, "all_href", page_path(cx, ARENA_JOIN(cx->arena, "/users?q=",
		    url_encode(cx->arena, cx->searched))));
		view_text(kind, "all_text", _("All results among the users"));
	}
	return OK;
}

static enum err
find_roles(struct ctx *cx, struct view *v, const char *fold)
{
	struct role_list l;
	struct view     *kind = NULL;
	size_t           n = 0;

	if (!access_has(cx, PERM_ROLE_VIEW, IN_TENANT))
		return OK;
	TRY(roles_list(cx, &l));
	for (size_t i = 0; i < l.n; i++) {
		if (!strstr(text_fold(cx->arena, l.items[i].name), fold))
			continue;
		if (kind == NULL)
			kind = add_kind(v, _("Roles"));
		if (++n > OF_EACH) {
			view_text(kind, "all_href", page_path(cx, "/roles"));
			view_text(kind, "all_text", _("All roles"));
			break;
		}
		view_text(add_hit(kind, l.items[i].name, _(l.items[i].description),
		    with_id(cx, "/roles/", l.items[i].id)), "icon", "shield");
	}
	return OK;
}

static enum err
find_groups(struct ctx *cx, struct view *v)
{
	const struct list_want w = { .rows = OF_EACH };
	struct group_list      l;
	struct view           *kind;

	if (!access_has(cx, PERM_GROUP_VIEW, IN_TENANT))
		return OK;
	TRY(groups_list(cx, &w, cx->searched, &l));
	if (l.n == 0)
		return OK;
	kind = add_kind(v, _("Groups"));
	for (size_t i = 0; i < l.n; i++)
		view_text(add_hit(kind, l.items[i].name, l.items[i].description,
		    with_id(cx, "/groups/", l.items[i].id)), "icon", "users-group");
	if (l.more) {
		view_text(kind, "all_href", page_path(cx, ARENA_JOIN(cx->arena, "/groups?q=",
		    url_encode(cx->arena, cx->searched))));
		view_text(kind, "all_text", _("All results among the groups"));
	}
	return OK;
}

static enum err
find_workspaces(struct ctx *cx, struct view *v)
{
	struct workspace_list l;
	struct view          *kind;

	TRY(workspaces_search(cx, cx->searched, OF_EACH, &l));
	if (l.n == 0)
		return OK;
	kind = add_kind(v, _("Workspaces"));
	for (size_t i = 0; i < l.n; i++)
		view_text(add_hit(kind, l.items[i].name, l.items[i].description,
		    with_id(cx, "/workspaces/", l.items[i].id)), "icon", "layout-grid");
	if (l.more) {
		view_text(kind, "all_href", page_path(cx, ARENA_JOIN(cx->arena, "/workspaces?q=",
		    url_encode(cx->arena, cx->searched))));
		view_text(kind, "all_text", _("All results among the workspaces"));
	}
	return OK;
}

static enum err
find_services(struct ctx *cx, struct view *v)
{
	const struct list_want w = { .rows = OF_EACH };
	struct svcaccount_list l;
	struct view           *kind;

	if (!access_has(cx, PERM_SERVICE_VIEW, IN_TENANT))
		return OK;
	TRY(svcaccounts_list(cx, &w, cx->searched, &l));
	if (l.n == 0)
		return OK;
	kind = add_kind(v, _("Service accounts"));
	for (size_t i = 0; i < l.n; i++)
		view_text(add_hit(kind, l.items[i].name, l.items[i].description,
		    with_id(cx, "/service-accounts/", l.items[i].id)), "icon", "robot");
	if (l.more) {
		view_text(kind, "all_href", page_path(cx, ARENA_JOIN(cx->arena,
		    "/service-accounts?q=", url_encode(cx->arena, cx->searched))));
		view_text(kind, "all_text", _("All results among the service accounts"));
	}
	return OK;
}

/* Whoever was refused tells the number that the page gave. */
static enum err
find_decision(struct ctx *cx, struct view *v)
{
	struct decision d;
	int64_t         id;
	enum err        e;

	if (id_read(str_of(cx->searched), &id) != OK ||
	    !access_has(cx, PERM_ROLE_VIEW, IN_TENANT))
		return OK;
	e = why_decision(cx, id, &d);
	if (e == ERR_NOTFOUND)
		return OK;
	TRY(e);
	view_text(add_hit(add_kind(v, _("Decisions")), d.name, d.matter,
	    with_id(cx, "/decisions/", d.id)), "icon", "shield");
	return OK;
}

static void
find_pages(struct ctx *cx, struct view *v, const char *fold)
{
	struct view *kind = NULL;

	for (const struct menu_item *m = page_menu(cx, NULL); m; m = page_menu(cx, m)) {
		if (!strstr(text_fold(cx->arena, _(m->label)), fold))
			continue;
		if (kind == NULL)
			kind = add_kind(v, _("Pages"));
		view_text(add_hit(kind, _(m->label), *m->line ? _(m->line) : "",
		    page_path(cx, m->path)), "icon", m->icon);
	}
}

static const char *
searcher(const struct ctx *cx)
{
	return arena_printf(cx->arena, "%lld", (long long)cx->actor.person);
}

/* Behind the answer, as a GET changes nothing itself. */
static enum err
count_search(struct ctx *cx)
{
	return throttle_note(cx, THROTTLE_SEARCH, "", searcher(cx));
}

static enum err
find_all(struct ctx *cx, struct view *v)
{
	const char *fold = text_fold(cx->arena, cx->searched);

	TRY(find_people(cx, v));
	TRY(find_services(cx, v));
	TRY(find_groups(cx, v));
	TRY(find_workspaces(cx, v));
	TRY(find_roles(cx, v, fold));
	TRY(find_decision(cx, v));
	find_pages(cx, v, fold);
	cx->after = count_search;
	return OK;
}

static enum err
search(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct view *v = view_new(cx->arena);
	const char  *typed;
	int64_t      until;
	enum err     e;

	if (str_maybe(cx->arena, str_trim(form_get(rq->form, "q")), SEARCH_LONGEST, &typed))
		return ctx_issue(cx, "",
		    _("Search for at most [n] characters of text.", "n", "100"));
	cx->searched = typed;
	view_text(v, "q", typed);
	if (*typed == '\0')
		return page_show(cx, rs, "site/search", v);
	e = throttle_ask(cx, THROTTLE_SEARCH, "", searcher(cx), &until);
	if (e == ERR_LIMIT)
		return page_problem(cx, rs, 429,
		    _("So many searches in a minute are too many. Wait a moment."), until);
	TRY(e);
	TRY(find_all(cx, v));
	return page_show(cx, rs, "site/search", v);
}

const struct route search_routes[] = {
	{ M_GET, "/t/{tenant}/search", PERM_SIGNED_IN, search, 0, 0, NULL },
	ROUTE_END
};
