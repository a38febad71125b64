/* Four writers that never pause, a reader that stays, a checkpointer, and kill -9 for any
 * of them but the reader, on one database of ours:
 *
 *   walstress [SECONDS [SECONDS THE READER STAYS]]       5 and a third of it without
 *
 * Afterwards every acknowledged row is there, no row is there that nobody tried to write,
 * each transaction is whole, the file is sound, and the WAL is short again.  Prints TAP.
 * It links the statements of tests/unit/test.sql. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "db/db.h"
#include "db/driver.h"
#include "../scratch.h"

enum { WRITERS = 4, CHECKPOINTER = WRITERS, READER, CHILDREN, PAIRS = 8 * 1024 * 1024 };

#define WAL_SOON  (4 * 1024 * 1024)
#define WAL_LIMIT (64 * 1024 * 1024)

/* Shared with the children; it outlives a kill. */
struct board {
	atomic_bool stop;
	atomic_int  busy, faults, snapshots, checkpoints;
	_Atomic(const char *) first_fault;           /* a literal: the same in every child */
	atomic_int  first_error;
	atomic_llong wal_longest, wait_longest_ms;
	atomic_llong tried[WRITERS];                 /* pairs begun, the last one */
	atomic_uchar acknowledged[WRITERS][PAIRS];
};

static struct board *board;
static char folder[SCRATCH_SIZE];
static char url[96];
static int tests, failed, reader_s;

static void
report(bool ok, const char *name)
{
	failed += !ok;
	printf("%sok %d - %s\n", ok ? "" : "not ", ++tests, name);
}

static int64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Only busy is no fault: who is killed may leave much of the log to be read again. */
static void
note(const char *what, enum err e)
{
	const char *none = NULL;

	if (e == ERR_BUSY)
		atomic_fetch_add(&board->busy, 1);
	if (e == OK || e == ERR_BUSY)
		return;
	atomic_fetch_add(&board->faults, 1);
	if (atomic_compare_exchange_strong(&board->first_fault, &none, what))
		atomic_store(&board->first_error, (int)e);
}

static void
raise_to(atomic_llong *most, long long value)
{
	long long seen = atomic_load(most);

	while (value > seen && !atomic_compare_exchange_weak(most, &seen, value))
		;
}

static struct db *
open_db(void)
{
	struct db *db;

	enum err   e = db_open(&db, url);

	note("opening", e);
	if (e)
		_exit(1);
	return db;
}

static enum err
add(struct db *db, int64_t id, int64_t n)
{
	char name[32];

	snprintf(name, sizeof(name), "%lld", (long long)id);
	return db_run(db, NULL, SQL_T_ADD, DB_ARGS(DB_INT(id), DB_TEXT(name), DB_NULL, DB_INT(n)));
}

static enum err
add_pair(struct db *db, int64_t id, int64_t n)
{
	TRY(add(db, id, n));
	return add(db, id + 1, -n);
}

static enum err
write_pair(struct db *db, int64_t id, int64_t n)
{
	int64_t began = now_ms();

	TRY(db_begin(db));
	raise_to(&board->wait_longest_ms, now_ms() - began);
	return db_finish(db, add_pair(db, id, n));
}

static int64_t
pair_id(int who, int64_t i)
{
	return ((int64_t)who * PAIRS + i) * 2;
}

static void
be_writer(int who)
{
	struct db *db = open_db();
	int64_t i;
	enum err e;

	while (!atomic_load(&board->stop)) {
		i = atomic_fetch_add(&board->tried[who], 1);
		if (i >= PAIRS)
			break;
		e = write_pair(db, pair_id(who, i), i + 100);
		if (e == OK)
			atomic_store(&board->acknowledged[who][i], 1);
		note("writing", e);
	}
	db_close(&db);
}

static enum err
number(struct db *db, enum sql stmt, int64_t *n)
{
	struct db_rows rows;

	db_query(db, &rows, stmt, NULL, 0);
	while (db_next(&rows))
		*n = db_int(&rows, "n");
	return db_end(&rows);
}

static void
pause_ms(int ms)
{
	poll(NULL, 0, ms);
}

/* A snapshot stays as it is however long it is held, and holds whole transactions only. */
static enum err
hold(struct db *db)
{
	int64_t until, n = -1, again = -2, balance = -1;

	TRY(number(db, SQL_T_COUNT, &n));
	until = now_ms() + (int64_t)reader_s * 1000;
	while (now_ms() < until && !atomic_load(&board->stop))
		pause_ms(20);
	TRY(number(db, SQL_T_COUNT, &again));
	TRY(number(db, SQL_T_BALANCE, &balance));
	note("a snapshot changed", again == n && balance == 0 && n % 2 == 0 ? OK : ERR_FAULT);
	atomic_fetch_add(&board->snapshots, 1);
	return OK;
}

static void
be_reader(int who)
{
	struct db *db = open_db();
	enum err   e;

	(void)who;
	do {
		e = db_read_begin(db);
		note("beginning to read", e);
		if (e)
			continue;
		note("reading", hold(db));
		note("ending to read", db_read_end(db));
	} while (!atomic_load(&board->stop));
	db_close(&db);
}

static void
be_checkpointer(int who)
{
	struct db *db = open_db();
	int64_t wal = 0;
	char path[96];
	struct stat st;

	(void)who;
	snprintf(path, sizeof(path), "%s/db-wal", folder);
	while (!atomic_load(&board->stop)) {
		pause_ms(5);
		if (stat(path, &st) == -1 || st.st_size < WAL_SOON)
			continue;
		raise_to(&board->wal_longest, st.st_size);
		note("checkpointing", db_checkpoint(db, &wal));
		atomic_fetch_add(&board->checkpoints, 1);
		/* Held back by the reader: not at once again. */
		if (wal > 0)
			pause_ms(100);
	}
	db_close(&db);
}

static pid_t
start(int role)
{
	pid_t parent = getpid(), pid = fork();

	if (pid != 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	if (role < WRITERS)
		be_writer(role);
	else
		(role == READER ? be_reader : be_checkpointer)(role);
	_exit(0);
}

/* The kills, until the time is over; how many there were. */
static int
disturb(pid_t pids[CHILDREN], int seconds)
{
	int64_t until = now_ms() + (int64_t)seconds * 1000;
	int victim, kills = 0;

	while (now_ms() < until) {
		pause_ms(10 + (int)(random() % 110));
		victim = (int)(random() % READER);
		kill(pids[victim], SIGKILL);
		waitpid(pids[victim], NULL, 0);
		pids[victim] = start(victim);
		kills++;
	}
	return kills;
}

static bool
finish(pid_t pids[CHILDREN])
{
	bool good = true;
	int status;

	atomic_store(&board->stop, true);
	for (int i = 0; i < CHILDREN; i++) {
		waitpid(pids[i], &status, 0);
		good = good && status == 0;
	}
	return good;
}

/* Notes the pairs that are there; false: half a pair, or one that nobody tried. */
static bool
whole_pairs(struct db *db, int who, unsigned char *there)
{
	int64_t first = pair_id(who, 0), expected = -1, id;
	struct db_rows rows;
	bool good = true;

	db_query(db, &rows, SQL_T_FROM, DB_ARGS(DB_INT(first), DB_INT(pair_id(who + 1, 0))));
	while (db_next(&rows)) {
		id = db_int(&rows, "id");
		good = good && (expected == -1 ? id % 2 == 0 : id == expected);
		good = good && (id - first) / 2 < atomic_load(&board->tried[who]);
		expected = id % 2 == 0 ? id + 1 : -1;
		there[(id - first) / 2] = 1;
	}
	return !db_end(&rows) && good && expected == -1;
}

static void
verify_rows(void)
{
	unsigned char *there = malloc(PAIRS);
	struct db *db = open_db();
	int64_t lost = 0, acknowledged = 0;
	bool whole = true;

	for (int who = 0; who < WRITERS; who++) {
		memset(there, 0, PAIRS);
		whole = whole_pairs(db, who, there) && whole;
		for (int64_t i = 0; i < PAIRS; i++) {
			if (!atomic_load(&board->acknowledged[who][i]))
				continue;
			acknowledged++;
			lost += !there[i];
		}
	}
	printf("# %lld transactions acknowledged, %lld lost\n", (long long)acknowledged,
	    (long long)lost);
	report(acknowledged > 0 && lost == 0, "every acknowledged row is there");
	report(whole, "every transaction is whole");
	db_close(&db);
	free(there);
}

static void
verify_file(void)
{
	struct db *db = open_db();
	int64_t wal = -1;

	report(db_checkpoint(db, &wal) == OK && wal < WAL_LIMIT,
	    "the WAL is short after the reader has ended");
	db_close(&db);
	report(db_check(url, false, stdout) == OK, "the file is sound");
}

static int
make(void)
{
	char made[112];
	struct db *db;

	board = mmap(NULL, sizeof(*board), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (board == MAP_FAILED || !mkdtemp(scratch_disk(folder, "walstress")))
		return -1;
	snprintf(url, sizeof(url), "sqlite:%s/db", folder);
	snprintf(made, sizeof(made), "%s?create", url);
	if (db_open(&db, made) || db_begin(db) || db_finish(db, db_script(db,
	    "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT NOT NULL, body BLOB,"
	    " n INTEGER) STRICT; CREATE TABLE other (id INTEGER PRIMARY KEY) STRICT")))
		return -1;
	db_close(&db);
	return 0;
}

static void
sweep(void)
{
	static const char *const names[] = { "db", "db-wal", "db-shm", "db.lock" };
	char path[96];

	for (int i = 0; i < 4; i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
		unlink(path);
	}
	rmdir(folder);
}

int
main(int argc, char **argv)
{
	int seconds = argc > 1 ? atoi(argv[1]) : 5, kills;
	unsigned seed = (unsigned)time(NULL);
	pid_t pids[CHILDREN];
	bool  ended;

	reader_s = argc > 2 ? atoi(argv[2]) : (seconds + 2) / 3;
	setvbuf(stdout, NULL, _IOLBF, 0);
	srandom(seed);
	printf("1..5\n# seed %u, %d s, the reader stays %d s\n", seed, seconds, reader_s);
	if (make()) {
		printf("Bail out! no database in %s\n", folder);
		return 1;
	}
	for (int i = 0; i < CHILDREN; i++)
		pids[i] = start(i);
	kills = disturb(pids, seconds);
	ended = finish(pids);
	if (board->first_fault)
		printf("# first fault: %s, error %d; %d in all\n", board->first_fault,
		    board->first_error, board->faults);
	report(ended && board->faults == 0 && board->snapshots > 0,
	    "nobody met a failure, each snapshot stayed the same");
	printf("# %d kills, %d snapshots, %d checkpoints, %d times busy, longest wait %lld ms, "
	    "longest WAL %lld KiB\n", kills, board->snapshots, board->checkpoints, board->busy,
	    board->wait_longest_ms, board->wal_longest / 1024);
	verify_rows();
	verify_file();
	if (failed == 0)
		sweep();
	return failed != 0;
}
