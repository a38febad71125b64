/* Pages that make, edit and delete custom roles, and the matrix of all of them.  The list and what
 * one role holds are in roles_pages.c. */
#include "roles/roles.h"

#include <string.h>

#include "base/arena.h"
#include "base/id.h"
#include "groups/groups.h"
#include "members/members_views.h"
#include "roles/areas.h"
#include "web/confirm.h"
#include "web/csrf.h"
#include "web/page.h"
#include "web/tables.h"
#include "workspaces/workspaces.h"

#define ROLES "/t/{tenant}/roles"

static const char *
role_path(struct ctx *cx, int64_t id, const char *below)
{
	char text[14];

	id_text(id, text);
	return page_path(cx, ARENA_JOIN(cx->arena, "/roles/", text, below));
}

/* ---------------------------------------------------------------- the form */

static void
read_form(const struct form *f, struct role_input *in)
{
	*in = (struct role_input){ .name = form_get(f, "name"),
		.description = form_get(f, "description"), .version = form_int(f, "version") };
	in->perms = page_permissions(f, &in->strange);
}

static bool
is_workspace(const char *scope)
{
	return strcmp(scope, "workspace") == 0;
}

/* What the choices of a role show: what is ticked, and what is stored. */
struct grants_shown { struct perm_set ticked, stored; const char *scope; };

static void
show_permission(struct ctx *cx, struct view *area, enum perm p, const struct grants_shown *g)
{
	const struct perm_info *info = perm_info(p);
	enum perm               implied = perm_implied(p);
	struct view            *row = view_item(area, "permissions");
	bool                    always = is_workspace(g->scope) && p == PERM_WORKSPACE_VIEW;

	view_text(row, "key", info->key);
	view_text(row, "title", _(info->title));
	view_flag(row, "checked", perm_in(g->ticked, p) || always);
	if (ctx_issue_of(cx, "version") && perm_in(g->ticked, p) != perm_in(g->stored, p))
		view_text(row, "now", perm_in(g->stored, p) ? _("Now: ticked") :
		    _("Now: not ticked"));
	if (implied != p)
		view_text(row, "implies", perm_info(implied)->key);
	if (info->scope == SCOPE_WORKSPACE && !is_workspace(g->scope))
		view_text(row, "note", _("in each workspace the holder belongs to"));
	else if (always)
		view_text(row, "note", _("comes with every role of a workspace"));
	view_flag(row, "refused", !perm_in(cx->perms, p));
}

static void
show_choices(struct ctx *cx, struct view *v, const struct grants_shown *g)
{
	for (const struct perm_area *a = perm_areas; a->key; a++) {
		struct view *area = NULL;

		for (enum perm p = PERM_FIRST; p < PERM__COUNT; p++) {
			if (!perm_in_area(p, a) ||
			    (is_workspace(g->scope) && perm_info(p)->scope != SCOPE_WORKSPACE))
				continue;
			if (area == NULL) {
				area = view_item(v, "areas");
				view_text(area, "area", _(a->title));
				view_text(area, "id", a->key);
			}
			show_permission(cx, area, p, g);
		}
	}
}

/* Shared by making and editing: role is what is edited, NULL for a new one. */
static enum err
show_form(struct ctx *cx, const struct request *rq, struct response *rs, const struct role *role,
    const char *scope, const struct role_input *in)
{
	struct view *v = view_new(cx->arena);

	view_flag(v, "is_new", role == NULL);
	view_flag(v, "workspace_scope", is_workspace(scope));
	if (role == NULL) {
		form_id_show(cx, v, rq->form);
	} else {
		view_int(v, "version", role->version);
	}
	view_text(v, "scope", scope);
	view_text(v, "action", role ? role_path(cx, role->id, "/edit") :
	    page_path(cx, "/roles/new"));
	view_str(v, "name", in->name);
	view_str(v, "description", in->description);
	view_text(v, "users", role ? _("[n] user | [n] users", "n", ctx_number(cx, role->users)) :
	    "");
	show_choices(cx, v, &(struct grants_shown){
	    perm_set_read(perm_set_text(cx->arena, in->perms)), role ? role->perms : in->perms,
	    scope });
	if (role) {
		const char *now = *role->description ? _(role->description) : "";

		page_theirs(cx, v, "name_now", in->name, role->name, role->name);
		page_theirs(cx, v, "description_now", in->description, now, now);
	}
	view_text(v, "cancel_href", role ? role_path(cx, role->id, "") : page_path(cx, "/roles"));
	return page_show(cx, rs, "roles/form", v);
}

/* What a refused form answers; ERR_DENIED is said in it when there is an issue that tells why. */
static bool
is_said(struct ctx *cx, struct response *rs, enum err e, const char *matter)
{
	if (e != ERR_INVALID && !(e == ERR_DENIED && cx->issues))
		return false;
	if (e == ERR_DENIED) {
		page_refused(cx, PERM_ROLE_EDIT, matter);
		rs->status = 403;
	}
	return true;
}

/* ---------------------------------------------------------------- making */

static const char *
scope_of(const struct form *f)
{
	return str_equal(form_get(f, "scope"), STR("workspace")) ? "workspace" : "tenant";
}

static void
begin_with(const struct role_template *t, struct ctx *cx, struct role_input *in)
{
	in->name = str_of(_(t->name));
	in->description = str_of(_(t->description));
	in->perms = perm_set_read(t->permissions);
}

/* From nothing, from a template, or from a role that there is. */
static enum err
begin(struct ctx *cx, const struct form *f, const char **scope, struct role_input *in)
{
	struct str  from = form_get(f, "from");
	int64_t     id;
	struct role r;

	*scope = scope_of(f);
	for (const struct role_template *t = role_templates; t->key; t++)
		if (str_equal(from, str_of(t->key)))
			begin_with(t, cx, in);
	if (id_read(from, &id) != OK)
		return OK;
	TRY(roles_get(cx, id, &r));
	*scope = r.scope;
	in->name = str_of(_("Copy of [name]", "name", r.name));
	in->description = str_of(*r.description ? _(r.description) : "");
	in->perms = r.perms;
	return OK;
}

static enum err
new_page(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct role_input in = { .name = { "", 0 }, .description = { "", 0 } };
	const char       *scope;

	TRY(begin(cx, rq->form, &scope, &in));
	if (rq->carried)
		read_form(rq->form, &in);
	return show_form(cx, rq, rs, NULL, scope, &in);
}

static enum err
make(struct ctx *cx, const struct request *rq, struct response *rs)
{
	const char       *scope = scope_of(rq->form);
	int64_t           id = form_id_read(cx, form_get(rq->form, "form_id"));
	struct role_input in;
	enum err          e;

	read_form(rq->form, &in);
	e = roles_make(cx, id, scope, &in);
	if (is_said(cx, rs, e, ROLES "/new"))
		return show_form(cx, rq, rs, NULL, scope, &in);
	TRY(e);
	return page_done(cx, rs, STR(""), role_path(cx, id, ""), _("The role is made."));
}

/* ---------------------------------------------------------------- editing */

static enum err
subject(struct ctx *cx, const struct request *rq, struct role *r)
{
	int64_t id;

	TRY(request_path_id(rq, "role", &id));
	return roles_get(cx, id, r);
}

static enum err
not_this_one(struct ctx *cx, struct response *rs, const struct role *r)
{
	if (*r->builtin)
		return page_problem(cx, rs, 409, _("Built-in roles cannot be changed. Duplicate "
		    "this one instead."), 0);
	return ERR_DENIED;
}

static enum err
edit_page(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct role       r;
	struct role_input in;

	TRY(subject(cx, rq, &r));
	if (!roles_editable(cx, &r))
		return not_this_one(cx, rs, &r);
	if (rq->carried) {
		read_form(rq->form, &in);
		if (in.version != r.version)
			page_meanwhile(cx, rs);
		return show_form(cx, rq, rs, &r, r.scope, &in);
	}
	return show_form(cx, rq, rs, &r, r.scope, &(struct role_input){ .name = str_of(r.name),
	    .description = str_of(*r.description ? _(r.description) : ""), .perms = r.perms });
}

static enum err
change(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct role       r;
	struct role_input in;
	enum err          e;

	TRY(subject(cx, rq, &r));
	read_form(rq->form, &in);
	e = roles_change(cx, r.id, &in);
	if (e == ERR_CONFLICT && cx->issues == NULL) {
		TRY(subject(cx, rq, &r));
		page_meanwhile(cx, rs);
		e = ERR_INVALID;
	} else if (e == ERR_CONFLICT) {
		return not_this_one(cx, rs, &r);
	}
	if (is_said(cx, rs, e, ROLES "/{role}/edit"))
		return show_form(cx, rq, rs, &r, r.scope, &in);
	TRY(e);
	return page_done(cx, rs, STR(""), role_path(cx, r.id, ""), _("The role is saved."));
}

/* ---------------------------------------------------------------- deleting */

/* What holders of a role may get instead: of their scope, and not the one that goes. */
static enum err
show_others(struct ctx *cx, struct view *v, const struct request *rq, const struct role *r)
{
	struct workspace_roles l = { NULL, 0 };
	struct member_role    *roles = NULL, *others;
	size_t                 n = 0, m = 0;

	if (is_workspace(r->scope))
		TRY(workspaces_roles(cx, &l));
	else
		TRY(members_roles(cx, false, &roles, &n));
	others = ARENA_ARRAY(cx->arena, struct member_role, n + l.n + 1);
	for (size_t i = 0; i < n; i++)
		if (roles[i].id != r->id)
			others[m++] = roles[i];
	for (size_t i = 0; i < l.n; i++)
		if (l.items[i].id != r->id)
			others[m++] = (struct member_role){ .id = l.items[i].id,
				.name = l.items[i].name, .builtin = l.items[i].builtin,
				.description = l.items[i].description, .perms = l.items[i].perms };
	members_show_roles(cx, v, others, m, form_id(rq->form, "role"));
	return OK;
}

/* "12 users, 2 service accounts" */
static const char *
holders(struct ctx *cx, const struct role *r)
{
	const char *services = _("[n] service account | [n] service accounts", "n",
	    ctx_number(cx, r->services));
	const char *users = roles_users(cx, r);

	return r->services == 0 ? users : r->users == 0 ? services :
	    ARENA_JOIN(cx->arena, users, ", ", services);
}

static enum err
show_delete(struct ctx *cx, const struct request *rq, struct response *rs, const struct role *r)
{
	struct view *v = view_new(cx->arena);
	int64_t      groups;

	TRY(groups_holders(cx, r->id, &groups));
	view_text(v, "name", r->name);
	view_text(v, "form_id", form_id_new(cx));
	view_text(v, "action", role_path(cx, r->id, "/delete"));
	view_flag(v, "is_held", r->users + r->services > 0 || groups > 0);
	view_text(v, "users", r->users + r->services > 0 || groups == 0 ? holders(cx, r) : "");
	view_text(v, "groups", groups ?
	    _("[n] group | [n] groups", "n", ctx_number(cx, groups)) : "");
	TRY(show_others(cx, v, rq, r));
	view_text(v, "cancel_href", role_path(cx, r->id, ""));
	return page_show(cx, rs, "roles/delete", v);
}

static enum err
delete_page(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct role r;

	TRY(subject(cx, rq, &r));
	if (!roles_editable(cx, &r))
		return not_this_one(cx, rs, &r);
	return show_delete(cx, rq, rs, &r);
}

static enum err
delete_role(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct role r;
	int64_t     job;
	char        text[14];
	enum err    e;

	TRY(subject(cx, rq, &r));
	e = roles_remove(cx, r.id, form_get(rq->form, "role"),
	    form_id_read(cx, form_get(rq->form, "form_id")), &job);
	if (e == ERR_CONFLICT && cx->issues) {
		rs->status = 409;
		return show_delete(cx, rq, rs, &r);
	}
	if (is_said(cx, rs, e, ROLES "/{role}/delete"))
		return show_delete(cx, rq, rs, &r);
	TRY(e);
	if (job == 0)
		return page_done(cx, rs, STR(""), page_path(cx, "/roles"),
		    _("[name] is deleted.", "name", r.name));
	id_text(job, text);
	return page_done(cx, rs, STR(""), page_path(cx, ARENA_JOIN(cx->arena, "/jobs/", text)),
	    _("The role goes when all its holders have the other one."));
}

/* ---------------------------------------------------------------- the matrix */

static bool
is_found(struct ctx *cx, enum perm p, const char *fold)
{
	return strstr(text_fold(cx->arena, _(perm_info(p)->title)), fold) ||
	    strstr(perm_info(p)->key, fold);
}

static struct view *
show_row(struct ctx *cx, struct view *area, enum perm p, const struct role_list *l)
{
	struct view *row = view_item(area, "permissions");

	view_text(row, "key", perm_info(p)->key);
	view_text(row, "title", _(perm_info(p)->title));
	for (size_t i = 0; i < l->n; i++)
		view_flag(view_item(row, "cells"), "holds", perm_in(l->items[i].perms, p));
	return row;
}

static void
show_rows(struct ctx *cx, struct view *v, const struct role_list *l, const char *fold)
{
	bool any = false;

	for (const struct perm_area *a = perm_areas; a->key; a++) {
		struct view *area = NULL;

		for (enum perm p = PERM_FIRST; p < PERM__COUNT; p++) {
			if (!perm_in_area(p, a) || !is_found(cx, p, fold))
				continue;
			if (area == NULL) {
				area = view_item(v, "areas");
				view_text(area, "area", _(a->title));
				view_text(area, "id", a->key);
				view_int(area, "columns", (int64_t)l->n + 1);
			}
			show_row(cx, area, p, l);
			any = true;
		}
	}
	view_flag(v, "found", any);
}

static enum err
matrix(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct view     *v = view_new(cx->arena);
	struct role_list l;
	const char      *text;

	if (str_maybe(cx->arena, str_trim(form_get(rq->form, "q")), 60, &text))
		text = "";
	TRY(roles_list(cx, &l));
	TRY(roles_count(cx, &l));
	view_text(v, "q", text);
	view_text(v, "action", page_path(cx, "/roles/matrix"));
	view_text(v, "roles_href", page_path(cx, "/roles"));
	for (size_t i = 0; i < l.n; i++) {
		struct view *role = view_item(v, "roles");

		view_text(role, "name", l.items[i].name);
		view_text(role, "href", role_path(cx, l.items[i].id, ""));
		view_text(role, "users", holders(cx, &l.items[i]));
	}
	show_rows(cx, v, &l, text_fold(cx->arena, text));
	return page_show(cx, rs, "roles/matrix", v);
}

const struct route role_form_routes[] = {
	{ M_GET,  ROLES "/matrix",        PERM_ROLE_VIEW, matrix,      0, 0, NULL },
	{ M_GET,  ROLES "/new",           PERM_ROLE_EDIT, new_page,    ROUTE_PROOF, 0, NULL },
	{ M_POST, ROLES "/new",           PERM_ROLE_EDIT, make,        ROUTE_PROOF, 0,
	    "permission" },
	{ M_GET,  ROLES "/{role}/edit",   PERM_ROLE_EDIT, edit_page,   ROUTE_PROOF, 0, NULL },
	{ M_POST, ROLES "/{role}/edit",   PERM_ROLE_EDIT, change,      ROUTE_PROOF, 0,
	    "permission" },
	{ M_GET,  ROLES "/{role}/delete", PERM_ROLE_EDIT, delete_page, ROUTE_PROOF, 0, NULL },
	{ M_POST, ROLES "/{role}/delete", PERM_ROLE_EDIT, delete_role, ROUTE_PROOF, 0, NULL },
	ROUTE_END
};
