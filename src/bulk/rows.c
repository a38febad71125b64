/* Tables of people, read.  Whether what stands in a cell is good is asked by import.c. */
#include "bulk/rows.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"

enum { LEFT_OUT_LONGEST = 300, WORD = 32 };

static const struct { const char *name; enum person_column column; } known[] = {
	{ "name", COLUMN_NAME }, { "email", COLUMN_EMAIL }, { "e-mail", COLUMN_EMAIL },
	{ "nickname", COLUMN_NICKNAME }, { "phone", COLUMN_PHONE }, { "country", COLUMN_COUNTRY },
	{ "role", COLUMN_ROLE }, { "password_hash", COLUMN_HASH },
};
enum { KNOWN = sizeof(known) / sizeof(known[0]) };

/* "E-Mail " and "Password hash" as they are known. */
static void
plain_word(struct str s, char out[WORD])
{
	size_t n = 0;

	s = str_trim(s);
	for (; n < s.len && n < WORD - 1; n++)
		out[n] = s.p[n] == ' ' ? '_' :
		    s.p[n] >= 'A' && s.p[n] <= 'Z' ? (char)(s.p[n] + 32) : s.p[n];
	out[n] = '\0';
}

static bool
take_column(struct rows *r, const char *word, size_t at, bool hashes)
{
	for (size_t i = 0; i < KNOWN; i++) {
		unsigned bit = 1u << known[i].column;

		if (strcmp(word, known[i].name) != 0 || r->given & bit ||
		    (known[i].column == COLUMN_HASH && !hashes))
			continue;
		r->given |= bit;
		r->at[known[i].column] = at;
		return true;
	}
	return false;
}

static void
leave_out(struct ctx *cx, struct rows *r, struct str name)
{
	const char *text;

	if (str_text(cx->arena, str_trim(name), WORD, &text) ||
	    strlen(r->left_out) > LEFT_OUT_LONGEST)
		return;
	r->left_out = ARENA_JOIN(cx->arena, r->left_out, *r->left_out ? ", " : "", text);
}

static enum err
broken(struct ctx *cx, const struct rows *r, const char *field)
{
	return ctx_issue(cx, field, _("Line [n]: [why]", "n", ctx_number(cx, r->csv.line),
	    "why", _(r->csv.wrong)));
}

enum err
rows_begin(struct ctx *cx, struct rows *r, struct str text, bool hashes, const char *field)
{
	struct str cells[CSV_CELLS_MOST];
	size_t     n;
	enum err   e;

	*r = (struct rows){ .left_out = "" };
	csv_begin(&r->csv, text);
	e = csv_next(&r->csv, cx->arena, cells, &n);
	if (e == ERR_INVALID)
		return broken(cx, r, field);
	if (e != OK)
		return ctx_issue(cx, field, _("There is nothing in it."));
	for (size_t i = 0; i < n; i++) {
		char word[WORD];

		plain_word(cells[i], word);
		if (!take_column(r, word, i, hashes))
			leave_out(cx, r, cells[i]);
	}
	if (r->given & 1u << COLUMN_EMAIL)
		return OK;
	return ctx_issue(cx, field, _("The first line must name the columns, one of them email."));
}

enum err
rows_next(struct ctx *cx, struct rows *r, struct person_row *out, const char *field)
{
	struct str cells[CSV_CELLS_MOST];
	size_t     n;
	enum err   e = csv_next(&r->csv, cx->arena, cells, &n);

	if (e == ERR_INVALID)
		return broken(cx, r, field);
	TRY(e);
	*out = (struct person_row){ .given = r->given, .line = r->csv.line };
	for (size_t i = 0; i < COLUMNS; i++)
		if (r->given & 1u << i && r->at[i] < n)
			out->cells[i] = cells[r->at[i]];
	return OK;
}

/* ---------------------------------------------------------------- twice */

/* Open addressing over hashes of addresses; an address is taken for another one's as often as two
 * 64-bit hashes are the same by chance. */
struct seen { uint64_t *keys; int64_t *lines; size_t size; };

struct seen *
rows_seen(struct ctx *cx, size_t most)
{
	struct seen *s = ARENA_NEW(cx->arena, struct seen);

	for (s->size = 64; s->size < 2 * most; s->size *= 2)
		;
	s->keys = ARENA_ARRAY(cx->arena, uint64_t, s->size);
	s->lines = ARENA_ARRAY(cx->arena, int64_t, s->size);
	return s;
}

static uint64_t
hash_of(const char *text)
{
	uint64_t h = UINT64_C(14695981039346656037);

	for (; *text; text++)
		h = (h ^ (unsigned char)*text) * UINT64_C(1099511628211);
	return h ? h : 1;
}

void
rows_note(struct ctx *cx, struct seen *s, struct person_row *row)
{
	size_t      mark = arena_mark(cx->arena), at;
	const char *address, *key;
	uint64_t    h;

	if (email_text(cx->arena, str_trim(row->cells[COLUMN_EMAIL]), &address, &key)) {
		arena_release(cx->arena, mark);
		return;
	}
	h = hash_of(key);
	arena_release(cx->arena, mark);
	for (at = h & (s->size - 1); s->keys[at]; at = (at + 1) & (s->size - 1))
		if (s->keys[at] == h) {
			row->twice = s->lines[at];
			return;
		}
	s->keys[at] = h;
	s->lines[at] = row->line;
}

/* ---------------------------------------------------------------- pasted addresses */

/* One entry off the front.  A comma parts only behind an address, for "Lima, Ana <a@b.c>". */
static struct str
next_entry(struct str *left)
{
	struct str entry = { left->p, 0 };
	bool       quoted = false, angle = false, address = false;

	for (; entry.len < left->len; entry.len++) {
		char c = left->p[entry.len];

		if (c == '\n' || c == '\r' || (!quoted && c == ';') ||
		    (c == ',' && !quoted && !angle && address))
			break;
		quoted ^= c == '"';
		angle = c == '<' || (angle && c != '>');
		address |= c == '@';
	}
	*left = (struct str){ left->p + entry.len, left->len - entry.len };
	if (left->len > 0)
		*left = (struct str){ left->p + 1, left->len - 1 };
	return str_trim(entry);
}

static struct str
without_quotes(struct str s)
{
	s = str_trim(s);
	if (s.len >= 2 && (*s.p == '"' || *s.p == '\'') && s.p[s.len - 1] == *s.p)
		return str_trim((struct str){ s.p + 1, s.len - 2 });
	return s;
}

struct str
rows_name(struct ctx *cx, struct str email)
{
	const char *at = email.len ? memchr(email.p, '@', email.len) : NULL;
	size_t      n = at ? (size_t)(at - email.p) : 0;
	char       *name = ARENA_ARRAY(cx->arena, char, n + 1);
	bool        begins = true;

	for (size_t i = 0; i < n; i++) {
		char c = email.p[i];
		bool letter = (c | 32) >= 'a' && (c | 32) <= 'z';

		name[i] = letter && begins ? (char)(c & ~32) : letter || (c >= '0' && c <= '9') ?
		    c : ' ';
		begins = name[i] == ' ';
	}
	return str_trim((struct str){ name, n });
}

static void
put_address(struct ctx *cx, struct buf *b, struct str entry)
{
	const char *open = memchr(entry.p, '<', entry.len);
	struct str  name = { NULL, 0 }, email = entry;

	if (open && entry.p[entry.len - 1] == '>') {
		name = without_quotes((struct str){ entry.p, (size_t)(open - entry.p) });
		email = str_trim((struct str){ open + 1,
		    (size_t)(entry.p + entry.len - 1 - (open + 1)) });
	}
	csv_cell(b, true, name.len ? name : rows_name(cx, email));
	csv_cell(b, false, email);
	csv_end_row(b);
}

static int64_t
line_ends(const char *from, const char *to)
{
	int64_t n = 0;

	for (const char *p = from; p < to; p++)
		n += *p == '\n' || (*p == '\r' && (p + 1 == to || p[1] != '\n'));
	return n;
}

struct str
rows_of_addresses(struct ctx *cx, struct str pasted, int64_t *lines, size_t most)
{
	const char *counted = pasted.p;
	struct buf  b;
	struct str  out = { "", 0 };
	int64_t     line = 1;
	size_t      n = 0;

	buf_init(&b, cx->arena, 4 * pasted.len + 64);
	buf_puts(&b, "name,email\n");
	while (pasted.len > 0) {
		struct str entry = next_entry(&pasted);

		if (entry.len == 0 || memchr(entry.p, '\0', entry.len) != NULL)
			continue;
		line += line_ends(counted, entry.p);
		counted = entry.p;
		if (n < most)
			lines[n++] = line;
		put_address(cx, &b, entry);
	}
	return buf_end(&b, &out) == OK ? out : (struct str){ "", 0 };
}

/* ---------------------------------------------------------------- parts of an upload */

static void
put_number(struct buf *b, bool first, int64_t n)
{
	char text[24];
	int  len = snprintf(text, sizeof(text), "%lld", (long long)n);

	csv_cell(b, first, (struct str){ text, (size_t)len });
}

void
rows_put(struct buf *b, const struct person_row *row)
{
	put_number(b, true, row->line);
	put_number(b, false, row->twice);
	for (size_t i = 0; i < COLUMN_HASH; i++)
		csv_cell(b, false, row->cells[i]);
	csv_end_row(b);
}

static int64_t
number_of(struct str s)
{
	int64_t n = 0;

	for (size_t i = 0; i < s.len && s.p[i] >= '0' && s.p[i] <= '9'; i++)
		n = n * 10 + (s.p[i] - '0');
	return n;
}

enum err
rows_get(struct ctx *cx, struct csv *c, unsigned given, struct person_row *out)
{
	struct str cells[CSV_CELLS_MOST];
	size_t     n;

	TRY(csv_next(c, cx->arena, cells, &n));
	*out = (struct person_row){ .given = given };
	if (n != 2 + COLUMN_HASH)
		return ERR_FAULT;
	out->line = number_of(cells[0]);
	out->twice = number_of(cells[1]);
	for (size_t i = 0; i < COLUMN_HASH; i++)
		out->cells[i] = cells[2 + i];
	return OK;
}
