/* The page of the audit log. */
#include "auditlog/auditlog.h"

#include "base/arena.h"
#include "base/id.h"
#include "web/page.h"
#include "web/tables.h"

static const char *const state[] = { "rows", NULL };

static const char *
category_word(struct ctx *cx, const struct audit_info *info)
{
	static const char *const words[] = { [CATEGORY_SETTING] = N_("Setting updates"),
		[CATEGORY_SYSTEM] = N_("System configuration"),
		[CATEGORY_USER] = N_("User actions") };

	return info ? _(words[info->category]) : "";
}

static const char *
area_word(struct ctx *cx, const struct audit_info *info)
{
	static const char *const words[] = { [AREA_USERS] = N_("Users"),
		[AREA_TEAM] = N_("Tenant user management"),
		[AREA_SETTINGS] = N_("Tenant admin settings"),
		[AREA_WORKSPACES] = N_("Workspace management"), [AREA_ORGS] = N_("Organizations"),
		[AREA_API] = N_("API") };

	return info ? _(words[info->area]) : "";
}

static void
show_change(struct ctx *cx, struct view *row, const struct audit_field *f)
{
	struct view *d = view_item(row, "details");

	view_text(d, "field", audit_field_word(cx, f->name));
	view_text(d, "old", audit_value_word(cx, f->name, f->was));
	view_flag(d, "has_new", f->is != NULL);
	view_text(d, "new", f->is ? audit_value_word(cx, f->name, f->is) : "");
}

/* What had a value before is a change; the rest is what the action was given. */
static enum err
show_fields(struct ctx *cx, struct view *row, const struct event *e)
{
	struct audit_field *fields;
	size_t              n, changed = 0;

	TRY(audit_fields(cx, e->fields, &fields, &n));
	for (size_t i = 0; i < n; i++) {
		struct view *given;

		if (fields[i].was) {
			show_change(cx, row, &fields[i]);
			changed++;
			continue;
		}
		given = view_item(row, "parameters");
		view_text(given, "field", audit_field_word(cx, fields[i].name));
		view_text(given, "value", fields[i].is ?
		    audit_value_word(cx, fields[i].name, fields[i].is) : "");
	}
	view_flag(row, "has_details", changed > 0);
	view_flag(row, "has_parameters", n > changed);
	return OK;
}

static enum err
show_event(struct ctx *cx, struct view *row, const struct event *e)
{
	const struct audit_info *info = audit_info(e->act);
	char                     id[14];

	view_time(cx, row, "time", e->at);
	view_text(row, "category", category_word(cx, info));
	view_text(row, "area", area_word(cx, info));
	view_text(row, "sentence", audit_sentence(cx, e));
	view_text(row, "code", info ? info->code : "");
	view_text(row, "done_by", *e->actor_name == '\0' ? _("Somebody") :
	    e->actor_id == 0 ? audit_word(cx, e->actor_name) : e->actor_name);
	if (e->actor_kind[0] == 'p' && e->actor_id && access_has(cx, PERM_USER_VIEW, IN_ORG("/"))) {
		id_text(e->actor_id, id);
		view_text(row, "done_by_href",
		    page_path(cx, arena_printf(cx->arena, "/users/%s", id)));
	}
	if (e->actor_kind[0] == 's' && e->actor_kind[1] == 'e' && e->actor_id &&
	    access_has(cx, PERM_SERVICE_VIEW, IN_TENANT)) {
		id_text(e->actor_id, id);
		view_text(row, "done_by_href",
		    page_path(cx, arena_printf(cx->arena, "/service-accounts/%s", id)));
	}
	view_text(row, "workspace", e->workspace_name ? e->workspace_name : "");
	view_text(row, "client", audit_word(cx, e->client));
	view_text(row, "address", e->peer);
	return show_fields(cx, row, e);
}

static void
show_pager(struct ctx *cx, struct view *v, const struct list_query *q, const struct list_want *w,
    const struct event_list *l)
{
	struct list_edge last = { NULL, 0 };

	if (l->more)
		last = (struct list_edge){ "", l->items[l->n - 1].seq };
	list_show(cx, v, q, "", w, l->more, (struct list_edge){ NULL, 0 }, last);
}

static enum err
list_events(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct view      *v = view_new(cx->arena);
	struct list_query q = { page_path(cx, "/audit"), rq->form, state };
	struct list_want  w;
	struct event_list l;

	TRY(access_need(cx, PERM_AUDIT_VIEW, IN_TENANT));
	TRY(list_read(cx, rq->form, "", 0, &w));
	TRY(auditlog_list(cx, w.id, w.rows, &l));
	cx->before = auditlog_note_read;
	view_flag(v, "none", l.n == 0 && w.id == 0);
	view_flag(v, "has_rows", l.n > 0);
	if (l.n == 0)
		view_text(v, "reset_href", q.path);
	for (size_t i = 0; i < l.n; i++)
		TRY(show_event(cx, view_item(v, "events"), &l.items[i]));
	show_pager(cx, v, &q, &w, &l);
	return page_show(cx, rs, "auditlog/list", v);
}

const struct route auditlog_routes[] = {
	{ M_GET, "/t/{tenant}/audit", PERM_AUDIT_VIEW, list_events, 0, 0, NULL },
	ROUTE_END
};
