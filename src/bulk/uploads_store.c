/* Rows of uploads.sql, in and out.  No rules here; they are in uploads.c and import.c. */
#include "bulk/uploads_store.h"

#include <string.h>

#include "base/arena.h"
#include "db/db.h"

enum err
upload_row_add(struct ctx *cx, const struct upload *u)
{
	return db_run(cx->db, NULL, SQL_UPLOADS_ADD, DB_ARGS(DB_INT(cx->tenant), DB_INT(u->id),
	    DB_INT(u->member), DB_TEXT(u->kind == UPLOAD_INVITE ? "invite" : "import"),
	    DB_INT(u->role), DB_INT(u->columns), DB_TEXT(u->left_out), DB_INT(u->created_at)));
}

enum err
upload_row_size(struct ctx *cx, int64_t id, int64_t size)
{
	return db_run(cx->db, NULL, SQL_UPLOADS_SIZE,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(id), DB_INT(size)));
}

enum err
upload_row(struct ctx *cx, int64_t id, struct upload *out)
{
	struct db_rows rows;

	db_query(cx->db, &rows, SQL_UPLOADS_GET, DB_ARGS(DB_INT(cx->tenant), DB_INT(id)));
	while (db_next(&rows)) {
		const char *kind = db_dup(&rows, "kind", cx->arena);

		*out = (struct upload){
			.id = db_int(&rows, "id"),
			.member = db_int(&rows, "member_id"),
			.kind = strcmp(kind, "invite") == 0 ? UPLOAD_INVITE : UPLOAD_IMPORT,
			.role = db_int(&rows, "role_id"),
			.role_name = db_dup(&rows, "role_name", cx->arena),
			.size = db_int(&rows, "size"),
			.columns = db_int(&rows, "columns"),
			.left_out = db_dup(&rows, "left_out", cx->arena),
			.created_at = db_int(&rows, "created_at"),
		};
	}
	return db_end_found(&rows);
}

enum err
upload_row_forget(struct ctx *cx, int64_t id)
{
	return db_run(cx->db, NULL, SQL_UPLOADS_FORGET, DB_ARGS(DB_INT(cx->tenant), DB_INT(id)));
}

enum err
upload_rows_forget(struct ctx *cx)
{
	return db_run(cx->db, NULL, SQL_UPLOADS_FORGET_OLDER,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(cx->actor.member)));
}

enum err
upload_rows_sweep(struct ctx *cx, int64_t before, int64_t *n)
{
	return db_run(cx->db, n, SQL_UPLOADS_SWEEP, DB_ARGS(DB_INT(before)));
}

enum err
upload_part_add(struct ctx *cx, int64_t id, int64_t n, struct str text)
{
	return db_run(cx->db, NULL, SQL_UPLOAD_PARTS_ADD,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(id), DB_INT(n), DB_TEXT(text.p)));
}

enum err
upload_part(struct ctx *cx, int64_t id, int64_t row, int64_t *first, struct str *text)
{
	struct db_rows rows;

	db_query(cx->db, &rows, SQL_UPLOAD_PARTS_OF,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(id), DB_INT(row)));
	while (db_next(&rows)) {
		*first = db_int(&rows, "n");
		*text = str_of(db_dup(&rows, "text", cx->arena));
	}
	return db_end_found(&rows);
}

static const char *
ids_json(struct ctx *cx, const int64_t *ids, size_t n)
{
	const char *json = "[";

	for (size_t i = 0; i < n; i++)
		json = arena_printf(cx->arena, "%s%s%lld", json, i ? "," : "",
		    (long long)ids[i]);
	return ARENA_JOIN(cx->arena, json, "]");
}

enum err
upload_args(struct ctx *cx, const struct invite_joins *j, const char **json)
{
	const char    *role = arena_printf(cx->arena, "%.*s", (int)j->workspace_role.len,
	    j->workspace_role.len ? j->workspace_role.p : "");
	struct db_rows rows;

	db_query(cx->db, &rows, SQL_UPLOADS_ARGS,
	    DB_ARGS(DB_TEXT(ids_json(cx, j->groups, j->ngroups)),
	        DB_TEXT(ids_json(cx, j->workspaces, j->nworkspaces)),
	        DB_TEXT(j->nworkspaces ? role : NULL)));
	while (db_next(&rows))
		*json = db_dup(&rows, "args", cx->arena);
	return db_end_found(&rows);
}

enum err
upload_joins(struct ctx *cx, const char *json, struct invite_joins *out)
{
	int64_t       *groups = ARENA_ARRAY(cx->arena, int64_t, INVITE_JOINS_MOST);
	int64_t       *spaces = ARENA_ARRAY(cx->arena, int64_t, INVITE_JOINS_MOST);
	struct db_rows rows;

	*out = (struct invite_joins){ .groups = groups, .workspaces = spaces };
	db_query(cx->db, &rows, SQL_UPLOADS_JOINS, DB_ARGS(DB_TEXT(json)));
	while (db_next(&rows)) {
		char kind = db_dup(&rows, "kind", cx->arena)[0];

		if (kind == 'r')
			out->workspace_role = str_of(db_dup(&rows, "id", cx->arena));
		else if (kind == 'g' && out->ngroups < INVITE_JOINS_MOST)
			groups[out->ngroups++] = db_int(&rows, "id");
		else if (kind == 'w' && out->nworkspaces < INVITE_JOINS_MOST)
			spaces[out->nworkspaces++] = db_int(&rows, "id");
	}
	return db_end(&rows);
}

static void
read_member(struct ctx *cx, struct db_rows *rows, struct found *f)
{
	struct member *m = &f->member;

	m->id = f->person.member = db_int(rows, "id");
	m->person = f->person.id;
	m->version = db_int(rows, "version");
	m->email = db_dup(rows, "email", cx->arena);
	m->email_key = db_dup(rows, "email_key", cx->arena);
	m->name = db_dup(rows, "name", cx->arena);
	m->nickname = db_dup(rows, "nickname", cx->arena);
	m->phone = db_dup(rows, "phone", cx->arena);
	m->country = db_dup(rows, "country", cx->arena);
	m->role = db_int(rows, "role_id");
	m->role_name = db_dup(rows, "role_name", cx->arena);
	m->role_perms = perm_set_read(db_dup(rows, "permissions", cx->arena));
	m->org_path = db_dup(rows, "org_path", cx->arena);
	m->language = f->person.language;
	m->status = f->person.member_status = db_dup(rows, "status", cx->arena);
	f->person.member_org = db_dup(rows, "org_name", cx->arena);
}

enum err
found_rows(struct ctx *cx, const char *keys, size_t n, struct found *found)
{
	struct db_rows rows;

	db_query(cx->db, &rows, SQL_UPLOADS_FOUND, DB_ARGS(DB_INT(cx->tenant), DB_TEXT(keys)));
	while (db_next(&rows)) {
		struct found *f = &found[(size_t)db_int(&rows, "n") % n];

		f->person = (struct person){
			.id = db_int(&rows, "person_id"),
			.email = db_dup(&rows, "person_email", cx->arena),
			.name = db_dup(&rows, "person_name", cx->arena),
			.language = db_dup(&rows, "language", cx->arena),
		};
		if (!db_is_null(&rows, "id"))
			read_member(cx, &rows, f);
	}
	return db_end(&rows);
}
