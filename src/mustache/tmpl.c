/* Sets of templates: reading the files, checking what each says by itself, compiling all of
 * them in each language, finding one.  Syntax is in parse.c, compiling one in compile.c,
 * rendering in render.c, texts in text.c. */
#include "mustache/tmpl.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/log.h"
#include "mustache/step.h"
#include "mustache/text.h"

enum { FILE_LARGEST = 1 << 20 };

static const char ending[] = ".mustache";
static const char triples_name[] = "TRIPLES";

static int
by_name(const void *a, const void *b)
{
	const struct source *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static int
name_is(const void *key, const void *source)
{
	return strcmp(key, ((const struct source *)source)->name);
}

size_t
source_find(const struct tmpl_set *set, const char *name)
{
	const struct source *s = set->n ? bsearch(name, set->sources, set->n, sizeof *s, name_is) :
	    NULL;

	return s ? (size_t)(s - set->sources) : set->n;
}

/* One name a line; what follows a # is a remark. */
static const char *const *
triples_read(struct arena *a, const char *text)
{
	char *copy = arena_strdup(a, text), *line;
	size_t n = 0, lines = 1;
	const char **names;

	for (const char *s = text; *s; s++)
		lines += *s == '\n';
	names = ARENA_ARRAY(a, const char *, lines + 1);
	while ((line = strsep(&copy, "\n"))) {
		line[strcspn(line, "#")] = '\0';
		line += strspn(line, " \t\r");
		line[strcspn(line, " \t\r")] = '\0';
		if (*line)
			names[n++] = line;
	}
	return names;
}

static size_t
count(const struct node *n, size_t so_far)
{
	for (; n; n = n->next)
		so_far = count(n->child, so_far + 1);
	return so_far;
}

static enum err
use_note(const struct tmpl_set *set, const struct source *s, const struct node *n,
    const char **uses, size_t *n_uses)
{
	if (set->strict && source_find(set, n->text) == set->n) {
		template_mistake(s->name, n->line, "no such template", n->text);
		return ERR_INVALID;
	}
	for (size_t i = 0; i < *n_uses; i++)
		if (strcmp(uses[i], n->text) == 0)
			return OK;
	uses[(*n_uses)++] = n->text;
	return OK;
}

/* Notes what a template uses, and in a strict set finds what is wrong with that and with its
 * texts. */
static enum err
nodes_check(const struct tmpl_set *set, const struct source *s, const struct node *n,
    const char **uses, size_t *n_uses)
{
	for (; n; n = n->next) {
		if ((n->kind == N_PARTIAL || n->kind == N_PARENT) && !n->name)
			TRY(use_note(set, s, n, uses, n_uses));
		if (n->kind == N_SAY && set->strict) {
			struct text t;
			const char *why;

			text_split(set->arena, NULL, n->text, &t);
			why = text_mistake(&t);
			if (why) {
				template_mistake(s->name, n->line, why, n->text);
				return ERR_INVALID;
			}
		}
		TRY(nodes_check(set, s, n->child, uses, n_uses));
	}
	return OK;
}

/* All sources are read and checked, whatever is wrong with one of them. */
static enum err
sources_parse(struct tmpl_set *set)
{
	enum err e = OK;

	for (size_t i = 0; i < set->n; i++) {
		struct source *s = &set->sources[i];

		if (parse_template(&(struct parse_in){ .arena = set->arena, .name = s->name,
		    .text = s->text, .strict = set->strict, .triples = set->triples }, &s->nodes))
			e = ERR_INVALID;
	}
	for (size_t i = 0; i < set->n; i++) {
		struct source *s = &set->sources[i];
		const char **uses = ARENA_ARRAY(set->arena, const char *, count(s->nodes, 0) + 1);
		size_t n = 0;

		s->uses = uses;
		if (nodes_check(set, s, s->nodes, uses, &n))
			e = ERR_INVALID;
	}
	return e;
}

static enum err
set_build(struct tmpl_set *set)
{
	struct builder *b = builder_new(set);
	const char **names = ARENA_ARRAY(set->arena, const char *, set->n + 1);

	for (size_t i = 0; i < set->n; i++)
		names[i] = set->sources[i].name;
	set->names = names;
	set->tmpls = ARENA_ARRAY(set->arena, struct tmpl, set->n * (set->n_languages + 1) + 1);
	for (size_t l = 0; l <= set->n_languages; l++)
		for (size_t i = 0; i < set->n; i++)
			TRY(tmpl_build(b, i, l ? &set->languages[l - 1] : NULL,
			    &set->tmpls[l * set->n + i]));
	return OK;
}

enum err
tmpl_compile_languages(struct tmpl_set **out, struct arena *a, const struct tmpl_source *sources,
    size_t n, bool strict, const struct texts *languages, size_t n_languages)
{
	struct tmpl_set *set = ARENA_NEW(a, struct tmpl_set);

	if (n >= UINT16_MAX)
		return ERR_LIMIT;
	*set = (struct tmpl_set){ .strict = strict, .arena = a, .languages = languages,
	    .n_languages = n_languages, .sources = ARENA_ARRAY(a, struct source, n + 1) };
	for (size_t i = 0; i < n; i++)
		if (strcmp(sources[i].name, triples_name) == 0)
			set->triples = triples_read(a, sources[i].text);
		else
			set->sources[set->n++] = (struct source){ .name = sources[i].name,
			    .text = sources[i].text };
	qsort(set->sources, set->n, sizeof set->sources[0], by_name);
	TRY(sources_parse(set));
	TRY(set_build(set));
	*out = set;
	return OK;
}

enum err
tmpl_compile(struct tmpl_set **out, struct arena *a, const struct tmpl_source *sources, size_t n,
    bool strict)
{
	return tmpl_compile_languages(out, a, sources, n, strict, NULL, 0);
}

static enum err
text_read(struct arena *a, const char *dir, const char *file, const char **out)
{
	struct str content;

	TRY(file_read(a, arena_printf(a, "%s/%s", dir, file), FILE_LARGEST, &content));
	if (memchr(content.p, '\0', content.len)) {
		log_event(LOG_ERROR, "template", "file", file, "line", "1", "why", "not text");
		return ERR_INVALID;
	}
	*out = arena_printf(a, "%.*s", (int)content.len, content.p);
	return OK;
}

enum err
tmpl_load_languages(struct tmpl_set **out, struct arena *a, const char *dir, bool strict,
    const struct texts *languages, size_t n_languages)
{
	struct tmpl_source *sources;
	const char **files;
	size_t n = 0;
	enum err e;

	TRY(dir_list(a, dir, ending, &files));
	while (files[n])
		n++;
	sources = ARENA_ARRAY(a, struct tmpl_source, n + 1);
	for (size_t i = 0; i < n; i++) {
		size_t len = strlen(files[i]) - (sizeof ending - 1);

		sources[i].name = arena_printf(a, "%.*s", (int)len, files[i]);
		TRY(text_read(a, dir, files[i], &sources[i].text));
	}
	e = text_read(a, dir, triples_name, &sources[n].text);
	if (e && e != ERR_NOTFOUND)
		return e;
	if (!e)
		sources[n++].name = triples_name;
	return tmpl_compile_languages(out, a, sources, n, strict, languages, n_languages);
}

enum err
tmpl_load(struct tmpl_set **out, struct arena *a, const char *dir, bool strict)
{
	return tmpl_load_languages(out, a, dir, strict, NULL, 0);
}

const struct tmpl *
tmpl_find(const struct tmpl_set *set, const char *name, const char *language)
{
	size_t i = source_find(set, name), l = set->n_languages;

	if (i == set->n)
		return NULL;
	while (l > 0 && (!language || strcmp(set->languages[l - 1].language, language) != 0))
		l--;
	return &set->tmpls[l * set->n + i];
}

const char *const *
tmpl_names(const struct tmpl_set *set)
{
	return set->names;
}

const char *const *
tmpl_uses(const struct tmpl_set *set, const char *name)
{
	size_t i = source_find(set, name);

	return i == set->n ? NULL : set->sources[i].uses;
}
