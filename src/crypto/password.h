/* Passwords.  Who may set one, and when, is in signin/. */
#ifndef CRYPTO_PASSWORD_H
#define CRYPTO_PASSWORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
struct arena;

enum { PASSWORD_HASH_SIZE = 128, PASSWORD_LONGEST = 1024 };

/* Argon2id, version 19.  kib and passes are the configuration's.  Takes about 55 ms and
 * kib of memory; no memory: ERR_FAULT, logged; longer than PASSWORD_LONGEST: ERR_INVALID
 * before any work. */
enum err password_hash(struct str password, int64_t kib, int64_t passes,
    char out[PASSWORD_HASH_SIZE]) MUST_USE;
/* Right: OK; wrong: ERR_DENIED; no memory: ERR_FAULT, logged.  "" as the hash does the same
 * work as a real one with this cost and is ERR_DENIED: for addresses that do not exist.
 * A hash that another program made (foreign.h) is verified at its own cost; what is none is
 * ERR_DENIED too. */
enum err password_verify(const char *hash, struct str password, int64_t kib,
    int64_t passes) MUST_USE;
/* Is it a hash that password_verify() knows, and not too costly?  For imports. */
bool     password_known(const char *hash);
/* Is the hash weaker in memory or passes than these, or of another kind?  Stronger ones
 * stay. */
bool     password_weaker(const char *hash, int64_t kib, int64_t passes);
/* How many times this process has hashed or verified; what tests compare instead of times. */
uint64_t password_count(void);

/* May it be one?  Bytes, spaces kept, any UTF-8 without NUL and control characters, min
 * characters to 1,024 bytes, at least 35 bits by zxcvbn with the words of the person and
 * the tenant added: each as it is, run together, and its parts ("Acme Robotics": acme,
 * robotics, acmerobotics); what is left without them counts too.  words is closed by NULL,
 * or NULL.  NULL when it may, else an English sentence marked for translation that says
 * why, e.g. "Use at least [n] characters."; the place [n] is min.  In strength.c, as the
 * next one. */
const char *password_refused(struct str password, int64_t min, const char *const *words);
/* 0 (very weak) to 4 (strong), for the meter; 0 and 1 are below those 35 bits. */
int      password_score(struct str password, const char *const *words);

#endif
