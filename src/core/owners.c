/* That workspaces keep an Owner.  Giving and taking roles there is in workspaces/. */
#include "core/owners.h"

#include "base/arena.h"
#include "core/access.h"
#include "core/audit.h"
#include "db/db.h"

static enum err
read_owned(struct ctx *cx, enum sql stmt, int64_t holder, int64_t third, struct owned_list *out)
{
	struct db_rows rows;

	*out = (struct owned_list){ NULL, 0 };
	db_query(cx->db, &rows, stmt, DB_ARGS(DB_INT(cx->tenant), DB_INT(holder), DB_INT(third)));
	while (db_next(&rows) && out->n < OWNED_MOST) {
		out->items = ARENA_MORE(cx->arena, struct owned, out->items, out->n);
		out->items[out->n++] = (struct owned){ db_int(&rows, "id"),
			db_dup(&rows, "name", cx->arena) };
	}
	return db_end(&rows);
}

enum err
owners_alone(struct ctx *cx, int64_t holder, enum owner_goes how, struct owned_list *out)
{
	return read_owned(cx, SQL_OWNERS_ALONE, holder, how == OWNER_GONE, out);
}

enum err
owners_without(struct ctx *cx, int64_t member, int64_t group)
{
	struct owned_list l;

	TRY(read_owned(cx, SQL_OWNERS_THROUGH, member, group, &l));
	if (l.n == 0)
		return OK;
	ctx_issue(cx, "", _("[names] would have no Owner. Make somebody else Owner there first.",
	    "names", owners_names(cx, &l)));
	return ERR_CONFLICT;
}

const char *
owners_names(struct ctx *cx, const struct owned_list *l)
{
	const char *names = "";

	for (size_t i = 0; i < l->n; i++)
		names = ARENA_JOIN(cx->arena, names, i ? ", " : "", l->items[i].name);
	return names;
}

/* Nobody comes to more than they hold by sending others away. */
static bool
inherits(struct ctx *cx, int64_t holder)
{
	return cx->actor.kind == ACTOR_PERSON && cx->actor.member != 0 &&
	    cx->actor.member != holder && access_has(cx, PERM_WORKSPACE_MANAGE, IN_TENANT);
}

enum err
owners_note(struct ctx *cx, int64_t holder, enum owner_goes how, const char **text)
{
	struct owned_list l;

	*text = NULL;
	TRY(owners_alone(cx, holder, how, &l));
	if (l.n > 0)
		*text = !inherits(cx, holder) ?
		    _("An administrator becomes Owner of [names], which would have no Owner.",
		        "names", owners_names(cx, &l)) :
		    _("You become Owner of [names], which would have no Owner.", "names",
		        owners_names(cx, &l));
	return OK;
}

static enum err
an_admin(struct ctx *cx, int64_t but, int64_t *id)
{
	struct db_rows rows;

	*id = 0;
	db_query(cx->db, &rows, SQL_ADMINS_ONE, DB_ARGS(DB_INT(cx->tenant), DB_INT(but)));
	while (db_next(&rows))
		*id = db_int(&rows, "id");
	return db_end(&rows);
}

static enum err
find_heir(struct ctx *cx, int64_t holder, int64_t *id, const char **name)
{
	struct db_rows rows;

	*id = cx->actor.member;
	*name = cx->actor.label;
	if (inherits(cx, holder))
		return OK;
	TRY(an_admin(cx, holder, id));
	db_query(cx->db, &rows, SQL_OWNERS_NAME, DB_ARGS(DB_INT(cx->tenant), DB_INT(*id)));
	while (db_next(&rows))
		*name = db_dup(&rows, "name", cx->arena);
	return db_end(&rows);
}

enum err
owners_hand_over(struct ctx *cx, int64_t holder, enum owner_goes how)
{
	struct owned_list l;
	int64_t           heir;
	const char       *name;

	TRY(owners_alone(cx, holder, how, &l));
	if (l.n == 0)
		return OK;
	TRY(find_heir(cx, holder, &heir, &name));
	for (size_t i = 0; heir != 0 && i < l.n; i++) {
		TRY(db_run(cx->db, NULL, SQL_OWNERS_SET, DB_ARGS(DB_INT(cx->tenant),
		    DB_INT(l.items[i].id), DB_INT(heir), DB_INT(cx->actor.member),
		    DB_INT(cx->now))));
		TRY(db_run(cx->db, NULL, SQL_OWNERS_SHARE,
		    DB_ARGS(DB_INT(cx->tenant), DB_INT(l.items[i].id))));
		TRY(audit_add(cx, &(struct audit_entry){ .act = AUDIT_WORKSPACE_HEIR,
		    .where = IN_WORKSPACE(l.items[i].id), .subject = heir, .name = name,
		    .fields = &(struct audit_field){ "workspace", NULL, l.items[i].name },
		    .nfields = 1 }));
	}
	return OK;
}

enum err
owners_left(struct ctx *cx, int64_t workspace, int64_t role)
{
	struct db_rows rows;
	bool           any = false;

	db_query(cx->db, &rows, SQL_OWNERS_ONE,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(workspace), DB_INT(role)));
	while (db_next(&rows))
		any = true;
	TRY(db_end(&rows));
	if (any)
		return OK;
	ctx_issue(cx, "", _("A workspace keeps at least one Owner. Make somebody else Owner "
	    "first."));
	return ERR_CONFLICT;
}
