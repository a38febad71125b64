/* Finding the route of a request.  The tables are in the modules, app/routes.c lists them. */
#include "web/route.h"

#include <string.h>

#include "base/arena.h"
#include "http/url.h"

/* Compares segment by segment; a {name} takes one whole segment that is not empty. */
static bool
matches(const char *pattern, struct str path, struct param *params, size_t *n)
{
	const char *p = path.p, *end = path.p + path.len;

	*n = 0;
	while (*pattern) {
		if (*pattern == '{') {
			const char *close = strchr(pattern, '}');
			const char *from = p;

			while (p < end && *p != '/')
				p++;
			if (p == from || *n == ROUTE_PARAMS_MOST)
				return false;
			params[*n].name = pattern + 1;
			params[(*n)++].value = (struct str){ from, (size_t)(p - from) };
			pattern = close + 1;
			continue;
		}
		if (p == end || *p != *pattern)
			return false;
		p++;
		pattern++;
	}
	return p == end;
}

static const char in_tenant[] = "/t/{tenant}";
enum { IN_TENANT_LONG = sizeof(in_tenant) - 1 };

/* What comes behind "/t/x" in a path; NULL: it is no such path. */
static const char *
behind_tenant(struct str path)
{
	const char *p = path.p, *end = path.p + path.len;

	if (path.len < 3 || memcmp(p, "/t/", 3) != 0)
		return NULL;
	for (p += 3; p < end && *p != '/'; p++)
		;
	return p;
}

/* Most patterns begin in the same way, and differ from the path in the first letter behind that. */
static bool
differs_early(const char *pattern, const char *behind, const char *end)
{
	if (behind == NULL || strncmp(pattern, in_tenant, IN_TENANT_LONG) != 0)
		return false;
	pattern += IN_TENANT_LONG;
	if (*pattern == '\0' || behind == end)
		return (*pattern == '\0') != (behind == end);
	return behind + 1 < end && pattern[1] != '{' && pattern[1] != behind[1];
}

static void
keep(struct arena *a, struct request *rq, const struct param *params, size_t n)
{
	rq->params = ARENA_ARRAY(a, struct param, n + 1);
	rq->nparams = n;
	for (size_t i = 0; i < n; i++) {
		size_t len = (size_t)(strchr(params[i].name, '}') - params[i].name);

		rq->params[i].name = arena_printf(a, "%.*s", (int)len, params[i].name);
		rq->params[i].value = params[i].value;
	}
}

const struct route *
route_find(struct arena *a, const struct route *const *tables, struct request *rq,
    unsigned *allowed)
{
	const struct route *best = NULL;
	struct param        params[ROUTE_PARAMS_MOST], best_params[ROUTE_PARAMS_MOST] = { { 0 } };
	enum method         wanted = rq->method == M_HEAD ? M_GET : rq->method;
	const char         *behind = behind_tenant(rq->path), *end = rq->path.p + rq->path.len;
	size_t              n, fewest = ROUTE_PARAMS_MOST + 1;

	*allowed = 0;
	for (; *tables; tables++)
		for (const struct route *r = *tables; r->path; r++) {
			if (differs_early(r->path, behind, end) ||
			    !matches(r->path, rq->path, params, &n))
				continue;
			if (n < fewest) {
				fewest = n;
				best = NULL;
				*allowed = 0;
			}
			if (n > fewest)
				continue;
			*allowed |= 1u << r->method;
			if (r->method == wanted) {
				best = r;
				memcpy(best_params, params, sizeof(params));
			}
		}
	if (best)
		keep(a, rq, best_params, fewest);
	return best;
}

bool
route_leads(struct arena *a, const struct route *const *tables, struct str target)
{
	struct request rq = { .method = M_GET, .path = target };
	unsigned       allowed;

	if (!url_own_path(target))
		return false;
	for (size_t i = 0; i < target.len; i++)
		if (target.p[i] == '?') {
			rq.path.len = i;
			break;
		}
	return route_find(a, tables, &rq, &allowed) != NULL;
}
