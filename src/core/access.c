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

struct perm_set
access_perms(struct ctx *cx, struct db_rows *rows)
{
	struct perm_set set = perm_set_read(db_dup(rows, "permissions", cx->arena));
	const char     *more = db_dup(rows, "group_permissions", cx->arena);

	/* A line for each group. */
	while (more && *more) {
		size_t len = strcspn(more, "\n");

		set.bits |= perm_set_read(arena_printf(cx->arena, "%.*s", (int)len, more)).bits;
		more += len + (more[len] == '\n');
	}
	return set;
}

/* A tenant role reaches as far as its holder's organization: what lies in no organization
 * is the whole tenant's, so its holder must be in the root. */
static void
decide(struct proof *proof, struct scope sc)
{
	const struct holder *who = &proof->who;

	proof->yes = false;
	if (strcmp(who->status, "active") != 0)
		proof->why = PROOF_STATUS;
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
	    .perms = cx->perms } };

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
	proof = proof_of_actor(cx, p, sc);
	if (proof.yes)
		return OK;
	return proof.why == PROOF_REACH && sc.kind == SCOPE_ORG ? ERR_NOTFOUND : ERR_DENIED;
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
	if (!active)
		return ERR_DENIED;
	if (cx->key && !over)
		TRY(key_ended(cx, &over));
	return over ? ERR_BUSY : OK;
}

const struct grant *
access_grant(const struct proof *proof, enum perm p)
{
	for (size_t i = 0; i < proof->ngrants; i++)
		if (!proof->grants[i].over && perm_in(proof->grants[i].perms, p))
			return &proof->grants[i];
	return NULL;
}

/* What is held is what the grants in force hold. */
static enum err
read_grants(struct ctx *cx, struct proof *proof)
{
	struct db_rows rows;

	proof->grants = ARENA_ARRAY(cx->arena, struct grant, GRANTS_MOST);
	proof->who.perms = (struct perm_set){ 0 };
	db_query(cx->db, &rows, SQL_ACCESS_GRANTS,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(proof->who.member)));
	while (db_next(&rows)) {
		struct grant g = {
			.group = db_int(&rows, "group_id"),
			.group_name = db_dup(&rows, "group_name", cx->arena),
			.role = db_int(&rows, "role_id"),
			.role_name = db_dup(&rows, "role_name", cx->arena),
			.perms = perm_set_read(db_dup(&rows, "permissions", cx->arena)),
			.until_at = db_int(&rows, "until_at"),
		};
		g.over = g.until_at != 0 && g.until_at <= cx->now;
		if (!g.over)
			proof->who.perms.bits |= g.perms.bits;
		/* Of too many to show, the last place is for one that decides. */
		if (proof->ngrants < GRANTS_MOST)
			proof->grants[proof->ngrants++] = g;
		else if (!g.over && perm_in(g.perms, proof->perm))
			proof->grants[GRANTS_MOST - 1] = g;
	}
	return db_end(&rows);
}

enum err
access_why(struct ctx *cx, int64_t member, enum perm p, struct scope sc, struct proof **out)
{
	struct db_rows rows;
	struct proof  *proof = ARENA_NEW(cx->arena, struct proof);

	proof->perm = p;
	db_query(cx->db, &rows, SQL_ACCESS_WHO, DB_ARGS(DB_INT(cx->tenant), DB_INT(member)));
	while (db_next(&rows))
		proof->who = (struct holder){
			.member = db_int(&rows, "id"),
			.service = db_int(&rows, "service") != 0,
			.name = db_dup(&rows, "name", cx->arena),
			.status = db_dup(&rows, "status", cx->arena),
			.org_path = db_dup(&rows, "org_path", cx->arena),
			.role_id = db_int(&rows, "role_id"),
			.role = db_dup(&rows, "role_name", cx->arena),
		};
	TRY(db_end_found(&rows));
	TRY(read_grants(cx, proof));
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

/* 0: not within the last minutes. */
static enum err
refused_before(struct ctx *cx, const char *permission, const char *matter, int64_t *id)
{
	struct db_rows rows;

	*id = 0;
	db_query(cx->db, &rows, SQL_DECISIONS_AGAIN,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(cx->actor.member), DB_TEXT(permission),
	        DB_TEXT(matter), DB_INT(cx->now - REFUSAL_AGAIN_MS)));
	while (db_next(&rows))
		*id = db_int(&rows, "id");
	return db_end(&rows);
}

static enum err
refuse_in_tx(struct ctx *cx, const char *permission, const char *matter)
{
	int64_t id, again;

	/* Another worker may have refused the same meanwhile. */
	TRY(refused_before(cx, permission, matter, &again));
	if (again != 0) {
		cx->decision = again;
		return OK;
	}
	id = id_new(cx->now);
	TRY(db_run(cx->db, NULL, SQL_DECISIONS_ADD,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(id), DB_INT(cx->now), DB_INT(cx->actor.member),
	        DB_TEXT(permission), DB_TEXT(matter), DB_TEXT(cx->path), DB_INT(0),
	        DB_TEXT(cx->role), DB_TEXT(perm_set_text(cx->arena, cx->perms)),
	        DB_TEXT(cx->key ? cx->key->name : ""),
	        DB_INT(cx->actor.kind == ACTOR_SERVICE))));
	TRY(audit_add(cx, &(struct audit_entry){ .act = AUDIT_DENIED, .where = IN_ORG(cx->path),
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
