/* Whole files and folders (src/base/file.c). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/log.h"
#include "../scratch.h"

static struct arena *arena;
static char folder[SCRATCH_SIZE];

static int
start(void **state)
{
	(void)state;
	arena = arena_new(64 * 1024, 16 * 1024 * 1024);
	log_open("/dev/null");
	assert_non_null(mkdtemp(scratch_path(folder, "tenantry-file")));
	assert_int_equal(chdir(folder), 0);
	return 0;
}

static int
clean(void **state)
{
	(void)state;
	arena_reset(arena);
	return system("rm -rf ./*");
}

static int
stop(void **state)
{
	(void)state;
	arena_free(arena);
	assert_int_equal(chdir("/"), 0);
	return rmdir(folder);
}

static void
put(const char *path, const char *p, size_t len)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(p, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

static unsigned
mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_mode & 07777;
}

static void
test_read(void **state)
{
	static char big[100 * 1000];
	struct str s;

	(void)state;
	put("empty", "", 0);
	assert_int_equal(file_read(arena, "empty", 0, &s), OK);
	assert_int_equal(s.len, 0);
	assert_string_equal(s.p, "");
	put("some", "a\0b\xff", 4);
	assert_int_equal(file_read(arena, "some", 4, &s), OK);
	assert_int_equal(s.len, 4);
	assert_memory_equal(s.p, "a\0b\xff", 5);
	assert_int_equal(file_read(arena, "some", 3, &s), ERR_LIMIT);
	for (size_t i = 0; i < sizeof(big); i++)
		big[i] = (char)(i * 7);
	put("big", big, sizeof(big));
	assert_int_equal(file_read(arena, "big", sizeof(big), &s), OK);
	assert_int_equal(s.len, sizeof(big));
	assert_memory_equal(s.p, big, sizeof(big));
	assert_int_equal(file_read(arena, "big", sizeof(big) - 1, &s), ERR_LIMIT);
}

static void
test_read_refuses(void **state)
{
	struct str s;

	(void)state;
	assert_int_equal(file_read(arena, "none", 10, &s), ERR_NOTFOUND);
	put("file", "x", 1);
	assert_int_equal(file_read(arena, "file/below", 10, &s), ERR_NOTFOUND);
	assert_int_equal(file_read(arena, ".", 10, &s), ERR_NOTFOUND);
	assert_int_equal(file_read(arena, "/dev/zero", 10, &s), ERR_NOTFOUND);
	/* A pipe that nobody writes to must not hold the reader. */
	assert_int_equal(mkfifo("pipe", 0600), 0);
	assert_int_equal(file_read(arena, "pipe", 10, &s), ERR_NOTFOUND);
	assert_int_equal(symlink("loop", "loop"), 0);
	assert_int_equal(file_read(arena, "loop", 10, &s), ERR_FAULT);
}

/* In /proc a file has no size beforehand. */
static void
test_read_without_size(void **state)
{
	struct str s;

	(void)state;
	assert_int_equal(file_read(arena, "/proc/self/status", 64 * 1024, &s), OK);
	assert_true(s.len > 100);
	assert_non_null(strstr(s.p, "Pid:"));
	assert_int_equal(file_read(arena, "/proc/self/status", 100, &s), ERR_LIMIT);
}

static void
test_create(void **state)
{
	mode_t umask_before = umask(0077);
	const char **names;
	struct str s;

	(void)state;
	assert_int_equal(file_create("new", 0640, STR("content")), OK);
	assert_int_equal(mode_of("new"), 0640);
	assert_int_equal(file_read(arena, "new", 100, &s), OK);
	assert_string_equal(s.p, "content");
	assert_int_equal(file_create("new", 0600, STR("other")), ERR_CONFLICT);
	assert_int_equal(mode_of("new"), 0640);
	assert_int_equal(file_read(arena, "new", 100, &s), OK);
	assert_string_equal(s.p, "content");
	assert_int_equal(file_create("empty", 0600, STR("")), OK);
	assert_int_equal(file_create("nowhere/new", 0600, STR("x")), ERR_FAULT);
	assert_int_equal(mkdir("dir", 0700), 0);
	assert_int_equal(file_create("dir", 0600, STR("x")), ERR_CONFLICT);
	assert_int_equal(file_create("dir/new", 0600, STR("x")), OK);
	/* Nothing else is left behind. */
	assert_int_equal(dir_list(arena, ".", "", &names), OK);
	assert_string_equal(names[0], "dir/new");
	assert_string_equal(names[1], "empty");
	assert_string_equal(names[2], "new");
	assert_null(names[3]);
	umask(umask_before);
}

/* Of many that make it at once, one does, and the file is that one's. */
static void
test_create_race(void **state)
{
	enum { PROCESSES = 8 };
	int made = 0, status;
	pid_t pids[PROCESSES];
	struct str s;

	(void)state;
	for (int i = 0; i < PROCESSES; i++)
		if ((pids[i] = fork()) == 0) {
			char text[200];

			memset(text, 'a' + i, sizeof(text));
			_exit(file_create("raced", 0600, (struct str){ text, sizeof(text) }));
		}
	for (int i = 0; i < PROCESSES; i++) {
		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_true(WIFEXITED(status));
		assert_true(WEXITSTATUS(status) == OK || WEXITSTATUS(status) == ERR_CONFLICT);
		made += WEXITSTATUS(status) == OK;
	}
	assert_int_equal(made, 1);
	assert_int_equal(file_read(arena, "raced", 1000, &s), OK);
	assert_int_equal(s.len, 200);
	for (size_t i = 0; i < s.len; i++)
		assert_int_equal(s.p[i], s.p[0]);
}

static void
test_make_folders(void **state)
{
	mode_t umask_before = umask(0077);
	char path[200];

	(void)state;
	assert_int_equal(dir_make("a/b/c", 0750), OK);
	assert_int_equal(mode_of("a"), 0750);
	assert_int_equal(mode_of("a/b/c"), 0750);
	assert_int_equal(chmod("a", 0700), 0);
	assert_int_equal(dir_make("a//b/d/", 0750), OK);
	assert_int_equal(mode_of("a"), 0700);
	assert_int_equal(mode_of("a/b/d"), 0750);
	snprintf(path, sizeof(path), "%s/x/y", folder);
	assert_int_equal(dir_make(path, 0700), OK);
	assert_int_equal(mode_of("x/y"), 0700);
	assert_int_equal(dir_make("/", 0700), OK);
	put("file", "x", 1);
	assert_int_equal(dir_make("file", 0700), ERR_FAULT);
	assert_int_equal(dir_make("file/below", 0700), ERR_FAULT);
	umask(umask_before);
}

static void
test_list(void **state)
{
	static const char *const want[] = { "a.txt", "b/c.txt", "b/d/deep.txt", "z.txt" };
	const char **names;

	(void)state;
	assert_int_equal(dir_make("l/b/d", 0700), OK);
	assert_int_equal(dir_make("l/.hidden", 0700), OK);
	assert_int_equal(dir_make("l/dir.txt", 0700), OK);
	put("l/z.txt", "", 0);
	put("l/a.txt", "", 0);
	put("l/a.txt~", "", 0);
	put("l/.a.txt", "", 0);
	put("l/.hidden/x.txt", "", 0);
	put("l/b/c.txt", "", 0);
	put("l/b/txt", "", 0);
	put("l/b/d/deep.txt", "", 0);
	assert_int_equal(symlink("a.txt", "l/link.txt"), 0);
	assert_int_equal(symlink("..", "l/b/up"), 0);
	assert_int_equal(dir_list(arena, "l", ".txt", &names), OK);
	for (size_t i = 0; i < 4; i++)
		assert_string_equal(names[i], want[i]);
	assert_null(names[4]);
	assert_int_equal(dir_list(arena, "l", ".none", &names), OK);
	assert_null(names[0]);
	assert_int_equal(dir_list(arena, "nowhere", ".txt", &names), ERR_NOTFOUND);
	assert_int_equal(dir_list(arena, "l/a.txt", ".txt", &names), ERR_FAULT);
}

static void
test_list_many(void **state)
{
	const char **names;
	size_t n = 0;

	(void)state;
	assert_int_equal(dir_make("many", 0700), OK);
	for (int i = 0; i < 500; i++) {
		char path[40];

		snprintf(path, sizeof(path), "many/%d.x", i * 7919 % 500);
		put(path, "", 0);
	}
	assert_int_equal(dir_list(arena, "many", ".x", &names), OK);
	for (; names[n]; n++)
		assert_true(n == 0 || strcmp(names[n - 1], names[n]) < 0);
	assert_int_equal(n, 500);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_read, clean),
		cmocka_unit_test_teardown(test_read_refuses, clean),
		cmocka_unit_test_teardown(test_read_without_size, clean),
		cmocka_unit_test_teardown(test_create, clean),
		cmocka_unit_test_teardown(test_create_race, clean),
		cmocka_unit_test_teardown(test_make_folders, clean),
		cmocka_unit_test_teardown(test_list, clean),
		cmocka_unit_test_teardown(test_list_many, clean),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("file", tests, start, stop);
}
