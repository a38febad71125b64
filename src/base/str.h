/* Unchecked bytes, checked text, text being built.  URLs are in http/url.h, JSON and forms
 * in http/. */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/err.h"
struct arena;

/* Bytes that came from outside and have not been checked: any length, any value, no
 * closing NUL. Checked text is a plain "const char *": UTF-8, no NUL inside, in an
 * arena. str_text() is the only door between the two. */
struct str { const char *p; size_t len; };
#define STR(literal) ((struct str){ (literal), sizeof(literal) - 1 })
/* Without the spaces, tabs and line ends around it. */
struct str str_trim(struct str s);
struct str str_of(const char *text);
bool       str_equal(struct str a, struct str b);
/* How many bytes the character at p has (1 to 4), and which it is; 0 for what is not
 * UTF-8: cut off, overlong, a surrogate, above U+10FFFF. */
size_t     utf8_next(const char *p, size_t len, uint32_t *out);

/* The door: valid UTF-8, 1 to max characters, no control or direction characters, no
 * line separators, no noncharacters; else ERR_INVALID.  Nothing is trimmed.
 * str_maybe() lets the empty one through. */
enum err str_text(struct arena *a, struct str s, size_t max, const char **out) MUST_USE;
enum err str_maybe(struct arena *a, struct str s, size_t max, const char **out) MUST_USE;
/* The door for text areas: tab and line feed too; CR LF becomes LF and counts as one. */
enum err str_lines(struct arena *a, struct str s, size_t max, const char **out) MUST_USE;
/* A telephone number as E.164: "+" and 7 to 15 digits; spaces ( ) - . are left out. */
enum err phone_text(struct arena *a, struct str s, const char **out) MUST_USE;

/* Those below are in unicode.c. */
/* A person's name: 1 to 60 letters, marks, digits, hyphens, dots, commas, apostrophes,
 * parentheses and spaces, a letter or digit among them.  Spaces around it go, runs of
 * them become one. */
enum err name_text(struct arena *a, struct str s, const char **out) MUST_USE;
/* What a thing is called (a group, a key, an account): as str_text(), and something of it can be
 * seen, so that a link with that name can be. */
enum err title_text(struct arena *a, struct str s, size_t max, const char **out) MUST_USE;
/* An email address that we would send to: at most 254 bytes, an ASCII dot-atom of at most
 * 64 bytes, "@", a host name with a dot.  address: the local part as typed and the domain
 * as A-labels in lower case; key: what must be unique.  Nothing is trimmed. */
enum err email_text(struct arena *a, struct str s, const char **address,
    const char **key) MUST_USE;
const char *text_key(struct arena *a, const char *text);    /* NFKC casefold: what must be unique */
const char *text_fold(struct arena *a, const char *text);   /* marks dropped too: sort and search */

/* The number in digits, with a NUL, at the end of these bytes; gives where it begins. */
enum { DECIMAL_LONGEST = 21 };
char *text_decimal(char text[DECIMAL_LONGEST], int64_t n);

/* Text being built.  The first failure sticks: append freely, ask in buf_end(). */
struct buf {
	struct arena *arena;
	char         *p;
	size_t        len, cap, limit;
	bool          overflow;
};
/* Empty; more than limit bytes are an overflow. */
void buf_init(struct buf *b, struct arena *a, size_t limit);
/* Room for n more bytes, or the overflow is noted and false. */
bool buf_grow(struct buf *b, size_t n);
void buf_puts(struct buf *b, const char *s);
void buf_printf(struct buf *b, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* What was built, with a NUL behind it that the length does not count; the buffer may grow
 * on.  An overflow: ERR_LIMIT. */
enum err buf_end(struct buf *b, struct str *out) MUST_USE;

/* Inline, because a page is thousands of these. */
static inline void
buf_put(struct buf *b, const void *p, size_t n)
{
	if (n == 0 || (n > b->cap - b->len && !buf_grow(b, n)))
		return;
	memcpy(b->p + b->len, p, n);
	b->len += n;
}

#endif
