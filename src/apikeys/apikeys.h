#ifndef APIKEYS_APIKEYS_H
#define APIKEYS_APIKEYS_H

#include "core/list.h"
#include "core/place.h"
#include "members/members.h"
#include "svcaccounts/svcaccounts.h"

/* API keys of people and of service accounts, each in one tenant: what scripts and applications use
 * in place of a session.  A key holds at most what its owner holds when it is used, and is good for
 * the REST API alone. */

enum key_scope { KEY_ALL, KEY_READ, KEY_SOME };

struct apikey {
	int64_t         id, version;
	int64_t         member, service;   /* whose it is: one of them */
	const char     *name, *description;
	const char     *prefix;        /* the first 12 characters, which are no secret */
	const char     *client;        /* "https" … */
	enum key_scope  scope;
	struct perm_set perms;         /* at the most */
	int64_t         created_at, used_at;
	const char     *used_from;
	int64_t         expires_at;    /* 0: never */
	int64_t         ends_at;       /* it was replaced and is good until then; 0: it was not */
	bool            expired, live; /* live: may be used now */
};
struct apikey_list {
	struct apikey *items;
	size_t         n;
	size_t         counted;        /* of those allowed: of a service account each that works, of
	                                * a person those alone that were not replaced */
};

enum { KEYS_NAME, KEYS_CLIENT, KEYS_CREATED, KEYS_EXPIRES, KEYS_USED };
#define KEYS_SORTS "name client created expires used"
enum { SERVICE_KEYS_MOST = 2, KEY_DESCRIPTION = 255, KEY_NAME = 64 };

/* What a key may be used by: the word that is stored and, in English, how it is called, in events
 * too.  The first is the usual one; ended by NULL. */
struct key_client { const char *word, *label; };
extern const struct key_client key_clients[];
/* NULL: no such client. */
const struct key_client *key_client(const char *word);

/* The actor's own in this tenant, as the list wants them sorted; those that have expired are among
 * them, those that were deleted are not. */
enum err apikeys_list(struct ctx *cx, const struct list_want *w, struct apikey_list *out) MUST_USE;
/* Another's or none: ERR_NOTFOUND. */
enum err apikeys_get(struct ctx *cx, int64_t id, struct apikey *out) MUST_USE;
/* A member's, the newest first.  Needs user:key where the member is. */
enum err apikeys_of(struct ctx *cx, const struct member *m, struct apikey_list *out) MUST_USE;

/* For the data of a person: those of one of the person's memberships. */
enum err apikeys_own(struct ctx *cx, int64_t tenant, int64_t member, struct apikey_list *out)
    MUST_USE;

/* ---------------------------------------------------------------- making */

/* The secret is drawn when the form is shown and goes along with it, sealed for this session and
 * the key's number: a form sent twice makes one key and shows it both times.  A form that comes
 * back brings its own; a new one gets one. */
const char *apikeys_sealed(struct ctx *cx, int64_t id, struct str sealed);

struct apikey_input {
	struct str      name, description, client, expiry, scope;
	struct perm_set perms;         /* for the scope "some" */
	bool            strange;       /* it named a permission that there is not */
	int64_t         version;
};
/* A key as it was made; the secret is in clear this once, NULL when the form comes again later than
 * a minute after. */
struct apikey_made { struct apikey key; const char *secret; };
/* id and sealed of the form.  What is wrong is noted: ERR_INVALID; permissions that the actor does
 * not hold: ERR_DENIED with an issue; five keys already: ERR_CONFLICT with an issue. */
enum err apikeys_make(struct ctx *cx, int64_t id, struct str sealed, const struct apikey_input *in,
    struct apikey_made *out) MUST_USE;
/* The next in its place: the same name, permissions and client; the old one is good for so many
 * hours (0, 1, 24, 72), but not longer than it was. */
struct apikey_again { struct str expiry, overlap; };
enum err apikeys_regenerate(struct ctx *cx, int64_t old, int64_t id, struct str sealed,
    const struct apikey_again *in, struct apikey_made *out) MUST_USE;

/* ---------------------------------------------------------------- of service accounts */

/* The newest first.  Needs service_account:view. */
enum err apikeys_of_service(struct ctx *cx, int64_t service, struct apikey_list *out) MUST_USE;
/* One of them: another's or none is ERR_NOTFOUND. */
enum err apikeys_service_get(struct ctx *cx, int64_t service, int64_t id, struct apikey *out)
    MUST_USE;
/* As apikeys_make() and apikeys_regenerate().  They need service_account:edit, and the account must
 * hold no more than the actor; two keys that work already, one that was replaced and goes on for a
 * while too: ERR_CONFLICT with an issue, on "overlap" where that is too long. */
enum err apikeys_make_for(struct ctx *cx, int64_t service, int64_t id, struct str sealed,
    const struct apikey_input *in, struct apikey_made *out) MUST_USE;
enum err apikeys_regenerate_for(struct ctx *cx, int64_t service, int64_t old, int64_t id,
    struct str sealed, const struct apikey_again *in, struct apikey_made *out) MUST_USE;
/* A new account with its first key, in one transaction: the number of the form is the account's,
 * key and sealed are the key's.  It may do all that the account may. */
struct service_first { int64_t id, key; struct str sealed, expiry; };
enum err apikeys_make_service(struct ctx *cx, const struct service_first *first,
    const struct svcaccount_input *in, struct apikey_made *out) MUST_USE;
enum err apikeys_delete_for(struct ctx *cx, int64_t service, int64_t id) MUST_USE;

/* ---------------------------------------------------------------- changing, ending */

/* Name and description.  Changed meanwhile: ERR_CONFLICT. */
enum err apikeys_edit(struct ctx *cx, int64_t id, const struct apikey_input *in) MUST_USE;
/* From the next request on nobody gets in by it. */
enum err apikeys_delete(struct ctx *cx, int64_t id) MUST_USE;
/* Another member's, who is told by email.  Needs user:key. */
enum err apikeys_end(struct ctx *cx, int64_t member, int64_t id) MUST_USE;
/* Inside a transaction: all keys of a person, in all tenants. */
enum err apikeys_end_person(struct ctx *cx, int64_t person) MUST_USE;

/* ---------------------------------------------------------------- using */

/* By the header Authorization.  Not "Bearer" and a key of the right form: ERR_INVALID, and nothing
 * was asked of the database.  No such key, over, or of a member or service account that is
 * not active: ERR_DENIED.
 * OK: actor and cx->key are set, the tenant is to be entered yet. */
enum err apikeys_identify(struct ctx *cx, struct str authorization) MUST_USE;
/* Into the tenant of an address, with what the key leaves of its owner's rights.  A key opens one
 * tenant: another, or none, is ERR_NOTFOUND.  Not as a member, or by an old
 * slug of one that the owner is in: ERR_DENIED, out says why. */
enum err apikeys_enter(struct ctx *cx, struct str slug, struct standing *out) MUST_USE;
/* After the answer, at most once a minute: last used, and from where. */
bool     apikeys_used_due(const struct ctx *cx);
enum err apikeys_used(struct ctx *cx) MUST_USE;

/* Housekeeper: an email 7 days and one 1 day before a key expires, each once.  At most 50 a call;
 * *n is how many keys were looked at.  Transactions of its own. */
enum err apikeys_warn(struct ctx *cx, int64_t *n) MUST_USE;
/* Those that ended 30 days ago are forgotten, at most 500 a call. */
enum err apikeys_sweep(struct ctx *cx, int64_t *n) MUST_USE;

/* How long a key may be good, as forms offer it; days 0: for ever.  Closed by a NULL word. */
struct key_life { const char *word; int64_t days; };
extern const struct key_life key_lives[];
/* Do the account's security settings allow it? */
bool key_life_allowed(const struct ctx *cx, const struct key_life *life);

#endif
