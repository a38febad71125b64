#ifndef INVITES_INVITES_STORE_H
#define INVITES_INVITES_STORE_H

/* Rows of invites.sql, private to invites/. */

#include "invites/invites.h"

struct invite_row {
	int64_t         id, tenant, member, person, generation, expires_at, sent_at, opened_at;
	int64_t         inviter, role_by;
	bool            closed;       /* accepted or cancelled */
	const char     *inviter_name, *name, *email, *email_key, *status, *org_path, *role;
	const char     *language;     /* the person's */
	struct perm_set perms;
	bool            confirmed, has_identity;
};
/* What an invitation's emails are about. */
const char *invite_about(struct ctx *cx, int64_t id);
enum err invite_row_add(struct ctx *cx, const struct invite_row *r) MUST_USE;
/* The open one of a member: id, generation, expires_at, sent_at, inviter_name. */
enum err invite_row_of(struct ctx *cx, int64_t member, struct invite_row *out) MUST_USE;
enum err invite_row_open(struct ctx *cx, int64_t id, struct invite_row *out) MUST_USE;
enum err invite_row_sent(struct ctx *cx, int64_t id, int64_t sent_at) MUST_USE;
/* One that was to be sent on a later day is not: that day has room for another. */
enum err invite_row_not_sent(struct ctx *cx, int64_t id) MUST_USE;
enum err invite_row_resend(struct ctx *cx, struct invite_row *r) MUST_USE;
enum err invite_row_cancel(struct ctx *cx, int64_t id) MUST_USE;
/* By r->inviter; an expired one is good until then, by another link: generation, expires_at. */
enum err invite_row_copied(struct ctx *cx, struct invite_row *r, int64_t until_at) MUST_USE;
enum err invite_row_opened(struct ctx *cx, int64_t id, int64_t *changed) MUST_USE;
/* Used, cancelled or sent again meanwhile: ERR_NOTFOUND. */
enum err invite_row_use(struct ctx *cx, int64_t id, int64_t generation) MUST_USE;
enum err invite_row_times(struct ctx *cx, int64_t member, struct invite_times *out) MUST_USE;
enum err invite_rows_sent(struct ctx *cx, int64_t from, int64_t before, int64_t most, int64_t *n)
    MUST_USE;

#endif
