/* Fields of forms, urlencoded and multipart (src/http/form.c). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/id.h"
#include "http/request.h"

#define MULTIPART "multipart/form-data; boundary=XX"
#define PART(name) "--XX\r\nContent-Disposition: form-data; name=\"" name "\"\r\n\r\n"
#define END "\r\n--XX--\r\n"

static struct arena *arena;
static struct request rq;

static int
start(void **state)
{
	(void)state;
	arena = arena_new(64 * 1024, 256 * 1024 * 1024);
	return 0;
}

static int
fresh(void **state)
{
	(void)state;
	arena_reset(arena);
	rq = (struct request){ .method = M_POST };
	return 0;
}

/* The status; 200 for a form that was read. */
static int
parse(const char *type, struct str body)
{
	int status = 200;
	enum err e;

	fresh(NULL);
	rq.content_type = str_of(type);
	rq.body = body;
	e = form_parse(arena, &rq, 300, 8192, &status);
	assert_int_equal(e, status == 200 ? OK : ERR_INVALID);
	return status;
}

static int
parse_text(const char *body)
{
	return parse("application/x-www-form-urlencoded", str_of(body));
}

static int
parse_parts(const char *body)
{
	return parse(MULTIPART, str_of(body));
}

static void
assert_field(const char *name, const char *want)
{
	struct str got = form_get(rq.form, name);

	assert_non_null(got.p);
	assert_int_equal(got.len, strlen(want));
	assert_memory_equal(got.p, want, got.len);
}

static void
test_urlencoded(void **state)
{
	(void)state;
	assert_int_equal(parse_text("a=1&b=x+y%26%3d&c&d=&a=2&&=e&f=g=h&%C3%A4=%c3%b6&"), 200);
	assert_field("a", "1");
	assert_field("b", "x y&=");
	assert_field("c", "");
	assert_field("d", "");
	assert_field("", "e");
	assert_field("f", "g=h");
	assert_field("\xc3\xa4", "\xc3\xb6");
	assert_int_equal(form_count(rq.form, "a"), 2);
	assert_int_equal(form_nth(rq.form, "a", 1).p[0], '2');
	assert_null(form_nth(rq.form, "a", 2).p);
	assert_null(form_get(rq.form, "z").p);
	assert_int_equal(form_count(rq.form, "z"), 0);
	assert_true(form_has(rq.form, "c"));
	assert_false(form_has(rq.form, "z"));
	assert_null(form_file(rq.form, "a"));
}

static void
test_types(void **state)
{
	(void)state;
	assert_int_equal(parse("Application/X-WWW-Form-Urlencoded ; charset=utf-8", STR("a=1")),
	    200);
	assert_field("a", "1");
	assert_int_equal(parse("text/plain", STR("a=1")), 415);
	assert_int_equal(parse("application/json", STR("{}")), 415);
	assert_int_equal(parse("", STR("a=1")), 415);
	assert_int_equal(parse("application/x-www-form-urlencodedx", STR("a=1")), 415);
	assert_int_equal(parse("", STR("")), 200);
	assert_int_equal(parse("text/plain", STR("")), 200);
	assert_int_equal(parse(MULTIPART, STR("")), 400);
}

static void
test_without_anything(void **state)
{
	int status = 200;

	(void)state;
	assert_int_equal(form_parse(arena, &rq, 300, 8192, &status), OK);
	assert_non_null(rq.form);
	assert_null(form_get(rq.form, "a").p);
	assert_null(form_get(NULL, "a").p);
	assert_int_equal(form_count(NULL, "a"), 0);
	assert_null(form_file(NULL, "a"));
	assert_false(form_field(NULL, 0, NULL, NULL));
}

static void
test_query_of_a_get(void **state)
{
	static const enum method methods[] = { M_GET, M_HEAD, M_DELETE };
	int status = 200;

	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		fresh(state);
		rq.method = methods[i];
		rq.query = STR("q=a%20b");
		rq.content_type = STR("text/plain");
		rq.body = STR("q=c");
		assert_int_equal(form_parse(arena, &rq, 300, 8192, &status), OK);
		assert_field("q", "a b");
	}
	fresh(state);
	rq.query = STR("q=1");
	assert_int_equal(form_parse(arena, &rq, 300, 8192, &status), OK);
	assert_false(form_has(rq.form, "q"));
	fresh(state);
	rq.method = M_GET;
	rq.query = STR("q=%zz");
	assert_int_equal(form_parse(arena, &rq, 300, 8192, &status), ERR_INVALID);
	assert_int_equal(status, 400);
}

static void
test_broken_escapes(void **state)
{
	(void)state;
	assert_int_equal(parse_text("a=%zz"), 400);
	assert_int_equal(parse_text("a=%4"), 400);
	assert_int_equal(parse_text("a=%"), 400);
	assert_int_equal(parse_text("%=a"), 400);
	assert_int_equal(parse_text("a=1;b=2"), 400);
	assert_int_equal(parse_text("a=1%3Bb=2"), 200);
}

static void
test_bytes_are_kept(void **state)
{
	struct str got;

	(void)state;
	assert_int_equal(parse_text("a=x%00y%ff%c0%af"), 200);
	got = form_get(rq.form, "a");
	assert_int_equal(got.len, 6);
	assert_memory_equal(got.p, "x\0y\xff\xc0\xaf", 6);
	assert_int_equal(parse(MULTIPART, STR(PART("a") "x\0y\xff" END)), 200);
	got = form_get(rq.form, "a");
	assert_int_equal(got.len, 4);
	assert_memory_equal(got.p, "x\0y\xff", 4);
}

/* n fields or parts, closed. */
static struct str
many(size_t n, const char *each, const char *end)
{
	static char text[1024 * 1024];
	size_t len = strlen(each);

	assert_true(n * len + strlen(end) < sizeof(text));
	for (size_t i = 0; i < n; i++)
		memcpy(text + i * len, each, len);
	memcpy(text + n * len, end, strlen(end) + 1);
	return str_of(text);
}

static void
test_limits(void **state)
{
	static const char type[] = "application/x-www-form-urlencoded";
	static char body[9000];

	(void)state;
	assert_int_equal(parse(type, STR("")), 200);
	assert_int_equal(parse(type, many(300, "a=1&", "")), 200);
	assert_int_equal(parse(type, many(301, "a=1&", "")), 422);
	memset(body, 'a', sizeof(body) - 1);
	body[1] = '=';
	body[2 + 8192] = '\0';
	assert_int_equal(parse_text(body), 200);
	assert_int_equal(form_get(rq.form, "a").len, 8192);
	body[2 + 8192] = 'a';
	body[2 + 8193] = '\0';
	assert_int_equal(parse_text(body), 422);
	body[1] = 'a';
	body[64] = '=';
	body[66] = '\0';
	assert_int_equal(parse_text(body), 200);
	body[64] = 'a';
	body[65] = '=';
	assert_int_equal(parse_text(body), 422);
}

static void
test_numbers(void **state)
{
	char id[14], body[200];
	int64_t made = id_new(1750000000000);

	(void)state;
	id_text(made, id);
	snprintf(body, sizeof(body), "a=12&b=-7&c=&d=1x&e=9223372036854775807&"
	    "f=9223372036854775808&g=%%2B1&h=-&i=%s&j=%.12s&k=+1", id, id);
	assert_int_equal(parse_text(body), 200);
	assert_int_equal(form_int(rq.form, "a"), 12);
	assert_int_equal(form_int(rq.form, "b"), -7);
	assert_int_equal(form_int(rq.form, "c"), 0);
	assert_int_equal(form_int(rq.form, "d"), 0);
	assert_true(form_int(rq.form, "e") == INT64_MAX);
	assert_int_equal(form_int(rq.form, "f"), 0);
	assert_int_equal(form_int(rq.form, "g"), 0);
	assert_int_equal(form_int(rq.form, "h"), 0);
	assert_int_equal(form_int(rq.form, "k"), 0);
	assert_int_equal(form_int(rq.form, "none"), 0);
	assert_true(form_id(rq.form, "i") == made);
	assert_int_equal(form_id(rq.form, "j"), 0);
	assert_int_equal(form_id(rq.form, "none"), 0);
}

static void
test_fields_in_order(void **state)
{
	struct str name, value;

	(void)state;
	assert_int_equal(parse_text("b=1&a=2&b=3"), 200);
	assert_true(form_field(rq.form, 0, &name, &value));
	assert_int_equal(name.p[0], 'b');
	assert_int_equal(value.p[0], '1');
	assert_true(form_field(rq.form, 2, &name, &value));
	assert_int_equal(name.p[0], 'b');
	assert_int_equal(value.p[0], '3');
	assert_false(form_field(rq.form, 3, &name, &value));
}

static void
test_twice(void **state)
{
	(void)state;
	assert_int_equal(parse_text("a=1&b=2&ab=3&=4"), 200);
	assert_false(form_twice(rq.form, NULL));
	assert_int_equal(parse_text("a=1&b=2&a=1"), 200);
	assert_true(form_twice(rq.form, NULL));
	assert_true(form_twice(rq.form, "b ab"));
	assert_false(form_twice(rq.form, "a"));
	assert_false(form_twice(rq.form, "b a"));
	assert_int_equal(parse_text("=1&=2"), 200);
	assert_true(form_twice(rq.form, "a"));
	assert_int_equal(parse_parts(PART("a") "1\r\n" PART("a") "1" END), 200);
	assert_true(form_twice(rq.form, NULL));
	assert_int_equal(parse_parts("--XX\r\nContent-Disposition: form-data; name=f; filename=x"
	    "\r\n\r\n1\r\n--XX\r\nContent-Disposition: form-data; name=f; filename=y"
	    "\r\n\r\n2" END), 200);
	assert_true(form_twice(rq.form, NULL));
	assert_false(form_twice(NULL, NULL));
}

static void
test_multipart(void **state)
{
	const struct form_file *file;

	(void)state;
	assert_int_equal(parse_parts(PART("a") "1\r\n2\r\n"
	    "\r\n" PART("b") "\r\n"
	    "--XX\r\nContent-Type: text/csv; charset=utf-8\r\nX-Other: y\r\n"
	    "content-disposition:form-data;name=file;filename=\"a \\\"b\\\" \\c;.csv\"\r\n\r\n"
	    "x,y\r\n--X\r\n-XX\r\n"
	    "\r\n--XX\r\nContent-Disposition: form-data; name=\"none\"; filename=\"\"\r\n"
	    "Content-Type: application/octet-stream\r\n\r\n" END), 200);
	assert_field("a", "1\r\n2\r\n");
	assert_field("b", "");
	assert_false(form_has(rq.form, "file"));
	file = form_file(rq.form, "file");
	assert_non_null(file);
	assert_string_equal(file->name, "file");
	assert_int_equal(file->filename.len, 13);
	assert_memory_equal(file->filename.p, "a \"b\" \\c;.csv", 13);
	assert_int_equal(file->type.len, strlen("text/csv; charset=utf-8"));
	assert_int_equal(file->bytes.len, strlen("x,y\r\n--X\r\n-XX\r\n"));
	assert_memory_equal(file->bytes.p, "x,y\r\n--X\r\n-XX\r\n", file->bytes.len);
	assert_null(form_file(rq.form, "none"));
	assert_null(form_file(rq.form, "a"));
}

/* A file is as long as the body allows, and may be empty. */
static void
test_files(void **state)
{
	size_t size = 1024 * 1024;
	char *body = malloc(size + 200);
	const struct form_file *file;
	int n;

	(void)state;
	assert_non_null(body);
	n = sprintf(body, "--XX\r\nContent-Disposition: form-data; name=f; filename=x\r\n\r\n");
	memset(body + n, 'a', size);
	strcpy(body + (size_t)n + size, END);
	assert_int_equal(parse_parts(body), 200);
	file = form_file(rq.form, "f");
	assert_non_null(file);
	assert_int_equal(file->bytes.len, size);
	assert_null(file->type.p);
	free(body);
	assert_int_equal(parse_parts("--XX\r\nContent-Disposition: form-data; name=f; filename=x"
	    "\r\n\r\n" END), 200);
	file = form_file(rq.form, "f");
	assert_non_null(file);
	assert_int_equal(file->bytes.len, 0);
}

static void
test_boundaries(void **state)
{
	static const struct { const char *type; int status; } all[] = {
		{ "multipart/form-data; boundary=XX", 200 },
		{ "Multipart/Form-Data;charset=utf-8; Boundary=\"XX\"", 200 },
		{ "multipart/form-data", 400 },
		{ "multipart/form-data;", 400 },
		{ "multipart/form-data; boundary", 400 },
		{ "multipart/form-data; boundary=", 400 },
		{ "multipart/form-data; boundary=\"\"", 400 },
		{ "multipart/form-data; boundary=\"XX", 400 },
		{ "multipart/form-data; boundary=XX;", 400 },
		{ "multipart/form-data; boundary=XX; boundary=XX", 400 },
		{ "multipart/form-data; boundary=XY", 400 },
		{ "multipart/form-data; boundary=\"XX \"", 400 },
		{ "multipart/form-data; boundary=\"X\tX\"", 400 },
		{ "multipart/form-data; boundary=XX garbage", 400 },
		{ "multipart/mixed; boundary=XX", 415 },
		{ "multipart/form-datax; boundary=XX", 415 }
	};

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		if (parse(all[i].type, STR(PART("a") "1" END)) != all[i].status)
			fail_msg("not %d: %s", all[i].status, all[i].type);
	}
}

static void
test_long_boundary(void **state)
{
	for (size_t len = 69; len <= 300; len += len == 71 ? 229 : 1) {
		char mark[301] = "", type[400], body[1000];

		fresh(state);
		memset(mark, 'b', len);
		snprintf(type, sizeof(type), "multipart/form-data; boundary=%s", mark);
		snprintf(body, sizeof(body), "--%s\r\nContent-Disposition: form-data; name=a\r\n"
		    "\r\n1\r\n--%s--\r\n", mark, mark);
		assert_int_equal(parse(type, str_of(body)), len <= 70 ? 200 : 400);
	}
}

static void
test_broken_parts(void **state)
{
	static const char *const bad[] = {
		"", "--", "--XX", "--XX\r\n", "--XY--\r\n", "junk\r\n" PART("a") "1" END,
		PART("a") "1", PART("a") "1\r\n--XX", PART("a") "1\r\n--XX\r\n",
		PART("a") "1\r\n--XX-", PART("a") "1\r\n--XXX\r\n" PART("b") "2" END,
		PART("a") "1" END "epilogue", PART("a") "1" END PART("b") "2" END,
		"--XX\nContent-Disposition: form-data; name=a\n\n1\n--XX--\n",
		"--XX\r\n\r\n1" END,
		"--XX\r\nContent-Type: text/plain\r\n\r\n1" END,
		"--XX\r\nContent-Disposition: form-data\r\n\r\n1" END,
		"--XX\r\nContent-Disposition: form-data; name\r\n\r\n1" END,
		"--XX\r\nContent-Disposition: form-data; name=\"a\r\n\r\n1" END,
		"--XX\r\nContent-Disposition: form-data; name=a; name=b\r\n\r\n1" END,
		"--XX\r\nContent-Disposition: form-data; name=a; filename=b; filename=c\r\n"
		    "\r\n1" END,
		"--XX\r\nContent-Disposition: attachment; name=a\r\n\r\n1" END,
		"--XX\r\nContent-Disposition: form-data; name=a\r\n"
		    "Content-Disposition: form-data; name=b\r\n\r\n1" END,
		"--XX\r\nContent-Disposition: form-data; name=a\r\nContent-Type: a/b\r\n"
		    "Content-Type: a/b\r\n\r\n1" END,
		"--XX\r\nContent-Disposition: form-data; name=a\r\n"
		    "Content-Type: Multipart/mixed; boundary=YY\r\n\r\n--YY--" END,
		"--XX\r\nContent-Disposition: form-data; name=a\r\nno colon\r\n\r\n1" END,
		"--XX\r\nContent-Disposition: form-data; name=a\r\n: x\r\n\r\n1" END,
		"--XX\r\nContent-Disposition: form-data; name=a\r\n--XX--\r\n"
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (parse_parts(bad[i]) != 400)
			fail_msg("not refused: %s", bad[i]);
	}
	assert_int_equal(parse_parts("--XX--\r\n"), 200);
	assert_int_equal(parse_parts("--XX--"), 200);
	assert_int_equal(parse(MULTIPART, STR("--XX\r\nContent-Disposition: form-data; "
	    "name=\"a\0b\"; filename=x\r\n\r\n1" END)), 400);
}

static void
test_part_limits(void **state)
{
	static const char part[] = "--XX\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n";
	static const char none[] = "--XX\r\nContent-Disposition: form-data; name=a; filename=\"\""
	    "\r\n\r\n\r\n";
	char body[3000], filler[1200];

	fresh(state);
	assert_int_equal(parse(MULTIPART, many(300, part, "--XX--")), 200);
	assert_int_equal(form_count(rq.form, "a"), 300);
	assert_int_equal(parse(MULTIPART, many(301, part, "--XX--")), 422);
	assert_int_equal(parse(MULTIPART, many(10000, none, "--XX--")), 422);
	memset(filler, 'n', sizeof(filler) - 1);
	filler[sizeof(filler) - 1] = '\0';
	snprintf(body, sizeof(body), "--XX\r\nContent-Disposition: form-data; name=%.65s\r\n"
	    "\r\n1" END, filler);
	assert_int_equal(parse_parts(body), 422);
	snprintf(body, sizeof(body), "--XX\r\nX: %s\r\n"
	    "Content-Disposition: form-data; name=a\r\n\r\n1" END, filler);
	assert_int_equal(parse_parts(body), 400);
	snprintf(body, sizeof(body), "--XX\r\nContent-Disposition: form-data; name=a; "
	    "filename=%.256s\r\n\r\n1" END, filler);
	assert_int_equal(parse_parts(body), 422);
}

static void
test_cut_everywhere(void **state)
{
	static const char whole[] = PART("a") "1\r\n" "--XX\r\nContent-Type: text/csv\r\n"
	    "Content-Disposition: form-data; name=\"f\"; filename=\"x\"\r\n\r\nx,y" "\r\n--XX--";

	(void)state;
	assert_int_equal(parse_parts(whole), 200);
	for (size_t len = 0; len < sizeof(whole) - 1; len++) {
		char *exact = malloc(len + 1);

		assert_non_null(exact);
		memcpy(exact, whole, len);
		assert_int_equal(parse(MULTIPART, (struct str){ exact, len }), 400);
		free(exact);
	}
}

/* Bytes of parts and escapes in any order, in a block of just their length: the sanitizer
 * sees a step too far. */
static void
test_noise(void **state)
{
	static const char *const bits[] = { "--XX", "\r\n", "--", "%", "41", "&", "=", ";", "\"",
		"\\", "a", "Content-Disposition: form-data; ", "name=", "filename=", "\r\n\r\n",
		"Content-Type: ", ":", " ", "\n" };
	uint32_t seed = 4711;
	char text[1024];

	(void)state;
	for (int round = 0; round < 20000; round++) {
		size_t len = 0;
		char *exact;

		for (int i = 0; i < 25; i++) {
			const char *bit;

			seed = seed * 1664525 + 1013904223;
			bit = bits[(seed >> 16) % (sizeof(bits) / sizeof(bits[0]))];
			memcpy(text + len, bit, strlen(bit));
			len += strlen(bit);
		}
		exact = malloc(len);
		assert_non_null(exact);
		memcpy(exact, text, len);
		(void)parse("application/x-www-form-urlencoded", (struct str){ exact, len });
		(void)parse(MULTIPART, (struct str){ exact, len });
		memcpy(exact, "--XX\r\n", 6);
		(void)parse(MULTIPART, (struct str){ exact, len });
		free(exact);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_urlencoded, fresh),
		cmocka_unit_test_setup(test_types, fresh),
		cmocka_unit_test_setup(test_without_anything, fresh),
		cmocka_unit_test_setup(test_query_of_a_get, fresh),
		cmocka_unit_test_setup(test_broken_escapes, fresh),
		cmocka_unit_test_setup(test_bytes_are_kept, fresh),
		cmocka_unit_test_setup(test_limits, fresh),
		cmocka_unit_test_setup(test_numbers, fresh),
		cmocka_unit_test_setup(test_fields_in_order, fresh),
		cmocka_unit_test_setup(test_twice, fresh),
		cmocka_unit_test_setup(test_multipart, fresh),
		cmocka_unit_test_setup(test_files, fresh),
		cmocka_unit_test_setup(test_boundaries, fresh),
		cmocka_unit_test_setup(test_long_boundary, fresh),
		cmocka_unit_test_setup(test_broken_parts, fresh),
		cmocka_unit_test_setup(test_part_limits, fresh),
		cmocka_unit_test_setup(test_cut_everywhere, fresh),
		cmocka_unit_test_setup(test_noise, fresh),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, start, NULL);
}
