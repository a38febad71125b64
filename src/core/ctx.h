/* What every operation is given: who asks, in which tenant, with what rights and resources, and
 * what a reader is told.  Who may do what is decided in core/access.h, entering a tenant is in
 * core/place.h. */
#ifndef CORE_CTX_H
#define CORE_CTX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "core/perm.h"

struct arena;
struct assets;
struct conf;
struct db;
struct keys;
struct languages;
struct texts;
struct tmpl_set;
struct zone;

enum actor_kind { ACTOR_NOBODY, ACTOR_PERSON, ACTOR_SERVICE, ACTOR_SYSTEM };

struct actor {
	enum actor_kind kind;
	int64_t         person;      /* 0 for a service account */
	int64_t         member;      /* or service account, in cx->tenant; 0 outside */
	int64_t         session;     /* 0 for none, as when a key is used */
	const char     *label;       /* for the audit log */
	int64_t         proved_at;   /* last time password or code was given */
	int64_t         began_at;    /* when the session began: the sign-in */
	int64_t         seen_at;     /* when it was last noted as seen */
	bool            must_change; /* the password is a temporary one */
};

/* The API key that a person or a service account acts by.  The tenant is the only one that it
 * opens. */
struct by_key {
	int64_t         id, tenant;
	const char     *name, *prefix;
	int64_t         created_at, expires_at, used_at;   /* 0: never */
	struct perm_set most;        /* of what the owner holds, it has no more than this */
};

/* A session that still waits for the second factor: its actor is nobody.  0: none. */
struct half { int64_t session, person; };

/* The person who reads, and how they want to read. */
struct reader {
	const char *name, *email;
	const char *language, *theme;
	const char *timezone;        /* "" takes the tenant's */
	const char *date_format;     /* "" takes the tenant's */
	int64_t     clock;           /* 0 takes the tenant's */
	int64_t     tenants_ever;
	int64_t     last_tenant;     /* 0 for none */
	bool        confirmed;       /* the address was proved by an emailed link */
};

/* The tenant that a request is in: its row, settings included. */
struct tenant {
	int64_t     id;
	int64_t     number;
	const char *slug, *name, *status;
	const char *language, *timezone, *date_format;
	int64_t     clock;
	const char *contact_email, *terms_url, *privacy_url, *security_url;
	const char *domains;         /* JSON array; "[]" for any */
	int64_t     dormant_days, invite_days;
	int64_t     invites_daily;   /* -1: by the tenant's age */
	int64_t     password_min, session_hours, idle_minutes;
	int64_t     keys_most;       /* API keys of a member */
	int64_t     key_days;        /* how long one may be good; 0: for ever */
	bool        role_emails;
	int64_t     created_at;
};

/* The workspace that is asked about: read once, by access_workspace(). */
struct inside {
	int64_t         id;          /* 0: none */
	bool            belongs;     /* the actor is in it, directly or by a group */
	struct perm_set roles;       /* what the roles held there hold */
};

/* The tenants that the reader may enter, last used first, for the switcher. */
struct place_name { int64_t tenant; const char *slug, *name, *role; };
struct place_names { struct place_name *items; size_t n; };

/* Whose form came by an id that was replaced a moment ago, as when a button is pressed twice: such
 * an id only reads, so the actor is nobody. */
struct late {
	struct actor  actor;
	struct reader reader;
	uint8_t       hash[32];      /* of that id */
};

/* What one operation knows: who asks, where, when, and with what. It knows nothing of
 * HTTP, so a test, a job or the command line makes one as easily. */
struct ctx {
	struct arena          *arena;
	struct db             *db;
	const struct conf     *conf;
	const struct keys     *keys;
	const struct tmpl_set *templates;
	const struct languages *languages;  /* NULL: English only */
	struct actor           actor;
	struct reader          reader;
	const struct by_key   *key;         /* NULL: by none */
	struct half            half;        /* while the actor is nobody yet */
	const struct late     *late;        /* while the actor is nobody; NULL: none */
	int64_t                tenant;      /* of the path, checked; 0 outside a tenant */
	const struct tenant   *place;       /* its row; NULL outside a tenant */
	struct tenants_kept   *kept;        /* place_keep(); NULL: none are */
	struct tenant_kept    *kept_here;   /* what is kept of this one; NULL: nothing */
	bool                   kept_used;
	const char            *path;        /* how far the actor sees: org_path >= path */
	const char            *path_end;    /* and < path_end */
	struct perm_set        perms;       /* what the actor's tenant role and groups hold */
	struct inside          inside;      /* a workspace of the tenant */
	const char            *role;        /* that role's name */
	const char            *columns;     /* of the users list, as the member chose; "" not yet */
	const char            *language;    /* set by ctx_speak() */
	const struct texts    *texts;       /* of that language, NULL for English */
	int64_t                now;         /* ms, read once, so tests can set it */
	const char            *request;     /* id for log and audit */
	const char            *peer;        /* address of the client, "" for none */
	const char            *user_agent;  /* "" for none */
	const char            *client;      /* "Web", "Command line", … */
	const struct assets   *assets;      /* addresses of the static files, of web/assets.h */
	struct place_names     places;
	const char            *flash;       /* what was just done, NULL for nothing */
	const char            *searched;    /* what the search box holds; NULL: nothing */
	const char            *here;        /* path and query of the page shown, "" for none */
	const char            *address;     /* of a page shown in answer to another form */
	const char            *refused;     /* what was, when it was no permission; NULL: that */
	int64_t                decision;    /* id of the refusal that is shown; 0 none */
	bool                   not_recorded; /* an event could not be written */
	bool                   mail_added;  /* the courier is to be woken */
	enum err             (*before)(struct ctx *cx);  /* to be noted before the page is sent */
	enum err             (*after)(struct ctx *cx);   /* to be done when the answer has gone */
	const void            *after_what;
	struct days           *days;        /* kept by ctx_time() */
	struct issue          *issues;      /* why the last ERR_INVALID was said */
};

struct issue {
	const char   *field;                /* the form field, or "" for the whole */
	const char   *text;                 /* a sentence for the reader */
	struct issue *next;
};

/* Note a broken rule and go on checking; returns ERR_INVALID. */
enum err ctx_issue(struct ctx *cx, const char *field, const char *text);
/* The first issue of a field, NULL when it is fine. */
const char *ctx_issue_of(const struct ctx *cx, const char *field);

/* What is left of a set for who acts by a key. */
static inline struct perm_set
ctx_within_key(const struct ctx *cx, struct perm_set set)
{
	return cx->key ? perm_both(set, cx->key->most) : set;
}

/* Whose number the program's log has: the person's, or the service account's; 0: nobody's. */
static inline int64_t
actor_number(const struct ctx *cx)
{
	return cx->actor.person ? cx->actor.person :
	    cx->actor.kind == ACTOR_SERVICE ? cx->actor.member : 0;
}

/* How far somebody of this organization path sees. */
void ctx_reach(struct ctx *cx, const char *org_path);

/* From now on the reader is spoken to in this language; one that there is not, and "", is
 * English. */
void ctx_speak(struct ctx *cx, const char *language);
/* A sentence in the reader's language. Its places are filled by pairs: _("At most [n]
 * characters.", "n", "60"). N_() only marks one for the catalogue. */
const char *ctx_say(struct ctx *cx, const char *english, ...) __attribute__((sentinel));
#define _(...)      ctx_say(cx, __VA_ARGS__, (char *)0)
#define N_(english) english
/* A sentence of no places in another language, for what somebody else will read. */
const char *ctx_say_in(struct ctx *cx, const char *language, const char *english);
/* A number with the marks between its thousands that the reader's language has. */
const char *ctx_number(struct ctx *cx, int64_t n);

/* A time as the reader wants it: "14:05 Nov 21, 2026" ("14:05 21. Nov. 2026" in German), the
 * year left out when it is this one, "Today 14:05", "Yesterday 14:05"; 0 is "". */
const char *ctx_time(struct ctx *cx, int64_t at);
/* The same moment as ISO 8601 in the reader's zone; 0 is "". */
const char *ctx_time_iso(struct ctx *cx, int64_t at);
/* A day as forms send it, "2026-11-21", in the tenant's zone: its first moment, or that of the
 * day after it.  False when there is no such day. */
bool ctx_read_day(const struct ctx *cx, struct str text, bool after, int64_t *at);
/* The day of a moment in the tenant's zone, as forms show it. */
const char *ctx_day(const struct ctx *cx, int64_t at);
/* The zone the reader reads in. */
const struct zone *ctx_zone(const struct ctx *cx);

#endif
