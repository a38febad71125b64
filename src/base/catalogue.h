/* The texts of one language, as translators' .po files hold them (the format is GNU gettext's;
 * see "PO Files" and "Plural forms" in its manual).  Which language a reader gets is decided in
 * core/language.h; places in texts are filled in mustache/text.c. */
#ifndef BASE_CATALOGUE_H
#define BASE_CATALOGUE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
struct arena;

struct catalogue;
enum { CATALOGUE_FORMS_MOST = 6 };    /* Arabic has so many */

/* Reads a file of UTF-8.  Fuzzy, obsolete and unfinished entries are left out; a plural's forms
 * are joined by " | ", the English ones as well.  A header with an X-Language-Name, the name that
 * its speakers give the language, and Plural-Forms with at most CATALOGUE_FORMS_MOST must be
 * there.  Each mistake is logged with its line: ERR_INVALID; not there: ERR_NOTFOUND.  All of
 * it lives in the arena. */
enum err catalogue_load(struct arena *a, const char *path, struct catalogue **out) MUST_USE;
/* The name of the language in itself. */
const char *catalogue_name(const struct catalogue *c);
/* How many texts it has; a plural counts once. */
size_t catalogue_count(const struct catalogue *c);

/* These two take a struct catalogue, as struct texts of mustache/tmpl.h wants them. */
/* The translation of a text in a context (NULL for none), NULL when there is none.  A text that
 * has a plural elsewhere is found without it, too: it is the first form. */
const char *catalogue_find(const void *catalogue, const char *context, const char *english,
    size_t *len);
/* Which form goes with n, from 0. */
size_t catalogue_form(const void *catalogue, int64_t n);

/* The rule of a Plural-Forms header, "nplurals=2; plural=n != 1;": C's expressions without
 * assignment, calls and bits.  What cannot be counted (a division by nothing) is 0. */
struct plural_rule { size_t forms; const char *expression; };
/* ERR_INVALID: not such a header, more forms than may be, an expression that is broken or nested
 * too deep, or one that picks a form which does not exist for a number up to 1,000. */
enum err plural_read(struct arena *a, const char *header, struct plural_rule *out) MUST_USE;
/* The form for n, below rule->forms. */
size_t plural_form(const struct plural_rule *rule, int64_t n);

#endif
