/* New ids and their text.  What a link or a secret is made of is in crypto/token.c: an id
 * is no secret. */
#include "base/id.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/arena.h"
#include "base/log.h"

enum { LOW_BITS = 21, TIME_BITS = 42, START_BITS = 20, CHARS = 13 };

static const char alphabet[] = "0123456789abcdefghjkmnpqrstvwxyz";
static int64_t last;

#ifdef TEST_HOOKS
static uint64_t seed;
static bool seeded;

void
id_seed(uint64_t from)
{
	seed = from;
	seeded = true;
	last = 0;
}

/* splitmix64 */
static uint32_t
seeded_random(void)
{
	uint64_t x = seed += 0x9e3779b97f4a7c15u;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
	x = (x ^ x >> 27) * 0x94d049bb133111ebu;
	return (uint32_t)(x >> 32);
}
#endif

/* Asked anew for each id: what were kept here would be shared by the workers of a fork. */
static uint32_t
some_bits(void)
{
	uint32_t n;

#ifdef TEST_HOOKS
	if (seeded)
		return seeded_random();
#endif
	if (getrandom(&n, sizeof(n), 0) != sizeof(n)) {
		log_event(LOG_ERROR, "getrandom failed");
		abort();
	}
	return n;
}

int64_t
id_least(int64_t at)
{
	return at <= 0 ? 0 : at << LOW_BITS;
}

int64_t
id_new(int64_t now)
{
	uint32_t bits = some_bits();
	int64_t id;

	assert(now >= 0 && now < (int64_t)1 << TIME_BITS);
	id = now << LOW_BITS | (bits & ((1u << START_BITS) - 1));
	if (id <= last) {
		assert(last < INT64_MAX - 64);
		id = last + 1 + (bits & 63);
	}
	last = id;
	return id;
}

void
id_text(int64_t id, char out[14])
{
	uint64_t n = (uint64_t)id;

	assert(id > 0);
	out[CHARS] = '\0';
	for (int i = CHARS - 1; i >= 0; i--) {
		out[i] = alphabet[n & 31];
		n >>= 5;
	}
}

/* 32 for what is no digit. */
static unsigned
digit(char c)
{
	if (c >= 'A' && c <= 'Z')
		c = (char)(c - 'A' + 'a');
	if (c == 'o')
		return 0;
	if (c == 'i' || c == 'l')
		return 1;
	for (unsigned i = 0; i < 32; i++)
		if (alphabet[i] == c)
			return i;
	return 32;
}

enum err
id_read(struct str s, int64_t *out)
{
	uint64_t n = 0;

	if (s.len != CHARS)
		return ERR_NOTFOUND;
	for (size_t i = 0; i < s.len; i++) {
		unsigned d = digit(s.p[i]);

		/* 13 digits are 65 bits: the first may not be above 7. */
		if (d > 31 || (i == 0 && d > 7))
			return ERR_NOTFOUND;
		n = n << 5 | d;
	}
	if (n == 0)
		return ERR_NOTFOUND;
	*out = (int64_t)n;
	return OK;
}

const char *
id_json(struct arena *a, const int64_t *first, size_t apart, size_t n)
{
	char       *json = ARENA_ARRAY(a, char, n * DECIMAL_LONGEST + 3), *to = json;
	const char *from = (const char *)first;
	char        digits[DECIMAL_LONGEST];

	*to++ = '[';
	for (size_t i = 0; i < n; i++, from += apart) {
		int64_t id;

		memcpy(&id, from, sizeof(id));
		if (i > 0)
			*to++ = ',';
		to = stpcpy(to, text_decimal(digits, id));
	}
	*to = ']';
	return json;
}
