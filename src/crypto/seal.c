/* Values that are stored or carried and read again.  What need not be read again is
 * hashed (crypto.c), passwords are in password.c. */
#include "crypto/seal.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

#include "base/arena.h"

/* key id ‖ nonce ‖ text ‖ tag */
enum {
	ID = 4,
	NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
	TAG = crypto_aead_xchacha20poly1305_ietf_ABYTES,
	HEAD = ID + NONCE
};

/* The purpose's key makes MACs for others; this one it makes for nobody else. */
static enum err
sealing_key(const struct keys *k, uint32_t id, enum purpose purpose, uint8_t out[KEY_BYTES])
{
	static const char label[] = "seal: XChaCha20-Poly1305";

	return keys_mac(k, id, purpose, label, sizeof(label), out);
}

struct str
seal(struct arena *a, const struct keys *k, enum purpose purpose, const char *where,
    struct str plain)
{
	uint32_t id = keys_current(k);
	uint8_t key[KEY_BYTES], *out = arena_zalloc(a, HEAD + plain.len + TAG, 1);
	unsigned long long len;
	enum err e = sealing_key(k, id, purpose, key);

	assert(e == OK);
	for (unsigned i = 0; i < ID; i++)
		out[i] = (uint8_t)(id >> (24 - 8 * i));
	randombytes_buf(out + ID, NONCE);
	crypto_aead_xchacha20poly1305_ietf_encrypt(out + HEAD, &len,
	    (const unsigned char *)plain.p, plain.len, (const unsigned char *)where,
	    strlen(where), NULL, out + ID, key);
	sodium_memzero(key, sizeof(key));
	return (struct str){ (const char *)out, HEAD + (size_t)len };
}

uint32_t
seal_key(struct str sealed)
{
	uint32_t id = 0;

	if (sealed.len < HEAD + TAG)
		return 0;
	for (unsigned i = 0; i < ID; i++)
		id = id << 8 | (unsigned char)sealed.p[i];
	return id;
}

enum err
unseal(struct arena *a, const struct keys *k, enum purpose purpose, const char *where,
    struct str sealed, struct str *out)
{
	const unsigned char *p = (const unsigned char *)sealed.p;
	uint8_t key[KEY_BYTES], *text;
	unsigned long long len;
	int rc;

	if (sealed.len < HEAD + TAG || sealing_key(k, seal_key(sealed), purpose, key))
		return ERR_INVALID;
	text = arena_zalloc(a, sealed.len - HEAD - TAG + 1, 1);
	rc = crypto_aead_xchacha20poly1305_ietf_decrypt(text, &len, NULL, p + HEAD,
	    sealed.len - HEAD, (const unsigned char *)where, strlen(where), p + ID, key);
	sodium_memzero(key, sizeof(key));
	if (rc != 0)
		return ERR_INVALID;
	*out = (struct str){ (const char *)text, (size_t)len };
	return OK;
}
