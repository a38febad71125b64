/* The program log.  The audit log is in core/audit.h. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The program log: one JSON line per event, {"at":"…Z","level":"info","what":"request",…},
 * names and values in pairs.  A value is escaped (control characters, bad UTF-8, U+2028),
 * and cut at 512 bytes, so that nothing from outside can forge a line.  Never give it a
 * secret, a query string or a body. */
enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

/* Opens (appends to) the file with mode 0600, or standard error for NULL and "", in place
 * of what was open before; a file that cannot be opened is logged there and changes
 * nothing.  Without a call, standard error. */
void log_open(const char *path);
/* log_event(LOG_INFO, "started", "pid", "17", "port", "80"): pairs of const char *; a
 * NULL value is written as null.  Pairs that make the line longer than 16 KiB are left
 * out, and "cut":true says so.  One write(2); errno is kept. */
#define log_event(level, ...) log_pairs((level), __VA_ARGS__, (const char *)0)
void log_pairs(enum log_level level, const char *what, ...) __attribute__((sentinel));
/* For a process that is often asked: from here on lines wait, at most 8 KiB of them, until
 * log_flush(), another that does not fit, or one of LOG_WARN or LOG_ERROR: a write for each line
 * is a thirtieth of what a page costs.  What waits is lost with a process that is killed. */
void log_hold(void);
bool log_waits(void);
void log_flush(void);
/* Text of a number for a pair; good until eight more calls. */
const char *log_int(int64_t n);

#endif
