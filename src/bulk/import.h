#ifndef BULK_IMPORT_H
#define BULK_IMPORT_H

/* What one row of a table of people comes to, and doing it.  Where the rows come from is in
 * uploads.h, for pages, and in app/, for the command line. */

#include "bulk/rows.h"
#include "invites/invites.h"

enum row_verdict { ROW_NEW, ROW_CHANGED, ROW_SAME, ROW_REFUSED };

/* What the rows of one table share. */
struct import {
	bool                update;     /* members that are there are changed; else refused */
	bool                active;     /* new ones become active without an invitation */
	struct member_role *roles;
	size_t              nroles;
	struct member_role  role;       /* of new ones whose row names none; id 0: none */
	struct invite_days  days;
	const struct invite_places *places;   /* of new ones; NULL: none */
	int64_t             org;        /* where new ones come in: the actor's own place */
};
/* The role by its id, 0 for none; gone: ERR_INVALID with an issue on "role". */
enum err import_begin(struct ctx *cx, struct import *im, int64_t role) MUST_USE;

/* Who has the address of a row. */
struct found { struct person person; struct member member; };
/* found[i] of rows[i], by one statement. */
enum err import_find(struct ctx *cx, const struct person_row *rows, size_t n, struct found *found)
    MUST_USE;
/* Notes what is against a row (ERR_INVALID, ERR_DENIED, ERR_CONFLICT, ERR_NOTFOUND with an issue),
 * or what it would be.  With "really", inside a transaction in which the actor's rights were read,
 * it is done, with its events; refused, nothing of it was. */
enum err import_row(struct ctx *cx, struct import *im, const struct person_row *row,
    const struct found *found, bool really, enum row_verdict *out) MUST_USE;
/* How a row is called where it is refused: its address, else its line. */
const char *import_name(struct ctx *cx, const struct person_row *row);

#endif
