/* core/audit.c, core/audit_text.c and auditlog/auditlog.c: what an event holds, who hears of it
 * and who reads it.  That nobody changed one is in test_verify.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../fixture.h"

#include <string.h>

#include "auditlog/auditlog.h"
#include "base/arena.h"
#include "db/db.h"
#include "reset/reset.h"
#include "signin/signin.h"

static enum err
add(const struct audit_entry *e)
{
	TRY(db_begin(fx.cx.db));
	return db_finish(fx.cx.db, audit_add(&fx.cx, e));
}

static enum err
sign_in(const char *email, const char *password)
{
	struct signin_done out;

	return signin_password(&fx.cx, &(struct signin_input){ str_of(email), str_of(password),
	    { NULL, 0 } }, &out);
}

static struct event
newest(void)
{
	struct event_list l;

	assert_int_equal(auditlog_list(&fx.cx, 0, 1, &l), OK);
	assert_int_equal(l.n, 1);
	return l.items[0];
}

/* ---------------------------------------------------------------- what it holds */

/* {L1} */
static void
an_event_says_who_did_what_to_whom(void **state)
{
	struct event e;

	(void)state;
	fx_as(NORTH, ADMIN);
	assert_int_equal(members_set_role(&fx.cx, fx.m[NORTH][WEST_USER].id,
	    fx_role(NORTH, "Staff"), STR("")), OK);
	e = newest();
	assert_int_equal(e.tenant, fx.tenant[NORTH]);
	assert_int_equal(e.at, FX_NOW);
	assert_int_equal(e.act, AUDIT_ROLE_CHANGED);
	assert_string_equal(e.actor_kind, "person");
	assert_int_equal(e.actor_id, fx.m[NORTH][ADMIN].id);
	assert_string_equal(e.actor_name, "Ada Admin");
	assert_int_equal(e.subject_id, fx.m[NORTH][WEST_USER].id);
	assert_string_equal(e.subject_name, "Wim West");
	assert_string_equal(e.org_path, fx.west[NORTH]);
	assert_string_equal(e.client, "Web");
	assert_string_equal(e.peer, "192.0.2.7");
	assert_string_equal(e.user_agent, "Test/1.0");
	assert_string_equal(e.request, "request0000000000000000000");
	assert_string_equal(audit_sentence(&fx.cx, &e),
	    "Ada Admin changed the role of Wim West from User to Staff");
	assert_string_equal(audit_info(e.act)->code, "member.role");
	assert_int_equal(audit_info(e.act)->category, CATEGORY_SETTING);
	assert_null(audit_info(-1));
}

/* {L1} Any text comes back as it went in, and what is unchanged is left out. */
static void
fields_come_back(void **state)
{
	static const struct audit_field fields[] = {
		{ "quotes", "\"a\\b\"", "],[\"" }, { "control", "a\nb\tc\x01", "\x7f" },
		{ "letters", "Søren \xf0\x9f\x98\x80", "" }, { "same", "x", "x" },
		{ "none", NULL, "new" }, { "gone", "old", NULL }, { "both", NULL, NULL },
		{ "null", "null", "[]" } };
	static const size_t kept[] = { 0, 1, 2, 4, 5, 7 };
	struct audit_field *f;
	struct event        e;
	size_t              n;

	(void)state;
	fx_as(NORTH, ADMIN);
	assert_int_equal(add(&(struct audit_entry){ .act = AUDIT_MEMBER_ADDED, .where = IN_TENANT,
	    .name = "[actor] {{x}}", .fields = fields,
	    .nfields = sizeof(fields) / sizeof(fields[0]) }), OK);
	e = newest();
	assert_int_equal(audit_fields(&fx.cx, e.fields, &f, &n), OK);
	assert_int_equal(n, sizeof(kept) / sizeof(kept[0]));
	for (size_t i = 0; i < n; i++) {
		const struct audit_field *want = &fields[kept[i]];

		assert_string_equal(f[i].name, want->name);
		assert_true(want->was ? strcmp(f[i].was, want->was) == 0 : f[i].was == NULL);
		assert_true(want->is ? strcmp(f[i].is, want->is) == 0 : f[i].is == NULL);
	}
	assert_string_equal(audit_sentence(&fx.cx, &e), "Ada Admin added [actor] {{x}}");
}

/* {E5} A count has the reader's marks; what only looks like one stays as it is. */
static void
counts_are_read_as_numbers(void **state)
{
	struct event e;

	(void)state;
	fx_as(NORTH, ADMIN);
	assert_int_equal(add(&(struct audit_entry){ .act = AUDIT_USERS_EXPORTED, .where = IN_TENANT,
	    .name = "Ada Admin", .fields = &(struct audit_field){ "n", NULL, "10119" },
	    .nfields = 1 }), OK);
	e = newest();
	assert_string_equal(audit_sentence(&fx.cx, &e), "Ada Admin exported 10,119 users");
	assert_string_equal(audit_value_word(&fx.cx, "members", "1000"), "1,000");
	assert_string_equal(audit_value_word(&fx.cx, "n", "1000x"), "1000x");
	assert_string_equal(audit_value_word(&fx.cx, "name", "2026"), "2026");
}

static void
broken_fields_are_a_fault(void **state)
{
	static const char *const broken[] = { "[", "[[", "[[\"a\"", "[[\"a\",\"b\"]]",
		"[[\"a\",null,\"b]]", "[[\"a\",null,\"\\u12\"]]", "[[1,2,3]]", "[[\"a\",null,null",
		"[[\"a\",\"\\" };
	struct audit_field *f;
	size_t              n;

	(void)state;
	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++)
		if (strcmp(broken[i], "[") != 0)
			assert_int_equal(audit_fields(&fx.cx, broken[i], &f, &n), ERR_FAULT);
	assert_int_equal(audit_fields(&fx.cx, "[]", &f, &n), OK);
	assert_int_equal(n, 0);
}

/* An event costs three statements beside its change. */
static void
an_event_costs_three_statements(void **state)
{
	(void)state;
	fx_as(NORTH, ADMIN);
	fx_mark();
	assert_int_equal(add(&(struct audit_entry){ .act = AUDIT_LOG_READ, .where = IN_TENANT }),
	    OK);
	assert_int_equal(fx_work().statements, 3);
}

/* ---------------------------------------------------------------- who hears of it */

/* Does anything in the newest event of that account name this? */
static bool
says(enum fx_tenant t, const char *what)
{
	struct fx_rows row = fx_rows(arena_printf(fx.cx.arena, "SELECT * FROM events "
	    "WHERE tenant_id = %lld ORDER BY seq DESC LIMIT 1", (long long)fx.tenant[t]));

	for (size_t i = 0; i < row.columns; i++)
		if (strstr(row.cells[i], what))
			return true;
	return false;
}

/* {L8} Each account of a person hears of a sign-in under the name that it knows. */
static void
each_account_hears_of_its_member(void **state)
{
	(void)state;
	fx_sql("UPDATE members SET name = 'Bo Northern' WHERE id = %lld",
	    (long long)fx.m[NORTH][BOTH].id);
	fx_mark();
	assert_int_equal(sign_in("bo@both.example", FX_PASSWORD), OK);
	fx_one_event(NORTH, "Bo Northern signed in", "");
	fx_one_event(SOUTH, "Bo Both signed in", "");
	assert_int_equal(fx_new_events(SYSTEM), 0);
	assert_false(says(SOUTH, "Northern"));
	assert_true(says(SOUTH, arena_printf(fx.cx.arena, "%lld",
	    (long long)fx.m[SOUTH][BOTH].id)));
	assert_false(says(SOUTH, arena_printf(fx.cx.arena, "%lld",
	    (long long)fx.m[NORTH][BOTH].id)));
}

/* {L8} What an administrator of one account does to a person, the others hear without
 * learning who and where that was. */
static void
other_accounts_do_not_learn_who_acted(void **state)
{
	static const char *const secrets[] = { "Ada", "192.0.2.7", "Test/1.0", "request000" };
	bool sent;

	(void)state;
	fx_as(NORTH, ADMIN);
	fx_mark();
	assert_int_equal(reset_send(&fx.cx, fx.m[NORTH][BOTH].id, &sent), OK);
	assert_int_equal(fx_new_events(SOUTH), 1);
	assert_string_equal(fx_sentence(SOUTH), "A password reset was asked for Bo Both");
	for (size_t i = 0; i < sizeof(secrets) / sizeof(secrets[0]); i++)
		assert_false(says(SOUTH, secrets[i]));
	assert_false(says(SOUTH, arena_printf(fx.cx.arena, "%lld",
	    (long long)fx.m[NORTH][ADMIN].id)));
	assert_true(says(NORTH, "Ada"));
}

/* {L8} Somebody signed in elsewhere tries another's password: the address where it came from
 * is told, who else is at that browser is not. */
static void
who_tries_is_not_named(void **state)
{
	(void)state;
	fx_nobody();
	assert_int_equal(signin_identify(&fx.cx, str_of(fx.m[SOUTH][BUILDER].session), true), OK);
	fx_mark();
	assert_int_equal(sign_in("una@north.example", "wrong"), ERR_INVALID);
	assert_int_equal(fx_new_events(NORTH), 1);
	assert_false(says(NORTH, "Ben"));
	assert_true(says(NORTH, "192.0.2.7"));
}

/* {L8} Whoever is only invited is no member yet: inviting somebody shows nothing of them. */
static void
inviting_somebody_shows_nothing_of_them(void **state)
{
	struct invited done;

	(void)state;
	fx_as(NORTH, ADMIN);
	assert_int_equal(invites_add(&fx.cx, &(struct invite_input){ .member = {
	    .name = STR("Una"), .email = STR("una@south.example"),
	    .role = fx_role(NORTH, "User") } }, &done), OK);
	fx_nobody();
	fx_mark();
	assert_int_equal(sign_in("una@south.example", "wrong"), ERR_INVALID);
	fx_nobody();
	assert_int_equal(sign_in("una@south.example", FX_PASSWORD), OK);
	assert_int_equal(fx_new_events(NORTH), 0);
	assert_int_equal(fx_new_events(SOUTH), 2);
}

/* {L8} What belongs to no account is the system's. */
static void
what_is_nobody_s_is_the_system_s(void **state)
{
	(void)state;
	fx_sql("UPDATE members SET status = 'removed' WHERE id = %lld",
	    (long long)fx.m[NORTH][USER].id);
	fx_mark();
	assert_int_equal(sign_in("una@north.example", FX_PASSWORD), OK);
	assert_int_equal(fx_new_events(SYSTEM), 1);
	assert_int_equal(fx_new_events(NORTH) + fx_new_events(SOUTH), 0);
}

/* ---------------------------------------------------------------- reading */

/* {L1 R4a E4} */
static void
reading_needs_the_permission_in_the_root(void **state)
{
	static const enum fx_who may[] = { ADMIN, AUDITOR }, may_not[] = { BUILDER, CONSUMER, GUEST,
		STAFF, USER, HELPDESK, WEST_ADMIN };
	struct event_list l;

	(void)state;
	for (size_t i = 0; i < sizeof(may) / sizeof(may[0]); i++) {
		fx_as(NORTH, may[i]);
		assert_int_equal(auditlog_list(&fx.cx, 0, 50, &l), OK);
		assert_true(l.n > 0);
		for (size_t k = 0; k < l.n; k++)
			assert_int_equal(l.items[k].tenant, fx.tenant[NORTH]);
	}
	for (size_t i = 0; i < sizeof(may_not) / sizeof(may_not[0]); i++) {
		fx_as(NORTH, may_not[i]);
		assert_int_equal(auditlog_list(&fx.cx, 0, 50, &l), ERR_DENIED);
	}
}

/* {L1} Newest first, each once, by the number of the last one seen. */
static void
the_log_is_paged_by_number(void **state)
{
	struct event_list l;
	int64_t           before = 0, last = INT64_MAX, n = 0;

	(void)state;
	fx_as(NORTH, ADMIN);
	for (int i = 0; i < 57; i++)
		assert_int_equal(add(&(struct audit_entry){ .act = AUDIT_LOG_READ,
		    .where = IN_TENANT }), OK);
	do {
		assert_int_equal(auditlog_list(&fx.cx, before, 25, &l), OK);
		assert_int_equal(l.less, before != 0);
		for (size_t i = 0; i < l.n; i++, n++) {
			assert_true(l.items[i].seq < last);
			last = before = l.items[i].seq;
		}
	} while (l.more);
	assert_int_equal(last, 1);
	assert_int_equal(n, fx_int("SELECT count(*) FROM events WHERE tenant_id = %lld",
	    (long long)fx.tenant[NORTH]));
}

/* {L2} */
static void
reading_is_an_event_once_in_ten_minutes(void **state)
{
	(void)state;
	fx_as(NORTH, AUDITOR);
	fx_mark();
	for (int i = 0; i < 20; i++)
		assert_int_equal(auditlog_note_read(&fx.cx), OK);
	fx_one_event(NORTH, "Aud Auditor read the audit log", "");
	fx_as(NORTH, ADMIN);
	assert_int_equal(auditlog_note_read(&fx.cx), OK);
	assert_int_equal(fx_new_events(NORTH), 2);
	fx.now = FX_NOW + 10 * FX_MINUTE;
	fx_as(NORTH, AUDITOR);
	assert_int_equal(auditlog_note_read(&fx.cx), OK);
	assert_int_equal(fx_new_events(NORTH), 3);
}

/* Names from outside cannot break a field or a chain. */
static void
odd_names_are_text(void **state)
{
	struct event e;

	(void)state;
	fx_as(NORTH, ADMIN);
	fx.cx.user_agent = "\"}],\\ <b>\xf0\x9f\x98\x80";
	assert_int_equal(members_log_out(&fx.cx, fx.m[NORTH][USER].id), OK);
	e = newest();
	assert_string_equal(e.user_agent, "\"}],\\ <b>\xf0\x9f\x98\x80");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FX_TEST(an_event_says_who_did_what_to_whom),
		FX_TEST(fields_come_back),
		FX_TEST(counts_are_read_as_numbers),
		FX_TEST(broken_fields_are_a_fault),
		FX_TEST(an_event_costs_three_statements),
		FX_TEST(each_account_hears_of_its_member),
		FX_TEST(other_accounts_do_not_learn_who_acted),
		FX_TEST(who_tries_is_not_named),
		FX_TEST(inviting_somebody_shows_nothing_of_them),
		FX_TEST(what_is_nobody_s_is_the_system_s),
		FX_TEST(reading_needs_the_permission_in_the_root),
		FX_TEST(the_log_is_paged_by_number),
		FX_TEST(reading_is_an_event_once_in_ten_minutes),
		FX_TEST(odd_names_are_text),
	};

	return FX_RUN(tests);
}
