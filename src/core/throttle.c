/* Tries that failed, and the waits they cause.  Who is asked when, is in signin/ and
 * reset/. */
#include "core/throttle.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "db/db.h"

enum { MINUTE = 60 * 1000, HOUR = 60 * MINUTE, ROWS_MOST = 65536 };
enum { JSON_LONGEST = 256 * 1024, LATE_MS = 50 };

struct rule { const char *name; int64_t window, limit, wait; };

static const struct rule rules[THROTTLE__COUNT] = {
	[THROTTLE_PAIR] = { "pair", 10 * MINUTE, 5, 10 * MINUTE },
	[THROTTLE_SOURCE] = { "source", 10 * MINUTE, 100, 10 * MINUTE },
	[THROTTLE_BROWSER] = { "browser", 10 * MINUTE, 5, 10 * MINUTE },
	[THROTTLE_STRANGERS] = { "strangers", 1440 * MINUTE, 100, 1440 * MINUTE },
	[THROTTLE_RESET] = { "reset", 60 * MINUTE, 20, 60 * MINUTE },
	[THROTTLE_LINK] = { "link", 10 * MINUTE, 60, 10 * MINUTE },
	[THROTTLE_CODE] = { "code", 60 * MINUTE, 20, 60 * MINUTE },
	[THROTTLE_RECOVERY] = { "recovery", 60 * MINUTE, 20, 60 * MINUTE },
	[THROTTLE_ADDRESS] = { "address", 60 * MINUTE, 3, 60 * MINUTE },
	[THROTTLE_CHANGES] = { "changes", 60 * MINUTE, 20, 60 * MINUTE },
	[THROTTLE_SEARCH] = { "search", MINUTE, 120, MINUTE },
	[THROTTLE_KEY] = { "key", 10 * MINUTE, 60, 10 * MINUTE },
	[THROTTLE_FORGED] = { "forged", 10 * MINUTE, 1, 10 * MINUTE },
};

const char *
throttle_source(struct arena *a, const char *peer)
{
	struct in6_addr six;
	char            text[INET6_ADDRSTRLEN];

	if (inet_pton(AF_INET6, peer, &six) != 1)
		return peer;
	if (IN6_IS_ADDR_V4MAPPED(&six))
		return inet_ntop(AF_INET, &six.s6_addr[12], text, sizeof(text)) ?
		    arena_strdup(a, text) : peer;
	memset(&six.s6_addr[8], 0, 8);
	return inet_ntop(AF_INET6, &six, text, sizeof(text)) ?
	    arena_printf(a, "%s/64", text) : peer;
}

static enum err
is_full(struct ctx *cx, bool *full)
{
	struct db_rows rows;

	*full = false;
	db_query(cx->db, &rows, SQL_THROTTLES_SIZE, NULL, 0);
	while (db_next(&rows))
		*full = db_int(&rows, "n") >= ROWS_MOST;
	return db_end(&rows);
}

/* Who is new by this kind waits when there is no room.  Not a known browser, of which there are
 * few, or strangers could fill the table and lock everybody out; unknown ones are asked for their
 * pair anyway.  Who searches is signed in, and tries nothing. */
static bool
needs_room(enum throttle_kind k)
{
	return k != THROTTLE_BROWSER && k != THROTTLE_SOURCE && k != THROTTLE_STRANGERS &&
	    k != THROTTLE_SEARCH;
}

/* What began later than now was counted by a clock that was put back since: it is over, or it
 * would last for as long as that clock was ahead.  When there is no room to count a
 * failure of somebody new, they wait: uncounted tries would be unlimited. */
enum err
throttle_ask(struct ctx *cx, enum throttle_kind k, const char *subject, const char *source,
    int64_t *until_at)
{
	struct db_rows rows;
	bool           known = false, full;

	*until_at = 0;
	db_query(cx->db, &rows, SQL_THROTTLES_GET,
	    DB_ARGS(DB_TEXT(rules[k].name), DB_TEXT(subject), DB_TEXT(source)));
	while (db_next(&rows)) {
		known = true;
		if (db_int(&rows, "since_at") <= cx->now + CLOCK_SLACK_MS)
			*until_at = db_int(&rows, "until_at");
	}
	TRY(db_end(&rows));
	if (!known && needs_room(k)) {
		TRY(is_full(cx, &full));
		if (full)
			*until_at = cx->now + rules[k].wait;
	}
	return *until_at > cx->now ? ERR_LIMIT : OK;
}

/* Makes room for a new row where it can: expired ones first, then strangers' that are few. */
static enum err
room_for(struct ctx *cx)
{
	int64_t swept;
	bool    full;

	TRY(is_full(cx, &full));
	if (!full)
		return OK;
	TRY(throttle_sweep(cx, &swept));
	if (swept == 0)
		TRY(db_run(cx->db, NULL, SQL_THROTTLES_SWEEP_RARE,
		    DB_ARGS(DB_INT(cx->now - HOUR))));
	return OK;
}

enum err
throttle_count(struct ctx *cx, enum throttle_kind k, const char *subject, const char *source,
    bool *waits)
{
	const struct rule *r = &rules[k];
	struct db_rows     rows;

	TRY(room_for(cx));
	db_query(cx->db, &rows, SQL_THROTTLES_COUNT,
	    DB_ARGS(DB_TEXT(r->name), DB_TEXT(subject), DB_TEXT(source), DB_INT(cx->now),
	        DB_INT(r->window), DB_INT(r->limit), DB_INT(r->wait)));
	while (db_next(&rows))
		*waits = db_int(&rows, "until_at") > cx->now && db_int(&rows, "n") == r->limit;
	return db_end(&rows);
}

enum err
throttle_note(struct ctx *cx, enum throttle_kind k, const char *subject, const char *source)
{
	bool     waits = false;
	enum err e;

	db_wait(cx->db, LATE_MS);
	e = db_begin(cx->db);
	if (e == OK)
		e = db_finish(cx->db, throttle_count(cx, k, subject, source, &waits));
	db_wait(cx->db, -1);
	return e;
}

enum err
throttle_forget(struct ctx *cx, enum throttle_kind k, const char *subject, const char *source)
{
	return db_run(cx->db, NULL, SQL_THROTTLES_FORGET,
	    DB_ARGS(DB_TEXT(rules[k].name), DB_TEXT(subject), DB_TEXT(source)));
}

enum err
throttle_unlock(struct ctx *cx, const char *subject, int64_t *n)
{
	return db_run(cx->db, n, SQL_THROTTLES_UNLOCK, DB_ARGS(DB_TEXT(subject)));
}

static const char *
as_json(struct ctx *cx, const char *const *texts, size_t n)
{
	struct buf b;
	struct str all;

	buf_init(&b, cx->arena, JSON_LONGEST);
	for (size_t i = 0; i < n; i++) {
		buf_puts(&b, i ? ",\"" : "[\"");
		for (const char *p = texts[i]; *p; p++) {
			if (*p == '"' || *p == '\\')
				buf_puts(&b, "\\");
			buf_put(&b, p, 1);
		}
		buf_puts(&b, "\"");
	}
	buf_puts(&b, n ? "]" : "[]");
	if (buf_end(&b, &all))
		return "[]";
	return arena_printf(cx->arena, "%.*s", (int)all.len, all.p);
}

enum err
throttle_waiting(struct ctx *cx, const char *const *subjects, size_t n, bool *waits)
{
	struct db_rows rows;

	for (size_t i = 0; i < n; i++)
		waits[i] = false;
	db_query(cx->db, &rows, SQL_THROTTLES_WAITING,
	    DB_ARGS(DB_TEXT(as_json(cx, subjects, n)), DB_INT(cx->now)));
	while (db_next(&rows)) {
		const char *subject = db_dup(&rows, "subject", cx->arena);

		for (size_t i = 0; i < n; i++)
			waits[i] |= strcmp(subjects[i], subject) == 0;
	}
	return db_end(&rows);
}

enum err
throttle_sweep(struct ctx *cx, int64_t *n)
{
	*n = 0;
	for (size_t k = 0; k < THROTTLE__COUNT; k++) {
		int64_t gone = 0;

		TRY(db_run(cx->db, &gone, SQL_THROTTLES_SWEEP,
		    DB_ARGS(DB_TEXT(rules[k].name), DB_INT(cx->now - rules[k].window),
		        DB_INT(cx->now))));
		*n += gone;
	}
	return OK;
}

enum err
throttle_relieve(struct ctx *cx)
{
	bool full;

	TRY(is_full(cx, &full));
	if (!full)
		return OK;
	TRY(db_begin(cx->db));
	return db_finish(cx->db, room_for(cx));
}
