/* The second step of a sign-in: a code makes a half session a whole one.  Codes themselves are in
 * use.c, the first step in signin.c. */
#include <string.h>

#include "base/arena.h"
#include "base/id.h"
#include "crypto/token.h"
#include "db/db.h"
#include "signin/device.h"
#include "signin/try.h"
#include "signin/use.h"

enum { TRIES_MOST = 5 };

static enum err
whole_in_tx(struct ctx *cx, struct str code, struct arrival *a, struct signin_done *out)
{
	uint8_t hash[32];
	bool    changed;

	secret_new(out->session);
	TRY(secret_hash(str_of(out->session), hash));
	TRY(session_row_full(cx, a->session, a->signer->id, hash, a->began_at, &changed));
	if (!changed)
		return ERR_NOTFOUND;
	TRY(code_use(cx, a->signer->id, code));
	return arrival_note(cx, a);
}

/* The fifth wrong one ends the half session. */
static enum err
wrong_in_tx(struct ctx *cx, const struct signer *s, struct str code, bool *ended)
{
	int64_t tries;

	TRY(code_failed(cx, s->id, code));
	TRY(session_row_tried(cx, cx->half.session, &tries));
	*ended = tries == 0 || tries >= TRIES_MOST;
	if (*ended)
		TRY(session_row_end(cx, cx->half.session));
	return audit_person(cx, s->id, &(struct audit_entry){ .act = AUDIT_CODE_FAILED,
	    .where = IN_TENANT, .name = s->name });
}

static enum err
wrong(struct ctx *cx, const struct signer *s, struct str code)
{
	bool ended = false;

	TRY(db_begin(cx->db));
	TRY(db_finish(cx->db, wrong_in_tx(cx, s, code, &ended)));
	if (ended) {
		cx->half = (struct half){ 0, 0 };
		return ERR_NOTFOUND;
	}
	return ctx_issue(cx, "code", code_is_recovery(code) ?
	    _("This recovery code is not right, or was used before.") :
	    _("This code is not right, or was used before. Wait for the next one."));
}

static enum err
prepare(struct ctx *cx, const struct code_input *in, struct arrival *a)
{
	struct factor_row row;
	bool              known, recovery = code_is_recovery(in->code);

	a->session = cx->half.session;
	a->began_at = begins_at(cx, a->signer);
	a->device = device_read(cx, in->device);
	a->factor = recovery ? "recovery code" : "code";
	TRY(browser_known(cx, a->signer->id, a->device, &known));
	if (a->device == 0)
		a->device = id_new(cx->now);
	TRY(arrival_mail(cx, known, a));
	if (!recovery)
		return OK;
	TRY(factor_row_get(cx, a->signer->id, &row));
	return factor_mail(cx, a->signer, "used", row.codes_left - 1, &a->used);
}

enum err
signin_code(struct ctx *cx, const struct code_input *in, struct signin_done *out)
{
	struct signer  s;
	struct arrival a = { .signer = &s };
	struct half    was = cx->half;
	int64_t        until_at;
	enum err       e;

	*out = (struct signin_done){ .until_at = 0 };
	if (cx->half.session == 0)
		return ERR_NOTFOUND;
	if (in->code.len == 0)
		return ctx_issue(cx, "code", _("Give a code."));
	TRY(signer_row_by_id(cx, cx->half.person, &s));
	e = code_waits(cx, s.id, in->code, &until_at);
	if (e == ERR_LIMIT)
		return code_has_to_wait(cx, "code", until_at);
	TRY(e);
	TRY(prepare(cx, in, &a));
	TRY(db_begin(cx->db));
	e = db_finish(cx->db, whole_in_tx(cx, in->code, &a, out));
	if (e) {
		cx->actor = (struct actor){ .label = "" };
		cx->half = was;
	}
	if (e == ERR_DENIED)
		return wrong(cx, &s, in->code);
	out->device = device_text(cx, a.device);
	return e;
}
