#ifndef SIGNIN_USE_H
#define SIGNIN_USE_H

/* Codes of a second factor as they are used up, private to signin/. */

#include "signin/signin_store.h"

/* The six digits of the authenticator, or a recovery code? */
bool     code_is_recovery(struct str typed);
/* Is there a wait after wrong codes of this kind?  ERR_LIMIT. */
enum err code_waits(struct ctx *cx, int64_t person, struct str typed, int64_t *until_at) MUST_USE;
/* Inside a transaction: uses the code up.  Wrong, or used before: ERR_DENIED.  A secret that cannot
 * be opened: ERR_FAULT, logged. */
enum err code_use(struct ctx *cx, int64_t person, struct str typed) MUST_USE;
/* Inside a transaction: one wrong code more. */
enum err code_failed(struct ctx *cx, int64_t person, struct str typed) MUST_USE;
/* Notes what is said of a wait, on the field; returns ERR_LIMIT. */
enum err code_has_to_wait(struct ctx *cx, const char *field, int64_t until_at) MUST_USE;

/* The secret as it is stored, and back; ERR_FAULT, logged. */
struct str factor_seal(struct ctx *cx, int64_t person, const uint8_t *secret);
enum err   factor_unseal(struct ctx *cx, int64_t person, struct str sealed, uint8_t *secret)
    MUST_USE;

/* The email that tells the person of a change of the factor: "on", "off", "reset", "made" (new
 * codes), "used" (one of them; left are left). */
struct email;
enum err factor_mail(struct ctx *cx, const struct signer *s, const char *what, int64_t left,
    struct email *out) MUST_USE;

#endif
