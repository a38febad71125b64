/* A world to look at and to measure: made-up tenants with people and events. */
#ifndef APP_DEMO_H
#define APP_DEMO_H

#include "core/ctx.h"

struct demo {
	int64_t     tenants, members, events;   /* members of the first; the others a twentieth */
	uint64_t    seed;                       /* the same seed, the same names */
	const char *password;                   /* made: of the administrators */
	const char *email;                      /* made: of the first tenant's administrator */
};

/* Needs an empty database and the system as actor.  Everybody's password is the same random
 * one. */
enum err demo_make(struct ctx *cx, struct demo *d) MUST_USE;

#endif
