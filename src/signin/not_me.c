/* "This was not me": the link in the email about a sign-in from a new device.  It ends all sessions
 * and voids the password, and takes away a second factor made since that day began. */
#include "base/arena.h"
#include "base/conf.h"
#include "crypto/token.h"
#include "db/db.h"
#include "signin/own.h"
#include "signin/try.h"

#define DAY INT64_C(86400000)
enum { GOOD_DAYS = 7 };

/* Bound to the generation alone: who got in may set another password at once, and must not kill the
 * link by that.  The end is that of a day, so that it need not be stored. */
static struct link_claim
claim_of(const struct signer *s, int64_t until_at)
{
	return (struct link_claim){ .purpose = PURPOSE_LINK_NOT_ME, .row = s->id,
		.generation = s->alarms, .email = s->email_key, .expires_at = until_at };
}

const char *
not_me_link(struct ctx *cx, const struct signer *s)
{
	struct link_claim claim = claim_of(s, (cx->now / DAY + GOOD_DAYS + 1) * DAY);

	return ARENA_JOIN(cx->arena, cx->conf->base_url, "/confirm?t=",
	    link_make(cx->arena, cx->keys, &claim));
}

static enum err
find(struct ctx *cx, struct str token, struct signer *s, int64_t *since)
{
	int64_t person;

	TRY(link_row(token, &person));
	TRY(signer_row_by_id(cx, person, s));
	if (s->id == 0)
		return ERR_NOTFOUND;
	for (int64_t day = 1; day <= GOOD_DAYS + 1; day++) {
		struct link_claim claim = claim_of(s, (cx->now / DAY + day) * DAY);

		*since = claim.expires_at - (GOOD_DAYS + 1) * DAY;
		if (link_check(cx->keys, token, &claim) == OK)
			return OK;
	}
	return ERR_NOTFOUND;
}

enum err
signin_not_me_check(struct ctx *cx, struct str token)
{
	struct signer s;
	int64_t       since;

	return find(cx, token, &s, &since);
}

static enum err
not_me_in_tx(struct ctx *cx, struct str token)
{
	struct signer s;
	int64_t       since;

	TRY(find(cx, token, &s, &since));
	TRY(person_row_alarm(cx, s.id, s.alarms));
	TRY(audit_person(cx, s.id, &(struct audit_entry){ .act = AUDIT_NOT_ME,
	    .where = IN_TENANT, .name = s.name }));
	return signin_void_since(cx, s.id, s.name, since);
}

enum err
signin_not_me(struct ctx *cx, struct str token)
{
	TRY(db_begin(cx->db));
	return db_finish(cx->db, not_me_in_tx(cx, token));
}
