/* Escapes decoded and made, and which paths a redirect may go to (src/http/url.c). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "http/url.h"

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

static void
assert_decoded(const char *in, bool plus, const char *out)
{
	struct str got;

	assert_int_equal(url_decode(arena, str_of(in), plus, &got), OK);
	assert_int_equal(got.len, strlen(out));
	assert_memory_equal(got.p, out, got.len);
}

static void
test_decode(void **state)
{
	(void)state;
	assert_decoded("", false, "");
	assert_decoded("/a%20b%2Fc", false, "/a b/c");
	assert_decoded("a+b%2b", true, "a b+");
	assert_decoded("a+b", false, "a+b");
	assert_decoded("%25%34%31", false, "%41");
	assert_decoded("%C3%A4\xc3\xb6\xe2\x82\xac\xf0\x9f\x98\x80", false,
	    "\xc3\xa4\xc3\xb6\xe2\x82\xac\xf0\x9f\x98\x80");
	assert_decoded("\xed\x9f\xbf\xee\x80\x80\xf4\x8f\xbf\xbf", false,
	    "\xed\x9f\xbf\xee\x80\x80\xf4\x8f\xbf\xbf");
}

static void
test_decode_refuses(void **state)
{
	static const char *const bad[] = { "%", "a%4", "%zz", "%4g", "%g4", "%00", "%u0041",
		"\x80", "%ff", "%c0%af", "%c1%bf", "%e0%80%af", "%e0%9f%bf", "%ed%a0%80",
		"%f0%8f%bf%bf", "%f4%90%80%80", "%f5%80%80%80", "%e2%82", "%c3", "%c3a" };
	struct str got;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(url_decode(arena, str_of(bad[i]), false, &got), ERR_INVALID);
	assert_int_equal(url_decode(arena, STR("a\0b"), false, &got), ERR_INVALID);
}

static void
test_unescape_keeps_bytes(void **state)
{
	struct str got;

	(void)state;
	assert_int_equal(url_unescape(arena, STR("%00%ff+"), true, &got), OK);
	assert_int_equal(got.len, 3);
	assert_memory_equal(got.p, "\0\xff ", 3);
	assert_int_equal(url_unescape(arena, STR("%0"), true, &got), ERR_INVALID);
	assert_int_equal(url_unescape(arena, (struct str){ NULL, 0 }, true, &got), OK);
	assert_int_equal(got.len, 0);
}

static void
test_encode(void **state)
{
	(void)state;
	assert_string_equal(url_encode(arena, ""), "");
	assert_string_equal(url_encode(arena, "aZ09-._~"), "aZ09-._~");
	assert_string_equal(url_encode(arena, "a b/c?d&e=f%+\"<\n"),
	    "a%20b%2Fc%3Fd%26e%3Df%25%2B%22%3C%0A");
	assert_string_equal(url_encode(arena, "\xc3\xa4"), "%C3%A4");
}

/* Every byte but NUL goes through encode and back. */
static void
test_encode_and_back(void **state)
{
	char all[256];
	struct str back;

	(void)state;
	for (int i = 1; i < 256; i++)
		all[i - 1] = (char)i;
	all[255] = '\0';
	assert_int_equal(url_unescape(arena, str_of(url_encode(arena, all)), true, &back), OK);
	assert_int_equal(back.len, 255);
	assert_memory_equal(back.p, all, 255);
}

static void
test_own_path(void **state)
{
	static const char *const own[] = { "/", "/t/acme/users", "/t/acme/users/",
		"/t/acme/users?q=a%20b&after=%0a//", "/a%C3%A4", "/a..b/.c/...", "/x?next=//evil",
		"/%252f%252fevil", "/x#y", "/x?a=..", "/x?%zz" };
	static const char *const foreign[] = { "", "x", "//evil", "/\\evil", "\\\\evil",
		"https:evil", "https://evil", "javascript:alert(1)", "/%2f%2fevil", "/%2F/evil",
		"/%5cevil", "/%0d%0aSet-Cookie:x", "/\t/evil", "/%09/evil", "/a\r\nb", "/a b",
		"/a%20b", "/..", "/../x", "/a/..", "/a/../..//evil", "/%2e%2e/x", "/a/%2E./b",
		"/.", "/./x", "/a//b", "/a%00", "/a%7f", "/a%zz", "/a%4", "/a%", "/\xc3\xa4",
		"/a?b\nc", "/a?b\\c", "?x", "#x", "%2fx" };
	char longest[2050];

	(void)state;
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		assert_true(url_own_path(str_of(own[i])));
	for (size_t i = 0; i < sizeof(foreign) / sizeof(foreign[0]); i++) {
		if (url_own_path(str_of(foreign[i])))
			fail_msg("taken for our own: %s", foreign[i]);
	}
	assert_false(url_own_path(STR("/a\0b")));
	assert_false(url_own_path((struct str){ NULL, 0 }));
	memset(longest, 'a', sizeof(longest));
	longest[0] = '/';
	assert_true(url_own_path((struct str){ longest, 2048 }));
	assert_false(url_own_path((struct str){ longest, 2049 }));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_decode, clean),
		cmocka_unit_test_teardown(test_decode_refuses, clean),
		cmocka_unit_test_teardown(test_unescape_keeps_bytes, clean),
		cmocka_unit_test_teardown(test_encode, clean),
		cmocka_unit_test_teardown(test_encode_and_back, clean),
		cmocka_unit_test_teardown(test_own_path, clean),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, start, NULL);
}
