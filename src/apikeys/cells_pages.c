/* Name and description of one's own API key, edited where they stand in the list: each is a small
 * form, which is a page of its own without JavaScript. */
#include "apikeys/apikeys.h"

#include "base/arena.h"
#include "base/id.h"
#include "web/confirm.h"
#include "web/page.h"
#include "web/tables.h"

#define KEY "/t/{tenant}/keys/{key}"

static enum err
subject(struct ctx *cx, const struct request *rq, struct apikey *k)
{
	int64_t id;

	TRY(request_path_id(rq, "key", &id));
	return apikeys_get(cx, id, k);
}

static enum err
show_cell(struct ctx *cx, const struct request *rq, struct response *rs, const struct apikey *k,
    bool name, struct str value, bool changed)
{
	struct view *v = view_new(cx->arena);
	const char  *now = name ? k->name : k->description;
	const char  *error = ctx_issue_of(cx, name ? "name" : "description");
	char         id[14];

	id_text(k->id, id);
	view_text(v, "of", k->name);
	view_text(v, "action", page_path(cx, ARENA_JOIN(cx->arena, "/keys/", id,
	    name ? "/name" : "/description")));
	view_int(v, "version", k->version);
	view_text(v, "label", name ? _("Name") : _("Description"));
	view_str(v, "value", value);
	view_int(v, "most", name ? KEY_NAME : KEY_DESCRIPTION);
	view_flag(v, "needed", name);
	view_flag(v, "has_roles", false);
	if (error)
		view_text(v, "value_error", error);
	view_flag(v, "changed", changed);
	if (changed) {
		view_text(v, "now", *now ? now : _("nothing"));
		rs->status = 409;
	}
	page_back_show(cx, rq, v, page_path(cx, "/keys"));
	return page_show(cx, rs, "svcaccounts/cell", v);
}

static enum err
ask(struct ctx *cx, const struct request *rq, struct response *rs, bool name)
{
	struct apikey k;

	TRY(subject(cx, rq, &k));
	if (rq->carried)
		return show_cell(cx, rq, rs, &k, name, form_get(rq->form, "value"),
		    form_int(rq->form, "version") != k.version);
	return show_cell(cx, rq, rs, &k, name, str_of(name ? k.name : k.description), false);
}

/* The other one stays as it is. */
static enum err
set(struct ctx *cx, const struct request *rq, struct response *rs, bool name)
{
	struct str          value = form_get(rq->form, "value");
	struct apikey_input in = { .version = form_int(rq->form, "version") };
	struct apikey       k;
	enum err            e;

	TRY(subject(cx, rq, &k));
	in.name = name ? value : str_of(k.name);
	in.description = name ? str_of(k.description) : value;
	e = apikeys_edit(cx, k.id, &in);
	if (e == ERR_CONFLICT)
		TRY(subject(cx, rq, &k));
	if (e == ERR_CONFLICT || e == ERR_INVALID)
		return show_cell(cx, rq, rs, &k, name, value, e == ERR_CONFLICT);
	TRY(e);
	return page_done(cx, rs, form_get(rq->form, "back"), page_path(cx, "/keys"),
	    _("The key is saved."));
}

static enum err
ask_name(struct ctx *cx, const struct request *rq, struct response *rs)
{
	return ask(cx, rq, rs, true);
}

static enum err
set_name(struct ctx *cx, const struct request *rq, struct response *rs)
{
	return set(cx, rq, rs, true);
}

static enum err
ask_description(struct ctx *cx, const struct request *rq, struct response *rs)
{
	return ask(cx, rq, rs, false);
}

static enum err
set_description(struct ctx *cx, const struct request *rq, struct response *rs)
{
	return set(cx, rq, rs, false);
}

const struct route apikeys_cells_routes[] = {
	{ M_GET,  KEY "/name",        PERM_SIGNED_IN, ask_name,        0, 0, NULL },
	{ M_POST, KEY "/name",        PERM_SIGNED_IN, set_name,        0, 0, NULL },
	{ M_GET,  KEY "/description", PERM_SIGNED_IN, ask_description, 0, 0, NULL },
	{ M_POST, KEY "/description", PERM_SIGNED_IN, set_description, 0, 0, NULL },
	ROUTE_END
};
