/* Rows of members.sql, in and out.  No rules here; they are in members.c. */
#include "members/members_store.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/id.h"
#include "core/owners.h"
#include "core/place.h"
#include "db/db.h"

enum { NUMBER_LONGEST = 24 };
#define DAY INT64_C(86400000)

/* The dash last, where a pattern takes it for itself.  The schema has them too. */
const char member_parting[] = " .,@_+'\"()\\/-";

int64_t
member_dormant_before(const struct ctx *cx)
{
	return (cx->now / DAY - cx->place->dormant_days) * DAY;
}

static struct member
read_member(struct ctx *cx, struct db_rows *rows, const struct member_filter *f)
{
	struct member m = {
		.id = db_int(rows, "id"),
		.email = db_dup(rows, "email", cx->arena),
		.name = db_dup(rows, "name", cx->arena),
		.org_path = db_dup(rows, "org_path", cx->arena),
		.role = db_int(rows, "role_id"),
		.status = db_dup(rows, "status", cx->arena),
		.factor = db_int(rows, "factor") != 0,
		.confirmed = db_int(rows, "confirmed") != 0,
		.refused = db_int(rows, "refused") != 0,
		.alone = db_int(rows, "alone") != 0,
		.signed_in_at = db_int(rows, "signed_in_at"),
		.active_at = db_int(rows, "active_at"),
		.created_at = db_int(rows, "created_at"),
		.expires_at = db_int(rows, "expires_at"),
	};

	m.dormant = m.status[0] == 'a' && m.active_at < f->dormant_before;
	if (f->want && f->want->list.sort == MEMBERS_GROUP)
		m.sort_key = db_dup(rows, "sort_key", cx->arena);
	return m;
}

enum err
member_row_gone(struct ctx *cx, int64_t id, const char **name)
{
	struct db_rows rows;

	db_query(cx->db, &rows, SQL_MEMBERS_GONE, DB_ARGS(DB_INT(cx->tenant), DB_INT(id),
	    DB_TEXT(cx->path), DB_TEXT(cx->path_end)));
	while (db_next(&rows))
		*name = db_dup(&rows, "name", cx->arena);
	return db_end_found(&rows);
}

static int
by_name(const void *a, const void *b)
{
	const struct member_group *x = a, *y = b;

	return strcmp(x->name_key, y->name_key);
}

/* Up to the next tab or the line's end, which becomes the end of the text. */
static char *
cut_field(char **rest)
{
	char  *field = *rest;
	size_t len = strcspn(field, "\t\n");

	*rest = field + len + (field[len] != '\0');
	field[len] = '\0';
	return field;
}

/* The groups, and what those add whose membership has not ended. */
static void
read_groups(struct ctx *cx, const char *text, struct member *m)
{
	struct member_group *in = NULL;
	char                *lines = arena_strdup(cx->arena, text);

	while (*lines) {
		struct member_group *g;
		struct perm_set      perms;

		in = ARENA_MORE(cx->arena, struct member_group, in, m->nin);
		g = &in[m->nin++];
		g->id = strtoll(cut_field(&lines), NULL, 10);
		g->until_at = strtoll(cut_field(&lines), NULL, 10);
		g->over = g->until_at != 0 && g->until_at <= cx->now;
		g->name_key = cut_field(&lines);
		g->name = cut_field(&lines);
		perms = perm_set_read(cut_field(&lines));
		if (!g->over)
			m->role_perms.bits |= perms.bits;
	}
	if (m->nin > 1)
		qsort(in, m->nin, sizeof(*in), by_name);
	m->in = in;
}

enum err
member_row(struct ctx *cx, int64_t id, struct member *out)
{
	const struct member_filter f = { .dormant_before = member_dormant_before(cx) };
	struct db_rows             rows;

	db_query(cx->db, &rows, SQL_MEMBERS_GET,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(id), DB_INT(cx->now)));
	while (db_next(&rows)) {
		*out = read_member(cx, &rows, &f);
		out->person = db_int(&rows, "person_id");
		out->version = db_int(&rows, "version");
		out->email_key = db_dup(&rows, "email_key", cx->arena);
		out->nickname = db_dup(&rows, "nickname", cx->arena);
		out->phone = db_dup(&rows, "phone", cx->arena);
		out->country = db_dup(&rows, "country", cx->arena);
		out->org_name = db_dup(&rows, "org_name", cx->arena);
		out->role_name = db_dup(&rows, "role_name", cx->arena);
		out->role_perms = perm_set_read(db_dup(&rows, "permissions", cx->arena));
		read_groups(cx, db_dup_some(&rows, "groups", cx->arena), out);
		out->seated = db_int(&rows, "seats") != 0;
		out->language = db_dup(&rows, "language", cx->arena);
		out->timezone = db_dup(&rows, "timezone", cx->arena);
		out->method = db_dup(&rows, "method", cx->arena);
		out->waits_until = db_int(&rows, "waits_until");
		out->waits = out->waits_until != 0;
	}
	return db_end_found(&rows);
}

static int64_t
search_base(const struct ctx *cx)
{
	return cx->place->number << 40;
}

static struct db_val
phrase(struct ctx *cx, const char *part)
{
	return DB_TEXT(ARENA_JOIN(cx->arena, "\"", part, "\""));
}

bool
member_plain(const struct ctx *cx, const struct member_filter *f)
{
	const struct member_want *w = f->want;

	return f->gram && !w->statuses && !w->nroles && !w->factors && !f->groups && !cx->path[1] &&
	    strcmp(f->role_hits, "[]") == 0 && f->part == f->fold;
}

enum err
member_count_hits(struct ctx *cx, const struct member_filter *f, int64_t *n)
{
	int64_t        base = search_base(cx);
	struct db_rows rows;

	*n = 0;
	if (f->exact)
		db_query(cx->db, &rows, SQL_MEMBERS_COUNT_GRAM, DB_ARGS(DB_INT(cx->tenant),
		    DB_TEXT(f->gram), DB_INT(HITS_MOST + 1)));
	else
		db_query(cx->db, &rows, SQL_MEMBERS_COUNT_TEXT, DB_ARGS(phrase(cx, f->fold),
		    DB_INT(base), DB_INT(base + (INT64_C(1) << 40) - 1), DB_INT(HITS_MOST + 1)));
	while (db_next(&rows))
		*n = db_int(&rows, "n");
	return db_end(&rows);
}

/* What parts words begins none, whatever stands before it. */
static bool
begins_nothing(const struct member_filter *f)
{
	return f->word && strchr(member_parting, f->fold[0]) != NULL;
}

const char *
member_inside(struct ctx *cx, const struct member_filter *f)
{
	const char *inside = f->word ? ARENA_JOIN(cx->arena, "*[", member_parting, "]") : "*";

	return f->gram == NULL ? NULL : begins_nothing(f) ? "" :
	    member_pattern(cx, inside, f->fold);
}

const char *
member_begin(struct ctx *cx, const struct member_filter *f)
{
	return !f->word ? NULL : begins_nothing(f) ? "" : member_pattern(cx, "", f->fold);
}

static void
query_hits(struct ctx *cx, const struct member_filter *f, enum member_lead lead,
    struct db_rows *rows)
{
	static const enum sql led[] = { [LEAD_ROLE] = SQL_MEMBERS_HITS_ROLE,
		[LEAD_STATUS] = SQL_MEMBERS_HITS_STATUS, [LEAD_FACTOR] = SQL_MEMBERS_HITS_FACTOR };
	const struct member_want *w = f->want;
	struct db_val tenant = DB_INT(cx->tenant), path = DB_TEXT(cx->path);
	struct db_val end = DB_TEXT(cx->path_end), statuses = DB_TEXT(f->statuses);
	struct db_val roles = DB_TEXT(f->roles), dormant = DB_INT(f->dormant_before);
	struct db_val factor = DB_INT(w->factors), most = DB_INT(HITS_MOST + 1);
	struct db_val base = DB_INT(search_base(cx));
	struct db_val top = DB_INT(search_base(cx) + (INT64_C(1) << 40) - 1);
	struct db_val groups = DB_TEXT(f->groups), none = DB_INT(w->ungrouped);
	struct db_val now = DB_INT(cx->now);

	if (lead == LEAD_GROUP)
		db_query(cx->db, rows, SQL_MEMBERS_HITS_GROUP, DB_ARGS(tenant, path, end, statuses,
		    roles, dormant, factor, most, groups, none, now,
		    DB_TEXT(member_inside(cx, f)), DB_TEXT(member_begin(cx, f)),
		    DB_TEXT(f->role_hits)));
	else if (lead != LEAD_SEARCH)
		db_query(cx->db, rows, led[lead], DB_ARGS(tenant, path, end, statuses, roles,
		    dormant, factor, most, groups, none, now));
	else if (f->exact)
		db_query(cx->db, rows, SQL_MEMBERS_HITS_GRAM, DB_ARGS(tenant, path, end, statuses,
		    roles, dormant, factor, DB_TEXT(f->gram), DB_TEXT(f->role_hits), most, groups,
		    none, now));
	else if (member_plain(cx, f))
		db_query(cx->db, rows, SQL_MEMBERS_HITS_TEXT_PLAIN,
		    DB_ARGS(phrase(cx, f->fold), base, top, most));
	else
		db_query(cx->db, rows, SQL_MEMBERS_HITS_TEXT, DB_ARGS(tenant, path, end, statuses,
		    roles, dormant, factor, phrase(cx, f->part), base, top,
		    DB_TEXT(f->role_hits), most, DB_TEXT(f->part == f->fold ? "" : f->fold),
		    groups, none, now));
}

static char *
put_number(char *to, int64_t n)
{
	char digits[20], *end = digits + sizeof(digits), *d = end;

	do
		*--d = (char)('0' + n % 10);
	while (n /= 10);
	return mempcpy(to, d, (size_t)(end - d));
}

static enum err
read_hits(struct db_rows *rows, char *text, size_t *n)
{
	char *to = text;

	*n = 0;
	*to++ = '[';
	while (db_next(rows)) {
		if ((*n)++)
			*to++ = ',';
		to = put_number(to, db_int(rows, "search_id"));
	}
	*to++ = ']';
	*to = '\0';
	return db_end(rows);
}

/* Who types a whole address means that one. */
static bool
may_be_address(const struct member_filter *f)
{
	const struct member_want *w = f->want;

	return strchr(f->fold, '@') && !w->statuses && !w->nroles && !w->factors && !f->groups;
}

enum err
member_hits(struct ctx *cx, const struct member_filter *f, enum member_lead lead,
    const char **ids, size_t *n)
{
	struct db_rows rows;
	char          *text = ARENA_ARRAY(cx->arena, char, (HITS_MOST + 2) * NUMBER_LONGEST);

	*ids = text;
	*n = 0;
	if (may_be_address(f)) {
		db_query(cx->db, &rows, SQL_MEMBERS_HITS_ADDRESS, DB_ARGS(DB_INT(cx->tenant),
		    DB_TEXT(cx->path), DB_TEXT(cx->path_end),
		    DB_TEXT(text_key(cx->arena, f->want->search))));
		TRY(read_hits(&rows, text, n));
	}
	if (*n > 0)
		return OK;
	query_hits(cx, f, lead, &rows);
	return read_hits(&rows, text, n);
}

static enum err
read_list(struct ctx *cx, const struct member_filter *f, struct db_rows *rows,
    struct member_list *out)
{
	size_t most = f->want->list.rows;

	out->items = ARENA_ARRAY(cx->arena, struct member, most + 1);
	out->n = 0;
	while (db_next(rows))
		out->items[out->n++] = read_member(cx, rows, f);
	out->more = out->n > most;
	if (out->more)
		out->n = most;
	for (size_t i = 0; f->want->list.back && i < out->n / 2; i++) {
		struct member m = out->items[i];

		out->items[i] = out->items[out->n - 1 - i];
		out->items[out->n - 1 - i] = m;
	}
	return db_end(rows);
}

const char *
member_pattern(struct ctx *cx, const char *beginning, const char *part)
{
	char *p, *to;

	p = to = ARENA_ARRAY(cx->arena, char, strlen(beginning) + 3 * strlen(part) + 2);
	to = stpcpy(to, beginning);
	for (; *part; part++) {
		bool special = strchr("*?[", *part) != NULL;

		if (special)
			*to++ = '[';
		*to++ = *part;
		if (special)
			*to++ = ']';
	}
	*to = '*';
	return p;
}

enum err
member_rows(struct ctx *cx, const struct member_filter *f, struct member_list *out)
{
	const struct member_want *w = f->want;
	struct db_rows            rows;

	db_query(cx->db, &rows, LIST_STMT(SQL_MEMBERS_PAGE, &w->list),
	    DB_ARGS(DB_INT(cx->tenant), DB_TEXT(cx->path), DB_TEXT(cx->path_end),
	        list_key(&w->list), list_id(&w->list), DB_TEXT(w->statuses ? f->statuses : NULL),
	        DB_TEXT(w->nroles ? f->roles : NULL),
	        DB_INT(f->dormant_before), DB_INT(w->factors),
	        DB_TEXT(member_inside(cx, f)), DB_TEXT(member_begin(cx, f)),
	        DB_TEXT(f->role_hits), DB_INT((int64_t)w->list.rows + 1),
	        DB_TEXT(f->groups), DB_INT(w->ungrouped), DB_INT(cx->now)));
	return read_list(cx, f, &rows, out);
}

enum err
member_rows_gram(struct ctx *cx, const struct member_filter *f, struct member_list *out)
{
	const struct member_want *w = f->want;
	struct db_rows            rows;

	db_query(cx->db, &rows, LIST_STMT(SQL_MEMBERS_GRAM, &w->list),
	    DB_ARGS(DB_INT(cx->tenant), DB_TEXT(cx->path), DB_TEXT(cx->path_end),
	        list_key(&w->list), list_id(&w->list), DB_TEXT(w->statuses ? f->statuses : NULL),
	        DB_TEXT(w->nroles ? f->roles : NULL),
	        DB_INT(f->dormant_before), DB_INT(w->factors), DB_TEXT(f->gram),
	        DB_TEXT(f->exact ? NULL : member_pattern(cx, "*", f->fold)),
	        DB_INT((int64_t)w->list.rows + 1), DB_TEXT(f->groups), DB_INT(w->ungrouped),
	        DB_INT(cx->now)));
	return read_list(cx, f, &rows, out);
}

enum err
member_rows_in_group(struct ctx *cx, const struct member_filter *f, struct member_list *out)
{
	const struct member_want *w = f->want;
	struct db_rows            rows;

	db_query(cx->db, &rows, LIST_STMT(SQL_MEMBERS_IN_GROUP, &w->list),
	    DB_ARGS(DB_INT(cx->tenant), DB_TEXT(cx->path), DB_TEXT(cx->path_end),
	        list_key(&w->list), list_id(&w->list), DB_TEXT(w->statuses ? f->statuses : NULL),
	        DB_TEXT(w->nroles ? f->roles : NULL), DB_INT(f->dormant_before),
	        DB_INT(w->factors), DB_INT(f->only_group), DB_INT(cx->now),
	        DB_INT((int64_t)w->list.rows + 1)));
	return read_list(cx, f, &rows, out);
}

enum err
member_rows_few(struct ctx *cx, const struct member_filter *f, const char *ids,
    struct member_list *out)
{
	const struct list_want *w = &f->want->list;
	struct db_rows          rows;

	db_query(cx->db, &rows, LIST_STMT(SQL_MEMBERS_FEW, w),
	    DB_ARGS(DB_INT(cx->tenant), DB_TEXT(ids), list_key(w), list_id(w),
	        DB_INT((int64_t)w->rows + 1)));
	return read_list(cx, f, &rows, out);
}

static void
add_count(struct member_list *out, struct member_role *r, const char *status, bool factor,
    int64_t n)
{
	if (strcmp(status, "removed") == 0)
		return;
	r->users += n;
	out->all += n;
	out->with_factor += factor ? n : 0;
	if (strcmp(status, "invited") == 0)
		out->invited += n;
	else if (strcmp(status, "deactivated") == 0)
		out->deactivated += n;
	else {
		out->active += n;
		out->no_factor += factor ? 0 : n;
	}
}

enum err
member_roles(struct ctx *cx, struct member_role **out, size_t *n)
{
	struct place_roles l;

	TRY(place_roles(cx, &l));
	*out = ARENA_ARRAY(cx->arena, struct member_role, l.n);
	*n = 0;
	for (size_t i = 0; i < l.n; i++) {
		const struct place_role *r = &l.items[i];

		if (strcmp(r->scope, "tenant") == 0)
			(*out)[(*n)++] = (struct member_role){ .id = r->id, .name = r->name,
				.builtin = r->builtin, .description = r->description,
				.perms = r->perms };
	}
	return OK;
}

enum err
member_counts(struct ctx *cx, struct member_list *out)
{
	size_t         at = 0;
	struct db_rows rows;

	TRY(member_roles(cx, &out->roles, &out->nroles));
	db_query(cx->db, &rows, SQL_MEMBERS_COUNTS, DB_ARGS(DB_INT(cx->tenant), DB_TEXT(cx->path)));
	while (db_next(&rows)) {
		int64_t id = db_int(&rows, "role_id");

		/* Rows of one role come together, and nearly in the order of the roles. */
		for (size_t i = 0; i < out->nroles && out->roles[at].id != id; i++)
			at = (at + 1) % out->nroles;
		if (out->nroles > 0 && out->roles[at].id == id)
			add_count(out, &out->roles[at], db_dup(&rows, "status", cx->arena),
			    db_int(&rows, "factor") != 0, db_int(&rows, "n"));
	}
	return db_end(&rows);
}

static const char *
wanted_groups(struct ctx *cx, const struct member_want *w)
{
	return w->ngroups == 0 && !w->ungrouped ? NULL :
	    ID_JSON(cx->arena, w->groups, w->ngroups);
}

enum err
member_awake(struct ctx *cx, struct member_filter *f, int64_t *n, bool *waiting)
{
	struct db_rows rows;

	db_query(cx->db, &rows, SQL_MEMBERS_AWAKE, DB_ARGS(DB_INT(cx->tenant), DB_TEXT(cx->path),
	    DB_INT(f->dormant_before / DAY), DB_INT(cx->now),
	    DB_TEXT(wanted_groups(cx, f->want))));
	while (db_next(&rows)) {
		*n = db_int(&rows, "n");
		*waiting = db_int(&rows, "waiting") != 0;
		f->groups = db_dup(&rows, "groups", cx->arena);
		f->grouped = db_int(&rows, "grouped");
	}
	if (f->groups && !f->want->ungrouped && !strchr(f->groups, ','))
		f->only_group = strtoll(f->groups + 1, NULL, 10);
	return db_end(&rows);
}

enum err
member_row_role(struct ctx *cx, int64_t id, const struct member_role *r)
{
	int64_t changed = 0;

	TRY(db_run(cx->db, &changed, SQL_MEMBERS_SET_ROLE,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(id), DB_INT(r->id),
	        DB_TEXT(text_fold(cx->arena, r->name)), DB_INT(cx->actor.member))));
	return changed == 1 ? OK : ERR_CONFLICT;
}

enum err
member_row_role_by(struct ctx *cx, int64_t id)
{
	return db_run(cx->db, NULL, SQL_MEMBERS_ROLE_BY,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(id), DB_INT(cx->actor.member)));
}

enum err
member_row_status(struct ctx *cx, int64_t id, const char *status, const char *before)
{
	int64_t changed = 0;

	if (strcmp(status, "removed") == 0)
		TRY(owners_hand_over(cx, id));
	TRY(db_run(cx->db, &changed, SQL_MEMBERS_SET_STATUS,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(id), DB_TEXT(status), DB_TEXT(before))));
	return changed == 1 ? OK : ERR_CONFLICT;
}

/* The folded name and email: what a search looks into. */
static const char *
search_text(struct ctx *cx, const char *name, const char *email)
{
	return arena_printf(cx->arena, "%s %s", text_fold(cx->arena, name),
	    text_fold(cx->arena, email));
}

enum err
member_row_accept(struct ctx *cx, int64_t id, const char *name, const char *email,
    const char *terms_url)
{
	const char *search = search_text(cx, name, email);
	int64_t     changed = 0;

	TRY(db_run(cx->db, &changed, SQL_MEMBERS_ACCEPT,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(id), DB_TEXT(name),
	        DB_TEXT(text_fold(cx->arena, name)), DB_TEXT(search), DB_INT(cx->now),
	        DB_TEXT(terms_url), DB_INT(*terms_url ? cx->now : 0),
	        DB_INT(cx->actor.began_at))));
	return changed == 1 ? OK : ERR_CONFLICT;
}

enum err
member_row_edit(struct ctx *cx, const struct member *m)
{
	int64_t changed = 0;

	TRY(db_run(cx->db, &changed, SQL_MEMBERS_EDIT,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(m->id), DB_INT(m->version), DB_TEXT(m->name),
	        DB_TEXT(text_fold(cx->arena, m->name)), DB_TEXT(search_text(cx, m->name, m->email)),
	        DB_TEXT(m->nickname), DB_TEXT(m->phone), DB_TEXT(m->country))));
	return changed == 1 ? OK : ERR_CONFLICT;
}

enum err
member_row_valid_from(struct ctx *cx, int64_t id)
{
	return db_run(cx->db, NULL, SQL_MEMBERS_VALID_FROM,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(id), DB_INT(cx->now)));
}

enum err
member_rows_after(struct ctx *cx, int64_t after_id, int64_t made_before, size_t most,
    struct member *items, size_t *n)
{
	struct db_rows rows;

	*n = 0;
	db_query(cx->db, &rows, SQL_MEMBERS_AFTER, DB_ARGS(DB_INT(cx->tenant), DB_TEXT(cx->path),
	    DB_TEXT(cx->path_end), DB_INT(after_id), DB_INT(made_before), DB_INT((int64_t)most)));
	while (db_next(&rows))
		items[(*n)++] = (struct member){ .id = db_int(&rows, "id"),
			.name = db_dup(&rows, "name", cx->arena),
			.org_path = db_dup(&rows, "org_path", cx->arena) };
	return db_end(&rows);
}

enum err
member_row_past(struct ctx *cx, int64_t id, int64_t signed_in_at)
{
	return db_run(cx->db, NULL, SQL_MEMBERS_PAST,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(id), DB_INT(signed_in_at)));
}

enum err
member_row_add(struct ctx *cx, int64_t id, int64_t person, const struct member_made *m,
    const char *status)
{
	const char *search = search_text(cx, m->name, m->email);
	int64_t     active = strcmp(status, "active") == 0 ? cx->now : 0;

	return db_run(cx->db, NULL, SQL_MEMBERS_ADD,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(id), DB_INT(person), DB_TEXT(m->email),
	        DB_TEXT(m->email_key), DB_TEXT(m->name), DB_TEXT(text_fold(cx->arena, m->name)),
	        DB_TEXT(m->phone), DB_INT(m->role.id), DB_TEXT(text_fold(cx->arena, m->role.name)),
	        DB_INT(m->org), DB_TEXT(m->org_path), DB_TEXT(status), DB_INT(cx->now),
	        DB_TEXT(search), DB_INT(search_base(cx)),
	        DB_INT(search_base(cx) + (INT64_C(1) << 40) - 1), DB_INT(active),
	        DB_INT(cx->actor.member), DB_TEXT(m->nickname ? m->nickname : ""),
	        DB_TEXT(m->country ? m->country : "")));
}

enum err
member_row_erase(struct ctx *cx, const struct member *m)
{
	int64_t changed = 0;

	TRY(owners_hand_over(cx, m->id));
	TRY(db_run(cx->db, &changed, SQL_MEMBERS_ERASE,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(m->id), DB_TEXT(m->status))));
	return changed == 1 ? OK : ERR_CONFLICT;
}

enum err
person_row_add(struct ctx *cx, int64_t id, const struct member_made *m)
{
	return db_run(cx->db, NULL, SQL_PEOPLE_ADD,
	    DB_ARGS(DB_INT(id), DB_TEXT(m->email), DB_TEXT(m->email_key), DB_TEXT(m->name),
	        DB_TEXT(cx->place->language), DB_INT(cx->now)));
}

enum err
person_row(struct ctx *cx, const char *email_key, struct person *out)
{
	struct db_rows rows;

	*out = (struct person){ 0 };
	db_query(cx->db, &rows, SQL_PEOPLE_BY_EMAIL,
	    DB_ARGS(DB_INT(cx->tenant), DB_TEXT(email_key), DB_INT(cx->now)));
	while (db_next(&rows))
		*out = (struct person){
			.id = db_int(&rows, "id"),
			.email = db_dup(&rows, "email", cx->arena),
			.name = db_dup(&rows, "name", cx->arena),
			.language = db_dup(&rows, "language", cx->arena),
			.confirmed = db_int(&rows, "confirmed_at") != 0,
			.has_password = !db_is_null(&rows, "has_password"),
			.member = db_is_null(&rows, "member_id") ? 0 : db_int(&rows, "member_id"),
			.member_status = db_dup(&rows, "status", cx->arena),
			.member_org = db_dup(&rows, "org_name", cx->arena),
		};
	return db_end(&rows);
}

enum err
person_row_confirm(struct ctx *cx, int64_t id)
{
	return db_run(cx->db, NULL, SQL_PEOPLE_CONFIRM, DB_ARGS(DB_INT(id), DB_INT(cx->now)));
}

enum err
person_row_name(struct ctx *cx, int64_t id, const char *name)
{
	return db_run(cx->db, NULL, SQL_PEOPLE_NAME, DB_ARGS(DB_INT(id), DB_TEXT(name)));
}

enum err
members_holders(struct ctx *cx, int64_t role, size_t most, int64_t *ids, size_t *n)
{
	struct db_rows rows;

	*n = 0;
	db_query(cx->db, &rows, SQL_MEMBERS_OF_ROLE,
	    DB_ARGS(DB_INT(cx->tenant), DB_INT(role), DB_INT((int64_t)most)));
	while (db_next(&rows))
		ids[(*n)++] = db_int(&rows, "id");
	return db_end(&rows);
}

enum err
members_resort(struct ctx *cx, int64_t role, const char *name, size_t most, int64_t *n)
{
	return db_run(cx->db, n, SQL_MEMBERS_RESORT, DB_ARGS(DB_INT(cx->tenant), DB_INT(role),
	    DB_TEXT(text_fold(cx->arena, name)), DB_INT((int64_t)most)));
}
