#ifndef CORE_AGENT_H
#define CORE_AGENT_H

#include "core/ctx.h"

/* What a browser calls itself, in words that its owner knows: "Firefox on Windows".  One that is
 * not known is shown as it is, cut after 60 characters; "" is "Unknown browser". */
const char *agent_words(struct ctx *cx, const char *user_agent);

#endif
