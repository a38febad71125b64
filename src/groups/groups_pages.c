/* Pages of groups: the list, one of them, and the forms that make, edit and delete one.  Who is in
 * one is added, changed and taken out in people_pages.c. */
#include "groups/groups.h"

#include <string.h>

#include "base/arena.h"
#include "base/id.h"
#include "core/owners.h"
#include "groups/groups_pages.h"
#include "members/members_views.h"
#include "web/confirm.h"
#include "web/csrf.h"
#include "web/page.h"
#include "web/tables.h"
#include "workspaces/workspaces.h"

static const char *const state[] = { "q", "sort", "dir", "rows", "after", "before", "id", NULL };

const char *
group_path(struct ctx *cx, int64_t id, const char *below)
{
	return page_path_id(cx, "/groups/", id, below);
}

enum err
group_subject(struct ctx *cx, const struct request *rq, struct group *g)
{
	int64_t id;

	TRY(request_path_id(rq, "group", &id));
	return groups_get(cx, id, g);
}

/* ---------------------------------------------------------------- the list */

static void
show_role(struct ctx *cx, struct view *v, const struct group *g)
{
	view_text(v, "role", g->role_name);
	if (g->role && access_has(cx, PERM_ROLE_VIEW, IN_TENANT))
		view_text(v, "role_href", page_path_id(cx, "/roles/", g->role, ""));
}

/* The users list by that group; NULL for who may not see users. */
static const char *
users_href(struct ctx *cx, const struct group *g)
{
	char id[14];

	if (!access_has(cx, PERM_USER_VIEW, IN_ORG(cx->path)))
		return NULL;
	id_text(g->id, id);
	return page_path(cx, ARENA_JOIN(cx->arena, "/users?group=", id));
}

static void
show_rows(struct ctx *cx, struct view *v, const struct group_list *l)
{
	for (size_t i = 0; i < l->n; i++) {
		const struct group *g = &l->items[i];
		struct view        *row = view_item(v, "groups");
		const char         *users = users_href(cx, g);

		view_text(row, "name", g->name);
		view_text(row, "description", g->description);
		view_text(row, "href", group_path(cx, g->id, ""));
		view_text(row, "members", ctx_number(cx, g->members));
		if (users)
			view_text(row, "users_href", users);
		view_text(row, "workspaces", ctx_number(cx, g->workspaces));
		show_role(cx, row, g);
		view_time(cx, row, "created", g->created_at);
	}
}

static enum err
list_groups(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct view      *v = view_new(cx->arena);
	struct list_query q = { page_path(cx, "/groups"), rq->form, state };
	struct list_want  w;
	struct list_edge  first = { NULL, 0 }, last = { NULL, 0 };
	struct group_list l;
	const char       *search = list_search(cx, rq->form, 64);

	TRY(list_read(cx, rq->form, GROUPS_SORTS, 1u << GROUPS_MEMBERS | 1u << GROUPS_CREATED,
	    &w));
	TRY(groups_list(cx, &w, search, &l));
	view_text(v, "total_text", _("[n] group | [n] groups", "n", ctx_number(cx, l.all)));
	view_flag(v, "none", l.all == 0);
	if (access_has(cx, PERM_GROUP_EDIT, IN_TENANT))
		view_text(v, "new_href", page_path(cx, "/groups/new"));
	list_show_search(cx, v, &q, search, "sort dir rows");
	if (*search)
		view_text(v, "reset_href", list_href(cx, &q, "q", NULL, (char *)0));
	view_flag(v, "has_rows", l.n > 0);
	show_rows(cx, v, &l);
	if (l.n) {
		first = (struct list_edge){ groups_key(cx, &l.items[0], w.sort), l.items[0].id };
		last = (struct list_edge){ groups_key(cx, &l.items[l.n - 1], w.sort),
			l.items[l.n - 1].id };
	} else if (!*search) {
		view_text(v, "reset_href", q.path);
	}
	list_show(cx, v, &q, GROUPS_SORTS, &w, l.more, first, last);
	return page_show(cx, rs, "groups/list", v);
}

/* ---------------------------------------------------------------- one group */

static void
show_members(struct ctx *cx, struct view *v, const struct group_members *l, bool may_edit)
{
	bool people = access_has(cx, PERM_USER_VIEW, IN_TENANT);
	bool services = access_has(cx, PERM_SERVICE_VIEW, IN_TENANT);

	for (size_t i = 0; i < l->n; i++) {
		const struct group_member *m = &l->items[i];
		struct view               *row = view_item(v, "members");
		bool                       see = m->service ? services : people;
		char                       id[14];

		id_text(m->id, id);
		view_text(row, "name", m->name);
		view_flag(row, "service", m->service);
		/* Who may see groups, and not users, sees who is in one and no more. */
		view_text(row, "email", people ? m->email : "");
		view_initials(cx, row, m->name, "");
		if (see)
			view_text(row, "href", page_path_id(cx, m->service ?
			    "/service-accounts/" : "/users/", m->id, ""));
		view_flag(row, "inactive", strcmp(m->status, "active") != 0);
		view_text(row, "status", m->status[0] == 'i' ? _("Invited") :
		    m->service ? _("Disabled") : _("Deactivated"));
		view_time(cx, row, "added", m->added_at);
		/* The last moment, for it says the day that was typed. */
		view_time(cx, row, "until", m->until_at ? m->until_at - 1 : 0);
		view_flag(row, "over", m->over);
		view_flag(row, "may_edit", may_edit && see);
		view_text(row, "until_href", ARENA_JOIN(cx->arena, "members/", id, "/until"));
		view_text(row, "remove_href", ARENA_JOIN(cx->arena, "members/", id, "/remove"));
	}
}

/* In which workspaces it is, for who sees all of them. */
static enum err
show_places(struct ctx *cx, struct view *v, const struct group *g)
{
	struct places_held l = { NULL, 0 };

	if (g->workspaces > 0 && workspaces_all(cx))
		TRY(workspaces_of(cx, g->id, &l));
	for (size_t i = 0; i < l.n; i++) {
		struct view *place = view_item(v, "places");

		view_text(place, "name", l.items[i].name);
		view_text(place, "role", l.items[i].role);
		view_text(place, "href", page_path_id(cx, "/workspaces/", l.items[i].id, ""));
	}
	view_flag(v, "has_places", l.n > 0);
	return OK;
}

static enum err
show_group(struct ctx *cx, const struct request *rq, struct response *rs)
{
	static const char *const pages[] = { "sort", "dir", "rows", "after", "before", "id", NULL };
	struct view         *v = view_new(cx->arena);
	struct list_query    q = { NULL, rq->form, pages };
	struct list_edge     first = { NULL, 0 }, last = { NULL, 0 };
	struct list_want     w;
	struct group         g;
	struct group_members l;
	bool                 may_edit = access_has(cx, PERM_GROUP_EDIT, IN_TENANT);

	TRY(group_subject(cx, rq, &g));
	TRY(list_read(cx, rq->form, "name", 0, &w));
	TRY(groups_members(cx, g.id, &w, &l));
	q.path = group_path(cx, g.id, "");
	view_text(v, "name", g.name);
	view_text(v, "description", g.description);
	show_role(cx, v, &g);
	TRY(show_places(cx, v, &g));
	view_text(v, "made_by", g.made_by);
	view_time(cx, v, "created", g.created_at);
	view_text(v, "total_text", _("[n] member | [n] members", "n", ctx_number(cx, g.members)));
	if (users_href(cx, &g))
		view_text(v, "users_href", users_href(cx, &g));
	view_text(v, "groups_href", page_path(cx, "/groups"));
	view_text(v, "base_href", group_path(cx, g.id, "/"));
	view_flag(v, "may_edit", may_edit);
	view_flag(v, "may_add", may_edit && (access_has(cx, PERM_USER_VIEW, IN_TENANT) ||
	    access_has(cx, PERM_SERVICE_VIEW, IN_TENANT)));
	view_flag(v, "has_rows", l.n > 0);
	show_members(cx, v, &l, may_edit);
	if (l.n) {
		first = (struct list_edge){ l.items[0].name_key, l.items[0].id };
		last = (struct list_edge){ l.items[l.n - 1].name_key, l.items[l.n - 1].id };
	}
	list_show(cx, v, &q, "name", &w, l.more, first, last);
	return page_show(cx, rs, "groups/show", v);
}

/* ---------------------------------------------------------------- making and editing */

static struct group_input
read_form(const struct form *f)
{
	return (struct group_input){ form_get(f, "name"), form_get(f, "description"),
		form_get(f, "role"), form_int(f, "version") };
}

static void
show_theirs(struct ctx *cx, struct view *v, const struct group *g, const struct group_input *in)
{
	char role[14] = "";

	if (g->role)
		id_text(g->role, role);
	page_theirs(cx, v, "name_now", in->name, g->name, g->name);
	page_theirs(cx, v, "description_now", in->description, g->description, g->description);
	page_theirs(cx, v, "role_now", in->role, role, g->role ? g->role_name : _("None"));
}

/* g is what is edited, NULL for a new one. */
static enum err
show_form(struct ctx *cx, const struct request *rq, struct response *rs, const struct group *g,
    const struct group_input *in)
{
	struct view *v = view_new(cx->arena);

	view_flag(v, "is_new", g == NULL);
	if (g)
		view_int(v, "version", g->version);
	else
		form_id_show(cx, v, rq->form);
	view_text(v, "action", g ? group_path(cx, g->id, "/edit") : page_path(cx, "/groups/new"));
	view_str(v, "name", in->name);
	view_str(v, "description", in->description);
	TRY(members_show_choices(cx, v, in->role));
	if (g)
		show_theirs(cx, v, g, in);
	view_text(v, "cancel_href", g ? group_path(cx, g->id, "") : page_path(cx, "/groups"));
	return page_show(cx, rs, "groups/form", v);
}

static enum err
new_page(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct group_input in = read_form(rq->form);

	return show_form(cx, rq, rs, NULL, &in);
}

static enum err
make(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct group_input in = read_form(rq->form);
	int64_t            id = form_id_read(cx, form_get(rq->form, "form_id"));
	enum err           e = groups_make(cx, id, &in);

	if (page_answered(cx, rs, e, PERM_GROUP_EDIT, GROUPS "/new"))
		return show_form(cx, rq, rs, NULL, &in);
	TRY(e);
	return page_done(cx, rs, STR(""), group_path(cx, id, ""), _("The group is made."));
}

static enum err
edit_page(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct group       g;
	struct group_input in;
	char               role[14] = "";

	TRY(group_subject(cx, rq, &g));
	if (rq->carried) {
		in = read_form(rq->form);
		if (in.version != g.version)
			page_meanwhile(cx, rs);
		return show_form(cx, rq, rs, &g, &in);
	}
	if (g.role)
		id_text(g.role, role);
	in = (struct group_input){ str_of(g.name), str_of(g.description), str_of(role), 0 };
	return show_form(cx, rq, rs, &g, &in);
}

static enum err
change(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct group_input in = read_form(rq->form);
	struct group       g;
	enum err           e;

	TRY(group_subject(cx, rq, &g));
	e = groups_change(cx, g.id, &in);
	if (e == ERR_CONFLICT && cx->issues == NULL) {
		TRY(group_subject(cx, rq, &g));
		page_meanwhile(cx, rs);
		return show_form(cx, rq, rs, &g, &in);
	}
	if (page_answered(cx, rs, e, PERM_GROUP_EDIT, GROUPS "/{group}/edit"))
		return show_form(cx, rq, rs, &g, &in);
	TRY(e);
	return page_done(cx, rs, STR(""), group_path(cx, g.id, ""), _("The group is saved."));
}

/* ---------------------------------------------------------------- deleting */

/* Which roles in workspaces go with it, and who gets what would have no Owner. */
static enum err
what_goes(struct ctx *cx, const struct group *g, const char **text)
{
	struct places_held l;
	const char        *heirs, *places = "";

	*text = NULL;
	if (g->workspaces == 0)
		return OK;
	TRY(workspaces_of(cx, g->id, &l));
	for (size_t i = 0; i < l.n; i++)
		places = ARENA_JOIN(cx->arena, places, i ? ", " : "", _("[role] in [workspace]",
		    "role", l.items[i].role, "workspace", l.items[i].name));
	TRY(owners_note(cx, g->id, OWNER_GONE, &heirs));
	*text = _("What it holds in workspaces goes, too: [places].", "places", places);
	if (heirs)
		*text = ARENA_JOIN(cx->arena, *text, " ", heirs);
	return OK;
}

static enum err
delete_page(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct group g;
	const char  *members, *note;

	TRY(group_subject(cx, rq, &g));
	TRY(what_goes(cx, &g, &note));
	members = ctx_number(cx, g.members);
	return confirm_show(cx, rq, rs, &(struct confirm){
	    .heading = _("Delete the group [name]?", "name", g.name),
	    .sentence = g.role ?
	        _("Its [n] member loses the role [role] at once, as far as it comes from this "
	            "group alone. | Its [n] members lose the role [role] at once, as far as it "
	            "comes from this group alone.", "n", members, "role", g.role_name) :
	        _("It has [n] member, who stays in the account. | It has [n] members, who stay in "
	            "the account.", "n", members),
	    .action = group_path(cx, g.id, "/delete"), .button = _("Delete group"),
	    .note = note, .danger = true });
}

static enum err
delete_group(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct group g;
	enum err     e;

	TRY(group_subject(cx, rq, &g));
	e = groups_remove(cx, g.id);
	if (page_answered(cx, rs, e, PERM_GROUP_EDIT, GROUPS "/{group}/delete"))
		return delete_page(cx, rq, rs);
	TRY(e);
	return page_done(cx, rs, STR(""), page_path(cx, "/groups"), _("[name] is deleted.", "name",
	    g.name));
}

const struct route groups_routes[] = {
	{ M_GET,  GROUPS,                   PERM_GROUP_VIEW, list_groups,  0, 0, NULL },
	{ M_GET,  GROUPS "/new",            PERM_GROUP_EDIT, new_page,     ROUTE_PROOF, 0, NULL },
	{ M_POST, GROUPS "/new",            PERM_GROUP_EDIT, make,         ROUTE_PROOF, 0, NULL },
	{ M_GET,  GROUPS "/{group}",        PERM_GROUP_VIEW, show_group,   0, 0, NULL },
	{ M_GET,  GROUPS "/{group}/edit",   PERM_GROUP_EDIT, edit_page,    ROUTE_PROOF, 0, NULL },
	{ M_POST, GROUPS "/{group}/edit",   PERM_GROUP_EDIT, change,       ROUTE_PROOF, 0, NULL },
	{ M_GET,  GROUPS "/{group}/delete", PERM_GROUP_EDIT, delete_page,  ROUTE_PROOF, 0, NULL },
	{ M_POST, GROUPS "/{group}/delete", PERM_GROUP_EDIT, delete_group, ROUTE_PROOF, 0, NULL },
	ROUTE_END
};
