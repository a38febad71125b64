/* db/db.c, db/sqlite.c and db/lock.c: rows by name, transactions, the write lock, what
 * a mistake in the program leads to, and a file that is full, damaged or copied.
 * It links the statements of tests/unit/test.sql instead of the product's.
 * Looking for the schema's steps?  See test_db_migrate.c. */
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "db/db.h"
#include "db/driver.h"
#include "../scratch.h"

#define SCHEMA                                                           \
	"CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE," \
	" body BLOB, n INTEGER CHECK (n <> 13)) STRICT;"                 \
	"CREATE TABLE other (id INTEGER PRIMARY KEY) STRICT;"

static char folder[SCRATCH_SIZE];
static char url[128], hasty[160];    /* the file; the same, waiting for 100 ms only */
static struct arena *arena;

static void
script(struct db *db, const char *sql)
{
	assert_int_equal(db_begin(db), OK);
	assert_int_equal(db_finish(db, db_script(db, sql)), OK);
}

static struct db *
open_db(const char *which)
{
	struct db *db = NULL;

	assert_int_equal(db_open(&db, which), OK);
	return db;
}

static struct db *
memory(void)
{
	struct db *db = open_db("sqlite::memory:");

	script(db, SCHEMA);
	return db;
}

/* A new folder with a new database for each test. */
static int
set_up(void **state)
{
	char path[160];
	struct db *db;

	(void)state;
	assert_non_null(mkdtemp(scratch_disk(folder, "test_db")));
	snprintf(url, sizeof(url), "sqlite:%s/db", folder);
	snprintf(hasty, sizeof(hasty), "%s?wait=100", url);
	snprintf(path, sizeof(path), "%s?create", url);
	db = open_db(path);
	script(db, SCHEMA);
	db_close(&db);
	return 0;
}

static int
tear_down(void **state)
{
	static const char *const names[] = { "db", "db-wal", "db-shm", "db.lock", "copy", "log",
		"copy-wal", "copy-shm", "copy.lock", "space" };
	char path[160];

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
		unlink(path);
	}
	return rmdir(folder);
}

static const char *
in_folder(const char *name)
{
	static char path[160];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static enum err
add(struct db *db, int64_t id, const char *name, int64_t n)
{
	return db_run(db, NULL, SQL_T_ADD,
	    DB_ARGS(DB_INT(id), DB_TEXT(name), DB_NULL, DB_INT(n)));
}

static enum err
add_big(struct db *db, int64_t id, int64_t bytes)
{
	char name[24];

	snprintf(name, sizeof(name), "big %lld", (long long)id);
	return db_run(db, NULL, SQL_T_ADD_BIG,
	    DB_ARGS(DB_INT(id), DB_TEXT(name), DB_INT(bytes)));
}

static int64_t
count_of(struct db *db, enum sql stmt)
{
	struct db_rows rows;
	int64_t n = -1;

	db_query(db, &rows, stmt, NULL, 0);
	while (db_next(&rows))
		n = db_int(&rows, "n");
	assert_int_equal(db_end(&rows), OK);
	return n;
}

static int64_t
count(struct db *db)
{
	return count_of(db, SQL_T_COUNT);
}

/* Runs it in a child whose log goes to a file, and gives the log; the child must have
 * ended by abort(). */
static const char *
log_of_abort(void (*doing)(struct db *))
{
	static char text[4096];
	int fd, status;
	ssize_t n;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		fd = open(in_folder("log"), O_RDWR | O_CREAT | O_TRUNC, 0600);
		dup2(fd, STDERR_FILENO);
		prctl(PR_SET_DUMPABLE, 0);
		signal(SIGABRT, SIG_DFL);
		doing(memory());
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGABRT);
	fd = open(in_folder("log"), O_RDONLY);
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[n > 0 ? n : 0] = '\0';
	return text;
}

/* A child that does this with a connection of its own, says so, and stays. */
static pid_t
companion(void (*doing)(void))
{
	int said[2];
	char c;
	pid_t pid;

	assert_int_equal(pipe(said), 0);
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		doing();
		if (write(said[1], "x", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	assert_int_equal(read(said[0], &c, 1), 1);
	close(said[0]);
	close(said[1]);
	return pid;
}

static void
end_companion(pid_t pid)
{
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void
rows_are_read_by_name(void **state)
{
	static const unsigned char bytes[] = { 1, 0, 2 };
	struct db *db = memory();
	struct db_rows rows;
	const unsigned char *p;
	size_t len;

	(void)state;
	assert_int_equal(db_run(db, NULL, SQL_T_ADD, DB_ARGS(DB_INT(-7), DB_TEXT("Zoë"),
	    DB_BLOB(bytes, sizeof(bytes)), DB_INT(INT64_MAX))), OK);
	assert_int_equal(db_run(db, NULL, SQL_T_ADD, DB_ARGS(DB_INT(8), DB_TEXT(""),
	    DB_BLOB(NULL, 0), DB_NULL)), OK);
	db_query(db, &rows, SQL_T_ALL, NULL, 0);
	assert_true(db_next(&rows));
	assert_int_equal(db_int(&rows, "n"), INT64_MAX);
	assert_string_equal(db_dup(&rows, "name", arena), "Zoë");
	assert_int_equal(db_int(&rows, "id"), -7);
	p = db_bytes(&rows, "body", arena, &len);
	assert_int_equal(len, 3);
	assert_memory_equal(p, bytes, 3);
	assert_true(db_next(&rows));
	assert_string_equal(db_dup(&rows, "name", arena), "");
	assert_false(db_is_null(&rows, "body"));
	assert_non_null(db_bytes(&rows, "body", arena, &len));
	assert_int_equal(len, 0);
	assert_true(db_is_null(&rows, "n"));
	assert_int_equal(db_int(&rows, "n"), 0);
	assert_null(db_bytes(&rows, "n", arena, &len));
	assert_false(db_next(&rows));
	assert_false(db_next(&rows));
	assert_int_equal(db_end(&rows), OK);
	assert_int_equal(rows.seen, 2);
	db_close(&db);
	assert_null(db);
	db_close(&db);
}

static void
no_row_is_not_found(void **state)
{
	struct db *db = memory();
	struct db_rows rows;
	int64_t changed = -1;

	(void)state;
	assert_int_equal(add(db, 1, "a", 1), OK);
	for (int64_t id = 1; id <= 2; id++) {
		db_query(db, &rows, SQL_T_BY_ID, DB_ARGS(DB_INT(id)));
		while (db_next(&rows))
			assert_null(db_dup(&rows, "body", arena));
		assert_int_equal(db_end_found(&rows), id == 1 ? OK : ERR_NOTFOUND);
	}
	assert_int_equal(add(db, 2, "b", 1), OK);
	assert_int_equal(db_run(db, &changed, SQL_T_SET, DB_ARGS(DB_INT(1), DB_INT(5))), OK);
	assert_int_equal(changed, 2);
	assert_int_equal(db_run(db, &changed, SQL_T_SET, DB_ARGS(DB_INT(3), DB_INT(5))), OK);
	assert_int_equal(changed, 0);
	db_close(&db);
}

static int64_t
first_of_page(struct db *db, enum sql stmt, struct db_val key, struct db_val id)
{
	struct db_rows rows;
	int64_t got = 0;

	db_query(db, &rows, stmt, DB_ARGS(key, id, DB_INT(1)));
	while (db_next(&rows))
		got = db_int(&rows, "id");
	assert_int_equal(db_end(&rows), OK);
	return got;
}

/* first + 2 * sort + down */
static void
a_sort_family_is_numbered(void **state)
{
	struct db *db = memory();

	(void)state;
	assert_int_equal(SQL_T_PAGE_4, SQL_T_PAGE + 3);
	assert_int_equal(add(db, 1, "b", 30), OK);
	assert_int_equal(add(db, 2, "a", 20), OK);
	assert_int_equal(add(db, 3, "c", 10), OK);
	assert_int_equal(first_of_page(db, SQL_T_PAGE, DB_TEXT("a"), DB_INT(2)), 1);
	assert_int_equal(first_of_page(db, SQL_T_PAGE_2, DB_TEXT("b"), DB_INT(1)), 2);
	assert_int_equal(first_of_page(db, SQL_T_PAGE_3, DB_INT(10), DB_INT(3)), 2);
	assert_int_equal(first_of_page(db, SQL_T_PAGE_4, DB_INT(30), DB_INT(1)), 2);
	db_close(&db);
}

static void
failures_have_their_codes(void **state)
{
	struct db *db = memory();
	struct db_rows rows;

	(void)state;
	assert_int_equal(add(db, 1, "a", 1), OK);
	assert_int_equal(add(db, 2, "a", 1), ERR_CONFLICT);
	assert_int_equal(add(db, 1, "b", 1), ERR_BUSY);
	assert_int_equal(add(db, 2, "b", 13), ERR_FAULT);
	assert_int_equal(db_run(db, NULL, SQL_BROKEN, NULL, 0), ERR_FAULT);
	db_query(db, &rows, SQL_BROKEN, NULL, 0);
	assert_false(db_next(&rows));
	assert_int_equal(db_end_found(&rows), ERR_FAULT);
	assert_int_equal(count(db), 1);
	assert_true(db_idle(db));
	assert_int_equal(db_open(&db, "oracle:x"), ERR_INVALID);
	assert_int_equal(db_open(&db, "sqlite::memory:?colour=red"), ERR_INVALID);
	assert_int_equal(db_open(&db, "sqlite::memory:?cache=0"), ERR_INVALID);
	assert_int_equal(db_open(&db, "sqlite:/nowhere/db"), ERR_NOTFOUND);
	db_close(&db);
}

static void
a_failure_sticks_to_its_rows(void **state)
{
	struct db *db = memory();
	struct db_rows rows;

	(void)state;
	assert_int_equal(add(db, 1, "a", 1), OK);
	assert_int_equal(db_begin(db), OK);
	db_query(db, &rows, SQL_T_ADD_RETURNING, DB_ARGS(DB_INT(2), DB_TEXT("a")));
	assert_false(db_next(&rows));
	assert_false(db_next(&rows));
	assert_int_equal(db_end(&rows), ERR_CONFLICT);
	assert_int_equal(db_end(&rows), ERR_CONFLICT);
	db_query(db, &rows, SQL_T_ADD_RETURNING, DB_ARGS(DB_INT(2), DB_TEXT("b")));
	assert_true(db_next(&rows));
	assert_string_equal(db_dup(&rows, "name", arena), "b");
	assert_int_equal(db_end(&rows), OK);
	assert_int_equal(db_finish(db, OK), OK);
	assert_int_equal(count(db), 2);
	db_close(&db);
}

static enum err
outer_work(struct db *db, enum err inner, bool heed)
{
	enum err e = add(db, 1, "outer", 1);

	assert_int_equal(e, OK);
	assert_int_equal(db_begin(db), OK);
	assert_int_equal(add(db, 2, "inner", 1), OK);
	assert_false(db_idle(db));
	e = db_finish(db, inner);
	assert_int_equal(e, inner);
	return heed ? e : OK;
}

static void
a_failed_inner_dooms_the_outer(void **state)
{
	static const struct { enum err inner; bool heed; int64_t left; } cases[] = {
		{ ERR_LIMIT, true, 0 }, { ERR_LIMIT, false, 0 }, { OK, true, 2 },
	};
	struct db *db = memory();

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(db_begin(db), OK);
		assert_int_equal(db_finish(db, outer_work(db, cases[i].inner, cases[i].heed)),
		    cases[i].inner);
		assert_int_equal(count(db), cases[i].left);
		assert_true(db_idle(db));
	}
	assert_int_equal(db_begin(db), OK);
	assert_int_equal(add(db, 3, "x", 1), OK);
	assert_int_equal(db_finish(db, ERR_DENIED), ERR_DENIED);
	assert_int_equal(count(db), 2);
	db_close(&db);
}

/* What comes after SQLite's own rollback is no part of any transaction. */
static void
a_lost_transaction_is_never_acknowledged(void **state)
{
	struct db *db = memory();

	(void)state;
	script(db, "CREATE TRIGGER t_undoes BEFORE INSERT ON t WHEN NEW.n = 99 BEGIN"
	    " SELECT raise(ROLLBACK, 'as a full disk does'); END");
	assert_int_equal(db_begin(db), OK);
	assert_int_equal(add(db, 1, "before", 1), OK);
	assert_int_equal(add(db, 2, "undoes", 99), ERR_FAULT);
	assert_int_equal(add(db, 3, "after", 1), ERR_FAULT);
	assert_int_equal(db_finish(db, OK), ERR_FAULT);
	assert_int_equal(count(db), 0);
	assert_int_equal(add(db, 4, "next", 1), OK);
	assert_int_equal(count(db), 1);
	db_close(&db);
}

static void
counters_count(void **state)
{
	struct db *db = open_db("sqlite::memory:");
	struct db_counters n;

	(void)state;
	script(db, SCHEMA);
	assert_int_equal(add(db, 1, "a", 1), OK);
	assert_int_equal(add(db, 2, "a", 1), ERR_CONFLICT);
	assert_int_equal(count(db), 1);
	assert_int_equal(db_begin(db), OK);
	assert_int_equal(db_begin(db), OK);
	assert_int_equal(db_finish(db, OK), OK);
	assert_int_equal(db_finish(db, OK), OK);
	n = db_counters(db);
	assert_int_equal(n.statements, 3);
	assert_int_equal(n.begins, 4);
	assert_int_equal(n.commits, 3);
	db_close(&db);
}

static void
misname(struct db *db)
{
	struct db_rows rows;

	if (add(db, 1, "a", 1))
		return;
	db_query(db, &rows, SQL_T_BY_ID, DB_ARGS(DB_INT(1)));
	while (db_next(&rows))
		(void)db_int(&rows, "nmae");
}

static void
number_of_text(struct db *db)
{
	struct db_rows rows;

	if (add(db, 1, "a", 1))
		return;
	db_query(db, &rows, SQL_T_BY_ID, DB_ARGS(DB_INT(1)));
	while (db_next(&rows))
		(void)db_int(&rows, "name");
}

static void
text_of_number(struct db *db)
{
	struct db_rows rows;

	if (add(db, 1, "a", 1))
		return;
	db_query(db, &rows, SQL_T_BY_ID, DB_ARGS(DB_INT(1)));
	while (db_next(&rows))
		(void)db_dup(&rows, "id", arena);
}

static void
too_few_arguments(struct db *db)
{
	if (db_run(db, NULL, SQL_T_SET, DB_ARGS(DB_INT(1))))
		return;
}

static void
read_twice(struct db *db)
{
	struct db_rows rows, again;

	db_query(db, &rows, SQL_T_ALL, NULL, 0);
	db_query(db, &again, SQL_T_ALL, NULL, 0);
}

static void
begin_with_rows_out(struct db *db)
{
	struct db_rows rows;

	db_query(db, &rows, SQL_T_ALL, NULL, 0);
	if (db_begin(db))
		return;
}

static void
finish_with_rows_out(struct db *db)
{
	struct db_rows rows;

	if (db_begin(db))
		return;
	db_query(db, &rows, SQL_T_ALL, NULL, 0);
	if (db_finish(db, ERR_DENIED))
		return;
}

static void
read_after_the_end(struct db *db)
{
	struct db_rows rows;

	db_query(db, &rows, SQL_T_ALL, NULL, 0);
	while (db_next(&rows))
		;
	(void)db_int(&rows, "id");
}

static void
a_mistake_ends_the_program(void **state)
{
	static const struct { void (*doing)(struct db *); const char *says, *name; } cases[] = {
		{ misname, "nmae", "t_by_id" },
		{ number_of_text, "not a number", "t_by_id" },
		{ text_of_number, "not a text", "t_by_id" },
		{ too_few_arguments, "arguments", "t_set" },
		{ read_twice, "still being read", "t_all" },
		{ begin_with_rows_out, "rows are out", "t_all" },
		{ finish_with_rows_out, "rows are out", "t_all" },
		{ read_after_the_end, "no row", "t_all" },
	};
	const char *log;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		log = log_of_abort(cases[i].doing);
		assert_non_null(strstr(log, cases[i].says));
		assert_non_null(strstr(log, cases[i].name));
	}
}

static void
readonly_refuses_writes(void **state)
{
	struct db *db = memory();
	struct db_rows rows;

	(void)state;
	assert_int_equal(add(db, 1, "a", 1), OK);
	assert_int_equal(db_readonly(db, true), OK);
	assert_false(db_idle(db));
	assert_int_equal(add(db, 2, "b", 1), ERR_FAULT);
	assert_int_equal(db_begin(db), ERR_FAULT);
	db_query(db, &rows, SQL_T_ADD_RETURNING, DB_ARGS(DB_INT(2), DB_TEXT("b")));
	assert_false(db_next(&rows));
	assert_int_equal(db_end(&rows), ERR_FAULT);
	assert_int_equal(db_read_begin(db), OK);
	assert_int_equal(count(db), 1);
	assert_int_equal(db_read_end(db), OK);
	assert_int_equal(db_readonly(db, false), OK);
	assert_int_equal(add(db, 2, "b", 1), OK);
	db_query(db, &rows, SQL_T_ADD_RETURNING, DB_ARGS(DB_INT(3), DB_TEXT("c")));
	assert_false(db_next(&rows));
	assert_int_equal(db_end(&rows), ERR_FAULT);
	assert_int_equal(count(db), 2);
	assert_true(db_idle(db));
	db_close(&db);
}

static void
a_snapshot_stays_the_same(void **state)
{
	struct db *reader = open_db(url), *writer = open_db(url);

	(void)state;
	assert_int_equal(db_read_end(reader), OK);
	assert_int_equal(db_read_begin(reader), OK);
	assert_int_equal(db_read_begin(reader), OK);
	assert_int_equal(count(reader), 0);
	assert_int_equal(add(writer, 1, "a", 1), OK);
	assert_int_equal(count(reader), 0);
	assert_int_equal(db_read_end(reader), OK);
	assert_int_equal(count(reader), 1);
	assert_int_equal(db_read_begin(reader), OK);
	assert_int_equal(count(reader), 1);
	assert_int_equal(add(writer, 2, "b", 1), OK);
	assert_int_equal(add(reader, 3, "c", 1), OK);
	assert_int_equal(count(reader), 3);
	assert_true(db_idle(reader));
	db_close(&reader);
	db_close(&writer);
}

static void
hold_the_lock(void)
{
	struct db *db = open_db(url);

	if (db_begin(db) || add(db, 1, "never committed", 1))
		_exit(1);
}

/* Stopped, so that it cannot give the lock back. */
static void
a_wait_for_the_lock_ends(void **state)
{
	struct sigaction before, after;
	struct db *db;
	pid_t pid = companion(hold_the_lock);
	int status;

	(void)state;
	kill(pid, SIGSTOP);
	assert_int_equal(waitpid(pid, &status, WUNTRACED), pid);
	sigaction(SIGRTMAX - 2, NULL, &before);
	db = open_db(hasty);
	assert_int_equal(db_begin(db), ERR_BUSY);
	assert_true(db_idle(db));
	assert_int_equal(add(db, 2, "b", 1), ERR_BUSY);
	assert_false(db_full(db));
	assert_int_equal(count(db), 0);
	end_companion(pid);
	assert_int_equal(add(db, 2, "b", 1), OK);
	db_close(&db);
	sigaction(SIGRTMAX - 2, NULL, &after);
	assert_true(before.sa_handler == SIG_DFL);
	assert_true(after.sa_handler == SIG_DFL);
}

static void
wait_for_lock_and_add(void)
{
	struct db *db = open_db(url);

	if (add(db, 2, "after the death", 1))
		_exit(1);
}

/* Whether somebody waits for the lock of this file, by the kernel's own list. */
static bool
somebody_waits(ino_t inode)
{
	char line[256], want[64];
	FILE *f = fopen("/proc/locks", "r");
	bool found = false;

	snprintf(want, sizeof(want), ":%lu ", (unsigned long)inode);
	while (f && fgets(line, sizeof(line), f))
		if (strstr(line, "-> FLOCK") && strstr(line, want))
			found = true;
	if (f)
		fclose(f);
	return found;
}

static void
the_death_of_a_holder_frees_the_lock(void **state)
{
	pid_t holder = companion(hold_the_lock), waiter;
	struct db *db;
	struct stat st;
	int status;

	(void)state;
	assert_int_equal(stat(in_folder("db.lock"), &st), 0);
	waiter = fork();
	if (waiter == 0) {
		wait_for_lock_and_add();
		_exit(0);
	}
	while (!somebody_waits(st.st_ino))
		sched_yield();
	end_companion(holder);
	assert_int_equal(waitpid(waiter, &status, 0), waiter);
	assert_int_equal(status, 0);
	db = open_db(url);
	assert_int_equal(count(db), 1);
	db_close(&db);
}

static void
begin_without_our_lock(void)
{
	sqlite3 *s;

	if (sqlite3_open(in_folder("db"), &s) != SQLITE_OK ||
	    sqlite3_exec(s, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK)
		_exit(1);
}

static void
a_strangers_lock_is_busy_and_ours_is_dropped(void **state)
{
	pid_t pid = companion(begin_without_our_lock);
	struct db *db = open_db(hasty);
	int fd;

	(void)state;
	assert_int_equal(db_begin(db), ERR_BUSY);
	fd = open(in_folder("db.lock"), O_RDWR);
	assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0);
	close(fd);
	end_companion(pid);
	assert_int_equal(add(db, 1, "a", 1), OK);
	db_close(&db);
}

static void
the_lock_is_dropped_at_each_end(void **state)
{
	struct db *db = open_db(url);
	int fd = open(in_folder("db.lock"), O_RDWR);

	(void)state;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(db_begin(db), OK);
		assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), -1);
		assert_int_equal(db_finish(db, i ? ERR_LIMIT : OK), i ? ERR_LIMIT : OK);
		assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0);
		assert_int_equal(flock(fd, LOCK_UN), 0);
	}
	assert_int_equal(db_read_begin(db), OK);
	assert_int_equal(count(db), 0);
	assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0);
	assert_int_equal(db_read_end(db), OK);
	close(fd);
	assert_int_equal(unlink(in_folder("db.lock")), 0);
	assert_int_equal(db_begin(db), ERR_FAULT);
	db_close(&db);
}

/* Read, add one, write: what two at once would lose without the lock. */
static enum err
add_one(struct db *db, int64_t who, int i)
{
	char name[32];
	int64_t n = count(db);

	snprintf(name, sizeof(name), "%d of %d", i, (int)who);
	return add(db, n + 1, name, -n);
}

static void
two_writers_lose_nothing(void **state)
{
	enum { EACH = 200 };
	struct db *db;
	pid_t pids[2];
	int status;

	(void)state;
	for (int who = 0; who < 2; who++) {
		pids[who] = fork();
		if (pids[who] != 0)
			continue;
		db = open_db(url);
		for (int i = 0; i < EACH; i++)
			if (db_begin(db) || db_finish(db, add_one(db, who, i)))
				_exit(1);
		_exit(0);
	}
	for (int who = 0; who < 2; who++) {
		assert_int_equal(waitpid(pids[who], &status, 0), pids[who]);
		assert_int_equal(status, 0);
	}
	db = open_db(url);
	assert_int_equal(count(db), 2 * EACH);
	db_close(&db);
	assert_int_equal(db_check(url, false, stderr), OK);
}

static void
only_the_checkpoint_moves_the_wal(void **state)
{
	struct db *reader = open_db(url), *writer = open_db(url);
	struct stat st;
	int64_t wal = -1;

	(void)state;
	assert_int_equal(db_read_begin(reader), OK);
	assert_int_equal(count(reader), 0);
	for (int64_t i = 0; i < 20; i++)
		assert_int_equal(add_big(writer, i, 300000), OK);
	assert_int_equal(db_checkpoint(writer, &wal), OK);
	assert_true(wal > 20 * 300000);
	assert_int_equal(count(reader), 0);
	assert_int_equal(db_read_end(reader), OK);
	db_close(&reader);
	db_close(&writer);
	assert_int_equal(stat(in_folder("db-wal"), &st), 0);
	assert_int_equal(st.st_size, wal);
	writer = open_db(url);
	assert_int_equal(db_checkpoint(writer, &wal), OK);
	assert_int_equal(wal, 0);
	assert_int_equal(count(writer), 20);
	db_close(&writer);
}

static void
no_commit_moves_the_wal(void **state)
{
	struct db *db = open_db(url);
	struct stat before, after;

	(void)state;
	assert_int_equal(stat(in_folder("db"), &before), 0);
	for (int64_t i = 0; i < 20; i++)
		assert_int_equal(add_big(db, i, 300000), OK);
	assert_int_equal(stat(in_folder("db"), &after), 0);
	assert_int_equal(after.st_size, before.st_size);
	db_close(&db);
}

static void
files_are_private(void **state)
{
	static const char *const names[] = { "db", "db-wal", "db-shm", "db.lock" };
	struct db *db = open_db(url);
	struct stat st;

	(void)state;
	assert_int_equal(add(db, 1, "a", 1), OK);
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(stat(in_folder(names[i]), &st), 0);
		assert_int_equal(st.st_mode & 07777, 0600);
	}
	db_close(&db);
}

static void
a_connection_has_its_settings(void **state)
{
	static const struct { const char *name; int64_t value; } want[] = {
		{ "foreign_keys", 1 }, { "synchronous", 2 }, { "busy_timeout", 5000 },
		{ "cell_size_check", 1 }, { "temp_store", 2 },
		{ "cache_size", -500 }, { "journal_size_limit", 67108864 },
	};
	char small[160];
	struct db *db;
	struct db_rows rows;

	(void)state;
	snprintf(small, sizeof(small), "%s?cache=500", url);
	db = open_db(small);
	db_query(db, &rows, SQL_SETTINGS, NULL, 0);
	while (db_next(&rows)) {
		assert_string_equal(db_dup(&rows, "journal_mode", arena), "wal");
		for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++)
			assert_int_equal(db_int(&rows, want[i].name), want[i].value);
	}
	assert_int_equal(db_end_found(&rows), OK);
	db_close(&db);
}

static void
a_restricted_connection_writes_its_tables_only(void **state)
{
	static const char *const tables[] = { "t", NULL };
	struct db *db = memory();

	(void)state;
	script(db, "CREATE TRIGGER t_copies AFTER INSERT ON t BEGIN"
	    " INSERT INTO other (id) VALUES (NEW.id); END");
	assert_int_equal(db_run(db, NULL, SQL_OTHER_ADD, DB_ARGS(DB_INT(1))), OK);
	assert_int_equal(db_restrict(db, tables), OK);
	assert_int_equal(db_run(db, NULL, SQL_OTHER_ADD, DB_ARGS(DB_INT(2))), ERR_FAULT);
	assert_int_equal(add(db, 3, "a", 1), OK);
	assert_int_equal(count_of(db, SQL_OTHER_COUNT), 2);
	assert_int_equal(db_begin(db), OK);
	assert_int_equal(db_finish(db, db_script(db, "DROP TABLE other")), ERR_FAULT);
	db_close(&db);
}

static void
a_backup_is_a_whole_private_copy(void **state)
{
	struct db *db = open_db(url);
	char copy[256];
	struct stat st;

	(void)state;
	assert_int_equal(add(db, 1, "a", 1), OK);
	assert_int_equal(db_begin(db), OK);      /* no lock is in its way */
	assert_int_equal(add(db, 2, "b", 1), OK);
	assert_int_equal(db_backup(url, in_folder("copy")), OK);
	assert_int_equal(db_finish(db, OK), OK);
	db_close(&db);
	assert_int_equal(stat(in_folder("copy"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(stat(in_folder("copy.part"), &st), -1);
	assert_int_equal(db_backup(url, in_folder("copy")), ERR_CONFLICT);
	snprintf(copy, sizeof(copy), "sqlite:%s", in_folder("copy"));
	assert_int_equal(db_check(copy, false, stderr), OK);
	db = open_db(copy);
	assert_int_equal(count(db), 1);
	db_close(&db);
}

/* The text that the call wrote; the last one of each is good. */
static enum err
csv(const char *sql, char out[512], char complaint[512])
{
	FILE *o, *c;
	enum err e;

	memset(out, 0, 512);
	memset(complaint, 0, 512);
	o = fmemopen(out, 512, "w");
	c = fmemopen(complaint, 512, "w");
	e = db_sql_csv(url, sql, o, c);
	fclose(o);
	fclose(c);
	return e;
}

static void
the_operator_reads_rows_as_csv(void **state)
{
	static const char *const refused[] = {
		"DELETE FROM t", "PRAGMA user_version = 7", "ATTACH 'x' AS y", "SELECT 1; SELECT 2",
		"", "-- nothing", "BEGIN IMMEDIATE", "SELEKT", "VACUUM", "DROP TABLE t",
		"WITH x AS (SELECT 1) INSERT INTO other SELECT * FROM x",
		"SELECT load_extension('x')", "PRAGMA query_only = OFF",
	};
	struct db *db = open_db(url);
	char out[512], complaint[512];

	(void)state;
	assert_int_equal(db_run(db, NULL, SQL_T_ADD, DB_ARGS(DB_INT(1), DB_TEXT("a, \"b\""),
	    DB_BLOB("\xff\0", 2), DB_NULL)), OK);
	db_close(&db);
	assert_int_equal(csv("SELECT *, '' AS \"e,\" FROM t;\n", out, complaint), OK);
	assert_string_equal(out, "id,name,body,n,\"e,\"\r\n1,\"a, \"\"b\"\"\",x'ff00',,\"\"\r\n");
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		assert_int_equal(csv(refused[i], out, complaint), ERR_INVALID);
		assert_int_not_equal(strlen(complaint), 0);
	}
	assert_int_equal(csv("SELECT count(*) FROM t", out, complaint), OK);
	assert_string_equal(out, "count(*)\r\n1\r\n");
}

/* Pages are overwritten behind a checkpoint, so that they are read from the file. */
static void
damage_is_found(void **state)
{
	char junk[4096], out[512] = "";
	struct db *db = open_db(url);
	int64_t wal;
	FILE *f;
	int fd;

	(void)state;
	assert_int_equal(add_big(db, 1, 20000), OK);
	assert_int_equal(db_checkpoint(db, &wal), OK);
	db_close(&db);
	memset(junk, 0xa5, sizeof(junk));
	fd = open(in_folder("db"), O_RDWR);
	assert_int_equal(pwrite(fd, junk, sizeof(junk), 4096), sizeof(junk));
	close(fd);
	db = open_db(url);
	assert_false(db_broken(db));
	assert_int_equal(add(db, 2, "b", 1), ERR_FAULT);
	assert_true(db_broken(db));
	db_close(&db);
	for (int quick = 0; quick < 2; quick++) {
		f = fmemopen(out, sizeof(out), "w");
		assert_int_equal(db_check(url, quick, f), ERR_FAULT);
		fclose(f);
		assert_int_not_equal(strlen(out), 0);
	}
}

static void
no_database_is_told(void **state)
{
	int fd = open(in_folder("db"), O_RDWR | O_TRUNC);
	struct db *db = NULL;

	(void)state;
	assert_int_equal(write(fd, "This is a text, not a database of any kind.", 43), 43);
	close(fd);
	unlink(in_folder("db-wal"));
	unlink(in_folder("db-shm"));
	assert_int_equal(db_open(&db, url), ERR_FAULT);
	assert_null(db);
}

/* In a child with a small file system of its own: 0 passed, 77 cannot be tried here. */
static int
on_a_full_disk(void)
{
	struct db *db;
	int64_t id = 0, before, wal;
	enum err e = OK;

	if (unshare(CLONE_NEWNS) == -1 || mount("", "/", "", MS_REC | MS_PRIVATE, "") == -1 ||
	    mount("none", folder, "tmpfs", 0, "size=600k") == -1)
		return 77;
	snprintf(hasty, sizeof(hasty), "%s?create", url);
	db = open_db(hasty);
	script(db, SCHEMA);
	assert_int_equal(close(open(in_folder("space"), O_CREAT | O_RDWR, 0600)), 0);
	assert_int_equal(truncate(in_folder("space"), 0), 0);
	for (; e == OK; id++) {
		before = count(db);
		e = add_big(db, id, 100000);
	}
	assert_int_equal(e, ERR_BUSY);
	assert_true(before > 0);
	assert_true(db_full(db));
	assert_false(db_broken(db));
	assert_true(db_idle(db));
	assert_int_equal(count(db), before);
	assert_int_equal(db_begin(db), OK);
	assert_int_equal(db_finish(db, ERR_LIMIT), ERR_LIMIT);
	assert_true(db_full(db));
	assert_int_equal(mount("none", folder, "tmpfs", MS_REMOUNT, "size=4m"), 0);
	assert_int_equal(add(db, 1000, "again", 1), OK);
	assert_false(db_full(db));
	assert_int_equal(count(db), before + 1);
	assert_int_equal(db_checkpoint(db, &wal), OK);
	db_close(&db);
	return db_check(url, false, stderr) ? 1 : 0;
}

static void
a_full_disk_is_busy_and_recovers(void **state)
{
	int status;
	pid_t pid = fork();

	(void)state;
	if (pid == 0)
		_exit(on_a_full_disk());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	/* Where nothing may be mounted; tests/faults asks the whole program. */
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77) {
		print_message("# no mount, not tried\n");
		return;
	}
	assert_int_equal(status, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(rows_are_read_by_name),
		TEST(no_row_is_not_found),
		TEST(a_sort_family_is_numbered),
		TEST(failures_have_their_codes),
		TEST(a_failure_sticks_to_its_rows),
		TEST(a_failed_inner_dooms_the_outer),
		TEST(a_lost_transaction_is_never_acknowledged),
		TEST(counters_count),
		TEST(a_mistake_ends_the_program),
		TEST(readonly_refuses_writes),
		TEST(a_snapshot_stays_the_same),
		TEST(a_wait_for_the_lock_ends),
		TEST(the_death_of_a_holder_frees_the_lock),
		TEST(a_strangers_lock_is_busy_and_ours_is_dropped),
		TEST(the_lock_is_dropped_at_each_end),
		TEST(two_writers_lose_nothing),
		TEST(only_the_checkpoint_moves_the_wal),
		TEST(no_commit_moves_the_wal),
		TEST(files_are_private),
		TEST(a_connection_has_its_settings),
		TEST(a_restricted_connection_writes_its_tables_only),
		TEST(a_backup_is_a_whole_private_copy),
		TEST(the_operator_reads_rows_as_csv),
		TEST(damage_is_found),
		TEST(no_database_is_told),
		TEST(a_full_disk_is_busy_and_recovers),
	};

	alarm(120);      /* a lock that is never had must not hang the run */
	arena = arena_new(4096, 1 << 20);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
