/* Runs the cases of the Mustache specification (the .json files here, with their LICENSE)
 * against our engine, not strict: one TAP line per case.  Lambdas we do not have.  Our own
 * rules are tested in tests/unit/test_tmpl.c. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "mustache/tmpl.h"

static const char *const modules[] = { "comments", "delimiters", "interpolation", "inverted",
	"partials", "sections", "dynamic-names", "inheritance" };

enum { MOST_SOURCES = 8 };

static struct arena *a;
static int ran, failed;

/* An empty list must hide one of the same name further out, so it is there, as null. */
static void
view_json(struct view *v, const char *key, const json_t *data)
{
	const char *name;
	json_t *value;
	size_t i;

	switch (json_typeof(data)) {
	case JSON_OBJECT:
		v = key ? view_sub(v, key) : v;
		json_object_foreach((json_t *)(uintptr_t)data, name, value)
			view_json(v, name, value);
		break;
	case JSON_ARRAY:
		if (json_array_size(data) == 0)
			view_null(v, key);
		json_array_foreach(data, i, value)
			view_json(view_item(v, key), NULL, value);
		break;
	case JSON_STRING:
		view_text(v, key, json_string_value(data));
		break;
	case JSON_INTEGER:
		view_int(v, key, json_integer_value(data));
		break;
	case JSON_REAL:
		view_num(v, key, arena_printf(a, "%.15g", json_real_value(data)));
		break;
	case JSON_NULL:
		view_null(v, key);
		break;
	case JSON_TRUE:
	case JSON_FALSE:
		view_flag(v, key, json_is_true(data));
		break;
	}
}

static void
remark(const char *what, const char *text, size_t len)
{
	printf("# %s: \"", what);
	for (size_t i = 0; i < len; i++)
		if (text[i] == '\n')
			printf("\\n");
		else
			putchar(text[i]);
	printf("\"\n");
}

static enum err
render(const json_t *test, struct str *out)
{
	struct tmpl_source sources[MOST_SOURCES];
	struct view *v = view_new(a);
	struct tmpl_set *set;
	const char *name;
	json_t *partial;
	struct buf b;
	size_t n = 0;

	sources[n++] = (struct tmpl_source){ " ",
	    json_string_value(json_object_get(test, "template")) };
	json_object_foreach(json_object_get(test, "partials"), name, partial)
		if (n < MOST_SOURCES)
			sources[n++] = (struct tmpl_source){ name, json_string_value(partial) };
	view_json(v, NULL, json_object_get(test, "data"));
	buf_init(&b, a, 1 << 20);
	TRY(tmpl_compile(&set, a, sources, n, false));
	TRY(tmpl_render(tmpl_find(set, " ", NULL), v, &b));
	return buf_end(&b, out);
}

static void
run_case(const char *module, const json_t *test)
{
	const char *expected = json_string_value(json_object_get(test, "expected"));
	struct str out = { "", 0 };
	enum err e = render(test, &out);
	bool ok = e == OK && out.len == strlen(expected) &&
	    memcmp(out.p, expected, out.len) == 0;

	printf("%sok %d - %s: %s\n", ok ? "" : "not ", ++ran, module,
	    json_string_value(json_object_get(test, "name")));
	if (!ok) {
		failed++;
		printf("# error %d\n", e);
		remark("expected", expected, strlen(expected));
		remark("got", out.p, out.len);
	}
	arena_reset(a);
}

static void
run_module(const char *dir, const char *module)
{
	char path[4096];
	json_error_t error;
	json_t *file, *test;
	size_t i;

	snprintf(path, sizeof path, "%s/tests/spec/%s.json", dir, module);
	file = json_load_file(path, 0, &error);
	if (!file) {
		printf("Bail out! %s: %s\n", path, error.text);
		exit(1);
	}
	json_array_foreach(json_object_get(file, "tests"), i, test)
		run_case(module, test);
	json_decref(file);
}

int
main(void)
{
	const char *dir = getenv("SRCDIR");

	a = arena_new(1 << 20, 64 << 20);
	for (size_t i = 0; i < sizeof modules / sizeof modules[0]; i++)
		run_module(dir ? dir : ".", modules[i]);
	printf("1..%d\n", ran);
	return failed != 0;
}
