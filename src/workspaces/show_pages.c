/* One workspace: who is in it, and who may enter it by what. */
#include <string.h>

#include "base/arena.h"
#include "base/id.h"
#include "web/page.h"
#include "web/tables.h"
#include "workspaces/workspaces_pages.h"

enum { SWITCH_MOST = 20 };

const char *
seat_href(struct ctx *cx, enum seat_kind kind, int64_t id, const char *org_path)
{
	if (kind == SEAT_PERSON && access_has(cx, PERM_USER_VIEW, IN_ORG(org_path)))
		return page_path_id(cx, "/users/", id, "");
	if (kind == SEAT_SERVICE && access_has(cx, PERM_SERVICE_VIEW, IN_TENANT))
		return page_path_id(cx, "/service-accounts/", id, "");
	if (kind == SEAT_GROUP && access_has(cx, PERM_GROUP_VIEW, IN_TENANT))
		return page_path_id(cx, "/groups/", id, "");
	return NULL;
}

/* The reader's own ones, each once, and whether they have a seat of their own here. */
static enum err
show_switcher(struct ctx *cx, struct view *v, const struct workspace *w, bool *seated)
{
	struct places_held l;
	int64_t            before = 0;
	size_t             n = 0;

	*seated = false;
	TRY(workspaces_of(cx, cx->actor.member, &l));
	for (size_t i = 0; i < l.n; i++) {
		const struct place_held *p = &l.items[i];
		struct view             *one;

		*seated |= p->id == w->id && *p->group == '\0';
		if (p->id == before || n == SWITCH_MOST)
			continue;
		before = p->id;
		n++;
		one = view_item(v, "places");
		view_text(one, "name", p->name);
		view_text(one, "href", workspace_path(cx, p->id, ""));
		view_flag(one, "current", p->id == w->id);
	}
	view_flag(v, "has_places", n > 0);
	return OK;
}

static void
show_tab(struct ctx *cx, struct view *v, const struct workspace *w, const char *label,
    const char *below, const char *here)
{
	struct view *tab = view_item(v, "tabs");

	view_text(tab, "label", label);
	view_text(tab, "href", workspace_path(cx, w->id, below));
	view_flag(tab, "current", strcmp(below, here) == 0);
}

enum err
workspace_head(struct ctx *cx, struct view *v, const struct workspace *w, const char *here)
{
	struct scope there = IN_WORKSPACE(w->id);
	bool         seated;

	TRY(show_switcher(cx, v, w, &seated));
	view_text(v, "name", w->name);
	view_text(v, "description", w->description);
	view_flag(v, "personal", w->personal_of != 0);
	view_text(v, "workspaces_href", page_path(cx, "/workspaces"));
	view_text(v, "base_href", workspace_path(cx, w->id, "/"));
	view_flag(v, "may_edit", access_has(cx, PERM_WORKSPACE_EDIT, there));
	view_flag(v, "may_delete", access_has(cx, PERM_WORKSPACE_DELETE, there));
	view_flag(v, "may_add", w->personal_of == 0 &&
	    access_has(cx, PERM_WORKSPACE_MEMBERS, there));
	view_flag(v, "may_leave", seated && w->personal_of == 0);
	show_tab(cx, v, w, _("Members"), "", here);
	show_tab(cx, v, w, _("Who may enter"), "/access", here);
	cx->after = workspaces_note_last;
	return OK;
}

/* ---------------------------------------------------------------- who is in it */

static void
show_seat(struct ctx *cx, struct view *row, const struct seat *s, bool may_change)
{
	const char *href = seat_href(cx, s->kind, s->id, s->org_path);
	char        id[14];

	id_text(s->id, id);
	view_text(row, "name", s->name);
	/* Who may enter and not see users sees who is in it and no more. */
	view_text(row, "email", s->kind == SEAT_PERSON && !href ? "" : s->email);
	view_initials(cx, row, s->name, "");
	if (href)
		view_text(row, "href", href);
	view_text(row, "kind", s->kind == SEAT_GROUP ? _("Group") :
	    s->kind == SEAT_SERVICE ? _("Service account") : "");
	view_flag(row, "service", s->kind == SEAT_SERVICE);
	view_flag(row, "group", s->kind == SEAT_GROUP);
	view_text(row, "size", s->kind == SEAT_GROUP ? _("[n] member | [n] members", "n",
	    ctx_number(cx, s->members)) : "");
	view_flag(row, "inactive", strcmp(s->status, "active") != 0);
	view_text(row, "status", s->status[0] == 'i' ? _("Invited") :
	    s->kind == SEAT_SERVICE ? _("Disabled") : _("Deactivated"));
	view_text(row, "role", s->role_name);
	if (access_has(cx, PERM_ROLE_VIEW, IN_TENANT)) {
		view_text(row, "role_href", page_path_id(cx, "/roles/", s->role, ""));
	}
	view_time(cx, row, "added", s->added_at);
	view_flag(row, "may_change", may_change);
	view_text(row, "role_act", ARENA_JOIN(cx->arena, "members/", id, "/role"));
	view_text(row, "remove_act", ARENA_JOIN(cx->arena, "members/", id, "/remove"));
}

static const char *
total(struct ctx *cx, const struct workspace *w)
{
	const char *members = _("[n] member | [n] members", "n", ctx_number(cx, w->members));

	return w->groups == 0 ? members : _("[members], [groups]", "members", members, "groups",
	    _("[n] group | [n] groups", "n", ctx_number(cx, w->groups)));
}

static enum err
show_workspace(struct ctx *cx, const struct request *rq, struct response *rs)
{
	static const char *const pages[] = { "sort", "dir", "rows", "after", "before", "id", NULL };
	struct view      *v = view_new(cx->arena);
	struct list_query q = { NULL, rq->form, pages };
	struct list_edge  first = { NULL, 0 }, last = { NULL, 0 };
	struct list_want  want;
	struct workspace  w;
	struct seat_list  l;
	bool              may_change;

	TRY(workspace_subject(cx, &w));
	TRY(list_read(cx, rq->form, "name", 0, &want));
	TRY(workspaces_seats(cx, w.id, &want, &l));
	TRY(workspace_head(cx, v, &w, ""));
	q.path = workspace_path(cx, w.id, "");
	may_change = w.personal_of == 0 && access_has(cx, PERM_WORKSPACE_MEMBERS,
	    IN_WORKSPACE(w.id));
	view_text(v, "made_by", w.made_by);
	view_time(cx, v, "created", w.created_at);
	view_text(v, "total_text", total(cx, &w));
	view_flag(v, "has_rows", l.n > 0);
	for (size_t i = 0; i < l.n; i++)
		show_seat(cx, view_item(v, "members"), &l.items[i], may_change);
	if (l.n) {
		first = (struct list_edge){ l.items[0].name_key, l.items[0].id };
		last = (struct list_edge){ l.items[l.n - 1].name_key, l.items[l.n - 1].id };
	}
	list_show(cx, v, &q, "name", &want, l.more, first, last);
	return page_show(cx, rs, "workspaces/show", v);
}

/* ---------------------------------------------------------------- who may enter */

static const char *
way_text(struct ctx *cx, const struct entry_way *w)
{
	if (w->everywhere)
		return w->group ? _("[role], by the group [group], which opens every workspace",
		    "role", w->role_name, "group", w->group_name) :
		    _("[role], which opens every workspace", "role", w->role_name);
	if (w->group == 0)
		return _("[role], added directly", "role", w->role_name);
	return w->until_at ? _("[role], by the group [group] until [time]", "role", w->role_name,
	    "group", w->group_name, "time", ctx_time(cx, w->until_at - 1)) :
	    _("[role], by the group [group]", "role", w->role_name, "group", w->group_name);
}

static void
show_entrant(struct ctx *cx, struct view *row, const struct entrant *e)
{
	const char *href = seat_href(cx, e->service ? SEAT_SERVICE : SEAT_PERSON, e->id,
	    e->org_path);

	view_text(row, "name", e->name);
	view_text(row, "email", href ? e->email : "");
	view_initials(cx, row, e->name, "");
	if (href)
		view_text(row, "href", href);
	view_flag(row, "service", e->service);
	view_text(row, "kind", e->service ? _("Service account") : "");
	for (size_t i = 0; i < e->nways; i++)
		view_text(view_item(row, "ways"), "text", way_text(cx, &e->ways[i]));
}

static enum err
show_access(struct ctx *cx, const struct request *rq, struct response *rs)
{
	static const char *const pages[] = { "sort", "dir", "rows", "after", "before", "id", NULL };
	struct view      *v = view_new(cx->arena);
	struct list_query q = { NULL, rq->form, pages };
	struct list_edge  first = { NULL, 0 }, last = { NULL, 0 };
	struct list_want  want;
	struct workspace  w;
	struct entrants   l;

	TRY(workspace_subject(cx, &w));
	TRY(list_read(cx, rq->form, "name", 0, &want));
	TRY(workspaces_entrants(cx, w.id, &want, &l));
	TRY(workspace_head(cx, v, &w, "/access"));
	q.path = workspace_path(cx, w.id, "/access");
	view_flag(v, "has_rows", l.n > 0);
	for (size_t i = 0; i < l.n; i++)
		show_entrant(cx, view_item(v, "entrants"), &l.items[i]);
	if (l.n) {
		first = (struct list_edge){ l.items[0].name_key, l.items[0].id };
		last = (struct list_edge){ l.items[l.n - 1].name_key, l.items[l.n - 1].id };
	}
	list_show(cx, v, &q, "name", &want, l.more, first, last);
	return page_show(cx, rs, "workspaces/access", v);
}

const struct route workspace_routes[] = {
	{ M_GET, WORKSPACES "/{workspace}", PERM_WORKSPACE_VIEW, show_workspace, 0, 0, NULL },
	{ M_GET, WORKSPACES "/{workspace}/access", PERM_WORKSPACE_VIEW, show_access, 0, 0, NULL },
	ROUTE_END
};
