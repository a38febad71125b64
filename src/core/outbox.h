#ifndef CORE_OUTBOX_H
#define CORE_OUTBOX_H

/* Emails waiting to go.  The web side only adds rows, the courier only takes them. */

#include "core/ctx.h"

struct view;

struct email {
	int64_t     id;              /* made by outbox_add */
	int64_t     tenant;          /* 0: of no tenant */
	int64_t     person;          /* 0: none */
	const char *kind;            /* the template's name */
	int         tries;           /* this one included */
	int         priority;        /* 0 first: what somebody waits for; 5 the rest */
	bool        nobody;          /* nobody has the address: the row is kept, never sent */
	int64_t     due_at;          /* 0: at once */
	int64_t     expires_at;      /* 0: never; else not sent after it, for its link is dead */
	const char *about;           /* what outbox_withdraw() finds it by; NULL: always goes */
	const char *to;
	const char *subject, *text, *html;
	const char *from_name;       /* the tenant's name, "" for none */
	const char *reply_to;        /* the tenant's contact, "" for none */
	const char *message_id;      /* what stands before the @: made by outbox_add, for good */
	bool        in_doubt;        /* an earlier try may have arrived */
	const char *file_name, *file;   /* attached: its name in ASCII, and CSV; NULL for none */
};

/* A name as emails show it: programs that read mail make links of what looks like an address,
 * so an invisible joiner (U+2060) stands behind each dot, colon and at sign inside it.  Cut
 * after 60 characters. */
const char *mail_name(struct ctx *cx, const char *name);
/* Renders templates/mail/<kind>.{subject,text,html} in that language, adding to the model what
 * every email has: product, tenant ("" outside one), base_url, contact_email, terms_url,
 * privacy_url, security_url (each "" for none).  Sets all of *out: of cx->tenant, of no person,
 * priority 5, due at once, without end.  Before db_begin: rendering has no place inside a
 * transaction.  No such template: ERR_FAULT. */
enum err email_make(struct ctx *cx, const char *to, const char *language, const char *kind,
    struct view *model, struct email *out) MUST_USE;
/* Stores it sealed and wakes the courier after the commit. Inside the transaction of its
 * cause. "once", such as "reset:1723:4", is stored once; NULL for no such limit. */
enum err outbox_add(struct ctx *cx, const struct email *m, const char *once) MUST_USE;
/* Those of cx->tenant that are about this, such as "invite:1723", and wait are not sent any more;
 * *n how many there were.  Inside a transaction. */
enum err outbox_withdraw(struct ctx *cx, const char *about, int64_t *n) MUST_USE;

/* The next due email, held for lease_ms; none: ERR_NOTFOUND. A transaction of its own:
 * if the courier dies the lease runs out and the email is due again.  Those that expired, and
 * those whose key is gone, are given up on the way. */
enum err outbox_take(struct ctx *cx, int64_t lease_ms, struct email *out) MUST_USE;
/* How the try went; the answer is kept, cleaned and cut to 512 bytes.  The body is dropped in
 * all of them but "later", which remembers when the try may have arrived nevertheless. */
enum err outbox_sent(struct ctx *cx, int64_t id, const char *answer) MUST_USE;
enum err outbox_later(struct ctx *cx, int64_t id, int64_t due_at, bool in_doubt,
    const char *answer) MUST_USE;
enum err outbox_dead(struct ctx *cx, int64_t id, const char *answer) MUST_USE;
/* Dead, for the recipient's server takes nothing for that address: whose address it is is marked
 * with it, until an email to it arrives. */
enum err outbox_refused(struct ctx *cx, int64_t id, const char *answer) MUST_USE;
/* Housekeeper: those that ended 90 days ago are forgotten, at most 500 a call; *n is how many. */
enum err outbox_sweep(struct ctx *cx, int64_t *n) MUST_USE;
/* When the next email is due, for the courier's wait; none: INT64_MAX. */
enum err outbox_next_due(struct ctx *cx, int64_t *at) MUST_USE;

#endif
