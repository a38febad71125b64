/* What is counted over all processes of the program since it was started, in a page that they
 * share; for a monitor.  A reload that replaces the program begins anew. */
#ifndef BASE_TALLY_H
#define BASE_TALLY_H

#include <stdint.h>

enum tally {
	TALLY_AUDIT_LOST,    /* decisions that could not be written to the audit log */
	TALLY_CRASHES,       /* processes that died or ended with a failure */
	TALLIES
};

void    tally_add(enum tally t);
int64_t tally_read(enum tally t);

#endif
