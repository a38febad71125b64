/* What an administrator may do to the identity of who belongs to this tenant alone: a temporary
 * password, and deleting the account.  What they may do to a membership is in members/. */
#include "signin/identity.h"

#include <string.h>

#include "base/arena.h"
#include "base/conf.h"
#include "core/admins.h"
#include "core/audit.h"
#include "core/outbox.h"
#include "crypto/password.h"
#include "crypto/token.h"
#include "db/db.h"
#include "mustache/view.h"
#include "signin/signin.h"
#include "signin/try.h"

const char identity_erase_word[] = "DELETE";

/* What people use and don't manage with: a helpdesk lacks it and helps who has it. */
static const enum perm everyday[] = { PERM_USER_VIEW, PERM_GROUP_VIEW, PERM_DEVICE_VIEW,
	PERM_PORTAL_VIEW, PERM_PORTAL_USE, PERM_WORKSPACE_CREATE, PERM_WORKSPACE_VIEW,
	PERM_WORKSPACE_WRITE, PERM_WORKSPACE_EXECUTE };

/* Whoever has a sign-in has its role, so nobody takes one that manages more than they do. */
static bool
manages_more(const struct ctx *cx, struct perm_set theirs)
{
	if (cx->actor.kind == ACTOR_SYSTEM)
		return false;
	for (size_t i = 0; i < sizeof(everyday) / sizeof(everyday[0]); i++)
		theirs.bits &= ~(UINT64_C(1) << everyday[i]);
	return !perm_covers(cx->perms, theirs);
}

static enum err
refuse(struct ctx *cx, const struct member *m, const char *why)
{
	cx->refused = ARENA_JOIN(cx->arena, "the sign-in of ", m->name);
	ctx_issue(cx, "", why);
	return ERR_DENIED;
}

static enum err
not_now(struct ctx *cx, const char *why)
{
	ctx_issue(cx, "", why);
	return ERR_CONFLICT;
}

enum err
identity_may(struct ctx *cx, int64_t member, enum perm need, struct member *out)
{
	TRY(members_may(cx, member, need, out));
	if (!out->alone)
		return refuse(cx, out, _("[name] manages their own sign-in.", "name", out->name));
	if (out->id == cx->actor.member)
		return not_now(cx, _("This is your own account."));
	if (manages_more(cx, out->role_perms))
		return refuse(cx, out, _("The role of [name] manages more than your own.", "name",
		    out->name));
	return OK;
}

static enum err
status_changed(struct ctx *cx, const struct member *m)
{
	return not_now(cx, _("The status of [name] changed meanwhile; this cannot be done now.",
	    "name", m->name));
}

static enum err
note(struct ctx *cx, enum audit_act act, const struct member *m, const struct audit_field *field)
{
	return audit_add(cx, &(struct audit_entry){ .act = act, .where = IN_ORG(m->org_path),
	    .subject = m->id, .name = m->name, .fields = field, .nfields = field != NULL });
}

static enum err
make_mail(struct ctx *cx, const struct member *m, const char *kind, struct email *mail)
{
	struct view *model = view_new(cx->arena);

	view_text(model, "name", mail_name(cx, m->name));
	view_text(model, "actor", mail_name(cx, cx->actor.label));
	view_text(model, "link", ARENA_JOIN(cx->arena, cx->conf->base_url, "/signin"));
	TRY(email_make(cx, m->email, m->language, kind, model, mail));
	mail->person = m->person;
	mail->priority = 1;
	return OK;
}

/* ---------------------------------------------------------------- a temporary password */

static enum err
may_set(struct ctx *cx, int64_t member, struct member *m)
{
	TRY(identity_may(cx, member, PERM_USER_PASSWORD, m));
	if (m->status[0] != 'a')
		return status_changed(cx, m);
	if (strcmp(m->method, "password") != 0)
		return not_now(cx, _("[name] does not sign in by password.", "name", m->name));
	return OK;
}

static enum err
set_in_tx(struct ctx *cx, int64_t member, const char *hash, const struct email *mail)
{
	struct member m;

	TRY(access_again(cx));
	TRY(may_set(cx, member, &m));
	TRY(credential_row_temporary(cx, m.person, hash));
	TRY(signin_end_all(cx, m.person, 0));
	TRY(signin_forget_browsers(cx, m.person));
	TRY(person_row_unproved(cx, m.person));
	TRY(note(cx, AUDIT_TEMPORARY_SET, &m, NULL));
	return outbox_add(cx, mail, NULL);
}

enum err
identity_set_temporary(struct ctx *cx, int64_t member, struct str password)
{
	struct member m;
	struct email  mail;
	const char   *hash;

	TRY(may_set(cx, member, &m));
	TRY(signin_new_password(cx, m.person, password, password,
	    (const char *const[]){ m.email, m.name, NULL }, &hash));
	TRY(make_mail(cx, &m, "temporary_password", &mail));
	TRY(db_begin(cx->db));
	return db_finish(cx->db, set_in_tx(cx, member, hash, &mail));
}

/* The session begins anew: one that began before its password was set is none. */
static enum err
replace_in_tx(struct ctx *cx, const struct signer *was, const char *hash, const char *secret,
    const struct email *mail)
{
	struct signer now;
	uint8_t       id[32];
	bool          still, renewed;

	TRY(credential_row_still(cx, was->id, was->set_at, &still));
	if (!still)
		return ERR_DENIED;
	TRY(signin_set_password(cx, was->id, hash));
	TRY(signer_row_by_id(cx, was->id, &now));
	TRY(secret_hash(str_of(secret), id));
	TRY(session_row_renew(cx, cx->actor.session, was->id, id, "full", now.set_at, OLD_ID_MS,
	    &renewed));
	if (!renewed)
		return ERR_DENIED;
	TRY(signin_end_all(cx, was->id, cx->actor.session));
	TRY(audit_person(cx, was->id, &(struct audit_entry){ .act = AUDIT_TEMPORARY_REPLACED,
	    .where = IN_TENANT, .name = was->name }));
	return outbox_add(cx, mail, NULL);
}

/* Not the same again: whoever gave the temporary one knows it. */
static enum err
check_other(struct ctx *cx, const struct signer *s, struct str password)
{
	enum err e = password.len > PASSWORD_LONGEST ? ERR_DENIED :
	    password_verify(s->hash, password, cx->conf->password_kib, cx->conf->password_passes);

	if (e == OK)
		return ctx_issue(cx, "password", _("Choose another one than the temporary one."));
	return e == ERR_DENIED ? OK : e;
}

static enum err
make_changed_mail(struct ctx *cx, const struct signer *s, struct email *mail)
{
	struct view *model = view_new(cx->arena);

	view_text(model, "name", mail_name(cx, s->name));
	view_text(model, "link", ARENA_JOIN(cx->arena, cx->conf->base_url, "/forgot"));
	TRY(email_make(cx, s->email, s->language, "password_changed", model, mail));
	mail->person = s->id;
	mail->priority = 1;
	return OK;
}

enum err
identity_replace_temporary(struct ctx *cx, struct str password, struct str again,
    const char **session)
{
	struct signer s;
	struct email  mail;
	const char   *hash;
	char         *secret = ARENA_ARRAY(cx->arena, char, 44);

	if (!cx->actor.must_change)
		return ERR_CONFLICT;
	TRY(signer_row_by_id(cx, cx->actor.person, &s));
	TRY(check_other(cx, &s, password));
	TRY(signin_new_password(cx, s.id, password, again,
	    (const char *const[]){ s.email, s.name, NULL }, &hash));
	TRY(make_changed_mail(cx, &s, &mail));
	secret_new(secret);
	TRY(db_begin(cx->db));
	TRY(db_finish(cx->db, replace_in_tx(cx, &s, hash, secret, &mail)));
	*session = secret;
	return OK;
}

/* ---------------------------------------------------------------- deleting an account */

static enum err
may_erase(struct ctx *cx, int64_t member, struct member *m)
{
	TRY(identity_may(cx, member, PERM_USER_REMOVE, m));
	return m->status[0] == 'i' ? status_changed(cx, m) : OK;
}

static enum err
confirmed(struct ctx *cx, struct str typed, bool checked)
{
	enum err e = OK;

	if (!str_equal(str_trim(typed), str_of(identity_erase_word)))
		e = ctx_issue(cx, "typed", _("Type [word] to go on.", "word",
		    identity_erase_word));
	if (!checked)
		e = ctx_issue(cx, "sure", _("Check this to go on."));
	return e;
}

static enum err
erase_in_tx(struct ctx *cx, int64_t member, const struct email *mail)
{
	struct member m;

	TRY(access_again(cx));
	TRY(may_erase(cx, member, &m));
	TRY(members_erase(cx, &m));
	TRY(admins_left(cx));
	TRY(note(cx, AUDIT_ERASED, &m, &(struct audit_field){ "status", m.status, "removed" }));
	return outbox_add(cx, mail, NULL);
}

enum err
identity_erase(struct ctx *cx, int64_t member, struct str typed, bool checked)
{
	struct member m;
	struct email  mail;

	TRY(may_erase(cx, member, &m));
	TRY(confirmed(cx, typed, checked));
	TRY(make_mail(cx, &m, "account_erased", &mail));
	TRY(db_begin(cx->db));
	return db_finish(cx->db, erase_in_tx(cx, member, &mail));
}
