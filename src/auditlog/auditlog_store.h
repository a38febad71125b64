#ifndef AUDITLOG_AUDITLOG_STORE_H
#define AUDITLOG_AUDITLOG_STORE_H

/* Rows of auditlog.sql, private to auditlog/. */

#include "auditlog/auditlog.h"
#include "db/db.h"

enum err event_rows(struct ctx *cx, int64_t before, size_t most, struct event *items, size_t *n)
    MUST_USE;
/* In order, after a number, of any tenant; columns are read by event_read(). */
void     event_walk(struct ctx *cx, struct db_rows *rows, int64_t tenant, int64_t after,
    size_t most);
struct event event_read(struct ctx *cx, struct db_rows *rows);
struct head { int64_t tenant, seq; uint8_t hash[32]; };
/* seq 0 when there is none. */
enum err head_row(struct ctx *cx, int64_t tenant, struct head *out) MUST_USE;
/* All of them, in order; columns are read by head_read(). */
void        head_walk(struct ctx *cx, struct db_rows *rows);
struct head head_read(struct ctx *cx, struct db_rows *rows);
/* NULL when there is none; and each of them, *at begins with 0. */
const struct head *witnesses_of(const struct witnesses *w, int64_t tenant);
const struct head *witnesses_next(const struct witnesses *w, size_t *at);
/* Every tenant that has or ought to have a chain, in order; the system's own always. */
enum err chain_rows(struct ctx *cx, int64_t **out, size_t *n) MUST_USE;
struct checkpoint { int64_t upto, n, at; uint32_t key_id; uint8_t hash[32], mac[32]; };
/* upto 0 when there is none. */
enum err checkpoint_row(struct ctx *cx, int64_t tenant, struct checkpoint *out) MUST_USE;
enum err read_noted(struct ctx *cx, int64_t since, bool *noted) MUST_USE;

#endif
