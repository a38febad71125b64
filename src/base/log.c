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

enum { LINE_LONGEST = 16 * 1024, VALUE_LONGEST = 512, CLOSING = 16 };

/* The first failure sticks: "full" says that a piece was left out. */
struct line {
	size_t len;
	bool   full;
	char   p[LINE_LONGEST];
};

static int log_fd = STDERR_FILENO;

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

static void
put_start(struct line *l, enum log_level level, const char *what)
{
	static const char *const levels[] = { "debug", "info", "warn", "error" };
	struct timespec now;
	struct tm tm;
	char text[128];

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &tm);
	put(l, text, (size_t)snprintf(text, sizeof(text),
	    "{\"at\":\"%04d-%02d-%02dT%02d:%02d:%02d.%03dZ\"", tm.tm_year + 1900, tm.tm_mon + 1,
	    tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, (int)(now.tv_nsec / 1000000)));
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
write_line(const struct line *l)
{
	ssize_t n;

	do
		n = write(log_fd, l->p, l->len);
	while (n < 0 && errno == EINTR);
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
	write_line(&l);
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
	static char texts[8][24];
	static unsigned next;
	char *text = texts[next++ % 8];

	snprintf(text, sizeof(texts[0]), "%" PRId64, n);
	return text;
}
