#ifndef CORE_PLACE_H
#define CORE_PLACE_H

#include "core/ctx.h"

/* Entering a tenant: its row, the person's membership there and the role held, read by one
 * statement.  Sets tenant, place, actor.member, path, perms and role in the context.
 * Whether the policies of the tenant let this session in is asked by signin/. */

enum place_standing {
	PLACE_NONE,          /* no such tenant, or no member of it: the same statements */
	PLACE_MOVED,         /* an old slug: place->slug has the new one */
	PLACE_SUSPENDED,     /* the tenant is suspended by the operator */
	PLACE_INVITED,       /* the member, of a proved address, has not accepted yet */
	PLACE_DEACTIVATED,
	PLACE_MEMBER
};
struct standing {
	enum place_standing kind;
	int64_t valid_from;      /* sessions that began before it sign in again */
	int64_t signed_in_at;    /* the member's last sign-in, as the list shows it */
	int64_t ended_at;        /* this session, if it began before; 0: not */
	int64_t used_at;         /* when this session last used this tenant; 0: not yet */
	/* Of a member, whatever the standing. */
	int64_t     member;
	const char *name, *role, *path;
};

/* Tenants' rows as this process read them last, for cx->kept: as long as a tenant's number of
 * changes is the same, its row is not read again.  In a worker, once. */
struct arena;
struct tenants_kept *place_keep(struct arena *forever);
void place_forget(struct tenants_kept *kept);

/* Its roles: of the account, then of workspaces; built-in before custom ones, the oldest first.
 * They are kept with the tenant's row, which counts a change of them as its own, and read anew
 * inside a transaction and behind one of this request.  Asks for no permission. */
struct place_role {
	int64_t         id, version;
	const char     *scope;   /* "tenant" or "workspace" */
	const char     *builtin; /* "admin" …, "" for a custom one */
	const char     *name, *description;
	struct perm_set perms;
};
struct place_roles { const struct place_role *items; size_t n; };
enum err place_roles(struct ctx *cx, struct place_roles *out) MUST_USE;
/* One of them, a removed one too; at the least its name and perms.  ERR_NOTFOUND. */
enum err place_role(struct ctx *cx, int64_t id, struct place_role *out) MUST_USE;

/* A text in the language that is spoken, made of the tenant's row, of the number that it is kept
 * under, and of what never changes in a process: kept with the row.  False: it is to be made. */
bool place_text(const struct ctx *cx, uint64_t key, struct str *out);
void place_keep_text(struct ctx *cx, uint64_t key, struct str text);   /* copied */

/* By the slug of a path, for cx->actor.person, or the service account that cx->key is of.  Only
 * PLACE_MEMBER has member and rights. */
enum err place_enter(struct ctx *cx, struct str slug, struct standing *out) MUST_USE;
/* For the command line and jobs: the tenant alone, the actor stays.  ERR_NOTFOUND. */
enum err place_open(struct ctx *cx, struct str slug) MUST_USE;
enum err place_open_id(struct ctx *cx, int64_t tenant) MUST_USE;

/* Reads one row, as every page does; whatever keeps the database from it comes out. */
enum err place_ready(struct ctx *cx) MUST_USE;

#endif
