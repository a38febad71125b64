#ifndef MEMBERS_MEMBERS_VIEWS_H
#define MEMBERS_MEMBERS_VIEWS_H

#include "members/members.h"
#include "mustache/view.h"

struct form;

/* What pages of members and of invitations show alike. */

/* What a list's query wants, in members_pages.c; what is gone is left out.  ERR_INVALID with an
 * issue. */
enum err members_read_want(struct ctx *cx, const struct form *f, struct member_want *w) MUST_USE;
/* "roles" as templates/parts/roles wants them; those that hold more than the reader's own are
 * shown with the reason why they can't be given. */
void members_show_roles(struct ctx *cx, struct view *v, const struct member_role *roles,
    size_t n, int64_t chosen);
/* status, status_kind */
void members_show_status(struct ctx *cx, struct view *v, const struct member *m);
/* has_menu, act_base, menu: what the reader may do with the member, as the status allows. */
void members_show_menu(struct ctx *cx, struct view *v, const struct member *m);
/* The menus of a list: those with the same entries are one kind, in "menu_kinds" of list. */
struct member_menus {
	struct view         *list;
	unsigned             entries[16];
	size_t               n;
	const struct member *last;       /* whose entries these are */
	unsigned             of_last;
};
/* has_menu and menu_kind of a row. */
void members_row_menu(struct ctx *cx, struct view *row, const struct member *m,
    struct member_menus *kept);

#endif
