/* Pages about an identity: an administrator's, for who belongs to this tenant alone, and the one
 * where a temporary password is replaced. */
#include "signin/identity.h"

#include "base/arena.h"
#include "core/owners.h"
#include "members/members_views.h"
#include "signin/signin.h"
#include "web/confirm.h"
#include "web/link.h"
#include "web/page.h"
#include "web/tables.h"

#define USER "/t/{tenant}/users/{user}"

/* ---------------------------------------------------------------- a temporary password */

static enum err
show_password(struct ctx *cx, const struct request *rq, struct response *rs,
    const struct member *m)
{
	struct view *v = view_new(cx->arena);
	int64_t      min;

	TRY(signin_password_min(cx, m->person, &min));
	view_text(v, "action", members_path(cx, m, "/password"));
	view_text(v, "name", m->name);
	view_text(v, "email", m->email);
	view_int(v, "min_length", min);
	if (access_has(cx, PERM_USER_KEY, IN_ORG(m->org_path)))
		view_text(v, "keys_href", members_path(cx, m, "/sessions"));
	page_back_show(cx, rq, v, members_path(cx, m, ""));
	return page_show(cx, rs, "members/password", v);
}

static enum err
password_form(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct member m;
	int64_t       id;

	TRY(request_path_id(rq, "user", &id));
	TRY(identity_may(cx, id, PERM_USER_PASSWORD, &m));
	return show_password(cx, rq, rs, &m);
}

static enum err
set_password(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct member m;
	int64_t       id;
	const char   *own;
	enum err      e;

	TRY(request_path_id(rq, "user", &id));
	TRY(identity_may(cx, id, PERM_USER_PASSWORD, &m));
	e = identity_set_temporary(cx, id, form_get(rq->form, "password"));
	if (e == ERR_INVALID)
		return show_password(cx, rq, rs, &m);
	TRY(e);
	own = members_path(cx, &m, "");
	return page_done(cx, rs, str_of(page_back(cx, rq, own)), own, _("[name] has a temporary "
	    "password now. Hand it over yourself; no email holds it.", "name", m.name));
}

static enum err
show_replace(struct ctx *cx, struct response *rs, struct str next)
{
	struct view *v = view_new(cx->arena), *field;
	int64_t      min;

	TRY(signin_password_min(cx, cx->actor.person, &min));
	view_text(v, "email", cx->reader.email);
	view_int(v, "min_length", min);
	if (route_leads(cx->arena, next)) {
		field = view_item(v, "hidden");
		view_text(field, "name", "next");
		view_str(field, "value", next);
	}
	return page_show(cx, rs, "signin/password", v);
}

static const char *
next_of(struct ctx *cx, struct str next)
{
	return route_leads(cx->arena, next) ?
	    arena_printf(cx->arena, "%.*s", (int)next.len, next.p) : "/";
}

static enum err
replace_form(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct str next = form_get(rq->form, "next");

	if (!cx->actor.must_change)
		return page_go(rs, next_of(cx, next));
	return show_replace(cx, rs, next);
}

static enum err
replace(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct str  next = form_get(rq->form, "next");
	const char *session;
	enum err    e = identity_replace_temporary(cx, form_get(rq->form, "password"),
	    form_get(rq->form, "again"), &session);

	if (e == ERR_CONFLICT)
		return page_go(rs, next_of(cx, next));
	if (e == ERR_INVALID)
		return show_replace(cx, rs, next);
	TRY(e);
	session_cookie(cx, rs, session);
	return page_done(cx, rs, str_of(next_of(cx, next)), "/",
	    _("Your new password is saved."));
}

/* ---------------------------------------------------------------- deleting an account */

static enum err
show_erase(struct ctx *cx, const struct request *rq, struct response *rs, const struct member *m)
{
	struct view *v = view_new(cx->arena);
	const char  *note;

	TRY(owners_note(cx, m->id, OWNER_GONE, &note));
	view_text(v, "action", members_path(cx, m, "/delete"));
	view_text(v, "name", m->name);
	view_text(v, "note", note ? note : "");
	view_text(v, "word", identity_erase_word);
	view_flag(v, "sure", form_get(rq->form, "sure").len > 0);
	page_back_show(cx, rq, v, members_path(cx, m, ""));
	return page_show(cx, rs, "members/delete", v);
}

static enum err
erase_form(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct member m;
	int64_t       id;

	TRY(request_path_id(rq, "user", &id));
	TRY(identity_may(cx, id, PERM_USER_REMOVE, &m));
	return show_erase(cx, rq, rs, &m);
}

static enum err
erase(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct member m;
	int64_t       id;
	const char   *users = page_path(cx, "/users"), *back;
	enum err      e;

	TRY(request_path_id(rq, "user", &id));
	TRY(identity_may(cx, id, PERM_USER_REMOVE, &m));
	e = identity_erase(cx, id, form_get(rq->form, "typed"),
	    form_get(rq->form, "sure").len > 0);
	if (e == ERR_INVALID || e == ERR_CONFLICT) {
		rs->status = e == ERR_CONFLICT ? 409 : 0;
		return show_erase(cx, rq, rs, &m);
	}
	TRY(e);
	/* The page of who is gone is no place to go back to. */
	back = page_back(cx, rq, users);
	if (strncmp(back, members_path(cx, &m, ""), strlen(members_path(cx, &m, ""))) == 0)
		back = users;
	return page_done(cx, rs, str_of(back), users, _("The account of [name] is deleted.", "name",
	    m.name));
}

const struct route identity_routes[] = {
	{ M_GET,  USER "/password", PERM_USER_PASSWORD, password_form, ROUTE_PROOF, 0, NULL },
	{ M_POST, USER "/password", PERM_USER_PASSWORD, set_password, ROUTE_PROOF | ROUTE_SLOW, 0,
	    NULL },
	{ M_GET,  USER "/delete", PERM_USER_REMOVE, erase_form, ROUTE_PROOF, 0, NULL },
	{ M_POST, USER "/delete", PERM_USER_REMOVE, erase,      ROUTE_PROOF, 0, NULL },
	{ M_GET,  "/signin/password", PERM_SIGNED_IN, replace_form, ROUTE_CHANGE, 0, NULL },
	{ M_POST, "/signin/password", PERM_SIGNED_IN, replace, ROUTE_CHANGE | ROUTE_SLOW, 0, NULL },
	ROUTE_END
};
