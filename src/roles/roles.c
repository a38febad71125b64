/* Roles and what they hold.  Rows are few and simple, so they are read here.  Giving one
 * to a member is in members/. */
#include "roles/roles.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/id.h"
#include "core/place.h"
#include "db/db.h"

static const struct { const char *scope, *builtin, *name, *description, *permissions; } first[] = {
#define ROLE(scope, builtin, name, description, permissions) \
	{ (scope), (builtin), (name), (description), (permissions) },
#include "roles/first.def"
#undef ROLE
};

enum err
roles_add_first(struct ctx *cx)
{
	for (size_t i = 0; i < sizeof(first) / sizeof(first[0]); i++)
		TRY(db_run(cx->db, NULL, SQL_ROLES_ADD,
		    DB_ARGS(DB_INT(cx->tenant), DB_INT(id_new(cx->now)), DB_TEXT(first[i].scope),
		        DB_TEXT(first[i].builtin), DB_TEXT(first[i].name),
		        DB_TEXT(text_fold(cx->arena, first[i].name)),
		        DB_TEXT(first[i].description), DB_TEXT(first[i].permissions),
		        DB_INT(cx->now))));
	return OK;
}

static struct role
read_role(struct ctx *cx, struct db_rows *rows)
{
	return (struct role){
		.id = db_int(rows, "id"),
		.version = db_int(rows, "version"),
		.scope = db_dup(rows, "scope", cx->arena),
		.builtin = db_dup(rows, "builtin", cx->arena),
		.name = db_dup(rows, "name", cx->arena),
		.description = db_dup(rows, "description", cx->arena),
		.perms = perm_set_read(db_dup(rows, "permissions", cx->arena)),
		.users = db_int(rows, "users"),
		.services = db_int(rows, "services"),
	};
}

enum err
roles_list(struct ctx *cx, struct role_list *out)
{
	struct place_roles l;

	TRY(access_need(cx, PERM_ROLE_VIEW, IN_TENANT));
	TRY(place_roles(cx, &l));
	*out = (struct role_list){ ARENA_ARRAY(cx->arena, struct role, l.n), l.n };
	for (size_t i = 0; i < l.n; i++) {
		const struct place_role *r = &l.items[i];

		out->items[i] = (struct role){ .id = r->id, .version = r->version,
			.scope = r->scope, .builtin = r->builtin, .name = r->name,
			.description = r->description, .perms = r->perms };
	}
	return OK;
}

enum err
roles_count(struct ctx *cx, struct role_list *l)
{
	struct db_rows rows;

	db_query(cx->db, &rows, SQL_ROLES_HOLDERS, DB_ARGS(DB_INT(cx->tenant)));
	while (db_next(&rows)) {
		int64_t id = db_int(&rows, "role_id");

		for (size_t i = 0; i < l->n; i++)
			if (l->items[i].id == id) {
				l->items[i].users += db_int(&rows, "users");
				l->items[i].services += db_int(&rows, "services");
			}
	}
	return db_end(&rows);
}

const char *
roles_users(struct ctx *cx, const struct role *r)
{
	const char *n = ctx_number(cx, r->users);

	return strcmp(r->scope, "workspace") == 0 ?
	    _("[n] seat in workspaces | [n] seats in workspaces", "n", n) :
	    _("[n] user | [n] users", "n", n);
}

enum err
roles_get(struct ctx *cx, int64_t id, struct role *out)
{
	struct db_rows rows;

	TRY(access_need(cx, PERM_ROLE_VIEW, IN_TENANT));
	db_query(cx->db, &rows, SQL_ROLES_GET, DB_ARGS(DB_INT(cx->tenant), DB_INT(id)));
	while (db_next(&rows))
		*out = read_role(cx, &rows);
	return db_end_found(&rows);
}
