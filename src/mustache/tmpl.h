#ifndef MUSTACHE_TMPL_H
#define MUSTACHE_TMPL_H

#include "mustache/view.h"

/* Templates: Mustache, all modules of the specification but lambdas, compiled at start, all
 * of them, per language, with partials and parents worked in.  Rendering is in render.c.
 *
 * Beside the specification:
 * {{_ At most [n] users.}} is a text for the catalogues.  [n] is looked up like {{n}}; [[ is
 * a bracket; {{_ [n] user | [n] users}} has one form per number, picked by the place n, or
 * by the first place when there is no n; {{_ ctx:menu Users}} gives translators a context.
 * White space in a text counts as one blank.  The text is escaped when it is compiled.  In a
 * strict set a place of HTML that takes elements stands in <bdi> when its value is text: not
 * in attributes and titles.
 *
 * A template whose name ends in ".text" or ".subject" is plain text: nothing is escaped in
 * it.  All others are HTML; in a strict set indentation, blank lines and blanks at the end
 * of a line are left out of them, but for pre, textarea, script, style and attribute values.
 *
 * Strict, as the product is, the start stops for: a tag, a name or a text that is broken, a
 * section that is not closed, closing delimiters without a tag, a partial or parent that
 * does not exist, one whose name is in the view ({{>*name}}), text in a parent outside its
 * blocks, a plural without a place, {{{x}}} and {{&x}} for a name that is not reviewed.
 * Rendering fails with ERR_FAULT, logged with file and line, for: {{x}} when no level of the
 * view has x, or x is a list or a view; {{{x}}} when x did not come from view_html().  A
 * section of what is not there is only false: lists and flags may be left out.
 * Not strict, all that shows nothing, or the text as it is. */
struct tmpl;
struct tmpl_set;

/* The texts of one language, from its catalogue. */
struct texts {
	const char *language;
	/* The translation of a text with its context, or NULL; NULL for none.  Both sides have
	 * their places, and their plural forms joined by " | ": the English two, the
	 * translation as many as the language has. */
	const char *(*find)(const void *catalogue, const char *context, const char *english,
	    size_t *len);
	/* Which of the forms goes with n, from 0; NULL: 0 for 1, 1 for all others. */
	size_t (*form)(const void *catalogue, int64_t n);
	const void *catalogue;
};

/* Loads every *.mustache below dir, in English; a template's name is its path without
 * ending.  The file dir/TRIPLES has the reviewed names, one a line, # comments; it may be
 * missing.  Of each file the first mistake is logged with its line; ERR_INVALID when there
 * was one.  The set lives as long as the arena. */
enum err tmpl_load(struct tmpl_set **out, struct arena *a, const char *dir, bool strict) MUST_USE;
/* The same in n more languages; languages and their catalogues stay the caller's.  Texts
 * without a usable translation stay English. */
enum err tmpl_load_languages(struct tmpl_set **out, struct arena *a, const char *dir, bool strict,
    const struct texts *languages, size_t n) MUST_USE;
/* NULL when there is no such template.  A language that is not there, and NULL, is English. */
const struct tmpl *tmpl_find(const struct tmpl_set *set, const char *name, const char *language);
/* A set from memory, for tests: names and sources, TRIPLES among them. */
struct tmpl_source { const char *name, *text; };
enum err tmpl_compile(struct tmpl_set **out, struct arena *a, const struct tmpl_source *sources,
    size_t n, bool strict) MUST_USE;
enum err tmpl_compile_languages(struct tmpl_set **out, struct arena *a,
    const struct tmpl_source *sources, size_t n, bool strict, const struct texts *languages,
    size_t n_languages) MUST_USE;
/* Appends to out, and allocates nothing but that.  More than 64 partials, or 256 sections, in
 * each other are ERR_FAULT too, in any set.  After a failure out has part of the page; that
 * out has reached its limit is for buf_end() to say. */
enum err tmpl_render(const struct tmpl *t, struct view *root, struct buf *out) MUST_USE;

/* Every name in the set, sorted, then NULL. */
const char *const *tmpl_names(const struct tmpl_set *set);
/* The partials and parents that a template names itself, then NULL; NULL when there is no
 * such template. */
const char *const *tmpl_uses(const struct tmpl_set *set, const char *name);

/* A text with places outside templates, as _("…") uses it: [name] filled from pairs, not
 * escaped, plural "one | many" by the place n, or the first.  Ends with NULL.  A place that
 * no pair fills stays as it is.  What is written from right to left stands between U+2068 and
 * U+2069: this is for sentences of pages, not for emails, files and logs. */
const char *text_fill(struct arena *a, const char *text, const char *const *pairs);
/* The same in a language; NULL is English. */
const char *text_say(struct arena *a, const struct texts *language, const char *english,
    const char *const *pairs);

#endif
