#ifndef MUSTACHE_VALUE_H
#define MUSTACHE_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mustache/view.h"

/* What a view is made of: only view.c, which builds it, and render.c, which walks it, know.
 * The public side is view.h. */
enum value_kind {
	V_NULL,
	V_TEXT,
	V_NUM,
	V_INT,
	V_ID,
	V_FLAG,
	V_HTML,
	V_MAP,
	V_LIST
};

struct list {
	struct view *first, *last;
};

struct value {
	enum value_kind kind;
	uint32_t        len;              /* of V_HTML; other text ends with NUL */
	union {
		const char  *text;
		int64_t      i;
		struct view *map;
		struct list *list;
	};
};

struct entry {
	const char   *key;
	struct value  value;
};

/* Rows of a list mostly have the same keys: "like" is the item before while that is so, which is
 * found out by their pointers when they are put. */
struct view {
	struct arena      *arena;
	struct value       self;          /* V_MAP of itself, until a key of NULL says otherwise */
	struct entry      *entries;
	uint32_t           n, cap;
	uint64_t           keys;          /* view_keys(), once it was asked; else 0 */
	unsigned char     *tags;          /* of the keys, once one was searched, and 8 more */
	struct view       *like;
	struct view       *next;          /* in its list */
};

struct key {
	const char   *text;
	unsigned char tag;      /* a byte that keys which differ seldom share */
};

/* Of a text that is not copied. */
struct key key_of(const char *text);
/* The value of a key in this view alone, or NULL. */
const struct value *view_get(struct view *v, const struct key *key);
/* A number for which keys a view has, in which order: not 0, and another one for others.  It is
 * made of the texts of the keys, so it is the same in each request. */
uint64_t view_keys(struct view *v);

#endif
