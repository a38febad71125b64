/* The two clocks, see the header. */
#include "base/clock.h"

#include <stdlib.h>
#include <time.h>

static int64_t
read_clock(clockid_t which)
{
	struct timespec t;

	clock_gettime(which, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t
now_ms(void)
{
#ifdef TEST_HOOKS
	const char *set = getenv("TENANTRY_NOW_MS");

	if (set != NULL)
		return strtoll(set, NULL, 10);
#endif
	return read_clock(CLOCK_REALTIME);
}

int64_t
mono_ms(void)
{
	return read_clock(CLOCK_MONOTONIC);
}
