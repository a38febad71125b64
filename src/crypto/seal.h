/* Sealed values. */
#ifndef CRYPTO_SEAL_H
#define CRYPTO_SEAL_H

#include "base/err.h"
#include "base/str.h"
#include "crypto/crypto.h"

/* What must be stored or carried and read again: XChaCha20-Poly1305, nonce and key id in
 * front.  "where" is bound in (table, column, tenant, row), so that a sealed value
 * moved to another row does not open. */
struct str seal(struct arena *a, const struct keys *k, enum purpose purpose, const char *where,
    struct str plain);
/* Changed, moved, or of an unknown key: ERR_INVALID.  The result is in the arena, with a
 * NUL behind it that its length does not count. */
enum err   unseal(struct arena *a, const struct keys *k, enum purpose purpose, const char *where,
    struct str sealed, struct str *out) MUST_USE;
/* The key id that a sealed value names; 0 when it is none. */
uint32_t   seal_key(struct str sealed);

#endif
