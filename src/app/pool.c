/* Fork, watch, fork again.  Signals, start and stop of the whole are in supervisor.c. */
#include "app/pool.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/tally.h"

enum {
	CRASHES = 5,             /* so many ... */
	CRASHES_MS = 10000,      /* ... within this are a loop, ... */
	PAUSE_MS = 1000          /* ... which pauses so long after each */
};

enum { SINCE_START = -1, SINCE_IDLE = 0 };

struct note {
	_Atomic int64_t since;   /* when the request began, or one of the above */
};

struct child {
	const struct process_kind *kind;
	struct crashes            *crashes;   /* of its kind */
	struct note               *note;
	pid_t                      pid;       /* 0: none */
	bool                       killed;    /* by the watchdog; it takes a moment to die */
};

struct crashes {
	int64_t at[CRASHES];
	size_t  n;
	int64_t pause_until;
};

struct pool {
	const struct process_kind *kinds;
	size_t                     nkinds;
	const struct process      *all;
	struct crashes            *crashes;   /* one for each kind */
	struct child              *children;
	size_t                     nchildren;
	struct note               *notes;
	bool                       stopping;
};

/* The writing end of the courier's pipe; the same in every process. */
static int wake_fd = -1;

void
process_busy(const struct process *p)
{
	atomic_store_explicit(&p->note->since, mono_ms(), memory_order_relaxed);
}

void
process_idle(const struct process *p)
{
	atomic_store_explicit(&p->note->since, SINCE_IDLE, memory_order_relaxed);
}

void
courier_wake(void)
{
	/* A full pipe has woken it already; without a reader it looks by itself. */
	while (wake_fd >= 0 && write(wake_fd, "", 1) < 0 && errno == EINTR)
		;
}

static void
close_other_fds(const struct pool *p, const struct process_kind *mine)
{
	for (size_t i = 0; i < p->nkinds; i++)
		if (&p->kinds[i] != mine && p->kinds[i].fd >= 0)
			close(p->kinds[i].fd);
}

/* The signals as pool.h promises them; the handlers of the supervisor are none, for it takes
 * its signals out of the queue. */
static void
set_signals(void)
{
	sigset_t blocked;

	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGTERM);
	sigaddset(&blocked, SIGCHLD);
	sigprocmask(SIG_SETMASK, &blocked, NULL);
}

/* sched(7) */
static void
set_schedule(const struct process_kind *kind)
{
	static const struct sched_param none = { .sched_priority = 0 };

	errno = 0;
	if (kind->nice != 0 && nice(kind->nice) == -1 && errno != 0)
		log_event(LOG_WARN, "nice_refused", "kind", kind->name);
	if (kind->batch && sched_setscheduler(0, SCHED_BATCH, &none) != 0)
		log_event(LOG_WARN, "batch_refused", "kind", kind->name);
}

static _Noreturn void
live(const struct pool *p, const struct child *c, pid_t parent)
{
	struct process self = *p->all;
	char           name[16];

	self.kind = c->kind;
	self.note = c->note;
	set_signals();
	/* It may have died before the first of the two lines. */
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(0);
	snprintf(name, sizeof(name), "tnt:%s", c->kind->name);
	prctl(PR_SET_NAME, name);
	close_other_fds(p, c->kind);
	set_schedule(c->kind);
	exit(c->kind->run(&self));
}

/* Five within ten seconds: all processes share one address layout, so that each crash is a
 * guess at it; the pause makes guessing slow. */
static void
note_crash(struct crashes *c, const char *kind, int64_t now)
{
	c->at[c->n++ % CRASHES] = now;
	if (c->n < CRASHES || now - c->at[c->n % CRASHES] > CRASHES_MS)
		return;
#ifdef TEST_HOOKS
	/* A test that kills all the time would find nobody alive. */
	if (getenv("TENANTRY_NO_PAUSE") != NULL)
		return;
#endif
	c->pause_until = now + PAUSE_MS;
	log_event(LOG_ERROR, "crash_loop", "kind", kind, "pause_ms", log_int(PAUSE_MS));
}

static void
fork_child(const struct pool *p, struct child *c, int64_t now)
{
	pid_t parent = getpid();
	pid_t pid;

	atomic_store(&c->note->since, SINCE_START);
	c->killed = false;
	pid = fork();
	if (pid == 0)
		live(p, c, parent);
	if (pid > 0) {
		c->pid = pid;
		return;
	}
	log_event(LOG_ERROR, "fork_failed", "kind", c->kind->name, "cause", strerror(errno));
	c->crashes->pause_until = now + PAUSE_MS;
}

static size_t
count_all(const struct process_kind *kinds, size_t n)
{
	size_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += kinds[i].count;
	return sum;
}

static void
lay_out(struct pool *p)
{
	struct child *c = p->children;

	for (size_t k = 0; k < p->nkinds; k++) {
		for (size_t i = 0; i < p->kinds[k].count; i++, c++) {
			*c = (struct child){ .kind = &p->kinds[k], .crashes = &p->crashes[k],
				.note = &p->notes[c - p->children] };
			atomic_init(&c->note->since, SINCE_START);
		}
	}
}

enum err
pool_start(struct pool **out, struct arena *a, const struct process_kind *kinds, size_t nkinds,
    const struct process *all, int wake)
{
	struct pool *p = ARENA_NEW(a, struct pool);

	p->kinds = kinds;
	p->nkinds = nkinds;
	p->all = all;
	p->nchildren = count_all(kinds, nkinds);
	p->crashes = ARENA_ARRAY(a, struct crashes, nkinds);
	p->children = ARENA_ARRAY(a, struct child, p->nchildren);
	p->notes = mmap(NULL, p->nchildren * sizeof(struct note), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (p->notes == MAP_FAILED) {
		log_event(LOG_ERROR, "no_shared_page", "cause", strerror(errno));
		return ERR_FAULT;
	}
	lay_out(p);
	wake_fd = wake;
	*out = p;
	pool_step(p, mono_ms());
	return OK;
}

bool
pool_ready(const struct pool *p)
{
	for (size_t i = 0; i < p->nchildren; i++) {
		const struct child *c = &p->children[i];

		if (c->kind->busy_ms > 0 &&
		    (c->pid == 0 || atomic_load(&c->note->since) == SINCE_START))
			return false;
	}
	return true;
}

static void
log_end(const struct child *c, int status)
{
	const char *how = WIFSIGNALED(status) ? strsignal(WTERMSIG(status)) : "exit";
	int         code = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);

	log_event(LOG_ERROR, "process_died", "kind", c->kind->name, "pid", log_int(c->pid), "how",
	    how, "code", log_int(code));
}

bool
pool_ended(struct pool *p, pid_t pid, int status, int64_t now)
{
	struct child *c = p->children;

	while (c < p->children + p->nchildren && c->pid != pid)
		c++;
	if (c == p->children + p->nchildren)
		return false;
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
		log_end(c, status);
		tally_add(TALLY_CRASHES);
		note_crash(c->crashes, c->kind->name, now);
	}
	c->pid = 0;
	return true;
}

static void
watch(struct child *c, int64_t now)
{
	int64_t since = atomic_load_explicit(&c->note->since, memory_order_relaxed);

	if (c->killed || c->kind->busy_ms == 0 || since <= SINCE_IDLE ||
	    now - since <= c->kind->busy_ms)
		return;
	log_event(LOG_ERROR, "watchdog_kill", "kind", c->kind->name, "pid", log_int(c->pid),
	    "busy_ms", log_int(now - since));
	kill(c->pid, SIGKILL);
	c->killed = true;
}

void
pool_step(struct pool *p, int64_t now)
{
	for (size_t i = 0; i < p->nchildren; i++) {
		struct child *c = &p->children[i];

		if (c->pid > 0)
			watch(c, now);
		else if (!p->stopping && now >= c->crashes->pause_until)
			fork_child(p, c, now);
	}
}

void
pool_stop(struct pool *p)
{
	p->stopping = true;
}

void
pool_signal(const struct pool *p, int signo)
{
	for (size_t i = 0; i < p->nchildren; i++)
		if (p->children[i].pid > 0)
			kill(p->children[i].pid, signo);
}

size_t
pool_alive(const struct pool *p)
{
	size_t n = 0;

	for (size_t i = 0; i < p->nchildren; i++)
		n += p->children[i].pid > 0;
	return n;
}

pid_t
pool_pid(const struct pool *p, size_t n)
{
	const struct child *c = p->children;

	for (;; c++)
		if (c->pid > 0 && n-- == 0)
			return c->pid;
}
