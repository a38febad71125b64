#ifndef MEMBERS_ACTS_H
#define MEMBERS_ACTS_H

/* What acts on one member and on many have in common; private to members/. */

#include "core/audit.h"
#include "core/outbox.h"
#include "members/members.h"

/* One act: who may do it to a member of which status, what it is called in the log. */
struct act {
	enum perm      need;
	enum audit_act event;
	bool           invited, active, deactivated;   /* statuses that allow it */
	const char    *mail;                           /* the email's kind; NULL for none */
};
enum { ACT_ROLE, ACT_DEACTIVATE, ACT_REACTIVATE, ACT_REMOVE, ACT_LOG_OUT, ACT_UNLOCK };
extern const struct act acts[];

bool act_fits(const struct act *act, const struct member *m);
/* Its email, if it has one; else mail->kind stays.  role is the one held afterwards. */
enum err act_mail(struct ctx *cx, const struct act *act, const struct member *m, const char *role,
    struct email *mail) MUST_USE;
enum err act_note(struct ctx *cx, const struct act *act, const struct member *m,
    const struct audit_field *fields, size_t n) MUST_USE;

#endif
