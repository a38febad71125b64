#ifndef ROLES_ROLES_H
#define ROLES_ROLES_H

#include "core/access.h"

/* Roles: named sets of permissions.  Who holds which is a column of members/; what one
 * may do is decided in core/access.c. */
struct role {
	int64_t         id;
	const char     *scope;        /* "tenant" or "workspace" */
	const char     *builtin;      /* "admin" …, "" for a custom one */
	const char     *name, *description;
	struct perm_set perms;
	int64_t         users;        /* members who hold it; roles_list only */
};
struct role_list { struct role *items; size_t n; };

/* Inside a transaction, for a new tenant: the built-in ones, Staff, User and templates. */
enum err roles_add_first(struct ctx *cx) MUST_USE;
/* Needs role:view.  All of them, built-in ones first. */
enum err roles_list(struct ctx *cx, struct role_list *out) MUST_USE;
enum err roles_get(struct ctx *cx, int64_t id, struct role *out) MUST_USE;

#endif
