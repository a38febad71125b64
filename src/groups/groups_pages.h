#ifndef GROUPS_GROUPS_PAGES_H
#define GROUPS_GROUPS_PAGES_H

#include "groups/groups.h"
struct request;

/* What the pages of groups share. */

#define GROUPS "/t/{tenant}/groups"

/* "/t/acme/groups/<id>" and what is below it. */
const char *group_path(struct ctx *cx, int64_t id, const char *below);
/* The group that the path names. */
enum err group_subject(struct ctx *cx, const struct request *rq, struct group *g) MUST_USE;

#endif
