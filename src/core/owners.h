#ifndef CORE_OWNERS_H
#define CORE_OWNERS_H

#include "core/ctx.h"

/* A workspace always keeps an active person who holds the built-in role Owner there, by oneself or
 * by a group, whose membership of it has no end.  A service account does not count.  Who goes from
 * the account leaves none without: an heir gets it. */

struct owned { int64_t id; const char *name; };
struct owned_list { struct owned *items; size_t n; };
enum { OWNED_MOST = 1000 };
/* Deactivated one keeps the own personal workspace. */
enum owner_goes { OWNER_GONE, OWNER_DEACTIVATED };

/* The workspaces which would have no Owner without this member or group, by name. */
enum err owners_alone(struct ctx *cx, int64_t holder, enum owner_goes how,
    struct owned_list *out) MUST_USE;
/* Their names in a row; "" for none. */
const char *owners_names(struct ctx *cx, const struct owned_list *l);
/* What a page says before it goes: who gets them; NULL: nothing to say. */
enum err owners_note(struct ctx *cx, int64_t holder, enum owner_goes how,
    const char **text) MUST_USE;
/* Inside a transaction, before the member or group goes: the actor becomes Owner of these, or an
 * administrator where the actor is who goes, no member, or does not manage all workspaces; each
 * with its event.  A personal one is no longer personal. */
enum err owners_hand_over(struct ctx *cx, int64_t holder, enum owner_goes how) MUST_USE;
/* Inside a transaction, before a member leaves a group, or stays until a day: a workspace that
 * would have no Owner is ERR_CONFLICT with an issue on "". */
enum err owners_without(struct ctx *cx, int64_t member, int64_t group) MUST_USE;
/* Inside a transaction, after somebody lost that role there: was it the last Owner's, ERR_CONFLICT
 * with an issue on "". */
enum err owners_left(struct ctx *cx, int64_t workspace, int64_t role) MUST_USE;

#endif
