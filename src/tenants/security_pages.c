/* The page of security settings. */
#include "tenants/tenants.h"

#include <string.h>

#include "base/arena.h"
#include "core/access.h"
#include "web/page.h"
#include "web/tables.h"

#define SECURITY "/t/{tenant}/security"

static void
say_meanwhile(struct ctx *cx, struct response *rs)
{
	ctx_issue(cx, "", _("Somebody else changed these settings meanwhile. Your values stand "
	    "below; saving keeps yours."));
	rs->status = 409;
}

static struct security_input
read_form(const struct form *f)
{
	return (struct security_input){ form_get(f, "keys_most"), form_get(f, "key_days"),
		form_int(f, "version") };
}

static void
show_lives(struct ctx *cx, struct view *v, struct str chosen)
{
	static const char *const days[] = { "30", "60", "90", "365", "0" };

	for (size_t i = 0; i < sizeof(days) / sizeof(days[0]); i++) {
		struct view *option = view_item(v, "lives");

		view_text(option, "value", days[i]);
		view_text(option, "label", days[i][0] == '0' ?
		    _("No limit: a key may never expire") : _("[n] days", "n", days[i]));
		view_flag(option, "chosen", str_equal(chosen, str_of(days[i])));
	}
}

static enum err
show(struct ctx *cx, struct response *rs, const struct security_input *in, int64_t version)
{
	struct view *v = view_new(cx->arena);

	view_int(v, "version", version);
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
		in = read_form(rq->form);
		if (in.version != s.version)
			say_meanwhile(cx, rs);
	}
	return show(cx, rs, &in, s.version);
}

static enum err
change(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct security_input  in = read_form(rq->form);
	struct tenant_security s;
	enum err               e = tenants_security_change(cx, &in);

	if (e == ERR_CONFLICT || e == ERR_INVALID) {
		TRY(tenants_security(cx, &s));
		if (e == ERR_CONFLICT)
			say_meanwhile(cx, rs);
		return show(cx, rs, &in, s.version);
	}
	TRY(e);
	return page_done(cx, rs, STR(""), page_path(cx, "/security"),
	    _("The settings are saved."));
}

const struct route security_routes[] = {
	{ M_GET,  SECURITY, PERM_SECURITY_VIEW, security_page, 0, 0, NULL },
	{ M_POST, SECURITY, PERM_SECURITY_EDIT, change,        ROUTE_PROOF, 0, NULL },
	ROUTE_END
};
