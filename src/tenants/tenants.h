#ifndef TENANTS_TENANTS_H
#define TENANTS_TENANTS_H

#include "core/ctx.h"

/* The account of one company.  Its organizations, roles and people are made by the modules
 * of these names; setup/ puts a whole new account together. */

struct tenant_input { struct str slug, name; };

enum { TENANT_NAME_LONGEST = 80, SLUG_LONGEST = 40 };

/* Notes what is wrong with slug ("slug": 2 to 40 of a-z, 0-9, -, not first or last, and
 * none of the reserved words) and name ("tenant"); ERR_INVALID. */
enum err tenants_check(struct ctx *cx, const struct tenant_input *in, const char **slug,
    const char **name) MUST_USE;
/* Inside a transaction: the row alone, in cx->language, entered as by place_open_id.  Slug
 * taken, now or before: ERR_INVALID with an issue on "slug". */
enum err tenants_add(struct ctx *cx, const char *slug, const char *name) MUST_USE;
/* What the overview shows: users in the reader's reach, the rest of all the account, the reader's
 * own, and how far a new account is. */
struct tenant_numbers {
	int64_t users, invited, deactivated, active, roles, services, groups;
	int64_t no_factor;           /* active users without a second factor */
	int64_t workspaces, personal;            /* personal ones are among them */
	int64_t events;              /* those that are kept */
	int64_t own_workspaces, own_keys;        /* keys that work and were not replaced */
	bool    steps;               /* they are shown: the reader may change the account */
	bool    mailed, second_admin, factor;    /* done; the factor is the reader's */
};
/* One statement.  A number of what the reader may not see is not for showing. */
enum err tenants_numbers(struct ctx *cx, struct tenant_numbers *out) MUST_USE;
/* Puts the first steps away, for all of the account; needs account:edit.  Away already: OK. */
enum err tenants_steps_hide(struct ctx *cx) MUST_USE;
/* What the page of general settings keeps.  Reading it needs no permission: the portal shows it. */
struct tenant_general {
	bool        personal_workspaces;   /* each member may make one */
	const char *portal_text;           /* above the portal, with line feeds; "" for none */
	int64_t     version;
};
enum err tenants_general(struct ctx *cx, struct tenant_general *out) MUST_USE;
/* As a form brought it.  Needs account:edit; edited since that version was read: ERR_CONFLICT, and
 * no issue.  What is as it was is no event. */
struct general_input { struct str portal_text; bool personal_workspaces; int64_t version; };
enum err tenants_general_change(struct ctx *cx, const struct general_input *in) MUST_USE;
/* What the page of security settings keeps; in force from the next request on. */
struct tenant_security {
	int64_t keys_most;                 /* API keys of a member, 1 to KEYS_MOST_MOST */
	int64_t key_days;                  /* how long one may be good; 0: for ever */
	int64_t version;
};
enum { KEYS_MOST_MOST = 20 };
/* Needs security:view. */
enum err tenants_security(struct ctx *cx, struct tenant_security *out) MUST_USE;
/* As a form brought it.  Needs security:edit; else as tenants_general_change(). */
struct security_input { struct str keys_most, key_days; int64_t version; };
enum err tenants_security_change(struct ctx *cx, const struct security_input *in) MUST_USE;
/* How many there are. */
enum err tenants_count(struct ctx *cx, int64_t *n) MUST_USE;

#endif
