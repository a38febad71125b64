#ifndef AUDITLOG_AUDITLOG_H
#define AUDITLOG_AUDITLOG_H

#include "core/audit.h"

/* Reading the log and proving that nobody changed it.  Writing events is in core/audit.h. */

struct event_list { struct event *items; size_t n; bool more, less; };

/* Needs audit:view.  Newest first, those before (0: from the newest).  Reading is noted by
 * the caller, auditlog_note_read(). */
enum err auditlog_list(struct ctx *cx, int64_t before, size_t rows, struct event_list *out)
    MUST_USE;
/* At most one event for an actor in 10 minutes. */
enum err auditlog_note_read(struct ctx *cx) MUST_USE;

/* A chain walked from its newest checkpoint, or its beginning, to its head. */
struct verdict {
	int64_t     tenant, from, upto, events;
	int64_t     broken;            /* the first row that is not right; 0: all are */
	const char *why;               /* English */
};
/* One tenant's chain; tenant 0: the system's own.  For the system as actor. */
enum err auditlog_verify(struct ctx *cx, int64_t tenant, struct verdict *out) MUST_USE;
/* The tenants that have a chain or ought to, the system's own first. */
enum err auditlog_chains(struct ctx *cx, int64_t **tenants, size_t *n) MUST_USE;

/* Heads are appended to <state_dir>/heads as "<tenant> <seq> <hash> <time>", and verify
 * reads the last of each there: a cut tail is found. */
enum err auditlog_witness(struct ctx *cx) MUST_USE;

#endif
