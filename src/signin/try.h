#ifndef SIGNIN_TRY_H
#define SIGNIN_TRY_H

/* One try to give a password, private to signin/: who it is said to be, from where, what is known
 * of the browser, and what a failure costs. */

#include "core/audit.h"
#include "core/outbox.h"
#include "signin/signin_store.h"

/* How long the id of a session before its change is good for reading. */
#define OLD_ID_MS INT64_C(10000)

struct try {
	struct signer signer;
	const char   *key;        /* of the address; "?" when it was none */
	const char   *source;
	const char   *browser;    /* the device id as text, when this person's */
	int64_t       device;     /* of the cookie; 0 for none */
};

/* Always the same statements, whoever it is. */
enum err try_read(struct ctx *cx, struct str email, struct str device, struct try *t) MUST_USE;
/* Is there a wait?  ERR_LIMIT, with until_at and needs_link. */
enum err try_waits(struct ctx *cx, const struct try *t, struct signin_done *out) MUST_USE;
/* Right: OK; wrong: ERR_DENIED, after the same work where there is no password.  Takes a hash's
 * time: before db_begin, in the slow pool. */
enum err try_password(struct ctx *cx, const struct try *t, struct str password) MUST_USE;
/* The actor's own password, with waits and failures as at a sign-in.  Wrong: ERR_INVALID with an
 * issue on "password"; ERR_LIMIT with until_at. */
enum err try_own(struct ctx *cx, struct str password, struct str device, struct try *t,
    struct signin_done *out) MUST_USE;
/* One failure more, with an event of that kind, or of the wait that it begins; a transaction of its
 * own. */
enum err try_failed(struct ctx *cx, const struct try *t, enum audit_act act) MUST_USE;
/* Inside a transaction: the failures before are forgotten. */
enum err try_forget(struct ctx *cx, const struct try *t) MUST_USE;

/* Inside a transaction: the actor's session goes on by a new id, whose secret is in out.  No such
 * session any more, or it was proved since it was read: ERR_BUSY, since asked again all is seen. */
enum err session_move_on(struct ctx *cx, struct signin_done *out) MUST_USE;

/* What a sign-in that is whole leaves behind. */
struct arrival {
	const struct signer *signer;
	int64_t              session, device, began_at;
	const char          *factor;     /* how it was proved beside the password; NULL: not */
	struct email         news, used; /* a new device, a recovery code that was used */
};
/* Before db_begin: the email about a browser that is not known yet, when it is no first sign-in. */
enum err arrival_mail(struct ctx *cx, bool known, struct arrival *a) MUST_USE;
/* Inside a transaction; the person becomes the actor. */
enum err arrival_note(struct ctx *cx, const struct arrival *a) MUST_USE;
/* A session is none that began before its password was set, so one that follows begins then at
 * the earliest, even by a clock that went back. */
int64_t  begins_at(const struct ctx *cx, const struct signer *s);

/* The link of such an email: "this was not me". */
const char *not_me_link(struct ctx *cx, const struct signer *s);

#endif
