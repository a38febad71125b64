/* Failures.  The log they are written to is in log.h. */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How every call in this program fails. OK is 0, so "if (e)" reads as "if it failed". A
 * code is added only when some caller would act differently on it. */
enum err {
	OK = 0,
	ERR_INVALID,   /* the input breaks a rule; cx->issues says which field */
	ERR_DENIED,    /* the actor may not do this */
	ERR_NOTFOUND,  /* no such thing, or none this actor may know of */
	ERR_CONFLICT,  /* unique value taken, or the row changed meanwhile */
	ERR_LIMIT,     /* too many tries or too large */
	ERR_BUSY,      /* a lock or an id was not had; the same call may work later */
	ERR_FAULT      /* a bug, a full disk, a broken file: logged where it arose */
};
#define MUST_USE __attribute__((warn_unused_result))

/* Pass a failure up.  Only where this function holds nothing to give back. */
#define TRY(call)                         \
	do {                              \
		enum err try_e_ = (call); \
		if (try_e_)               \
			return try_e_;    \
	} while (0)

#endif
