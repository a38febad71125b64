/* The two clocks.  What a time looks like to a reader is in zone.h. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

/* Milliseconds since 1970 UTC, as people and rows count.  In a build with test hooks it stands
 * still at TENANTRY_NOW_MS where that is set. */
int64_t now_ms(void);
/* Milliseconds since some moment, which nobody can set back: for waits. */
int64_t mono_ms(void);

/* A row that is further ahead of this request than this was not made by one that runs beside it,
 * but before somebody put the clock back. */
enum { CLOCK_SLACK_MS = 10000 };

#endif
