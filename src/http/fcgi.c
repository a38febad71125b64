/* The socket of a worker: accept, deadline, one FastCGI request in, one answer out.  Reading is
 * libfcgi's; writing is ours, because its streams write 8 KB at a time and a larger one leaks.
 * Parameters and body are checked in request.c; sockets are opened in app/. */
#include "http/fcgi.h"

#include <assert.h>
#include <errno.h>
#include <fastcgi.h>
#include <fcgiapp.h>
#include <limits.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"

enum {
	DEADLINE_MS = 10000,
	RECORD_LONGEST = 65528, /* the most that is a multiple of 8, so no padding is due */
	AT_ONCE = 4,            /* records in one system call */
	LOG_MS = 20             /* how long lines of the log wait for another request */
};

/* Of this library's choice, see the header. */
#define DEADLINE_SIGNAL (SIGRTMIN + 4)

struct fcgi {
	FCGX_Request q;
	int          listen_fd;
	int          waiting;   /* epoll, see wait_start() */
	int          deadline_ms;
	char        *chunk;     /* RECORD_LONGEST bytes of a file on their way */
};

/* What the timer's handler works with, since it has no argument.  The timer is not set anew for
 * each request, which would be two system calls: it goes on, and when it goes off before a later
 * deadline it is set to what is left. */
static timer_t timer;
static volatile sig_atomic_t watched_fd = -1, timer_runs;
static _Atomic int64_t deadline;        /* mono_ms() */

static void
timer_set(int64_t ms)
{
	struct itimerspec in = { .it_value = { ms / 1000, ms % 1000 * 1000000L } };

	if (timer_settime(timer, 0, &in, NULL) != 0)
		assert(!"the timer is ours and the time is valid");
}

/* Shutting ends every read(2) on it, also one that has not begun yet: an interrupted read alone
 * would be lost when the signal comes between two reads. */
static void
on_deadline(int signo)
{
	int saved = errno;
	int64_t left = atomic_load(&deadline) - mono_ms();

	(void)signo;
	timer_runs = watched_fd >= 0 && left > 0;
	if (timer_runs)
		timer_set(left);
	else if (watched_fd >= 0)
		shutdown(watched_fd, SHUT_RDWR);
	errno = saved;
}

/* In this order: whenever the handler comes between, one of the two sees to the timer. */
static void
watch(struct fcgi *f)
{
	atomic_store(&deadline, mono_ms() + f->deadline_ms);
	watched_fd = f->q.ipcFd;
	if (timer_runs)
		return;
	timer_runs = 1;
	timer_set(f->deadline_ms);
}

static void
unwatch(void)
{
	watched_fd = -1;
}

/* FCGX_Init takes these signals wherever it finds a default or ignored one: with its SIGTERM
 * handler a worker that is to ignore SIGTERM would break off its reading. */
static void
init_library(void)
{
	static const int signals[] = { SIGPIPE, SIGTERM, SIGUSR1 };
	struct sigaction kept[3];

	/* How long a close may wait for the peer, read by FCGX_Init. */
	setenv("LIBFCGI_OS_CLOSE_POLL_TIMEOUT", "100", 1);
	setenv("LIBFCGI_IS_AF_UNIX_KEEPER_POLL_TIMEOUT", "100", 1);
	for (size_t i = 0; i < 3; i++)
		sigaction(signals[i], NULL, &kept[i]);
	FCGX_Init();
	for (size_t i = 0; i < 3; i++)
		sigaction(signals[i], &kept[i], NULL);
	signal(SIGPIPE, SIG_IGN);
}

static bool
deadline_start(void)
{
	/* It may come at any time, and then nothing is to break off. */
	struct sigaction act = { .sa_handler = on_deadline, .sa_flags = SA_RESTART };
	struct sigevent ev = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = DEADLINE_SIGNAL };
	sigset_t one;

	sigemptyset(&act.sa_mask);
	sigemptyset(&one);
	sigaddset(&one, DEADLINE_SIGNAL);
	return sigaction(DEADLINE_SIGNAL, &act, NULL) == 0 &&
	    sigprocmask(SIG_UNBLOCK, &one, NULL) == 0 &&
	    timer_create(CLOCK_MONOTONIC, &ev, &timer) == 0;
}

/* All workers of a pool wait on one socket.  ppoll would wake each of them for each connection, of
 * which one is had; measured at one client, that doubles the processor time of a page. */
static bool
wait_start(struct fcgi *f)
{
	struct epoll_event ev = { .events = EPOLLIN | EPOLLEXCLUSIVE };

	f->waiting = epoll_create1(EPOLL_CLOEXEC);
	return f->waiting >= 0 && epoll_ctl(f->waiting, EPOLL_CTL_ADD, f->listen_fd, &ev) == 0;
}

enum err
fcgi_start(struct fcgi **out, struct arena *a, int listen_fd)
{
	struct fcgi *f = ARENA_NEW(a, struct fcgi);

	timer_runs = 0;
	f->listen_fd = listen_fd;
	f->deadline_ms = DEADLINE_MS;
	f->chunk = ARENA_ARRAY(a, char, RECORD_LONGEST);
	init_library();
	/* No listening socket of its own: libfcgi must never accept by itself. */
	FCGX_InitRequest(&f->q, -1, FCGI_FAIL_ACCEPT_ON_INTR);
	f->q.ipcFd = -1;
	if (!deadline_start() || !wait_start(f)) {
		log_event(LOG_ERROR, "cannot wait for requests", "cause", strerror(errno));
		return ERR_FAULT;
	}
	*out = f;
	return OK;
}

#ifdef TEST_HOOKS
void
fcgi_deadline(struct fcgi *f, int ms)
{
	f->deadline_ms = ms;
}
#endif

/* What was held back of the log is written when nobody asks for a moment. */
static int
wait_ready(struct fcgi *f, const sigset_t *unblocked)
{
	struct epoll_event ready;
	int n = log_waits() ? epoll_pwait(f->waiting, &ready, 1, LOG_MS, unblocked) : 0;

	if (n != 0)
		return n;
	log_flush();
	return epoll_pwait(f->waiting, &ready, 1, -1, unblocked);
}

/* Under load somebody waits already, which is one call less.  Else one waits: other workers do, on
 * the same socket, and one of them may be quicker. */
static enum err
accept_next(struct fcgi *f, const sigset_t *unblocked)
{
	for (;;) {
		f->q.ipcFd = accept4(f->listen_fd, NULL, NULL, SOCK_CLOEXEC);
		if (f->q.ipcFd >= 0)
			return OK;
		if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED) {
			log_event(LOG_ERROR, "accept failed", "cause", strerror(errno));
			return ERR_FAULT;
		}
		if (wait_ready(f, unblocked) < 0 && errno == EINTR)
			return ERR_BUSY;
	}
}

static bool
send_all(struct fcgi *f, struct iovec *iov, size_t n)
{
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = n };
	struct pollfd room = { .fd = f->q.ipcFd, .events = POLLOUT };

	while (msg.msg_iovlen > 0) {
		ssize_t sent = sendmsg(f->q.ipcFd, &msg, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (sent < 0 && errno == EAGAIN) {
			if (poll(&room, 1, f->deadline_ms) == 0)
				return false;
		} else if (sent < 0 && errno != EINTR) {
			return false;
		}
		while (msg.msg_iovlen > 0 && sent >= (ssize_t)msg.msg_iov->iov_len) {
			sent -= (ssize_t)msg.msg_iov++->iov_len;
			msg.msg_iovlen--;
		}
		if (sent > 0) {
			msg.msg_iov->iov_base = (char *)msg.msg_iov->iov_base + sent;
			msg.msg_iov->iov_len -= (size_t)sent;
		}
	}
	return true;
}

static FCGI_Header
record_header(const struct fcgi *f, unsigned char type, size_t len)
{
	return (FCGI_Header){ .version = FCGI_VERSION_1, .type = type,
		.requestIdB1 = (unsigned char)(f->q.requestId >> 8),
		.requestIdB0 = (unsigned char)f->q.requestId,
		.contentLengthB1 = (unsigned char)(len >> 8),
		.contentLengthB0 = (unsigned char)len };
}

struct tail { FCGI_Header end_of_stdout; FCGI_EndRequestRecord end; };

static struct tail
tail_of(const struct fcgi *f, unsigned char status)
{
	return (struct tail){ record_header(f, FCGI_STDOUT, 0),
		{ record_header(f, FCGI_END_REQUEST, sizeof(FCGI_EndRequestBody)),
		    { .protocolStatus = status } } };
}

/* Records that go out in one system call, so that the peer is woken once for a page. */
struct batch {
	FCGI_Header  headers[AT_ONCE];
	struct tail  tail;
	struct iovec iov[3 * AT_ONCE + 1];
	size_t       n, records;
};

static void
batch_bytes(struct batch *b, const void *p, size_t len)
{
	struct iovec *iov = &b->iov[b->n++];

	memcpy(&iov->iov_base, &p, sizeof(p));
	iov->iov_len = len;
}

/* One record of head and body together; the last takes the end of the request along. */
static void
batch_add(const struct fcgi *f, struct batch *b, struct str head, struct str body, bool last)
{
	FCGI_Header *record = &b->headers[b->records++];

	*record = record_header(f, FCGI_STDOUT, head.len + body.len);
	batch_bytes(b, record, sizeof(*record));
	batch_bytes(b, head.p, head.len);
	batch_bytes(b, body.p, body.len);
	if (last) {
		b->tail = tail_of(f, FCGI_REQUEST_COMPLETE);
		batch_bytes(b, &b->tail, sizeof(b->tail));
	}
}

void
fcgi_drop(struct fcgi *f)
{
	/* Not FCGX_Finish_r, which would write an end of its own and wait for the peer. */
	FCGX_Free(&f->q, 0);
	if (f->q.ipcFd >= 0)
		close(f->q.ipcFd);
	f->q.ipcFd = -1;
}

/* What an answer of 400 or 413 leaves unread: a peer that is still writing would see a broken
 * connection in its place. */
static enum err
drain(struct fcgi *f)
{
	while (FCGX_GetStr(f->chunk, RECORD_LONGEST, f->q.in) > 0)
		;
	return FCGX_GetError(f->q.in) != 0 ? ERR_BUSY : OK;
}

static enum err
read_body(struct fcgi *f, struct arena *a, size_t length, struct request *rq)
{
	char *body = ARENA_ARRAY(a, char, length + 1);
	int got = FCGX_GetStr(body, (int)length, f->q.in);
	bool more = FCGX_GetStr(f->chunk, 1, f->q.in) > 0;

	TRY(drain(f));
	if ((size_t)got != length || more)
		return ERR_INVALID;
	rq->body = (struct str){ body, length };
	return OK;
}

static enum err
read_request(struct fcgi *f, struct arena *a, size_t body_limit, struct request *rq)
{
	uint64_t length;
	enum err e;

	/* Else FCGX_Accept_r would begin by closing the descriptor. */
	f->q.keepConnection = 1;
	if (FCGX_Accept_r(&f->q) < 0) {
		f->q.ipcFd = -1;
		return ERR_BUSY;
	}
	/* Of a wrong record among the parameters it only says that they ended. */
	if (FCGX_GetError(f->q.in) != 0)
		return ERR_BUSY;
	if (f->q.role != FCGI_RESPONDER) {
		struct tail tail = tail_of(f, FCGI_UNKNOWN_ROLE);
		struct iovec iov = { &tail.end, sizeof(tail.end) };

		send_all(f, &iov, 1);
		return ERR_BUSY;
	}
	e = request_read(a, f->q.envp, rq, &length);
	if (e == OK && length > body_limit)
		e = ERR_LIMIT;
	if (e == OK)
		return read_body(f, a, (size_t)length, rq);
	TRY(drain(f));
	return e;
}

enum err
fcgi_accept(struct fcgi *f, struct arena *a, const sigset_t *unblocked, size_t body_limit,
    struct request *rq)
{
	enum err e;

	assert(f->q.ipcFd < 0 && body_limit < INT_MAX);
	TRY(accept_next(f, unblocked));
	watch(f);
	e = read_request(f, a, body_limit, rq);
	unwatch();
	if (e == ERR_BUSY)
		fcgi_drop(f);
	return e;
}

/* The body of an answer: bytes, or a file of which one record at a time is in memory. */
struct source { struct str bytes; int file; uint64_t at, size; };

static enum err
source_of(const struct request *rq, const struct response *rs, struct source *out)
{
	struct stat st;

	*out = (struct source){ .bytes = { rs->body.p, rs->body.len }, .file = rs->file,
		.size = rs->body.len };
	if (rs->body.overflow || rs->headers.overflow) {
		log_event(LOG_ERROR, "answer too long", "request", rq->id);
		return ERR_FAULT;
	}
	if (rs->file < 0)
		return OK;
	if (fstat(rs->file, &st) != 0) {
		log_event(LOG_ERROR, "no size of the file to send", "cause", strerror(errno));
		return ERR_FAULT;
	}
	out->size = (uint64_t)st.st_size;
	return OK;
}

static enum err
source_next(struct fcgi *f, struct source *s, size_t longest, struct str *out)
{
	size_t want = s->size - s->at < longest ? (size_t)(s->size - s->at) : longest;
	ssize_t got;

	if (s->file < 0) {
		*out = want > 0 ? (struct str){ s->bytes.p + s->at, want } : (struct str){ "", 0 };
		s->at += want;
		return OK;
	}
	got = pread(s->file, f->chunk, want, (off_t)s->at);
	if (got < 0 || (got == 0 && want > 0)) {
		log_event(LOG_ERROR, "file to send broke off", "cause",
		    got < 0 ? strerror(errno) : "shorter than it was");
		return ERR_FAULT;
	}
	*out = (struct str){ f->chunk, (size_t)got };
	s->at += (uint64_t)got;
	return OK;
}

static enum err
head_of(const struct response *rs, uint64_t size, struct str *out)
{
	struct buf b;

	buf_init(&b, rs->headers.arena, RECORD_LONGEST / 2);
	buf_printf(&b, "Status: %d\r\n", rs->status);
	if (rs->status != 204 && rs->status != 304)
		buf_printf(&b, "Content-Length: %llu\r\n", (unsigned long long)size);
	if (rs->headers.len > 0)
		buf_put(&b, rs->headers.p, rs->headers.len);
	buf_puts(&b, "\r\n");
	return buf_end(&b, out);
}

static enum err
send_answer(struct fcgi *f, const struct request *rq, const struct response *rs)
{
	struct batch batch = { .n = 0 };
	struct str head, body;
	struct source s;
	bool last;

	TRY(source_of(rq, rs, &s));
	TRY(head_of(rs, s.size, &head));
	if (rq->method == M_HEAD || rs->status == 204 || rs->status == 304)
		s.at = s.size;
	do {
		TRY(source_next(f, &s, RECORD_LONGEST - head.len, &body));
		last = s.at == s.size;
		batch_add(f, &batch, head, body, last);
		head = (struct str){ "", 0 };
		/* Of a file only one piece is in memory. */
		if (!last && s.file < 0 && batch.records < AT_ONCE)
			continue;
		if (!send_all(f, batch.iov, batch.n))
			return ERR_BUSY;
		batch.n = batch.records = 0;
	} while (!last);
	return OK;
}

enum err
fcgi_send(struct fcgi *f, const struct request *rq, struct response *rs)
{
	enum err e = send_answer(f, rq, rs);

	if (rs->file >= 0)
		close(rs->file);
	if (rs->hold >= 0)
		close(rs->hold);
	rs->file = rs->hold = -1;
	fcgi_drop(f);
	return e;
}
