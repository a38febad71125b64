#ifndef SIGNIN_SIGNIN_STORE_H
#define SIGNIN_SIGNIN_STORE_H

/* Rows of signin.sql, private to signin/. */

#include "signin/signin.h"

/* A person who signs in; id 0 when there is none.  hash is "" without a password. */
struct signer {
	int64_t     id;
	const char *email, *email_key, *name, *language, *method, *hash;
	int64_t     set_at;     /* of the password; later for each new one */
	bool        factor;
	int64_t     signed_in_at;   /* first; 0: never yet */
	int64_t     alarms;     /* generation of links that say "this was not me" */
	int64_t     browsers;   /* how many are known to be theirs, and the time of the newest */
};
enum err signer_row(struct ctx *cx, const char *email_key, struct signer *out) MUST_USE;
enum err signer_row_by_id(struct ctx *cx, int64_t person, struct signer *out) MUST_USE;
enum err browser_known(struct ctx *cx, int64_t person, int64_t browser, bool *known) MUST_USE;
enum err browser_rows_forget(struct ctx *cx, int64_t person) MUST_USE;
enum err browser_rows_sweep(struct ctx *cx, int64_t seen, int64_t *n) MUST_USE;
/* Known from now on; of many, those not seen for longest go. */
enum err browser_row_seen(struct ctx *cx, int64_t person, int64_t browser) MUST_USE;

struct session_row {
	int64_t       id, person, created_at, seen_at, proved_at, old_until;
	int64_t       set_at;   /* of the person's password; 0 without one */
	bool          full, current, must_change;
	struct reader reader;
};
/* id 0 when there is none. */
enum err session_row_by_hash(struct ctx *cx, const uint8_t hash[32], struct session_row *out)
    MUST_USE;
enum err session_row_add(struct ctx *cx, int64_t id, int64_t person, const uint8_t hash[32],
    const char *stage, int64_t began_at) MUST_USE;
/* Another id for a session of the person, which begins anew; the one before is good for
 * reading for old_ms more.  *changed false: there is no such session any more. */
enum err session_row_renew(struct ctx *cx, int64_t id, int64_t person, const uint8_t hash[32],
    const char *stage, int64_t began_at, int64_t old_ms, bool *changed) MUST_USE;
/* Another id for the session after a proof of who uses it; it began when it began.  *changed
 * false: there is no such session any more, or it was proved since it was read. */
enum err session_row_prove(struct ctx *cx, const uint8_t hash[32], int64_t old_ms, bool *changed)
    MUST_USE;
/* Yet another id for the session of cx->late; *changed false: the id before reads no more. */
enum err session_row_prove_second(struct ctx *cx, const uint8_t hash[32], bool *changed) MUST_USE;
/* One that waited for the second factor goes on as a whole one. */
enum err session_row_full(struct ctx *cx, int64_t id, int64_t person, const uint8_t hash[32],
    int64_t began_at, bool *changed) MUST_USE;
/* One wrong code more; *tries 0 when it waits for none. */
enum err session_row_tried(struct ctx *cx, int64_t id, int64_t *tries) MUST_USE;
enum err session_rows_sweep_half(struct ctx *cx, int64_t began, int64_t *n) MUST_USE;
enum err session_row_end(struct ctx *cx, int64_t id) MUST_USE;
enum err session_rows_end(struct ctx *cx, int64_t person, int64_t but) MUST_USE;
enum err session_rows_sweep(struct ctx *cx, int64_t began, int64_t seen, int64_t *n) MUST_USE;
enum err session_row_seen(struct ctx *cx) MUST_USE;
enum err session_row_used(struct ctx *cx) MUST_USE;
enum err member_row_signed_in(struct ctx *cx) MUST_USE;

/* Notes the first sign-in of a person. */
enum err person_row_signed_in(struct ctx *cx, int64_t person) MUST_USE;
/* Moves the generation of those links on; not of this generation: ERR_NOTFOUND. */
enum err person_row_alarm(struct ctx *cx, int64_t person, int64_t generation) MUST_USE;

/* A second factor; secret is sealed, NULL when there is none. */
struct factor_row { struct str secret; int64_t since_at, codes_left, last_step; };
enum err factor_row_get(struct ctx *cx, int64_t person, struct factor_row *out) MUST_USE;
enum err factor_row_add(struct ctx *cx, int64_t person, struct str secret, int64_t step) MUST_USE;
/* false: this step or a later one was used before. */
enum err factor_row_use(struct ctx *cx, int64_t person, int64_t step, bool *used) MUST_USE;
enum err factor_row_remove(struct ctx *cx, int64_t person) MUST_USE;
/* The keys of the codes that are left, at most n. */
enum err recovery_row_keys(struct ctx *cx, int64_t person, uint32_t *keys, size_t *n) MUST_USE;
enum err recovery_row_use(struct ctx *cx, int64_t person, const uint8_t hash[32], bool *used)
    MUST_USE;
enum err recovery_row_add(struct ctx *cx, int64_t person, const uint8_t hash[32], uint32_t key)
    MUST_USE;
enum err recovery_rows_remove(struct ctx *cx, int64_t person) MUST_USE;
/* Those made at since or later; *n: how many. */
enum err recovery_rows_undo(struct ctx *cx, int64_t person, int64_t since, int64_t *n) MUST_USE;

/* One that must be changed at its first use. */
enum err credential_row_temporary(struct ctx *cx, int64_t person, const char *hash) MUST_USE;
/* No link from an email counts as used any more. */
enum err person_row_unproved(struct ctx *cx, int64_t person) MUST_USE;
enum err credential_row_set(struct ctx *cx, int64_t person, const char *hash) MUST_USE;
/* The links that set a new password die. */
enum err reset_links_row_die(struct ctx *cx, int64_t person) MUST_USE;
/* Is the password still the one that was set then? */
enum err credential_row_still(struct ctx *cx, int64_t person, int64_t set_at, bool *still)
    MUST_USE;
enum err credential_row_rehash(struct ctx *cx, int64_t person, const char *was,
    const char *hash, int64_t *changed) MUST_USE;
/* The longest minimum of the tenants that the person joined; 0 when there is none. */
enum err password_min_row(struct ctx *cx, int64_t person, int64_t *out) MUST_USE;
/* Their names and slugs, put behind the n words that are there. */
enum err word_rows(struct ctx *cx, int64_t person, const char ***words, size_t *n) MUST_USE;
/* Was the email of this "once" added before? */
enum err unlock_row_sent(struct ctx *cx, const char *once, bool *sent) MUST_USE;
enum err barred_rows(struct ctx *cx, struct barred_list *out) MUST_USE;
enum err place_rows(struct ctx *cx, struct place_names *out) MUST_USE;

#endif
