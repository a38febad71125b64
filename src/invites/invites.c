/* Sending, re-sending, cancelling and copying invitations.  What their link does is in
 * accept.c. */
#include "invites/invites.h"

#include <string.h>

#include "base/arena.h"
#include "base/conf.h"
#include "base/id.h"
#include "base/zone.h"
#include "core/audit.h"
#include "core/outbox.h"
#include "crypto/token.h"
#include "db/db.h"
#include "invites/invites_store.h"
#include "invites/joins.h"
#include "mustache/view.h"
#include "organizations/organizations.h"

#define DAY INT64_C(86400000)
enum { RESEND_MS = 60 * 1000 };
enum { DAILY = 100, DAILY_YOUNG = 25, YOUNG_DAYS = 7, DAYS_AHEAD_MOST = 400 };

static int64_t
daily_number(const struct ctx *cx)
{
	if (cx->place->invites_daily >= 0)
		return cx->place->invites_daily;
	return cx->now - cx->place->created_at < YOUNG_DAYS * DAY ? DAILY_YOUNG : DAILY;
}

static int64_t
midnight(const struct zone *z, int64_t at)
{
	struct civil c = zone_civil(z, at);

	c.hour = c.minute = c.second = c.ms = 0;
	return zone_moment(z, c);
}

/* The days in the tenant's zone, beginning with one that may have room: today, or what a call
 * before found. */
static enum err
first_day(struct ctx *cx, const struct invite_days *known, const struct zone **z, int64_t *from)
{
	if (zone_get(cx->place->timezone, z))
		TRY(zone_get("UTC", z));
	*from = midnight(*z, cx->now);
	if (known->from > *from)
		*from = known->from;
	return OK;
}

/* When the next email may go: now, or the first day with room. */
static enum err
next_slot(struct ctx *cx, struct invite_days *days, int64_t *at)
{
	const struct zone *z;
	int64_t            most = daily_number(cx), from, before, n = 0;

	*at = cx->now;
	if (most == 0)
		return OK;
	TRY(first_day(cx, days, &z, &from));
	for (int day = 0; day < DAYS_AHEAD_MOST; day++) {
		before = midnight(z, from + DAY + DAY / 2);
		TRY(invite_rows_sent(cx, from, before, most, &n));
		*at = from > cx->now ? from : cx->now;
		days->from = from;
		if (n < most)
			return OK;
		from = before;
	}
	return ERR_LIMIT;
}

enum err
invites_plan(struct ctx *cx, int64_t wanted, struct invite_plan *out)
{
	const struct zone *z;
	int64_t            most = daily_number(cx), from, before, n = 0, room;

	*out = (struct invite_plan){ .today = wanted, .daily = most, .last_at = cx->now };
	if (most == 0 || wanted == 0)
		return OK;
	TRY(first_day(cx, &(struct invite_days){ 0 }, &z, &from));
	for (int day = 0; day < DAYS_AHEAD_MOST && wanted > 0; day++, from = before) {
		before = midnight(z, from + DAY + DAY / 2);
		TRY(invite_rows_sent(cx, from, before, most, &n));
		room = most - n < wanted ? most - n : wanted;
		wanted -= room;
		if (day == 0)
			out->today = room;
		if (room > 0)
			out->last_at = from > cx->now ? from : cx->now;
	}
	out->beyond = wanted;
	return OK;
}

static const char *
link_of(struct ctx *cx, const struct invite_row *r, enum purpose purpose)
{
	return arena_printf(cx->arena, "%s/invite?t=%s", cx->conf->base_url,
	    link_make(cx->arena, cx->keys, &(struct link_claim){ .purpose = purpose,
	        .tenant = cx->tenant, .row = r->id, .generation = r->generation,
	        .email = r->email_key, .expires_at = r->expires_at }));
}

static enum err
make_mail(struct ctx *cx, const struct invite_row *r, const char *language, const char *email,
    const char *name, const char *role, struct email *mail)
{
	struct view *model = view_new(cx->arena);

	view_text(model, "name", mail_name(cx, name));
	view_text(model, "actor", mail_name(cx, r->inviter_name));
	view_text(model, "role", mail_name(cx, role));
	view_text(model, "link", link_of(cx, r, PURPOSE_LINK_INVITE));
	view_int(model, "days", cx->place->invite_days);
	TRY(email_make(cx, email, language, "invitation", model, mail));
	mail->about = invite_about(cx, r->id);
	mail->priority = 2;
	mail->due_at = r->sent_at;
	mail->expires_at = r->expires_at;
	return OK;
}

static bool
domain_allowed(const struct ctx *cx, const char *email)
{
	const char *domain = strrchr(email, '@') + 1, *p = cx->place->domains;
	size_t      len = strlen(domain);

	if (strcmp(p, "[]") == 0)
		return true;
	while ((p = strchr(p, '"')) != NULL) {
		const char *end = strchr(++p, '"');

		if (end == NULL)
			break;
		if ((size_t)(end - p) == len && memcmp(p, domain, len) == 0)
			return true;
		p = end + 1;
	}
	return false;
}

enum err
invites_check(struct ctx *cx, const struct member_made *m, const struct person *p)
{
	if (p->member && strcmp(p->member_status, "invited") == 0)
		return ctx_issue(cx, "email", _("[email] is already invited.", "email", m->email));
	if (p->member)
		return ctx_issue(cx, "email", _("[email] is already a member (organization [org]).",
		    "email", m->email, "org", p->member_org));
	if (!domain_allowed(cx, m->email))
		return ctx_issue(cx, "email",
		    _("Addresses of this domain are not allowed in this account."));
	return OK;
}

/* The form's id is the member's: a second sending of the same form finds it.  A form that the back
 * button brought up and that was filled in for somebody else is another: ERR_CONFLICT. */
static enum err
sent_before(struct ctx *cx, int64_t form, const struct member_made *made, struct invited *out)
{
	struct member m;

	if (form == 0)
		return ERR_NOTFOUND;
	TRY(members_get(cx, form, &m));
	if (strcmp(m.email_key, made->email_key) != 0 || m.role != made->role.id)
		return ERR_CONFLICT;
	*out = (struct invited){ .member = m.id, .name = m.name, .email = m.email,
		.sent_at = cx->now, .again = true };
	return OK;
}

/* Others invite at the same time; the link is bound to its times, so the email cannot be moved. */
static enum err
still_free(struct ctx *cx, int64_t sent_at)
{
	struct invite_days days = { 0 };
	int64_t            at;

	TRY(next_slot(cx, &days, &at));
	return at == sent_at ? OK : ERR_BUSY;
}

static enum err
add_row(struct ctx *cx, const struct member_made *m, const struct invite_row *r)
{
	TRY(invite_row_add(cx, r));
	TRY(invite_row_sent(cx, r->id, r->sent_at));
	return audit_add(cx, &(struct audit_entry){ .act = AUDIT_MEMBER_INVITED,
	    .where = IN_ORG(m->org_path), .subject = r->member, .name = m->name,
	    .fields = (const struct audit_field[]){ { "email", NULL, m->email },
	        { "role", NULL, m->role.name } }, .nfields = 2 });
}

/* Known or not, the work is the same. */
static enum err
add_all(struct ctx *cx, const struct member_made *m, int64_t person, const struct invite_row *r,
    struct email *mail)
{
	int64_t made;

	TRY(members_add_person(cx, m, &made));
	if (person == 0)
		person = made;
	TRY(members_add(cx, r->member, person, m, "invited"));
	TRY(add_row(cx, m, r));
	mail->person = person;
	return outbox_add(cx, mail, NULL);
}

/* Who has the address is asked again inside, for another worker may have been quicker. */
static enum err
add_in_tx(struct ctx *cx, const struct member_made *m, const struct invite_row *r,
    const struct invite_joins *joins, struct email *mail, struct invited *out)
{
	struct person p;

	TRY(access_again(cx));
	if (sent_before(cx, r->member, m, out) == OK)
		return OK;
	TRY(access_need(cx, PERM_USER_INVITE, IN_ORG(m->org_path)));
	TRY(access_role_stands(cx, m->role.id, m->role.perms));
	TRY(access_give_role(cx, m->role.name, m->role.perms, m->org_path));
	TRY(still_free(cx, r->sent_at));
	TRY(members_person(cx, m->email_key, &p));
	TRY(invites_check(cx, m, &p));
	if (p.id && strcmp(p.email, m->email) != 0)
		return ERR_BUSY;
	TRY(add_all(cx, m, p.id, r, mail));
	return invite_joins_make(cx, r->member, joins);
}

static void
fill_inviter(const struct ctx *cx, struct invite_row *r)
{
	r->inviter = cx->actor.member;
	r->inviter_name = cx->actor.label ? cx->actor.label : "";
}

static void
fill(struct ctx *cx, struct invite_row *r, int64_t member, const char *email_key, int64_t sent_at)
{
	r->member = member;
	r->email_key = email_key;
	fill_inviter(cx, r);
	r->sent_at = sent_at;
	r->expires_at = sent_at + cx->place->invite_days * DAY;
}

/* form: the member's id, 0 for one of its own. */
static enum err
add(struct ctx *cx, const struct invite_input *in, int64_t form, struct invited *out)
{
	struct invite_row  r = { .id = id_new(cx->now), .generation = 1 };
	struct member_made m;
	struct person      p;
	struct email       mail;
	struct invite_days days = { 0 };
	int64_t            at;
	enum err           e;

	TRY(access_need(cx, PERM_USER_INVITE, IN_ORG(cx->path)));
	e = invite_joins_check(cx, &in->joins);
	TRY(members_check(cx, &in->member, cx->path, &m));
	TRY(e);
	e = sent_before(cx, form, &m, out);
	if (e == OK)
		return OK;
	if (e == ERR_CONFLICT)
		form = 0;
	TRY(members_person(cx, m.email_key, &p));
	e = invites_check(cx, &m, &p);
	/* Taken by this very form, a moment ago in another worker. */
	if (e != OK && sent_before(cx, form, &m, out) == OK) {
		cx->issues = NULL;
		return OK;
	}
	TRY(e);
	/* What its owner wrote, not what was typed here: a mailbox may tell cases apart. */
	if (p.id)
		m.email = p.email;
	TRY(next_slot(cx, &days, &at));
	fill(cx, &r, form ? form : id_new(cx->now), m.email_key, at);
	TRY(make_mail(cx, &r, p.id ? p.language : cx->place->language, m.email, m.name, m.role.name,
	    &mail));
	*out = (struct invited){ .member = r.member, .name = m.name, .email = m.email,
		.sent_at = at };
	TRY(db_begin(cx->db));
	return db_finish(cx->db, add_in_tx(cx, &m, &r, &in->joins, &mail, out));
}

enum err
invites_add(struct ctx *cx, const struct invite_input *in, struct invited *out)
{
	enum err e = add(cx, in, in->form, out);

	/* The form's member was cancelled or removed since, and keeps the id. */
	return e == ERR_CONFLICT && in->form && cx->issues == NULL ? add(cx, in, 0, out) : e;
}

/* Read with its member; only an invited one has an open invitation. */
static enum err
open_invite(struct ctx *cx, int64_t member, struct member *m, struct invite_row *r)
{
	enum err e;

	TRY(members_get(cx, member, m));
	TRY(access_need(cx, PERM_USER_INVITE, IN_ORG(m->org_path)));
	e = strcmp(m->status, "invited") == 0 ? invite_row_of(cx, member, r) : ERR_NOTFOUND;
	if (e != ERR_NOTFOUND)
		return e;
	ctx_issue(cx, "", _("[name] is not invited any more.", "name", m->name));
	return ERR_CONFLICT;
}

static enum err
note(struct ctx *cx, enum audit_act act, const struct member *m)
{
	return audit_add(cx, &(struct audit_entry){ .act = act, .where = IN_ORG(m->org_path),
	    .subject = m->id, .name = m->name,
	    .fields = &(struct audit_field){ "email", NULL, m->email }, .nfields = 1 });
}

static enum err
store_resent(struct ctx *cx, const struct member *m, struct invite_row *r,
    const struct email *mail)
{
	TRY(invite_row_resend(cx, r));
	TRY(members_answer_role(cx, m->id));
	TRY(invite_row_sent(cx, r->id, r->sent_at));
	TRY(note(cx, AUDIT_INVITE_RESENT, m));
	TRY(outbox_withdraw(cx, mail->about, NULL));
	return outbox_add(cx, mail, NULL);
}

/* Who sends it again, or hands out its link, answers for its role from then on: the link works
 * as long as they may give it. */
static enum err
resend_in_tx(struct ctx *cx, const struct member *m, const struct invite_row *wanted,
    const struct email *mail)
{
	struct member     now;
	struct invite_row r;

	TRY(access_again(cx));
	TRY(open_invite(cx, m->id, &now, &r));
	TRY(access_give_role(cx, now.role_name, now.role_perms, now.org_path));
	if (r.generation != wanted->generation - 1)
		return ERR_BUSY;
	TRY(still_free(cx, wanted->sent_at));
	r.sent_at = wanted->sent_at;
	r.expires_at = wanted->expires_at;
	r.inviter = wanted->inviter;
	r.inviter_name = wanted->inviter_name;
	return store_resent(cx, &now, &r, mail);
}

/* Read, checked and rendered: what the transaction stores. */
struct resent {
	struct member     m;
	struct invite_row r;
	struct email      mail;
};

static enum err
prepare_resend(struct ctx *cx, int64_t member, struct invite_days *days, struct resent *s)
{
	struct invite_row *r = &s->r;
	struct member     *m = &s->m;
	int64_t            at;

	TRY(open_invite(cx, member, m, r));
	TRY(access_give_role(cx, m->role_name, m->role_perms, m->org_path));
	if (r->sent_at <= cx->now && cx->now - r->sent_at < RESEND_MS) {
		ctx_issue(cx, "",
		    _("The invitation was sent within the last minute. Wait a moment."));
		return ERR_CONFLICT;
	}
	TRY(next_slot(cx, days, &at));
	fill(cx, r, member, m->email_key, at);
	r->generation++;
	TRY(make_mail(cx, r, m->language, m->email, m->name, m->role_name, &s->mail));
	s->mail.person = m->person;
	return OK;
}

enum err
invites_resend(struct ctx *cx, int64_t member, struct invited *out)
{
	struct invite_days days = { 0 };
	struct resent      s;

	TRY(prepare_resend(cx, member, &days, &s));
	*out = (struct invited){ .member = s.m.id, .name = s.m.name, .email = s.m.email,
		.sent_at = s.r.sent_at };
	TRY(db_begin(cx->db));
	return db_finish(cx->db, resend_in_tx(cx, &s.m, &s.r, &s.mail));
}

enum err
invites_resend_here(struct ctx *cx, int64_t member, struct invite_days *days)
{
	struct resent s;

	TRY(prepare_resend(cx, member, days, &s));
	return store_resent(cx, &s.m, &s.r, &s.mail);
}

enum err
invites_cancel_here(struct ctx *cx, int64_t member)
{
	struct member     m;
	struct invite_row r;

	TRY(open_invite(cx, member, &m, &r));
	TRY(invite_row_cancel(cx, r.id));
	TRY(outbox_withdraw(cx, invite_about(cx, r.id), NULL));
	TRY(invite_row_not_sent(cx, r.id));
	TRY(members_close(cx, member));
	return note(cx, AUDIT_INVITE_CANCELLED, &m);
}

static enum err
cancel_in_tx(struct ctx *cx, int64_t member)
{
	TRY(access_again(cx));
	return invites_cancel_here(cx, member);
}

enum err
invites_cancel(struct ctx *cx, int64_t member)
{
	struct member     m;
	struct invite_row r;

	TRY(open_invite(cx, member, &m, &r));
	TRY(db_begin(cx->db));
	return db_finish(cx->db, cancel_in_tx(cx, member));
}

/* What waits to be sent names the role as it is now: made anew with the same link.  What went
 * out already, or went with a link that is another by now, stays as it was. */
static enum err
role_in_tx(struct ctx *cx, int64_t member, struct str role, struct str typed,
    const struct invite_row *was, const struct email *mail)
{
	struct invite_row r;
	int64_t           n = 0;

	TRY(members_set_role(cx, member, role, typed));
	TRY(invite_row_of(cx, member, &r));
	if (r.id != was->id || r.generation != was->generation)
		return ERR_BUSY;
	TRY(outbox_withdraw(cx, mail->about, &n));
	return n ? outbox_add(cx, mail, NULL) : OK;
}

enum err
invites_set_role(struct ctx *cx, int64_t member, struct str text, struct str typed)
{
	struct member      m;
	struct member_role role;
	struct invite_row  r;
	struct email       mail;

	TRY(members_get(cx, member, &m));
	if (strcmp(m.status, "invited") != 0)
		return members_set_role(cx, member, text, typed);
	TRY(members_role(cx, text, &role));
	if (role.id == m.role)
		return members_set_role(cx, member, text, typed);
	TRY(invite_row_of(cx, member, &r));
	r.email_key = m.email_key;
	TRY(make_mail(cx, &r, m.language, m.email, m.name, role.name, &mail));
	mail.person = m.person;
	TRY(db_begin(cx->db));
	return db_finish(cx->db, role_in_tx(cx, member, text, typed, &r, &mail));
}

enum err
invites_act_role(struct ctx *cx, const struct member *m, const struct member_role *role)
{
	struct invite_row r;
	struct email      mail;
	int64_t           n = 0;

	TRY(members_act(cx, MANY_ROLE, m, role));
	if (m->status[0] != 'i' || role->id == m->role)
		return OK;
	TRY(invite_row_of(cx, m->id, &r));
	TRY(outbox_withdraw(cx, invite_about(cx, r.id), &n));
	if (n == 0)
		return OK;
	r.email_key = m->email_key;
	TRY(make_mail(cx, &r, m->language, m->email, m->name, role->name, &mail));
	mail.person = m->person;
	return outbox_add(cx, &mail, NULL);
}

enum err
invites_add_here(struct ctx *cx, struct member_made *m, const struct person *p,
    const struct invite_places *places, struct invite_days *days)
{
	struct invite_row r = { .id = id_new(cx->now), .generation = 1 };
	struct email      mail;
	int64_t           at;

	TRY(access_need(cx, PERM_USER_INVITE, IN_ORG(m->org_path)));
	TRY(access_give_role(cx, m->role.name, m->role.perms, m->org_path));
	TRY(invites_check(cx, m, p));
	if (p->id)
		m->email = p->email;
	TRY(next_slot(cx, days, &at));
	fill(cx, &r, id_new(cx->now), m->email_key, at);
	TRY(make_mail(cx, &r, p->id ? p->language : cx->place->language, m->email, m->name,
	    m->role.name, &mail));
	TRY(add_all(cx, m, p->id, &r, &mail));
	return invite_joins_many(cx, r.member, places);
}

/* The link of an expired one would be dead: copying it begins a new life. */
static enum err
copy_in_tx(struct ctx *cx, int64_t member, struct copied *out)
{
	struct member     m;
	struct invite_row r;

	TRY(access_again(cx));
	TRY(open_invite(cx, member, &m, &r));
	TRY(access_give_role(cx, m.role_name, m.role_perms, m.org_path));
	r.email_key = m.email_key;
	fill_inviter(cx, &r);
	TRY(invite_row_copied(cx, &r, cx->now + cx->place->invite_days * DAY));
	TRY(members_answer_role(cx, member));
	*out = (struct copied){ link_of(cx, &r, PURPOSE_LINK_INVITE_COPY), m.name, m.email,
		r.expires_at };
	return note(cx, AUDIT_INVITE_COPIED, &m);
}

enum err
invites_copy(struct ctx *cx, int64_t member, struct copied *out)
{
	struct member     m;
	struct invite_row r;

	TRY(open_invite(cx, member, &m, &r));
	TRY(db_begin(cx->db));
	return db_finish(cx->db, copy_in_tx(cx, member, out));
}

static enum err
demo_again(struct ctx *cx, const struct member_made *m, struct invite_row *r, int64_t at)
{
	fill(cx, r, r->member, r->email_key, at);
	TRY(invite_row_resend(cx, r));
	TRY(invite_row_sent(cx, r->id, at));
	return audit_add(cx, &(struct audit_entry){ .act = AUDIT_INVITE_RESENT,
	    .where = IN_ORG(m->org_path), .subject = r->member, .name = m->name,
	    .fields = &(struct audit_field){ "email", NULL, m->email }, .nfields = 1 });
}

enum err
invites_demo(struct ctx *cx, int64_t member, const struct member_made *m, int64_t again_at)
{
	struct invite_row r = { .id = id_new(cx->now), .generation = 1 };
	int64_t           was = cx->now;
	enum err          e;

	fill(cx, &r, member, m->email_key, cx->now);
	TRY(add_row(cx, m, &r));
	if (again_at == 0)
		return OK;
	cx->now = again_at;
	e = demo_again(cx, m, &r, again_at);
	cx->now = was;
	return e;
}

enum err
invites_times(struct ctx *cx, const struct member *m, struct invite_times *out)
{
	return invite_row_times(cx, m->id, out);
}
