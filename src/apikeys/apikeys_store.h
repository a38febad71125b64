#ifndef APIKEYS_APIKEYS_STORE_H
#define APIKEYS_APIKEYS_STORE_H

#include "apikeys/apikeys.h"

/* Rows of the keys, one function a statement; see apikeys.sql. */
enum { KEYS_SHOWN_MOST = 200 };

struct apikey_row { struct apikey key; uint8_t hash[32]; bool ended; };

enum err key_rows(struct ctx *cx, int64_t tenant, int64_t member, struct apikey_list *out)
    MUST_USE;
enum err key_row_get(struct ctx *cx, int64_t id, struct apikey_row *out) MUST_USE;
enum err key_rows_count(struct ctx *cx, int64_t member, int64_t *n) MUST_USE;
enum err key_row_add(struct ctx *cx, const struct apikey *k, const uint8_t hash[32]) MUST_USE;
enum err key_row_edit(struct ctx *cx, const struct apikey *k, bool *changed) MUST_USE;
enum err key_row_replace(struct ctx *cx, int64_t id, int64_t ends_at, int64_t by,
    bool *changed) MUST_USE;
enum err key_rows_replaced_end(struct ctx *cx, int64_t member, int64_t id) MUST_USE;
enum err key_row_end(struct ctx *cx, int64_t id, bool *changed) MUST_USE;
/* The permissions of a key as they are stored. */
const char *key_perms_text(struct ctx *cx, const struct apikey *k);
void        key_perms_read(const char *stored, enum key_scope *scope, struct perm_set *perms);

struct expiring {
	int64_t     tenant, id, expires_at, warned;
	const char *name, *prefix, *member_name, *email, *language;
	struct expiring *next;
};
enum err key_rows_expiring(struct ctx *cx, struct expiring **out) MUST_USE;

#endif
