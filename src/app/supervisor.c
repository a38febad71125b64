/* Start, signals, reload, stop.  Forking and watching: pool.c.  Sockets: sockets.c.  What one
 * image of the program hands to the next: handover.c.  It holds no database and sees no
 * request. */
#include "app/supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "app/courier.h"
#include "app/handover.h"
#include "app/housekeeper.h"
#include "app/pool.h"
#include "app/start.h"
#include "app/worker.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/conf.h"
#include "base/file.h"
#include "base/log.h"

enum {
	STEP_MS = 200,
	AGAIN_MS = 1000,         /* after a start that failed while old processes serve */
	DRAIN_MS = 30000,        /* then the old ones are killed */
	CHECK_MS = 60000,        /* the longest "check" may take */
	QUICK_MS = 10000,
	SLOW_MS = 120000,
	SLOW_NICE = 5,
	FIRST_BLOCK = 1 << 20,
	ARENA_LIMIT = 256 << 20,
	LIFE_BLOCK = 64 << 10,
	PATH_LONGEST = 4096
};

enum { QUICK, SLOW, COURIER, HOUSEKEEPER, KINDS };

struct supervisor {
	const char         *conf_file;
	char                exe[PATH_LONGEST];
	struct arena       *life;          /* of this image */
	struct arena       *arena;         /* of one try to start */
	struct start        start;
	struct handover     h;             /* "old" has room for OLD_MOST */
	struct process_kind kinds[KINDS];
	struct process      all;
	struct pool        *pool;          /* NULL: not started */
	int                 pidfile;       /* holds the lock; -1: not yet */
	char                pid_path[PATH_LONGEST];
	int64_t             try_at;        /* when to try to start again */
	pid_t               checker;       /* 0: no check is running */
	int64_t             check_until;
	bool                check_again;   /* asked for while one was running */
	bool                stopping;
	int64_t             stop_until;
};

/* --- start --- */

/* Not flock: the children would hold that too. */
static bool
lock_and_write(int fd)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	return fcntl(fd, F_SETLK, &lock) == 0 && ftruncate(fd, 0) == 0 &&
	    dprintf(fd, "%d\n", (int)getpid()) > 0;
}

static bool
lock_pidfile(struct supervisor *s)
{
	int fd;

	if (s->pidfile >= 0)
		return true;
	if (dir_make(s->start.conf->run_dir, 0750))
		return false;
	snprintf(s->pid_path, sizeof(s->pid_path), "%s/tenantry.pid", s->start.conf->run_dir);
	fd = open(s->pid_path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd >= 0 && lock_and_write(fd)) {
		s->pidfile = fd;
		return true;
	}
	log_event(LOG_ERROR, errno == EAGAIN || errno == EACCES ? "already_running" :
	    "no_pid_file", "file", s->pid_path, "cause", strerror(errno));
	if (fd >= 0)
		close(fd);
	return false;
}

static void
remove_pidfile(const struct supervisor *s)
{
	if (s->pidfile >= 0)
		unlink(s->pid_path);
}

static bool
open_descriptors(struct supervisor *s)
{
	const char *paths[SOCKETS] = { [SOCKET_QUICK] = s->start.conf->quick_socket,
		[SOCKET_SLOW] = s->start.conf->slow_socket };

	if (!lock_pidfile(s) || sockets_open(s->h.sockets, paths))
		return false;
	if (s->h.wake[0] >= 0 || pipe2(s->h.wake, O_CLOEXEC | O_NONBLOCK) == 0)
		return true;
	log_event(LOG_ERROR, "no_pipe", "cause", strerror(errno));
	return false;
}

static void
set_kinds(struct supervisor *s)
{
	const struct conf *conf = s->start.conf;

	s->kinds[QUICK] = (struct process_kind){ .name = "quick", .run = worker_quick,
		.count = (size_t)conf->quick_workers, .batch = true, .busy_ms = QUICK_MS,
		.fd = s->h.sockets[SOCKET_QUICK].fd };
	s->kinds[SLOW] = (struct process_kind){ .name = "slow", .run = worker_slow,
		.count = (size_t)conf->slow_workers, .nice = SLOW_NICE, .busy_ms = SLOW_MS,
		.fd = s->h.sockets[SOCKET_SLOW].fd };
	s->kinds[COURIER] = (struct process_kind){ .name = "courier", .run = courier_run,
		.count = 1, .fd = s->h.wake[0] };
	s->kinds[HOUSEKEEPER] = (struct process_kind){ .name = "keeper",
		.run = housekeeper_run, .count = 1, .fd = -1 };
	s->all = (struct process){ .conf = conf, .keys = s->start.keys,
		.templates = s->start.templates, .languages = s->start.languages,
		.assets = s->start.assets };
}

static bool
bring_up(struct supervisor *s)
{
	arena_free(s->arena);
	s->arena = arena_new(FIRST_BLOCK, ARENA_LIMIT);
	if (start_load(s->arena, s->conf_file, &s->start))
		return false;
	log_open(s->start.conf->log_file);
	if (!open_descriptors(s))
		return false;
	set_kinds(s);
	if (pool_start(&s->pool, s->arena, s->kinds, KINDS, &s->all, s->h.wake[1])) {
		s->pool = NULL;
		return false;
	}
	log_event(LOG_INFO, "started", "version", TENANTRY_VERSION, "pid", log_int(getpid()),
	    "quick", log_int(s->start.conf->quick_workers), "slow",
	    log_int(s->start.conf->slow_workers), "old", log_int((int64_t)s->h.nold));
	return true;
}

/* --- reload --- */

/* As the shell would have started it: no signal blocked or ignored. */
static _Noreturn void
exec_check(const struct supervisor *s)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	execl(s->exe, s->exe, "-c", s->conf_file, "check", (char *)0);
	log_event(LOG_ERROR, "check_not_started", "program", s->exe, "cause", strerror(errno));
	_exit(127);
}

static void
begin_check(struct supervisor *s, int64_t now)
{
	if (s->stopping)
		return;
	if (s->checker > 0) {
		s->check_again = true;
		return;
	}
	s->check_again = false;
	s->checker = fork();
	if (s->checker == 0)
		exec_check(s);
	s->check_until = now + CHECK_MS;
	if (s->checker < 0) {
		s->checker = 0;
		log_event(LOG_ERROR, "reload_refused", "cause", strerror(errno));
	}
}

static void
add_old(struct supervisor *s, pid_t pid)
{
	if (s->h.nold < OLD_MOST)
		s->h.old[s->h.nold++] = (struct old_process){ .pid = pid };
	else
		kill(pid, SIGKILL);
}

/* Does not come back but for a failure, which changes nothing. */
static void
execute_anew(struct supervisor *s)
{
	size_t before = s->h.nold;

	for (size_t i = 0; s->pool && i < pool_alive(s->pool); i++)
		add_old(s, pool_pid(s->pool, i));
	log_event(LOG_INFO, "reload", "old", log_int((int64_t)s->h.nold));
	if (handover_give(&s->h) == OK) {
		execl(s->exe, s->exe, "-c", s->conf_file, "serve", (char *)0);
		log_event(LOG_ERROR, "reload_failed", "program", s->exe, "cause", strerror(errno));
		handover_keep(&s->h);
	}
	s->h.nold = before;
}

static void
end_check(struct supervisor *s, int status, int64_t now)
{
	s->checker = 0;
	if (s->stopping)
		return;
	if (s->check_again)
		begin_check(s, now);
	else if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		execute_anew(s);
	else
		log_event(LOG_ERROR, "reload_refused", "cause", "check is not content");
}

/* --- the old ones, stop --- */

static void
retire(struct supervisor *s, int64_t now)
{
	for (size_t i = 0; i < s->h.nold; i++) {
		struct old_process *o = &s->h.old[i];

		if (o->until == 0) {
			kill(o->pid, SIGTERM);
			o->until = now + DRAIN_MS;
		} else if (now >= o->until) {
			kill(o->pid, SIGKILL);
		}
	}
}

static void
forget_old(struct supervisor *s, pid_t pid)
{
	for (size_t i = 0; i < s->h.nold; i++)
		if (s->h.old[i].pid == pid) {
			s->h.old[i] = s->h.old[--s->h.nold];
			return;
		}
}

static void
begin_stop(struct supervisor *s, int64_t now)
{
	if (s->stopping)
		return;
	log_event(LOG_INFO, "stopping");
	s->stopping = true;
	s->stop_until = now + DRAIN_MS;
	/* Nobody can join the queue from here on, so it comes to an end. */
	sockets_unlink(s->h.sockets);
	if (s->checker > 0)
		kill(s->checker, SIGKILL);
	if (s->pool) {
		pool_stop(s->pool);
		pool_signal(s->pool, SIGTERM);
	}
}

static bool
all_gone(const struct supervisor *s)
{
	return s->h.nold == 0 && s->checker == 0 && (!s->pool || pool_alive(s->pool) == 0);
}

/* --- the loop --- */

static void
reap(struct supervisor *s, int64_t now)
{
	pid_t pid;
	int   status;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid == s->checker)
			end_check(s, status, now);
		else if (!s->pool || !pool_ended(s->pool, pid, status, now))
			forget_old(s, pid);
	}
}

static void
step(struct supervisor *s, int64_t now)
{
	if (s->checker > 0 && now > s->check_until)
		kill(s->checker, SIGKILL);
	if (s->pool)
		pool_step(s->pool, now);
	else if (!s->stopping && now >= s->try_at && !bring_up(s))
		s->try_at = now + AGAIN_MS;
	if (s->stopping || (s->pool && pool_ready(s->pool)))
		retire(s, now);
	if (s->stopping && now >= s->stop_until && s->pool)
		pool_signal(s->pool, SIGKILL);
}

/* The signals are never delivered, only taken out of the queue, so that nothing interrupts
 * anything. */
static void
look_after(struct supervisor *s, const sigset_t *signals)
{
	const struct timespec pause = { .tv_nsec = STEP_MS * 1000000L };

	while (!s->stopping || !all_gone(s)) {
		int     signo = sigtimedwait(signals, NULL, &pause);
		int64_t now = mono_ms();

		if (signo == SIGTERM || signo == SIGINT)
			begin_stop(s, now);
		else if (signo == SIGHUP)
			begin_check(s, now);
		reap(s, now);
		step(s, now);
	}
}

static void
block_signals(sigset_t *out)
{
	sigemptyset(out);
	sigaddset(out, SIGTERM);
	sigaddset(out, SIGINT);
	sigaddset(out, SIGHUP);
	sigaddset(out, SIGCHLD);
	sigprocmask(SIG_BLOCK, out, NULL);
	signal(SIGPIPE, SIG_IGN);
}

/* Where this program is, so that the next image is what lies there then.  After it has been
 * replaced the kernel says so behind the name. */
static bool
find_exe(char out[PATH_LONGEST])
{
	static const char gone[] = " (deleted)";
	ssize_t           n = readlink("/proc/self/exe", out, PATH_LONGEST - 1);
	size_t            tail = sizeof(gone) - 1;

	if (n <= 0) {
		log_event(LOG_ERROR, "no_program_path", "cause", strerror(errno));
		return false;
	}
	out[n] = '\0';
	if ((size_t)n > tail && strcmp(out + n - tail, gone) == 0)
		out[(size_t)n - tail] = '\0';
	return true;
}

/* Keys are in this memory and in that of each child. */
static void
close_up(void)
{
	const struct rlimit none = { 0, 0 };

	setrlimit(RLIMIT_CORE, &none);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
#ifndef TEST_HOOKS
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

/* An image that took over keeps trying: the old processes go on serving meanwhile. */
static bool
begin(struct supervisor *s)
{
	struct old_process *old = ARENA_ARRAY(s->life, struct old_process, OLD_MOST);
	bool                taken = handover_take(s->life, &s->h);

	if (s->h.nold > 0)
		memcpy(old, s->h.old, s->h.nold * sizeof(*old));
	s->h.old = old;
	if (!taken)
		sockets_inherit(s->h.sockets);
	if (bring_up(s))
		return true;
	s->try_at = mono_ms() + AGAIN_MS;
	return taken;
}

int
supervisor_run(const char *conf_file)
{
	struct supervisor s = { .conf_file = conf_file, .pidfile = -1 };
	sigset_t          signals;
	bool              up;

	/* Before close_up, which shuts /proc/self to other users than root. */
	if (!find_exe(s.exe))
		return 1;
	close_up();
	block_signals(&signals);
	s.life = arena_new(LIFE_BLOCK, ARENA_LIMIT);
	up = begin(&s);
	if (up)
		look_after(&s, &signals);
	else
		sockets_unlink(s.h.sockets);
	remove_pidfile(&s);
	if (up)
		log_event(LOG_INFO, "stopped");
	arena_free(s.arena);
	arena_free(s.life);
	return up ? 0 : 1;
}
