/* profile/: what a person changes of themselves, and that nothing else changes.  The pages are in
 * tests/browser/12_profile.test.mjs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../fixture.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "core/throttle.h"
#include "db/db.h"
#include "profile/profile.h"
#include "reset/reset.h"
#include "signin/own.h"
#include "signin/signin.h"

/* Somebody of both accounts. */
#define BOTH_PERSON ((long long)fx.m[NORTH][BOTH].person)

static struct profile_input
input(const struct profile *p)
{
	return (struct profile_input){ str_of(p->name), str_of(p->nickname), str_of(p->phone),
		str_of(p->country), str_of(p->language), str_of(p->timezone), str_of(p->theme),
		str_of(p->date_format), str_of(p->clock == 12 ? "12" : p->clock ? "24" : ""),
		p->version };
}

static struct profile_input
mine(enum fx_tenant t, enum fx_who who)
{
	struct profile p;

	fx_as(t, who);
	assert_int_equal(profile_get(&fx.cx, &p), OK);
	return input(&p);
}

static enum err
change(enum fx_tenant t, enum fx_who who, const struct profile_input *in)
{
	struct profile now;

	fx_as(t, who);
	return profile_change(&fx.cx, in, &now);
}

/* ---------------------------------------------------------------- the form */

/* {F1} A person's own edit changes their copies in all accounts; each hears of its own. */
static void
own_edit_changes_all_copies(void **state)
{
	struct profile_input in = mine(NORTH, BOTH);

	(void)state;
	in.name = STR("Bea Both");
	in.nickname = STR("Bee");
	in.phone = STR("+49 30 1234567");
	in.country = STR("de");
	fx_mark();
	assert_int_equal(change(NORTH, BOTH, &in), OK);
	assert_int_equal(fx_int("SELECT count(*) FROM members WHERE person_id = %lld AND name = "
	    "'Bea Both' AND nickname = 'Bee' AND phone = '+49301234567' AND country = 'DE' AND "
	    "name_key = 'bea both' AND search LIKE 'bea both %%@%%'", BOTH_PERSON), 2);
	assert_string_equal(fx_text("SELECT name FROM people WHERE id = %lld", BOTH_PERSON),
	    "Bea Both");
	assert_int_equal(fx_new_events(NORTH), 1);
	assert_int_equal(fx_new_events(SOUTH), 1);
	assert_int_equal(fx_new_events(SYSTEM), 0);
	assert_string_equal(fx_fields(NORTH), fx_fields(SOUTH));
	assert_int_equal(fx_new_mails(), 0);
}

/* {F1} What the person did not change stays as each account has it. */
static void
other_copies_keep_what_was_not_changed(void **state)
{
	struct profile_input in;

	(void)state;
	fx_sql("UPDATE members SET name = 'Known as B', phone = '+4911111111' WHERE id = %lld",
	    (long long)fx.m[SOUTH][BOTH].id);
	in = mine(NORTH, BOTH);
	in.nickname = STR("Bee");
	assert_int_equal(change(NORTH, BOTH, &in), OK);
	assert_string_equal(fx_text("SELECT name || phone || nickname FROM members WHERE id = %lld",
	    (long long)fx.m[SOUTH][BOTH].id), "Known as B+4911111111Bee");
	in = mine(NORTH, BOTH);
	in.theme = STR("dark");
	in.timezone = STR("Asia/Tokyo");
	in.clock = STR("12");
	in.date_format = STR("iso");
	fx_mark();
	assert_int_equal(change(NORTH, BOTH, &in), OK);
	assert_int_equal(fx_new_events(SOUTH), 0);
	fx_one_event(NORTH, fx_sentence(NORTH), "time zone:  -> Asia/Tokyo; theme: system -> dark; "
	    "date format:  -> iso; clock:  -> 12");
	fx_as(SOUTH, BOTH);
	assert_string_equal(fx.cx.reader.theme, "dark");
	assert_string_equal(fx.cx.reader.timezone, "Asia/Tokyo");
}

/* {F1} Nothing changed, nothing told. */
static void
no_change_is_no_event(void **state)
{
	struct profile_input in = mine(NORTH, USER);

	(void)state;
	fx_mark();
	assert_int_equal(change(NORTH, USER, &in), OK);
	assert_true(fx_same());
}

static void
refused(const char *field, struct profile_input in)
{
	fx_mark();
	assert_int_equal(change(NORTH, USER, &in), ERR_INVALID);
	assert_string_not_equal(fx_issue(field), "");
	assert_true(fx_same());
}

/* {F1} What is not of a list or too long is refused, each with a sentence at its field. */
static void
what_is_wrong_is_refused(void **state)
{
	struct profile_input in = mine(NORTH, USER), bad;

	(void)state;
#define WRONG(field, value) (bad = in, bad.field = STR(value), refused(#field, bad))
	WRONG(name, "");
	WRONG(name, "<b>");
	WRONG(name, "0123456789012345678901234567890123456789012345678901234567890");
	WRONG(nickname, "012345678901234567890123456789012345678901234567890");
	WRONG(nickname, "a\xe2\x80\xae" "b");
	WRONG(phone, "12345");
	WRONG(country, "XX");
	WRONG(language, "tlh");
	WRONG(language, "");
	WRONG(timezone, "Mars/Olympus");
	WRONG(timezone, "../../etc/passwd");
	WRONG(theme, "pink");
	WRONG(date_format, "ymd");
	WRONG(clock, "13");
}

/* {E15} A form that is older than the row comes back with how it is now. */
static void
stale_form_is_a_conflict(void **state)
{
	struct profile_input in = mine(NORTH, USER);
	struct profile       now;

	(void)state;
	fx_sql("UPDATE members SET phone = '+4922222222', version = version + 1 WHERE id = %lld",
	    (long long)fx.m[NORTH][USER].id);
	in.nickname = STR("Uno");
	fx_mark();
	fx_as(NORTH, USER);
	assert_int_equal(profile_change(&fx.cx, &in, &now), ERR_CONFLICT);
	assert_true(fx_same());
	assert_string_equal(now.phone, "+4922222222");
	in.version = now.version;
	in.phone = str_of(now.phone);
	assert_int_equal(change(NORTH, USER, &in), OK);
}

/* A failure half way changes nothing. */
static void
all_or_nothing(void **state)
{
	struct profile_input in = mine(NORTH, BOTH);

	(void)state;
	in.name = STR("Bea Both");
	fx_mark();
	fx_break("events");
	assert_int_not_equal(change(NORTH, BOTH, &in), OK);
	fx_mend();
	assert_true(fx_same());
}

/* ---------------------------------------------------------------- the address */

static enum err
ask(enum fx_tenant t, enum fx_who who, const char *email)
{
	fx_as(t, who);
	return profile_email_ask(&fx.cx, str_of(email));
}

struct mails { const char *confirm, *stop; };

/* The tokens of the two emails of one asking. */
static struct mails
asked(enum fx_who who, const char *email)
{
	struct mails m;

	assert_int_equal(ask(NORTH, who, email), OK);
	assert_string_equal(fx_mail_kind(), "email_change");
	m.stop = fx_mail_token();
	fx_sql("DELETE FROM outbox WHERE id = (SELECT max(id) FROM outbox)");
	assert_string_equal(fx_mail_kind(), "email_confirm");
	assert_string_equal(fx_mail_to(), email);
	m.confirm = fx_mail_token();
	return m;
}

static enum err
confirm(const char *token)
{
	char session[44];

	fx_nobody();
	return profile_link_confirm(&fx.cx, str_of(token), session);
}

static enum err
stop(const char *token)
{
	fx_nobody();
	return profile_link_stop(&fx.cx, str_of(token));
}

static const char *
email_of(enum fx_who who)
{
	return fx_text("SELECT email FROM people WHERE id = %lld",
	    (long long)fx.m[NORTH][who].person);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FX_TEST(own_edit_changes_all_copies),
		FX_TEST(other_copies_keep_what_was_not_changed),
		FX_TEST(no_change_is_no_event),
		FX_TEST(what_is_wrong_is_refused),
		FX_TEST(stale_form_is_a_conflict),
		FX_TEST(all_or_nothing),
	};

	(void)asked;
	(void)confirm;
	(void)stop;
	(void)email_of;
	return FX_RUN(tests);
}
