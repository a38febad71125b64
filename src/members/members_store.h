#ifndef MEMBERS_MEMBERS_STORE_H
#define MEMBERS_MEMBERS_STORE_H

/* Rows of members.sql, private to members/. */

#include "members/members.h"

/* How many rows a search may find before the list walks its index instead. */
enum { HITS_MOST = 1000 };

/* What words of names and addresses are parted by. */
extern const char member_parting[];

/* What a wanted list comes to: folded search, names of roles matched, dormant since. */
struct member_filter {
	const struct member_want *want;
	int64_t     dormant_before;
	const char *statuses, *roles;   /* JSON arrays, "[]" for any */
	const char *groups;        /* those that there are as a JSON array; NULL: any or none */
	int64_t     only_group;    /* where it is one alone, else 0 */
	int64_t     grouped;       /* at most that many are in the groups */
	const char *fold;          /* of the search, "" for none */
	const char *part;          /* what the index is asked for: fold, or a part of a long one */
	const char *gram;          /* of member_grams: a part of the search; NULL for none */
	bool        exact;         /* whoever has the gram matches: a search of at most 3 letters */
	bool        word;          /* one or two letters: beginnings of words */
	const char *role_hits;     /* JSON array of roles that the search names */
};

/* From what is wanted and the roles there are. */
void member_make_filter(struct ctx *cx, const struct member_want *w, const struct member_list *list,
    struct member_filter *f);
/* For GLOB: the part between beginning and "*"; in it every letter stands for itself. */
const char *member_pattern(struct ctx *cx, const char *beginning, const char *part);
/* Patterns of a search for one row after the other, NULL for none: one or two letters are looked
 * for behind what parts words, and at the very beginning.  What parts words begins none: then it is
 * "", which no text is. */
const char *member_inside(struct ctx *cx, const struct member_filter *f);
const char *member_begin(struct ctx *cx, const struct member_filter *f);

enum err member_row(struct ctx *cx, int64_t id, struct member *out) MUST_USE;
enum err member_row_gone(struct ctx *cx, int64_t id, const char **name) MUST_USE;
/* Nothing but a search, by a reader of the whole tenant, that names no role: then an index alone
 * can count those that match. */
bool     member_plain(const struct ctx *cx, const struct member_filter *f);
/* How many match a plain search, at most HITS_MOST + 1. */
enum err member_count_hits(struct ctx *cx, const struct member_filter *f, int64_t *n) MUST_USE;
/* What the hits are read by: where several can lead, what fewest have. */
enum member_lead { LEAD_SEARCH, LEAD_ROLE, LEAD_STATUS, LEAD_FACTOR, LEAD_GROUP };
/* Search ids as a JSON array, and how many, at most HITS_MOST + 1. */
enum err member_hits(struct ctx *cx, const struct member_filter *f, enum member_lead lead,
    const char **ids, size_t *n) MUST_USE;
/* Asks for one row more than wanted, to know whether there is a next page. */
enum err member_rows(struct ctx *cx, const struct member_filter *f, struct member_list *out)
    MUST_USE;
/* The same of a search without roles, in the order of names only. */
enum err member_rows_gram(struct ctx *cx, const struct member_filter *f, struct member_list *out)
    MUST_USE;
/* The same of who is in one group, without a search, in the order of names only. */
enum err member_rows_in_group(struct ctx *cx, const struct member_filter *f,
    struct member_list *out) MUST_USE;
enum err member_rows_few(struct ctx *cx, const struct member_filter *f, const char *ids,
    struct member_list *out) MUST_USE;
/* The tenant roles; nobody is counted. */
enum err member_roles(struct ctx *cx, struct member_role **out, size_t *n) MUST_USE;
/* Fills roles and the counts but dormant and count. */
enum err member_counts(struct ctx *cx, struct member_list *out) MUST_USE;
/* Active members who are not dormant; and whether the sign-in of anybody at all waits.  Fills in
 * what the filter knows of groups: those that are gone are left out, for nobody is in them, though
 * their rows may still be there. */
enum err member_awake(struct ctx *cx, struct member_filter *f, int64_t *n, bool *waiting) MUST_USE;
/* Who was last active before it is dormant: so many whole days (UTC) ago, so that kept counts
 * of days can tell how many are. */
int64_t  member_dormant_before(const struct ctx *cx);
enum err member_row_role(struct ctx *cx, int64_t id, const struct member_role *r) MUST_USE;
enum err member_row_role_by(struct ctx *cx, int64_t id) MUST_USE;
enum err member_row_status(struct ctx *cx, int64_t id, const char *status, const char *before)
    MUST_USE;
enum err member_row_accept(struct ctx *cx, int64_t id, const char *name, const char *email,
    const char *terms_url) MUST_USE;
/* id, version, email and the tenant's own copy; not that version any more: ERR_CONFLICT. */
enum err member_row_edit(struct ctx *cx, const struct member *m) MUST_USE;
enum err member_row_valid_from(struct ctx *cx, int64_t id) MUST_USE;
/* id, name and org_path of those behind after, made before, of the actor's reach. */
enum err member_rows_after(struct ctx *cx, int64_t after, int64_t made_before, size_t most,
    struct member *items, size_t *n) MUST_USE;
enum err member_row_past(struct ctx *cx, int64_t id, int64_t signed_in_at) MUST_USE;
enum err member_row_add(struct ctx *cx, int64_t id, int64_t person, const struct member_made *m,
    const char *status) MUST_USE;
/* Closed, with nothing personal left but the name; not of that status any more: ERR_CONFLICT. */
enum err member_row_erase(struct ctx *cx, const struct member *m) MUST_USE;
enum err person_row_add(struct ctx *cx, int64_t id, const struct member_made *m) MUST_USE;
enum err person_row(struct ctx *cx, const char *email_key, struct person *out) MUST_USE;
enum err person_row_confirm(struct ctx *cx, int64_t id) MUST_USE;
enum err person_row_name(struct ctx *cx, int64_t id, const char *name) MUST_USE;

#endif
