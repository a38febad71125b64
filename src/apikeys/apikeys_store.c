/* Rows of API keys. */
#include "apikeys/apikeys_store.h"

#include <string.h>

#include "base/arena.h"
#include "base/log.h"
#include "db/db.h"

enum { DAY = 24 * 3600 * 1000 };

const char *
key_perms_text(struct ctx *cx, const struct apikey *k)
{
	return k->scope == KEY_ALL ? "*" : k->scope == KEY_READ ? "read" :
	    perm_set_text(cx->arena, k->perms);
}

void
key_perms_read(const char *stored, enum key_scope *scope, struct perm_set *perms)
{
	*scope = strcmp(stored, "*") == 0 ? KEY_ALL : strcmp(stored, "read") == 0 ? KEY_READ :
	    KEY_SOME;
	*perms = *scope == KEY_ALL ? perm_set_all() : *scope == KEY_READ ? perm_set_reading() :
	    perm_set_read(stored);
}

static struct apikey
read_key(struct ctx *cx, struct db_rows *rows)
{
	struct apikey k = {
		.id = db_int(rows, "id"),
		.member = db_int(rows, "member_id"),
		.service = db_int(rows, "service_id"),
		.version = db_int(rows, "version"),
		.name = db_dup(rows, "name", cx->arena),
		.description = db_dup(rows, "description", cx->arena),
		.prefix = db_dup(rows, "prefix", cx->arena),
		.client = db_dup(rows, "client", cx->arena),
		.created_at = db_int(rows, "created_at"),
		.used_at = db_int(rows, "last_used_at"),
		.used_from = db_dup(rows, "last_used_from", cx->arena),
		.expires_at = db_int(rows, "expires_at"),
		.ends_at = db_int(rows, "ends_at"),
	};

	key_perms_read(db_dup(rows, "permissions", cx->arena), &k.scope, &k.perms);
	k.expired = k.expires_at && k.expires_at <= cx->now;
	k.live = !k.expired && (k.ends_at == 0 || k.ends_at > cx->now);
	return k;
}

static enum err
list_of(struct ctx *cx, enum sql stmt, int64_t tenant, int64_t owner, struct apikey_list *out)
{
	struct db_rows rows;

	*out = (struct apikey_list){ ARENA_ARRAY(cx->arena, struct apikey, KEYS_SHOWN_MOST), 0, 0 };
	db_query(cx->db, &rows, stmt,
	    DB_ARGS(DB_INT(tenant), DB_INT(owner), DB_INT(cx->now), DB_INT(KEYS_SHOWN_MOST)));
	while (db_next(&rows)) {
		struct apikey *k = &out->items[out->n++];

		*k = read_key(cx, &rows);
		out->counted += k->live && (k->service || k->ends_at == 0);
	}
	return db_end(&rows);
}

enum err
key_rows(struct ctx *cx, int64_t tenant, int64_t member, struct apikey_list *out)
{
	return list_of(cx, SQL_APIKEYS_LIST, tenant, member, out);
}

enum err
key_rows_service(struct ctx *cx, int64_t service, struct apikey_list *out)
{
	return list_of(cx, SQL_APIKEYS_LIST_SERVICE, cx->tenant, service, out);
}

enum err
key_row_get(struct ctx *cx, int64_t id, struct apikey_row *out)
{
	struct db_rows rows;

	db_query(cx->db, &rows, SQL_APIKEYS_GET, DB_ARGS(DB_INT(cx->tenant), DB_INT(id)));
	while (db_next(&rows)) {
		size_t      len;
		const void *hash = db_bytes(&rows, "hash", cx->arena, &len);

		out->key = read_key(cx, &rows);
		out->ended = strcmp(db_dup(&rows, "status", cx->arena), "live") != 0;
		memcpy(out->hash, hash, sizeof(out->hash));
	}
	return db_end_found(&rows);
}

enum err
key_rows_count(struct ctx *cx, const struct apikey *k, int64_t *n)
{
	struct db_rows rows;

	*n = 0;
	db_query(cx->db, &rows, k->service ? SQL_APIKEYS_COUNT_SERVICE : SQL_APIKEYS_COUNT,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(k->service ? k->service : k->member),
	        DB_INT(cx->now)));
	while (db_next(&rows))
		*n = db_int(&rows, "n");
	return db_end(&rows);
}

static struct db_val
id_or_null(int64_t id)
{
	return id ? DB_INT(id) : DB_NULL;
}

enum err
key_row_add(struct ctx *cx, const struct apikey *k, const uint8_t hash[32])
{
	return db_run(cx->db, NULL, SQL_APIKEYS_ADD,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(k->id), id_or_null(k->member), DB_TEXT(k->name),
	        DB_TEXT(k->description), DB_TEXT(k->prefix), DB_BLOB(hash, 32),
	        DB_TEXT(k->client), DB_TEXT(key_perms_text(cx, k)), DB_INT(cx->now),
	        DB_INT(k->expires_at), id_or_null(k->service)));
}

/* Did it change a row? */
static enum err
changes(struct ctx *cx, bool *changed, enum sql stmt, const struct db_val *args, size_t nargs)
{
	int64_t n = 0;

	TRY(db_run(cx->db, &n, stmt, args, nargs));
	*changed = n > 0;
	return OK;
}

enum err
key_row_edit(struct ctx *cx, const struct apikey *k, bool *changed)
{
	return changes(cx, changed, SQL_APIKEYS_EDIT,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(k->id), DB_INT(k->version), DB_TEXT(k->name),
	        DB_TEXT(k->description)));
}

enum err
key_row_replace(struct ctx *cx, int64_t id, int64_t ends_at, int64_t by, bool *changed)
{
	return changes(cx, changed, SQL_APIKEYS_REPLACE,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(id), DB_INT(ends_at), DB_INT(by)));
}

enum err
key_rows_replaced_end(struct ctx *cx, const struct apikey *k)
{
	return db_run(cx->db, NULL,
	    k->service ? SQL_APIKEYS_REPLACED_END_SERVICE : SQL_APIKEYS_REPLACED_END,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(k->service ? k->service : k->member),
	        DB_INT(k->id), DB_INT(cx->now)));
}

enum err
key_row_end(struct ctx *cx, int64_t id, bool *changed)
{
	return changes(cx, changed, SQL_APIKEYS_END,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(id), DB_INT(cx->now)));
}

enum err
key_rows_expiring(struct ctx *cx, struct expiring **out)
{
	struct db_rows rows;

	*out = NULL;
	db_query(cx->db, &rows, SQL_APIKEYS_EXPIRING,
	    DB_ARGS(DB_INT(cx->now), DB_INT(cx->now + DAY), DB_INT(cx->now + 7 * (int64_t)DAY)));
	while (db_next(&rows)) {
		struct expiring *e = ARENA_NEW(cx->arena, struct expiring);

		*e = (struct expiring){ db_int(&rows, "tenant_id"), db_int(&rows, "id"),
			db_int(&rows, "expires_at"), db_int(&rows, "warned"),
			db_int(&rows, "service_id"), db_int(&rows, "owner_id"),
			db_int(&rows, "owner_group_id"),
			db_dup(&rows, "name", cx->arena), db_dup(&rows, "prefix", cx->arena),
			db_dup(&rows, "owner_name", cx->arena),
			db_dup(&rows, "email", cx->arena), db_dup(&rows, "language", cx->arena),
			*out };
		*out = e;
	}
	return db_end(&rows);
}

enum err
key_rows_told(struct ctx *cx, const struct expiring *e, struct told **out, size_t *n)
{
	struct db_rows rows;

	*out = NULL;
	*n = 0;
	db_query(cx->db, &rows, SQL_APIKEYS_TOLD,
	    DB_ARGS(DB_INT(cx->tenant), id_or_null(e->owner), id_or_null(e->owner_group),
	        DB_INT(cx->now), DB_INT(TOLD_MOST + 1)));
	while (db_next(&rows)) {
		*out = ARENA_MORE(cx->arena, struct told, *out, *n);
		(*out)[(*n)++] = (struct told){ db_dup(&rows, "name", cx->arena),
			db_dup(&rows, "email", cx->arena), db_dup(&rows, "language", cx->arena) };
	}
	if (*n > TOLD_MOST) {
		*n = TOLD_MOST;
		log_event(LOG_WARN, "a key's expiry is not told to all of a group", "group",
		    log_int(e->owner_group));
	}
	return db_end(&rows);
}
