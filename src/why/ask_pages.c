/* The question itself: about whom, what and where.  Its answer is a page of whom it is about, see
 * why_pages.c; a refusal is asked for by its number. */
#include <string.h>

#include "base/arena.h"
#include "base/id.h"
#include "members/members.h"
#include "members/members_views.h"
#include "roles/areas.h"
#include "svcaccounts/svcaccounts_views.h"
#include "web/page.h"
#include "web/tables.h"
#include "why/why.h"
#include "why/why_views.h"
#include "workspaces/workspaces.h"

enum { SHOWN_MOST = 8, SEARCH_LONGEST = 200 };

/* Somebody who may be asked about; id 0: nobody. */
struct asked { int64_t id; bool service; const char *name, *detail, *why; };
struct asked_list { struct asked items[2 * SHOWN_MOST + 1]; size_t n; bool more; };

void
why_show_choices(struct ctx *cx, struct view *v, enum perm chosen)
{
	(void)cx;
	for (const struct perm_area *a = perm_areas; a->key; a++) {
		struct view *area = NULL;

		for (enum perm p = PERM_FIRST; p < PERM__COUNT; p++) {
			struct view *option;

			if (!perm_in_area(p, a))
				continue;
			if (area == NULL) {
				area = view_item(v, "choices");
				view_text(area, "area", _(a->title));
			}
			option = view_item(area, "options");
			view_text(option, "key", perm_info(p)->key);
			view_text(option, "title", _(perm_info(p)->title));
			view_flag(option, "chosen", p == chosen);
		}
	}
}

const char *
why_ask_path(struct ctx *cx, int64_t who, enum perm p)
{
	char id[14] = "";

	if (who)
		id_text(who, id);
	return page_path(cx, ARENA_JOIN(cx->arena, "/why?who=", id, p == PERM_UNSET ? "" :
	    "&permission=", p == PERM_UNSET ? "" : perm_info(p)->key));
}

static struct asked
asked_member(struct ctx *cx, const struct member *m)
{
	return (struct asked){ m->id, false, m->name, m->email, members_path(cx, m, "/why") };
}

static struct asked
asked_service(struct ctx *cx, const struct svcaccount *a)
{
	return (struct asked){ a->id, true, a->name, a->description,
		service_path(cx, a->id, "/why") };
}

static bool
sees_users(struct ctx *cx)
{
	return access_has(cx, PERM_USER_VIEW, IN_ORG(cx->path));
}

/* Whom the form names, as far as the reader may see them; nobody else is told apart from nobody. */
static enum err
read_asked(struct ctx *cx, int64_t id, struct asked *out)
{
	struct member     m;
	struct svcaccount a;
	enum err          e = ERR_NOTFOUND;

	*out = (struct asked){ .id = 0 };
	if (id && sees_users(cx))
		e = members_get(cx, id, &m);
	if (e == OK)
		*out = asked_member(cx, &m);
	else if (e == ERR_NOTFOUND && id && access_has(cx, PERM_SERVICE_VIEW, IN_TENANT)) {
		e = svcaccounts_get(cx, id, &a);
		if (e == OK)
			*out = asked_service(cx, &a);
	}
	return e == ERR_NOTFOUND ? OK : e;
}

static void
add_asked(struct asked_list *l, struct asked a)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->items[i].id == a.id)
			return;
	l->items[l->n++] = a;
}

/* The chosen one stands first, whatever is searched for. */
static enum err
find_asked(struct ctx *cx, const char *search, const struct asked *chosen, struct asked_list *out)
{
	struct member_want     want = { .list = { .rows = SHOWN_MOST }, .search = search,
		.brief = true };
	struct member_list     people = { .n = 0 };
	struct svcaccount_list services = { .n = 0 };

	*out = (struct asked_list){ .n = 0 };
	if (chosen->id)
		add_asked(out, *chosen);
	if (sees_users(cx))
		TRY(members_list(cx, &want, &people));
	for (size_t i = 0; i < people.n; i++)
		add_asked(out, asked_member(cx, &people.items[i]));
	if (access_has(cx, PERM_SERVICE_VIEW, IN_TENANT))
		TRY(svcaccounts_search(cx, search, SHOWN_MOST, &services));
	for (size_t i = 0; i < services.n && i < SHOWN_MOST; i++)
		add_asked(out, asked_service(cx, &services.items[i]));
	out->more = people.more || services.more;
	return OK;
}

static void
show_asked(struct ctx *cx, struct view *v, const struct asked_list *l, int64_t chosen)
{
	for (size_t i = 0; i < l->n; i++) {
		struct view *row = view_item(v, "found");

		view_id(row, "id", l->items[i].id);
		view_text(row, "name", l->items[i].name);
		view_text(row, "detail", l->items[i].detail);
		view_flag(row, "service", l->items[i].service);
		view_flag(row, "checked", l->items[i].id == chosen);
	}
	view_flag(v, "has_found", l->n > 0);
	if (l->more)
		view_text(v, "more_text", _("Only the first [n] are shown. Search for the others.",
		    "n", ctx_number(cx, SHOWN_MOST)));
}

static void
show_place(struct view *v, const char *value, const char *name, bool checked)
{
	struct view *row = view_item(v, "places");

	view_text(row, "value", value);
	view_text(row, "name", name);
	view_flag(row, "checked", checked);
}

static bool
among(const struct workspace_list *l, int64_t id)
{
	for (size_t i = 0; i < l->n && i < SHOWN_MOST; i++)
		if (l->items[i].id == id)
			return true;
	return false;
}

/* The name of a workspace that the reader may enter; NULL: it is none. */
static enum err
read_space(struct ctx *cx, int64_t id, const char **name)
{
	struct workspace w;
	enum err         e = access_workspace(cx, id);

	*name = NULL;
	if (e == OK)
		e = workspaces_get(cx, id, &w);
	if (e == OK)
		*name = w.name;
	return e == ERR_NOTFOUND || e == ERR_DENIED ? OK : e;
}

/* The account, then workspaces that the reader sees, and the chosen one in any case. */
static enum err
show_places(struct ctx *cx, struct view *v, const char *search, struct str place)
{
	struct workspace_list l;
	const char           *name = NULL;
	int64_t               chosen = 0;
	char                  id[14];

	TRY(workspaces_search(cx, search, SHOWN_MOST, &l));
	if (id_read(place, &chosen) != OK)
		chosen = 0;
	if (chosen && !among(&l, chosen))
		TRY(read_space(cx, chosen, &name));
	show_place(v, "", _("In the account, where they belong"), !str_equal(place, STR("/")) &&
	    !name && !among(&l, chosen));
	show_place(v, "/", _("In all of the account"), str_equal(place, STR("/")));
	if (name) {
		id_text(chosen, id);
		show_place(v, arena_strdup(cx->arena, id), name, true);
	}
	for (size_t i = 0; i < l.n && i < SHOWN_MOST; i++) {
		id_text(l.items[i].id, id);
		show_place(v, arena_strdup(cx->arena, id), l.items[i].name,
		    l.items[i].id == chosen);
	}
	view_text(v, "places_text", l.more ?
	    _("Only the first [n] are shown. Search for the others.", "n",
	        ctx_number(cx, SHOWN_MOST)) : l.n == 0 && *search == '\0' ?
	    _("There is no workspace to ask about.") : "");
	return OK;
}

/* ---------------------------------------------------------------- asking */

/* A permission of workspaces is about one of them, and the others about none. */
static bool
fits(enum perm p, struct str place)
{
	int64_t id;

	return (perm_info(p)->scope == SCOPE_WORKSPACE) == (id_read(place, &id) == OK);
}

/* The page with the answer, or what is missing. */
static enum err
go(struct ctx *cx, const struct form *f, struct response *rs, const struct asked *who, enum perm p)
{
	struct str place = form_get(f, "place");
	char       id[14];
	int64_t    space;

	if (who->id == 0)
		ctx_issue(cx, "who", _("Choose whom to ask about."));
	if (p == PERM_UNSET)
		ctx_issue(cx, "permission", _("Choose a permission of the list."));
	else if (!fits(p, place))
		ctx_issue(cx, "place", perm_info(p)->scope == SCOPE_WORKSPACE ?
		    _("Choose a workspace: the permission is about what is done in one.") :
		    _("The permission is not about workspaces: choose the account."));
	if (cx->issues)
		return ERR_INVALID;
	id[0] = '\0';
	if (id_read(place, &space) == OK)
		id_text(space, id);
	return page_go(rs, ARENA_JOIN(cx->arena, who->why, "?permission=", perm_info(p)->key,
	    place.len ? "&place=" : "", *id ? id : place.len ? "/" : ""));
}

static enum err
go_decision(struct ctx *cx, struct response *rs, struct str number)
{
	struct decision d;
	int64_t         id;
	enum err        e = id_read(number, &id);

	if (e == OK)
		e = why_decision(cx, id, &d);
	if (e == OK)
		return page_go(rs, page_path_id(cx, "/decisions/", id, ""));
	return e == ERR_INVALID || e == ERR_NOTFOUND ?
	    ctx_issue(cx, "decision", _("There is no decision of that number here.")) : e;
}

static enum err
show_question(struct ctx *cx, const struct form *f, struct response *rs, struct asked who,
    enum perm p)
{
	struct view      *v = view_new(cx->arena);
	const char       *search = list_search(cx, f, SEARCH_LONGEST), *where;
	struct asked_list l;

	if (str_maybe(cx->arena, str_trim(form_get(f, "where")), SEARCH_LONGEST, &where))
		where = "";
	TRY(find_asked(cx, search, &who, &l));
	view_text(v, "action", page_path(cx, "/why"));
	view_text(v, "q", search);
	view_text(v, "where", where);
	show_asked(cx, v, &l, who.id);
	why_show_choices(cx, v, p);
	TRY(show_places(cx, v, where, form_get(f, "place")));
	view_str(v, "decision", form_get(f, "decision"));
	return page_show(cx, rs, "why/question", v);
}

/* Whoever alone is found by what was typed is meant. */
static enum err
find_alone(struct ctx *cx, const struct form *f, struct asked *who)
{
	const char       *search = list_search(cx, f, SEARCH_LONGEST);
	struct asked_list l = { .n = 0 };

	if (*search)
		TRY(find_asked(cx, search, who, &l));
	if (l.n == 1)
		*who = l.items[0];
	return OK;
}

static enum err
question(struct ctx *cx, const struct request *rq, struct response *rs)
{
	const struct form *f = rq->form;
	enum perm          p = perm_find(form_get(f, "permission"));
	struct asked       who;
	enum err           e;

	if (form_has(f, "decision")) {
		e = go_decision(cx, rs, str_trim(form_get(f, "decision")));
		return e == ERR_INVALID ? show_question(cx, f, rs, (struct asked){ .id = 0 }, p) :
		    e;
	}
	TRY(read_asked(cx, form_id(f, "who"), &who));
	if (!form_has(f, "ask"))
		return show_question(cx, f, rs, who, p);
	if (who.id == 0)
		TRY(find_alone(cx, f, &who));
	e = go(cx, f, rs, &who, p);
	return e == ERR_INVALID ? show_question(cx, f, rs, who, p) : e;
}

const struct route ask_routes[] = {
	{ M_GET, "/t/{tenant}/why", PERM_ROLE_VIEW, question, 0, 0, NULL },
	ROUTE_END
};
