/* Argon2id: hash, verify, is it weaker than wanted.  Whether a password is good enough is
 * in strength.c. */
#include "crypto/password.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

_Static_assert(PASSWORD_HASH_SIZE >= crypto_pwhash_STRBYTES, "room for libsodium's string");

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

/* Salt and result are all zero bits: no password is known that gives it, and whoever finds
 * one is refused all the same. */
static void
nobodys_hash(int64_t kib, int64_t passes, char out[PASSWORD_HASH_SIZE])
{
	snprintf(out, PASSWORD_HASH_SIZE, "$argon2id$v=19$m=%lld,t=%lld,p=1$%.22s$%.43s",
	    (long long)kib, (long long)passes, "AAAAAAAAAAAAAAAAAAAAAA",
	    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
}

enum err
password_verify(const char *hash, struct str password, int64_t kib, int64_t passes)
{
	char text[PASSWORD_HASH_SIZE] = "";
	bool nobody = hash[0] == '\0';
	int rc;

	if (strlen(hash) >= crypto_pwhash_STRBYTES)
		return ERR_DENIED;
	if (nobody)
		nobodys_hash(kib, passes, text);
	else
		memcpy(text, hash, strlen(hash));
	count++;
	/* libsodium says -1 for both; a wrong password is EINVAL. */
	errno = 0;
	rc = crypto_pwhash_str_verify(text, password.p, password.len);
	if (rc != 0 && errno == ENOMEM)
		return no_memory(kib);
	return rc == 0 && !nobody ? OK : ERR_DENIED;
}

/* libsodium's needs_rehash says yes to stronger hashes too, which would weaken them. */
bool
password_weaker(const char *hash, int64_t kib, int64_t passes)
{
	static const char kind[] = "$argon2id$v=19$m=";
	const char *p = hash + sizeof(kind) - 1;
	char *end;
	long long m, t;

	if (strncmp(hash, kind, sizeof(kind) - 1) != 0)
		return true;
	m = strtoll(p, &end, 10);
	if (strncmp(end, ",t=", 3) != 0)
		return true;
	t = strtoll(end + 3, &end, 10);
	return strncmp(end, ",p=1$", 5) != 0 || m < kib || t < passes;
}

uint64_t
password_count(void)
{
	return count;
}
