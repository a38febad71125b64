/* db/migrate.c: steps are applied once, in order, whole or not at all; a database of
 * another age or of another program is refused.  It brings steps of its own. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "db/db.h"
#include "db/driver.h"
#include "db/migrate.h"
#include "db/schema.h"
#include "../scratch.h"

static const char *const first[] = { "CREATE TABLE a (id INTEGER PRIMARY KEY);\n",
	"INSERT INTO a\n", "VALUES (1);\n", NULL };
static const char *const second[] = { "INSERT INTO a VALUES (2);\n", NULL };
static const char *const broken[] = { "INSERT INTO a VALUES (3);\n", "SELEKT;\n", NULL };

static struct schema_step steps[3];
static size_t nsteps;

static char folder[SCRATCH_SIZE], url[96];

const struct schema_step *
schema_steps(size_t *n)
{
	*n = nsteps;
	return steps;
}

static int
set_up(void **state)
{
	(void)state;
	steps[0] = (struct schema_step){ 1, 1, "0001-first.sql", first };
	steps[1] = (struct schema_step){ 2, 2, "0002-second.sql", second };
	steps[2] = (struct schema_step){ 3, 2, "0003-broken.sql", broken };
	nsteps = 2;
	assert_non_null(mkdtemp(scratch_path(folder, "test_db_migrate")));
	snprintf(url, sizeof(url), "sqlite:%s/db", folder);
	return 0;
}

static int
tear_down(void **state)
{
	char path[400];
	struct dirent *entry;
	DIR *d = opendir(folder);

	(void)state;
	while ((entry = readdir(d))) {
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		unlink(path);
	}
	closedir(d);
	return rmdir(folder);
}

/* What the operator would be shown, without the line ends. */
static const char *
ask(const char *sql)
{
	static char out[256];
	FILE *o;

	memset(out, 0, sizeof(out));
	o = fmemopen(out, sizeof(out), "w");
	assert_int_equal(db_sql_csv(url, sql, o, stderr), OK);
	fclose(o);
	for (char *p = out; *p; p++)
		if (*p == '\r' || *p == '\n')
			*p = ' ';
	return out;
}

static int
copies(void)
{
	struct dirent *entry;
	DIR *d = opendir(folder);
	int n = 0;

	while ((entry = readdir(d)))
		n += strncmp(entry->d_name, "db.before-0002-7", 16) == 0;
	closedir(d);
	return n;
}

static void
each_step_is_applied_once(void **state)
{
	struct stat st;

	(void)state;
	nsteps = 1;
	assert_int_equal(migrate_run(url, 5), OK);
	assert_int_equal(migrate_check(url), OK);
	assert_int_equal(copies(), 0);
	assert_string_equal(ask("SELECT count(*) AS n FROM a"), "n  1  ");
	nsteps = 2;
	assert_int_equal(migrate_check(url), ERR_INVALID);
	assert_int_equal(migrate_run(url, 7), OK);
	assert_int_equal(copies(), 1);
	for (int again = 0; again < 2; again++) {
		assert_int_equal(migrate_check(url), OK);
		assert_string_equal(ask("SELECT count(*) AS n FROM a"), "n  2  ");
		assert_string_equal(ask("SELECT group_concat(version || '/' || applied_at ||"
		    " '/' || oldest_program) AS s FROM schema"), "s  \"1/5/1,2/7/2\"  ");
		assert_int_equal(migrate_run(url, 9), OK);
	}
	assert_int_equal(copies(), 1);
	assert_int_equal(stat(strchr(url, '/'), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
}

static void
a_failed_step_leaves_nothing(void **state)
{
	(void)state;
	assert_int_equal(migrate_run(url, 5), OK);
	nsteps = 3;
	assert_int_equal(migrate_run(url, 6), ERR_FAULT);
	assert_string_equal(ask("SELECT count(*) AS n FROM a"), "n  2  ");
	assert_string_equal(ask("SELECT max(version) AS n FROM schema"), "n  2  ");
	nsteps = 2;
	assert_int_equal(migrate_check(url), OK);
}

static void
a_newer_schema_says_who_may_stay(void **state)
{
	static const char *const good[] = { "INSERT INTO a VALUES (3);\n", NULL };

	(void)state;
	steps[2].lines = good;
	nsteps = 3;
	assert_int_equal(migrate_run(url, 5), OK);
	nsteps = 2;
	assert_int_equal(migrate_check(url), OK);
	assert_int_equal(migrate_run(url, 6), ERR_INVALID);
	nsteps = 1;
	assert_int_equal(migrate_check(url), ERR_INVALID);
	assert_int_equal(migrate_run(url, 6), ERR_INVALID);
}

static void
others_are_refused(void **state)
{
	char made[128];
	struct db *db;

	(void)state;
	assert_int_equal(migrate_check(url), ERR_NOTFOUND);
	snprintf(made, sizeof(made), "%s?create", url);
	assert_int_equal(db_open(&db, made), OK);
	assert_int_equal(migrate_check(url), ERR_INVALID);
	assert_int_equal(db_begin(db), OK);
	assert_int_equal(db_finish(db, db_script(db, "CREATE TABLE theirs (x)")), OK);
	db_close(&db);
	assert_int_equal(migrate_check(url), ERR_INVALID);
	assert_int_equal(migrate_run(url, 5), ERR_INVALID);
	assert_string_equal(ask("SELECT group_concat(name) AS s FROM sqlite_schema"),
	    "s  theirs  ");
}

static void
two_at_once_do_no_harm(void **state)
{
	pid_t pids[4];
	int status;

	(void)state;
	for (int i = 0; i < 4; i++) {
		pids[i] = fork();
		if (pids[i] == 0)
			_exit(migrate_run(url, 5));
	}
	for (int i = 0; i < 4; i++) {
		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_int_equal(status, 0);
	}
	assert_string_equal(ask("SELECT count(*) AS n FROM a"), "n  2  ");
}

static void
tests_get_it_in_memory(void **state)
{
	struct db *db;

	(void)state;
	assert_int_equal(migrate_open_memory(&db), OK);
	assert_int_equal(db_run(db, NULL, SQL_SCHEMA_ADD,
	    DB_ARGS(DB_INT(2), DB_INT(0), DB_INT(0))), ERR_BUSY);
	db_close(&db);
	nsteps = 3;
	assert_int_equal(migrate_open_memory(&db), ERR_FAULT);
	assert_null(db);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_step_is_applied_once),
		TEST(a_failed_step_leaves_nothing),
		TEST(a_newer_schema_says_who_may_stay),
		TEST(others_are_refused),
		TEST(two_at_once_do_no_harm),
		TEST(tests_get_it_in_memory),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
