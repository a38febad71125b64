#ifndef GROUPS_GROUPS_H
#define GROUPS_GROUPS_H

#include "core/access.h"
#include "core/list.h"

/* Groups: people taken together, who all hold the tenant role that the group holds, as long as
 * they are in it.  What that comes to is decided in core/access.c. */
struct group {
	int64_t         id, version;      /* version: one more at each edit */
	const char     *name, *description;
	int64_t         role;             /* 0: none */
	const char     *role_name;        /* "" for none */
	struct perm_set role_perms;
	int64_t         members;          /* those whose membership ended are counted, too */
	int64_t         workspaces;       /* in how many it is */
	const char     *made_by;          /* groups_get() only; "" for the system */
	int64_t         created_at;
};
struct group_list {
	struct group *items;
	size_t        n;
	bool          more;
	int64_t       all;                /* groups of the tenant, whatever is searched */
};

enum { GROUPS_NAME, GROUPS_MEMBERS, GROUPS_CREATED };
#define GROUPS_SORTS "name members created"

/* Needs group:view.  search: as typed, found in the name; "" for all. */
enum err groups_list(struct ctx *cx, const struct list_want *w, const char *search,
    struct group_list *out) MUST_USE;
/* The cursor key of a row under that sort. */
const char *groups_key(struct ctx *cx, const struct group *g, unsigned sort);
enum err groups_get(struct ctx *cx, int64_t id, struct group *out) MUST_USE;
/* 0 for none.  Asks for no permission. */
enum err groups_named(struct ctx *cx, const char *name, int64_t *id) MUST_USE;

/* Who is in one, in the order of their names. */
struct group_member {
	int64_t     id;
	bool        service;              /* a service account: it has no address */
	const char *name, *email, *status;
	const char *name_key;
	int64_t     added_at;
	int64_t     until_at;             /* 0: without an end */
	bool        over;                 /* it has passed: nothing is held any more */
};
struct group_members { struct group_member *items; size_t n; bool more; };
/* Needs group:view. */
enum err groups_members(struct ctx *cx, int64_t group, const struct list_want *w,
    struct group_members *out) MUST_USE;

/* Which of these members are in it: in[i] is set for members[i]. */
enum err groups_among(struct ctx *cx, int64_t group, const int64_t *members, size_t n, bool *in)
    MUST_USE;

/* The groups of a member, by name. */
struct group_place { int64_t id, until_at; const char *name, *role; bool over; };
struct group_places { struct group_place *items; size_t n; };
enum err groups_of(struct ctx *cx, int64_t member, struct group_places *out) MUST_USE;

/* Somebody or something that may be in a group: a member or a service account.  Needs that the
 * actor may see them; else, and when there is none: ERR_NOTFOUND or ERR_DENIED. */
struct group_holder { int64_t id; bool service; const char *name, *org_path; };
enum err groups_holder(struct ctx *cx, int64_t id, struct group_holder *out) MUST_USE;

/* What a form brought, unchecked: role is the text of an id, "" for none. */
struct group_input { struct str name, description, role; int64_t version; };

/* Each of these needs group:edit, and is one transaction with its events.  Nobody brings people to
 * more than they hold themselves: ERR_DENIED with an issue on "role".  What would take the last
 * administrator away: ERR_CONFLICT with an issue. */
/* id is the form's, so that one sent twice makes one group. */
enum err groups_make(struct ctx *cx, int64_t id, const struct group_input *in) MUST_USE;
/* Edited since that version was read: ERR_CONFLICT, and no issue. */
enum err groups_change(struct ctx *cx, int64_t id, const struct group_input *in) MUST_USE;
enum err groups_remove(struct ctx *cx, int64_t id) MUST_USE;

enum { GROUPS_ADD_MOST = 100 };           /* members and service accounts at once */
/* Those who are in it already stay as they are; *added is how many were not.  until: a day as
 * "2026-11-21", the last one of them in it, in the tenant's time; "" for no end.  A bad one:
 * ERR_INVALID with an issue on "until", and on "id" when nobody is chosen. */
enum err groups_add(struct ctx *cx, int64_t group, const int64_t *members, size_t n,
    struct str until, size_t *added) MUST_USE;
/* Inside a transaction of an actor who may, one of many, for bulk/: *was when they are in it
 * already, and then nothing is done.  With its event. */
enum err groups_add_here(struct ctx *cx, const struct group *g, int64_t member, bool *was) MUST_USE;
/* Inside a transaction whose event tells it, by whoever: they are in it no more. */
enum err groups_drop_here(struct ctx *cx, int64_t group, int64_t member) MUST_USE;
/* May the actor bring people of the whole tenant there?  As groups_add() asks. */
enum err groups_may_add(struct ctx *cx, int64_t group, struct group *out) MUST_USE;
/* Whoever is not in it: ERR_NOTFOUND. */
enum err groups_take_out(struct ctx *cx, int64_t group, int64_t member) MUST_USE;
/* seen: what the form showed before, NULL: it does not matter.  Another by now: ERR_CONFLICT, and
 * no issue. */
enum err groups_set_until(struct ctx *cx, int64_t group, int64_t member, const char *seen,
    struct str until) MUST_USE;
/* When the membership ends, 0: never.  Not in the group: ERR_NOTFOUND. */
enum err groups_until(struct ctx *cx, int64_t group, int64_t member, int64_t *until_at) MUST_USE;
/* The day of until_at as a form shows it again, "" for none. */
const char *groups_until_text(struct ctx *cx, int64_t until_at);

/* A group as a page of its member names it: "Operations (until Dec 31)". */
const char *groups_place_text(struct ctx *cx, const char *name, int64_t until_at, bool over);

/* To choose among: name and whether it is one of those that were chosen. */
struct group_choice { int64_t id; const char *name; bool chosen; };
/* Needs group:view.  The chosen ones, and those with find (as typed, "" for all) in their names;
 * out has room for most. */
enum err groups_choice(struct ctx *cx, const int64_t *chosen, size_t nchosen, const char *find,
    size_t most, struct group_choice *out, size_t *n) MUST_USE;

/* ------------------------------------------------ for roles/ and the housekeeper */

/* How many groups hold a role. */
enum err groups_holders(struct ctx *cx, int64_t role, int64_t *n) MUST_USE;
/* Inside a transaction: they hold that one instead, each with its event. */
enum err groups_move_role(struct ctx *cx, int64_t role, const char *was, int64_t to,
    const char *name) MUST_USE;
/* Is there something to sweep? */
enum err groups_due(struct ctx *cx, bool *due) MUST_USE;
/* Inside a transaction: memberships of groups that are gone, those that ended, and the order of the
 * members of a renamed group: at most 500 of each a call; *n is how many. */
enum err groups_sweep(struct ctx *cx, int64_t *n) MUST_USE;

#endif
