/* A person's own row and the copies that tenants have of it.  What a profile is, who may change it
 * and what is told of it is in profile/. */
#include "members/own.h"

#include <string.h>

#include "base/arena.h"
#include "core/admins.h"
#include "core/owners.h"
#include "db/db.h"

bool
membership_joined(const struct membership *m)
{
	return strcmp(m->status, "active") == 0 || strcmp(m->status, "deactivated") == 0;
}

struct ctx
membership_ctx(const struct ctx *cx, const struct membership *m)
{
	struct ctx as = *cx;

	as.tenant = m->tenant;
	as.actor.member = m->id;
	as.actor.label = m->name;
	as.issues = NULL;
	return as;
}

enum err
members_own(struct ctx *cx, int64_t person, struct membership_list *out)
{
	struct db_rows rows;

	*out = (struct membership_list){ NULL, 0 };
	db_query(cx->db, &rows, SQL_OWN_MEMBERSHIPS, DB_ARGS(DB_INT(person)));
	while (db_next(&rows)) {
		out->items = ARENA_MORE(cx->arena, struct membership, out->items, out->n);
		out->items[out->n++] = (struct membership){
			.tenant = db_int(&rows, "tenant_id"),
			.id = db_int(&rows, "id"),
			.name = db_dup(&rows, "name", cx->arena),
			.nickname = db_dup(&rows, "nickname", cx->arena),
			.phone = db_dup(&rows, "phone", cx->arena),
			.country = db_dup(&rows, "country", cx->arena),
			.org_path = db_dup(&rows, "org_path", cx->arena),
			.status = db_dup(&rows, "status", cx->arena),
			.created_at = db_int(&rows, "created_at"),
			.signed_in_at = db_int(&rows, "signed_in_at"),
			.role = db_dup(&rows, "role_name", cx->arena),
			.tenant_name = db_dup(&rows, "tenant_name", cx->arena),
			.slug = db_dup(&rows, "slug", cx->arena),
			.org_name = db_dup(&rows, "org_name", cx->arena),
			.admin = db_int(&rows, "admin") != 0,
		};
	}
	return db_end(&rows);
}

enum err
members_own_person(struct ctx *cx, int64_t person, const char *name, const struct own_choices *c)
{
	return db_run(cx->db, NULL, SQL_OWN_PERSON_CHANGE,
	    DB_ARGS(DB_INT(person), DB_TEXT(name), DB_TEXT(c->language), DB_TEXT(c->timezone),
	        DB_TEXT(c->theme), DB_TEXT(c->date_format), DB_INT(c->clock)));
}

enum err
members_own_copy(struct ctx *cx, const struct membership *m, const char *email_key)
{
	const char *key = text_fold(cx->arena, m->name);

	return db_run(cx->db, NULL, SQL_OWN_COPY_CHANGE,
	    DB_ARGS(DB_INT(m->tenant), DB_INT(m->id), DB_TEXT(m->name), DB_TEXT(key),
	        DB_TEXT(ARENA_JOIN(cx->arena, key, " ", email_key)), DB_TEXT(m->nickname),
	        DB_TEXT(m->phone), DB_TEXT(m->country)));
}

enum err
members_own_email(struct ctx *cx, int64_t person, const char *email, const char *key)
{
	int64_t changed = 0;

	TRY(db_run(cx->db, &changed, SQL_OWN_EMAIL_SET,
	    DB_ARGS(DB_INT(person), DB_TEXT(email), DB_TEXT(key), DB_INT(cx->now))));
	return changed == 1 ? OK : ERR_CONFLICT;
}

/* What admins_left() says is meant for the administrators of one tenant; here it only tells. */
static enum err
erase_copy(struct ctx *cx, const struct membership *m, const char **lacking)
{
	struct ctx as = membership_ctx(cx, m);
	enum err   e;

	TRY(owners_hand_over(&as, m->id, OWNER_GONE));
	TRY(db_run(cx->db, NULL, SQL_OWN_COPY_ERASE, DB_ARGS(DB_INT(m->tenant), DB_INT(m->id))));
	if (!m->admin)
		return OK;
	e = admins_left(&as);
	if (e == ERR_CONFLICT)
		*lacking = *lacking ? ARENA_JOIN(cx->arena, *lacking, ", ", m->tenant_name) :
		    m->tenant_name;
	return e == ERR_CONFLICT ? OK : e;
}

enum err
members_own_erase(struct ctx *cx, int64_t person, const struct membership_list *l,
    const char **lacking)
{
	*lacking = NULL;
	for (size_t i = 0; i < l->n; i++)
		TRY(erase_copy(cx, &l->items[i], lacking));
	if (*lacking)
		return ERR_CONFLICT;
	TRY(db_run(cx->db, NULL, SQL_OWN_COPIES_FORGET, DB_ARGS(DB_INT(person))));
	return db_run(cx->db, NULL, SQL_OWN_PERSON_ERASE, DB_ARGS(DB_INT(person),
	    DB_TEXT(arena_printf(cx->arena, "erased:%lld", (long long)person))));
}
