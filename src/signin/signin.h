#ifndef SIGNIN_SIGNIN_H
#define SIGNIN_SIGNIN_H

#include "core/ctx.h"
#include "core/place.h"

/* Signing in and out, and the sessions in between.  Passwords set by a link are in reset/
 * and invites/, which use signin_set_password(). */

/* A sign-in as the form brought it. */
struct signin_input {
	struct str email, password;
	struct str device;        /* the known browser's cookie, empty for none */
};
struct signin_done {
	char        session[44];  /* the secret of the new session's cookie */
	const char *device;       /* the cookie of the known browser, to be set again */
	int64_t     until_at;     /* ERR_LIMIT: when to try again */
	bool        half;         /* a code is to be given, too, by signin_code() */
	bool        needs_link;   /* ERR_LIMIT: only a link from an email leads on */
};
/* Right: a session with a new id.  One of this context is moved on when it is the same person's
 * (its number stays, its id before answers GETs for 10 s more); another's ends.  Wrong, unknown,
 * without a password, or with one that was set anew while this call ran: ERR_INVALID with one
 * issue that is the same for all, after the same work.  Too many failures: ERR_LIMIT. */
enum err signin_password(struct ctx *cx, const struct signin_input *in, struct signin_done *out)
    MUST_USE;

/* The second step, of a half session: a code of the authenticator, or a recovery code.  Right: the
 * session is whole, by a new id.  Wrong: ERR_INVALID with an issue on "code"; five times, or no
 * such session any more: ERR_NOTFOUND, and the first step is to be done again.  Too many in an
 * hour: ERR_LIMIT with an issue on "code". */
struct code_input { struct str code, device; };
enum err signin_code(struct ctx *cx, const struct code_input *in, struct signin_done *out) MUST_USE;

/* The session of a cookie becomes the actor; one that waits for a code becomes cx->half.
 * Unknown, ended, or begun before the person's password was set: the actor stays nobody, OK.  An
 * id that was changed answers GETs for 10 s more, never changes anything: then the session is in
 * cx->late. */
enum err signin_identify(struct ctx *cx, struct str secret, bool changes) MUST_USE;

/* What a tenant's policy says of the session: may it go on there? */
enum signin_verdict { SIGNIN_GOOD, SIGNIN_TOO_OLD, SIGNIN_IDLE, SIGNIN_LOGGED_OUT };
enum signin_verdict signin_verdict(const struct ctx *cx, const struct standing *st);

/* After the answer to a request in a tenant that was let in, at most once a minute: last seen,
 * last tenant, last sign-in there.  Other pages keep no session alive. */
enum err signin_touch(struct ctx *cx, bool first_here) MUST_USE;
bool     signin_touch_due(const struct ctx *cx, const struct standing *st);

/* Was it proved lately enough, for what is risky, that it is still the person who signed in? */
bool signin_proved(const struct ctx *cx);
/* Who manages the sign-in of somebody who signs in by this method; NULL: they do, by a password. */
const char *signin_manager(struct ctx *cx, const char *method);
/* How the reader can prove it. */
struct proof_way {
	const char *email;
	const char *managed;     /* who manages the sign-in, "Google"; NULL: it is by password */
	bool        code;        /* by a code of the second factor, not by the password */
};
enum err signin_proof_way(struct ctx *cx, struct proof_way *out) MUST_USE;
/* The proof: the actor's password or, with a second factor, a code of it.  Right: the session
 * goes on by a new id, and the one before answers GETs for 10 s more.  Wrong: ERR_INVALID with an
 * issue on its field.  Failures count as those of a sign-in, and cause the same waits: ERR_LIMIT
 * with until_at, or of codes: with an issue.  Takes a hash's time. */
struct proof_input {
	struct str password, code;
	struct str device;       /* the known browser's cookie, empty for none */
};
enum err signin_prove(struct ctx *cx, const struct proof_input *in, struct signin_done *out)
    MUST_USE;
/* The same proof sent a second time, by the id before: of cx->late, who becomes the actor.  The
 * password is right, or the code is the one that was used up by the first sending: the session
 * goes on by a new id, for the browser may have lost the answer with the first one; nothing else
 * is done.  Else ERR_DENIED or as signin_prove(). */
enum err signin_prove_second(struct ctx *cx, const struct proof_input *in,
    struct signin_done *out) MUST_USE;

/* Ends this session, whole or half. */
enum err signin_out(struct ctx *cx) MUST_USE;

/* Inside a transaction: every session of the person ends but this one (0: all). */
enum err signin_end_all(struct ctx *cx, int64_t person, int64_t but) MUST_USE;

/* Inside a transaction: no browser is a known one of the person any more. */
enum err signin_forget_browsers(struct ctx *cx, int64_t person) MUST_USE;

/* A password as a form brought it: twice, in the field "password", and "again".  Rules of
 * length (the largest of the tenants that the person joined; person 0: the tenant's own) and
 * strength (not made of the words given, nor of the names of those tenants); what is wrong is
 * noted, ERR_INVALID.  OK: *hash is in the arena.  Takes a hash's time:
 * before db_begin, in the slow pool. */
enum err signin_new_password(struct ctx *cx, int64_t person, struct str password,
    struct str again, const char *const *words, const char **hash) MUST_USE;
/* Inside a transaction: stores it; links of resets die. */
enum err signin_set_password(struct ctx *cx, int64_t person, const char *hash) MUST_USE;

/* The tenants that the person may enter, last used first. */
enum err signin_places(struct ctx *cx, struct place_names *out) MUST_USE;

/* Where the person is a member and may not enter: the tenant is suspended, or the member
 * invited (told when the address is proved) or else deactivated. */
struct barred { const char *tenant, *contact_email; bool suspended, invited; };
struct barred_list { struct barred *items; size_t n; };
enum err signin_barred(struct ctx *cx, struct barred_list *out) MUST_USE;

/* How long a password must be: the tenant's minimum, and those of the tenants that the person
 * joined (0: nobody yet). */
enum err signin_password_min(struct ctx *cx, int64_t person, int64_t *min) MUST_USE;

/* Whose sign-in a link "this was not me" is about; no link, or not good any more: ERR_NOTFOUND. */
enum err signin_not_me_check(struct ctx *cx, struct str token) MUST_USE;
/* All sessions end, no browser is a known one, the password is void until it is reset by email, and
 * a second factor made since the day of that sign-in is taken away. */
enum err signin_not_me(struct ctx *cx, struct str token) MUST_USE;

/* Sends the link that makes an unknown browser known; at most one a day.  For addresses that
 * do not exist the same work without an email. */
enum err signin_send_unlock(struct ctx *cx, struct str email) MUST_USE;
/* Whose link it is; no link, or not good any more: ERR_NOTFOUND. */
enum err signin_unlock_check(struct ctx *cx, struct str token, int64_t *person) MUST_USE;
/* By that link this browser is known from now on; *device is its cookie. */
enum err signin_unlock(struct ctx *cx, struct str token, struct str device_cookie,
    const char **device) MUST_USE;

/* Housekeeper, at most 500 rows a call, *n is how many: sessions past 720 hours or 30 days idle,
 * and those that waited for a code for ten minutes. */
enum err signin_sweep(struct ctx *cx, int64_t *n) MUST_USE;
/* And known browsers that nobody has signed in from for a year. */
enum err signin_sweep_browsers(struct ctx *cx, int64_t *n) MUST_USE;

#endif
