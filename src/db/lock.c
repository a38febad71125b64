/* The write lock: flock, and the timer that ends a wait for it.
 * When it is taken and dropped?  See sqlite.c. */
#include "db/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"

/* glibc has the field, but no public name for it before 2.38. */
#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

enum { AGAIN_MS = 20 };

static unsigned users;
static struct sigaction action_before;
static sigset_t mask_before;

/* Far from the numbers that people pick first. */
static int
wake_signal(void)
{
	return SIGRTMAX - 2;
}

static void
wake(int sig)
{
	(void)sig;
}

static void
signal_claim(void)
{
	struct sigaction sa = { .sa_handler = wake };   /* no SA_RESTART: flock must return */
	sigset_t ours;

	if (users++ > 0)
		return;
	sigemptyset(&sa.sa_mask);
	sigaction(wake_signal(), &sa, &action_before);
	sigemptyset(&ours);
	sigaddset(&ours, wake_signal());
	pthread_sigmask(SIG_UNBLOCK, &ours, &mask_before);
}

static void
signal_release(void)
{
	sigset_t ours;

	if (--users > 0)
		return;
	sigemptyset(&ours);
	sigaddset(&ours, wake_signal());
	if (sigismember(&mask_before, wake_signal()))
		pthread_sigmask(SIG_BLOCK, &ours, NULL);
	sigaction(wake_signal(), &action_before, NULL);
}

static enum err
fault(const char *what, const char *path)
{
	log_event(LOG_ERROR, what, "file", path, "reason", strerror(errno));
	return ERR_FAULT;
}

enum err
db_lock_open(struct db_lock *l, const char *path)
{
	/* To this thread: another one's system call would be the wrong one to interrupt. */
	struct sigevent ev = { .sigev_notify = SIGEV_THREAD_ID, .sigev_signo = wake_signal() };

	ev.sigev_notify_thread_id = gettid();
	l->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (l->fd == -1)
		return fault("lock file not opened", path);
	if (timer_create(CLOCK_MONOTONIC, &ev, &l->timer) == -1) {
		close(l->fd);
		return fault("lock timer not made", path);
	}
	signal_claim();
	return OK;
}

void
db_lock_close(struct db_lock *l)
{
	timer_delete(l->timer);
	signal_release();
	close(l->fd);
}

static int64_t
monotonic_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* It fires again and again, for the first signal may come before flock has begun to wait. */
static void
timer_arm(struct db_lock *l, int64_t ms)
{
	struct itimerspec t = {
		.it_value = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 },
		.it_interval = { .tv_nsec = AGAIN_MS * 1000000 },
	};

	timer_settime(l->timer, 0, &t, NULL);
}

static void
timer_disarm(struct db_lock *l)
{
	timer_settime(l->timer, 0, &(struct itimerspec){ { 0, 0 }, { 0, 0 } }, NULL);
}

static enum err
wait_for(struct db_lock *l, int64_t wait_ms)
{
	int64_t until = monotonic_ms() + wait_ms;
	enum err e = OK;

	timer_arm(l, wait_ms > 0 ? wait_ms : 1);
	while (flock(l->fd, LOCK_EX) == -1) {
		if (errno != EINTR) {
			e = fault("write lock not taken", NULL);
			break;
		}
		if (monotonic_ms() >= until) {
			e = ERR_BUSY;
			break;
		}
	}
	timer_disarm(l);
	return e;
}

enum err
db_lock_take(struct db_lock *l, int64_t wait_ms)
{
	struct stat st;

	/* The first try costs no timer; whoever waits already is not passed by more than
	 * a waiting call would pass it. */
	if (flock(l->fd, LOCK_EX | LOCK_NB) == -1)
		TRY(wait_for(l, wait_ms));
	if (fstat(l->fd, &st) == 0 && st.st_nlink > 0)
		return OK;
	log_event(LOG_ERROR, "lock file removed", "pid", log_int(getpid()));
	db_lock_drop(l);
	return ERR_FAULT;
}

void
db_lock_drop(struct db_lock *l)
{
	flock(l->fd, LOCK_UN);
}
