#ifndef SIGNIN_SEATS_H
#define SIGNIN_SEATS_H

#include "members/members.h"

/* The sessions of a member that used this tenant, as its administrators see them: with what they
 * did here, and nothing of what they did elsewhere. */
struct seat {
	int64_t     id;
	int64_t     began_at, first_at, last_at;   /* signed in; first and last used here */
	const char *peer, *user_agent;             /* of the sign-in */
	int64_t     acts;                          /* among the member's newest SEAT_ACTS here */
	bool        ended;                         /* here: it signs in again first */
};
struct seat_list { struct seat *items; size_t n; };
enum { SEAT_ACTS = 2000 };

/* Needs user:activity.  At most 100, last used first; 2 statements. */
enum err seats_list(struct ctx *cx, const struct member *m, struct seat_list *out) MUST_USE;
/* Needs user:logout.  From now on it signs in again for this tenant, other tenants go on.  Not a
 * session of the member that used this tenant, or ended already: ERR_NOTFOUND. */
enum err seats_end(struct ctx *cx, int64_t member, int64_t session) MUST_USE;

#endif
