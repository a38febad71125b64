/* setup/setup.c: a new account, its members from the command line, and the first
 * administrator's link. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../fixture.h"

#include <string.h>

#include "setup/setup.h"
#include "signin/signin.h"

static enum err
make(const char *slug, const char *name)
{
	struct tenant_input in = { str_of(slug), str_of(name) };

	fx.cx.issues = NULL;
	return setup_tenant(&fx.cx, &in);
}

static enum err
sign_in(const char *email, const char *password)
{
	struct signin_done out;

	fx_nobody();
	return signin_password(&fx.cx, &(struct signin_input){ str_of(email), str_of(password),
	    { NULL, 0 } }, &out);
}

/* ---------------------------------------------------------------- an account */

static void
an_account_is_made_whole(void **state)
{
	long long id;

	(void)state;
	fx_system(SYSTEM);
	fx_mark();
	assert_int_equal(make("new-one", " New One "), OK);
	assert_int_equal(fx_work().commits, 1);
	id = (long long)fx.cx.tenant;
	assert_string_equal(fx_text("SELECT name FROM tenants WHERE slug = 'new-one'"), "New One");
	assert_int_equal(fx_int("SELECT count(*) FROM roles WHERE tenant_id = %lld", id), 9);
	assert_int_equal(fx_int("SELECT count(*) FROM organizations WHERE tenant_id = %lld AND "
	    "path = '/' AND parent_id IS NULL", id), 1);
	assert_int_equal(fx_int("SELECT count(*) FROM events WHERE tenant_id = %lld AND act = 1 "
	    "AND actor_kind = 'system'", id), 1);
	assert_int_equal(fx_new_events(NORTH) + fx_new_events(SOUTH) + fx_new_events(SYSTEM), 0);
	assert_int_equal(fx_int("SELECT count(DISTINCT number) FROM tenants"), 3);
}

static void
slug_and_name_are_checked(void **state)
{
	static const char *const slugs[] = { "", "a", "-ab", "ab-", "Ab", "a_b", "a b", "a/b", "ä",
		"api", "admin", "static", "abcdefghijklmnopqrstuvwxyzabcdefghijklmno", "north",
		"old" };
	static const char *const names[] = { "", "  ", "a\nb", "a\xe2\x80\xaez", "\xff" };

	(void)state;
	fx_sql("INSERT INTO old_slugs VALUES ('old', %lld)", (long long)fx.tenant[SOUTH]);
	fx_mark();
	for (size_t i = 0; i < sizeof(slugs) / sizeof(slugs[0]); i++) {
		fx_system(SYSTEM);
		assert_int_equal(make(slugs[i], "Name"), ERR_INVALID);
		assert_string_not_equal(fx_issue("slug"), "");
	}
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		fx_system(SYSTEM);
		assert_int_equal(make("new-one", names[i]), ERR_INVALID);
		assert_string_not_equal(fx_issue("tenant"), "");
	}
	assert_true(fx_same());
}

static void
only_the_system_makes_accounts(void **state)
{
	(void)state;
	fx_as(NORTH, ADMIN);
	fx_mark();
	assert_int_equal(make("new-one", "New"), ERR_DENIED);
	fx_nobody();
	assert_int_equal(make("new-one", "New"), ERR_DENIED);
	fx_system(SYSTEM);
	fx_break("events");
	assert_int_equal(make("new-one", "New"), ERR_FAULT);
	fx_mend();
	assert_true(fx_same());
}

/* ---------------------------------------------------------------- a member */

static struct setup_user
user(const char *email, const char *password)
{
	return (struct setup_user){ { .name = STR("Cli One"), .email = str_of(email),
	    .role = STR("staff") }, str_of(password) };
}

static void
the_command_line_adds_a_member(void **state)
{
	struct setup_user in = user("cli@north.example", FX_STRONG);
	struct member     m;
	int64_t           id;

	(void)state;
	fx_system(NORTH);
	fx_mark();
	assert_int_equal(setup_user(&fx.cx, &in, "/", &id), OK);
	fx_one_event(NORTH, "Command line added Cli One",
	    "email: -> cli@north.example; role: -> Staff");
	assert_int_equal(sign_in("cli@north.example", FX_STRONG), OK);
	fx_as(NORTH, ADMIN);
	assert_int_equal(members_get(&fx.cx, id, &m), OK);
	assert_string_equal(m.status, "active");
	assert_false(m.confirmed);
	fx_mark();
	fx_system(NORTH);
	assert_int_equal(setup_user(&fx.cx, &in, "/", &id), ERR_INVALID);
	assert_string_equal(fx_issue("email"),
	    "cli@north.example has an identity already: invite it.");
	in = user("una@south.example", FX_STRONG);
	assert_int_equal(setup_user(&fx.cx, &in, "/", &id), ERR_INVALID);
	in = user("cli2@north.example", "north acme 12");
	assert_int_equal(setup_user(&fx.cx, &in, "/", &id), ERR_INVALID);
	assert_true(fx_same());
	fx_break("events");
	in = user("cli2@north.example", FX_STRONG);
	assert_int_equal(setup_user(&fx.cx, &in, "/", &id), ERR_FAULT);
	fx_mend();
	assert_true(fx_same());
}

/* ---------------------------------------------------------------- the first one */

static const char *
fresh_token(void)
{
	const char *link;

	fx_system(SYSTEM);
	fx_mark();
	assert_int_equal(setup_link(&fx.cx, &link), OK);
	fx_one_event(SYSTEM, "Command line made the link for the first administrator", "");
	assert_int_equal(strncmp(link, "https://console.example/setup?t=", 32), 0);
	return fx_token_of(link);
}

static enum err
open_it(const char *token)
{
	fx_nobody();
	return setup_open(&fx.cx, str_of(token));
}

static enum err
use(const char *token, const char *slug, const char *email, const char *password)
{
	const char        *out;
	struct setup_input in = { { str_of(slug), STR("First") }, STR("Fay First"),
		str_of(email), str_of(password) };

	fx_nobody();
	return setup_use(&fx.cx, str_of(token), &in, &out);
}

static void
no_account_yet(void)
{
	fx_sql("UPDATE tenants SET status = 'deleted'");
}

static void
the_link_makes_the_first_administrator(void **state)
{
	const char *token;

	(void)state;
	no_account_yet();
	token = fresh_token();
	fx_mark();
	assert_int_equal(open_it(token), OK);
	assert_int_equal(open_it(token), OK);
	assert_true(fx_same());
	assert_int_equal(use(token, "first", "fay@first.example", FX_STRONG), OK);
	assert_int_equal(fx_work().commits, 1);
	assert_int_equal(fx_int("SELECT count(*) FROM members m JOIN roles r ON r.tenant_id = "
	    "m.tenant_id AND r.id = m.role_id JOIN tenants t ON t.id = m.tenant_id WHERE "
	    "t.slug = 'first' AND r.builtin = 'admin' AND m.status = 'active' AND "
	    "m.org_path = '/'"), 1);
	assert_int_equal(fx_int("SELECT count(*) FROM events e JOIN tenants t ON t.id = "
	    "e.tenant_id WHERE t.slug = 'first'"), 2);
	assert_int_equal(sign_in("fay@first.example", FX_STRONG), OK);
	assert_int_equal(open_it(token), ERR_NOTFOUND);
	assert_int_equal(use(token, "second", "sue@first.example", FX_STRONG), ERR_NOTFOUND);
}

/* Good for 30 minutes, the newest only, and while there is no account. */
static void
the_link_dies(void **state)
{
	const char *token, *newer;

	(void)state;
	no_account_yet();
	token = fresh_token();
	newer = fresh_token();
	assert_int_equal(open_it(token), ERR_NOTFOUND);
	fx.now = FX_NOW + 30 * FX_MINUTE - 1;
	assert_int_equal(open_it(newer), OK);
	fx_sql("UPDATE tenants SET status = 'suspended' WHERE slug = 'south'");
	fx_mark();
	assert_int_equal(open_it(newer), ERR_NOTFOUND);
	assert_int_equal(use(newer, "first", "fay@first.example", FX_STRONG), ERR_NOTFOUND);
	no_account_yet();
	fx.now++;
	assert_int_equal(open_it(newer), ERR_NOTFOUND);
	assert_int_equal(use(newer, "first", "fay@first.example", FX_STRONG), ERR_NOTFOUND);
	assert_int_equal(fx_work().hashes, 0);
}

static void
what_is_typed_is_checked(void **state)
{
	const char *token;

	(void)state;
	no_account_yet();
	token = fresh_token();
	fx_mark();
	assert_int_equal(use(token, "X", "fay@first.example", FX_STRONG), ERR_INVALID);
	assert_string_not_equal(fx_issue("slug"), "");
	assert_int_equal(use(token, "first", "fay", FX_STRONG), ERR_INVALID);
	assert_string_not_equal(fx_issue("email"), "");
	assert_int_equal(use(token, "first", "fay@first.example", "first fay 1"), ERR_INVALID);
	assert_string_not_equal(fx_issue("password"), "");
	assert_int_equal(use(token, "first", "una@north.example", FX_STRONG), ERR_INVALID);
	assert_int_equal(use(token, "north", "fay@first.example", FX_STRONG), ERR_INVALID);
	fx_break("events");
	assert_int_equal(use(token, "first", "fay@first.example", FX_STRONG), ERR_FAULT);
	fx_mend();
	assert_true(fx_same());
	assert_int_equal(use(token, "first", "fay@first.example", FX_STRONG), OK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FX_TEST(an_account_is_made_whole),
		FX_TEST(slug_and_name_are_checked),
		FX_TEST(only_the_system_makes_accounts),
		FX_TEST(the_command_line_adds_a_member),
		FX_TEST(the_link_makes_the_first_administrator),
		FX_TEST(the_link_dies),
		FX_TEST(what_is_typed_is_checked),
	};

	return FX_RUN(tests);
}
