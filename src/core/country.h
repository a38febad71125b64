/* The countries that somebody may say they live in. */
#ifndef CORE_COUNTRY_H
#define CORE_COUNTRY_H

#include <stddef.h>

#include "base/str.h"
struct ctx;

struct country { const char *code, *name; };

/* Every country of ISO 3166-1 by its two letters, named in the reader's language and in the order
 * of those names; the array is the arena's.  Returns how many. */
size_t country_list(struct ctx *cx, const struct country **out);
/* The name in the reader's language; a code that is none, or "": "". */
const char *country_name(struct ctx *cx, const char *code);
/* The code as it is stored, whatever its case; NULL when there is no such country. */
const char *country_code(struct str text);

#endif
