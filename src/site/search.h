#ifndef SITE_SEARCH_H
#define SITE_SEARCH_H

#include "core/access.h"

/* What the search box finds by name alone: few of each kind, and whether there are more. */
enum search_kind { SEARCH_SERVICES, SEARCH_GROUPS, SEARCH_ROLES, SEARCH_KINDS };
enum { SEARCH_OF_EACH = 5 };
struct search_hit { int64_t id; const char *name, *description; };
struct search_hits {
	struct search_hit items[SEARCH_OF_EACH];
	size_t            n;
	bool              more;
};
/* Kinds that the actor may not see are empty.  fold: see text_fold(), not "". */
enum err search_names(struct ctx *cx, const char *fold, struct search_hits out[SEARCH_KINDS])
    MUST_USE;

#endif
