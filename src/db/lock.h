#ifndef DB_LOCK_H
#define DB_LOCK_H

#include <stdint.h>
#include <time.h>

#include "base/err.h"

/* The write lock beside a database: an exclusive flock on a file of its own, whose wait
 * ends.  Why it is there is told in section 0.5 of the design and in sqlite.c. */
struct db_lock {
	int     fd;
	timer_t timer;
};

/* Opens the file, made with mode 0600 when missing.  In the process that will use it, and
 * on the thread that will wait: a lock opened before a fork excludes nobody. */
enum err db_lock_open(struct db_lock *l, const char *path) MUST_USE;
void     db_lock_close(struct db_lock *l);

/* Waits for the lock, at most so long: then ERR_BUSY.  ERR_FAULT, logged: the file has been
 * removed, so that who opened it later does not see this lock. */
enum err db_lock_take(struct db_lock *l, int64_t wait_ms) MUST_USE;
void     db_lock_drop(struct db_lock *l);

#endif
