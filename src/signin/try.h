#ifndef SIGNIN_TRY_H
#define SIGNIN_TRY_H

/* One try to give a password, private to signin/: who it is said to be, from where, what is known
 * of the browser, and what a failure costs. */

#include "core/audit.h"
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
/* One failure more, with an event of that kind, or of the wait that it begins; a transaction of its
 * own. */
enum err try_failed(struct ctx *cx, const struct try *t, enum audit_act act) MUST_USE;
/* Inside a transaction: the failures before are forgotten. */
enum err try_forget(struct ctx *cx, const struct try *t) MUST_USE;

#endif
