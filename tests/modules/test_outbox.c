/* core/outbox.c: emails made, added, taken, and how they fared.  Sending is in tests/mail. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/conf.h"
#include "core/outbox.h"
#include "core/place.h"
#include "crypto/crypto.h"
#include "db/db.h"
#include "db/driver.h"
#include "db/migrate.h"
#include "mustache/tmpl.h"
#include "../scratch.h"

enum { NOW = 1795255200, LEASE = 1000 };

static char        folder[SCRATCH_SIZE], url[128], key_file[128];
static struct ctx  cx;
static struct conf conf;
static struct tenant acme = { .id = 7, .name = "Acme <& Sons>",
	.contact_email = "help@acme.example", .terms_url = "https://acme.example/terms",
	.privacy_url = "", .security_url = "" };

static int
start(void **state)
{
	static const struct tmpl_source sources[] = {
		{ "mail/reset.subject", "\n  {{product}}: {{name}},\r\n\tyour\x01 link \n" },
		{ "mail/reset.text", "Hello {{name}} & all, of {{tenant}}.\n"
			"{{base_url}} {{contact_email}} "
			"{{terms_url}}{{privacy_url}}{{security_url}}\n" },
		{ "mail/reset.html", "<p>{{name}} of {{tenant}}</p>\n" },
		{ "mail/half.subject", "x" },
	};
	struct tmpl_set *set;
	struct keys     *keys;

	(void)state;
	assert_non_null(mkdtemp(scratch_path(folder, "test_outbox")));
	sprintf(key_file, "%s/key", folder);
	assert_int_equal(crypto_start(), OK);
	cx.arena = arena_new(1 << 16, 64 << 20);
	assert_int_equal(tmpl_compile(&set, cx.arena, sources, sizeof(sources) / sizeof(sources[0]),
	    true), OK);
	assert_int_equal(keys_create(key_file, 1), OK);
	assert_int_equal(keys_load(cx.arena, key_file, &keys), OK);
	conf.base_url = "https://console.example";
	cx.conf = &conf;
	cx.templates = set;
	cx.keys = keys;
	cx.language = "en";
	return 0;
}

static int
finish(void **state)
{
	(void)state;
	arena_free(cx.arena);
	unlink(key_file);
	return rmdir(folder);
}

/* Each test has a file of its own. */
static int
open_file(void **state)
{
	(void)state;
	sprintf(url, "sqlite:%s/db?create", folder);
	assert_int_equal(migrate_run(url, NOW), OK);
	sprintf(url, "sqlite:%s/db", folder);
	assert_int_equal(db_open(&cx.db, url), OK);
	cx.now = NOW;
	cx.tenant = 0;
	cx.place = NULL;
	cx.mail_added = false;
	return 0;
}

static int
close_file(void **state)
{
	static const char *const endings[] = { "", "-wal", "-shm", ".lock" };
	char path[160];

	(void)state;
	assert_true(db_idle(cx.db));
	db_close(&cx.db);
	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		sprintf(path, "%s/db%s", folder, endings[i]);
		unlink(path);
	}
	return 0;
}

/* The one value a statement of this test gives, without its heading. */
static const char *
ask(const char *sql)
{
	char  *text = NULL, *line;
	size_t len = 0;
	FILE  *out = open_memstream(&text, &len);
	const char *value;

	assert_int_equal(db_sql_csv(url, sql, out, stderr), OK);
	fclose(out);
	line = strchr(text, '\n');
	assert_non_null(line);
	line++;
	line[strcspn(line, "\r\n")] = '\0';
	value = arena_strdup(cx.arena, line);
	free(text);
	return value;
}

static void
script(const char *sql)
{
	assert_int_equal(db_begin(cx.db), OK);
	assert_int_equal(db_finish(cx.db, db_script(cx.db, sql)), OK);
}

static struct email
sample(void)
{
	return (struct email){ .tenant = 7, .person = 9, .kind = "reset", .priority = 5,
		.to = "ann@x.test", .subject = "Canary subject", .text = "Canary text",
		.html = "<p>Canary",
		.from_name = "Canary name", .reply_to = "canary@acme.example" };
}

static void
add(const struct email *m, const char *once)
{
	assert_int_equal(db_begin(cx.db), OK);
	assert_int_equal(db_finish(cx.db, outbox_add(&cx, m, once)), OK);
}

static void
add_to(const char *to, int priority, int64_t due_at)
{
	struct email m = sample();

	m.to = to;
	m.priority = priority;
	m.due_at = due_at;
	add(&m, NULL);
}

static struct email
take(void)
{
	struct email m;

	assert_int_equal(outbox_take(&cx, LEASE, &m), OK);
	return m;
}

static void
nothing_to_take(void)
{
	struct email m;

	assert_int_equal(outbox_take(&cx, LEASE, &m), ERR_NOTFOUND);
}

static void
made_in_a_tenant(void **state)
{
	struct view *model = view_new(cx.arena);
	struct email m;

	(void)state;
	cx.tenant = 7;
	cx.place = &acme;
	view_text(model, "name", "\"Ann\" &lt;O'Neil>");
	assert_int_equal(email_make(&cx, "ann@x.test", "en", "reset", model, &m), OK);
	assert_string_equal(m.subject, "Tenantry: \"Ann\" &lt;O'Neil>, your link");
	assert_string_equal(m.text, "Hello \"Ann\" &lt;O'Neil> & all, of Acme <& Sons>.\n"
	    "https://console.example help@acme.example https://acme.example/terms\n");
	assert_non_null(strstr(m.html, "&amp;lt;O"));
	assert_non_null(strstr(m.html, "Acme &lt;&amp; Sons&gt;"));
	assert_null(strstr(m.html, "<&"));
	assert_string_equal(m.from_name, "Acme <& Sons>");
	assert_string_equal(m.reply_to, "help@acme.example");
	assert_string_equal(m.to, "ann@x.test");
	assert_int_equal(m.tenant, 7);
	assert_int_equal(m.person, 0);
	assert_int_equal(m.priority, 5);
	assert_int_equal(m.expires_at, 0);
}

static void
made_outside(void **state)
{
	struct view *model = view_new(cx.arena);
	struct email m;

	(void)state;
	view_text(model, "name", "Ann");
	assert_int_equal(email_make(&cx, "ann@x.test", "en", "reset", model, &m), OK);
	assert_string_equal(m.from_name, "");
	assert_string_equal(m.reply_to, "");
	assert_int_equal(m.tenant, 0);
	assert_int_equal(email_make(&cx, "ann@x.test", "en", "none", view_new(cx.arena), &m),
	    ERR_FAULT);
	assert_int_equal(email_make(&cx, "ann@x.test", "en", "half", view_new(cx.arena), &m),
	    ERR_FAULT);
}

static void
comes_back_as_it_was(void **state)
{
	struct email m = sample();

	(void)state;
	m.expires_at = NOW + 50;
	add(&m, NULL);
	assert_true(cx.mail_added);
	assert_string_equal(ask("SELECT count(*) FROM outbox WHERE state = 'waiting' AND "
	    "instr(body, CAST('Canary' AS BLOB)) = 0 AND length(body) > 60"), "1");
	m = take();
	assert_string_equal(m.kind, "reset");
	assert_string_equal(m.to, "ann@x.test");
	assert_string_equal(m.subject, "Canary subject");
	assert_string_equal(m.text, "Canary text");
	assert_string_equal(m.html, "<p>Canary");
	assert_string_equal(m.from_name, "Canary name");
	assert_string_equal(m.reply_to, "canary@acme.example");
	assert_int_equal(m.tenant, 7);
	assert_int_equal(m.person, 9);
	assert_int_equal(m.priority, 5);
	assert_int_equal(m.tries, 1);
	assert_int_equal(m.expires_at, NOW + 50);
	assert_false(m.in_doubt);
	assert_int_equal(strlen(m.message_id), 24);
}

static void
undone_with_its_cause(void **state)
{
	struct email m = sample();

	(void)state;
	assert_int_equal(db_begin(cx.db), OK);
	assert_int_equal(outbox_add(&cx, &m, NULL), OK);
	assert_int_equal(db_finish(cx.db, ERR_CONFLICT), ERR_CONFLICT);
	nothing_to_take();
}

static void
once_only(void **state)
{
	struct email m = sample();

	(void)state;
	add(&m, "reset:1:1");
	add(&m, "reset:1:1");
	assert_string_equal(ask("SELECT count(*) FROM outbox"), "1");
	add(&m, "reset:1:2");
	add(&m, NULL);
	add(&m, NULL);
	assert_string_equal(ask("SELECT count(*) FROM outbox"), "4");
}

static void
to_nobody(void **state)
{
	struct email m = sample();

	(void)state;
	m.nobody = true;
	add(&m, NULL);
	assert_true(cx.mail_added);
	nothing_to_take();
	assert_string_equal(ask("SELECT state || (body IS NULL) || answer FROM outbox"),
	    "dead1nobody has this address");
}

static void
in_order(void **state)
{
	(void)state;
	add_to("c@x.test", 5, NOW - 10);
	add_to("a@x.test", 0, NOW - 2);
	add_to("b@x.test", 0, NOW);
	add_to("d@x.test", 9, NOW - 90);
	add_to("e@x.test", 0, NOW + 1);
	assert_string_equal(take().to, "a@x.test");
	assert_string_equal(take().to, "b@x.test");
	assert_string_equal(take().to, "c@x.test");
	assert_string_equal(take().to, "d@x.test");
	nothing_to_take();
	cx.now = NOW + 1;
	assert_string_equal(take().to, "e@x.test");
}

static void
held_for_its_lease(void **state)
{
	struct email first, again;
	int64_t      at;

	(void)state;
	add_to("a@x.test", 0, 0);
	first = take();
	nothing_to_take();
	assert_int_equal(outbox_next_due(&cx, &at), OK);
	assert_int_equal(at, NOW + LEASE);
	cx.now = NOW + LEASE - 1;
	nothing_to_take();
	cx.now = NOW + LEASE;
	again = take();
	assert_int_equal(again.id, first.id);
	assert_int_equal(again.tries, 2);
	assert_string_equal(again.message_id, first.message_id);
}

static void
message_ids_differ(void **state)
{
	struct email a, b;

	(void)state;
	add_to("a@x.test", 0, 0);
	add_to("b@x.test", 0, 0);
	a = take();
	b = take();
	assert_string_not_equal(a.message_id, b.message_id);
}

static void
sent(void **state)
{
	struct email m;

	(void)state;
	add_to("a@x.test", 0, 0);
	m = take();
	cx.now = NOW + 5;
	assert_int_equal(outbox_sent(&cx, m.id, "250 ok"), OK);
	assert_string_equal(ask("SELECT state || (body IS NULL) || (ended_at - created_at) || "
	    "claimed_until || answer FROM outbox"), "sent150250 ok");
	cx.now = NOW + 2 * LEASE;
	nothing_to_take();
	/* What has ended stays so. */
	assert_int_equal(outbox_dead(&cx, m.id, "550 no"), OK);
	assert_int_equal(outbox_later(&cx, m.id, cx.now, false, "450 no"), OK);
	assert_string_equal(ask("SELECT state || answer FROM outbox"), "sent250 ok");
}

static void
given_up(void **state)
{
	struct email m;

	(void)state;
	add_to("a@x.test", 0, 0);
	m = take();
	assert_int_equal(outbox_dead(&cx, m.id, "550 no\r\nsuch\tuser \x1b\xc3\xa9"), OK);
	assert_string_equal(ask("SELECT state || (body IS NULL) || answer FROM outbox"),
	    "dead1550 no  such user ???");
}

static void
long_answers_are_cut(void **state)
{
	struct email m;
	char         answer[600];

	(void)state;
	memset(answer, 'x', sizeof(answer) - 1);
	answer[sizeof(answer) - 1] = '\0';
	add_to("a@x.test", 0, 0);
	m = take();
	assert_int_equal(outbox_dead(&cx, m.id, answer), OK);
	assert_string_equal(ask("SELECT length(answer) FROM outbox"), "512");
}

static void
tried_again(void **state)
{
	struct email m;
	int64_t      at;

	(void)state;
	add_to("a@x.test", 0, 0);
	m = take();
	assert_int_equal(outbox_later(&cx, m.id, NOW + 60, true, "no answer"), OK);
	assert_int_equal(outbox_next_due(&cx, &at), OK);
	assert_int_equal(at, NOW + 60);
	cx.now = NOW + 59;
	nothing_to_take();
	cx.now = NOW + 60;
	m = take();
	assert_int_equal(m.tries, 2);
	assert_true(m.in_doubt);
	/* Once in doubt, always. */
	assert_int_equal(outbox_later(&cx, m.id, NOW + 61, false, "450 later"), OK);
	cx.now = NOW + 61;
	assert_true(take().in_doubt);
}

static void
expired(void **state)
{
	struct email m = sample();

	(void)state;
	m.expires_at = NOW + 10;
	for (int i = 0; i < 3; i++)
		add(&m, NULL);
	m.expires_at = NOW + 11;
	m.to = "b@x.test";
	add(&m, NULL);
	cx.now = NOW + 10;
	assert_string_equal(take().to, "b@x.test");
	assert_string_equal(ask("SELECT count(*) FROM outbox WHERE state = 'dead' AND "
	    "body IS NULL AND answer = 'link expired'"), "3");
}

static void
expired_and_none_left(void **state)
{
	struct email m = sample();

	(void)state;
	m.expires_at = NOW;
	add(&m, NULL);
	nothing_to_take();
	assert_string_equal(ask("SELECT state FROM outbox"), "dead");
}

/* One tenant's emails about one thing, and none that went. */
static void
withdrawn(void **state)
{
	struct email m = sample(), taken;
	int64_t      n = -1;

	(void)state;
	m.about = "invite:1";
	add(&m, NULL);
	add(&m, NULL);
	m.about = "invite:2";
	add(&m, NULL);
	m.about = NULL;
	add(&m, NULL);
	m.about = "invite:1";
	m.tenant = 8;
	add(&m, NULL);
	taken = take();
	cx.tenant = 7;
	assert_int_equal(db_begin(cx.db), OK);
	assert_int_equal(db_finish(cx.db, outbox_withdraw(&cx, "invite:1", &n)), OK);
	assert_int_equal(n, 2);
	assert_int_equal(db_begin(cx.db), OK);
	assert_int_equal(db_finish(cx.db, outbox_withdraw(&cx, "", &n)), OK);
	assert_int_equal(n, 0);
	assert_string_equal(ask("SELECT count(*) FROM outbox WHERE state = 'waiting'"), "3");
	/* on its way already: a failed try is the end of it, and what arrived is told */
	assert_int_equal(outbox_later(&cx, taken.id, NOW, false, "later"), OK);
	assert_int_equal(outbox_dead(&cx, taken.id, "refused"), OK);
	assert_string_equal(ask("SELECT count(*) FROM outbox WHERE state = 'withdrawn' "
	    "AND body IS NULL"), "2");
	assert_int_equal(outbox_sent(&cx, taken.id, "250 taken"), OK);
	assert_string_equal(ask("SELECT count(*) FROM outbox WHERE state = 'sent' "
	    "AND answer = '250 taken'"), "1");
}

static void
moved_bodies_do_not_open(void **state)
{
	(void)state;
	add_to("a@x.test", 0, 0);
	add_to("b@x.test", 5, 0);
	script("UPDATE outbox SET body = (SELECT body FROM outbox WHERE priority = 5)");
	assert_string_equal(take().to, "b@x.test");
	assert_string_equal(ask("SELECT state || answer FROM outbox WHERE priority = 0"),
	    "deadcannot be opened: its key is gone or it was changed");
}

static void
nothing_due(void **state)
{
	int64_t             at = 0;
	struct db_counters  before = db_counters(cx.db);

	(void)state;
	assert_int_equal(outbox_next_due(&cx, &at), OK);
	assert_true(at == INT64_MAX);
	nothing_to_take();
	/* Looking takes no write lock. */
	assert_int_equal(db_counters(cx.db).begins, before.begins);
}

#define ON_A_FILE(test) cmocka_unit_test_setup_teardown(test, open_file, close_file)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ON_A_FILE(made_in_a_tenant),
		ON_A_FILE(made_outside),
		ON_A_FILE(comes_back_as_it_was),
		ON_A_FILE(undone_with_its_cause),
		ON_A_FILE(once_only),
		ON_A_FILE(to_nobody),
		ON_A_FILE(in_order),
		ON_A_FILE(held_for_its_lease),
		ON_A_FILE(message_ids_differ),
		ON_A_FILE(sent),
		ON_A_FILE(given_up),
		ON_A_FILE(long_answers_are_cut),
		ON_A_FILE(tried_again),
		ON_A_FILE(expired),
		ON_A_FILE(expired_and_none_left),
		ON_A_FILE(withdrawn),
		ON_A_FILE(moved_bodies_do_not_open),
		ON_A_FILE(nothing_due),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, start, finish);
}
