/* Where a test's own files lie: below TMPDIR, so that whoever runs the tests can take them all away
 * when they were stopped half way. */
#ifndef SCRATCH_H
#define SCRATCH_H

#include <stdio.h>
#include <stdlib.h>

enum { SCRATCH_SIZE = 64 };     /* a socket's path below it still fits into sun_path */

/* Writes into out what mkdtemp() and mkstemp() take: a path below TMPDIR, or /tmp without one,
 * that begins with name.  A TMPDIR too long for out is not taken. */
static inline char *
scratch_path(char out[SCRATCH_SIZE], const char *name)
{
	const char *below = getenv("TMPDIR");
	int         n = below ? snprintf(out, SCRATCH_SIZE, "%s/%s.XXXXXX", below, name) : -1;

	if (n < 0 || n >= SCRATCH_SIZE)
		snprintf(out, SCRATCH_SIZE, "/tmp/%s.XXXXXX", name);
	return out;
}

#endif
