/* Rendering alone, in process: the table of 50 rows by the engine and by C written by hand
 * for this one page, byte for byte the same.  Prints the time of each, best of many rounds,
 * and the ratio that the design sets a gate for.  Whole requests are another bench. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "base/id.h"
#include "mustache/tmpl.h"

enum { ROWS = 50, ROUNDS = 200, PER_ROUND = 50, ROOM = 1 << 17 };

struct row {
	int64_t     id, logins;
	const char *name, *nickname, *email, *status, *organization, *location, *seen, *created;
	bool        may_edit;
};

static const char page[] =
    "<table class=\"table table-vcenter card-table\">\n"
    "<thead><tr><th>Name</th><th>Nickname</th><th>E-mail</th><th>Status</th></tr></thead>\n"
    "{{#members}}\n"
    "<tr class=\"row-link\"><td class=\"w-1\"><input class=\"form-check-input m-0\""
    " type=\"checkbox\" name=\"user\" value=\"{{id}}\" aria-label=\"{{_ Select user}}\"></td>\n"
    "<td data-label=\"{{_ Name}}\"><a class=\"text-reset\" href=\"{{base}}/users/{{id}}\">"
    "<bdi>{{name}}</bdi></a></td>\n"
    "<td class=\"text-secondary\" data-label=\"{{_ Nickname}}\"><bdi>{{nickname}}</bdi></td>\n"
    "<td class=\"text-secondary\" data-label=\"{{_ E-mail}}\">{{email}}</td>\n"
    "<td><span class=\"badge bg-green-lt\">{{status}}</span></td>\n"
    "<td class=\"text-secondary\" data-label=\"{{_ Organization}}\">{{organization}}</td>\n"
    "<td class=\"text-secondary\">{{location}}</td>\n"
    "<td class=\"text-end\">{{_ [logins] login | [logins] logins}}</td>\n"
    "<td><time>{{seen}}</time></td><td><time>{{created}}</time></td>\n"
    "<td>{{#may_edit}}<a class=\"btn btn-sm\" href=\"{{base}}/users/{{id}}/edit\">{{_ Edit}}"
    "</a>{{/may_edit}}</td></tr>\n"
    "{{/members}}\n"
    "</table>\n";

static const char *const escapes[256] = {
	['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['"'] = "&quot;", ['\''] = "&#39;"
};

static char *
put(char *p, const char *s)
{
	size_t n = strlen(s);

	memcpy(p, s, n);
	return p + n;
}

static char *
put_escaped(char *p, const char *s)
{
	for (;;) {
		const char *run = s;

		while (*s && !escapes[(unsigned char)*s])
			s++;
		memcpy(p, run, (size_t)(s - run));
		p += s - run;
		if (!*s)
			return p;
		p = put(p, escapes[(unsigned char)*s++]);
	}
}

static char *
put_id(char *p, int64_t id)
{
	char text[14];

	id_text(id, text);
	return put(p, text);
}

static char *
put_number(char *p, int64_t n)
{
	char digits[20], *d = digits + sizeof digits;

	*--d = '\0';
	do
		*--d = (char)('0' + n % 10);
	while (n /= 10);
	return put(p, d);
}

static char *
hand_row(char *p, const struct row *r, const char *base)
{
	p = put(p, "<tr class=\"row-link\"><td class=\"w-1\"><input class=\"form-check-input m-0\""
	    " type=\"checkbox\" name=\"user\" value=\"");
	p = put_id(p, r->id);
	p = put(p, "\" aria-label=\"Select user\"></td>\n"
	    "<td data-label=\"Name\"><a class=\"text-reset\" href=\"");
	p = put_escaped(p, base);
	p = put(p, "/users/");
	p = put_id(p, r->id);
	p = put(p, "\"><bdi>");
	p = put_escaped(p, r->name);
	p = put(p, "</bdi></a></td>\n<td class=\"text-secondary\" data-label=\"Nickname\"><bdi>");
	p = put_escaped(p, r->nickname);
	p = put(p, "</bdi></td>\n<td class=\"text-secondary\" data-label=\"E-mail\">");
	p = put_escaped(p, r->email);
	p = put(p, "</td>\n<td><span class=\"badge bg-green-lt\">");
	p = put_escaped(p, r->status);
	p = put(p, "</span></td>\n<td class=\"text-secondary\" data-label=\"Organization\">");
	p = put_escaped(p, r->organization);
	p = put(p, "</td>\n<td class=\"text-secondary\">");
	p = put_escaped(p, r->location);
	p = put(p, "</td>\n<td class=\"text-end\">");
	p = put_number(p, r->logins);
	p = put(p, r->logins == 1 ? " login" : " logins");
	p = put(p, "</td>\n<td><time>");
	p = put_escaped(p, r->seen);
	p = put(p, "</time></td><td><time>");
	p = put_escaped(p, r->created);
	p = put(p, "</time></td>\n<td>");
	if (r->may_edit) {
		p = put(p, "<a class=\"btn btn-sm\" href=\"");
		p = put_escaped(p, base);
		p = put(p, "/users/");
		p = put_id(p, r->id);
		p = put(p, "/edit\">Edit</a>");
	}
	return put(p, "</td></tr>\n");
}

static size_t
hand(char *out, const struct row *rows, const char *base)
{
	char *p = put(out, "<table class=\"table table-vcenter card-table\">\n"
	    "<thead><tr><th>Name</th><th>Nickname</th><th>E-mail</th><th>Status</th></tr>"
	    "</thead>\n");

	for (size_t i = 0; i < ROWS; i++)
		p = hand_row(p, &rows[i], base);
	return (size_t)(put(p, "</table>\n") - out);
}

static struct view *
build(struct arena *a, const struct row *rows, const char *base)
{
	struct view *v = view_new(a);

	view_text(v, "base", base);
	for (size_t i = 0; i < ROWS; i++) {
		const struct row *r = &rows[i];
		struct view *row = view_item(v, "members");

		view_id(row, "id", r->id);
		view_text(row, "name", r->name);
		view_text(row, "nickname", r->nickname);
		view_text(row, "email", r->email);
		view_text(row, "status", r->status);
		view_text(row, "organization", r->organization);
		view_text(row, "location", r->location);
		view_int(row, "logins", r->logins);
		view_text(row, "seen", r->seen);
		view_text(row, "created", r->created);
		view_flag(row, "may_edit", r->may_edit);
	}
	return v;
}

static void
make_rows(struct arena *a, struct row *rows)
{
	static const char *const last[] = { "Moreau", "O'Brien", "Lindqvist", "Sato & Sons" };

	for (size_t i = 0; i < ROWS; i++)
		rows[i] = (struct row){ .id = (int64_t)(1234567890123456 + i * 7919),
		    .logins = (int64_t)(i * 37 % 500),
		    .name = arena_printf(a, "Alexandra %s", last[i % 4]),
		    .nickname = arena_printf(a, "Alex%zu", i),
		    .email = arena_printf(a, "alexandra.%zu@example.org", i),
		    .status = i % 5 ? "Active" : "Invited",
		    .organization = "Research & Development",
		    .location = "Hamburg", .seen = "21 Nov 2026, 10:15",
		    .created = "3 Jan 2024, 08:00", .may_edit = i % 3 != 0 };
}

static double
now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static double
shorter(double best, double began)
{
	double took = (now_us() - began) / PER_ROUND;

	return took < best ? took : best;
}

static enum err
engine(const struct tmpl *t, struct view *v, struct buf *b)
{
	b->len = 0;
	return tmpl_render(t, v, b);
}

int
main(void)
{
	struct arena *a = arena_new(1 << 20, 256 << 20);
	struct row *rows = ARENA_ARRAY(a, struct row, ROWS);
	char *out = ARENA_ARRAY(a, char, ROOM);
	const char *base = "/t/01hx5z2c8k9m4";
	double by_hand = 1e9, by_engine = 1e9, with_view = 1e9;
	struct tmpl_set *set;
	const struct tmpl *t;
	struct view *v;
	struct buf b;
	size_t len;

	make_rows(a, rows);
	if (tmpl_compile(&set, a, &(struct tmpl_source){ "page", page }, 1, true))
		return EXIT_FAILURE;
	t = tmpl_find(set, "page", NULL);
	v = build(a, rows, base);
	buf_init(&b, a, ROOM);
	len = hand(out, rows, base);
	if (engine(t, v, &b) || b.len != len || memcmp(b.p, out, len) != 0) {
		fprintf(stderr, "the two pages differ\n%.*s", (int)b.len, b.p);
		return EXIT_FAILURE;
	}
	for (int round = 0; round < ROUNDS; round++) {
		double began = now_us();

		for (int i = 0; i < PER_ROUND; i++)
			hand(out, rows, base);
		by_hand = shorter(by_hand, began);
		began = now_us();
		for (int i = 0; i < PER_ROUND; i++)
			if (engine(t, v, &b))
				return EXIT_FAILURE;
		by_engine = shorter(by_engine, began);
		began = now_us();
		for (int i = 0; i < PER_ROUND; i++) {
			size_t mark = arena_mark(a);

			if (engine(t, build(a, rows, base), &b))
				return EXIT_FAILURE;
			arena_release(a, mark);
		}
		with_view = shorter(with_view, began);
	}
	printf("rendering %d rows, %zu bytes\n", ROWS, len);
	printf("  by hand              %6.2f us\n", by_hand);
	printf("  engine               %6.2f us  ratio %.2f (gate 2.0, aim 1.3)\n", by_engine,
	    by_engine / by_hand);
	printf("  engine, view built   %6.2f us  ratio %.2f\n", with_view, with_view / by_hand);
	return EXIT_SUCCESS;
}
