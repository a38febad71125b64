/* Every route of the program and every kind of long work: the modules' tables, in their
 * dependency order. */
#include "bulk/bulk.h"
#include "bulk/uploads.h"
#include "jobs/jobs.h"
#include "members/members.h"
#include "roles/roles.h"
#include "web/tables.h"

const struct route *const all_routes[] = {
	site_routes,
	search_routes,
	tenants_routes,
	jobs_routes,
	members_routes,
	members_api_routes,
	by_group_routes,
	user_routes,
	signin_routes,
	code_routes,
	proof_routes,
	factor_routes,
	identity_routes,
	seats_routes,
	activity_routes,
	groups_routes,
	group_people_routes,
	workspaces_routes,
	workspace_routes,
	workspace_people_routes,
	portal_routes,
	svcaccounts_routes,
	service_cells_routes,
	service_activity_routes, service_places_routes, settings_routes,
	service_keys_routes,
	roles_routes,
	role_form_routes,
	why_routes,
	ask_routes,
	apikeys_routes,
	apikeys_cells_routes,
	apikeys_api_routes,
	reset_routes,
	invites_routes,
	bulk_routes,
	uploads_routes,
	profile_routes,
	setup_routes,
	auditlog_routes,
	NULL
};

const struct job_kind job_kinds[] = {
	{ "members.logout", N_("Signing everybody out"), PERM_USER_LOGOUT, members_log_out_step },
	{ "users.remove", N_("Deleting users"), PERM_USER_REMOVE, bulk_remove_step },
	{ "users.role", N_("Changing roles"), PERM_USER_ROLE, bulk_role_step },
	{ "users.deactivate", N_("Deactivating users"), PERM_USER_DEACTIVATE,
	    bulk_deactivate_step },
	{ "users.reactivate", N_("Re-activating users"), PERM_USER_DEACTIVATE,
	    bulk_reactivate_step },
	{ "users.logout", N_("Signing users out"), PERM_USER_LOGOUT, bulk_log_out_step },
	{ "users.resend", N_("Sending invitations again"), PERM_USER_INVITE, bulk_resend_step },
	{ "users.group", N_("Adding users to a group"), PERM_GROUP_EDIT, bulk_group_step },
	{ "users.invite", N_("Inviting people"), PERM_USER_INVITE, uploads_invite_step },
	{ "users.import", N_("Importing users"), PERM_USER_EDIT, uploads_import_step },
	{ "roles.remove", N_("Deleting a role"), PERM_ROLE_EDIT, roles_remove_step },
	{ "roles.resort", N_("Sorting users by the new name of a role"), PERM_ROLE_EDIT,
	    roles_resort_step },
	{ .name = NULL }
};
