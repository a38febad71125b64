/* Rows of auditlog.sql, out.  No rules here; they are in auditlog.c and verify.c. */
#include "auditlog/auditlog_store.h"

#include <string.h>

#include "base/arena.h"

static void
read_bytes(struct ctx *cx, struct db_rows *rows, const char *col, uint8_t out[32])
{
	size_t      len;
	const void *p = db_bytes(rows, col, cx->arena, &len);

	memset(out, 0, 32);
	if (len == 32)
		memcpy(out, p, 32);
}

struct event
event_read(struct ctx *cx, struct db_rows *rows)
{
	struct event e = {
		.tenant = db_int(rows, "tenant_id"),
		.seq = db_int(rows, "seq"),
		.at = db_int(rows, "at"),
		.act = db_int(rows, "act"),
		.actor_kind = db_dup(rows, "actor_kind", cx->arena),
		.actor_id = db_int(rows, "actor_id"),
		.actor_name = db_dup(rows, "actor_name", cx->arena),
		.subject_id = db_int(rows, "subject_id"),
		.subject_name = db_dup(rows, "subject_name", cx->arena),
		.org_path = db_dup(rows, "org_path", cx->arena),
		.workspace_id = db_int(rows, "workspace_id"),
		.session = db_int(rows, "session_id"),
		.client = db_dup(rows, "client", cx->arena),
		.peer = db_dup(rows, "peer", cx->arena),
		.user_agent = db_dup(rows, "user_agent", cx->arena),
		.request = db_dup(rows, "request", cx->arena),
		.fields = db_dup(rows, "fields", cx->arena),
		.key_id = (uint32_t)db_int(rows, "key_id"),
	};

	read_bytes(cx, rows, "hash", e.hash);
	return e;
}

enum err
event_rows(struct ctx *cx, int64_t before, size_t most, struct event *items, size_t *n)
{
	struct db_rows rows;

	*n = 0;
	db_query(cx->db, &rows, SQL_AUDITLOG_PAGE,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(before), DB_INT((int64_t)most)));
	while (db_next(&rows)) {
		items[*n] = event_read(cx, &rows);
		items[(*n)++].workspace_name = db_dup(&rows, "workspace_name", cx->arena);
	}
	return db_end(&rows);
}

void
event_walk(struct ctx *cx, struct db_rows *rows, int64_t tenant, int64_t after, size_t most)
{
	db_query(cx->db, rows, SQL_AUDITLOG_WALK,
	    DB_ARGS(DB_INT(tenant), DB_INT(after), DB_INT((int64_t)most)));
}

enum err
head_row(struct ctx *cx, int64_t tenant, struct head *out)
{
	struct db_rows rows;

	*out = (struct head){ .tenant = tenant };
	db_query(cx->db, &rows, SQL_AUDITLOG_HEAD, DB_ARGS(DB_INT(tenant)));
	while (db_next(&rows)) {
		out->seq = db_int(&rows, "seq");
		read_bytes(cx, &rows, "hash", out->hash);
	}
	return db_end(&rows);
}

void
head_walk(struct ctx *cx, struct db_rows *rows)
{
	db_query(cx->db, rows, SQL_AUDITLOG_HEADS, NULL, 0);
}

struct head
head_read(struct ctx *cx, struct db_rows *rows)
{
	size_t      mark = arena_mark(cx->arena);
	struct head h = { .tenant = db_int(rows, "tenant_id"), .seq = db_int(rows, "seq") };

	read_bytes(cx, rows, "hash", h.hash);
	arena_release(cx->arena, mark);
	return h;
}

enum err
checkpoint_row(struct ctx *cx, int64_t tenant, struct checkpoint *out)
{
	struct db_rows rows;

	*out = (struct checkpoint){ 0 };
	db_query(cx->db, &rows, SQL_AUDITLOG_CHECKPOINT, DB_ARGS(DB_INT(tenant)));
	while (db_next(&rows)) {
		out->upto = db_int(&rows, "upto");
		out->n = db_int(&rows, "n");
		out->at = db_int(&rows, "at");
		out->key_id = (uint32_t)db_int(&rows, "key_id");
		read_bytes(cx, &rows, "hash", out->hash);
		read_bytes(cx, &rows, "mac", out->mac);
	}
	return db_end(&rows);
}

enum err
read_noted(struct ctx *cx, int64_t since, bool *noted)
{
	struct db_rows rows;

	*noted = false;
	db_query(cx->db, &rows, SQL_AUDITLOG_LAST_READ, DB_ARGS(DB_INT(cx->tenant),
	    DB_INT(cx->actor.member), DB_INT(AUDIT_LOG_READ), DB_INT(since)));
	while (db_next(&rows))
		*noted = true;
	return db_end(&rows);
}

enum err
chain_rows(struct ctx *cx, int64_t **out, size_t *n)
{
	struct db_rows rows;
	int64_t       *list = NULL;

	*n = 0;
	db_query(cx->db, &rows, SQL_AUDITLOG_CHAINS, NULL, 0);
	while (db_next(&rows)) {
		list = ARENA_MORE(cx->arena, int64_t, list, *n);
		list[(*n)++] = db_int(&rows, "tenant_id");
	}
	*out = list;
	return db_end(&rows);
}
