/* Every route of the program: the modules' tables, in their dependency order. */
#include "web/tables.h"

const struct route *const all_routes[] = {
	site_routes,
	tenants_routes,
	members_routes,
	signin_routes,
	roles_routes,
	reset_routes,
	invites_routes,
	setup_routes,
	auditlog_routes,
	NULL
};
