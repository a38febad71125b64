/* Every statement of the product against the real schema: it prepares, it reads no whole
 * table that src/db/SCANS does not name, and it stays within one tenant unless
 * src/db/ALLTENANTS says why not.  Judged by EXPLAIN QUERY PLAN on the empty database,
 * which is the plan that runs, for the program never runs ANALYZE. */
#include <ctype.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include <cmocka.h>

#include "db/migrate.h"
#include "db/sql.h"
#include "../scratch.h"

enum { NAME = 64, MOST = 512 };

struct table {
	char name[NAME];
	bool tenant;          /* has a tenant_id */
	bool by_tenant;       /* and that alone is its INTEGER PRIMARY KEY */
};

struct alias {
	char name[NAME];
	int  table;           /* -1: a subquery or a WITH */
};

struct exception {
	char name[NAME], table[NAME];
	bool needed;
};

struct exceptions {
	const char      *file;
	struct exception items[MOST];
	int              n;
};

static sqlite3 *raw;
static char folder[SCRATCH_SIZE];
static struct table tables[MOST];
static int ntables;
static struct alias aliases[MOST];
static int naliases;
static struct exceptions scans = { .file = "src/db/SCANS" };
static struct exceptions crossing = { .file = "src/db/ALLTENANTS" };

static int
complain(const struct sql_text *s, const char *what, const char *more)
{
	if (s->line > 0)
		print_message("# %s:%d: %s %s %s\n", s->file, s->line, s->name, what, more);
	return 1;
}

static const char *
source_path(const char *name)
{
	static char path[512];
	const char *srcdir = getenv("SRCDIR");

	snprintf(path, sizeof(path), "%s/%s", srcdir ? srcdir : ".", name);
	return path;
}

static const struct sql_text *
statement_named(const char *name)
{
	for (int i = 0; i < sql_count; i++)
		if (strcmp(sql_texts[i].name, name) == 0)
			return &sql_texts[i];
	return NULL;
}

/* A line: the statement, the table if the file has that column, the reason. */
static int
read_exceptions(struct exceptions *x, bool with_table)
{
	char line[512], reason[2];
	FILE *f = fopen(source_path(x->file), "r");
	struct exception *item;
	int bad = 0, got, number = 0;

	assert_non_null(f);
	while (fgets(line, sizeof(line), f)) {
		number++;
		if (line[0] == '#' || line[strspn(line, " \t\n")] == '\0')
			continue;
		assert_true(x->n < MOST);
		item = &x->items[x->n++];
		got = with_table
		    ? sscanf(line, "%63s %63s %1s", item->name, item->table, reason)
		    : sscanf(line, "%63s %1s", item->name, reason);
		if (got == (with_table ? 3 : 2) && statement_named(item->name))
			continue;
		print_message("# %s:%d: no such statement, or no reason\n", x->file, number);
		bad++;
	}
	fclose(f);
	return bad;
}

/* A family's members share the place of the first, whose name stands for all. */
static bool
excepted(struct exceptions *x, const struct sql_text *s, const char *table)
{
	const struct sql_text *named;
	bool found = false;

	for (int i = 0; i < x->n; i++) {
		named = statement_named(x->items[i].name);
		if (!named || named->line != s->line || strcmp(named->file, s->file) != 0)
			continue;
		if (x->items[i].table[0] && strcmp(x->items[i].table, table) != 0)
			continue;
		x->items[i].needed = true;
		found = true;
	}
	return found;
}

static int
unneeded(const struct exceptions *x)
{
	int bad = 0;

	for (int i = 0; i < x->n; i++) {
		if (x->items[i].needed)
			continue;
		print_message("# %s: %s needs no line\n", x->file, x->items[i].name);
		bad++;
	}
	return bad;
}

static int
table_named(const char *name)
{
	for (int i = 0; i < ntables; i++)
		if (strcasecmp(tables[i].name, name) == 0)
			return i;
	return -1;
}

static void
read_tables(void)
{
	static const char sql[] =
	    "SELECT name, (SELECT count(*) FROM pragma_table_info(s.name)"
	    " WHERE name = 'tenant_id'), (SELECT group_concat(name || type) = 'tenant_idINTEGER'"
	    " FROM pragma_table_info(s.name) WHERE pk > 0) FROM sqlite_schema AS s"
	    " WHERE type = 'table' UNION ALL SELECT 'sqlite_schema', 0, 0";
	sqlite3_stmt *s;

	assert_int_equal(sqlite3_prepare_v2(raw, sql, -1, &s, NULL), SQLITE_OK);
	while (sqlite3_step(s) == SQLITE_ROW) {
		assert_true(ntables < MOST);
		snprintf(tables[ntables].name, NAME, "%s", sqlite3_column_text(s, 0));
		tables[ntables].tenant = sqlite3_column_int(s, 1);
		tables[ntables++].by_tenant = sqlite3_column_int(s, 2);
	}
	sqlite3_finalize(s);
}

/* The next word, number or sign; a quoted text is the sign '. */
static bool
next_token(const char **p, char out[NAME])
{
	size_t n = 0;

	while (isspace((unsigned char)**p))
		(*p)++;
	if (**p == '\0')
		return false;
	if (**p == '\'') {
		for ((*p)++; **p && **p != '\''; (*p)++)
			;
		*p += **p == '\'';
		strcpy(out, "'");
		return true;
	}
	while (isalnum((unsigned char)(*p)[n]) || (*p)[n] == '_' || (n == 0 && **p == '?'))
		n++;
	if (n == 0)
		n = 1;
	snprintf(out, NAME, "%.*s", (int)n, *p);
	*p += n;
	return true;
}

static bool
is_name(const char *token)
{
	static const char *const keywords[] = { "WHERE", "ON", "JOIN", "LEFT", "INNER", "CROSS",
		"SET", "ORDER", "GROUP", "LIMIT", "USING", "VALUES", "INDEXED", "NOT", "UNION",
		"EXCEPT", "INTERSECT", "SELECT", "DEFAULT", "RETURNING", "HAVING", "AND", "OR",
		"IN", "IS", "AS", "FROM", "DO", "DESC", "ASC", "WHEN", "THEN", "ELSE", "END" };

	if (!isalpha((unsigned char)token[0]) && token[0] != '_')
		return false;
	for (size_t i = 0; i < sizeof(keywords) / sizeof(keywords[0]); i++)
		if (strcasecmp(token, keywords[i]) == 0)
			return false;
	return true;
}

static void
add_alias(const char *name, int table)
{
	assert_true(naliases < MOST);
	snprintf(aliases[naliases].name, NAME, "%.*s", NAME - 1, name);
	aliases[naliases++].table = table;
}

/* What the names in the plan stand for: "members AS m", "members m", "members",
 * "(SELECT ...) AS x", "WITH x AS (", "WITH x (a) AS (". */
static void
read_aliases(const char *text)
{
	char token[NAME], before[NAME] = "", older[NAME] = "";
	const char *p = text;
	bool first_of_with = false;

	naliases = 0;
	for (int i = 0; i < ntables; i++)
		add_alias(tables[i].name, i);
	while (next_token(&p, token)) {
		if (strcasecmp(before, "AS") == 0 && is_name(token) && table_named(older) >= 0)
			add_alias(token, table_named(older));
		else if (strcasecmp(before, "AS") == 0 && is_name(token) &&
		    strcmp(older, ")") == 0)
			add_alias(token, -1);
		else if (is_name(token) && strcmp(before, ")") == 0)
			add_alias(token, -1);
		else if (is_name(token) && table_named(before) >= 0)
			add_alias(token, table_named(before));
		else if (strcmp(token, "(") == 0 && strcasecmp(before, "AS") == 0)
			add_alias(older, -1);
		if (first_of_with && is_name(token))
			add_alias(token, -1);
		first_of_with = strcasecmp(token, "WITH") == 0 ||
		    strcasecmp(token, "RECURSIVE") == 0;
		memcpy(older, before, NAME);
		memcpy(before, token, NAME);
	}
}

/* The table meant by a name of the plan; -1: none of ours; -2: not known. */
static int
meant_by(const char *name)
{
	int found = -2;

	if (name[0] == '(' || isdigit((unsigned char)name[0]) || strcmp(name, "CONSTANT") == 0 ||
	    strcmp(name, "json_each") == 0)
		return -1;
	for (int i = 0; i < naliases; i++) {
		if (strcmp(aliases[i].name, name) != 0)
			continue;
		if (found != -2 && found != aliases[i].table)
			return -2;
		found = aliases[i].table;
	}
	return found;
}

/* A tenant may have most of a table's rows. */
static bool
whole_table(const char *detail)
{
	const char *fts = strstr(detail, " VIRTUAL TABLE INDEX ");

	if (strstr(detail, "AUTOMATIC") || strstr(detail, "(tenant_id=?)"))
		return true;
	if (strncmp(detail, "SCAN ", 5) != 0)
		return false;
	return !fts || fts[strlen(fts) - 1] == ':';
}

static int
judge_scan(const struct sql_text *s, const char *detail, int table)
{
	/* The tables that point to a new row, which are read while a constraint is put off. */
	if (strncmp(s->text, "INSERT", 6) == 0 && strstr(s->text, tables[table].name) == NULL)
		return 0;
	if (!whole_table(detail) || excepted(&scans, s, tables[table].name))
		return 0;
	return complain(s, "reads a whole table:", detail);
}

/* Postings are by row: without both ends of the tenant's range, all tenants' are read. */
static bool
kept_to_range(const char *virtual_index)
{
	return strchr(virtual_index, '=') || strstr(virtual_index, "><");
}

static int
judge_tenant(const struct sql_text *s, const char *detail, int table)
{
	const char *virtual = strstr(detail, " VIRTUAL TABLE INDEX ");

	if (virtual ? kept_to_range(virtual) : !tables[table].tenant)
		return 0;
	if (strstr(detail, "tenant_id=?") ||
	    (tables[table].by_tenant && strstr(detail, "(rowid=?)")) ||
	    excepted(&crossing, s, tables[table].name))
		return 0;
	return complain(s, "is not held to one tenant:", detail);
}

static int
judge_plan(const struct sql_text *s, int (*judge)(const struct sql_text *, const char *, int))
{
	char sql[16384], name[NAME];
	const char *detail;
	sqlite3_stmt *plan;
	int bad = 0, table;

	read_aliases(s->text);
	snprintf(sql, sizeof(sql), "EXPLAIN QUERY PLAN %s", s->text);
	if (sqlite3_prepare_v2(raw, sql, -1, &plan, NULL) != SQLITE_OK)
		return complain(s, "has no plan:", sqlite3_errmsg(raw));
	while (sqlite3_step(plan) == SQLITE_ROW) {
		detail = (const char *)sqlite3_column_text(plan, 3);
		if (sscanf(detail, "SCAN %63s", name) != 1 &&
		    sscanf(detail, "SEARCH %63s", name) != 1)
			continue;
		table = meant_by(name);
		if (table == -2)
			bad += complain(s, "has a name of two meanings or none:", detail);
		else if (table >= 0)
			bad += judge(s, detail, table);
	}
	sqlite3_finalize(plan);
	return bad;
}

/* A DELETE of all rows may be no walk but one act, which no plan shows. */
static int
judge_delete(const struct sql_text *s)
{
	if (strncasecmp(s->text, "DELETE", 6) != 0 || strcasestr(s->text, "WHERE"))
		return 0;
	return complain(s, "deletes", "everything");
}

/* Reads up to the comma or the bracket that ends this item; false: the last one. */
static bool
next_item(const char **p, char out[NAME])
{
	char token[NAME];
	int depth = 0;
	size_t len = 0;

	out[0] = '\0';
	while (next_token(p, token)) {
		if (depth == 0 && strcmp(token, ",") == 0)
			return true;
		if (depth == 0 && (strcmp(token, ")") == 0 || strcasecmp(token, "FROM") == 0))
			return false;
		depth += strcmp(token, "(") == 0;
		depth -= strcmp(token, ")") == 0;
		if (len + strlen(token) + 1 < NAME)
			len += (size_t)sprintf(out + len, "%s", token);
	}
	return false;
}

static int
place_of_tenant(const char **p)
{
	char item[NAME];
	bool more;
	int i = 0, place = -1;

	do {
		more = next_item(p, item);
		if (strcmp(item, "tenant_id") == 0)
			place = i;
		i++;
	} while (more);
	return place;
}

/* INSERT INTO t (a, tenant_id, ...) VALUES (..., ?1, ...) or SELECT ..., ?1, ... */
static int
judge_insert(const struct sql_text *s, const char *p, int table)
{
	char token[NAME], item[NAME] = "";
	const char *list;
	int place;

	if (!next_token(&p, token) || strcmp(token, "(") != 0)
		return complain(s, "names no columns of", tables[table].name);
	place = place_of_tenant(&p);
	while (next_token(&p, token))
		if (strcasecmp(token, "VALUES") == 0 || strcasecmp(token, "SELECT") == 0)
			break;
	list = p;
	if (next_token(&list, token) && (token[0] == '(' || strcasecmp(token, "DISTINCT") == 0))
		p = list;
	for (int i = 0; i <= place; i++)
		if (!next_item(&p, item) && i < place)
			break;
	if ((place >= 0 && strcmp(item, "?1") == 0) ||
	    excepted(&crossing, s, tables[table].name))
		return 0;
	return complain(s, "does not give ?1 as tenant_id to", tables[table].name);
}

static int
judge_inserts(const struct sql_text *s)
{
	char token[NAME], before[NAME] = "";
	const char *p = s->text;
	int bad = 0, table;

	while (next_token(&p, token)) {
		table = strcasecmp(before, "INTO") == 0 ? table_named(token) : -1;
		if (table >= 0 && tables[table].tenant)
			bad += judge_insert(s, p, table);
		memcpy(before, token, NAME);
	}
	return bad;
}

static int
set_up(void **state)
{
	char path[96], url[128];

	(void)state;
	assert_non_null(mkdtemp(scratch_path(folder, "test_sql")));
	snprintf(path, sizeof(path), "%s/db", folder);
	snprintf(url, sizeof(url), "sqlite:%s", path);
	assert_int_equal(migrate_run(url, 0), OK);
	assert_int_equal(sqlite3_open(path, &raw), SQLITE_OK);
	assert_int_equal(sqlite3_db_config(raw, SQLITE_DBCONFIG_DQS_DML, 0, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_db_config(raw, SQLITE_DBCONFIG_ENABLE_FKEY, 1, NULL), SQLITE_OK);
	read_tables();
	return 0;
}

static int
tear_down(void **state)
{
	static const char *const names[] = { "db", "db-wal", "db-shm", "db.lock" };
	char path[96];

	(void)state;
	sqlite3_close(raw);
	for (size_t i = 0; i < 4; i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
		unlink(path);
	}
	return rmdir(folder);
}

static int
judge_columns(const struct sql_text *s, sqlite3_stmt *stmt)
{
	int bad = 0;

	for (int i = 0; i < sqlite3_column_count(stmt); i++)
		for (int k = 0; k < i; k++)
			if (strcmp(sqlite3_column_name(stmt, i), sqlite3_column_name(stmt, k)) == 0)
				bad += complain(s, "has two columns named",
				    sqlite3_column_name(stmt, i));
	return bad;
}

static int
judge_text(const struct sql_text *s)
{
	const char *rest;
	sqlite3_stmt *stmt;
	int bad = 0;

	if (sqlite3_prepare_v2(raw, s->text, -1, &stmt, &rest) != SQLITE_OK)
		return complain(s, "does not prepare:", sqlite3_errmsg(raw));
	if (*rest)
		bad += complain(s, "has more behind its end:", rest);
	if (sqlite3_bind_parameter_count(stmt) != s->nargs)
		bad += complain(s, "has a wrong count of", "arguments");
	if (s->select && !sqlite3_stmt_readonly(stmt))
		bad += complain(s, "is taken for one that", "only reads");
	if (strcmp(s->name, "schema_create") != 0 && !s->select && sqlite3_stmt_readonly(stmt))
		bad += complain(s, "is taken for one that", "changes something");
	bad += judge_columns(s, stmt);
	sqlite3_finalize(stmt);
	return bad;
}

static void
every_statement_prepares(void **state)
{
	int bad = 0;

	(void)state;
	for (int i = 0; i < sql_count; i++) {
		bad += judge_text(&sql_texts[i]);
		bad += judge_delete(&sql_texts[i]);
	}
	assert_int_equal(bad, 0);
}

static void
no_statement_reads_a_whole_table(void **state)
{
	int bad = read_exceptions(&scans, true);

	(void)state;
	for (int i = 0; i < sql_count; i++)
		bad += judge_plan(&sql_texts[i], judge_scan);
	assert_int_equal(bad + unneeded(&scans), 0);
}

static void
every_statement_stays_in_its_tenant(void **state)
{
	int bad = read_exceptions(&crossing, false);

	(void)state;
	for (int i = 0; i < sql_count; i++) {
		bad += judge_plan(&sql_texts[i], judge_tenant);
		bad += judge_inserts(&sql_texts[i]);
	}
	assert_int_equal(bad + unneeded(&crossing), 0);
}

/* The judges themselves, on statements that break the rules: none may pass. */
static void
the_judges_see_what_is_wrong(void **state)
{
	static const struct { const char *text; int scans, tenants, inserts; } cases[] = {
		{ "SELECT id FROM members", 1, 1, 0 },
		{ "SELECT m.id FROM members m WHERE m.name = ?1", 1, 1, 0 },
		{ "SELECT id FROM members AS m WHERE tenant_id = ?1", 1, 0, 0 },
		{ "SELECT id FROM members AS m WHERE tenant_id = ?1 AND role_id = ?2"
		  " AND status <> 'removed'", 0, 0, 0 },
		{ "SELECT p.id FROM people AS p WHERE p.id = ?1", 0, 0, 0 },
		{ "SELECT p.id FROM people AS p, members AS m WHERE p.id = m.person_id"
		  " AND m.tenant_id = ?1", 1, 0, 0 },
		{ "SELECT rowid FROM members_fts WHERE search MATCH ?1", 0, 1, 0 },
		{ "SELECT f.rowid FROM members_fts AS f WHERE f.search MATCH ?1"
		  " AND f.rowid BETWEEN ?2 AND ?3", 0, 0, 0 },
		{ "SELECT rowid FROM members_fts", 1, 1, 0 },
		{ "SELECT id FROM members WHERE search_id = ?1", 0, 1, 0 },
		{ "WITH x AS (SELECT id FROM people WHERE id = ?1) SELECT * FROM x", 0, 0, 0 },
		{ "UPDATE members SET name = ?2 WHERE name = ?3", 1, 1, 0 },
				{ "INSERT INTO members (id, tenant_id) VALUES (?2, ?1)", 0, 0, 0 },
		{ "INSERT INTO members (id, tenant_id) VALUES (max(?1, ?2), ?2)", 0, 0, 1 },
		{ "INSERT INTO members (id) VALUES (?1)", 0, 0, 1 },
		{ "INSERT INTO members (id, tenant_id) SELECT ?2, ?1 FROM people WHERE id = ?3",
		  0, 0, 0 },
		{ "INSERT INTO members (id, tenant_id) SELECT ?2, last_tenant_id FROM people"
		  " WHERE id = ?3", 0, 0, 1 },
	};
	struct sql_text s = { .file = "", .line = 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		s.name = s.text = cases[i].text;
		assert_int_equal(judge_plan(&s, judge_scan), cases[i].scans);
		assert_int_equal(judge_plan(&s, judge_tenant), cases[i].tenants);
		assert_int_equal(judge_inserts(&s), cases[i].inserts);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_statement_prepares),
		cmocka_unit_test(no_statement_reads_a_whole_table),
		cmocka_unit_test(every_statement_stays_in_its_tenant),
		cmocka_unit_test(the_judges_see_what_is_wrong),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
