/* Parameters of the web server into a request, and its headers and cookies
 * (src/http/request.c). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/id.h"
#include "http/request.h"

enum { MOST = 400 };

static struct arena *arena;
static struct request rq;
static uint64_t length;
static char *params[MOST + 1];
static size_t nparams;

static int
start(void **state)
{
	(void)state;
	arena = arena_new(64 * 1024, 64 * 1024 * 1024);
	return 0;
}

static int
fresh(void **state)
{
	(void)state;
	arena_reset(arena);
	nparams = 0;
	params[0] = NULL;
	return 0;
}

static void
give(const char *name, const char *value)
{
	assert_true(nparams < MOST);
	params[nparams++] = arena_printf(arena, "%s=%s", name, value);
	params[nparams] = NULL;
}

static bool
is_given(const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < nparams; i++) {
		if (strncmp(params[i], name, len) == 0 && params[i][len] == '=')
			return true;
	}
	return false;
}

/* A plain GET of target, with what was given before. */
static enum err
get(const char *target)
{
	give("REQUEST_METHOD", "GET");
	give("REQUEST_URI", target);
	give("CONTENT_LENGTH", "");
	return request_read(arena, params, &rq, &length);
}

static void
assert_str(struct str got, const char *want)
{
	assert_int_equal(got.len, strlen(want));
	if (got.len > 0)
		assert_memory_equal(got.p, want, got.len);
}

static void
test_plain_get(void **state)
{
	(void)state;
	give("FCGI_ROLE", "RESPONDER");
	give("REMOTE_ADDR", "2001:db8::7");
	give("HTTP_HOST", "console.example.org");
	give("HTTP_ORIGIN", "https://console.example.org");
	give("HTTP_SEC_FETCH_SITE", "same-origin");
	give("HTTP_USER_AGENT", "Browser/1");
	give("HTTP_HX_REQUEST", "true");
	give("REQUEST_ID", "0123456789abcdef0123456789abcdef");
	assert_int_equal(get("/t/acme/us%65rs/?q=a%20b&x"), OK);
	assert_int_equal(rq.method, M_GET);
	assert_str(rq.path, "/t/acme/users/");
	assert_str(rq.target, "/t/acme/us%65rs/?q=a%20b&x");
	assert_str(rq.query, "q=a%20b&x");
	assert_str(rq.body, "");
	assert_str(rq.host, "console.example.org");
	assert_str(rq.origin, "https://console.example.org");
	assert_str(rq.fetch_site, "same-origin");
	assert_str(rq.user_agent, "Browser/1");
	assert_true(rq.htmx);
	assert_string_equal(rq.peer, "2001:db8::7");
	assert_string_equal(rq.id, "0123456789abcdef0123456789");
	assert_int_equal(rq.nheaders, 5);
	assert_int_equal(length, 0);
	assert_null(rq.form);
}

/* libfcgi frees its strings; nothing of them may be pointed to. */
static void
test_strings_are_copies(void **state)
{
	char method[] = "REQUEST_METHOD=GET", uri[] = "REQUEST_URI=/a?b", host[] = "HTTP_HOST=h";
	char peer[] = "REMOTE_ADDR=::1";
	char *const given[] = { method, uri, host, peer, NULL };

	(void)state;
	assert_int_equal(request_read(arena, given, &rq, &length), OK);
	memset(method, 'x', sizeof(method));
	memset(uri, 'x', sizeof(uri));
	memset(host, 'x', sizeof(host));
	memset(peer, 'x', sizeof(peer));
	assert_str(rq.path, "/a");
	assert_str(rq.query, "b");
	assert_str(request_header(&rq, "HTTP_HOST"), "h");
	assert_string_equal(rq.peer, "::1");
}

static void
test_methods(void **state)
{
	static const struct { const char *name; enum method method; } all[] = {
		{ "GET", M_GET }, { "HEAD", M_HEAD }, { "POST", M_POST }, { "PUT", M_PUT },
		{ "PATCH", M_PATCH }, { "DELETE", M_DELETE }, { "TRACE", M_OTHER },
		{ "get", M_OTHER }, { "GETS", M_OTHER }, { "GE", M_OTHER }
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		fresh(state);
		give("REQUEST_METHOD", all[i].name);
		give("REQUEST_URI", "/");
		assert_int_equal(request_read(arena, params, &rq, &length), OK);
		assert_int_equal(rq.method, all[i].method);
	}
	fresh(state);
	give("REQUEST_METHOD", "");
	give("REQUEST_URI", "/");
	assert_int_equal(request_read(arena, params, &rq, &length), ERR_INVALID);
	fresh(state);
	assert_int_equal(request_read(arena, params, &rq, &length), ERR_INVALID);
}

static void
test_targets(void **state)
{
	static const char *const bad[] = { "", "x", "*", "http://h/", "?q", "//evil", "/a//b",
		"/a/../b", "/..", "/.", "/a/./b", "/%2e%2e/b", "/a%2f%2fb", "/a/%2e", "/a%2f..",
		"/a%00b", "/a%0ab", "/a%zz", "/a%", "/a b", "/a\tb", "/a?b\r\nc", "/a?b c", "/a#b",
		"/\xff", "/%c0%af", "/%ed%a0%80", "/a%7f", "/a\x7f" };
	static const char *const good[] = { "/", "/a/", "/a..b", "/...", "/a?b=../..//", "/a?",
		"/%C3%A4", "/\xc3\xa4", "/a%20b", "/a?%zz" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		fresh(state);
		if (get(bad[i]) != ERR_INVALID)
			fail_msg("not refused: %s", bad[i]);
		assert_int_equal(rq.path.len, 0);
	}
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		fresh(state);
		assert_int_equal(get(good[i]), OK);
		assert_true(rq.path.len > 0);
	}
}

static void
test_long_targets(void **state)
{
	static char target[12000];

	(void)state;
	memset(target, 'a', sizeof(target) - 1);
	target[0] = '/';
	target[2048] = '\0';
	assert_int_equal(get(target), OK);
	fresh(NULL);
	target[2048] = 'a';
	target[2049] = '\0';
	assert_int_equal(get(target), ERR_LIMIT);
	assert_int_equal(rq.path.len, 0);
	fresh(NULL);
	target[2049] = 'a';
	target[1] = '?';
	target[2 + 8192] = '\0';
	assert_int_equal(get(target), OK);
	fresh(NULL);
	target[2 + 8192] = 'a';
	target[2 + 8193] = '\0';
	assert_int_equal(get(target), ERR_LIMIT);
	assert_int_equal(rq.path.len, 0);
	assert_int_equal(strlen(rq.id), 26);
}

static void
test_content_length(void **state)
{
	static const char *const bad[] = { "-1", "+1", " 1", "1 ", "0x10", "1,1", "1e3",
		"9999999999999999999" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		fresh(state);
		give("REQUEST_METHOD", "POST");
		give("REQUEST_URI", "/");
		give("CONTENT_LENGTH", bad[i]);
		assert_int_equal(request_read(arena, params, &rq, &length), ERR_INVALID);
	}
	fresh(state);
	give("REQUEST_METHOD", "POST");
	give("REQUEST_URI", "/");
	give("CONTENT_LENGTH", "000123456789012");
	assert_int_equal(request_read(arena, params, &rq, &length), OK);
	assert_true(length == 123456789012);
}

static void
test_singletons(void **state)
{
	static const char *const once[] = { "REQUEST_METHOD", "REQUEST_URI", "QUERY_STRING",
		"CONTENT_TYPE", "CONTENT_LENGTH", "REMOTE_ADDR", "REQUEST_ID", "HTTP_HOST",
		"HTTP_ORIGIN", "HTTP_SEC_FETCH_SITE", "HTTP_HX_REQUEST", "HTTP_AUTHORIZATION",
		"HTTP_CONTENT_TYPE", "HTTP_CONTENT_LENGTH" };

	for (size_t i = 0; i < sizeof(once) / sizeof(once[0]); i++) {
		fresh(state);
		assert_int_equal(get("/"), OK);
		if (!is_given(once[i])) {
			give(once[i], "1");
			assert_int_equal(request_read(arena, params, &rq, &length), OK);
		}
		give(once[i], "1");
		assert_int_equal(request_read(arena, params, &rq, &length), ERR_INVALID);
		assert_int_equal(strlen(rq.id), 26);
	}
	fresh(state);
	give("HTTP_ACCEPT", "a");
	give("HTTP_ACCEPT", "b");
	assert_int_equal(get("/"), OK);
	assert_str(request_header(&rq, "HTTP_ACCEPT"), "a");
	assert_int_equal(rq.nheaders, 2);
}

static void
test_ids(void **state)
{
	static const char *const kept[] = { "01HZY3ABCDEFGHJKMNPQRSTVWX",
		"0123456789abcdef0123456789" };
	static const char *const replaced[] = { "", "01HZY3ABCDEFGHJKMNPQRSTVW",
		"01HZY3ABCDEFGHJKMNPQRSTVWXY", "01HZY3ABCDEFGHJKMNPQRSTVWU",
		"01HZY3\"BCDEFGHJKMNPQRSTVWX", "0123456789abcdef012345678\n" };
	char before[27] = "";

	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		fresh(state);
		give("REQUEST_ID", kept[i]);
		assert_int_equal(get("/"), OK);
		assert_string_equal(rq.id, kept[i]);
	}
	for (size_t i = 0; i < sizeof(replaced) / sizeof(replaced[0]); i++) {
		fresh(state);
		give("REQUEST_ID", replaced[i]);
		assert_int_equal(get("/"), OK);
		assert_int_equal(strspn(rq.id, "0123456789ABCDEFGHJKMNPQRSTVWXYZ"), 26);
		assert_int_equal(rq.id[26], '\0');
		assert_string_not_equal(rq.id, before);
		memcpy(before, rq.id, sizeof(before));
	}
}

static void
test_peer(void **state)
{
	(void)state;
	give("HTTP_X_FORWARDED_FOR", "203.0.113.9");
	give("HTTP_X_REAL_IP", "203.0.113.9");
	give("REMOTE_ADDR", "192.0.2.1");
	assert_int_equal(get("/"), OK);
	assert_string_equal(rq.peer, "192.0.2.1");
	fresh(NULL);
	give("REMOTE_ADDR", "192.0.2.1\nx");
	assert_int_equal(get("/"), ERR_INVALID);
	assert_string_equal(rq.peer, "");
	fresh(NULL);
	assert_int_equal(get("/"), OK);
	assert_string_equal(rq.peer, "");
}

static void
test_user_agent_is_cut(void **state)
{
	static char agent[70000];

	(void)state;
	memset(agent, 'a', sizeof(agent) - 1);
	give("HTTP_USER_AGENT", agent);
	assert_int_equal(get("/"), OK);
	assert_int_equal(rq.user_agent.len, 512);
	fresh(NULL);
	memcpy(agent + 510, "\xe2\x82\xac", 3);
	give("HTTP_USER_AGENT", agent);
	assert_int_equal(get("/"), OK);
	assert_int_equal(rq.user_agent.len, 510);
}

static void
test_missing_is_empty(void **state)
{
	(void)state;
	give("HTTP_HX_REQUEST", "TRUE");
	assert_int_equal(get("/"), OK);
	assert_int_equal(rq.host.len + rq.origin.len + rq.fetch_site.len + rq.user_agent.len +
	    rq.content_type.len + rq.query.len, 0);
	assert_false(rq.htmx);
	assert_null(request_header(&rq, "HTTP_HOST").p);
	assert_null(request_cookie(&rq, "sid").p);
}

static void
test_too_many(void **state)
{
	static char huge[200000];

	(void)state;
	for (int i = 0; i < 297; i++)
		give("HTTP_X", "1");
	assert_int_equal(get("/"), OK);
	give("HTTP_X", "1");
	assert_int_equal(request_read(arena, params, &rq, &length), ERR_INVALID);
	fresh(NULL);
	memset(huge, 'a', sizeof(huge) - 1);
	give("HTTP_X", huge);
	assert_int_equal(get("/"), ERR_INVALID);
	assert_int_equal(strlen(rq.id), 26);
}

/* What is left of a name with a NUL in it. */
static void
test_name_without_value(void **state)
{
	char broken[] = "HTTP_X";

	(void)state;
	params[nparams++] = broken;
	assert_int_equal(get("/"), ERR_INVALID);
}

static void
test_cookies(void **state)
{
	(void)state;
	give("HTTP_COOKIE", "a=1; sid=abc=d;b=\"2\" ;  sidx=no;xsid=no; empty=; flag");
	assert_int_equal(get("/"), OK);
	assert_str(request_cookie(&rq, "a"), "1");
	assert_str(request_cookie(&rq, "sid"), "abc=d");
	assert_str(request_cookie(&rq, "b"), "\"2\"");
	assert_null(request_cookie(&rq, "SID").p);
	assert_null(request_cookie(&rq, "si").p);
	assert_null(request_cookie(&rq, "flag").p);
	assert_int_equal(request_cookie(&rq, "empty").len, 0);
}

static void
test_doubtful_cookies(void **state)
{
	static char nine[9 * 1024];

	give("HTTP_COOKIE", "sid=abc; other=1; sid=def");
	assert_int_equal(get("/"), OK);
	assert_null(request_cookie(&rq, "sid").p);
	assert_str(request_cookie(&rq, "other"), "1");
	fresh(state);
	give("HTTP_COOKIE", "sid=abc");
	give("HTTP_COOKIE", "x=1");
	assert_int_equal(get("/"), OK);
	assert_null(request_cookie(&rq, "sid").p);
	assert_null(request_cookie(&rq, "x").p);
	fresh(state);
	memset(nine, 'a', sizeof(nine) - 1);
	memcpy(nine, "sid=abc;", 8);
	nine[8192] = '\0';
	give("HTTP_COOKIE", nine);
	assert_int_equal(get("/"), OK);
	assert_str(request_cookie(&rq, "sid"), "abc");
	fresh(state);
	nine[8192] = 'a';
	give("HTTP_COOKIE", nine);
	assert_int_equal(get("/"), OK);
	assert_null(request_cookie(&rq, "sid").p);
}

static void
test_path_id(void **state)
{
	struct param matched[2] = { { "tenant", STR("acme") }, { "user", { NULL, 0 } } };
	int64_t made = id_new(1750000000000), got = 0;
	char text[14];

	(void)state;
	id_text(made, text);
	matched[1].value = str_of(text);
	rq = (struct request){ .params = matched, .nparams = 2 };
	assert_int_equal(request_path_id(&rq, "user", &got), OK);
	assert_true(got == made);
	assert_int_equal(request_path_id(&rq, "tenant", &got), ERR_NOTFOUND);
	assert_int_equal(request_path_id(&rq, "group", &got), ERR_NOTFOUND);
}

/* No parameters, however broken, do more than be refused. */
static void
test_noise(void **state)
{
	static const char *const names[] = { "REQUEST_METHOD", "REQUEST_URI", "CONTENT_LENGTH",
		"HTTP_COOKIE", "REMOTE_ADDR", "REQUEST_ID", "HTTP_USER_AGENT", "" };
	uint32_t seed = 12345;

	for (int round = 0; round < 20000; round++) {
		fresh(state);
		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
			char value[24];
			size_t n;

			seed = seed * 1664525 + 1013904223;
			for (n = 0; n < (seed >> 24) % sizeof(value); n++)
				value[n] = "/.%2e?=;#a 0\xc3\xa4\n~"[(seed >> (n % 24)) % 17];
			value[n] = '\0';
			give(names[i], value);
		}
		if (request_read(arena, params, &rq, &length) == OK)
			assert_true(rq.path.len > 0 && rq.path.p[0] == '/');
		else
			assert_int_equal(rq.path.len, 0);
		(void)request_cookie(&rq, "a");
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_plain_get, fresh),
		cmocka_unit_test_setup(test_strings_are_copies, fresh),
		cmocka_unit_test_setup(test_methods, fresh),
		cmocka_unit_test_setup(test_targets, fresh),
		cmocka_unit_test_setup(test_long_targets, fresh),
		cmocka_unit_test_setup(test_content_length, fresh),
		cmocka_unit_test_setup(test_singletons, fresh),
		cmocka_unit_test_setup(test_ids, fresh),
		cmocka_unit_test_setup(test_peer, fresh),
		cmocka_unit_test_setup(test_user_agent_is_cut, fresh),
		cmocka_unit_test_setup(test_missing_is_empty, fresh),
		cmocka_unit_test_setup(test_too_many, fresh),
		cmocka_unit_test_setup(test_name_without_value, fresh),
		cmocka_unit_test_setup(test_cookies, fresh),
		cmocka_unit_test_setup(test_doubtful_cookies, fresh),
		cmocka_unit_test_setup(test_path_id, fresh),
		cmocka_unit_test_setup(test_noise, fresh),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, start, NULL);
}
