/* Two accounts that share all names: neither reaches into the other, by core/place.c nor by a
 * reference between rows.  The same for pages is in tests/pages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../fixture.h"

#include <string.h>

#include "base/arena.h"
#include "base/conf.h"
#include "base/id.h"
#include "db/db.h"
#include "groups/groups.h"
#include "jobs/jobs.h"
#include "tenants/tenants.h"
#include "signin/signin.h"
#include "workspaces/workspaces.h"

static enum place_standing
enter(const char *slug, int64_t person)
{
	struct standing st;

	fx_nobody();
	fx.cx.actor = (struct actor){ .kind = ACTOR_PERSON, .person = person, .label = "" };
	assert_int_equal(place_enter(&fx.cx, str_of(slug), &st), OK);
	if (st.kind != PLACE_MEMBER) {
		assert_int_equal(fx.cx.tenant, 0);
		assert_int_equal(fx.cx.actor.member, 0);
		assert_int_equal(fx.cx.perms.bits, 0);
	}
	return st.kind;
}

/* {E4 S8} A foreign account is as one that does not exist, after the same work. */
static void
a_foreign_account_is_as_absent(void **state)
{
	int64_t        ada = fx.m[NORTH][ADMIN].person;
	struct fx_work foreign;

	(void)state;
	assert_int_equal(enter("north", ada), PLACE_MEMBER);
	assert_int_equal(fx.cx.tenant, fx.tenant[NORTH]);
	assert_int_equal(fx.cx.actor.member, fx.m[NORTH][ADMIN].id);
	assert_string_equal(fx.cx.role, "Admin");
	assert_int_equal(enter("nowhere", ada), PLACE_NONE);
	fx_mark();
	assert_int_equal(enter("south", ada), PLACE_NONE);
	assert_null(fx.cx.place);
	foreign = fx_work();
	fx_mark();
	assert_int_equal(enter("nowhere", ada), PLACE_NONE);
	fx_equal_work(foreign, fx_work(), "absent");
	assert_int_equal(enter("", ada), PLACE_NONE);
	assert_int_equal(enter("\xff\xfe", ada), PLACE_NONE);
	assert_int_equal(enter("north' OR 1=1 --", ada), PLACE_NONE);
	assert_int_equal(enter("NORTH", ada), PLACE_NONE);
	assert_int_equal(enter("north", 0), PLACE_NONE);
}

/* {S4} */
static void
each_standing_is_told_apart(void **state)
{
	(void)state;
	fx_sql("UPDATE people SET confirmed_at = 1 WHERE id = %lld",
	    (long long)fx.m[NORTH][INVITED].person);
	assert_int_equal(enter("north", fx.m[NORTH][INVITED].person), PLACE_INVITED);
	assert_int_equal(enter("north", fx.m[NORTH][DEACTIVATED].person), PLACE_DEACTIVATED);
	fx_sql("UPDATE tenants SET status = 'suspended' WHERE slug = 'north'");
	assert_int_equal(enter("north", fx.m[NORTH][ADMIN].person), PLACE_SUSPENDED);
	assert_int_equal(enter("north", fx.m[SOUTH][ADMIN].person), PLACE_NONE);
	fx_sql("UPDATE tenants SET status = 'deleted' WHERE slug = 'north'");
	assert_int_equal(enter("north", fx.m[NORTH][ADMIN].person), PLACE_NONE);
}

/* {I5} Who invited an address is not told to somebody who has not proved that it is theirs, and
 * they do no other work than a stranger. */
static void
an_invitation_is_told_to_a_proved_address(void **state)
{
	int64_t        ivy = fx.m[NORTH][INVITED].person;
	struct fx_work foreign;

	(void)state;
	assert_int_equal(enter("nowhere", ivy), PLACE_NONE);
	fx_mark();
	assert_int_equal(enter("south", ivy), PLACE_NONE);
	foreign = fx_work();
	fx_mark();
	assert_int_equal(enter("north", ivy), PLACE_NONE);
	assert_null(fx.cx.place);
	fx_equal_work(foreign, fx_work(), "invited");
	fx_sql("UPDATE tenants SET status = 'suspended' WHERE slug = 'north'");
	assert_int_equal(enter("north", ivy), PLACE_NONE);
	fx_sql("INSERT INTO old_slugs VALUES ('oldnorth', %lld)", (long long)fx.tenant[NORTH]);
	assert_int_equal(enter("oldnorth", ivy), PLACE_NONE);
	assert_int_equal(enter("oldnorth", fx.m[NORTH][DEACTIVATED].person), PLACE_MOVED);
}

/* An old address leads its members on, and tells others nothing. */
static void
an_old_slug_leads_on(void **state)
{
	(void)state;
	fx_sql("INSERT INTO old_slugs VALUES ('ancient', %lld)", (long long)fx.tenant[NORTH]);
	assert_int_equal(enter("ancient", fx.m[NORTH][USER].person), PLACE_MOVED);
	assert_string_equal(fx.cx.place->slug, "north");
	assert_int_equal(enter("ancient", fx.m[SOUTH][USER].person), PLACE_NONE);
	assert_int_equal(place_open(&fx.cx, STR("ancient")), ERR_NOTFOUND);
}

/* Somebody of both acts in the one that the path names, with the rights held there. */
static void
the_path_decides_where_one_acts(void **state)
{
	(void)state;
	fx_sql("UPDATE members SET role_id = (SELECT id FROM roles r WHERE r.tenant_id = "
	    "members.tenant_id AND builtin = 'admin') WHERE id = %lld",
	    (long long)fx.m[SOUTH][BOTH].id);
	fx_as(NORTH, BOTH);
	fx_mark();
	assert_int_equal(members_log_out(&fx.cx, fx.m[NORTH][USER].id), ERR_DENIED);
	assert_int_equal(members_log_out(&fx.cx, fx.m[SOUTH][USER].id), ERR_NOTFOUND);
	assert_true(fx_same());
	fx_as(SOUTH, BOTH);
	assert_int_equal(members_log_out(&fx.cx, fx.m[NORTH][USER].id), ERR_NOTFOUND);
	assert_true(fx_same());
	assert_int_equal(members_log_out(&fx.cx, fx.m[SOUTH][USER].id), OK);
	fx_one_event(SOUTH, "Bo Both signed Una User out of this account", "");
	assert_int_equal(fx_new_events(NORTH), 0);
}

/* ---------------------------------------------------------------- references */

/* "%lld" twice: an id of the account, and the account; the first is of the other one. */
static const struct { const char *table, *set, *own; } references[] = {
	{ "members", "role_id", "SELECT id FROM roles WHERE tenant_id = %lld AND name = 'Guest'" },
	{ "members", "org_id", "SELECT id FROM organizations WHERE tenant_id = %lld AND "
	    "name = 'East'" },
	{ "organizations", "parent_id", "SELECT id FROM organizations WHERE tenant_id = %lld AND "
	    "path = '/'" },
	{ "invitations", "member_id", "SELECT id FROM members WHERE tenant_id = %lld AND "
	    "name = 'Una User'" },
	{ "invitations", "inviter_id", "SELECT id FROM members WHERE tenant_id = %lld AND "
	    "name = 'Una User'" },
	{ "session_tenants", "member_id", "SELECT id FROM members WHERE tenant_id = %lld AND "
	    "name = 'Una User'" },
	{ "decisions", "member_id", "SELECT id FROM members WHERE tenant_id = %lld AND "
	    "name = 'Una User'" },
	{ "jobs", "member_id", "SELECT id FROM members WHERE tenant_id = %lld AND "
	    "name = 'Una User'" },
	{ "invitation_sends", "invitation_id", "SELECT id FROM invitations WHERE "
	    "tenant_id = %lld" },
};

static int64_t
own_id(const char *sql, enum fx_tenant t)
{
	char  text[300];
	char *at;

	strcpy(text, sql);
	at = strstr(text, "%lld");
	assert_non_null(at);
	strcpy(at, arena_printf(fx.cx.arena, "%lld%s", (long long)fx.tenant[t],
	    strstr(sql, "%lld") + 4));
	return fx_int("%s", text);
}

/* Whatever SQL is run, the database takes no reference from one account into another. */
static void
no_row_names_another_account_s(void **state)
{
	long long north = (long long)fx.tenant[NORTH];
	int64_t   job;

	(void)state;
	fx_as(NORTH, ADMIN);
	assert_int_equal(signin_touch(&fx.cx, true), OK);
	assert_int_equal(access_refused(&fx.cx, PERM_AUDIT_VIEW, "x"), OK);
	assert_int_equal(members_log_out_all(&fx.cx, &job), OK);
	for (size_t i = 0; i < sizeof(references) / sizeof(references[0]); i++) {
		const char *table = references[i].table, *set = references[i].set;
		const char *where = strcmp(table, "organizations") == 0 ?
		    "parent_id IS NOT NULL AND path NOT LIKE '/%/%/'" : "1";

		assert_true(fx_int("SELECT count(*) FROM %s WHERE tenant_id = %lld AND %s", table,
		    north, where) > 0);
		if (!fx_sql_fails("UPDATE %s SET %s = %lld WHERE tenant_id = %lld AND %s", table,
		    set, (long long)own_id(references[i].own, SOUTH), north, where))
			fail_msg("%s.%s may name another account's row", table, set);
		fx_sql("UPDATE %s SET %s = %lld WHERE tenant_id = %lld AND %s", table, set,
		    (long long)own_id(references[i].own, NORTH), north, where);
	}
}

/* Every reference of a table that has a tenant names the tenant, too. */
static void
every_reference_names_the_tenant(void **state)
{
	struct fx_rows tables = fx_rows("SELECT m.name FROM sqlite_master m WHERE m.type = 'table' "
	    "AND EXISTS (SELECT 1 FROM pragma_table_info(m.name) c WHERE c.name = 'tenant_id')");
	int n = 0;

	(void)state;
	assert_true(tables.n >= 12);
	for (size_t i = 0; i < tables.n; i++) {
		struct fx_rows refs = fx_rows(arena_printf(fx.cx.arena,
		    "SELECT f.id, f.\"table\", group_concat(f.\"from\") FROM "
		    "pragma_foreign_key_list('%s') f GROUP BY f.id", tables.cells[i]));

		for (size_t k = 0; k < refs.n; k++, n++) {
			const char *to = refs.cells[k * 3 + 1], *from = refs.cells[k * 3 + 2];

			if (strcmp(to, "tenants") == 0 || strcmp(to, "people") == 0 ||
			    strcmp(to, "sessions") == 0)
				continue;
			if (strstr(from, "tenant_id") == NULL)
				fail_msg("%s (%s) names %s without the tenant",
				    tables.cells[i], from, to);
		}
	}
	assert_true(n > 12);
}

/* {E9 E10} Numbers are those of the reader's reach; steps are ticked as they are done, and put away
 * once for all. */
static void
the_first_steps_of_an_account(void **state)
{
	struct tenant_numbers n;

	(void)state;
	fx_as(NORTH, ADMIN);
	fx.cx.conf = fx.conf;
	assert_int_equal(tenants_numbers(&fx.cx, &n), OK);
	assert_int_equal(n.users, fx_int("SELECT count(*) FROM members WHERE tenant_id = %lld AND "
	    "status <> 'removed'", (long long)fx.tenant[NORTH]));
	assert_int_equal(n.invited, 1);
	assert_int_equal(n.deactivated, 1);
	assert_int_equal(n.roles, fx_int("SELECT count(*) FROM roles WHERE tenant_id = %lld",
	    (long long)fx.tenant[NORTH]));
	assert_int_equal(n.active, fx_int("SELECT count(*) FROM members WHERE tenant_id = %lld AND "
	    "status = 'active'", (long long)fx.tenant[NORTH]));
	assert_int_equal(n.no_factor, n.active);
	assert_int_equal(n.events, fx_int("SELECT count(*) FROM events WHERE tenant_id = %lld",
	    (long long)fx.tenant[NORTH]));
	assert_true(n.steps && n.events > 0);
	assert_false(n.mailed || n.second_admin || n.factor || n.groups);
	fx_sql("UPDATE members SET role_id = (SELECT id FROM roles r WHERE r.tenant_id = "
	    "members.tenant_id AND builtin = 'admin') WHERE id = %lld",
	    (long long)fx.m[NORTH][GUEST].id);
	fx_sql("UPDATE people SET factor = 1 WHERE id = %lld",
	    (long long)fx.m[NORTH][ADMIN].person);
	assert_int_equal(tenants_numbers(&fx.cx, &n), OK);
	assert_true(n.second_admin && n.factor);
	fx_as(NORTH, WEST_ADMIN);
	assert_int_equal(tenants_numbers(&fx.cx, &n), OK);
	assert_false(n.steps);
	assert_true(n.users > 0 && n.users < 10);
	assert_int_equal(tenants_steps_hide(&fx.cx), ERR_DENIED);
	fx_as(NORTH, ADMIN);
	fx_mark();
	assert_int_equal(tenants_steps_hide(&fx.cx), OK);
	assert_int_equal(tenants_steps_hide(&fx.cx), OK);
	assert_int_equal(fx_int("SELECT count(*) FROM events WHERE act = 130"), 1);
	assert_int_equal(tenants_numbers(&fx.cx, &n), OK);
	assert_false(n.steps || n.second_admin);
	fx_as(SOUTH, ADMIN);
	assert_int_equal(tenants_numbers(&fx.cx, &n), OK);
	assert_true(n.steps);
}

/* {E9} Of places and keys one's own are told apart from all that there are. */
static void
numbers_of_one_s_own(void **state)
{
	int64_t               group = id_new(FX_NOW), space[2] = { id_new(FX_NOW), id_new(FX_NOW) };
	int64_t               bob = fx.m[NORTH][USER].id;
	size_t                added;
	struct tenant_numbers n;

	(void)state;
	fx_as(NORTH, ADMIN);
	assert_int_equal(groups_make(&fx.cx, group, &(struct group_input){ STR("Ops"), STR(""),
	    STR(""), 0 }), OK);
	assert_int_equal(groups_add(&fx.cx, group, &bob, 1, STR("2099-01-31"), &added), OK);
	for (int i = 0; i < 2; i++)
		assert_int_equal(workspaces_make(&fx.cx, space[i], &(struct workspace_input){
		    i ? STR("One") : STR("Two"), STR(""), 0 }), OK);
	assert_int_equal(access_workspace(&fx.cx, space[0]), OK);
	assert_int_equal(workspaces_add(&fx.cx, space[0], &group, 1, STR(""),
	    fx_id(fx_int("SELECT id FROM roles WHERE tenant_id = %lld AND name = 'Viewer'",
	    (long long)fx.tenant[NORTH])), &added), OK);
	assert_int_equal(tenants_numbers(&fx.cx, &n), OK);
	assert_int_equal(n.groups, 1);
	assert_int_equal(n.workspaces, 2);
	assert_int_equal(n.own_workspaces, 2);
	fx_as(NORTH, USER);
	assert_int_equal(tenants_numbers(&fx.cx, &n), OK);
	assert_int_equal(n.own_workspaces, 1);
	fx.cx.now = FX_NOW + INT64_C(100) * 366 * 86400000;
	assert_int_equal(tenants_numbers(&fx.cx, &n), OK);
	assert_int_equal(n.own_workspaces, 0);
	assert_int_equal(n.own_keys, 0);
	fx.cx.now = FX_NOW;
}

/* {E10} An email counts when a mail server has taken it, and one of this account. */
static void
an_email_that_arrived(void **state)
{
	struct tenant_numbers n;

	(void)state;
	fx_as(NORTH, ADMIN);
	fx.conf->smtp_url = "smtp://mail.example:25";
	for (int i = 0; i < 2; i++)
		fx_sql("INSERT INTO outbox SELECT %d, %lld, 0, 'x', NULL, '', 'a@b.example', NULL, "
		    "5, '%s', 1, 0, 0, 0, 0, 0, '', 1, 1", i + 1,
		    (long long)fx.tenant[i ? SOUTH : NORTH], i ? "sent" : "dead");
	assert_int_equal(tenants_numbers(&fx.cx, &n), OK);
	assert_false(n.mailed);
	fx_sql("UPDATE outbox SET state = 'sent' WHERE id = 1");
	assert_int_equal(tenants_numbers(&fx.cx, &n), OK);
	assert_true(n.mailed);
	fx.conf->smtp_url = "";
	assert_int_equal(tenants_numbers(&fx.cx, &n), OK);
	assert_false(n.mailed);
}

/* What the process keeps of a tenant is as good as its row. */
static void
a_kept_tenant_is_as_its_row(void **state)
{
	struct tenants_kept *kept = place_keep(fx.cx.arena);
	int64_t              ada = fx.m[NORTH][ADMIN].person, asked[3];

	(void)state;
	for (int i = 0; i < 3; i++) {
		int64_t before = db_counters(fx.cx.db).statements;
		struct standing st;

		fx_nobody();
		fx.cx.kept = kept;
		fx.cx.kept_used = false;
		fx.cx.actor = (struct actor){ .kind = ACTOR_PERSON, .person = ada, .label = "" };
		assert_int_equal(place_enter(&fx.cx, STR("north"), &st), OK);
		asked[i] = db_counters(fx.cx.db).statements - before;
		assert_string_equal(fx.cx.place->name, i < 2 ? "Acme" : "Far North");
		assert_int_equal(fx.cx.place->session_hours, i < 2 ? 168 : 1);
		if (i == 1)
			fx_sql("UPDATE tenants SET name = 'Far North', session_hours = 1 "
			    "WHERE slug = 'north'");
	}
	/* Its row and its roles. */
	assert_int_equal(asked[0], asked[1] + 2);
	assert_int_equal(asked[2], asked[0]);
	fx.cx.kept = NULL;
	place_forget(kept);
}

/* Asked for by somebody who has just come; how many statements it took. */
static int64_t
asked_for_roles(const char *name, size_t least)
{
	struct place_roles l;
	int64_t            before;
	bool               found = false;

	before = db_counters(fx.cx.db).statements;
	fx_as(NORTH, ADMIN);
	assert_int_equal(place_roles(&fx.cx, &l), OK);
	assert_true(l.n > least);
	for (size_t i = 0; i < l.n; i++)
		found |= strcmp(l.items[i].name, name) == 0;
	assert_true(found);
	return db_counters(fx.cx.db).statements - before;
}

/* {R2} Also of a change by another process, which the connection beside is. */
static void
kept_roles_are_as_their_rows(void **state)
{
	struct place_roles l;
	int64_t            before;

	/* Who it is, where, the account's row and its roles: the last two when they changed. */
	(void)state;
	assert_int_equal(asked_for_roles("Staff", 5), 4);
	assert_int_equal(asked_for_roles("Staff", 5), 2);
	fx_sql("UPDATE roles SET name = 'Crew' WHERE tenant_id = %lld AND name = 'Staff'",
	    (long long)fx.tenant[NORTH]);
	assert_int_equal(asked_for_roles("Crew", 5), 4);
	assert_int_equal(asked_for_roles("Crew", 5), 2);
	fx_sql("UPDATE roles SET seats = seats WHERE tenant_id = %lld",
	    (long long)fx.tenant[NORTH]);
	assert_int_equal(asked_for_roles("Crew", 5), 2);
	before = db_counters(fx.cx.db).statements;
	assert_int_equal(db_begin(fx.cx.db), OK);
	assert_int_equal(place_roles(&fx.cx, &l), OK);
	assert_int_equal(db_finish(fx.cx.db, OK), OK);
	assert_int_equal(place_roles(&fx.cx, &l), OK);
	assert_int_equal(db_counters(fx.cx.db).statements - before, 2);
	fx_as(SOUTH, ADMIN);
	assert_int_equal(place_roles(&fx.cx, &l), OK);
	for (size_t i = 0; i < l.n; i++)
		assert_string_not_equal(l.items[i].name, "Crew");
	assert_int_equal(asked_for_roles("Crew", 5), 2);
}

/* Texts made of a tenant's row are another tenant's, another language's or another row's never, and
 * of many only the last ones are kept. */
static void
kept_texts_go_with_the_row(void **state)
{
	enum { MORE = 40 };
	struct str text;

	(void)state;
	fx_as(NORTH, ADMIN);
	assert_false(place_text(&fx.cx, 7, &text));
	place_keep_text(&fx.cx, 7, STR("seven"));
	assert_true(place_text(&fx.cx, 7, &text) && str_equal(text, STR("seven")));
	fx.cx.language = "de";
	assert_false(place_text(&fx.cx, 7, &text));
	place_keep_text(&fx.cx, 7, STR("sieben"));
	fx_as(SOUTH, ADMIN);
	assert_false(place_text(&fx.cx, 7, &text));
	fx_as(NORTH, ADMIN);
	assert_true(place_text(&fx.cx, 7, &text) && str_equal(text, STR("seven")));
	for (uint64_t i = 0; i < MORE; i++)
		place_keep_text(&fx.cx, 100 + i, STR("more"));
	assert_false(place_text(&fx.cx, 7, &text));
	assert_true(place_text(&fx.cx, 100 + MORE - 1, &text));
	fx_sql("UPDATE tenants SET name = 'Far North' WHERE slug = 'north'");
	fx_as(NORTH, ADMIN);
	assert_false(place_text(&fx.cx, 100 + MORE - 1, &text));
}

/* {R7} A role beyond those that are kept is held as any other. */
static void
a_role_of_very_many_is_held(void **state)
{
	(void)state;
	fx_sql("INSERT INTO roles (tenant_id, id, scope, builtin, name, name_key, description, "
	    "permissions, status, created_at, version) "
	    "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 1100) "
	    "SELECT %lld, 9000000000000000 + n, 'tenant', '', 'Role ' || n, 'role ' || n, '', "
	    "'audit:view', 'active', 0, 1 FROM n", (long long)fx.tenant[NORTH]);
	fx_sql("UPDATE members SET role_id = 9000000000001100 WHERE id = %lld",
	    (long long)fx.m[NORTH][GUEST].id);
	fx_as(NORTH, GUEST);
	assert_string_equal(fx.cx.role, "Role 1100");
	assert_true(access_has(&fx.cx, PERM_AUDIT_VIEW, IN_TENANT));
	assert_false(access_has(&fx.cx, PERM_USER_VIEW, IN_TENANT));
}

/* {W1 W5 L2 E15} */
static void
general_settings_are_changed(void **state)
{
	struct general_input  in = { STR(" Welcome\r\nto us "), true, 1 };
	struct tenant_general g;

	(void)state;
	fx_as(NORTH, ADMIN);
	fx_mark();
	assert_int_equal(tenants_general_change(&fx.cx, &in), OK);
	fx_one_event(NORTH, "Ada Admin changed the general settings",
	    "personal_workspaces: off -> on; portal_text: -> Welcome\nto us");
	assert_int_equal(tenants_general(&fx.cx, &g), OK);
	assert_string_equal(g.portal_text, "Welcome\nto us");
	assert_true(g.personal_workspaces);
	fx_mark();
	assert_int_equal(tenants_general_change(&fx.cx, &in), ERR_CONFLICT);
	in.version = g.version;
	assert_int_equal(tenants_general_change(&fx.cx, &in), OK);
	in.portal_text = str_of(arena_printf(fx.keep, "%0501d", 0));
	assert_int_equal(tenants_general_change(&fx.cx, &in), ERR_INVALID);
	assert_string_not_equal(fx_issue("portal_text"), "");
	for (enum fx_who who = BUILDER; who <= WEST_ADMIN; who++) {
		fx_as(NORTH, who);
		assert_int_equal(tenants_general_change(&fx.cx, &in), ERR_DENIED);
	}
	assert_true(fx_same());
	fx_as(SOUTH, ADMIN);
	assert_int_equal(tenants_general(&fx.cx, &g), OK);
	assert_false(g.personal_workspaces);
}

/* {C3d N2} How many keys and for how long: who may see it, who may change it, and what is none. */
static void
security_settings_are_saved(void **state)
{
	static const char *const wrong[][2] = { { "0", "30" }, { "21", "30" }, { "", "30" },
		{ "5 ", "31" }, { "-1", "30" }, { "5", "" }, { "5", "x" }, { "5.5", "0" },
		{ "99999999999999999999", "0" } };
	struct security_input    in = { STR(" 3 "), STR("90"), 1 };
	struct tenant_security   s;

	(void)state;
	fx_as(NORTH, ADMIN);
	fx_mark();
	assert_int_equal(tenants_security_change(&fx.cx, &in), OK);
	fx_one_event(NORTH, "Ada Admin changed the security settings",
	    "keys_most: 5 -> 3; key_days: never -> 90");
	fx_as(NORTH, AUDITOR);
	assert_int_equal(tenants_security(&fx.cx, &s), OK);
	assert_int_equal(s.keys_most, 3);
	assert_int_equal(s.key_days, 90);
	assert_int_equal(fx.cx.place->keys_most, 3);
	assert_int_equal(fx.cx.place->key_days, 90);
	fx_as(NORTH, ADMIN);
	fx_mark();
	assert_int_equal(tenants_security_change(&fx.cx, &in), ERR_CONFLICT);
	in.version = s.version;
	assert_int_equal(tenants_security_change(&fx.cx, &in), OK);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		in.keys_most = str_of(wrong[i][0]);
		in.key_days = str_of(wrong[i][1]);
		fx.cx.issues = NULL;
		assert_int_equal(tenants_security_change(&fx.cx, &in), ERR_INVALID);
	}
	for (enum fx_who who = BUILDER; who <= WEST_ADMIN; who++) {
		fx_as(NORTH, who);
		assert_int_equal(tenants_security_change(&fx.cx, &in), ERR_DENIED);
		assert_int_equal(tenants_security(&fx.cx, &s), who == AUDITOR ? OK : ERR_DENIED);
	}
	assert_true(fx_same());
	fx_as(SOUTH, ADMIN);
	assert_int_equal(tenants_security(&fx.cx, &s), OK);
	assert_int_equal(s.keys_most, 5);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FX_TEST(the_first_steps_of_an_account),
		FX_TEST(numbers_of_one_s_own),
		FX_TEST(an_email_that_arrived),
		FX_TEST(a_foreign_account_is_as_absent),
		FX_TEST(each_standing_is_told_apart),
		FX_TEST(an_invitation_is_told_to_a_proved_address),
		FX_TEST(an_old_slug_leads_on),
		FX_TEST(a_kept_tenant_is_as_its_row),
		FX_TEST(kept_roles_are_as_their_rows),
		FX_TEST(kept_texts_go_with_the_row),
		FX_TEST(a_role_of_very_many_is_held),
		FX_TEST(the_path_decides_where_one_acts),
		FX_TEST(no_row_names_another_account_s),
		FX_TEST(every_reference_names_the_tenant),
		FX_TEST(general_settings_are_changed),
		FX_TEST(security_settings_are_saved),
	};

	return FX_RUN(tests);
}
