/* The cursor of a list as arguments of its statement, and the rows that come back.  Reading it from
 * a query is in web/listing.c. */
#include "core/list.h"

#include <stdlib.h>

struct db_val
list_key(const struct list_want *w)
{
	if (w->key == NULL && w->number)
		return DB_INT(w->down ? INT64_MAX : INT64_MIN);
	if (w->key == NULL)
		return DB_TEXT(w->down ? "\xf4\x8f\xbf\xbf" : "");
	return w->number ? DB_INT(strtoll(w->key, NULL, 10)) : DB_TEXT(w->key);
}

struct db_val
list_id(const struct list_want *w)
{
	return DB_INT(w->key ? w->id : w->down ? INT64_MAX : 0);
}

static void
swap(unsigned char *a, unsigned char *b, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		unsigned char c = a[i];

		a[i] = b[i];
		b[i] = c;
	}
}

bool
list_turn(const struct list_want *w, void *items, size_t *n, size_t size)
{
	unsigned char *rows = (unsigned char *)items;
	bool           more = *n > w->rows;

	*n -= more;
	for (size_t i = 0; w->back && i < *n / 2; i++)
		swap(rows + i * size, rows + (*n - 1 - i) * size, size);
	return more;
}

bool
list_whole(const struct list_want *w, const char *search, bool more)
{
	return w->key == NULL && *search == '\0' && !more;
}
