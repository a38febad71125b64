/* Argon2id: hash, verify, is it weaker than wanted.  Whether a password is good enough is
 * in strength.c. */
#include "crypto/password.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "crypto/foreign.h"

_Static_assert(PASSWORD_HASH_SIZE >= crypto_pwhash_STRBYTES, "room for libsodium's string");

enum { SALT = crypto_pwhash_SALTBYTES, RESULT = 32, SALT_CHARS = 22, RESULT_CHARS = 43 };

/* $argon2id$v=19$m=<kib>,t=<passes>,p=1$<salt>$<result> */
struct stored {
	int64_t kib, passes;
	uint8_t salt[SALT], result[RESULT];
};

static uint64_t count;

static enum err
no_memory(int64_t kib)
{
	log_event(LOG_ERROR, "no memory to hash a password", "kib", log_int(kib));
	return ERR_FAULT;
}

enum err
password_hash(struct str password, int64_t kib, int64_t passes, char out[PASSWORD_HASH_SIZE])
{
	if (password.len > PASSWORD_LONGEST)
		return ERR_INVALID;
	count++;
	if (crypto_pwhash_str(out, password.p, password.len, (unsigned long long)passes,
	        (size_t)kib * 1024))
		return no_memory(kib);
	return OK;
}

/* Decimal, 1 to 2^32 - 1, and what follows it; NULL for anything else. */
static const char *
read_number(const char *p, const char *then, int64_t *out)
{
	size_t digits = strspn(p, "0123456789");

	if (digits == 0 || digits > 10 || strncmp(p + digits, then, strlen(then)) != 0)
		return NULL;
	*out = strtoll(p, NULL, 10);
	return *out > 0 && *out <= UINT32_MAX ? p + digits + strlen(then) : NULL;
}

/* The cost, and where the salt begins; NULL when it is no such hash. */
static const char *
read_cost(const char *hash, struct stored *out)
{
	static const char kind[] = "$argon2id$v=19$m=";
	const char *p = hash + sizeof(kind) - 1;

	if (strncmp(hash, kind, sizeof(kind) - 1) != 0)
		return NULL;
	p = read_number(p, ",t=", &out->kib);
	return p ? read_number(p, ",p=1$", &out->passes) : NULL;
}

static bool
read_base64(const char *p, size_t chars, uint8_t *out, size_t size)
{
	size_t len;

	return sodium_base642bin(out, size, p, chars, NULL, &len, NULL,
	    sodium_base64_VARIANT_ORIGINAL_NO_PADDING) == 0 && len == size;
}

static bool
read_hash(const char *hash, struct stored *out)
{
	const char *p = read_cost(hash, out);

	return p && strlen(p) == SALT_CHARS + 1 + RESULT_CHARS && p[SALT_CHARS] == '$' &&
	    read_base64(p, SALT_CHARS, out->salt, SALT) &&
	    read_base64(p + SALT_CHARS + 1, RESULT_CHARS, out->result, RESULT);
}

/* Not by crypto_pwhash_str_verify(), which says "wrong" when it got no memory: whoever gave
 * the right password would be told so and counted as a failure. */
enum err
password_verify(const char *hash, struct str password, int64_t kib, int64_t passes)
{
	bool nobody = hash[0] == '\0', same;
	struct stored want = { .kib = kib, .passes = passes };
	uint8_t got[RESULT];
	bool ours = nobody || read_hash(hash, &want);

	if (!ours && !foreign_known(hash))
		return ERR_DENIED;
	/* A form without the field: it costs as much as a wrong one. */
	if (password.p == NULL)
		password = STR("");
	count++;
	if (!ours)
		return foreign_verify(hash, password);
	if (crypto_pwhash(got, sizeof(got), password.p, password.len, want.salt,
	        (unsigned long long)want.passes, (size_t)want.kib * 1024,
	        crypto_pwhash_ALG_ARGON2ID13))
		return no_memory(want.kib);
	same = sodium_memcmp(got, want.result, RESULT) == 0;
	sodium_memzero(got, sizeof(got));
	return same && !nobody ? OK : ERR_DENIED;
}

/* libsodium's needs_rehash says yes to stronger hashes too, which would weaken them. */
bool
password_weaker(const char *hash, int64_t kib, int64_t passes)
{
	struct stored cost;

	return read_cost(hash, &cost) == NULL || cost.kib < kib || cost.passes < passes;
}

bool
password_known(const char *hash)
{
	return foreign_known(hash);
}

uint64_t
password_count(void)
{
	return count;
}
