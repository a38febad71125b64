/* Pages about roles: the list, and what one holds.  Making and editing them is in form_pages.c. */
#include "roles/roles.h"

#include <string.h>

#include "base/arena.h"
#include "base/id.h"
#include "roles/areas.h"
#include "web/page.h"
#include "web/tables.h"

/* The users who hold a role; only tenant roles are filtered by there. */
static const char *
users_href(struct ctx *cx, const struct role *r)
{
	if (strcmp(r->scope, "tenant") != 0 || !access_has(cx, PERM_USER_VIEW, IN_ORG(cx->path)))
		return NULL;
	return page_path_id(cx, "/users?role=", r->id, "");
}

/* What stands beside the number of users: "" for nothing. */
static const char *
services(struct ctx *cx, const struct role *r)
{
	if (strcmp(r->scope, "workspace") == 0)
		return r->users ? _("seats in workspaces") : "";
	return r->services == 0 ? "" : _("[n] service account | [n] service accounts", "n",
	    ctx_number(cx, r->services));
}

static const char *
scope_word(struct ctx *cx, const struct role *r)
{
	return strcmp(r->scope, "tenant") == 0 ? _("Tenant") : _("Workspace");
}

static enum err
list_roles(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct view     *v = view_new(cx->arena);
	struct role_list l;

	(void)rq;
	TRY(roles_list(cx, &l));
	TRY(roles_count(cx, &l));
	view_text(v, "matrix_href", page_path(cx, "/roles/matrix"));
	if (access_has(cx, PERM_ROLE_EDIT, IN_TENANT))
		view_text(v, "new_href", page_path(cx, "/roles/new"));
	view_text(v, "total_text", _("[n] role | [n] roles", "n", ctx_number(cx, (int64_t)l.n)));
	for (size_t i = 0; i < l.n; i++) {
		const struct role *r = &l.items[i];
		struct view       *row = view_item(v, "roles");
		const char        *users = users_href(cx, r);

		view_text(row, "name", r->name);
		view_text(row, "description", *r->description ? _(r->description) : "");
		view_text(row, "href", page_path_id(cx, "/roles/", r->id, ""));
		view_flag(row, "custom", *r->builtin == '\0');
		view_text(row, "scope", scope_word(cx, r));
		view_text(row, "users", ctx_number(cx, r->users));
		view_text(row, "services", services(cx, r));
		if (users)
			view_text(row, "users_href", users);
		view_text(row, "permissions", ctx_number(cx, (int64_t)perm_count(r->perms)));
	}
	return page_show(cx, rs, "roles/list", v);
}

static void
show_area(struct ctx *cx, struct view *v, const struct role *r, const struct perm_area *a)
{
	struct view *area = NULL;

	for (enum perm p = PERM_FIRST; p < PERM__COUNT; p++) {
		const struct perm_info *info = perm_info(p);
		struct view            *row;

		if (!perm_in(r->perms, p) || !perm_in_area(p, a))
			continue;
		if (area == NULL) {
			area = view_item(v, "areas");
			view_text(area, "area", _(a->title));
		}
		row = view_item(area, "permissions");
		view_text(row, "key", info->key);
		view_text(row, "title", _(info->title));
		if (info->scope == SCOPE_WORKSPACE && strcmp(r->scope, "tenant") == 0)
			view_text(row, "note", _("in each workspace the holder belongs to"));
	}
}

static void
show_acts(struct ctx *cx, struct view *v, const struct role *r)
{
	if (access_has(cx, PERM_ROLE_EDIT, IN_TENANT))
		view_text(v, "duplicate_href", page_path_id(cx, "/roles/new?from=", r->id, ""));
	if (!roles_editable(cx, r))
		return;
	view_text(v, "edit_href", page_path_id(cx, "/roles/", r->id, "/edit"));
	view_text(v, "delete_href", page_path_id(cx, "/roles/", r->id, "/delete"));
}

static enum err
show_role(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct view *v = view_new(cx->arena);
	struct role  r;
	const char  *users;
	int64_t      id;

	TRY(request_path_id(rq, "role", &id));
	TRY(roles_get(cx, id, &r));
	users = users_href(cx, &r);
	view_text(v, "name", r.name);
	view_text(v, "scope", scope_word(cx, &r));
	view_text(v, "description", *r.description ? _(r.description) : "");
	view_flag(v, "custom", *r.builtin == '\0');
	view_text(v, "users", roles_users(cx, &r));
	if (users)
		view_text(v, "users_href", users);
	view_text(v, "services", strcmp(r.scope, "workspace") == 0 ? "" : services(cx, &r));
	view_text(v, "roles_href", page_path(cx, "/roles"));
	view_flag(v, "everything", strcmp(r.builtin, "admin") == 0);
	view_flag(v, "has_areas", perm_count(r.perms) > 0);
	for (const struct perm_area *a = perm_areas; a->key; a++)
		show_area(cx, v, &r, a);
	show_acts(cx, v, &r);
	return page_show(cx, rs, "roles/show", v);
}

const struct route roles_routes[] = {
	{ M_GET, "/t/{tenant}/roles",        PERM_ROLE_VIEW, list_roles, 0, 0, NULL },
	{ M_GET, "/t/{tenant}/roles/{role}", PERM_ROLE_VIEW, show_role,  0, 0, NULL },
	ROUTE_END
};
