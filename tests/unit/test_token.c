/* base64url, secrets, links of emails (src/crypto/token.c). */
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
#include "crypto/token.h"
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

static const struct link_claim claim = { .purpose = PURPOSE_LINK_INVITE, .tenant = 7, .row = 42,
	.generation = 3, .email = "ann@x.test", .expires_at = 1795252500000 };

static void
test_b64(void **state)
{
	/* RFC 4648 section 10, without padding, and what sets its section 5 apart. */
	static const struct { const char *bytes, *text; } known[] = { { "", "" }, { "f", "Zg" },
		{ "fo", "Zm8" }, { "foo", "Zm9v" }, { "foob", "Zm9vYg" }, { "fooba", "Zm9vYmE" },
		{ "foobar", "Zm9vYmFy" }, { "\xfb\xff\xfe", "-__-" } };
	const uint8_t *out;
	size_t len;

	(void)state;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		size_t n = strlen(known[i].bytes);

		assert_string_equal(b64_text(arena, known[i].bytes, n), known[i].text);
		assert_int_equal(b64_read(arena, str_of(known[i].text), &out, &len), OK);
		assert_int_equal(len, n);
		assert_memory_equal(out, known[i].bytes, n);
	}
}

static void
test_b64_random(void **state)
{
	(void)state;
	for (size_t n = 0; n < 300; n++) {
		uint8_t bytes[300];
		const uint8_t *out;
		const char *text;
		size_t len;

		crypto_random(bytes, n);
		text = b64_text(arena, bytes, n);
		assert_int_equal(strlen(text), (n * 8 + 5) / 6);
		assert_int_equal(b64_read(arena, str_of(text), &out, &len), OK);
		assert_int_equal(len, n);
		assert_memory_equal(out, bytes, n);
	}
}

static void
test_b64_refuses(void **state)
{
	static const char *const bad[] = { "Z", "Zm9vY", "Zg==", "Zm8=", "Zh", "Zm9", "+//+",
		"Zm 9v", "Zm9v\n", " Zm9v", "Zm9v.", "Zm\3779", "====", "Z===" };
	const uint8_t *out = NULL;
	size_t len;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (b64_read(arena, str_of(bad[i]), &out, &len) != ERR_INVALID)
			fail_msg("taken: %s", bad[i]);
	assert_int_equal(b64_read(arena, (struct str){ "Zm9\0", 4 }, &out, &len), ERR_INVALID);
	assert_null(out);
	assert_int_equal(b64_read(arena, (struct str){ NULL, 0 }, &out, &len), OK);
	assert_int_equal(len, 0);
}

/* No two texts are the same bytes: what is read again is what was written. */
static void
test_b64_one_text(void **state)
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

	(void)state;
	for (size_t i = 0; i < 64; i++)
		for (size_t j = 0; j < 64; j++) {
			char text[] = { 'A', 'A', digits[i], digits[j], digits[j], digits[i], 0 };
			const uint8_t *out;
			size_t len;

			for (size_t n = 0; n < 7; n++) {
				if (b64_read(arena, (struct str){ text, n }, &out, &len))
					continue;
				assert_int_equal(strlen(b64_text(arena, out, len)), n);
				assert_memory_equal(b64_text(arena, out, len), text, n);
			}
		}
}

static void
test_secret(void **state)
{
	static const char *const bad[] = { "", "x", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB",
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
		"AAAAAAAAAAAAAAAAAAAAA+AAAAAAAAAAAAAAAAAAAAA" };
	char one[44], two[44];
	uint8_t hash[32], again[32], plain[32];

	(void)state;
	secret_new(one);
	secret_new(two);
	assert_int_equal(strlen(one), 43);
	assert_string_not_equal(one, two);
	assert_int_equal(secret_hash(str_of(one), hash), OK);
	crypto_digest(one, 43, plain);
	assert_memory_equal(hash, plain, 32);
	assert_int_equal(secret_hash(str_of(two), again), OK);
	assert_memory_not_equal(hash, again, 32);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(secret_hash(str_of(bad[i]), hash), ERR_INVALID);
	one[7] = '\0';
	assert_int_equal(secret_hash((struct str){ one, 43 }, hash), ERR_INVALID);
}

static void
test_link(void **state)
{
	const char *token = link_make(arena, keys, &claim);
	int64_t row = 0;

	(void)state;
	assert_int_equal(strlen(token), 59);
	assert_int_equal(link_row(str_of(token), &row), OK);
	assert_int_equal(row, 42);
	assert_int_equal(link_check(keys, str_of(token), &claim), OK);
	/* The same link can be shown again. */
	assert_string_equal(link_make(arena, keys, &claim), token);
}

static void
test_link_bound(void **state)
{
	const char *token = link_make(arena, keys, &claim);
	struct link_claim unlike[] = { claim, claim, claim, claim, claim, claim, claim };

	(void)state;
	unlike[0].purpose = PURPOSE_LINK_INVITE_COPY;
	unlike[1].tenant = 8;
	unlike[2].row = 43;
	unlike[3].generation = 4;
	unlike[4].email = "ann@x.tes";
	unlike[5].expires_at++;
	unlike[6].tenant = 0;
	for (size_t i = 0; i < sizeof(unlike) / sizeof(unlike[0]); i++)
		assert_int_equal(link_check(keys, str_of(token), &unlike[i]), ERR_NOTFOUND);
	assert_int_equal(link_check(other, str_of(token), &claim), ERR_NOTFOUND);
}

/* Links live on after a rotation. */
static void
test_link_rotation(void **state)
{
	const char *token = link_make(arena, keys, &claim);
	const char *newer = link_make(arena, rotated, &claim);

	(void)state;
	assert_int_equal(link_check(rotated, str_of(token), &claim), OK);
	assert_string_not_equal(newer, token);
	assert_int_equal(link_check(other, str_of(newer), &claim), OK);
	assert_int_equal(link_check(keys, str_of(newer), &claim), ERR_NOTFOUND);
}

/* Each character of the token changed to each other one, and cut at each place. */
static void
test_link_changed(void **state)
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=. ";
	char *token = arena_strdup(arena, link_make(arena, keys, &claim));
	int64_t row;

	(void)state;
	for (size_t i = 0; i < 59; i++)
		for (const char *d = digits; *d; d++) {
			char was = token[i];

			if (*d == was)
				continue;
			token[i] = *d;
			assert_int_equal(link_check(rotated, str_of(token), &claim), ERR_NOTFOUND);
			token[i] = was;
		}
	for (size_t n = 0; n < 59; n++) {
		assert_int_equal(link_check(keys, (struct str){ token, n }, &claim), ERR_NOTFOUND);
		assert_int_equal(link_row((struct str){ token, n }, &row), ERR_NOTFOUND);
	}
	assert_int_equal(link_row(str_of(arena_printf(arena, "%sA", token)), &row), ERR_NOTFOUND);
	/* Row 0 and rows below are none. */
	memset(token, 'A', 59);
	assert_int_equal(link_row(str_of(token), &row), ERR_NOTFOUND);
	token[0] = '_';
	assert_int_equal(link_row(str_of(token), &row), ERR_NOTFOUND);
}

/* A key of a known checksum, worked out by another program. */
static void
test_api_key(void **state)
{
	char    one[API_KEY_CHARS + 1], two[API_KEY_CHARS + 1];
	uint8_t hash[32], again[32];

	(void)state;
	api_key_new(one);
	api_key_new(two);
	assert_int_equal(strlen(one), 40);
	assert_memory_equal(one, "tnt_", 4);
	assert_string_not_equal(one, two);
	assert_int_equal(api_key_hash(str_of(one), hash), OK);
	crypto_digest(one, 40, again);
	assert_memory_equal(hash, again, 32);
	assert_int_equal(api_key_hash(STR("tnt_0000000000000000000000000000002C8GjS"), hash), OK);
	assert_int_equal(api_key_hash(STR("tnt_0000000000000000000000000000012C8GjS"), hash),
	    ERR_INVALID);
	assert_int_equal(api_key_hash(STR("TNT_0000000000000000000000000000002C8GjS"), hash),
	    ERR_INVALID);
	assert_int_equal(api_key_hash(STR("tnt_00000000000000000000000000000-2C8GjS"), hash),
	    ERR_INVALID);
	assert_int_equal(api_key_hash((struct str){ one, 39 }, hash), ERR_INVALID);
	assert_int_equal(api_key_hash((struct str){ NULL, 0 }, hash), ERR_INVALID);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_b64),
		cmocka_unit_test(test_api_key),
		cmocka_unit_test(test_b64_random),
		cmocka_unit_test(test_b64_refuses),
		cmocka_unit_test(test_b64_one_text),
		cmocka_unit_test(test_secret),
		cmocka_unit_test(test_link),
		cmocka_unit_test(test_link_bound),
		cmocka_unit_test(test_link_rotation),
		cmocka_unit_test(test_link_changed),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("token", tests, start, stop);
}
