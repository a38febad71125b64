/* What permissions are about, for pages that show them.  The permissions are in core/perm.def. */
#include "roles/areas.h"

#include <string.h>

#include "core/ctx.h"

const struct perm_area perm_areas[] = {
	{ "account", N_("General settings") }, { "security", N_("Security settings") },
	{ "user", N_("Users") }, { "service_account", N_("Service accounts") },
	{ "group", N_("Groups") }, { "role", N_("Roles") },
	{ "organization", N_("Organizations") }, { "location", N_("Locations") },
	{ "tag", N_("Tags") }, { "field", N_("Custom fields") }, { "device", N_("Devices") },
	{ "workspace", N_("Workspaces") }, { "audit", N_("Audit log") }, { "mail", N_("Email") },
	{ "webhook", N_("Webhooks") }, { "app", N_("Applications") }, { "portal", N_("Portal") },
	{ NULL, NULL },
};

static bool
is_below(enum perm p, const struct perm_area *a)
{
	size_t len = strlen(a->key);

	return strncmp(perm_info(p)->key, a->key, len) == 0 && perm_info(p)->key[len] == ':';
}

bool
perm_in_area(enum perm p, const struct perm_area *a)
{
	static const struct perm_area *area[PERM__COUNT];   /* found once: a matrix asks for each */

	for (const struct perm_area *one = perm_areas; area[p] == NULL && one->key; one++)
		if (is_below(p, one))
			area[p] = one;
	return area[p] == a;
}
