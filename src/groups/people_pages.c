/* Pages about who is in a group: adding some, until when, and taking one out. */
#include <string.h>

#include "base/arena.h"
#include "base/id.h"
#include "groups/groups_pages.h"
#include "members/members.h"
#include "svcaccounts/svcaccounts.h"
#include "web/confirm.h"
#include "web/page.h"
#include "web/tables.h"

enum { FOUND_MOST = 25, SEARCH_LONGEST = 200 };

/* ---------------------------------------------------------------- adding */

struct found { int64_t id; const char *name, *email; bool service; };

/* People and service accounts whose names match, as far as the reader may see them. */
static enum err
find(struct ctx *cx, const char *search, struct found *out, size_t *n, bool *more)
{
	struct member_want     want = { .list = { .rows = FOUND_MOST }, .brief = true,
		.search = search };
	struct member_list     people = { .n = 0 };
	struct svcaccount_list services = { .n = 0 };

	if (access_has(cx, PERM_USER_VIEW, IN_TENANT))
		TRY(members_list(cx, &want, &people));
	if (access_has(cx, PERM_SERVICE_VIEW, IN_TENANT))
		TRY(svcaccounts_search(cx, search, FOUND_MOST, &services));
	*n = 0;
	for (size_t i = 0; i < people.n; i++)
		out[(*n)++] = (struct found){ people.items[i].id, people.items[i].name,
			people.items[i].email, false };
	for (size_t i = 0; i < services.n; i++)
		out[(*n)++] = (struct found){ services.items[i].id, services.items[i].name,
			services.items[i].description, true };
	*more = people.more || services.more;
	return OK;
}

static enum err
show_found(struct ctx *cx, struct view *v, const struct form *f, int64_t group, const char *search)
{
	struct found found[2 * FOUND_MOST];
	int64_t      ids[2 * FOUND_MOST];
	bool         in[2 * FOUND_MOST], more;
	size_t       n, kept = 0;

	TRY(find(cx, search, found, &n, &more));
	for (size_t i = 0; i < n; i++)
		ids[i] = found[i].id;
	TRY(groups_among(cx, group, ids, n, in));
	view_flag(v, "has_found", n > 0);
	for (size_t i = 0; i < n; i++) {
		struct view *row = view_item(v, "found");

		view_id(row, "id", found[i].id);
		view_text(row, "name", found[i].name);
		view_text(row, "email", found[i].email);
		view_flag(row, "service", found[i].service);
		view_flag(row, "checked", in[i] || form_among(f, "id", found[i].id));
		view_flag(row, "inside", in[i]);
	}
	if (more)
		view_text(v, "more_text", _("Only the first [n] are shown. Search for the others.",
		    "n", ctx_number(cx, FOUND_MOST)));
	find_keep(v, f, "id", ids, n, GROUPS_ADD_MOST, &kept);
	find_show_kept(cx, v, kept);
	return OK;
}

/* Who may see neither people nor service accounts can add nobody. */
static enum err
may_find(struct ctx *cx)
{
	return access_has(cx, PERM_SERVICE_VIEW, IN_TENANT) ? OK :
	    access_need(cx, PERM_USER_VIEW, IN_TENANT);
}

static enum err
show_add(struct ctx *cx, const struct request *rq, struct response *rs, const struct group *g)
{
	struct view *v = view_new(cx->arena);
	const char  *search = list_search(cx, rq->form, SEARCH_LONGEST);

	view_text(v, "name", g->name);
	view_text(v, "role", g->role_name);
	view_text(v, "q", search);
	view_text(v, "action", group_path(cx, g->id, "/add"));
	view_str(v, "until", form_get(rq->form, "until"));
	TRY(show_found(cx, v, rq->form, g->id, search));
	view_text(v, "cancel_href", group_path(cx, g->id, ""));
	return page_show(cx, rs, "groups/add", v);
}

static enum err
add_page(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct group g;

	TRY(group_subject(cx, rq, &g));
	TRY(may_find(cx));
	return show_add(cx, rq, rs, &g);
}

static enum err
add(struct ctx *cx, const struct request *rq, struct response *rs)
{
	int64_t      ids[GROUPS_ADD_MOST + 1];
	struct group g;
	size_t       n, added;
	enum err     e;

	TRY(group_subject(cx, rq, &g));
	if (find_only(rq->form)) {
		TRY(may_find(cx));
		return show_add(cx, rq, rs, &g);
	}
	TRY(form_ids(rq->form, "id", GROUPS_ADD_MOST, ids, &n));
	e = groups_add(cx, g.id, ids, n, form_get(rq->form, "until"), &added);
	if (page_answered(cx, rs, e, PERM_GROUP_EDIT, GROUPS "/{group}/add"))
		return show_add(cx, rq, rs, &g);
	TRY(e);
	return page_done(cx, rs, STR(""), group_path(cx, g.id, ""), added ?
	    _("[n] member is added. | [n] members are added.", "n",
	        ctx_number(cx, (int64_t)added)) :
	    _("They are in the group already."));
}

/* ---------------------------------------------------------------- one of them */

struct seat { struct group g; struct group_holder m; };

static enum err
subject(struct ctx *cx, const struct request *rq, struct seat *s)
{
	int64_t id;

	TRY(group_subject(cx, rq, &s->g));
	TRY(request_path_id(rq, "user", &id));
	return groups_holder(cx, id, &s->m);
}

static const char *
seat_path(struct ctx *cx, const struct seat *s, const char *act)
{
	char id[14];

	id_text(s->m.id, id);
	return group_path(cx, s->g.id, ARENA_JOIN(cx->arena, "/members/", id, act));
}

static enum err
until_page(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct view *v = view_new(cx->arena);
	struct str   typed = form_get(rq->form, "until");
	struct seat  s;
	const char  *until;
	int64_t      until_at;

	TRY(subject(cx, rq, &s));
	TRY(groups_until(cx, s.g.id, s.m.id, &until_at));
	until = groups_until_text(cx, until_at);
	view_text(v, "was", until);
	view_text(v, "name", s.m.name);
	view_text(v, "group", s.g.name);
	view_text(v, "action", seat_path(cx, &s, "/until"));
	if (form_has(rq->form, "until"))
		view_str(v, "until", typed);
	else
		view_text(v, "until", until);
	page_theirs(cx, v, "until_now", typed, until, until);
	view_text(v, "cancel_href", group_path(cx, s.g.id, ""));
	return page_show(cx, rs, "groups/until", v);
}

static enum err
set_until(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct str  was = form_get(rq->form, "was");
	struct seat s;
	enum err    e;

	TRY(subject(cx, rq, &s));
	e = groups_set_until(cx, s.g.id, s.m.id,
	    arena_printf(cx->arena, "%.*s", (int)was.len, was.p), form_get(rq->form, "until"));
	if (e == ERR_CONFLICT && cx->issues == NULL) {
		page_meanwhile(cx, rs);
		return until_page(cx, rq, rs);
	}
	if (page_answered(cx, rs, e, PERM_GROUP_EDIT, GROUPS "/{group}/members/{user}/until"))
		return until_page(cx, rq, rs);
	TRY(e);
	return page_done(cx, rs, STR(""), group_path(cx, s.g.id, ""), _("The date is saved."));
}

static enum err
remove_page(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct seat s;

	TRY(subject(cx, rq, &s));
	return confirm_show(cx, rq, rs, &(struct confirm){
	    .heading = _("Remove [name] from [group]?", "name", s.m.name, "group", s.g.name),
	    .sentence = s.g.role ? _("What the role [role] of the group adds ends at once.", "role",
	        s.g.role_name) : _("[name] stays in the account.", "name", s.m.name),
	    .action = seat_path(cx, &s, "/remove"), .button = _("Remove"), .danger = true });
}

static enum err
take_out(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct seat s;
	enum err    e;

	TRY(subject(cx, rq, &s));
	e = groups_take_out(cx, s.g.id, s.m.id);
	if (page_answered(cx, rs, e, PERM_GROUP_EDIT, GROUPS "/{group}/members/{user}/remove"))
		return remove_page(cx, rq, rs);
	/* By the first of two clicks: it is so. */
	if (e != ERR_NOTFOUND)
		TRY(e);
	return page_done(cx, rs, STR(""), group_path(cx, s.g.id, ""),
	    _("[name] is not in the group any more.", "name", s.m.name));
}

const struct route group_people_routes[] = {
	{ M_GET,  GROUPS "/{group}/add", PERM_GROUP_EDIT, add_page, ROUTE_PROOF, 0, "id" },
	{ M_POST, GROUPS "/{group}/add", PERM_GROUP_EDIT, add,      ROUTE_PROOF, 0, "id" },
	{ M_GET,  GROUPS "/{group}/members/{user}/until", PERM_GROUP_EDIT, until_page,
	    ROUTE_PROOF, 0, NULL },
	{ M_POST, GROUPS "/{group}/members/{user}/until", PERM_GROUP_EDIT, set_until,
	    ROUTE_PROOF, 0, NULL },
	{ M_GET,  GROUPS "/{group}/members/{user}/remove", PERM_GROUP_EDIT, remove_page,
	    ROUTE_PROOF, 0, NULL },
	{ M_POST, GROUPS "/{group}/members/{user}/remove", PERM_GROUP_EDIT, take_out,
	    ROUTE_PROOF, 0, NULL },
	ROUTE_END
};
