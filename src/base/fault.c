/* The counter behind fault_point().  Where the points are: grep for their calls. */
#include "base/fault.h"

#ifdef TEST_HOOKS

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static atomic_llong *passes;    /* shared with all processes forked from this one */

/* Before main(), and so before any fork. */
__attribute__((constructor)) static void
fault_start(void)
{
	void *p;

	if (getenv("TENANTRY_FAULT") == NULL)
		return;
	p = mmap(NULL, sizeof(*passes), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		abort();
	passes = p;
}

void
fault_point(const char *site)
{
	const char *wanted = passes != NULL ? getenv("TENANTRY_FAULT") : NULL;
	const char *when = getenv("TENANTRY_FAULT_WHEN");
	size_t      len = strlen(site);

	if (wanted == NULL || strncmp(wanted, site, len) != 0 || wanted[len] != ':' ||
	    (when != NULL && access(when, F_OK) != 0))
		return;
	if (atomic_fetch_add(passes, 1) + 1 == strtoll(wanted + len + 1, NULL, 10))
		abort();
}

#else

typedef int fault_unused;       /* a file without anything is not C */

#endif
