/* web/csrf.c, and the line after a change (web/page.c): both are bound to the session. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../fixture.h"

#include <string.h>

#include "base/arena.h"
#include "base/conf.h"
#include "http/request.h"
#include "http/response.h"
#include "web/csrf.h"
#include "web/page.h"

static enum err
check(const char *field)
{
	struct request rq = { .method = M_POST,
		.content_type = STR("application/x-www-form-urlencoded"),
		.body = str_of(field) };
	int status;

	assert_int_equal(form_parse(fx.cx.arena, &rq, 10, 1000, &status), OK);
	return csrf_check(&fx.cx, &rq);
}

static enum err
check_token(const char *token)
{
	return check(arena_printf(fx.cx.arena, "csrf=%s", token));
}

static void
a_form_is_of_its_session(void **state)
{
	const char *token, *other;

	(void)state;
	fx_as(NORTH, STAFF);
	other = csrf_token(&fx.cx);
	fx_as(NORTH, USER);
	token = csrf_token(&fx.cx);
	assert_string_not_equal(token, other);
	assert_int_equal(check_token(token), OK);
	assert_int_equal(check_token(other), ERR_DENIED);
	assert_int_equal(check(""), ERR_DENIED);
	assert_int_equal(check("csrf="), ERR_DENIED);
	assert_int_equal(check(arena_printf(fx.cx.arena, "xcsrf=%s", token)), ERR_DENIED);
	assert_int_equal(check_token(form_id_new(&fx.cx)), ERR_DENIED);
	assert_int_equal(check_token("AAAA"), ERR_DENIED);
	/* the same person's other session is another one */
	other = fx_add_session(fx.m[NORTH][USER].person, FX_NOW);
	assert_true(fx_session(NORTH, other, &(struct standing){ .kind = PLACE_NONE }));
	assert_int_equal(check_token(token), ERR_DENIED);
}

static void
each_changed_character_is_found(void **state)
{
	char *token;

	(void)state;
	fx_as(NORTH, USER);
	token = arena_strdup(fx.cx.arena, csrf_token(&fx.cx));
	for (size_t i = 0; token[i]; i++) {
		char was = token[i];

		token[i] = was == 'A' ? 'B' : 'A';
		assert_int_equal(check_token(token), ERR_DENIED);
		token[i] = was;
	}
	assert_int_equal(check_token(token), OK);
}

/* Forms in other tabs stay good when the session's id changes: the row is the same. */
static void
the_token_outlives_a_change_of_the_id(void **state)
{
	const char     *token, *secret;
	struct standing st;
	long long       id;

	(void)state;
	fx_as(NORTH, USER);
	token = csrf_token(&fx.cx);
	id = (long long)fx.cx.actor.session;
	secret = fx_add_session(fx.m[NORTH][USER].person, FX_NOW);
	fx_sql("CREATE TEMP TABLE new AS SELECT hash FROM sessions WHERE person_id = %lld AND "
	    "id <> %lld", (long long)fx.m[NORTH][USER].person, id);
	fx_sql("DELETE FROM sessions WHERE person_id = %lld AND id <> %lld",
	    (long long)fx.m[NORTH][USER].person, id);
	fx_sql("UPDATE sessions SET hash = (SELECT hash FROM temp.new) WHERE id = %lld", id);
	assert_true(fx_session(NORTH, secret, &st));
	assert_int_equal(fx.cx.actor.session, id);
	assert_int_equal(check_token(token), OK);
}

static void
nobody_has_no_token(void **state)
{
	(void)state;
	assert_string_equal(csrf_token(&fx.cx), "");
	assert_int_equal(check(""), OK);
}

/* Which page a form came from: what the browser says, or its Origin; never neither. */
static void
forms_come_from_this_site(void **state)
{
	static const struct { const char *site, *origin; enum err want; } cases[] = {
		{ "same-origin", "", OK }, { "none", "", OK },
		{ "same-origin", "https://console.example", OK },
		{ "same-site", "https://console.example", ERR_DENIED },
		{ "cross-site", "https://console.example", ERR_DENIED },
		{ "cross-site", "", ERR_DENIED }, { "SAME-ORIGIN", "", ERR_DENIED },
		{ "", "https://console.example", OK }, { "", "", ERR_DENIED },
		{ "", "null", ERR_DENIED }, { "", "https://console.example.evil.com", ERR_DENIED },
		{ "", "https://evil.com", ERR_DENIED },
		{ "", "http://console.example", ERR_DENIED },
		{ "", "https://console.example:444", ERR_DENIED },
		{ "", "https://console.example/", ERR_DENIED } };

	(void)state;
	fx_as(NORTH, USER);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct request rq = { .method = M_POST, .fetch_site = str_of(cases[i].site),
			.origin = str_of(cases[i].origin) };

		if (csrf_origin(&fx.cx, &rq) != cases[i].want)
			fail_msg("%s %s", cases[i].site, cases[i].origin);
	}
}

/* {E3} The id of a form is of the session that got it, and later than all before it. */
static void
a_form_id_is_of_its_session(void **state)
{
	const char *text;
	int64_t     id;

	(void)state;
	fx_as(NORTH, USER);
	text = form_id_new(&fx.cx);
	id = form_id_read(&fx.cx, str_of(text));
	assert_true(id > 0);
	assert_int_equal(form_id_read(&fx.cx, str_of(text)), id);
	assert_int_not_equal(form_id_read(&fx.cx, str_of(form_id_new(&fx.cx))), id);
	assert_int_equal(form_id_read(&fx.cx, str_of(csrf_token(&fx.cx))), 0);
	assert_int_equal(form_id_read(&fx.cx, STR("")), 0);
	assert_int_equal(form_id_read(&fx.cx, fx_id(id)), 0);
	fx_as(NORTH, STAFF);
	assert_int_equal(form_id_read(&fx.cx, str_of(text)), 0);
	fx_nobody();
	assert_int_equal(form_id_read(&fx.cx, str_of(text)), 0);
}

/* ---------------------------------------------------------------- the line after a change */

static const char *
said(const char *path, const char *words)
{
	struct response rs;
	struct str      headers;
	const char     *location;

	response_init(&rs, fx.cx.arena);
	assert_int_equal(page_done(&fx.cx, &rs, str_of(path), "/t/north/users", words), OK);
	assert_int_equal(rs.status, 303);
	assert_int_equal(buf_end(&rs.headers, &headers), OK);
	location = strstr(headers.p, "Location: ");
	assert_non_null(location);
	location += strlen("Location: ");
	return arena_printf(fx.cx.arena, "%.*s", (int)strcspn(location, "\r\n"), location);
}

static struct str
line_of(const char *location)
{
	const char *token = strstr(location, "said=");

	assert_non_null(token);
	return str_of(token + 5);
}

/* {E3} What was done is said on the next page, to who did it, for a minute. */
static void
the_line_is_of_its_session(void **state)
{
	const char *location;
	struct str  line;

	(void)state;
	fx_as(NORTH, USER);
	location = said("/t/north/users?status=invited", "Una did \"it\" <b>");
	assert_int_equal(strncmp(location, "/t/north/users?status=invited&said=", 35), 0);
	line = line_of(location);
	assert_string_equal(page_said(&fx.cx, line), "Una did \"it\" <b>");
	fx_as(NORTH, STAFF);
	assert_null(page_said(&fx.cx, line));
	fx_nobody();
	assert_null(page_said(&fx.cx, line));
	fx_as(NORTH, USER);
	assert_null(page_said(&fx.cx, STR("")));
	assert_null(page_said(&fx.cx, STR("Pay here: evil.example")));
	assert_null(page_said(&fx.cx, str_of(csrf_token(&fx.cx))));
	fx.cx.now += FX_MINUTE - 1;
	assert_non_null(page_said(&fx.cx, line));
	fx.cx.now++;
	assert_null(page_said(&fx.cx, line));
	fx.cx.now = FX_NOW - 1;
	assert_null(page_said(&fx.cx, line));
}

/* A way back that is not ours is not taken. */
static void
the_way_back_is_ours(void **state)
{
	static const char *const foreign[] = { "", "//evil.example", "https://evil.example/",
		"/\\evil.example", "javascript:alert(1)", "/%2f%2fevil", "/a\r\nSet-Cookie: x=y",
		"users" };

	(void)state;
	fx_as(NORTH, USER);
	for (size_t i = 0; i < sizeof(foreign) / sizeof(foreign[0]); i++)
		assert_int_equal(strncmp(said(foreign[i], "x"), "/t/north/users?said=", 20), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FX_TEST(a_form_is_of_its_session),
		FX_TEST(each_changed_character_is_found),
		FX_TEST(the_token_outlives_a_change_of_the_id),
		FX_TEST(nobody_has_no_token),
		FX_TEST(forms_come_from_this_site),
		FX_TEST(a_form_id_is_of_its_session),
		FX_TEST(the_line_is_of_its_session),
		FX_TEST(the_way_back_is_ours),
	};

	return FX_RUN(tests);
}
