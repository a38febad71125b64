/* What needs tables of Unicode: keys, folding, names, addresses with IDN.  The only file
 * with utf8proc and libidn2.  The door for any text is in str.c. */
#include "base/str.h"

#include <assert.h>
#include <idn2.h>
#include <utf8proc.h>

#include "base/arena.h"

enum { NAME_LONGEST = 60, EMAIL_LONGEST = 254, LOCAL_LONGEST = 64, HOST_LONGEST = 253,
	LABEL_LONGEST = 63 };

/* Letters that have no decomposition, written with the letters people search by. */
struct plain { uint32_t from; const char *to; };
static const struct plain plain_letters[] = {
	{ 0x00e6, "ae" }, { 0x00f0, "d" }, { 0x00f8, "o" }, { 0x00fe, "th" }, { 0x0111, "d" },
	{ 0x0131, "i" }, { 0x0142, "l" }, { 0x0153, "oe" },
};

static bool
is_ascii(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text >= 0x80)
			return false;
	return true;
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static char *
ascii_lower(struct arena *a, const char *text)
{
	char *p = arena_strdup(a, text);

	for (size_t i = 0; p[i]; i++)
		p[i] = lower(p[i]);
	return p;
}

/* The characters after mapping, decomposed, in the arena. */
static utf8proc_int32_t *
decompose(struct arena *a, const char *text, utf8proc_option_t options, size_t *n)
{
	const utf8proc_uint8_t *p = (const utf8proc_uint8_t *)text;
	utf8proc_ssize_t len = (utf8proc_ssize_t)strlen(text);
	utf8proc_ssize_t need = utf8proc_decompose(p, len, NULL, 0, options);
	utf8proc_int32_t *cps;

	/* Fails for bytes that are not UTF-8 only, and checked text has none. */
	assert(need >= 0);
	/* One more: utf8proc_reencode() puts its NUL there. */
	cps = ARENA_ARRAY(a, utf8proc_int32_t, (size_t)need + 1);
	need = utf8proc_decompose(p, len, cps, need, options);
	assert(need >= 0);
	*n = (size_t)need;
	return cps;
}

const char *
text_key(struct arena *a, const char *text)
{
	const utf8proc_option_t options = UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT |
	    UTF8PROC_CASEFOLD | UTF8PROC_IGNORE;
	utf8proc_int32_t *cps;
	utf8proc_ssize_t len;
	size_t n;

	if (is_ascii(text))
		return ascii_lower(a, text);
	cps = decompose(a, text, options, &n);
	len = utf8proc_reencode(cps, (utf8proc_ssize_t)n, options);
	/* It wrote the text over the numbers, which are its own memory. */
	assert(len >= 0);
	return (const char *)cps;
}

static const char *
plain_letter(uint32_t cp)
{
	for (size_t i = 0; i < sizeof(plain_letters) / sizeof(plain_letters[0]); i++)
		if (plain_letters[i].from == cp)
			return plain_letters[i].to;
	return NULL;
}

const char *
text_fold(struct arena *a, const char *text)
{
	const utf8proc_option_t options = UTF8PROC_STABLE | UTF8PROC_DECOMPOSE |
	    UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE | UTF8PROC_STRIPMARK;
	utf8proc_int32_t *cps;
	struct str out;
	struct buf b;
	size_t n;

	if (is_ascii(text))
		return ascii_lower(a, text);
	cps = decompose(a, text, options, &n);
	buf_init(&b, a, n * 4);
	for (size_t i = 0; i < n; i++) {
		const char *plain = plain_letter((uint32_t)cps[i]);
		utf8proc_uint8_t bytes[4];

		if (plain)
			buf_puts(&b, plain);
		else
			buf_put(&b, bytes, (size_t)utf8proc_encode_char(cps[i], bytes));
	}
	return buf_end(&b, &out) ? "" : out.p;
}

enum name_char { NAME_NOT, NAME_LETTER, NAME_MARK, NAME_SPACE };

static enum name_char
name_char(uint32_t cp)
{
	/* Apostrophes and hyphens as people and their keyboards write them. */
	static const uint32_t marks[] = { '-', '.', ',', '\'', '(', ')', 0x2018, 0x2019, 0x2010,
		0x2011 };

	switch (utf8proc_category((utf8proc_int32_t)cp)) {
	case UTF8PROC_CATEGORY_LU:
	case UTF8PROC_CATEGORY_LL:
	case UTF8PROC_CATEGORY_LT:
	case UTF8PROC_CATEGORY_LM:
	case UTF8PROC_CATEGORY_LO:
	case UTF8PROC_CATEGORY_ND:
		return NAME_LETTER;
	case UTF8PROC_CATEGORY_MN:
	case UTF8PROC_CATEGORY_MC:
		return NAME_MARK;
	case UTF8PROC_CATEGORY_ZS:
		return NAME_SPACE;
	default:
		break;
	}
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (marks[i] == cp)
			return NAME_MARK;
	return NAME_NOT;
}

enum err
name_text(struct arena *a, struct str s, const char **out)
{
	bool space = false, letter = false;
	struct str text;
	struct buf b;

	buf_init(&b, a, s.len);
	for (size_t i = 0, n; i < s.len; i += n) {
		enum name_char kind;
		uint32_t cp;

		if ((n = utf8_next(s.p + i, s.len - i, &cp)) == 0 ||
		    (kind = name_char(cp)) == NAME_NOT)
			return ERR_INVALID;
		if (kind != NAME_SPACE) {
			if (space && b.len > 0)
				buf_put(&b, " ", 1);
			buf_put(&b, s.p + i, n);
		}
		space = kind == NAME_SPACE;
		letter = letter || kind == NAME_LETTER;
	}
	if (!letter || buf_end(&b, &text))
		return ERR_INVALID;
	return str_text(a, text, NAME_LONGEST, out);
}

/* RFC 5322's dot-atom. */
/* Letters, numbers, marks of writing and signs are seen, but for those that Unicode calls fillers
 * or blank. */
static bool
is_seen(uint32_t cp)
{
	static const uint32_t empty[] = { 0x115f, 0x1160, 0x2800, 0x3164, 0xffa0 };
	utf8proc_category_t   c = utf8proc_category((utf8proc_int32_t)cp);

	for (size_t i = 0; i < sizeof(empty) / sizeof(empty[0]); i++)
		if (empty[i] == cp)
			return false;
	return c >= UTF8PROC_CATEGORY_LU && c <= UTF8PROC_CATEGORY_SO &&
	    c != UTF8PROC_CATEGORY_MN && c != UTF8PROC_CATEGORY_ME;
}

enum err
title_text(struct arena *a, struct str s, size_t max, const char **out)
{
	uint32_t cp;

	for (size_t i = 0, n; i < s.len; i += n) {
		if ((n = utf8_next(s.p + i, s.len - i, &cp)) == 0)
			return ERR_INVALID;
		if (is_seen(cp))
			return str_text(a, s, max, out);
	}
	return ERR_INVALID;
}

static bool
local_part_ok(struct str s)
{
	char before = '.';

	if (s.len == 0 || s.len > LOCAL_LONGEST)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];
		bool atom = (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9') ||
		    (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~", c));

		if (!atom && (c != '.' || before == '.'))
			return false;
		before = c;
	}
	return before != '.';
}

/* Labels of letters, digits and hyphens, two of them or more; the last is not a number, so
 * that 127.0.0.1 is none. */
static bool
host_ok(const char *host)
{
	size_t labels = 0, len = strlen(host);
	bool number = false;

	if (len > HOST_LONGEST)
		return false;
	for (const char *p = host;; p++) {
		size_t n = strcspn(p, ".");

		if (n == 0 || n > LABEL_LONGEST || p[0] == '-' || p[n - 1] == '-' ||
		    strspn(p, "abcdefghijklmnopqrstuvwxyz0123456789-") < n)
			return false;
		number = strspn(p, "0123456789") >= n;
		labels++;
		p += n;
		if (*p == '\0')
			break;
	}
	return labels >= 2 && !number;
}

static enum err
host_text(struct arena *a, struct str s, const char **out)
{
	const char *typed;
	char *mapped;
	int rc;

	TRY(str_text(a, s, HOST_LONGEST, &typed));
	rc = idn2_to_ascii_8z(typed, &mapped, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
	if (rc != IDN2_OK)
		return ERR_INVALID;
	*out = ascii_lower(a, mapped);
	idn2_free(mapped);
	return host_ok(*out) ? OK : ERR_INVALID;
}

enum err
email_text(struct arena *a, struct str s, const char **address, const char **key)
{
	const char *at, *host, *text;
	struct str local, domain;

	if (s.len == 0 || s.len > EMAIL_LONGEST || (at = memchr(s.p, '@', s.len)) == NULL)
		return ERR_INVALID;
	local = (struct str){ s.p, (size_t)(at - s.p) };
	domain = (struct str){ at + 1, s.len - local.len - 1 };
	if (!local_part_ok(local))
		return ERR_INVALID;
	TRY(host_text(a, domain, &host));
	text = arena_printf(a, "%.*s@%s", (int)local.len, local.p, host);
	if (strlen(text) > EMAIL_LONGEST)
		return ERR_INVALID;
	*address = text;
	*key = text_key(a, text);
	return OK;
}
