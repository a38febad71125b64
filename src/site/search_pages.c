/* The search box of the frame: people, service accounts, groups, workspaces, roles and pages of an
 * account, as far as the reader may open them.  Without JavaScript it is a page; with it the same
 * page's results stand below the box while one types. */
#include <string.h>

#include "base/arena.h"
#include "base/id.h"
#include "core/throttle.h"
#include "http/url.h"
#include "members/members.h"
#include "site/search.h"
#include "web/page.h"
#include "web/tables.h"
#include "why/why.h"
#include "workspaces/workspaces.h"

enum { SEARCH_LONGEST = 100 };

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

/* As the users list finds them: members/members.h. */
static enum err
find_people(struct ctx *cx, struct view *v)
{
	const struct member_want want = { .list = { .rows = SEARCH_OF_EACH }, .brief = true,
		.search = cx->searched };
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
		    page_path_id(cx, "/users/", l.items[i].id, "")), l.items[i].name, "");
	if (l.more) {
		view_text(kind, "all_href", page_path(cx, ARENA_JOIN(cx->arena, "/users?q=",
		    url_encode(cx->arena, cx->searched))));
		view_text(kind, "all_text", _("All results among the users"));
	}
	return OK;
}

static enum err
find_workspaces(struct ctx *cx, struct view *v)
{
	struct workspace_list l;
	struct view          *kind;

	TRY(workspaces_search(cx, cx->searched, SEARCH_OF_EACH, &l));
	if (l.n == 0)
		return OK;
	kind = add_kind(v, _("Workspaces"));
	for (size_t i = 0; i < l.n; i++)
		view_text(add_hit(kind, l.items[i].name, l.items[i].description,
		    page_path_id(cx, "/workspaces/", l.items[i].id, "")), "icon", "layout-grid");
	if (l.more) {
		view_text(kind, "all_href", page_path(cx, ARENA_JOIN(cx->arena, "/workspaces?q=",
		    url_encode(cx->arena, cx->searched))));
		view_text(kind, "all_text", _("All results among the workspaces"));
	}
	return OK;
}

/* path: a list that can be searched has a query for the rest. */
static const struct { const char *title, *path, *icon, *all; bool query; } named[] = {
	[SEARCH_SERVICES] = { N_("Service accounts"), "/service-accounts", "robot",
		N_("All results among the service accounts"), true },
	[SEARCH_GROUPS] = { N_("Groups"), "/groups", "users-group",
		N_("All results among the groups"), true },
	[SEARCH_ROLES] = { N_("Roles"), "/roles", "shield", N_("All roles"), false },
};

static void
show_named(struct ctx *cx, struct view *v, enum search_kind k, const struct search_hits *l)
{
	struct view *kind;

	if (l->n == 0)
		return;
	kind = add_kind(v, _(named[k].title));
	for (size_t i = 0; i < l->n; i++) {
		const struct search_hit *h = &l->items[i];

		view_text(add_hit(kind, h->name, k == SEARCH_ROLES && *h->description ?
		    _(h->description) : h->description, page_path_id(cx,
		    ARENA_JOIN(cx->arena, named[k].path, "/"), h->id, "")), "icon",
		    named[k].icon);
	}
	if (!l->more)
		return;
	view_text(kind, "all_href", page_path(cx, named[k].query ? ARENA_JOIN(cx->arena,
	    named[k].path, "?q=", url_encode(cx->arena, cx->searched)) : named[k].path));
	view_text(kind, "all_text", _(named[k].all));
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
	    page_path_id(cx, "/decisions/", d.id, "")), "icon", "shield");
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
	const char        *fold = text_fold(cx->arena, cx->searched);
	struct search_hits hits[SEARCH_KINDS];

	TRY(search_names(cx, fold, hits));
	TRY(find_people(cx, v));
	show_named(cx, v, SEARCH_SERVICES, &hits[SEARCH_SERVICES]);
	show_named(cx, v, SEARCH_GROUPS, &hits[SEARCH_GROUPS]);
	TRY(find_workspaces(cx, v));
	show_named(cx, v, SEARCH_ROLES, &hits[SEARCH_ROLES]);
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
