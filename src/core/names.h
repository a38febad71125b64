#ifndef CORE_NAMES_H
#define CORE_NAMES_H

#include "core/ctx.h"

/* Names that the rows of a list have in common: who made it, who owns it.  Each is read once for a
 * page, where a join would read it again for each row. */

struct name { int64_t id; const char *text; };
struct names { struct name *items; size_t n; };    /* by id */

/* Of members, groups and service accounts, removed ones too; one statement, none without any
 * id.  ids may have 0 and the same one twice; it comes back sorted.  Whether the reader may see
 * them is the caller's to know. */
enum err names_read(struct ctx *cx, int64_t *ids, size_t n, struct names *out) MUST_USE;
/* "" for 0 and one that is not among them. */
const char *names_of(const struct names *l, int64_t id);

#endif
