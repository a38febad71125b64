/* why/: the explanation says what is enforced, and what it advises helps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/id.h"
#include "groups/groups.h"
#include "members/members.h"
#include "roles/roles.h"
#include "svcaccounts/svcaccounts.h"
#include "why/why.h"
#include "workspaces/workspaces.h"

/* ---------------------------------------------------------------- worlds by chance */

enum { ROLES = 5, GROUPS = 4, PEOPLE = 3, WHO = PEOPLE + 1, SPACES = 2, SEATS = 3, NONE = -1,
	SQL_LONGEST = 16384 };
static const enum fx_who people[PEOPLE] = { USER, WEST_USER, DEEP_USER };
static int64_t           service;     /* the last of them is a service account, in the root */

/* What the test made up, and all that its own answer is made of. */
struct world {
	int64_t  role[ROLES], group[GROUPS];
	uint64_t holds[ROLES];
	int      group_role[GROUPS];
	int      own[WHO];                 /* role */
	bool     active[WHO], in[WHO][GROUPS];
	int64_t  until[WHO][GROUPS];
	int64_t  space[SPACES], seat[SEATS];      /* workspaces, and roles there */
	uint64_t seat_holds[SEATS];
	int      seat_of[SPACES][WHO], seat_of_group[SPACES][GROUPS];   /* NONE: not in it */
};

static uint64_t
some_permissions(void)
{
	uint64_t bits = 0;

	for (enum perm p = PERM_FIRST; p < PERM__COUNT; p++)
		if (fx_random(5) == 0)
			bits |= UINT64_C(1) << p;
	return perm_set_read(perm_set_text(fx.cx.arena, (struct perm_set){ bits })).bits;
}

static void
make_service(void)
{
	struct svcaccount_input in = { .name = STR("Reporter"), .description = STR(""),
		.role = fx_role(NORTH, "Guest") };
	bool                    there;

	service = id_new(FX_NOW);
	assert_int_equal(svcaccounts_make(&fx.cx, service, &in, &there), OK);
}

static void
make_workspaces(struct world *w)
{
	for (int i = 0; i < SPACES; i++) {
		struct workspace_input in = { str_of(arena_printf(fx.keep, "Space %d", i)), STR(""),
			0 };

		w->space[i] = id_new(FX_NOW);
		assert_int_equal(workspaces_make(&fx.cx, w->space[i], &in), OK);
	}
	for (int i = 0; i < SEATS; i++) {
		struct role_input in = { .name = str_of(arena_printf(fx.keep, "Seat %d", i)),
			.description = STR(""), .perms = perm_set_read("workspace:view") };

		w->seat[i] = id_new(FX_NOW);
		assert_int_equal(roles_make(&fx.cx, w->seat[i], "workspace", &in), OK);
	}
}

static void
make_roles_and_groups(struct world *w)
{
	fx_as(NORTH, ADMIN);
	make_service();
	make_workspaces(w);
	for (int i = 0; i < ROLES; i++) {
		struct role_input in = { .name = str_of(arena_printf(fx.keep, "Role %d", i)),
			.description = STR(""), .perms = perm_set_read("user:view") };

		w->role[i] = id_new(FX_NOW);
		assert_int_equal(roles_make(&fx.cx, w->role[i], "tenant", &in), OK);
	}
	for (int i = 0; i < GROUPS; i++) {
		struct group_input in = { str_of(arena_printf(fx.keep, "Group %d", i)), STR(""),
			STR(""), 0 };

		w->group[i] = id_new(FX_NOW);
		assert_int_equal(groups_make(&fx.cx, w->group[i], &in), OK);
	}
}

static char   sql[SQL_LONGEST];
static size_t sql_len;

static void put(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void
put(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	sql_len += (size_t)vsnprintf(sql + sql_len, sizeof(sql) - sql_len, format, ap);
	va_end(ap);
	assert_true(sql_len < sizeof(sql));
}

static void
shuffle_groups(struct world *w)
{
	for (int i = 0; i < ROLES; i++) {
		w->holds[i] = some_permissions();
		put("UPDATE roles SET permissions = '%s' WHERE id = %lld;",
		    perm_set_text(fx.cx.arena, (struct perm_set){ w->holds[i] }),
		    (long long)w->role[i]);
	}
	for (int i = 0; i < GROUPS; i++) {
		w->group_role[i] = fx_random(4) == 0 ? NONE : (int)fx_random(ROLES);
		put("UPDATE groups SET role_id = nullif(%lld, 0) WHERE id = %lld;",
		    w->group_role[i] == NONE ? 0LL : (long long)w->role[w->group_role[i]],
		    (long long)w->group[i]);
	}
}

static int64_t
id_of(int who)
{
	return who == PEOPLE ? service : fx.m[NORTH][people[who]].id;
}

static void
shuffle_one(struct world *w, int i)
{
	long long   id = (long long)id_of(i);
	bool        person = i < PEOPLE;

	w->own[i] = (int)fx_random(ROLES);
	w->active[i] = fx_random(6) != 0;
	put("UPDATE %s SET role_id = %lld, status = '%s' WHERE id = %lld;",
	    person ? "members" : "service_accounts", (long long)w->role[w->own[i]],
	    w->active[i] ? "active" : person ? "deactivated" : "disabled", id);
	for (int g = 0; g < GROUPS; g++) {
		w->in[i][g] = fx_random(2) == 0;
		w->until[i][g] = fx_random(2) == 0 ? 0 : FX_NOW - 2 + (int64_t)fx_random(5);
		if (w->in[i][g])
			put("INSERT INTO group_members VALUES (%lld, %lld, %lld, "
			    "nullif(%lld, 0), nullif(%lld, 0), 'x', %lld, 0, 0, 0);",
			    (long long)fx.tenant[NORTH], (long long)w->group[g], id,
			    person ? id : 0, person ? 0 : id, (long long)w->until[i][g]);
	}
}

static int
shuffle_seat(const struct world *w, int space, const char *column, int64_t holder)
{
	int seat = fx_random(2) == 0 ? NONE : (int)fx_random(SEATS);

	if (seat != NONE)
		put("INSERT INTO workspace_members (tenant_id, workspace_id, holder_id, %s, "
		    "role_id, name_key, added_by, added_at) "
		    "VALUES (%lld, %lld, %lld, %lld, %lld, 'x', 0, 0);",
		    column, (long long)fx.tenant[NORTH], (long long)w->space[space],
		    (long long)holder, (long long)holder, (long long)w->seat[seat]);
	return seat;
}

/* Beside those of who made them. */
static void
shuffle_seats(struct world *w)
{
	put("DELETE FROM workspace_members WHERE holder_id <> %lld;",
	    (long long)fx.m[NORTH][ADMIN].id);
	for (int i = 0; i < SEATS; i++) {
		w->seat_holds[i] = perm_set_read(perm_set_text(fx.cx.arena, perm_both(
		    (struct perm_set){ some_permissions() }, perm_set_workspace()))).bits;
		put("UPDATE roles SET permissions = '%s' WHERE id = %lld;",
		    perm_set_text(fx.cx.arena, (struct perm_set){ w->seat_holds[i] }),
		    (long long)w->seat[i]);
	}
	for (int i = 0; i < SPACES; i++) {
		for (int k = 0; k < WHO; k++)
			w->seat_of[i][k] = shuffle_seat(w, i,
			    k == PEOPLE ? "service_id" : "member_id", id_of(k));
		for (int k = 0; k < GROUPS; k++)
			w->seat_of_group[i][k] = shuffle_seat(w, i, "group_id", w->group[k]);
	}
}

/* Straight into the tables, all at once: the rules are not what is tried here. */
static void
shuffle(struct world *w)
{
	fx_as(NORTH, ADMIN);
	sql_len = 0;
	put("BEGIN; DELETE FROM group_members;");
	shuffle_groups(w);
	for (int i = 0; i < WHO; i++)
		shuffle_one(w, i);
	shuffle_seats(w);
	put("COMMIT");
	fx_sql("%s", sql);
}

static bool
begins_with(const char *path, const char *above)
{
	return strncmp(path, above, strlen(above)) == 0;
}

/* The group counts for that one now. */
static bool
counts(const struct world *w, int who, int group)
{
	return w->in[who][group] && (w->until[who][group] == 0 || w->until[who][group] > FX_NOW);
}

/* A role of the account that holds p: their own, or a group's. */
static bool
has_role_with(const struct world *w, int who, enum perm p)
{
	for (int g = 0; g < GROUPS; g++)
		if (counts(w, who, g) && w->group_role[g] != NONE &&
		    (w->holds[w->group_role[g]] >> p & 1))
			return true;
	return w->holds[w->own[who]] >> p & 1;
}

/* In a workspace: by a role there; by one of the account, for who is in it; and for whoever sees or
 * manages all of them. */
static bool
may_inside(const struct world *w, int who, enum perm p, int space)
{
	const char *home = who == PEOPLE ? "/" : fx.m[NORTH][people[who]].org_path;
	bool        root = strcmp(home, "/") == 0, is_in = false, held = false;
	int         seat = w->seat_of[space][who];

	if (seat != NONE) {
		is_in = true;
		held = w->seat_holds[seat] >> p & 1;
	}
	for (int g = 0; g < GROUPS; g++) {
		seat = w->seat_of_group[space][g];
		if (seat == NONE || !counts(w, who, g))
			continue;
		is_in = true;
		held = held || (w->seat_holds[seat] >> p & 1);
	}
	held = held || (is_in && has_role_with(w, who, p));
	held = held || (root && has_role_with(w, who, PERM_WORKSPACE_MANAGE));
	held = held || (root && p == PERM_WORKSPACE_VIEW &&
	    has_role_with(w, who, PERM_WORKSPACE_ALL));
	return held && w->active[who];
}

/* The answer by the rules of the specification alone, as plainly as it can be said. */
static bool
may(const struct world *w, int who, enum perm p, struct scope sc)
{
	const char *home = who == PEOPLE ? "/" : fx.m[NORTH][people[who]].org_path;

	if (sc.kind == SCOPE_WORKSPACE)
		return may_inside(w, who, p, sc.id == w->space[1]);
	if (!w->active[who] || !has_role_with(w, who, p))
		return false;
	return sc.kind == SCOPE_ORG ? begins_with(sc.path, home) : strcmp(home, "/") == 0;
}

static void
take_advice(const struct why *why, int64_t member, int64_t workspace)
{
	const struct way *w = &why->ways[0];
	size_t            added;
	char              text[14];

	fx_as(NORTH, ADMIN);
	if (why->reactivate)
		assert_int_equal(member == service ? svcaccounts_enable(&fx.cx, member, true) :
		    members_reactivate(&fx.cx, member), OK);
	if (why->nways == 0)
		return;
	id_text(w->id, text);
	if (workspace)
		assert_int_equal(access_workspace(&fx.cx, workspace), OK);
	switch (w->kind) {
	case WAY_SEAT:
		assert_int_equal(workspaces_add(&fx.cx, workspace, &member, 1, STR(""),
		    str_of(text), &added), OK);
		assert_int_equal(added, 1);
		break;
	case WAY_SEAT_ROLE:
		assert_int_equal(workspaces_set_role(&fx.cx, workspace, member, str_of(text)), OK);
		break;
	case WAY_LONGER:
		assert_int_equal(groups_set_until(&fx.cx, w->id, member, NULL, STR("")), OK);
		break;
	case WAY_JOIN:
		assert_int_equal(groups_add(&fx.cx, w->id, &member, 1, STR(""), &added), OK);
		assert_int_equal(added, 1);
		break;
	case WAY_ROLE:
		assert_int_equal(member == service ? svcaccounts_set(&fx.cx, member,
		    SVCACCOUNT_CELL_ROLE, str_of(text), fx_int("SELECT version FROM "
		    "service_accounts WHERE id = %lld", (long long)member)) :
		    members_set_role(&fx.cx, member, str_of(text), STR("")), OK);
	}
}

/* The actor becomes that one; false: they may not enter. */
static bool
become(int who)
{
	static const struct by_key none;
	struct by_key             *key;
	struct standing            st;

	if (who < PEOPLE)
		return fx_try_as(NORTH, people[who]) == PLACE_MEMBER;
	fx_nobody();
	key = ARENA_NEW(fx.cx.arena, struct by_key);
	*key = none;
	key->tenant = fx.tenant[NORTH];
	key->most = perm_set_all();
	fx.cx.key = key;
	fx.cx.actor.kind = ACTOR_SERVICE;
	fx.cx.actor.member = service;
	assert_int_equal(place_enter(&fx.cx, str_of(fx.slug[NORTH]), &st), OK);
	return st.kind == PLACE_MEMBER;
}

static struct { uint64_t yes, no, taken; } met;

static void
ask(const struct world *w, int who, enum perm p, struct scope sc)
{
	int64_t    member = id_of(who);
	bool       want = may(w, who, p, sc);
	struct why why;
	bool       held;

	held = become(who);
	if (held && sc.kind == SCOPE_WORKSPACE)
		assert_int_equal(access_workspace(&fx.cx, sc.id), OK);
	held = held && access_has(&fx.cx, p, sc);
	fx_as(NORTH, ADMIN);
	assert_int_equal(why_ask(&fx.cx, member, p, sc, &why), OK);
	if (held != want || why.proof->yes != want)
		fail_msg("%s may %s in %s: enforced %d, explained %d, should be %d",
		    why.proof->who.name, perm_info(p)->key,
		    sc.kind == SCOPE_WORKSPACE ? "a workspace" : sc.path ? sc.path : "the account",
		    held, why.proof->yes, want);
	if (want) {
		met.yes++;
		assert_non_null(access_grant(why.proof, p));
		return;
	}
	met.no++;
	for (size_t i = 1; i < why.nways; i++)
		assert_true(why.ways[i - 1].more <= why.ways[i].more);
	assert_int_equal(why.nways == 0 && !why.reactivate, why.elsewhere);
	if (why.elsewhere)
		return;
	take_advice(&why, member, sc.kind == SCOPE_WORKSPACE ? sc.id : 0);
	fx_as(NORTH, ADMIN);
	assert_int_equal(why_ask(&fx.cx, member, p, sc, &why), OK);
	if (!why.proof->yes)
		fail_msg("the advice for %s about %s did not help", why.proof->who.name,
		    perm_info(p)->key);
	met.taken++;
}

/* {R4 R4a R8 G3 G4 W3} In worlds made up by chance the answer is that of an evaluator of the test's
 * own; what explains is what decides; and the first advice turns the answer. */
static void
the_answer_is_right_in_any_world(void **state)
{
	const char  *given = getenv("TENANTRY_WORLDS");
	int          worlds = given ? atoi(given) : 2000;
	struct world w;

	(void)state;
	fx_seed();
	make_roles_and_groups(&w);
	for (int i = 0; i < worlds; i++) {
		const char *places[] = { "/", fx.west[NORTH], fx.deep[NORTH], fx.east[NORTH] };
		enum perm   p = PERM_FIRST + fx_random(PERM_PORTAL_USE - PERM_FIRST + 1);
		size_t      mark = arena_mark(fx.cx.arena);

		shuffle(&w);
		if (fx_random(2) == 0) {
			p = PERM_WORKSPACE_VIEW + fx_random(PERM__COUNT - PERM_WORKSPACE_VIEW);
			ask(&w, (int)fx_random(WHO), p, IN_WORKSPACE(w.space[fx_random(SPACES)]));
		} else
			ask(&w, (int)fx_random(WHO), p, perm_info(p)->scope == SCOPE_ORG ?
			    IN_ORG(places[fx_random(4)]) : IN_TENANT);
		fx_nobody();
		arena_release(fx.cx.arena, mark);
	}
	print_message("# %d worlds: %llu yes, %llu no, %llu times the advice was taken\n", worlds,
	    (unsigned long long)met.yes, (unsigned long long)met.no,
	    (unsigned long long)met.taken);
	assert_true(met.yes > (uint64_t)worlds / 20 && met.no > (uint64_t)worlds / 20 &&
	    met.taken > (uint64_t)worlds / 20);
}

/* {R8 L2} A refusal can be looked up as it was, whatever is held by now. */
static void
a_refusal_stays_as_it_was(void **state)
{
	struct decision d;
	const char     *root;
	int64_t         id;

	(void)state;
	fx_as(NORTH, STAFF);
	assert_int_equal(access_refused(&fx.cx, PERM_AUDIT_VIEW, "/t/{tenant}/audit"), OK);
	id = fx.cx.decision;
	fx_as(NORTH, ADMIN);
	assert_int_equal(members_set_role(&fx.cx, fx.m[NORTH][STAFF].id, fx_role(NORTH, "Auditor"),
	    STR("")), OK);
	assert_int_equal(why_decision(&fx.cx, id, &d), OK);
	assert_string_equal(d.name, "Stan Staff");
	/* Under the names of then, too. */
	fx_sql("UPDATE members SET name = 'Stan Other' WHERE id = %lld",
	    (long long)fx.m[NORTH][STAFF].id);
	fx_sql("UPDATE organizations SET name = 'Elsewhere' WHERE tenant_id = %lld AND path = '/'",
	    (long long)fx.tenant[NORTH]);
	root = d.reach;
	assert_string_not_equal(root, "");
	assert_int_equal(why_decision(&fx.cx, id, &d), OK);
	assert_string_equal(d.name, "Stan Staff");
	assert_string_equal(d.reach, root);
	assert_string_equal(d.permission, "audit:view");
	assert_string_equal(d.matter, "/t/{tenant}/audit");
	assert_string_equal(d.role, "Staff");
	assert_non_null(strstr(d.held, "user:invite"));
	assert_null(strstr(d.held, "audit:view"));
	assert_int_equal(why_decision(&fx.cx, 4711, &d), ERR_NOTFOUND);
	fx_as(SOUTH, ADMIN);
	assert_int_equal(why_decision(&fx.cx, id, &d), ERR_NOTFOUND);
	fx_as(NORTH, HELPDESK);
	assert_int_equal(why_decision(&fx.cx, id, &d), ERR_DENIED);
}

/* {R8} A group without a seat there helps when its role of the account opens every workspace. */
static void
a_group_that_opens_every_workspace_is_proposed(void **state)
{
	struct role_input      opens = { .name = STR("Opens"), .description = STR(""),
		.perms = perm_set_read("workspace:manage_all") };
	struct group_input     keepers = { STR("Keepers"), STR(""), STR(""), 0 };
	struct workspace_input in = { STR("Payments"), STR(""), 0 };
	int64_t                role = id_new(fx.now), group = id_new(fx.now);
	int64_t                space = id_new(fx.now);
	int64_t                member = fx.m[NORTH][USER].id;
	struct why             why;
	const struct way      *way = NULL;
	size_t                 added;

	(void)state;
	fx_as(NORTH, ADMIN);
	assert_int_equal(roles_make(&fx.cx, role, "tenant", &opens), OK);
	keepers.role = fx_id(role);
	assert_int_equal(groups_make(&fx.cx, group, &keepers), OK);
	assert_int_equal(workspaces_make(&fx.cx, space, &in), OK);
	assert_int_equal(why_ask(&fx.cx, member, PERM_WORKSPACE_WRITE, IN_WORKSPACE(space), &why),
	    OK);
	assert_false(why.proof->yes);
	for (size_t i = 0; i < why.nways; i++)
		if (why.ways[i].kind == WAY_JOIN)
			way = &why.ways[i];
	assert_non_null(way);
	assert_int_equal(way->id, group);
	assert_true(way->apart);
	assert_string_equal(way->role, "Opens");
	assert_string_equal(way->who[0], "Ada Admin");
	assert_int_equal(groups_add(&fx.cx, group, &member, 1, STR(""), &added), OK);
	assert_int_equal(why_ask(&fx.cx, member, PERM_WORKSPACE_WRITE, IN_WORKSPACE(space), &why),
	    OK);
	assert_true(why.proof->yes);
}

/* {R8} */
static void
who_can_do_it_is_told(void **state)
{
	struct why why;
	bool       ada = false;

	(void)state;
	fx_as(NORTH, ADMIN);
	assert_int_equal(why_ask(&fx.cx, fx.m[NORTH][WEST_USER].id, PERM_USER_EDIT,
	    IN_ORG(fx.west[NORTH]), &why), OK);
	assert_false(why.proof->yes);
	assert_int_equal(why.ways[0].kind, WAY_ROLE);
	assert_string_equal(why.ways[0].name, "Staff");
	for (size_t i = 0; i < why.ways[0].nwho; i++)
		ada |= strcmp(why.ways[0].who[i], "Ada Admin") == 0;
	assert_true(ada);
	fx_as(NORTH, AUDITOR);
	assert_int_equal(why_ask(&fx.cx, fx.m[NORTH][WEST_USER].id, PERM_USER_EDIT, IN_TENANT,
	    &why), OK);
	for (enum fx_who who = BUILDER; who <= USER; who++) {
		fx_as(NORTH, who);
		assert_int_equal(why_ask(&fx.cx, fx.m[NORTH][USER].id, PERM_USER_EDIT, IN_TENANT,
		    &why), ERR_DENIED);
	}
	fx_as(SOUTH, ADMIN);
	assert_int_equal(why_ask(&fx.cx, fx.m[NORTH][USER].id, PERM_USER_EDIT, IN_TENANT, &why),
	    ERR_NOTFOUND);
}

static bool
can(const struct way *w, const char *name)
{
	for (size_t i = 0; i < w->nwho; i++)
		if (strcmp(w->who[i], name) == 0)
			return true;
	return false;
}

/* {R8} Whoever can do it by a group is named, until the membership ends. */
static void
who_can_do_it_by_a_group_is_told(void **state)
{
	int64_t            group = id_new(fx.now), member = fx.m[NORTH][STAFF].id;
	struct group_input in = { STR("Keepers"), STR(""), STR(""), 0 };
	struct why         why;
	size_t             added;

	(void)state;
	fx_as(NORTH, ADMIN);
	in.role = fx_role(NORTH, "Admin");
	assert_int_equal(groups_make(&fx.cx, group, &in), OK);
	assert_int_equal(why_ask(&fx.cx, fx.m[NORTH][USER].id, PERM_AUDIT_VIEW, IN_TENANT, &why),
	    OK);
	assert_false(can(&why.ways[0], "Stan Staff"));
	assert_int_equal(groups_add(&fx.cx, group, &member, 1, STR(""), &added), OK);
	assert_int_equal(why_ask(&fx.cx, fx.m[NORTH][USER].id, PERM_AUDIT_VIEW, IN_TENANT, &why),
	    OK);
	assert_true(can(&why.ways[0], "Ada Admin"));
	assert_true(can(&why.ways[0], "Stan Staff"));
	fx_sql("UPDATE group_members SET until_at = %lld WHERE group_id = %lld",
	    (long long)fx.now, (long long)group);
	assert_int_equal(why_ask(&fx.cx, fx.m[NORTH][USER].id, PERM_AUDIT_VIEW, IN_TENANT, &why),
	    OK);
	assert_false(can(&why.ways[0], "Stan Staff"));
}

/* {R8} Who can re-activate somebody is named, and who can move them where it would count. */
static void
who_can_do_what_is_needed_first_is_told(void **state)
{
	struct why why;

	(void)state;
	fx_as(NORTH, ADMIN);
	fx_sql("UPDATE members SET status = 'deactivated' WHERE id = %lld",
	    (long long)fx.m[NORTH][STAFF].id);
	assert_int_equal(why_ask(&fx.cx, fx.m[NORTH][STAFF].id, PERM_USER_EDIT, IN_ORG("/"), &why),
	    OK);
	assert_false(why.proof->yes);
	assert_true(why.reactivate && why.nways == 0);
	assert_true(can(&why.first, "Ada Admin"));
	assert_int_equal(why_ask(&fx.cx, fx.m[NORTH][WEST_USER].id, PERM_USER_EDIT, IN_ORG("/"),
	    &why), OK);
	assert_true(why.elsewhere);
	assert_true(can(&why.first, "Ada Admin"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FX_TEST(the_answer_is_right_in_any_world),
		FX_TEST(a_refusal_stays_as_it_was),
		FX_TEST(a_group_that_opens_every_workspace_is_proposed),
		FX_TEST(who_can_do_it_is_told),
		FX_TEST(who_can_do_it_by_a_group_is_told),
		FX_TEST(who_can_do_what_is_needed_first_is_told),
	};

	return FX_RUN(tests);
}
