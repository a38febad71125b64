/* signin/seats.c and members/activity.c: sessions as one tenant sees and ends them, and what their
 * member did. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../fixture.h"

#include <string.h>

#include "base/arena.h"
#include "db/db.h"
#include "members/activity.h"
#include "signin/seats.h"
#include "signin/signin.h"

static int64_t
number_of(const char *session)
{
	struct standing st;

	assert_true(fx_session(NORTH, session, &st));
	return fx.cx.actor.session;
}

/* The session is used in that account, as the pipeline notes it. */
static int64_t
use(enum fx_tenant t, const char *session)
{
	struct standing st;

	assert_true(fx_session(t, session, &st));
	assert_int_equal(st.kind, PLACE_MEMBER);
	assert_int_equal(signin_touch(&fx.cx, false), OK);
	return fx.cx.actor.session;
}

static struct seat_list
seats(enum fx_who who)
{
	struct member    m;
	struct seat_list l;

	fx_as(NORTH, ADMIN);
	assert_int_equal(members_get(&fx.cx, fx.m[NORTH][who].id, &m), OK);
	assert_int_equal(seats_list(&fx.cx, &m, &l), OK);
	return l;
}

/* {V6} Those that used this account; the other account's are none of its business. */
static void
an_account_sees_the_sessions_that_used_it(void **state)
{
	const struct fx_member *bo = &fx.m[NORTH][BOTH];
	const char             *other = fx_add_session(bo->person, FX_NOW - FX_HOUR);
	int64_t                 here;

	(void)state;
	assert_int_equal(seats(BOTH).n, 0);
	here = use(NORTH, bo->session);
	use(SOUTH, other);
	assert_int_equal(seats(BOTH).n, 1);
	assert_int_equal(seats(BOTH).items[0].id, here);
	assert_false(seats(BOTH).items[0].ended);
	fx_as(NORTH, ADMIN);
	fx_mark();
	assert_int_equal(seats_end(&fx.cx, bo->id, number_of(other)), ERR_DENIED);
	fx_as(NORTH, ADMIN);
	assert_int_equal(seats_end(&fx.cx, bo->id, fx_int("SELECT session_id FROM session_tenants "
	    "WHERE tenant_id = %lld", (long long)fx.tenant[SOUTH])), ERR_NOTFOUND);
	assert_true(fx_same());
}

/* {V6} Ended here, until its browser signs in again; the other account goes on. */
static void
a_session_is_ended_in_one_account(void **state)
{
	const struct fx_member *bo = &fx.m[NORTH][BOTH];
	struct standing         st;
	int64_t                 id = use(NORTH, bo->session);

	(void)state;
	use(SOUTH, bo->session);
	fx_as(NORTH, ADMIN);
	fx_mark();
	assert_int_equal(seats_end(&fx.cx, bo->id, id), OK);
	fx_one_event(NORTH, "Ada Admin ended a session of Bo Both in this account", "");
	assert_int_equal(fx_new_events(SOUTH), 0);
	assert_int_equal(seats_end(&fx.cx, bo->id, id), ERR_NOTFOUND);
	assert_true(seats(BOTH).items[0].ended);
	assert_true(fx_session(NORTH, bo->session, &st));
	assert_int_equal(signin_verdict(&fx.cx, &st), SIGNIN_LOGGED_OUT);
	assert_true(fx_session(SOUTH, bo->session, &st));
	assert_int_equal(signin_verdict(&fx.cx, &st), SIGNIN_GOOD);
	fx_sql("UPDATE sessions SET created_at = %lld WHERE id = %lld", (long long)(FX_NOW + 1),
	    (long long)id);
	assert_true(fx_session(NORTH, bo->session, &st));
	assert_int_equal(signin_verdict(&fx.cx, &st), SIGNIN_GOOD);
}

/* {V6 R4} To see is user:activity, to end is user:logout. */
static void
sessions_need_their_permissions(void **state)
{
	int64_t          id = use(NORTH, fx.m[NORTH][USER].session);
	struct member    m;
	struct seat_list l;

	(void)state;
	fx_as(NORTH, STAFF);
	assert_int_equal(members_get(&fx.cx, fx.m[NORTH][USER].id, &m), OK);
	assert_int_equal(seats_list(&fx.cx, &m, &l), OK);
	assert_int_equal(l.n, 1);
	assert_int_equal(seats_end(&fx.cx, m.id, id), ERR_DENIED);
	fx_as(NORTH, BUILDER);
	assert_int_equal(seats_list(&fx.cx, &m, &l), ERR_DENIED);
	fx_as(NORTH, WEST_ADMIN);
	assert_int_equal(seats_list(&fx.cx, &m, &l), ERR_NOTFOUND);
	assert_int_equal(seats_end(&fx.cx, m.id, id), ERR_NOTFOUND);
}

static struct activity_list
did(enum fx_who reader, enum fx_who who, const char *search)
{
	struct activity_want w = { .list = { .down = true, .number = true, .rows = 50 },
		.until = INT64_MAX, .search = search };
	struct activity_list l;
	struct member        m;

	fx_as(NORTH, reader);
	assert_int_equal(members_get(&fx.cx, fx.m[NORTH][who].id, &m), OK);
	assert_int_equal(activity_list(&fx.cx, &m, &w, &l), OK);
	return l;
}

/* {V3 R4a} An administrator of a part of the tree sees what lies in it. */
static void
what_was_done_elsewhere_stays_there(void **state)
{
	struct activity_list l;

	(void)state;
	fx_sql("UPDATE members SET role_id = (SELECT id FROM roles r WHERE r.tenant_id = "
	    "members.tenant_id AND builtin = 'admin') WHERE id = %lld",
	    (long long)fx.m[NORTH][WEST_USER].id);
	fx_sql("UPDATE members SET org_path = '/' WHERE id = %lld",
	    (long long)fx.m[NORTH][WEST_USER].id);
	fx_as(NORTH, WEST_USER);
	assert_int_equal(members_log_out(&fx.cx, fx.m[NORTH][USER].id), OK);
	assert_int_equal(members_log_out(&fx.cx, fx.m[NORTH][DEEP_USER].id), OK);
	fx_sql("UPDATE members SET org_path = '%s' WHERE id = %lld", fx.west[NORTH],
	    (long long)fx.m[NORTH][WEST_USER].id);
	l = did(ADMIN, WEST_USER, "signed");
	assert_int_equal(l.n, 2);
	l = did(WEST_ADMIN, WEST_USER, "signed");
	assert_int_equal(l.n, 1);
	assert_string_equal(l.items[0].e.subject_name, "Dee Deep");
	assert_int_equal(did(ADMIN, WEST_USER, "edited").n, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FX_TEST(an_account_sees_the_sessions_that_used_it),
		FX_TEST(a_session_is_ended_in_one_account),
		FX_TEST(sessions_need_their_permissions),
		FX_TEST(what_was_done_elsewhere_stays_there),
	};

	return FX_RUN(tests);
}
