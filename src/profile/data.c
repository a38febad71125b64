/* All that is kept of a person, as JSON for themselves.  Written piece by piece into a file that
 * nothing else can open, so that a long life takes no more memory than a short one. */
#include "profile/profile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "apikeys/apikeys.h"
#include "base/arena.h"
#include "base/conf.h"
#include "base/json.h"
#include "base/log.h"
#include "base/zone.h"
#include "db/db.h"
#include "members/own.h"
#include "profile/profile_store.h"
#include "signin/own.h"

enum { EVENTS_AT_ONCE = 200, PIECE_LONGEST = 8 << 20 };

struct out {
	struct ctx *cx;
	struct buf  b;
	int         file;
	const char *comma;       /* before the next of a list */
};

static void
put_text(struct out *o, const char *name, const char *text)
{
	buf_puts(&o->b, o->comma);
	json_text(&o->b, name);
	buf_puts(&o->b, ": ");
	json_text(&o->b, text);
	o->comma = ", ";
}

/* 0 is never. */
static void
put_time(struct out *o, const char *name, int64_t at)
{
	put_text(o, name, at ? time_iso(o->cx->arena, NULL, at) : NULL);
}

static void
open_list(struct out *o, const char *name)
{
	buf_puts(&o->b, ",\n");
	json_text(&o->b, name);
	buf_puts(&o->b, ": [");
	o->comma = "\n{ ";
}

static void
close_item(struct out *o)
{
	buf_puts(&o->b, " }");
	o->comma = ",\n{ ";
}

static enum err
flush(struct out *o)
{
	struct str s;
	size_t     at = 0;

	TRY(buf_end(&o->b, &s));
	while (at < s.len) {
		ssize_t n = write(o->file, s.p + at, s.len - at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			log_event(LOG_ERROR, "a download cannot be written", "cause",
			    strerror(errno));
			return ERR_FAULT;
		}
		at += (size_t)n;
	}
	buf_init(&o->b, o->cx->arena, PIECE_LONGEST);
	return OK;
}

static const char *
clock_words(int64_t clock)
{
	return clock == 12 ? "12" : clock == 24 ? "24" : "";
}

static enum err
put_person(struct out *o)
{
	struct profile me;

	TRY(profile_row(o->cx, &me));
	o->comma = "{\n";
	put_time(o, "made_at", o->cx->now);
	buf_puts(&o->b, ",\n\"person\": ");
	o->comma = "{ ";
	put_text(o, "name", me.own_name);
	put_text(o, "email", me.email);
	put_text(o, "email_state", me.confirmed ? "confirmed" : "not confirmed");
	put_text(o, "sign_in_method", me.method);
	put_text(o, "language", me.language);
	put_text(o, "time_zone", me.timezone);
	put_text(o, "theme", me.theme);
	put_text(o, "date_format", me.date_format);
	put_text(o, "clock", clock_words(me.clock));
	buf_puts(&o->b, " }");
	return OK;
}

/* An invitation to an address that is not proved to be theirs may be for somebody else. */
static bool
is_theirs(const struct ctx *cx, const struct membership *m)
{
	return membership_joined(m) || cx->reader.confirmed;
}

static void
put_memberships(struct out *o, const struct membership_list *l)
{
	open_list(o, "memberships");
	for (size_t i = 0; i < l->n; i++) {
		const struct membership *m = &l->items[i];

		if (!is_theirs(o->cx, m))
			continue;
		put_text(o, "account", m->tenant_name);
		put_text(o, "address", m->slug);
		put_text(o, "name", m->name);
		put_text(o, "nickname", m->nickname);
		put_text(o, "phone", m->phone);
		put_text(o, "country", m->country);
		put_text(o, "role", m->role);
		put_text(o, "organization", m->org_name);
		put_text(o, "status", m->status);
		put_time(o, "registered", m->created_at);
		put_time(o, "last_sign_in", m->signed_in_at);
		close_item(o);
	}
	buf_puts(&o->b, "]");
}

static enum err
put_sessions(struct out *o)
{
	struct own_session_list l;

	TRY(signin_own_sessions(o->cx, &l));
	open_list(o, "sessions");
	for (size_t i = 0; i < l.n; i++) {
		put_text(o, "browser", l.items[i].user_agent);
		put_text(o, "address", l.items[i].peer);
		put_time(o, "signed_in", l.items[i].created_at);
		put_time(o, "last_seen", l.items[i].seen_at);
		close_item(o);
	}
	buf_puts(&o->b, "]");
	return OK;
}

static enum err
put_keys_of(struct out *o, const struct membership *m)
{
	struct apikey_list l;

	TRY(apikeys_own(o->cx, m->tenant, m->id, &l));
	for (size_t i = 0; i < l.n; i++) {
		put_text(o, "account", m->slug);
		put_text(o, "name", l.items[i].name);
		put_text(o, "description", l.items[i].description);
		put_text(o, "begins_with", l.items[i].prefix);
		put_text(o, "client", l.items[i].client);
		put_time(o, "created", l.items[i].created_at);
		put_time(o, "expires", l.items[i].expires_at);
		put_time(o, "last_used", l.items[i].used_at);
		put_text(o, "last_used_from", l.items[i].used_from);
		close_item(o);
	}
	return OK;
}

/* Either the groups, or the workspaces with the roles there. */
static enum err
put_places_of(struct out *o, const struct membership *m, bool workspaces)
{
	struct own_places l;

	TRY(own_place_rows(o->cx, m->tenant, m->id, &l));
	for (size_t i = 0; i < l.n; i++) {
		const struct own_place *p = &l.items[i];

		if (p->workspace != workspaces)
			continue;
		put_text(o, "account", m->slug);
		put_text(o, "name", p->name);
		put_text(o, "role", p->role);
		if (workspaces)
			put_text(o, "by_group", p->group);
		put_time(o, "since", p->since);
		put_time(o, "ends", p->until_at);
		close_item(o);
	}
	return OK;
}

static enum err
put_places(struct out *o, const char *name, const struct membership_list *l, bool workspaces)
{
	open_list(o, name);
	for (size_t i = 0; i < l->n; i++)
		if (membership_joined(&l->items[i]))
			TRY(put_places_of(o, &l->items[i], workspaces));
	buf_puts(&o->b, "]");
	return OK;
}

static void
put_event(struct out *o, const struct membership *m, const struct event *e)
{
	const struct audit_info *info = audit_info(e->act);
	bool                     own = e->actor_id == m->id;

	put_text(o, "account", m->slug);
	put_time(o, "time", e->at);
	put_text(o, "action", info ? info->code : "");
	put_text(o, "what", audit_sentence(o->cx, e));
	put_text(o, "done_by", e->actor_name);
	put_text(o, "client", e->client);
	put_text(o, "address", own ? e->peer : "");
	put_text(o, "browser", own ? e->user_agent : "");
	buf_printf(&o->b, ", \"details\": %s", e->fields);
	close_item(o);
}

static enum err
put_events_of(struct out *o, const struct membership *m)
{
	struct ctx *cx = o->cx;
	int64_t     before = 0;
	size_t      n = EVENTS_AT_ONCE;

	while (n == EVENTS_AT_ONCE) {
		size_t        mark = arena_mark(cx->arena);
		struct event *items = ARENA_ARRAY(cx->arena, struct event, EVENTS_AT_ONCE);

		buf_init(&o->b, cx->arena, PIECE_LONGEST);
		TRY(activity_rows(cx, m->tenant, m->id, before, EVENTS_AT_ONCE, items, &n));
		for (size_t i = 0; i < n; i++)
			put_event(o, m, &items[i]);
		if (n > 0)
			before = items[n - 1].seq;
		TRY(flush(o));
		arena_release(cx->arena, mark);
	}
	buf_init(&o->b, cx->arena, PIECE_LONGEST);
	return OK;
}

static enum err
write_all(struct out *o)
{
	struct membership_list l;

	buf_init(&o->b, o->cx->arena, PIECE_LONGEST);
	TRY(members_own(o->cx, o->cx->actor.person, &l));
	TRY(put_person(o));
	put_memberships(o, &l);
	TRY(put_places(o, "groups", &l, false));
	TRY(put_places(o, "workspaces", &l, true));
	TRY(put_sessions(o));
	open_list(o, "api_keys");
	for (size_t i = 0; i < l.n; i++)
		if (membership_joined(&l.items[i]))
			TRY(put_keys_of(o, &l.items[i]));
	buf_puts(&o->b, "]");
	open_list(o, "events");
	TRY(flush(o));
	for (size_t i = 0; i < l.n; i++)
		if (membership_joined(&l.items[i]))
			TRY(put_events_of(o, &l.items[i]));
	buf_puts(&o->b, "]\n}\n");
	return flush(o);
}

static int
new_file(struct ctx *cx)
{
	char *path;
	int   file = open(cx->conf->state_dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (file >= 0)
		return file;
	path = arena_printf(cx->arena, "%s/download-XXXXXX", cx->conf->state_dir);
	file = mkostemp(path, O_CLOEXEC);
	if (file < 0)
		log_event(LOG_ERROR, "no file for a download", "cause", strerror(errno));
	else
		(void)unlink(path);
	return file;
}

static enum err
note(struct ctx *cx)
{
	return audit_person(cx, cx->actor.person, &(struct audit_entry){ .act = AUDIT_DATA_TAKEN,
	    .where = IN_TENANT, .name = cx->actor.label });
}

enum err
profile_data(struct ctx *cx, int *file)
{
	struct out o = { .cx = cx };
	enum err   e;

	TRY(db_begin(cx->db));
	TRY(db_finish(cx->db, note(cx)));
	o.file = new_file(cx);
	if (o.file < 0)
		return ERR_FAULT;
	e = write_all(&o);
	if (e)
		close(o.file);
	else
		*file = o.file;
	return e;
}
