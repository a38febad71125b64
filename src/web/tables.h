/* The route tables that the modules give, each at the end of its _pages.c. */
#ifndef WEB_TABLES_H
#define WEB_TABLES_H

#include "web/route.h"

extern const struct route site_routes[], tenants_routes[], settings_routes[], jobs_routes[],
	members_routes[],
	user_routes[], signin_routes[], proof_routes[], identity_routes[], roles_routes[],
	role_form_routes[],
	reset_routes[], invites_routes[], profile_routes[], setup_routes[], auditlog_routes[],
	bulk_routes[], uploads_routes[], search_routes[], seats_routes[], activity_routes[],
	code_routes[], factor_routes[], apikeys_routes[], apikeys_api_routes[],
	members_api_routes[], by_group_routes[], groups_routes[], group_people_routes[],
	workspaces_routes[], workspace_routes[], workspace_people_routes[],
	portal_routes[],
	why_routes[], ask_routes[],
	svcaccounts_routes[], service_cells_routes[], service_keys_routes[],
	service_activity_routes[], service_places_routes[], apikeys_cells_routes[];

#endif
