#ifndef GROUPS_GROUPS_PAGES_H
#define GROUPS_GROUPS_PAGES_H

#include "groups/groups.h"
struct request;
struct response;

/* What the pages of groups share. */

#define GROUPS "/t/{tenant}/groups"

/* "/t/acme/groups/<id>" and what is below it. */
const char *group_path(struct ctx *cx, int64_t id, const char *below);
/* The group that the path names. */
enum err group_subject(struct ctx *cx, const struct request *rq, struct group *g) MUST_USE;
/* Is this refusal one that the form says, which is shown again?  Then the status is set, and what
 * was refused for want of a permission is noted. */
bool group_said(struct ctx *cx, struct response *rs, enum err e, const char *matter);

#endif
