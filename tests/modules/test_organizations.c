/* organizations/: the tree of an account.  How far a role reaches in it is in test_access.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../fixture.h"

#include <string.h>

#include "db/db.h"
#include "organizations/organizations.h"

static struct organization made;

static enum err
add(const char *parent, const char *name)
{
	fx.cx.issues = NULL;
	TRY(db_begin(fx.cx.db));
	return db_finish(fx.cx.db, organizations_add(&fx.cx, parent, name, &made));
}

static void
a_node_is_below_its_parent(void **state)
{
	struct organization o;

	(void)state;
	fx_system(NORTH);
	assert_int_equal(add(fx.deep[NORTH], " Deeper "), OK);
	assert_string_equal(made.name, "Deeper");
	assert_true(path_within(made.path, fx.deep[NORTH]));
	assert_int_equal(strlen(made.path), strlen(fx.deep[NORTH]) + 14);
	assert_int_equal(organizations_at(&fx.cx, made.path, &o), OK);
	assert_int_equal(o.id, made.id);
	assert_int_equal(organizations_at(&fx.cx, "/nothing/", &o), ERR_NOTFOUND);
	assert_int_equal(organizations_at(&fx.cx, fx.west[SOUTH], &o), ERR_NOTFOUND);
	assert_int_equal(add(fx.west[SOUTH], "Stray"), ERR_NOTFOUND);
}

static void
the_tree_has_four_levels(void **state)
{
	(void)state;
	fx_system(NORTH);
	assert_int_equal(add(fx.deep[NORTH], "Third below the root"), OK);
	fx_mark();
	assert_int_equal(add(made.path, "Too deep"), ERR_INVALID);
	assert_string_equal(fx_issue("organization"), "Organizations are at most 4 levels deep.");
	assert_true(fx_same());
}

static void
names_are_unique_among_siblings(void **state)
{
	(void)state;
	fx_system(NORTH);
	fx_mark();
	assert_int_equal(add("/", "WEST"), ERR_INVALID);
	assert_string_equal(fx_issue("organization"),
	    "Another organization there has this name.");
	assert_int_equal(add("/", ""), ERR_INVALID);
	assert_int_equal(add("/", "a\nb"), ERR_INVALID);
	assert_int_equal(add("/", "123456789 123456789 123456789 123456789 123456789 123456789 "
	    "123456789 123456789 1"), ERR_INVALID);
	assert_true(fx_same());
	assert_int_equal(add(fx.west[NORTH], "West"), OK);
	fx_system(SOUTH);
	assert_int_equal(add("/", "North"), OK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FX_TEST(a_node_is_below_its_parent),
		FX_TEST(the_tree_has_four_levels),
		FX_TEST(names_are_unique_among_siblings),
	};

	return FX_RUN(tests);
}
