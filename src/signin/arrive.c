/* What a sign-in that is whole leaves behind, with or without a second factor: the known browser,
 * the event, the emails.  What leads there is in signin.c and code.c. */
#include "base/arena.h"
#include "base/zone.h"
#include "core/agent.h"
#include "mustache/view.h"
#include "signin/try.h"

int64_t
begins_at(const struct ctx *cx, const struct signer *s)
{
	return cx->now > s->set_at ? cx->now : s->set_at;
}

/* The person's zone is not known to who only signs in. */
static const char *
moment(struct ctx *cx)
{
	const struct zone *utc;
	struct civil       c;

	if (zone_get("UTC", &utc))
		return "";
	c = zone_civil(utc, cx->now);
	return arena_printf(cx->arena, "%04d-%02d-%02d %02d:%02d UTC", c.year, c.month, c.day,
	    c.hour, c.minute);
}

/* In the language of whom the email is for, who is not the one that is spoken to here. */
static const char *
browser(struct ctx *cx, const struct signer *s)
{
	struct ctx theirs = *cx;

	ctx_speak(&theirs, s->language);
	return mail_name(cx, agent_words(&theirs, cx->user_agent));
}

enum err
arrival_mail(struct ctx *cx, bool known, struct arrival *a)
{
	const struct signer *s = a->signer;
	struct view         *model;

	if (known || s->signed_in_at == 0)
		return OK;
	model = view_new(cx->arena);
	view_text(model, "name", mail_name(cx, s->name));
	view_text(model, "when", moment(cx));
	view_text(model, "address", cx->peer);
	view_text(model, "browser", browser(cx, s));
	view_text(model, "link", not_me_link(cx, s));
	TRY(email_make(cx, s->email, s->language, "new_device", model, &a->news));
	a->news.person = s->id;
	a->news.priority = 1;
	return OK;
}

enum err
arrival_note(struct ctx *cx, const struct arrival *a)
{
	const struct signer     *s = a->signer;
	const struct audit_field factor = { "factor", NULL, a->factor };

	TRY(browser_row_seen(cx, s->id, a->device));
	if (s->signed_in_at == 0)
		TRY(person_row_signed_in(cx, s->id));
	cx->half = (struct half){ 0, 0 };
	cx->actor = (struct actor){ .kind = ACTOR_PERSON, .person = s->id, .session = a->session,
		.label = s->name, .proved_at = cx->now, .began_at = a->began_at,
		.seen_at = cx->now };
	TRY(audit_person(cx, s->id, &(struct audit_entry){ .act = AUDIT_SIGNED_IN,
	    .where = IN_TENANT, .name = s->name, .fields = &factor,
	    .nfields = a->factor != NULL }));
	if (a->news.kind)
		TRY(outbox_add(cx, &a->news, NULL));
	return a->used.kind ? outbox_add(cx, &a->used, NULL) : OK;
}
