#ifndef APP_CLI_IMPORT_H
#define APP_CLI_IMPORT_H

#include <stdbool.h>

#include "core/ctx.h"

/* People from the command line, in cx->tenant, by the same rules as in the browser.  What is
 * refused or done is told on standard output, a line each. */

struct import_options {
	const char *file;          /* .jsonl or .ndjson: JSON lines; else CSV */
	const char *role;          /* of new ones whose row names none; NULL for none */
	bool        dry_run;       /* only tells what would be done */
	bool        invite;        /* new ones are invited; else active at once, without an email */
};
/* *refused: how many rows were not done.  What was done before a failure stays; once more does the
 * rest. */
enum err people_import(struct ctx *cx, const struct import_options *o, int64_t *refused) MUST_USE;
/* To that file, which must not be there yet, or NULL: standard output. */
enum err people_export(struct ctx *cx, const char *file) MUST_USE;
enum err people_invite(struct ctx *cx, const char *name, const char *email, const char *role)
    MUST_USE;
enum err people_reset(struct ctx *cx, const char *email) MUST_USE;
enum err people_unlock(struct ctx *cx, const char *email) MUST_USE;

#endif
