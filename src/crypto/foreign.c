/* Password hashes that other programs made.  Each is made anew at the first sign-in that it lets
 * in, so nothing here makes one. */
#include "crypto/foreign.h"

#include <crypt.h>
#include <errno.h>
#include <openssl/evp.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

enum {
	ARGON_KIB_MOST = 256 * 1024, ARGON_PASSES_MOST = 10, ARGON_LANES_MOST = 16,
	BCRYPT_LENGTH = 60, BCRYPT_MOST = 14,
	SHA_ROUNDS_MOST = 1000000, SHA_SALT_MOST = 16,
	ROUNDS_MOST = 2000000, SALT_LEAST = 8, SALT_MOST = 64, RESULT_LEAST = 16, RESULT_MOST = 64,
	PASSWORD_MOST = 1024
};

/* Decimal, up to most, and what follows it; NULL for anything else. */
static const char *
number(const char *p, const char *then, long most, long *out)
{
	size_t digits = strspn(p, "0123456789");

	if (digits == 0 || digits > 9 || strncmp(p + digits, then, strlen(then)) != 0)
		return NULL;
	*out = strtol(p, NULL, 10);
	return *out > 0 && *out <= most ? p + digits + strlen(then) : NULL;
}

static bool
begins(const char *s, const char *with)
{
	return strncmp(s, with, strlen(with)) == 0;
}

/* Base64 without padding up to end; passlib writes "." for "+". */
static bool
base64(const char *p, const char *end, uint8_t *out, size_t size, size_t *len)
{
	char   text[2 * RESULT_MOST];
	size_t n = (size_t)(end - p);

	if (n == 0 || n >= sizeof(text))
		return false;
	for (size_t i = 0; i < n; i++)
		text[i] = p[i] == '.' ? '+' : p[i];
	while (n > 0 && text[n - 1] == '=')
		n--;
	return sodium_base642bin(out, size, text, n, NULL, len, NULL,
	    sodium_base64_VARIANT_ORIGINAL_NO_PADDING) == 0;
}

/* ---------------------------------------------------------------- argon2id */

/* As programs make them: an even number of bytes of salt, a result of a usual length. */
static bool
is_argon_rest(const char *p)
{
	const char *end = strchr(p, '$');
	uint8_t     salt[SALT_MOST], result[RESULT_MOST];
	size_t      nsalt, nresult;

	if (end == NULL || !base64(p, end, salt, sizeof(salt), &nsalt) ||
	    !base64(end + 1, end + strlen(end), result, sizeof(result), &nresult))
		return false;
	return nsalt >= SALT_LEAST && nsalt % 2 == 0 &&
	    (nresult == 16 || nresult == 24 || nresult == 32 || nresult == 64);
}

static bool
is_argon(const char *hash)
{
	static const char kind[] = "$argon2id$v=19$m=";
	long              n;
	const char       *p = begins(hash, kind) ?
	    number(hash + sizeof(kind) - 1, ",t=", ARGON_KIB_MOST, &n) : NULL;

	p = p ? number(p, ",p=", ARGON_PASSES_MOST, &n) : NULL;
	p = p ? number(p, "$", ARGON_LANES_MOST, &n) : NULL;
	return p && is_argon_rest(p) && strlen(hash) < crypto_pwhash_STRBYTES;
}

/* libsodium says "wrong" by this number only, and by another one that it got no memory. */
static enum err
verify_argon(const char *hash, struct str password)
{
	char text[crypto_pwhash_STRBYTES] = "";

	memcpy(text, hash, strlen(hash));
	errno = 0;
	if (crypto_pwhash_str_verify(text, password.p, password.len) == 0)
		return OK;
	if (errno != ENOMEM)
		return ERR_DENIED;
	log_event(LOG_ERROR, "no memory to verify an imported password");
	return ERR_FAULT;
}

/* ---------------------------------------------------------------- crypt(3) */

static bool
only(const char *p, size_t len)
{
	static const char letters[] =
	    "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

	return strspn(p, letters) == len && p[len] == '\0';
}

static bool
is_bcrypt(const char *hash)
{
	long n;

	return (begins(hash, "$2a$") || begins(hash, "$2b$") || begins(hash, "$2y$")) &&
	    strlen(hash) == BCRYPT_LENGTH && number(hash + 4, "$", BCRYPT_MOST, &n) &&
	    only(hash + 7, BCRYPT_LENGTH - 7);
}

static bool
is_sha_crypt(const char *hash)
{
	const char *p = hash + 3, *end;
	long        n;

	if (!begins(hash, "$5$") && !begins(hash, "$6$"))
		return false;
	if (begins(p, "rounds="))
		p = number(p + strlen("rounds="), "$", SHA_ROUNDS_MOST, &n);
	end = p ? strchr(p, '$') : NULL;
	return end && end - p <= SHA_SALT_MOST && only(end + 1, hash[1] == '5' ? 43 : 86);
}

/* A text for crypt(3) ends at its first NUL, and so would the password. */
static enum err
verify_crypt(const char *hash, struct str password)
{
	struct crypt_data data = { .initialized = 0 };
	char              text[PASSWORD_MOST + 1] = "";
	const char       *got;
	bool              same;

	if (password.len > PASSWORD_MOST || memchr(password.p, '\0', password.len))
		return ERR_DENIED;
	memcpy(text, password.p, password.len);
	got = crypt_r(text, hash, &data);
	same = got && strlen(got) == strlen(hash) &&
	    sodium_memcmp(got, hash, strlen(hash)) == 0;
	sodium_memzero(text, sizeof(text));
	sodium_memzero(&data, sizeof(data));
	return same ? OK : ERR_DENIED;
}

/* ---------------------------------------------------------------- PBKDF2 */

struct pbkdf2 {
	const EVP_MD *digest;
	long          rounds;
	uint8_t       salt[SALT_MOST], result[RESULT_MOST];
	size_t        nsalt, nresult;
};

static const char *
digest_of(const char *hash, const EVP_MD **out)
{
	static const struct { const char *begins; const EVP_MD *(*digest)(void); } kinds[] = {
		{ "$pbkdf2$", EVP_sha1 }, { "$pbkdf2-sha1$", EVP_sha1 },
		{ "$pbkdf2-sha256$", EVP_sha256 }, { "$pbkdf2-sha512$", EVP_sha512 },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (begins(hash, kinds[i].begins)) {
			*out = kinds[i].digest();
			return hash + strlen(kinds[i].begins);
		}
	return NULL;
}

static bool
read_pbkdf2(const char *hash, struct pbkdf2 *k)
{
	const char *p = digest_of(hash, &k->digest), *end;
	long        length;

	if (p == NULL)
		return false;
	if (begins(p, "i=")) {
		const char *more = number(p + 2, ",l=", ROUNDS_MOST, &k->rounds);

		p = more ? number(more, "$", RESULT_MOST, &length) :
		    number(p + 2, "$", ROUNDS_MOST, &k->rounds);
	} else
		p = number(p, "$", ROUNDS_MOST, &k->rounds);
	end = p ? strchr(p, '$') : NULL;
	return end && base64(p, end, k->salt, sizeof(k->salt), &k->nsalt) &&
	    base64(end + 1, end + strlen(end), k->result, sizeof(k->result), &k->nresult) &&
	    k->nresult >= RESULT_LEAST;
}

static enum err
verify_pbkdf2(const struct pbkdf2 *k, struct str password)
{
	uint8_t got[RESULT_MOST];
	bool    same;

	if (password.len > PASSWORD_MOST ||
	    PKCS5_PBKDF2_HMAC(password.p, (int)password.len, k->salt, (int)k->nsalt,
	        (int)k->rounds, k->digest, (int)k->nresult, got) != 1)
		return ERR_DENIED;
	same = sodium_memcmp(got, k->result, k->nresult) == 0;
	sodium_memzero(got, sizeof(got));
	return same ? OK : ERR_DENIED;
}

/* ---------------------------------------------------------------- any of them */

bool
foreign_known(const char *hash)
{
	struct pbkdf2 k;

	return is_argon(hash) || is_bcrypt(hash) || is_sha_crypt(hash) || read_pbkdf2(hash, &k);
}

enum err
foreign_verify(const char *hash, struct str password)
{
	struct pbkdf2 k;

	if (is_argon(hash))
		return verify_argon(hash, password);
	if (is_bcrypt(hash) || is_sha_crypt(hash))
		return verify_crypt(hash, password);
	return read_pbkdf2(hash, &k) ? verify_pbkdf2(&k, password) : ERR_DENIED;
}
