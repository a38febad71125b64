/* Listening sockets, and what one image of the supervisor hands to the next. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "app/handover.h"
#include "app/sockets.h"
#include "base/arena.h"
#include "base/log.h"
#include "../scratch.h"

static char folder[SCRATCH_SIZE], quick[96], slow[96], other[96];
static const char *const paths[SOCKETS] = { quick, slow };

static int
set_up(void **state)
{
	(void)state;
	log_open("/dev/null");
	if (mkdtemp(scratch_path(folder, "tenantry-sockets")) == NULL)
		return 1;
	snprintf(quick, sizeof(quick), "%s/quick.sock", folder);
	snprintf(slow, sizeof(slow), "%s/slow.sock", folder);
	snprintf(other, sizeof(other), "%s/other.sock", folder);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	unlink(quick);
	unlink(slow);
	unlink(other);
	return rmdir(folder);
}

static bool
can_connect(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int  fd = socket(AF_UNIX, SOCK_STREAM, 0);
	bool can;

	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", path);
	can = connect(fd, (struct sockaddr *)&addr, sizeof(addr)) == 0;
	close(fd);
	return can;
}

static void
open_both(struct listener l[SOCKETS])
{
	l[0] = l[1] = (struct listener){ .fd = -1 };
	assert_int_equal(sockets_open(l, paths), OK);
}

static void
close_both(const struct listener l[SOCKETS])
{
	close(l[0].fd);
	close(l[1].fd);
}

static void
test_open(void **state)
{
	struct listener l[SOCKETS];
	struct stat     st;

	(void)state;
	open_both(l);
	for (int i = 0; i < SOCKETS; i++) {
		assert_true(l[i].ours);
		assert_true(can_connect(paths[i]));
		assert_int_equal(stat(paths[i], &st), 0);
		assert_int_equal(st.st_mode & 07777, 0660);
		assert_true(fcntl(l[i].fd, F_GETFL) & O_NONBLOCK);
		assert_int_equal(fcntl(l[i].fd, F_GETFD), FD_CLOEXEC);
	}
	sockets_unlink(l);
	assert_int_equal(access(quick, F_OK), -1);
	assert_int_equal(access(slow, F_OK), -1);
	close_both(l);
}

static void
test_stale_is_removed(void **state)
{
	struct listener l[SOCKETS];

	(void)state;
	open_both(l);
	close_both(l);
	assert_int_equal(access(quick, F_OK), 0);
	open_both(l);
	assert_true(can_connect(quick));
	close_both(l);
}

static void
test_what_is_no_socket_stays(void **state)
{
	struct listener l[SOCKETS] = { { .fd = -1 }, { .fd = -1 } };
	int             fd = open(quick, O_CREAT | O_WRONLY, 0600);

	(void)state;
	close(fd);
	assert_int_equal(sockets_open(l, paths), ERR_FAULT);
	assert_int_equal(access(quick, F_OK), 0);
}

static void
test_kept_when_the_path_is_the_same(void **state)
{
	struct listener l[SOCKETS], was[SOCKETS];
	const char *const moved[SOCKETS] = { other, slow };

	(void)state;
	open_both(l);
	memcpy(was, l, sizeof(was));
	assert_int_equal(sockets_open(l, paths), OK);
	assert_int_equal(l[0].fd, was[0].fd);
	assert_int_equal(l[1].fd, was[1].fd);
	assert_int_equal(sockets_open(l, moved), OK);
	assert_true(can_connect(other));
	assert_int_equal(access(quick, F_OK), -1);
	assert_int_equal(l[1].fd, was[1].fd);
	close_both(l);
}

static void
test_others_files_stay(void **state)
{
	struct listener l[SOCKETS];

	(void)state;
	open_both(l);
	l[0].ours = false;
	sockets_unlink(l);
	assert_int_equal(access(quick, F_OK), 0);
	assert_int_equal(access(slow, F_OK), -1);
	close_both(l);
}

static void
test_offer_for_another_process(void **state)
{
	struct listener l[SOCKETS];

	(void)state;
	setenv("LISTEN_PID", "1", 1);
	setenv("LISTEN_FDS", "2", 1);
	setenv("LISTEN_FDNAMES", "quick:slow", 1);
	sockets_inherit(l);
	assert_int_equal(l[0].fd, -1);
	assert_int_equal(l[1].fd, -1);
	assert_null(getenv("LISTEN_FDS"));
}

static void
test_handover(void **state)
{
	struct old_process old[] = { { 17, 0 }, { 18, 123456789012 } };
	struct handover h = { .old = old, .nold = 2 }, got;
	struct arena   *a = arena_new(4096, 1 << 20);

	(void)state;
	open_both(h.sockets);
	h.sockets[1].ours = false;
	assert_int_equal(pipe2(h.wake, O_CLOEXEC), 0);
	assert_int_equal(handover_give(&h), OK);
	assert_int_equal(fcntl(h.sockets[0].fd, F_GETFD), 0);
	assert_int_equal(fcntl(h.wake[1], F_GETFD), 0);
	assert_true(handover_take(a, &got));
	assert_int_equal(fcntl(h.sockets[0].fd, F_GETFD), FD_CLOEXEC);
	assert_int_equal(fcntl(h.wake[1], F_GETFD), FD_CLOEXEC);
	for (int i = 0; i < SOCKETS; i++) {
		assert_int_equal(got.sockets[i].fd, h.sockets[i].fd);
		assert_int_equal(got.sockets[i].ours, i == 0);
	}
	assert_memory_equal(got.wake, h.wake, sizeof(h.wake));
	assert_int_equal(got.nold, 2);
	assert_int_equal(got.old[1].pid, 18);
	assert_int_equal(got.old[1].until, 123456789012);
	assert_false(handover_take(a, &got));
	assert_int_equal(got.sockets[0].fd, -1);
	assert_int_equal(got.nold, 0);
	close_both(h.sockets);
	close(h.wake[0]);
	close(h.wake[1]);
	arena_free(a);
}

static void
test_handover_not_taken(void **state)
{
	static const char *const wrong[] = { "", "1 3,1 4,1 5 6 0", "x", "%d", "%d 3,1 4,1 5 6",
		"%d 3,1 4,1 5 6 2 17,0", "%d 3,1 4,1 5 6 1 -1,0", "%d 3,1 4,1 5 6 -1",
		"%d 3,1 4,1 5 6 99999999", "%d 99999999999,1 4,1 5 6 0" };
	struct arena   *a = arena_new(4096, 1 << 20);
	struct handover got;
	char            text[64];

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		const char *rest = strncmp(wrong[i], "%d", 2) == 0 ? wrong[i] + 2 : NULL;

		if (rest)
			snprintf(text, sizeof(text), "%d%s", (int)getpid(), rest);
		setenv("TENANTRY_HANDOVER", rest ? text : wrong[i], 1);
		assert_false(handover_take(a, &got));
		assert_null(getenv("TENANTRY_HANDOVER"));
		assert_int_equal(got.sockets[0].fd, -1);
		assert_int_equal(got.wake[1], -1);
		assert_int_equal(got.nold, 0);
	}
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_open, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_stale_is_removed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_what_is_no_socket_stays, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_kept_when_the_path_is_the_same, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(test_others_files_stay, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_offer_for_another_process, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_handover, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_handover_not_taken, set_up, tear_down),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
