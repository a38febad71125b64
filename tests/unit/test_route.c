/* Finding the route of a path (src/web/route.c). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "web/route.h"

static struct arena *arena;

static enum err
nothing(struct ctx *cx, const struct request *rq, struct response *rs)
{
	(void)cx;
	(void)rq;
	(void)rs;
	return OK;
}

static const struct route first[] = {
	{ .method = M_GET, .path = "/", .run = nothing },
	{ .method = M_GET, .path = "/t/{tenant}", .run = nothing },
	{ .method = M_GET, .path = "/t/{tenant}/", .run = nothing },
	{ .method = M_GET, .path = "/t/{tenant}/users/{user}", .run = nothing },
	{ .method = M_POST, .path = "/t/{tenant}/users/{user}", .run = nothing },
	ROUTE_END
};
static const struct route second[] = {
	{ .method = M_GET, .path = "/t/{tenant}/users/invite", .run = nothing },
	{ .method = M_POST, .path = "/t/{tenant}/users/{user}/role", .run = nothing },
	ROUTE_END
};
static const struct route *const tables[] = { first, second, NULL };

static const struct route *
find(enum method method, const char *path, struct request *rq, unsigned *allowed)
{
	*rq = (struct request){ .method = method, .path = str_of(path) };
	return route_find(arena, rq, allowed);
}

static void
test_finds(void **state)
{
	static const struct { enum method method; const char *path; const struct route *route; }
	cases[] = {
		{ M_GET, "/", &first[0] },
		{ M_GET, "/t/acme", &first[1] },
		{ M_GET, "/t/acme/", &first[2] },
		{ M_HEAD, "/t/acme/users/1", &first[3] },
		{ M_POST, "/t/acme/users/1", &first[4] },
		{ M_GET, "/t/acme/users/invite", &second[0] },
		{ M_POST, "/t/acme/users/1/role", &second[1] },
		{ M_GET, "", NULL },
		{ M_GET, "t/acme", NULL },
		{ M_GET, "/t/", NULL },
		{ M_GET, "/t//users/1", NULL },
		{ M_GET, "/t/acme/users/", NULL },
		{ M_GET, "/t/acme/user/1", NULL },
		{ M_GET, "/t/acme/users/1/", NULL },
		{ M_GET, "/1/2/3/4/5/6/7/8/9/10", NULL },
	};
	struct request rq;
	unsigned       allowed;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_ptr_equal(find(cases[i].method, cases[i].path, &rq, &allowed),
		    cases[i].route);
}

static void
test_tells_places_and_methods(void **state)
{
	struct request rq;
	unsigned       allowed;

	(void)state;
	assert_non_null(find(M_POST, "/t/acme/users/42/role", &rq, &allowed));
	assert_int_equal(rq.nparams, 2);
	assert_string_equal(rq.params[0].name, "tenant");
	assert_true(str_equal(rq.params[0].value, STR("acme")));
	assert_string_equal(rq.params[1].name, "user");
	assert_true(str_equal(rq.params[1].value, STR("42")));
	assert_null(find(M_GET, "/t/acme/users/42/role", &rq, &allowed));
	assert_int_equal(allowed, 1u << M_POST);
	/* The one with fewer places alone counts, also for what is allowed. */
	assert_null(find(M_POST, "/t/acme/users/invite", &rq, &allowed));
	assert_int_equal(allowed, 1u << M_GET);
	assert_null(find(M_GET, "/nowhere", &rq, &allowed));
	assert_int_equal(allowed, 0);
}

static void
test_leads_to_own_pages_only(void **state)
{
	(void)state;
	assert_true(route_leads(arena, STR("/t/acme/users/1?tab=sessions")));
	assert_true(route_leads(arena, STR("/")));
	assert_false(route_leads(arena, STR("/t/acme/users/1/role")));
	assert_false(route_leads(arena, STR("//t/acme")));
	assert_false(route_leads(arena, STR("https://elsewhere.example/t/acme")));
	assert_false(route_leads(arena, STR("")));
}

static int
set_up(void **state)
{
	(void)state;
	arena = arena_new(4096, 1 << 20);
	route_index(arena, tables);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_finds),
		cmocka_unit_test(test_tells_places_and_methods),
		cmocka_unit_test(test_leads_to_own_pages_only),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
