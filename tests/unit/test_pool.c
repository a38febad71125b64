/* The pool with processes of its own making and a clock that the test sets: watchdog, crash
 * loop, readiness.  The whole supervisor: tests/faults/supervisor.sh. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/pool.h"
#include "base/tally.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"

enum { BUSY_MS = 1000, HOUR_MS = 3600000 };

/* Each process says one byte when it is where the test wants it. */
static int said[2];

static void
say(char c)
{
	if (write(said[1], &c, 1) != 1)
		_exit(9);
}

static char
hear(void)
{
	char c;

	assert_int_equal(read(said[0], &c, 1), 1);
	return c;
}

static int
wait_for_end(void)
{
	sigset_t term;
	int      signo;

	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	return sigwait(&term, &signo) == 0 && signo == SIGTERM ? 0 : 8;
}

static int
run_busy(const struct process *p)
{
	process_idle(p);
	process_busy(p);
	say('b');
	return wait_for_end();
}

static int
run_idle(const struct process *p)
{
	process_busy(p);
	process_idle(p);
	say('i');
	return wait_for_end();
}

static int
run_silent(const struct process *p)
{
	(void)p;
	say('s');
	return wait_for_end();
}

/* What pool.h promises of signals, and of the descriptors of other kinds. */
static int
run_look(const struct process *p)
{
	struct sigaction act;
	sigset_t         blocked;
	bool             good;

	sigprocmask(SIG_SETMASK, NULL, &blocked);
	good = sigismember(&blocked, SIGTERM) && sigismember(&blocked, SIGCHLD) &&
	    !sigismember(&blocked, SIGALRM);
	sigaction(SIGHUP, NULL, &act);
	good = good && act.sa_handler == SIG_IGN;
	sigaction(SIGINT, NULL, &act);
	good = good && act.sa_handler == SIG_IGN;
	good = good && fcntl(p->kind->fd, F_GETFD) >= 0 && fcntl(p->kind[1].fd, F_GETFD) < 0;
	say(good ? 'y' : 'n');
	return wait_for_end();
}

static int
run_wake(const struct process *p)
{
	(void)p;
	courier_wake();
	return wait_for_end();
}

static struct arena        *arena;
static const struct process all;

static int
set_up(void **state)
{
	(void)state;
	fflush(NULL);
	log_open("/dev/null");
	arena = arena_new(4096, 1 << 20);
	return pipe2(said, O_CLOEXEC);
}

static int
tear_down(void **state)
{
	(void)state;
	arena_free(arena);
	close(said[0]);
	close(said[1]);
	return 0;
}

static struct pool *
begin(const struct process_kind *kinds, size_t n)
{
	struct pool *p;

	assert_int_equal(pool_start(&p, arena, kinds, n, &all, -1), OK);
	return p;
}

static int
reap(struct pool *p, pid_t pid, int64_t now)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(pool_ended(p, pid, status, now));
	return status;
}

static void
end(struct pool *p)
{
	pool_stop(p);
	pool_signal(p, SIGTERM);
	while (pool_alive(p) > 0)
		assert_int_equal(reap(p, pool_pid(p, 0), mono_ms()), 0);
}

static void
test_busy_too_long_is_killed(void **state)
{
	const struct process_kind kind = { .name = "b", .run = run_busy, .count = 1,
		.busy_ms = BUSY_MS, .fd = -1 };
	struct pool *p = begin(&kind, 1);
	pid_t        first = pool_pid(p, 0);
	int64_t      began, now, died = tally_read(TALLY_CRASHES);
	int          status;

	(void)state;
	assert_int_equal(hear(), 'b');
	began = now = mono_ms();
	pool_step(p, began - BUSY_MS);
	now = began + HOUR_MS;
	pool_step(p, now);
	status = reap(p, first, now);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGKILL);
	assert_int_equal(pool_alive(p), 0);
	pool_step(p, now);
	assert_int_equal(pool_alive(p), 1);
	assert_int_equal(hear(), 'b');
	end(p);
	assert_int_equal(tally_read(TALLY_CRASHES), died + 1);
}

static void
test_others_are_left_alone(void **state)
{
	const struct process_kind kinds[] = {
		{ .name = "idle", .run = run_idle, .count = 1, .busy_ms = BUSY_MS, .fd = -1 },
		{ .name = "silent", .run = run_silent, .count = 1, .busy_ms = BUSY_MS, .fd = -1 },
		{ .name = "free", .run = run_busy, .count = 1, .fd = -1 },
	};
	struct pool *p = begin(kinds, 3);

	(void)state;
	for (int i = 0; i < 3; i++)
		hear();
	pool_step(p, mono_ms() + HOUR_MS);
	/* A kill would have come before the SIGTERM, and the status would not be 0. */
	end(p);
}

static void
test_ready(void **state)
{
	const struct process_kind ready[] = {
		{ .name = "idle", .run = run_idle, .count = 2, .busy_ms = BUSY_MS, .fd = -1 },
		{ .name = "free", .run = run_silent, .count = 1, .fd = -1 },
	};
	const struct process_kind not[] = {
		{ .name = "silent", .run = run_silent, .count = 1, .busy_ms = BUSY_MS, .fd = -1 },
	};
	struct pool *p = begin(ready, 2);

	(void)state;
	for (int i = 0; i < 3; i++)
		hear();
	assert_true(pool_ready(p));
	kill(pool_pid(p, 0), SIGKILL);
	reap(p, pool_pid(p, 0), mono_ms());
	assert_false(pool_ready(p));
	end(p);
	p = begin(not, 1);
	hear();
	assert_false(pool_ready(p));
	end(p);
}

/* Ends the first of one process with this status, and lets time pass to now. */
static void
die(struct pool *p, int64_t now)
{
	kill(pool_pid(p, 0), SIGKILL);
	reap(p, pool_pid(p, 0), now);
	pool_step(p, now);
}

static void
test_crash_loop_pauses(void **state)
{
	const struct process_kind kind = { .name = "s", .run = run_silent, .count = 1, .fd = -1 };
	struct pool *p = begin(&kind, 1);
	int64_t      now = mono_ms();

	(void)state;
	for (int i = 0; i < 4; i++) {
		die(p, now + i * 2500);
		assert_int_equal(pool_alive(p), 1);
	}
	die(p, now + 10000);
	assert_int_equal(pool_alive(p), 0);
	pool_step(p, now + 10999);
	assert_int_equal(pool_alive(p), 0);
	pool_step(p, now + 11000);
	assert_int_equal(pool_alive(p), 1);
	end(p);
}

static void
test_slow_crashes_do_not(void **state)
{
	const struct process_kind kind = { .name = "s", .run = run_silent, .count = 1, .fd = -1 };
	struct pool *p = begin(&kind, 1);
	int64_t      now = mono_ms();

	(void)state;
	for (int i = 0; i < 12; i++) {
		die(p, now + i * 2501);
		assert_int_equal(pool_alive(p), 1);
	}
	end(p);
}

static void
test_stopped_forks_no_more(void **state)
{
	const struct process_kind kind = { .name = "s", .run = run_silent, .count = 2, .fd = -1 };
	struct pool *p = begin(&kind, 1);

	(void)state;
	pool_stop(p);
	die(p, mono_ms());
	assert_int_equal(pool_alive(p), 1);
	end(p);
}

static void
test_stranger(void **state)
{
	const struct process_kind kind = { .name = "s", .run = run_silent, .count = 1, .fd = -1 };
	struct pool *p = begin(&kind, 1);

	(void)state;
	assert_false(pool_ended(p, getpid(), 0, mono_ms()));
	assert_int_equal(pool_alive(p), 1);
	end(p);
}

static void
test_signals_and_descriptors(void **state)
{
	const int mine = dup(said[0]), other = dup(said[0]);
	const struct process_kind kinds[] = {
		{ .name = "look", .run = run_look, .count = 1, .fd = mine },
		{ .name = "other", .run = run_silent, .count = 0, .fd = other },
	};
	struct pool *p = begin(kinds, 2);

	(void)state;
	assert_int_equal(hear(), 'y');
	end(p);
	close(mine);
	close(other);
}

static void
test_wake(void **state)
{
	const struct process_kind kind = { .name = "wake", .run = run_wake, .count = 1, .fd = -1 };
	struct pool *p;

	(void)state;
	courier_wake();
	assert_int_equal(pool_start(&p, arena, &kind, 1, &all, said[1]), OK);
	assert_int_equal(hear(), '\0');
	end(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_busy_too_long_is_killed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_others_are_left_alone, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_ready, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_crash_loop_pauses, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_slow_crashes_do_not, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_stopped_forks_no_more, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_stranger, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_signals_and_descriptors, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_wake, set_up, tear_down),
	};
	sigset_t blocked;

	sigemptyset(&blocked);
	sigaddset(&blocked, SIGTERM);
	sigaddset(&blocked, SIGCHLD);
	sigprocmask(SIG_BLOCK, &blocked, NULL);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
