/* The two sockets that the web server connects to.  Who serves them: worker.c. */
#ifndef APP_SOCKETS_H
#define APP_SOCKETS_H

#include <stdbool.h>

#include "base/err.h"

enum { SOCKET_QUICK, SOCKET_SLOW, SOCKETS };

struct listener {
	int  fd;            /* listening, non-blocking, close-on-exec; -1: none */
	bool ours;          /* bound by us, so that its file goes when we stop */
};

/* Takes those that systemd hands over (LISTEN_FDS, named "quick" and "slow"), and removes the
 * offer from the environment.  Without one both stay { -1, false }. */
void     sockets_inherit(struct listener out[SOCKETS]);

/* Makes sure that out[i] listens at paths[i]: one that is bound to another path is closed and
 * its file removed if it is ours, one that is -1 is bound, mode 0660.  A file that is left
 * over there is removed, but only when nobody answers; while somebody does it waits 5 s, for
 * workers of a supervisor that died may be ending.  Else ERR_FAULT, logged. */
enum err sockets_open(struct listener out[SOCKETS], const char *const paths[SOCKETS]) MUST_USE;

/* Removes the files of those that are ours: nobody can connect any more, but what is queued
 * can still be accepted. */
void     sockets_unlink(const struct listener in[SOCKETS]);

#endif
