#ifndef MUSTACHE_STEP_H
#define MUSTACHE_STEP_H

#include "mustache/parse.h"
#include "mustache/tmpl.h"

/* Compiled templates: what compile.c makes and render.c runs.  A step shows its text, then
 * does its op. */
enum op {
	OP_TEXT,
	OP_VALUE,
	OP_RAW,
	OP_ISOLATED,            /* a value in a sentence: in <bdi>, when it is text */
	OP_SECTION,             /* its body follows; "to" is behind its OP_END */
	OP_INVERTED,            /* the same, but what follows has no OP_END */
	OP_END,                 /* "to" is the body of its section */
	OP_PLURAL,              /* targets: one per form, "count" of them */
	OP_JUMP,
	OP_CALL,                /* a partial within itself; returns here */
	OP_CALL_NAMED,          /* targets: one per template of the set */
	OP_RETURN
};

struct step {
	uint32_t           at, len;          /* of its text, in the template's */
	enum op            op;
	uint32_t           to, line;
	uint16_t           source;           /* whose line that is */
	uint16_t           count;
	const struct name *name;
	const uint32_t    *targets;
};

enum { CALLS_MOST = 64 };                /* partials that are in each other by calls */
enum { TEXT_PAD = 64 };                  /* may be read, and written, behind a text */

struct tmpl {
	const struct tmpl_set *set;
	const struct texts    *language;     /* NULL for English */
	const struct step     *steps;
	const char            *text;
	uint16_t               source;
	bool                   html;
};

struct source {
	const char        *name, *text;
	struct node       *nodes;
	const char *const *uses;             /* NULL-terminated */
};

struct tmpl_set {
	bool                strict;
	struct arena       *arena;
	struct source      *sources;         /* sorted */
	size_t              n, n_languages;
	const struct texts *languages;
	const char *const  *names;
	const char *const  *triples;
	struct tmpl        *tmpls;           /* n in English, n in each language */
};

/* The number of a template in the set, or set->n. */
size_t source_find(const struct tmpl_set *set, const char *name);
/* Compiles one template after the other; the builder is its memory in between. */
/* Before steps are made where others may have been: what render.c noted is not of these. */
void render_forget(void);
struct builder;
struct builder *builder_new(const struct tmpl_set *set);
enum err tmpl_build(struct builder *b, size_t source, const struct texts *language,
    struct tmpl *out) MUST_USE;

#endif
