/* May this be a password, and how strong is it?  zxcvbn with the words of the person and
 * the tenant, and a list of phrases it does not know.  Hashing is in password.c. */
#include "crypto/password.h"

#include <string.h>
#include <zxcvbn.h>

#include "base/arena.h"
#include "base/str.h"

/* For the catalogue; core/ctx.h, which has it too, is above this layer. */
#define N_(english) english

enum { WORDS_MOST = 64, WORD_LEAST = 3, BITS_OF_WORD = 3, AROUND_PHRASE = 6 };
enum { SCRATCH_LARGEST = 1024 * 1024 };

/* zxcvbn's time grows with the square of the length and more: 1,024 bytes would hold up the
 * worker for seconds.  What follows the first bytes can only make it harder to guess, and
 * counts one bit for 16 bytes, 16 bits at most: a letter held down is no password. */
enum { JUDGED_BYTES = 100, BYTES_PER_BIT = 16, BITS_BEHIND = 16 };
static const double bits_wanted = 35;

/* Phrases whose words zxcvbn takes for drawn at random, letters and digits only. */
static const char *const phrases[] = {
	"abandonallhope",
	"allyourbasearebelongtous",
	"alwayslookonthebrightside",
	"callmeishmael",
	"changemeplease",
	"correcthorsebatterystaple",
	"dontpanic42",
	"elementarymydearwatson",
	"godsavetheking",
	"godsavethequeen",
	"hakunamatata",
	"horsebatterystaple",
	"houstonwehaveaproblem",
	"iloveyouforever",
	"iloveyousomuch",
	"iloveyouverymuch",
	"inthebeginning",
	"ithinkthereforeiam",
	"itwasthebestoftimes",
	"justletmeinplease",
	"knockknockwhosthere",
	"livelongandprosper",
	"loremipsumdolor",
	"loremipsumdolorsitamet",
	"maytheforcebewithyou",
	"mypasswordispassword",
	"mypasswordissecret",
	"nevergonnagiveyouup",
	"onceuponatime",
	"openthepodbaydoors",
	"ourfatherwhoartinheaven",
	"pleaseletmein",
	"stairwaytoheaven",
	"supercalifragilisticexpialidocious",
	"thecakeisalie",
	"thequickbrownfox",
	"thequickbrownfoxjumpsoverthelazydog",
	"thereisnoplacelikehome",
	"theresnoplacelikehome",
	"thisismypassword",
	"thisisnotapassword",
	"thisisthepassword",
	"tobeornottobe",
	"tobeornottobethatisthequestion",
	"twinkletwinklelittlestar",
	"winteriscoming",
	"youshallnotpass",
};

static bool
is_word_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80;
}

static bool
is_ascii(const char *s)
{
	while (*s && (unsigned char)*s < 0x80)
		s++;
	return *s == '\0';
}

/* Only what text may hold, and how many characters. */
static bool
count_characters(struct str s, size_t *chars)
{
	*chars = 0;
	for (size_t i = 0, n; i < s.len; i += n) {
		uint32_t cp;

		if ((n = utf8_next(s.p + i, s.len - i, &cp)) == 0 || cp < 0x20 ||
		    (cp >= 0x7f && cp < 0xa0))
			return false;
		++*chars;
	}
	return true;
}

/* Without what stands between words; folded text is in lower case. */
static char *
run_together(struct arena *a, const char *folded)
{
	char *out = arena_zalloc(a, strlen(folded) + 1, 1);
	size_t n = 0;

	for (; *folded; folded++)
		if (is_word_byte(*folded))
			out[n++] = *folded;
	return out;
}

/* Closed by NULL, as zxcvbn wants it. */
struct words {
	const char *p[WORDS_MOST + 1];
	size_t      n;
};

static void
words_add(struct words *w, const char *word)
{
	if (w->n < WORDS_MOST && strlen(word) >= WORD_LEAST)
		w->p[w->n++] = word;
}

static void
words_derive(struct arena *a, struct words *w, const char *word)
{
	const char *folded = text_fold(a, word), *p = folded;

	words_add(w, folded);
	words_add(w, run_together(a, folded));
	while (*p) {
		size_t n = 0;

		while (is_word_byte(p[n]))
			n++;
		if (n > 0 && p[n] != '\0')
			words_add(w, arena_printf(a, "%.*s", (int)n, p));
		else if (n > 0)
			words_add(w, p);
		p += n + (p[n] != '\0');
	}
}

static bool
is_known_phrase(struct arena *a, const char *folded)
{
	const char *run = run_together(a, folded);
	size_t len = strlen(run);

	for (size_t i = 0; i < sizeof(phrases) / sizeof(phrases[0]); i++)
		if (len <= strlen(phrases[i]) + AROUND_PHRASE && strstr(run, phrases[i]))
			return true;
	return false;
}

/* The first bytes, not cutting a character. */
static const char *
start_of(struct arena *a, struct str password)
{
	size_t len = password.len;

	if (len > JUDGED_BYTES) {
		len = JUDGED_BYTES;
		while (((unsigned char)password.p[len] & 0xc0) == 0x80)
			len--;
	}
	return arena_printf(a, "%.*s", (int)len, password.p);
}

static double
bits_behind(struct str password)
{
	size_t bits = password.len > JUDGED_BYTES ?
	    (password.len - JUDGED_BYTES) / BYTES_PER_BIT : 0;

	return bits > BITS_BEHIND ? BITS_BEHIND : (double)bits;
}

/* The text with all of the words taken out, counting them. */
static const char *
without_words(struct arena *a, const char *folded, const struct words *w, size_t *taken)
{
	char *rest = arena_strdup(a, folded), *p;

	*taken = 0;
	for (size_t i = 0; i < w->n; i++)
		while ((p = strstr(rest, w->p[i])) != NULL) {
			size_t n = strlen(w->p[i]);

			memmove(p, p + n, strlen(p + n) + 1);
			++*taken;
		}
	return rest;
}

static double
least(double a, double b)
{
	return a < b ? a : b;
}

/* The least of three: the password as it is; folded, because zxcvbn compares bytes and
 * would not find "müller" in "MÜLLER" (of ASCII it knows both cases); and what is left of
 * that without the words, because it does not find every word between hyphens. */
static double
bits_of(struct arena *a, const char *start, const char *folded, struct words *w)
{
	size_t taken;
	const char *rest = without_words(a, folded, w, &taken);
	double bits = ZxcvbnMatch(start, w->p, NULL);

	if (!is_ascii(start))
		bits = least(bits, ZxcvbnMatch(folded, w->p, NULL));
	if (taken > 0)
		bits = least(bits, ZxcvbnMatch(rest, w->p, NULL) + BITS_OF_WORD * (double)taken);
	return bits;
}

/* Negative for a known phrase. */
static double
judge(struct str password, const char *const *given)
{
	struct arena *a = arena_new(16 * 1024, SCRATCH_LARGEST);
	const char *start = start_of(a, password), *folded = text_fold(a, start);
	struct words w = { .n = 0 };
	double bits = -1;

	for (; given && *given; given++)
		words_derive(a, &w, *given);
	if (!is_known_phrase(a, folded))
		bits = bits_of(a, start, folded, &w) + bits_behind(password);
	arena_free(a);
	return bits;
}

const char *
password_refused(struct str password, int64_t min, const char *const *words)
{
	size_t chars;
	double bits;

	if (password.len > PASSWORD_LONGEST)
		return N_("Use at most 1,024 bytes; emoji and letters with marks take several.");
	if (!count_characters(password, &chars))
		return N_("Leave control characters out.");
	if (chars < (size_t)min)
		return N_("Use at least [n] characters.");
	bits = judge(password, words);
	if (bits < 0)
		return N_("This is a known phrase; choose words of your own.");
	if (bits < bits_wanted)
		return N_("This is too easy to guess; leave out common words, patterns, names and "
		    "addresses, or add unrelated words.");
	return NULL;
}

int
password_score(struct str password, const char *const *words)
{
	size_t chars;
	double bits;

	if (password.len == 0 || password.len > PASSWORD_LONGEST ||
	    !count_characters(password, &chars))
		return 0;
	bits = judge(password, words);
	return bits < 20 ? 0 : bits < bits_wanted ? 1 : bits < 50 ? 2 : bits < 65 ? 3 : 4;
}
