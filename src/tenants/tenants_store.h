#ifndef TENANTS_TENANTS_STORE_H
#define TENANTS_TENANTS_STORE_H

/* Rows of tenants.sql, private to tenants/. */

#include "tenants/tenants.h"

enum err tenant_row_add(struct ctx *cx, int64_t id, const char *slug, const char *name) MUST_USE;
enum err tenant_slug_taken(struct ctx *cx, const char *slug, bool *taken) MUST_USE;

#endif
