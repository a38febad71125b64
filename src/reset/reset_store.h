#ifndef RESET_RESET_STORE_H
#define RESET_RESET_STORE_H

/* Rows of reset.sql, private to reset/. */

#include "reset/reset.h"

/* Who asked; id 0 for nobody. */
struct asker { int64_t id; const char *email, *email_key, *name, *language; bool password; };
enum err asker_row(struct ctx *cx, const char *email_key, struct asker *out) MUST_USE;
/* How many emails the person got since then, and when the newest was added; 0: none. */
enum err reset_rows_since(struct ctx *cx, int64_t person, int64_t since, int64_t *n,
    int64_t *newest) MUST_USE;

struct reset_row {
	struct reset r;
	const char  *email_key, *language;
	int64_t      used_at;
};
/* The person's link row; id 0 when there is none yet. */
enum err reset_row_of(struct ctx *cx, int64_t person, struct reset_row *out) MUST_USE;
/* Moves on to this generation; moved on meanwhile: ERR_BUSY. */
enum err reset_row_new(struct ctx *cx, const struct reset_row *row) MUST_USE;
enum err reset_row_open(struct ctx *cx, int64_t id, struct reset_row *out) MUST_USE;
enum err reset_row_use(struct ctx *cx, const struct reset_row *row) MUST_USE;
enum err link_rows_sweep(struct ctx *cx, int64_t expired, int64_t *n) MUST_USE;

#endif
