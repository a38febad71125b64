/* Key file, purposes, MACs (src/crypto/crypto.c). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/log.h"
#include "crypto/crypto.h"
#include "../scratch.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define OLD "00000001 0101010101010101010101010101010101010101010101010101010101010101 1000\n"
#define NEW "ABCDEF02 0202020202020202020202020202020202020202020202020202020202020202 2000\n"

static struct arena *arena;
static char folder[SCRATCH_SIZE], path[96];

static int
start(void **state)
{
	(void)state;
	arena = arena_new(64 * 1024, 16 * 1024 * 1024);
	log_open("/dev/null");
	assert_non_null(mkdtemp(scratch_path(folder, "tenantry-keys")));
	snprintf(path, sizeof(path), "%s/key", folder);
	return crypto_start();
}

static int
clean(void **state)
{
	(void)state;
	unlink(path);
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
load(const char *text, struct keys **out)
{
	unlink(path);
	assert_int_equal(file_create(path, 0600, str_of(text)), OK);
	return keys_load(arena, path, out);
}

static struct keys *
loaded(const char *text)
{
	struct keys *k = NULL;

	assert_int_equal(load(text, &k), OK);
	return k;
}

static void
mac(const struct keys *k, uint32_t id, enum purpose p, const char *text, uint8_t out[32])
{
	assert_int_equal(keys_mac(k, id, p, text, strlen(text), out), OK);
}

static void
test_create(void **state)
{
	struct keys *k = NULL, *again = NULL;
	uint8_t one[32], two[32];
	struct str s, same;
	struct stat st;

	(void)state;
	assert_int_equal(keys_create(path, 1795252500000), OK);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(file_read(arena, path, 1000, &s), OK);
	assert_int_equal(s.len, 8 + 1 + 64 + 1 + 13 + 1);
	assert_string_equal(s.p + 73, " 1795252500000\n");
	assert_int_equal(strspn(s.p, "0123456789abcdef"), 8);
	assert_int_equal(strspn(s.p + 9, "0123456789abcdef"), 64);
	assert_int_equal(keys_create(path, 5), ERR_CONFLICT);
	assert_int_equal(file_read(arena, path, 1000, &same), OK);
	assert_string_equal(same.p, s.p);
	assert_int_equal(keys_load(arena, path, &k), OK);
	assert_int_equal(keys_current(k), strtoul(s.p, NULL, 16));
	assert_true(keys_has(k, keys_current(k)));
	assert_false(keys_has(k, keys_current(k) + 1));
	mac(k, keys_current(k), PURPOSE_CSRF, "x", one);
	/* Another file, another key. */
	unlink(path);
	assert_int_equal(keys_create(path, 1), OK);
	assert_int_equal(keys_load(arena, path, &again), OK);
	mac(again, keys_current(again), PURPOSE_CSRF, "x", two);
	assert_memory_not_equal(one, two, 32);
}

static void
test_two_keys(void **state)
{
	struct keys *k = loaded("\n" NEW "  " OLD "\n");
	uint8_t one[32], two[32];

	(void)state;
	assert_int_equal(keys_current(k), 0xabcdef02);
	assert_true(keys_has(k, 1));
	assert_false(keys_has(k, 0));
	mac(k, 1, PURPOSE_CSRF, "x", one);
	mac(k, 0xabcdef02, PURPOSE_CSRF, "x", two);
	assert_memory_not_equal(one, two, 32);
	assert_int_equal(keys_mac(k, 7, PURPOSE_CSRF, "x", 1, two), ERR_NOTFOUND);
	assert_int_equal(keys_mac_parts(k, 7, PURPOSE_CSRF, NULL, 0, two), ERR_NOTFOUND);
	/* Alone it gives the same: old values go on after a rotation. */
	mac(loaded(OLD), 1, PURPOSE_CSRF, "x", two);
	assert_memory_equal(one, two, 32);
}

/* For ever: what is stored under a purpose must stay good. */
static void
test_known_value(void **state)
{
	static const uint8_t want[32] = {
		0x8a, 0x51, 0x20, 0x26, 0x38, 0x18, 0x9c, 0xad, 0x62, 0x16,
		0x5e, 0x63, 0x14, 0x03, 0x87, 0x64, 0x76, 0x9e, 0x09, 0xc9,
		0x0e, 0x99, 0x0b, 0xc1, 0x62, 0xf6, 0x9e, 0xad, 0x59, 0x62,
		0x72, 0x98 };
	uint8_t got[32];

	(void)state;
	mac(loaded(OLD), 1, PURPOSE_CHAIN, "tenantry", got);
	assert_memory_equal(got, want, 32);
}

static void
test_purposes_apart(void **state)
{
	static const enum purpose all[] = { PURPOSE_CSRF, PURPOSE_FORM_ID, PURPOSE_DEVICE,
		PURPOSE_CHAIN, PURPOSE_CHECKPOINT, PURPOSE_SEAL, PURPOSE_CARRY, PURPOSE_MESSAGE_ID,
		PURPOSE_FLASH, PURPOSE_LINK_INVITE, PURPOSE_LINK_INVITE_COPY, PURPOSE_LINK_RESET,
		PURPOSE_LINK_EMAIL_CONFIRM, PURPOSE_LINK_EMAIL_STOP, PURPOSE_LINK_NOT_ME,
		PURPOSE_LINK_SETUP, PURPOSE_LINK_UNLOCK };
	struct keys *k = loaded(OLD);
	uint8_t macs[COUNT(all)][32];

	(void)state;
	for (size_t i = 0; i < COUNT(all); i++) {
		mac(k, 1, all[i], "same", macs[i]);
		for (size_t j = 0; j < i; j++)
			assert_memory_not_equal(macs[i], macs[j], 32);
	}
}

static void
parts_mac(const struct keys *k, const char *one, const char *two, uint8_t out[32])
{
	struct part parts[] = { { one, strlen(one) }, { two, two ? strlen(two) : 0 } };

	assert_int_equal(keys_mac_parts(k, 1, PURPOSE_CSRF, parts, two ? 2 : 1, out), OK);
}

static void
test_parts(void **state)
{
	struct keys *k = loaded(OLD);
	uint8_t a[32], b[32];

	(void)state;
	parts_mac(k, "ab", "c", a);
	parts_mac(k, "ab", "c", b);
	assert_memory_equal(a, b, 32);
	parts_mac(k, "a", "bc", b);
	assert_memory_not_equal(a, b, 32);
	parts_mac(k, "abc", NULL, b);
	assert_memory_not_equal(a, b, 32);
	parts_mac(k, "abc", "", a);
	assert_memory_not_equal(a, b, 32);
	parts_mac(k, "", "abc", b);
	assert_memory_not_equal(a, b, 32);
}

static void
test_files_refused(void **state)
{
	static const char *const bad[] = { "", "\n\n", "x", OLD OLD,
		"00000000 0101010101010101010101010101010101010101010101010101010101010101 1\n",
		"00000001 010101010101010101010101010101010101010101010101010101010101010 1\n",
		"00000001 01010101010101010101010101010101010101010101010101010101010101010 1\n",
		"00000001 010101010101010101010101010101010101010101010101010101010101010g 1\n",
		"0000001 0101010101010101010101010101010101010101010101010101010101010101 1\n",
		"0000000x 0101010101010101010101010101010101010101010101010101010101010101 1\n",
		"00000001 0101010101010101010101010101010101010101010101010101010101010101\n",
		"00000001 0101010101010101010101010101010101010101010101010101010101010101 \n",
		"00000001 0101010101010101010101010101010101010101010101010101010101010101 1x\n",
		"00000001 0101010101010101010101010101010101010101010101010101010101010101 1 2\n",
		OLD "rubbish\n" };
	struct keys *k = NULL;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_int_equal(load(bad[i], &k), ERR_FAULT);
	assert_null(k);
}

static void
test_open_to_others(void **state)
{
	static const mode_t open[] = { 0640, 0604, 0620, 0610, 0601, 0602, 0666 };
	struct keys *k = NULL;

	(void)state;
	loaded(OLD);
	for (size_t i = 0; i < COUNT(open); i++) {
		assert_int_equal(chmod(path, open[i]), 0);
		assert_int_equal(keys_load(arena, path, &k), ERR_FAULT);
	}
	assert_int_equal(chmod(path, 0400), 0);
	assert_int_equal(keys_load(arena, path, &k), OK);
	unlink(path);
	k = NULL;
	assert_int_equal(keys_load(arena, path, &k), ERR_FAULT);
	assert_int_equal(keys_load(arena, folder, &k), ERR_FAULT);
	assert_null(k);
}

static void
test_digest(void **state)
{
	/* BLAKE2b-256 of the empty message. */
	static const uint8_t empty[32] = { 0x0e, 0x57, 0x51, 0xc0, 0x26, 0xe5, 0x43, 0xb2, 0xe8,
		0xab, 0x2e, 0xb0, 0x60, 0x99, 0xda, 0xa1, 0xd1, 0xe5, 0xdf, 0x47, 0x77, 0x8f, 0x77,
		0x87, 0xfa, 0xab, 0x45, 0xcd, 0xf1, 0x2f, 0xe3, 0xa8 };
	uint8_t got[32];

	(void)state;
	crypto_digest("", 0, got);
	assert_memory_equal(got, empty, 32);
	crypto_digest(NULL, 0, got);
	assert_memory_equal(got, empty, 32);
	crypto_digest("a", 1, got);
	assert_memory_not_equal(got, empty, 32);
}

static void
test_random_equal_wipe(void **state)
{
	uint8_t a[32] = { 0 }, b[32] = { 0 };

	(void)state;
	assert_true(crypto_equal(a, b, sizeof(a)));
	crypto_random(a, sizeof(a));
	crypto_random(b, sizeof(b));
	assert_false(crypto_equal(a, b, sizeof(a)));
	memcpy(b, a, sizeof(b));
	assert_true(crypto_equal(a, b, sizeof(a)));
	b[31] ^= 1;
	assert_false(crypto_equal(a, b, sizeof(a)));
	assert_true(crypto_equal(a, b, 31));
	assert_true(crypto_equal(a, b, 0));
	crypto_wipe(a, sizeof(a));
	memset(b, 0, sizeof(b));
	assert_true(crypto_equal(a, b, sizeof(a)));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_create, clean),
		cmocka_unit_test_teardown(test_two_keys, clean),
		cmocka_unit_test_teardown(test_known_value, clean),
		cmocka_unit_test_teardown(test_purposes_apart, clean),
		cmocka_unit_test_teardown(test_parts, clean),
		cmocka_unit_test_teardown(test_files_refused, clean),
		cmocka_unit_test_teardown(test_open_to_others, clean),
		cmocka_unit_test_teardown(test_digest, clean),
		cmocka_unit_test_teardown(test_random_equal_wipe, clean),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("crypto", tests, start, stop);
}
