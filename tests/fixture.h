#ifndef TESTS_FIXTURE_H
#define TESTS_FIXTURE_H

/* A small world for the tests of rules, without HTTP: a database with two accounts whose
 * members have the same names, and calls to act as one of them, to see what an act left
 * behind and to break it half way.  Include it behind <cmocka.h>. */

#include "core/audit.h"
#include "core/place.h"
#include "invites/invites.h"

#define FX_NOW    INT64_C(1795255200000)      /* 2026-11-21 10:00 UTC, a Saturday */
#define FX_MINUTE INT64_C(60000)
#define FX_HOUR   INT64_C(3600000)
#define FX_DAY    INT64_C(86400000)
#define FX_PASSWORD "plum ladder 77 quietly"
#define FX_STRONG   "violet anchor 31 marsh"

/* Two accounts, both called "Acme", and no account. */
enum fx_tenant { NORTH, SOUTH, FX_TENANTS, SYSTEM = FX_TENANTS };

/* Members of each account, the same in both; the roles of AUDITOR and HELPDESK were added.
 * Those of WEST are below that organization, DEEP below WEST's own, EAST beside it; all others
 * are in the root. */
enum fx_who { ADMIN, BUILDER, CONSUMER, GUEST, STAFF, USER, AUDITOR, HELPDESK, WEST_ADMIN,
	WEST_USER, DEEP_USER, EAST_USER, DEACTIVATED, INVITED, BOTH, FX_MEMBERS };

struct fx_member {
	int64_t     id, person;
	const char *name, *email, *org_path;
	const char *session;      /* the secret of a session that began an hour ago; NULL: none */
	const char *invite;       /* INVITED: the token of the emailed link */
};

struct fixture {
	struct ctx       cx;                  /* of the act under test; made anew by fx_as() */
	struct arena    *keep;                /* for the whole program */
	struct conf     *conf;
	int64_t          now;                 /* of the next fx_as() or fx_nobody() */
	int64_t          tenant[FX_TENANTS + 1];
	const char      *slug[FX_TENANTS];
	const char      *west[FX_TENANTS], *deep[FX_TENANTS], *east[FX_TENANTS];
	struct fx_member m[FX_TENANTS][FX_MEMBERS];
};
extern struct fixture fx;

/* Group set-up and tear-down of cmocka: the world is made once; set-up and tear-down of
 * each test: it begins with a copy, at FX_NOW. */
int fx_group_begin(void **state);
int fx_group_end(void **state);
int fx_begin(void **state);
int fx_end(void **state);
/* A fresh world inside a test, for loops. */
void fx_again(void);
/* Closes the connections, and opens them (or others, behind a fork). */
void fx_close(void);
void fx_open(void);
#define FX_TEST(function) cmocka_unit_test_setup_teardown(function, fx_begin, fx_end)
#define FX_RUN(tests)     (cmocka_set_message_output(CM_OUTPUT_TAP), \
    cmocka_run_group_tests((tests), fx_group_begin, fx_group_end))

/* The actor becomes this member, by session and path as the pipeline does it. */
void fx_as(enum fx_tenant t, enum fx_who who);
/* The same without the demand that the member may enter: what place_enter() says. */
enum place_standing fx_try_as(enum fx_tenant t, enum fx_who who);
/* By the secret of any session; false when it is none. */
bool fx_session(enum fx_tenant t, const char *secret, struct standing *st);
/* Nobody is signed in, at fx.now; and the command line, in that account. */
void fx_nobody(void);
void fx_system(enum fx_tenant t);
/* A session of a person, begun at this time, and its secret. */
const char *fx_add_session(int64_t person, int64_t began_at);
/* One more member made as the command line makes one: active, of that role. */
int64_t fx_add_member(enum fx_tenant t, const char *name, const char *email, const char *role,
    const char *org_path);
/* Where the id of a role is wanted as the text of a form field. */
struct str fx_role(enum fx_tenant t, const char *name);
struct str fx_id(int64_t id);
const char *fx_issue(const char *field);          /* "" for none */

/* SQL beside the program, by a connection of the test's own. */
int64_t     fx_int(const char *format, ...) __attribute__((format(printf, 1, 2)));
const char *fx_text(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* All rows, cell after cell; NULL is "". */
struct fx_rows { const char **cells; size_t n, columns; };
struct fx_rows fx_rows(const char *sql);
void        fx_sql(const char *format, ...) __attribute__((format(printf, 1, 2)));
bool        fx_sql_fails(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The url of the test's database, for a second connection of the program. */
const char *fx_url(void);
/* The folder of database, keys, log and heads. */
const char *fx_dir(void);

/* Notes how things are.  fx_same(): all tables have the same content since.  fx_one_event():
 * since then there is exactly one event more, in that chain, with this sentence and these
 * fields ("role: User -> Staff; email: -> x"). */
void fx_mark(void);
bool fx_same(void);
void fx_one_event(enum fx_tenant t, const char *sentence, const char *fields);
int64_t fx_new_events(enum fx_tenant t);
int64_t fx_new_mails(void);
/* Of the newest event in a chain. */
const char *fx_sentence(enum fx_tenant t);
const char *fx_fields(enum fx_tenant t);
/* The newest email, opened; the token of the link in it. */
const char *fx_mail_kind(void);
const char *fx_mail_to(void);
const char *fx_mail_text(void);
const char *fx_mail_token(void);
const char *fx_token_of(const char *link);

/* What the program did since the mark. */
struct fx_work { int64_t statements, begins, commits, hashes; };
struct fx_work fx_work(void);
void fx_equal_work(struct fx_work a, struct fx_work b, const char *what);

/* From now on inserts into this table fail ("events", "outbox"); and no more. */
void fx_break(const char *table);
void fx_mend(void);

/* Numbers that look drawn, from a seed that is printed: TENANTRY_SEED or the time. */
void     fx_seed(void);
uint32_t fx_random(uint32_t below);

#endif
