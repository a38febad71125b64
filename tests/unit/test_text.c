/* Texts with places (src/mustache/text.c): filled in C and in templates, plurals, contexts,
 * other languages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/log.h"
#include "mustache/tmpl.h"

static struct arena *arena;

static int
start(void **state)
{
	(void)state;
	arena = arena_new(64 * 1024, 64 * 1024 * 1024);
	log_open("/dev/null");
	return 0;
}

static int
end(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

#define FILLED(text, ...) \
	text_fill(arena, (text), (const char *const[]){ __VA_ARGS__, NULL })

static void
test_places(void **state)
{
	(void)state;
	assert_string_equal(FILLED("Saved.", "n", "1"), "Saved.");
	assert_string_equal(FILLED("", "n", "1"), "");
	assert_string_equal(FILLED("At most [n] characters.", "n", "60"),
	    "At most 60 characters.");
	assert_string_equal(FILLED("[a][b] [a]", "a", "<1>", "b", "&"), "<1>& <1>");
	assert_string_equal(FILLED("[[n] [[[n]", "n", "1"), "[n] [1");
	assert_string_equal(FILLED("[missing] [not a place [n", "n", "1"),
	    "[missing] [not a place [n");
	assert_string_equal(FILLED("[a]", "a", "[b]", "b", "no"), "[b]");
}

/* Names of other directions stand apart; all others are untouched. */
static void
test_directions(void **state)
{
	(void)state;
	assert_string_equal(FILLED("[a] invites [b] ([n])", "a", "محمد علي", "b", "Ada", "n", "3"),
	    "\u2068محمد علي\u2069 invites Ada (3)");
	assert_string_equal(FILLED("[a]!", "a", "Bo דן"), "\u2068Bo דן\u2069!");
	assert_string_equal(FILLED("[a]!", "a", "𐤀"), "\u2068𐤀\u2069!");
	assert_string_equal(FILLED("[a] [b]", "a", "李小龙", "b", "Zoë Łuk"), "李小龙 Zoë Łuk");
}

static void
test_plurals(void **state)
{
	static const char users[] = "[n] user of [org] | [n] users of [org]";

	(void)state;
	assert_string_equal(FILLED(users, "n", "1", "org", "X"), "1 user of X");
	assert_string_equal(FILLED(users, "n", "0", "org", "X"), "0 users of X");
	assert_string_equal(FILLED(users, "n", "1000+", "org", "X"), "1000+ users of X");
	assert_string_equal(FILLED("[a] key, [n] user | [a] keys, [n] users", "a", "5", "n", "1"),
	    "5 key, 1 user");
	assert_string_equal(FILLED("[keys] key | [keys] keys", "keys", "1"), "1 key");
	assert_string_equal(FILLED("one | many", "n", "1"), "many");
	assert_string_equal(FILLED("a|b", "n", "1"), "a|b");
}

static void
test_context(void **state)
{
	(void)state;
	assert_string_equal(FILLED("ctx:menu Users", "n", "1"), "Users");
	assert_string_equal(FILLED("ctx:menu [n] user | [n] users", "n", "2"), "2 users");
	assert_string_equal(FILLED("see ctx:menu", "n", "1"), "see ctx:menu");
}

static const struct { const char *context, *english, *translated; } catalogue[] = {
	{ NULL, "Users", "Nutzer & mehr" },
	{ "menu", "Users", "<Leute>" },
	{ NULL, "[n] user | [n] users", "[n] jeden | [n] kilka | [n] wiele" },
	{ NULL, "Hello [name]", "[name], hallo [[!" },
	{ NULL, "Bye [name]", "[nam], ade" },
	{ NULL, "Go to [n]", "Gehe zu [n] | Geht zu [n]" },
	{ NULL, "Stop [name]", "Halt [name" },
};

static const char *
find(const void *data, const char *context, const char *english, size_t *len)
{
	assert_ptr_equal(data, catalogue);
	for (size_t i = 0; i < sizeof catalogue / sizeof catalogue[0]; i++) {
		bool same = context && catalogue[i].context ?
		    strcmp(context, catalogue[i].context) == 0 :
		    !context && !catalogue[i].context;

		if (same && strcmp(english, catalogue[i].english) == 0) {
			*len = strlen(catalogue[i].translated);
			return catalogue[i].translated;
		}
	}
	return NULL;
}

static size_t
form(const void *data, int64_t n)
{
	assert_ptr_equal(data, catalogue);
	return n == 1 ? 0 : n < 5 ? 1 : 2;
}

static const struct texts languages[] = {
	{ "fr", find, NULL, catalogue },
	{ "pl", find, form, catalogue },
};

static const char *
in_template(const char *text, const char *language, struct view *v)
{
	struct tmpl_source source = { "page", text };
	struct tmpl_set *set;
	struct str out;
	struct buf b;

	buf_init(&b, arena, 4096);
	assert_int_equal(tmpl_compile_languages(&set, arena, &source, 1, true, languages, 2), OK);
	assert_int_equal(tmpl_render(tmpl_find(set, "page", language), v, &b), OK);
	assert_int_equal(buf_end(&b, &out), OK);
	return out.p;
}

static void
test_templates(void **state)
{
	struct view *v = view_new(arena);

	(void)state;
	view_text(v, "name", "<Ann>");
	view_text(view_sub(v, "org"), "name", "Q&A");
	assert_string_equal(in_template("{{_ Users}}", NULL, v), "Users");
	assert_string_equal(in_template("{{_\n\tAdd   to\n\torg }}", NULL, v), "Add to org");
	assert_string_equal(in_template("{{_ Ben & [name] <3 [[x]}}", NULL, v),
	    "Ben &amp; <bdi>&lt;Ann&gt;</bdi> &lt;3 [x]");
	assert_string_equal(in_template("{{_ Part of [org.name]}}", NULL, v),
	    "Part of <bdi>Q&amp;A</bdi>");
	assert_string_equal(in_template("{{_ ctx:menu Users}}", NULL, v), "Users");
}

static void
test_template_plurals(void **state)
{
	static const char text[] = "<{{#rows}}{{_ [n] user | [n] users}}, {{/rows}}>";
	struct view *v = view_new(arena);

	(void)state;
	view_int(view_item(v, "rows"), "n", 1);
	view_int(view_item(v, "rows"), "n", 2);
	view_num(view_item(v, "rows"), "n", "1");
	view_num(view_item(v, "rows"), "n", "1.5");
	view_text(view_item(v, "rows"), "n", "12");
	view_int(view_item(v, "rows"), "n", -1);
	assert_string_equal(in_template(text, NULL, v),
	    "<1 user, 2 users, 1 user, 1.5 users, 12 users, -1 users, >");
	assert_string_equal(in_template(text, "pl", v),
	    "<1 jeden, 2 kilka, 1 jeden, 1.5 wiele, 12 wiele, -1 kilka, >");
	assert_string_equal(in_template(text, "fr", v),
	    "<1 jeden, 2 kilka, 1 jeden, 1.5 wiele, 12 kilka, -1 kilka, >");
}

static void
test_languages(void **state)
{
	struct view *v = view_new(arena);

	(void)state;
	view_text(v, "name", "Ann");
	assert_string_equal(in_template("{{_ Users}}", "pl", v), "Nutzer &amp; mehr");
	assert_string_equal(in_template("{{_ Users}}", "fr", v), "Nutzer &amp; mehr");
	assert_string_equal(in_template("{{_ Users}}", "de", v), "Users");
	assert_string_equal(in_template("{{_ ctx:menu Users}}", "pl", v), "&lt;Leute&gt;");
	assert_string_equal(in_template("{{_ ctx:page Users}}", "pl", v), "Users");
	assert_string_equal(in_template("{{_ Hello [name]}}", "pl", v), "<bdi>Ann</bdi>, hallo [!");
}

/* A translation with another place, a broken one or plural forms of its own is left aside. */
static void
test_bad_translations(void **state)
{
	struct view *v = view_new(arena);

	(void)state;
	view_text(v, "name", "Ann");
	view_int(v, "n", 5);
	assert_string_equal(in_template("{{_ Bye [name]}}", "pl", v), "Bye <bdi>Ann</bdi>");
	assert_string_equal(in_template("{{_ Stop [name]}}", "pl", v), "Stop <bdi>Ann</bdi>");
	assert_string_equal(in_template("{{_ Go to [n]}}", "pl", v), "Go to 5");
}

static void
test_say(void **state)
{
	static const char *const pairs[] = { "n", "7", NULL };

	(void)state;
	assert_string_equal(text_say(arena, &languages[1], "[n] user | [n] users", pairs),
	    "7 wiele");
	assert_string_equal(text_say(arena, &languages[1], "ctx:menu Users", pairs), "<Leute>");
	assert_string_equal(text_say(arena, NULL, "[n] user | [n] users", pairs), "7 users");
	assert_string_equal(text_say(arena, &languages[1], "[n] user | [n] users",
	    (const char *const[]){ "n", "-1,002", NULL }), "-1,002 kilka");
	assert_string_equal(text_say(arena, &languages[1], "[n] user | [n] users",
	    (const char *const[]){ "n", "-1\u202f234.002", NULL }), "-1\u202f234.002 kilka");
	assert_string_equal(text_say(arena, &languages[1], "[n] user | [n] users",
	    (const char *const[]){ "n", "-1.02", NULL }), "-1.02 wiele");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_directions),
		cmocka_unit_test(test_plurals),
		cmocka_unit_test(test_context),
		cmocka_unit_test(test_templates),
		cmocka_unit_test(test_template_plurals),
		cmocka_unit_test(test_languages),
		cmocka_unit_test(test_bad_translations),
		cmocka_unit_test(test_say),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("text", tests, start, end);
}
