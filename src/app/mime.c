/* Building a message.  What an email says comes from its templates (core/outbox.c); how it
 * travels is in net.c. */
#include "app/mime.h"

#include <string.h>
#include <time.h>

#include "base/arena.h"

enum {
	LINE = 76,
	MESSAGE_LONGEST = 8 << 20,
	ADDRESS_LONGEST = 254,
	LOCAL_LONGEST = 64,
	WORD_BYTES = 39          /* of text in an encoded word: 52 characters, and 12 around them */
};

static bool
is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* Labels of letters, digits and hyphens; at least one letter, so no bare IP address. */
static bool
domain_ok(const char *domain)
{
	bool   letter = false;
	size_t label = 0;

	for (const char *p = domain; *p; p++) {
		if (*p == '.') {
			if (label == 0 || p[-1] == '-')
				return false;
			label = 0;
			continue;
		}
		if (!is_alnum(*p) && (*p != '-' || label == 0))
			return false;
		letter = letter || (is_alnum(*p) && (*p < '0' || *p > '9'));
		if (++label > 63)
			return false;
	}
	return letter && label > 0 && domain[strlen(domain) - 1] != '-';
}

/* RFC 5322's dot-atom. */
static bool
local_ok(const char *local, size_t len)
{
	if (len == 0 || len > LOCAL_LONGEST || local[0] == '.' || local[len - 1] == '.')
		return false;
	for (size_t i = 0; i < len; i++) {
		if (local[i] == '.' && local[i - 1] == '.')
			return false;
		if (!is_alnum(local[i]) && strchr("!#$%&'*+-/=?^_`{|}~.", local[i]) == NULL)
			return false;
	}
	return true;
}

bool
mime_address(const char *address)
{
	const char *at = strchr(address, '@');

	return at != NULL && strlen(address) <= ADDRESS_LONGEST && domain_ok(at + 1) &&
	    local_ok(address, (size_t)(at - address));
}

const char *
mime_domain(const char *address)
{
	const char *at = strchr(address, '@');

	return at ? at + 1 : "";
}

/* The length of the UTF-8 character at p, 0 when it is none. */
static size_t
utf8_length(const char *p)
{
	const unsigned char *u = (const unsigned char *)p;
	size_t               n = u[0] < 0x80 ? 1 : u[0] < 0xc2 ? 0 : u[0] < 0xe0 ? 2 :
	    u[0] < 0xf0 ? 3 : u[0] < 0xf5 ? 4 : 0;

	for (size_t i = 1; i < n; i++)
		if ((u[i] & 0xc0) != 0x80)
			return 0;
	if ((u[0] == 0xe0 && u[1] < 0xa0) || (u[0] == 0xed && u[1] > 0x9f) ||
	    (u[0] == 0xf0 && u[1] < 0x90) || (u[0] == 0xf4 && u[1] > 0x8f))
		return 0;
	return n;
}

static bool
utf8_ok(const char *text)
{
	size_t n;

	for (; *text; text += n)
		if ((n = utf8_length(text)) == 0)
			return false;
	return true;
}

/* May it be the value of a header, encoded where it must? */
static bool
value_ok(const char *value)
{
	for (const char *p = value; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			return false;
	return utf8_ok(value);
}

static bool
is_ascii(const char *text)
{
	while (*text && (unsigned char)*text < 0x80)
		text++;
	return *text == '\0';
}

static void
put_base64(struct buf *b, const char *p, size_t n)
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *u = (const unsigned char *)p;

	for (size_t i = 0; i < n; i += 3) {
		uint32_t v = (uint32_t)u[i] << 16 | (i + 1 < n ? (uint32_t)u[i + 1] << 8 : 0) |
		    (i + 2 < n ? u[i + 2] : 0);
		char     out[4] = { digits[v >> 18], digits[v >> 12 & 63],
			i + 1 < n ? digits[v >> 6 & 63] : '=', i + 2 < n ? digits[v & 63] : '=' };

		buf_put(b, out, 4);
	}
}

/* RFC 2047: whole characters in each word, one word a line. */
static void
put_words(struct buf *b, const char *text)
{
	for (bool first = true; *text; first = false) {
		size_t n = 0;

		while (text[n] && n + utf8_length(text + n) <= WORD_BYTES)
			n += utf8_length(text + n);
		buf_puts(b, first ? "=?UTF-8?B?" : "\r\n =?UTF-8?B?");
		put_base64(b, text, n);
		buf_puts(b, "?=");
		text += n;
	}
}

/* Text in a header that has "used" characters on its line already; an unencoded one must not
 * be taken for an encoded word. */
static void
put_text(struct buf *b, const char *text, size_t used)
{
	if (is_ascii(text) && strlen(text) + used <= LINE && strstr(text, "=?") == NULL)
		buf_puts(b, text);
	else
		put_words(b, text);
}

static void
put_quoted(struct buf *b, const char *name)
{
	buf_puts(b, "\"");
	for (; *name; name++) {
		if (*name == '"' || *name == '\\')
			buf_puts(b, "\\");
		buf_put(b, name, 1);
	}
	buf_puts(b, "\"");
}

static void
put_from(struct buf *b, const char *name, const char *address)
{
	if (*name == '\0') {
		buf_printf(b, "From: %s\r\n", address);
		return;
	}
	buf_puts(b, "From: ");
	/* 30: with every character escaped it is still one line */
	if (is_ascii(name) && strlen(name) <= 30 && strstr(name, "=?") == NULL)
		put_quoted(b, name);
	else
		put_words(b, name);
	buf_printf(b, "\r\n <%s>\r\n", address);
}

/* RFC 5322's date, in UTC; strftime would ask the locale for the names. */
static void
put_date(struct buf *b, int64_t at)
{
	static const char days[] = "SunMonTueWedThuFriSat";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	time_t            seconds = (time_t)(at / 1000);
	struct tm         tm;

	gmtime_r(&seconds, &tm);
	buf_printf(b, "Date: %.3s, %d %.3s %d %02d:%02d:%02d +0000\r\n", days + 3 * tm.tm_wday,
	    tm.tm_mday, months + 3 * tm.tm_mon, tm.tm_year + 1900, tm.tm_hour,
	    tm.tm_min, tm.tm_sec);
}

static bool
needs_quoting(const char *p)
{
	unsigned char c = (unsigned char)*p;

	if (c == ' ' || c == '\t')
		return p[1] == '\0' || p[1] == '\n' || p[1] == '\r';
	return c < '!' || c > '~' || c == '=';
}

/* Quoted-printable (RFC 2045, 6.7): soft breaks keep lines within 76 characters. */
static void
put_quoted_printable(struct buf *b, const char *text)
{
	static const char hex[] = "0123456789ABCDEF";
	size_t            column = 0;

	for (const char *p = text; *p; p++) {
		unsigned char c = (unsigned char)*p;
		char          code[3] = { '=', hex[c >> 4], hex[c & 15] };
		size_t        n = needs_quoting(p) ? 3 : 1;

		if (c == '\n' || (c == '\r' && p[1] == '\n')) {
			buf_puts(b, "\r\n");
			column = 0;
			p += c == '\r';
			continue;
		}
		if (column + n > LINE - 1) {
			buf_puts(b, "=\r\n");
			column = 0;
		}
		if (n == 3)
			buf_put(b, code, 3);
		else
			buf_put(b, p, 1);
		column += n;
	}
	if (column > 0)
		buf_puts(b, "\r\n");
}

static void
put_headers(struct buf *b, const struct mime *m)
{
	put_date(b, m->at);
	put_from(b, m->from_name, m->from);
	buf_printf(b, "To: %s\r\n", m->to);
	if (*m->reply_to)
		buf_printf(b, "Reply-To: %s\r\n", m->reply_to);
	buf_puts(b, "Subject: ");
	put_text(b, m->subject, sizeof("Subject: ") - 1);
	buf_printf(b, "\r\nMessage-ID: <%s@%s>\r\n", m->message_id, mime_domain(m->from));
	buf_printf(b, "X-Tenantry-Id: %s\r\n", m->mark);
	buf_puts(b, "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n");
}

/* RFC 2045, 6.8: lines of 76. */
static void
put_base64_lines(struct buf *b, const char *text)
{
	size_t left = strlen(text);

	while (left > 0) {
		size_t n = left < LINE / 4 * 3 ? left : LINE / 4 * 3;

		put_base64(b, text, n);
		buf_puts(b, "\r\n");
		text += n;
		left -= n;
	}
}

static void
put_file(struct buf *b, const char *boundary, const struct mime *m)
{
	buf_printf(b, "--%s\r\n", boundary);
	buf_puts(b, "Content-Type: text/csv; charset=utf-8; header=present\r\n");
	buf_printf(b, "Content-Disposition: attachment; filename=\"%s\"\r\n", m->file_name);
	buf_puts(b, "Content-Transfer-Encoding: base64\r\n\r\n");
	put_base64_lines(b, m->file);
}

static void
put_part(struct buf *b, const char *boundary, const char *type, const char *text)
{
	buf_printf(b, "--%s\r\nContent-Type: text/%s; charset=utf-8\r\n", boundary, type);
	buf_puts(b, "Content-Transfer-Encoding: quoted-printable\r\n\r\n");
	put_quoted_printable(b, text);
}

/* Characters that need no quoting anywhere they are put. */
static bool
token_ok(const char *token)
{
	size_t n = strlen(token);

	for (const char *p = token; *p; p++)
		if (!is_alnum(*p) && *p != '-' && *p != '_')
			return false;
	return n > 0 && n <= 48;
}

static bool
file_ok(const struct mime *m)
{
	if (m->file_name == NULL)
		return true;
	for (const char *p = m->file_name; *p; p++)
		if (!is_alnum(*p) && *p != '.' && *p != '-' && *p != '_')
			return false;
	return *m->file_name && strlen(m->file_name) <= 48 && utf8_ok(m->file);
}

/* Both ways to say it, and around them, where there is a file, the two. */
static void
put_body(struct buf *b, const char *boundary, const char *outer, const struct mime *m)
{
	if (m->file_name) {
		buf_puts(b, "Content-Type: multipart/mixed;\r\n");
		buf_printf(b, " boundary=\"%s\"\r\n\r\n--%s\r\n", outer, outer);
	}
	buf_puts(b, "Content-Type: multipart/alternative;\r\n");
	buf_printf(b, " boundary=\"%s\"\r\n\r\n", boundary);
	put_part(b, boundary, "plain", m->text);
	put_part(b, boundary, "html", m->html);
	buf_printf(b, "--%s--\r\n", boundary);
	if (m->file_name) {
		put_file(b, outer, m);
		buf_printf(b, "--%s--\r\n", outer);
	}
}

enum err
mime_build(struct arena *a, const struct mime *m, struct str *out)
{
	/* "=_" cannot stand in quoted-printable, so no text can end a part early. */
	const char *boundary, *outer;
	struct buf  b;

	if (!mime_address(m->from) || !mime_address(m->to) ||
	    (*m->reply_to && !mime_address(m->reply_to)))
		return ERR_INVALID;
	if (!value_ok(m->subject) || !value_ok(m->from_name) || !token_ok(m->message_id) ||
	    !token_ok(m->mark) || !utf8_ok(m->text) || !utf8_ok(m->html) || !file_ok(m))
		return ERR_INVALID;
	boundary = arena_printf(a, "=_%s", m->message_id);
	outer = arena_printf(a, "=_f_%s", m->message_id);
	buf_init(&b, a, MESSAGE_LONGEST);
	put_headers(&b, m);
	put_body(&b, boundary, outer, m);
	return buf_end(&b, out);
}
