#ifndef CORE_OWNERS_H
#define CORE_OWNERS_H

#include "core/ctx.h"

/* A workspace always keeps one person or group that holds the built-in role Owner there.  A service
 * account does not count.  Who goes from the account leaves none without: an heir gets it. */

struct owned { int64_t id; const char *name; };
struct owned_list { struct owned *items; size_t n; };
enum { OWNED_MOST = 1000 };

/* The workspaces whose only Owner this member or group is, by name. */
enum err owners_alone(struct ctx *cx, int64_t holder, struct owned_list *out) MUST_USE;
/* Their names in a row; "" for none. */
const char *owners_names(struct ctx *cx, const struct owned_list *l);
/* What a page says before it goes: who gets them; NULL: nothing to say. */
enum err owners_note(struct ctx *cx, int64_t holder, const char **text) MUST_USE;
/* Inside a transaction, before the member or group goes: the actor becomes Owner of these, or an
 * administrator where the actor is who goes or no member; each with its event.  A personal one is
 * no longer personal. */
enum err owners_hand_over(struct ctx *cx, int64_t holder) MUST_USE;
/* Inside a transaction, after a change: none left is ERR_CONFLICT with an issue on "". */
enum err owners_left(struct ctx *cx, int64_t workspace) MUST_USE;

#endif
