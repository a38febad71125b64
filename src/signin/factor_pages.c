/* The pages of one's own second factor, and the one by which an administrator takes a lost one
 * away. */
#include "signin/factor.h"

#include "base/arena.h"
#include "base/conf.h"
#include "base/id.h"
#include "crypto/seal.h"
#include "crypto/token.h"
#include "http/url.h"
#include "profile/profile_views.h"
#include "signin/identity.h"
#include "web/confirm.h"
#include "web/link.h"
#include "web/page.h"
#include "web/qr.h"
#include "web/tables.h"

#define FACTOR "/t/{tenant}/profile/factor"
#define USER   "/t/{tenant}/users/{user}"
enum { CODES_TEXT = 512, GROUP = 4 };

static enum err
factor_page(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct view  *v = view_new(cx->arena);
	struct factor f;

	(void)rq;
	TRY(factor_get(cx, &f));
	profile_tabs(cx, v, "/profile/factor");
	if (f.managed)
		view_text(v, "managed", f.managed);
	view_flag(v, "on", f.on);
	view_time(cx, v, "since", f.since_at);
	view_text(v, "left", _("[n] of [all] | [n] of [all]", "n", ctx_number(cx, f.codes_left),
	    "all", ctx_number(cx, RECOVERY_CODES)));
	view_flag(v, "few", f.codes_left < 3);
	view_text(v, "on_href", page_path(cx, "/profile/factor/on"));
	view_text(v, "off_href", page_path(cx, "/profile/factor/off"));
	view_text(v, "codes_href", page_path(cx, "/profile/factor/codes"));
	return page_show(cx, rs, "signin/factor", v);
}

/* ---------------------------------------------------------------- on */

/* The name that authenticators show: the host, for there may be several consoles. */
static const char *
issuer(struct ctx *cx)
{
	const char *host = cx->conf->base_url, *slashes = "//";
	size_t      len = 0;

	for (const char *p = host; *p; p++)
		if (p[0] == slashes[0] && p[1] == slashes[1]) {
			host = p + 2;
			break;
		}
	while (host[len] && host[len] != ':' && host[len] != '/')
		len++;
	return arena_printf(cx->arena, "Tenantry %.*s", (int)len, host);
}

/* Google's key URI format, which all of them read. */
static const char *
key_uri(struct ctx *cx, const struct enrolment *en)
{
	const char *who = url_encode(cx->arena, issuer(cx));

	return arena_printf(cx->arena, "otpauth://totp/%s:%s?secret=%s&issuer=%s&algorithm=SHA1"
	    "&digits=6&period=30", who, url_encode(cx->arena, en->email), en->secret, who);
}

static const char *
grouped(struct ctx *cx, const char *text)
{
	struct buf b;
	struct str all;

	buf_init(&b, cx->arena, CODES_TEXT);
	for (size_t i = 0; text[i]; i++) {
		if (i > 0 && i % GROUP == 0)
			buf_puts(&b, " ");
		buf_put(&b, text + i, 1);
	}
	if (buf_end(&b, &all))
		return text;
	return arena_printf(cx->arena, "%.*s", (int)all.len, all.p);
}

static enum err
show_on(struct ctx *cx, struct response *rs, struct str pending)
{
	struct view     *v = view_new(cx->arena);
	struct enrolment en;
	struct qr        qr;

	TRY(factor_begin(cx, pending, &en));
	TRY(qr_make(cx->arena, key_uri(cx, &en), &qr));
	view_text(v, "email", en.email);
	view_text(v, "secret", grouped(cx, en.secret));
	view_text(v, "pending", en.sealed);
	view_int(v, "qr_size", qr.size);
	view_text(v, "qr_path", qr.path);
	view_text(v, "action", page_path(cx, "/profile/factor/on"));
	view_text(v, "cancel_href", page_path(cx, "/profile/factor"));
	return page_show(cx, rs, "signin/factor_on", v);
}

static enum err
on_page(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct factor f;

	TRY(factor_get(cx, &f));
	if (f.on || f.managed)
		return page_go(rs, page_path(cx, "/profile/factor"));
	return show_on(cx, rs, form_get(rq->form, "pending"));
}

/* ---------------------------------------------------------------- the codes, once */

static const char *
where_codes(struct ctx *cx)
{
	return arena_printf(cx->arena, "codes:%lld:%lld", (long long)cx->actor.person,
	    (long long)cx->actor.session);
}

static enum err
show_codes(struct ctx *cx, struct response *rs, const struct recovery_codes *codes, bool just_on)
{
	struct view *v = view_new(cx->arena);
	struct buf   b;
	struct str   all, sealed;

	buf_init(&b, cx->arena, CODES_TEXT);
	for (int i = 0; i < RECOVERY_CODES; i++) {
		view_text(view_item(v, "codes"), "code", codes->text[i]);
		buf_puts(&b, codes->text[i]);
		buf_puts(&b, "\n");
	}
	TRY(buf_end(&b, &all));
	sealed = seal(cx->arena, cx->keys, PURPOSE_CARRY, where_codes(cx), all);
	view_text(v, "sealed", b64_text(cx->arena, sealed.p, sealed.len));
	view_text(v, "all", arena_printf(cx->arena, "%.*s", (int)all.len, all.p));
	view_text(v, "email", cx->reader.email);
	view_flag(v, "just_on", just_on);
	view_text(v, "file_action", page_path(cx, "/profile/factor/codes/file"));
	view_text(v, "factor_href", page_path(cx, "/profile/factor"));
	return page_show(cx, rs, "signin/recovery_codes", v);
}

/* What the page showed comes back as a file; it was sealed for that, so that nobody else's words
 * can be made to. */
static enum err
codes_file(struct ctx *cx, const struct request *rq, struct response *rs)
{
	const uint8_t *bytes;
	struct str     all;
	size_t         len;

	if (b64_read(cx->arena, form_get(rq->form, "sealed"), &bytes, &len) ||
	    unseal(cx->arena, cx->keys, PURPOSE_CARRY, where_codes(cx),
	    (struct str){ (const char *)bytes, len }, &all))
		return ERR_NOTFOUND;
	rs->status = 200;
	rs->data = true;
	response_header(rs, "Content-Type", "text/plain; charset=utf-8");
	response_header(rs, "Content-Disposition",
	    "attachment; filename=\"recovery-codes.txt\"");
	buf_init(&rs->body, cx->arena, 2 * CODES_TEXT);
	buf_printf(&rs->body, "%s %s\r\n\r\n", issuer(cx), cx->reader.email);
	buf_put(&rs->body, all.p, all.len);
	return OK;
}

/* ---------------------------------------------------------------- what the forms do */

/* Does the form come back?  Then what is said of it is noted. */
static bool
comes_back(struct ctx *cx, struct response *rs, enum err e, const struct signin_done *done)
{
	if (e == ERR_LIMIT && done->until_at) {
		rs->status = 429;
		ctx_issue(cx, "password", _("Too many tries. Try again in [n] minute. | Too many "
		    "tries. Try again in [n] minutes.", "n",
		    ctx_number(cx, (done->until_at - cx->now + 59999) / 60000)));
		return true;
	}
	if ((e == ERR_LIMIT || e == ERR_CONFLICT) && cx->issues) {
		rs->status = e == ERR_LIMIT ? 429 : 409;
		return true;
	}
	return e == ERR_INVALID;
}

static struct factor_input
input(struct ctx *cx, const struct request *rq)
{
	return (struct factor_input){ .password = form_get(rq->form, "password"),
		.code = form_get(rq->form, "code"), .pending = form_get(rq->form, "pending"),
		.device = device_cookie(cx, rq) };
}

static enum err
turn_on(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct factor_input   in = input(cx, rq);
	struct recovery_codes codes;
	struct signin_done    done;
	enum err              e = factor_on(cx, &in, &codes, &done);

	if (comes_back(cx, rs, e, &done))
		return show_on(cx, rs, in.pending);
	TRY(e);
	session_cookie(cx, rs, done.session);
	return show_codes(cx, rs, &codes, true);
}

static enum err
show_off(struct ctx *cx, struct response *rs)
{
	struct view *v = view_new(cx->arena);

	view_text(v, "email", cx->reader.email);
	view_text(v, "action", page_path(cx, "/profile/factor/off"));
	view_text(v, "cancel_href", page_path(cx, "/profile/factor"));
	return page_show(cx, rs, "signin/factor_off", v);
}

static enum err
off_page(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct factor f;

	(void)rq;
	TRY(factor_get(cx, &f));
	return f.on ? show_off(cx, rs) : page_go(rs, page_path(cx, "/profile/factor"));
}

static enum err
turn_off(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct factor_input in = input(cx, rq);
	struct signin_done  done;
	enum err            e = factor_off(cx, &in, &done);

	if (comes_back(cx, rs, e, &done))
		return show_off(cx, rs);
	TRY(e);
	session_cookie(cx, rs, done.session);
	return page_done(cx, rs, str_of(page_path(cx, "/profile/factor")), "/",
	    _("Your second factor is off."));
}

static enum err
codes_page(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct factor f;

	TRY(factor_get(cx, &f));
	if (!f.on && !cx->issues)
		return page_go(rs, page_path(cx, "/profile/factor"));
	return confirm_show(cx, rq, rs, &(struct confirm){
	    .heading = _("Make new recovery codes?"),
	    .sentence = _("You get ten new ones, shown once. All those that you have now stop "
	        "working."),
	    .action = page_path(cx, "/profile/factor/codes"), .button = _("Make new codes") });
}

static enum err
new_codes(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct recovery_codes codes;
	struct signin_done    done;
	enum err              e = factor_new_codes(cx, &codes, &done);

	if (e == ERR_CONFLICT)
		return codes_page(cx, rq, rs);
	TRY(e);
	session_cookie(cx, rs, done.session);
	return show_codes(cx, rs, &codes, false);
}

/* ---------------------------------------------------------------- a member's */

static enum err
ask_reset(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct member m;
	int64_t       id;
	char          text[14];

	TRY(request_path_id(rq, "user", &id));
	TRY(identity_may(cx, id, PERM_USER_FACTOR, &m));
	id_text(id, text);
	return confirm_show(cx, rq, rs, &(struct confirm){
	    .heading = _("Reset the second factor of [name]?", "name", m.name),
	    .sentence = _("[name] signs in with the password alone until a new second factor is "
	        "set up, and is told by email. Make sure that it is really [name] who asked you.",
	        "name", m.name),
	    .action = page_path(cx, ARENA_JOIN(cx->arena, "/users/", text, "/factor")),
	    .button = _("Reset the second factor"), .danger = true });
}

static enum err
reset(struct ctx *cx, const struct request *rq, struct response *rs)
{
	const char   *users = page_path(cx, "/users");
	struct member m;
	int64_t       id;
	enum err      e;

	TRY(request_path_id(rq, "user", &id));
	TRY(identity_may(cx, id, PERM_USER_FACTOR, &m));
	e = factor_reset(cx, id);
	if (e == ERR_CONFLICT)
		return ask_reset(cx, rq, rs);
	TRY(e);
	return page_done(cx, rs, str_of(page_back(cx, rq, users)), users,
	    _("The second factor of [name] is off.", "name", m.name));
}

const struct route factor_routes[] = {
	{ M_GET,  FACTOR,            PERM_SIGNED_IN, factor_page, 0, 0, NULL },
	{ M_GET,  FACTOR "/on",      PERM_SIGNED_IN, on_page,  ROUTE_PROOF, 0, NULL },
	{ M_POST, FACTOR "/on",      PERM_SIGNED_IN, turn_on,  ROUTE_PROOF | ROUTE_SLOW, 0, NULL },
	{ M_GET,  FACTOR "/off",     PERM_SIGNED_IN, off_page, 0, 0, NULL },
	{ M_POST, FACTOR "/off",     PERM_SIGNED_IN, turn_off, ROUTE_SLOW, 0, NULL },
	{ M_GET,  FACTOR "/codes",   PERM_SIGNED_IN, codes_page, ROUTE_PROOF, 0, NULL },
	{ M_POST, FACTOR "/codes",   PERM_SIGNED_IN, new_codes,  ROUTE_PROOF, 0, NULL },
	{ M_POST, FACTOR "/codes/file", PERM_SIGNED_IN, codes_file, 0, 0, NULL },
	{ M_GET,  USER "/factor",    PERM_USER_FACTOR, ask_reset, ROUTE_PROOF, 0, NULL },
	{ M_POST, USER "/factor",    PERM_USER_FACTOR, reset,     ROUTE_PROOF, 0, NULL },
	ROUTE_END
};
