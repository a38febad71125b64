/* auditlog/verify.c: whatever is done to a chain beside the program, the first row that is not
 * right is named.  What events hold is in test_audit.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../fixture.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "auditlog/auditlog.h"
#include "base/arena.h"
#include "crypto/crypto.h"
#include "db/db.h"
#include "signin/signin.h"

enum { BEGUN = 6 };                          /* the chain is at least so long */

static long long north;
static int64_t   length;

static void
events(int n)
{
	for (int i = 0; i < n; i++) {
		fx_as(NORTH, ADMIN);
		assert_int_equal(members_log_out(&fx.cx, fx.m[NORTH][USER].id), OK);
	}
	length = fx_int("SELECT max(seq) FROM events WHERE tenant_id = %lld", north);
}

/* A chain of some length, and the triggers out of the way. */
static void
begin(bool unguarded)
{
	north = (long long)fx.tenant[NORTH];
	events(BEGUN);
	for (struct fx_rows t = fx_rows("SELECT name FROM sqlite_master WHERE type = 'trigger' AND "
	    "tbl_name IN ('events', 'heads', 'checkpoints')"); unguarded && t.n; t.n--)
		fx_sql("DROP TRIGGER %s", t.cells[t.n - 1]);
}

/* As the heads file has them now. */
static const struct witnesses *
witnesses(void)
{
	struct witnesses *w = witnesses_new(fx.cx.arena);

	assert_int_equal(witnesses_read(&fx.cx, w), OK);
	return w;
}

static struct verdict
verify(enum fx_tenant t)
{
	struct verdict v;

	fx_system(SYSTEM);
	assert_int_equal(auditlog_verify(&fx.cx, witnesses(), fx.tenant[t], &v), OK);
	return v;
}

static void
is_whole(void)
{
	struct verdict v = verify(NORTH);

	if (v.broken)
		fail_msg("row %lld: %s", (long long)v.broken, v.why);
	assert_int_equal(v.upto, length);
	assert_int_equal(v.events, length - v.from);
}

static void
is_broken(int64_t row, const char *why)
{
	struct verdict v = verify(NORTH);

	assert_int_equal(v.broken, row);
	assert_string_equal(v.why, why);
	assert_int_equal(verify(SOUTH).broken, 0);
	assert_int_equal(verify(SYSTEM).broken, 0);
}

static const char *const changed = "the row, or the one before it, was changed";
static const char *const cut = "the end of the chain was cut: a later row was witnessed";

/* {L2} Whatever the program does, its chains are whole. */
static void
chains_of_the_program_are_whole(void **state)
{
	struct signin_done out;

	(void)state;
	begin(false);
	for (int i = 0; i < 3; i++) {
		fx_nobody();
		assert_int_equal(signin_password(&fx.cx, &(struct signin_input){
		    STR("nobody@x.example"), STR("x"), { NULL, 0 } }, &out), ERR_INVALID);
	}
	is_whole();
	assert_int_equal(verify(SYSTEM).events, 3);
	assert_true(verify(SOUTH).events > 0);
	fx_system(SYSTEM);
	assert_int_equal(auditlog_witness(&fx.cx, witnesses_new(fx.keep)), OK);
	is_whole();
	events(2);
	is_whole();
}

/* Numbers follow one another without gaps, also behind what was rolled back. */
static void
numbers_have_no_gaps(void **state)
{
	(void)state;
	begin(false);
	fx_as(NORTH, ADMIN);
	fx_break("outbox");
	assert_int_equal(members_deactivate(&fx.cx, fx.m[NORTH][USER].id, STR("")), ERR_FAULT);
	fx_mend();
	events(2);
	assert_int_equal(fx_int("SELECT count(*) FROM events WHERE tenant_id = %lld", north),
	    length);
	is_whole();
}

/* {L2} No statement changes or removes an event, a checkpoint or a head. */
static void
the_log_is_append_only(void **state)
{
	(void)state;
	begin(false);
	fx_mark();
	assert_true(fx_sql_fails("UPDATE events SET actor_name = 'x'"));
	assert_true(fx_sql_fails("UPDATE events SET at = at WHERE tenant_id = %lld", north));
	assert_true(fx_sql_fails("DELETE FROM events"));
	assert_true(fx_sql_fails("DELETE FROM events WHERE tenant_id = %lld AND seq = %lld", north,
	    (long long)length));
	assert_true(fx_sql_fails("DELETE FROM heads"));
	assert_true(fx_sql_fails("INSERT OR REPLACE INTO events SELECT * FROM events "
	    "WHERE tenant_id = %lld AND seq = 2", north));
	assert_true(fx_same());
	fx_sql("INSERT INTO checkpoints VALUES (%lld, 2, zeroblob(32), 2, 0, 0, zeroblob(32))",
	    north);
	assert_true(fx_sql_fails("UPDATE checkpoints SET n = 3"));
	assert_true(fx_sql_fails("DELETE FROM checkpoints"));
	assert_true(fx_sql_fails("DELETE FROM events WHERE tenant_id = %lld AND seq = 3", north));
	fx_sql("DELETE FROM events WHERE tenant_id = %lld AND seq <= 2", north);
}

/* ---------------------------------------------------------------- tampering */

static void
a_changed_column_is_found(void **state)
{
	static const char *const columns[] = { "at = at + 1", "act = act + 1",
		"actor_kind = 'system'", "actor_id = actor_id + 1", "actor_name = 'Someone'",
		"subject_id = 0", "subject_name = subject_name || ' '", "org_path = '/x/'",
		"workspace_id = 1", "client = 'web'", "peer = '192.0.2.8'", "user_agent = ''",
		"request = ''", "fields = '[ ]'", "hash = randomblob(32)" };

	(void)state;
	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
		fx_again();
		begin(true);
		fx_sql("UPDATE events SET %s WHERE tenant_id = %lld AND seq = 3", columns[i],
		    north);
		is_broken(3, changed);
	}
	fx_again();
	begin(true);
	fx_sql("UPDATE events SET key_id = key_id + 1 WHERE tenant_id = %lld AND seq = 4", north);
	is_broken(4, "the key of the row is missing");
}

/* Text that only moves from one column to the next is another row, too. */
static void
moved_text_is_found(void **state)
{
	(void)state;
	begin(true);
	fx_sql("UPDATE events SET actor_name = actor_name || subject_name, subject_name = '' "
	    "WHERE tenant_id = %lld AND seq = 3", north);
	is_broken(3, changed);
}

static void
a_deleted_row_is_found(void **state)
{
	(void)state;
	begin(true);
	fx_sql("DELETE FROM events WHERE tenant_id = %lld AND seq = 3", north);
	is_broken(3, "the row is missing");
	fx_sql("UPDATE events SET seq = seq - 1 WHERE tenant_id = %lld AND seq > 3", north);
	is_broken(3, changed);
	fx_again();
	begin(true);
	fx_sql("DELETE FROM events WHERE tenant_id = %lld AND seq = 1", north);
	is_broken(1, "the row is missing");
}

static void
swapped_rows_are_found(void **state)
{
	(void)state;
	begin(true);
	fx_sql("UPDATE events SET seq = 1000 WHERE tenant_id = %lld AND seq = 3", north);
	fx_sql("UPDATE events SET seq = 3 WHERE tenant_id = %lld AND seq = 5", north);
	fx_sql("UPDATE events SET seq = 5 WHERE tenant_id = %lld AND seq = 1000", north);
	is_broken(3, changed);
}

static void
another_account_s_rows_are_found(void **state)
{
	(void)state;
	begin(true);
	fx_sql("DELETE FROM events WHERE tenant_id = %lld AND seq = 1", north);
	fx_sql("INSERT INTO events SELECT %lld, seq, at, act, actor_kind, actor_id, actor_name, "
	    "subject_id, subject_name, org_path, workspace_id, client, peer, user_agent, request, "
	    "fields, key_id, hash, session_id FROM events WHERE tenant_id = %lld AND seq = 1",
	    north, (long long)fx.tenant[SOUTH]);
	is_broken(1, changed);
}

static void
an_added_row_is_found(void **state)
{
	(void)state;
	begin(true);
	fx_sql("INSERT INTO events SELECT tenant_id, seq + 1, at, act, actor_kind, actor_id, "
	    "actor_name, subject_id, subject_name, org_path, workspace_id, client, peer, "
	    "user_agent, request, fields, key_id, hash, session_id FROM events WHERE "
	    "tenant_id = %lld AND seq = %lld", north, (long long)length);
	fx_sql("UPDATE heads SET seq = seq + 1 WHERE tenant_id = %lld", north);
	is_broken(length + 1, changed);
}

static void
a_head_that_does_not_fit_is_found(void **state)
{
	(void)state;
	begin(true);
	fx_sql("UPDATE heads SET hash = randomblob(32) WHERE tenant_id = %lld", north);
	is_broken(length + 1, "the chain does not end with its head");
	fx_again();
	begin(true);
	fx_sql("DELETE FROM events WHERE tenant_id = %lld AND seq = %lld", north,
	    (long long)length);
	is_broken(length, "the chain does not end with its head");
}

/* Cuts off the last n rows, and makes the head fit. */
static void
cut_tail(int n)
{
	fx_sql("DELETE FROM events WHERE tenant_id = %lld AND seq > %lld", north,
	    (long long)length - n);
	fx_sql("UPDATE heads SET seq = %lld, hash = (SELECT hash FROM events WHERE "
	    "tenant_id = %lld AND seq = %lld) WHERE tenant_id = %lld", (long long)length - n,
	    north, (long long)length - n, north);
}

/* {L2} A tail cut off cleanly is found by the witness outside of the database. */
static void
a_cut_tail_is_found_by_its_witness(void **state)
{
	(void)state;
	begin(true);
	fx_system(SYSTEM);
	assert_int_equal(auditlog_witness(&fx.cx, witnesses_new(fx.keep)), OK);
	cut_tail(2);
	is_broken(length - 1, cut);
	/* and it stays found when the chain grows again behind the cut */
	fx.now += FX_MINUTE;
	events(3);
	is_broken(fx_int("SELECT max(seq) FROM events WHERE tenant_id = %lld", north) - 1,
	    "the row is not the one that was witnessed");
}

static void
a_chain_that_is_gone_is_found(void **state)
{
	int64_t *chains;
	size_t   n, found = 0;

	(void)state;
	begin(true);
	fx_sql("DELETE FROM events WHERE tenant_id = %lld", north);
	fx_sql("DELETE FROM heads WHERE tenant_id = %lld", north);
	is_broken(1, "the chain is gone");
	fx_system(SYSTEM);
	assert_int_equal(auditlog_chains(&fx.cx, witnesses(), &chains, &n), OK);
	for (size_t i = 0; i < n; i++)
		found += chains[i] == north;
	assert_int_equal(found, 1);
}

/* The last line of a chain in the heads file counts, what is no line is passed over. */
static void
the_heads_file_is_read_to_its_end(void **state)
{
	char  path[200];
	FILE *f;

	(void)state;
	begin(true);
	fx_system(SYSTEM);
	assert_int_equal(auditlog_witness(&fx.cx, witnesses_new(fx.keep)), OK);
	events(1);
	fx_system(SYSTEM);
	assert_int_equal(auditlog_witness(&fx.cx, witnesses_new(fx.keep)), OK);
	snprintf(path, sizeof(path), "%s/heads", fx_dir());
	f = fopen(path, "a");
	assert_non_null(f);
	fprintf(f, "garbage\n%lld 1 00ff\n%lld 99", north, north);
	fclose(f);
	is_whole();
	cut_tail(1);
	is_broken(length, cut);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(verify(NORTH).broken, 0);
}

/* Whether the tenant is among the chains that are verified. */
static bool
is_asked(long long tenant)
{
	int64_t *chains;
	size_t   n, found = 0;

	fx_system(SYSTEM);
	assert_int_equal(auditlog_chains(&fx.cx, witnesses(), &chains, &n), OK);
	for (size_t i = 0; i < n; i++) {
		found += chains[i] == tenant;
		assert_true(i == 0 || chains[i - 1] < chains[i]);
	}
	return found == 1;
}

/* The system's own chain is always asked for, also when nothing of it is left. */
static void
the_system_s_chain_that_is_gone_is_found(void **state)
{
	struct signin_done out;
	struct verdict     v;

	(void)state;
	begin(true);
	assert_true(is_asked(0));
	assert_int_equal(verify(SYSTEM).broken, 0);
	fx_nobody();
	assert_int_equal(signin_password(&fx.cx, &(struct signin_input){ STR("nobody@x.example"),
	    STR("x"), { NULL, 0 } }, &out), ERR_INVALID);
	fx_system(SYSTEM);
	assert_int_equal(auditlog_witness(&fx.cx, witnesses_new(fx.keep)), OK);
	assert_int_equal(verify(SYSTEM).broken, 0);
	fx_sql("DELETE FROM heads WHERE tenant_id = 0");
	assert_int_equal(verify(SYSTEM).broken, 1);
	fx_sql("DELETE FROM events WHERE tenant_id = 0");
	v = verify(SYSTEM);
	assert_int_equal(v.broken, 1);
	assert_string_equal(v.why, "the chain is gone");
	assert_true(is_asked(0));
}

/* An account of which the database knows nothing any more is known by its witness. */
static void
an_account_that_is_gone_is_found(void **state)
{
	(void)state;
	begin(true);
	fx_sql("INSERT INTO heads VALUES (4711, 3, zeroblob(32))");
	fx_system(SYSTEM);
	assert_int_equal(auditlog_witness(&fx.cx, witnesses_new(fx.keep)), OK);
	fx_sql("DELETE FROM heads WHERE tenant_id = 4711");
	assert_true(is_asked(4711));
	assert_false(is_asked(4712));
	fx.tenant[SYSTEM] = 4711;
	assert_string_equal(verify(SYSTEM).why, "the chain is gone");
	fx.tenant[SYSTEM] = 0;
}

static int64_t
lines(void)
{
	return witnesses_lines(witnesses());
}

/* Only a head that moved is written down again; a file that others changed is not trusted. */
static void
only_changed_heads_are_witnessed(void **state)
{
	struct witnesses *w = witnesses_new(fx.keep);
	const char       *path = arena_printf(fx.keep, "%s/heads", fx_dir());
	int64_t           before;

	(void)state;
	begin(false);
	fx_system(SYSTEM);
	unlink(path);
	assert_int_equal(auditlog_witness(&fx.cx, w), OK);
	before = lines();
	assert_true(before > 0);
	assert_int_equal(auditlog_witness(&fx.cx, w), OK);
	assert_int_equal(auditlog_witness(&fx.cx, witnesses_new(fx.keep)), OK);
	assert_int_equal(lines(), before);
	events(2);
	fx_system(SYSTEM);
	assert_int_equal(auditlog_witness(&fx.cx, w), OK);
	assert_int_equal(lines(), before + 1);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(auditlog_witness(&fx.cx, w), OK);
	assert_int_equal(lines(), before);
	is_whole();
}

enum { MANY = 200000, LONG_LINE = 100000 };

/* However many lines there are, each is read once, and the last one of a chain counts. */
static void
a_long_heads_file_is_read_once(void **state)
{
	const char *path = arena_printf(fx.keep, "%s/heads", fx_dir());
	char        hex[65];
	FILE       *f;

	(void)state;
	begin(true);
	memset(hex, '0', 64);
	hex[64] = '\0';
	f = fopen(path, "w");
	assert_non_null(f);
	for (int i = 0; i < MANY; i++)
		fprintf(f, "%d %d %s 1\n", i % 1000 ? 1000000 + i % 20000 : 0, i + 1, hex);
	for (int i = 0; i < LONG_LINE; i++)
		fputc('7', f);
	fputc('\n', f);
	fclose(f);
	fx_system(SYSTEM);
	assert_int_equal(auditlog_witness(&fx.cx, witnesses_new(fx.cx.arena)), OK);
	assert_true(lines() > MANY && lines() < MANY + 10);
	is_whole();
	assert_true(is_asked(1019999));
	cut_tail(1);
	assert_string_equal(verify(NORTH).why, cut);
	assert_int_equal(unlink(path), 0);
}

/* ---------------------------------------------------------------- checkpoints */

/* As pruning writes it: what goes is summed up, and the MAC is keyed. */
static void
add_checkpoint(int64_t upto)
{
	int64_t     numbers[3] = { north, upto, upto };
	uint8_t     hash[32], mac[32];
	const char *hex = fx_text("SELECT hex(hash) FROM events WHERE tenant_id = %lld AND "
	    "seq = %lld", north, (long long)upto);
	char        text[65];

	for (int i = 0; i < 32; i++)
		assert_int_equal(sscanf(hex + 2 * i, "%2hhx", &hash[i]), 1);
	assert_int_equal(keys_mac_parts(fx.cx.keys, keys_current(fx.cx.keys), PURPOSE_CHECKPOINT,
	    (const struct part[]){ { numbers, sizeof(numbers) }, { hash, 32 } }, 2, mac), OK);
	for (int i = 0; i < 32; i++)
		snprintf(text + 2 * i, 3, "%02x", mac[i]);
	fx_sql("INSERT INTO checkpoints VALUES (%lld, %lld, x'%s', %lld, 0, %lld, x'%s')", north,
	    (long long)upto, hex, (long long)upto, (long long)keys_current(fx.cx.keys), text);
	fx_sql("DELETE FROM events WHERE tenant_id = %lld AND seq <= %lld", north,
	    (long long)upto);
}

static void
a_pruned_chain_is_whole(void **state)
{
	struct verdict v;

	(void)state;
	begin(false);
	add_checkpoint(4);
	is_whole();
	v = verify(NORTH);
	assert_int_equal(v.from, 4);
	assert_int_equal(v.events, length - 4);
	events(2);
	is_whole();
}

static void
a_changed_checkpoint_is_found(void **state)
{
	static const char *const changes[] = { "hash = randomblob(32)", "n = n - 1",
		"mac = zeroblob(32)", "key_id = 77" };

	(void)state;
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		fx_again();
		begin(true);
		add_checkpoint(4);
		fx_sql("UPDATE checkpoints SET %s", changes[i]);
		is_broken(4, "the checkpoint was changed");
	}
	fx_again();
	begin(true);
	add_checkpoint(4);
	fx_sql("UPDATE checkpoints SET upto = 5");
	is_broken(5, "the checkpoint was changed");
	fx_sql("DELETE FROM checkpoints");
	is_broken(1, "the row is missing");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FX_TEST(chains_of_the_program_are_whole),
		FX_TEST(numbers_have_no_gaps),
		FX_TEST(the_log_is_append_only),
		FX_TEST(a_changed_column_is_found),
		FX_TEST(moved_text_is_found),
		FX_TEST(a_deleted_row_is_found),
		FX_TEST(swapped_rows_are_found),
		FX_TEST(another_account_s_rows_are_found),
		FX_TEST(an_added_row_is_found),
		FX_TEST(a_head_that_does_not_fit_is_found),
		FX_TEST(a_cut_tail_is_found_by_its_witness),
		FX_TEST(a_chain_that_is_gone_is_found),
		FX_TEST(the_heads_file_is_read_to_its_end),
		FX_TEST(the_system_s_chain_that_is_gone_is_found),
		FX_TEST(an_account_that_is_gone_is_found),
		FX_TEST(only_changed_heads_are_witnessed),
		FX_TEST(a_long_heads_file_is_read_once),
		FX_TEST(a_pruned_chain_is_whole),
		FX_TEST(a_changed_checkpoint_is_found),
	};

	return FX_RUN(tests);
}
