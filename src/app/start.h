/* What every long-lived process of ours stands on, loaded once before the first fork. */
#ifndef APP_START_H
#define APP_START_H

#include "base/err.h"
struct arena;
struct assets;
struct conf;
struct keys;
struct languages;
struct tmpl_set;

struct start {
	struct conf     *conf;
	struct keys     *keys;
	struct tmpl_set *templates;
	struct languages *languages;
	struct assets   *assets;
};

/* Configuration, then the modes of what it names, libsodium, key file, all catalogues and
 * templates, the manifest of the static files, the schema's number, the keys: everything that
 * "serve" needs, which is also what "check" asks.  What is wrong is logged: ERR_INVALID, or
 * ERR_FAULT.  No database stays open. */
enum err start_load(struct arena *a, const char *conf_file, struct start *out) MUST_USE;

/* The modes alone: state and run folder closed to others and not writable to the group;
 * database (with all that lies beside it), key and mail password open to their owner only.
 * Looser: ERR_INVALID; each is logged with what to do.  What is missing is not looser, but a mail
 * password that is named must be there to read. */
enum err start_modes(const struct conf *conf) MUST_USE;

/* Whether the key file is the database's own: the newest events, second factors, recovery codes and
 * the emails that wait must name no key that it lacks.  Else ERR_INVALID, logged. */
enum err start_keys(struct arena *a, const struct start *s) MUST_USE;

#endif
