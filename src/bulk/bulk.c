/* Acts on many members as jobs: whom they are for, and one row after the other.  What is done to a
 * row is in members/many.c and invites/; the export is in export.c. */
#include "bulk/bulk.h"

#include <string.h>

#include "base/arena.h"
#include "base/id.h"
#include "bulk/bulk_store.h"
#include "db/db.h"
#include "groups/groups.h"

/* So many members are looked at for one chunk, of which maybe none match. */
enum { LOOK = 1000 };

static const struct { const char *kind; enum perm need; } acts[BULK__COUNT] = {
	[BULK_REMOVE] = { "users.remove", PERM_USER_REMOVE },
	[BULK_ROLE] = { "users.role", PERM_USER_ROLE },
	[BULK_DEACTIVATE] = { "users.deactivate", PERM_USER_DEACTIVATE },
	[BULK_REACTIVATE] = { "users.reactivate", PERM_USER_DEACTIVATE },
	[BULK_LOG_OUT] = { "users.logout", PERM_USER_LOGOUT },
	[BULK_RESEND] = { "users.resend", PERM_USER_INVITE },
	[BULK_GROUP] = { "users.group", PERM_GROUP_EDIT },
};

enum perm
bulk_need(enum bulk_act act)
{
	return acts[act].need;
}

enum err
bulk_may(struct ctx *cx, enum bulk_act act)
{
	return access_need(cx, acts[act].need, act == BULK_GROUP ? IN_TENANT : IN_ORG(cx->path));
}

/* ---------------------------------------------------------------- whom it is for */

static bool
before(const struct bulk_choice *c, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (c->ids[i] == c->ids[n])
			return true;
	return false;
}

/* Each once; *n is how many that are. */
static const char *
ids_json(struct ctx *cx, const struct bulk_choice *c, int64_t *n)
{
	struct buf b;
	struct str s;

	*n = 0;
	buf_init(&b, cx->arena, 64 + BULK_IDS_MOST * 24);
	buf_puts(&b, "[");
	for (size_t i = 0; i < c->n; i++)
		if (!before(c, i))
			buf_printf(&b, "%s%lld", (*n)++ ? "," : "", (long long)c->ids[i]);
	buf_puts(&b, "]");
	return buf_end(&b, &s) == OK ? s.p : "[]";
}

enum err
bulk_choose(struct ctx *cx, const struct bulk_choice *c, struct bulk_args *a, struct bulk_seen *out)
{
	int64_t n;

	*a = (struct bulk_args){ .to = 0 };
	*out = (struct bulk_seen){ .n = 0 };
	if (c->all) {
		TRY(members_match(cx, &c->want, &a->match));
		return bulk_count(cx, &a->match, &out->n);
	}
	if (c->n > BULK_IDS_MOST)
		return ctx_issue(cx, "", _("Choose at most [n] users, or all that match.", "n",
		    "250"));
	a->ids = ids_json(cx, c, &n);
	a->match.role_hits = "[]";
	TRY(bulk_chosen(cx, a->ids, out));
	return out->n == n ? OK : ERR_NOTFOUND;
}

enum err
bulk_look(struct ctx *cx, enum perm need, const struct bulk_choice *c, struct bulk_seen *out)
{
	struct bulk_args a;

	TRY(access_need(cx, need, IN_ORG(cx->path)));
	return bulk_choose(cx, c, &a, out);
}

/* ---------------------------------------------------------------- beginning */

/* What the rows of a chunk share. */
struct work {
	enum bulk_act      act;
	struct member_role role;
	struct group       group;
	struct invite_days days;
};

static enum err
read_group(struct ctx *cx, struct str text, struct group *out)
{
	int64_t  id;
	enum err e = id_read(text, &id) == OK ? groups_may_add(cx, id, out) : ERR_NOTFOUND;

	return e == ERR_NOTFOUND ? ctx_issue(cx, "group", _("Choose a group.")) : e;
}

/* The role or the group, which the actor may give. */
static enum err
read_to(struct ctx *cx, struct str text, struct work *w, int64_t *id)
{
	if (w->act == BULK_GROUP) {
		TRY(read_group(cx, text, &w->group));
		*id = w->group.id;
	} else if (w->act == BULK_ROLE) {
		TRY(members_role(cx, text, &w->role));
		TRY(access_give_role(cx, w->role.name, w->role.perms, cx->path));
		*id = w->role.id;
	}
	return OK;
}

/* "10,119", "10.119" and "10 119" are 10119 as well. */
static bool
is_number(struct str typed, const char *digits)
{
	for (size_t i = 0; i < typed.len; i++) {
		unsigned char c = (unsigned char)typed.p[i];

		if (*digits && c == (unsigned char)*digits)
			digits++;
		else if (c < 0x80 && strchr(",.' ", c) == NULL)
			return false;
	}
	return *digits == '\0';
}

static enum err
check_number(struct ctx *cx, int64_t n, struct str typed)
{
	const char *number = arena_printf(cx->arena, "%lld", (long long)n);

	if (n == 0)
		return ctx_issue(cx, "", _("Nobody is selected any more."));
	if (n > BULK_NAMES && !is_number(typed, number))
		return ctx_issue(cx, "typed", _("These are [n] users. Type that number to go on.",
		    "n", ctx_number(cx, n)));
	return OK;
}

static enum err
start_in_tx(struct ctx *cx, enum bulk_act act, const char *args, int64_t n, int64_t form)
{
	TRY(access_again(cx));
	TRY(bulk_may(cx, act));
	return jobs_add_as(cx, form, acts[act].kind, args, n);
}

enum err
bulk_start(struct ctx *cx, enum bulk_act act, const struct bulk_choice *c, struct str to,
    struct str typed, int64_t form)
{
	struct bulk_args a;
	struct bulk_seen seen;
	struct work      w = { .act = act };
	const char      *json;

	TRY(bulk_may(cx, act));
	TRY(bulk_choose(cx, c, &a, &seen));
	TRY(check_number(cx, seen.n, typed));
	TRY(read_to(cx, to, &w, &a.to));
	TRY(bulk_pack(cx, &a, &json));
	TRY(db_begin(cx->db));
	return db_finish(cx->db, start_in_tx(cx, act, json, seen.n, form));
}

/* ---------------------------------------------------------------- one chunk */

static const char *
sentence_of(struct ctx *cx, enum err e)
{
	if (cx->issues)
		return cx->issues->text;
	if (e == ERR_NOTFOUND)
		return _("Is not there any more.");
	if (e == ERR_DENIED)
		return _("You may not do this to them.");
	return e == ERR_LIMIT ? _("No day has room for another invitation.") : NULL;
}

enum err
bulk_refused(struct ctx *cx, struct job *j, const char *name, enum err e)
{
	const char *why = e == ERR_BUSY || e == ERR_FAULT ? NULL : sentence_of(cx, e);

	if (why == NULL)
		return e;
	cx->issues = NULL;
	cx->refused = NULL;
	return jobs_refused(cx, j, name, why);
}

static enum err
remove_one(struct ctx *cx, const struct member *m)
{
	if (m->status[0] != 'i')
		return members_act(cx, MANY_REMOVE, m, NULL);
	TRY(access_need(cx, PERM_USER_REMOVE, IN_ORG(m->org_path)));
	return invites_cancel_here(cx, m->id);
}

static enum err
resend_one(struct ctx *cx, const struct member *m, struct invite_days *days)
{
	if (m->status[0] != 'i')
		return members_refuse(cx, _("Is not invited any more."));
	return invites_resend_here(cx, m->id, days);
}

static enum err
group_one(struct ctx *cx, const struct group *g, const struct member *m)
{
	bool was;

	TRY(groups_add_here(cx, g, m->id, &was));
	return was ? members_refuse(cx, _("Is in the group already.")) : OK;
}

static enum err
one(struct ctx *cx, struct work *w, const struct bulk_row *row)
{
	struct member m;

	if (row->gone)
		return members_refuse(cx, _("Is removed already."));
	TRY(members_get(cx, row->id, &m));
	switch (w->act) {
	case BULK_REMOVE:
		return remove_one(cx, &m);
	case BULK_ROLE:
		return invites_act_role(cx, &m, &w->role);
	case BULK_DEACTIVATE:
		return members_act(cx, MANY_DEACTIVATE, &m, NULL);
	case BULK_REACTIVATE:
		return members_act(cx, MANY_REACTIVATE, &m, NULL);
	case BULK_LOG_OUT:
		return members_act(cx, MANY_LOG_OUT, &m, NULL);
	case BULK_GROUP:
		return group_one(cx, &w->group, &m);
	default:
		return resend_one(cx, &m, &w->days);
	}
}

/* A role or group that is gone, or that the actor may not give any more, ends the job with that
 * said once. */
static enum err
read_again(struct ctx *cx, struct job *j, const struct bulk_args *a, struct work *w, bool *last)
{
	char     text[14];
	int64_t  id;
	enum err e;

	if (a->to == 0)
		return OK;
	id_text(a->to, text);
	e = read_to(cx, str_of(text), w, &id);
	if (e == OK)
		return OK;
	*last = true;
	return bulk_refused(cx, j, _("The rest"), e);
}

static enum err
step(struct ctx *cx, struct job *j, bool *last, enum bulk_act act)
{
	struct bulk_row *rows = ARENA_ARRAY(cx->arena, struct bulk_row, LOOK);
	struct bulk_args a;
	struct work      w = { .act = act };
	size_t           n, i, worked = 0, most;

	TRY(bulk_unpack(cx, j->args, &a));
	TRY(read_again(cx, j, &a, &w, last));
	if (*last)
		return OK;
	most = a.ids ? JOB_CHUNK : LOOK;
	TRY(bulk_rows_next(cx, j, &a, most, rows, &n));
	for (i = 0; i < n && worked < JOB_CHUNK && (i == 0 || jobs_go_on(j)); i++) {
		enum err e;

		j->cursor = rows[i].id;
		if (!rows[i].hit)
			continue;
		worked++;
		e = one(cx, &w, &rows[i]);
		if (e == OK)
			j->done++;
		else
			TRY(bulk_refused(cx, j, rows[i].name, e));
	}
	*last = i == n && n < most;
	return OK;
}

#define STEP(name, act)                                               \
	enum err bulk_##name##_step(struct ctx *cx, struct job *j, bool *last) \
	{                                                             \
		return step(cx, j, last, act);                        \
	}
STEP(remove, BULK_REMOVE)
STEP(role, BULK_ROLE)
STEP(deactivate, BULK_DEACTIVATE)
STEP(reactivate, BULK_REACTIVATE)
STEP(log_out, BULK_LOG_OUT)
STEP(resend, BULK_RESEND)
STEP(group, BULK_GROUP)
