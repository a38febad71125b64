/* People of a tenant: the list, one of them, and what other modules need to make one.
 * Changing role and status is in acts.c, passwords and sessions are in signin/, how
 * somebody comes in is in invites/. */
#include "members/members.h"

#include <string.h>

#include "base/arena.h"
#include "base/id.h"
#include "core/throttle.h"
#include "members/members_store.h"
#include "members/own.h"
#include "organizations/organizations.h"

enum { PART_LONGEST = 12, ADDRESS_PART = 5, GRAM = 3, FEW_OF_TEXT = 300 };

/* ---------------------------------------------------------------- the list */

static size_t
letters(const char *s)
{
	size_t n = 0;

	for (; *s; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

static const struct { unsigned bit; const char *word; } shown[] = {
	{ SHOW_INVITED, "invited" },
	{ SHOW_ACTIVE, "active" },
	{ SHOW_DORMANT, "dormant" },
	{ SHOW_DEACTIVATED, "deactivated" },
};

/* Does the nth role stand further ahead too?  An address may name one twice. */
static bool
named_before(const struct member_want *w, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (w->roles[i] == w->roles[n])
			return true;
	return false;
}

static void
filters_as_json(struct ctx *cx, const struct member_want *w, struct member_filter *f)
{
	const char *statuses = "[", *roles = "[";

	for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++)
		if (w->statuses & shown[i].bit)
			statuses = arena_printf(cx->arena, "%s%s\"%s\"", statuses,
			    statuses[1] ? "," : "", shown[i].word);
	for (size_t i = 0; i < w->nroles; i++)
		if (!named_before(w, i))
			roles = arena_printf(cx->arena, "%s%s%lld", roles, i ? "," : "",
			    (long long)w->roles[i]);
	f->statuses = arena_printf(cx->arena, "%s]", statuses);
	f->roles = arena_printf(cx->arena, "%s]", roles);
}

/* The index goes through the list of each three letters of what it is asked for, and those of
 * "example.org" are as long as the tenant has members.  So of a long search it gets a part: of
 * an address that before the "@", and what it finds is compared with the whole. */
static const char *
part_of(struct ctx *cx, const char *fold)
{
	size_t      len = strlen(fold);
	const char *at = strchr(fold, '@'), *from, *end;

	if (len <= PART_LONGEST)
		return fold;
	if (at && at - fold >= ADDRESS_PART) {
		end = at + 1;
		from = end - ADDRESS_PART;
	} else {
		end = fold + PART_LONGEST;
		from = fold;
	}
	/* Not within a character. */
	while (((unsigned char)*from & 0xc0) == 0x80)
		from++;
	while (((unsigned char)*end & 0xc0) == 0x80)
		end++;
	return arena_printf(cx->arena, "%.*s", (int)(end - from), from);
}

static const char *
skip_letters(const char *s, size_t n)
{
	while (n > 0 && *s) {
		s++;
		n -= ((unsigned char)*s & 0xc0) != 0x80;
	}
	return s;
}

/* The middle of a search: how names end and addresses go on is common. */
static const char *
gram_of(struct ctx *cx, const char *fold, size_t n)
{
	const char *from;

	if (n < GRAM)
		return arena_printf(cx->arena, "\n%s", fold);
	from = skip_letters(fold, (n - GRAM) / 2);
	return arena_printf(cx->arena, "%.*s", (int)(skip_letters(from, GRAM) - from), from);
}

/* Does one of the words begin so? */
static bool
begins_word(const char *words, const char *fold)
{
	for (const char *at = strstr(words, fold); at; at = strstr(at + 1, fold))
		if (at == words || strchr(member_parting, at[-1]))
			return true;
	return false;
}

static const char *
roles_named(struct ctx *cx, const struct member_filter *f, const struct member_list *list)
{
	const char *hits = "[";

	for (size_t i = 0; f->gram && i < list->nroles; i++) {
		const char *name = text_fold(cx->arena, list->roles[i].name);

		if (f->word ? begins_word(name, f->fold) : strstr(name, f->fold) != NULL)
			hits = arena_printf(cx->arena, "%s%s%lld", hits, hits[1] ? "," : "",
			    (long long)list->roles[i].id);
	}
	return arena_printf(cx->arena, "%s]", hits);
}

/* A double quote would end the index's phrase, and no name or address holds one. */
void
member_make_filter(struct ctx *cx, const struct member_want *w, const struct member_list *list,
    struct member_filter *f)
{
	char  *fold = arena_strdup(cx->arena, text_fold(cx->arena, w->search));
	size_t n;

	for (char *p = fold; *p; p++)
		if (*p == '"')
			*p = ' ';
	n = letters(fold);
	*f = (struct member_filter){ .want = w, .fold = fold, .exact = n <= GRAM, .word = n < GRAM,
		.dormant_before = member_dormant_before(cx) };
	f->gram = n > 0 ? gram_of(cx, fold, n) : NULL;
	f->part = part_of(cx, fold);
	filters_as_json(cx, w, f);
	f->role_hits = roles_named(cx, f, list);
}

static int64_t
holders(const struct member_want *w, const struct member_list *l)
{
	int64_t n = 0;

	for (size_t i = 0; i < w->nroles; i++)
		for (size_t k = 0; k < l->nroles && !named_before(w, i); k++)
			n += l->roles[k].id == w->roles[i] ? l->roles[k].users : 0;
	return n;
}

static int64_t
of_statuses(const struct member_want *w, const struct member_list *l)
{
	return (w->statuses & SHOW_ACTIVE ? l->active - l->dormant : 0) +
	    (w->statuses & SHOW_DORMANT ? l->dormant : 0) +
	    (w->statuses & SHOW_INVITED ? l->invited : 0) +
	    (w->statuses & SHOW_DEACTIVATED ? l->deactivated : 0);
}

/* How many match, where kept counts can tell; -1 where they can't. */
static int64_t
counted(const struct member_filter *f, const struct member_list *l)
{
	const struct member_want *w = f->want;

	if (*f->fold || f->groups || (w->statuses != 0) + (w->nroles != 0) + (w->factors != 0) > 1)
		return -1;
	if (w->factors)
		return w->factors == FACTOR_OFF ? l->no_factor : l->with_factor;
	if (w->nroles)
		return holders(w, l);
	if (w->statuses == 0)
		return l->all;
	return of_statuses(w, l);
}

/* To fetch and sort n rows takes longer the more there are; to walk the order's index until a
 * page is full, the fewer there are.  In between they take the same where n * n is some 30 times
 * the number of all. */
static bool
are_few(const struct member_list *l, int64_t n)
{
	return n <= HITS_MOST && n * n < 30 * l->all;
}

/* The grams are in the order of names, and know no roles. */
static bool
by_gram(const struct member_filter *f, int64_t n)
{
	return f->gram && f->want->list.sort == MEMBERS_NAME &&
	    strcmp(f->role_hits, "[]") == 0 && (f->exact || n > FEW_OF_TEXT);
}

/* A filter that nothing was chosen of lets all through.  Whoever is in no group is not counted. */
static enum member_lead
lead(const struct member_filter *f, const struct member_list *l)
{
	const struct member_want *w = f->want;
	const int64_t             n[] = { [LEAD_SEARCH] = f->gram ? HITS_MOST : INT64_MAX,
		[LEAD_ROLE] = w->nroles && !f->gram ? holders(w, l) : INT64_MAX,
		[LEAD_STATUS] = w->statuses && !f->gram ? of_statuses(w, l) : INT64_MAX,
		[LEAD_FACTOR] = !w->factors || f->gram ? INT64_MAX :
		    w->factors == FACTOR_OFF ? l->no_factor : l->with_factor,
		[LEAD_GROUP] = !f->groups ? INT64_MAX : w->ungrouped ? l->all : f->grouped };
	enum member_lead          least = LEAD_SEARCH;

	for (enum member_lead i = LEAD_ROLE; i <= LEAD_GROUP; i++)
		if (n[i] < n[least])
			least = i;
	return least;
}

static enum err
find_some(struct ctx *cx, const struct member_filter *f, struct member_list *out)
{
	const char *ids;
	size_t      n;

	TRY(member_hits(cx, f, lead(f, out), &ids, &n));
	if (out->count < 0)
		out->count = n > HITS_MOST ? COUNT_MORE : (int64_t)n;
	if (are_few(out, (int64_t)n))
		return member_rows_few(cx, f, ids, out);
	if (by_gram(f, out->count))
		return member_rows_gram(cx, f, out);
	if (f->only_group && f->gram == NULL && f->want->list.sort == MEMBERS_NAME)
		return member_rows_in_group(cx, f, out);
	return member_rows(cx, f, out);
}

static enum err
find_rows(struct ctx *cx, const struct member_filter *f, struct member_list *out)
{
	/* What may be an address is looked up as one first, and mostly found. */
	if (out->count < 0 && member_plain(cx, f) && !strchr(f->fold, '@'))
		TRY(member_count_hits(cx, f, &out->count));
	if (out->count == 0)
		return OK;
	if (out->count > 0 && by_gram(f, out->count))
		return member_rows_gram(cx, f, out);
	if (f->want->statuses == 0 && f->want->nroles == 0 && f->want->factors == 0 &&
	    f->groups == NULL && f->gram == NULL)
		return member_rows(cx, f, out);
	if (out->count >= 0 && !are_few(out, out->count))
		return member_rows(cx, f, out);
	return find_some(cx, f, out);
}

static enum err
mark_waits(struct ctx *cx, struct member_list *out)
{
	const char **keys = ARENA_ARRAY(cx->arena, const char *, out->n + 1);
	bool        *waits = ARENA_ARRAY(cx->arena, bool, out->n + 1);

	for (size_t i = 0; i < out->n; i++)
		keys[i] = text_key(cx->arena, out->items[i].email);
	TRY(throttle_waiting(cx, keys, out->n, waits));
	for (size_t i = 0; i < out->n; i++)
		out->items[i].waits = waits[i];
	return OK;
}

/* Not left out: an act on all that match would be one on more. */
enum err
members_may_want(struct ctx *cx, const struct member_want *w)
{
	return w->ngroups || w->ungrouped || w->list.sort == MEMBERS_GROUP ?
	    access_need(cx, PERM_GROUP_VIEW, IN_TENANT) : OK;
}

/* The statements keep to the reader's path; this asks whether they may at all. */
enum err
members_list(struct ctx *cx, const struct member_want *w, struct member_list *out)
{
	struct member_filter f;
	int64_t              awake = 0;
	bool                 waiting = false;

	TRY(access_need(cx, PERM_USER_VIEW, IN_ORG(cx->path)));
	TRY(members_may_want(cx, w));
	*out = (struct member_list){ .n = 0 };
	TRY(member_counts(cx, out));
	member_make_filter(cx, w, out, &f);
	if (!w->brief)
		TRY(member_awake(cx, &f, &awake, &waiting));
	out->dormant = out->active - awake;
	out->count = counted(&f, out);
	TRY(find_rows(cx, &f, out));
	if (waiting)
		TRY(mark_waits(cx, out));
	for (size_t i = 0; i < out->n; i++)
		for (size_t k = 0; k < out->nroles; k++)
			if (out->roles[k].id == out->items[i].role)
				out->items[i].role_name = out->roles[k].name;
	return OK;
}

enum err
members_numbers(struct ctx *cx, struct member_list *out)
{
	TRY(access_need(cx, PERM_USER_VIEW, IN_ORG(cx->path)));
	*out = (struct member_list){ .n = 0 };
	return member_counts(cx, out);
}

const char *
members_key(struct ctx *cx, const struct member *m, unsigned sort)
{
	int64_t n;

	switch (sort) {
	case MEMBERS_NAME:
		return text_fold(cx->arena, m->name);
	case MEMBERS_EMAIL:
		return text_key(cx->arena, m->email);
	case MEMBERS_ROLE:
		return text_fold(cx->arena, m->role_name);
	case MEMBERS_STATUS:
		n = (m->status[0] == 'i' ? 1 : m->status[0] == 'a' ? 2 : 3) * (INT64_C(1) << 50);
		n += m->status[0] == 'a' ? (INT64_C(1) << 43) - m->active_at : 0;
		break;
	case MEMBERS_GROUP:
		return m->sort_key;
	case MEMBERS_SIGNED_IN:
		n = m->signed_in_at;
		break;
	default:
		n = m->created_at;
	}
	return arena_printf(cx->arena, "%lld", (long long)n);
}

/* ---------------------------------------------------------------- one of them */

enum err
members_gone(struct ctx *cx, int64_t id, const char **name)
{
	TRY(access_need(cx, PERM_USER_REMOVE, IN_ORG(cx->path)));
	return member_row_gone(cx, id, name);
}

enum err
members_get(struct ctx *cx, int64_t id, struct member *out)
{
	TRY(member_row(cx, id, out));
	return access_need(cx, PERM_USER_VIEW, IN_ORG(out->org_path));
}

enum err
members_may(struct ctx *cx, int64_t id, enum perm need, struct member *out)
{
	TRY(members_get(cx, id, out));
	return access_need(cx, need, IN_ORG(out->org_path));
}

enum err
members_self(struct ctx *cx, struct member *out)
{
	return member_row(cx, cx->actor.member, out);
}

enum err
members_roles(struct ctx *cx, bool give, struct member_role **out, size_t *n)
{
	size_t all;

	TRY(member_roles(cx, out, &all));
	*n = 0;
	for (size_t i = 0; i < all; i++)
		if (!give || cx->actor.kind == ACTOR_SYSTEM ||
		    perm_covers(cx->perms, (*out)[i].perms))
			(*out)[(*n)++] = (*out)[i];
	return OK;
}

/* Those that the actor may not give are found too, so that the refusal can say why. */
enum err
members_role(struct ctx *cx, struct str text, struct member_role *out)
{
	struct member_role *roles;
	const char         *name;
	size_t              n;
	int64_t             id = 0;

	TRY(members_roles(cx, false, &roles, &n));
	if (id_read(str_trim(text), &id) != OK)
		id = 0;
	if (str_text(cx->arena, str_trim(text), 60, &name))
		name = "";
	for (size_t i = 0; i < n; i++)
		if (roles[i].id == id || (cx->actor.kind == ACTOR_SYSTEM &&
		    strcmp(text_fold(cx->arena, roles[i].name), text_fold(cx->arena, name)) == 0)) {
			*out = roles[i];
			return OK;
		}
	return ctx_issue(cx, "role", _("Choose a role."));
}

/* ---------------------------------------------------------------- for other modules */

enum err
members_check(struct ctx *cx, const struct member_input *in, const char *org_path,
    struct member_made *out)
{
	struct organization org;
	enum err            e = OK;

	*out = (struct member_made){ .org_path = org_path, .phone = "" };
	if (name_text(cx->arena, in->name, &out->name))
		e = ctx_issue(cx, "name", _("Give a name of at most [n] letters, digits, spaces "
		    "and - . , ' ( ).", "n", "60"));
	if (email_text(cx->arena, str_trim(in->email), &out->email, &out->email_key))
		e = ctx_issue(cx, "email", _("Give an email address, such as ana@example.org."));
	if (str_trim(in->phone).len && phone_text(cx->arena, str_trim(in->phone), &out->phone))
		e = ctx_issue(cx, "phone",
		    _("Give a number with its country, such as +49 30 1234567."));
	if (members_role(cx, in->role, &out->role))
		e = ERR_INVALID;
	TRY(e);
	TRY(access_give_role(cx, out->role.name, out->role.perms, org_path));
	TRY(organizations_at(cx, org_path, &org));
	out->org = org.id;
	return OK;
}

enum err
members_person(struct ctx *cx, const char *email_key, struct person *out)
{
	return person_row(cx, email_key, out);
}

enum err
members_add_person(struct ctx *cx, const struct member_made *m, int64_t *person)
{
	*person = id_new(cx->now);
	return person_row_add(cx, *person, m);
}

enum err
members_add(struct ctx *cx, int64_t id, int64_t person, const struct member_made *m,
    const char *status)
{
	return member_row_add(cx, id, person, m, status);
}

enum err
members_accept(struct ctx *cx, int64_t id, const char *name, const char *terms_url)
{
	struct member m;

	TRY(member_row(cx, id, &m));
	return member_row_accept(cx, id, name, m.email, terms_url);
}

enum err
members_confirm_person(struct ctx *cx, int64_t person)
{
	return person_row_confirm(cx, person);
}

enum err
members_name_person(struct ctx *cx, int64_t person, const char *name)
{
	return person_row_name(cx, person, name);
}

enum err
members_answer_role(struct ctx *cx, int64_t id)
{
	return member_row_role_by(cx, id);
}

enum err
members_close(struct ctx *cx, int64_t id)
{
	struct member m;

	TRY(member_row(cx, id, &m));
	return member_row_status(cx, id, "removed", m.status);
}

enum err
members_place(struct ctx *cx, const char *path, int64_t *org)
{
	struct organization o;

	TRY(organizations_at(cx, path, &o));
	*org = o.id;
	return OK;
}

enum err
members_erase(struct ctx *cx, const struct member *m)
{
	const char *lacking;

	TRY(member_row_erase(cx, m));
	return members_own_erase(cx, m->person, &(struct membership_list){ NULL, 0 }, &lacking);
}

enum err
members_root(struct ctx *cx, int64_t *org)
{
	struct organization root;

	TRY(organizations_at(cx, "/", &root));
	*org = root.id;
	return OK;
}

enum err
members_demo_past(struct ctx *cx, int64_t id, const char *status, int64_t signed_in_at)
{
	TRY(member_row_past(cx, id, signed_in_at));
	return strcmp(status, "active") == 0 ? OK : member_row_status(cx, id, status, "active");
}
