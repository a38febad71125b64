#ifndef SITE_METRICS_H
#define SITE_METRICS_H

#include "core/ctx.h"

/* What a monitor watches: that work does not pile up. */
struct metrics {
	int64_t tenants;
	int64_t emails;       /* waiting, also for a later day */
	int64_t due;          /* of these, those that should be on their way */
	int64_t late_ms;      /* since when the oldest of these is due; 0: none is */
	int64_t jobs;         /* not ended */
};
/* Reads the whole database's, in one statement. */
enum err metrics_read(struct ctx *cx, struct metrics *out) MUST_USE;

#endif
