/* members/acts.c, and the acts of invites/ and reset/ on a member: who may do them to whom,
 * and what they leave behind.  What the list shows is in test_members.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../fixture.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/id.h"
#include "bulk/bulk.h"
#include "bulk/uploads.h"
#include "core/access.h"
#include "core/admins.h"
#include "core/throttle.h"
#include "db/db.h"
#include "groups/groups.h"
#include "jobs/jobs.h"
#include "members/activity.h"
#include "reset/reset.h"
#include "signin/identity.h"
#include "signin/signin.h"

static enum err
role(int64_t id)
{
	return members_set_role(&fx.cx, id, fx_role(NORTH, "Staff"), STR(""));
}

static enum err
deactivate(int64_t id)
{
	return members_deactivate(&fx.cx, id, STR(""));
}

static enum err
reactivate(int64_t id)
{
	return members_reactivate(&fx.cx, id);
}

static enum err
take_out(int64_t id)
{
	return members_remove(&fx.cx, id, STR(""));
}

static enum err
log_out(int64_t id)
{
	return members_log_out(&fx.cx, id);
}

static enum err
unlock(int64_t id)
{
	int64_t n;

	return members_unlock(&fx.cx, id, &n);
}

static enum err
send_reset(int64_t id)
{
	bool sent;

	return reset_send(&fx.cx, id, &sent);
}

static enum err
resend(int64_t id)
{
	struct invited done;

	return invites_resend(&fx.cx, id, &done);
}

static enum err
cancel(int64_t id)
{
	return invites_cancel(&fx.cx, id);
}

static enum err
copy(int64_t id)
{
	struct copied done;

	return invites_copy(&fx.cx, id, &done);
}

static enum err
edit(int64_t id)
{
	return members_edit(&fx.cx, id, &(struct member_edit){ .name = STR(" Una  Vista "),
	    .nickname = STR("Uni"), .phone = STR("+49 (30) 12345-67"), .country = STR("pt"),
	    .version = fx_int("SELECT version FROM members WHERE id = %lld", (long long)id) });
}

static enum err
set_temporary(int64_t id)
{
	return identity_set_temporary(&fx.cx, id, STR(FX_STRONG));
}

static enum err
erase(int64_t id)
{
	return identity_erase(&fx.cx, id, STR(" DELETE "), true);
}

static enum err
send_activity(int64_t id)
{
	return activity_send(&fx.cx, id);
}

enum { I = 1, A = 2, D = 4 };                /* statuses that allow it */

static const struct act {
	const char  *name;
	enum err   (*run)(int64_t id);
	enum perm    need;
	unsigned     statuses;
	enum fx_who  target, below;          /* in the root, and in West */
	int64_t      events, mails;
	const char  *sentence, *fields, *mail;
} acts[] = {
	{ "edit", edit, PERM_USER_EDIT, A, USER, WEST_USER, 1, 0, "Ada Admin edited Una User",
	    "name: Una User -> Una Vista; nickname:  -> Uni; phone:  -> +49301234567; "
	    "country:  -> PT", NULL },
	{ "role", role, PERM_USER_ROLE, I | A | D, USER, WEST_USER, 1, 1,
	    "Ada Admin changed the role of Una User from User to Staff", "role: User -> Staff",
	    "role_changed" },
	{ "deactivate", deactivate, PERM_USER_DEACTIVATE, A, USER, WEST_USER, 1, 1,
	    "Ada Admin deactivated Una User", "status: active -> deactivated", "deactivated" },
	{ "reactivate", reactivate, PERM_USER_DEACTIVATE, D, DEACTIVATED, WEST_USER, 1, 0,
	    "Ada Admin re-activated Dan Deactivated", "status: deactivated -> active", NULL },
	{ "remove", take_out, PERM_USER_REMOVE, A | D, USER, WEST_USER, 1, 1,
	    "Ada Admin removed Una User", "status: active -> removed", "removed" },
	{ "password", set_temporary, PERM_USER_PASSWORD, A, USER, WEST_USER, 1, 1,
	    "Ada Admin set a temporary password for Una User", "", "temporary_password" },
	{ "delete", erase, PERM_USER_REMOVE, A | D, USER, WEST_USER, 1, 1,
	    "Ada Admin deleted the account of Una User", "status: active -> removed",
	    "account_erased" },
	{ "activity", send_activity, PERM_USER_ACTIVITY, I | A | D, USER, WEST_USER, 1, 1,
	    "Ada Admin had the activity log of Una User sent by email", "", "activity_log" },
	{ "logout", log_out, PERM_USER_LOGOUT, A | D, USER, WEST_USER, 1, 0,
	    "Ada Admin signed Una User out of this account", "", NULL },
	{ "unlock", unlock, PERM_USER_PASSWORD, A | D, USER, WEST_USER, 1, 0,
	    "Ada Admin ended the sign-in wait of Una User", "", NULL },
	{ "reset", send_reset, PERM_USER_PASSWORD, A, USER, WEST_USER, 2, 1,
	    "Ada Admin sent Una User a password reset", "", "reset" },
	{ "resend", resend, PERM_USER_INVITE, I, INVITED, WEST_USER, 1, 1,
	    "Ada Admin sent the invitation of Ivy Invited again", "email: -> ivy@north.example",
	    "invitation" },
	{ "cancel", cancel, PERM_USER_INVITE, I, INVITED, WEST_USER, 1, 0,
	    "Ada Admin cancelled the invitation of Ivy Invited", "email: -> ivy@north.example",
	    NULL },
	{ "copy", copy, PERM_USER_INVITE, I, INVITED, WEST_USER, 1, 0,
	    "Ada Admin copied the invitation link of Ivy Invited", "email: -> ivy@north.example",
	    NULL },
};
enum { ACTS = sizeof(acts) / sizeof(acts[0]) };

static int64_t
target(const struct act *a)
{
	return fx.m[NORTH][a->target].id;
}

static void
denied_to(const struct act *a, enum fx_who who, int64_t id, enum err want)
{
	enum err e;

	fx_as(NORTH, who);
	fx_mark();
	e = a->run(id);
	if (e != want)
		fail_msg("%s as %s: %d, not %d", a->name, fx.m[NORTH][who].name, e, want);
	if (!fx_same())
		fail_msg("%s as %s was refused and changed something", a->name,
		    fx.m[NORTH][who].name);
}

/* {U8a U8b U8c U8d U8e U8f U8h U8k U8l I5 L2 E3} */
static void
each_act_leaves_its_event_and_its_email(void **state)
{
	(void)state;
	for (const struct act *a = acts; a < acts + ACTS; a++) {
		fx_again();
		fx_as(NORTH, ADMIN);
		fx_mark();
		print_message("# %s\n", a->name);
		assert_int_equal(a->run(target(a)), OK);
		assert_int_equal(fx_new_events(NORTH), a->events);
		assert_string_equal(fx_sentence(NORTH), a->sentence);
		assert_string_equal(fx_fields(NORTH), a->fields);
		assert_int_equal(fx_new_events(SOUTH), 0);
		assert_int_equal(fx_new_events(SYSTEM), 0);
		assert_int_equal(fx_new_mails(), a->mails);
		if (a->mail) {
			assert_string_equal(fx_mail_kind(), a->mail);
			assert_string_equal(fx_mail_to(), a->run == send_activity ?
			    fx.m[NORTH][ADMIN].email : fx.m[NORTH][a->target].email);
			assert_true(fx.cx.mail_added);
		}
		assert_int_equal(fx_work().commits, 1);
	}
}

/* Who sends or copies the link of an invitation gives its role. */
static bool
hands_out_too_much(const struct act *a)
{
	struct perm_set given = perm_set_read(fx_text("SELECT permissions FROM roles WHERE name = "
	    "'User'"));

	return (a->run == resend || a->run == copy) && !perm_covers(fx.cx.perms, given);
}

/* {R4 U8b} Those whose role holds the permission may, nobody else. */
static void
each_act_needs_its_permission(void **state)
{
	(void)state;
	for (const struct act *a = acts; a < acts + ACTS; a++)
		for (enum fx_who who = BUILDER; who <= HELPDESK; who++) {
			enum err e;

			fx_again();
			fx_as(NORTH, who);
			if (!perm_in(fx.cx.perms, a->need) || hands_out_too_much(a)) {
				denied_to(a, who, target(a), ERR_DENIED);
				continue;
			}
			fx_mark();
			e = a->run(target(a));
			if (e != OK)
				fail_msg("%s as %s: %d", a->name, fx.m[NORTH][who].name, e);
			assert_int_equal(fx_new_events(NORTH), a->events);
		}
}

/* {R4a} Above and beside one's organization there is nobody; there and below there is. */
static void
acts_reach_as_far_as_the_organization(void **state)
{
	(void)state;
	for (const struct act *a = acts; a < acts + ACTS; a++) {
		fx_again();
		denied_to(a, WEST_ADMIN, target(a), ERR_NOTFOUND);
		denied_to(a, WEST_ADMIN, fx.m[NORTH][EAST_USER].id, ERR_NOTFOUND);
		if (!(a->statuses & A))
			continue;
		fx_as(NORTH, WEST_ADMIN);
		fx_mark();
		assert_int_equal(a->run(fx.m[NORTH][WEST_USER].id), OK);
		assert_int_equal(a->run(fx.m[NORTH][DEEP_USER].id), OK);
		assert_int_equal(fx_new_events(NORTH), 2 * a->events);
	}
}

/* {E4} A foreign id and one that does not exist: the same answer after the same work. */
static void
a_foreign_id_is_as_absent(void **state)
{
	(void)state;
	for (const struct act *a = acts; a < acts + ACTS; a++) {
		struct fx_work foreign;

		fx_again();
		denied_to(a, ADMIN, fx.m[SOUTH][a->target].id, ERR_NOTFOUND);
		foreign = fx_work();
		denied_to(a, ADMIN, 4711, ERR_NOTFOUND);
		fx_equal_work(foreign, fx_work(), a->name);
	}
}

/* What a second click on the same button finds. */
static bool
is_so_already(const struct act *a, unsigned status)
{
	return (a->run == deactivate && status == D) || (a->run == reactivate && status == A);
}

/* {E3} */
static void
acts_keep_to_their_statuses(void **state)
{
	static const struct { unsigned bit; enum fx_who who; } kinds[] = { { I, INVITED },
		{ A, USER }, { D, DEACTIVATED } };

	(void)state;
	for (const struct act *a = acts; a < acts + ACTS; a++)
		for (size_t i = 0; i < 3; i++) {
			fx_again();
			if (is_so_already(a, kinds[i].bit)) {
				denied_to(a, ADMIN, fx.m[NORTH][kinds[i].who].id, OK);
				continue;
			}
			if (!(a->statuses & kinds[i].bit)) {
				denied_to(a, ADMIN, fx.m[NORTH][kinds[i].who].id, ERR_CONFLICT);
				assert_string_not_equal(fx_issue(""), "");
				continue;
			}
			fx_as(NORTH, ADMIN);
			assert_int_equal(a->run(fx.m[NORTH][kinds[i].who].id), OK);
		}
}

/* {L2} The change, its event and its email are one transaction. */
static void
an_act_without_its_event_is_none(void **state)
{
	(void)state;
	for (const struct act *a = acts; a < acts + ACTS; a++) {
		fx_again();
		fx_as(NORTH, ADMIN);
		fx_mark();
		fx_break("events");
		assert_int_equal(a->run(target(a)), ERR_FAULT);
		fx_mend();
		assert_true(fx_same());
		if (a->mails == 0)
			continue;
		fx_break("outbox");
		assert_int_equal(a->run(target(a)), ERR_FAULT);
		fx_mend();
		assert_true(fx_same());
	}
}

/* ---------------------------------------------------------------- role */

/* {R7 U8b} */
static void
nobody_gives_more_than_they_hold(void **state)
{
	int64_t user = fx.m[NORTH][USER].id;

	(void)state;
	fx_sql("UPDATE roles SET permissions = permissions || ' user:role' WHERE name = 'Staff'");
	fx_as(NORTH, STAFF);
	fx_mark();
	assert_int_equal(members_set_role(&fx.cx, user, fx_role(NORTH, "Admin"), STR("")),
	    ERR_DENIED);
	assert_string_equal(fx_issue("role"),
	    "You cannot give a role that holds more than your own.");
	assert_int_equal(members_set_role(&fx.cx, user, fx_role(NORTH, "Helpdesk"), STR("")),
	    ERR_DENIED);
	assert_true(fx_same());
	assert_int_equal(members_set_role(&fx.cx, user, fx_role(NORTH, "Staff"), STR("")), OK);
	fx_one_event(NORTH, "Stan Staff changed the role of Una User from User to Staff",
	    "role: User -> Staff");
}

static void
a_role_must_be_one_of_the_account(void **state)
{
	int64_t owner = fx_int("SELECT id FROM roles WHERE tenant_id = %lld AND name = 'Owner'",
	    (long long)fx.tenant[NORTH]);
	struct str wrong[] = { fx_role(SOUTH, "Staff"), fx_id(owner), STR(""), STR("Staff"),
		STR("\xff\xfe"), STR("0000000000000") };

	(void)state;
	fx_as(NORTH, ADMIN);
	fx_mark();
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(members_set_role(&fx.cx, fx.m[NORTH][USER].id, wrong[i], STR("")),
		    ERR_INVALID);
	assert_string_equal(fx_issue("role"), "Choose a role.");
	assert_true(fx_same());
	assert_int_equal(members_set_role(&fx.cx, fx.m[NORTH][USER].id, fx_role(NORTH, "User"),
	    STR("")), OK);
	assert_true(fx_same());
}

/* The tenant may switch the email about a changed role off; the invited get none. */
static void
role_emails_can_be_off(void **state)
{
	(void)state;
	fx_as(NORTH, ADMIN);
	fx_mark();
	assert_int_equal(role(fx.m[NORTH][INVITED].id), OK);
	assert_int_equal(fx_new_mails(), 0);
	fx_sql("UPDATE tenants SET role_emails = 0");
	fx_as(NORTH, ADMIN);
	assert_int_equal(role(fx.m[NORTH][USER].id), OK);
	assert_int_equal(fx_new_mails(), 0);
	assert_int_equal(fx_new_events(NORTH), 2);
}

/* ---------------------------------------------------------------- edit */

static struct member_edit
as_it_is(const struct member *m)
{
	return (struct member_edit){ .name = str_of(m->name), .nickname = str_of(m->nickname),
		.phone = str_of(m->phone), .country = str_of(m->country), .version = m->version };
}

/* {U8a} The list and its search know the new name; the person's own stays. */
static void
an_edit_is_of_the_tenant_s_own_copy(void **state)
{
	struct member_list list;
	struct member      m;

	(void)state;
	fx_as(NORTH, ADMIN);
	assert_int_equal(edit(fx.m[NORTH][BOTH].id), OK);
	assert_int_equal(members_get(&fx.cx, fx.m[NORTH][BOTH].id, &m), OK);
	assert_string_equal(m.name, "Una Vista");
	assert_string_equal(m.email, fx.m[NORTH][BOTH].email);
	assert_string_equal(fx_text("SELECT name FROM people WHERE id = %lld",
	    (long long)fx.m[NORTH][BOTH].person), "Bo Both");
	assert_string_equal(fx_text("SELECT name || nickname || phone || country FROM members "
	    "WHERE id = %lld", (long long)fx.m[SOUTH][BOTH].id), "Bo Both");
	assert_int_equal(members_list(&fx.cx, &(struct member_want){ .list = { .rows = 50 },
	    .search = "vista" }, &list), OK);
	assert_int_equal(list.n, 1);
	assert_int_equal(members_list(&fx.cx, &(struct member_want){ .list = { .rows = 50 },
	    .search = "bo both" }, &list), OK);
	assert_int_equal(list.n, 0);
}

/* {E15} Whoever saw another version is told so; what is as it is stored is no change. */
static void
an_edit_of_an_old_version_changes_nothing(void **state)
{
	struct member      m;
	struct member_edit mine, theirs;

	(void)state;
	fx_as(NORTH, ADMIN);
	assert_int_equal(members_get(&fx.cx, fx.m[NORTH][USER].id, &m), OK);
	mine = theirs = as_it_is(&m);
	theirs.nickname = STR("Una B.");
	assert_int_equal(members_edit(&fx.cx, m.id, &theirs), OK);
	fx_mark();
	assert_int_equal(members_edit(&fx.cx, m.id, &mine), ERR_CONFLICT);
	assert_null(fx.cx.issues);
	assert_true(fx_same());
	assert_int_equal(members_edit(&fx.cx, m.id, &theirs), OK);
	assert_true(fx_same());
}

static void
an_edit_is_checked_field_by_field(void **state)
{
	const struct { const char *field; struct member_edit in; } wrong[] = {
		{ "name", { .name = STR("") } }, { "name", { .name = STR("a<b") } },
		{ "name", { .name = STR("\xff") } },
		{ "nickname", { .name = STR("U"), .nickname = STR("a\xe2\x80\xae" "b") } },
		{ "nickname", { .name = STR("U"), .nickname = STR("123456789012345678901234567890"
		    "123456789012345678901") } },
		{ "phone", { .name = STR("U"), .phone = STR("030 1234567") } },
		{ "phone", { .name = STR("U"), .phone = STR("+1234567890123456") } },
		{ "country", { .name = STR("U"), .country = STR("XX") } },
		{ "country", { .name = STR("U"), .country = STR("PT\0") } },
	};

	(void)state;
	fx_as(NORTH, ADMIN);
	fx_mark();
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		fx.cx.issues = NULL;
		assert_int_equal(members_edit(&fx.cx, fx.m[NORTH][USER].id, &wrong[i].in),
		    ERR_INVALID);
		assert_string_not_equal(fx_issue(wrong[i].field), "");
	}
	assert_true(fx_same());
}

/* {R5} */
static void
a_changed_role_counts_from_the_next_request_on(void **state)
{
	(void)state;
	fx_as(NORTH, USER);
	assert_false(access_has(&fx.cx, PERM_USER_INVITE, IN_ORG("/")));
	fx_as(NORTH, ADMIN);
	assert_int_equal(role(fx.m[NORTH][USER].id), OK);
	fx_as(NORTH, USER);
	assert_true(access_has(&fx.cx, PERM_USER_INVITE, IN_ORG("/")));
	fx_as(NORTH, ADMIN);
	assert_int_equal(deactivate(fx.m[NORTH][USER].id), OK);
	assert_int_equal(fx_try_as(NORTH, USER), PLACE_DEACTIVATED);
	assert_int_equal(fx.cx.tenant, 0);
	assert_int_equal(fx.cx.perms.bits, 0);
}

/* {E3} Acts on oneself ask for a typed word. */
static void
acts_on_oneself_are_typed(void **state)
{
	int64_t self = fx.m[NORTH][ADMIN].id;

	(void)state;
	fx_add_member(NORTH, "Abe Admin", "abe@north.example", "Admin", "/");
	fx_as(NORTH, ADMIN);
	fx_mark();
	assert_int_equal(members_set_role(&fx.cx, self, fx_role(NORTH, "User"), STR("")),
	    ERR_INVALID);
	assert_string_equal(fx_issue("typed"), "This is your own account. Type CONFIRM to go on.");
	assert_int_equal(members_deactivate(&fx.cx, self, STR("confirm")), ERR_INVALID);
	assert_int_equal(members_remove(&fx.cx, self, STR("CONFIR")), ERR_INVALID);
	assert_true(fx_same());
	assert_int_equal(members_remove(&fx.cx, self, STR(" CONFIRM ")), OK);
	fx_one_event(NORTH, "Ada Admin removed Ada Admin", "status: active -> removed");
}

/* ---------------------------------------------------------------- the last administrator */

static enum err
demote(int64_t id)
{
	return members_set_role(&fx.cx, id, fx_role(NORTH, "Builder"), STR("CONFIRM"));
}

static enum err
deactivate_typed(int64_t id)
{
	return members_deactivate(&fx.cx, id, STR("CONFIRM"));
}

static enum err
remove_typed(int64_t id)
{
	return members_remove(&fx.cx, id, STR("CONFIRM"));
}

static enum err (*const taking[])(int64_t id) = { demote, deactivate_typed, remove_typed };
enum { TAKING = sizeof(taking) / sizeof(taking[0]) };
/* What one may do to another, too. */
static enum err (*const duel[])(int64_t id) = { demote, deactivate_typed, remove_typed, erase };
enum { DUELS = sizeof(duel) / sizeof(duel[0]) };

static void
refused_for_the_last(int64_t id)
{
	for (size_t i = 0; i < TAKING; i++) {
		fx.cx.issues = NULL;
		fx_mark();
		assert_int_equal(taking[i](id), ERR_CONFLICT);
		assert_string_equal(fx_issue(""), "An account must keep at least one active "
		    "administrator. Make somebody else an Admin of the whole account first.");
		assert_true(fx_same());
		assert_true(db_idle(fx.cx.db));
	}
}

/* {U11} By themselves and by others; admins of a part, the invited, the deactivated and
 * those of another account do not count. */
static void
the_last_admin_stays(void **state)
{
	int64_t ada = fx.m[NORTH][ADMIN].id;

	(void)state;
	fx_sql("UPDATE members SET role_id = (SELECT id FROM roles r WHERE r.tenant_id = "
	    "members.tenant_id AND builtin = 'admin') WHERE id IN (%lld, %lld)",
	    (long long)fx.m[NORTH][INVITED].id, (long long)fx.m[NORTH][DEACTIVATED].id);
	fx_as(NORTH, ADMIN);
	refused_for_the_last(ada);
	fx_sql("UPDATE roles SET permissions = 'user:role user:deactivate user:remove "
	    "user:view group:view portal:view portal:use workspace:create workspace:view "
	    "workspace:write workspace:execute' WHERE name = 'Helpdesk'");
	fx_as(NORTH, HELPDESK);
	refused_for_the_last(ada);
}

/* {U11} */
static void
one_of_two_admins_may_go(void **state)
{
	(void)state;
	for (size_t i = 0; i < TAKING; i++) {
		int64_t abe;

		fx_again();
		abe = fx_add_member(NORTH, "Abe Admin", "abe@north.example", "Admin", "/");
		fx_as(NORTH, ADMIN);
		assert_int_equal(taking[i](abe), OK);
		refused_for_the_last(fx.m[NORTH][ADMIN].id);
	}
}

/* {U11} What each knew when the form was sent is old by then. */
static void
two_admins_cannot_take_each_other_away(void **state)
{
	(void)state;
	for (size_t i = 0; i < DUELS; i++) {
		struct ctx ada;
		struct db *second;
		int64_t    abe;

		fx_again();
		abe = fx_add_member(NORTH, "Abe Admin", "abe@north.example", "Admin", "/");
		fx_as(NORTH, ADMIN);
		ada = fx.cx;
		fx.cx.actor.member = abe;
		fx.cx.actor.label = "Abe Admin";
		assert_int_equal(db_open(&second, fx_url()), OK);
		fx.cx.db = second;
		assert_int_equal(duel[i](fx.m[NORTH][ADMIN].id), OK);
		db_close(&second);
		fx.cx = ada;
		fx_mark();
		for (size_t k = 0; k < DUELS; k++)
			assert_int_equal(duel[k](abe), ERR_DENIED);
		assert_true(fx_same());
	}
}

/* {E3 R5} Whoever was demoted, deactivated or moved since the form was sent does it no more:
 * the transaction asks again. */
static void
rights_are_asked_inside_the_transaction(void **state)
{
	static const char *const changes[] = { ("role_id = (SELECT id FROM roles r WHERE "
	    "r.tenant_id = members.tenant_id AND name = 'Builder')"), "status = 'deactivated'",
	    "status = 'removed'" };
	int64_t job;

	(void)state;
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++)
		for (size_t k = 0; k < ACTS; k++) {
			if (acts[k].run == send_reset)
				continue;
			fx_again();
			fx_as(NORTH, ADMIN);
			fx_sql("UPDATE members SET %s WHERE id = %lld", changes[i],
			    (long long)fx.m[NORTH][ADMIN].id);
			fx_mark();
			if (acts[k].run(target(&acts[k])) != ERR_DENIED || !fx_same())
				fail_msg("%s by who is %s", acts[k].name, changes[i]);
			assert_int_equal(members_log_out_all(&fx.cx, &job), ERR_DENIED);
			assert_true(fx_same());
		}
	fx_again();
	fx_as(NORTH, ADMIN);
	fx_sql("UPDATE members SET org_path = '%s' WHERE id = %lld", fx.west[NORTH],
	    (long long)fx.m[NORTH][ADMIN].id);
	assert_int_equal(deactivate(fx.m[NORTH][USER].id), ERR_NOTFOUND);
}

/* As the housekeeper of the one process, beside that of the other. */
static void
work(void)
{
	struct ctx was = fx.cx;
	enum err   e;

	fx_system(SYSTEM);
	fx.cx.db = was.db;
	do
		e = jobs_step(&fx.cx);
	while (e == OK || e == ERR_BUSY);
	fx.cx = was;
}

static enum err
as_job(enum bulk_act act, int64_t id, const char *to)
{
	struct bulk_choice c = { .ids = &id, .n = 1, .want = { .search = "" } };

	TRY(bulk_start(&fx.cx, act, &c, *to ? fx_role(NORTH, to) : STR(""), STR(""),
	    fx.cx.actor.member));
	work();
	return OK;
}

static enum err
demote_many(int64_t id)
{
	return as_job(BULK_ROLE, id, "Builder");
}

static enum err
deactivate_many(int64_t id)
{
	return as_job(BULK_DEACTIVATE, id, "");
}

static enum err
remove_many(int64_t id)
{
	return as_job(BULK_REMOVE, id, "");
}

/* A table of two rows, the other of which changes nothing. */
static enum err
demote_by_import(int64_t id)
{
	struct upload_input in = { .kind = UPLOAD_IMPORT, .file = str_of(arena_printf(fx.cx.arena,
	    "email,role\n%s,Guest\n%s,Builder\n", fx.m[NORTH][GUEST].email,
	    fx_text("SELECT email FROM members WHERE id = %lld", (long long)id))) };
	int64_t upload;

	TRY(uploads_add(&fx.cx, &in, &upload));
	TRY(uploads_start(&fx.cx, upload, &(struct invite_joins){ .ngroups = 0 }));
	work();
	return OK;
}

/* Ways to take it from somebody who holds it by this group. */
static int64_t chiefs;

static enum err
leave_group(int64_t id)
{
	return groups_take_out(&fx.cx, chiefs, id);
}

static enum err
end_group(int64_t id)
{
	(void)id;
	return groups_remove(&fx.cx, chiefs);
}

static enum err
weaken_group(int64_t id)
{
	struct group g;

	(void)id;
	TRY(groups_get(&fx.cx, chiefs, &g));
	return groups_change(&fx.cx, chiefs, &(struct group_input){ STR("Chiefs"), STR(""), STR(""),
	    g.version });
}

static enum err
until_some_day(int64_t id)
{
	return groups_set_until(&fx.cx, chiefs, id, NULL, STR("2099-01-31"));
}

typedef enum err take_fn(int64_t id);
static take_fn *const direct[] = { demote, deactivate_typed, remove_typed, erase, demote_many,
	deactivate_many, remove_many, demote_by_import };
static take_fn *const by_group[] = { leave_group, end_group, weaken_group, until_some_day,
	deactivate_typed, remove_many, remove_typed, deactivate_many };
enum { WAYS = sizeof(direct) / sizeof(direct[0]) };
_Static_assert(sizeof(by_group) == sizeof(direct), "as many");

/* In a process of its own, with what was read before: waits for the start, acts, and answers
 * with the error; what was read is read again once, as for a request. */
static pid_t
racer(const int start[2], int64_t self, int64_t other, take_fn *how, bool later)
{
	pid_t    pid = fork();
	enum err e;
	char     c;

	if (pid != 0)
		return pid;
	close(start[1]);
	fx.cx.actor.member = self;
	/* Ids are drawn behind the last one, which both have in common. */
	fx.cx.now += later;
	if (db_open(&fx.cx.db, fx_url()) != OK || read(start[0], &c, 1) != 0)
		_exit(100);
	e = how(other);
	_exit((int)(e == ERR_BUSY ? how(other) : e));
}

/* One against Abe, and Abe against Ada.  Whoever comes first has won; the other may not any
 * more, or would take the last one. */
static void
race(int64_t one, int64_t abe, int64_t ada, take_fn *by_one, take_fn *by_abe)
{
	pid_t pids[2];
	int   start[2], status[2], won = 0;

	fx_close();
	assert_int_equal(pipe(start), 0);
	pids[0] = racer(start, one, abe, by_one, true);
	pids[1] = racer(start, abe, ada, by_abe, false);
	close(start[0]);
	close(start[1]);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(waitpid(pids[i], &status[i], 0), pids[i]);
		assert_true(WIFEXITED(status[i]));
		won += WEXITSTATUS(status[i]) == OK;
	}
	fx_open();
	for (int i = 0; i < 2; i++)
		if (WEXITSTATUS(status[i]) != OK && WEXITSTATUS(status[i]) != ERR_CONFLICT &&
		    WEXITSTATUS(status[i]) != ERR_BUSY)
			assert_int_equal(WEXITSTATUS(status[i]), ERR_DENIED);
	/* A job that began and may do nothing any more was no refusal of its form. */
	assert_true(won >= 1);
}

/* Those who count as administrators: active, in the root, by themselves or by a group, without an
 * end. */
static int64_t
admins_of(int64_t a, int64_t b)
{
	return fx_int("SELECT count(DISTINCT m.id) FROM members m JOIN roles r ON r.tenant_id ="
	    " m.tenant_id AND r.builtin = 'admin' WHERE m.status = 'active' AND m.org_path = '/'"
	    " AND m.id IN (%lld, %lld) AND (m.role_id = r.id OR EXISTS (SELECT 1 FROM"
	    " group_members gm JOIN groups g ON g.tenant_id = gm.tenant_id AND g.id = gm.group_id"
	    " WHERE gm.tenant_id = m.tenant_id AND gm.member_id = m.id AND gm.until_at = 0"
	    " AND g.status <> 'removed' AND g.role_id = r.id))", (long long)a, (long long)b);
}

/* Somebody who is no administrator and may do all this, and a group that makes Abe one. */
static void
make_chiefs(int64_t abe)
{
	size_t added;

	fx_sql("UPDATE roles SET permissions = 'user:role user:deactivate user:remove user:view "
	    "user:edit group:view group:edit portal:view portal:use workspace:create "
	    "workspace:view workspace:write workspace:execute' WHERE name = 'Helpdesk'");
	chiefs = id_new(fx.now);
	assert_int_equal(groups_make(&fx.cx, chiefs, &(struct group_input){ STR("Chiefs"), STR(""),
	    fx_role(NORTH, "Admin"), 0 }), OK);
	assert_int_equal(groups_add(&fx.cx, chiefs, &abe, 1, STR(""), &added), OK);
}

/* {U11} A hundred times, or as often as TENANTRY_DUELS says: by every way there is, at once, as a
 * job or by a table, and by what somebody else does to the group that brings it. */
static void
two_admins_at_the_same_instant(void **state)
{
	const char *wanted = getenv("TENANTRY_DUELS");
	size_t      rounds = wanted ? strtoul(wanted, NULL, 10) : 100;
	int64_t     ada = fx.m[NORTH][ADMIN].id;

	(void)state;
	for (size_t round = 0; round < rounds; round++) {
		bool    grouped = round % 2;
		size_t  one = round / 2 % WAYS, two = (round / 2 + round / 2 / WAYS) % WAYS;
		int64_t abe;

		fx_again();
		abe = fx_add_member(NORTH, "Abe Admin", "abe@north.example",
		    grouped ? "Builder" : "Admin", "/");
		fx_as(NORTH, ADMIN);
		if (grouped)
			make_chiefs(abe);
		race(grouped ? fx.m[NORTH][HELPDESK].id : ada, abe, ada,
		    grouped ? by_group[one] : direct[one], direct[two]);
		if (admins_of(ada, abe) != 1)
			fail_msg("round %zu: %lld administrators", round,
			    (long long)admins_of(ada, abe));
	}
}

/* ---------------------------------------------------------------- the others */

/* {U8h} Older sessions sign in again for this account; other accounts go on. */
static void
a_forced_logout_is_this_account_s(void **state)
{
	struct standing st;

	(void)state;
	fx_as(NORTH, ADMIN);
	assert_int_equal(log_out(fx.m[NORTH][BOTH].id), OK);
	assert_true(fx_session(NORTH, fx.m[NORTH][BOTH].session, &st));
	assert_int_equal(st.kind, PLACE_MEMBER);
	assert_int_equal(signin_verdict(&fx.cx, &st), SIGNIN_LOGGED_OUT);
	fx_as(SOUTH, BOTH);
	fx.now += FX_MINUTE;
	fx_nobody();
	assert_true(fx_session(NORTH, fx_add_session(fx.m[NORTH][BOTH].person, fx.now), &st));
	assert_int_equal(signin_verdict(&fx.cx, &st), SIGNIN_GOOD);
}

/* {U8d} The row stays, the address may come again. */
static void
the_removed_are_gone_and_may_come_again(void **state)
{
	struct member  m;
	struct invited done;

	(void)state;
	fx_as(NORTH, ADMIN);
	assert_int_equal(take_out(fx.m[NORTH][USER].id), OK);
	assert_int_equal(members_get(&fx.cx, fx.m[NORTH][USER].id, &m), ERR_NOTFOUND);
	assert_string_equal(fx_text("SELECT name FROM members WHERE id = %lld",
	    (long long)fx.m[NORTH][USER].id), "Una User");
	assert_int_equal(fx_try_as(NORTH, USER), PLACE_NONE);
	fx_as(NORTH, ADMIN);
	assert_int_equal(invites_add(&fx.cx, &(struct invite_input){ .member = {
	    .name = STR("Una User"), .email = str_of(fx.m[NORTH][USER].email),
	    .role = fx_role(NORTH, "User") } }, &done), OK);
	assert_int_equal(fx_try_as(NORTH, USER), PLACE_INVITED);
}

static void
count_failures(const char *source, int n)
{
	const char *key = fx.m[NORTH][USER].email;
	bool        waits = false;

	assert_int_equal(db_begin(fx.cx.db), OK);
	for (int i = 0; i < n; i++)
		assert_int_equal(throttle_count(&fx.cx, THROTTLE_PAIR, key, source, &waits), OK);
	assert_int_equal(db_finish(fx.cx.db, OK), OK);
}

/* {U8l S3} */
static void
unlocking_ends_the_waits_of_all_sources(void **state)
{
	int64_t       n;
	struct member m;

	(void)state;
	fx_as(NORTH, HELPDESK);
	count_failures("192.0.2.1", 5);
	count_failures("192.0.2.2", 5);
	assert_int_equal(members_get(&fx.cx, fx.m[NORTH][USER].id, &m), OK);
	assert_int_equal(m.waits_until, FX_NOW + 10 * FX_MINUTE);
	assert_int_equal(members_unlock(&fx.cx, m.id, &n), OK);
	assert_int_equal(n, 2);
	assert_int_equal(members_get(&fx.cx, m.id, &m), OK);
	assert_int_equal(m.waits_until, 0);
}

/* {U8c} Active again is the member, not what was open before: they sign in anew. */
static void
sessions_do_not_outlive_a_deactivation(void **state)
{
	const struct fx_member *una = &fx.m[NORTH][USER];
	struct standing         st;

	(void)state;
	fx_as(NORTH, ADMIN);
	assert_int_equal(members_deactivate(&fx.cx, una->id, STR("")), OK);
	fx.now++;
	fx_as(NORTH, ADMIN);
	assert_int_equal(members_reactivate(&fx.cx, una->id), OK);
	assert_true(fx_session(NORTH, una->session, &st));
	assert_int_equal(st.kind, PLACE_MEMBER);
	assert_int_equal(signin_verdict(&fx.cx, &st), SIGNIN_LOGGED_OUT);
	assert_true(fx_session(NORTH, fx_add_session(una->person, fx.now), &st));
	assert_int_equal(signin_verdict(&fx.cx, &st), SIGNIN_GOOD);
}

static int64_t
waiting_strangers(enum fx_who who)
{
	return fx_int("SELECT count(*) FROM throttles WHERE kind = 'strangers' AND subject = '%s'",
	    fx.m[NORTH][who].email);
}

/* {S3} One account does not take away what protects the address for others. */
static void
unlocking_leaves_strangers_of_a_shared_address(void **state)
{
	static const enum fx_who who[] = { USER, BOTH };
	int64_t n;

	(void)state;
	for (int i = 0; i < 2; i++) {
		fx_as(NORTH, HELPDESK);
		fx_sql("INSERT INTO throttles SELECT k.column1, '%s', k.column2, 100, %lld, %lld "
		    "FROM (VALUES ('pair', '192.0.2.1'), ('browser', '7'), ('strangers', '')) k",
		    fx.m[NORTH][who[i]].email, (long long)FX_NOW, (long long)(FX_NOW + FX_DAY));
		assert_int_equal(members_unlock(&fx.cx, fx.m[NORTH][who[i]].id, &n), OK);
		assert_int_equal(n, i ? 2 : 3);
		assert_int_equal(waiting_strangers(who[i]), i);
	}
	assert_int_equal(fx_int("SELECT count(*) FROM throttles"), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FX_TEST(sessions_do_not_outlive_a_deactivation),
		FX_TEST(unlocking_leaves_strangers_of_a_shared_address),
		FX_TEST(each_act_leaves_its_event_and_its_email),
		FX_TEST(each_act_needs_its_permission),
		FX_TEST(acts_reach_as_far_as_the_organization),
		FX_TEST(a_foreign_id_is_as_absent),
		FX_TEST(acts_keep_to_their_statuses),
		FX_TEST(an_act_without_its_event_is_none),
		FX_TEST(nobody_gives_more_than_they_hold),
		FX_TEST(a_role_must_be_one_of_the_account),
		FX_TEST(role_emails_can_be_off),
		FX_TEST(an_edit_is_of_the_tenant_s_own_copy),
		FX_TEST(an_edit_of_an_old_version_changes_nothing),
		FX_TEST(an_edit_is_checked_field_by_field),
		FX_TEST(a_changed_role_counts_from_the_next_request_on),
		FX_TEST(acts_on_oneself_are_typed),
		FX_TEST(the_last_admin_stays),
		FX_TEST(one_of_two_admins_may_go),
		FX_TEST(two_admins_cannot_take_each_other_away),
		FX_TEST(rights_are_asked_inside_the_transaction),
		FX_TEST(two_admins_at_the_same_instant),
		FX_TEST(a_forced_logout_is_this_account_s),
		FX_TEST(the_removed_are_gone_and_may_come_again),
		FX_TEST(unlocking_ends_the_waits_of_all_sources),
	};

	return FX_RUN(tests);
}
