#ifndef MEMBERS_ACTIVITY_VIEWS_H
#define MEMBERS_ACTIVITY_VIEWS_H

#include "members/activity.h"
#include "mustache/view.h"
struct request;

/* What templates/parts/activity shows, with the interval, filters and order of the query: what was
 * done by m, of whom id and org_path count.  path is the page's own; the route lets "client" come
 * often.  Needs user:activity there. */
enum err activity_show(struct ctx *cx, const struct request *rq, struct view *v,
    const struct member *m, const char *path, bool with_address) MUST_USE;

#endif
