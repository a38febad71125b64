/* Single cells of the list: each is a small form, which stands in its cell with JavaScript and on a
 * page of its own without. */
#include "svcaccounts/svcaccounts_views.h"

#include "base/arena.h"
#include "base/id.h"
#include "members/members_views.h"
#include "web/cell.h"
#include "web/tables.h"

static const struct { const char *below, *label; } cells[] = {
	[SVCACCOUNT_CELL_NAME] = { "/name", N_("Name") },
	[SVCACCOUNT_CELL_DESCRIPTION] = { "/description", N_("Description") },
	[SVCACCOUNT_CELL_ROLE] = { "/role", N_("Role") },
};

/* What is stored, as the field would hold it, and as it is read. */
static struct str
stored(struct ctx *cx, const struct svcaccount *a, enum svcaccount_cell cell)
{
	char id[14];

	if (cell != SVCACCOUNT_CELL_ROLE)
		return str_of(cell == SVCACCOUNT_CELL_NAME ? a->name : a->description);
	id_text(a->role, id);
	return str_of(arena_strdup(cx->arena, id));
}

static enum err
show_cell(struct ctx *cx, const struct request *rq, struct response *rs, const struct svcaccount *a,
    enum svcaccount_cell cell, struct str value, bool changed)
{
	struct view *v = view_new(cx->arena);
	bool         name = cell == SVCACCOUNT_CELL_NAME, role = cell == SVCACCOUNT_CELL_ROLE;

	if (role)
		TRY(members_show_choices(cx, v, value));
	return cell_show(cx, rq, rs, v, &(struct cell){
	    .of = a->name, .label = _(cells[cell].label), .field = cells[cell].below + 1,
	    .action = service_path(cx, a->id, cells[cell].below),
	    .list = page_path(cx, "/service-accounts"),
	    .now = role ? a->role_name : name ? a->name : a->description, .value = value,
	    .version = a->version, .most = name ? SVCACCOUNT_NAME : SVCACCOUNT_DESCRIPTION,
	    .needed = name, .changed = changed }, role);
}

static enum err
ask(struct ctx *cx, const struct request *rq, struct response *rs, enum svcaccount_cell cell)
{
	struct svcaccount a;
	struct str        value;
	bool              changed = false;

	TRY(service_subject(cx, rq, &a));
	value = stored(cx, &a, cell);
	if (rq->carried) {
		value = form_get(rq->form, "value");
		changed = form_int(rq->form, "version") != a.version;
	}
	return show_cell(cx, rq, rs, &a, cell, value, changed);
}

static enum err
set(struct ctx *cx, const struct request *rq, struct response *rs, enum svcaccount_cell cell)
{
	struct str        value = form_get(rq->form, "value");
	struct svcaccount a;
	enum err          e;
	bool              changed;

	TRY(service_subject(cx, rq, &a));
	e = svcaccounts_set(cx, a.id, cell, value, form_int(rq->form, "version"));
	changed = e == ERR_CONFLICT && cx->issues == NULL;
	if (changed)
		TRY(service_subject(cx, rq, &a));
	if (changed || page_answered(cx, rs, e, PERM_SERVICE_EDIT, SERVICE "/edit"))
		return show_cell(cx, rq, rs, &a, cell, value, changed);
	TRY(e);
	return page_done(cx, rs, form_get(rq->form, "back"), page_path(cx, "/service-accounts"),
	    _("The account is saved."));
}

#define CELL(name, cell)                                                                        \
	static enum err                                                                         \
	ask_##name(struct ctx *cx, const struct request *rq, struct response *rs)               \
	{                                                                                       \
		return ask(cx, rq, rs, cell);                                                   \
	}                                                                                       \
	static enum err                                                                         \
	set_##name(struct ctx *cx, const struct request *rq, struct response *rs)               \
	{                                                                                       \
		return set(cx, rq, rs, cell);                                                   \
	}
CELL(name, SVCACCOUNT_CELL_NAME)
CELL(description, SVCACCOUNT_CELL_DESCRIPTION)
CELL(role, SVCACCOUNT_CELL_ROLE)
#undef CELL

const struct route service_cells_routes[] = {
	{ M_GET,  SERVICE "/name",        PERM_SERVICE_EDIT, ask_name,        0, 0, NULL },
	{ M_POST, SERVICE "/name",        PERM_SERVICE_EDIT, set_name,        0, 0, NULL },
	{ M_GET,  SERVICE "/description", PERM_SERVICE_EDIT, ask_description, 0, 0, NULL },
	{ M_POST, SERVICE "/description", PERM_SERVICE_EDIT, set_description, 0, 0, NULL },
	{ M_GET,  SERVICE "/role", PERM_SERVICE_EDIT, ask_role, ROUTE_PROOF, 0, NULL },
	{ M_POST, SERVICE "/role", PERM_SERVICE_EDIT, set_role, ROUTE_PROOF, 0, NULL },
	ROUTE_END
};
