/* Finding the route of a request.  The tables are in the modules, app/routes.c lists them. */
#include "web/route.h"

#include <assert.h>
#include <string.h>

#include "base/arena.h"
#include "http/url.h"

enum { SEGMENTS_MOST = 8 };

/* A path by its segments: what stands between slashes.  Those from the last on differ most. */
struct split {
	size_t     n;
	struct str segment[SEGMENTS_MOST];
};

struct known {
	const struct route *route;
	size_t              n, places;
	struct part {
		const char *text;       /* of a place, its name */
		uint16_t    len;
		bool        place;
	} part[SEGMENTS_MOST];
};

static struct known *routes;
static size_t        nroutes;

/* False when there are too many, which no route has. */
static bool
split(struct str path, struct split *out)
{
	const char *p = path.p, *end = path.p + path.len;

	for (out->n = 0; p < end && *p == '/' && out->n < SEGMENTS_MOST; out->n++) {
		const char *from = ++p;

		while (p < end && *p != '/')
			p++;
		out->segment[out->n] = (struct str){ from, (size_t)(p - from) };
	}
	return p == end;
}

static void
take_apart(struct arena *a, const struct route *route, struct known *out)
{
	struct split s;

	if (!split(str_of(route->path), &s))
		assert(!"a route with too many segments");
	out->route = route;
	out->n = s.n;
	for (size_t i = 0; i < s.n; i++) {
		struct str t = s.segment[i];
		bool       place = t.len > 2 && t.p[0] == '{';

		out->part[i] = (struct part){ place ? arena_printf(a, "%.*s", (int)t.len - 2,
		    t.p + 1) : t.p, (uint16_t)t.len, place };
		out->places += place;
	}
}

void
route_index(struct arena *a, const struct route *const *tables)
{
	size_t n = 0;

	for (const struct route *const *t = tables; *t; t++)
		for (const struct route *r = *t; r->path; r++)
			n++;
	routes = ARENA_ARRAY(a, struct known, n);
	for (nroutes = 0; *tables; tables++)
		for (const struct route *r = *tables; r->path; r++)
			take_apart(a, r, &routes[nroutes++]);
}

/* A place takes one whole segment that is not empty. */
static bool
matches(const struct known *k, const struct split *path)
{
	for (size_t i = k->n; i-- > 0;) {
		const struct part *part = &k->part[i];
		struct str         have = path->segment[i];

		if (part->place ? have.len == 0 :
		    have.len != part->len || memcmp(have.p, part->text, have.len) != 0)
			return false;
	}
	return true;
}

static void
keep(struct arena *a, struct request *rq, const struct known *k, const struct split *path)
{
	rq->params = ARENA_ARRAY(a, struct param, k->places + 1);
	rq->nparams = 0;
	for (size_t i = 0; i < k->n; i++)
		if (k->part[i].place)
			rq->params[rq->nparams++] = (struct param){ k->part[i].text,
			    path->segment[i] };
}

const struct route *
route_find(struct arena *a, struct request *rq, unsigned *allowed)
{
	const struct known *best = NULL;
	enum method         wanted = rq->method == M_HEAD ? M_GET : rq->method;
	size_t              fewest = SEGMENTS_MOST + 1;
	struct split        path;

	assert(nroutes > 0);
	*allowed = 0;
	if (!split(rq->path, &path))
		return NULL;
	for (const struct known *k = routes; k < routes + nroutes; k++) {
		if (k->n != path.n || k->places > fewest || !matches(k, &path))
			continue;
		if (k->places < fewest) {
			fewest = k->places;
			best = NULL;
			*allowed = 0;
		}
		*allowed |= 1u << k->route->method;
		if (k->route->method == wanted)
			best = k;
	}
	if (!best)
		return NULL;
	keep(a, rq, best, &path);
	return best->route;
}

bool
route_leads(struct arena *a, struct str target)
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
	return route_find(a, &rq, &allowed) != NULL;
}
