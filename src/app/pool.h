/* The processes below the supervisor: fork, watch, fork again.  What each does is in worker.c,
 * courier.c and housekeeper.c; which there are is in supervisor.c. */
#ifndef APP_POOL_H
#define APP_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
struct arena;
struct assets;
struct conf;
struct keys;
struct process;
struct tmpl_set;

/* A process's whole life, after the fork; the result is its exit status.  SIGTERM, which asks
 * it to end, comes blocked, and so does SIGCHLD; SIGINT and SIGHUP are ignored.  It gets
 * SIGTERM too when the supervisor dies. */
typedef int process_fn(const struct process *p);

struct process_kind {
	const char  *name;       /* in the log, and in the process's own name */
	process_fn  *run;
	size_t       count;
	int          nice;
	bool         batch;      /* when woken, it lets whoever runs go on for a moment */
	int64_t      busy_ms;    /* killed when one request takes longer; 0: never */
	int          fd;         /* the descriptor that it alone keeps; -1: none */
};

/* One per process, in a page shared with the supervisor. */
struct note;

/* What a process is given.  It opens the database itself. */
struct process {
	const struct process_kind *kind;
	const struct conf         *conf;
	const struct keys         *keys;
	const struct tmpl_set     *templates;
	const struct languages    *languages;
	const struct assets       *assets;
	struct note               *note;
};

/* In the process: a request begins; it has ended, or the process is ready for the first. */
void process_busy(const struct process *p);
void process_idle(const struct process *p);
/* Tells the courier that an email was added; in a process without courier it does nothing. */
void courier_wake(void);

/* In the supervisor, which has SIGTERM and SIGCHLD blocked.  "all" gives conf, keys, templates,
 * languages and assets; the kinds must last.  The wake descriptor is the writing end that
 * courier_wake() uses.  Lives in the arena. */
struct pool;
enum err pool_start(struct pool **out, struct arena *a, const struct process_kind *kinds,
    size_t nkinds, const struct process *all, int wake) MUST_USE;
/* Whether every process with a busy_ms is there and has said that it is ready. */
bool     pool_ready(const struct pool *p);
/* A child has ended: false when it is none of the pool's. */
bool     pool_ended(struct pool *p, pid_t pid, int status, int64_t now);
/* Kills who has been busy for too long, forks what is missing and due.  To be called a few
 * times a second; now is of the monotonic clock, in ms. */
void     pool_step(struct pool *p, int64_t now);
/* From now on nothing is forked again. */
void     pool_stop(struct pool *p);
/* The signal to all of them. */
void     pool_signal(const struct pool *p, int signo);
/* How many are alive, and the nth of them; for handing over. */
size_t   pool_alive(const struct pool *p);
pid_t    pool_pid(const struct pool *p, size_t n);

#endif
