/* Reading the log.  Proving that it is whole is in verify.c, writing it in core/audit.c. */
#include "auditlog/auditlog.h"

#include "auditlog/auditlog_store.h"
#include "base/arena.h"

enum { READ_AGAIN_MS = 10 * 60 * 1000 };

enum err
auditlog_list(struct ctx *cx, int64_t before, size_t rows, struct event_list *out)
{
	TRY(access_need(cx, PERM_AUDIT_VIEW, IN_TENANT));
	*out = (struct event_list){ .items = ARENA_ARRAY(cx->arena, struct event, rows + 1),
		.less = before != 0 };
	TRY(event_rows(cx, before ? before : INT64_MAX, rows + 1, out->items, &out->n));
	out->more = out->n > rows;
	if (out->more)
		out->n = rows;
	return OK;
}

static enum err
note_in_tx(struct ctx *cx)
{
	bool noted;

	TRY(read_noted(cx, cx->now - READ_AGAIN_MS, &noted));
	if (noted)
		return OK;
	return audit_add(cx, &(struct audit_entry){ .act = AUDIT_LOG_READ, .where = IN_TENANT });
}

enum err
auditlog_note_read(struct ctx *cx)
{
	bool noted;

	TRY(read_noted(cx, cx->now - READ_AGAIN_MS, &noted));
	if (noted)
		return OK;
	TRY(db_begin(cx->db));
	return db_finish(cx->db, note_in_tx(cx));
}
