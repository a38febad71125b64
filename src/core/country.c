/* Countries by their codes.  The table is countries.def; what a country is to a person is in
 * members/ and profile/. */
#include "core/country.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/str.h"
#include "core/ctx.h"

#define COUNTRY(code, name) { code, name },
static const struct country countries[] = {
#include "core/countries.def"
};
#undef COUNTRY

enum { COUNTRIES = sizeof(countries) / sizeof(countries[0]) };

struct sorted { struct country country; const char *key; };

static int
by_key(const void *a, const void *b)
{
	return strcmp(((const struct sorted *)a)->key, ((const struct sorted *)b)->key);
}

size_t
country_list(struct ctx *cx, const struct country **out)
{
	struct sorted  *sorted = ARENA_ARRAY(cx->arena, struct sorted, COUNTRIES);
	struct country *list = ARENA_ARRAY(cx->arena, struct country, COUNTRIES);

	for (size_t i = 0; i < COUNTRIES; i++) {
		sorted[i].country = (struct country){ countries[i].code,
			ctx_say(cx, countries[i].name, (char *)0) };
		sorted[i].key = text_fold(cx->arena, sorted[i].country.name);
	}
	qsort(sorted, COUNTRIES, sizeof(sorted[0]), by_key);
	for (size_t i = 0; i < COUNTRIES; i++)
		list[i] = sorted[i].country;
	*out = list;
	return COUNTRIES;
}

static const struct country *
country_find(const char *code, size_t len)
{
	for (size_t i = 0; i < COUNTRIES; i++)
		if (len == 2 && strncasecmp(countries[i].code, code, 2) == 0)
			return &countries[i];
	return NULL;
}

const char *
country_name(struct ctx *cx, const char *code)
{
	const struct country *c = country_find(code, strlen(code));

	return c ? ctx_say(cx, c->name, (char *)0) : "";
}

const char *
country_code(struct str text)
{
	const struct country *c = country_find(text.p, text.len);

	return c ? c->code : NULL;
}
