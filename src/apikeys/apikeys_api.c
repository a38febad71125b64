/* Who a key speaks for. */
#include "apikeys/apikeys.h"

#include "base/arena.h"
#include "web/api.h"
#include "web/tables.h"

static void
put_member(struct json *j, const struct ctx *cx, const struct member *m)
{
	json_open(j, "member", '{');
	api_id(j, "id", m->id);
	json_put(j, "name", m->name);
	json_put(j, "email", m->email);
	json_put(j, "role", cx->role);
	json_put(j, "organization", m->org_name);
	json_close(j, '}');
}

/* It lies in the root organization and has no address. */
static void
put_service(struct json *j, const struct ctx *cx)
{
	json_open(j, "service_account", '{');
	api_id(j, "id", cx->actor.member);
	json_put(j, "name", cx->actor.label);
	json_put(j, "role", cx->role);
	json_close(j, '}');
}

static void
put_key(struct ctx *cx, struct json *j)
{
	const struct by_key *key = cx->key;

	json_open(j, "key", '{');
	api_id(j, "id", key->id);
	json_put(j, "name", key->name);
	json_put(j, "prefix", key->prefix);
	api_time(cx, j, "created", key->created_at);
	api_time(cx, j, "expires", key->expires_at);
	api_time(cx, j, "last_used", key->used_at);
	json_close(j, '}');
}

/* Everybody may see themselves, also who may not see users. */
static enum err
me(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct json  *j = api_begin(cx, rs);
	struct member m;
	bool          service = cx->actor.kind == ACTOR_SERVICE;

	(void)rq;
	if (!service)
		TRY(members_self(cx, &m));
	json_open(j, "tenant", '{');
	json_put(j, "slug", cx->place->slug);
	json_put(j, "name", cx->place->name);
	json_close(j, '}');
	if (service)
		put_service(j, cx);
	else
		put_member(j, cx, &m);
	json_open(j, "permissions", '[');
	for (enum perm p = PERM_FIRST; p < PERM__COUNT; p++)
		if (perm_in(cx->perms, p))
			json_put(j, NULL, perm_info(p)->key);
	json_close(j, ']');
	put_key(cx, j);
	return api_show(cx, rs);
}

const struct route apikeys_api_routes[] = {
	{ M_GET, "/api/v1/t/{tenant}/me", PERM_SIGNED_IN, me, ROUTE_API, 0, NULL },
	ROUTE_END
};
