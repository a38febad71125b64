/* Every route of the program and every kind of long work: the modules' tables, in their
 * dependency order. */
#include "jobs/jobs.h"
#include "members/members.h"
#include "web/tables.h"

const struct route *const all_routes[] = {
	site_routes,
	tenants_routes,
	jobs_routes,
	members_routes,
	user_routes,
	signin_routes,
	code_routes,
	proof_routes,
	factor_routes,
	roles_routes,
	reset_routes,
	invites_routes,
	setup_routes,
	auditlog_routes,
	NULL
};

const struct job_kind job_kinds[] = {
	{ "members.logout", N_("Signing everybody out"), PERM_USER_LOGOUT, members_log_out_step },
	{ .name = NULL }
};
