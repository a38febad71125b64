/* One request, step by step.  How it came in and goes out is in worker.c and http/fcgi.h. */
#ifndef APP_PIPELINE_H
#define APP_PIPELINE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
struct arena;
struct assets;
struct conf;
struct ctx;
struct db;
struct keys;
struct languages;
struct request;
struct response;
struct tmpl_set;

/* The longest body that any route takes; nginx refuses longer ones as well. */
enum { BODY_LONGEST = 9 << 20 };

/* What a worker has for its whole life, and what it is to say of the request in the log. */
struct worker_env {
	const struct conf     *conf;
	const struct keys     *keys;
	const struct tmpl_set *templates;
	const struct languages *languages;
	const struct assets   *assets;
	struct db             *db;
	struct tenants_kept   *tenants;
	struct arena          *arena;   /* of the request; reset behind it */
	bool                   slow;    /* a worker of the slow pool */
	const char            *route;   /* set by pipeline_serve: its path, or "" */
	const char            *actor;   /* who asked, or "" */
	struct ctx            *cx;      /* of the request that is served */
	bool                   first_here;  /* the session's first request in its tenant */
	bool                   touch;       /* note that it was seen there */
};

/* Builds the whole answer, whatever comes.  "accepted" is what fcgi_accept said of the
 * request: OK, or ERR_INVALID or ERR_LIMIT for one that is refused.  No transaction is left
 * open and nothing has been sent. */
void pipeline_serve(struct worker_env *w, struct request *rq, struct response *rs,
    enum err accepted);
/* What may be noted when the answer has gone out: last seen, last used. */
void pipeline_after(struct worker_env *w, const struct request *rq, const struct response *rs);

#endif
