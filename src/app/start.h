/* What every long-lived process of ours stands on, loaded once before the first fork. */
#ifndef APP_START_H
#define APP_START_H

#include "base/err.h"
struct arena;
struct assets;
struct conf;
struct keys;
struct tmpl_set;

struct start {
	struct conf     *conf;
	struct keys     *keys;
	struct tmpl_set *templates;
	struct assets   *assets;
};

/* Configuration, then the modes of what it names, libsodium, key file, all templates, the
 * manifest of the static files, the schema's number: everything that "serve" needs of them,
 * which is also what "check" asks.  What is wrong is logged: ERR_INVALID, or ERR_FAULT.  No
 * database stays open. */
enum err start_load(struct arena *a, const char *conf_file, struct start *out) MUST_USE;

/* The modes alone: state and run folder closed to others and not writable to the group;
 * database (with all that lies beside it), key and mail password open to their owner only.
 * Looser: ERR_INVALID; each is logged with what to do.  What is missing is not looser. */
enum err start_modes(const struct conf *conf) MUST_USE;

#endif
