#ifndef HTTP_RESPONSE_H
#define HTTP_RESPONSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
struct arena;
struct request;

/* An answer is built whole and sent once, by the pipeline, with its length. Until then a
 * handler that fails has sent nothing. */
struct response {
	int        status;
	struct buf headers;
	struct buf body;
	bool       data;        /* the body is no page of ours: nothing in it may run */
	int        file;        /* -1, or an unlinked file that is the body (an export) */
	int        hold;        /* -1, or a descriptor that is closed when the answer has gone */
	/* To be answered instead, by the pipeline; NULL: this is the answer. */
	struct request *again;
};
/* 200, no header, empty body.  Built in the arena. */
void response_init(struct response *rs, struct arena *a);
/* Drops all that was built and closes both. */
void response_clear(struct response *rs);
/* Adds a header line.  A name that is no token or a value with a control character in it is
 * dropped and logged, never sent. */
void response_header(struct response *rs, const char *name, const char *value);
/* Adds lines of the program's own, each with its "\r\n", unchecked. */
void response_fixed(struct response *rs, const char *lines);
/* Adds Path=/; HttpOnly; SameSite=Lax, and Secure when secure; age 0: until the browser
 * ends; negative: removes it.  What may not stand in a cookie is dropped and logged. */
void response_cookie(struct response *rs, const char *name, const char *value, int64_t age_ms,
    bool secure);
/* 303 to the path, or to "/" when url_own_path() refuses it. */
void response_redirect(struct response *rs, const char *path);

#endif
