/* core/throttle.c and what sign-in makes of it: who waits after failures, how long, and who
 * does not.  The link that leads past strangers' failures is in test_unlock.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../fixture.h"

#include <string.h>

#include "base/arena.h"
#include "core/throttle.h"
#include "db/db.h"
#include "signin/signin.h"

enum { ROWS_MOST = 65536 };

static struct signin_done out;
static const char *const una = "una@north.example", *const nobody = "nobody@north.example";

static enum err
attempt(const char *email, const char *peer, const char *password, const char *device)
{
	struct signin_input in = { str_of(email), str_of(password), str_of(device) };

	fx_nobody();
	fx.cx.peer = peer;
	return signin_password(&fx.cx, &in, &out);
}

static void
failures(int n, const char *email, const char *peer, const char *device)
{
	for (int i = 0; i < n; i++)
		assert_int_equal(attempt(email, peer, "wrong password", device), ERR_INVALID);
}

static void
waits(const char *email, const char *peer, const char *device, int64_t until_at)
{
	assert_int_equal(attempt(email, peer, FX_PASSWORD, device), ERR_LIMIT);
	assert_int_equal(out.until_at, until_at);
	assert_false(out.needs_link);
	assert_int_equal(fx.cx.actor.kind, ACTOR_NOBODY);
}

static void
gets_in(const char *email, const char *peer, const char *device)
{
	assert_int_equal(attempt(email, peer, FX_PASSWORD, device), OK);
}

/* {S3} */
static void
five_failures_of_a_pair_wait(void **state)
{
	int64_t until_at = FX_NOW + 10 * FX_MINUTE;

	(void)state;
	failures(5, una, "192.0.2.1", "");
	waits(una, "192.0.2.1", "", until_at);
	gets_in(una, "192.0.2.2", "");
	gets_in("stan@north.example", "192.0.2.1", "");
	fx.now = until_at - 1;
	waits(una, "192.0.2.1", "", until_at);
	fx.now = until_at;
	gets_in(una, "192.0.2.1", "");
}

/* {S3} The same for an address that nobody has, after the same work. */
static void
an_unknown_address_waits_alike(void **state)
{
	static const char *const emails[] = { "una@north.example", "nobody@north.example" };
	struct fx_work work[2];

	(void)state;
	for (int i = 0; i < 2; i++) {
		fx_again();
		failures(5, emails[i], "192.0.2.1", "");
		fx_mark();
		waits(emails[i], "192.0.2.1", "", FX_NOW + 10 * FX_MINUTE);
		work[i] = fx_work();
		assert_true(fx_same());
		assert_int_equal(work[i].hashes, 0);
	}
	fx_equal_work(work[0], work[1], "waiting");
}

/* {S3 L2} */
static void
the_failure_that_begins_a_wait_says_so(void **state)
{
	(void)state;
	fx_mark();
	failures(4, una, "192.0.2.1", "");
	assert_string_equal(fx_sentence(NORTH), "A sign-in as Una User failed");
	failures(1, una, "192.0.2.1", "");
	assert_string_equal(fx_sentence(NORTH),
	    "Sign-in as Una User has to wait after too many failures");
	assert_int_equal(fx_new_events(NORTH), 5);
}

/* {S3} Failures count in ten minutes; a good sign-in ends the count. */
static void
old_failures_do_not_count(void **state)
{
	(void)state;
	failures(4, una, "192.0.2.1", "");
	fx.now += 10 * FX_MINUTE;
	failures(4, una, "192.0.2.1", "");
	gets_in(una, "192.0.2.1", "");
	failures(4, una, "192.0.2.1", "");
	gets_in(una, "192.0.2.1", "");
	failures(5, una, "192.0.2.1", "");
	waits(una, "192.0.2.1", "", fx.now + 10 * FX_MINUTE);
	fx.now += 10 * FX_MINUTE;
	failures(4, una, "192.0.2.1", "");
	gets_in(una, "192.0.2.1", "");
}

/* {S3} Typed in another case, or with blanks, it is the same address. */
static void
an_address_has_one_count(void **state)
{
	(void)state;
	failures(2, "una@north.example", "192.0.2.1", "");
	failures(2, " UNA@North.Example ", "192.0.2.1", "");
	failures(1, "Una@NORTH.example", "192.0.2.1", "");
	waits("una@north.example", "192.0.2.1", "", FX_NOW + 10 * FX_MINUTE);
}

/* {S3} */
static void
a_hundred_failures_of_a_source_wait(void **state)
{
	const char *device;

	(void)state;
	gets_in(una, "192.0.2.1", "");
	device = out.device;
	for (int i = 0; i < 100; i++)
		failures(1, arena_printf(fx.cx.arena, "n%d@x.example", i), "192.0.2.1", "");
	waits(una, "192.0.2.1", "", FX_NOW + 10 * FX_MINUTE);
	gets_in(una, "192.0.2.2", "");
	/* who was here before is not held up by others, but counted all the same */
	gets_in(una, "192.0.2.1", device);
	failures(5, una, "192.0.2.1", device);
	waits(una, "192.0.2.1", device, FX_NOW + 10 * FX_MINUTE);
	fx.now += 10 * FX_MINUTE;
	gets_in(una, "192.0.2.1", "");
}

/* {S3} 199 people behind one source get in while one of them fails. */
static void
one_who_fails_keeps_no_one_else_out(void **state)
{
	(void)state;
	failures(5, nobody, "192.0.2.1", "");
	for (enum fx_who w = ADMIN; w <= EAST_USER; w++)
		gets_in(fx.m[NORTH][w].email, "192.0.2.1", "");
}

/* {S3} */
static void
an_ipv6_source_is_its_64(void **state)
{
	struct arena *a = fx.cx.arena;

	(void)state;
	assert_string_equal(throttle_source(a, "203.0.113.9"), "203.0.113.9");
	assert_string_equal(throttle_source(a, "::ffff:203.0.113.9"), "203.0.113.9");
	assert_string_equal(throttle_source(a, "2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
	assert_string_equal(throttle_source(a, "2001:DB8:1:2::"), "2001:db8:1:2::/64");
	assert_string_equal(throttle_source(a, "2001:db8:1:3::6"), "2001:db8:1:3::/64");
	assert_string_equal(throttle_source(a, "unix:"), "unix:");
	failures(3, una, "2001:db8:1:2::1", "");
	failures(2, una, "2001:db8:1:2:ffff::9", "");
	waits(una, "2001:db8:1:2:aaaa:bbbb:cccc:dddd", "", FX_NOW + 10 * FX_MINUTE);
	gets_in(una, "2001:db8:1:3::1", "");
}

/* {S3} The browser of somebody who signed in before counts apart. */
static void
strangers_cannot_lock_a_known_browser_out(void **state)
{
	const char *device;

	(void)state;
	gets_in(una, "192.0.2.1", "");
	device = out.device;
	failures(5, una, "192.0.2.1", "");
	waits(una, "192.0.2.1", "", FX_NOW + 10 * FX_MINUTE);
	gets_in(una, "192.0.2.1", device);
	/* and the good sign-in of the one ends no wait of the others */
	waits(una, "192.0.2.1", "", FX_NOW + 10 * FX_MINUTE);
	failures(5, una, "192.0.2.77", device);
	waits(una, "192.0.2.1", device, FX_NOW + 10 * FX_MINUTE);
	gets_in(una, "192.0.2.5", "");
}

/* {S3} Known is a browser to whom it was used by, not to everybody. */
static void
a_browser_is_known_to_its_person(void **state)
{
	const char *device;

	(void)state;
	gets_in("stan@north.example", "192.0.2.1", "");
	device = out.device;
	failures(5, una, "192.0.2.1", device);
	waits(una, "192.0.2.1", device, FX_NOW + 10 * FX_MINUTE);
	waits(una, "192.0.2.1", "", FX_NOW + 10 * FX_MINUTE);
}

/* {S3} A hundred a day from unknown browsers: they need a link, known ones don't. */
static void
after_a_hundred_strangers_a_link_is_needed(void **state)
{
	const char *device;

	(void)state;
	gets_in(una, "192.0.2.1", "");
	device = out.device;
	for (int i = 0; i < 100; i++) {
		fx.now += FX_MINUTE;
		failures(1, una, arena_printf(fx.cx.arena, "198.51.100.%d", i), "");
	}
	assert_int_equal(attempt(una, "203.0.113.1", FX_PASSWORD, ""), ERR_LIMIT);
	assert_true(out.needs_link);
	gets_in(una, "203.0.113.1", device);
	gets_in("stan@north.example", "203.0.113.1", "");
	fx.now += FX_DAY;
	gets_in(una, "203.0.113.1", "");
}

/* {S3} Waits are in the database: every worker has them, and a restart ends none. */
static void
waits_outlive_the_process(void **state)
{
	(void)state;
	failures(5, una, "192.0.2.1", "");
	fx_close();
	fx_open();
	waits(una, "192.0.2.1", "", FX_NOW + 10 * FX_MINUTE);
}

/* {S3} */
static void
a_clock_that_goes_back_lengthens_no_wait(void **state)
{
	(void)state;
	failures(5, una, "192.0.2.1", "");
	fx.now = FX_NOW - 10 * 1000;
	waits(una, "192.0.2.1", "", FX_NOW + 10 * FX_MINUTE);
	/* Put back, not a request that ran beside it: it counts anew. */
	fx.now = FX_NOW - 365 * FX_DAY;
	failures(5, una, "192.0.2.1", "");
	waits(una, "192.0.2.1", "", fx.now + 10 * FX_MINUTE);
	fx.now += 10 * FX_MINUTE;
	failures(1, una, "192.0.2.1", "");
}

static void
fill(int64_t since_at, int64_t until_at)
{
	fx_sql("WITH RECURSIVE c (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < %d) "
	    "INSERT INTO throttles SELECT 'pair', 'x' || i, 'y', 3, %lld, %lld FROM c",
	    ROWS_MOST - (int)fx_int("SELECT count(*) FROM throttles"), (long long)since_at,
	    (long long)until_at);
}

/* A full table refuses new ones rather than forget the old; what has expired goes first. */
static void
the_table_is_bounded(void **state)
{
	(void)state;
	failures(5, una, "192.0.2.1", "");
	fill(FX_NOW, 0);
	assert_int_equal(attempt(nobody, "192.0.2.50", "wrong", ""), ERR_LIMIT);
	assert_true(out.until_at > FX_NOW);
	waits(una, "192.0.2.1", "", FX_NOW + 10 * FX_MINUTE);
	assert_true(fx_int("SELECT count(*) FROM throttles") <= ROWS_MOST + 2);
	fx.now += 11 * FX_MINUTE;
	fx_nobody();
	assert_int_equal(db_begin(fx.cx.db), OK);
	assert_int_equal(db_finish(fx.cx.db, throttle_sweep(&fx.cx, &(int64_t){ 0 })), OK);
	failures(1, nobody, "192.0.2.50", "");
	assert_true(fx_int("SELECT count(*) FROM throttles") < 10);
}

/* Each kind has its numbers. */
static void
kinds_have_their_limits(void **state)
{
	static const struct { enum throttle_kind kind; int limit; int64_t wait; } kinds[] = {
		{ THROTTLE_PAIR, 5, 10 * FX_MINUTE }, { THROTTLE_SOURCE, 100, 10 * FX_MINUTE },
		{ THROTTLE_BROWSER, 5, 10 * FX_MINUTE }, { THROTTLE_STRANGERS, 100, FX_DAY },
		{ THROTTLE_RESET, 20, FX_HOUR }, { THROTTLE_LINK, 60, 10 * FX_MINUTE } };

	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		int64_t until_at;
		bool    begins = false;

		assert_int_equal(db_begin(fx.cx.db), OK);
		for (int n = 1; n <= kinds[i].limit; n++) {
			assert_int_equal(throttle_ask(&fx.cx, kinds[i].kind, "a", "b",
			    &until_at), OK);
			assert_int_equal(throttle_count(&fx.cx, kinds[i].kind, "a", "b",
			    &begins), OK);
			assert_int_equal(begins, n == kinds[i].limit);
		}
		assert_int_equal(db_finish(fx.cx.db, OK), OK);
		assert_int_equal(throttle_ask(&fx.cx, kinds[i].kind, "a", "b", &until_at),
		    ERR_LIMIT);
		assert_int_equal(until_at, FX_NOW + kinds[i].wait);
		assert_int_equal(throttle_ask(&fx.cx, kinds[i].kind, "a", "c", &until_at), OK);
		assert_int_equal(throttle_ask(&fx.cx, kinds[i].kind, "b", "b", &until_at), OK);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FX_TEST(five_failures_of_a_pair_wait),
		FX_TEST(an_unknown_address_waits_alike),
		FX_TEST(the_failure_that_begins_a_wait_says_so),
		FX_TEST(old_failures_do_not_count),
		FX_TEST(an_address_has_one_count),
		FX_TEST(a_hundred_failures_of_a_source_wait),
		FX_TEST(one_who_fails_keeps_no_one_else_out),
		FX_TEST(an_ipv6_source_is_its_64),
		FX_TEST(strangers_cannot_lock_a_known_browser_out),
		FX_TEST(a_browser_is_known_to_its_person),
		FX_TEST(after_a_hundred_strangers_a_link_is_needed),
		FX_TEST(waits_outlive_the_process),
		FX_TEST(a_clock_that_goes_back_lengthens_no_wait),
		FX_TEST(the_table_is_bounded),
		FX_TEST(kinds_have_their_limits),
	};

	return FX_RUN(tests);
}
