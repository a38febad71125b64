/* Pages of the site itself, of no account: legal, health, the well-known addresses. */
#include <string.h>

#include "base/arena.h"
#include "base/conf.h"
#include "base/tally.h"
#include "base/zone.h"
#include "core/place.h"
#include "signin/signin.h"
#include "site/metrics.h"
#include "web/confirm.h"
#include "web/page.h"
#include "web/tables.h"

static enum err
plain(struct ctx *cx, struct response *rs, const char *text)
{
	rs->status = rs->status ? rs->status : 200;
	response_header(rs, "Content-Type", "text/plain; charset=utf-8");
	rs->data = true;
	buf_init(&rs->body, cx->arena, 4096);
	buf_puts(&rs->body, text);
	return OK;
}

static enum err
healthz(struct ctx *cx, const struct request *rq, struct response *rs)
{
	(void)rq;
	return plain(cx, rs, "ok\n");
}

/* Ready is who can read the database; a broken one fails before this is reached. */
static enum err
readyz(struct ctx *cx, const struct request *rq, struct response *rs)
{
	(void)rq;
	TRY(place_ready(cx));
	return plain(cx, rs, "ready\n");
}

static void
number(struct buf *b, const char *type, const char *name, const char *help, int64_t value)
{
	buf_printf(b, "# HELP tenantry_%s %s\n# TYPE tenantry_%s %s\ntenantry_%s %lld\n", name,
	    help, name, type, name, (long long)value);
}

static void
gauge(struct buf *b, const char *name, const char *help, int64_t value)
{
	number(b, "gauge", name, help, value);
}

/* For the machine itself: to everybody else there is no such page.  In the text format of
 * Prometheus, 0.0.4. */
static enum err
metrics(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct metrics m;

	if (strcmp(rq->peer, "127.0.0.1") != 0 && strcmp(rq->peer, "::1") != 0)
		return ERR_NOTFOUND;
	TRY(metrics_read(cx, &m));
	rs->status = 200;
	response_header(rs, "Content-Type", "text/plain; version=0.0.4; charset=utf-8");
	rs->data = true;
	buf_init(&rs->body, cx->arena, 4096);
	gauge(&rs->body, "up", "The database could be read.", 1);
	gauge(&rs->body, "tenants", "Accounts.", m.tenants);
	gauge(&rs->body, "emails_waiting", "Emails that wait, some for a later day.", m.emails);
	gauge(&rs->body, "emails_due", "Emails that should be on their way.", m.due);
	gauge(&rs->body, "emails_late_seconds", "Since when the oldest of these is due.",
	    m.late_ms / 1000);
	gauge(&rs->body, "jobs_open", "Jobs that have not ended.", m.jobs);
	number(&rs->body, "counter", "audit_lost_total",
	    "Decisions that the audit log could not take; the program log has them.",
	    tally_read(TALLY_AUDIT_LOST));
	number(&rs->body, "counter", "crashes_total", "Processes that died and were begun anew.",
	    tally_read(TALLY_CRASHES));
	return OK;
}

static enum err
change_password(struct ctx *cx, const struct request *rq, struct response *rs)
{
	(void)cx;
	(void)rq;
	return page_go(rs, "/forgot");
}

/* An address or an https: URL, as a link. */
static const char *
contact_href(struct ctx *cx, const char *contact)
{
	return ARENA_JOIN(cx->arena, strchr(contact, ':') ? "" : "mailto:", contact);
}

/* RFC 9116.  It is renewed by being asked for. */
static enum err
security_txt(struct ctx *cx, const struct request *rq, struct response *rs)
{
	const struct zone *utc;

	(void)rq;
	TRY(zone_get("UTC", &utc));
	return plain(cx, rs, arena_printf(cx->arena,
	    "Contact: %s\nExpires: %s\nPreferred-Languages: en\n"
	    "Canonical: %s/.well-known/security.txt\n",
	    contact_href(cx, cx->conf->security_contact),
	    time_iso(cx->arena, utc, cx->now + INT64_C(180) * 86400000), cx->conf->base_url));
}

static void
document(struct view *v, const char *label, const char *href, const char *line)
{
	struct view *d;

	if (*href == '\0')
		return;
	d = view_item(v, "documents");
	view_text(d, "label", label);
	view_text(d, "href", href);
	view_text(d, "line", line);
}

/* The tenant's own, or who runs all of this. */
static void
contact(struct ctx *cx, struct view *v, const struct tenant *t)
{
	const char *is = t && *t->contact_email ? t->contact_email : cx->conf->security_contact;

	view_text(v, "contact", is);
	view_text(v, "contact_href", contact_href(cx, is));
}

/* Enters the tenant like its own pages: with a session that its policy lets in, or not at all. */
static enum err
enter(struct ctx *cx, struct str slug)
{
	const struct ctx before = *cx;
	struct standing  standing;

	TRY(place_enter(cx, slug, &standing));
	if (standing.kind != PLACE_MEMBER || signin_verdict(cx, &standing) != SIGNIN_GOOD)
		*cx = before;
	return OK;
}

/* A tenant's documents are shown to its members; others don't learn that it exists. */
static enum err
legal(struct ctx *cx, const struct request *rq, struct response *rs)
{
	struct view         *v = view_new(cx->arena);
	const struct tenant *t;

	if (cx->actor.kind == ACTOR_PERSON && form_get(rq->form, "t").len)
		TRY(enter(cx, form_get(rq->form, "t")));
	t = cx->place;
	if (t) {
		document(v, _("Terms"), t->terms_url, _("What you agree to"));
		document(v, _("Privacy policy"), t->privacy_url, _("What is done with your data"));
		document(v, _("Security statement"), t->security_url,
		    _("How this account is protected"));
	}
	contact(cx, v, t);
	view_flag(v, "has_documents", t && (*t->terms_url || *t->privacy_url || *t->security_url));
	view_text(v, "back_href", page_back(cx, rq, "/"));
	return page_show(cx, rs, "legal", v);
}

const struct route site_routes[] = {
	{ M_GET, "/healthz",                     PERM_PUBLIC, healthz,         0, 0, NULL },
	{ M_GET, "/readyz",                      PERM_PUBLIC, readyz,          0, 0, NULL },
	{ M_GET, "/metrics",                     PERM_PUBLIC, metrics,         0, 0, NULL },
	{ M_GET, "/legal",                       PERM_PUBLIC, legal,           0, 0, NULL },
	{ M_GET, "/.well-known/change-password", PERM_PUBLIC, change_password, 0, 0, NULL },
	{ M_GET, "/.well-known/security.txt",    PERM_PUBLIC, security_txt,    0, 0, NULL },
	ROUTE_END
};
