#ifndef INVITES_INVITES_VIEWS_H
#define INVITES_INVITES_VIEWS_H

#include "invites/invites.h"
#include "mustache/view.h"

struct form;

/* What the forms that invite one and many show alike. */

/* Groups and workspaces to get into, as templates/members/joins wants them but for its action:
 * those that the reader sees, with a search where there are more than are shown, and what was
 * ticked.  may_join: there is anything to choose. */
enum err invites_show_joins(struct ctx *cx, struct view *v, const struct form *f) MUST_USE;
/* What was ticked there; the ids are in the request's memory.  No id: ERR_NOTFOUND. */
enum err invites_read_joins(struct ctx *cx, const struct form *f, struct invite_joins *out)
    MUST_USE;

#endif
