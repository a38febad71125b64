/* crypto/foreign.h: password hashes of other programs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "crypto/crypto.h"
#include "crypto/password.h"

#define WORD "correct horse 7"

static const struct { const char *hash, *password; } hashes[] = {
	/* Of the tests of the reference implementation. */
	{ "$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc",
	    "password" },
	{ "$2b$06$abcdefghijklmnopqrstuueAM4hQ3C0gN9Q9/BJpvjmY9rF7HgozW", WORD },
	{ "$5$saltsalt$Ra5tyCwDpgaJ5TMqdTeLbXfQwaKYnVkHIlWAQwKpeb7", WORD },
	{ "$6$rounds=1000$saltsalt$LQcS1Y4JWg8T31r74NPyytaldZy9e.0wUwP.jIm0j2IWEWkHoshuTQAYp/oHPTeT"
	    "91tD1lCxOivmCieflGgyR.", WORD },
	{ "$pbkdf2-sha256$1000$MDEyMzQ1Njc4OWFiY2RlZg$9MLVlbR3Qt4RDp2SkvWlEslerRJPOAH5oirNE7jhQJY",
	    WORD },
	{ "$pbkdf2-sha512$i=1000,l=64$MDEyMzQ1Njc4OWFiY2RlZg$gF5PWfvHoAcsu6+Md0jJuO3CnQjGB"
	    "xjrLaG6vSm"
	    "Hl5BT6uVdEBe9kMdzQY1rVxVLJgS8QgeZaIwxYXmvJBOGbw", WORD },
	{ "$pbkdf2$1000$MDEyMzQ1Njc4OWFiY2RlZg$TiTvFWXw7ar64RW3I8zPGuW89g8", WORD },
};
enum { HASHES = sizeof(hashes) / sizeof(hashes[0]) };

static enum err
verify(const char *hash, struct str password)
{
	return password_verify(hash, password, 64, 1);
}

/* {E6} */
static void
the_right_password_opens_each(void **state)
{
	(void)state;
	assert_int_equal(crypto_start(), OK);
	for (size_t i = 0; i < HASHES; i++) {
		uint64_t before = password_count();

		assert_true(password_known(hashes[i].hash));
		assert_int_equal(verify(hashes[i].hash, (struct str){ hashes[i].password,
		    strlen(hashes[i].password) }), OK);
		assert_int_equal(verify(hashes[i].hash, STR("correct horse 8")), ERR_DENIED);
		assert_int_equal(verify(hashes[i].hash, STR("")), ERR_DENIED);
		assert_int_equal(verify(hashes[i].hash, STR(WORD "\0x")), ERR_DENIED);
		assert_int_equal(password_count(), before + 4);
		/* Whatever it costs, it is made anew. */
		assert_true(password_weaker(hashes[i].hash, 64, 1));
	}
}

static void
what_is_broken_or_too_costly_is_not_known(void **state)
{
	static const char *const bad[] = { "", "x", "plain text", "$1$salt$abcdefghijklmnopqrstuv",
		"aaQSqAReePlq6", "$2b$15$abcdefghijklmnopqrstuueAM4hQ3C0gN9Q9/BJpvjmY9rF7HgozW",
		"$2b$06$abcdefghijklmnopqrstuueAM4hQ3C0gN9Q9/BJpvjmY9rF7Hgo",
		"$6$rounds=9000000$saltsalt$LQcS1Y4JWg8T31r74NPyytaldZy9e.0wUwP.jIm0j2IWEW"
		    "kHoshuTQAYp"
		"/oHPTeT91tD1lCxOivmCieflGgyR.", "$5$saltsalt$Ra5ty",
		"$argon2id$v=19$m=9999999,t=2,p=1$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZ"
		    "wg2f/5U52iv1",
		"$argon2i$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/"
		    "5U52iv1cDc",
		"$pbkdf2-sha256$99999999$MDEyMzQ1Njc4OWFiY2RlZg$9MLVlbR3Qt4RDp2SkvWlEslerR"
		    "JPOAH5oirN",
		"$pbkdf2-sha256$1000$MDEy!$9MLVlbR3Qt4RDp2SkvWlEslerRJPOAH5oirNE7jhQJY",
		"$pbkdf2-sha256$1000$MDEyMzQ1Njc4OWFiY2RlZg$9MLV", "$pbkdf2-md5$1000$MDEy$9MLV",
		"$pbkdf2-sha256$0$MDEyMzQ1Njc4OWFiY2RlZg$9MLVlbR3Qt4RDp2SkvWlEslerRJPOAH5o"
		    "irNE7jhQJY" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (password_known(bad[i]))
			fail_msg("%s", bad[i]);
		if (*bad[i])
			assert_int_equal(verify(bad[i], STR(WORD)), ERR_DENIED);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_right_password_opens_each),
		cmocka_unit_test(what_is_broken_or_too_costly_is_not_known),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
