#ifndef WHY_WHY_H
#define WHY_WHY_H

#include "core/access.h"

/* Why somebody may do something, or what would let them: the same decision as the one that holds,
 * see core/access.h, in words. */

/* What would make a No a Yes by itself, for somebody who is active and in reach. */
/* Seats are those of a workspace: one more, or another role for the own one. */
enum way_kind { WAY_LONGER, WAY_JOIN, WAY_ROLE, WAY_SEAT, WAY_SEAT_ROLE };
enum { WAYS_MOST = 6, WHO_MOST = 5 };
struct way {
	enum way_kind kind;
	int64_t       id;              /* of the group, or the role */
	const char   *name, *role;     /* of the group and its role; of the role alone: name */
	size_t        more;            /* permissions that come along beside the one asked for */
	struct perm_set gives;
	bool          apart;           /* of a group to join: it has no seat in the workspace */
	const char   *who[WHO_MOST];   /* some who can do it now, by a role or a group's */
	size_t        nwho;
};
struct why {
	struct proof *proof;
	const char   *workspace;       /* its name, when it is about one */
	bool          personal;        /* which is somebody's own: nobody joins it */
	bool          elsewhere;       /* out of their reach: nothing below would help */
	bool          reactivate;      /* before any of the ways: they are not active */
	struct way    first;           /* names: who can do that, or transfer who is elsewhere */
	struct way    ways[WAYS_MOST]; /* the one that gives least first */
	size_t        nways;
};
/* Of a member or a service account.  Needs role:view, and user:view where the member is, or
 * service_account:view. */
enum err why_ask(struct ctx *cx, int64_t member, enum perm p, struct scope sc, struct why *out)
    MUST_USE;

/* A refusal as it was then, by its number.  Needs role:view. */
struct decision {
	int64_t     id, at, member;    /* or service account */
	bool        service;
	const char *name;              /* whose it was */
	const char *permission;        /* its key, or what was refused in words */
	const char *matter;            /* the page */
	const char *role, *held;       /* the own role, and all permissions that were held */
	const char *api_key;           /* by which it was asked; "" for none */
	int64_t     workspace;         /* 0: in none */
	const char *workspace_name;    /* "" for none */
	const char *reach;             /* name of the organization that the role reached from */
};
enum err why_decision(struct ctx *cx, int64_t id, struct decision *out) MUST_USE;

#endif
