/* core/country.c: the table of countries. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../fixture.h"

#include <string.h>

#include "base/str.h"
#include "core/country.h"

static void
a_code_has_a_name(void **state)
{
	(void)state;
	assert_string_equal(country_name(&fx.cx, "DE"), "Germany");
	assert_string_equal(country_name(&fx.cx, "AX"), "Åland Islands");
	assert_string_equal(country_name(&fx.cx, ""), "");
	assert_string_equal(country_name(&fx.cx, "XX"), "");
	assert_string_equal(country_name(&fx.cx, "DEU"), "");
	assert_string_equal(country_code(str_of("de")), "DE");
	assert_null(country_code(str_of("")));
	assert_null(country_code(str_of("D")));
	assert_null(country_code(str_of("DEU")));
}

static void
they_are_in_the_order_of_their_names(void **state)
{
	const struct country *list;
	size_t                n = country_list(&fx.cx, &list);

	(void)state;
	assert_int_equal(n, 249);
	assert_string_equal(list[0].name, "Afghanistan");
	/* By its letter, not by the byte behind Z. */
	assert_string_equal(list[1].name, "Åland Islands");
	assert_string_equal(list[n - 1].code, "ZW");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FX_TEST(a_code_has_a_name),
		FX_TEST(they_are_in_the_order_of_their_names),
	};

	return FX_RUN(tests);
}
