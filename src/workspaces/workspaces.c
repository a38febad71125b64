/* Workspaces: the list, making, editing and deleting them.  Who is in one is in people.c, who may
 * enter one in entrants.c; what anybody may do there is decided in core/access.c. */
#include "workspaces/workspaces.h"

#include <string.h>

#include "base/arena.h"
#include "base/id.h"
#include "core/audit.h"
#include "core/names.h"
#include "db/db.h"

enum { NAME_LONGEST = 64, DESCRIPTION_LONGEST = 500, OWNERS_READ = 5000, OWNERS_SHOWN = 3 };

/* ---------------------------------------------------------------- rows */

static struct workspace
read_workspace(struct ctx *cx, struct db_rows *rows)
{
	return (struct workspace){
		.id = db_int(rows, "id"),
		.version = db_int(rows, "version"),
		.name = db_dup(rows, "name", cx->arena),
		.description = db_dup(rows, "description", cx->arena),
		.personal_of = db_int(rows, "personal_of"),
		.members = db_int(rows, "members"),
		.groups = db_int(rows, "groups"),
		.created_at = db_int(rows, "created_at"),
		.made_by = "",
		.owners = "",
	};
}

bool
workspaces_all(struct ctx *cx)
{
	return access_has(cx, PERM_WORKSPACE_ALL, IN_TENANT) ||
	    access_has(cx, PERM_WORKSPACE_MANAGE, IN_TENANT);
}

static enum err
count(struct ctx *cx, bool everything, bool personal, int64_t *n)
{
	struct db_rows rows;

	*n = 0;
	if (everything)
		db_query(cx->db, &rows, SQL_WORKSPACES_COUNT,
		    DB_ARGS(DB_INT(cx->tenant), DB_INT(personal)));
	else
		db_query(cx->db, &rows, SQL_WORKSPACES_COUNT_OWN,
		    DB_ARGS(DB_INT(cx->tenant), DB_INT(cx->actor.member), DB_INT(cx->now)));
	while (db_next(&rows))
		*n = db_int(&rows, "n");
	return db_end(&rows);
}

static void
ask_page(struct ctx *cx, struct db_rows *rows, const struct list_want *w, const char *search,
    bool everything, bool personal)
{
	struct db_val found = DB_TEXT(*search ? text_fold(cx->arena, search) : NULL);
	struct db_val most = DB_INT((int64_t)w->rows + 1);

	if (everything)
		db_query(cx->db, rows, LIST_STMT(SQL_WORKSPACES_PAGE, w),
		    DB_ARGS(DB_INT(cx->tenant), found, list_key(w), list_id(w), most,
		        DB_INT(personal)));
	else
		db_query(cx->db, rows, LIST_STMT(SQL_WORKSPACES_OWN, w),
		    DB_ARGS(DB_INT(cx->tenant), found, list_key(w), list_id(w), most,
		        DB_INT(cx->actor.member), DB_INT(cx->now)));
}

static enum err
read_page(struct ctx *cx, const struct list_want *w, const char *search, bool personal,
    struct workspace_list *out)
{
	struct db_rows rows;

	*out = (struct workspace_list){ .items = ARENA_ARRAY(cx->arena, struct workspace,
	    w->rows + 1), .everything = workspaces_all(cx) };
	ask_page(cx, &rows, w, search, out->everything, personal);
	while (db_next(&rows)) {
		struct workspace *one = &out->items[out->n++];

		*one = read_workspace(cx, &rows);
		one->nowners = db_int(&rows, "nowners");
		one->maker = db_int(&rows, "created_by");
	}
	TRY(db_end(&rows));
	LIST_TURN(w, out);
	return OK;
}

struct owner { int64_t workspace, holder; };

/* In the order of the list, and of each the oldest first. */
static enum err
read_owners(struct ctx *cx, const struct workspace_list *l, struct owner *out, size_t *n)
{
	int64_t        last = 0;
	size_t         of_it = 0;
	struct db_rows rows;

	*n = 0;
	db_query(cx->db, &rows, SQL_WORKSPACES_OWNERS, DB_ARGS(DB_INT(cx->tenant),
	    DB_TEXT(ID_JSON_OF(cx->arena, l->items, l->n)), DB_INT(OWNERS_READ)));
	while (db_next(&rows)) {
		struct owner o = { db_int(&rows, "workspace_id"), db_int(&rows, "holder_id") };

		of_it = o.workspace == last ? of_it + 1 : 0;
		last = o.workspace;
		if (of_it < OWNERS_SHOWN)
			out[(*n)++] = o;
	}
	return db_end(&rows);
}

enum err
workspaces_people(struct ctx *cx, struct workspace_list *l)
{
	struct owner *owners = ARENA_ARRAY(cx->arena, struct owner, OWNERS_SHOWN * l->n);
	int64_t      *ids = ARENA_ARRAY(cx->arena, int64_t, (OWNERS_SHOWN + 1) * l->n);
	size_t        n, at = 0;
	struct names  names;

	TRY(read_owners(cx, l, owners, &n));
	for (size_t i = 0; i < n; i++)
		ids[i] = owners[i].holder;
	for (size_t i = 0; i < l->n; i++)
		ids[n + i] = l->items[i].maker;
	TRY(names_read(cx, ids, n + l->n, &names));
	for (size_t i = 0; i < l->n; i++) {
		struct workspace *w = &l->items[i];

		w->made_by = names_of(&names, w->maker);
		for (; at < n && owners[at].workspace == w->id; at++)
			w->owners = ARENA_JOIN(cx->arena, w->owners, *w->owners ? ", " : "",
			    names_of(&names, owners[at].holder));
	}
	return OK;
}

enum err
workspaces_list(struct ctx *cx, const struct list_want *w, const char *search, bool personal,
    struct workspace_list *out)
{
	TRY(read_page(cx, w, search, personal, out));
	out->all = (int64_t)out->n;
	if (list_whole(w, search, out->more))
		return OK;
	return count(cx, out->everything, personal, &out->all);
}

enum err
workspaces_search(struct ctx *cx, const char *search, size_t most, struct workspace_list *out)
{
	const struct list_want w = { .rows = most };

	return read_page(cx, &w, search, false, out);
}

const char *
workspaces_key(struct ctx *cx, const struct workspace *w, unsigned sort)
{
	if (sort == WORKSPACES_NAME)
		return text_fold(cx->arena, w->name);
	return arena_printf(cx->arena, "%lld",
	    (long long)(sort == WORKSPACES_MEMBERS ? w->members : w->created_at));
}

static enum err
read_one(struct ctx *cx, int64_t id, struct workspace *out)
{
	struct db_rows rows;

	db_query(cx->db, &rows, SQL_WORKSPACES_GET, DB_ARGS(DB_INT(cx->tenant), DB_INT(id)));
	while (db_next(&rows)) {
		*out = read_workspace(cx, &rows);
		out->made_by = db_dup_some(&rows, "made_by", cx->arena);
	}
	return db_end_found(&rows);
}

enum err
workspaces_get(struct ctx *cx, int64_t id, struct workspace *out)
{
	TRY(access_need(cx, PERM_WORKSPACE_VIEW, IN_WORKSPACE(id)));
	return read_one(cx, id, out);
}

/* ---------------------------------------------------------------- making and editing */

static enum err
check(struct ctx *cx, const struct workspace_input *in, struct workspace *w)
{
	enum err e = OK;

	if (title_text(cx->arena, str_trim(in->name), NAME_LONGEST, &w->name))
		e = ctx_issue(cx, "name", _("Give a name of at most [n] characters.", "n", "64"));
	if (str_maybe(cx->arena, str_trim(in->description), DESCRIPTION_LONGEST, &w->description))
		e = ctx_issue(cx, "description", _("Give at most [n] characters of text.", "n",
		    "500"));
	return e;
}

static enum err
free_name(struct ctx *cx, const struct workspace *w)
{
	struct db_rows rows;
	int64_t        other = 0;

	db_query(cx->db, &rows, SQL_WORKSPACES_NAMED,
	    DB_ARGS(DB_INT(cx->tenant), DB_TEXT(text_fold(cx->arena, w->name))));
	while (db_next(&rows))
		other = db_int(&rows, "id");
	TRY(db_end(&rows));
	if (other == 0 || other == w->id)
		return OK;
	return ctx_issue(cx, "name", _("There is a workspace [name] already.", "name", w->name));
}

static enum err
note(struct ctx *cx, enum audit_act act, const struct workspace *w,
    const struct audit_field *fields, size_t n)
{
	return audit_add(cx, &(struct audit_entry){ .act = act, .where = IN_WORKSPACE(w->id),
	    .subject = w->id, .name = w->name, .fields = fields, .nfields = n });
}

static const char *
or_null(const char *text)
{
	return *text ? text : NULL;
}

static enum err
owner_role(struct ctx *cx, int64_t *id)
{
	struct workspace_roles l;

	TRY(workspaces_roles(cx, &l));
	for (size_t i = 0; i < l.n; i++)
		if (strcmp(l.items[i].builtin, "owner") == 0) {
			*id = l.items[i].id;
			return OK;
		}
	return ERR_NOTFOUND;
}

static enum err
add_maker(struct ctx *cx, const struct workspace *w)
{
	bool          service = cx->actor.kind == ACTOR_SERVICE;
	struct db_val id = DB_INT(cx->actor.member);
	int64_t       owner = 0;

	TRY(owner_role(cx, &owner));
	return db_run(cx->db, NULL, SQL_SEATS_ADD, DB_ARGS(DB_INT(cx->tenant), DB_INT(w->id), id,
	    service ? DB_NULL : id, service ? id : DB_NULL, DB_NULL, DB_INT(owner),
	    DB_TEXT(text_fold(cx->arena, cx->actor.label)), DB_INT(cx->actor.member),
	    DB_INT(cx->now)));
}

static enum err
add_row(struct ctx *cx, const struct workspace *w)
{
	TRY(free_name(cx, w));
	TRY(db_run(cx->db, NULL, SQL_WORKSPACES_MAKE,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(w->id), DB_TEXT(w->name),
	        DB_TEXT(text_fold(cx->arena, w->name)), DB_TEXT(w->description),
	        w->personal_of ? DB_INT(w->personal_of) : DB_NULL, DB_INT(cx->actor.member),
	        DB_INT(cx->now))));
	if (cx->actor.member)
		TRY(add_maker(cx, w));
	return note(cx, AUDIT_WORKSPACE_MADE, w,
	    &(struct audit_field){ "description", NULL, or_null(w->description) }, 1);
}

/* The form was sent twice: *there. */
static enum err
is_there(struct ctx *cx, int64_t id, bool *there)
{
	struct workspace w;
	enum err         e = read_one(cx, id, &w);

	*there = e == OK;
	return e == ERR_NOTFOUND ? OK : e;
}

static enum err
make_in_tx(struct ctx *cx, const struct workspace *w)
{
	bool there;

	TRY(access_again(cx));
	TRY(access_need(cx, PERM_WORKSPACE_CREATE, IN_TENANT));
	TRY(is_there(cx, w->id, &there));
	return there ? OK : add_row(cx, w);
}

static enum err
read_form(struct ctx *cx, int64_t id, const struct workspace_input *in, struct workspace *w)
{
	*w = (struct workspace){ .id = id };
	TRY(check(cx, in, w));
	return id ? OK : ctx_issue(cx, "", _("This form is too old. Send it again."));
}

enum err
workspaces_make(struct ctx *cx, int64_t id, const struct workspace_input *in)
{
	struct workspace w;

	TRY(access_need(cx, PERM_WORKSPACE_CREATE, IN_TENANT));
	TRY(read_form(cx, id, in, &w));
	TRY(db_begin(cx->db));
	return db_finish(cx->db, make_in_tx(cx, &w));
}

/* ---------------------------------------------------------------- one's own */

enum err
workspaces_may_own(struct ctx *cx, bool *may)
{
	struct db_rows rows;

	*may = false;
	if (cx->actor.kind != ACTOR_PERSON)
		return OK;
	db_query(cx->db, &rows, SQL_WORKSPACES_PERSONAL,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(cx->actor.member)));
	while (db_next(&rows))
		*may = db_int(&rows, "allowed") != 0 && db_is_null(&rows, "id");
	return db_end(&rows);
}

static enum err
make_own_in_tx(struct ctx *cx, const struct workspace *w)
{
	bool there, may;

	TRY(access_again(cx));
	TRY(is_there(cx, w->id, &there));
	if (there)
		return OK;
	TRY(workspaces_may_own(cx, &may));
	return may ? add_row(cx, w) : ERR_DENIED;
}

enum err
workspaces_make_own(struct ctx *cx, int64_t id, const struct workspace_input *in)
{
	struct workspace w;

	if (cx->actor.kind != ACTOR_PERSON || cx->actor.member == 0)
		return ERR_DENIED;
	TRY(read_form(cx, id, in, &w));
	w.personal_of = cx->actor.member;
	TRY(db_begin(cx->db));
	return db_finish(cx->db, make_own_in_tx(cx, &w));
}

/* ---------------------------------------------------------------- editing */

static enum err
change_in_tx(struct ctx *cx, const struct workspace *w)
{
	struct workspace was;
	int64_t          changed = 0;

	TRY(access_again(cx));
	TRY(access_need(cx, PERM_WORKSPACE_EDIT, IN_WORKSPACE(w->id)));
	TRY(read_one(cx, w->id, &was));
	if (was.version != w->version)
		return ERR_CONFLICT;
	TRY(free_name(cx, w));
	if (strcmp(was.name, w->name) == 0 && strcmp(was.description, w->description) == 0)
		return OK;
	TRY(db_run(cx->db, &changed, SQL_WORKSPACES_CHANGE,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(w->id), DB_INT(w->version), DB_TEXT(w->name),
	        DB_TEXT(text_fold(cx->arena, w->name)), DB_TEXT(w->description))));
	if (changed != 1)
		return ERR_CONFLICT;
	return note(cx, AUDIT_WORKSPACE_EDITED, &was, (const struct audit_field[]){
	    { "name", was.name, w->name },
	    { "description", or_null(was.description), or_null(w->description) } }, 2);
}

enum err
workspaces_change(struct ctx *cx, int64_t id, const struct workspace_input *in)
{
	struct workspace w = { .id = id, .version = in->version };

	TRY(access_need(cx, PERM_WORKSPACE_EDIT, IN_WORKSPACE(id)));
	TRY(check(cx, in, &w));
	TRY(db_begin(cx->db));
	return db_finish(cx->db, change_in_tx(cx, &w));
}

/* ---------------------------------------------------------------- deleting */

static enum err
is_typed(struct ctx *cx, const struct workspace *w, struct str typed)
{
	if (str_equal(str_trim(typed), str_of(w->name)))
		return OK;
	return ctx_issue(cx, "typed", _("Type [word] to go on.", "word", w->name));
}

static enum err
remove_in_tx(struct ctx *cx, int64_t id, struct str typed)
{
	struct workspace w;

	TRY(access_again(cx));
	TRY(access_need(cx, PERM_WORKSPACE_DELETE, IN_WORKSPACE(id)));
	TRY(read_one(cx, id, &w));
	TRY(is_typed(cx, &w, typed));
	TRY(db_run(cx->db, NULL, SQL_WORKSPACES_EMPTY, DB_ARGS(DB_INT(cx->tenant), DB_INT(id))));
	TRY(db_run(cx->db, NULL, SQL_WORKSPACES_CLOSE, DB_ARGS(DB_INT(cx->tenant), DB_INT(id))));
	return note(cx, AUDIT_WORKSPACE_DELETED, &w, (const struct audit_field[]){
	    { "members", arena_printf(cx->arena, "%lld", (long long)w.members), NULL },
	    { "groups", arena_printf(cx->arena, "%lld", (long long)w.groups), NULL } }, 2);
}

enum err
workspaces_remove(struct ctx *cx, int64_t id, struct str typed)
{
	struct workspace w;

	TRY(access_need(cx, PERM_WORKSPACE_DELETE, IN_WORKSPACE(id)));
	TRY(read_one(cx, id, &w));
	TRY(is_typed(cx, &w, typed));
	TRY(db_begin(cx->db));
	return db_finish(cx->db, remove_in_tx(cx, id, typed));
}
