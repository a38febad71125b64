/* The environment variable between two images.  When and why: supervisor.c. */
#include "app/handover.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/log.h"
#include "base/str.h"

static const char variable[] = "TENANTRY_HANDOVER";

enum { LONGEST = 128 << 10 };

static void
keep_on_exec(const struct handover *h, bool keep)
{
	int flags = keep ? 0 : FD_CLOEXEC;

	for (size_t i = 0; i < SOCKETS; i++)
		if (h->sockets[i].fd >= 0)
			fcntl(h->sockets[i].fd, F_SETFD, flags);
	for (size_t i = 0; i < 2; i++)
		if (h->wake[i] >= 0)
			fcntl(h->wake[i], F_SETFD, flags);
}

/* "pid fd,ours fd,ours fd fd count pid,until ..." */
enum err
handover_give(const struct handover *h)
{
	struct arena *a = arena_new(LONGEST, 4 * LONGEST);
	struct buf    b;
	struct str    text;
	enum err      e;

	buf_init(&b, a, LONGEST);
	buf_printf(&b, "%d", (int)getpid());
	for (size_t i = 0; i < SOCKETS; i++)
		buf_printf(&b, " %d,%d", h->sockets[i].fd, h->sockets[i].ours);
	buf_printf(&b, " %d %d %zu", h->wake[0], h->wake[1], h->nold);
	for (size_t i = 0; i < h->nold; i++)
		buf_printf(&b, " %d,%" PRId64, (int)h->old[i].pid, h->old[i].until);
	e = buf_end(&b, &text);
	if (e == OK && setenv(variable, arena_printf(a, "%.*s", (int)text.len, text.p), 1) != 0)
		e = ERR_FAULT;
	arena_free(a);
	if (e) {
		log_event(LOG_ERROR, "handover_too_long", "processes", log_int((int64_t)h->nold));
		return ERR_FAULT;
	}
	keep_on_exec(h, true);
	return OK;
}

void
handover_keep(const struct handover *h)
{
	keep_on_exec(h, false);
	unsetenv(variable);
}

/* The next number; false when the text is at its end. */
static bool
next(const char **p, int64_t *out)
{
	char *end;

	*out = strtoll(*p, &end, 10);
	if (end == *p)
		return false;
	*p = end + (*end != '\0');
	return true;
}

static bool
next_fd(const char **p, int *out)
{
	int64_t n;

	if (!next(p, &n) || n < -1 || n > INT32_MAX)
		return false;
	*out = (int)n;
	return true;
}

static bool
parse(struct arena *a, const char *p, struct handover *h)
{
	int64_t n, ours;

	if (!next(&p, &n) || n != getpid())
		return false;
	for (size_t i = 0; i < SOCKETS; i++) {
		if (!next_fd(&p, &h->sockets[i].fd) || !next(&p, &ours))
			return false;
		h->sockets[i].ours = ours != 0;
	}
	if (!next_fd(&p, &h->wake[0]) || !next_fd(&p, &h->wake[1]) || !next(&p, &n) || n < 0 ||
	    n > OLD_MOST)
		return false;
	h->old = ARENA_ARRAY(a, struct old_process, (size_t)n);
	for (; h->nold < (size_t)n; h->nold++) {
		int64_t pid;

		if (!next(&p, &pid) || pid <= 0 || !next(&p, &h->old[h->nold].until))
			return false;
		h->old[h->nold].pid = (pid_t)pid;
	}
	return true;
}

bool
handover_take(struct arena *a, struct handover *out)
{
	static const struct handover nothing = { .sockets = { { .fd = -1 }, { .fd = -1 } },
		.wake = { -1, -1 } };
	const char *text = getenv(variable);
	bool        taken;

	*out = nothing;
	taken = text && parse(a, text, out);
	unsetenv(variable);
	if (taken)
		keep_on_exec(out, false);
	else
		*out = nothing;
	return taken;
}
