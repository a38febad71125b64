/* Who forgot the password of a made-up world.  Making one is in demo.c. */
#include "app/demo_again.h"

#include <string.h>

#include "base/arena.h"
#include "base/conf.h"
#include "core/audit.h"
#include "core/place.h"
#include "crypto/crypto.h"
#include "crypto/password.h"
#include "crypto/token.h"
#include "db/db.h"
#include "signin/signin.h"

enum { PASSWORD_BYTES = 15 };

struct admin { int64_t member, person; const char *email, *name; };

static enum err
first_tenant(struct ctx *cx, int64_t *tenant)
{
	struct db_rows rows;

	*tenant = 0;
	db_query(cx->db, &rows, SQL_DEMO_FIRST_TENANT, NULL, 0);
	while (db_next(&rows))
		*tenant = db_int(&rows, "id");
	return db_end(&rows);
}

/* Addresses of made-up people are below .example, where nobody can have one. */
static bool
made_up(const struct ctx *cx, const char *email)
{
	const char *domain = strchr(email, '@');
	size_t      slug = strlen(cx->place->slug);

	return domain && strncmp(domain + 1, cx->place->slug, slug) == 0 &&
	    strcmp(domain + 1 + slug, ".example") == 0;
}

static enum err
find_admin(struct ctx *cx, struct admin *out)
{
	struct db_rows rows;
	int64_t        tenant;

	TRY(first_tenant(cx, &tenant));
	if (tenant == 0 || place_open_id(cx, tenant) != OK)
		return ERR_DENIED;
	*out = (struct admin){ .email = "" };
	db_query(cx->db, &rows, SQL_DEMO_ADMIN, DB_ARGS(DB_INT(tenant), DB_INT(AUDIT_SETUP_DONE),
	    DB_INT(AUDIT_MEMBER_INVITED), DB_INT(AUDIT_MEMBER_ADDED)));
	while (db_next(&rows))
		*out = (struct admin){ db_int(&rows, "id"), db_int(&rows, "person_id"),
			db_dup(&rows, "email", cx->arena), db_dup(&rows, "name", cx->arena) };
	TRY(db_end(&rows));
	return made_up(cx, out->email) ? OK : ERR_DENIED;
}

static enum err
set_in_tx(struct ctx *cx, const struct admin *a, const char *hash)
{
	TRY(signin_set_password(cx, a->person, hash));
	TRY(signin_end_all(cx, a->person, 0));
	return audit_add(cx, &(struct audit_entry){ .act = AUDIT_PASSWORD_SET, .where = IN_TENANT,
	    .subject = a->member, .name = a->name });
}

enum err
demo_again(struct ctx *cx, const char **email, const char **password)
{
	uint8_t      random[PASSWORD_BYTES];
	char         hash[PASSWORD_HASH_SIZE];
	struct admin a;

	TRY(find_admin(cx, &a));
	crypto_random(random, sizeof(random));
	*email = a.email;
	*password = b64_text(cx->arena, random, sizeof(random));
	TRY(password_hash(str_of(*password), cx->conf->password_kib, cx->conf->password_passes,
	    hash));
	TRY(db_begin(cx->db));
	return db_finish(cx->db, set_in_tx(cx, &a, hash));
}
