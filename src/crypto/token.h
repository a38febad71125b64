/* Secrets handed out, and links of emails. */
#ifndef CRYPTO_TOKEN_H
#define CRYPTO_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "crypto/crypto.h"

/* base64url without padding (RFC 4648 section 5).  b64_read refuses anything else,
 * non-zero closing bits too, with ERR_INVALID. */
const char *b64_text(struct arena *a, const void *p, size_t len);
enum err    b64_read(struct arena *a, struct str s, const uint8_t **out, size_t *len) MUST_USE;

/* A new secret of 256 bits, 43 base64url characters and the closing NUL. */
void     secret_new(char out[44]);
/* What is stored of it: BLAKE2b-256 of its characters.  Not 43 such characters: ERR_INVALID. */
enum err secret_hash(struct str secret, uint8_t out[32]) MUST_USE;

/* An API key: "tnt_", 30 drawn base62 digits (178 bits) and 6 of the CRC-32 (ISO-HDLC) of those 30,
 * most significant first, so that a scanner for leaks knows one by itself:
 * tnt_[0-9A-Za-z]{36}.  41 characters with the closing NUL. */
enum { API_KEY_CHARS = 40, API_KEY_PREFIX = 12 };
void     api_key_new(char out[API_KEY_CHARS + 1]);
/* What is stored of it: BLAKE2b-256 of its characters.  Not of that form, or mistyped:
 * ERR_INVALID. */
enum err api_key_hash(struct str key, uint8_t out[32]) MUST_USE;

/* A link of an email: base64url(row id ‖ key id ‖ MAC_purpose(tenant, row id, generation,
 * recipient's email, expires_at)).  Nothing usable need be stored to check one. */
struct link_claim {
	enum purpose purpose;
	int64_t      tenant;        /* 0 for what belongs to a person */
	int64_t      row;
	int64_t      generation;
	const char  *email;         /* its key (folded), as stored */
	int64_t      expires_at;
};
const char *link_make(struct arena *a, const struct keys *k, const struct link_claim *c);
/* The row that a token names, before anything is believed.  Not a token: ERR_NOTFOUND. */
enum err link_row(struct str token, int64_t *row) MUST_USE;
/* Is it the token of exactly this claim?  Unlike, or an unknown key: ERR_NOTFOUND. */
enum err link_check(const struct keys *k, struct str token, const struct link_claim *c) MUST_USE;

#endif
