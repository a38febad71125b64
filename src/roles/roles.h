#ifndef ROLES_ROLES_H
#define ROLES_ROLES_H

#include "core/access.h"

/* Roles: named sets of permissions.  Who holds which is a column of members/; what one
 * may do is decided in core/access.c. */
struct role {
	int64_t         id, version;  /* version: one more at each edit */
	const char     *scope;        /* "tenant" or "workspace" */
	const char     *builtin;      /* "admin" …, "" for a custom one */
	const char     *name, *description;
	struct perm_set perms;
	int64_t         users;        /* members who hold it, or seats in workspaces that have it */
	int64_t         services;     /* service accounts that hold it */
};
struct role_list { struct role *items; size_t n; };

/* Inside a transaction, for a new tenant: the built-in ones, Staff, User and templates. */
enum err roles_add_first(struct ctx *cx) MUST_USE;
/* Needs role:view.  All of them as place_roles() gives them; nobody is counted yet. */
enum err roles_list(struct ctx *cx, struct role_list *out) MUST_USE;
/* Counts who holds them, once. */
enum err roles_count(struct ctx *cx, struct role_list *l) MUST_USE;
/* "12 users"; of a role of workspaces "12 seats in workspaces": people, service accounts and groups
 * have them. */
const char *roles_users(struct ctx *cx, const struct role *r);
enum err roles_get(struct ctx *cx, int64_t id, struct role *out) MUST_USE;
/* Contents that a new role may begin with: kept by the program, held by no account. */
struct role_template { const char *key, *name, *description, *permissions; };
extern const struct role_template role_templates[];   /* a NULL key ends it */

/* What a form brought: text unchecked; permissions are those that this program knows, strange is
 * set when there were others. */
struct role_input {
	struct str      name, description;
	struct perm_set perms;
	bool            strange;
	int64_t         version;      /* roles_change only */
};
/* Each needs role:edit, is one transaction with its event, and refuses a role, as it was or is to
 * be, that holds what the actor does not hold (ERR_DENIED with an issue on "permission"). */
/* id is the form's, so that one sent twice makes one role. */
enum err roles_make(struct ctx *cx, int64_t id, const char *scope, const struct role_input *in)
    MUST_USE;
/* Of a custom role.  Edited since that version was read: ERR_CONFLICT, and no issue. */
enum err roles_change(struct ctx *cx, int64_t id, const struct role_input *in) MUST_USE;
/* Its holders get the replacement (text of an id; none is asked for when nobody holds it): at once
 * when they are few, else by a job whose id is the form's, and *job says so; else it is 0.  Not the
 * actor's own role: ERR_CONFLICT with an issue. */
enum err roles_remove(struct ctx *cx, int64_t id, struct str replacement, int64_t form,
    int64_t *job) MUST_USE;
/* May this actor edit or delete it? */
bool     roles_editable(struct ctx *cx, const struct role *r);

/* The steps of its jobs. */
struct job;
enum err roles_remove_step(struct ctx *cx, struct job *j, bool *last) MUST_USE;
enum err roles_resort_step(struct ctx *cx, struct job *j, bool *last) MUST_USE;

#endif
