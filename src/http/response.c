/* An answer being built: status, header lines, cookies.  Nothing is sent here: that is
 * fcgi.c.  The security headers of every answer are in web/. */
#include "http/response.h"

#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/log.h"
#include "http/url.h"

enum {
	HEADERS_LONGEST = 8 * 1024,
	BODY_LONGEST = 8 * 1024 * 1024  /* what is longer is sent from a file */
};

void
response_init(struct response *rs, struct arena *a)
{
	*rs = (struct response){ .status = 200, .file = -1, .hold = -1 };
	buf_init(&rs->headers, a, HEADERS_LONGEST);
	buf_init(&rs->body, a, BODY_LONGEST);
}

void
response_clear(struct response *rs)
{
	if (rs->file >= 0)
		close(rs->file);
	if (rs->hold >= 0)
		close(rs->hold);
	response_init(rs, rs->headers.arena);
}

static bool
is_token(const char *s)
{
	static const char others[] = "!#$%&'*+.^_`|~";
	const char *p;

	for (p = s; *p != '\0'; p++) {
		bool letter = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z');

		if (!letter && *p != '-' && !(*p >= '0' && *p <= '9') &&
		    strchr(others, *p) == NULL)
			return false;
	}
	return p > s;
}

static bool
has_control(const char *s)
{
	for (; *s != '\0'; s++) {
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			return true;
	}
	return false;
}

void
response_header(struct response *rs, const char *name, const char *value)
{
	if (!is_token(name) || has_control(value)) {
		log_event(LOG_ERROR, "header dropped", "name", name);
		return;
	}
	buf_puts(&rs->headers, name);
	buf_puts(&rs->headers, ": ");
	buf_puts(&rs->headers, value);
	buf_puts(&rs->headers, "\r\n");
}

void
response_fixed(struct response *rs, const char *lines)
{
	buf_puts(&rs->headers, lines);
}

/* RFC 6265 4.1.1: no control character, blank, quote, comma, semicolon or backslash. */
static bool
is_cookie_value(const char *s)
{
	for (; *s != '\0'; s++) {
		if (*s <= ' ' || *s > '~' || strchr("\",;\\", *s) != NULL)
			return false;
	}
	return true;
}

void
response_cookie(struct response *rs, const char *name, const char *value, int64_t age_ms,
    bool secure)
{
	struct arena *a = rs->headers.arena;
	const char *age = "";

	if (!is_token(name) || !is_cookie_value(value)) {
		log_event(LOG_ERROR, "cookie dropped", "name", name);
		return;
	}
	if (age_ms < 0)
		age = "; Max-Age=0";
	else if (age_ms > 0)
		age = arena_printf(a, "; Max-Age=%lld", (long long)((age_ms - 1) / 1000 + 1));
	response_header(rs, "Set-Cookie",
	    arena_printf(a, "%s=%s; Path=/%s; HttpOnly; SameSite=Lax%s", name,
	        age_ms < 0 ? "" : value, secure ? "; Secure" : "", age));
}

void
response_redirect(struct response *rs, const char *path)
{
	rs->status = 303;
	response_header(rs, "Location", url_own_path(str_of(path)) ? path : "/");
}
