/* What would let somebody do something, and who can see to it.  Whether they may is decided in
 * core/access.c; the pages are in why_pages.c. */
#include "why/why.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/id.h"
#include "db/db.h"
#include "members/members.h"
#include "roles/roles.h"
#include "why/ways.h"

enum { ROLES_MOST = 3, GROUPS_MOST = 3, NAMES_MOST = 200, LOOKED_MOST = 500 };

/* A role that holds what is asked for. */
struct candidate { const struct role *role; size_t more; };

static size_t
gained(struct perm_set set, const struct proof *proof)
{
	return perm_count((struct perm_set){ set.bits & ~proof->who.perms.bits });
}

static int
compare(const void *a, const void *b)
{
	const struct candidate *x = (const struct candidate *)a, *y = (const struct candidate *)b;

	return x->more != y->more ? (x->more < y->more ? -1 : 1) :
	    (x->role->id > y->role->id) - (x->role->id < y->role->id);
}

static struct candidate *
find_candidates(struct ctx *cx, const struct proof *proof, const struct role_list *l, size_t *n)
{
	struct candidate *list = ARENA_ARRAY(cx->arena, struct candidate, l->n + 1);

	*n = 0;
	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->items[i].scope, "tenant") == 0 &&
		    perm_in(l->items[i].perms, proof->perm))
			list[(*n)++] = (struct candidate){ &l->items[i],
				gained(l->items[i].perms, proof) };
	qsort(list, *n, sizeof(*list), compare);
	return list;
}

void
ways_add(struct why *out, struct way way)
{
	size_t at = out->nways;

	if (at == WAYS_MOST && out->ways[at - 1].more <= way.more)
		return;
	if (at == WAYS_MOST)
		at--;
	else
		out->nways++;
	while (at > 0 && out->ways[at - 1].more > way.more) {
		out->ways[at] = out->ways[at - 1];
		at--;
	}
	out->ways[at] = way;
}

static void
add_longer(struct why *out)
{
	const struct proof *proof = out->proof;

	for (size_t i = 0, n = 0; i < proof->ngrants && n < GROUPS_MOST; i++) {
		const struct grant *g = &proof->grants[i];

		if (!g->over || !perm_in(g->perms, proof->perm))
			continue;
		ways_add(out, (struct way){ .kind = WAY_LONGER, .id = g->group,
		    .name = g->group_name, .role = g->role_name, .gives = g->perms,
		    .more = gained(g->perms, proof) });
		n++;
	}
}

bool
ways_in_group(const struct proof *proof, int64_t group)
{
	for (size_t i = 0; i < proof->ngrants; i++)
		if (proof->grants[i].group == group)
			return true;
	return false;
}

static enum err
add_joins(struct ctx *cx, struct why *out, const struct candidate *list, size_t n)
{
	int64_t       *ids = ARENA_ARRAY(cx->arena, int64_t, n);
	struct db_rows rows;

	for (size_t i = 0; i < n; i++)
		ids[i] = list[i].role->id;
	db_query(cx->db, &rows, SQL_WHY_GROUPS, DB_ARGS(DB_INT(cx->tenant),
	    DB_TEXT(ID_JSON(cx->arena, ids, n)), DB_INT(GROUPS_MOST)));
	while (db_next(&rows)) {
		int64_t id = db_int(&rows, "id"), role = db_int(&rows, "role_id");

		for (size_t i = 0; i < n; i++)
			if (list[i].role->id == role && !ways_in_group(out->proof, id))
				ways_add(out, (struct way){ .kind = WAY_JOIN, .id = id,
				    .name = db_dup(&rows, "name", cx->arena),
				    .role = list[i].role->name, .gives = list[i].role->perms,
				    .more = list[i].more });
	}
	return db_end(&rows);
}

static void
add_roles(struct why *out, const struct candidate *list, size_t n)
{
	for (size_t i = 0; i < n && i < ROLES_MOST; i++)
		ways_add(out, (struct way){ .kind = WAY_ROLE, .id = list[i].role->id,
		    .name = list[i].role->name, .role = list[i].role->name,
		    .gives = list[i].role->perms, .more = list[i].more });
}

/* What a way needs, and in a workspace: to manage all of them. */
static struct perm_set
needs(const struct why *out, const struct way *w)
{
	const uint64_t one = 1;
	enum perm      need = w->kind != WAY_ROLE ? PERM_GROUP_EDIT :
	    out->proof->who.service ? PERM_SERVICE_EDIT : PERM_USER_ROLE;
	struct perm_set set = w->gives;

	if (w->kind < WAY_SEAT)
		set.bits |= one << need;
	if (out->workspace && w->kind != WAY_ROLE && !w->apart)
		set.bits |= one << PERM_WORKSPACE_MANAGE;
	return set;
}

/* Those roles, to be asked for: [[number of the way, role, 1: held in the root alone] …].  Who
 * manages all workspaces holds all of them there. */
static const char *
able(struct ctx *cx, const char *json, size_t way, struct perm_set need, bool root, bool inside,
    const struct role_list *l)
{
	for (size_t i = 0; i < l->n; i++) {
		struct perm_set has = l->items[i].perms;

		if (strcmp(l->items[i].scope, "tenant") != 0)
			continue;
		if (inside && perm_in(has, PERM_WORKSPACE_MANAGE))
			has.bits |= perm_set_workspace().bits;
		if (perm_covers(has, need))
			json = arena_printf(cx->arena, "%s%s[%zu,%lld,%d]", json,
			    *json ? "," : "", way, (long long)l->items[i].id, root);
	}
	return json;
}

/* What it takes to re-activate or transfer them, which stands before all ways.  Nobody accepts an
 * invitation for somebody else. */
static enum perm
needed_first(const struct why *out)
{
	if (out->proof->who.service)
		return out->reactivate ? PERM_SERVICE_EDIT : PERM_UNSET;
	if (out->elsewhere)
		return PERM_USER_TRANSFER;
	return out->reactivate && strcmp(out->proof->who.status, "invited") != 0 ?
	    PERM_USER_DEACTIVATE : PERM_UNSET;
}

/* Roles whose holders may go that way: they may do it, and hold what it gives. */
static const char *
able_roles(struct ctx *cx, const struct why *out, const struct role_list *l)
{
	const uint64_t one = 1;
	enum perm      first = needed_first(out);
	const char    *json = "";

	for (size_t w = 0; w < out->nways; w++)
		json = able(cx, json, w, needs(out, &out->ways[w]),
		    out->workspace && out->ways[w].kind != WAY_ROLE, !out->ways[w].apart, l);
	if (first != PERM_UNSET)
		json = able(cx, json, WAYS_MOST, (struct perm_set){ one << first }, out->elsewhere,
		    false, l);
	return ARENA_JOIN(cx->arena, "[", json, "]");
}

static void
way_who(struct way *w, const char *name)
{
	for (size_t i = 0; i < w->nwho; i++)
		if (strcmp(w->who[i], name) == 0)
			return;
	if (w->nwho < WHO_MOST)
		w->who[w->nwho++] = name;
}

enum err
ways_add_who(struct ctx *cx, struct why *out, const struct role_list *l, const char *seats,
    int64_t workspace)
{
	struct db_rows rows;

	if (out->nways == 0 && needed_first(out) == PERM_UNSET)
		return OK;
	db_query(cx->db, &rows, SQL_WHY_WHO, DB_ARGS(DB_INT(cx->tenant),
	    DB_TEXT(able_roles(cx, out, l)), DB_TEXT(out->proof->who.org_path),
	    DB_INT(NAMES_MOST), DB_TEXT(seats), DB_INT(workspace), DB_INT(cx->now),
	    DB_INT(LOOKED_MOST)));
	while (db_next(&rows)) {
		int64_t way = db_int(&rows, "way");

		way_who(way == WAYS_MOST ? &out->first : &out->ways[way],
		    db_dup(&rows, "name", cx->arena));
	}
	return db_end(&rows);
}

static bool
in_reach(const struct proof *proof, struct scope sc)
{
	return sc.kind == SCOPE_ORG ? path_within(sc.path, proof->who.org_path) :
	    strcmp(proof->who.org_path, "/") == 0;
}

static enum err
read_workspace(struct ctx *cx, int64_t id, struct why *out)
{
	struct db_rows rows;

	db_query(cx->db, &rows, SQL_WHY_WORKSPACE, DB_ARGS(DB_INT(cx->tenant), DB_INT(id)));
	while (db_next(&rows)) {
		out->workspace = db_dup(&rows, "name", cx->arena);
		out->personal = db_int(&rows, "personal") != 0;
	}
	return db_end_found(&rows);
}

/* As far as it goes by what is held, and not by the status. */
static bool
is_held(const struct proof *proof)
{
	return proof->place.kind == SCOPE_WORKSPACE ? access_grant(proof, proof->perm) != NULL :
	    perm_in(proof->who.perms, proof->perm);
}

enum err
why_ask(struct ctx *cx, int64_t member, enum perm p, struct scope sc, struct why *out)
{
	struct candidate *list;
	struct role_list  l;
	size_t            n;

	*out = (struct why){ .proof = NULL };
	TRY(access_need(cx, PERM_ROLE_VIEW, IN_TENANT));
	TRY(access_why(cx, member, p, sc, &out->proof));
	if (out->proof->who.service)
		TRY(access_need(cx, PERM_SERVICE_VIEW, IN_TENANT));
	else
		TRY(access_need(cx, PERM_USER_VIEW, IN_ORG(out->proof->who.org_path)));
	out->elsewhere = sc.kind != SCOPE_WORKSPACE && !in_reach(out->proof, sc);
	out->reactivate = out->proof->why == PROOF_STATUS && !out->elsewhere;
	if (sc.kind == SCOPE_WORKSPACE && !is_held(out->proof))
		return ways_inside(cx, out, sc.id);
	if (sc.kind == SCOPE_WORKSPACE)
		TRY(read_workspace(cx, sc.id, out));
	if (out->proof->yes)
		return OK;
	TRY(roles_list(cx, &l));
	if (out->elsewhere || is_held(out->proof))
		return ways_add_who(cx, out, &l, "[]", 0);
	list = find_candidates(cx, out->proof, &l, &n);
	add_longer(out);
	TRY(add_joins(cx, out, list, n));
	add_roles(out, list, n);
	return ways_add_who(cx, out, &l, "[]", 0);
}

enum err
why_decision(struct ctx *cx, int64_t id, struct decision *out)
{
	struct db_rows rows;

	TRY(access_need(cx, PERM_ROLE_VIEW, IN_TENANT));
	db_query(cx->db, &rows, SQL_WHY_DECISION, DB_ARGS(DB_INT(cx->tenant), DB_INT(id)));
	while (db_next(&rows))
		*out = (struct decision){
			.id = db_int(&rows, "id"),
			.at = db_int(&rows, "at"),
			.member = db_int(&rows, "holder_id"),
			.service = db_int(&rows, "service") != 0,
			.name = db_dup(&rows, "name", cx->arena),
			.permission = db_dup(&rows, "permission", cx->arena),
			.matter = db_dup(&rows, "matter", cx->arena),
			.role = db_dup(&rows, "role", cx->arena),
			.workspace = db_int(&rows, "workspace_id"),
			.workspace_name = db_dup(&rows, "workspace_name", cx->arena),
			.held = db_dup(&rows, "held", cx->arena),
			.api_key = db_dup(&rows, "api_key", cx->arena),
			.reach = db_dup(&rows, "reach", cx->arena),
		};
	return db_end_found(&rows);
}
