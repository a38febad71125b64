/* Names of what rows of a list refer to.  A name is stored with its row, by its module. */
#include "core/names.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/id.h"
#include "db/db.h"

static int
by_id(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* Each once, and no 0. */
static size_t
distinct(int64_t *ids, size_t n)
{
	size_t kept = 0;

	if (n > 0)
		qsort(ids, n, sizeof(*ids), by_id);
	for (size_t i = 0; i < n; i++)
		if (ids[i] != 0 && (kept == 0 || ids[kept - 1] != ids[i]))
			ids[kept++] = ids[i];
	return kept;
}

enum err
names_read(struct ctx *cx, int64_t *ids, size_t n, struct names *out)
{
	struct db_rows rows;

	n = distinct(ids, n);
	*out = (struct names){ ARENA_ARRAY(cx->arena, struct name, n), 0 };
	if (n == 0)
		return OK;
	db_query(cx->db, &rows, SQL_NAMES_READ, DB_ARGS(DB_INT(cx->tenant),
	    DB_TEXT(ID_JSON(cx->arena, ids, n))));
	while (db_next(&rows))
		out->items[out->n++] = (struct name){ db_int(&rows, "id"),
			db_dup_some(&rows, "name", cx->arena) };
	return db_end(&rows);
}

const char *
names_of(const struct names *l, int64_t id)
{
	const struct name *found = l->n ? bsearch(&id, l->items, l->n, sizeof(*l->items), by_id) :
	    NULL;

	return found ? found->text : "";
}
