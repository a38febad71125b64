/* Browsers and systems by their User-Agent header.  It is only a help for the eye: nothing is
 * decided by it. */
#include "core/agent.h"

#include <string.h>

#include "base/arena.h"

struct sign { const char *in, *name; };

/* Those that pretend to be others come first. */
static const struct sign browsers[] = {
	{ "Edg/", "Edge" }, { "EdgA/", "Edge" }, { "EdgiOS/", "Edge" }, { "OPR/", "Opera" },
	{ "SamsungBrowser/", "Samsung Internet" }, { "Vivaldi/", "Vivaldi" },
	{ "FxiOS/", "Firefox" }, { "Firefox/", "Firefox" }, { "CriOS/", "Chrome" },
	{ "Chrome/", "Chrome" }, { "Safari/", "Safari" },
};
static const struct sign systems[] = {
	{ "iPhone", "iPhone" }, { "iPad", "iPad" }, { "Android", "Android" },
	{ "Windows", "Windows" }, { "CrOS", "ChromeOS" }, { "Mac OS X", "macOS" },
	{ "Linux", "Linux" },
};
enum { SHOWN = 60 };

static const char *
find(const struct sign *signs, size_t n, const char *agent)
{
	for (size_t i = 0; i < n; i++)
		if (strstr(agent, signs[i].in))
			return signs[i].name;
	return NULL;
}

static const char *
cut(struct ctx *cx, const char *agent)
{
	size_t      len = strlen(agent), at = 0;
	const char *text;

	for (int n = 0; n < SHOWN && at < len; n++) {
		uint32_t c;
		size_t   step = utf8_next(agent + at, len - at, &c);

		at += step ? step : 1;
	}
	text = arena_printf(cx->arena, "%.*s", (int)at, agent);
	return at < len ? arena_printf(cx->arena, "%s\xe2\x80\xa6", text) : text;
}

const char *
agent_words(struct ctx *cx, const char *agent)
{
	const char *browser = find(browsers, sizeof(browsers) / sizeof(browsers[0]), agent);
	const char *system = find(systems, sizeof(systems) / sizeof(systems[0]), agent);

	if (*agent == '\0')
		return _("Unknown browser");
	if (browser == NULL)
		return cut(cx, agent);
	return system ? _("[browser] on [system]", "browser", browser, "system", system) : browser;
}
