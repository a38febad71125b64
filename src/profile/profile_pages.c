/* The person's own pages: profile, activity, data, the end of the account.  Address, password and
 * sessions are in access_pages.c, the links of emails in links_pages.c. */
#include "profile/profile_views.h"

#include <string.h>

#include "base/arena.h"
#include "core/country.h"
#include "core/language.h"
#include "groups/groups.h"
#include "profile/access_pages.h"
#include "profile/profile.h"
#include "web/choices.h"
#include "web/link.h"
#include "web/page.h"
#include "web/tables.h"

#define OWN "/t/{tenant}/profile"

void
profile_tabs(struct ctx *cx, struct view *v, const char *below)
{
	static const struct { const char *label, *path; } tabs[] = {
		{ N_("Profile"), "/profile" },
		{ N_("Email"), "/profile/email" },
		{ N_("Password"), "/profile/password" },
		{ N_("Second factor"), "/profile/factor" },
		{ N_("Sessions"), "/profile/sessions" },
		{ N_("API keys"), "/keys" },
		{ N_("Activity"), "/profile/activity" },
		{ N_("Data"), "/profile/data" },
	};

	for (size_t i = 0; i < sizeof(tabs) / sizeof(tabs[0]); i++) {
		struct view *tab = view_item(v, "tabs");

		view_text(tab, "label", _(tabs[i].label));
		view_text(tab, "href", page_path(cx, tabs[i].path));
		view_flag(tab, "current", strcmp(tabs[i].path, below) == 0);
	}
}

const char *
profile_manager(struct ctx *cx, const struct profile *p)
{
	static const struct { const char *method, *name; } known[] = {
		{ "google", N_("Google") }, { "github", N_("GitHub") },
		{ "microsoft", N_("Microsoft") }, { "sso", N_("your organization's sign-in") },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(known[i].method, p->method) == 0)
			return _(known[i].name);
	return "";
}

void
profile_wait(struct ctx *cx, struct response *rs, struct view *v, int64_t until_at)
{
	int64_t minutes = (until_at - cx->now + 59999) / 60000;

	rs->status = 429;
	response_header(rs, "Retry-After", arena_printf(cx->arena, "%lld",
	    (long long)((until_at - cx->now + 999) / 1000)));
	view_text(v, "wait", _("Too many tries. Try again in [n] minute. | Too many tries. Try "
	    "again in [n] minutes.", "n", ctx_number(cx, minutes)));
}

/* ---------------------------------------------------------------- the form */

struct choice { const char *value, *label; };

static void
add_choices(struct ctx *cx, struct view *v, const char *key, const struct choice *c, size_t n,
    struct str chosen)
{
	for (size_t i = 0; i < n; i++) {
		struct view *option = view_item(v, key);

		view_text(option, "value", c[i].value);
		view_text(option, "label", c[i].label);
		view_flag(option, "selected", str_equal(str_of(c[i].value), chosen));
	}
	(void)cx;
}

static const char *
format_words(struct ctx *cx, const char *format)
{
	return *format == 'w' ? _("Nov 21, 2026") : *format == 'm' ? "11/21/2026" :
	    *format == 'd' ? "21/11/2026" : "2026-11-21";
}

static const char *
clock_words(struct ctx *cx, int64_t clock)
{
	return clock == 12 ? _("2:05 pm") : "14:05";
}

static const char *
default_of(struct ctx *cx, const char *what)
{
	return _("Default: [what]", "what", what);
}

static void
show_looks(struct ctx *cx, struct view *v, const struct profile_input *in)
{
	const struct choice themes[] = { { "system", _("Same as the system") },
		{ "light", _("Light") }, { "dark", _("Dark") } };
	const struct choice formats[] = {
		{ "", default_of(cx, format_words(cx, cx->place->date_format)) },
		{ "words", format_words(cx, "words") }, { "mdy", format_words(cx, "mdy") },
		{ "dmy", format_words(cx, "dmy") }, { "iso", format_words(cx, "iso") } };
	const struct choice clocks[] = {
		{ "", default_of(cx, clock_words(cx, cx->place->clock)) },
		{ "12", clock_words(cx, 12) }, { "24", clock_words(cx, 24) } };

	for (size_t i = 0; cx->languages && i < cx->languages->n; i++)
		add_choices(cx, v, "languages", &(struct choice){ cx->languages->items[i].code,
		    cx->languages->items[i].name }, 1, in->language);
	add_choices(cx, v, "themes", themes, sizeof(themes) / sizeof(themes[0]), in->theme);
	add_choices(cx, v, "formats", formats, sizeof(formats) / sizeof(formats[0]),
	    in->date_format);
	add_choices(cx, v, "clocks", clocks, sizeof(clocks) / sizeof(clocks[0]), in->clock);
}

/* What is chosen now stands before the long lists, which are the same for everybody. */
static enum err
show_lists(struct ctx *cx, struct view *v, const struct profile_input *in)
{
	const char *country = country_code(in->country), *zone;
	struct str  countries, zones;

	TRY(choices_countries(cx, &countries));
	TRY(choices_zones(cx, &zones));
	view_html(v, "countries", countries);
	view_html(v, "zones", zones);
	if (country) {
		view_text(v, "country", country);
		view_text(v, "country_label", country_name(cx, country));
	}
	if (str_text(cx->arena, in->timezone, 64, &zone) == OK) {
		view_text(v, "timezone", zone);
		view_text(v, "timezone_label", choices_zone_words(cx, zone));
	}
	view_text(v, "account_zone",
	    default_of(cx, choices_zone_words(cx, cx->place->timezone)));
	return OK;
}

static struct profile_input
input_of(struct ctx *cx, const struct profile *p)
{
	return (struct profile_input){ str_of(p->name), str_of(p->nickname), str_of(p->phone),
		str_of(p->country), str_of(p->language), str_of(p->timezone), str_of(p->theme),
		str_of(p->date_format), str_of(p->clock ? arena_printf(cx->arena, "%lld",
		    (long long)p->clock) : ""), p->version };
}

/* Of each field that somebody else changed to something else: what it is now. */
static void
show_meanwhile(struct ctx *cx, struct view *v, const struct profile_input *in,
    const struct profile *now)
{
	const struct { const char *key; struct str typed; const char *is, *words; } fields[] = {
		{ "name_now", in->name, now->name, now->name },
		{ "nickname_now", in->nickname, now->nickname, now->nickname },
		{ "phone_now", in->phone, now->phone, now->phone },
		{ "country_now", in->country, now->country, country_name(cx, now->country) },
		{ "language_now", in->language, now->language, now->language },
		{ "timezone_now", in->timezone, now->timezone, now->timezone },
		{ "theme_now", in->theme, now->theme, now->theme },
		{ "date_format_now", in->date_format, now->date_format, now->date_format },
		{ "clock_now", in->clock, now->clock ? clock_words(cx, now->clock) : "",
		    now->clock ? clock_words(cx, now->clock) : "" },
	};

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (!str_equal(str_trim(fields[i].typed), str_of(fields[i].is)))
			view_text(v, fields[i].key, *fields[i].words ? fields[i].words :
			    _("nothing"));
}

static struct view *
add_fact(struct view *v, const char *label, const char *value, const char *iso)
{
	struct view *f = view_item(v, "facts");

	view_text(f, "label", label);
	view_text(f, "value", value);
	if (iso && *iso)
		view_text(f, "iso", iso);
	return f;
}

/* One's own are shown to everybody; they lead further for who may see groups. */
static enum err
show_groups(struct ctx *cx, struct view *v, const struct profile *p)
{
	bool                links = access_has(cx, PERM_GROUP_VIEW, IN_TENANT);
	struct group_places l = { .n = 0 };

	if (p->grouped)
		TRY(groups_of(cx, cx->actor.member, &l));
	if (l.n == 0)
		add_fact(v, _("Groups"), _("None"), NULL);
	for (size_t i = 0; i < l.n; i++) {
		const struct group_place *g = &l.items[i];
		struct view              *f = add_fact(v, _("Group"), groups_place_text(cx, g->name,
		    g->until_at, g->over), NULL);

		if (links)
			view_text(f, "href", page_path_id(cx, "/groups/", g->id, ""));
	}
	return OK;
}

static enum err
show_facts(struct ctx *cx, struct view *v, const struct profile *p)
{
	struct view *f;

	add_fact(v, _("Email"), p->email, NULL);
	f = view_item(v, "facts");
	view_text(f, "label", _("Email state"));
	view_text(f, "value", p->refused ? _("Mail to it is refused") :
	    p->confirmed ? _("Confirmed") : _("Not confirmed"));
	view_text(f, "badge", p->refused ? "bad" : p->confirmed ? "ok" : "warn");
	add_fact(v, _("Role"), cx->role, NULL);
	add_fact(v, _("Organization"), p->org, NULL);
	TRY(show_groups(cx, v, p));
	add_fact(v, _("Last sign-in"), p->signed_in_at ? ctx_time(cx, p->signed_in_at) : _("Never"),
	    ctx_time_iso(cx, p->signed_in_at));
	add_fact(v, _("Registered"), ctx_time(cx, p->created_at), ctx_time_iso(cx, p->created_at));
	return OK;
}

static enum err
show(struct ctx *cx, struct response *rs, const struct profile *p, const struct profile_input *in,
    bool meanwhile)
{
	struct view *v = view_new(cx->arena);

	profile_tabs(cx, v, "/profile");
	view_int(v, "version", meanwhile ? p->version : in->version);
	view_str(v, "name", in->name);
	view_str(v, "nickname", in->nickname);
	view_str(v, "phone", in->phone);
	show_looks(cx, v, in);
	TRY(show_lists(cx, v, in));
	TRY(show_facts(cx, v, p));
	view_flag(v, "meanwhile", meanwhile);
	if (meanwhile) {
		show_meanwhile(cx, v, in, p);
		rs->status = 409;
	}
	return page_show(cx, rs, "profile/show", v);
}

static struct profile_input
typed(const struct form *f)
{
	return (struct profile_input){ form_get(f, "name"), form_get(f, "nickname"),
		form_get(f, "phone"), form_get(f, "country"), form_get(f, "language"),
		form_get(f, "timezone"), form_get(f, "theme"), form_get(f, "date_format"),
		form_get(f, "clock"), form_int(f, "version") };
}

/* What was typed before the session ended comes back, beside what was stored meanwhile. */
static enum err
profile_page(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct profile       p;
	struct profile_input in;

	TRY(profile_get(cx, &p));
	in = rq->carried ? typed(rq->form) : input_of(cx, &p);
	return show(cx, rs, &p, &in, in.version != p.version);
}

static enum err
change(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct profile_input in = typed(rq->form);
	struct profile       p;
	enum err             e = profile_change(cx, &in, &p);

	if (e == ERR_CONFLICT)
		return show(cx, rs, &p, &in, true);
	if (e == ERR_INVALID) {
		TRY(profile_get(cx, &p));
		return show(cx, rs, &p, &in, false);
	}
	TRY(e);
	ctx_speak(cx, language_code(cx->languages, in.language));
	return page_done(cx, rs, STR(""), page_path(cx, "/profile"), _("Your profile is saved."));
}

/* ---------------------------------------------------------------- activity */

static void
show_event(struct ctx *cx, struct view *row, const struct event *e)
{
	const struct audit_info *info = audit_info(e->act);

	view_time(cx, row, "time", e->at);
	view_text(row, "sentence", audit_sentence(cx, e));
	view_text(row, "code", info ? info->code : "");
	view_text(row, "client", audit_word(cx, e->client));
	view_text(row, "address", e->peer);
}

static enum err
activity_page(struct ctx *cx, const struct request *rq, struct response *rs)
{
	static const char *const state[] = { "rows", NULL };
	struct view      *v = view_new(cx->arena);
	struct list_query q = { page_path(cx, "/profile/activity"), rq->form, state };
	struct list_edge  last = { NULL, 0 };
	struct list_want  w;
	struct activity   l;

	TRY(list_read(cx, rq->form, "", 0, &w));
	TRY(profile_activity(cx, w.id, w.rows, &l));
	profile_tabs(cx, v, "/profile/activity");
	view_flag(v, "has_rows", l.n > 0);
	if (l.n == 0)
		view_text(v, "reset_href", q.path);
	for (size_t i = 0; i < l.n; i++)
		show_event(cx, view_item(v, "events"), &l.items[i]);
	if (l.more)
		last = (struct list_edge){ "", l.items[l.n - 1].seq };
	list_show(cx, v, &q, "", &w, l.more, (struct list_edge){ NULL, 0 }, last);
	return page_show(cx, rs, "profile/activity", v);
}

/* ---------------------------------------------------------------- data and end */

static enum err
data_page(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct view *v = view_new(cx->arena);

	(void)rq;
	profile_tabs(cx, v, "/profile/data");
	view_text(v, "delete_href", page_path(cx, "/profile/delete"));
	return page_show(cx, rs, "profile/data", v);
}

static enum err
download(struct ctx *cx, const struct request *rq, struct response *rs)
{
	int file;

	(void)rq;
	TRY(profile_data(cx, &file));
	rs->file = file;
	rs->status = 200;
	rs->data = true;
	response_header(rs, "Content-Type", "application/json; charset=utf-8");
	response_header(rs, "Content-Disposition", "attachment; filename=\"my-data.json\"");
	return OK;
}

static enum err
show_delete(struct ctx *cx, struct response *rs, int64_t until_at)
{
	struct view   *v = view_new(cx->arena);
	struct profile p;

	TRY(profile_get(cx, &p));
	view_text(v, "email", p.email);
	view_text(v, "manager", profile_manager(cx, &p));
	view_text(v, "word", profile_delete_word);
	view_text(v, "cancel_href", page_path(cx, "/profile/data"));
	if (until_at > cx->now)
		profile_wait(cx, rs, v, until_at);
	return page_show(cx, rs, "profile/delete", v);
}

static enum err
delete_page(struct ctx *cx, const struct request *rq, struct response *rs)
{
	(void)rq;
	return show_delete(cx, rs, 0);
}

static enum err
delete_account(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct delete_input in = { form_get(rq->form, "password"), form_get(rq->form, "typed"),
		device_cookie(cx, rq) };
	int64_t             until_at;
	enum err            e = profile_delete(cx, &in, &until_at);

	if (e == ERR_CONFLICT && cx->issues)
		rs->status = 409;
	if (e == ERR_INVALID || e == ERR_LIMIT || (e == ERR_CONFLICT && cx->issues))
		return show_delete(cx, rs, until_at);
	TRY(e);
	cx->actor = (struct actor){ .label = "" };
	cx->tenant = 0;
	cx->place = NULL;
	session_forget(cx, rs);
	response_header(rs, "Clear-Site-Data", "\"cache\", \"storage\"");
	return page_show(cx, rs, "profile/deleted", view_new(cx->arena));
}

const struct route profile_routes[] = {
	{ M_GET,  OWN, PERM_SIGNED_IN, profile_page, 0, 0, NULL },
	{ M_POST, OWN, PERM_SIGNED_IN, change,       0, 0, NULL },
	{ M_GET,  OWN "/email", PERM_SIGNED_IN, profile_email_page, ROUTE_PROOF, 0, NULL },
	{ M_POST, OWN "/email", PERM_SIGNED_IN, profile_email_post, ROUTE_PROOF, 0, NULL },
	{ M_POST, OWN "/email/cancel", PERM_SIGNED_IN, profile_email_undo, 0, 0, NULL },
	{ M_GET,  OWN "/password", PERM_SIGNED_IN, profile_password_page, ROUTE_PROOF, 0, NULL },
	{ M_POST, OWN "/password", PERM_SIGNED_IN, profile_password_post,
	    ROUTE_SLOW | ROUTE_PROOF, 0, NULL },
	{ M_GET,  OWN "/sessions", PERM_SIGNED_IN, profile_sessions_page, 0, 0, NULL },
	{ M_POST, OWN "/sessions/others", PERM_SIGNED_IN, profile_others_post, 0, 0, NULL },
	{ M_POST, OWN "/sessions/all", PERM_SIGNED_IN, profile_all_post, 0, 0, NULL },
	{ M_POST, OWN "/sessions/{session}/end", PERM_SIGNED_IN, profile_session_post, 0, 0, NULL },
	{ M_GET,  OWN "/activity", PERM_SIGNED_IN, activity_page, 0, 0, NULL },
	{ M_GET,  OWN "/data",     PERM_SIGNED_IN, data_page, ROUTE_PROOF, 0, NULL },
	{ M_POST, OWN "/data",     PERM_SIGNED_IN, download, ROUTE_SLOW | ROUTE_PROOF, 0, NULL },
	{ M_GET,  OWN "/delete",   PERM_SIGNED_IN, delete_page, ROUTE_PROOF, 0, NULL },
	{ M_POST, OWN "/delete",   PERM_SIGNED_IN, delete_account, ROUTE_SLOW | ROUTE_PROOF, 0,
	    NULL },
	ROUTE_END
};
