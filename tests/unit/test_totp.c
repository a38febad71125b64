/* Codes by the clock and recovery codes (src/crypto/totp.c), against RFC 6238, RFC 4648 and
 * oathtool. */
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
#include "base/log.h"
#include "crypto/totp.h"
#include "../scratch.h"

#define KEY_A "00000001 0101010101010101010101010101010101010101010101010101010101010101 1000\n"
#define KEY_B "00000002 0202020202020202020202020202020202020202020202020202020202020202 2000\n"

static struct arena *arena;
static struct keys  *keys;
static const uint8_t rfc[TOTP_SECRET] = "12345678901234567890";

static int
start(void **state)
{
	char path[SCRATCH_SIZE];
	int  fd = mkstemp(scratch_path(path, "tenantry-keys"));

	(void)state;
	log_open("/dev/null");
	arena = arena_new(64 * 1024, 64 * 1024 * 1024);
	assert_int_equal(crypto_start(), OK);
	assert_int_equal(write(fd, KEY_B KEY_A, strlen(KEY_B KEY_A)), strlen(KEY_B KEY_A));
	close(fd);
	assert_int_equal(keys_load(arena, path, &keys), OK);
	unlink(path);
	return 0;
}

static int
stop(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

/* Appendix B of RFC 6238, the last six of its eight digits. */
static void
the_codes_are_those_of_the_rfc(void **state)
{
	static const struct { int64_t seconds; uint32_t code; } vectors[] = {
		{ 59, 287082 }, { 1111111109, 81804 }, { 1111111111, 50471 },
		{ 1234567890, 5924 }, { 2000000000, 279037 }, { 20000000000, 353130 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++)
		assert_int_equal(totp_code(rfc, vectors[i].seconds / 30), vectors[i].code);
}

/* By another program, for random secrets; skipped where it is not installed. */
static void
oathtool_says_the_same(void **state)
{
	uint8_t secret[TOTP_SECRET];
	char    command[256], line[32];
	FILE   *out;

	(void)state;
	if (access("/usr/bin/oathtool", X_OK) != 0)
		skip();
	for (int i = 0; i < 20; i++) {
		int64_t at = 1795255200 + (int64_t)i * 86400 * 37 + i;

		totp_new(secret);
		snprintf(command, sizeof(command),
		    "/usr/bin/oathtool --totp -b %s --now '1970-01-01 UTC %lld seconds'",
		    base32_text(arena, secret, TOTP_SECRET), (long long)at);
		out = popen(command, "r");
		assert_non_null(out);
		assert_non_null(fgets(line, sizeof(line), out));
		pclose(out);
		assert_int_equal(strtoul(line, NULL, 10), totp_code(secret, at / 30));
	}
}

static enum err
match(const char *code, int64_t now, int64_t *step)
{
	struct str s = { code, strlen(code) };

	return totp_match(rfc, s, now, step);
}

/* {S2} */
static void
the_neighbours_count_and_no_others(void **state)
{
	int64_t now = INT64_C(1111111109000), present = now / TOTP_STEP_MS, step;

	(void)state;
	for (int64_t s = present - 3; s <= present + 3; s++) {
		char text[16];

		snprintf(text, sizeof(text), "%06u", (unsigned)totp_code(rfc, s));
		assert_int_equal(match(text, now, &step),
		    s >= present - 1 && s <= present + 1 ? OK : ERR_INVALID);
		if (s >= present - 1 && s <= present + 1)
			assert_int_equal(step, s);
	}
	assert_int_equal(match(" 081 804 ", now, &step), OK);
	assert_int_equal(match("81804", now, &step), ERR_INVALID);
	assert_int_equal(match("0818040", now, &step), ERR_INVALID);
	assert_int_equal(match("08180x", now, &step), ERR_INVALID);
	assert_int_equal(match("", now, &step), ERR_INVALID);
}

/* Section 10 of RFC 4648, without the padding. */
static void
base32_is_that_of_the_rfc(void **state)
{
	static const char *const vectors[][2] = { { "", "" }, { "f", "MY" }, { "fo", "MZXQ" },
		{ "foo", "MZXW6" }, { "foob", "MZXW6YQ" }, { "fooba", "MZXW6YTB" },
		{ "foobar", "MZXW6YTBOI" } };

	(void)state;
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++)
		assert_string_equal(base32_text(arena, vectors[i][0], strlen(vectors[i][0])),
		    vectors[i][1]);
}

static enum err
mac(uint32_t key, int64_t person, const char *typed, uint8_t out[32])
{
	return recovery_mac(keys, key, person, (struct str){ typed, strlen(typed) }, out);
}

static void
a_recovery_code_is_of_its_person_and_key(void **state)
{
	char    code[RECOVERY_TEXT], other[RECOVERY_TEXT], typed[80];
	uint8_t is[32], same[32];

	(void)state;
	recovery_new(code);
	recovery_new(other);
	assert_string_not_equal(code, other);
	assert_int_equal(strlen(code), RECOVERY_TEXT - 1);
	assert_int_equal(strspn(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567-"), RECOVERY_TEXT - 1);
	assert_int_equal(mac(1, 42, code, is), OK);
	for (size_t i = 0; i < RECOVERY_TEXT; i++)
		typed[i] = code[i] == '-' ? ' ' : code[i] >= 'A' && code[i] <= 'Z' ?
		    (char)(code[i] + 32) : code[i];
	assert_int_equal(mac(1, 42, typed, same), OK);
	assert_memory_equal(is, same, 32);
	assert_int_equal(mac(1, 43, code, same), OK);
	assert_memory_not_equal(is, same, 32);
	assert_int_equal(mac(2, 42, code, same), OK);
	assert_memory_not_equal(is, same, 32);
	assert_int_equal(mac(1, 42, other, same), OK);
	assert_memory_not_equal(is, same, 32);
	assert_int_equal(mac(3, 42, code, same), ERR_NOTFOUND);
	assert_int_equal(mac(1, 42, "", same), ERR_INVALID);
	assert_int_equal(mac(1, 42, "ABCD", same), ERR_INVALID);
	snprintf(typed, sizeof(typed), "%sA", code);
	assert_int_equal(mac(1, 42, typed, same), ERR_INVALID);
	code[3] = '!';
	assert_int_equal(mac(1, 42, code, same), ERR_INVALID);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_codes_are_those_of_the_rfc),
		cmocka_unit_test(oathtool_says_the_same),
		cmocka_unit_test(the_neighbours_count_and_no_others),
		cmocka_unit_test(base32_is_that_of_the_rfc),
		cmocka_unit_test(a_recovery_code_is_of_its_person_and_key),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, start, stop);
}
