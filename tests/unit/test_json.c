/* JSON piece by piece (src/base/json.c), read again by a library. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/arena.h"
#include "base/json.h"

static struct arena *arena;

static void
commas_come_by_themselves(void **state)
{
	struct buf  b;
	struct json j = { &b, false };
	struct str  s;

	(void)state;
	buf_init(&b, arena, 1000);
	json_open(&j, NULL, '{');
	json_open(&j, "none", '[');
	json_close(&j, ']');
	json_open(&j, "two", '[');
	json_put(&j, NULL, "a\"\\\n\x7fü");
	json_put(&j, NULL, NULL);
	json_open(&j, NULL, '{');
	json_close(&j, '}');
	json_close(&j, ']');
	json_int(&j, "n", INT64_MIN);
	json_flag(&j, "yes", true);
	json_flag(&j, "no", false);
	json_close(&j, '}');
	assert_int_equal(buf_end(&b, &s), OK);
	assert_string_equal(s.p, "{\"none\":[],\"two\":[\"a\\\"\\\\\\u000a\\u007fü\",null,{}],"
	    "\"n\":-9223372036854775808,\"yes\":true,\"no\":false}");
}

static void
any_text_comes_back(void **state)
{
	char text[256];

	(void)state;
	for (int i = 1; i < 128; i++)
		text[i - 1] = (char)i;
	memcpy(text + 127, "\u2028\u00e9\U0001F511", 10);
	for (size_t i = 0; i < 128; i++) {
		struct buf  b;
		struct json j = { &b, false };
		struct str  s;
		json_t     *read;

		buf_init(&b, arena, 4000);
		json_open(&j, NULL, '[');
		json_put(&j, NULL, text + i);
		json_close(&j, ']');
		assert_int_equal(buf_end(&b, &s), OK);
		read = json_loads(s.p, JSON_REJECT_DUPLICATES, NULL);
		assert_non_null(read);
		assert_string_equal(json_string_value(json_array_get(read, 0)), text + i);
		json_decref(read);
	}
}

static void
too_much_is_told(void **state)
{
	struct buf  b;
	struct json j = { &b, false };
	struct str  s;

	(void)state;
	buf_init(&b, arena, 8);
	json_open(&j, NULL, '[');
	json_put(&j, NULL, "longer than that");
	assert_int_equal(buf_end(&b, &s), ERR_LIMIT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(commas_come_by_themselves),
		cmocka_unit_test(any_text_comes_back),
		cmocka_unit_test(too_much_is_told),
	};
	int failed;

	arena = arena_new(64 * 1024, 1024 * 1024);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_free(arena);
	return failed;
}
