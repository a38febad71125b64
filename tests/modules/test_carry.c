/* web/carry.c: a form that waits for a proof or a sign-in, and to whom, where and for how long it
 * is good. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../fixture.h"

#include <string.h>

#include "base/arena.h"
#include "http/request.h"
#include "http/response.h"
#include "web/carry.h"
#include "web/route.h"

enum { LARGEST = 32 * 1024, QUARTER_MS = 900000 };
#define PATH   "/t/north/users/invite"
#define FIELDS "csrf=x&name=Ann+%26+Bo&role=7&role=8&empty="

static struct request
posted(const char *path, const char *type, const char *body)
{
	struct request rq = { .method = M_POST, .path = str_of(path), .target = str_of(path),
		.content_type = str_of(type), .body = str_of(body) };
	int            status;

	assert_int_equal(form_parse(fx.cx.arena, &rq, 300, 65536, &status), OK);
	return rq;
}

static struct request
form(const char *body)
{
	return posted(PATH, "application/x-www-form-urlencoded", body);
}

static struct str
sealed(enum carry_why why, const char *body)
{
	struct request rq = form(body);

	return carry_seal(&fx.cx, why, fx.cx.actor.person, &rq);
}

static enum err
opened(struct str text)
{
	struct carried c;

	return carry_open(&fx.cx, CARRY_PROOF, text, &c);
}

static void
fields_come_back_as_they_were(void **state)
{
	struct carried c;

	(void)state;
	fx_as(NORTH, USER);
	assert_int_equal(carry_open(&fx.cx, CARRY_PROOF, sealed(CARRY_PROOF, FIELDS), &c), OK);
	assert_true(str_equal(c.path, STR(PATH)));
	assert_true(str_equal(c.fields, STR("name=Ann%20%26%20Bo&role=7&role=8&empty=&")));
	assert_int_equal(c.tenant, fx.tenant[NORTH]);
	assert_int_equal(c.kept, KEPT_ALL);
}

/* {S9} A quarter of an hour, by a clock that is put back, too. */
static void
it_is_good_for_fifteen_minutes(void **state)
{
	struct str text;

	(void)state;
	fx_as(NORTH, USER);
	text = sealed(CARRY_PROOF, FIELDS);
	for (int side = -1; side <= 1; side += 2) {
		fx.cx.now = fx.now + side * (int64_t)QUARTER_MS;
		assert_int_equal(opened(text), OK);
		fx.cx.now += side;
		assert_int_equal(opened(text), ERR_INVALID);
	}
}

/* {S9} */
static void
nobody_else_opens_it(void **state)
{
	struct carried c;
	struct str     text;

	(void)state;
	fx_as(NORTH, USER);
	text = sealed(CARRY_PROOF, FIELDS);
	assert_int_equal(carry_open(&fx.cx, CARRY_SIGN_IN, text, &c), ERR_INVALID);
	assert_int_equal(carry_open(&fx.cx, CARRY_PROOF, sealed(CARRY_SIGN_IN, FIELDS), &c),
	    ERR_INVALID);
	fx_as(NORTH, STAFF);
	assert_int_equal(opened(text), ERR_INVALID);
	fx_nobody();
	assert_int_equal(opened(text), ERR_INVALID);
	fx_as(NORTH, USER);
	assert_int_equal(opened(text), OK);
}

static void
each_changed_character_of_it_is_found(void **state)
{
	char *text;

	(void)state;
	fx_as(NORTH, USER);
	text = arena_strdup(fx.cx.arena, sealed(CARRY_PROOF, FIELDS).p);
	for (size_t i = 0; text[i]; i++) {
		char was = text[i];

		text[i] = was == 'A' ? 'B' : 'A';
		assert_int_equal(opened(str_of(text)), ERR_INVALID);
		text[i] = was;
	}
	for (size_t n = 0; n < strlen(text); n++)
		assert_int_equal(opened((struct str){ text, n }), ERR_INVALID);
	assert_int_equal(opened(str_of(text)), OK);
}

/* {S9} Passwords, codes and files never travel, and without them nothing is done. */
static void
secrets_and_files_are_left_out(void **state)
{
	static const char *const bodies[] = { "a=1&password=canary", "a=1&again=canary",
		"a=1&current=canary", "a=1&code=canary", "a=1&new_password=canary" };
	static const char        parts[] =
	    "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n"
	    "--x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"c\"\r\n\r\ncanary\r\n"
	    "--x--\r\n";
	struct request           rq;
	struct carried           c;

	(void)state;
	fx_as(NORTH, USER);
	for (size_t i = 0; i <= sizeof(bodies) / sizeof(bodies[0]); i++) {
		rq = i < sizeof(bodies) / sizeof(bodies[0]) ? form(bodies[i]) :
		    posted(PATH, "multipart/form-data; boundary=x", parts);
		assert_int_equal(carry_open(&fx.cx, CARRY_PROOF, carry_seal(&fx.cx, CARRY_PROOF,
		    fx.cx.actor.person, &rq), &c), OK);
		assert_true(str_equal(c.fields, STR("a=1&")));
		assert_int_equal(c.kept, KEPT_SOME);
	}
}

/* {S9} The fields with their lengths: one byte more than 32 KiB, and none of them is kept. */
static void
what_is_too_large_is_not_carried(void **state)
{
	static const char lead[] = "1 32758 ";
	char             *body = (char *)arena_zalloc(fx.cx.arena, LARGEST + 16, 1);
	struct carried    c;
	size_t            most = LARGEST - (sizeof(lead) - 1) - 1;

	(void)state;
	fx_as(NORTH, USER);
	memcpy(body, "a=", 2);
	memset(body + 2, 'x', most);
	assert_int_equal(carry_open(&fx.cx, CARRY_PROOF, sealed(CARRY_PROOF, body), &c), OK);
	assert_int_equal(c.kept, KEPT_ALL);
	assert_int_equal(c.fields.len, most + 3);
	body[2 + most] = 'x';
	assert_int_equal(carry_open(&fx.cx, CARRY_PROOF, sealed(CARRY_PROOF, body), &c), OK);
	assert_int_equal(c.kept, KEPT_NONE);
	assert_int_equal(c.fields.len, 0);
}

/* {S9} Pages without an account are not carried, nor what nobody sent. */
static void
only_forms_of_accounts_are_carried(void **state)
{
	static const char *const paths[] = { "/signin", "/t", "/reset", "/", "/x/t/north/users" };
	struct request           rq;

	(void)state;
	fx_as(NORTH, USER);
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		rq = posted(paths[i], "application/x-www-form-urlencoded", FIELDS);
		assert_int_equal(carry_seal(&fx.cx, CARRY_PROOF, fx.cx.actor.person, &rq).len, 0);
	}
	rq = form(FIELDS);
	assert_int_equal(carry_seal(&fx.cx, CARRY_PROOF, 0, &rq).len, 0);
	rq.method = M_GET;
	assert_int_equal(carry_seal(&fx.cx, CARRY_PROOF, fx.cx.actor.person, &rq).len, 0);
}

/* {S9} What is whole is sent again as it was, once; what is not, and what waited for a sign-in, is
 * shown in its page: only where there is such a page. */
static void
what_is_not_whole_is_shown_not_sent(void **state)
{
	struct request  rq = form(FIELDS);
	struct response rs;
	struct carried  c = { .why = CARRY_PROOF, .path = STR(PATH), .fields = STR("a=1&"),
		.tenant = fx.tenant[NORTH], .kept = KEPT_ALL };

	(void)state;
	fx_as(NORTH, USER);
	route_index(fx.keep, all_routes);
	for (int i = 0; i < 4; i++) {
		c.kept = i == 1 ? KEPT_SOME : i == 2 ? KEPT_NONE : KEPT_ALL;
		c.why = i == 3 ? CARRY_SIGN_IN : CARRY_PROOF;
		response_init(&rs, fx.cx.arena);
		assert_true(carry_on(&fx.cx, &rq, &rs, &c, "secret"));
		assert_int_equal(rs.again->method, i == 0 ? M_POST : M_GET);
		assert_int_equal(rs.again->carried_in, fx.tenant[NORTH]);
		assert_int_equal(rs.again->body.len, i == 0 ? 4 : 0);
	}
	c.path = STR("/t/north/users/38gxdqb2ev4kp/logout");
	assert_false(carry_on(&fx.cx, &rq, &rs, &c, "secret"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FX_TEST(fields_come_back_as_they_were),
		FX_TEST(it_is_good_for_fifteen_minutes),
		FX_TEST(nobody_else_opens_it),
		FX_TEST(each_changed_character_of_it_is_found),
		FX_TEST(secrets_and_files_are_left_out),
		FX_TEST(what_is_too_large_is_not_carried),
		FX_TEST(only_forms_of_accounts_are_carried),
		FX_TEST(what_is_not_whole_is_shown_not_sent),
	};

	return FX_RUN(tests);
}
