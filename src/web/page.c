/* The frame that every page stands in, and what is said where a page cannot be shown.
 * The markup is in templates/, lists are in listing.c. */
#include "web/page.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/conf.h"
#include "base/id.h"
#include "base/log.h"
#include "base/tally.h"
#include "core/access.h"
#include "core/place.h"
#include "crypto/seal.h"
#include "crypto/token.h"
#include "http/url.h"
#include "mustache/tmpl.h"
#include "web/assets.h"
#include "web/csrf.h"

enum { PAGE_LONGEST = 4 << 20, COLORS = 8, SAID_MS = 60 * 1000, SAID_LONGEST = 2048 };

/* Only pages that exist.  The groups are in this order. */
static const struct menu_item menu[] = {
	{ N_("My account"), N_("Portal"), "door", "/portal", PERM_PORTAL_VIEW, "" },
	{ N_("My account"), N_("Profile"), "user", "/profile", PERM_SIGNED_IN, "" },
	{ N_("My account"), N_("API keys"), "key", "/keys", PERM_SIGNED_IN, "" },
	{ N_("Directory"), N_("Users"), "users", "/users", PERM_USER_VIEW,
	    N_("People of this account") },
	{ N_("Directory"), N_("Service accounts"), "robot", "/service-accounts",
	    PERM_SERVICE_VIEW, N_("Programs that use the API") },
	{ N_("Access"), N_("Groups"), "users-group", "/groups", PERM_GROUP_VIEW,
	    N_("People who may do the same") },
	{ N_("Access"), N_("Roles"), "shield", "/roles", PERM_ROLE_VIEW,
	    N_("What people may do") },
	{ N_("Access"), N_("Why?"), "help", "/why", PERM_ROLE_VIEW,
	    N_("What somebody may do, and by what") },
	{ N_("Access"), N_("Workspaces"), "layout-grid", "/workspaces", PERM_SIGNED_IN,
	    N_("Compartments with members of their own") },
	{ N_("Tenant"), N_("Overview"), "settings", "/settings", PERM_SIGNED_IN, "" },
	{ N_("Tenant"), N_("General"), "forms", "/general", PERM_ACCOUNT_VIEW,
	    N_("Portal and personal workspaces") },
	{ N_("Tenant"), N_("Security"), "lock", "/security", PERM_SECURITY_VIEW,
	    N_("Rules for API keys") },
	{ N_("Tenant"), N_("Audit log"), "history", "/audit", PERM_AUDIT_VIEW,
	    N_("Who did what, and when") },
};

static unsigned
hash_text(const char *s)
{
	unsigned h = 2166136261u;

	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 16777619u;
	return h;
}

static size_t
letter_len(const char *s)
{
	size_t n = *s != '\0';

	while (n && ((unsigned char)s[n] & 0xc0) == 0x80)
		n++;
	return n;
}

void
view_initials_as(struct ctx *cx, struct view *v, const char *name, const char *initials,
    const char *color)
{
	const char *last = strrchr(name, ' ');
	size_t      first_len = letter_len(name), last_len = last ? letter_len(last + 1) : 0;
	char       *text = ARENA_ARRAY(cx->arena, char, first_len + last_len + 1);

	memcpy(text, name, first_len);
	if (last)
		memcpy(text + first_len, last + 1, last_len);
	view_text(v, initials, text);
	view_int(v, color, hash_text(name) % COLORS);
}

void
view_time_as(struct ctx *cx, struct view *v, const char *key, const char *iso, int64_t at)
{
	view_text(v, key, ctx_time(cx, at));
	view_text(v, iso, ctx_time_iso(cx, at));
}

const char *
page_path(struct ctx *cx, const char *below)
{
	return ARENA_JOIN(cx->arena, "/t/", cx->place->slug, below);
}

const char *
page_path_id(struct ctx *cx, const char *what, int64_t id, const char *below)
{
	char text[14];

	id_text(id, text);
	return page_path(cx, ARENA_JOIN(cx->arena, what, text, below));
}

static bool
may_open(struct ctx *cx, const struct menu_item *m)
{
	if (m->need < PERM_FIRST)
		return true;
	return access_has(cx, m->need, perm_info(m->need)->scope == SCOPE_ORG ?
	    IN_ORG(cx->path) : IN_TENANT);
}

const struct menu_item *
page_menu(struct ctx *cx, const struct menu_item *after)
{
	const struct menu_item *m = after ? after + 1 : menu;

	while (m < menu + sizeof(menu) / sizeof(menu[0]) && !may_open(cx, m))
		m++;
	return m < menu + sizeof(menu) / sizeof(menu[0]) ? m : NULL;
}

/* Which items it has, and the number of the current one: what differs between requests. */
struct menu_state { uint32_t items, current; };

static struct menu_state
menu_state(struct ctx *cx)
{
	const char       *base = page_path(cx, ""), *here = cx->here;
	struct menu_state s = { 0, 0 };

	here = here && strncmp(here, base, strlen(base)) == 0 ? here + strlen(base) : "";
	for (const struct menu_item *m = page_menu(cx, NULL); m; m = page_menu(cx, m)) {
		size_t len = strlen(m->path);

		s.items |= UINT32_C(1) << (m - menu);
		if (strncmp(here, m->path, len) == 0 && strchr("/?", here[len]))
			s.current = (uint32_t)(m - menu) + 1;
	}
	return s;
}

static enum err
make_menu(struct ctx *cx, struct menu_state s, struct str *out)
{
	const struct tmpl *t = tmpl_find(cx->templates, "parts/side", cx->language);
	struct view       *v = view_new(cx->arena), *group = NULL;
	const char        *title = NULL;
	struct buf         b;

	if (t == NULL)
		return ERR_FAULT;
	view_text(v, "icons", cx->assets->icons);
	for (const struct menu_item *m = page_menu(cx, NULL); m; m = page_menu(cx, m)) {
		struct view *item;

		if (title == NULL || strcmp(title, m->group) != 0) {
			title = m->group;
			group = view_item(v, "menu_groups");
			view_text(group, "title", _(title));
		}
		item = view_item(group, "items");
		view_text(item, "label", _(m->label));
		view_text(item, "href", page_path(cx, m->path));
		view_text(item, "icon", m->icon);
		view_flag(item, "current", s.current == (uint32_t)(m - menu) + 1);
	}
	buf_init(&b, cx->arena, PAGE_LONGEST);
	TRY(tmpl_render(t, v, &b));
	return buf_end(&b, out);
}

/* Much of the work for a short page, and the same for all who may open the same pages. */
static enum err
add_menu(struct ctx *cx, struct view *v)
{
	struct menu_state s = menu_state(cx);
	uint64_t          number = (uint64_t)s.current << 32 | s.items;
	struct str        html;

	if (!place_text(cx, number, &html)) {
		TRY(make_menu(cx, s, &html));
		place_keep_text(cx, number, html);
	}
	view_html(v, "side", html);
	return OK;
}

static void
add_legal(struct ctx *cx, struct view *v)
{
	const struct tenant *t = cx->place;
	const struct { const char *label, *href; } links[] = {
		{ _("Terms"), t ? t->terms_url : "" },
		{ _("Privacy policy"), t ? t->privacy_url : "" },
		{ _("Security statement"), t ? t->security_url : "" },
	};

	view_text(v, "legal_href", t ? arena_printf(cx->arena, "/legal?t=%s", t->slug) : "/legal");
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
		if (links[i].href && *links[i].href) {
			struct view *link = view_item(v, "legal_links");

			view_text(link, "label", links[i].label);
			view_text(link, "href", links[i].href);
		}
}

static enum err
add_tenant(struct ctx *cx, struct view *v)
{
	struct view *me = view_sub(v, "me"), *search;

	view_text(v, "base", page_path(cx, ""));
	for (size_t i = 0; i < cx->places.n; i++) {
		const struct place_name *p = &cx->places.items[i];
		struct view             *t = view_item(v, "tenants");

		view_text(t, "name", p->name);
		view_initials(cx, t, p->name, "");
		view_text(t, "href", arena_printf(cx->arena, "/t/%s", p->slug));
		view_flag(t, "current", p->tenant == cx->tenant);
	}
	view_text(me, "name", cx->actor.label);
	view_text(me, "email", cx->reader.email);
	view_initials(cx, me, cx->actor.label, "");
	view_text(me, "profile_href", page_path(cx, "/profile"));
	search = view_sub(v, "search");
	view_text(search, "action", page_path(cx, "/search"));
	view_text(search, "value", cx->searched ? cx->searched : "");
	return add_menu(cx, v);
}

static void
add_line(struct view *v, const char *kind, const char *text)
{
	struct view *line = view_item(v, "flash");

	view_text(line, "kind", kind);
	view_text(line, "text", text);
}

static enum err
add_frame(struct ctx *cx, struct view *v)
{
	view_text(v, "lang", cx->language);
	view_text(v, "dir", strcmp(_("ctx:direction ltr"), "rtl") == 0 ? "rtl" : "ltr");
	if (cx->reader.theme && strcmp(cx->reader.theme, "system") != 0)
		view_text(v, "theme", cx->reader.theme);
	view_text(v, "css", cx->assets->css);
	view_text(v, "js", cx->assets->js);
	view_text(v, "icons", cx->assets->icons);
	view_text(v, "favicon", cx->assets->favicon);
	view_text(v, "csrf", csrf_token(cx));
	if (cx->address)
		view_text(v, "address", cx->address);
	add_legal(cx, v);
	if (cx->place) {
		view_text(v, "tenant_name", cx->place->name);
		view_initials(cx, v, cx->place->name, "tenant_");
	}
	if (cx->flash)
		add_line(v, "ok", cx->flash);
	if (cx->not_recorded)
		add_line(v, "warn", _("This could not be recorded in the audit log; the program's "
		    "own log has it."));
	return cx->tenant && cx->actor.member ? add_tenant(cx, v) : OK;
}

static void
add_issues(struct ctx *cx, struct response *rs, struct view *v)
{
	for (const struct issue *i = cx->issues; i; i = i->next) {
		if (ctx_issue_of(cx, i->field) != i->text)
			continue;
		view_text(v, *i->field ? arena_printf(cx->arena, "%s_error", i->field) : "error",
		    i->text);
	}
	if (rs->status == 0)
		rs->status = cx->issues ? 422 : 200;
}

/* A page that is itself an event is noted before it is shown; when that can't be, the page
 * says so and the program log has it. */
static enum err
note_first(struct ctx *cx)
{
	enum err e;

	if (cx->before == NULL)
		return OK;
	TRY(db_readonly(cx->db, false));
	e = cx->before(cx);
	if (e != OK) {
		cx->not_recorded = true;
		tally_add(TALLY_AUDIT_LOST);
		log_event(LOG_ERROR, "audit_lost", "request", cx->request, "actor",
		    log_int(actor_number(cx)), "tenant", log_int(cx->tenant), "what", "reading");
	}
	return db_readonly(cx->db, true);
}

enum err
page_show(struct ctx *cx, struct response *rs, const char *name, struct view *model)
{
	const struct tmpl *t = tmpl_find(cx->templates, name, cx->language);
	enum err           e;

	TRY(db_read_end(cx->db));
	TRY(note_first(cx));
	if (t == NULL) {
		log_event(LOG_ERROR, "a template is missing", "name", name);
		return ERR_FAULT;
	}
	TRY(add_frame(cx, model));
	add_issues(cx, rs, model);
	response_header(rs, "Content-Type", "text/html; charset=utf-8");
	buf_init(&rs->body, cx->arena, PAGE_LONGEST);
	e = tmpl_render(t, model, &rs->body);
	if (e == OK && rs->body.overflow)
		e = ERR_FAULT;
	return e;
}

enum err
page_go(struct response *rs, const char *path)
{
	response_redirect(rs, path);
	return OK;
}

/* When it was said, and the words; bound to the session that did it. */
static const char *
where_said(struct ctx *cx)
{
	return arena_printf(cx->arena, "flash:%lld", (long long)cx->actor.session);
}

enum err
page_done(struct ctx *cx, struct response *rs, struct str path, const char *fallback,
    const char *said)
{
	const char *to = fallback, *fragment;
	struct str  sealed;

	if (url_own_path(path))
		to = arena_printf(cx->arena, "%.*s", (int)path.len, path.p);
	fragment = strchr(to, '#');
	if (fragment)
		to = arena_printf(cx->arena, "%.*s", (int)(fragment - to), to);
	sealed = seal(cx->arena, cx->keys, PURPOSE_FLASH, where_said(cx),
	    str_of(arena_printf(cx->arena, "%lld %s", (long long)cx->now, said)));
	return page_go(rs, arena_printf(cx->arena, "%s%csaid=%s", to, strchr(to, '?') ? '&' : '?',
	    b64_text(cx->arena, sealed.p, sealed.len)));
}

const char *
page_said(struct ctx *cx, struct str token)
{
	const uint8_t *bytes;
	struct str     plain;
	size_t         len;
	char          *end;
	long long      at;

	if (token.len == 0 || token.len > SAID_LONGEST ||
	    b64_read(cx->arena, token, &bytes, &len) ||
	    unseal(cx->arena, cx->keys, PURPOSE_FLASH, where_said(cx),
	    (struct str){ (const char *)bytes, len }, &plain))
		return NULL;
	at = strtoll(plain.p, &end, 10);
	return *end == ' ' && cx->now - at < SAID_MS && cx->now >= at ? end + 1 : NULL;
}

void
page_refused(struct ctx *cx, enum perm p, const char *matter)
{
	char id[14];

	if (access_refused(cx, p, matter) != OK) {
		tally_add(TALLY_AUDIT_LOST);
		log_event(LOG_ERROR, "audit_lost", "request", cx->request, "actor",
		    log_int(actor_number(cx)), "tenant", log_int(cx->tenant), "route", matter,
		    "what", "refusal");
		ctx_issue(cx, "", _("This was refused. The decision could not be recorded."));
		return;
	}
	id_text(cx->decision, id);
	ctx_issue(cx, "", _("This was refused. Decision [id]", "id", id));
}

struct perm_set
page_permissions(const struct form *f, bool *strange)
{
	struct perm_set set = { 0 };

	*strange = false;
	for (size_t i = 0; i < form_count(f, "permission"); i++) {
		enum perm p = perm_find(form_nth(f, "permission", i));

		if (p == PERM_UNSET)
			*strange = true;
		else
			set.bits |= UINT64_C(1) << p;
	}
	return set;
}

bool
page_answered(struct ctx *cx, struct response *rs, enum err e, enum perm need, const char *matter)
{
	if (!cx->issues || (e != ERR_INVALID && e != ERR_DENIED && e != ERR_CONFLICT))
		return false;
	if (e == ERR_DENIED)
		page_refused(cx, need, matter);
	if (e != ERR_INVALID)
		rs->status = e == ERR_DENIED ? 403 : 409;
	return true;
}

void
page_gone(struct ctx *cx, struct response *rs, const char *address, const char *line)
{
	cx->flash = line;
	cx->address = address;
	rs->status = 404;
}

void
page_meanwhile(struct ctx *cx, struct response *rs)
{
	const char *text = _("Somebody else changed this meanwhile. Your values stand in the "
	    "fields, and theirs below them; saving keeps yours.");

	ctx_issue(cx, "", text);
	ctx_issue(cx, "version", text);
	rs->status = 409;
}

void
page_theirs(struct ctx *cx, struct view *v, const char *key, struct str typed, const char *now,
    const char *shown)
{
	if (ctx_issue_of(cx, "version") && !str_equal(str_trim(typed), str_of(now)))
		view_text(v, key, *shown ? shown : "-");
}

struct problem { int status; const char *title, *text; };

static const struct problem problems[] = {
	{ 400, N_("That was not understood"),
	    N_("The browser sent something this site cannot read.") },
	{ 403, N_("You may not open this"), N_("Your role in this account does not allow it.") },
	{ 404, N_("There is nothing here"), N_("The address is wrong, or the page is gone.") },
	{ 405, N_("That cannot be done here"),
	    N_("This address does not take that kind of request.") },
	{ 409, N_("That cannot be done now"), N_("Something changed meanwhile.") },
	{ 410, N_("This link is no longer valid"),
	    N_("It was used already, has expired, or a newer one was sent.") },
	{ 413, N_("That is too large"), N_("What was sent is larger than this page takes.") },
	{ 414, N_("That address is too long"), N_("The address is longer than this site takes.") },
	{ 415, N_("That was not understood"), N_("This page does not take that kind of content.") },
	{ 422, N_("That was not understood"),
	    N_("Something in the address or form is not right.") },
	{ 429, N_("Too many tries"), N_("Wait a moment before you try again.") },
	{ 503, N_("Busy just now"), N_("Nothing was changed. Try again in a moment.") },
	{ 500, N_("Something went wrong"),
	    N_("The fault is ours, and it was noted. Nothing was changed.") },
};

static const struct problem *
problem_of(int status)
{
	size_t i = 0;

	while (problems[i].status != status && problems[i].status != 500)
		i++;
	return &problems[i];
}

/* The account's, or who runs all of this: an address or an https: URL. */
static void
add_contact(struct ctx *cx, struct view *v)
{
	const char *is = cx->place && *cx->place->contact_email ? cx->place->contact_email :
	    cx->conf->security_contact;

	if (cx->place == NULL || *is == '\0')
		return;
	view_text(v, "contact", is);
	view_text(v, "contact_href", ARENA_JOIN(cx->arena, strchr(is, ':') ? "" : "mailto:", is));
}

enum err
page_problem(struct ctx *cx, struct response *rs, int status, const char *sentence,
    int64_t retry_at)
{
	const struct problem *p = problem_of(status);
	struct view          *v = view_new(cx->arena);
	char                  id[14];

	rs->status = status;
	view_int(v, "status", status);
	view_text(v, "problem", _(p->title));
	view_text(v, "sentence", *sentence ? sentence : _(p->text));
	view_text(v, "request_id", cx->request);
	if (cx->decision) {
		id_text(cx->decision, id);
		view_text(v, "decision_id", arena_strdup(cx->arena, id));
	}
	if (cx->not_recorded)
		view_flag(v, "not_recorded", true);
	add_contact(cx, v);
	if (retry_at > cx->now) {
		view_time(cx, v, "retry", retry_at);
		response_header(rs, "Retry-After", arena_printf(cx->arena, "%lld",
		    (long long)((retry_at - cx->now + 999) / 1000)));
	}
	view_text(v, "home_href", cx->tenant ? page_path(cx, "") : "/");
	if (status == 422 && cx->here && strchr(cx->here, '?'))
		view_text(v, "whole_href", arena_printf(cx->arena, "%.*s",
		    (int)strcspn(cx->here, "?"), cx->here));
	cx->issues = NULL;
	return page_show(cx, rs, cx->tenant && cx->actor.member ? "error" : "error_plain", v);
}
