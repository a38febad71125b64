/* A key as it comes with a request. */
#include "apikeys/apikeys.h"

#include <string.h>
#include <strings.h>

#include "apikeys/apikeys_store.h"
#include "base/arena.h"
#include "crypto/token.h"
#include "db/db.h"

enum { MINUTE = 60 * 1000 };

/* RFC 6750 section 2.1; the scheme's name is blind to case (RFC 9110 section 11.1). */
static bool
bearer(struct str header, struct str *key)
{
	static const char scheme[] = "Bearer ";
	size_t            n = sizeof(scheme) - 1;

	if (header.len <= n || strncasecmp(header.p, scheme, n) != 0)
		return false;
	*key = str_trim((struct str){ header.p + n, header.len - n });
	return true;
}

static void
become(struct ctx *cx, struct db_rows *rows)
{
	struct by_key           *key = ARENA_NEW(cx->arena, struct by_key);
	const struct key_client *client = key_client(db_dup(rows, "client", cx->arena));
	enum key_scope           scope;

	*key = (struct by_key){
		.id = db_int(rows, "id"),
		.tenant = db_int(rows, "tenant_id"),
		.name = db_dup(rows, "name", cx->arena),
		.prefix = db_dup(rows, "prefix", cx->arena),
		.created_at = db_int(rows, "created_at"),
		.expires_at = db_int(rows, "expires_at"),
		.used_at = db_int(rows, "last_used_at"),
	};
	key_perms_read(db_dup(rows, "permissions", cx->arena), &scope, &key->most);
	cx->actor = (struct actor){ .label = "" };
	cx->actor.kind = db_is_null(rows, "service_id") ? ACTOR_PERSON : ACTOR_SERVICE;
	cx->actor.person = db_int(rows, "person_id");
	cx->actor.member = db_int(rows, "service_id");
	cx->key = key;
	cx->client = client ? client->label : "";
}

enum err
apikeys_identify(struct ctx *cx, struct str authorization)
{
	struct db_rows rows;
	struct str     key;
	uint8_t        hash[32];

	if (!bearer(authorization, &key) || api_key_hash(key, hash))
		return ERR_INVALID;
	db_query(cx->db, &rows, SQL_APIKEYS_FIND,
	    DB_ARGS(DB_BLOB(hash, sizeof(hash)), DB_INT(cx->now)));
	while (db_next(&rows))
		become(cx, &rows);
	TRY(db_end(&rows));
	return cx->key ? OK : ERR_DENIED;
}

enum err
apikeys_enter(struct ctx *cx, struct str slug, struct standing *out)
{
	TRY(place_enter(cx, slug, out));
	if (out->kind == PLACE_MOVED)
		return ERR_DENIED;
	if (out->kind == PLACE_NONE || cx->place->id != cx->key->tenant)
		return ERR_NOTFOUND;
	if (out->kind != PLACE_MEMBER)
		return ERR_DENIED;
	cx->perms = ctx_within_key(cx, cx->perms);
	return OK;
}

bool
apikeys_used_due(const struct ctx *cx)
{
	return cx->key && (cx->now - cx->key->used_at > MINUTE || cx->now < cx->key->used_at);
}

enum err
apikeys_used(struct ctx *cx)
{
	TRY(db_begin(cx->db));
	return db_finish(cx->db, db_run(cx->db, NULL, SQL_APIKEYS_USED,
	    DB_ARGS(DB_INT(cx->key->tenant), DB_INT(cx->key->id), DB_INT(cx->now),
	        DB_TEXT(cx->peer))));
}
