/* web/listing.c and core/list.c: a list's state in its address; and times as a reader wants
 * them (core/ctx.c).  What a list has in it is in test_members.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../fixture.h"

#include <string.h>

#include "base/arena.h"
#include "base/id.h"
#include "core/list.h"
#include "http/request.h"
#include "mustache/tmpl.h"
#include "web/page.h"

static const char *const keep[] = { "q", "status", "sort", "dir", "rows", NULL };
enum { NUMBERS = 1 << 2 };

static struct form *
query(const char *text)
{
	struct request rq = { .method = M_GET, .query = str_of(text) };
	int            status;

	assert_int_equal(form_parse(fx.cx.arena, &rq, 50, 1000, &status), OK);
	return rq.form;
}

static enum err
reads(const char *text, struct list_want *w)
{
	fx.cx.issues = NULL;
	return list_read(&fx.cx, query(text), "name email seen", NUMBERS, w);
}

/* {U2 U5 E11} */
static void
a_query_is_read(void **state)
{
	struct list_want w;

	(void)state;
	assert_int_equal(reads("", &w), OK);
	assert_true(w.sort == 0 && !w.down && !w.back && w.key == NULL && w.rows == 50);
	assert_int_equal(reads("sort=email&dir=desc&rows=100", &w), OK);
	assert_true(w.sort == 1 && w.down && !w.number && w.rows == 100);
	assert_int_equal(reads("sort=seen&dir=asc&rows=25", &w), OK);
	assert_true(w.sort == 2 && !w.down && w.number && w.rows == 25);
	assert_int_equal(reads("rows=1000", &w), OK);
	assert_int_equal(w.rows, 50);
	assert_int_equal(reads("after=m%C3%BCller&id=0000000000047", &w), OK);
	assert_string_equal(w.key, "müller");
	assert_int_equal(w.id, 4 * 32 + 7);
	assert_false(w.back);
	assert_int_equal(reads("before=&id=0000000000047", &w), OK);
	assert_true(w.back);
	assert_string_equal(w.key, "");
}

/* {U2} An order or a page that is none is refused. */
static void
what_is_no_order_is_refused(void **state)
{
	static const char *const wrong[] = { "sort=password", "sort=name%20email", "sort=nam",
		"sort=name%3bdrop", "dir=up", "dir=DESC", "after=%00&id=0000000000047",
		"after=%ff&id=0000000000047", "sort=1", "after=x", "before=", "after=x&id=zzz",
		"sort=seen&after=x&id=0000000000047", "sort=seen&before=&id=0000000000047" };
	struct list_want w;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_int_equal(reads(wrong[i], &w), ERR_INVALID);
		assert_string_not_equal(fx_issue(""), "");
	}
}

/* {SECURITY 51} What a list cannot be narrowed down by is refused: left out it would show
 * everything. */
static void
what_is_no_choice_is_refused(void **state)
{
	static const struct list_filter filters[] = { { "status", "active invited", false },
		{ "role", "none", true }, { NULL, NULL, false } };
	static const struct { const char *query; enum err e; } asked[] = {
		{ "", OK }, { "status=active&status=invited", OK }, { "role=none", OK },
		{ "role=0000000000047&role=none", OK }, { "other=x", OK },
		{ "status=nope", ERR_INVALID }, { "status=", ERR_INVALID },
		{ "status=active&status=nope", ERR_INVALID },
		{ "status=active%20invited", ERR_INVALID },
		{ "status=0000000000047", ERR_INVALID }, { "role=nope", ERR_INVALID },
		{ "role=0000000000047&role=1", ERR_INVALID }, { "status=%00", ERR_INVALID } };

	(void)state;
	for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
		fx.cx.issues = NULL;
		assert_int_equal(list_check(&fx.cx, query(asked[i].query), filters), asked[i].e);
		assert_true((fx.cx.issues != NULL) == (asked[i].e != OK));
	}
}

/* Without a cursor a page begins before the least, or behind the greatest, of all keys. */
static void
a_cursor_is_two_arguments(void **state)
{
	struct list_want w = { .rows = 50 };

	(void)state;
	assert_string_equal(list_key(&w).p, "");
	assert_int_equal(list_id(&w).i, 0);
	w.down = true;
	assert_string_equal(list_key(&w).p, "\xf4\x8f\xbf\xbf");
	assert_int_equal(list_id(&w).i, INT64_MAX);
	w.number = true;
	assert_int_equal(list_key(&w).i, INT64_MAX);
	w.down = false;
	assert_int_equal(list_key(&w).i, INT64_MIN);
	w.key = "-12";
	w.id = 9;
	assert_int_equal(list_key(&w).i, -12);
	assert_int_equal(list_id(&w).i, 9);
}

/* {E11 U2} A link changes its part of the state and keeps the rest; it begins at the first
 * page. */
static void
links_keep_the_state(void **state)
{
	struct list_query q = { "/t/north/users", NULL, keep };

	(void)state;
	q.form = query("q=a%26b+c&status=invited&status=active&sort=name&after=x&id=1&evil=1");
	assert_string_equal(list_href(&fx.cx, &q, (char *)0),
	    "/t/north/users?q=a%26b%20c&status=invited&status=active&sort=name");
	assert_string_equal(list_href(&fx.cx, &q, "status", NULL, (char *)0),
	    "/t/north/users?q=a%26b%20c&sort=name");
	assert_string_equal(list_href(&fx.cx, &q, "status", "dormant", "q", NULL, (char *)0),
	    "/t/north/users?sort=name&status=dormant");
	q.form = query("");
	assert_string_equal(list_href(&fx.cx, &q, "after", "ü\"<>&=", (char *)0),
	    "/t/north/users?after=%C3%BC%22%3C%3E%26%3D");
}

static const char *
shown(const char *text, const struct list_want *w, bool more)
{
	static const struct tmpl_source source = { "list",
		"{{#prev}}prev={{{prev}}};{{/prev}}{{#next}}next={{{next}}};{{/next}}"
		"{{#first}}first={{{first}}};{{/first}}{{#sort_email}}{{#up}}up{{/up}}"
		"{{#down}}down{{/down}} {{{href}}}{{/sort_email}}" };
	struct list_query q = { "/u", query(text), keep };
	struct tmpl_set  *set;
	struct view      *v = view_new(fx.cx.arena);
	struct buf        out;
	struct str        s;

	list_show(&fx.cx, v, &q, "name email seen", w, more, (struct list_edge){ "a", 1 },
	    (struct list_edge){ "z", 2 });
	assert_int_equal(tmpl_compile(&set, fx.cx.arena, &source, 1, false), OK);
	buf_init(&out, fx.cx.arena, 10000);
	assert_int_equal(tmpl_render(tmpl_find(set, "list", NULL), v, &out), OK);
	assert_int_equal(buf_end(&out, &s), OK);
	return s.p;
}

/* {U5} First, previous and next, where there is something. */
static void
pages_lead_on_and_back(void **state)
{
	struct list_want w = { .rows = 50 };

	(void)state;
	assert_string_equal(shown("", &w, false), " /u?sort=email");
	assert_string_equal(shown("", &w, true),
	    "next=/u?after=z&id=0000000000002; /u?sort=email");
	w.key = "m";
	assert_string_equal(shown("after=m&id=1", &w, false),
	    "prev=/u?before=a&id=0000000000001;first=/u; /u?sort=email");
	w.back = true;
	assert_string_equal(shown("before=m&id=1", &w, false),
	    "next=/u?after=z&id=0000000000002;first=/u; /u?sort=email");
	assert_string_equal(shown("before=m&id=1", &w, true),
	    "prev=/u?before=a&id=0000000000001;next=/u?after=z&id=0000000000002;first=/u; "
	    "/u?sort=email");
	w = (struct list_want){ .rows = 50, .sort = 1 };
	assert_string_equal(shown("sort=email", &w, false), "up /u?sort=email&dir=desc");
	w.down = true;
	assert_string_equal(shown("sort=email&dir=desc", &w, false), "down /u?sort=email");
}

/* ---------------------------------------------------------------- times */

/* {U7} FX_NOW is 21 November 2026, 10:00 UTC. */
static void
times_are_shown_as_the_reader_wants(void **state)
{
	static const struct { const char *zone, *format; int64_t clock, ago; const char *want; }
	cases[] = {
		{ "UTC", "words", 24, 0, "Today 10:00" },
		{ "UTC", "words", 24, 10 * FX_HOUR, "Today 00:00" },
		{ "UTC", "words", 24, 10 * FX_HOUR + 1, "Yesterday 23:59" },
		{ "UTC", "words", 24, 34 * FX_HOUR, "Yesterday 00:00" },
		{ "UTC", "words", 24, 34 * FX_HOUR + 1, "23:59 Nov 19" },
		{ "UTC", "words", 24, 365 * FX_DAY, "10:00 Nov 21, 2025" },
		{ "UTC", "iso", 24, 5 * FX_DAY, "10:00 2026-11-16" },
		{ "UTC", "mdy", 24, 16 * FX_DAY, "10:00 11/05" },
		{ "UTC", "dmy", 24, 16 * FX_DAY, "10:00 05/11" },
		{ "UTC", "mdy", 24, 400 * FX_DAY, "10:00 10/17/2025" },
		{ "UTC", "dmy", 24, 400 * FX_DAY, "10:00 17/10/2025" },
		{ "UTC", "words", 12, 0, "Today 10:00 am" },
		{ "UTC", "words", 12, 10 * FX_HOUR, "Today 12:00 am" },
		{ "UTC", "words", 12, -2 * FX_HOUR, "Today 12:00 pm" },
		{ "UTC", "words", 12, -5 * FX_HOUR - 5 * FX_MINUTE, "Today 3:05 pm" },
		{ "Europe/Berlin", "words", 24, 0, "Today 11:00" },
		{ "Europe/Berlin", "words", 24, 5 * 30 * FX_DAY, "12:00 Jun 24" },
		{ "Pacific/Auckland", "words", 24, 0, "Today 23:00" },
		{ "Pacific/Auckland", "words", 24, -FX_HOUR, "00:00 Nov 22" },
		{ "No/Such_Zone", "words", 24, 0, "Today 10:00" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		fx_as(NORTH, USER);
		fx.cx.reader.timezone = cases[i].zone;
		fx.cx.reader.date_format = cases[i].format;
		fx.cx.reader.clock = cases[i].clock;
		assert_string_equal(ctx_time(&fx.cx, FX_NOW - cases[i].ago), cases[i].want);
	}
	assert_string_equal(ctx_time(&fx.cx, 0), "");
	assert_string_equal(ctx_time_iso(&fx.cx, 0), "");
}

/* {U7} Who said nothing has the account's format and zone; the whole time is ISO. */
static void
the_account_s_format_is_the_default(void **state)
{
	(void)state;
	fx_as(NORTH, USER);
	assert_string_equal(ctx_time(&fx.cx, FX_NOW - 9 * FX_DAY), "10:00 Nov 12");
	fx_sql("UPDATE tenants SET timezone = 'America/New_York', date_format = 'iso', clock = 12");
	fx_as(NORTH, USER);
	assert_string_equal(ctx_time(&fx.cx, FX_NOW - 9 * FX_DAY), "5:00 am 2026-11-12");
	assert_string_equal(ctx_time_iso(&fx.cx, FX_NOW), "2026-11-21T05:00:00-05:00");
	fx.cx.reader.timezone = "UTC";
	assert_string_equal(ctx_time(&fx.cx, FX_NOW - 9 * FX_DAY), "10:00 am 2026-11-12");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FX_TEST(a_query_is_read),
		FX_TEST(what_is_no_order_is_refused),
		FX_TEST(what_is_no_choice_is_refused),
		FX_TEST(a_cursor_is_two_arguments),
		FX_TEST(links_keep_the_state),
		FX_TEST(pages_lead_on_and_back),
		FX_TEST(times_are_shown_as_the_reader_wants),
		FX_TEST(the_account_s_format_is_the_default),
	};

	return FX_RUN(tests);
}
