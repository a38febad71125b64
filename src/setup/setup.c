/* Making a whole new account, and its first administrator.  Rows are written by the
 * modules that own them. */
#include "setup/setup.h"

#include "base/arena.h"
#include "base/conf.h"
#include "base/id.h"
#include "core/audit.h"
#include "core/place.h"
#include "crypto/token.h"
#include "db/db.h"
#include "organizations/organizations.h"
#include "roles/roles.h"
#include "signin/signin.h"

#define LINK_MS        INT64_C(1800000)
#define SWEPT_AFTER_MS INT64_C(86400000)

static enum err
tenant_in_tx(struct ctx *cx, const char *slug, const char *name)
{
	int64_t root;

	TRY(tenants_add(cx, slug, name));
	TRY(organizations_add_root(cx, name, &root));
	TRY(roles_add_first(cx));
	return audit_add(cx, &(struct audit_entry){ .act = AUDIT_TENANT_ADDED, .where = IN_TENANT,
	    .subject = cx->tenant, .name = name,
	    .fields = &(struct audit_field){ "slug", NULL, slug }, .nfields = 1 });
}

enum err
setup_tenant(struct ctx *cx, const struct tenant_input *in)
{
	const char *slug, *name;

	if (cx->actor.kind != ACTOR_SYSTEM)
		return ERR_DENIED;
	TRY(tenants_check(cx, in, &slug, &name));
	TRY(db_begin(cx->db));
	return db_finish(cx->db, tenant_in_tx(cx, slug, name));
}

static enum err
user_in_tx(struct ctx *cx, const struct member_made *m, const char *hash, enum audit_act act,
    int64_t *member)
{
	struct person p;

	TRY(members_person(cx, m->email_key, &p));
	if (p.id)
		return ctx_issue(cx, "email", _("[email] has an identity already: invite it.",
		    "email", m->email));
	TRY(members_add_person(cx, m, &p.id));
	*member = id_new(cx->now);
	TRY(members_add(cx, *member, p.id, m, "active"));
	TRY(signin_set_password(cx, p.id, hash));
	return audit_add(cx, &(struct audit_entry){ .act = act, .where = IN_ORG(m->org_path),
	    .subject = *member, .name = m->name,
	    .fields = (const struct audit_field[]){ { "email", NULL, m->email },
	        { "role", NULL, m->role.name } }, .nfields = 2 });
}

enum err
setup_user(struct ctx *cx, const struct setup_user *in, const char *org_path, int64_t *member)
{
	struct member_made m;
	const char        *hash;
	enum err           e;

	e = members_check(cx, &in->member, org_path, &m);
	TRY(e);
	TRY(signin_new_password(cx, 0, in->password, in->password,
	    (const char *const[]){ m.email, m.name, cx->place->name, cx->place->slug, NULL },
	    &hash));
	TRY(db_begin(cx->db));
	return db_finish(cx->db, user_in_tx(cx, &m, hash, AUDIT_MEMBER_ADDED, member));
}

/* ---------------------------------------------------------------- the first one */

static struct link_claim
claim_of(int64_t id, int64_t expires_at)
{
	return (struct link_claim){ .purpose = PURPOSE_LINK_SETUP, .row = id, .generation = 1,
		.email = "", .expires_at = expires_at };
}

static enum err
link_in_tx(struct ctx *cx, int64_t id, int64_t expires_at)
{
	TRY(db_run(cx->db, NULL, SQL_SETUP_LINKS_CLEAR, NULL, 0));
	TRY(db_run(cx->db, NULL, SQL_SETUP_LINKS_ADD, DB_ARGS(DB_INT(id), DB_INT(expires_at))));
	return audit_add(cx, &(struct audit_entry){ .act = AUDIT_SETUP_LINK, .where = IN_TENANT });
}

enum err
setup_link(struct ctx *cx, const char **link)
{
	int64_t           id = id_new(cx->now);
	struct link_claim claim = claim_of(id, cx->now + LINK_MS);

	*link = arena_printf(cx->arena, "%s/setup?t=%s", cx->conf->base_url,
	    link_make(cx->arena, cx->keys, &claim));
	TRY(db_begin(cx->db));
	return db_finish(cx->db, link_in_tx(cx, id, claim.expires_at));
}

static enum err
open_id(struct ctx *cx, struct str token, int64_t *id)
{
	struct link_claim claim = { .email = NULL };
	struct db_rows    rows;
	int64_t           n;

	TRY(link_row(token, id));
	db_query(cx->db, &rows, SQL_SETUP_LINKS_OPEN, DB_ARGS(DB_INT(*id)));
	while (db_next(&rows))
		if (db_int(&rows, "used_at") == 0)
			claim = claim_of(*id, db_int(&rows, "expires_at"));
	TRY(db_end(&rows));
	if (claim.email == NULL || claim.expires_at <= cx->now)
		return ERR_NOTFOUND;
	TRY(link_check(cx->keys, token, &claim));
	TRY(tenants_count(cx, &n));
	return n == 0 ? OK : ERR_NOTFOUND;
}

enum err
setup_open(struct ctx *cx, struct str token)
{
	int64_t id;

	return open_id(cx, token, &id);
}

/* The account is made before its administrator can be checked, for roles are its own. */
static enum err
use_in_tx(struct ctx *cx, struct str token, const struct setup_input *in, const char *slug,
    const char *name, const char *hash)
{
	struct member_made m;
	int64_t            id, member, changed = 0;

	TRY(open_id(cx, token, &id));
	TRY(db_run(cx->db, &changed, SQL_SETUP_LINKS_USE, DB_ARGS(DB_INT(id), DB_INT(cx->now))));
	if (changed != 1)
		return ERR_NOTFOUND;
	TRY(tenant_in_tx(cx, slug, name));
	TRY(members_check(cx, &(struct member_input){ .name = in->name, .email = in->email,
	    .role = STR("Admin") }, "/", &m));
	return user_in_tx(cx, &m, hash, AUDIT_SETUP_DONE, &member);
}

/* Who holds the link acts as the system, until the account has somebody. */
enum err
setup_use(struct ctx *cx, struct str token, const struct setup_input *in, const char **slug)
{
	const char *tenant = "", *hash = NULL, *name = "", *email = "", *key;
	enum err    e = OK;

	TRY(setup_open(cx, token));
	cx->actor = (struct actor){ .kind = ACTOR_SYSTEM, .label = "Setup link" };
	if (tenants_check(cx, &in->tenant, slug, &tenant))
		e = ERR_INVALID;
	if (name_text(cx->arena, in->name, &name))
		e = ctx_issue(cx, "name", _("Give a name of at most [n] letters, digits, spaces "
		    "and - . , ' ( ).", "n", "60"));
	if (email_text(cx->arena, str_trim(in->email), &email, &key))
		e = ctx_issue(cx, "email", _("Give an email address, such as ana@example.org."));
	if (signin_new_password(cx, 0, in->password, in->password,
	    (const char *const[]){ tenant, name, email, NULL }, &hash))
		e = ERR_INVALID;
	TRY(e);
	TRY(db_begin(cx->db));
	return db_finish(cx->db, use_in_tx(cx, token, in, *slug, tenant, hash));
}

enum err
setup_sweep(struct ctx *cx, int64_t *n)
{
	return db_run(cx->db, n, SQL_SETUP_LINKS_SWEEP, DB_ARGS(DB_INT(cx->now - SWEPT_AFTER_MS)));
}
