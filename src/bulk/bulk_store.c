/* Rows of bulk.sql, in and out.  No rules here; they are in bulk.c and export.c. */
#include "bulk/bulk_store.h"

#include "db/db.h"

enum err
bulk_pack(struct ctx *cx, const struct bulk_args *a, const char **json)
{
	const struct member_match *m = &a->match;
	struct db_rows             rows;

	db_query(cx->db, &rows, SQL_BULK_PACK, DB_ARGS(DB_INT(a->to), DB_TEXT(a->ids),
	    DB_TEXT(m->statuses), DB_TEXT(m->roles), DB_INT(m->dormant_before),
	    DB_INT(m->factors), DB_TEXT(m->inside), DB_TEXT(m->begin), DB_TEXT(m->role_hits),
	    DB_TEXT(m->groups), DB_INT(m->ungrouped)));
	while (db_next(&rows))
		*json = db_dup(&rows, "args", cx->arena);
	return db_end_found(&rows);
}

enum err
bulk_unpack(struct ctx *cx, const char *json, struct bulk_args *out)
{
	struct db_rows rows;

	db_query(cx->db, &rows, SQL_BULK_UNPACK, DB_ARGS(DB_TEXT(json)));
	while (db_next(&rows))
		*out = (struct bulk_args){
			.to = db_int(&rows, "role"),
			.ids = db_dup(&rows, "ids", cx->arena),
			.match = {
				.statuses = db_dup(&rows, "statuses", cx->arena),
				.roles = db_dup(&rows, "roles", cx->arena),
				.dormant_before = db_int(&rows, "dormant"),
				.factors = (unsigned)db_int(&rows, "factor"),
				.inside = db_dup(&rows, "inside", cx->arena),
				.begin = db_dup(&rows, "begins", cx->arena),
				.role_hits = db_dup(&rows, "hits", cx->arena),
				.groups = db_dup(&rows, "groups", cx->arena),
				.ungrouped = db_int(&rows, "ungrouped") != 0,
			},
		};
	return db_end_found(&rows);
}

enum err
bulk_rows_next(struct ctx *cx, const struct job *j, const struct bulk_args *a, size_t most,
    struct bulk_row *out, size_t *n)
{
	const struct member_match *m = &a->match;
	struct db_val tenant = DB_INT(cx->tenant), path = DB_TEXT(cx->path);
	struct db_val end = DB_TEXT(cx->path_end), behind = DB_INT(j->cursor);
	struct db_rows rows;

	*n = 0;
	if (a->ids)
		db_query(cx->db, &rows, SQL_BULK_NEXT_CHOSEN, DB_ARGS(tenant, path, end, behind,
		    DB_INT((int64_t)most), DB_TEXT(a->ids)));
	else
		db_query(cx->db, &rows, SQL_BULK_NEXT, DB_ARGS(tenant, path, end, behind,
		    DB_INT(j->created_at), DB_INT((int64_t)most), DB_TEXT(m->statuses),
		    DB_TEXT(m->roles), DB_INT(m->dormant_before), DB_INT(m->factors),
		    DB_TEXT(m->inside), DB_TEXT(m->begin), DB_TEXT(m->role_hits),
		    DB_TEXT(m->groups), DB_INT(m->ungrouped), DB_INT(cx->now)));
	while (db_next(&rows)) {
		bool hit = db_int(&rows, "hit") != 0;

		out[(*n)++] = (struct bulk_row){ .id = db_int(&rows, "id"), .hit = hit,
			.name = hit ? db_dup(&rows, "name", cx->arena) : "",
			.gone = db_int(&rows, "gone") != 0 };
	}
	return db_end(&rows);
}

enum err
bulk_count(struct ctx *cx, const struct member_match *m, int64_t *n)
{
	struct db_rows rows;

	db_query(cx->db, &rows, SQL_BULK_COUNT, DB_ARGS(DB_INT(cx->tenant), DB_TEXT(cx->path),
	    DB_TEXT(cx->path_end), DB_TEXT(m->statuses), DB_TEXT(m->roles),
	    DB_INT(m->dormant_before), DB_INT(m->factors), DB_TEXT(m->inside),
	    DB_TEXT(m->begin), DB_TEXT(m->role_hits), DB_TEXT(m->groups), DB_INT(m->ungrouped),
	    DB_INT(cx->now)));
	while (db_next(&rows))
		*n = db_int(&rows, "n");
	return db_end_found(&rows);
}

enum err
bulk_chosen(struct ctx *cx, const char *ids, struct bulk_seen *out)
{
	struct db_rows rows;

	db_query(cx->db, &rows, SQL_BULK_CHOSEN, DB_ARGS(DB_INT(cx->tenant), DB_TEXT(cx->path),
	    DB_TEXT(cx->path_end), DB_TEXT(ids)));
	while (db_next(&rows)) {
		out->n++;
		if (out->nnames < BULK_NAMES)
			out->names[out->nnames++] = db_dup(&rows, "name", cx->arena);
	}
	return db_end(&rows);
}

static struct bulk_line
read_line(struct ctx *cx, struct db_rows *rows)
{
	return (struct bulk_line){
		.id = db_int(rows, "id"),
		.name = db_dup(rows, "name", cx->arena),
		.email = db_dup(rows, "email", cx->arena),
		.nickname = db_dup(rows, "nickname", cx->arena),
		.phone = db_dup(rows, "phone", cx->arena),
		.country = db_dup(rows, "country", cx->arena),
		.role = db_dup(rows, "role_name", cx->arena),
		.status = db_dup(rows, "status", cx->arena),
		.org = db_dup(rows, "org_name", cx->arena),
		.signed_in_at = db_int(rows, "signed_in_at"),
		.created_at = db_int(rows, "created_at"),
		.factor = db_int(rows, "factor") != 0,
	};
}

enum err
bulk_lines(struct ctx *cx, const struct bulk_args *a, int64_t behind, size_t most,
    struct bulk_line *lines, size_t *n)
{
	const struct member_match *m = &a->match;
	struct db_val tenant = DB_INT(cx->tenant), path = DB_TEXT(cx->path);
	struct db_val end = DB_TEXT(cx->path_end), from = DB_INT(behind);
	struct db_val limit = DB_INT((int64_t)most);
	struct db_rows rows;

	*n = 0;
	if (a->ids)
		db_query(cx->db, &rows, SQL_BULK_LINES_CHOSEN,
		    DB_ARGS(tenant, path, end, from, limit, DB_TEXT(a->ids)));
	else
		db_query(cx->db, &rows, SQL_BULK_LINES, DB_ARGS(tenant, path, end, from, limit,
		    DB_TEXT(m->statuses), DB_TEXT(m->roles), DB_INT(m->dormant_before),
		    DB_INT(m->factors), DB_TEXT(m->inside), DB_TEXT(m->begin),
		    DB_TEXT(m->role_hits), DB_TEXT(m->groups), DB_INT(m->ungrouped),
		    DB_INT(cx->now)));
	while (db_next(&rows))
		lines[(*n)++] = read_line(cx, &rows);
	return db_end(&rows);
}
