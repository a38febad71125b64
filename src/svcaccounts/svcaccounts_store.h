#ifndef SVCACCOUNTS_SVCACCOUNTS_STORE_H
#define SVCACCOUNTS_SVCACCOUNTS_STORE_H

#include "svcaccounts/svcaccounts.h"

/* Rows of service accounts, one function a statement; see svcaccounts.sql. */

/* 0: none has that name. */
enum err svcaccount_row_named(struct ctx *cx, const char *name, int64_t *id) MUST_USE;
enum err svcaccount_row_make(struct ctx *cx, const struct svcaccount *a) MUST_USE;
enum err svcaccount_row_change(struct ctx *cx, const struct svcaccount *a, int64_t *changed)
    MUST_USE;
enum err svcaccount_row_status(struct ctx *cx, int64_t id, const char *status, int64_t *changed)
    MUST_USE;
enum err svcaccount_row_role(struct ctx *cx, int64_t id, int64_t role) MUST_USE;
/* id and name of those that hold a role. */
enum err svcaccount_rows_holders(struct ctx *cx, int64_t role, struct svcaccount **out, size_t *n)
    MUST_USE;

#endif
