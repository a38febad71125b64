/* workspaces/, and what core/ decides in one: who is in it, what they hold there, and that it
 * keeps an Owner. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../fixture.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/id.h"
#include "core/owners.h"
#include "db/db.h"
#include "groups/groups.h"
#include "jobs/jobs.h"
#include "members/members.h"
#include "profile/profile.h"
#include "roles/roles.h"
#include "signin/identity.h"
#include "workspaces/workspaces.h"

static int64_t
id_of(enum fx_who who)
{
	return fx.m[NORTH][who].id;
}

static struct str
role(const char *name)
{
	return fx_id(fx_int("SELECT id FROM roles WHERE tenant_id = %lld AND name = '%s' "
	    "AND scope = 'workspace' AND status <> 'removed'", (long long)fx.tenant[NORTH], name));
}

static enum err
make(const char *name, int64_t *id)
{
	struct workspace_input in = { str_of(name), STR(" What it is for "), 0 };

	*id = id_new(fx.cx.now);
	fx.cx.issues = NULL;
	return workspaces_make(&fx.cx, *id, &in);
}

static void
as_in(enum fx_who who, int64_t workspace)
{
	fx_as(NORTH, who);
	assert_int_equal(access_workspace(&fx.cx, workspace), OK);
}

static enum err
add(int64_t workspace, int64_t holder, const char *name)
{
	size_t added;

	fx.cx.issues = NULL;
	return workspaces_add(&fx.cx, workspace, &holder, 1, STR(""), role(name), &added);
}

/* "Payments", made by ADMIN, who acts in it. */
static int64_t
payments(void)
{
	int64_t id;

	fx_as(NORTH, ADMIN);
	assert_int_equal(make("Payments", &id), OK);
	assert_int_equal(access_workspace(&fx.cx, id), OK);
	return id;
}

static int64_t
group_of(enum fx_who who, struct str until)
{
	struct group_input in = { STR("Ops"), STR(""), STR(""), 0 };
	int64_t            id = id_new(FX_NOW), member = id_of(who);
	size_t             added;

	assert_int_equal(groups_make(&fx.cx, id, &in), OK);
	assert_int_equal(groups_add(&fx.cx, id, &member, 1, until, &added), OK);
	return id;
}

static int64_t
service(enum fx_tenant t)
{
	int64_t id = id_new(FX_NOW);

	fx_sql("INSERT INTO service_accounts (tenant_id, id, name, name_key, description, role_id, "
	    "status, created_by, created_at, version) SELECT %lld, %lld, 'Robot', 'robot', '', id, "
	    "'active', 0, 0, 1 FROM roles WHERE tenant_id = %lld AND builtin = 'consumer'",
	    (long long)fx.tenant[t], (long long)id, (long long)fx.tenant[t]);
	return id;
}

static bool
has(enum perm p, int64_t workspace)
{
	return access_has(&fx.cx, p, IN_WORKSPACE(workspace));
}

/* ---------------------------------------------------------------- making, editing, deleting */

/* {W2 L2} */
static void
a_workspace_is_made_edited_and_deleted(void **state)
{
	struct workspace_input in = { STR("Money"), STR("What it is for"), 1 };
	struct workspace       w;
	int64_t                id, other;

	(void)state;
	fx_as(NORTH, BUILDER);
	fx_mark();
	assert_int_equal(make("  Payments ", &id), OK);
	fx_one_event(NORTH, "Ben Builder made the workspace Payments",
	    "description: -> What it is for");
	assert_int_equal(fx_int("SELECT workspace_id FROM events ORDER BY seq DESC LIMIT 1"), id);
	assert_int_equal(access_workspace(&fx.cx, id), OK);
	assert_int_equal(workspaces_get(&fx.cx, id, &w), OK);
	assert_string_equal(w.name, "Payments");
	assert_int_equal(w.members, 1);
	fx_mark();
	assert_int_equal(workspaces_change(&fx.cx, id, &in), OK);
	fx_one_event(NORTH, "Ben Builder edited the workspace Payments", "name: Payments -> Money");
	fx_mark();
	assert_int_equal(workspaces_change(&fx.cx, id, &in), ERR_CONFLICT);
	in.version = 2;
	assert_int_equal(workspaces_change(&fx.cx, id, &in), OK);
	assert_int_equal(make("MONEY", &other), ERR_INVALID);
	assert_string_equal(fx_issue("name"), "There is a workspace MONEY already.");
	assert_int_equal(make("", &other), ERR_INVALID);
	assert_int_equal(workspaces_remove(&fx.cx, id, STR("money")), ERR_INVALID);
	assert_string_not_equal(fx_issue("typed"), "");
	assert_true(fx_same());
	fx_mark();
	assert_int_equal(workspaces_remove(&fx.cx, id, STR("Money")), OK);
	fx_one_event(NORTH, "Ben Builder deleted the workspace Money",
	    "members: 1 -> ; groups: 0 -> ");
	assert_int_equal(access_workspace(&fx.cx, id), ERR_NOTFOUND);
	assert_int_equal(make("Money", &other), OK);
}

/* {W2 E3} */
static void
a_form_sent_twice_makes_one(void **state)
{
	struct workspace_input in = { STR("Payments"), STR(""), 0 };
	int64_t                id = id_new(FX_NOW);

	(void)state;
	fx_as(NORTH, BUILDER);
	assert_int_equal(workspaces_make(&fx.cx, id, &in), OK);
	fx_mark();
	assert_int_equal(workspaces_make(&fx.cx, id, &in), OK);
	assert_true(fx_same());
	assert_int_equal(workspaces_make(&fx.cx, 0, &in), ERR_INVALID);
}

/* {W1} One own one, where the account allows it; nobody joins it. */
static void
a_personal_one_is_its_makers_alone(void **state)
{
	struct workspace_input in = { STR("Mine"), STR(""), 0 };
	struct workspace_input again = { STR("More"), STR(""), 0 };
	int64_t                id = id_new(FX_NOW);
	struct workspace_list  l;
	struct list_want       w = { .rows = 25 };

	(void)state;
	fx_as(NORTH, GUEST);
	fx_mark();
	assert_int_equal(workspaces_make_own(&fx.cx, id, &in), ERR_DENIED);
	assert_true(fx_same());
	fx_sql("UPDATE tenants SET personal_workspaces = 1");
	assert_int_equal(workspaces_make_own(&fx.cx, id, &in), OK);
	assert_int_equal(workspaces_make_own(&fx.cx, id, &in), OK);
	assert_int_equal(workspaces_make_own(&fx.cx, id_new(FX_NOW), &again), ERR_DENIED);
	assert_int_equal(access_workspace(&fx.cx, id), OK);
	assert_true(has(PERM_WORKSPACE_MEMBERS, id));
	fx_mark();
	assert_int_equal(add(id, id_of(USER), "Viewer"), ERR_CONFLICT);
	assert_true(fx_same());
	as_in(ADMIN, id);
	assert_int_equal(add(id, id_of(USER), "Viewer"), ERR_CONFLICT);
	assert_int_equal(workspaces_list(&fx.cx, &w, "", false, &l), OK);
	assert_int_equal(l.n, 0);
	assert_int_equal(l.all, 0);
	assert_int_equal(workspaces_list(&fx.cx, &w, "", true, &l), OK);
	assert_int_equal(l.n, 1);
	assert_int_equal(l.all, 1);
	/* It is somebody else's when its owner goes, and no longer personal. */
	assert_int_equal(members_remove(&fx.cx, id_of(GUEST), STR("")), OK);
	assert_int_equal(workspaces_list(&fx.cx, &w, "", false, &l), OK);
	assert_int_equal(workspaces_people(&fx.cx, &l), OK);
	assert_int_equal(l.n, 1);
	assert_int_equal(l.all, 1);
	assert_string_equal(l.items[0].owners, "Ada Admin");
}

/* ---------------------------------------------------------------- who is in it */

/* {W3 L2} */
static void
people_groups_and_service_accounts_come_and_go(void **state)
{
	struct list_want w = { .rows = 25 };
	struct seat_list l;
	size_t           added;
	int64_t          id = payments(), group = group_of(GUEST, STR("")), robot = service(NORTH);

	(void)state;
	fx_mark();
	assert_int_equal(add(id, id_of(USER), "Viewer"), OK);
	fx_one_event(NORTH, "Ada Admin added Una User to Payments as Viewer",
	    "workspace: -> Payments; role: -> Viewer");
	fx_mark();
	assert_int_equal(add(id, id_of(USER), "Owner"), OK);
	assert_true(fx_same());
	assert_int_equal(add(id, group, "Contributor"), OK);
	assert_int_equal(add(id, robot, "Viewer"), OK);
	assert_int_equal(workspaces_add(&fx.cx, id, NULL, 0,
	    str_of(fx.m[NORTH][STAFF].email), role("Viewer"), &added), OK);
	assert_int_equal(added, 1);
	assert_int_equal(workspaces_seats(&fx.cx, id, &w, &l), OK);
	assert_int_equal(l.n, 5);
	assert_string_equal(l.items[0].name, "Ada Admin");
	assert_int_equal(l.items[1].kind, SEAT_GROUP);
	assert_int_equal(l.items[2].kind, SEAT_SERVICE);
	assert_int_equal(fx_int("SELECT members * 10 + groups FROM workspaces"), 41);
	fx_mark();
	assert_int_equal(workspaces_set_role(&fx.cx, id, id_of(USER), role("Owner")), OK);
	fx_one_event(NORTH,
	    "Ada Admin changed the role of Una User in Payments from Viewer to Owner",
	    "workspace: -> Payments; role: Viewer -> Owner");
	fx_mark();
	assert_int_equal(workspaces_take_out(&fx.cx, id, id_of(USER)), OK);
	fx_one_event(NORTH, "Ada Admin removed Una User from Payments",
	    "workspace: Payments -> ; role: Owner -> ");
	assert_int_equal(workspaces_take_out(&fx.cx, id, id_of(USER)), ERR_NOTFOUND);
	as_in(STAFF, id);
	fx_mark();
	assert_int_equal(workspaces_leave(&fx.cx, id), OK);
	fx_one_event(NORTH, "Stan Staff left the workspace Payments",
	    "workspace: Payments -> ; role: Viewer -> ");
	assert_int_equal(workspaces_leave(&fx.cx, id), ERR_NOTFOUND);
	as_in(GUEST, id);
	assert_int_equal(workspaces_leave(&fx.cx, id), ERR_NOTFOUND);
}

/* {W3} */
static void
a_bad_form_is_told(void **state)
{
	size_t  added;
	int64_t id = payments(), user = id_of(USER);

	(void)state;
	fx_mark();
	assert_int_equal(workspaces_add(&fx.cx, id, NULL, 0, STR(""), role("Viewer"), &added),
	    ERR_INVALID);
	assert_string_equal(fx_issue("id"), "Choose whom to add.");
	assert_int_equal(workspaces_add(&fx.cx, id, NULL, 0, STR("no@where.example"),
	    role("Viewer"), &added), ERR_INVALID);
	assert_string_not_equal(fx_issue("email"), "");
	/* Of another account. */
	assert_int_equal(workspaces_add(&fx.cx, id, NULL, 0, str_of(fx.m[SOUTH][USER].email),
	    role("Viewer"), &added), ERR_INVALID);
	/* A role of the account. */
	assert_int_equal(workspaces_add(&fx.cx, id, &user, 1, STR(""), fx_role(NORTH, "Guest"),
	    &added), ERR_INVALID);
	assert_string_not_equal(fx_issue("role"), "");
	assert_true(fx_same());
}

/* ---------------------------------------------------------------- what is held there */

/* {R4} A role of the account brings what it holds of workspaces to who belongs there. */
static void
a_tenant_role_counts_where_its_holder_belongs(void **state)
{
	int64_t id = payments(), other;

	(void)state;
	assert_int_equal(add(id, id_of(CONSUMER), "Viewer"), OK);
	assert_int_equal(make("Other", &other), OK);
	as_in(CONSUMER, id);
	assert_true(has(PERM_WORKSPACE_VIEW, id) && has(PERM_WORKSPACE_WRITE, id));
	assert_int_equal(access_need(&fx.cx, PERM_WORKSPACE_EDIT, IN_WORKSPACE(id)), ERR_DENIED);
	/* It was not read. */
	assert_int_equal(access_need(&fx.cx, PERM_WORKSPACE_VIEW, IN_WORKSPACE(other)),
	    ERR_NOTFOUND);
	assert_int_equal(access_workspace(&fx.cx, other), OK);
	assert_int_equal(access_need(&fx.cx, PERM_WORKSPACE_VIEW, IN_WORKSPACE(other)),
	    ERR_NOTFOUND);
	as_in(GUEST, id);
	assert_int_equal(access_need(&fx.cx, PERM_WORKSPACE_VIEW, IN_WORKSPACE(id)), ERR_NOTFOUND);
}

/* {R4 G3 G4 R5} SECURITY 58: to the millisecond, and inside an act that began before. */
static void
a_group_brings_its_role_while_one_is_in_it(void **state)
{
	int64_t id = payments(), group = group_of(GUEST, STR("2099-01-31")), until;

	(void)state;
	assert_int_equal(add(id, group, "Contributor"), OK);
	until = fx_int("SELECT until_at FROM group_members");
	as_in(GUEST, id);
	assert_true(has(PERM_WORKSPACE_EXECUTE, id));
	for (int ms = -1; ms <= 1; ms++) {
		fx.cx.now = until + ms;
		assert_int_equal(access_again(&fx.cx), OK);
		assert_int_equal(has(PERM_WORKSPACE_EXECUTE, id), ms < 0);
		assert_int_equal(has(PERM_WORKSPACE_VIEW, id), ms < 0);
	}
	as_in(GUEST, id);
	fx_sql("DELETE FROM workspace_members WHERE holder_id = %lld", (long long)group);
	assert_true(has(PERM_WORKSPACE_VIEW, id));
	assert_int_equal(access_again(&fx.cx), OK);
	assert_int_equal(access_need(&fx.cx, PERM_WORKSPACE_VIEW, IN_WORKSPACE(id)), ERR_NOTFOUND);
	fx_sql("UPDATE workspaces SET status = 'removed'");
	fx_as(NORTH, ADMIN);
	assert_int_equal(access_workspace(&fx.cx, id), ERR_NOTFOUND);
	assert_int_equal(access_need(&fx.cx, PERM_WORKSPACE_VIEW, IN_WORKSPACE(id)), ERR_NOTFOUND);
}

/* {R4 R4a W1} In the root organization alone. */
static void
some_roles_see_or_manage_every_workspace(void **state)
{
	struct role_input in = { .name = STR("Seer"), .description = STR(""),
		.perms = perm_set_read("workspace:view_all") };
	int64_t           id = payments(), seer = id_new(FX_NOW);

	(void)state;
	assert_int_equal(roles_make(&fx.cx, seer, "tenant", &in), OK);
	assert_int_equal(members_set_role(&fx.cx, id_of(USER), fx_id(seer), STR("")), OK);
	assert_int_equal(members_set_role(&fx.cx, id_of(WEST_USER), fx_id(seer), STR("")), OK);
	as_in(USER, id);
	assert_true(has(PERM_WORKSPACE_VIEW, id));
	assert_int_equal(access_need(&fx.cx, PERM_WORKSPACE_WRITE, IN_WORKSPACE(id)), ERR_DENIED);
	as_in(WEST_USER, id);
	assert_int_equal(access_need(&fx.cx, PERM_WORKSPACE_VIEW, IN_WORKSPACE(id)), ERR_NOTFOUND);
	as_in(WEST_ADMIN, id);
	assert_int_equal(access_need(&fx.cx, PERM_WORKSPACE_VIEW, IN_WORKSPACE(id)), ERR_NOTFOUND);
	as_in(ADMIN, id);
	fx_sql("DELETE FROM workspace_members");
	assert_int_equal(access_again(&fx.cx), OK);
	assert_true(has(PERM_WORKSPACE_DELETE, id) && has(PERM_WORKSPACE_MEMBERS, id));
	/* By a key no more than it may hold. */
	fx.cx.key = &(struct by_key){
		.most = perm_set_read("workspace:view workspace:manage_all") };
	assert_true(has(PERM_WORKSPACE_VIEW, id));
	assert_false(has(PERM_WORKSPACE_WRITE, id));
	assert_int_equal(access_inside(&fx.cx).bits, perm_set_read("workspace:view").bits);
}

/* {E4 R8} A refusal there tells the workspace. */
static void
a_refusal_names_its_workspace(void **state)
{
	int64_t id = payments(), first;

	(void)state;
	assert_int_equal(add(id, id_of(GUEST), "Viewer"), OK);
	as_in(GUEST, id);
	assert_int_equal(access_refused(&fx.cx, PERM_WORKSPACE_EDIT, "x"), OK);
	first = fx.cx.decision;
	assert_int_equal(fx_int("SELECT workspace_id FROM decisions WHERE id = %lld",
	    (long long)first), id);
	assert_int_equal(fx_int("SELECT workspace_id FROM events ORDER BY seq DESC LIMIT 1"), id);
	assert_int_equal(access_refused(&fx.cx, PERM_WORKSPACE_EDIT, "x"), OK);
	assert_int_equal(fx.cx.decision, first);
	fx.cx.inside.id = 0;
	assert_int_equal(access_refused(&fx.cx, PERM_WORKSPACE_EDIT, "x"), OK);
	assert_int_not_equal(fx.cx.decision, first);
}

/* ---------------------------------------------------------------- more than one holds */

/* {R7} SECURITY 54: neither by a role there, nor by a group that has one there. */
static void
nobody_gives_more_than_they_hold_there(void **state)
{
	struct role_input in = { .name = STR("Porter"), .description = STR(""),
		.perms = perm_set_read("workspace:members") },
	    grouper = { .name = STR("Grouper"), .description = STR(""),
		.perms = perm_set_read("group:edit user:view") };
	int64_t id = payments(), porter = id_new(FX_NOW),
	    strong = group_of(STAFF, STR("2098-01-01")),
	    role_id = id_new(FX_NOW) + 1, member = id_of(USER);
	size_t  added;

	(void)state;
	assert_int_equal(roles_make(&fx.cx, porter, "workspace", &in), OK);
	assert_int_equal(roles_make(&fx.cx, role_id, "tenant", &grouper), OK);
	assert_int_equal(members_set_role(&fx.cx, member, fx_id(role_id), STR("")), OK);
	assert_int_equal(add(id, member, "Porter"), OK);
	assert_int_equal(add(id, strong, "Owner"), OK);
	assert_int_equal(add(id, id_of(GUEST), "Viewer"), OK);
	as_in(USER, id);
	fx_mark();
	assert_int_equal(add(id, id_of(HELPDESK), "Owner"), ERR_DENIED);
	assert_string_equal(fx_issue("role"),
	    "You cannot give a role that holds more than your own.");
	assert_string_equal(fx.cx.refused, "the role Owner");
	assert_int_equal(workspaces_set_role(&fx.cx, id, member, role("Owner")), ERR_DENIED);
	assert_int_equal(workspaces_set_role(&fx.cx, id, id_of(GUEST), role("Contributor")),
	    ERR_DENIED);
	assert_int_equal(groups_add(&fx.cx, strong, &member, 1, STR(""), &added), ERR_DENIED);
	assert_int_equal(groups_set_until(&fx.cx, strong, id_of(STAFF), NULL, STR("")), ERR_DENIED);
	assert_true(fx_same());
	assert_int_equal(add(id, id_of(HELPDESK), "Viewer"), OK);
	assert_int_equal(workspaces_take_out(&fx.cx, id, id_of(GUEST)), OK);
	/* Who owns the workspace may. */
	as_in(ADMIN, id);
	assert_int_equal(workspaces_set_role(&fx.cx, id, member, role("Owner")), OK);
	fx_as(NORTH, USER);
	assert_int_equal(groups_set_until(&fx.cx, strong, id_of(STAFF), NULL, STR("")), OK);
}

/* {W3 E4} Who may see no people adds them by address, and nobody by a number. */
static void
an_owner_who_sees_no_people_knows_addresses(void **state)
{
	int64_t id = payments(), group = group_of(GUEST, STR(""));
	size_t  added;

	(void)state;
	assert_int_equal(add(id, id_of(CONSUMER), "Owner"), OK);
	as_in(CONSUMER, id);
	fx_mark();
	assert_int_equal(add(id, id_of(USER), "Viewer"), ERR_NOTFOUND);
	assert_int_equal(add(id, group, "Viewer"), ERR_NOTFOUND);
	assert_int_equal(add(id, service(SOUTH), "Viewer"), ERR_NOTFOUND);
	assert_int_equal(fx_new_events(NORTH), 0);
	assert_int_equal(workspaces_add(&fx.cx, id, NULL, 0, str_of(fx.m[NORTH][USER].email),
	    role("Viewer"), &added), OK);
}

/* ---------------------------------------------------------------- Owners */

/* {W2} */
static void
the_last_owner_stays(void **state)
{
	int64_t id = payments(), group = group_of(GUEST, STR(""));

	(void)state;
	assert_int_equal(add(id, service(NORTH), "Owner"), OK);
	fx_mark();
	assert_int_equal(workspaces_set_role(&fx.cx, id, id_of(ADMIN), role("Viewer")),
	    ERR_CONFLICT);
	assert_string_not_equal(fx_issue(""), "");
	assert_int_equal(workspaces_take_out(&fx.cx, id, id_of(ADMIN)), ERR_CONFLICT);
	assert_int_equal(workspaces_leave(&fx.cx, id), ERR_CONFLICT);
	assert_true(fx_same());
	assert_int_equal(add(id, group, "Owner"), OK);
	assert_int_equal(workspaces_leave(&fx.cx, id), OK);
}

/* "Payments", which a group owns; GUEST is in that. */
static int64_t
owned_by_group(int64_t *group)
{
	int64_t id = payments();

	*group = group_of(GUEST, STR(""));
	assert_int_equal(add(id, *group, "Owner"), OK);
	return id;
}

/* {W2} A group is an Owner as long as an active person is in it for good. */
static void
a_group_that_nobody_is_in_owns_nothing(void **state)
{
	int64_t group, id = owned_by_group(&group), user = id_of(USER);
	size_t  added;

	(void)state;
	assert_int_equal(groups_take_out(&fx.cx, group, id_of(GUEST)), OK);
	fx_mark();
	assert_int_equal(workspaces_leave(&fx.cx, id), ERR_CONFLICT);
	assert_true(fx_same());
	assert_int_equal(groups_add(&fx.cx, group, &user, 1, STR("2099-01-31"), &added), OK);
	assert_int_equal(workspaces_leave(&fx.cx, id), ERR_CONFLICT);
	assert_int_equal(groups_set_until(&fx.cx, group, user, "2099-01-31", STR("")), OK);
	fx_sql("UPDATE members SET status = 'deactivated' WHERE id = %lld", (long long)user);
	assert_int_equal(workspaces_leave(&fx.cx, id), ERR_CONFLICT);
	fx_sql("UPDATE members SET status = 'active' WHERE id = %lld", (long long)user);
	assert_int_equal(workspaces_leave(&fx.cx, id), OK);
}

/* {W2} Nor does the last one go from it, or get an end. */
static void
the_last_of_an_owning_group_stays_in_it(void **state)
{
	int64_t group, id = owned_by_group(&group), more[] = { id_of(STAFF) };
	size_t  added;

	(void)state;
	assert_int_equal(workspaces_leave(&fx.cx, id), OK);
	fx_as(NORTH, ADMIN);
	fx_mark();
	assert_int_equal(groups_take_out(&fx.cx, group, id_of(GUEST)), ERR_CONFLICT);
	assert_string_equal(fx_issue(""),
	    "Payments would have no Owner. Make somebody else Owner there first.");
	assert_int_equal(groups_set_until(&fx.cx, group, id_of(GUEST), "", STR("2099-01-31")),
	    ERR_CONFLICT);
	assert_true(fx_same());
	fx.cx.issues = NULL;
	assert_int_equal(groups_add(&fx.cx, group, more, 1, STR(""), &added), OK);
	assert_int_equal(groups_take_out(&fx.cx, group, id_of(GUEST)), OK);
	assert_int_equal(groups_take_out(&fx.cx, group, id_of(STAFF)), ERR_CONFLICT);
}

static enum err
stop(int64_t id)
{
	return members_deactivate(&fx.cx, id, STR(""));
}

static enum err
take_away(int64_t id)
{
	return members_remove(&fx.cx, id, STR(""));
}

static enum err
take_away_as_one_of_many(int64_t id)
{
	struct member m;

	TRY(members_get(&fx.cx, id, &m));
	TRY(db_begin(fx.cx.db));
	return db_finish(fx.cx.db, members_act(&fx.cx, MANY_REMOVE, &m, NULL));
}

static enum err
erase(int64_t id)
{
	return identity_erase(&fx.cx, id, STR("DELETE"), true);
}

/* {U8d W2} */
static void
the_actor_inherits_what_has_no_owner(void **state)
{
	static enum err (*const ways[])(int64_t) = { take_away, take_away_as_one_of_many, erase };

	(void)state;
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		int64_t id;

		fx_again();
		fx_as(NORTH, BUILDER);
		assert_int_equal(make("Payments", &id), OK);
		fx_as(NORTH, ADMIN);
		fx_mark();
		assert_int_equal(ways[i](id_of(BUILDER)), OK);
		assert_int_equal(fx_new_events(NORTH), 2);
		assert_int_equal(fx_int("SELECT count(*) FROM workspace_members"), 1);
		assert_int_equal(fx_int("SELECT count(*) FROM workspace_members wm JOIN roles r "
		    "ON r.id = wm.role_id WHERE r.builtin = 'owner' AND wm.holder_id = %lld",
		    (long long)id_of(ADMIN)), 1);
		assert_string_equal(fx_text("SELECT subject_name FROM events WHERE act = 197"),
		    "Ada Admin");
	}
}

/* {U8d U8c W2} Of who owns it by a group alone, too; and of who is deactivated, but for what is
 * theirs alone. */
static void
the_actor_inherits_of_the_last_in_a_group(void **state)
{
	static enum err (*const ways[])(int64_t) = { take_away, take_away_as_one_of_many, erase,
		stop };

	(void)state;
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		int64_t group, id;

		fx_again();
		id = owned_by_group(&group);
		assert_int_equal(workspaces_leave(&fx.cx, id), OK);
		fx_as(NORTH, ADMIN);
		assert_int_equal(ways[i](id_of(GUEST)), OK);
		assert_int_equal(fx_int("SELECT count(*) FROM workspace_members wm JOIN roles r "
		    "ON r.id = wm.role_id WHERE r.builtin = 'owner' AND wm.holder_id = %lld",
		    (long long)id_of(ADMIN)), 1);
		assert_string_equal(fx_text("SELECT subject_name FROM events WHERE act = 197"),
		    "Ada Admin");
	}
}

/* {R7 U8d} Who may send people away and no more inherits nothing: an administrator does. */
static void
nobody_inherits_more_than_they_hold(void **state)
{
	struct role_input in = { .name = STR("Porter"), .description = STR(""),
		.perms = perm_set_read("user:view user:remove user:deactivate") };
	int64_t           id, role_id = id_new(FX_NOW);

	(void)state;
	fx_as(NORTH, BUILDER);
	assert_int_equal(make("Payments", &id), OK);
	fx_as(NORTH, ADMIN);
	assert_int_equal(roles_make(&fx.cx, role_id, "tenant", &in), OK);
	assert_int_equal(members_set_role(&fx.cx, id_of(STAFF), fx_id(role_id), STR("")), OK);
	fx_as(NORTH, STAFF);
	assert_int_equal(members_deactivate(&fx.cx, id_of(BUILDER), STR("")), OK);
	assert_string_equal(fx_text("SELECT subject_name FROM events WHERE act = 197"),
	    "Ada Admin");
}

/* {F6 U8d} Who deletes the own account cannot inherit: an administrator does. */
static void
an_admin_inherits_of_who_deletes_themselves(void **state)
{
	int64_t id, until;

	(void)state;
	fx_as(NORTH, BUILDER);
	assert_int_equal(make("Payments", &id), OK);
	assert_int_equal(profile_delete(&fx.cx, &(struct delete_input){ STR(FX_PASSWORD),
	    STR("DELETE"), STR("") }, &until), OK);
	assert_int_equal(fx_int("SELECT wm.member_id FROM workspace_members wm JOIN roles r "
	    "ON r.id = wm.role_id WHERE r.builtin = 'owner' AND wm.workspace_id = %lld",
	    (long long)id), id_of(ADMIN));
	assert_string_equal(fx_text("SELECT subject_name FROM events WHERE act = 197"),
	    "Ada Admin");
}

/* {W3} SECURITY 51: one that is not to be had refuses all of them. */
static void
one_strange_holder_refuses_all(void **state)
{
	int64_t id = payments(), holders[] = { id_of(USER), fx.m[SOUTH][USER].id, id_of(GUEST) };
	size_t  added;

	(void)state;
	fx_mark();
	assert_int_equal(workspaces_add(&fx.cx, id, holders, 3, STR(""), role("Viewer"), &added),
	    ERR_NOTFOUND);
	assert_int_equal(workspaces_add(&fx.cx, id, holders, 1, STR("no@where.example"),
	    role("Viewer"), &added), ERR_INVALID);
	assert_true(fx_same());
}

/* {G1} Of a group that is deleted, too; where there is another Owner, nobody inherits. */
static void
a_deleted_group_leaves_an_owner(void **state)
{
	int64_t id = payments(), group = group_of(GUEST, STR(""));

	(void)state;
	assert_int_equal(add(id, group, "Owner"), OK);
	assert_int_equal(add(id, id_of(USER), "Viewer"), OK);
	assert_int_equal(workspaces_leave(&fx.cx, id), OK);
	fx_as(NORTH, ADMIN);
	fx_mark();
	assert_int_equal(groups_remove(&fx.cx, group), OK);
	assert_int_equal(fx_new_events(NORTH), 2);
	assert_string_equal(fx_text("SELECT member_id FROM workspace_members wm JOIN roles r ON "
	    "r.id = wm.role_id WHERE r.builtin = 'owner'"),
	    arena_printf(fx.keep, "%lld", (long long)id_of(ADMIN)));
	assert_int_equal(members_remove(&fx.cx, id_of(USER), STR("")), OK);
	assert_int_equal(fx_int("SELECT members FROM workspaces"), 1);
	assert_int_equal(fx_int("SELECT groups FROM workspaces"), 0);
}

/* {W2} */
static pid_t
racer(const int start[2], int64_t self, int64_t workspace, int64_t group)
{
	pid_t pid = fork();
	char  c;

	if (pid != 0)
		return pid;
	close(start[1]);
	if (group == 0)
		fx.cx.actor.member = self;
	if (db_open(&fx.cx.db, fx_url()) != OK || read(start[0], &c, 1) != 0)
		_exit(100);
	_exit((int)(group ? groups_take_out(&fx.cx, group, self) :
	    workspaces_leave(&fx.cx, workspace)));
}

/* {W2} Two Owners leave at the same instant, or the last two of a group that owns it are taken out
 * of that: one of them stays. */
static void
two_owners_leave_at_once(void **state)
{
	(void)state;
	for (int round = 0; round < 20; round++) {
		pid_t   pids[2];
		int     start[2], status, left = 0;
		int64_t id, group = 0, builder = id_of(BUILDER);
		size_t  added;

		bool by_group = round % 2;

		fx_again();
		id = by_group ? owned_by_group(&group) : payments();
		if (by_group) {
			assert_int_equal(groups_add(&fx.cx, group, &builder, 1, STR(""), &added),
			    OK);
			assert_int_equal(workspaces_leave(&fx.cx, id), OK);
			fx_as(NORTH, ADMIN);
		} else
			assert_int_equal(add(id, id_of(BUILDER), "Owner"), OK);
		fx_close();
		assert_int_equal(pipe(start), 0);
		pids[0] = racer(start, id_of(by_group ? GUEST : ADMIN), id, group);
		pids[1] = racer(start, id_of(BUILDER), id, group);
		close(start[0]);
		close(start[1]);
		for (int i = 0; i < 2; i++) {
			assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
			assert_true(WIFEXITED(status));
			left += WEXITSTATUS(status) == OK;
			if (WEXITSTATUS(status) != OK)
				assert_int_equal(WEXITSTATUS(status), ERR_CONFLICT);
		}
		fx_open();
		assert_int_equal(left, 1);
		assert_int_equal(fx_int("SELECT count(*) FROM workspace_members"), 1);
		if (by_group)
			assert_int_equal(fx_int("SELECT count(*) FROM group_members"), 1);
	}
}

/* ---------------------------------------------------------------- lists */

/* {W1} */
static void
the_list_is_paged_sorted_and_searched(void **state)
{
	struct list_want      w = { .rows = 25 };
	struct workspace_list l;
	int64_t               id;

	(void)state;
	fx_as(NORTH, ADMIN);
	for (int i = 0; i < 60; i++)
		assert_int_equal(make(arena_printf(fx.keep, "Space %02d", 59 - i), &id), OK);
	for (int page = 0; page < 3; page++) {
		assert_int_equal(workspaces_list(&fx.cx, &w, "", false, &l), OK);
		assert_int_equal(workspaces_people(&fx.cx, &l), OK);
		assert_int_equal(l.all, 60);
		assert_int_equal(l.n, page < 2 ? 25 : 10);
		assert_string_equal(l.items[0].name,
		    arena_printf(fx.keep, "Space %02d", page * 25));
		assert_string_equal(l.items[0].owners, "Ada Admin");
		w.key = workspaces_key(&fx.cx, &l.items[l.n - 1], w.sort);
		w.id = l.items[l.n - 1].id;
	}
	w.back = true;
	w.key = workspaces_key(&fx.cx, &l.items[0], w.sort);
	w.id = l.items[0].id;
	assert_int_equal(workspaces_list(&fx.cx, &w, "", false, &l), OK);
	assert_string_equal(l.items[0].name, "Space 25");
	w = (struct list_want){ .rows = 25, .sort = WORKSPACES_CREATED, .number = true };
	assert_int_equal(workspaces_list(&fx.cx, &w, "", false, &l), OK);
	assert_string_equal(l.items[0].name, "Space 59");
	assert_int_equal(workspaces_list(&fx.cx, &w, "CE 0", false, &l), OK);
	assert_int_equal(l.n, 10);
	/* Others see what they belong to, directly or by a group. */
	assert_int_equal(access_workspace(&fx.cx, id), OK);
	assert_int_equal(add(id, id_of(GUEST), "Viewer"), OK);
	assert_int_equal(add(id, group_of(GUEST, STR("")), "Viewer"), OK);
	fx_as(NORTH, GUEST);
	assert_int_equal(workspaces_list(&fx.cx, &w, "", false, &l), OK);
	assert_int_equal(l.n, 1);
	assert_int_equal(l.all, 1);
	assert_false(l.everything);
	fx_as(NORTH, WEST_ADMIN);
	assert_int_equal(workspaces_list(&fx.cx, &w, "", false, &l), OK);
	assert_int_equal(l.n, 0);
	fx_as(SOUTH, ADMIN);
	assert_int_equal(workspaces_list(&fx.cx, &w, "", false, &l), OK);
	assert_int_equal(l.n, 0);
}

/* {W4} Who may enter is who the decision lets in, each with what lets them. */
static void
who_may_enter_is_told(void **state)
{
	struct list_want w = { .rows = 100 };
	struct entrants  l;
	int64_t          id = payments(), group = group_of(GUEST, STR("2099-01-31"));

	(void)state;
	assert_int_equal(add(id, group, "Contributor"), OK);
	assert_int_equal(add(id, id_of(GUEST), "Viewer"), OK);
	assert_int_equal(add(id, id_of(EAST_USER), "Viewer"), OK);
	assert_int_equal(add(id, id_of(INVITED), "Viewer"), OK);
	assert_int_equal(add(id, id_of(DEACTIVATED), "Viewer"), OK);
	assert_int_equal(workspaces_entrants(&fx.cx, id, &w, &l), OK);
	for (enum fx_who who = 0; who < FX_MEMBERS; who++) {
		bool listed = false, enters = false;

		for (size_t i = 0; i < l.n; i++)
			listed |= l.items[i].id == id_of(who);
		if (fx_try_as(NORTH, who) == PLACE_MEMBER &&
		    access_workspace(&fx.cx, id) == OK)
			enters = has(PERM_WORKSPACE_VIEW, id);
		if (listed != enters)
			fail_msg("%s: listed %d, enters %d", fx.m[NORTH][who].name, listed, enters);
	}
	as_in(ADMIN, id);
	assert_int_equal(workspaces_entrants(&fx.cx, id, &w, &l), OK);
	for (size_t i = 0; i < l.n; i++) {
		assert_true(l.items[i].nways > 0);
		if (l.items[i].id == id_of(GUEST)) {
			assert_int_equal(l.items[i].nways, 2);
			assert_string_equal(l.items[i].ways[0].role_name, "Viewer");
			assert_string_equal(l.items[i].ways[1].group_name, "Ops");
		} else if (l.items[i].id == id_of(ADMIN)) {
			assert_int_equal(l.items[i].nways, 2);
			assert_true(l.items[i].ways[1].everywhere);
		}
	}
}

/* {R6} */
static void
seats_get_the_replacement_of_a_deleted_role(void **state)
{
	struct role_input in = { .name = STR("Porter"), .description = STR(""),
		.perms = perm_set_read("workspace:members") };
	struct seat       s;
	int64_t           id = payments(), porter = id_new(FX_NOW), job;

	(void)state;
	assert_int_equal(roles_make(&fx.cx, porter, "workspace", &in), OK);
	assert_int_equal(add(id, id_of(USER), "Porter"), OK);
	fx_mark();
	assert_int_equal(roles_remove(&fx.cx, porter, STR(""), id_new(FX_NOW), &job), ERR_INVALID);
	fx.cx.issues = NULL;
	assert_int_equal(roles_remove(&fx.cx, porter, fx_role(NORTH, "Staff"), id_new(FX_NOW),
	    &job), ERR_INVALID);
	assert_true(fx_same());
	assert_int_equal(roles_remove(&fx.cx, porter, role("Viewer"), id_new(FX_NOW), &job), OK);
	assert_int_equal(fx_new_events(NORTH), 2);
	assert_int_equal(workspaces_seat(&fx.cx, id, id_of(USER), &s), OK);
	assert_string_equal(s.role_name, "Viewer");
}

#define DIRECTLY "INSERT INTO workspace_members (tenant_id, workspace_id, holder_id, member_id, " \
	"role_id, name_key, added_by, added_at) SELECT %lld, %lld, %lld, %lld, id, '', 0, 0 " \
	"FROM roles WHERE builtin = 'viewer' AND tenant_id = %lld"

/* {W3 E4} SECURITY 52 */
static void
other_accounts_stay_outside(void **state)
{
	struct workspace w;
	long long        north = fx.tenant[NORTH], south = fx.tenant[SOUTH];
	int64_t          id = payments(), other, theirs = fx.m[SOUTH][USER].id;

	(void)state;
	assert_int_equal(add(id, theirs, "Viewer"), ERR_NOTFOUND);
	assert_int_equal(add(id, service(SOUTH), "Viewer"), ERR_NOTFOUND);
	fx_as(SOUTH, ADMIN);
	fx_mark();
	assert_int_equal(access_workspace(&fx.cx, id), ERR_NOTFOUND);
	assert_int_equal(workspaces_get(&fx.cx, id, &w), ERR_NOTFOUND);
	assert_int_equal(workspaces_remove(&fx.cx, id, STR("Payments")), ERR_NOTFOUND);
	assert_int_equal(workspaces_take_out(&fx.cx, id, id_of(ADMIN)), ERR_NOTFOUND);
	assert_int_equal(workspaces_leave(&fx.cx, id), ERR_NOTFOUND);
	assert_true(fx_same());
	assert_int_equal(make("Payments", &other), OK);
	assert_int_equal(access_workspace(&fx.cx, other), OK);
	assert_int_equal(add(other, id_of(USER), "Viewer"), ERR_INVALID);
	assert_true(fx_sql_fails(DIRECTLY, south, (long long)other, (long long)id_of(USER),
	    (long long)id_of(USER), south));
	assert_true(fx_sql_fails(DIRECTLY, south, (long long)id, (long long)theirs,
	    (long long)theirs, south));
	assert_true(fx_sql_fails(DIRECTLY, south, (long long)other, (long long)theirs,
	    (long long)theirs, north));
	fx_sql(DIRECTLY, south, (long long)other, (long long)theirs, (long long)theirs, south);
}

/* {W4} */
static void
the_last_one_is_remembered(void **state)
{
	int64_t id = payments(), last;

	(void)state;
	assert_int_equal(workspaces_last(&fx.cx, &last), OK);
	assert_int_equal(last, 0);
	assert_int_equal(workspaces_note_last(&fx.cx), OK);
	assert_int_equal(workspaces_last(&fx.cx, &last), OK);
	assert_int_equal(last, id);
}

static int64_t
seats(enum fx_who who)
{
	return fx_int("SELECT seats FROM members WHERE id = %lld", (long long)id_of(who));
}

/* The kept count by which a user's page asks for workspaces at all. */
static void
seats_are_counted(void **state)
{
	int64_t       id = payments();
	struct member m;

	(void)state;
	assert_int_equal(seats(ADMIN), 1);
	assert_int_equal(add(id, id_of(USER), "Viewer"), OK);
	assert_int_equal(seats(USER), 1);
	assert_int_equal(members_get(&fx.cx, id_of(USER), &m), OK);
	assert_true(m.seated);
	assert_int_equal(workspaces_take_out(&fx.cx, id, id_of(USER)), OK);
	assert_int_equal(seats(USER), 0);
	assert_int_equal(members_get(&fx.cx, id_of(USER), &m), OK);
	assert_false(m.seated);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FX_TEST(a_workspace_is_made_edited_and_deleted),
		FX_TEST(a_form_sent_twice_makes_one),
		FX_TEST(a_personal_one_is_its_makers_alone),
		FX_TEST(people_groups_and_service_accounts_come_and_go),
		FX_TEST(a_bad_form_is_told),
		FX_TEST(a_tenant_role_counts_where_its_holder_belongs),
		FX_TEST(a_group_brings_its_role_while_one_is_in_it),
		FX_TEST(some_roles_see_or_manage_every_workspace),
		FX_TEST(a_refusal_names_its_workspace),
		FX_TEST(nobody_gives_more_than_they_hold_there),
		FX_TEST(an_owner_who_sees_no_people_knows_addresses),
		FX_TEST(the_last_owner_stays),
		FX_TEST(a_group_that_nobody_is_in_owns_nothing),
		FX_TEST(the_last_of_an_owning_group_stays_in_it),
		FX_TEST(the_actor_inherits_of_the_last_in_a_group),
		FX_TEST(nobody_inherits_more_than_they_hold),
		FX_TEST(the_actor_inherits_what_has_no_owner),
		FX_TEST(an_admin_inherits_of_who_deletes_themselves),
		FX_TEST(one_strange_holder_refuses_all),
		FX_TEST(a_deleted_group_leaves_an_owner),
		FX_TEST(two_owners_leave_at_once),
		FX_TEST(the_list_is_paged_sorted_and_searched),
		FX_TEST(who_may_enter_is_told),
		FX_TEST(seats_get_the_replacement_of_a_deleted_role),
		FX_TEST(other_accounts_stay_outside),
		FX_TEST(the_last_one_is_remembered),
		FX_TEST(seats_are_counted),
	};

	return FX_RUN(tests);
}
