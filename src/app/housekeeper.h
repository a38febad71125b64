/* The process that does what is due by the clock: checkpoints of the WAL, sweeping, the
 * witness of the audit chains. */
#ifndef APP_HOUSEKEEPER_H
#define APP_HOUSEKEEPER_H

#include "app/pool.h"
#include "core/ctx.h"

/* Ends at SIGTERM with 0; 1: no database. */
int housekeeper_run(const struct process *p);

/* Takes away what is too old to be of use: sessions, throttles, known browsers, links, ended
 * emails, refusals; all of it, in short transactions. */
enum err housekeeper_sweep(struct ctx *cx) MUST_USE;

#endif
