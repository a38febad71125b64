/* Keys, MACs, hashes.  Sealing is in seal.h, tokens in token.h, passwords in password.h. */
#ifndef CRYPTO_CRYPTO_H
#define CRYPTO_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
struct arena;

/* The key file: lines "<key id, 8 hex> <32 bytes as 64 hex> <created, ms>", the newest
 * first; mode 0600, never part of a backup.  Every sealed or keyed value stores the id of
 * its key, so that old keys serve until nothing names them. */
struct keys;
enum { KEY_BYTES = 32 };

/* What a key is used for; each has its own derived key.  Numbers are for ever. */
enum purpose {
	PURPOSE_NONE = 0,
	PURPOSE_CSRF = 1,          /* form token, over the session row's number */
	PURPOSE_FORM_ID = 2,       /* an id handed out with a form */
	PURPOSE_DEVICE = 3,        /* the known browser's cookie */
	PURPOSE_CHAIN = 4,         /* audit chain */
	PURPOSE_CHECKPOINT = 5,
	PURPOSE_SEAL = 6,          /* columns at rest */
	PURPOSE_CARRY = 7,         /* a form carried through a sign-in */
	PURPOSE_MESSAGE_ID = 8,
	PURPOSE_FLASH = 9,         /* the line shown after a change */
	PURPOSE_RECOVERY = 10,     /* recovery codes of a second factor */
	PURPOSE_LINK_INVITE = 20,
	PURPOSE_LINK_INVITE_COPY = 21,
	PURPOSE_LINK_RESET = 22,
	PURPOSE_LINK_EMAIL_CONFIRM = 23,
	PURPOSE_LINK_EMAIL_STOP = 24,
	PURPOSE_LINK_NOT_ME = 25,
	PURPOSE_LINK_SETUP = 26,
	PURPOSE_LINK_UNLOCK = 27   /* lets an unknown browser try a password again */
};

/* Starts libsodium; once per process, before all else here. */
enum err crypto_start(void) MUST_USE;
/* A key file with one new key, mode 0600; one that is there: ERR_CONFLICT. */
enum err keys_create(const char *path, int64_t now) MUST_USE;
/* Reads it.  Not there, unreadable, or open to others (any bit of 0077): ERR_FAULT, logged
 * with what to do. */
enum err keys_load(struct arena *a, const char *path, struct keys **out) MUST_USE;
uint32_t keys_current(const struct keys *k);
bool     keys_has(const struct keys *k, uint32_t id);

/* The purpose's MAC, BLAKE2b-256, under that key.  No such key: ERR_NOTFOUND. */
enum err keys_mac(const struct keys *k, uint32_t id, enum purpose purpose, const void *msg,
    size_t len, uint8_t out[32]) MUST_USE;
/* The same over several parts, each preceded by its length, so that no two lists of parts
 * give the same bytes. */
struct part { const void *p; size_t len; };
enum err keys_mac_parts(const struct keys *k, uint32_t id, enum purpose purpose,
    const struct part *parts, size_t n, uint8_t out[32]) MUST_USE;

/* BLAKE2b-256 without a key, for secrets of 128 bits and more, and contents.  (crypto_hash
 * is a symbol of libsodium.) */
void crypto_digest(const void *p, size_t len, uint8_t out[32]);
void crypto_random(void *p, size_t len);
/* In time that depends on the length alone. */
bool crypto_equal(const void *a, const void *b, size_t len);
void crypto_wipe(void *p, size_t len);

#endif
