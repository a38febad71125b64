/* The account's own pages: where one lands, and the overview of what may be opened. */
#include "tenants/tenants.h"

#include <string.h>

#include "base/arena.h"
#include "base/conf.h"
#include "web/page.h"
#include "web/tables.h"

static enum err
landing(struct ctx *cx, const struct request *rq, struct response *rs)
{
	(void)rq;
	if (access_has(cx, PERM_USER_VIEW, IN_ORG(cx->path)))
		return page_go(rs, page_path(cx, "/users"));
	return page_go(rs, page_path(cx, access_has(cx, PERM_PORTAL_VIEW, IN_TENANT) ? "/portal" :
	    "/settings"));
}

/* What a card says beside its name: a line and a number, where there is one. */
static void
card_numbers(struct ctx *cx, struct view *card, const struct menu_item *m,
    const struct tenant_numbers *n)
{
	const char *line = m->line;

	if (strcmp(m->path, "/users") == 0) {
		view_text(card, "number", ctx_number(cx, n->users));
		if (n->invited || n->deactivated) {
			view_text(card, "line", _("[n] invited, [m] deactivated", "n",
			    ctx_number(cx, n->invited), "m", ctx_number(cx, n->deactivated)));
			return;
		}
	} else if (strcmp(m->path, "/roles") == 0)
		view_text(card, "number", ctx_number(cx, n->roles));
	else if (strcmp(m->path, "/service-accounts") == 0)
		view_text(card, "number", ctx_number(cx, n->services));
	else if (strcmp(m->path, "/groups") == 0)
		view_text(card, "number", ctx_number(cx, n->groups));
	view_text(card, "line", *line ? _(line) : "");
}

/* A card for each entry of the menu but this page's own, and what is the reader's own. */
static bool
cards(struct ctx *cx, struct view *v, const struct tenant_numbers *n)
{
	struct view *group = NULL, *card;
	const char  *title = "";

	for (const struct menu_item *m = page_menu(cx, NULL); m; m = page_menu(cx, m)) {
		if (strcmp(m->path, "/settings") == 0 || strcmp(m->path, "/profile") == 0 ||
		    strcmp(m->path, "/keys") == 0 || strcmp(m->path, "/portal") == 0)
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
		card_numbers(cx, card, m, n);
	}
	return group != NULL;
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
	const char  *href = invite ? page_path(cx, "/users/invite") : NULL;
	struct view *steps;

	if (!n->steps || (n->mailed && n->second_admin && n->factor))
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
}

static enum err
overview(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct view          *v = view_new(cx->arena);
	struct tenant_numbers n = { 0 };

	(void)rq;
	if (access_has(cx, PERM_USER_VIEW, IN_ORG(cx->path)) ||
	    access_has(cx, PERM_ROLE_VIEW, IN_TENANT))
		TRY(tenants_numbers(cx, &n));
	first_steps(cx, v, &n);
	view_flag(v, "none", !cards(cx, v, &n));
	if (*cx->place->contact_email)
		view_text(v, "contact_email", cx->place->contact_email);
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
