/* The end of an account by its own person.  What stays are names: of events until their time is
 * over, and of what the person made. */
#include "profile/profile.h"

#include <string.h>

#include "base/arena.h"
#include "core/outbox.h"
#include "db/db.h"
#include "members/own.h"
#include "mustache/view.h"
#include "profile/profile_store.h"
#include "signin/own.h"

const char profile_delete_word[] = "DELETE";

/* Where the person never joined, only an invitation closes; that account knows no more of them
 * than the name it wrote itself. */
static enum err
note_all(struct ctx *cx, const struct membership_list *l)
{
	for (size_t i = 0; i < l->n; i++) {
		const struct membership *m = &l->items[i];
		struct ctx               as = membership_ctx(cx, m);

		if (!membership_joined(m)) {
			as.actor = (struct actor){ .kind = ACTOR_NOBODY, .label = "" };
			as.peer = as.user_agent = as.request = NULL;
		}
		TRY(audit_add(&as, &(struct audit_entry){ .act = AUDIT_ACCOUNT_DELETED,
		    .where = IN_ORG(m->org_path), .subject = m->id, .name = m->name }));
	}
	return OK;
}

static enum err
delete_in_tx(struct ctx *cx, const struct email *mail, const char **lacking)
{
	struct membership_list list;

	TRY(access_again(cx));
	TRY(members_own(cx, cx->actor.person, &list));
	TRY(note_all(cx, &list));
	TRY(members_own_erase(cx, cx->actor.person, &list, lacking));
	TRY(signin_void(cx, cx->actor.person));
	TRY(change_rows_forget(cx, cx->actor.person));
	return outbox_add(cx, mail, NULL);
}

static enum err
check(struct ctx *cx, const struct delete_input *in, int64_t *until_at)
{
	struct str typed = str_trim(in->typed);
	enum err   e;

	if (!str_equal(typed, str_of(profile_delete_word)))
		return ctx_issue(cx, "typed", _("Type [word] to go on.", "word",
		    profile_delete_word));
	e = signin_own_check(cx, in->password, in->device, until_at);
	return e == ERR_DENIED ? ctx_issue(cx, "password", _("This is not your password.")) : e;
}

enum err
profile_delete(struct ctx *cx, const struct delete_input *in, int64_t *until_at)
{
	struct profile me;
	struct email   mail;
	struct view   *model = view_new(cx->arena);
	const char    *lacking = NULL;
	enum err       e;

	*until_at = 0;
	TRY(profile_row(cx, &me));
	if (!me.by_password)
		return ERR_DENIED;
	TRY(check(cx, in, until_at));
	view_text(model, "name", mail_name(cx, me.own_name));
	TRY(email_make(cx, me.email, cx->language, "account_deleted", model, &mail));
	mail.priority = 5;
	TRY(db_begin(cx->db));
	e = db_finish(cx->db, delete_in_tx(cx, &mail, &lacking));
	if (e == ERR_CONFLICT && lacking)
		ctx_issue(cx, "", _("You are the last administrator of [names]. Make somebody else "
		    "an Admin of the whole account there first.", "names", lacking));
	return e;
}
