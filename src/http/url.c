/* Percent escapes, decoded once and made, and the check of a path that a redirect may go to.
 * The path of a request is taken apart in request.c, form fields in form.c. */
#include "http/url.h"

#include <string.h>

#include "base/arena.h"

enum { OWN_PATH_LONGEST = 2048 };

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

enum err
url_unescape(struct arena *a, struct str s, bool plus, struct str *out)
{
	char *to = ARENA_ARRAY(a, char, s.len + 1);
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];

		if (c == '+' && plus) {
			c = ' ';
		} else if (c == '%') {
			int high = i + 1 < s.len ? hex_digit(s.p[i + 1]) : -1;
			int low = i + 2 < s.len ? hex_digit(s.p[i + 2]) : -1;

			if (high < 0 || low < 0)
				return ERR_INVALID;
			c = (char)(high * 16 + low);
			i += 2;
		}
		to[n++] = c;
	}
	*out = (struct str){ to, n };
	return OK;
}

static bool
is_utf8(struct str s)
{
	uint32_t c;
	size_t step;

	for (size_t i = 0; i < s.len; i += step) {
		step = utf8_next(s.p + i, s.len - i, &c);
		if (step == 0)
			return false;
	}
	return true;
}

enum err
url_decode(struct arena *a, struct str s, bool plus, struct str *out)
{
	struct str plain;

	TRY(url_unescape(a, s, plus, &plain));
	if (memchr(plain.p, 0, plain.len) != NULL || !is_utf8(plain))
		return ERR_INVALID;
	*out = plain;
	return OK;
}

static bool
is_unreserved(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    c == '-' || c == '.' || c == '_' || c == '~';
}

const char *
url_encode(struct arena *a, const char *text)
{
	static const char hex[] = "0123456789ABCDEF";
	char *out = ARENA_ARRAY(a, char, 3 * strlen(text) + 1);
	char *to = out;

	for (const char *p = text; *p != '\0'; p++) {
		unsigned char c = (unsigned char)*p;

		if (is_unreserved(*p)) {
			*to++ = *p;
		} else {
			*to++ = '%';
			*to++ = hex[c >> 4];
			*to++ = hex[c & 15];
		}
	}
	return out;
}

bool
url_plain_segments(struct str path)
{
	size_t at = 1;

	if (path.len == 0 || path.p[0] != '/')
		return false;
	while (at < path.len) {
		const char *seg = path.p + at;
		const char *slash = memchr(seg, '/', path.len - at);
		size_t n = slash != NULL ? (size_t)(slash - seg) : path.len - at;

		if (n == 0 || (n == 1 && seg[0] == '.') || (n == 2 && memcmp(seg, "..", 2) == 0))
			return false;
		at += n + 1;
	}
	return true;
}

/* The next byte of a path as a browser would read it; -1 for a bad escape. */
static int
unescaped_byte(struct str s, size_t *at)
{
	int high, low;

	if (s.p[*at] != '%')
		return (unsigned char)s.p[(*at)++];
	high = *at + 1 < s.len ? hex_digit(s.p[*at + 1]) : -1;
	low = *at + 2 < s.len ? hex_digit(s.p[*at + 2]) : -1;
	*at += 3;
	return high < 0 || low < 0 ? -1 : high * 16 + low;
}

bool
url_own_path(struct str s)
{
	char plain[OWN_PATH_LONGEST];
	size_t n = 0, path_len = 0;

	if (s.len == 0 || s.len > OWN_PATH_LONGEST || s.p[0] != '/')
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] <= ' ' || s.p[i] > '~' || s.p[i] == '\\')
			return false;
	}
	while (path_len < s.len && s.p[path_len] != '?' && s.p[path_len] != '#')
		path_len++;
	for (size_t at = 0; at < path_len;) {
		int c = unescaped_byte((struct str){ s.p, path_len }, &at);

		if (c <= ' ' || c == '\\' || c == 0x7f)
			return false;
		plain[n++] = (char)c;
	}
	return url_plain_segments((struct str){ plain, n });
}
