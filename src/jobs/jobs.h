#ifndef JOBS_JOBS_H
#define JOBS_JOBS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/ctx.h"

/* Long work in chunks (0.11).  Each kind is one function of a later module; app/routes.c lists them. */
struct job {
	int64_t     id, cursor;         /* cursor: last id done; moves with the chunk */
	const char *args;               /* JSON: filter or ids, and what to do */
	int64_t     done, refused;
};

/* At most 200 rows; rights asked again; *last when none is left.  Runs in a transaction. */
typedef enum err job_step_fn(struct ctx *cx, struct job *j, bool *last);
struct job_kind { const char *name; job_step_fn *step; };
enum err jobs_add(struct ctx *cx, const char *kind, const char *args, int64_t *id) MUST_USE;
enum err jobs_refused(struct ctx *cx, struct job *j, int64_t row, const char *why) MUST_USE;

#endif
