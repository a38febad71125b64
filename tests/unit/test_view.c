/* Views of all kinds (src/mustache/view.c) as templates see them: shown, raw, as sections, and
 * what stands for a name (src/mustache/render.c).  Templates themselves: test_tmpl.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/id.h"
#include "mustache/tmpl.h"

static struct arena *arena;
static struct view *v;

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
	v = view_new(arena);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static const char *
rendered(const char *template, bool strict)
{
	struct tmpl_source source = { "page", template };
	struct tmpl_set *set;
	struct str out;
	struct buf b;

	buf_init(&b, arena, 1 << 20);
	assert_int_equal(tmpl_compile(&set, arena, &source, 1, strict), OK);
	assert_int_equal(tmpl_render(tmpl_find(set, "page", NULL), v, &b), OK);
	assert_int_equal(buf_end(&b, &out), OK);
	assert_int_equal(strlen(out.p), out.len);
	return out.p;
}

static void
test_text_is_escaped(void **state)
{
	(void)state;
	view_text(v, "all", "<a href=\"x\" title='y'>&amp;</a>");
	view_text(v, "plain", "M\xc3\xbcller `=/ 123");
	assert_string_equal(rendered("{{all}}", true),
	    "&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;amp;&lt;/a&gt;");
	assert_string_equal(rendered("{{plain}}", true), "M\xc3\xbcller `=/ 123");
}

/* Each place of an escape in a run, and of the run's end. */
static void
test_escapes_at_each_place(void **state)
{
	char text[24], want[32];

	(void)state;
	for (size_t len = 1; len < 20; len++)
		for (size_t at = 0; at < len; at++) {
			memset(text, 'x', len);
			text[len] = '\0';
			text[at] = '<';
			memset(want, 'x', at);
			strcpy(want + at, "&lt;");
			strcat(want, text + at + 1);
			v = view_new(arena);
			view_text(v, "t", text);
			assert_string_equal(rendered("{{t}}", true), want);
		}
}

static void
test_numbers(void **state)
{
	char id[14];

	(void)state;
	view_int(v, "zero", 0);
	view_int(v, "low", INT64_MIN);
	view_int(v, "high", INT64_MAX);
	view_num(v, "num", "1.21");
	view_num(v, "none", "0");
	view_id(v, "id", 1234567890123456);
	id_text(1234567890123456, id);
	assert_string_equal(rendered("{{zero}} {{low}} {{high}} {{num}}", true),
	    "0 -9223372036854775808 9223372036854775807 1.21");
	assert_string_equal(rendered("{{id}}", true), id);
	assert_string_equal(rendered("{{#zero}}a{{/zero}}{{#none}}b{{/none}}{{#num}}c{{/num}}"
	    "{{#low}}d{{/low}}{{#id}}e{{/id}}", true), "cde");
}

static void
test_null_flags_and_empty(void **state)
{
	(void)state;
	view_null(v, "null");
	view_text(v, "no", NULL);
	view_text(v, "empty", "");
	view_flag(v, "on", true);
	view_flag(v, "off", false);
	view_html(v, "html", STR(""));
	view_sub(v, "sub");
	assert_string_equal(rendered("[{{null}}{{no}}{{empty}}{{html}}]{{on}} {{off}}", true),
	    "[]true false");
	assert_string_equal(rendered("{{#null}}a{{/null}}{{#no}}b{{/no}}{{#empty}}c{{/empty}}"
	    "{{#off}}d{{/off}}{{#html}}e{{/html}}{{#absent}}f{{/absent}}"
	    "{{#on}}1{{/on}}{{#sub}}2{{/sub}}{{^absent}}3{{/absent}}{{^on}}g{{/on}}", true),
	    "123");
}

static void
test_html(void **state)
{
	(void)state;
	view_html(v, "qr", (struct str){ "<svg/>\0rest", 6 });
	assert_string_equal(rendered("{{qr}}", true), "&lt;svg/&gt;");
	assert_string_equal(rendered("{{{qr}}}{{&qr}}", false), "<svg/><svg/>");
}

static void
test_str(void **state)
{
	static const struct { const char *raw; size_t len; const char *shown; } cases[] = {
		{ "caf\xc3\xa9 \xf0\x9f\x98\x80", 10, "caf\xc3\xa9 \xf0\x9f\x98\x80" },
		{ "a\xff" "b", 3, "a\xEF\xBF\xBD" "b" },
		{ "a\0b", 3, "a\xEF\xBF\xBD" "b" },
		{ "cut\xc3", 4, "cut\xEF\xBF\xBD" },
		{ "\xed\xa0\x80", 3, "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD" },
		{ "\xc0\xaf", 2, "\xEF\xBF\xBD\xEF\xBF\xBD" },
		{ "<\x80>", 3, "&lt;\xEF\xBF\xBD&gt;" },
		{ "ab", 1, "a" },
		{ NULL, 0, "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		v = view_new(arena);
		view_str(v, "s", (struct str){ cases[i].raw, cases[i].len });
		assert_string_equal(rendered("{{s}}", true), cases[i].shown);
	}
}

static void
test_lists(void **state)
{
	(void)state;
	view_text_item(v, "words", "a");
	view_text(view_item(v, "rows"), "x", "1");
	view_text_item(v, "words", "<");
	view_text(view_item(v, "rows"), "x", "2");
	assert_string_equal(rendered("{{#words}}({{.}}){{/words}}{{#rows}}{{x}},{{/rows}}"
	    "{{^rows}}none{{/rows}}", true), "(a)(&lt;)1,2,");
}

static void
test_lists_of_anything(void **state)
{
	struct view *row;

	(void)state;
	view_num(view_item(v, "mixed"), NULL, "1.5");
	view_int(view_item(v, "mixed"), NULL, -3);
	view_null(view_item(v, "mixed"), NULL);
	row = view_item(v, "mixed");
	view_text_item(row, NULL, "in");
	view_text_item(row, NULL, "side");
	assert_string_equal(rendered("{{#mixed}}[{{.}}]{{/mixed}}", false), "[1.5][-3][][]");
	assert_string_equal(rendered("{{#mixed}}{{#.}}{{.}};{{/.}}{{/mixed}}", true),
	    "1.5;-3;in;side;");
}

static void
test_root_of_any_kind(void **state)
{
	(void)state;
	view_text(v, NULL, "<w>");
	assert_string_equal(rendered("{{.}}", true), "&lt;w&gt;");
	v = view_new(arena);
	view_text_item(v, NULL, "a");
	view_text_item(v, NULL, "b");
	assert_string_equal(rendered("{{#.}}{{.}}{{/.}}", true), "ab");
}

static void
test_levels(void **state)
{
	struct view *sub, *deep;

	(void)state;
	view_text(v, "name", "root");
	view_text(v, "base", "/t/1");
	sub = view_sub(v, "sub");
	view_text(sub, "name", "sub");
	deep = view_sub(sub, "deep");
	view_text(deep, "n", "1");
	assert_string_equal(rendered("{{name}}{{#sub}} {{name}} {{base}} {{deep.n}}{{#deep}} "
	    "{{name}} {{base}} {{n}}{{/deep}}{{/sub}} {{sub.deep.n}} {{name}}", true),
	    "root sub /t/1 1 sub /t/1 1 1 root");
}

/* Rows that differ in what they have and in its order must not be shown by the notes of the
 * rows before; keys with the same letters at another address are the same key. */
static void
test_rows_of_other_shapes(void **state)
{
	char name[] = "name", note[] = "note";
	struct view *row;

	(void)state;
	view_text(v, "note", "outer");
	for (int i = 0; i < 3; i++) {
		row = view_item(v, "rows");
		view_text(row, "name", "n");
		view_int(row, "i", i);
	}
	row = view_item(v, "rows");
	view_int(row, "i", 3);
	view_text(row, name, "turned");
	row = view_item(v, "rows");
	view_text(row, note, "own");
	view_text(row, "name", "other");
	view_int(row, "i", 4);
	row = view_item(v, "rows");
	view_text(row, "name", "n");
	view_int(row, "i", 5);
	assert_string_equal(rendered("{{#rows}}{{i}} {{name}} {{note}};{{/rows}}", true),
	    "0 n outer;1 n outer;2 n outer;3 turned outer;4 other own;5 n outer;");
}

static void
test_shorter_rows(void **state)
{
	(void)state;
	view_text(v, "x", "outer");
	for (int i = 0; i < 4; i++) {
		struct view *row = view_item(v, "rows");

		view_int(row, "i", i);
		if (i % 2 == 0)
			view_text(row, "x", "own");
	}
	assert_string_equal(rendered("{{#rows}}{{i}} {{x}};{{/rows}}", true),
	    "0 own;1 outer;2 own;3 outer;");
}

/* The same view entered from rows that differ. */
static void
test_shared_view(void **state)
{
	(void)state;
	view_text(v, "x", "outer");
	view_text(view_sub(v, "shared"), "s", "s");
	view_text(view_item(v, "rows"), "x", "own");
	view_text(view_item(v, "rows"), "y", "other");
	assert_string_equal(rendered("{{#rows}}{{#shared}}{{s}} {{x}};{{/shared}}{{/rows}}", true),
	    "s own;s outer;");
}

/* One list in two rows, beside one of its own. */
static void
test_shared_list(void **state)
{
	struct view *first = view_item(v, "rows"), *other;

	(void)state;
	view_text(first, "x", "1");
	view_text(view_item(first, "menu"), "label", "a");
	view_text(view_item(first, "menu"), "label", "b");
	other = view_item(v, "rows");
	view_text(other, "x", "2");
	view_share(other, "menu", first);
	other = view_item(v, "rows");
	view_text(other, "x", "3");
	view_text(view_item(other, "menu"), "label", "c");
	assert_string_equal(rendered("{{#rows}}{{#menu}}{{x}}{{label}} {{/menu}}{{/rows}}", true),
	    "1a 1b 2a 2b 3c ");
}

static void
test_nested_rows_of_other_shapes(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++) {
		struct view *row = view_item(v, "rows");
		struct view *sub = view_sub(row, "sub");

		if (i % 2)
			view_text(sub, "a", "odd");
		view_int(sub, "b", i);
		view_text(row, "a", "row");
		for (int k = 0; k < i; k++)
			view_int(view_item(row, "tags"), i == 3 ? "k" : "b", k);
	}
	assert_string_equal(rendered("{{#rows}}{{#sub}}{{a}}{{b}}{{/sub}}"
	    "{{#tags}}<{{k}}{{b}}>{{/tags}};{{/rows}}", false),
	    "row0;odd1<0>;row2<0><1>;odd3<0><1><2>;");
}

static void
test_many_keys(void **state)
{
	char *text = arena_strdup(arena, "");

	(void)state;
	for (int i = 0; i < 700; i++) {
		char *key = arena_printf(arena, "k%d", i);

		view_int(v, key, i);
		text = arena_printf(arena, "%s{{%s}},", text, key);
	}
	assert_non_null(strstr(rendered(text, true), ",698,699,"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_text_is_escaped, fresh),
		cmocka_unit_test_setup(test_escapes_at_each_place, fresh),
		cmocka_unit_test_setup(test_numbers, fresh),
		cmocka_unit_test_setup(test_null_flags_and_empty, fresh),
		cmocka_unit_test_setup(test_html, fresh),
		cmocka_unit_test_setup(test_str, fresh),
		cmocka_unit_test_setup(test_lists, fresh),
		cmocka_unit_test_setup(test_lists_of_anything, fresh),
		cmocka_unit_test_setup(test_root_of_any_kind, fresh),
		cmocka_unit_test_setup(test_levels, fresh),
		cmocka_unit_test_setup(test_rows_of_other_shapes, fresh),
		cmocka_unit_test_setup(test_shorter_rows, fresh),
		cmocka_unit_test_setup(test_shared_view, fresh),
		cmocka_unit_test_setup(test_shared_list, fresh),
		cmocka_unit_test_setup(test_nested_rows_of_other_shapes, fresh),
		cmocka_unit_test_setup(test_many_keys, fresh),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("view", tests, start, end);
}
