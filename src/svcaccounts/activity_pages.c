/* What a service account did. */
#include "svcaccounts/svcaccounts_views.h"

#include "base/arena.h"
#include "members/activity.h"
#include "web/page.h"
#include "web/tables.h"

static void
show_act(struct ctx *cx, struct view *row, const struct act_done *a)
{
	const struct audit_info *info = audit_info(a->e.act);

	view_time(cx, row, "time", a->e.at);
	view_text(row, "client", audit_word(cx, a->e.client));
	view_text(row, "address", a->e.peer);
	view_text(row, "sentence", audit_sentence(cx, &a->e));
	view_text(row, "code", info ? info->code : "");
}

/* As that of a member, by time alone: its events are told by whom they were done. */
static enum err
list_acts(struct ctx *cx, const struct request *rq, struct response *rs)
{
	static const char *const state[] = { "sort", "dir", "rows", "after", "before", "id", NULL };
	struct view             *v = view_new(cx->arena);
	struct list_query        q = { NULL, rq->form, state };
	struct list_edge         first = { NULL, 0 }, last = { NULL, 0 };
	struct activity_want     w = { .until = INT64_MAX, .search = "" };
	struct activity_list     l;
	struct svcaccount        a;
	struct member            as = { .org_path = "/" };

	TRY(service_subject(cx, rq, &a));
	TRY(list_read(cx, rq->form, "time", 1, &w.list));
	if (!form_has(rq->form, "sort") && !form_has(rq->form, "dir"))
		w.list.down = true;
	as.id = a.id;
	TRY(activity_list(cx, &as, &w, &l));
	q.path = service_path(cx, a.id, "/activity");
	service_head(cx, v, &a, "/activity");
	view_flag(v, "has_rows", l.n > 0);
	for (size_t i = 0; i < l.n; i++)
		show_act(cx, view_item(v, "events"), &l.items[i]);
	if (l.n) {
		first = (struct list_edge){ activity_key(cx, &l.items[0], ACTIVITY_TIME),
			l.items[0].e.seq };
		last = (struct list_edge){ activity_key(cx, &l.items[l.n - 1], ACTIVITY_TIME),
			l.items[l.n - 1].e.seq };
	}
	list_show(cx, v, &q, "time", &w.list, l.more, first, last);
	return page_show(cx, rs, "svcaccounts/activity", v);
}

const struct route service_activity_routes[] = {
	{ M_GET, SERVICE "/activity", PERM_SERVICE_VIEW, list_acts, 0, 0, NULL },
	ROUTE_END
};
