/* The languages that there are, and which of them a reader gets.  A catalogue's file is read in
 * base/catalogue.h, places in texts are filled in mustache/. */
#ifndef CORE_LANGUAGE_H
#define CORE_LANGUAGE_H

#include <stddef.h>

#include "base/str.h"
struct arena;
struct texts;

/* code: as in "de.po" and <html lang>; name: what its speakers call it. */
struct language { const char *code, *name; };
struct languages {
	struct language *items;      /* English first, then in the order of their codes */
	size_t           n;
	struct texts    *texts;      /* of all but English: n - 1 */
};

/* English, and every *.po of the folder, which may be missing.  A catalogue with a mistake, or
 * named like no language: ERR_INVALID, logged.  All of it lives in the arena. */
enum err languages_load(struct arena *a, const char *dir, struct languages **out) MUST_USE;
/* The texts of a language; NULL for English, and for one that there is not. */
const struct texts *language_texts(const struct languages *all, const char *code);
/* The code of a language as it is stored, whatever its case; NULL when there is no such one.
 * all may be NULL: English only. */
const char *language_code(const struct languages *all, struct str text);
/* The one that a browser would like best (Accept-Language, RFC 9110, 12.5.4), the base of a
 * variant serving for it: "de" for "de-AT" (RFC 4647, 3.4).  English when there is none, and
 * for what is not such a header. */
const char *language_accepted(const struct languages *all, struct str header);

#endif
