#ifndef MEMBERS_MEMBERS_H
#define MEMBERS_MEMBERS_H

#include "base/str.h"
#include "core/access.h"
#include "core/list.h"

/* A group that a member is in, or was until its end. */
struct member_group { int64_t id, until_at; bool over; const char *name, *name_key; };

/* People of a tenant: the list, one of them, their role and status.  Their passwords and
 * sessions are in signin/, how they come in is in invites/. */
struct job;
struct member {
	int64_t     id, person;
	int64_t     version;       /* one more at each edit; a stale form is ERR_CONFLICT */
	const char *email, *email_key;  /* the person's, read-only here */
	const char *name;          /* the tenant's own copy */
	const char *nickname, *phone, *country;   /* of the same; "" for none; members_get only */
	const char *org_path;
	const char *org_name;      /* members_get and columns_fill only */
	const char *language, *timezone;   /* the person's; these three from members_get() only */
	const char *method;        /* how they sign in: "password" … */
	int64_t     role;
	const char *role_name;
	struct perm_set role_perms;     /* with what groups add; members_get only */
	const struct member_group *in;  /* by name; members_get only, as the next */
	size_t      nin;
	bool        seated;        /* is in some workspace without a group */
	const char *groups;        /* the first names of ngroups, NULL: none; columns_fill only */
	int64_t     ngroups;
	const char *sort_key;      /* in the order of groups; members_list only */
	const char *status;        /* invited, active, deactivated, removed */
	bool        dormant;       /* active, but not seen for the tenant's number of days */
	bool        factor, confirmed, waits;   /* waits: sign-in does, after failures */
	bool        refused;       /* mail to the address was */
	bool        alone;         /* the person is, and always was, a member of this tenant only */
	int64_t     waits_until;   /* of sign-in, 0: not; members_get only, and of who joined:
	                            * anybody can be invited, and that is no business here */
	int64_t     signed_in_at, active_at, created_at;   /* 0: never */
	int64_t     expires_at;    /* of the invitation, while invited */
};

/* A role as the list filters by it and forms offer it. */
struct member_role {
	int64_t         id;
	const char     *name, *builtin;
	const char     *description;
	struct perm_set perms;
	int64_t         users;     /* members in the reader's reach who hold it; of lists only */
};

enum { MEMBERS_NAME, MEMBERS_EMAIL, MEMBERS_ROLE, MEMBERS_STATUS, MEMBERS_SIGNED_IN,
	MEMBERS_CREATED, MEMBERS_GROUP };
#define MEMBERS_SORTS "name email role status last_seen registered group"

/* Statuses that the list filters by, as bits. */
enum { SHOW_INVITED = 1, SHOW_ACTIVE = 2, SHOW_DORMANT = 4, SHOW_DEACTIVATED = 8 };

/* Second factor: active ones without it, those with it. */
enum { FACTOR_OFF = 1, FACTOR_ON = 2 };

struct member_want {
	struct list_want list;
	unsigned       statuses;   /* bits as above; 0 for any */
	const int64_t *roles;      /* ids; none for any */
	size_t         nroles;
	const int64_t *groups;     /* ids: in one of them now */
	size_t         ngroups;
	bool           ungrouped;  /* or in none; neither: whatever the groups */
	unsigned       factors;    /* second factor: bits as below; 0 and both for any */
	const char    *search;     /* as typed, trimmed; "" for none */
	bool           brief;  /* by no groups; without the number of the dormant, and who waits */
};

struct member_list {
	struct member      *items;
	size_t              n;
	bool                more;
	int64_t             count;      /* that match; exact up to 1,000, else COUNT_MORE */
	int64_t             all, invited, active, dormant, deactivated;
	int64_t             no_factor, with_factor;  /* active ones without; all that have it */
	struct member_role *roles;
	size_t              nroles;
};
enum { COUNT_MORE = 1001 };

/* Needs user:view, and group:view when it is by groups or in their order; shows the reader's part
 * of the tree.  At most 4 statements. */
enum err members_list(struct ctx *cx, const struct member_want *w, struct member_list *out)
    MUST_USE;
/* Are groups in it only where the reader may see them?  ERR_DENIED. */
enum err members_may_want(struct ctx *cx, const struct member_want *w) MUST_USE;
/* The cursor key of a row under that sort. */
const char *members_key(struct ctx *cx, const struct member *m, unsigned sort);

/* The kept counts alone: all, invited, deactivated, no_factor, and the roles' holders. */
enum err members_numbers(struct ctx *cx, struct member_list *out) MUST_USE;
/* Needs user:view where the member is; ERR_NOTFOUND outside. */
enum err members_get(struct ctx *cx, int64_t id, struct member *out) MUST_USE;
/* The name of who was removed from there, for who may remove; nobody was: ERR_NOTFOUND. */
enum err members_gone(struct ctx *cx, int64_t id, const char **name) MUST_USE;
/* The same, and needs that permission there, too. */
enum err members_may(struct ctx *cx, int64_t id, enum perm need, struct member *out) MUST_USE;
/* The actor's own row, which needs no permission. */
enum err members_self(struct ctx *cx, struct member *out) MUST_USE;
/* The tenant roles, nobody counted; those which the actor may give when give is set. */
enum err members_roles(struct ctx *cx, bool give, struct member_role **out, size_t *n) MUST_USE;
/* One by its text of id, or, for the command line, by name; not there: ERR_INVALID with an
 * issue on "role". */
enum err members_role(struct ctx *cx, struct str text, struct member_role *out) MUST_USE;

/* Each of them is one transaction with its event and, where the text says so, an email.
 * Refused for the last administrator with ERR_CONFLICT.  Acts that the status does not
 * allow: ERR_CONFLICT with an issue that says so. */
enum err members_set_role(struct ctx *cx, int64_t id, struct str role, struct str typed) MUST_USE;
enum err members_deactivate(struct ctx *cx, int64_t id, struct str typed) MUST_USE;
enum err members_reactivate(struct ctx *cx, int64_t id) MUST_USE;
enum err members_remove(struct ctx *cx, int64_t id, struct str typed) MUST_USE;
/* At once, without asking: older sessions sign in again for this tenant. */
enum err members_log_out(struct ctx *cx, int64_t id) MUST_USE;
/* The same for everybody in the actor's reach but the actor, as a job; *job is its id. */
enum err members_log_out_all(struct ctx *cx, int64_t *job) MUST_USE;
enum err members_log_out_step(struct ctx *cx, struct job *j, bool *last) MUST_USE;
/* Ends the waits of sign-in; *n how many there were. */
enum err members_unlock(struct ctx *cx, int64_t id, int64_t *n) MUST_USE;

/* The tenant's own copy as the form brought it, unchecked. */
struct member_edit { struct str name, nickname, phone, country; int64_t version; };
/* Needs user:edit; of active members.  Changed since that version was read: ERR_CONFLICT, and no
 * issue.  What is as it was is no event. */
enum err members_edit(struct ctx *cx, int64_t id, const struct member_edit *in) MUST_USE;

/* ------------------------------------------------ for roles/ */

/* At most that many who hold the role, of any status but removed, in no order. */
enum err members_holders(struct ctx *cx, int64_t role, size_t most, int64_t *ids, size_t *n)
    MUST_USE;
/* Inside a transaction: at most that many holders of a role that has another name now are sorted
 * by it; *n how many they were. */
enum err members_resort(struct ctx *cx, int64_t role, const char *name, size_t most, int64_t *n)
    MUST_USE;

/* What somebody must type before an act on themselves. */
extern const char members_typed_word[];

/* ------------------------------------------------ for bulk/ */

/* What a wanted list comes to, for statements that look at one member after the other: JSON arrays,
 * NULL for any; patterns of what is in name or email, NULL for no search, and the roles that it
 * names.  Dormant is who was last active before. */
struct member_match {
	const char *statuses, *roles, *inside, *begin, *role_hits, *groups;
	bool        ungrouped;     /* beside those groups: who is in none */
	int64_t     dormant_before;
	unsigned    factors;       /* as in member_want */
};
enum err members_match(struct ctx *cx, const struct member_want *w, struct member_match *out)
    MUST_USE;

enum member_many { MANY_ROLE, MANY_ROLE_QUIET, MANY_DEACTIVATE, MANY_REACTIVATE, MANY_REMOVE,
	MANY_LOG_OUT };
/* One of many, inside the transaction of a job whose actor's rights were read in it; the role only
 * for MANY_ROLE, and MANY_ROLE_QUIET, which emails nobody.  With event and email as the act on one;
 * the actor is refused as their own subject.  Refused (ERR_DENIED, ERR_NOTFOUND, or ERR_CONFLICT
 * with an issue that says why): nothing was changed. */
enum err members_act(struct ctx *cx, enum member_many what, const struct member *m,
    const struct member_role *role) MUST_USE;
/* What would be against it. */
enum err members_may_act(struct ctx *cx, enum member_many what, const struct member *m,
    const struct member_role *role) MUST_USE;
/* The fields of in, noting what is wrong with them, into those of m. */
enum err members_edit_check(struct ctx *cx, const struct member_edit *in, struct member *m)
    MUST_USE;
/* Needs user:edit where the member is, who must be active. */
enum err members_may_edit(struct ctx *cx, const struct member *was) MUST_USE;
/* Inside a transaction, of one who may be edited: m has the id, the version and the checked fields;
 * with its event. */
enum err members_edit_here(struct ctx *cx, const struct member *was, struct member *m) MUST_USE;
/* The organization at that path. */
enum err members_place(struct ctx *cx, const char *path, int64_t *org) MUST_USE;
/* An issue for the whole and ERR_CONFLICT. */
enum err members_refuse(struct ctx *cx, const char *why);

/* ------------------------------------------------ for invites/ and setup/ */

/* What a form, a file or a call brought, unchecked. */
struct member_input { struct str name, email, phone, role; };
struct member_made {
	const char *name, *email, *email_key, *phone, *org_path;
	const char *nickname, *country;   /* NULL for none */
	int64_t     org;
	struct member_role role;
};
/* Notes all that is wrong; ERR_INVALID, or ERR_DENIED when the role holds too much. */
enum err members_check(struct ctx *cx, const struct member_input *in, const char *org_path,
    struct member_made *out) MUST_USE;

struct person {
	int64_t     id;            /* 0: nobody has the address */
	const char *email;         /* as they wrote it themselves, maybe in another case */
	const char *name, *language;
	bool        confirmed, has_password;
	int64_t     member;        /* in cx->tenant; 0: none, or removed */
	const char *member_status, *member_org;
};
/* By the key of an address. */
enum err members_person(struct ctx *cx, const char *email_key, struct person *out) MUST_USE;
/* Inside a transaction: the identity (unconfirmed; one that is there stays, and *person is
 * nobody) and the member, with that status. */
enum err members_add_person(struct ctx *cx, const struct member_made *m, int64_t *person) MUST_USE;
enum err members_add(struct ctx *cx, int64_t id, int64_t person, const struct member_made *m,
    const char *status) MUST_USE;
/* Inside a transaction: an invited member becomes active under that name. */
enum err members_accept(struct ctx *cx, int64_t id, const char *name, const char *terms_url)
    MUST_USE;
/* Inside a transaction: the mailbox of the person was proved by an emailed link. */
enum err members_confirm_person(struct ctx *cx, int64_t person) MUST_USE;
/* Inside a transaction: what they call themselves, with their first password; until then it was
 * what others had typed. */
enum err members_name_person(struct ctx *cx, int64_t person, const char *name) MUST_USE;
/* The tenant's root organization. */
enum err members_root(struct ctx *cx, int64_t *org) MUST_USE;
/* Inside a transaction, for made-up people: last signed in then, and of that status. */
enum err members_demo_past(struct ctx *cx, int64_t id, const char *status, int64_t signed_in_at)
    MUST_USE;
/* Inside a transaction: the actor answers for the role of who is invited, as if they had given
 * it. */
enum err members_answer_role(struct ctx *cx, int64_t id) MUST_USE;
/* Inside a transaction: the row closes, and everything personal but its name goes, with all of the
 * person's identity; the address is free again.  What else there is of the person goes by
 * triggers. */
enum err members_erase(struct ctx *cx, const struct member *m) MUST_USE;
/* Inside a transaction: the row closes; for a cancelled invitation. */
enum err members_close(struct ctx *cx, int64_t id) MUST_USE;

#endif
