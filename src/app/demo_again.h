/* A made-up world is there already: its administrator gets another password. */
#ifndef APP_DEMO_AGAIN_H
#define APP_DEMO_AGAIN_H

#include "core/ctx.h"

/* A new random password for the first member of the first tenant; the person's sessions end.
 * Needs the system as actor.  The first tenant was not made by demo_make(): ERR_DENIED, and
 * nothing changes. */
enum err demo_again(struct ctx *cx, const char **email, const char **password) MUST_USE;

#endif
