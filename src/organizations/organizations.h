#ifndef ORGANIZATIONS_ORGANIZATIONS_H
#define ORGANIZATIONS_ORGANIZATIONS_H

#include "core/ctx.h"

/* The tree of a tenant.  Its root is made with the tenant; "/" is the root's path, each
 * node adds its id and a "/". */
struct organization {
	int64_t     id;
	const char *path, *name;
};

/* Inside a transaction, for a new tenant. */
enum err organizations_add_root(struct ctx *cx, const char *name, int64_t *id) MUST_USE;
/* Inside a transaction: a node below that path; for the command line.  Too deep, or a
 * name taken there: ERR_INVALID. */
enum err organizations_add(struct ctx *cx, const char *parent_path, const char *name,
    struct organization *out) MUST_USE;
/* By path; ERR_NOTFOUND. */
enum err organizations_at(struct ctx *cx, const char *path, struct organization *out) MUST_USE;

#endif
