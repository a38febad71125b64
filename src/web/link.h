#ifndef WEB_LINK_H
#define WEB_LINK_H

#include "core/ctx.h"
#include "http/request.h"
#include "http/response.h"

/* The token of an emailed link on its way from the address to the form: a cookie of ten
 * minutes that gives no right but to see the link's page. */
void       link_keep(struct ctx *cx, struct response *rs, struct str token);
struct str link_token(struct ctx *cx, const struct request *rq);
void       link_forget(struct ctx *cx, struct response *rs);

/* The session's and the known browser's cookies. */
void session_cookie(struct ctx *cx, struct response *rs, const char *secret);
void session_forget(struct ctx *cx, struct response *rs);
struct str device_cookie(struct ctx *cx, const struct request *rq);
void device_keep(struct ctx *cx, struct response *rs, const char *device);

#endif
