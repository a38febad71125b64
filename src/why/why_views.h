#ifndef WHY_WHY_VIEWS_H
#define WHY_WHY_VIEWS_H

#include "core/perm.h"
#include "mustache/view.h"

struct ctx;

/* The permissions that can be asked about, as templates/why/ask wants them. */
void why_show_choices(struct ctx *cx, struct view *v, enum perm chosen);
/* Where all of a question is chosen; "who" and "permission" are 0 and PERM_UNSET for none yet. */
const char *why_ask_path(struct ctx *cx, int64_t who, enum perm p);

#endif
