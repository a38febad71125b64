/* The account of one company: what it is called and where its pages live.
 * Entering one is in core/place.c; making a whole one in setup/. */
#include "tenants/tenants.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/conf.h"
#include "base/id.h"
#include "core/access.h"
#include "core/audit.h"
#include "core/place.h"
#include "db/db.h"
#include "tenants/tenants_store.h"

enum { PORTAL_TEXT_LONGEST = 500 };

static bool
slug_fits(const char *slug)
{
	size_t len = strlen(slug);

	return len >= 2 && len <= SLUG_LONGEST && slug[0] != '-' && slug[len - 1] != '-' &&
	    strspn(slug, "abcdefghijklmnopqrstuvwxyz0123456789-") == len;
}

static bool
slug_is_reserved(const char *slug)
{
	static const char *const reserved[] = { "api", "www", "new", "admin", "static", "system",
		NULL };

	for (size_t i = 0; reserved[i]; i++)
		if (strcmp(slug, reserved[i]) == 0)
			return true;
	return false;
}

enum err
tenants_check(struct ctx *cx, const struct tenant_input *in, const char **slug,
    const char **name)
{
	enum err e = OK;

	if (title_text(cx->arena, str_trim(in->name), TENANT_NAME_LONGEST, name))
		e = ctx_issue(cx, "tenant", _("Give a name of at most [n] characters.", "n", "80"));
	if (str_text(cx->arena, str_trim(in->slug), SLUG_LONGEST, slug) || !slug_fits(*slug))
		return ctx_issue(cx, "slug", _("Use 2 to 40 small letters, digits and hyphens."));
	if (slug_is_reserved(*slug))
		return ctx_issue(cx, "slug", _("This word is reserved. Use another one."));
	return e;
}

enum err
tenants_add(struct ctx *cx, const char *slug, const char *name)
{
	int64_t id = id_new(cx->now);
	bool    taken;

	TRY(tenant_slug_taken(cx, slug, &taken));
	if (taken)
		return ctx_issue(cx, "slug", _("Another account has this address already."));
	TRY(tenant_row_add(cx, id, slug, name));
	return place_open_id(cx, id);
}

/* An email that was only written into a folder has not reached anybody. */
enum err
tenants_numbers(struct ctx *cx, struct tenant_numbers *out)
{
	bool may = access_has(cx, PERM_ACCOUNT_EDIT, IN_TENANT);

	TRY(tenant_row_numbers(cx, may ? cx->actor.person : 0, out));
	out->mailed = out->mailed && *cx->conf->smtp_url;
	return OK;
}

static enum err
hide_in_tx(struct ctx *cx)
{
	int64_t changed;

	TRY(access_again(cx));
	TRY(access_need(cx, PERM_ACCOUNT_EDIT, IN_TENANT));
	TRY(tenant_row_steps_hide(cx, &changed));
	if (changed == 0)
		return OK;
	return audit_add(cx, &(struct audit_entry){ .act = AUDIT_STEPS_HIDDEN, .where = IN_TENANT,
	    .subject = cx->tenant, .name = cx->place->name });
}

enum err
tenants_steps_hide(struct ctx *cx)
{
	TRY(db_begin(cx->db));
	return db_finish(cx->db, hide_in_tx(cx));
}

/* ---------------------------------------------------------------- general settings */

static const char *
on_off(bool on)
{
	return on ? "on" : "off";
}

static const char *
or_null(const char *text)
{
	return *text ? text : NULL;
}

static enum err
change_in_tx(struct ctx *cx, const struct tenant_general *g)
{
	struct tenant_general was;
	int64_t               changed;

	TRY(access_again(cx));
	TRY(access_need(cx, PERM_ACCOUNT_EDIT, IN_TENANT));
	TRY(tenants_general(cx, &was));
	if (was.version != g->version)
		return ERR_CONFLICT;
	if (was.personal_workspaces == g->personal_workspaces &&
	    strcmp(was.portal_text, g->portal_text) == 0)
		return OK;
	TRY(tenant_row_general(cx, g, &changed));
	if (changed != 1)
		return ERR_CONFLICT;
	return audit_add(cx, &(struct audit_entry){ .act = AUDIT_GENERAL_EDITED,
	    .where = IN_TENANT, .subject = cx->tenant, .name = cx->place->name,
	    .fields = (const struct audit_field[]){
	        { "personal_workspaces", on_off(was.personal_workspaces),
	            on_off(g->personal_workspaces) },
	        { "portal_text", or_null(was.portal_text), or_null(g->portal_text) } },
	    .nfields = 2 });
}

enum err
tenants_general_change(struct ctx *cx, const struct general_input *in)
{
	struct tenant_general g = { .personal_workspaces = in->personal_workspaces,
		.version = in->version, .portal_text = "" };
	struct str            text = str_trim(in->portal_text);

	TRY(access_need(cx, PERM_ACCOUNT_EDIT, IN_TENANT));
	if (text.len && str_lines(cx->arena, text, PORTAL_TEXT_LONGEST, &g.portal_text))
		return ctx_issue(cx, "portal_text", _("Give at most [n] characters of text.", "n",
		    "500"));
	TRY(db_begin(cx->db));
	return db_finish(cx->db, change_in_tx(cx, &g));
}

/* ---------------------------------------------------------------- security settings */

enum err
tenants_security(struct ctx *cx, struct tenant_security *out)
{
	TRY(access_need(cx, PERM_SECURITY_VIEW, IN_TENANT));
	return tenant_row_security(cx, out);
}

static const char *
number(struct ctx *cx, int64_t n)
{
	return n == 0 ? "never" : arena_printf(cx->arena, "%lld", (long long)n);
}

static enum err
security_in_tx(struct ctx *cx, const struct tenant_security *s)
{
	struct tenant_security was;
	int64_t                changed;

	TRY(access_again(cx));
	TRY(access_need(cx, PERM_SECURITY_EDIT, IN_TENANT));
	TRY(tenant_row_security(cx, &was));
	if (was.version != s->version)
		return ERR_CONFLICT;
	if (was.keys_most == s->keys_most && was.key_days == s->key_days)
		return OK;
	TRY(tenant_row_security_set(cx, s, &changed));
	if (changed != 1)
		return ERR_CONFLICT;
	return audit_add(cx, &(struct audit_entry){ .act = AUDIT_SECURITY_EDITED,
	    .where = IN_TENANT, .subject = cx->tenant, .name = cx->place->name,
	    .fields = (const struct audit_field[]){
	        { "keys_most", number(cx, was.keys_most), number(cx, s->keys_most) },
	        { "key_days", number(cx, was.key_days), number(cx, s->key_days) } },
	    .nfields = 2 });
}

static bool
read_number(struct ctx *cx, struct str text, int64_t *out)
{
	const char *digits;

	if (str_text(cx->arena, str_trim(text), 3, &digits) ||
	    strspn(digits, "0123456789") != strlen(digits))
		return false;
	*out = strtoll(digits, NULL, 10);
	return true;
}

enum err
tenants_security_change(struct ctx *cx, const struct security_input *in)
{
	static const int64_t   lives[] = { 0, 30, 60, 90, 365 };
	struct tenant_security s = { .version = in->version };
	bool                   offered = false;
	enum err               e = OK;

	TRY(access_need(cx, PERM_SECURITY_EDIT, IN_TENANT));
	if (!read_number(cx, in->keys_most, &s.keys_most) || s.keys_most < 1 ||
	    s.keys_most > KEYS_MOST_MOST)
		e = ctx_issue(cx, "keys_most", _("Give a number from 1 to 20."));
	if (read_number(cx, in->key_days, &s.key_days))
		for (size_t i = 0; i < sizeof(lives) / sizeof(lives[0]); i++)
			offered |= s.key_days == lives[i];
	if (!offered)
		e = ctx_issue(cx, "key_days", _("Choose one of the list."));
	TRY(e);
	TRY(db_begin(cx->db));
	return db_finish(cx->db, security_in_tx(cx, &s));
}
