/* signin/signin.c: signing in and out, what a session is worth where, and passwords.  Waits
 * after failures are in test_throttle.c, the unlocking link in test_unlock.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../fixture.h"

#include <pthread.h>
#include <sched.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/conf.h"
#include "base/file.h"
#include "crypto/password.h"
#include "crypto/token.h"
#include "db/db.h"
#include "signin/device.h"
#include "signin/signin.h"

static struct signin_done out;

static enum err
sign_in(const char *email, const char *password, const char *device)
{
	struct signin_input in = { str_of(email), str_of(password), str_of(device) };

	fx.cx.issues = NULL;
	return signin_password(&fx.cx, &in, &out);
}

static struct fx_work
failed_work(const char *email, const char *password)
{
	fx_again();
	fx_sql("UPDATE people SET method = 'google' WHERE email LIKE 'gil@%%'");
	fx_sql("UPDATE members SET status = 'removed' WHERE email LIKE 'cleo@%%'");
	fx_nobody();
	(void)!sign_in("warm@up.example", "x", "");
	fx_nobody();
	fx_mark();
	assert_int_equal(sign_in(email, password, ""), ERR_INVALID);
	assert_string_equal(fx_issue(""), "Email or password is not right.");
	assert_null(fx.cx.issues->next);
	assert_int_equal(out.until_at, 0);
	assert_string_equal(out.session, "");
	assert_null(out.device);
	assert_int_equal(fx_int("SELECT count(*) FROM sessions WHERE created_at = %lld",
	    (long long)FX_NOW), 0);
	return fx_work();
}

/* ---------------------------------------------------------------- the answer tells nothing */

/* {S1} Unknown, wrong password, invited, deactivated, removed, another method, no address: the
 * same answer after the same hashes, statements and commits. */
static void
every_failure_is_the_same(void **state)
{
	static const char *const emails[] = { "una@north.example", "UNA@NORTH.EXAMPLE",
		"ivy@north.example", "dan@north.example", "gil@north.example", "cleo@north.example",
		"no address", "", "\xff\xfe", "a@b", "' OR 1=1 --" };
	struct fx_work unknown = failed_work("nobody@north.example", "wrong password 12");

	(void)state;
	assert_int_equal(unknown.hashes, 1);
	assert_int_equal(unknown.commits, 1);
	for (size_t i = 0; i < sizeof(emails) / sizeof(emails[0]); i++)
		fx_equal_work(unknown, failed_work(emails[i], "wrong password 12"), emails[i]);
	/* the right password of an identity that signs in otherwise is wrong, too */
	fx_equal_work(unknown, failed_work("gil@north.example", FX_PASSWORD), "other method");
	fx_equal_work(unknown, failed_work("ivy@north.example", ""), "no password");
}

/* {S1 L8} Somebody of two accounts costs one event more, and nothing else. */
static void
two_accounts_hear_of_a_failure(void **state)
{
	struct fx_work one = failed_work("una@north.example", "wrong"), two;

	(void)state;
	two = failed_work("bo@both.example", "wrong");
	assert_int_equal(fx_new_events(NORTH), 1);
	assert_int_equal(fx_new_events(SOUTH), 1);
	assert_int_equal(fx_new_events(SYSTEM), 0);
	assert_string_equal(fx_sentence(SOUTH), "A sign-in as Bo Both failed");
	one.statements += 3;
	fx_equal_work(one, two, "two accounts");
}

static void
an_endless_password_is_not_hashed(void **state)
{
	char          *endless = arena_printf(fx.keep, "%*s", PASSWORD_LONGEST + 1, "x");
	struct fx_work known, unknown;

	(void)state;
	known = failed_work("una@north.example", endless);
	unknown = failed_work("nobody@north.example", endless);
	assert_int_equal(known.hashes, 0);
	fx_equal_work(known, unknown, "endless");
}

/* {S1 L2} */
static void
a_stranger_s_failure_is_the_system_s_event(void **state)
{
	(void)state;
	fx_mark();
	assert_int_equal(sign_in("nobody@north.example", "wrong", ""), ERR_INVALID);
	assert_int_equal(fx_new_events(SYSTEM), 1);
	assert_int_equal(fx_new_events(NORTH) + fx_new_events(SOUTH), 0);
	assert_string_equal(fx_sentence(SYSTEM), "A sign-in as nobody@north.example failed");
}

/* What is no address may be a password in the wrong field. */
static void
what_is_no_address_is_kept_nowhere(void **state)
{
	(void)state;
	assert_int_equal(sign_in("My secret passw0rd", "x", ""), ERR_INVALID);
	assert_int_equal(fx_int("SELECT count(*) FROM events WHERE subject_name LIKE '%%secret%%'"),
	    0);
	assert_int_equal(fx_int("SELECT count(*) FROM throttles WHERE subject LIKE '%%secret%%'"),
	    0);
}

/* ---------------------------------------------------------------- a new session */

static bool
file_holds(const char *name, const char *what)
{
	struct str  s;
	const char *path = arena_printf(fx.cx.arena, "%s/%s", fx_dir(), name);

	assert_int_equal(file_read(fx.cx.arena, path, (size_t)64 << 20, &s), OK);
	return memmem(s.p, s.len, what, strlen(what)) != NULL;
}

/* {S5 L2 L8} */
static void
a_sign_in_notes_what_it_was(void **state)
{
	long long id;

	(void)state;
	fx.cx.peer = "198.51.100.4";
	fx.cx.user_agent = "Browser/9";
	fx_mark();
	assert_int_equal(sign_in(" BO@both.example ", FX_PASSWORD, ""), OK);
	assert_int_equal(fx_work().hashes, 1);
	assert_int_equal(fx_work().commits, 1);
	assert_int_equal(strlen(out.session), 43);
	id = (long long)fx.cx.actor.session;
	assert_string_equal(fx_text("SELECT peer FROM sessions WHERE id = %lld", id),
	    "198.51.100.4");
	assert_string_equal(fx_text("SELECT user_agent FROM sessions WHERE id = %lld", id),
	    "Browser/9");
	assert_int_equal(fx_int("SELECT created_at FROM sessions WHERE id = %lld", id), FX_NOW);
	fx_one_event(NORTH, "Bo Both signed in", "");
	fx_one_event(SOUTH, "Bo Both signed in", "");
	assert_int_equal(fx_new_events(SYSTEM), 0);
	assert_int_equal(fx_int("SELECT count(*) FROM events WHERE act = 10 AND actor_id = %lld "
	    "AND tenant_id = %lld AND peer = '198.51.100.4'", (long long)fx.m[SOUTH][BOTH].id,
	    (long long)fx.tenant[SOUTH]), 1);
	/* only hashes are stored */
	assert_false(file_holds("db", out.session) || file_holds("db-wal", out.session));
	assert_false(file_holds("db", FX_PASSWORD) || file_holds("db-wal", FX_PASSWORD));
	assert_true(file_holds("db-wal", "Browser/9"));
}

static bool
is_session(const char *secret, bool changes)
{
	fx_nobody();
	assert_int_equal(signin_identify(&fx.cx, str_of(secret), changes), OK);
	return fx.cx.actor.kind == ACTOR_PERSON;
}

/* {S5} The id changes at a sign-in, and the one before is good for nothing but reading, for ten
 * seconds; one that was chosen by somebody else is never taken up. */
static void
a_sign_in_gives_another_session_id(void **state)
{
	const char *first, *second, *chosen = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

	(void)state;
	assert_false(is_session(chosen, false));
	assert_int_equal(sign_in("una@north.example", FX_PASSWORD, ""), OK);
	first = arena_strdup(fx.cx.arena, out.session);
	assert_string_not_equal(first, chosen);
	assert_false(is_session(chosen, false));
	assert_true(is_session(first, true));
	assert_int_equal(sign_in("una@north.example", FX_PASSWORD, ""), OK);
	second = arena_strdup(fx.cx.arena, out.session);
	assert_string_not_equal(first, second);
	assert_false(is_session(first, true));
	assert_true(is_session(first, false));
	fx.now += 10000;
	assert_false(is_session(first, false));
	assert_true(is_session(second, true));
	assert_int_equal(fx.cx.actor.person, fx.m[NORTH][USER].person);
	assert_string_equal(fx.cx.reader.email, "una@north.example");
	assert_int_equal(fx.cx.actor.began_at, FX_NOW);
}

/* {S5} Who signs in again where they are signed in keeps the row of the session, and with it the
 * tokens of forms in other tabs; age and idle time begin anew. */
static void
signing_in_again_keeps_the_row(void **state)
{
	const char *secret = fx.m[NORTH][USER].session;
	int64_t     number;
	struct standing st;

	(void)state;
	fx_as(NORTH, USER);
	number = fx.cx.actor.session;
	assert_int_equal(signin_touch(&fx.cx, true), OK);
	fx.now += 8 * FX_DAY;
	assert_true(fx_session(NORTH, secret, &st));
	assert_int_not_equal(signin_verdict(&fx.cx, &st), SIGNIN_GOOD);
	fx.cx.actor.member = 0;
	fx.cx.user_agent = "Other/2";
	fx_mark();
	assert_int_equal(sign_in("una@north.example", FX_PASSWORD, ""), OK);
	fx_one_event(NORTH, "Una User signed in", "");
	assert_int_equal(fx.cx.actor.session, number);
	assert_true(fx_session(NORTH, out.session, &st));
	assert_int_equal(fx.cx.actor.session, number);
	assert_int_equal(fx.cx.actor.began_at, fx.now);
	assert_int_equal(fx.cx.actor.proved_at, fx.now);
	assert_int_equal(signin_verdict(&fx.cx, &st), SIGNIN_GOOD);
	assert_string_equal(fx_text("SELECT user_agent FROM sessions WHERE id = %lld",
	    (long long)number), "Other/2");
	assert_int_equal(fx_int("SELECT count(*) FROM sessions WHERE person_id = %lld",
	    (long long)fx.m[NORTH][USER].person), 1);
}

/* Signed out in another tab meanwhile: a session of its own. */
static void
an_ended_session_is_not_moved_on(void **state)
{
	(void)state;
	fx_as(NORTH, USER);
	fx_sql("DELETE FROM sessions WHERE id = %lld", (long long)fx.cx.actor.session);
	assert_int_equal(sign_in("una@north.example", FX_PASSWORD, ""), OK);
	assert_true(is_session(out.session, true));
}

/* {S5 L2 L8} Another person's session in the browser ends, and their accounts hear of it. */
static void
another_person_s_session_ends(void **state)
{
	const char *first;

	(void)state;
	fx_nobody();
	assert_int_equal(sign_in("ada@south.example", FX_PASSWORD, ""), OK);
	first = arena_strdup(fx.cx.arena, out.session);
	assert_true(is_session(first, true));
	fx_mark();
	assert_int_equal(sign_in("una@north.example", FX_PASSWORD, ""), OK);
	assert_int_equal(fx_new_events(NORTH), 1);
	assert_int_equal(fx_new_events(SOUTH), 1);
	assert_string_equal(fx_sentence(NORTH), "Una User signed in");
	assert_string_equal(fx_sentence(SOUTH), "Ada Admin signed out");
	assert_false(is_session(first, false));
	assert_true(is_session(out.session, true));
	assert_int_equal(fx.cx.actor.person, fx.m[NORTH][USER].person);
}

/* {S7 L2} */
static void
signing_out_ends_the_session_at_once(void **state)
{
	(void)state;
	fx_as(NORTH, USER);
	fx_mark();
	assert_int_equal(signin_out(&fx.cx), OK);
	fx_one_event(NORTH, "Una User signed out", "");
	assert_false(is_session(fx.m[NORTH][USER].session, false));
	assert_true(is_session(fx.m[NORTH][STAFF].session, false));
}

static void
a_sign_in_without_its_event_is_none(void **state)
{
	(void)state;
	fx_mark();
	fx_break("events");
	assert_int_equal(sign_in("una@north.example", FX_PASSWORD, ""), ERR_FAULT);
	assert_int_equal(fx.cx.actor.kind, ACTOR_NOBODY);
	assert_int_equal(sign_in("una@north.example", "wrong", ""), ERR_FAULT);
	fx_mend();
	assert_true(fx_same());
	fx_as(NORTH, USER);
	fx_break("events");
	assert_int_equal(signin_out(&fx.cx), ERR_FAULT);
	fx_mend();
	assert_true(fx_same());
}

/* Another process that holds the write lock since before a sign-in and sets una another password
 * as soon as the one given is being verified: behind what the sign-in has read, and ahead of its
 * transaction. */
struct setting {
	int      ready[2], go[2];
	uint64_t hashes;
};

static void
set_meanwhile(const struct setting *s, const char *sql)
{
	sqlite3 *db;
	char     byte = 0;
	bool     good;

	good = sqlite3_open(fx_url() + strlen("sqlite:"), &db) == SQLITE_OK &&
	    sqlite3_exec(db, "PRAGMA wal_autocheckpoint=0; BEGIN IMMEDIATE", NULL, NULL, NULL) ==
	        SQLITE_OK &&
	    write(s->ready[1], &byte, 1) == 1 && read(s->go[0], &byte, 1) == 1 &&
	    sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK &&
	    sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK;
	_exit(good ? 0 : 1);
}

static void *
tell_when_hashing(void *arg)
{
	struct setting *s = (struct setting *)arg;

	while (password_count() == s->hashes)
		sched_yield();
	return write(s->go[1], "", 1) == 1 ? s : NULL;
}

static enum err
sign_in_while(const char *sql)
{
	struct setting s = { .hashes = password_count() };
	pthread_t      thread;
	pid_t          pid;
	char           byte;
	int            status;
	void          *done;
	enum err       e;

	assert_int_equal(pipe(s.ready) + pipe(s.go), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		set_meanwhile(&s, sql);
	close(s.ready[1]);
	close(s.go[0]);
	assert_int_equal(read(s.ready[0], &byte, 1), 1);
	assert_int_equal(pthread_create(&thread, NULL, tell_when_hashing, &s), 0);
	fx_nobody();
	e = sign_in("una@north.example", FX_PASSWORD, "");
	assert_int_equal(pthread_join(thread, &done), 0);
	assert_non_null(done);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	close(s.ready[0]);
	close(s.go[1]);
	return e;
}

/* {S5 P3} A sign-in that is under way when the password is set again is as one with a wrong one:
 * the sessions that a reset ends are all there is of the old password. */
static void
a_reset_ends_a_sign_in_under_way(void **state)
{
	const long long una = (long long)fx.m[NORTH][USER].person;

	(void)state;
	fx_mark();
	assert_int_equal(sign_in_while(arena_printf(fx.keep, "UPDATE credentials SET hash = 'x', "
	    "set_at = %lld WHERE person_id = %lld; DELETE FROM sessions WHERE person_id = %lld",
	    (long long)FX_NOW, una, una)), ERR_INVALID);
	assert_string_equal(fx_issue(""), "Email or password is not right.");
	assert_string_equal(out.session, "");
	assert_null(out.device);
	assert_int_equal(fx.cx.actor.kind, ACTOR_NOBODY);
	fx_one_event(NORTH, "A sign-in as Una User failed", "");
	assert_int_equal(fx_int("SELECT count(*) FROM sessions WHERE person_id = %lld", una), 0);
	assert_int_equal(fx_int("SELECT n FROM throttles WHERE kind = 'pair'"), 1);
	fx_again();
	assert_int_equal(sign_in_while(arena_printf(fx.keep, "UPDATE credentials SET hash = hash "
	    "|| '' WHERE person_id = %lld", una)), OK);
}

/* {S5} A session from before the password was set is none, whoever left it there; one of the
 * same moment is good, and so is one by a clock that went back since. */
static void
a_session_is_no_older_than_the_password(void **state)
{
	const long long una = (long long)fx.m[NORTH][USER].person;

	(void)state;
	fx_sql("UPDATE credentials SET set_at = %lld WHERE person_id = %lld",
	    (long long)(FX_NOW - FX_HOUR), una);
	assert_true(is_session(fx.m[NORTH][USER].session, true));
	fx_sql("UPDATE credentials SET set_at = set_at + 1 WHERE person_id = %lld", una);
	assert_false(is_session(fx.m[NORTH][USER].session, true));
	assert_false(is_session(fx.m[NORTH][USER].session, false));
	assert_true(is_session(fx.m[NORTH][STAFF].session, true));
	fx.now = FX_NOW - FX_DAY;
	fx_nobody();
	assert_int_equal(sign_in("una@north.example", FX_PASSWORD, ""), OK);
	assert_true(is_session(out.session, true));
	fx_sql("DELETE FROM credentials WHERE person_id = %lld", una);
	assert_true(is_session(out.session, true));
}

/* Two passwords of the same moment are told apart. */
static void
each_password_has_its_time(void **state)
{
	const long long una = (long long)fx.m[NORTH][USER].person;

	(void)state;
	for (int i = 0; i < 3; i++) {
		fx_nobody();
		assert_int_equal(db_begin(fx.cx.db), OK);
		assert_int_equal(db_finish(fx.cx.db, signin_set_password(&fx.cx, una, "x")), OK);
		assert_int_equal(fx_int("SELECT set_at FROM credentials WHERE person_id = %lld",
		    una), FX_NOW + i);
	}
}

/* ---------------------------------------------------------------- cookies */

static void
garbage_is_nobody(void **state)
{
	char *wrong = arena_strdup(fx.cx.arena, fx.m[NORTH][USER].session);
	char *endless = arena_printf(fx.cx.arena, "%9216s", "x");
	const struct str garbage[] = { STR(""), STR("x"), str_of(endless), STR("\xff\xfe\x00"),
		STR("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
		STR("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
		STR("==========================================="),
		STR("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\0A"), { NULL, 0 } };

	(void)state;
	for (size_t i = 0; i < sizeof(garbage) / sizeof(garbage[0]); i++) {
		fx_nobody();
		assert_int_equal(signin_identify(&fx.cx, garbage[i], false), OK);
		assert_int_equal(fx.cx.actor.kind, ACTOR_NOBODY);
	}
	wrong[7] = wrong[7] == 'x' ? 'y' : 'x';
	assert_false(is_session(wrong, false));
	fx_sql("UPDATE sessions SET stage = 'half' WHERE person_id = %lld",
	    (long long)fx.m[NORTH][USER].person);
	assert_false(is_session(fx.m[NORTH][USER].session, false));
}

/* An id that was changed answers GETs for ten seconds more, and no POST. */
static void
a_changed_id_answers_for_a_moment(void **state)
{
	const char *secret = fx.m[NORTH][USER].session;

	(void)state;
	fx_sql("UPDATE sessions SET old_hash = hash, old_until = %lld, hash = randomblob(32) "
	    "WHERE person_id = %lld", (long long)(FX_NOW + 10000),
	    (long long)fx.m[NORTH][USER].person);
	assert_true(is_session(secret, false));
	assert_false(is_session(secret, true));
	fx.now = FX_NOW + 9999;
	assert_true(is_session(secret, false));
	fx.now = FX_NOW + 10000;
	assert_false(is_session(secret, false));
}

/* {S9} Of two proofs at once the second changes nothing; asked again it comes by the id before, and
 * then gets another id, for ten seconds. */
static void
a_proof_sent_twice(void **state)
{
	const char        *secret = fx.m[NORTH][USER].session, *first;
	struct proof_input in = { .password = str_of(FX_PASSWORD) };
	struct proof_input wrong = { .password = STR("not the password") };
	struct signin_done done;
	struct ctx         late;

	(void)state;
	fx_as(NORTH, USER);
	late = fx.cx;
	assert_int_equal(signin_prove(&fx.cx, &in, &done), OK);
	first = arena_strdup(fx.cx.arena, done.session);
	fx_mark();
	assert_int_equal(signin_prove(&late, &in, &done), ERR_BUSY);
	assert_true(fx_same());
	for (int i = 0; i < 2; i++) {
		assert_false(is_session(secret, true));
		assert_non_null(fx.cx.late);
		assert_int_equal(signin_prove_second(&fx.cx, &in, &done), OK);
		assert_int_equal(fx_new_events(NORTH), 0);
		assert_true(is_session(done.session, true));
		assert_true(is_session(secret, false));
		assert_false(is_session(first, true));
	}
	assert_false(is_session(secret, true));
	assert_int_not_equal(signin_prove_second(&fx.cx, &wrong, &done), OK);
	fx.now = FX_NOW + 10000;
	assert_false(is_session(secret, true));
	assert_null(fx.cx.late);
}

/* Past 720 hours, or 30 days without use, a session is none; the housekeeper removes it. */
static void
sessions_end_by_age(void **state)
{
	const char *secret = fx.m[NORTH][USER].session;
	int64_t     n, began = FX_NOW - FX_HOUR;

	(void)state;
	fx_sql("UPDATE sessions SET seen_at = %lld", (long long)(began + 720 * FX_HOUR));
	fx.now = began + 720 * FX_HOUR;
	assert_true(is_session(secret, false));
	fx.now++;
	assert_false(is_session(secret, false));
	fx_sql("UPDATE sessions SET created_at = %lld, seen_at = %lld", (long long)fx.now,
	    (long long)(fx.now - 30 * FX_DAY));
	assert_true(is_session(secret, false));
	fx.now++;
	assert_false(is_session(secret, false));
	fx_sql("UPDATE sessions SET seen_at = %lld WHERE person_id = %lld", (long long)fx.now,
	    (long long)fx.m[NORTH][ADMIN].person);
	fx_nobody();
	assert_int_equal(signin_sweep(&fx.cx, &n), OK);
	assert_int_equal(fx_int("SELECT count(*) FROM sessions"), 1);
	assert_true(is_session(fx.m[NORTH][ADMIN].session, true));
}

/* ---------------------------------------------------------------- policies of an account */

static enum signin_verdict
verdict(enum fx_tenant t, enum fx_who who)
{
	struct standing st;

	assert_true(fx_session(t, fx.m[t][who].session, &st));
	assert_int_equal(st.kind, PLACE_MEMBER);
	return signin_verdict(&fx.cx, &st);
}

/* Age and idle time count in the account that set them; others go on. */
static void
policies_count_in_their_account(void **state)
{
	(void)state;
	fx_sql("UPDATE tenants SET session_hours = 1 WHERE slug = 'north'");
	fx_sql("UPDATE sessions SET seen_at = %lld", (long long)FX_NOW);
	assert_int_equal(verdict(NORTH, BOTH), SIGNIN_GOOD);
	fx.now++;
	assert_int_equal(verdict(NORTH, BOTH), SIGNIN_TOO_OLD);
	assert_int_equal(verdict(SOUTH, BOTH), SIGNIN_GOOD);
	/* Nor does a session live longer by the clock being put back. */
	fx.now -= 2 * FX_HOUR;
	assert_int_equal(verdict(SOUTH, BOTH), SIGNIN_TOO_OLD);
	fx.now += 2 * FX_HOUR;
	fx_sql("UPDATE tenants SET session_hours = 168, idle_minutes = 5 WHERE slug = 'north'");
	fx_sql("UPDATE sessions SET seen_at = %lld", (long long)(FX_NOW - 5 * FX_MINUTE + 1));
	assert_int_equal(verdict(NORTH, BOTH), SIGNIN_GOOD);
	fx.now++;
	assert_int_equal(verdict(NORTH, BOTH), SIGNIN_IDLE);
	assert_int_equal(verdict(SOUTH, BOTH), SIGNIN_GOOD);
}

/* What is done in one account keeps the session alive in no other. */
static void
idle_time_is_each_account_s_own(void **state)
{
	(void)state;
	fx_sql("UPDATE tenants SET idle_minutes = 10 WHERE slug = 'north'");
	fx_sql("UPDATE sessions SET seen_at = %lld", (long long)FX_NOW);
	fx_as(NORTH, BOTH);
	assert_int_equal(signin_touch(&fx.cx, true), OK);
	fx.now += 9 * FX_MINUTE;
	fx_as(SOUTH, BOTH);
	assert_int_equal(signin_touch(&fx.cx, true), OK);
	assert_int_equal(verdict(NORTH, BOTH), SIGNIN_GOOD);
	fx.now += 2 * FX_MINUTE;
	assert_int_equal(verdict(NORTH, BOTH), SIGNIN_IDLE);
	assert_int_equal(verdict(SOUTH, BOTH), SIGNIN_GOOD);
}

/* {S5 U1} The first request in an account is the sign-in that its list shows. */
static void
the_first_request_is_the_last_sign_in(void **state)
{
	struct member m;

	(void)state;
	fx_as(NORTH, USER);
	assert_int_equal(signin_touch(&fx.cx, true), OK);
	fx_as(NORTH, ADMIN);
	assert_int_equal(members_get(&fx.cx, fx.m[NORTH][USER].id, &m), OK);
	assert_int_equal(m.signed_in_at, FX_NOW - FX_HOUR);
	assert_int_equal(m.active_at, FX_NOW - FX_HOUR);
	fx_as(NORTH, BOTH);
	assert_int_equal(signin_touch(&fx.cx, true), OK);
	assert_int_equal(fx_int("SELECT signed_in_at FROM members WHERE id = %lld",
	    (long long)fx.m[SOUTH][BOTH].id), 0);
}

/* ---------------------------------------------------------------- where to */

/* {S8} The last used account stands first. */
static void
the_last_used_account_is_first(void **state)
{
	struct place_names places;

	(void)state;
	for (int i = 0; i < 4; i++) {
		enum fx_tenant t = i % 2 ? SOUTH : NORTH;

		fx_as(t, BOTH);
		assert_int_equal(signin_touch(&fx.cx, false), OK);
		fx_as(NORTH, BOTH);
		assert_int_equal(signin_places(&fx.cx, &places), OK);
		assert_int_equal(places.n, 2);
		assert_int_equal(places.items[0].tenant, fx.tenant[t]);
		assert_string_equal(places.items[0].slug, fx.slug[t]);
		assert_int_equal(fx.cx.reader.last_tenant, fx.tenant[t]);
	}
}

/* {S4} Who may enter nowhere signs in, and is told why. */
static void
nowhere_to_go_is_told_why(void **state)
{
	struct place_names places;
	struct barred_list barred;

	(void)state;
	assert_int_equal(sign_in("dan@north.example", FX_PASSWORD, ""), OK);
	assert_int_equal(signin_places(&fx.cx, &places), OK);
	assert_int_equal(places.n, 0);
	assert_int_equal(signin_barred(&fx.cx, &barred), OK);
	assert_int_equal(barred.n, 1);
	assert_string_equal(barred.items[0].tenant, "Acme");
	assert_false(barred.items[0].suspended || barred.items[0].invited);
	assert_int_equal(fx_try_as(NORTH, DEACTIVATED), PLACE_DEACTIVATED);
	assert_int_equal(signin_places(&fx.cx, &places), OK);
	assert_int_equal(fx_try_as(NORTH, INVITED), PLACE_NONE);
	assert_int_equal(signin_barred(&fx.cx, &barred), OK);
	assert_int_equal(barred.n, 0);
	fx_sql("UPDATE people SET confirmed_at = 1 WHERE id = %lld",
	    (long long)fx.m[NORTH][INVITED].person);
	assert_int_equal(fx_try_as(NORTH, INVITED), PLACE_INVITED);
	assert_int_equal(signin_barred(&fx.cx, &barred), OK);
	assert_true(barred.n == 1 && barred.items[0].invited);
	fx_sql("UPDATE tenants SET status = 'suspended' WHERE slug = 'north'");
	assert_int_equal(fx_try_as(NORTH, USER), PLACE_SUSPENDED);
	assert_int_equal(signin_places(&fx.cx, &places), OK);
	assert_int_equal(places.n, 0);
	assert_int_equal(signin_barred(&fx.cx, &barred), OK);
	assert_true(barred.n == 1 && barred.items[0].suspended);
	fx_sql("UPDATE members SET status = 'removed' WHERE tenant_id = %lld",
	    (long long)fx.tenant[NORTH]);
	assert_int_equal(fx_try_as(NORTH, USER), PLACE_NONE);
	assert_int_equal(signin_barred(&fx.cx, &barred), OK);
	assert_int_equal(barred.n, 0);
}

/* ---------------------------------------------------------------- passwords */

static const char *
cost_after_sign_in(int64_t kib, int64_t passes)
{
	char made[PASSWORD_HASH_SIZE];

	fx_again();
	assert_int_equal(password_hash(STR(FX_PASSWORD), kib, passes, made), OK);
	fx_sql("UPDATE credentials SET hash = '%s' WHERE person_id = %lld", made,
	    (long long)fx.m[NORTH][USER].person);
	fx_nobody();
	assert_int_equal(sign_in("una@north.example", "wrong", ""), ERR_INVALID);
	assert_string_equal(fx_text("SELECT hash FROM credentials WHERE person_id = %lld",
	    (long long)fx.m[NORTH][USER].person), made);
	fx_nobody();
	assert_int_equal(sign_in("una@north.example", FX_PASSWORD, ""), OK);
	fx_nobody();
	assert_int_equal(sign_in("una@north.example", FX_PASSWORD, ""), OK);
	return fx_text("SELECT substr(hash, 1, instr(hash, ',p=') - 1) FROM credentials "
	    "WHERE person_id = %lld", (long long)fx.m[NORTH][USER].person);
}

/* How often the log of the account says that the hash was made anew. */
static int64_t
noted(void)
{
	return fx_int("SELECT count(*) FROM events WHERE tenant_id = %lld AND act = %d AND "
	    "subject_id = %lld", (long long)fx.tenant[NORTH], AUDIT_REHASHED,
	    (long long)fx.m[NORTH][USER].id);
}

/* Weaker hashes are made anew, stronger ones stay. */
static void
hashes_go_up_and_never_down(void **state)
{
	(void)state;
	assert_string_equal(cost_after_sign_in(32, 2), "$argon2id$v=19$m=64,t=2");
	assert_int_equal(noted(), 1);
	assert_string_equal(cost_after_sign_in(64, 1), "$argon2id$v=19$m=64,t=2");
	assert_string_equal(cost_after_sign_in(128, 2), "$argon2id$v=19$m=128,t=2");
	assert_string_equal(cost_after_sign_in(64, 3), "$argon2id$v=19$m=64,t=3");
	assert_int_equal(noted(), 0);
}

static enum err
new_password(int64_t person, const char *password, const char *again)
{
	static const char *const words[] = { "una@north.example", "Una User", "Acme", NULL };
	const char *hash = NULL;
	enum err    e;

	fx_nobody();
	fx_mark();
	e = signin_new_password(&fx.cx, person, str_of(password), str_of(again), words, &hash);
	assert_int_equal(fx_work().hashes, e == OK);
	if (e == OK)
		assert_int_equal(password_verify(hash, str_of(password), 64, 2), OK);
	return e;
}

/* The longest minimum of all accounts of the person counts, wherever it is set. */
static void
the_largest_minimum_counts(void **state)
{
	const char *fifteen = "hW8 qz!Lk4 uT9p", *sixteen = "hW8 qz!Lk4 uT9p2";

	(void)state;
	fx_sql("UPDATE tenants SET password_min = 16 WHERE slug = 'south'");
	assert_int_equal(new_password(fx.m[NORTH][USER].person, fifteen, fifteen), OK);
	assert_int_equal(new_password(fx.m[NORTH][BOTH].person, fifteen, fifteen), ERR_INVALID);
	assert_string_equal(fx_issue("password"), "Use at least 16 characters.");
	assert_int_equal(new_password(fx.m[NORTH][BOTH].person, sixteen, sixteen), OK);
	fx_sql("UPDATE members SET status = 'removed' WHERE id = %lld",
	    (long long)fx.m[SOUTH][BOTH].id);
	assert_int_equal(new_password(fx.m[NORTH][BOTH].person, fifteen, fifteen), OK);
}

static void
new_passwords_are_checked_before_they_are_hashed(void **state)
{
	char long_one[PASSWORD_LONGEST + 2];

	(void)state;
	for (size_t i = 0; i < sizeof(long_one); i++)
		long_one[i] = (char)('!' + (i * 37 + i / 7) % 90);
	long_one[PASSWORD_LONGEST + 1] = '\0';
	assert_int_equal(new_password(0, long_one, long_one), ERR_INVALID);
	long_one[PASSWORD_LONGEST] = '\0';
	assert_int_equal(new_password(0, long_one, long_one), OK);
	assert_int_equal(new_password(0, FX_STRONG, "violet anchor 31 marsH"), ERR_INVALID);
	assert_string_equal(fx_issue("again"), "The two passwords are not the same.");
	assert_int_equal(new_password(0, FX_STRONG, ""), ERR_INVALID);
	assert_int_equal(new_password(0, "una user acme 1", "una user acme 1"), ERR_INVALID);
	assert_int_equal(new_password(0, "  edge blanks stay 8 ", "  edge blanks stay 8 "), OK);
}

/* ---------------------------------------------------------------- known browsers */

static void
a_known_browser_has_a_cookie_of_no_rights(void **state)
{
	const char *device;
	char       *forged;
	int64_t     id;

	(void)state;
	assert_int_equal(sign_in("una@north.example", FX_PASSWORD, ""), OK);
	device = out.device;
	id = device_read(&fx.cx, str_of(device));
	assert_int_not_equal(id, 0);
	assert_int_equal(fx_int("SELECT id FROM known_browsers WHERE person_id = %lld",
	    (long long)fx.m[NORTH][USER].person), id);
	assert_false(is_session(device, false));
	/* another person in the same browser keeps its id */
	assert_int_equal(sign_in("stan@north.example", FX_PASSWORD, device), OK);
	assert_string_equal(out.device, device);
	assert_int_equal(fx_int("SELECT count(*) FROM known_browsers WHERE id = %lld",
	    (long long)id), 2);
	forged = arena_strdup(fx.cx.arena, device);
	for (size_t i = 0; forged[i]; i++) {
		char was = forged[i];

		forged[i] = was == 'A' ? 'B' : 'A';
		assert_int_equal(device_read(&fx.cx, str_of(forged)), 0);
		forged[i] = was;
	}
	assert_int_equal(device_read(&fx.cx, STR("")), 0);
	assert_int_equal(device_read(&fx.cx, STR("\xff\x00")), 0);
	assert_int_equal(device_read(&fx.cx, str_of(fx.m[NORTH][USER].session)), 0);
}

/* {S3} Twenty are known of a person; of more, those go that were not seen for longest. */
static void
browsers_of_a_person_are_few(void **state)
{
	const long long una = (long long)fx.m[NORTH][USER].person;
	const char     *first, *second;

	(void)state;
	assert_int_equal(sign_in("una@north.example", FX_PASSWORD, ""), OK);
	first = arena_strdup(fx.cx.arena, out.device);
	fx.now++;
	fx_nobody();
	assert_int_equal(sign_in("una@north.example", FX_PASSWORD, ""), OK);
	second = arena_strdup(fx.cx.arena, out.device);
	assert_int_equal(sign_in("stan@north.example", FX_PASSWORD, ""), OK);
	for (int i = 0; i < 19; i++) {
		fx.now++;
		fx_nobody();
		assert_int_equal(sign_in("una@north.example", FX_PASSWORD, i == 10 ? first : ""),
		    OK);
	}
	assert_int_equal(fx_int("SELECT count(*) FROM known_browsers WHERE person_id = %lld", una),
	    20);
	fx.now++;
	fx_nobody();
	assert_int_equal(sign_in("una@north.example", FX_PASSWORD, ""), OK);
	assert_int_equal(fx_int("SELECT count(*) FROM known_browsers WHERE person_id = %lld", una),
	    20);
	assert_int_equal(fx_int("SELECT count(*) FROM known_browsers WHERE id = %lld",
	    (long long)device_read(&fx.cx, str_of(first))), 1);
	assert_int_equal(fx_int("SELECT count(*) FROM known_browsers WHERE id = %lld",
	    (long long)device_read(&fx.cx, str_of(second))), 0);
	assert_int_equal(fx_int("SELECT count(*) FROM known_browsers"), 21);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FX_TEST(every_failure_is_the_same),
		FX_TEST(two_accounts_hear_of_a_failure),
		FX_TEST(an_endless_password_is_not_hashed),
		FX_TEST(a_stranger_s_failure_is_the_system_s_event),
		FX_TEST(what_is_no_address_is_kept_nowhere),
		FX_TEST(a_sign_in_notes_what_it_was),
		FX_TEST(a_sign_in_gives_another_session_id),
		FX_TEST(signing_in_again_keeps_the_row),
		FX_TEST(an_ended_session_is_not_moved_on),
		FX_TEST(another_person_s_session_ends),
		FX_TEST(signing_out_ends_the_session_at_once),
		FX_TEST(a_sign_in_without_its_event_is_none),
		FX_TEST(a_reset_ends_a_sign_in_under_way),
		FX_TEST(a_session_is_no_older_than_the_password),
		FX_TEST(each_password_has_its_time),
		FX_TEST(garbage_is_nobody),
		FX_TEST(a_changed_id_answers_for_a_moment),
		FX_TEST(a_proof_sent_twice),
		FX_TEST(sessions_end_by_age),
		FX_TEST(policies_count_in_their_account),
		FX_TEST(idle_time_is_each_account_s_own),
		FX_TEST(the_first_request_is_the_last_sign_in),
		FX_TEST(the_last_used_account_is_first),
		FX_TEST(nowhere_to_go_is_told_why),
		FX_TEST(hashes_go_up_and_never_down),
		FX_TEST(the_largest_minimum_counts),
		FX_TEST(new_passwords_are_checked_before_they_are_hashed),
		FX_TEST(a_known_browser_has_a_cookie_of_no_rights),
		FX_TEST(browsers_of_a_person_are_few),
	};

	return FX_RUN(tests);
}
