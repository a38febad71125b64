/* What goes from one image of the supervisor to the next, which has the same process number
 * and so the same children: sockets, the courier's pipe, and the processes to be ended. */
#ifndef APP_HANDOVER_H
#define APP_HANDOVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "app/sockets.h"
struct arena;

enum { OLD_MOST = 4096 };

/* A process of an earlier image. */
struct old_process {
	pid_t   pid;
	int64_t until;      /* asked to end, and killed at this time; 0: not asked yet */
};

struct handover {
	struct listener     sockets[SOCKETS];
	int                 wake[2];        /* reading end, writing end; -1: none */
	struct old_process *old;
	size_t              nold;           /* at most OLD_MOST */
};

/* Puts it into the environment and lets the descriptors live through the next exec.
 * ERR_FAULT: it is too long. */
enum err handover_give(const struct handover *h) MUST_USE;
/* Takes it back, when that exec has failed. */
void     handover_keep(const struct handover *h);
/* What the image before this one gave, out of the environment; false: there was none, and *out
 * has no descriptor.  Lives in the arena. */
bool     handover_take(struct arena *a, struct handover *out);

#endif
