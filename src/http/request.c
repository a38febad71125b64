/* One request: parameters copied out of libfcgi's memory and checked for form, headers and
 * cookies looked up.  Reading the socket is in fcgi.c, fields of forms in form.c, which page
 * a path belongs to in web/route.c. */
#include "http/request.h"

#include <assert.h>
#include <string.h>
#include <sys/random.h>

#include "base/arena.h"
#include "base/id.h"
#include "http/url.h"

enum {
	PATH_LONGEST = 2048,
	QUERY_LONGEST = 8192,
	PARAMS_LONGEST = 128 * 1024,    /* all together; nginx lets 32 KiB of headers in */
	PARAMS_MOST = 300,
	COOKIES_LONGEST = 8 * 1024,
	AGENT_LONGEST = 512,
	PEER_LONGEST = 64,
	ID_LEN = 26
};

/* May come once.  A client that sends two of a header hopes that two readers differ. */
static const char *const singletons[] = {
	"REQUEST_METHOD", "REQUEST_URI", "QUERY_STRING", "CONTENT_TYPE", "CONTENT_LENGTH",
	"REMOTE_ADDR", "REQUEST_ID", "HTTP_HOST", "HTTP_ORIGIN", "HTTP_SEC_FETCH_SITE",
	"HTTP_HX_REQUEST", "HTTP_AUTHORIZATION", "HTTP_CONTENT_TYPE", "HTTP_CONTENT_LENGTH"
};

static bool
is_singleton(const char *name)
{
	for (size_t i = 0; i < sizeof(singletons) / sizeof(singletons[0]); i++) {
		if (strcmp(name, singletons[i]) == 0)
			return true;
	}
	return false;
}

struct params { struct param *items; size_t n; };

static const struct param *
param_find(const struct param *items, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(items[i].name, name) == 0)
			return &items[i];
	}
	return NULL;
}

static struct str
param_value(const struct params *all, const char *name)
{
	const struct param *p = param_find(all->items, all->n, name);

	return p != NULL ? p->value : (struct str){ NULL, 0 };
}

/* One block for all strings: the name is cut at its "=", the value ends where the string
 * does.  A name without "=" held a NUL, at which libfcgi's string ends. */
static enum err
params_copy(struct arena *a, char *const params[], struct params *out)
{
	size_t n = 0, bytes = 0;
	char *to;

	*out = (struct params){ 0 };
	for (; params[n] != NULL; n++)
		bytes += strlen(params[n]) + 1;
	if (n > PARAMS_MOST || bytes > PARAMS_LONGEST)
		return ERR_INVALID;
	to = ARENA_ARRAY(a, char, bytes + 1);
	out->items = ARENA_ARRAY(a, struct param, n + 1);
	for (size_t i = 0; i < n; i++) {
		size_t len = strlen(params[i]);
		struct str value;
		char *eq;

		memcpy(to, params[i], len + 1);
		eq = strchr(to, '=');
		if (eq == NULL)
			return ERR_INVALID;
		*eq = '\0';
		if (is_singleton(to) && param_find(out->items, out->n, to) != NULL)
			return ERR_INVALID;
		value = (struct str){ eq + 1, len - (size_t)(eq + 1 - to) };
		out->items[out->n++] = (struct param){ to, value };
		to += len + 1;
	}
	return OK;
}

static enum method
method_of(struct str s)
{
	static const struct { struct str name; enum method method; } known[] = {
		{ { "GET", 3 }, M_GET }, { { "HEAD", 4 }, M_HEAD }, { { "POST", 4 }, M_POST },
		{ { "PUT", 3 }, M_PUT }, { { "PATCH", 5 }, M_PATCH }, { { "DELETE", 6 }, M_DELETE }
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (s.len == known[i].name.len && memcmp(s.p, known[i].name.p, s.len) == 0)
			return known[i].method;
	}
	return M_OTHER;
}

/* nginx sends it empty on a GET.  Digits only: no sign, no blank, no second meaning. */
static enum err
length_read(struct str s, uint64_t *out)
{
	uint64_t n = 0;

	if (s.len > 18)
		return ERR_INVALID;
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return ERR_INVALID;
		n = n * 10 + (uint64_t)(s.p[i] - '0');
	}
	*out = n;
	return OK;
}

static bool
has_control(struct str s, unsigned char least)
{
	for (size_t i = 0; i < s.len; i++) {
		if ((unsigned char)s.p[i] < least || s.p[i] == 0x7f)
			return true;
	}
	return false;
}

static enum err
target_read(struct arena *a, struct request *rq)
{
	struct str raw = rq->target, path;
	const char *mark = raw.len > 0 ? memchr(raw.p, '?', raw.len) : NULL;

	if (mark != NULL) {
		raw.len = (size_t)(mark - raw.p);
		rq->query = (struct str){ mark + 1, rq->target.len - raw.len - 1 };
	}
	if (raw.len > PATH_LONGEST || rq->query.len > QUERY_LONGEST)
		return ERR_LIMIT;
	if (raw.len == 0 || has_control(rq->target, ' ' + 1) ||
	    memchr(rq->target.p, '#', rq->target.len) != NULL)
		return ERR_INVALID;
	TRY(url_decode(a, raw, false, &path));
	if (has_control(path, ' ') || !url_plain_segments(path))
		return ERR_INVALID;
	rq->path = path;
	return OK;
}

static bool
is_id(struct str s, const char *alphabet)
{
	if (s.len < ID_LEN)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == '\0' || strchr(alphabet, s.p[i]) == NULL)
			return false;
	}
	return true;
}

/* nginx's own is 32 hexadecimal digits: its first 26 can still be found in nginx's log. */
static void
request_name(struct request *rq, struct str given)
{
	static const char crockford[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	unsigned char bits[ID_LEN];

	if (is_id(given, "0123456789abcdefABCDEF") ||
	    (given.len == ID_LEN && is_id(given, crockford))) {
		memcpy(rq->id, given.p, ID_LEN);
		return;
	}
	if (getrandom(bits, sizeof(bits), 0) != (ssize_t)sizeof(bits))
		assert(!"getrandom gives up to 256 bytes whole");
	for (size_t i = 0; i < ID_LEN; i++)
		rq->id[i] = crockford[bits[i] & 31];
}

/* Goes into logs, the audit and the throttle's keys: an address and nothing else. */
static enum err
peer_read(struct arena *a, struct str s, struct request *rq)
{
	static const char allowed[] = "0123456789abcdefABCDEF:.";

	if (s.len > PEER_LONGEST)
		return ERR_INVALID;
	for (size_t i = 0; i < s.len; i++) {
		if (strchr(allowed, s.p[i]) == NULL)
			return ERR_INVALID;
	}
	rq->peer = arena_printf(a, "%.*s", (int)s.len, s.p != NULL ? s.p : "");
	return OK;
}

/* Not in the middle of a character, if it is UTF-8. */
static struct str
cut(struct str s, size_t longest)
{
	if (s.len <= longest)
		return s;
	s.len = longest;
	for (int back = 0; back < 3 && ((unsigned char)s.p[s.len] & 0xc0) == 0x80; back++)
		s.len--;
	return s;
}

static void
headers_pick(struct arena *a, const struct params *all, struct request *rq)
{
	rq->headers = ARENA_ARRAY(a, struct param, all->n + 1);
	for (size_t i = 0; i < all->n; i++) {
		if (strncmp(all->items[i].name, "HTTP_", 5) == 0)
			rq->headers[rq->nheaders++] = all->items[i];
	}
	rq->origin = request_header(rq, "HTTP_ORIGIN");
	rq->host = request_header(rq, "HTTP_HOST");
	rq->fetch_site = request_header(rq, "HTTP_SEC_FETCH_SITE");
	rq->user_agent = cut(request_header(rq, "HTTP_USER_AGENT"), AGENT_LONGEST);
	rq->htmx = request_header(rq, "HTTP_HX_REQUEST").len == 4 &&
	    memcmp(request_header(rq, "HTTP_HX_REQUEST").p, "true", 4) == 0;
}

enum err
request_read(struct arena *a, char *const params[], struct request *rq, uint64_t *length)
{
	struct params all;
	struct str method;
	enum err e;

	*length = 0;
	*rq = (struct request){ .method = M_OTHER, .peer = "" };
	e = params_copy(a, params, &all);
	request_name(rq, param_value(&all, "REQUEST_ID"));
	TRY(e);
	TRY(peer_read(a, param_value(&all, "REMOTE_ADDR"), rq));
	headers_pick(a, &all, rq);
	method = param_value(&all, "REQUEST_METHOD");
	if (method.len == 0)
		return ERR_INVALID;
	rq->method = method_of(method);
	rq->content_type = param_value(&all, "CONTENT_TYPE");
	rq->target = param_value(&all, "REQUEST_URI");
	TRY(length_read(param_value(&all, "CONTENT_LENGTH"), length));
	return target_read(a, rq);
}

struct str
request_header(const struct request *rq, const char *name)
{
	const struct param *p = param_find(rq->headers, rq->nheaders, name);

	return p != NULL ? p->value : (struct str){ NULL, 0 };
}

/* nginx passes two Cookie headers on as two parameters, of which others read only one. */
static struct str
cookies_of(const struct request *rq)
{
	struct str all = { NULL, 0 };

	for (size_t i = 0; i < rq->nheaders; i++) {
		if (strcmp(rq->headers[i].name, "HTTP_COOKIE") != 0)
			continue;
		if (all.p != NULL)
			return (struct str){ NULL, 0 };
		all = rq->headers[i].value;
	}
	return all.len <= COOKIES_LONGEST ? all : (struct str){ NULL, 0 };
}

struct str
request_cookie(const struct request *rq, const char *name)
{
	struct str left = cookies_of(rq), found = { NULL, 0 };
	size_t name_len = strlen(name);

	while (left.len > 0) {
		const char *semicolon = memchr(left.p, ';', left.len);
		size_t n = semicolon != NULL ? (size_t)(semicolon - left.p) : left.len;
		struct str pair = str_trim((struct str){ left.p, n });

		if (pair.len > name_len && memcmp(pair.p, name, name_len) == 0 &&
		    pair.p[name_len] == '=') {
			if (found.p != NULL)
				return (struct str){ NULL, 0 };
			found = (struct str){ pair.p + name_len + 1, pair.len - name_len - 1 };
		}
		n += n < left.len;
		left = (struct str){ left.p + n, left.len - n };
	}
	return found;
}

enum err
request_path_id(const struct request *rq, const char *name, int64_t *out)
{
	const struct param *p = param_find(rq->params, rq->nparams, name);

	return p != NULL ? id_read(p->value, out) : ERR_NOTFOUND;
}
