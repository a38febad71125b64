#ifndef CORE_ACCESS_H
#define CORE_ACCESS_H

/* May this actor do this here, and why.  One decision function; the page gate, the rules,
 * the command line and the explanation all go through it. */

#include "core/ctx.h"

struct scope {
	enum scope_kind kind;
	const char     *path;   /* SCOPE_ORG: the object's org_path */
	int64_t         id;     /* SCOPE_WORKSPACE */
};
#define IN_TENANT        ((struct scope){ .kind = SCOPE_TENANT })
#define IN_ORG(org_path) ((struct scope){ .kind = SCOPE_ORG, .path = (org_path) })
#define IN_WORKSPACE(ws) ((struct scope){ .kind = SCOPE_WORKSPACE, .id = (ws) })

/* Refuse unless the actor holds p there. ERR_DENIED, or ERR_NOTFOUND where the actor may
 * not even know of the place (outside the own organization's path, or in a workspace that the
 * actor neither belongs to nor sees as one of all). */
enum err access_need(struct ctx *cx, enum perm p, struct scope sc) MUST_USE;
/* Reads by one statement what the actor holds in a workspace, for all questions about it; none is
 * answered with yes before.  No such workspace: ERR_NOTFOUND. */
enum err access_workspace(struct ctx *cx, int64_t workspace) MUST_USE;
/* All that the actor holds in the workspace that was read. */
struct perm_set access_inside(const struct ctx *cx);
/* The same question, to decide whether a button is shown; no statement per call. */
bool access_has(struct ctx *cx, enum perm p, struct scope sc);

/* First in a transaction that changes something: role, status and reach of the actor as they are
 * now, for what was read before it may be old.  Not active any more: ERR_DENIED; the session has
 * ended meanwhile, here or everywhere: ERR_BUSY, since asked again the gate says so. */
enum err access_again(struct ctx *cx) MUST_USE;

/* What the columns permissions and group_permissions of a row come to: what the role of a member
 * holds, and the roles of the groups that the member is in now. */
struct db_rows;
struct perm_set access_perms(struct ctx *cx, struct db_rows *rows);

/* A holder and what decides for them: read from the database for another member, taken
 * from the context for the actor. */
struct holder {
	int64_t         member;          /* or service account */
	bool            service;
	const char     *name;
	const char     *status;
	const char     *org_path;
	const char     *role;
	int64_t         role_id;
	struct perm_set perms;
	struct perm_set most;            /* by an API key, no more than this; else all */
	struct inside   inside;          /* of a question about a workspace */
};
/* A role that somebody holds: their own, or that of a group which they are in. */
struct grant {
	int64_t         role, group;     /* group: 0 for their own */
	bool            inside;          /* a role of the workspace that is asked about */
	const char     *role_name, *group_name;
	struct perm_set perms;
	int64_t         until_at;        /* of the membership; 0: without an end */
	bool            over;            /* it has passed: nothing is held by it */
};
/* Yes or no with the reason, for any member or service account of the tenant: what explains is what
 * decides. */
struct proof {
	bool          yes;
	enum perm     perm;
	struct scope  place;
	struct holder who;
	enum { PROOF_ROLE, PROOF_STATUS, PROOF_NO_ROLE, PROOF_REACH } why;
	struct grant *grants;            /* the own role first, then groups by name */
	size_t        ngrants;
};
/* The first of them that holds it, or, in a workspace, that brings it: one that sees or manages
 * every workspace does, too.  NULL: none does. */
const struct grant *access_grant(const struct proof *proof, enum perm p);
/* What they would hold in the workspace that is asked about, with other permissions in the account,
 * other roles there, and belonging to it or not. */
struct perm_set access_inside_of(const struct holder *who, struct perm_set tenant,
    struct perm_set roles, bool belongs);
/* Neither a member nor a service account of that id: ERR_NOTFOUND. */
enum err access_why(struct ctx *cx, int64_t member, enum perm p, struct scope sc,
    struct proof **out) MUST_USE;

/* Is this path at or below that one? */
bool path_within(const char *path, const char *above);

/* May the actor give this set of permissions to somebody in org_path?  Nobody gives more
 * than they hold themselves there; ERR_DENIED with an issue on the field "role". */
enum err access_give(struct ctx *cx, struct perm_set set, const char *org_path) MUST_USE;
/* The same of a role with that name, which the refusal tells. */
enum err access_give_role(struct ctx *cx, const char *role, struct perm_set set,
    const char *org_path) MUST_USE;

/* The same of a role of the workspace that was read, which is given there. */
enum err access_give_inside(struct ctx *cx, const char *role, struct perm_set set) MUST_USE;
/* The same of all roles that a group has in workspaces, for who is brought into the group. */
enum err access_give_group(struct ctx *cx, int64_t group) MUST_USE;
/* For a transaction that gives a role which was read before it began: ERR_BUSY when that role was
 * deleted meanwhile or holds something else now, so that the request is made anew. */
enum err access_role_stands(struct ctx *cx, int64_t role, struct perm_set was) MUST_USE;

/* Notes a refusal of somebody signed in and sets cx->decision: at most one event for an
 * actor, permission (or cx->refused) and matter in 10 minutes, later ones show the same id. */
enum err access_refused(struct ctx *cx, enum perm p, const char *matter) MUST_USE;
/* Housekeeper: refusals are forgotten after a year, at most 500 a call; *n is how many. */
enum err access_sweep(struct ctx *cx, int64_t *n) MUST_USE;

#endif
