/* Second factors: codes by the clock (RFC 6238) and recovery codes.  Who has one, and what a wrong
 * one costs, is in signin/. */
#ifndef CRYPTO_TOTP_H
#define CRYPTO_TOTP_H

#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "crypto/crypto.h"

/* 160 bits, as RFC 4226 section 4 recommends; SHA-1, six digits, steps of 30 s, which is what every
 * authenticator knows. */
enum { TOTP_SECRET = 20, TOTP_DIGITS = 6, TOTP_STEP_MS = 30000 };

void     totp_new(uint8_t secret[TOTP_SECRET]);
/* The code of a step, counted from 1970; less than a million. */
uint32_t totp_code(const uint8_t secret[TOTP_SECRET], int64_t step);
/* Which step's code is this: the present one, the one before or the one after (RFC 6238 section
 * 5.2)?  Blanks in it are passed over.  None of them: ERR_INVALID. */
enum err totp_match(const uint8_t secret[TOTP_SECRET], struct str code, int64_t now, int64_t *step)
    MUST_USE;

/* RFC 4648 section 6, without padding. */
const char *base32_text(struct arena *a, const void *p, size_t len);

/* A recovery code: 120 bits as six groups of four letters and digits, with the closing NUL. */
enum { RECOVERY_TEXT = 30 };
void     recovery_new(char out[RECOVERY_TEXT]);
/* What is stored of it: a MAC under that key over the person and the code, however it was grouped
 * and in which case it was typed.  Not one: ERR_INVALID; no such key: ERR_NOTFOUND. */
enum err recovery_mac(const struct keys *k, uint32_t key, int64_t person, struct str typed,
    uint8_t out[32]) MUST_USE;

#endif
