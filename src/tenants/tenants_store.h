#ifndef TENANTS_TENANTS_STORE_H
#define TENANTS_TENANTS_STORE_H

/* Rows of tenants.sql, private to tenants/. */

#include "tenants/tenants.h"

enum err tenant_row_add(struct ctx *cx, int64_t id, const char *slug, const char *name) MUST_USE;
enum err tenant_row_numbers(struct ctx *cx, int64_t person, struct tenant_numbers *out) MUST_USE;
/* *changed: how many rows, 0 when they were hidden before. */
enum err tenant_row_steps_hide(struct ctx *cx, int64_t *changed) MUST_USE;
/* Another version: *changed is 0. */
enum err tenant_row_general(struct ctx *cx, const struct tenant_general *g, int64_t *changed)
    MUST_USE;
enum err tenant_slug_taken(struct ctx *cx, const char *slug, bool *taken) MUST_USE;

enum err tenant_row_security(struct ctx *cx, struct tenant_security *out) MUST_USE;
enum err tenant_row_security_set(struct ctx *cx, const struct tenant_security *s,
    int64_t *changed) MUST_USE;

#endif
