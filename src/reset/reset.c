/* A forgotten password.  Setting one at the first sign-in is in invites/; the rules of a
 * password are in signin/. */
#include "reset/reset.h"

#include "base/arena.h"
#include "base/conf.h"
#include "base/id.h"
#include "core/audit.h"
#include "core/outbox.h"
#include "core/throttle.h"
#include "crypto/token.h"
#include "db/db.h"
#include "mustache/view.h"
#include "reset/reset_store.h"
#include "signin/signin.h"

#define MINUTE INT64_C(60000)
#define HOUR   (60 * MINUTE)
enum { EMAILS_HOUR = 3 };
#define SWEPT_AFTER_MS INT64_C(86400000)

static struct link_claim
claim_of(const struct reset_row *row)
{
	return (struct link_claim){ .purpose = PURPOSE_LINK_RESET, .row = row->r.id,
		.generation = row->r.generation, .email = row->email_key,
		.expires_at = row->r.expires_at };
}

/* What is stored of one asking; the email is rendered before the transaction. */
struct asking {
	struct asker     who;
	struct reset_row link;
	struct email     mail;
	const char      *name;     /* for the log */
	const char      *source;   /* counted, when a stranger asks */
};

/* Nobody's address goes the same way: a link is made for a row that is not stored. */
static enum err
prepare(struct ctx *cx, struct asking *k)
{
	struct view      *model = view_new(cx->arena);
	struct link_claim claim;

	TRY(reset_row_of(cx, k->who.id, &k->link));
	if (k->link.r.id == 0)
		k->link.r.id = id_new(cx->now);
	k->link.r.generation++;
	k->link.r.expires_at = cx->now + HOUR;
	k->link.email_key = k->who.email_key;
	claim = claim_of(&k->link);
	view_text(model, "name", mail_name(cx, k->who.name));
	view_text(model, "link", arena_printf(cx->arena, "%s/reset?t=%s", cx->conf->base_url,
	    link_make(cx->arena, cx->keys, &claim)));
	view_text(model, "method", "");
	TRY(email_make(cx, k->who.email, k->who.language,
	    k->who.id && !k->who.password ? "reset_other_method" : "reset", model, &k->mail));
	k->mail.person = k->who.id;
	k->mail.priority = 0;
	k->mail.nobody = k->who.id == 0;
	k->mail.expires_at = k->link.r.expires_at;
	return OK;
}

/* The same statement where there is nobody to make a link for, so that an address tells nothing.
 * Another who asked at this very moment has the newest link: then *sent is false. */
static enum err
new_link(struct ctx *cx, struct asking *k, bool *sent)
{
	bool     wanted = *sent && k->who.id && k->who.password;
	enum err e;

	k->link.r.person = wanted ? k->who.id : 0;
	e = reset_row_new(cx, &k->link);
	if (e == ERR_BUSY && wanted)
		*sent = false;
	return e == ERR_BUSY ? OK : e;
}

static enum err
ask_in_tx(struct ctx *cx, struct asking *k, bool *sent)
{
	int64_t n, newest;
	bool    waits = false;

	if (k->source != NULL)
		TRY(throttle_count(cx, THROTTLE_RESET, "", k->source, &waits));
	TRY(reset_rows_since(cx, k->who.id, cx->now - HOUR, &n, &newest));
	*sent = n < EMAILS_HOUR && (cx->now - newest >= MINUTE || newest - cx->now >= MINUTE);
	TRY(new_link(cx, k, sent));
	/* One too many, or too soon: the same row is added, but as one that nobody gets. */
	if (!*sent) {
		k->mail.nobody = true;
		k->mail.kind = "reset_dropped";
	}
	TRY(outbox_add(cx, &k->mail, NULL));
	return audit_person(cx, k->who.id, &(struct audit_entry){ .act = AUDIT_RESET_ASKED,
	    .where = IN_TENANT, .name = k->name });
}

enum err
reset_ask(struct ctx *cx, struct str email)
{
	struct asking k = { .source = throttle_source(cx->arena, cx->peer) };
	const char   *address, *key;
	int64_t       until_at;
	bool          sent;
	enum err      e;

	if (email_text(cx->arena, str_trim(email), &address, &key))
		return ctx_issue(cx, "email", _("Give an email address, such as ana@example.org."));
	e = throttle_ask(cx, THROTTLE_RESET, "", k.source, &until_at);
	if (e)
		return e == ERR_LIMIT ? OK : e;
	TRY(asker_row(cx, key, &k.who));
	k.name = k.who.id ? k.who.name : key;
	TRY(prepare(cx, &k));
	TRY(db_begin(cx->db));
	return db_finish(cx->db, ask_in_tx(cx, &k, &sent));
}

static enum err
send_in_tx(struct ctx *cx, struct asking *k, const struct member *m, bool *sent)
{
	TRY(ask_in_tx(cx, k, sent));
	return audit_add(cx, &(struct audit_entry){ .act = AUDIT_RESET_SENT,
	    .where = IN_ORG(m->org_path), .subject = m->id, .name = m->name });
}

enum err
reset_send(struct ctx *cx, int64_t member, bool *sent)
{
	struct asking k = { .source = NULL };
	struct member m;

	TRY(members_get(cx, member, &m));
	TRY(access_need(cx, PERM_USER_PASSWORD, IN_ORG(m.org_path)));
	if (m.status[0] != 'a') {
		ctx_issue(cx, "", _("[name] has no sign-in to reset.", "name", m.name));
		return ERR_CONFLICT;
	}
	TRY(asker_row(cx, m.email_key, &k.who));
	k.name = m.name;
	TRY(prepare(cx, &k));
	TRY(db_begin(cx->db));
	return db_finish(cx->db, send_in_tx(cx, &k, &m, sent));
}

static enum err
open_row(struct ctx *cx, struct str token, struct reset_row *row)
{
	struct link_claim claim;
	int64_t           id;

	TRY(link_row(token, &id));
	TRY(reset_row_open(cx, id, row));
	claim = claim_of(row);
	if (row->used_at || row->r.expires_at <= cx->now)
		return ERR_NOTFOUND;
	return link_check(cx->keys, token, &claim);
}

enum err
reset_open(struct ctx *cx, struct str token, struct reset *out)
{
	struct reset_row row;

	TRY(open_row(cx, token, &row));
	*out = row.r;
	return OK;
}

static enum err
use_in_tx(struct ctx *cx, struct str token, const char *hash, const struct email *mail)
{
	struct reset_row row;

	TRY(open_row(cx, token, &row));
	TRY(reset_row_use(cx, &row));
	TRY(signin_set_password(cx, row.r.person, hash));
	TRY(signin_end_all(cx, row.r.person, 0));
	TRY(signin_forget_browsers(cx, row.r.person));
	TRY(members_confirm_person(cx, row.r.person));
	TRY(audit_person(cx, row.r.person, &(struct audit_entry){ .act = AUDIT_RESET_DONE,
	    .where = IN_TENANT, .name = row.r.name }));
	return outbox_add(cx, mail, NULL);
}

enum err
reset_use(struct ctx *cx, struct str token, struct str password, struct str again)
{
	struct reset_row row;
	struct email     mail;
	struct view     *model = view_new(cx->arena);
	const char      *hash;

	TRY(open_row(cx, token, &row));
	TRY(signin_new_password(cx, row.r.person, password, again,
	    (const char *const[]){ row.r.email, row.r.name, NULL }, &hash));
	view_text(model, "name", mail_name(cx, row.r.name));
	view_text(model, "link", arena_printf(cx->arena, "%s/forgot", cx->conf->base_url));
	TRY(email_make(cx, row.r.email, row.language, "password_changed", model, &mail));
	mail.person = row.r.person;
	mail.priority = 1;
	TRY(db_begin(cx->db));
	return db_finish(cx->db, use_in_tx(cx, token, hash, &mail));
}

enum err
reset_sweep(struct ctx *cx, int64_t *n)
{
	return link_rows_sweep(cx, cx->now - SWEPT_AFTER_MS, n);
}
