#ifndef SIGNIN_DEVICE_H
#define SIGNIN_DEVICE_H

#include "core/ctx.h"

/* The cookie of a browser that signed in before: its id with a MAC.  It gives no rights;
 * it only makes the browser's own failures count apart from strangers'. */

/* 0 for none, or one that is not ours. */
int64_t     device_read(struct ctx *cx, struct str cookie);
const char *device_text(struct ctx *cx, int64_t device);

#endif
