/* Emails waiting to go: made, added, taken, and how they fared.  Sending them is in
 * app/courier.c; the page that shows them is in mail/. */
#include "core/outbox.h"

#include <string.h>

#include "base/arena.h"
#include "base/conf.h"
#include "base/fault.h"
#include "base/id.h"
#include "base/log.h"
#include "core/place.h"
#include "crypto/crypto.h"
#include "crypto/seal.h"
#include "crypto/token.h"
#include "db/db.h"
#include "mustache/tmpl.h"

enum {
	NAME_SHOWN = 60, NAME_LONGEST = 2048,
	SUBJECT_LONGEST = 1024,
	BODY_LONGEST = 1 << 20,
	ANSWER_LONGEST = 512,
	FORMAT = 1,              /* first byte of a body */
	FORMAT_FILE = 2,         /* of one with a file behind it */
	PARTS = 6, PARTS_FILE = 8,
	GIVEN_UP_AT_ONCE = 200,  /* in one transaction */
	MESSAGE_ID_BYTES = 18
};
#define KEPT_MS (INT64_C(90) * 86400000)

static enum err
render(struct ctx *cx, const char *name, const char *language, struct view *model,
    size_t limit, const char **out)
{
	const struct tmpl *t = tmpl_find(cx->templates, name, language);
	struct buf         b;
	struct str         s;

	if (t == NULL) {
		log_event(LOG_ERROR, "no such email template", "name", name);
		return ERR_FAULT;
	}
	buf_init(&b, cx->arena, limit);
	TRY(tmpl_render(t, model, &b));
	TRY(buf_end(&b, &s));
	*out = arena_printf(cx->arena, "%.*s", (int)s.len, s.p);
	return OK;
}

/* One line: a run of spaces and control characters becomes one space, none at the ends. */
static const char *
one_line(struct ctx *cx, const char *text)
{
	char *line = arena_strdup(cx->arena, text), *to = line;
	bool  gap = false;

	for (const char *p = line; *p; p++) {
		if ((unsigned char)*p <= ' ' || *p == 0x7f) {
			gap = to > line;
			continue;
		}
		if (gap)
			*to++ = ' ';
		gap = false;
		*to++ = *p;
	}
	*to = '\0';
	return line;
}

const char *
mail_name(struct ctx *cx, const char *name)
{
	static const char joiner[] = "\xe2\x81\xa0";
	struct buf        b;
	struct str        done;

	buf_init(&b, cx->arena, NAME_LONGEST);
	for (int shown = 0; *name && shown < NAME_SHOWN; shown++) {
		uint32_t c;
		size_t   len = utf8_next(name, strlen(name), &c);

		len += len == 0;
		buf_put(&b, name, len);
		name += len;
		/* The three behind the colon are read as dots, too (UTS 46). */
		if ((c == '.' || c == '@' || c == ':' || c == 0x3002 || c == 0xff0e ||
		    c == 0xff61) && *name && *name != ' ')
			buf_puts(&b, joiner);
	}
	if (*name)
		buf_puts(&b, "\xe2\x80\xa6");
	return buf_end(&b, &done) == OK ? done.p : "";
}

static void
add_common(struct ctx *cx, struct view *model)
{
	const struct tenant *t = cx->place;

	view_text(model, "product", "Tenantry");
	view_text(model, "tenant", t ? mail_name(cx, t->name) : "");
	view_text(model, "base_url", cx->conf->base_url);
	view_text(model, "contact_email", t ? t->contact_email : "");
	view_text(model, "terms_url", t ? t->terms_url : "");
	view_text(model, "privacy_url", t ? t->privacy_url : "");
	view_text(model, "security_url", t ? t->security_url : "");
}

enum err
email_make(struct ctx *cx, const char *to, const char *language, const char *kind,
    struct view *model, struct email *out)
{
	struct email m = { .tenant = cx->tenant, .kind = kind, .priority = 5, .to = to };

	add_common(cx, model);
	TRY(render(cx, arena_printf(cx->arena, "mail/%s.subject", kind), language, model,
	    SUBJECT_LONGEST, &m.subject));
	TRY(render(cx, arena_printf(cx->arena, "mail/%s.text", kind), language, model,
	    BODY_LONGEST, &m.text));
	TRY(render(cx, arena_printf(cx->arena, "mail/%s.html", kind), language, model,
	    BODY_LONGEST, &m.html));
	m.subject = one_line(cx, m.subject);
	m.from_name = cx->place ? mail_name(cx, cx->place->name) : "";
	m.reply_to = cx->place ? cx->place->contact_email : "";
	*out = m;
	return OK;
}

/* The MAC hides the row's number from whoever gets the email. It is kept in the body, since
 * another key may be the current one at the next try. */
static enum err
message_id(struct ctx *cx, int64_t id, const char **out)
{
	uint8_t mac[32];

	TRY(keys_mac(cx->keys, keys_current(cx->keys), PURPOSE_MESSAGE_ID, &id, sizeof(id), mac));
	*out = b64_text(cx->arena, mac, MESSAGE_ID_BYTES);
	return OK;
}

static void
put_part(struct buf *b, const char *text)
{
	size_t  n = strlen(text);
	uint8_t len[4] = { (uint8_t)(n >> 24), (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n };

	buf_put(b, len, sizeof(len));
	buf_put(b, text, n);
}

static const char *
body_place(struct ctx *cx, int64_t id)
{
	return arena_printf(cx->arena, "outbox.body:%lld", (long long)id);
}

static enum err
close_body(struct ctx *cx, const struct email *m, int64_t id, struct str *out)
{
	const char *mid;
	struct buf  b;
	struct str  plain_body;

	TRY(message_id(cx, id, &mid));
	buf_init(&b, cx->arena, 4 * BODY_LONGEST);
	buf_put(&b, &(uint8_t){ m->file ? FORMAT_FILE : FORMAT }, 1);
	put_part(&b, m->subject);
	put_part(&b, m->text);
	put_part(&b, m->html);
	put_part(&b, m->from_name);
	put_part(&b, m->reply_to);
	put_part(&b, mid);
	if (m->file) {
		put_part(&b, m->file_name);
		put_part(&b, m->file);
	}
	TRY(buf_end(&b, &plain_body));
	*out = seal(cx->arena, cx->keys, PURPOSE_SEAL, body_place(cx, id), plain_body);
	return OK;
}

static enum err
next_part(struct ctx *cx, struct str *rest, const char **out)
{
	const uint8_t *p = (const uint8_t *)rest->p;
	size_t         n;

	if (rest->len < 4)
		return ERR_INVALID;
	n = (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];
	if (rest->len - 4 < n)
		return ERR_INVALID;
	*out = arena_printf(cx->arena, "%.*s", (int)n, rest->p + 4);
	rest->p += 4 + n;
	rest->len -= 4 + n;
	return OK;
}

static enum err
open_body(struct ctx *cx, struct str sealed, struct email *m)
{
	const char **parts[PARTS_FILE] = { &m->subject, &m->text, &m->html, &m->from_name,
		&m->reply_to, &m->message_id, &m->file_name, &m->file };
	struct str   rest;
	size_t       n;

	TRY(unseal(cx->arena, cx->keys, PURPOSE_SEAL, body_place(cx, m->id), sealed, &rest));
	if (rest.len == 0 || (*rest.p != FORMAT && *rest.p != FORMAT_FILE))
		return ERR_INVALID;
	n = *rest.p == FORMAT_FILE ? PARTS_FILE : PARTS;
	rest.p++;
	rest.len--;
	for (size_t i = 0; i < n; i++)
		TRY(next_part(cx, &rest, parts[i]));
	return rest.len == 0 ? OK : ERR_INVALID;
}

/* An email to nobody is made and added like any other, so that who asks for one cannot tell
 * the two apart; only the courier never sees it. */
enum err
outbox_add(struct ctx *cx, const struct email *m, const char *once)
{
	int64_t    id = id_new(cx->now);
	struct str body;

	TRY(close_body(cx, m, id, &body));
	fault_point("outbox");
	TRY(db_run(cx->db, NULL, SQL_OUTBOX_ADD, DB_ARGS(DB_INT(m->tenant), DB_INT(id),
	    DB_INT(m->person), DB_TEXT(m->kind), DB_TEXT(once), DB_TEXT(m->to),
	    m->nobody ? DB_NULL : DB_BLOB(body.p, body.len), DB_INT(m->priority),
	    DB_TEXT(m->nobody ? "dead" : "waiting"), DB_INT(m->due_at ? m->due_at : cx->now),
	    DB_INT(m->expires_at), DB_TEXT(m->nobody ? "nobody has this address" : ""),
	    DB_INT(cx->now), DB_INT(m->nobody ? cx->now : 0), DB_TEXT(m->about ? m->about : ""))));
	cx->mail_added = true;
	return OK;
}

enum err
outbox_withdraw(struct ctx *cx, const char *about, int64_t *n)
{
	return db_run(cx->db, n, SQL_OUTBOX_WITHDRAW,
	    DB_ARGS(DB_INT(cx->tenant), DB_TEXT(about), DB_INT(cx->now)));
}

struct due {
	struct email m;
	struct str   body;
};

static enum err
next_row(struct ctx *cx, struct due *out)
{
	struct db_rows rows;
	struct due     d = { .body = { NULL, 0 } };

	db_query(cx->db, &rows, SQL_OUTBOX_DUE, DB_ARGS(DB_INT(cx->now)));
	while (db_next(&rows)) {
		d.m.id = db_int(&rows, "id");
		d.m.tenant = db_int(&rows, "tenant_id");
		d.m.person = db_int(&rows, "person_id");
		d.m.kind = db_dup(&rows, "kind", cx->arena);
		d.m.to = db_dup(&rows, "address", cx->arena);
		d.m.priority = (int)db_int(&rows, "priority");
		d.m.tries = (int)db_int(&rows, "tries") + 1;
		d.m.in_doubt = db_int(&rows, "in_doubt") != 0;
		d.m.due_at = db_int(&rows, "due_at");
		d.m.expires_at = db_int(&rows, "expires_at");
		d.body.p = db_bytes(&rows, "body", cx->arena, &d.body.len);
	}
	TRY(db_end_found(&rows));
	*out = d;
	return OK;
}

static char
clean_char(char c)
{
	if (c == '\t' || c == '\r' || c == '\n')
		return ' ';
	return c >= ' ' && c < 0x7f ? c : '?';
}

/* What a stranger's server said, for a page and a log: printable ASCII, not too long. */
static const char *
clean_answer(struct ctx *cx, const char *answer)
{
	char *text = arena_printf(cx->arena, "%.*s", ANSWER_LONGEST, answer);

	for (char *p = text; *p; p++)
		*p = clean_char(*p);
	return text;
}

static enum err
end(struct ctx *cx, int64_t id, const char *state, bool refused, const char *answer)
{
	return db_run(cx->db, NULL, SQL_OUTBOX_END, DB_ARGS(DB_INT(id), DB_TEXT(state),
	    DB_TEXT(clean_answer(cx, answer)), DB_INT(cx->now), DB_INT(refused)));
}

/* Why this one is not to be sent any more, or NULL. */
static const char *
past_sending(struct ctx *cx, struct due *d)
{
	if (d->m.expires_at != 0 && d->m.expires_at <= cx->now)
		return "link expired";
	if (open_body(cx, d->body, &d->m) == OK)
		return NULL;
	log_event(LOG_ERROR, "email cannot be opened", "id", log_int(d->m.id));
	return "cannot be opened: its key is gone or it was changed";
}

/* Gives up on those past sending in the same transaction, so finding none is no failure
 * here: it would undo that. */
static enum err
take_in_tx(struct ctx *cx, int64_t lease_ms, struct email *out, bool *found)
{
	for (int n = 0; n < GIVEN_UP_AT_ONCE; n++) {
		struct due  d;
		const char *why;
		enum err    e = next_row(cx, &d);

		if (e)
			return e == ERR_NOTFOUND ? OK : e;
		why = past_sending(cx, &d);
		if (why == NULL) {
			*out = d.m;
			*found = true;
			return db_run(cx->db, NULL, SQL_OUTBOX_CLAIM,
			    DB_ARGS(DB_INT(d.m.id), DB_INT(cx->now + lease_ms)));
		}
		TRY(end(cx, d.m.id, "dead", false, why));
	}
	return OK;
}

enum err
outbox_take(struct ctx *cx, int64_t lease_ms, struct email *out)
{
	int64_t at;
	bool    found = false;

	/* Asked first, so that a look at an empty outbox takes no write lock. */
	TRY(outbox_next_due(cx, &at));
	if (at > cx->now)
		return ERR_NOTFOUND;
	TRY(db_begin(cx->db));
	TRY(db_finish(cx->db, take_in_tx(cx, lease_ms, out, &found)));
	return found ? OK : ERR_NOTFOUND;
}

enum err
outbox_sent(struct ctx *cx, int64_t id, const char *answer)
{
	return end(cx, id, "sent", false, answer);
}

enum err
outbox_later(struct ctx *cx, int64_t id, int64_t due_at, bool in_doubt, const char *answer)
{
	return db_run(cx->db, NULL, SQL_OUTBOX_LATER, DB_ARGS(DB_INT(id), DB_INT(due_at),
	    DB_TEXT(clean_answer(cx, answer)), DB_INT(in_doubt)));
}

enum err
outbox_dead(struct ctx *cx, int64_t id, const char *answer)
{
	return end(cx, id, "dead", false, answer);
}

enum err
outbox_refused(struct ctx *cx, int64_t id, const char *answer)
{
	return end(cx, id, "dead", true, answer);
}

enum err
outbox_next_due(struct ctx *cx, int64_t *at)
{
	struct db_rows rows;
	int64_t        due = INT64_MAX;

	db_query(cx->db, &rows, SQL_OUTBOX_NEXT, NULL, 0);
	while (db_next(&rows))
		if (!db_is_null(&rows, "due_at"))
			due = db_int(&rows, "due_at");
	TRY(db_end(&rows));
	*at = due;
	return OK;
}

/* One that ended then began before, so that the ids lead to it. */
enum err
outbox_sweep(struct ctx *cx, int64_t *n)
{
	int64_t at = cx->now - KEPT_MS;

	return db_run(cx->db, n, SQL_OUTBOX_SWEEP, DB_ARGS(DB_INT(id_least(at)), DB_INT(at)));
}
