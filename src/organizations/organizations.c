/* The tree of a tenant: nodes and their paths.  Rows are few and simple, so they are read
 * here.  Who sees which part of it is decided in core/access.c. */
#include "organizations/organizations.h"

#include <string.h>

#include "base/arena.h"
#include "base/id.h"
#include "db/db.h"

enum { NAME_LONGEST = 80, PATH_LONGEST = 43 };

static enum err
row_add(struct ctx *cx, int64_t parent, const struct organization *o)
{
	return db_run(cx->db, NULL, SQL_ORGANIZATIONS_ADD,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(o->id), parent ? DB_INT(parent) : DB_NULL,
	        DB_TEXT(o->path), DB_TEXT(o->name), DB_TEXT(text_fold(cx->arena, o->name)),
	        DB_INT(cx->now)));
}

enum err
organizations_add_root(struct ctx *cx, const char *name, int64_t *id)
{
	struct organization o = { id_new(cx->now), "/", name };

	*id = o.id;
	return row_add(cx, 0, &o);
}

enum err
organizations_at(struct ctx *cx, const char *path, struct organization *out)
{
	struct db_rows rows;

	db_query(cx->db, &rows, SQL_ORGANIZATIONS_AT, DB_ARGS(DB_INT(cx->tenant), DB_TEXT(path)));
	while (db_next(&rows))
		*out = (struct organization){ db_int(&rows, "id"), db_dup(&rows, "path", cx->arena),
			db_dup(&rows, "name", cx->arena) };
	return db_end_found(&rows);
}

enum err
organizations_add(struct ctx *cx, const char *parent_path, const char *name,
    struct organization *out)
{
	struct organization parent;
	char                text[14];
	enum err            e;

	TRY(organizations_at(cx, parent_path, &parent));
	if (strlen(parent.path) >= PATH_LONGEST)
		return ctx_issue(cx, "organization", _("Organizations are at most 4 levels deep."));
	if (title_text(cx->arena, str_trim(str_of(name)), NAME_LONGEST, &out->name))
		return ctx_issue(cx, "organization",
		    _("Give a name of at most [n] characters.", "n", "80"));
	out->id = id_new(cx->now);
	id_text(out->id, text);
	out->path = arena_printf(cx->arena, "%s%s/", parent.path, text);
	e = row_add(cx, parent.id, out);
	return e == ERR_CONFLICT ?
	    ctx_issue(cx, "organization", _("Another organization there has this name.")) : e;
}
