#ifndef BULK_BULK_H
#define BULK_BULK_H

#include "invites/invites.h"
#include "jobs/jobs.h"

/* Many members at once: acts on those that were chosen, as jobs; their export as CSV.  What is done
 * to one of them is in members/ and invites/; tables that people send in are in uploads.h. */

/* Whom an act is for: these, or all that match when the job reaches them and were there when it
 * began. */
struct bulk_choice {
	bool               all;
	const int64_t     *ids;
	size_t             n;
	struct member_want want;
};
enum { BULK_IDS_MOST = 250, BULK_NAMES = 10 };

enum bulk_act { BULK_REMOVE, BULK_ROLE, BULK_DEACTIVATE, BULK_REACTIVATE, BULK_LOG_OUT, BULK_RESEND,
	BULK_GROUP, BULK__COUNT };
/* The permission that it takes, and whether the actor has it: to add to a group in the whole
 * tenant, else in the own organization. */
enum perm bulk_need(enum bulk_act act);
enum err bulk_may(struct ctx *cx, enum bulk_act act) MUST_USE;

/* How many they are, and the names of the first. */
struct bulk_seen {
	int64_t     n;
	const char *names[BULK_NAMES];
	size_t      nnames;
};
/* Needs that permission.  One id that never was a member within the actor's reach: ERR_NOTFOUND. */
enum err bulk_look(struct ctx *cx, enum perm need, const struct bulk_choice *c,
    struct bulk_seen *out) MUST_USE;

/* The job that does it; form is its id, so that a form sent twice is one job.  to is the role of
 * BULK_ROLE or the group of BULK_GROUP; above BULK_NAMES of them their number must have been typed.
 * Nobody chosen: ERR_INVALID. */
enum err bulk_start(struct ctx *cx, enum bulk_act act, const struct bulk_choice *c,
    struct str to, struct str typed, int64_t form) MUST_USE;

/* The steps of the jobs, in the order of the acts. */
enum err bulk_remove_step(struct ctx *cx, struct job *j, bool *last) MUST_USE;
enum err bulk_role_step(struct ctx *cx, struct job *j, bool *last) MUST_USE;
enum err bulk_deactivate_step(struct ctx *cx, struct job *j, bool *last) MUST_USE;
enum err bulk_reactivate_step(struct ctx *cx, struct job *j, bool *last) MUST_USE;
enum err bulk_log_out_step(struct ctx *cx, struct job *j, bool *last) MUST_USE;
enum err bulk_resend_step(struct ctx *cx, struct job *j, bool *last) MUST_USE;
enum err bulk_group_step(struct ctx *cx, struct job *j, bool *last) MUST_USE;

/* What a job says of a row that was not done: the sentence of the first issue, or by the error.
 * Takes the issues away.  Not a refusal but a failure: the error itself. */
enum err bulk_refused(struct ctx *cx, struct job *j, const char *name, enum err e) MUST_USE;

/* An export: a file that has no name any more, and a descriptor that keeps others of the same
 * person away until it is closed (-1: none). */
struct bulk_export { int fd, hold; int64_t n; };
/* Needs user:export.  The event is written when the file is ready, before anybody sees a byte of
 * it.  One of this person is under way: ERR_LIMIT.  No room on the disk: ERR_BUSY. */
enum err bulk_export(struct ctx *cx, const struct bulk_choice *c, struct bulk_export *out) MUST_USE;
/* The same to a descriptor of the command line's, with its event. */
enum err bulk_export_to(struct ctx *cx, int fd, int64_t *n) MUST_USE;
/* The heading of an export, parted by commas: what import reads. */
extern const char bulk_columns[];

#endif
