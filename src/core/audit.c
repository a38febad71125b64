/* Writing events into their chain.  What one says is in audit_text.c; reading, searching
 * and verifying is in auditlog/. */
#include "core/audit.h"

#include <string.h>

#include "base/arena.h"
#include "base/fault.h"
#include "base/json.h"
#include "crypto/crypto.h"
#include "db/db.h"

enum { FIELDS_LONGEST = 8192, EVENT_PARTS = 18 };

static const struct audit_info acts[] = {
#define AUDIT(symbol, number, category_, area_, code_, sentence_)                         \
	{ .act = AUDIT_##symbol, .category = CATEGORY_##category_, .area = AREA_##area_,  \
	    .code = (code_), .sentence = (sentence_) },
#include "core/audit.def"
#undef AUDIT
};

const struct audit_info *
audit_info(int64_t act)
{
	for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++)
		if ((int64_t)acts[i].act == act)
			return &acts[i];
	return NULL;
}

static bool
differs(const struct audit_field *f)
{
	if (f->was == NULL || f->is == NULL)
		return f->was != f->is;
	return strcmp(f->was, f->is) != 0;
}

/* [["role","Viewer","Owner"],…]: name, old, new; null where there is none. */
static enum err
fields_json(struct ctx *cx, const struct audit_entry *e, const char **out)
{
	struct buf  b;
	struct str  s;
	const char *comma = "";

	buf_init(&b, cx->arena, FIELDS_LONGEST);
	buf_puts(&b, "[");
	for (size_t i = 0; i < e->nfields; i++) {
		if (!differs(&e->fields[i]))
			continue;
		buf_printf(&b, "%s[", comma);
		json_text(&b, e->fields[i].name);
		buf_puts(&b, ",");
		json_text(&b, e->fields[i].was);
		buf_puts(&b, ",");
		json_text(&b, e->fields[i].is);
		buf_puts(&b, "]");
		comma = ",";
	}
	buf_put(&b, "]", 2);
	TRY(buf_end(&b, &s));
	*out = s.p;
	return OK;
}

static struct part
part_text(const char *s)
{
	return (struct part){ s, strlen(s) };
}

enum err
event_hash(struct ctx *cx, const uint8_t before[32], const struct event *e, uint8_t out[32])
{
	int64_t n[] = { e->tenant, e->seq, e->at, e->act, e->actor_id, e->subject_id,
		e->workspace_id, (int64_t)e->key_id };
	uint8_t numbers[sizeof(n)], session[sizeof(e->session)];
	struct part parts[EVENT_PARTS];
	size_t  k = 0;

	for (size_t i = 0; i < sizeof(numbers); i++)
		numbers[i] = (uint8_t)((uint64_t)n[i / 8] >> (8 * (i % 8)));
	parts[k++] = (struct part){ before, 32 };
	parts[k++] = (struct part){ numbers, sizeof(numbers) };
	parts[k++] = part_text(e->actor_kind);
	parts[k++] = part_text(e->actor_name);
	parts[k++] = part_text(e->subject_name);
	parts[k++] = part_text(e->org_path);
	parts[k++] = part_text(e->client);
	parts[k++] = part_text(e->peer);
	parts[k++] = part_text(e->user_agent);
	parts[k++] = part_text(e->request);
	parts[k++] = part_text(e->fields);
	for (size_t i = 0; i < sizeof(session); i++)
		session[i] = (uint8_t)((uint64_t)e->session >> (8 * i));
	if (e->session != 0)
		parts[k++] = (struct part){ session, sizeof(session) };
	return keys_mac_parts(cx->keys, e->key_id, PURPOSE_CHAIN, parts, k, out);
}

static const char *
kind_text(enum actor_kind k)
{
	switch (k) {
	case ACTOR_PERSON:
		return "person";
	case ACTOR_SERVICE:
		return "service";
	case ACTOR_SYSTEM:
		return "system";
	case ACTOR_NOBODY:
		break;
	}
	return "nobody";
}

static const char *
text_or_empty(const char *s)
{
	return s ? s : "";
}

/* Chain: the head's row gives number and hash before; three statements in all. */
static enum err
store(struct ctx *cx, struct event *e)
{
	static const uint8_t beginning[32];
	struct db_rows       rows;
	uint8_t              before[32] = { 0 };

	db_query(cx->db, &rows, SQL_HEADS_NEXT,
	    DB_ARGS(DB_INT(e->tenant), DB_BLOB(beginning, sizeof(beginning))));
	while (db_next(&rows)) {
		size_t      len;
		const void *p = db_bytes(&rows, "hash", cx->arena, &len);

		e->seq = db_int(&rows, "seq");
		if (len == sizeof(before))
			memcpy(before, p, len);
	}
	TRY(db_end_found(&rows));
	TRY(event_hash(cx, before, e, e->hash));
	TRY(db_run(cx->db, NULL, SQL_EVENTS_ADD,
	    DB_ARGS(DB_INT(e->tenant), DB_INT(e->seq), DB_INT(e->at), DB_INT(e->act),
	        DB_TEXT(e->actor_kind), DB_INT(e->actor_id), DB_TEXT(e->actor_name),
	        DB_INT(e->subject_id), DB_TEXT(e->subject_name), DB_TEXT(e->org_path),
	        DB_INT(e->workspace_id), DB_TEXT(e->client), DB_TEXT(e->peer),
	        DB_TEXT(e->user_agent), DB_TEXT(e->request), DB_TEXT(e->fields),
	        DB_INT(e->key_id), DB_BLOB(e->hash, sizeof(e->hash)), DB_INT(e->session))));
	fault_point("audit");
	return db_run(cx->db, NULL, SQL_HEADS_SET,
	    DB_ARGS(DB_INT(e->tenant), DB_BLOB(e->hash, sizeof(e->hash))));
}

static enum err
add(struct ctx *cx, int64_t tenant, int64_t actor, const char *path,
    const struct audit_entry *entry)
{
	struct event e = {
		.tenant = tenant,
		.at = cx->now,
		.act = entry->act,
		.actor_kind = kind_text(cx->actor.kind),
		.actor_id = actor,
		.actor_name = text_or_empty(cx->actor.label),
		.subject_id = entry->subject,
		.subject_name = text_or_empty(entry->name),
		.org_path = path,
		.workspace_id = entry->where.kind == SCOPE_WORKSPACE ? entry->where.id : 0,
		.session = cx->actor.session,
		.client = text_or_empty(cx->client),
		.peer = text_or_empty(cx->peer),
		.user_agent = text_or_empty(cx->user_agent),
		.request = text_or_empty(cx->request),
		.key_id = keys_current(cx->keys),
	};

	TRY(fields_json(cx, entry, &e.fields));
	return store(cx, &e);
}

enum err
audit_add(struct ctx *cx, const struct audit_entry *e)
{
	return add(cx, cx->tenant, cx->actor.member ? cx->actor.member : cx->actor.person,
	    e->where.kind == SCOPE_ORG ? e->where.path : "/", e);
}

struct membership { int64_t tenant, id; const char *name, *path; struct membership *next; };

/* Each tenant hears it of its own member, under the name it knows, and of no other tenant:
 * somebody else who acts is known to the tenant in which they do it, and to no other. */
static enum err
add_in(struct ctx *cx, int64_t person, const struct membership *m,
    const struct audit_entry *entry)
{
	struct ctx         as = *cx;
	struct audit_entry e = *entry;

	e.subject = m->id;
	e.name = m->name;
	if (as.actor.person == person) {
		as.actor.member = m->id;
		as.actor.label = m->name;
	} else if (m->tenant != cx->tenant && as.actor.kind != ACTOR_SYSTEM) {
		as.actor = (struct actor){ .kind = ACTOR_NOBODY };
		if (cx->tenant != 0)
			as.peer = as.user_agent = as.request = NULL;
	}
	return add(&as, m->tenant, as.actor.member, m->path, &e);
}

enum err
audit_person(struct ctx *cx, int64_t person, const struct audit_entry *entry)
{
	struct membership *list = NULL;
	struct db_rows     rows;

	db_query(cx->db, &rows, SQL_AUDIT_MEMBERSHIPS, DB_ARGS(DB_INT(person)));
	while (db_next(&rows)) {
		struct membership *m = ARENA_NEW(cx->arena, struct membership);

		*m = (struct membership){ db_int(&rows, "tenant_id"), db_int(&rows, "id"),
			db_dup(&rows, "name", cx->arena),
			db_dup(&rows, "org_path", cx->arena), list };
		list = m;
	}
	TRY(db_end(&rows));
	if (list == NULL)
		return add(cx, 0, cx->actor.person, "/", entry);
	for (const struct membership *m = list; m; m = m->next)
		TRY(add_in(cx, person, m, entry));
	return OK;
}
