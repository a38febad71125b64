/* The person's own profile: seeing and editing it, and what they did.  The address is in email.c,
 * password and sessions in password.c, data and the end of the account in data.c and erase.c. */
#include "profile/profile.h"

#include <string.h>

#include "base/arena.h"
#include "base/zone.h"
#include "core/country.h"
#include "core/language.h"
#include "db/db.h"
#include "members/own.h"
#include "profile/profile_store.h"

enum { NICKNAME_LONGEST = 50, ZONE_LONGEST = 64 };

enum err
profile_get(struct ctx *cx, struct profile *out)
{
	return profile_row(cx, out);
}

/* ---------------------------------------------------------------- what is sent */

/* The one of these words that was sent; "" is among them only when it is listed. */
static const char *
one_of(struct str sent, const char *const *words)
{
	for (; *words; words++)
		if (str_equal(sent, str_of(*words)))
			return *words;
	return NULL;
}

static enum err
check_person(struct ctx *cx, const struct profile_input *in, struct profile *is)
{
	struct str country = str_trim(in->country);
	enum err   e = OK;

	if (name_text(cx->arena, in->name, &is->name))
		e = ctx_issue(cx, "name", _("Give a name of at most [n] letters, digits, spaces "
		    "and - . , ' ( ).", "n", "60"));
	if (str_maybe(cx->arena, str_trim(in->nickname), NICKNAME_LONGEST, &is->nickname))
		e = ctx_issue(cx, "nickname", _("Give at most [n] characters.", "n", "50"));
	is->phone = "";
	if (str_trim(in->phone).len && phone_text(cx->arena, str_trim(in->phone), &is->phone))
		e = ctx_issue(cx, "phone",
		    _("Give a number with its country, such as +49 30 1234567."));
	is->country = country.len ? country_code(country) : "";
	if (is->country == NULL)
		e = ctx_issue(cx, "country", _("Choose a country of the list."));
	return e;
}

static enum err
check_zone(struct ctx *cx, struct str sent, const char **out)
{
	const struct zone *z;

	if (sent.len == 0) {
		*out = "";
		return OK;
	}
	if (str_text(cx->arena, sent, ZONE_LONGEST, out) || zone_get(*out, &z))
		return ctx_issue(cx, "timezone", _("Choose a time zone of the list."));
	return OK;
}

static enum err
check_choices(struct ctx *cx, const struct profile_input *in, struct profile *is)
{
	static const char *const themes[] = { "system", "light", "dark", NULL };
	static const char *const formats[] = { "", "words", "mdy", "dmy", "iso", NULL };
	static const char *const clocks[] = { "", "12", "24", NULL };
	const char              *clock = one_of(in->clock, clocks);
	enum err                 e = check_zone(cx, in->timezone, &is->timezone);

	is->language = language_code(cx->languages, in->language);
	is->theme = one_of(in->theme, themes);
	is->date_format = one_of(in->date_format, formats);
	is->clock = clock == NULL || *clock == '\0' ? 0 : *clock == '1' ? 12 : 24;
	if (is->language == NULL)
		e = ctx_issue(cx, "language", _("Choose a language of the list."));
	if (is->theme == NULL)
		e = ctx_issue(cx, "theme", _("Choose one of these."));
	if (is->date_format == NULL)
		e = ctx_issue(cx, "date_format", _("Choose one of these."));
	if (clock == NULL)
		e = ctx_issue(cx, "clock", _("Choose one of these."));
	return e;
}

/* ---------------------------------------------------------------- the change */

static bool
differ(const char *a, const char *b)
{
	return strcmp(a, b) != 0;
}

static const char *
clock_text(int64_t clock)
{
	return clock == 12 ? "12" : clock == 24 ? "24" : "";
}

/* What the person did not change stays as the tenant has it: its admins may have given another
 * name there. */
static struct membership
new_copy(const struct membership *m, const struct profile *was, const struct profile *is)
{
	struct membership next = *m;

	if (differ(was->name, is->name))
		next.name = is->name;
	if (differ(was->nickname, is->nickname))
		next.nickname = is->nickname;
	if (differ(was->phone, is->phone))
		next.phone = is->phone;
	if (differ(was->country, is->country))
		next.country = is->country;
	return next;
}

enum { COPY_FIELDS = 4, CHOICE_FIELDS = 5 };

/* Each tenant hears of its own copy alone, since another's may say something else; of the rest only
 * the one in whose pages it was done. */
static enum err
change_copy(struct ctx *cx, const struct membership *m, const struct profile *was,
    const struct profile *is)
{
	struct membership  next = new_copy(m, was, is);
	struct ctx         as = membership_ctx(cx, m);
	bool               here = m->tenant == cx->tenant;
	bool               copy = differ(m->name, next.name) || differ(m->phone, next.phone) ||
	    differ(m->nickname, next.nickname) || differ(m->country, next.country);
	struct audit_field fields[COPY_FIELDS + CHOICE_FIELDS] = {
		{ "name", m->name, next.name }, { "nickname", m->nickname, next.nickname },
		{ "phone", m->phone, next.phone }, { "country", m->country, next.country },
		{ "language", was->language, is->language },
		{ "time zone", was->timezone, is->timezone }, { "theme", was->theme, is->theme },
		{ "date format", was->date_format, is->date_format },
		{ "clock", clock_text(was->clock), clock_text(is->clock) },
	};

	if (!copy && !here)
		return OK;
	if (copy)
		TRY(members_own_copy(cx, &next, was->email_key));
	return audit_add(&as, &(struct audit_entry){ .act = AUDIT_PROFILE_CHANGED,
	    .where = IN_ORG(m->org_path), .subject = m->id, .name = next.name, .fields = fields,
	    .nfields = here ? COPY_FIELDS + CHOICE_FIELDS : COPY_FIELDS });
}

static bool
same(const struct profile *was, const struct profile *is)
{
	return !differ(was->name, is->name) && !differ(was->nickname, is->nickname) &&
	    !differ(was->phone, is->phone) && !differ(was->country, is->country) &&
	    !differ(was->language, is->language) && !differ(was->timezone, is->timezone) &&
	    !differ(was->theme, is->theme) && !differ(was->date_format, is->date_format) &&
	    was->clock == is->clock;
}

static enum err
change_in_tx(struct ctx *cx, const struct profile *is, struct profile *was)
{
	struct membership_list list;
	struct own_choices     c = { is->language, is->timezone, is->theme, is->date_format,
		is->clock };

	TRY(access_again(cx));
	TRY(profile_row(cx, was));
	if (was->version != is->version)
		return ERR_CONFLICT;
	if (same(was, is))
		return OK;
	TRY(members_own(cx, cx->actor.person, &list));
	for (size_t i = 0; i < list.n; i++)
		if (membership_joined(&list.items[i]))
			TRY(change_copy(cx, &list.items[i], was, is));
	return members_own_person(cx, cx->actor.person,
	    differ(was->name, is->name) ? is->name : was->own_name, &c);
}

enum err
profile_change(struct ctx *cx, const struct profile_input *in, struct profile *now)
{
	struct profile is = { .version = in->version };
	enum err       e = check_person(cx, in, &is);

	if (check_choices(cx, in, &is))
		e = ERR_INVALID;
	TRY(e);
	TRY(db_begin(cx->db));
	return db_finish(cx->db, change_in_tx(cx, &is, now));
}

/* ---------------------------------------------------------------- activity */

/* From where an admin did something is no business of whom it was done to. */
enum err
profile_activity(struct ctx *cx, int64_t before, size_t rows, struct activity *out)
{
	*out = (struct activity){ .items = ARENA_ARRAY(cx->arena, struct event, rows + 1) };
	TRY(activity_rows(cx, cx->tenant, cx->actor.member, before, rows + 1, out->items, &out->n));
	for (size_t i = 0; i < out->n; i++)
		if (out->items[i].actor_id != cx->actor.member)
			out->items[i].peer = out->items[i].user_agent = "";
	out->more = out->n > rows;
	if (out->more)
		out->n = rows;
	return OK;
}

enum err
profile_sweep(struct ctx *cx, int64_t *n)
{
	return change_rows_sweep(cx, cx->now, n);
}
