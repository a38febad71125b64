/* The configuration file: one table of keys, what each may hold, what holds for all of it
 * together.  Settings of a tenant are rows, in tenants/. */
#include "base/conf.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/log.h"
#include "base/str.h"

#ifndef TENANTRY_DATADIR
#define TENANTRY_DATADIR "/usr/local/share/tenantry"
#endif
#ifndef TENANTRY_STATEDIR
#define TENANTRY_STATEDIR "/var/lib/tenantry"
#endif
#ifndef TENANTRY_RUNDIR
#define TENANTRY_RUNDIR "/run/tenantry"
#endif

enum { FILE_LARGEST = 64 * 1024, VALUE_LONGEST = 1024 };

enum kind { KEY_TEXT, KEY_PATH, KEY_DATABASE, KEY_NUMBER };

struct key {
	const char *name;
	enum kind   kind;
	size_t      offset;
	int64_t     least, most;
};
#define TEXT(k)               { #k, KEY_TEXT, offsetof(struct conf, k), 0, 0 }
#define PATH(k)               { #k, KEY_PATH, offsetof(struct conf, k), 0, 0 }
#define NUMBER(k, from, upto) { #k, KEY_NUMBER, offsetof(struct conf, k), (from), (upto) }

static const struct key keys[] = {
	TEXT(base_url),
	PATH(state_dir),
	PATH(run_dir),
	{ "database", KEY_DATABASE, offsetof(struct conf, database), 0, 0 },
	PATH(key_file),
	PATH(quick_socket),
	PATH(slow_socket),
	PATH(templates),
	PATH(static_dir),
	PATH(locales),
	NUMBER(quick_workers, 1, 256),
	NUMBER(slow_workers, 1, 256),
	NUMBER(password_kib, 19456, 1024 * 1024),
	NUMBER(password_passes, 2, 16),
	PATH(mail_dir),
	TEXT(smtp_url),
	TEXT(smtp_user),
	PATH(smtp_password_file),
	TEXT(smtp_tls),
	PATH(smtp_ca_file),
	TEXT(mail_from),
	PATH(log_file),
	TEXT(security_contact),
};
enum { KEYS = sizeof(keys) / sizeof(keys[0]) };

struct load {
	struct arena *arena;
	struct conf  *conf;
	const char   *folder;       /* of the file, with its "/"; "" for the working one */
	int64_t       line;
	int64_t       lines[KEYS];  /* where each key stands; 0 for nowhere */
	bool          bad;
};

/* Notes a mistake and goes on; line 0 is one of the whole file. */
static void
mistake(struct load *l, int64_t line, const char *key, const char *why)
{
	l->bad = true;
	log_event(LOG_ERROR, "configuration", "file", l->conf->file, "line",
	    line ? log_int(line) : NULL, "key", key, "why", why);
}

static int64_t
line_of(const struct load *l, const char *name)
{
	for (size_t i = 0; i < KEYS; i++)
		if (strcmp(keys[i].name, name) == 0)
			return l->lines[i];
	return 0;
}

static const char **
text_field(struct conf *c, const struct key *k)
{
	return (const char **)(void *)((char *)c + k->offset);
}

static const char *
below(const struct load *l, const char *path)
{
	if (path[0] == '/' || path[0] == '\0')
		return path;
	return arena_printf(l->arena, "%s%s", l->folder, path);
}

static void
set_number(struct load *l, const struct key *k, const char *value)
{
	size_t digits = strspn(value, "0123456789");
	int64_t n;

	errno = 0;
	n = strtoll(value, NULL, 10);
	if (digits == 0 || value[digits] != '\0' || errno != 0 || n < k->least || n > k->most)
		mistake(l, l->line, k->name, arena_printf(l->arena,
		    "must be a number from %lld to %lld", (long long)k->least,
		    (long long)k->most));
	else
		*(int64_t *)(void *)((char *)l->conf + k->offset) = n;
}

static void
set(struct load *l, const struct key *k, const char *value)
{
	static const char scheme[] = "sqlite:";
	const size_t n = sizeof(scheme) - 1;

	switch (k->kind) {
	case KEY_TEXT:
		*text_field(l->conf, k) = value;
		break;
	case KEY_PATH:
		*text_field(l->conf, k) = below(l, value);
		break;
	case KEY_DATABASE:
		if (strncmp(value, scheme, n) != 0 || value[n] == '\0')
			mistake(l, l->line, k->name, "must be sqlite: and a path");
		else
			l->conf->database = arena_printf(l->arena, "%s%s", scheme,
			    below(l, value + n));
		break;
	case KEY_NUMBER:
		set_number(l, k, value);
		break;
	}
}

static void
read_line(struct load *l, struct str line)
{
	const char *equals, *name, *value;
	size_t i = 0;

	line = str_trim(line);
	if (line.len == 0 || line.p[0] == '#')
		return;
	if ((equals = memchr(line.p, '=', line.len)) == NULL) {
		mistake(l, l->line, NULL, "must be name = value");
		return;
	}
	if (str_text(l->arena, str_trim((struct str){ line.p, (size_t)(equals - line.p) }),
	        VALUE_LONGEST, &name) ||
	    str_maybe(l->arena, str_trim((struct str){ equals + 1,
	        line.len - (size_t)(equals + 1 - line.p) }), VALUE_LONGEST, &value)) {
		mistake(l, l->line, NULL, "is too long, or has characters that may not be there");
		return;
	}
	while (i < KEYS && strcmp(keys[i].name, name) != 0)
		i++;
	if (i == KEYS)
		mistake(l, l->line, name, "is unknown");
	else if (l->lines[i])
		mistake(l, l->line, name, "is given twice");
	else {
		l->lines[i] = l->line;
		set(l, &keys[i], value);
	}
}

static void
read_lines(struct load *l, struct str file)
{
	while (file.len > 0) {
		const char *end = memchr(file.p, '\n', file.len);
		size_t len = end ? (size_t)(end - file.p) : file.len;

		l->line++;
		read_line(l, (struct str){ file.p, len });
		len += end != NULL;
		file.p += len;
		file.len -= len;
	}
}

static void
use_default(struct load *l, const char **field, const char *folder, const char *name)
{
	if (*field == NULL || **field == '\0')
		*field = arena_printf(l->arena, "%s%s", folder, name);
}

static void
use_default_number(int64_t *field, int64_t n)
{
	/* No number may be 0. */
	if (*field == 0)
		*field = n;
}

static void
defaults(struct load *l)
{
	struct conf *c = l->conf;
	long cores = sysconf(_SC_NPROCESSORS_ONLN);

	/* A site that keeps its data elsewhere than the system's own keeps its sockets there
	 * too: two of them must not meet in one folder. */
	if (c->state_dir != NULL && *c->state_dir != '\0')
		use_default(l, &c->run_dir, c->state_dir, "/run");
	use_default(l, &c->state_dir, TENANTRY_STATEDIR, "");
	use_default(l, &c->run_dir, TENANTRY_RUNDIR, "");
	use_default(l, &c->database, "sqlite:", arena_printf(l->arena, "%s/tenantry.db",
	    c->state_dir));
	use_default(l, &c->key_file, c->state_dir, "/tenantry.key");
	use_default(l, &c->mail_dir, c->state_dir, "/mail");
	use_default(l, &c->quick_socket, c->run_dir, "/quick.sock");
	use_default(l, &c->slow_socket, c->run_dir, "/slow.sock");
	use_default(l, &c->templates, TENANTRY_DATADIR, "/templates");
	use_default(l, &c->static_dir, TENANTRY_DATADIR, "/static");
	use_default(l, &c->locales, TENANTRY_DATADIR, "/locales");
	use_default(l, &c->smtp_tls, "required", "");
	use_default_number(&c->quick_workers, 4);
	use_default_number(&c->slow_workers, cores / 2 > 2 ? cores / 2 : 2);
	use_default_number(&c->password_kib, 65536);
	use_default_number(&c->password_passes, 2);
	for (size_t i = 0; i < KEYS; i++)
		if (keys[i].kind != KEY_NUMBER && *text_field(c, &keys[i]) == NULL)
			*text_field(c, &keys[i]) = "";
}

/* "host", "host:port", "[::1]:port", and what follows it. */
struct place { struct str host; int port; const char *rest; };

static bool
place_read(const char *p, struct place *out)
{
	size_t n = p[0] == '[' ? 1 + strspn(p + 1, "0123456789abcdef:.") :
	    strspn(p, "abcdefghijklmnopqrstuvwxyz0123456789.-");

	if (p[0] == '[' && p[n++] != ']')
		return false;
	if (n == 0 || p[0] == '.' || p[0] == '-')
		return false;
	*out = (struct place){ .host = { p, n }, .port = 0, .rest = p + n };
	if (p[n] == ':') {
		size_t digits = strspn(p + n + 1, "0123456789");

		if (digits == 0 || digits > 5 || p[n + 1] == '0')
			return false;
		out->port = atoi(p + n + 1);
		out->rest = p + n + 1 + digits;
	}
	return out->port <= 65535;
}

static bool
is_loopback(const struct place *at)
{
	return str_equal(at->host, STR("127.0.0.1")) || str_equal(at->host, STR("[::1]")) ||
	    str_equal(at->host, STR("localhost"));
}

/* What follows the prefix, or NULL. */
static const char *
after(const char *text, const char *prefix)
{
	size_t n = strlen(prefix);

	return strncmp(text, prefix, n) == 0 ? text + n : NULL;
}

/* The URL is compared with what browsers send as Origin, so it must be written as they do. */
static const char *
base_url_wrong(struct conf *c)
{
	const char *place = after(c->base_url, "https://");
	struct place at;

	c->secure = place != NULL;
	if (place == NULL)
		place = after(c->base_url, "http://");
	if (place == NULL || !place_read(place, &at) || at.rest[0] != '\0')
		return "must be https://host or https://host:port, in lower case, "
		    "nothing behind it";
	c->loopback = is_loopback(&at);
	if (!c->secure && !c->loopback)
		return "may be http: only for 127.0.0.1, [::1] and localhost";
	if (at.port == (c->secure ? 443 : 80))
		return "must leave the usual port out, as browsers do";
	return NULL;
}

static void
check_smtp(struct load *l)
{
	struct conf *c = l->conf;
	bool none = strcmp(c->smtp_tls, "none") == 0;
	const char *place = after(c->smtp_url, "smtp://");
	bool plain = place != NULL;
	struct place at = { .rest = "" };

	if (!none && strcmp(c->smtp_tls, "required") != 0)
		mistake(l, line_of(l, "smtp_tls"), "smtp_tls", "must be required or none");
	if (c->smtp_url[0] == '\0')
		return;
	if (place == NULL)
		place = after(c->smtp_url, "smtps://");
	if (place == NULL || !place_read(place, &at) || at.rest[0] != '\0')
		mistake(l, line_of(l, "smtp_url"), "smtp_url",
		    "must be smtp://host:port or smtps://host:port, in lower case");
	else if (none && (!plain || !is_loopback(&at)))
		mistake(l, line_of(l, "smtp_tls"), "smtp_tls",
		    "may be none only for smtp: to 127.0.0.1, [::1] or localhost");
	if ((c->smtp_user[0] == '\0') != (c->smtp_password_file[0] == '\0'))
		mistake(l, line_of(l, "smtp_user"), "smtp_user",
		    "goes with smtp_password_file: both or neither");
}

static void
check_addresses(struct load *l)
{
	struct conf *c = l->conf;
	const char *address, *key;

	if (c->mail_from[0] == '\0' && c->loopback)
		c->mail_from = "tenantry@localhost.localdomain";
	if (email_text(l->arena, str_of(c->mail_from), &address, &key))
		mistake(l, line_of(l, "mail_from"), "mail_from", "must be an email address");
	else
		c->mail_from = address;
	if (c->security_contact[0] == '\0')
		c->security_contact = c->mail_from;
	else if (!after(c->security_contact, "https://") &&
	    email_text(l->arena, str_of(c->security_contact), &address, &key))
		mistake(l, line_of(l, "security_contact"), "security_contact",
		    "must be an email address or an https: URL");
}

static void
check(struct load *l)
{
	const char *why;

	if (l->conf->base_url[0] == '\0')
		mistake(l, line_of(l, "base_url"), "base_url", "must be given");
	else if ((why = base_url_wrong(l->conf)) != NULL)
		mistake(l, line_of(l, "base_url"), "base_url", why);
	check_smtp(l);
	check_addresses(l);
}

/* "/etc/tenantry/" of "/etc/tenantry/tenantry.conf"; made absolute, because the daemon may
 * change its folder later. */
static const char *
folder_of(struct arena *a, const char *path)
{
	const char *slash = strrchr(path, '/');
	int len = slash ? (int)(slash - path) + 1 : 0;
	char cwd[PATH_MAX];

	if (path[0] == '/' || getcwd(cwd, sizeof(cwd)) == NULL)
		return arena_printf(a, "%.*s", len, path);
	return arena_printf(a, "%s/%.*s", cwd, len, path);
}

enum err
conf_load(struct arena *a, const char *path, struct conf **out)
{
	struct load l = { .arena = a, .conf = ARENA_NEW(a, struct conf) };
	struct str file;
	enum err e;

	l.conf->file = arena_strdup(a, path);
	l.folder = folder_of(a, path);
	e = file_read(a, path, FILE_LARGEST, &file);
	if (e == ERR_NOTFOUND || e == ERR_LIMIT) {
		mistake(&l, 0, NULL, e == ERR_LIMIT ? "is larger than 64 KiB" : "is not there");
		return e == ERR_LIMIT ? ERR_INVALID : e;
	}
	if (e)
		return e;
	read_lines(&l, file);
	defaults(&l);
	check(&l);
	if (l.bad)
		return ERR_INVALID;
	*out = l.conf;
	return OK;
}
