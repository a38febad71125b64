#ifndef MEMBERS_MEMBERS_VIEWS_H
#define MEMBERS_MEMBERS_VIEWS_H

#include "members/members.h"
#include "mustache/view.h"

struct form;

/* What pages of members and of invitations show alike. */

/* What a list's query wants, in members_pages.c; what is gone is left out.  ERR_INVALID with an
 * issue. */
enum err members_read_want(struct ctx *cx, const struct form *f, struct member_want *w) MUST_USE;
/* "/t/acme/users/0123456789abc" and what is below it. */
const char *members_path(struct ctx *cx, const struct member *m, const char *below);
/* The head of a user's page and its tabs, as templates/parts/user wants them but for the
 * initials; tab is the rest of the address of the one that is shown. */
void members_show_head(struct ctx *cx, struct view *v, const struct member *m, const char *tab);
const char *members_status_word(struct ctx *cx, const struct member *m);
const char *members_status_kind(struct ctx *cx, const struct member *m);

/* "roles" as templates/parts/roles wants them; those that hold more than the reader's own are
 * shown with the reason why they can't be given. */
void members_show_roles(struct ctx *cx, struct view *v, const struct member_role *roles,
    size_t n, int64_t chosen);
/* "roles" of a select: id, name, chosen, and refused for those that hold more than the reader. */
enum err members_show_choices(struct ctx *cx, struct view *v, struct str chosen) MUST_USE;
/* has_tabs, tabs: users, and service accounts, of which services are shown. */
void members_show_accounts(struct ctx *cx, struct view *v, bool services);
/* status, status_kind */
void members_show_status(struct ctx *cx, struct view *v, const struct member *m);
/* has_menu, act_base, menu: what the reader may do with the member, as the status allows. */
void members_show_menu(struct ctx *cx, struct view *v, const struct member *m);
/* The menus of a list: those with the same entries are one kind, in "menu_kinds" of list. */
struct member_menus {
	struct view         *list;
	unsigned             entries[32];
	size_t               n;
	const struct member *last;       /* whose entries these are */
	unsigned             of_last;
};
/* has_menu and menu_kind of a row. */
void members_row_menu(struct ctx *cx, struct view *row, const struct member *m,
    struct member_menus *kept);

#endif
