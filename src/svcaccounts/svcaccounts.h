#ifndef SVCACCOUNTS_SVCACCOUNTS_H
#define SVCACCOUNTS_SVCACCOUNTS_H

#include "core/access.h"
#include "core/list.h"

/* Service accounts: members that are programs.  One has a tenant role and may be in groups as
 * people are, lies in the root organization, and gets in by API keys alone, which are in
 * apikeys/. */
struct svcaccount {
	int64_t         id, version;      /* version: one more at each edit */
	const char     *name, *description;
	int64_t         role;
	const char     *role_name;
	struct perm_set role_perms;
	struct perm_set held;             /* with what groups add now; svcaccounts_get only */
	int64_t         owner, owner_group;   /* who is told of expiries; at most one of them */
	const char     *owner_name;       /* of either; "" for none */
	const char     *owner_email;      /* of a person; svcaccounts_get only */
	bool            disabled;
	int64_t         groups;           /* in how many it is, those that have ended, too */
	const char     *group_names;      /* the first three; "" for none */
	const char     *prefix;           /* of its newest key; "" for none */
	int64_t         key, key_made_at, key_expires_at;   /* that key; 0: none, never */
	int64_t         used_at;          /* 0: never */
	const char     *made_by;          /* "" for the system */
	int64_t         created_at;
};
struct svcaccount_list {
	struct svcaccount *items;
	size_t             n;
	bool               more;
	int64_t            all;           /* of the tenant, whatever is searched */
};

enum { SVCACCOUNTS_NAME, SVCACCOUNTS_CREATED, SVCACCOUNTS_ROLE, SVCACCOUNTS_OWNER,
	SVCACCOUNTS_USED };
#define SVCACCOUNTS_SORTS "name created role owner used"
#define SVCACCOUNTS_NUMBERS (1u << SVCACCOUNTS_CREATED | 1u << SVCACCOUNTS_USED)
enum { SVCACCOUNT_NAME = 64, SVCACCOUNT_DESCRIPTION = 255, SVCACCOUNT_GROUPS_MOST = 50,
	SVCACCOUNT_WORKSPACES_MOST = 50 };

/* Needs service_account:view.  search: as typed, found in the name; "" for all. */
enum err svcaccounts_list(struct ctx *cx, const struct list_want *w, const char *search,
    struct svcaccount_list *out) MUST_USE;
/* The first by name that match, without counting all. */
enum err svcaccounts_search(struct ctx *cx, const char *search, size_t most,
    struct svcaccount_list *out) MUST_USE;
/* The cursor key of a row under that sort. */
const char *svcaccounts_key(struct ctx *cx, const struct svcaccount *a, unsigned sort);
enum err svcaccounts_get(struct ctx *cx, int64_t id, struct svcaccount *out) MUST_USE;
/* How many there are.  Asks for no permission. */
enum err svcaccounts_count(struct ctx *cx, int64_t *n) MUST_USE;

/* What a form brought, unchecked: ids as text, "" for none; groups and workspaces only of a new
 * one. */
struct svcaccount_input {
	struct str     name, description, role;
	struct str     owner_email, owner_group;
	bool           keep_owner;        /* the form did not ask */
	const int64_t *groups;
	size_t         ngroups;
	const int64_t *workspaces;        /* to be in, all with one role; of a new one, too */
	size_t         nworkspaces;
	struct str     workspace_role;
	int64_t        version;
};

/* Each of these needs service_account:edit, is one transaction and writes its events.  A role that
 * holds more than the actor: ERR_DENIED with an issue on "role". */
/* id is the form's, so that one sent twice makes one: then *there is set and nothing is done. */
enum err svcaccounts_make(struct ctx *cx, int64_t id, const struct svcaccount_input *in,
    bool *there) MUST_USE;
/* Edited since that version was read: ERR_CONFLICT, and no issue. */
enum err svcaccounts_change(struct ctx *cx, int64_t id, const struct svcaccount_input *in) MUST_USE;
/* One cell of the list: the others stay. */
enum svcaccount_cell { SVCACCOUNT_CELL_NAME, SVCACCOUNT_CELL_DESCRIPTION, SVCACCOUNT_CELL_ROLE };
enum err svcaccounts_set(struct ctx *cx, int64_t id, enum svcaccount_cell cell, struct str value,
    int64_t version) MUST_USE;
/* Its keys are refused from the next request on, until it is enabled by somebody who holds as much:
 * else ERR_DENIED with an issue for the whole. */
enum err svcaccounts_enable(struct ctx *cx, int64_t id, bool enabled) MUST_USE;
/* The row is closed; its keys and memberships go by triggers. */
enum err svcaccounts_remove(struct ctx *cx, int64_t id) MUST_USE;
/* In these groups and in no other: needs group:edit, too. */
enum err svcaccounts_set_groups(struct ctx *cx, int64_t id, const int64_t *groups, size_t n)
    MUST_USE;

/* In these workspaces, those that are new to it with that role, and no more in those of was that
 * are not among them; what else it is in stays.  Needs workspace:manage_all, too. */
struct svcaccount_seats {
	const int64_t *was, *workspaces;
	size_t         nwas, n;
	struct str     role;
};
enum err svcaccounts_set_workspaces(struct ctx *cx, int64_t id, const struct svcaccount_seats *in)
    MUST_USE;

/* For a key: may the actor have one made?  Whoever has it acts as the account, so it must not hold
 * more than the actor: ERR_DENIED with an issue for the whole. */
enum err svcaccounts_may_key(struct ctx *cx, const struct svcaccount *a) MUST_USE;
/* The same for enabling it, which makes its keys good again. */
enum err svcaccounts_may_enable(struct ctx *cx, const struct svcaccount *a) MUST_USE;

/* ------------------------------------------------ for roles/ */

/* How many hold a role. */
enum err svcaccounts_holders(struct ctx *cx, int64_t role, int64_t *n) MUST_USE;
/* Inside a transaction: they hold that one instead, each with its event. */
enum err svcaccounts_move_role(struct ctx *cx, int64_t role, const char *was, int64_t to,
    const char *name) MUST_USE;

#endif
