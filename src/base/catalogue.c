/* Catalogues: .po files read line by line into a table of texts.  Rules of plurals are in
 * plural.c. */
#include "base/catalogue.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/log.h"
#include "base/str.h"

enum { FILE_LARGEST = 4 << 20, TEXT_LONGEST = 16 * 1024 };

struct entry { const char *context, *english, *text; size_t len; };

struct catalogue {
	const char        *name;
	struct plural_rule rule;
	struct entry      *table;           /* open addressing, at most half full */
	size_t             size, count;
};

/* What a line adds to. */
enum part { PART_NONE, PART_CONTEXT, PART_ENGLISH, PART_PLURAL, PART_TEXT };

/* One entry while it is read. */
struct reading {
	struct arena     *arena;
	struct catalogue *c;
	const char       *file;
	int64_t           line;
	bool              bad, fuzzy, any;
	enum part         part;
	size_t            form;             /* of PART_TEXT */
	const char       *context, *english, *plural;
	const char       *text[CATALOGUE_FORMS_MOST];
	const char       *nothing;          /* of PART_NONE; stays NULL */
};

static void
mistake(struct reading *r, const char *why)
{
	r->bad = true;
	log_event(LOG_ERROR, "catalogue", "file", r->file, "line", log_int(r->line), "why", why);
}

/* ---------------------------------------------------------------- the table */

static size_t
hash(const char *context, const char *english)
{
	uint64_t h = UINT64_C(14695981039346656037);

	for (const char *s = context ? context : ""; *s; s++)
		h = (h ^ (unsigned char)*s) * UINT64_C(1099511628211);
	h *= UINT64_C(1099511628211);
	for (; *english; english++)
		h = (h ^ (unsigned char)*english) * UINT64_C(1099511628211);
	return (size_t)(h ^ h >> 29);
}

static bool
same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* Where it stands, or the free place for it. */
static struct entry *
place_of(const struct catalogue *c, const char *context, const char *english)
{
	size_t at = hash(context, english) & (c->size - 1);

	while (c->table[at].english && (strcmp(c->table[at].english, english) != 0 ||
	    !same_text(c->table[at].context, context)))
		at = (at + 1) & (c->size - 1);
	return &c->table[at];
}

/* false when there is one already. */
static bool
put(struct catalogue *c, const char *context, const char *english, const char *text)
{
	struct entry *e = place_of(c, context, english);

	if (e->english)
		return false;
	*e = (struct entry){ context, english, text, strlen(text) };
	return true;
}

const char *
catalogue_find(const void *catalogue, const char *context, const char *english, size_t *len)
{
	const struct entry *e = place_of(catalogue, context, english);

	*len = e->len;
	return e->text;
}

size_t
catalogue_form(const void *catalogue, int64_t n)
{
	return plural_form(&((const struct catalogue *)catalogue)->rule, n);
}

const char *
catalogue_name(const struct catalogue *c)
{
	return c->name;
}

size_t
catalogue_count(const struct catalogue *c)
{
	return c->count;
}

/* ---------------------------------------------------------------- an entry */

/* The value of a line of the header; NULL when it has none of that name. */
static const char *
header_line(struct arena *a, const char *header, const char *name)
{
	size_t len = strlen(name);

	for (const char *p = header; *p; p += strcspn(p, "\n"), p += *p == '\n')
		if (strncmp(p, name, len) == 0) {
			struct str value = { p + len, strcspn(p + len, "\n") };

			value = str_trim(value);
			return arena_printf(a, "%.*s", (int)value.len, value.p);
		}
	return NULL;
}

static void
header_read(struct reading *r)
{
	const char *type = header_line(r->arena, r->text[0], "Content-Type:");
	const char *plurals = header_line(r->arena, r->text[0], "Plural-Forms:");

	r->c->name = header_line(r->arena, r->text[0], "X-Language-Name:");
	if (type == NULL || strcmp(type, "text/plain; charset=UTF-8") != 0)
		mistake(r, "the header must say charset=UTF-8");
	if (plurals == NULL || plural_read(r->arena, plurals, &r->c->rule) != OK)
		mistake(r, "the header's Plural-Forms cannot be used");
	if (r->c->name == NULL || *r->c->name == '\0')
		mistake(r, "the header has no X-Language-Name");
}

/* The forms joined; NULL when one is missing. */
static const char *
forms_join(struct reading *r)
{
	const char *all = r->text[0];

	if (all == NULL || *all == '\0')
		return NULL;
	for (size_t i = 1; r->plural && i < r->c->rule.forms; i++) {
		if (r->text[i] == NULL || *r->text[i] == '\0')
			return NULL;
		all = ARENA_JOIN(r->arena, all, " | ", r->text[i]);
	}
	return all;
}

static void
entry_keep(struct reading *r)
{
	const char *text = forms_join(r), *english = r->english;

	if (r->fuzzy || text == NULL)
		return;
	r->c->count++;
	if (r->plural)
		english = ARENA_JOIN(r->arena, r->english, " | ", r->plural);
	if (!put(r->c, r->context, english, text))
		mistake(r, "a text that was there before");
	if (r->plural)
		put(r->c, r->context, r->english, r->text[0]);
}

static void
entry_end(struct reading *r)
{
	if (r->any && (r->english == NULL || r->text[0] == NULL))
		mistake(r, "an entry without msgid or msgstr");
	else if (r->any && *r->english == '\0' && r->context == NULL)
		header_read(r);
	else if (r->any && r->c->name == NULL)
		mistake(r, "the header must come first");
	else if (r->any)
		entry_keep(r);
	r->context = r->english = r->plural = NULL;
	memset(r->text, 0, sizeof(r->text));
	r->fuzzy = r->any = false;
	r->part = PART_NONE;
}

/* ---------------------------------------------------------------- a line */

/* A quoted string, unescaped; NULL when it is none. */
static const char *
unquoted(struct arena *a, struct str s)
{
	static const char from[] = "nt\"\\", to[] = "\n\t\"\\";
	char             *out = ARENA_ARRAY(a, char, s.len + 1), *end = out;

	if (s.len < 2 || s.p[0] != '"' || s.p[s.len - 1] != '"')
		return NULL;
	for (size_t i = 1; i < s.len - 1; i++) {
		const char *escape;

		if (s.p[i] == '"')
			return NULL;
		if (s.p[i] != '\\') {
			*end++ = s.p[i];
			continue;
		}
		escape = ++i < s.len - 1 ? strchr(from, s.p[i]) : NULL;
		if (escape == NULL || *escape == '\0')
			return NULL;
		*end++ = to[escape - from];
	}
	return out;
}

static const char **
target(struct reading *r)
{
	switch (r->part) {
	case PART_CONTEXT: return &r->context;
	case PART_ENGLISH: return &r->english;
	case PART_PLURAL:  return &r->plural;
	case PART_TEXT:    return &r->text[r->form];
	default:           return &r->nothing;
	}
}

static void
add(struct reading *r, struct str quoted)
{
	const char **to = target(r), *text = unquoted(r->arena, str_trim(quoted));

	if (r->part == PART_NONE || text == NULL)
		mistake(r, "not a line of an entry");
	else if (*to && strlen(*to) + strlen(text) > TEXT_LONGEST)
		mistake(r, "a text that is too long");
	else
		*to = *to ? ARENA_JOIN(r->arena, *to, text) : text;
	r->any = true;
}

static bool
begins(struct str *line, const char *word)
{
	size_t len = strlen(word);

	if (line->len < len || memcmp(line->p, word, len) != 0)
		return false;
	line->p += len;
	line->len -= len;
	return true;
}

/* An entry begins with its first msgctxt or msgid after a msgstr. */
static void
begin_part(struct reading *r, enum part part)
{
	if (part != PART_TEXT && r->text[0] != NULL)
		entry_end(r);
	r->part = part;
	r->form = 0;
	if (*target(r) != NULL)
		mistake(r, "said twice in one entry");
}

static void
form_line(struct reading *r, struct str line)
{
	size_t form = line.len > 2 && line.p[1] == ']' ? (size_t)(line.p[0] - '0') : SIZE_MAX;

	if (form >= CATALOGUE_FORMS_MOST || r->plural == NULL) {
		mistake(r, "no such plural form");
		return;
	}
	r->part = PART_TEXT;
	r->form = form;
	add(r, (struct str){ line.p + 2, line.len - 2 });
}

static void
line_read(struct reading *r, struct str line)
{
	static const struct { const char *word; enum part part; } words[] = {
		{ "msgctxt ", PART_CONTEXT }, { "msgid ", PART_ENGLISH },
		{ "msgid_plural ", PART_PLURAL }, { "msgstr ", PART_TEXT }
	};

	line = str_trim(line);
	if (line.len == 0 || line.p[0] == '#') {
		if (r->text[0] != NULL)
			entry_end(r);
		r->fuzzy |= line.len > 1 && line.p[1] == ',' &&
		    memmem(line.p, line.len, "fuzzy", 5) != NULL;
		return;
	}
	if (begins(&line, "msgstr[")) {
		form_line(r, line);
		return;
	}
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (begins(&line, words[i].word)) {
			begin_part(r, words[i].part);
			break;
		}
	add(r, line);
}

/* ---------------------------------------------------------------- the file */

static void
lines_read(struct reading *r, struct str file)
{
	while (file.len > 0 && !r->bad) {
		const char *end = memchr(file.p, '\n', file.len);
		size_t      len = end ? (size_t)(end - file.p) : file.len;

		r->line++;
		line_read(r, (struct str){ file.p, len });
		len += end != NULL;
		file.p += len;
		file.len -= len;
	}
	if (!r->bad)
		entry_end(r);
}

static bool
is_utf8(struct str s)
{
	uint32_t c;

	for (size_t at = 0, n; at < s.len; at += n) {
		n = utf8_next(s.p + at, s.len - at, &c);
		if (n == 0 || c == 0)
			return false;
	}
	return true;
}

/* Room for two keys an entry at half full; no more entries than there are words "msgid". */
static void
table_make(struct reading *r, struct str file)
{
	size_t      n = 1;
	const char *p = file.p;

	while ((p = memmem(p, file.len - (size_t)(p - file.p), "msgid", 5)) != NULL) {
		p += 5;
		n++;
	}
	for (r->c->size = 16; r->c->size < 4 * n; r->c->size *= 2)
		;
	r->c->table = ARENA_ARRAY(r->arena, struct entry, r->c->size);
}

enum err
catalogue_load(struct arena *a, const char *path, struct catalogue **out)
{
	struct reading r = { .arena = a, .file = path, .c = ARENA_NEW(a, struct catalogue) };
	struct str     file;

	TRY(file_read(a, path, FILE_LARGEST, &file));
	if (!is_utf8(file)) {
		mistake(&r, "not UTF-8");
		return ERR_INVALID;
	}
	table_make(&r, file);
	lines_read(&r, file);
	if (!r.bad && r.c->name == NULL)
		mistake(&r, "there is no header");
	*out = r.c;
	return r.bad ? ERR_INVALID : OK;
}
