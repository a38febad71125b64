/* Request memory: alignment, growth, scratch, wiping, the limit (src/base/arena.c). */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/log.h"

enum { KIB = 1024 };

static bool
all_zero(const unsigned char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] != 0)
			return false;
	return true;
}

static void
test_aligned_and_zero(void **state)
{
	struct arena *a = arena_new(256, 1024 * KIB);

	(void)state;
	for (size_t i = 0; i < 2000; i++) {
		size_t align = (size_t)1 << (i % 7), size = i * 37 % 301;
		unsigned char *p = arena_zalloc(a, size, align);

		assert_int_equal((uintptr_t)p % align, 0);
		assert_true(all_zero(p, size));
		memset(p, 0xaa, size);
	}
	arena_free(a);
}

/* Pieces do not overlap, whatever their sizes: each keeps its own pattern. */
static void
test_pieces_apart(void **state)
{
	struct arena *a = arena_new(128, 1024 * KIB);
	unsigned char *p[300];

	(void)state;
	for (size_t i = 0; i < 300; i++) {
		p[i] = arena_zalloc(a, i, 1);
		memset(p[i], (int)(i & 0xff), i);
	}
	for (size_t i = 0; i < 300; i++)
		for (size_t j = 0; j < i; j++)
			assert_int_equal(p[i][j], i & 0xff);
	arena_free(a);
}

static void
test_array_and_new(void **state)
{
	struct arena *a = arena_new(64, 64 * KIB);
	int64_t *numbers = ARENA_ARRAY(a, int64_t, 500);
	double *one = ARENA_NEW(a, double);

	(void)state;
	for (int i = 0; i < 500; i++) {
		assert_int_equal(numbers[i], 0);
		numbers[i] = i;
	}
	*one = 1.5;
	assert_int_equal(numbers[499], 499);
	assert_non_null(ARENA_ARRAY(a, int64_t, 0));
	arena_free(a);
}

static void
test_text(void **state)
{
	struct arena *a = arena_new(16, 64 * KIB);
	char *longer, *s = arena_strdup(a, "Ann");

	(void)state;
	assert_string_equal(s, "Ann");
	assert_string_equal(arena_strdup(a, ""), "");
	assert_string_equal(arena_printf(a, "%s-%d-%5.1f", s, 42, 2.25), "Ann-42-  2.2");
	longer = arena_printf(a, "%04000d", 7);
	assert_int_equal(strlen(longer), 4000);
	assert_int_equal(longer[3999], '7');
	arena_free(a);
}

/* Text that just fits into the block, just does not, or is far too long; what was tried in the
 * block's end leaves nothing there. */
static void
test_text_at_the_end_of_a_block(void **state)
{
	(void)state;
	for (int len = 40; len < 90; len++) {
		struct arena *a = arena_new(64, 64 * KIB);
		size_t mark = arena_mark(a);

		assert_int_equal(strlen(arena_printf(a, "%0*d", len, 7)), len);
		arena_release(a, mark);
		assert_true(all_zero(arena_zalloc(a, 30, 1), 30));
		arena_free(a);
	}
}

static void
test_join(void **state)
{
	struct arena *a = arena_new(16, 64 * KIB);

	(void)state;
	assert_string_equal(ARENA_JOIN(a, "/t/", "acme", "", "/users"), "/t/acme/users");
	assert_string_equal(ARENA_JOIN(a, ""), "");
	arena_free(a);
}

static void
test_extend(void **state)
{
	struct arena *a = arena_new(256, 64 * KIB);
	unsigned char *p = arena_zalloc(a, 20, 1), *other;

	(void)state;
	memset(p, 0xaa, 20);
	assert_true(arena_extend(a, p, 20, 50));
	assert_true(all_zero(p + 20, 30));
	memset(p, 0xaa, 50);
	assert_false(arena_extend(a, p, 50, 1000));
	other = arena_zalloc(a, 10, 1);
	assert_true(all_zero(other, 10));
	assert_true(other >= p + 50);
	assert_false(arena_extend(a, p, 50, 60));
	assert_true(arena_extend(a, other, 10, 11));
	arena_free(a);
}

/* Grows one by one, keeps what was in it, and moves rarely. */
static void
test_more(void **state)
{
	struct arena *a = arena_new(64, 256 * KIB);
	int64_t *numbers = NULL;
	int moved = 0;

	(void)state;
	for (size_t n = 0; n < 1000; n++) {
		int64_t *next = ARENA_MORE(a, int64_t, numbers, n);

		moved += next != numbers;
		numbers = next;
		assert_int_equal(numbers[n], 0);
		numbers[n] = (int64_t)n;
		arena_strdup(a, "between");
	}
	for (int i = 0; i < 1000; i++)
		assert_int_equal(numbers[i], i);
	assert_true(moved < 10);
	arena_free(a);
}

/* A mark may be at the end of a block; the scratch may fill many blocks. */
static void
test_mark_and_release(void **state)
{
	struct arena *a = arena_new(100, 1024 * KIB);

	(void)state;
	for (size_t before = 0; before < 220; before++) {
		char *kept = arena_zalloc(a, before + 1, 1), *scratch;
		size_t mark;

		memset(kept, 'k', before);
		mark = arena_mark(a);
		for (int i = 0; i < 20; i++) {
			scratch = arena_zalloc(a, 40, 8);
			assert_true(all_zero((unsigned char *)scratch, 40));
			memset(scratch, 's', 40);
			assert_true(arena_mark(a) > mark);
		}
		arena_release(a, mark);
		assert_true(arena_mark(a) <= mark);
		assert_int_equal(strspn(kept, "k"), before);
		assert_int_equal(strlen(kept), before);
		arena_reset(a);
	}
	arena_free(a);
}

static void
test_marks_nest(void **state)
{
	struct arena *a = arena_new(64, 64 * KIB);
	size_t outer = arena_mark(a), inner;
	char *s;

	(void)state;
	s = arena_strdup(a, "outer");
	inner = arena_mark(a);
	arena_zalloc(a, 5000, 8);
	arena_release(a, inner);
	arena_release(a, inner);
	assert_string_equal(s, "outer");
	arena_release(a, outer);
	assert_int_equal(arena_mark(a), outer);
	arena_free(a);
}

/* Nothing clears memory when it is given out: that it is zero again shows the wiping. */
static void
test_wiped(void **state)
{
	struct arena *a = arena_new(4 * KIB, 64 * KIB);
	unsigned char *secret = arena_zalloc(a, 100, 1), *again;
	size_t mark;

	(void)state;
	memset(secret, 0x5a, 100);
	arena_reset(a);
	again = arena_zalloc(a, 100, 1);
	assert_ptr_equal(again, secret);
	assert_true(all_zero(again, 100));
	mark = arena_mark(a);
	secret = arena_zalloc(a, 100, 1);
	memset(secret, 0x5a, 100);
	arena_release(a, mark);
	again = arena_zalloc(a, 100, 1);
	assert_ptr_equal(again, secret);
	assert_true(all_zero(again, 100));
	arena_free(a);
}

/* The same work again and again must not need more. */
static void
test_reset_gives_back(void **state)
{
	struct arena *a = arena_new(KIB, 64 * KIB);

	(void)state;
	for (int round = 0; round < 1000; round++) {
		for (int i = 0; i < 30; i++)
			memset(arena_zalloc(a, 1500, 16), round, 1500);
		arena_reset(a);
		assert_int_equal(arena_mark(a), 0);
	}
	arena_free(a);
	arena_free(NULL);
}

static void
past_limit_by_size(struct arena *a)
{
	arena_zalloc(a, 65 * KIB, 1);
}

static void
past_limit_by_sum(struct arena *a)
{
	for (int i = 0; i < 65; i++)
		arena_zalloc(a, KIB, 1);
}

static void
past_limit_by_product(struct arena *a)
{
	/* Cut to 64 bits it would be 8. */
	arena_array(a, ((size_t)1 << 61) + 1, 8, 8);
}

static void
past_limit_by_huge_size(struct arena *a)
{
	arena_zalloc(a, SIZE_MAX - 8, 1);
}

static void
past_limit_by_text(struct arena *a)
{
	arena_printf(a, "%070000d", 1);
}

static void
within_limit(struct arena *a)
{
	for (int i = 0; i < 45; i++)
		arena_zalloc(a, KIB, 1);
}

/* In a child: did it end by SIGABRT? */
static bool
aborts(void (*work)(struct arena *))
{
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0) {
		struct arena *a;

		signal(SIGABRT, SIG_DFL);
		log_open("/dev/null");
		a = arena_new(KIB, 64 * KIB);
		work(a);
		arena_free(a);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

static void
test_limit(void **state)
{
	(void)state;
	assert_true(aborts(past_limit_by_size));
	assert_true(aborts(past_limit_by_sum));
	assert_true(aborts(past_limit_by_product));
	assert_true(aborts(past_limit_by_huge_size));
	assert_true(aborts(past_limit_by_text));
	assert_false(aborts(within_limit));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_aligned_and_zero),
		cmocka_unit_test(test_pieces_apart),
		cmocka_unit_test(test_array_and_new),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_text_at_the_end_of_a_block),
		cmocka_unit_test(test_join),
		cmocka_unit_test(test_extend),
		cmocka_unit_test(test_more),
		cmocka_unit_test(test_mark_and_release),
		cmocka_unit_test(test_marks_nest),
		cmocka_unit_test(test_wiped),
		cmocka_unit_test(test_reset_gives_back),
		cmocka_unit_test(test_limit),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
