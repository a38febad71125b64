/* Secrets handed out, and links of emails.  Ids of rows are in base/id.c, form tokens in
 * web/. */
#include "crypto/token.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

#include "base/arena.h"

enum { VARIANT = sodium_base64_VARIANT_URLSAFE_NO_PADDING };
enum { SECRET = 32, SECRET_CHARS = 43, MAC = 32, LINK = 8 + 4 + MAC, LINK_CHARS = 59 };
enum { KEY_DRAWN = 30, KEY_CHECK = 6 };

struct link {
	int64_t  row;
	uint32_t key;
	uint8_t  mac[MAC];
};

const char *
b64_text(struct arena *a, const void *p, size_t len)
{
	size_t size = sodium_base64_encoded_len(len, VARIANT);

	return sodium_bin2base64(arena_zalloc(a, size, 1), size, p, len, VARIANT);
}

/* Into a buffer of this size; more than fits is an error too. */
static enum err
decode(struct str s, uint8_t *out, size_t size, size_t *len)
{
	*len = 0;
	/* libsodium 1.0.18 takes some bytes above 0x7f for digits. */
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.p[i] >= 0x80)
			return ERR_INVALID;
	if (s.len > 0 && sodium_base642bin(out, size, s.p, s.len, NULL, len, NULL, VARIANT))
		return ERR_INVALID;
	return OK;
}

enum err
b64_read(struct arena *a, struct str s, const uint8_t **out, size_t *len)
{
	size_t size = s.len / 4 * 3 + 3;
	uint8_t *p = arena_zalloc(a, size, 1);

	TRY(decode(s, p, size, len));
	*out = p;
	return OK;
}

void
secret_new(char out[44])
{
	uint8_t bytes[SECRET];

	randombytes_buf(bytes, sizeof(bytes));
	sodium_bin2base64(out, SECRET_CHARS + 1, bytes, sizeof(bytes), VARIANT);
	sodium_memzero(bytes, sizeof(bytes));
}

enum err
secret_hash(struct str secret, uint8_t out[32])
{
	uint8_t bytes[SECRET];
	enum err e;
	size_t len;

	if (secret.len != SECRET_CHARS)
		return ERR_INVALID;
	e = decode(secret, bytes, sizeof(bytes), &len);
	sodium_memzero(bytes, sizeof(bytes));
	if (e)
		return e;
	crypto_digest(secret.p, secret.len, out);
	return OK;
}

static const char base62[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

static uint32_t
crc32_of(const char *p, size_t len)
{
	uint32_t crc = UINT32_MAX;

	for (size_t i = 0; i < len; i++) {
		crc ^= (unsigned char)p[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320u : 0);
	}
	return ~crc;
}

static void
put_check(const char *drawn, char out[KEY_CHECK])
{
	uint32_t crc = crc32_of(drawn, KEY_DRAWN);

	for (size_t i = KEY_CHECK; i-- > 0; crc /= 62)
		out[i] = base62[crc % 62];
}

void
api_key_new(char out[API_KEY_CHARS + 1])
{
	memcpy(out, "tnt_", 4);
	for (size_t i = 0; i < KEY_DRAWN; i++)
		out[4 + i] = base62[randombytes_uniform(62)];
	put_check(out + 4, out + 4 + KEY_DRAWN);
	out[API_KEY_CHARS] = '\0';
}

enum err
api_key_hash(struct str key, uint8_t out[32])
{
	char check[KEY_CHECK];

	if (key.len != API_KEY_CHARS || memcmp(key.p, "tnt_", 4) != 0)
		return ERR_INVALID;
	for (size_t i = 4; i < API_KEY_CHARS; i++)
		if (key.p[i] == '\0' || strchr(base62, key.p[i]) == NULL)
			return ERR_INVALID;
	put_check(key.p + 4, check);
	if (!crypto_equal(check, key.p + 4 + KEY_DRAWN, KEY_CHECK))
		return ERR_INVALID;
	crypto_digest(key.p, key.len, out);
	return OK;
}

static void
put_number(uint8_t *p, uint64_t n, size_t bytes)
{
	while (bytes-- > 0) {
		p[bytes] = (uint8_t)n;
		n >>= 8;
	}
}

static uint64_t
get_number(const uint8_t *p, size_t bytes)
{
	uint64_t n = 0;

	while (bytes-- > 0)
		n = n << 8 | *p++;
	return n;
}

static enum err
claim_mac(const struct keys *k, uint32_t key, const struct link_claim *c, uint8_t out[MAC])
{
	uint8_t tenant[8], row[8], generation[8], expires[8];
	const struct part parts[] = {
		{ tenant, sizeof(tenant) }, { row, sizeof(row) },
		{ generation, sizeof(generation) }, { c->email, strlen(c->email) },
		{ expires, sizeof(expires) },
	};

	put_number(tenant, (uint64_t)c->tenant, 8);
	put_number(row, (uint64_t)c->row, 8);
	put_number(generation, (uint64_t)c->generation, 8);
	put_number(expires, (uint64_t)c->expires_at, 8);
	return keys_mac_parts(k, key, c->purpose, parts, sizeof(parts) / sizeof(parts[0]), out);
}

const char *
link_make(struct arena *a, const struct keys *k, const struct link_claim *c)
{
	uint32_t key = keys_current(k);
	uint8_t bytes[LINK];
	enum err e = claim_mac(k, key, c, bytes + 12);

	assert(e == OK);
	put_number(bytes, (uint64_t)c->row, 8);
	put_number(bytes + 8, key, 4);
	return b64_text(a, bytes, sizeof(bytes));
}

static enum err
link_read(struct str token, struct link *out)
{
	uint8_t bytes[LINK];
	size_t len;

	if (token.len != LINK_CHARS || decode(token, bytes, sizeof(bytes), &len))
		return ERR_NOTFOUND;
	out->row = (int64_t)get_number(bytes, 8);
	out->key = (uint32_t)get_number(bytes + 8, 4);
	memcpy(out->mac, bytes + 12, MAC);
	return out->row > 0 ? OK : ERR_NOTFOUND;
}

enum err
link_row(struct str token, int64_t *row)
{
	struct link link;

	TRY(link_read(token, &link));
	*row = link.row;
	return OK;
}

enum err
link_check(const struct keys *k, struct str token, const struct link_claim *c)
{
	uint8_t mac[MAC];
	struct link link;

	TRY(link_read(token, &link));
	TRY(claim_mac(k, link.key, c, mac));
	/* The row in front is part of the MAC, but is compared too: it was believed already. */
	if (link.row != c->row || !crypto_equal(mac, link.mac, MAC))
		return ERR_NOTFOUND;
	return OK;
}
