/* What is due by the clock, and long work in chunks.  Emails are the courier's; answers the
 * workers'. */
#include "app/housekeeper.h"

#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <time.h>

#include "apikeys/apikeys.h"
#include "auditlog/auditlog.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/conf.h"
#include "base/log.h"
#include "bulk/uploads.h"
#include "core/access.h"
#include "core/outbox.h"
#include "core/throttle.h"
#include "db/db.h"
#include "groups/groups.h"
#include "jobs/jobs.h"
#include "profile/profile.h"
#include "reset/reset.h"
#include "setup/setup.h"
#include "signin/signin.h"

enum {
	FIRST_BLOCK = 256 * 1024, ARENA_LIMIT = 64 << 20,
	CHECKPOINT_MS = 30 * 1000, LOOK_MS = 2000, HOUR_MS = 3600 * 1000
};
#define WAL_LARGE (INT64_C(4) << 20)
#define WAL_ALARM (INT64_C(256) << 20)

struct keeper {
	struct ctx  cx;
	const char *wal;             /* the WAL's path */
	struct witnesses *heads;     /* as written down so far */
	int64_t     checkpoint_at, hourly_at;
};

static volatile sig_atomic_t stop_came;

static void
on_stop(int signo)
{
	(void)signo;
	stop_came = 1;
}

static void
checkpoint(struct keeper *k)
{
	int64_t left = 0;

	k->checkpoint_at = mono_ms() + CHECKPOINT_MS;
	if (db_checkpoint(k->cx.db, &left) == OK && left > WAL_ALARM)
		log_event(LOG_WARN, "a reader holds the write-ahead log back", "bytes",
		    log_int(left));
}

/* stat() opens nothing, so the database's locks stay. */
static void
checkpoint_if_due(struct keeper *k)
{
	struct stat st;

	if (mono_ms() >= k->checkpoint_at ||
	    (stat(k->wal, &st) == 0 && (int64_t)st.st_size > WAL_LARGE))
		checkpoint(k);
}

/* Each call is a short transaction, so that no request waits long behind it. */
static enum err
sweep(struct ctx *cx, enum err (*some)(struct ctx *cx, int64_t *n))
{
	int64_t  n = 1;
	enum err e = OK;

	while (e == OK && n > 0 && !stop_came) {
		n = 0;
		TRY(db_begin(cx->db));
		e = db_finish(cx->db, some(cx, &n));
	}
	return e;
}

/* Their transactions are their own, because emails are rendered before one. */
static enum err
warn_of_keys(struct ctx *cx)
{
	int64_t n = 1;

	while (n > 0 && !stop_came)
		TRY(apikeys_warn(cx, &n));
	return OK;
}

enum err
housekeeper_sweep(struct ctx *cx)
{
	TRY(sweep(cx, signin_sweep));
	TRY(sweep(cx, throttle_sweep));
	TRY(sweep(cx, signin_sweep_browsers));
	TRY(sweep(cx, reset_sweep));
	TRY(sweep(cx, profile_sweep));
	TRY(sweep(cx, setup_sweep));
	TRY(sweep(cx, outbox_sweep));
	TRY(sweep(cx, uploads_sweep));
	TRY(sweep(cx, apikeys_sweep));
	TRY(warn_of_keys(cx));
	TRY(sweep(cx, groups_sweep));
	return sweep(cx, access_sweep);
}

/* Soon, for lists are sorted by it; mostly there is nothing. */
static void
keep_groups(struct ctx *cx)
{
	bool due;

	if (groups_due(cx, &due) != OK || (due && sweep(cx, groups_sweep) != OK))
		log_event(LOG_WARN, "the order of users by groups was not kept");
}

static void
hourly(struct keeper *k)
{
	struct ctx *cx = &k->cx;
	enum err    e;

	k->hourly_at = mono_ms() + HOUR_MS;
	e = housekeeper_sweep(cx);
	if (e == OK)
		e = auditlog_witness(cx, k->heads);
	if (e != OK)
		log_event(LOG_WARN, "the hourly work was not done and is tried again in an hour");
}

/* Chunk after chunk, with a checkpoint between them when one is due. */
static void
work_jobs(struct keeper *k)
{
	while (!stop_came && jobs_step(&k->cx) == OK) {
		if (k->cx.mail_added)
			courier_wake();
		k->cx.mail_added = false;
		k->cx.now = now_ms();
		checkpoint_if_due(k);
		arena_reset(k->cx.arena);
	}
}

static void
work(struct keeper *k, const sigset_t *unblocked)
{
	while (!stop_came) {
		struct timespec wait = { .tv_sec = LOOK_MS / 1000 };

		k->cx.now = now_ms();
		checkpoint_if_due(k);
		if (mono_ms() >= k->hourly_at)
			hourly(k);
		else if (throttle_relieve(&k->cx) != OK)
			log_event(LOG_WARN, "the full table of throttles was not swept");
		keep_groups(&k->cx);
		work_jobs(k);
		arena_reset(k->cx.arena);
		if (!stop_came)
			(void)ppoll(NULL, 0, &wait, unblocked);
	}
	checkpoint(k);
}

int
housekeeper_run(const struct process *p)
{
	struct sigaction stop = { .sa_handler = on_stop };
	struct arena    *life = arena_new(FIRST_BLOCK, ARENA_LIMIT);
	struct keeper    k = { .cx = { .conf = p->conf, .keys = p->keys, .templates = p->templates,
		.languages = p->languages, .path = "/",
		.actor = { .kind = ACTOR_SYSTEM, .label = "Housekeeper" },
		.language = "en", .client = "Automation" } };
	sigset_t         none;
	int              status = 1;

	sigemptyset(&none);
	sigemptyset(&stop.sa_mask);
	sigaction(SIGTERM, &stop, NULL);
	k.cx.arena = arena_new(FIRST_BLOCK, ARENA_LIMIT);
	k.heads = witnesses_new(life);
	k.wal = arena_printf(life, "%s-wal", p->conf->database + sizeof("sqlite:") - 1);
	if (db_open(&k.cx.db, p->conf->database) == OK) {
		work(&k, &none);
		db_close(&k.cx.db);
		status = 0;
	}
	arena_free(k.cx.arena);
	arena_free(life);
	return status;
}
