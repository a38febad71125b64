/* The pages of general and of security settings. */
#include "tenants/tenants.h"

#include <string.h>

#include "base/arena.h"
#include "core/access.h"
#include "web/page.h"
#include "web/tables.h"

#define GENERAL  "/t/{tenant}/general"
#define SECURITY "/t/{tenant}/security"

/* ---------------------------------------------------------------- general settings */

static struct general_input
read_general(const struct form *f)
{
	return (struct general_input){ form_get(f, "portal_text"),
		form_get(f, "personal_workspaces").len > 0, form_int(f, "version") };
}

static enum err
show_general(struct ctx *cx, struct response *rs, const struct general_input *in,
    const struct tenant_general *now)
{
	struct view *v = view_new(cx->arena);

	view_int(v, "version", now->version);
	view_text(v, "action", page_path(cx, "/general"));
	view_flag(v, "may_edit", access_has(cx, PERM_ACCOUNT_EDIT, IN_TENANT));
	view_str(v, "portal_text", in->portal_text);
	view_flag(v, "personal_workspaces", in->personal_workspaces);
	page_theirs(cx, v, "portal_text_now", in->portal_text, now->portal_text, now->portal_text);
	page_theirs(cx, v, "personal_workspaces_now", str_of(in->personal_workspaces ? "1" : ""),
	    now->personal_workspaces ? "1" : "",
	    now->personal_workspaces ? _("Now: ticked") : _("Now: not ticked"));
	return page_show(cx, rs, "tenants/general", v);
}

static enum err
general_page(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct tenant_general g;
	struct general_input  in;

	TRY(tenants_general(cx, &g));
	in = (struct general_input){ str_of(g.portal_text), g.personal_workspaces, g.version };
	if (rq->carried) {
		in = read_general(rq->form);
		if (in.version != g.version)
			page_meanwhile(cx, rs);
	}
	return show_general(cx, rs, &in, &g);
}

static enum err
change_general(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct general_input  in = read_general(rq->form);
	struct tenant_general g;
	enum err              e = tenants_general_change(cx, &in);

	if (e == ERR_CONFLICT || e == ERR_INVALID) {
		TRY(tenants_general(cx, &g));
		if (e == ERR_CONFLICT)
			page_meanwhile(cx, rs);
		return show_general(cx, rs, &in, &g);
	}
	TRY(e);
	return page_done(cx, rs, STR(""), page_path(cx, "/general"), _("The settings are saved."));
}

/* ---------------------------------------------------------------- security settings */

static struct security_input
read_security(const struct form *f)
{
	return (struct security_input){ form_get(f, "keys_most"), form_get(f, "key_days"),
		form_int(f, "version") };
}

static const char *
life_text(struct ctx *cx, const char *days)
{
	return days[0] == '0' ? _("No limit: a key may never expire") :
	    _("[n] days", "n", days);
}

static void
show_lives(struct ctx *cx, struct view *v, struct str chosen)
{
	static const char *const days[] = { "30", "60", "90", "365", "0" };

	for (size_t i = 0; i < sizeof(days) / sizeof(days[0]); i++) {
		struct view *option = view_item(v, "lives");

		view_text(option, "value", days[i]);
		view_text(option, "label", life_text(cx, days[i]));
		view_flag(option, "chosen", str_equal(chosen, str_of(days[i])));
	}
}

static void
show_theirs(struct ctx *cx, struct view *v, const struct security_input *in,
    const struct tenant_security *now)
{
	const char *most = arena_printf(cx->arena, "%lld", (long long)now->keys_most);
	const char *days = arena_printf(cx->arena, "%lld", (long long)now->key_days);

	page_theirs(cx, v, "keys_most_now", in->keys_most, most, most);
	page_theirs(cx, v, "key_days_now", in->key_days, days, life_text(cx, days));
}

static enum err
show_security(struct ctx *cx, struct response *rs, const struct security_input *in,
    const struct tenant_security *now)
{
	struct view *v = view_new(cx->arena);

	show_theirs(cx, v, in, now);
	view_int(v, "version", now->version);
	view_text(v, "action", page_path(cx, "/security"));
	view_flag(v, "may_edit", access_has(cx, PERM_SECURITY_EDIT, IN_TENANT));
	view_str(v, "keys_most", in->keys_most);
	show_lives(cx, v, in->key_days);
	return page_show(cx, rs, "tenants/security", v);
}

static enum err
security_page(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct tenant_security s;
	struct security_input  in;

	TRY(tenants_security(cx, &s));
	in = (struct security_input){
		str_of(arena_printf(cx->arena, "%lld", (long long)s.keys_most)),
		str_of(arena_printf(cx->arena, "%lld", (long long)s.key_days)), s.version };
	if (rq->carried) {
		in = read_security(rq->form);
		if (in.version != s.version)
			page_meanwhile(cx, rs);
	}
	return show_security(cx, rs, &in, &s);
}

static enum err
change_security(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct security_input  in = read_security(rq->form);
	struct tenant_security s;
	enum err               e = tenants_security_change(cx, &in);

	if (e == ERR_CONFLICT || e == ERR_INVALID) {
		TRY(tenants_security(cx, &s));
		if (e == ERR_CONFLICT)
			page_meanwhile(cx, rs);
		return show_security(cx, rs, &in, &s);
	}
	TRY(e);
	return page_done(cx, rs, STR(""), page_path(cx, "/security"),
	    _("The settings are saved."));
}

const struct route settings_routes[] = {
	{ M_GET,  GENERAL,  PERM_ACCOUNT_VIEW,  general_page,    0, 0, NULL },
	{ M_POST, GENERAL,  PERM_ACCOUNT_EDIT,  change_general,  0, 0, NULL },
	{ M_GET,  SECURITY, PERM_SECURITY_VIEW, security_page,   0, 0, NULL },
	{ M_POST, SECURITY, PERM_SECURITY_EDIT, change_security, ROUTE_PROOF, 0, NULL },
	ROUTE_END
};
