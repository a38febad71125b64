/* Who is in a group, people and service accounts, and until when.  Nobody is brought to more than
 * the actor holds. */
#include "groups/groups.h"

#include <string.h>

#include "base/arena.h"
#include "core/admins.h"
#include "core/audit.h"
#include "core/owners.h"
#include "db/db.h"
#include "members/members.h"

enum { PLACES_MOST = 200 };

static bool
is_over(const struct ctx *cx, int64_t until_at)
{
	return until_at != 0 && until_at <= cx->now;
}

enum err
groups_members(struct ctx *cx, int64_t group, const struct list_want *w, struct group_members *out)
{
	struct db_rows rows;

	TRY(access_need(cx, PERM_GROUP_VIEW, IN_TENANT));
	*out = (struct group_members){ .items = ARENA_ARRAY(cx->arena, struct group_member,
	    w->rows + 1) };
	db_query(cx->db, &rows, LIST_STMT(SQL_GROUPS_MEMBERS, w),
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(group), list_key(w), list_id(w),
	        DB_INT((int64_t)w->rows + 1)));
	while (db_next(&rows)) {
		struct group_member *m = &out->items[out->n++];

		*m = (struct group_member){
			.id = db_int(&rows, "id"),
			.service = db_int(&rows, "service") != 0,
			.name = db_dup(&rows, "name", cx->arena),
			.email = db_dup(&rows, "email", cx->arena),
			.status = db_dup(&rows, "status", cx->arena),
			.name_key = db_dup(&rows, "name_key", cx->arena),
			.added_at = db_int(&rows, "added_at"),
			.until_at = db_int(&rows, "until_at"),
		};
		m->over = is_over(cx, m->until_at);
	}
	TRY(db_end(&rows));
	LIST_TURN(w, out);
	return OK;
}

enum err
groups_among(struct ctx *cx, int64_t group, const int64_t *members, size_t n, bool *in)
{
	const char    *json = "[";
	struct db_rows rows;

	memset(in, 0, n * sizeof(*in));
	for (size_t i = 0; i < n; i++)
		json = arena_printf(cx->arena, "%s%s%lld", json, i ? "," : "",
		    (long long)members[i]);
	db_query(cx->db, &rows, SQL_GROUPS_AMONG, DB_ARGS(DB_INT(cx->tenant), DB_INT(group),
	    DB_TEXT(ARENA_JOIN(cx->arena, json, "]"))));
	while (db_next(&rows))
		for (size_t i = 0; i < n; i++)
			in[i] |= members[i] == db_int(&rows, "holder_id");
	return db_end(&rows);
}

enum err
groups_of(struct ctx *cx, int64_t member, struct group_places *out)
{
	struct db_rows rows;

	*out = (struct group_places){ .items = ARENA_ARRAY(cx->arena, struct group_place,
	    PLACES_MOST) };
	db_query(cx->db, &rows, SQL_GROUPS_OF, DB_ARGS(DB_INT(cx->tenant), DB_INT(member)));
	while (db_next(&rows) && out->n < PLACES_MOST) {
		struct group_place *p = &out->items[out->n++];

		*p = (struct group_place){
			.id = db_int(&rows, "id"),
			.name = db_dup(&rows, "name", cx->arena),
			.role = db_is_null(&rows, "role_name") ? "" :
			    db_dup(&rows, "role_name", cx->arena),
			.until_at = db_int(&rows, "until_at"),
		};
		p->over = is_over(cx, p->until_at);
	}
	return db_end(&rows);
}

const char *
groups_until_text(struct ctx *cx, int64_t until_at)
{
	return until_at ? ctx_day(cx, until_at - 1) : "";
}

const char *
groups_place_text(struct ctx *cx, const char *name, int64_t until_at, bool over)
{
	if (until_at == 0)
		return name;
	return over ? _("[name] (until [time], ended)", "name", name, "time",
	        ctx_time(cx, until_at - 1)) :
	    _("[name] (until [time])", "name", name, "time", ctx_time(cx, until_at - 1));
}

/* The day is the last one, so that the membership ends with it. */
static enum err
read_until(struct ctx *cx, struct str text, int64_t *until_at)
{
	struct str day = str_trim(text);

	*until_at = 0;
	if (day.len == 0)
		return OK;
	if (!ctx_read_day(cx, day, true, until_at))
		return ctx_issue(cx, "until", _("Give a date such as 2026-11-21, or none."));
	if (is_over(cx, *until_at))
		return ctx_issue(cx, "until", _("This day is over. Give a later one, or none."));
	return OK;
}

/* The group and one of the members, by an actor who may change that. */
static enum err
may(struct ctx *cx, int64_t group, struct group *g)
{
	TRY(access_need(cx, PERM_GROUP_EDIT, IN_TENANT));
	return groups_get(cx, group, g);
}

/* A service account lies in the root. */
static enum err
service(struct ctx *cx, int64_t id, struct group_holder *out)
{
	struct db_rows rows;

	db_query(cx->db, &rows, SQL_GROUPS_SERVICE, DB_ARGS(DB_INT(cx->tenant), DB_INT(id)));
	while (db_next(&rows))
		*out = (struct group_holder){ db_int(&rows, "id"), true,
			db_dup(&rows, "name", cx->arena), "/" };
	TRY(db_end_found(&rows));
	return access_need(cx, PERM_SERVICE_VIEW, IN_TENANT);
}

enum err
groups_holder(struct ctx *cx, int64_t id, struct group_holder *out)
{
	struct member m;
	enum err      e = service(cx, id, out);

	if (e != ERR_NOTFOUND)
		return e;
	TRY(members_get(cx, id, &m));
	*out = (struct group_holder){ m.id, false, m.name, m.org_path };
	return OK;
}

static enum err
may_bring(struct ctx *cx, const struct group *g, const struct group_holder *m)
{
	if (g->role)
		TRY(access_give_role(cx, g->role_name, g->role_perms, m->org_path));
	return g->workspaces ? access_give_group(cx, g->id) : OK;
}

static enum err
note(struct ctx *cx, enum audit_act act, const struct group_holder *m,
    const struct audit_field *fields, size_t n)
{
	return audit_add(cx, &(struct audit_entry){ .act = act, .where = IN_ORG(m->org_path),
	    .subject = m->id, .name = m->name, .fields = fields, .nfields = n });
}

enum err
groups_until(struct ctx *cx, int64_t group, int64_t member, int64_t *until_at)
{
	struct db_rows rows;

	*until_at = 0;
	db_query(cx->db, &rows, SQL_GROUPS_MEMBER,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(group), DB_INT(member)));
	while (db_next(&rows))
		*until_at = db_int(&rows, "until_at");
	return db_end_found(&rows);
}

/* ---------------------------------------------------------------- joining */

struct joining { int64_t group, until_at; const int64_t *members; size_t n, *added; };

static enum err
join(struct ctx *cx, const struct group *g, int64_t member, int64_t until_at, size_t *added)
{
	struct group_holder m;
	int64_t             there;
	enum err            e;

	TRY(groups_holder(cx, member, &m));
	e = groups_until(cx, g->id, member, &there);
	if (e != ERR_NOTFOUND)
		return e;
	TRY(may_bring(cx, g, &m));
	TRY(db_run(cx->db, NULL, SQL_GROUPS_JOIN,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(g->id), DB_INT(m.id),
	        DB_TEXT(text_fold(cx->arena, m.name)), DB_INT(until_at),
	        DB_INT(cx->actor.member), DB_INT(cx->now), DB_INT(m.service))));
	++*added;
	return note(cx, AUDIT_GROUP_JOINED, &m, (const struct audit_field[]){
	    { "group", NULL, g->name },
	    { "until", NULL, until_at ? groups_until_text(cx, until_at) : NULL } }, 2);
}

enum err
groups_may_add(struct ctx *cx, int64_t group, struct group *out)
{
	TRY(may(cx, group, out));
	return may_bring(cx, out, &(struct group_holder){ .org_path = cx->path });
}

enum err
groups_add_here(struct ctx *cx, const struct group *g, int64_t member, bool *was)
{
	size_t added = 0;

	TRY(join(cx, g, member, 0, &added));
	*was = added == 0;
	return OK;
}

static enum err
join_in_tx(struct ctx *cx, const struct joining *j)
{
	struct group g;

	*j->added = 0;
	TRY(access_again(cx));
	TRY(may(cx, j->group, &g));
	for (size_t i = 0; i < j->n; i++)
		TRY(join(cx, &g, j->members[i], j->until_at, j->added));
	return OK;
}

enum err
groups_add(struct ctx *cx, int64_t group, const int64_t *members, size_t n, struct str until,
    size_t *added)
{
	struct joining j = { group, 0, members, n, added };
	struct group   g;
	enum err       e;

	TRY(may(cx, group, &g));
	e = read_until(cx, until, &j.until_at);
	if (n == 0 || n > GROUPS_ADD_MOST)
		e = ctx_issue(cx, "id", n ? _("Choose at most [n] users at once.", "n", "100") :
		    _("Choose whom to add."));
	TRY(e);
	TRY(db_begin(cx->db));
	return db_finish(cx->db, join_in_tx(cx, &j));
}

/* ---------------------------------------------------------------- leaving, and until when */

enum err
groups_drop_here(struct ctx *cx, int64_t group, int64_t member)
{
	return db_run(cx->db, NULL, SQL_GROUPS_LEAVE,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(group), DB_INT(member)));
}

static enum err
take_out_in_tx(struct ctx *cx, int64_t group, int64_t member)
{
	struct group        g;
	struct group_holder m;
	int64_t             until_at;

	TRY(access_again(cx));
	TRY(may(cx, group, &g));
	TRY(groups_holder(cx, member, &m));
	TRY(groups_until(cx, group, member, &until_at));
	if (g.workspaces)
		TRY(owners_without(cx, member, group));
	TRY(db_run(cx->db, NULL, SQL_GROUPS_LEAVE,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(group), DB_INT(member))));
	if (g.role)
		TRY(admins_left(cx));
	return note(cx, AUDIT_GROUP_LEFT, &m,
	    (const struct audit_field[]){ { "group", g.name, NULL } }, 1);
}

enum err
groups_take_out(struct ctx *cx, int64_t group, int64_t member)
{
	TRY(access_need(cx, PERM_GROUP_EDIT, IN_TENANT));
	TRY(db_begin(cx->db));
	return db_finish(cx->db, take_out_in_tx(cx, group, member));
}

static bool
is_longer(int64_t until_at, int64_t than)
{
	return than != 0 && (until_at == 0 || until_at > than);
}

static enum err
set_until_in_tx(struct ctx *cx, int64_t group, int64_t member, const char *seen,
    int64_t until_at)
{
	struct group        g;
	struct group_holder m;
	int64_t             was;

	TRY(access_again(cx));
	TRY(may(cx, group, &g));
	TRY(groups_holder(cx, member, &m));
	TRY(groups_until(cx, group, member, &was));
	if (was == until_at)
		return OK;
	if (seen != NULL && strcmp(seen, groups_until_text(cx, was)) != 0)
		return ERR_CONFLICT;
	if (g.workspaces && was == 0)
		TRY(owners_without(cx, member, group));
	if (is_longer(until_at, was))
		TRY(may_bring(cx, &g, &m));
	TRY(db_run(cx->db, NULL, SQL_GROUPS_UNTIL,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(group), DB_INT(member), DB_INT(until_at))));
	if (g.role && was == 0)
		TRY(admins_left(cx));
	return note(cx, AUDIT_GROUP_UNTIL, &m, (const struct audit_field[]){
	    { "group", NULL, g.name },
	    { "until", was ? groups_until_text(cx, was) : NULL,
	        until_at ? groups_until_text(cx, until_at) : NULL } }, 2);
}

enum err
groups_set_until(struct ctx *cx, int64_t group, int64_t member, const char *seen,
    struct str until)
{
	int64_t until_at;

	TRY(access_need(cx, PERM_GROUP_EDIT, IN_TENANT));
	TRY(read_until(cx, until, &until_at));
	TRY(db_begin(cx->db));
	return db_finish(cx->db, set_until_in_tx(cx, group, member, seen, until_at));
}
