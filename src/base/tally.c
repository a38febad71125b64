/* The shared page behind tally_add(). */
#include "base/tally.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>

static atomic_llong *tallies;    /* shared with all processes forked from this one */

/* Before main(), and so before any fork. */
__attribute__((constructor)) static void
tally_start(void)
{
	void *p = mmap(NULL, TALLIES * sizeof(*tallies), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		abort();
	tallies = p;
}

void
tally_add(enum tally t)
{
	atomic_fetch_add(&tallies[t], 1);
}

int64_t
tally_read(enum tally t)
{
	return atomic_load(&tallies[t]);
}
