/* Pages for tables of people: sending one in, what its rows come to, and doing them. */
#include "bulk/uploads.h"

#include <string.h>

#include "base/arena.h"
#include "base/id.h"
#include "groups/groups.h"
#include "members/members_views.h"
#include "web/page.h"
#include "web/tables.h"
#include "workspaces/workspaces.h"

#define USERS "/t/{tenant}/users/"
/* What stands around the file in a form; and how much of what was pasted comes back with what is
 * wrong with it: each byte of it may become four. */
enum { LIMIT = UPLOAD_LARGEST + 64 * 1024, SHOWN_LARGEST = 1 << 20 };

static const char *
number(struct ctx *cx, int64_t n)
{
	return arena_printf(cx->arena, "%lld", (long long)n);
}

/* ---------------------------------------------------------------- sending one in */

static enum err
show_form(struct ctx *cx, const struct request *rq, struct response *rs, enum upload_kind kind)
{
	struct view        *v = view_new(cx->arena);
	struct str          pasted = form_get(rq->form, "pasted");
	struct member_role *roles;
	size_t              n;

	TRY(members_roles(cx, false, &roles, &n));
	members_show_roles(cx, v, roles, n,
	    rq->method == M_POST ? form_id(rq->form, "role") : 0);
	view_flag(v, "import", kind == UPLOAD_IMPORT);
	view_str(v, "pasted", pasted.len > SHOWN_LARGEST ? STR("") : pasted);
	view_text(v, "action",
	    page_path(cx, kind == UPLOAD_IMPORT ? "/users/import" : "/users/invite/many"));
	view_text(v, "cancel_href", page_path(cx, "/users"));
	return page_show(cx, rs, "bulk/upload", v);
}

static enum err
ask_invite(struct ctx *cx, const struct request *rq, struct response *rs)
{
	return show_form(cx, rq, rs, UPLOAD_INVITE);
}

static enum err
ask_import(struct ctx *cx, const struct request *rq, struct response *rs)
{
	return show_form(cx, rq, rs, UPLOAD_IMPORT);
}

static enum err
take(struct ctx *cx, const struct request *rq, struct response *rs, enum upload_kind kind)
{
	const struct form_file *file = form_file(rq->form, "file");
	struct upload_input     in = { .kind = kind, .pasted = form_get(rq->form, "pasted"),
		.role = form_get(rq->form, "role") };
	int64_t                 id;
	char                    text[14];
	enum err                e;

	if (file)
		in.file = file->bytes;
	e = uploads_add(cx, &in, &id);
	if ((e == ERR_INVALID || e == ERR_DENIED) && cx->issues) {
		if (e == ERR_DENIED)
			page_refused(cx, PERM_USER_INVITE, USERS "import");
		rs->status = e == ERR_DENIED ? 403 : in.file.len > UPLOAD_LARGEST ||
		    (in.file.len == 0 && in.pasted.len > PASTED_LARGEST) ? 413 : 422;
		return show_form(cx, rq, rs, kind);
	}
	TRY(e);
	id_text(id, text);
	return page_go(rs, page_path(cx, ARENA_JOIN(cx->arena, "/users/import/", text)));
}

static enum err
take_invite(struct ctx *cx, const struct request *rq, struct response *rs)
{
	return take(cx, rq, rs, UPLOAD_INVITE);
}

static enum err
take_import(struct ctx *cx, const struct request *rq, struct response *rs)
{
	return take(cx, rq, rs, UPLOAD_IMPORT);
}

/* ---------------------------------------------------------------- what all of them get into */

enum { CHOICES_MOST = 100 };
#define SHOWN_FIRST N_("These are the first [n]. Others can be joined on their own pages.")

static enum err
show_groups(struct ctx *cx, struct view *v, const struct form *f)
{
	const struct list_want w = { .sort = GROUPS_NAME, .rows = CHOICES_MOST };
	struct group_list      l = { .n = 0 };

	if (access_has(cx, PERM_GROUP_EDIT, IN_TENANT))
		TRY(groups_list(cx, &w, "", &l));
	view_flag(v, "has_groups", l.n > 0);
	if (l.more)
		view_text(v, "more_groups", _(SHOWN_FIRST, "n", ctx_number(cx, CHOICES_MOST)));
	for (size_t i = 0; i < l.n; i++) {
		struct view *option = view_item(v, "groups");

		view_id(option, "id", l.items[i].id);
		view_text(option, "name", l.items[i].name);
		view_text(option, "role", l.items[i].role_name);
		view_flag(option, "checked", form_among(f, "group", l.items[i].id));
		view_flag(option, "refused", !perm_covers(cx->perms, l.items[i].role_perms));
	}
	return OK;
}

static enum err
show_inner_roles(struct ctx *cx, struct view *v, const struct form *f)
{
	struct workspace_roles roles;

	TRY(workspaces_roles(cx, &roles));
	for (size_t i = 0; i < roles.n; i++) {
		struct view *option = view_item(v, "workspace_roles");

		view_id(option, "id", roles.items[i].id);
		view_text(option, "name", roles.items[i].name);
		view_flag(option, "chosen", form_among(f, "workspace_role", roles.items[i].id));
	}
	return OK;
}

static enum err
show_workspaces(struct ctx *cx, struct view *v, const struct form *f)
{
	const struct list_want w = { .sort = WORKSPACES_NAME, .rows = CHOICES_MOST };
	struct workspace_list  l;
	bool                   any = false;

	TRY(workspaces_list(cx, &w, "", false, &l));
	for (size_t i = 0; i < l.n; i++)
		if (l.items[i].personal_of == 0) {
			struct view *option = view_item(v, "workspaces");

			view_id(option, "id", l.items[i].id);
			view_text(option, "name", l.items[i].name);
			view_flag(option, "checked", form_among(f, "workspace", l.items[i].id));
			any = true;
		}
	view_flag(v, "has_workspaces", any);
	if (l.more)
		view_text(v, "more_workspaces", _(SHOWN_FIRST, "n",
		    ctx_number(cx, CHOICES_MOST)));
	return any ? show_inner_roles(cx, v, f) : OK;
}

static enum err
read_joins(struct ctx *cx, const struct form *f, struct invite_joins *out)
{
	int64_t *groups = ARENA_ARRAY(cx->arena, int64_t, INVITE_JOINS_MOST + 1);
	int64_t *spaces = ARENA_ARRAY(cx->arena, int64_t, INVITE_JOINS_MOST + 1);

	*out = (struct invite_joins){ .groups = groups, .workspaces = spaces,
		.workspace_role = form_get(f, "workspace_role") };
	TRY(form_ids(f, "group", INVITE_JOINS_MOST, groups, &out->ngroups));
	return form_ids(f, "workspace", INVITE_JOINS_MOST, spaces, &out->nworkspaces);
}

/* ---------------------------------------------------------------- what it comes to */

static void
show_rows(struct ctx *cx, struct view *v, const struct judged *list, size_t n)
{
	static const char *const words[] = { [ROW_NEW] = N_("Is invited"),
		[ROW_CHANGED] = N_("Is changed"), [ROW_SAME] = N_("Stays as it is"),
		[ROW_REFUSED] = N_("Refused") };
	static const char *const badges[] = { [ROW_NEW] = "ok", [ROW_CHANGED] = "ok",
		[ROW_SAME] = "plain", [ROW_REFUSED] = "bad" };

	for (size_t i = 0; i < n; i++) {
		struct view *row = view_item(v, "rows");

		view_int(row, "line", list[i].line);
		view_text(row, "name", list[i].name);
		view_text(row, "email", list[i].email);
		view_text(row, "verdict", _(words[list[i].verdict]));
		view_text(row, "badge", badges[list[i].verdict]);
		view_text(row, "why", list[i].why);
	}
}

static const char *
plan_text(struct ctx *cx, const struct judgement *g)
{
	const struct invite_plan *p = &g->plan;

	if (p->beyond)
		return _("[n] emails go out today. The others follow, [daily] a day until [time]; "
		    "for [beyond] there is no day, and these are not invited.", "n",
		    number(cx, p->today), "daily", number(cx, p->daily), "time",
		    ctx_time(cx, p->last_at), "beyond", number(cx, p->beyond));
	if (p->today == g->counts[ROW_NEW])
		return p->today == 1 ? _("1 email goes out today.") :
		    _("[n] emails go out today.", "n", number(cx, p->today));
	return _("[n] emails go out today. The others follow, [daily] a day; the last ones go out "
	    "[time].", "n", number(cx, p->today), "daily", number(cx, p->daily), "time",
	    ctx_time(cx, p->last_at));
}

static void
count(struct ctx *cx, struct view *v, const char *key, int64_t n, const char *one,
    const char *many)
{
	if (n)
		view_text(v, key, n == 1 ? _(one) : _(many, "n", number(cx, n)));
}

static void
show_counts(struct ctx *cx, struct view *v, const struct judgement *g)
{
	int64_t rows = g->counts[ROW_NEW] + g->counts[ROW_CHANGED] + g->counts[ROW_SAME] +
	    g->counts[ROW_REFUSED];
	int64_t shown = (int64_t)(g->nrefused + g->nothers);

	count(cx, v, "new", g->counts[ROW_NEW], N_("1 is invited."), N_("[n] are invited."));
	count(cx, v, "changed", g->counts[ROW_CHANGED], N_("1 is changed."),
	    N_("[n] are changed."));
	count(cx, v, "same", g->counts[ROW_SAME], N_("1 stays as it is."),
	    N_("[n] stay as they are."));
	count(cx, v, "refused", g->counts[ROW_REFUSED], N_("1 row is refused."),
	    N_("[n] rows are refused."));
	if (g->counts[ROW_NEW])
		view_text(v, "plan", plan_text(cx, g));
	if (rows > shown)
		view_text(v, "more", _("[n] more rows are not shown.", "n",
		    number(cx, rows - shown)));
}

/* {I8} All who are new get into the same, which is chosen beside what the rows come to. */
static enum err
show_preview(struct ctx *cx, const struct request *rq, struct response *rs, const struct upload *u)
{
	struct view      *v = view_new(cx->arena);
	struct judgement *g = ARENA_NEW(cx->arena, struct judgement);
	struct issue     *issues = cx->issues;
	char              text[14];

	TRY(uploads_judge(cx, u, g));
	cx->issues = issues;
	id_text(u->id, text);
	view_flag(v, "import", u->kind == UPLOAD_IMPORT);
	view_flag(v, "anything", g->counts[ROW_NEW] + g->counts[ROW_CHANGED] > 0);
	show_counts(cx, v, g);
	if (*u->left_out)
		view_text(v, "left_out", u->left_out);
	show_rows(cx, v, g->refused, g->nrefused);
	show_rows(cx, v, g->others, g->nothers);
	if (u->kind == UPLOAD_INVITE && g->counts[ROW_NEW]) {
		TRY(show_groups(cx, v, rq->form));
		TRY(show_workspaces(cx, v, rq->form));
	}
	view_text(v, "action", page_path(cx, ARENA_JOIN(cx->arena, "/users/import/", text)));
	view_text(v, "again_href",
	    page_path(cx, u->kind == UPLOAD_IMPORT ? "/users/import" : "/users/invite/many"));
	view_text(v, "cancel_href", page_path(cx, "/users"));
	return page_show(cx, rs, "bulk/preview", v);
}

static enum err
preview(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct upload u;
	int64_t       id;

	TRY(request_path_id(rq, "upload", &id));
	TRY(uploads_get(cx, id, &u));
	return show_preview(cx, rq, rs, &u);
}

static enum err
start(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct invite_joins joins;
	struct upload       u;
	int64_t             id;
	char                text[14];
	enum err            e;

	TRY(request_path_id(rq, "upload", &id));
	TRY(read_joins(cx, rq->form, &joins));
	e = uploads_start(cx, id, &joins);
	if (page_answered(cx, rs, e, PERM_USER_INVITE, USERS "import/{upload}")) {
		TRY(uploads_get(cx, id, &u));
		return show_preview(cx, rq, rs, &u);
	}
	TRY(e);
	id_text(id, text);
	return page_go(rs, page_path(cx, ARENA_JOIN(cx->arena, "/jobs/", text)));
}

const struct route uploads_routes[] = {
	{ M_GET,  USERS "invite/many", PERM_USER_INVITE, ask_invite, ROUTE_PROOF, 0, NULL },
	{ M_POST, USERS "invite/many", PERM_USER_INVITE, take_invite,
	    ROUTE_SLOW | ROUTE_PROOF | ROUTE_LONG, LIMIT, NULL },
	{ M_GET,  USERS "import",      PERM_USER_EDIT,   ask_import, ROUTE_PROOF, 0, NULL },
	{ M_POST, USERS "import",      PERM_USER_EDIT,   take_import,
	    ROUTE_SLOW | ROUTE_PROOF, LIMIT, NULL },
	{ M_GET,  USERS "import/{upload}", PERM_USER_INVITE, preview, ROUTE_SLOW | ROUTE_PROOF, 0,
	    "group workspace" },
	{ M_POST, USERS "import/{upload}", PERM_USER_INVITE, start, ROUTE_SLOW | ROUTE_PROOF, 0,
	    "group workspace" },
	ROUTE_END
};
