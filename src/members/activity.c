/* What a member did, and sending it to who asks.  The whole audit log is in auditlog/; the page is
 * in activity_pages.c. */
#include "members/activity.h"

#include <string.h>

#include "base/arena.h"
#include "base/csv.h"
#include "core/outbox.h"
#include "db/db.h"
#include "mustache/view.h"

enum { JSON_LONGEST = 16 * 1024, CSV_LONGEST = 1000 * 1000, CLIENTS_MOST = 20, ACTS_MOST = 1000 };
#define DAY INT64_C(86400000)

/* The acts whose words or code have this text in them, as JSON. */
static const char *
acts_named(struct ctx *cx, const char *search)
{
	const char *fold = text_fold(cx->arena, search);
	struct buf  b;
	struct str  all;

	buf_init(&b, cx->arena, JSON_LONGEST);
	buf_puts(&b, "[0");
	for (int64_t act = 1; act < ACTS_MOST; act++) {
		const struct audit_info *info = audit_info(act);

		if (info && (strstr(info->code, fold) || strstr(text_fold(cx->arena,
		    ctx_say(cx, info->sentence, (char *)0)), fold)))
			buf_printf(&b, ",%lld", (long long)act);
	}
	buf_puts(&b, "]");
	return buf_end(&b, &all) == OK ? all.p : "[0]";
}

static const char *
codes_as_json(struct ctx *cx)
{
	struct buf b;
	struct str all;

	buf_init(&b, cx->arena, JSON_LONGEST);
	buf_puts(&b, "{\"a0\":\"\"");
	for (int64_t act = 1; act < ACTS_MOST; act++) {
		const struct audit_info *info = audit_info(act);

		if (info)
			buf_printf(&b, ",\"a%lld\":\"%s\"", (long long)act, info->code);
	}
	buf_puts(&b, "}");
	return buf_end(&b, &all) == OK ? all.p : "{}";
}

static struct act_done
read_act(struct ctx *cx, struct db_rows *rows)
{
	const char *org = db_dup(rows, "org_name", cx->arena);

	return (struct act_done){
		.e = {
			.tenant = cx->tenant,
			.seq = db_int(rows, "seq"),
			.at = db_int(rows, "at"),
			.act = db_int(rows, "act"),
			.actor_name = db_dup(rows, "actor_name", cx->arena),
			.subject_name = db_dup(rows, "subject_name", cx->arena),
			.client = db_dup(rows, "client", cx->arena),
			.peer = db_dup(rows, "peer", cx->arena),
			.fields = db_dup(rows, "fields", cx->arena),
		},
		.org = org ? org : "",
	};
}

static void
query(struct ctx *cx, const struct member *m, const struct activity_want *w, size_t most,
    struct db_rows *rows)
{
	struct list_want want = w->list;
	struct db_val    acts = DB_TEXT(*w->search ? acts_named(cx, w->search) : NULL);

	if (want.sort == ACTIVITY_TIME) {
		db_query(cx->db, rows, LIST_STMT(SQL_ACTIVITY_PAGE, &want),
		    DB_ARGS(DB_INT(cx->tenant), DB_INT(m->id), DB_TEXT(cx->path),
		        DB_TEXT(cx->path_end), DB_INT(w->from), DB_INT(w->until),
		        DB_TEXT(w->clients), acts, DB_INT(w->session), list_key(&want),
		        list_id(&want), DB_INT((int64_t)most)));
		return;
	}
	want.sort--;
	db_query(cx->db, rows, LIST_STMT(SQL_ACTIVITY_SORTED, &want),
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(m->id), DB_TEXT(cx->path), DB_TEXT(cx->path_end),
	        DB_INT(w->from), DB_INT(w->until), DB_TEXT(w->clients), acts, DB_INT(w->session),
	        list_key(&want), list_id(&want), DB_INT((int64_t)most),
	        DB_TEXT(codes_as_json(cx)), DB_INT(ACTIVITY_SORTED)));
}

static enum err
rows_of(struct ctx *cx, const struct member *m, const struct activity_want *w,
    struct activity_list *out)
{
	size_t         most = w->list.rows;
	struct db_rows rows;

	*out = (struct activity_list){ .items = ARENA_ARRAY(cx->arena, struct act_done, most + 1) };
	query(cx, m, w, most + 1, &rows);
	while (db_next(&rows))
		out->items[out->n++] = read_act(cx, &rows);
	out->more = out->n > most;
	if (out->more)
		out->n = most;
	for (size_t i = 0; w->list.back && i < out->n / 2; i++) {
		struct act_done a = out->items[i];

		out->items[i] = out->items[out->n - 1 - i];
		out->items[out->n - 1 - i] = a;
	}
	return db_end(&rows);
}

static enum err
clients_of(struct ctx *cx, const struct member *m, struct activity_list *out)
{
	struct db_rows rows;
	size_t         n = 0;

	out->clients = ARENA_ARRAY(cx->arena, const char *, CLIENTS_MOST + 1);
	db_query(cx->db, &rows, SQL_ACTIVITY_CLIENTS,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(m->id), DB_INT(ACTIVITY_CLIENTS)));
	while (n < CLIENTS_MOST && db_next(&rows))
		out->clients[n++] = db_dup(&rows, "client", cx->arena);
	return db_end(&rows);
}

enum err
activity_list(struct ctx *cx, const struct member *m, const struct activity_want *w,
    struct activity_list *out)
{
	TRY(access_need(cx, PERM_USER_ACTIVITY, IN_ORG(m->org_path)));
	TRY(rows_of(cx, m, w, out));
	return clients_of(cx, m, out);
}

const char *
activity_key(struct ctx *cx, const struct act_done *a, unsigned sort)
{
	const struct audit_info *info = audit_info(a->e.act);

	switch (sort) {
	case ACTIVITY_ORG:
		return text_fold(cx->arena, a->org);
	case ACTIVITY_CLIENT:
		return a->e.client;
	case ACTIVITY_ACTION:
		return info ? info->code : "";
	default:
		return arena_printf(cx->arena, "%lld", (long long)a->e.at);
	}
}

/* ---------------------------------------------------------------- by email */

static void
put_row(struct ctx *cx, struct buf *b, const struct act_done *a)
{
	const struct audit_info *info = audit_info(a->e.act);

	csv_cell(b, true, str_of(ctx_time_iso(cx, a->e.at)));
	csv_cell(b, false, str_of(a->org));
	csv_cell(b, false, str_of(a->e.client));
	csv_cell(b, false, str_of(a->e.peer));
	csv_cell(b, false, str_of(audit_sentence(cx, &a->e)));
	csv_cell(b, false, str_of(info ? info->code : ""));
	csv_end_row(b);
}

/* Room that is used up ends it, as their number does: the newest are in it. */
static enum err
make_csv(struct ctx *cx, const struct activity_list *l, const char **out, size_t *n)
{
	const char *const heads[] = { _("Time"), _("Organization"), _("Client"), _("Address"),
		_("Action"), _("Code") };
	struct buf        b;
	struct str        all;

	buf_init(&b, cx->arena, CSV_LONGEST);
	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
		csv_cell(&b, i == 0, str_of(heads[i]));
	csv_end_row(&b);
	for (*n = 0; *n < l->n && b.len < CSV_LONGEST - 20000; (*n)++)
		put_row(cx, &b, &l->items[*n]);
	TRY(buf_end(&b, &all));
	*out = all.p;
	return OK;
}

static enum err
make_mail(struct ctx *cx, const struct member *m, struct email *mail)
{
	struct view         *model = view_new(cx->arena);
	struct activity_want w = { .list = { .sort = ACTIVITY_TIME, .down = true, .number = true,
	    .rows = ACTIVITY_SENT }, .from = cx->now - ACTIVITY_DAYS * DAY, .until = cx->now + DAY,
	    .search = "" };
	struct activity_list l;
	const char          *csv;
	size_t               n;

	TRY(rows_of(cx, m, &w, &l));
	TRY(make_csv(cx, &l, &csv, &n));
	view_text(model, "name", mail_name(cx, cx->actor.label));
	view_text(model, "subject", mail_name(cx, m->name));
	view_int(model, "days", ACTIVITY_DAYS);
	view_text(model, "rows", ctx_number(cx, (int64_t)n));
	view_flag(model, "cut", l.more || n < l.n);
	TRY(email_make(cx, cx->reader.email, cx->language, "activity_log", model, mail));
	mail->person = cx->actor.person;
	mail->priority = 1;
	mail->file_name = "activity.csv";
	mail->file = csv;
	return OK;
}

static enum err
send_in_tx(struct ctx *cx, int64_t member, const struct email *mail)
{
	struct member m;

	TRY(access_again(cx));
	TRY(members_may(cx, member, PERM_USER_ACTIVITY, &m));
	TRY(audit_add(cx, &(struct audit_entry){ .act = AUDIT_ACTIVITY_SENT,
	    .where = IN_ORG(m.org_path), .subject = m.id, .name = m.name }));
	return outbox_add(cx, mail, NULL);
}

enum err
activity_send(struct ctx *cx, int64_t member)
{
	struct member m;
	struct email  mail;

	TRY(members_may(cx, member, PERM_USER_ACTIVITY, &m));
	TRY(make_mail(cx, &m, &mail));
	TRY(db_begin(cx->db));
	return db_finish(cx->db, send_in_tx(cx, member, &mail));
}
