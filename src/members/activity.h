#ifndef MEMBERS_ACTIVITY_H
#define MEMBERS_ACTIVITY_H

#include "core/audit.h"
#include "members/members.h"

/* What a member did in this tenant, as far as the reader sees: the events they are the actor of. */
struct act_done {
	struct event e;           /* seq, at, act, the names, fields, client and peer */
	const char  *org;         /* the organization's name; "" for one that is gone */
};
struct activity_want {
	struct list_want list;
	int64_t     from, until;  /* at or after, and before */
	const char *clients;      /* as a JSON array; NULL for any */
	const char *search;       /* in the action's words or code; "" for any */
	int64_t     session;      /* 0 for any */
};
struct activity_list {
	struct act_done *items;
	size_t           n;
	bool             more;
	const char     **clients; /* those of the newest ACTIVITY_CLIENTS events; closed by NULL */
};
enum { ACTIVITY_TIME, ACTIVITY_ORG, ACTIVITY_CLIENT, ACTIVITY_ACTION };
#define ACTIVITY_SORTS "time organization client action"
/* By anything but the time, only the newest of the interval are sorted. */
enum { ACTIVITY_SORTED = 2000, ACTIVITY_CLIENTS = 1000 };

/* Needs user:activity where the member is. */
enum err activity_list(struct ctx *cx, const struct member *m, const struct activity_want *w,
    struct activity_list *out) MUST_USE;
/* The cursor key of a row under that sort. */
const char *activity_key(struct ctx *cx, const struct act_done *a, unsigned sort);

/* Needs user:activity.  The last 30 days, newest first, at most ACTIVITY_SENT of them, as CSV
 * attached to an email to the actor. */
enum { ACTIVITY_SENT = 5000, ACTIVITY_DAYS = 30 };
enum err activity_send(struct ctx *cx, int64_t member) MUST_USE;

#endif
