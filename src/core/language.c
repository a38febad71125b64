/* The languages that there are: a folder of catalogues, and how a reader's wish is matched. */
#include "core/language.h"

#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/catalogue.h"
#include "base/file.h"
#include "base/log.h"
#include "mustache/tmpl.h"

static const char ending[] = ".po";
static const char english[] = "en";

enum { CODE_LONGEST = 15, HEADER_LONGEST = 1000, WEIGHT_MOST = 1000 };

/* Letters, digits and hyphens that begin with two letters; it is shown in pages. */
static bool
is_code(const char *code)
{
	size_t len = strlen(code);

	return len >= 2 && len <= CODE_LONGEST && strcmp(code, english) != 0 &&
	    strspn(code, "abcdefghijklmnopqrstuvwxyz") >= 2 &&
	    strspn(code, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == len;
}

static enum err
language_add(struct arena *a, const char *dir, const char *file, struct languages *all)
{
	const char       *code = arena_printf(a, "%.*s",
	    (int)(strlen(file) - (sizeof(ending) - 1)), file);
	struct catalogue *c;

	if (!is_code(code)) {
		log_event(LOG_ERROR, "catalogue", "file", file, "why",
		    "its name is no language's, such as de.po");
		return ERR_INVALID;
	}
	TRY(catalogue_load(a, arena_printf(a, "%s/%s", dir, file), &c));
	all->texts[all->n - 1] = (struct texts){ .language = code, .find = catalogue_find,
		.form = catalogue_form, .catalogue = c };
	all->items[all->n++] = (struct language){ code, catalogue_name(c) };
	return OK;
}

enum err
languages_load(struct arena *a, const char *dir, struct languages **out)
{
	struct languages *all = ARENA_NEW(a, struct languages);
	const char       *none[] = { NULL }, **files = none;
	size_t            n = 0;
	enum err          e = dir_list(a, dir, ending, &files);

	if (e == ERR_NOTFOUND)
		files = none;
	else if (e != OK)
		return e;
	while (files[n])
		n++;
	all->items = ARENA_ARRAY(a, struct language, n + 1);
	all->texts = ARENA_ARRAY(a, struct texts, n + 1);
	all->items[all->n++] = (struct language){ english, "English" };
	for (size_t i = 0; i < n; i++)
		TRY(language_add(a, dir, files[i], all));
	*out = all;
	return OK;
}

const struct texts *
language_texts(const struct languages *all, const char *code)
{
	for (size_t i = 1; all && i < all->n; i++)
		if (strcmp(all->items[i].code, code) == 0)
			return &all->texts[i - 1];
	return NULL;
}

const char *
language_code(const struct languages *all, struct str text)
{
	for (size_t i = 1; all && i < all->n; i++)
		if (strlen(all->items[i].code) == text.len &&
		    strncasecmp(all->items[i].code, text.p, text.len) == 0)
			return all->items[i].code;
	return text.len == sizeof(english) - 1 && strncasecmp(english, text.p, text.len) == 0 ?
	    english : NULL;
}

/* ---------------------------------------------------------------- what a browser likes */

/* "0.8" in thousandths; what is none counts as nothing. */
static int
weight_of(struct str q)
{
	int  value, scale = WEIGHT_MOST;

	if (q.len == 0 || q.len > 5 || (q.p[0] != '0' && q.p[0] != '1'))
		return 0;
	value = (q.p[0] - '0') * WEIGHT_MOST;
	for (size_t i = 1; i < q.len; i++) {
		if (i == 1 ? q.p[i] != '.' : q.p[i] < '0' || q.p[i] > '9')
			return 0;
		if (i > 1)
			value += (q.p[i] - '0') * (scale /= 10);
	}
	return value <= WEIGHT_MOST ? value : 0;
}

static struct str
cut_at(struct str *rest, char mark)
{
	const char *at = memchr(rest->p, mark, rest->len);
	size_t      len = at ? (size_t)(at - rest->p) : rest->len;
	struct str  piece = { rest->p, len };

	len += at != NULL;
	rest->p += len;
	rest->len -= len;
	return piece;
}

/* The language of a range, shortened from its end until there is one. */
static const char *
lookup(const struct languages *all, struct str range)
{
	const char *code = language_code(all, range);

	while (code == NULL && range.len > 0) {
		while (range.len > 0 && range.p[--range.len] != '-')
			;
		code = range.len ? language_code(all, range) : NULL;
	}
	return code;
}

const char *
language_accepted(const struct languages *all, struct str header)
{
	const char *best = english;
	int         most = 0;

	if (header.len > HEADER_LONGEST)
		return english;
	while (header.len > 0) {
		struct str  rest = cut_at(&header, ','), range = str_trim(cut_at(&rest, ';'));
		const char *code = lookup(all, range);
		int         weight = WEIGHT_MOST;

		rest = str_trim(rest);
		if (rest.len > 1 && (rest.p[0] == 'q' || rest.p[0] == 'Q') && rest.p[1] == '=')
			weight = weight_of((struct str){ rest.p + 2, rest.len - 2 });
		else if (rest.len > 0)
			weight = 0;
		if (code && weight > most) {
			best = code;
			most = weight;
		}
	}
	return best;
}
