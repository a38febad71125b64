/* Who may enter a workspace and by what; and in which somebody has a seat. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/id.h"
#include "core/place.h"
#include "db/db.h"
#include "workspaces/workspaces.h"

enum { WAYS_MOST = 2000, PLACES_READ = 5000 };

/* Tenant roles that see or manage every workspace, as JSON. */
static enum err
overseers(struct ctx *cx, const char **json)
{
	struct db_rows rows;

	*json = "";
	db_query(cx->db, &rows, SQL_WORKSPACES_OVERSEERS, DB_ARGS(DB_INT(cx->tenant)));
	while (db_next(&rows)) {
		struct perm_set s = perm_set_read(db_dup(&rows, "permissions", cx->arena));

		if (perm_in(s, PERM_WORKSPACE_ALL) || perm_in(s, PERM_WORKSPACE_MANAGE))
			*json = arena_printf(cx->arena, "%s%s%lld", *json, **json ? "," : "",
			    (long long)db_int(&rows, "id"));
	}
	*json = ARENA_JOIN(cx->arena, "[", *json, "]");
	return db_end(&rows);
}

static enum err
read_people(struct ctx *cx, int64_t workspace, const struct list_want *w, const char *roles,
    struct entrants *out)
{
	struct db_rows rows;

	db_query(cx->db, &rows, LIST_STMT(SQL_WORKSPACES_ENTERING, w),
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(workspace), list_key(w), list_id(w),
	        DB_INT((int64_t)w->rows + 1), DB_TEXT(roles), DB_INT(cx->now)));
	while (db_next(&rows))
		out->items[out->n++] = (struct entrant){
			.id = db_int(&rows, "id"),
			.service = db_int(&rows, "service") != 0,
			.name = db_dup(&rows, "name", cx->arena),
			.email = db_dup(&rows, "email", cx->arena),
			.org_path = db_dup(&rows, "org_path", cx->arena),
			.name_key = db_dup(&rows, "name_key", cx->arena),
		};
	TRY(db_end(&rows));
	LIST_TURN(w, out);
	return OK;
}

static void
add_way(struct ctx *cx, struct entrants *l, const struct entry_way *way)
{
	for (size_t i = 0; i < l->n; i++) {
		struct entrant *e = &l->items[i];

		if (e->id != way->holder)
			continue;
		e->ways = ARENA_MORE(cx->arena, struct entry_way, e->ways, e->nways);
		e->ways[e->nways++] = *way;
	}
}

static enum err
read_ways(struct ctx *cx, int64_t workspace, const char *roles, struct entrants *l)
{
	struct db_rows rows;

	db_query(cx->db, &rows, SQL_WORKSPACES_WAYS,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(workspace),
	        DB_TEXT(ID_JSON_OF(cx->arena, l->items, l->n)), DB_TEXT(roles),
	        DB_INT(cx->now)));
	while (db_next(&rows))
		add_way(cx, l, &(struct entry_way){
			.holder = db_int(&rows, "holder_id"),
			.everywhere = db_int(&rows, "everywhere") != 0,
			.group = db_int(&rows, "group_id"),
			.group_name = db_dup(&rows, "group_name", cx->arena),
			.role_name = db_dup(&rows, "role_name", cx->arena),
			.until_at = db_int(&rows, "until_at"),
		});
	return db_end(&rows);
}

enum err
workspaces_entrants(struct ctx *cx, int64_t workspace, const struct list_want *w,
    struct entrants *out)
{
	const char *roles;

	TRY(access_need(cx, PERM_WORKSPACE_VIEW, IN_WORKSPACE(workspace)));
	*out = (struct entrants){ .items = ARENA_ARRAY(cx->arena, struct entrant, w->rows + 1) };
	TRY(overseers(cx, &roles));
	TRY(read_people(cx, workspace, w, roles, out));
	return read_ways(cx, workspace, roles, out);
}

static int
by_name(const void *a, const void *b)
{
	const struct place_held *x = a, *y = b;
	int                      way = strcmp(x->name_key, y->name_key);

	return way ? way : strcmp(x->group_key, y->group_key);
}

enum err
workspaces_of(struct ctx *cx, int64_t holder, struct places_held *out)
{
	struct place_role role;
	struct db_rows    rows;

	*out = (struct places_held){ NULL, 0 };
	db_query(cx->db, &rows, SQL_WORKSPACES_OF, DB_ARGS(DB_INT(cx->tenant), DB_INT(holder),
	    DB_INT(cx->now), DB_INT(PLACES_READ)));
	while (db_next(&rows)) {
		out->items = ARENA_MORE(cx->arena, struct place_held, out->items, out->n);
		out->items[out->n++] = (struct place_held){
			.id = db_int(&rows, "id"),
			.name = db_dup(&rows, "name", cx->arena),
			.personal = db_int(&rows, "personal") != 0,
			.role_id = db_int(&rows, "role_id"),
			.name_key = db_dup(&rows, "name_key", cx->arena),
			.group = db_dup(&rows, "group_name", cx->arena),
			.group_key = db_dup(&rows, "group_key", cx->arena),
		};
	}
	if (out->n > 1)
		qsort(out->items, out->n, sizeof(*out->items), by_name);
	if (out->n > PLACES_HELD_MOST)
		out->n = PLACES_HELD_MOST;
	TRY(db_end(&rows));
	for (size_t i = 0; i < out->n; i++) {
		TRY(place_role(cx, out->items[i].role_id, &role));
		out->items[i].role = role.name;
	}
	return OK;
}

enum err
workspaces_last(struct ctx *cx, int64_t *id)
{
	struct db_rows rows;

	*id = 0;
	db_query(cx->db, &rows, SQL_WORKSPACES_LAST,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(cx->actor.member)));
	while (db_next(&rows))
		*id = db_int(&rows, "workspace_id");
	return db_end(&rows);
}

enum err
workspaces_note_last(struct ctx *cx)
{
	if (cx->inside.id == 0 || cx->actor.kind != ACTOR_PERSON)
		return OK;
	return db_run(cx->db, NULL, SQL_WORKSPACES_NOTE_LAST, DB_ARGS(DB_INT(cx->tenant),
	    DB_INT(cx->actor.member), DB_INT(cx->inside.id)));
}
