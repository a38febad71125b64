/* What a service account did. */
#include "svcaccounts/svcaccounts_views.h"

#include "members/activity_views.h"
#include "web/page.h"
#include "web/tables.h"

/* As that of a user: its events are told by whom they were done. */
static enum err
list_acts(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct view      *v = view_new(cx->arena);
	struct svcaccount a;
	struct member     as = { .org_path = "/" };

	TRY(service_subject(cx, rq, &a));
	as.id = a.id;
	TRY(activity_show(cx, rq, v, &as, service_path(cx, a.id, "/activity"), true));
	service_head(cx, v, &a, "/activity");
	return page_show(cx, rs, "svcaccounts/activity", v);
}

const struct route service_activity_routes[] = {
	{ M_GET, SERVICE "/activity", PERM_SERVICE_VIEW, list_acts, 0, 0, "client" },
	ROUTE_END
};
