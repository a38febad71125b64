/* The last administrator of a tenant stays.  Who may change roles is in access.c. */
#include "core/admins.h"

#include "db/db.h"

static enum err
none_left(struct ctx *cx)
{
	ctx_issue(cx, "", _("An account must keep at least one active administrator. Make somebody "
	    "else an Admin of the whole account first."));
	return ERR_CONFLICT;
}

enum err
admins_beside(struct ctx *cx, int64_t member)
{
	struct db_rows rows;
	bool           left = false;

	db_query(cx->db, &rows, SQL_ADMINS_ONE, DB_ARGS(DB_INT(cx->tenant), DB_INT(member)));
	while (db_next(&rows))
		left = true;
	TRY(db_end(&rows));
	return left ? OK : none_left(cx);
}

enum err
admins_left(struct ctx *cx)
{
	return admins_beside(cx, 0);
}
