/* The key file, purpose keys, MACs, hashes.  Sealing is in seal.c, tokens in token.c,
 * passwords in password.c; only these include <sodium.h>. */
#include "crypto/crypto.h"

#include <assert.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/log.h"
#include "base/str.h"

enum { PURPOSES = 32, FILE_LARGEST = 64 * 1024, LINE_LONGEST = 128, ID_DIGITS = 8,
	KEY_DIGITS = 2 * KEY_BYTES };

static const char kdf_context[crypto_kdf_CONTEXTBYTES + 1] = "tenantry";

/* The master key itself is not kept: what the purposes need is derived when the file is
 * read, once for all MACs. */
struct key {
	uint32_t id;
	uint8_t  derived[PURPOSES][KEY_BYTES];
};

struct keys {
	size_t      n;
	struct key *key;        /* the newest first */
};

enum err
crypto_start(void)
{
	if (sodium_init() < 0) {
		log_event(LOG_ERROR, "libsodium does not start");
		return ERR_FAULT;
	}
	return OK;
}

enum err
keys_create(const char *path, int64_t now)
{
	uint8_t master[KEY_BYTES];
	char hex[KEY_DIGITS + 1], line[LINE_LONGEST];
	uint32_t id;
	enum err e;

	do
		randombytes_buf(&id, sizeof(id));
	while (id == 0);
	randombytes_buf(master, sizeof(master));
	sodium_bin2hex(hex, sizeof(hex), master, sizeof(master));
	snprintf(line, sizeof(line), "%08" PRIx32 " %s %" PRId64 "\n", id, hex, now);
	e = file_create(path, 0600, str_of(line));
	sodium_memzero(master, sizeof(master));
	sodium_memzero(hex, sizeof(hex));
	sodium_memzero(line, sizeof(line));
	return e;
}

/* Both cases of digits, and nothing but digits. */
static bool
read_hex(struct str s, uint8_t *out, size_t size)
{
	size_t len;

	return s.len == 2 * size &&
	    sodium_hex2bin(out, size, s.p, s.len, NULL, &len, NULL) == 0 && len == size;
}

/* "<8 hex> <64 hex> <digits>" */
static bool
read_key(struct str line, struct key *k)
{
	const size_t fixed = ID_DIGITS + 1 + KEY_DIGITS + 1;
	uint8_t id[4], master[KEY_BYTES];

	if (line.len <= fixed || line.p[ID_DIGITS] != ' ' || line.p[fixed - 1] != ' ')
		return false;
	for (size_t i = fixed; i < line.len; i++)
		if (line.p[i] < '0' || line.p[i] > '9')
			return false;
	if (!read_hex((struct str){ line.p, ID_DIGITS }, id, sizeof(id)) ||
	    !read_hex((struct str){ line.p + ID_DIGITS + 1, KEY_DIGITS }, master, sizeof(master)))
		return false;
	k->id = (uint32_t)id[0] << 24 | (uint32_t)id[1] << 16 | (uint32_t)id[2] << 8 | id[3];
	for (unsigned i = 0; i < PURPOSES; i++)
		crypto_kdf_derive_from_key(k->derived[i], KEY_BYTES, i, kdf_context, master);
	sodium_memzero(master, sizeof(master));
	return k->id != 0;
}

static enum err
read_keys(struct str file, const char *path, struct keys *k)
{
	int64_t number = 0;

	while (file.len > 0) {
		const char *end = memchr(file.p, '\n', file.len);
		size_t len = end ? (size_t)(end - file.p) : file.len;
		struct str line = str_trim((struct str){ file.p, len });

		number++;
		len += end != NULL;
		file.p += len;
		file.len -= len;
		if (line.len == 0)
			continue;
		if (!read_key(line, &k->key[k->n]) || keys_has(k, k->key[k->n].id)) {
			log_event(LOG_ERROR, "key file", "path", path, "line", log_int(number),
			    "why", "is no key; restore the file from where it is kept");
			return ERR_FAULT;
		}
		k->n++;
	}
	if (k->n == 0) {
		log_event(LOG_ERROR, "key file", "path", path, "why",
		    "holds no key; restore the file from where it is kept");
		return ERR_FAULT;
	}
	return OK;
}

static enum err
check_mode(const char *path)
{
	struct stat st;
	const char *why;

	if (stat(path, &st))
		why = "cannot be found; \"tenantry init\" makes one for a new database, an old "
		    "one needs its own back";
	else if (!S_ISREG(st.st_mode))
		why = "is no regular file";
	else if (st.st_mode & 0077)
		why = "is open to others; chmod 600 it";
	else
		return OK;
	log_event(LOG_ERROR, "key file", "path", path, "why", why);
	return ERR_FAULT;
}

static size_t
count_lines(struct str s)
{
	size_t n = 1;

	for (size_t i = 0; i < s.len; i++)
		n += s.p[i] == '\n';
	return n;
}

enum err
keys_load(struct arena *a, const char *path, struct keys **out)
{
	/* The file's text goes with this arena, which wipes it. */
	struct arena *scratch;
	struct keys *k;
	struct str file;
	enum err e;

	TRY(check_mode(path));
	scratch = arena_new(4096, 4 * FILE_LARGEST);
	e = file_read(scratch, path, FILE_LARGEST, &file);
	if (e) {
		log_event(LOG_ERROR, "key file", "path", path, "why", "cannot be read");
		e = ERR_FAULT;
	} else {
		k = ARENA_NEW(a, struct keys);
		k->key = ARENA_ARRAY(a, struct key, count_lines(file));
		e = read_keys(file, path, k);
		if (!e)
			*out = k;
	}
	arena_free(scratch);
	return e;
}

static const struct key *
find(const struct keys *k, uint32_t id)
{
	for (size_t i = 0; i < k->n; i++)
		if (k->key[i].id == id)
			return &k->key[i];
	return NULL;
}

uint32_t
keys_current(const struct keys *k)
{
	return k->key[0].id;
}

bool
keys_has(const struct keys *k, uint32_t id)
{
	return find(k, id) != NULL;
}

enum err
keys_mac(const struct keys *k, uint32_t id, enum purpose purpose, const void *msg, size_t len,
    uint8_t out[32])
{
	const struct key *key = find(k, id);

	assert(purpose > PURPOSE_NONE && (unsigned)purpose < PURPOSES);
	if (key == NULL)
		return ERR_NOTFOUND;
	crypto_generichash(out, 32, msg, len, key->derived[purpose], KEY_BYTES);
	return OK;
}

enum err
keys_mac_parts(const struct keys *k, uint32_t id, enum purpose purpose, const struct part *parts,
    size_t n, uint8_t out[32])
{
	const struct key *key = find(k, id);
	crypto_generichash_state state;

	assert(purpose > PURPOSE_NONE && (unsigned)purpose < PURPOSES);
	if (key == NULL)
		return ERR_NOTFOUND;
	crypto_generichash_init(&state, key->derived[purpose], KEY_BYTES, 32);
	for (size_t i = 0; i < n; i++) {
		uint8_t length[8];

		for (unsigned b = 0; b < 8; b++)
			length[b] = (uint8_t)((uint64_t)parts[i].len >> (8 * b));
		crypto_generichash_update(&state, length, sizeof(length));
		crypto_generichash_update(&state, parts[i].p, parts[i].len);
	}
	crypto_generichash_final(&state, out, 32);
	sodium_memzero(&state, sizeof(state));
	return OK;
}

void
crypto_digest(const void *p, size_t len, uint8_t out[32])
{
	crypto_generichash(out, 32, p, len, NULL, 0);
}

void
crypto_random(void *p, size_t len)
{
	randombytes_buf(p, len);
}

bool
crypto_equal(const void *a, const void *b, size_t len)
{
	return sodium_memcmp(a, b, len) == 0;
}

void
crypto_wipe(void *p, size_t len)
{
	sodium_memzero(p, len);
}
