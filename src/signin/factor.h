#ifndef SIGNIN_FACTOR_H
#define SIGNIN_FACTOR_H

/* The second factor of a person: a secret shared with an authenticator, and recovery codes. */

#include "signin/signin.h"

enum { RECOVERY_CODES = 10 };

struct factor {
	bool        on;
	int64_t     since_at, codes_left;
	const char *managed;      /* who manages the sign-in instead, "Google"; NULL: the person */
};
/* Of the actor. */
enum err factor_get(struct ctx *cx, struct factor *out) MUST_USE;

/* Turning it on: the secret is shown and goes along sealed with the form; until a code of it has
 * come back nothing is stored. */
struct enrolment {
	const char *secret;       /* base32 */
	const char *sealed;       /* the value of the field "pending" */
	const char *email;
};
/* A new one, or the one that was sealed, when it is the actor's and not older than 15 min. */
enum err factor_begin(struct ctx *cx, struct str sealed, struct enrolment *out) MUST_USE;

/* What a form brought. */
struct factor_input {
	struct str password, code;
	struct str pending;       /* factor_on only */
	struct str device;        /* the known browser's cookie, empty for none */
};
/* Shown once; what is stored cannot be turned back into them. */
struct recovery_codes { const char *text[RECOVERY_CODES]; };

/* Each is one transaction with its event and an email; the session goes on by a new id.  Wrong
 * password or code: ERR_INVALID with an issue on its field; too many: ERR_LIMIT with until_at, or
 * without, and then with an issue.  On already, or off: ERR_CONFLICT with an issue. */
enum err factor_on(struct ctx *cx, const struct factor_input *in, struct recovery_codes *codes,
    struct signin_done *done) MUST_USE;
/* A recovery code will do as well, for who has lost the authenticator. */
enum err factor_off(struct ctx *cx, const struct factor_input *in, struct signin_done *done)
    MUST_USE;
/* New codes; the old ones are good for nothing any more. */
enum err factor_new_codes(struct ctx *cx, struct recovery_codes *codes, struct signin_done *done)
    MUST_USE;

/* An administrator takes the factor of a member away who lost it.  Needs user:factor, and what
 * identity_may() asks for.  No factor: ERR_CONFLICT with an issue. */
enum err factor_reset(struct ctx *cx, int64_t member) MUST_USE;
/* The operator takes away anybody's.  No such person: ERR_NOTFOUND. */
enum err factor_reset_person(struct ctx *cx, struct str email) MUST_USE;

#endif
