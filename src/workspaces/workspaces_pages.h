#ifndef WORKSPACES_WORKSPACES_PAGES_H
#define WORKSPACES_WORKSPACES_PAGES_H

#include "workspaces/workspaces.h"
struct view;

/* What the pages of workspaces share. */

#define WORKSPACES "/t/{tenant}/workspaces"

/* "/t/acme/workspaces/<id>" and what is below it. */
const char *workspace_path(struct ctx *cx, int64_t id, const char *below);
/* The workspace that the path names; needs workspace:view there. */
enum err workspace_subject(struct ctx *cx, struct workspace *w) MUST_USE;
/* The head of each page of a workspace, see workspaces/head; here: the page, "" or "/access". */
enum err workspace_head(struct ctx *cx, struct view *v, const struct workspace *w,
    const char *here) MUST_USE;
/* Where one who has a seat is seen; NULL: not by the reader. */
const char *seat_href(struct ctx *cx, enum seat_kind kind, int64_t id, const char *org_path);

#endif
