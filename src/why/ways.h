#ifndef WHY_WAYS_H
#define WHY_WAYS_H

#include "roles/roles.h"
#include "why/why.h"

/* What the two kinds of answers share: about the account or an organization, and about a
 * workspace. */

/* In its place: those that give least first, and of equal ones as they came. */
void ways_add(struct why *out, struct way way);
/* Are they in that group, for ever, for a time, or up to one that is over? */
bool ways_in_group(const struct proof *proof, int64_t group);
/* The names of those who can go each way by a role of theirs or of a group, and those of members of
 * a workspace by seats, [[number of the way, role there] …] as JSON. */
enum err ways_add_who(struct ctx *cx, struct why *out, const struct role_list *l,
    const char *seats, int64_t workspace) MUST_USE;
/* The workspace, and all ways to a yes there. */
enum err ways_inside(struct ctx *cx, struct why *out, int64_t workspace) MUST_USE;

#endif
