/* Groups and workspaces that somebody is invited into.  Who is invited is a member already who can
 * do nothing, so they are simply brought in; what that comes to begins with the status. */
#include "invites/joins.h"

#include <string.h>

#include "base/arena.h"
#include "db/db.h"
#include "groups/groups.h"
#include "workspaces/workspaces.h"

enum err
invite_joins_check(struct ctx *cx, const struct invite_joins *j)
{
	enum err e = OK;

	if (j->ngroups > INVITE_JOINS_MOST)
		e = ctx_issue(cx, "group", _("Choose at most [n] groups.", "n", "50"));
	if (j->nworkspaces > INVITE_JOINS_MOST)
		e = ctx_issue(cx, "workspace_role", _("Choose at most [n] at once.", "n", "50"));
	else if (j->nworkspaces && j->workspace_role.len == 0)
		e = ctx_issue(cx, "workspace_role", _("Choose the role in the workspaces."));
	return e;
}

/* "role" is the tenant role's field in this form. */
static enum err
said_at(struct ctx *cx, const char *field, enum err e)
{
	for (struct issue *i = cx->issues; i; i = i->next)
		if (strcmp(i->field, "role") == 0 || strcmp(i->field, "id") == 0)
			i->field = field;
	return e;
}

static enum err
enter(struct ctx *cx, int64_t member, int64_t workspace, struct str role)
{
	size_t   added;
	enum err e;

	TRY(access_workspace(cx, workspace));
	e = workspaces_add(cx, workspace, &member, 1, STR(""), role, &added);
	if (e == ERR_DENIED && cx->issues == NULL) {
		cx->refused = "the members of a workspace";
		ctx_issue(cx, "workspace_role",
		    _("You cannot add members to all of these workspaces."));
	}
	return said_at(cx, "workspace_role", e);
}

enum err
invite_joins_make(struct ctx *cx, int64_t member, const struct invite_joins *j)
{
	const struct inside was = cx->inside;
	enum err            e = OK;
	size_t              added;

	for (size_t i = 0; e == OK && i < j->ngroups; i++)
		e = said_at(cx, "group", groups_add(cx, j->groups[i], &member, 1, STR(""), &added));
	for (size_t i = 0; e == OK && i < j->nworkspaces; i++)
		e = enter(cx, member, j->workspaces[i], j->workspace_role);
	cx->inside = was;
	return e;
}

/* ---------------------------------------------------------------- of many */

struct invite_places {
	struct group           *groups;
	struct workspace_entry *spaces;
	size_t                  ngroups, nspaces;
};

static enum err
may_enter(struct ctx *cx, int64_t workspace, struct str role, struct workspace_entry *out)
{
	enum err e;

	TRY(access_workspace(cx, workspace));
	e = workspaces_may_add(cx, workspace, role, out);
	if (e == ERR_DENIED && cx->issues == NULL) {
		cx->refused = "the members of a workspace";
		ctx_issue(cx, "workspace_role",
		    _("You cannot add members to all of these workspaces."));
	}
	return said_at(cx, "workspace_role", e);
}

enum err
invites_places(struct ctx *cx, const struct invite_joins *j, struct invite_places **out)
{
	const struct inside   was = cx->inside;
	struct invite_places *p;
	enum err              e = invite_joins_check(cx, j);

	*out = NULL;
	if (e || j->ngroups + j->nworkspaces == 0)
		return e;
	p = ARENA_NEW(cx->arena, struct invite_places);
	p->groups = ARENA_ARRAY(cx->arena, struct group, j->ngroups + 1);
	p->spaces = ARENA_ARRAY(cx->arena, struct workspace_entry, j->nworkspaces + 1);
	for (; e == OK && p->ngroups < j->ngroups; p->ngroups++)
		e = said_at(cx, "group", groups_may_add(cx, j->groups[p->ngroups],
		    &p->groups[p->ngroups]));
	for (; e == OK && p->nspaces < j->nworkspaces; p->nspaces++)
		e = may_enter(cx, j->workspaces[p->nspaces], j->workspace_role,
		    &p->spaces[p->nspaces]);
	cx->inside = was;
	*out = p;
	return e;
}

enum err
invite_joins_many(struct ctx *cx, int64_t member, const struct invite_places *p)
{
	bool was;

	for (size_t i = 0; p && i < p->ngroups; i++)
		TRY(groups_add_here(cx, &p->groups[i], member, &was));
	for (size_t i = 0; p && i < p->nspaces; i++)
		TRY(workspaces_add_here(cx, &p->spaces[i], member));
	return OK;
}

/* ---------------------------------------------------------------- at the acceptance */

struct joined {
	bool            workspace;
	int64_t         id, by;
	const char     *name, *role;     /* role: "" for none */
	struct perm_set perms;
};

static enum err
read_joined(struct ctx *cx, int64_t member, struct joined **out, size_t *n)
{
	struct db_rows rows;

	*out = NULL;
	*n = 0;
	db_query(cx->db, &rows, SQL_INVITES_JOINS, DB_ARGS(DB_INT(cx->tenant), DB_INT(member)));
	while (db_next(&rows)) {
		*out = ARENA_MORE(cx->arena, struct joined, *out, *n);
		(*out)[(*n)++] = (struct joined){ db_int(&rows, "workspace") != 0,
			db_int(&rows, "id"), db_int(&rows, "added_by"),
			db_dup(&rows, "name", cx->arena),
			db_dup_some(&rows, "role_name", cx->arena),
			perm_set_read(db_dup_some(&rows, "permissions", cx->arena)) };
	}
	return db_end(&rows);
}

/* From now on what is asked is asked of them.  Not active any more: ERR_DENIED. */
static enum err
stand_in(struct ctx *cx, int64_t member)
{
	struct proof *proof;

	TRY(access_why(cx, member, PERM_USER_INVITE, IN_TENANT, &proof));
	if (strcmp(proof->who.status, "active") != 0)
		return ERR_DENIED;
	cx->actor = (struct actor){ .kind = proof->who.service ? ACTOR_SERVICE : ACTOR_PERSON,
		.member = member, .label = proof->who.name };
	cx->key = NULL;
	cx->perms = proof->who.perms;
	ctx_reach(cx, proof->who.org_path);
	cx->inside = (struct inside){ .id = 0 };
	return OK;
}

/* As groups_add() and workspaces_add() ask; who only copied the link brought nobody there. */
static enum err
may_give(struct ctx *cx, const struct joined *j, const char *org_path, bool brought)
{
	if (!j->workspace) {
		if (brought)
			TRY(access_need(cx, PERM_GROUP_EDIT, IN_TENANT));
		TRY(access_give_role(cx, j->role, j->perms, org_path));
		return access_give_group(cx, j->id);
	}
	TRY(access_workspace(cx, j->id));
	if (brought)
		TRY(access_need(cx, PERM_WORKSPACE_MEMBERS, IN_WORKSPACE(j->id)));
	return access_give_inside(cx, j->role, j->perms);
}

/* by 0: the system, which may. */
static enum err
still_gives(struct ctx *cx, const struct joined *j, const char *org_path, int64_t by, bool brought,
    bool *yes)
{
	const struct ctx was = *cx;
	enum err         e;

	if (by == 0)
		return OK;
	e = stand_in(cx, by);
	if (e == OK)
		e = may_give(cx, j, org_path, brought);
	cx->actor = was.actor;
	cx->key = was.key;
	cx->perms = was.perms;
	cx->path = was.path;
	cx->path_end = was.path_end;
	cx->inside = was.inside;
	cx->issues = was.issues;
	cx->refused = was.refused;
	if (e != OK && e != ERR_DENIED && e != ERR_NOTFOUND)
		return e;
	*yes = *yes && e == OK;
	return OK;
}

static const char *
named(struct ctx *cx, const char *names, const char *name)
{
	return names ? ARENA_JOIN(cx->arena, names, ", ", name) : name;
}

static enum err
drop(struct ctx *cx, int64_t member, const struct joined *j, struct invite_dropped *out)
{
	if (j->workspace) {
		out->workspaces = named(cx, out->workspaces, j->name);
		return workspaces_drop_here(cx, j->id, member);
	}
	out->groups = named(cx, out->groups, j->name);
	return groups_drop_here(cx, j->id, member);
}

enum err
invite_joins_keep(struct ctx *cx, int64_t member, const char *org_path, int64_t copier,
    struct invite_dropped *out)
{
	struct joined *list;
	size_t         n;

	*out = (struct invite_dropped){ NULL, NULL };
	TRY(read_joined(cx, member, &list, &n));
	for (size_t i = 0; i < n; i++) {
		bool yes = true;

		TRY(still_gives(cx, &list[i], org_path, list[i].by, true, &yes));
		TRY(still_gives(cx, &list[i], org_path, copier, false, &yes));
		if (!yes)
			TRY(drop(cx, member, &list[i], out));
	}
	return OK;
}
