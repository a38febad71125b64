/* What may be done to a member: role, status, sign-outs, waits.  Each is one transaction
 * with its event.  The list and reading one are in members.c. */
#include "members/members.h"

#include <string.h>

#include "base/arena.h"
#include "core/admins.h"
#include "core/audit.h"
#include "core/outbox.h"
#include "core/throttle.h"
#include "db/db.h"
#include "jobs/jobs.h"
#include "members/acts.h"
#include "members/members_store.h"
#include "mustache/view.h"

const char members_typed_word[] = "CONFIRM";

const struct act acts[] = {
	[ACT_ROLE] = { PERM_USER_ROLE, AUDIT_ROLE_CHANGED, true, true, true, "role_changed" },
	[ACT_DEACTIVATE] = { PERM_USER_DEACTIVATE, AUDIT_DEACTIVATED, false, true, false,
	    "deactivated" },
	[ACT_REACTIVATE] = { PERM_USER_DEACTIVATE, AUDIT_REACTIVATED, false, false, true, NULL },
	[ACT_REMOVE] = { PERM_USER_REMOVE, AUDIT_REMOVED, false, true, true, "removed" },
	[ACT_LOG_OUT] = { PERM_USER_LOGOUT, AUDIT_LOGGED_OUT, false, true, true, NULL },
	[ACT_UNLOCK] = { PERM_USER_PASSWORD, AUDIT_UNLOCKED, false, true, true, NULL },
};

bool
act_fits(const struct act *act, const struct member *m)
{
	switch (m->status[0]) {
	case 'i':
		return act->invited;
	case 'a':
		return act->active;
	default:
		return act->deactivated;
	}
}

/* Read inside the transaction too, for status and organization may have changed since. */
static enum err
allowed(struct ctx *cx, const struct act *act, int64_t id, struct member *m)
{
	TRY(member_row(cx, id, m));
	TRY(access_need(cx, PERM_USER_VIEW, IN_ORG(m->org_path)));
	TRY(access_need(cx, act->need, IN_ORG(m->org_path)));
	if (act_fits(act, m))
		return OK;
	ctx_issue(cx, "", _("The status of [name] changed meanwhile; this cannot be done now.",
	    "name", m->name));
	return ERR_CONFLICT;
}

/* Whoever takes something away from themselves types a word first. */
static enum err
typed_for_self(struct ctx *cx, int64_t id, struct str typed)
{
	struct str word = str_trim(typed);

	if (id != cx->actor.member || (word.len == strlen(members_typed_word) &&
	    memcmp(word.p, members_typed_word, word.len) == 0))
		return OK;
	return ctx_issue(cx, "typed", _("This is your own account. Type [word] to go on.", "word",
	    members_typed_word));
}

enum err
act_mail(struct ctx *cx, const struct act *act, const struct member *m, const char *role,
    struct email *mail)
{
	struct view *model = view_new(cx->arena);

	if (act->mail == NULL)
		return OK;
	view_text(model, "name", mail_name(cx, m->name));
	view_text(model, "actor", mail_name(cx, cx->actor.label));
	view_text(model, "role", mail_name(cx, role));
	view_text(model, "role_before", mail_name(cx, m->role_name));
	TRY(email_make(cx, m->email, m->language, act->mail, model, mail));
	mail->person = m->person;
	mail->priority = 5;
	return OK;
}

enum err
act_note(struct ctx *cx, const struct act *act, const struct member *m,
    const struct audit_field *fields, size_t n)
{
	return audit_add(cx, &(struct audit_entry){ .act = act->event, .where = IN_ORG(m->org_path),
	    .subject = m->id, .name = m->name, .fields = fields, .nfields = n });
}

/* ---------------------------------------------------------------- role */

static enum err
role_in_tx(struct ctx *cx, int64_t id, const struct member_role *role, const struct email *mail)
{
	const struct act *act = &acts[ACT_ROLE];
	struct member     m;

	TRY(access_again(cx));
	TRY(allowed(cx, act, id, &m));
	TRY(access_role_stands(cx, role->id, role->perms));
	TRY(access_give_role(cx, role->name, role->perms, m.org_path));
	TRY(member_row_role(cx, id, role));
	TRY(admins_left(cx));
	TRY(act_note(cx, act, &m, &(struct audit_field){ "role", m.role_name, role->name }, 1));
	return mail->kind ? outbox_add(cx, mail, NULL) : OK;
}

/* Nothing changes but who answers for the role that the link of an invitation gives. */
static enum err
same_role_in_tx(struct ctx *cx, int64_t id, const struct member_role *role)
{
	struct member m;

	TRY(access_again(cx));
	TRY(allowed(cx, &acts[ACT_ROLE], id, &m));
	TRY(access_role_stands(cx, role->id, role->perms));
	TRY(access_give_role(cx, role->name, role->perms, m.org_path));
	return m.role == role->id ? member_row_role_by(cx, id) : ERR_BUSY;
}

enum err
members_set_role(struct ctx *cx, int64_t id, struct str text, struct str typed)
{
	struct member      m;
	struct member_role role;
	struct email       mail = { .kind = NULL };

	TRY(allowed(cx, &acts[ACT_ROLE], id, &m));
	TRY(members_role(cx, text, &role));
	TRY(access_give_role(cx, role.name, role.perms, m.org_path));
	if (role.id == m.role && m.status[0] != 'i')
		return OK;
	if (role.id == m.role) {
		TRY(db_begin(cx->db));
		return db_finish(cx->db, same_role_in_tx(cx, id, &role));
	}
	TRY(typed_for_self(cx, id, typed));
	if (cx->place->role_emails && strcmp(m.status, "active") == 0)
		TRY(act_mail(cx, &acts[ACT_ROLE], &m, role.name, &mail));
	TRY(db_begin(cx->db));
	return db_finish(cx->db, role_in_tx(cx, id, &role, &mail));
}

/* ---------------------------------------------------------------- status */

static enum err
status_in_tx(struct ctx *cx, const struct act *act, int64_t id, const char *status,
    const struct email *mail)
{
	struct member m;
	enum err      e;

	TRY(access_again(cx));
	e = allowed(cx, act, id, &m);
	/* Somebody else did the same a moment ago. */
	if (e == ERR_CONFLICT && strcmp(m.status, status) == 0) {
		cx->issues = NULL;
		return OK;
	}
	TRY(e);
	TRY(member_row_status(cx, id, status, m.status));
	/* Or what is open now would go on when the member is active again. */
	if (strcmp(status, "deactivated") == 0)
		TRY(member_row_valid_from(cx, id));
	TRY(admins_left(cx));
	TRY(act_note(cx, act, &m, &(struct audit_field){ "status", m.status, status }, 1));
	return mail->kind ? outbox_add(cx, mail, NULL) : OK;
}

static enum err
set_status(struct ctx *cx, const struct act *act, int64_t id, const char *status,
    const struct str *typed)
{
	struct member m;
	struct email  mail = { .kind = NULL };
	enum err      e = allowed(cx, act, id, &m);

	/* A second click on the same button. */
	if (e == ERR_CONFLICT && strcmp(m.status, status) == 0) {
		cx->issues = NULL;
		return OK;
	}
	TRY(e);
	if (typed != NULL)
		TRY(typed_for_self(cx, id, *typed));
	TRY(act_mail(cx, act, &m, m.role_name, &mail));
	TRY(db_begin(cx->db));
	return db_finish(cx->db, status_in_tx(cx, act, id, status, &mail));
}

enum err
members_deactivate(struct ctx *cx, int64_t id, struct str typed)
{
	return set_status(cx, &acts[ACT_DEACTIVATE], id, "deactivated", &typed);
}

enum err
members_reactivate(struct ctx *cx, int64_t id)
{
	return set_status(cx, &acts[ACT_REACTIVATE], id, "active", NULL);
}

enum err
members_remove(struct ctx *cx, int64_t id, struct str typed)
{
	return set_status(cx, &acts[ACT_REMOVE], id, "removed", &typed);
}

/* ---------------------------------------------------------------- sign-in */

static enum err
log_out_in_tx(struct ctx *cx, int64_t id)
{
	struct member m;

	TRY(access_again(cx));
	TRY(allowed(cx, &acts[ACT_LOG_OUT], id, &m));
	TRY(member_row_valid_from(cx, id));
	return act_note(cx, &acts[ACT_LOG_OUT], &m, NULL, 0);
}

enum err
members_log_out(struct ctx *cx, int64_t id)
{
	struct member m;

	TRY(allowed(cx, &acts[ACT_LOG_OUT], id, &m));
	TRY(db_begin(cx->db));
	return db_finish(cx->db, log_out_in_tx(cx, id));
}

static enum err
log_out_all_in_tx(struct ctx *cx, int64_t *job)
{
	TRY(access_again(cx));
	TRY(access_need(cx, PERM_USER_LOGOUT, IN_ORG(cx->path)));
	return jobs_add(cx, "members.logout", "{}", job);
}

enum err
members_log_out_all(struct ctx *cx, int64_t *job)
{
	TRY(access_need(cx, PERM_USER_LOGOUT, IN_ORG(cx->path)));
	TRY(db_begin(cx->db));
	return db_finish(cx->db, log_out_all_in_tx(cx, job));
}

/* The actor is left out, to see the end of it. */
enum err
members_log_out_step(struct ctx *cx, struct job *j, bool *last)
{
	struct member *list = ARENA_ARRAY(cx->arena, struct member, JOB_CHUNK);
	size_t         n;

	TRY(member_rows_after(cx, j->cursor, j->created_at, JOB_CHUNK, list, &n));
	for (size_t i = 0; i < n; i++) {
		j->cursor = list[i].id;
		if (list[i].id == cx->actor.member) {
			TRY(jobs_refused(cx, j, list[i].name, _("This is you.")));
			continue;
		}
		TRY(member_row_valid_from(cx, list[i].id));
		TRY(act_note(cx, &acts[ACT_LOG_OUT], &list[i], NULL, 0));
		j->done++;
	}
	*last = n < JOB_CHUNK;
	return OK;
}

static enum err
unlock_in_tx(struct ctx *cx, int64_t id, int64_t *n)
{
	struct member m;

	TRY(access_again(cx));
	TRY(allowed(cx, &acts[ACT_UNLOCK], id, &m));
	TRY(throttle_unlock(cx, m.email_key, n));
	return act_note(cx, &acts[ACT_UNLOCK], &m, NULL, 0);
}

enum err
members_unlock(struct ctx *cx, int64_t id, int64_t *n)
{
	struct member m;

	TRY(allowed(cx, &acts[ACT_UNLOCK], id, &m));
	TRY(db_begin(cx->db));
	return db_finish(cx->db, unlock_in_tx(cx, id, n));
}
