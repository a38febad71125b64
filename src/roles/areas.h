#ifndef ROLES_AREAS_H
#define ROLES_AREAS_H

/* The headings that permissions stand below, in the order of pages. */

#include "core/perm.h"

struct perm_area { const char *key, *title; };      /* "user"; English, marked for translation */
extern const struct perm_area perm_areas[];         /* a NULL key ends it */
bool perm_in_area(enum perm p, const struct perm_area *a);

#endif
