#ifndef INVITES_JOINS_H
#define INVITES_JOINS_H

#include "invites/invites.h"

/* Groups and workspaces that somebody is invited into; private to invites/. */

/* What is wrong with the choice as such: ERR_INVALID with an issue. */
enum err invite_joins_check(struct ctx *cx, const struct invite_joins *j) MUST_USE;
/* Inside the transaction that invites: the member is in them, each with its event, though nothing
 * is held by it before the invitation is accepted.  As groups_add() and workspaces_add() refuse,
 * with issues on "group" and "workspace_role". */
enum err invite_joins_make(struct ctx *cx, int64_t member, const struct invite_joins *j) MUST_USE;

/* The same of one of many, in places that were asked for; NULL: none. */
enum err invite_joins_many(struct ctx *cx, int64_t member, const struct invite_places *p) MUST_USE;

/* Inside the transaction that accepts: what those who brought the member there may give no more,
 * and by a copied link what who copied it (copier; 0: nobody) does not hold, is taken away.
 * groups, workspaces: the names of those, NULL for none. */
struct invite_dropped { const char *groups, *workspaces; };
enum err invite_joins_keep(struct ctx *cx, int64_t member, const char *org_path, int64_t copier,
    struct invite_dropped *out) MUST_USE;

#endif
