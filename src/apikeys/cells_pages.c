/* Name and description of one's own API key, edited where they stand in the list: each is a small
 * form, which is a page of its own without JavaScript. */
#include "apikeys/apikeys.h"

#include "web/cell.h"
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
	return cell_show(cx, rq, rs, view_new(cx->arena), &(struct cell){
	    .of = k->name, .label = name ? _("Name") : _("Description"),
	    .field = name ? "name" : "description",
	    .action = page_path_id(cx, "/keys/", k->id, name ? "/name" : "/description"),
	    .list = page_path(cx, "/keys"), .now = name ? k->name : k->description,
	    .value = value, .version = k->version, .most = name ? KEY_NAME : KEY_DESCRIPTION,
	    .needed = name, .changed = changed }, false);
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
