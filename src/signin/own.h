#ifndef SIGNIN_OWN_H
#define SIGNIN_OWN_H

#include "core/ctx.h"

/* What people do with their own sessions and password.  Events are the caller's, but the one of a
 * wrong password. */

struct own_session {
	int64_t     id, created_at, seen_at;
	const char *peer, *user_agent;
	bool        current;
};
struct own_session_list { struct own_session *items; size_t n; };
/* The actor's, at most 100, last seen first. */
enum err signin_own_sessions(struct ctx *cx, struct own_session_list *out) MUST_USE;
/* Inside a transaction.  Not one of the actor's: ERR_NOTFOUND. */
enum err signin_own_end(struct ctx *cx, int64_t session) MUST_USE;
/* Inside a transaction: the actor's session goes on by another id, which is in out; the one before
 * answers GETs for 10 s more.  proved: the password was given.  The session is gone: ERR_DENIED. */
enum err signin_own_renew(struct ctx *cx, bool proved, char out[44]) MUST_USE;

/* Is it the actor's present password?  Wrong: ERR_DENIED, counted like a failed sign-in by address
 * and source, or by the known browser of this cookie, with an event of its own.  Too many:
 * ERR_LIMIT and *until_at.  Takes a hash's time: before db_begin, in the slow pool. */
enum err signin_own_check(struct ctx *cx, struct str password, struct str device,
    int64_t *until_at) MUST_USE;

/* Inside a transaction: no password is good until a reset by email sets one; all sessions end, no
 * browser is known, links of resets die. */
enum err signin_void(struct ctx *cx, int64_t person) MUST_USE;
/* That, and a second factor and recovery codes made at since or later go too, with an event: they
 * may be those of who took the account, and would lock its owner out. */
enum err signin_void_since(struct ctx *cx, int64_t person, const char *name, int64_t since)
    MUST_USE;

#endif
