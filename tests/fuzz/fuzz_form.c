/* libFuzzer: any bytes as a form (src/http/form.c).  Input: one line, the content type ("GET" for
 * a query), then the body.  What was read from an urlencoded form is written out again and must
 * read the same. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "http/request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
put_escaped(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		buf_printf(b, "%%%02X", (unsigned)(unsigned char)s.p[i]);
}

static void
check_again(struct arena *a, const struct form *form)
{
	struct request again = { .method = M_GET };
	struct str name, value, name2, value2;
	struct buf b;
	int status;
	size_t i;

	buf_init(&b, a, 16 * 1024 * 1024);
	for (i = 0; form_field(form, i, &name, &value); i++) {
		put_escaped(&b, name);
		buf_puts(&b, "=");
		put_escaped(&b, value);
		buf_puts(&b, "&");
	}
	if (buf_end(&b, &again.query) || form_parse(a, &again, 300, 8192, &status))
		abort();
	for (i = 0; form_field(form, i, &name, &value); i++) {
		assert(form_field(again.form, i, &name2, &value2));
		assert(name.len == name2.len && memcmp(name.p, name2.p, name.len) == 0);
		assert(value.len == value2.len && memcmp(value.p, value2.p, value.len) == 0);
		assert(name.len <= 64 && value.len <= 8192);
	}
	assert(i <= 300 && !form_field(again.form, i, &name2, &value2));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct arena *a;
	struct request rq = { .method = M_POST };
	const uint8_t *line = size > 0 ? memchr(data, '\n', size) : NULL;
	int status = 200;
	char *body;

	if (line == NULL)
		return 0;
	if (a == NULL)
		a = arena_new(64 * 1024, 256 * 1024 * 1024);
	arena_reset(a);
	rq.content_type = (struct str){ (const char *)data, (size_t)(line - data) };
	/* In a block of its own, so that the sanitizer sees a step before or behind it. */
	rq.body.len = size - rq.content_type.len - 1;
	body = malloc(rq.body.len);
	if (rq.body.len > 0)
		memcpy(body, line + 1, rq.body.len);
	rq.body.p = body;
	if (rq.content_type.len == 3 && memcmp(data, "GET", 3) == 0) {
		rq.method = M_GET;
		rq.query = rq.body;
	}
	if (form_parse(a, &rq, 300, 8192, &status) == OK) {
		assert(status == 200);
		(void)form_file(rq.form, "file");
		(void)form_int(rq.form, "n");
		(void)form_id(rq.form, "id");
		check_again(a, rq.form);
	} else {
		assert(status == 400 || status == 415 || status == 422);
	}
	free(body);
	return 0;
}
