/* The page of a user: what is known of them, and the form that edits it.  What else may be done to
 * one is in members_pages.c, their sessions are in signin/. */
#include "members/members.h"

#include <string.h>

#include "base/arena.h"
#include "base/id.h"
#include "core/country.h"
#include "core/language.h"
#include "groups/groups.h"
#include "invites/invites.h"
#include "members/members_views.h"
#include "web/confirm.h"
#include "web/page.h"
#include "web/tables.h"
#include "workspaces/workspaces.h"

#define USER "/t/{tenant}/users/{user}"
enum { GROUPS_SHOWN = 200 };

static enum err
subject(struct ctx *cx, const struct request *rq, enum perm need, struct member *out)
{
	int64_t id;

	TRY(request_path_id(rq, "user", &id));
	return members_may(cx, id, need, out);
}

/* ---------------------------------------------------------------- what is known */

static struct view *
fact(struct view *v, const char *label, const char *value)
{
	struct view *f = view_item(v, "facts");

	view_text(f, "label", label);
	view_text(f, "value", value);
	return f;
}

static void
known_fact(struct view *v, const char *label, const char *value)
{
	if (*value)
		fact(v, label, value);
}

static void
time_fact(struct ctx *cx, struct view *v, const char *label, int64_t at)
{
	if (at)
		view_text(fact(v, label, ctx_time(cx, at)), "iso", ctx_time_iso(cx, at));
}

/* Nothing of an invitation is lost: who sent it, and what became of it. */
static enum err
show_invitation(struct ctx *cx, struct view *v, const struct member *m)
{
	struct invite_times t;

	TRY(invites_times(cx, m, &t));
	if (t.sent_at == 0)
		return OK;
	known_fact(v, _("Invited by"), t.inviter);
	time_fact(cx, v, _("Invitation sent"), t.sent_at);
	time_fact(cx, v, _("Invitation link copied"), t.copied_at);
	time_fact(cx, v, _("Invitation opened"), t.opened_at);
	time_fact(cx, v, _("Invitation accepted"), t.accepted_at);
	if (m->status[0] == 'i')
		time_fact(cx, v, m->expires_at > cx->now ? _("Invitation good until") :
		    _("Invitation expired"), m->expires_at);
	return OK;
}

static void
show_role(struct ctx *cx, struct view *v, const struct member *m)
{
	struct view *role = fact(v, _("Role"), m->role_name);

	if (!access_has(cx, PERM_ROLE_VIEW, IN_TENANT))
		return;
	view_text(role, "href", page_path_id(cx, "/roles/", m->role, ""));
	view_flag(role, "sheet", true);
}

/* Those that the reader may see. */
static void
show_groups(struct ctx *cx, struct view *v, const struct member *m)
{
	if (!access_has(cx, PERM_GROUP_VIEW, IN_TENANT))
		return;
	for (size_t i = 0; i < m->nin && i < GROUPS_SHOWN; i++) {
		const struct member_group *p = &m->in[i];
		struct view              *group = fact(v, _("Group"), groups_place_text(cx,
		    p->name, p->until_at, p->over));

		view_text(group, "href", page_path_id(cx, "/groups/", p->id, ""));
	}
}

/* Where the user is, for who sees every workspace or asks about themselves. */
static enum err
show_workspaces(struct ctx *cx, struct view *v, const struct member *m)
{
	struct places_held l;

	if ((m->nin == 0 && !m->seated) || (m->id != cx->actor.member && !workspaces_all(cx)))
		return OK;
	TRY(workspaces_of(cx, m->id, &l));
	for (size_t i = 0; i < l.n; i++) {
		const struct place_held *p = &l.items[i];
		struct view             *one = fact(v, _("Workspace"), *p->group ?
		    _("[name] ([role], by [group])", "name", p->name, "role", p->role, "group",
		        p->group) : _("[name] ([role])", "name", p->name, "role", p->role));

		view_text(one, "href", page_path_id(cx, "/workspaces/", p->id, ""));
	}
	return OK;
}

static const char *
language_name(const struct ctx *cx, const char *code)
{
	for (size_t i = 0; cx->languages && i < cx->languages->n; i++)
		if (strcmp(cx->languages->items[i].code, code) == 0)
			return cx->languages->items[i].name;
	return code;
}

/* Of the identity; who has not joined shows nothing of one that there may be. */
static void
show_person(struct ctx *cx, struct view *v, const struct member *m)
{
	if (m->status[0] == 'i')
		return;
	fact(v, _("Second factor"), m->factor ? _("On") : _("Off"));
	fact(v, _("Language"), language_name(cx, m->language));
	fact(v, _("Time zone"), *m->timezone ? m->timezone : cx->place->timezone);
}

static void
show_address(struct ctx *cx, struct view *v, const struct member *m)
{
	struct view *state;

	view_flag(fact(v, _("Email"), m->email), "copy", true);
	if (m->status[0] == 'i' && !m->refused)
		return;
	state = fact(v, _("Email state"), m->refused ? _("Mail to it is refused") :
	    m->confirmed ? _("Confirmed") : _("Not confirmed"));
	view_text(state, "badge", m->refused ? "bad" : m->confirmed ? "ok" : "warn");
}

static enum err
show_facts(struct ctx *cx, struct view *v, const struct member *m)
{
	struct view *seen, *status;

	status = fact(v, _("Status"), members_status_word(cx, m));
	view_text(status, "badge", members_status_kind(cx, m));
	show_address(cx, v, m);
	known_fact(v, _("Nickname"), m->nickname);
	known_fact(v, _("Phone"), m->phone);
	known_fact(v, _("Country"), country_name(cx, m->country));
	show_role(cx, v, m);
	show_groups(cx, v, m);
	TRY(show_workspaces(cx, v, m));
	fact(v, _("Organization"), m->org_name);
	show_person(cx, v, m);
	seen = fact(v, _("Last sign-in"),
	    m->signed_in_at ? ctx_time(cx, m->signed_in_at) : _("Never"));
	if (m->signed_in_at)
		view_text(seen, "iso", ctx_time_iso(cx, m->signed_in_at));
	time_fact(cx, v, _("Sign-in waits until"), m->waits_until);
	time_fact(cx, v, _("Registered"), m->created_at);
	return show_invitation(cx, v, m);
}

static enum err
show_member(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct view  *v = view_new(cx->arena);
	struct member m;

	TRY(subject(cx, rq, PERM_USER_VIEW, &m));
	view_initials(cx, v, m.name, "");
	members_show_head(cx, v, &m, "");
	members_show_menu(cx, v, &m);
	TRY(show_facts(cx, v, &m));
	return page_show(cx, rs, "members/show", v);
}

/* ---------------------------------------------------------------- the form */

static void
show_theirs(struct ctx *cx, struct view *v, const struct member_edit *in, const struct member *m)
{
	page_theirs(cx, v, "name_now", in->name, m->name, m->name);
	page_theirs(cx, v, "nickname_now", in->nickname, m->nickname, m->nickname);
	page_theirs(cx, v, "phone_now", in->phone, m->phone, m->phone);
	page_theirs(cx, v, "country_now", in->country, m->country, country_name(cx, m->country));
}

static void
show_countries(struct ctx *cx, struct view *v, struct str chosen)
{
	const struct country *list;
	size_t                n = country_list(cx, &list);
	const char           *code = country_code(chosen);

	for (size_t i = 0; i < n; i++) {
		struct view *o = view_item(v, "countries");

		view_text(o, "value", list[i].code);
		view_text(o, "label", list[i].name);
		view_flag(o, "selected", code && strcmp(code, list[i].code) == 0);
	}
}

/* Filled from the row by a GET, and with what was typed when a POST has issues. */
static enum err
show_form(struct ctx *cx, const struct request *rq, struct response *rs, const struct member *m,
    const struct member_edit *in)
{
	struct view *v = view_new(cx->arena);
	const char  *own = members_path(cx, m, "");

	view_text(v, "action", members_path(cx, m, "/edit"));
	view_int(v, "version", m->version);
	view_text(v, "email", m->email);
	view_str(v, "name", in->name);
	view_str(v, "nickname", in->nickname);
	view_str(v, "phone", in->phone);
	show_countries(cx, v, in->country);
	show_theirs(cx, v, in, m);
	page_back_show(cx, rq, v, own);
	return page_show(cx, rs, "members/edit", v);
}

static struct member_edit
typed_edit(const struct form *f)
{
	return (struct member_edit){ form_get(f, "name"), form_get(f, "nickname"),
		form_get(f, "phone"), form_get(f, "country"), form_int(f, "version") };
}

/* What was typed before the session ended comes back, beside what somebody stored meanwhile. */
static enum err
edit_form(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct member_edit in = typed_edit(rq->form);
	struct member      m;

	TRY(subject(cx, rq, PERM_USER_EDIT, &m));
	if (rq->carried) {
		if (in.version != m.version)
			page_meanwhile(cx, rs);
		return show_form(cx, rq, rs, &m, &in);
	}
	return show_form(cx, rq, rs, &m, &(struct member_edit){ .name = str_of(m.name),
	    .nickname = str_of(m.nickname), .phone = str_of(m.phone),
	    .country = str_of(m.country) });
}

static enum err
edit(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct member_edit in = typed_edit(rq->form);
	struct member      m;
	const char        *own;
	enum err           e;

	TRY(subject(cx, rq, PERM_USER_EDIT, &m));
	e = members_edit(cx, m.id, &in);
	if (e == ERR_INVALID || e == ERR_CONFLICT) {
		if (e == ERR_CONFLICT && cx->issues)
			rs->status = 409;
		TRY(subject(cx, rq, PERM_USER_EDIT, &m));
		if (e == ERR_CONFLICT && cx->issues == NULL)
			page_meanwhile(cx, rs);
		return show_form(cx, rq, rs, &m, &in);
	}
	TRY(e);
	TRY(subject(cx, rq, PERM_USER_EDIT, &m));
	own = members_path(cx, &m, "");
	return page_done(cx, rs, str_of(page_back(cx, rq, own)), own,
	    _("[name] is saved.", "name", m.name));
}

const struct route user_routes[] = {
	{ M_GET,  USER,         PERM_USER_VIEW, show_member, 0, 0, NULL },
	{ M_GET,  USER "/edit", PERM_USER_EDIT, edit_form,   0, 0, NULL },
	{ M_POST, USER "/edit", PERM_USER_EDIT, edit,        0, 0, NULL },
	ROUTE_END
};
