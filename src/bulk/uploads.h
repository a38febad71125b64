#ifndef BULK_UPLOADS_H
#define BULK_UPLOADS_H

/* Tables of people that were sent in by a page: kept until they are wanted, looked through row by
 * row, and then worked by a job. */

#include "bulk/import.h"
#include "jobs/jobs.h"

enum upload_kind { UPLOAD_INVITE, UPLOAD_IMPORT };
enum { UPLOAD_LARGEST = 8 << 20, PASTED_LARGEST = 3 << 20, UPLOAD_ROWS_MOST = 100000 };

struct upload_input {
	enum upload_kind kind;
	struct str       pasted, file;     /* the file where there is one */
	struct str       role;             /* of those whose row names none; "" when all do */
};
/* Needs user:invite, or user:edit to import.  Keeps the rows; what was kept before and never
 * wanted goes.  Not to be read: ERR_INVALID with issues on file, pasted, role. */
enum err uploads_add(struct ctx *cx, const struct upload_input *in, int64_t *id) MUST_USE;

struct upload {
	int64_t          id, member, role;
	enum upload_kind kind;
	int64_t          size, columns, created_at;
	const char      *left_out;         /* names of columns that nobody reads */
	const char      *role_name;
};
/* The actor's own, whole; else ERR_NOTFOUND. */
enum err uploads_get(struct ctx *cx, int64_t id, struct upload *out) MUST_USE;

/* A row and what it would come to; why is "" unless it is refused. */
struct judged { int64_t line; const char *name, *email, *why; enum row_verdict verdict; };
enum { JUDGED_MOST = 200 };
struct judgement {
	int64_t            counts[ROW_REFUSED + 1];
	struct judged      refused[JUDGED_MOST], others[JUDGED_MOST];
	size_t             nrefused, nothers;
	struct invite_plan plan;
};
/* Looks at every row as the job would; only reads. */
enum err uploads_judge(struct ctx *cx, const struct upload *u, struct judgement *out) MUST_USE;
/* The job that does them has the upload's id; begun before: OK.  Who is new of a table of people to
 * invite gets into those groups and workspaces; what the actor may not give: as invites_add(). */
enum err uploads_start(struct ctx *cx, int64_t id, const struct invite_joins *joins) MUST_USE;
enum err uploads_invite_step(struct ctx *cx, struct job *j, bool *last) MUST_USE;
enum err uploads_import_step(struct ctx *cx, struct job *j, bool *last) MUST_USE;

/* Housekeeper: what nobody wanted for a day, at most a few a call; *n is how many. */
enum err uploads_sweep(struct ctx *cx, int64_t *n) MUST_USE;

#endif
