/* The way back in when strangers failed too often at somebody's address: a link, sent to that
 * address, makes the browser that uses it a known one.  It gives no session. */
#include "signin/signin.h"

#include "base/arena.h"
#include "base/conf.h"
#include "base/id.h"
#include "core/audit.h"
#include "core/outbox.h"
#include "core/throttle.h"
#include "crypto/token.h"
#include "db/db.h"
#include "mustache/view.h"
#include "signin/device.h"
#include "signin/signin_store.h"

/* Using the link makes a browser a known one, the newest, so a second use finds another number; a
 * new password ends it too, although it forgets the browsers. */
static struct link_claim
claim_of(const struct signer *s, int64_t until_at)
{
	return (struct link_claim){ .purpose = PURPOSE_LINK_UNLOCK, .row = s->id ? s->id : 1,
		.generation = s->browsers + s->set_at, .email = s->email_key,
		.expires_at = until_at };
}

static enum err
make_mail(struct ctx *cx, const struct signer *s, int64_t until_at, struct email *mail)
{
	struct view      *model = view_new(cx->arena);
	struct link_claim claim = claim_of(s, until_at);

	view_text(model, "name", mail_name(cx, s->name));
	view_text(model, "link", arena_printf(cx->arena, "%s/confirm?t=%s", cx->conf->base_url,
	    link_make(cx->arena, cx->keys, &claim)));
	TRY(email_make(cx, s->email, s->language, "unlock", model, mail));
	mail->person = s->id;
	mail->expires_at = until_at;
	mail->nobody = s->id == 0;
	return OK;
}

/* Asked for at each try that was refused, so that a second one in a day is no event either. */
static enum err
send_in_tx(struct ctx *cx, const struct signer *s, const struct email *mail, const char *once)
{
	bool sent;

	TRY(unlock_row_sent(cx, once, &sent));
	if (sent)
		return OK;
	TRY(outbox_add(cx, mail, once));
	return audit_person(cx, s->id, &(struct audit_entry){ .act = AUDIT_UNLOCK_SENT,
	    .where = IN_TENANT, .name = s->name });
}

enum err
signin_send_unlock(struct ctx *cx, struct str email)
{
	struct signer s;
	struct email  mail;
	const char   *address, *key;
	int64_t       until_at;
	enum err      e;

	if (email_text(cx->arena, str_trim(email), &address, &key))
		return OK;
	TRY(signer_row(cx, key, &s));
	e = throttle_ask(cx, THROTTLE_STRANGERS, key, "", &until_at);
	if (e != ERR_LIMIT)
		return e;
	TRY(make_mail(cx, &s, until_at, &mail));
	TRY(db_begin(cx->db));
	return db_finish(cx->db, send_in_tx(cx, &s, &mail,
	    arena_printf(cx->arena, "unlock:%s:%lld", key, (long long)until_at)));
}

enum err
signin_unlock_check(struct ctx *cx, struct str token, int64_t *person)
{
	struct signer     s;
	struct link_claim claim;
	int64_t           row, until_at;
	enum err          e;

	TRY(link_row(token, &row));
	TRY(signer_row_by_id(cx, row, &s));
	e = throttle_ask(cx, THROTTLE_STRANGERS, s.email_key, "", &until_at);
	if (e != ERR_LIMIT)
		return e ? e : ERR_NOTFOUND;
	claim = claim_of(&s, until_at);
	TRY(link_check(cx->keys, token, &claim));
	*person = s.id;
	return OK;
}

static enum err
unlock_in_tx(struct ctx *cx, struct str token, int64_t *device)
{
	int64_t person;
	bool    known;

	TRY(signin_unlock_check(cx, token, &person));
	TRY(browser_known(cx, person, *device, &known));
	if (known)
		*device = id_new(cx->now);
	TRY(browser_row_seen(cx, person, *device));
	return audit_person(cx, person, &(struct audit_entry){ .act = AUDIT_BROWSER_KNOWN,
	    .where = IN_TENANT });
}

enum err
signin_unlock(struct ctx *cx, struct str token, struct str device_cookie, const char **device)
{
	int64_t id = device_read(cx, device_cookie);

	if (id == 0)
		id = id_new(cx->now);
	TRY(db_begin(cx->db));
	TRY(db_finish(cx->db, unlock_in_tx(cx, token, &id)));
	*device = device_text(cx, id);
	return OK;
}
