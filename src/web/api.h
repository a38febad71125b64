#ifndef WEB_API_H
#define WEB_API_H

#include "base/json.h"
#include "web/route.h"

/* Answers of the REST API, which are JSON (RFC 8259). */

/* A document of at most 1 MiB, which is the body when api_show() has ended it. */
struct json *api_begin(struct ctx *cx, struct response *rs) MUST_USE;
/* 200, or the status set before; ends the snapshot. */
enum err api_show(struct ctx *cx, struct response *rs) MUST_USE;
/* {"error":{"code","message","fields"}}, with what was noted of fields; sentence "" for the usual
 * one of the status.  retry_at: 0, or Retry-After says it; a refusal of cx->decision names that. */
enum err api_problem(struct ctx *cx, struct response *rs, int status, const char *sentence,
    int64_t retry_at) MUST_USE;

/* A time in UTC as ISO 8601; 0: null. */
void api_time(struct ctx *cx, struct json *j, const char *key, int64_t at);
void api_id(struct json *j, const char *key, int64_t id);

#endif
