/* The command line: every subcommand but "serve", which is in supervisor.h. */
#ifndef APP_CLI_H
#define APP_CLI_H

/* Runs "tenantry [-c FILE] COMMAND ..." and returns the exit status: 0 done, 1 failed, 2 used
 * wrongly.  argc and argv are main's. */
int cli_run(int argc, char **argv);

#endif
