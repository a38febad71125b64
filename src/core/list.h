/* Lists read page by page behind a cursor (key, id): what modules and their stores share.
 * Reading it from a query and showing its links is in web/page.h. */
#ifndef CORE_LIST_H
#define CORE_LIST_H

#include "core/ctx.h"
#include "db/db.h"

/* Which part of a list is wanted; made by web/page.h from the query, checked. */
struct list_want {
	unsigned    sort;      /* place in the statement's SORT line */
	bool        down;
	bool        number;    /* the key is a number */
	bool        back;      /* the rows before (key, id), not behind it: read in reverse */
	const char *key;       /* (key, id) of the row the page begins behind; NULL: first page */
	int64_t     id;
	size_t      rows;      /* 25, 50 or 100 */
};

/* The numbered statement of a SORT family, and its cursor's arguments. */
#define LIST_STMT(first, want) (\
	(enum sql)((unsigned)(first) + 2 * (want)->sort + ((want)->down != (want)->back)))
struct db_val list_key(const struct list_want *w);   /* least or greatest at the start */
struct db_val list_id(const struct list_want *w);
/* Rows as a page's statement gave them, one more than is wanted when more are left: that one is cut
 * off, and those that were read in reverse are turned around.  Sets out->more. */
#define LIST_TURN(want, out) (\
	(out)->more = list_turn((want), (out)->items, &(out)->n, sizeof(*(out)->items)))
bool list_turn(const struct list_want *w, void *items, size_t *n, size_t size);
/* No row is beside those of a page that came back, so they need no counting. */
bool list_whole(const struct list_want *w, const char *search, bool more);

/* The cursor of a row: its key under the list's sort, and its id. */
struct list_edge { const char *key; int64_t id; };

#endif
