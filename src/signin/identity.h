#ifndef SIGNIN_IDENTITY_H
#define SIGNIN_IDENTITY_H

#include "members/members.h"

/* What an administrator may do to an identity, not only to a membership: while the person is, and
 * always was, a member of this tenant alone.  From the second membership on only the person, by
 * email, or the operator can. */

/* The member, where the actor holds that permission.  ERR_DENIED, with an issue: a person of
 * several tenants, or one whose role manages more than the actor's own.  ERR_CONFLICT, with an
 * issue: the actor's own account. */
enum err identity_may(struct ctx *cx, int64_t member, enum perm need, struct member *out)
    MUST_USE;

/* Needs user:password; of active members who sign in by password.  It must be changed at its
 * first use; all sessions end, no browser is known any more, and the address counts as unproved
 * until a link from an email was used, so that it leads into no other tenant.  Takes a hash's
 * time. */
enum err identity_set_temporary(struct ctx *cx, int64_t member, struct str password) MUST_USE;
/* By the person, whose session it is: another one in its place.  *session is the secret of the
 * session, which goes on; all others end.  None to replace: ERR_CONFLICT. */
enum err identity_replace_temporary(struct ctx *cx, struct str password, struct str again,
    const char **session) MUST_USE;

/* Needs user:remove; of active and deactivated members.  The member is closed and keeps its name,
 * for what it made; everything else of the person goes, and the address is free again.  Wants
 * the word DELETE and the box checked.  Refused for the last administrator: ERR_CONFLICT. */
enum err identity_erase(struct ctx *cx, int64_t member, struct str typed, bool checked) MUST_USE;
extern const char identity_erase_word[];

#endif
