/* Where a test's own files lie: in a folder that whoever runs the tests can take away with all that
 * is in it, when they were stopped half way. */
#ifndef SCRATCH_H
#define SCRATCH_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { SCRATCH_SIZE = 64 };     /* a socket's path below it still fits into sun_path */

/* Writes into out what mkdtemp() and mkstemp() take: a path below the folder that the environment
 * names, or below other, that begins with name.  One too long for out is not taken. */
static inline char *
scratch_below(char out[SCRATCH_SIZE], const char *variable, const char *other, const char *name)
{
	const char *given = getenv(variable), *below = given ? given : other;
	int         n = snprintf(out, SCRATCH_SIZE, "%s/%s.XXXXXX", below, name);

	if (access(below, W_OK) != 0 || n < 0 || n >= SCRATCH_SIZE)
		snprintf(out, SCRATCH_SIZE, "/tmp/%s.XXXXXX", name);
	return out;
}

/* In memory where there is such a folder: nothing waits for a disk. */
static inline char *
scratch_path(char out[SCRATCH_SIZE], const char *name)
{
	return scratch_below(out, "TENANTRY_MEMORY", "/dev/shm", name);
}

/* On a disk, as the files of those who use the program are. */
static inline char *
scratch_disk(char out[SCRATCH_SIZE], const char *name)
{
	return scratch_below(out, "TMPDIR", "/tmp", name);
}

#endif
