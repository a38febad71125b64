#ifndef CORE_AUDIT_H
#define CORE_AUDIT_H

/* Writing events.  Reading and verifying them is in auditlog/. */

#include "core/access.h"

enum audit_act {
	AUDIT_UNSET = 0,
#define AUDIT(symbol, number, category, area, code, sentence) AUDIT_##symbol = (number),
#include "core/audit.def"
#undef AUDIT
	AUDIT__LAST
};

enum audit_category { CATEGORY_SETTING, CATEGORY_SYSTEM, CATEGORY_USER };
enum audit_area { AREA_USERS, AREA_TEAM, AREA_SETTINGS, AREA_WORKSPACES, AREA_ORGS, AREA_API };

struct audit_info {
	enum audit_act      act;
	enum audit_category category;
	enum audit_area     area;
	const char         *code;
	const char         *sentence;   /* English, with its places */
};
/* NULL for a number that this program does not know. */
const struct audit_info *audit_info(int64_t act);

struct audit_field { const char *name, *was, *is; };   /* secrets masked by the caller */

struct audit_entry {
	enum audit_act act;
	struct scope   where;
	int64_t        subject;         /* the row it was done to; 0 for none */
	const char     *name;           /* its name at that time */
	const struct audit_field *fields;   /* those unchanged are left out */
	size_t         nfields;
};

/* Adds an event to the chain of cx->tenant (0: the system's own); inside the transaction
 * of the change, never the one without the other. */
enum err audit_add(struct ctx *cx, const struct audit_entry *e) MUST_USE;
/* The same event in each tenant that the person is a member of, with the member as
 * subject; when there is none, or person is 0, in the system's chain. */
enum err audit_person(struct ctx *cx, int64_t person, const struct audit_entry *e) MUST_USE;

/* The bytes whose hash continues the chain: every column but hash, each with its length; the
 * session's only where there is one.  Shared by writing and verifying. */
struct event {
	int64_t     tenant, seq, at, act;
	const char *actor_kind;
	int64_t     actor_id;
	const char *actor_name;
	int64_t     subject_id;
	const char *subject_name, *org_path;
	int64_t     workspace_id;
	const char *workspace_name;   /* of a list alone, and no part of the chain; NULL: none */
	int64_t     session;      /* by which it was done; 0: by none */
	const char *client, *peer, *user_agent, *request, *fields;
	uint32_t    key_id;
	uint8_t     hash[32];
};
enum err event_hash(struct ctx *cx, const uint8_t before[32], const struct event *e,
    uint8_t out[32]) MUST_USE;

/* The fields of an event out of their column, in the arena; a column that is not as
 * audit_add writes it is ERR_FAULT. */
enum err audit_fields(struct ctx *cx, const char *json, struct audit_field **out, size_t *n)
    MUST_USE;
/* What the program itself is called in events, in the reader's language: a client ("Command
 * line") or an actor that is nobody's name, and a field ("email").  All else stays as it is. */
const char *audit_word(struct ctx *cx, const char *program);
const char *audit_field_word(struct ctx *cx, const char *field);
/* A value of that field as it is read, where it is a word of the program, such as a status, or how
 * many there were. */
const char *audit_value_word(struct ctx *cx, const char *field, const char *value);
/* The sentence of an event in the reader's language, with names and fields put in. */
const char *audit_sentence(struct ctx *cx, const struct event *e);

#endif
