/* Pages of workspaces: the list, and the forms that make, edit and delete one.  One of them and who
 * may enter it is in show_pages.c, who is in it is changed in people_pages.c. */
#include <string.h>

#include "base/arena.h"
#include "base/id.h"
#include "web/confirm.h"
#include "web/csrf.h"
#include "web/page.h"
#include "web/tables.h"
#include "workspaces/workspaces_pages.h"

static const char *const state[] = { "q", "sort", "dir", "rows", "personal", "after", "before",
	"id", NULL };

const char *
workspace_path(struct ctx *cx, int64_t id, const char *below)
{
	return page_path_id(cx, "/workspaces/", id, below);
}

enum err
workspace_subject(struct ctx *cx, struct workspace *w)
{
	return workspaces_get(cx, cx->inside.id, w);
}

/* ---------------------------------------------------------------- the list */

static const char *
owners(struct ctx *cx, const struct workspace *w)
{
	return w->nowners > 3 ? _("[names] and [n] more", "names", w->owners, "n",
	    ctx_number(cx, w->nowners - 3)) : w->owners;
}

static void
show_rows(struct ctx *cx, struct view *v, const struct workspace_list *l, int64_t last)
{
	for (size_t i = 0; i < l->n; i++) {
		const struct workspace *w = &l->items[i];
		struct view            *row = view_item(v, "workspaces");

		view_text(row, "name", w->name);
		view_text(row, "description", w->description);
		view_flag(row, "personal", w->personal_of != 0);
		view_flag(row, "last", w->id == last);
		view_text(row, "href", workspace_path(cx, w->id, ""));
		view_text(row, "owners", owners(cx, w));
		view_text(row, "members", ctx_number(cx, w->members));
		view_text(row, "groups", ctx_number(cx, w->groups));
		view_text(row, "made_by", w->made_by);
		view_time(cx, row, "created", w->created_at);
	}
}

static void
show_toolbar(struct ctx *cx, struct view *v, const struct list_query *q, const char *search,
    const struct workspace_list *l, bool personal)
{
	list_show_search(cx, v, q, search, "sort dir rows personal");
	if (*search)
		view_text(v, "reset_href", list_href(cx, q, "q", NULL, (char *)0));
	view_flag(v, "personal_shown", personal);
	if (l->everything)
		view_text(v, "personal_href", list_href(cx, q, "personal", personal ? NULL : "1",
		    (char *)0));
}

static enum err
show_new(struct ctx *cx, struct view *v)
{
	bool own;

	if (access_has(cx, PERM_WORKSPACE_CREATE, IN_TENANT))
		view_text(v, "new_href", page_path(cx, "/workspaces/new"));
	TRY(workspaces_may_own(cx, &own));
	if (own)
		view_text(v, "own_href", page_path(cx, "/workspaces/personal"));
	return OK;
}

static enum err
list_workspaces(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct view          *v = view_new(cx->arena);
	struct list_query     q = { page_path(cx, "/workspaces"), rq->form, state };
	struct list_want      w;
	struct list_edge      first = { NULL, 0 }, last = { NULL, 0 };
	struct workspace_list l;
	int64_t               opened = 0;
	const char           *search = list_search(cx, rq->form, 64);
	bool                  personal = str_equal(form_get(rq->form, "personal"), STR("1"));

	TRY(list_read(cx, rq->form, WORKSPACES_SORTS,
	    1u << WORKSPACES_MEMBERS | 1u << WORKSPACES_CREATED, &w));
	TRY(workspaces_list(cx, &w, search, personal, &l));
	if (l.n > 0) {
		TRY(workspaces_people(cx, &l));
		TRY(workspaces_last(cx, &opened));
	}
	TRY(show_new(cx, v));
	view_text(v, "total_text", _("[n] workspace | [n] workspaces", "n", ctx_number(cx, l.all)));
	view_flag(v, "everything", l.everything);
	view_flag(v, "none", l.all == 0 && !personal);
	show_toolbar(cx, v, &q, search, &l, personal);
	view_flag(v, "has_rows", l.n > 0);
	show_rows(cx, v, &l, opened);
	if (l.n) {
		first = (struct list_edge){ workspaces_key(cx, &l.items[0], w.sort),
			l.items[0].id };
		last = (struct list_edge){ workspaces_key(cx, &l.items[l.n - 1], w.sort),
			l.items[l.n - 1].id };
	} else if (!*search) {
		view_text(v, "reset_href", q.path);
	}
	list_show(cx, v, &q, WORKSPACES_SORTS, &w, l.more, first, last);
	return page_show(cx, rs, "workspaces/list", v);
}

/* ---------------------------------------------------------------- making and editing */

static struct workspace_input
read_form(const struct form *f)
{
	return (struct workspace_input){ form_get(f, "name"), form_get(f, "description"),
		form_int(f, "version") };
}

/* w is what is edited, NULL for a new one. */
static enum err
show_form(struct ctx *cx, const struct request *rq, struct response *rs, const struct workspace *w,
    const struct workspace_input *in, bool own)
{
	struct view *v = view_new(cx->arena);

	view_flag(v, "is_new", w == NULL);
	view_flag(v, "is_own", own);
	if (w)
		view_int(v, "version", w->version);
	else
		form_id_show(cx, v, rq->form);
	view_text(v, "action", w ? workspace_path(cx, w->id, "/edit") :
	    page_path(cx, own ? "/workspaces/personal" : "/workspaces/new"));
	view_str(v, "name", in->name);
	view_str(v, "description", in->description);
	if (w) {
		page_theirs(cx, v, "name_now", in->name, w->name, w->name);
		page_theirs(cx, v, "description_now", in->description, w->description,
		    w->description);
	}
	view_text(v, "cancel_href", w ? workspace_path(cx, w->id, "") :
	    page_path(cx, "/workspaces"));
	return page_show(cx, rs, "workspaces/form", v);
}

static enum err
new_page(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct workspace_input in = read_form(rq->form);

	return show_form(cx, rq, rs, NULL, &in, false);
}

static enum err
make(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct workspace_input in = read_form(rq->form);
	int64_t                id = form_id_read(cx, form_get(rq->form, "form_id"));
	enum err               e = workspaces_make(cx, id, &in);

	if (page_answered(cx, rs, e, PERM_WORKSPACE_CREATE, WORKSPACES "/new"))
		return show_form(cx, rq, rs, NULL, &in, false);
	TRY(e);
	return page_done(cx, rs, STR(""), workspace_path(cx, id, ""), _("The workspace is made."));
}

static enum err
own_page(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct workspace_input in = read_form(rq->form);
	bool                   may;

	TRY(workspaces_may_own(cx, &may));
	if (!may)
		return ERR_NOTFOUND;
	if (!rq->carried)
		in.name = str_of(_("Workspace of [name]", "name", cx->actor.label));
	return show_form(cx, rq, rs, NULL, &in, true);
}

static enum err
make_own(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct workspace_input in = read_form(rq->form);
	int64_t                id = form_id_read(cx, form_get(rq->form, "form_id"));
	enum err               e = workspaces_make_own(cx, id, &in);

	if (page_answered(cx, rs, e, PERM_WORKSPACE_CREATE, WORKSPACES "/personal"))
		return show_form(cx, rq, rs, NULL, &in, true);
	TRY(e);
	return page_done(cx, rs, STR(""), workspace_path(cx, id, ""), _("The workspace is made."));
}

static enum err
edit_page(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct workspace       w;
	struct workspace_input in;

	TRY(workspace_subject(cx, &w));
	if (rq->carried) {
		in = read_form(rq->form);
		if (in.version != w.version)
			page_meanwhile(cx, rs);
		return show_form(cx, rq, rs, &w, &in, false);
	}
	in = (struct workspace_input){ str_of(w.name), str_of(w.description), 0 };
	return show_form(cx, rq, rs, &w, &in, false);
}

static enum err
change(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct workspace_input in = read_form(rq->form);
	struct workspace       w;
	enum err               e;

	TRY(workspace_subject(cx, &w));
	e = workspaces_change(cx, w.id, &in);
	if (e == ERR_CONFLICT && cx->issues == NULL) {
		TRY(workspace_subject(cx, &w));
		page_meanwhile(cx, rs);
		return show_form(cx, rq, rs, &w, &in, false);
	}
	if (page_answered(cx, rs, e, PERM_WORKSPACE_EDIT, WORKSPACES "/{workspace}/edit"))
		return show_form(cx, rq, rs, &w, &in, false);
	TRY(e);
	return page_done(cx, rs, STR(""), workspace_path(cx, w.id, ""),
	    _("The workspace is saved."));
}

/* ---------------------------------------------------------------- deleting */

static enum err
delete_page(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct workspace w;

	TRY(workspace_subject(cx, &w));
	return confirm_show(cx, rq, rs, &(struct confirm){
	    .heading = _("Delete the workspace [name]?", "name", w.name),
	    .sentence = _("Everybody who is in it loses what they may do there at once. It cannot "
	        "be brought back."),
	    .action = workspace_path(cx, w.id, "/delete"), .button = _("Delete workspace"),
	    .danger = true, .word = w.name });
}

static enum err
delete_workspace(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct workspace w;
	enum err         e;

	TRY(workspace_subject(cx, &w));
	e = workspaces_remove(cx, w.id, form_get(rq->form, "typed"));
	if (page_answered(cx, rs, e, PERM_WORKSPACE_DELETE, WORKSPACES "/{workspace}/delete"))
		return delete_page(cx, rq, rs);
	TRY(e);
	return page_done(cx, rs, STR(""), page_path(cx, "/workspaces"), _("[name] is deleted.",
	    "name", w.name));
}

const struct route workspaces_routes[] = {
	{ M_GET,  WORKSPACES,               PERM_SIGNED_IN, list_workspaces, 0, 0, NULL },
	{ M_GET,  WORKSPACES "/new",        PERM_WORKSPACE_CREATE, new_page, 0, 0, NULL },
	{ M_POST, WORKSPACES "/new",        PERM_WORKSPACE_CREATE, make,     0, 0, NULL },
	{ M_GET,  WORKSPACES "/personal",   PERM_SIGNED_IN, own_page,        0, 0, NULL },
	{ M_POST, WORKSPACES "/personal",   PERM_SIGNED_IN, make_own,        0, 0, NULL },
	{ M_GET,  WORKSPACES "/{workspace}/edit", PERM_WORKSPACE_EDIT, edit_page, 0, 0, NULL },
	{ M_POST, WORKSPACES "/{workspace}/edit", PERM_WORKSPACE_EDIT, change,    0, 0, NULL },
	{ M_GET,  WORKSPACES "/{workspace}/delete", PERM_WORKSPACE_DELETE, delete_page,
	    ROUTE_PROOF, 0, NULL },
	{ M_POST, WORKSPACES "/{workspace}/delete", PERM_WORKSPACE_DELETE, delete_workspace,
	    ROUTE_PROOF, 0, NULL },
	ROUTE_END
};
