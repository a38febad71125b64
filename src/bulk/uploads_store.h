#ifndef BULK_UPLOADS_STORE_H
#define BULK_UPLOADS_STORE_H

/* Rows of uploads.sql, private to bulk/. */

#include "bulk/uploads.h"

enum err upload_row_add(struct ctx *cx, const struct upload *u) MUST_USE;
enum err upload_row_size(struct ctx *cx, int64_t id, int64_t size) MUST_USE;
enum err upload_row(struct ctx *cx, int64_t id, struct upload *out) MUST_USE;
enum err upload_row_forget(struct ctx *cx, int64_t id) MUST_USE;
enum err upload_rows_forget(struct ctx *cx) MUST_USE;
enum err upload_rows_sweep(struct ctx *cx, int64_t before, int64_t *n) MUST_USE;
enum err upload_part_add(struct ctx *cx, int64_t id, int64_t n, struct str text) MUST_USE;
/* The part that has the row with that number, and the number of its first row. */
enum err upload_part(struct ctx *cx, int64_t id, int64_t row, int64_t *first, struct str *text)
    MUST_USE;
/* What all rows of a table get into, as a job keeps it, and back. */
enum err upload_args(struct ctx *cx, const struct invite_joins *j, const char **json) MUST_USE;
enum err upload_joins(struct ctx *cx, const char *json, struct invite_joins *out) MUST_USE;
enum err found_rows(struct ctx *cx, const char *keys, size_t n, struct found *found) MUST_USE;

#endif
