/* Who is in a workspace, with which role.  Nobody gives a role that holds more than they hold
 * there, and one always keeps an Owner. */
#include "workspaces/workspaces.h"

#include <string.h>

#include "base/arena.h"
#include "base/id.h"
#include "core/audit.h"
#include "core/owners.h"
#include "core/place.h"
#include "db/db.h"

static struct seat
read_seat(struct ctx *cx, struct db_rows *rows)
{
	return (struct seat){
		.id = db_int(rows, "id"),
		.kind = (enum seat_kind)db_int(rows, "kind"),
		.name = db_dup(rows, "name", cx->arena),
		.email = db_dup(rows, "email", cx->arena),
		.status = db_dup(rows, "status", cx->arena),
		.org_path = db_dup(rows, "org_path", cx->arena),
		.name_key = db_dup(rows, "name_key", cx->arena),
		.members = db_int(rows, "members"),
		.role = db_int(rows, "role_id"),
		.role_name = db_dup(rows, "role_name", cx->arena),
		.role_perms = perm_set_read(db_dup(rows, "permissions", cx->arena)),
		.added_at = db_int(rows, "added_at"),
	};
}

enum err
workspaces_seats(struct ctx *cx, int64_t workspace, const struct list_want *w,
    struct seat_list *out)
{
	struct db_rows rows;

	TRY(access_need(cx, PERM_WORKSPACE_VIEW, IN_WORKSPACE(workspace)));
	*out = (struct seat_list){ .items = ARENA_ARRAY(cx->arena, struct seat, w->rows + 1) };
	db_query(cx->db, &rows, LIST_STMT(SQL_SEATS_PAGE, w),
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(workspace), list_key(w), list_id(w),
	        DB_INT((int64_t)w->rows + 1)));
	while (db_next(&rows))
		out->items[out->n++] = read_seat(cx, &rows);
	TRY(db_end(&rows));
	LIST_TURN(w, out);
	return OK;
}

static enum err
read_held(struct ctx *cx, int64_t workspace, int64_t holder, struct seat *out)
{
	struct db_rows rows;

	db_query(cx->db, &rows, SQL_SEATS_GET,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(workspace), DB_INT(holder)));
	while (db_next(&rows))
		*out = read_seat(cx, &rows);
	return db_end_found(&rows);
}

enum err
workspaces_seat(struct ctx *cx, int64_t workspace, int64_t holder, struct seat *out)
{
	TRY(access_need(cx, PERM_WORKSPACE_VIEW, IN_WORKSPACE(workspace)));
	return read_held(cx, workspace, holder, out);
}

/* May the actor know of somebody who is not in the workspace? */
static bool
may_see(struct ctx *cx, const struct seat *s)
{
	switch (s->kind) {
	case SEAT_PERSON:
		return access_has(cx, PERM_USER_VIEW, IN_ORG(s->org_path));
	case SEAT_SERVICE:
		return access_has(cx, PERM_SERVICE_VIEW, IN_TENANT);
	case SEAT_GROUP:
		break;
	}
	return access_has(cx, PERM_GROUP_VIEW, IN_TENANT);
}

static void
take_found(struct seat_list *l, const struct seat *s, size_t most)
{
	if (l->n < most)
		l->items[l->n++] = *s;
	else
		l->more = true;
}

enum err
workspaces_find(struct ctx *cx, int64_t workspace, const char *search, size_t most,
    struct seat *people, size_t npeople, struct seats_found *out)
{
	struct db_rows rows;

	*out = (struct seats_found){ { .items = ARENA_ARRAY(cx->arena, struct seat, most) },
		{ .items = ARENA_ARRAY(cx->arena, struct seat, most) } };
	db_query(cx->db, &rows, SQL_SEATS_FOUND,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(workspace), DB_TEXT(text_fold(cx->arena, search)),
	        DB_INT((int64_t)most + 1), DB_INT(access_has(cx, PERM_GROUP_VIEW, IN_TENANT)),
	        DB_INT(access_has(cx, PERM_SERVICE_VIEW, IN_TENANT)),
	        DB_TEXT(ID_JSON_OF(cx->arena, people, npeople))));
	while (db_next(&rows)) {
		struct seat s = { .id = db_int(&rows, "id"), .email = "" };

		s.kind = (enum seat_kind)db_int(&rows, "kind");
		s.name = db_dup(&rows, "name", cx->arena);
		s.members = db_int(&rows, "members");
		s.inside = db_int(&rows, "inside") != 0;
		if (s.kind != SEAT_PERSON)
			take_found(s.kind == SEAT_GROUP ? &out->groups : &out->services, &s,
			    most);
		for (size_t i = 0; s.kind == SEAT_PERSON && i < npeople; i++)
			people[i].inside |= people[i].id == s.id;
	}
	return db_end(&rows);
}

/* ---------------------------------------------------------------- roles */

enum err
workspaces_roles(struct ctx *cx, struct workspace_roles *out)
{
	struct place_roles l;

	TRY(place_roles(cx, &l));
	*out = (struct workspace_roles){ ARENA_ARRAY(cx->arena, struct workspace_role, l.n), 0 };
	for (size_t i = 0; i < l.n; i++) {
		const struct place_role *r = &l.items[i];

		if (strcmp(r->scope, "workspace") == 0)
			out->items[out->n++] = (struct workspace_role){ r->id, r->name, r->builtin,
				r->description, r->perms };
	}
	return OK;
}

static enum err
find_role(struct ctx *cx, struct str text, struct workspace_role *out)
{
	struct workspace_roles l;
	int64_t                id;

	if (id_read(text, &id) != OK)
		return ctx_issue(cx, "role", _("Choose a role."));
	TRY(workspaces_roles(cx, &l));
	for (size_t i = 0; i < l.n; i++)
		if (l.items[i].id == id) {
			*out = l.items[i];
			return OK;
		}
	return ctx_issue(cx, "role", _("Choose a role."));
}

/* ---------------------------------------------------------------- adding */

static enum err
note(struct ctx *cx, enum audit_act act, int64_t workspace, const struct seat *s,
    const struct audit_field *fields, size_t n)
{
	return audit_add(cx, &(struct audit_entry){ .act = act, .where = IN_WORKSPACE(workspace),
	    .subject = s->id, .name = s->name, .fields = fields, .nfields = n });
}

/* The workspace, by an actor who may change who is in it. */
static enum err
may(struct ctx *cx, int64_t workspace, struct workspace *w)
{
	TRY(access_need(cx, PERM_WORKSPACE_MEMBERS, IN_WORKSPACE(workspace)));
	return workspaces_get(cx, workspace, w);
}

static enum err
is_shared(struct ctx *cx, const struct workspace *w)
{
	if (w->personal_of == 0)
		return OK;
	ctx_issue(cx, "", _("This is a personal workspace, which nobody else joins."));
	return ERR_CONFLICT;
}

struct adding {
	int64_t               workspace;
	const int64_t        *holders;
	size_t                n;
	int64_t               addressed;     /* by email; 0: nobody */
	struct workspace_role role;
	size_t               *added;
};

static enum err
find_candidate(struct ctx *cx, int64_t id, struct seat *s)
{
	struct db_rows rows;

	db_query(cx->db, &rows, SQL_SEATS_CANDIDATE, DB_ARGS(DB_INT(cx->tenant), DB_INT(id)));
	while (db_next(&rows))
		*s = read_seat(cx, &rows);
	return db_end_found(&rows);
}

static struct db_val
val_of(const struct seat *s, enum seat_kind kind)
{
	return s->kind == kind ? DB_INT(s->id) : DB_NULL;
}

static enum err
add_seat(struct ctx *cx, const struct workspace *w, const struct seat *s,
    const struct workspace_role *role)
{
	TRY(db_run(cx->db, NULL, SQL_SEATS_ADD, DB_ARGS(DB_INT(cx->tenant), DB_INT(w->id),
	    DB_INT(s->id), val_of(s, SEAT_PERSON), val_of(s, SEAT_SERVICE), val_of(s, SEAT_GROUP),
	    DB_INT(role->id), DB_TEXT(s->name_key), DB_INT(cx->actor.member), DB_INT(cx->now))));
	return note(cx, AUDIT_WORKSPACE_JOINED, w->id, s, (const struct audit_field[]){
	    { "workspace", NULL, w->name }, { "role", NULL, role->name } }, 2);
}

/* By an address one may add whom one could not find. */
static enum err
add_one(struct ctx *cx, const struct adding *a, const struct workspace *w, int64_t id, bool known)
{
	struct seat s = { .id = 0 }, there;
	enum err    e;

	TRY(find_candidate(cx, id, &s));
	if (!known && !may_see(cx, &s))
		return ERR_NOTFOUND;
	e = read_held(cx, w->id, id, &there);
	if (e != ERR_NOTFOUND)
		return e;
	++*a->added;
	return add_seat(cx, w, &s, &a->role);
}

static enum err
add_in_tx(struct ctx *cx, const struct adding *a)
{
	struct workspace w;

	*a->added = 0;
	TRY(access_again(cx));
	TRY(may(cx, a->workspace, &w));
	TRY(is_shared(cx, &w));
	TRY(access_role_stands(cx, a->role.id, a->role.perms));
	TRY(access_give_inside(cx, a->role.name, a->role.perms));
	for (size_t i = 0; i < a->n; i++)
		TRY(add_one(cx, a, &w, a->holders[i], false));
	return a->addressed ? add_one(cx, a, &w, a->addressed, true) : OK;
}

/* id: 0 when no address is given. */
static enum err
find_addressed(struct ctx *cx, struct str text, int64_t *id)
{
	const char    *address, *key;
	struct str     email = str_trim(text);
	struct db_rows rows;

	*id = 0;
	if (email.len == 0)
		return OK;
	if (email_text(cx->arena, email, &address, &key))
		return ctx_issue(cx, "email", _("This is not an email address."));
	db_query(cx->db, &rows, SQL_SEATS_BY_EMAIL, DB_ARGS(DB_INT(cx->tenant), DB_TEXT(key)));
	while (db_next(&rows))
		*id = db_int(&rows, "id");
	TRY(db_end(&rows));
	return *id ? OK : ctx_issue(cx, "email",
	    _("Nobody of this account has this address. Invite them first."));
}

enum err
workspaces_add(struct ctx *cx, int64_t workspace, const int64_t *holders, size_t n,
    struct str email, struct str role, size_t *added)
{
	struct adding a = { .workspace = workspace, .holders = holders, .n = n, .added = added };
	enum err      e, r;

	TRY(access_need(cx, PERM_WORKSPACE_MEMBERS, IN_WORKSPACE(workspace)));
	e = find_addressed(cx, email, &a.addressed);
	if (n > SEATS_ADD_MOST)
		e = ctx_issue(cx, "id", _("Choose at most [n] at once.", "n", "100"));
	else if (e == OK && n == 0 && a.addressed == 0)
		e = ctx_issue(cx, "id", _("Choose whom to add."));
	r = find_role(cx, role, &a.role);
	TRY(r == ERR_INVALID ? e == OK ? r : e : r);
	TRY(e);
	TRY(access_give_inside(cx, a.role.name, a.role.perms));
	TRY(db_begin(cx->db));
	return db_finish(cx->db, add_in_tx(cx, &a));
}

enum err
workspaces_may_add(struct ctx *cx, int64_t workspace, struct str role, struct workspace_entry *out)
{
	TRY(may(cx, workspace, &out->place));
	TRY(is_shared(cx, &out->place));
	TRY(find_role(cx, role, &out->role));
	return access_give_inside(cx, out->role.name, out->role.perms);
}

enum err
workspaces_add_here(struct ctx *cx, const struct workspace_entry *e, int64_t member)
{
	struct seat s = { .id = 0 };

	TRY(find_candidate(cx, member, &s));
	return add_seat(cx, &e->place, &s, &e->role);
}

/* ---------------------------------------------------------------- changing and leaving */

static enum err
set_role_in_tx(struct ctx *cx, int64_t workspace, int64_t holder, const struct workspace_role *role)
{
	struct workspace w;
	struct seat      s;

	TRY(access_again(cx));
	TRY(may(cx, workspace, &w));
	TRY(is_shared(cx, &w));
	TRY(read_held(cx, workspace, holder, &s));
	TRY(access_role_stands(cx, role->id, role->perms));
	TRY(access_give_inside(cx, role->name, role->perms));
	if (s.role == role->id)
		return OK;
	TRY(db_run(cx->db, NULL, SQL_SEATS_ROLE, DB_ARGS(DB_INT(cx->tenant), DB_INT(workspace),
	    DB_INT(holder), DB_INT(role->id), DB_INT(cx->actor.member))));
	TRY(owners_left(cx, workspace));
	return note(cx, AUDIT_WORKSPACE_ROLE, workspace, &s, (const struct audit_field[]){
	    { "workspace", NULL, w.name }, { "role", s.role_name, role->name } }, 2);
}

enum err
workspaces_set_role(struct ctx *cx, int64_t workspace, int64_t holder, struct str text)
{
	struct workspace_role role;

	TRY(access_need(cx, PERM_WORKSPACE_MEMBERS, IN_WORKSPACE(workspace)));
	TRY(find_role(cx, text, &role));
	TRY(access_give_inside(cx, role.name, role.perms));
	TRY(db_begin(cx->db));
	return db_finish(cx->db, set_role_in_tx(cx, workspace, holder, &role));
}

static enum err
take_out(struct ctx *cx, const struct workspace *w, int64_t holder, enum audit_act act)
{
	struct seat s;

	TRY(read_held(cx, w->id, holder, &s));
	TRY(db_run(cx->db, NULL, SQL_SEATS_REMOVE,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(w->id), DB_INT(holder))));
	TRY(owners_left(cx, w->id));
	return note(cx, act, w->id, &s, (const struct audit_field[]){
	    { "workspace", w->name, NULL }, { "role", s.role_name, NULL } }, 2);
}

enum err
workspaces_drop_here(struct ctx *cx, int64_t workspace, int64_t member)
{
	struct owned_list l;

	TRY(owners_alone(cx, member, &l));
	for (size_t i = 0; i < l.n; i++)
		if (l.items[i].id == workspace)
			TRY(owners_hand_over(cx, member));
	return db_run(cx->db, NULL, SQL_SEATS_REMOVE,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(workspace), DB_INT(member)));
}

static enum err
remove_in_tx(struct ctx *cx, int64_t workspace, int64_t holder)
{
	struct workspace w;

	TRY(access_again(cx));
	TRY(may(cx, workspace, &w));
	return take_out(cx, &w, holder, AUDIT_WORKSPACE_LEFT);
}

enum err
workspaces_take_out(struct ctx *cx, int64_t workspace, int64_t holder)
{
	TRY(access_need(cx, PERM_WORKSPACE_MEMBERS, IN_WORKSPACE(workspace)));
	TRY(db_begin(cx->db));
	return db_finish(cx->db, remove_in_tx(cx, workspace, holder));
}

/* Whoever is in it may leave, whatever the role holds. */
static enum err
leave_in_tx(struct ctx *cx, int64_t workspace)
{
	struct workspace w = { .id = workspace };
	struct db_rows   rows;

	TRY(access_again(cx));
	db_query(cx->db, &rows, SQL_WORKSPACES_GET,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(workspace)));
	while (db_next(&rows))
		w.name = db_dup(&rows, "name", cx->arena);
	TRY(db_end_found(&rows));
	return take_out(cx, &w, cx->actor.member, AUDIT_WORKSPACE_QUIT);
}

enum err
workspaces_leave(struct ctx *cx, int64_t workspace)
{
	TRY(db_begin(cx->db));
	return db_finish(cx->db, leave_in_tx(cx, workspace));
}

/* ---------------------------------------------------------------- for roles/ */

enum err
workspaces_holders(struct ctx *cx, int64_t role, int64_t *n)
{
	struct db_rows rows;

	*n = 0;
	db_query(cx->db, &rows, SQL_SEATS_HOLDERS, DB_ARGS(DB_INT(cx->tenant), DB_INT(role)));
	while (db_next(&rows))
		*n = db_int(&rows, "n");
	return db_end(&rows);
}

struct moving { int64_t workspace, holder; const char *workspace_name, *name; };

enum err
workspaces_move_role(struct ctx *cx, int64_t role, int64_t to, const char *was, const char *name,
    size_t most, size_t *moved)
{
	struct moving *list = NULL;
	struct db_rows rows;
	size_t         n = 0;

	db_query(cx->db, &rows, SQL_SEATS_OF_ROLE, DB_ARGS(DB_INT(cx->tenant), DB_INT(role),
	    DB_INT((int64_t)most)));
	while (db_next(&rows)) {
		list = ARENA_MORE(cx->arena, struct moving, list, n);
		list[n++] = (struct moving){ db_int(&rows, "workspace_id"),
			db_int(&rows, "holder_id"), db_dup(&rows, "workspace", cx->arena),
			db_dup(&rows, "name", cx->arena) };
	}
	TRY(db_end(&rows));
	for (size_t i = 0; i < n; i++) {
		struct seat s = { .id = list[i].holder, .name = list[i].name };

		TRY(db_run(cx->db, NULL, SQL_SEATS_ROLE, DB_ARGS(DB_INT(cx->tenant),
		    DB_INT(list[i].workspace), DB_INT(list[i].holder), DB_INT(to),
		    DB_INT(cx->actor.member))));
		TRY(note(cx, AUDIT_WORKSPACE_ROLE, list[i].workspace, &s,
		    (const struct audit_field[]){ { "workspace", NULL, list[i].workspace_name },
		        { "role", was, name } }, 2));
	}
	*moved = n;
	return OK;
}
