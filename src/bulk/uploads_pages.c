/* Pages for tables of people: sending one in, what its rows come to, and doing them. */
#include "bulk/uploads.h"

#include <string.h>

#include "base/arena.h"
#include "base/id.h"
#include "invites/invites_views.h"
#include "members/members_views.h"
#include "web/page.h"
#include "web/tables.h"

#define USERS "/t/{tenant}/users/"
/* What stands around the file in a form; and how much of what was pasted comes back with what is
 * wrong with it: each byte of it may become four. */
enum { LIMIT = UPLOAD_LARGEST + 64 * 1024, SHOWN_LARGEST = 1 << 20 };

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

		view_text(row, "line", ctx_number(cx, list[i].line));
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
		    ctx_number(cx, p->today), "daily", ctx_number(cx, p->daily), "time",
		    ctx_time(cx, p->last_at), "beyond", ctx_number(cx, p->beyond));
	if (p->today == g->counts[ROW_NEW])
		return p->today == 1 ? _("1 email goes out today.") :
		    _("[n] emails go out today.", "n", ctx_number(cx, p->today));
	return _("[n] emails go out today. The others follow, [daily] a day; the last ones go out "
	    "[time].", "n", ctx_number(cx, p->today), "daily", ctx_number(cx, p->daily), "time",
	    ctx_time(cx, p->last_at));
}

static void
count(struct ctx *cx, struct view *v, const char *key, int64_t n, const char *one,
    const char *many)
{
	if (n)
		view_text(v, key, n == 1 ? _(one) : _(many, "n", ctx_number(cx, n)));
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
		    ctx_number(cx, rows - shown)));
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
	if (u->kind == UPLOAD_INVITE && g->counts[ROW_NEW])
		TRY(invites_show_joins(cx, v, rq->form));
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
	struct invite_joins joins = { .ngroups = 0 };
	struct upload       u;
	int64_t             id;
	char                text[14];
	enum err            e;

	TRY(request_path_id(rq, "upload", &id));
	if (find_only(rq->form))
		return preview(cx, rq, rs);
	TRY(invites_read_joins(cx, rq->form, &joins));
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
