/* invites/: who may bring whom in, how many a day, and what the emailed and the copied link
 * do.  Re-sending, cancelling and copying as acts on a member are in test_acts.c, too. */
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../fixture.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/demo.h"
#include "base/arena.h"
#include "base/id.h"
#include "db/db.h"
#include "groups/groups.h"
#include "signin/signin.h"
#include "workspaces/workspaces.h"

static struct invited done;

static struct invite_input
input(enum fx_tenant t, const char *name, const char *email, const char *role)
{
	return (struct invite_input){ .member = { .name = str_of(name), .email = str_of(email),
		.role = fx_role(t, role) } };
}

static enum err
invite(enum fx_tenant t, const char *email, const char *role)
{
	struct invite_input in = input(t, "New One", email, role);

	fx.cx.issues = NULL;
	return invites_add(&fx.cx, &in, &done);
}

/* Invited by that member; the token of the email. */
static const char *
token_by(enum fx_tenant t, enum fx_who who, const char *email, const char *role)
{
	fx_as(t, who);
	assert_int_equal(invite(t, email, role), OK);
	return fx_mail_token();
}

static enum err
open_it(const char *token, struct invitation *v)
{
	return invites_open(&fx.cx, str_of(token), v);
}

static enum err
accept(const char *token, const char *name, const char *password, bool terms)
{
	struct accept_input in = { str_of(name), str_of(password), terms };
	struct invitation   v;

	fx.cx.issues = NULL;
	return invites_accept(&fx.cx, str_of(token), &in, &v);
}

static enum err
sign_in(const char *email, const char *password)
{
	struct signin_done out;

	fx_nobody();
	return signin_password(&fx.cx, &(struct signin_input){ str_of(email), str_of(password),
	    { NULL, 0 } }, &out);
}

static void
is_dead(const char *token)
{
	struct invitation v;

	fx_nobody();
	assert_int_equal(open_it(token, &v), ERR_NOTFOUND);
	fx_nobody();
	fx_mark();
	assert_int_equal(accept(token, "New One", FX_STRONG, true), ERR_NOTFOUND);
	assert_true(fx_same());
}

static void
is_live(const char *token)
{
	struct invitation v;

	fx_nobody();
	assert_int_equal(open_it(token, &v), OK);
}

/* ---------------------------------------------------------------- sending */

/* {I1 I2 I9} */
static void
the_invited_is_there_at_once(void **state)
{
	struct invite_input in = input(NORTH, " Nora   New ", " Nora@Example.ORG ", "Staff");
	struct invite_times times;
	struct member       m;

	(void)state;
	in.member.phone = STR("+49 (30) 123-4567");
	fx_as(NORTH, ADMIN);
	fx_mark();
	assert_int_equal(invites_add(&fx.cx, &in, &done), OK);
	fx_one_event(NORTH, "Ada Admin invited Nora New", "email: -> Nora@example.org; "
	    "role: -> Staff");
	assert_int_equal(fx_new_mails(), 1);
	assert_string_equal(fx_mail_kind(), "invitation");
	assert_string_equal(fx_mail_to(), "Nora@example.org");
	assert_non_null(strstr(fx_mail_text(), "5 days"));
	assert_non_null(strstr(fx_mail_text(), "Nora New"));
	assert_int_equal(fx_work().commits, 1);
	assert_int_equal(fx_work().hashes, 0);
	assert_int_equal(members_get(&fx.cx, done.member, &m), OK);
	assert_string_equal(m.status, "invited");
	assert_string_equal(m.phone, "+49301234567");
	assert_string_equal(m.role_name, "Staff");
	assert_string_equal(m.org_path, "/");
	assert_int_equal(m.expires_at, FX_NOW + 5 * FX_DAY);
	assert_int_equal(invites_times(&fx.cx, &(struct member){ .id = done.member }, &times), OK);
	assert_string_equal(times.inviter, "Ada Admin");
	assert_int_equal(times.sent_at, FX_NOW);
	assert_int_equal(times.opened_at + times.accepted_at + times.copied_at, 0);
}

static void
refused_field(struct invite_input in, const char *field)
{
	fx.cx.issues = NULL;
	fx_mark();
	assert_int_equal(invites_add(&fx.cx, &in, &done), ERR_INVALID);
	if (*fx_issue(field) == '\0')
		fail_msg("no issue on %s for %s, %s", field, in.member.name.p, in.member.email.p);
	assert_true(fx_same());
}

/* ---------------------------------------------------------------- groups and workspaces */

static int64_t group, space;

static struct str
inner_role(const char *name)
{
	return fx_id(fx_int("SELECT id FROM roles WHERE tenant_id = %lld AND name = '%s' "
	    "AND scope = 'workspace' AND status <> 'removed'", (long long)fx.tenant[NORTH], name));
}

/* A group of that role and a workspace, made by ADMIN; an invitation into both. */
static struct invite_input
into_both(const char *role)
{
	struct invite_input in = input(NORTH, "Nora New", "nora@example.org", "Guest");

	fx_as(NORTH, ADMIN);
	group = id_new(FX_NOW);
	space = id_new(FX_NOW);
	assert_int_equal(groups_make(&fx.cx, group, &(struct group_input){ STR("Ops"), STR(""),
	    fx_role(NORTH, role), 0 }), OK);
	assert_int_equal(workspaces_make(&fx.cx, space, &(struct workspace_input){
	    STR("Payments"), STR(""), 0 }), OK);
	in.joins = (struct invite_joins){ &group, &space, 1, 1, inner_role("Contributor") };
	fx.cx.issues = NULL;
	return in;
}

static bool
is_in(const char *table, const char *column, int64_t id)
{
	return fx_int("SELECT count(*) FROM %s WHERE %s = %lld AND member_id = %lld", table, column,
	    (long long)id, (long long)done.member) == 1;
}

/* {I1 G2 W3} They are in them at once, with an event each, and hold nothing before they accept. */
static void
groups_and_workspaces_wait_for_the_acceptance(void **state)
{
	struct invite_input in = into_both("Staff");
	struct proof       *proof;
	const char         *token;

	(void)state;
	fx_mark();
	assert_int_equal(invites_add(&fx.cx, &in, &done), OK);
	assert_int_equal(fx_new_events(NORTH), 3);
	assert_int_equal(fx_new_mails(), 1);
	token = fx_mail_token();
	assert_true(is_in("group_members", "group_id", group));
	assert_true(is_in("workspace_members", "workspace_id", space));
	for (int i = 0; i < 2; i++) {
		fx_as(NORTH, ADMIN);
		assert_int_equal(access_why(&fx.cx, done.member, PERM_USER_INVITE, IN_ORG("/"),
		    &proof), OK);
		assert_int_equal(proof->yes, i);
		assert_int_equal(access_why(&fx.cx, done.member, PERM_WORKSPACE_WRITE,
		    IN_WORKSPACE(space), &proof), OK);
		assert_int_equal(proof->yes, i);
		if (i == 0) {
			fx_nobody();
			assert_int_equal(accept(token, "Nora New", FX_STRONG, true), OK);
		}
	}
}

/* {I1 G1 W2} What is deleted meanwhile is not there any more; the invitation is good. */
static void
what_goes_meanwhile_is_dropped(void **state)
{
	struct invite_input in = into_both("Staff");
	const char         *token;

	(void)state;
	assert_int_equal(invites_add(&fx.cx, &in, &done), OK);
	token = fx_mail_token();
	assert_int_equal(groups_remove(&fx.cx, group), OK);
	assert_int_equal(access_workspace(&fx.cx, space), OK);
	assert_int_equal(workspaces_remove(&fx.cx, space, STR("Payments")), OK);
	fx_nobody();
	assert_int_equal(accept(token, "Nora New", FX_STRONG, true), OK);
	assert_false(is_in("group_members", "group_id", group));
}

/* {I1 I6 R7 W3} Who brought them into a group or a workspace answers for it, as for the role: what
 * they may give no more is not given, and the event tells it.  The rest is. */
static void
what_may_be_given_no_more_is_not(void **state)
{
	static const struct { const char *how; bool into_group, into_space; } changes[] = {
		{ "UPDATE roles SET permissions = 'user:invite group:edit workspace:manage_all' "
		    "WHERE id = %lld", false, true },
		{ "UPDATE roles SET permissions = replace(permissions, 'group:edit', 'group:view') "
		    "WHERE id = %lld", false, true },
		{ "UPDATE roles SET permissions = replace(permissions, 'workspace:manage_all', '') "
		    "WHERE id = %lld", true, false },
		{ "UPDATE roles SET description = 'other' WHERE id = %lld", true, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		struct invite_input in;
		const char         *token;

		fx_again();
		in = into_both("Staff");
		fx_sql("UPDATE roles SET permissions = permissions || ' group:edit "
		    "workspace:manage_all' WHERE tenant_id = %lld AND name = 'Helpdesk'",
		    (long long)fx.tenant[NORTH]);
		in.member.role = fx_role(NORTH, "User");
		fx_sql("UPDATE roles SET permissions = 'user:view' WHERE tenant_id = %lld AND "
		    "name = 'User'", (long long)fx.tenant[NORTH]);
		fx_sql("UPDATE members SET role_id = (SELECT id FROM roles r WHERE r.tenant_id = "
		    "members.tenant_id AND name = 'Helpdesk') WHERE id = %lld",
		    (long long)fx.m[NORTH][STAFF].id);
		fx_sql("UPDATE roles SET permissions = 'user:view user:invite user:password' WHERE "
		    "tenant_id = %lld AND name = 'Staff'", (long long)fx.tenant[NORTH]);
		fx_as(NORTH, STAFF);
		assert_int_equal(invites_add(&fx.cx, &in, &done), OK);
		token = fx_mail_token();
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		fx_sql(changes[i].how, (long long)fx_int("SELECT id FROM roles WHERE tenant_id = "
		    "%lld AND name = 'Helpdesk'", (long long)fx.tenant[NORTH]));
#pragma GCC diagnostic pop
		fx_nobody();
		fx_mark();
		assert_int_equal(accept(token, "Nora New", FX_STRONG, true), OK);
		assert_int_equal(is_in("group_members", "group_id", group), changes[i].into_group);
		assert_int_equal(is_in("workspace_members", "workspace_id", space),
		    changes[i].into_space);
		fx_one_event(NORTH, "Nora New accepted the invitation",
		    !changes[i].into_group ? "by: -> emailed link; groups: Ops -> " :
		    !changes[i].into_space ? "by: -> emailed link; workspaces: Payments -> " :
		    "by: -> emailed link");
	}
}

/* {I5 R7} Whoever has the link can become its holder: by a copied one nobody gets more than who
 * copied it holds, though the emailed one gives it. */
static void
a_copied_link_gives_no_more_than_its_copier_holds(void **state)
{
	for (int copied = 0; copied < 2; copied++) {
		struct invite_input in;
		struct copied       copy;
		const char         *token;

		(void)state;
		fx_again();
		in = into_both("Staff");
		in.member.role = fx_role(NORTH, "Staff");
		assert_int_equal(invites_add(&fx.cx, &in, &done), OK);
		token = fx_mail_token();
		fx_as(NORTH, STAFF);
		assert_int_equal(invites_copy(&fx.cx, done.member, &copy), OK);
		fx_sql("UPDATE groups SET role_id = (SELECT id FROM roles r WHERE r.tenant_id = "
		    "groups.tenant_id AND r.builtin = 'admin')");
		fx_nobody();
		assert_int_equal(accept(copied ? fx_token_of(copy.link) : token, "Nora New",
		    FX_STRONG, true), OK);
		assert_int_equal(is_in("group_members", "group_id", group), !copied);
		assert_int_equal(is_in("workspace_members", "workspace_id", space), !copied);
	}
}

static void
not_into(struct invite_input in, enum err want, const char *field)
{
	fx.cx.issues = NULL;
	fx_mark();
	assert_int_equal(invites_add(&fx.cx, &in, &done), want);
	if (field && *fx_issue(field) == '\0')
		fail_msg("no issue on %s: %d", field, (int)want);
	assert_true(fx_same());
	assert_int_equal(fx_new_mails(), 0);
}

/* {I1 R7} */
static void
nobody_invites_into_more_than_they_may_give(void **state)
{
	struct invite_input in = into_both("Admin"), only;
	int64_t             absent = id_new(FX_NOW);

	(void)state;
	in.member.role = fx_role(NORTH, "Staff");
	only = in;
	fx_sql("UPDATE roles SET permissions = permissions || ' group:edit' WHERE tenant_id = %lld "
	    "AND name = 'Staff'", (long long)fx.tenant[NORTH]);
	fx_as(NORTH, STAFF);
	only.joins.nworkspaces = 0;
	not_into(only, ERR_DENIED, "group");
	only = in;
	only.joins.ngroups = 0;
	not_into(only, ERR_NOTFOUND, NULL);
	fx_as(NORTH, ADMIN);
	assert_int_equal(access_workspace(&fx.cx, space), OK);
	assert_int_equal(workspaces_add(&fx.cx, space, &fx.m[NORTH][STAFF].id, 1, STR(""),
	    inner_role("Viewer"), &(size_t){ 0 }), OK);
	fx_as(NORTH, STAFF);
	not_into(only, ERR_DENIED, "workspace_role");
	fx_as(NORTH, ADMIN);
	only.joins.workspace_role = STR("");
	not_into(only, ERR_INVALID, "workspace_role");
	only.joins.workspace_role = STR("x");
	not_into(only, ERR_INVALID, "workspace_role");
	only.joins = in.joins;
	only.joins.groups = &absent;
	not_into(only, ERR_NOTFOUND, NULL);
	only.joins = in.joins;
	only.joins.workspaces = &absent;
	not_into(only, ERR_NOTFOUND, NULL);
	fx_as(SOUTH, ADMIN);
	in.member.role = fx_role(SOUTH, "Guest");
	not_into(in, ERR_NOTFOUND, NULL);
	in.joins.ngroups = 0;
	not_into(in, ERR_NOTFOUND, NULL);
}

/* {I1} */
static void
every_field_is_checked(void **state)
{
	static const char *const names[] = { "", "  ", "-", "a<b", "a\nb", "Ana \xe2\x80\xaexim",
		"0123456789012345678901234567890123456789012345678901234567890", "a@b", "a;b",
		"\xff" };
	static const char *const emails[] = { "", "ana", "ana@", "@example.org", "ana@host",
		"a b@example.org", "\"ana\"@example.org", "ana@[127.0.0.1]",
		"ana@example.org\r\nX: y",
		"a..b@example.org", "ana@exa_mple.org", "Ana <ana@example.org>" };
	static const char *const phones[] = { "030 1234567", "+49", "+4930123456789012345",
		"+49x" };

	(void)state;
	fx_as(NORTH, ADMIN);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		refused_field(input(NORTH, names[i], "new@example.org", "User"), "name");
	for (size_t i = 0; i < sizeof(emails) / sizeof(emails[0]); i++)
		refused_field(input(NORTH, "New One", emails[i], "User"), "email");
	for (size_t i = 0; i < sizeof(phones) / sizeof(phones[0]); i++) {
		struct invite_input in = input(NORTH, "New One", "new@example.org", "User");

		in.member.phone = str_of(phones[i]);
		refused_field(in, "phone");
	}
	refused_field(input(SOUTH, "New One", "new@example.org", "User"), "role");
}

/* {I1 I6 R7} */
static void
inviting_needs_the_right_to_it_and_to_the_role(void **state)
{
	(void)state;
	for (enum fx_who who = BUILDER; who <= HELPDESK; who++) {
		fx_as(NORTH, who);
		fx_mark();
		if (!perm_in(fx.cx.perms, PERM_USER_INVITE))
			assert_int_equal(invite(NORTH, "new@example.org", "Guest"), ERR_DENIED);
		assert_int_equal(invite(NORTH, "new@example.org", "Admin"), ERR_DENIED);
		assert_true(fx_same());
	}
	fx_as(NORTH, STAFF);
	fx_mark();
	assert_int_equal(invite(NORTH, "new@example.org", "Helpdesk"), ERR_DENIED);
	assert_string_equal(fx_issue("role"),
	    "You cannot give a role that holds more than your own.");
	assert_true(fx_same());
	assert_int_equal(invite(NORTH, "new@example.org", "Staff"), OK);
}

/* {I6 R5} What the inviter may is asked inside the transaction, too. */
static void
rights_are_asked_inside(void **state)
{
	(void)state;
	fx_as(NORTH, ADMIN);
	fx_sql("UPDATE members SET role_id = (SELECT id FROM roles r WHERE r.tenant_id = "
	    "members.tenant_id AND name = 'Staff') WHERE id = %lld",
	    (long long)fx.m[NORTH][ADMIN].id);
	fx_mark();
	assert_int_equal(invite(NORTH, "new@example.org", "Guest"), ERR_DENIED);
	assert_string_equal(fx_issue("role"),
	    "You cannot give a role that holds more than your own.");
	assert_true(fx_same());
	assert_int_equal(invite(NORTH, "new@example.org", "Staff"), OK);
}

/* {R4a} */
static void
who_is_invited_lands_in_the_inviter_s_organization(void **state)
{
	struct member m;

	(void)state;
	fx_as(NORTH, WEST_ADMIN);
	assert_int_equal(invite(NORTH, "new@example.org", "Admin"), OK);
	assert_int_equal(members_get(&fx.cx, done.member, &m), OK);
	assert_string_equal(m.org_path, fx.west[NORTH]);
}

/* {I7} */
static void
a_member_is_named_with_the_organization(void **state)
{
	(void)state;
	fx_as(NORTH, ADMIN);
	fx_mark();
	assert_int_equal(invite(NORTH, "UNA@North.Example", "User"), ERR_INVALID);
	assert_string_equal(fx_issue("email"),
	    "UNA@north.example is already a member (organization Acme).");
	assert_int_equal(invite(NORTH, "wim@north.example", "User"), ERR_INVALID);
	assert_string_equal(fx_issue("email"),
	    "wim@north.example is already a member (organization West).");
	assert_int_equal(invite(NORTH, "dan@north.example", "User"), ERR_INVALID);
	assert_int_equal(invite(NORTH, "ivy@north.example", "User"), ERR_INVALID);
	assert_string_equal(fx_issue("email"), "ivy@north.example is already invited.");
	assert_true(fx_same());
	assert_int_equal(invite(NORTH, "una@south.example", "User"), OK);
}

/* {I7} */
static void
other_domains_are_refused(void **state)
{
	(void)state;
	fx_sql("UPDATE tenants SET domains = '[\"a.example\",\"north.example\"]' "
	    "WHERE slug = 'north'");
	fx_as(NORTH, ADMIN);
	fx_mark();
	assert_int_equal(invite(NORTH, "new@example.org", "User"), ERR_INVALID);
	assert_string_equal(fx_issue("email"),
	    "Addresses of this domain are not allowed in this account.");
	assert_int_equal(invite(NORTH, "new@sub.north.example", "User"), ERR_INVALID);
	assert_int_equal(invite(NORTH, "new@xnorth.example", "User"), ERR_INVALID);
	assert_int_equal(invite(NORTH, "new@north.example.org", "User"), ERR_INVALID);
	assert_int_equal(invite(NORTH, "north.example@a.example.org", "User"), ERR_INVALID);
	assert_true(fx_same());
	assert_int_equal(invite(NORTH, "new@NORTH.example", "User"), OK);
	fx_as(SOUTH, ADMIN);
	assert_int_equal(invite(SOUTH, "new@example.org", "User"), OK);
}

/* {I4} Somebody with an identity gets it as they wrote their address themselves. */
static void
the_address_is_its_owner_s(void **state)
{
	struct member m;

	(void)state;
	fx_sql("UPDATE people SET email = 'Una.U@south.example', email_key = 'una.u@south.example' "
	    "WHERE id = %lld", (long long)fx.m[SOUTH][USER].person);
	fx_as(NORTH, ADMIN);
	assert_int_equal(invite(NORTH, "UNA.u@SOUTH.example", "User"), OK);
	assert_string_equal(fx_mail_to(), "Una.U@south.example");
	assert_int_equal(members_get(&fx.cx, done.member, &m), OK);
	assert_string_equal(m.email, "Una.U@south.example");
	is_live(fx_mail_token());
}

static struct fx_work
work_of(const char *email)
{
	fx_again();
	fx_as(NORTH, ADMIN);
	fx_mark();
	assert_int_equal(invite(NORTH, email, "User"), OK);
	return fx_work();
}

/* {I4} How long it takes does not tell whether somebody has the address. */
static void
known_or_not_is_the_same_work(void **state)
{
	(void)state;
	fx_equal_work(work_of("nobody@south.example"), work_of("una@south.example"), "inviting");
}

/* {E3} A form sent twice makes one; one that the back button brought up again, filled in for
 * somebody else, is another: nobody is told that the first one is invited. */
static void
a_form_sent_twice_makes_one(void **state)
{
	struct invite_input in = input(NORTH, "New One", "new@example.org", "User");
	int64_t             member;

	(void)state;
	in.form = INT64_C(77001);
	fx_as(NORTH, ADMIN);
	fx_mark();
	assert_int_equal(invites_add(&fx.cx, &in, &done), OK);
	assert_int_equal(done.member, 77001);
	assert_false(done.again);
	member = done.member;
	assert_int_equal(invites_add(&fx.cx, &in, &done), OK);
	assert_true(done.again);
	assert_int_equal(done.member, member);
	assert_int_equal(fx_new_events(NORTH), 1);
	assert_int_equal(fx_new_mails(), 1);
	in.member.role = fx_role(NORTH, "Guest");
	assert_int_equal(invites_add(&fx.cx, &in, &done), ERR_INVALID);
	assert_string_equal(fx_issue("email"), "new@example.org is already invited.");
	fx.cx.issues = NULL;
	in.member.email = STR("other@example.org");
	assert_int_equal(invites_add(&fx.cx, &in, &done), OK);
	assert_false(done.again);
	assert_int_not_equal(done.member, member);
	assert_string_equal(done.email, "other@example.org");
	assert_int_equal(fx_new_mails(), 2);
	/* Nor does a cancelled one keep its form. */
	in = input(NORTH, "New One", "new@example.org", "User");
	in.form = member;
	assert_int_equal(invites_cancel(&fx.cx, member), OK);
	assert_int_equal(invites_add(&fx.cx, &in, &done), OK);
	assert_int_not_equal(done.member, member);
	assert_string_equal(done.email, "new@example.org");
}

static pid_t
racer(const int start[2], const struct invite_input *in)
{
	pid_t pid = fork();
	char  c;

	if (pid != 0)
		return pid;
	close(start[1]);
	if (db_open(&fx.cx.db, fx_url()) != OK || read(start[0], &c, 1) != 0)
		_exit(100);
	_exit((int)invites_add(&fx.cx, in, &done));
}

/* {E3} At the same instant, in two workers. */
static void
a_double_click_makes_one(void **state)
{
	(void)state;
	for (int round = 0; round < 6; round++) {
		struct invite_input in;
		int                 start[2], status;
		pid_t               pids[2];

		fx_again();
		fx_as(NORTH, ADMIN);
		in = input(NORTH, "New One", "new@example.org", "User");
		in.form = INT64_C(77002);
		fx_mark();
		fx_close();
		assert_int_equal(pipe(start), 0);
		pids[0] = racer(start, &in);
		pids[1] = racer(start, &in);
		close(start[0]);
		close(start[1]);
		for (int i = 0; i < 2; i++) {
			assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
			assert_true(WIFEXITED(status));
			assert_int_equal(WEXITSTATUS(status), OK);
		}
		fx_open();
		assert_int_equal(fx_new_events(NORTH), 1);
		assert_int_equal(fx_new_mails(), 1);
	}
}

/* {L2} */
static void
an_invitation_without_event_or_email_is_none(void **state)
{
	(void)state;
	fx_as(NORTH, ADMIN);
	fx_mark();
	fx_break("events");
	assert_int_equal(invite(NORTH, "new@example.org", "User"), ERR_FAULT);
	fx_mend();
	fx_break("outbox");
	assert_int_equal(invite(NORTH, "new@example.org", "User"), ERR_FAULT);
	fx_mend();
	assert_true(fx_same());
}

/* ---------------------------------------------------------------- how many a day */

static void
invite_many(int n, int from, int64_t sent_at)
{
	for (int i = 0; i < n; i++) {
		assert_int_equal(invite(NORTH,
		    arena_printf(fx.cx.arena, "n%d@example.org", from + i), "User"), OK);
		if (done.sent_at != sent_at)
			fail_msg("the %dth goes at %lld, not %lld", from + i,
			    (long long)done.sent_at, (long long)sent_at);
	}
}

/* {I6} FX_NOW is 10:00 UTC, 11:00 in Berlin: its next midnights are 13 and 37 hours away. */
static void
a_young_account_sends_25_a_day(void **state)
{
	int64_t midnight = FX_NOW + 13 * FX_HOUR;

	(void)state;
	fx_sql("UPDATE tenants SET created_at = %lld, timezone = 'Europe/Berlin'",
	    (long long)(FX_NOW - 6 * FX_DAY));
	fx_as(NORTH, ADMIN);
	invite_many(25, 0, FX_NOW);
	invite_many(25, 25, midnight);
	invite_many(1, 50, midnight + FX_DAY);
	assert_int_equal(fx_int("SELECT due_at FROM outbox ORDER BY id DESC"), midnight + FX_DAY);
	assert_int_equal(fx_int("SELECT expires_at FROM invitations WHERE member_id = %lld",
	    (long long)done.member), midnight + 6 * FX_DAY);
	fx_as(SOUTH, ADMIN);
	assert_int_equal(invite(SOUTH, "south@example.org", "User"), OK);
	assert_int_equal(done.sent_at, FX_NOW);
}

/* {I6} */
static void
an_old_account_sends_100_a_day(void **state)
{
	(void)state;
	fx_as(NORTH, ADMIN);
	invite_many(100, 0, FX_NOW);
	invite_many(1, 100, FX_NOW + 14 * FX_HOUR);
	fx.now += FX_DAY;
	fx_as(NORTH, ADMIN);
	invite_many(99, 200, fx.now);
	invite_many(1, 300, FX_NOW + 38 * FX_HOUR);
}

/* {I6} */
static void
the_operator_says_another_number_or_none(void **state)
{
	(void)state;
	fx_sql("UPDATE tenants SET invites_daily = 3");
	fx_as(NORTH, ADMIN);
	invite_many(3, 0, FX_NOW);
	invite_many(1, 3, FX_NOW + 14 * FX_HOUR);
	fx_sql("UPDATE tenants SET invites_daily = 0");
	fx_as(NORTH, ADMIN);
	invite_many(120, 10, FX_NOW);
}

static int64_t
sent_today(void)
{
	return fx_int("SELECT count(*) FROM invitation_sends WHERE tenant_id = %lld AND "
	    "sent_at >= %lld", (long long)fx.tenant[NORTH], (long long)FX_NOW);
}

/* In a process of its own: counts, then waits for the lock. */
static pid_t
waiter(const int start[2], int64_t again)
{
	struct invited out;
	pid_t          pid = fork();
	char           c;

	if (pid != 0)
		return pid;
	close(start[1]);
	if (read(start[0], &c, 1) != 0 || db_open(&fx.cx.db, fx_url()) != OK)
		_exit(100);
	_exit((int)(again ? invites_resend(&fx.cx, again, &out) :
	    invite(NORTH, "late@example.org", "User")));
}

/* Whoever has the program's lock has read what is read before a transaction, and waits for the
 * database, which the test holds. */
static void
until_it_begins(pid_t pid)
{
	char  line[256], number[32];
	bool  has = false;
	FILE *f;

	snprintf(number, sizeof(number), " %d ", (int)pid);
	while (!has) {
		f = fopen("/proc/locks", "r");
		assert_non_null(f);
		while (fgets(line, sizeof(line), f) != NULL)
			has |= strstr(line, "FLOCK") != NULL && strstr(line, number) != NULL;
		fclose(f);
		sched_yield();
	}
}

/* {I6} While it waited for its turn another took the last one of the day. */
static void
the_daily_number_holds_for_parallel_ones(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		int   status, start[2];
		pid_t pid;

		fx_again();
		fx_sql("UPDATE tenants SET invites_daily = 1");
		fx_as(NORTH, ADMIN);
		fx_close();
		assert_int_equal(pipe(start), 0);
		pid = waiter(start, i ? fx.m[NORTH][INVITED].id : 0);
		fx_sql("BEGIN IMMEDIATE");
		close(start[0]);
		close(start[1]);
		until_it_begins(pid);
		fx_sql("INSERT INTO invitation_sends (tenant_id, sent_at, invitation_id) SELECT "
		    "tenant_id, %lld, id FROM invitations WHERE member_id = %lld",
		    (long long)FX_NOW, (long long)fx.m[NORTH][INVITED].id);
		fx_sql("COMMIT");
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), ERR_BUSY);
		assert_int_equal(sent_today(), 1);
		fx_open();
		fx_as(NORTH, ADMIN);
		invite_many(1, 0, FX_NOW + 14 * FX_HOUR);
	}
}

/* {I6} Sending again counts like sending. */
static void
sending_again_counts(void **state)
{
	(void)state;
	fx_sql("UPDATE tenants SET invites_daily = 2");
	fx_as(NORTH, ADMIN);
	assert_int_equal(invites_resend(&fx.cx, fx.m[NORTH][INVITED].id, &done), OK);
	assert_int_equal(done.sent_at, FX_NOW);
	assert_int_equal(invites_resend(&fx.cx, fx.m[NORTH][INVITED].id, &done), ERR_CONFLICT);
	fx.now += 2 * FX_MINUTE;
	fx_as(NORTH, ADMIN);
	assert_int_equal(invites_resend(&fx.cx, fx.m[NORTH][INVITED].id, &done), OK);
	assert_int_equal(done.sent_at, fx.now);
	invite_many(1, 0, FX_NOW + 14 * FX_HOUR);
}

/* ---------------------------------------------------------------- emails that wait */

static int64_t
waiting(const char *address)
{
	return fx_int("SELECT count(*) FROM outbox WHERE state = 'waiting' AND address = '%s'",
	    address);
}

static int64_t
withdrawn(const char *address)
{
	return fx_int("SELECT count(*) FROM outbox WHERE state = 'withdrawn' AND body IS NULL "
	    "AND ended_at = %lld AND address = '%s'", (long long)fx.now, address);
}

/* The second of the day waits for the next one. */
static int64_t
invite_that_waits(void)
{
	fx_sql("UPDATE tenants SET invites_daily = 1");
	fx_as(NORTH, ADMIN);
	invite_many(1, 0, FX_NOW);
	invite_many(1, 1, FX_NOW + 14 * FX_HOUR);
	assert_int_equal(waiting("n1@example.org"), 1);
	return done.member;
}

/* {I5} What is cancelled is not sent. */
static void
a_cancelled_email_is_withdrawn(void **state)
{
	int64_t member = invite_that_waits();

	(void)state;
	fx_break("events");
	assert_int_equal(invites_cancel(&fx.cx, member), ERR_FAULT);
	fx_mend();
	assert_int_equal(waiting("n1@example.org"), 1);
	assert_int_equal(invites_cancel(&fx.cx, member), OK);
	assert_int_equal(waiting("n1@example.org"), 0);
	assert_int_equal(withdrawn("n1@example.org"), 1);
	assert_int_equal(waiting("n0@example.org"), 1);
	/* And the day that it was to go is free for another. */
	invite_many(1, 2, FX_NOW + 14 * FX_HOUR);
	invite_many(1, 3, FX_NOW + 38 * FX_HOUR);
}

/* {I5} Sent again while it waits, one goes. */
static void
sent_again_one_goes(void **state)
{
	int64_t member = invite_that_waits();

	(void)state;
	assert_int_equal(invites_resend(&fx.cx, member, &done), OK);
	assert_int_equal(waiting("n1@example.org"), 1);
	assert_int_equal(withdrawn("n1@example.org"), 1);
	is_live(fx_mail_token());
}

/* {I5} Another role before it goes: it names the new one, with the same link and time. */
static void
a_waiting_email_names_the_new_role(void **state)
{
	int64_t     member = invite_that_waits();
	const char *token = fx_mail_token();

	(void)state;
	assert_int_equal(invites_set_role(&fx.cx, member, fx_role(NORTH, "Consumer"), STR("")), OK);
	assert_int_equal(waiting("n1@example.org"), 1);
	assert_non_null(strstr(fx_mail_text(), "Consumer"));
	assert_string_equal(fx_mail_token(), token);
	assert_int_equal(fx_int("SELECT due_at FROM outbox WHERE state = 'waiting' AND "
	    "address = 'n1@example.org'"), FX_NOW + 14 * FX_HOUR);
	/* what went out is no reason for another */
	fx_sql("UPDATE outbox SET state = 'sent'");
	fx_mark();
	assert_int_equal(invites_set_role(&fx.cx, member, fx_role(NORTH, "Guest"), STR("")), OK);
	assert_int_equal(fx_new_mails(), 0);
	assert_int_equal(fx_new_events(NORTH), 1);
}

/* {I5} Accepted by the copied link while the email waits. */
static void
an_accepted_email_is_withdrawn(void **state)
{
	int64_t       member = invite_that_waits();
	struct copied copy;

	(void)state;
	assert_int_equal(invites_copy(&fx.cx, member, &copy), OK);
	fx_nobody();
	assert_int_equal(accept(fx_token_of(copy.link), "New One", FX_STRONG, false), OK);
	assert_int_equal(withdrawn("n1@example.org"), 1);
	assert_int_equal(fx_int("SELECT count(*) FROM outbox WHERE state = 'waiting' AND "
	    "kind = 'invitation' AND address = 'n1@example.org'"), 0);
}

/* ---------------------------------------------------------------- the link */

/* {I3} Opening it, however often, spends nothing; the first time is noted. */
static void
opening_spends_nothing(void **state)
{
	const char       *token = fx.m[NORTH][INVITED].invite;
	struct invitation v;

	(void)state;
	fx_nobody();
	fx_mark();
	for (int i = 0; i < 3; i++)
		assert_int_equal(open_it(token, &v), OK);
	assert_true(fx_same());
	assert_int_equal(v.way, INVITE_NEW);
	assert_false(v.copied || v.opened);
	assert_string_equal(v.name, "Ivy Invited");
	assert_string_equal(v.slug, "north");
	assert_string_equal(v.inviter_name, "Ada Admin");
	assert_int_equal(invites_opened(&fx.cx, &v), OK);
	fx_one_event(NORTH, "The invitation of Ivy Invited was opened", "");
	assert_int_equal(invites_opened(&fx.cx, &v), OK);
	assert_int_equal(open_it(token, &v), OK);
	assert_true(v.opened);
	assert_int_equal(invites_opened(&fx.cx, &v), OK);
	assert_int_equal(fx_new_events(NORTH), 1);
}

/* {I3 I9} */
static void
accepting_makes_the_member_active(void **state)
{
	const char    *token = fx.m[NORTH][INVITED].invite;
	struct member  m;
	struct fx_work work;

	(void)state;
	fx_nobody();
	fx_mark();
	assert_int_equal(accept(token, "Yvette Ivy", FX_STRONG, false), OK);
	work = fx_work();
	fx_one_event(NORTH, "Yvette Ivy accepted the invitation", "by: -> emailed link");
	assert_int_equal(fx_new_events(SOUTH) + fx_new_events(SYSTEM), 0);
	assert_int_equal(work.hashes, 1);
	assert_int_equal(work.commits, 1);
	assert_string_equal(fx_mail_kind(), "account_created");
	assert_string_equal(fx_mail_to(), "ivy@north.example");
	assert_int_equal(fx.cx.actor.kind, ACTOR_NOBODY);
	assert_int_equal(sign_in("ivy@north.example", FX_STRONG), OK);
	fx_as(NORTH, ADMIN);
	assert_int_equal(members_get(&fx.cx, fx.m[NORTH][INVITED].id, &m), OK);
	assert_string_equal(m.status, "active");
	/* Emails greet by what the person typed, not by what somebody else had. */
	assert_string_equal(fx_text("SELECT name FROM people WHERE id = %lld",
	    (long long)m.person), "Yvette Ivy");
	assert_string_equal(m.name, "Yvette Ivy");
	assert_true(m.confirmed);
	is_dead(token);
	assert_int_equal(fx_int("SELECT accepted_at FROM invitations WHERE member_id = %lld",
	    (long long)m.id), FX_NOW);
}

/* {U3} */
static void
the_new_name_is_found_and_the_old_is_not(void **state)
{
	static const struct { const char *search; size_t n; } searches[] = { { "yvette", 1 },
		{ "yv", 1 }, { "invited", 0 }, { "in", 0 }, { "ivy@", 1 }, { "iv", 1 } };
	struct member_list l;

	(void)state;
	fx_nobody();
	assert_int_equal(accept(fx.m[NORTH][INVITED].invite, "Yvette", FX_STRONG, false), OK);
	fx_as(NORTH, ADMIN);
	for (size_t i = 0; i < sizeof(searches) / sizeof(searches[0]); i++) {
		assert_int_equal(members_list(&fx.cx, &(struct member_want){ .list = { .rows = 25 },
		    .search = searches[i].search }, &l), OK);
		assert_int_equal(l.n, searches[i].n);
	}
}

static void
what_is_typed_is_checked(void **state)
{
	static const char *const weak[] = { "", "short1x", "password123456", "north acme ivy",
		"ivy@north.example", "with\nnewline and more 31" };
	const char *token = fx.m[NORTH][INVITED].invite;

	(void)state;
	fx_nobody();
	fx_mark();
	for (size_t i = 0; i < sizeof(weak) / sizeof(weak[0]); i++) {
		assert_int_equal(accept(token, "Ivy", weak[i], false), ERR_INVALID);
		assert_string_not_equal(fx_issue("password"), "");
	}
	/* the name that is typed, as well as the one that the invitation has */
	assert_int_equal(accept(token, "Zyqquorvash", "Zyqquorvash2026!", false), ERR_INVALID);
	assert_string_not_equal(fx_issue("password"), "");
	assert_int_equal(fx_work().hashes, 0);
	assert_int_equal(accept(token, "<b>", FX_STRONG, false), ERR_INVALID);
	assert_string_not_equal(fx_issue("name"), "");
	assert_true(fx_same());
	/* the account that is entered counts, although it is not joined yet */
	fx_sql("UPDATE tenants SET password_min = 40 WHERE slug = 'north'");
	assert_int_equal(accept(token, "Ivy", FX_STRONG, false), ERR_INVALID);
	assert_string_equal(fx_issue("password"), "Use at least 40 characters.");
}

/* {I3} Terms are accepted when there are any, and what was accepted is kept. */
static void
terms_are_accepted(void **state)
{
	const char *token = fx.m[NORTH][INVITED].invite;

	(void)state;
	fx_sql("UPDATE tenants SET terms_url = 'https://north.example/terms' WHERE slug = 'north'");
	fx_nobody();
	fx_mark();
	assert_int_equal(accept(token, "Ivy", FX_STRONG, false), ERR_INVALID);
	assert_string_equal(fx_issue("terms"), "Accept the terms to go on.");
	assert_true(fx_same());
	assert_int_equal(accept(token, "Ivy", FX_STRONG, true), OK);
	assert_string_equal(fx_fields(NORTH),
	    "by: -> emailed link; terms: -> https://north.example/terms");
	assert_int_equal(fx_int("SELECT terms_at FROM members WHERE id = %lld AND terms_url = "
	    "'https://north.example/terms'", (long long)fx.m[NORTH][INVITED].id), FX_NOW);
}

/* {L2 I3} */
static void
an_acceptance_is_whole_or_not(void **state)
{
	static const char *const tables[] = { "events", "outbox", "credentials" };

	(void)state;
	fx_nobody();
	fx_mark();
	for (size_t i = 0; i < 3; i++) {
		fx_break(tables[i]);
		assert_int_equal(accept(fx.m[NORTH][INVITED].invite, "Ivy", FX_STRONG, false),
		    ERR_FAULT);
		fx_mend();
		assert_true(fx_same());
	}
	is_live(fx.m[NORTH][INVITED].invite);
}

/* {I5} */
static void
old_links_die(void **state)
{
	const char *token = fx.m[NORTH][INVITED].invite, *second;
	int64_t     id = fx.m[NORTH][INVITED].id;

	(void)state;
	fx_as(NORTH, ADMIN);
	assert_int_equal(invites_resend(&fx.cx, id, &done), OK);
	second = fx_mail_token();
	is_dead(token);
	is_live(second);
	fx_as(NORTH, ADMIN);
	assert_int_equal(invites_cancel(&fx.cx, id), OK);
	is_dead(second);
	assert_int_equal(fx_try_as(NORTH, INVITED), PLACE_NONE);
	fx_as(NORTH, ADMIN);
	assert_int_equal(invite(NORTH, "ivy@north.example", "User"), OK);
	is_live(fx_mail_token());
}

/* {I5} Expired ones stay listed and can be sent again. */
static void
links_live_as_long_as_the_account_says(void **state)
{
	const char   *token = fx.m[NORTH][INVITED].invite;
	struct member m;

	(void)state;
	fx.now = FX_NOW + 3 * FX_DAY - 1;
	is_live(token);
	fx.now++;
	is_dead(token);
	fx_nobody();
	fx_add_session(fx.m[NORTH][ADMIN].person, fx.now);
	fx_as(NORTH, ADMIN);
	assert_int_equal(members_get(&fx.cx, fx.m[NORTH][INVITED].id, &m), OK);
	assert_string_equal(m.status, "invited");
	assert_int_equal(invites_resend(&fx.cx, m.id, &done), OK);
	is_live(fx_mail_token());
	fx_sql("UPDATE tenants SET invite_days = 30");
	fx.now += 2 * FX_MINUTE;
	fx_as(NORTH, ADMIN);
	assert_int_equal(invites_resend(&fx.cx, m.id, &done), OK);
	token = fx_mail_token();
	fx.now += 30 * FX_DAY - 1;
	is_live(token);
	fx.now++;
	is_dead(token);
}

static void
no_other_token_opens(void **state)
{
	char             *token = arena_strdup(fx.cx.arena, fx.m[NORTH][INVITED].invite);
	struct invitation v;

	(void)state;
	for (size_t i = 0; token[i]; i++) {
		char was = token[i];

		token[i] = was == 'A' ? 'B' : 'A';
		fx_nobody();
		assert_int_equal(open_it(token, &v), ERR_NOTFOUND);
		token[i] = was;
	}
	fx_nobody();
	assert_int_equal(open_it("", &v), ERR_NOTFOUND);
	assert_int_equal(open_it(arena_printf(fx.cx.arena, "%sA", token), &v), ERR_NOTFOUND);
	is_live(token);
	/* bound to the recipient */
	fx_sql("UPDATE invitations SET email_key = 'other@north.example' WHERE member_id = %lld",
	    (long long)fx.m[NORTH][INVITED].id);
	is_dead(token);
}

/* ---------------------------------------------------------------- people with an identity */

/* {I4} */
static void
an_identity_accepts_by_signing_in(void **state)
{
	const char       *email = fx.m[SOUTH][USER].email, *token, *hash, *older;
	struct invitation v;
	struct standing   st;

	(void)state;
	older = fx_add_session(fx.m[SOUTH][USER].person, FX_NOW - 2 * FX_HOUR);
	hash = fx_text("SELECT hash FROM credentials WHERE person_id = %lld",
	    (long long)fx.m[SOUTH][USER].person);
	fx_sql("UPDATE people SET language = 'de' WHERE id = %lld",
	    (long long)fx.m[SOUTH][USER].person);
	token = token_by(NORTH, ADMIN, email, "Consumer");
	fx_nobody();
	assert_int_equal(open_it(token, &v), OK);
	assert_int_equal(v.way, INVITE_SIGN_IN);
	fx_mark();
	assert_int_equal(accept(token, "Una", FX_STRONG, true), ERR_CONFLICT);
	fx_as(SOUTH, STAFF);
	assert_int_equal(open_it(token, &v), OK);
	assert_int_equal(v.way, INVITE_OTHER);
	assert_int_equal(accept(token, "Una", FX_STRONG, true), ERR_CONFLICT);
	assert_true(fx_same());
	fx_as(SOUTH, USER);
	assert_int_equal(open_it(token, &v), OK);
	assert_int_equal(v.way, INVITE_ACCEPT);
	assert_int_equal(accept(token, "", "", false), OK);
	/* In the language of the person, whatever the account's is. */
	assert_string_equal(fx_mail_kind(), "account_created");
	assert_non_null(strstr(fx_mail_text(), "Guten Tag"));
	fx_one_event(NORTH, "New One hat die Einladung angenommen", "by: -> emailed link");
	assert_int_equal(fx_new_events(SOUTH), 0);
	assert_string_equal(fx_text("SELECT hash FROM credentials WHERE person_id = %lld",
	    (long long)fx.m[SOUTH][USER].person), hash);
	assert_true(fx_session(NORTH, fx.m[SOUTH][USER].session, &st));
	assert_int_equal(st.kind, PLACE_MEMBER);
	assert_int_equal(signin_verdict(&fx.cx, &st), SIGNIN_GOOD);
	assert_true(fx_session(NORTH, older, &st));
	assert_int_equal(signin_verdict(&fx.cx, &st), SIGNIN_LOGGED_OUT);
	is_dead(token);
}

/* Whose sign-in is another method sets no password by a link. */
static void
other_methods_sign_in_their_way(void **state)
{
	const char       *token;
	struct invitation v;

	(void)state;
	fx_sql("UPDATE people SET method = 'google' WHERE id = %lld",
	    (long long)fx.m[SOUTH][USER].person);
	fx_sql("DELETE FROM credentials WHERE person_id = %lld",
	    (long long)fx.m[SOUTH][USER].person);
	token = token_by(NORTH, ADMIN, fx.m[SOUTH][USER].email, "Consumer");
	fx_nobody();
	assert_int_equal(open_it(token, &v), OK);
	assert_int_equal(v.way, INVITE_SIGN_IN);
}

/* {I5} An administrator invites somebody, copies the link and accepts it: that proves no
 * mailbox.  The emailed invitation of another account proves it and ends what was made. */
static void
a_copied_link_proves_no_mailbox(void **state)
{
	struct copied     copy;
	struct invitation v;
	struct member     m;
	const char       *token, *emailed, *theirs;
	int64_t           person;

	(void)state;
	(void)token_by(NORTH, ADMIN, "victim@corp.example", "User");
	assert_int_equal(invites_copy(&fx.cx, done.member, &copy), OK);
	token = fx_token_of(copy.link);
	assert_int_equal(copy.expires_at, FX_NOW + 5 * FX_DAY);
	fx_nobody();
	assert_int_equal(open_it(token, &v), OK);
	assert_true(v.copied);
	assert_int_equal(v.way, INVITE_NEW);
	assert_int_equal(accept(token, "Not Victim", FX_PASSWORD, false), OK);
	assert_string_equal(fx_fields(NORTH), "by: -> copied link");
	assert_non_null(strstr(fx_mail_text(), "https://console.example/forgot"));
	person = v.person;
	assert_int_equal(sign_in("victim@corp.example", FX_PASSWORD), OK);
	fx_nobody();
	theirs = fx_add_session(person, FX_NOW);
	fx_sql("INSERT INTO api_keys (tenant_id, id, member_id, name, description, prefix, hash, "
	    "client, permissions, created_at, expires_at, last_used_at, last_used_from, ends_at, "
	    "replaced_by, warned, status, version) VALUES (%lld, 7, %lld, 'Trap', '', "
	    "'tnt_12345678', randomblob(32), 'https', '*', 1, 0, 0, '', 0, 0, 0, 'live', 1)",
	    (long long)fx.tenant[NORTH], (long long)v.member);
	fx_as(NORTH, ADMIN);
	assert_int_equal(members_get(&fx.cx, v.member, &m), OK);
	assert_false(m.confirmed);
	/* another account: its copied link is no way in, its emailed one is */
	emailed = token_by(SOUTH, ADMIN, "victim@corp.example", "Guest");
	assert_int_equal(invites_copy(&fx.cx, done.member, &copy), OK);
	fx_nobody();
	assert_int_equal(signin_identify(&fx.cx, str_of(theirs), true), OK);
	assert_int_equal(open_it(fx_token_of(copy.link), &v), OK);
	assert_int_equal(v.way, INVITE_UNPROVED);
	assert_int_equal(accept(fx_token_of(copy.link), "X", FX_STRONG, false), ERR_CONFLICT);
	assert_int_equal(open_it(emailed, &v), OK);
	assert_int_equal(v.way, INVITE_RECLAIM);
	fx_nobody();
	assert_int_equal(signin_identify(&fx.cx, str_of(fx.m[NORTH][GUEST].session), true), OK);
	fx_mark();
	assert_int_equal(accept(emailed, "Vic Victim", FX_STRONG, false), OK);
	assert_int_equal(fx_int("SELECT count(*) FROM events WHERE act = 36 AND actor_id = 0 "
	    "AND actor_name = ''"), 2);
	assert_int_equal(fx.cx.actor.person, fx.m[NORTH][GUEST].person);
	assert_int_equal(fx_new_events(NORTH), 1);
	assert_string_equal(fx_sentence(NORTH),
	    "Not Victim proved the mailbox; what was made before was ended");
	assert_int_equal(fx_new_events(SOUTH), 2);
	assert_int_equal(fx_int("SELECT count(*) FROM sessions WHERE person_id = %lld",
	    (long long)person), 0);
	assert_int_equal(fx_int("SELECT count(*) FROM known_browsers WHERE person_id = %lld",
	    (long long)person), 0);
	assert_int_equal(fx_int("SELECT count(*) FROM api_keys"), 0);
	assert_int_equal(sign_in("victim@corp.example", FX_PASSWORD), ERR_INVALID);
	assert_int_equal(sign_in("victim@corp.example", FX_STRONG), OK);
	fx_as(NORTH, ADMIN);
	assert_int_equal(members_get(&fx.cx, fx_int("SELECT id FROM members WHERE person_id = %lld "
	    "AND tenant_id = %lld", (long long)person, (long long)fx.tenant[NORTH]), &m), OK);
	assert_true(m.confirmed);
}

/* ---------------------------------------------------------------- the inviter's rights */

/* {I6} They are asked again when the link is used. */
static void
the_inviter_must_still_be_allowed(void **state)
{
	static const struct { const char *how; bool dead; } changes[] = {
		{ "UPDATE members SET status = 'deactivated' WHERE id = %lld", true },
		{ "UPDATE members SET status = 'removed' WHERE id = %lld", true },
		{ "UPDATE members SET role_id = (SELECT id FROM roles r WHERE r.tenant_id = "
		    "members.tenant_id AND name = 'Consumer') WHERE id = %lld", true },
		{ "UPDATE members SET org_path = (SELECT path FROM organizations o WHERE "
		    "o.tenant_id = members.tenant_id AND name = 'East') WHERE id = %lld", true },
		{ "UPDATE members SET name = 'Other' WHERE id = %lld", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		const char *token;

		fx_again();
		token = token_by(NORTH, STAFF, "new@example.org", "Staff");
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		fx_sql(changes[i].how, (long long)fx.m[NORTH][STAFF].id);
#pragma GCC diagnostic pop
		if (changes[i].dead)
			is_dead(token);
		else
			is_live(token);
	}
}

/* {I6 R7} */
static void
the_role_must_still_be_the_inviter_s_to_give(void **state)
{
	const char *token;

	(void)state;
	token = token_by(NORTH, STAFF, "new@example.org", "Staff");
	fx_sql("UPDATE members SET role_id = (SELECT id FROM roles r WHERE r.tenant_id = "
	    "members.tenant_id AND name = 'Helpdesk') WHERE id = %lld",
	    (long long)fx.m[NORTH][STAFF].id);
	is_dead(token);
	fx_sql("UPDATE roles SET permissions = permissions || ' user:edit organization:view "
	    "location:edit tag:edit device:edit' WHERE name = 'Helpdesk'");
	is_live(token);
}

/* {I5} Who gives another role while the member is invited answers for it. */
static void
another_role_while_invited(void **state)
{
	const char   *token;
	struct member m;

	(void)state;
	token = token_by(NORTH, STAFF, "new@example.org", "Staff");
	fx_as(NORTH, ADMIN);
	assert_int_equal(members_set_role(&fx.cx, done.member, fx_role(NORTH, "Auditor"), STR("")),
	    OK);
	fx_nobody();
	assert_int_equal(accept(token, "New One", FX_STRONG, false), OK);
	fx_as(NORTH, ADMIN);
	assert_int_equal(members_get(&fx.cx, done.member, &m), OK);
	assert_string_equal(m.role_name, "Auditor");
}

/* {I5} The inviter is gone: who sends it again, or copies the link, answers for it. */
static void
who_sends_again_answers_for_it(void **state)
{
	struct copied copy;
	const char   *token;
	int64_t       member;

	(void)state;
	token = token_by(NORTH, STAFF, "new@example.org", "Staff");
	member = done.member;
	fx_sql("UPDATE members SET status = 'removed' WHERE id = %lld",
	    (long long)fx.m[NORTH][STAFF].id);
	is_dead(token);
	fx_as(NORTH, ADMIN);
	assert_int_equal(invites_copy(&fx.cx, member, &copy), OK);
	is_live(fx_token_of(copy.link));
	is_live(token);
	fx.now += 2 * FX_MINUTE;
	fx_sql("UPDATE members SET role_by = %lld WHERE id = %lld",
	    (long long)fx.m[NORTH][STAFF].id, (long long)member);
	is_dead(token);
	fx_as(NORTH, ADMIN);
	assert_int_equal(invites_resend(&fx.cx, member, &done), OK);
	is_live(fx_mail_token());
	is_dead(token);
}

/* {I5} Giving the same role again is answering for it. */
static void
the_same_role_again_is_answered_for(void **state)
{
	const char *token = token_by(NORTH, STAFF, "new@example.org", "Staff");
	int64_t     member = done.member;

	(void)state;
	fx_sql("UPDATE members SET role_by = %lld WHERE id = %lld",
	    (long long)fx.m[NORTH][DEACTIVATED].id, (long long)member);
	is_dead(token);
	fx_as(NORTH, ADMIN);
	fx_mark();
	assert_int_equal(invites_set_role(&fx.cx, member, fx_role(NORTH, "Staff"), STR("")), OK);
	assert_int_equal(fx_new_events(NORTH) + fx_new_mails(), 0);
	is_live(token);
}

/* {I5} The link of an expired invitation would be dead. */
static void
copying_an_expired_one_begins_anew(void **state)
{
	const char   *emailed = fx.m[NORTH][INVITED].invite;
	int64_t       id = fx.m[NORTH][INVITED].id;
	struct copied copy;

	(void)state;
	fx_as(NORTH, ADMIN);
	assert_int_equal(invites_copy(&fx.cx, id, &copy), OK);
	assert_int_equal(copy.expires_at, FX_NOW + 3 * FX_DAY);
	is_live(emailed);
	fx.now = FX_NOW + 3 * FX_DAY;
	is_dead(fx_token_of(copy.link));
	fx_as(NORTH, ADMIN);
	fx_mark();
	assert_int_equal(invites_copy(&fx.cx, id, &copy), OK);
	fx_one_event(NORTH, "Ada Admin copied the invitation link of Ivy Invited",
	    "email: -> ivy@north.example");
	assert_int_equal(copy.expires_at, fx.now + 5 * FX_DAY);
	is_live(fx_token_of(copy.link));
	is_dead(emailed);
	fx.now += 5 * FX_DAY - 1;
	is_live(fx_token_of(copy.link));
}

/* Somebody who may invite, but not give that role, gets no link of it. */
static void
links_of_larger_roles_are_refused(void **state)
{
	struct copied copy;

	(void)state;
	(void)token_by(NORTH, ADMIN, "boss@example.org", "Admin");
	fx_as(NORTH, STAFF);
	fx_mark();
	assert_int_equal(invites_copy(&fx.cx, done.member, &copy), ERR_DENIED);
	fx.now += 2 * FX_MINUTE;
	fx_as(NORTH, STAFF);
	assert_int_equal(invites_resend(&fx.cx, done.member, &done), ERR_DENIED);
	assert_true(fx_same());
}

/* {I10} Nobody comes in without one: no act of a stranger makes a person or a member. */
static void
there_is_no_other_way_in(void **state)
{
	int64_t people = fx_int("SELECT count(*) FROM people");

	(void)state;
	assert_int_equal(sign_in("stranger@example.org", FX_STRONG), ERR_INVALID);
	fx_nobody();
	assert_int_equal(invite(NORTH, "stranger@example.org", "User"), ERR_DENIED);
	is_dead("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
	fx_sql("UPDATE tenants SET status = 'suspended'");
	is_dead(fx.m[NORTH][INVITED].invite);
	assert_int_equal(fx_int("SELECT count(*) FROM people"), people);
}

/* ---------------------------------------------------------------- made-up people */

static int64_t
demo_invited(const char *what)
{
	return fx_int("SELECT m.id FROM members m JOIN invitations i ON i.tenant_id = m.tenant_id "
	    "AND i.member_id = m.id JOIN tenants t ON t.id = m.tenant_id WHERE t.slug = 'acme' "
	    "AND m.status = 'invited' AND i.expires_at %s %lld", what, (long long)FX_NOW);
}

static void
as_demo_admin(const char *email)
{
	const char     *secret = fx_add_session(fx_int("SELECT id FROM people WHERE email = '%s'",
	    email), fx.now);
	struct standing st;

	fx_nobody();
	assert_int_equal(signin_identify(&fx.cx, str_of(secret), true), OK);
	assert_int_equal(place_enter(&fx.cx, STR("acme"), &st), OK);
	assert_int_equal(st.kind, PLACE_MEMBER);
}

/* Those of the demo have invitations like others: who sent it and when, to be sent again and
 * cancelled. */
static void
made_up_invitations_are_real(void **state)
{
	struct demo         d = { .tenants = 1, .members = 300, .events = 0, .seed = 7 };
	struct invite_times times;
	int64_t             old, good;

	(void)state;
	fx_system(SYSTEM);
	fx_mark();
	assert_int_equal(demo_make(&fx.cx, &d), OK);
	assert_int_equal(fx_new_mails(), 0);
	/* And people work together there. */
	assert_int_equal(fx_int("SELECT count(*) FROM groups WHERE members >= 9"), 3);
	assert_int_equal(fx_int("SELECT count(*) FROM workspaces WHERE members >= 6 AND "
	    "groups = 1"), 3);
	assert_int_equal(fx_int("SELECT count(*) FROM service_accounts s JOIN api_keys k ON "
	    "k.service_id = s.id WHERE s.owner_group_id IS NOT NULL"), 3);
	assert_int_equal(fx_int("SELECT count(*) FROM members m WHERE m.status = 'invited' AND NOT "
	    "EXISTS (SELECT 1 FROM invitations i WHERE i.member_id = m.id)"), 0);
	old = demo_invited("<=");
	good = demo_invited(">");
	assert_true(old != 0 && good != 0);
	as_demo_admin(d.email);
	assert_int_equal(invites_times(&fx.cx, &(struct member){ .id = old }, &times), OK);
	assert_string_equal(times.inviter, fx.cx.actor.label);
	assert_true(times.sent_at > 0 && times.expires_at == times.sent_at + 5 * FX_DAY);
	assert_int_equal(fx_int("SELECT count(*) FROM events WHERE act = 30 AND subject_id = %lld "
	    "AND actor_id = %lld", (long long)old, (long long)fx.cx.actor.member), 1);
	assert_int_equal(invites_resend(&fx.cx, old, &done), OK);
	is_live(fx_mail_token());
	as_demo_admin(d.email);
	assert_int_equal(invites_cancel(&fx.cx, good), OK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FX_TEST(the_invited_is_there_at_once),
		FX_TEST(groups_and_workspaces_wait_for_the_acceptance),
		FX_TEST(what_goes_meanwhile_is_dropped),
		FX_TEST(what_may_be_given_no_more_is_not),
		FX_TEST(a_copied_link_gives_no_more_than_its_copier_holds),
		FX_TEST(nobody_invites_into_more_than_they_may_give),
		FX_TEST(every_field_is_checked),
		FX_TEST(inviting_needs_the_right_to_it_and_to_the_role),
		FX_TEST(rights_are_asked_inside),
		FX_TEST(who_is_invited_lands_in_the_inviter_s_organization),
		FX_TEST(a_member_is_named_with_the_organization),
		FX_TEST(other_domains_are_refused),
		FX_TEST(the_address_is_its_owner_s),
		FX_TEST(known_or_not_is_the_same_work),
		FX_TEST(a_form_sent_twice_makes_one),
		FX_TEST(a_double_click_makes_one),
		FX_TEST(an_invitation_without_event_or_email_is_none),
		FX_TEST(a_young_account_sends_25_a_day),
		FX_TEST(an_old_account_sends_100_a_day),
		FX_TEST(the_operator_says_another_number_or_none),
		FX_TEST(the_daily_number_holds_for_parallel_ones),
		FX_TEST(sending_again_counts),
		FX_TEST(a_cancelled_email_is_withdrawn),
		FX_TEST(sent_again_one_goes),
		FX_TEST(a_waiting_email_names_the_new_role),
		FX_TEST(an_accepted_email_is_withdrawn),
		FX_TEST(opening_spends_nothing),
		FX_TEST(accepting_makes_the_member_active),
		FX_TEST(the_new_name_is_found_and_the_old_is_not),
		FX_TEST(what_is_typed_is_checked),
		FX_TEST(terms_are_accepted),
		FX_TEST(an_acceptance_is_whole_or_not),
		FX_TEST(old_links_die),
		FX_TEST(links_live_as_long_as_the_account_says),
		FX_TEST(no_other_token_opens),
		FX_TEST(an_identity_accepts_by_signing_in),
		FX_TEST(other_methods_sign_in_their_way),
		FX_TEST(a_copied_link_proves_no_mailbox),
		FX_TEST(the_inviter_must_still_be_allowed),
		FX_TEST(the_role_must_still_be_the_inviter_s_to_give),
		FX_TEST(another_role_while_invited),
		FX_TEST(who_sends_again_answers_for_it),
		FX_TEST(the_same_role_again_is_answered_for),
		FX_TEST(copying_an_expired_one_begins_anew),
		FX_TEST(links_of_larger_roles_are_refused),
		FX_TEST(there_is_no_other_way_in),
		FX_TEST(made_up_invitations_are_real),
	};

	return FX_RUN(tests);
}
