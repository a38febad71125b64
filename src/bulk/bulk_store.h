#ifndef BULK_BULK_STORE_H
#define BULK_BULK_STORE_H

/* Rows of bulk.sql, private to bulk/. */

#include "bulk/bulk.h"

/* What a job is asked to do, as its arguments keep it. */
struct bulk_args {
	int64_t             to;         /* the role, or the group */
	const char         *ids;        /* JSON array; NULL: all that match */
	struct member_match match;
};
enum err bulk_pack(struct ctx *cx, const struct bulk_args *a, const char **json) MUST_USE;
enum err bulk_unpack(struct ctx *cx, const char *json, struct bulk_args *out) MUST_USE;

/* In bulk.c: what a choice comes to, all of it checked; ERR_NOTFOUND as bulk_look(). */
enum err bulk_choose(struct ctx *cx, const struct bulk_choice *c, struct bulk_args *a,
    struct bulk_seen *out) MUST_USE;

/* One that a job comes to; without hit it is none of those that match, gone: removed. */
struct bulk_row { int64_t id; const char *name; bool hit, gone; };
enum err bulk_rows_next(struct ctx *cx, const struct job *j, const struct bulk_args *a,
    size_t most, struct bulk_row *rows, size_t *n) MUST_USE;
/* How many match; or those of the ids that the reader can see, with the first names. */
enum err bulk_count(struct ctx *cx, const struct member_match *m, int64_t *n) MUST_USE;
enum err bulk_chosen(struct ctx *cx, const char *ids, struct bulk_seen *out) MUST_USE;

/* A member as an export shows it. */
struct bulk_line {
	int64_t     id;
	const char *name, *email, *nickname, *phone, *country, *role, *status, *org;
	int64_t     signed_in_at, created_at;
	bool        factor;
};
/* Behind that id, in its order.  Reads within the snapshot that the caller began. */
enum err bulk_lines(struct ctx *cx, const struct bulk_args *a, int64_t behind, size_t most,
    struct bulk_line *lines, size_t *n) MUST_USE;

#endif
