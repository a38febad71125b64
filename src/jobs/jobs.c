/* Long work in chunks: adding, working and cancelling.  What a kind does is in the module
 * that has the rows; who calls jobs_step() is app/housekeeper.c. */
#include "jobs/jobs.h"

#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "core/audit.h"
#include "core/place.h"
#include "db/db.h"

static int64_t chunk_ms = JOB_CHUNK_MS;

enum { REFUSALS_LONGEST = 16 * 1024, AGAIN_MS = 60 * 1000 };

static struct job
read_job(struct ctx *cx, struct db_rows *rows)
{
	return (struct job){
		.tenant = db_int(rows, "tenant_id"),
		.id = db_int(rows, "id"),
		.kind = db_dup(rows, "kind", cx->arena),
		.member = db_int(rows, "member_id"),
		.args = db_dup(rows, "args", cx->arena),
		.cursor = db_int(rows, "cursor"),
		.done = db_int(rows, "done"),
		.refused = db_int(rows, "refused"),
		.total = db_int(rows, "total"),
		.refusals = db_dup(rows, "refusals", cx->arena),
		.state = db_dup(rows, "state", cx->arena),
		.created_at = db_int(rows, "created_at"),
		.ended_at = db_int(rows, "ended_at"),
	};
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

/* Names and reasons are checked text, in which only quotes and backslashes are special. */
static const char *
quoted(struct ctx *cx, const char *text)
{
	char *out = ARENA_ARRAY(cx->arena, char, 2 * strlen(text) + 3), *p = out;

	*p++ = '"';
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			*p++ = '\\';
		*p++ = *text;
	}
	*p = '"';
	return out;
}

enum err
jobs_refused(struct ctx *cx, struct job *j, const char *name, const char *why)
{
	size_t len = strlen(j->refusals);

	j->refused++;
	if (len < REFUSALS_LONGEST)
		j->refusals = arena_printf(cx->arena, "%.*s%s[%s,%s]]", (int)(len - 1), j->refusals,
		    len > 2 ? "," : "", quoted(cx, name), quoted(cx, why));
	return OK;
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
	bool ended = strcmp(state, "running") != 0;

	return db_run(cx->db, NULL, SQL_JOBS_MOVE,
	    DB_ARGS(DB_INT(j->tenant), DB_INT(j->id), DB_INT(j->cursor), DB_INT(j->done),
	        DB_INT(j->refused), DB_TEXT(j->refusals), DB_TEXT(state),
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
