/* Groups: the list, making, editing and deleting them.  Who is in one is in people.c; what being
 * in one comes to is decided in core/access.c. */
#include "groups/groups.h"

#include <string.h>

#include "base/arena.h"
#include "base/id.h"
#include "core/admins.h"
#include "core/audit.h"
#include "core/owners.h"
#include "core/place.h"
#include "db/db.h"
#include "members/members.h"

enum { NAME_LONGEST = 64, DESCRIPTION_LONGEST = 255, HOLDERS_MOST = 10000 };
/* Memberships that change together with their group; the housekeeper does the rest. */
enum { AT_ONCE = 500 };

/* ---------------------------------------------------------------- rows */

static struct group
read_group(struct ctx *cx, struct db_rows *rows)
{
	return (struct group){
		.id = db_int(rows, "id"),
		.version = db_int(rows, "version"),
		.name = db_dup(rows, "name", cx->arena),
		.description = db_dup(rows, "description", cx->arena),
		.role = db_int(rows, "role_id"),
		.role_name = "",
		.members = db_int(rows, "members"),
		.workspaces = db_int(rows, "workspaces"),
		.made_by = "",
		.created_at = db_int(rows, "created_at"),
	};
}

static enum err
name_roles(struct ctx *cx, struct group_list *l)
{
	struct place_roles roles;

	TRY(place_roles(cx, &roles));
	for (size_t i = 0; i < l->n; i++)
		for (size_t k = 0; k < roles.n; k++)
			if (l->items[i].role == roles.items[k].id) {
				l->items[i].role_name = roles.items[k].name;
				l->items[i].role_perms = roles.items[k].perms;
			}
	return OK;
}

static enum err
count(struct ctx *cx, int64_t *n)
{
	struct db_rows rows;

	*n = 0;
	db_query(cx->db, &rows, SQL_GROUPS_COUNT, DB_ARGS(DB_INT(cx->tenant)));
	while (db_next(&rows))
		*n = db_int(&rows, "n");
	return db_end(&rows);
}

enum err
groups_list(struct ctx *cx, const struct list_want *w, const char *search, struct group_list *out)
{
	struct db_rows rows;

	TRY(access_need(cx, PERM_GROUP_VIEW, IN_TENANT));
	*out = (struct group_list){ .items = ARENA_ARRAY(cx->arena, struct group, w->rows + 1) };
	db_query(cx->db, &rows, LIST_STMT(SQL_GROUPS_PAGE, w),
	    DB_ARGS(DB_INT(cx->tenant), DB_TEXT(*search ? text_fold(cx->arena, search) : NULL),
	        list_key(w), list_id(w), DB_INT((int64_t)w->rows + 1)));
	while (db_next(&rows))
		out->items[out->n++] = read_group(cx, &rows);
	TRY(db_end(&rows));
	LIST_TURN(w, out);
	out->all = (int64_t)out->n;
	if (!list_whole(w, search, out->more))
		TRY(count(cx, &out->all));
	return name_roles(cx, out);
}

const char *
groups_key(struct ctx *cx, const struct group *g, unsigned sort)
{
	if (sort == GROUPS_NAME)
		return text_fold(cx->arena, g->name);
	return arena_printf(cx->arena, "%lld",
	    (long long)(sort == GROUPS_MEMBERS ? g->members : g->created_at));
}

enum err
groups_get(struct ctx *cx, int64_t id, struct group *out)
{
	struct db_rows rows;

	TRY(access_need(cx, PERM_GROUP_VIEW, IN_TENANT));
	db_query(cx->db, &rows, SQL_GROUPS_GET, DB_ARGS(DB_INT(cx->tenant), DB_INT(id)));
	while (db_next(&rows)) {
		*out = read_group(cx, &rows);
		out->role_name = db_dup_some(&rows, "role_name", cx->arena);
		out->role_perms = perm_set_read(db_dup_some(&rows, "permissions", cx->arena));
		out->made_by = db_dup_some(&rows, "made_by", cx->arena);
	}
	return db_end_found(&rows);
}

enum err
groups_choice(struct ctx *cx, const int64_t *chosen, size_t nchosen, const char *find, size_t most,
    struct group_choice *out, size_t *n)
{
	struct db_rows rows;

	*n = 0;
	TRY(access_need(cx, PERM_GROUP_VIEW, IN_TENANT));
	db_query(cx->db, &rows, SQL_GROUPS_CHOICE,
	    DB_ARGS(DB_INT(cx->tenant), DB_TEXT(ID_JSON(cx->arena, chosen, nchosen)),
	        DB_TEXT(*find ? text_fold(cx->arena, find) : NULL), DB_INT((int64_t)most)));
	while (db_next(&rows) && *n < most)
		out[(*n)++] = (struct group_choice){ .id = db_int(&rows, "id"),
			.name = db_dup(&rows, "name", cx->arena),
			.chosen = db_int(&rows, "chosen") != 0 };
	return db_end(&rows);
}

/* ---------------------------------------------------------------- making and editing */

/* The role last, for a refusal is to be told beside all that is wrong. */
static enum err
check(struct ctx *cx, const struct group_input *in, struct group *g)
{
	struct member_role role;
	enum err           e = OK;

	if (title_text(cx->arena, str_trim(in->name), NAME_LONGEST, &g->name))
		e = ctx_issue(cx, "name", _("Give a name of at most [n] characters.", "n", "64"));
	if (str_maybe(cx->arena, str_trim(in->description), DESCRIPTION_LONGEST, &g->description))
		e = ctx_issue(cx, "description", _("Give at most [n] characters of text.", "n",
		    "255"));
	g->role = 0;
	g->role_name = "";
	g->role_perms = (struct perm_set){ 0 };
	if (in->role.len > 0 && members_role(cx, in->role, &role) != OK)
		e = ERR_INVALID;
	else if (in->role.len > 0) {
		g->role = role.id;
		g->role_name = role.name;
		g->role_perms = role.perms;
	}
	return e;
}

/* What all who are in it, or will be, hold by it. */
static enum err
may_give(struct ctx *cx, const struct group *g)
{
	return g->role ? access_give_role(cx, g->role_name, g->role_perms, "/") : OK;
}

static enum err
give_in_tx(struct ctx *cx, const struct group *g)
{
	if (g->role)
		TRY(access_role_stands(cx, g->role, g->role_perms));
	return may_give(cx, g);
}

enum err
groups_named(struct ctx *cx, const char *name, int64_t *id)
{
	struct db_rows rows;

	*id = 0;
	db_query(cx->db, &rows, SQL_GROUPS_NAMED,
	    DB_ARGS(DB_INT(cx->tenant), DB_TEXT(text_fold(cx->arena, name))));
	while (db_next(&rows))
		*id = db_int(&rows, "id");
	return db_end(&rows);
}

static enum err
free_name(struct ctx *cx, const struct group *g)
{
	int64_t other;

	TRY(groups_named(cx, g->name, &other));
	if (other == 0 || other == g->id)
		return OK;
	return ctx_issue(cx, "name", _("There is a group [name] already.", "name", g->name));
}

static enum err
note(struct ctx *cx, enum audit_act act, const struct group *g, const struct audit_field *fields,
    size_t n)
{
	return audit_add(cx, &(struct audit_entry){ .act = act, .where = IN_TENANT,
	    .subject = g->id, .name = g->name, .fields = fields, .nfields = n });
}

static struct db_val
role_val(int64_t role)
{
	return role ? DB_INT(role) : DB_NULL;
}

static const char *
or_null(const char *text)
{
	return *text ? text : NULL;
}

static enum err
make_in_tx(struct ctx *cx, const struct group *g)
{
	struct group there;
	enum err     e;

	TRY(access_again(cx));
	TRY(access_need(cx, PERM_GROUP_EDIT, IN_TENANT));
	TRY(give_in_tx(cx, g));
	/* The form was sent twice. */
	e = groups_get(cx, g->id, &there);
	if (e != ERR_NOTFOUND)
		return e;
	TRY(free_name(cx, g));
	TRY(db_run(cx->db, NULL, SQL_GROUPS_MAKE,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(g->id), DB_TEXT(g->name),
	        DB_TEXT(text_fold(cx->arena, g->name)), DB_TEXT(g->description),
	        role_val(g->role), DB_INT(cx->actor.member), DB_INT(cx->now))));
	return note(cx, AUDIT_GROUP_MADE, g, (const struct audit_field[]){
	    { "description", NULL, or_null(g->description) },
	    { "role", NULL, or_null(g->role_name) } }, 2);
}

enum err
groups_make(struct ctx *cx, int64_t id, const struct group_input *in)
{
	struct group g = { .id = id };

	TRY(access_need(cx, PERM_GROUP_EDIT, IN_TENANT));
	TRY(check(cx, in, &g));
	if (id == 0)
		return ctx_issue(cx, "", _("This form is too old. Send it again."));
	TRY(may_give(cx, &g));
	TRY(db_begin(cx->db));
	return db_finish(cx->db, make_in_tx(cx, &g));
}

/* Some of its members are sorted by its new name; the others by the housekeeper. */
static enum err
resort(struct ctx *cx, int64_t tenant, int64_t group, int64_t behind)
{
	const struct db_val args[] = { DB_INT(tenant), DB_INT(group), DB_INT(behind),
		DB_INT(AT_ONCE) };

	TRY(db_run(cx->db, NULL, SQL_GROUPS_RESORT, args, 4));
	return db_run(cx->db, NULL, SQL_GROUPS_RESORTED, args, 4);
}

static enum err
change_in_tx(struct ctx *cx, const struct group *g)
{
	struct group was;
	int64_t      changed = 0;

	TRY(access_again(cx));
	TRY(access_need(cx, PERM_GROUP_EDIT, IN_TENANT));
	TRY(groups_get(cx, g->id, &was));
	if (was.version != g->version)
		return ERR_CONFLICT;
	if (g->role != was.role)
		TRY(give_in_tx(cx, g));
	TRY(free_name(cx, g));
	if (strcmp(was.name, g->name) == 0 && strcmp(was.description, g->description) == 0 &&
	    was.role == g->role)
		return OK;
	TRY(db_run(cx->db, &changed, SQL_GROUPS_CHANGE,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(g->id), DB_INT(g->version), DB_TEXT(g->name),
	        DB_TEXT(text_fold(cx->arena, g->name)), DB_TEXT(g->description),
	        role_val(g->role))));
	if (changed != 1)
		return ERR_CONFLICT;
	if (strcmp(was.name, g->name) != 0)
		TRY(resort(cx, cx->tenant, g->id, 0));
	if (was.role && was.role != g->role)
		TRY(admins_left(cx));
	return note(cx, AUDIT_GROUP_EDITED, &was, (const struct audit_field[]){
	    { "name", was.name, g->name },
	    { "description", or_null(was.description), or_null(g->description) },
	    { "role", or_null(was.role_name), or_null(g->role_name) } }, 3);
}

enum err
groups_change(struct ctx *cx, int64_t id, const struct group_input *in)
{
	struct group was, g;

	TRY(access_need(cx, PERM_GROUP_EDIT, IN_TENANT));
	TRY(groups_get(cx, id, &was));
	g = was;
	g.version = in->version;
	TRY(check(cx, in, &g));
	if (g.role != was.role)
		TRY(may_give(cx, &g));
	TRY(db_begin(cx->db));
	return db_finish(cx->db, change_in_tx(cx, &g));
}

static enum err
remove_in_tx(struct ctx *cx, int64_t id)
{
	struct group g;

	TRY(access_again(cx));
	TRY(access_need(cx, PERM_GROUP_EDIT, IN_TENANT));
	TRY(groups_get(cx, id, &g));
	TRY(owners_hand_over(cx, id));
	TRY(db_run(cx->db, NULL, SQL_GROUPS_CLOSE, DB_ARGS(DB_INT(cx->tenant), DB_INT(id))));
	TRY(db_run(cx->db, NULL, SQL_GROUPS_EMPTY,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(id), DB_INT(AT_ONCE))));
	if (g.role)
		TRY(admins_left(cx));
	return note(cx, AUDIT_GROUP_DELETED, &g, (const struct audit_field[]){
	    { "role", or_null(g.role_name), NULL },
	    { "members", arena_printf(cx->arena, "%lld", (long long)g.members), NULL },
	    { "workspaces", g.workspaces ? arena_printf(cx->arena, "%lld",
	        (long long)g.workspaces) : NULL, NULL } }, 3);
}

enum err
groups_remove(struct ctx *cx, int64_t id)
{
	TRY(access_need(cx, PERM_GROUP_EDIT, IN_TENANT));
	TRY(db_begin(cx->db));
	return db_finish(cx->db, remove_in_tx(cx, id));
}

/* ---------------------------------------------------------------- for roles/ */

static enum err
holders(struct ctx *cx, int64_t role, struct group **out, size_t *n)
{
	struct db_rows rows;

	*n = 0;
	*out = ARENA_ARRAY(cx->arena, struct group, HOLDERS_MOST);
	db_query(cx->db, &rows, SQL_GROUPS_HOLDERS, DB_ARGS(DB_INT(cx->tenant), DB_INT(role)));
	while (db_next(&rows) && *n < HOLDERS_MOST)
		(*out)[(*n)++] = (struct group){ .id = db_int(&rows, "id"),
			.name = db_dup(&rows, "name", cx->arena) };
	return db_end(&rows);
}

enum err
groups_holders(struct ctx *cx, int64_t role, int64_t *n)
{
	struct db_rows rows;

	*n = 0;
	db_query(cx->db, &rows, SQL_GROUPS_HOLDERS, DB_ARGS(DB_INT(cx->tenant), DB_INT(role)));
	while (db_next(&rows))
		(*n)++;
	return db_end(&rows);
}

enum err
groups_move_role(struct ctx *cx, int64_t role, const char *was, int64_t to, const char *name)
{
	struct group *list;
	size_t        n;

	TRY(holders(cx, role, &list, &n));
	for (size_t i = 0; i < n; i++) {
		TRY(db_run(cx->db, NULL, SQL_GROUPS_ROLE,
		    DB_ARGS(DB_INT(cx->tenant), DB_INT(list[i].id), DB_INT(to))));
		TRY(note(cx, AUDIT_GROUP_EDITED, &list[i],
		    (const struct audit_field[]){ { "role", was, name } }, 1));
	}
	return OK;
}

enum err
groups_due(struct ctx *cx, bool *due)
{
	struct db_rows rows;

	*due = false;
	db_query(cx->db, &rows, SQL_GROUPS_DUE, DB_ARGS(DB_INT(cx->now)));
	while (db_next(&rows))
		*due = db_int(&rows, "due") != 0;
	return db_end(&rows);
}

static enum err
resort_some(struct ctx *cx, int64_t *n)
{
	int64_t        tenant = 0, group = 0, behind = 0;
	struct db_rows rows;

	*n = 0;
	db_query(cx->db, &rows, SQL_GROUPS_RENAMED, NULL, 0);
	while (db_next(&rows)) {
		tenant = db_int(&rows, "tenant_id");
		group = db_int(&rows, "id");
		behind = db_int(&rows, "resort");
	}
	TRY(db_end(&rows));
	*n = group != 0;
	return group ? resort(cx, tenant, group, behind) : OK;
}

enum err
groups_sweep(struct ctx *cx, int64_t *n)
{
	int64_t ended = 0, gone = 0, sorted;

	TRY(db_run(cx->db, &ended, SQL_GROUPS_END, DB_ARGS(DB_INT(cx->now))));
	TRY(db_run(cx->db, &gone, SQL_GROUPS_SWEEP, NULL, 0));
	TRY(resort_some(cx, &sorted));
	*n = ended + gone + sorted;
	return OK;
}
