#ifndef SVCACCOUNTS_SVCACCOUNTS_VIEWS_H
#define SVCACCOUNTS_SVCACCOUNTS_VIEWS_H

#include "mustache/view.h"
#include "svcaccounts/svcaccounts.h"

struct request;

/* What the pages of service accounts share. */

#define SERVICES "/t/{tenant}/service-accounts"
#define SERVICE  SERVICES "/{account}"

/* "/t/acme/service-accounts/<id>" and what is below it. */
const char *service_path(struct ctx *cx, int64_t id, const char *below);
/* The account that the path names. */
enum err service_subject(struct ctx *cx, const struct request *rq, struct svcaccount *a) MUST_USE;
/* The head of an account's page and its tabs, as templates/svcaccounts/head wants them; tab is the
 * rest of the address of the one that is shown. */
void service_head(struct ctx *cx, struct view *v, const struct svcaccount *a, const char *tab);
/* A group or workspace to be ticked. */
void service_choice(struct view *v, const char *list, int64_t id, const char *name,
    const char *role, bool checked, bool refused);
/* workspace_roles: id, name, chosen. */
enum err service_workspace_roles(struct ctx *cx, struct view *v, struct str chosen) MUST_USE;

#endif
