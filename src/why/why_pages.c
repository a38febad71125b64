/* Pages that explain: what a user or a service account may do and by what, why or why not, and a
 * refusal by its number. */
#include "why/why.h"

#include <string.h>

#include "base/arena.h"
#include "base/id.h"
#include "members/members.h"
#include "members/members_views.h"
#include "organizations/organizations.h"
#include "roles/areas.h"
#include "svcaccounts/svcaccounts_views.h"
#include "web/page.h"
#include "web/tables.h"
#include "why/why_views.h"
#include "workspaces/workspaces.h"

#define USER "/t/{tenant}/users/{user}"

/* Whom a page is about.  Of a service account m has what sentences need: it is nobody's person, and
 * lies in the root. */
struct who { bool service; struct member m; struct svcaccount a; };

static bool
is_service(const struct member *m)
{
	return m->person == 0;
}

static const char *
who_path(struct ctx *cx, const struct member *m, const char *below)
{
	return is_service(m) ? service_path(cx, m->id, below) : members_path(cx, m, below);
}

static enum err
subject(struct ctx *cx, const struct request *rq, struct who *out)
{
	int64_t id;

	out->service = rq->nparams > 1 && strcmp(rq->params[1].name, "account") == 0;
	if (!out->service) {
		TRY(request_path_id(rq, "user", &id));
		return members_get(cx, id, &out->m);
	}
	TRY(service_subject(cx, rq, &out->a));
	out->m = (struct member){ .id = out->a.id, .name = out->a.name, .org_path = "/",
		.org_name = "", .role_name = out->a.role_name,
		.status = out->a.disabled ? "deactivated" : "active" };
	return OK;
}

/* ---------------------------------------------------------------- what one may do */

static void
show_grants(struct ctx *cx, struct view *v, const struct proof *proof)
{
	for (size_t i = 0; i < proof->ngrants; i++) {
		const struct grant *g = &proof->grants[i];
		struct view        *row = view_item(v, "grants");

		view_text(row, "role", g->role_name);
		view_text(row, "role_href", page_path_id(cx, "/roles/", g->role, ""));
		view_text(row, "group", g->group_name);
		if (g->group)
			view_text(row, "group_href", page_path_id(cx, "/groups/", g->group, ""));
		if (g->until_at)
			view_time(cx, row, "until", g->until_at - 1);
		view_flag(row, "over", g->over);
	}
}

static const char *
by_what(struct ctx *cx, const struct grant *g)
{
	return g->group == 0 ? _("the own role [role]", "role", g->role_name) :
	    _("the group [group]", "group", g->group_name);
}

/* A permission of workspaces is asked about in the one at that place, "" for the first. */
static void
show_held(struct ctx *cx, struct view *v, const struct member *m, const struct proof *proof,
    const char *place)
{
	struct perm_set all = access_inside_of(&proof->who, proof->who.perms,
	    (struct perm_set){ 0 }, false);
	bool            any = false;

	for (const struct perm_area *a = perm_areas; a->key; a++) {
		struct view *area = NULL;

		for (enum perm p = PERM_FIRST; p < PERM__COUNT; p++) {
			const struct grant *g = access_grant(proof, p);
			struct view        *row;

			if (g == NULL || !perm_in_area(p, a))
				continue;
			if (area == NULL) {
				area = view_item(v, "areas");
				view_text(area, "area", _(a->title));
			}
			row = view_item(area, "permissions");
			view_text(row, "key", perm_info(p)->key);
			view_text(row, "title", _(perm_info(p)->title));
			view_text(row, "by", by_what(cx, g));
			if (perm_info(p)->scope == SCOPE_WORKSPACE)
				view_text(row, "note", perm_in(all, p) ? _("in every workspace") :
				    _("in each workspace the holder belongs to"));
			view_text(row, "href", who_path(cx, m, ARENA_JOIN(cx->arena,
			    "/why?permission=", perm_info(p)->key,
			    perm_info(p)->scope == SCOPE_WORKSPACE ? place : "")));
			any = true;
		}
	}
	view_flag(v, "has_areas", any);
}

static void
show_head(struct ctx *cx, struct view *v, const struct who *who)
{
	const struct member *m = &who->m;

	view_flag(v, "service", who->service);
	view_text(v, "why_action", who_path(cx, m, "/why"));
	if (who->service) {
		service_head(cx, v, &who->a, "/access");
		return;
	}
	view_initials(cx, v, m->name, "");
	members_show_head(cx, v, m, "/access");
	members_show_menu(cx, v, m);
}

/* Where they are, for who sees every workspace, and the first of these places. */
static enum err
show_seats(struct ctx *cx, struct view *v, const struct member *m, const char **place)
{
	struct places_held l = { NULL, 0 };

	if (workspaces_all(cx))
		TRY(workspaces_of(cx, m->id, &l));
	for (size_t i = 0; i < l.n; i++) {
		struct view *row = view_item(v, "seats");
		char         id[14];

		id_text(l.items[i].id, id);
		view_text(row, "name", l.items[i].name);
		view_text(row, "href", page_path_id(cx, "/workspaces/", l.items[i].id, ""));
		view_text(row, "role", l.items[i].role);
		view_text(row, "group", l.items[i].group);
		view_text(row, "why_href", who_path(cx, m, ARENA_JOIN(cx->arena,
		    "/why?permission=workspace:view&place=", id)));
		if (i == 0)
			*place = ARENA_JOIN(cx->arena, "&place=", id);
	}
	view_flag(v, "has_seats", l.n > 0);
	return OK;
}

static enum err
show_access(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct view         *v = view_new(cx->arena);
	struct who           who;
	const struct member *m = &who.m;
	struct why           why;
	const char          *place = "";

	TRY(subject(cx, rq, &who));
	TRY(why_ask(cx, m->id, PERM_USER_VIEW, IN_ORG(m->org_path), &why));
	show_head(cx, v, &who);
	view_text(v, "inactive", m->status[0] == 'a' ? "" : m->status[0] == 'i' ?
	    _("The invitation is not accepted yet, so nothing of it counts.") : who.service ?
	    _("This account is disabled, so nothing of it counts.") :
	    _("This user is deactivated, so nothing of it counts."));
	view_text(v, "reach", strcmp(m->org_path, "/") == 0 ?
	    _("It counts in the whole account.") :
	    _("It counts in [organization] and below it.", "organization", m->org_name));
	show_grants(cx, v, why.proof);
	TRY(show_seats(cx, v, m, &place));
	show_held(cx, v, m, why.proof, place);
	why_show_choices(cx, v, PERM_UNSET);
	return page_show(cx, rs, "why/access", v);
}

/* ---------------------------------------------------------------- why, or why not */

static void
say(struct view *v, const char *text, const char *href)
{
	struct view *s = view_item(v, "steps");

	view_text(s, "text", text);
	if (href)
		view_text(s, "href", href);
}

/* "Bo is in Ops.  Ops holds the role Staff.  Staff holds See users." */
static void
say_yes(struct ctx *cx, struct view *v, const struct member *m, const struct grant *g,
    const char *permission)
{
	if (g->group)
		say(v, g->until_at ? _("[name] is in the group [group] until [time].", "name",
		    m->name, "group", g->group_name, "time", ctx_time(cx, g->until_at - 1)) :
		    _("[name] is in the group [group].", "name", m->name, "group",
		        g->group_name), page_path_id(cx, "/groups/", g->group, ""));
	say(v, _("[name] holds the role [role].", "name", g->group ? g->group_name : m->name,
	    "role", g->role_name), page_path_id(cx, "/roles/", g->role, ""));
	say(v, _("[role] holds “[permission]”.", "role", g->role_name, "permission",
	    permission), NULL);
	say(v, strcmp(m->org_path, "/") == 0 ? _("It counts in the whole account.") :
	    _("It counts in [organization] and below it.", "organization", m->org_name), NULL);
}

/* "Bo is in the group Ops.  Ops is Contributor in Payments.  Contributor holds Write …" */
static void
say_yes_inside(struct ctx *cx, struct view *v, const struct member *m, const struct why *why,
    const struct grant *g, const char *permission)
{
	const char *name = g->group ? g->group_name : m->name;
	bool        itself = perm_in(g->perms, why->proof->perm);

	if (g->group)
		say(v, g->until_at ? _("[name] is in the group [group] until [time].", "name",
		    m->name, "group", g->group_name, "time", ctx_time(cx, g->until_at - 1)) :
		    _("[name] is in the group [group].", "name", m->name, "group",
		        g->group_name), page_path_id(cx, "/groups/", g->group, ""));
	say(v, g->inside ? _("[name] is [role] in [workspace].", "name", name, "role", g->role_name,
	    "workspace", why->workspace) : _("[name] holds the role [role].", "name", name, "role",
	    g->role_name), page_path_id(cx, "/roles/", g->role, ""));
	if (g->inside)
		say(v, _("[role] holds “[permission]”.", "role", g->role_name, "permission",
		    permission), NULL);
	else if (itself && why->proof->who.inside.belongs)
		say(v, _("[role] holds “[permission]” in each workspace that [name] belongs to, "
		    "and [workspace] is one.", "role", g->role_name, "permission", permission,
		    "name", m->name, "workspace", why->workspace), NULL);
	else
		say(v, _("[role] holds “[permission]”, which opens every workspace.", "role",
		    g->role_name, "permission", _(perm_info(perm_in(g->perms,
		        PERM_WORKSPACE_MANAGE) ? PERM_WORKSPACE_MANAGE :
		        PERM_WORKSPACE_ALL)->title)), NULL);
}

static void
say_no(struct ctx *cx, struct view *v, const struct member *m, const struct why *why,
    const char *permission)
{
	const struct proof *proof = why->proof;

	if (proof->why == PROOF_STATUS)
		say(v, m->status[0] == 'i' ?
		    _("[name] has not accepted the invitation yet.", "name", m->name) :
		    is_service(m) ? _("[name] is disabled.", "name", m->name) :
		    _("[name] is deactivated.", "name", m->name), NULL);
	if (why->workspace) {
		if (access_grant(proof, proof->perm) == NULL)
			say(v, proof->who.inside.belongs ?
			    _("Nothing that [name] holds in [workspace] holds “[permission]”.",
			        "name", m->name, "workspace", why->workspace, "permission",
			        permission) :
			    _("[name] is not in [workspace], and no role of [name] opens every "
			        "workspace.", "name", m->name, "workspace", why->workspace), NULL);
		return;
	}
	if (!perm_in(proof->who.perms, proof->perm))
		say(v, _("No role that [name] holds, and no group that [name] is in now, holds "
		    "“[permission]”.", "name", m->name, "permission", permission), NULL);
	if (why->elsewhere)
		say(v, _("What [name] holds counts in [organization] and below it, and this lies "
		    "elsewhere.", "name", m->name, "organization", m->org_name), NULL);
}

static const char *
way_text(struct ctx *cx, const struct way *w, const struct member *m, const struct why *why)
{
	switch (w->kind) {
	case WAY_SEAT:
		return _("Add [name] to [workspace] as [role].", "name", m->name, "workspace",
		    why->workspace, "role", w->name);
	case WAY_SEAT_ROLE:
		return _("Make [name] [role] in [workspace].", "name", m->name, "role", w->name,
		    "workspace", why->workspace);
	case WAY_LONGER:
		return _("Let the membership of [name] in the group [group] go on.", "name",
		    m->name, "group", w->name);
	case WAY_JOIN:
		return why->workspace && !w->apart ?
		    _("Add [name] to the group [group], which is [role] in [workspace].", "name",
		    m->name, "group", w->name, "role", w->role, "workspace", why->workspace) :
		    _("Add [name] to the group [group], which holds the role [role].", "name",
		    m->name, "group", w->name, "role", w->role);
	case WAY_ROLE:
		break;
	}
	return _("Give [name] the role [role] instead of [before].", "name", m->name, "role",
	    w->name, "before", m->role_name);
}

static const char *
way_href(struct ctx *cx, const struct way *w, const struct member *m, const struct why *why)
{
	int64_t space = why->proof->place.id;
	char    id[14];

	id_text(m->id, id);
	if (w->kind == WAY_SEAT || w->kind == WAY_SEAT_ROLE)
		return !access_has(cx, PERM_WORKSPACE_MEMBERS, IN_WORKSPACE(space)) ? NULL :
		    page_path_id(cx, "/workspaces/", space, w->kind == WAY_SEAT ? "/add" :
		        ARENA_JOIN(cx->arena, "/members/", id, "/role"));

	if (w->kind == WAY_ROLE)
		return access_has(cx, is_service(m) ? PERM_SERVICE_EDIT : PERM_USER_ROLE,
		    IN_ORG(m->org_path)) ? who_path(cx, m, "/role") : NULL;
	if (!access_has(cx, PERM_GROUP_EDIT, IN_TENANT))
		return NULL;
	return w->kind == WAY_JOIN ? page_path_id(cx, "/groups/", w->id, "/add") :
	    page_path_id(cx, "/groups/", w->id, ARENA_JOIN(cx->arena, "/members/", id, "/until"));
}

static const char *
names(struct ctx *cx, const struct way *w)
{
	const char *who = "";

	for (size_t n = 0; n < w->nwho; n++)
		who = ARENA_JOIN(cx->arena, who, n ? ", " : "", w->who[n]);
	return *who ? _("Can be done by: [names]", "names", who) :
	    _("Nobody can do it by one role alone.");
}

/* What is needed before anything else, or instead, and who can see to it. */
static void
show_first(struct ctx *cx, struct view *v, const struct member *m, const struct why *why)
{
	bool invited = m->status[0] == 'i';

	view_text(v, "first", !why->reactivate ? "" : invited ?
	    _("First, the invitation has to be accepted.") : is_service(m) ?
	    _("First, [name] has to be enabled.", "name", m->name) :
	    _("First, [name] has to be re-activated.", "name", m->name));
	view_text(v, "elsewhere", why->elsewhere ?
	    _("[name] would have to belong to the organization in question, or to one above it.",
	        "name", m->name) : "");
	view_text(v, "first_who", why->elsewhere || (why->reactivate && !invited) ?
	    names(cx, &why->first) : "");
}

static void
show_ways(struct ctx *cx, struct view *v, const struct member *m, const struct why *why)
{
	for (size_t i = 0; i < why->nways; i++) {
		const struct way *w = &why->ways[i];
		struct view      *row = view_item(v, "ways");
		const char       *href = way_href(cx, w, m, why);

		view_text(row, "text", way_text(cx, w, m, why));
		if (href)
			view_text(row, "href", href);
		view_text(row, "more", w->more > 1 ? _("It brings [n] more permission along. | It "
		    "brings [n] more permissions along.", "n",
		    ctx_number(cx, (int64_t)w->more - 1)) : "");
		view_text(row, "who", names(cx, w));
	}
	view_flag(v, "has_ways", why->nways > 0);
	show_first(cx, v, m, why);
}

enum { SPACES_SHOWN = 50 };

static void
show_place(struct view *v, const char *path, const char *name, bool chosen)
{
	struct view *option = view_item(v, "places");

	view_text(option, "path", path);
	view_text(option, "name", name);
	view_flag(option, "chosen", chosen);
}

/* The root, and the user's own organization: where most questions are about. */
static enum err
show_organizations(struct ctx *cx, struct view *v, const struct member *m, struct scope sc)
{
	const char *const   paths[] = { m->org_path, "/" };
	struct organization o;

	for (size_t i = 0; i < 2 && strcmp(m->org_path, "/") != 0; i++) {
		TRY(organizations_at(cx, paths[i], &o));
		show_place(v, o.path, o.name,
		    strcmp(paths[i], sc.path ? sc.path : m->org_path) == 0);
	}
	return OK;
}

/* Those of the reader's workspaces that stand to be chosen, and the one that is asked about. */
static enum err
show_spaces(struct ctx *cx, struct view *v, struct scope sc, const struct workspace_list *l)
{
	bool             there = false;
	struct workspace w;
	char             id[14];

	for (size_t i = 0; i < l->n; i++) {
		id_text(l->items[i].id, id);
		there |= l->items[i].id == sc.id;
		show_place(v, arena_strdup(cx->arena, id), l->items[i].name,
		    l->items[i].id == sc.id);
	}
	if (there)
		return OK;
	TRY(workspaces_get(cx, sc.id, &w));
	id_text(w.id, id);
	show_place(v, arena_strdup(cx->arena, id), w.name, true);
	return OK;
}

/* Where it is asked about: a workspace for what belongs to one, the first when none is given. */
static enum err
read_place(struct ctx *cx, const struct form *f, const struct member *m, enum perm p,
    const struct workspace_list *l, struct scope *out)
{
	struct str place = form_get(f, "place");
	int64_t    id;

	switch (perm_info(p)->scope) {
	case SCOPE_TENANT:
		*out = IN_TENANT;
		return OK;
	case SCOPE_ORG:
		*out = IN_ORG(str_equal(place, STR("/")) ? "/" : m->org_path);
		return OK;
	case SCOPE_WORKSPACE:
		break;
	}
	if (id_read(place, &id) != OK) {
		if (l->n == 0)
			return ctx_issue(cx, "", _("There is no workspace to ask about."));
		id = l->items[0].id;
	}
	TRY(access_workspace(cx, id));
	*out = IN_WORKSPACE(id);
	return access_need(cx, PERM_WORKSPACE_VIEW, *out);
}

static void
show_answer(struct ctx *cx, struct view *v, const struct member *m, const struct why *why)
{
	enum perm           p = why->proof->perm;
	const char         *title = _(perm_info(p)->title);
	const struct grant *g = access_grant(why->proof, p);

	view_flag(v, "yes", why->proof->yes);
	view_text(v, "question", why->workspace ?
	    _("May [name] “[permission]” in [workspace]?", "name", m->name, "permission", title,
	        "workspace", why->workspace) :
	    _("May [name] “[permission]”?", "name", m->name, "permission", title));
	view_text(v, "key", perm_info(p)->key);
	if (!why->proof->yes)
		say_no(cx, v, m, why, title);
	else if (why->workspace)
		say_yes_inside(cx, v, m, why, g, title);
	else
		say_yes(cx, v, m, g, title);
	show_ways(cx, v, m, why);
}

static enum err
show_why(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct view          *v = view_new(cx->arena);
	struct who            who;
	const struct member  *m = &who.m;
	struct why            why;
	struct workspace_list l = { .items = NULL };
	struct scope          sc;
	enum perm             p = perm_find(form_get(rq->form, "permission"));

	if (p == PERM_UNSET)
		return ctx_issue(cx, "", _("Choose a permission of the list."));
	TRY(subject(cx, rq, &who));
	if (perm_info(p)->scope == SCOPE_WORKSPACE)
		TRY(workspaces_search(cx, "", SPACES_SHOWN, &l));
	if (perm_info(p)->scope == SCOPE_WORKSPACE && l.n == 0 && !form_get(rq->form, "place").len)
		return page_go(rs, why_ask_path(cx, m->id, p));
	TRY(read_place(cx, rq->form, m, p, &l, &sc));
	TRY(why_ask(cx, m->id, p, sc, &why));
	show_head(cx, v, &who);
	show_answer(cx, v, m, &why);
	why_show_choices(cx, v, p);
	if (sc.kind == SCOPE_WORKSPACE)
		TRY(show_spaces(cx, v, sc, &l));
	else
		TRY(show_organizations(cx, v, m, sc));
	view_flag(v, "has_places", strcmp(m->org_path, "/") != 0 || sc.kind == SCOPE_WORKSPACE);
	view_text(v, "access_href", who_path(cx, m, "/access"));
	view_text(v, "ask_href", why_ask_path(cx, m->id, p));
	return page_show(cx, rs, "why/show", v);
}

/* ---------------------------------------------------------------- a refusal */

static enum err
show_decision(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct view    *v = view_new(cx->arena);
	struct decision d;
	enum perm       p;
	int64_t         id;
	char            number[14];

	TRY(request_path_id(rq, "decision", &id));
	TRY(why_decision(cx, id, &d));
	id_text(d.id, number);
	p = perm_find(str_of(d.permission));
	view_text(v, "number", arena_strdup(cx->arena, number));
	view_text(v, "name", d.name);
	view_flag(v, "service", d.service);
	view_text(v, "user_href", page_path_id(cx, d.service ? "/service-accounts/" : "/users/",
	    d.member, ""));
	view_time(cx, v, "time", d.at);
	view_text(v, "permission", p != PERM_UNSET ? _(perm_info(p)->title) : d.permission);
	view_text(v, "key", p != PERM_UNSET ? perm_info(p)->key : "");
	view_text(v, "page", d.matter);
	view_text(v, "role", d.role);
	view_text(v, "reach", d.reach);
	view_text(v, "held", d.held);
	view_text(v, "api_key", d.api_key);
	view_text(v, "workspace", d.workspace_name);
	if (p != PERM_UNSET && (perm_info(p)->scope != SCOPE_WORKSPACE || d.workspace)) {
		number[0] = '\0';
		if (d.workspace)
			id_text(d.workspace, number);
		view_text(v, "now_href", page_path_id(cx, d.service ? "/service-accounts/" :
		    "/users/", d.member, ARENA_JOIN(cx->arena, "/why?permission=", d.permission,
		    d.workspace ? "&place=" : "", d.workspace ? number : "")));
	}
	return page_show(cx, rs, "why/decision", v);
}

const struct route why_routes[] = {
	{ M_GET, USER "/access", PERM_ROLE_VIEW, show_access, 0, 0, NULL },
	{ M_GET, USER "/why",    PERM_ROLE_VIEW, show_why,    0, 0, NULL },
	{ M_GET, SERVICE "/access", PERM_ROLE_VIEW, show_access, 0, 0, NULL },
	{ M_GET, SERVICE "/why",    PERM_ROLE_VIEW, show_why,    0, 0, NULL },
	{ M_GET, "/t/{tenant}/decisions/{decision}", PERM_ROLE_VIEW, show_decision, 0, 0, NULL },
	ROUTE_END
};
