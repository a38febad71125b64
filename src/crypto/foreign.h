/* Password hashes that other programs made, for those that an import brings.  Ours are in
 * password.h, which comes here for what it does not know. */
#ifndef CRYPTO_FOREIGN_H
#define CRYPTO_FOREIGN_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

/* Is it one of these, whole, and of a cost that a sign-in can wait for?
 *   $argon2id$v=19$m=…,t=…,p=…$salt$hash        at most 256 MiB, 10 passes, 16 lanes
 *   $2a$ $2b$ $2y$ (bcrypt)                     at most 2^14 rounds
 *   $5$ $6$ (SHA-crypt)                         at most 1,000,000 rounds
 *   $pbkdf2$, $pbkdf2-sha1$, -sha256$, -sha512$ as passlib writes it, or as PHC with i=…;
 *                                               at most 2,000,000 rounds */
bool     foreign_known(const char *hash);
/* Right: OK; wrong, or not known: ERR_DENIED; no memory: ERR_FAULT, logged. */
enum err foreign_verify(const char *hash, struct str password) MUST_USE;

#endif
