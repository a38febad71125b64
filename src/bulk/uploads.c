/* Tables of people that were sent in: kept, looked through, worked.  What a row comes to is in
 * import.c, how it is read in rows.c. */
#include "bulk/uploads.h"

#include <string.h>

#include "base/arena.h"
#include "base/id.h"
#include "bulk/bulk.h"
#include "bulk/uploads_store.h"
#include "db/db.h"

enum {
	PART_ROWS = 100, PART_LONGEST = 1 << 20,
	PART_FULL = 32 * 1024,       /* bytes behind which a part ends */
	AT_ONCE = 256 * 1024         /* bytes written in one transaction */
};
#define KEPT_MS INT64_C(86400000)

static const struct { const char *job; enum perm need; } kinds[] = {
	[UPLOAD_INVITE] = { "users.invite", PERM_USER_INVITE },
	[UPLOAD_IMPORT] = { "users.import", PERM_USER_EDIT },
};

/* ---------------------------------------------------------------- keeping one */

/* Cut into parts in memory, before anything is written. */
struct part { int64_t first; struct str text; struct part *next; };
struct table {
	struct rows  rows;
	struct part *parts, **end;
	int64_t      n;
	int64_t     *lines;          /* where pasted ones stand; NULL: as the rows tell */
	int64_t      unnamed;        /* the first line that names no role; 0: all do */
};

static enum err
cut_part(struct ctx *cx, struct table *t, const char *field)
{
	struct part      *p = ARENA_NEW(cx->arena, struct part);
	struct person_row row;
	struct buf        b;
	int64_t           n = 0;
	enum err          e = OK;

	buf_init(&b, cx->arena, PART_LONGEST);
	while (n < PART_ROWS && b.len < PART_FULL &&
	    (e = rows_next(cx, &t->rows, &row, field)) == OK) {
		if (t->lines && t->n + n < UPLOAD_ROWS_MOST)
			row.line = t->lines[t->n + n];
		if (t->unnamed == 0 && str_trim(row.cells[COLUMN_ROLE]).len == 0)
			t->unnamed = row.line;
		rows_note(cx, t->rows.seen, &row);
		rows_put(&b, &row);
		n++;
	}
	if (e != OK && e != ERR_NOTFOUND)
		return e;
	p->first = t->n;
	if (buf_end(&b, &p->text))
		return ctx_issue(cx, field, _("A row is too long."));
	t->n += n;
	if (n > 0) {
		*t->end = p;
		t->end = &p->next;
	}
	return e;
}

static size_t
lines_of(struct str s)
{
	size_t n = 1;

	for (size_t i = 0; i < s.len; i++)
		n += s.p[i] == '\n' || s.p[i] == '\r';
	return n < UPLOAD_ROWS_MOST ? n : UPLOAD_ROWS_MOST;
}

static enum err
cut(struct ctx *cx, const struct upload_input *in, struct table *t)
{
	bool        pasted = in->file.len == 0;
	const char *field = pasted ? "pasted" : "file";
	struct str  text = in->file;
	enum err    e;

	*t = (struct table){ .n = 0 };
	t->end = &t->parts;
	if (in->file.len > UPLOAD_LARGEST)
		return ctx_issue(cx, field, _("The file may have at most 8 MiB."));
	if (pasted && in->pasted.len > PASTED_LARGEST)
		return ctx_issue(cx, field,
		    _("At most 3 MiB can be pasted; send so many as a CSV file."));
	if (pasted) {
		t->lines = ARENA_ARRAY(cx->arena, int64_t, UPLOAD_ROWS_MOST);
		text = rows_of_addresses(cx, in->pasted, t->lines, UPLOAD_ROWS_MOST);
	}
	TRY(rows_begin(cx, &t->rows, text, false, field));
	t->rows.seen = rows_seen(cx, lines_of(text));
	while ((e = cut_part(cx, t, field)) == OK)
		if (t->n > UPLOAD_ROWS_MOST)
			return ctx_issue(cx, field, _("At most [n] rows at once.",
			    "n", ctx_number(cx, UPLOAD_ROWS_MOST)));
	if (e != ERR_NOTFOUND)
		return e;
	return t->n ? OK : ctx_issue(cx, field, _("There is nobody in it."));
}

static enum err
first_in_tx(struct ctx *cx, const struct upload *u)
{
	TRY(access_again(cx));
	TRY(access_need(cx, kinds[u->kind].need, IN_ORG(cx->path)));
	TRY(upload_rows_forget(cx));
	return upload_row_add(cx, u);
}

static enum err
some_in_tx(struct ctx *cx, int64_t id, const struct part **p)
{
	size_t written = 0;

	for (; *p && written < AT_ONCE; *p = (*p)->next) {
		TRY(upload_part_add(cx, id, (*p)->first, (*p)->text));
		written += (*p)->text.len;
	}
	return OK;
}

/* Several transactions, none of them long; without the last one there is no upload. */
static enum err
keep(struct ctx *cx, const struct upload *u, const struct table *t)
{
	const struct part *p = t->parts;

	TRY(db_begin(cx->db));
	TRY(db_finish(cx->db, first_in_tx(cx, u)));
	while (p) {
		TRY(db_begin(cx->db));
		TRY(db_finish(cx->db, some_in_tx(cx, u->id, &p)));
	}
	TRY(db_begin(cx->db));
	return db_finish(cx->db, upload_row_size(cx, u->id, t->n));
}

/* A row of a table needs none of its own when one was chosen for all that name none.  When all name
 * theirs, what stands in the row of the upload is the least that there is, and nobody gets it. */
static enum err
role_for_all(struct ctx *cx, const struct table *t, struct member_role *role)
{
	struct member_role *roles;
	size_t              n;

	if (role->id)
		return OK;
	if (t->unnamed)
		return ctx_issue(cx, "role", t->lines ? _("Choose a role.") :
		    _("Choose a role: line [n] names none.", "n", ctx_number(cx, t->unnamed)));
	TRY(members_roles(cx, false, &roles, &n));
	for (size_t i = 0; i < n; i++)
		if (strcmp(roles[i].builtin, "guest") == 0)
			*role = roles[i];
	return role->id ? OK : ERR_FAULT;
}

enum err
uploads_add(struct ctx *cx, const struct upload_input *in, int64_t *id)
{
	struct upload      u = { .kind = in->kind, .member = cx->actor.member,
		.created_at = cx->now };
	struct member_role role = { .id = 0 };
	struct table       t;
	enum err           e = OK;

	TRY(access_need(cx, kinds[in->kind].need, IN_ORG(cx->path)));
	if (in->file.len == 0 && str_trim(in->pasted).len == 0)
		e = ctx_issue(cx, in->kind == UPLOAD_INVITE ? "pasted" : "file",
		    in->kind == UPLOAD_INVITE ? _("Paste some addresses, or choose a file.") :
		    _("Choose a file."));
	if (str_trim(in->role).len && members_role(cx, in->role, &role))
		e = ERR_INVALID;
	TRY(e);
	if (in->kind == UPLOAD_INVITE && role.id)
		TRY(access_give_role(cx, role.name, role.perms, cx->path));
	TRY(cut(cx, in, &t));
	TRY(role_for_all(cx, &t, &role));
	u.id = *id = id_new(cx->now);
	u.role = role.id;
	u.columns = t.rows.given;
	u.left_out = t.rows.left_out;
	return keep(cx, &u, &t);
}

enum err
uploads_get(struct ctx *cx, int64_t id, struct upload *out)
{
	TRY(upload_row(cx, id, out));
	return out->member == cx->actor.member ? OK : ERR_NOTFOUND;
}

/* ---------------------------------------------------------------- looking at its rows */

static enum err
begin(struct ctx *cx, const struct upload *u, struct import *im)
{
	*im = (struct import){ .update = u->kind == UPLOAD_IMPORT };
	return import_begin(cx, im, u->role);
}

/* The rows of a part from that number on. */
static enum err
read_part(struct ctx *cx, const struct upload *u, int64_t from, struct person_row *rows, size_t *n)
{
	struct str text;
	struct csv c;
	int64_t    first;
	enum err   e = OK;

	*n = 0;
	TRY(upload_part(cx, u->id, from, &first, &text));
	csv_begin(&c, text);
	c.comma = ',';
	for (; first < from && e == OK; first++)
		e = rows_get(cx, &c, (unsigned)u->columns, &rows[0]);
	while (e == OK && *n < PART_ROWS) {
		e = rows_get(cx, &c, (unsigned)u->columns, &rows[*n]);
		*n += e == OK;
	}
	return e == ERR_NOTFOUND ? OK : e;
}

static void
note_row(struct ctx *cx, const struct person_row *row, enum row_verdict v, const char *why,
    struct judgement *out)
{
	struct judged *list = v == ROW_REFUSED ? out->refused : out->others;
	size_t        *n = v == ROW_REFUSED ? &out->nrefused : &out->nothers;

	out->counts[v]++;
	if (*n == JUDGED_MOST)
		return;
	list[*n] = (struct judged){ .line = row->line, .verdict = v, .why = why,
		.name = "", .email = import_name(cx, row) };
	if (str_maybe(cx->arena, str_trim(row->cells[COLUMN_NAME]), 60, &list[*n].name))
		list[*n].name = "?";
	(*n)++;
}

static enum err
judge_row(struct ctx *cx, struct import *im, const struct person_row *row,
    const struct found *found, struct judgement *out)
{
	enum row_verdict v;
	enum err     e = import_row(cx, im, row, found, false, &v);
	const char  *why = cx->issues ? cx->issues->text : _("You may not do this to them.");

	if (e == ERR_BUSY || e == ERR_FAULT)
		return e;
	if (e)
		v = ROW_REFUSED;
	note_row(cx, row, v, e ? why : "", out);
	cx->issues = NULL;
	cx->refused = NULL;
	return OK;
}

/* What was listed stays in the arena; else a large table would fill it. */
static enum err
judge_part(struct ctx *cx, const struct upload *u, struct import *im, int64_t *at,
    struct judgement *out)
{
	struct person_row *rows = ARENA_ARRAY(cx->arena, struct person_row, PART_ROWS);
	struct found      *found = ARENA_ARRAY(cx->arena, struct found, PART_ROWS);
	size_t             n;

	TRY(read_part(cx, u, *at, rows, &n));
	if (n == 0)
		return ERR_FAULT;
	TRY(import_find(cx, rows, n, found));
	for (size_t i = 0; i < n; i++)
		TRY(judge_row(cx, im, &rows[i], &found[i], out));
	*at += (int64_t)n;
	return OK;
}

enum err
uploads_judge(struct ctx *cx, const struct upload *u, struct judgement *out)
{
	struct import im;
	int64_t       at = 0;

	*out = (struct judgement){ .nrefused = 0 };
	TRY(begin(cx, u, &im));
	while (at < u->size) {
		size_t   mark = arena_mark(cx->arena);
		size_t   listed = out->nrefused + out->nothers;
		enum err e = judge_part(cx, u, &im, &at, out);

		if (listed == out->nrefused + out->nothers)
			arena_release(cx->arena, mark);
		TRY(e);
	}
	return invites_plan(cx, out->counts[ROW_NEW], &out->plan);
}

/* ---------------------------------------------------------------- working it */

static enum err
start_in_tx(struct ctx *cx, const struct upload *u, const struct invite_joins *joins)
{
	struct invite_places *places;
	const char           *args;

	TRY(access_again(cx));
	TRY(access_need(cx, kinds[u->kind].need, IN_ORG(cx->path)));
	TRY(invites_places(cx, joins, &places));
	TRY(upload_args(cx, joins, &args));
	return jobs_add_as(cx, u->id, kinds[u->kind].job, args, u->size);
}

/* The rows of one that was begun may be done and forgotten by now. */
static bool
is_own(const struct ctx *cx, const struct job *j)
{
	return j->member == cx->actor.member && (strcmp(j->kind, kinds[UPLOAD_INVITE].job) == 0 ||
	    strcmp(j->kind, kinds[UPLOAD_IMPORT].job) == 0);
}

enum err
uploads_start(struct ctx *cx, int64_t id, const struct invite_joins *joins)
{
	struct invite_joins none = { .ngroups = 0 };
	struct upload       u;
	struct job          j;
	enum err            e = uploads_get(cx, id, &u);

	if (e == ERR_NOTFOUND) {
		TRY(jobs_get(cx, id, &j));
		return is_own(cx, &j) ? OK : ERR_NOTFOUND;
	}
	TRY(e);
	TRY(access_need(cx, kinds[u.kind].need, IN_ORG(cx->path)));
	TRY(db_begin(cx->db));
	return db_finish(cx->db, start_in_tx(cx, &u, u.kind == UPLOAD_INVITE ? joins : &none));
}

static enum err
work_row(struct ctx *cx, struct job *j, struct import *im, const struct person_row *row,
    const struct found *found)
{
	enum row_verdict v;
	enum err     e = import_row(cx, im, row, found, true, &v);

	j->cursor++;
	if (e)
		return bulk_refused(cx, j, import_name(cx, row), e);
	j->done++;
	return OK;
}

/* What all of them share, as it is now. */
static enum err
begin_work(struct ctx *cx, const struct job *j, const struct upload *u, struct import *im)
{
	struct invite_joins   joins;
	struct invite_places *places;

	TRY(begin(cx, u, im));
	TRY(upload_joins(cx, j->args, &joins));
	TRY(invites_places(cx, &joins, &places));
	im->places = places;
	return OK;
}

/* The cursor is the number of rows that were looked at. */
static enum err
step(struct ctx *cx, struct job *j, bool *last)
{
	struct person_row *rows = ARENA_ARRAY(cx->arena, struct person_row, PART_ROWS);
	struct found      *found = ARENA_ARRAY(cx->arena, struct found, PART_ROWS);
	struct import      im;
	struct upload      u;
	size_t             n;
	enum err           e = upload_row(cx, j->id, &u);

	*last = true;
	if (e == ERR_NOTFOUND)
		return OK;
	TRY(e);
	e = begin_work(cx, j, &u, &im);
	if (e)
		return bulk_refused(cx, j, _("The rest"), e);
	TRY(read_part(cx, &u, j->cursor, rows, &n));
	TRY(import_find(cx, rows, n, found));
	for (size_t i = 0; i < n && (i == 0 || jobs_go_on(j)); i++)
		TRY(work_row(cx, j, &im, &rows[i], &found[i]));
	*last = j->cursor >= u.size;
	return *last ? upload_row_forget(cx, u.id) : OK;
}

enum err
uploads_invite_step(struct ctx *cx, struct job *j, bool *last)
{
	return step(cx, j, last);
}

enum err
uploads_import_step(struct ctx *cx, struct job *j, bool *last)
{
	return step(cx, j, last);
}

enum err
uploads_sweep(struct ctx *cx, int64_t *n)
{
	return upload_rows_sweep(cx, cx->now - KEPT_MS, n);
}
