/* Forms carried through a proof or a sign-in.  What asks is in signin/, what runs a carried form is
 * app/pipeline.c. */
#include "web/carry.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/conf.h"
#include "crypto/seal.h"
#include "crypto/token.h"
#include "http/url.h"
#include "web/tables.h"

enum { FIELDS_LARGEST = 32 * 1024, TEXT_LARGEST = 4 * FIELDS_LARGEST };
#define CARRY_MS INT64_C(900000)

static bool
ends_in(struct str s, const char *word)
{
	size_t len = strlen(word);

	return s.len >= len && memcmp(s.p + s.len - len, word, len) == 0;
}

/* What is asked for anew; forms name their fields by this. */
static bool
is_secret(struct str name)
{
	return ends_in(name, "password") || ends_in(name, "again") || ends_in(name, "code") ||
	    ends_in(name, "current");
}

static bool
is_ours(struct str name)
{
	return str_equal(name, STR("csrf"));
}

static void
put_escaped(struct buf *b, struct str s)
{
	static const char hex[] = "0123456789ABCDEF";
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789-._~";

	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] && strchr(plain, s.p[i]))
			buf_put(b, s.p + i, 1);
		else
			buf_put(b, (const char[]){ '%', hex[(unsigned char)s.p[i] >> 4],
			    hex[s.p[i] & 15] }, 3);
}

/* "time tenant whole path", a line feed, and each field as two lengths and its bytes. */
static enum err
write_form(struct ctx *cx, const struct request *rq, struct str *out)
{
	struct buf fields, all;
	struct str name, value, text = { "", 0 };
	enum kept  kept = form_files(rq->form) ? KEPT_SOME : KEPT_ALL;

	buf_init(&fields, cx->arena, FIELDS_LARGEST);
	for (size_t i = 0; form_field(rq->form, i, &name, &value); i++) {
		if (is_ours(name))
			continue;
		if (is_secret(name)) {
			kept = KEPT_SOME;
			continue;
		}
		buf_printf(&fields, "%zu %zu ", name.len, value.len);
		buf_put(&fields, name.p, name.len);
		buf_put(&fields, value.p, value.len);
	}
	if (buf_end(&fields, &text)) {
		kept = KEPT_NONE;
		text.len = 0;
	}
	buf_init(&all, cx->arena, TEXT_LARGEST);
	buf_printf(&all, "%lld %lld %d ", (long long)cx->now, (long long)cx->tenant, kept);
	buf_put(&all, rq->path.p, rq->path.len);
	buf_puts(&all, "\n");
	buf_put(&all, text.p, text.len);
	return buf_end(&all, out);
}

static const char *
where(struct ctx *cx, enum carry_why why, int64_t person)
{
	return arena_printf(cx->arena, "carry:%s:%lld", why == CARRY_PROOF ? "proof" : "sign-in",
	    (long long)person);
}

struct str
carry_seal(struct ctx *cx, enum carry_why why, int64_t person, const struct request *rq)
{
	struct str text, sealed;

	if (person == 0 || rq->method != M_POST || rq->path.len < 3 ||
	    memcmp(rq->path.p, "/t/", 3) != 0 || write_form(cx, rq, &text))
		return STR("");
	sealed = seal(cx->arena, cx->keys, PURPOSE_CARRY, where(cx, why, person), text);
	return str_of(b64_text(cx->arena, sealed.p, sealed.len));
}

/* A number in front, and what is behind its blank; our own writing, so only its end is minded. */
static bool
take_number(struct str *left, int64_t *n)
{
	char *end;

	*n = strtoll(left->p, &end, 10);
	if (end >= left->p + left->len || *end != ' ')
		return false;
	*left = (struct str){ end + 1, left->len - (size_t)(end + 1 - left->p) };
	return true;
}

static bool
take_bytes(struct str *left, int64_t n, struct str *out)
{
	if (n < 0 || (uint64_t)n > left->len)
		return false;
	*out = (struct str){ left->p, (size_t)n };
	*left = (struct str){ left->p + n, left->len - (size_t)n };
	return true;
}

static enum err
read_fields(struct ctx *cx, struct str left, struct str *out)
{
	struct buf b;
	struct str name, value;
	int64_t    name_len, value_len;

	buf_init(&b, cx->arena, TEXT_LARGEST);
	while (left.len > 0) {
		if (!take_number(&left, &name_len) || !take_number(&left, &value_len) ||
		    !take_bytes(&left, name_len, &name) || !take_bytes(&left, value_len, &value))
			return ERR_INVALID;
		put_escaped(&b, name);
		buf_puts(&b, "=");
		put_escaped(&b, value);
		buf_puts(&b, "&");
	}
	return buf_end(&b, out);
}

enum err
carry_open(struct ctx *cx, enum carry_why why, struct str sealed, struct carried *out)
{
	const uint8_t *bytes;
	struct str     left;
	const char    *end;
	int64_t        at, kept;
	size_t         len;

	out->why = why;
	TRY(b64_read(cx->arena, sealed, &bytes, &len));
	TRY(unseal(cx->arena, cx->keys, PURPOSE_CARRY, where(cx, why, cx->actor.person),
	    (struct str){ (const char *)bytes, len }, &left));
	if (!take_number(&left, &at) || !take_number(&left, &out->tenant) ||
	    !take_number(&left, &kept) || cx->now - at > CARRY_MS || at - cx->now > CARRY_MS)
		return ERR_INVALID;
	end = memchr(left.p, '\n', left.len);
	if (end == NULL || !take_bytes(&left, end - left.p, &out->path))
		return ERR_INVALID;
	out->kept = (enum kept)kept;
	return read_fields(cx, (struct str){ left.p + 1, left.len - 1 }, &out->fields);
}

/* The headers as they came, with the session's cookie as it is now. */
static void
take_session(struct ctx *cx, struct request *rq, const char *session)
{
	struct param *headers = ARENA_ARRAY(cx->arena, struct param, rq->nheaders + 1);
	size_t        n = 0;

	for (size_t i = 0; i < rq->nheaders; i++)
		if (strcmp(rq->headers[i].name, "HTTP_COOKIE") != 0)
			headers[n++] = rq->headers[i];
	headers[n].name = "HTTP_COOKIE";
	headers[n++].value = str_of(arena_printf(cx->arena, "%s=%s",
	    cx->conf->secure ? "__Host-sid" : "sid", session));
	rq->headers = headers;
	rq->nheaders = n;
}

bool
carry_on(struct ctx *cx, const struct request *rq, struct response *rs,
    const struct carried *c, const char *session)
{
	struct request *next = ARENA_NEW(cx->arena, struct request);
	bool            send = c->kept == KEPT_ALL && c->why == CARRY_PROOF;

	*next = *rq;
	next->method = M_POST;
	next->path = next->target = c->path;
	next->query = next->body = STR("");
	next->content_type = STR("application/x-www-form-urlencoded");
	next->carried = true;
	next->carried_in = c->tenant;
	next->carried_kept = c->kept;
	take_session(cx, next, session);
	if (send)
		next->body = c->fields;
	else {
		if (!route_leads(cx->arena, c->path))
			return false;
		next->method = M_GET;
		next->query = c->fields;
	}
	rs->again = next;
	return true;
}
