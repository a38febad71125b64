/* Fields of a form, urlencoded or multipart (RFC 7578), in one pass over bytes that are in
 * memory already.  Whether a field is good text is asked by str_text(), JSON is in json.c. */
#include "http/request.h"

#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/id.h"
#include "http/url.h"

enum {
	NAME_LONGEST = 64,
	BOUNDARY_LONGEST = 70,          /* RFC 2046 5.1.1 */
	PART_HEADER_LONGEST = 1024,
	FILENAME_LONGEST = 255
};

struct field { struct str name, value; };

struct form {
	struct field     *fields;
	struct form_file *files;
	size_t            nfields, fields_cap, nfiles, files_cap;
};

/* What one call of form_parse works with; seen counts parts without a file too. */
struct parse {
	struct arena *arena;
	struct form  *form;
	size_t        seen, max_fields, max_field;
	int          *status;
};

/* What the headers of one part say. */
struct part {
	struct str name, filename, type;
	bool       is_file;
};

static enum err
refuse(struct parse *p, int status)
{
	*p->status = status;
	return ERR_INVALID;
}

/* An array in the arena of at least n + 1, twice as long when full. */
static void *
grown(struct arena *a, const void *items, size_t size, size_t align, size_t n, size_t *cap)
{
	void *more;

	*cap = *cap == 0 ? 8 : *cap * 2;
	more = arena_array(a, size, align, *cap);
	if (n > 0)
		memcpy(more, items, n * size);
	return more;
}

static enum err
count_part(struct parse *p, struct str name)
{
	if (++p->seen > p->max_fields || name.len > NAME_LONGEST)
		return refuse(p, 422);
	return OK;
}

static enum err
add_field(struct parse *p, struct str name, struct str value)
{
	struct form *f = p->form;

	if (value.len > p->max_field)
		return refuse(p, 422);
	if (f->nfields == f->fields_cap)
		f->fields = grown(p->arena, f->fields, sizeof(*f->fields), alignof(struct field),
		    f->nfields, &f->fields_cap);
	f->fields[f->nfields++] = (struct field){ name, value };
	return OK;
}

static enum err
add_file(struct parse *p, const struct part *part, struct str bytes)
{
	struct form *f = p->form;

	/* What a browser sends for a file field in which nothing was chosen. */
	if (part->filename.len == 0 && bytes.len == 0)
		return OK;
	if (memchr(part->name.p, 0, part->name.len) != NULL)
		return refuse(p, 400);
	if (part->filename.len > FILENAME_LONGEST)
		return refuse(p, 422);
	if (f->nfiles == f->files_cap)
		f->files = grown(p->arena, f->files, sizeof(*f->files), alignof(struct form_file),
		    f->nfiles, &f->files_cap);
	f->files[f->nfiles++] = (struct form_file){
		arena_printf(p->arena, "%.*s", (int)part->name.len, part->name.p),
		part->filename, part->type, bytes };
	return OK;
}

/* The bytes up to the first c, which is taken away too; false at the end. */
static bool
next_piece(struct str *left, char c, struct str *piece)
{
	const char *end;

	if (left->p == NULL)
		return false;
	end = left->len > 0 ? memchr(left->p, c, left->len) : NULL;
	*piece = *left;
	if (end == NULL) {
		left->p = NULL;
		return true;
	}
	piece->len = (size_t)(end - left->p);
	*left = (struct str){ end + 1, left->len - piece->len - 1 };
	return true;
}

static enum err
parse_urlencoded(struct parse *p, struct str left)
{
	struct str pair, name, value;

	/* Some readers take ";" for "&": who sends one bare hopes that two readers differ. */
	if (left.len > 0 && memchr(left.p, ';', left.len) != NULL)
		return refuse(p, 400);
	while (next_piece(&left, '&', &pair)) {
		struct str raw = pair;

		if (pair.len == 0)
			continue;
		next_piece(&pair, '=', &raw);
		if (pair.p == NULL)
			pair = (struct str){ "", 0 };
		if (url_unescape(p->arena, raw, true, &name) ||
		    url_unescape(p->arena, pair, true, &value))
			return refuse(p, 400);
		TRY(count_part(p, name));
		TRY(add_field(p, name, value));
	}
	return OK;
}

static bool
same_word(struct str s, const char *word)
{
	return s.len == strlen(word) && strncasecmp(s.p, word, s.len) == 0;
}

static bool
is_token_char(char c)
{
	return c > ' ' && c <= '~' && strchr("()<>@,;:\\\"/[]?=", c) == NULL;
}

/* A quoted value starts after its quote.  curl writes \" and \\ in it; a browser writes %22 and
 * means any other backslash as it stands. */
static enum err
quoted_value(struct arena *a, struct str *left, struct str *value)
{
	char *to = ARENA_ARRAY(a, char, left->len + 1);
	size_t n = 0, i = 0;

	while (i < left->len && left->p[i] != '"') {
		if (left->p[i] == '\\' && i + 1 < left->len &&
		    (left->p[i + 1] == '"' || left->p[i + 1] == '\\'))
			i++;
		to[n++] = left->p[i++];
	}
	if (i == left->len)
		return ERR_INVALID;
	*left = (struct str){ left->p + i + 1, left->len - i - 1 };
	*value = (struct str){ to, n };
	return OK;
}

/* One "; name=value" of a header's value, taken off the front of left. */
static enum err
next_parameter(struct arena *a, struct str *left, struct str *name, struct str *value)
{
	size_t n = 0;

	if (left->p[0] != ';')
		return ERR_INVALID;
	*left = str_trim((struct str){ left->p + 1, left->len - 1 });
	while (n < left->len && is_token_char(left->p[n]))
		n++;
	*name = (struct str){ left->p, n };
	if (n == 0 || n == left->len || left->p[n] != '=')
		return ERR_INVALID;
	*left = (struct str){ left->p + n + 1, left->len - n - 1 };
	if (left->len > 0 && left->p[0] == '"') {
		*left = (struct str){ left->p + 1, left->len - 1 };
		TRY(quoted_value(a, left, value));
	} else {
		for (n = 0; n < left->len && is_token_char(left->p[n]); n++)
			;
		*value = (struct str){ left->p, n };
		*left = (struct str){ left->p + n, left->len - n };
		if (n == 0)
			return ERR_INVALID;
	}
	*left = str_trim(*left);
	return OK;
}

/* The media type or disposition before the first parameter, taken off the front of s. */
static struct str
first_word(struct str *s)
{
	struct str all = str_trim(*s), word = all;
	const char *semicolon;

	if (all.len == 0)
		return *s = all;
	semicolon = memchr(all.p, ';', all.len);
	if (semicolon != NULL)
		word.len = (size_t)(semicolon - all.p);
	*s = (struct str){ all.p + word.len, all.len - word.len };
	return str_trim(word);
}

static bool
is_boundary(struct str s)
{
	static const char others[] = "'()+_,-./:=? ";

	if (s.len == 0 || s.len > BOUNDARY_LONGEST || s.p[s.len - 1] == ' ')
		return false;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];
		bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
		    (c >= 'A' && c <= 'Z');

		if (!plain && (c == '\0' || strchr(others, c) == NULL))
			return false;
	}
	return true;
}

static enum err
boundary_of(struct parse *p, struct str parameters, struct str *out)
{
	struct str name, value;

	*out = (struct str){ NULL, 0 };
	while (parameters.len > 0) {
		if (next_parameter(p->arena, &parameters, &name, &value))
			return refuse(p, 400);
		if (!same_word(name, "boundary"))
			continue;
		if (out->p != NULL)
			return refuse(p, 400);
		*out = value;
	}
	return is_boundary(*out) ? OK : refuse(p, 400);
}

static enum err
read_disposition(struct parse *p, struct str value, struct part *part)
{
	struct str name, given;

	if (part->name.p != NULL || !same_word(first_word(&value), "form-data"))
		return refuse(p, 400);
	while (value.len > 0) {
		if (next_parameter(p->arena, &value, &name, &given))
			return refuse(p, 400);
		if (same_word(name, "name")) {
			if (part->name.p != NULL)
				return refuse(p, 400);
			part->name = given;
		} else if (same_word(name, "filename")) {
			if (part->is_file)
				return refuse(p, 400);
			part->filename = given;
			part->is_file = true;
		}
	}
	return part->name.p != NULL ? OK : refuse(p, 400);
}

static enum err
read_part_header(struct parse *p, struct str line, struct part *part)
{
	struct str name, value = line, type;

	next_piece(&value, ':', &name);
	if (value.p == NULL || name.len == 0)
		return refuse(p, 400);
	if (same_word(name, "Content-Disposition"))
		return read_disposition(p, value, part);
	if (!same_word(name, "Content-Type"))
		return OK;
	if (part->type.p != NULL)
		return refuse(p, 400);
	part->type = str_trim(value);
	type = first_word(&value);
	if (type.len >= 10 && strncasecmp(type.p, "multipart/", 10) == 0)
		return refuse(p, 400);
	return OK;
}

/* Takes the headers of a part and the empty line after them off the front of left. */
static enum err
read_part_headers(struct parse *p, struct str *left, struct part *part)
{
	size_t window = left->len < PART_HEADER_LONGEST ? left->len : PART_HEADER_LONGEST;

	*part = (struct part){ 0 };
	for (;;) {
		const char *end = window > 0 ? memmem(left->p, window, "\r\n", 2) : NULL;
		struct str line = { left->p, 0 };

		if (end == NULL)
			return refuse(p, 400);
		line.len = (size_t)(end - left->p);
		*left = (struct str){ end + 2, left->len - line.len - 2 };
		window -= line.len + 2;
		if (line.len == 0)
			return part->name.p != NULL ? OK : refuse(p, 400);
		TRY(read_part_header(p, line, part));
	}
}

/* After a boundary: another part (true), or "--" and the end (false). */
static enum err
after_boundary(struct parse *p, struct str *left, bool *more)
{
	if (left->len >= 2 && memcmp(left->p, "\r\n", 2) == 0) {
		*left = (struct str){ left->p + 2, left->len - 2 };
		*more = true;
		return OK;
	}
	*more = false;
	if ((left->len == 2 && memcmp(left->p, "--", 2) == 0) ||
	    (left->len == 4 && memcmp(left->p, "--\r\n", 4) == 0))
		return OK;
	return refuse(p, 400);
}

static enum err
parse_multipart(struct parse *p, struct str left, struct str boundary)
{
	const char *mark = arena_printf(p->arena, "\r\n--%.*s", (int)boundary.len, boundary.p);
	size_t mark_len = boundary.len + 4;
	struct part part;
	bool more;

	if (left.len < mark_len - 2 || memcmp(left.p, mark + 2, mark_len - 2) != 0)
		return refuse(p, 400);
	left = (struct str){ left.p + mark_len - 2, left.len - (mark_len - 2) };
	TRY(after_boundary(p, &left, &more));
	while (more) {
		struct str bytes;
		const char *end;

		TRY(read_part_headers(p, &left, &part));
		end = left.len > 0 ? memmem(left.p, left.len, mark, mark_len) : NULL;
		if (end == NULL)
			return refuse(p, 400);
		bytes = (struct str){ left.p, (size_t)(end - left.p) };
		left = (struct str){ end + mark_len, left.len - bytes.len - mark_len };
		TRY(count_part(p, part.name));
		TRY(part.is_file ? add_file(p, &part, bytes) : add_field(p, part.name, bytes));
		TRY(after_boundary(p, &left, &more));
	}
	return OK;
}

enum err
form_parse(struct arena *a, struct request *rq, size_t max_fields, size_t max_field,
    int *status)
{
	struct parse p = { .arena = a, .form = ARENA_NEW(a, struct form),
		.max_fields = max_fields, .max_field = max_field, .status = status };
	struct str parameters = rq->content_type, type, boundary;

	rq->form = p.form;
	if (rq->method != M_POST)
		return parse_urlencoded(&p, rq->query);
	type = first_word(&parameters);
	if (same_word(type, "multipart/form-data")) {
		TRY(boundary_of(&p, parameters, &boundary));
		return parse_multipart(&p, rq->body, boundary);
	}
	if (rq->body.len > 0 && !same_word(type, "application/x-www-form-urlencoded"))
		return refuse(&p, 415);
	return parse_urlencoded(&p, rq->body);
}

static const struct field *
find_field(const struct form *f, const char *name, size_t n)
{
	size_t len = strlen(name);

	for (size_t i = 0; f != NULL && i < f->nfields; i++) {
		const struct field *field = &f->fields[i];

		if (field->name.len == len && memcmp(field->name.p, name, len) == 0 && n-- == 0)
			return field;
	}
	return NULL;
}

struct str
form_nth(const struct form *f, const char *name, size_t n)
{
	const struct field *field = find_field(f, name, n);

	return field != NULL ? field->value : (struct str){ NULL, 0 };
}

struct str
form_get(const struct form *f, const char *name)
{
	return form_nth(f, name, 0);
}

size_t
form_count(const struct form *f, const char *name)
{
	size_t len = strlen(name), n = 0;

	for (size_t i = 0; f != NULL && i < f->nfields; i++)
		n += f->fields[i].name.len == len && memcmp(f->fields[i].name.p, name, len) == 0;
	return n;
}

bool
form_has(const struct form *f, const char *name)
{
	return find_field(f, name, 0) != NULL;
}

static bool
is_among(const char *words, struct str name)
{
	while (words != NULL && *words != '\0') {
		size_t len = strcspn(words, " ");

		if (len == name.len && memcmp(words, name.p, len) == 0)
			return true;
		words += len;
		words += *words == ' ';
	}
	return false;
}

bool
form_twice(const struct form *f, const char *many)
{
	for (size_t i = 0; f != NULL && i < f->nfields; i++) {
		const struct str name = f->fields[i].name;

		for (size_t k = 0; k < i; k++)
			if (f->fields[k].name.len == name.len &&
			    memcmp(f->fields[k].name.p, name.p, name.len) == 0 &&
			    !is_among(many, name))
				return true;
	}
	for (size_t i = 0; f != NULL && i < f->nfiles; i++)
		if (form_file(f, f->files[i].name) != &f->files[i])
			return true;
	return false;
}

int64_t
form_int(const struct form *f, const char *name)
{
	struct str s = form_get(f, name);
	bool minus = s.len > 0 && s.p[0] == '-';
	size_t start = minus ? 1 : 0;
	int64_t n = 0;

	if (s.len == start)
		return 0;
	for (size_t i = start; i < s.len; i++) {
		if (s.p[i] < '0' || s.p[i] > '9' || __builtin_mul_overflow(n, (int64_t)10, &n) ||
		    __builtin_add_overflow(n, (int64_t)(s.p[i] - '0'), &n))
			return 0;
	}
	return minus ? -n : n;
}

int64_t
form_id(const struct form *f, const char *name)
{
	int64_t id;

	return id_read(form_get(f, name), &id) == OK ? id : 0;
}

bool
form_among(const struct form *f, const char *name, int64_t id)
{
	int64_t n;

	for (size_t i = 0; i < form_count(f, name); i++)
		if (id_read(form_nth(f, name, i), &n) == OK && n == id)
			return true;
	return false;
}

enum err
form_ids(const struct form *f, const char *name, size_t most, int64_t *ids, size_t *n)
{
	*n = 0;
	for (size_t i = 0; i < form_count(f, name) && i <= most; i++)
		TRY(id_read(form_nth(f, name, i), &ids[(*n)++]));
	return OK;
}

bool
form_files(const struct form *f)
{
	return f != NULL && f->nfiles > 0;
}

const struct form_file *
form_file(const struct form *f, const char *name)
{
	for (size_t i = 0; f != NULL && i < f->nfiles; i++) {
		if (strcmp(f->files[i].name, name) == 0)
			return &f->files[i];
	}
	return NULL;
}

bool
form_field(const struct form *f, size_t i, struct str *name, struct str *value)
{
	if (f == NULL || i >= f->nfields)
		return false;
	*name = f->fields[i].name;
	*value = f->fields[i].value;
	return true;
}
