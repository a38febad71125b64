/* groups/: groups, who is in them, and what they hold by it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../fixture.h"

#include <string.h>

#include "base/arena.h"
#include "base/id.h"
#include "core/admins.h"
#include "groups/groups.h"
#include "members/columns.h"
#include "members/members.h"
#include "roles/roles.h"

#define TOMORROW STR("2099-01-31")

static enum err
make(const char *name, const char *role, int64_t *id)
{
	struct group_input in = { str_of(name), STR(" What it is for "),
		*role ? fx_role(NORTH, role) : STR(""), 0 };

	*id = id_new(fx.cx.now);
	fx.cx.issues = NULL;
	return groups_make(&fx.cx, *id, &in);
}

static enum err
change(int64_t id, const char *name, const char *role)
{
	struct group_input in = { str_of(name), STR("What it is for"),
		*role ? fx_role(NORTH, role) : STR(""),
		fx_int("SELECT version FROM groups WHERE id = %lld", (long long)id) };

	fx.cx.issues = NULL;
	return groups_change(&fx.cx, id, &in);
}

static enum err
add(int64_t group, int64_t member, struct str until)
{
	size_t added;

	fx.cx.issues = NULL;
	return groups_add(&fx.cx, group, &member, 1, until, &added);
}

static int64_t
id_of(enum fx_who who)
{
	return fx.m[NORTH][who].id;
}

/* A group of that role with one in it, made by ADMIN. */
static int64_t
group_with(const char *role, enum fx_who who)
{
	int64_t id;

	fx_as(NORTH, ADMIN);
	assert_int_equal(make("Operations", role, &id), OK);
	assert_int_equal(add(id, id_of(who), STR("")), OK);
	return id;
}

/* A role that may edit groups, with little else, worn by USER. */
static void
as_little_editor(void)
{
	struct role_input in = { .name = STR("Little"), .description = STR(""),
		.perms = perm_set_read("group:edit user:view") };
	int64_t           id = id_new(fx.cx.now);

	fx_as(NORTH, ADMIN);
	assert_int_equal(roles_make(&fx.cx, id, "tenant", &in), OK);
	assert_int_equal(members_set_role(&fx.cx, id_of(USER), fx_id(id), STR("")), OK);
	fx_as(NORTH, USER);
}

/* {G1 L2} */
static void
a_group_is_made_and_edited(void **state)
{
	struct group g;
	int64_t      id, other;

	(void)state;
	fx_as(NORTH, ADMIN);
	fx_mark();
	assert_int_equal(make("  Operations ", "Staff", &id), OK);
	fx_one_event(NORTH, "Ada Admin made the group Operations",
	    "description: -> What it is for; role: -> Staff");
	assert_int_equal(groups_get(&fx.cx, id, &g), OK);
	assert_string_equal(g.name, "Operations");
	assert_string_equal(g.role_name, "Staff");
	assert_int_equal(g.members, 0);
	fx_mark();
	assert_int_equal(change(id, "Ops", ""), OK);
	fx_one_event(NORTH, "Ada Admin edited the group Operations",
	    "name: Operations -> Ops; role: Staff -> ");
	fx_mark();
	assert_int_equal(change(id, "Ops", ""), OK);
	assert_true(fx_same());
	assert_int_equal(make("OPS", "", &other), ERR_INVALID);
	assert_string_equal(fx_issue("name"), "There is a group OPS already.");
	assert_int_equal(make("", "", &other), ERR_INVALID);
	assert_string_not_equal(fx_issue("name"), "");
	assert_true(fx_same());
}

/* {G1 E3} */
static void
a_form_sent_twice_makes_one(void **state)
{
	struct group_input in = { STR("Operations"), STR(""), STR(""), 0 };
	int64_t            id = id_new(FX_NOW);

	(void)state;
	fx_as(NORTH, ADMIN);
	assert_int_equal(groups_make(&fx.cx, id, &in), OK);
	fx_mark();
	assert_int_equal(groups_make(&fx.cx, id, &in), OK);
	assert_true(fx_same());
	assert_int_equal(groups_make(&fx.cx, 0, &in), ERR_INVALID);
}

/* {E15} */
static void
a_stale_edit_is_a_conflict(void **state)
{
	struct group_input in = { STR("Mine"), STR(""), STR(""), 1 };
	int64_t            id;

	(void)state;
	fx_as(NORTH, ADMIN);
	assert_int_equal(make("Operations", "", &id), OK);
	assert_int_equal(change(id, "Theirs", ""), OK);
	fx_mark();
	assert_int_equal(groups_change(&fx.cx, id, &in), ERR_CONFLICT);
	assert_true(fx_same());
}

/* {G2 G4 L2} */
static void
members_come_and_go(void **state)
{
	struct list_want     w = { .rows = 25 };
	struct group_members l;
	struct group         g;
	int64_t              id;

	(void)state;
	fx_as(NORTH, ADMIN);
	assert_int_equal(make("Operations", "", &id), OK);
	fx_mark();
	assert_int_equal(add(id, id_of(USER), TOMORROW), OK);
	fx_one_event(NORTH, "Ada Admin added Una User to the group Operations",
	    "group: -> Operations; until: -> 2099-01-31");
	fx_mark();
	assert_int_equal(add(id, id_of(USER), STR("")), OK);
	assert_true(fx_same());
	assert_int_equal(add(id, id_of(INVITED), STR("")), OK);
	assert_int_equal(groups_members(&fx.cx, id, &w, &l), OK);
	assert_int_equal(l.n, 2);
	assert_string_equal(l.items[0].name, "Ivy Invited");
	assert_int_equal(l.items[0].until_at, 0);
	assert_string_equal(groups_until_text(&fx.cx, l.items[1].until_at), "2099-01-31");
	assert_int_equal(groups_get(&fx.cx, id, &g), OK);
	assert_int_equal(g.members, 2);
	fx_mark();
	assert_int_equal(groups_set_until(&fx.cx, id, id_of(USER), STR("")), OK);
	fx_one_event(NORTH, "Ada Admin changed until when Una User is in the group Operations",
	    "group: -> Operations; until: 2099-01-31 -> ");
	fx_mark();
	assert_int_equal(groups_take_out(&fx.cx, id, id_of(USER)), OK);
	fx_one_event(NORTH, "Ada Admin took Una User out of the group Operations",
	    "group: Operations -> ");
	assert_int_equal(groups_take_out(&fx.cx, id, id_of(USER)), ERR_NOTFOUND);
	assert_int_equal(add(id, id_of(USER), STR("2026-02-30")), ERR_INVALID);
	assert_int_equal(add(id, id_of(USER), STR("2001-01-01")), ERR_INVALID);
	assert_string_not_equal(fx_issue("until"), "");
}

/* {G2} In the order of names, whatever they are called later; and who is removed is in none. */
static void
a_group_follows_its_members(void **state)
{
	struct list_want     w = { .rows = 25 };
	struct group_members l;
	struct member_edit   edit = { STR("Aaa"), STR(""), STR(""), STR(""), 0 };
	int64_t              id = group_with("", USER);

	(void)state;
	assert_int_equal(add(id, id_of(STAFF), STR("")), OK);
	edit.version = fx_int("SELECT version FROM members WHERE id = %lld",
	    (long long)id_of(USER));
	assert_int_equal(members_edit(&fx.cx, id_of(USER), &edit), OK);
	assert_int_equal(groups_members(&fx.cx, id, &w, &l), OK);
	assert_string_equal(l.items[0].name, "Aaa");
	assert_int_equal(members_remove(&fx.cx, id_of(STAFF), STR("")), OK);
	assert_int_equal(groups_members(&fx.cx, id, &w, &l), OK);
	assert_int_equal(l.n, 1);
	assert_int_equal(fx_int("SELECT members FROM groups WHERE id = %lld", (long long)id), 1);
}

/* {G3 R4 R5} From the next request on, and for as long as the membership lasts: to the
 * millisecond. */
static void
the_role_of_a_group_counts_while_one_is_in_it(void **state)
{
	struct member m;
	int64_t       id, until;

	(void)state;
	fx_as(NORTH, GUEST);
	assert_int_equal(access_need(&fx.cx, PERM_USER_INVITE, IN_ORG("/")), ERR_DENIED);
	id = group_with("Staff", GUEST);
	assert_int_equal(members_get(&fx.cx, id_of(GUEST), &m), OK);
	assert_true(perm_in(m.role_perms, PERM_USER_INVITE));
	fx_as(NORTH, GUEST);
	assert_int_equal(access_need(&fx.cx, PERM_USER_INVITE, IN_ORG("/")), OK);
	assert_int_equal(access_need(&fx.cx, PERM_USER_REMOVE, IN_ORG("/")), ERR_DENIED);
	fx_as(NORTH, ADMIN);
	assert_int_equal(groups_set_until(&fx.cx, id, id_of(GUEST), TOMORROW), OK);
	until = fx_int("SELECT until_at FROM group_members WHERE group_id = %lld", (long long)id);
	/* Session policies of a day that far ahead are another matter. */
	fx_as(NORTH, GUEST);
	for (int ms = -1; ms <= 1; ms++) {
		fx.cx.now = until + ms;
		assert_int_equal(access_again(&fx.cx), OK);
		assert_int_equal(access_has(&fx.cx, PERM_USER_INVITE, IN_ORG("/")), ms < 0);
	}
	fx_as(NORTH, ADMIN);
	assert_int_equal(groups_take_out(&fx.cx, id, id_of(GUEST)), OK);
	fx_as(NORTH, GUEST);
	assert_int_equal(access_need(&fx.cx, PERM_USER_INVITE, IN_ORG("/")), ERR_DENIED);
}

/* {R4a} A role reaches as far by a group as by oneself. */
static void
it_reaches_as_far_as_its_holder(void **state)
{
	(void)state;
	group_with("Admin", WEST_USER);
	fx_as(NORTH, WEST_USER);
	assert_int_equal(access_need(&fx.cx, PERM_USER_INVITE, IN_ORG(fx.deep[NORTH])), OK);
	assert_int_equal(access_need(&fx.cx, PERM_USER_INVITE, IN_ORG("/")), ERR_NOTFOUND);
	assert_int_equal(access_need(&fx.cx, PERM_ROLE_EDIT, IN_TENANT), ERR_DENIED);
}

/* {R7} SECURITY 54: neither by a group's role, nor by joining one, nor by a later date. */
static void
nobody_is_brought_to_more_than_the_actor_holds(void **state)
{
	int64_t strong, plain, id;

	(void)state;
	strong = group_with("Admin", STAFF);
	assert_int_equal(groups_set_until(&fx.cx, strong, id_of(STAFF), TOMORROW), OK);
	assert_int_equal(make("Plain", "", &plain), OK);
	as_little_editor();
	fx_mark();
	assert_int_equal(add(strong, id_of(USER), STR("")), ERR_DENIED);
	assert_string_equal(fx_issue("role"),
	    "You cannot give a role that holds more than your own.");
	assert_int_equal(add(strong, id_of(GUEST), STR("")), ERR_DENIED);
	assert_int_equal(change(plain, "Plain", "Admin"), ERR_DENIED);
	assert_int_equal(make("Mine", "Admin", &id), ERR_DENIED);
	assert_int_equal(groups_set_until(&fx.cx, strong, id_of(STAFF), STR("")), ERR_DENIED);
	assert_true(fx_same());
	assert_int_equal(change(strong, "Renamed", "Admin"), OK);
	assert_int_equal(groups_set_until(&fx.cx, strong, id_of(STAFF), STR("2098-01-01")), OK);
	assert_int_equal(groups_take_out(&fx.cx, strong, id_of(STAFF)), OK);
	assert_int_equal(add(plain, id_of(USER), STR("")), OK);
}

static enum err
take_out(int64_t group)
{
	return groups_take_out(&fx.cx, group, id_of(STAFF));
}

static enum err
end_it(int64_t group)
{
	return groups_set_until(&fx.cx, group, id_of(STAFF), TOMORROW);
}

static enum err
drop_role(int64_t group)
{
	return change(group, "Operations", "Staff");
}

static enum err
remove_group(int64_t group)
{
	return groups_remove(&fx.cx, group);
}

static enum err
deactivate(int64_t group)
{
	(void)group;
	return members_deactivate(&fx.cx, id_of(STAFF), STR("CONFIRM"));
}

static enum err
take_away(int64_t group)
{
	(void)group;
	return members_remove(&fx.cx, id_of(STAFF), STR("CONFIRM"));
}

/* {G3} Whoever administers by a group alone is the last administrator, too. */
static void
the_last_admin_by_a_group_stays(void **state)
{
	static enum err (*const taking[])(int64_t) = { take_out, end_it, drop_role, remove_group,
		deactivate, take_away };
	int64_t group = group_with("Admin", STAFF);

	(void)state;
	fx_sql("UPDATE members SET status = 'deactivated' WHERE tenant_id = %lld AND role_id = "
	    "(SELECT id FROM roles WHERE tenant_id = %lld AND builtin = 'admin')",
	    (long long)fx.tenant[NORTH], (long long)fx.tenant[NORTH]);
	fx_as(NORTH, STAFF);
	assert_int_equal(admins_left(&fx.cx), OK);
	for (size_t i = 0; i < sizeof(taking) / sizeof(taking[0]); i++) {
		fx.cx.issues = NULL;
		fx_mark();
		assert_int_equal(taking[i](group), ERR_CONFLICT);
		assert_string_not_equal(fx_issue(""), "");
		assert_true(fx_same());
	}
	assert_int_equal(add(group, id_of(USER), STR("")), OK);
	assert_int_equal(take_out(group), OK);
}

static bool
due(void)
{
	bool is;

	assert_int_equal(groups_due(&fx.cx, &is), OK);
	return is;
}

static void
sweep(void)
{
	int64_t n = 1;

	while (n > 0) {
		assert_int_equal(db_begin(fx.cx.db), OK);
		assert_int_equal(db_finish(fx.cx.db, groups_sweep(&fx.cx, &n)), OK);
	}
}

/* {G1} What it gave ends at once; the rows of a large one go by and by. */
static void
a_deleted_group_gives_nothing(void **state)
{
	struct group_places l;
	int64_t             id = group_with("Staff", GUEST);

	(void)state;
	fx_mark();
	assert_int_equal(groups_remove(&fx.cx, id), OK);
	fx_one_event(NORTH, "Ada Admin deleted the group Operations",
	    "role: Staff -> ; members: 1 -> ");
	assert_int_equal(groups_remove(&fx.cx, id), ERR_NOTFOUND);
	fx_as(NORTH, GUEST);
	assert_int_equal(access_need(&fx.cx, PERM_USER_INVITE, IN_ORG("/")), ERR_DENIED);
	fx_as(NORTH, ADMIN);
	assert_int_equal(groups_of(&fx.cx, id_of(GUEST), &l), OK);
	assert_int_equal(l.n, 0);
	assert_int_equal(fx_int("SELECT count(*) FROM group_members"), 0);
	/* As of more than go at once. */
	fx_sql("INSERT INTO group_members (tenant_id, group_id, holder_id, member_id, name_key, "
	    "until_at, added_by, added_at) VALUES (%lld, %lld, %lld, %lld, 'x', 0, 0, 0)",
	    (long long)fx.tenant[NORTH], (long long)id, (long long)id_of(GUEST),
	    (long long)id_of(GUEST));
	assert_true(due());
	sweep();
	assert_false(due());
	assert_int_equal(fx_int("SELECT count(*) FROM group_members"), 0);
	assert_int_equal(make("Operations", "", &id), OK);
}

/* {R6} */
static void
groups_get_the_replacement_of_a_deleted_role(void **state)
{
	struct role_input in = { .name = STR("Porter"), .description = STR(""),
		.perms = perm_set_read("user:view") };
	struct group      g;
	int64_t           role = id_new(FX_NOW), id, job;

	(void)state;
	fx_as(NORTH, ADMIN);
	assert_int_equal(roles_make(&fx.cx, role, "tenant", &in), OK);
	id = group_with("Porter", GUEST);
	assert_int_equal(roles_remove(&fx.cx, role, STR(""), id_new(FX_NOW), &job), ERR_INVALID);
	assert_int_equal(roles_remove(&fx.cx, role, fx_role(NORTH, "Staff"), id_new(FX_NOW), &job),
	    OK);
	assert_int_equal(groups_get(&fx.cx, id, &g), OK);
	assert_string_equal(g.role_name, "Staff");
	/* {L1} Old and new. */
	assert_non_null(strstr(fx_text("SELECT fields FROM events WHERE tenant_id = %lld AND "
	    "act = 161", (long long)fx.tenant[NORTH]), "\"Porter\""));
}

#define DIRECTLY "INSERT INTO group_members (tenant_id, group_id, holder_id, member_id, " \
	"name_key, until_at, added_by, added_at) SELECT %lld, %lld, %lld, %lld, '', 0, 0, 0"

/* {G1 R4} */
static void
others_need_not_apply(void **state)
{
	struct list_want  w = { .rows = 25 };
	struct group_list l;
	struct group      g;
	int64_t           group = group_with("", USER), other, made;

	(void)state;
	for (enum fx_who who = BUILDER; who <= HELPDESK; who++) {
		fx_as(NORTH, who);
		fx_mark();
		assert_int_equal(groups_list(&fx.cx, &w, "", &l),
		    perm_in(fx.cx.perms, PERM_GROUP_VIEW) ? OK : ERR_DENIED);
		assert_int_equal(make("Mine", "", &made), ERR_DENIED);
		assert_int_equal(add(group, id_of(GUEST), STR("")), ERR_DENIED);
		assert_int_equal(groups_take_out(&fx.cx, group, id_of(USER)), ERR_DENIED);
		assert_int_equal(groups_set_until(&fx.cx, group, id_of(USER), STR("")), ERR_DENIED);
		assert_int_equal(groups_remove(&fx.cx, group), ERR_DENIED);
		assert_true(fx_same());
	}
	fx_as(NORTH, WEST_ADMIN);
	assert_int_equal(groups_list(&fx.cx, &w, "", &l), ERR_DENIED);
	fx_as(SOUTH, ADMIN);
	fx_mark();
	assert_int_equal(groups_get(&fx.cx, group, &g), ERR_NOTFOUND);
	assert_int_equal(groups_remove(&fx.cx, group), ERR_NOTFOUND);
	assert_int_equal(add(group, fx.m[SOUTH][USER].id, STR("")), ERR_NOTFOUND);
	assert_true(fx_same());
	assert_int_equal(make("Theirs", "", &other), OK);
	assert_int_equal(add(other, id_of(USER), STR("")), ERR_NOTFOUND);
	assert_int_equal(groups_list(&fx.cx, &w, "", &l), OK);
	assert_int_equal(l.n, 1);
	/* SECURITY 57: the database itself refuses it. */
	assert_true(fx_sql_fails(DIRECTLY, (long long)fx.tenant[SOUTH], (long long)other,
	    (long long)id_of(USER), (long long)id_of(USER)));
	assert_true(fx_sql_fails(DIRECTLY, (long long)fx.tenant[SOUTH], (long long)group,
	    (long long)fx.m[SOUTH][USER].id, (long long)fx.m[SOUTH][USER].id));
	fx_sql(DIRECTLY, (long long)fx.tenant[SOUTH], (long long)other,
	    (long long)fx.m[SOUTH][USER].id, (long long)fx.m[SOUTH][USER].id);
}

/* {G1} */
static void
the_list_is_paged_sorted_and_searched(void **state)
{
	struct list_want  w = { .rows = 25 };
	struct group_list l;
	int64_t           id;

	(void)state;
	fx_as(NORTH, ADMIN);
	for (int i = 0; i < 60; i++)
		assert_int_equal(make(arena_printf(fx.keep, "Group %02d", 59 - i), "", &id), OK);
	for (int page = 0; page < 3; page++) {
		assert_int_equal(groups_list(&fx.cx, &w, "", &l), OK);
		assert_int_equal(l.all, 60);
		assert_int_equal(l.n, page < 2 ? 25 : 10);
		assert_int_equal(l.more, page < 2);
		assert_string_equal(l.items[0].name,
		    arena_printf(fx.keep, "Group %02d", page * 25));
		w.key = groups_key(&fx.cx, &l.items[l.n - 1], w.sort);
		w.id = l.items[l.n - 1].id;
	}
	w.back = true;
	w.key = groups_key(&fx.cx, &l.items[0], w.sort);
	w.id = l.items[0].id;
	assert_int_equal(groups_list(&fx.cx, &w, "", &l), OK);
	assert_string_equal(l.items[0].name, "Group 25");
	w = (struct list_want){ .rows = 25, .sort = GROUPS_CREATED, .number = true };
	assert_int_equal(groups_list(&fx.cx, &w, "", &l), OK);
	assert_string_equal(l.items[0].name, "Group 59");
	assert_int_equal(groups_list(&fx.cx, &w, "UP 0", &l), OK);
	assert_int_equal(l.n, 10);
}

/* {U1 G4} What ended is not told, and of many only the first. */
static void
the_list_of_users_tells_of_groups(void **state)
{
	static const char *const names[] = { "Delta", "Alpha", "Ended", "Bravo", "Charlie" };
	struct member      items[2] = { { .id = id_of(USER) }, { .id = id_of(GUEST) } };
	struct member_list l = { .items = items, .n = 2 };

	(void)state;
	fx_as(NORTH, ADMIN);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		int64_t id;

		assert_int_equal(make(names[i], "", &id), OK);
		assert_int_equal(add(id, id_of(USER), STR("")), OK);
		if (strcmp(names[i], "Ended") == 0)
			fx_sql("UPDATE group_members SET until_at = %lld WHERE group_id = %lld",
			    (long long)fx.cx.now, (long long)id);
	}
	assert_int_equal(columns_fill(&fx.cx, &l, true), OK);
	assert_string_equal(items[0].groups, "Alpha, Bravo, Charlie");
	assert_int_equal(items[0].ngroups, 4);
	assert_null(items[1].groups);
	assert_int_equal(columns_fill(&fx.cx, &l, false), OK);
	assert_null(items[0].groups);
}

/* Members whose place in the order of groups is not that of the first that they are in now. */
static int64_t
misplaced(void)
{
	return fx_int("SELECT count(*) FROM members m WHERE m.group_key <> coalesce((SELECT "
	    "min(g.name_key) FROM group_members gm JOIN groups g ON g.tenant_id = gm.tenant_id AND "
	    "g.id = gm.group_id AND g.status = 'active' WHERE gm.tenant_id = m.tenant_id AND "
	    "gm.member_id = m.id AND (gm.until_at = 0 OR gm.until_at > %lld)), '')",
	    (long long)fx.cx.now);
}

static void
change_some(int64_t *ids, size_t n)
{
	int64_t *id = &ids[fx_random((uint32_t)n)], who = id_of(fx_random(FX_MEMBERS));

	switch (fx_random(8)) {
	case 0:
		(void)!change(*id, arena_printf(fx.cx.arena, "%c%u", 'A' + (int)fx_random(26),
		    (unsigned)fx_random(1000)), "");
		break;
	case 1:
		if (groups_remove(&fx.cx, *id) == OK)
			assert_int_equal(make(arena_printf(fx.cx.arena, "%c again %lld",
			    'A' + (int)fx_random(26), (long long)*id), "", id), OK);
		break;
	case 2:
		(void)!groups_take_out(&fx.cx, *id, who);
		break;
	case 3:
		(void)!groups_set_until(&fx.cx, *id, who, fx_random(2) ? STR("") : TOMORROW);
		break;
	default:
		(void)!add(*id, who, fx_random(3) ? STR("") : TOMORROW);
	}
	fx.cx.issues = NULL;
}

/* {U2 G4} Whatever happens to groups and their members, and when a membership ends. */
static void
the_place_in_the_order_of_groups_is_kept(void **state)
{
	int64_t ids[6], seen = 0;

	(void)state;
	fx_as(NORTH, ADMIN);
	for (size_t i = 0; i < 6; i++)
		assert_int_equal(make(arena_printf(fx.keep, "%c", 'F' - (int)i), "", &ids[i]), OK);
	for (int i = 0; i < 150; i++) {
		change_some(ids, 6);
		assert_int_equal(misplaced(), 0);
		seen += fx_int("SELECT count(*) FROM members WHERE group_key <> ''") > 0;
	}
	assert_true(seen > 100);
	sweep();
	assert_int_equal(misplaced(), 0);
	fx.cx.now = INT64_C(4200000000000);
	assert_true(misplaced() > 0 && due());
	sweep();
	assert_false(due());
	assert_int_equal(misplaced(), 0);
}

/* Of a large group some are sorted by its new name at once, the others soon. */
static void
a_large_group_is_renamed_in_parts(void **state)
{
	int64_t id = group_with("", GUEST);

	(void)state;
	fx_sql("UPDATE groups SET name_key = 'zz', resort = %lld WHERE id = %lld",
	    (long long)id_of(GUEST) - 1, (long long)id);
	assert_true(misplaced() == 1 && due());
	sweep();
	assert_true(misplaced() == 0 && !due());
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FX_TEST(a_group_is_made_and_edited),
		FX_TEST(a_form_sent_twice_makes_one),
		FX_TEST(a_stale_edit_is_a_conflict),
		FX_TEST(members_come_and_go),
		FX_TEST(a_group_follows_its_members),
		FX_TEST(the_role_of_a_group_counts_while_one_is_in_it),
		FX_TEST(it_reaches_as_far_as_its_holder),
		FX_TEST(nobody_is_brought_to_more_than_the_actor_holds),
		FX_TEST(the_last_admin_by_a_group_stays),
		FX_TEST(a_deleted_group_gives_nothing),
		FX_TEST(groups_get_the_replacement_of_a_deleted_role),
		FX_TEST(others_need_not_apply),
		FX_TEST(the_list_is_paged_sorted_and_searched),
		FX_TEST(the_list_of_users_tells_of_groups),
		FX_TEST(the_place_in_the_order_of_groups_is_kept),
		FX_TEST(a_large_group_is_renamed_in_parts),
	};

	return FX_RUN(tests);
}
