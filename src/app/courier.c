/* What to send, and when again.  How it is sent is in net.c, what an email is made of in
 * mime.c, the rows in core/outbox.c. */
#include "app/courier.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "app/mime.h"
#include "app/net.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/conf.h"
#include "base/file.h"
#include "base/id.h"
#include "base/log.h"
#include "core/outbox.h"
#include "crypto/crypto.h"
#include "db/db.h"

enum {
	LEASE_MS = 120000,       /* longer than a transfer can take */
	LOOK_MS = 30000,
	AGAIN_MS = 1000,         /* after the database was busy */
	TRIES_MOST = 28,
	MINUTE_MS = 60000,
	FIRST_BLOCK = 64 << 10,
	ARENA_LIMIT = 32 << 20
};

enum slot_state { SLOT_FREE, SLOT_SENDING, SLOT_ENDED };

/* An email on its way, with memory of its own. */
struct slot {
	enum slot_state   state;
	struct arena     *arena;
	struct email      mail;
	struct net_result result;
};

/* One queue for each kind of destination, with slots of its own, so that an endpoint that
 * stalls holds up nobody else's. */
struct queue {
	struct slot slots[NET_MOST];
	int64_t     next_at;     /* when to look again */
};

struct courier {
	const struct conf *conf;
	struct arena      *life, *arena;     /* of the process, of one round */
	struct ctx         cx;
	struct net        *net;
	struct queue       emails;
	int                wake, signals;
	bool               stopping;
};

int64_t
courier_pause_ms(int tries, int code)
{
	static const int64_t minutes[] = { 1, 5, 15, 60 };
	int64_t              pause = 60;

	if (tries >= TRIES_MOST)
		return 0;
	if (tries >= 1 && tries <= 4)
		pause = minutes[tries - 1];
	if (code / 100 == 4 && pause < 5)
		pause = 5;
	return pause * MINUTE_MS;
}

static int64_t
jitter(int64_t pause_ms)
{
	uint32_t r;

	crypto_random(&r, sizeof(r));
	return pause_ms + pause_ms / 5 * (int64_t)(r % 1000) / 1000;
}

/* The address and the server's words, which may repeat it, are in the row only. */
static void
log_result(const char *what, const struct slot *s)
{
	char id[14];

	id_text(s->mail.id, id);
	log_event(LOG_INFO, what, "id", id, "kind", s->mail.kind, "tries", log_int(s->mail.tries),
	    "code", log_int(s->result.code));
}

static enum err
try_later(struct courier *c, const struct slot *s, const char *answer, const char **what)
{
	bool    in_doubt = s->result.fate == NET_UNKNOWN;
	int64_t pause = courier_pause_ms(s->mail.tries, s->result.code);

	/* Once more, with the same Message-ID, and no third copy. */
	if (pause == 0 || (in_doubt && s->mail.in_doubt)) {
		*what = "email_given_up";
		return outbox_dead(&c->cx, s->mail.id, answer);
	}
	*what = in_doubt ? "email_in_doubt" : "email_later";
	return outbox_later(&c->cx, s->mail.id, c->cx.now + jitter(pause), in_doubt, answer);
}

static enum err
write_down(struct courier *c, const struct slot *s, const char **what)
{
	const char *answer = s->result.answer;

	switch (s->result.fate) {
	case NET_SENT:
		*what = "email_sent";
		return outbox_sent(&c->cx, s->mail.id, answer);
	case NET_REFUSED:
		*what = "email_refused";
		return s->result.recipient ? outbox_refused(&c->cx, s->mail.id, answer) :
		    outbox_dead(&c->cx, s->mail.id, answer);
	case NET_UNKNOWN:
		answer = arena_printf(c->arena, "no answer, it may have arrived: %s", answer);
		break;
	case NET_LATER:
		break;
	}
	return try_later(c, s, answer, what);
}

/* An email that has gone stays in its slot until that is written down, for else it would go
 * again. */
static enum err
write_down_all(struct courier *c)
{
	for (size_t i = 0; i < NET_MOST; i++) {
		struct slot *s = &c->emails.slots[i];
		const char  *what;

		if (s->state != SLOT_ENDED)
			continue;
		TRY(write_down(c, s, &what));
		log_result(what, s);
		s->state = SLOT_FREE;
		arena_reset(s->arena);
	}
	return OK;
}

static void
ended(struct slot *s, enum net_fate how, const char *answer)
{
	s->state = SLOT_ENDED;
	s->result = (struct net_result){ .owner = s, .fate = how };
	snprintf(s->result.answer, sizeof(s->result.answer), "%s", answer);
}

static enum err
build(struct courier *c, struct slot *s, struct str *out)
{
	const struct email *m = &s->mail;
	char                mark[14];

	id_text(m->id, mark);
	return mime_build(s->arena, &(struct mime){ .from = c->conf->mail_from,
	    .from_name = *m->from_name ? m->from_name : "Tenantry", .to = m->to,
	    .reply_to = mime_address(m->reply_to) ? m->reply_to : "", .subject = m->subject,
	    .message_id = m->message_id, .mark = mark, .at = c->cx.now, .text = m->text,
	    .html = m->html, .file_name = m->file_name, .file = m->file }, out);
}

/* Whoever watches the folder sees whole files only: they get their name last. */
static enum err
write_file(struct courier *c, struct slot *s, struct str message, const char **name)
{
	char        id[14];
	const char *draft, *path;

	id_text(s->mail.id, id);
	*name = arena_printf(s->arena, "%lld-%s.eml", (long long)c->cx.now, id);
	path = arena_printf(s->arena, "%s/%s", c->conf->mail_dir, *name);
	draft = arena_printf(s->arena, "%s/.%s.draft", c->conf->mail_dir, id);
	TRY(dir_make(c->conf->mail_dir, 0700));
	/* Left by a courier that died. */
	if (unlink(draft) && errno != ENOENT)
		return ERR_FAULT;
	TRY(file_create(draft, 0600, message));
	return rename(draft, path) ? ERR_FAULT : OK;
}

static void
drop_in_folder(struct courier *c, struct slot *s, struct str message)
{
	const char *name;

	if (write_file(c, s, message, &name)) {
		log_event(LOG_ERROR, "email cannot be written", "folder", c->conf->mail_dir);
		ended(s, NET_LATER, "cannot be written to mail_dir");
	} else
		ended(s, NET_SENT, arena_printf(s->arena, "written to %s", name));
}

static void
dispatch(struct courier *c, struct slot *s)
{
	struct str message;

	s->state = SLOT_SENDING;
	if (build(c, s, &message)) {
		log_event(LOG_ERROR, "email not fit to be sent", "id", log_int(s->mail.id));
		ended(s, NET_REFUSED, "not sent: a character that no email may have in its "
		    "address, subject or sender");
		return;
	}
	if (*c->conf->smtp_url == '\0') {
		drop_in_folder(c, s, message);
		return;
	}
	if (net_send(c->net, &(struct net_mail){ .from = c->conf->mail_from, .to = s->mail.to,
	    .message = message }, s))
		ended(s, NET_LATER, "the transfer could not be begun");
}

static struct slot *
free_slot(struct queue *q)
{
	for (size_t i = 0; i < NET_MOST; i++)
		if (q->slots[i].state == SLOT_FREE)
			return &q->slots[i];
	return NULL;
}

/* Fills the free slots with what is due, and notes when the next one is. */
static enum err
take_due(struct courier *c)
{
	struct queue *q = &c->emails;
	struct slot  *s;
	enum err      e = OK;

	q->next_at = INT64_MAX;
	while ((s = free_slot(q)) != NULL && e == OK) {
		c->cx.arena = s->arena;
		e = outbox_take(&c->cx, LEASE_MS, &s->mail);
		c->cx.arena = c->arena;
		if (e == OK)
			dispatch(c, s);
		else
			arena_reset(s->arena);
	}
	if (e != OK && e != ERR_NOTFOUND)
		return e;
	return e == OK ? OK : outbox_next_due(&c->cx, &q->next_at);
}

static bool
is_state(const struct queue *q, enum slot_state state)
{
	for (size_t i = 0; i < NET_MOST; i++)
		if (q->slots[i].state == state)
			return true;
	return false;
}

static void
collect(struct courier *c)
{
	struct net_result result;

	net_step(c->net);
	while (net_next(c->net, &result)) {
		struct slot *s = result.owner;

		s->result = result;
		s->state = SLOT_ENDED;
	}
}

static bool
readable(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return fd >= 0 && poll(&p, 1, 0) > 0;
}

static void
hear(struct courier *c)
{
	char    bytes[4096];
	ssize_t n;

	if (readable(c->signals))
		c->stopping = true;
	/* At a reload the next courier reads from the same pipe. */
	if (c->stopping || !readable(c->wake))
		return;
	n = read(c->wake, bytes, sizeof(bytes));
	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		c->stopping = true;
}

static void
wait_for_more(struct courier *c, enum err last)
{
	int     fds[2] = { c->signals, c->wake };
	size_t  nfds = c->wake >= 0 ? 2 : 1;
	int64_t ms = LOOK_MS;

	if (last)
		ms = AGAIN_MS;
	else if (is_state(&c->emails, SLOT_ENDED))
		ms = 0;
	else if (c->emails.next_at - c->cx.now < ms)
		ms = c->emails.next_at > c->cx.now ? c->emails.next_at - c->cx.now : 0;
	/* What was heard already would end each wait at once. */
	net_wait(c->net, fds, c->stopping ? 0 : nfds, ms);
}

static int
work(struct courier *c)
{
	for (;;) {
		enum err e;

		c->cx.now = now_ms();
		hear(c);
		collect(c);
		e = write_down_all(c);
		if (e == OK && !c->stopping)
			e = take_due(c);
		else
			c->emails.next_at = INT64_MAX;
		if (db_broken(c->cx.db))
			return 1;
		if (c->stopping && !is_state(&c->emails, SLOT_SENDING) &&
		    !is_state(&c->emails, SLOT_ENDED))
			return 0;
		arena_reset(c->arena);
		wait_for_more(c, e);
	}
}

/* A blocked signal waits in a descriptor, so that none is lost between a look and a wait. */
static int
open_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	signal(SIGPIPE, SIG_IGN);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static enum err
open_all(struct courier *c)
{
	static const char *const tables[] = { "outbox", NULL };

	TRY(db_open(&c->cx.db, c->conf->database));
	TRY(db_restrict(c->cx.db, tables));
	return net_start(&c->net, c->life, c->conf);
}

static void
close_all(struct courier *c)
{
	if (c->net)
		net_stop(c->net);
	if (c->cx.db)
		db_close(&c->cx.db);
	for (size_t i = 0; i < NET_MOST; i++)
		arena_free(c->emails.slots[i].arena);
	arena_free(c->arena);
	arena_free(c->life);
	close(c->signals);
}

int
courier_run(const struct process *p)
{
	struct courier c = { .conf = p->conf, .wake = p->kind->fd, .signals = open_signals() };
	int            status = 1;

	c.life = arena_new(FIRST_BLOCK, ARENA_LIMIT);
	c.arena = arena_new(FIRST_BLOCK, ARENA_LIMIT);
	for (size_t i = 0; i < NET_MOST; i++)
		c.emails.slots[i].arena = arena_new(FIRST_BLOCK, ARENA_LIMIT);
	c.cx = (struct ctx){ .arena = c.arena, .conf = p->conf, .keys = p->keys, .language = "en",
		.actor = { .kind = ACTOR_SYSTEM, .label = "courier" } };
	if (c.signals >= 0 && open_all(&c) == OK)
		status = work(&c);
	close_all(&c);
	return status;
}
