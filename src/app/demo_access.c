/* Who works together in a made-up tenant: groups, workspaces and service accounts, made by the same
 * calls as real ones. */
#include "app/demo_access.h"

#include <string.h>

#include "apikeys/apikeys.h"
#include "base/arena.h"
#include "base/id.h"
#include "core/access.h"
#include "groups/groups.h"
#include "members/members.h"
#include "svcaccounts/svcaccounts.h"
#include "workspaces/workspaces.h"

enum { IN_A_GROUP = 9, IN_A_SPACE = 5, KINDS = 3 };

static const struct { const char *name, *description, *role; } groups[KINDS] = {
	{ "Support", "Answers customers", "Staff" },
	{ "Finance", "Invoices and audits", "" },
	{ "On call", "Who is woken at night", "Builder" },
};
/* In each one of the groups, too. */
static const struct { const char *name, *description; int group; } spaces[KINDS] = {
	{ "Payments", "Cards, invoices, refunds", 1 },
	{ "Website", "Pages and campaigns", 0 },
	{ "Monitoring", "Alarms and who gets them", 2 },
};
/* In one of the groups or -1, and in one of the workspaces or -1. */
static const struct { const char *name, *description, *role; int group, space; } services[KINDS] = {
	{ "Nightly report", "Mails the numbers of the day", "Staff", 1, -1 },
	{ "Payment sync", "Copies payments to the ledger", "Builder", -1, 0 },
	{ "Status page", "Reads alarms", "Consumer", 2, 2 },
};

static enum err
tenant_role(struct ctx *cx, const char *name, const char **id)
{
	struct member_role *roles;
	size_t              n;
	char                text[14];

	*id = "";
	if (*name == '\0')
		return OK;
	TRY(members_roles(cx, false, &roles, &n));
	for (size_t i = 0; i < n; i++)
		if (strcmp(roles[i].name, name) == 0) {
			id_text(roles[i].id, text);
			*id = arena_strdup(cx->arena, text);
		}
	return **id ? OK : ERR_FAULT;
}

static enum err
inside_role(struct ctx *cx, const char *builtin, const char **id)
{
	struct workspace_roles l;
	char                   text[14];

	TRY(workspaces_roles(cx, &l));
	for (size_t i = 0; i < l.n; i++)
		if (strcmp(l.items[i].builtin, builtin) == 0) {
			id_text(l.items[i].id, text);
			*id = arena_strdup(cx->arena, text);
			return OK;
		}
	return ERR_FAULT;
}

/* The kth handful of them. */
static size_t
some(const int64_t *ids, size_t n, size_t k, size_t most, int64_t *out)
{
	size_t got = 0;

	for (size_t i = k; i < n && got < most; i += KINDS)
		out[got++] = ids[i];
	return got;
}

static enum err
make_group(struct ctx *cx, size_t k, const int64_t *ids, size_t n, int64_t *group)
{
	struct group_input in = { str_of(groups[k].name), str_of(groups[k].description), STR(""),
		0 };
	const char        *role;
	int64_t            who[IN_A_GROUP];
	size_t             added;

	TRY(tenant_role(cx, groups[k].role, &role));
	in.role = str_of(role);
	*group = id_new(cx->now);
	TRY(groups_make(cx, *group, &in));
	n = some(ids, n, k, IN_A_GROUP, who);
	return groups_add(cx, *group, who, n, STR(""), &added);
}

static enum err
make_space(struct ctx *cx, size_t k, const int64_t *ids, size_t n, int64_t group, int64_t *space)
{
	struct workspace_input in = { str_of(spaces[k].name), str_of(spaces[k].description), 0 };
	const char            *contributor, *viewer;
	int64_t                who[IN_A_SPACE];
	size_t                 added;

	TRY(inside_role(cx, "contributor", &contributor));
	TRY(inside_role(cx, "viewer", &viewer));
	*space = id_new(cx->now);
	TRY(workspaces_make(cx, *space, &in));
	TRY(access_workspace(cx, *space));
	n = some(ids + 1, n - 1, k, IN_A_SPACE, who);
	TRY(workspaces_add(cx, *space, who, n, STR(""), str_of(contributor), &added));
	return workspaces_add(cx, *space, &group, 1, STR(""), str_of(viewer), &added);
}

static enum err
make_service(struct ctx *cx, size_t k, const int64_t *group, const int64_t *space)
{
	struct svcaccount_input in = { .name = str_of(services[k].name),
		.description = str_of(services[k].description) };
	struct service_first    first = { id_new(cx->now), id_new(cx->now), STR(""), STR("365") };
	struct apikey_made      made;
	const char             *role, *inside;
	char                    owner[14];

	id_text(group[KINDS - 1], owner);
	in.owner_group = str_of(owner);
	TRY(tenant_role(cx, services[k].role, &role));
	TRY(inside_role(cx, "contributor", &inside));
	in.role = str_of(role);
	in.workspace_role = str_of(inside);
	if (services[k].group >= 0) {
		in.groups = &group[services[k].group];
		in.ngroups = 1;
	}
	if (services[k].space >= 0) {
		in.workspaces = &space[services[k].space];
		in.nworkspaces = 1;
	}
	first.sealed = str_of(apikeys_sealed(cx, first.key, STR("")));
	return apikeys_make_service(cx, &first, &in, &made);
}

enum err
demo_access(struct ctx *cx, const int64_t *ids, size_t n)
{
	int64_t group[KINDS], space[KINDS];

	for (size_t i = 0; i < KINDS; i++)
		TRY(make_group(cx, i, ids, n, &group[i]));
	for (size_t i = 0; i < KINDS; i++)
		TRY(make_space(cx, i, ids, n, group[spaces[i].group], &space[i]));
	for (size_t i = 0; i < KINDS; i++)
		TRY(make_service(cx, i, group, space));
	return OK;
}
