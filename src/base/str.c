/* Bytes from outside, the door to checked text, text being built.  What needs tables of
 * Unicode (names, keys, folding, IDN) is in unicode.c. */
#include "base/str.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/arena.h"

enum { BUF_FIRST = 256, BUF_STEP = 8192, PHONE_LEAST = 7, PHONE_MOST = 15 };

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct str
str_trim(struct str s)
{
	while (s.len > 0 && is_blank(s.p[s.len - 1]))
		s.len--;
	while (s.len > 0 && is_blank(s.p[0])) {
		s.p++;
		s.len--;
	}
	return s;
}

struct str
str_of(const char *text)
{
	return (struct str){ text, strlen(text) };
}

bool
str_equal(struct str a, struct str b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.p, b.p, a.len) == 0);
}

size_t
utf8_next(const char *p, size_t len, uint32_t *out)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	unsigned char c;
	size_t n;
	uint32_t cp;

	if (len == 0)
		return 0;
	c = (unsigned char)p[0];
	if (c < 0x80) {
		*out = c;
		return 1;
	}
	n = c < 0xc0 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : c < 0xf8 ? 4 : 0;
	if (n == 0 || n > len)
		return 0;
	cp = c & (0x7fu >> n);
	for (size_t i = 1; i < n; i++) {
		if (((unsigned char)p[i] & 0xc0) != 0x80)
			return 0;
		cp = cp << 6 | ((unsigned char)p[i] & 0x3f);
	}
	if (cp < least[n] || cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff))
		return 0;
	*out = cp;
	return n;
}

/* Characters that change how the text around them is shown or where a line ends, or that
 * are none at all. */
static bool
is_forbidden(uint32_t cp)
{
	if (cp < 0x20 || (cp >= 0x7f && cp < 0xa0))
		return true;
	if (cp < 0x61c)
		return false;
	return cp == 0x61c || cp == 0x200e || cp == 0x200f || (cp >= 0x2028 && cp <= 0x202e) ||
	    (cp >= 0x2066 && cp <= 0x2069) || (cp >= 0xfdd0 && cp <= 0xfdef) ||
	    (cp & 0xfffe) == 0xfffe;
}

/* Copies what is allowed; "lines" lets tab and line feed through. */
static enum err
copy_checked(char *to, struct str s, size_t max, bool lines)
{
	size_t chars = 0;

	for (size_t i = 0, n; i < s.len; i += n) {
		uint32_t cp;

		if ((n = utf8_next(s.p + i, s.len - i, &cp)) == 0)
			return ERR_INVALID;
		if (lines && cp == '\r' && i + 1 < s.len && s.p[i + 1] == '\n')
			continue;
		if (is_forbidden(cp) && !(lines && (cp == '\n' || cp == '\t')))
			return ERR_INVALID;
		if (++chars > max)
			return ERR_INVALID;
		memcpy(to, s.p + i, n);
		to += n;
	}
	return chars > 0 ? OK : ERR_INVALID;
}

static enum err
door(struct arena *a, struct str s, size_t max, bool lines, const char **out)
{
	size_t mark = arena_mark(a);
	char *text;

	/* No character has more than 4 bytes (CR LF: 2): too long is known before copying. */
	if (s.len == 0 || s.len / 4 > max)
		return ERR_INVALID;
	text = arena_zalloc(a, s.len + 1, 1);
	if (copy_checked(text, s, max, lines)) {
		arena_release(a, mark);
		return ERR_INVALID;
	}
	*out = text;
	return OK;
}

enum err
str_text(struct arena *a, struct str s, size_t max, const char **out)
{
	return door(a, s, max, false, out);
}

enum err
str_maybe(struct arena *a, struct str s, size_t max, const char **out)
{
	if (s.len == 0) {
		*out = "";
		return OK;
	}
	return door(a, s, max, false, out);
}

enum err
str_lines(struct arena *a, struct str s, size_t max, const char **out)
{
	return door(a, s, max, true, out);
}

enum err
phone_text(struct arena *a, struct str s, const char **out)
{
	char digits[PHONE_MOST + 1];
	size_t n = 0;

	if (s.len == 0 || s.p[0] != '+')
		return ERR_INVALID;
	for (size_t i = 1; i < s.len; i++) {
		char c = s.p[i];

		if (c == ' ' || c == '(' || c == ')' || c == '-' || c == '.')
			continue;
		if (c < '0' || c > '9' || n == PHONE_MOST)
			return ERR_INVALID;
		digits[n++] = c;
	}
	/* No country's code begins with 0. */
	if (n < PHONE_LEAST || digits[0] == '0')
		return ERR_INVALID;
	digits[n] = '\0';
	*out = arena_printf(a, "+%s", digits);
	return OK;
}

char *
text_decimal(char text[DECIMAL_LONGEST], int64_t n)
{
	char    *to = text + DECIMAL_LONGEST - 1;
	uint64_t rest = n < 0 ? -(uint64_t)n : (uint64_t)n;

	*to = '\0';
	do
		*--to = (char)('0' + rest % 10);
	while (rest /= 10);
	if (n < 0)
		*--to = '-';
	return to;
}

void
buf_init(struct buf *b, struct arena *a, size_t limit)
{
	*b = (struct buf){ .arena = a, .limit = limit };
}

bool
buf_grow(struct buf *b, size_t n)
{
	size_t cap;
	char *p;

	if (b->overflow || n > b->limit - b->len) {
		b->overflow = true;
		/* So that no later, shorter piece finds room. */
		b->cap = b->len;
		return false;
	}
	if (n <= b->cap - b->len)
		return true;
	/* Where nothing else was built meanwhile, without a copy. */
	cap = b->limit - b->len - n > BUF_STEP ? b->len + n + BUF_STEP : b->limit;
	if (b->cap > 0 && arena_extend(b->arena, b->p, b->cap + 1, cap + 1)) {
		b->cap = cap;
		return true;
	}
	cap = b->cap ? b->cap : BUF_FIRST;
	while (cap < b->len + n)
		cap = cap > b->limit / 2 ? b->limit : cap * 2;
	if (cap > b->limit)
		cap = b->limit;
	/* One more, for the NUL of buf_end. */
	p = arena_zalloc(b->arena, cap + 1, 1);
	if (b->len > 0)
		memcpy(p, b->p, b->len);
	b->p = p;
	b->cap = cap;
	return true;
}

void
buf_puts(struct buf *b, const char *s)
{
	buf_put(b, s, strlen(s));
}

void
buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list args, again;
	int n;

	va_start(args, fmt);
	va_copy(again, args);
	n = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	assert(n >= 0);
	if (buf_grow(b, (size_t)n)) {
		/* With n = 0 there may be no memory yet, and then nothing is written to it. */
		if (n > 0)
			vsnprintf(b->p + b->len, (size_t)n + 1, fmt, again);
		b->len += (size_t)n;
	}
	va_end(again);
}

enum err
buf_end(struct buf *b, struct str *out)
{
	if (b->overflow)
		return ERR_LIMIT;
	if (b->p == NULL)
		*out = STR("");
	else {
		b->p[b->len] = '\0';
		*out = (struct str){ b->p, b->len };
	}
	return OK;
}
