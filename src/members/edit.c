/* Editing the tenant's own copy of what is known of a member.  The person's own is in profile/,
 * role and status are in acts.c. */
#include "members/members.h"

#include <string.h>

#include "base/arena.h"
#include "core/audit.h"
#include "core/country.h"
#include "db/db.h"
#include "members/members_store.h"

enum { NICKNAME_LONGEST = 50, FIELDS = 4 };

enum err
members_may_edit(struct ctx *cx, const struct member *was)
{
	TRY(access_need(cx, PERM_USER_EDIT, IN_ORG(was->org_path)));
	if (was->status[0] == 'a')
		return OK;
	ctx_issue(cx, "", _("The status of [name] changed meanwhile; this cannot be done now.",
	    "name", was->name));
	return ERR_CONFLICT;
}

static enum err
may_edit(struct ctx *cx, int64_t id, struct member *was)
{
	TRY(members_may(cx, id, PERM_USER_EDIT, was));
	return members_may_edit(cx, was);
}

static enum err
check_country(struct ctx *cx, struct str typed, const char **out)
{
	*out = typed.len ? country_code(typed) : "";
	return *out ? OK : ctx_issue(cx, "country", _("Choose a country of the list."));
}

enum err
members_edit_check(struct ctx *cx, const struct member_edit *in, struct member *m)
{
	enum err e = OK;

	m->phone = "";
	if (name_text(cx->arena, in->name, &m->name))
		e = ctx_issue(cx, "name", _("Give a name of at most [n] letters, digits, spaces "
		    "and - . , ' ( ).", "n", "60"));
	if (str_maybe(cx->arena, str_trim(in->nickname), NICKNAME_LONGEST, &m->nickname))
		e = ctx_issue(cx, "nickname", _("Give at most [n] characters of text.", "n", "50"));
	if (str_trim(in->phone).len && phone_text(cx->arena, str_trim(in->phone), &m->phone))
		e = ctx_issue(cx, "phone",
		    _("Give a number with its country, such as +49 30 1234567."));
	if (check_country(cx, in->country, &m->country))
		e = ERR_INVALID;
	return e;
}

static bool
same(const struct audit_field *f)
{
	for (size_t i = 0; i < FIELDS; i++)
		if (strcmp(f[i].was, f[i].is) != 0)
			return false;
	return true;
}

enum err
members_edit_here(struct ctx *cx, const struct member *was, struct member *m)
{
	struct audit_field fields[FIELDS];

	fields[0] = (struct audit_field){ "name", was->name, m->name };
	fields[1] = (struct audit_field){ "nickname", was->nickname, m->nickname };
	fields[2] = (struct audit_field){ "phone", was->phone, m->phone };
	fields[3] = (struct audit_field){ "country", was->country, m->country };
	if (same(fields))
		return OK;
	m->email = was->email;
	TRY(member_row_edit(cx, m));
	return audit_add(cx, &(struct audit_entry){ .act = AUDIT_MEMBER_EDITED,
	    .where = IN_ORG(was->org_path), .subject = m->id, .name = was->name, .fields = fields,
	    .nfields = FIELDS });
}

/* Reads again inside: somebody else may have edited it since. */
static enum err
edit_in_tx(struct ctx *cx, struct member *m)
{
	struct member was;

	TRY(access_again(cx));
	TRY(may_edit(cx, m->id, &was));
	return members_edit_here(cx, &was, m);
}

enum err
members_edit(struct ctx *cx, int64_t id, const struct member_edit *in)
{
	struct member m = { .id = id, .version = in->version }, was;

	TRY(may_edit(cx, id, &was));
	TRY(members_edit_check(cx, in, &m));
	TRY(db_begin(cx->db));
	return db_finish(cx->db, edit_in_tx(cx, &m));
}
