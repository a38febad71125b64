/* The cursor of a list as arguments of its statement.  Reading it from a query is in
 * web/page.c. */
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
