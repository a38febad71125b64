/* The configuration file: defaults, paths, and each mistake named (src/base/conf.c). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/conf.h"
#include "base/file.h"
#include "base/log.h"
#include "../scratch.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* What every good file needs. */
#define BASE "base_url = https://console.example.org\nmail_from = tenantry@example.org\n"

static struct arena *arena;
static char folder[SCRATCH_SIZE], path[96], logged[96];

static int
start(void **state)
{
	(void)state;
	arena = arena_new(64 * 1024, 16 * 1024 * 1024);
	assert_non_null(mkdtemp(scratch_path(folder, "tenantry-conf")));
	snprintf(path, sizeof(path), "%s/tenantry.conf", folder);
	snprintf(logged, sizeof(logged), "%s/log", folder);
	return 0;
}

static int
clean(void **state)
{
	(void)state;
	log_open(NULL);
	unlink(path);
	unlink(logged);
	arena_reset(arena);
	return 0;
}

static int
stop(void **state)
{
	(void)state;
	arena_free(arena);
	return rmdir(folder);
}

static enum err
load_bytes(struct str text, struct conf **out)
{
	enum err e;

	unlink(path);
	unlink(logged);
	log_open(logged);
	assert_int_equal(file_create(path, 0600, text), OK);
	e = conf_load(arena, path, out);
	log_open(NULL);
	return e;
}

static struct conf *
good(const char *text)
{
	struct conf *c = NULL;
	struct str s;

	if (load_bytes(str_of(text), &c) != OK) {
		assert_int_equal(file_read(arena, logged, 64 * 1024, &s), OK);
		fail_msg("%s", s.p);
	}
	return c;
}

/* "name":"value" or "name":null, as the log has it. */
static const char *
pair(const char *name, const char *value)
{
	if (value == NULL)
		return arena_printf(arena, "\"%s\":null", name);
	return arena_printf(arena, "\"%s\":\"%s\"", name, value);
}

/* Refused, and the log has all of this. */
static void
bad(const char *text, const char *line, const char *key, const char *why)
{
	struct conf *c = NULL;
	struct str s;

	if (load_bytes(str_of(text), &c) != ERR_INVALID)
		fail_msg("taken: %s", text);
	assert_null(c);
	assert_int_equal(file_read(arena, logged, 64 * 1024, &s), OK);
	if (!strstr(s.p, path) || !strstr(s.p, pair("line", line)) ||
	    !strstr(s.p, pair("key", key)) || !strstr(s.p, why))
		fail_msg("%s: %s", text, s.p);
}

static void
assert_in_folder(const char *got, const char *before, const char *name)
{
	assert_string_equal(got, arena_printf(arena, "%s%s/%s", before, folder, name));
}

static void
test_defaults(void **state)
{
	struct conf *c = good(BASE);

	(void)state;
	assert_string_equal(c->file, path);
	assert_string_equal(c->base_url, "https://console.example.org");
	assert_true(c->secure);
	assert_false(c->loopback);
	assert_int_equal(c->state_dir[0], '/');
	assert_string_equal(c->run_dir, TENANTRY_RUNDIR);
	assert_string_equal(c->database, arena_printf(arena, "sqlite:%s/tenantry.db",
	    c->state_dir));
	assert_string_equal(c->key_file, arena_printf(arena, "%s/tenantry.key", c->state_dir));
	assert_string_equal(c->mail_dir, arena_printf(arena, "%s/mail", c->state_dir));
	assert_string_equal(c->quick_socket, arena_printf(arena, "%s/quick.sock", c->run_dir));
	assert_string_equal(c->slow_socket, arena_printf(arena, "%s/slow.sock", c->run_dir));
	assert_int_equal(c->templates[0], '/');
	assert_non_null(strstr(c->templates, "/templates"));
	assert_non_null(strstr(c->static_dir, "/static"));
	assert_non_null(strstr(c->locales, "/locales"));
	assert_int_equal(c->quick_workers, 4);
	assert_true(c->slow_workers >= 2);
	assert_int_equal(c->password_kib, 65536);
	assert_int_equal(c->password_passes, 2);
	assert_string_equal(c->smtp_url, "");
	assert_string_equal(c->smtp_user, "");
	assert_string_equal(c->smtp_password_file, "");
	assert_string_equal(c->smtp_tls, "required");
	assert_string_equal(c->smtp_ca_file, "");
	assert_string_equal(c->log_file, "");
	assert_string_equal(c->mail_from, "tenantry@example.org");
	assert_string_equal(c->security_contact, "tenantry@example.org");
}

/* Two sites on one machine that set nothing but their state must not share sockets. */
static void
test_run_dir_goes_with_the_state(void **state)
{
	struct conf *c = good(BASE "state_dir = /srv/one\n");

	(void)state;
	assert_string_equal(c->run_dir, "/srv/one/run");
	assert_string_equal(c->quick_socket, "/srv/one/run/quick.sock");
	c = good(BASE "state_dir =\n");
	assert_string_equal(c->run_dir, TENANTRY_RUNDIR);
	c = good(BASE "state_dir = /srv/one\nrun_dir = /run/two\n");
	assert_string_equal(c->run_dir, "/run/two");
}

static void
test_all_given(void **state)
{
	struct conf *c = good("# all of them\r\n"
	    "base_url=https://[::1]:8443\r\n"
	    "  state_dir =  var \n\n"
	    "run_dir = /run/tenantry\n"
	    "database = sqlite:data/t.db\n"
	    "key_file = k\n"
	    "quick_socket = q.sock\n"
	    "slow_socket = /s.sock\n"
	    "templates = t\n"
	    "static_dir = s\n"
	    "locales = l\n"
	    "quick_workers = 256\n"
	    "slow_workers = 1\n"
	    "password_kib = 19456\n"
	    "password_passes = 2\n"
	    "mail_dir = m\n"
	    "\t# indented\n"
	    "smtp_url = smtp://localhost:2525\n"
	    "smtp_user = us=er # no comment\n"
	    "smtp_password_file = p\n"
	    "smtp_tls = none\n"
	    "smtp_ca_file = ca\n"
	    "mail_from = Post@M\xc3\xbcller.example\n"
	    "log_file = log\n"
	    "security_contact = https://example.org/security");

	(void)state;
	assert_string_equal(c->base_url, "https://[::1]:8443");
	assert_true(c->loopback && c->secure);
	assert_in_folder(c->state_dir, "", "var");
	assert_string_equal(c->run_dir, "/run/tenantry");
	assert_in_folder(c->database, "sqlite:", "data/t.db");
	assert_in_folder(c->key_file, "", "k");
	assert_in_folder(c->quick_socket, "", "q.sock");
	assert_string_equal(c->slow_socket, "/s.sock");
	assert_in_folder(c->templates, "", "t");
	assert_in_folder(c->static_dir, "", "s");
	assert_in_folder(c->locales, "", "l");
	assert_in_folder(c->mail_dir, "", "m");
	assert_in_folder(c->smtp_password_file, "", "p");
	assert_in_folder(c->smtp_ca_file, "", "ca");
	assert_in_folder(c->log_file, "", "log");
	assert_int_equal(c->quick_workers, 256);
	assert_int_equal(c->slow_workers, 1);
	assert_int_equal(c->password_kib, 19456);
	assert_string_equal(c->smtp_user, "us=er # no comment");
	assert_string_equal(c->smtp_tls, "none");
	assert_string_equal(c->mail_from, "Post@xn--mller-kva.example");
	assert_string_equal(c->security_contact, "https://example.org/security");
}

/* Below the folder of the file, also when that was named from where we stand. */
static void
test_relative_file(void **state)
{
	struct conf *c;
	char cwd[200];

	(void)state;
	good(BASE "state_dir = var\n");
	assert_non_null(getcwd(cwd, sizeof(cwd)));
	assert_int_equal(chdir(folder), 0);
	assert_int_equal(conf_load(arena, "tenantry.conf", &c), OK);
	assert_int_equal(chdir(cwd), 0);
	assert_in_folder(c->state_dir, "", "var");
}

static void
test_lines_refused(void **state)
{
	struct conf *c;

	(void)state;
	bad(BASE "colour = red\n", "3", "colour", "unknown");
	bad("\n\n" BASE "#\n= x\n", "6", NULL, "characters");
	bad(BASE "state_dir\n", "3", NULL, "name = value");
	bad(BASE "state_dir = a\nrun_dir = b\nstate_dir = c\n", "5", "state_dir", "twice");
	bad(BASE "log_file = a\tb\n", "3", NULL, "characters");
	bad(BASE "log_file = \xff\n", "3", NULL, "characters");
	bad(BASE "Log_file = x\n", "3", "Log_file", "unknown");
	bad(BASE "log_file = \xe2\x80\xae\n", "3", NULL, "characters");
	assert_int_equal(load_bytes((struct str){ BASE "log_file = a\0b\n",
	    sizeof(BASE "log_file = a\0b\n") - 1 }, &c), ERR_INVALID);
	bad(arena_printf(arena, BASE "log_file = %02000d\n", 1), "3", NULL, "long");
	bad(arena_printf(arena, BASE "#%070000d\n", 1), NULL, NULL, "64 KiB");
	bad("", NULL, "base_url", "must be given");
}

/* All of them are told, not the first alone. */
static void
test_every_mistake(void **state)
{
	(void)state;
	bad("one = 1\ntwo = 2\nquick_workers = 0\n", "1", "one", "unknown");
	bad("one = 1\ntwo = 2\nquick_workers = 0\n", "2", "two", "unknown");
	bad("one = 1\ntwo = 2\nquick_workers = 0\n", "3", "quick_workers", "from 1 to 256");
	bad("one = 1\ntwo = 2\nquick_workers = 0\n", NULL, "base_url", "must be given");
}

static void
test_numbers_refused(void **state)
{
	static const struct { const char *key, *value; } cases[] = {
		{ "quick_workers", "0" }, { "quick_workers", "257" }, { "quick_workers", "" },
		{ "quick_workers", "-1" }, { "quick_workers", "+4" }, { "quick_workers", "4x" },
		{ "quick_workers", "4 4" }, { "quick_workers", "0x4" },
		{ "quick_workers", "99999999999999999999" }, { "slow_workers", "0" },
		{ "password_kib", "19455" }, { "password_kib", "1048577" },
		{ "password_passes", "1" }, { "password_passes", "17" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		bad(arena_printf(arena, BASE "%s = %s\n", cases[i].key, cases[i].value), "3",
		    cases[i].key, "must be a number from");
}

static void
test_base_url(void **state)
{
	static const char *const wrong[] = { "console.example.org", "ftp://x.test", "https://",
		"https:///", "https://x.test/", "https://x.test/app", "https://x.test?a",
		"https://x.test#a", "https://user@x.test", "HTTPS://x.test", "https://X.test",
		"https://x.test:", "https://x.test:0", "https://x.test:65536", "https://x.test:080",
		"https://x.test:8a", "https://x test", "https://[::1", "https://[x]",
		"https://x_y.test", "https://.test", "https://m\xc3\xbcller.test", "//x.test" };
	static const char *const not_loopback[] = { "http://x.test", "http://127.0.0.2:8080",
		"http://localhost.evil.test", "http://127.0.0.1.evil.test", "http://[::2]" };
	static const char *const loopback[] = { "http://127.0.0.1:8080", "http://localhost",
		"http://[::1]:8080", "https://127.0.0.1", "http://localhost:443" };

	(void)state;
	for (size_t i = 0; i < COUNT(wrong); i++)
		bad(arena_printf(arena, "base_url = %s\n", wrong[i]), "1", "base_url",
		    "must be https");
	for (size_t i = 0; i < COUNT(not_loopback); i++)
		bad(arena_printf(arena, "base_url = %s\n", not_loopback[i]), "1", "base_url",
		    "only for 127.0.0.1");
	bad("base_url = https://x.test:443\n", "1", "base_url", "usual port");
	bad("base_url = http://localhost:80\n", "1", "base_url", "usual port");
	for (size_t i = 0; i < COUNT(loopback); i++) {
		struct conf *c = good(arena_printf(arena, "base_url = %s\n", loopback[i]));

		assert_true(c->loopback);
		assert_int_equal(c->secure, loopback[i][4] == 's');
		assert_string_equal(c->mail_from, "tenantry@localhost.localdomain");
	}
	assert_false(good("base_url = https://x.test:80\nmail_from = a@x.test\n")->loopback);
}

static void
test_mail(void **state)
{
	static const char *const wrong_url[] = { "mail.test", "smtp:mail.test", "smtp://",
		"http://mail.test", "smtp://mail.test/", "smtp://u:p@mail.test",
		"smtp://mail.test:99999", "smtp://mail.test:25/ehlo", "SMTP://mail.test" };

	(void)state;
	for (size_t i = 0; i < COUNT(wrong_url); i++)
		bad(arena_printf(arena, BASE "smtp_url = %s\n", wrong_url[i]), "3", "smtp_url",
		    "must be smtp");
	assert_string_equal(good(BASE "smtp_url = smtps://mail.test:465\n")->smtp_url,
	    "smtps://mail.test:465");
	assert_string_equal(good(BASE "smtp_url = smtp://[2001:db8::1]:25\n")->smtp_tls,
	    "required");
	bad(BASE "smtp_tls = try\n", "3", "smtp_tls", "required or none");
	bad(BASE "smtp_url = smtp://mail.test:25\nsmtp_tls = none\n", "4", "smtp_tls", "only for");
	bad(BASE "smtp_url = smtps://localhost\nsmtp_tls = none\n", "4", "smtp_tls", "only for");
	good(BASE "smtp_url = smtp://127.0.0.1:25\nsmtp_tls = none\n");
	bad(BASE "smtp_url = smtp://mail.test\nsmtp_user = u\n", "4", "smtp_user", "both");
	bad(BASE "smtp_url = smtp://mail.test\nsmtp_password_file = p\n", NULL, "smtp_user",
	    "both");
	bad("base_url = https://x.test\n", NULL, "mail_from", "email address");
	bad("base_url = https://x.test\nmail_from = root\n", "2", "mail_from", "email address");
	bad("base_url = http://localhost\nmail_from = a b@x.test\n", "2", "mail_from", "address");
	bad(BASE "security_contact = http://x.test\n", "3", "security_contact", "https: URL");
	assert_string_equal(good(BASE "security_contact = sec@x.test\n")->security_contact,
	    "sec@x.test");
}

static void
test_database(void **state)
{
	(void)state;
	bad(BASE "database = /var/lib/t.db\n", "3", "database", "sqlite:");
	bad(BASE "database = postgres:x\n", "3", "database", "sqlite:");
	bad(BASE "database = sqlite:\n", "3", "database", "sqlite:");
	assert_string_equal(good(BASE "database = sqlite:/d/t.db\n")->database, "sqlite:/d/t.db");
}

static void
test_no_file(void **state)
{
	struct conf *c = NULL;

	(void)state;
	log_open("/dev/null");
	assert_int_equal(conf_load(arena, "/nowhere/tenantry.conf", &c), ERR_NOTFOUND);
	assert_null(c);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_defaults, clean),
		cmocka_unit_test_teardown(test_run_dir_goes_with_the_state, clean),
		cmocka_unit_test_teardown(test_all_given, clean),
		cmocka_unit_test_teardown(test_relative_file, clean),
		cmocka_unit_test_teardown(test_lines_refused, clean),
		cmocka_unit_test_teardown(test_every_mistake, clean),
		cmocka_unit_test_teardown(test_numbers_refused, clean),
		cmocka_unit_test_teardown(test_base_url, clean),
		cmocka_unit_test_teardown(test_mail, clean),
		cmocka_unit_test_teardown(test_database, clean),
		cmocka_unit_test_teardown(test_no_file, clean),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("conf", tests, start, stop);
}
