/* The table of permissions, and sets of them as a role stores them.
 * Who holds what is decided in access.c. */
#include "core/perm.h"

#include <assert.h>
#include <string.h>

#include "base/arena.h"
#include "core/ctx.h"

static const struct perm_info perms[PERM__COUNT] = {
#define PERM(symbol, key_, scope_, title_) \
	[PERM_##symbol] = { .key = (key_), .title = (title_), .scope = (scope_) },
#include "core/perm.def"
#undef PERM
};
static const unsigned char lengths[PERM__COUNT] = {
#define PERM(symbol, key, scope, title) [PERM_##symbol] = sizeof(key) - 1,
#include "core/perm.def"
#undef PERM
};

const struct perm_info *
perm_info(enum perm p)
{
	assert(p >= PERM_FIRST && p < PERM__COUNT);
	return &perms[p];
}

static enum perm
find_between(struct str key, enum perm from, enum perm to)
{
	for (enum perm p = from; p < to; p++)
		if (lengths[p] == key.len && memcmp(perms[p].key, key.p, key.len) == 0)
			return p;
	return PERM_UNSET;
}

enum perm
perm_find(struct str key)
{
	return find_between(key, PERM_FIRST, PERM__COUNT);
}

struct perm_set
perm_set_all(void)
{
	return (struct perm_set){ (UINT64_MAX >> (64 - PERM__COUNT)) &
		~((UINT64_C(1) << PERM_FIRST) - 1) };
}

struct perm_set
perm_set_workspace(void)
{
	struct perm_set s = { 0 };

	for (enum perm p = PERM_FIRST; p < PERM__COUNT; p++)
		if (perms[p].scope == SCOPE_WORKSPACE)
			s.bits |= UINT64_C(1) << p;
	return s;
}

struct perm_set
perm_set_reading(void)
{
	static const char *const verbs[] = { "view", "view_all", "activity" };
	struct perm_set          s = { 0 };

	for (enum perm p = PERM_FIRST; p < PERM__COUNT; p++)
		for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
			if (strcmp(strchr(perms[p].key, ':') + 1, verbs[i]) == 0)
				s.bits |= UINT64_C(1) << p;
	return s;
}

/* Whoever may change a thing may see it: every permission of an area implies its view. */
enum perm
perm_implied(enum perm p)
{
	const char *colon = strchr(perm_info(p)->key, ':');
	char        view[32];
	size_t      area = (size_t)(colon - perms[p].key);
	enum perm   implied;

	if (area + sizeof(":view") > sizeof(view))
		return p;
	memcpy(view, perms[p].key, area);
	memcpy(view + area, ":view", sizeof(":view"));
	implied = perm_find(str_of(view));
	return implied != PERM_UNSET && perms[implied].scope == perms[p].scope ? implied : p;
}

static struct perm_set
with_implied(struct perm_set s)
{
	static enum perm also[PERM__COUNT];   /* found once: each page reads every role */

	for (uint64_t left = s.bits; left != 0; left &= left - 1) {
		enum perm p = (enum perm)__builtin_ctzll(left);

		if (also[p] == PERM_UNSET)
			also[p] = perm_implied(p);
		s.bits |= UINT64_C(1) << also[p];
	}
	return s;
}

struct perm_set
perm_set_read(const char *stored)
{
	struct perm_set s = { 0 };
	enum perm       next = PERM_FIRST;

	if (strcmp(stored, "*") == 0)
		return perm_set_all();
	/* Mostly written in the order of the table, so what comes next stands behind the last. */
	while (*stored) {
		struct str key = { stored, strcspn(stored, " ") };
		enum perm  p = find_between(key, next, PERM__COUNT);

		if (p == PERM_UNSET)
			p = find_between(key, PERM_FIRST, next);
		if (p != PERM_UNSET) {
			s.bits |= UINT64_C(1) << p;
			next = p + 1;
		}
		stored += key.len;
		stored += *stored == ' ';
	}
	return with_implied(s);
}

const char *
perm_set_text(struct arena *a, struct perm_set s)
{
	const char *text = "";

	for (enum perm p = PERM_FIRST; p < PERM__COUNT; p++)
		if (perm_in(s, p))
			text = arena_printf(a, "%s%s%s", text, *text ? " " : "", perms[p].key);
	return text;
}
