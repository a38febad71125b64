/* SQLite's memory (src/db/heap.c): pieces of every size, given back and given out again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "db/heap.h"

enum { PIECES = 3000 };

static struct { unsigned char *p; size_t n; unsigned char mark; } pieces[PIECES];

static void
check(size_t i)
{
	assert_true(heap_size(pieces[i].p) >= pieces[i].n);
	for (size_t at = 0; at < pieces[i].n; at++)
		assert_int_equal(pieces[i].p[at], pieces[i].mark);
}

/* No two pieces share a byte, whatever was taken, given back and resized before. */
static void
test_pieces_stay_apart(void **state)
{
	uint64_t seed = 7;

	(void)state;
	memset(pieces, 0, sizeof(pieces));
	for (int round = 0; round < 60000; round++) {
		size_t i, n;

		seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
		i = (size_t)(seed >> 33) % PIECES;
		n = (size_t)(seed >> 17) % (round % 50 ? 300 : 3 * HEAP_LONGEST) + 1;
		if (pieces[i].p) {
			check(i);
			if (seed >> 63) {
				heap_give(pieces[i].p);
				pieces[i].p = NULL;
				continue;
			}
		}
		pieces[i].p = (unsigned char *)(pieces[i].p ? heap_resize(pieces[i].p, n) :
		    heap_take(n));
		assert_non_null(pieces[i].p);
		assert_int_equal((uintptr_t)pieces[i].p % 8, 0);
		pieces[i].n = n;
		pieces[i].mark = (unsigned char)round;
		memset(pieces[i].p, pieces[i].mark, n);
	}
	for (size_t i = 0; i < PIECES; i++) {
		if (pieces[i].p)
			check(i);
		heap_give(pieces[i].p);
	}
}

static void
test_resize_keeps_what_was_there(void **state)
{
	char *p = (char *)heap_take(10);

	(void)state;
	memcpy(p, "nine char", 10);
	for (size_t n = 10; n < 5000; n += 37) {
		p = (char *)heap_resize(p, n);
		assert_string_equal(p, "nine char");
	}
	for (size_t n = 5000; n >= 10; n -= 10) {
		p = (char *)heap_resize(p, n);
		assert_string_equal(p, "nine char");
	}
	heap_give(p);
	heap_give(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pieces_stay_apart),
		cmocka_unit_test(test_resize_keeps_what_was_there),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
