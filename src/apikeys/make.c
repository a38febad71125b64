/* Making API keys, and putting another in the place of one. */
#include "apikeys/apikeys.h"

#include <string.h>

#include "apikeys/apikeys_store.h"
#include "base/arena.h"
#include "core/audit.h"
#include "crypto/seal.h"
#include "crypto/token.h"
#include "db/db.h"

#define DAY INT64_C(86400000)
enum { HOUR = 3600 * 1000, SHOWN_AGAIN_MS = 60 * 1000 };

/* ---------------------------------------------------------------- the secret in the form */

static const char *
where(struct ctx *cx, int64_t id)
{
	return arena_printf(cx->arena, "key:%lld:%lld:%lld", (long long)cx->tenant,
	    (long long)cx->actor.session, (long long)id);
}

static bool
open_sealed(struct ctx *cx, int64_t id, struct str text, const char **secret)
{
	const uint8_t *bytes;
	struct str     plain;
	size_t         len;

	if (b64_read(cx->arena, text, &bytes, &len) ||
	    unseal(cx->arena, cx->keys, PURPOSE_CARRY, where(cx, id),
	    (struct str){ (const char *)bytes, len }, &plain) || plain.len != API_KEY_CHARS)
		return false;
	*secret = plain.p;
	return true;
}

const char *
apikeys_sealed(struct ctx *cx, int64_t id, struct str sealed)
{
	char        key[API_KEY_CHARS + 1];
	const char *secret;
	struct str  s;

	if (sealed.len && open_sealed(cx, id, sealed, &secret))
		return arena_printf(cx->arena, "%.*s", (int)sealed.len, sealed.p);
	api_key_new(key);
	s = seal(cx->arena, cx->keys, PURPOSE_CARRY, where(cx, id),
	    (struct str){ key, API_KEY_CHARS });
	crypto_wipe(key, sizeof(key));
	return b64_text(cx->arena, s.p, s.len);
}

/* ---------------------------------------------------------------- what was typed */

const struct key_life key_lives[] = {
	{ "30", 30 }, { "60", 60 }, { "90", 90 }, { "365", 365 }, { "none", 0 }, { NULL, 0 } };

bool
key_life_allowed(const struct ctx *cx, const struct key_life *life)
{
	int64_t most = cx->place->key_days;

	return most == 0 || (life->days != 0 && life->days <= most);
}

static enum err
read_expiry(struct ctx *cx, struct str text, int64_t *expires_at)
{
	const struct key_life *life = key_lives;

	while (life->word && !str_equal(text, str_of(life->word)))
		life++;
	if (life->word == NULL)
		return ctx_issue(cx, "expiry", _("Choose one of the list."));
	if (!key_life_allowed(cx, life))
		return ctx_issue(cx, "expiry", _("In this account a key is good for at most [n] "
		    "days.", "n", ctx_number(cx, cx->place->key_days)));
	*expires_at = life->days ? cx->now + life->days * DAY : 0;
	return OK;
}

static enum err
read_scope(struct ctx *cx, const struct apikey_input *in, struct apikey *k)
{
	if (str_equal(in->scope, STR("all")))
		key_perms_read("*", &k->scope, &k->perms);
	else if (str_equal(in->scope, STR("read")))
		key_perms_read("read", &k->scope, &k->perms);
	else if (str_equal(in->scope, STR("some"))) {
		k->scope = KEY_SOME;
		k->perms = perm_set_read(perm_set_text(cx->arena, in->perms));
	} else
		return ctx_issue(cx, "scope", _("Choose what the key may do."));
	if (k->scope == KEY_SOME && (in->strange || k->perms.bits == 0))
		return ctx_issue(cx, "permission", _("Choose at least one permission of the "
		    "list."));
	return OK;
}

static enum err
check(struct ctx *cx, const struct apikey_input *in, struct apikey *k)
{
	const char *word;
	enum err    e = OK;

	if (title_text(cx->arena, str_trim(in->name), KEY_NAME, &k->name))
		e = ctx_issue(cx, "name", _("Give a name of at most [n] characters.", "n", "64"));
	if (str_maybe(cx->arena, str_trim(in->description), KEY_DESCRIPTION, &k->description))
		e = ctx_issue(cx, "description", _("Give at most [n] characters of text.", "n",
		    "255"));
	if (str_text(cx->arena, in->client, 20, &word) || key_client(word) == NULL)
		e = ctx_issue(cx, "client", _("Choose one of the list."));
	else
		k->client = word;
	if (read_expiry(cx, in->expiry, &k->expires_at))
		e = ERR_INVALID;
	if (read_scope(cx, in, k))
		e = ERR_INVALID;
	return e;
}

/* A key given more than its owner holds would only look so.  Of a service account it is held
 * against who makes it, since they see it. */
static enum err
may_hold(struct ctx *cx, const struct apikey *k)
{
	struct perm_set more = { k->perms.bits & ~cx->perms.bits };

	if (k->scope != KEY_SOME || more.bits == 0)
		return OK;
	cx->refused = arena_printf(cx->arena, "the API key %s", k->name);
	ctx_issue(cx, "permission", _("A key may hold no more than you. You do not hold: "
	    "[permissions]", "permissions", perm_set_text(cx->arena, more)));
	return ERR_DENIED;
}

/* ---------------------------------------------------------------- rows */

/* account: NULL for a key of the actor's own; old: 0 for one in nobody's place. */
struct making {
	struct apikey      key;
	uint8_t            hash[32];
	const char        *secret;
	int64_t            old, overlap;
	struct svcaccount *account;
};

/* The form was sent twice: its key is shown again, the secret only as long as it can be the same
 * click.  A key of that number that is not this form's is none. */
static enum err
sent_before(struct ctx *cx, const struct apikey *whose, const uint8_t hash[32], const char *secret,
    struct apikey_made *out)
{
	int64_t           id = whose->id;
	struct apikey_row row;

	TRY(key_row_get(cx, id, &row));
	if (row.ended || row.key.member != whose->member || row.key.service != whose->service ||
	    !crypto_equal(row.hash, hash, sizeof(row.hash)))
		return ERR_CONFLICT;
	out->key = row.key;
	out->secret = cx->now - row.key.created_at < SHOWN_AGAIN_MS ? secret : NULL;
	return OK;
}

static enum err
room_for_one(struct ctx *cx, const struct apikey *k)
{
	int64_t n;

	TRY(key_rows_count(cx, k, &n));
	if (n < (k->service ? SERVICE_KEYS_MOST : cx->place->keys_most))
		return OK;
	if (k->service) {
		ctx_issue(cx, "", _("It has two keys, the most there may be. Delete one, or put a "
		    "new one in its place."));
		return ERR_CONFLICT;
	}
	ctx_issue(cx, "", _("You have [n] keys, and there may be no more than [most]. Delete one "
	    "that is not used any more.", "n", ctx_number(cx, n), "most",
	    ctx_number(cx, cx->place->keys_most)));
	return ERR_CONFLICT;
}

static enum err
note_made(struct ctx *cx, const struct making *m, const char *prefix_was, const char *until)
{
	const struct apikey     *k = &m->key;
	const struct svcaccount *a = m->account;

	return audit_add(cx, &(struct audit_entry){
	    .act = a ? m->old ? AUDIT_SERVICE_KEY_REPLACED : AUDIT_SERVICE_KEY_MADE :
	        m->old ? AUDIT_KEY_REGENERATED : AUDIT_KEY_MADE,
	    .where = a ? IN_TENANT : IN_ORG(cx->path),
	    .subject = a ? a->id : k->id, .name = a ? a->name : k->name,
	    .fields = (const struct audit_field[]){
	        { "key", NULL, a ? k->name : NULL },
	        { "prefix", prefix_was, k->prefix },
	        { "permissions", NULL, key_perms_text(cx, k) },
	        { "client", NULL, k->client },
	        { "expires", NULL, k->expires_at ? ctx_time_iso(cx, k->expires_at) : "never" },
	        { "overlap", NULL, until } }, .nfields = 6 });
}

/* For oneself, or for a service account that may be one's own doing. */
static enum err
may_make(struct ctx *cx, struct making *m)
{
	TRY(access_again(cx));
	if (m->account == NULL)
		return OK;
	TRY(svcaccounts_get(cx, m->key.service, m->account));
	return svcaccounts_may_key(cx, m->account);
}

static enum err
make_in_tx(struct ctx *cx, struct making *m, struct apikey_made *out)
{
	enum err e;

	TRY(may_make(cx, m));
	TRY(may_hold(cx, &m->key));
	e = sent_before(cx, &m->key, m->hash, m->secret, out);
	if (e != ERR_NOTFOUND)
		return e;
	TRY(room_for_one(cx, &m->key));
	TRY(key_row_add(cx, &m->key, m->hash));
	TRY(note_made(cx, m, NULL, NULL));
	*out = (struct apikey_made){ m->key, m->secret };
	return OK;
}

/* Number and secret of the form. */
static enum err
begin(struct ctx *cx, int64_t id, struct str sealed, struct making *m)
{
	struct str secret;

	if (id == 0 || !open_sealed(cx, id, sealed, &m->secret))
		return ctx_issue(cx, "", _("This form is too old. Send it again."));
	secret = (struct str){ m->secret, API_KEY_CHARS };
	TRY(api_key_hash(secret, m->hash));
	m->key.id = id;
	if (m->account)
		m->key.service = m->account->id;
	else
		m->key.member = cx->actor.member;
	m->key.created_at = cx->now;
	m->key.prefix = arena_printf(cx->arena, "%.*s", API_KEY_PREFIX, m->secret);
	return OK;
}

static enum err
make(struct ctx *cx, struct svcaccount *account, int64_t id, struct str sealed,
    const struct apikey_input *in, struct apikey_made *out)
{
	struct making m = { .account = account };
	enum err      e = check(cx, in, &m.key);

	if (e == OK)
		e = begin(cx, id, sealed, &m);
	TRY(e);
	TRY(db_begin(cx->db));
	return db_finish(cx->db, make_in_tx(cx, &m, out));
}

enum err
apikeys_make(struct ctx *cx, int64_t id, struct str sealed, const struct apikey_input *in,
    struct apikey_made *out)
{
	return make(cx, NULL, id, sealed, in, out);
}

enum err
apikeys_make_for(struct ctx *cx, int64_t service, int64_t id, struct str sealed,
    const struct apikey_input *in, struct apikey_made *out)
{
	struct svcaccount a;

	TRY(access_need(cx, PERM_SERVICE_EDIT, IN_TENANT));
	TRY(svcaccounts_get(cx, service, &a));
	return make(cx, &a, id, sealed, in, out);
}

static enum err
service_in_tx(struct ctx *cx, const struct service_first *first, const struct svcaccount_input *in,
    struct making *m, struct apikey_made *out)
{
	bool there;

	TRY(svcaccounts_make(cx, first->id, in, &there));
	return make_in_tx(cx, m, out);
}

enum err
apikeys_make_service(struct ctx *cx, const struct service_first *first,
    const struct svcaccount_input *in, struct apikey_made *out)
{
	struct svcaccount   a = { .id = first->id };
	struct making       m = { .account = &a };
	struct apikey_input key = { .name = STR("First key"), .client = STR("https"),
		.scope = STR("all"), .expiry = first->expiry };
	enum err            e;

	TRY(access_need(cx, PERM_SERVICE_EDIT, IN_TENANT));
	e = check(cx, &key, &m.key);
	if (e == OK)
		e = begin(cx, first->key, first->sealed, &m);
	TRY(e);
	TRY(db_begin(cx->db));
	return db_finish(cx->db, service_in_tx(cx, first, in, &m, out));
}

/* ---------------------------------------------------------------- in the place of another */

static enum err
take_over(struct ctx *cx, struct making *m, int64_t *ends_at, const char **prefix)
{
	struct apikey was;

	if (m->account)
		TRY(apikeys_service_get(cx, m->account->id, m->old, &was));
	else
		TRY(apikeys_get(cx, m->old, &was));
	if (was.ends_at)
		return ERR_CONFLICT;
	m->key.name = was.name;
	m->key.description = was.description;
	m->key.client = was.client;
	m->key.scope = was.scope;
	m->key.perms = was.perms;
	*prefix = was.prefix;
	*ends_at = cx->now + m->overlap * HOUR;
	return OK;
}

static enum err
regenerate_in_tx(struct ctx *cx, struct making *m, struct apikey_made *out)
{
	struct apikey old;
	const char   *prefix;
	int64_t       ends_at;
	bool          changed;
	enum err      e;

	TRY(may_make(cx, m));
	e = sent_before(cx, &m->key, m->hash, m->secret, out);
	if (e != ERR_NOTFOUND)
		return e;
	TRY(take_over(cx, m, &ends_at, &prefix));
	old = m->key;
	old.id = m->old;
	TRY(key_rows_replaced_end(cx, &old));
	TRY(key_row_replace(cx, m->old, ends_at, m->key.id, &changed));
	TRY(room_for_one(cx, &m->key));
	TRY(key_row_add(cx, &m->key, m->hash));
	TRY(note_made(cx, m, prefix,
	    arena_printf(cx->arena, "%lld h", (long long)m->overlap)));
	*out = (struct apikey_made){ m->key, m->secret };
	return OK;
}

static bool
read_overlap(struct str text, int64_t *hours)
{
	static const struct { const char *word; int64_t hours; } offered[] = {
		{ "0", 0 }, { "1", 1 }, { "24", 24 }, { "72", 72 } };

	for (size_t i = 0; i < sizeof(offered) / sizeof(offered[0]); i++)
		if (str_equal(text, str_of(offered[i].word))) {
			*hours = offered[i].hours;
			return true;
		}
	return false;
}

static enum err
regenerate(struct ctx *cx, struct svcaccount *account, int64_t old, int64_t id, struct str sealed,
    const struct apikey_again *in, struct apikey_made *out)
{
	struct making m = { .old = old, .account = account };
	enum err      e = read_expiry(cx, in->expiry, &m.key.expires_at);

	if (!read_overlap(in->overlap, &m.overlap))
		e = ctx_issue(cx, "overlap", _("Choose one of the list."));
	if (e == OK)
		e = begin(cx, id, sealed, &m);
	TRY(e);
	TRY(db_begin(cx->db));
	return db_finish(cx->db, regenerate_in_tx(cx, &m, out));
}

enum err
apikeys_regenerate(struct ctx *cx, int64_t old, int64_t id, struct str sealed,
    const struct apikey_again *in, struct apikey_made *out)
{
	return regenerate(cx, NULL, old, id, sealed, in, out);
}

enum err
apikeys_regenerate_for(struct ctx *cx, int64_t service, int64_t old, int64_t id, struct str sealed,
    const struct apikey_again *in, struct apikey_made *out)
{
	struct svcaccount a;

	TRY(access_need(cx, PERM_SERVICE_EDIT, IN_TENANT));
	TRY(svcaccounts_get(cx, service, &a));
	return regenerate(cx, &a, old, id, sealed, in, out);
}
