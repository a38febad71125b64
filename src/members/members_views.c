/* Parts of pages about members.  The pages are in members_pages.c, invitations' in
 * invites/. */
#include "members/members_views.h"

#include <assert.h>
#include <string.h>

#include "base/arena.h"
#include "base/id.h"
#include "core/country.h"

void
members_show_roles(struct ctx *cx, struct view *v, const struct member_role *roles,
    size_t n, int64_t chosen)
{
	for (size_t i = 0; i < n; i++) {
		struct view *r = view_item(v, "roles");

		view_id(r, "id", roles[i].id);
		view_text(r, "name", roles[i].name);
		view_text(r, "description", *roles[i].description ? _(roles[i].description) : "");
		view_flag(r, "custom", *roles[i].builtin == '\0');
		view_flag(r, "checked", roles[i].id == chosen);
		if (!perm_covers(cx->perms, roles[i].perms))
			view_text(r, "refused", _("Holds more than your own role."));
	}
}

enum err
members_show_choices(struct ctx *cx, struct view *v, struct str chosen)
{
	struct member_role *roles;
	size_t              n;

	TRY(members_roles(cx, false, &roles, &n));
	for (size_t i = 0; i < n; i++) {
		struct view *option = view_item(v, "roles");
		char         id[14];

		id_text(roles[i].id, id);
		view_id(option, "id", roles[i].id);
		view_text(option, "name", roles[i].name);
		view_flag(option, "chosen", str_equal(chosen, str_of(id)));
		view_flag(option, "refused", !perm_covers(cx->perms, roles[i].perms));
	}
	return OK;
}

const char *
members_status_word(struct ctx *cx, const struct member *m)
{
	if (m->status[0] == 'i')
		return m->expires_at <= cx->now ? _("Invited, expired") : _("Invited");
	if (m->status[0] == 'd')
		return _("Deactivated");
	return m->dormant ? _("Dormant") : _("Active");
}

const char *
members_status_kind(struct ctx *cx, const struct member *m)
{
	if (m->status[0] == 'i')
		return m->expires_at <= cx->now ? "expired" : "invited";
	return m->status[0] == 'a' && m->dormant ? "dormant" : m->status;
}

void
members_show_status(struct ctx *cx, struct view *v, const struct member *m)
{
	view_text(v, "status", members_status_word(cx, m));
	view_text(v, "status_kind", members_status_kind(cx, m));
}

const char *
members_path(struct ctx *cx, const struct member *m, const char *below)
{
	char id[14];

	id_text(m->id, id);
	return ARENA_JOIN(cx->arena, "/t/", cx->place->slug, "/users/", id, below);
}

/* The tabs of a user's page; who may not open one sees none of it.  Either permission will do. */
static const struct { const char *label, *path; enum perm need, also; } tabs[] = {
	{ N_("Information"), "", PERM_USER_VIEW, PERM_USER_VIEW },
	{ N_("Activity"), "/activity", PERM_USER_ACTIVITY, PERM_USER_ACTIVITY },
	{ N_("Sessions and keys"), "/sessions", PERM_USER_ACTIVITY, PERM_USER_KEY },
	{ N_("Access"), "/access", PERM_ROLE_VIEW, PERM_ROLE_VIEW },
};

static bool
may_open(struct ctx *cx, const struct member *m, enum perm p)
{
	return access_has(cx, p, perm_info(p)->scope == SCOPE_ORG ? IN_ORG(m->org_path) :
	    IN_TENANT);
}

static void
show_tabs(struct ctx *cx, struct view *v, const struct member *m, const char *current)
{
	for (size_t i = 0; i < sizeof(tabs) / sizeof(tabs[0]); i++) {
		struct view *tab;

		if (!may_open(cx, m, tabs[i].need) && !may_open(cx, m, tabs[i].also))
			continue;
		tab = view_item(v, "tabs");
		view_text(tab, "label", _(tabs[i].label));
		view_text(tab, "href", members_path(cx, m, tabs[i].path));
		view_flag(tab, "current", strcmp(tabs[i].path, current) == 0);
	}
}

void
members_show_accounts(struct ctx *cx, struct view *v, bool services)
{
	static const struct { const char *label, *path; } kinds[] = {
		{ N_("Users"), "/users" }, { N_("Service accounts"), "/service-accounts" } };
	bool both = access_has(cx, PERM_SERVICE_VIEW, IN_TENANT) &&
	    access_has(cx, PERM_USER_VIEW, IN_ORG(cx->path));

	view_flag(v, "has_tabs", both);
	for (size_t i = 0; both && i < 2; i++) {
		struct view *tab = view_item(v, "tabs");

		view_text(tab, "label", _(kinds[i].label));
		view_text(tab, "href", ARENA_JOIN(cx->arena, "/t/", cx->place->slug,
		    kinds[i].path));
		view_flag(tab, "current", services == (i == 1));
	}
}

void
members_show_head(struct ctx *cx, struct view *v, const struct member *m, const char *tab)
{
	view_text(v, "name", m->name);
	view_flag(v, "you", m->id == cx->actor.member);
	view_text(v, "organization", m->org_name);
	if (*m->country)
		view_text(v, "country", country_name(cx, m->country));
	members_show_status(cx, v, m);
	view_text(v, "users_href", ARENA_JOIN(cx->arena, "/t/", cx->place->slug, "/users"));
	show_tabs(cx, v, m, tab);
}

/* When an entry stands in a menu, and how. */
enum {
	INVITED = 1, ACTIVE = 2, DEACTIVATED = 4,
	WAITING = 8,          /* only while a sign-in waits */
	IDENTITY = 16,        /* of who belongs to this tenant alone, and is not the reader */
	DANGER = 32, AT_ONCE = 64,
	FACTOR = 128,         /* only of who has a second factor */
	BESIDE = 256,         /* on the user's page not in the menu, but beside it */
	PASSWORD = 512        /* not of who signs in in another way, as far as that is known */
};
struct entry {
	const char *label, *act;
	enum perm   need;
	unsigned    when;
};

static const struct entry entries[] = {
	{ N_("Edit"), "edit", PERM_USER_EDIT, ACTIVE },
	{ N_("Change role"), "role", PERM_USER_ROLE, INVITED | ACTIVE | DEACTIVATED },
	{ N_("Send invitation again"), "resend", PERM_USER_INVITE, INVITED },
	{ N_("Copy invitation link"), "link", PERM_USER_INVITE, INVITED },
	{ N_("Send password reset"), "reset", PERM_USER_PASSWORD, ACTIVE },
	{ N_("Set temporary password"), "password", PERM_USER_PASSWORD,
	    ACTIVE | IDENTITY | PASSWORD },
	{ N_("Reset second factor"), "factor", PERM_USER_FACTOR,
	    ACTIVE | DEACTIVATED | IDENTITY | FACTOR | PASSWORD },
	{ N_("Unlock sign-in"), "unlock", PERM_USER_PASSWORD,
	    ACTIVE | DEACTIVATED | WAITING | AT_ONCE },
	{ N_("Force logout"), "logout", PERM_USER_LOGOUT,
	    ACTIVE | DEACTIVATED | AT_ONCE | BESIDE },
	{ N_("Send activity log"), "send-activity", PERM_USER_ACTIVITY, ACTIVE | DEACTIVATED },
	{ N_("Re-activate"), "reactivate", PERM_USER_DEACTIVATE, DEACTIVATED },
	{ N_("Deactivate"), "deactivate", PERM_USER_DEACTIVATE, ACTIVE | DANGER },
	{ N_("Cancel invitation"), "cancel", PERM_USER_INVITE, INVITED | DANGER },
	{ N_("Remove from account"), "remove", PERM_USER_REMOVE, ACTIVE | DEACTIVATED | DANGER },
	{ N_("Delete account"), "delete", PERM_USER_REMOVE,
	    ACTIVE | DEACTIVATED | IDENTITY | DANGER },
};

enum { ENTRIES = sizeof(entries) / sizeof(entries[0]) };
#define MANAGED (1u << ENTRIES)   /* what the person's identity alone allows is missing */

static unsigned
status_of(const struct member *m)
{
	return m->status[0] == 'i' ? INVITED : m->status[0] == 'a' ? ACTIVE : DEACTIVATED;
}

/* A list does not know. */
static bool
signs_in_elsewhere(const struct member *m)
{
	return m->method && *m->method != 'p';
}

static bool
fits(struct ctx *cx, const struct entry *e, const struct member *m)
{
	return (e->when & status_of(m)) && (!(e->when & WAITING) || m->waits) &&
	    (!(e->when & FACTOR) || m->factor) &&
	    (!(e->when & PASSWORD) || !signs_in_elsewhere(m)) &&
	    access_has(cx, e->need, IN_ORG(m->org_path));
}

static void
make_menu(struct ctx *cx, struct view *v, unsigned which)
{
	for (size_t i = 0; i < ENTRIES; i++) {
		const struct entry *e = &entries[i];
		struct view        *item;

		if (!(which >> i & 1))
			continue;
		item = view_item(v, "menu");
		view_text(item, "label", _(e->label));
		view_text(item, "act", e->act);
		view_flag(item, "danger", e->when & DANGER);
		view_flag(item, "post", e->when & AT_ONCE);
		view_flag(item, "panel", !(e->when & AT_ONCE));
	}
	view_flag(v, "managed", which & MANAGED);
}

static unsigned
entries_of(struct ctx *cx, const struct member *m)
{
	bool     own = m->id == cx->actor.member;
	unsigned which = 0;

	for (size_t i = 0; i < ENTRIES; i++) {
		if (!fits(cx, &entries[i], m))
			continue;
		if (!(entries[i].when & IDENTITY) || (m->alone && !own))
			which |= 1u << i;
		else if (!own)
			which |= MANAGED;
	}
	return which;
}

void
members_show_menu(struct ctx *cx, struct view *v, const struct member *m)
{
	unsigned which = entries_of(cx, m), beside = 0;
	char     id[14];

	for (size_t i = 0; i < ENTRIES; i++)
		if (entries[i].when & BESIDE)
			beside |= which & 1u << i;
	view_flag(v, "has_acts", which != 0);
	view_flag(v, "may_logout", beside != 0);
	which &= ~beside;
	view_flag(v, "has_menu", which != 0);
	id_text(m->id, id);
	view_text(v, "act_base", ARENA_JOIN(cx->arena, "/t/", cx->place->slug, "/users/", id, "/"));
	make_menu(cx, v, which);
}

/* They depend on status, wait, factor, organization and identity only, which are mostly those of
 * the row before. */
static unsigned
entries_of_row(struct ctx *cx, const struct member *m, struct member_menus *kept)
{
	const struct member *last = kept->last;

	if (last && last->status[0] == m->status[0] && last->waits == m->waits &&
	    last->factor == m->factor && last->alone == m->alone && m->id != cx->actor.member &&
	    last->id != cx->actor.member && strcmp(last->org_path, m->org_path) == 0)
		return kept->of_last;
	kept->last = m;
	return kept->of_last = entries_of(cx, m);
}

/* There are fewer kinds than places: what a reader may do in a part of the tree they may do in
 * all of it, so that status, wait, factor and identity alone tell them apart, and the reader's
 * own. */
void
members_row_menu(struct ctx *cx, struct view *row, const struct member *m,
    struct member_menus *kept)
{
	unsigned     which = entries_of_row(cx, m, kept);
	size_t       kind = 0;
	struct view *v;

	view_flag(row, "has_menu", which != 0);
	while (kind < kept->n && kept->entries[kind] != which)
		kind++;
	view_int(row, "menu_kind", (int64_t)kind);
	if (kind < kept->n)
		return;
	assert(kind < sizeof(kept->entries) / sizeof(kept->entries[0]));
	kept->entries[kept->n++] = which;
	v = view_item(kept->list, "menu_kinds");
	view_int(v, "kind", (int64_t)kind);
	view_text(v, "name", "");
	make_menu(cx, v, which);
}
