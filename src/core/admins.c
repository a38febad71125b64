/* The last administrator of a tenant stays.  Who may change roles is in access.c. */
#include "core/admins.h"

#include "db/db.h"

enum err
admins_left(struct ctx *cx)
{
	struct db_rows rows;
	bool           left = false;

	db_query(cx->db, &rows, SQL_ADMINS_ONE, DB_ARGS(DB_INT(cx->tenant)));
	while (db_next(&rows))
		left = true;
	TRY(db_end(&rows));
	if (left)
		return OK;
	ctx_issue(cx, "", _("An account must keep at least one active administrator. Make somebody "
	    "else an Admin of the whole account first."));
	return ERR_CONFLICT;
}
