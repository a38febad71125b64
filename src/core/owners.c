/* That workspaces keep an Owner.  Giving and taking roles there is in workspaces/. */
#include "core/owners.h"

#include "base/arena.h"
#include "core/audit.h"
#include "db/db.h"

enum err
owners_alone(struct ctx *cx, int64_t holder, struct owned_list *out)
{
	struct db_rows rows;

	*out = (struct owned_list){ NULL, 0 };
	db_query(cx->db, &rows, SQL_OWNERS_ALONE, DB_ARGS(DB_INT(cx->tenant), DB_INT(holder)));
	while (db_next(&rows) && out->n < OWNED_MOST) {
		out->items = ARENA_MORE(cx->arena, struct owned, out->items, out->n);
		out->items[out->n++] = (struct owned){ db_int(&rows, "id"),
			db_dup(&rows, "name", cx->arena) };
	}
	return db_end(&rows);
}

const char *
owners_names(struct ctx *cx, const struct owned_list *l)
{
	const char *names = "";

	for (size_t i = 0; i < l->n; i++)
		names = ARENA_JOIN(cx->arena, names, i ? ", " : "", l->items[i].name);
	return names;
}

enum err
owners_note(struct ctx *cx, int64_t holder, const char **text)
{
	struct owned_list l;

	*text = NULL;
	TRY(owners_alone(cx, holder, &l));
	if (l.n > 0)
		*text = holder == cx->actor.member ?
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
	if (cx->actor.kind == ACTOR_PERSON && *id != 0 && *id != holder)
		return OK;
	TRY(an_admin(cx, holder, id));
	db_query(cx->db, &rows, SQL_OWNERS_NAME, DB_ARGS(DB_INT(cx->tenant), DB_INT(*id)));
	while (db_next(&rows))
		*name = db_dup(&rows, "name", cx->arena);
	return db_end(&rows);
}

enum err
owners_hand_over(struct ctx *cx, int64_t holder)
{
	struct owned_list l;
	int64_t           heir;
	const char       *name;

	TRY(owners_alone(cx, holder, &l));
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
owners_left(struct ctx *cx, int64_t workspace)
{
	struct db_rows rows;
	bool           any = false;

	db_query(cx->db, &rows, SQL_OWNERS_ONE, DB_ARGS(DB_INT(cx->tenant), DB_INT(workspace)));
	while (db_next(&rows))
		any = true;
	TRY(db_end(&rows));
	if (any)
		return OK;
	ctx_issue(cx, "", _("A workspace keeps at least one Owner. Make somebody else Owner "
	    "first."));
	return ERR_CONFLICT;
}
