/* signin/factor.c, use.c and code.c: the second factor, its codes, each of them once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../fixture.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/id.h"
#include "base/log.h"
#include "crypto/totp.h"
#include "db/db.h"
#include "signin/factor.h"
#include "signin/signin_store.h"
#include "signin/try.h"
#include "signin/use.h"

static const char *const una = "una@north.example";
static struct signin_done    done;
static struct recovery_codes codes;
static uint8_t               secret[TOTP_SECRET];

static struct str
code_at(int64_t steps)
{
	return str_of(arena_printf(fx.cx.arena, "%06u", (unsigned)totp_code(secret,
	    fx.cx.now / TOTP_STEP_MS + steps)));
}

/* The secret behind what the page shows. */
static void
read_secret(const char *text)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	uint32_t bits = 0;
	int      have = 0;
	size_t   n = 0;

	for (; *text && n < TOTP_SECRET; text++) {
		bits = bits << 5 | (uint32_t)(strchr(digits, *text) - digits);
		have += 5;
		if (have >= 8)
			secret[n++] = (uint8_t)(bits >> (have -= 8));
	}
}

/* By a session of its own, for its id changes with the factor. */
static void
as(enum fx_who who)
{
	struct standing st;

	fx_nobody();
	assert_true(fx_session(NORTH, fx_add_session(fx.m[NORTH][who].person, fx.now), &st));
}

static enum err
turn_on(enum fx_who who)
{
	struct enrolment    en;
	struct factor_input in = { .password = STR(FX_PASSWORD) };

	as(who);
	assert_int_equal(factor_begin(&fx.cx, STR(""), &en), OK);
	read_secret(en.secret);
	in.code = code_at(0);
	in.pending = str_of(en.sealed);
	return factor_on(&fx.cx, &in, &codes, &done);
}

/* The codes that were used count for nothing from now on. */
static void
forget(void)
{
	fx_sql("UPDATE factors SET last_step = 0");
}

/* By the password alone. */
static void
half(const char *email)
{
	struct signin_input in = { str_of(email), STR(FX_PASSWORD), STR("") };

	fx_nobody();
	assert_int_equal(signin_password(&fx.cx, &in, &done), OK);
	assert_true(done.half);
	assert_int_equal(fx.cx.actor.kind, ACTOR_NOBODY);
	assert_int_not_equal(fx.cx.half.session, 0);
}

static enum err
give(struct str code)
{
	return signin_code(&fx.cx, &(struct code_input){ code, STR("") }, &done);
}

/* {F4} Ten codes, one event, one email; what is stored tells neither secret nor code. */
static void
turning_it_on_is_noted(void **state)
{
	(void)state;
	fx_mark();
	assert_int_equal(turn_on(USER), OK);
	assert_int_equal(fx_new_events(NORTH), 1);
	assert_string_equal(fx_sentence(NORTH), "Una User turned the second factor on");
	assert_int_equal(fx_new_mails(), 1);
	assert_string_equal(fx_mail_kind(), "factor_changed");
	assert_int_equal(fx_int("SELECT factor FROM members WHERE id = %lld",
	    (long long)fx.m[NORTH][USER].id), 1);
	assert_int_equal(fx_int("SELECT count(*) FROM factors WHERE instr(hex(secret), '%s') > 0",
	    base32_text(fx.cx.arena, secret, TOTP_SECRET)), 0);
	assert_int_equal(fx_int("SELECT count(*) FROM recovery_codes"), RECOVERY_CODES);
	for (int i = 0; i < RECOVERY_CODES; i++)
		assert_int_equal(strlen(codes.text[i]), RECOVERY_TEXT - 1);
	assert_int_equal(turn_on(USER), ERR_CONFLICT);
}

/* {F4} */
static void
nothing_is_left_without_its_event(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		fx_break(i ? "outbox" : "events");
		assert_int_equal(turn_on(USER), ERR_FAULT);
		fx_mend();
		assert_int_equal(fx_int("SELECT (SELECT count(*) FROM factors) + "
		    "(SELECT count(*) FROM recovery_codes) + (SELECT sum(factor) FROM people)"), 0);
	}
}

/* {S2} */
static void
half_a_sign_in_is_nobody(void **state)
{
	struct standing st;
	const char     *session;

	(void)state;
	assert_int_equal(turn_on(USER), OK);
	half(una);
	session = arena_strdup(fx.cx.arena, done.session);
	assert_false(fx_session(NORTH, session, &st));
	assert_int_equal(fx.cx.half.person, fx.m[NORTH][USER].person);
	fx.now += 10 * FX_MINUTE - 1;
	assert_false(fx_session(NORTH, session, &st));
	assert_int_not_equal(fx.cx.half.session, 0);
	fx.now++;
	assert_false(fx_session(NORTH, session, &st));
	assert_int_equal(fx.cx.half.session, 0);
	assert_int_equal(give(code_at(0)), ERR_NOTFOUND);
}

/* {S2} A code of a step once, and after it none of a step before. */
static void
each_step_once(void **state)
{
	(void)state;
	assert_int_equal(turn_on(USER), OK);
	forget();
	half(una);
	assert_int_equal(give(code_at(0)), OK);
	assert_int_equal(fx.cx.actor.person, fx.m[NORTH][USER].person);
	assert_string_equal(fx_fields(NORTH), "factor: -> code");
	half(una);
	assert_int_equal(give(code_at(0)), ERR_INVALID);
	assert_int_equal(give(code_at(-1)), ERR_INVALID);
	assert_int_equal(give(code_at(2)), ERR_INVALID);
	assert_int_equal(give(code_at(1)), OK);
	fx.now += 2 * TOTP_STEP_MS;
	half(una);
	assert_int_equal(give(code_at(-1)), ERR_INVALID);
	assert_int_equal(give(code_at(0)), OK);
}

/* {S2} */
static void
the_fifth_wrong_one_ends_it(void **state)
{
	(void)state;
	assert_int_equal(turn_on(USER), OK);
	forget();
	half(una);
	for (int i = 0; i < 4; i++)
		assert_int_equal(give(STR("000000")), ERR_INVALID);
	assert_int_equal(give(STR("000000")), ERR_NOTFOUND);
	assert_int_equal(fx_int("SELECT count(*) FROM sessions WHERE stage = 'half'"), 0);
	half(una);
	assert_int_equal(give(code_at(0)), OK);
}

/* {S2} Twenty wrong codes in an hour, then recovery codes only; those of strangers elsewhere don't
 * take that way from the person. */
static void
twenty_wrong_ones_leave_recovery(void **state)
{
	(void)state;
	assert_int_equal(turn_on(USER), OK);
	forget();
	for (int i = 0; i < 20; i++) {
		half(una);
		assert_int_equal(give(STR("000000")), ERR_INVALID);
	}
	half(una);
	assert_int_equal(give(code_at(0)), ERR_LIMIT);
	for (int i = 0; i < 20; i++) {
		half(una);
		fx.cx.peer = "198.51.100.66";
		assert_int_equal(give(STR("AAAA-AAAA-AAAA-AAAA-AAAA-AAAA")), ERR_INVALID);
	}
	half(una);
	fx.cx.peer = "198.51.100.66";
	assert_int_equal(give(str_of(codes.text[0])), ERR_LIMIT);
	fx_mark();
	half(una);
	assert_int_equal(give(str_of(codes.text[0])), OK);
	assert_string_equal(fx_fields(NORTH), "factor: -> recovery code");
	assert_int_equal(fx_new_mails(), 1);
	half(una);
	assert_int_equal(give(str_of(codes.text[0])), ERR_INVALID);
	fx.now += FX_HOUR + 1;
	half(una);
	assert_int_equal(give(code_at(0)), OK);
}

/* {F4} Another person's sealed secret opens nothing. */
static void
a_moved_secret_fails_closed(void **state)
{
	long long one, two;

	(void)state;
	assert_int_equal(turn_on(STAFF), OK);
	assert_int_equal(turn_on(USER), OK);
	forget();
	one = (long long)fx.m[NORTH][USER].person;
	two = (long long)fx.m[NORTH][STAFF].person;
	fx_sql("UPDATE factors SET secret = (SELECT secret FROM factors WHERE person_id = %lld) "
	    "WHERE person_id = %lld", one, two);
	half("stan@north.example");
	fx_mark();
	assert_int_equal(give(code_at(0)), ERR_FAULT);
	assert_true(fx_same());
	fx_sql("DELETE FROM factors WHERE person_id = %lld", two);
	assert_int_equal(give(code_at(0)), ERR_INVALID);
}

/* {F4} */
static void
turning_it_off_needs_both(void **state)
{
	struct factor_input in = { .password = STR(FX_PASSWORD) };

	(void)state;
	as(USER);
	assert_int_equal(factor_off(&fx.cx, &in, &done), ERR_CONFLICT);
	assert_int_equal(turn_on(USER), OK);
	forget();
	as(USER);
	in.code = STR("000000");
	assert_int_equal(factor_off(&fx.cx, &in, &done), ERR_INVALID);
	in.code = code_at(0);
	in.password = STR("wrong");
	assert_int_equal(factor_off(&fx.cx, &in, &done), ERR_INVALID);
	in.password = STR(FX_PASSWORD);
	fx_mark();
	assert_int_equal(factor_off(&fx.cx, &in, &done), OK);
	assert_string_equal(fx_sentence(NORTH), "Una User turned the second factor off");
	assert_int_equal(fx_new_mails(), 1);
	assert_int_equal(fx_int("SELECT (SELECT count(*) FROM factors) + "
	    "(SELECT count(*) FROM recovery_codes)"), 0);
}

/* {U8g} */
static void
who_may_take_it_away(void **state)
{
	const int64_t una_ = fx.m[NORTH][USER].id;

	(void)state;
	assert_int_equal(turn_on(USER), OK);
	fx_as(NORTH, STAFF);
	fx_mark();
	assert_int_equal(factor_reset(&fx.cx, una_), ERR_DENIED);
	fx_as(SOUTH, ADMIN);
	assert_int_equal(factor_reset(&fx.cx, una_), ERR_NOTFOUND);
	fx_as(NORTH, WEST_ADMIN);
	assert_int_equal(factor_reset(&fx.cx, una_), ERR_NOTFOUND);
	fx_as(NORTH, ADMIN);
	assert_int_equal(factor_reset(&fx.cx, fx.m[NORTH][BOTH].id), ERR_DENIED);
	assert_int_equal(factor_reset(&fx.cx, fx.m[NORTH][GUEST].id), ERR_CONFLICT);
	assert_true(fx_same());
	fx_as(NORTH, HELPDESK);
	fx_mark();
	assert_int_equal(factor_reset(&fx.cx, una_), OK);
	fx_one_event(NORTH, "Hel Helpdesk reset the second factor of Una User", "");
	assert_string_equal(fx_mail_to(), una);
	assert_int_equal(fx_int("SELECT count(*) FROM factors"), 0);
	fx_nobody();
	assert_int_equal(signin_password(&fx.cx,
	    &(struct signin_input){ str_of(una), STR(FX_PASSWORD), STR("") }, &done), OK);
	assert_false(done.half);
}

/* ---------------------------------------------------------------- races */

static pid_t
racer(const int start[2], struct half session, struct str code)
{
	pid_t    pid = fork();
	int      tries = 0;
	enum err e;
	char     c;

	if (pid != 0)
		return pid;
	close(start[1]);
	log_open(NULL);
	fx.cx.half = session;
	/* Whoever opens it while the other one recovers its log is told that it is busy. */
	if (db_open(&fx.cx.db, fx_url()) != OK)
		_exit(100);
	while ((e = place_ready(&fx.cx)) == ERR_BUSY && tries++ < 100000)
		;
	if (e != OK || read(start[0], &c, 1) != 0)
		_exit(101);
	/* As the pipeline does; the log says what was in the way. */
	if ((e = give(code)) == ERR_BUSY)
		e = give(code);
	_exit((int)e);
}

/* Two workers, the same code, two half sessions: how many got in. */
static int
race(struct str code)
{
	struct half one, two;
	pid_t       pids[2];
	int         start[2], status, won = 0;

	half(una);
	one = fx.cx.half;
	half(una);
	two = fx.cx.half;
	fx_close();
	assert_int_equal(pipe(start), 0);
	pids[0] = racer(start, one, code);
	pids[1] = racer(start, two, code);
	close(start[0]);
	close(start[1]);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_true(WIFEXITED(status));
		if (WEXITSTATUS(status) != OK && WEXITSTATUS(status) != ERR_INVALID)
			fail_msg("a racer ended with %d", WEXITSTATUS(status));
		won += WEXITSTATUS(status) == OK;
	}
	fx_open();
	return won;
}

/* {S5} Who got in by the password and made a second factor of their own does not keep the owner
 * out: it goes with "this was not me".  One of the days before stays. */
static void
not_me_undoes_a_factor(void **state)
{
	struct signer s;
	const char   *link;

	(void)state;
	assert_int_equal(signer_row_by_id(&fx.cx, fx.m[NORTH][USER].person, &s), OK);
	link = strstr(not_me_link(&fx.cx, &s), "?t=") + 3;
	assert_int_equal(turn_on(USER), OK);
	fx_sql("UPDATE factors SET created_at = created_at - %lld", (long long)FX_DAY);
	fx_sql("UPDATE recovery_codes SET created_at = created_at - %lld", (long long)FX_DAY);
	fx_mark();
	fx_nobody();
	assert_int_equal(signin_not_me(&fx.cx, str_of(link)), OK);
	assert_int_equal(fx_new_events(NORTH), 1);
	assert_int_equal(fx_int("SELECT count(*) FROM factors"), 1);
	assert_int_equal(fx_int("SELECT count(*) FROM recovery_codes"), RECOVERY_CODES);
	fx_again();
	assert_int_equal(signer_row_by_id(&fx.cx, fx.m[NORTH][USER].person, &s), OK);
	link = strstr(not_me_link(&fx.cx, &s), "?t=") + 3;
	assert_int_equal(turn_on(USER), OK);
	fx_mark();
	fx_nobody();
	assert_int_equal(signin_not_me(&fx.cx, str_of(link)), OK);
	assert_int_equal(fx_new_events(NORTH), 2);
	assert_int_equal(fx_int("SELECT count(*) FROM factors"), 0);
	assert_int_equal(fx_int("SELECT count(*) FROM recovery_codes"), 0);
	assert_int_equal(fx_int("SELECT count(*) FROM sessions WHERE person_id = %lld",
	    (long long)s.id), 0);
	fx_nobody();
	assert_int_equal(signin_not_me(&fx.cx, str_of(link)), ERR_NOTFOUND);
}

/* {S2} Fifty times, or as often as TENANTRY_CODES says. */
static void
two_workers_and_one_code(void **state)
{
	const char *wanted = getenv("TENANTRY_CODES");
	size_t      rounds = wanted ? strtoul(wanted, NULL, 10) : 50;

	(void)state;
	assert_int_equal(turn_on(USER), OK);
	for (size_t round = 0; round < rounds; round++) {
		forget();
		fx_sql("DELETE FROM throttles");
		fx_nobody();
		assert_int_equal(race(code_at(0)), 1);
	}
	for (size_t i = 0; i < RECOVERY_CODES; i++) {
		fx_nobody();
		assert_int_equal(race(str_of(codes.text[i])), 1);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FX_TEST(turning_it_on_is_noted),
		FX_TEST(nothing_is_left_without_its_event),
		FX_TEST(half_a_sign_in_is_nobody),
		FX_TEST(each_step_once),
		FX_TEST(the_fifth_wrong_one_ends_it),
		FX_TEST(twenty_wrong_ones_leave_recovery),
		FX_TEST(a_moved_secret_fails_closed),
		FX_TEST(turning_it_off_needs_both),
		FX_TEST(who_may_take_it_away),
		FX_TEST(not_me_undoes_a_factor),
		FX_TEST(two_workers_and_one_code),
	};

	return FX_RUN(tests);
}
