/* The account's own pages: where one lands, and the overview of what may be opened. */
#include "tenants/tenants.h"

#include <string.h>

#include "base/arena.h"
#include "base/conf.h"
#include "web/page.h"
#include "web/tables.h"
#include "workspaces/workspaces.h"

static enum err
landing(struct ctx *cx, const struct request *rq, struct response *rs)
{
	(void)rq;
	if (access_has(cx, PERM_USER_VIEW, IN_ORG(cx->path)))
		return page_go(rs, page_path(cx, "/users"));
	return page_go(rs, page_path(cx, access_has(cx, PERM_PORTAL_VIEW, IN_TENANT) ? "/portal" :
	    "/settings"));
}

/* What stands on a card of the reader's own pages; the menu has no lines for them. */
static const struct { const char *path, *line; } own_lines[] = {
	{ "/portal", N_("The workspaces that you may enter") },
	{ "/profile", N_("Your name, password and second factor") },
	{ "/keys", N_("For programs that act in your name") },
};

static bool
is_own(const struct menu_item *m)
{
	for (size_t i = 0; i < sizeof(own_lines) / sizeof(own_lines[0]); i++)
		if (strcmp(m->path, own_lines[i].path) == 0)
			return true;
	return false;
}

static const char *
line_of(struct ctx *cx, const struct menu_item *m, const struct tenant_numbers *n)
{
	for (size_t i = 0; i < sizeof(own_lines) / sizeof(own_lines[0]); i++)
		if (strcmp(m->path, own_lines[i].path) == 0)
			return _(own_lines[i].line);
	if (strcmp(m->path, "/users") == 0 && (n->invited || n->deactivated))
		return _("[n] invited, [m] deactivated", "n", ctx_number(cx, n->invited), "m",
		    ctx_number(cx, n->deactivated));
	if (strcmp(m->path, "/general") == 0 && n->personal)
		return _("[n] personal workspace | [n] personal workspaces", "n",
		    ctx_number(cx, n->personal));
	if (strcmp(m->path, "/security") == 0 && access_has(cx, PERM_USER_VIEW, IN_ORG(cx->path)))
		return _("[n] of [m] active users without a second factor", "n",
		    ctx_number(cx, n->no_factor), "m", ctx_number(cx, n->active));
	return *m->line ? _(m->line) : "";
}

/* Where there is one; how many users lack something is told by the line. */
static void
show_number(struct ctx *cx, struct view *card, const struct menu_item *m,
    const struct tenant_numbers *n)
{
	const struct { const char *path; int64_t n; } numbers[] = {
		{ "/users", n->users },
		{ "/service-accounts", n->services },
		{ "/groups", n->groups },
		{ "/roles", n->roles },
		{ "/workspaces", workspaces_all(cx) ? n->workspaces : n->own_workspaces },
		{ "/audit", n->events },
		{ "/portal", n->own_workspaces },
		{ "/keys", n->own_keys },
	};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (strcmp(m->path, numbers[i].path) == 0)
			view_text(card, "number", ctx_number(cx, numbers[i].n));
}

/* A card for each entry of the menu but this page's own: those of the account, or one's own. */
static void
cards(struct ctx *cx, struct view *v, const struct tenant_numbers *n, bool own)
{
	struct view *group = NULL, *card;
	const char  *title = "";

	for (const struct menu_item *m = page_menu(cx, NULL); m; m = page_menu(cx, m)) {
		if (strcmp(m->path, "/settings") == 0 || is_own(m) != own)
			continue;
		if (group == NULL || strcmp(title, m->group) != 0) {
			group = view_item(v, "groups");
			view_text(group, "title", _(m->group));
			title = m->group;
		}
		card = view_item(group, "cards");
		view_text(card, "label", _(m->label));
		view_text(card, "href", page_path(cx, m->path));
		view_text(card, "icon", m->icon);
		view_text(card, "line", line_of(cx, m, n));
		show_number(cx, card, m, n);
	}
}

static void
step(struct view *steps, const char *label, const char *line, bool done, const char *href)
{
	struct view *s = view_item(steps, "steps");

	view_text(s, "label", label);
	view_text(s, "line", line);
	view_flag(s, "done", done);
	if (!done && href)
		view_text(s, "href", href);
}

/* What a new account needs, as long as something of it is missing and nobody put it away. */
static void
first_steps(struct ctx *cx, struct view *v, const struct tenant_numbers *n)
{
	bool         invite = access_has(cx, PERM_USER_INVITE, IN_ORG(cx->path));
	bool         group = access_has(cx, PERM_GROUP_EDIT, IN_TENANT);
	const char  *href = invite ? page_path(cx, "/users/invite") : NULL;
	struct view *steps;

	if (!n->steps || (n->mailed && n->second_admin && n->factor && n->groups))
		return;
	steps = view_sub(v, "first_steps");
	view_text(steps, "action", page_path(cx, "/settings/steps"));
	step(steps, _("Email works"), *cx->conf->smtp_url ?
	    _("This is ticked once a mail server has taken an email. Inviting somebody sends "
	        "one.") :
	    _("No mail server is set up: emails are written into a folder. The operator sets "
	        "one up in the configuration file."), n->mailed,
	    *cx->conf->smtp_url ? href : NULL);
	step(steps, _("A second administrator"),
	    _("So that nobody is locked out when one of you is away."), n->second_admin, href);
	step(steps, _("Your second factor"), _("So that your password alone opens nothing."),
	    n->factor, page_path(cx, "/profile/factor"));
	step(steps, _("A first group"), _("So that people who do the same get the same."),
	    n->groups > 0, group ? page_path(cx, "/groups/new") : NULL);
}

static enum err
overview(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct view          *v = view_new(cx->arena);
	struct tenant_numbers n;

	(void)rq;
	TRY(tenants_numbers(cx, &n));
	first_steps(cx, v, &n);
	cards(cx, v, &n, false);
	cards(cx, v, &n, true);
	return page_show(cx, rs, "tenants/settings", v);
}

static enum err
hide_steps(struct ctx *cx, const struct request *rq, struct response *rs)
{
	(void)rq;
	TRY(tenants_steps_hide(cx));
	return page_done(cx, rs, STR(""), page_path(cx, "/settings"),
	    _("The first steps are put away."));
}

const struct route tenants_routes[] = {
	{ M_GET, "/t/{tenant}",          PERM_SIGNED_IN, landing,  0, 0, NULL },
	{ M_GET, "/t/{tenant}/",         PERM_SIGNED_IN, landing,  0, 0, NULL },
	{ M_GET, "/t/{tenant}/settings", PERM_SIGNED_IN, overview, 0, 0, NULL },
	{ M_POST, "/t/{tenant}/settings/steps", PERM_ACCOUNT_EDIT, hide_steps, 0, 0, NULL },
	ROUTE_END
};
