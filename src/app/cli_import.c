/* People from the command line: import, export, and acts on one of them.  What a row comes to is in
 * bulk/. */
#include "app/cli_import.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/file.h"
#include "bulk/bulk.h"
#include "bulk/import.h"
#include "db/db.h"
#include "reset/reset.h"

enum { BATCH = 100, CHUNK_MS = 20 };
#define FILE_LARGEST ((size_t)1 << 30)

/* ---------------------------------------------------------------- rows of a file */

struct source {
	bool         json;
	struct rows  rows;        /* CSV */
	struct str   left;        /* JSON lines */
	int64_t      line;
	struct seen *seen;
};

static const char *const keys[COLUMNS] = { [COLUMN_NAME] = "name", [COLUMN_EMAIL] = "email",
	[COLUMN_NICKNAME] = "nickname", [COLUMN_PHONE] = "phone", [COLUMN_COUNTRY] = "country",
	[COLUMN_ROLE] = "role", [COLUMN_HASH] = "password_hash" };

static bool
ends_so(const char *name, const char *ending)
{
	size_t n = strlen(name), k = strlen(ending);

	return n >= k && strcmp(name + n - k, ending) == 0;
}

/* The next line that is not empty. */
static bool
next_line(struct source *s, struct str *line)
{
	do {
		const char *end = s->left.len ? memchr(s->left.p, '\n', s->left.len) : NULL;

		if (s->left.len == 0)
			return false;
		*line = s->left;
		if (end)
			line->len = (size_t)(end - s->left.p);
		s->left.p += line->len + (end != NULL);
		s->left.len -= line->len + (end != NULL);
		s->line++;
		*line = str_trim(*line);
	} while (line->len == 0);
	return true;
}

static enum err
bad_line(struct ctx *cx, int64_t line, const char *why)
{
	return ctx_issue(cx, "file", _("Line [n]: [why]", "n",
	    arena_printf(cx->arena, "%lld", (long long)line), "why", why));
}

static enum err
take_object(struct ctx *cx, json_t *object, struct person_row *out)
{
	for (size_t i = 0; i < COLUMNS; i++) {
		json_t *value = json_object_get(object, keys[i]);

		if (value == NULL || json_is_null(value))
			continue;
		if (!json_is_string(value))
			return bad_line(cx, out->line, _("Each value must be a text."));
		out->given |= 1u << i;
		out->cells[i] = str_of(arena_strdup(cx->arena, json_string_value(value)));
	}
	return OK;
}

static enum err
next_object(struct ctx *cx, struct source *s, struct person_row *out)
{
	struct str line;
	json_t    *object;
	enum err   e;

	if (!next_line(s, &line))
		return ERR_NOTFOUND;
	*out = (struct person_row){ .line = s->line };
	object = json_loadb(line.p, line.len, JSON_REJECT_DUPLICATES, NULL);
	if (!json_is_object(object)) {
		json_decref(object);
		return bad_line(cx, s->line, _("This is no JSON object."));
	}
	e = take_object(cx, object, out);
	json_decref(object);
	return e;
}

static enum err
next_row(struct ctx *cx, struct source *s, struct person_row *out)
{
	TRY(s->json ? next_object(cx, s, out) : rows_next(cx, &s->rows, out, "file"));
	rows_note(cx, s->seen, out);
	return OK;
}

static enum err
open_source(struct ctx *cx, const char *file, struct source *s)
{
	struct str text;
	size_t     lines = 1;
	enum err   e = file_read(cx->arena, file, FILE_LARGEST, &text);

	if (e == ERR_NOTFOUND)
		return ctx_issue(cx, "file", _("There is no such file."));
	TRY(e);
	for (size_t i = 0; i < text.len; i++)
		lines += text.p[i] == '\n' || text.p[i] == '\r';
	*s = (struct source){ .left = text, .seen = rows_seen(cx, lines),
		.json = ends_so(file, ".jsonl") || ends_so(file, ".ndjson") };
	if (s->json)
		return OK;
	TRY(rows_begin(cx, &s->rows, text, true, "file"));
	if (*s->rows.left_out)
		printf("not read: %s\n", s->rows.left_out);
	return OK;
}

/* ---------------------------------------------------------------- import */

struct importing {
	const struct import_options *o;
	struct import  im;
	int64_t        counts[ROW_REFUSED + 1];
};

static void
tell(struct ctx *cx, const struct person_row *row)
{
	const char *why = cx->issues ? cx->issues->text : "refused", *email;

	printf("line %lld: ", (long long)row->line);
	if (str_text(cx->arena, str_trim(row->cells[COLUMN_EMAIL]), 254, &email) == OK)
		printf("%s: ", email);
	puts(why);
}

static enum err
one(struct ctx *cx, struct importing *w, const struct person_row *row, const struct found *found)
{
	enum row_verdict v;
	enum err     e = import_row(cx, &w->im, row, found, !w->o->dry_run, &v);

	if (e == ERR_BUSY || e == ERR_FAULT)
		return e;
	if (e) {
		v = ROW_REFUSED;
		tell(cx, row);
	}
	w->counts[v]++;
	cx->issues = NULL;
	return OK;
}

/* As many as fit into one short transaction, so that the pages go on meanwhile. */
static enum err
some(struct ctx *cx, struct importing *w, const struct person_row *rows, size_t n, size_t *done)
{
	struct found *found = ARENA_ARRAY(cx->arena, struct found, BATCH);
	int64_t       until = mono_ms() + CHUNK_MS;

	TRY(import_find(cx, rows, n, found));
	for (*done = 0; *done < n && (*done == 0 || mono_ms() < until); (*done)++)
		TRY(one(cx, w, &rows[*done], &found[*done]));
	return OK;
}

static enum err
batch(struct ctx *cx, struct importing *w, const struct person_row *rows, size_t n)
{
	size_t done = 0;

	for (size_t at = 0; at < n; at += done) {
		cx->now = now_ms();
		TRY(db_begin(cx->db));
		TRY(db_finish(cx->db, some(cx, w, rows + at, n - at, &done)));
	}
	return OK;
}

static enum err
all(struct ctx *cx, struct source *s, struct importing *w)
{
	enum err e = OK;

	while (e == OK) {
		size_t             mark = arena_mark(cx->arena), n = 0;
		struct person_row *rows = ARENA_ARRAY(cx->arena, struct person_row, BATCH);

		while (n < BATCH && (e = next_row(cx, s, &rows[n])) == OK)
			n++;
		if (e == OK || e == ERR_NOTFOUND) {
			enum err b = batch(cx, w, rows, n);

			e = b ? b : e;
		}
		if (cx->issues == NULL)
			arena_release(cx->arena, mark);
	}
	return e == ERR_NOTFOUND ? OK : e;
}

enum err
people_import(struct ctx *cx, const struct import_options *o, int64_t *refused)
{
	struct importing w = { .o = o };
	struct source    s;
	enum err         e;

	w.im = (struct import){ .update = true, .active = !o->invite };
	TRY(import_begin(cx, &w.im, 0));
	if (o->role)
		TRY(members_role(cx, str_of(o->role), &w.im.role));
	TRY(open_source(cx, o->file, &s));
	e = all(cx, &s, &w);
	*refused = w.counts[ROW_REFUSED];
	printf("%s%lld new, %lld changed, %lld as they were, %lld refused\n",
	    o->dry_run ? "would be: " : "", (long long)w.counts[ROW_NEW],
	    (long long)w.counts[ROW_CHANGED], (long long)w.counts[ROW_SAME], (long long)*refused);
	return e;
}

/* ---------------------------------------------------------------- the others */

enum err
people_export(struct ctx *cx, const char *file)
{
	int      fd = file ? open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600) :
	    STDOUT_FILENO;
	int64_t  n;
	enum err e;

	if (fd < 0)
		return ctx_issue(cx, "output", strerror(errno));
	fflush(stdout);
	e = bulk_export_to(cx, fd, &n);
	if (file && close(fd) != 0 && e == OK)
		e = ERR_FAULT;
	return e;
}

static enum err
member_with(struct ctx *cx, const char *email, int64_t *id)
{
	const char   *address, *key;
	struct person p;

	if (email_text(cx->arena, str_of(email), &address, &key))
		return ctx_issue(cx, "email", _("Give an email address, such as ana@example.org."));
	TRY(members_person(cx, key, &p));
	*id = p.member;
	return p.member ? OK : ctx_issue(cx, "email",
	    _("Nobody in this account has this address."));
}

enum err
people_invite(struct ctx *cx, const char *name, const char *email, const char *role)
{
	struct invited done;

	TRY(invites_add(cx, &(struct invite_input){ .member = { .name = str_of(name),
	    .email = str_of(email), .role = str_of(role) } }, &done));
	printf("%s is invited.\n", done.email);
	return OK;
}

enum err
people_reset(struct ctx *cx, const char *email)
{
	int64_t id;
	bool    sent;

	TRY(member_with(cx, email, &id));
	TRY(reset_send(cx, id, &sent));
	puts(sent ? "The email is on its way." :
	    "No email: one was sent within the last minute, or three within the last hour.");
	return OK;
}

enum err
people_unlock(struct ctx *cx, const char *email)
{
	int64_t id, n;

	TRY(member_with(cx, email, &id));
	TRY(members_unlock(cx, id, &n));
	puts(n ? "The sign-in waits no more." : "No sign-in was waiting.");
	return OK;
}
