/* Users by the REST API, by the same rules as the list that pages show. */
#include "members/members.h"

#include "base/arena.h"
#include "base/id.h"
#include "groups/groups.h"
#include "members/members_views.h"
#include "web/api.h"
#include "web/page.h"
#include "web/tables.h"

static void
put_user(struct ctx *cx, struct json *j, const struct member *m)
{
	json_open(j, NULL, '{');
	api_id(j, "id", m->id);
	json_put(j, "name", m->name);
	json_put(j, "email", m->email);
	json_open(j, "role", '{');
	api_id(j, "id", m->role);
	json_put(j, "name", m->role_name);
	json_close(j, '}');
	json_put(j, "status", m->status[0] == 'a' && m->dormant ? "dormant" : m->status);
	json_flag(j, "second_factor", m->factor);
	api_time(cx, j, "last_sign_in", m->signed_in_at);
	api_time(cx, j, "registered", m->created_at);
	json_close(j, '}');
}

/* The address of the next part, as it is to be asked for; null: there is none. */
static void
put_next(struct ctx *cx, struct json *j, const struct form *f, const struct member_want *w,
    const struct member_list *l)
{
	static const char *const state[] = { "q", "status", "role", "factor", "group", "sort",
		"dir", "rows", NULL };
	struct list_query q = { ARENA_JOIN(cx->arena, "/api/v1/t/", cx->place->slug, "/users"), f,
		state };
	const struct member *last = l->n ? &l->items[l->n - 1] : NULL;
	char                 id[14];

	if (!l->more || last == NULL) {
		json_put(j, "next", NULL);
		return;
	}
	id_text(last->id, id);
	json_put(j, "next", list_href(cx, &q, "after", members_key(cx, last, w->list.sort), "id",
	    id, (char *)0));
}

/* What a filter lets through is counted up to 1,000; then the number is null. */
static void
put_count(struct json *j, const struct member_want *w, const struct member_list *l)
{
	bool all = !w->statuses && !w->nroles && !w->factors && !w->ngroups && !w->ungrouped &&
	    !*w->search;

	if (l->count < COUNT_MORE || all)
		json_int(j, "count", l->count);
	else
		json_put(j, "count", NULL);
}

/* A page leaves out what a link names that is gone; a program would take everybody for a group. */
static enum err
check_groups(struct ctx *cx, const struct form *f, const struct member_want *w)
{
	struct group_choice *found = ARENA_ARRAY(cx->arena, struct group_choice, w->ngroups + 1);
	size_t               n = 0, known = 0;

	if (w->ngroups)
		TRY(groups_choice(cx, w->groups, w->ngroups, "", w->ngroups, found, &n));
	for (size_t i = 0; i < w->ngroups; i++)
		for (size_t k = 0; k < n; k++)
			known += found[k].id == w->groups[i];
	if (known + w->ungrouped < form_count(f, "group"))
		return ctx_issue(cx, "group", _("There is no such group."));
	return OK;
}

static enum err
list_users(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct json       *j = api_begin(cx, rs);
	struct member_want w;
	struct member_list l;

	TRY(members_read_want(cx, rq->form, &w));
	TRY(check_groups(cx, rq->form, &w));
	TRY(members_list(cx, &w, &l));
	put_count(j, &w, &l);
	put_next(cx, j, rq->form, &w, &l);
	json_open(j, "users", '[');
	for (size_t i = 0; i < l.n; i++)
		put_user(cx, j, &l.items[i]);
	json_close(j, ']');
	return api_show(cx, rs);
}

const struct route members_api_routes[] = {
	{ M_GET, "/api/v1/t/{tenant}/users", PERM_USER_VIEW, list_users, ROUTE_API, 0,
	    "status role factor group" },
	ROUTE_END
};
