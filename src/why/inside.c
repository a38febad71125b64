/* What would let somebody do something in a workspace: a seat there, a group that has one, or a
 * role of the account. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "db/db.h"
#include "why/ways.h"

enum { OF_EACH = 3, WAYS_TRIED = 1000, NAMES_MOST = 200 };

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

struct tries { struct way *items; size_t n; };

/* Is it one?  Then what it would bring is counted. */
static void
try_way(const struct proof *proof, struct tries *t, struct way way, const struct held *after)
{
	struct held     now = held_but(proof, false, false);
	struct perm_set before = comes_to(proof, &now), set = comes_to(proof, after);

	if (!perm_in(set, proof->perm) || t->n == WAYS_TRIED)
		return;
	way.more = perm_count((struct perm_set){ set.bits & ~before.bits });
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

static enum err
try_joins(struct ctx *cx, struct why *out, struct tries *t, int64_t workspace)
{
	struct db_rows rows;

	db_query(cx->db, &rows, SQL_WHY_SEATED_GROUPS, DB_ARGS(DB_INT(cx->tenant),
	    DB_INT(workspace), DB_INT(WAYS_TRIED)));
	while (db_next(&rows)) {
		struct held     h = held_but(out->proof, false, false);
		struct perm_set there = perm_set_read(db_dup(&rows, "permissions", cx->arena));
		struct perm_set also = perm_set_read(db_dup(&rows, "tenant_permissions",
		    cx->arena));
		int64_t         id = db_int(&rows, "id");

		if (ways_in_group(out->proof, id))
			continue;
		h.roles.bits |= there.bits;
		h.tenant.bits |= also.bits;
		h.belongs = true;
		try_way(out->proof, t, (struct way){ .kind = WAY_JOIN, .id = id,
		    .name = db_dup(&rows, "name", cx->arena),
		    .role = db_dup(&rows, "role_name", cx->arena),
		    .gives = { there.bits | also.bits } }, &h);
	}
	return db_end(&rows);
}

/* Who has a seat there whose role may give that of the way. */
static enum err
add_seated_who(struct ctx *cx, struct why *out, const struct role_list *l, int64_t workspace)
{
	const char    *json = "";
	struct db_rows rows;

	for (size_t w = 0; w < out->nways; w++)
		for (size_t i = 0; i < l->n && out->ways[w].kind >= WAY_SEAT; i++)
			if (strcmp(l->items[i].scope, "workspace") == 0 &&
			    perm_in(l->items[i].perms, PERM_WORKSPACE_MEMBERS) &&
			    perm_covers(l->items[i].perms, out->ways[w].gives))
				json = arena_printf(cx->arena, "%s%s[%zu,%lld]", json,
				    *json ? "," : "", w, (long long)l->items[i].id);
	if (*json == '\0')
		return OK;
	db_query(cx->db, &rows, SQL_WHY_SEATED_WHO, DB_ARGS(DB_INT(cx->tenant),
	    DB_TEXT(ARENA_JOIN(cx->arena, "[", json, "]")), DB_INT(workspace),
	    DB_INT(NAMES_MOST)));
	while (db_next(&rows))
		way_who(&out->ways[db_int(&rows, "way")], db_dup(&rows, "name", cx->arena));
	return db_end(&rows);
}

enum err
ways_inside(struct ctx *cx, struct why *out, const struct role_list *l, int64_t workspace)
{
	struct tries t = { ARENA_ARRAY(cx->arena, struct way, WAYS_TRIED), 0 };

	try_longer(out, &t);
	take_least(out, &t);
	if (!out->personal) {
		try_seats(out, &t, l);
		take_least(out, &t);
		TRY(try_joins(cx, out, &t, workspace));
		take_least(out, &t);
	}
	try_roles(out, &t, l);
	take_least(out, &t);
	TRY(add_seated_who(cx, out, l, workspace));
	return ways_add_who(cx, out, l);
}
