/* Answers of the REST API. */
#include "web/api.h"

#include "base/arena.h"
#include "base/id.h"
#include "base/zone.h"
#include "core/list.h"

enum { BODY_LONGEST = 1 << 20 };

struct json *
api_begin(struct ctx *cx, struct response *rs)
{
	struct json *j = ARENA_NEW(cx->arena, struct json);

	buf_init(&rs->body, cx->arena, BODY_LONGEST);
	j->b = &rs->body;
	json_open(j, NULL, '{');
	return j;
}

enum err
api_show(struct ctx *cx, struct response *rs)
{
	TRY(db_read_end(cx->db));
	buf_puts(&rs->body, "}\n");
	rs->data = true;
	if (rs->status == 0)
		rs->status = 200;
	response_header(rs, "Content-Type", "application/json; charset=utf-8");
	return rs->body.overflow ? ERR_FAULT : OK;
}

void
api_time(struct ctx *cx, struct json *j, const char *key, int64_t at)
{
	json_put(j, key, at ? time_iso(cx->arena, NULL, at) : NULL);
}

void
api_id(struct json *j, const char *key, int64_t id)
{
	char text[14];

	id_text(id, text);
	json_put(j, key, text);
}

/* ---------------------------------------------------------------- errors */

static const struct problem { int status; const char *code, *sentence; } problems[] = {
	{ 400, "bad_request", N_("This request is not as it has to be.") },
	{ 401, "unauthorized", N_("Send an API key that is good here: Authorization: Bearer "
	    "tnt_…") },
	{ 403, "forbidden", N_("This key may not do this.") },
	{ 404, "not_found", N_("There is nothing here.") },
	{ 405, "method_not_allowed", N_("This cannot be asked for in this way.") },
	{ 409, "conflict", N_("This is not possible as things are now.") },
	{ 413, "too_large", N_("This is too large.") },
	{ 414, "too_long", N_("This address is too long.") },
	{ 415, "unsupported_type", N_("This type of content is not known here.") },
	{ 422, "invalid", N_("Something in this is not as it has to be.") },
	{ 429, "too_many_requests", N_("That was too often. Try again later.") },
	{ 503, "unavailable", N_("This does not work right now. Try again soon.") },
	{ 500, "error", N_("Something went wrong.") },
};

static const struct problem *
problem_of(int status)
{
	const struct problem *p = problems;

	while (p->status != status && p->status != 500)
		p++;
	return p;
}

static void
put_fields(struct ctx *cx, struct json *j)
{
	json_open(j, "fields", '{');
	for (const struct issue *i = cx->issues; i; i = i->next)
		if (*i->field && ctx_issue_of(cx, i->field) == i->text)
			json_put(j, i->field, i->text);
	json_close(j, '}');
}

enum err
api_problem(struct ctx *cx, struct response *rs, int status, const char *sentence,
    int64_t retry_at)
{
	const struct problem *p = problem_of(status);
	struct json          *j = api_begin(cx, rs);

	rs->status = status;
	if (status == 401)
		response_header(rs, "WWW-Authenticate", "Bearer realm=\"tenantry\"");
	if (retry_at > cx->now)
		response_header(rs, "Retry-After", arena_printf(cx->arena, "%lld",
		    (long long)((retry_at - cx->now + 999) / 1000)));
	json_open(j, "error", '{');
	json_put(j, "code", p->code);
	json_put(j, "message", *sentence ? sentence : ctx_say(cx, p->sentence, (char *)0));
	put_fields(cx, j);
	if (cx->decision)
		api_id(j, "decision", cx->decision);
	json_put(j, "request", cx->request);
	json_close(j, '}');
	return api_show(cx, rs);
}
