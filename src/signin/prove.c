/* Proving again who uses a session, before something risky.  Where that is asked for is decided by
 * the routes (ROUTE_PROOF) and app/pipeline.c; signing in is in signin.c. */
#include <string.h>

#include "crypto/token.h"
#include "crypto/totp.h"
#include "db/db.h"
#include "signin/try.h"
#include "signin/use.h"

#define PROOF_MS INT64_C(900000)

bool
signin_proved(const struct ctx *cx)
{
	int64_t age = cx->now - cx->actor.proved_at;

	return cx->actor.session != 0 && age < PROOF_MS && age > -PROOF_MS;
}

/* Names of companies, which are the same in each language. */
const char *
signin_manager(struct ctx *cx, const char *method)
{
	static const struct { const char *method, *name; } others[] = {
		{ "google", "Google" }, { "github", "GitHub" }, { "microsoft", "Microsoft" },
	};

	if (strcmp(method, "password") == 0)
		return NULL;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (strcmp(others[i].method, method) == 0)
			return others[i].name;
	return _("your organization");
}

enum err
signin_proof_way(struct ctx *cx, struct proof_way *out)
{
	struct signer s;

	TRY(signer_row_by_id(cx, cx->actor.person, &s));
	*out = (struct proof_way){ .email = s.email, .managed = signin_manager(cx, s.method),
		.code = s.factor };
	return OK;
}

enum err
session_move_on(struct ctx *cx, struct signin_done *out)
{
	uint8_t hash[32];
	bool    changed;

	secret_new(out->session);
	TRY(secret_hash(str_of(out->session), hash));
	TRY(session_row_prove(cx, hash, OLD_ID_MS, &changed));
	return changed ? OK : ERR_BUSY;
}

static enum err
note(struct ctx *cx, enum audit_act act)
{
	return audit_person(cx, cx->actor.person, &(struct audit_entry){ .act = act,
	    .where = IN_TENANT, .name = cx->actor.label });
}

/* A password that was set anew while this one was verified has ended the session, or will. */
static enum err
password_in_tx(struct ctx *cx, const struct try *t, struct signin_done *out)
{
	bool still;

	TRY(credential_row_still(cx, t->signer.id, t->signer.set_at, &still));
	if (!still)
		return ERR_DENIED;
	TRY(session_move_on(cx, out));
	TRY(try_forget(cx, t));
	return note(cx, AUDIT_PROVED);
}

static enum err
by_password(struct ctx *cx, const struct proof_input *in, struct signin_done *out)
{
	struct try t;

	TRY(try_own(cx, in->password, in->device, &t, out));
	TRY(db_begin(cx->db));
	return db_finish(cx->db, password_in_tx(cx, &t, out));
}

static enum err
code_in_tx(struct ctx *cx, struct str code, struct signin_done *out)
{
	TRY(session_move_on(cx, out));
	TRY(code_use(cx, cx->actor.person, code));
	return note(cx, AUDIT_PROVED);
}

static enum err
wrong_in_tx(struct ctx *cx, struct str code)
{
	TRY(code_failed(cx, cx->actor.person, code));
	return note(cx, AUDIT_PROOF_FAILED);
}

static enum err
by_code(struct ctx *cx, const struct proof_input *in, struct signin_done *out)
{
	int64_t  until_at;
	enum err e;

	if (in->code.len == 0 || code_is_recovery(in->code))
		return ctx_issue(cx, "code",
		    _("Give the six digits that your authenticator shows."));
	e = code_waits(cx, cx->actor.person, in->code, &until_at);
	if (e == ERR_LIMIT)
		return code_has_to_wait(cx, "code", until_at);
	TRY(e);
	TRY(db_begin(cx->db));
	e = db_finish(cx->db, code_in_tx(cx, in->code, out));
	if (e != ERR_DENIED)
		return e;
	TRY(db_begin(cx->db));
	TRY(db_finish(cx->db, wrong_in_tx(cx, in->code)));
	return ctx_issue(cx, "code", _("This code is not right, or was used before. Wait for the "
	    "next one."));
}

enum err
signin_prove(struct ctx *cx, const struct proof_input *in, struct signin_done *out)
{
	struct proof_way way;

	*out = (struct signin_done){ .until_at = 0 };
	TRY(signin_proof_way(cx, &way));
	TRY(way.code ? by_code(cx, in, out) : by_password(cx, in, out));
	cx->actor.proved_at = cx->now;
	return OK;
}

/* ---------------------------------------------------------------- sent twice */

/* The code that the first sending used up; it is good for nothing else any more. */
static enum err
used_code(struct ctx *cx, struct str code)
{
	struct factor_row row;
	uint8_t           secret[TOTP_SECRET];
	int64_t           step;
	enum err          e;

	TRY(factor_row_get(cx, cx->actor.person, &row));
	if (row.secret.p == NULL)
		return ERR_DENIED;
	TRY(factor_unseal(cx, cx->actor.person, row.secret, secret));
	e = totp_match(secret, code, cx->now, &step);
	crypto_wipe(secret, sizeof(secret));
	return e == OK && step == row.last_step ? OK : ERR_DENIED;
}

static enum err
second_by_code(struct ctx *cx, struct str code)
{
	int64_t  until_at;
	enum err e;

	TRY(code_waits(cx, cx->actor.person, code, &until_at));
	e = used_code(cx, code);
	if (e != ERR_DENIED)
		return e;
	TRY(db_begin(cx->db));
	TRY(db_finish(cx->db, wrong_in_tx(cx, code)));
	return ERR_DENIED;
}

static enum err
second_in_tx(struct ctx *cx, struct signin_done *out)
{
	uint8_t hash[32];
	bool    changed;

	secret_new(out->session);
	TRY(secret_hash(str_of(out->session), hash));
	TRY(session_row_prove_second(cx, hash, &changed));
	return changed ? OK : ERR_DENIED;
}

enum err
signin_prove_second(struct ctx *cx, const struct proof_input *in, struct signin_done *out)
{
	struct proof_way way;
	struct try       t;

	*out = (struct signin_done){ .until_at = 0 };
	cx->actor = cx->late->actor;
	cx->reader = cx->late->reader;
	TRY(signin_proof_way(cx, &way));
	TRY(way.code ? second_by_code(cx, in->code) : try_own(cx, in->password, in->device, &t,
	    out));
	TRY(db_begin(cx->db));
	return db_finish(cx->db, second_in_tx(cx, out));
}
