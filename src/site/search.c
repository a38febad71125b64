/* What the search box finds by name alone.  People and workspaces, which not everybody sees, are
 * found by their modules; the page is in search_pages.c. */
#include "site/search.h"

#include "db/db.h"

enum err
search_names(struct ctx *cx, const char *fold, struct search_hits out[SEARCH_KINDS])
{
	bool           services = access_has(cx, PERM_SERVICE_VIEW, IN_TENANT);
	bool           groups = access_has(cx, PERM_GROUP_VIEW, IN_TENANT);
	bool           roles = access_has(cx, PERM_ROLE_VIEW, IN_TENANT);
	struct db_rows rows;

	for (size_t i = 0; i < SEARCH_KINDS; i++)
		out[i] = (struct search_hits){ .n = 0 };
	if (!services && !groups && !roles)
		return OK;
	db_query(cx->db, &rows, SQL_SEARCH_NAMES, DB_ARGS(DB_INT(cx->tenant), DB_TEXT(fold),
	    DB_INT(SEARCH_OF_EACH + 1), DB_INT(services), DB_INT(groups), DB_INT(roles)));
	while (db_next(&rows)) {
		struct search_hits *l = &out[db_int(&rows, "kind")];

		if (l->n == SEARCH_OF_EACH) {
			l->more = true;
			continue;
		}
		l->items[l->n++] = (struct search_hit){ db_int(&rows, "id"),
			db_dup(&rows, "name", cx->arena),
			db_dup(&rows, "description", cx->arena) };
	}
	return db_end(&rows);
}
