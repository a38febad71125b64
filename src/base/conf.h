/* The configuration of the whole program.  Settings of a tenant are in tenants/. */
#ifndef BASE_CONF_H
#define BASE_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
struct arena;

/* The configuration: "name = value" lines, # comments, read once at start.  Each field is
 * the key of the same name; a key that is left out has the default named here.  Paths that
 * do not start with "/" are below the directory of the file. */
struct conf {
	const char *file;            /* where this was read from */
	const char *base_url;        /* "https://console.example.org": no path, no closing "/";
	                              * as browsers write an Origin; must be given */
	bool        secure;          /* base_url is https */
	bool        loopback;        /* base_url names 127.0.0.1, [::1] or localhost */
	const char *state_dir;       /* what must survive: database, heads, exports; default
	                              * where configure said */
	const char *run_dir;         /* sockets, pid file; default <state_dir>/run where the file
	                              * gives state_dir, else where configure said */
	const char *database;        /* default "sqlite:<state_dir>/tenantry.db" */
	const char *key_file;        /* default <state_dir>/tenantry.key */
	const char *quick_socket;    /* default <run_dir>/quick.sock */
	const char *slow_socket;     /* default <run_dir>/slow.sock */
	const char *templates;       /* these three: default where make install put them */
	const char *static_dir;      /* the manifest of static files is read from here */
	const char *locales;         /* folder of .po files, one a language beside English; may be
	                              * missing */
	int64_t     quick_workers;   /* default 4 */
	int64_t     slow_workers;    /* default max(2, cores / 2) */
	int64_t     password_kib;    /* Argon2id memory, default 65536, at least 19456 */
	int64_t     password_passes; /* default 2, at least 2 */
	const char *mail_dir;        /* default <state_dir>/mail; emails are written here as .eml
	                              * while smtp_url is empty */
	const char *smtp_url;        /* "smtp://host:port", "smtps://host:port" or "" */
	const char *smtp_user;       /* "" for none */
	const char *smtp_password_file; /* mode 0600; "" for none */
	const char *smtp_tls;        /* "required" (default) or, to loopback only, "none" */
	const char *smtp_ca_file;    /* "" for the system's */
	const char *mail_from;       /* the operator's address; its domain is in Message-ID; has
	                              * a default for a base_url of loopback only */
	const char *log_file;        /* "" for standard error */
	const char *security_contact; /* of /.well-known/security.txt: an address or an https:
	                               * URL; default mail_from */
};

/* Reads and checks the file.  Every mistake is logged with file and line; ERR_INVALID when
 * there was one; a file that is not there: ERR_NOTFOUND, logged.  Values are trimmed, there
 * are no quotes and no continued lines.  The result lives in the arena. */
enum err conf_load(struct arena *a, const char *path, struct conf **out) MUST_USE;

#endif
