/* The file of heads beside the database: how far each chain was, line after line.  It is read
 * once for all chains and only grows.  Holding the chains against it is in verify.c. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "auditlog/auditlog_store.h"
#include "base/arena.h"
#include "base/conf.h"
#include "base/log.h"
#include "crypto/crypto.h"

enum { LINE_LONGEST = 160, ROOM_FIRST = 64, HEX = 64 };

/* A table by tenant, at most half full; seq 0 is a free place. */
struct witnesses {
	struct arena *arena;
	struct head  *places;
	size_t        room, n;
	int64_t       lines;
	int64_t       size;          /* of the file when it was last read or written; -1: never */
};

struct witnesses *
witnesses_new(struct arena *a)
{
	struct witnesses *w = ARENA_NEW(a, struct witnesses);

	w->arena = a;
	w->size = -1;
	return w;
}

static struct head *
place(const struct witnesses *w, int64_t tenant)
{
	size_t i = (size_t)((uint64_t)tenant * UINT64_C(0x9e3779b97f4a7c15) >> 20);

	while (w->places[i & (w->room - 1)].seq != 0 &&
	    w->places[i & (w->room - 1)].tenant != tenant)
		i++;
	return &w->places[i & (w->room - 1)];
}

static void
put(struct witnesses *w, const struct head *h)
{
	struct head *at;

	if (2 * (w->n + 1) > w->room) {
		struct witnesses grown = { .room = w->room ? 2 * w->room : ROOM_FIRST };

		grown.places = ARENA_ARRAY(w->arena, struct head, grown.room);
		for (size_t i = 0; i < w->room; i++)
			if (w->places[i].seq != 0)
				*place(&grown, w->places[i].tenant) = w->places[i];
		w->places = grown.places;
		w->room = grown.room;
	}
	at = place(w, h->tenant);
	w->n += at->seq == 0;
	*at = *h;
}

static int
digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool
read_number(const char **p, int64_t *out)
{
	char *end;

	errno = 0;
	*out = strtoll(*p, &end, 10);
	if (end == *p || *end != ' ' || errno != 0)
		return false;
	*p = end + 1;
	return true;
}

/* "<tenant> <seq> <hash> <time>"; the time is for people. */
static bool
read_head(const char *line, struct head *out)
{
	if (!read_number(&line, &out->tenant) || !read_number(&line, &out->seq) || out->seq <= 0)
		return false;
	for (size_t i = 0; i < HEX; i += 2) {
		int high = digit(line[i]), low = high < 0 ? -1 : digit(line[i + 1]);

		if (low < 0)
			return false;
		out->hash[i / 2] = (uint8_t)(high << 4 | low);
	}
	return line[HEX] == ' ' || line[HEX] == '\n';
}

static void
read_lines(struct witnesses *w, FILE *f)
{
	char line[LINE_LONGEST];
	bool begins = true;

	while (fgets(line, sizeof(line), f)) {
		struct head h;
		bool        ends = strchr(line, '\n') != NULL;

		if (begins && ends && read_head(line, &h))
			put(w, &h);
		w->lines += ends;
		begins = ends;
	}
}

static const char *
file_name(struct ctx *cx)
{
	return arena_printf(cx->arena, "%s/heads", cx->conf->state_dir);
}

enum err
witnesses_read(struct ctx *cx, struct witnesses *w)
{
	const char *path = file_name(cx);
	FILE       *f = fopen(path, "re");
	bool        failed;

	w->size = 0;
	if (f == NULL && errno == ENOENT)
		return OK;
	if (f != NULL) {
		read_lines(w, f);
		w->size = (int64_t)ftello(f);
	}
	failed = f == NULL || ferror(f) != 0;
	if (f != NULL)
		fclose(f);
	if (failed)
		log_event(LOG_ERROR, "the heads file cannot be read", "path", path);
	return failed ? ERR_FAULT : OK;
}

const struct head *
witnesses_of(const struct witnesses *w, int64_t tenant)
{
	const struct head *h = w->room ? place(w, tenant) : NULL;

	return h && h->seq != 0 ? h : NULL;
}

const struct head *
witnesses_next(const struct witnesses *w, size_t *at)
{
	while (*at < w->room)
		if (w->places[(*at)++].seq != 0)
			return &w->places[*at - 1];
	return NULL;
}

int64_t
witnesses_lines(const struct witnesses *w)
{
	return w->lines;
}

/* ---------------------------------------------------------------- writing */

static bool
write_head(struct ctx *cx, int fd, const struct head *h)
{
	char hex[HEX + 1];

	for (size_t i = 0; i < HEX; i += 2)
		snprintf(hex + i, 3, "%02x", h->hash[i / 2]);
	return dprintf(fd, "%lld %lld %s %lld\n", (long long)h->tenant, (long long)h->seq, hex,
	    (long long)cx->now) > 0;
}

static enum err
write_changed(struct ctx *cx, struct witnesses *w, int fd)
{
	struct db_rows rows;
	struct head    h;
	bool           good = true;

	head_walk(cx, &rows);
	while (good && db_next(&rows)) {
		const struct head *was;

		h = head_read(cx, &rows);
		was = witnesses_of(w, h.tenant);
		if (was && was->seq == h.seq && crypto_equal(was->hash, h.hash, 32))
			continue;
		good = write_head(cx, fd, &h);
		put(w, &h);
	}
	TRY(db_end(&rows));
	return good && fdatasync(fd) == 0 ? OK : ERR_FAULT;
}

/* A file that was changed by others since is read again: nothing of it is taken for granted. */
enum err
auditlog_witness(struct ctx *cx, struct witnesses *w)
{
	const char *path = file_name(cx);
	int         fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	struct stat st;
	enum err    e = OK;

	if (fd < 0 || fstat(fd, &st) != 0) {
		log_event(LOG_ERROR, "the heads file cannot be opened", "path", path);
		if (fd >= 0)
			close(fd);
		return ERR_FAULT;
	}
	if ((int64_t)st.st_size != w->size) {
		struct arena *a = w->arena;

		*w = (struct witnesses){ .arena = a };
		e = witnesses_read(cx, w);
	}
	if (e == OK)
		e = write_changed(cx, w, fd);
	w->size = e == OK && fstat(fd, &st) == 0 ? (int64_t)st.st_size : -1;
	close(fd);
	if (e != OK)
		log_event(LOG_ERROR, "the heads file cannot be written", "path", path);
	return e;
}
