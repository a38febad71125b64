/* The address that a person signs in with.  A new one counts when the link that was sent to it is
 * used; the old one is told, and may stop the change for seven days, also after it was made: so
 * nobody loses their account to who knows the password. */
#include "profile/profile.h"

#include <string.h>

#include "base/arena.h"
#include "base/conf.h"
#include "base/id.h"
#include "core/outbox.h"
#include "core/throttle.h"
#include "crypto/token.h"
#include "db/db.h"
#include "members/own.h"
#include "mustache/view.h"
#include "profile/profile_store.h"
#include "signin/own.h"
#include "signin/signin.h"

#define HOUR INT64_C(3600000)
#define DAY  (24 * HOUR)
enum { CONFIRM_HOURS = 24, STOP_DAYS = 7 };

static struct link_claim
confirm_claim(const struct change_row *row)
{
	return (struct link_claim){ .purpose = PURPOSE_LINK_EMAIL_CONFIRM, .row = row->id,
		.generation = row->generation, .email = row->email_key,
		.expires_at = row->expires_at };
}

/* Of no generation: it must outlive what the change itself moves on. */
static struct link_claim
stop_claim(const struct change_row *row)
{
	return (struct link_claim){ .purpose = PURPOSE_LINK_EMAIL_STOP, .row = row->id,
		.email = row->old_email_key, .expires_at = row->stop_until };
}

static void
put_link(struct ctx *cx, struct view *model, const struct link_claim *claim)
{
	view_text(model, "link", arena_printf(cx->arena, "%s/confirm?t=%s", cx->conf->base_url,
	    link_make(cx->arena, cx->keys, claim)));
}

enum err
profile_email(struct ctx *cx, struct email_change *out)
{
	return change_row_waiting(cx, out);
}

/* ---------------------------------------------------------------- asking */

struct asking {
	struct change_row row;
	int64_t           taken;      /* who has the address; 0: nobody */
	struct email      to_new, to_old;
	const char       *source;
};

/* What goes to the old address: that it is to change, or has. */
static enum err
make_notice(struct ctx *cx, const struct change_row *row, const char *kind, struct email *mail)
{
	struct view      *model = view_new(cx->arena);
	struct link_claim stop = stop_claim(row);

	view_text(model, "name", mail_name(cx, row->name));
	view_text(model, "email", mail_name(cx, row->email));
	put_link(cx, model, &stop);
	TRY(email_make(cx, row->old_email, row->language, kind, model, mail));
	mail->person = row->person;
	mail->priority = 1;
	mail->expires_at = row->stop_until;
	return OK;
}

/* Both are made of the same parts, so that the work tells nothing. */
static enum err
make_mails(struct ctx *cx, struct asking *k, const char *taken_language)
{
	struct view      *model = view_new(cx->arena);
	struct link_claim confirm = confirm_claim(&k->row);

	view_text(model, "name", k->taken ? "" : mail_name(cx, k->row.name));
	put_link(cx, model, &confirm);
	TRY(email_make(cx, k->row.email, k->taken ? taken_language : k->row.language,
	    k->taken ? "email_taken" : "email_confirm", model, &k->to_new));
	k->to_new.person = k->taken ? k->taken : k->row.person;
	k->to_new.priority = 1;
	k->to_new.expires_at = k->row.expires_at;
	k->to_new.about = arena_printf(cx->arena, "email:%lld", (long long)k->row.id);
	return make_notice(cx, &k->row, "email_change", &k->to_old);
}

static enum err
count(struct ctx *cx, enum throttle_kind kind, const char *subject, const char *source,
    bool *dropped)
{
	int64_t  until_at;
	bool     waits = false;
	enum err e = throttle_ask(cx, kind, subject, source, &until_at);

	if (e == ERR_LIMIT)
		*dropped = true;
	else if (e)
		return e;
	return throttle_count(cx, kind, subject, source, &waits);
}

/* Asked and counted where nobody else writes, or many at once would all find room. */
static enum err
ask_in_tx(struct ctx *cx, struct asking *k)
{
	struct profile now;
	bool           dropped = false;
	int64_t        n;

	TRY(access_again(cx));
	TRY(profile_row(cx, &now));
	if (strcmp(now.email_key, k->row.old_email_key) != 0)
		return ERR_BUSY;
	TRY(count(cx, THROTTLE_CHANGES, "", k->source, &dropped));
	TRY(count(cx, THROTTLE_ADDRESS, k->row.email_key, "", &dropped));
	TRY(count(cx, THROTTLE_ADDRESS, k->row.old_email_key, "", &dropped));
	TRY(change_rows_end(cx, cx->actor.person, &n));
	TRY(change_row_add(cx, &k->row));
	k->to_new.nobody = k->to_old.nobody = dropped;
	TRY(outbox_add(cx, &k->to_new, NULL));
	TRY(outbox_add(cx, &k->to_old, NULL));
	return audit_person(cx, cx->actor.person, &(struct audit_entry){ .act = AUDIT_EMAIL_ASKED,
	    .where = IN_TENANT, .name = cx->actor.label,
	    .fields = &(struct audit_field){ "to", NULL, k->row.email }, .nfields = 1 });
}

enum err
profile_email_ask(struct ctx *cx, struct str email)
{
	struct asking  k = { .source = throttle_source(cx->arena, cx->peer) };
	struct profile me;
	const char    *language;

	TRY(profile_row(cx, &me));
	if (!me.by_password)
		return ERR_DENIED;
	if (email_text(cx->arena, str_trim(email), &k.row.email, &k.row.email_key))
		return ctx_issue(cx, "email", _("Give an email address, such as ana@example.org."));
	if (strcmp(k.row.email_key, me.email_key) == 0)
		return ctx_issue(cx, "email", _("This is your address already."));
	k.row.id = id_new(cx->now);
	k.row.person = cx->actor.person;
	k.row.generation = 1;
	k.row.old_email = me.email;
	k.row.old_email_key = me.email_key;
	k.row.asked_at = cx->now;
	k.row.expires_at = cx->now + CONFIRM_HOURS * HOUR;
	k.row.stop_until = cx->now + STOP_DAYS * DAY;
	k.row.name = me.own_name;
	k.row.language = cx->language;
	TRY(taken_row(cx, k.row.email_key, &k.taken, &language));
	TRY(make_mails(cx, &k, language));
	TRY(db_begin(cx->db));
	return db_finish(cx->db, ask_in_tx(cx, &k));
}

static enum err
cancel_in_tx(struct ctx *cx, const struct email_change *c)
{
	int64_t n;

	TRY(access_again(cx));
	TRY(change_rows_end(cx, cx->actor.person, &n));
	if (n == 0)
		return ERR_NOTFOUND;
	TRY(outbox_withdraw(cx, arena_printf(cx->arena, "email:%lld", (long long)c->id), &n));
	return audit_person(cx, cx->actor.person, &(struct audit_entry){
	    .act = AUDIT_EMAIL_CANCELLED, .where = IN_TENANT, .name = cx->actor.label });
}

enum err
profile_email_cancel(struct ctx *cx)
{
	struct email_change c;

	TRY(change_row_waiting(cx, &c));
	if (c.id == 0)
		return ERR_NOTFOUND;
	TRY(db_begin(cx->db));
	return db_finish(cx->db, cancel_in_tx(cx, &c));
}

/* ---------------------------------------------------------------- the links */

static enum err
open_row(struct ctx *cx, struct str token, struct change_row *row, bool *stops)
{
	struct link_claim confirm, stop;
	int64_t           id;
	bool              waits;

	TRY(link_row(token, &id));
	TRY(change_row_open(cx, id, row));
	confirm = confirm_claim(row);
	stop = stop_claim(row);
	waits = strcmp(row->state, "waiting") == 0;
	*stops = link_check(cx->keys, token, &stop) == OK;
	/* Also one that was given up, or ended by another password or a second factor: whoever
	 * asked for it may have done that. */
	if (*stops)
		return strcmp(row->state, "stopped") != 0 && row->stop_until > cx->now ? OK :
		    ERR_NOTFOUND;
	if (!waits || row->expires_at <= cx->now)
		return ERR_NOTFOUND;
	return link_check(cx->keys, token, &confirm);
}

enum err
profile_link(struct ctx *cx, struct str token, struct email_link *out)
{
	struct change_row row;
	bool              stops;

	TRY(open_row(cx, token, &row, &stops));
	*out = (struct email_link){ .stops = stops, .id = row.id, .person = row.person,
		.confirmed = strcmp(row.state, "confirmed") == 0, .generation = row.generation,
		.name = row.name, .email = row.email, .old_email = row.old_email };
	return OK;
}

static enum err
confirm_as(struct ctx *cx, struct str token, const struct email *notice, char session[44])
{
	struct change_row row;
	int64_t           kept = cx->actor.session;
	bool              stops;

	TRY(open_row(cx, token, &row, &stops));
	if (stops)
		return ERR_NOTFOUND;
	TRY(change_row_confirm(cx, &row));
	TRY(members_own_email(cx, row.person, row.email, row.email_key));
	if (cx->actor.person == row.person && kept != 0)
		TRY(signin_own_renew(cx, false, session));
	else
		kept = 0;
	TRY(signin_end_all(cx, row.person, kept));
	/* Whoever is signed in here: it is the mailbox's owner who acts. */
	cx->actor = (struct actor){ .kind = ACTOR_PERSON, .person = row.person, .label = row.name };
	TRY(audit_person(cx, row.person, &(struct audit_entry){ .act = AUDIT_EMAIL_CHANGED,
	    .where = IN_TENANT, .name = row.name,
	    .fields = &(struct audit_field){ "email", row.old_email, row.email }, .nfields = 1 }));
	return outbox_add(cx, notice, NULL);
}

static enum err
confirm_in_tx(struct ctx *cx, struct str token, const struct email *notice, char session[44])
{
	struct actor was = cx->actor;
	enum err     e = confirm_as(cx, token, notice, session);

	cx->actor = was;
	return e;
}

enum err
profile_link_confirm(struct ctx *cx, struct str token, char session[44])
{
	struct change_row row;
	struct email      notice;
	bool              stops;
	enum err          e;

	*session = '\0';
	TRY(open_row(cx, token, &row, &stops));
	if (stops)
		return ERR_NOTFOUND;
	TRY(make_notice(cx, &row, "email_changed", &notice));
	TRY(db_begin(cx->db));
	e = db_finish(cx->db, confirm_in_tx(cx, token, &notice, session));
	if (e)
		*session = '\0';
	if (e == ERR_CONFLICT)
		ctx_issue(cx, "", _("This address cannot be used to sign in here. Your address "
		    "stays as it was."));
	return e;
}

static enum err
stop_as(struct ctx *cx, struct str token)
{
	struct change_row row;
	bool              stops;

	TRY(open_row(cx, token, &row, &stops));
	if (!stops)
		return ERR_NOTFOUND;
	TRY(change_rows_stop(cx, &row));
	TRY(members_own_email(cx, row.person, row.old_email, row.old_email_key));
	cx->actor = (struct actor){ .kind = ACTOR_NOBODY, .label = "" };
	TRY(audit_person(cx, row.person, &(struct audit_entry){ .act = AUDIT_EMAIL_STOPPED,
	    .where = IN_TENANT, .name = row.name,
	    .fields = &(struct audit_field){ "to", NULL, row.email }, .nfields = 1 }));
	return signin_void_since(cx, row.person, row.name, row.asked_at);
}

static enum err
stop_in_tx(struct ctx *cx, struct str token)
{
	struct actor was = cx->actor;
	enum err     e = stop_as(cx, token);

	cx->actor = was;
	return e;
}

enum err
profile_link_stop(struct ctx *cx, struct str token)
{
	TRY(db_begin(cx->db));
	return db_finish(cx->db, stop_in_tx(cx, token));
}
