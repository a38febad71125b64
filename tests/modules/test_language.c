/* A reader's language: sentences, plurals, numbers, times, countries and emails in German, by
 * core/ctx.h and what is built on it.  Whole pages are in tests/pages/german. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../fixture.h"

#include <string.h>

#include "base/arena.h"
#include "core/audit.h"
#include "core/country.h"
#include "core/language.h"
#include "core/outbox.h"
#include "mustache/view.h"

static const char *
users(const char *n)
{
	struct ctx *cx = &fx.cx;

	return _("[n] role | [n] roles", "n", n);
}

/* {E5} 0, 1, 2, and with marks between thousands. */
static void
plurals_and_numbers(void **state)
{
	(void)state;
	fx_as(NORTH, ADMIN);
	assert_string_equal(users("1"), "1 role");
	assert_string_equal(ctx_number(&fx.cx, 1234567), "1,234,567");
	ctx_speak(&fx.cx, "de");
	assert_string_equal(fx.cx.language, "de");
	assert_string_equal(users("0"), "0 Rollen");
	assert_string_equal(users("1"), "1 Rolle");
	assert_string_equal(users("2"), "2 Rollen");
	assert_string_equal(users(ctx_number(&fx.cx, 1001)), "1.001 Rollen");
	assert_string_equal(ctx_number(&fx.cx, 0), "0");
	assert_string_equal(ctx_number(&fx.cx, 999), "999");
	assert_string_equal(ctx_number(&fx.cx, -1000), "-1.000");
	assert_string_equal(ctx_number(&fx.cx, 1234567), "1.234.567");
	assert_string_equal(ctx_number(&fx.cx, INT64_MIN), "-9.223.372.036.854.775.808");
	assert_string_equal(ctx_say_in(&fx.cx, "en", "Users"), "Users");
	assert_string_equal(ctx_say_in(&fx.cx, "de", "Users"), "Benutzer");
}

/* {E5 U7} */
static void
times_in_german(void **state)
{
	(void)state;
	fx_as(NORTH, ADMIN);
	assert_string_equal(ctx_time(&fx.cx, FX_NOW - 30 * FX_DAY), "10:00 Oct 22");
	ctx_speak(&fx.cx, "de");
	assert_string_equal(ctx_time(&fx.cx, FX_NOW), "Heute, 10:00");
	assert_string_equal(ctx_time(&fx.cx, FX_NOW - FX_DAY), "Gestern, 10:00");
	assert_string_equal(ctx_time(&fx.cx, FX_NOW - 30 * FX_DAY), "22. Okt., 10:00");
	assert_string_equal(ctx_time(&fx.cx, FX_NOW - 400 * FX_DAY), "17. Okt. 2025, 10:00");
	fx.cx.reader.clock = 12;
	fx.cx.days = NULL;
	assert_string_equal(ctx_time(&fx.cx, FX_NOW + 5 * FX_HOUR), "Heute, 3:00 PM");
	ctx_speak(&fx.cx, "en");
	assert_string_equal(ctx_time(&fx.cx, FX_NOW), "Today 10:00 am");
}

/* {E5} An email in between is in another language and zone; the page goes on in its own. */
static void
an_email_in_between_changes_no_times(void **state)
{
	struct ctx as;

	(void)state;
	fx_as(NORTH, ADMIN);
	assert_string_equal(ctx_time(&fx.cx, FX_NOW), "Today 10:00");
	as = fx.cx;
	as.reader.timezone = "Pacific/Kiritimati";
	ctx_speak(&as, "de");
	assert_string_equal(ctx_time(&as, FX_NOW - FX_DAY), "Gestern, 00:00");
	assert_string_equal(ctx_time(&fx.cx, FX_NOW), "Today 10:00");
	assert_string_equal(ctx_time(&fx.cx, FX_NOW - FX_DAY), "Yesterday 10:00");
}

/* {E5} In the order of the reader's language: "Ägypten" stands before "Albanien". */
static void
countries_in_german(void **state)
{
	const struct country *list;
	size_t                n, egypt = 0, albania = 0;

	(void)state;
	fx_as(NORTH, ADMIN);
	ctx_speak(&fx.cx, "de");
	assert_string_equal(country_name(&fx.cx, "DE"), "Deutschland");
	assert_string_equal(country_name(&fx.cx, "CH"), "Schweiz");
	n = country_list(&fx.cx, &list);
	for (size_t i = 0; i < n; i++) {
		egypt = strcmp(list[i].code, "EG") == 0 ? i : egypt;
		albania = strcmp(list[i].code, "AL") == 0 ? i : albania;
	}
	assert_true(egypt < albania);
}

/* {E5} The person's language, else the account's; one that there is not is English. */
static void
whose_language(void **state)
{
	(void)state;
	fx_sql("UPDATE people SET language = 'de' WHERE id = %lld",
	    (long long)fx.m[NORTH][ADMIN].person);
	fx_as(NORTH, ADMIN);
	assert_string_equal(fx.cx.language, "de");
	fx_sql("UPDATE people SET language = ''");
	fx_sql("UPDATE tenants SET language = 'de' WHERE id = %lld", (long long)fx.tenant[NORTH]);
	fx_as(NORTH, ADMIN);
	assert_string_equal(fx.cx.language, "de");
	fx_as(SOUTH, ADMIN);
	assert_string_equal(fx.cx.language, "en");
	fx_sql("UPDATE people SET language = '../../etc/passwd'");
	fx_as(NORTH, ADMIN);
	assert_string_equal(fx.cx.language, "en");
	assert_null(fx.cx.texts);
}

/* {E5} An event's sentence is the reader's, whoever did it. */
static void
events_in_german(void **state)
{
	struct event e = { .act = AUDIT_ROLE_CHANGED, .actor_name = "Ada", .subject_name = "Bo",
		.fields = "[[\"role\",\"Guest\",\"Admin\"]]" };

	(void)state;
	fx_as(NORTH, ADMIN);
	ctx_speak(&fx.cx, "de");
	assert_string_equal(audit_sentence(&fx.cx, &e),
	    "Ada hat die Rolle von Bo von Guest in Admin geändert");
}

/* {E5 M1} An email is in its recipient's language, whoever causes it. */
static void
emails_in_german(void **state)
{
	struct view *model;
	struct email m;

	(void)state;
	fx_as(NORTH, ADMIN);
	for (int days = 1; days < 3; days++) {
		model = view_new(fx.cx.arena);
		view_text(model, "name", "Bo");
		view_text(model, "actor", "Ada");
		view_text(model, "role", "Guest");
		view_text(model, "link", "https://console.example/invite?t=x");
		view_int(model, "days", days);
		assert_int_equal(email_make(&fx.cx, "bo@b.example", "de", "invitation", model, &m),
		    OK);
		assert_string_equal(m.subject, "Acme beitreten");
		assert_non_null(strstr(m.text, days == 1 ? "1 Tag lang" : "2 Tage lang"));
		assert_non_null(strstr(m.text, "Guten Tag Bo,"));
		assert_non_null(strstr(m.html, "<html lang=\"de\">"));
		assert_null(strstr(m.text, "Hello"));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FX_TEST(an_email_in_between_changes_no_times),
		FX_TEST(plurals_and_numbers),
		FX_TEST(times_in_german),
		FX_TEST(countries_in_german),
		FX_TEST(whose_language),
		FX_TEST(events_in_german),
		FX_TEST(emails_in_german),
	};

	return FX_RUN(tests);
}
