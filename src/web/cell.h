#ifndef WEB_CELL_H
#define WEB_CELL_H

#include "web/page.h"

/* One value of a row as a small form, which stands in its cell of the list with JavaScript and is a
 * page of its own without. */
struct cell {
	const char *of, *label, *field;     /* whose, what, and the field of its issues */
	const char *action, *list;          /* where it is posted, and where Cancel leads */
	const char *now;                    /* what is stored, as it is read */
	struct str  value;                  /* as typed */
	int64_t     version, most;          /* characters at the most */
	bool        needed, changed;        /* changed: by somebody else meanwhile */
};
/* v may have "roles" to choose from: then has_roles. */
enum err cell_show(struct ctx *cx, const struct request *rq, struct response *rs, struct view *v,
    const struct cell *c, bool has_roles) MUST_USE;

#endif
