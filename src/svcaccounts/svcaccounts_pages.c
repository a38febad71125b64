/* Pages of service accounts: the list, one of them, and the forms that make, edit and end one.
 * Single cells are edited in cells_pages.c, groups and workspaces in places_pages.c; keys are in
 * apikeys/service_pages.c. */
#include "svcaccounts/svcaccounts_views.h"

#include <string.h>

#include "apikeys/apikeys_views.h"
#include "base/arena.h"
#include "base/id.h"
#include "groups/groups.h"
#include "members/members_views.h"
#include "web/confirm.h"
#include "web/csrf.h"
#include "web/page.h"
#include "web/tables.h"
#include "workspaces/workspaces.h"

enum { GROUPS_SHOWN = 100, WORKSPACES_SHOWN = 50, SEARCH_LONGEST = 64, CHOSEN_MOST = 50 };
#define SHOWN_FIRST \
	N_("Only the first [n] are shown. On its own page, once it is made, it is put into others.")

static const char *const state[] = { "q", "sort", "dir", "rows", "after", "before", "id", NULL };

const char *
service_path(struct ctx *cx, int64_t id, const char *below)
{
	return page_path_id(cx, "/service-accounts/", id, below);
}

enum err
service_subject(struct ctx *cx, const struct request *rq, struct svcaccount *a)
{
	int64_t id;

	TRY(request_path_id(rq, "account", &id));
	return svcaccounts_get(cx, id, a);
}

/* ---------------------------------------------------------------- the list */

static void
show_role(struct ctx *cx, struct view *v, const struct svcaccount *a)
{
	view_text(v, "role", a->role_name);
	if (access_has(cx, PERM_ROLE_VIEW, IN_TENANT))
		view_text(v, "role_href", page_path_id(cx, "/roles/", a->role, ""));
}

static void
show_status(struct ctx *cx, struct view *v, const struct svcaccount *a)
{
	view_text(v, "status", a->disabled ? _("Disabled") : _("Active"));
	view_text(v, "status_kind", a->disabled ? "deactivated" : "active");
}

static void
show_owner(struct ctx *cx, struct view *v, const struct svcaccount *a)
{
	view_text(v, "owner", a->owner_name);
	if (a->owner && access_has(cx, PERM_USER_VIEW, IN_TENANT))
		view_text(v, "owner_href", page_path_id(cx, "/users/", a->owner, ""));
	else if (a->owner_group && access_has(cx, PERM_GROUP_VIEW, IN_TENANT))
		view_text(v, "owner_href", page_path_id(cx, "/groups/", a->owner_group, ""));
}

static void
show_key(struct ctx *cx, struct view *v, const struct svcaccount *a)
{
	view_text(v, "prefix", a->prefix);
	view_time(cx, v, "made", a->key_made_at);
	view_time(cx, v, "expires", a->key_expires_at);
	view_flag(v, "expired", a->key_expires_at && a->key_expires_at <= cx->now);
	view_time(cx, v, "used", a->used_at);
}

static void
show_groups(struct ctx *cx, struct view *v, const struct svcaccount *a)
{
	view_text(v, "groups", a->groups > 3 ? _("[names] and [n] more", "names", a->group_names,
	    "n", ctx_number(cx, a->groups - 3)) : a->group_names);
}

/* secret: of the account that was made just now; it is in this answer and in no other. */
static void
show_row(struct ctx *cx, struct view *row, const struct svcaccount *a, bool may_edit,
    const struct apikey_made *made)
{
	view_text(row, "name", a->name);
	view_text(row, "description", a->description);
	view_text(row, "href", service_path(cx, a->id, ""));
	show_role(cx, row, a);
	show_owner(cx, row, a);
	show_groups(cx, row, a);
	show_key(cx, row, a);
	show_status(cx, row, a);
	view_time(cx, row, "created", a->created_at);
	view_flag(row, "may_edit", may_edit);
	view_int(row, "kind", a->disabled);
	if (made && made->secret && made->key.service == a->id)
		view_text(row, "secret", made->secret);
}

static void
menu_entry(struct view *kind, const char *label, const char *act, bool danger)
{
	struct view *e = view_item(kind, "menu");

	view_text(e, "label", label);
	view_text(e, "act", act);
	view_flag(e, "post", false);
	view_flag(e, "panel", true);
	view_flag(e, "danger", danger);
}

static void
show_menu(struct ctx *cx, struct view *v, bool disabled, bool may_edit)
{
	menu_entry(v, _("Account info"), "info", false);
	if (!may_edit)
		return;
	menu_entry(v, _("Edit"), "edit", false);
	if (access_has(cx, PERM_GROUP_EDIT, IN_TENANT))
		menu_entry(v, _("Groups"), "groups", false);
	if (access_has(cx, PERM_WORKSPACE_MANAGE, IN_TENANT))
		menu_entry(v, _("Workspaces"), "workspaces", false);
	if (disabled)
		menu_entry(v, _("Enable"), "enable", false);
	else
		menu_entry(v, _("Disable"), "disable", true);
	menu_entry(v, _("Delete"), "delete", true);
}

static void
show_menus(struct ctx *cx, struct view *v, bool may_edit)
{
	view_text(v, "act_base", "");
	for (int disabled = 0; disabled <= 1; disabled++) {
		struct view *kind = view_item(v, "menu_kinds");

		view_int(kind, "kind", disabled);
		view_text(kind, "name", "");
		view_flag(kind, "managed", false);
		show_menu(cx, kind, disabled != 0, may_edit);
	}
}

static void
show_pager(struct ctx *cx, struct view *v, const struct list_query *q, const struct list_want *w,
    const struct svcaccount_list *l)
{
	struct list_edge first = { NULL, 0 }, last = { NULL, 0 };

	if (l->n) {
		first = (struct list_edge){ svcaccounts_key(cx, &l->items[0], w->sort),
			l->items[0].id };
		last = (struct list_edge){ svcaccounts_key(cx, &l->items[l->n - 1], w->sort),
			l->items[l->n - 1].id };
	}
	list_show(cx, v, q, SVCACCOUNTS_SORTS, w, l->more, first, last);
}

static enum err
show_list(struct ctx *cx, struct response *rs, const struct list_query *q,
    const struct list_want *w, const char *search, const struct apikey_made *made)
{
	struct view           *v = view_new(cx->arena);
	struct svcaccount_list l;
	bool                   may_edit = access_has(cx, PERM_SERVICE_EDIT, IN_TENANT);

	TRY(svcaccounts_list(cx, w, search, &l));
	view_text(v, "total_text", _("[n] service account | [n] service accounts", "n",
	    ctx_number(cx, l.all)));
	view_flag(v, "none", l.all == 0);
	view_flag(v, "has_rows", l.n > 0);
	view_flag(v, "may_edit", may_edit);
	if (may_edit)
		view_text(v, "new_href", page_path(cx, "/service-accounts/new"));
	if (made)
		apikeys_show_secret(cx, view_item(v, "made"), made);
	members_show_accounts(cx, v, true);
	list_show_search(cx, v, q, search, "sort dir rows");
	if (*search)
		view_text(v, "reset_href", list_href(cx, q, "q", NULL, (char *)0));
	show_menus(cx, v, may_edit);
	for (size_t i = 0; i < l.n; i++)
		show_row(cx, view_item(v, "accounts"), &l.items[i], may_edit, made);
	if (l.n == 0 && !*search)
		view_text(v, "reset_href", q->path);
	show_pager(cx, v, q, w, &l);
	return page_show(cx, rs, "svcaccounts/list", v);
}

static enum err
list_accounts(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct list_query q = { page_path(cx, "/service-accounts"), rq->form, state };
	struct list_want  w;
	const char       *search = list_search(cx, rq->form, SEARCH_LONGEST);

	TRY(list_read(cx, rq->form, SVCACCOUNTS_SORTS, SVCACCOUNTS_NUMBERS, &w));
	return show_list(cx, rs, &q, &w, search, NULL);
}

/* ---------------------------------------------------------------- one of them */

static const struct { const char *label, *path; enum perm need; } tabs[] = {
	{ N_("Information"), "", PERM_SERVICE_VIEW },
	{ N_("Activity"), "/activity", PERM_USER_ACTIVITY },
	{ N_("Access"), "/access", PERM_ROLE_VIEW },
};

void
service_head(struct ctx *cx, struct view *v, const struct svcaccount *a, const char *current)
{
	view_text(v, "name", a->name);
	view_text(v, "description", a->description);
	show_status(cx, v, a);
	view_text(v, "accounts_href", page_path(cx, "/service-accounts"));
	view_text(v, "act_base", service_path(cx, a->id, "/"));
	show_menu(cx, v, a->disabled, access_has(cx, PERM_SERVICE_EDIT, IN_TENANT));
	for (size_t i = 0; i < sizeof(tabs) / sizeof(tabs[0]); i++) {
		struct view *tab;

		if (!access_has(cx, tabs[i].need, perm_info(tabs[i].need)->scope == SCOPE_ORG ?
		    IN_ORG("/") : IN_TENANT))
			continue;
		tab = view_item(v, "tabs");
		view_text(tab, "label", _(tabs[i].label));
		view_text(tab, "href", service_path(cx, a->id, tabs[i].path));
		view_flag(tab, "current", strcmp(tabs[i].path, current) == 0);
	}
}

static enum err
show_places(struct ctx *cx, struct view *v, const struct svcaccount *a)
{
	struct group_places l = { NULL, 0 };
	bool                see = access_has(cx, PERM_GROUP_VIEW, IN_TENANT);

	if (a->groups > 0)
		TRY(groups_of(cx, a->id, &l));
	for (size_t i = 0; i < l.n; i++) {
		struct view *row = view_item(v, "places");

		view_text(row, "group", l.items[i].name);
		view_text(row, "role", l.items[i].role);
		if (see)
			view_text(row, "href", page_path_id(cx, "/groups/", l.items[i].id, ""));
		view_time(cx, row, "until", l.items[i].until_at ? l.items[i].until_at - 1 : 0);
		view_flag(row, "over", l.items[i].over);
	}
	view_flag(v, "has_places", l.n > 0);
	return OK;
}

/* For who sees every workspace. */
static enum err
show_workspaces(struct ctx *cx, struct view *v, const struct svcaccount *a)
{
	struct places_held l = { .n = 0 };
	bool               see = workspaces_all(cx);

	if (see)
		TRY(workspaces_of(cx, a->id, &l));
	view_flag(v, "sees_workspaces", see);
	view_flag(v, "has_workspaces", l.n > 0);
	for (size_t i = 0; i < l.n; i++) {
		struct view *row = view_item(v, "workspaces");

		view_text(row, "workspace", l.items[i].name);
		view_text(row, "role", l.items[i].role);
		view_text(row, "group", l.items[i].group);
		view_text(row, "href", page_path_id(cx, "/workspaces/", l.items[i].id, ""));
	}
	return OK;
}

static enum err
show_keys(struct ctx *cx, struct view *v, const struct svcaccount *a, bool may_edit)
{
	struct apikey_list l;

	TRY(apikeys_of_service(cx, a->id, &l));
	view_flag(v, "has_keys", l.n > 0);
	view_text(v, "counted", _("[n] of [most] keys", "n", ctx_number(cx, (int64_t)l.counted),
	    "most", ctx_number(cx, SERVICE_KEYS_MOST)));
	if (may_edit && l.counted < SERVICE_KEYS_MOST)
		view_text(v, "new_href", service_path(cx, a->id, "/keys/new"));
	for (size_t i = 0; i < l.n; i++) {
		struct view *row = view_item(v, "keys");
		char         id[14];

		id_text(l.items[i].id, id);
		apikeys_show(cx, row, &l.items[i]);
		view_flag(row, "may_edit", may_edit);
		view_text(row, "delete_href", service_path(cx, a->id,
		    ARENA_JOIN(cx->arena, "/keys/", id, "/delete")));
		if (l.items[i].ends_at == 0)
			view_text(row, "again_href", service_path(cx, a->id,
			    ARENA_JOIN(cx->arena, "/keys/", id, "/regenerate")));
	}
	return OK;
}

static enum err
show_account(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct view      *v = view_new(cx->arena);
	struct svcaccount a;
	bool              may_edit = access_has(cx, PERM_SERVICE_EDIT, IN_TENANT);

	TRY(service_subject(cx, rq, &a));
	service_head(cx, v, &a, "");
	show_role(cx, v, &a);
	show_owner(cx, v, &a);
	view_time(cx, v, "created", a.created_at);
	view_text(v, "made_by", a.made_by);
	if (may_edit && access_has(cx, PERM_GROUP_EDIT, IN_TENANT))
		view_text(v, "groups_href", service_path(cx, a.id, "/groups"));
	if (may_edit && access_has(cx, PERM_WORKSPACE_MANAGE, IN_TENANT))
		view_text(v, "workspaces_href", service_path(cx, a.id, "/workspaces"));
	TRY(show_places(cx, v, &a));
	TRY(show_workspaces(cx, v, &a));
	TRY(show_keys(cx, v, &a, may_edit));
	return page_show(cx, rs, "svcaccounts/show", v);
}

static enum err
info(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct view      *v = view_new(cx->arena);
	struct svcaccount a;
	char              key[14];

	TRY(service_subject(cx, rq, &a));
	view_text(v, "name", a.name);
	show_key(cx, v, &a);
	view_text(v, "href", service_path(cx, a.id, ""));
	if (access_has(cx, PERM_SERVICE_EDIT, IN_TENANT)) {
		id_text(a.key ? a.key : 1, key);
		view_text(v, "again_href", service_path(cx, a.id, a.key ? ARENA_JOIN(cx->arena,
		    "/keys/", key, "/regenerate") : "/keys/new"));
	}
	return page_show(cx, rs, "svcaccounts/info", v);
}

/* ---------------------------------------------------------------- making and editing */

static struct svcaccount_input
read_form(const struct form *f)
{
	return (struct svcaccount_input){ .name = form_get(f, "name"),
		.description = form_get(f, "description"), .role = form_get(f, "role"),
		.owner_email = form_get(f, "owner_email"),
		.owner_group = form_get(f, "owner_group"),
		.keep_owner = !form_has(f, "owner_group"), .version = form_int(f, "version") };
}

/* To be joined, and to own it; owner: an id, or a name as typed; now: that of the account, or 0. */
static enum err
show_all_groups(struct ctx *cx, struct view *v, const struct form *f, const struct svcaccount *a,
    struct str owner)
{
	const struct list_want w = { .rows = GROUPS_SHOWN };
	struct group_list      l = { .n = 0 };
	bool                   join;
	char                   id[14];

	if (access_has(cx, PERM_GROUP_VIEW, IN_TENANT))
		TRY(groups_list(cx, &w, "", &l));
	join = a == NULL && l.n > 0 && access_has(cx, PERM_GROUP_EDIT, IN_TENANT);
	view_flag(v, "has_groups", join);
	view_flag(v, "many_groups", l.more);
	id_text(a && a->owner_group ? a->owner_group : 1, id);
	view_str(v, "owner_group", a && a->owner_group && str_equal(owner, str_of(id)) ?
	    str_of(a->owner_name) : owner);
	if (join && l.more)
		view_text(v, "more_groups", _(SHOWN_FIRST, "n", ctx_number(cx, GROUPS_SHOWN)));
	for (size_t i = 0; i < l.n; i++) {
		const struct group *g = &l.items[i];
		struct view        *option = view_item(v, "owners");

		id_text(g->id, id);
		view_id(option, "id", g->id);
		view_text(option, "name", g->name);
		view_flag(option, "chosen", str_equal(owner, str_of(id)));
		if (join)
			service_choice(v, "groups", g->id, g->name, g->role_name,
			    form_among(f, "group", g->id),
			    !perm_covers(cx->perms, g->role_perms));
	}
	return OK;
}

/* To be in, of those that the reader sees; whether they may add it there is asked of each. */
static enum err
show_all_workspaces(struct ctx *cx, struct view *v, const struct form *f)
{
	const struct list_want w = { .rows = WORKSPACES_SHOWN };
	struct workspace_list  l;

	TRY(workspaces_list(cx, &w, "", false, &l));
	view_flag(v, "has_workspaces", l.n > 0);
	if (l.more)
		view_text(v, "more_workspaces", _(SHOWN_FIRST, "n",
		    ctx_number(cx, WORKSPACES_SHOWN)));
	for (size_t i = 0; i < l.n; i++)
		service_choice(v, "workspaces", l.items[i].id, l.items[i].name, "",
		    form_among(f, "workspace", l.items[i].id), false);
	return l.n ? service_workspace_roles(cx, v, form_get(f, "workspace_role")) : OK;
}

static void
show_ids(struct ctx *cx, struct view *v, const struct form *f)
{
	struct str  key = form_get(f, "key_id");
	const char *fresh = form_id_new(cx);

	form_id_show(cx, v, f);
	if (form_id_read(cx, key) == 0)
		key = str_of(fresh);
	view_str(v, "key_id", key);
	view_text(v, "sealed", apikeys_sealed(cx, form_id_read(cx, key), form_get(f, "sealed")));
}

static struct svcaccount_input
as_it_is(struct ctx *cx, const struct svcaccount *a)
{
	char role[14], group[14];

	id_text(a->role, role);
	id_text(a->owner_group ? a->owner_group : 1, group);
	return (struct svcaccount_input){ .name = str_of(a->name),
		.description = str_of(a->description),
		.role = str_of(arena_strdup(cx->arena, role)),
		.owner_email = str_of(a->owner_email),
		.owner_group = str_of(a->owner_group ? arena_strdup(cx->arena, group) : ""),
		.version = a->version };
}

static void
show_theirs(struct ctx *cx, struct view *v, const struct svcaccount *a,
    const struct svcaccount_input *in)
{
	const struct svcaccount_input now = as_it_is(cx, a);

	page_theirs(cx, v, "name_now", in->name, a->name, a->name);
	page_theirs(cx, v, "description_now", in->description, a->description, a->description);
	page_theirs(cx, v, "role_now", in->role, now.role.p, a->role_name);
	if (in->keep_owner)
		return;
	page_theirs(cx, v, "owner_email_now", in->owner_email, a->owner_email, a->owner_email);
	page_theirs(cx, v, "owner_group_now", in->owner_group, now.owner_group.p,
	    a->owner_group ? a->owner_name : _("None"));
}

/* a is what is edited, NULL for a new one. */
static enum err
show_form(struct ctx *cx, const struct request *rq, struct response *rs, const struct svcaccount *a,
    const struct svcaccount_input *in)
{
	struct view *v = view_new(cx->arena);
	bool         other = a && a->owner && a->owner != cx->actor.member;

	view_flag(v, "is_new", a == NULL);
	if (a)
		view_int(v, "version", a->version);
	else {
		show_ids(cx, v, rq->form);
		apikeys_show_expiries(cx, v, form_has(rq->form, "expiry") ?
		    form_get(rq->form, "expiry") : STR("90"));
		TRY(show_all_workspaces(cx, v, rq->form));
	}
	view_text(v, "action", a ? service_path(cx, a->id, "/edit") :
	    page_path(cx, "/service-accounts/new"));
	view_str(v, "name", in->name);
	view_str(v, "description", in->description);
	TRY(members_show_choices(cx, v, in->role));
	/* Who may not see users would take away an owner that is not shown. */
	view_flag(v, "may_own", !other || access_has(cx, PERM_USER_VIEW, IN_TENANT));
	view_str(v, "owner_email", in->owner_email);
	TRY(show_all_groups(cx, v, rq->form, a, in->owner_group));
	if (a)
		show_theirs(cx, v, a, in);
	view_text(v, "cancel_href", a ? service_path(cx, a->id, "") :
	    page_path(cx, "/service-accounts"));
	return page_show(cx, rs, a ? "svcaccounts/edit" : "svcaccounts/new", v);
}

static enum err
new_page(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct svcaccount_input in = read_form(rq->form);

	if (!rq->carried)
		in.owner_email = str_of(cx->reader.email ? cx->reader.email : "");
	return show_form(cx, rq, rs, NULL, &in);
}

/* The newest first, so that the one that was made is among them, with its secret. */
static enum err
show_made(struct ctx *cx, const struct request *rq, struct response *rs,
    const struct apikey_made *made)
{
	static const char *const none[] = { NULL };
	struct list_query        q = { page_path(cx, "/service-accounts"), rq->form, none };
	struct list_want         w = { .sort = SVCACCOUNTS_CREATED, .down = true, .number = true,
		.rows = 25 };

	cx->address = q.path;
	return show_list(cx, rs, &q, &w, "", made);
}

static enum err
make(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct svcaccount_input in = read_form(rq->form);
	struct service_first    first = { form_id_read(cx, form_get(rq->form, "form_id")),
		form_id_read(cx, form_get(rq->form, "key_id")), form_get(rq->form, "sealed"),
		form_get(rq->form, "expiry") };
	struct apikey_made      made;
	int64_t                 groups[CHOSEN_MOST + 1], workspaces[CHOSEN_MOST + 1];
	enum err                e;

	TRY(form_ids(rq->form, "group", CHOSEN_MOST, groups, &in.ngroups));
	TRY(form_ids(rq->form, "workspace", CHOSEN_MOST, workspaces, &in.nworkspaces));
	in.groups = groups;
	in.workspaces = workspaces;
	in.workspace_role = form_get(rq->form, "workspace_role");
	e = apikeys_make_service(cx, &first, &in, &made);
	if (page_answered(cx, rs, e, PERM_SERVICE_EDIT, SERVICES "/new"))
		return show_form(cx, rq, rs, NULL, &in);
	TRY(e);
	return show_made(cx, rq, rs, &made);
}

static enum err
edit_page(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct svcaccount       a;
	struct svcaccount_input in;

	TRY(service_subject(cx, rq, &a));
	in = as_it_is(cx, &a);
	if (rq->carried) {
		in = read_form(rq->form);
		if (in.version != a.version)
			page_meanwhile(cx, rs);
	}
	return show_form(cx, rq, rs, &a, &in);
}

static enum err
change(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct svcaccount_input in = read_form(rq->form);
	struct svcaccount       a;
	int64_t                 id;
	bool                    meanwhile;
	enum err                e;

	TRY(request_path_id(rq, "account", &id));
	e = svcaccounts_change(cx, id, &in);
	meanwhile = e == ERR_CONFLICT && cx->issues == NULL;
	if (meanwhile)
		page_meanwhile(cx, rs);
	if (meanwhile || page_answered(cx, rs, e, PERM_SERVICE_EDIT, SERVICE "/edit")) {
		TRY(service_subject(cx, rq, &a));
		return show_form(cx, rq, rs, &a, &in);
	}
	TRY(e);
	return page_done(cx, rs, form_get(rq->form, "back"), service_path(cx, id, ""),
	    _("The account is saved."));
}

/* ---------------------------------------------------------------- ending */

static enum err
ask_disable(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct svcaccount a;

	TRY(service_subject(cx, rq, &a));
	return confirm_show(cx, rq, rs, &(struct confirm){
	    .heading = _("Disable [name]?", "name", a.name),
	    .sentence = _("Its keys are refused from now on, until it is enabled again."),
	    .action = service_path(cx, a.id, "/disable"), .button = _("Disable"),
	    .danger = true });
}

static enum err
ask_enable(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct svcaccount a;

	TRY(service_subject(cx, rq, &a));
	return confirm_show(cx, rq, rs, &(struct confirm){
	    .heading = _("Enable [name]?", "name", a.name),
	    .sentence = _("Its keys are good again, as far as they have not ended."),
	    .action = service_path(cx, a.id, "/enable"), .button = _("Enable") });
}

static enum err
disable(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct svcaccount a;

	TRY(service_subject(cx, rq, &a));
	TRY(svcaccounts_enable(cx, a.id, false));
	return page_done(cx, rs, form_get(rq->form, "back"), service_path(cx, a.id, ""),
	    _("[name] is disabled.", "name", a.name));
}

static enum err
enable(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct svcaccount a;
	enum err          e;

	TRY(service_subject(cx, rq, &a));
	e = svcaccounts_enable(cx, a.id, true);
	if (page_answered(cx, rs, e, PERM_SERVICE_EDIT, SERVICE "/enable"))
		return ask_enable(cx, rq, rs);
	TRY(e);
	return page_done(cx, rs, form_get(rq->form, "back"), service_path(cx, a.id, ""),
	    _("[name] is enabled.", "name", a.name));
}

static enum err
ask_delete(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct svcaccount a;

	TRY(service_subject(cx, rq, &a));
	return confirm_show(cx, rq, rs, &(struct confirm){
	    .heading = _("Delete the service account [name]?", "name", a.name),
	    .sentence = _("Its keys stop working at once, and it leaves its groups. This cannot be "
	        "undone."),
	    .action = service_path(cx, a.id, "/delete"), .button = _("Delete account"),
	    .danger = true });
}

static enum err
delete_account(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct svcaccount a;

	TRY(service_subject(cx, rq, &a));
	TRY(svcaccounts_remove(cx, a.id));
	return page_done(cx, rs, STR(""), page_path(cx, "/service-accounts"),
	    _("[name] is deleted.", "name", a.name));
}

const struct route svcaccounts_routes[] = {
	{ M_GET,  SERVICES,            PERM_SERVICE_VIEW, list_accounts,  0, 0, NULL },
	{ M_GET,  SERVICES "/new",     PERM_SERVICE_EDIT, new_page,       ROUTE_PROOF, 0, NULL },
	{ M_POST, SERVICES "/new",     PERM_SERVICE_EDIT, make,           ROUTE_PROOF, 0,
	    "group workspace" },
	{ M_GET,  SERVICE,             PERM_SERVICE_VIEW, show_account,   0, 0, NULL },
	{ M_GET,  SERVICE "/info",     PERM_SERVICE_VIEW, info,           0, 0, NULL },
	{ M_GET,  SERVICE "/edit",     PERM_SERVICE_EDIT, edit_page,      ROUTE_PROOF, 0, NULL },
	{ M_POST, SERVICE "/edit",     PERM_SERVICE_EDIT, change,         ROUTE_PROOF, 0, NULL },
	{ M_GET,  SERVICE "/disable",  PERM_SERVICE_EDIT, ask_disable,    0, 0, NULL },
	{ M_POST, SERVICE "/disable",  PERM_SERVICE_EDIT, disable,        0, 0, NULL },
	{ M_GET,  SERVICE "/enable",   PERM_SERVICE_EDIT, ask_enable,     ROUTE_PROOF, 0, NULL },
	{ M_POST, SERVICE "/enable",   PERM_SERVICE_EDIT, enable,         ROUTE_PROOF, 0, NULL },
	{ M_GET,  SERVICE "/delete",   PERM_SERVICE_EDIT, ask_delete,     ROUTE_PROOF, 0, NULL },
	{ M_POST, SERVICE "/delete",   PERM_SERVICE_EDIT, delete_account, ROUTE_PROOF, 0, NULL },
	ROUTE_END
};
