/* app/start.c: a key file of other data is found before anything is served. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../fixture.h"

#include <unistd.h>

#include "app/start.h"
#include "base/arena.h"
#include "base/conf.h"
#include "crypto/crypto.h"

/* What is said of the world with the keys of that file. */
static enum err
with(const char *file)
{
	struct conf  conf = *fx.conf;
	struct start s = { .conf = &conf };

	conf.database = fx_url();
	conf.key_file = arena_printf(fx.keep, "%s/%s", fx_dir(), file);
	assert_int_equal(keys_load(fx.keep, conf.key_file, &s.keys), OK);
	return start_keys(fx.cx.arena, &s);
}

static void
other_keys(void)
{
	assert_int_equal(keys_create(arena_printf(fx.keep, "%s/other", fx_dir()), 2), OK);
}

static void
no_heads(void)
{
	fx_sql("DROP TRIGGER heads_kept");
	fx_sql("DELETE FROM heads");
}

static int
end(void **state)
{
	unlink(arena_printf(fx.keep, "%s/other", fx_dir()));
	return fx_end(state);
}
#define TEST(function) cmocka_unit_test_setup_teardown(function, fx_begin, end)

static void
test_own_keys(void **state)
{
	(void)state;
	assert_true(fx_int("SELECT count(*) FROM outbox WHERE state = 'waiting'") > 0);
	assert_int_equal(with("key"), OK);
}

static void
test_events_name_other_keys(void **state)
{
	(void)state;
	other_keys();
	fx_sql("DELETE FROM outbox");
	assert_int_equal(with("other"), ERR_INVALID);
	assert_int_equal(with("key"), OK);
	/* Of older events no key is asked: the newest tell. */
	no_heads();
	assert_int_equal(with("other"), OK);
}

static void
test_emails_name_other_keys(void **state)
{
	(void)state;
	other_keys();
	no_heads();
	assert_int_equal(with("other"), ERR_INVALID);
	assert_int_equal(with("key"), OK);
	/* One that is no sealed value is the courier's affair. */
	fx_sql("UPDATE outbox SET body = x'00'");
	assert_int_equal(with("other"), OK);
}

/* Each key that a factor names is asked for, and the codes are asked for theirs, which stay
 * with the one that they were made by. */
static void
test_factors_name_other_keys(void **state)
{
	int64_t own = fx_int("SELECT key_id FROM events LIMIT 1");
	int64_t person = fx.m[NORTH][USER].person;

	(void)state;
	fx_sql("INSERT INTO factors (person_id, secret, key_id, last_step, created_at) VALUES "
	    "(%lld, x'00', %lld, 0, 0)", (long long)person, (long long)own);
	assert_int_equal(with("key"), OK);
	fx_sql("INSERT INTO factors (person_id, secret, key_id, last_step, created_at) VALUES "
	    "(%lld, x'00', %lld, 0, 0)", (long long)fx.m[NORTH][STAFF].person, (long long)own + 1);
	assert_int_equal(with("key"), ERR_INVALID);
	fx_sql("DELETE FROM factors");
	assert_int_equal(with("key"), OK);
	fx_sql("INSERT INTO recovery_codes (person_id, hash, key_id, created_at, used_at) VALUES "
	    "(%lld, randomblob(32), %lld, 0, 0)", (long long)person, (long long)own + 1);
	assert_int_equal(with("key"), ERR_INVALID);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_own_keys),
		TEST(test_events_name_other_keys),
		TEST(test_emails_name_other_keys),
		TEST(test_factors_name_other_keys),
	};

	return FX_RUN(tests);
}
