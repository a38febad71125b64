/* The portal: where one lands who has no lists to look after, with the own workspaces and
 * settings. */
#include "base/arena.h"
#include "tenants/tenants.h"
#include "web/page.h"
#include "web/tables.h"
#include "workspaces/workspaces_pages.h"

struct tile { const struct place_held *place; const char *roles; };

/* One for each workspace, with all roles there: those of groups stand behind the own. */
static size_t
make_tiles(struct ctx *cx, const struct places_held *l, struct tile *tiles)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n; i++) {
		const struct place_held *p = &l->items[i];

		if (n > 0 && tiles[n - 1].place->id == p->id)
			tiles[n - 1].roles = ARENA_JOIN(cx->arena, tiles[n - 1].roles, ", ",
			    p->role);
		else
			tiles[n++] = (struct tile){ p, p->role };
	}
	return n;
}

static void
show_tile(struct ctx *cx, struct view *v, const struct tile *t, bool last, bool open)
{
	struct view *row = view_item(v, "tiles");

	view_text(row, "name", t->place->name);
	view_text(row, "role", t->roles);
	view_flag(row, "personal", t->place->personal);
	view_flag(row, "last", last);
	if (open)
		view_text(row, "href", workspace_path(cx, t->place->id, ""));
}

/* The one that was opened last stands first. */
static enum err
show_tiles(struct ctx *cx, struct view *v, bool open)
{
	struct tile        tiles[PLACES_HELD_MOST];
	struct places_held l;
	int64_t            last;
	size_t             n;

	TRY(workspaces_of(cx, cx->actor.member, &l));
	TRY(workspaces_last(cx, &last));
	n = make_tiles(cx, &l, tiles);
	for (size_t i = 0; i < n; i++)
		if (tiles[i].place->id == last)
			show_tile(cx, v, &tiles[i], true, open);
	for (size_t i = 0; i < n; i++)
		if (tiles[i].place->id != last)
			show_tile(cx, v, &tiles[i], false, open);
	view_flag(v, "has_tiles", n > 0);
	view_text(v, "closed", open || n == 0 ? "" :
	    _("Your role shows the portal and does not open its tiles."));
	return OK;
}

static void
show_own(struct ctx *cx, struct view *v, const char *label, const char *line, const char *below,
    const char *icon)
{
	struct view *row = view_item(v, "own");

	view_text(row, "label", label);
	view_text(row, "line", line);
	view_text(row, "href", page_path(cx, below));
	view_text(row, "icon", icon);
}

static enum err
portal(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct view          *v = view_new(cx->arena);
	struct tenant_general g;

	(void)rq;
	TRY(tenants_general(cx, &g));
	view_text(v, "portal_text", g.portal_text);
	TRY(show_tiles(cx, v, access_has(cx, PERM_PORTAL_USE, IN_TENANT)));
	show_own(cx, v, _("Profile"), _("Name, language, time zone"), "/profile", "user");
	show_own(cx, v, _("Password"), _("Change how you sign in"), "/profile/password", "lock");
	show_own(cx, v, _("API keys"), _("For programs that act for you"), "/keys", "key");
	return page_show(cx, rs, "workspaces/portal", v);
}

const struct route portal_routes[] = {
	{ M_GET, "/t/{tenant}/portal", PERM_PORTAL_VIEW, portal, 0, 0, NULL },
	ROUTE_END
};
