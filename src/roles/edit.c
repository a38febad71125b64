/* Making, editing and deleting custom roles.  Nobody makes more of a role than they hold
 * themselves.  The list is in roles.c; giving a role to one member is in members/. */
#include "roles/roles.h"

#include <string.h>

#include "base/arena.h"
#include "base/id.h"
#include "core/admins.h"
#include "core/audit.h"
#include "db/db.h"
#include "groups/groups.h"
#include "jobs/jobs.h"
#include "members/members.h"
#include "svcaccounts/svcaccounts.h"
#include "workspaces/workspaces.h"

enum { NAME_LONGEST = 60, DESCRIPTION_LONGEST = 255, AT_ONCE = 50 };

const struct role_template role_templates[] = {
#define TEMPLATE(key, name, description, permissions) \
	{ (key), (name), (description), (permissions) },
#include "roles/templates.def"
#undef TEMPLATE
	{ NULL, NULL, NULL, NULL },
};

/* ---------------------------------------------------------------- what may stand in one */

static bool
fits_scope(struct perm_set perms, const char *scope)
{
	for (enum perm p = PERM_FIRST; p < PERM__COUNT; p++)
		if (perm_in(perms, p) && strcmp(scope, "workspace") == 0 &&
		    perm_info(p)->scope != SCOPE_WORKSPACE)
			return false;
	return true;
}

static enum err
check(struct ctx *cx, const struct role_input *in, struct role *r)
{
	enum err e = OK;

	if (title_text(cx->arena, str_trim(in->name), NAME_LONGEST, &r->name))
		e = ctx_issue(cx, "name", _("Give a name of at most [n] characters.", "n", "60"));
	if (str_maybe(cx->arena, str_trim(in->description), DESCRIPTION_LONGEST, &r->description))
		e = ctx_issue(cx, "description", _("Give at most [n] characters of text.", "n",
		    "255"));
	r->perms = perm_set_read(perm_set_text(cx->arena, in->perms));
	if (in->strange || !fits_scope(r->perms, r->scope))
		e = ctx_issue(cx, "permission", _("Choose permissions of the list."));
	return e;
}

static bool
holds_all(const struct ctx *cx, struct perm_set set)
{
	return cx->actor.kind == ACTOR_SYSTEM || perm_covers(cx->perms, set);
}

/* The first few that are too much are named, so that it is clear what to leave out. */
static enum err
may_hold(struct ctx *cx, const char *name, struct perm_set set)
{
	struct perm_set more = { set.bits & ~cx->perms.bits };

	if (holds_all(cx, set))
		return OK;
	cx->refused = arena_printf(cx->arena, "the role %s", name);
	ctx_issue(cx, "permission", _("A role may hold no more than your own. You do not hold: "
	    "[permissions]", "permissions", perm_set_text(cx->arena, more)));
	return ERR_DENIED;
}

static enum err
custom(struct ctx *cx, int64_t id, struct role *r)
{
	TRY(access_need(cx, PERM_ROLE_EDIT, IN_TENANT));
	TRY(roles_get(cx, id, r));
	if (*r->builtin == '\0')
		return may_hold(cx, r->name, r->perms);
	ctx_issue(cx, "", _("Built-in roles cannot be changed. Duplicate this one instead."));
	return ERR_CONFLICT;
}

bool
roles_editable(struct ctx *cx, const struct role *r)
{
	return *r->builtin == '\0' && holds_all(cx, r->perms) &&
	    access_has(cx, PERM_ROLE_EDIT, IN_TENANT);
}

/* ---------------------------------------------------------------- rows */

static enum err
free_name(struct ctx *cx, const struct role *r)
{
	struct db_rows rows;
	int64_t        other = 0;

	db_query(cx->db, &rows, SQL_ROLES_NAMED, DB_ARGS(DB_INT(cx->tenant), DB_TEXT(r->scope),
	    DB_TEXT(text_fold(cx->arena, r->name))));
	while (db_next(&rows))
		other = db_int(&rows, "id");
	TRY(db_end(&rows));
	if (other == 0 || other == r->id)
		return OK;
	return ctx_issue(cx, "name", _("There is a role [name] already.", "name", r->name));
}

static enum err
note(struct ctx *cx, enum audit_act act, const struct role *r, const struct audit_field *fields,
    size_t n)
{
	return audit_add(cx, &(struct audit_entry){ .act = act, .where = IN_TENANT,
	    .subject = r->id, .name = r->name, .fields = fields, .nfields = n });
}

static enum err
make_in_tx(struct ctx *cx, const struct role *r)
{
	struct role there;
	enum err    e;

	TRY(access_again(cx));
	TRY(access_need(cx, PERM_ROLE_EDIT, IN_TENANT));
	TRY(may_hold(cx, r->name, r->perms));
	/* The form was sent twice. */
	e = roles_get(cx, r->id, &there);
	if (e != ERR_NOTFOUND)
		return e;
	TRY(free_name(cx, r));
	TRY(db_run(cx->db, NULL, SQL_ROLES_ADD,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(r->id), DB_TEXT(r->scope), DB_TEXT(""),
	        DB_TEXT(r->name), DB_TEXT(text_fold(cx->arena, r->name)), DB_TEXT(r->description),
	        DB_TEXT(perm_set_text(cx->arena, r->perms)), DB_INT(cx->now))));
	return note(cx, AUDIT_ROLE_MADE, r, (const struct audit_field[]){
	    { "scope", NULL, r->scope }, { "description", NULL, r->description },
	    { "permissions", NULL, perm_set_text(cx->arena, r->perms) } }, 3);
}

enum err
roles_make(struct ctx *cx, int64_t id, const char *scope, const struct role_input *in)
{
	struct role r = { .id = id, .scope = scope };

	TRY(access_need(cx, PERM_ROLE_EDIT, IN_TENANT));
	TRY(check(cx, in, &r));
	if (id == 0)
		return ctx_issue(cx, "", _("This form is too old. Send it again."));
	TRY(may_hold(cx, r.name, r.perms));
	TRY(db_begin(cx->db));
	return db_finish(cx->db, make_in_tx(cx, &r));
}

/* ---------------------------------------------------------------- editing */

/* A list is sorted by a copy of the name; the many are brought up to it by a job. */
static enum err
resort(struct ctx *cx, const struct role *r)
{
	int64_t n, job;

	TRY(members_resort(cx, r->id, r->name, JOB_CHUNK, &n));
	return n < JOB_CHUNK ? OK : jobs_add(cx, "roles.resort", "{}", &job);
}

static enum err
change_in_tx(struct ctx *cx, const struct role *r)
{
	struct role was;
	int64_t     changed = 0;

	TRY(access_again(cx));
	TRY(custom(cx, r->id, &was));
	TRY(may_hold(cx, r->name, r->perms));
	TRY(free_name(cx, r));
	if (was.version != r->version)
		return ERR_CONFLICT;
	if (strcmp(was.name, r->name) == 0 && strcmp(was.description, r->description) == 0 &&
	    was.perms.bits == r->perms.bits)
		return OK;
	TRY(db_run(cx->db, &changed, SQL_ROLES_CHANGE,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(r->id), DB_INT(r->version), DB_TEXT(r->name),
	        DB_TEXT(text_fold(cx->arena, r->name)), DB_TEXT(r->description),
	        DB_TEXT(perm_set_text(cx->arena, r->perms)))));
	if (changed != 1)
		return ERR_CONFLICT;
	if (strcmp(was.name, r->name) != 0)
		TRY(resort(cx, r));
	return note(cx, AUDIT_ROLE_EDITED, &was, (const struct audit_field[]){
	    { "name", was.name, r->name }, { "description", was.description, r->description },
	    { "permissions", perm_set_text(cx->arena, was.perms),
	        perm_set_text(cx->arena, r->perms) } }, 3);
}

enum err
roles_change(struct ctx *cx, int64_t id, const struct role_input *in)
{
	struct role was, r;

	TRY(custom(cx, id, &was));
	r = was;
	r.version = in->version;
	TRY(check(cx, in, &r));
	TRY(may_hold(cx, r.name, r.perms));
	TRY(db_begin(cx->db));
	return db_finish(cx->db, change_in_tx(cx, &r));
}

/* Every role of the tenant, one after the other: which was renamed need not be remembered. */
enum err
roles_resort_step(struct ctx *cx, struct job *j, bool *last)
{
	struct role_list l;

	TRY(roles_list(cx, &l));
	for (size_t i = 0; i < l.n && jobs_go_on(j); i++) {
		int64_t n;

		TRY(members_resort(cx, l.items[i].id, l.items[i].name, JOB_CHUNK, &n));
		j->done += n;
		if (n > 0)
			return OK;
	}
	*last = jobs_go_on(j);
	return OK;
}

/* ---------------------------------------------------------------- deleting */

static bool
is_of_workspaces(const struct role *r)
{
	return strcmp(r->scope, "workspace") == 0;
}

/* Those who have it in a workspace, at once: a chunk of them is small. */
static enum err
move_seats(struct ctx *cx, const struct role *r, const struct member_role *to, struct job *j,
    bool *left)
{
	size_t n;

	TRY(workspaces_move_role(cx, r->id, to->id, r->name, to->name, AT_ONCE, &n));
	if (j)
		j->done += (int64_t)n;
	*left = n == AT_ONCE;
	return OK;
}

/* Moves at most so many; *left tells whether there may be more. */
static enum err
move_holders(struct ctx *cx, const struct role *r, const struct member_role *to, size_t most,
    struct job *j, bool *left)
{
	int64_t ids[JOB_CHUNK];
	size_t  n, i;

	if (is_of_workspaces(r))
		return move_seats(cx, r, to, j, left);
	TRY(members_holders(cx, r->id, most, ids, &n));
	for (i = 0; i < n && (j == NULL || i == 0 || jobs_go_on(j)); i++) {
		struct member m;

		TRY(members_get(cx, ids[i], &m));
		TRY(members_act(cx, MANY_ROLE, &m, to));
		if (j)
			j->done++;
	}
	*left = i < n || n == most;
	return OK;
}

static enum err
close_role(struct ctx *cx, const struct role *r, const struct member_role *to)
{
	int64_t changed = 0;

	if (to->id) {
		TRY(groups_move_role(cx, r->id, r->name, to->id, to->name));
		TRY(svcaccounts_move_role(cx, r->id, r->name, to->id, to->name));
		TRY(admins_left(cx));
	}
	TRY(db_run(cx->db, &changed, SQL_ROLES_CLOSE, DB_ARGS(DB_INT(cx->tenant), DB_INT(r->id))));
	if (changed != 1)
		return ERR_CONFLICT;
	return note(cx, AUDIT_ROLE_DELETED, r, (const struct audit_field[]){
	    { "permissions", perm_set_text(cx->arena, r->perms), NULL },
	    { "replacement", NULL, to->name } }, 2);
}

static enum err
may_remove(struct ctx *cx, int64_t id, struct role *r)
{
	int64_t own[1], groups, services, seats;
	size_t  n;

	TRY(custom(cx, id, r));
	if (is_of_workspaces(r)) {
		TRY(workspaces_holders(cx, id, &seats));
		return seats ? access_need(cx, PERM_WORKSPACE_MANAGE, IN_TENANT) : OK;
	}
	TRY(members_holders(cx, id, 1, own, &n));
	if (n > 0)
		TRY(access_need(cx, PERM_USER_ROLE, IN_TENANT));
	TRY(groups_holders(cx, id, &groups));
	if (groups > 0)
		TRY(access_need(cx, PERM_GROUP_EDIT, IN_TENANT));
	TRY(svcaccounts_holders(cx, id, &services));
	if (services > 0)
		TRY(access_need(cx, PERM_SERVICE_EDIT, IN_TENANT));
	if (cx->role == NULL || strcmp(cx->role, r->name) != 0)
		return OK;
	ctx_issue(cx, "", _("This is your own role. Somebody else has to delete it."));
	return ERR_CONFLICT;
}

/* One that holds the role in some workspace gets another of its scope. */
static enum err
read_seats_replacement(struct ctx *cx, const struct role *r, struct str text,
    struct member_role *to)
{
	struct workspace_roles l;
	int64_t                seats, id;

	TRY(workspaces_holders(cx, r->id, &seats));
	if (seats == 0)
		return OK;
	TRY(workspaces_roles(cx, &l));
	if (id_read(text, &id) != OK)
		id = 0;
	for (size_t i = 0; i < l.n; i++)
		if (l.items[i].id == id && id != r->id)
			*to = (struct member_role){ .id = id, .name = l.items[i].name,
				.builtin = l.items[i].builtin, .perms = l.items[i].perms };
	if (to->id == 0)
		return ctx_issue(cx, "role", _("Choose another role than the one that goes."));
	return access_give_role(cx, to->name, to->perms, "/");
}

/* No replacement: to->id is 0; that is wrong when somebody holds the role. */
static enum err
read_replacement(struct ctx *cx, const struct role *r, struct str text, struct member_role *to)
{
	int64_t holder[1], groups, services;
	size_t  n;

	*to = (struct member_role){ .name = NULL };
	if (is_of_workspaces(r))
		return read_seats_replacement(cx, r, text, to);
	TRY(members_holders(cx, r->id, 1, holder, &n));
	TRY(groups_holders(cx, r->id, &groups));
	TRY(svcaccounts_holders(cx, r->id, &services));
	if (n == 0 && groups == 0 && services == 0)
		return OK;
	TRY(members_role(cx, text, to));
	if (to->id == r->id)
		return ctx_issue(cx, "role", _("Choose another role than the one that goes."));
	return access_give_role(cx, to->name, to->perms, "/");
}

struct removal { int64_t id, form; struct str replacement; int64_t *job; };

static enum err
remove_in_tx(struct ctx *cx, const struct removal *x)
{
	struct member_role to;
	struct role        r;
	struct db_rows     rows;
	const char        *args = "";
	bool               left = false;

	TRY(access_again(cx));
	TRY(may_remove(cx, x->id, &r));
	TRY(read_replacement(cx, &r, x->replacement, &to));
	if (to.id)
		TRY(move_holders(cx, &r, &to, AT_ONCE, NULL, &left));
	if (!left)
		return close_role(cx, &r, &to);
	db_query(cx->db, &rows, SQL_ROLES_PACK,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(r.id), DB_INT(to.id)));
	while (db_next(&rows))
		args = db_dup(&rows, "args", cx->arena);
	TRY(db_end(&rows));
	*x->job = x->form;
	return jobs_add_as(cx, x->form, "roles.remove", args, r.users - AT_ONCE);
}

enum err
roles_remove(struct ctx *cx, int64_t id, struct str replacement, int64_t form, int64_t *job)
{
	struct role        r;
	struct member_role to;

	*job = 0;
	TRY(may_remove(cx, id, &r));
	TRY(read_replacement(cx, &r, replacement, &to));
	if (form == 0)
		return ctx_issue(cx, "", _("This form is too old. Send it again."));
	TRY(db_begin(cx->db));
	return db_finish(cx->db, remove_in_tx(cx, &(struct removal){ id, form, replacement, job }));
}

/* The role goes with its last holder. */
enum err
roles_remove_step(struct ctx *cx, struct job *j, bool *last)
{
	struct db_rows     rows;
	struct member_role to;
	struct role        r;
	int64_t            role = 0, replacement = 0;
	bool               left;
	char               text[14];
	enum err           e;

	db_query(cx->db, &rows, SQL_ROLES_UNPACK, DB_ARGS(DB_INT(cx->tenant), DB_TEXT(j->args)));
	while (db_next(&rows)) {
		role = db_int(&rows, "role");
		replacement = db_int(&rows, "replacement");
	}
	TRY(db_end(&rows));
	id_text(replacement, text);
	e = may_remove(cx, role, &r);
	if (e == OK)
		e = read_replacement(cx, &r, str_of(text), &to);
	if (e == OK)
		e = move_holders(cx, &r, &to, JOB_CHUNK, j, &left);
	if (e == OK && left)
		return OK;
	*last = true;
	if (e == OK)
		return close_role(cx, &r, &to);
	if (e == ERR_FAULT || e == ERR_BUSY)
		return e;
	return jobs_refused(cx, j, _("The rest"), cx->issues ? cx->issues->text :
	    _("This is not allowed any more."));
}
