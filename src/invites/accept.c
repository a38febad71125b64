/* What an invitation's link does.  A GET spends nothing; accepting is one transaction.
 * Sending invitations is in invites.c. */
#include "invites/invites.h"

#include <string.h>

#include "apikeys/apikeys.h"
#include "base/arena.h"
#include "base/conf.h"
#include "core/audit.h"
#include "core/outbox.h"
#include "core/place.h"
#include "crypto/token.h"
#include "db/db.h"
#include "invites/invites_store.h"
#include "invites/joins.h"
#include "mustache/view.h"
#include "signin/signin.h"

static bool
is_link(struct ctx *cx, const struct invite_row *r, struct str token, enum purpose purpose)
{
	return link_check(cx->keys, token, &(struct link_claim){ .purpose = purpose,
	    .tenant = r->tenant, .row = r->id, .generation = r->generation,
	    .email = r->email_key, .expires_at = r->expires_at }) == OK;
}

/* The sender must still be allowed to invite, and who gave the role to give it. */
static enum err
sender_may(struct ctx *cx, const struct invite_row *r)
{
	struct proof *proof;

	if (r->inviter != 0) {
		TRY(access_why(cx, r->inviter, PERM_USER_INVITE, IN_ORG(r->org_path), &proof));
		if (!proof->yes)
			return ERR_NOTFOUND;
	}
	if (r->role_by == 0)
		return OK;
	TRY(access_why(cx, r->role_by, PERM_USER_INVITE, IN_ORG(r->org_path), &proof));
	return strcmp(proof->who.status, "active") == 0 &&
	    path_within(r->org_path, proof->who.org_path) &&
	    perm_covers(proof->who.perms, r->perms) ? OK : ERR_NOTFOUND;
}

static enum invite_way
way_of(const struct ctx *cx, const struct invite_row *r, bool copied)
{
	if (!r->has_identity)
		return INVITE_NEW;
	if (!r->confirmed)
		return copied ? INVITE_UNPROVED : INVITE_RECLAIM;
	if (cx->actor.kind != ACTOR_PERSON)
		return INVITE_SIGN_IN;
	return cx->actor.person == r->person ? INVITE_ACCEPT : INVITE_OTHER;
}

static enum err
open_row(struct ctx *cx, struct str token, struct invite_row *r, struct invitation *out)
{
	int64_t id;
	bool    copied;

	TRY(link_row(token, &id));
	TRY(invite_row_open(cx, id, r));
	copied = is_link(cx, r, token, PURPOSE_LINK_INVITE_COPY);
	if (r->closed || r->expires_at <= cx->now || strcmp(r->status, "invited") != 0 ||
	    (!copied && !is_link(cx, r, token, PURPOSE_LINK_INVITE)))
		return ERR_NOTFOUND;
	TRY(place_open_id(cx, r->tenant));
	if (strcmp(cx->place->status, "active") != 0)
		return ERR_NOTFOUND;
	TRY(sender_may(cx, r));
	*out = (struct invitation){ .way = way_of(cx, r, copied), .id = r->id, .tenant = r->tenant,
		.member = r->member, .person = r->person, .generation = r->generation,
		.expires_at = r->expires_at, .inviter = r->inviter, .copied = copied,
		.slug = cx->place->slug, .tenant_name = cx->place->name,
		.terms_url = cx->place->terms_url, .inviter_name = r->inviter_name,
		.name = r->name, .email = r->email, .email_key = r->email_key, .role = r->role,
		.language = r->language,
		.opened = r->opened_at != 0 };
	return OK;
}

enum err
invites_open(struct ctx *cx, struct str token, struct invitation *out)
{
	struct invite_row r;

	return open_row(cx, token, &r, out);
}

static enum err
opened_in_tx(struct ctx *cx, const struct invitation *v)
{
	struct actor was = cx->actor;
	int64_t      changed = 0;
	enum err     e;

	TRY(invite_row_opened(cx, v->id, &changed));
	if (changed == 0)
		return OK;
	/* Who opens it may be signed in as somebody whom this account does not know. */
	if (was.person != v->person)
		cx->actor = (struct actor){ .label = "" };
	e = audit_add(cx, &(struct audit_entry){ .act = AUDIT_INVITE_OPENED, .where = IN_TENANT,
	    .subject = v->member, .name = v->name });
	cx->actor = was;
	return e;
}

enum err
invites_opened(struct ctx *cx, const struct invitation *v)
{
	if (v->opened)
		return OK;
	TRY(db_begin(cx->db));
	return db_finish(cx->db, opened_in_tx(cx, v));
}

/* What an accepted invitation stores, checked and hashed before the transaction. */
struct accepted {
	const char  *name, *hash;       /* hash NULL: the identity keeps its password */
	enum invite_way way;            /* as it was checked: inside it must still be so */
	bool         proves;            /* the mailbox is proved by this link */
	bool         reclaims;          /* what was made before ends */
	struct email mail;
};

static enum err
note_accepted(struct ctx *cx, const struct invite_row *r, const struct invitation *v,
    const struct invite_dropped *dropped)
{
	return audit_add(cx, &(struct audit_entry){ .act = AUDIT_INVITE_ACCEPTED,
	    .where = IN_ORG(r->org_path), .subject = v->member, .name = cx->actor.label,
	    .fields = (const struct audit_field[]){ { "by", NULL, v->copied ? "copied link" :
	        "emailed link" }, { "terms", NULL, *v->terms_url ? v->terms_url : NULL },
	        { "groups", dropped->groups, NULL }, { "workspaces", dropped->workspaces, NULL } },
	    .nfields = 4 });
}

static enum err
accept_as(struct ctx *cx, struct str token, const struct accepted *a)
{
	struct invite_row     r;
	struct invitation     v;
	struct invite_dropped dropped;

	TRY(open_row(cx, token, &r, &v));
	if (v.way != a->way)
		return ERR_CONFLICT;
	/* Somebody else may be signed in in that browser, whom this account does not know. */
	if (v.way != INVITE_ACCEPT)
		cx->actor = (struct actor){ .label = "" };
	TRY(invite_row_use(cx, v.id, v.generation));
	TRY(outbox_withdraw(cx, invite_about(cx, v.id), NULL));
	TRY(members_accept(cx, v.member, a->name, v.terms_url));
	if (a->hash != NULL) {
		TRY(signin_set_password(cx, v.person, a->hash));
		TRY(members_name_person(cx, v.person, a->name));
	}
	if (a->reclaims) {
		TRY(signin_end_all(cx, v.person, 0));
		TRY(signin_forget_browsers(cx, v.person));
		TRY(apikeys_end_person(cx, v.person));
	}
	if (a->proves)
		TRY(members_confirm_person(cx, v.person));
	if (a->reclaims)
		TRY(audit_person(cx, v.person, &(struct audit_entry){
		    .act = AUDIT_IDENTITY_RECLAIMED, .where = IN_TENANT, .name = a->name }));
	TRY(invite_joins_keep(cx, v.member, r.org_path, v.copied ? v.inviter : 0, &dropped));
	cx->actor = (struct actor){ .kind = ACTOR_PERSON, .person = v.person, .member = v.member,
		.label = a->name };
	TRY(note_accepted(cx, &r, &v, &dropped));
	return outbox_add(cx, &a->mail, NULL);
}

/* As the person who accepts, whoever is signed in. */
static enum err
accept_in_tx(struct ctx *cx, struct str token, const struct accepted *a)
{
	struct actor was = cx->actor;
	enum err     e = accept_as(cx, token, a);

	cx->actor = was;
	return e;
}

static enum err
check(struct ctx *cx, const struct accept_input *in, const struct invitation *v,
    struct accepted *a)
{
	enum err e = OK;

	*a = (struct accepted){ .name = v->name, .way = v->way, .proves = !v->copied,
		.reclaims = v->way == INVITE_RECLAIM };
	if (*v->terms_url && !in->terms)
		e = ctx_issue(cx, "terms", _("Accept the terms to go on."));
	if (v->way == INVITE_ACCEPT)
		return e;
	if (name_text(cx->arena, in->name, &a->name))
		e = ctx_issue(cx, "name", _("Give a name of at most [n] letters, digits, spaces "
		    "and - . , ' ( ).", "n", "60"));
	if (e == OK)
		return signin_new_password(cx, v->person, in->password, in->password,
		    (const char *const[]){ v->email, v->name, a->name, v->tenant_name, v->slug,
		        NULL }, &a->hash);
	return e;
}

enum err
invites_accept(struct ctx *cx, struct str token, const struct accept_input *in,
    struct invitation *out)
{
	struct invite_row r;
	struct accepted   a;
	struct view      *model = view_new(cx->arena);

	TRY(open_row(cx, token, &r, out));
	if (out->way != INVITE_NEW && out->way != INVITE_RECLAIM && out->way != INVITE_ACCEPT)
		return ERR_CONFLICT;
	TRY(check(cx, in, out, &a));
	view_text(model, "name", mail_name(cx, a.name));
	view_text(model, "link",
	    arena_printf(cx->arena, "%s/t/%s/", cx->conf->base_url, out->slug));
	view_flag(model, "unconfirmed", out->copied && out->way == INVITE_NEW);
	view_text(model, "forgot_link", arena_printf(cx->arena, "%s/forgot", cx->conf->base_url));
	TRY(email_make(cx, out->email, out->language, "account_created", model, &a.mail));
	a.mail.person = out->person;
	a.mail.priority = 5;
	TRY(db_begin(cx->db));
	return db_finish(cx->db, accept_in_tx(cx, token, &a));
}
