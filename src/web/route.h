/* The pages and actions of the program as rows of tables.  The tables are named in
 * web/tables.h and put together in app/routes.c; what is asked before a row runs is in
 * app/pipeline.c. */
#ifndef WEB_ROUTE_H
#define WEB_ROUTE_H

#include "core/access.h"
#include "http/request.h"
#include "http/response.h"

typedef enum err page_fn(struct ctx *cx, const struct request *rq, struct response *rs);

enum {
	ROUTE_SLOW    = 1 << 0,   /* hashes, exports, imports, uploads: the slow pool */
	ROUTE_LINK    = 1 << 1,   /* takes the token of an email's link: ?t= moves into a cookie */
	ROUTE_PROOF   = 1 << 2,   /* risky: who has not given password or code in the last 15 min
	                           * is asked for it first.  Stands at a form's GET and POST */
	ROUTE_LONG    = 1 << 3,   /* a field may be as long as the body */
	ROUTE_CHANGE  = 1 << 4,   /* open to who must change a temporary password first */
	ROUTE_API     = 1 << 5    /* below /api/: by an API key alone, answers in JSON */
};

/* One page or one action. Each module gives one table of these, closed by ROUTE_END. A
 * POST is checked for its origin and CSRF token before "run" is called; a GET runs with
 * the database read-only. */
struct route {
	enum method  method;
	const char  *path;      /* "/t/{tenant}/users/{user}" */
	enum perm    need;      /* PERM_UNSET is refused, and fails a test */
	page_fn     *run;
	unsigned     flags;
	size_t       limit;     /* bytes of body; 0: 64 KiB */
	const char  *many;      /* fields that may come more than once, parted by spaces; NULL:
	                         * none.  Any other is refused the second time */
};
#define ROUTE_END { .path = NULL }
enum { ROUTE_LIMIT = 64 * 1024, ROUTE_PARAMS_MOST = 4 };

/* The modules' tables, gathered in app/routes.c; NULL at the end. */
extern const struct route *const all_routes[];

/* Takes the tables apart so that they can be searched: once, before the first fork and before
 * any of the others here.  a must live as long as they are searched. */
void route_index(struct arena *a, const struct route *const *tables);
/* Finds the route with the fewest places and fills rq->params.  NULL when nothing matches;
 * *allowed has the methods of the path as bits (1 << M_GET …), 0 when there is no such path.
 * A HEAD finds the GET. */
const struct route *route_find(struct arena *a, struct request *rq, unsigned *allowed);
/* Is it a page of ours that somebody may be led on to: an own path that a GET route answers? */
bool route_leads(struct arena *a, struct str target);

#endif
