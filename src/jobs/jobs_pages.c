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

static void
show_refusals(struct ctx *cx, struct view *v, const struct job *j)
{
	const char *p = j->refusals;

	/* Each is ["name","why"], as jobs_refused() wrote it. */
	while ((p = strstr(p, "[\"")) != NULL) {
		struct view *row = view_item(v, "refusals");
		const char  *keys[] = { "name", "why" };

		p++;
		for (int i = 0; i < 2; i++) {
			char *text = arena_strdup(cx->arena, p + 1), *to = text;

			for (p++; *p && *p != '"'; p++) {
				p += *p == '\\';
				*to++ = *p;
			}
			*to = '\0';
			view_text(row, keys[i], text);
			p += strspn(p, "\",");
			p -= *p != ']';
		}
	}
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
	view_flag(v, "has_refusals", j.refused > 0);
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
