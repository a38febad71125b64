#ifndef WEB_HEADERS_H
#define WEB_HEADERS_H

#include "core/ctx.h"
#include "http/response.h"

/* The security headers of every answer of the program; nginx adds its own to static files
 * only.  html: a page, else data that no browser may run. */
void headers_secure(struct ctx *cx, struct response *rs, bool html);

#endif
