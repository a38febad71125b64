/* app/housekeeper.c: what is too old goes, however much of it there is, and nothing younger. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../fixture.h"

#include "app/housekeeper.h"
#include "base/id.h"
#include "db/db.h"

enum { MANY = 1203, CHUNK = 500 };

/* n numbers from 1 on, for INSERT ... SELECT. */
#define NUMBERS "WITH RECURSIVE c (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < %d) "

static long long person;

/* Counts how many there are before and after: "gone" of them may be missing. */
static void
sweeps(const char *table, int64_t gone)
{
	int64_t            before = fx_int("SELECT count(*) FROM %s", table);
	struct db_counters was, is;

	fx_system(SYSTEM);
	was = db_counters(fx.cx.db);
	assert_int_equal(housekeeper_sweep(&fx.cx), OK);
	is = db_counters(fx.cx.db);
	assert_int_equal(before - fx_int("SELECT count(*) FROM %s", table), gone);
	/* One transaction for each chunk, and one each that finds nothing more. */
	assert_true(is.commits - was.commits >= gone / CHUNK + 1);
}

static void
sessions_go(void **state)
{
	long long old = (long long)(fx.now - 31 * FX_DAY);

	(void)state;
	person = (long long)fx.m[NORTH][USER].person;
	fx_sql(NUMBERS "INSERT INTO sessions (id, person_id, hash, old_hash, old_until, stage, "
	    "created_at, seen_at, proved_at, peer, user_agent) SELECT i, %lld, randomblob(32), "
	    "NULL, 0, 'full', %lld, %lld, %lld, '', '' FROM c", MANY, person, old, old, old);
	sweeps("sessions", MANY);
	sweeps("sessions", 0);
}

static void
known_browsers_go(void **state)
{
	(void)state;
	person = (long long)fx.m[NORTH][USER].person;
	fx_sql(NUMBERS "INSERT INTO known_browsers SELECT %lld, i, 1, %lld FROM c", MANY, person,
	    (long long)(fx.now - 365 * FX_DAY - 1));
	fx_sql("INSERT INTO known_browsers VALUES (%lld, 5000, 1, %lld)", person,
	    (long long)(fx.now - 365 * FX_DAY));
	sweeps("known_browsers", MANY);
	sweeps("known_browsers", 0);
}

static void
add_email(int64_t made, int64_t ended, const char *in)
{
	static int64_t n;

	fx_sql("INSERT INTO outbox (id, tenant_id, person_id, kind, about, address, priority, "
	    "state, tries, due_at, claimed_until, expires_at, answer, created_at, ended_at) "
	    "VALUES (%lld, 0, 0, 'reset', '', 'a@x.example', 5, '%s', 1, 0, 0, 0, '', %lld, %lld)",
	    (long long)(id_least(made) + ++n), in, (long long)made, (long long)ended);
}

static void
ended_emails_go(void **state)
{
	int64_t old = fx.now - 92 * FX_DAY;

	(void)state;
	for (int i = 0; i < CHUNK + 1; i++)
		add_email(old, fx.now - 90 * FX_DAY - 1, i % 2 ? "sent" : "dead");
	add_email(old, fx.now - 90 * FX_DAY, "sent");
	add_email(old, 0, "waiting");
	add_email(fx.now - FX_DAY, fx.now, "sent");
	sweeps("outbox", CHUNK + 1);
	sweeps("outbox", 0);
}

static void
refusals_go(void **state)
{
	long long old = (long long)(fx.now - 365 * FX_DAY);

	(void)state;
	for (enum fx_tenant t = NORTH; t <= SOUTH; t++)
		fx_sql(NUMBERS "INSERT INTO decisions SELECT %lld, i, %lld, %lld, NULL, '', '', "
		    "'/', 0, '{}' FROM c", MANY, (long long)fx.tenant[t], old - 1,
		    (long long)fx.m[t][USER].id);
	fx_sql("INSERT INTO decisions SELECT tenant_id, 5000, %lld, member_id, NULL, '', '', '/', "
	    "0, '{}' FROM decisions WHERE id = 1", old);
	sweeps("decisions", 2 * MANY);
	sweeps("decisions", 0);
}

static void
expired_links_go(void **state)
{
	long long due = (long long)(fx.now - FX_DAY);

	(void)state;
	fx_sql("DELETE FROM reset_links");
	for (int i = 0; i < 4; i++)
		fx_sql("INSERT INTO reset_links VALUES (%d, %lld, 1, %lld, 0)", i + 1,
		    (long long)fx.m[NORTH][i].person, due - 2 + i);
	sweeps("reset_links", 2);
	for (int i = 0; i < 4; i++)
		fx_sql("INSERT INTO setup_links VALUES (%d, 1, %lld, 0)", i + 1, due - 2 + i);
	sweeps("setup_links", 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FX_TEST(sessions_go),
		FX_TEST(known_browsers_go),
		FX_TEST(ended_emails_go),
		FX_TEST(refusals_go),
		FX_TEST(expired_links_go),
	};

	return FX_RUN(tests);
}
