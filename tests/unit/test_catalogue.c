/* base/catalogue.h: rules of plurals, .po files whole and broken; and the languages made of them,
 * core/language.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/catalogue.h"
#include "base/log.h"
#include "core/language.h"
#include "mustache/tmpl.h"
#include "../scratch.h"

static struct arena *arena;
static char          dir[SCRATCH_SIZE];

#define HEADER "msgid \"\"\nmsgstr \"\"\n\"Content-Type: text/plain; charset=UTF-8\\n\"\n" \
	"\"X-Language-Name: Deutsch\\n\"\n\"Plural-Forms: nplurals=2; plural=n != 1;\\n\"\n\n"

static int
start(void **state)
{
	(void)state;
	arena = arena_new(1 << 16, 16 << 20);
	assert_non_null(mkdtemp(scratch_path(dir, "test_catalogue")));
	log_open(arena_printf(arena, "%s/log", dir));
	return 0;
}

static int
end(void **state)
{
	(void)state;
	log_open(NULL);
	unlink(arena_printf(arena, "%s/log", dir));
	rmdir(dir);
	arena_free(arena);
	return 0;
}

static const char *
write_file(const char *name, const char *text)
{
	const char *path = arena_printf(arena, "%s/%s", dir, name);
	FILE       *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	return path;
}

static enum err
load(const char *text, struct catalogue **c)
{
	const char *path = write_file("x.po", text);
	enum err    e = catalogue_load(arena, path, c);

	unlink(path);
	return e;
}

static const char *
find(const struct catalogue *c, const char *context, const char *english)
{
	size_t      len;
	const char *text = catalogue_find(c, context, english, &len);

	if (text)
		assert_int_equal(strlen(text), len);
	return text ? text : "";
}

static size_t
form(const char *header, int64_t n)
{
	struct plural_rule rule;

	assert_int_equal(plural_read(arena, header, &rule), OK);
	return plural_form(&rule, n);
}

/* The rules that gettext's manual gives for these. */
static void
test_plural_rules(void **state)
{
	static const char polish[] = "nplurals=3; plural=n==1 ? 0 : n%10>=2 && n%10<=4 && "
	    "(n%100<10 || n%100>=20) ? 1 : 2;";
	static const char arabic[] = "nplurals=6; plural=n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : "
	    "n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5;";

	(void)state;
	assert_int_equal(form("nplurals=2; plural=n != 1;", 0), 1);
	assert_int_equal(form("nplurals=2; plural=n != 1;", 1), 0);
	assert_int_equal(form("nplurals=2; plural=n != 1;", 2), 1);
	assert_int_equal(form("nplurals=2; plural=n>1", 0), 0);
	assert_int_equal(form("nplurals=1; plural=0;", 7), 0);
	for (int64_t n = 0; n < 130; n++)
		assert_int_equal(form(polish, n), n == 1 ? 0 : n % 10 >= 2 && n % 10 <= 4 &&
		    (n % 100 < 10 || n % 100 >= 20) ? 1 : 2);
	assert_int_equal(form(arabic, 0), 0);
	assert_int_equal(form(arabic, 2), 2);
	assert_int_equal(form(arabic, 105), 3);
	assert_int_equal(form(arabic, 111), 4);
	assert_int_equal(form(arabic, 102), 5);
	assert_int_equal(form("nplurals=2; plural=n != 1;", -1), 0);
	assert_int_equal(form("nplurals=2; plural=n != 1;", INT64_MIN), 1);
	assert_int_equal(form("nplurals=2; plural=!(n - 1 + 1 - 1) == 0;", 1), 0);
	assert_int_equal(form("nplurals=3; plural=n / 0 + n % 0 + 2 * (n > 3) ;", 4), 2);
}

static void
test_broken_rules(void **state)
{
	static const char *const broken[] = { "", "nplurals=2;", "plural=n;",
		"nplurals=0; plural=0;", "nplurals=7; plural=0;", "nplurals=2; plural=n;",
		"nplurals=2; plural=;",
		"nplurals=2; plural=n = 1;", "nplurals=2; plural=(n != 1;",
		"nplurals=2; plural=n != 1);", "nplurals=2; plural=n ? 1;",
		"nplurals=2; plural=system(n);", "nplurals=2; plural=n & 1;",
		"nplurals=2; plural=n != 1 x;", "nplurals=x; plural=0;", NULL };
	struct plural_rule rule;
	char               deep[2200] = "nplurals=2; plural=";

	(void)state;
	for (size_t i = 0; broken[i]; i++)
		if (plural_read(arena, broken[i], &rule) != ERR_INVALID)
			fail_msg("%s", broken[i]);
	memset(deep + strlen(deep), '(', 900);
	assert_int_equal(plural_read(arena, deep, &rule), ERR_INVALID);
	memset(deep + strlen("nplurals=2; plural="), '!', 900);
	strcat(deep, "n");
	assert_int_equal(plural_read(arena, deep, &rule), ERR_INVALID);
}

static void
test_entries(void **state)
{
	struct catalogue *c;

	(void)state;
	assert_int_equal(load("# A remark.\n" HEADER
	    "#: a.c\n#. to translators\nmsgid \"Users\"\nmsgstr \"Benutzer\"\n\n"
	    "msgctxt \"menu\"\nmsgid \"Users\"\nmsgstr \"Leute\"\n"
	    "msgid \"\"\n\"Two \"\n\"lines\"\nmsgstr \"\"\n\"Zwei \\\"\"\n\"Zeilen\\n\\t\\\\\"\n\n"
	    "msgid \"[n] user\"\nmsgid_plural \"[n] users\"\nmsgstr[0] \"[n] Wert\"\n"
	    "msgstr[1] \"[n] Werte\"\n\n"
	    "#, fuzzy\nmsgid \"Fuzzy\"\nmsgstr \"Falsch\"\n\n"
	    "msgid \"After it\"\nmsgstr \"Danach\"\n\n"
	    "msgid \"Empty\"\nmsgstr \"\"\n\n"
	    "msgid \"Half\"\nmsgid_plural \"Halves\"\nmsgstr[0] \"Halb\"\nmsgstr[1] \"\"\n\n"
	    "#~ msgid \"Gone\"\n#~ msgstr \"Weg\"\n", &c), OK);
	assert_string_equal(catalogue_name(c), "Deutsch");
	assert_int_equal(catalogue_count(c), 5);
	assert_string_equal(find(c, NULL, "Users"), "Benutzer");
	assert_string_equal(find(c, "menu", "Users"), "Leute");
	assert_string_equal(find(c, "page", "Users"), "");
	assert_string_equal(find(c, NULL, "Two lines"), "Zwei \"Zeilen\n\t\\");
	assert_string_equal(find(c, NULL, "[n] user | [n] users"), "[n] Wert | [n] Werte");
	assert_string_equal(find(c, NULL, "[n] user"), "[n] Wert");
	assert_string_equal(find(c, NULL, "Fuzzy"), "");
	assert_string_equal(find(c, NULL, "After it"), "Danach");
	assert_string_equal(find(c, NULL, "Empty"), "");
	assert_string_equal(find(c, NULL, "Half | Halves"), "");
	assert_string_equal(find(c, NULL, "Gone"), "");
	assert_string_equal(find(c, NULL, ""), "");
	assert_int_equal(catalogue_form(c, 1), 0);
	assert_int_equal(catalogue_form(c, 3), 1);
}

static void
test_broken_files(void **state)
{
	static const char *const broken[] = { "", "msgid \"a\"\nmsgstr \"b\"\n",
		"msgid \"\"\nmsgstr \"X-Language-Name: D\\n\"\n",
		"msgid \"\"\nmsgstr \"Content-Type: text/plain; charset=ISO-8859-1\\n"
		    "X-Language-Name: D\\nPlural-Forms: nplurals=1; plural=0;\\n\"\n",
		HEADER "msgid \"a\"\n", HEADER "msgstr \"b\"\n", HEADER "msgid a\nmsgstr \"b\"\n",
		HEADER "msgid \"a\nmsgstr \"b\"\n", HEADER "msgid \"a\\q\"\nmsgstr \"b\"\n",
		HEADER "msgid \"a\\\"\nmsgstr \"b\"\n", HEADER "msgid \"a\" x\nmsgstr \"b\"\n",
		HEADER "msgid \"a\"\nmsgid \"c\"\nmsgstr \"b\"\n", HEADER "\"a\"\n",
		HEADER "msgid \"a\"\nmsgstr[0] \"b\"\n",
		HEADER "msgid \"a\"\nmsgid_plural \"c\"\nmsgstr[9] \"b\"\n",
		HEADER "msgid \"a\"\nmsgstr \"b\"\n\nmsgid \"a\"\nmsgstr \"c\"\n",
		HEADER "nonsense\n", HEADER "msgid \"\xff\"\nmsgstr \"b\"\n", NULL };
	struct catalogue *c;

	(void)state;
	for (size_t i = 0; broken[i]; i++)
		if (load(broken[i], &c) != ERR_INVALID)
			fail_msg("%s", broken[i]);
	assert_int_equal(catalogue_load(arena, "/nowhere.po", &c), ERR_NOTFOUND);
}

static struct languages *
two_languages(void)
{
	struct languages *all;
	const char       *de = write_file("de.po", HEADER "msgid \"Users\"\nmsgstr \"Benutzer\"\n");
	const char       *fr = write_file("pt-BR.po", HEADER);

	assert_int_equal(languages_load(arena, dir, &all), OK);
	unlink(de);
	unlink(fr);
	return all;
}

static void
test_languages(void **state)
{
	struct languages *all = two_languages();

	(void)state;
	assert_int_equal(all->n, 3);
	assert_string_equal(all->items[0].code, "en");
	assert_string_equal(all->items[1].code, "de");
	assert_string_equal(all->items[1].name, "Deutsch");
	assert_null(language_texts(all, "en"));
	assert_null(language_texts(all, "xx"));
	assert_null(language_texts(NULL, "de"));
	assert_string_equal(language_texts(all, "de")->language, "de");
	assert_string_equal(language_code(all, STR("DE")), "de");
	assert_string_equal(language_code(all, STR("pt-br")), "pt-BR");
	assert_string_equal(language_code(NULL, STR("en")), "en");
	assert_null(language_code(all, STR("../de")));
	assert_null(language_code(all, STR("d")));
	assert_null(language_code(all, STR("")));
}

static void
test_folders(void **state)
{
	struct languages *all;
	const char       *path;

	(void)state;
	assert_int_equal(languages_load(arena, "/nowhere", &all), OK);
	assert_int_equal(all->n, 1);
	path = write_file("no language.po", HEADER);
	assert_int_equal(languages_load(arena, dir, &all), ERR_INVALID);
	unlink(path);
	path = write_file("en.po", HEADER);
	assert_int_equal(languages_load(arena, dir, &all), ERR_INVALID);
	unlink(path);
	path = write_file("de.po", "broken");
	assert_int_equal(languages_load(arena, dir, &all), ERR_INVALID);
	unlink(path);
}

/* {E5}: RFC 9110, 12.5.4, and what no browser would send. */
static void
test_accepted(void **state)
{
	static const char *const cases[][2] = { { "", "en" }, { "de", "de" }, { "de-AT", "de" },
		{ "DE-at-1996", "de" }, { "fr, de;q=0.5", "de" }, { "en, de", "en" },
		{ "de;q=0.3, en;q=0.7", "en" }, { "en;q=0.3, de;q=0.7", "de" }, { "*", "en" },
		{ "de;q=0", "en" }, { "de;q=2", "en" }, { "de;q=abc", "en" },
		{ "de;level=1", "en" },
		{ "en-GB,en;q=0.9,de;q=0.8", "en" }, { "pt-BR-x", "pt-BR" }, { "pt", "en" },
		{ ",,;;q=1,de ; q=1.000 ,", "de" }, { "../de", "en" }, { "de\t;q=0.001", "de" },
		{ "-", "en" } };
	struct languages *all = two_languages();
	char              huge[1200];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (strcmp(language_accepted(all, str_of(cases[i][0])), cases[i][1]) != 0)
			fail_msg("%s", cases[i][0]);
	memset(huge, ',', sizeof(huge));
	memcpy(huge, "de", 2);
	assert_string_equal(language_accepted(all, (struct str){ huge, sizeof(huge) }), "en");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plural_rules),
		cmocka_unit_test(test_broken_rules),
		cmocka_unit_test(test_entries),
		cmocka_unit_test(test_broken_files),
		cmocka_unit_test(test_languages),
		cmocka_unit_test(test_folders),
		cmocka_unit_test(test_accepted),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("catalogue", tests, start, end);
}
