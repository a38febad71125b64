/* Hashing, verifying, what may be a password (src/crypto/password.c, strength.c).  Amounts
 * of work are compared by password_count(), never by time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/log.h"
#include "crypto/crypto.h"
#include "crypto/password.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* AddressSanitizer itself needs more than the memory that one test leaves. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WITH_ASAN 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define WITH_ASAN 1
#endif

/* The least that is allowed, so that tests are quick. */
enum { KIB = 19456, PASSES = 2 };

static int
start(void **state)
{
	(void)state;
	log_open("/dev/null");
	return crypto_start();
}

static void
test_hash(void **state)
{
	static const char head[] = "$argon2id$v=19$m=19456,t=2,p=1$";
	char one[PASSWORD_HASH_SIZE], two[PASSWORD_HASH_SIZE];
	uint64_t before = password_count();

	(void)state;
	assert_int_equal(password_hash(STR("kitten-42-lamp"), KIB, PASSES, one), OK);
	assert_int_equal(password_hash(STR("kitten-42-lamp"), KIB, PASSES, two), OK);
	assert_int_equal(strncmp(one, head, sizeof(head) - 1), 0);
	assert_string_not_equal(one, two);
	assert_int_equal(password_verify(one, STR("kitten-42-lamp"), KIB, PASSES), OK);
	assert_int_equal(password_verify(two, STR("kitten-42-lamp"), KIB, PASSES), OK);
	assert_int_equal(password_verify(one, STR("kitten-42-lamb"), KIB, PASSES), ERR_DENIED);
	assert_int_equal(password_verify(one, STR(""), KIB, PASSES), ERR_DENIED);
	/* What a form without the field gives. */
	assert_int_equal(password_verify(one, (struct str){ NULL, 0 }, KIB, PASSES), ERR_DENIED);
	assert_int_equal(password_count() - before, 7);
}

/* The cost of the hash counts, not the one asked for now. */
static void
test_other_cost(void **state)
{
	char hash[PASSWORD_HASH_SIZE];

	(void)state;
	assert_int_equal(password_hash(STR("kitten-42-lamp"), KIB + 1024, 3, hash), OK);
	assert_non_null(strstr(hash, "m=20480,t=3,"));
	assert_int_equal(password_verify(hash, STR("kitten-42-lamp"), KIB, PASSES), OK);
}

static void
test_whole_password(void **state)
{
	static char longest[PASSWORD_LONGEST + 1];
	char hash[PASSWORD_HASH_SIZE];
	struct str s = { longest, PASSWORD_LONGEST };
	uint64_t before;

	(void)state;
	memset(longest, 'x', sizeof(longest));
	assert_int_equal(password_hash(s, KIB, PASSES, hash), OK);
	assert_int_equal(password_verify(hash, s, KIB, PASSES), OK);
	longest[PASSWORD_LONGEST - 1] = 'y';
	assert_int_equal(password_verify(hash, s, KIB, PASSES), ERR_DENIED);
	/* What is behind a NUL counts too. */
	assert_int_equal(password_hash((struct str){ "abc\0def", 7 }, KIB, PASSES, hash), OK);
	assert_int_equal(password_verify(hash, STR("abc"), KIB, PASSES), ERR_DENIED);
	assert_int_equal(password_verify(hash, (struct str){ "abc\0deg", 7 }, KIB, PASSES),
	    ERR_DENIED);
	/* Too long: no work. */
	before = password_count();
	s.len = PASSWORD_LONGEST + 1;
	assert_int_equal(password_hash(s, KIB, PASSES, hash), ERR_INVALID);
	assert_int_equal(password_count(), before);
}

/* Known and unknown addresses cost the same number of hashes. */
static void
test_nobody(void **state)
{
	char hash[PASSWORD_HASH_SIZE];
	uint64_t before, known, unknown;

	(void)state;
	assert_int_equal(password_hash(STR("kitten-42-lamp"), KIB, PASSES, hash), OK);
	before = password_count();
	assert_int_equal(password_verify(hash, STR("wrong"), KIB, PASSES), ERR_DENIED);
	known = password_count() - before;
	before = password_count();
	assert_int_equal(password_verify("", STR("wrong"), KIB, PASSES), ERR_DENIED);
	unknown = password_count() - before;
	assert_int_equal(known, 1);
	assert_int_equal(unknown, 1);
	assert_int_equal(password_verify("", STR(""), KIB, PASSES), ERR_DENIED);
	assert_int_equal(password_verify("", STR("wrong"), KIB + 1, PASSES + 1), ERR_DENIED);
}

#ifndef WITH_ASAN
static void
limit_memory(void)
{
	struct rlimit most = { .rlim_cur = 48 * 1024 * 1024, .rlim_max = 48 * 1024 * 1024 };

	assert_int_equal(setrlimit(RLIMIT_AS, &most), 0);
}

/* In a child that may have no more memory: it must not look like a wrong password.  With
 * the address "" this shows too that the work is really done. */
static enum err
without_memory(const char *hash)
{
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		char made[PASSWORD_HASH_SIZE];

		limit_memory();
		_exit((int)(hash ? password_verify(hash, STR("wrong"), 65536, PASSES) :
		    password_hash(STR("wrong"), 65536, PASSES, made)));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return (enum err)WEXITSTATUS(status);
}

static void
test_no_memory(void **state)
{
	char hash[PASSWORD_HASH_SIZE];

	(void)state;
	assert_int_equal(password_hash(STR("kitten-42-lamp"), 65536, PASSES, hash), OK);
	assert_int_equal(without_memory(hash), ERR_FAULT);
	assert_int_equal(without_memory(""), ERR_FAULT);
	assert_int_equal(without_memory(NULL), ERR_FAULT);
}
#endif

#define COST(kib, passes) "$argon2id$v=19$m=" kib ",t=" passes ",p=1$"
#define SALT              "AAAAAAAAAAAAAAAAAAAAAA"
#define RESULT            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

static void
test_no_hash(void **state)
{
	static const char *const bad[] = { "x", "*", "$argon2id$", "$2b$12$abcdefghijklmnopqrstuv",
		"$argon2id$v=19$m=19456,t=2,p=1$", "$argon2id$v=19$m=19456,t=2,p=1$AAAA$AAAA",
		COST("99999999999", "2") SALT "$" RESULT, COST("4294967296", "2") SALT "$" RESULT,
		COST("19456", "0") SALT "$" RESULT, COST("-1", "2") SALT "$" RESULT,
		COST("19456", "2") SALT "$" RESULT RESULT RESULT,
		COST("19456", "2") SALT "$" RESULT "A", COST("19456", "2") SALT RESULT "$",
		COST("19456", "2") SALT "A$" RESULT, COST("19456", "2") SALT "$" RESULT "$",
		COST("19456", "2") "B" SALT "$" RESULT };
	uint64_t before = password_count();

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_int_equal(password_verify(bad[i], STR("x"), KIB, PASSES), ERR_DENIED);
	assert_int_equal(password_count(), before);
	/* So it is the mistakes above that were seen. */
	assert_int_equal(password_verify(COST("19456", "2") SALT "$" RESULT, STR("x"), KIB, PASSES),
	    ERR_DENIED);
	assert_int_equal(password_count(), before + 1);
}

static void
test_weaker(void **state)
{
	static const char *const weaker[] = { "", "x", "$2b$12$abcdefghijklmnopqrstuv",
		"$argon2i$v=19$m=65536,t=2,p=1$a$b", "$argon2id$v=16$m=65536,t=2,p=1$a$b",
		"$argon2id$v=19$m=65535,t=2,p=1$a$b", "$argon2id$v=19$m=65536,t=1,p=1$a$b",
		"$argon2id$v=19$m=19456,t=9,p=1$a$b", "$argon2id$v=19$m=65536",
		"$argon2id$v=19$m=,t=,p=1$",
		"$argon2id$v=19$m=65536,t=2,p=2$a$b", "$argon2id$v=19$m=-65536,t=2,p=1$a$b" };
	static const char *const strong[] = { "$argon2id$v=19$m=65536,t=2,p=1$a$b",
		"$argon2id$v=19$m=262144,t=2,p=1$a$b", "$argon2id$v=19$m=65536,t=3,p=1$a$b" };
	char hash[PASSWORD_HASH_SIZE];

	(void)state;
	for (size_t i = 0; i < COUNT(weaker); i++)
		assert_true(password_weaker(weaker[i], 65536, 2));
	for (size_t i = 0; i < COUNT(strong); i++)
		assert_false(password_weaker(strong[i], 65536, 2));
	assert_int_equal(password_hash(STR("kitten-42-lamp"), KIB, PASSES, hash), OK);
	assert_false(password_weaker(hash, KIB, PASSES));
	assert_true(password_weaker(hash, KIB + 1, PASSES));
	assert_true(password_weaker(hash, KIB, PASSES + 1));
}

static const char *const words[] = { "Ann.Example@corp.test", "Ünal Öztürk", "Acme Robotics",
	"R&D", NULL };

/* Why it is refused, or "" when it is taken. */
static const char *
why(const char *password)
{
	const char *text = password_refused(str_of(password), 12, words);

	return text ? text : "";
}

static void
test_good(void **state)
{
	static const char *const good[] = { "kitten-42-lamp-river", "  spaces are kept  zq ",
		"k3#Vq9!zLm2p", "Größe ünter fünf Wölfen",
		"пятнадцать зелёных чайников",
		"horse battery lantern velcro", "correct lantern velcro moss" };

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++)
		assert_string_equal(why(good[i]), "");
}

static void
test_easy(void **state)
{
	static const char *const easy[] = { "Password123456!", "qwertyuiop12345",
		"aaaaaaaaaaaaaaaa", "ann.example@corp.test", "ANN.EXAMPLE@CORP.TEST",
		"Ann.Example2026", "acmerobotics2026",
		"Acme Robotics 2026", "Acme-Robotics-2026!", "ACMEROBOTICS2026", "4cm3robotics2026",
		"Ünal Öztürk 2026", "ünalöztürk2026", "UNALÖZTÜRK2026", "unalozturk2026",
		"letmeinletmein", "pässwörd123456!", "123456789012", "abcdefghijklmnop",
		"summer2026summer" };

	(void)state;
	for (size_t i = 0; i < COUNT(easy); i++)
		if (strstr(why(easy[i]), "too easy") == NULL)
			fail_msg("%s: %s", easy[i], why(easy[i]));
	/* The words make the difference. */
	assert_null(password_refused(STR("acmerobotics2026"), 12, NULL));
}

static void
test_known_phrases(void **state)
{
	static const char *const known[] = { "correcthorsebatterystaple",
		"correct horse battery staple", "Correct-Horse-Battery-Staple!",
		"correcthorsebatterystaple1", "2026 correct horse battery staple",
		"To be, or not to be?", "May the force be with you",
		"CORRÉCT horse battery stâple" };

	(void)state;
	for (size_t i = 0; i < COUNT(known); i++)
		if (strstr(why(known[i]), "known phrase") == NULL)
			fail_msg("%s: %s", known[i], why(known[i]));
	/* With enough beside it, it is judged like any other. */
	assert_string_equal(why("correct horse battery staple under violet umbrellas"), "");
}

static void
test_length(void **state)
{
	static char text[PASSWORD_LONGEST + 8];
	struct str s = { text, 0 };

	(void)state;
	assert_non_null(strstr(why("k3#Vq9!zLm2"), "[n]"));
	assert_non_null(strstr(why(""), "[n]"));
	assert_string_equal(why("k3#Vq9!zLm2p"), "");
	assert_null(password_refused(STR("k3#Vq9!z"), 8, words));
	assert_non_null(password_refused(STR("k3#Vq9!"), 8, words));
	/* Characters count, not bytes. */
	assert_non_null(strstr(why("\xd0\xbf\xd1\x8f\xd1\x82\xd0\xbd\xd0\xb0\xd0\xb4\xd1\x86"),
	    "[n]"));
	srand(1);
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)('!' + rand() % 94);
	s.len = 128;
	assert_null(password_refused(s, 128, words));
	assert_non_null(password_refused(s, 129, words));
	s.len = PASSWORD_LONGEST;
	assert_null(password_refused(s, 12, words));
	s.len = PASSWORD_LONGEST + 1;
	assert_non_null(strstr(password_refused(s, 12, words), "1,024"));
	memset(text, 'a', sizeof(text));
	s.len = PASSWORD_LONGEST;
	assert_non_null(password_refused(s, 12, words));
}

static void
test_emoji(void **state)
{
	char same[401] = "", many[401] = "";

	(void)state;
	for (int i = 0; i < 100; i++) {
		char one[] = { (char)0xf0, (char)0x9f, (char)0x98, (char)(0x80 + i % 64), 0 };

		strcat(same, "\xf0\x9f\x98\x80");
		strcat(many, one);
	}
	assert_string_equal(why(same), "");
	assert_string_equal(why(many), "");
}

static void
test_characters(void **state)
{
	static const char nul[] = "abcdefghijklmno\0zzz";
	static const char *const bad[] = { "kitten-42\nlamp-river", "kitten-42\tlamp-river",
		"kitten-42\177lamp-river", "kitten-42\xc2\x85lamp-river", "kitten-42\xfflamp-river",
		"kitten-42-lamp-river\xc3", "\xc0\xafkitten-42-lamp-river",
		"\xed\xa0\x80kitten-lamp-river" };

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_non_null(strstr(why(bad[i]), "control"));
	assert_non_null(strstr(password_refused((struct str){ nul, sizeof(nul) - 1 }, 12, words),
	    "control"));
}

static void
test_score(void **state)
{
	static const struct { const char *password; int score; } cases[] = { { "", 0 }, { "a", 0 },
		{ "Password123456!", 0 }, { "correcthorsebatterystaple", 0 }, { "kitten\n42", 0 },
		{ "Passwort2026!!", 1 }, { "seven wild geese", 2 }, { "my horse eats hay", 3 },
		{ "k3#Vq9!zLm2p", 4 } };

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(password_score(str_of(cases[i].password), words), cases[i].score);
	/* A meter that says 2 or more must not meet a refusal. */
	srand(4);
	for (int i = 0; i < 300; i++) {
		char text[24];
		size_t n = 12 + (size_t)rand() % 12;
		struct str s = { text, n };

		for (size_t k = 0; k < n; k++)
			text[k] = (char)('a' + rand() % (2 + i / 30));
		assert_int_equal(password_score(s, words) >= 2,
		    password_refused(s, 12, words) == NULL);
	}
}

/* Any bytes, any words, and far too many of them. */
static void
test_random(void **state)
{
	static const char *many[300];

	(void)state;
	for (size_t i = 0; i + 1 < COUNT(many); i++)
		many[i] = i % 3 ? "Wörd-one two three" : "";
	srand(6);
	for (int i = 0; i < 400; i++) {
		char text[300];
		size_t n = (size_t)rand() % sizeof(text);

		for (size_t k = 0; k < n; k++)
			text[k] = (char)(i % 2 ? rand() : ' ' + rand() % 95);
		password_refused((struct str){ text, n }, 8, many);
		assert_in_range(password_score((struct str){ text, n }, many), 0, 4);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hash),
		cmocka_unit_test(test_other_cost),
		cmocka_unit_test(test_whole_password),
		cmocka_unit_test(test_nobody),
#ifndef WITH_ASAN
		cmocka_unit_test(test_no_memory),
#endif
		cmocka_unit_test(test_no_hash),
		cmocka_unit_test(test_weaker),
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_easy),
		cmocka_unit_test(test_known_phrases),
		cmocka_unit_test(test_length),
		cmocka_unit_test(test_emoji),
		cmocka_unit_test(test_characters),
		cmocka_unit_test(test_score),
		cmocka_unit_test(test_random),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("password", tests, start, NULL);
}
