/* libFuzzer: any text as an event's fields (src/core/audit_text.c), as if somebody had changed the
 * database.  What can be read is written out as core/audit.c does, and must read the same. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/log.h"
#include "core/audit.h"
#include "core/ctx.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
put(struct buf *b, const char *text)
{
	if (text == NULL) {
		buf_puts(b, "null");
		return;
	}
	buf_puts(b, "\"");
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c < 0x20 || c == 0x7f)
			buf_printf(b, "\\u%04x", c);
		else
			buf_printf(b, "%s%c", c == '"' || c == '\\' ? "\\" : "", c);
	}
	buf_puts(b, "\"");
}

static void
put_all(struct buf *b, const struct audit_field *fields, size_t n)
{
	buf_puts(b, "[");
	for (size_t i = 0; i < n; i++) {
		buf_puts(b, i > 0 ? ",[" : "[");
		put(b, fields[i].name);
		buf_puts(b, ",");
		put(b, fields[i].was);
		buf_puts(b, ",");
		put(b, fields[i].is);
		buf_puts(b, "]");
	}
	buf_put(b, "]", 2);
}

static bool
same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static void
check(struct ctx *cx, const struct audit_field *fields, size_t n)
{
	struct audit_field *again;
	struct buf          b;
	struct str          json;
	size_t              m;

	buf_init(&b, cx->arena, 16 << 20);
	put_all(&b, fields, n);
	if (buf_end(&b, &json) || audit_fields(cx, json.p, &again, &m))
		abort();
	assert(m == n);
	for (size_t i = 0; i < n; i++)
		assert(same(fields[i].name, again[i].name) && same(fields[i].was, again[i].was) &&
		    same(fields[i].is, again[i].is));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct arena *a;
	struct ctx           cx = { .language = "en" };
	struct audit_field  *fields;
	struct event         e = { .act = AUDIT_ROLE_CHANGED, .actor_name = "A",
		.subject_name = "B" };
	char                *text;
	size_t               n;

	if (a == NULL) {
		a = arena_new(64 * 1024, 64 << 20);
		log_open("/dev/null");
	}
	cx.arena = a;
	/* As long as it is, so that the sanitizer sees a step behind its end. */
	text = malloc(size + 1);
	if (text == NULL)
		abort();
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	if (audit_fields(&cx, text, &fields, &n) == OK)
		check(&cx, fields, n);
	e.fields = text;
	(void)audit_sentence(&cx, &e);
	free(text);
	arena_reset(a);
	return 0;
}
