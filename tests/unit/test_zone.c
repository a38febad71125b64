/* Time zones: the table, the footer's rule, gaps and overlaps (src/base/zone.c).  libc's own
 * zone, which the program never uses, is the second opinion. */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/log.h"
#include "base/zone.h"

/* 65 characters. */
#define TOO_LONG \
	"ABCDEFGHIJKLMABCDEFGHIJKLMABCDEFGHIJKLMABCDEFGHIJKLMABCDEFGHIJKLM"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct arena *arena;

static int
start(void **state)
{
	(void)state;
	arena = arena_new(64 * 1024, 16 * 1024 * 1024);
	return 0;
}

static int
stop(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static const struct zone *
zone(const char *name)
{
	const struct zone *z = NULL;

	assert_int_equal(zone_get(name, &z), OK);
	assert_non_null(z);
	return z;
}

/* Milliseconds of a time in UTC. */
static int64_t
utc(int year, int month, int day, int hour, int minute)
{
	return zone_moment(zone("UTC"), (struct civil){ .year = year, .month = month, .day = day,
	    .hour = hour, .minute = minute });
}

static int64_t
moment(const char *name, int year, int month, int day, int hour, int minute)
{
	return zone_moment(zone(name), (struct civil){ .year = year, .month = month, .day = day,
	    .hour = hour, .minute = minute });
}

static void
test_utc(void **state)
{
	struct civil c = zone_civil(zone("UTC"), 1795256100123);

	(void)state;
	assert_int_equal(utc(1970, 1, 1, 0, 0), 0);
	assert_int_equal(utc(2026, 11, 21, 9, 15), 1795252500000);
	assert_int_equal(c.year, 2026);
	assert_int_equal(c.month, 11);
	assert_int_equal(c.day, 21);
	assert_int_equal(c.hour, 10);
	assert_int_equal(c.minute, 15);
	assert_int_equal(c.second, 0);
	assert_int_equal(c.ms, 123);
	assert_int_equal(c.offset_min, 0);
}

static void
test_iso(void **state)
{
	static const struct { const char *zone; int64_t at; const char *text; } cases[] = {
		{ "UTC", 0, "1970-01-01T00:00:00Z" },
		{ "UTC", -1, "1969-12-31T23:59:59Z" },
		{ "UTC", 951782400000, "2000-02-29T00:00:00Z" },
		{ "UTC", 2147483648000, "2038-01-19T03:14:08Z" },
		{ "Europe/Berlin", 1795252500999, "2026-11-21T10:15:00+01:00" },
		{ "Europe/Berlin", 1783000000000, "2026-07-02T15:46:40+02:00" },
		{ "Europe/London", 1795252500000, "2026-11-21T09:15:00+00:00" },
		{ "America/New_York", 1795252500000, "2026-11-21T04:15:00-05:00" },
		{ "Asia/Kolkata", 1795252500000, "2026-11-21T14:45:00+05:30" },
		{ "Australia/Lord_Howe", 1795252500000, "2026-11-21T20:15:00+11:00" },
		{ "Australia/Lord_Howe", 1783000000000, "2026-07-03T00:16:40+10:30" },
		{ "America/St_Johns", 1795252500000, "2026-11-21T05:45:00-03:30" },
		{ "Pacific/Kiritimati", 1795252500000, "2026-11-21T23:15:00+14:00" },
		/* Far behind the table: by the rule of the footer. */
		{ "Europe/Berlin", 2540000000000, "2050-06-28T05:33:20+02:00" },
		{ "America/New_York", 2555000000000, "2050-12-18T13:13:20-05:00" },
		{ "Australia/Lord_Howe", 2555000000000, "2050-12-19T05:13:20+11:00" },
		/* Local mean time, to the minute. */
		{ "Europe/Berlin", -2500000000000, "1890-10-11T20:26:20+00:53" },
		{ "America/New_York", -2800000000000, "1881-04-09T09:17:20-04:56" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_string_equal(time_iso(arena, zone(cases[i].zone), cases[i].at),
		    cases[i].text);
	assert_string_equal(time_iso(arena, NULL, 0), "1970-01-01T00:00:00Z");
}

static void
test_names(void **state)
{
	static const char *const bad[] = { "", "Europe", "Europe/", "/etc/passwd", "Europe/Berlin/",
		"Europe/Berlin/x", "../../../etc/passwd", "Europe/../UTC", "Europe//Berlin",
		"nowhere", "Europe/Berlin\n", "Europe/B\xc3\xa4rlin", "tzdata.zi", "zone.tab",
		"leapseconds", "a b", "right/Europe/Berlin", "%s", TOO_LONG };
	const struct zone *z = NULL;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_int_equal(zone_get(bad[i], &z), ERR_NOTFOUND);
	assert_null(z);
	assert_ptr_equal(zone("Europe/Berlin"), zone("Europe/Berlin"));
	assert_ptr_not_equal(zone("Europe/Berlin"), zone("Europe/Paris"));
	assert_int_equal(zone_get("Etc/GMT+12", &z), OK);
	assert_int_equal(zone_get("America/Port-au-Prince", &z), OK);
}

/* Clocks go from 2:00 to 3:00: what is between is the moment they do. */
static void
test_gap(void **state)
{
	static const struct { const char *zone; int year, month, day, hour; } gaps[] = {
		{ "Europe/Berlin", 2026, 3, 29, 2 }, { "Europe/Berlin", 2051, 3, 26, 2 },
		{ "America/New_York", 2026, 3, 8, 2 },
		{ "America/New_York", 2040, 3, 11, 2 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(gaps); i++) {
		const struct zone *z = zone(gaps[i].zone);
		struct civil c = { .year = gaps[i].year, .month = gaps[i].month, .day = gaps[i].day,
			.hour = gaps[i].hour };
		int64_t first = zone_moment(z, c);

		for (c.minute = 0; c.minute < 60; c.minute++) {
			c.second = c.minute;
			c.ms = c.minute;
			assert_int_equal(zone_moment(z, c), first);
		}
		c = zone_civil(z, first);
		assert_int_equal(c.hour, 3);
		assert_int_equal(c.minute, 0);
		assert_int_equal(c.ms, 0);
		c = zone_civil(z, first - 1);
		assert_int_equal(c.hour, 1);
		assert_int_equal(c.minute, 59);
		assert_int_equal(c.ms, 999);
	}
	/* Half an hour at Lord Howe, a whole day at Apia. */
	assert_int_equal(moment("Australia/Lord_Howe", 2026, 10, 4, 2, 15),
	    utc(2026, 10, 3, 15, 30));
	assert_int_equal(moment("Australia/Lord_Howe", 2026, 10, 4, 2, 30),
	    utc(2026, 10, 3, 15, 30));
	assert_int_equal(moment("Australia/Lord_Howe", 2026, 10, 4, 2, 31),
	    utc(2026, 10, 3, 15, 31));
	assert_int_equal(moment("Pacific/Apia", 2011, 12, 30, 12, 0), utc(2011, 12, 30, 10, 0));
	assert_int_equal(moment("Pacific/Apia", 2011, 12, 30, 0, 0), utc(2011, 12, 30, 10, 0));
	assert_int_equal(moment("Pacific/Apia", 2011, 12, 29, 23, 59), utc(2011, 12, 30, 9, 59));
}

/* Clocks go from 3:00 to 2:00: the first of the two. */
static void
test_overlap(void **state)
{
	(void)state;
	assert_int_equal(moment("Europe/Berlin", 2026, 10, 25, 2, 30), utc(2026, 10, 25, 0, 30));
	assert_int_equal(moment("Europe/Berlin", 2026, 10, 25, 1, 59), utc(2026, 10, 24, 23, 59));
	assert_int_equal(moment("Europe/Berlin", 2026, 10, 25, 3, 0), utc(2026, 10, 25, 2, 0));
	assert_int_equal(moment("Europe/Berlin", 2045, 10, 29, 2, 30), utc(2045, 10, 29, 0, 30));
	assert_int_equal(moment("America/New_York", 2026, 11, 1, 1, 30), utc(2026, 11, 1, 5, 30));
	assert_int_equal(moment("America/New_York", 2026, 11, 1, 2, 0), utc(2026, 11, 1, 7, 0));
	assert_int_equal(moment("Australia/Lord_Howe", 2026, 4, 5, 1, 45), utc(2026, 4, 4, 14, 45));
	assert_int_equal(moment("Australia/Lord_Howe", 2026, 4, 5, 2, 0), utc(2026, 4, 4, 15, 30));
	assert_int_equal(moment("Asia/Kolkata", 2026, 10, 25, 2, 30), utc(2026, 10, 24, 21, 0));
}

/* Fields out of their range carry, as calendars are reckoned with. */
static void
test_carry(void **state)
{
	const struct zone *z = zone("UTC");

	(void)state;
	assert_int_equal(utc(2026, 1, 32, 0, 0), utc(2026, 2, 1, 0, 0));
	assert_int_equal(utc(2026, 13, 1, 0, 0), utc(2027, 1, 1, 0, 0));
	assert_int_equal(utc(2026, 0, 1, 0, 0), utc(2025, 12, 1, 0, 0));
	assert_int_equal(utc(2026, -11, 1, 0, 0), utc(2025, 1, 1, 0, 0));
	assert_int_equal(utc(2026, 3, 0, 0, 0), utc(2026, 2, 28, 0, 0));
	assert_int_equal(utc(2028, 3, 0, 0, 0), utc(2028, 2, 29, 0, 0));
	assert_int_equal(utc(2026, 1, 1, 24, 0), utc(2026, 1, 2, 0, 0));
	assert_int_equal(utc(2026, 1, 1, 0, -1), utc(2025, 12, 31, 23, 59));
	assert_int_equal(zone_moment(z, (struct civil){ .year = 1970, .month = 1, .day = 1,
	    .second = -1, .ms = 2001 }), 1001);
	assert_int_equal(zone_moment(z, (struct civil){ .year = 1970, .month = 1, .day = 1,
	    .ms = -1 }), -1);
}

/* Every day of 800 years there and back. */
static void
test_calendar(void **state)
{
	const struct zone *z = zone("UTC");
	int64_t day = INT64_C(86400000), at = utc(1600, 1, 1, 0, 0);
	struct civil before = zone_civil(z, at - day);

	(void)state;
	for (int i = 0; i < 292200; i++, at += day) {
		struct civil c = zone_civil(z, at);
		bool next_day = c.year == before.year && c.month == before.month &&
		    c.day == before.day + 1;
		bool next_month = c.day == 1 && c.month == before.month % 12 + 1 &&
		    c.year == before.year + (before.month == 12) && before.day >= 28;

		assert_true(next_day != next_month);
		assert_int_equal(zone_moment(z, c), at);
		before = c;
	}
}

static void
assert_as_libc(const struct zone *z, int64_t seconds)
{
	struct civil c = zone_civil(z, seconds * 1000);
	time_t t = (time_t)seconds;
	struct tm tm;

	localtime_r(&t, &tm);
	/* Local mean times have seconds there. */
	if (tm.tm_gmtoff % 60 != 0)
		return;
	assert_int_equal(c.offset_min, tm.tm_gmtoff / 60);
	assert_int_equal(c.year, tm.tm_year + 1900);
	assert_int_equal(c.month, tm.tm_mon + 1);
	assert_int_equal(c.day, tm.tm_mday);
	assert_int_equal(c.hour, tm.tm_hour);
	assert_int_equal(c.minute, tm.tm_min);
	assert_int_equal(c.second, tm.tm_sec);
}

/* There and back: the first moment of a wall-clock time is at or before the moment it was
 * read from, and shows the same time. */
static void
assert_there_and_back(const struct zone *z, int64_t at)
{
	struct civil c = zone_civil(z, at), again;
	int64_t first = zone_moment(z, c);

	assert_true(first <= at && first >= at - 86400000);
	again = zone_civil(z, first);
	again.offset_min = c.offset_min;
	assert_memory_equal(&again, &c, sizeof(c));
}

static void
test_as_libc(void **state)
{
	static const char *const names[] = { "Europe/Berlin", "America/New_York", "Asia/Kolkata",
		"Australia/Lord_Howe", "Etc/UTC", "Europe/Dublin", "Africa/Casablanca", "Asia/Gaza",
		"America/Nuuk", "America/Santiago", "America/Havana", "Pacific/Apia", "Asia/Tehran",
		"America/Sao_Paulo", "Africa/Monrovia", "Antarctica/Troll", "Pacific/Chatham",
		"America/Scoresbysund", "Asia/Pyongyang", "EST5EDT" };

	(void)state;
	srand(2);
	for (size_t i = 0; i < COUNT(names); i++) {
		const struct zone *z = zone(names[i]);
		int64_t from = utc(1850, 1, 1, 0, 0) / 1000, upto = utc(2400, 1, 1, 0, 0) / 1000;

		setenv("TZ", names[i], 1);
		tzset();
		for (int k = 0; k < 3000; k++) {
			int64_t at = from + (int64_t)((double)rand() / RAND_MAX *
			    (double)(upto - from));

			assert_as_libc(z, at);
			assert_there_and_back(z, at * 1000 + k % 1000);
		}
		/* Each hour of a year of the table and of one by the rule. */
		for (int64_t h = 0; h < 24 * 366; h++) {
			assert_as_libc(z, utc(2026, 1, 1, 0, 0) / 1000 + h * 3600);
			assert_as_libc(z, utc(2060, 1, 1, 0, 0) / 1000 + h * 3600 - 1);
			assert_there_and_back(z, utc(2026, 1, 1, 0, 0) + h * 3600000);
			assert_there_and_back(z, utc(2060, 1, 1, 0, 0) + h * 3600000);
		}
	}
	unsetenv("TZ");
	tzset();
}

static void
test_extremes(void **state)
{
	static const int64_t at[] = { INT64_MIN, INT64_MIN + 1, -1, 0, INT64_MAX - 1, INT64_MAX };

	(void)state;
	for (size_t i = 0; i < COUNT(at); i++) {
		struct civil c = zone_civil(zone("Europe/Berlin"), at[i]);

		assert_in_range(c.month, 1, 12);
		assert_in_range(c.day, 1, 31);
		assert_true(strlen(time_iso(arena, zone("America/New_York"), at[i])) >= 20);
	}
	assert_true(moment("Europe/Berlin", INT_MAX, INT_MAX, INT_MAX, INT_MAX, INT_MAX) >
	    utc(200000000, 1, 1, 0, 0));
	assert_true(moment("Europe/Berlin", INT_MIN, INT_MIN, INT_MIN, INT_MIN, INT_MIN) <
	    utc(-200000000, 1, 1, 0, 0));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_utc),
		cmocka_unit_test(test_iso),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_gap),
		cmocka_unit_test(test_overlap),
		cmocka_unit_test(test_carry),
		cmocka_unit_test(test_calendar),
		cmocka_unit_test(test_as_libc),
		cmocka_unit_test(test_extremes),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("zone", tests, start, stop);
}
