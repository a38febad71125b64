/* Long work in chunks: adding, working and cancelling.  What a kind does is in the module
 * that has the rows; who calls jobs_step() is app/housekeeper.c. */
#include "jobs/jobs.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "core/audit.h"
#include "core/place.h"
#include "db/db.h"

static int64_t chunk_ms = JOB_CHUNK_MS;

enum { REFUSALS_LONGEST = 1 << 20, AGAIN_MS = 60 * 1000 };

/* ---------------------------------------------------------------- what was refused */

/* A row keeps it as JSON: ["name","why"] of those that are named, ["why",12] of the others.  Names
 * and reasons are checked text, in which only quotes and backslashes are special. */
static void
put_quoted(struct buf *b, const char *text)
{
	buf_puts(b, "\"");
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			buf_puts(b, "\\");
		buf_put(b, text, 1);
	}
	buf_puts(b, "\"");
}

static enum err
refusals_text(struct ctx *cx, const struct job *j, const char **out)
{
	struct buf b;
	struct str s;

	buf_init(&b, cx->arena, REFUSALS_LONGEST);
	buf_puts(&b, "[");
	for (size_t i = 0; i < j->nnamed; i++) {
		buf_puts(&b, i ? ",[" : "[");
		put_quoted(&b, j->named[i].name);
		buf_puts(&b, ",");
		put_quoted(&b, j->named[i].why);
		buf_puts(&b, "]");
	}
	for (size_t i = 0; i < j->nmore; i++) {
		buf_puts(&b, i || j->nnamed ? ",[" : "[");
		put_quoted(&b, j->more[i].why);
		buf_printf(&b, ",%lld]", (long long)j->more[i].n);
	}
	buf_puts(&b, "]");
	TRY(buf_end(&b, &s));
	*out = s.p;
	return OK;
}

/* The text that *p begins with; *p is then behind it. */
static const char *
unquoted(struct ctx *cx, const char **p)
{
	char *text = arena_strdup(cx->arena, ++*p), *to = text;

	for (; **p && **p != '"'; ++*p) {
		*p += **p == '\\';
		*to++ = **p;
	}
	*to = '\0';
	*p += **p == '"';
	return text;
}

static void
read_refusals(struct ctx *cx, struct job *j, const char *p)
{
	j->named = ARENA_ARRAY(cx->arena, struct job_named, JOB_NAMED);
	j->more = ARENA_ARRAY(cx->arena, struct job_reason, JOB_REASONS + 1);
	while ((p = strstr(p, "[\"")) != NULL) {
		const char *first;

		p++;
		first = unquoted(cx, &p);
		p += *p == ',';
		if (*p != '"') {
			if (j->nmore <= JOB_REASONS)
				j->more[j->nmore++] = (struct job_reason){ first,
					strtoll(p, NULL, 10) };
		} else if (j->nnamed < JOB_NAMED)
			j->named[j->nnamed++] = (struct job_named){ first,
				unquoted(cx, &p) };
	}
}

static void
count_reason(struct ctx *cx, struct job *j, const char *why)
{
	size_t i = 0;

	while (i < j->nmore && strcmp(j->more[i].why, why) != 0)
		i++;
	if (i >= JOB_REASONS) {
		i = JOB_REASONS;
		why = "";
	}
	if (i >= j->nmore)
		j->more[j->nmore++] = (struct job_reason){ arena_strdup(cx->arena, why), 0 };
	j->more[i].n++;
}

enum err
jobs_refused(struct ctx *cx, struct job *j, const char *name, const char *why)
{
	j->refused++;
	if (j->nnamed < JOB_NAMED && j->nmore == 0)
		j->named[j->nnamed++] = (struct job_named){ arena_strdup(cx->arena, name),
			arena_strdup(cx->arena, why) };
	else
		count_reason(cx, j, why);
	return OK;
}

/* ---------------------------------------------------------------- rows */

static struct job
read_job(struct ctx *cx, struct db_rows *rows)
{
	struct job j = {
		.tenant = db_int(rows, "tenant_id"),
		.id = db_int(rows, "id"),
		.kind = db_dup(rows, "kind", cx->arena),
		.member = db_int(rows, "member_id"),
		.args = db_dup(rows, "args", cx->arena),
		.cursor = db_int(rows, "cursor"),
		.done = db_int(rows, "done"),
		.refused = db_int(rows, "refused"),
		.total = db_int(rows, "total"),
		.state = db_dup(rows, "state", cx->arena),
		.created_at = db_int(rows, "created_at"),
		.ended_at = db_int(rows, "ended_at"),
	};

	read_refusals(cx, &j, db_dup(rows, "refusals", cx->arena));
	return j;
}

const char *
jobs_title(const char *kind)
{
	for (const struct job_kind *k = job_kinds; k->name; k++)
		if (strcmp(k->name, kind) == 0)
			return k->title;
	return kind;
}

static enum err
note(struct ctx *cx, enum audit_act act, const char *kind, int64_t id)
{
	return audit_add(cx, &(struct audit_entry){ .act = act, .where = IN_ORG(cx->path),
	    .subject = id, .name = jobs_title(kind) });
}

static enum err
add(struct ctx *cx, int64_t id, const char *kind, const char *args, int64_t total)
{
	TRY(db_run(cx->db, NULL, SQL_JOBS_ADD,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(id), DB_TEXT(kind), DB_INT(cx->actor.member),
	        DB_TEXT(args), DB_INT(cx->now), DB_INT(total))));
	return note(cx, AUDIT_JOB_ADDED, kind, id);
}

enum err
jobs_add(struct ctx *cx, const char *kind, const char *args, int64_t *id)
{
	struct db_rows rows;

	*id = 0;
	db_query(cx->db, &rows, SQL_JOBS_OPEN, DB_ARGS(DB_INT(cx->tenant), DB_TEXT(kind),
	    DB_INT(cx->actor.member)));
	while (db_next(&rows))
		*id = db_int(&rows, "id");
	TRY(db_end(&rows));
	if (*id != 0)
		return OK;
	*id = id_new(cx->now);
	return add(cx, *id, kind, args, 0);
}

enum err
jobs_add_as(struct ctx *cx, int64_t id, const char *kind, const char *args, int64_t total)
{
	struct db_rows rows;
	int64_t        asker = 0;

	db_query(cx->db, &rows, SQL_JOBS_GET, DB_ARGS(DB_INT(cx->tenant), DB_INT(id)));
	while (db_next(&rows))
		asker = db_int(&rows, "member_id");
	TRY(db_end(&rows));
	if (asker != 0)
		return asker == cx->actor.member ? OK : ERR_NOTFOUND;
	return add(cx, id, kind, args, total);
}

bool
jobs_go_on(const struct job *j)
{
	return mono_ms() < j->until_ms;
}

static const struct job_kind *
kind_named(const char *name)
{
	const struct job_kind *k = job_kinds;

	while (k->name && strcmp(k->name, name) != 0)
		k++;
	return k->name ? k : NULL;
}

/* One's own, or one that one could have asked for oneself. */
static bool
may_see(struct ctx *cx, const struct job *j)
{
	const struct job_kind *k = kind_named(j->kind);

	return j->member == cx->actor.member ||
	    (k && k->need >= PERM_FIRST && access_has(cx, k->need, IN_ORG("/")));
}

enum err
jobs_get(struct ctx *cx, int64_t id, struct job *out)
{
	struct db_rows rows;

	db_query(cx->db, &rows, SQL_JOBS_GET, DB_ARGS(DB_INT(cx->tenant), DB_INT(id)));
	while (db_next(&rows))
		*out = read_job(cx, &rows);
	TRY(db_end_found(&rows));
	return may_see(cx, out) ? OK : ERR_NOTFOUND;
}

static enum err
cancel_in_tx(struct ctx *cx, int64_t id)
{
	struct job j;
	int64_t    changed = 0;

	TRY(jobs_get(cx, id, &j));
	TRY(db_run(cx->db, &changed, SQL_JOBS_CANCEL,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(id), DB_INT(cx->now))));
	return changed ? note(cx, AUDIT_JOB_CANCELLED, j.kind, id) : OK;
}

enum err
jobs_cancel(struct ctx *cx, int64_t id)
{
	TRY(db_begin(cx->db));
	return db_finish(cx->db, cancel_in_tx(cx, id));
}

/* The actor of the chunk is who asked for the job, with the rights held now. */
static enum err
become(struct ctx *cx, const struct job *j)
{
	struct proof *proof;

	TRY(place_open_id(cx, j->tenant));
	TRY(access_why(cx, j->member, PERM_USER_VIEW, IN_ORG("/"), &proof));
	cx->actor = (struct actor){ .kind = ACTOR_PERSON, .member = j->member,
		.label = proof->who.name };
	cx->perms = strcmp(proof->who.status, "active") == 0 ? proof->who.perms :
	    (struct perm_set){ 0 };
	cx->role = proof->who.role;
	ctx_speak(cx, cx->place->language);
	ctx_reach(cx, proof->who.org_path);
	return OK;
}

static enum err
move(struct ctx *cx, const struct job *j, const char *state)
{
	bool        ended = strcmp(state, "running") != 0;
	const char *refusals;

	TRY(refusals_text(cx, j, &refusals));
	return db_run(cx->db, NULL, SQL_JOBS_MOVE,
	    DB_ARGS(DB_INT(j->tenant), DB_INT(j->id), DB_INT(j->cursor), DB_INT(j->done),
	        DB_INT(j->refused), DB_TEXT(refusals), DB_TEXT(state),
	        DB_INT(ended ? cx->now : 0), DB_INT(cx->now)));
}

static enum err
next_job(struct ctx *cx, struct job *out)
{
	struct db_rows rows;

	db_query(cx->db, &rows, SQL_JOBS_NEXT,
	    DB_ARGS(DB_INT(cx->now), DB_INT(cx->now + AGAIN_MS)));
	while (db_next(&rows))
		*out = read_job(cx, &rows);
	return db_end_found(&rows);
}

static enum err
chunk_in_tx(struct ctx *cx, struct job *j)
{
	const struct job_kind *kind;
	bool                   last = false;
	enum err               e;

	TRY(next_job(cx, j));
	kind = kind_named(j->kind);
	e = kind ? become(cx, j) : ERR_NOTFOUND;
	if (e == OK && kind->need >= PERM_FIRST)
		e = access_need(cx, kind->need, IN_ORG(cx->path));
	if (e == ERR_NOTFOUND || e == ERR_DENIED) {
		log_event(LOG_WARN, "a job was cancelled: its asker may not any more", "kind",
		    j->kind);
		return move(cx, j, "cancelled");
	}
	TRY(e);
	j->until_ms = mono_ms() + chunk_ms;
	TRY(kind->step(cx, j, &last));
	return move(cx, j, last ? "done" : "running");
}

/* The others go on; this one is tried again. */
static enum err
put_off(struct ctx *cx, const struct job *j)
{
	log_event(LOG_ERROR, "a chunk of a job failed and is tried again in a minute", "kind",
	    j->kind, "tenant", log_int(j->tenant), "job", log_int(j->id));
	return db_run(cx->db, NULL, SQL_JOBS_LATER,
	    DB_ARGS(DB_INT(j->tenant), DB_INT(j->id), DB_INT(cx->now + AGAIN_MS)));
}

enum err
jobs_step(struct ctx *cx)
{
	struct ctx was = *cx;
	struct job j = { .id = 0 };
	enum err   e;

	TRY(db_begin(cx->db));
	e = db_finish(cx->db, chunk_in_tx(cx, &j));
	was.mail_added = cx->mail_added;
	*cx = was;
	return e == OK || j.id == 0 ? e : put_off(cx, &j);
}

void
jobs_chunk_ms(int64_t ms)
{
	chunk_ms = ms;
}
