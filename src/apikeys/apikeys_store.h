#ifndef APIKEYS_APIKEYS_STORE_H
#define APIKEYS_APIKEYS_STORE_H

#include "apikeys/apikeys.h"

/* Rows of the keys, one function a statement; see apikeys.sql. */
enum { KEYS_SHOWN_MOST = 200 };

struct apikey_row { struct apikey key; uint8_t hash[32]; bool ended; };

enum err key_rows(struct ctx *cx, int64_t tenant, int64_t member, struct apikey_list *out)
    MUST_USE;
enum err key_rows_service(struct ctx *cx, int64_t service, struct apikey_list *out) MUST_USE;
enum err key_row_get(struct ctx *cx, int64_t id, struct apikey_row *out) MUST_USE;
/* How many its owner has that may be used and were not replaced. */
enum err key_rows_count(struct ctx *cx, const struct apikey *k, int64_t *n) MUST_USE;
enum err key_row_add(struct ctx *cx, const struct apikey *k, const uint8_t hash[32]) MUST_USE;
enum err key_row_edit(struct ctx *cx, const struct apikey *k, bool *changed) MUST_USE;
enum err key_row_replace(struct ctx *cx, int64_t id, int64_t ends_at, int64_t by,
    bool *changed) MUST_USE;
/* What this key had taken the place of is good no longer. */
enum err key_rows_replaced_end(struct ctx *cx, const struct apikey *k) MUST_USE;
enum err key_row_end(struct ctx *cx, int64_t id, bool *changed) MUST_USE;
/* The permissions of a key as they are stored. */
const char *key_perms_text(struct ctx *cx, const struct apikey *k);
void        key_perms_read(const char *stored, enum key_scope *scope, struct perm_set *perms);

struct expiring {
	int64_t     tenant, id, expires_at, warned;
	int64_t     service, owner, owner_group;   /* of a service account; 0: of a person */
	const char *name, *prefix, *owner_name;    /* of the person, or of the account */
	const char *email, *language;              /* of the person */
	struct expiring *next;
};
enum err key_rows_expiring(struct ctx *cx, struct expiring **out) MUST_USE;
/* Whom to tell of a service account's key: the owner, or who is in the group that owns it. */
enum { TOLD_MOST = 500 };
struct told { const char *name, *email, *language; };
/* By name; of more than TOLD_MOST the first, and the log says so. */
enum err key_rows_told(struct ctx *cx, const struct expiring *e, struct told **out, size_t *n)
    MUST_USE;

#endif
