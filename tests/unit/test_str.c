/* The door between bytes and text, and what is near it (src/base/str.c). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/str.h"

/* A literal that may hold NUL. */
#define BYTES(literal) ((struct str){ (literal), sizeof(literal) - 1 })

static struct arena *arena;

static int
start(void **state)
{
	(void)state;
	arena = arena_new(64 * 1024, 16 * 1024 * 1024);
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

/* UTF-8 of any number below 2^21, surrogates too. */
static size_t
encode(uint32_t cp, char out[4])
{
	if (cp < 0x80) {
		out[0] = (char)cp;
		return 1;
	}
	if (cp < 0x800) {
		out[0] = (char)(0xc0 | cp >> 6);
		out[1] = (char)(0x80 | (cp & 63));
		return 2;
	}
	if (cp < 0x10000) {
		out[0] = (char)(0xe0 | cp >> 12);
		out[1] = (char)(0x80 | (cp >> 6 & 63));
		out[2] = (char)(0x80 | (cp & 63));
		return 3;
	}
	out[0] = (char)(0xf0 | cp >> 18);
	out[1] = (char)(0x80 | (cp >> 12 & 63));
	out[2] = (char)(0x80 | (cp >> 6 & 63));
	out[3] = (char)(0x80 | (cp & 63));
	return 4;
}

static void
test_trim(void **state)
{
	static const struct { const char *in, *out; } cases[] = {
		{ "", "" }, { " ", "" }, { " \t\r\n ", "" }, { "a", "a" }, { "  a b\r\n", "a b" },
		{ "a ", "a" }, { "\ta", "a" }, { "\v a", "\v a" }, { "\xc2\xa0", "\xc2\xa0" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_true(str_equal(str_trim(str_of(cases[i].in)), str_of(cases[i].out)));
	assert_int_equal(str_trim(BYTES(" \0 ")).len, 1);
	assert_int_equal(str_trim((struct str){ NULL, 0 }).len, 0);
}

static void
test_equal(void **state)
{
	(void)state;
	assert_true(str_equal(STR("abc"), STR("abc")));
	assert_false(str_equal(STR("abc"), STR("abd")));
	assert_false(str_equal(STR("abc"), STR("ab")));
	assert_false(str_equal(BYTES("a\0b"), BYTES("a\0c")));
	assert_true(str_equal(STR(""), (struct str){ NULL, 0 }));
}

/* Every number that four bytes can hold: right where Unicode has a character. */
static void
test_utf8_all(void **state)
{
	(void)state;
	for (uint32_t cp = 0; cp < 0x200000; cp++) {
		bool good = cp < 0xd800 || (cp >= 0xe000 && cp <= 0x10ffff);
		char bytes[4];
		size_t n = encode(cp, bytes);
		uint32_t got = 0;

		assert_int_equal(utf8_next(bytes, n, &got), good ? n : 0);
		if (good)
			assert_int_equal(got, cp);
		/* Cut off anywhere, it is none. */
		for (size_t cut = 0; cut < n; cut++)
			assert_int_equal(utf8_next(bytes, cut, &got), 0);
	}
}

static void
test_utf8_bad(void **state)
{
	static const char *const bad[] = { "\x80", "\xbf", "\xc0\x80", "\xc0\xaf", "\xc1\xbf",
		"\xe0\x80\x80", "\xe0\x9f\xbf", "\xf0\x80\x80\x80", "\xf0\x8f\xbf\xbf",
		"\xed\xa0\x80", "\xed\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80",
		"\xf8\x88\x80\x80\x80",
		"\xfe", "\xff", "\xc3(", "\xe2\x28\xa1", "\xe2\x82(", "\xf0\x28\x8c\xbc",
		"\xf0\x90(\xbc", "\xf0\x90\x8c(" };
	uint32_t cp;
	const char *text;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(utf8_next(bad[i], strlen(bad[i]), &cp), 0);
		assert_int_equal(str_text(arena, str_of(bad[i]), 100, &text), ERR_INVALID);
		assert_int_equal(str_lines(arena, str_of(bad[i]), 100, &text), ERR_INVALID);
	}
}

static bool
is_refused(uint32_t cp)
{
	return cp < 0x20 || (cp >= 0x7f && cp <= 0x9f) || cp == 0x61c || cp == 0x200e ||
	    cp == 0x200f || cp == 0x2028 || cp == 0x2029 || (cp >= 0x202a && cp <= 0x202e) ||
	    (cp >= 0x2066 && cp <= 0x2069) || (cp >= 0xfdd0 && cp <= 0xfdef) ||
	    (cp & 0xffff) == 0xfffe || (cp & 0xffff) == 0xffff;
}

/* Each character by itself and between others. */
static void
test_text_all(void **state)
{
	(void)state;
	for (uint32_t cp = 0; cp < 0x110000; cp++) {
		char bytes[8] = "a";
		size_t mark = arena_mark(arena), n = encode(cp, bytes + 1);
		enum err want = is_refused(cp) || (cp >= 0xd800 && cp < 0xe000) ? ERR_INVALID : OK;
		const char *text = NULL;

		bytes[n + 1] = 'b';
		assert_int_equal(str_text(arena, (struct str){ bytes + 1, n }, 1, &text), want);
		assert_int_equal(str_text(arena, (struct str){ bytes, n + 2 }, 3, &text), want);
		if (want == OK)
			assert_string_equal(text, bytes);
		else
			assert_null(text);
		if (cp == '\n' || cp == '\t')
			want = OK;
		assert_int_equal(str_lines(arena, (struct str){ bytes, n + 2 }, 3, &text), want);
		arena_release(arena, mark);
	}
}

static void
test_text_length(void **state)
{
	const char *text = "untouched";

	(void)state;
	assert_int_equal(str_text(arena, STR("four"), 4, &text), OK);
	assert_string_equal(text, "four");
	assert_int_equal(str_text(arena, STR("fours"), 4, &text), ERR_INVALID);
	/* Characters, not bytes. */
	assert_int_equal(str_text(arena, STR("\xf0\x9f\x98\x80\xf0\x9f\x98\x80"), 2, &text), OK);
	assert_int_equal(str_text(arena, STR("\xf0\x9f\x98\x80\xf0\x9f\x98\x80"), 1, &text),
	    ERR_INVALID);
	assert_int_equal(strlen(text), 8);
	assert_int_equal(str_text(arena, STR("\xc3\xa4\xc3\xa4\xc3\xa4"), 3, &text), OK);
	assert_int_equal(str_text(arena, STR(""), 4, &text), ERR_INVALID);
	assert_int_equal(str_text(arena, (struct str){ NULL, 0 }, 4, &text), ERR_INVALID);
	/* Nothing is trimmed. */
	assert_int_equal(str_text(arena, STR(" a "), 4, &text), OK);
	assert_string_equal(text, " a ");
	assert_int_equal(str_text(arena, BYTES("a\0b"), 4, &text), ERR_INVALID);
}

/* What is far too long costs no memory. */
static void
test_text_huge(void **state)
{
	static char huge[1024 * 1024];
	size_t mark = arena_mark(arena);
	const char *text;

	(void)state;
	memset(huge, 'a', sizeof(huge));
	assert_int_equal(str_text(arena, (struct str){ huge, sizeof(huge) }, 60, &text),
	    ERR_INVALID);
	assert_int_equal(arena_mark(arena), mark);
}

static void
test_maybe(void **state)
{
	const char *text = NULL;

	(void)state;
	assert_int_equal(str_maybe(arena, STR(""), 4, &text), OK);
	assert_string_equal(text, "");
	assert_int_equal(str_maybe(arena, STR("four"), 4, &text), OK);
	assert_string_equal(text, "four");
	assert_int_equal(str_maybe(arena, STR("fours"), 4, &text), ERR_INVALID);
	assert_int_equal(str_maybe(arena, STR("\n"), 4, &text), ERR_INVALID);
}

static void
test_lines(void **state)
{
	const char *text = NULL;

	(void)state;
	assert_int_equal(str_lines(arena, STR("a\r\nb\n\tc\r\n"), 7, &text), OK);
	assert_string_equal(text, "a\nb\n\tc\n");
	assert_int_equal(str_lines(arena, STR("a\r\nb\n\tc\r\n"), 6, &text), ERR_INVALID);
	assert_int_equal(str_lines(arena, STR("a\rb"), 9, &text), ERR_INVALID);
	assert_int_equal(str_lines(arena, STR("a\r"), 9, &text), ERR_INVALID);
	assert_int_equal(str_lines(arena, STR("a\r\r\n"), 9, &text), ERR_INVALID);
	assert_int_equal(str_lines(arena, STR(""), 9, &text), ERR_INVALID);
	assert_int_equal(str_lines(arena, STR("a\vb"), 9, &text), ERR_INVALID);
}

/* Bytes drawn at random: what passes must be what a second look calls good. */
static void
test_text_random(void **state)
{
	static const char pieces[] = "a \xc3\xa4\xe2\x80\xae\xf0\x9f\x98\x80\n\r\x80\xff\xed\xa0";

	(void)state;
	srand(11);
	for (int i = 0; i < 300000; i++) {
		size_t mark = arena_mark(arena), n = (size_t)rand() % 12;
		const char *text = NULL;
		char bytes[12];

		for (size_t k = 0; k < n; k++)
			bytes[k] = rand() % 4 ? pieces[(size_t)rand() % sizeof(pieces)] :
			    (char)rand();
		if (str_text(arena, (struct str){ bytes, n }, 8, &text) == OK) {
			size_t chars = 0;
			uint32_t cp;

			assert_int_equal(strlen(text), n);
			assert_memory_equal(text, bytes, n);
			for (size_t at = 0, step; at < n; at += step, chars++) {
				step = utf8_next(text + at, n - at, &cp);
				assert_true(step > 0 && !is_refused(cp));
			}
			assert_in_range(chars, 1, 8);
		} else {
			assert_null(text);
		}
		arena_release(arena, mark);
	}
}

static void
test_phone(void **state)
{
	static const struct { const char *in, *out; } good[] = {
		{ "+4930901820", "+4930901820" },
		{ "+1 (212) 555-01.99", "+12125550199" },
		{ "+123456789012345", "+123456789012345" },
		{ "+6834000", "+6834000" },
	};
	static const char *const bad[] = { "", "+", "4930901820", "0049 30 901820", "+49",
		"+1234567890123456", "+049309018", "+49309018x", "++49309018", "+4930 9018\t20",
		"+4930901820\n", " +4930901820",
		"+\xd9\xa1\xd9\xa2\xd9\xa3\xd9\xa4\xd9\xa5\xd9\xa6\xd9\xa7",
		"+ ( ) - .", "+49,309018" };
	const char *text;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_int_equal(phone_text(arena, str_of(good[i].in), &text), OK);
		assert_string_equal(text, good[i].out);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(phone_text(arena, str_of(bad[i]), &text), ERR_INVALID);
	assert_int_equal(phone_text(arena, BYTES("+4930901820\0"), &text), ERR_INVALID);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_trim, clean),
		cmocka_unit_test_teardown(test_equal, clean),
		cmocka_unit_test_teardown(test_utf8_all, clean),
		cmocka_unit_test_teardown(test_utf8_bad, clean),
		cmocka_unit_test_teardown(test_text_all, clean),
		cmocka_unit_test_teardown(test_text_length, clean),
		cmocka_unit_test_teardown(test_text_huge, clean),
		cmocka_unit_test_teardown(test_maybe, clean),
		cmocka_unit_test_teardown(test_lines, clean),
		cmocka_unit_test_teardown(test_text_random, clean),
		cmocka_unit_test_teardown(test_phone, clean),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("str", tests, start, stop);
}
