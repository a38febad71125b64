#ifndef MEMBERS_OWN_H
#define MEMBERS_OWN_H

#include "core/ctx.h"

/* What a person changes of themselves: their row, and the copies of it that tenants have.  Who may
 * is for the caller to ask: each of these is about cx->actor.person or another's, as it is told.
 * Events are the caller's too. */

struct membership {
	int64_t     tenant, id;
	const char *name, *nickname, *phone, *country;   /* the tenant's copy */
	const char *org_path, *org_name, *role, *status;
	const char *tenant_name, *slug;
	int64_t     created_at, signed_in_at;
	bool        admin;         /* active, and Admin of the whole tenant */
};
struct membership_list { struct membership *items; size_t n; };
/* All memberships of the person that are not closed, invitations among them. */
enum err members_own(struct ctx *cx, int64_t person, struct membership_list *out) MUST_USE;
bool     membership_joined(const struct membership *m);      /* not only invited */
/* This context as the person's own, in that tenant, for an event there. */
struct ctx membership_ctx(const struct ctx *cx, const struct membership *m);

/* Inside a transaction. */
struct own_choices { const char *language, *timezone, *theme, *date_format; int64_t clock; };
enum err members_own_person(struct ctx *cx, int64_t person, const char *name,
    const struct own_choices *c) MUST_USE;
/* The copy becomes what m says; email_key is for the search. */
enum err members_own_copy(struct ctx *cx, const struct membership *m, const char *email_key)
    MUST_USE;
/* The proved address becomes theirs, in all copies too, and links of resets die.  Another has it,
 * or may still take it back: ERR_CONFLICT. */
enum err members_own_email(struct ctx *cx, int64_t person, const char *email, const char *key)
    MUST_USE;
/* Closes the memberships of this list, which keep the name and no other data of the person, and
 * makes the person nobody: the address is free again.  Asks in each tenant whether an administrator
 * is left: none is ERR_CONFLICT, *lacking names the tenants. */
enum err members_own_erase(struct ctx *cx, int64_t person, const struct membership_list *l,
    const char **lacking) MUST_USE;

#endif
