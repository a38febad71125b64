/* Writing JSON (RFC 8259).  Nothing here reads any. */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/* "text" with its quotes; control characters as \u00XX; NULL is null. */
void json_text(struct buf *b, const char *text);

/* A document piece by piece; commas come by themselves.  A key of NULL is an item of an array, or
 * the whole.  The first failure sticks and comes out of buf_end(). */
struct json { struct buf *b; bool more; };
void json_open(struct json *j, const char *key, char bracket);   /* '{' or '[' */
void json_close(struct json *j, char bracket);
void json_put(struct json *j, const char *key, const char *text);   /* NULL: null */
void json_int(struct json *j, const char *key, int64_t n);
void json_flag(struct json *j, const char *key, bool on);

#endif
