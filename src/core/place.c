/* Entering a tenant.  Changing one is in tenants/; sessions are in signin/. */
#include "core/place.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "core/access.h"
#include "db/db.h"

static struct tenant *
read_tenant(struct ctx *cx, struct db_rows *rows)
{
	struct tenant *t = ARENA_NEW(cx->arena, struct tenant);

	t->id = db_int(rows, "id");
	t->number = db_int(rows, "number");
	t->slug = db_dup(rows, "slug", cx->arena);
	t->name = db_dup(rows, "name", cx->arena);
	t->status = db_dup(rows, "status", cx->arena);
	t->language = db_dup(rows, "language", cx->arena);
	t->timezone = db_dup(rows, "timezone", cx->arena);
	t->date_format = db_dup(rows, "date_format", cx->arena);
	t->clock = db_int(rows, "clock");
	t->contact_email = db_dup(rows, "contact_email", cx->arena);
	t->terms_url = db_dup(rows, "terms_url", cx->arena);
	t->privacy_url = db_dup(rows, "privacy_url", cx->arena);
	t->security_url = db_dup(rows, "security_url", cx->arena);
	t->domains = db_dup(rows, "domains", cx->arena);
	t->dormant_days = db_int(rows, "dormant_days");
	t->invite_days = db_int(rows, "invite_days");
	t->invites_daily = db_is_null(rows, "invites_daily") ? -1 : db_int(rows, "invites_daily");
	t->password_min = db_int(rows, "password_min");
	t->session_hours = db_int(rows, "session_hours");
	t->idle_minutes = db_int(rows, "idle_minutes");
	t->role_emails = db_int(rows, "role_emails") != 0;
	t->keys_most = db_int(rows, "keys_most");
	t->key_days = db_int(rows, "key_days");
	t->created_at = db_int(rows, "created_at");
	return t;
}

enum { KEPT = 64, KEPT_BLOCK = 2 << 10, KEPT_LIMIT = 4 << 20, ROLES_MOST = 1000,
	TEXTS_MOST = 16 };

struct tenant_kept {
	struct arena      *arena;    /* NULL: nothing is kept here */
	struct tenant      tenant;
	int64_t            changed;
	int64_t            commits;  /* of this process, when it was entered last */
	struct arena      *of_roles; /* NULL: they have not been asked for */
	struct place_roles roles;
	struct arena      *of_texts; /* NULL: there are none */
	size_t             n_texts;
	struct { uint64_t key; const char *language; struct str text; } texts[TEXTS_MOST];
};
struct tenants_kept { struct tenant_kept slots[KEPT]; };

struct tenants_kept *
place_keep(struct arena *forever)
{
	return ARENA_NEW(forever, struct tenants_kept);
}

static void
forget_made(struct tenant_kept *slot)
{
	arena_free(slot->of_roles);
	arena_free(slot->of_texts);
	slot->of_roles = slot->of_texts = NULL;
	slot->n_texts = 0;
}

void
place_forget(struct tenants_kept *kept)
{
	for (size_t i = 0; i < KEPT; i++) {
		arena_free(kept->slots[i].arena);
		forget_made(&kept->slots[i]);
	}
	*kept = (struct tenants_kept){ 0 };
}

static void
keep(struct tenant_kept *slot, const struct tenant *t, int64_t changed)
{
	struct tenant *c = &slot->tenant;
	struct arena  *a = slot->arena;

	if (a)
		arena_reset(a);
	else
		a = slot->arena = arena_new(KEPT_BLOCK, KEPT_LIMIT);
	*c = *t;
	c->slug = arena_strdup(a, t->slug);
	c->name = arena_strdup(a, t->name);
	c->status = arena_strdup(a, t->status);
	c->language = arena_strdup(a, t->language);
	c->timezone = arena_strdup(a, t->timezone);
	c->date_format = arena_strdup(a, t->date_format);
	c->contact_email = arena_strdup(a, t->contact_email);
	c->terms_url = arena_strdup(a, t->terms_url);
	c->privacy_url = arena_strdup(a, t->privacy_url);
	c->security_url = arena_strdup(a, t->security_url);
	c->domains = arena_strdup(a, t->domains);
	slot->changed = changed;
	forget_made(slot);
}

/* What place_enter reads of a membership, beside the standing. */
struct entry {
	int64_t         tenant, number, changed;
	const char     *status;      /* NULL: there is none */
	int64_t         role;
	const char     *group_roles; /* their ids with blanks between; "" or NULL: none */
	struct perm_set perms;
	const char     *columns;
};

/* The tenant's row, from what this process keeps when that is of the same change.  Only one a
 * request is taken from there, so that none is overwritten while it is in use. */
static enum err
tenant_of(struct ctx *cx, const struct entry *e, const struct tenant **out)
{
	struct db_rows      rows;
	struct tenant_kept *slot = cx->kept && !cx->kept_used ?
	    &cx->kept->slots[e->number % KEPT] : NULL;

	cx->kept_used = true;
	cx->kept_here = slot;
	if (slot)
		slot->commits = db_counters(cx->db).commits;
	if (slot && slot->tenant.id == e->tenant && slot->changed == e->changed) {
		*out = &slot->tenant;
		return OK;
	}
	db_query(cx->db, &rows, SQL_PLACE_BY_ID, DB_ARGS(DB_INT(e->tenant)));
	while (db_next(&rows))
		*out = read_tenant(cx, &rows);
	TRY(db_end_found(&rows));
	if (slot)
		keep(slot, *out, e->changed);
	return OK;
}

/* ---------------------------------------------------------------- its roles */

static int
by_kind(const void *a, const void *b)
{
	const struct place_role *x = a, *y = b;
	int                      scope = strcmp(x->scope, y->scope);
	int                      custom = (*x->builtin == '\0') - (*y->builtin == '\0');

	return scope ? scope : custom ? custom : (x->id > y->id) - (x->id < y->id);
}

static enum err
read_roles(struct ctx *cx, int64_t tenant, struct arena *a, struct place_roles *out)
{
	struct place_role *items = NULL;
	size_t             n = 0;
	struct db_rows     rows;

	db_query(cx->db, &rows, SQL_PLACE_ROLES, DB_ARGS(DB_INT(tenant)));
	while (n < ROLES_MOST && db_next(&rows)) {
		items = ARENA_MORE(a, struct place_role, items, n);
		items[n++] = (struct place_role){
			.id = db_int(&rows, "id"),
			.version = db_int(&rows, "version"),
			.scope = db_dup(&rows, "scope", a),
			.builtin = db_dup(&rows, "builtin", a),
			.name = db_dup(&rows, "name", a),
			.description = db_dup(&rows, "description", a),
			.perms = perm_set_read(db_dup(&rows, "permissions", cx->arena)),
		};
	}
	if (n > 0)
		qsort(items, n, sizeof(*items), by_kind);
	*out = (struct place_roles){ items, n };
	return db_end(&rows);
}

static enum err
roles_of(struct ctx *cx, int64_t tenant, struct place_roles *out)
{
	struct tenant_kept *slot = cx->kept_here;
	enum err            e;

	if (slot && (db_writing(cx->db) || slot->commits != db_counters(cx->db).commits))
		slot = NULL;
	if (slot && slot->of_roles) {
		*out = slot->roles;
		return OK;
	}
	if (!slot || slot->tenant.id != tenant)
		return read_roles(cx, tenant, cx->arena, out);
	slot->of_roles = arena_new(KEPT_BLOCK, KEPT_LIMIT);
	e = read_roles(cx, tenant, slot->of_roles, &slot->roles);
	if (e) {
		arena_free(slot->of_roles);
		slot->of_roles = NULL;
		return e;
	}
	*out = slot->roles;
	return OK;
}

enum err
place_roles(struct ctx *cx, struct place_roles *out)
{
	return roles_of(cx, cx->tenant, out);
}

/* One of more than are kept. */
static enum err
read_role(struct ctx *cx, int64_t tenant, int64_t id, struct place_role *out)
{
	struct db_rows rows;

	db_query(cx->db, &rows, SQL_PLACE_ROLE, DB_ARGS(DB_INT(tenant), DB_INT(id)));
	while (db_next(&rows))
		*out = (struct place_role){ .id = id, .name = db_dup(&rows, "name", cx->arena),
			.perms = perm_set_read(db_dup(&rows, "permissions", cx->arena)) };
	return db_end_found(&rows);
}

static enum err
role_among(struct ctx *cx, int64_t tenant, const struct place_roles *l, int64_t id,
    struct place_role *out)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->items[i].id == id) {
			*out = l->items[i];
			return OK;
		}
	return read_role(cx, tenant, id, out);
}

enum err
place_role(struct ctx *cx, int64_t id, struct place_role *out)
{
	struct place_roles l;

	TRY(place_roles(cx, &l));
	return role_among(cx, cx->tenant, &l, id, out);
}

/* What the membership holds: its own role and those of its groups. */
static enum err
sum_roles(struct ctx *cx, struct entry *e, struct standing *out)
{
	struct place_roles l;
	struct place_role  role;
	const char        *next = e->group_roles;
	char              *end;

	TRY(roles_of(cx, e->tenant, &l));
	TRY(role_among(cx, e->tenant, &l, e->role, &role));
	out->role = role.name;
	e->perms = role.perms;
	while (next && *next) {
		TRY(role_among(cx, e->tenant, &l, strtoll(next, &end, 10), &role));
		e->perms.bits |= role.perms.bits;
		next = end;
	}
	return OK;
}

/* ---------------------------------------------------------------- texts made of its row */

bool
place_text(const struct ctx *cx, uint64_t key, struct str *out)
{
	const struct tenant_kept *slot = cx->kept_here;
	bool                      here = slot && slot->tenant.id == cx->tenant;

	for (size_t i = 0; here && i < slot->n_texts; i++)
		if (slot->texts[i].key == key &&
		    strcmp(slot->texts[i].language, cx->language) == 0) {
			*out = slot->texts[i].text;
			return true;
		}
	return false;
}

void
place_keep_text(struct ctx *cx, uint64_t key, struct str text)
{
	struct tenant_kept *slot = cx->kept_here;
	struct arena       *a;
	char               *copy;

	if (!slot || slot->tenant.id != cx->tenant)
		return;
	if (slot->n_texts == TEXTS_MOST) {
		arena_reset(slot->of_texts);
		slot->n_texts = 0;
	}
	if (!slot->of_texts)
		slot->of_texts = arena_new(KEPT_BLOCK, KEPT_LIMIT);
	a = slot->of_texts;
	copy = ARENA_ARRAY(a, char, text.len + 1);
	memcpy(copy, text.p, text.len);
	slot->texts[slot->n_texts].key = key;
	slot->texts[slot->n_texts].language = arena_strdup(a, cx->language);
	slot->texts[slot->n_texts++].text = (struct str){ copy, text.len };
}

/* ---------------------------------------------------------------- entering */

static enum place_standing
standing_of(const struct tenant *t, const char *member_status)
{
	if (strcmp(t->status, "active") != 0)
		return PLACE_SUSPENDED;
	if (strcmp(member_status, "invited") == 0)
		return PLACE_INVITED;
	return strcmp(member_status, "active") == 0 ? PLACE_MEMBER : PLACE_DEACTIVATED;
}

static void
read_entry(struct ctx *cx, struct db_rows *rows, struct entry *e, struct standing *out)
{
	e->tenant = db_int(rows, "id");
	e->number = db_int(rows, "number");
	e->changed = db_int(rows, "changed");
	e->status = db_dup(rows, "member_status", cx->arena);
	if (!e->status)
		return;
	out->member = db_int(rows, "member_id");
	out->name = db_dup(rows, "member_name", cx->arena);
	out->path = db_dup(rows, "org_path", cx->arena);
	e->role = db_int(rows, "role_id");
	e->group_roles = db_dup(rows, "group_roles", cx->arena);
	out->valid_from = db_int(rows, "valid_from");
	out->signed_in_at = db_int(rows, "signed_in_at");
	out->used_at = db_int(rows, "last_at");
	out->ended_at = db_int(rows, "ended_at");
	e->columns = db_dup(rows, "columns", cx->arena);
}

static void
become_member(struct ctx *cx, const struct entry *e, const struct standing *s)
{
	cx->tenant = cx->place->id;
	cx->actor.member = s->member;
	cx->actor.label = s->name;
	cx->role = s->role;
	cx->perms = e->perms;
	cx->columns = e->columns;
	ctx_reach(cx, s->path);
}

static bool
is_service(const struct ctx *cx)
{
	return cx->actor.kind == ACTOR_SERVICE && cx->key != NULL;
}

static enum err
moved(struct ctx *cx, const char *slug, struct standing *out)
{
	struct db_rows rows;

	if (is_service(cx))
		db_query(cx->db, &rows, SQL_PLACE_MOVED_SERVICE,
		    DB_ARGS(DB_TEXT(slug), DB_INT(cx->key->tenant)));
	else
		db_query(cx->db, &rows, SQL_PLACE_MOVED,
		    DB_ARGS(DB_TEXT(slug), DB_INT(cx->actor.person)));
	while (db_next(&rows)) {
		struct tenant *t = ARENA_NEW(cx->arena, struct tenant);

		t->slug = db_dup(&rows, "slug", cx->arena);
		t->name = "";
		cx->place = t;
		out->kind = PLACE_MOVED;
	}
	return db_end(&rows);
}

enum err
place_enter(struct ctx *cx, struct str slug, struct standing *out)
{
	struct entry   e = { 0 };
	struct db_rows rows;
	const char    *text;

	*out = (struct standing){ .kind = PLACE_NONE };
	if (str_text(cx->arena, slug, 40, &text))
		return OK;
	if (is_service(cx))
		db_query(cx->db, &rows, SQL_PLACE_SERVICE,
		    DB_ARGS(DB_TEXT(text), DB_INT(cx->actor.member), DB_INT(cx->key->tenant),
		        DB_INT(cx->now)));
	else
		db_query(cx->db, &rows, SQL_PLACE_ENTER,
		    DB_ARGS(DB_TEXT(text), DB_INT(cx->actor.person),
		        DB_INT(cx->actor.session), DB_INT(cx->now)));
	while (db_next(&rows))
		read_entry(cx, &rows, &e, out);
	TRY(db_end(&rows));
	if (!e.status)
		return moved(cx, text, out);
	TRY(tenant_of(cx, &e, &cx->place));
	TRY(sum_roles(cx, &e, out));
	out->kind = standing_of(cx->place, e.status);
	if (cx->reader.language == NULL || *cx->reader.language == '\0')
		ctx_speak(cx, cx->place->language);
	if (out->kind == PLACE_MEMBER)
		become_member(cx, &e, out);
	return OK;
}

static enum err
open_by(struct ctx *cx, enum sql stmt, struct db_val key)
{
	struct db_rows rows;

	db_query(cx->db, &rows, stmt, DB_ARGS(key));
	while (db_next(&rows)) {
		cx->place = read_tenant(cx, &rows);
		cx->tenant = cx->place->id;
		ctx_reach(cx, "/");
	}
	return db_end_found(&rows);
}

enum err
place_open(struct ctx *cx, struct str slug)
{
	const char *text;

	if (str_text(cx->arena, slug, 40, &text))
		return ERR_NOTFOUND;
	return open_by(cx, SQL_PLACE_BY_SLUG, DB_TEXT(text));
}

enum err
place_open_id(struct ctx *cx, int64_t tenant)
{
	return open_by(cx, SQL_PLACE_BY_ID, DB_INT(tenant));
}

enum err
place_ready(struct ctx *cx)
{
	struct db_rows rows;

	db_query(cx->db, &rows, SQL_PLACE_READY, NULL, 0);
	while (db_next(&rows))
		;
	return db_end_found(&rows);
}
