/* Making, changing and closing service accounts.  Nobody makes one that may do more than they. */
#include "svcaccounts/svcaccounts.h"

#include <string.h>

#include "base/arena.h"
#include "base/id.h"
#include "core/audit.h"
#include "db/db.h"
#include "groups/groups.h"
#include "members/members.h"
#include "svcaccounts/svcaccounts_store.h"
#include "workspaces/workspaces.h"

enum { GROUP_NAME = 64 };

/* ---------------------------------------------------------------- what was typed */

static enum err
check_name(struct ctx *cx, struct str name, struct svcaccount *a)
{
	if (title_text(cx->arena, str_trim(name), SVCACCOUNT_NAME, &a->name))
		return ctx_issue(cx, "name", _("Give a name of at most [n] characters.", "n",
		    "64"));
	return OK;
}

static enum err
check_description(struct ctx *cx, struct str text, struct svcaccount *a)
{
	if (str_maybe(cx->arena, str_trim(text), SVCACCOUNT_DESCRIPTION, &a->description))
		return ctx_issue(cx, "description", _("Give at most [n] characters of text.", "n",
		    "255"));
	return OK;
}

static enum err
check_role(struct ctx *cx, struct str text, struct svcaccount *a)
{
	struct member_role role;

	if (members_role(cx, text, &role))
		return ERR_INVALID;
	a->role = role.id;
	a->role_name = role.name;
	a->role_perms = role.perms;
	return OK;
}

/* Whoever may not see users learns of nobody but themselves that they are here. */
static enum err
check_person(struct ctx *cx, struct str email, struct svcaccount *a)
{
	const char   *address, *key;
	struct person p = { .id = 0 };

	if (email_text(cx->arena, email, &address, &key))
		return ctx_issue(cx, "owner_email", _("Give an email address, or none."));
	TRY(members_person(cx, key, &p));
	if (p.id == 0 || p.member == 0 || strcmp(p.member_status, "active") != 0 ||
	    (p.member != cx->actor.member && !access_has(cx, PERM_USER_VIEW, IN_TENANT)))
		return ctx_issue(cx, "owner_email",
		    _("No active user of this account has this address."));
	a->owner = p.member;
	a->owner_name = p.name;
	return OK;
}

/* By its id, as a list of them sends it, or by its name, where there are too many for one. */
static enum err
find_group(struct ctx *cx, struct str text, struct group *g)
{
	const char *name;
	int64_t     id;
	enum err    e = ERR_NOTFOUND;

	if (id_read(text, &id) == OK)
		e = groups_get(cx, id, g);
	if (e != ERR_NOTFOUND || str_text(cx->arena, str_trim(text), GROUP_NAME, &name))
		return e;
	TRY(groups_named(cx, name, &id));
	return id ? groups_get(cx, id, g) : ERR_NOTFOUND;
}

static enum err
check_group(struct ctx *cx, struct str text, struct svcaccount *a)
{
	struct group g;
	enum err     e = find_group(cx, text, &g);

	if (e == ERR_NOTFOUND || e == ERR_DENIED)
		return ctx_issue(cx, "owner_group", _("There is no such group."));
	TRY(e);
	a->owner_group = g.id;
	a->owner_name = g.name;
	return OK;
}

static enum err
check_owner(struct ctx *cx, const struct svcaccount_input *in, struct svcaccount *a)
{
	struct str email = str_trim(in->owner_email);

	if (in->keep_owner)
		return OK;
	a->owner = a->owner_group = 0;
	a->owner_name = "";
	if (email.len && in->owner_group.len)
		return ctx_issue(cx, "owner_group", _("Choose either a person or a group."));
	if (email.len)
		return check_person(cx, email, a);
	return in->owner_group.len ? check_group(cx, in->owner_group, a) : OK;
}

/* Everything that is wrong is told at once; what the database cannot answer comes out. */
static enum err
worse(enum err e, enum err also)
{
	return e == OK || (also != OK && also != ERR_INVALID) ? also : e;
}

static enum err
check(struct ctx *cx, const struct svcaccount_input *in, struct svcaccount *a)
{
	enum err e = check_name(cx, in->name, a);

	e = worse(e, check_description(cx, in->description, a));
	e = worse(e, check_role(cx, in->role, a));
	return worse(e, check_owner(cx, in, a));
}

static enum err
may_give(struct ctx *cx, const struct svcaccount *a)
{
	return access_give_role(cx, a->role_name, a->role_perms, "/");
}

static enum err
give_in_tx(struct ctx *cx, const struct svcaccount *a)
{
	TRY(access_role_stands(cx, a->role, a->role_perms));
	return may_give(cx, a);
}

/* Whoever left since the form was read owns nothing: it is read anew. */
static enum err
owner_stands(struct ctx *cx, const struct svcaccount *a)
{
	struct proof *proof;
	struct group  g;
	enum err      e = OK;

	if (a->owner) {
		e = access_why(cx, a->owner, PERM_USER_VIEW, IN_TENANT, &proof);
		if (e == OK && strcmp(proof->who.status, "active") != 0)
			return ERR_BUSY;
	} else if (a->owner_group)
		e = groups_get(cx, a->owner_group, &g);
	return e == ERR_NOTFOUND ? ERR_BUSY : e;
}

static enum err
free_name(struct ctx *cx, const struct svcaccount *a)
{
	int64_t other;

	TRY(svcaccount_row_named(cx, a->name, &other));
	if (other == 0 || other == a->id)
		return OK;
	return ctx_issue(cx, "name", _("There is a service account [name] already.", "name",
	    a->name));
}

static enum err
may_edit(struct ctx *cx)
{
	TRY(access_again(cx));
	return access_need(cx, PERM_SERVICE_EDIT, IN_TENANT);
}

static enum err
note(struct ctx *cx, enum audit_act act, const struct svcaccount *a,
    const struct audit_field *fields, size_t n)
{
	return audit_add(cx, &(struct audit_entry){ .act = act, .where = IN_TENANT,
	    .subject = a->id, .name = a->name, .fields = fields, .nfields = n });
}

static const char *
or_null(const char *text)
{
	return *text ? text : NULL;
}

/* ---------------------------------------------------------------- making */

static enum err
join_all(struct ctx *cx, int64_t id, const int64_t *groups, size_t n)
{
	size_t added;

	for (size_t i = 0; i < n; i++)
		TRY(groups_add(cx, groups[i], &id, 1, STR(""), &added));
	return OK;
}

/* It says "role" there, which is the account's here. */
static enum err
of_workspaces(struct ctx *cx, enum err e)
{
	for (struct issue *i = cx->issues; i; i = i->next)
		if (strcmp(i->field, "role") == 0)
			i->field = "workspace_role";
	return e;
}

static enum err
enter_all(struct ctx *cx, int64_t id, const struct svcaccount_input *in)
{
	size_t added;

	for (size_t i = 0; i < in->nworkspaces; i++) {
		TRY(access_workspace(cx, in->workspaces[i]));
		TRY(of_workspaces(cx, workspaces_add(cx, in->workspaces[i], &id, 1, STR(""),
		    in->workspace_role, &added)));
	}
	return OK;
}

static enum err
make_in_tx(struct ctx *cx, const struct svcaccount *a, const struct svcaccount_input *in,
    bool *there)
{
	struct svcaccount before;
	enum err          e;

	TRY(may_edit(cx));
	TRY(give_in_tx(cx, a));
	e = svcaccounts_get(cx, a->id, &before);
	*there = e == OK;
	if (e != ERR_NOTFOUND)
		return e;
	TRY(owner_stands(cx, a));
	TRY(free_name(cx, a));
	TRY(svcaccount_row_make(cx, a));
	TRY(note(cx, AUDIT_SERVICE_MADE, a, (const struct audit_field[]){
	    { "description", NULL, or_null(a->description) },
	    { "role", NULL, a->role_name },
	    { "owner", NULL, or_null(a->owner_name) } }, 3));
	TRY(join_all(cx, a->id, in->groups, in->ngroups));
	return enter_all(cx, a->id, in);
}

static enum err
check_places(struct ctx *cx, const struct svcaccount_input *in)
{
	if (in->ngroups > SVCACCOUNT_GROUPS_MOST)
		return ctx_issue(cx, "group", _("Choose at most [n] groups.", "n", "50"));
	if (in->nworkspaces > SVCACCOUNT_WORKSPACES_MOST)
		return ctx_issue(cx, "workspace_role", _("Choose at most [n] at once.", "n",
		    "50"));
	if (in->nworkspaces && in->workspace_role.len == 0)
		return ctx_issue(cx, "workspace_role", _("Choose its role in the workspaces."));
	return OK;
}

enum err
svcaccounts_make(struct ctx *cx, int64_t id, const struct svcaccount_input *in, bool *there)
{
	struct svcaccount a = { .id = id, .owner_name = "" };

	*there = false;
	TRY(access_need(cx, PERM_SERVICE_EDIT, IN_TENANT));
	TRY(check(cx, in, &a));
	if (id == 0)
		return ctx_issue(cx, "", _("This form is too old. Send it again."));
	TRY(check_places(cx, in));
	TRY(may_give(cx, &a));
	TRY(db_begin(cx->db));
	return db_finish(cx->db, make_in_tx(cx, &a, in, there));
}

/* ---------------------------------------------------------------- changing */

static enum err
change_in_tx(struct ctx *cx, const struct svcaccount *a)
{
	struct svcaccount was;
	int64_t           changed = 0;

	TRY(may_edit(cx));
	TRY(svcaccounts_get(cx, a->id, &was));
	if (was.version != a->version)
		return ERR_CONFLICT;
	if (a->role != was.role)
		TRY(give_in_tx(cx, a));
	if (a->owner != was.owner || a->owner_group != was.owner_group)
		TRY(owner_stands(cx, a));
	TRY(free_name(cx, a));
	if (strcmp(was.name, a->name) == 0 && strcmp(was.description, a->description) == 0 &&
	    was.role == a->role && was.owner == a->owner && was.owner_group == a->owner_group)
		return OK;
	TRY(svcaccount_row_change(cx, a, &changed));
	if (changed != 1)
		return ERR_CONFLICT;
	return note(cx, AUDIT_SERVICE_EDITED, &was, (const struct audit_field[]){
	    { "name", was.name, a->name },
	    { "description", or_null(was.description), or_null(a->description) },
	    { "role", was.role_name, a->role_name },
	    { "owner", or_null(was.owner_name), or_null(a->owner_name) } }, 4);
}

static enum err
change(struct ctx *cx, const struct svcaccount *was, const struct svcaccount *a)
{
	if (a->role != was->role)
		TRY(may_give(cx, a));
	TRY(db_begin(cx->db));
	return db_finish(cx->db, change_in_tx(cx, a));
}

enum err
svcaccounts_change(struct ctx *cx, int64_t id, const struct svcaccount_input *in)
{
	struct svcaccount was, a;

	TRY(access_need(cx, PERM_SERVICE_EDIT, IN_TENANT));
	TRY(svcaccounts_get(cx, id, &was));
	a = was;
	a.version = in->version;
	TRY(check(cx, in, &a));
	return change(cx, &was, &a);
}

enum err
svcaccounts_set(struct ctx *cx, int64_t id, enum svcaccount_cell cell, struct str value,
    int64_t version)
{
	static enum err (*const checks[])(struct ctx *, struct str, struct svcaccount *) = {
		[SVCACCOUNT_CELL_NAME] = check_name,
		[SVCACCOUNT_CELL_DESCRIPTION] = check_description,
		[SVCACCOUNT_CELL_ROLE] = check_role };
	struct svcaccount was, a;

	TRY(access_need(cx, PERM_SERVICE_EDIT, IN_TENANT));
	TRY(svcaccounts_get(cx, id, &was));
	a = was;
	a.version = version;
	TRY(checks[cell](cx, value, &a));
	return change(cx, &was, &a);
}

/* ---------------------------------------------------------------- status */

static enum err
set_status(struct ctx *cx, int64_t id, const char *status, enum audit_act act)
{
	struct svcaccount a;
	int64_t           changed = 0;

	TRY(may_edit(cx));
	TRY(svcaccounts_get(cx, id, &a));
	if (act == AUDIT_SERVICE_ENABLED && a.disabled)
		TRY(svcaccounts_may_enable(cx, &a));
	TRY(svcaccount_row_status(cx, id, status, &changed));
	if (changed == 0)
		return OK;
	return note(cx, act, &a, (const struct audit_field[]){
	    { "role", act == AUDIT_SERVICE_DELETED ? a.role_name : NULL, NULL } }, 1);
}

enum err
svcaccounts_enable(struct ctx *cx, int64_t id, bool enabled)
{
	TRY(access_need(cx, PERM_SERVICE_EDIT, IN_TENANT));
	TRY(db_begin(cx->db));
	return db_finish(cx->db, set_status(cx, id, enabled ? "active" : "disabled",
	    enabled ? AUDIT_SERVICE_ENABLED : AUDIT_SERVICE_DISABLED));
}

enum err
svcaccounts_remove(struct ctx *cx, int64_t id)
{
	TRY(access_need(cx, PERM_SERVICE_EDIT, IN_TENANT));
	TRY(db_begin(cx->db));
	return db_finish(cx->db, set_status(cx, id, "removed", AUDIT_SERVICE_DELETED));
}

/* ---------------------------------------------------------------- groups */

static bool
is_among(const int64_t *ids, size_t n, int64_t id)
{
	for (size_t i = 0; i < n; i++)
		if (ids[i] == id)
			return true;
	return false;
}

static enum err
set_groups_in_tx(struct ctx *cx, int64_t id, const int64_t *groups, size_t n)
{
	struct group_places now;
	struct svcaccount   a;

	TRY(may_edit(cx));
	TRY(access_need(cx, PERM_GROUP_EDIT, IN_TENANT));
	TRY(svcaccounts_get(cx, id, &a));
	TRY(groups_of(cx, id, &now));
	for (size_t i = 0; i < now.n; i++)
		if (!is_among(groups, n, now.items[i].id))
			TRY(groups_take_out(cx, now.items[i].id, id));
	return join_all(cx, id, groups, n);
}

enum err
svcaccounts_set_groups(struct ctx *cx, int64_t id, const int64_t *groups, size_t n)
{
	TRY(access_need(cx, PERM_SERVICE_EDIT, IN_TENANT));
	TRY(access_need(cx, PERM_GROUP_EDIT, IN_TENANT));
	if (n > SVCACCOUNT_GROUPS_MOST)
		return ctx_issue(cx, "group", _("Choose at most [n] groups.", "n", "50"));
	TRY(db_begin(cx->db));
	return db_finish(cx->db, set_groups_in_tx(cx, id, groups, n));
}

/* ---------------------------------------------------------------- workspaces */

/* A seat that has gone meanwhile is one that it need not leave. */
static enum err
leave_one(struct ctx *cx, int64_t id, int64_t workspace)
{
	struct seat s;
	enum err    e;

	TRY(access_workspace(cx, workspace));
	e = workspaces_seat(cx, workspace, id, &s);
	if (e == ERR_NOTFOUND)
		return OK;
	TRY(e);
	return workspaces_take_out(cx, workspace, id);
}

static enum err
set_workspaces_in_tx(struct ctx *cx, int64_t id, const struct svcaccount_seats *in)
{
	struct svcaccount       a;
	struct svcaccount_input more = { .workspace_role = in->role };
	int64_t                *fresh = ARENA_ARRAY(cx->arena, int64_t, in->n + 1);

	TRY(may_edit(cx));
	TRY(access_need(cx, PERM_WORKSPACE_MANAGE, IN_TENANT));
	TRY(svcaccounts_get(cx, id, &a));
	for (size_t i = 0; i < in->nwas; i++)
		if (!is_among(in->workspaces, in->n, in->was[i]))
			TRY(leave_one(cx, id, in->was[i]));
	for (size_t i = 0; i < in->n; i++)
		if (!is_among(in->was, in->nwas, in->workspaces[i]))
			fresh[more.nworkspaces++] = in->workspaces[i];
	more.workspaces = fresh;
	TRY(check_places(cx, &more));
	return enter_all(cx, id, &more);
}

enum err
svcaccounts_set_workspaces(struct ctx *cx, int64_t id, const struct svcaccount_seats *in)
{
	TRY(access_need(cx, PERM_SERVICE_EDIT, IN_TENANT));
	TRY(access_need(cx, PERM_WORKSPACE_MANAGE, IN_TENANT));
	TRY(db_begin(cx->db));
	return db_finish(cx->db, set_workspaces_in_tx(cx, id, in));
}

/* ---------------------------------------------------------------- for roles/ */

enum err
svcaccounts_holders(struct ctx *cx, int64_t role, int64_t *n)
{
	struct svcaccount *list;
	size_t             found;

	TRY(svcaccount_rows_holders(cx, role, &list, &found));
	*n = (int64_t)found;
	return OK;
}

enum err
svcaccounts_move_role(struct ctx *cx, int64_t role, const char *was, int64_t to, const char *name)
{
	struct svcaccount *list;
	size_t             n;

	TRY(svcaccount_rows_holders(cx, role, &list, &n));
	for (size_t i = 0; i < n; i++) {
		TRY(svcaccount_row_role(cx, list[i].id, to));
		TRY(note(cx, AUDIT_SERVICE_EDITED, &list[i],
		    (const struct audit_field[]){ { "role", was, name } }, 1));
	}
	return OK;
}
