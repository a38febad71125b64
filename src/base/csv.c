/* Tables as text.  Which columns there are is known to who writes or reads them. */
#include "base/csv.h"

#include <string.h>

#include "base/arena.h"

/* Marks a text for the catalogues; core/ctx.h has the same for those above. */
#define N_(english) english

/* Counts what a spreadsheet program puts between cells; the first line is the heading, whose
 * words hold none of them. */
static char
comma_of(struct str s)
{
	static const char candidates[] = ",;\t";
	size_t            counts[3] = { 0 }, best = 0;

	for (size_t i = 0; i < s.len && s.p[i] != '\n' && s.p[i] != '\r'; i++)
		for (size_t k = 0; k < 3; k++)
			counts[k] += s.p[i] == candidates[k];
	for (size_t k = 1; k < 3; k++)
		if (counts[k] > counts[best])
			best = k;
	return candidates[best];
}

void
csv_begin(struct csv *c, struct str text)
{
	if (text.len >= 3 && memcmp(text.p, "\xef\xbb\xbf", 3) == 0)
		text = (struct str){ text.p + 3, text.len - 3 };
	*c = (struct csv){ .left = text, .comma = comma_of(text), .next_line = 1 };
}

static enum err
broken(struct csv *c, const char *why)
{
	c->wrong = why;
	c->left.len = 0;
	return ERR_INVALID;
}

static bool
is_formula(struct str s)
{
	size_t n = 0;

	while (n < s.len && s.p[n] == '\'')
		n++;
	return n < s.len && strchr("=+-@\t\r", s.p[n]) != NULL && s.p[n] != '\0';
}

static struct str
without_guard(struct str s)
{
	if (s.len > 1 && s.p[0] == '\'' && is_formula(s))
		return (struct str){ s.p + 1, s.len - 1 };
	return s;
}

/* Behind the opening quote; the closing one is taken, too. */
static enum err
quoted(struct csv *c, struct arena *a, struct str *out)
{
	const char *p = c->left.p;
	size_t      len = c->left.len, end = 0, doubled = 0;
	char       *to;

	for (; end < len; end++) {
		c->next_line += p[end] == '\n';
		if (p[end] != '"')
			continue;
		if (end + 1 >= len || p[end + 1] != '"')
			break;
		doubled++;
		end++;
	}
	if (end >= len)
		return broken(c, N_("A quote is never closed."));
	*out = (struct str){ p, end };
	c->left = (struct str){ p + end + 1, len - end - 1 };
	if (doubled == 0)
		return OK;
	out->p = to = ARENA_ARRAY(a, char, end);
	for (size_t i = 0; i < end; i++) {
		*to++ = p[i];
		i += p[i] == '"';
	}
	out->len = end - doubled;
	return OK;
}

static enum err
plain(struct csv *c, struct str *out)
{
	size_t n = 0;

	while (n < c->left.len && c->left.p[n] != c->comma && c->left.p[n] != '\n' &&
	    c->left.p[n] != '\r' && c->left.p[n] != '"')
		n++;
	if (n < c->left.len && c->left.p[n] == '"')
		return broken(c, N_("A quote stands inside a cell that does not begin with one."));
	*out = (struct str){ c->left.p, n };
	c->left = (struct str){ c->left.p + n, c->left.len - n };
	return OK;
}

static enum err
cell(struct csv *c, struct arena *a, struct str *out)
{
	if (c->left.len && c->left.p[0] == '"') {
		c->left = (struct str){ c->left.p + 1, c->left.len - 1 };
		TRY(quoted(c, a, out));
	} else
		TRY(plain(c, out));
	if (out->len && memchr(out->p, '\0', out->len))
		return broken(c, N_("There is a NUL character."));
	*out = without_guard(*out);
	return OK;
}

/* Behind a cell: true when another one follows in this row. */
static enum err
after_cell(struct csv *c, bool *more)
{
	size_t n = 1;

	*more = false;
	if (c->left.len == 0)
		return OK;
	if (c->left.p[0] == c->comma)
		*more = true;
	else if (c->left.p[0] == '\r' && c->left.len > 1 && c->left.p[1] == '\n')
		n = 2;
	else if (c->left.p[0] != '\n' && c->left.p[0] != '\r')
		return broken(c, N_("Something stands behind a closing quote."));
	c->next_line += !*more;
	c->left = (struct str){ c->left.p + n, c->left.len - n };
	return OK;
}

enum err
csv_next(struct csv *c, struct arena *a, struct str cells[CSV_CELLS_MOST], size_t *n)
{
	bool more;

	do {
		if (c->left.len == 0)
			return c->wrong ? ERR_INVALID : ERR_NOTFOUND;
		c->line = c->next_line;
		*n = 0;
		do {
			if (*n == CSV_CELLS_MOST)
				return broken(c, N_("There are too many cells in a row."));
			TRY(cell(c, a, &cells[(*n)++]));
			TRY(after_cell(c, &more));
		} while (more);
	} while (*n == 1 && cells[0].len == 0);
	return OK;
}

void
csv_cell(struct buf *b, bool first, struct str s)
{
	bool guard = is_formula(s), quote = false;

	for (size_t i = 0; i < s.len && !quote; i++)
		quote = strchr("\",;\r\n\t", s.p[i]) != NULL;
	if (!first)
		buf_puts(b, ",");
	buf_puts(b, quote ? guard ? "\"'" : "\"" : guard ? "'" : "");
	if (!quote) {
		buf_put(b, s.p, s.len);
		return;
	}
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == '"')
			buf_puts(b, "\"");
		if (s.p[i] != '\0')
			buf_put(b, s.p + i, 1);
	}
	buf_puts(b, "\"");
}

void
csv_end_row(struct buf *b)
{
	buf_puts(b, "\r\n");
}
