#ifndef WORKSPACES_WORKSPACES_H
#define WORKSPACES_WORKSPACES_H

#include "core/access.h"
#include "core/list.h"

/* Workspaces: compartments of an account, each with its own members and their roles.  What a role
 * comes to there is decided in core/access.c, and that one always keeps an Owner in core/owners.c.
 * Whoever asks about one of them has read it by access_workspace() before: the gate of the pages
 * does. */
struct workspace {
	int64_t     id, version;      /* version: one more at each edit */
	const char *name, *description;
	const char *owners;           /* from workspaces_people(): names in a row; "" for none */
	int64_t     nowners, maker;   /* how many own it, who made it; lists only */
	int64_t     personal_of;      /* the member whose own one it is; 0: nobody's */
	int64_t     members, groups;  /* people and service accounts in it; groups in it */
	const char *made_by;          /* in lists by workspaces_people(); "" for the system */
	int64_t     created_at;
};
struct workspace_list {
	struct workspace *items;
	size_t            n;
	bool              more;
	int64_t           all;        /* of those that the reader sees, whatever is searched */
	bool              everything; /* the reader sees those of the account, not only own ones */
};

enum { WORKSPACES_NAME, WORKSPACES_MEMBERS, WORKSPACES_CREATED };
#define WORKSPACES_SORTS "name members created"

/* All of them for who sees or manages every workspace, else those that the reader belongs to.
 * search: as typed, found in the name; "" for all.  personal: those of others, too. */
enum err workspaces_list(struct ctx *cx, const struct list_want *w, const char *search,
    bool personal, struct workspace_list *out) MUST_USE;
/* Who made each of them, and up to three names of owners. */
enum err workspaces_people(struct ctx *cx, struct workspace_list *l) MUST_USE;
/* The first of them by name, uncounted. */
enum err workspaces_search(struct ctx *cx, const char *search, size_t most,
    struct workspace_list *out) MUST_USE;
const char *workspaces_key(struct ctx *cx, const struct workspace *w, unsigned sort);
/* Does the reader see every workspace? */
bool     workspaces_all(struct ctx *cx);
/* Needs workspace:view there. */
enum err workspaces_get(struct ctx *cx, int64_t id, struct workspace *out) MUST_USE;

struct workspace_input { struct str name, description; int64_t version; };
/* Needs workspace:create; its maker becomes Owner.  id is the form's. */
enum err workspaces_make(struct ctx *cx, int64_t id, const struct workspace_input *in) MUST_USE;
/* The reader's own one, where the account's settings allow it; there can be one. */
enum err workspaces_make_own(struct ctx *cx, int64_t id, const struct workspace_input *in) MUST_USE;
/* May the reader make one? */
enum err workspaces_may_own(struct ctx *cx, bool *may) MUST_USE;
/* Needs workspace:edit there.  Edited since that version was read: ERR_CONFLICT, and no issue. */
enum err workspaces_change(struct ctx *cx, int64_t id, const struct workspace_input *in) MUST_USE;
/* Needs workspace:delete there; typed is its name. */
enum err workspaces_remove(struct ctx *cx, int64_t id, struct str typed) MUST_USE;

/* ---------------------------------------------------------------- who is in it */

enum seat_kind { SEAT_PERSON, SEAT_SERVICE, SEAT_GROUP };
struct seat {
	int64_t        id;            /* of the member, service account or group */
	enum seat_kind kind;
	const char    *name, *email;  /* email: "" but for people */
	const char    *status, *org_path;
	const char    *name_key;
	int64_t        members;       /* of a group */
	int64_t        role;
	const char    *role_name;
	struct perm_set role_perms;
	int64_t        added_at;
	bool           inside;        /* found for a form: is in it already */
};
struct seat_list { struct seat *items; size_t n; bool more; };
/* Needs workspace:view there; in the order of names. */
enum err workspaces_seats(struct ctx *cx, int64_t workspace, const struct list_want *w,
    struct seat_list *out) MUST_USE;
/* The seat of one; none: ERR_NOTFOUND. */
enum err workspaces_seat(struct ctx *cx, int64_t workspace, int64_t holder, struct seat *out)
    MUST_USE;
/* Service accounts and groups by name that the reader may see, for a form; and of these members
 * which are in the workspace.  At most that many of each kind. */
struct seats_found { struct seat_list services, groups; };
enum err workspaces_find(struct ctx *cx, int64_t workspace, const char *search, size_t most,
    struct seat *people, size_t npeople, struct seats_found *out) MUST_USE;

/* The roles of scope workspace, built-in ones first. */
struct workspace_role {
	int64_t         id;
	const char     *name, *builtin, *description;
	struct perm_set perms;
};
struct workspace_roles { struct workspace_role *items; size_t n; };
enum err workspaces_roles(struct ctx *cx, struct workspace_roles *out) MUST_USE;

/* Each of these but leaving needs workspace:members there, and is one transaction with an event for
 * each seat.  Nobody gives a role there that holds more than they hold there: ERR_DENIED with an
 * issue on "role".  What would leave no Owner: ERR_CONFLICT with an issue. */
enum { SEATS_ADD_MOST = 100 };
/* Who is in it already stays.  holders: ids of members, service accounts and groups that the actor
 * may see; email: of one more member, "" for none. */
enum err workspaces_add(struct ctx *cx, int64_t workspace, const int64_t *holders, size_t n,
    struct str email, struct str role, size_t *added) MUST_USE;
/* For many members one after the other: the workspace, which was read, and the role, when the
 * actor may give it there, as workspaces_add() asks; then inside a transaction each of them, who is
 * new in the account, with its event. */
struct workspace_entry { struct workspace place; struct workspace_role role; };
enum err workspaces_may_add(struct ctx *cx, int64_t workspace, struct str role,
    struct workspace_entry *out) MUST_USE;
enum err workspaces_add_here(struct ctx *cx, const struct workspace_entry *e, int64_t member)
    MUST_USE;
enum err workspaces_set_role(struct ctx *cx, int64_t workspace, int64_t holder, struct str role)
    MUST_USE;
enum err workspaces_take_out(struct ctx *cx, int64_t workspace, int64_t holder) MUST_USE;
/* Inside a transaction whose event tells it, by whoever: the member's seat is no more.  What would
 * have no Owner then is handed over. */
enum err workspaces_drop_here(struct ctx *cx, int64_t workspace, int64_t member) MUST_USE;
/* The actor's own seat; what groups give stays. */
enum err workspaces_leave(struct ctx *cx, int64_t workspace) MUST_USE;

/* ---------------------------------------------------------------- who may enter, and where */

/* One reason why somebody may enter: by themselves, by a group's seat, or by a tenant role, their
 * own or a group's, that sees or manages every workspace. */
struct entry_way {
	int64_t     holder;
	bool        everywhere;
	int64_t     group;                /* 0: directly */
	const char *group_name, *role_name;
	int64_t     until_at;             /* of the membership of the group; 0: no end */
};
struct entrant {
	int64_t     id;
	bool        service;
	const char *name, *email, *name_key, *org_path;
	struct entry_way *ways;
	size_t      nways;
};
struct entrants { struct entrant *items; size_t n; bool more; };
/* Needs workspace:view there.  Those who are active now, in the order of names. */
enum err workspaces_entrants(struct ctx *cx, int64_t workspace, const struct list_want *w,
    struct entrants *out) MUST_USE;

/* Where somebody, or a group, has a seat, by name; group: "" for an own one. */
struct place_held {
	int64_t     id, role_id;
	const char *name, *role, *group;
	const char *name_key, *group_key;
	bool        personal;
};
struct places_held { struct place_held *items; size_t n; };
enum { PLACES_HELD_MOST = 200 };
enum err workspaces_of(struct ctx *cx, int64_t holder, struct places_held *out) MUST_USE;
/* Where the actor was last, 0: nowhere yet; and that it is this one: called after an answer. */
enum err workspaces_last(struct ctx *cx, int64_t *id) MUST_USE;
enum err workspaces_note_last(struct ctx *cx) MUST_USE;

/* ---------------------------------------------------------------- for roles/ */

/* How many seats have that role; and, inside a transaction, so many of them get the other one. */
enum err workspaces_holders(struct ctx *cx, int64_t role, int64_t *n) MUST_USE;
enum err workspaces_move_role(struct ctx *cx, int64_t role, int64_t to, const char *was,
    const char *name, size_t most, size_t *moved) MUST_USE;

#endif
