/* Many members at once in a database of made-up people, in one process and without a server:
 *
 *   bulk CONF SLUG deactivate N   a job deactivates N of them, as the housekeeper works it
 *   bulk CONF SLUG export FILE    all of them as CSV
 *
 * prints rows, milliseconds, and KiB by which memory grew.  What it is held against is in run. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/start.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/conf.h"
#include "base/id.h"
#include "bulk/bulk.h"
#include "core/place.h"
#include "db/db.h"
#include "jobs/jobs.h"

static _Noreturn void
stop(const char *why)
{
	fprintf(stderr, "bulk: %s\n", why);
	exit(EXIT_FAILURE);
}

/* The first word of a row that the database gives. */
static int64_t
ask(const struct conf *conf, const char *sql)
{
	char   *text;
	size_t  size;
	FILE   *out = open_memstream(&text, &size);
	int64_t n;

	if (out == NULL || db_sql_csv(conf->database, sql, out, stderr) != OK)
		stop("a question to the database failed");
	fclose(out);
	n = strchr(text, '\n') ? strtoll(strchr(text, '\n') + 1, NULL, 10) : 0;
	free(text);
	return n;
}

static long
memory_kib(void)
{
	char  line[256];
	long  kib = 0;
	FILE *f = fopen("/proc/self/smaps_rollup", "r");

	while (f && fgets(line, sizeof(line), f))
		if (strncmp(line, "Pss:", 4) == 0)
			kib = strtol(line + 4, NULL, 10);
	if (f)
		fclose(f);
	return kib;
}

static int64_t
deactivate(struct ctx *cx, int64_t most)
{
	struct bulk_choice c = { .all = true, .want = { .statuses = SHOW_ACTIVE | SHOW_DORMANT,
	    .search = "" } };
	struct bulk_seen   seen;
	struct job         j = { .done = 0 };
	int64_t            id = id_new(cx->now), done = 0;
	struct ctx         keeper;

	if (bulk_look(cx, PERM_USER_DEACTIVATE, &c, &seen) != OK ||
	    bulk_start(cx, BULK_DEACTIVATE, &c, STR(""),
	        str_of(arena_printf(cx->arena, "%lld", (long long)seen.n)), id) != OK)
		stop("the job did not begin");
	keeper = *cx;
	keeper.actor = (struct actor){ .kind = ACTOR_SYSTEM, .label = "Housekeeper" };
	while (done < most) {
		size_t mark = arena_mark(cx->arena);
		bool   going;

		keeper.now = now_ms();
		if (jobs_step(&keeper) != OK || jobs_get(cx, id, &j) != OK)
			stop("a chunk failed");
		done = j.done;
		going = strcmp(j.state, "running") == 0;
		arena_release(cx->arena, mark);
		if (!going)
			break;
	}
	return done;
}

static int64_t
export(struct ctx *cx, const char *file)
{
	int     fd = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	int64_t n = 0;

	if (fd < 0 || bulk_export_to(cx, fd, &n) != OK || close(fd) != 0)
		stop("the export failed");
	return n;
}

int
main(int argc, char **argv)
{
	struct arena *a = arena_new(1 << 20, (size_t)1 << 30);
	struct start  s;
	struct ctx    cx = { .arena = a, .path = "/", .language = "en", .client = "Bench" };
	int64_t       began, n;
	long          before;

	if (argc != 5 || start_load(a, argv[1], &s) != OK ||
	    db_open(&cx.db, s.conf->database) != OK)
		stop("usage: bulk CONF SLUG deactivate N | export FILE");
	cx.conf = s.conf;
	cx.keys = s.keys;
	cx.templates = s.templates;
	cx.languages = s.languages;
	cx.now = now_ms();
	if (place_open(&cx, str_of(argv[2])) != OK)
		stop("no such account");
	cx.actor = (struct actor){ .kind = ACTOR_PERSON, .label = "Bench" };
	cx.actor.member = ask(s.conf, arena_printf(a, "SELECT m.id FROM members m"
	    " JOIN tenants t ON t.id = m.tenant_id JOIN roles r ON r.tenant_id = t.id AND r.id ="
	    " m.role_id WHERE t.slug = '%s' AND r.builtin = 'admin' AND m.status = 'active'"
	    " LIMIT 1", argv[2]));
	cx.actor.person = 1;
	if (access_again(&cx) != OK)
		stop("no administrator");
	/* The pages that a connection keeps are no growth: a worker has them filled. */
	if (argv[3][0] == 'e')
		export(&cx, "/dev/null");
	before = memory_kib();
	began = mono_ms();
	n = argv[3][0] == 'd' ? deactivate(&cx, strtoll(argv[4], NULL, 10)) : export(&cx, argv[4]);
	printf("%lld %lld %ld\n", (long long)n, (long long)(mono_ms() - began),
	    memory_kib() - before);
	db_close(&cx.db);
	return 0;
}
