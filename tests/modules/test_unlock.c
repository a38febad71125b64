/* signin/unlock.c: the emailed link that makes an unknown browser a known one, once strangers
 * failed too often. */
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

static struct signin_done out;
static const char *const una = "una@north.example";

static enum err
sign_in(const char *email, const char *device)
{
	struct signin_input in = { str_of(email), STR(FX_PASSWORD), str_of(device) };

	fx_nobody();
	return signin_password(&fx.cx, &in, &out);
}

static void
strangers_fail(const char *email)
{
	bool waits;

	fx_nobody();
	assert_int_equal(db_begin(fx.cx.db), OK);
	for (int i = 0; i < 100; i++)
		assert_int_equal(throttle_count(&fx.cx, THROTTLE_STRANGERS, email, "", &waits), OK);
	assert_int_equal(db_finish(fx.cx.db, OK), OK);
}

static const char *
token_for(const char *email)
{
	strangers_fail(email);
	assert_int_equal(signin_send_unlock(&fx.cx, str_of(email)), OK);
	return fx_mail_token();
}

static bool
opens(const char *token)
{
	const char *device;
	int64_t     person;
	enum err    e;

	fx_nobody();
	e = signin_unlock_check(&fx.cx, str_of(token), &person);
	if (e != OK) {
		assert_int_equal(e, ERR_NOTFOUND);
		fx_mark();
		assert_int_equal(signin_unlock(&fx.cx, str_of(token), STR(""), &device),
		    ERR_NOTFOUND);
		assert_true(fx_same());
	}
	return e == OK;
}

/* {S3} */
static void
the_link_makes_the_browser_known(void **state)
{
	const char *token, *device;
	int64_t     person;

	(void)state;
	strangers_fail(una);
	fx_nobody();
	fx_mark();
	assert_int_equal(signin_send_unlock(&fx.cx, STR(" UNA@north.example ")), OK);
	fx_one_event(NORTH,
	    "A link to sign in from an unknown browser was sent to Una User", "");
	assert_int_equal(fx_new_mails(), 1);
	assert_string_equal(fx_mail_kind(), "unlock");
	assert_string_equal(fx_mail_to(), una);
	token = fx_mail_token();
	assert_int_equal(sign_in(una, ""), ERR_LIMIT);
	fx_nobody();
	fx_mark();
	assert_int_equal(signin_unlock_check(&fx.cx, str_of(token), &person), OK);
	assert_int_equal(person, fx.m[NORTH][USER].person);
	assert_true(fx_same());
	assert_int_equal(signin_unlock(&fx.cx, str_of(token), STR(""), &device), OK);
	fx_one_event(NORTH, "Una User made an unknown browser a known one by an emailed link", "");
	assert_int_equal(fx.cx.actor.kind, ACTOR_NOBODY);
	assert_int_equal(sign_in(una, ""), ERR_LIMIT);
	assert_true(out.needs_link);
	assert_int_equal(sign_in(una, device), OK);
}

/* {S3} At most one email a day, however often it is asked for. */
static void
one_email_a_day(void **state)
{
	(void)state;
	strangers_fail(una);
	fx_mark();
	for (int i = 0; i < 4; i++) {
		fx_nobody();
		assert_int_equal(signin_send_unlock(&fx.cx, str_of(una)), OK);
	}
	assert_int_equal(fx_new_mails(), 1);
	assert_int_equal(fx_new_events(NORTH), 1);
}

/* {S1 S3} */
static void
an_address_that_nobody_has_costs_the_same(void **state)
{
	static const char *const emails[] = { "una@north.example", "nobody@north.example" };
	struct fx_work work[2];

	(void)state;
	for (int i = 0; i < 2; i++) {
		fx_again();
		strangers_fail(emails[i]);
		fx_nobody();
		fx_mark();
		assert_int_equal(signin_send_unlock(&fx.cx, str_of(emails[i])), OK);
		work[i] = fx_work();
		assert_int_equal(fx_new_mails(), 1);
		assert_int_equal(fx_int("SELECT count(*) FROM outbox WHERE kind = 'unlock' "
		    "AND state = 'waiting'"), i == 0);
	}
	fx_equal_work(work[0], work[1], "unlocking");
}

/* Nobody failed: nothing is sent. */
static void
nothing_is_sent_without_need(void **state)
{
	(void)state;
	fx_mark();
	assert_int_equal(signin_send_unlock(&fx.cx, str_of(una)), OK);
	assert_int_equal(signin_send_unlock(&fx.cx, STR("no address")), OK);
	assert_true(fx_same());
}

/* {S3} The link dies with the wait that it leads past. */
static void
the_link_ends_with_the_wait(void **state)
{
	const char *token = token_for(una);
	int64_t     n;

	(void)state;
	assert_true(opens(token));
	fx.now = FX_NOW + FX_DAY - 1;
	assert_true(opens(token));
	fx.now++;
	assert_false(opens(token));
	fx.now = FX_NOW;
	fx_as(NORTH, HELPDESK);
	assert_int_equal(members_unlock(&fx.cx, fx.m[NORTH][USER].id, &n), OK);
	assert_false(opens(token));
}

static void
no_other_token_opens(void **state)
{
	const char *token = token_for(una);
	char       *forged = arena_strdup(fx.cx.arena, token);

	(void)state;
	for (size_t i = 0; forged[i]; i++) {
		char was = forged[i];

		forged[i] = was == 'A' ? 'B' : 'A';
		assert_false(opens(forged));
		forged[i] = was;
	}
	assert_false(opens(""));
	assert_false(opens(fx.m[NORTH][INVITED].invite));
	strangers_fail("stan@north.example");
	assert_true(opens(token));
}

/* {S3} Once, also when the person knows as many browsers as there may be, and when what was known
 * is forgotten by a new password. */
static void
the_link_is_used_once(void **state)
{
	const char *token, *device;

	(void)state;
	fx_sql("WITH RECURSIVE c (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 20) "
	    "INSERT INTO known_browsers SELECT %lld, i, %lld, %lld FROM c",
	    (long long)fx.m[NORTH][USER].person, (long long)(FX_NOW - FX_DAY),
	    (long long)(FX_NOW - FX_DAY));
	token = token_for(una);
	assert_int_equal(signin_unlock(&fx.cx, str_of(token), STR(""), &device), OK);
	assert_int_equal(fx_int("SELECT count(*) FROM known_browsers"), 20);
	assert_false(opens(token));
	token = token_for("stan@north.example");
	assert_int_equal(signin_unlock(&fx.cx, str_of(token), STR(""), &device), OK);
	assert_int_equal(db_begin(fx.cx.db), OK);
	assert_int_equal(signin_set_password(&fx.cx, fx.m[NORTH][STAFF].person, "x"), OK);
	assert_int_equal(db_finish(fx.cx.db, signin_forget_browsers(&fx.cx,
	    fx.m[NORTH][STAFF].person)), OK);
	assert_false(opens(token));
}

/* {L2} */
static void
an_unlock_without_its_event_is_none(void **state)
{
	const char *token = token_for(una), *device;

	(void)state;
	fx_nobody();
	fx_mark();
	fx_break("events");
	assert_int_equal(signin_unlock(&fx.cx, str_of(token), STR(""), &device), ERR_FAULT);
	fx_mend();
	assert_true(fx_same());
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FX_TEST(the_link_makes_the_browser_known),
		FX_TEST(one_email_a_day),
		FX_TEST(an_address_that_nobody_has_costs_the_same),
		FX_TEST(nothing_is_sent_without_need),
		FX_TEST(the_link_ends_with_the_wait),
		FX_TEST(no_other_token_opens),
		FX_TEST(the_link_is_used_once),
		FX_TEST(an_unlock_without_its_event_is_none),
	};

	return FX_RUN(tests);
}
