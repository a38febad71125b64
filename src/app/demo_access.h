#ifndef APP_DEMO_ACCESS_H
#define APP_DEMO_ACCESS_H

#include "core/ctx.h"

/* Groups, workspaces and service accounts of a made-up tenant, with some of these members in them;
 * made by the actor, who is its administrator.  Needs ids of some ten. */
enum err demo_access(struct ctx *cx, const int64_t *ids, size_t n) MUST_USE;

#endif
