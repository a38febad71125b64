#ifndef WEB_ASSETS_H
#define WEB_ASSETS_H

#include "base/err.h"
struct arena;

/* The addresses of the static files, which carry a hash of their content so that browsers
 * may keep them for ever.  Read once at start from <static_dir>/manifest.txt, lines
 * "app.css app.<hash>.css". */
struct assets { const char *css, *js, *icons, *favicon; };

/* A missing manifest or name: ERR_FAULT, logged. */
enum err assets_load(struct arena *a, const char *static_dir, struct assets **out) MUST_USE;

#endif
