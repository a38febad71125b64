/* Inviting, and the page behind an invitation's link. */
#include "invites/invites_views.h"

#include "members/members_views.h"

#include "base/arena.h"
#include "base/id.h"
#include "groups/groups.h"
#include "signin/signin.h"
#include "web/confirm.h"
#include "web/csrf.h"
#include "web/link.h"
#include "web/page.h"
#include "web/tables.h"
#include "workspaces/workspaces.h"

#define USERS "/t/{tenant}/users/"
/* Groups, and workspaces, to choose among. */
enum { SHOWN_MOST = 100, FIND_LONGEST = 64 };
#define SHOWN_FIRST N_("Only the first [n] are shown. Search for the others.")

/* What of them is shown. */
struct choice { const char *search; bool more; size_t n, kept; };

/* ---------------------------------------------------------------- the sender's side */

static enum err
show_groups(struct ctx *cx, struct view *v, const struct form *f, struct choice *c)
{
	const struct list_want w = { .sort = GROUPS_NAME, .rows = SHOWN_MOST };
	struct group_list      l = { .n = 0 };
	int64_t                ids[SHOWN_MOST];

	if (access_has(cx, PERM_GROUP_EDIT, IN_TENANT))
		TRY(groups_list(cx, &w, c->search, &l));
	view_flag(v, "has_groups", l.n > 0);
	if (l.more)
		view_text(v, "more_groups", _(SHOWN_FIRST, "n", ctx_number(cx, SHOWN_MOST)));
	for (size_t i = 0; i < l.n; i++) {
		const struct group *g = &l.items[i];
		struct view        *option = view_item(v, "groups");

		ids[i] = g->id;
		view_id(option, "id", g->id);
		view_text(option, "name", g->name);
		view_text(option, "role", g->role_name);
		view_flag(option, "checked", form_among(f, "group", g->id));
		view_flag(option, "refused", !perm_covers(cx->perms, g->role_perms));
	}
	find_keep(v, f, "group", ids, l.n, INVITE_JOINS_MOST, &c->kept);
	c->more |= l.more;
	c->n += l.n;
	return OK;
}

static enum err
show_workspace_roles(struct ctx *cx, struct view *v, const struct form *f)
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

/* Of those that the reader sees; whether they may add members there is asked of each that is
 * chosen. */
static enum err
show_workspaces(struct ctx *cx, struct view *v, const struct form *f, struct choice *c)
{
	const struct list_want w = { .sort = WORKSPACES_NAME, .rows = SHOWN_MOST };
	struct workspace_list  l;
	int64_t                ids[SHOWN_MOST];
	size_t                 n = 0;
	bool                   any;

	TRY(workspaces_list(cx, &w, c->search, false, &l));
	for (size_t i = 0; i < l.n; i++) {
		struct view *option;

		if (l.items[i].personal_of)
			continue;
		option = view_item(v, "workspaces");
		view_id(option, "id", l.items[i].id);
		view_text(option, "name", l.items[i].name);
		view_flag(option, "checked", form_among(f, "workspace", l.items[i].id));
		ids[n++] = l.items[i].id;
	}
	view_flag(v, "has_workspaces", n > 0);
	find_keep(v, f, "workspace", ids, n, INVITE_JOINS_MOST, &c->kept);
	c->more |= l.more;
	c->n += n;
	if (l.more)
		view_text(v, "more_workspaces", _(SHOWN_FIRST, "n", ctx_number(cx, SHOWN_MOST)));
	/* A search that finds none keeps what was chosen for them. */
	any = n > 0 || *c->search || form_has(f, "workspace");
	view_flag(v, "has_workspace_roles", any);
	return any ? show_workspace_roles(cx, v, f) : OK;
}

enum err
invites_show_joins(struct ctx *cx, struct view *v, const struct form *f)
{
	struct choice c = { .search = list_search(cx, f, FIND_LONGEST) };

	TRY(show_groups(cx, v, f, &c));
	TRY(show_workspaces(cx, v, f, &c));
	find_show_kept(cx, v, c.kept);
	view_flag(v, "may_find", c.more || *c.search);
	view_text(v, "q", c.search);
	view_flag(v, "may_join", c.n > 0 || *c.search);
	return OK;
}

static enum err
show_invite(struct ctx *cx, struct response *rs, const struct form *f)
{
	struct view        *v = view_new(cx->arena);
	struct member_role *roles;
	size_t              n;

	TRY(members_roles(cx, false, &roles, &n));
	view_str(v, "name", form_get(f, "name"));
	view_str(v, "email", form_get(f, "email"));
	view_str(v, "phone", form_get(f, "phone"));
	form_id_show(cx, v, f);
	members_show_roles(cx, v, roles, n, form_id(f, "role"));
	TRY(invites_show_joins(cx, v, f));
	view_text(v, "action", page_path(cx, "/users/invite"));
	view_int(v, "days", cx->place->invite_days);
	view_text(v, "cancel_href", page_path(cx, "/users"));
	return page_show(cx, rs, "members/invite", v);
}

static enum err
invite_page(struct ctx *cx, const struct request *rq, struct response *rs)
{
	return show_invite(cx, rs, rq->form);
}

static const char *
sent_words(struct ctx *cx, const struct invited *i)
{
	if (i->sent_at > cx->now)
		return _("[name] is invited. Today's number of invitations is used up: the email "
		    "goes out [time].", "name", i->name, "time", ctx_time(cx, i->sent_at));
	return _("[name] is invited. The email to [email] is on its way.", "name", i->name, "email",
	    i->email);
}

static enum err
read_ids(struct ctx *cx, const struct form *f, const char *name, const int64_t **out, size_t *n)
{
	int64_t *ids = ARENA_ARRAY(cx->arena, int64_t, form_count(f, name) + 1);

	*n = form_count(f, name);
	for (size_t i = 0; i < *n; i++)
		if (id_read(form_nth(f, name, i), &ids[i]))
			return ERR_NOTFOUND;
	*out = ids;
	return OK;
}

enum err
invites_read_joins(struct ctx *cx, const struct form *f, struct invite_joins *out)
{
	out->workspace_role = form_get(f, "workspace_role");
	TRY(read_ids(cx, f, "group", &out->groups, &out->ngroups));
	return read_ids(cx, f, "workspace", &out->workspaces, &out->nworkspaces);
}

static enum err
invite(struct ctx *cx, const struct request *rq, struct response *rs)
{
	const struct form  *f = rq->form;
	struct invite_input in = {
		.member = { form_get(f, "name"), form_get(f, "email"), form_get(f, "phone"),
		    form_get(f, "role") },
		.form = form_id_read(cx, form_get(f, "form_id")),
	};
	struct invited done;
	enum err       e;

	if (find_only(f))
		return show_invite(cx, rs, f);
	TRY(invites_read_joins(cx, f, &in.joins));
	e = invites_add(cx, &in, &done);
	if (e == ERR_INVALID || ((e == ERR_DENIED || e == ERR_CONFLICT) && cx->issues)) {
		if (e == ERR_DENIED)
			page_refused(cx, PERM_USER_INVITE, USERS "invite");
		rs->status = e == ERR_DENIED ? 403 : e == ERR_CONFLICT ? 409 : 0;
		return show_invite(cx, rs, f);
	}
	TRY(e);
	return page_done(cx, rs, form_get(f, "back"), page_path(cx, "/users"),
	    sent_words(cx, &done));
}

/* An act that its status does not allow any more is said where it was asked for. */
static enum err
ask(struct ctx *cx, const struct request *rq, struct response *rs, const char *act,
    struct confirm *c)
{
	c->action = page_path(cx, arena_printf(cx->arena, "/users/%s/%s", c->id, act));
	return confirm_show(cx, rq, rs, c);
}

static enum err
invited_member(struct ctx *cx, const struct request *rq, struct member *m, char id[14])
{
	int64_t n;

	TRY(request_path_id(rq, "user", &n));
	TRY(members_get(cx, n, m));
	id_text(n, id);
	return OK;
}

static enum err
ask_resend(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct member m;
	char          id[14];

	TRY(invited_member(cx, rq, &m, id));
	return ask(cx, rq, rs, "resend", &(struct confirm){
	    .id = id,
	    .heading = _("Send the invitation of [name] again?", "name", m.name),
	    .sentence = _("The email goes to [email] with a new link; the old link stops working.",
	        "email", m.email),
	    .button = _("Send again") });
}

static enum err
ask_cancel(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct member m;
	char          id[14];

	TRY(invited_member(cx, rq, &m, id));
	return ask(cx, rq, rs, "cancel", &(struct confirm){
	    .id = id,
	    .heading = _("Cancel the invitation of [name]?", "name", m.name),
	    .sentence = _("The link that was sent to [email] stops working.", "email", m.email),
	    .button = _("Cancel the invitation"),
	    .danger = true });
}

static enum err
resend(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct invited done;
	int64_t        id;
	enum err       e;

	TRY(request_path_id(rq, "user", &id));
	e = invites_resend(cx, id, &done);
	if (e == ERR_CONFLICT)
		return ask_resend(cx, rq, rs);
	TRY(e);
	return page_done(cx, rs, form_get(rq->form, "back"), page_path(cx, "/users"),
	    sent_words(cx, &done));
}

static enum err
cancel(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct member m;
	int64_t       id;
	enum err      e;

	TRY(request_path_id(rq, "user", &id));
	TRY(members_get(cx, id, &m));
	e = invites_cancel(cx, id);
	if (e == ERR_CONFLICT)
		return ask_cancel(cx, rq, rs);
	TRY(e);
	return page_done(cx, rs, form_get(rq->form, "back"), page_path(cx, "/users"),
	    _("The invitation of [name] is cancelled.", "name", m.name));
}

static enum err
ask_copy(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct member m;
	char          id[14];

	TRY(invited_member(cx, rq, &m, id));
	return ask(cx, rq, rs, "link", &(struct confirm){
	    .id = id,
	    .heading = _("Make an invitation link for [name]?", "name", m.name),
	    .sentence = _("You can hand it over without email. Whoever opens it first becomes "
	        "[name], and the address counts as unconfirmed.", "name", m.name),
	    .button = _("Make the link") });
}

static enum err
copy(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct view  *v = view_new(cx->arena);
	struct copied c;
	int64_t       id;
	enum err      e;

	TRY(request_path_id(rq, "user", &id));
	e = invites_copy(cx, id, &c);
	if (e == ERR_CONFLICT)
		return ask_copy(cx, rq, rs);
	TRY(e);
	view_text(v, "name", c.name);
	view_text(v, "email", c.email);
	view_text(v, "link", c.link);
	view_time(cx, v, "expires", c.expires_at);
	view_text(v, "cancel_href", page_back(cx, rq, page_path(cx, "/users")));
	return page_show(cx, rs, "members/link", v);
}

/* ---------------------------------------------------------------- the invited one's side */

static enum err
gone(struct ctx *cx, struct response *rs)
{
	struct view *v = view_new(cx->arena);

	cx->tenant = 0;
	cx->place = NULL;
	link_forget(cx, rs);
	rs->status = 410;
	view_flag(v, "invite", true);
	view_text(v, "request_id", cx->request);
	return page_show(cx, rs, "links/gone", v);
}

static enum err
note_opened(struct ctx *cx)
{
	return invites_opened(cx, cx->after_what);
}

static void
show_terms(struct ctx *cx, struct view *v)
{
	view_flag(v, "terms", *cx->place->terms_url != '\0');
	if (*cx->place->terms_url)
		view_text(v, "terms_href", cx->place->terms_url);
	if (*cx->place->privacy_url)
		view_text(v, "privacy_href", cx->place->privacy_url);
}

static enum err
show_invitation(struct ctx *cx, struct response *rs, const struct invitation *i, struct str name)
{
	struct view *v = view_new(cx->arena);
	int64_t      min;
	bool         fresh = i->way == INVITE_NEW || i->way == INVITE_RECLAIM;

	TRY(signin_password_min(cx, i->person, &min));
	if (*i->inviter_name)
		view_text(v, "by", i->inviter_name);
	view_text(v, "email", i->email);
	view_text(v, "role", i->role);
	view_str(v, "name", name);
	view_int(v, "min_length", min);
	show_terms(cx, v);
	view_flag(v, "signed_out", i->way == INVITE_SIGN_IN);
	view_flag(v, "as_invited", i->way == INVITE_ACCEPT);
	view_flag(v, "as_other", i->way == INVITE_OTHER);
	view_flag(v, "unproved", i->way == INVITE_UNPROVED);
	view_text(v, "signin_href", "/signin?next=/invite");
	if (cx->reader.email)
		view_text(v, "other_email", cx->reader.email);
	return page_show(cx, rs, fresh ? "invites/accept" : "invites/accept_existing", v);
}

static enum err
invitation_page(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct invitation *i = ARENA_NEW(cx->arena, struct invitation);
	enum err           e = invites_open(cx, link_token(cx, rq), i);

	if (e == ERR_NOTFOUND)
		return gone(cx, rs);
	TRY(e);
	cx->after = note_opened;
	cx->after_what = i;
	return show_invitation(cx, rs, i, str_of(i->name));
}

static enum err
accept(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct accept_input in = { form_get(rq->form, "name"), form_get(rq->form, "password"),
		form_get(rq->form, "terms").len > 0 };
	struct invitation   i;
	struct view        *v = view_new(cx->arena);
	enum err            e = invites_accept(cx, link_token(cx, rq), &in, &i);

	if (e == ERR_NOTFOUND)
		return gone(cx, rs);
	if (e == ERR_INVALID || e == ERR_CONFLICT) {
		rs->status = e == ERR_CONFLICT ? 409 : 0;
		return show_invitation(cx, rs, &i, in.name);
	}
	TRY(e);
	link_forget(cx, rs);
	view_flag(v, "signed_in", i.way == INVITE_ACCEPT);
	view_flag(v, "unconfirmed", i.copied && i.way != INVITE_ACCEPT);
	view_text(v, "forgot_href", "/forgot");
	view_text(v, "email", i.email);
	view_text(v, "href", i.way == INVITE_ACCEPT ? page_path(cx, "") :
	    arena_printf(cx->arena, "/signin?next=%%2Ft%%2F%s", i.slug));
	return page_show(cx, rs, "invites/accepted", v);
}

const struct route invites_routes[] = {
	{ M_GET,  USERS "invite",         PERM_USER_INVITE, invite_page, ROUTE_PROOF, 0,
	    "group workspace" },
	{ M_POST, USERS "invite",         PERM_USER_INVITE, invite,      ROUTE_PROOF, 0,
	    "group workspace" },
	{ M_GET,  USERS "{user}/resend",  PERM_USER_INVITE, ask_resend,  0, 0, NULL },
	{ M_POST, USERS "{user}/resend",  PERM_USER_INVITE, resend,      0, 0, NULL },
	{ M_GET,  USERS "{user}/cancel",  PERM_USER_INVITE, ask_cancel,  0, 0, NULL },
	{ M_POST, USERS "{user}/cancel",  PERM_USER_INVITE, cancel,      0, 0, NULL },
	{ M_GET,  USERS "{user}/link",    PERM_USER_INVITE, ask_copy,    ROUTE_PROOF, 0, NULL },
	{ M_POST, USERS "{user}/link",    PERM_USER_INVITE, copy,        ROUTE_PROOF, 0, NULL },
	{ M_GET,  "/invite", PERM_PUBLIC, invitation_page, ROUTE_LINK, 0, NULL },
	{ M_POST, "/invite", PERM_PUBLIC, accept,          ROUTE_SLOW | ROUTE_LINK, 0, NULL },
	ROUTE_END
};
