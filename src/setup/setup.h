#ifndef SETUP_SETUP_H
#define SETUP_SETUP_H

#include "members/members.h"
#include "tenants/tenants.h"

/* Making a whole new account, and its first administrator. */

/* The account with its root organization and roles.  Needs the system as actor. */
enum err setup_tenant(struct ctx *cx, const struct tenant_input *in) MUST_USE;

struct setup_user { struct member_input member; struct str password; };
/* An active member with a password, in cx->tenant; for the command line and the setup page.
 * The address stays unconfirmed.  One that has an identity already: ERR_INVALID with an issue
 * on "email". */
enum err setup_user(struct ctx *cx, const struct setup_user *in, const char *org_path,
    int64_t *member) MUST_USE;

/* A one-time link for the first administrator, good for 30 minutes; the one before dies.  Its
 * event is the system's. */
enum err setup_link(struct ctx *cx, const char **link) MUST_USE;
/* Old, used, or there is an account already: ERR_NOTFOUND.  Only reads. */
enum err setup_open(struct ctx *cx, struct str token) MUST_USE;
struct setup_input { struct tenant_input tenant; struct str name, email, password; };
/* Spends it: the account and its administrator in one transaction. */
enum err setup_use(struct ctx *cx, struct str token, const struct setup_input *in,
    const char **slug) MUST_USE;

/* Housekeeper: links that expired a day ago. */
enum err setup_sweep(struct ctx *cx, int64_t *n) MUST_USE;

#endif
