/* Codes by the clock, and recovery codes.  HMAC-SHA-1 is libcrypto's: libsodium has none. */
#include "crypto/totp.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

#include "base/arena.h"

static const char base32[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
enum { RECOVERY_BYTES = 15, RECOVERY_CHARS = 24, GROUP = 4 };

void
totp_new(uint8_t secret[TOTP_SECRET])
{
	crypto_random(secret, TOTP_SECRET);
}

/* RFC 4226 section 5.3: four bytes from where the last nibble points to. */
uint32_t
totp_code(const uint8_t secret[TOTP_SECRET], int64_t step)
{
	uint8_t  counter[8], mac[EVP_MAX_MD_SIZE];
	unsigned len = 0, at;
	uint32_t n;

	for (unsigned i = 0; i < 8; i++)
		counter[i] = (uint8_t)((uint64_t)step >> (56 - 8 * i));
	HMAC(EVP_sha1(), secret, TOTP_SECRET, counter, sizeof(counter), mac, &len);
	at = mac[19] & 15;
	n = (uint32_t)(mac[at] & 0x7f) << 24 | (uint32_t)mac[at + 1] << 16 |
	    (uint32_t)mac[at + 2] << 8 | mac[at + 3];
	crypto_wipe(mac, sizeof(mac));
	return n % 1000000;
}

/* The six digits, blanks left out. */
static bool
read_code(struct str s, char out[TOTP_DIGITS])
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == ' ')
			continue;
		if (s.p[i] < '0' || s.p[i] > '9' || n == TOTP_DIGITS)
			return false;
		out[n++] = s.p[i];
	}
	return n == TOTP_DIGITS;
}

static void
write_code(uint32_t n, char out[TOTP_DIGITS])
{
	for (int i = TOTP_DIGITS - 1; i >= 0; i--, n /= 10)
		out[i] = (char)('0' + n % 10);
}

/* All three are compared, whichever fits. */
enum err
totp_match(const uint8_t secret[TOTP_SECRET], struct str code, int64_t now, int64_t *step)
{
	char    typed[TOTP_DIGITS], right[TOTP_DIGITS];
	int64_t present = now / TOTP_STEP_MS, found = -1;

	if (!read_code(code, typed))
		return ERR_INVALID;
	for (int64_t s = present - 1; s <= present + 1; s++) {
		write_code(totp_code(secret, s), right);
		if (crypto_equal(typed, right, TOTP_DIGITS))
			found = s;
	}
	if (found < 0)
		return ERR_INVALID;
	*step = found;
	return OK;
}

static void
put_base32(const uint8_t *p, size_t len, char *out)
{
	size_t bits = 0;

	for (size_t i = 0; i < (len * 8 + 4) / 5; i++, bits += 5) {
		unsigned two = (unsigned)p[bits / 8] << 8;

		if (bits / 8 + 1 < len)
			two |= p[bits / 8 + 1];
		*out++ = base32[two >> (11 - bits % 8) & 31];
	}
	*out = '\0';
}

const char *
base32_text(struct arena *a, const void *p, size_t len)
{
	char *text = arena_zalloc(a, (len * 8 + 4) / 5 + 1, 1);

	put_base32(p, len, text);
	return text;
}

void
recovery_new(char out[RECOVERY_TEXT])
{
	uint8_t bytes[RECOVERY_BYTES];
	char    text[RECOVERY_CHARS + 1], *to = out;

	crypto_random(bytes, sizeof(bytes));
	put_base32(bytes, sizeof(bytes), text);
	for (size_t i = 0; i < RECOVERY_CHARS; i++) {
		if (i > 0 && i % GROUP == 0)
			*to++ = '-';
		*to++ = text[i];
	}
	*to = '\0';
	crypto_wipe(bytes, sizeof(bytes));
	crypto_wipe(text, sizeof(text));
}

/* 0, 1 and 8 are in no code, and easily read for what is. */
static char
meant(char c)
{
	if (c >= 'a' && c <= 'z')
		return (char)(c - 'a' + 'A');
	return c == '0' ? 'O' : c == '1' ? 'I' : c == '8' ? 'B' : c;
}

enum err
recovery_mac(const struct keys *k, uint32_t key, int64_t person, struct str typed, uint8_t out[32])
{
	char    text[RECOVERY_CHARS];
	uint8_t whose[8];
	size_t  n = 0;

	for (size_t i = 0; i < typed.len; i++) {
		char c = meant(typed.p[i]);

		if (c == ' ' || c == '-')
			continue;
		if (n == RECOVERY_CHARS || c == '\0' || strchr(base32, c) == NULL)
			return ERR_INVALID;
		text[n++] = c;
	}
	if (n != RECOVERY_CHARS)
		return ERR_INVALID;
	for (unsigned i = 0; i < 8; i++)
		whose[i] = (uint8_t)((uint64_t)person >> (8 * i));
	return keys_mac_parts(k, key, PURPOSE_RECOVERY, (const struct part[]){
	    { whose, sizeof(whose) }, { text, sizeof(text) } }, 2, out);
}
