#ifndef PROFILE_PROFILE_H
#define PROFILE_PROFILE_H

#include "base/str.h"
#include "core/audit.h"

/* What a person sees and changes of themselves.  All of it is about the actor, in the tenant whose
 * pages they are on; the person's own edit changes the copies of all tenants. */

struct profile {
	int64_t     version;       /* of the person and the copy; one more at each edit of either */
	const char *name, *nickname, *phone, *country;         /* this tenant's copy */
	const char *language, *timezone, *theme, *date_format; /* "" takes the tenant's */
	int64_t     clock;                                     /* 0 takes the tenant's */
	const char *own_name;      /* the person's own */
	const char *email, *email_key, *method;
	const char *org;
	bool        by_password, confirmed, refused;   /* by_password: signs in by one of ours */
	bool        grouped;       /* is in a group, perhaps one that has ended for them */
	int64_t     signed_in_at, created_at;
};
enum err profile_get(struct ctx *cx, struct profile *out) MUST_USE;

struct profile_input {
	struct str name, nickname, phone, country, language, timezone, theme, date_format, clock;
	int64_t    version;
};
/* What is wrong is noted, ERR_INVALID.  Changed meanwhile: ERR_CONFLICT, and *now is how it is. */
enum err profile_change(struct ctx *cx, const struct profile_input *in, struct profile *now)
    MUST_USE;

/* ---------------------------------------------------------------- address */

/* The change that waits for its link; id 0: none. */
struct email_change { int64_t id, asked_at, expires_at; const char *email; };
enum err profile_email(struct ctx *cx, struct email_change *out) MUST_USE;
/* Sends a link to the new address, the truth where somebody has it, and a notice with a link that
 * stops it to the old one; the same work and answer in each case.  A change that waited ends.  At
 * most 3 emails an address and hour, 20 a source: further ones are dropped without a word. */
enum err profile_email_ask(struct ctx *cx, struct str email) MUST_USE;
/* None waits: ERR_NOTFOUND. */
enum err profile_email_cancel(struct ctx *cx) MUST_USE;

/* What a link of an email does.  stops: it is the one to the old address. */
struct email_link {
	bool        stops, confirmed;
	int64_t     id, person, generation;
	const char *name, *email, *old_email;
};
/* No link, an old or a used one: ERR_NOTFOUND.  Only reads. */
enum err profile_link(struct ctx *cx, struct str token, struct email_link *out) MUST_USE;
/* The address changes, resets die and all sessions end but the actor's own where it is the same
 * person's: that goes on by another id, which is in session (else "").  Another has the address
 * by now: ERR_CONFLICT. */
enum err profile_link_confirm(struct ctx *cx, struct str token, char session[44]) MUST_USE;
/* The change ends; the address is the old one again, all sessions end, and no password is good
 * until a reset by email sets one: whoever asked for the change knew it.  A second factor and
 * recovery codes made since it was asked for go too.  Also of a change that was given up or ended
 * by something else; once. */
enum err profile_link_stop(struct ctx *cx, struct str token) MUST_USE;

/* ---------------------------------------------------------------- password, sessions */

struct password_input { struct str current, password, again, device; };
/* Ends all other sessions; this one goes on by another id, which is in session.  The present one is
 * wrong: ERR_INVALID, counted like a failed sign-in; too often: ERR_LIMIT and *until_at. */
enum err profile_password(struct ctx *cx, const struct password_input *in, int64_t *until_at,
    char session[44]) MUST_USE;

/* Another one of the actor's; not theirs, or this one: ERR_NOTFOUND. */
enum err profile_session_end(struct ctx *cx, int64_t session) MUST_USE;
/* All of them, or all but this one. */
enum err profile_sessions_end(struct ctx *cx, bool this_too) MUST_USE;

/* ---------------------------------------------------------------- activity, data, end */

struct activity { struct event *items; size_t n; bool more; };
/* What the actor did in this tenant and what was done to them, newest first, before (0: from the
 * newest). */
enum err profile_activity(struct ctx *cx, int64_t before, size_t rows, struct activity *out)
    MUST_USE;

/* All that is kept of the person, as JSON, in an unlinked file that the caller closes; no secret.
 * The event is written first, and without it there is no file. */
enum err profile_data(struct ctx *cx, int *file) MUST_USE;

extern const char profile_delete_word[];
struct delete_input { struct str password, typed, device; };
/* Closes every membership and makes the person nobody.  The last administrator of a tenant:
 * ERR_CONFLICT with an issue that names it.  Wrong password or word: ERR_INVALID. */
enum err profile_delete(struct ctx *cx, const struct delete_input *in, int64_t *until_at) MUST_USE;

/* Housekeeper: changes whose links are all dead, at most 500 a call; *n is how many. */
enum err profile_sweep(struct ctx *cx, int64_t *n) MUST_USE;

#endif
