#ifndef INVITES_INVITES_H
#define INVITES_INVITES_H

#include "members/members.h"

/* Bringing somebody in: an invitation is a row beside the invited member, with a link that
 * is emailed and another that is copied.  Nothing is lost: a row keeps who sent it and when
 * it was sent, opened, accepted, cancelled. */

/* To be in from the acceptance on: groups, and workspaces with one role. */
struct invite_joins {
	const int64_t *groups, *workspaces;
	size_t         ngroups, nworkspaces;
	struct str     workspace_role;
};
enum { INVITE_JOINS_MOST = 50 };          /* of either kind */

struct invite_input {
	struct member_input member;
	struct invite_joins joins;
	int64_t             form;      /* id of the form, which becomes the member's */
};
struct invited {
	int64_t     member;
	const char *name, *email;
	int64_t     sent_at;           /* later than now when the day's number is used up */
	bool        again;             /* this very form was sent before; nothing was done */
};
/* Needs user:invite, and what groups and workspaces need of who adds members there.  The member
 * appears as invited, the email goes out.  A role, a group's or a workspace's that the actor may
 * not give: ERR_DENIED with an issue on "role", "group" or "workspace_role"; nothing is done. */
enum err invites_add(struct ctx *cx, const struct invite_input *in, struct invited *out) MUST_USE;
/* By the member.  The old link dies; not invited any more, or sent within the last minute:
 * ERR_CONFLICT; a role that the actor may not give: ERR_DENIED. */
enum err invites_resend(struct ctx *cx, int64_t member, struct invited *out) MUST_USE;
enum err invites_cancel(struct ctx *cx, int64_t member) MUST_USE;
/* members_set_role(), and the email of an invited one that still waits names the new role. */
enum err invites_set_role(struct ctx *cx, int64_t member, struct str role, struct str typed)
    MUST_USE;
/* The link to copy, which proves no mailbox; only of a role that the actor may give, for who
 * has the link can become its holder.  An expired invitation is good anew. */
struct copied { const char *link, *name, *email; int64_t expires_at; };
enum err invites_copy(struct ctx *cx, int64_t member, struct copied *out) MUST_USE;

/* ------------------------------------------------ for bulk/ */

/* How n more emails fall on the days: so many today, the last of them then; daily 0: no limit;
 * beyond: how many find no day at all. */
struct invite_plan { int64_t today, last_at, daily, beyond; };
enum err invites_plan(struct ctx *cx, int64_t n, struct invite_plan *out) MUST_USE;

/* What all rows of a table are invited into, found and asked for once: as invites_add() refuses it.
 * NULL for nothing. */
struct invite_places;
enum err invites_places(struct ctx *cx, const struct invite_joins *j, struct invite_places **out)
    MUST_USE;

/* One of many, inside a job's transaction in which the actor's rights were read.  What is against
 * it is found before anything is changed: ERR_INVALID, ERR_DENIED or ERR_CONFLICT with an issue,
 * ERR_NOTFOUND, or ERR_LIMIT when no day has room.  days is zero before the first and kept. */
struct invite_days { int64_t from; };
/* Is there anything against inviting this address?  ERR_INVALID with an issue on "email". */
enum err invites_check(struct ctx *cx, const struct member_made *m, const struct person *p)
    MUST_USE;
/* The person is members_person()'s; m->email becomes what they wrote themselves. */
enum err invites_add_here(struct ctx *cx, struct member_made *m, const struct person *p,
    const struct invite_places *places, struct invite_days *days) MUST_USE;
enum err invites_resend_here(struct ctx *cx, int64_t member, struct invite_days *days) MUST_USE;
enum err invites_cancel_here(struct ctx *cx, int64_t member) MUST_USE;
/* members_act() with MANY_ROLE; an email that still waits names the new role. */
enum err invites_act_role(struct ctx *cx, const struct member *m, const struct member_role *role)
    MUST_USE;

/* Inside a transaction, for made-up people: the invitation of a member that was just added as
 * invited, by the actor, now; sent again at again_at (0: not).  No email goes out. */
enum err invites_demo(struct ctx *cx, int64_t member, const struct member_made *m,
    int64_t again_at) MUST_USE;

/* How a member that members_get() gave came in, as far as the invitation tells; sent_at 0: by
 * none. */
struct invite_times {
	const char *inviter;
	int64_t     sent_at, opened_at, accepted_at, copied_at, expires_at;   /* 0: not */
};
enum err invites_times(struct ctx *cx, const struct member *m, struct invite_times *out) MUST_USE;

/* An invitation as its link opens it. */
enum invite_way {
	INVITE_NEW,         /* no password yet: make one */
	INVITE_RECLAIM,     /* the emailed link proves the mailbox: new password, old things end */
	INVITE_SIGN_IN,     /* an identity: its owner signs in first */
	INVITE_ACCEPT,      /* signed in as that person */
	INVITE_OTHER,       /* signed in as somebody else */
	INVITE_UNPROVED     /* a copied link, but the identity is another tenant's unproved one */
};
struct invitation {
	enum invite_way way;
	int64_t         id, tenant, member, person;
	int64_t         generation, expires_at;
	int64_t         inviter;
	bool            copied;        /* by the copied link */
	const char     *slug, *tenant_name, *terms_url, *inviter_name;
	const char     *name, *email, *email_key, *role, *language;
	bool            opened;        /* was noted as opened before */
};
/* Enters its tenant.  No link, an old, used, cancelled or expired one, or one whose sender may not
 * invite so any more: ERR_NOTFOUND.  Only reads. */
enum err invites_open(struct ctx *cx, struct str token, struct invitation *out) MUST_USE;
/* After the page was shown. */
enum err invites_opened(struct ctx *cx, const struct invitation *v) MUST_USE;

struct accept_input { struct str name, password; bool terms; };
/* INVITE_NEW and INVITE_RECLAIM take all of it, INVITE_ACCEPT terms alone; the others are
 * ERR_CONFLICT.  Spends the link.  Takes a hash's time. */
enum err invites_accept(struct ctx *cx, struct str token, const struct accept_input *in,
    struct invitation *out) MUST_USE;

#endif
