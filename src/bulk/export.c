/* Members as CSV: written whole to a file that has no name, page by page of one snapshot, so that
 * neither memory nor the reader's line limits how many they are. */
#include "bulk/bulk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/conf.h"
#include "base/csv.h"
#include "base/log.h"
#include "base/zone.h"
#include "bulk/bulk_store.h"
#include "core/audit.h"
#include "db/db.h"

enum { LINES = 256, LINE_LONGEST = 4096, TIME_SIZE = 24 };

const char bulk_columns[] = "name,email,nickname,phone,country,role,status,organization,"
	"last_sign_in,registered,second_factor";

/* What one export works with; the buffer is emptied into the file page by page. */
struct writing {
	struct bulk_args   a;
	const struct zone *utc;
	int                fd;
	int64_t            n;
};

static void
put_time(struct buf *b, const struct zone *utc, int64_t at)
{
	char         text[TIME_SIZE];
	struct civil c;
	int          len;

	if (at == 0) {
		csv_cell(b, false, STR(""));
		return;
	}
	c = zone_civil(utc, at);
	len = snprintf(text, sizeof(text), "%04d-%02d-%02dT%02d:%02d:%02dZ", c.year, c.month, c.day,
	    c.hour, c.minute, c.second);
	csv_cell(b, false, (struct str){ text, len < TIME_SIZE ? (size_t)len : TIME_SIZE - 1 });
}

static void
put_line(struct buf *b, const struct zone *utc, const struct bulk_line *l)
{
	csv_cell(b, true, str_of(l->name));
	csv_cell(b, false, str_of(l->email));
	csv_cell(b, false, str_of(l->nickname));
	csv_cell(b, false, str_of(l->phone));
	csv_cell(b, false, str_of(l->country));
	csv_cell(b, false, str_of(l->role));
	csv_cell(b, false, str_of(l->status));
	csv_cell(b, false, str_of(l->org));
	put_time(b, utc, l->signed_in_at);
	put_time(b, utc, l->created_at);
	csv_cell(b, false, l->factor ? STR("on") : STR("off"));
	csv_end_row(b);
}

static enum err
write_all(int fd, struct str s)
{
	while (s.len > 0) {
		ssize_t n = write(fd, s.p, s.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			log_event(LOG_ERROR, "an export could not be written", "cause",
			    strerror(errno));
			return errno == ENOSPC || errno == EDQUOT ? ERR_BUSY : ERR_FAULT;
		}
		s = (struct str){ s.p + n, s.len - (size_t)n };
	}
	return OK;
}

static enum err
write_page(struct ctx *cx, struct writing *w, int64_t *behind, bool *more)
{
	struct bulk_line *lines = ARENA_ARRAY(cx->arena, struct bulk_line, LINES);
	struct buf        b;
	struct str        text;
	size_t            n;

	TRY(bulk_lines(cx, &w->a, *behind, LINES, lines, &n));
	buf_init(&b, cx->arena, LINES * LINE_LONGEST);
	for (size_t i = 0; i < n; i++)
		put_line(&b, w->utc, &lines[i]);
	TRY(buf_end(&b, &text));
	w->n += (int64_t)n;
	*more = n == LINES;
	if (n > 0)
		*behind = lines[n - 1].id;
	return write_all(w->fd, text);
}

static enum err
write_pages(struct ctx *cx, struct writing *w)
{
	int64_t behind = 0;
	bool    more = true;

	TRY(write_all(w->fd, str_of(bulk_columns)));
	TRY(write_all(w->fd, STR("\r\n")));
	while (more) {
		size_t   mark = arena_mark(cx->arena);
		enum err e = write_page(cx, w, &behind, &more);

		arena_release(cx->arena, mark);
		TRY(e);
	}
	return OK;
}

/* All of it is how things were at one moment, and no reader of the database is left when the answer
 * begins. */
static enum err
write_snapshot(struct ctx *cx, struct writing *w)
{
	enum err e, ended;

	TRY(zone_get("UTC", &w->utc));
	TRY(db_read_begin(cx->db));
	e = write_pages(cx, w);
	ended = db_read_end(cx->db);
	return e ? e : ended;
}

static enum err
note_in_tx(struct ctx *cx, int64_t n)
{
	TRY(access_again(cx));
	TRY(access_need(cx, PERM_USER_EXPORT, IN_ORG(cx->path)));
	return audit_add(cx, &(struct audit_entry){ .act = AUDIT_USERS_EXPORTED,
	    .where = IN_ORG(cx->path), .subject = cx->actor.member, .name = cx->actor.label,
	    .fields = &(struct audit_field){ "n", NULL,
	        arena_printf(cx->arena, "%lld", (long long)n) }, .nfields = 1 });
}

static enum err
note(struct ctx *cx, int64_t n)
{
	TRY(db_begin(cx->db));
	return db_finish(cx->db, note_in_tx(cx, n));
}

/* One byte of a file for each person, locked by an open description: the kernel frees it when the
 * worker dies, and closing another descriptor of the file does not. */
static enum err
keep_others_out(struct ctx *cx, int *hold)
{
	const char  *path = arena_printf(cx->arena, "%s/exports.lock", cx->conf->state_dir);
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET,
		.l_start = cx->actor.person, .l_len = 1 };

	*hold = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (*hold < 0) {
		log_event(LOG_ERROR, "no lock for an export", "cause", strerror(errno));
		return errno == ENOSPC ? ERR_BUSY : ERR_FAULT;
	}
	if (fcntl(*hold, F_OFD_SETLK, &lock) == 0)
		return OK;
	close(*hold);
	*hold = -1;
	ctx_issue(cx, "", _("Another export of yours is being made. Wait until it has arrived."));
	return ERR_LIMIT;
}

/* Without O_TMPFILE, which not every file system has, the name goes at once. */
static enum err
nameless(struct ctx *cx, int *fd)
{
	char *path = arena_printf(cx->arena, "%s/export.XXXXXX", cx->conf->state_dir);

	*fd = open(cx->conf->state_dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (*fd < 0) {
		*fd = mkostemp(path, O_CLOEXEC);
		if (*fd >= 0)
			unlink(path);
	}
	if (*fd >= 0)
		return OK;
	log_event(LOG_ERROR, "no file for an export", "cause", strerror(errno));
	return errno == ENOSPC ? ERR_BUSY : ERR_FAULT;
}

static enum err
write_file(struct ctx *cx, struct writing *w)
{
	TRY(nameless(cx, &w->fd));
	TRY(write_snapshot(cx, w));
	return note(cx, w->n);
}

enum err
bulk_export(struct ctx *cx, const struct bulk_choice *c, struct bulk_export *out)
{
	struct writing   w = { .fd = -1 };
	struct bulk_seen seen;
	enum err         e;

	*out = (struct bulk_export){ .fd = -1, .hold = -1 };
	TRY(access_need(cx, PERM_USER_EXPORT, IN_ORG(cx->path)));
	TRY(bulk_choose(cx, c, &w.a, &seen));
	TRY(keep_others_out(cx, &out->hold));
	e = write_file(cx, &w);
	if (e == OK) {
		out->fd = w.fd;
		out->n = w.n;
		return OK;
	}
	if (w.fd >= 0)
		close(w.fd);
	close(out->hold);
	return e;
}

enum err
bulk_export_to(struct ctx *cx, int fd, int64_t *n)
{
	struct writing w = { .fd = fd };

	TRY(access_need(cx, PERM_USER_EXPORT, IN_ORG(cx->path)));
	w.a.match.role_hits = "[]";
	/* The event comes before the first byte here, too. */
	TRY(bulk_count(cx, &w.a.match, n));
	TRY(note(cx, *n));
	TRY(write_snapshot(cx, &w));
	*n = w.n;
	return OK;
}
