#ifndef PROFILE_PROFILE_STORE_H
#define PROFILE_PROFILE_STORE_H

/* Rows of profile.sql, private to profile/. */

#include "profile/profile.h"

enum err profile_row(struct ctx *cx, struct profile *out) MUST_USE;

struct change_row {
	int64_t     id, person, generation, asked_at, expires_at, stop_until;
	const char *email, *email_key, *old_email, *old_email_key, *state, *name, *language;
};
/* id 0: none waits. */
enum err change_row_waiting(struct ctx *cx, struct email_change *out) MUST_USE;
/* *n: how many waited. */
enum err change_rows_end(struct ctx *cx, int64_t person, int64_t *n) MUST_USE;
enum err change_row_add(struct ctx *cx, const struct change_row *row) MUST_USE;
enum err change_row_open(struct ctx *cx, int64_t id, struct change_row *out) MUST_USE;
/* Used or dead meanwhile: ERR_NOTFOUND. */
enum err change_row_confirm(struct ctx *cx, const struct change_row *row) MUST_USE;
enum err change_rows_stop(struct ctx *cx, const struct change_row *row) MUST_USE;
enum err change_rows_forget(struct ctx *cx, int64_t person) MUST_USE;
enum err change_rows_sweep(struct ctx *cx, int64_t before, int64_t *n) MUST_USE;
/* Another than the actor who has the address: 0 when nobody has. */
enum err taken_row(struct ctx *cx, const char *key, int64_t *person, const char **language)
    MUST_USE;

/* What somebody is in, in one tenant: groups first, then workspaces by name. */
struct own_place {
	bool        workspace;
	const char *name, *role;   /* NULL for none */
	const char *group;         /* by which they are in the workspace; NULL: by themselves */
	int64_t     since, until_at;
};
struct own_places { struct own_place *items; size_t n; };
enum { OWN_PLACES_MOST = 2000 };
enum err own_place_rows(struct ctx *cx, int64_t tenant, int64_t member, struct own_places *out)
    MUST_USE;
enum err activity_rows(struct ctx *cx, int64_t tenant, int64_t member, int64_t before, size_t most,
    struct event *items, size_t *n) MUST_USE;

#endif
