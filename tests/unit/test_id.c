/* Ids: order, text and back (src/base/id.c). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/id.h"

static const int64_t now = 1795257900123;

static void
test_later_each_time(void **state)
{
	int64_t before = 0;

	(void)state;
	for (int64_t i = 0; i < 200000; i++) {
		/* Now and then the clock goes back. */
		int64_t id = id_new(now + i / 50 - (i % 1000 == 0 ? 5000 : 0));

		assert_true(id > before);
		before = id;
	}
}

static void
test_sorts_by_time(void **state)
{
	int64_t later = now + 3600 * 1000, id = id_new(later);

	(void)state;
	assert_int_equal(id >> 21, later);
	/* The lower half of what is below the time is where a millisecond starts. */
	assert_true((id & 0x1fffff) < 0x100000);
	assert_true(id_new((INT64_C(1) << 42) - 1) > 0);
}

#ifdef TEST_HOOKS
static void
test_seeded(void **state)
{
	int64_t first[100];

	(void)state;
	id_seed(42);
	for (int i = 0; i < 100; i++)
		first[i] = id_new(i / 3);
	id_seed(42);
	for (int i = 0; i < 100; i++)
		assert_int_equal(id_new(i / 3), first[i]);
	id_seed(43);
	assert_int_not_equal(id_new(0), first[0]);
	id_seed(42);
	for (int i = 0; i < 100000; i++)
		assert_true(id_new(0) > 0);
}
#endif

static void
test_text_and_back(void **state)
{
	static const struct { int64_t id; const char *text; } known[] = {
		{ 1, "0000000000001" }, { 31, "000000000000z" }, { 32, "0000000000010" },
		{ INT64_MAX, "7zzzzzzzzzzzz" }, { INT64_C(0x123456789abcdef), "028t5cy4tqkff" },
	};
	char text[14];
	int64_t back;

	(void)state;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		id_text(known[i].id, text);
		assert_string_equal(text, known[i].text);
		assert_int_equal(id_read(str_of(text), &back), OK);
		assert_int_equal(back, known[i].id);
	}
	srand(3);
	for (int i = 0; i < 100000; i++) {
		int64_t id = (int64_t)(((uint64_t)rand() << 40 ^ (uint64_t)rand() << 20 ^
		    (uint64_t)rand()) >> (1 + rand() % 60));

		if (id == 0)
			continue;
		id_text(id, text);
		assert_int_equal(strspn(text, "0123456789abcdefghjkmnpqrstvwxyz"), 13);
		assert_int_equal(id_read(str_of(text), &back), OK);
		assert_int_equal(back, id);
	}
}

/* As text they sort as their numbers do. */
static void
test_text_sorts(void **state)
{
	char before[14] = "", text[14];

	(void)state;
	for (int64_t id = 1; id < INT64_MAX / 3; id += id / 7 + 1) {
		id_text(id, text);
		assert_true(strcmp(text, before) > 0);
		memcpy(before, text, sizeof(text));
	}
}

static void
test_read_as_people_write(void **state)
{
	int64_t id, same;

	(void)state;
	assert_int_equal(id_read(STR("01h455vb4pex5"), &id), OK);
	assert_int_equal(id_read(STR("01H455VB4PEX5"), &same), OK);
	assert_int_equal(same, id);
	assert_int_equal(id_read(STR("oIH455VB4PEX5"), &same), OK);
	assert_int_equal(same, id);
	assert_int_equal(id_read(STR("OLh455vb4pex5"), &same), OK);
	assert_int_equal(same, id);
}

static void
test_read_refuses(void **state)
{
	static const char *const bad[] = { "", "1", "000000000001", "00000000000001",
		"0000000000000", "8000000000000", "zzzzzzzzzzzzz", "000000000000u", "000000000000U",
		"-000000000001", "00000000000 1", "000000000000=", "00000000000\xc3\xa4",
		"ooooooooooooo" };
	int64_t id = -7;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(id_read(str_of(bad[i]), &id), ERR_NOTFOUND);
	assert_int_equal(id_read((struct str){ "000000000000\0", 13 }, &id), ERR_NOTFOUND);
	assert_int_equal(id_read((struct str){ NULL, 0 }, &id), ERR_NOTFOUND);
	assert_int_equal(id, -7);
}

static void
test_json(void **state)
{
	static const struct { bool first; int64_t id; } items[] = { { true, 1 },
		{ false, INT64_MAX } };
	const int64_t ids[] = { 7, INT64_MIN, 0 };
	struct arena *a = arena_new(1024, 4096);

	(void)state;
	assert_string_equal(ID_JSON(a, ids, 3), "[7,-9223372036854775808,0]");
	assert_string_equal(ID_JSON(a, ids, 0), "[]");
	assert_string_equal(ID_JSON_OF(a, items, 2), "[1,9223372036854775807]");
	assert_string_equal(ID_JSON_OF(a, items, 0), "[]");
	assert_string_equal(arena_int(a, -40), "-40");
	arena_free(a);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_later_each_time),
		cmocka_unit_test(test_sorts_by_time),
#ifdef TEST_HOOKS
		cmocka_unit_test(test_seeded),
#endif
		cmocka_unit_test(test_text_and_back),
		cmocka_unit_test(test_text_sorts),
		cmocka_unit_test(test_read_as_people_write),
		cmocka_unit_test(test_read_refuses),
		cmocka_unit_test(test_json),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("id", tests, NULL, NULL);
}
