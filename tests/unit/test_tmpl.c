/* Sets of templates as the product uses them (src/mustache/tmpl.c, parse.c, compile.c,
 * markup.c, render.c): what strict refuses and where it says so, white space, plain text,
 * limits, loading.  That the engine is Mustache is tested in tests/spec, values in
 * test_view.c, texts in test_text.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/log.h"
#include "mustache/tmpl.h"
#include "../scratch.h"

static struct arena *arena;
static char dir[SCRATCH_SIZE];
static const char *log_path;

enum { SOURCES_MOST = 6 };

static int
start(void **state)
{
	(void)state;
	arena = arena_new(64 * 1024, 256 * 1024 * 1024);
	if (!mkdtemp(scratch_path(dir, "test_tmpl")))
		return 1;
	return 0;
}

/* The arena is reset, so the path is made anew. */
static int
fresh(void **state)
{
	(void)state;
	arena_reset(arena);
	log_path = arena_printf(arena, "%s/log", dir);
	unlink(log_path);
	log_open(log_path);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	log_open(NULL);
	unlink(arena_printf(arena, "%s/log", dir));
	rmdir(dir);
	arena_free(arena);
	return 0;
}

static const char *
logged(void)
{
	char *text = ARENA_ARRAY(arena, char, 1 << 16);
	FILE *f = fopen(log_path, "r");

	assert_non_null(f);
	assert_true(fread(text, 1, (1 << 16) - 1, f) < (1 << 16) - 1);
	fclose(f);
	assert_int_equal(truncate(log_path, 0), 0);
	return text;
}

static void
assert_logged(const char *file, int line, const char *why)
{
	const char *text = logged();
	const char *where = arena_printf(arena, "\"file\":\"%s.mustache\",\"line\":\"%d\",", file,
	    line);

	if (!strstr(text, where) || !strstr(text, why))
		fail_msg("no %s \"%s\" in: %s", where, why, text);
}

/* Pairs of name and source, ending with NULL. */
static enum err
compile(struct tmpl_set **set, bool strict, const char *const *pairs)
{
	struct tmpl_source sources[SOURCES_MOST];
	size_t n = 0;

	for (; *pairs; pairs += 2)
		sources[n++] = (struct tmpl_source){ pairs[0], pairs[1] };
	return tmpl_compile(set, arena, sources, n, strict);
}

static enum err
render(const struct tmpl_set *set, const char *name, struct view *v, struct str *out)
{
	struct buf b;

	buf_init(&b, arena, 1 << 20);
	TRY(tmpl_render(tmpl_find(set, name, NULL), v, &b));
	return buf_end(&b, out);
}

#define PAIRS(...) ((const char *const[]){ __VA_ARGS__, NULL })

static const char *
page(bool strict, struct view *v, const char *const *pairs)
{
	struct tmpl_set *set;
	struct str out;

	assert_int_equal(compile(&set, strict, pairs), OK);
	assert_int_equal(render(set, pairs[0], v, &out), OK);
	return out.p;
}

static void
test_mistakes(void **state)
{
	static const struct { const char *text, *why; int line; } cases[] = {
		{ "a\nb {{name", "a tag is not closed", 2 },
		{ "{{{name}}", "a tag is not closed", 1 },
		{ "a\n{{#x}}\nb\n", "not closed", 2 },
		{ "{{#x}}\n{{#y}}\n{{/x}}{{/y}}", "closes what is not open", 3 },
		{ "a\n\n{{/x}}", "closes what is not open", 3 },
		{ "{{}}", "not a name", 1 },
		{ "\n{{a b}}", "not a name", 2 },
		{ "{{a..b}}", "not a name", 1 },
		{ "{{a/b}}", "not a name", 1 },
		{ "{{name}\n{{other}}", "not a name", 1 },
		{ "a\n{name}} b", "no tag ends here", 2 },
		{ "{{=<% =}}", "not a pair of delimiters", 1 },
		{ "{{=aaaaaaaaaaaaaaaaaaaaa b=}}", "not a pair of delimiters", 1 },
		{ "\n\n{{> parts/gone}}", "no such template", 3 },
		{ "{{< gone}}{{/gone}}", "no such template", 1 },
		{ "{{> *name}}", "must be named at start", 1 },
		{ "{{<page}}\n text\n{{/page}}", "only blocks count", 2 },
		{ "{{<page}}\n{{x}}{{/page}}", "only blocks count", 2 },
		{ "\n{{{x}}}", "not in TRIPLES", 2 },
		{ "{{& x}}", "not in TRIPLES", 1 },
		{ "{{_ [n] user | [n] users | [n]}}", "more than two forms", 1 },
		{ "{{_ user | users}}", "a plural without a place", 1 },
		{ "\n{{_ broken [place}}", "a bracket that is no place", 2 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct tmpl_set *set;

		if (compile(&set, true, PAIRS("dir/page", cases[i].text, "page", "")) !=
		    ERR_INVALID)
			fail_msg("compiled: %s", cases[i].text);
		assert_logged("dir/page", cases[i].line, cases[i].why);
	}
}

static void
test_each_broken_file_is_named(void **state)
{
	struct tmpl_set *set;
	const char *text;

	(void)state;
	assert_int_equal(compile(&set, true, PAIRS("a", "{{#x}}", "b", "fine", "c", "{{> d}}")),
	    ERR_INVALID);
	text = logged();
	assert_non_null(strstr(text, "a.mustache"));
	assert_null(strstr(text, "b.mustache"));
	assert_non_null(strstr(text, "c.mustache"));
}

static void
test_faults(void **state)
{
	static const struct { const char *text, *why; int line; } cases[] = {
		{ "a\n{{emial}}", "no level of the view has this", 2 },
		{ "{{#sub}}\n{{sub.x}}{{/sub}}", "no level of the view has this", 2 },
		{ "{{name.x}}", "no level of the view has this", 1 },
		{ "{{#rows}}\n\n{{emial}}\n{{/rows}}", "no level of the view has this", 3 },
		{ "{{_ by\n[emial]}}", "no level of the view has this", 1 },
		{ "\n{{_ [i] a | [i] b}}", "no level of the view has this", 2 },
		{ "{{rows}}", "a list or a view", 1 },
		{ "{{sub}}", "a list or a view", 1 },
		{ "{{.}}", "a list or a view", 1 },
		{ "\n{{{name}}}", "not from view_html", 2 },
		{ "{{{gone}}}", "no level of the view has this", 1 },
	};
	struct view *v;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct tmpl_set *set;
		struct str out;

		v = view_new(arena);
		view_text(v, "name", "Ann");
		view_text_item(v, "rows", "1");
		view_text(view_sub(v, "sub"), "y", "z");
		assert_int_equal(compile(&set, true, PAIRS("page", "{{> part}}", "part",
		    cases[i].text, "TRIPLES", "# reviewed\n name # ours\r\ngone")), OK);
		if (render(set, "page", v, &out) != ERR_FAULT)
			fail_msg("rendered: %s", cases[i].text);
		assert_logged("part", cases[i].line, cases[i].why);
	}
}

static void
test_not_strict_shows_nothing(void **state)
{
	struct view *v = view_new(arena);

	(void)state;
	view_text_item(v, "rows", "1");
	assert_string_equal(page(false, v, PAIRS("page", "[{{x}}{{{x}}}{{rows}}{{> gone}}]")),
	    "[]");
	assert_string_equal(logged(), "");
}

static void
test_triples(void **state)
{
	struct view *v = view_new(arena);

	(void)state;
	view_html(v, "qr", STR("<svg>&</svg>"));
	view_null(v, "code");
	assert_string_equal(page(true, v, PAIRS("page", "{{{qr}}}{{&qr}}{{{code}}}",
	    "TRIPLES", "qr\ncode\n")), "<svg>&</svg><svg>&</svg>");
}

static void
test_layout(void **state)
{
	static const char layout[] = "<html>\n <title>{{$title}}Tenantry{{/title}}</title>\n"
	    " <main>\n  {{$body}}{{/body}}\n </main>\n{{> parts/foot}}\n</html>\n";
	static const char list[] = "{{! the list }}\n{{< layout}}\n"
	    "{{$title}}{{_ Users}}{{/title}}\n"
	    "{{$body}}\n  <ul>\n    {{#rows}}\n    <li>{{.}}</li>\n    {{/rows}}\n  </ul>\n"
	    "{{^rows}}\n  <p>{{> parts/empty}}</p>\n{{/rows}}\n{{/body}}\n{{/layout}}\n";
	struct view *v = view_new(arena);
	const char *const *sources = PAIRS("members/list", list, "layout", layout, "parts/foot",
	    "  <footer>{{name}}</footer>\n\n", "parts/empty", "None for {{name}}.");

	(void)state;
	view_text(v, "name", "<Ann>");
	assert_string_equal(page(true, v, sources), "<html>\n<title>Users</title>\n<main>\n"
	    "<ul>\n</ul>\n<p>None for &lt;Ann&gt;.</p>\n\n</main>\n"
	    "<footer>&lt;Ann&gt;</footer>\n</html>\n");
	view_text_item(v, "rows", "1");
	view_text_item(v, "rows", "2");
	assert_string_equal(page(true, v, sources), "<html>\n<title>Users</title>\n<main>\n"
	    "<ul>\n<li>1</li>\n<li>2</li>\n</ul>\n\n</main>\n"
	    "<footer>&lt;Ann&gt;</footer>\n</html>\n");
}

/* Only where an element may stand, and only for text. */
static void
test_places_stand_apart(void **state)
{
	static const char text[] = "<title>{{_ On [name]}}</title>{{#name}}"
	    "<p title=\"{{_ Of [name]}}\">{{_ [name]: [n] user | [name]: [n] users}}</p>"
	    "<i>{{name}}</i>"
	    "{{/name}}<textarea>{{_ At [name]}}</textarea>{{> part}}";
	struct view *v = view_new(arena);

	(void)state;
	view_text(v, "name", "<Ann>");
	view_int(v, "n", 2);
	assert_string_equal(page(true, v, PAIRS("page", text, "part", "{{_ By [name]}}")),
	    "<title>On &lt;Ann&gt;</title><p title=\"Of &lt;Ann&gt;\">"
	    "<bdi>&lt;Ann&gt;</bdi>: 2 users</p><i>&lt;Ann&gt;</i>"
	    "<textarea>At &lt;Ann&gt;</textarea>By <bdi>&lt;Ann&gt;</bdi>");
	assert_string_equal(page(true, v, PAIRS("page.text", "{{_ By [name]}}")), "By <Ann>");
	assert_string_equal(page(true, v, PAIRS("page.subject", "{{_ By [name]}}")), "By <Ann>");
}

/* Squeezed when strict, as written when not. */
static void
test_white_space(void **state)
{
	static const struct { const char *text, *squeezed; } cases[] = {
		{ "\n\n  <b>\n\n\n   x  y \t\n  </b>\n\n", "<b>\nx  y\n</b>\n" },
		{ "<a\n   href=\"x\"\n   title='a\n    b'>", "<a\nhref=\"x\"\ntitle='a\n    b'>" },
		{ "<pre>\n  a\n\n  b  \n</pre>\n  c\n", "<pre>\n  a\n\n  b  \n</pre>\nc\n" },
		{ "<PRE class=\"x\">\n  a\n  </pre >\n  c",
		    "<PRE class=\"x\">\n  a\n  </pre >\nc" },
		{ "<p><textarea>\n\n {{t}}\n</textarea>\n\n",
		    "<p><textarea>\n\n T\n</textarea>\n" },
		{ "<style>\n  a\n</styl\n </style>\n  b", "<style>\n  a\n</styl\n </style>\nb" },
		{ "<script>\n  if (a < b) '</p>'\n</script>\n  b",
		    "<script>\n  if (a < b) '</p>'\n</script>\nb" },
		{ "<!-- \"it's\n   <pre> -->\n  b", "<!-- \"it's\n<pre> -->\nb" },
		{ "<!doctype html>\n  b\n", "<!doctype html>\nb\n" },
		{ "<prefix>\n  b", "<prefix>\nb" },
		{ "a < \"b\n   c\"", "a < \"b\nc\"" },
		{ "{{t}}\n  {{t}}  \n\n {{t}} {{t}}\n", "T\nT\nT T\n" },
		{ "a{{#l}}\n  b{{/l}}\n  c", "a\nb\nb\nc" },
		{ "a\n{{#l}}\n  b\n{{/l}}\n  c", "a\nb\nb\nc" },
		{ "<i>\n{{#l}}\n  b{{/l}}", "<i>\n b b" },
		{ "a{{#no}}\n{{/no}}\n  b", "a b" },
		{ "{{t}}{{#no}}\n{{/no}}\n  b", "T b" },
		{ "a{{> p}}b\n  {{> p}}\n  b", "a p\nb\np\nb" },
	};
	struct view *v = view_new(arena);

	(void)state;
	view_text(v, "t", "T");
	view_text_item(v, "l", "1");
	view_text_item(v, "l", "2");
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_string_equal(page(true, v, PAIRS("page", cases[i].text, "p", "  p\n")),
		    cases[i].squeezed);
	assert_string_equal(page(false, v, PAIRS("page", "\n\n  a \n\n  {{> p}}\n", "p",
	    "  p\n\tq")), "\n\n  a \n\n    p\n  \tq");
}

static void
test_plain_text(void **state)
{
	static const char text[] = "\n  Dear {{name}},\n\n    {{_ Ben & [name]}} <3  \n\n{{> p}}\n";
	static const char want[] = "\n  Dear O'Brien & <Co>,\n\n    Ben & O'Brien & <Co> <3  \n\n"
	    "  O'Brien & <Co>\n";
	struct view *v = view_new(arena);

	(void)state;
	view_text(v, "name", "O'Brien & <Co>");
	view_html(v, "html", STR("<b>"));
	assert_string_equal(page(true, v, PAIRS("mail/x.text", text, "p", "  {{name}}\n")), want);
	assert_string_equal(page(true, v, PAIRS("mail/x.subject", text, "p", "  {{name}}\n")),
	    want);
	assert_string_equal(page(true, v, PAIRS("mail/x.html", "<p>\n  {{name}}\n", "p.text",
	    "{{name}}")), "<p>\nO&#39;Brien &amp; &lt;Co&gt;\n");
	assert_string_equal(page(true, v, PAIRS("page", "{{> p.text}}{{html}}", "p.text",
	    "  {{name}}\n")), "O&#39;Brien &amp; &lt;Co&gt;\n&lt;b&gt;");
}

static const char *
repeated(const char *s, int n)
{
	char *text = ARENA_ARRAY(arena, char, strlen(s) * (size_t)n + 1);

	for (int i = 0; i < n; i++)
		strcat(text, s);
	return text;
}

static void
test_nesting(void **state)
{
	struct view *v = view_new(arena);
	struct tmpl_set *set;
	const char *text = arena_printf(arena, "%sx%s", repeated("{{#a}}", 64),
	    repeated("{{/a}}", 64));

	(void)state;
	view_flag(v, "a", true);
	assert_string_equal(page(true, v, PAIRS("page", text)), "x");
	text = arena_printf(arena, "\n%sx%s", repeated("{{#a}}", 65), repeated("{{/a}}", 65));
	assert_int_equal(compile(&set, true, PAIRS("page", text)), ERR_INVALID);
	assert_logged("page", 2, "nested too deep");
}

static void
test_recursion(void **state)
{
	struct view *v = view_new(arena), *node = v;
	struct tmpl_set *set;
	struct str out;
	const char *const *tree = PAIRS("tree", "<{{#node}}{{n}}{{> tree}}{{/node}}>\n");

	(void)state;
	assert_int_equal(compile(&set, true, tree), OK);
	for (int i = 0; i < 3; i++) {
		node = view_sub(node, "node");
		view_int(node, "n", i);
	}
	view_null(node, "node");
	assert_string_equal(page(true, v, tree), "<0<1<2<>\n>\n>\n>\n");
	for (int i = 0; i < 100; i++)
		node = view_sub(i ? node : (v = view_new(arena)), "node"), view_int(node, "n", i);
	assert_int_equal(render(set, "tree", v, &out), ERR_FAULT);
	assert_logged("tree", 1, "partials in each other too deep");
	assert_int_equal(compile(&set, true, PAIRS("a", "{{> b}}", "b", "x{{> a}}{{> b}}")), OK);
	assert_int_equal(render(set, "a", v, &out), ERR_FAULT);
	assert_logged("b", 1, "partials in each other too deep");
}

/* 2 to the power of 31 copies of nothing, and of something, of ever more indented text. */
static void
test_growth(void **state)
{
	struct tmpl_source sources[32];
	struct tmpl_set *set;
	struct str out;

	(void)state;
	for (int i = 0; i < 32; i++)
		sources[i] = (struct tmpl_source){ arena_printf(arena, "t%d", i),
		    arena_printf(arena, i == 31 ? "{{! nothing }}" : "{{>t%d}}{{>t%d}}", i + 1,
		    i + 1) };
	assert_int_equal(tmpl_compile(&set, arena, sources, 32, true), ERR_INVALID);
	assert_non_null(strstr(logged(), "grows too large"));
	sources[31].text = "{{x}}";
	assert_int_equal(tmpl_compile(&set, arena, sources, 32, true), ERR_INVALID);
	assert_non_null(strstr(logged(), "grows too large"));
	assert_int_equal(compile(&set, false, PAIRS("a.text", "x\n {{> a.text}}\n")), OK);
	assert_int_equal(render(set, "a.text", view_new(arena), &out), ERR_FAULT);
}

static void
test_out_of_room(void **state)
{
	struct view *v = view_new(arena);
	struct tmpl_set *set;
	struct str out;
	struct buf b;

	(void)state;
	view_text(v, "t", "1234<6789");
	assert_int_equal(compile(&set, true, PAIRS("page", "ab{{t}}cd{{t}}")), OK);
	for (size_t limit = 0; limit < 40; limit++) {
		enum err want = limit < 28 ? ERR_LIMIT : OK;

		buf_init(&b, arena, limit);
		assert_int_equal(tmpl_render(tmpl_find(set, "page", NULL), v, &b), OK);
		assert_int_equal(buf_end(&b, &out), want);
	}
	assert_string_equal(out.p, "ab1234&lt;6789cd1234&lt;6789");
}

static void
test_names_and_uses(void **state)
{
	struct tmpl_set *set;
	const char *const *s;

	(void)state;
	assert_int_equal(compile(&set, true, PAIRS("b", "{{#x}}{{> a}}{{/x}}{{> a}}{{< c}}{{$d}}"
	    "{{> e}}{{/d}}{{/c}}", "c", "{{$d}}{{/d}}", "a", "", "e", "", "TRIPLES", "")), OK);
	s = tmpl_names(set);
	assert_string_equal(s[0], "a");
	assert_string_equal(s[1], "b");
	assert_string_equal(s[2], "c");
	assert_string_equal(s[3], "e");
	assert_null(s[4]);
	s = tmpl_uses(set, "b");
	assert_string_equal(s[0], "a");
	assert_string_equal(s[1], "c");
	assert_string_equal(s[2], "e");
	assert_null(s[3]);
	assert_null(tmpl_uses(set, "a")[0]);
	assert_null(tmpl_uses(set, "x"));
	assert_null(tmpl_find(set, "x", NULL));
	assert_null(tmpl_find(set, "TRIPLES", NULL));
	assert_ptr_equal(tmpl_find(set, "a", NULL), tmpl_find(set, "a", "xx"));
}

static void
write_file(const char *path, const char *text, size_t len)
{
	FILE *f = fopen(arena_printf(arena, "%s/%s", dir, path), "w");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

static void
remove_files(const char *const *paths)
{
	for (; *paths; paths++)
		assert_int_equal(remove(arena_printf(arena, "%s/%s", dir, *paths)), 0);
}

static void
test_load(void **state)
{
	const char *const *files = PAIRS("set/sub/page.mustache", "set/part.mustache",
	    "set/TRIPLES", "set/remark.txt", "set/sub", "set");
	struct view *v = view_new(arena);
	struct tmpl_set *set;
	struct str out;

	(void)state;
	mkdir(arena_printf(arena, "%s/set", dir), 0700);
	mkdir(arena_printf(arena, "%s/set/sub", dir), 0700);
	write_file("set/sub/page.mustache", "{{> part}}!", 11);
	write_file("set/part.mustache", "{{{qr}}}", 8);
	write_file("set/remark.txt", "{{", 2);
	assert_int_equal(tmpl_load(&set, arena, arena_printf(arena, "%s/set", dir), true),
	    ERR_INVALID);
	assert_logged("part", 1, "not in TRIPLES");
	write_file("set/TRIPLES", "qr\n", 3);
	assert_int_equal(tmpl_load(&set, arena, arena_printf(arena, "%s/set", dir), true), OK);
	view_html(v, "qr", STR("<svg>"));
	assert_int_equal(render(set, "sub/page", v, &out), OK);
	assert_string_equal(out.p, "<svg>!");
	write_file("set/part.mustache", "a\0b", 3);
	assert_int_equal(tmpl_load(&set, arena, arena_printf(arena, "%s/set", dir), true),
	    ERR_INVALID);
	assert_logged("part", 1, "not text");
	remove_files(files);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_mistakes, fresh),
		cmocka_unit_test_setup(test_each_broken_file_is_named, fresh),
		cmocka_unit_test_setup(test_faults, fresh),
		cmocka_unit_test_setup(test_not_strict_shows_nothing, fresh),
		cmocka_unit_test_setup(test_triples, fresh),
		cmocka_unit_test_setup(test_layout, fresh),
		cmocka_unit_test_setup(test_places_stand_apart, fresh),
		cmocka_unit_test_setup(test_white_space, fresh),
		cmocka_unit_test_setup(test_plain_text, fresh),
		cmocka_unit_test_setup(test_nesting, fresh),
		cmocka_unit_test_setup(test_recursion, fresh),
		cmocka_unit_test_setup(test_growth, fresh),
		cmocka_unit_test_setup(test_out_of_room, fresh),
		cmocka_unit_test_setup(test_names_and_uses, fresh),
		cmocka_unit_test_setup(test_load, fresh),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("tmpl", tests, start, end);
}
