/* libFuzzer: any parameters as a request (src/http/request.c), and its target and cookies.  Input:
 * one "NAME=value" on each line. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "http/request.h"
#include "http/url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST = 400 };

/* Each line as libfcgi keeps it: a string of its own that ends at a NUL. */
static size_t
split(const uint8_t *data, size_t size, char **params)
{
	size_t n = 0;

	while (size > 0 && n < MOST) {
		const uint8_t *end = memchr(data, '\n', size);
		size_t len = end != NULL ? (size_t)(end - data) : size;

		params[n++] = strndup((const char *)data, len);
		len += end != NULL;
		data += len;
		size -= len;
	}
	params[n] = NULL;
	return n;
}

static void
check(struct arena *a, const struct request *rq)
{
	struct str again;

	assert(rq->path.len > 0 && rq->path.len <= 2048 && rq->path.p[0] == '/');
	assert(rq->query.len <= 8192 && rq->user_agent.len <= 512);
	assert(strlen(rq->id) == 26);
	assert(memchr(rq->path.p, 0, rq->path.len) == NULL);
	assert(memmem(rq->path.p, rq->path.len, "//", 2) == NULL);
	assert(memmem(rq->path.p, rq->path.len, "/../", 4) == NULL);
	assert(memmem(rq->target.p, rq->target.len, "\r", 1) == NULL);
	assert(memmem(rq->target.p, rq->target.len, "\n", 1) == NULL);
	again = str_of(url_encode(a, arena_printf(a, "%.*s", (int)rq->path.len, rq->path.p)));
	if (url_decode(a, again, true, &again))
		abort();
	assert(again.len == rq->path.len && memcmp(again.p, rq->path.p, again.len) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct arena *a;
	char *params[MOST + 1];
	size_t n = split(data, size, params);
	struct request rq;
	uint64_t length;

	if (a == NULL)
		a = arena_new(64 * 1024, 256 * 1024 * 1024);
	arena_reset(a);
	if (request_read(a, params, &rq, &length) == OK)
		check(a, &rq);
	else
		assert(rq.path.len == 0);
	for (size_t i = 0; i < n; i++)
		free(params[i]);
	/* After the strings of libfcgi have gone. */
	(void)request_cookie(&rq, "__Host-sid");
	(void)request_cookie(&rq, "");
	(void)request_header(&rq, "HTTP_HOST");
	(void)url_own_path(rq.target);
	return 0;
}
