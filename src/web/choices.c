/* Long choices, rendered once.  What is in them is in core/country.h and base/zone.h. */
#include "web/choices.h"

#include <string.h>

#include "base/arena.h"
#include "base/log.h"
#include "base/zone.h"
#include "core/country.h"
#include "mustache/tmpl.h"
#include "mustache/view.h"

enum { OPTIONS_LONGEST = 256 * 1024, KEPT_LARGEST = 8 * 1024 * 1024, LANGUAGE_LONGEST = 16 };

struct kept {
	const struct kept     *next;
	const char            *name;
	char                   language[LANGUAGE_LONGEST];
	const struct tmpl_set *of;
	struct str             options;
};
static const struct kept *all;
static struct arena *memory;

static enum err
render(struct ctx *cx, const char *name, struct view *v, struct str *out)
{
	const struct tmpl *t = tmpl_find(cx->templates, name, cx->language);
	struct kept       *k;
	struct buf         b;

	if (t == NULL) {
		log_event(LOG_ERROR, "a template is missing", "name", name);
		return ERR_FAULT;
	}
	if (memory == NULL)
		memory = arena_new(64 * 1024, KEPT_LARGEST);
	buf_init(&b, memory, OPTIONS_LONGEST);
	TRY(tmpl_render(t, v, &b));
	TRY(buf_end(&b, out));
	if (strlen(cx->language) >= LANGUAGE_LONGEST)
		return OK;
	k = ARENA_NEW(memory, struct kept);
	*k = (struct kept){ .next = all, .name = name, .of = cx->templates, .options = *out };
	memcpy(k->language, cx->language, strlen(cx->language) + 1);
	all = k;
	return OK;
}

static bool
find(struct ctx *cx, const char *name, struct str *out)
{
	for (const struct kept *k = all; k; k = k->next)
		if (k->of == cx->templates && strcmp(k->name, name) == 0 &&
		    strcmp(k->language, cx->language) == 0) {
			*out = k->options;
			return true;
		}
	return false;
}

enum err
choices_countries(struct ctx *cx, struct str *out)
{
	const struct country *list;
	struct view          *v;
	size_t                n;

	if (find(cx, "parts/countries", out))
		return OK;
	v = view_new(cx->arena);
	n = country_list(cx, &list);
	for (size_t i = 0; i < n; i++) {
		struct view *option = view_item(v, "countries");

		view_text(option, "code", list[i].code);
		view_text(option, "label", list[i].name);
	}
	return render(cx, "parts/countries", v, out);
}

/* What stands behind the continent, with blanks. */
static const char *
place_of(struct ctx *cx, const char *zone)
{
	const char *slash = strchr(zone, '/');
	char       *text = arena_strdup(cx->arena, slash ? slash + 1 : zone);

	for (char *p = text; *p; p++)
		if (*p == '_')
			*p = ' ';
	return text;
}

const char *
choices_zone_words(struct ctx *cx, const char *zone)
{
	const char *slash = strchr(zone, '/');

	return slash ? arena_printf(cx->arena, "%.*s%s", (int)(slash + 1 - zone), zone,
	    place_of(cx, zone)) : zone;
}

enum err
choices_zones(struct ctx *cx, struct str *out)
{
	const char *const *names;
	const char        *region = "";
	struct view       *v, *group = NULL;
	size_t             n;

	if (find(cx, "parts/zones", out))
		return OK;
	v = view_new(cx->arena);
	n = zone_names(&names);
	for (size_t i = 0; i < n; i++) {
		size_t       len = strcspn(names[i], "/");
		struct view *option;

		if (group == NULL || strlen(region) != len || memcmp(region, names[i], len) != 0) {
			region = arena_printf(cx->arena, "%.*s", (int)len, names[i]);
			group = view_item(v, "regions");
			view_text(group, "region", region);
		}
		option = view_item(group, "zones");
		view_text(option, "zone", names[i]);
		view_text(option, "label", place_of(cx, names[i]));
	}
	return render(cx, "parts/zones", v, out);
}
