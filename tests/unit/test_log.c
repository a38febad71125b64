/* The program log: one line per event, whatever the values (src/base/log.c). */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/log.h"
#include "../scratch.h"

static char folder[SCRATCH_SIZE], path[96];

static int
start(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(scratch_path(folder, "tenantry-log")));
	snprintf(path, sizeof(path), "%s/log", folder);
	return 0;
}

static int
clean(void **state)
{
	(void)state;
	log_open(NULL);
	unlink(path);
	return 0;
}

static int
stop(void **state)
{
	(void)state;
	return rmdir(folder);
}

/* What the log holds, with its length. */
static const char *
content(size_t *len)
{
	static char text[128 * 1024];
	FILE *f = fopen(path, "r");

	assert_non_null(f);
	*len = fread(text, 1, sizeof(text) - 1, f);
	text[*len] = '\0';
	fclose(f);
	return text;
}

/* The only line, read as JSON. */
static json_t *
only_line(void)
{
	json_error_t error;
	size_t len;
	const char *text = content(&len);
	json_t *line = json_loads(text, JSON_REJECT_DUPLICATES, &error);

	if (line == NULL)
		fail_msg("%s: %s", error.text, text);
	assert_int_equal(strlen(text), len);
	assert_ptr_equal(strchr(text, '\n'), text + len - 1);
	return line;
}

static void
assert_value(const json_t *line, const char *name, const char *value)
{
	const char *got = json_string_value(json_object_get(line, name));

	assert_non_null(got);
	assert_string_equal(got, value);
}

static void
test_line(void **state)
{
	json_t *line;
	const char *at;
	int y, mo, d, h, mi, s, ms, n = 0;

	(void)state;
	log_open(path);
	log_event(LOG_INFO, "request", "route", "/t/{tenant}", "ms", log_int(12), "actor", NULL);
	line = only_line();
	assert_value(line, "level", "info");
	assert_value(line, "what", "request");
	assert_value(line, "route", "/t/{tenant}");
	assert_value(line, "ms", "12");
	assert_true(json_is_null(json_object_get(line, "actor")));
	assert_int_equal(json_object_size(line), 6);
	at = json_string_value(json_object_get(line, "at"));
	assert_int_equal(sscanf(at, "%4d-%2d-%2dT%2d:%2d:%2d.%3dZ%n", &y, &mo, &d, &h, &mi, &s, &ms,
	    &n), 7);
	assert_int_equal(n, 24);
	assert_int_equal(strlen(at), 24);
	json_decref(line);
}

static void
test_levels(void **state)
{
	static const char *const names[] = { "debug", "info", "warn", "error" };

	(void)state;
	for (int i = LOG_DEBUG; i <= LOG_ERROR; i++) {
		json_t *line;

		log_open(path);
		log_event((enum log_level)i, "x");
		line = only_line();
		assert_value(line, "level", names[i]);
		assert_int_equal(json_object_size(line), 3);
		json_decref(line);
		log_open(NULL);
		unlink(path);
	}
}

static void
test_escapes(void **state)
{
	static const struct { const char *value, *in_file, *read; } cases[] = {
		{ "a\r\nb", "a\\u000d\\u000ab", "a\r\nb" },
		{ "\"}\n{\"what\":\"forged\"", "\\\"}\\u000a{\\\"what\\\":\\\"forged\\\"",
		    "\"}\n{\"what\":\"forged\"" },
		{ "back\\slash", "back\\\\slash", "back\\slash" },
		{ "\033[31mred\033[0m", "\\u001b[31mred\\u001b[0m", "\033[31mred\033[0m" },
		{ "\177", "\\u007f", "\177" },
		{ "\xc2\x85", "\\u0085", "\xc2\x85" },
		{ "\xe2\x80\xa8", "\\u2028", "\xe2\x80\xa8" },
		{ "\xe2\x80\xae", "\\u202e", "\xe2\x80\xae" },
		{ "\xff\xc3", "\\ufffd\\ufffd", "\xef\xbf\xbd\xef\xbf\xbd" },
		{ "\xed\xa0\x80", "\\ufffd\\ufffd\\ufffd", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
		{ "\xc0\xaf", "\\ufffd\\ufffd", "\xef\xbf\xbd\xef\xbf\xbd" },
		{ "%s%n%d", "%s%n%d", "%s%n%d" },
		{ "\xc3\xa4\xf0\x9f\x98\x80", "\xc3\xa4\xf0\x9f\x98\x80",
		    "\xc3\xa4\xf0\x9f\x98\x80" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		json_t *line;
		size_t len;

		log_open(path);
		log_event(LOG_WARN, "x", "value", cases[i].value);
		assert_non_null(strstr(content(&len), cases[i].in_file));
		line = only_line();
		assert_value(line, "value", cases[i].read);
		json_decref(line);
		log_open(NULL);
		unlink(path);
	}
}

/* At 512 bytes, and never inside a character. */
static void
test_cut(void **state)
{
	static char huge[64 * 1024 + 1], edge[600];
	json_t *line;

	(void)state;
	memset(huge, 'u', sizeof(huge) - 1);
	memset(edge, 'e', 511);
	memcpy(edge + 511, "\xc3\xa4\xc3\xa4", 5);
	log_open(path);
	log_event(LOG_WARN, "x", "huge", huge, "edge", edge, "last", "z");
	line = only_line();
	assert_int_equal(json_string_length(json_object_get(line, "huge")), 512);
	assert_int_equal(json_string_length(json_object_get(line, "edge")), 511);
	assert_value(line, "last", "z");
	json_decref(line);
}

/* Too many pairs are left out whole; the line stays one line. */
static void
test_line_full(void **state)
{
	char value[600];
	json_t *line;

	(void)state;
	memset(value, '\n', sizeof(value) - 1);
	value[sizeof(value) - 1] = '\0';
	for (size_t n = 0; n < 300; n++) {
		size_t len;

		log_open(path);
		log_event(LOG_WARN, "x", "a", value, "b", value, "c", value, "d", value, "e", value,
		    "f", value + n * 2, "g", value + 599 - n, "h", value, "i", "i");
		line = only_line();
		content(&len);
		assert_in_range(len, 15 * 1024, 16 * 1024);
		assert_true(json_is_true(json_object_get(line, "cut")));
		assert_null(json_object_get(line, "i"));
		assert_int_equal(json_string_length(json_object_get(line, "c")), 512);
		json_decref(line);
		log_open(NULL);
		unlink(path);
	}
}

static void
test_random_values(void **state)
{
	(void)state;
	srand(9);
	for (int i = 0; i < 3000; i++) {
		char value[40];
		json_t *line;
		size_t n = (size_t)rand() % sizeof(value);

		for (size_t k = 0; k < n; k++)
			value[k] = (char)(rand() % 3 ? rand() : 0xe2 - rand() % 64);
		value[n < sizeof(value) ? n : n - 1] = '\0';
		log_open(path);
		log_event(LOG_WARN, "x", "value", value);
		line = only_line();
		assert_int_equal(json_object_size(line), 4);
		json_decref(line);
		log_open(NULL);
		unlink(path);
	}
}

static void
test_appends_and_reopens(void **state)
{
	char old[112];
	struct stat st;
	size_t len;

	(void)state;
	log_open(path);
	log_event(LOG_INFO, "one");
	log_open(path);
	log_event(LOG_INFO, "two");
	assert_non_null(strstr(content(&len), "one"));
	assert_non_null(strstr(content(&len), "two"));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	/* As logrotate does. */
	snprintf(old, sizeof(old), "%s.1", path);
	assert_int_equal(rename(path, old), 0);
	log_open(path);
	log_event(LOG_INFO, "three");
	assert_non_null(strstr(content(&len), "three"));
	assert_null(strstr(content(&len), "two"));
	unlink(old);
}

static void
test_cannot_open(void **state)
{
	size_t len;

	(void)state;
	log_open(path);
	log_open("/nowhere/at/all");
	log_event(LOG_INFO, "after");
	assert_non_null(strstr(content(&len), "/nowhere/at/all"));
	assert_non_null(strstr(content(&len), "after"));
}

static void
test_standard_error(void **state)
{
	int saved = dup(STDERR_FILENO), fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	size_t len;

	(void)state;
	assert_true(saved >= 0 && fd >= 0);
	dup2(fd, STDERR_FILENO);
	log_open("");
	log_event(LOG_INFO, "said");
	dup2(saved, STDERR_FILENO);
	close(saved);
	close(fd);
	assert_non_null(strstr(content(&len), "said"));
}

/* Whoever logs a failure may still look at errno, also when there is no room for the line. */
static void
test_keeps_errno(void **state)
{
	(void)state;
	log_open("/dev/full");
	errno = EDOM;
	log_event(LOG_ERROR, "lost");
	assert_int_equal(errno, EDOM);
}

static void
test_int(void **state)
{
	const char *text[8];

	(void)state;
	for (int i = 0; i < 8; i++)
		text[i] = log_int(i - 4);
	assert_string_equal(text[0], "-4");
	assert_string_equal(text[7], "3");
	assert_string_equal(log_int(INT64_MIN), "-9223372036854775808");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_line, clean),
		cmocka_unit_test_teardown(test_levels, clean),
		cmocka_unit_test_teardown(test_escapes, clean),
		cmocka_unit_test_teardown(test_cut, clean),
		cmocka_unit_test_teardown(test_line_full, clean),
		cmocka_unit_test_teardown(test_random_values, clean),
		cmocka_unit_test_teardown(test_appends_and_reopens, clean),
		cmocka_unit_test_teardown(test_cannot_open, clean),
		cmocka_unit_test_teardown(test_standard_error, clean),
		cmocka_unit_test_teardown(test_keeps_errno, clean),
		cmocka_unit_test_teardown(test_int, clean),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("log", tests, start, stop);
}
