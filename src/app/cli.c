/* The command line: every subcommand but "serve".  The same rules and the same events as in
 * the browser; the actor is the system. */
#include "app/cli.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/cli_import.h"
#include "app/demo.h"
#include "app/demo_again.h"
#include "app/routeprint.h"
#include "app/start.h"
#include "auditlog/auditlog.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/conf.h"
#include "base/file.h"
#include "base/log.h"
#include "core/language.h"
#include "core/place.h"
#include "crypto/crypto.h"
#include "db/db.h"
#include "db/migrate.h"
#include "members/members.h"
#include "organizations/organizations.h"
#include "setup/setup.h"
#include "signin/factor.h"
#include "tenants/tenants.h"

enum { DONE, FAILED, USAGE };
enum { FIRST_BLOCK = 1 << 20, OPTIONS_MOST = 12, PASSWORD_LINE = 2048, SQL_LONGEST = 65536,
	NUMBER_LONGEST = 18 };
#define ARENA_LIMIT ((size_t)2 << 30)

struct option_value { const char *name, *value; };

struct command;
struct cli {
	const struct command *cmd;
	struct arena       *arena;
	const char         *file;          /* the configuration's */
	struct start        start;
	struct ctx          cx;
	struct option_value options[OPTIONS_MOST];
	size_t              noptions;
	const char        **words;         /* what is left */
	size_t              nwords;
};

struct command {
	const char *name;                  /* "tenant add": one or two words */
	const char *usage;
	int       (*run)(struct cli *c);
};

static const char *
option(const struct cli *c, const char *name)
{
	for (size_t i = 0; i < c->noptions; i++)
		if (strcmp(c->options[i].name, name) == 0)
			return c->options[i].value;
	return NULL;
}

/* A number written in digits alone, or as *out has it where the option is not given. */
static bool
number(const struct cli *c, const char *name, int64_t least, int64_t most, int64_t *out)
{
	const char *text = option(c, name);
	size_t      digits;

	if (text == NULL)
		return true;
	digits = strspn(text, "0123456789");
	if (digits > 0 && digits <= NUMBER_LONGEST && text[digits] == '\0')
		*out = strtoll(text, NULL, 10);
	else
		*out = -1;
	if (*out >= least && *out <= most)
		return true;
	fprintf(stderr, "tenantry: --%s: give a number from %lld to %lld\n", name,
	    (long long)least, (long long)most);
	return false;
}

static int
complain(const char *what)
{
	fprintf(stderr, "tenantry: %s\n", what);
	return FAILED;
}

/* Everything, the database open too. */
static bool
open_all(struct cli *c)
{
	struct ctx *cx = &c->cx;

	if (start_load(c->arena, c->file, &c->start) != OK ||
	    db_open(&cx->db, c->start.conf->database) != OK)
		return false;
	cx->arena = c->arena;
	cx->conf = c->start.conf;
	cx->keys = c->start.keys;
	cx->templates = c->start.templates;
	cx->languages = c->start.languages;
	cx->actor = (struct actor){ .kind = ACTOR_SYSTEM, .label = "Command line" };
	cx->path = "/";
	cx->language = "en";
	cx->client = "Command line";
	cx->now = now_ms();
	return true;
}

/* Whole: a beginning of an option would be read and do nothing. */
static bool
names(const char *usage, const char *name)
{
	size_t len = strlen(name);

	for (const char *p = usage; (p = strstr(p, name)) != NULL; p += len)
		if (p[len] == ' ' || p[len] == ']' || p[len] == '\0')
			return true;
	return false;
}

/* What an account's roles are called is nowhere else on the command line. */
static void
name_roles(struct ctx *cx)
{
	struct member_role *roles;
	size_t              n;

	if (ctx_issue_of(cx, "role") == NULL || members_roles(cx, false, &roles, &n) != OK)
		return;
	fputs("tenantry: its roles:", stderr);
	for (size_t i = 0; i < n; i++)
		fprintf(stderr, "%s %s", i ? "," : "", roles[i].name);
	fputc('\n', stderr);
}

/* By the option that it is about, where the command has one of that name. */
static void
show_issue(const struct cli *c, const struct issue *i)
{
	const char *name = i->field;

	if (strcmp(name, "tenant") == 0 && !names(c->cmd->usage, "--tenant"))
		name = "name";         /* what an account is called has this name in forms */
	name = arena_printf(c->arena, "--%s", name);
	if (!names(c->cmd->usage, name))
		name += 2;
	fprintf(stderr, "tenantry: %s%s%s\n", name, *name ? ": " : "", i->text);
}

static int
close_all(struct cli *c, enum err e)
{
	for (const struct issue *i = c->cx.issues; i; i = i->next)
		show_issue(c, i);
	name_roles(&c->cx);
	if (e != OK && c->cx.issues == NULL)
		fprintf(stderr, "tenantry: not done: %s\n", e == ERR_NOTFOUND ?
		    "there is no such thing" : e == ERR_BUSY ? "the database is busy or full" :
		    e == ERR_CONFLICT ? "it is there already" : "see the log above");
	db_close(&c->cx.db);
	return e == OK ? DONE : FAILED;
}

/* ---------------------------------------------------------------- init, migrate, check */

static int
do_migrate(struct cli *c)
{
	struct conf *conf;

	if (conf_load(c->arena, c->file, &conf) != OK ||
	    migrate_run(conf->database, now_ms()) != OK)
		return FAILED;
	puts("The database has the schema of this program.");
	return DONE;
}

/* A new key would be a wrong one: it cannot read what the database holds. */
static bool
key_is_lost(const struct conf *conf)
{
	const char *database = strchr(conf->database, ':') + 1;

	if (access(database, F_OK) != 0 || access(conf->key_file, F_OK) == 0 || errno != ENOENT)
		return false;
	fprintf(stderr, "tenantry: the database %s is there, but its key file %s is not: put the "
	    "copy of the key file back; a new one could not read what is sealed\n", database,
	    conf->key_file);
	return true;
}

static int
do_init(struct cli *c)
{
	struct conf *conf;
	enum err     e;

	umask(077);
	/* The folder of the sockets is made by systemd, or by serve. */
	if (conf_load(c->arena, c->file, &conf) != OK || crypto_start() != OK ||
	    dir_make(conf->state_dir, 0700) != OK || key_is_lost(conf))
		return FAILED;
	e = keys_create(conf->key_file, now_ms());
	if (e != OK && e != ERR_CONFLICT)
		return FAILED;
	printf("%s %s\n", e == OK ? "Made the key file" : "The key file is there:", conf->key_file);
	if (e == OK)
		puts("Keep a copy of it apart from the backups: without it nothing sealed can be "
		    "read.");
	return do_migrate(c);
}

static int
do_check(struct cli *c)
{
	if (start_load(c->arena, c->file, &c->start) != OK)
		return FAILED;
	printf("Everything that serve needs is in order: data in %s, sockets %s and %s.\n",
	    c->start.conf->state_dir, c->start.conf->quick_socket, c->start.conf->slow_socket);
	return DONE;
}

/* ---------------------------------------------------------------- tenants and users */

/* In the language that is asked for; what is made has it, too.  false: there is none such. */
static bool
speak(struct cli *c)
{
	const char *wanted = option(c, "language"), *code = "en";

	if (wanted != NULL)
		code = language_code(c->cx.languages, str_of(wanted));
	if (code == NULL) {
		db_close(&c->cx.db);
		return false;
	}
	ctx_speak(&c->cx, code);
	return true;
}

static int
do_tenant_add(struct cli *c)
{
	const char *slug = option(c, "slug"), *name = option(c, "name");
	enum err    e;

	if (slug == NULL || name == NULL)
		return USAGE;
	if (!open_all(c))
		return FAILED;
	if (!speak(c))
		return complain("there is no such language");
	e = setup_tenant(&c->cx, &(struct tenant_input){ str_of(slug), str_of(name) });
	if (e == OK)
		printf("The account %s is made.\n", c->cx.place->slug);
	return close_all(c, e);
}

/* The first line of standard input, without its end.  false: there is none, it is too long, or has
 * what nobody can type; that is said. */
static bool
read_password(char line[PASSWORD_LINE])
{
	size_t len = 0;
	int    ch;

	while ((ch = getchar()) != EOF && ch != '\n' && len < PASSWORD_LINE - 1)
		line[len++] = (char)ch;
	if (len > 0 && line[len - 1] == '\r')
		len--;
	line[len] = '\0';
	if (len == 0 || len >= PASSWORD_LINE - 2) {
		complain(len ? "the password is too long" : "no password on standard input");
		return false;
	}
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)line[i] < ' ' || line[i] == 127) {
			complain("a password has no control characters");
			return false;
		}
	return true;
}

/* What an option names, or it is said that there is none such. */
static enum err
there(struct cli *c, enum err e, const char *name, const char *text)
{
	return e == ERR_NOTFOUND ? ctx_issue(&c->cx, name, text) : e;
}

static enum err
organization(struct cli *c, const char *name, const char **path)
{
	struct organization o;

	*path = option(c, name) ? option(c, name) : "/";
	return there(c, organizations_at(&c->cx, *path, &o), name,
	    "There is no organization with this path.");
}

/* The account that --tenant names, and of it the part that --organization does. */
static enum err
enter(struct cli *c, const char **path)
{
	TRY(there(c, place_open(&c->cx, str_of(option(c, "tenant"))), "tenant",
	    "There is no such account."));
	TRY(organization(c, "organization", path));
	ctx_reach(&c->cx, *path);
	return OK;
}

static enum err
user_add(struct cli *c, struct setup_user *in)
{
	int64_t     member;
	const char *path;

	TRY(enter(c, &path));
	TRY(setup_user(&c->cx, in, path, &member));
	printf("%s can sign in.\n", option(c, "email"));
	return OK;
}

static int
do_user_add(struct cli *c)
{
	const char       *email = option(c, "email"), *name = option(c, "name");
	const char       *role = option(c, "role");
	char              password[PASSWORD_LINE];
	struct setup_user in;
	int               status;

	if (option(c, "tenant") == NULL || email == NULL || name == NULL || role == NULL ||
	    option(c, "password-stdin") == NULL)
		return USAGE;
	if (!read_password(password) || !open_all(c)) {
		crypto_wipe(password, sizeof(password));
		return FAILED;
	}
	in = (struct setup_user){ { .name = str_of(name), .email = str_of(email),
		.role = str_of(role) }, str_of(password) };
	status = close_all(c, user_add(c, &in));
	crypto_wipe(password, sizeof(password));
	return status;
}

static int
do_user_invite(struct cli *c)
{
	const char *email = option(c, "email"), *name = option(c, "name");
	const char *role = option(c, "role"), *path;
	enum err    e;

	if (option(c, "tenant") == NULL || email == NULL || name == NULL || role == NULL)
		return USAGE;
	if (!open_all(c))
		return FAILED;
	e = enter(c, &path);
	return close_all(c, e ? e : people_invite(&c->cx, name, email, role));
}

static int
on_user(struct cli *c, enum err (*act)(struct ctx *cx, const char *email))
{
	const char *email = option(c, "email"), *path;
	enum err    e;

	if (option(c, "tenant") == NULL || email == NULL)
		return USAGE;
	if (!open_all(c))
		return FAILED;
	e = enter(c, &path);
	return close_all(c, e ? e : act(&c->cx, email));
}

static int
do_user_reset(struct cli *c)
{
	return on_user(c, people_reset);
}

static int
do_user_unlock(struct cli *c)
{
	return on_user(c, people_unlock);
}

static int
do_import(struct cli *c)
{
	struct import_options o = { .role = option(c, "role"),
		.dry_run = option(c, "dry-run") != NULL, .invite = option(c, "invite") != NULL };
	int64_t     refused = 0;
	const char *path;
	enum err    e;
	int         status;

	if (option(c, "tenant") == NULL || c->nwords != 1)
		return USAGE;
	o.file = c->words[0];
	if (!open_all(c))
		return FAILED;
	e = enter(c, &path);
	status = close_all(c, e ? e : people_import(&c->cx, &o, &refused));
	return refused ? FAILED : status;
}

static int
do_export(struct cli *c)
{
	const char *path;
	enum err    e;

	if (option(c, "tenant") == NULL )
		return USAGE;
	umask(077);
	if (!open_all(c))
		return FAILED;
	e = enter(c, &path);
	return close_all(c, e ? e : people_export(&c->cx, option(c, "output")));
}

/* Whoever lost it, in whichever accounts they are. */
static int
do_user_reset_2fa(struct cli *c)
{
	const char *email = option(c, "email");

	if (email == NULL)
		return USAGE;
	if (!open_all(c))
		return FAILED;
	return close_all(c, there(c, factor_reset_person(&c->cx, str_of(email)), "email",
	    "Nobody has this address."));
}

static enum err
organization_add(struct cli *c, const char *name)
{
	const char         *parent;
	struct organization made;

	TRY(enter(c, &parent));
	TRY(organization(c, "parent", &parent));
	TRY(db_begin(c->cx.db));
	TRY(db_finish(c->cx.db, organizations_add(&c->cx, parent, name, &made)));
	printf("%s\n", made.path);
	return OK;
}

static int
do_organization_add(struct cli *c)
{
	const char *name = option(c, "name");

	if (option(c, "tenant") == NULL || name == NULL)
		return USAGE;
	if (!open_all(c))
		return FAILED;
	return close_all(c, organization_add(c, name));
}

static int
do_setup_link(struct cli *c)
{
	const char *link;
	int64_t     n = 0;
	enum err    e;

	if (!open_all(c))
		return FAILED;
	e = tenants_count(&c->cx, &n);
	if (e == OK && n > 0) {
		db_close(&c->cx.db);
		return complain("there is an account already");
	}
	if (e == OK)
		e = setup_link(&c->cx, &link);
	if (e == OK)
		printf("%s\n", link);
	return close_all(c, e);
}

/* A world of its own, or where there is one already, another password for it. */
static enum err
demo(struct cli *c, struct demo *d)
{
	int64_t n;

	TRY(tenants_count(&c->cx, &n));
	return n == 0 ? demo_make(&c->cx, d) : demo_again(&c->cx, &d->email, &d->password);
}

static int
do_demo(struct cli *c)
{
	struct demo d = { .tenants = 1, .members = 200, .events = 400 };
	int64_t     seed = 1;
	enum err    e;

	if (!number(c, "tenants", 1, 1000, &d.tenants) ||
	    !number(c, "members", 3, 10000000, &d.members) ||
	    !number(c, "events", 0, 100000000, &d.events) ||
	    !number(c, "seed", 0, UINT32_MAX, &seed))
		return USAGE;
	d.seed = (uint64_t)seed;
	if (!open_all(c))
		return FAILED;
	if (!c->cx.conf->loopback) {
		db_close(&c->cx.db);
		return complain("demo accounts are made only where base_url is a loopback address");
	}
	e = demo(c, &d);
	if (e == ERR_DENIED) {
		db_close(&c->cx.db);
		return complain("there is an account already, and demo did not make it");
	}
	if (e == OK)
		printf("Email: %s\nPassword: %s\n", d.email, d.password);
	return close_all(c, e);
}

/* ---------------------------------------------------------------- data */

static int
do_backup(struct cli *c)
{
	struct conf *conf;
	enum err     e;

	if (c->nwords != 1)
		return USAGE;
	umask(077);
	if (conf_load(c->arena, c->file, &conf) != OK)
		return FAILED;
	e = db_backup(conf->database, c->words[0]);
	if (e == ERR_CONFLICT)
		return complain("that file is there already, and stays as it is");
	if (e != OK)
		return FAILED;
	printf("Wrote %s.  The key file %s is not part of it: keep a copy of that apart.\n",
	    c->words[0], conf->key_file);
	return DONE;
}

static enum err
verify_one(struct cli *c, const struct witnesses *w, int64_t tenant, bool *broken)
{
	struct verdict v;
	const char    *name = "the system";

	c->cx.tenant = 0;
	if (tenant != 0)
		name = place_open_id(&c->cx, tenant) == OK ? c->cx.place->slug :
		    arena_printf(c->arena, "account number %lld", (long long)tenant);
	TRY(auditlog_verify(&c->cx, w, tenant, &v));
	if (v.broken) {
		printf("%s: BROKEN at %lld: %s\n", name, (long long)v.broken, v.why);
		*broken = true;
	} else
		printf("%s: %lld events up to %lld are whole\n", name, (long long)v.events,
		    (long long)v.upto);
	return OK;
}

static int
do_audit_verify(struct cli *c)
{
	struct witnesses *w = witnesses_new(c->arena);
	int64_t          *tenants;
	size_t            n;
	bool              broken = false;
	enum err          e;
	int               status;

	if (!open_all(c))
		return FAILED;
	e = witnesses_read(&c->cx, w);
	if (e == OK)
		e = auditlog_chains(&c->cx, w, &tenants, &n);
	for (size_t i = 0; e == OK && i < n; i++)
		e = verify_one(c, w, tenants[i], &broken);
	status = close_all(c, e);
	return broken ? FAILED : status;
}

static int
do_sql(struct cli *c)
{
	static char  text[SQL_LONGEST];
	struct conf *conf;
	const char  *sql = text;
	size_t       len;

	if (option(c, "readonly") == NULL)
		return USAGE;
	if (conf_load(c->arena, c->file, &conf) != OK)
		return FAILED;
	if (c->nwords == 1)
		sql = c->words[0];
	else {
		len = fread(text, 1, sizeof(text) - 1, stdin);
		text[len] = '\0';
	}
	return db_sql_csv(conf->database, sql, stdout, stderr) == OK ? DONE : FAILED;
}

static int
do_routes(struct cli *c)
{
	if (option(c, "nginx"))
		routes_print_nginx(stdout);
	else
		routes_print(stdout);
	return DONE;
}

/* ---------------------------------------------------------------- which one */

static const struct command commands[] = {
	{ "init", "init", do_init },
	{ "migrate", "migrate", do_migrate },
	{ "check", "check", do_check },
	{ "tenant add", "tenant add --slug SLUG --name NAME [--language de]", do_tenant_add },
	{ "organization add", "organization add --tenant SLUG --name NAME [--parent PATH]",
	    do_organization_add },
	{ "user add", "user add --tenant SLUG --email EMAIL --name NAME --role ROLE "
	    "[--organization PATH] --password-stdin", do_user_add },
	{ "user invite", "user invite --tenant SLUG --email EMAIL --name NAME --role ROLE "
	    "[--organization PATH]", do_user_invite },
	{ "user reset", "user reset --tenant SLUG --email EMAIL", do_user_reset },
	{ "user unlock", "user unlock --tenant SLUG --email EMAIL", do_user_unlock },
	{ "import", "import --tenant SLUG [--role ROLE] [--organization PATH] [--dry-run] "
	    "[--invite] FILE", do_import },
	{ "export", "export --tenant SLUG [--organization PATH] [--output FILE]", do_export },
	{ "user reset-2fa", "user reset-2fa --email EMAIL", do_user_reset_2fa },
	{ "setup-link", "setup-link", do_setup_link },
	{ "demo", "demo [--tenants N] [--members N] [--events N] [--seed N]", do_demo },
	{ "backup", "backup FILE", do_backup },
	{ "audit verify", "audit verify", do_audit_verify },
	{ "routes", "routes [--nginx]", do_routes },
	{ "sql", "sql --readonly [SQL]", do_sql },
};
enum { COMMANDS = sizeof(commands) / sizeof(commands[0]) };

/* On standard output and with success only for who asked for it. */
static int
usage(const char *asked)
{
	bool  help = asked && (strcmp(asked, "--help") == 0 || strcmp(asked, "-h") == 0 ||
	    strcmp(asked, "help") == 0);
	FILE *out = help ? stdout : stderr;

	fputs("usage: tenantry [-c FILE] serve\n       tenantry --version\n", out);
	for (size_t i = 0; i < COMMANDS; i++)
		fprintf(out, "       tenantry [-c FILE] %s\n", commands[i].usage);
	return help ? DONE : USAGE;
}

static const struct command *
find(int argc, char **argv, int *used)
{
	char two[64];

	for (size_t i = 0; i < COMMANDS; i++) {
		*used = strchr(commands[i].name, ' ') ? 2 : 1;
		if (argc < *used)
			continue;
		snprintf(two, sizeof(two), "%.30s%s%.30s", argv[0], *used == 2 ? " " : "",
		    *used == 2 ? argv[1] : "");
		if (strcmp(two, commands[i].name) == 0)
			return &commands[i];
	}
	return NULL;
}

static bool
is_flag(const char *name)
{
	return strcmp(name, "password-stdin") == 0 || strcmp(name, "nginx") == 0 ||
	    strcmp(name, "readonly") == 0 || strcmp(name, "dry-run") == 0 ||
	    strcmp(name, "invite") == 0;
}

static size_t
words_most(const struct command *cmd)
{
	const char *last = strrchr(cmd->usage, ' ');

	return last && (strcmp(last, " FILE") == 0 || strcmp(last, " [SQL]") == 0);
}

/* An option or word that the command's usage does not name is refused. */
static bool
read_options(struct cli *c, const struct command *cmd, int argc, char **argv)
{
	c->words = ARENA_ARRAY(c->arena, const char *, (size_t)argc + 1);
	for (int i = 0; i < argc; i++) {
		const char *name = argv[i] + 2;

		if (strncmp(argv[i], "--", 2) != 0) {
			c->words[c->nwords++] = argv[i];
			continue;
		}
		if (!names(cmd->usage, argv[i]) || c->noptions == OPTIONS_MOST)
			return false;
		if (is_flag(name))
			c->options[c->noptions++] = (struct option_value){ name, "" };
		else if (i + 1 < argc)
			c->options[c->noptions++] = (struct option_value){ name, argv[++i] };
		else
			return false;
	}
	return c->nwords <= words_most(cmd);
}

int
cli_run(int argc, char **argv)
{
	struct cli            c = { .file = TENANTRY_SYSCONFDIR "/tenantry.conf" };
	const struct command *cmd;
	int                   at = 1, used, status;

	if (argc > 2 && strcmp(argv[1], "-c") == 0) {
		c.file = argv[2];
		at = 3;
	}
	if (argc == at + 1 && strcmp(argv[at], "--version") == 0) {
		puts("tenantry " TENANTRY_VERSION);
		return DONE;
	}
	c.cmd = cmd = find(argc - at, argv + at, &used);
	if (cmd == NULL)
		return usage(at < argc ? argv[at] : NULL);
	c.arena = arena_new(FIRST_BLOCK, ARENA_LIMIT);
	if (read_options(&c, cmd, argc - at - used, argv + at + used))
		status = cmd->run(&c);
	else
		status = USAGE;
	if (status == USAGE)
		fprintf(stderr, "usage: tenantry [-c FILE] %s\n", cmd->usage);
	arena_free(c.arena);
	return status;
}
