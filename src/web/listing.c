/* Lists: their part of the query, and links that change one part of it.  The cursor as
 * arguments of a statement is in core/list.c. */
#include "web/page.h"

#include <stdarg.h>
#include <string.h>

#include "base/arena.h"
#include "base/id.h"
#include "http/url.h"

enum {
	ROWS_USUAL = 50, PAIRS_MOST = 8, KEY_LONGEST = 300, VALUES_MOST = 50,
	HREF_LONGEST = 32 * 1024
};
static const size_t row_choices[] = { 25, 50, 100 };

/* The nth word of a list parted by spaces, "" behind the last. */
static const char *
word(struct ctx *cx, const char *words, unsigned n)
{
	while (n-- && *words) {
		words += strcspn(words, " ");
		words += *words == ' ';
	}
	return arena_printf(cx->arena, "%.*s", (int)strcspn(words, " "), words);
}

static bool
is(struct str s, const char *text)
{
	return s.len == strlen(text) && memcmp(s.p, text, s.len) == 0;
}

static enum err
read_sort(struct ctx *cx, const struct form *f, const char *sorts, struct list_want *out)
{
	struct str sort = form_get(f, "sort"), dir = form_get(f, "dir");

	out->down = is(dir, "desc");
	if (dir.len && !out->down && !is(dir, "asc"))
		return ctx_issue(cx, "", _("There is no such order."));
	if (sort.len == 0)
		return OK;
	for (out->sort = 0; *word(cx, sorts, out->sort); out->sort++)
		if (is(sort, word(cx, sorts, out->sort)))
			return OK;
	return ctx_issue(cx, "", _("This list cannot be sorted by that."));
}

static enum err
no_such_part(struct ctx *cx)
{
	return ctx_issue(cx, "", _("This page of the list does not exist."));
}

static bool
is_number(const char *key)
{
	key += *key == '-';
	return *key && key[strspn(key, "0123456789")] == '\0';
}

enum err
list_read(struct ctx *cx, const struct form *f, const char *sorts, unsigned numbers,
    struct list_want *out)
{
	bool       back = form_has(f, "before");
	struct str from = form_get(f, back ? "before" : "after");
	int64_t    rows = form_int(f, "rows");

	*out = (struct list_want){ .rows = ROWS_USUAL };
	TRY(read_sort(cx, f, sorts, out));
	out->number = numbers >> out->sort & 1;
	for (size_t i = 0; i < sizeof(row_choices) / sizeof(row_choices[0]); i++)
		if ((int64_t)row_choices[i] == rows)
			out->rows = row_choices[i];
	out->id = form_id(f, "id");
	if (from.p == NULL)
		return OK;
	out->back = back;
	if (out->id == 0 || str_maybe(cx->arena, from, KEY_LONGEST, &out->key) ||
	    (out->number && !is_number(out->key)))
		return no_such_part(cx);
	return OK;
}

static bool
is_choice(struct ctx *cx, struct str value, const struct list_filter *filter)
{
	int64_t id;

	if (filter->ids && id_read(value, &id) == OK)
		return true;
	for (unsigned i = 0; *word(cx, filter->words, i); i++)
		if (is(value, word(cx, filter->words, i)))
			return true;
	return false;
}

enum err
list_check(struct ctx *cx, const struct form *f, const struct list_filter *filters)
{
	for (; filters->name; filters++)
		for (size_t n = 0; n < form_count(f, filters->name); n++)
			if (!is_choice(cx, form_nth(f, filters->name, n), filters))
				return ctx_issue(cx, "", _("The list cannot be narrowed down by "
				    "what this address says."));
	return OK;
}

struct pair { const char *name, *value; };

static bool
changed(const struct pair *pairs, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(pairs[i].name, name) == 0)
			return true;
	return false;
}

static void
add_param(struct ctx *cx, struct buf *href, bool *any, const char *name, const char *value)
{
	buf_puts(href, *any ? "&" : "?");
	*any = true;
	buf_puts(href, name);
	buf_puts(href, "=");
	buf_puts(href, url_encode(cx->arena, value));
}

static void
add_kept(struct ctx *cx, struct buf *href, bool *any, const struct list_query *q, const char *name)
{
	size_t kept = form_count(q->form, name);

	for (size_t k = 0; k < kept && k < VALUES_MOST; k++) {
		const char *value;

		if (str_text(cx->arena, form_nth(q->form, name, k), KEY_LONGEST, &value) == OK)
			add_param(cx, href, any, name, value);
	}
}

const char *
list_href(struct ctx *cx, const struct list_query *q, ...)
{
	struct pair pairs[PAIRS_MOST];
	struct buf  href;
	struct str  done;
	const char *name;
	size_t      n = 0;
	bool        any = false;
	va_list     ap;

	va_start(ap, q);
	while (n < PAIRS_MOST && (name = va_arg(ap, const char *)) != NULL)
		pairs[n++] = (struct pair){ name, va_arg(ap, const char *) };
	va_end(ap);
	buf_init(&href, cx->arena, HREF_LONGEST);
	buf_puts(&href, q->path);
	for (size_t i = 0; q->keep[i]; i++)
		if (!changed(pairs, n, q->keep[i]))
			add_kept(cx, &href, &any, q, q->keep[i]);
	for (size_t i = 0; i < n; i++)
		if (pairs[i].value)
			add_param(cx, &href, &any, pairs[i].name, pairs[i].value);
	return buf_end(&href, &done) == OK ? done.p : q->path;
}

const char *
list_search(struct ctx *cx, const struct form *f, size_t longest)
{
	const char *search;

	return str_maybe(cx->arena, str_trim(form_get(f, "q")), longest, &search) ? "" : search;
}

void
list_show_search(struct ctx *cx, struct view *v, const struct list_query *q, const char *search,
    const char *keep)
{
	view_text(v, "action", q->path);
	view_text(v, "q", search);
	for (unsigned i = 0; *word(cx, keep, i); i++) {
		const char  *name = word(cx, keep, i);
		struct view *h;

		if (!form_has(q->form, name))
			continue;
		h = view_item(v, "hidden_get");
		view_text(h, "name", name);
		view_str(h, "value", form_get(q->form, name));
	}
}

static bool
among(int64_t id, const int64_t *ids, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (ids[i] == id)
			return true;
	return false;
}

void
find_keep(struct view *v, const struct form *f, const char *name, const int64_t *shown, size_t n,
    size_t most, size_t *kept)
{
	size_t found = 0;

	for (size_t i = 0; i < form_count(f, name) && found < most; i++) {
		struct view *h;
		int64_t      id;

		if (id_read(form_nth(f, name, i), &id) || among(id, shown, n))
			continue;
		h = view_item(v, "kept");
		view_text(h, "name", name);
		view_id(h, "value", id);
		found++;
	}
	*kept += found;
}

void
find_show_kept(struct ctx *cx, struct view *v, size_t kept)
{
	if (kept)
		view_text(v, "kept_text", _("[n] more is chosen. | [n] more are chosen.", "n",
		    ctx_number(cx, (int64_t)kept)));
}

bool
find_only(const struct form *f)
{
	return form_has(f, "search");
}

static void
show_rows(struct ctx *cx, struct view *v, const struct list_query *q, size_t rows)
{
	for (size_t i = 0; i < sizeof(row_choices) / sizeof(row_choices[0]); i++) {
		struct view *option = view_item(v, "rows_options");
		const char  *n = arena_printf(cx->arena, "%zu", row_choices[i]);

		view_text(option, "label", n);
		view_text(option, "href", list_href(cx, q, "rows", n, (char *)0));
		view_flag(option, "current", row_choices[i] == rows);
	}
}

static const char *
turn(struct ctx *cx, const struct list_query *q, const char *way, struct list_edge edge)
{
	char id[14];

	id_text(edge.id, id);
	return list_href(cx, q, way, edge.key, "id", id, (char *)0);
}

void
list_show(struct ctx *cx, struct view *v, const struct list_query *q, const char *sorts,
    const struct list_want *w, bool more, struct list_edge first, struct list_edge last)
{
	for (unsigned i = 0; *word(cx, sorts, i); i++) {
		const char  *name = word(cx, sorts, i);
		struct view *sort = view_sub(v, arena_printf(cx->arena, "sort_%s", name));

		view_text(sort, "href", list_href(cx, q, "sort", name, "dir",
		    w->sort == i && !w->down ? "desc" : NULL, (char *)0));
		view_flag(sort, "up", w->sort == i && !w->down);
		view_flag(sort, "down", w->sort == i && w->down);
	}
	show_rows(cx, v, q, w->rows);
	if (w->key)
		view_text(v, "first", list_href(cx, q, (char *)0));
	if (first.key && (w->back ? more : w->key != NULL))
		view_text(v, "prev", turn(cx, q, "before", first));
	if (last.key && (w->back || more))
		view_text(v, "next", turn(cx, q, "after", last));
}
