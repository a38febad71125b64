#ifndef MEMBERS_COLUMNS_H
#define MEMBERS_COLUMNS_H

#include "members/members.h"

/* The columns of the users list, beside the name, that a reader chose; kept with their
 * membership. */
struct list_column {
	const char *word;         /* in the address of the choice, and stored */
	const char *label;        /* English, marked */
	const char *class_;       /* of its cells; NULL: shown only when it is chosen */
	bool        usual;        /* shown until something is chosen */
};
enum { COLUMN_NICKNAME = 5, COLUMN_PHONE, COLUMN_COUNTRY, COLUMN_FACTOR,
	COLUMN_GROUPS, COLUMN_ORG, COLUMNS };
enum { COLUMN_GROUPS_SHOWN = 3 };          /* of the groups that somebody is in */
extern const struct list_column list_columns[COLUMNS];

/* As bits.  Those that the reader chose, or the usual ones, of those on offer: who may not see
 * groups is not shown who is in which. */
unsigned columns_offered(struct ctx *cx);
unsigned columns_chosen(struct ctx *cx);
/* Keeps the choice of the actor. */
enum err columns_choose(struct ctx *cx, unsigned which) MUST_USE;
/* Nickname, phone, country and organization of the rows of a list, and their groups when these are
 * wanted: one statement. */
enum err columns_fill(struct ctx *cx, struct member_list *l, bool groups) MUST_USE;

#endif
