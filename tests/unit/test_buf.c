/* Text being built (struct buf of src/base/str.c). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/str.h"

static struct arena *arena;

static int
start(void **state)
{
	(void)state;
	arena = arena_new(4096, 64 * 1024 * 1024);
	return 0;
}

static int
clean(void **state)
{
	(void)state;
	arena_reset(arena);
	return 0;
}

static int
stop(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static void
assert_built(struct buf *b, const char *text)
{
	struct str s;

	assert_int_equal(buf_end(b, &s), OK);
	assert_int_equal(s.len, strlen(text));
	assert_string_equal(s.p, text);
}

static void
test_empty(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, arena, 100);
	assert_built(&b, "");
	buf_put(&b, NULL, 0);
	buf_puts(&b, "");
	buf_printf(&b, "%s", "");
	assert_built(&b, "");
}

static void
test_goes_on_after_end(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, arena, 100);
	buf_puts(&b, "one");
	assert_built(&b, "one");
	buf_printf(&b, ", %d, %s", 2, "three");
	assert_built(&b, "one, 2, three");
}

static void
test_holds_any_bytes(void **state)
{
	struct buf b;
	struct str s;

	(void)state;
	buf_init(&b, arena, 100);
	buf_put(&b, "a\0b", 3);
	buf_put(&b, "\xff", 1);
	assert_int_equal(buf_end(&b, &s), OK);
	assert_int_equal(s.len, 4);
	assert_memory_equal(s.p, "a\0b\xff", 5);
}

/* Against a plain array, with pieces of all sizes and both ways of putting. */
static void
test_grows(void **state)
{
	enum { MOST = 300 * 1000 };
	char *want = malloc(MOST + 2000);
	size_t len = 0;
	struct buf b;
	struct str s;

	(void)state;
	assert_non_null(want);
	srand(7);
	buf_init(&b, arena, MOST + 2000);
	while (len < MOST) {
		char piece[1000];
		size_t n = (size_t)rand() % sizeof(piece);

		for (size_t i = 0; i < n; i++)
			piece[i] = (char)('a' + rand() % 26);
		memcpy(want + len, piece, n);
		len += n;
		if (rand() % 2)
			buf_put(&b, piece, n);
		else
			buf_printf(&b, "%.*s", (int)n, piece);
	}
	assert_int_equal(buf_end(&b, &s), OK);
	assert_int_equal(s.len, len);
	assert_memory_equal(s.p, want, len);
	free(want);
}

/* Doubling: what is copied in all is less than twice the text. */
static void
test_memory_stays_near(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, arena, 10 * 1024 * 1024);
	for (int i = 0; i < 1024 * 1024; i++)
		buf_put(&b, "x", 1);
	assert_int_equal(b.len, 1024 * 1024);
	assert_true(arena_mark(arena) < 4 * 1024 * 1024);
}

static void
test_exactly_the_limit(void **state)
{
	struct buf b;

	(void)state;
	for (size_t limit = 1; limit < 700; limit += 3) {
		struct str s;

		buf_init(&b, arena, limit);
		for (size_t i = 0; i < limit; i++)
			buf_put(&b, "x", 1);
		assert_int_equal(buf_end(&b, &s), OK);
		assert_int_equal(s.len, limit);
		assert_int_equal(strlen(s.p), limit);
		buf_put(&b, "x", 1);
		assert_int_equal(buf_end(&b, &s), ERR_LIMIT);
	}
}

static void
test_overflow_sticks(void **state)
{
	struct buf b;
	struct str s;

	(void)state;
	buf_init(&b, arena, 10);
	buf_puts(&b, "12345");
	buf_puts(&b, "678901");
	assert_true(b.overflow);
	assert_int_equal(b.len, 5);
	buf_puts(&b, "6");
	buf_printf(&b, "%d", 6);
	assert_int_equal(b.len, 5);
	assert_int_equal(buf_end(&b, &s), ERR_LIMIT);

	buf_init(&b, arena, 10);
	buf_printf(&b, "%s", "12345678901");
	buf_puts(&b, "1");
	assert_int_equal(buf_end(&b, &s), ERR_LIMIT);

	buf_init(&b, arena, 10);
	assert_false(buf_grow(&b, SIZE_MAX));
	assert_int_equal(buf_end(&b, &s), ERR_LIMIT);

	buf_init(&b, arena, 0);
	assert_built(&b, "");
	buf_puts(&b, "1");
	assert_int_equal(buf_end(&b, &s), ERR_LIMIT);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_empty, clean),
		cmocka_unit_test_teardown(test_goes_on_after_end, clean),
		cmocka_unit_test_teardown(test_holds_any_bytes, clean),
		cmocka_unit_test_teardown(test_grows, clean),
		cmocka_unit_test_teardown(test_memory_stays_near, clean),
		cmocka_unit_test_teardown(test_exactly_the_limit, clean),
		cmocka_unit_test_teardown(test_overflow_sticks, clean),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("buf", tests, start, stop);
}
