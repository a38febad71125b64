/* One of many members: what jobs do to each of those that were chosen.  Who was chosen is known to
 * bulk/; acts on one are in acts.c. */
#include "members/members.h"

#include <string.h>

#include "base/arena.h"
#include "core/admins.h"
#include "members/acts.h"
#include "members/members_store.h"

enum err
members_match(struct ctx *cx, const struct member_want *w, struct member_match *out)
{
	struct member_list   list = { .n = 0 };
	struct member_filter f;
	int64_t              awake;
	bool                 waiting;

	TRY(members_may_want(cx, w));
	TRY(member_counts(cx, &list));
	member_make_filter(cx, w, &list, &f);
	TRY(member_awake(cx, &f, &awake, &waiting));
	*out = (struct member_match){
		.statuses = w->statuses ? f.statuses : NULL,
		.roles = w->nroles ? f.roles : NULL,
		.inside = member_inside(cx, &f),
		.begin = member_begin(cx, &f),
		.role_hits = f.role_hits,
		.dormant_before = f.dormant_before,
		.factors = w->factors,
		.groups = f.groups,
		.ungrouped = w->ungrouped,
	};
	return OK;
}

enum err
members_refuse(struct ctx *cx, const char *why)
{
	ctx_issue(cx, "", why);
	return ERR_CONFLICT;
}

static const struct { int act; const char *status; } ways[] = {
	[MANY_ROLE] = { ACT_ROLE, NULL },
	[MANY_ROLE_QUIET] = { ACT_ROLE, NULL },
	[MANY_DEACTIVATE] = { ACT_DEACTIVATE, "deactivated" },
	[MANY_REACTIVATE] = { ACT_REACTIVATE, "active" },
	[MANY_REMOVE] = { ACT_REMOVE, "removed" },
	[MANY_LOG_OUT] = { ACT_LOG_OUT, NULL },
};

static const char *
why_not(struct ctx *cx, const struct member *m)
{
	switch (m->status[0]) {
	case 'i':
		return _("Has not accepted the invitation yet.");
	case 'a':
		return _("Is active already.");
	case 'd':
		return _("Is deactivated already.");
	default:
		return _("Is removed already.");
	}
}

/* All that can be said against it, before anything is changed. */
enum err
members_may_act(struct ctx *cx, enum member_many what, const struct member *m,
    const struct member_role *role)
{
	const struct act *act = &acts[ways[what].act];
	bool              roles = act == &acts[ACT_ROLE];

	if (m->id == cx->actor.member)
		return members_refuse(cx, _("This is you."));
	TRY(access_need(cx, PERM_USER_VIEW, IN_ORG(m->org_path)));
	TRY(access_need(cx, act->need, IN_ORG(m->org_path)));
	if (m->status[0] == 'r' || !act_fits(act, m))
		return members_refuse(cx, why_not(cx, m));
	if (roles)
		TRY(access_give_role(cx, role->name, role->perms, m->org_path));
	if ((roles ? strcmp(role->builtin, "admin") != 0 :
	    what == MANY_DEACTIVATE || what == MANY_REMOVE) &&
	    perm_covers(m->role_perms, perm_set_all()))
		TRY(admins_beside(cx, m->id));
	return OK;
}

static enum err
change(struct ctx *cx, enum member_many what, const struct member *m,
    const struct member_role *role, struct audit_field *field)
{
	const char *status = ways[what].status;

	if (ways[what].act == ACT_ROLE) {
		*field = (struct audit_field){ "role", m->role_name, role->name };
		return member_row_role(cx, m->id, role);
	}
	if (what == MANY_LOG_OUT)
		return member_row_valid_from(cx, m->id);
	*field = (struct audit_field){ "status", m->status, status };
	TRY(member_row_status(cx, m->id, status, m->status));
	/* Or what is open now would go on when the member is active again. */
	return what == MANY_DEACTIVATE ? member_row_valid_from(cx, m->id) : OK;
}

/* The email of a role may be switched off, and who is only invited gets another. */
static bool
writes(const struct ctx *cx, enum member_many what, const struct member *m)
{
	if (what == MANY_ROLE)
		return cx->place->role_emails && m->status[0] == 'a';
	return what != MANY_ROLE_QUIET && acts[ways[what].act].mail;
}

enum err
members_act(struct ctx *cx, enum member_many what, const struct member *m,
    const struct member_role *role)
{
	const struct act  *act = &acts[ways[what].act];
	struct audit_field field = { "", NULL, NULL };
	struct email       mail;

	TRY(members_may_act(cx, what, m, role));
	if (ways[what].act == ACT_ROLE && role->id == m->role)
		return m->status[0] == 'i' ? member_row_role_by(cx, m->id) : OK;
	TRY(change(cx, what, m, role, &field));
	TRY(act_note(cx, act, m, &field, field.name[0] != '\0'));
	if (!writes(cx, what, m))
		return OK;
	TRY(act_mail(cx, act, m, role ? role->name : m->role_name, &mail));
	return outbox_add(cx, &mail, NULL);
}
