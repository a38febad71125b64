/* Makes the sessions and the requests of the bench in a database of made-up people, while
 * nothing is served: sessions over all tenants, and for each case a file of lines "cookie TAB
 * path", or with an API key in the place of the cookie, each line another page.  Running them is
 * in run, sending them in wrk.lua. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "apikeys/apikeys_store.h"
#include "base/arena.h"
#include "base/conf.h"
#include "base/id.h"
#include "crypto/crypto.h"
#include "crypto/token.h"
#include "db/db.h"
#include "http/url.h"
#include "members/columns.h"
#include "signin/signin_store.h"

enum { SESSIONS = 1000, LINES = 1000, CELLS = 4, ROWS_MOST = 200000 };

struct row { const char *cell[CELLS]; };
struct rows { struct row *items; size_t n; };

/* Who asks where. */
struct session { const char *cookie, *slug; };

struct bench {
	struct ctx     *cx;
	const char     *folder;
	struct session *sessions;
	size_t          n;
	const char     *large;       /* slug of the tenant with most people */
	uint64_t        random;
};

static _Noreturn void
stop(const char *why)
{
	fprintf(stderr, "targets: %s\n", why);
	exit(EXIT_FAILURE);
}

static size_t
draw(struct bench *b, size_t below)
{
	b->random = b->random * 6364136223846793005u + 1442695040888963407u;
	return (size_t)(b->random >> 33) % below;
}

/* Cells without commas only; quotes around one go. */
static struct row
read_row(char *line)
{
	struct row r = { { "", "", "", "" } };
	char      *next = line;

	for (size_t i = 0; i < CELLS && next; i++) {
		char *cell = strsep(&next, ",");

		if (*cell == '"') {
			cell++;
			cell[strcspn(cell, "\"")] = '\0';
		}
		r.cell[i] = cell;
	}
	return r;
}

static struct rows
ask(struct bench *b, const char *sql)
{
	struct rows rows = { ARENA_ARRAY(b->cx->arena, struct row, ROWS_MOST), 0 };
	char       *text, *next, *line;
	size_t      size;
	FILE       *out = open_memstream(&text, &size);

	if (out == NULL || db_sql_csv(b->cx->conf->database, sql, out, stderr) != OK)
		stop("a question to the database failed");
	fclose(out);
	next = arena_strdup(b->cx->arena, text);
	free(text);
	for (bool heading = true; (line = strsep(&next, "\n")) != NULL; heading = false) {
		line[strcspn(line, "\r")] = '\0';
		if (!heading && *line && rows.n < ROWS_MOST)
			rows.items[rows.n++] = read_row(line);
	}
	if (rows.n == 0)
		stop(sql);
	return rows;
}

static enum err
add_session(struct bench *b, const struct row *who, struct session *out)
{
	char    secret[44];
	uint8_t hash[32];

	secret_new(secret);
	TRY(secret_hash(str_of(secret), hash));
	TRY(session_row_add(b->cx, id_new(b->cx->now), strtoll(who->cell[0], NULL, 10), hash,
	    "full", b->cx->now));
	*out = (struct session){ arena_strdup(b->cx->arena, secret), who->cell[1] };
	return OK;
}

static enum err
add_sessions(struct bench *b, const struct rows *people)
{
	b->sessions = ARENA_ARRAY(b->cx->arena, struct session, SESSIONS);
	for (b->n = 0; b->n < SESSIONS; b->n++)
		TRY(add_session(b, &people->items[b->n % people->n], &b->sessions[b->n]));
	return OK;
}

static void
make_sessions(struct bench *b)
{
	struct rows people = ask(b, "SELECT m.person_id, t.slug, r.name FROM tenants t"
	    " JOIN members m ON m.tenant_id = t.id"
	    " JOIN roles r ON r.tenant_id = t.id AND r.id = m.role_id"
	    " WHERE r.builtin = 'admin' AND m.status = 'active' AND m.columns = ''"
	    " ORDER BY m.id % 3, t.id");

	if (db_begin(b->cx->db) != OK || db_finish(b->cx->db, add_sessions(b, &people)) != OK)
		stop("the sessions could not be made");
}

/* Another session of that tenant at each call. */
static const char *
cookie_of(struct bench *b, const char *slug)
{
	size_t from = draw(b, b->n);

	for (size_t i = 0; i < b->n; i++) {
		const struct session *s = &b->sessions[(from + i) % b->n];

		if (strcmp(s->slug, slug) == 0)
			return s->cookie;
	}
	stop("a tenant without a session");
}

static FILE *
open_case(const struct bench *b, const char *name)
{
	FILE *f = fopen(arena_printf(b->cx->arena, "%s/%s", b->folder, name), "w");

	if (f == NULL)
		stop("a file of requests could not be written");
	return f;
}

/* The same page for all sessions of the large tenant. */
static void
one_page(struct bench *b, const char *name, const char *below)
{
	FILE *f = open_case(b, name);

	for (size_t i = 0; i < LINES; i++)
		fprintf(f, "%s\t/t/%s%s\n", cookie_of(b, b->large), b->large, below);
	fclose(f);
}

static void
print_page(struct bench *b, FILE *f, const char *slug, const char *query, const struct row *edge)
{
	char id[14];

	id_text(strtoll(edge->cell[0], NULL, 10), id);
	fprintf(f, "%s\t/t/%s/users?%safter=%s&id=%s\n", cookie_of(b, slug), slug, query,
	    url_encode(b->cx->arena, edge->cell[1]), id);
}

/* Pages of the list in that order from anywhere in it; "wanted" is what else they ask for. */
static void
pages(struct bench *b, const char *name, const char *column, const char *wanted)
{
	struct rows edges = ask(b, arena_printf(b->cx->arena, "SELECT m.id, m.%s FROM members m"
	    " JOIN tenants t ON t.id = m.tenant_id WHERE t.slug = '%s' AND m.search_id %% 97 = 5",
	    column, b->large));
	FILE       *f = open_case(b, name);

	for (size_t i = 0; i < LINES; i++)
		print_page(b, f, b->large, wanted, &edges.items[draw(b, edges.n)]);
	fclose(f);
}

/* Page 1,000 and the ten before it; the middle where there are fewer. */
static void
page_thousand(struct bench *b)
{
	struct arena *a = b->cx->arena;
	const char   *people = arena_printf(a, "FROM members m JOIN tenants t ON t.id = m.tenant_id"
	    " WHERE t.slug = '%s' AND m.status <> 'removed'", b->large);
	struct rows   n = ask(b, arena_printf(a, "SELECT count(*) %s", people));
	int64_t       count = strtoll(n.items[0].cell[0], NULL, 10);
	struct rows   edges = ask(b, arena_printf(a, "SELECT m.id, m.name_key %s"
	    " ORDER BY m.name_key, m.id LIMIT 500 OFFSET %lld", people,
	    (long long)(count > 50000 ? 49450 : count / 2)));
	FILE         *f = open_case(b, "page1000");

	for (size_t i = 0; i < LINES; i++)
		print_page(b, f, b->large, "", &edges.items[draw(b, edges.n)]);
	fclose(f);
}

/* Sessions of all tenants, each in its own. */
static void
pages_of_all(struct bench *b)
{
	struct rows edges = ask(b, "SELECT m.id, m.name_key, t.slug FROM members m"
	    " JOIN tenants t ON t.id = m.tenant_id WHERE m.search_id % 97 = 5");
	FILE       *f = open_case(b, "users");

	for (size_t i = 0; i < LINES; i++) {
		const char *slug = b->sessions[draw(b, b->n)].slug;
		size_t      at = draw(b, edges.n);

		while (strcmp(edges.items[at].cell[2], slug) != 0)
			at = (at + 1) % edges.n;
		print_page(b, f, slug, "", &edges.items[at]);
	}
	fclose(f);
}

static enum err
choose_all(struct bench *b, const struct row *admin, struct session *out)
{
	const char *words = "-";

	for (size_t i = 0; i < COLUMNS; i++)
		words = ARENA_JOIN(b->cx->arena, words, " ", list_columns[i].word);
	TRY(db_run(b->cx->db, NULL, SQL_COLUMNS_CHOOSE,
	    DB_ARGS(DB_INT(strtoll(admin->cell[2], NULL, 10)),
	        DB_INT(strtoll(admin->cell[3], NULL, 10)), DB_TEXT(words))));
	return add_session(b, admin, out);
}

/* All columns of the list, for an administrator who asks for nothing else here. */
static void
all_columns(struct bench *b)
{
	struct rows    admins = ask(b, arena_printf(b->cx->arena, "SELECT m.person_id, t.slug,"
	    " t.id, m.id FROM members m JOIN tenants t ON t.id = m.tenant_id"
	    " JOIN roles r ON r.tenant_id = t.id AND r.id = m.role_id WHERE t.slug = '%s'"
	    " AND r.builtin = 'admin' AND m.status = 'active' ORDER BY m.columns, m.id", b->large));
	FILE          *f = open_case(b, "columns");
	struct session s;

	if (admins.n < 2)
		stop("only one administrator");
	if (db_begin(b->cx->db) != OK ||
	    db_finish(b->cx->db, choose_all(b, &admins.items[admins.n - 1], &s)) != OK)
		stop("the columns could not be chosen");
	for (size_t i = 0; i < LINES; i++)
		fprintf(f, "%s\t/t/%s/users\n", s.cookie, s.slug);
	fclose(f);
}

static void
one_role(struct bench *b)
{
	struct rows admin = ask(b, arena_printf(b->cx->arena, "SELECT r.id, r.name FROM roles r"
	    " JOIN tenants t ON t.id = r.tenant_id WHERE t.slug = '%s' AND r.builtin = 'admin'",
	    b->large));
	char        id[14];

	id_text(strtoll(admin.items[0].cell[0], NULL, 10), id);
	one_page(b, "role3", arena_printf(b->cx->arena, "/users?role=%s", id));
}

/* The group that has so many members, or nearly; where there is none, one that nobody knows. */
static void
one_group(struct bench *b, const char *name, int members)
{
	struct rows groups = ask(b, arena_printf(b->cx->arena, "SELECT coalesce((SELECT g.id"
	    " FROM groups g WHERE g.tenant_id = t.id AND g.status = 'active'"
	    " ORDER BY abs(g.members - %d) LIMIT 1), 1), t.slug FROM tenants t WHERE t.slug = '%s'",
	    members, b->large));
	char        id[14];

	id_text(strtoll(groups.items[0].cell[0], NULL, 10), id);
	one_page(b, name, arena_printf(b->cx->arena, "/users?group=%s", id));
}

static void
searches(struct bench *b)
{
	struct rows emails = ask(b, arena_printf(b->cx->arena, "SELECT m.id, m.email FROM members m"
	    " JOIN tenants t ON t.id = m.tenant_id WHERE t.slug = '%s' AND m.search_id %% 97 = 5",
	    b->large));
	FILE       *f = open_case(b, "email");

	for (size_t i = 0; i < LINES; i++)
		fprintf(f, "%s\t/t/%s/users?q=%s\n", cookie_of(b, b->large), b->large,
		    url_encode(b->cx->arena, emails.items[draw(b, emails.n)].cell[1]));
	fclose(f);
	one_page(b, "mar", "/users?q=mar");
	one_page(b, "ma", "/users?q=ma");
	one_page(b, "zq", "/users?q=zq");
	one_page(b, "none", "/users?q=wxyzwxyz");
}

/* The pages of users, one after the other. */
static void
user_pages(struct bench *b)
{
	struct rows users = ask(b, arena_printf(b->cx->arena, "SELECT m.id, m.name FROM members m"
	    " JOIN tenants t ON t.id = m.tenant_id WHERE t.slug = '%s' AND m.status = 'active'"
	    " AND m.search_id %% 97 = 5", b->large));
	FILE       *f = open_case(b, "user");
	char        id[14];

	for (size_t i = 0; i < LINES; i++) {
		id_text(strtoll(users.items[draw(b, users.n)].cell[0], NULL, 10), id);
		fprintf(f, "%s\t/t/%s/users/%s\n", cookie_of(b, b->large), b->large, id);
	}
	fclose(f);
}

/* Of people and questions, of which some are answered with yes. */
static void
questions(struct bench *b, const char *name, const char *const *perms, size_t n)
{
	struct rows users = ask(b, arena_printf(b->cx->arena, "SELECT m.id, m.name FROM members m"
	    " JOIN tenants t ON t.id = m.tenant_id WHERE t.slug = '%s' AND m.status = 'active'"
	    " AND m.search_id %% 97 = 5", b->large));
	FILE       *f = open_case(b, name);
	char        id[14];

	for (size_t i = 0; i < LINES; i++) {
		id_text(strtoll(users.items[draw(b, users.n)].cell[0], NULL, 10), id);
		fprintf(f, "%s\t/t/%s/users/%s/why?permission=%s\n", cookie_of(b, b->large),
		    b->large, id, perms[draw(b, n)]);
	}
	fclose(f);
}

static void
all_questions(struct bench *b)
{
	static const char *const anywhere[] = { "user:view", "user:remove", "group:view",
		"group:edit", "role:edit", "portal:use" };
	static const char *const inside[] = { "workspace:view", "workspace:write" };

	questions(b, "why", anywhere, sizeof(anywhere) / sizeof(anywhere[0]));
	questions(b, "why_inside", inside, sizeof(inside) / sizeof(inside[0]));
}

static enum err
add_keys(struct bench *b, const struct rows *owners, FILE *f)
{
	for (size_t i = 0; i < LINES; i++) {
		const struct row *who = &owners->items[i % owners->n];
		struct apikey     k = { .id = id_new(b->cx->now), .name = "Bench",
			.description = "", .client = "https", .scope = KEY_ALL };
		char              secret[API_KEY_CHARS + 1];
		uint8_t           hash[32];

		api_key_new(secret);
		k.prefix = arena_printf(b->cx->arena, "%.*s", API_KEY_PREFIX, secret);
		k.member = strtoll(who->cell[0], NULL, 10);
		b->cx->tenant = strtoll(who->cell[1], NULL, 10);
		TRY(api_key_hash(str_of(secret), hash));
		TRY(key_row_add(b->cx, &k, hash));
		fprintf(f, "%s\t/api/v1/t/%s/me\n", secret, b->large);
	}
	return OK;
}

static void
keys(struct bench *b)
{
	struct rows owners = ask(b, arena_printf(b->cx->arena, "SELECT m.id, t.id FROM members m"
	    " JOIN tenants t ON t.id = m.tenant_id WHERE t.slug = '%s' AND m.status = 'active'"
	    " AND m.search_id %% 97 = 5", b->large));
	FILE       *f = open_case(b, "me");

	if (db_begin(b->cx->db) != OK || db_finish(b->cx->db, add_keys(b, &owners, f)) != OK)
		stop("the keys could not be made");
	fclose(f);
	b->cx->tenant = 0;
}

static void
make_cases(struct bench *b)
{
	pages_of_all(b);
	pages(b, "large", "name_key", "");
	one_page(b, "first", "/users");
	page_thousand(b);
	pages(b, "by_email", "email_key", "sort=email&");
	pages(b, "by_role", "role_key", "sort=role&");
	pages(b, "by_status", "status_key", "sort=status&");
	pages(b, "by_last_seen", "signed_in_at", "sort=last_seen&dir=desc&");
	pages(b, "by_registered", "created_at", "sort=registered&dir=desc&");
	pages(b, "active", "name_key", "status=active&");
	pages(b, "by_group", "group_key", "sort=group&");
	one_role(b);
	one_group(b, "group3", 3);
	searches(b);
	user_pages(b);
	one_page(b, "settings", "/settings");
	one_page(b, "profile", "/profile");
	one_page(b, "audit", "/audit");
	one_page(b, "roles", "/roles");
	one_page(b, "groups", "/groups");
	one_page(b, "workspaces", "/workspaces");
	one_page(b, "services", "/service-accounts");
	all_questions(b);
	keys(b);
}

/* Addresses for a flood of sign-ins, one person each. */
static void
make_emails(struct bench *b)
{
	struct rows emails = ask(b, arena_printf(b->cx->arena, "SELECT m.id, m.email FROM members m"
	    " JOIN tenants t ON t.id = m.tenant_id WHERE t.slug = '%s' AND m.status = 'active'"
	    " ORDER BY m.id DESC LIMIT 200", b->large));
	FILE       *f = open_case(b, "emails");

	for (size_t i = 0; i < emails.n; i++)
		fprintf(f, "%s\n", emails.items[i].cell[1]);
	fclose(f);
}

int
main(int argc, char **argv)
{
	struct arena *a = arena_new(1 << 20, (size_t)2 << 30);
	struct ctx    cx = { .arena = a, .peer = "127.0.0.1", .user_agent = "bench",
		.now = (int64_t)time(NULL) * 1000 };
	struct bench  b = { .cx = &cx, .random = 7 };
	struct conf  *conf;
	int64_t       wal;

	if (argc != 3)
		stop("usage: targets CONF FOLDER");
	if (crypto_start() != OK || conf_load(a, argv[1], &conf) != OK ||
	    db_open(&cx.db, conf->database) != OK)
		stop("no configuration or no database");
	cx.conf = conf;
	b.folder = argv[2];
	b.large = ask(&b, "SELECT m.tenant_id, t.slug FROM members m JOIN tenants t"
	    " ON t.id = m.tenant_id GROUP BY 1 ORDER BY count(*) DESC LIMIT 1").items[0].cell[1];
	all_columns(&b);
	make_sessions(&b);
	make_cases(&b);
	make_emails(&b);
	if (db_checkpoint(cx.db, &wal) != OK)
		stop("the log of the database could not be folded in");
	db_close(&cx.db);
	return EXIT_SUCCESS;
}
