/* The process that does what is due by the clock: checkpoints of the WAL, sweeping, the
 * witness of the audit chains. */
#ifndef APP_HOUSEKEEPER_H
#define APP_HOUSEKEEPER_H

#include "app/pool.h"

/* Ends at SIGTERM with 0; 1: no database. */
int housekeeper_run(const struct process *p);

#endif
