/* bulk/: tables of people: invited or imported, row by row, by a page's job. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../fixture.h"

#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "bulk/bulk.h"
#include "base/id.h"
#include "bulk/uploads.h"
#include "db/db.h"
#include "groups/groups.h"
#include "jobs/jobs.h"
#include "workspaces/workspaces.h"

enum { STEPS_MOST = 2000, FILE_LONGEST = 1 << 20, LARGE = 10000, ROW_LONGEST = 64 };

static int64_t          upload;
static struct judgement g;
static struct invite_joins joins;     /* none, but where a test says so */

static enum err
add(enum upload_kind kind, struct str pasted, struct str file)
{
	struct upload_input in = { .kind = kind, .pasted = pasted, .file = file,
		.role = fx_role(NORTH, "Guest") };

	fx.cx.issues = NULL;
	return uploads_add(&fx.cx, &in, &upload);
}

static void
judge(void)
{
	struct upload u;

	assert_int_equal(uploads_get(&fx.cx, upload, &u), OK);
	fx_mark();
	assert_int_equal(uploads_judge(&fx.cx, &u, &g), OK);
	assert_true(fx_same());
}

static void
sent(enum upload_kind kind, const char *text)
{
	assert_int_equal(add(kind, kind == UPLOAD_INVITE ? str_of(text) : str_of(""),
	    kind == UPLOAD_IMPORT ? str_of(text) : str_of("")), OK);
	judge();
}

static void
counts(int64_t made, int64_t changed, int64_t same, int64_t refused)
{
	assert_int_equal(g.counts[ROW_NEW], made);
	assert_int_equal(g.counts[ROW_CHANGED], changed);
	assert_int_equal(g.counts[ROW_SAME], same);
	assert_int_equal(g.counts[ROW_REFUSED], refused);
}

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
	jobs_chunk_ms(JOB_CHUNK_MS);
}

static const char *
result(void)
{
	return fx_text("SELECT state || ' ' || done || ' ' || refused FROM jobs WHERE id = %lld",
	    (long long)upload);
}

static int64_t
north(const char *where)
{
	return fx_int("SELECT count(*) FROM members WHERE tenant_id = %lld AND %s",
	    (long long)fx.tenant[NORTH], where);
}

/* {I8} Each row has its verdict before anything is done, and then that is done. */
static void
addresses_are_invited(void **state)
{
	(void)state;
	fx_as(NORTH, ADMIN);
	sent(UPLOAD_INVITE, "Nora New <nora@new.example>\n\"Lima, Ana\" <ana.lima@new.example>, "
	    "kai@new.example; gil@north.example\nnobody\nNORA@new.example\r\n ivy@north.example");
	counts(3, 0, 0, 4);
	assert_string_equal(g.others[0].name, "Nora New");
	assert_string_equal(g.others[1].name, "Lima, Ana");
	assert_string_equal(g.others[2].name, "Kai");
	assert_int_equal(g.others[2].line, 2);
	assert_int_equal(g.refused[0].line, 2);
	assert_int_equal(g.refused[2].line, 4);
	assert_int_equal(g.refused[3].line, 5);
	assert_int_equal(g.plan.today, 3);
	assert_string_equal(g.refused[0].why, "gil@north.example is already a member "
	    "(organization Acme).");
	assert_string_equal(g.refused[1].why, "Give an email address, such as ana@example.org.");
	assert_string_equal(g.refused[2].why, "The same address stands in line 1.");
	assert_string_equal(g.refused[3].why, "ivy@north.example is already invited.");
	assert_int_equal(uploads_start(&fx.cx, upload, &joins), OK);
	assert_int_equal(uploads_start(&fx.cx, upload, &joins), OK);
	assert_int_equal(north("email LIKE '%new.example'"), 0);
	work();
	assert_string_equal(result(), "done 3 4");
	assert_int_equal(north("email LIKE '%new.example' AND status = 'invited'"), 3);
	assert_int_equal(fx_int("SELECT count(*) FROM outbox WHERE kind = 'invitation' AND address"
	    " LIKE '%%new.example'"), 3);
	assert_int_equal(fx_int("SELECT count(*) FROM uploads"), 0);
	assert_int_equal(fx_int("SELECT count(*) FROM upload_parts"), 0);
	fx_as(NORTH, ADMIN);
	assert_int_equal(uploads_start(&fx.cx, upload, &joins), OK);
	assert_int_equal(fx_int("SELECT count(*) FROM jobs"), 1);
}

/* {I6} */
static void
more_than_a_day_takes_follow_on_the_next(void **state)
{
	char text[30 * 20] = "", *to = text;

	(void)state;
	fx_sql("UPDATE tenants SET invites_daily = 10");
	fx_sql("DELETE FROM invitation_sends");
	for (int i = 0; i < 25; i++)
		to += sprintf(to, "p%d@new.example\n", i);
	fx_as(NORTH, ADMIN);
	sent(UPLOAD_INVITE, text);
	counts(25, 0, 0, 0);
	assert_int_equal(g.plan.today, 10);
	assert_int_equal(g.plan.daily, 10);
	assert_true(g.plan.last_at > FX_NOW + FX_DAY && g.plan.last_at < FX_NOW + 2 * FX_DAY);
	assert_int_equal(uploads_start(&fx.cx, upload, &joins), OK);
	work();
	assert_string_equal(result(), "done 25 0");
	assert_int_equal(fx_int("SELECT count(*) FROM outbox WHERE kind = 'invitation' AND due_at ="
	    " %lld AND tenant_id = %lld", (long long)FX_NOW, (long long)fx.tenant[NORTH]), 10);
	assert_int_equal(fx_int("SELECT max(due_at) FROM outbox WHERE kind = 'invitation'"),
	    g.plan.last_at);
}

/* {U10} What was exported is read again, and changes nothing. */
static void
an_export_comes_back_unchanged(void **state)
{
	char              *text = ARENA_ARRAY(fx.keep, char, FILE_LONGEST);
	struct bulk_choice c = { .all = true, .want = { .search = "" } };
	struct bulk_export out;

	(void)state;
	fx_sql("UPDATE members SET phone = '+49301234567', nickname = '''=SUM(\"A1\")', country ="
	    " 'DE' WHERE status <> 'invited'");
	fx_as(NORTH, ADMIN);
	assert_int_equal(bulk_export(&fx.cx, &c, &out), OK);
	assert_true(pread(out.fd, text, FILE_LONGEST - 1, 0) > 0);
	close(out.fd);
	close(out.hold);
	sent(UPLOAD_IMPORT, text);
	counts(0, 0, FX_MEMBERS, 0);
	assert_int_equal(uploads_start(&fx.cx, upload, &joins), OK);
	fx_mark();
	work();
	assert_string_equal(result(), "done 15 0");
	assert_int_equal(fx_new_events(NORTH), 0);
	assert_int_equal(fx_new_mails(), 0);
}

/* Who is there is changed, who is new is invited; each with its event. */
static void
an_import_changes_and_invites(void **state)
{
	(void)state;
	fx_as(NORTH, ADMIN);
	sent(UPLOAD_IMPORT, "Email;Name;Phone;Country;Role;Shoe\r\n"
	    "gil@north.example;Gil Grown;+49 30 1234567;de;Staff;44\r\n"
	    "una@north.example;;;;;\r\n"
	    "new@new.example;Nils New;;fr;User;1\r\n"
	    "dan@north.example;Dan Other;;;;\r\n"
	    "ben@north.example;Ben Builder;;;Emperor;\r\n"
	    "cleo@north.example;Cleo;12;;;\r\n");
	counts(1, 1, 1, 3);
	assert_int_equal(uploads_start(&fx.cx, upload, &joins), OK);
	work();
	assert_string_equal(result(), "done 3 3");
	assert_string_equal(fx_text("SELECT name || phone || country FROM members WHERE id = %lld",
	    (long long)fx.m[NORTH][GUEST].id), "Gil Grown+49301234567DE");
	assert_int_equal(north("email = 'new@new.example' AND status = 'invited' AND country ="
	    " 'FR'"), 1);
	assert_int_equal(fx_int("SELECT count(*) FROM events WHERE act = %d",
	    AUDIT_MEMBER_EDITED), 1);
	assert_int_equal(fx_int("SELECT count(*) FROM events WHERE act = %d",
	    AUDIT_ROLE_CHANGED), 1);
	assert_int_equal(fx_int("SELECT count(*) FROM outbox WHERE kind = 'role_changed'"), 0);
}

/* {U10} A role is asked for only where a row has none, and an export brings its own. */
static void
a_table_may_name_all_roles(void **state)
{
	struct upload_input in = { .kind = UPLOAD_IMPORT, .file = STR("email,role\n"
	    "gil@north.example,User\nnew@new.example,Staff\n") };

	(void)state;
	fx_as(NORTH, ADMIN);
	assert_int_equal(uploads_add(&fx.cx, &in, &upload), OK);
	judge();
	counts(1, 1, 0, 0);
	assert_int_equal(uploads_start(&fx.cx, upload, &joins), OK);
	work();
	assert_string_equal(result(), "done 2 0");
	assert_int_equal(north("email = 'new@new.example' AND role_id = (SELECT id FROM roles r "
	    "WHERE r.tenant_id = members.tenant_id AND name = 'Staff')"), 1);
	fx_as(NORTH, ADMIN);
	in.file = STR("email,role\nnew@new.example,Staff\nother@new.example, \n");
	assert_int_equal(uploads_add(&fx.cx, &in, &upload), ERR_INVALID);
	assert_string_equal(fx_issue("role"), "Choose a role: line 3 names none.");
	fx.cx.issues = NULL;
	in = (struct upload_input){ .kind = UPLOAD_INVITE, .pasted = STR("a@new.example") };
	assert_int_equal(uploads_add(&fx.cx, &in, &upload), ERR_INVALID);
	assert_string_equal(fx_issue("role"), "Choose a role.");
}

/* {U11} */
static void
an_import_keeps_the_last_admin_and_oneself(void **state)
{
	(void)state;
	fx_as(NORTH, ADMIN);
	sent(UPLOAD_IMPORT, "email,role\nada@north.example,Guest\n");
	counts(0, 0, 0, 1);
	assert_string_equal(g.refused[0].why, "This is you.");
	fx_sql("UPDATE roles SET permissions = '*' WHERE name = 'Auditor'");
	fx_as(NORTH, AUDITOR);
	sent(UPLOAD_IMPORT, "email,role\nada@north.example,Guest\n");
	counts(0, 0, 0, 1);
	assert_non_null(strstr(g.refused[0].why, "at least one active administrator"));
}

static void
nobody_imports_more_than_they_may(void **state)
{
	(void)state;
	fx_sql("UPDATE roles SET permissions = 'user:view user:edit' WHERE name = 'Helpdesk'");
	fx_as(NORTH, HELPDESK);
	sent(UPLOAD_IMPORT, "email,name,role\ngil@north.example,Gil Edited,\n"
	    "una@north.example,Una User,Staff\nnew@new.example,New One,\n");
	counts(0, 1, 0, 2);
	fx_sql("UPDATE roles SET permissions = 'user:view user:edit user:role user:invite' WHERE"
	    " name = 'Helpdesk'");
	fx_as(NORTH, HELPDESK);
	sent(UPLOAD_IMPORT, "email,name,role\nuna@north.example,Una User,Admin\n"
	    "new@new.example,New One,Admin\n");
	counts(0, 0, 0, 2);
	fx_as(NORTH, WEST_ADMIN);
	sent(UPLOAD_IMPORT, "email,name\ngil@north.example,Gil Seen\n"
	    "wim@north.example,Wim Known\n");
	counts(0, 1, 0, 1);
}

/* Who has no right to it, and whose it is not. */
static void
a_table_is_its_senders(void **state)
{
	struct upload u;

	(void)state;
	fx_as(NORTH, BUILDER);
	assert_int_equal(add(UPLOAD_INVITE, STR("a@b.example"), STR("")), ERR_DENIED);
	fx_as(NORTH, ADMIN);
	sent(UPLOAD_INVITE, "nora@new.example");
	fx_as(NORTH, STAFF);
	assert_int_equal(uploads_get(&fx.cx, upload, &u), ERR_NOTFOUND);
	assert_int_equal(uploads_start(&fx.cx, upload, &joins), ERR_NOTFOUND);
	fx_as(SOUTH, ADMIN);
	assert_int_equal(uploads_get(&fx.cx, upload, &u), ERR_NOTFOUND);
	assert_int_equal(uploads_start(&fx.cx, upload, &joins), ERR_NOTFOUND);
}

static void
refused(struct str pasted, struct str file, const char *field)
{
	fx_as(NORTH, ADMIN);
	fx_mark();
	assert_int_equal(add(UPLOAD_IMPORT, pasted, file), ERR_INVALID);
	assert_string_not_equal(fx_issue(field), "");
	assert_true(fx_same());
}

static void
what_cannot_be_read_is_refused_whole(void **state)
{
	char *large = ARENA_ARRAY(fx.keep, char, UPLOAD_LARGEST + 2);

	(void)state;
	refused(STR(""), STR(""), "file");
	refused(STR(""), STR("\n"), "file");
	refused(STR(""), STR("name,phone\nx,y\n"), "file");
	refused(STR(""), STR("email\n"), "file");
	refused(STR(""), STR("email\n\"a@b.example\n"), "file");
	refused(STR(""), STR("email\na@b.example\"x\n"), "file");
	refused(STR(""), (struct str){ "email\na\0b@c.example\n", 20 }, "file");
	memset(large, 'x', UPLOAD_LARGEST + 1);
	refused(STR(""), (struct str){ large, UPLOAD_LARGEST + 1 }, "file");
	refused((struct str){ large, PASTED_LARGEST + 1 }, STR(""), "pasted");
}

/* One at a time in each chunk, and a death in between: no row twice. */
static void
no_row_twice_in_many_chunks(void **state)
{
	char text[60 * 20] = "", *to = text;

	(void)state;
	for (int i = 0; i < 12; i++)
		to += sprintf(to, "p%d@new.example\n", i);
	fx_as(NORTH, ADMIN);
	sent(UPLOAD_INVITE, text);
	assert_int_equal(uploads_start(&fx.cx, upload, &joins), OK);
	jobs_chunk_ms(0);
	for (int i = 0; i < 5; i++) {
		fx_system(SYSTEM);
		assert_int_equal(jobs_step(&fx.cx), OK);
	}
	/* What was not committed is as if it had not been. */
	fx_break("outbox");
	fx_system(SYSTEM);
	assert_int_equal(jobs_step(&fx.cx), OK);
	fx_mend();
	fx.now += 2 * FX_MINUTE;
	work();
	assert_string_equal(result(), "done 12 0");
	assert_int_equal(north("email LIKE '%new.example'"), 12);
	assert_int_equal(fx_int("SELECT count(*) FROM events WHERE act = %d AND subject_name LIKE"
	    " 'P%%'", AUDIT_MEMBER_INVITED), 12);
}

/* Rows as a file of n people has them, in the arena. */
static const char *
table_of(int n)
{
	char *text = (char *)arena_zalloc(fx.cx.arena, (size_t)n * ROW_LONGEST + 16, 1), *to = text;

	to += sprintf(to, "email,name\n");
	for (int i = 0; i < n; i++)
		to += sprintf(to, "p%d@new.example,Somebody With A Number %d\n", i, i);
	return text;
}

/* {I8} Others wait for one transaction at the most: of a large table each holds few bytes of it as
 * it is kept, and few rows as it is worked, however fast the machine is. */
static void
a_large_table_holds_nobody_up(void **state)
{
	struct db_counters was, is;
	const char        *text;
	int64_t            done = 0, now;

	(void)state;
	fx_as(NORTH, ADMIN);
	text = table_of(LARGE);
	was = db_counters(fx.cx.db);
	assert_int_equal(add(UPLOAD_IMPORT, str_of(""), str_of(text)), OK);
	is = db_counters(fx.cx.db);
	assert_true(is.commits - was.commits >= 2 + (int64_t)strlen(text) / (256 * 1024));
	assert_int_equal(add(UPLOAD_IMPORT, str_of(""), str_of(table_of(2 * JOB_CHUNK + 1))), OK);
	assert_int_equal(uploads_start(&fx.cx, upload, &joins), OK);
	jobs_chunk_ms(FX_HOUR);
	while (done < 2 * JOB_CHUNK + 1) {
		fx_system(SYSTEM);
		was = db_counters(fx.cx.db);
		assert_int_equal(jobs_step(&fx.cx), OK);
		is = db_counters(fx.cx.db);
		assert_int_equal(is.commits - was.commits, 1);
		now = fx_int("SELECT done FROM jobs WHERE id = %lld", (long long)upload);
		assert_in_range(now - done, 1, JOB_CHUNK);
		done = now;
	}
	work();
	assert_string_equal(result(), "done 401 0");
}

static void
who_loses_rights_in_the_middle_does_no_more(void **state)
{
	(void)state;
	fx_sql("UPDATE roles SET permissions = 'user:invite workspace:view' WHERE name = 'Staff'");
	fx_as(NORTH, STAFF);
	sent(UPLOAD_INVITE, "a@new.example\nb@new.example\nc@new.example\n");
	assert_int_equal(uploads_start(&fx.cx, upload, &joins), OK);
	jobs_chunk_ms(0);
	fx_system(SYSTEM);
	assert_int_equal(jobs_step(&fx.cx), OK);
	fx_sql("UPDATE members SET status = 'deactivated' WHERE id = %lld",
	    (long long)fx.m[NORTH][STAFF].id);
	work();
	assert_string_equal(result(), "cancelled 1 0");
	assert_int_equal(north("email LIKE '%new.example'"), 1);
}

static void
what_nobody_wants_goes(void **state)
{
	int64_t n;

	(void)state;
	fx_as(NORTH, ADMIN);
	sent(UPLOAD_INVITE, "a@new.example");
	sent(UPLOAD_INVITE, "b@new.example");
	assert_int_equal(fx_int("SELECT count(*) FROM uploads"), 1);
	fx.now += FX_DAY + FX_MINUTE;
	fx_system(SYSTEM);
	assert_int_equal(uploads_sweep(&fx.cx, &n), OK);
	assert_int_equal(n, 1);
	assert_int_equal(fx_int("SELECT count(*) FROM upload_parts"), 0);
}

/* ---------------------------------------------------------------- groups and workspaces */

static int64_t group, space;

/* Made by ADMIN; the group holds that role. */
static void
both_are_there(const char *role)
{
	fx_as(NORTH, ADMIN);
	group = id_new(FX_NOW);
	space = id_new(FX_NOW);
	assert_int_equal(groups_make(&fx.cx, group, &(struct group_input){ STR("Ops"), STR(""),
	    fx_role(NORTH, role), 0 }), OK);
	assert_int_equal(workspaces_make(&fx.cx, space, &(struct workspace_input){
	    STR("Payments"), STR(""), 0 }), OK);
	joins = (struct invite_joins){ &group, &space, 1, 1, fx_id(fx_int("SELECT id FROM roles "
	    "WHERE tenant_id = %lld AND builtin = 'contributor'", (long long)fx.tenant[NORTH])) };
}

static int64_t
in_both(void)
{
	return fx_int("SELECT (SELECT count(*) FROM group_members WHERE group_id = %lld) * 100 + "
	    "(SELECT count(*) FROM workspace_members WHERE workspace_id = %lld AND role_id = "
	    "(SELECT id FROM roles WHERE builtin = 'contributor' AND tenant_id = %lld))",
	    (long long)group, (long long)space, (long long)fx.tenant[NORTH]);
}

/* {I8 I1} One choice for all rows; each is told by events, and nothing is held yet. */
static void
all_rows_get_into_what_is_chosen_once(void **state)
{
	struct proof *proof;

	(void)state;
	both_are_there("Staff");
	sent(UPLOAD_INVITE, "a@new.example, b@new.example, gil@north.example");
	fx_mark();
	assert_int_equal(uploads_start(&fx.cx, upload, &joins), OK);
	work();
	assert_string_equal(result(), "done 2 1");
	assert_int_equal(in_both(), 202);
	assert_int_equal(fx_int("SELECT count(*) FROM events WHERE tenant_id = %lld AND act IN "
	    "(%d, %d)", (long long)fx.tenant[NORTH], AUDIT_GROUP_JOINED, AUDIT_WORKSPACE_JOINED),
	    4);
	fx_as(NORTH, ADMIN);
	assert_int_equal(access_why(&fx.cx, fx_int("SELECT id FROM members WHERE email_key = "
	    "'a@new.example'"), PERM_USER_INVITE, IN_TENANT, &proof), OK);
	assert_false(proof->yes);
}

static void
not_started(enum err want, const char *field)
{
	fx.cx.issues = NULL;
	fx_mark();
	assert_int_equal(uploads_start(&fx.cx, upload, &joins), want);
	if (field)
		assert_string_not_equal(fx_issue(field), "");
	assert_true(fx_same());
}

/* {I8 R7} As for one person: no group that holds more, no workspace of others, nothing of another
 * account; and what is refused starts nothing. */
static void
nobody_gets_all_rows_into_more_than_they_may_give(void **state)
{
	const int64_t foreign = fx_int("SELECT id FROM roles WHERE tenant_id = %lld LIMIT 1",
	    (long long)fx.tenant[SOUTH]);

	(void)state;
	both_are_there("Admin");
	fx_as(NORTH, STAFF);
	assert_int_equal(uploads_add(&fx.cx, &(struct upload_input){ .pasted =
	    STR("a@new.example"), .role = fx_role(NORTH, "Staff") }, &upload), OK);
	not_started(ERR_DENIED, NULL);
	fx_sql("UPDATE roles SET permissions = permissions || ' group:edit' WHERE tenant_id = %lld "
	    "AND name = 'Staff'", (long long)fx.tenant[NORTH]);
	fx_as(NORTH, STAFF);
	not_started(ERR_DENIED, "group");
	joins.ngroups = 0;
	not_started(ERR_NOTFOUND, NULL);
	joins.workspaces = &foreign;
	not_started(ERR_NOTFOUND, NULL);
	joins.nworkspaces = 0;
	joins.ngroups = 1;
	joins.groups = &foreign;
	not_started(ERR_NOTFOUND, NULL);
	fx_as(NORTH, ADMIN);
	not_started(ERR_NOTFOUND, NULL);
	joins = (struct invite_joins){ .nworkspaces = 1, .workspaces = &space };
	fx_as(NORTH, STAFF);
	not_started(ERR_INVALID, "workspace_role");
	joins.workspace_role = STR("x");
	not_started(ERR_NOTFOUND, NULL);
}

/* {I8 R5 R7} The job asks anew: who may give it no more invites nobody into it. */
static void
what_is_lost_before_the_job_is_not_given(void **state)
{
	(void)state;
	both_are_there("Staff");
	fx_sql("UPDATE roles SET permissions = permissions || ' group:edit workspace:manage_all' "
	    "WHERE tenant_id = %lld AND name = 'Staff'", (long long)fx.tenant[NORTH]);
	fx_as(NORTH, STAFF);
	assert_int_equal(uploads_add(&fx.cx, &(struct upload_input){ .pasted =
	    STR("a@new.example, b@new.example"), .role = fx_role(NORTH, "Staff") }, &upload), OK);
	assert_int_equal(uploads_start(&fx.cx, upload, &joins), OK);
	fx_sql("UPDATE roles SET permissions = replace(permissions, 'group:edit', '') WHERE "
	    "tenant_id = %lld AND name = 'Staff'", (long long)fx.tenant[NORTH]);
	work();
	assert_int_equal(in_both(), 0);
	assert_int_equal(north("email_key LIKE '%@new.example'"), 0);
}

static int64_t
statements_of(int rows)
{
	const char *text = "";

	for (int i = 0; i < rows; i++)
		text = arena_printf(fx.cx.arena, "%sp%d-%d@new.example\n", text, rows, i);
	sent(UPLOAD_INVITE, text);
	assert_int_equal(uploads_start(&fx.cx, upload, &joins), OK);
	jobs_chunk_ms(10000);
	fx_mark();
	work();
	return fx_work().statements;
}

/* {I8} */
static void
a_row_with_groups_takes_few_statements(void **state)
{
	int64_t few, more;

	(void)state;
	both_are_there("Staff");
	few = statements_of(5);
	fx_as(NORTH, ADMIN);
	more = statements_of(15);
	if ((more - few) / 10 > 22)
		fail_msg("%lld statements a row", (long long)(more - few) / 10);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FX_TEST(addresses_are_invited),
		FX_TEST(more_than_a_day_takes_follow_on_the_next),
		FX_TEST(an_export_comes_back_unchanged),
		FX_TEST(an_import_changes_and_invites),
		FX_TEST(a_table_may_name_all_roles),
		FX_TEST(an_import_keeps_the_last_admin_and_oneself),
		FX_TEST(nobody_imports_more_than_they_may),
		FX_TEST(a_table_is_its_senders),
		FX_TEST(what_cannot_be_read_is_refused_whole),
		FX_TEST(no_row_twice_in_many_chunks),
		FX_TEST(a_large_table_holds_nobody_up),
		FX_TEST(who_loses_rights_in_the_middle_does_no_more),
		FX_TEST(what_nobody_wants_goes),
		FX_TEST(all_rows_get_into_what_is_chosen_once),
		FX_TEST(nobody_gets_all_rows_into_more_than_they_may_give),
		FX_TEST(what_is_lost_before_the_job_is_not_given),
		FX_TEST(a_row_with_groups_takes_few_statements),
	};

	return FX_RUN(tests);
}
