/* base/csv.h: tables read and written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/arena.h"
#include "base/csv.h"

static struct arena *a;

static int
begin(void **state)
{
	(void)state;
	a = arena_new(1 << 16, 64 << 20);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	arena_free(a);
	return 0;
}

/* Rows as text: cells in brackets, a row ends with a slash; "!line why" where it breaks off. */
static const char *
shown(struct str text)
{
	struct str  cells[CSV_CELLS_MOST];
	const char *out = "";
	struct csv  c;
	size_t      n;
	enum err    e;

	csv_begin(&c, text);
	while ((e = csv_next(&c, a, cells, &n)) == OK) {
		for (size_t i = 0; i < n; i++)
			out = arena_printf(a, "%s[%.*s]", out, (int)cells[i].len, cells[i].p);
		out = ARENA_JOIN(a, out, "/");
	}
	if (e == ERR_INVALID)
		out = arena_printf(a, "%s!%lld", out, (long long)c.line);
	else
		assert_int_equal(e, ERR_NOTFOUND);
	return out;
}
#define SHOWN(literal, wanted) assert_string_equal(shown(STR(literal)), (wanted))

/* {U10} RFC 4180, and what programs make of it. */
static void
rows_and_cells(void **state)
{
	(void)state;
	SHOWN("a,b\r\n1,2\r\n", "[a][b]/[1][2]/");
	SHOWN("a,b\n1,2", "[a][b]/[1][2]/");
	SHOWN("a,b\r1,\r", "[a][b]/[1][]/");
	SHOWN("\xef\xbb\xbf" "a;b\n1,5;2\n", "[a][b]/[1,5][2]/");
	SHOWN("a\tb\n1\t2\n", "[a][b]/[1][2]/");
	SHOWN("a,b\n\"x, \"\"y\"\"\nz\",\"\"\n", "[a][b]/[x, \"y\"\nz][]/");
	SHOWN("\n\na\n\nb\n", "[a]/[b]/");
	SHOWN("", "");
	SHOWN("\"\"", "");
	SHOWN(",", "[][]/");
}

static void
what_is_broken_is_told_with_its_line(void **state)
{
	(void)state;
	SHOWN("a,b\n1,\"2\n3,4\n", "[a][b]/!2");
	SHOWN("a,b\n\"1\"x,2\n", "[a][b]/!2");
	SHOWN("a,b\n\"1\n1\",2\n1\"1,2\n", "[a][b]/[1\n1][2]/!4");
	SHOWN("a,b\n1,\0\n", "[a][b]/!2");
	SHOWN("\"", "!1");
	assert_non_null(strchr(shown((struct str){ arena_printf(a, "%0100d", 0), 100 }), '['));
}

static void
no_more_cells_than_there_is_room(void **state)
{
	char row[2 * CSV_CELLS_MOST + 1];

	(void)state;
	memset(row, ',', sizeof(row));
	assert_string_equal(shown((struct str){ row, CSV_CELLS_MOST }), "!1");
	assert_int_equal(strlen(shown((struct str){ row, CSV_CELLS_MOST - 1 })),
	    2 * CSV_CELLS_MOST + 1);
}

static struct str
written(struct str s)
{
	struct buf b;
	struct str out;

	buf_init(&b, a, 1 << 16);
	csv_cell(&b, true, s);
	csv_cell(&b, false, STR("x"));
	csv_end_row(&b);
	assert_int_equal(buf_end(&b, &out), OK);
	return out;
}

/* {U10} No cell is a formula, and whatever was written is read again. */
static void
what_is_written_is_read_again(void **state)
{
	const struct str cells[] = { STR(""), STR("a"), STR("a,b"), STR("a\"b"), STR("a\r\nb"),
		STR("=1+1"), STR("+49301"), STR("-"), STR("@SUM(A1)"), STR("\tx"), STR("\rx"),
		STR("'"), STR("'a"), STR("'=1"), STR("''=1"), STR("'''+"), STR("=\"x\",y\n"),
		STR("Zo\xc3\xab"), STR(" =1"), STR("a;b") };

	(void)state;
	for (size_t i = 0; i < sizeof(cells) / sizeof(cells[0]); i++) {
		struct str  got[CSV_CELLS_MOST], text = written(cells[i]);
		const char *first = text.p + (text.p[0] == '"');
		struct csv  c;
		size_t      n;

		assert_null(*first && *first != '"' ? strchr("=+-@\t\r", *first) : NULL);
		csv_begin(&c, text);
		assert_int_equal(csv_next(&c, a, got, &n), OK);
		assert_int_equal(n, 2);
		assert_int_equal(got[0].len, cells[i].len);
		assert_memory_equal(got[0].p, cells[i].p, cells[i].len);
		assert_int_equal(csv_next(&c, a, got, &n), ERR_NOTFOUND);
	}
}

static void
nul_never_gets_out(void **state)
{
	struct str text;

	(void)state;
	text = written((struct str){ "a\0b", 3 });
	assert_null(memchr(text.p, 0, text.len));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(rows_and_cells, begin, end),
		cmocka_unit_test_setup_teardown(what_is_broken_is_told_with_its_line, begin, end),
		cmocka_unit_test_setup_teardown(no_more_cells_than_there_is_room, begin, end),
		cmocka_unit_test_setup_teardown(what_is_written_is_read_again, begin, end),
		cmocka_unit_test_setup_teardown(nul_never_gets_out, begin, end),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
