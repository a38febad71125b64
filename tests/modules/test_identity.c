/* signin/identity.c: what an administrator may do to an identity, to whose, and what is left of it.
 * Permissions, reach and events of these acts are in test_acts.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../fixture.h"

#include <string.h>

#include "base/arena.h"
#include "reset/reset.h"
#include "signin/identity.h"
#include "signin/signin.h"

#define OWN "copper lantern 55 willow"

static enum err
set_temporary(int64_t id)
{
	return identity_set_temporary(&fx.cx, id, STR(FX_STRONG));
}

static enum err
erase(int64_t id)
{
	return identity_erase(&fx.cx, id, STR("DELETE"), true);
}

static enum err (*const acts[])(int64_t id) = { set_temporary, erase };

static enum err
sign_in(const char *email, const char *password, struct signin_done *out)
{
	fx_nobody();
	return signin_password(&fx.cx, &(struct signin_input){ str_of(email), str_of(password),
	    { NULL, 0 } }, out);
}

static void
refused(int64_t id, const char *why)
{
	for (size_t i = 0; i < 2; i++) {
		fx.cx.issues = NULL;
		fx_mark();
		assert_int_equal(acts[i](id), ERR_DENIED);
		assert_string_equal(fx_issue(""), why);
		assert_non_null(fx.cx.refused);
		assert_true(fx_same());
	}
}

/* {U8f U8k} Neither of who is in another account too, nor of who was in one once or is only invited
 * there: nothing of the identity, and nothing of the other account. */
static void
an_identity_of_several_accounts_is_the_person_s_own(void **state)
{
	struct invited done;

	(void)state;
	fx_as(NORTH, ADMIN);
	refused(fx.m[NORTH][BOTH].id, "Bo Both manages their own sign-in.");
	fx_sql("UPDATE members SET status = 'removed' WHERE id = %lld",
	    (long long)fx.m[SOUTH][BOTH].id);
	fx_as(NORTH, ADMIN);
	refused(fx.m[NORTH][BOTH].id, "Bo Both manages their own sign-in.");
	fx_as(SOUTH, ADMIN);
	assert_int_equal(invites_add(&fx.cx, &(struct invite_input){ .member = {
	    .name = STR("Una User"), .email = str_of(fx.m[NORTH][USER].email),
	    .role = fx_role(SOUTH, "User") } }, &done), OK);
	fx_as(NORTH, ADMIN);
	refused(fx.m[NORTH][USER].id, "Una User manages their own sign-in.");
}

/* {U8f} Removed and invited again by the same account: still of that one alone. */
static void
to_come_again_is_no_second_account(void **state)
{
	struct invited done;
	struct member  m;

	(void)state;
	fx_as(NORTH, ADMIN);
	assert_int_equal(members_remove(&fx.cx, fx.m[NORTH][USER].id, STR("")), OK);
	assert_int_equal(invites_add(&fx.cx, &(struct invite_input){ .member = {
	    .name = STR("Una User"), .email = str_of(fx.m[NORTH][USER].email),
	    .role = fx_role(NORTH, "User") } }, &done), OK);
	assert_int_equal(members_get(&fx.cx, done.member, &m), OK);
	assert_true(m.alone);
	assert_int_equal(members_get(&fx.cx, fx.m[NORTH][BOTH].id, &m), OK);
	assert_false(m.alone);
	assert_int_equal(members_remove(&fx.cx, m.id, STR("")), OK);
	assert_int_equal(invites_add(&fx.cx, &(struct invite_input){ .member = {
	    .name = STR("Bo Both"), .email = str_of(fx.m[NORTH][BOTH].email),
	    .role = fx_role(NORTH, "User") } }, &done), OK);
	assert_int_equal(members_get(&fx.cx, done.member, &m), OK);
	assert_false(m.alone);
}

/* {R7 U8f} Whoever has a sign-in has its role. */
static void
nobody_takes_a_sign_in_that_manages_more(void **state)
{
	(void)state;
	fx_as(NORTH, HELPDESK);
	fx_mark();
	assert_int_equal(set_temporary(fx.m[NORTH][ADMIN].id), ERR_DENIED);
	assert_string_equal(fx_issue(""), "The role of Ada Admin manages more than your own.");
	assert_int_equal(set_temporary(fx.m[NORTH][STAFF].id), ERR_DENIED);
	assert_int_equal(set_temporary(fx.m[NORTH][AUDITOR].id), ERR_DENIED);
	assert_true(fx_same());
	assert_int_equal(set_temporary(fx.m[NORTH][BUILDER].id), OK);
}

static void
one_s_own_is_changed_elsewhere(void **state)
{
	(void)state;
	fx_as(NORTH, ADMIN);
	fx_mark();
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(acts[i](fx.m[NORTH][ADMIN].id), ERR_CONFLICT);
	assert_true(fx_same());
	fx_sql("UPDATE people SET method = 'google' WHERE id = %lld",
	    (long long)fx.m[NORTH][USER].person);
	fx_mark();
	assert_int_equal(set_temporary(fx.m[NORTH][USER].id), ERR_CONFLICT);
	assert_true(fx_same());
}

/* {U8f} What a password may not be, a temporary one may not be either. */
static void
a_temporary_password_keeps_the_rules(void **state)
{
	const struct str wrong[] = { STR(""), STR("short 1 x"), STR("Password123456!"),
		STR("una user acme 2026"), STR("abcdefghijklmno\0zzz") };

	(void)state;
	fx_as(NORTH, ADMIN);
	fx_mark();
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		fx.cx.issues = NULL;
		assert_int_equal(identity_set_temporary(&fx.cx, fx.m[NORTH][USER].id, wrong[i]),
		    ERR_INVALID);
		assert_string_not_equal(fx_issue("password"), "");
	}
	assert_true(fx_same());
}

static enum err
replace(const char *session, const char *password, const char *again, const char **next)
{
	struct standing st;

	assert_true(fx_session(NORTH, session, &st));
	return identity_replace_temporary(&fx.cx, str_of(password), str_of(again), next);
}

/* {U8f} The sessions before end, the temporary one leads to a new one only, and that is another. */
static void
a_temporary_password_is_replaced_at_its_first_use(void **state)
{
	const struct fx_member *una = &fx.m[NORTH][USER];
	struct signin_done      done;
	struct standing         st;
	const char             *next;

	(void)state;
	fx_as(NORTH, ADMIN);
	assert_int_equal(set_temporary(una->id), OK);
	assert_null(strstr(fx_mail_text(), FX_STRONG));
	assert_false(fx_session(NORTH, una->session, &st));
	assert_int_equal(sign_in(una->email, FX_PASSWORD, &done), ERR_INVALID);
	fx.now += FX_MINUTE;
	assert_int_equal(sign_in(una->email, FX_STRONG, &done), OK);
	assert_true(fx_session(NORTH, done.session, &st));
	assert_true(fx.cx.actor.must_change);
	assert_int_equal(replace(done.session, FX_STRONG, FX_STRONG, &next), ERR_INVALID);
	assert_string_equal(fx_issue("password"), "Choose another one than the temporary one.");
	assert_int_equal(replace(done.session, OWN, "other", &next), ERR_INVALID);
	fx_mark();
	assert_int_equal(replace(done.session, OWN, OWN, &next), OK);
	fx_one_event(NORTH, "Una User replaced the temporary password", "");
	assert_string_equal(fx_mail_kind(), "password_changed");
	assert_true(fx_session(NORTH, next, &st));
	assert_false(fx.cx.actor.must_change);
	assert_int_equal(identity_replace_temporary(&fx.cx, STR(FX_STRONG), STR(FX_STRONG), &next),
	    ERR_CONFLICT);
	assert_int_equal(sign_in(una->email, FX_STRONG, &done), ERR_INVALID);
	assert_int_equal(sign_in(una->email, OWN, &done), OK);
}

/* {U8f I5} Whoever set it may have been the first to use it: no other account is entered by it. */
static void
a_temporary_password_proves_no_mailbox(void **state)
{
	const struct fx_member *una = &fx.m[NORTH][USER];
	struct signin_done      done;
	struct invited          asked;
	struct invitation       v;

	(void)state;
	fx_as(NORTH, ADMIN);
	assert_int_equal(set_temporary(una->id), OK);
	assert_int_equal(fx_int("SELECT confirmed FROM members WHERE id = %lld",
	    (long long)una->id), 0);
	fx_as(SOUTH, ADMIN);
	assert_int_equal(invites_add(&fx.cx, &(struct invite_input){ .member = {
	    .name = STR("Una User"), .email = str_of(una->email),
	    .role = fx_role(SOUTH, "User") } }, &asked), OK);
	assert_int_equal(sign_in(una->email, FX_STRONG, &done), OK);
	assert_int_equal(invites_open(&fx.cx, str_of(fx_mail_token()), &v), OK);
	assert_int_equal(v.way, INVITE_RECLAIM);
}

/* ---------------------------------------------------------------- deleting */

static void
deleting_wants_word_and_box(void **state)
{
	int64_t id = fx.m[NORTH][USER].id;

	(void)state;
	fx_as(NORTH, ADMIN);
	fx_mark();
	assert_int_equal(identity_erase(&fx.cx, id, STR("delete"), true), ERR_INVALID);
	assert_string_equal(fx_issue("typed"), "Type DELETE to go on.");
	fx.cx.issues = NULL;
	assert_int_equal(identity_erase(&fx.cx, id, STR("DELETE"), false), ERR_INVALID);
	assert_string_not_equal(fx_issue("sure"), "");
	assert_true(fx_same());
}

/* Tables that hold this text, but for those where it may stay: sent emails, and the log. */
static const char *
where_is(const char *text)
{
	struct fx_rows tables = fx_rows("SELECT m.name, group_concat(c.name, '||''|''||') "
	    "FROM sqlite_schema m, pragma_table_info(m.name) c WHERE m.type = 'table' AND "
	    "c.type = 'TEXT' AND m.name NOT LIKE 'members_fts%' AND m.name NOT LIKE 'sqlite%' "
	    "AND m.name NOT IN ('outbox', 'events') GROUP BY m.name");
	const char    *found = "";

	for (size_t i = 0; i < tables.n; i++)
		if (fx_int("SELECT count(*) FROM %s WHERE instr(%s, '%s')", tables.cells[2 * i],
		    tables.cells[2 * i + 1], text))
			found = ARENA_JOIN(fx.cx.arena, found, tables.cells[2 * i], " ");
	return found;
}

/* {U8k} */
static void
of_a_deleted_account_only_the_name_stays(void **state)
{
	const struct fx_member *una = &fx.m[NORTH][USER];
	struct signin_done      done;
	struct standing         st;
	struct member           m;
	struct invited          again;

	(void)state;
	fx_sql("UPDATE members SET phone = '+4930555123', nickname = 'Canary', country = 'PT' "
	    "WHERE id = %lld", (long long)una->id);
	fx_nobody();
	assert_int_equal(reset_ask(&fx.cx, str_of(una->email)), OK);
	assert_int_equal(sign_in(una->email, FX_PASSWORD, &done), OK);
	assert_string_not_equal(where_is(una->email), "");
	fx_as(NORTH, ADMIN);
	assert_int_equal(erase(una->id), OK);
	assert_string_equal(fx_mail_to(), una->email);
	assert_string_equal(where_is(una->email), "");
	assert_string_equal(where_is("555123"), "");
	assert_string_equal(where_is("Canary"), "");
	assert_string_equal(fx_text("SELECT name || email FROM people WHERE id = %lld",
	    (long long)una->person), fx_text("SELECT 'erased:%lld'", (long long)una->person));
	assert_string_equal(fx_text("SELECT name || email || search FROM members WHERE id = %lld",
	    (long long)una->id), "Una User");
	assert_int_equal(fx_int("SELECT (SELECT count(*) FROM credentials WHERE person_id = %lld)"
	    " + (SELECT count(*) FROM known_browsers WHERE person_id = %lld) + (SELECT count(*) "
	    "FROM reset_links WHERE person_id = %lld)", (long long)una->person,
	    (long long)una->person, (long long)una->person), 0);
	assert_false(fx_session(NORTH, una->session, &st));
	assert_false(fx_session(NORTH, done.session, &st));
	assert_int_equal(sign_in(una->email, FX_PASSWORD, &done), ERR_INVALID);
	fx_as(NORTH, ADMIN);
	assert_int_equal(members_get(&fx.cx, una->id, &m), ERR_NOTFOUND);
	assert_int_equal(erase(una->id), ERR_NOTFOUND);
	assert_int_equal(invites_add(&fx.cx, &(struct invite_input){ .member = {
	    .name = STR("Una New"), .email = str_of(una->email),
	    .role = fx_role(NORTH, "User") } }, &again), OK);
	assert_int_equal(members_get(&fx.cx, again.member, &m), OK);
	assert_true(m.alone && m.person != una->person);
}

/* {U8k I9} Who was invited by them, and what they did, keeps their name. */
static void
authorship_stays_as_a_name(void **state)
{
	struct invited      done;
	struct invite_times t;

	(void)state;
	fx_as(NORTH, STAFF);
	assert_int_equal(invites_add(&fx.cx, &(struct invite_input){ .member = {
	    .name = STR("New One"), .email = STR("new@north.example"),
	    .role = fx_role(NORTH, "Staff") } }, &done), OK);
	fx_as(NORTH, ADMIN);
	assert_int_equal(erase(fx.m[NORTH][STAFF].id), OK);
	assert_int_equal(invites_times(&fx.cx, &(struct member){ .id = done.member }, &t), OK);
	assert_string_equal(t.inviter, "Stan Staff");
	assert_string_equal(fx_text("SELECT actor_name FROM events WHERE tenant_id = %lld AND "
	    "subject_id = %lld", (long long)fx.tenant[NORTH], (long long)done.member),
	    "Stan Staff");
}

/* {U8k U11} By somebody who manages as much without being an administrator. */
static void
the_last_admin_is_not_deleted(void **state)
{
	(void)state;
	fx_sql("UPDATE roles SET permissions = '%s' WHERE name = 'Helpdesk'",
	    perm_set_text(fx.cx.arena, perm_set_all()));
	fx_as(NORTH, HELPDESK);
	fx_mark();
	assert_int_equal(erase(fx.m[NORTH][ADMIN].id), ERR_CONFLICT);
	assert_string_equal(fx_issue(""), "An account must keep at least one active "
	    "administrator. Make somebody else an Admin of the whole account first.");
	assert_true(fx_same());
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FX_TEST(an_identity_of_several_accounts_is_the_person_s_own),
		FX_TEST(to_come_again_is_no_second_account),
		FX_TEST(nobody_takes_a_sign_in_that_manages_more),
		FX_TEST(one_s_own_is_changed_elsewhere),
		FX_TEST(a_temporary_password_keeps_the_rules),
		FX_TEST(a_temporary_password_is_replaced_at_its_first_use),
		FX_TEST(a_temporary_password_proves_no_mailbox),
		FX_TEST(deleting_wants_word_and_box),
		FX_TEST(of_a_deleted_account_only_the_name_stays),
		FX_TEST(authorship_stays_as_a_name),
		FX_TEST(the_last_admin_is_not_deleted),
	};

	return FX_RUN(tests);
}
