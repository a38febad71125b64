#ifndef WEB_CHOICES_H
#define WEB_CHOICES_H

#include "core/ctx.h"

/* Choices that are the same for everybody and long: rendered once for each language and process
 * from parts/countries and parts/zones, since some hundred options for each request would take
 * longer than all the rest of a page. */

/* The options of a select, for {{{countries}}} and {{{zones}}}, which stand behind one for what is
 * chosen now; they last for good.  A template that cannot be rendered: ERR_FAULT. */
enum err choices_countries(struct ctx *cx, struct str *out) MUST_USE;
enum err choices_zones(struct ctx *cx, struct str *out) MUST_USE;
/* "America/New York". */
const char *choices_zone_words(struct ctx *cx, const char *zone);

#endif
