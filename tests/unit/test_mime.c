/* Messages: what app/mime.h promises, read back by a small decoder of this test's own.  How
 * real servers and readers take them is in tests/mail. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "app/mime.h"
#include "base/arena.h"

static struct arena *arena;

static int
set_up(void **state)
{
	(void)state;
	arena = arena_new(1 << 16, 64 << 20);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static struct mime
sample(void)
{
	return (struct mime){ .from = "post@console.example", .from_name = "Acme",
		.to = "ann@x.test", .reply_to = "", .subject = "Your link",
		.message_id = "abc_DEF-123",
		.mark = "01hx3vq9q8a2b", .at = 1795255200123, .text = "Hello.\n",
		.html = "<p>Hello.</p>\n" };
}

static const char *
built(const struct mime *m)
{
	struct str s;

	assert_int_equal(mime_build(arena, m, &s), OK);
	assert_int_equal(strnlen(s.p, s.len), s.len);
	return arena_printf(arena, "%.*s", (int)s.len, s.p);
}

/* CRLF at each line's end and nowhere else, ASCII only, 76 characters at most. */
static void
assert_lines(const char *message)
{
	size_t column = 0;

	for (const char *p = message; *p; p++) {
		assert_true((unsigned char)*p < 0x80);
		if (*p == '\r') {
			assert_int_equal(p[1], '\n');
			continue;
		}
		if (*p == '\n') {
			assert_true(p > message && p[-1] == '\r');
			assert_true(column <= 76);
			column = 0;
			continue;
		}
		column++;
	}
	assert_int_equal(column, 0);
}

/* A header's value, unfolded as readers do: the line end goes, the space stays. */
static const char *
header(const char *message, const char *name)
{
	const char *p = strstr(message, arena_printf(arena, "\r\n%s: ", name));
	char       *out, *to;

	assert_non_null(p);
	p += strlen(name) + 4;
	out = to = arena_strdup(arena, p);
	for (; strncmp(p, "\r\n", 2) != 0 || p[2] == ' '; p++)
		if (*p != '\r' && *p != '\n')
			*to++ = *p;
	*to = '\0';
	return out;
}

static unsigned
base64_value(char c)
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = strchr(digits, c);

	assert_true(c != '\0' && at != NULL);
	return (unsigned)(at - digits);
}

/* Encoded words only, parted by one space each, which does not count. */
static const char *
decode_words(const char *s)
{
	char *out = arena_strdup(arena, s), *to = out;

	while (strncmp(s, "=?UTF-8?B?", 10) == 0) {
		const char *start = s;

		for (s += 10; *s != '?'; s += 4) {
			unsigned v = base64_value(s[0]) << 18 | base64_value(s[1]) << 12 |
			    (s[2] == '=' ? 0 : base64_value(s[2]) << 6) |
			    (s[3] == '=' ? 0 : base64_value(s[3]));

			*to++ = (char)(v >> 16);
			if (s[2] != '=')
				*to++ = (char)(v >> 8);
			if (s[3] != '=')
				*to++ = (char)v;
		}
		assert_int_equal(s[1], '=');
		s += 2;
		assert_true(s - start <= 75);
		s += *s == ' ';
	}
	*to = '\0';
	assert_true(*s == '\0' || *s == '<');
	return out;
}

static unsigned
hex_value(char c)
{
	assert_true((c >= '0' && c <= '9') || (c >= 'A' && c <= 'F'));
	return c <= '9' ? (unsigned)(c - '0') : (unsigned)(c - 'A' + 10);
}

/* The body of the nth part. */
static const char *
part(const char *message, unsigned nth)
{
	const char *boundary = "\r\n--=_abc_DEF-123";
	const char *p = strstr(message, boundary), *end;
	char       *out, *to;

	while (nth--)
		p = strstr(p + 2, boundary);
	p = strstr(p + 2, "\r\n\r\n") + 2;
	end = strstr(p, boundary);
	assert_non_null(end);
	/* The line end before a boundary is the boundary's; an empty part has no other. */
	p = end == p ? p : p + 2;
	out = to = arena_zalloc(arena, (size_t)(end - p) + 1, 1);
	for (; p < end; p++) {
		if (*p != '=')
			*to++ = *p;
		else if (p[1] == '\r')
			p += 2;
		else {
			*to++ = (char)(hex_value(p[1]) << 4 | hex_value(p[2]));
			p += 2;
		}
	}
	*to = '\0';
	return out;
}

static void
whole(void **state)
{
	struct mime m = sample();

	(void)state;
	m.reply_to = "help@acme.example";
	assert_string_equal(built(&m),
	    "Date: Sat, 21 Nov 2026 10:00:00 +0000\r\n"
	    "From: \"Acme\"\r\n <post@console.example>\r\n"
	    "To: ann@x.test\r\n"
	    "Reply-To: help@acme.example\r\n"
	    "Subject: Your link\r\n"
	    "Message-ID: <abc_DEF-123@console.example>\r\n"
	    "X-Tenantry-Id: 01hx3vq9q8a2b\r\n"
	    "Auto-Submitted: auto-generated\r\n"
	    "MIME-Version: 1.0\r\n"
	    "Content-Type: multipart/alternative;\r\n boundary=\"=_abc_DEF-123\"\r\n"
	    "\r\n"
	    "--=_abc_DEF-123\r\n"
	    "Content-Type: text/plain; charset=utf-8\r\n"
	    "Content-Transfer-Encoding: quoted-printable\r\n"
	    "\r\n"
	    "Hello.\r\n"
	    "--=_abc_DEF-123\r\n"
	    "Content-Type: text/html; charset=utf-8\r\n"
	    "Content-Transfer-Encoding: quoted-printable\r\n"
	    "\r\n"
	    "<p>Hello.</p>\r\n"
	    "--=_abc_DEF-123--\r\n");
}

static void
no_name_and_no_reply(void **state)
{
	struct mime m = sample();
	const char *message;

	(void)state;
	m.from_name = "";
	message = built(&m);
	assert_string_equal(header(message, "From"), "post@console.example");
	assert_null(strstr(message, "Reply-To"));
}

static void
names(void **state)
{
	struct mime m = sample();

	(void)state;
	m.from_name = "A \"B\" \\ C, D. (E)";
	assert_string_equal(header(built(&m), "From"),
	    "\"A \\\"B\\\" \\\\ C, D. (E)\" <post@console.example>");
	m.from_name = "M\xc3\xbcller & S\xc3\xb6hne";
	assert_string_equal(decode_words(header(built(&m), "From")), m.from_name);
	m.from_name = "A name of eighty characters is as long as a tenant's may be, "
	    "and so it is encoded";
	assert_string_equal(decode_words(header(built(&m), "From")), m.from_name);
	assert_lines(built(&m));
	m.from_name = "=?UTF-8?B?Qm9zcw==?=";
	assert_string_equal(decode_words(header(built(&m), "From")), m.from_name);
}

static void
subjects(void **state)
{
	static const char *const encoded[] = {
		"Gr\xc3\xbc\xc3\x9f Gott",
		"=?UTF-8?B?Qm9zcw==?=",
		"\xf0\x9f\x94\x91\xf0\x9f\x94\x91\xf0\x9f\x94\x91\xf0\x9f\x94\x91\xf0\x9f\x94\x91"
		"\xf0\x9f\x94\x91\xf0\x9f\x94\x91\xf0\x9f\x94\x91\xf0\x9f\x94\x91\xf0\x9f\x94\x91"
		"\xf0\x9f\x94\x91\xf0\x9f\x94\x91\xf0\x9f\x94\x91\xf0\x9f\x94\x91\xf0\x9f\x94\x91",
		"a\xe2\x82\xac" "bb\xe2\x82\xac" "ccc\xe2\x82\xac" "dddd\xe2\x82\xac"
		"eeeee\xe2\x82\xac" "ffffff\xe2\x82\xac" "ggggggg\xe2\x82\xac"
		"hhhhhhhh\xe2\x82\xac",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	};
	struct mime m = sample();

	(void)state;
	for (size_t i = 0; i < sizeof(encoded) / sizeof(encoded[0]); i++) {
		m.subject = encoded[i];
		assert_lines(built(&m));
		assert_string_equal(decode_words(header(built(&m), "Subject")), encoded[i]);
	}
	m.subject = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
	assert_lines(built(&m));
	assert_string_equal(header(built(&m), "Subject"), m.subject);
}

static void
assert_body(const char *text, const char *read_back)
{
	struct mime m = sample();
	const char *message;

	m.text = text;
	m.html = text;
	message = built(&m);
	assert_lines(message);
	assert_string_equal(part(message, 0), read_back);
	assert_string_equal(part(message, 1), read_back);
}

static void
bodies(void **state)
{
	(void)state;
	assert_body("", "");
	assert_body("a", "a");
	assert_body("a\n", "a");
	assert_body("a\r\nb\nc", "a\r\nb\r\nc");
	assert_body("a\rb", "a\rb");
	assert_body("x=3D \t\n \nend ", "x=3D \t\r\n \r\nend ");
	assert_body(".\n..\n.dot\n", ".\r\n..\r\n.dot");
	assert_body("--=_abc_DEF-123\n--=_abc_DEF-123--\n", "--=_abc_DEF-123\r\n--=_abc_DEF-123--");
	assert_body("From me\n\nx\n", "From me\r\n\r\nx");
	assert_body("https://console.example/invite?t=0123456789012345678901234567890123456789"
	    "012345678901234567890123456789012345678901234567890123456789012345678901234567890",
	    "https://console.example/invite?t=0123456789012345678901234567890123456789"
	    "012345678901234567890123456789012345678901234567890123456789012345678901234567890");
}

/* Any mixture of what needs care, at any column. */
static void
mixed_bodies(void **state)
{
	static const char *const bits[] = { "a", "=", " ", "\t", ".", "\xc3\xbc", "\xe2\x82\xac",
		"\xf0\x9f\x94\x91", "\r\n", "word", "\x01", "\x7f" };
	uint32_t r = 12345;

	(void)state;
	for (int round = 0; round < 300; round++) {
		char   text[2048] = "";
		size_t len = 0;

		for (int i = 0; i < 300; i++) {
			const char *bit;

			r = r * 1664525 + 1013904223;
			bit = bits[(r >> 16) % (sizeof(bits) / sizeof(bits[0]))];
			len += (size_t)sprintf(text + len, "%s", bit);
		}
		sprintf(text + len, "end");
		assert_body(text, text);
		arena_reset(arena);
	}
}

static void
refused_values(void **state)
{
	static const char *const bad[] = { "a\r\nBcc: c@x.test", "a\nb", "a\rb", "a\tb", "a\x01",
		"\x7f", "\xff", "\xc3", "\xed\xa0\x80", "\xc0\x80", "\xf5\x80\x80\x80" };
	struct str  s;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct mime m = sample();

		m.subject = bad[i];
		assert_int_equal(mime_build(arena, &m, &s), ERR_INVALID);
		m = sample();
		m.from_name = bad[i];
		assert_int_equal(mime_build(arena, &m, &s), ERR_INVALID);
		m = sample();
		m.message_id = bad[i];
		assert_int_equal(mime_build(arena, &m, &s), ERR_INVALID);
		m = sample();
		m.mark = bad[i];
		assert_int_equal(mime_build(arena, &m, &s), ERR_INVALID);
	}
}

static void
addresses(void **state)
{
	static const char *const good[] = { "a@b.test", "ann.lee+x@sub.x-y.test", "a@localhost",
		"o'neil@x.test", "a@xn--bcher-kva.example", "1@2.test" };
	static const char *const bad[] = { "", "a", "@", "a@", "@b.test", "a@b@c.test",
		"a b@x.test", "a@x .test", "a@x.test ", " a@x.test",
		"a@x.test\r\nRCPT TO:<c@x.test>", "a@b>\r\nRCPT TO:<c", "<a@x.test>",
		"a@x.test>", "\"a b\"@x.test", "a@[127.0.0.1]", "a@127.0.0.1",
		"a..b@x.test", ".a@x.test", "a.@x.test", "a@.test", "a@x..test",
		"a@x.test.", "a@-x.test", "a@x-.test", "a@x.test-", "jos\xc3\xa9@x.test",
		"a@z\xc3\xbcrich.example", "a,b@x.test", "a;b@x.test", "a(b)@x.test",
		"a:b@x.test", "a\\@x.test", "a\tb@x.test", "a@x_y.test",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@x.test",
		"a@aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.test" };
	struct str s;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(mime_address(good[i]));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct mime m = sample();

		assert_false(mime_address(bad[i]));
		m.to = bad[i];
		assert_int_equal(mime_build(arena, &m, &s), ERR_INVALID);
		m = sample();
		m.from = bad[i];
		assert_int_equal(mime_build(arena, &m, &s), ERR_INVALID);
		m = sample();
		m.reply_to = bad[i];
		assert_int_equal(mime_build(arena, &m, &s), *bad[i] ? ERR_INVALID : OK);
	}
	assert_string_equal(mime_domain("a@b.test"), "b.test");
	assert_string_equal(mime_domain("nothing"), "");
}

static void
longest_address(void **state)
{
	char        address[300];
	int         n = sprintf(address, "a@");
	struct mime m = sample();

	(void)state;
	for (int i = 0; i < 126; i++)
		n += sprintf(address + n, "b%s", i < 125 ? "." : "");
	assert_int_equal(strlen(address), 253);
	strcat(address, "c");
	assert_true(mime_address(address));
	m.to = address;
	assert_string_equal(header(built(&m), "To"), address);
	strcat(address, "c");
	assert_false(mime_address(address));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole),
		cmocka_unit_test(no_name_and_no_reply),
		cmocka_unit_test(names),
		cmocka_unit_test(subjects),
		cmocka_unit_test(bodies),
		cmocka_unit_test(mixed_bodies),
		cmocka_unit_test(refused_values),
		cmocka_unit_test(addresses),
		cmocka_unit_test(longest_address),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
