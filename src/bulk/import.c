/* One row of a table of people: what it comes to, and doing it.  The same rules as for one person
 * at a time, which are in members/ and invites/. */
#include "bulk/import.h"

#include <string.h>

#include "base/arena.h"
#include "base/id.h"
#include "bulk/uploads_store.h"
#include "core/audit.h"
#include "crypto/password.h"
#include "db/db.h"
#include "signin/signin.h"

enum { HASH_LONGEST = PASSWORD_HASH_SIZE - 1 };

enum err
import_begin(struct ctx *cx, struct import *im, int64_t role)
{
	char text[14];

	TRY(members_roles(cx, false, &im->roles, &im->nroles));
	TRY(members_place(cx, cx->path, &im->org));
	if (role == 0)
		return OK;
	id_text(role, text);
	return members_role(cx, str_of(text), &im->role);
}

const char *
import_name(struct ctx *cx, const struct person_row *row)
{
	const char *text;

	if (str_text(cx->arena, str_trim(row->cells[COLUMN_EMAIL]), 254, &text) == OK)
		return text;
	return _("Line [n]", "n", ctx_number(cx, row->line));
}

static bool
given(const struct person_row *row, enum person_column c)
{
	return row->given >> c & 1;
}

static struct str
cell(const struct person_row *row, enum person_column c)
{
	return str_trim(row->cells[c]);
}

/* Two names of roles are one when they fold alike. */
static enum err
role_of(struct ctx *cx, const struct import *im, struct str name, struct member_role *out)
{
	const char *text, *fold;

	if (str_text(cx->arena, name, 60, &text) == OK) {
		fold = text_fold(cx->arena, text);
		for (size_t i = 0; i < im->nroles; i++)
			if (strcmp(text_fold(cx->arena, im->roles[i].name), fold) == 0) {
				*out = im->roles[i];
				return OK;
			}
	}
	return ctx_issue(cx, "", _("There is no such role."));
}

/* ---------------------------------------------------------------- who is there */

static enum err
refuse(struct ctx *cx, const char *why)
{
	return members_refuse(cx, why);
}

/* What the table does not have, or has no name for, stays. */
static enum err
wanted(struct ctx *cx, const struct person_row *row, const struct member *was, struct member *m)
{
	struct member_edit in = {
		.name = cell(row, COLUMN_NAME).len ? cell(row, COLUMN_NAME) : str_of(was->name),
		.nickname = given(row, COLUMN_NICKNAME) ? cell(row, COLUMN_NICKNAME) :
		    str_of(was->nickname),
		.phone = given(row, COLUMN_PHONE) ? cell(row, COLUMN_PHONE) : str_of(was->phone),
		.country = given(row, COLUMN_COUNTRY) ? cell(row, COLUMN_COUNTRY) :
		    str_of(was->country),
	};

	*m = *was;
	return members_edit_check(cx, &in, m);
}

static bool
edited(const struct member *a, const struct member *b)
{
	return strcmp(a->name, b->name) || strcmp(a->nickname, b->nickname) ||
	    strcmp(a->phone, b->phone) || strcmp(a->country, b->country);
}

/* Both parts are held against the rules before any of them is done. */
static enum err
change(struct ctx *cx, const struct member *was, struct member *m, const struct member_role *role,
    bool really)
{
	bool edits = edited(was, m);

	if (edits)
		TRY(members_may_edit(cx, was));
	if (role)
		TRY(members_may_act(cx, MANY_ROLE_QUIET, was, role));
	if (!really)
		return OK;
	if (edits)
		TRY(members_edit_here(cx, was, m));
	return role ? members_act(cx, MANY_ROLE_QUIET, was, role) : OK;
}

static enum err
update(struct ctx *cx, struct import *im, const struct person_row *row, const struct member *was,
    bool really, enum row_verdict *out)
{
	struct member_role role, *to = NULL;
	struct member      m;

	TRY(access_need(cx, PERM_USER_VIEW, IN_ORG(was->org_path)));
	TRY(wanted(cx, row, was, &m));
	if (cell(row, COLUMN_ROLE).len) {
		TRY(role_of(cx, im, cell(row, COLUMN_ROLE), &role));
		to = role.id == was->role ? NULL : &role;
	}
	*out = to || edited(was, &m) ? ROW_CHANGED : ROW_SAME;
	return *out == ROW_SAME ? OK : change(cx, was, &m, to, really);
}

/* ---------------------------------------------------------------- who is new */

static enum err
new_member(struct ctx *cx, struct import *im, const struct person_row *row, const char *email,
    const char *key, struct member_made *made)
{
	struct member_edit in = { .name = cell(row, COLUMN_NAME),
		.nickname = cell(row, COLUMN_NICKNAME), .phone = cell(row, COLUMN_PHONE),
		.country = cell(row, COLUMN_COUNTRY) };
	struct member      m = { .id = 0 };

	if (in.name.len == 0)
		in.name = rows_name(cx, str_of(email));
	*made = (struct member_made){ .role = im->role, .org_path = cx->path, .org = im->org,
		.email = email, .email_key = key };
	TRY(members_edit_check(cx, &in, &m));
	made->name = m.name;
	made->nickname = m.nickname;
	made->phone = m.phone;
	made->country = m.country;
	if (cell(row, COLUMN_ROLE).len)
		return role_of(cx, im, cell(row, COLUMN_ROLE), &made->role);
	return made->role.id ? OK : ctx_issue(cx, "", _("Choose a role."));
}

/* A hash that no sign-in could verify, or that would take minutes, is told now. */
static enum err
hash_of(struct ctx *cx, const struct person_row *row, const char **out)
{
	struct str hash = cell(row, COLUMN_HASH);

	*out = NULL;
	if (hash.len == 0)
		return OK;
	if (str_text(cx->arena, hash, HASH_LONGEST, out) == OK && password_known(*out))
		return OK;
	return ctx_issue(cx, "", _("A password hash of this kind is not known."));
}

/* For the command line alone: active at once, without an email. */
static enum err
add_active(struct ctx *cx, const struct member_made *made, const struct person *p,
    const char *hash, bool really)
{
	int64_t person, member = id_new(cx->now);

	TRY(access_need(cx, PERM_USER_INVITE, IN_ORG(made->org_path)));
	TRY(access_give_role(cx, made->role.name, made->role.perms, made->org_path));
	if (p->id)
		return ctx_issue(cx, "", _("[email] has an identity already: invite it.", "email",
		    made->email));
	if (!really)
		return OK;
	TRY(members_add_person(cx, made, &person));
	TRY(members_add(cx, member, person, made, "active"));
	if (hash)
		TRY(signin_set_password(cx, person, hash));
	return audit_add(cx, &(struct audit_entry){ .act = AUDIT_MEMBER_ADDED,
	    .where = IN_ORG(made->org_path), .subject = member, .name = made->name,
	    .fields = (const struct audit_field[]){ { "email", NULL, made->email },
	        { "role", NULL, made->role.name } }, .nfields = 2 });
}

static enum err
add(struct ctx *cx, struct import *im, const struct member_made *made, const struct person *p,
    const char *hash, bool really)
{
	struct member_made m = *made;

	if (im->active)
		return add_active(cx, made, p, hash, really);
	if (really)
		return invites_add_here(cx, &m, p, im->places, &im->days);
	TRY(access_need(cx, PERM_USER_INVITE, IN_ORG(made->org_path)));
	TRY(access_give_role(cx, made->role.name, made->role.perms, made->org_path));
	return invites_check(cx, made, p);
}

/* ---------------------------------------------------------------- a row */

enum err
import_row(struct ctx *cx, struct import *im, const struct person_row *row,
    const struct found *found, bool really, enum row_verdict *out)
{
	struct member_made made;
	const char        *email, *key, *hash;

	*out = ROW_REFUSED;
	if (row->twice)
		return refuse(cx, _("The same address stands in line [n].", "n",
		    ctx_number(cx, row->twice)));
	if (email_text(cx->arena, cell(row, COLUMN_EMAIL), &email, &key))
		return ctx_issue(cx, "", _("Give an email address, such as ana@example.org."));
	TRY(hash_of(cx, row, &hash));
	if (found->member.id && im->update)
		return update(cx, im, row, &found->member, really, out);
	TRY(new_member(cx, im, row, email, key, &made));
	TRY(add(cx, im, &made, &found->person, hash, really));
	*out = ROW_NEW;
	return OK;
}

/* Only addresses that are some, each as a text of JSON; the others find nobody. */
static const char *
keys_json(struct ctx *cx, const struct person_row *rows, size_t n)
{
	struct buf  b;
	struct str  s;
	const char *email, *key;

	buf_init(&b, cx->arena, n * 300 + 8);
	buf_puts(&b, "[");
	for (size_t i = 0; i < n; i++) {
		if (email_text(cx->arena, str_trim(rows[i].cells[COLUMN_EMAIL]), &email, &key))
			key = "";
		buf_puts(&b, i ? ",\"" : "\"");
		for (; *key; key++) {
			if (*key == '"' || *key == '\\')
				buf_puts(&b, "\\");
			buf_put(&b, key, 1);
		}
		buf_puts(&b, "\"");
	}
	buf_puts(&b, "]");
	return buf_end(&b, &s) == OK ? s.p : "[]";
}

enum err
import_find(struct ctx *cx, const struct person_row *rows, size_t n, struct found *found)
{
	memset(found, 0, n * sizeof(*found));
	return n ? found_rows(cx, keys_json(cx, rows, n), n, found) : OK;
}
