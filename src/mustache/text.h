#ifndef MUSTACHE_TEXT_H
#define MUSTACHE_TEXT_H

#include "base/str.h"
#include "mustache/tmpl.h"

/* Texts with places taken apart: what compile.c and text_say() share. */
enum { FORMS_MOST = 6 };

struct text {
	const char *context;              /* or NULL */
	const char *english;              /* without context: what the catalogue has */
	size_t      n;                    /* forms: 1, or one per number */
	struct str  form[FORMS_MOST];
	struct str  by;                   /* the place that picks one; empty when there is none */
};

enum piece {
	PIECE_END,
	PIECE_TEXT,
	PIECE_PLACE,
	PIECE_BROKEN                      /* a bracket that opens no place; shown as it is */
};

/* Takes the next piece off a form. */
enum piece text_piece(struct str *rest, struct str *out);
/* The text in a language (NULL: English).  A translation that is broken or has other places
 * than the English one is left aside with a warning. */
void text_split(struct arena *a, const struct texts *language, const char *english,
    struct text *out);
/* What is wrong with a text, or NULL. */
const char *text_mistake(const struct text *t);
/* Which of the forms goes with a number, or with text that should be one; marks between its
 * thousands do no harm. */
size_t text_form(const struct texts *language, size_t forms, int64_t number);
size_t text_form_of(const struct texts *language, size_t forms, const char *number);

#endif
