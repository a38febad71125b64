#ifndef MEMBERS_MEMBERS_VIEWS_H
#define MEMBERS_MEMBERS_VIEWS_H

#include "members/members.h"
#include "mustache/view.h"

/* What pages of members and of invitations show alike. */

/* "roles" as templates/parts/roles wants them; those that hold more than the reader's own are
 * shown with the reason why they can't be given. */
void members_show_roles(struct ctx *cx, struct view *v, const struct member_role *roles,
    size_t n, int64_t chosen);
/* status, status_kind */
void members_show_status(struct ctx *cx, struct view *v, const struct member *m);
/* Menus made so far in a list; those with the same entries are one, shared by the rows. */
struct member_menus {
	unsigned             entries[8];
	const struct view   *views[8];
	size_t               n;
	const struct member *last;       /* whose entries these are */
	unsigned             of_last;
};
/* has_menu, act_base, menu: what the reader may do with the member, as the status allows.
 * kept begins empty, and is one for all rows of a list. */
void members_show_menu(struct ctx *cx, struct view *v, const struct member *m,
    struct member_menus *kept);

#endif
