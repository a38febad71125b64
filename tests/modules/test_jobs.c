/* jobs/: whose chunk is next, whatever becomes of the others.  What a kind of job does is tested
 * with its module. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../fixture.h"

#include <string.h>

#include "jobs/jobs.h"
#include "members/members.h"

enum { STEPS_MOST = 100 };

/* Both accounts sign everybody out, the north first. */
static void
add_both(void)
{
	int64_t job;

	for (enum fx_tenant t = NORTH; t <= SOUTH; t++) {
		fx_as(t, ADMIN);
		assert_int_equal(members_log_out_all(&fx.cx, &job), OK);
		fx.now++;
	}
}

/* As the housekeeper does: until there is nothing to be done now. */
static void
work(void)
{
	int      steps = 0;
	enum err e;

	do {
		fx_system(SYSTEM);
		e = jobs_step(&fx.cx);
	} while (e == OK && ++steps < STEPS_MOST);
	assert_int_equal(e, ERR_NOTFOUND);
}

static const char *
state_of(enum fx_tenant t)
{
	return fx_text("SELECT state FROM jobs WHERE tenant_id = %lld", (long long)fx.tenant[t]);
}

static void
all_are_worked(void **state)
{
	(void)state;
	add_both();
	work();
	assert_string_equal(state_of(NORTH), "done");
	assert_string_equal(state_of(SOUTH), "done");
}

/* One that fails again and again holds nobody up, and is done once it can be. */
static void
a_failing_one_holds_up_no_other(void **state)
{
	(void)state;
	add_both();
	fx_sql("CREATE TRIGGER broken BEFORE UPDATE ON members WHEN NEW.tenant_id = %lld "
	    "BEGIN SELECT RAISE (ABORT, 'broken for the test'); END", (long long)fx.tenant[NORTH]);
	work();
	assert_string_equal(state_of(NORTH), "waiting");
	assert_string_equal(state_of(SOUTH), "done");
	fx.now += FX_MINUTE / 2;
	fx_sql("DROP TRIGGER broken");
	work();
	assert_string_equal(state_of(NORTH), "waiting");
	fx.now += FX_MINUTE;
	work();
	assert_string_equal(state_of(NORTH), "done");
}

/* Nor does a clock that is set back make it wait until it has caught up. */
static void
a_clock_set_back_holds_up_none(void **state)
{
	(void)state;
	add_both();
	fx.now -= FX_DAY;
	work();
	assert_string_equal(state_of(NORTH), "done");
	assert_string_equal(state_of(SOUTH), "done");
}

static void
those_of_a_suspended_account_wait(void **state)
{
	(void)state;
	add_both();
	fx_sql("UPDATE tenants SET status = 'suspended' WHERE id = %lld",
	    (long long)fx.tenant[NORTH]);
	work();
	assert_string_equal(state_of(NORTH), "waiting");
	assert_string_equal(state_of(SOUTH), "done");
	fx_sql("UPDATE tenants SET status = 'active' WHERE id = %lld",
	    (long long)fx.tenant[NORTH]);
	work();
	assert_string_equal(state_of(NORTH), "done");
}

static void
those_of_nobody_are_cancelled(void **state)
{
	(void)state;
	add_both();
	fx_sql("UPDATE members SET status = 'deactivated' WHERE tenant_id = %lld AND id = %lld",
	    (long long)fx.tenant[NORTH], (long long)fx.m[NORTH][ADMIN].id);
	work();
	assert_string_equal(state_of(NORTH), "cancelled");
	assert_string_equal(state_of(SOUTH), "done");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FX_TEST(all_are_worked),
		FX_TEST(a_failing_one_holds_up_no_other),
		FX_TEST(a_clock_set_back_holds_up_none),
		FX_TEST(those_of_a_suspended_account_wait),
		FX_TEST(those_of_nobody_are_cancelled),
	};

	return FX_RUN(tests);
}
