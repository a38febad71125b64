/* The world of the tests of rules: made once by the program's own calls, copied for each
 * test.  What holds in it is tested in tests/modules/. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fixture.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/conf.h"
#include "base/id.h"
#include "base/log.h"
#include "core/outbox.h"
#include "crypto/password.h"
#include "crypto/token.h"
#include "db/db.h"
#include "core/language.h"
#include "db/migrate.h"
#include "mustache/tmpl.h"
#include "organizations/organizations.h"
#include "setup/setup.h"
#include "signin/signin.h"
#include "signin/signin_store.h"
#include "scratch.h"

enum { TEXT_LONGEST = 8192, MAILS_MOST = 1000, ROWS_MOST = 10000 };

struct fixture fx;

static char            folder[128], url[192];
static struct conf     conf;
static struct keys    *keys;
static struct tmpl_set *templates;
static struct languages *languages;
static struct db      *db;
static struct tenants_kept *tenants;   /* as a worker keeps them */
static sqlite3        *beside;
static const char     *password;
static const char     *broken;
static uint64_t        random_state;

static struct {
	int64_t            events[FX_TENANTS + 1], mails;
	uint8_t            content[32];
	struct db_counters counters;
	uint64_t           hashes;
} marked;

static const struct { const char *name, *local, *role; } people[FX_MEMBERS] = {
	[ADMIN] = { "Ada Admin", "ada", "Admin" },
	[BUILDER] = { "Ben Builder", "ben", "Builder" },
	[CONSUMER] = { "Cleo Consumer", "cleo", "Consumer" },
	[GUEST] = { "Gil Guest", "gil", "Guest" },
	[STAFF] = { "Stan Staff", "stan", "Staff" },
	[USER] = { "Una User", "una", "User" },
	[AUDITOR] = { "Aud Auditor", "aud", "Auditor" },
	[HELPDESK] = { "Hel Helpdesk", "hel", "Helpdesk" },
	[WEST_ADMIN] = { "Wes West", "wes", "Admin" },
	[WEST_USER] = { "Wim West", "wim", "User" },
	[DEEP_USER] = { "Dee Deep", "dee", "User" },
	[EAST_USER] = { "Eva East", "eva", "User" },
	[DEACTIVATED] = { "Dan Deactivated", "dan", "User" },
	[INVITED] = { "Ivy Invited", "ivy", "User" },
	[BOTH] = { "Bo Both", "bo", "User" },
};

/* ---------------------------------------------------------------- SQL beside the program */

__attribute__((format(printf, 1, 0))) static const char *
format_text(const char *format, va_list ap)
{
	char *text = (char *)arena_zalloc(fx.cx.arena, TEXT_LONGEST, 1);
	int   n = vsnprintf(text, TEXT_LONGEST, format, ap);

	assert_true(n >= 0 && n < TEXT_LONGEST);
	return text;
}

static sqlite3 *
connection(void)
{
	char path[160];

	if (beside)
		return beside;
	snprintf(path, sizeof(path), "%s/db", folder);
	assert_int_equal(sqlite3_open_v2(path, &beside, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_exec(beside, "PRAGMA wal_autocheckpoint=0; "
	    "PRAGMA foreign_keys=ON; PRAGMA recursive_triggers=ON", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_db_config(beside, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	sqlite3_busy_timeout(beside, 5000);
	return beside;
}

static sqlite3_stmt *
prepared(const char *sql)
{
	sqlite3_stmt *s;

	if (sqlite3_prepare_v2(connection(), sql, -1, &s, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(beside));
	return s;
}

int64_t
fx_int(const char *format, ...)
{
	sqlite3_stmt *s;
	int64_t       n = 0;
	va_list       ap;

	va_start(ap, format);
	s = prepared(format_text(format, ap));
	va_end(ap);
	if (sqlite3_step(s) == SQLITE_ROW)
		n = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	return n;
}

const char *
fx_text(const char *format, ...)
{
	sqlite3_stmt *s;
	const char   *text = "";
	va_list       ap;

	va_start(ap, format);
	s = prepared(format_text(format, ap));
	va_end(ap);
	if (sqlite3_step(s) == SQLITE_ROW && sqlite3_column_type(s, 0) != SQLITE_NULL)
		text = arena_strdup(fx.cx.arena, (const char *)sqlite3_column_text(s, 0));
	sqlite3_finalize(s);
	return text;
}

struct fx_rows
fx_rows(const char *sql)
{
	sqlite3_stmt  *s = prepared(sql);
	struct fx_rows out = { .columns = (size_t)sqlite3_column_count(s) };

	out.cells = ARENA_ARRAY(fx.cx.arena, const char *, out.columns * ROWS_MOST);
	while (sqlite3_step(s) == SQLITE_ROW) {
		assert_true(out.n < ROWS_MOST);
		for (size_t i = 0; i < out.columns; i++) {
			const char *text = (const char *)sqlite3_column_text(s, (int)i);

			out.cells[out.n * out.columns + i] =
			    arena_strdup(fx.cx.arena, text ? text : "");
		}
		out.n++;
	}
	sqlite3_finalize(s);
	return out;
}

static bool
executes(const char *sql)
{
	return sqlite3_exec(connection(), sql, NULL, NULL, NULL) == SQLITE_OK;
}

void
fx_sql(const char *format, ...)
{
	const char *sql;
	va_list     ap;

	va_start(ap, format);
	sql = format_text(format, ap);
	va_end(ap);
	if (!executes(sql))
		fail_msg("%s: %s", sql, sqlite3_errmsg(beside));
}

bool
fx_sql_fails(const char *format, ...)
{
	bool    ok;
	va_list ap;

	va_start(ap, format);
	ok = executes(format_text(format, ap));
	va_end(ap);
	return !ok;
}

const char *
fx_url(void)
{
	return url;
}

const char *
fx_dir(void)
{
	return folder;
}

/* ---------------------------------------------------------------- who acts */

void
fx_nobody(void)
{
	struct arena *arena = fx.cx.arena;

	fx.cx = (struct ctx){ .arena = arena, .db = db, .conf = &conf, .keys = keys,
		.templates = templates, .languages = languages, .kept = tenants,
		.actor = { .label = "" }, .path = "/", .language = "en",
		.now = fx.now, .request = "request0000000000000000000", .peer = "192.0.2.7",
		.user_agent = "Test/1.0", .client = "Web", .here = "" };
}

void
fx_system(enum fx_tenant t)
{
	fx_nobody();
	fx.cx.actor = (struct actor){ .kind = ACTOR_SYSTEM, .label = "Command line" };
	fx.cx.client = "Command line";
	if (t != SYSTEM)
		assert_int_equal(place_open(&fx.cx, str_of(fx.slug[t])), OK);
}

bool
fx_session(enum fx_tenant t, const char *secret, struct standing *st)
{
	fx_nobody();
	assert_int_equal(signin_identify(&fx.cx, str_of(secret), true), OK);
	if (fx.cx.actor.kind != ACTOR_PERSON)
		return false;
	assert_int_equal(place_enter(&fx.cx, str_of(fx.slug[t]), st), OK);
	return true;
}

enum place_standing
fx_try_as(enum fx_tenant t, enum fx_who who)
{
	struct standing st;

	assert_true(fx_session(t, fx.m[t][who].session, &st));
	return st.kind;
}

const char *
fx_add_session(int64_t person, int64_t began_at)
{
	char       *secret = (char *)arena_zalloc(fx.cx.arena, 44, 1);
	struct ctx *cx = &fx.cx;
	int64_t     was = cx->now;
	uint8_t     hash[32];

	secret_new(secret);
	assert_int_equal(secret_hash(str_of(secret), hash), OK);
	cx->now = began_at;
	assert_int_equal(db_begin(db), OK);
	assert_int_equal(db_finish(db,
	    session_row_add(cx, id_new(fx.now), person, hash, "full", began_at)), OK);
	cx->now = was;
	return secret;
}

void
fx_as(enum fx_tenant t, enum fx_who who)
{
	struct standing st;
	const char     *secret = fx.m[t][who].session;

	if (fx.now > FX_NOW + FX_DAY / 2)
		secret = fx_add_session(fx.m[t][who].person, fx.now);
	assert_true(fx_session(t, secret, &st));
	assert_int_equal(st.kind, PLACE_MEMBER);
	assert_int_equal(signin_verdict(&fx.cx, &st), SIGNIN_GOOD);
}

/* ---------------------------------------------------------------- making the world */

static enum err
member_in_tx(const struct member_made *m, int64_t id, int64_t *person)
{
	struct ctx *cx = &fx.cx;

	if (*person == 0) {
		TRY(members_add_person(cx, m, person));
		TRY(signin_set_password(cx, *person, password));
		TRY(members_confirm_person(cx, *person));
	}
	return members_add(cx, id, *person, m, "active");
}

/* *person 0: a new one, with the password and a proved address. */
static int64_t
make_member(enum fx_tenant t, const char *name, const char *email, const char *role,
    const char *org_path, int64_t *person)
{
	struct ctx         was = fx.cx;
	struct member_made m;
	int64_t            id, at = fx.cx.now ? fx.cx.now : fx.now;

	fx_system(t);
	fx.cx.now = at;
	assert_int_equal(members_check(&fx.cx, &(struct member_input){ .name = str_of(name),
	    .email = str_of(email), .role = str_of(role) }, org_path, &m), OK);
	id = id_new(at);
	assert_int_equal(db_begin(db), OK);
	assert_int_equal(db_finish(db, member_in_tx(&m, id, person)), OK);
	fx.cx = was;
	return id;
}

int64_t
fx_add_member(enum fx_tenant t, const char *name, const char *email, const char *role,
    const char *org_path)
{
	int64_t person = 0;

	return make_member(t, name, email, role, org_path, &person);
}

static const char *
kept(const char *text)
{
	return arena_strdup(fx.keep, text);
}

static const char *
make_org(const char *parent, const char *name)
{
	struct organization o;

	assert_int_equal(db_begin(db), OK);
	assert_int_equal(db_finish(db, organizations_add(&fx.cx, parent, name, &o)), OK);
	return kept(o.path);
}

static const char *
path_of(enum fx_tenant t, enum fx_who who)
{
	switch (who) {
	case WEST_ADMIN:
	case WEST_USER:
		return fx.west[t];
	case DEEP_USER:
		return fx.deep[t];
	case EAST_USER:
		return fx.east[t];
	default:
		return "/";
	}
}

static void
make_members(enum fx_tenant t)
{
	for (enum fx_who w = 0; w < FX_MEMBERS; w++) {
		struct fx_member *m = &fx.m[t][w];

		m->name = people[w].name;
		m->org_path = path_of(t, w);
		m->email = kept(arena_printf(fx.keep, "%s@%s.example", people[w].local,
		    w == BOTH ? "both" : fx.slug[t]));
		if (w == INVITED)
			continue;
		if (w == BOTH && t == SOUTH)
			m->person = fx.m[NORTH][BOTH].person;
		m->id = make_member(t, m->name, m->email, people[w].role, m->org_path, &m->person);
	}
}

static void
invite_member(enum fx_tenant t)
{
	struct fx_member *m = &fx.m[t][INVITED];
	struct invited    done;

	fx.now = FX_NOW - 2 * FX_DAY;
	fx_system(t);
	fx.cx.actor = (struct actor){ .kind = ACTOR_PERSON, .person = fx.m[t][ADMIN].person,
		.member = fx.m[t][ADMIN].id, .label = fx.m[t][ADMIN].name };
	fx.cx.perms = perm_set_all();
	assert_int_equal(invites_add(&fx.cx, &(struct invite_input){ .member = {
	    .name = str_of(m->name), .email = str_of(m->email),
	    .role = fx_role(t, people[INVITED].role) } }, &done), OK);
	m->id = done.member;
	m->invite = kept(fx_mail_token());
	m->person = fx_int("SELECT person_id FROM members WHERE id = %lld", (long long)m->id);
}

/* As if somebody had made them from templates: behind those of a new account. */
static void
make_role(enum fx_tenant t, const char *name, const char *key, const char *permissions)
{
	fx_sql("INSERT INTO roles (tenant_id, id, scope, builtin, name, name_key, description, "
	    "permissions, status, created_at, version) SELECT tenant_id, max(id) + 1, 'tenant', "
	    "'', '%s', '%s', '', '%s', 'active', %lld, 1 FROM roles WHERE tenant_id = %lld", name,
	    key, permissions, (long long)fx.now, (long long)fx.tenant[t]);
}

static void
make_tenant(enum fx_tenant t, const char *slug)
{
	const struct tenant_input in = { .slug = str_of(slug), .name = STR("Acme") };

	fx.slug[t] = slug;
	fx.now = FX_NOW - 100 * FX_DAY;
	fx_system(SYSTEM);
	assert_int_equal(setup_tenant(&fx.cx, &in), OK);
	fx.tenant[t] = fx.cx.tenant;
	make_role(t, "Auditor", "auditor", "audit:view audit:export account:view security:view "
	    "user:view group:view role:view");
	make_role(t, "Helpdesk", "helpdesk", "user:view user:invite user:password user:factor "
	    "user:logout user:activity mail:view");
	fx.west[t] = make_org("/", "West");
	fx.deep[t] = make_org(fx.west[t], "Deep");
	fx.east[t] = make_org("/", "East");
	fx.now = FX_NOW - 10 * FX_DAY;
	fx_system(t);
	make_members(t);
	fx_sql("UPDATE members SET status = 'deactivated' WHERE id = %lld",
	    (long long)fx.m[t][DEACTIVATED].id);
	invite_member(t);
	fx.now = FX_NOW;
	fx_nobody();
	for (enum fx_who w = 0; w < FX_MEMBERS; w++)
		fx.m[t][w].session = kept(fx_add_session(fx.m[t][w].person, FX_NOW - FX_HOUR));
}

static void
copy_file(const char *from, const char *to)
{
	int         in = open(from, O_RDONLY | O_CLOEXEC);
	int         out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	struct stat st;

	assert_true(in >= 0 && out >= 0);
	assert_int_equal(fstat(in, &st), 0);
	while (st.st_size > 0) {
		ssize_t n = sendfile(out, in, NULL, (size_t)st.st_size);

		assert_true(n > 0);
		st.st_size -= n;
	}
	close(in);
	assert_int_equal(close(out), 0);
}

static const char *
file_in(const char *name)
{
	return arena_printf(fx.keep, "%s/%s", folder, name);
}

void
fx_close(void)
{
	assert_true(db_idle(db));
	sqlite3_close(beside);
	beside = NULL;
	place_forget(tenants);
	db_close(&db);
}

void
fx_open(void)
{
	assert_int_equal(db_open(&db, url), OK);
	fx_nobody();
}

static void
make_world(void)
{
	char *made = arena_printf(fx.keep, "sqlite:%s?create", file_in("db"));

	assert_int_equal(migrate_run(made, FX_NOW), OK);
	fx_open();
	make_tenant(NORTH, "north");
	make_tenant(SOUTH, "south");
	fx_sql("PRAGMA wal_checkpoint(TRUNCATE)");
	fx_close();
	copy_file(file_in("db"), file_in("world"));
}

static void
make_folder(void)
{
	scratch_path(folder, "tenantry_test");
	assert_non_null(mkdtemp(folder));
	snprintf(url, sizeof(url), "sqlite:%s/db", folder);
}

int
fx_group_begin(void **state)
{
	const char *src = getenv("SRCDIR");
	char        made[PASSWORD_HASH_SIZE];

	(void)state;
	make_folder();
	fx.keep = arena_new(1 << 20, (size_t)256 << 20);
	tenants = place_keep(fx.keep);
	fx.cx.arena = arena_new(1 << 20, (size_t)1 << 30);
	log_open(file_in("log"));
	conf = (struct conf){ .base_url = "https://console.example", .secure = true,
		.state_dir = folder, .password_kib = 64, .password_passes = 2,
		.mail_from = "tenantry@console.example", .smtp_url = "" };
	fx.conf = &conf;
	assert_int_equal(crypto_start(), OK);
	assert_int_equal(keys_create(file_in("key"), 1), OK);
	assert_int_equal(keys_load(fx.keep, file_in("key"), &keys), OK);
	assert_int_equal(languages_load(fx.keep, arena_printf(fx.keep, "%s/locales",
	    src ? src : "."), &languages), OK);
	if (tmpl_load_languages(&templates, fx.keep, arena_printf(fx.keep, "%s/templates",
	    src ? src : "."), true, languages->texts, languages->n - 1) != OK)
		fail_msg("templates: see %s/log (SRCDIR must name the sources)", folder);
	assert_int_equal(password_hash(STR(FX_PASSWORD), conf.password_kib, conf.password_passes,
	    made), OK);
	password = kept(made);
#ifdef TEST_HOOKS
	id_seed(1);
#endif
	make_world();
	return 0;
}

int
fx_group_end(void **state)
{
	static const char *const files[] = { "db", "db-wal", "db-shm", "db.lock", "world", "key",
		"log", "heads", "exports.lock" };

	(void)state;
	log_open(NULL);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		unlink(file_in(files[i]));
	arena_free(fx.cx.arena);
	arena_free(fx.keep);
	return rmdir(folder);
}

int
fx_begin(void **state)
{
	(void)state;
	unlink(file_in("db-wal"));
	unlink(file_in("db-shm"));
	unlink(file_in("heads"));
	copy_file(file_in("world"), file_in("db"));
	arena_reset(fx.cx.arena);
	broken = NULL;
	fx.now = FX_NOW;
	conf.password_kib = 64;
	conf.password_passes = 2;
	fx_open();
	return 0;
}

/* What triggers count up and down, against the rows themselves. */
static int64_t
miscounted(void)
{
	return fx_int("SELECT (SELECT count(*) FROM roles r WHERE scope = 'workspace'"
	    " AND seats <> (SELECT count(*) FROM workspace_members w"
	    "   WHERE w.tenant_id = r.tenant_id AND w.role_id = r.id))"
	    " + (SELECT count(*) FROM groups g WHERE members <> (SELECT count(*)"
	    "   FROM group_members m WHERE m.tenant_id = g.tenant_id AND m.group_id = g.id)"
	    "   OR seats <> (SELECT count(*) FROM workspace_members w"
	    "   WHERE w.tenant_id = g.tenant_id AND w.holder_id = g.id))"
	    " + (SELECT count(*) FROM workspaces o WHERE members + groups <> (SELECT count(*)"
	    "   FROM workspace_members w WHERE w.tenant_id = o.tenant_id"
	    "   AND w.workspace_id = o.id)"
	    "   OR owners <> (SELECT count(*) FROM workspace_members w"
	    "   JOIN roles r ON r.tenant_id = w.tenant_id AND r.id = w.role_id"
	    "   AND r.builtin = 'owner'"
	    "   WHERE w.tenant_id = o.tenant_id AND w.workspace_id = o.id))"
	    " + (SELECT count(*) FROM members b WHERE groups <> (SELECT count(*)"
	    "   FROM group_members m WHERE m.tenant_id = b.tenant_id AND m.holder_id = b.id)"
	    "   OR seats <> (SELECT count(*) FROM workspace_members w"
	    "   WHERE w.tenant_id = b.tenant_id AND w.holder_id = b.id))");
}

int
fx_end(void **state)
{
	(void)state;
	assert_int_equal(miscounted(), 0);
	fx_close();
	return 0;
}

void
fx_again(void)
{
	assert_int_equal(fx_end(NULL), 0);
	assert_int_equal(fx_begin(NULL), 0);
}

struct str
fx_id(int64_t id)
{
	char text[14];

	id_text(id, text);
	return str_of(arena_strdup(fx.cx.arena, text));
}

struct str
fx_role(enum fx_tenant t, const char *name)
{
	int64_t id = fx_int("SELECT id FROM roles WHERE tenant_id = %lld AND name = '%s' "
	    "AND scope = 'tenant'", (long long)fx.tenant[t], name);

	assert_int_not_equal(id, 0);
	return fx_id(id);
}

const char *
fx_issue(const char *field)
{
	const char *text = ctx_issue_of(&fx.cx, field);

	return text ? text : "";
}

/* ---------------------------------------------------------------- what an act left behind */

static void
put_row(struct buf *b, sqlite3_stmt *s)
{
	for (int i = 0; i < sqlite3_column_count(s); i++) {
		const void *p = sqlite3_column_blob(s, i);
		int         n = sqlite3_column_bytes(s, i);

		buf_printf(b, "%d:%d:", sqlite3_column_type(s, i), n);
		buf_put(b, p, (size_t)n);
	}
	buf_puts(b, "\n");
}

/* Everything in every table, one hash. */
static void
content(uint8_t out[32])
{
	size_t        mark = arena_mark(fx.cx.arena);
	sqlite3_stmt *tables, *rows;
	struct buf    b;
	struct str    all;

	buf_init(&b, fx.cx.arena, (size_t)64 << 20);
	tables = prepared("SELECT name FROM sqlite_master WHERE type = 'table' "
	    "AND name NOT LIKE 'sqlite_%' AND name <> 'members_fts' ORDER BY name");
	while (sqlite3_step(tables) == SQLITE_ROW) {
		const char *name = (const char *)sqlite3_column_text(tables, 0);

		buf_puts(&b, name);
		rows = prepared(arena_printf(fx.cx.arena, "SELECT * FROM %s", name));
		while (sqlite3_step(rows) == SQLITE_ROW)
			put_row(&b, rows);
		sqlite3_finalize(rows);
	}
	sqlite3_finalize(tables);
	assert_int_equal(buf_end(&b, &all), OK);
	crypto_digest(all.p, all.len, out);
	arena_release(fx.cx.arena, mark);
}

static int64_t
events_of(int t)
{
	return fx_int("SELECT count(*) FROM events WHERE tenant_id = %lld",
	    (long long)fx.tenant[t]);
}

void
fx_mark(void)
{
	for (int t = 0; t <= FX_TENANTS; t++)
		marked.events[t] = events_of(t);
	marked.mails = fx_int("SELECT count(*) FROM outbox");
	content(marked.content);
	marked.counters = db_counters(db);
	marked.hashes = password_count();
}

bool
fx_same(void)
{
	uint8_t now[32];

	content(now);
	return memcmp(now, marked.content, sizeof(now)) == 0;
}

int64_t
fx_new_events(enum fx_tenant t)
{
	return events_of((int)t) - marked.events[t];
}

int64_t
fx_new_mails(void)
{
	return fx_int("SELECT count(*) FROM outbox") - marked.mails;
}

static const char *
newest(enum fx_tenant t, const char *column)
{
	return fx_text("SELECT %s FROM events WHERE tenant_id = %lld ORDER BY seq DESC LIMIT 1",
	    column, (long long)fx.tenant[t]);
}

const char *
fx_sentence(enum fx_tenant t)
{
	struct event e = { .act = strtoll(newest(t, "act"), NULL, 10),
		.actor_name = newest(t, "actor_name"), .subject_name = newest(t, "subject_name"),
		.fields = newest(t, "fields") };

	return audit_sentence(&fx.cx, &e);
}

const char *
fx_fields(enum fx_tenant t)
{
	struct audit_field *f;
	const char         *text = "";
	size_t              n;

	assert_int_equal(audit_fields(&fx.cx, newest(t, "fields"), &f, &n), OK);
	for (size_t i = 0; i < n; i++)
		text = arena_printf(fx.cx.arena, "%s%s%s: %s%s-> %s", text, *text ? "; " : "",
		    f[i].name, f[i].was ? f[i].was : "", f[i].was ? " " : "",
		    f[i].is ? f[i].is : "");
	return text;
}

void
fx_one_event(enum fx_tenant t, const char *sentence, const char *fields)
{
	assert_int_equal(fx_new_events(t), 1);
	assert_string_equal(fx_sentence(t), sentence);
	assert_string_equal(fx_fields(t), fields);
}

struct fx_work
fx_work(void)
{
	struct db_counters now = db_counters(db);

	return (struct fx_work){ now.statements - marked.counters.statements,
		now.begins - marked.counters.begins, now.commits - marked.counters.commits,
		(int64_t)(password_count() - marked.hashes) };
}

void
fx_equal_work(struct fx_work a, struct fx_work b, const char *what)
{
	if (memcmp(&a, &b, sizeof(a)) != 0)
		fail_msg("%s: statements %lld and %lld, begins %lld and %lld, commits %lld and "
		    "%lld, hashes %lld and %lld", what,
		    (long long)a.statements, (long long)b.statements,
		    (long long)a.begins, (long long)b.begins, (long long)a.commits,
		    (long long)b.commits, (long long)a.hashes, (long long)b.hashes);
}

/* ---------------------------------------------------------------- emails */

/* Taken as the courier takes them, and given back. */
static struct email
newest_mail(void)
{
	struct ctx   was = fx.cx;
	struct email m, found = { .kind = "" };
	int64_t      id = fx_int("SELECT max(id) FROM outbox WHERE state = 'waiting'");

	fx.cx.now = fx_int("SELECT max(due_at) FROM outbox WHERE state = 'waiting'");
	assert_int_equal(db_begin(db), OK);
	for (int i = 0; i < MAILS_MOST && outbox_take(&fx.cx, FX_DAY, &m) == OK; i++)
		if (m.id == id)
			found = m;
	assert_int_equal(db_finish(db, ERR_CONFLICT), ERR_CONFLICT);
	fx.cx = was;
	return found;
}

const char *
fx_mail_kind(void)
{
	return newest_mail().kind;
}

const char *
fx_mail_to(void)
{
	return newest_mail().to;
}

const char *
fx_mail_text(void)
{
	return newest_mail().text;
}

const char *
fx_token_of(const char *text)
{
	const char *t = strstr(text, "?t=");

	assert_non_null(t);
	return arena_printf(fx.cx.arena, "%.*s", (int)strcspn(t + 3, " \r\n"), t + 3);
}

const char *
fx_mail_token(void)
{
	return fx_token_of(fx_mail_text());
}

/* ---------------------------------------------------------------- making things fail */

void
fx_break(const char *table)
{
	broken = table;
	fx_sql("CREATE TRIGGER fx_break BEFORE INSERT ON %s BEGIN SELECT RAISE (ABORT, 'broken'); "
	    "END", table);
}

void
fx_mend(void)
{
	assert_non_null(broken);
	broken = NULL;
	fx_sql("DROP TRIGGER fx_break");
}

/* splitmix64 */
uint32_t
fx_random(uint32_t below)
{
	uint64_t x = random_state += 0x9e3779b97f4a7c15u;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
	x = (x ^ x >> 27) * 0x94d049bb133111ebu;
	return (uint32_t)(x >> 33) % below;
}

void
fx_seed(void)
{
	const char *set = getenv("TENANTRY_SEED");

	random_state = set ? strtoull(set, NULL, 10) : (uint64_t)time(NULL);
	print_message("# TENANTRY_SEED=%llu\n", (unsigned long long)random_state);
}
