/* What the email tests do to the program without its web side: make a database, add emails
 * as any page would, run the real courier, move time on, hold the write lock.
 *
 *   mail_driver CONF make | add KEY=VALUE… | courier | rows | sql SQL | lock
 *
 * The tests themselves are in mail.test.js. */
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "app/courier.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/conf.h"
#include "core/outbox.h"
#include "crypto/crypto.h"
#include "db/db.h"
#include "db/driver.h"
#include "db/migrate.h"

/* libcurl's call lands here.  With MAIL_DRIVER_DIE the courier is killed when it has claimed
 * an email and not yet reached any server.  (The system's own prototype has an argument that
 * ISO C does not know.) */
int connect(int fd, const void *to, unsigned int len);
int
connect(int fd, const void *to, unsigned int len)
{
	if (getenv("MAIL_DRIVER_DIE"))
		raise(SIGKILL);
	return (int)syscall(SYS_connect, fd, to, len);
}

static enum err
open_cx(struct ctx *cx)
{
	struct keys *keys;

	TRY(keys_load(cx->arena, cx->conf->key_file, &keys));
	cx->keys = keys;
	return db_open(&cx->db, cx->conf->database);
}

static enum err
make(struct ctx *cx)
{
	TRY(keys_create(cx->conf->key_file, cx->now));
	return migrate_run(cx->conf->database, cx->now);
}

static const char *
option(char **args, const char *key, const char *otherwise)
{
	size_t len = strlen(key);

	for (; *args; args++)
		if (strncmp(*args, key, len) == 0 && (*args)[len] == '=')
			return *args + len + 1;
	return otherwise;
}

static enum err
add_in_tx(struct ctx *cx, const struct email *m, const char *once, int count)
{
	for (int i = 0; i < count; i++)
		TRY(outbox_add(cx, m, once));
	return OK;
}

static enum err
add(struct ctx *cx, char **args)
{
	const char  *once = option(args, "once", NULL);
	struct email m = { .kind = option(args, "kind", "reset"),
		.priority = atoi(option(args, "priority", "5")),
		.to = option(args, "to", "ann@x.test"),
		.person = strtoll(option(args, "person", "0"), NULL, 10),
		.expires_at = strtoll(option(args, "expires", "0"), NULL, 10),
		.subject = option(args, "subject", "Your link"),
		.text = option(args, "text", "Hello.\n"),
		.html = option(args, "html", "<p>Hello.</p>\n"),
		.from_name = option(args, "from_name", "Acme"),
		.reply_to = option(args, "reply_to", "") };

	TRY(open_cx(cx));
	TRY(db_begin(cx->db));
	return db_finish(cx->db, add_in_tx(cx, &m, once, atoi(option(args, "count", "1"))));
}

static enum err
rows(struct ctx *cx)
{
	return db_sql_csv(cx->conf->database,
	    "SELECT id, kind, state, tries, due_at - created_at AS due_in, in_doubt,"
	    " body IS NULL AS dropped, (SELECT p.mail_refused_at > 0 FROM people p"
	    " WHERE p.id = person_id) AS unreachable, replace(answer, ',', ';') AS answer"
	    " FROM outbox ORDER BY id", stdout, stderr);
}

static enum err
run_sql(struct ctx *cx, const char *sql)
{
	TRY(open_cx(cx));
	TRY(db_begin(cx->db));
	return db_finish(cx->db, db_script(cx->db, sql));
}

/* Holds the write lock until its input ends. */
static enum err
lock(struct ctx *cx)
{
	char byte;

	TRY(open_cx(cx));
	TRY(db_begin(cx->db));
	puts("locked");
	fflush(stdout);
	while (read(STDIN_FILENO, &byte, 1) > 0)
		;
	return db_finish(cx->db, OK);
}

/* Standard input is its wake pipe. */
static int
courier(struct ctx *cx)
{
	struct process_kind kind = { .name = "courier", .fd = STDIN_FILENO };
	struct keys        *keys;

	if (keys_load(cx->arena, cx->conf->key_file, &keys))
		return 1;
	return courier_run(&(struct process){ .kind = &kind, .conf = cx->conf, .keys = keys });
}

static int
run(struct ctx *cx, const char *what, char **args)
{
	enum err e = ERR_INVALID;

	if (strcmp(what, "courier") == 0)
		return courier(cx);
	if (strcmp(what, "make") == 0)
		e = make(cx);
	else if (strcmp(what, "add") == 0)
		e = add(cx, args);
	else if (strcmp(what, "rows") == 0)
		e = rows(cx);
	else if (strcmp(what, "sql") == 0 && *args)
		e = run_sql(cx, *args);
	else if (strcmp(what, "lock") == 0)
		e = lock(cx);
	if (cx->db)
		db_close(&cx->db);
	if (e)
		fprintf(stderr, "mail_driver %s: failure %d\n", what, (int)e);
	return e ? 1 : 0;
}

int
main(int argc, char **argv)
{
	struct ctx   cx = { .language = "en", .now = now_ms(),
		.arena = arena_new(1 << 16, 64 << 20) };
	struct conf *conf;
	int          status = 1;

	if (argc < 3) {
		fprintf(stderr, "usage: mail_driver CONF COMMAND [ARGUMENT...]\n");
		return 2;
	}
	if (crypto_start() == OK && conf_load(cx.arena, argv[1], &conf) == OK) {
		cx.conf = conf;
		status = run(&cx, argv[2], argv + 3);
	}
	arena_free(cx.arena);
	return status;
}
