/* May this actor do this here, and why.  The permissions themselves are in perm.def; who
 * the actor is was found out by place.c. */
#include "core/access.h"

#include <string.h>

#include "base/arena.h"
#include "base/id.h"
#include "core/audit.h"
#include "db/db.h"

enum { REFUSAL_AGAIN_MS = 10 * 60 * 1000, GRANTS_MOST = 500 };
#define DECISIONS_KEPT_MS (INT64_C(365) * 86400000)

bool
path_within(const char *path, const char *above)
{
	return strncmp(path, above, strlen(above)) == 0;
}

/* A line for each role. */
static struct perm_set
read_lines(struct ctx *cx, const char *lines)
{
	struct perm_set set = { 0 };

	while (lines && *lines) {
		size_t len = strcspn(lines, "\n");

		set.bits |= perm_set_read(arena_printf(cx->arena, "%.*s", (int)len, lines)).bits;
		lines += len + (lines[len] == '\n');
	}
	return set;
}

struct perm_set
access_perms(struct ctx *cx, struct db_rows *rows)
{
	struct perm_set set = perm_set_read(db_dup(rows, "permissions", cx->arena));

	set.bits |= read_lines(cx, db_dup(rows, "group_permissions", cx->arena)).bits;
	return set;
}

/* What a tenant role of somebody brings in the workspace that is asked about: what it holds of
 * workspaces, for who belongs to it; and in any, who sees or manages all of them. */
static struct perm_set
brought(const struct holder *who, struct perm_set role)
{
	struct perm_set all = perm_set_workspace(), set = { 0 };
	bool            root = strcmp(who->org_path, "/") == 0;

	if (who->inside.belongs)
		set = perm_both(role, all);
	if (root && perm_in(role, PERM_WORKSPACE_MANAGE))
		set = all;
	if (root && perm_in(role, PERM_WORKSPACE_ALL))
		set.bits |= UINT64_C(1) << PERM_WORKSPACE_VIEW;
	return set;
}

static struct perm_set
held_inside(const struct holder *who)
{
	struct perm_set set = brought(who, who->perms);

	set.bits |= who->inside.roles.bits;
	return perm_both(set, who->most);
}

static void
decide_inside(struct proof *proof)
{
	const struct holder *who = &proof->who;
	struct perm_set      held = held_inside(who);

	proof->yes = perm_in(held, proof->perm);
	proof->why = proof->yes ? PROOF_ROLE :
	    who->inside.belongs || held.bits ? PROOF_NO_ROLE : PROOF_REACH;
}

/* A tenant role reaches as far as its holder's organization: what lies in no organization
 * is the whole tenant's, so its holder must be in the root. */
static void
decide(struct proof *proof, struct scope sc)
{
	const struct holder *who = &proof->who;

	proof->yes = false;
	proof->place = sc;
	if (strcmp(who->status, "active") != 0)
		proof->why = PROOF_STATUS;
	else if (sc.kind == SCOPE_WORKSPACE)
		decide_inside(proof);
	else if (!perm_in(who->perms, proof->perm))
		proof->why = PROOF_NO_ROLE;
	else if (sc.kind == SCOPE_ORG ? !path_within(sc.path, who->org_path) :
	    strcmp(who->org_path, "/") != 0)
		proof->why = PROOF_REACH;
	else {
		proof->why = PROOF_ROLE;
		proof->yes = true;
	}
}

static struct proof
proof_of_actor(const struct ctx *cx, enum perm p, struct scope sc)
{
	struct proof proof = { .perm = p, .who = { .member = cx->actor.member,
	    .name = cx->actor.label, .status = "active", .org_path = cx->path, .role = cx->role,
	    .perms = cx->perms, .most = ctx_within_key(cx, perm_set_all()) } };

	if (sc.kind == SCOPE_WORKSPACE && sc.id == cx->inside.id)
		proof.who.inside = cx->inside;
	if (cx->tenant == 0 || cx->actor.member == 0)
		proof.who.status = "";
	decide(&proof, sc);
	return proof;
}

enum err
access_need(struct ctx *cx, enum perm p, struct scope sc)
{
	struct proof proof;

	if (p == PERM_PUBLIC || cx->actor.kind == ACTOR_SYSTEM)
		return OK;
	if (p == PERM_UNSET || cx->actor.kind == ACTOR_NOBODY)
		return ERR_DENIED;
	if (p == PERM_SIGNED_IN)
		return OK;
	/* Not read, or gone meanwhile. */
	if (sc.kind == SCOPE_WORKSPACE && (sc.id == 0 || sc.id != cx->inside.id))
		return ERR_NOTFOUND;
	proof = proof_of_actor(cx, p, sc);
	if (proof.yes)
		return OK;
	return proof.why == PROOF_REACH && sc.kind != SCOPE_TENANT ? ERR_NOTFOUND : ERR_DENIED;
}

static enum err
read_inside(struct ctx *cx, int64_t workspace, int64_t holder, struct inside *out)
{
	struct db_rows rows;

	*out = (struct inside){ .id = 0 };
	db_query(cx->db, &rows, SQL_ACCESS_WORKSPACE,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(workspace), DB_INT(holder), DB_INT(cx->now)));
	while (db_next(&rows)) {
		out->id = workspace;
		out->belongs = !db_is_null(&rows, "permissions");
		if (out->belongs)
			out->roles = read_lines(cx, db_dup(&rows, "permissions", cx->arena));
	}
	return db_end(&rows);
}

enum err
access_workspace(struct ctx *cx, int64_t workspace)
{
	TRY(read_inside(cx, workspace, cx->actor.member, &cx->inside));
	return cx->inside.id ? OK : ERR_NOTFOUND;
}

struct perm_set
access_inside(const struct ctx *cx)
{
	if (cx->inside.id == 0)
		return (struct perm_set){ 0 };
	if (cx->actor.kind == ACTOR_SYSTEM)
		return perm_set_workspace();
	return held_inside(&(struct holder){ .org_path = cx->path, .perms = cx->perms,
	    .most = ctx_within_key(cx, perm_set_all()), .inside = cx->inside });
}

bool
access_has(struct ctx *cx, enum perm p, struct scope sc)
{
	return access_need(cx, p, sc) == OK;
}

static enum err
key_ended(struct ctx *cx, bool *ended)
{
	struct db_rows rows;

	*ended = true;
	db_query(cx->db, &rows, SQL_ACCESS_KEY,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(cx->key->id), DB_INT(cx->now)));
	while (db_next(&rows))
		*ended = false;
	return db_end(&rows);
}

enum err
access_again(struct ctx *cx)
{
	struct db_rows rows;
	bool           active = false, over = false;

	if (cx->actor.kind == ACTOR_SYSTEM || cx->actor.kind == ACTOR_NOBODY)
		return OK;
	if (cx->actor.kind == ACTOR_SERVICE)
		db_query(cx->db, &rows, SQL_ACCESS_SERVICE,
		    DB_ARGS(DB_INT(cx->tenant), DB_INT(cx->actor.member), DB_INT(cx->now)));
	else
		db_query(cx->db, &rows, SQL_ACCESS_HOLDER,
		    DB_ARGS(DB_INT(cx->tenant), DB_INT(cx->actor.member),
		        DB_INT(cx->actor.session), DB_INT(cx->now)));
	while (db_next(&rows)) {
		over = db_int(&rows, "over") != 0;
		active = strcmp(db_dup(&rows, "status", cx->arena), "active") == 0;
		cx->role = db_dup(&rows, "role_name", cx->arena);
		cx->perms = access_perms(cx, &rows);
		ctx_reach(cx, db_dup(&rows, "org_path", cx->arena));
	}
	TRY(db_end(&rows));
	cx->perms = ctx_within_key(cx, cx->perms);
	if (cx->inside.id)
		TRY(read_inside(cx, cx->inside.id, cx->actor.member, &cx->inside));
	if (!active)
		return ERR_DENIED;
	if (cx->key && !over)
		TRY(key_ended(cx, &over));
	return over ? ERR_BUSY : OK;
}

struct perm_set
access_inside_of(const struct holder *who, struct perm_set tenant, struct perm_set roles,
    bool belongs)
{
	struct holder other = *who;

	other.perms = tenant;
	other.inside.roles = roles;
	other.inside.belongs = belongs;
	return held_inside(&other);
}

static bool
brings(const struct proof *proof, const struct grant *g, enum perm p)
{
	if (g->over)
		return false;
	return perm_in(proof->place.kind == SCOPE_WORKSPACE && !g->inside ?
	    brought(&proof->who, g->perms) : g->perms, p);
}

const struct grant *
access_grant(const struct proof *proof, enum perm p)
{
	for (size_t i = 0; i < proof->ngrants; i++)
		if (brings(proof, &proof->grants[i], p))
			return &proof->grants[i];
	return NULL;
}

/* What is held is what the grants in force hold. */
static void
count_grant(struct proof *proof, const struct grant *g)
{
	struct holder *who = &proof->who;

	if (g->over)
		return;
	if (g->inside) {
		who->inside.belongs = true;
		who->inside.roles.bits |= g->perms.bits;
	} else
		who->perms.bits |= g->perms.bits;
}

/* Could it be what decides, there too? */
static bool
matters(const struct grant *g, enum perm p)
{
	return perm_in(g->perms, p) || (perm_info(p)->scope == SCOPE_WORKSPACE &&
	    (perm_in(g->perms, PERM_WORKSPACE_MANAGE) || perm_in(g->perms, PERM_WORKSPACE_ALL)));
}

static struct grant
read_grant(struct ctx *cx, struct db_rows *rows)
{
	struct grant g = {
		.group = db_int(rows, "group_id"),
		.group_name = db_dup(rows, "group_name", cx->arena),
		.role = db_int(rows, "role_id"),
		.role_name = db_dup(rows, "role_name", cx->arena),
		.perms = perm_set_read(db_dup(rows, "permissions", cx->arena)),
		.until_at = db_int(rows, "until_at"),
		.inside = db_int(rows, "inside") != 0,
	};

	g.over = g.until_at != 0 && g.until_at <= cx->now;
	return g;
}

/* The grant of the own role says whose it is. */
static void
read_holder(struct ctx *cx, struct db_rows *rows, const struct grant *own, struct holder *who)
{
	who->member = db_int(rows, "holder_id");
	who->service = db_int(rows, "service") != 0;
	who->name = db_dup(rows, "holder", cx->arena);
	who->status = db_dup(rows, "status", cx->arena);
	who->org_path = db_dup(rows, "org_path", cx->arena);
	who->role_id = own->role;
	who->role = own->role_name;
}

static enum err
read_grants(struct ctx *cx, struct proof *proof, int64_t member, int64_t workspace)
{
	struct db_rows rows;

	proof->grants = ARENA_ARRAY(cx->arena, struct grant, GRANTS_MOST);
	db_query(cx->db, &rows, SQL_ACCESS_GRANTS,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(member), DB_INT(workspace)));
	while (db_next(&rows)) {
		struct grant g = read_grant(cx, &rows);

		if (!db_is_null(&rows, "holder_id"))
			read_holder(cx, &rows, &g, &proof->who);
		count_grant(proof, &g);
		/* Of too many to show, the last place is for one that decides. */
		if (proof->ngrants < GRANTS_MOST)
			proof->grants[proof->ngrants++] = g;
		else if (!g.over && matters(&g, proof->perm))
			proof->grants[GRANTS_MOST - 1] = g;
	}
	TRY(db_end(&rows));
	return proof->who.member ? OK : ERR_NOTFOUND;
}

/* Is there such a workspace?  What is held there is found from the grants. */
static enum err
find_place(struct ctx *cx, struct scope sc)
{
	struct inside there;

	if (sc.kind != SCOPE_WORKSPACE || cx->inside.id == sc.id)
		return OK;
	TRY(read_inside(cx, sc.id, cx->actor.member, &there));
	return there.id ? OK : ERR_NOTFOUND;
}

enum err
access_why(struct ctx *cx, int64_t member, enum perm p, struct scope sc, struct proof **out)
{
	struct proof *proof = ARENA_NEW(cx->arena, struct proof);
	int64_t       workspace = sc.kind == SCOPE_WORKSPACE ? sc.id : 0;

	proof->perm = p;
	proof->who = (struct holder){ .most = perm_set_all(), .inside = { .id = workspace } };
	TRY(find_place(cx, sc));
	TRY(read_grants(cx, proof, member, workspace));
	decide(proof, sc);
	*out = proof;
	return OK;
}

enum err
access_give(struct ctx *cx, struct perm_set set, const char *org_path)
{
	if (cx->actor.kind == ACTOR_SYSTEM)
		return OK;
	if (!path_within(org_path, cx->path))
		return ERR_NOTFOUND;
	if (perm_covers(cx->perms, set))
		return OK;
	ctx_issue(cx, "role", _("You cannot give a role that holds more than your own."));
	return ERR_DENIED;
}

enum err
access_give_role(struct ctx *cx, const char *role, struct perm_set set, const char *org_path)
{
	enum err e = access_give(cx, set, org_path);

	if (e == ERR_DENIED)
		cx->refused = arena_printf(cx->arena, "the role %s", role);
	return e;
}

static enum err
refuse_role(struct ctx *cx, const char *role)
{
	ctx_issue(cx, "role", _("You cannot give a role that holds more than your own."));
	cx->refused = arena_printf(cx->arena, "the role %s", role);
	return ERR_DENIED;
}

enum err
access_give_inside(struct ctx *cx, const char *role, struct perm_set set)
{
	return perm_covers(access_inside(cx), set) ? OK : refuse_role(cx, role);
}

enum err
access_role_stands(struct ctx *cx, int64_t role, struct perm_set was)
{
	struct db_rows rows;
	bool           same = false;

	db_query(cx->db, &rows, SQL_ACCESS_ROLE, DB_ARGS(DB_INT(cx->tenant), DB_INT(role)));
	while (db_next(&rows))
		same = perm_set_read(db_dup(&rows, "permissions", cx->arena)).bits == was.bits;
	TRY(db_end(&rows));
	return same ? OK : ERR_BUSY;
}

enum err
access_give_group(struct ctx *cx, int64_t group)
{
	struct holder  who = { .org_path = cx->path, .perms = cx->perms,
		.most = ctx_within_key(cx, perm_set_all()) };
	struct db_rows rows;
	const char    *refused = NULL;

	if (cx->actor.kind == ACTOR_SYSTEM)
		return OK;
	db_query(cx->db, &rows, SQL_ACCESS_GROUP_WORKSPACES,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(group), DB_INT(cx->actor.member),
	        DB_INT(cx->now)));
	while (db_next(&rows)) {
		struct perm_set set = perm_set_read(db_dup(&rows, "permissions", cx->arena));

		who.inside.belongs = !db_is_null(&rows, "own");
		who.inside.roles = read_lines(cx, who.inside.belongs ?
		    db_dup(&rows, "own", cx->arena) : NULL);
		if (!perm_covers(held_inside(&who), set))
			refused = db_dup(&rows, "role_name", cx->arena);
	}
	TRY(db_end(&rows));
	return refused ? refuse_role(cx, refused) : OK;
}

/* 0: not within the last minutes. */
static enum err
refused_before(struct ctx *cx, const char *permission, const char *matter, int64_t *id)
{
	struct db_rows rows;

	*id = 0;
	db_query(cx->db, &rows, SQL_DECISIONS_AGAIN,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(cx->actor.member), DB_TEXT(permission),
	        DB_TEXT(matter), DB_INT(cx->now - REFUSAL_AGAIN_MS), DB_INT(cx->inside.id)));
	while (db_next(&rows))
		*id = db_int(&rows, "id");
	return db_end(&rows);
}

static enum err
refuse_in_tx(struct ctx *cx, const char *permission, const char *matter)
{
	struct perm_set held = { cx->perms.bits | access_inside(cx).bits };
	int64_t         id, again;

	/* Another worker may have refused the same meanwhile. */
	TRY(refused_before(cx, permission, matter, &again));
	if (again != 0) {
		cx->decision = again;
		return OK;
	}
	id = id_new(cx->now);
	TRY(db_run(cx->db, NULL, SQL_DECISIONS_ADD,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(id), DB_INT(cx->now), DB_INT(cx->actor.member),
	        DB_TEXT(permission), DB_TEXT(matter), DB_TEXT(cx->path),
	        DB_INT(cx->inside.id), DB_TEXT(cx->role), DB_TEXT(perm_set_text(cx->arena, held)),
	        DB_TEXT(cx->key ? cx->key->name : ""),
	        DB_INT(cx->actor.kind == ACTOR_SERVICE), DB_TEXT(cx->actor.label))));
	TRY(audit_add(cx, &(struct audit_entry){ .act = AUDIT_DENIED,
	    .where = cx->inside.id ? IN_WORKSPACE(cx->inside.id) : IN_ORG(cx->path),
	    .subject = cx->actor.member, .name = cx->actor.label,
	    .fields = (const struct audit_field[]){ { "permission", NULL, permission },
	        { "page", NULL, matter } }, .nfields = 2 }));
	cx->decision = id;
	return OK;
}

enum err
access_refused(struct ctx *cx, enum perm p, const char *matter)
{
	const char *permission = cx->refused ? cx->refused :
	    p < PERM_FIRST ? "" : perm_info(p)->key;
	int64_t     again;

	/* Asked first, so that who tries on and on takes no write lock. */
	TRY(refused_before(cx, permission, matter, &again));
	if (again != 0) {
		cx->decision = again;
		return OK;
	}
	TRY(db_begin(cx->db));
	return db_finish(cx->db, refuse_in_tx(cx, permission, matter));
}

enum err
access_sweep(struct ctx *cx, int64_t *n)
{
	return db_run(cx->db, n, SQL_DECISIONS_SWEEP, DB_ARGS(DB_INT(cx->now - DECISIONS_KEPT_MS)));
}
