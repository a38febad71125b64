#ifndef CORE_ADMINS_H
#define CORE_ADMINS_H

#include "core/ctx.h"

/* A tenant always keeps one active person who holds Admin in the root organization.  Call
 * it inside the transaction, after the change that may have taken the last one away: none
 * left is ERR_CONFLICT with the issue on "" that every such act shows, and the
 * transaction must fail with it. */
enum err admins_left(struct ctx *cx) MUST_USE;
/* The same before a change that would take it from this member, for an act on many: one that is
 * refused leaves the others their transaction. */
enum err admins_beside(struct ctx *cx, int64_t member) MUST_USE;

#endif
