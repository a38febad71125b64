/* Lists of API keys, and changing and ending them.  Making them is in make.c, using them in use.c,
 * the emails before they expire in warn.c. */
#include "apikeys/apikeys.h"

#include <stdlib.h>
#include <string.h>

#include "apikeys/apikeys_store.h"
#include "base/arena.h"
#include "core/audit.h"
#include "core/outbox.h"
#include "db/db.h"
#include "mustache/view.h"

#define ENDED_KEPT_MS (INT64_C(30) * 86400000)

const struct key_client key_clients[] = {
	{ "https", N_("HTTPS API") }, { "ios", N_("iOS") }, { "android", N_("Android") },
	{ "alexa", N_("Alexa") }, { "google_home", N_("Google Home") },
	{ "automation", N_("Automation") }, { "other", N_("Other") }, { NULL, NULL },
};

const struct key_client *
key_client(const char *word)
{
	for (const struct key_client *c = key_clients; c->word; c++)
		if (strcmp(c->word, word) == 0)
			return c;
	return NULL;
}

/* ---------------------------------------------------------------- lists */

static int
by_number(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

/* Never is later than all times. */
static int64_t
end_of(const struct apikey *k)
{
	return k->expires_at ? k->expires_at : INT64_MAX;
}

struct sorted { const struct apikey *key; const char *fold; unsigned sort; bool down; };

static int
compare(const void *left, const void *right)
{
	const struct sorted *a = left, *b = right;
	int                  c = 0;

	switch (a->sort) {
	case KEYS_NAME:
		c = strcmp(a->fold, b->fold);
		break;
	case KEYS_CLIENT:
		c = strcmp(a->key->client, b->key->client);
		break;
	case KEYS_EXPIRES:
		c = by_number(end_of(a->key), end_of(b->key));
		break;
	case KEYS_USED:
		c = by_number(a->key->used_at, b->key->used_at);
		break;
	default:
		break;
	}
	if (c == 0)
		c = by_number(a->key->id, b->key->id);
	return a->down ? -c : c;
}

/* There are few, so they are sorted here and not by an index for each order. */
static void
sort(struct ctx *cx, struct apikey_list *l, const struct list_want *w)
{
	struct sorted *order = ARENA_ARRAY(cx->arena, struct sorted, l->n + 1);
	struct apikey *items = ARENA_ARRAY(cx->arena, struct apikey, l->n + 1);

	for (size_t i = 0; i < l->n; i++)
		order[i] = (struct sorted){ &l->items[i], text_fold(cx->arena, l->items[i].name),
			w->sort, w->down };
	qsort(order, l->n, sizeof(order[0]), compare);
	for (size_t i = 0; i < l->n; i++)
		items[i] = *order[i].key;
	l->items = items;
}

enum err
apikeys_list(struct ctx *cx, const struct list_want *w, struct apikey_list *out)
{
	TRY(key_rows(cx, cx->tenant, cx->actor.member, out));
	sort(cx, out, w);
	return OK;
}

enum err
apikeys_of_service(struct ctx *cx, int64_t service, struct apikey_list *out)
{
	TRY(access_need(cx, PERM_SERVICE_VIEW, IN_TENANT));
	return key_rows_service(cx, service, out);
}

enum err
apikeys_service_get(struct ctx *cx, int64_t service, int64_t id, struct apikey *out)
{
	struct apikey_row row;

	TRY(access_need(cx, PERM_SERVICE_VIEW, IN_TENANT));
	TRY(key_row_get(cx, id, &row));
	*out = row.key;
	if (row.ended || out->service != service || (out->ends_at && out->ends_at <= cx->now))
		return ERR_NOTFOUND;
	return OK;
}

static enum err
get(struct ctx *cx, int64_t member, int64_t id, struct apikey *out)
{
	struct apikey_row row;

	TRY(key_row_get(cx, id, &row));
	*out = row.key;
	if (row.ended || out->member == 0 || out->member != member ||
	    (out->ends_at && out->ends_at <= cx->now))
		return ERR_NOTFOUND;
	return OK;
}

enum err
apikeys_get(struct ctx *cx, int64_t id, struct apikey *out)
{
	return get(cx, cx->actor.member, id, out);
}

enum err
apikeys_of(struct ctx *cx, const struct member *m, struct apikey_list *out)
{
	TRY(access_need(cx, PERM_USER_KEY, IN_ORG(m->org_path)));
	return key_rows(cx, cx->tenant, m->id, out);
}

enum err
apikeys_own(struct ctx *cx, int64_t tenant, int64_t member, struct apikey_list *out)
{
	return key_rows(cx, tenant, member, out);
}

/* ---------------------------------------------------------------- changing */

static enum err
note(struct ctx *cx, enum audit_act act, const char *path, const struct apikey *k,
    const struct audit_field *fields, size_t n)
{
	return audit_add(cx, &(struct audit_entry){ .act = act, .where = IN_ORG(path),
	    .subject = k->id, .name = k->name, .fields = fields, .nfields = n });
}

static enum err
edit_in_tx(struct ctx *cx, const struct apikey *to)
{
	struct apikey was;
	bool          changed;

	TRY(access_again(cx));
	TRY(apikeys_get(cx, to->id, &was));
	if (was.version != to->version)
		return ERR_CONFLICT;
	if (strcmp(was.name, to->name) == 0 && strcmp(was.description, to->description) == 0)
		return OK;
	TRY(key_row_edit(cx, to, &changed));
	if (!changed)
		return ERR_CONFLICT;
	return note(cx, AUDIT_KEY_EDITED, cx->path, to, (const struct audit_field[]){
	    { "name", was.name, to->name },
	    { "description", was.description, to->description } }, 2);
}

enum err
apikeys_edit(struct ctx *cx, int64_t id, const struct apikey_input *in)
{
	struct apikey to = { .id = id, .version = in->version };
	enum err      e = OK;

	if (title_text(cx->arena, str_trim(in->name), KEY_NAME, &to.name))
		e = ctx_issue(cx, "name", _("Give a name of at most [n] characters.", "n", "64"));
	if (str_maybe(cx->arena, str_trim(in->description), KEY_DESCRIPTION, &to.description))
		e = ctx_issue(cx, "description", _("Give at most [n] characters of text.", "n",
		    "255"));
	TRY(e);
	TRY(db_begin(cx->db));
	return db_finish(cx->db, edit_in_tx(cx, &to));
}

/* ---------------------------------------------------------------- ending */

static enum err
delete_in_tx(struct ctx *cx, int64_t id)
{
	struct apikey k;
	bool          changed;

	TRY(access_again(cx));
	TRY(apikeys_get(cx, id, &k));
	TRY(key_row_end(cx, id, &changed));
	return note(cx, AUDIT_KEY_DELETED, cx->path, &k,
	    (const struct audit_field[]){ { "prefix", k.prefix, NULL } }, 1);
}

enum err
apikeys_delete(struct ctx *cx, int64_t id)
{
	TRY(db_begin(cx->db));
	return db_finish(cx->db, delete_in_tx(cx, id));
}

static enum err
delete_for_in_tx(struct ctx *cx, int64_t service, int64_t id)
{
	struct svcaccount a;
	struct apikey     k;
	bool              changed;

	TRY(access_again(cx));
	TRY(access_need(cx, PERM_SERVICE_EDIT, IN_TENANT));
	TRY(svcaccounts_get(cx, service, &a));
	TRY(apikeys_service_get(cx, service, id, &k));
	TRY(key_row_end(cx, id, &changed));
	return audit_add(cx, &(struct audit_entry){ .act = AUDIT_SERVICE_KEY_ENDED,
	    .where = IN_TENANT, .subject = a.id, .name = a.name,
	    .fields = (const struct audit_field[]){ { "key", k.name, NULL },
	        { "prefix", k.prefix, NULL } }, .nfields = 2 });
}

enum err
apikeys_delete_for(struct ctx *cx, int64_t service, int64_t id)
{
	TRY(access_need(cx, PERM_SERVICE_EDIT, IN_TENANT));
	TRY(db_begin(cx->db));
	return db_finish(cx->db, delete_for_in_tx(cx, service, id));
}

static enum err
end_in_tx(struct ctx *cx, int64_t member, int64_t id, const struct email *mail)
{
	struct member m;
	struct apikey k;
	bool          changed;

	TRY(access_again(cx));
	TRY(members_may(cx, member, PERM_USER_KEY, &m));
	TRY(get(cx, member, id, &k));
	TRY(key_row_end(cx, id, &changed));
	TRY(note(cx, AUDIT_KEY_ENDED, m.org_path, &k, (const struct audit_field[]){
	    { "owner", NULL, m.name }, { "prefix", k.prefix, NULL } }, 2));
	return outbox_add(cx, mail, NULL);
}

static enum err
ended_mail(struct ctx *cx, const struct member *m, const struct apikey *k, struct email *out)
{
	struct view *model = view_new(cx->arena);

	view_text(model, "name", mail_name(cx, m->name));
	view_text(model, "key", mail_name(cx, k->name));
	view_text(model, "prefix", k->prefix);
	view_text(model, "actor", mail_name(cx, cx->actor.label));
	TRY(email_make(cx, m->email, m->language, "key_ended", model, out));
	out->person = m->person;
	return OK;
}

enum err
apikeys_end(struct ctx *cx, int64_t member, int64_t id)
{
	struct member m;
	struct apikey k;
	struct email  mail;

	TRY(members_may(cx, member, PERM_USER_KEY, &m));
	TRY(get(cx, member, id, &k));
	TRY(ended_mail(cx, &m, &k, &mail));
	TRY(db_begin(cx->db));
	return db_finish(cx->db, end_in_tx(cx, member, id, &mail));
}

enum err
apikeys_end_person(struct ctx *cx, int64_t person)
{
	return db_run(cx->db, NULL, SQL_APIKEYS_END_PERSON, DB_ARGS(DB_INT(person)));
}

enum err
apikeys_sweep(struct ctx *cx, int64_t *n)
{
	return db_run(cx->db, n, SQL_APIKEYS_SWEEP, DB_ARGS(DB_INT(cx->now - ENDED_KEPT_MS)));
}
