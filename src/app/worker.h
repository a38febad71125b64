/* A process that answers requests, one after the other. */
#ifndef APP_WORKER_H
#define APP_WORKER_H

#include "app/pool.h"

/* Serves the socket kind->fd.  At SIGTERM it ends the request it is at, takes those that are
 * queued already, for 20 s at most, and returns 0.  1: no database, no timer or a broken
 * socket, logged; or the database file was found damaged, and another process is to open it
 * anew. */
int worker_quick(const struct process *p);
int worker_slow(const struct process *p);

#endif
