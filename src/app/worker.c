/* A worker's life: open, take a request, answer, forget.  What the answer is: pipeline.c.  How
 * bytes come and go: http/fcgi.c.  Who forks it: pool.c. */
#include "app/worker.h"

#include <assert.h>
#include <poll.h>
#include <signal.h>

#include "app/pipeline.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/conf.h"
#include "base/log.h"
#include "core/place.h"
#include "db/db.h"
#include "http/fcgi.h"
#include "http/request.h"
#include "http/response.h"

enum {
	FIRST_BLOCK = 512 << 10,
	ARENA_LIMIT = 64 << 20,
	LIFE_BLOCK = 128 << 10,
	DRAIN_MS = 20000,
	LOOK_MS = 20            /* a wish to stop is seen so soon, however many ask */
};

struct worker {
	const struct process *self;
	struct worker_env     env;
	struct fcgi          *fcgi;
	int64_t               stop_since;   /* when the wish to stop was seen; 0: not yet */
	int64_t               looked_at;    /* for one, last */
};

static volatile sig_atomic_t stop_came;

static void
on_stop(int signo)
{
	(void)signo;
	stop_came = 1;
}

static bool
is_queued(const struct worker *w)
{
	struct pollfd p = { .fd = w->self->kind->fd, .events = POLLIN };

	return poll(&p, 1, 0) > 0;
}

/* The signal is let in only where the worker waits, and there the kernel looks at the socket
 * first: while requests are queued it is pending.  A worker that was held up in that very
 * wait gets it first nevertheless; then it is put back. */
static bool
may_go_on(struct worker *w)
{
	int64_t  now = mono_ms();
	sigset_t pending;

	if (stop_came) {
		if (!is_queued(w))
			return false;
		stop_came = 0;
		raise(SIGTERM);
	}
	if (now - w->looked_at < LOOK_MS && w->stop_since == 0)
		return true;
	w->looked_at = now;
	sigpending(&pending);
	if (!sigismember(&pending, SIGTERM))
		return true;
	if (w->stop_since == 0)
		w->stop_since = now;
	return now - w->stop_since <= DRAIN_MS;
}

static void
log_request(const struct worker *w, const struct request *rq, int status, enum err sent,
    int64_t began)
{
	log_event(LOG_INFO, "request", "request", rq->id, "route", w->env.route, "actor",
	    w->env.actor, "status", log_int(status), "ms", log_int(mono_ms() - began), "sent",
	    sent == OK ? "yes" : "no");
}

static void
answer(struct worker *w, struct request *rq, enum err accepted)
{
	struct response rs;
	int64_t         began = mono_ms();
	enum err        sent;

	w->env.route = w->env.actor = "";
	response_init(&rs, w->env.arena);
	pipeline_serve(&w->env, rq, &rs, accepted);
	sent = fcgi_send(w->fcgi, rq, &rs);
	pipeline_after(&w->env, rq, &rs);
	log_request(w, rq, rs.status, sent, began);
	assert(db_idle(w->env.db));
}

static int
work(struct worker *w)
{
	sigset_t none;

	sigemptyset(&none);
	process_idle(w->self);
	while (may_go_on(w)) {
		struct request rq = { 0 };
		enum err       e;

		e = fcgi_accept(w->fcgi, w->env.arena, &none, BODY_LONGEST, &rq);
		if (e == ERR_FAULT)
			return 1;
		if (e != ERR_BUSY) {
			process_busy(w->self);
			answer(w, &rq, e);
			process_idle(w->self);
		}
		arena_reset(w->env.arena);
		if (db_broken(w->env.db))
			return 1;
	}
	return 0;
}

static int
run(const struct process *p, bool slow)
{
	struct sigaction stop = { .sa_handler = on_stop };
	struct arena    *life = arena_new(LIFE_BLOCK, ARENA_LIMIT);
	struct worker    w = { .self = p, .env = { .conf = p->conf, .keys = p->keys,
		.templates = p->templates, .languages = p->languages, .assets = p->assets,
		.slow = slow } };
	int              status = 1;

	sigemptyset(&stop.sa_mask);
	sigaction(SIGTERM, &stop, NULL);
	w.env.arena = arena_new(FIRST_BLOCK, ARENA_LIMIT);
	w.env.tenants = place_keep(life);
	log_hold();
	if (fcgi_start(&w.fcgi, life, p->kind->fd) == OK &&
	    db_open(&w.env.db, p->conf->database) == OK)
		status = work(&w);
	log_flush();
	if (w.env.db)
		db_close(&w.env.db);
	arena_free(w.env.arena);
	arena_free(life);
	return status;
}

int
worker_quick(const struct process *p)
{
	return run(p, false);
}

int
worker_slow(const struct process *p)
{
	return run(p, true);
}
