#ifndef RESET_RESET_H
#define RESET_RESET_H

#include "members/members.h"

/* A forgotten password: a link by email sets a new one.  It signs nobody in, and a second
 * factor stays on. */

/* The same work and the same answer whether or not the address has an identity; only an
 * identity with a password gets the link, others an email that says who manages theirs.
 * At most one email a person and minute, 3 an hour, 20 a source and hour; further ones are
 * dropped. */
enum err reset_ask(struct ctx *cx, struct str email) MUST_USE;
/* Needs user:password: the same email, sent for a member.  *sent: it was not dropped. */
enum err reset_send(struct ctx *cx, int64_t member, bool *sent) MUST_USE;

struct reset {
	int64_t     id, person, generation, expires_at;
	const char *name, *email;
	bool        confirmed;
};
/* No link, an old, used or expired one: ERR_NOTFOUND.  Only reads. */
enum err reset_open(struct ctx *cx, struct str token, struct reset *out) MUST_USE;
/* Spends the link, sets the password, ends all sessions, knows no browser any more, tells by
 * email. */
enum err reset_use(struct ctx *cx, struct str token, struct str password, struct str again)
    MUST_USE;

/* Housekeeper: links that expired a day ago, at most 500 a call; *n is how many. */
enum err reset_sweep(struct ctx *cx, int64_t *n) MUST_USE;

#endif
