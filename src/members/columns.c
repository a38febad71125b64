/* Which columns of the users list somebody sees, and what those need that the list itself does not
 * read.  The list is in members.c. */
#include "members/columns.h"

#include <string.h>

#include "base/arena.h"
#include "base/id.h"
#include "core/audit.h"
#include "db/db.h"

enum { GROUPS_NAMED = 3 };

const struct list_column list_columns[COLUMNS] = {
	{ "email", N_("Email"), "mail", true },
	{ "role", N_("Role"), "role", true },
	{ "status", N_("Status"), "state", true },
	{ "last_seen", N_("Last sign-in"), "seen", true },
	{ "registered", N_("Registered"), "made", true },
	[COLUMN_NICKNAME] = { "nickname", N_("Nickname"), NULL, false },
	[COLUMN_PHONE] = { "phone", N_("Phone"), NULL, false },
	[COLUMN_COUNTRY] = { "country", N_("Country"), NULL, false },
	[COLUMN_FACTOR] = { "factor", N_("Second factor"), NULL, false },
	[COLUMN_GROUPS] = { "groups", N_("Groups"), NULL, false },
	[COLUMN_ORG] = { "organization", N_("Organization"), NULL, false },
};

unsigned
columns_offered(struct ctx *cx)
{
	unsigned all = (1u << COLUMNS) - 1;

	return access_has(cx, PERM_GROUP_VIEW, IN_TENANT) ? all : all & ~(1u << COLUMN_GROUPS);
}

static bool
has_word(const char *words, const char *word)
{
	size_t len = strlen(word);

	for (const char *at = strstr(words, word); at; at = strstr(at + 1, word))
		if ((at == words || at[-1] == ' ') && (at[len] == ' ' || at[len] == '\0'))
			return true;
	return false;
}

unsigned
columns_chosen(struct ctx *cx)
{
	const char *words = cx->columns ? cx->columns : "";
	unsigned    which = 0;

	for (unsigned i = 0; i < COLUMNS; i++)
		which |= (unsigned)(*words ? has_word(words, list_columns[i].word) :
		    list_columns[i].usual) << i;
	return which & columns_offered(cx);
}

/* "-" stands for none, since nothing stands for the usual ones. */
static const char *
words_of(struct ctx *cx, unsigned which)
{
	const char *words = "-";

	for (unsigned i = 0; i < COLUMNS; i++)
		if (which >> i & 1)
			words = ARENA_JOIN(cx->arena, words, " ", list_columns[i].word);
	return words;
}

/* As the heading calls them. */
static const char *
names_of(struct ctx *cx, unsigned which)
{
	const char *names = NULL;

	for (size_t i = 0; i < COLUMNS; i++)
		if (which >> i & 1)
			names = names ? ARENA_JOIN(cx->arena, names, ", ", list_columns[i].label) :
			    list_columns[i].label;
	return names;
}

static enum err
choose_in_tx(struct ctx *cx, unsigned which)
{
	TRY(access_again(cx));
	TRY(access_need(cx, PERM_USER_VIEW, IN_ORG(cx->path)));
	TRY(db_run(cx->db, NULL, SQL_COLUMNS_CHOOSE,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(cx->actor.member),
	        DB_TEXT(words_of(cx, which)))));
	return audit_add(cx, &(struct audit_entry){ .act = AUDIT_COLUMNS_CHOSEN,
	    .where = IN_ORG(cx->path), .subject = cx->actor.member, .name = cx->actor.label,
	    .fields = &(struct audit_field){ "columns", names_of(cx, columns_chosen(cx)),
	        names_of(cx, which) }, .nfields = 1 });
}

enum err
columns_choose(struct ctx *cx, unsigned which)
{
	if (which == columns_chosen(cx))
		return OK;
	TRY(db_begin(cx->db));
	return db_finish(cx->db, choose_in_tx(cx, which));
}

/* The first names of those that a member is in. */
struct firsts { size_t n; const char *name[GROUPS_NAMED], *key[GROUPS_NAMED]; };

static void
add_group(struct ctx *cx, struct db_rows *rows, struct firsts *f)
{
	const char *key = db_dup(rows, "name_key", cx->arena);
	size_t      at = f->n;

	while (at > 0 && strcmp(key, f->key[at - 1]) < 0)
		at--;
	if (at == GROUPS_NAMED)
		return;
	f->n += f->n < GROUPS_NAMED;
	for (size_t i = f->n - 1; i > at; i--) {
		f->key[i] = f->key[i - 1];
		f->name[i] = f->name[i - 1];
	}
	f->key[at] = key;
	f->name[at] = db_dup(rows, "name", cx->arena);
}

static void
name_groups(struct ctx *cx, const struct firsts *f, struct member *m)
{
	for (size_t i = 0; i < f->n; i++)
		m->groups = m->groups ? ARENA_JOIN(cx->arena, m->groups, ", ", f->name[i]) :
		    f->name[i];
}

enum err
columns_fill(struct ctx *cx, struct member_list *l, bool groups)
{
	struct firsts  f = { .n = 0 };
	struct member *m = NULL;
	struct db_rows rows;

	db_query(cx->db, &rows, SQL_COLUMNS_MORE,
	    DB_ARGS(DB_INT(cx->tenant), DB_TEXT(ID_JSON_OF(cx->arena, l->items, l->n)),
	        DB_INT(groups), DB_INT(cx->now)));
	while (db_next(&rows)) {
		int64_t id = db_int(&rows, "id");

		if (!m || m->id != id) {
			if (m)
				name_groups(cx, &f, m);
			f.n = 0;
			/* Who was removed meanwhile has no row. */
			for (m = m ? m + 1 : l->items; m->id != id; m++)
				;
			m->groups = NULL;
			m->ngroups = 0;
			m->nickname = db_dup(&rows, "nickname", cx->arena);
			m->phone = db_dup(&rows, "phone", cx->arena);
			m->country = db_dup(&rows, "country", cx->arena);
			m->org_name = db_dup(&rows, "org_name", cx->arena);
		}
		if (db_is_null(&rows, "name"))
			continue;
		m->ngroups++;
		add_group(cx, &rows, &f);
	}
	if (m)
		name_groups(cx, &f, m);
	return db_end(&rows);
}
