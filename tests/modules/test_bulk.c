/* bulk/: acts on many as jobs, whom they are for, and the export. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../fixture.h"

#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/csv.h"
#include "base/id.h"
#include "bulk/bulk.h"
#include "db/db.h"
#include "groups/groups.h"
#include "jobs/jobs.h"

enum { STEPS_MOST = 200, FILE_LONGEST = 1 << 20 };

static int64_t job;

static struct bulk_choice
these(const enum fx_who *who, size_t n)
{
	int64_t *ids = ARENA_ARRAY(fx.cx.arena, int64_t, n);

	for (size_t i = 0; i < n; i++)
		ids[i] = fx.m[NORTH][who[i]].id;
	return (struct bulk_choice){ .ids = ids, .n = n, .want = { .search = "" } };
}
#define THESE(...) these((const enum fx_who[]){ __VA_ARGS__ }, \
	sizeof((const enum fx_who[]){ __VA_ARGS__ }) / sizeof(enum fx_who))

static struct bulk_choice
all_of(unsigned statuses, const char *search)
{
	return (struct bulk_choice){ .all = true,
	    .want = { .statuses = statuses, .search = search } };
}

static enum err
start(enum bulk_act act, struct bulk_choice c, const char *role, const char *typed)
{
	fx.cx.issues = NULL;
	job = id_new(fx.now);
	return bulk_start(&fx.cx, act, &c, role ? fx_role(NORTH, role) : str_of(""), str_of(typed),
	    job);
}

static enum err
one_step(void)
{
	fx_system(SYSTEM);
	return jobs_step(&fx.cx);
}

/* As the housekeeper does. */
static void
work(void)
{
	int      steps = 0;
	enum err e;

	while ((e = one_step()) == OK && ++steps < STEPS_MOST)
		;
	assert_int_equal(e, ERR_NOTFOUND);
	jobs_chunk_ms(JOB_CHUNK_MS);
}

static const char *
result(void)
{
	return fx_text("SELECT state || ' ' || done || ' ' || refused || ' ' || refusals FROM jobs"
	    " WHERE id = %lld", (long long)job);
}

static const char *
status_of(enum fx_tenant t, enum fx_who who)
{
	return fx_text("SELECT status FROM members WHERE tenant_id = %lld AND id = %lld",
	    (long long)fx.tenant[t], (long long)fx.m[t][who].id);
}

static int64_t
events(int act)
{
	return fx_int("SELECT count(*) FROM events WHERE tenant_id = %lld AND act = %d",
	    (long long)fx.tenant[NORTH], act);
}

/* ---------------------------------------------------------------- acts */

/* {U9f} */
static void
many_are_deactivated_and_active_again(void **state)
{
	int64_t mails;

	(void)state;
	fx_as(NORTH, ADMIN);
	mails = fx_int("SELECT count(*) FROM outbox WHERE kind = 'deactivated'");
	assert_int_equal(start(BULK_DEACTIVATE, THESE(GUEST, USER, DEACTIVATED, INVITED), NULL, ""),
	    OK);
	assert_string_equal(status_of(NORTH, GUEST), "active");
	work();
	assert_string_equal(result(), "done 2 2 [[\"Dan Deactivated\",\"Is deactivated already.\"],"
	    "[\"Ivy Invited\",\"Has not accepted the invitation yet.\"]]");
	assert_string_equal(status_of(NORTH, GUEST), "deactivated");
	assert_string_equal(status_of(NORTH, USER), "deactivated");
	assert_string_equal(status_of(SOUTH, GUEST), "active");
	assert_int_equal(events(AUDIT_DEACTIVATED), 2);
	assert_int_equal(fx_int("SELECT count(*) FROM outbox WHERE kind = 'deactivated'"),
	    mails + 2);
	assert_true(fx_int("SELECT valid_from > 0 FROM members WHERE id = %lld",
	    (long long)fx.m[NORTH][GUEST].id));
	assert_string_equal(fx_text("SELECT actor_name || ' ' || client FROM events WHERE act = %d"
	    " LIMIT 1", AUDIT_DEACTIVATED), "Ada Admin Command line");
	fx_as(NORTH, ADMIN);
	assert_int_equal(start(BULK_REACTIVATE, THESE(GUEST, STAFF), NULL, ""), OK);
	work();
	assert_string_equal(status_of(NORTH, GUEST), "active");
	assert_string_equal(result(), "done 1 1 [[\"Stan Staff\",\"Is active already.\"]]");
}

/* {U9c} Who is only invited loses the invitation. */
static void
many_are_removed(void **state)
{
	(void)state;
	fx_as(NORTH, ADMIN);
	assert_int_equal(start(BULK_REMOVE, THESE(GUEST, DEACTIVATED, INVITED), NULL, ""), OK);
	work();
	assert_string_equal(result(), "done 3 0 []");
	assert_string_equal(status_of(NORTH, GUEST), "removed");
	assert_string_equal(status_of(NORTH, INVITED), "removed");
	assert_int_equal(events(AUDIT_REMOVED), 2);
	assert_int_equal(events(AUDIT_INVITE_CANCELLED), 1);
	assert_string_equal(status_of(SOUTH, INVITED), "invited");
}

/* {U9e} */
static void
many_get_a_role(void **state)
{
	(void)state;
	fx_sql("UPDATE tenants SET role_emails = 1");
	fx_as(NORTH, ADMIN);
	assert_int_equal(start(BULK_ROLE, THESE(GUEST, USER, STAFF, INVITED), "Staff", ""), OK);
	work();
	assert_string_equal(result(), "done 4 0 []");
	assert_int_equal(events(AUDIT_ROLE_CHANGED), 3);
	assert_int_equal(fx_int("SELECT count(*) FROM outbox WHERE kind = 'role_changed'"), 2);
	assert_int_equal(fx_int("SELECT count(*) FROM members m JOIN roles r ON r.tenant_id ="
	    " m.tenant_id AND r.id = m.role_id WHERE r.name = 'Staff' AND m.tenant_id = %lld",
	    (long long)fx.tenant[NORTH]), 4);
}

/* {U9g} {U9h} */
static void
many_are_signed_out_and_invited_again(void **state)
{
	struct standing st;
	int64_t         generation = fx_int("SELECT generation FROM invitations WHERE tenant_id ="
	    " %lld", (long long)fx.tenant[NORTH]);

	(void)state;
	fx_as(NORTH, ADMIN);
	assert_int_equal(start(BULK_LOG_OUT, THESE(GUEST, INVITED), NULL, ""), OK);
	work();
	assert_string_equal(result(), "done 1 1 [[\"Ivy Invited\",\"Has not accepted the "
	    "invitation yet.\"]]");
	assert_true(fx_session(NORTH, fx.m[NORTH][GUEST].session, &st));
	assert_int_equal(st.valid_from, FX_NOW);
	fx_as(NORTH, ADMIN);
	fx.now += FX_HOUR;
	fx_as(NORTH, ADMIN);
	assert_int_equal(start(BULK_RESEND, THESE(INVITED, GUEST), NULL, ""), OK);
	work();
	assert_string_equal(result(), "done 1 1 [[\"Gil Guest\",\"Is not invited any more.\"]]");
	assert_int_equal(fx_int("SELECT generation FROM invitations WHERE tenant_id = %lld",
	    (long long)fx.tenant[NORTH]), generation + 1);
	assert_int_equal(events(AUDIT_INVITE_RESENT), 1);
}

/* A group, and many who are to join it. */
static enum err
start_group(int64_t group, struct bulk_choice c)
{
	char text[14];

	id_text(group, text);
	fx.cx.issues = NULL;
	job = id_new(fx.now);
	return bulk_start(&fx.cx, BULK_GROUP, &c, str_of(text), STR(""), job);
}

static int64_t
group(const char *name, const char *role)
{
	int64_t id = id_new(fx.cx.now);

	fx_as(NORTH, ADMIN);
	assert_int_equal(groups_make(&fx.cx, id, &(struct group_input){ str_of(name), STR(""),
	    *role ? fx_role(NORTH, role) : STR(""), 0 }), OK);
	return id;
}

/* {U9d G2} */
static void
many_join_a_group(void **state)
{
	int64_t id = group("Ops", "");

	(void)state;
	assert_int_equal(start_group(id, THESE(GUEST)), OK);
	work();
	fx_as(NORTH, ADMIN);
	assert_int_equal(start_group(id, THESE(GUEST, USER, INVITED)), OK);
	work();
	assert_string_equal(result(), "done 2 1 [[\"Gil Guest\",\"Is in the group already.\"]]");
	assert_int_equal(fx_int("SELECT members FROM groups WHERE id = %lld", (long long)id), 3);
	assert_int_equal(events(AUDIT_GROUP_JOINED), 3);
	fx_as(NORTH, ADMIN);
	assert_int_equal(start_group(7, THESE(STAFF)), ERR_INVALID);
	assert_string_not_equal(fx_issue("group"), "");
	fx_as(SOUTH, ADMIN);
	assert_int_equal(start_group(id, all_of(0, "")), ERR_INVALID);
	fx_as(NORTH, STAFF);
	assert_int_equal(start_group(id, THESE(STAFF)), ERR_DENIED);
}

/* {R7} SECURITY 54: neither when it begins nor later, when the group holds more. */
static void
a_group_brings_many_no_more_than_the_actor_holds(void **state)
{
	int64_t admins = group("Admins", "Admin"), ops = group("Ops", "");

	(void)state;
	fx_sql("UPDATE roles SET permissions = permissions || ' group:view group:edit' "
	    "WHERE name = 'Staff'");
	fx_as(NORTH, STAFF);
	fx_mark();
	assert_int_equal(start_group(admins, THESE(STAFF, GUEST)), ERR_DENIED);
	assert_true(fx_same());
	assert_int_equal(start_group(ops, THESE(GUEST)), OK);
	fx_sql("UPDATE groups SET role_id = (SELECT id FROM roles WHERE builtin = 'admin' "
	    "AND tenant_id = %lld) WHERE id = %lld", (long long)fx.tenant[NORTH],
	    (long long)ops);
	work();
	assert_int_equal(fx_int("SELECT members FROM groups WHERE id = %lld", (long long)ops), 0);
	assert_int_equal(events(AUDIT_GROUP_JOINED), 0);
}

/* {U11} Nobody takes the account's last administrator away, nor oneself. */
static void
oneself_and_the_last_admin_are_refused(void **state)
{
	static const enum bulk_act taking[] = { BULK_REMOVE, BULK_DEACTIVATE, BULK_ROLE };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		fx_again();
		fx_as(NORTH, ADMIN);
		assert_int_equal(start(taking[i], THESE(ADMIN, GUEST), "User", ""), OK);
		work();
		assert_string_equal(result(), "done 1 1 [[\"Ada Admin\",\"This is you.\"]]");
		/* A helper whose role holds everything, but is not Admin. */
		fx_again();
		fx_sql("UPDATE roles SET permissions = '*' WHERE name = 'Auditor'");
		fx_as(NORTH, AUDITOR);
		assert_int_equal(start(taking[i], THESE(ADMIN, GUEST), "User", ""), OK);
		work();
		assert_non_null(strstr(result(), "done 1 1 [[\"Ada Admin\",\"An account must "
		    "keep at least one active administrator."));
		assert_string_equal(status_of(NORTH, ADMIN), "active");
	}
}

/* ---------------------------------------------------------------- whom */

/* One foreign id among own ones, or one out of reach, or one of nobody: nothing at all happens. */
static void
a_foreign_id_refuses_all_of_it(void **state)
{
	int64_t            ids[2], strangers[4];
	struct bulk_choice c = { .ids = ids, .n = 2, .want = { .search = "" } };
	struct bulk_seen   seen;
	struct bulk_export out;

	(void)state;
	strangers[0] = fx.m[SOUTH][GUEST].id;
	strangers[1] = id_new(fx.now);
	strangers[2] = fx.tenant[NORTH];
	strangers[3] = 1;
	ids[0] = fx.m[NORTH][GUEST].id;
	for (size_t i = 0; i < 4; i++) {
		ids[1] = strangers[i];
		fx_as(NORTH, ADMIN);
		fx_mark();
		assert_int_equal(bulk_look(&fx.cx, PERM_USER_REMOVE, &c, &seen), ERR_NOTFOUND);
		assert_int_equal(start(BULK_REMOVE, c, NULL, ""), ERR_NOTFOUND);
		assert_int_equal(bulk_export(&fx.cx, &c, &out), ERR_NOTFOUND);
		assert_true(fx_same());
	}
	fx_as(NORTH, WEST_ADMIN);
	fx_mark();
	ids[0] = fx.m[NORTH][WEST_USER].id;
	ids[1] = fx.m[NORTH][EAST_USER].id;
	assert_int_equal(start(BULK_REMOVE, c, NULL, ""), ERR_NOTFOUND);
	assert_true(fx_same());
}

/* {U9g} Somebody who was removed since the list was shown is told; the others are done. */
static void
who_is_gone_meanwhile_keeps_nothing_back(void **state)
{
	struct bulk_choice c = THESE(GUEST, USER);
	struct bulk_seen   seen;
	struct bulk_export out;

	(void)state;
	fx_as(NORTH, ADMIN);
	assert_int_equal(members_remove(&fx.cx, fx.m[NORTH][GUEST].id, STR("")), OK);
	assert_int_equal(bulk_look(&fx.cx, PERM_USER_LOGOUT, &c, &seen), OK);
	assert_int_equal(start(BULK_LOG_OUT, c, NULL, ""), OK);
	work();
	assert_non_null(strstr(result(), "done 1 1 [["));
	assert_non_null(strstr(result(), "\"Is removed already.\"]"));
	assert_int_equal(events(AUDIT_LOGGED_OUT), 1);
	fx_as(NORTH, ADMIN);
	assert_int_equal(bulk_export(&fx.cx, &c, &out), OK);
	assert_int_equal(out.n, 1);
	close(out.fd);
	close(out.hold);
}

/* {U9g U2} All that are in one of the groups, or in none; the export has the same. */
static void
all_of_some_groups(void **state)
{
	struct bulk_choice c = { .all = true, .want = { .search = "" } };
	struct bulk_export out;
	struct bulk_seen   seen;
	int64_t            two[] = { fx.m[NORTH][GUEST].id, fx.m[NORTH][USER].id };
	int64_t            group;
	size_t             added;

	(void)state;
	fx_as(NORTH, ADMIN);
	group = id_new(fx.now);
	assert_int_equal(groups_make(&fx.cx, group, &(struct group_input){ STR("Ops"), STR(""),
	    STR(""), 0 }), OK);
	assert_int_equal(groups_add(&fx.cx, group, two, 2, STR(""), &added), OK);
	c.want.groups = &group;
	c.want.ngroups = 1;
	assert_int_equal(bulk_look(&fx.cx, PERM_USER_LOGOUT, &c, &seen), OK);
	assert_int_equal(seen.n, 2);
	assert_int_equal(bulk_export(&fx.cx, &c, &out), OK);
	assert_int_equal(out.n, 2);
	close(out.fd);
	close(out.hold);
	assert_int_equal(start(BULK_LOG_OUT, c, NULL, ""), OK);
	work();
	assert_non_null(strstr(result(), "done 2 0 "));
	fx_as(NORTH, ADMIN);
	c.want.ungrouped = true;
	assert_int_equal(bulk_look(&fx.cx, PERM_USER_LOGOUT, &c, &seen), OK);
	assert_int_equal(seen.n, FX_MEMBERS);
	c.want.ngroups = 0;
	assert_int_equal(bulk_look(&fx.cx, PERM_USER_LOGOUT, &c, &seen), OK);
	assert_int_equal(seen.n, FX_MEMBERS - 2);
	fx_as(NORTH, WEST_ADMIN);
	assert_int_equal(start(BULK_LOG_OUT, c, NULL, ""), ERR_DENIED);
}

/* All that match, of one's own part of the tree, that were there when it began. */
static void
all_that_match_when_it_comes_to_them(void **state)
{
	int64_t late;

	(void)state;
	fx_as(NORTH, WEST_ADMIN);
	assert_int_equal(start(BULK_DEACTIVATE, all_of(SHOW_ACTIVE | SHOW_DORMANT, ""), NULL, ""),
	    OK);
	fx.now += FX_MINUTE;
	fx_system(NORTH);
	late = fx_add_member(NORTH, "Lee Late", "lee@north.example", "Guest", fx.west[NORTH]);
	/* One stops to match, meanwhile. */
	fx_sql("UPDATE members SET status = 'deactivated' WHERE id = %lld",
	    (long long)fx.m[NORTH][DEEP_USER].id);
	work();
	assert_string_equal(status_of(NORTH, WEST_USER), "deactivated");
	assert_string_equal(status_of(NORTH, GUEST), "active");
	assert_string_equal(status_of(NORTH, EAST_USER), "active");
	assert_string_equal(fx_text("SELECT status FROM members WHERE id = %lld", (long long)late),
	    "active");
	assert_string_equal(result(), "done 1 1 [[\"Wes West\",\"This is you.\"]]");
}

static void
a_search_names_them(void **state)
{
	struct bulk_seen   seen;
	struct bulk_choice c = all_of(0, "gil");

	(void)state;
	fx_as(NORTH, ADMIN);
	assert_int_equal(bulk_look(&fx.cx, PERM_USER_LOGOUT, &c, &seen), OK);
	assert_int_equal(seen.n, 1);
	assert_int_equal(start(BULK_LOG_OUT, all_of(0, "gil"), NULL, ""), OK);
	work();
	assert_string_equal(result(), "done 1 0 []");
	fx_as(NORTH, ADMIN);
	assert_int_equal(start(BULK_LOG_OUT, all_of(0, "*\"; DROP"), NULL, ""), ERR_INVALID);
	assert_string_not_equal(fx_issue(""), "");
}

static void
many_need_their_number_typed(void **state)
{
	struct bulk_choice c = all_of(0, "");
	struct bulk_seen   seen;

	(void)state;
	fx_as(NORTH, ADMIN);
	assert_int_equal(bulk_look(&fx.cx, PERM_USER_LOGOUT, &c, &seen), OK);
	assert_int_equal(seen.n, FX_MEMBERS);
	assert_int_equal(seen.nnames, 0);
	assert_int_equal(start(BULK_LOG_OUT, c, NULL, ""), ERR_INVALID);
	assert_string_not_equal(fx_issue("typed"), "");
	assert_int_equal(start(BULK_LOG_OUT, c, NULL, "14"), ERR_INVALID);
	assert_int_equal(start(BULK_LOG_OUT, c, NULL, "1 5 0"), ERR_INVALID);
	assert_int_equal(start(BULK_LOG_OUT, c, NULL, "15x"), ERR_INVALID);
	assert_int_equal(start(BULK_LOG_OUT, c, NULL, " 1,5 "), OK);
}

/* ---------------------------------------------------------------- jobs */

static void
a_form_sent_twice_is_one_job(void **state)
{
	struct bulk_choice c;

	(void)state;
	fx_as(NORTH, ADMIN);
	c = THESE(GUEST);
	assert_int_equal(start(BULK_LOG_OUT, c, NULL, ""), OK);
	assert_int_equal(bulk_start(&fx.cx, BULK_LOG_OUT, &c, STR(""), STR(""), job), OK);
	assert_int_equal(fx_int("SELECT count(*) FROM jobs"), 1);
	/* Nor does the number of a form lead to somebody else's. */
	fx_as(NORTH, HELPDESK);
	assert_int_equal(bulk_start(&fx.cx, BULK_LOG_OUT, &c, STR(""), STR(""), job), ERR_NOTFOUND);
	work();
	assert_int_equal(events(AUDIT_LOGGED_OUT), 1);
}

static void
each_act_needs_its_permission(void **state)
{
	(void)state;
	for (enum bulk_act act = 0; act < BULK__COUNT; act++) {
		fx_as(NORTH, BUILDER);
		fx_mark();
		assert_int_equal(start(act, THESE(GUEST), "Guest", ""), ERR_DENIED);
		assert_true(fx_same());
	}
}

static void
nobody_gives_more_than_they_hold(void **state)
{
	(void)state;
	fx_sql("UPDATE roles SET permissions = 'user:view user:role' WHERE name = 'Helpdesk'");
	fx_as(NORTH, HELPDESK);
	fx_mark();
	assert_int_equal(start(BULK_ROLE, THESE(GUEST), "Admin", ""), ERR_DENIED);
	assert_string_not_equal(fx_issue("role"), "");
	assert_true(fx_same());
}

/* Rights are asked again at each chunk: who loses them in the middle does no more. */
static void
who_loses_rights_in_the_middle_does_no_more(void **state)
{
	(void)state;
	jobs_chunk_ms(0);
	fx_as(NORTH, ADMIN);
	fx_sql("UPDATE members SET role_id = (SELECT id FROM roles r WHERE r.tenant_id ="
	    " members.tenant_id AND builtin = 'admin') WHERE id = %lld",
	    (long long)fx.m[NORTH][HELPDESK].id);
	fx_as(NORTH, HELPDESK);
	assert_int_equal(start(BULK_DEACTIVATE, THESE(GUEST, USER, STAFF), NULL, ""), OK);
	assert_int_equal(one_step(), OK);
	fx_sql("UPDATE members SET role_id = (SELECT id FROM roles r WHERE r.tenant_id ="
	    " members.tenant_id AND builtin = 'guest') WHERE id = %lld",
	    (long long)fx.m[NORTH][HELPDESK].id);
	work();
	assert_string_equal(result(), "cancelled 1 0 []");
	assert_int_equal(events(AUDIT_DEACTIVATED), 1);
}

static void
the_rest_can_be_cancelled(void **state)
{
	(void)state;
	jobs_chunk_ms(0);
	fx_as(NORTH, ADMIN);
	assert_int_equal(start(BULK_DEACTIVATE, THESE(GUEST, USER, STAFF), NULL, ""), OK);
	assert_int_equal(one_step(), OK);
	fx_as(SOUTH, ADMIN);
	assert_int_equal(jobs_cancel(&fx.cx, job), ERR_NOTFOUND);
	fx_as(NORTH, BUILDER);
	assert_int_equal(jobs_cancel(&fx.cx, job), ERR_NOTFOUND);
	fx_as(NORTH, ADMIN);
	assert_int_equal(jobs_cancel(&fx.cx, job), OK);
	work();
	assert_string_equal(result(), "cancelled 1 0 []");
}

/* One that was removed meanwhile is told by its name. */
static void
who_is_gone_is_told(void **state)
{
	(void)state;
	fx_as(NORTH, ADMIN);
	assert_int_equal(start(BULK_DEACTIVATE, THESE(GUEST, USER), NULL, ""), OK);
	assert_int_equal(members_remove(&fx.cx, fx.m[NORTH][USER].id, STR("")), OK);
	work();
	assert_string_equal(result(), "done 1 1 [[\"Una User\",\"Is removed already.\"]]");
}

/* {U9} The first are named, the others counted by their reasons; none is lost, whatever
 * the names. */
static void
all_that_is_refused_is_counted(void **state)
{
	enum { MANY = JOB_NAMED + 40 };
	struct job j;
	int64_t    all;

	(void)state;
	fx_system(NORTH);
	for (int i = 0; i < MANY; i++)
		fx_add_member(NORTH, "Many", arena_printf(fx.cx.arena, "m%d@north.example", i),
		    "Guest", "/");
	fx_sql("UPDATE members SET name = 'A \"[\"\\ B' WHERE id = %lld",
	    (long long)fx.m[NORTH][GUEST].id);
	fx_as(NORTH, ADMIN);
	all = fx_int("SELECT count(*) FROM members WHERE tenant_id = %lld AND status <> 'removed'",
	    (long long)fx.tenant[NORTH]);
	assert_int_equal(start(BULK_REACTIVATE, all_of(0, ""), NULL,
	    arena_printf(fx.cx.arena, "%d", (int)all)), OK);
	work();
	fx_as(NORTH, ADMIN);
	assert_int_equal(jobs_get(&fx.cx, job, &j), OK);
	assert_string_equal(j.state, "done");
	assert_int_equal(j.done + j.refused, all);
	assert_true(j.refused > MANY);
	assert_int_equal(j.nnamed, JOB_NAMED);
	assert_int_equal(j.nmore, 1);
	assert_string_equal(j.more[0].why, "Is active already.");
	assert_int_equal(j.more[0].n, j.refused - JOB_NAMED);
	for (size_t i = 0; i < j.nnamed && strcmp(j.named[i].name, "A \"[\"\\ B") != 0; i++)
		assert_true(i + 1 < j.nnamed);
}

/* So many kinds of reasons are told apart; what is beyond is one more. */
static void
reasons_of_a_job_are_few(void **state)
{
	struct job j = { .nnamed = JOB_NAMED };

	(void)state;
	j.more = ARENA_ARRAY(fx.cx.arena, struct job_reason, JOB_REASONS + 1);
	for (int i = 0; i < 3 * JOB_REASONS; i++)
		assert_int_equal(jobs_refused(&fx.cx, &j, "x", arena_printf(fx.cx.arena, "why %d",
		    i / 2)), OK);
	assert_int_equal(j.nmore, JOB_REASONS + 1);
	assert_int_equal(j.more[0].n, 2);
	assert_string_equal(j.more[JOB_REASONS].why, "");
	assert_int_equal(j.more[JOB_REASONS].n, JOB_REASONS);
}

/* ---------------------------------------------------------------- export */

static struct csv  csv;
static struct str  cells[CSV_CELLS_MOST];
static size_t      ncells;

static void
export(struct bulk_choice c, int64_t n)
{
	char              *text = ARENA_ARRAY(fx.keep, char, FILE_LONGEST);
	struct bulk_export out;
	ssize_t            len;

	assert_int_equal(bulk_export(&fx.cx, &c, &out), OK);
	assert_int_equal(out.n, n);
	len = pread(out.fd, text, FILE_LONGEST, 0);
	assert_true(len > 0);
	close(out.fd);
	close(out.hold);
	csv_begin(&csv, (struct str){ text, (size_t)len });
	assert_memory_equal(text, bulk_columns, strlen(bulk_columns));
}

static bool
next(void)
{
	enum err e = csv_next(&csv, fx.keep, cells, &ncells);

	assert_true(e == OK || e == ERR_NOTFOUND);
	if (e == OK)
		assert_int_equal(ncells, 11);
	return e == OK;
}

static const char *
cell(size_t i)
{
	return arena_printf(fx.keep, "%.*s", (int)cells[i].len, cells[i].p);
}

/* {U9b U10} */
static void
an_export_holds_the_list(void **state)
{
	int n = 0;

	(void)state;
	fx_sql("UPDATE members SET phone = '+49301234567', nickname = '=SUM(A1)' WHERE id = %lld",
	    (long long)fx.m[NORTH][GUEST].id);
	fx_as(NORTH, ADMIN);
	fx_mark();
	export(all_of(0, ""), FX_MEMBERS);
	fx_one_event(NORTH, "Ada Admin exported 15 users", "n: -> 15");
	assert_true(next());
	for (; next(); n++) {
		assert_non_null(strstr(cell(1), "@"));
		if (strcmp(cell(0), "Gil Guest") == 0) {
			assert_string_equal(cell(2), "=SUM(A1)");
			assert_string_equal(cell(3), "+49301234567");
			assert_string_equal(cell(5), "Guest");
			assert_string_equal(cell(6), "active");
			assert_string_equal(cell(8), "");
			assert_string_equal(cell(10), "off");
		}
	}
	assert_int_equal(n, FX_MEMBERS);
}

static void
an_export_keeps_to_choice_and_reach(void **state)
{
	(void)state;
	fx_as(NORTH, ADMIN);
	export(THESE(GUEST, USER), 2);
	export(all_of(SHOW_INVITED, ""), 1);
	assert_true(next() && next());
	assert_string_equal(cell(6), "invited");
	fx_as(NORTH, WEST_ADMIN);
	export(all_of(0, ""), 3);
	fx_as(NORTH, BUILDER);
	fx_mark();
	assert_int_equal(bulk_export(&fx.cx, &(struct bulk_choice){ .all = true,
	    .want = { .search = "" } }, &(struct bulk_export){ .fd = -1 }), ERR_DENIED);
	assert_true(fx_same());
}

/* Without its event there is no export. */
static void
no_export_without_its_event(void **state)
{
	struct bulk_choice c = all_of(0, "");
	struct bulk_export out;

	(void)state;
	fx_as(NORTH, ADMIN);
	fx_break("events");
	assert_int_not_equal(bulk_export(&fx.cx, &c, &out), OK);
	assert_int_equal(out.fd, -1);
	fx_mend();
	fx_as(NORTH, ADMIN);
	export(c, FX_MEMBERS);
}

/* {U9b} One of a person's at a time; others' are their own matter. */
static void
one_export_at_a_time(void **state)
{
	struct bulk_choice c = all_of(0, "");
	struct bulk_export first, second;

	(void)state;
	fx_as(NORTH, ADMIN);
	assert_int_equal(bulk_export(&fx.cx, &c, &first), OK);
	assert_int_equal(bulk_export(&fx.cx, &c, &second), ERR_LIMIT);
	assert_string_not_equal(fx_issue(""), "");
	fx_as(SOUTH, ADMIN);
	assert_int_equal(bulk_export(&fx.cx, &c, &second), OK);
	close(second.fd);
	close(second.hold);
	close(first.fd);
	close(first.hold);
	fx_as(NORTH, ADMIN);
	export(c, FX_MEMBERS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FX_TEST(many_are_deactivated_and_active_again),
		FX_TEST(many_are_removed),
		FX_TEST(many_get_a_role),
		FX_TEST(many_are_signed_out_and_invited_again),
		FX_TEST(many_join_a_group),
		FX_TEST(a_group_brings_many_no_more_than_the_actor_holds),
		FX_TEST(oneself_and_the_last_admin_are_refused),
		FX_TEST(a_foreign_id_refuses_all_of_it),
		FX_TEST(who_is_gone_meanwhile_keeps_nothing_back),
		FX_TEST(all_of_some_groups),
		FX_TEST(all_that_match_when_it_comes_to_them),
		FX_TEST(a_search_names_them),
		FX_TEST(all_that_is_refused_is_counted),
		FX_TEST(reasons_of_a_job_are_few),
		FX_TEST(many_need_their_number_typed),
		FX_TEST(a_form_sent_twice_is_one_job),
		FX_TEST(each_act_needs_its_permission),
		FX_TEST(nobody_gives_more_than_they_hold),
		FX_TEST(who_loses_rights_in_the_middle_does_no_more),
		FX_TEST(the_rest_can_be_cancelled),
		FX_TEST(who_is_gone_is_told),
		FX_TEST(an_export_holds_the_list),
		FX_TEST(an_export_keeps_to_choice_and_reach),
		FX_TEST(no_export_without_its_event),
		FX_TEST(one_export_at_a_time),
	};

	return FX_RUN(tests);
}
