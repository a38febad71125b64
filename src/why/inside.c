/* What would let somebody do something in a workspace: a seat there, a group that has one, or a
 * role of the account. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "db/db.h"
#include "why/ways.h"

enum { OF_EACH = 3, WAYS_TRIED = 1000 };

/* A group that could be joined: what its seat there holds, if it has one, and its role of the
 * account. */
struct seated {
	int64_t         id;
	const char     *name, *role;
	struct perm_set there, also;
	bool            seat;
};
/* What is looked at for a workspace. */
struct there {
	struct role_list roles;
	struct seated   *groups;
	size_t           ngroups;
};

/* What the grants in force come to, but for one that goes: the own role, or the own seat. */
struct held { struct perm_set tenant, roles; bool belongs; };

static struct held
held_but(const struct proof *proof, bool own_role, bool own_seat)
{
	struct held h = { .belongs = false };

	for (size_t i = 0; i < proof->ngrants; i++) {
		const struct grant *g = &proof->grants[i];

		if (g->over || (g->group == 0 && (g->inside ? own_seat : own_role)))
			continue;
		if (g->inside) {
			h.roles.bits |= g->perms.bits;
			h.belongs = true;
		} else
			h.tenant.bits |= g->perms.bits;
	}
	return h;
}

static struct perm_set
comes_to(const struct proof *proof, const struct held *h)
{
	return access_inside_of(&proof->who, h->tenant, h->roles, h->belongs);
}

struct tries { struct arena *arena; struct way *items; size_t n; };

/* Is it one?  Then what it would bring is counted. */
static void
try_way(const struct proof *proof, struct tries *t, struct way way, const struct held *after)
{
	struct held     now = held_but(proof, false, false);
	struct perm_set before = comes_to(proof, &now), set = comes_to(proof, after);

	if (!perm_in(set, proof->perm) || t->n == WAYS_TRIED)
		return;
	way.more = perm_count((struct perm_set){ set.bits & ~before.bits });
	t->items = ARENA_MORE(t->arena, struct way, t->items, t->n);
	t->items[t->n++] = way;
}

static int
compare(const void *a, const void *b)
{
	const struct way *x = (const struct way *)a, *y = (const struct way *)b;

	return x->more != y->more ? (x->more < y->more ? -1 : 1) :
	    (x->id > y->id) - (x->id < y->id);
}

static void
take_least(struct why *out, struct tries *t)
{
	if (t->n > 0)
		qsort(t->items, t->n, sizeof(*t->items), compare);
	for (size_t i = 0; i < t->n && i < OF_EACH; i++)
		ways_add(out, t->items[i]);
	t->n = 0;
}

static void
try_longer(struct why *out, struct tries *t)
{
	const struct proof *proof = out->proof;

	for (size_t i = 0; i < proof->ngrants; i++) {
		const struct grant *g = &proof->grants[i];
		struct held         h = held_but(proof, false, false);
		struct perm_set     gives = { 0 };

		if (!g->over)
			continue;
		/* Its role in the account and its role there come back together. */
		for (size_t k = 0; k < proof->ngrants; k++)
			if (proof->grants[k].group == g->group) {
				if (proof->grants[k].inside)
					h.roles.bits |= proof->grants[k].perms.bits;
				else
					h.tenant.bits |= proof->grants[k].perms.bits;
				h.belongs |= proof->grants[k].inside;
				gives.bits |= proof->grants[k].perms.bits;
			}
		try_way(proof, t, (struct way){ .kind = WAY_LONGER, .id = g->group,
		    .name = g->group_name, .role = g->role_name, .gives = gives }, &h);
	}
}

static bool
has_seat(const struct proof *proof)
{
	for (size_t i = 0; i < proof->ngrants; i++)
		if (proof->grants[i].inside && proof->grants[i].group == 0)
			return true;
	return false;
}

static void
try_seats(struct why *out, struct tries *t, const struct role_list *l)
{
	bool seated = has_seat(out->proof);

	for (size_t i = 0; i < l->n; i++) {
		const struct role *r = &l->items[i];
		struct held        h = held_but(out->proof, false, true);

		if (strcmp(r->scope, "workspace") != 0)
			continue;
		h.roles.bits |= r->perms.bits;
		h.belongs = true;
		try_way(out->proof, t, (struct way){ .kind = seated ? WAY_SEAT_ROLE : WAY_SEAT,
		    .id = r->id, .name = r->name, .role = r->name, .gives = r->perms }, &h);
	}
}

static void
try_roles(struct why *out, struct tries *t, const struct role_list *l)
{
	for (size_t i = 0; i < l->n; i++) {
		const struct role *r = &l->items[i];
		struct held        h = held_but(out->proof, true, false);

		if (strcmp(r->scope, "tenant") != 0)
			continue;
		h.tenant.bits |= r->perms.bits;
		try_way(out->proof, t, (struct way){ .kind = WAY_ROLE, .id = r->id, .name = r->name,
		    .role = r->name, .gives = r->perms }, &h);
	}
}

/* Groups that have a seat there, and those whose role of the account alone may do it. */
static void
try_joins(const struct why *out, struct tries *t, const struct there *l)
{
	for (size_t i = 0; i < l->ngroups; i++) {
		const struct seated *g = &l->groups[i];
		struct held          h = held_but(out->proof, false, false);

		if (ways_in_group(out->proof, g->id) || (g->seat && out->personal))
			continue;
		h.roles.bits |= g->there.bits;
		h.tenant.bits |= g->also.bits;
		h.belongs |= g->seat;
		try_way(out->proof, t, (struct way){ .kind = WAY_JOIN, .id = g->id,
		    .name = g->name, .role = g->role, .apart = !g->seat,
		    .gives = { g->there.bits | g->also.bits } }, &h);
	}
}

/* Who has a seat there whose role may give that of the way. */
static const char *
able_seats(struct ctx *cx, const struct why *out, const struct role_list *l)
{
	const char *json = "";

	for (size_t w = 0; w < out->nways; w++)
		for (size_t i = 0; i < l->n && out->ways[w].kind >= WAY_SEAT; i++)
			if (strcmp(l->items[i].scope, "workspace") == 0 &&
			    perm_in(l->items[i].perms, PERM_WORKSPACE_MEMBERS) &&
			    perm_covers(l->items[i].perms, out->ways[w].gives))
				json = arena_printf(cx->arena, "%s%s[%zu,%lld]", json,
				    *json ? "," : "", w, (long long)l->items[i].id);
	return ARENA_JOIN(cx->arena, "[", json, "]");
}

static void
take_row(struct ctx *cx, struct db_rows *rows, struct why *out, struct there *l)
{
	int64_t         kind = db_int(rows, "kind"), id = db_int(rows, "id");
	const char     *name = db_dup(rows, "name", cx->arena);
	struct perm_set perms = perm_set_read(db_dup(rows, "permissions", cx->arena));

	if (kind == 0) {
		out->workspace = name;
		out->personal = db_int(rows, "personal") != 0;
	} else {
		l->groups = ARENA_MORE(cx->arena, struct seated, l->groups, l->ngroups);
		l->groups[l->ngroups++] = (struct seated){ .id = id, .name = name,
			.role = db_dup(rows, "role_name", cx->arena), .there = perms,
			.also = perm_set_read(db_dup(rows, "tenant_permissions", cx->arena)),
			.seat = kind == 1 };
	}
}

static enum err
read_there(struct ctx *cx, int64_t workspace, struct why *out, struct there *l)
{
	struct db_rows rows;

	*l = (struct there){ .ngroups = 0 };
	db_query(cx->db, &rows, SQL_WHY_INSIDE, DB_ARGS(DB_INT(cx->tenant), DB_INT(workspace),
	    DB_INT(WAYS_TRIED)));
	while (db_next(&rows))
		take_row(cx, &rows, out, l);
	TRY(db_end(&rows));
	return out->workspace ? roles_list(cx, &l->roles) : ERR_NOTFOUND;
}

enum err
ways_inside(struct ctx *cx, struct why *out, int64_t workspace)
{
	struct tries t = { cx->arena, NULL, 0 };
	struct there l;

	TRY(read_there(cx, workspace, out, &l));
	try_longer(out, &t);
	take_least(out, &t);
	if (!out->personal) {
		try_seats(out, &t, &l.roles);
		take_least(out, &t);
	}
	try_joins(out, &t, &l);
	take_least(out, &t);
	try_roles(out, &t, &l.roles);
	take_least(out, &t);
	return ways_add_who(cx, out, &l.roles, able_seats(cx, out, &l.roles), workspace);
}
