/* Codes of a second factor as they are used up, at a sign-in or a proof.  Turning it on and off is
 * in factor.c; what the numbers are is in crypto/totp.h. */
#include "signin/use.h"

#include <string.h>

#include "base/arena.h"
#include "base/conf.h"
#include "base/log.h"
#include "core/outbox.h"
#include "core/throttle.h"
#include "crypto/seal.h"
#include "crypto/totp.h"
#include "mustache/view.h"

enum { KEYS_MOST = 10 };

bool
code_is_recovery(struct str typed)
{
	for (size_t i = 0; i < typed.len; i++)
		if (typed.p[i] != ' ' && (typed.p[i] < '0' || typed.p[i] > '9'))
			return true;
	return typed.len > 2 * TOTP_DIGITS;
}

static const char *
number(struct ctx *cx, int64_t n)
{
	return arena_printf(cx->arena, "%lld", (long long)n);
}

/* Strangers who know the password must not take the way of recovery from its person, so those are
 * counted for each source. */
static enum throttle_kind
kind_of(struct ctx *cx, struct str typed, const char **source)
{
	bool recovery = code_is_recovery(typed);

	*source = recovery ? throttle_source(cx->arena, cx->peer) : "";
	return recovery ? THROTTLE_RECOVERY : THROTTLE_CODE;
}

enum err
code_waits(struct ctx *cx, int64_t person, struct str typed, int64_t *until_at)
{
	const char        *source;
	enum throttle_kind kind = kind_of(cx, typed, &source);

	return throttle_ask(cx, kind, number(cx, person), source, until_at);
}

enum err
code_failed(struct ctx *cx, int64_t person, struct str typed)
{
	const char        *source;
	enum throttle_kind kind = kind_of(cx, typed, &source);
	bool               waits;

	return throttle_count(cx, kind, number(cx, person), source, &waits);
}

enum err
code_has_to_wait(struct ctx *cx, const char *field, int64_t until_at)
{
	ctx_issue(cx, field, _("Too many wrong codes. Use a recovery code, or try again in [n] "
	    "minute. | Too many wrong codes. Use a recovery code, or try again in [n] minutes.",
	    "n", ctx_number(cx, (until_at - cx->now + 59999) / 60000)));
	return ERR_LIMIT;
}

/* Table, column, tenant (a person's: 0), row, key. */
static const char *
where(struct ctx *cx, int64_t person, uint32_t key)
{
	return arena_printf(cx->arena, "factors.secret|0|%lld|%08lx", (long long)person,
	    (unsigned long)key);
}

struct str
factor_seal(struct ctx *cx, int64_t person, const uint8_t *secret)
{
	return seal(cx->arena, cx->keys, PURPOSE_SEAL, where(cx, person, keys_current(cx->keys)),
	    (struct str){ (const char *)secret, TOTP_SECRET });
}

enum err
factor_unseal(struct ctx *cx, int64_t person, struct str sealed, uint8_t *secret)
{
	struct str plain;

	if (unseal(cx->arena, cx->keys, PURPOSE_SEAL, where(cx, person, seal_key(sealed)), sealed,
	    &plain) == OK && plain.len == TOTP_SECRET) {
		memcpy(secret, plain.p, TOTP_SECRET);
		return OK;
	}
	log_event(LOG_ERROR, "factor_unreadable", "request", cx->request, "person",
	    log_int(person), "do", "look whether the key file is this database's; tenantry user "
	    "reset-2fa takes the factor away");
	return ERR_FAULT;
}

static enum err
use_recovery(struct ctx *cx, int64_t person, struct str typed)
{
	uint32_t keys[KEYS_MOST];
	uint8_t  hash[32];
	size_t   n = KEYS_MOST;
	bool     used = false;

	TRY(recovery_row_keys(cx, person, keys, &n));
	for (size_t i = 0; i < n && !used; i++)
		if (recovery_mac(cx->keys, keys[i], person, typed, hash) == OK)
			TRY(recovery_row_use(cx, person, hash, &used));
	return used ? OK : ERR_DENIED;
}

enum err
code_use(struct ctx *cx, int64_t person, struct str typed)
{
	struct factor_row row;
	uint8_t           secret[TOTP_SECRET];
	int64_t           step;
	bool              used;
	enum err          e;

	if (code_is_recovery(typed))
		return use_recovery(cx, person, typed);
	TRY(factor_row_get(cx, person, &row));
	if (row.secret.p == NULL)
		return ERR_DENIED;
	TRY(factor_unseal(cx, person, row.secret, secret));
	e = totp_match(secret, typed, cx->now, &step);
	crypto_wipe(secret, sizeof(secret));
	if (e)
		return ERR_DENIED;
	TRY(factor_row_use(cx, person, step, &used));
	return used ? OK : ERR_DENIED;
}

enum err
factor_mail(struct ctx *cx, const struct signer *s, const char *what, int64_t left,
    struct email *out)
{
	static const char *const all[] = { "on", "off", "reset", "made", "used" };
	struct view             *model = view_new(cx->arena);

	view_text(model, "name", mail_name(cx, s->name));
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		view_flag(model, all[i], strcmp(all[i], what) == 0);
	view_int(model, "left", left);
	view_text(model, "link", ARENA_JOIN(cx->arena, cx->conf->base_url, "/forgot"));
	TRY(email_make(cx, s->email, s->language, "factor_changed", model, out));
	out->person = s->id;
	out->priority = 1;
	return OK;
}
