/* Keys, folding, names, email addresses (src/base/unicode.c). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/str.h"

#define BYTES(literal) ((struct str){ (literal), sizeof(literal) - 1 })
#define COUNT(array)   (sizeof(array) / sizeof((array)[0]))

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

static void
test_key(void **state)
{
	static const struct { const char *text, *key; } cases[] = {
		{ "", "" }, { "Ann@X.test", "ann@x.test" },
		{ "already lower 09_", "already lower 09_" },
		{ "JOSÉ", "josé" }, { "jose\xcc\x81", "josé" }, { "ＡＢＣ", "abc" },
		{ "\xe2\x84\xaa" "elvin", "kelvin" }, { "Straße", "strasse" }, { "ﬁn", "fin" },
		{ "ΣΊΣΥΦΟΣ", "σίσυφοσ" }, { "Ångström", "ångström" }, { "①", "1" },
		{ "a\xc2\xad" "b", "ab" }, { "ПРИВЕТ", "привет" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_string_equal(text_key(arena, cases[i].text), cases[i].key);
	/* Accents are kept: these are two people. */
	assert_string_not_equal(text_key(arena, "josé"), text_key(arena, "jose"));
}

static void
test_fold(void **state)
{
	static const struct { const char *text, *fold; } cases[] = {
		{ "", "" }, { "MARIA", "maria" }, { "Müller", "muller" },
		{ "mu\xcc\x88ller", "muller" },
		{ "Łukasz", "lukasz" }, { "Søren", "soren" }, { "ØRSTED", "orsted" },
		{ "Straße", "strasse" }, { "Đoković", "dokovic" }, { "Æther", "aether" },
		{ "œuvre", "oeuvre" }, { "Þór", "thor" }, { "Guðrún", "gudrun" },
		{ "Işık", "isik" }, { "İstanbul", "istanbul" }, { "Ｆｕｌｌ", "full" },
		{ "Nguyễn", "nguyen" }, { "Ёлка", "елка" }, { "\xc2\xa0", " " },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_string_equal(text_fold(arena, cases[i].text), cases[i].fold);
}

/* Of every character: both are text, both stay as they are when made again, and equal keys
 * fold alike. */
static void
test_stable(void **state)
{
	(void)state;
	for (uint32_t cp = 0x20; cp < 0x110000; cp++) {
		size_t mark = arena_mark(arena), n = 1;
		char s[5] = { (char)cp };
		const char *key, *fold;

		if (cp >= 0xd800 && cp < 0xe000)
			continue;
		if (cp >= 0x80) {
			n = cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
			s[0] = (char)((0xf00 >> n & 0xff) | cp >> (6 * (n - 1)));
			for (size_t i = 1; i < n; i++)
				s[i] = (char)(0x80 | (cp >> (6 * (n - 1 - i)) & 63));
		}
		key = text_key(arena, s);
		fold = text_fold(arena, s);
		assert_string_equal(text_key(arena, key), key);
		assert_string_equal(text_fold(arena, fold), fold);
		/* The two forms of the Greek iota below are marks first and letters then. */
		if (cp != 0x345 && cp != 0x37a)
			assert_string_equal(text_fold(arena, key), fold);
		arena_release(arena, mark);
	}
}

static void
test_name(void **state)
{
	static const struct { const char *in, *out; } good[] = {
		{ "Ann", "Ann" }, { "  Ann   van  der Berg ", "Ann van der Berg" },
		{ "O'Neill", "O'Neill" }, { "O\u2019Neill", "O\u2019Neill" },
		{ "Müller-Lüdenscheidt, Dr. (jun.)", "Müller-Lüdenscheidt, Dr. (jun.)" },
		{ "Ann\u00a0\u2003Lee", "Ann Lee" }, { "李小龍", "李小龍" }, { "محمد", "محمد" },
		{ "प्रिया", "प्रिया" },
		{ "Jose\u0301", "Jose\u0301" }, { "X Æ 12", "X Æ 12" },
		{ "A", "A" }, { "7", "7" }, { "Jean\u2010Luc", "Jean\u2010Luc" },
	};
	static const char *const bad[] = { "", " ", ".", "-", "()", "Ann\nLee", "Ann\tLee",
		"Ann\u202eLee", "<b>", "Ann;", "Ann & Bob", "Ann_Lee", "a@b", "http://evil",
		"Ann\"",
		"Ann\u2028", "\xff", "Ann\xc3", "\u0301", "\U0001f600", "Ann/Lee", "2\u00bd" };
	const char *text;

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		assert_int_equal(name_text(arena, str_of(good[i].in), &text), OK);
		assert_string_equal(text, good[i].out);
	}
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_int_equal(name_text(arena, str_of(bad[i]), &text), ERR_INVALID);
	assert_int_equal(name_text(arena, BYTES("Ann\0Lee"), &text), ERR_INVALID);
}

/* 60 characters, counted after spaces went. */
static void
test_name_length(void **state)
{
	char name[200];
	const char *text;
	size_t n = 0;

	(void)state;
	n += (size_t)snprintf(name, sizeof(name), "   ");
	for (int i = 0; i < 60; i++)
		n += (size_t)snprintf(name + n, sizeof(name) - n, "ä");
	n += (size_t)snprintf(name + n, sizeof(name) - n, "   ");
	assert_int_equal(name_text(arena, (struct str){ name, n }, &text), OK);
	assert_int_equal(strlen(text), 120);
	memcpy(name + n, "x", 2);
	assert_int_equal(name_text(arena, str_of(name), &text), ERR_INVALID);
}

static void
test_email(void **state)
{
	static const struct { const char *in, *address, *key; } cases[] = {
		{ "ann@x.test", "ann@x.test", "ann@x.test" },
		{ "Ann.Lee+Tag@X.Test", "Ann.Lee+Tag@x.test", "ann.lee+tag@x.test" },
		{ "a@\uff45xample.com", "a@example.com", "a@example.com" },
		{ "a@EXAMPLE\u3002com", "a@example.com", "a@example.com" },
		{ "a@\u212aelvin.test", "a@kelvin.test", "a@kelvin.test" },
		{ "a@müller.example", "a@xn--mller-kva.example", "a@xn--mller-kva.example" },
		{ "a@MÜLLER.example", "a@xn--mller-kva.example", "a@xn--mller-kva.example" },
		{ "a@mu\u0308ller.example", "a@xn--mller-kva.example", "a@xn--mller-kva.example" },
		{ "a@straße.de", "a@xn--strae-oqa.de", "a@xn--strae-oqa.de" },
		{ "a@XN--mller-kva.example", "a@xn--mller-kva.example", "a@xn--mller-kva.example" },
		{ "!#$%&'*+-/=?^_`{|}~@x.test", "!#$%&'*+-/=?^_`{|}~@x.test",
		    "!#$%&'*+-/=?^_`{|}~@x.test" },
		{ "a@1.2.3.4a", "a@1.2.3.4a", "a@1.2.3.4a" },
		{ "a@123.test", "a@123.test", "a@123.test" },
		{ "tenantry@localhost.localdomain", "tenantry@localhost.localdomain",
		    "tenantry@localhost.localdomain" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *address, *key;

		assert_int_equal(email_text(arena, str_of(cases[i].in), &address, &key), OK);
		assert_string_equal(address, cases[i].address);
		assert_string_equal(key, cases[i].key);
	}
}

static void
test_email_refused(void **state)
{
	static const char *const bad[] = {
		"", "@", "a", "a@", "@x.test", "a@b@x.test", "a@localhost", "a@x.", "a@.x",
		"a@x..test", "a@x.test.", ".a@x.test", "a.@x.test", "a..b@x.test",
		"\"a b\"@x.test", "\"a\"@x.test",
		"josé@x.test", "\u212a@x.test", "a@[127.0.0.1]", "a@[IPv6:::1]", "a@127.0.0.1",
		"a@1.2", "a b@x.test", "a@x test.de", " a@x.test", "a@x.test ",
		"a@x.test\r\nRCPT TO:<c>", "a@b>\r\nRCPT TO:<c", "<a@x.test>", "a@x.test>",
		"a\n@x.test", "a,b@x.test", "a;b@x.test",
		"a:b@x.test", "a(c)@x.test", "a@x.test(c)", "a@-x.test", "a@x-.test", "a@x_y.test",
		"a@x.t st", "a@x!.test", "a\xff@x.test", "a@x\xff.test", "a@\u202ex.test",
		"a@xn--\u00fc.test", "a@xn--zzzzzzzz99999.test", "a@x.test\uff20y.test",
		"a@x.test/y",
		"a@x.test:25", "a@\u00ad.test", "mailto:a@x.test", "a\\b@x.test", "a\t@x.test",
	};
	const char *address = NULL, *key = NULL;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		if (email_text(arena, str_of(bad[i]), &address, &key) != ERR_INVALID)
			fail_msg("taken: %s", bad[i]);
	}
	assert_int_equal(email_text(arena, BYTES("a\0@x.test"), &address, &key), ERR_INVALID);
	assert_int_equal(email_text(arena, BYTES("a@x.test\0"), &address, &key), ERR_INVALID);
	assert_int_equal(email_text(arena, BYTES("a@x\0.test"), &address, &key), ERR_INVALID);
	assert_int_equal(email_text(arena, (struct str){ NULL, 0 }, &address, &key), ERR_INVALID);
	assert_null(address);
}

/* n times c, then the rest. */
static struct str
repeated(char c, size_t n, const char *rest)
{
	char *p = arena_zalloc(arena, n + strlen(rest) + 1, 1);

	memset(p, c, n);
	memcpy(p + n, rest, strlen(rest));
	return str_of(p);
}

static void
test_email_length(void **state)
{
	const char *address, *key, *label = repeated('b', 63, ".").p;
	/* 64 + 1 + 189 = 254 */
	char *longest = arena_printf(arena, "%s@%s%s%.57s.test", repeated('a', 64, "").p, label,
	    label, label);

	(void)state;
	assert_int_equal(email_text(arena, repeated('a', 64, "@x.test"), &address, &key), OK);
	assert_int_equal(email_text(arena, repeated('a', 65, "@x.test"), &address, &key),
	    ERR_INVALID);
	assert_int_equal(strlen(longest), 255);
	assert_int_equal(email_text(arena, str_of(longest), &address, &key), ERR_INVALID);
	assert_int_equal(email_text(arena, str_of(longest + 1), &address, &key), OK);
	assert_int_equal(email_text(arena, str_of(arena_printf(arena, "a@%sx", label)), &address,
	    &key), OK);
	assert_int_equal(email_text(arena, str_of(arena_printf(arena, "a@b%sx", label)), &address,
	    &key), ERR_INVALID);
}

/* What passes is ASCII without anything that SMTP or a header could trip over, and passes
 * again unchanged. */
static void
test_email_random(void **state)
{
	static const char *const pieces[] = { "a", "B", ".", "@", "-", "x.test", "ü", "\r", "\n",
		" ", "<", ">", "\"", "\xff", "xn--", "1", "\u3002", "\u200d", "[", "," };
	size_t taken = 0;

	(void)state;
	srand(5);
	for (int i = 0; i < 200000; i++) {
		size_t mark = arena_mark(arena), n = 0;
		const char *address, *key, *again, *same;
		char s[128];

		for (int k = 1 + rand() % 7; k > 0; k--)
			n += (size_t)snprintf(s + n, sizeof(s) - n, "%s",
			    pieces[(size_t)rand() % COUNT(pieces)]);
		if (rand() % 2)
			n += (size_t)snprintf(s + n, sizeof(s) - n, "@x.test");
		if (email_text(arena, (struct str){ s, n }, &address, &key) == OK) {
			taken++;
			for (const char *p = address; *p; p++)
				assert_true(*p > ' ' && *p < 0x7f && !strchr("<>\"(),:;[\\]", *p));
			assert_ptr_equal(strchr(address, '@'), strrchr(address, '@'));
			assert_int_equal(email_text(arena, str_of(address), &again, &same), OK);
			assert_string_equal(again, address);
			assert_string_equal(same, key);
		}
		arena_release(arena, mark);
	}
	assert_true(taken > 1000);
}

/* {E13} A name of blanks and fillers alone would be a link that nobody sees. */
static void
a_title_can_be_seen(void **state)
{
	static const char *const good[] = { "a", "7", "-", "\xe2\x82\xac", "\xc2\xa0x",
		"\xf0\x9f\x98\x80", "\xe6\x9d\xb1", "e\xcc\x81", "\xd9\x85" };
	static const char *const bad[] = { "", " ", "\xc2\xa0", "\xe3\x80\x80", "\xe2\x80\x8b",
		"\xe2\x80\x8d", "\xe2\x81\xa0", "\xef\xbb\xbf", "\xc2\xad", "\xcd\x8f",
		"\xe3\x85\xa4", "\xe2\xa0\x80", "\xe1\x85\x9f", "\xef\xbe\xa0",
		"\xe2\x80\x8b \xc2\xa0", "a\x01", "\xff", "\xe2\x80\xae" };
	const char *text;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_int_equal(title_text(arena, str_of(good[i]), 4, &text), OK);
		assert_string_equal(text, good[i]);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(title_text(arena, str_of(bad[i]), 4, &text), ERR_INVALID);
	assert_int_equal(title_text(arena, STR("fives"), 4, &text), ERR_INVALID);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_key, clean),
		cmocka_unit_test_teardown(test_fold, clean),
		cmocka_unit_test_teardown(test_stable, clean),
		cmocka_unit_test_teardown(test_name, clean),
		cmocka_unit_test_teardown(test_name_length, clean),
		cmocka_unit_test_teardown(a_title_can_be_seen, clean),
		cmocka_unit_test_teardown(test_email, clean),
		cmocka_unit_test_teardown(test_email_refused, clean),
		cmocka_unit_test_teardown(test_email_length, clean),
		cmocka_unit_test_teardown(test_email_random, clean),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("unicode", tests, start, stop);
}
