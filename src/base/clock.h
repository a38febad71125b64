/* The two clocks.  What a time looks like to a reader is in zone.h. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

/* Milliseconds since 1970 UTC, as people and rows count.  In a build with test hooks it stands
 * still at TENANTRY_NOW_MS where that is set. */
int64_t now_ms(void);
/* Milliseconds since some moment, which nobody can set back: for waits. */
int64_t mono_ms(void);

#endif
