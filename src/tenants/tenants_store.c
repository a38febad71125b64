/* Rows of tenants.sql, in and out.  No rules here; they are in tenants.c. */
#include "tenants/tenants_store.h"

#include "db/db.h"

enum err
tenant_row_add(struct ctx *cx, int64_t id, const char *slug, const char *name)
{
	return db_run(cx->db, NULL, SQL_TENANTS_ADD,
	    DB_ARGS(DB_INT(id), DB_TEXT(slug), DB_TEXT(name), DB_INT(cx->now),
	        DB_TEXT(cx->language)));
}

enum err
tenant_slug_taken(struct ctx *cx, const char *slug, bool *taken)
{
	struct db_rows rows;

	*taken = false;
	db_query(cx->db, &rows, SQL_TENANTS_SLUG_TAKEN, DB_ARGS(DB_TEXT(slug)));
	while (db_next(&rows))
		*taken = true;
	return db_end(&rows);
}

enum err
tenant_row_numbers(struct ctx *cx, int64_t person, struct tenant_numbers *out)
{
	struct db_rows rows;

	db_query(cx->db, &rows, SQL_TENANTS_NUMBERS,
	    DB_ARGS(DB_INT(cx->tenant), DB_TEXT(cx->path), DB_INT(person),
	        DB_INT(cx->actor.member), DB_INT(cx->now)));
	while (db_next(&rows))
		*out = (struct tenant_numbers){
			.users = db_int(&rows, "users"),
			.invited = db_int(&rows, "invited"),
			.deactivated = db_int(&rows, "deactivated"),
			.roles = db_int(&rows, "roles"),
			.services = db_int(&rows, "services"),
			.groups = db_int(&rows, "groups"),
			.active = db_int(&rows, "active"),
			.no_factor = db_int(&rows, "no_factor"),
			.workspaces = db_int(&rows, "workspaces"),
			.personal = db_int(&rows, "personal"),
			.own_workspaces = db_int(&rows, "own_workspaces"),
			.own_keys = db_int(&rows, "own_keys"),
			.events = db_int(&rows, "events"),
			.steps = db_int(&rows, "shown") != 0,
			.mailed = db_int(&rows, "mailed") != 0,
			.second_admin = db_int(&rows, "admins") > 1,
			.factor = db_int(&rows, "factor") != 0,
		};
	return db_end_found(&rows);
}

enum err
tenant_row_steps_hide(struct ctx *cx, int64_t *changed)
{
	return db_run(cx->db, changed, SQL_TENANTS_STEPS_HIDE,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(cx->now)));
}

enum err
tenants_general(struct ctx *cx, struct tenant_general *out)
{
	struct db_rows rows;

	db_query(cx->db, &rows, SQL_TENANTS_GENERAL, DB_ARGS(DB_INT(cx->tenant)));
	while (db_next(&rows))
		*out = (struct tenant_general){
			.personal_workspaces = db_int(&rows, "personal_workspaces") != 0,
			.portal_text = db_dup(&rows, "portal_text", cx->arena),
			.version = db_int(&rows, "version"),
		};
	return db_end_found(&rows);
}

enum err
tenant_row_general(struct ctx *cx, const struct tenant_general *g, int64_t *changed)
{
	return db_run(cx->db, changed, SQL_TENANTS_GENERAL_SET,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(g->version), DB_INT(g->personal_workspaces),
	        DB_TEXT(g->portal_text)));
}

enum err
tenant_row_security(struct ctx *cx, struct tenant_security *out)
{
	struct db_rows rows;

	db_query(cx->db, &rows, SQL_TENANTS_SECURITY, DB_ARGS(DB_INT(cx->tenant)));
	while (db_next(&rows))
		*out = (struct tenant_security){ db_int(&rows, "keys_most"),
			db_int(&rows, "key_days"), db_int(&rows, "version") };
	return db_end_found(&rows);
}

enum err
tenant_row_security_set(struct ctx *cx, const struct tenant_security *s, int64_t *changed)
{
	return db_run(cx->db, changed, SQL_TENANTS_SECURITY_SET, DB_ARGS(DB_INT(cx->tenant),
	    DB_INT(s->version), DB_INT(s->keys_most), DB_INT(s->key_days)));
}

enum err
tenants_count(struct ctx *cx, int64_t *n)
{
	struct db_rows rows;

	db_query(cx->db, &rows, SQL_TENANTS_COUNT, NULL, 0);
	while (db_next(&rows))
		*n = db_int(&rows, "n");
	return db_end(&rows);
}
