#ifndef CORE_PERM_H
#define CORE_PERM_H

/* The permissions as numbers and sets.  Who holds what is decided in core/access.h. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct arena;

enum scope_kind { SCOPE_TENANT, SCOPE_ORG, SCOPE_WORKSPACE };

/* PERM_UNSET is what a forgotten field holds, and it is refused. */
enum perm {
	PERM_UNSET = 0,
	PERM_PUBLIC,       /* anyone; written out, never implied */
	PERM_SIGNED_IN,    /* anyone who has signed in */
	PERM_FIRST,        /* the first of the table below */
	PERM__BEFORE = PERM_FIRST - 1,
#define PERM(symbol, key, scope, title) PERM_##symbol,
#include "core/perm.def"
#undef PERM
	PERM__COUNT
};

struct perm_set { uint64_t bits; };
_Static_assert(PERM__COUNT <= 64, "a perm_set has 64 bits");

struct perm_info {
	const char     *key;     /* "user:view" */
	const char     *area;    /* "user" */
	const char     *title;   /* English, marked for translation */
	enum scope_kind scope;
};

/* PERM_FIRST to PERM__COUNT - 1; anything else ends the program. */
const struct perm_info *perm_info(enum perm p);
/* "user:view" to its number; PERM_UNSET when there is none. */
enum perm perm_find(struct str key);

/* The stored text of a role: keys parted by spaces, or "*" for all.  Keys that this
 * program does not know are left out.  Those that others imply (edit implies view) are
 * added. */
struct perm_set perm_set_read(const char *stored);
const char     *perm_set_text(struct arena *a, struct perm_set s);
/* What p brings along: its area's view; itself when nothing. */
enum perm       perm_implied(enum perm p);
struct perm_set perm_set_all(void);
/* Those of scope workspace. */
struct perm_set perm_set_workspace(void);
/* Those that change nothing and take nothing along. */
struct perm_set perm_set_reading(void);
static inline bool
perm_in(struct perm_set s, enum perm p)
{
	return p >= PERM_FIRST && p < PERM__COUNT && (s.bits >> p & 1);
}
/* Does a hold all that b holds? */
static inline bool
perm_covers(struct perm_set a, struct perm_set b)
{
	return (b.bits & ~a.bits) == 0;
}
/* What both hold. */
static inline struct perm_set
perm_both(struct perm_set a, struct perm_set b)
{
	return (struct perm_set){ a.bits & b.bits };
}
static inline size_t
perm_count(struct perm_set s)
{
	return (size_t)__builtin_popcountll(s.bits);
}

#endif
