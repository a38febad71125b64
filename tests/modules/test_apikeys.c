/* apikeys/: keys are made once, hold no more than their owner, open one account and end at once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../fixture.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "apikeys/apikeys.h"
#include "app/housekeeper.h"
#include "base/arena.h"
#include "base/id.h"
#include "crypto/crypto.h"
#include "crypto/token.h"
#include "db/db.h"
#include "members/members.h"
#include "signin/own.h"
#include "why/why.h"

enum { MOST = 5 };          /* keys that a new account allows */

static struct apikey_input
asked(const char *name, const char *scope)
{
	return (struct apikey_input){ .name = str_of(name), .description = STR("For a test"),
		.client = STR("automation"), .expiry = STR("30"), .scope = str_of(scope) };
}

/* As the actor, by a form of its own. */
static enum err
make_of(const struct apikey_input *in, struct apikey_made *out)
{
	int64_t     id = id_new(fx.now);
	const char *sealed = apikeys_sealed(&fx.cx, id, STR(""));

	return apikeys_make(&fx.cx, id, str_of(sealed), in, out);
}

static struct apikey_made
make(enum fx_tenant t, enum fx_who who, const char *scope)
{
	struct apikey_input in = asked("Nightly report", scope);
	struct apikey_made  made;

	if (strcmp(scope, "some") == 0)
		in.perms = perm_set_read("user:view audit:view");
	fx_as(t, who);
	assert_int_equal(make_of(&in, &made), OK);
	assert_non_null(made.secret);
	return made;
}

/* As the pipeline does it. */
static enum err
use(enum fx_tenant t, const char *secret)
{
	struct standing st;
	enum err        e;

	fx_nobody();
	e = apikeys_identify(&fx.cx, str_of(arena_printf(fx.cx.arena, "Bearer %s", secret)));
	if (e != OK)
		return e;
	return apikeys_enter(&fx.cx, str_of(fx.slug[t]), &st);
}

static bool
has(enum perm p)
{
	return access_has(&fx.cx, p, IN_ORG("/"));
}

/* ---------------------------------------------------------------- their form */

/* {K5} A scanner knows a key by itself; what is mistyped is refused without a statement. */
static void
a_key_is_known_by_its_form(void **state)
{
	struct apikey_made made = make(NORTH, USER, "all");
	char               key[API_KEY_CHARS + 1], other[API_KEY_CHARS + 1];
	struct db_counters was;
	uint8_t            hash[32];

	(void)state;
	assert_int_equal(strlen(made.secret), 40);
	assert_int_equal(strspn(made.secret + 4, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz"), 36);
	assert_int_equal(api_key_hash(STR("tnt_0000000000000000000000000000002C8GYo"), hash),
	    ERR_INVALID);
	api_key_new(other);
	assert_string_not_equal(made.secret, other);
	fx_nobody();
	was = db_counters(fx.cx.db);
	for (size_t i = 0; i < API_KEY_CHARS; i++) {
		memcpy(key, made.secret, sizeof(key));
		key[i] = key[i] == 'x' ? 'y' : 'x';
		assert_int_equal(use(NORTH, key), ERR_INVALID);
	}
	assert_int_equal(use(NORTH, ""), ERR_INVALID);
	assert_int_equal(use(NORTH, arena_printf(fx.cx.arena, "%sx", made.secret)), ERR_INVALID);
	fx_nobody();
	assert_int_equal(apikeys_identify(&fx.cx, str_of(made.secret)), ERR_INVALID);
	assert_int_equal(apikeys_identify(&fx.cx, str_of(arena_printf(fx.cx.arena, "Basic %s",
	    made.secret))), ERR_INVALID);
	assert_int_equal(db_counters(fx.cx.db).statements, was.statements);
	assert_int_equal(use(NORTH, other), ERR_DENIED);
	assert_true(db_counters(fx.cx.db).statements > was.statements);
	assert_int_equal(use(NORTH, made.secret), OK);
}

static void
swap_case(char *c)
{
	if (isalpha((unsigned char)*c))
		*c = (char)(*c ^ 0x20);
}

/* {K5} Nothing but the key itself is the key: not in another case, nor with something beside it.
 * Blanks around a header's value are not part of it (RFC 9110 section 5.5). */
static void
nothing_like_a_key_is_one(void **state)
{
	struct apikey_made made = make(NORTH, USER, "all");
	const char        *k = made.secret, *text[] = {
		arena_printf(fx.keep, "Bearer %s,", k), arena_printf(fx.keep, "Bearer %s %s", k, k),
		arena_printf(fx.keep, "Bearer %s, Bearer %s", k, k), "Bearer", "Bearer ",
		"Bearer  ",
		arena_printf(fx.keep, "Bearer\t%s", k), arena_printf(fx.keep, "Bearer%s", k),
		arena_printf(fx.keep, "Bearer \"%s\"", k), arena_printf(fx.keep, "Bearer =%s", k),
		arena_printf(fx.keep, "Token %s", k), arena_printf(fx.keep, "Bearer %.39s", k),
		arena_printf(fx.keep, "Bearer %.20s %s", k, k + 20),
		arena_printf(fx.keep, "Bearer %.20s\n%s", k, k + 21) };
	char               key[API_KEY_CHARS + 1];
	struct db_counters was;
	int                letters = 0;

	(void)state;
	fx_nobody();
	was = db_counters(fx.cx.db);
	for (size_t i = 0; i < sizeof(text) / sizeof(text[0]); i++)
		assert_int_equal(apikeys_identify(&fx.cx, str_of(text[i])), ERR_INVALID);
	/* A byte of zero ends nothing. */
	assert_int_equal(apikeys_identify(&fx.cx, (struct str){ arena_printf(fx.keep,
	    "Bearer %s%c", k, 'x'), 7 + API_KEY_CHARS + 1 }), ERR_INVALID);
	for (size_t i = 0; i < API_KEY_CHARS; i++) {
		memcpy(key, k, sizeof(key));
		swap_case(&key[i]);
		letters += key[i] != k[i];
		if (key[i] != k[i])
			assert_int_equal(use(NORTH, key), ERR_INVALID);
	}
	assert_true(letters > 10);
	assert_int_equal(db_counters(fx.cx.db).statements, was.statements);
	assert_int_equal(use(NORTH, arena_printf(fx.keep, "%s  ", k)), OK);
	fx_nobody();
	assert_int_equal(apikeys_identify(&fx.cx, str_of(arena_printf(fx.keep, "bEARER %s", k))),
	    OK);
}

/* {K4 K5} Whatever is wrong with a well-formed key, it is the same work: the time tells nothing. */
static void
what_is_no_key_costs_the_same(void **state)
{
	struct apikey_made ended = make(NORTH, USER, "all"), expired = make(NORTH, USER, "all"),
	    replaced = make(NORTH, USER, "all"), out = make(NORTH, STAFF, "all");
	char               unknown[API_KEY_CHARS + 1];
	const char        *keys[] = { unknown, ended.secret, expired.secret, replaced.secret,
		out.secret };
	struct fx_work     first = { 0 };

	(void)state;
	api_key_new(unknown);
	fx_as(NORTH, USER);
	assert_int_equal(apikeys_delete(&fx.cx, ended.key.id), OK);
	fx_sql("UPDATE api_keys SET expires_at = %lld WHERE id = %lld", (long long)FX_NOW,
	    (long long)expired.key.id);
	fx_sql("UPDATE api_keys SET ends_at = %lld WHERE id = %lld", (long long)FX_NOW,
	    (long long)replaced.key.id);
	fx_sql("UPDATE members SET status = 'deactivated' WHERE id = %lld",
	    (long long)out.key.member);
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		fx_nobody();
		fx_mark();
		assert_int_equal(use(NORTH, keys[i]), ERR_DENIED);
		assert_null(fx.cx.key);
		if (i == 0)
			first = fx_work();
		fx_equal_work(fx_work(), first, keys[i]);
	}
	assert_int_equal(first.hashes, 0);
	assert_true(first.statements > 0);
}

/* {K5} The database has a hash and the first characters, and no event has more. */
static void
no_secret_is_kept(void **state)
{
	struct apikey_made made = make(NORTH, USER, "all");
	uint8_t            hash[32];

	(void)state;
	assert_int_equal(api_key_hash(str_of(made.secret), hash), OK);
	assert_int_equal(fx_int("SELECT count(*) FROM api_keys WHERE prefix = '%.12s'",
	    made.secret), 1);
	assert_int_equal(fx_int("SELECT count(*) FROM api_keys WHERE instr(hash, '%s') OR "
	    "instr(prefix, '%s') OR instr(name, '%s')", made.secret, made.secret + 13,
	    made.secret + 13), 0);
	assert_int_equal(fx_int("SELECT count(*) FROM events WHERE instr(fields, '%s')",
	    made.secret + 13), 0);
	assert_null(strstr(fx_fields(NORTH), made.secret + 13));
}

/* ---------------------------------------------------------------- making */

/* {K2} One event, with all that it may. */
static void
a_key_is_made_with_its_event(void **state)
{
	struct apikey_input in = asked("  Nightly report ", "read");
	struct apikey_made  made;
	struct apikey       k;

	(void)state;
	fx_as(NORTH, USER);
	fx_mark();
	assert_int_equal(make_of(&in, &made), OK);
	fx_one_event(NORTH, "Una User made the API key Nightly report", arena_printf(fx.cx.arena,
	    "prefix: -> %.12s; permissions: -> read; client: -> automation; "
	    "expires: -> 2026-12-21T10:00:00Z", made.secret));
	assert_int_equal(apikeys_get(&fx.cx, made.key.id, &k), OK);
	assert_string_equal(k.name, "Nightly report");
	assert_string_equal(k.description, "For a test");
	assert_int_equal(k.expires_at, FX_NOW + 30 * FX_DAY);
	assert_true(k.live && !k.expired);
}

/* {K2} A form sent twice makes one key, and shows it both times for a minute. */
static void
a_form_sent_twice_makes_one(void **state)
{
	struct apikey_input in = asked("Twice", "all"), changed = asked("Other", "all");
	struct apikey_made  first, second;
	int64_t             id = id_new(FX_NOW);
	const char         *sealed;

	(void)state;
	fx_as(NORTH, USER);
	sealed = apikeys_sealed(&fx.cx, id, STR(""));
	assert_string_equal(apikeys_sealed(&fx.cx, id, str_of(sealed)), sealed);
	assert_int_equal(apikeys_make(&fx.cx, id, str_of(sealed), &in, &first), OK);
	fx_mark();
	assert_int_equal(apikeys_make(&fx.cx, id, str_of(sealed), &changed, &second), OK);
	assert_true(fx_same());
	assert_string_equal(first.secret, second.secret);
	assert_string_equal(second.key.name, "Twice");
	fx.cx.now += 61 * 1000;
	assert_int_equal(apikeys_make(&fx.cx, id, str_of(sealed), &in, &second), OK);
	assert_null(second.secret);
	fx.cx.now -= 61 * 1000;
	/* Another's session, or another number. */
	assert_int_equal(apikeys_make(&fx.cx, id + 1, str_of(sealed), &in, &second), ERR_INVALID);
	fx_as(NORTH, STAFF);
	assert_int_equal(apikeys_make(&fx.cx, id, str_of(sealed), &in, &second), ERR_INVALID);
	fx_as(NORTH, USER);
	assert_int_equal(apikeys_delete(&fx.cx, id), OK);
	assert_int_equal(apikeys_make(&fx.cx, id, str_of(sealed), &in, &second), ERR_CONFLICT);
	assert_int_equal(use(NORTH, first.secret), ERR_DENIED);
}

/* {K2} What is wrong is said at its field, and nothing is made. */
static void
what_is_wrong_is_said(void **state)
{
	struct apikey_input in = { .name = STR(" "), .description = STR("a\x01"),
		.client = STR("fridge"), .expiry = STR("31"), .scope = STR("more") };
	struct apikey_made  made;

	(void)state;
	fx_as(NORTH, USER);
	fx_mark();
	assert_int_equal(make_of(&in, &made), ERR_INVALID);
	assert_string_equal(fx_issue("name"), "Give a name of at most 64 characters.");
	assert_string_equal(fx_issue("description"), "Give at most 255 characters of text.");
	assert_string_equal(fx_issue("client"), "Choose one of the list.");
	assert_string_equal(fx_issue("expiry"), "Choose one of the list.");
	assert_string_equal(fx_issue("scope"), "Choose what the key may do.");
	in = asked("Nothing", "some");
	assert_int_equal(make_of(&in, &made), ERR_INVALID);
	assert_string_equal(fx_issue("permission"), "Choose at least one permission of the list.");
	assert_true(fx_same());
}

/* {C3d K2} The security settings say how many, and for how long; keys that there are go on. */
static void
the_account_says_how_many_and_how_long(void **state)
{
	static const char *const lives[] = { "30", "60", "90", "365", "none" };
	struct apikey_input      in = asked("One more", "all");
	struct apikey_again      again = { .expiry = STR("90"), .overlap = STR("0") };
	struct apikey_made       made, first;
	int64_t                  id;

	(void)state;
	first = make(NORTH, USER, "all");
	make(NORTH, USER, "all");
	fx_sql("UPDATE tenants SET keys_most = 2, key_days = 60 WHERE id = %lld",
	    (long long)fx.tenant[NORTH]);
	fx_as(NORTH, USER);
	fx_mark();
	assert_int_equal(make_of(&in, &made), ERR_CONFLICT);
	assert_non_null(strstr(fx_issue(""), "no more than 2"));
	for (size_t i = 0; i < sizeof(lives) / sizeof(lives[0]); i++) {
		in.expiry = str_of(lives[i]);
		assert_int_equal(make_of(&in, &made), i < 2 ? ERR_CONFLICT : ERR_INVALID);
		if (i >= 2)
			assert_string_equal(fx_issue("expiry"),
			    "In this account a key is good for at most 60 days.");
	}
	id = id_new(fx.now);
	fx.cx.issues = NULL;
	assert_int_equal(apikeys_regenerate(&fx.cx, first.key.id, id,
	    str_of(apikeys_sealed(&fx.cx, id, STR(""))), &again, &made), ERR_INVALID);
	assert_true(fx_same());
	again.expiry = STR("60");
	fx.cx.issues = NULL;
	assert_int_equal(apikeys_regenerate(&fx.cx, first.key.id, id,
	    str_of(apikeys_sealed(&fx.cx, id, STR(""))), &again, &made), OK);
	fx_sql("UPDATE tenants SET keys_most = 3 WHERE id = %lld", (long long)fx.tenant[NORTH]);
	fx_as(NORTH, USER);
	in.expiry = STR("30");
	assert_int_equal(make_of(&in, &made), OK);
}

/* {K2} Five that are good; expired ones do not count. */
static void
five_keys_and_no_more(void **state)
{
	struct apikey_input in = asked("One more", "all");
	struct apikey_made  made;

	(void)state;
	for (int i = 0; i < MOST; i++)
		make(NORTH, USER, "all");
	fx_mark();
	assert_int_equal(make_of(&in, &made), ERR_CONFLICT);
	assert_non_null(strstr(fx_issue(""), "You have 5 keys"));
	assert_true(fx_same());
	make(NORTH, STAFF, "all");
	make(SOUTH, USER, "all");
	fx.now = FX_NOW + 31 * FX_DAY;
	fx_as(NORTH, ADMIN);
	fx.now = FX_NOW;
	fx_sql("UPDATE api_keys SET expires_at = %lld WHERE member_id = %lld", (long long)FX_NOW,
	    (long long)fx.m[NORTH][USER].id);
	make(NORTH, USER, "all");
}

/* ---------------------------------------------------------------- what one holds */

/* {K4} All of the owner's, what of it reads, or a part; nothing that the owner lacks. */
static void
a_key_holds_at_most_its_owners(void **state)
{
	struct apikey_made all = make(NORTH, ADMIN, "all"), read = make(NORTH, ADMIN, "read"),
	    some = make(NORTH, ADMIN, "some"), little = make(NORTH, STAFF, "all");

	(void)state;
	assert_int_equal(use(NORTH, all.secret), OK);
	assert_true(has(PERM_USER_VIEW) && has(PERM_USER_REMOVE) && has(PERM_ROLE_EDIT));
	assert_int_equal(use(NORTH, read.secret), OK);
	assert_true(has(PERM_USER_VIEW) && has(PERM_AUDIT_VIEW) && has(PERM_WORKSPACE_ALL));
	assert_false(has(PERM_USER_EDIT) || has(PERM_AUDIT_EXPORT) || has(PERM_PORTAL_USE));
	assert_int_equal(use(NORTH, some.secret), OK);
	assert_true(has(PERM_USER_VIEW) && has(PERM_AUDIT_VIEW));
	assert_false(has(PERM_ROLE_VIEW) || has(PERM_USER_EDIT));
	assert_int_equal(use(NORTH, little.secret), OK);
	assert_true(has(PERM_USER_INVITE));
	assert_false(has(PERM_USER_ROLE) || has(PERM_AUDIT_VIEW));
}

/* {K4 R7} Nobody makes one of what they do not hold. */
static void
nobody_gives_a_key_more_than_they_hold(void **state)
{
	struct apikey_input in = asked("More", "some");
	struct apikey_made  made;

	(void)state;
	in.perms = perm_set_read("user:view role:edit");
	fx_as(NORTH, STAFF);
	fx_mark();
	assert_int_equal(make_of(&in, &made), ERR_DENIED);
	assert_string_equal(fx_issue("permission"), "A key may hold no more than you. You do not "
	    "hold: role:view role:edit");
	assert_true(fx_same());
}

/* {K4 R5} The owner's role counts as it is now, also of a key that has more written in it; and
 * inside an act that began before. */
static void
a_role_that_changes_counts_at_the_next_use(void **state)
{
	struct apikey_made made = make(NORTH, AUDITOR, "some"), all = make(NORTH, HELPDESK, "all");

	(void)state;
	assert_int_equal(use(NORTH, all.secret), OK);
	assert_true(has(PERM_USER_INVITE));
	fx_sql("UPDATE members SET role_id = (SELECT role_id FROM members WHERE id = %lld) WHERE "
	    "id IN (%lld, %lld)", (long long)fx.m[NORTH][GUEST].id,
	    (long long)fx.m[NORTH][AUDITOR].id, (long long)fx.m[NORTH][HELPDESK].id);
	assert_int_equal(access_again(&fx.cx), OK);
	assert_false(has(PERM_USER_INVITE) || has(PERM_USER_VIEW));
	assert_int_equal(use(NORTH, all.secret), OK);
	assert_false(has(PERM_USER_INVITE) || has(PERM_USER_VIEW));
	assert_int_equal(use(NORTH, made.secret), OK);
	assert_false(has(PERM_USER_VIEW) || has(PERM_AUDIT_VIEW));
}

/* {K4 G4} What a group adds, until the millisecond at which the membership ends. */
static void
a_group_counts_for_a_key_while_it_lasts(void **state)
{
	struct apikey_made made = make(NORTH, USER, "all"), read = make(NORTH, USER, "read");
	long long          t = (long long)fx.tenant[NORTH], now = (long long)FX_NOW;

	(void)state;
	fx_sql("INSERT INTO groups (tenant_id, id, name, name_key, description, role_id, members, "
	    "status, created_by, created_at, version) SELECT %lld, 7, 'Ops', 'ops', '', role_id, "
	    "0, 'active', %lld, %lld, 1 FROM members WHERE id = %lld", t,
	    (long long)fx.m[NORTH][ADMIN].id, now, (long long)fx.m[NORTH][STAFF].id);
	fx_sql("INSERT INTO group_members (tenant_id, group_id, holder_id, member_id, name_key, "
	    "until_at, added_by, added_at) VALUES (%lld, 7, %lld, %lld, 'una', %lld, 0, %lld)", t,
	    (long long)fx.m[NORTH][USER].id, (long long)fx.m[NORTH][USER].id, now + 5000, now);
	fx.now = FX_NOW + 4999;
	assert_int_equal(use(NORTH, made.secret), OK);
	assert_true(has(PERM_USER_INVITE));
	assert_int_equal(use(NORTH, read.secret), OK);
	assert_true(has(PERM_USER_VIEW));
	assert_false(has(PERM_USER_INVITE));
	fx.now = FX_NOW + 5000;
	assert_int_equal(use(NORTH, made.secret), OK);
	assert_false(has(PERM_USER_INVITE) || has(PERM_USER_VIEW));
}

/* {K4} An act that began sees the limits of the key, too, and that it has ended. */
static void
an_act_is_held_against_the_key_again(void **state)
{
	struct apikey_made read = make(NORTH, ADMIN, "read");

	(void)state;
	assert_int_equal(use(NORTH, read.secret), OK);
	assert_int_equal(access_again(&fx.cx), OK);
	assert_true(has(PERM_USER_VIEW));
	assert_false(has(PERM_USER_EDIT));
	fx_sql("UPDATE api_keys SET status = 'ended', ends_at = 1");
	assert_int_equal(access_again(&fx.cx), ERR_BUSY);
}

/* {K4 R8} A refusal of a key tells which it was, and what was left of its owner's rights. */
static void
a_refusal_names_the_key(void **state)
{
	struct apikey_made read = make(NORTH, ADMIN, "some");
	struct decision    d;
	int64_t            id;

	(void)state;
	assert_int_equal(use(NORTH, read.secret), OK);
	assert_int_equal(access_need(&fx.cx, PERM_ROLE_EDIT, IN_TENANT), ERR_DENIED);
	assert_int_equal(access_refused(&fx.cx, PERM_ROLE_EDIT, "/api/v1/x"), OK);
	id = fx.cx.decision;
	fx_as(NORTH, ADMIN);
	assert_int_equal(why_decision(&fx.cx, id, &d), OK);
	assert_string_equal(d.api_key, "Nightly report");
	assert_string_equal(d.held, "user:view audit:view");
	assert_string_equal(fx_text("SELECT client FROM events WHERE act = 15"), "Automation");
}

/* {K4 R4a} As far as the owner's organization, and no further. */
static void
a_key_reaches_as_far_as_its_owner(void **state)
{
	struct apikey_made west = make(NORTH, WEST_ADMIN, "all");
	struct member      m;

	(void)state;
	assert_int_equal(use(NORTH, west.secret), OK);
	assert_int_equal(members_get(&fx.cx, fx.m[NORTH][WEST_USER].id, &m), OK);
	assert_int_equal(members_get(&fx.cx, fx.m[NORTH][EAST_USER].id, &m), ERR_NOTFOUND);
	assert_int_equal(access_need(&fx.cx, PERM_ROLE_VIEW, IN_TENANT), ERR_DENIED);
}

/* ---------------------------------------------------------------- where and how long */

/* {X1} A key opens the account it was made in, also of somebody who is in both. */
static void
a_key_opens_one_account(void **state)
{
	struct apikey_made both = make(NORTH, BOTH, "all"), south = make(SOUTH, ADMIN, "all");
	struct apikey      k;

	(void)state;
	assert_int_equal(use(NORTH, both.secret), OK);
	assert_int_equal(use(SOUTH, both.secret), ERR_NOTFOUND);
	assert_int_equal(use(NORTH, south.secret), ERR_NOTFOUND);
	assert_int_equal(fx.cx.tenant == fx.tenant[NORTH] && fx.cx.actor.member, 0);
	fx_as(NORTH, ADMIN);
	fx_mark();
	assert_int_equal(apikeys_get(&fx.cx, south.key.id, &k), ERR_NOTFOUND);
	assert_int_equal(apikeys_get(&fx.cx, both.key.id, &k), ERR_NOTFOUND);
	assert_int_equal(apikeys_delete(&fx.cx, south.key.id), ERR_NOTFOUND);
	assert_int_equal(apikeys_end(&fx.cx, fx.m[NORTH][ADMIN].id, south.key.id), ERR_NOTFOUND);
	assert_int_equal(apikeys_end(&fx.cx, fx.m[NORTH][USER].id, both.key.id), ERR_NOTFOUND);
	assert_true(fx_same());
	assert_true(fx_sql_fails("UPDATE api_keys SET tenant_id = %lld WHERE id = %lld",
	    (long long)fx.tenant[SOUTH], (long long)both.key.id));
}

/* {K4} Deactivated and removed owners, at once; a suspended account says so. */
static void
a_key_dies_with_its_owner(void **state)
{
	struct apikey_made a = make(NORTH, USER, "all"), b = make(NORTH, STAFF, "all"),
	    c = make(NORTH, BUILDER, "all");

	(void)state;
	fx_as(NORTH, ADMIN);
	assert_int_equal(members_deactivate(&fx.cx, fx.m[NORTH][USER].id, STR("")), OK);
	assert_int_equal(use(NORTH, a.secret), ERR_DENIED);
	fx_as(NORTH, ADMIN);
	assert_int_equal(members_reactivate(&fx.cx, fx.m[NORTH][USER].id), OK);
	assert_int_equal(use(NORTH, a.secret), OK);
	fx_as(NORTH, ADMIN);
	assert_int_equal(members_remove(&fx.cx, fx.m[NORTH][STAFF].id, STR("")), OK);
	assert_int_equal(use(NORTH, b.secret), ERR_DENIED);
	assert_int_equal(fx_int("SELECT count(*) FROM api_keys WHERE id = %lld",
	    (long long)b.key.id), 0);
	fx_sql("UPDATE tenants SET status = 'suspended' WHERE id = %lld",
	    (long long)fx.tenant[NORTH]);
	assert_int_equal(use(NORTH, c.secret), ERR_DENIED);
	assert_non_null(fx.cx.key);
	assert_int_equal(fx.cx.tenant, 0);
}

/* {K4} Whoever had the account may have made a key: it goes with the password. */
static void
keys_go_with_a_void_password(void **state)
{
	struct apikey_made north = make(NORTH, BOTH, "all"), south = make(SOUTH, BOTH, "all"),
	    other = make(NORTH, USER, "all");
	int64_t            person = fx.m[NORTH][BOTH].person;

	(void)state;
	fx_system(SYSTEM);
	assert_int_equal(db_begin(fx.cx.db), OK);
	assert_int_equal(db_finish(fx.cx.db, signin_void_since(&fx.cx, person, "Bo Both", FX_NOW)),
	    OK);
	assert_int_equal(use(NORTH, north.secret), ERR_DENIED);
	assert_int_equal(use(SOUTH, south.secret), ERR_DENIED);
	assert_int_equal(use(NORTH, other.secret), OK);
}

/* {I5 K4} Whoever proves the mailbox gets an identity without keys that others made, anywhere. */
static void
keys_go_when_the_mailbox_is_proved(void **state)
{
	struct apikey_made north = make(NORTH, BOTH, "all"), south = make(SOUTH, BOTH, "all"),
	    other = make(NORTH, USER, "all");

	(void)state;
	fx_system(SYSTEM);
	assert_int_equal(db_begin(fx.cx.db), OK);
	assert_int_equal(db_finish(fx.cx.db, apikeys_end_person(&fx.cx,
	    fx.m[NORTH][BOTH].person)), OK);
	assert_int_equal(use(NORTH, north.secret), ERR_DENIED);
	assert_int_equal(use(SOUTH, south.secret), ERR_DENIED);
	assert_int_equal(use(NORTH, other.secret), OK);
}

/* {K3} What ended is forgotten after 30 days, what has expired is not. */
static void
ended_keys_are_forgotten(void **state)
{
	struct apikey_made deleted = make(NORTH, USER, "all"), replaced = make(NORTH, USER, "all"),
	    expired = make(NORTH, USER, "all");

	(void)state;
	assert_int_equal(apikeys_delete(&fx.cx, deleted.key.id), OK);
	fx_sql("UPDATE api_keys SET ends_at = %lld WHERE id = %lld", (long long)FX_NOW + 1,
	    (long long)replaced.key.id);
	fx.now = FX_NOW + 30 * FX_DAY + 1;
	fx_system(SYSTEM);
	assert_int_equal(housekeeper_sweep(&fx.cx), OK);
	assert_int_equal(fx_int("SELECT count(*) FROM api_keys WHERE id = %lld",
	    (long long)deleted.key.id), 0);
	assert_int_equal(fx_int("SELECT count(*) FROM api_keys"), 2);
	fx.now = FX_NOW + 400 * FX_DAY;
	fx_system(SYSTEM);
	assert_int_equal(housekeeper_sweep(&fx.cx), OK);
	assert_int_equal(fx_int("SELECT id FROM api_keys"), expired.key.id);
}

/* {K6} Over by the clock, and listed all the same. */
static void
an_expired_key_stays_listed(void **state)
{
	struct apikey_made made = make(NORTH, USER, "all");
	struct list_want   w = { .sort = KEYS_CREATED };
	struct apikey_list l;

	(void)state;
	fx.now = FX_NOW + 30 * FX_DAY - 1;
	assert_int_equal(use(NORTH, made.secret), OK);
	fx.now = FX_NOW + 30 * FX_DAY;
	assert_int_equal(use(NORTH, made.secret), ERR_DENIED);
	fx.now = FX_NOW;
	fx_as(NORTH, USER);
	fx.cx.now = FX_NOW + 30 * FX_DAY;
	assert_int_equal(apikeys_list(&fx.cx, &w, &l), OK);
	assert_int_equal(l.n, 1);
	assert_true(l.items[0].expired);
	assert_int_equal(l.counted, 0);
}

static struct apikey_made
again(int64_t old, const char *overlap)
{
	struct apikey_again in = { STR("60"), str_of(overlap) };
	struct apikey_made  made;
	int64_t             id = id_new(fx.now);

	assert_int_equal(apikeys_regenerate(&fx.cx, old, id, str_of(apikeys_sealed(&fx.cx, id,
	    STR(""))), &in, &made), OK);
	return made;
}

/* {K3} The old one goes on for as long as was chosen, and one that it had replaced ends. */
static void
a_key_goes_on_beside_its_successor(void **state)
{
	struct apikey_made first = make(NORTH, ADMIN, "read"), second, third;

	(void)state;
	fx_mark();
	second = again(first.key.id, "24");
	fx_one_event(NORTH, "Ada Admin put a new API key in the place of Nightly report",
	    arena_printf(fx.cx.arena, "prefix: %.12s -> %.12s; permissions: -> read; client: -> "
	    "automation; expires: -> 2027-01-20T10:00:00Z; overlap: -> 24 h", first.secret,
	    second.secret));
	assert_int_equal(second.key.scope, KEY_READ);
	fx.now = FX_NOW + 24 * FX_HOUR - 1;
	assert_int_equal(use(NORTH, first.secret), OK);
	assert_int_equal(use(NORTH, second.secret), OK);
	fx.now = FX_NOW + 24 * FX_HOUR;
	assert_int_equal(use(NORTH, first.secret), ERR_DENIED);
	assert_int_equal(use(NORTH, second.secret), OK);
	fx.now = FX_NOW + FX_MINUTE;
	fx_as(NORTH, ADMIN);
	third = again(second.key.id, "72");
	assert_int_equal(use(NORTH, first.secret), ERR_DENIED);
	assert_int_equal(use(NORTH, second.secret), OK);
	fx_as(NORTH, ADMIN);
	again(third.key.id, "0");
	assert_int_equal(use(NORTH, third.secret), ERR_DENIED);
	assert_int_equal(use(NORTH, second.secret), ERR_DENIED);
}

/* {K3} Five keys that all are replaced are still five. */
static void
replacing_makes_no_more_keys(void **state)
{
	struct apikey_made  made[MOST], made_again;
	struct apikey_again in = { STR("60"), STR("72") };
	int64_t             id = id_new(FX_NOW);

	(void)state;
	for (int i = 0; i < MOST; i++)
		made[i] = make(NORTH, USER, "all");
	for (int i = 0; i < MOST; i++)
		again(made[i].key.id, "72");
	fx_mark();
	assert_int_equal(apikeys_regenerate(&fx.cx, made[0].key.id, id,
	    str_of(apikeys_sealed(&fx.cx, id, STR(""))), &in, &made_again), ERR_CONFLICT);
	assert_true(fx_same());
	fx_sql("UPDATE api_keys SET ends_at = 0 WHERE id = %lld", (long long)made[0].key.id);
	fx_mark();
	assert_int_equal(apikeys_regenerate(&fx.cx, made[0].key.id, id,
	    str_of(apikeys_sealed(&fx.cx, id, STR(""))), &in, &made_again), ERR_CONFLICT);
	assert_true(fx_same());
}

/* ---------------------------------------------------------------- editing, ending */

/* {K3 E15} */
static void
a_key_is_edited(void **state)
{
	struct apikey_made  made = make(NORTH, USER, "all");
	struct apikey_input in = { .name = STR("Weekly"), .description = STR(""), .version = 1 };

	(void)state;
	fx_mark();
	assert_int_equal(apikeys_edit(&fx.cx, made.key.id, &in), OK);
	fx_one_event(NORTH, "Una User edited the API key Weekly",
	    "name: Nightly report -> Weekly; description: For a test -> ");
	assert_int_equal(apikeys_edit(&fx.cx, made.key.id, &in), ERR_CONFLICT);
	in.version = 2;
	fx_mark();
	assert_int_equal(apikeys_edit(&fx.cx, made.key.id, &in), OK);
	assert_true(fx_same());
	in.name = STR("");
	assert_int_equal(apikeys_edit(&fx.cx, made.key.id, &in), ERR_INVALID);
	fx_as(NORTH, ADMIN);
	assert_int_equal(apikeys_edit(&fx.cx, made.key.id, &in), ERR_INVALID);
	in.name = STR("Mine");
	assert_int_equal(apikeys_edit(&fx.cx, made.key.id, &in), ERR_NOTFOUND);
	assert_true(fx_same());
}

/* {K3} */
static void
a_key_that_is_deleted_stops_at_once(void **state)
{
	struct apikey_made made = make(NORTH, USER, "all");

	(void)state;
	fx_mark();
	assert_int_equal(apikeys_delete(&fx.cx, made.key.id), OK);
	fx_one_event(NORTH, "Una User deleted the API key Nightly report", arena_printf(fx.cx.arena,
	    "prefix: %.12s -> ", made.secret));
	assert_int_equal(use(NORTH, made.secret), ERR_DENIED);
	fx_as(NORTH, USER);
	assert_int_equal(apikeys_delete(&fx.cx, made.key.id), ERR_NOTFOUND);
}

/* {V6} An administrator sees and ends a member's; the owner hears of it. */
static void
an_administrator_ends_a_key(void **state)
{
	struct apikey_made made = make(NORTH, USER, "all");
	struct member      m;
	struct apikey_list l;

	(void)state;
	fx_as(NORTH, ADMIN);
	assert_int_equal(members_get(&fx.cx, fx.m[NORTH][USER].id, &m), OK);
	assert_int_equal(apikeys_of(&fx.cx, &m, &l), OK);
	assert_int_equal(l.n, 1);
	fx_mark();
	assert_int_equal(apikeys_end(&fx.cx, m.id, made.key.id), OK);
	fx_one_event(NORTH, "Ada Admin ended the API key Nightly report of Una User",
	    arena_printf(fx.cx.arena, "owner: -> Una User; prefix: %.12s -> ", made.secret));
	assert_int_equal(fx_new_mails(), 1);
	assert_string_equal(fx_mail_kind(), "key_ended");
	assert_non_null(strstr(fx_mail_text(), "Ada Admin ended your API key Nightly report"));
	assert_null(strstr(fx_mail_text(), made.secret));
	assert_int_equal(use(NORTH, made.secret), ERR_DENIED);
	made = make(NORTH, USER, "all");
	fx_as(NORTH, STAFF);
	fx_mark();
	assert_int_equal(apikeys_of(&fx.cx, &m, &l), ERR_DENIED);
	assert_int_equal(apikeys_end(&fx.cx, m.id, made.key.id), ERR_DENIED);
	fx_as(NORTH, WEST_ADMIN);
	assert_int_equal(apikeys_end(&fx.cx, m.id, made.key.id), ERR_NOTFOUND);
	assert_true(fx_same());
}

/* ---------------------------------------------------------------- used, expiring */

/* {K1} At most once a minute, and whoever works by a key is not dormant. */
static void
use_is_noted_once_a_minute(void **state)
{
	struct apikey_made made = make(NORTH, USER, "all");
	long long          owner = (long long)fx.m[NORTH][USER].id;

	(void)state;
	fx_sql("UPDATE members SET active_at = 1000 WHERE id = %lld", owner);
	assert_int_equal(use(NORTH, made.secret), OK);
	assert_true(apikeys_used_due(&fx.cx));
	assert_int_equal(apikeys_used(&fx.cx), OK);
	assert_string_equal(fx_text("SELECT last_used_at || ' ' || last_used_from FROM api_keys"),
	    arena_printf(fx.cx.arena, "%lld 192.0.2.7", (long long)FX_NOW));
	assert_int_equal(fx_int("SELECT active_at FROM members WHERE id = %lld", owner), FX_NOW);
	fx.now = FX_NOW + FX_MINUTE;
	assert_int_equal(use(NORTH, made.secret), OK);
	assert_false(apikeys_used_due(&fx.cx));
	fx.now = FX_NOW + FX_MINUTE + 1;
	assert_int_equal(use(NORTH, made.secret), OK);
	assert_true(apikeys_used_due(&fx.cx));
}

static int64_t
warned_after(int64_t days_left)
{
	fx_system(SYSTEM);
	fx.cx.now = FX_NOW + (30 - days_left) * FX_DAY;
	fx_mark();
	assert_int_equal(housekeeper_sweep(&fx.cx), OK);
	return fx_new_mails();
}

/* {K6} A week and a day before, each once; not of one that was replaced or whose owner is out. */
static void
an_email_comes_before_a_key_expires(void **state)
{
	struct apikey_made gone = make(NORTH, STAFF, "all"), out = make(NORTH, BUILDER, "all");

	(void)state;
	make(NORTH, USER, "all");
	fx_sql("UPDATE api_keys SET ends_at = expires_at WHERE id = %lld", (long long)gone.key.id);
	fx_sql("UPDATE members SET status = 'deactivated' WHERE id = %lld",
	    (long long)out.key.member);
	assert_int_equal(warned_after(8), 0);
	assert_int_equal(warned_after(7), 1);
	assert_string_equal(fx_mail_kind(), "key_expiring");
	assert_string_equal(fx_mail_to(), fx.m[NORTH][USER].email);
	assert_non_null(strstr(fx_mail_text(), "Nightly report"));
	assert_non_null(strstr(fx_mail_text(), "/keys"));
	assert_int_equal(warned_after(5), 0);
	assert_int_equal(warned_after(1), 1);
	assert_int_equal(warned_after(0), 0);
	assert_int_equal(warned_after(-1), 0);
}

/* Two at once: the last place goes to one of them. */
static void
the_last_place_is_given_once(void **state)
{
	struct apikey_input in = asked("Race", "all");
	struct apikey_made  made;
	int                 ok = 0;

	(void)state;
	for (int i = 0; i < MOST - 1; i++)
		make(NORTH, USER, "all");
	for (int i = 0; i < 3; i++) {
		fx_as(NORTH, USER);
		ok += make_of(&in, &made) == OK;
	}
	assert_int_equal(ok, 1);
}

/* An event that can't be written undoes the key. */
static void
no_key_without_its_event(void **state)
{
	struct apikey_input in = asked("Silent", "all");
	struct apikey_made  made;

	(void)state;
	fx_as(NORTH, USER);
	fx_mark();
	fx_break("events");
	assert_int_not_equal(make_of(&in, &made), OK);
	fx_mend();
	assert_true(fx_same());
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FX_TEST(a_key_is_known_by_its_form),
		FX_TEST(nothing_like_a_key_is_one),
		FX_TEST(what_is_no_key_costs_the_same),
		FX_TEST(no_secret_is_kept),
		FX_TEST(a_key_is_made_with_its_event),
		FX_TEST(a_form_sent_twice_makes_one),
		FX_TEST(what_is_wrong_is_said),
		FX_TEST(five_keys_and_no_more),
		FX_TEST(a_key_holds_at_most_its_owners),
		FX_TEST(nobody_gives_a_key_more_than_they_hold),
		FX_TEST(a_role_that_changes_counts_at_the_next_use),
		FX_TEST(a_group_counts_for_a_key_while_it_lasts),
		FX_TEST(an_act_is_held_against_the_key_again),
		FX_TEST(a_refusal_names_the_key),
		FX_TEST(a_key_reaches_as_far_as_its_owner),
		FX_TEST(a_key_opens_one_account),
		FX_TEST(a_key_dies_with_its_owner),
		FX_TEST(keys_go_with_a_void_password),
		FX_TEST(keys_go_when_the_mailbox_is_proved),
		FX_TEST(ended_keys_are_forgotten),
		FX_TEST(an_expired_key_stays_listed),
		FX_TEST(a_key_goes_on_beside_its_successor),
		FX_TEST(replacing_makes_no_more_keys),
		FX_TEST(a_key_is_edited),
		FX_TEST(a_key_that_is_deleted_stops_at_once),
		FX_TEST(an_administrator_ends_a_key),
		FX_TEST(use_is_noted_once_a_minute),
		FX_TEST(an_email_comes_before_a_key_expires),
		FX_TEST(the_last_place_is_given_once),
		FX_TEST(no_key_without_its_event),
		FX_TEST(the_account_says_how_many_and_how_long),
	};

	return FX_RUN(tests);
}
