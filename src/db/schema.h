#ifndef DB_SCHEMA_H
#define DB_SCHEMA_H

#include <stddef.h>

/* The steps of the schema, in order, numbered from 1; schemagen.awk makes them from the
 * files in schema/sqlite/.  A file is never edited after its release. */
struct schema_step {
	int                number;
	int                oldest;   /* the oldest step whose program runs on it still */
	const char        *file;
	const char *const *lines;    /* each with its newline; NULL ends them */
};
const struct schema_step *schema_steps(size_t *n);

#endif
