/* The page of a job: how far it is; it refreshes itself while there is more to come. */
#include "jobs/jobs.h"

#include <string.h>

#include "base/arena.h"
#include "base/id.h"
#include "web/page.h"
#include "web/tables.h"

static const char *
state_word(struct ctx *cx, const struct job *j)
{
	switch (j->state[0]) {
	case 'w':
		return _("Waiting");
	case 'r':
		return _("Running");
	case 'd':
		return _("Done");
	default:
		return _("Cancelled");
	}
}

/* How often each reason was given, those of the named ones among them.  They are few, but for
 * tables in which each row has its own. */
static size_t
reasons(struct ctx *cx, const struct job *j, struct job_reason **out)
{
	struct job_reason *list = ARENA_ARRAY(cx->arena, struct job_reason, j->nnamed + j->nmore);
	size_t             n = 0, k;

	for (size_t i = 0; i < j->nnamed + j->nmore; i++) {
		struct job_reason one = i < j->nnamed ?
		    (struct job_reason){ j->named[i].why, 1 } : j->more[i - j->nnamed];

		for (k = 0; k < n && strcmp(list[k].why, one.why) != 0; k++)
			;
		if (k == n)
			list[n++] = (struct job_reason){ one.why, 0 };
		list[k].n += one.n;
	}
	*out = list;
	return n;
}

/* By reason, where that is shorter than one by one; then who it was, as far as they are named. */
static void
show_refusals(struct ctx *cx, struct view *v, const struct job *j)
{
	struct job_reason *list;
	size_t             n = reasons(cx, j, &list);
	int64_t            more = j->refused - (int64_t)j->nnamed;

	view_flag(v, "has_refusals", j->refused > 0);
	view_flag(v, "has_reasons", (int64_t)n < j->refused && n <= JOB_REASONS + 1);
	for (size_t i = 0; (int64_t)n < j->refused && n <= JOB_REASONS + 1 && i < n; i++) {
		struct view *row = view_item(v, "reasons");

		view_text(row, "n", ctx_number(cx, list[i].n));
		view_text(row, "why", *list[i].why ? list[i].why : _("Other reasons"));
	}
	for (size_t i = 0; i < j->nnamed; i++) {
		struct view *row = view_item(v, "refusals");

		view_text(row, "name", j->named[i].name);
		view_text(row, "why", j->named[i].why);
	}
	if (more > 0)
		view_text(v, "more", more == 1 ? _("and 1 more") :
		    _("and [n] more", "n", ctx_number(cx, more)));
}

static enum err
show_job(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct view *v = view_new(cx->arena);
	struct job   j;
	int64_t      id;
	bool         going;
	char         text[14];

	TRY(request_path_id(rq, "job", &id));
	TRY(jobs_get(cx, id, &j));
	going = j.state[0] == 'w' || j.state[0] == 'r';
	id_text(id, text);
	view_text(v, "heading", ctx_say(cx, jobs_title(j.kind), (char *)0));
	view_text(v, "state", state_word(cx, &j));
	view_text(v, "state_kind",
	    going ? "invited" : j.state[0] == 'd' ? "active" : "deactivated");
	view_flag(v, "going", going);
	if (going && j.total)
		view_text(v, "progress", _("[n] of [total] looked at", "n",
		    ctx_number(cx, j.done + j.refused), "total", ctx_number(cx, j.total)));
	view_text(v, "result", j.refused ?
	    _("[n] done, [m] refused", "n", ctx_number(cx, j.done), "m",
	        ctx_number(cx, j.refused)) : _("[n] done", "n", ctx_number(cx, j.done)));
	view_text(v, "cancel_action",
	    page_path(cx, arena_printf(cx->arena, "/jobs/%s/cancel", text)));
	view_text(v, "back_href", page_path(cx, "/users"));
	view_time(cx, v, "began", j.created_at);
	show_refusals(cx, v, &j);
	return page_show(cx, rs, "jobs/show", v);
}

static enum err
cancel_job(struct ctx *cx, const struct request *rq, struct response *rs)
{
	int64_t id;
	char    text[14];

	TRY(request_path_id(rq, "job", &id));
	TRY(jobs_cancel(cx, id));
	id_text(id, text);
	return page_done(cx, rs, STR(""), page_path(cx, arena_printf(cx->arena, "/jobs/%s", text)),
	    _("The rest is not done."));
}

const struct route jobs_routes[] = {
	{ M_GET,  "/t/{tenant}/jobs/{job}",        PERM_SIGNED_IN, show_job,   0, 0, NULL },
	{ M_POST, "/t/{tenant}/jobs/{job}/cancel", PERM_SIGNED_IN, cancel_job, 0, 0, NULL },
	ROUTE_END
};
