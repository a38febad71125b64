/* libFuzzer target: compiles and renders what it is given, strict and not.  The input is up
 * to three templates, page, p and q, with a byte of 2 between them.  Beside not crashing:
 * what a strict page shows of the data has no character left that HTML gives a meaning. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/log.h"
#include "mustache/tmpl.h"

/* Each special character of the data has a 1 behind it, which templates never have. */
#define DATA "<\1>\1\"\1'\1&\1"

enum { TEMPLATES = 3, SECTIONS_MOST = 12, ROOM = 1 << 20 };

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static struct arena *arena;

static struct view *
make_view(void)
{
	struct view *v = view_new(arena), *node = v;

	view_text(v, "t", DATA);
	view_str(v, "s", (struct str){ "\xff" DATA "\0", 12 });
	view_int(v, "n", -12);
	view_num(v, "d", "1");
	view_id(v, "i", 12345);
	view_flag(v, "f", true);
	view_null(v, "o");
	view_html(v, "h", STR("<b>"));
	view_text(v, "name", "p");
	view_text_item(v, "l", DATA);
	view_text(view_item(v, "l"), "t", "x" DATA);
	view_int(view_item(view_item(v, "m"), NULL), NULL, 3);
	for (int i = 0; i < 80; i++) {
		node = view_sub(node, "r");
		view_text(node, "x", DATA);
	}
	return v;
}

static bool
leaks(struct str out)
{
	for (size_t i = 1; i < out.len; i++)
		if (out.p[i] == 1 && strchr("<>\"'", out.p[i - 1]))
			return true;
	return false;
}

static void
run(const struct tmpl_source *sources, size_t n, bool strict)
{
	struct tmpl_set *set;
	struct str out;
	struct buf b;

	buf_init(&b, arena, ROOM);
	if (tmpl_compile(&set, arena, sources, n, strict) ||
	    tmpl_render(tmpl_find(set, "page", NULL), make_view(), &b) || buf_end(&b, &out))
		return;
	if (strict && leaks(out))
		abort();
}

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	static const char *const names[TEMPLATES] = { "page", "p", "q" };
	struct tmpl_source sources[TEMPLATES + 1] = { { "TRIPLES", "h\nt\nx\n" } };
	size_t n = 1, sections = 0;
	char *text, *part;

	if (!arena) {
		arena = arena_new(1 << 20, 1 << 30);
		log_open("/dev/null");
	}
	for (size_t i = 0; i < size; i++)
		sections += data[i] == '#';
	if (sections > SECTIONS_MOST || memchr(data, 1, size) || memchr(data, 0, size))
		return 0;
	text = ARENA_ARRAY(arena, char, size + 1);
	memcpy(text, data, size);
	while (n <= TEMPLATES && (part = strsep(&text, "\2"))) {
		sources[n] = (struct tmpl_source){ names[n - 1], part };
		n++;
	}
	run(sources, n, true);
	run(sources, n, false);
	arena_reset(arena);
	return 0;
}
