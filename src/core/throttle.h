#ifndef CORE_THROTTLE_H
#define CORE_THROTTLE_H

#include "core/ctx.h"

/* Tries that failed, counted in the database so that all workers and a restart know them.
 * A source is an IPv4 address or the /64 of an IPv6 one.  The table is bounded: expired
 * rows go first; when it is full, new sources are refused rather than old ones forgotten. */

enum throttle_kind {
	THROTTLE_PAIR,       /* email key and source: 5 in 10 min, then 10 min */
	THROTTLE_SOURCE,     /* source alone: 100 in 10 min, then 10 min for unknown browsers */
	THROTTLE_BROWSER,    /* email key and known browser: 5 in 10 min, then 10 min */
	THROTTLE_STRANGERS,  /* email key, unknown browsers: 100 a day, then a link is needed */
	THROTTLE_RESET,      /* reset emails of a source: 20 an hour */
	THROTTLE_LINK,       /* link look-ups of a source that failed: 60 in 10 min */
	THROTTLE_ADDRESS,    /* emails about a new address, to each of the two: 3 an hour */
	THROTTLE_CHANGES,    /* the same of a source: 20 an hour */
	THROTTLE_FORGED,     /* forms from elsewhere, of a person: first in 10 min is an event */
	THROTTLE_CODE,       /* wrong codes of a second factor, of a person: 20 an hour */
	THROTTLE_RECOVERY,   /* wrong recovery codes, person and source: 20 an hour */
	THROTTLE_SEARCH,     /* searches of a person: 120 a minute, then a minute */
	THROTTLE_KEY,        /* API keys of a source that there are not: 60 in 10 min */
	THROTTLE__COUNT
};

/* "203.0.113.9", or "2001:db8:1:2::/64". */
const char *throttle_source(struct arena *a, const char *peer);

/* Is there a wait?  OK, or ERR_LIMIT and *until_at.  Only reads. */
enum err throttle_ask(struct ctx *cx, enum throttle_kind k, const char *subject,
    const char *source, int64_t *until_at) MUST_USE;
/* One more; inside a transaction of its own that is finished with OK.  *waits: this one
 * began a wait. */
enum err throttle_count(struct ctx *cx, enum throttle_kind k, const char *subject,
    const char *source, bool *waits) MUST_USE;
/* One more, in a transaction of its own that waits hardly for a lock: behind an answer, where
 * one more or less does not matter. */
enum err throttle_note(struct ctx *cx, enum throttle_kind k, const char *subject,
    const char *source) MUST_USE;
/* Forget this one: after a good sign-in. */
enum err throttle_forget(struct ctx *cx, enum throttle_kind k, const char *subject,
    const char *source) MUST_USE;
/* Forget what stands in a person's way, from every source; *n: how many there were.  Strangers'
 * failures stay when the person belonged to several tenants: then only the emailed link, or the
 * end of the day, leads past them. */
enum err throttle_unlock(struct ctx *cx, const char *subject, int64_t *n) MUST_USE;
/* Which of these n subjects wait now: waits[i] of subjects[i].  One statement. */
enum err throttle_waiting(struct ctx *cx, const char *const *subjects, size_t n, bool *waits)
    MUST_USE;
/* Housekeeper: removes what has expired. */
enum err throttle_sweep(struct ctx *cx, int64_t *n) MUST_USE;
/* Housekeeper, every few seconds: the same as soon as the table is full, since who asks then is
 * refused and gets no further.  A transaction of its own. */
enum err throttle_relieve(struct ctx *cx) MUST_USE;

#endif
