/* Turning a second factor on and off, its recovery codes, and taking it away from who lost it.
 * Codes that are given at a sign-in or a proof are in use.c. */
#include "signin/factor.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "core/audit.h"
#include "core/outbox.h"
#include "crypto/seal.h"
#include "crypto/token.h"
#include "crypto/totp.h"
#include "db/db.h"
#include "signin/identity.h"
#include "signin/try.h"
#include "signin/use.h"

#define PENDING_MS INT64_C(900000)

enum err
factor_get(struct ctx *cx, struct factor *out)
{
	struct factor_row row;
	struct signer     s;

	TRY(signer_row_by_id(cx, cx->actor.person, &s));
	TRY(factor_row_get(cx, cx->actor.person, &row));
	*out = (struct factor){ row.secret.p != NULL, row.since_at, row.codes_left,
		signin_manager(cx, s.method) };
	return OK;
}

/* The place where a tenant of the person that asks everybody for a second factor is found: then it
 * cannot be turned off.  No tenant can ask for it yet. */
static enum err
not_required(struct ctx *cx)
{
	(void)cx;
	return OK;
}

/* ---------------------------------------------------------------- on */

static const char *
where_pending(struct ctx *cx)
{
	return arena_printf(cx->arena, "enrol:%lld:%lld", (long long)cx->actor.person,
	    (long long)cx->actor.session);
}

/* The time in sixteen digits, and the secret. */
static const char *
seal_pending(struct ctx *cx, const uint8_t *secret)
{
	char      *text = arena_zalloc(cx->arena, 16 + TOTP_SECRET + 1, 1);
	struct str sealed;

	memcpy(text, arena_printf(cx->arena, "%016lld", (long long)cx->now), 16);
	memcpy(text + 16, secret, TOTP_SECRET);
	sealed = seal(cx->arena, cx->keys, PURPOSE_CARRY, where_pending(cx),
	    (struct str){ text, 16 + TOTP_SECRET });
	return b64_text(cx->arena, sealed.p, sealed.len);
}

static bool
open_pending(struct ctx *cx, struct str text, uint8_t secret[TOTP_SECRET])
{
	const uint8_t *bytes;
	struct str     plain;
	size_t         len;
	int64_t        at;

	if (b64_read(cx->arena, text, &bytes, &len) ||
	    unseal(cx->arena, cx->keys, PURPOSE_CARRY, where_pending(cx),
	    (struct str){ (const char *)bytes, len }, &plain) || plain.len != 16 + TOTP_SECRET)
		return false;
	memcpy(secret, plain.p + 16, TOTP_SECRET);
	at = strtoll(arena_printf(cx->arena, "%.16s", plain.p), NULL, 10);
	return cx->now - at < PENDING_MS && at - cx->now < PENDING_MS;
}

enum err
factor_begin(struct ctx *cx, struct str sealed, struct enrolment *out)
{
	uint8_t       secret[TOTP_SECRET];
	struct signer s;

	TRY(signer_row_by_id(cx, cx->actor.person, &s));
	out->sealed = arena_printf(cx->arena, "%.*s", (int)sealed.len, sealed.p ? sealed.p : "");
	if (sealed.len == 0 || !open_pending(cx, sealed, secret)) {
		totp_new(secret);
		out->sealed = seal_pending(cx, secret);
	}
	out->secret = base32_text(cx->arena, secret, TOTP_SECRET);
	out->email = s.email;
	return OK;
}

static enum err
add_codes(struct ctx *cx, struct recovery_codes *codes)
{
	uint32_t key = keys_current(cx->keys);
	uint8_t  hash[32];

	TRY(recovery_rows_remove(cx, cx->actor.person));
	for (int i = 0; i < RECOVERY_CODES; i++) {
		char text[RECOVERY_TEXT];

		recovery_new(text);
		TRY(recovery_mac(cx->keys, key, cx->actor.person, str_of(text), hash));
		TRY(recovery_row_add(cx, cx->actor.person, hash, key));
		codes->text[i] = arena_strdup(cx->arena, text);
	}
	return OK;
}

/* What each change of one's own factor comes with. */
static enum err
note(struct ctx *cx, enum audit_act act, const struct email *mail, struct signin_done *done)
{
	TRY(reset_links_row_die(cx, cx->actor.person));
	TRY(session_move_on(cx, done));
	TRY(audit_person(cx, cx->actor.person, &(struct audit_entry){ .act = act,
	    .where = IN_TENANT, .name = cx->actor.label }));
	return outbox_add(cx, mail, NULL);
}

static enum err
is_on(struct ctx *cx, bool wanted)
{
	struct factor_row row;

	TRY(factor_row_get(cx, cx->actor.person, &row));
	if ((row.secret.p != NULL) == wanted)
		return OK;
	ctx_issue(cx, "", wanted ? _("Your second factor is off already.") :
	    _("Your second factor is on already."));
	return ERR_CONFLICT;
}

struct turning { struct str secret; int64_t step; struct email mail; };

static enum err
on_in_tx(struct ctx *cx, const struct try *t, const struct turning *on,
    struct recovery_codes *codes, struct signin_done *done)
{
	TRY(access_again(cx));
	TRY(is_on(cx, false));
	TRY(try_forget(cx, t));
	TRY(factor_row_add(cx, cx->actor.person, on->secret, on->step));
	TRY(add_codes(cx, codes));
	return note(cx, AUDIT_FACTOR_ON, &on->mail, done);
}

enum err
factor_on(struct ctx *cx, const struct factor_input *in, struct recovery_codes *codes,
    struct signin_done *done)
{
	uint8_t        secret[TOTP_SECRET];
	struct turning on;
	struct try     t;
	enum err       e = OK, own;

	*done = (struct signin_done){ .until_at = 0 };
	TRY(is_on(cx, false));
	if (!open_pending(cx, in->pending, secret)) {
		ctx_issue(cx, "",
		    _("This page was open for too long. There is a new code to scan."));
		return ERR_CONFLICT;
	}
	if (totp_match(secret, in->code, cx->now, &on.step))
		e = ctx_issue(cx, "code", _("This is not the code that your authenticator shows "
		    "now. Look whether its clock is right."));
	own = try_own(cx, in->password, in->device, &t, done);
	if (own)
		return own;
	TRY(e);
	on.secret = factor_seal(cx, cx->actor.person, secret);
	crypto_wipe(secret, sizeof(secret));
	TRY(factor_mail(cx, &t.signer, "on", RECOVERY_CODES, &on.mail));
	TRY(db_begin(cx->db));
	e = db_finish(cx->db, on_in_tx(cx, &t, &on, codes, done));
	if (e == OK)
		cx->actor.proved_at = cx->now;
	return e;
}

/* ---------------------------------------------------------------- off, new codes */

static enum err
off_in_tx(struct ctx *cx, const struct try *t, struct str code, const struct email *mail,
    struct signin_done *done)
{
	TRY(access_again(cx));
	TRY(is_on(cx, true));
	TRY(not_required(cx));
	TRY(try_forget(cx, t));
	TRY(code_use(cx, cx->actor.person, code));
	TRY(factor_row_remove(cx, cx->actor.person));
	return note(cx, AUDIT_FACTOR_OFF, mail, done);
}

static enum err
wrong_in_tx(struct ctx *cx, struct str code)
{
	TRY(code_failed(cx, cx->actor.person, code));
	return audit_person(cx, cx->actor.person, &(struct audit_entry){
	    .act = AUDIT_PROOF_FAILED, .where = IN_TENANT, .name = cx->actor.label });
}

enum err
factor_off(struct ctx *cx, const struct factor_input *in, struct signin_done *done)
{
	struct try   t;
	struct email mail;
	int64_t      until_at;
	enum err     e;

	*done = (struct signin_done){ .until_at = 0 };
	TRY(is_on(cx, true));
	TRY(not_required(cx));
	e = code_waits(cx, cx->actor.person, in->code, &until_at);
	if (e == ERR_LIMIT)
		return code_has_to_wait(cx, "code", until_at);
	TRY(e);
	TRY(try_own(cx, in->password, in->device, &t, done));
	TRY(factor_mail(cx, &t.signer, "off", 0, &mail));
	TRY(db_begin(cx->db));
	e = db_finish(cx->db, off_in_tx(cx, &t, in->code, &mail, done));
	if (e == OK)
		cx->actor.proved_at = cx->now;
	if (e != ERR_DENIED)
		return e;
	TRY(db_begin(cx->db));
	TRY(db_finish(cx->db, wrong_in_tx(cx, in->code)));
	return ctx_issue(cx, "code", _("This code is not right, or was used before."));
}

static enum err
codes_in_tx(struct ctx *cx, struct recovery_codes *codes, const struct email *mail,
    struct signin_done *done)
{
	TRY(access_again(cx));
	TRY(is_on(cx, true));
	TRY(add_codes(cx, codes));
	return note(cx, AUDIT_CODES_MADE, mail, done);
}

enum err
factor_new_codes(struct ctx *cx, struct recovery_codes *codes, struct signin_done *done)
{
	struct signer s;
	struct email  mail;

	*done = (struct signin_done){ .until_at = 0 };
	TRY(is_on(cx, true));
	TRY(signer_row_by_id(cx, cx->actor.person, &s));
	TRY(factor_mail(cx, &s, "made", RECOVERY_CODES, &mail));
	TRY(db_begin(cx->db));
	TRY(db_finish(cx->db, codes_in_tx(cx, codes, &mail, done)));
	cx->actor.proved_at = cx->now;
	return OK;
}

/* ---------------------------------------------------------------- taken away by others */

static enum err
may_reset(struct ctx *cx, int64_t member, struct member *m)
{
	TRY(identity_may(cx, member, PERM_USER_FACTOR, m));
	if (m->factor && m->status[0] != 'i')
		return OK;
	ctx_issue(cx, "", _("[name] has no second factor.", "name", m->name));
	return ERR_CONFLICT;
}

static enum err
reset_in_tx(struct ctx *cx, int64_t member, const struct email *mail)
{
	struct member m;

	TRY(access_again(cx));
	TRY(may_reset(cx, member, &m));
	TRY(factor_row_remove(cx, m.person));
	TRY(reset_links_row_die(cx, m.person));
	TRY(audit_add(cx, &(struct audit_entry){ .act = AUDIT_FACTOR_RESET,
	    .where = IN_ORG(m.org_path), .subject = m.id, .name = m.name }));
	return outbox_add(cx, mail, NULL);
}

enum err
factor_reset(struct ctx *cx, int64_t member)
{
	struct member m;
	struct signer s;
	struct email  mail;

	TRY(may_reset(cx, member, &m));
	TRY(signer_row_by_id(cx, m.person, &s));
	TRY(factor_mail(cx, &s, "reset", 0, &mail));
	TRY(db_begin(cx->db));
	return db_finish(cx->db, reset_in_tx(cx, member, &mail));
}

static enum err
reset_person_in_tx(struct ctx *cx, const struct signer *s, const struct email *mail)
{
	struct factor_row row;

	TRY(factor_row_get(cx, s->id, &row));
	if (row.secret.p == NULL) {
		ctx_issue(cx, "email", _("This person has no second factor."));
		return ERR_CONFLICT;
	}
	TRY(factor_row_remove(cx, s->id));
	TRY(reset_links_row_die(cx, s->id));
	TRY(audit_person(cx, s->id, &(struct audit_entry){ .act = AUDIT_FACTOR_RESET,
	    .where = IN_TENANT, .name = s->name }));
	return outbox_add(cx, mail, NULL);
}

enum err
factor_reset_person(struct ctx *cx, struct str email)
{
	struct signer s;
	struct email  mail;
	const char   *address, *key;

	if (email_text(cx->arena, str_trim(email), &address, &key))
		return ERR_NOTFOUND;
	TRY(signer_row(cx, key, &s));
	if (s.id == 0)
		return ERR_NOTFOUND;
	TRY(factor_mail(cx, &s, "reset", 0, &mail));
	TRY(db_begin(cx->db));
	return db_finish(cx->db, reset_person_in_tx(cx, &s, &mail));
}
