/* Pages about who is in a workspace: adding some, their roles, taking one out, and leaving. */
#include <string.h>

#include "base/arena.h"
#include "base/id.h"
#include "members/members.h"
#include "web/confirm.h"
#include "web/page.h"
#include "web/tables.h"
#include "workspaces/workspaces_pages.h"

enum { FOUND_MOST = 25, SEARCH_LONGEST = 200 };
#define SEAT WORKSPACES "/{workspace}/members/{holder}"

/* ---------------------------------------------------------------- adding */

static enum err
find_people(struct ctx *cx, const char *search, struct seat_list *out)
{
	struct member_want want = { .list = { .rows = FOUND_MOST }, .search = search,
		.brief = true };
	struct member_list l;

	*out = (struct seat_list){ .items = ARENA_ARRAY(cx->arena, struct seat, FOUND_MOST) };
	if (!access_has(cx, PERM_USER_VIEW, IN_ORG(cx->path)))
		return OK;
	TRY(members_list(cx, &want, &l));
	for (size_t i = 0; i < l.n; i++)
		out->items[out->n++] = (struct seat){ .id = l.items[i].id,
			.name = l.items[i].name, .email = l.items[i].email };
	out->more = l.more;
	return OK;
}

static void
show_kind(struct ctx *cx, struct view *v, const struct form *f, const char *title,
    const struct seat_list *l)
{
	struct view *kind;

	if (l->n == 0)
		return;
	kind = view_item(v, "kinds");
	view_text(kind, "title", title);
	for (size_t i = 0; i < l->n; i++) {
		const struct seat *s = &l->items[i];
		struct view       *row = view_item(kind, "found");

		view_id(row, "id", s->id);
		view_text(row, "name", s->name);
		view_text(row, "detail", *s->email ? s->email : s->kind == SEAT_GROUP ?
		    _("[n] member | [n] members", "n", ctx_number(cx, s->members)) : "");
		view_flag(row, "checked", s->inside || form_among(f, "id", s->id));
		view_flag(row, "inside", s->inside);
	}
	if (l->more)
		view_text(kind, "more_text", _("Only the first [n] are shown. Search for the "
		    "others.", "n", ctx_number(cx, FOUND_MOST)));
}

/* What was ticked and is not found now. */
static void
show_kept(struct ctx *cx, struct view *v, const struct form *f, const struct seat_list *const l[3])
{
	int64_t ids[3 * FOUND_MOST];
	size_t  n = 0, kept = 0;

	for (size_t i = 0; i < 3; i++)
		for (size_t k = 0; k < l[i]->n && k < FOUND_MOST; k++)
			ids[n++] = l[i]->items[k].id;
	find_keep(v, f, "id", ids, n, SEATS_ADD_MOST, &kept);
	find_show_kept(cx, v, kept);
}

static enum err
show_found(struct ctx *cx, struct view *v, const struct form *f, int64_t workspace,
    const char *search)
{
	struct seat_list   people;
	struct seats_found l;

	TRY(find_people(cx, search, &people));
	TRY(workspaces_find(cx, workspace, search, FOUND_MOST, people.items, people.n, &l));
	show_kind(cx, v, f, _("Users"), &people);
	show_kind(cx, v, f, _("Service accounts"), &l.services);
	show_kind(cx, v, f, _("Groups"), &l.groups);
	view_flag(v, "has_found", people.n + l.services.n + l.groups.n > 0);
	show_kept(cx, v, f, (const struct seat_list *[]){ &people, &l.services, &l.groups });
	return OK;
}

/* The one of least comes first to mind when none is chosen. */
static enum err
show_roles(struct ctx *cx, struct view *v, struct str chosen)
{
	struct workspace_roles l;
	struct perm_set        mine = access_inside(cx);

	TRY(workspaces_roles(cx, &l));
	for (size_t i = 0; i < l.n; i++) {
		const struct workspace_role *r = &l.items[i];
		struct view                 *row = view_item(v, "roles");
		char                         id[14];

		id_text(r->id, id);
		view_id(row, "id", r->id);
		view_text(row, "name", r->name);
		view_text(row, "description", *r->builtin ? _(r->description) : r->description);
		view_flag(row, "custom", *r->builtin == '\0');
		view_flag(row, "checked", chosen.len ? str_equal(chosen, str_of(id)) :
		    strcmp(r->builtin, "viewer") == 0);
		if (!perm_covers(mine, r->perms))
			view_text(row, "refused", _("It holds more than your own."));
	}
	return OK;
}

static enum err
show_add(struct ctx *cx, const struct request *rq, struct response *rs, const struct workspace *w)
{
	struct view *v = view_new(cx->arena);
	const char  *search = list_search(cx, rq->form, SEARCH_LONGEST);

	view_text(v, "name", w->name);
	view_text(v, "q", search);
	view_text(v, "action", workspace_path(cx, w->id, "/add"));
	view_str(v, "email", form_get(rq->form, "email"));
	view_flag(v, "may_search", access_has(cx, PERM_USER_VIEW, IN_ORG(cx->path)) ||
	    access_has(cx, PERM_GROUP_VIEW, IN_TENANT) ||
	    access_has(cx, PERM_SERVICE_VIEW, IN_TENANT));
	TRY(show_found(cx, v, rq->form, w->id, search));
	TRY(show_roles(cx, v, form_get(rq->form, "role")));
	view_text(v, "cancel_href", workspace_path(cx, w->id, ""));
	return page_show(cx, rs, "workspaces/add", v);
}

static enum err
add_page(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct workspace w;

	TRY(workspace_subject(cx, &w));
	return show_add(cx, rq, rs, &w);
}

static enum err
add(struct ctx *cx, const struct request *rq, struct response *rs)
{
	int64_t          ids[SEATS_ADD_MOST + 1];
	struct workspace w;
	size_t           n, added;
	enum err         e;

	TRY(workspace_subject(cx, &w));
	if (find_only(rq->form))
		return show_add(cx, rq, rs, &w);
	TRY(form_ids(rq->form, "id", SEATS_ADD_MOST, ids, &n));
	e = workspaces_add(cx, w.id, ids, n, form_get(rq->form, "email"),
	    form_get(rq->form, "role"), &added);
	if (page_answered(cx, rs, e, PERM_WORKSPACE_MEMBERS, WORKSPACES "/{workspace}/add"))
		return show_add(cx, rq, rs, &w);
	TRY(e);
	return page_done(cx, rs, STR(""), workspace_path(cx, w.id, ""), added ?
	    _("[n] member is added. | [n] members are added.", "n",
	        ctx_number(cx, (int64_t)added)) : _("They are in the workspace already."));
}

/* ---------------------------------------------------------------- one of them */

struct one { struct workspace w; struct seat s; };

static enum err
subject(struct ctx *cx, const struct request *rq, struct one *o)
{
	int64_t id;

	TRY(workspace_subject(cx, &o->w));
	TRY(request_path_id(rq, "holder", &id));
	return workspaces_seat(cx, o->w.id, id, &o->s);
}

static const char *
seat_path(struct ctx *cx, const struct one *o, const char *act)
{
	char id[14];

	id_text(o->s.id, id);
	return workspace_path(cx, o->w.id, ARENA_JOIN(cx->arena, "/members/", id, act));
}

/* The form says which role there was; a newer one is not overwritten unseen. */
static bool
is_moved(struct ctx *cx, const struct request *rq, struct response *rs, const struct one *o)
{
	int64_t was = form_id(rq->form, "was");

	if (was == 0 || was == o->s.role || form_id(rq->form, "role") == o->s.role)
		return false;
	ctx_issue(cx, "", _("Somebody else gave [name] the role [role] meanwhile. Saving gives "
	    "the one that is chosen below.", "name", o->s.name, "role", o->s.role_name));
	rs->status = 409;
	return true;
}

static enum err
role_page(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct view *v = view_new(cx->arena), *was = view_item(v, "hidden");
	struct one   o;
	char         id[14];
	struct str   chosen = form_get(rq->form, "role");

	TRY(subject(cx, rq, &o));
	if (rq->carried && rq->method == M_GET)
		is_moved(cx, rq, rs, &o);
	id_text(o.s.role, id);
	view_text(was, "name", "was");
	view_text(was, "value", arena_strdup(cx->arena, id));
	view_text(v, "name", o.s.name);
	view_text(v, "workspace", o.w.name);
	view_text(v, "action", seat_path(cx, &o, "/role"));
	TRY(show_roles(cx, v, chosen.len ? chosen : str_of(id)));
	view_text(v, "cancel_href", workspace_path(cx, o.w.id, ""));
	return page_show(cx, rs, "workspaces/role", v);
}

static enum err
set_role(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct one o;
	enum err   e;

	TRY(subject(cx, rq, &o));
	if (is_moved(cx, rq, rs, &o))
		return role_page(cx, rq, rs);
	e = workspaces_set_role(cx, o.w.id, o.s.id, form_get(rq->form, "role"));
	if (page_answered(cx, rs, e, PERM_WORKSPACE_MEMBERS, SEAT "/role"))
		return role_page(cx, rq, rs);
	TRY(e);
	return page_done(cx, rs, STR(""), workspace_path(cx, o.w.id, ""),
	    _("The role of [name] is saved.", "name", o.s.name));
}

static enum err
remove_page(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct one o;

	TRY(subject(cx, rq, &o));
	return confirm_show(cx, rq, rs, &(struct confirm){
	    .heading = _("Remove [name] from [workspace]?", "name", o.s.name, "workspace",
	        o.w.name),
	    .sentence = _("What the role [role] allows there ends at once.", "role",
	        o.s.role_name),
	    .action = seat_path(cx, &o, "/remove"), .button = _("Remove"), .danger = true });
}

static enum err
take_out(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct one o;
	enum err   e;

	TRY(subject(cx, rq, &o));
	e = workspaces_take_out(cx, o.w.id, o.s.id);
	if (page_answered(cx, rs, e, PERM_WORKSPACE_MEMBERS, SEAT "/remove"))
		return remove_page(cx, rq, rs);
	TRY(e);
	return page_done(cx, rs, STR(""), workspace_path(cx, o.w.id, ""),
	    _("[name] is not in the workspace any more.", "name", o.s.name));
}

/* ---------------------------------------------------------------- leaving */

static enum err
show_leave(struct ctx *cx, const struct request *rq, struct response *rs,
    const struct workspace *w)
{
	struct seat s;

	TRY(workspaces_seat(cx, w->id, cx->actor.member, &s));
	return confirm_show(cx, rq, rs, &(struct confirm){
	    .heading = _("Leave [workspace]?", "workspace", w->name),
	    .sentence = _("Your role [role] there ends at once. Somebody else has to add you "
	        "again.", "role", s.role_name),
	    .action = workspace_path(cx, w->id, "/leave"), .button = _("Leave"),
	    .danger = true });
}

static enum err
leave_page(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct workspace w;

	TRY(workspace_subject(cx, &w));
	return show_leave(cx, rq, rs, &w);
}

static enum err
leave(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct workspace w;
	enum err         e;

	TRY(workspace_subject(cx, &w));
	e = workspaces_leave(cx, w.id);
	if (page_answered(cx, rs, e, PERM_WORKSPACE_VIEW, WORKSPACES "/{workspace}/leave"))
		return show_leave(cx, rq, rs, &w);
	TRY(e);
	return page_done(cx, rs, STR(""), page_path(cx, "/workspaces"),
	    _("You are not in [workspace] any more.", "workspace", w.name));
}

const struct route workspace_people_routes[] = {
	{ M_GET,  WORKSPACES "/{workspace}/add", PERM_WORKSPACE_MEMBERS, add_page, ROUTE_PROOF, 0,
	    "id" },
	{ M_POST, WORKSPACES "/{workspace}/add", PERM_WORKSPACE_MEMBERS, add, ROUTE_PROOF, 0,
	    "id" },
	{ M_GET,  SEAT "/role",   PERM_WORKSPACE_MEMBERS, role_page,   ROUTE_PROOF, 0, NULL },
	{ M_POST, SEAT "/role",   PERM_WORKSPACE_MEMBERS, set_role,    ROUTE_PROOF, 0, NULL },
	{ M_GET,  SEAT "/remove", PERM_WORKSPACE_MEMBERS, remove_page, ROUTE_PROOF, 0, NULL },
	{ M_POST, SEAT "/remove", PERM_WORKSPACE_MEMBERS, take_out,    ROUTE_PROOF, 0, NULL },
	{ M_GET,  WORKSPACES "/{workspace}/leave", PERM_WORKSPACE_VIEW, leave_page, 0, 0, NULL },
	{ M_POST, WORKSPACES "/{workspace}/leave", PERM_WORKSPACE_VIEW, leave,      0, 0, NULL },
	ROUTE_END
};
