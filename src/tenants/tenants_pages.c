/* The account's own pages: where one lands, and the overview of what may be opened. */
#include "tenants/tenants.h"

#include "base/arena.h"
#include "members/members.h"
#include "roles/roles.h"
#include "web/page.h"
#include "web/tables.h"

static enum err
landing(struct ctx *cx, const struct request *rq, struct response *rs)
{
	(void)rq;
	return page_go(rs, page_path(cx, access_has(cx, PERM_USER_VIEW, IN_ORG(cx->path)) ?
	    "/users" : "/settings"));
}

static struct view *
card(struct ctx *cx, struct view *group, const char *label, const char *path, const char *icon,
    const char *line)
{
	struct view *c = view_item(group, "cards");

	view_text(c, "label", label);
	view_text(c, "href", page_path(cx, path));
	view_text(c, "icon", icon);
	view_text(c, "line", line);
	return c;
}

static enum err
users_card(struct ctx *cx, struct view *v)
{
	struct view       *group = view_item(v, "groups");
	struct member_list l;

	TRY(members_numbers(cx, &l));
	view_text(group, "title", _("Directory"));
	view_text(card(cx, group, _("Users"), "/users", "users", l.invited ?
	    _("[n] invited, [m] deactivated", "n", ctx_number(cx, l.invited), "m",
	        ctx_number(cx, l.deactivated)) : _("People of this account")), "number",
	    ctx_number(cx, l.all));
	return OK;
}

static enum err
overview(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct view     *v = view_new(cx->arena), *group;
	struct role_list roles;
	bool             any = false;

	(void)rq;
	if (access_has(cx, PERM_USER_VIEW, IN_ORG(cx->path))) {
		TRY(users_card(cx, v));
		any = true;
	}
	if (access_has(cx, PERM_ROLE_VIEW, IN_TENANT)) {
		TRY(roles_list(cx, &roles));
		group = view_item(v, "groups");
		view_text(group, "title", _("Access"));
		view_text(card(cx, group, _("Roles"), "/roles", "shield", _("What people may do")),
		    "number", ctx_number(cx, (int64_t)roles.n));
		any = true;
	}
	if (access_has(cx, PERM_AUDIT_VIEW, IN_TENANT)) {
		group = view_item(v, "groups");
		view_text(group, "title", _("Tenant"));
		card(cx, group, _("Audit log"), "/audit", "history", _("Who did what, and when"));
		any = true;
	}
	view_flag(v, "none", !any);
	if (*cx->place->contact_email)
		view_text(v, "contact_email", cx->place->contact_email);
	return page_show(cx, rs, "tenants/settings", v);
}

const struct route tenants_routes[] = {
	{ M_GET, "/t/{tenant}",          PERM_SIGNED_IN, landing,  0, 0, NULL },
	{ M_GET, "/t/{tenant}/",         PERM_SIGNED_IN, landing,  0, 0, NULL },
	{ M_GET, "/t/{tenant}/settings", PERM_SIGNED_IN, overview, 0, 0, NULL },
	ROUTE_END
};
