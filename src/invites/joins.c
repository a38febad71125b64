/* Groups and workspaces that somebody is invited into.  Who is invited is a member already who can
 * do nothing, so they are simply brought in; what that comes to begins with the status. */
#include "invites/joins.h"

#include <string.h>

#include "groups/groups.h"
#include "workspaces/workspaces.h"

enum err
invite_joins_check(struct ctx *cx, const struct invite_joins *j)
{
	enum err e = OK;

	if (j->ngroups > INVITE_JOINS_MOST)
		e = ctx_issue(cx, "group", _("Choose at most [n] groups.", "n", "50"));
	if (j->nworkspaces > INVITE_JOINS_MOST)
		e = ctx_issue(cx, "workspace_role", _("Choose at most [n] at once.", "n", "50"));
	else if (j->nworkspaces && j->workspace_role.len == 0)
		e = ctx_issue(cx, "workspace_role", _("Choose the role in the workspaces."));
	return e;
}

/* "role" is the tenant role's field in this form. */
static enum err
said_at(struct ctx *cx, const char *field, enum err e)
{
	for (struct issue *i = cx->issues; i; i = i->next)
		if (strcmp(i->field, "role") == 0 || strcmp(i->field, "id") == 0)
			i->field = field;
	return e;
}

static enum err
enter(struct ctx *cx, int64_t member, int64_t workspace, struct str role)
{
	size_t   added;
	enum err e;

	TRY(access_workspace(cx, workspace));
	e = workspaces_add(cx, workspace, &member, 1, STR(""), role, &added);
	if (e == ERR_DENIED && cx->issues == NULL) {
		cx->refused = "the members of a workspace";
		ctx_issue(cx, "workspace_role",
		    _("You cannot add members to all of these workspaces."));
	}
	return said_at(cx, "workspace_role", e);
}

enum err
invite_joins_make(struct ctx *cx, int64_t member, const struct invite_joins *j)
{
	const struct inside was = cx->inside;
	enum err            e = OK;
	size_t              added;

	for (size_t i = 0; e == OK && i < j->ngroups; i++)
		e = said_at(cx, "group", groups_add(cx, j->groups[i], &member, 1, STR(""), &added));
	for (size_t i = 0; e == OK && i < j->nworkspaces; i++)
		e = enter(cx, member, j->workspaces[i], j->workspace_role);
	cx->inside = was;
	return e;
}
