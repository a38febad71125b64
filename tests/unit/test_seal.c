/* Sealed values: whole, unmoved, of this purpose, or nothing (src/crypto/seal.c). */
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
#include "crypto/seal.h"
#include "../scratch.h"

#define OLD "00000001 0101010101010101010101010101010101010101010101010101010101010101 1000\n"
#define NEW "ABCDEF02 0202020202020202020202020202020202020202020202020202020202020202 2000\n"

static struct arena *arena;
static struct keys *keys, *rotated, *other;

static struct keys *
load(const char *text)
{
	char path[SCRATCH_SIZE];
	struct keys *k = NULL;
	int fd = mkstemp(scratch_path(path, "tenantry-keys"));

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	assert_int_equal(keys_load(arena, path, &k), OK);
	unlink(path);
	return k;
}

static int
start(void **state)
{
	(void)state;
	log_open("/dev/null");
	arena = arena_new(64 * 1024, 64 * 1024 * 1024);
	assert_int_equal(crypto_start(), OK);
	keys = load(OLD);
	rotated = load(NEW OLD);
	other = load(NEW);
	return 0;
}

static int
stop(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static const char where[] = "factors.secret:0:42";

static enum err
open_it(const struct keys *k, enum purpose purpose, const char *place, struct str sealed,
    struct str *out)
{
	return unseal(arena, k, purpose, place, sealed, out);
}

static void
test_there_and_back(void **state)
{
	static char text[5000];

	(void)state;
	for (size_t n = 0; n < sizeof(text); n += n < 40 ? 1 : 997) {
		struct str sealed, plain = { text, n }, out;

		memset(text, (int)n, n);
		sealed = seal(arena, keys, PURPOSE_SEAL, where, plain);
		assert_int_equal(sealed.len, 4 + 24 + n + 16);
		assert_int_equal(seal_key(sealed), 1);
		assert_int_equal(open_it(keys, PURPOSE_SEAL, where, sealed, &out), OK);
		assert_int_equal(out.len, n);
		assert_memory_equal(out.p, text, n);
		assert_int_equal(out.p[n], '\0');
	}
}

static void
test_hides(void **state)
{
	static const char secret[] = "JBSWY3DPEHPK3PXP";
	struct str one = seal(arena, keys, PURPOSE_SEAL, where, STR(secret));
	struct str two = seal(arena, keys, PURPOSE_SEAL, where, STR(secret));

	(void)state;
	assert_null(memmem(one.p, one.len, secret, 4));
	/* The same twice is not seen to be the same. */
	assert_int_equal(one.len, two.len);
	assert_memory_not_equal(one.p + 4, two.p + 4, 24);
	assert_memory_not_equal(one.p + 28, two.p + 28, sizeof(secret) - 1);
}

static void
test_bound(void **state)
{
	struct str sealed = seal(arena, keys, PURPOSE_SEAL, where, STR("text")), out = STR("kept");

	(void)state;
	assert_int_equal(open_it(keys, PURPOSE_SEAL, "factors.secret:0:43", sealed, &out),
	    ERR_INVALID);
	assert_int_equal(open_it(keys, PURPOSE_SEAL, "", sealed, &out), ERR_INVALID);
	assert_int_equal(open_it(keys, PURPOSE_CARRY, where, sealed, &out), ERR_INVALID);
	assert_int_equal(open_it(other, PURPOSE_SEAL, where, sealed, &out), ERR_INVALID);
	assert_string_equal(out.p, "kept");
}

static void
test_every_bit_counts(void **state)
{
	struct str sealed = seal(arena, keys, PURPOSE_SEAL, where, STR("text")), out;
	char *p = arena_zalloc(arena, sealed.len, 1);

	(void)state;
	memcpy(p, sealed.p, sealed.len);
	for (size_t bit = 0; bit < sealed.len * 8; bit++) {
		p[bit / 8] = (char)(p[bit / 8] ^ 1 << bit % 8);
		assert_int_equal(open_it(rotated, PURPOSE_SEAL, where,
		    (struct str){ p, sealed.len }, &out), ERR_INVALID);
		p[bit / 8] = (char)(p[bit / 8] ^ 1 << bit % 8);
	}
	for (size_t n = 0; n < sealed.len; n++)
		assert_int_equal(open_it(keys, PURPOSE_SEAL, where, (struct str){ p, n }, &out),
		    ERR_INVALID);
	assert_int_equal(open_it(keys, PURPOSE_SEAL, where, (struct str){ p, sealed.len }, &out),
	    OK);
}

static void
test_rotation(void **state)
{
	struct str old = seal(arena, keys, PURPOSE_SEAL, where, STR("old")), out;
	struct str new = seal(arena, rotated, PURPOSE_SEAL, where, STR("new"));

	(void)state;
	assert_int_equal(seal_key(new), 0xabcdef02);
	assert_int_equal(open_it(rotated, PURPOSE_SEAL, where, old, &out), OK);
	assert_string_equal(out.p, "old");
	assert_int_equal(open_it(other, PURPOSE_SEAL, where, new, &out), OK);
	assert_string_equal(out.p, "new");
	assert_int_equal(open_it(keys, PURPOSE_SEAL, where, new, &out), ERR_INVALID);
}

static void
test_key_of_rubbish(void **state)
{
	(void)state;
	assert_int_equal(seal_key(STR("")), 0);
	assert_int_equal(seal_key((struct str){ NULL, 0 }), 0);
	assert_int_equal(seal_key(STR("\1\1\1\1 far too short")), 0);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_there_and_back),
		cmocka_unit_test(test_hides),
		cmocka_unit_test(test_bound),
		cmocka_unit_test(test_every_bit_counts),
		cmocka_unit_test(test_rotation),
		cmocka_unit_test(test_key_of_rubbish),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("seal", tests, start, stop);
}
