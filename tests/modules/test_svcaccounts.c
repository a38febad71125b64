/* svcaccounts/ and their keys: accounts of programs are made, changed and ended, act by keys alone,
 * and nobody gets more by one than they hold. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../fixture.h"

#include <stdio.h>
#include <string.h>

#include "apikeys/apikeys.h"
#include "base/arena.h"
#include "base/id.h"
#include "core/admins.h"
#include "db/db.h"
#include "groups/groups.h"
#include "members/members.h"
#include "roles/roles.h"
#include "svcaccounts/svcaccounts.h"
#include "why/why.h"
#include "workspaces/workspaces.h"

/* ---------------------------------------------------------------- shorthands */

static struct svcaccount_input
asked(const char *name, const char *role)
{
	return (struct svcaccount_input){ .name = str_of(name),
		.description = STR(" Counts at night "), .role = fx_role(NORTH, role) };
}

static enum err
make_of(const struct svcaccount_input *in, int64_t *id, struct apikey_made *out)
{
	struct service_first first = { *id = id_new(fx.now), id_new(fx.now), STR(""), STR("30") };

	fx.cx.issues = NULL;
	first.sealed = str_of(apikeys_sealed(&fx.cx, first.key, STR("")));
	return apikeys_make_service(&fx.cx, &first, in, out);
}

/* By ADMIN, who stays the actor. */
static int64_t
make(const char *name, const char *role, const char **secret)
{
	struct svcaccount_input in = asked(name, role);
	struct apikey_made      made;
	int64_t                 id;

	fx_as(NORTH, ADMIN);
	assert_int_equal(make_of(&in, &id, &made), OK);
	*secret = arena_strdup(fx.keep, made.secret);
	return id;
}

static struct str
inside_role(const char *name)
{
	return fx_id(fx_int("SELECT id FROM roles WHERE tenant_id = %lld AND name = '%s' "
	    "AND scope = 'workspace'", (long long)fx.tenant[NORTH], name));
}

static int64_t
make_group(const char *name, const char *role)
{
	struct group_input in = { str_of(name), STR(""), *role ? fx_role(NORTH, role) : STR(""),
		0 };
	int64_t            id = id_new(fx.now);

	assert_int_equal(groups_make(&fx.cx, id, &in), OK);
	return id;
}

static enum err
join(int64_t group, int64_t id, const char *until)
{
	size_t added;

	fx.cx.issues = NULL;
	return groups_add(&fx.cx, group, &id, 1, str_of(until), &added);
}

/* As the pipeline does it. */
static enum err
use(enum fx_tenant t, const char *secret)
{
	struct standing st;

	fx_nobody();
	TRY(apikeys_identify(&fx.cx, str_of(arena_printf(fx.cx.arena, "Bearer %s", secret))));
	return apikeys_enter(&fx.cx, str_of(fx.slug[t]), &st);
}

static int64_t
version_of(int64_t id)
{
	return fx_int("SELECT version FROM service_accounts WHERE id = %lld", (long long)id);
}

/* A role that may manage service accounts and groups, with little else, worn by USER. */
static void
as_little_editor(void)
{
	struct role_input in = { .name = STR("Little"), .description = STR(""),
		.perms = perm_set_read("service_account:edit group:edit user:view") };
	int64_t           id = id_new(fx.cx.now);

	fx_as(NORTH, ADMIN);
	assert_int_equal(roles_make(&fx.cx, id, "tenant", &in), OK);
	assert_int_equal(members_set_role(&fx.cx, fx.m[NORTH][USER].id, fx_id(id), STR("")), OK);
	fx_as(NORTH, USER);
}

/* ---------------------------------------------------------------- making and changing */

/* {A1 L2} */
static void
an_account_is_made_and_edited(void **state)
{
	struct svcaccount_input in = asked("  Reporter ", "Builder");
	struct apikey_made      made;
	struct svcaccount       a;
	int64_t                 id, other;

	(void)state;
	fx_as(NORTH, ADMIN);
	in.owner_email = str_of(fx.m[NORTH][STAFF].email);
	fx_mark();
	assert_int_equal(make_of(&in, &id, &made), OK);
	assert_int_equal(fx_new_events(NORTH), 2);
	assert_int_equal(svcaccounts_get(&fx.cx, id, &a), OK);
	assert_string_equal(a.name, "Reporter");
	assert_string_equal(a.description, "Counts at night");
	assert_string_equal(a.owner_name, "Stan Staff");
	assert_int_equal(strncmp(made.secret, a.prefix, strlen(a.prefix)), 0);
	in.name = STR("REPORTER");
	assert_int_equal(make_of(&in, &other, &made), ERR_INVALID);
	assert_string_equal(fx_issue("name"), "There is a service account REPORTER already.");
	in = asked("Renamed", "Consumer");
	in.version = a.version;
	in.owner_group = fx_id(make_group("Operations", ""));
	fx_mark();
	assert_int_equal(svcaccounts_change(&fx.cx, id, &in), OK);
	fx_one_event(NORTH, "Ada Admin edited the service account Reporter",
	    "name: Reporter -> Renamed; role: Builder -> Consumer; "
	    "owner: Stan Staff -> Operations");
	fx_mark();
	assert_int_equal(svcaccounts_change(&fx.cx, id, &in), ERR_CONFLICT);
	assert_true(fx_same());
}

/* {A1 A2} In workspaces from the start, all with one role there; all of it or nothing. */
static void
an_account_is_made_into_workspaces(void **state)
{
	struct svcaccount_input in = asked("Reporter", "Builder");
	struct workspace_input  w = { STR("Payments"), STR(""), 0 };
	int64_t                 ws[2] = { id_new(FX_NOW), 4711 }, id;
	struct apikey_made      made;
	struct places_held      held;

	(void)state;
	fx_as(NORTH, ADMIN);
	assert_int_equal(workspaces_make(&fx.cx, ws[0], &w), OK);
	in.workspaces = ws;
	in.nworkspaces = 1;
	fx_mark();
	assert_int_equal(make_of(&in, &id, &made), ERR_INVALID);
	assert_string_not_equal(fx_issue("workspace_role"), "");
	in.workspace_role = fx_role(NORTH, "Guest");
	assert_int_equal(make_of(&in, &id, &made), ERR_INVALID);
	assert_string_not_equal(fx_issue("workspace_role"), "");
	assert_string_equal(fx_issue("role"), "");
	in.workspace_role = inside_role("Contributor");
	in.nworkspaces = 2;
	assert_int_equal(make_of(&in, &id, &made), ERR_NOTFOUND);
	assert_true(fx_same());
	in.nworkspaces = 1;
	assert_int_equal(make_of(&in, &id, &made), OK);
	assert_int_equal(fx_new_events(NORTH), 3);
	assert_int_equal(workspaces_of(&fx.cx, id, &held), OK);
	assert_int_equal(held.n, 1);
	assert_string_equal(held.items[0].name, "Payments");
	assert_string_equal(held.items[0].role, "Contributor");
	assert_int_equal(use(NORTH, made.secret), OK);
	assert_int_equal(access_workspace(&fx.cx, ws[0]), OK);
	assert_true(access_has(&fx.cx, PERM_WORKSPACE_EXECUTE, IN_WORKSPACE(ws[0])));
	assert_false(access_has(&fx.cx, PERM_WORKSPACE_MEMBERS, IN_WORKSPACE(ws[0])));
}

/* {A1} What is wrong is told beside its field, all of it at once; half an account is never made. */
static void
what_is_wrong_is_said(void **state)
{
	static const char *const bad[] = { "nobody@example.org", "no address",
		"dan@north.example" };
	struct svcaccount_input  in = { .name = STR(""), .role = STR("x"),
		.description = STR("\xff"), .owner_email = STR("nobody@example.org") };
	struct apikey_made       made;
	int64_t                  id;

	(void)state;
	fx_as(NORTH, ADMIN);
	fx_mark();
	assert_int_equal(make_of(&in, &id, &made), ERR_INVALID);
	assert_string_not_equal(fx_issue("name"), "");
	assert_string_not_equal(fx_issue("role"), "");
	assert_string_not_equal(fx_issue("description"), "");
	assert_string_not_equal(fx_issue("owner_email"), "");
	in = asked("Reporter", "Builder");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		in.owner_email = str_of(bad[i]);
		assert_int_equal(make_of(&in, &id, &made), ERR_INVALID);
		assert_string_not_equal(fx_issue("owner_email"), "");
	}
	/* Somebody of the other account alone is nobody here. */
	in.owner_email = str_of(fx.m[SOUTH][STAFF].email);
	if (strcmp(fx.m[SOUTH][STAFF].email, fx.m[NORTH][STAFF].email) != 0)
		assert_int_equal(make_of(&in, &id, &made), ERR_INVALID);
	in.owner_email = str_of(fx.m[NORTH][ADMIN].email);
	in.owner_group = fx_id(4711);
	assert_int_equal(make_of(&in, &id, &made), ERR_INVALID);
	assert_string_not_equal(fx_issue("owner_group"), "");
	assert_true(fx_same());
}

/* {A1 A4 E3} */
static void
a_form_sent_twice_makes_one_account_and_one_key(void **state)
{
	struct svcaccount_input in = asked("Reporter", "Builder");
	struct service_first    first = { id_new(FX_NOW), id_new(FX_NOW), STR(""), STR("30") };
	struct apikey_made      made, again;

	(void)state;
	fx_as(NORTH, ADMIN);
	first.sealed = str_of(apikeys_sealed(&fx.cx, first.key, STR("")));
	assert_int_equal(apikeys_make_service(&fx.cx, &first, &in, &made), OK);
	fx_mark();
	assert_int_equal(apikeys_make_service(&fx.cx, &first, &in, &again), OK);
	assert_true(fx_same());
	assert_string_equal(made.secret, again.secret);
	fx.cx.now += 2 * FX_MINUTE;
	assert_int_equal(apikeys_make_service(&fx.cx, &first, &in, &again), OK);
	assert_null(again.secret);
}

/* {A3 E15} A cell changes itself alone, and not what somebody else changed meanwhile. */
static void
a_cell_is_changed_alone(void **state)
{
	const char       *secret;
	struct svcaccount a;
	int64_t           id = make("Reporter", "Builder", &secret), version = version_of(id);

	(void)state;
	fx_mark();
	assert_int_equal(svcaccounts_set(&fx.cx, id, SVCACCOUNT_CELL_NAME, STR(" Counter "),
	    version), OK);
	fx_one_event(NORTH, "Ada Admin edited the service account Reporter",
	    "name: Reporter -> Counter");
	assert_int_equal(svcaccounts_set(&fx.cx, id, SVCACCOUNT_CELL_DESCRIPTION, STR("x"),
	    version), ERR_CONFLICT);
	assert_int_equal(svcaccounts_set(&fx.cx, id, SVCACCOUNT_CELL_ROLE,
	    fx_role(NORTH, "Auditor"), version + 1), OK);
	assert_int_equal(svcaccounts_get(&fx.cx, id, &a), OK);
	assert_string_equal(a.name, "Counter");
	assert_string_equal(a.description, "Counts at night");
	assert_string_equal(a.role_name, "Auditor");
	assert_int_equal(svcaccounts_set(&fx.cx, id, SVCACCOUNT_CELL_NAME, STR(""), version + 2),
	    ERR_INVALID);
}

static enum err
set_cell(int64_t id, enum svcaccount_cell cell, const char *value, int64_t version)
{
	fx.cx.issues = NULL;
	return svcaccounts_set(&fx.cx, id, cell, str_of(value), version);
}

/* {A3 E13} A cell takes no more than the form does, and leaves everything as it was. */
static void
a_cell_takes_what_the_form_takes(void **state)
{
	static const char *const marks[] = { "a\x01" "b", "a\x7f" "b", "a\nb", "\xff",
		"a\xe2\x80\xae" "b", "\xc0\x80" };
	const char *secret, *foreign, *inner;
	int64_t     id = make("Reporter", "Guest", &secret);
	char        longer[257];

	(void)state;
	memset(longer, 'n', sizeof(longer));
	longer[256] = '\0';
	foreign = arena_strdup(fx.keep, fx_role(SOUTH, "Guest").p);
	inner = arena_strdup(fx.keep, inside_role("Viewer").p);
	make("Other", "Guest", &secret);
	fx_mark();
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		assert_int_equal(set_cell(id, SVCACCOUNT_CELL_NAME, marks[i], 1), ERR_INVALID);
		assert_int_equal(set_cell(id, SVCACCOUNT_CELL_DESCRIPTION, marks[i], 1),
		    ERR_INVALID);
		assert_int_equal(set_cell(id, SVCACCOUNT_CELL_ROLE, marks[i], 1), ERR_INVALID);
	}
	assert_int_equal(set_cell(id, SVCACCOUNT_CELL_DESCRIPTION, longer, 1), ERR_INVALID);
	assert_int_equal(set_cell(id, SVCACCOUNT_CELL_NAME, longer + 256 - 65, 1), ERR_INVALID);
	assert_int_equal(set_cell(id, SVCACCOUNT_CELL_NAME, " \xc2\xa0 ", 1), ERR_INVALID);
	assert_int_equal(set_cell(id, SVCACCOUNT_CELL_NAME, "OTHER", 1), ERR_INVALID);
	assert_int_equal(set_cell(id, SVCACCOUNT_CELL_ROLE, "", 1), ERR_INVALID);
	assert_int_equal(set_cell(id, SVCACCOUNT_CELL_ROLE, "Admin", 1), ERR_INVALID);
	assert_int_equal(set_cell(id, SVCACCOUNT_CELL_ROLE, foreign, 1), ERR_INVALID);
	assert_int_equal(set_cell(id, SVCACCOUNT_CELL_ROLE, inner, 1), ERR_INVALID);
	assert_string_not_equal(fx_issue("role"), "");
	for (int64_t version = -1; version <= 2; version++)
		if (version != 1)
			assert_int_equal(set_cell(id, SVCACCOUNT_CELL_NAME, "New", version),
			    ERR_CONFLICT);
	assert_true(fx_same());
	assert_int_equal(set_cell(id, SVCACCOUNT_CELL_NAME, longer + 256 - 64, 1), OK);
	assert_int_equal(set_cell(id, SVCACCOUNT_CELL_DESCRIPTION, longer + 1, 2), OK);
}

/* {A3 E4} Nor for whom it is not, and of one that is gone. */
static void
a_cell_is_for_who_may_edit(void **state)
{
	const char       *secret, *guest;
	int64_t           id = make("Reporter", "Guest", &secret), gone, role = id_new(FX_NOW);
	struct role_input in = { .name = STR("Watcher"), .description = STR(""),
		.perms = perm_set_read("service_account:view") };
	struct svcaccount a;

	(void)state;
	gone = make("Gone", "Guest", &secret);
	guest = arena_strdup(fx.keep, fx_role(NORTH, "Guest").p);
	assert_int_equal(svcaccounts_remove(&fx.cx, gone), OK);
	assert_int_equal(roles_make(&fx.cx, role, "tenant", &in), OK);
	assert_int_equal(members_set_role(&fx.cx, fx.m[NORTH][USER].id, fx_id(role), STR("")), OK);
	for (enum svcaccount_cell cell = SVCACCOUNT_CELL_NAME; cell <= SVCACCOUNT_CELL_ROLE;
	    cell++) {
		const char *value = cell == SVCACCOUNT_CELL_ROLE ? guest : "New";

		fx_as(NORTH, ADMIN);
		fx_mark();
		assert_int_equal(set_cell(gone, cell, value, version_of(gone)), ERR_NOTFOUND);
		fx_as(NORTH, USER);
		assert_int_equal(svcaccounts_get(&fx.cx, id, &a), OK);
		assert_int_equal(set_cell(id, cell, value, 1), ERR_DENIED);
		fx_as(SOUTH, ADMIN);
		assert_int_equal(set_cell(id, cell, value, 1), ERR_NOTFOUND);
		assert_true(fx_same());
	}
}

/* ---------------------------------------------------------------- acting */

/* {A6 R5} SECURITY 58: what it may do is asked anew at each request. */
static void
an_account_acts_by_its_key(void **state)
{
	const char *secret;
	int64_t     id = make("Reporter", "Auditor", &secret), group;

	(void)state;
	assert_int_equal(use(NORTH, secret), OK);
	assert_int_equal(fx.cx.actor.kind, ACTOR_SERVICE);
	assert_int_equal(fx.cx.actor.member, id);
	assert_int_equal(fx.cx.actor.person, 0);
	assert_string_equal(fx.cx.actor.label, "Reporter");
	assert_string_equal(fx.cx.path, "/");
	assert_true(access_has(&fx.cx, PERM_AUDIT_VIEW, IN_TENANT));
	assert_false(access_has(&fx.cx, PERM_USER_INVITE, IN_ORG("/")));
	assert_int_equal(access_again(&fx.cx), OK);
	assert_int_equal(use(SOUTH, secret), ERR_NOTFOUND);
	fx_as(NORTH, ADMIN);
	assert_int_equal(svcaccounts_set(&fx.cx, id, SVCACCOUNT_CELL_ROLE,
	    fx_role(NORTH, "Guest"), version_of(id)), OK);
	assert_int_equal(use(NORTH, secret), OK);
	assert_false(access_has(&fx.cx, PERM_AUDIT_VIEW, IN_TENANT));
	fx_as(NORTH, ADMIN);
	group = make_group("Operations", "Staff");
	assert_int_equal(join(group, id, "2099-01-31"), OK);
	assert_int_equal(use(NORTH, secret), OK);
	assert_true(access_has(&fx.cx, PERM_USER_INVITE, IN_ORG("/")));
	fx.cx.now = fx_int("SELECT until_at FROM group_members WHERE holder_id = %lld",
	    (long long)id);
	fx_sql("UPDATE api_keys SET expires_at = 0");
	assert_int_equal(access_again(&fx.cx), OK);
	assert_false(access_has(&fx.cx, PERM_USER_INVITE, IN_ORG("/")));
}

/* {A6 R5} SECURITY 58: the groups' roles and seats count as they are now, too, and a role that is
 * edited. */
static void
what_an_account_holds_by_others_ends_with_it(void **state)
{
	const char            *secret;
	int64_t                id = make("Reporter", "Guest", &secret), group, ws = id_new(FX_NOW);
	struct workspace_input w = { STR("Payments"), STR(""), 0 };
	struct group_input     bare = { STR("Ops"), STR(""), STR(""), 1 };
	size_t                 added;

	(void)state;
	group = make_group("Ops", "Staff");
	assert_int_equal(join(group, id, ""), OK);
	assert_int_equal(workspaces_make(&fx.cx, ws, &w), OK);
	assert_int_equal(access_workspace(&fx.cx, ws), OK);
	assert_int_equal(workspaces_add(&fx.cx, ws, &group, 1, STR(""), inside_role("Contributor"),
	    &added), OK);
	assert_int_equal(use(NORTH, secret), OK);
	assert_int_equal(access_workspace(&fx.cx, ws), OK);
	assert_true(access_has(&fx.cx, PERM_USER_INVITE, IN_ORG("/")));
	assert_true(access_has(&fx.cx, PERM_WORKSPACE_WRITE, IN_WORKSPACE(ws)));
	fx_as(NORTH, ADMIN);
	assert_int_equal(groups_change(&fx.cx, group, &bare), OK);
	assert_int_equal(use(NORTH, secret), OK);
	assert_int_equal(access_workspace(&fx.cx, ws), OK);
	assert_false(access_has(&fx.cx, PERM_USER_INVITE, IN_ORG("/")));
	assert_true(access_has(&fx.cx, PERM_WORKSPACE_WRITE, IN_WORKSPACE(ws)));
	fx_as(NORTH, ADMIN);
	assert_int_equal(groups_remove(&fx.cx, group), OK);
	assert_int_equal(access_workspace(&fx.cx, ws), OK);
	assert_int_equal(use(NORTH, secret), OK);
	assert_int_equal(access_workspace(&fx.cx, ws), OK);
	assert_false(access_has(&fx.cx, PERM_WORKSPACE_VIEW, IN_WORKSPACE(ws)));
}

/* {A5} SECURITY 58 */
static void
a_disabled_or_deleted_account_is_refused_at_once(void **state)
{
	const char *secret;
	int64_t     id = make("Reporter", "Admin", &secret), group = make_group("Ops", "");
	struct ctx  meanwhile;

	(void)state;
	assert_int_equal(join(group, id, ""), OK);
	assert_int_equal(use(NORTH, secret), OK);
	meanwhile = fx.cx;
	fx_as(NORTH, ADMIN);
	fx_mark();
	assert_int_equal(svcaccounts_enable(&fx.cx, id, false), OK);
	fx_one_event(NORTH, "Ada Admin disabled the service account Reporter", "");
	fx_mark();
	assert_int_equal(svcaccounts_enable(&fx.cx, id, false), OK);
	assert_true(fx_same());
	assert_int_equal(use(NORTH, secret), ERR_DENIED);
	assert_int_equal(access_again(&meanwhile), ERR_DENIED);
	fx_as(NORTH, ADMIN);
	assert_int_equal(svcaccounts_enable(&fx.cx, id, true), OK);
	assert_int_equal(use(NORTH, secret), OK);
	fx_as(NORTH, ADMIN);
	fx_mark();
	assert_int_equal(svcaccounts_remove(&fx.cx, id), OK);
	fx_one_event(NORTH, "Ada Admin deleted the service account Reporter", "role: Admin -> ");
	assert_int_equal(use(NORTH, secret), ERR_DENIED);
	assert_int_equal(svcaccounts_remove(&fx.cx, id), ERR_DENIED);
	fx_as(NORTH, ADMIN);
	assert_int_equal(svcaccounts_remove(&fx.cx, id), ERR_NOTFOUND);
	assert_int_equal(fx_int("SELECT count(*) FROM api_keys WHERE service_id = %lld",
	    (long long)id), 0);
	assert_int_equal(fx_int("SELECT members FROM groups WHERE id = %lld", (long long)group), 0);
	assert_string_equal(fx_text("SELECT status || name FROM service_accounts WHERE id = %lld",
	    (long long)id), "removedReporter");
}

/* {L2 R8} What it was refused is an event of it, and can be looked up. */
static void
a_refusal_names_the_account(void **state)
{
	const char     *secret;
	struct decision d;
	int64_t         decision;

	(void)state;
	make("Reporter", "Guest", &secret);
	assert_int_equal(use(NORTH, secret), OK);
	fx_mark();
	assert_int_equal(access_refused(&fx.cx, PERM_USER_VIEW, "/api"), OK);
	fx_one_event(NORTH, "Reporter was refused user:view", "permission: -> user:view; "
	    "page: -> /api");
	assert_string_equal(fx_text("SELECT actor_kind FROM events ORDER BY at DESC, seq DESC"),
	    "service");
	decision = fx.cx.decision;
	fx_as(NORTH, ADMIN);
	assert_int_equal(why_decision(&fx.cx, decision, &d), OK);
	assert_string_equal(d.name, "Reporter");
	assert_true(d.service);
	fx_as(SOUTH, ADMIN);
	assert_int_equal(why_decision(&fx.cx, decision, &d), ERR_NOTFOUND);
}

/* ---------------------------------------------------------------- keys */

static enum err
another_key(int64_t service, const char *scope, struct apikey_made *out)
{
	struct apikey_input in = { .name = STR("Second"), .description = STR(""),
		.client = STR("automation"), .expiry = STR("60"), .scope = str_of(scope),
		.perms = perm_set_read("user:view") };
	int64_t             id = id_new(fx.now);

	fx.cx.issues = NULL;
	return apikeys_make_for(&fx.cx, service, id,
	    str_of(apikeys_sealed(&fx.cx, id, STR(""))), &in, out);
}

static enum err
replace_key(int64_t service, int64_t old, const char *overlap, struct apikey_made *out)
{
	struct apikey_again in = { STR("30"), str_of(overlap) };
	int64_t             id = id_new(fx.now);

	fx.cx.issues = NULL;
	return apikeys_regenerate_for(&fx.cx, service, old, id,
	    str_of(apikeys_sealed(&fx.cx, id, STR(""))), &in, out);
}

/* {A4} */
static void
an_account_has_at_most_two_keys(void **state)
{
	const char        *secret;
	int64_t            id = make("Reporter", "Admin", &secret);
	struct apikey_made second, third;
	struct apikey_list l;

	(void)state;
	fx_mark();
	assert_int_equal(another_key(id, "some", &second), OK);
	fx_one_event(NORTH, "Ada Admin made an API key for the service account Reporter",
	    arena_printf(fx.cx.arena, "key: -> Second; prefix: -> %s; permissions: -> user:view; "
	    "client: -> automation; expires: -> %s", second.key.prefix,
	    ctx_time_iso(&fx.cx, second.key.expires_at)));
	assert_int_equal(another_key(id, "all", &third), ERR_CONFLICT);
	assert_string_not_equal(fx_issue(""), "");
	assert_int_equal(use(NORTH, second.secret), OK);
	assert_true(access_has(&fx.cx, PERM_USER_VIEW, IN_ORG("/")));
	assert_false(access_has(&fx.cx, PERM_AUDIT_VIEW, IN_TENANT));
	fx_as(NORTH, ADMIN);
	assert_int_equal(apikeys_delete_for(&fx.cx, id, second.key.id), OK);
	assert_int_equal(apikeys_delete_for(&fx.cx, id, second.key.id), ERR_NOTFOUND);
	assert_int_equal(use(NORTH, second.secret), ERR_DENIED);
	fx_as(NORTH, ADMIN);
	assert_int_equal(another_key(id, "read", &third), OK);
	assert_int_equal(apikeys_of_service(&fx.cx, id, &l), OK);
	assert_int_equal(l.n, 2);
	assert_int_equal(l.counted, 2);
}

/* A key is found by its owner alone, whatever address names it. */
static void
a_key_of_another_is_not_found(void **state)
{
	const char         *secret;
	int64_t             id = make("Reporter", "Guest", &secret), key, other, own;
	struct apikey_input in = { .name = STR("Mine"), .description = STR(""),
		.client = STR("https"), .expiry = STR("30"), .scope = STR("all") };
	struct apikey_made  made;
	struct apikey       k;

	(void)state;
	key = fx_int("SELECT id FROM api_keys WHERE service_id = %lld", (long long)id);
	other = make("Other", "Guest", &secret);
	own = id_new(fx.now);
	assert_int_equal(apikeys_make(&fx.cx, own, str_of(apikeys_sealed(&fx.cx, own, STR(""))),
	    &in, &made), OK);
	fx_mark();
	assert_int_equal(apikeys_delete_for(&fx.cx, other, key), ERR_NOTFOUND);
	assert_int_equal(replace_key(other, key, "0", &made), ERR_NOTFOUND);
	assert_int_equal(apikeys_delete_for(&fx.cx, id, own), ERR_NOTFOUND);
	assert_int_equal(replace_key(id, own, "0", &made), ERR_NOTFOUND);
	assert_int_equal(apikeys_get(&fx.cx, key, &k), ERR_NOTFOUND);
	assert_int_equal(apikeys_delete(&fx.cx, key), ERR_NOTFOUND);
	assert_true(fx_same());
}

/* {A4} The old one goes on for as long as was chosen. */
static void
a_new_key_takes_the_place_of_the_old(void **state)
{
	const char        *secret;
	int64_t            id = make("Reporter", "Admin", &secret), key;
	struct apikey_made next, last;

	(void)state;
	key = fx_int("SELECT id FROM api_keys WHERE service_id = %lld", (long long)id);
	assert_int_equal(replace_key(id, key, "24", &next), OK);
	assert_int_equal(use(NORTH, secret), OK);
	fx.now = FX_NOW + FX_DAY;
	assert_int_equal(use(NORTH, secret), ERR_DENIED);
	assert_int_equal(use(NORTH, next.secret), OK);
	fx.now = FX_NOW;
	fx_as(NORTH, ADMIN);
	assert_int_equal(replace_key(id, next.key.id, "0", &last), OK);
	assert_int_equal(use(NORTH, next.secret), ERR_DENIED);
	assert_int_equal(use(NORTH, secret), ERR_DENIED);
	assert_int_equal(use(NORTH, last.secret), OK);
}

/* {A1 K6} The owner is told, or whoever is active in the group that owns it now. */
static void
the_owner_hears_of_expiries(void **state)
{
	const char             *secret;
	int64_t                 id = make("Reporter", "Guest", &secret), group, n;
	struct svcaccount_input in = asked("Reporter", "Guest");

	(void)state;
	in.version = version_of(id);
	in.owner_email = str_of(fx.m[NORTH][STAFF].email);
	assert_int_equal(svcaccounts_change(&fx.cx, id, &in), OK);
	fx.now = FX_NOW + 24 * FX_DAY;
	fx_system(SYSTEM);
	fx_mark();
	assert_int_equal(apikeys_warn(&fx.cx, &n), OK);
	assert_int_equal(fx_new_mails(), 1);
	assert_string_equal(fx_mail_to(), fx.m[NORTH][STAFF].email);
	assert_string_equal(fx_mail_kind(), "service_key_expiring");
	assert_non_null(strstr(fx_mail_text(), "Reporter"));
	assert_non_null(strstr(fx_mail_text(), "/service-accounts/"));
	fx.now = FX_NOW;
	fx_as(NORTH, ADMIN);
	group = make_group("Operations", "");
	assert_int_equal(join(group, fx.m[NORTH][USER].id, ""), OK);
	assert_int_equal(join(group, fx.m[NORTH][AUDITOR].id, "2026-11-22"), OK);
	assert_int_equal(join(group, fx.m[NORTH][DEACTIVATED].id, ""), OK);
	assert_int_equal(join(group, fx.m[NORTH][GUEST].id, ""), OK);
	assert_int_equal(join(group, id, ""), OK);
	in.version = version_of(id);
	in.owner_email = STR("");
	in.owner_group = fx_id(group);
	assert_int_equal(svcaccounts_change(&fx.cx, id, &in), OK);
	fx.now = FX_NOW + 29 * FX_DAY + FX_HOUR;
	fx_system(SYSTEM);
	fx_mark();
	assert_int_equal(apikeys_warn(&fx.cx, &n), OK);
	assert_int_equal(fx_new_mails(), 2);
	assert_int_equal(apikeys_warn(&fx.cx, &n), OK);
	assert_int_equal(n, 0);
}

/* ---------------------------------------------------------------- R7 */

/* {R7} SECURITY 54, "service account role": neither by its role, nor by a group that it is in, nor
 * by a key of one that holds more. */
static void
nobody_gets_more_by_an_account_than_they_hold(void **state)
{
	const char             *secret;
	int64_t                 strong = make("Strong", "Admin", &secret), key, plain, group;
	struct svcaccount_input in;
	struct apikey_made      made;

	(void)state;
	key = fx_int("SELECT id FROM api_keys WHERE service_id = %lld", (long long)strong);
	group = make_group("Admins", "Admin");
	as_little_editor();
	in = asked("Mine", "Admin");
	fx_mark();
	assert_int_equal(make_of(&in, &plain, &made), ERR_DENIED);
	assert_string_not_equal(fx_issue("role"), "");
	in = asked("Mine", "Little");
	in.groups = &group;
	in.ngroups = 1;
	assert_int_equal(make_of(&in, &plain, &made), ERR_DENIED);
	assert_int_equal(another_key(strong, "all", &made), ERR_DENIED);
	assert_string_not_equal(fx_issue(""), "");
	assert_int_equal(another_key(strong, "some", &made), ERR_DENIED);
	assert_int_equal(replace_key(strong, key, "0", &made), ERR_DENIED);
	assert_true(fx_same());
	in.ngroups = 0;
	assert_int_equal(make_of(&in, &plain, &made), OK);
	fx_mark();
	assert_int_equal(svcaccounts_set(&fx.cx, plain, SVCACCOUNT_CELL_ROLE,
	    fx_role(NORTH, "Admin"), 1), ERR_DENIED);
	assert_int_equal(svcaccounts_set_groups(&fx.cx, plain, &group, 1), ERR_DENIED);
	assert_int_equal(join(group, plain, ""), ERR_DENIED);
	assert_true(fx_same());
	/* What holds more by a group is as strong. */
	fx_as(NORTH, ADMIN);
	assert_int_equal(join(group, plain, ""), OK);
	fx_as(NORTH, USER);
	assert_int_equal(another_key(plain, "all", &made), ERR_DENIED);
	/* Less may be done with it: another name, and an end. */
	assert_int_equal(svcaccounts_set(&fx.cx, strong, SVCACCOUNT_CELL_NAME, STR("Weak"),
	    version_of(strong)), OK);
	assert_int_equal(svcaccounts_enable(&fx.cx, strong, false), OK);
	/* But its keys come back by somebody who holds as much. */
	fx_mark();
	assert_int_equal(svcaccounts_enable(&fx.cx, strong, true), ERR_DENIED);
	assert_string_not_equal(fx_issue(""), "");
	assert_true(fx_same());
	fx_as(NORTH, ADMIN);
	assert_int_equal(svcaccounts_enable(&fx.cx, strong, true), OK);
	fx_as(NORTH, USER);
	assert_int_equal(svcaccounts_enable(&fx.cx, strong, true), OK);
	assert_int_equal(svcaccounts_remove(&fx.cx, strong), OK);
}

/* {R7} SECURITY 54: nor by a key of one that is in a workspace, by itself or by a group, in which
 * the maker holds less. */
static void
nobody_gets_into_a_workspace_by_a_key(void **state)
{
	const char            *secret;
	int64_t                id = make("Inside", "Guest", &secret), ws = id_new(FX_NOW), group;
	struct workspace_input w = { STR("Payments"), STR(""), 0 };
	struct role_input      role = { .name = STR("Keeper"), .description = STR(""),
		.perms = perm_set_read("service_account:edit workspace:view workspace:write") };
	struct apikey_made     made;
	struct apikey_list     l;
	size_t                 added;
	struct str             viewer, contributor;

	(void)state;
	contributor = inside_role("Contributor");
	viewer = inside_role("Viewer");
	assert_int_equal(roles_make(&fx.cx, id_new(FX_NOW), "tenant", &role), OK);
	assert_int_equal(members_set_role(&fx.cx, fx.m[NORTH][USER].id, fx_role(NORTH, "Keeper"),
	    STR("")), OK);
	assert_int_equal(workspaces_make(&fx.cx, ws, &w), OK);
	assert_int_equal(access_workspace(&fx.cx, ws), OK);
	group = make_group("Crew", "");
	assert_int_equal(access_workspace(&fx.cx, ws), OK);
	assert_int_equal(workspaces_add(&fx.cx, ws, &group, 1, STR(""), contributor, &added), OK);
	fx_as(NORTH, USER);
	assert_int_equal(another_key(id, "read", &made), OK);
	assert_int_equal(apikeys_delete_for(&fx.cx, id, made.key.id), OK);
	fx_as(NORTH, ADMIN);
	assert_int_equal(join(group, id, ""), OK);
	fx_as(NORTH, USER);
	assert_int_equal(another_key(id, "all", &made), ERR_DENIED);
	/* Who belongs there and holds as much may; who holds less there may not. */
	fx_as(NORTH, ADMIN);
	assert_int_equal(access_workspace(&fx.cx, ws), OK);
	assert_int_equal(workspaces_add(&fx.cx, ws, &fx.m[NORTH][USER].id, 1, STR(""), viewer,
	    &added), OK);
	fx_as(NORTH, USER);
	assert_int_equal(another_key(id, "all", &made), ERR_DENIED);
	fx_as(NORTH, ADMIN);
	assert_int_equal(access_workspace(&fx.cx, ws), OK);
	assert_int_equal(workspaces_set_role(&fx.cx, ws, fx.m[NORTH][USER].id, contributor), OK);
	fx_as(NORTH, USER);
	assert_int_equal(another_key(id, "all", &made), OK);
	fx_as(NORTH, ADMIN);
	assert_int_equal(apikeys_of_service(&fx.cx, id, &l), OK);
	assert_int_equal(l.n, 2);
}

/* {A1} */
static void
who_lacks_the_permission_is_refused(void **state)
{
	const char             *secret;
	int64_t                 id = make("Reporter", "Guest", &secret), other;
	struct list_want        w = { .rows = 25 };
	struct svcaccount_input in = asked("Mine", "Guest");
	struct svcaccount_list  l;
	struct apikey_made      made;
	struct svcaccount       a;

	(void)state;
	for (enum fx_who who = BUILDER; who <= WEST_ADMIN; who++) {
		fx_as(NORTH, who);
		fx_mark();
		assert_int_equal(svcaccounts_list(&fx.cx, &w, "", &l), ERR_DENIED);
		assert_int_equal(svcaccounts_get(&fx.cx, id, &a), ERR_DENIED);
		assert_int_equal(make_of(&in, &other, &made), ERR_DENIED);
		assert_int_equal(svcaccounts_change(&fx.cx, id, &in), ERR_DENIED);
		assert_int_equal(svcaccounts_enable(&fx.cx, id, false), ERR_DENIED);
		assert_int_equal(svcaccounts_remove(&fx.cx, id), ERR_DENIED);
		assert_int_equal(another_key(id, "all", &made), ERR_DENIED);
		assert_int_equal(apikeys_delete_for(&fx.cx, id, 1), ERR_DENIED);
		assert_true(fx_same());
	}
	fx_as(SOUTH, ADMIN);
	fx_mark();
	assert_int_equal(svcaccounts_get(&fx.cx, id, &a), ERR_NOTFOUND);
	assert_int_equal(svcaccounts_change(&fx.cx, id, &in), ERR_NOTFOUND);
	assert_int_equal(svcaccounts_enable(&fx.cx, id, false), ERR_NOTFOUND);
	assert_int_equal(svcaccounts_remove(&fx.cx, id), ERR_NOTFOUND);
	assert_int_equal(another_key(id, "all", &made), ERR_NOTFOUND);
	assert_true(fx_same());
}

/* SECURITY 51 and 52: another account's ids among one's own change nothing at all. */
static void
foreign_ids_are_refused_with_all_that_came_along(void **state)
{
	const char             *secret;
	int64_t                 id = make("Reporter", "Guest", &secret), groups[2], foreign[2], n;
	struct svcaccount_input in = asked("Mine", "Guest");
	struct group_input      theirs = { STR("Theirs"), STR(""), STR(""), 0 };
	struct apikey_made      made;
	size_t                  added;

	(void)state;
	groups[0] = make_group("Ours", "");
	fx_as(SOUTH, ADMIN);
	groups[1] = id_new(fx.now);
	assert_int_equal(groups_make(&fx.cx, groups[1], &theirs), OK);
	fx_as(NORTH, ADMIN);
	fx_mark();
	assert_int_equal(svcaccounts_set_groups(&fx.cx, id, groups, 2), ERR_NOTFOUND);
	in.groups = groups;
	in.ngroups = 2;
	assert_int_equal(make_of(&in, &n, &made), ERR_NOTFOUND);
	in.ngroups = 0;
	in.owner_group = fx_id(groups[1]);
	assert_int_equal(make_of(&in, &n, &made), ERR_INVALID);
	assert_true(fx_same());
	fx_as(SOUTH, ADMIN);
	foreign[0] = fx.m[SOUTH][USER].id;
	foreign[1] = id;
	fx_mark();
	assert_int_equal(groups_add(&fx.cx, groups[1], foreign, 2, STR(""), &added), ERR_NOTFOUND);
	assert_true(fx_same());
}

/* SECURITY 52: direct SQL is refused what belongs to two accounts. */
static void
nothing_of_another_account_can_be_named(void **state)
{
	const char *secret;
	long long   id = make("Reporter", "Guest", &secret), north = fx.tenant[NORTH],
	    south = fx.tenant[SOUTH], group;

	(void)state;
	group = make_group("Ops", "");
	assert_true(fx_sql_fails("UPDATE service_accounts SET role_id = "
	    "(SELECT id FROM roles WHERE "
	    "tenant_id = %lld AND builtin = 'admin') WHERE id = %lld", south, id));
	assert_true(fx_sql_fails("UPDATE service_accounts SET owner_id = %lld WHERE id = %lld",
	    (long long)fx.m[SOUTH][STAFF].id, id));
	assert_true(fx_sql_fails("INSERT INTO group_members VALUES (%lld, %lld, %lld, NULL, %lld, "
	    "'x', 0, 0, 0, 0)", south, group, id, id));
	assert_true(fx_sql_fails("UPDATE api_keys SET tenant_id = %lld WHERE service_id = %lld",
	    south, id));
	assert_true(fx_sql_fails("INSERT INTO group_members VALUES (%lld, %lld, %lld, %lld, %lld, "
	    "'x', 0, 0, 0, 0)", north, group, id, (long long)fx.m[NORTH][USER].id, id));
	assert_false(fx_sql_fails("INSERT INTO group_members VALUES (%lld, %lld, %lld, NULL, %lld, "
	    "'x', 0, 0, 0, 0)", north, group, id, id));
}

/* ---------------------------------------------------------------- in groups, and roles */

/* {G2 G4} */
static void
accounts_are_in_groups_as_people_are(void **state)
{
	const char          *secret;
	int64_t              id = make("Reporter", "Guest", &secret), group, other;
	struct list_want     w = { .rows = 25 };
	struct group_members l;
	struct group_places  places;

	(void)state;
	group = make_group("Operations", "");
	other = make_group("Others", "Staff");
	fx_mark();
	assert_int_equal(join(group, id, "2099-01-31"), OK);
	fx_one_event(NORTH, "Ada Admin added Reporter to the group Operations",
	    "group: -> Operations; until: -> 2099-01-31");
	assert_int_equal(join(group, fx.m[NORTH][USER].id, ""), OK);
	assert_int_equal(groups_members(&fx.cx, group, &w, &l), OK);
	assert_int_equal(l.n, 2);
	assert_string_equal(l.items[0].name, "Reporter");
	assert_true(l.items[0].service);
	assert_string_equal(l.items[0].email, "");
	assert_false(l.items[1].service);
	assert_int_equal(groups_set_until(&fx.cx, group, id, STR("")), OK);
	assert_int_equal(svcaccounts_set(&fx.cx, id, SVCACCOUNT_CELL_NAME, STR("Zed"),
	    version_of(id)), OK);
	assert_int_equal(groups_members(&fx.cx, group, &w, &l), OK);
	assert_string_equal(l.items[1].name, "Zed");
	assert_int_equal(svcaccounts_set_groups(&fx.cx, id, &other, 1), OK);
	assert_int_equal(groups_of(&fx.cx, id, &places), OK);
	assert_int_equal(places.n, 1);
	assert_string_equal(places.items[0].name, "Others");
	fx_mark();
	assert_int_equal(groups_take_out(&fx.cx, other, id), OK);
	fx_one_event(NORTH, "Ada Admin took Zed out of the group Others", "group: Others -> ");
	assert_int_equal(groups_take_out(&fx.cx, other, id), ERR_NOTFOUND);
	fx_as(SOUTH, ADMIN);
	assert_int_equal(join(group, id, ""), ERR_NOTFOUND);
}

/* {G2} Who may not see service accounts adds none. */
static void
who_does_not_see_an_account_does_not_add_it(void **state)
{
	const char       *secret;
	int64_t           id = make("Reporter", "Guest", &secret), group = make_group("Ops", "");
	struct role_input in = { .name = STR("Grouper"), .description = STR(""),
		.perms = perm_set_read("group:edit user:view") };
	int64_t           role = id_new(fx.cx.now);

	(void)state;
	assert_int_equal(roles_make(&fx.cx, role, "tenant", &in), OK);
	assert_int_equal(members_set_role(&fx.cx, fx.m[NORTH][USER].id, fx_id(role), STR("")), OK);
	fx_as(NORTH, USER);
	fx_mark();
	assert_int_equal(join(group, id, ""), ERR_DENIED);
	assert_true(fx_same());
}

/* {R6} */
static void
accounts_move_with_the_holders_of_a_role(void **state)
{
	const char        *secret;
	int64_t            id, role, job;
	struct role_input  in = { .name = STR("Nightly"), .description = STR(""),
		.perms = perm_set_read("user:view") };
	struct role        r;
	struct svcaccount  a;

	(void)state;
	fx_as(NORTH, ADMIN);
	role = id_new(FX_NOW);
	assert_int_equal(roles_make(&fx.cx, role, "tenant", &in), OK);
	id = make("Reporter", "Nightly", &secret);
	assert_int_equal(roles_get(&fx.cx, role, &r), OK);
	assert_int_equal(r.services, 1);
	assert_int_equal(r.users, 0);
	assert_int_equal(roles_remove(&fx.cx, role, STR(""), id_new(FX_NOW), &job), ERR_INVALID);
	fx.cx.issues = NULL;
	assert_int_equal(roles_remove(&fx.cx, role, fx_role(NORTH, "Guest"), id_new(FX_NOW), &job),
	    OK);
	assert_int_equal(svcaccounts_get(&fx.cx, id, &a), OK);
	assert_string_equal(a.role_name, "Guest");
	assert_int_equal(fx_int("SELECT count(*) FROM events WHERE act = 221 AND subject_id = %lld",
	    (long long)id), 1);
}

/* {U11} */
static void
an_account_is_never_the_last_administrator(void **state)
{
	const char *secret;
	int64_t     group, id;

	(void)state;
	id = make("Reporter", "Admin", &secret);
	group = make_group("Admins", "Admin");
	assert_int_equal(join(group, id, ""), OK);
	fx_sql("UPDATE members SET status = 'deactivated' WHERE tenant_id = %lld AND id <> %lld "
	    "AND role_id = (SELECT id FROM roles WHERE tenant_id = %lld AND builtin = 'admin')",
	    (long long)fx.tenant[NORTH], (long long)fx.m[NORTH][ADMIN].id,
	    (long long)fx.tenant[NORTH]);
	assert_int_equal(members_set_role(&fx.cx, fx.m[NORTH][ADMIN].id, fx_role(NORTH, "User"),
	    STR("CONFIRM")), ERR_CONFLICT);
}

/* {A1} Owners that go leave it without one. */
static void
an_owner_who_leaves_is_forgotten(void **state)
{
	const char             *secret;
	int64_t                 id = make("Reporter", "Guest", &secret);
	struct svcaccount_input in = asked("Reporter", "Guest");
	struct svcaccount       a;

	(void)state;
	in.version = version_of(id);
	in.owner_email = str_of(fx.m[NORTH][STAFF].email);
	assert_int_equal(svcaccounts_change(&fx.cx, id, &in), OK);
	assert_int_equal(members_remove(&fx.cx, fx.m[NORTH][STAFF].id, STR("")), OK);
	assert_int_equal(svcaccounts_get(&fx.cx, id, &a), OK);
	assert_string_equal(a.owner_name, "");
	assert_int_equal(a.owner, 0);
}

/* {A1} In the order of names or age, both ways, page by page. */
static void
the_list_is_read_page_by_page(void **state)
{
	struct list_want       w = { .rows = 2 };
	struct svcaccount_list l;
	const char            *secret;
	char                   name[16];

	(void)state;
	for (int i = 0; i < 5; i++) {
		snprintf(name, sizeof(name), "Bot %c", 'E' - i);
		make(name, "Guest", &secret);
	}
	assert_int_equal(svcaccounts_list(&fx.cx, &w, "", &l), OK);
	assert_int_equal(l.all, 5);
	assert_int_equal(l.n, 2);
	assert_true(l.more);
	assert_string_equal(l.items[0].name, "Bot A");
	w.key = svcaccounts_key(&fx.cx, &l.items[1], SVCACCOUNTS_NAME);
	w.id = l.items[1].id;
	assert_int_equal(svcaccounts_list(&fx.cx, &w, "", &l), OK);
	assert_string_equal(l.items[0].name, "Bot C");
	w = (struct list_want){ .rows = 25, .sort = SVCACCOUNTS_CREATED, .down = true,
		.number = true };
	assert_int_equal(svcaccounts_list(&fx.cx, &w, "bot c", &l), OK);
	assert_int_equal(l.n, 1);
	assert_string_equal(l.items[0].name, "Bot C");
}

static int64_t
make_space(const char *name)
{
	struct workspace_input in = { str_of(name), STR(""), 0 };
	int64_t                id = id_new(fx.now);

	assert_int_equal(workspaces_make(&fx.cx, id, &in), OK);
	return id;
}

static enum err
seats(int64_t id, const int64_t *was, size_t nwas, const int64_t *now, size_t n, const char *role)
{
	struct svcaccount_seats in = { was, now, nwas, n, *role ? inside_role(role) : STR("") };

	fx.cx.issues = NULL;
	return svcaccounts_set_workspaces(&fx.cx, id, &in);
}

static int64_t
seats_of(int64_t id)
{
	return fx_int("SELECT count(*) FROM workspace_members WHERE holder_id = %lld",
	    (long long)id);
}

/* {A1 A2 W3} From its own page: what is new gets the role, what was there and is not ticked any
 * more is left, and nothing else is touched. */
static void
an_account_is_put_into_workspaces_and_taken_out(void **state)
{
	const char *secret;
	int64_t     id = make("Reporter", "Guest", &secret), space[3], foreign;

	(void)state;
	for (size_t i = 0; i < 3; i++)
		space[i] = make_space((const char *[]){ "Payments", "Billing", "Ledger" }[i]);
	assert_int_equal(seats(id, NULL, 0, space, 2, ""), ERR_INVALID);
	assert_non_null(ctx_issue_of(&fx.cx, "workspace_role"));
	assert_int_equal(seats_of(id), 0);
	fx_mark();
	assert_int_equal(seats(id, NULL, 0, space, 2, "Viewer"), OK);
	assert_int_equal(fx_new_events(NORTH), 2);
	assert_int_equal(seats_of(id), 2);
	/* One stays as it is, one goes, one is new; a second time changes nothing. */
	for (int again = 0; again < 2; again++) {
		fx_mark();
		assert_int_equal(seats(id, space, 2, (int64_t[]){ space[1], space[2] }, 2,
		    "Contributor"), OK);
		assert_int_equal(fx_new_events(NORTH), again ? 0 : 2);
	}
	assert_int_equal(fx_int("SELECT count(*) FROM workspace_members m JOIN roles r ON "
	    "r.id = m.role_id WHERE m.holder_id = %lld AND ((m.workspace_id = %lld AND r.name = "
	    "'Viewer') OR (m.workspace_id = %lld AND r.name = 'Contributor'))", (long long)id,
	    (long long)space[1], (long long)space[2]), 2);
	/* What the form did not show is not left. */
	assert_int_equal(seats(id, &space[1], 1, NULL, 0, ""), OK);
	assert_int_equal(seats_of(id), 1);

	fx_as(SOUTH, ADMIN);
	foreign = make_space("Theirs");
	fx_as(NORTH, ADMIN);
	fx_mark();
	assert_int_equal(seats(id, &space[2], 1, (int64_t[]){ space[0], foreign }, 2, "Viewer"),
	    ERR_NOTFOUND);
	assert_int_equal(seats(id, &foreign, 1, NULL, 0, ""), ERR_NOTFOUND);
	assert_int_equal(seats(id, NULL, 0, &id, 1, "Viewer"), ERR_NOTFOUND);
	assert_true(fx_same());
	as_little_editor();
	fx_mark();
	assert_int_equal(seats(id, NULL, 0, space, 1, "Viewer"), ERR_DENIED);
	assert_int_equal(seats(id, &space[2], 1, NULL, 0, ""), ERR_DENIED);
	assert_true(fx_same());
}

/* {A1} A group is the owner by its id, or by its name where there are too many for a list. */
static void
a_group_is_named_as_owner(void **state)
{
	struct svcaccount_input in = asked("Reporter", "Guest");
	struct apikey_made      made;
	struct svcaccount       a;
	int64_t                 id, group;

	(void)state;
	fx_as(NORTH, ADMIN);
	group = make_group("Über Movers", "");
	in.owner_group = STR(" über movers ");
	assert_int_equal(make_of(&in, &id, &made), OK);
	assert_int_equal(svcaccounts_get(&fx.cx, id, &a), OK);
	assert_int_equal(a.owner_group, group);
	in.name = STR("Other");
	in.owner_group = STR("Movers");
	assert_int_equal(make_of(&in, &id, &made), ERR_INVALID);
	assert_non_null(ctx_issue_of(&fx.cx, "owner_group"));
}

/* Names in the order of that page by page list, with one row a page, forwards; back again from the
 * last must give the same. */
static const char *
walk(unsigned sort, bool down)
{
	struct list_want       w = { .rows = 1, .sort = sort, .down = down,
		.number = SVCACCOUNTS_NUMBERS >> sort & 1 };
	struct svcaccount_list l;
	const char            *names = "", *back = "";

	do {
		assert_int_equal(svcaccounts_list(&fx.cx, &w, "", &l), OK);
		names = ARENA_JOIN(fx.keep, names, l.items[0].name, " ");
		w.key = arena_strdup(fx.keep, svcaccounts_key(&fx.cx, &l.items[0], sort));
		w.id = l.items[0].id;
	} while (l.more);
	back = ARENA_JOIN(fx.keep, l.items[0].name, " ");
	w.back = true;
	do {
		assert_int_equal(svcaccounts_list(&fx.cx, &w, "", &l), OK);
		back = ARENA_JOIN(fx.keep, l.items[0].name, " ", back);
		w.key = arena_strdup(fx.keep, svcaccounts_key(&fx.cx, &l.items[0], sort));
		w.id = l.items[0].id;
	} while (l.more);
	assert_string_equal(names, back);
	return names;
}

/* {A1} By role, owner and last use, which follow what changes elsewhere; ids are in the order of
 * making. */
static void
the_list_is_sorted_by_role_owner_and_last_use(void **state)
{
	struct svcaccount_input in = asked("a", "Guest");
	struct apikey_made      made;
	const char             *secret[2];
	int64_t                 id, group;

	(void)state;
	fx_as(NORTH, ADMIN);
	group = make_group("Movers", "");
	in.owner_email = str_of(fx.m[NORTH][STAFF].email);
	assert_int_equal(make_of(&in, &id, &made), OK);
	secret[0] = arena_strdup(fx.keep, made.secret);
	make("b", "Builder", &secret[1]);
	in = asked("c", "Admin");
	in.owner_group = fx_id(group);
	assert_int_equal(make_of(&in, &id, &made), OK);

	assert_string_equal(walk(SVCACCOUNTS_ROLE, false), "c b a ");
	assert_string_equal(walk(SVCACCOUNTS_ROLE, true), "a b c ");
	assert_string_equal(walk(SVCACCOUNTS_OWNER, false), "b c a ");
	assert_string_equal(walk(SVCACCOUNTS_OWNER, true), "a c b ");
	fx_sql("UPDATE members SET name = 'Ada', name_key = 'ada' WHERE id = %lld",
	    (long long)fx.m[NORTH][STAFF].id);
	fx_sql("UPDATE roles SET name = 'Zero', name_key = 'zero' WHERE tenant_id = %lld AND "
	    "builtin = 'admin'", (long long)fx.tenant[NORTH]);
	assert_string_equal(walk(SVCACCOUNTS_OWNER, false), "b a c ");
	assert_string_equal(walk(SVCACCOUNTS_ROLE, false), "b a c ");
	fx_sql("UPDATE groups SET name = 'Aa', name_key = 'aa' WHERE id = %lld", (long long)group);
	assert_string_equal(walk(SVCACCOUNTS_OWNER, false), "b c a ");
	assert_int_equal(groups_remove(&fx.cx, group), OK);
	assert_string_equal(walk(SVCACCOUNTS_OWNER, true), "a c b ");

	fx_sql("UPDATE api_keys SET last_used_at = 7 WHERE service_id = %lld", (long long)id);
	fx_sql("UPDATE api_keys SET last_used_at = 5 WHERE prefix = '%.12s'", secret[0]);
	assert_string_equal(walk(SVCACCOUNTS_USED, false), "b a c ");
	assert_string_equal(walk(SVCACCOUNTS_USED, true), "c a b ");
	assert_int_equal(fx_int("SELECT count(*) FROM service_accounts WHERE used_at > 0"), 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FX_TEST(an_account_is_made_and_edited),
		FX_TEST(an_account_is_made_into_workspaces),
		FX_TEST(what_is_wrong_is_said),
		FX_TEST(a_form_sent_twice_makes_one_account_and_one_key),
		FX_TEST(a_cell_is_changed_alone),
		FX_TEST(a_cell_takes_what_the_form_takes),
		FX_TEST(a_cell_is_for_who_may_edit),
		FX_TEST(an_account_acts_by_its_key),
		FX_TEST(what_an_account_holds_by_others_ends_with_it),
		FX_TEST(a_disabled_or_deleted_account_is_refused_at_once),
		FX_TEST(a_refusal_names_the_account),
		FX_TEST(an_account_has_at_most_two_keys),
		FX_TEST(a_key_of_another_is_not_found),
		FX_TEST(a_new_key_takes_the_place_of_the_old),
		FX_TEST(the_owner_hears_of_expiries),
		FX_TEST(nobody_gets_more_by_an_account_than_they_hold),
		FX_TEST(nobody_gets_into_a_workspace_by_a_key),
		FX_TEST(who_lacks_the_permission_is_refused),
		FX_TEST(foreign_ids_are_refused_with_all_that_came_along),
		FX_TEST(nothing_of_another_account_can_be_named),
		FX_TEST(accounts_are_in_groups_as_people_are),
		FX_TEST(who_does_not_see_an_account_does_not_add_it),
		FX_TEST(accounts_move_with_the_holders_of_a_role),
		FX_TEST(an_account_is_never_the_last_administrator),
		FX_TEST(an_owner_who_leaves_is_forgotten),
		FX_TEST(an_account_is_put_into_workspaces_and_taken_out),
		FX_TEST(a_group_is_named_as_owner),
		FX_TEST(the_list_is_read_page_by_page),
		FX_TEST(the_list_is_sorted_by_role_owner_and_last_use),
	};

	return FX_RUN(tests);
}
