/* Cells of lists that are edited in place. */
#include "web/cell.h"

#include "core/ctx.h"
#include "web/confirm.h"

enum err
cell_show(struct ctx *cx, const struct request *rq, struct response *rs, struct view *v,
    const struct cell *c, bool has_roles)
{
	const char *error = ctx_issue_of(cx, c->field);

	view_text(v, "of", c->of);
	view_text(v, "action", c->action);
	view_int(v, "version", c->version);
	view_text(v, "label", c->label);
	view_str(v, "value", c->value);
	view_int(v, "most", c->most);
	view_flag(v, "needed", c->needed);
	view_flag(v, "has_roles", has_roles);
	if (error)
		view_text(v, "value_error", error);
	view_flag(v, "changed", c->changed);
	if (c->changed) {
		view_text(v, "now", *c->now ? c->now : _("nothing"));
		rs->status = 409;
	}
	page_back_show(cx, rq, v, c->list);
	return page_show(cx, rs, "svcaccounts/cell", v);
}
