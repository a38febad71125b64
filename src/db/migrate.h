#ifndef DB_MIGRATE_H
#define DB_MIGRATE_H

#include <stdint.h>

#include "base/err.h"
struct db;

/* Bringing a database to the schema of this program.  The table "schema" has a row for
 * each step applied: version, applied_at, oldest_program. */

/* Makes the file when it is missing and applies the steps it lacks, each in a transaction
 * of its own under the write lock, so a second one at the same time does no harm.  Before
 * the first step to a database in use a copy is made beside it: <file>.before-0002-<now>-<pid>.
 * A file of another program, or of a newer schema, is ERR_INVALID, logged. */
enum err migrate_run(const char *url, int64_t now) MUST_USE;

/* Whether this program can run on it: OK, or ERR_INVALID with the reason in the log.  A
 * newer schema is right when its "oldest_program" is not above our own. */
enum err migrate_check(const char *url) MUST_USE;

/* For tests: a database in memory with the whole schema. */
enum err migrate_open_memory(struct db **out) MUST_USE;

#endif
