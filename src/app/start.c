/* Loading, and refusing what is open to others.  Sockets and forks come after it, in
 * supervisor.c. */
#include "app/start.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/conf.h"
#include "base/log.h"
#include "core/language.h"
#include "crypto/crypto.h"
#include "crypto/seal.h"
#include "db/db.h"
#include "db/migrate.h"
#include "mustache/tmpl.h"
#include "web/assets.h"
#include "web/route.h"

enum { PATH_LONGEST = 4096 };

static bool
closed(const char *path, mode_t never)
{
	char        mode[8];
	struct stat st;

	if (stat(path, &st) != 0 || (st.st_mode & never) == 0)
		return true;
	snprintf(mode, sizeof(mode), "%04o", (unsigned int)(st.st_mode & 07777));
	log_event(LOG_ERROR, "too_open", "path", path, "mode", mode, "do",
	    S_ISDIR(st.st_mode) ? "chmod 0750" : "chmod 0600");
	return false;
}

/* The mail server's password is read at each sign-in there: said now, not with the first email. */
static bool
readable(const char *path)
{
	if (*path == '\0' || access(path, R_OK) == 0)
		return true;
	log_event(LOG_ERROR, "smtp_password_file cannot be read", "file", path, "reason",
	    strerror(errno));
	return false;
}

/* The file of "sqlite:/path?options"; "" for a database in memory. */
static void
database_file(const char *url, char out[PATH_LONGEST])
{
	const char *path = strchr(url, ':');

	path = path ? path + 1 : url;
	snprintf(out, PATH_LONGEST, "%.*s", (int)strcspn(path, "?"), path);
	if (*out == ':')
		*out = '\0';
}

enum err
start_modes(const struct conf *conf)
{
	static const char *const beside[] = { "", "-wal", "-shm", ".lock" };
	char file[PATH_LONGEST], path[PATH_LONGEST + 8];
	bool ok = closed(conf->state_dir, 0027);

	ok &= closed(conf->run_dir, 0027);
	ok &= closed(conf->key_file, 0077);
	ok &= closed(conf->smtp_password_file, 0077) && readable(conf->smtp_password_file);
	database_file(conf->database, file);
	for (size_t i = 0; *file && i < sizeof(beside) / sizeof(beside[0]); i++) {
		snprintf(path, sizeof(path), "%s%s", file, beside[i]);
		ok &= closed(path, 0077);
	}
	return ok ? OK : ERR_INVALID;
}

/* ---------------------------------------------------------------- keys and data */

static enum err
have_key(const struct start *s, uint32_t id, const char *of)
{
	char hex[9];

	if (keys_has(s->keys, id))
		return OK;
	snprintf(hex, sizeof(hex), "%08lx", (unsigned long)id);
	log_event(LOG_ERROR, "wrong_key_file", "file", s->conf->key_file, "lacks", hex, "named_by",
	    of, "do", "put the key file of this database there");
	return ERR_INVALID;
}

static enum err
keys_of(struct db *db, const struct start *s, enum sql stmt, const char *of)
{
	struct db_rows rows;
	enum err       e = OK;

	db_query(db, &rows, stmt, NULL, 0);
	while (e == OK && db_next(&rows))
		e = have_key(s, (uint32_t)db_int(&rows, "key_id"), of);
	TRY(db_end(&rows));
	return e;
}

static enum err
mail_keys(struct db *db, struct arena *a, const struct start *s)
{
	struct db_rows rows;
	enum err       e = OK;

	db_query(db, &rows, SQL_START_MAIL_KEYS, NULL, 0);
	while (e == OK && db_next(&rows)) {
		size_t      len;
		const char *p = db_bytes(&rows, "beginning", a, &len);
		uint32_t    id = seal_key((struct str){ p, len });

		if (id != 0)
			e = have_key(s, id, "an email");
	}
	TRY(db_end(&rows));
	return e;
}

enum err
start_keys(struct arena *a, const struct start *s)
{
	struct db *db;
	enum err   e;

	TRY(db_open(&db, s->conf->database));
	e = keys_of(db, s, SQL_START_EVENT_KEYS, "an event");
	if (e == OK)
		e = keys_of(db, s, SQL_START_FACTOR_KEYS, "a second factor");
	if (e == OK)
		e = keys_of(db, s, SQL_START_CODE_KEYS, "a recovery code");
	if (e == OK)
		e = mail_keys(db, a, s);
	db_close(&db);
	return e;
}

enum err
start_load(struct arena *a, const char *conf_file, struct start *out)
{
	TRY(conf_load(a, conf_file, &out->conf));
	TRY(start_modes(out->conf));
	TRY(crypto_start());
	route_index(a, all_routes);
	TRY(keys_load(a, out->conf->key_file, &out->keys));
	TRY(languages_load(a, out->conf->locales, &out->languages));
	TRY(tmpl_load_languages(&out->templates, a, out->conf->templates, true,
	    out->languages->texts, out->languages->n - 1));
	TRY(assets_load(a, out->conf->static_dir, &out->assets));
	TRY(migrate_check(out->conf->database));
	return start_keys(a, out);
}
