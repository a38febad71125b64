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
/* The heads of all chains as they were last written down outside of the database, which is
 * what tells that a tail was cut off or a whole chain is gone: <state_dir>/heads, with a line
 * "<tenant> <seq> <hash> <time>" whenever a head was found changed.  The last one of a tenant
 * counts; what is no line is passed over. */
struct witnesses;
/* None yet; they live in the arena and grow there. */
struct witnesses *witnesses_new(struct arena *a);
/* Reads the whole file, line by line.  There is none: OK, and no witness. */
enum err witnesses_read(struct ctx *cx, struct witnesses *w) MUST_USE;
/* How many lines were read. */
int64_t  witnesses_lines(const struct witnesses *w);

/* One tenant's chain; tenant 0: the system's own.  For the system as actor. */
enum err auditlog_verify(struct ctx *cx, const struct witnesses *w, int64_t tenant,
    struct verdict *out) MUST_USE;
/* The tenants that have a chain or ought to, or had one by a witness, in order; the system's
 * own first. */
enum err auditlog_chains(struct ctx *cx, const struct witnesses *w, int64_t **tenants, size_t *n)
    MUST_USE;

/* Appends the heads that are not those of w, and notes them there.  A file that is not as long
 * as it was left is read anew first. */
enum err auditlog_witness(struct ctx *cx, struct witnesses *w) MUST_USE;

#endif
