/* members/members.c: who sees whom, and the list: each order both ways, paging, filters,
 * search and counts against a plain evaluation over drawn data.  Acts are in test_acts.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../fixture.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/id.h"
#include "core/outbox.h"
#include "core/throttle.h"
#include "db/db.h"
#include "groups/groups.h"
#include "members/columns.h"
#include "signin/signin.h"

enum { CROWD = 1100, SOUTHERN = 40, WANTS = 200, CHANGES = 150, PAGE_STATEMENTS = 8 };

/* What the test knows of a member of NORTH, read beside the program. */
struct row {
	int64_t     id, role, active_at, signed_in_at, created_at;
	const char *name, *email, *org_path, *status;
	const char *name_fold, *email_fold, *email_key, *role_fold;
	const char *text_fold;    /* name, blank, email: a search may run from one into the other */
	bool        factor;
	unsigned    groups;       /* bits: which of the drawn ones they are in now */
	const char *group_fold;   /* the first of them, "" for none */
};
static struct row rows[2 * CROWD];
static size_t     nrows;

static const char *const given[] = { "Ana", "ana", "Bo", "Søren", "Łukasz", "Zoë", "José", "Jose",
	"Åse", "Björn", "Marie-Luise", "O'Neil", "Yılmaz", "Groß", "Ørjan", "Émile", "Ænne",
	"Bob" };
static const char *const family[] = { "Müller", "Muller", "Åkesson", "García", "Juhász", "Xu",
	"Dvořák", "Smith", "smith", "Staffan", "van der Berg", "Admiral", "Weiß", "(Jr.) Lee" };
static const char *const roles[] = { "Admin", "Builder", "Consumer", "Guest", "Staff", "User",
	"User", "User", "User", "Auditor" };
/* Nearly everybody is in the first; the last is deleted. */
static const char *const group_names[] = { "Øre", "Zulu", "ops", "Ärzte", "Gone" };
enum { GROUPS = 5, GONE = 4 };
static int64_t group_ids[GROUPS];
#define ONE_OF(list) ((list)[fx_random(sizeof(list) / sizeof((list)[0]))])

/* ---------------------------------------------------------------- drawn people */

static void
draw_member(enum fx_tenant t, int i)
{
	const char *paths[] = { "/", "/", "/", fx.west[t], fx.deep[t], fx.east[t] };
	const char *name = arena_printf(fx.cx.arena, "%s %s", ONE_OF(given), ONE_OF(family));
	const char *email = arena_printf(fx.cx.arena, "%s%d.%s@%s.example",
	    i % 3 ? "mary" : "Bob_X", i, i % 5 ? "crowd" : "Other-Word", fx.slug[t]);
	int64_t     id;

	/* Several of them at one moment. */
	fx.cx.now = FX_NOW - FX_DAY * (1 + fx_random(40));
	id = fx_add_member(t, name, email, ONE_OF(roles), ONE_OF(paths));
	fx_sql("UPDATE members SET status = '%s', active_at = %lld, signed_in_at = %lld "
	    "WHERE tenant_id = %lld AND id = %lld",
	    i % 11 == 0 ? "invited" : i % 7 == 0 ? "deactivated" : "active",
	    (long long)(FX_NOW - FX_DAY * fx_random(60)),
	    (long long)(FX_NOW - FX_DAY * fx_random(4)) * (i % 4 != 0),
	    (long long)fx.tenant[t], (long long)id);
	if (i % 6 == 0)
		fx_sql("UPDATE people SET factor = 1 WHERE id = (SELECT person_id FROM members "
		    "WHERE tenant_id = %lld AND id = %lld)",
		    (long long)fx.tenant[t], (long long)id);
}

static void
draw_places(size_t g)
{
	static const int share[GROUPS] = { 98, 30, 6, 1, 50 };

	fx_sql("INSERT INTO group_members (tenant_id, group_id, holder_id, member_id, name_key, "
	    "until_at, added_by, added_at) SELECT tenant_id, %lld, id, id, name_key, "
	    "CASE abs(random()) %% 40 WHEN 0 THEN %lld WHEN 1 THEN %lld ELSE 0 END, 0, 0 "
	    "FROM members WHERE tenant_id = %lld AND status <> 'removed' AND "
	    "abs(random()) %% 100 < %d", (long long)group_ids[g], (long long)FX_NOW,
	    (long long)(FX_NOW + 1), (long long)fx.tenant[NORTH], share[g]);
}

/* As they are made, deleted and swept. */
static void
draw_groups(void)
{
	int64_t n = 1;

	for (size_t g = 0; g < GROUPS; g++) {
		group_ids[g] = id_new(FX_NOW);
		fx_sql("INSERT INTO groups (tenant_id, id, name, name_key, description, members, "
		    "status, created_by, created_at, version) VALUES (%lld, %lld, '%s', '%s', '', "
		    "0, 'active', 0, 0, 1)", (long long)fx.tenant[NORTH],
		    (long long)group_ids[g], group_names[g],
		    text_fold(fx.cx.arena, group_names[g]));
		draw_places(g);
	}
	fx_sql("UPDATE groups SET status = 'removed' WHERE id = %lld", (long long)group_ids[GONE]);
	fx.cx.now = FX_NOW;
	while (n > 0) {
		assert_int_equal(db_begin(fx.cx.db), OK);
		assert_int_equal(db_finish(fx.cx.db, groups_sweep(&fx.cx, &n)), OK);
	}
}

static int64_t
number(const char *text)
{
	return strtoll(text, NULL, 10);
}

static void read_groups(void);

static void
read_rows(void)
{
	struct arena  *a = fx.cx.arena;
	struct fx_rows all = fx_rows(arena_printf(a, "SELECT m.id, m.name, m.email, m.org_path, "
	    "m.status, m.role_id, m.active_at, m.signed_in_at, m.created_at, p.factor, r.name "
	    "FROM members m JOIN people p ON p.id = m.person_id JOIN roles r "
	    "ON r.tenant_id = m.tenant_id AND r.id = m.role_id "
	    "WHERE m.tenant_id = %lld AND m.status <> 'removed'", (long long)fx.tenant[NORTH]));

	for (nrows = 0; nrows < all.n; nrows++) {
		const char **c = all.cells + nrows * all.columns;

		rows[nrows] = (struct row){ .id = number(c[0]), .name = c[1], .email = c[2],
			.org_path = c[3], .status = c[4], .role = number(c[5]),
			.active_at = number(c[6]), .signed_in_at = number(c[7]),
			.created_at = number(c[8]), .factor = *c[9] == '1',
			.name_fold = text_fold(a, c[1]), .email_fold = text_fold(a, c[2]),
			.email_key = text_key(a, c[2]), .role_fold = text_fold(a, c[10]) };
		rows[nrows].text_fold = arena_printf(a, "%s %s", rows[nrows].name_fold,
		    rows[nrows].email_fold);
	}
	read_groups();
}

static void
read_groups(void)
{
	struct arena  *a = fx.cx.arena;
	struct fx_rows all = fx_rows(arena_printf(a, "SELECT gm.holder_id, gm.group_id "
	    "FROM group_members gm WHERE gm.tenant_id = %lld AND (gm.until_at = 0 OR "
	    "gm.until_at > %lld)", (long long)fx.tenant[NORTH], (long long)FX_NOW));

	for (size_t i = 0; i < nrows; i++)
		rows[i].group_fold = "";
	for (size_t k = 0; k < all.n; k++)
		for (size_t i = 0; i < nrows; i++)
			for (size_t g = 0; g < GONE && number(all.cells[2 * k]) == rows[i].id; g++)
				if (number(all.cells[2 * k + 1]) == group_ids[g]) {
					const char *fold = text_fold(a, group_names[g]);

					rows[i].groups |= 1u << g;
					if (!*rows[i].group_fold ||
					    strcmp(fold, rows[i].group_fold) < 0)
						rows[i].group_fold = fold;
				}
}

static void
crowd(int n)
{
	fx_seed();
	fx_nobody();
	for (int i = 0; i < n; i++)
		draw_member(NORTH, i);
	for (int i = 0; i < SOUTHERN; i++)
		draw_member(SOUTH, i);
	draw_groups();
	read_rows();
	assert_int_equal(nrows, n + FX_MEMBERS);
}

/* ---------------------------------------------------------------- the plain evaluation */

static int
rank_of(const struct row *r)
{
	if (r->status[0] == 'i')
		return 1;
	if (r->status[0] == 'd')
		return 4;
	return r->active_at < FX_NOW - 30 * FX_DAY ? 3 : 2;
}

static bool
in_reach(const struct row *r, const char *path)
{
	return strncmp(r->org_path, path, strlen(path)) == 0;
}

static size_t
letters_of(const char *s)
{
	size_t n = 0;

	for (; *s; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

/* Words end at blanks and punctuation, which therefore begin nothing. */
static bool
word_begins(const char *text, const char *with)
{
	static const char parting[] = " .,@-_+'\"()\\/";

	for (text += strspn(text, parting); *text; text += strspn(text, parting)) {
		if (strncmp(text, with, strlen(with)) == 0)
			return true;
		text += strcspn(text, parting);
	}
	return false;
}

static bool
found(const struct row *r, const char *search)
{
	const char *fold = text_fold(fx.cx.arena, search);

	if (*fold == '\0')
		return true;
	if (letters_of(fold) < 3)
		return word_begins(r->name_fold, fold) || word_begins(r->email_fold, fold) ||
		    word_begins(r->role_fold, fold);
	return strstr(r->text_fold, fold) || strstr(r->role_fold, fold);
}

static bool
in_groups(const struct row *r, const struct member_want *w)
{
	if (w->ngroups == 0 && !w->ungrouped)
		return true;
	for (size_t i = 0; i < w->ngroups; i++)
		for (size_t g = 0; g < GONE; g++)
			if (w->groups[i] == group_ids[g] && r->groups >> g & 1)
				return true;
	return w->ungrouped && r->groups == 0;
}

static bool
wanted(const struct row *r, const struct member_want *w, const char *path)
{
	static const unsigned bits[] = { 0, SHOW_INVITED, SHOW_ACTIVE, SHOW_DORMANT,
		SHOW_DEACTIVATED };
	bool role = w->nroles == 0;

	for (size_t i = 0; i < w->nroles; i++)
		role |= w->roles[i] == r->role;
	return in_reach(r, path) && role && found(r, w->search) && in_groups(r, w) &&
	    (w->statuses == 0 || (w->statuses & bits[rank_of(r)])) &&
	    (!w->factors || (w->factors == FACTOR_ON ? r->factor :
	        r->status[0] == 'a' && !r->factor));
}

static unsigned sorted_by;

static int
by_number(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int
compare(const void *pa, const void *pb)
{
	const struct row *a = *(const struct row *const *)pa, *b = *(const struct row *const *)pb;
	int               c = 0;

	switch (sorted_by) {
	case MEMBERS_NAME:
		c = strcmp(a->name_fold, b->name_fold);
		break;
	case MEMBERS_EMAIL:
		c = strcmp(a->email_key, b->email_key);
		break;
	case MEMBERS_ROLE:
		c = strcmp(a->role_fold, b->role_fold);
		break;
	case MEMBERS_STATUS:
		c = rank_of(a) - rank_of(b);
		/* within one status by activity, the latest first */
		if (c == 0 && a->status[0] == 'a')
			c = by_number(b->active_at, a->active_at);
		break;
	case MEMBERS_GROUP:
		c = strcmp(a->group_fold, b->group_fold);
		break;
	case MEMBERS_SIGNED_IN:
		c = by_number(a->signed_in_at, b->signed_in_at);
		break;
	default:
		c = by_number(a->created_at, b->created_at);
	}
	return c ? c : by_number(a->id, b->id);
}

static size_t
evaluate(const struct member_want *w, const struct row **out)
{
	size_t n = 0;

	for (size_t i = 0; i < nrows; i++)
		if (wanted(&rows[i], w, fx.cx.path))
			out[n++] = &rows[i];
	sorted_by = w->list.sort;
	qsort(out, n, sizeof(*out), compare);
	for (size_t i = 0; w->list.down && i < n / 2; i++) {
		const struct row *r = out[i];

		out[i] = out[n - 1 - i];
		out[n - 1 - i] = r;
	}
	return n;
}

/* ---------------------------------------------------------------- paging */

static struct member_want
plain(unsigned sort, bool down)
{
	return (struct member_want){ .search = "", .list = { .sort = sort, .down = down,
		.rows = 25, .number = sort == MEMBERS_STATUS || sort == MEMBERS_SIGNED_IN ||
		    sort == MEMBERS_CREATED } };
}

static void
go_on(struct member_want *w, const struct member *edge)
{
	w->list.key = members_key(&fx.cx, edge, w->list.sort);
	w->list.id = edge->id;
}

/* From the first page to the last, each row as the plain evaluation has it. */
static void
page_forward(struct member_want w, const struct row *const *want, size_t n)
{
	struct member_list l;
	size_t             seen = 0;

	do {
		assert_int_equal(members_list(&fx.cx, &w, &l), OK);
		for (size_t i = 0; i < l.n; i++, seen++) {
			assert_true(seen < n);
			assert_int_equal(l.items[i].id, want[seen]->id);
		}
		assert_int_equal(l.more, seen < n);
		if (l.n)
			go_on(&w, &l.items[l.n - 1]);
	} while (l.more);
	assert_int_equal(seen, n);
}

/* From behind the last row to the first. */
static void
page_back(struct member_want w, const struct row *const *want, size_t n)
{
	struct member_list l;
	size_t             left = n - 1;
	struct member      last = { 0 };

	if (n == 0)
		return;
	assert_int_equal(members_get(&fx.cx, want[left]->id, &last), OK);
	w.list.back = true;
	last.sort_key = want[left]->group_fold;
	go_on(&w, &last);
	do {
		assert_int_equal(members_list(&fx.cx, &w, &l), OK);
		assert_true(l.n <= left);
		left -= l.n;
		for (size_t i = 0; i < l.n; i++)
			assert_int_equal(l.items[i].id, want[left + i]->id);
		assert_int_equal(l.more, left > 0);
		if (l.n)
			go_on(&w, &l.items[0]);
	} while (l.more);
	assert_int_equal(left, 0);
}

static const char *
told(const struct member_want *w)
{
	return arena_printf(fx.cx.arena, "sort %u%s, statuses %u, %zu roles, %zu groups%s, %s, "
	    "search \"%s\"",
	    w->list.sort, w->list.down ? " down" : "", w->statuses, w->nroles, w->ngroups,
	    w->ungrouped ? " or none" : "",
	    w->factors == FACTOR_OFF ? "no factor" : w->factors ? "factor" : "any", w->search);
}

static void
check_segments(const struct member_list *l)
{
	int64_t n[5] = { 0 }, all = 0, no_factor = 0;

	for (size_t i = 0; i < nrows; i++)
		if (in_reach(&rows[i], fx.cx.path)) {
			all++;
			n[rank_of(&rows[i])]++;
			no_factor += rows[i].status[0] == 'a' && !rows[i].factor;
		}
	assert_int_equal(l->all, all);
	assert_int_equal(l->invited, n[1]);
	assert_int_equal(l->active, n[2] + n[3]);
	assert_int_equal(l->dormant, n[3]);
	assert_int_equal(l->deactivated, n[4]);
	assert_int_equal(l->no_factor, no_factor);
	for (size_t k = 0; k < l->nroles; k++) {
		int64_t users = 0;

		for (size_t i = 0; i < nrows; i++)
			users += in_reach(&rows[i], fx.cx.path) && rows[i].role == l->roles[k].id;
		assert_int_equal(l->roles[k].users, users);
	}
}

static void
check_want(const struct member_want *w, bool both_ways)
{
	const struct row  *want[2 * CROWD];
	struct member_list l;
	size_t             n = evaluate(w, want);

	assert_int_equal(members_list(&fx.cx, w, &l), OK);
	if (n <= 1000 ? l.count != (int64_t)n : l.count <= 1000)
		fail_msg("%s: count %lld, not %zu", told(w), (long long)l.count, n);
	if (l.n != (n < w->list.rows ? n : w->list.rows))
		fail_msg("%s: %zu rows of %zu", told(w), l.n, n);
	check_segments(&l);
	page_forward(*w, want, n);
	if (both_ways)
		page_back(*w, want, n);
}

/* {U2 U5} The crowd has equal keys in every order. */
static void
each_order_pages_both_ways(void **state)
{
	(void)state;
	crowd(CROWD);
	fx_as(NORTH, ADMIN);
	for (unsigned sort = MEMBERS_NAME; sort <= MEMBERS_GROUP; sort++)
		for (int down = 0; down < 2; down++) {
			struct member_want w = plain(sort, down);
			size_t             mark = arena_mark(fx.cx.arena);

			check_want(&w, true);
			arena_release(fx.cx.arena, mark);
		}
}

static const char *
draw_search(void)
{
	const struct row *r = &rows[fx_random((uint32_t)nrows)];
	const char       *texts[] = { r->name, r->name, r->name_fold, r->email, r->role_fold };
	const char       *from;
	struct str        cut;
	size_t            begin, len;

	if (fx_random(20) == 0)
		return "zzqzz";
	from = ONE_OF(texts);
	begin = fx_random((uint32_t)strlen(from));
	len = 1 + fx_random(6);
	while (begin && ((unsigned char)from[begin] & 0xc0) == 0x80)
		begin--;
	if (begin + len > strlen(from))
		len = strlen(from) - begin;
	while (((unsigned char)from[begin + len] & 0xc0) == 0x80)
		len++;
	cut = str_trim((struct str){ from + begin, len });
	return arena_printf(fx.cx.arena, "%.*s", (int)cut.len, cut.p);
}

/* Of any reader, or of one who may see groups. */
static struct member_want
draw_want(int64_t *picked, bool groups)
{
	struct member_want w = plain(fx_random(groups ? 7 : 6), fx_random(2));
	size_t             n = 0;

	if (fx_random(3) == 0)
		w.statuses = 1 + fx_random(15);
	w.factors = fx_random(4) ? 0 : FACTOR_OFF + (unsigned)fx_random(2);
	w.roles = picked;
	for (w.nroles = fx_random(3) ? 0 : 1 + fx_random(3); fx_random(9) == 0 && w.nroles < 3;)
		w.nroles++;
	for (size_t i = 0; i < w.nroles; i++)
		picked[i] = rows[fx_random((uint32_t)nrows)].role;
	if (w.nroles > 1 && fx_random(4) == 0)
		picked[0] = fx_int("SELECT id FROM roles WHERE tenant_id = %lld AND name = 'User'",
		    (long long)fx.tenant[SOUTH]);
	if (fx_random(2))
		w.search = draw_search();
	w.groups = picked + 4;
	w.ungrouped = groups && fx_random(6) == 0;
	for (w.ngroups = groups && fx_random(2) ? 1 + fx_random(fx_random(3) ? 1 : 3) : 0;
	    n < w.ngroups; n++)
		picked[4 + n] = group_ids[fx_random(GROUPS)];
	return w;
}

/* {U2 U3 U4} */
static void
filters_search_and_segments_together(void **state)
{
	int64_t picked[8];

	(void)state;
	crowd(CROWD / 2);
	for (int i = 0; i < WANTS; i++) {
		struct member_want w = draw_want(picked, i % 4);
		size_t             mark;

		fx_as(NORTH, i % 4 ? ADMIN : WEST_ADMIN);
		mark = arena_mark(fx.cx.arena);
		check_want(&w, i % 5 == 0);
		arena_release(fx.cx.arena, mark);
	}
}

/* {U4} Above a thousand the number is not exact, and the rows are right all the same. */
static void
more_than_a_thousand_match(void **state)
{
	static const char *const searches[] = { "mary", "bo", "ma", "example", "crowd", "user" };

	(void)state;
	crowd(CROWD);
	fx_sql("UPDATE members SET status = 'active' WHERE status = 'deactivated'");
	fx_sql("UPDATE members SET active_at = %lld", (long long)(FX_NOW - FX_DAY));
	read_rows();
	for (size_t i = 0; i < sizeof(searches) / sizeof(searches[0]); i++) {
		struct member_want w = plain(MEMBERS_NAME, false);

		fx_as(NORTH, ADMIN);
		w.search = searches[i];
		check_want(&w, true);
	}
	for (unsigned statuses = 1; statuses < 16; statuses++) {
		struct member_want w = plain(MEMBERS_EMAIL, true);

		fx_as(NORTH, ADMIN);
		w.statuses = statuses;
		w.list.rows = 100;
		check_want(&w, false);
	}
}

/* {U2 U5} Whatever is led by, and in the order of names along the group; and who is in none. */
static void
groups_of_any_size(void **state)
{
	(void)state;
	crowd(CROWD);
	fx_as(NORTH, ADMIN);
	for (unsigned i = 0; i < 4 * (GONE + 2); i++) {
		struct member_want w = plain(i / 2 % 2 ? MEMBERS_NAME : MEMBERS_CREATED, i % 2);
		size_t             mark = arena_mark(fx.cx.arena);

		w.groups = group_ids + i / 4;
		w.ngroups = i / 4 <= GONE;
		w.ungrouped = i / 4 > GONE;
		if (i % 3 == 0)
			w.statuses = SHOW_ACTIVE | SHOW_INVITED;
		check_want(&w, true);
		arena_release(fx.cx.arena, mark);
	}
}

/* {R4a G3} Groups are seen from the root, and another account's are as those that never were. */
static void
a_filter_by_groups_needs_to_see_them(void **state)
{
	struct member_want  w = plain(MEMBERS_NAME, false);
	struct member_match match;
	struct member_list  l;

	(void)state;
	crowd(10);
	w.groups = group_ids;
	w.ngroups = 1;
	fx_as(SOUTH, ADMIN);
	assert_int_equal(members_list(&fx.cx, &w, &l), OK);
	assert_true(l.n == 0 && l.count == 0);
	fx_as(NORTH, WEST_ADMIN);
	assert_int_equal(members_list(&fx.cx, &w, &l), ERR_DENIED);
	assert_int_equal(members_match(&fx.cx, &w, &match), ERR_DENIED);
	w = plain(MEMBERS_GROUP, false);
	assert_int_equal(members_list(&fx.cx, &w, &l), ERR_DENIED);
	w = plain(MEMBERS_NAME, false);
	w.ungrouped = true;
	assert_int_equal(members_list(&fx.cx, &w, &l), ERR_DENIED);
}

static void
a_role_named_twice_counts_once(void **state)
{
	struct member_want w = plain(MEMBERS_NAME, false);
	int64_t            twice[2];

	(void)state;
	crowd(60);
	fx_as(NORTH, ADMIN);
	twice[0] = twice[1] = rows[0].role;
	w.roles = twice;
	w.nroles = 2;
	check_want(&w, true);
	w.statuses = SHOW_ACTIVE | SHOW_DORMANT;
	check_want(&w, true);
}

/* ---------------------------------------------------------------- search */

static const char *
names_found(const char *search)
{
	struct member_want w = plain(MEMBERS_NAME, false);
	struct member_list l;
	const char        *names = "";

	w.search = search;
	fx.cx.issues = NULL;
	assert_int_equal(members_list(&fx.cx, &w, &l), OK);
	assert_int_equal(l.count, (int64_t)l.n);
	for (size_t i = 0; i < l.n; i++)
		names = arena_printf(fx.cx.arena, "%s%s%s", names, *names ? ", " : "",
		    l.items[i].name);
	return names;
}

/* {U3} */
static void
search_is_blind_for_case_and_accents(void **state)
{
	static const char *const soren[] = { "soren", "SOREN", "Søren", "SØREN", "ØREN", "akes",
		"Åkes", "ÅKESSON", "oren a", "s.ake", "Sö", "ak", "SO" };
	static const char *const gross[] = { "gross", "groß", "GROSS", "GROẞ", "ross", "gr", "wi" };

	(void)state;
	fx_add_member(NORTH, "Søren Åkesson", "S.Akesson@mail.example", "Guest", "/");
	fx_add_member(NORTH, "Willi Groß", "w9@mail.example", "Guest", "/");
	fx_as(NORTH, ADMIN);
	for (size_t i = 0; i < sizeof(soren) / sizeof(soren[0]); i++)
		assert_string_equal(names_found(soren[i]), "Søren Åkesson");
	for (size_t i = 0; i < sizeof(gross) / sizeof(gross[0]); i++)
		if (strcmp(gross[i], "wi") == 0)
			assert_string_equal(names_found(gross[i]), "Willi Groß, Wim West");
		else
			assert_string_equal(names_found(gross[i]), "Willi Groß");
	assert_string_equal(names_found("mail.example"), "Søren Åkesson, Willi Groß");
}

/* {U3} Inside words from three letters on, beginnings of words below. */
static void
short_searches_are_beginnings_of_words(void **state)
{
	(void)state;
	fx_add_member(NORTH, "Quentin O'Zapf-Zett", "q_qx@mail.example", "Guest", "/");
	fx_as(NORTH, ADMIN);
	assert_string_equal(names_found("q"), "Quentin O'Zapf-Zett");
	assert_string_equal(names_found("qx"), "Quentin O'Zapf-Zett");
	assert_string_equal(names_found("z"), "Quentin O'Zapf-Zett");
	assert_string_equal(names_found("ze"), "Quentin O'Zapf-Zett");
	assert_string_equal(names_found("zap"), "Quentin O'Zapf-Zett");
	assert_string_equal(names_found("apf"), "Quentin O'Zapf-Zett");
	assert_string_equal(names_found("uentin o'zapf-ze"), "Quentin O'Zapf-Zett");
	assert_string_equal(names_found("ap"), "");
	assert_string_equal(names_found("pf"), "");
	assert_string_equal(names_found("qz"), "");
	/* What parts words begins none, though it stands behind what parts words. */
	fx_add_member(NORTH, "(Jr.) Lee", "lee@mail.example", "Guest", "/");
	fx_as(NORTH, ADMIN);
	assert_string_equal(names_found(")"), "");
	assert_string_equal(names_found("("), "");
	assert_string_equal(names_found("jr"), "(Jr.) Lee");
}

/* {U3} */
static void
search_finds_roles_by_name(void **state)
{
	(void)state;
	fx_as(NORTH, ADMIN);
	assert_string_equal(names_found("uditor"), "Aud Auditor");
	fx_sql("UPDATE members SET role_id = (SELECT id FROM roles r WHERE r.tenant_id = "
	    "members.tenant_id AND name = 'Auditor'), role_key = 'auditor' WHERE id = %lld",
	    (long long)fx.m[NORTH][GUEST].id);
	assert_string_equal(names_found("AUDI"), "Aud Auditor, Gil Guest");
	fx_as(NORTH, WEST_ADMIN);
	assert_string_equal(names_found("audi"), "");
	assert_string_equal(names_found("admin"), "Wes West");
}

/* {U3} A whole address means that one, a part of it all that have it, however long it is. */
static void
search_finds_addresses(void **state)
{
	(void)state;
	fx_add_member(NORTH, "Nora One", "nora.lindqvist77@mail.example", "Guest", "/");
	fx_add_member(NORTH, "Nora Two", "eleonora.lindqvist77@mail.example", "Guest", "/");
	fx_add_member(NORTH, "Nora Three", "nora.lindqvist77@mail.example.org", "Guest", "/");
	fx_as(NORTH, ADMIN);
	assert_string_equal(names_found("nora.lindqvist77@mail.example"), "Nora One");
	assert_string_equal(names_found("NORA.Lindqvist77@mail.example"), "Nora One");
	assert_string_equal(names_found("nora.lindqvist77@mail.exampl"),
	    "Nora One, Nora Three, Nora Two");
	assert_string_equal(names_found("eonora.lindqvist77@mail.example"), "Nora Two");
	assert_string_equal(names_found("lindqvist77@mail.example.or"), "Nora Three");
	assert_string_equal(names_found("nora.lindqvist78@mail.example"), "");
	assert_string_equal(names_found("onora.lindqvist7"), "Nora Two");
	assert_string_equal(names_found("t77@mail.example.net"), "");
	assert_string_equal(names_found("@mail.example.org"), "Nora Three");
	fx_as(NORTH, WEST_ADMIN);
	assert_string_equal(names_found("nora.lindqvist77@mail.example"), "");
}

/* {U3} So many that the order's index is walked: there too a search is text. */
static void
searches_of_many_are_text(void **state)
{
	struct member_want w = plain(MEMBERS_NAME, false);
	struct member_list l;

	(void)state;
	for (int i = 0; i < 330; i++)
		fx_add_member(NORTH, arena_printf(fx.keep, "Many Stars %c", 'a' + i % 7),
		    arena_printf(fx.keep, "a%sb%d@mail.example", i < 100 ? "*" : i < 200 ? "?" :
		    "x", i), "Guest", "/");
	fx_as(NORTH, ADMIN);
	w.search = "A*b";
	w.list.rows = 100;
	assert_int_equal(members_list(&fx.cx, &w, &l), OK);
	assert_true(l.n == 100 && !l.more);
	for (size_t i = 0; i < l.n; i++)
		assert_non_null(strstr(l.items[i].email, "a*b"));
	w.search = "a?b";
	assert_int_equal(members_list(&fx.cx, &w, &l), OK);
	assert_true(l.n == 100 && !l.more);
}

/* Nothing in a search is an operator. */
static void
searches_are_text(void **state)
{
	static const char *const odd[] = { "\"", "\"\"\"", "a\"b", "NEAR(", "una OR ada", "una*",
		"%", "___", "\\\\\\", "'; --", "(((", "search:una", "^una", "- -",
		"{x y}", "[1]", "\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80\xf0\x9f\x98\x80" };

	(void)state;
	fx_as(NORTH, ADMIN);
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++)
		assert_string_equal(names_found(odd[i]), "");
}

/* ---------------------------------------------------------------- who sees what */

/* {U1 R4 R4a E4} */
static void
reading_needs_the_permission_and_the_reach(void **state)
{
	struct member_want w = plain(MEMBERS_NAME, false);
	struct member_list l;
	struct member      m;
	struct fx_work     foreign;

	(void)state;
	fx_as(NORTH, ADMIN);
	assert_int_equal(members_get(&fx.cx, fx.m[NORTH][DEEP_USER].id, &m), OK);
	assert_string_equal(m.name, "Dee Deep");
	assert_string_equal(m.role_name, "User");
	assert_true(m.confirmed && !m.dormant && !m.factor && !m.waits);
	fx_mark();
	assert_int_equal(members_get(&fx.cx, fx.m[SOUTH][USER].id, &m), ERR_NOTFOUND);
	foreign = fx_work();
	fx_mark();
	assert_int_equal(members_get(&fx.cx, 4711, &m), ERR_NOTFOUND);
	fx_equal_work(foreign, fx_work(), "foreign and absent");
	fx_as(NORTH, GUEST);
	assert_int_equal(members_get(&fx.cx, fx.m[NORTH][USER].id, &m), ERR_DENIED);
	assert_int_equal(members_list(&fx.cx, &w, &l), ERR_DENIED);
	fx_as(NORTH, WEST_ADMIN);
	assert_int_equal(members_get(&fx.cx, fx.m[NORTH][ADMIN].id, &m), ERR_NOTFOUND);
	assert_int_equal(members_get(&fx.cx, fx.m[NORTH][EAST_USER].id, &m), ERR_NOTFOUND);
	assert_int_equal(members_get(&fx.cx, fx.m[NORTH][DEEP_USER].id, &m), OK);
	assert_int_equal(members_list(&fx.cx, &w, &l), OK);
	assert_int_equal(l.n, 3);
	assert_int_equal(l.all, 3);
	fx_as(SOUTH, ADMIN);
	assert_int_equal(members_list(&fx.cx, &w, &l), OK);
	assert_int_equal(l.n, FX_MEMBERS);
	for (size_t i = 0; i < l.n; i++)
		assert_null(strstr(l.items[i].email, "north"));
}

static void
add_waits(int n, const char *kind)
{
	fx_sql("WITH RECURSIVE c (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < %d) "
	    "INSERT INTO throttles SELECT '%s', 'a' || i || '@junk.example', 'x', 9, %lld, %lld "
	    "FROM c", n, kind, (long long)FX_NOW, (long long)(FX_NOW + FX_MINUTE));
}

/* {U8l S3} However many others wait; what waits for another reason is not marked. */
static void
the_list_says_who_waits(void **state)
{
	struct member_want w = plain(MEMBERS_NAME, false);
	struct member_list l;
	bool               waits;
	size_t             n = 0;

	(void)state;
	add_waits(300, "pair");
	add_waits(300, "strangers");
	fx_sql("INSERT INTO throttles VALUES ('link', 'stan@north.example', '', 9, %lld, %lld)",
	    (long long)FX_NOW, (long long)(FX_NOW + FX_MINUTE));
	fx_sql("INSERT INTO throttles VALUES ('pair', 'ben@north.example', '', 9, %lld, %lld)",
	    (long long)(FX_NOW - FX_MINUTE), (long long)FX_NOW);
	fx_as(NORTH, ADMIN);
	assert_int_equal(db_begin(fx.cx.db), OK);
	for (int i = 0; i < 5; i++)
		assert_int_equal(throttle_count(&fx.cx, THROTTLE_PAIR, fx.m[NORTH][USER].email,
		    "192.0.2.9", &waits), OK);
	assert_int_equal(db_finish(fx.cx.db, OK), OK);
	assert_int_equal(members_list(&fx.cx, &w, &l), OK);
	for (size_t i = 0; i < l.n; i++) {
		n += l.items[i].waits;
		assert_int_equal(l.items[i].waits, l.items[i].id == fx.m[NORTH][USER].id);
	}
	assert_int_equal(n, 1);
}

/* {U5} A page takes the same statements however many rows it has. */
static void
statements_of_a_list_do_not_grow(void **state)
{
	int64_t picked[8], most = 0;

	(void)state;
	crowd(250);
	for (int i = 0; i < 60; i++) {
		struct member_want w = draw_want(picked, true);
		struct member_list l;
		struct fx_work     few, many;

		/* May be an address, is nobody's, and a part of some. */
		if (i == 0) {
			w = plain(MEMBERS_NAME, false);
			w.search = "ord@no";
		}
		w.list.rows = 25;
		/* The first of a process reads what it keeps of the tenant. */
		for (int k = i > 0; k < 2; k++) {
			fx_mark();
			fx_as(NORTH, ADMIN);
			assert_int_equal(members_list(&fx.cx, &w, &l), OK);
			few = fx_work();
		}
		w.list.rows = 100;
		fx_mark();
		fx_as(NORTH, ADMIN);
		assert_int_equal(members_list(&fx.cx, &w, &l), OK);
		many = fx_work();
		fx_equal_work(few, many, told(&w));
		if (many.statements > most)
			most = many.statements;
	}
	print_message("# %lld statements at the most\n", (long long)most);
	assert_true(most <= PAGE_STATEMENTS);
}

/* ---------------------------------------------------------------- kept counts */

/* What a recount finds and the kept counts don't, or the other way round; each member counts
 * for its organization and all above. */
static int64_t
miscounts(void)
{
	static const char recount[] = "SELECT tenant_id, substr(org_path, 1, d.value), status, "
	    "role_id, factor, count(*) FROM members, json_each('[1,15,29,43]') d "
	    "WHERE d.value <= length(org_path) GROUP BY 1, 2, 3, 4, 5";
	static const char kept[] = "SELECT tenant_id, org_path, status, role_id, factor, n "
	    "FROM member_counts WHERE n > 0";

	static const char days[] = "SELECT tenant_id, substr(org_path, 1, d.value), "
	    "active_at / 86400000, count(*) FROM members, json_each('[1,15,29,43]') d "
	    "WHERE d.value <= length(org_path) AND status = 'active' GROUP BY 1, 2, 3";
	static const char kept_days[] = "SELECT tenant_id, org_path, day, n FROM member_days "
	    "WHERE n > 0";

	return fx_int("SELECT (SELECT count(*) FROM (%s EXCEPT %s)) + "
	    "(SELECT count(*) FROM (%s EXCEPT %s))", recount, kept, kept, recount) +
	    fx_int("SELECT (SELECT count(*) FROM (%s EXCEPT %s)) + "
	    "(SELECT count(*) FROM (%s EXCEPT %s))", days, kept_days, kept_days, days);
}

static void
change_something(void)
{
	static const char *const given_roles[] = { "Builder", "Staff", "User", "Guest", "Admin" };
	int64_t        id = rows[fx_random((uint32_t)nrows)].id, n;
	struct invited done;

	switch (fx_random(7)) {
	case 0:
		(void)!members_set_role(&fx.cx, id, fx_role(NORTH, ONE_OF(given_roles)), STR(""));
		break;
	case 1:
		(void)!members_deactivate(&fx.cx, id, STR(""));
		break;
	case 2:
		(void)!members_reactivate(&fx.cx, id);
		break;
	case 3:
		(void)!members_remove(&fx.cx, id, STR(""));
		break;
	case 4:
		(void)!invites_cancel(&fx.cx, id);
		break;
	case 5:
		fx_sql("UPDATE people SET factor = 1 - factor WHERE id = (SELECT person_id FROM "
		    "members WHERE id = %lld)", (long long)id);
		break;
	default:
		n = fx_random(1000000);
		(void)!invites_add(&fx.cx, &(struct invite_input){ .member = {
		    .name = STR("New One"),
		    .email = str_of(arena_printf(fx.cx.arena, "new%lld@north.example",
		    (long long)n)),
		    .role = fx_role(NORTH, ONE_OF(given_roles)) } }, &done);
	}
	fx.cx.issues = NULL;
}

/* {U4} */
static void
kept_counts_equal_a_recount(void **state)
{
	(void)state;
	assert_int_equal(miscounts(), 0);
	crowd(80);
	assert_int_equal(miscounts(), 0);
	fx_as(NORTH, ADMIN);
	fx_mark();
	for (int i = 0; i < CHANGES; i++)
		change_something();
	assert_true(fx_new_events(NORTH) > CHANGES / 4);
	assert_int_equal(miscounts(), 0);
	fx_sql("UPDATE members SET org_path = '%s' WHERE org_path = '%s'", fx.east[NORTH],
	    fx.deep[NORTH]);
	assert_int_equal(miscounts(), 0);
	fx_sql("UPDATE members SET active_at = active_at + 3 * 86400000 WHERE status = 'active'");
	assert_int_equal(miscounts(), 0);
	fx_sql("UPDATE member_days SET n = n + 1 WHERE org_path = '/'");
	assert_true(miscounts() > 0);
	fx_sql("UPDATE member_days SET n = n - 1 WHERE org_path = '/'");
	assert_int_equal(miscounts(), 0);
	fx_sql("UPDATE member_counts SET n = n + 1 WHERE status = 'active' AND org_path = '/'");
	assert_true(miscounts() > 0);
}

static int64_t
wrong_grams(void)
{
	static const char kept[] = "SELECT tenant_id, gram, name_key, id FROM member_grams";
	static const char made[] = "SELECT t.tenant_id, t.gram, t.name_key, t.id "
	    "FROM member_texts t JOIN members m ON m.search_id = t.search_id "
	    "WHERE m.status <> 'removed'";

	return fx_int("SELECT (SELECT count(*) FROM (%s EXCEPT %s)) + "
	    "(SELECT count(*) FROM (%s EXCEPT %s))", kept, made, made, kept);
}

/* The index of a removed member goes with them. */
static void
the_removed_are_not_found(void **state)
{
	(void)state;
	fx_as(NORTH, ADMIN);
	assert_string_equal(names_found("una user"), "Una User");
	assert_string_equal(names_found("un"), "Una User");
	assert_int_equal(members_remove(&fx.cx, fx.m[NORTH][USER].id, STR("")), OK);
	assert_string_equal(names_found("una user"), "");
	assert_string_equal(names_found("un"), "");
	assert_int_equal(wrong_grams(), 0);
}

/* {U3} Whoever is invited may accept under another name. */
static void
grams_equal_those_made_anew(void **state)
{
	(void)state;
	assert_int_equal(wrong_grams(), 0);
	fx_sql("UPDATE members SET name = 'New O''Name', name_key = 'new o''name', "
	    "search = 'new o''name x@y.example' WHERE id = %lld",
	    (long long)fx.m[NORTH][USER].id);
	assert_int_equal(wrong_grams(), 0);
	fx_as(NORTH, ADMIN);
	assert_string_equal(names_found("o'n"), "New O'Name");
	assert_string_equal(names_found("na"), "New O'Name");
	assert_string_equal(names_found("una user"), "");
	fx_sql("UPDATE members SET name_key = 'zz' WHERE id = %lld",
	    (long long)fx.m[NORTH][USER].id);
	assert_int_equal(wrong_grams(), 0);
	fx_sql("DELETE FROM member_grams WHERE gram = 'zz'");
	fx_sql("DELETE FROM member_grams WHERE gram = 'new'");
	assert_true(wrong_grams() > 0);
}

static bool
listed_refused(const struct member *m)
{
	struct member_want w = plain(MEMBERS_EMAIL, false);
	struct member_list l;

	w.search = m->email;
	assert_int_equal(members_list(&fx.cx, &w, &l), OK);
	assert_int_equal(l.n, 1);
	return l.items[0].refused;
}

/* Somebody whose address takes no email is marked in each account, until it does. */
static void
who_cannot_be_reached_is_marked(void **state)
{
	struct email  mail = { .kind = "x", .to = fx.m[NORTH][BOTH].email, .subject = "x",
		.text = "x", .html = "x", .from_name = "", .reply_to = "",
		.person = fx.m[NORTH][BOTH].person };
	struct email  taken;
	struct member m;

	(void)state;
	for (int i = 0; i < 4; i++) {
		fx_nobody();
		fx_sql("UPDATE outbox SET state = 'sent' WHERE state = 'waiting'");
		mail.to = i == 2 ? "old@both.example" : fx.m[NORTH][BOTH].email;
		assert_int_equal(db_begin(fx.cx.db), OK);
		assert_int_equal(db_finish(fx.cx.db, outbox_add(&fx.cx, &mail, NULL)), OK);
		assert_int_equal(outbox_take(&fx.cx, FX_MINUTE, &taken), OK);
		assert_int_equal(i == 0 ? outbox_dead(&fx.cx, taken.id, "554 no") :
		    i == 1 ? outbox_refused(&fx.cx, taken.id, "550 no") :
		    outbox_sent(&fx.cx, taken.id, "250 yes"), OK);
		for (enum fx_tenant t = NORTH; t <= SOUTH; t++) {
			fx_as(t, ADMIN);
			assert_int_equal(members_get(&fx.cx, fx.m[t][BOTH].id, &m), OK);
			assert_int_equal(m.refused, i == 1 || i == 2);
			assert_int_equal(listed_refused(&m), m.refused);
		}
	}
}

/* {U1 L1} The event of another choice of columns calls them as the heading does. */
static void
a_choice_of_columns_is_told_by_their_names(void **state)
{
	(void)state;
	fx_as(NORTH, ADMIN);
	fx_mark();
	assert_int_equal(columns_choose(&fx.cx, 3U | 1U << COLUMN_FACTOR), OK);
	fx_one_event(NORTH, "Ada Admin chose the columns of the users list",
	    "columns: Email, Role, Status, Last sign-in, Registered -> Email, Role, Second factor");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FX_TEST(each_order_pages_both_ways),
		FX_TEST(filters_search_and_segments_together),
		FX_TEST(more_than_a_thousand_match),
		FX_TEST(groups_of_any_size),
		FX_TEST(a_filter_by_groups_needs_to_see_them),
		FX_TEST(a_role_named_twice_counts_once),
		FX_TEST(search_is_blind_for_case_and_accents),
		FX_TEST(short_searches_are_beginnings_of_words),
		FX_TEST(search_finds_roles_by_name),
		FX_TEST(search_finds_addresses),
		FX_TEST(grams_equal_those_made_anew),
		FX_TEST(searches_of_many_are_text),
		FX_TEST(searches_are_text),
		FX_TEST(reading_needs_the_permission_and_the_reach),
		FX_TEST(the_list_says_who_waits),
		FX_TEST(statements_of_a_list_do_not_grow),
		FX_TEST(kept_counts_equal_a_recount),
		FX_TEST(the_removed_are_not_found),
		FX_TEST(who_cannot_be_reached_is_marked),
		FX_TEST(a_choice_of_columns_is_told_by_their_names),
	};

	return FX_RUN(tests);
}
