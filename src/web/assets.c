/* The addresses of the static files.  nginx serves them, never this program. */
#include "web/assets.h"

#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/log.h"

enum { MANIFEST_LONGEST = 64 * 1024 };

static const char *
address(struct arena *a, const char *manifest, const char *name)
{
	size_t len = strlen(name);

	for (const char *p = manifest; p && *p; p = strchr(p, '\n'), p = p ? p + 1 : p)
		if (strncmp(p, name, len) == 0 && p[len] == ' ')
			return arena_printf(a, "/static/%.*s", (int)strcspn(p + len + 1, "\n"),
			    p + len + 1);
	log_event(LOG_ERROR, "the manifest of static files lacks a name", "name", name);
	return NULL;
}

enum err
assets_load(struct arena *a, const char *static_dir, struct assets **out)
{
	struct assets *s = ARENA_NEW(a, struct assets);
	const char    *path = arena_printf(a, "%s/manifest.txt", static_dir);
	struct str     file;

	if (file_read(a, path, MANIFEST_LONGEST, &file)) {
		log_event(LOG_ERROR, "the manifest of static files cannot be read", "path", path);
		return ERR_FAULT;
	}
	s->css = address(a, file.p, "app.css");
	s->js = address(a, file.p, "app.js");
	s->icons = address(a, file.p, "icons.svg");
	s->favicon = address(a, file.p, "favicon.svg");
	*out = s;
	return s->css && s->js && s->icons && s->favicon ? OK : ERR_FAULT;
}
