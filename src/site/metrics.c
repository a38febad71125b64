/* Numbers for a monitor; the page is in site_pages.c. */
#include "site/metrics.h"

#include "db/db.h"

enum err
metrics_read(struct ctx *cx, struct metrics *out)
{
	struct db_rows rows;
	int64_t        oldest;

	*out = (struct metrics){ .tenants = 0 };
	db_query(cx->db, &rows, SQL_METRICS_COUNTS, DB_ARGS(DB_INT(cx->now)));
	while (db_next(&rows)) {
		oldest = db_is_null(&rows, "oldest") ? cx->now : db_int(&rows, "oldest");
		*out = (struct metrics){ .tenants = db_int(&rows, "accounts"),
			.emails = db_int(&rows, "waiting"), .due = db_int(&rows, "due"),
			.late_ms = oldest < cx->now ? cx->now - oldest : 0,
			.jobs = db_int(&rows, "open") };
	}
	return db_end_found(&rows);
}
