/* Proving again who uses a session, before something risky.  Where that is asked for is decided by
 * the routes (ROUTE_PROOF) and app/pipeline.c; signing in is in signin.c. */
#include <string.h>

#include "crypto/token.h"
#include "db/db.h"
#include "signin/try.h"

#define PROOF_MS INT64_C(900000)

bool
signin_proved(const struct ctx *cx)
{
	int64_t age = cx->now - cx->actor.proved_at;

	return cx->actor.session != 0 && age < PROOF_MS && age > -PROOF_MS;
}

/* Names of companies, which are the same in each language. */
static const char *
manager(struct ctx *cx, const char *method)
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
	*out = (struct proof_way){ .email = s.email, .managed = manager(cx, s.method) };
	return OK;
}

/* A password that was set anew while this one was verified has ended the session, or will. */
static enum err
prove_in_tx(struct ctx *cx, const struct try *t, struct signin_done *out)
{
	uint8_t hash[32];
	bool    still, changed;

	TRY(credential_row_still(cx, t->signer.id, t->signer.set_at, &still));
	secret_new(out->session);
	TRY(secret_hash(str_of(out->session), hash));
	TRY(session_row_prove(cx, hash, OLD_ID_MS, &changed));
	if (!still || !changed)
		return ERR_DENIED;
	TRY(try_forget(cx, t));
	return audit_person(cx, t->signer.id, &(struct audit_entry){ .act = AUDIT_PROVED,
	    .where = IN_TENANT, .name = t->signer.name });
}

enum err
signin_prove(struct ctx *cx, const struct proof_input *in, struct signin_done *out)
{
	struct try t;
	enum err   e;

	*out = (struct signin_done){ .until_at = 0 };
	TRY(try_read(cx, str_of(cx->reader.email), in->device, &t));
	if (t.signer.id != cx->actor.person)
		return ERR_DENIED;
	TRY(try_waits(cx, &t, out));
	e = try_password(cx, &t, in->password);
	if (e == ERR_DENIED) {
		TRY(try_failed(cx, &t, AUDIT_PROOF_FAILED));
		return ctx_issue(cx, "password", _("This is not your password."));
	}
	TRY(e);
	TRY(db_begin(cx->db));
	TRY(db_finish(cx->db, prove_in_tx(cx, &t, out)));
	cx->actor.proved_at = cx->now;
	return OK;
}
