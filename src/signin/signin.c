/* Signing in and out, and what a session is worth.  The pages are in signin_pages.c, links
 * that set a password in reset/ and invites/, a try and what a failure of it costs in try.c. */
#include "signin/signin.h"

#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/conf.h"
#include "base/id.h"
#include "core/audit.h"
#include "crypto/password.h"
#include "crypto/token.h"
#include "db/db.h"
#include "signin/device.h"
#include "signin/try.h"

enum { PASSWORD_MIN = 12 };
#define MINUTE  INT64_C(60000)
#define HOUR    (60 * MINUTE)
#define DAY     (24 * HOUR)
enum { HALF_MINUTES = 10, SESSION_HOURS_MOST = 720, SESSION_IDLE_DAYS = 30, BROWSER_DAYS = 365 };

static enum err
refused(struct ctx *cx)
{
	return ctx_issue(cx, "", _("Email or password is not right."));
}

/* The count of a failure stays although the call fails. */
static enum err
note_failure(struct ctx *cx, const struct try *t)
{
	TRY(try_failed(cx, t, AUDIT_SIGN_IN_FAILED));
	return refused(cx);
}

/* Somebody else may have set another password meanwhile, and then nothing was changed. */
static enum err
note_rehash(struct ctx *cx, const struct try *t, const char *rehashed)
{
	int64_t changed = 0;

	TRY(credential_row_rehash(cx, t->signer.id, t->signer.hash, rehashed, &changed));
	if (changed == 0)
		return OK;
	return audit_person(cx, t->signer.id, &(struct audit_entry){ .act = AUDIT_REHASHED,
	    .where = IN_TENANT, .name = t->signer.name });
}

static enum err
out_in_tx(struct ctx *cx)
{
	TRY(session_row_end(cx, cx->actor.session));
	return audit_person(cx, cx->actor.person, &(struct audit_entry){ .act = AUDIT_SIGNED_OUT,
	    .where = IN_TENANT, .name = cx->actor.label });
}

/* Where the same person signs in again their session goes on by another id: forms of other tabs
 * are bound to its row's number.  Another person's ends, and they are told. */
static enum err
new_session(struct ctx *cx, const struct try *t, const char *stage, const uint8_t hash[32],
    int64_t *id)
{
	const struct actor *was = &cx->actor;
	int64_t             person = t->signer.id, began_at = begins_at(cx, &t->signer);
	bool                renewed = false;

	*id = was->session;
	if (was->session != 0 && was->person == person)
		TRY(session_row_renew(cx, was->session, person, hash, stage, began_at, OLD_ID_MS,
		    &renewed));
	else if (was->session != 0)
		TRY(out_in_tx(cx));
	if (cx->half.session != 0)
		TRY(session_row_end(cx, cx->half.session));
	if (renewed)
		return OK;
	*id = id_new(cx->now);
	return session_row_add(cx, *id, person, hash, stage, began_at);
}

/* Nobody yet: the second factor is still to come. */
static enum err
half_in_tx(struct ctx *cx, const struct try *t, int64_t id)
{
	cx->half = (struct half){ id, t->signer.id };
	cx->actor = (struct actor){ .label = "" };
	return audit_person(cx, t->signer.id, &(struct audit_entry){ .act = AUDIT_CODE_ASKED,
	    .where = IN_TENANT, .name = t->signer.name });
}

/* Whoever set another password while this one was verified has ended all sessions that were
 * there: none of the old password may follow.  ERR_DENIED. */
static enum err
session_in_tx(struct ctx *cx, const struct try *t, const char *rehashed, struct arrival *a,
    struct signin_done *out)
{
	uint8_t hash[32];
	bool    still;

	TRY(credential_row_still(cx, t->signer.id, t->signer.set_at, &still));
	if (!still)
		return ERR_DENIED;
	secret_new(out->session);
	TRY(secret_hash(str_of(out->session), hash));
	out->half = t->signer.factor;
	TRY(new_session(cx, t, out->half ? "half" : "full", hash, &a->session));
	if (rehashed != NULL)
		TRY(note_rehash(cx, t, rehashed));
	TRY(try_forget(cx, t));
	return out->half ? half_in_tx(cx, t, a->session) : arrival_note(cx, a);
}

enum err
signin_password(struct ctx *cx, const struct signin_input *in, struct signin_done *out)
{
	const struct conf *conf = cx->conf;
	struct try         t;
	struct arrival     a;
	struct ctx         was;
	char               fresh[PASSWORD_HASH_SIZE];
	const char        *rehashed = NULL;
	enum err           verified, e;

	*out = (struct signin_done){ .until_at = 0 };
	TRY(try_read(cx, in->email, in->device, &t));
	TRY(try_waits(cx, &t, out));
	verified = try_password(cx, &t, in->password);
	if (verified == ERR_FAULT)
		return verified;
	if (verified != OK)
		return note_failure(cx, &t);
	if (password_weaker(t.signer.hash, conf->password_kib, conf->password_passes)) {
		TRY(password_hash(in->password, conf->password_kib, conf->password_passes, fresh));
		rehashed = fresh;
	}
	a = (struct arrival){ .signer = &t.signer, .began_at = begins_at(cx, &t.signer),
		.device = t.device ? t.device : id_new(cx->now) };
	TRY(arrival_mail(cx, t.browser != NULL || t.signer.factor, &a));
	was = *cx;
	TRY(db_begin(cx->db));
	e = db_finish(cx->db, session_in_tx(cx, &t, rehashed, &a, out));
	if (e) {
		cx->actor = was.actor;
		cx->half = was.half;
	}
	if (e == ERR_DENIED)
		return note_failure(cx, &t);
	out->device = device_text(cx, a.device);
	return e;
}

enum err
signin_identify(struct ctx *cx, struct str secret, bool changes)
{
	struct session_row s;
	struct late       *late;
	uint8_t            hash[32];

	if (secret_hash(secret, hash))
		return OK;
	TRY(session_row_by_hash(cx, hash, &s));
	if (s.id != 0 && !s.full && s.current && s.created_at >= s.set_at &&
	    cx->now - s.created_at < HALF_MINUTES * MINUTE)
		cx->half = (struct half){ s.id, s.person };
	if (s.id == 0 || !s.full || (!s.current && s.old_until <= cx->now) ||
	    s.created_at < s.set_at || cx->now - s.created_at > SESSION_HOURS_MOST * HOUR ||
	    cx->now - s.seen_at > SESSION_IDLE_DAYS * DAY)
		return OK;
	late = ARENA_NEW(cx->arena, struct late);
	late->actor = (struct actor){ .kind = ACTOR_PERSON, .person = s.person, .session = s.id,
		.label = s.reader.name, .proved_at = s.proved_at, .began_at = s.created_at,
		.seen_at = s.seen_at, .must_change = s.must_change };
	late->reader = s.reader;
	memcpy(late->hash, hash, sizeof(hash));
	if (!s.current && changes) {
		cx->late = late;
		return OK;
	}
	cx->actor = late->actor;
	cx->reader = s.reader;
	if (*s.reader.language)
		ctx_speak(cx, s.reader.language);
	return OK;
}

enum signin_verdict
signin_verdict(const struct ctx *cx, const struct standing *st)
{
	const struct actor *a = &cx->actor;
	int64_t             last = st->used_at ? st->used_at : a->seen_at;

	if (last < a->began_at)
		last = a->began_at;
	if (a->began_at < st->valid_from || a->began_at < st->ended_at)
		return SIGNIN_LOGGED_OUT;
	/* Begun by a clock that was put back since: how old it is nobody knows. */
	if (cx->now - a->began_at > cx->place->session_hours * HOUR ||
	    a->began_at > cx->now + CLOCK_SLACK_MS)
		return SIGNIN_TOO_OLD;
	return cx->now - last > cx->place->idle_minutes * MINUTE ? SIGNIN_IDLE : SIGNIN_GOOD;
}

bool
signin_touch_due(const struct ctx *cx, const struct standing *st)
{
	return cx->now - st->used_at > MINUTE || cx->now < st->used_at;
}

static enum err
touch_in_tx(struct ctx *cx, bool first_here)
{
	TRY(session_row_seen(cx));
	TRY(session_row_used(cx));
	return first_here ? member_row_signed_in(cx) : OK;
}

enum err
signin_touch(struct ctx *cx, bool first_here)
{
	TRY(db_begin(cx->db));
	return db_finish(cx->db, touch_in_tx(cx, first_here));
}

enum err
signin_out(struct ctx *cx)
{
	TRY(db_begin(cx->db));
	return db_finish(cx->db, cx->actor.session ? out_in_tx(cx) :
	    session_row_end(cx, cx->half.session));
}

enum err
signin_end_all(struct ctx *cx, int64_t person, int64_t but)
{
	return session_rows_end(cx, person, but);
}

enum err
signin_forget_browsers(struct ctx *cx, int64_t person)
{
	return browser_rows_forget(cx, person);
}

enum err
signin_password_min(struct ctx *cx, int64_t person, int64_t *min)
{
	int64_t theirs;

	TRY(password_min_row(cx, person, &theirs));
	*min = cx->place ? cx->place->password_min : PASSWORD_MIN;
	if (theirs > *min)
		*min = theirs;
	return OK;
}

/* The words given and those of the tenants that the person joined, closed by NULL. */
static enum err
all_words(struct ctx *cx, int64_t person, const char *const *given, const char ***words)
{
	size_t n = 0;

	*words = NULL;
	for (; given && *given; given++) {
		*words = ARENA_MORE(cx->arena, const char *, *words, n);
		(*words)[n++] = *given;
	}
	TRY(word_rows(cx, person, words, &n));
	*words = ARENA_MORE(cx->arena, const char *, *words, n);
	(*words)[n] = NULL;
	return OK;
}

enum err
signin_new_password(struct ctx *cx, int64_t person, struct str password, struct str again,
    const char *const *words, const char **hash)
{
	int64_t      min;
	const char **all, *why;
	char         made[PASSWORD_HASH_SIZE];
	enum err     e = OK;

	TRY(signin_password_min(cx, person, &min));
	TRY(all_words(cx, person, words, &all));
	why = password_refused(password, min, all);
	if (why != NULL)
		e = ctx_issue(cx, "password", ctx_say(cx, why, "n",
		    arena_printf(cx->arena, "%lld", (long long)min), (char *)0));
	if (!str_equal(password, again))
		e = ctx_issue(cx, "again", _("The two passwords are not the same."));
	TRY(e);
	TRY(password_hash(password, cx->conf->password_kib, cx->conf->password_passes, made));
	*hash = arena_strdup(cx->arena, made);
	return OK;
}

enum err
signin_set_password(struct ctx *cx, int64_t person, const char *hash)
{
	return credential_row_set(cx, person, hash);
}

enum err
signin_barred(struct ctx *cx, struct barred_list *out)
{
	return barred_rows(cx, out);
}

enum err
signin_places(struct ctx *cx, struct place_names *out)
{
	return place_rows(cx, out);
}

enum err
signin_sweep(struct ctx *cx, int64_t *n)
{
	int64_t half = 0;

	TRY(session_rows_sweep_half(cx, cx->now - HALF_MINUTES * MINUTE, &half));
	TRY(session_rows_sweep(cx, cx->now - SESSION_HOURS_MOST * HOUR,
	    cx->now - SESSION_IDLE_DAYS * DAY, n));
	*n += half;
	return OK;
}

enum err
signin_sweep_browsers(struct ctx *cx, int64_t *n)
{
	return browser_rows_sweep(cx, cx->now - BROWSER_DAYS * DAY, n);
}
