/* One try to give a password: the questions before it, its verification, what a failure costs.
 * What follows when it is right is in signin.c and prove.c; the waits themselves are core's. */
#include "signin/try.h"

#include <string.h>

#include "base/arena.h"
#include "base/conf.h"
#include "base/id.h"
#include "core/throttle.h"
#include "crypto/password.h"
#include "db/db.h"
#include "signin/device.h"

/* What is no address goes the same way as one that nobody has; it is kept nowhere, for people
 * type passwords into the wrong field. */
enum err
try_read(struct ctx *cx, struct str email, struct str device, struct try *t)
{
	const char *address;
	bool        known;
	char        text[14];

	if (email_text(cx->arena, str_trim(email), &address, &t->key))
		t->key = "?";
	t->source = throttle_source(cx->arena, cx->peer);
	t->device = device_read(cx, device);
	TRY(signer_row(cx, t->key, &t->signer));
	TRY(browser_known(cx, t->signer.id, t->device, &known));
	id_text(t->device ? t->device : 1, text);
	t->browser = known ? arena_strdup(cx->arena, text) : NULL;
	return OK;
}

/* Always the same three questions, whoever it is.  A known browser waits for its own failures
 * only: others behind its source must not lock its person out. */
enum err
try_waits(struct ctx *cx, const struct try *t, struct signin_done *out)
{
	int64_t  pair, source, strangers;
	enum err by_pair, by_source, by_strangers;

	by_pair = t->browser ?
	    throttle_ask(cx, THROTTLE_BROWSER, t->key, t->browser, &pair) :
	    throttle_ask(cx, THROTTLE_PAIR, t->key, t->source, &pair);
	by_source = throttle_ask(cx, THROTTLE_SOURCE, "", t->source, &source);
	by_strangers = throttle_ask(cx, THROTTLE_STRANGERS, t->key, "", &strangers);
	if (by_pair != OK && by_pair != ERR_LIMIT)
		return by_pair;
	if (by_source != OK && by_source != ERR_LIMIT)
		return by_source;
	if (by_strangers != OK && by_strangers != ERR_LIMIT)
		return by_strangers;
	if (by_strangers == ERR_LIMIT && t->browser == NULL) {
		out->needs_link = true;
		out->until_at = strangers;
		return ERR_LIMIT;
	}
	if (t->browser != NULL) {
		out->until_at = pair;
		return by_pair;
	}
	out->until_at = pair > source ? pair : source;
	return by_pair ? by_pair : by_source;
}

enum err
try_password(struct ctx *cx, const struct try *t, struct str password)
{
	const struct conf *conf = cx->conf;
	bool               usable = t->signer.id != 0 && strcmp(t->signer.method, "password") == 0;

	if (password.len > PASSWORD_LONGEST)
		return ERR_DENIED;
	return password_verify(usable ? t->signer.hash : "", password, conf->password_kib,
	    conf->password_passes);
}

enum err
try_own(struct ctx *cx, struct str password, struct str device, struct try *t,
    struct signin_done *out)
{
	enum err e;

	TRY(try_read(cx, str_of(cx->reader.email), device, t));
	if (t->signer.id != cx->actor.person)
		return ERR_DENIED;
	TRY(try_waits(cx, t, out));
	e = try_password(cx, t, password);
	if (e != ERR_DENIED)
		return e;
	TRY(try_failed(cx, t, AUDIT_PROOF_FAILED));
	return ctx_issue(cx, "password", _("This is not your password."));
}

static enum err
failed_in_tx(struct ctx *cx, const struct try *t, enum audit_act act)
{
	bool begins = false, by_source = false, by_strangers = false;

	TRY(t->browser ? throttle_count(cx, THROTTLE_BROWSER, t->key, t->browser, &begins) :
	    throttle_count(cx, THROTTLE_PAIR, t->key, t->source, &begins));
	TRY(throttle_count(cx, THROTTLE_SOURCE, "", t->source, &by_source));
	if (t->browser == NULL)
		TRY(throttle_count(cx, THROTTLE_STRANGERS, t->key, "", &by_strangers));
	return audit_person(cx, t->signer.id, &(struct audit_entry){
	    .act = begins || by_strangers ? AUDIT_SIGN_IN_WAITS : act, .where = IN_TENANT,
	    .name = t->signer.id ? t->signer.name : t->key });
}

enum err
try_failed(struct ctx *cx, const struct try *t, enum audit_act act)
{
	TRY(db_begin(cx->db));
	return db_finish(cx->db, failed_in_tx(cx, t, act));
}

enum err
try_forget(struct ctx *cx, const struct try *t)
{
	return t->browser ? throttle_forget(cx, THROTTLE_BROWSER, t->key, t->browser) :
	    throttle_forget(cx, THROTTLE_PAIR, t->key, t->source);
}
