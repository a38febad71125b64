/* libFuzzer: any bytes at the doors to checked text (src/base/str.c, unicode.c).  What comes
 * through must come through again unchanged, and hold nothing that was to be kept out. */
#include <assert.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/id.h"
#include "base/str.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t
count(const char *text)
{
	size_t n = 0;
	uint32_t cp;

	for (struct str s = str_of(text); s.len > 0; n++) {
		size_t step = utf8_next(s.p, s.len, &cp);

		assert(step > 0);
		s.p += step;
		s.len -= step;
	}
	return n;
}

static void
check_text(struct arena *a, struct str s)
{
	const char *text, *again;

	if (str_text(a, s, 100, &text))
		return;
	assert(str_equal(str_of(text), s));
	assert(count(text) >= 1 && count(text) <= 100);
	assert(str_maybe(a, s, 100, &again) == OK && strcmp(again, text) == 0);
	assert(str_lines(a, s, 100, &again) == OK && strcmp(again, text) == 0);
	assert(str_text(a, s, count(text) - 1, &again) == ERR_INVALID);
	again = text_key(a, text);
	assert(strcmp(text_key(a, again), again) == 0);
	again = text_fold(a, text);
	assert(strcmp(text_fold(a, again), again) == 0);
}

static void
check_lines(struct arena *a, struct str s)
{
	const char *text, *again;

	if (str_lines(a, s, 1000, &text))
		return;
	assert(strchr(text, '\r') == NULL);
	assert(str_lines(a, str_of(text), 1000, &again) == OK && strcmp(again, text) == 0);
}

static void
check_email(struct arena *a, struct str s)
{
	const char *address, *key, *again, *same;

	if (email_text(a, s, &address, &key))
		return;
	for (const char *p = address; *p; p++)
		assert(*p > ' ' && *p < 0x7f && strchr("<>\"(),:;[\\]", *p) == NULL);
	assert(strlen(address) <= 254 && strchr(address, '@') == strrchr(address, '@'));
	assert(strchr(strchr(address, '@'), '.') != NULL);
	assert(email_text(a, str_of(address), &again, &same) == OK);
	assert(strcmp(again, address) == 0 && strcmp(same, key) == 0);
	assert(email_text(a, str_of(key), &again, &same) == OK && strcmp(same, key) == 0);
}

static void
check_rest(struct arena *a, struct str s)
{
	const char *text, *again;
	char id[14];
	int64_t n;

	if (name_text(a, s, &text) == OK) {
		assert(count(text) <= 60 && strstr(text, "  ") == NULL);
		assert(name_text(a, str_of(text), &again) == OK && strcmp(again, text) == 0);
	}
	if (phone_text(a, s, &text) == OK) {
		assert(strspn(text + 1, "0123456789") == strlen(text) - 1 && strlen(text) <= 16);
		assert(phone_text(a, str_of(text), &again) == OK && strcmp(again, text) == 0);
	}
	if (id_read(s, &n) == OK) {
		id_text(n, id);
		assert(n > 0 && strlen(id) == 13);
		assert(id_read(str_of(id), &n) == OK);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct arena *a;
	struct str s = { (const char *)data, size };

	if (a == NULL)
		a = arena_new(64 * 1024, 64 * 1024 * 1024);
	check_text(a, s);
	check_lines(a, s);
	check_email(a, s);
	check_rest(a, s);
	arena_reset(a);
	return 0;
}
