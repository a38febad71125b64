/* Zone files that are odd or broken (src/base/zone.c, built here to read a folder of ours).
 * Zones as they are on a system are in test_zone.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include "../scratch.h"

static char folder[SCRATCH_SIZE];
#define ZONEINFO folder
#include "base/zone.c"

static struct arena *arena;

static int
start(void **state)
{
	(void)state;
	arena = arena_new(64 * 1024, 16 * 1024 * 1024);
	log_open("/dev/null");
	assert_non_null(mkdtemp(scratch_path(folder, "tenantry-zone")));
	return 0;
}

static int
stop(void **state)
{
	(void)state;
	arena_free(arena);
	arena_free(memory);
	return rmdir(folder);
}

/* Under a name of its own each time, because zones are kept. */
static enum err
load_zone(const void *bytes, size_t len, const struct zone **out)
{
	static int number;
	const char *name = arena_printf(arena, "Zone%d", number++);
	const char *path = arena_printf(arena, "%s/%s", folder, name);
	enum err e;

	assert_int_equal(file_create(path, 0600, (struct str){ bytes, len }), OK);
	e = zone_get(name, out);
	/* libc takes a new file of the same second in an old one's place for the old one. */
	setenv("TZ", "UTC0", 1);
	tzset();
	setenv("TZ", arena_printf(arena, ":%s", path), 1);
	tzset();
	unlink(path);
	return e;
}

static void
put_head(struct buf *b, unsigned times, unsigned types)
{
	const unsigned char counts[] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		0, 0, 0, (unsigned char)times, 0, 0, 0, (unsigned char)types, 0, 0, 0, 4 };

	buf_put(b, "TZif2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20);
	buf_put(b, counts, sizeof(counts));
}

/* A file of one type (UTC) that holds from 1843 on, and this footer. */
static struct str
with_footer(const char *footer)
{
	struct str s;
	struct buf b;

	buf_init(&b, arena, 4096);
	put_head(&b, 0, 1);
	buf_put(&b, "\0\0\0\0\0\0LMT\0", 10);
	put_head(&b, 1, 1);
	buf_put(&b, "\xff\xff\xff\xff\x10\0\0\0\0", 9);
	buf_put(&b, "\0\0\0\0\0\0LMT\0", 10);
	buf_printf(&b, "\n%s\n", footer);
	assert_int_equal(buf_end(&b, &s), OK);
	return s;
}

/* libc reads the same file. */
static void
assert_as_libc(const struct zone *z)
{
	for (time_t at = 0; at < INT64_C(6000000000); at += 3601 * 5) {
		struct civil c = zone_civil(z, at * 1000);
		struct tm tm;

		localtime_r(&at, &tm);
		if (c.offset_min != tm.tm_gmtoff / 60)
			fail_msg("%s at %lld: %d, not %ld", z->name, (long long)at, c.offset_min,
			    tm.tm_gmtoff / 60);
		assert_int_equal(c.hour, tm.tm_hour);
		assert_int_equal(c.day, tm.tm_mday);
	}
}

static void
test_footers(void **state)
{
	/* No change at the turn of the year: libc takes the year of UTC there. */
	static const char *const footers[] = { "UTC0", "CET-1CEST,M3.5.0,M10.5.0/3", "EST5",
		"EST5EDT,M3.2.0,M11.1.0", "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "<-03>3",
		"IST-1GMT0,M10.5.0,M3.5.0/1", "<-02>2<-01>,M3.5.0/-1,M10.5.0/0",
		"AAA3BBB,J60,J300", "AAA3BBB,J59/0,J364/23", "AAA-3BBB,59,299",
		"AAA-3BBB,60/1:30,363",
		"AAA3BBB,M2.5.6/167,M9.1.1/-24:30", "AAA-9:30BBB-11,J2/0,J200/5:15:00",
		"XXX12", "XXX-14", "AAA4BBB,M1.1.1,M12.5.0" };

	(void)state;
	for (size_t i = 0; i < sizeof(footers) / sizeof(footers[0]); i++) {
		struct str file = with_footer(footers[i]);
		const struct zone *z;

		if (load_zone(file.p, file.len, &z))
			fail_msg("%s", footers[i]);
		assert_as_libc(z);
	}
	unsetenv("TZ");
	tzset();
}

static void
test_footers_refused(void **state)
{
	static const char *const footers[] = { "5", "CET", "CET-", "CET-168", "CET-1:60",
		"CET-1CEST", "CET-1CEST,M3.5.0", "CET-1CEST,M3.5.0,", "CET-1CEST,M13.5.0,M10.5.0",
		"CET-1CEST,M0.5.0,M10.5.0", "CET-1CEST,M3.0.0,M10.5.0", "CET-1CEST,M3.6.0,M10.5.0",
		"CET-1CEST,M3.5.7,M10.5.0", "CET-1CEST,M3.5,M10.5.0", "CET-1CEST,J366,J1",
		"CET-1CEST,M3.5.0,M10.5.0x", "<+01-1", "<>-1", "CET-1 ",
		"CET99999999999999999999" };

	(void)state;
	for (size_t i = 0; i < sizeof(footers) / sizeof(footers[0]); i++) {
		struct str file = with_footer(footers[i]);
		const struct zone *z;

		if (load_zone(file.p, file.len, &z) != ERR_FAULT)
			fail_msg("%s", footers[i]);
	}
}

/* Without a footer the last type goes on. */
static void
test_no_footer(void **state)
{
	struct str file = with_footer("");
	const struct zone *z;

	(void)state;
	assert_int_equal(load_zone(file.p, file.len, &z), OK);
	assert_int_equal(zone_civil(z, INT64_C(4000000000000)).offset_min, 0);
}

static struct str
berlin(void)
{
	struct str file;

	assert_int_equal(file_read(arena, "/usr/share/zoneinfo/Europe/Berlin", 64 * 1024, &file),
	    OK);
	return file;
}

static void
use(const struct zone *z)
{
	for (int64_t at = -4000000000000; at < 6000000000000; at += 86400000 * INT64_C(97)) {
		struct civil c = zone_civil(z, at);

		zone_moment(z, c);
	}
}

static void
test_cut_anywhere(void **state)
{
	struct str file = berlin();
	const struct zone *z;

	(void)state;
	for (size_t n = 0; n < file.len; n++) {
		/* On the heap, so that reading past the end is seen. */
		char *copy = malloc(n + 1);
		enum err e;

		assert_non_null(copy);
		memcpy(copy, file.p, n);
		e = load_zone(copy, n, &z);
		free(copy);
		assert_true(e == ERR_NOTFOUND || e == ERR_FAULT);
	}
}

static void
test_changed_anywhere(void **state)
{
	struct str file = berlin();
	size_t taken = 0;

	(void)state;
	srand(8);
	for (int i = 0; i < 5000; i++) {
		size_t mark = arena_mark(arena);
		char *copy = arena_zalloc(arena, file.len, 1);
		const struct zone *z;

		memcpy(copy, file.p, file.len);
		for (int k = 1 + rand() % 3; k > 0; k--)
			copy[(size_t)rand() % (i % 2 ? file.len : 100)] = (char)rand();
		if (load_zone(copy, file.len, &z) == OK) {
			taken++;
			use(z);
		}
		arena_release(arena, mark);
	}
	assert_in_range(taken, 1000, 4999);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_footers),
		cmocka_unit_test(test_footers_refused),
		cmocka_unit_test(test_no_footer),
		cmocka_unit_test(test_cut_anywhere),
		cmocka_unit_test(test_changed_anywhere),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("zone files", tests, start, stop);
}
