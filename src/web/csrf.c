/* Tokens that bind a form to its session.  Which requests are checked is decided in
 * app/pipeline.c. */
#include "web/csrf.h"

#include <string.h>

#include "base/arena.h"
#include "base/conf.h"
#include "base/id.h"
#include "crypto/token.h"

/* key id (4), id (8; zero in a CSRF token), MAC (16) */
enum { KEY_LEN = 4, ID_LEN = 8, MAC_LEN = 16, TOKEN_LEN = KEY_LEN + ID_LEN + MAC_LEN };

static void
put(uint8_t *p, uint64_t n, int len)
{
	for (int i = 0; i < len; i++)
		p[i] = (uint8_t)(n >> (8 * (len - 1 - i)));
}

static uint64_t
get(const uint8_t *p, int len)
{
	uint64_t n = 0;

	for (int i = 0; i < len; i++)
		n = n << 8 | p[i];
	return n;
}

static enum err
mac_of(struct ctx *cx, uint32_t key, enum purpose purpose, uint64_t id, uint8_t mac[32])
{
	uint8_t bound[16];

	put(bound, (uint64_t)cx->actor.session, 8);
	put(bound + 8, id, 8);
	return keys_mac(cx->keys, key, purpose, bound, sizeof(bound), mac);
}

static const char *
make(struct ctx *cx, enum purpose purpose, uint64_t id)
{
	uint8_t  token[TOKEN_LEN], mac[32];
	uint32_t key = keys_current(cx->keys);

	if (mac_of(cx, key, purpose, id, mac) != OK)
		return "";
	put(token, key, KEY_LEN);
	put(token + KEY_LEN, id, ID_LEN);
	memcpy(token + KEY_LEN + ID_LEN, mac, MAC_LEN);
	return b64_text(cx->arena, token, sizeof(token));
}

static bool
check(struct ctx *cx, enum purpose purpose, struct str text, uint64_t *id)
{
	const uint8_t *token;
	uint8_t        mac[32];
	size_t         len;

	if (b64_read(cx->arena, text, &token, &len) || len != TOKEN_LEN)
		return false;
	*id = get(token + KEY_LEN, ID_LEN);
	return mac_of(cx, (uint32_t)get(token, KEY_LEN), purpose, *id, mac) == OK &&
	    crypto_equal(mac, token + KEY_LEN + ID_LEN, MAC_LEN);
}

const char *
csrf_token(struct ctx *cx)
{
	return cx->actor.session ? make(cx, PURPOSE_CSRF, 0) : "";
}

static bool
is(struct str s, const char *text)
{
	return s.len == strlen(text) && memcmp(s.p, text, s.len) == 0;
}

/* Browsers say where a form comes from in Sec-Fetch-Site; older ones in Origin. */
enum err
csrf_origin(struct ctx *cx, const struct request *rq)
{
	if (rq->fetch_site.len)
		return is(rq->fetch_site, "same-origin") || is(rq->fetch_site, "none") ?
		    OK : ERR_DENIED;
	return is(rq->origin, cx->conf->base_url) ? OK : ERR_DENIED;
}

enum err
csrf_check(struct ctx *cx, const struct request *rq)
{
	uint64_t id;

	if (cx->actor.session == 0)
		return OK;
	return check(cx, PURPOSE_CSRF, form_get(rq->form, "csrf"), &id) && id == 0 ?
	    OK : ERR_DENIED;
}

const char *
form_id_new(struct ctx *cx)
{
	return make(cx, PURPOSE_FORM_ID, (uint64_t)id_new(cx->now));
}

int64_t
form_id_read(struct ctx *cx, struct str text)
{
	uint64_t id;

	return check(cx, PURPOSE_FORM_ID, text, &id) && id <= INT64_MAX ? (int64_t)id : 0;
}
