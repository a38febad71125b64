/* When the courier tries again.  The rest of it is tried against real servers, in tests/mail. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "app/courier.h"

enum { MINUTE = 60000 };

static void
the_table(void **state)
{
	(void)state;
	assert_int_equal(courier_pause_ms(1, 0), 1 * MINUTE);
	assert_int_equal(courier_pause_ms(2, 0), 5 * MINUTE);
	assert_int_equal(courier_pause_ms(3, 0), 15 * MINUTE);
	for (int tries = 4; tries < 28; tries++)
		assert_int_equal(courier_pause_ms(tries, 0), 60 * MINUTE);
}

static void
about_a_day_and_no_more(void **state)
{
	int64_t sum = 0;
	int     tries = 1;

	(void)state;
	for (; courier_pause_ms(tries, 0) != 0; tries++)
		sum += courier_pause_ms(tries, 0);
	assert_in_range(sum, 24 * 60 * MINUTE, 25 * 60 * MINUTE);
	assert_int_equal(courier_pause_ms(tries + 1, 0), 0);
	assert_int_equal(courier_pause_ms(tries, 450), 0);
}

static void
patience_when_asked_for(void **state)
{
	(void)state;
	assert_int_equal(courier_pause_ms(1, 421), 5 * MINUTE);
	assert_int_equal(courier_pause_ms(1, 450), 5 * MINUTE);
	assert_int_equal(courier_pause_ms(2, 451), 5 * MINUTE);
	assert_int_equal(courier_pause_ms(3, 451), 15 * MINUTE);
	assert_int_equal(courier_pause_ms(1, 535), 1 * MINUTE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table),
		cmocka_unit_test(about_a_day_and_no_more),
		cmocka_unit_test(patience_when_asked_for),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
