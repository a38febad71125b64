/* reset/: a forgotten password, and that a link of one purpose is good for no other.  Who may
 * send a reset for a member is in test_acts.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../fixture.h"

#include <string.h>

#include "base/arena.h"
#include "core/throttle.h"
#include "crypto/token.h"
#include "db/db.h"
#include "reset/reset.h"
#include "setup/setup.h"
#include "signin/signin.h"

static const char *const una = "una@north.example";

static enum err
ask(const char *email)
{
	fx_nobody();
	return reset_ask(&fx.cx, str_of(email));
}

static const char *
token_for(const char *email)
{
	assert_int_equal(ask(email), OK);
	assert_string_equal(fx_mail_kind(), "reset");
	return fx_mail_token();
}

static enum err
use(const char *token, const char *password)
{
	fx_nobody();
	return reset_use(&fx.cx, str_of(token), str_of(password), str_of(password));
}

static bool
opens(const char *token)
{
	struct reset r;
	enum err     e;

	fx_nobody();
	fx_mark();
	e = reset_open(&fx.cx, str_of(token), &r);
	assert_true(fx_same());
	if (e == OK)
		return true;
	assert_int_equal(e, ERR_NOTFOUND);
	assert_int_equal(use(token, FX_STRONG), ERR_NOTFOUND);
	assert_int_equal(fx_work().hashes, 0);
	assert_true(fx_same());
	return false;
}

static enum err
sign_in(const char *email, const char *password)
{
	struct signin_done out;

	fx_nobody();
	return signin_password(&fx.cx, &(struct signin_input){ str_of(email), str_of(password),
	    { NULL, 0 } }, &out);
}

/* ---------------------------------------------------------------- asking */

static struct fx_work
asking(const char *email, int before)
{
	fx_again();
	fx_sql("UPDATE people SET method = 'google' WHERE email LIKE 'gil@%%'");
	assert_int_equal(ask("warm@up.example"), OK);
	for (int i = 0; i < before; i++)
		assert_int_equal(ask(email), OK);
	fx_nobody();
	fx_mark();
	assert_int_equal(ask(email), OK);
	assert_null(fx.cx.issues);
	assert_int_equal(fx_new_mails(), 1);
	return fx_work();
}

/* {P1 P4} The same answer and the same work for every address; one row of the outbox. */
static void
asking_tells_nothing(void **state)
{
	struct fx_work unknown = asking("nobody@north.example", 0);

	(void)state;
	assert_int_equal(unknown.commits, 1);
	assert_int_equal(unknown.hashes, 0);
	assert_int_equal(fx_int("SELECT count(*) FROM outbox WHERE state = 'waiting' "
	    "AND created_at = %lld", (long long)FX_NOW), 0);
	fx_equal_work(unknown, asking(una, 0), una);
	fx_equal_work(unknown, asking("gil@north.example", 0), "another method");
	assert_string_equal(fx_mail_kind(), "reset_other_method");
	fx_equal_work(unknown, asking(una, 1), "too soon");
	assert_int_equal(fx_int("SELECT count(*) FROM outbox WHERE state = 'waiting' "
	    "AND created_at = %lld", (long long)FX_NOW), 1);
	fx_equal_work(asking("nobody@north.example", 3), asking(una, 3), "the fourth");
}

/* {P1} What is no address is said to be none. */
static void
what_is_no_address_is_refused(void **state)
{
	(void)state;
	fx_mark();
	assert_int_equal(ask("una"), ERR_INVALID);
	assert_string_not_equal(fx_issue("email"), "");
	assert_int_equal(ask("una@north.example\r\nBcc: x@y.example"), ERR_INVALID);
	assert_true(fx_same());
}

/* {P2 L2 L8} */
static void
asking_leaves_its_event_and_its_email(void **state)
{
	(void)state;
	fx_mark();
	assert_int_equal(ask(" UNA@North.example "), OK);
	fx_one_event(NORTH, "A password reset was asked for Una User", "");
	assert_int_equal(fx_new_events(SOUTH) + fx_new_events(SYSTEM), 0);
	assert_string_equal(fx_mail_to(), una);
	fx_mark();
	assert_int_equal(ask("bo@both.example"), OK);
	assert_int_equal(fx_new_events(NORTH), 1);
	assert_int_equal(fx_new_events(SOUTH), 1);
	fx_mark();
	assert_int_equal(ask("nobody@north.example"), OK);
	assert_int_equal(fx_new_events(SYSTEM), 1);
}

/* {P5} Three emails an hour, and the others look the same. */
static void
a_person_gets_three_emails_an_hour(void **state)
{
	(void)state;
	fx_mark();
	for (int i = 0; i < 10; i++) {
		fx.now += FX_MINUTE;
		assert_int_equal(ask(una), OK);
		assert_int_equal(fx_int("SELECT count(*) FROM outbox WHERE state = 'waiting' AND "
		    "kind = 'reset' AND address = '%s'", una), i < 3 ? i + 1 : 3);
	}
	fx.now = FX_NOW + FX_MINUTE + FX_HOUR;
	assert_int_equal(ask(una), OK);
	assert_int_equal(fx_int("SELECT count(*) FROM outbox WHERE state = 'waiting' AND "
	    "kind = 'reset' AND address = '%s'", una), 4);
}

/* {P1} Another one goes out after a minute, not before, whoever asks; the link of the one before
 * works until then.  A clock that went back holds nobody up. */
static void
a_minute_lies_between_two_emails(void **state)
{
	const char *token = token_for(una);
	bool        sent;

	(void)state;
	fx.now = FX_NOW + FX_MINUTE - 1;
	assert_int_equal(ask(una), OK);
	fx_as(NORTH, HELPDESK);
	assert_int_equal(reset_send(&fx.cx, fx.m[NORTH][USER].id, &sent), OK);
	assert_false(sent);
	assert_int_equal(fx_int("SELECT count(*) FROM outbox WHERE kind = 'reset' AND "
	    "address = '%s'", una), 1);
	assert_true(opens(token));
	fx.now++;
	assert_true(opens(token_for(una)));
	assert_false(opens(token));
	fx.now = FX_NOW - FX_HOUR;
	assert_int_equal(ask(una), OK);
	assert_int_equal(fx_int("SELECT count(*) FROM outbox WHERE kind = 'reset' AND "
	    "address = '%s'", una), 3);
}

/* {P5} The last link that was sent goes on working when further ones are dropped. */
static void
a_dropped_email_kills_no_link(void **state)
{
	const char *token = NULL;

	(void)state;
	for (int i = 0; i < 3; i++) {
		fx.now += FX_MINUTE;
		token = token_for(una);
	}
	assert_int_equal(ask(una), OK);
	assert_true(opens(token));
}

/* {P5} */
static void
a_source_asks_twenty_times_an_hour(void **state)
{
	(void)state;
	for (int i = 0; i < 20; i++)
		assert_int_equal(ask(arena_printf(fx.cx.arena, "n%d@x.example", i)), OK);
	fx_mark();
	assert_int_equal(ask(una), OK);
	assert_true(fx_same());
	fx_nobody();
	fx.cx.peer = "192.0.2.200";
	assert_int_equal(reset_ask(&fx.cx, str_of(una)), OK);
	assert_int_equal(fx_new_mails(), 1);
}

/* An administrator's sending counts among the three, and says when it was dropped. */
static void
sending_for_a_member_counts_too(void **state)
{
	bool sent;

	(void)state;
	for (int i = 0; i < 4; i++) {
		fx.now += FX_MINUTE;
		fx_as(NORTH, HELPDESK);
		assert_int_equal(reset_send(&fx.cx, fx.m[NORTH][USER].id, &sent), OK);
		assert_int_equal(sent, i < 3);
	}
	assert_int_equal(fx_int("SELECT count(*) FROM outbox WHERE state = 'waiting' AND "
	    "kind = 'reset' AND address = '%s'", una), 3);
}

/* ---------------------------------------------------------------- the link */

/* {P2 P3} */
static void
the_link_sets_a_password_once(void **state)
{
	const char *token = token_for(una);
	struct fx_work work;

	(void)state;
	assert_true(opens(token) && opens(token));
	fx_nobody();
	fx_mark();
	assert_int_equal(use(token, FX_STRONG), OK);
	work = fx_work();
	assert_int_equal(work.hashes, 1);
	assert_int_equal(work.commits, 1);
	fx_one_event(NORTH, "Una User set a new password by a reset link", "");
	assert_int_equal(fx_new_mails(), 1);
	assert_string_equal(fx_mail_kind(), "password_changed");
	assert_string_equal(fx_mail_to(), una);
	assert_int_equal(fx.cx.actor.kind, ACTOR_NOBODY);
	assert_int_equal(fx_int("SELECT count(*) FROM sessions WHERE person_id = %lld",
	    (long long)fx.m[NORTH][USER].person), 0);
	assert_int_equal(fx_int("SELECT count(*) FROM sessions WHERE person_id = %lld",
	    (long long)fx.m[NORTH][STAFF].person), 1);
	assert_false(opens(token));
	assert_int_equal(sign_in(una, FX_PASSWORD), ERR_INVALID);
	assert_int_equal(sign_in(una, FX_STRONG), OK);
}

/* {P2 S3} Who had the password before is a stranger now, in the browsers used so far too. */
static void
a_reset_forgets_known_browsers(void **state)
{
	const char *token;

	(void)state;
	assert_int_equal(sign_in(una, FX_PASSWORD), OK);
	assert_int_equal(sign_in("stan@north.example", FX_PASSWORD), OK);
	token = token_for(una);
	assert_int_equal(use(token, FX_STRONG), OK);
	assert_int_equal(fx_int("SELECT count(*) FROM known_browsers WHERE person_id = %lld",
	    (long long)fx.m[NORTH][USER].person), 0);
	assert_int_equal(fx_int("SELECT count(*) FROM known_browsers"), 1);
}

/* {P2} */
static void
the_link_lives_an_hour(void **state)
{
	const char *token = token_for(una);

	(void)state;
	fx.now = FX_NOW + FX_HOUR - 1;
	assert_true(opens(token));
	fx.now++;
	assert_false(opens(token));
}

/* {P2} Only the newest link is good. */
static void
a_second_request_ends_the_first(void **state)
{
	const char *first = token_for(una), *second;

	(void)state;
	fx.now += FX_MINUTE;
	second = token_for(una);
	assert_string_not_equal(first, second);
	assert_false(opens(first));
	assert_true(opens(second));
}

/* {P2} It dies by every change of the password, and by a change of status. */
static void
the_link_dies_with_what_it_was_for(void **state)
{
	const char *token;

	(void)state;
	token = token_for(una);
	fx_nobody();
	assert_int_equal(db_begin(fx.cx.db), OK);
	assert_int_equal(db_finish(fx.cx.db, signin_set_password(&fx.cx,
	    fx.m[NORTH][USER].person, "x")), OK);
	assert_false(opens(token));
	fx.now += FX_MINUTE;
	token = token_for(una);
	fx_as(NORTH, ADMIN);
	assert_int_equal(members_deactivate(&fx.cx, fx.m[NORTH][USER].id, STR("")), OK);
	assert_false(opens(token));
	fx.now += FX_MINUTE;
	token = token_for(una);
	fx_as(NORTH, ADMIN);
	assert_int_equal(members_remove(&fx.cx, fx.m[NORTH][USER].id, STR("")), OK);
	assert_false(opens(token));
}

/* {P2} Anybody can be invited: that kills no link, whatever becomes of the invitation. */
static void
an_invitation_elsewhere_kills_no_link(void **state)
{
	const struct invite_input in = { .member = { .name = STR("Una User"),
		.email = STR("una@south.example"), .role = fx_role(NORTH, "User") } };
	struct invited invited;
	const char    *token = token_for("una@south.example");

	(void)state;
	fx_as(NORTH, ADMIN);
	assert_int_equal(invites_add(&fx.cx, &in, &invited), OK);
	assert_int_equal(invites_cancel(&fx.cx, invited.member), OK);
	assert_true(opens(token));
}

/* {P3} */
static void
what_is_typed_is_checked(void **state)
{
	const char *token = token_for(una);

	(void)state;
	fx_nobody();
	fx_mark();
	assert_int_equal(reset_use(&fx.cx, str_of(token), STR(FX_STRONG), STR("other")),
	    ERR_INVALID);
	assert_string_equal(fx_issue("again"), "The two passwords are not the same.");
	assert_int_equal(use(token, "short"), ERR_INVALID);
	assert_int_equal(use(token, "una@north.example"), ERR_INVALID);
	assert_int_equal(fx_work().hashes, 0);
	assert_true(fx_same());
	assert_int_equal(use(token, FX_STRONG), OK);
}

/* {P3} Nor is it made of the name or the slug of an account that the person joined; those that
 * only invited them count in nothing. */
static void
names_of_accounts_are_no_password(void **state)
{
	static const char *const made[] = { "Zyqquorvash2026!", "2026 zyqquorvash",
		"qwivortex-2026" };
	const char *token;

	(void)state;
	fx_sql("UPDATE tenants SET name = 'Zyqquorvash', slug = 'qwivortex', password_min = 14 "
	    "WHERE slug = 'south'");
	token = token_for("bo@both.example");
	fx_mark();
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(use(token, made[i]), ERR_INVALID);
		assert_string_not_equal(fx_issue("password"), "");
	}
	assert_int_equal(use(token, "plum 77 kitex"), ERR_INVALID);
	assert_true(fx_same());
	fx_sql("UPDATE members SET status = 'deactivated' WHERE id = %lld",
	    (long long)fx.m[SOUTH][BOTH].id);
	fx.now += FX_MINUTE;
	token = token_for("bo@both.example");
	assert_int_equal(use(token, made[0]), ERR_INVALID);
	assert_int_equal(use(token, "plum 77 kitex"), ERR_INVALID);
	fx_sql("UPDATE members SET status = 'invited' WHERE id = %lld",
	    (long long)fx.m[SOUTH][BOTH].id);
	fx.now += FX_MINUTE;
	token = token_for("bo@both.example");
	assert_int_equal(use(token, "plum 77 kitex"), OK);
	fx.now += FX_HOUR;
	token = token_for("bo@both.example");
	assert_int_equal(use(token, made[0]), OK);
	assert_int_equal(use(token_for(una), made[0]), OK);
}

/* {P3} A form without its fields. */
static void
absent_fields_are_no_password(void **state)
{
	const char *token = token_for(una);

	(void)state;
	fx_nobody();
	assert_int_equal(reset_use(&fx.cx, str_of(token), (struct str){ NULL, 0 },
	    (struct str){ NULL, 0 }), ERR_INVALID);
	assert_string_not_equal(fx_issue("password"), "");
	assert_string_equal(fx_issue("again"), "");
}

/* {L2} */
static void
a_reset_is_whole_or_not(void **state)
{
	static const char *const tables[] = { "events", "outbox" };
	const char *token = token_for(una);

	(void)state;
	fx_mark();
	for (size_t i = 0; i < 2; i++) {
		fx_break(tables[i]);
		assert_int_equal(use(token, FX_STRONG), ERR_FAULT);
		assert_int_equal(ask(una), ERR_FAULT);
		fx_mend();
		assert_true(fx_same());
	}
	assert_true(opens(token));
}

/* A link from an email proves the mailbox. */
static void
a_reset_confirms_the_address(void **state)
{
	const char *token = token_for(una);

	(void)state;
	fx_sql("UPDATE people SET confirmed_at = 0 WHERE email = '%s'", una);
	assert_int_equal(fx_int("SELECT confirmed FROM members WHERE email = '%s'", una), 0);
	assert_int_equal(use(token, FX_STRONG), OK);
	assert_int_equal(fx_int("SELECT confirmed FROM members WHERE email = '%s'", una), 1);
}

/* {P6} A second factor stays on. */
static void
a_second_factor_stays(void **state)
{
	const char *token = token_for(una);

	(void)state;
	fx_sql("UPDATE people SET factor = 1 WHERE email = '%s'", una);
	assert_int_equal(use(token, FX_STRONG), OK);
	assert_int_equal(fx_int("SELECT factor FROM people WHERE email = '%s'", una), 1);
}

/* {P2} Nothing that could be used is stored. */
static void
nothing_usable_is_stored(void **state)
{
	const char *token = token_for(una);
	struct fx_rows tables = fx_rows("SELECT name FROM sqlite_master WHERE type = 'table' AND "
	    "name NOT LIKE 'sqlite_%' AND name NOT LIKE 'members_fts%'");

	(void)state;
	assert_true(tables.n > 10);
	for (size_t i = 0; i < tables.n; i++) {
		struct fx_rows rows = fx_rows(arena_printf(fx.cx.arena, "SELECT * FROM %s",
		    tables.cells[i]));

		for (size_t k = 0; k < rows.n * rows.columns; k++)
			assert_null(strstr(rows.cells[k], token));
	}
}

/* ---------------------------------------------------------------- links of other purposes */

static enum err
as_invitation(const char *token)
{
	struct invitation v;

	return invites_open(&fx.cx, str_of(token), &v);
}

static enum err
as_reset(const char *token)
{
	struct reset r;

	return reset_open(&fx.cx, str_of(token), &r);
}

static enum err
as_unlock(const char *token)
{
	int64_t person;

	return signin_unlock_check(&fx.cx, str_of(token), &person);
}

static enum err
as_setup(const char *token)
{
	return setup_open(&fx.cx, str_of(token));
}

static const char *
unlock_token(void)
{
	bool waits;

	fx_nobody();
	assert_int_equal(db_begin(fx.cx.db), OK);
	for (int i = 0; i < 100; i++)
		assert_int_equal(throttle_count(&fx.cx, THROTTLE_STRANGERS, una, "", &waits), OK);
	assert_int_equal(db_finish(fx.cx.db, OK), OK);
	assert_int_equal(signin_send_unlock(&fx.cx, str_of(una)), OK);
	return fx_mail_token();
}

static const char *
setup_token(void)
{
	const char *link;

	fx_system(SYSTEM);
	assert_int_equal(setup_link(&fx.cx, &link), OK);
	return fx_token_of(link);
}

static void
a_link_is_good_for_its_own_purpose(void **state)
{
	static enum err (*const opening[])(const char *) = { as_invitation, as_reset, as_unlock,
		as_setup };
	const char *tokens[4];

	(void)state;
	tokens[0] = fx.m[NORTH][INVITED].invite;
	tokens[1] = token_for(una);
	tokens[2] = unlock_token();
	tokens[3] = setup_token();
	fx_sql("UPDATE tenants SET status = 'deleted' WHERE slug = 'south'");
	for (size_t t = 0; t < 4; t++)
		for (size_t o = 0; o < 4; o++) {
			fx_nobody();
			/* there is an account already, so that the first one's link is dead */
			assert_int_equal(opening[o](tokens[t]),
			    t == o && o != 3 ? OK : ERR_NOTFOUND);
		}
	fx_sql("UPDATE tenants SET status = 'deleted'");
	fx_nobody();
	assert_int_equal(as_setup(tokens[3]), OK);
	for (size_t t = 0; t < 3; t++)
		assert_int_equal(as_setup(tokens[t]), ERR_NOTFOUND);
}

/* The very claim of a live link, under each purpose: only its own opens. */
static void
only_opens_under(struct link_claim claim, enum err (*open_it)(const char *), enum purpose own,
    enum purpose also)
{
	for (int p = PURPOSE_LINK_INVITE; p <= PURPOSE_LINK_UNLOCK; p++) {
		bool right = p == (int)own || p == (int)also;

		claim.purpose = (enum purpose)p;
		fx_nobody();
		assert_int_equal(open_it(link_make(fx.cx.arena, fx.cx.keys, &claim)),
		    right ? OK : ERR_NOTFOUND);
	}
}

static void
the_purpose_alone_parts_the_links(void **state)
{
	const long long una_id = (long long)fx.m[NORTH][USER].person;

	(void)state;
	(void)token_for(una);
	only_opens_under((struct link_claim){
	    .row = fx_int("SELECT id FROM reset_links WHERE person_id = %lld", una_id),
	    .generation = fx_int("SELECT generation FROM reset_links WHERE person_id = %lld",
	    una_id),
	    .email = una, .expires_at = FX_NOW + FX_HOUR }, as_reset, PURPOSE_LINK_RESET,
	    PURPOSE_LINK_RESET);
	(void)unlock_token();
	only_opens_under((struct link_claim){ .row = una_id, .email = una,
	    .generation = fx_int("SELECT set_at FROM credentials WHERE person_id = %lld", una_id),
	    .expires_at = FX_NOW + FX_DAY }, as_unlock, PURPOSE_LINK_UNLOCK, PURPOSE_LINK_UNLOCK);
	only_opens_under((struct link_claim){ .tenant = fx.tenant[NORTH],
	    .row = fx_int("SELECT id FROM invitations WHERE tenant_id = %lld",
	    (long long)fx.tenant[NORTH]), .generation = 1, .email = "ivy@north.example",
	    .expires_at = FX_NOW + 3 * FX_DAY }, as_invitation, PURPOSE_LINK_INVITE,
	    PURPOSE_LINK_INVITE_COPY);
	fx_sql("UPDATE tenants SET status = 'deleted'");
	(void)setup_token();
	only_opens_under((struct link_claim){ .row = fx_int("SELECT id FROM setup_links"),
	    .generation = 1, .email = "", .expires_at = FX_NOW + 30 * FX_MINUTE }, as_setup,
	    PURPOSE_LINK_SETUP, PURPOSE_LINK_SETUP);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FX_TEST(asking_tells_nothing),
		FX_TEST(what_is_no_address_is_refused),
		FX_TEST(asking_leaves_its_event_and_its_email),
		FX_TEST(a_person_gets_three_emails_an_hour),
		FX_TEST(a_minute_lies_between_two_emails),
		FX_TEST(a_dropped_email_kills_no_link),
		FX_TEST(a_source_asks_twenty_times_an_hour),
		FX_TEST(sending_for_a_member_counts_too),
		FX_TEST(the_link_sets_a_password_once),
		FX_TEST(a_reset_forgets_known_browsers),
		FX_TEST(the_link_lives_an_hour),
		FX_TEST(a_second_request_ends_the_first),
		FX_TEST(the_link_dies_with_what_it_was_for),
		FX_TEST(an_invitation_elsewhere_kills_no_link),
		FX_TEST(what_is_typed_is_checked),
		FX_TEST(names_of_accounts_are_no_password),
		FX_TEST(absent_fields_are_no_password),
		FX_TEST(a_reset_is_whole_or_not),
		FX_TEST(a_reset_confirms_the_address),
		FX_TEST(a_second_factor_stays),
		FX_TEST(nothing_usable_is_stored),
		FX_TEST(a_link_is_good_for_its_own_purpose),
		FX_TEST(the_purpose_alone_parts_the_links),
	};

	return FX_RUN(tests);
}
