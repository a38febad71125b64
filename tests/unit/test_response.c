/* An answer being built (src/http/response.c). */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/log.h"
#include "http/response.h"

static struct arena *arena;
static struct response rs;

static int
start(void **state)
{
	(void)state;
	log_open("/dev/null");
	arena = arena_new(64 * 1024, 64 * 1024 * 1024);
	return 0;
}

static int
fresh(void **state)
{
	(void)state;
	arena_reset(arena);
	response_init(&rs, arena);
	return 0;
}

static void
assert_headers(const char *want)
{
	assert_int_equal(rs.headers.len, strlen(want));
	if (rs.headers.len > 0)
		assert_memory_equal(rs.headers.p, want, rs.headers.len);
}

static void
test_init(void **state)
{
	(void)state;
	assert_int_equal(rs.status, 200);
	assert_int_equal(rs.file, -1);
	assert_int_equal(rs.body.len, 0);
	assert_headers("");
}

static void
test_header(void **state)
{
	(void)state;
	response_header(&rs, "Content-Type", "text/html; charset=utf-8");
	response_header(&rs, "X-Empty", "");
	response_header(&rs, "X-Name", "J\xc3\xb6rg");
	assert_headers("Content-Type: text/html; charset=utf-8\r\nX-Empty: \r\n"
	    "X-Name: J\xc3\xb6rg\r\n");
}

/* Splitting an answer in two needs a line end in a value or a name. */
static void
test_header_with_control_is_dropped(void **state)
{
	char value[4] = "a?b";

	(void)state;
	for (int c = 1; c < 256; c++) {
		bool bad = c < 0x20 || c == 0x7f;

		fresh(NULL);
		value[1] = (char)c;
		response_header(&rs, "X", value);
		assert_int_equal(rs.headers.len, bad ? 0 : 8);
	}
	fresh(NULL);
	response_header(&rs, "X\r\nSet-Cookie", "a");
	response_header(&rs, "X:", "a");
	response_header(&rs, "X Y", "a");
	response_header(&rs, "", "a");
	assert_headers("");
}

static void
test_cookie(void **state)
{
	(void)state;
	response_cookie(&rs, "__Host-sid", "abc-_09", 0, true);
	response_cookie(&rs, "sid", "abc", 600001, false);
	response_cookie(&rs, "__Host-sid", "abc", -1, true);
	assert_headers("Set-Cookie: __Host-sid=abc-_09; Path=/; Secure; HttpOnly; SameSite=Lax\r\n"
	    "Set-Cookie: sid=abc; Path=/; HttpOnly; SameSite=Lax; Max-Age=601\r\n"
	    "Set-Cookie: __Host-sid=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0\r\n");
}

static void
test_cookie_that_is_none_is_dropped(void **state)
{
	static const char *const bad[] = { "a;b", "a b", "a,b", "a\"b", "a\\b", "a\nb",
		"\xc3\xa4" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		response_cookie(&rs, "sid", bad[i], 0, true);
	response_cookie(&rs, "s=d", "a", 0, true);
	response_cookie(&rs, "s;d", "a", 0, true);
	assert_headers("");
}

static void
test_redirect(void **state)
{
	(void)state;
	response_redirect(&rs, "/t/acme/users?q=a%20b");
	assert_int_equal(rs.status, 303);
	assert_headers("Location: /t/acme/users?q=a%20b\r\n");
	fresh(NULL);
	response_redirect(&rs, "//evil.example/");
	assert_int_equal(rs.status, 303);
	assert_headers("Location: /\r\n");
	fresh(NULL);
	response_redirect(&rs, "/a\r\nSet-Cookie: x=y");
	assert_headers("Location: /\r\n");
}

static void
test_clear(void **state)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	(void)state;
	response_header(&rs, "X", "a");
	buf_puts(&rs.body, "half a page");
	rs.status = 500;
	rs.file = fd;
	response_clear(&rs);
	test_init(NULL);
	assert_int_equal(fcntl(fd, F_GETFD), -1);
	buf_puts(&rs.body, "ok");
	assert_int_equal(rs.body.len, 2);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_init, fresh),
		cmocka_unit_test_setup(test_header, fresh),
		cmocka_unit_test_setup(test_header_with_control_is_dropped, fresh),
		cmocka_unit_test_setup(test_cookie, fresh),
		cmocka_unit_test_setup(test_cookie_that_is_none_is_dropped, fresh),
		cmocka_unit_test_setup(test_redirect, fresh),
		cmocka_unit_test_setup(test_clear, fresh),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, start, NULL);
}
