/* core/access.c: who may what and where, the explanation of it, and refusals.  What the roles
 * hold is in test_roles.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../fixture.h"

#include <string.h>

#include "base/arena.h"
#include "base/id.h"
#include "core/access.h"
#include "db/db.h"
#include "groups/groups.h"
#include "invites/invites.h"
#include "roles/roles.h"
#include "workspaces/workspaces.h"

enum { SCOPES = 5 };

/* The whole account, its root, West, what is below West, and East. */
static struct scope
scope_of(int i)
{
	const char *paths[] = { NULL, "/", fx.west[NORTH], fx.deep[NORTH], fx.east[NORTH] };

	return i == 0 ? IN_TENANT : IN_ORG(paths[i]);
}

/* {R4 R4a} The permission of the role, there and below, and the whole account from the root. */
static void
a_role_reaches_there_and_below(void **state)
{
	static const struct { enum fx_who who; enum err want[SCOPES]; } admins[] = {
		{ ADMIN, { OK, OK, OK, OK, OK } },
		{ WEST_ADMIN, { ERR_DENIED, ERR_NOTFOUND, OK, OK, ERR_NOTFOUND } } };

	(void)state;
	for (size_t i = 0; i < sizeof(admins) / sizeof(admins[0]); i++) {
		fx_as(NORTH, admins[i].who);
		for (enum perm p = PERM_FIRST; p < PERM__COUNT; p++)
			for (int s = 0; s < SCOPES; s++)
				assert_int_equal(access_need(&fx.cx, p, scope_of(s)),
				    admins[i].want[s]);
	}
	fx_as(NORTH, WEST_USER);
	assert_int_equal(access_need(&fx.cx, PERM_DEVICE_VIEW, IN_ORG(fx.deep[NORTH])), OK);
	assert_int_equal(access_need(&fx.cx, PERM_USER_VIEW, IN_ORG(fx.deep[NORTH])), ERR_DENIED);
	assert_int_equal(access_need(&fx.cx, PERM_PORTAL_VIEW, IN_TENANT), ERR_DENIED);
}

static void
paths_are_within_whole_steps(void **state)
{
	(void)state;
	assert_true(path_within("/", "/"));
	assert_true(path_within(fx.west[NORTH], "/"));
	assert_true(path_within(fx.deep[NORTH], fx.west[NORTH]));
	assert_false(path_within("/", fx.west[NORTH]));
	assert_false(path_within(fx.west[NORTH], fx.deep[NORTH]));
	assert_false(path_within(fx.east[NORTH], fx.west[NORTH]));
}

static void
what_needs_no_role(void **state)
{
	(void)state;
	fx_nobody();
	assert_int_equal(access_need(&fx.cx, PERM_PUBLIC, IN_TENANT), OK);
	assert_int_equal(access_need(&fx.cx, PERM_SIGNED_IN, IN_TENANT), ERR_DENIED);
	assert_int_equal(access_need(&fx.cx, PERM_USER_VIEW, IN_TENANT), ERR_DENIED);
	fx_as(NORTH, GUEST);
	assert_int_equal(access_need(&fx.cx, PERM_SIGNED_IN, IN_TENANT), OK);
	/* what a forgotten field holds */
	fx_as(NORTH, ADMIN);
	assert_int_equal(access_need(&fx.cx, PERM_UNSET, IN_TENANT), ERR_DENIED);
	fx_system(NORTH);
	assert_int_equal(access_need(&fx.cx, PERM_AUDIT_VIEW, IN_TENANT), OK);
}

/* Signed in, but in no account: no role holds anything. */
static void
outside_an_account_nobody_holds_anything(void **state)
{
	(void)state;
	fx_as(NORTH, ADMIN);
	fx.cx.tenant = 0;
	assert_int_equal(access_need(&fx.cx, PERM_USER_VIEW, IN_ORG("/")), ERR_DENIED);
	assert_int_equal(access_need(&fx.cx, PERM_AUDIT_VIEW, IN_TENANT), ERR_DENIED);
}

/* {R4} What explains is what decides: for every member, permission and place the same. */
static void
the_explanation_is_the_decision(void **state)
{
	(void)state;
	for (enum fx_who w = ADMIN; w < FX_MEMBERS; w++) {
		bool member = fx_try_as(NORTH, w) == PLACE_MEMBER;

		for (enum perm p = PERM_FIRST; p < PERM__COUNT; p++)
			for (int s = 0; s < SCOPES; s++) {
				struct proof *proof;
				bool          may = member && access_has(&fx.cx, p, scope_of(s));
				struct ctx    was = fx.cx;

				fx.cx.tenant = fx.tenant[NORTH];
				assert_int_equal(access_why(&fx.cx, fx.m[NORTH][w].id, p,
				    scope_of(s), &proof), OK);
				fx.cx = was;
				assert_int_equal(proof->yes, may);
				assert_int_equal(proof->perm, p);
				if (!member)
					assert_int_equal(proof->why, PROOF_STATUS);
				else if (!perm_in(proof->who.perms, p))
					assert_int_equal(proof->why, PROOF_NO_ROLE);
				else
					assert_int_equal(proof->why,
					    may ? PROOF_ROLE : PROOF_REACH);
			}
	}
}

/* {E4} */
static void
nobody_foreign_is_explained(void **state)
{
	struct proof *proof;

	(void)state;
	fx_as(NORTH, ADMIN);
	assert_int_equal(access_why(&fx.cx, fx.m[SOUTH][USER].id, PERM_USER_VIEW, IN_TENANT,
	    &proof), ERR_NOTFOUND);
	assert_int_equal(access_why(&fx.cx, 4711, PERM_USER_VIEW, IN_TENANT, &proof), ERR_NOTFOUND);
}

/* A button more on a page costs no statement. */
static void
asking_costs_no_statement(void **state)
{
	(void)state;
	fx_as(NORTH, STAFF);
	fx_mark();
	for (enum perm p = PERM_FIRST; p < PERM__COUNT; p++)
		(void)!access_has(&fx.cx, p, IN_ORG("/"));
	assert_int_equal(fx_work().statements, 0);
}

/* {R7} */
static void
nobody_gives_more_than_they_hold(void **state)
{
	struct perm_set staff, more;

	(void)state;
	fx_as(NORTH, STAFF);
	staff = more = fx.cx.perms;
	assert_int_equal(access_give(&fx.cx, staff, "/"), OK);
	assert_int_equal(access_give(&fx.cx, (struct perm_set){ 0 }, "/"), OK);
	for (enum perm p = PERM_FIRST; p < PERM__COUNT; p++) {
		more.bits = staff.bits | UINT64_C(1) << p;
		assert_int_equal(access_give(&fx.cx, more, "/"),
		    perm_in(staff, p) ? OK : ERR_DENIED);
	}
	assert_string_equal(fx_issue("role"),
	    "You cannot give a role that holds more than your own.");
	fx_as(NORTH, WEST_ADMIN);
	assert_int_equal(access_give(&fx.cx, staff, fx.deep[NORTH]), OK);
	assert_int_equal(access_give(&fx.cx, staff, "/"), ERR_NOTFOUND);
	assert_int_equal(access_give(&fx.cx, staff, fx.east[NORTH]), ERR_NOTFOUND);
}

/* ---------------------------------------------------------------- refusals */

static int64_t
refused(enum fx_who who, enum perm p, const char *matter)
{
	fx_as(NORTH, who);
	assert_int_equal(access_refused(&fx.cx, p, matter), OK);
	assert_int_not_equal(fx.cx.decision, 0);
	return fx.cx.decision;
}

/* {L2 E4} One event for an actor, permission and matter in ten minutes, and the same id. */
static void
a_refusal_is_noted_once(void **state)
{
	int64_t first, n = 1;

	(void)state;
	fx_mark();
	first = refused(BUILDER, PERM_AUDIT_VIEW, "/t/{tenant}/audit");
	fx_one_event(NORTH, "Ben Builder was refused audit:view",
	    "permission: -> audit:view; page: -> /t/{tenant}/audit");
	assert_string_equal(fx_text("SELECT permission FROM decisions WHERE id = %lld",
	    (long long)first), "audit:view");
	for (int i = 0; i < 10; i++) {
		fx.now += FX_MINUTE - 1;
		assert_int_equal(refused(BUILDER, PERM_AUDIT_VIEW, "/t/{tenant}/audit"), first);
	}
	assert_int_equal(fx_new_events(NORTH), 1);
	assert_int_not_equal(refused(BUILDER, PERM_ROLE_VIEW, "/t/{tenant}/audit"), first);
	assert_int_equal(fx_new_events(NORTH), ++n);
	assert_int_not_equal(refused(BUILDER, PERM_AUDIT_VIEW, "/t/{tenant}/roles"), first);
	assert_int_equal(fx_new_events(NORTH), ++n);
	assert_int_not_equal(refused(STAFF, PERM_AUDIT_VIEW, "/t/{tenant}/audit"), first);
	assert_int_equal(fx_new_events(NORTH), ++n);
	fx.now = FX_NOW + 10 * FX_MINUTE;
	assert_int_not_equal(refused(BUILDER, PERM_AUDIT_VIEW, "/t/{tenant}/audit"), first);
	assert_int_equal(fx_new_events(NORTH), ++n);
	assert_int_equal(fx_new_events(SOUTH), 0);
}

/* {R7} Who may not give a role is refused the role, not a permission that they hold. */
static void
a_refused_role_is_named(void **state)
{
	struct invited done;
	struct copied  copy;

	(void)state;
	fx_as(NORTH, ADMIN);
	assert_int_equal(invites_add(&fx.cx, &(struct invite_input){ .member = {
	    .name = STR("New One"), .email = STR("new@example.org"),
	    .role = fx_role(NORTH, "Admin") } }, &done), OK);
	fx_as(NORTH, HELPDESK);
	fx_mark();
	assert_int_equal(invites_copy(&fx.cx, done.member, &copy), ERR_DENIED);
	assert_int_equal(access_refused(&fx.cx, PERM_USER_INVITE, "x"), OK);
	fx_one_event(NORTH, "Hel Helpdesk was refused the role Admin",
	    "permission: -> the role Admin; page: -> x");
}

/* {L2} Refused by two workers at once: the second finds what the first noted. */
static void
two_refusals_at_once_are_one(void **state)
{
	struct db *second;
	struct ctx first, other;

	(void)state;
	fx_as(NORTH, BUILDER);
	fx_mark();
	first = other = fx.cx;
	assert_int_equal(db_open(&second, fx_url()), OK);
	other.db = second;
	/* The snapshot of the second is from before the first. */
	assert_int_equal(db_read_begin(second), OK);
	assert_int_equal(place_ready(&other), OK);
	assert_int_equal(access_refused(&first, PERM_AUDIT_VIEW, "x"), OK);
	assert_int_equal(access_refused(&other, PERM_AUDIT_VIEW, "x"), OK);
	assert_int_equal(first.decision, other.decision);
	assert_int_equal(fx_new_events(NORTH), 1);
	db_close(&second);
}

static void
a_refusal_without_its_event_is_none(void **state)
{
	(void)state;
	fx_as(NORTH, BUILDER);
	fx_mark();
	fx_break("events");
	assert_int_equal(access_refused(&fx.cx, PERM_AUDIT_VIEW, "x"), ERR_FAULT);
	fx_mend();
	assert_int_equal(fx.cx.decision, 0);
	assert_true(fx_same());
}

/* ---------------------------------------------------------------- attacks */

static int64_t
a_role(enum fx_tenant t, const char *scope)
{
	return fx_int("SELECT min(id) FROM roles WHERE tenant_id = %lld AND scope = '%s' AND "
	    "status <> 'removed'", (long long)fx.tenant[t], scope);
}

struct ground { int64_t group, space, member; struct str role, inner; };

static struct ground
ground_of(enum fx_tenant t)
{
	struct ground g = { id_new(FX_NOW), id_new(FX_NOW), fx.m[t][GUEST].id,
		fx_id(a_role(t, "tenant")), fx_id(a_role(t, "workspace")) };

	fx_as(t, ADMIN);
	assert_int_equal(groups_make(&fx.cx, g.group, &(struct group_input){ STR("Ops"), STR(""),
	    STR(""), 0 }), OK);
	assert_int_equal(workspaces_make(&fx.cx, g.space, &(struct workspace_input){
	    STR("Payments"), STR(""), 0 }), OK);
	return g;
}

static void
nothing_by(enum err e, enum err want)
{
	assert_int_equal(e, want);
	assert_true(fx_same());
	fx.cx.issues = NULL;
}

/* {G2 W3 R7} One foreign id among own ones: the whole is refused, and nothing is changed. */
static void
ids_of_another_account_inside_a_form_change_nothing(void **state)
{
	struct ground own = ground_of(NORTH), theirs = ground_of(SOUTH);
	int64_t       people[2] = { own.member, theirs.member };
	int64_t       places[2] = { own.member, theirs.group };
	struct ctx   *cx = &fx.cx;
	size_t        added;

	(void)state;
	fx_as(NORTH, ADMIN);
	assert_int_equal(access_workspace(cx, own.space), OK);
	fx_mark();
	nothing_by(groups_add(cx, own.group, people, 2, STR(""), &added), ERR_NOTFOUND);
	nothing_by(groups_add(cx, own.group, places, 2, STR(""), &added), ERR_NOTFOUND);
	nothing_by(groups_add(cx, theirs.group, people, 1, STR(""), &added), ERR_NOTFOUND);
	nothing_by(groups_take_out(cx, theirs.group, theirs.member), ERR_NOTFOUND);
	nothing_by(groups_remove(cx, theirs.group), ERR_NOTFOUND);
	nothing_by(groups_make(cx, id_new(FX_NOW), &(struct group_input){ STR("New"), STR(""),
	    theirs.role, 0 }), ERR_INVALID);
	nothing_by(groups_change(cx, own.group, &(struct group_input){ STR("New"), STR(""),
	    theirs.role, 1 }), ERR_INVALID);
	nothing_by(members_set_role(cx, own.member, theirs.role, STR("")), ERR_INVALID);
	nothing_by(workspaces_add(cx, own.space, people, 2, STR(""), own.inner, &added),
	    ERR_NOTFOUND);
	nothing_by(workspaces_add(cx, own.space, places, 2, STR(""), own.inner, &added),
	    ERR_NOTFOUND);
	nothing_by(workspaces_add(cx, own.space, people, 1, STR(""), theirs.inner, &added),
	    ERR_INVALID);
	nothing_by(workspaces_set_role(cx, own.space, fx.m[NORTH][ADMIN].id, theirs.inner),
	    ERR_INVALID);
	nothing_by(workspaces_take_out(cx, own.space, theirs.member), ERR_NOTFOUND);
	nothing_by(workspaces_add(cx, theirs.space, people, 1, STR(""), own.inner, &added),
	    ERR_NOTFOUND);
	assert_int_equal(access_workspace(cx, theirs.space), ERR_NOTFOUND);
}

/* {G4 R5} What a group gives ends with the membership's day, between the page and its form, too. */
static void
an_expired_grant_gives_nothing_inside_a_transaction(void **state)
{
	struct ground own = ground_of(NORTH);
	size_t        added;

	(void)state;
	fx_sql("UPDATE groups SET role_id = (SELECT id FROM roles r WHERE r.tenant_id = "
	    "groups.tenant_id AND r.builtin = 'admin') WHERE id = %lld", (long long)own.group);
	fx_as(NORTH, ADMIN);
	assert_int_equal(groups_add(&fx.cx, own.group, &fx.m[NORTH][STAFF].id, 1,
	    STR("2099-01-31"), &added), OK);
	fx_as(NORTH, STAFF);
	assert_true(access_has(&fx.cx, PERM_GROUP_EDIT, IN_TENANT));
	fx_sql("UPDATE group_members SET until_at = %lld WHERE group_id = %lld",
	    (long long)fx.cx.now, (long long)own.group);
	fx_mark();
	nothing_by(groups_add(&fx.cx, own.group, &own.member, 1, STR(""), &added), ERR_DENIED);
	nothing_by(groups_remove(&fx.cx, own.group), ERR_DENIED);
	nothing_by(groups_set_until(&fx.cx, own.group, fx.m[NORTH][STAFF].id, NULL, STR("")),
	    ERR_DENIED);
}

/* {R5 R7} Edited while somebody wears it, or they are deactivated: what was read before the
 * transaction is not what decides in it. */
static void
what_is_lost_meanwhile_gives_nothing(void **state)
{
	static const char *const losses[] = {
		"UPDATE roles SET permissions = '' WHERE name = 'Staff' AND %lld > 0",
		"UPDATE members SET status = 'deactivated' WHERE id = %lld",
		"UPDATE members SET status = 'removed' WHERE id = %lld",
	};
	size_t added;

	(void)state;
	for (size_t i = 0; i < sizeof(losses) / sizeof(losses[0]); i++) {
		struct ground own;

		fx_again();
		own = ground_of(NORTH);
		fx_sql("UPDATE roles SET permissions = permissions || ' group:edit role:edit "
		    "workspace:manage_all' WHERE tenant_id = %lld AND name = 'Staff'",
		    (long long)fx.tenant[NORTH]);
		fx_as(NORTH, STAFF);
		assert_int_equal(access_workspace(&fx.cx, own.space), OK);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		fx_sql(losses[i], (long long)fx.m[NORTH][STAFF].id);
#pragma GCC diagnostic pop
		fx_mark();
		nothing_by(groups_add(&fx.cx, own.group, &own.member, 1, STR(""), &added),
		    ERR_DENIED);
		nothing_by(groups_make(&fx.cx, id_new(FX_NOW), &(struct group_input){ STR("New"),
		    STR(""), STR(""), 0 }), ERR_DENIED);
		nothing_by(groups_remove(&fx.cx, own.group), ERR_DENIED);
		nothing_by(workspaces_add(&fx.cx, own.space, &own.member, 1, STR(""), own.inner,
		    &added), i == 0 ? ERR_NOTFOUND : ERR_DENIED);
	}
}

/* {R6 R7} What a transaction gives is the role that was read before it: not one that was deleted or
 * edited meanwhile, nor another account's. */
static void
a_role_that_is_given_must_still_stand(void **state)
{
	static const char *const losses[] = {
		"UPDATE roles SET permissions = permissions || ' role:edit' WHERE id = %lld",
		"UPDATE roles SET permissions = 'portal:view' WHERE id = %lld",
		"UPDATE roles SET status = 'removed' WHERE id = %lld",
		"DELETE FROM roles WHERE id = %lld",
	};
	struct perm_set was = perm_set_read("user:view");

	(void)state;
	for (size_t i = 0; i < sizeof(losses) / sizeof(losses[0]); i++) {
		int64_t id = id_new(FX_NOW);

		fx_as(NORTH, ADMIN);
		assert_int_equal(roles_make(&fx.cx, id, "tenant", &(struct role_input){
		    .name = str_of(arena_printf(fx.cx.arena, "Role %zu", i)),
		    .description = STR(""), .perms = was }), OK);
		assert_int_equal(access_role_stands(&fx.cx, id, was), OK);
		fx_as(SOUTH, ADMIN);
		assert_int_equal(access_role_stands(&fx.cx, id, was), ERR_BUSY);
		fx_as(NORTH, ADMIN);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		fx_sql(losses[i], (long long)id);
#pragma GCC diagnostic pop
		assert_int_equal(access_role_stands(&fx.cx, id, was), ERR_BUSY);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FX_TEST(a_role_reaches_there_and_below),
		FX_TEST(paths_are_within_whole_steps),
		FX_TEST(what_needs_no_role),
		FX_TEST(outside_an_account_nobody_holds_anything),
		FX_TEST(the_explanation_is_the_decision),
		FX_TEST(nobody_foreign_is_explained),
		FX_TEST(asking_costs_no_statement),
		FX_TEST(nobody_gives_more_than_they_hold),
		FX_TEST(a_refusal_is_noted_once),
		FX_TEST(a_refused_role_is_named),
		FX_TEST(two_refusals_at_once_are_one),
		FX_TEST(a_refusal_without_its_event_is_none),
		FX_TEST(ids_of_another_account_inside_a_form_change_nothing),
		FX_TEST(an_expired_grant_gives_nothing_inside_a_transaction),
		FX_TEST(what_is_lost_meanwhile_gives_nothing),
		FX_TEST(a_role_that_is_given_must_still_stand),
	};

	return FX_RUN(tests);
}
