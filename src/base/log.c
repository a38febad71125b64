/* The program log: one JSON line per event.  Uses no arena and no malloc, so that every
 * failure can be told.  The audit log is in core/audit.c. */
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/str.h"

enum { LINE_LONGEST = 16 * 1024, VALUE_LONGEST = 512, CLOSING = 16, HELD_MOST = 8 * 1024 };

/* The first failure sticks: "full" says that a piece was left out. */
struct line {
	size_t len;
	bool   full;
	char   p[LINE_LONGEST];
};

static int log_fd = STDERR_FILENO;
static struct {
	bool   on;
	size_t len;
	char   p[HELD_MOST];
} held;

static void
put(struct line *l, const char *p, size_t n)
{
	/* Room for the closing is kept. */
	if (l->full || n > sizeof(l->p) - CLOSING - l->len) {
		l->full = true;
		return;
	}
	memcpy(l->p + l->len, p, n);
	l->len += n;
}

static void
put_unit(struct line *l, uint32_t unit)
{
	char text[16];

	put(l, text, (size_t)snprintf(text, sizeof(text), "\\u%04" PRIx32, unit));
}

/* What a terminal or a reader of lines might take for more than a character. */
static bool
is_risky(uint32_t cp)
{
	return cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || cp == 0x61c || cp == 0x200e ||
	    cp == 0x200f || (cp >= 0x2028 && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x2069) ||
	    cp == 0xfeff;
}

/* How many letters at the beginning stand in JSON as they are. */
static size_t
plain(const char *p, size_t most)
{
	size_t n = 0;

	while (n < most && p[n] >= 0x20 && p[n] < 0x7f && p[n] != '"' && p[n] != '\\')
		n++;
	return n;
}

static void
put_text(struct line *l, const char *text)
{
	size_t len = strnlen(text, VALUE_LONGEST + 4), n;

	put(l, "\"", 1);
	for (size_t i = 0; i < len; i += n) {
		uint32_t cp = 0xfffd;

		n = plain(text + i, len < VALUE_LONGEST ? len - i : VALUE_LONGEST - i);
		if (n > 0) {
			put(l, text + i, n);
			continue;
		}
		n = utf8_next(text + i, len - i, &cp);
		if (i + (n ? n : 1) > VALUE_LONGEST)
			break;
		if (n == 0) {
			n = 1;
			put_unit(l, 0xfffd);
		} else if (cp == '"' || cp == '\\') {
			put(l, "\\", 1);
			put(l, text + i, 1);
		} else if (is_risky(cp)) {
			put_unit(l, cp);
		} else {
			put(l, text + i, n);
		}
	}
	put(l, "\"", 1);
}

/* A pair is in the line whole or not at all. */
static void
put_pair(struct line *l, const char *name, const char *value)
{
	size_t before = l->len;

	put(l, ",", 1);
	put_text(l, name);
	put(l, ":", 1);
	if (value)
		put_text(l, value);
	else
		put(l, "null", 4);
	if (l->full)
		l->len = before;
}

/* "2026-01-31T12:00:59": taken apart once a second. */
static const char *
second_text(time_t second)
{
	static time_t of = -1;
	static char text[64];
	struct tm tm;

	if (second != of) {
		gmtime_r(&second, &tm);
		snprintf(text, sizeof(text), "%04d-%02d-%02dT%02d:%02d:%02d", tm.tm_year + 1900,
		    tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
		of = second;
	}
	return text;
}

static void
put_start(struct line *l, enum log_level level, const char *what)
{
	static const char *const levels[] = { "debug", "info", "warn", "error" };
	struct timespec now;
	const char *text;
	int ms;

	clock_gettime(CLOCK_REALTIME, &now);
	text = second_text(now.tv_sec);
	ms = (int)(now.tv_nsec / 1000000);
	put(l, "{\"at\":\"", 7);
	put(l, text, strlen(text));
	put(l, (char[]){ '.', (char)('0' + ms / 100), (char)('0' + ms / 10 % 10),
	    (char)('0' + ms % 10), 'Z', '"' }, 6);
	put_pair(l, "level", levels[level]);
	put_pair(l, "what", what);
}

static void
line_end(struct line *l)
{
	struct str closing = l->full ? STR(",\"cut\":true}\n") : STR("}\n");

	memcpy(l->p + l->len, closing.p, closing.len);
	l->len += closing.len;
}

static void
write_all(const char *p, size_t len)
{
	ssize_t n;

	do
		n = write(log_fd, p, len);
	while (n < 0 && errno == EINTR);
}

void
log_hold(void)
{
	held.on = true;
}

bool
log_waits(void)
{
	return held.len > 0;
}

void
log_flush(void)
{
	int saved = errno;

	if (held.len > 0)
		write_all(held.p, held.len);
	held.len = 0;
	errno = saved;
}

static void
write_line(const struct line *l, enum log_level level)
{
	if (l->len > sizeof(held.p) - held.len)
		log_flush();
	if (!held.on || l->len > sizeof(held.p)) {
		write_all(l->p, l->len);
		return;
	}
	memcpy(held.p + held.len, l->p, l->len);
	held.len += l->len;
	if (level >= LOG_WARN)
		log_flush();
}

void
log_pairs(enum log_level level, const char *what, ...)
{
	int saved = errno;
	struct line l;
	const char *name;
	va_list args;

	l.len = 0;
	l.full = false;
	put_start(&l, level, what);
	va_start(args, what);
	while ((name = va_arg(args, const char *)) != NULL)
		put_pair(&l, name, va_arg(args, const char *));
	va_end(args);
	line_end(&l);
	write_line(&l, level);
	errno = saved;
}

void
log_open(const char *path)
{
	int fd = STDERR_FILENO;

	if (path && path[0] != '\0') {
		fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0600);
		if (fd < 0) {
			log_event(LOG_ERROR, "log file", "path", path, "why", strerror(errno));
			return;
		}
	}
	if (log_fd != STDERR_FILENO)
		close(log_fd);
	log_fd = fd;
}

const char *
log_int(int64_t n)
{
	static char texts[8][DECIMAL_LONGEST];
	static unsigned next;

	return text_decimal(texts[next++ % 8], n);
}
