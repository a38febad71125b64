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
#include "workspaces/workspaces.h"
#include "groups/groups.h"
#include "base/id.h"
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

/* {F2} The new address counts when its link is used: in all accounts, with resets and all other
 * sessions ended; by nothing else before. */
static void
address_changes_by_its_link(void **state)
{
	struct mails m = asked(BOTH, "new@both.example");

	(void)state;
	assert_string_equal(email_of(BOTH), fx.m[NORTH][BOTH].email);
	fx_sql("INSERT INTO reset_links VALUES (77, %lld, 5, %lld, 0)", BOTH_PERSON,
	    (long long)(FX_NOW + FX_HOUR));
	fx_mark();
	assert_int_equal(confirm(m.confirm), OK);
	assert_string_equal(email_of(BOTH), "new@both.example");
	assert_int_equal(fx_int("SELECT count(*) FROM members WHERE person_id = %lld AND "
	    "email = 'new@both.example' AND email_key = 'new@both.example' AND "
	    "search LIKE '%% new@both.example'", BOTH_PERSON), 2);
	assert_int_equal(fx_int("SELECT generation FROM reset_links WHERE id = 77"), 6);
	assert_int_equal(fx_int("SELECT count(*) FROM sessions WHERE person_id = %lld",
	    BOTH_PERSON), 0);
	assert_int_equal(fx_new_events(NORTH), 1);
	assert_int_equal(fx_new_events(SOUTH), 1);
	assert_string_equal(fx_mail_kind(), "email_changed");
	assert_string_equal(fx_mail_to(), fx.m[NORTH][BOTH].email);
	assert_int_equal(confirm(m.confirm), ERR_NOTFOUND);
	fx_mark();
	fx_nobody();
	assert_int_equal(profile_link(&fx.cx, str_of(m.confirm), &(struct email_link){ 0 }),
	    ERR_NOTFOUND);
	assert_true(fx_same());
}

/* {F2} In the browser that asked, the session goes on by another id, and is no newer proof. */
static void
own_session_goes_on(void **state)
{
	struct mails    m = asked(USER, "new@user.example");
	struct standing st;
	char            session[44];
	int64_t         id, proved;

	(void)state;
	fx_as(NORTH, USER);
	id = fx.cx.actor.session;
	proved = fx.cx.actor.proved_at;
	assert_int_equal(profile_link_confirm(&fx.cx, str_of(m.confirm), session), OK);
	assert_string_not_equal(session, "");
	assert_true(fx_session(NORTH, session, &st));
	assert_int_equal(fx.cx.actor.session, id);
	assert_int_equal(fx.cx.actor.proved_at, proved);
}

/* {F2} Opening either link changes nothing; one of them is not the other. */
static void
opening_a_link_changes_nothing(void **state)
{
	struct mails      m = asked(USER, "new@user.example");
	struct email_link l;

	(void)state;
	fx_nobody();
	fx_mark();
	assert_int_equal(profile_link(&fx.cx, str_of(m.confirm), &l), OK);
	assert_false(l.stops);
	assert_int_equal(profile_link(&fx.cx, str_of(m.stop), &l), OK);
	assert_true(l.stops);
	assert_int_equal(confirm(m.stop), ERR_NOTFOUND);
	assert_int_equal(stop(m.confirm), ERR_NOTFOUND);
	assert_int_equal(confirm("none"), ERR_NOTFOUND);
	assert_int_equal(confirm(""), ERR_NOTFOUND);
	assert_true(fx_same());
}

static struct fx_work
asking(const char *email)
{
	fx_again();
	fx_as(NORTH, USER);
	fx_mark();
	assert_int_equal(profile_email_ask(&fx.cx, str_of(email)), OK);
	assert_int_equal(fx_new_mails(), 2);
	return fx_work();
}

/* {F2} Whether somebody has the address cannot be told from answer or work; the email to it says
 * the truth. */
static void
taken_address_tells_nothing(void **state)
{
	struct fx_work free = asking("free@north.example");
	struct fx_work taken = asking(fx.m[SOUTH][ADMIN].email);

	(void)state;
	fx_equal_work(free, taken, "a taken address");
	assert_int_equal(fx_int("SELECT count(*) FROM outbox WHERE kind = 'email_taken' "
	    "AND address = '%s'", fx.m[SOUTH][ADMIN].email), 1);
	assert_int_equal(fx_int("SELECT count(*) FROM outbox WHERE kind = 'email_confirm'"), 0);
}

/* {F2} Somebody else was quicker: the address stays with them, and nothing changes here. */
static void
taken_meanwhile_is_refused(void **state)
{
	struct mails m = asked(USER, "wanted@north.example");

	(void)state;
	fx_sql("UPDATE people SET email = 'wanted@north.example', email_key = "
	    "'wanted@north.example' WHERE id = %lld", (long long)fx.m[NORTH][STAFF].person);
	fx_mark();
	assert_int_equal(confirm(m.confirm), ERR_CONFLICT);
	assert_string_not_equal(fx_issue(""), "");
	assert_true(fx_same());
	assert_string_equal(email_of(USER), fx.m[NORTH][USER].email);
}

/* {F2} The link dies with its day, a newer asking, a new password, a second factor, a change of
 * status, and by giving the change up. */
static void
link_dies(void **state)
{
	static const char *const acts[] = {
		"credentials SET set_at = set_at + 1 WHERE person_id",
		"people SET factor = 1 WHERE id",
		"members SET status = 'deactivated' WHERE person_id",
	};
	struct mails m = asked(USER, "new@user.example"), newer;

	(void)state;
	fx.now = FX_NOW + FX_DAY;
	assert_int_equal(confirm(m.confirm), ERR_NOTFOUND);
	fx.now = FX_NOW;
	newer = asked(USER, "newer@user.example");
	assert_int_equal(confirm(m.confirm), ERR_NOTFOUND);
	fx_as(NORTH, USER);
	fx_mark();
	assert_int_equal(profile_email_cancel(&fx.cx), OK);
	assert_int_equal(fx_new_events(NORTH), 1);
	assert_int_equal(profile_email_cancel(&fx.cx), ERR_NOTFOUND);
	assert_int_equal(confirm(newer.confirm), ERR_NOTFOUND);
	for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++) {
		fx_again();
		m = asked(USER, "new@user.example");
		fx_sql("UPDATE %s = %lld", acts[i], (long long)fx.m[NORTH][USER].person);
		assert_int_equal(confirm(m.confirm), ERR_NOTFOUND);
		assert_string_equal(email_of(USER), fx.m[NORTH][USER].email);
	}
}

static bool
signs_in(const char *email, const char *password)
{
	struct signin_done out;

	fx_nobody();
	return signin_password(&fx.cx, &(struct signin_input){ str_of(email), str_of(password),
	    { NULL, 0 } }, &out) == OK;
}

static void
locked(enum fx_who who)
{
	int64_t person = fx.m[NORTH][who].person;

	assert_string_equal(email_of(who), fx.m[NORTH][who].email);
	assert_int_equal(fx_int("SELECT (SELECT count(*) FROM sessions WHERE person_id = %lld) + "
	    "(SELECT count(*) FROM credentials WHERE person_id = %lld) + (SELECT count(*) FROM "
	    "known_browsers WHERE person_id = %lld)", (long long)person, (long long)person,
	    (long long)person), 0);
	assert_false(signs_in(fx.m[NORTH][who].email, FX_PASSWORD));
	fx_nobody();
	assert_int_equal(reset_ask(&fx.cx, str_of(fx.m[NORTH][who].email)), OK);
	assert_string_equal(fx_mail_kind(), "reset");
}

/* {F2} The old address stops a change before and, for seven days, after it was made: sessions and
 * password end, and the address is as it was. */
static void
old_address_stops_it(void **state)
{
	struct mails m = asked(USER, "thief@user.example");

	(void)state;
	fx_mark();
	assert_int_equal(stop(m.stop), OK);
	assert_int_equal(fx_new_events(NORTH), 1);
	locked(USER);
	assert_int_equal(confirm(m.confirm), ERR_NOTFOUND);
	assert_int_equal(stop(m.stop), ERR_NOTFOUND);
	fx_again();
	m = asked(USER, "thief@user.example");
	assert_int_equal(confirm(m.confirm), OK);
	fx.now = FX_NOW + 7 * FX_DAY;
	assert_int_equal(stop(m.stop), ERR_NOTFOUND);
	fx.now--;
	assert_int_equal(stop(m.stop), OK);
	locked(USER);
}

static void
add_factor(enum fx_who who, int64_t at)
{
	long long person = (long long)fx.m[NORTH][who].person;

	fx_sql("INSERT INTO factors (person_id, secret, key_id, last_step, created_at) "
	    "VALUES (%lld, x'00', 1, 0, %lld)", person, (long long)at);
	fx_sql("UPDATE people SET factor = 1 WHERE id = %lld", person);
}

static void
add_recovery_code(enum fx_who who, int64_t at)
{
	fx_sql("INSERT INTO recovery_codes (person_id, hash, key_id, created_at, used_at) "
	    "VALUES (%lld, randomblob(32), 1, %lld, 0)", (long long)fx.m[NORTH][who].person,
	    (long long)at);
}

/* {F2} Who asked for the change cannot take that from the owner: not by giving it up, nor by what
 * else ends it; nor is the address lost that a second change took meanwhile. */
static void
an_ended_change_is_stopped_too(void **state)
{
	struct mails first = asked(USER, "thief@user.example"), second;

	(void)state;
	fx_as(NORTH, USER);
	assert_int_equal(profile_email_cancel(&fx.cx), OK);
	assert_int_equal(stop(first.stop), OK);
	locked(USER);
	assert_int_equal(stop(first.stop), ERR_NOTFOUND);
	fx_again();
	first = asked(USER, "thief@user.example");
	second = asked(USER, "thief2@user.example");
	assert_int_equal(confirm(second.confirm), OK);
	assert_int_equal(stop(first.stop), OK);
	locked(USER);
	assert_int_equal(stop(second.stop), ERR_NOTFOUND);
}

/* {F2} A second factor that was made since the change was asked for would lock the owner out: it
 * goes.  An older one stays, without the codes that came since. */
static void
stopping_undoes_a_factor(void **state)
{
	struct mails m = asked(USER, "thief@user.example");

	(void)state;
	add_factor(USER, FX_NOW);
	add_recovery_code(USER, FX_NOW);
	fx_mark();
	assert_int_equal(stop(m.stop), OK);
	assert_int_equal(fx_new_events(NORTH), 2);
	assert_string_equal(fx_sentence(NORTH), "The second factor or recovery codes of Una User "
	    "that were made since then were taken away");
	assert_int_equal(fx_int("SELECT count(*) FROM factors"), 0);
	assert_int_equal(fx_int("SELECT count(*) FROM recovery_codes"), 0);
	assert_int_equal(fx_int("SELECT factor FROM members WHERE id = %lld",
	    (long long)fx.m[NORTH][USER].id), 0);
	fx_again();
	m = asked(USER, "thief@user.example");
	add_factor(USER, FX_NOW - 1);
	add_recovery_code(USER, FX_NOW - 1);
	add_recovery_code(USER, FX_NOW + 1);
	assert_int_equal(stop(m.stop), OK);
	assert_int_equal(fx_int("SELECT count(*) FROM factors"), 1);
	assert_int_equal(fx_int("SELECT count(*) FROM recovery_codes WHERE created_at < %lld",
	    (long long)FX_NOW), 1);
	assert_int_equal(fx_int("SELECT count(*) FROM recovery_codes"), 1);
}

/* {F2} Whoever took an address and moved on to another is stopped too, and cannot take back. */
static void
first_address_stops_all(void **state)
{
	struct mails first = asked(USER, "thief@user.example"), second;
	const char  *was = fx.m[NORTH][USER].session;

	(void)state;
	assert_int_equal(confirm(first.confirm), OK);
	fx.m[NORTH][USER].session = fx_add_session(fx.m[NORTH][USER].person, FX_NOW);
	second = asked(USER, "thief2@user.example");
	fx.m[NORTH][USER].session = was;
	assert_int_equal(confirm(second.confirm), OK);
	assert_int_equal(stop(first.stop), OK);
	locked(USER);
	assert_int_equal(stop(second.stop), ERR_NOTFOUND);
}

/* {F2} Until it can no longer be taken back, an address goes to nobody else. */
static void
old_address_is_kept(void **state)
{
	struct mails  m = asked(USER, "new@user.example");
	const char   *old = fx.m[NORTH][USER].email;
	struct person p;

	(void)state;
	assert_int_equal(confirm(m.confirm), OK);
	fx_as(SOUTH, ADMIN);
	assert_int_equal(members_person(&fx.cx, old, &p), OK);
	assert_int_equal(p.id, fx.m[NORTH][USER].person);
	assert_string_equal(p.email, old);
	assert_int_equal(ask(NORTH, STAFF, old), OK);
	assert_int_equal(fx_int("SELECT count(*) FROM outbox WHERE kind = 'email_taken' AND "
	    "address = '%s'", old), 1);
	fx.now = FX_NOW + 8 * FX_DAY;
	fx_as(SOUTH, ADMIN);
	assert_int_equal(members_person(&fx.cx, old, &p), OK);
	assert_int_equal(p.id, 0);
}

/* {F2} At most three emails an hour to an address, twenty for a source; the answer stays. */
static void
emails_are_few(void **state)
{
	char email[64];

	(void)state;
	for (int i = 0; i < 10; i++)
		assert_int_equal(ask(NORTH, USER, "flood@user.example"), OK);
	assert_int_equal(fx_int("SELECT count(*) FROM outbox WHERE address = 'flood@user.example' "
	    "AND state = 'waiting' AND kind = 'email_confirm'"), 3);
	assert_int_equal(fx_int("SELECT count(*) FROM outbox WHERE kind = 'email_change' AND "
	    "state = 'waiting'"), 3);
	fx_again();
	for (int i = 0; i < 25; i++) {
		snprintf(email, sizeof(email), "flood%d@user.example", i);
		assert_int_equal(ask(NORTH, (enum fx_who)(i % 8), email), OK);
	}
	assert_int_equal(fx_int("SELECT count(*) FROM outbox WHERE kind = 'email_confirm' AND "
	    "state = 'waiting'"), 20);
}

/* {F2} */
static void
what_is_no_new_address_is_refused(void **state)
{
	(void)state;
	fx_mark();
	assert_int_equal(ask(NORTH, USER, "una"), ERR_INVALID);
	assert_int_equal(ask(NORTH, USER, ""), ERR_INVALID);
	assert_int_equal(ask(NORTH, USER, "UNA@north.example"), ERR_INVALID);
	assert_string_not_equal(fx_issue("email"), "");
	fx_sql("UPDATE people SET method = 'google' WHERE id = %lld",
	    (long long)fx.m[NORTH][USER].person);
	assert_int_equal(ask(NORTH, USER, "new@user.example"), ERR_DENIED);
	assert_int_equal(fx_new_mails(), 0);
}

/* Who was invited before the change joins under the address that counts. */
static void
invited_copy_follows_when_it_joins(void **state)
{
	struct mails m;

	(void)state;
	fx_sql("UPDATE members SET status = 'invited' WHERE id = %lld",
	    (long long)fx.m[SOUTH][BOTH].id);
	m = asked(BOTH, "new@both.example");
	assert_int_equal(confirm(m.confirm), OK);
	assert_string_equal(fx_text("SELECT email FROM members WHERE id = %lld",
	    (long long)fx.m[SOUTH][BOTH].id), fx.m[NORTH][BOTH].email);
	fx_sql("UPDATE members SET status = 'active' WHERE id = %lld",
	    (long long)fx.m[SOUTH][BOTH].id);
	assert_string_equal(fx_text("SELECT email FROM members WHERE id = %lld",
	    (long long)fx.m[SOUTH][BOTH].id), "new@both.example");
}

/* ---------------------------------------------------------------- password and sessions */

static enum err
set_password(const char *current, const char *password, const char *again, char session[44])
{
	int64_t until_at;

	fx_as(NORTH, USER);
	return profile_password(&fx.cx, &(struct password_input){ str_of(current),
	    str_of(password), str_of(again), { NULL, 0 } }, &until_at, session);
}

/* The session that an id leads to; 0: to none. */
static int64_t
by_old_id(const char *secret, bool changes)
{
	fx_nobody();
	assert_int_equal(signin_identify(&fx.cx, str_of(secret), changes), OK);
	return fx.cx.actor.session;
}

/* {F3} The session that changes the password goes on, by another id (the one before reads for ten
 * seconds more, and changes nothing); all others end, resets and changes of the address too, and an
 * email tells. */
static void
password_change(void **state)
{
	struct mails    m = asked(USER, "new@user.example");
	const char     *mine = fx.m[NORTH][USER].session;
	const char     *other = fx_add_session(fx.m[NORTH][USER].person, FX_NOW - FX_MINUTE);
	struct standing st;
	char            session[44];
	int64_t         id;

	(void)state;
	fx_as(NORTH, USER);
	id = fx.cx.actor.session;
	fx_mark();
	assert_int_equal(set_password(FX_PASSWORD, FX_STRONG, FX_STRONG, session), OK);
	assert_int_equal(fx_new_events(NORTH), 1);
	assert_string_equal(fx_mail_kind(), "password_changed");
	assert_true(fx_session(NORTH, session, &st));
	assert_int_equal(fx.cx.actor.session, id);
	assert_true(fx.cx.actor.began_at >= fx_int("SELECT set_at FROM credentials WHERE "
	    "person_id = %lld", (long long)fx.m[NORTH][USER].person));
	assert_false(fx_session(NORTH, other, &st));
	assert_int_equal(fx_int("SELECT count(*) FROM sessions WHERE person_id = %lld",
	    (long long)fx.m[NORTH][USER].person), 1);
	assert_string_not_equal(session, mine);
	assert_int_equal(by_old_id(mine, false), id);
	assert_int_equal(by_old_id(mine, true), 0);
	fx.now = FX_NOW + 10000;
	assert_int_equal(by_old_id(mine, false), 0);
	fx.now = FX_NOW;
	assert_int_equal(confirm(m.confirm), ERR_NOTFOUND);
	assert_true(signs_in(fx.m[NORTH][USER].email, FX_STRONG));
	assert_false(signs_in(fx.m[NORTH][USER].email, FX_PASSWORD));
}

/* {F3} A password has a time later than the one before it, even in the same millisecond; the kept
 * session is not older than that. */
static void
kept_session_is_not_older_than_its_password(void **state)
{
	struct standing st;
	char            session[44];

	(void)state;
	fx_sql("UPDATE credentials SET set_at = %lld WHERE person_id = %lld", (long long)FX_NOW,
	    (long long)fx.m[NORTH][USER].person);
	fx_sql("UPDATE sessions SET created_at = %lld WHERE person_id = %lld", (long long)FX_NOW,
	    (long long)fx.m[NORTH][USER].person);
	assert_int_equal(set_password(FX_PASSWORD, FX_STRONG, FX_STRONG, session), OK);
	assert_true(fx_session(NORTH, session, &st));
}

/* {F3} A wrong present password changes nothing but the count of failures, which makes wait. */
static void
wrong_present_password(void **state)
{
	char    session[44];
	int64_t until_at;

	(void)state;
	for (int i = 0; i < 5; i++) {
		fx_mark();
		assert_int_equal(set_password("wrong", FX_STRONG, FX_STRONG, session), ERR_INVALID);
		assert_string_not_equal(fx_issue("current"), "");
		assert_int_equal(fx_new_events(NORTH), 1);
		assert_int_equal(fx_new_mails(), 0);
	}
	fx_as(NORTH, USER);
	fx_mark();
	assert_int_equal(profile_password(&fx.cx, &(struct password_input){ str_of(FX_PASSWORD),
	    str_of(FX_STRONG), str_of(FX_STRONG), { NULL, 0 } }, &until_at, session), ERR_LIMIT);
	assert_true(until_at > FX_NOW);
	assert_int_equal(fx_work().hashes, 0);
	assert_true(fx_same());
}

/* {F3} */
static void
weak_or_unlike_passwords_are_refused(void **state)
{
	char session[44];

	(void)state;
	assert_int_equal(set_password(FX_PASSWORD, "short", "short", session), ERR_INVALID);
	assert_string_not_equal(fx_issue("password"), "");
	assert_int_equal(set_password(FX_PASSWORD, FX_STRONG, "other", session), ERR_INVALID);
	assert_string_not_equal(fx_issue("again"), "");
	assert_int_equal(set_password(FX_PASSWORD, FX_PASSWORD, FX_PASSWORD, session), ERR_INVALID);
	assert_string_not_equal(fx_issue("password"), "");
	assert_int_equal(set_password("", "", "", session), ERR_INVALID);
	assert_true(signs_in(fx.m[NORTH][USER].email, FX_PASSWORD));
}

/* {F5 S7} One, all others, all: what is ended is dead at once, and another's is never reached. */
static void
sessions_end(void **state)
{
	const char             *one = fx_add_session(fx.m[NORTH][USER].person, FX_NOW - 2);
	const char             *two = fx_add_session(fx.m[NORTH][USER].person, FX_NOW - 1);
	struct own_session_list l;
	struct standing         st;
	int64_t                 foreign;

	(void)state;
	fx_as(NORTH, STAFF);
	foreign = fx.cx.actor.session;
	fx_as(NORTH, USER);
	assert_int_equal(signin_own_sessions(&fx.cx, &l), OK);
	assert_int_equal(l.n, 3);
	fx_mark();
	assert_int_equal(profile_session_end(&fx.cx, foreign), ERR_NOTFOUND);
	assert_int_equal(profile_session_end(&fx.cx, fx.cx.actor.session), ERR_NOTFOUND);
	assert_int_equal(profile_session_end(&fx.cx, 12345), ERR_NOTFOUND);
	assert_true(fx_same());
	assert_int_equal(fx_session(NORTH, one, &st), true);
	one = fx.m[NORTH][USER].session;
	fx_as(NORTH, USER);
	for (size_t i = 0; i < l.n; i++)
		if (!l.items[i].current) {
			assert_int_equal(profile_session_end(&fx.cx, l.items[i].id), OK);
			break;
		}
	assert_int_equal(fx_new_events(NORTH), 1);
	assert_int_equal(fx_int("SELECT count(*) FROM sessions WHERE person_id = %lld",
	    (long long)fx.m[NORTH][USER].person), 2);
	assert_int_equal(profile_sessions_end(&fx.cx, false), OK);
	assert_false(fx_session(NORTH, two, &st));
	assert_true(fx_session(NORTH, one, &st));
	fx_as(NORTH, USER);
	assert_int_equal(profile_sessions_end(&fx.cx, true), OK);
	assert_false(fx_session(NORTH, one, &st));
	fx_as(NORTH, STAFF);
}

static void
north_until_now(const char *table, const char *column)
{
	fx_sql("UPDATE %s SET %s = %lld WHERE tenant_id = %lld AND %s = %lld", table, column,
	    (long long)fx.now, (long long)fx.tenant[NORTH],
	    column[0] == 'v' ? "id" : "member_id", (long long)fx.m[NORTH][USER].id);
}

static void
over_meanwhile(void)
{
	int64_t other = fx_int("SELECT max(id) FROM sessions WHERE person_id = %lld",
	    (long long)fx.m[NORTH][USER].person);

	fx_mark();
	assert_int_equal(profile_session_end(&fx.cx, other), ERR_BUSY);
	assert_int_equal(profile_sessions_end(&fx.cx, false), ERR_BUSY);
	assert_int_equal(profile_sessions_end(&fx.cx, true), ERR_BUSY);
	assert_true(fx_same());
}

/* {F5 S7} An administrator ends the session between the gate and the act: nothing is done, and
 * the request is looked at again, where the gate refuses it. */
static void
a_session_over_meanwhile_does_nothing(void **state)
{
	(void)state;
	fx_add_session(fx.m[NORTH][USER].person, FX_NOW - 1);
	fx_as(NORTH, USER);
	north_until_now("members", "valid_from");
	over_meanwhile();
	fx_again();
	fx_add_session(fx.m[NORTH][USER].person, FX_NOW - 1);
	fx_as(NORTH, USER);
	fx_sql("INSERT INTO session_tenants (session_id, tenant_id, member_id, first_at, last_at) "
	    "VALUES (%lld, %lld, %lld, 1, 1)", (long long)fx.cx.actor.session,
	    (long long)fx.tenant[NORTH], (long long)fx.m[NORTH][USER].id);
	north_until_now("session_tenants", "ended_at");
	over_meanwhile();
	fx_sql("UPDATE session_tenants SET ended_at = 0");
	fx_sql("DELETE FROM sessions WHERE id = %lld", (long long)fx.cx.actor.session);
	over_meanwhile();
}

/* ---------------------------------------------------------------- activity and data */

/* {F5} Own acts and what was done to oneself, of this account alone, page by page; from where
 * others acted is not told. */
static void
own_activity(void **state)
{
	const char          *was = fx.m[NORTH][BOTH].session;
	struct activity      l, next;
	struct profile_input in;

	(void)state;
	for (int i = 0; i < 3; i++) {
		in = mine(NORTH, BOTH);
		in.nickname = i % 2 ? STR("Odd") : STR("Even");
		assert_int_equal(change(NORTH, BOTH, &in), OK);
	}
	fx_as(NORTH, ADMIN);
	fx.cx.peer = "203.0.113.99";
	assert_int_equal(members_log_out(&fx.cx, fx.m[NORTH][BOTH].id), OK);
	fx.m[NORTH][BOTH].session = fx_add_session(fx.m[NORTH][BOTH].person, FX_NOW);
	fx_as(NORTH, BOTH);
	fx.m[NORTH][BOTH].session = was;
	assert_int_equal(profile_activity(&fx.cx, 0, 2, &l), OK);
	assert_int_equal(l.n, 2);
	assert_true(l.more);
	assert_int_equal(l.items[0].act, AUDIT_LOGGED_OUT);
	assert_string_equal(l.items[0].peer, "");
	assert_int_equal(l.items[1].act, AUDIT_PROFILE_CHANGED);
	assert_int_equal(profile_activity(&fx.cx, l.items[1].seq, 50, &next), OK);
	assert_true(next.n >= 2);
	assert_int_equal(next.items[0].act, AUDIT_PROFILE_CHANGED);
	assert_true(next.items[0].seq < l.items[1].seq);
	for (size_t i = 0; i < next.n; i++)
		assert_true(next.items[i].actor_id == fx.m[NORTH][BOTH].id ||
		    next.items[i].subject_id == fx.m[NORTH][BOTH].id);
}

static char *
all_data(enum fx_tenant t, enum fx_who who)
{
	char *text = arena_strdup(fx.keep, "");
	off_t size;
	int   file;

	fx_as(t, who);
	assert_int_equal(profile_data(&fx.cx, &file), OK);
	size = lseek(file, 0, SEEK_END);
	text = ARENA_ARRAY(fx.keep, char, (size_t)size + 1);
	assert_int_equal(pread(file, text, (size_t)size, 0), size);
	close(file);
	return text;
}

static void
add_places(void)
{
	int64_t group = id_new(FX_NOW), space = id_new(FX_NOW), id = fx.m[NORTH][BOTH].id;
	size_t  added;

	fx_as(NORTH, ADMIN);
	assert_int_equal(groups_make(&fx.cx, group, &(struct group_input){ STR("Ops \"x\""),
	    STR(""), fx_role(NORTH, "Staff"), 0 }), OK);
	assert_int_equal(groups_add(&fx.cx, group, &id, 1, STR("2099-01-31"), &added), OK);
	assert_int_equal(workspaces_make(&fx.cx, space, &(struct workspace_input){
	    STR("Payments"), STR(""), 0 }), OK);
	assert_int_equal(access_workspace(&fx.cx, space), OK);
	for (int i = 0; i < 2; i++)
		assert_int_equal(workspaces_add(&fx.cx, space, i ? &id : &group, 1, STR(""),
		    fx_id(fx_int("SELECT id FROM roles WHERE tenant_id = %lld AND name = '%s'",
		    (long long)fx.tenant[NORTH], i ? "Viewer" : "Owner")), &added), OK);
}

/* {F7} Groups with their ends, and workspaces with the roles there, also those by groups. */
static void
own_data_has_places(void **state)
{
	const char *text, *at;

	(void)state;
	add_places();
	text = all_data(NORTH, BOTH);
	at = strstr(text, "\"groups\": [");
	assert_non_null(at);
	assert_non_null(strstr(at, "\"name\": \"Ops \\\"x\\\"\", \"role\": \"Staff\", \"since\""));
	assert_non_null(strstr(at, "\"ends\": \"2099-"));
	at = strstr(text, "\"workspaces\": [");
	assert_non_null(at);
	assert_non_null(strstr(at, "\"role\": \"Viewer\", \"by_group\": null"));
	assert_non_null(strstr(at, "\"role\": \"Owner\", \"by_group\": \"Ops \\\"x"));
	text = all_data(NORTH, USER);
	assert_null(strstr(text, "Payments"));
	assert_null(strstr(text, "Ops"));
}

/* {F7} All of the person, of each account of theirs, and nothing secret or of somebody else; the
 * event comes first. */
static void
own_data(void **state)
{
	const char *text;

	(void)state;
	fx_mark();
	text = all_data(NORTH, BOTH);
	assert_int_equal(fx_new_events(NORTH), 1);
	assert_int_equal(fx_new_events(SOUTH), 1);
	assert_non_null(strstr(text, fx.m[NORTH][BOTH].email));
	assert_non_null(strstr(text, arena_printf(fx.keep, "\"address\": \"%s\"", fx.slug[NORTH])));
	assert_non_null(strstr(text, arena_printf(fx.keep, "\"address\": \"%s\"", fx.slug[SOUTH])));
	assert_non_null(strstr(text, "profile.download"));
	assert_null(strstr(text, "argon2"));
	assert_null(strstr(text, fx.m[NORTH][ADMIN].email));
	text = all_data(NORTH, USER);
	assert_null(strstr(text, fx.slug[SOUTH]));
	fx_mark();
	fx_break("events");
	fx_as(NORTH, USER);
	assert_int_not_equal(profile_data(&fx.cx, &(int){ 0 }), OK);
	fx_mend();
	assert_true(fx_same());
}

/* ---------------------------------------------------------------- the end */

static enum err
delete(enum fx_tenant t, enum fx_who who, const char *password, const char *typed)
{
	int64_t until_at;

	fx_as(t, who);
	return profile_delete(&fx.cx, &(struct delete_input){ str_of(password), str_of(typed),
	    { NULL, 0 } }, &until_at);
}

/* {F6} Every membership closes and keeps the name; the address is free; events stay. */
static void
account_is_deleted(void **state)
{
	int64_t person = fx.m[NORTH][BOTH].person;

	(void)state;
	fx_sql("UPDATE members SET phone = '+4911111111', nickname = 'Bee', country = 'DE' "
	    "WHERE person_id = %lld", BOTH_PERSON);
	fx_mark();
	assert_int_equal(delete(NORTH, BOTH, "wrong", "DELETE"), ERR_INVALID);
	assert_string_not_equal(fx_issue("password"), "");
	assert_int_equal(delete(NORTH, BOTH, FX_PASSWORD, "delete"), ERR_INVALID);
	assert_string_not_equal(fx_issue("typed"), "");
	fx_mark();
	assert_int_equal(delete(NORTH, BOTH, FX_PASSWORD, "DELETE"), OK);
	assert_int_equal(fx_new_events(NORTH), 1);
	assert_int_equal(fx_new_events(SOUTH), 1);
	assert_string_equal(fx_mail_kind(), "account_deleted");
	assert_string_equal(fx_mail_to(), fx.m[NORTH][BOTH].email);
	assert_int_equal(fx_int("SELECT count(*) FROM members WHERE person_id = %lld AND status = "
	    "'removed' AND name = 'Bo Both' AND email = '' AND email_key = '' AND phone = '' AND "
	    "nickname = '' AND country = '' AND search = ''", (long long)person), 2);
	assert_int_equal(fx_int("SELECT count(*) FROM sessions WHERE person_id = %lld",
	    (long long)person), 0);
	assert_int_equal(fx_int("SELECT count(*) FROM credentials WHERE person_id = %lld",
	    (long long)person), 0);
	assert_int_equal(fx_int("SELECT count(*) FROM people WHERE email_key = '%s'",
	    fx.m[NORTH][BOTH].email), 0);
	assert_string_equal(fx_text("SELECT name FROM people WHERE id = %lld", (long long)person),
	    "");
	fx_add_member(SOUTH, "Another Both", fx.m[NORTH][BOTH].email, "User", "/");
}

/* {F6 U11} The last administrator stays, and is told of which accounts; nothing changes. */
static void
last_admin_stays(void **state)
{
	(void)state;
	fx_sql("UPDATE members SET status = 'deactivated' WHERE tenant_id = %lld AND org_path = "
	    "'/' AND id <> %lld AND role_id = (SELECT role_id FROM members WHERE id = %lld)",
	    (long long)fx.tenant[NORTH], (long long)fx.m[NORTH][ADMIN].id,
	    (long long)fx.m[NORTH][ADMIN].id);
	fx_as(NORTH, ADMIN);
	fx_mark();
	assert_int_equal(delete(NORTH, ADMIN, FX_PASSWORD, "DELETE"), ERR_CONFLICT);
	assert_non_null(strstr(fx_issue(""), "Acme"));
	assert_true(fx_same());
}

/* {F6} All or nothing. */
static void
deleting_is_all_or_nothing(void **state)
{
	(void)state;
	fx_mark();
	fx_break("outbox");
	assert_int_not_equal(delete(NORTH, BOTH, FX_PASSWORD, "DELETE"), OK);
	fx_mend();
	assert_true(fx_same());
}

/* What can no longer be stopped is forgotten. */
static void
old_changes_are_swept(void **state)
{
	int64_t n = 0;

	(void)state;
	(void)asked(USER, "new@user.example");
	fx_system(NORTH);
	assert_int_equal(profile_sweep(&fx.cx, &n), OK);
	assert_int_equal(n, 0);
	fx.now = FX_NOW + 7 * FX_DAY + 1;
	fx_system(NORTH);
	assert_int_equal(profile_sweep(&fx.cx, &n), OK);
	assert_int_equal(n, 1);
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
		FX_TEST(address_changes_by_its_link),
		FX_TEST(own_session_goes_on),
		FX_TEST(opening_a_link_changes_nothing),
		FX_TEST(taken_address_tells_nothing),
		FX_TEST(taken_meanwhile_is_refused),
		FX_TEST(link_dies),
		FX_TEST(old_address_stops_it),
		FX_TEST(an_ended_change_is_stopped_too),
		FX_TEST(stopping_undoes_a_factor),
		FX_TEST(first_address_stops_all),
		FX_TEST(old_address_is_kept),
		FX_TEST(emails_are_few),
		FX_TEST(what_is_no_new_address_is_refused),
		FX_TEST(invited_copy_follows_when_it_joins),
		FX_TEST(password_change),
		FX_TEST(kept_session_is_not_older_than_its_password),
		FX_TEST(wrong_present_password),
		FX_TEST(weak_or_unlike_passwords_are_refused),
		FX_TEST(sessions_end),
		FX_TEST(a_session_over_meanwhile_does_nothing),
		FX_TEST(own_activity),
		FX_TEST(own_data),
		FX_TEST(own_data_has_places),
		FX_TEST(account_is_deleted),
		FX_TEST(last_admin_stays),
		FX_TEST(deleting_is_all_or_nothing),
		FX_TEST(old_changes_are_swept),
	};

	return FX_RUN(tests);
}
