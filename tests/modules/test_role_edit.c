/* roles/edit.c: making, editing and deleting roles. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../fixture.h"

#include <string.h>

#include "base/arena.h"
#include "base/id.h"
#include "jobs/jobs.h"
#include "members/members.h"
#include "roles/roles.h"
#include "workspaces/workspaces.h"

static struct role_input
input(const char *name, const char *permissions)
{
	return (struct role_input){ .name = str_of(name), .description = STR("What it is for"),
		.perms = perm_set_read(permissions) };
}

static enum err
make(const char *name, const char *permissions, int64_t *id)
{
	struct role_input in = input(name, permissions);

	*id = id_new(fx.cx.now);
	return roles_make(&fx.cx, *id, "tenant", &in);
}

static enum err
change(int64_t id, int64_t version, const char *name, const char *permissions)
{
	struct role_input in = input(name, permissions);

	in.version = version;
	return roles_change(&fx.cx, id, &in);
}

static int64_t job;

static enum err
take_away(int64_t id, const char *replacement)
{
	return roles_remove(&fx.cx, id, *replacement ? fx_role(NORTH, replacement) : STR(""),
	    id_new(fx.cx.now), &job);
}

/* A role that may edit roles, with little else, worn by USER. */
static int64_t
little_editor(void)
{
	int64_t id;

	fx_as(NORTH, ADMIN);
	assert_int_equal(make("Little", "role:edit user:view user:role", &id), OK);
	assert_int_equal(members_set_role(&fx.cx, fx.m[NORTH][USER].id, fx_id(id), STR("")), OK);
	fx_as(NORTH, USER);
	return id;
}

/* {R3 L2} What edit brings along is stored with it. */
static void
a_role_is_made(void **state)
{
	struct role r;
	int64_t     id;

	(void)state;
	fx_as(NORTH, ADMIN);
	fx_mark();
	assert_int_equal(make("  Porter ", "device:edit", &id), OK);
	fx_one_event(NORTH, "Ada Admin made the role Porter", "scope: -> tenant; description: -> "
	    "What it is for; permissions: -> device:view device:edit");
	assert_int_equal(roles_get(&fx.cx, id, &r), OK);
	assert_string_equal(r.name, "Porter");
	assert_int_equal(r.perms.bits, perm_set_read("device:edit device:view").bits);
	assert_int_equal(r.users, 0);
}

/* {R3} A form sent twice makes one. */
static void
twice_is_once(void **state)
{
	struct role_input in = input("Porter", "device:view");
	int64_t           id = id_new(FX_NOW);

	(void)state;
	fx_as(NORTH, ADMIN);
	assert_int_equal(roles_make(&fx.cx, id, "tenant", &in), OK);
	fx_mark();
	assert_int_equal(roles_make(&fx.cx, id, "tenant", &in), OK);
	assert_true(fx_same());
	assert_int_equal(roles_make(&fx.cx, 0, "tenant", &in), ERR_INVALID);
}

/* {R3} */
static void
what_is_wrong_is_said(void **state)
{
	struct role_input in = input("Porter", "user:view");
	int64_t           id;

	(void)state;
	fx_as(NORTH, ADMIN);
	fx_mark();
	assert_int_equal(make("", "user:view", &id), ERR_INVALID);
	assert_string_not_equal(fx_issue("name"), "");
	fx_as(NORTH, ADMIN);
	assert_int_equal(make("staff", "user:view", &id), ERR_INVALID);
	assert_string_equal(fx_issue("name"), "There is a role staff already.");
	fx_as(NORTH, ADMIN);
	assert_int_equal(roles_make(&fx.cx, id_new(FX_NOW), "workspace", &in), ERR_INVALID);
	assert_string_not_equal(fx_issue("permission"), "");
	fx_as(NORTH, ADMIN);
	in.strange = true;
	assert_int_equal(roles_make(&fx.cx, id_new(FX_NOW), "tenant", &in), ERR_INVALID);
	assert_string_not_equal(fx_issue("permission"), "");
	assert_true(fx_same());
	/* Another scope is another shelf. */
	in = input("Staff", "workspace:view");
	assert_int_equal(roles_make(&fx.cx, id_new(FX_NOW), "workspace", &in), OK);
	/* {W4} Whoever has a role in a workspace may see it. */
	in = input("Empty", "");
	id = id_new(FX_NOW);
	assert_int_equal(roles_make(&fx.cx, id, "workspace", &in), OK);
	assert_string_equal(fx_text("SELECT permissions FROM roles WHERE id = %lld", (long long)id),
	    "workspace:view");
}

/* {R3 R4a} role:edit in the root, and nothing less. */
static void
it_needs_the_permission(void **state)
{
	static const enum fx_who may_not[] = { BUILDER, STAFF, AUDITOR, HELPDESK, WEST_ADMIN };
	int64_t staff = fx_int("SELECT id FROM roles WHERE tenant_id = %lld AND name = 'Staff'",
	    (long long)fx.tenant[NORTH]);
	int64_t south = fx_int("SELECT id FROM roles WHERE tenant_id = %lld AND name = 'Staff'",
	    (long long)fx.tenant[SOUTH]), id;

	(void)state;
	fx_mark();
	for (size_t i = 0; i < sizeof(may_not) / sizeof(may_not[0]); i++) {
		fx_as(NORTH, may_not[i]);
		assert_int_equal(make("Porter", "", &id), ERR_DENIED);
		assert_int_equal(change(staff, 1, "Porter", ""), ERR_DENIED);
		assert_int_equal(take_away(staff, "User"), ERR_DENIED);
	}
	fx_as(NORTH, ADMIN);
	assert_int_equal(change(south, 1, "Porter", ""), ERR_NOTFOUND);
	assert_int_equal(take_away(south, "User"), ERR_NOTFOUND);
	assert_true(fx_same());
}

/* {R7} Not by making a role, nor by editing the one that is worn, nor one that holds more already,
 * nor by what takes its place. */
static void
nobody_makes_more_than_they_hold(void **state)
{
	int64_t little = little_editor(), id;
	int64_t staff = fx_int("SELECT id FROM roles WHERE tenant_id = %lld AND name = 'Staff'",
	    (long long)fx.tenant[NORTH]);

	(void)state;
	fx_mark();
	assert_int_equal(make("More", "audit:export", &id), ERR_DENIED);
	assert_string_equal(fx_issue("permission"), "A role may hold no more than your own. You do "
	    "not hold: audit:view audit:export");
	assert_string_equal(fx.cx.refused, "the role More");
	assert_int_equal(change(little, 1, "Little", "role:edit user:edit"), ERR_DENIED);
	assert_int_equal(change(staff, 1, "Staff", "user:view"), ERR_DENIED);
	assert_int_equal(take_away(staff, "User"), ERR_DENIED);
	assert_true(fx_same());
	assert_int_equal(make("Less", "user:view", &id), OK);
	assert_int_equal(members_set_role(&fx.cx, fx.m[NORTH][GUEST].id, fx_id(id), STR("")),
	    OK);
	fx_mark();
	assert_int_equal(take_away(id, "Staff"), ERR_DENIED);
	assert_string_not_equal(fx_issue("role"), "");
	assert_true(fx_same());
}

/* {R2 R3} */
static void
built_in_ones_stay(void **state)
{
	int64_t admin = fx_int("SELECT id FROM roles WHERE tenant_id = %lld AND builtin = 'admin'",
	    (long long)fx.tenant[NORTH]);

	(void)state;
	fx_as(NORTH, ADMIN);
	fx_mark();
	assert_int_equal(change(admin, 1, "Chief", "user:view"), ERR_CONFLICT);
	assert_int_equal(take_away(admin, "Staff"), ERR_CONFLICT);
	assert_true(fx_same());
}

/* {R5} In force for the holder's next request; sorted by its new name. */
static void
an_edit_is_in_force_at_once(void **state)
{
	int64_t staff = fx_int("SELECT id FROM roles WHERE tenant_id = %lld AND name = 'Staff'",
	    (long long)fx.tenant[NORTH]);

	(void)state;
	fx_as(NORTH, STAFF);
	assert_false(access_has(&fx.cx, PERM_AUDIT_VIEW, IN_TENANT));
	fx_as(NORTH, ADMIN);
	fx_mark();
	assert_int_equal(change(staff, 1, "Zookeepers", "audit:view"), OK);
	assert_int_equal(fx_new_events(NORTH), 1);
	assert_string_equal(fx_sentence(NORTH), "Ada Admin edited the role Staff");
	fx_as(NORTH, STAFF);
	assert_true(access_has(&fx.cx, PERM_AUDIT_VIEW, IN_TENANT));
	assert_false(access_has(&fx.cx, PERM_USER_VIEW, IN_TENANT));
	assert_string_equal(fx_text("SELECT role_key FROM members WHERE id = %lld",
	    (long long)fx.m[NORTH][STAFF].id), "zookeepers");
	fx_as(NORTH, ADMIN);
	fx_mark();
	assert_int_equal(change(staff, 1, "Keepers", "audit:view"), ERR_CONFLICT);
	assert_string_equal(fx_issue(""), "");
	assert_int_equal(change(staff, 2, "Zookeepers", "audit:view"), OK);
	assert_true(fx_same());
}

/* {R6} Holders of every status move, each with an event of their own. */
static void
holders_move_when_a_role_goes(void **state)
{
	int64_t staff = fx_int("SELECT id FROM roles WHERE tenant_id = %lld AND name = 'Staff'",
	    (long long)fx.tenant[NORTH]), id;

	(void)state;
	fx_as(NORTH, ADMIN);
	assert_int_equal(members_set_role(&fx.cx, fx.m[NORTH][INVITED].id, fx_role(NORTH, "Staff"),
	    STR("")), OK);
	fx_mark();
	assert_int_equal(take_away(staff, ""), ERR_INVALID);
	assert_string_not_equal(fx_issue("role"), "");
	assert_int_equal(take_away(staff, "Staff"), ERR_INVALID);
	assert_true(fx_same());
	assert_int_equal(take_away(staff, "User"), OK);
	assert_int_equal(job, 0);
	assert_int_equal(fx_new_events(NORTH), 3);
	assert_string_equal(fx_sentence(NORTH), "Ada Admin deleted the role Staff");
	assert_int_equal(fx_int("SELECT count(*) FROM members WHERE role_id = %lld",
	    (long long)staff), 0);
	assert_int_equal(take_away(staff, "User"), ERR_NOTFOUND);
	/* The name is free again; one that nobody holds needs no other. */
	assert_int_equal(make("Staff", "user:view", &id), OK);
	assert_int_equal(take_away(id, ""), OK);
}

/* {R6} */
static void
not_ones_own_role(void **state)
{
	int64_t little = little_editor();

	(void)state;
	fx_mark();
	assert_int_equal(take_away(little, "Guest"), ERR_CONFLICT);
	assert_string_not_equal(fx_issue(""), "");
	assert_true(fx_same());
}

/* {R6} Many move by a job, and the role goes with the last of them. */
static void
many_holders_move_by_a_job(void **state)
{
	int64_t id;
	int     steps = 0;

	(void)state;
	fx_as(NORTH, ADMIN);
	assert_int_equal(make("Crowd", "user:view", &id), OK);
	for (int i = 0; i < 260; i++)
		fx_add_member(NORTH, "Cleo Crowd", arena_printf(fx.cx.arena, "c%d@crowd.example",
		    i), "Crowd", "/");
	fx_as(NORTH, ADMIN);
	assert_int_equal(take_away(id, "Guest"), OK);
	assert_int_not_equal(job, 0);
	assert_string_equal(fx_text("SELECT status FROM roles WHERE id = %lld", (long long)id),
	    "active");
	while (fx_system(SYSTEM), jobs_step(&fx.cx) == OK)
		assert_true(++steps < 300);
	assert_int_equal(fx_int("SELECT count(*) FROM members WHERE role_id = %lld",
	    (long long)id), 0);
	assert_string_equal(fx_text("SELECT status FROM roles WHERE id = %lld", (long long)id),
	    "removed");
	assert_int_equal(fx_int("SELECT done FROM jobs WHERE id = %lld", (long long)job), 210);
	assert_string_equal(fx_text("SELECT state FROM jobs WHERE id = %lld", (long long)job),
	    "done");
}

/* {R6 W3} So do many seats of a role of workspaces. */
static void
many_seats_move_by_a_job(void **state)
{
	struct role_input      in = { .name = STR("Crew"), .description = STR(""),
		.perms = perm_set_read("workspace:view") };
	struct workspace_input space = { STR("Ship"), STR(""), 0 };
	int64_t                id = id_new(FX_NOW), there = id_new(FX_NOW), viewer;
	int                    steps = 0;

	(void)state;
	fx_as(NORTH, ADMIN);
	assert_int_equal(roles_make(&fx.cx, id, "workspace", &in), OK);
	assert_int_equal(workspaces_make(&fx.cx, there, &space), OK);
	for (int i = 0; i < 130; i++)
		fx_add_member(NORTH, "Cleo Crowd", arena_printf(fx.cx.arena, "c%d@crowd.example",
		    i), "Guest", "/");
	fx_sql("INSERT INTO workspace_members (tenant_id, workspace_id, holder_id, member_id, "
	    "role_id, name_key, added_by, added_at) SELECT tenant_id, %lld, id, id, %lld, "
	    "name_key, 1, 1 FROM members WHERE email LIKE 'c%%@crowd.example'", (long long)there,
	    (long long)id);
	viewer = fx_int("SELECT id FROM roles WHERE tenant_id = %lld AND builtin = 'viewer'",
	    (long long)fx.tenant[NORTH]);
	fx_as(NORTH, ADMIN);
	fx.cx.issues = NULL;
	assert_int_equal(roles_remove(&fx.cx, id, fx_id(viewer), id_new(fx.cx.now), &job), OK);
	assert_int_not_equal(job, 0);
	assert_int_equal(fx_int("SELECT count(*) FROM workspace_members WHERE role_id = %lld",
	    (long long)id), 80);
	while (fx_system(SYSTEM), jobs_step(&fx.cx) == OK)
		assert_true(++steps < 300);
	assert_int_equal(fx_int("SELECT count(*) FROM workspace_members WHERE role_id = %lld",
	    (long long)viewer), 130);
	assert_string_equal(fx_text("SELECT status FROM roles WHERE id = %lld", (long long)id),
	    "removed");
	assert_int_equal(fx_int("SELECT done FROM jobs WHERE id = %lld", (long long)job), 80);
}

/* {R6} The job stops when its asker may not any more. */
static void
the_job_asks_again(void **state)
{
	int64_t id;
	int     steps = 0;

	(void)state;
	fx_as(NORTH, ADMIN);
	assert_int_equal(make("Crowd", "user:view", &id), OK);
	for (int i = 0; i < 60; i++)
		fx_add_member(NORTH, "Cleo Crowd", arena_printf(fx.cx.arena, "c%d@crowd.example",
		    i), "Crowd", "/");
	fx_as(NORTH, ADMIN);
	assert_int_equal(take_away(id, "Guest"), OK);
	fx_sql("UPDATE members SET role_id = (SELECT id FROM roles WHERE tenant_id = %lld AND "
	    "name = 'Guest') WHERE id = %lld", (long long)fx.tenant[NORTH],
	    (long long)fx.m[NORTH][ADMIN].id);
	while (fx_system(SYSTEM), jobs_step(&fx.cx) == OK)
		assert_true(++steps < 300);
	assert_string_equal(fx_text("SELECT state FROM jobs WHERE id = %lld", (long long)job),
	    "cancelled");
	assert_int_equal(fx_int("SELECT count(*) FROM members WHERE role_id = %lld",
	    (long long)id), 10);
}

/* {L2} */
static void
all_or_nothing(void **state)
{
	int64_t staff = fx_int("SELECT id FROM roles WHERE tenant_id = %lld AND name = 'Staff'",
	    (long long)fx.tenant[NORTH]), id;

	(void)state;
	fx_as(NORTH, ADMIN);
	fx_break("events");
	fx_mark();
	assert_int_equal(make("Porter", "user:view", &id), ERR_FAULT);
	assert_int_equal(change(staff, 1, "Porter", "user:view"), ERR_FAULT);
	assert_int_equal(take_away(staff, "User"), ERR_FAULT);
	assert_true(fx_same());
	fx_mend();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FX_TEST(a_role_is_made),
		FX_TEST(twice_is_once),
		FX_TEST(what_is_wrong_is_said),
		FX_TEST(it_needs_the_permission),
		FX_TEST(nobody_makes_more_than_they_hold),
		FX_TEST(built_in_ones_stay),
		FX_TEST(an_edit_is_in_force_at_once),
		FX_TEST(holders_move_when_a_role_goes),
		FX_TEST(not_ones_own_role),
		FX_TEST(many_holders_move_by_a_job),
		FX_TEST(many_seats_move_by_a_job),
		FX_TEST(the_job_asks_again),
		FX_TEST(all_or_nothing),
	};

	return FX_RUN(tests);
}
