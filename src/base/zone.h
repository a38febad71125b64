/* Time zones and wall-clock times.  How a reader sees a date is in web/. */
#ifndef BASE_ZONE_H
#define BASE_ZONE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
struct arena;

/* Time zones by IANA name, read as TZif (RFC 8536) from /usr/share/zoneinfo, kept for the
 * life of the process.  TZ is process-wide, so libc's own zone is never used. */
struct zone;
/* Unknown, or a name that is not made of [A-Za-z0-9_+-/]: ERR_NOTFOUND; a broken file:
 * ERR_FAULT, logged.  "UTC" always works. */
enum err zone_get(const char *name, const struct zone **out) MUST_USE;

/* The zones that people live in, of zone.tab, sorted, "UTC" the last; read at the first call and
 * kept.  Returns how many; a file that cannot be read is logged and leaves "UTC" alone. */
size_t   zone_names(const char *const **out);

/* A wall-clock time; month and day count from 1.  offset_min is east of UTC. */
struct civil { int year, month, day, hour, minute, second, ms, offset_min; };
/* Local mean times before standard ones are taken to the minute, as ISO 8601 shows them. */
struct civil zone_civil(const struct zone *z, int64_t at);
/* The first moment that is this wall-clock time in z; in a gap, the moment the gap ends.
 * Fields may be out of their range: 32 January is 1 February.  offset_min is not read. */
int64_t      zone_moment(const struct zone *z, struct civil c);

/* ISO 8601 with offset, "2026-11-21T10:15:00+01:00"; in UTC "…Z".  A zone of NULL is
 * UTC. */
const char *time_iso(struct arena *a, const struct zone *z, int64_t at);

#endif
