#ifndef MUSTACHE_PARSE_H
#define MUSTACHE_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "mustache/value.h"
struct arena;

/* A template as a tree, one per source file, shared by all languages.  compile.c makes the
 * flat steps of it. */
enum node_kind {
	N_LINE,       /* a line begins; text is its indentation */
	N_TEXT,       /* the rest of a line or part of it, with its end */
	N_VALUE,
	N_RAW,
	N_SAY,        /* {{_ …}}; text as the catalogues have it */
	N_SECTION,
	N_INVERTED,
	N_PARTIAL,    /* text is the template's name; or name says where it is found */
	N_PARENT,
	N_BLOCK
};

/* "a.b" is two parts; "." none. */
struct name {
	const char *text;
	size_t      n;
	struct key  part[];
};

struct node {
	enum node_kind     kind;
	uint32_t           line;
	bool               alone;       /* the tag stands alone on its line */
	bool               first;       /* N_LINE: the first of its template */
	bool               argument;    /* N_BLOCK: in a parent, for one of the parent's blocks */
	const char        *text;        /* ends with NUL */
	size_t             len;
	const struct name *name;
	const char        *indent;      /* of a tag that is alone; N_BLOCK: what its lines have */
	struct node       *child, *next;
};

enum { TMPL_DEEPEST = 64 };             /* sections, blocks and parents in each other */

struct parse_in {
	struct arena      *arena;
	const char        *name;        /* of the template */
	const char        *text;
	bool               strict;
	const char *const *triples;     /* names that a strict template may show raw */
};

/* The first mistake is logged, with file and line, and ERR_INVALID. */
enum err parse_template(const struct parse_in *in, struct node **out) MUST_USE;
const struct name *name_new(struct arena *a, const char *s, size_t len);
/* Logs a mistake in a template. */
void template_mistake(const char *name, uint32_t line, const char *why, const char *what);

#endif
