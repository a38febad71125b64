/* Service accounts: the list, one of them, and what roles/ asks.  Making and changing them is in
 * change.c; what one may do is decided in core/access.c. */
#include "svcaccounts/svcaccounts.h"

#include <string.h>

#include "base/arena.h"
#include "db/db.h"

static struct svcaccount
read_account(struct ctx *cx, struct db_rows *rows)
{
	return (struct svcaccount){
		.id = db_int(rows, "id"),
		.version = db_int(rows, "version"),
		.name = db_dup(rows, "name", cx->arena),
		.description = db_dup(rows, "description", cx->arena),
		.role = db_int(rows, "role_id"),
		.role_name = db_dup_some(rows, "role_name", cx->arena),
		.role_perms = perm_set_read(db_dup_some(rows, "permissions", cx->arena)),
		.owner = db_int(rows, "owner_id"),
		.owner_group = db_int(rows, "owner_group_id"),
		.owner_name = db_dup_some(rows, "owner_name", cx->arena),
		.owner_email = "",
		.disabled = strcmp(db_dup(rows, "status", cx->arena), "active") != 0,
		.groups = db_int(rows, "groups"),
		.group_names = db_dup_some(rows, "group_names", cx->arena),
		.prefix = db_dup_some(rows, "prefix", cx->arena),
		.key = db_int(rows, "key_id"),
		.key_made_at = db_int(rows, "key_made_at"),
		.key_expires_at = db_int(rows, "key_expires_at"),
		.used_at = db_int(rows, "used_at"),
		.made_by = db_dup_some(rows, "made_by", cx->arena),
		.created_at = db_int(rows, "created_at"),
	};
}

enum err
svcaccounts_count(struct ctx *cx, int64_t *n)
{
	struct db_rows rows;

	*n = 0;
	db_query(cx->db, &rows, SQL_SVCACCOUNTS_COUNT, DB_ARGS(DB_INT(cx->tenant)));
	while (db_next(&rows))
		*n = db_int(&rows, "n");
	return db_end(&rows);
}

static enum err
read_page(struct ctx *cx, const struct list_want *w, const char *search,
    struct svcaccount_list *out)
{
	struct db_rows rows;

	TRY(access_need(cx, PERM_SERVICE_VIEW, IN_TENANT));
	*out = (struct svcaccount_list){ .items = ARENA_ARRAY(cx->arena, struct svcaccount,
	    w->rows + 1) };
	db_query(cx->db, &rows, LIST_STMT(SQL_SVCACCOUNTS_PAGE, w),
	    DB_ARGS(DB_INT(cx->tenant), DB_TEXT(*search ? text_fold(cx->arena, search) : NULL),
	        list_key(w), list_id(w), DB_INT((int64_t)w->rows + 1)));
	while (db_next(&rows))
		out->items[out->n++] = read_account(cx, &rows);
	TRY(db_end(&rows));
	LIST_TURN(w, out);
	return OK;
}

enum err
svcaccounts_list(struct ctx *cx, const struct list_want *w, const char *search,
    struct svcaccount_list *out)
{
	TRY(read_page(cx, w, search, out));
	out->all = (int64_t)out->n;
	return list_whole(w, search, out->more) ? OK : svcaccounts_count(cx, &out->all);
}

enum err
svcaccounts_search(struct ctx *cx, const char *search, size_t most, struct svcaccount_list *out)
{
	const struct list_want w = { .rows = most };

	return read_page(cx, &w, search, out);
}

const char *
svcaccounts_key(struct ctx *cx, const struct svcaccount *a, unsigned sort)
{
	switch (sort) {
	case SVCACCOUNTS_NAME:
		return text_fold(cx->arena, a->name);
	case SVCACCOUNTS_ROLE:
		return text_fold(cx->arena, a->role_name);
	case SVCACCOUNTS_OWNER:
		return text_fold(cx->arena, a->owner_name);
	default:
		return arena_printf(cx->arena, "%lld", (long long)(sort == SVCACCOUNTS_USED ?
		    a->used_at : a->created_at));
	}
}

enum err
svcaccounts_get(struct ctx *cx, int64_t id, struct svcaccount *out)
{
	struct db_rows rows;

	TRY(access_need(cx, PERM_SERVICE_VIEW, IN_TENANT));
	db_query(cx->db, &rows, SQL_SVCACCOUNTS_GET,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(id), DB_INT(cx->now)));
	while (db_next(&rows)) {
		*out = read_account(cx, &rows);
		out->owner_email = db_dup_some(&rows, "owner_email", cx->arena);
		out->held = access_perms(cx, &rows);
	}
	return db_end_found(&rows);
}

struct inside_one { int64_t workspace; struct perm_set perms; };

static enum err
read_inside(struct ctx *cx, int64_t id, struct inside_one **out, size_t *n)
{
	struct db_rows rows;

	*out = NULL;
	*n = 0;
	db_query(cx->db, &rows, SQL_SVCACCOUNTS_INSIDE,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(id), DB_INT(cx->now)));
	while (db_next(&rows)) {
		*out = ARENA_MORE(cx->arena, struct inside_one, *out, *n);
		(*out)[(*n)++] = (struct inside_one){ db_int(&rows, "workspace_id"),
			perm_set_read(db_dup(&rows, "permissions", cx->arena)) };
	}
	return db_end(&rows);
}

/* In each workspace that it is in it holds the role there, and what of its tenant role counts in
 * workspaces. */
static enum err
covers_inside(struct ctx *cx, const struct svcaccount *a, bool *covers)
{
	struct perm_set    everywhere = perm_both(a->held, perm_set_workspace());
	struct inside_one *list;
	size_t             n;

	*covers = true;
	TRY(read_inside(cx, a->id, &list, &n));
	for (size_t i = 0; i < n && *covers; i++) {
		if (i == 0 || list[i].workspace != list[i - 1].workspace)
			TRY(access_workspace(cx, list[i].workspace));
		*covers = perm_covers(access_inside(cx), list[i].perms) &&
		    perm_covers(access_inside(cx), everywhere);
	}
	return OK;
}

static enum err
holds_no_more(struct ctx *cx, const struct svcaccount *a, bool *covers)
{
	TRY(access_need(cx, PERM_SERVICE_EDIT, IN_TENANT));
	*covers = cx->actor.kind == ACTOR_SYSTEM || perm_covers(cx->perms, a->held);
	return *covers && cx->actor.kind != ACTOR_SYSTEM ? covers_inside(cx, a, covers) : OK;
}

enum err
svcaccounts_may_key(struct ctx *cx, const struct svcaccount *a)
{
	bool covers;

	TRY(holds_no_more(cx, a, &covers));
	if (covers)
		return OK;
	cx->refused = arena_printf(cx->arena, "an API key of %s", a->name);
	ctx_issue(cx, "", _("[name] holds more than you, and whoever has a key of it acts as it. "
	    "Somebody who holds as much has to make the key.", "name", a->name));
	return ERR_DENIED;
}

enum err
svcaccounts_may_enable(struct ctx *cx, const struct svcaccount *a)
{
	bool covers;

	TRY(holds_no_more(cx, a, &covers));
	if (covers)
		return OK;
	cx->refused = arena_printf(cx->arena, "enabling %s", a->name);
	ctx_issue(cx, "", _("[name] holds more than you. Somebody who holds as much has to enable "
	    "it.", "name", a->name));
	return ERR_DENIED;
}
