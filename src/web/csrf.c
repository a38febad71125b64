/* Tokens that bind a form to its session.  Which requests are checked is decided in
 * app/pipeline.c. */
#include "web/csrf.h"

#include <string.h>

#include "base/arena.h"
#include "base/conf.h"
#include "base/id.h"
#include "crypto/token.h"
#include "mustache/view.h"

/* Of a form: key id, session, person, MAC; so that a form tells whose it was when its session has
 * ended.  An id that is handed out: key id, id, MAC. */
enum { KEY_LEN = 4, ID_LEN = 8, MAC_LEN = 16, ID_TOKEN_LEN = KEY_LEN + ID_LEN + MAC_LEN,
	FORM_TOKEN_LEN = KEY_LEN + 2 * ID_LEN + MAC_LEN };

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
mac_of(struct ctx *cx, uint32_t key, enum purpose purpose, uint64_t session, uint64_t id,
    uint8_t mac[32])
{
	uint8_t bound[16];

	put(bound, session, 8);
	put(bound + 8, id, 8);
	return keys_mac(cx->keys, key, purpose, bound, sizeof(bound), mac);
}

/* Who waits for a second factor has forms already. */
static uint64_t
session_of(const struct ctx *cx)
{
	return (uint64_t)(cx->actor.session ? cx->actor.session : cx->half.session);
}

static uint64_t
person_of(const struct ctx *cx)
{
	return (uint64_t)(cx->actor.session ? cx->actor.person : cx->half.person);
}

const char *
csrf_token(struct ctx *cx)
{
	uint8_t  token[FORM_TOKEN_LEN], mac[32];
	uint32_t key = keys_current(cx->keys);
	uint64_t session = session_of(cx), person = person_of(cx);

	if (session == 0 || mac_of(cx, key, PURPOSE_CSRF, session, person, mac) != OK)
		return "";
	put(token, key, KEY_LEN);
	put(token + KEY_LEN, session, ID_LEN);
	put(token + KEY_LEN + ID_LEN, person, ID_LEN);
	memcpy(token + KEY_LEN + 2 * ID_LEN, mac, MAC_LEN);
	return b64_text(cx->arena, token, sizeof(token));
}

/* Of whichever session; false when we made no such token. */
static bool
read_token(struct ctx *cx, const struct request *rq, uint64_t *session, uint64_t *person)
{
	const uint8_t *token;
	uint8_t        mac[32];
	size_t         len;

	if (b64_read(cx->arena, form_get(rq->form, "csrf"), &token, &len) || len != FORM_TOKEN_LEN)
		return false;
	*session = get(token + KEY_LEN, ID_LEN);
	*person = get(token + KEY_LEN + ID_LEN, ID_LEN);
	return mac_of(cx, (uint32_t)get(token, KEY_LEN), PURPOSE_CSRF, *session, *person,
	    mac) == OK && crypto_equal(mac, token + KEY_LEN + 2 * ID_LEN, MAC_LEN);
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
	uint64_t session, person;

	if (session_of(cx) == 0)
		return OK;
	return read_token(cx, rq, &session, &person) && session == session_of(cx) &&
	    person == person_of(cx) ? OK : ERR_DENIED;
}

bool
csrf_of(struct ctx *cx, const struct request *rq, const struct actor *who)
{
	uint64_t session, person;

	return read_token(cx, rq, &session, &person) && session == (uint64_t)who->session &&
	    person == (uint64_t)who->person;
}

int64_t
csrf_person(struct ctx *cx, const struct request *rq)
{
	uint64_t session, person;

	return read_token(cx, rq, &session, &person) ? (int64_t)person : 0;
}

const char *
form_id_new(struct ctx *cx)
{
	uint8_t  token[ID_TOKEN_LEN], mac[32];
	uint32_t key = keys_current(cx->keys);
	uint64_t id = (uint64_t)id_new(cx->now);

	if (mac_of(cx, key, PURPOSE_FORM_ID, (uint64_t)cx->actor.session, id, mac) != OK)
		return "";
	put(token, key, KEY_LEN);
	put(token + KEY_LEN, id, ID_LEN);
	memcpy(token + KEY_LEN + ID_LEN, mac, MAC_LEN);
	return b64_text(cx->arena, token, sizeof(token));
}

int64_t
form_id_read(struct ctx *cx, struct str text)
{
	const uint8_t *token;
	uint8_t        mac[32];
	size_t         len;
	uint64_t       id;

	if (b64_read(cx->arena, text, &token, &len) || len != ID_TOKEN_LEN)
		return 0;
	id = get(token + KEY_LEN, ID_LEN);
	return mac_of(cx, (uint32_t)get(token, KEY_LEN), PURPOSE_FORM_ID,
	    (uint64_t)cx->actor.session, id, mac) == OK && id <= INT64_MAX &&
	    crypto_equal(mac, token + KEY_LEN + ID_LEN, MAC_LEN) ? (int64_t)id : 0;
}

void
form_id_show(struct ctx *cx, struct view *v, const struct form *f)
{
	if (form_has(f, "form_id"))
		view_str(v, "form_id", form_get(f, "form_id"));
	else
		view_text(v, "form_id", form_id_new(cx));
}
