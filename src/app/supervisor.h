/* "tenantry serve": the process that all others hang on. */
#ifndef APP_SUPERVISOR_H
#define APP_SUPERVISOR_H

/* Loads everything, opens the sockets, forks the processes and looks after them until
 * SIGTERM or SIGINT, when nobody can connect any more, what is queued is answered, and the
 * result is 0.  SIGHUP asks "tenantry -c FILE check"; when that is content the program
 * executes itself anew, with sockets and children kept.  What keeps it from starting is
 * logged: 1. */
int supervisor_run(const char *conf_file);

#endif
