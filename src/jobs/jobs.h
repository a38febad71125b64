#ifndef JOBS_JOBS_H
#define JOBS_JOBS_H

#include "core/access.h"

/* Long work in chunks.  A job is a row; the housekeeper works it, a chunk at a time, as the
 * member who asked for it.  The cursor moves in the chunk's own transaction, so that a death
 * repeats no row.  Each kind is one function of a later module, listed in app/routes.c. */
struct job_named { const char *name, *why; };
struct job_reason { const char *why; int64_t n; };     /* "": reasons beyond the most */
enum { JOB_NAMED = 200, JOB_REASONS = 20 };
struct job {
	int64_t     id, tenant, member;
	const char *kind;
	int64_t     cursor;             /* the last row done */
	const char *args;               /* JSON: what to do */
	int64_t     done, refused;
	int64_t     total;              /* how many there were to do at first; 0: not known */
	struct job_named  *named;       /* of what was refused the first, JOB_NAMED at the most */
	struct job_reason *more;        /* the others, counted; JOB_REASONS and one for the rest */
	size_t      nnamed, nmore;
	const char *state;              /* waiting, running, done, cancelled */
	int64_t     created_at, ended_at;
	int64_t     until_ms;           /* when the chunk ends, by mono_ms() */
};

enum { JOB_CHUNK = 200, JOB_CHUNK_MS = 20 };

/* Works at most JOB_CHUNK rows behind j->cursor, and only while jobs_go_on(); moves it, counts in
 * j->done and by jobs_refused(); rights are asked again.  *last when none is left.  Runs in a
 * transaction, which holds up everybody who changes something. */
typedef enum err job_step_fn(struct ctx *cx, struct job *j, bool *last);
struct job_kind {
	const char  *name;
	const char  *title;             /* English, marked: "Signing everybody out" */
	enum perm    need;
	job_step_fn *step;
};

/* Every kind, gathered in app/routes.c; a NULL name ends it. */
extern const struct job_kind job_kinds[];
/* What a kind is called, for translation; an unknown one as it is. */
const char *jobs_title(const char *kind);

/* Inside a transaction: adds one for the actor, with its event; while one of this kind by
 * this actor is not ended, *id is that one's. */
enum err jobs_add(struct ctx *cx, const char *kind, const char *args, int64_t *id) MUST_USE;
/* Inside a transaction: the same by the number of the form that asked for it, as often as that is
 * sent; others of its kind may go on meanwhile.  A number that is somebody else's job:
 * ERR_NOTFOUND. */
enum err jobs_add_as(struct ctx *cx, int64_t id, const char *kind, const char *args, int64_t total)
    MUST_USE;
/* Is there time for one more row in this chunk? */
bool     jobs_go_on(const struct job *j);
/* A row that was not done, with the reason. */
enum err jobs_refused(struct ctx *cx, struct job *j, const char *name, const char *why) MUST_USE;
/* The actor's own, or of a kind whose permission the actor holds; ERR_NOTFOUND. */
enum err jobs_get(struct ctx *cx, int64_t id, struct job *out) MUST_USE;
/* The rest is not done.  Ended already: OK. */
enum err jobs_cancel(struct ctx *cx, int64_t id) MUST_USE;

/* Housekeeper: one chunk of the job that waits longest; none: ERR_NOTFOUND.  A job whose
 * member may not any more, or of an unknown kind, is cancelled; those of a suspended tenant
 * wait.  One whose chunk failed is put off for a minute, so that others go on: OK. */
enum err jobs_step(struct ctx *cx) MUST_USE;
/* Chunks are of another length than JOB_CHUNK_MS from then on; 0: one row each, for tests. */
void     jobs_chunk_ms(int64_t ms);

#endif
