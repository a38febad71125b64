/* A worker's socket, spoken to as a web server would and as none should (src/http/fcgi.c).
 * The worker is a child that tells the outcome of each call by one letter on a pipe:
 *   O answered   I 400   L 413 or 414   b nothing to answer   g peer gone while sending
 *   F file broken   S stopped by SIGTERM */
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/log.h"
#include "../pages/fcgi_io.h"
#include "../scratch.h"
#include "http/fcgi.h"

/* LONG_MS is past the patience of this side: who waits for the deadline there fails. */
enum { LIMIT = 2 * 1024 * 1024, PATIENCE_MS = 30000, LONG_MS = 120000 };
enum { BEGIN = 1, ABORT = 2, PARAMS = 4, STDIN = 5, DATA = 8, GET_VALUES = 9 };

static char folder[SCRATCH_SIZE], path[100];
static int listener, events[2];
static pid_t worker;
static struct answer an;
static volatile sig_atomic_t stopping;

static void
on_term(int signo)
{
	(void)signo;
	stopping = 1;
}

static void
tell(char event)
{
	if (write(events[1], &event, 1) != 1)
		_exit(3);
}

static char
pattern(size_t i)
{
	return (char)('a' + i % 23);
}

static int
count_descriptors(void)
{
	int n = 0;

	for (int fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) != -1;
	return n;
}

static void
fill_file(struct response *rs, size_t size, size_t missing)
{
	char piece[4096];

	rs->file = memfd_create("answer", MFD_CLOEXEC);
	for (size_t at = 0; at < size; at += sizeof(piece)) {
		for (size_t i = 0; i < sizeof(piece); i++)
			piece[i] = pattern(at + i);
		if (write(rs->file, piece, sizeof(piece)) != (ssize_t)sizeof(piece))
			_exit(4);
	}
	if (ftruncate(rs->file, (off_t)(size - missing)) != 0)
		_exit(4);
}

static bool
is_path(const struct request *rq, const char *want)
{
	return rq->path.len == strlen(want) && memcmp(rq->path.p, want, rq->path.len) == 0;
}

/* What the worker has for each path; the query of some is a size. */
static void
make_answer(struct arena *a, const struct request *rq, struct response *rs)
{
	size_t size = (size_t)strtoul(arena_printf(a, "%.*s", (int)rq->query.len,
	    rq->query.p != NULL ? rq->query.p : ""), NULL, 10);

	response_header(rs, "Content-Type", "text/plain");
	if (is_path(rq, "/big")) {
		for (size_t i = 0; i < size; i++)
			buf_put(&rs->body, (char[]){ pattern(i) }, 1);
	} else if (is_path(rq, "/file")) {
		fill_file(rs, (size + 4095) / 4096 * 4096, (4096 - size % 4096) % 4096);
	} else if (is_path(rq, "/overflow")) {
		rs->body.overflow = true;
	} else if (is_path(rq, "/directory")) {
		rs->file = open("/", O_RDONLY | O_CLOEXEC);
	} else if (is_path(rq, "/status")) {
		rs->status = (int)size;
		buf_puts(&rs->body, "text");
	} else if (is_path(rq, "/descriptors")) {
		buf_printf(&rs->body, "%d", count_descriptors());
	} else if (is_path(rq, "/memory")) {
		buf_printf(&rs->body, "%zu", mallinfo2().uordblks);
	} else {
		buf_printf(&rs->body, "%d %.*s?%.*s ", (int)rq->method, (int)rq->path.len,
		    rq->path.p, (int)rq->query.len, rq->query.p != NULL ? rq->query.p : "");
		buf_put(&rs->body, rq->body.p != NULL ? rq->body.p : "", rq->body.len);
	}
}

static void
serve_one(struct fcgi *f, struct arena *a, const sigset_t *unblocked)
{
	struct request rq;
	struct response rs;
	enum err e = fcgi_accept(f, a, unblocked, LIMIT, &rq);
	char event = e == OK ? 'O' : e == ERR_INVALID ? 'I' : 'L';

	if (e == ERR_BUSY) {
		tell(stopping ? 'S' : 'b');
		return;
	}
	if (e == ERR_FAULT)
		_exit(5);
	response_init(&rs, a);
	if (e == OK && is_path(&rq, "/drop")) {
		fcgi_drop(f);
		tell('O');
		return;
	}
	if (e == OK)
		make_answer(a, &rq, &rs);
	else
		rs.status = e == ERR_INVALID ? 400 : rq.path.len > 0 ? 413 : 414;
	e = fcgi_send(f, &rq, &rs);
	tell(e == OK ? event : e == ERR_BUSY ? 'g' : 'F');
	arena_reset(a);
}

static void
worker_run(int deadline_ms, bool signal_first, const sigset_t *unblocked)
{
	struct arena *forever = arena_new(256 * 1024, 1024 * 1024);
	struct arena *a = arena_new(64 * 1024, 64 * 1024 * 1024);
	struct sigaction act = { .sa_handler = on_term };
	struct fcgi *f;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	log_open("/dev/null");
	sigaction(SIGTERM, &act, NULL);
	if (fcgi_start(&f, forever, listener) != OK)
		_exit(2);
#ifdef TEST_HOOKS
	fcgi_deadline(f, deadline_ms);
#else
	(void)deadline_ms;
#endif
	if (signal_first)
		raise(SIGTERM);
	while (!stopping)
		serve_one(f, a, unblocked);
	_exit(0);
}

/* With a pipe of its own, so that no test reads what an earlier one left.  SIGTERM is blocked
 * before the fork: it may come before the worker has a handler. */
static void
worker_start(int deadline_ms, bool signal_first)
{
	sigset_t term, before;

	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, &before);
	if (events[0] > 0)
		close(events[0]);
	assert_int_equal(pipe2(events, O_CLOEXEC), 0);
	worker = fork();
	assert_true(worker >= 0);
	if (worker == 0)
		worker_run(deadline_ms, signal_first, &before);
	sigprocmask(SIG_SETMASK, &before, NULL);
	close(events[1]);
}

/* Its letter, or NUL when the worker has died; a worker that hangs is ended. */
static char
next_event(void)
{
	struct pollfd p = { .fd = events[0], .events = POLLIN };
	char event = '\0';

	if (poll(&p, 1, PATIENCE_MS) == 0) {
		kill(worker, SIGKILL);
		fail_msg("the worker hangs");
	}
	assert_true(read(events[0], &event, 1) >= 0);
	return event;
}

/* What it says before it has stopped is of no interest. */
static void
worker_end(void)
{
	int status;

	kill(worker, SIGTERM);
	while (next_event() != '\0')
		;
	assert_int_equal(waitpid(worker, &status, 0), worker);
	worker = 0;
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static int
open_all(void **state)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	if (mkdtemp(scratch_path(folder, "fcgi")) == NULL)
		return -1;
	snprintf(path, sizeof(path), "%s/sock", folder);
	memcpy(sa.sun_path, path, strlen(path) + 1);
	listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	return bind(listener, (struct sockaddr *)&sa, sizeof(sa)) != 0 || listen(listener, 64) != 0;
}

static int
close_all(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(folder);
}

static int
patient(void **state)
{
	(void)state;
	worker_start(LONG_MS, false);
	return 0;
}

/* Says nothing when it dies, as it may: a sanitizer's report of it would look like a finding. */
static int
doomed(void **state)
{
	int said = dup(STDERR_FILENO), null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	(void)state;
	assert_true(said >= 0 && null >= 0);
	dup2(null, STDERR_FILENO);
	worker_start(LONG_MS, false);
	dup2(said, STDERR_FILENO);
	close(said);
	close(null);
	return 0;
}

/* Not of a worker that died meanwhile: the test itself has seen to that. */
static int
stop(void **state)
{
	(void)state;
	answer_free(&an);
	if (worker != 0)
		worker_end();
	return 0;
}

static void
assert_answer(const struct ask *ask, char event, int status)
{
	answer_free(&an);
	assert_int_equal(fcgi_ask(path, ask, &an), 0);
	assert_int_equal(an.status, status);
	assert_int_equal(next_event(), event);
}

static void
assert_serves(void)
{
	assert_answer(&(struct ask){ .method = "GET", .target = "/echo?x=1" }, 'O', 200);
	assert_string_equal(an.body, "0 /echo?x=1 ");
	answer_free(&an);
}

/* Reads to the end of the connection; how many bytes came. */
static size_t
read_to_end(int fd)
{
	char trash[4096];
	size_t n = 0;
	ssize_t got;

	while ((got = recv(fd, trash, sizeof(trash), 0)) > 0)
		n += (size_t)got;
	assert_true(got == 0 || errno == ECONNRESET);
	close(fd);
	return n;
}

static int
opened(void)
{
	int fd = fcgi_connect(path);

	assert_true(fd >= 0);
	return fd;
}

static void
test_get(void **state)
{
	(void)state;
	assert_serves();
	assert_answer(&(struct ask){ .method = "GET", .target = "/echo" }, 'O', 200);
	assert_string_equal(answer_header(&an, "content-type"), "text/plain");
	assert_string_equal(answer_header(&an, "content-length"), "9");
	answer_free(&an);
}

static void
test_post(void **state)
{
	static const char body[] = "a\0b";

	(void)state;
	for (int i = 0; i < 2; i++) {
		assert_answer(&(struct ask){ .method = "POST", .target = "/echo", .body = body,
		    .body_len = 3 }, 'O', 200);
		assert_int_equal(an.body_len, 12);
		assert_memory_equal(an.body, "2 /echo? a\0b", 12);
	}
	answer_free(&an);
}

static void
test_without_body(void **state)
{
	(void)state;
	assert_answer(&(struct ask){ .method = "HEAD", .target = "/big?70000" }, 'O', 200);
	assert_int_equal(an.body_len, 0);
	assert_string_equal(answer_header(&an, "Content-Length"), "70000");
	assert_answer(&(struct ask){ .method = "HEAD", .target = "/file?70000" }, 'O', 200);
	assert_int_equal(an.body_len, 0);
	assert_string_equal(answer_header(&an, "Content-Length"), "70000");
	answer_free(&an);
	for (int i = 0; i < 2; i++) {
		int fd = opened();
		const char *target = i == 0 ? "/status?204" : "/status?304";

		assert_true(fcgi_begin(fd, 1, &(struct ask){ .method = "GET", .target = target }));
		assert_true(fcgi_body(fd, NULL, 0));
		assert_int_equal(fcgi_answer(fd, true, &an), 0);
		assert_null(answer_header(&an, "Content-Length"));
		assert_int_equal(next_event(), 'O');
		answer_free(&an);
		close(fd);
	}
}

static void
test_long_answers(void **state)
{
	static const char *const targets[] = { "/big?", "/file?" };
	static const size_t sizes[] = { 0, 1, 40000, 65000, 65528, 65529, 131056, 5000000 };
	char target[40];

	(void)state;
	for (size_t t = 0; t < 2; t++) {
		for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
			snprintf(target, sizeof(target), "%s%zu", targets[t], sizes[i]);
			assert_answer(&(struct ask){ .method = "GET", .target = target }, 'O', 200);
			assert_int_equal(an.body_len, sizes[i]);
			for (size_t k = 0; k < an.body_len; k++) {
				if (an.body[k] != pattern(k))
					fail_msg("%s differs at %zu", target, k);
			}
		}
	}
	answer_free(&an);
}

/* What cannot be sent whole is not passed off as whole. */
static void
test_broken_answers(void **state)
{
	static const char *const targets[] = { "/overflow", "/directory", "/drop" };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(fcgi_ask(path, &(struct ask){ .method = "GET",
		    .target = targets[i] }, &an), -1);
		assert_int_equal(next_event(), i < 2 ? 'F' : 'O');
	}
	assert_serves();
}

static void
test_bodies(void **state)
{
	static char body[LIMIT + 1];

	(void)state;
	for (size_t i = 0; i < sizeof(body); i++)
		body[i] = pattern(i);
	assert_answer(&(struct ask){ .method = "POST", .target = "/", .body = body,
	    .body_len = LIMIT }, 'O', 200);
	assert_int_equal(an.body_len, LIMIT + 5);
	assert_memory_equal(an.body + 5, body, LIMIT);
	assert_answer(&(struct ask){ .method = "POST", .target = "/", .body = body,
	    .body_len = LIMIT + 1 }, 'L', 413);
	answer_free(&an);
	assert_serves();
}

static void
test_long_path(void **state)
{
	static char target[3001];

	(void)state;
	memset(target, 'a', sizeof(target) - 1);
	target[0] = '/';
	assert_answer(&(struct ask){ .method = "GET", .target = target }, 'L', 414);
	assert_answer(&(struct ask){ .method = "GET", .target = "/../etc/passwd" }, 'I', 400);
	answer_free(&an);
}

/* The body and CONTENT_LENGTH must agree. */
static void
test_wrong_length(void **state)
{
	static const size_t sent[] = { 0, 9, 11, 5000 };
	static char body[5000];

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		int fd = opened();

		assert_true(fcgi_begin(fd, 1, &(struct ask){ .method = "POST", .target = "/",
		    .body_len = 10 }));
		assert_true(fcgi_body(fd, body, sent[i]));
		assert_int_equal(fcgi_answer(fd, false, &an), 0);
		assert_int_equal(an.status, 400);
		assert_int_equal(next_event(), 'I');
		answer_free(&an);
		close(fd);
	}
	assert_serves();
}

static void
test_twice_the_same_parameter(void **state)
{
	static const struct pair hosts[] = { { "HTTP_HOST", "a" }, { "HTTP_HOST", "b" } };
	static const struct pair odd[] = { { "HTTP_A=B", "c" }, { "", "d" }, { "=", "" } };

	(void)state;
	assert_answer(&(struct ask){ .method = "GET", .target = "/", .params = hosts,
	    .nparams = 2 }, 'I', 400);
	assert_answer(&(struct ask){ .method = "GET", .target = "/", .params = odd,
	    .nparams = 3 }, 'O', 200);
	answer_free(&an);
}

/* Breaks off with nothing answered, and the next request is served. */
static void
assert_broken_off(int fd)
{
	read_to_end(fd);
	assert_int_equal(next_event(), 'b');
	assert_serves();
}

static void
test_garbage(void **state)
{
	static const unsigned char version[16] = { 9, BEGIN, 0, 1, 0, 8, 0, 0, 0, 1 };
	static const unsigned char id[16] = { 1, BEGIN, 0, 0, 0, 8, 0, 0, 0, 1 };
	static const unsigned char short_begin[9] = { 1, BEGIN, 0, 1, 0, 1, 0, 0, 0 };
	char junk[1000];
	int fd = opened();

	(void)state;
	memset(junk, 'x', sizeof(junk));
	assert_int_equal(send(fd, junk, sizeof(junk), MSG_NOSIGNAL), sizeof(junk));
	assert_broken_off(fd);
	fd = opened();
	assert_int_equal(send(fd, version, sizeof(version), MSG_NOSIGNAL), sizeof(version));
	assert_broken_off(fd);
	fd = opened();
	assert_int_equal(send(fd, id, sizeof(id), MSG_NOSIGNAL), sizeof(id));
	assert_broken_off(fd);
	fd = opened();
	assert_int_equal(send(fd, short_begin, sizeof(short_begin), MSG_NOSIGNAL), 9);
	assert_broken_off(fd);
	fd = opened();
	close(fd);
	assert_int_equal(next_event(), 'b');
	assert_serves();
}

static void
test_roles(void **state)
{
	(void)state;
	for (int role = 0; role < 5; role++) {
		int fd = opened();

		if (role == 1) {
			close(fd);
			assert_int_equal(next_event(), 'b');
			continue;
		}
		assert_true(fcgi_begin(fd, role, &(struct ask){ .method = "GET", .target = "/" }));
		assert_int_equal(read_to_end(fd), role == 2 || role == 3 ? 16 : 0);
		assert_int_equal(next_event(), 'b');
	}
	assert_serves();
}

static void
test_wrong_records(void **state)
{
	static const int wrong[] = { ABORT, DATA, PARAMS, 77 };
	const struct ask ask = { .method = "POST", .target = "/", .body_len = 100 };

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		int fd = opened();

		assert_true(fcgi_begin(fd, 1, &ask));
		assert_true(fcgi_record(fd, STDIN, "half of the body", 16));
		assert_true(fcgi_record(fd, wrong[i], "x", wrong[i] == ABORT ? 0 : 1));
		assert_broken_off(fd);
	}
	for (size_t i = 0; i < 2; i++) {
		static const unsigned char begin[8] = { 0, 1 };
		int fd = opened();

		assert_true(fcgi_record(fd, BEGIN, begin, sizeof(begin)));
		assert_true(fcgi_record(fd, i == 0 ? STDIN : ABORT, "x", 1));
		assert_broken_off(fd);
	}
}

/* Asked what the library can do, as by an application server that looks before it asks. */
static void
test_management_record(void **state)
{
	static const unsigned char values[] = { 1, GET_VALUES, 0, 0, 0, 16, 0, 0, 14, 0, 'F', 'C',
		'G', 'I', '_', 'M', 'A', 'X', '_', 'C', 'O', 'N', 'N', 'S' };
	int fd = opened();

	(void)state;
	assert_int_equal(send(fd, values, sizeof(values), MSG_NOSIGNAL), sizeof(values));
	assert_int_equal(shutdown(fd, SHUT_WR), 0);
	assert_broken_off(fd);
}

/* The second is never looked at: the connection ends with the first. */
static void
test_two_requests_on_one_connection(void **state)
{
	const struct ask ask = { .method = "GET", .target = "/echo" };
	int fd = opened();

	(void)state;
	assert_true(fcgi_begin(fd, 1, &ask));
	assert_true(fcgi_body(fd, NULL, 0));
	(void)fcgi_begin(fd, 1, &ask);
	assert_int_equal(fcgi_answer(fd, false, &an), 0);
	assert_string_equal(an.body, "0 /echo? ");
	assert_int_equal(read_to_end(fd), 0);
	assert_int_equal(next_event(), 'O');
	answer_free(&an);
	assert_serves();
}

/* One request as bytes; content has padding.  After BEGIN_REQUEST and empty records libfcgi would
 * take it for the next header, and nginx sends none there. */
static size_t
padded_request(unsigned char *to)
{
	static const unsigned char begin[8] = { 0, 1 };
	unsigned char params[200];
	size_t n = 0, len = 0;
	const struct { int type; const void *p; size_t len; } records[] = {
		{ BEGIN, begin, 8 }, { PARAMS, params, 0 }, { PARAMS, "", 0 }, { STDIN, "body", 4 },
		{ STDIN, "", 0 } };

	len = fcgi_pack(params, len, "REQUEST_METHOD", "POST");
	len = fcgi_pack(params, len, "REQUEST_URI", "/echo");
	len = fcgi_pack(params, len, "CONTENT_LENGTH", "4");
	for (size_t i = 0; i < 5; i++) {
		size_t size = records[i].p == params ? len : records[i].len;
		unsigned char head[8] = { 1, (unsigned char)records[i].type, 0, 1, 0,
			(unsigned char)size, i == 1 ? 255 : i == 3 ? 3 : 0, 0 };

		memcpy(to + n, head, 8);
		memcpy(to + n + 8, records[i].p, size);
		n += 8 + size;
		memset(to + n, 0, head[6]);
		n += head[6];
	}
	return n;
}

static void
test_cut_at_every_byte(void **state)
{
	unsigned char whole[1000];
	size_t len = padded_request(whole);

	(void)state;
	for (size_t n = 0; n <= len; n++) {
		int fd = opened();

		if (n > 0)
			assert_int_equal(send(fd, whole, n, MSG_NOSIGNAL), n);
		assert_int_equal(shutdown(fd, SHUT_WR), 0);
		if (n == len) {
			assert_int_equal(fcgi_answer(fd, false, &an), 0);
			assert_string_equal(an.body, "2 /echo? body");
			answer_free(&an);
			close(fd);
		} else {
			assert_int_equal(read_to_end(fd), 0);
		}
		assert_int_equal(next_event(), n == len ? 'O' : 'b');
	}
}

static void
test_one_byte_at_a_time(void **state)
{
	unsigned char whole[1000];
	size_t len = padded_request(whole);
	int fd = opened();

	(void)state;
	for (size_t n = 0; n < len; n++)
		(void)send(fd, whole + n, 1, MSG_NOSIGNAL);
	assert_int_equal(fcgi_answer(fd, false, &an), 0);
	assert_string_equal(an.body, "2 /echo? body");
	assert_int_equal(next_event(), 'O');
	answer_free(&an);
	close(fd);
}

/* CVE-2025-23016, of which libfcgi 2.4.2 fixed one half: the worker may die of it, and the
 * supervisor starts another, but the peer must not be left waiting. */
static void
test_length_that_overflows(void **state)
{
	static const unsigned char begin[8] = { 0, 1 };
	static unsigned char content[60008];
	int fd = opened(), status;

	(void)state;
	memset(content, 'A', sizeof(content));
	memcpy(content, "\xff\xff\xff\xfe\xff\xff\xff\xfe", 8);
	assert_true(fcgi_record(fd, BEGIN, begin, sizeof(begin)));
	(void)fcgi_record(fd, PARAMS, content, sizeof(content));
	assert_int_equal(shutdown(fd, SHUT_WR), 0);
	read_to_end(fd);
	if (next_event() == '\0') {
		assert_int_equal(waitpid(worker, &status, 0), worker);
		worker_start(LONG_MS, false);
	}
	assert_serves();
}

static void
test_peer_that_leaves(void **state)
{
	(void)state;
	for (int i = 0; i < 20; i++) {
		int fd = opened();

		assert_true(fcgi_begin(fd, 1, &(struct ask){ .method = "GET",
		    .target = i % 2 == 0 ? "/big?5000000" : "/file?5000000" }));
		assert_true(fcgi_body(fd, NULL, 0));
		close(fd);
		assert_int_equal(next_event(), 'g');
	}
	assert_serves();
}

static void
test_signal_while_idle(void **state)
{
	int status;

	assert_serves();
	assert_int_equal(kill(worker, SIGTERM), 0);
	(void)state;
	assert_int_equal(next_event(), 'S');
	assert_int_equal(waitpid(worker, &status, 0), worker);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	worker = 0;
}

/* It came before the wait began; libfcgi's own loop would sleep on it. */
static void
test_signal_before_idle(void **state)
{
	int status;

	(void)state;
	worker_start(LONG_MS, true);
	assert_int_equal(next_event(), 'S');
	assert_int_equal(waitpid(worker, &status, 0), worker);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	worker = 0;
}

/* In the middle of a request it waits for the answer to be sent. */
static void
test_signal_while_reading(void **state)
{
	const struct ask ask = { .method = "POST", .target = "/echo", .body_len = 4 };
	int fd, status;

	assert_serves();
	fd = opened();
	assert_true(fcgi_begin(fd, 1, &ask));
	assert_int_equal(kill(worker, SIGTERM), 0);
	(void)state;
	if (fcgi_body(fd, "body", 4) && fcgi_answer(fd, false, &an) == 0) {
		assert_string_equal(an.body, "2 /echo? body");
		assert_int_equal(next_event(), 'O');
		answer_free(&an);
	} else {
		assert_int_equal(next_event(), 'S');
	}
	close(fd);
	assert_int_equal(waitpid(worker, &status, 0), worker);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	worker = 0;
}

/* These need a deadline that a test can wait for. */
#ifdef TEST_HOOKS
static int
hurried(void **state)
{
	(void)state;
	worker_start(200, false);
	return 0;
}

static void
test_silent_peers(void **state)
{
	static const unsigned char begin[8] = { 0, 1 };

	(void)state;
	for (int i = 0; i < 3; i++) {
		int fd = opened();

		if (i > 0)
			assert_true(fcgi_record(fd, BEGIN, begin, sizeof(begin)));
		if (i > 1)
			assert_true(fcgi_record(fd, PARAMS, "\5\5HTTP_", 7));
		assert_broken_off(fd);
	}
}

/* Each byte comes in time, the whole never does. */
static void
test_dripping_peers(void **state)
{
	static const unsigned char begin[8] = { 0, 1 };
	static const unsigned char part[9] = { 1, PARAMS, 0, 1, 0, 1, 0, 0, 0 };
	static const unsigned char junk[8] = { 1, 99, 0, 9, 0, 0, 0, 0 };
	static const struct { const unsigned char *p; size_t len; } drops[] = {
		{ (const unsigned char *)"x", 1 }, { part, 9 }, { junk, 8 } };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		int fd = opened();
		struct pollfd end = { .fd = fd, .events = POLLIN };

		if (i == 0) {
			assert_true(fcgi_begin(fd, 1, &(struct ask){ .method = "POST",
			    .target = "/", .body_len = 1000000 }));
			assert_true(send(fd, (unsigned char[]){ 1, STDIN, 0, 1, 255, 255, 0, 0 }, 8,
			    MSG_NOSIGNAL) == 8);
		} else {
			assert_true(fcgi_record(fd, BEGIN, begin, sizeof(begin)));
		}
		for (int n = 0; poll(&end, 1, 5) == 0 && n < PATIENCE_MS / 5; n++)
			(void)send(fd, drops[i].p, drops[i].len, MSG_NOSIGNAL);
		assert_broken_off(fd);
	}
}

static void
test_peer_that_does_not_read(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		int fd = opened();

		assert_true(fcgi_begin(fd, 1, &(struct ask){ .method = "GET",
		    .target = i == 0 ? "/big?5000000" : "/file?5000000" }));
		assert_true(fcgi_body(fd, NULL, 0));
		assert_int_equal(next_event(), 'g');
		close(fd);
	}
	assert_serves();
}
#endif

static long
number_of(const char *target)
{
	long n;

	assert_answer(&(struct ask){ .method = "GET", .target = target }, 'O', 200);
	n = strtol(an.body, NULL, 10);
	answer_free(&an);
	return n;
}

/* Records of any kind, number and length in any order.  Lengths of parameters stay below 128,
 * because larger ones are the known case above. */
static void
send_noise(uint32_t *seed)
{
	static const unsigned char types[] = { BEGIN, ABORT, PARAMS, STDIN, DATA, GET_VALUES, 11,
		0 };
	unsigned char record[8 + 300];
	int fd = opened();

	for (int i = 0; i < 6; i++) {
		size_t len;

		*seed = *seed * 1664525 + 1013904223;
		len = (*seed >> 8) % 4 == 0 ? 8 : (*seed >> 10) % 255;
		memset(record, (int)(*seed >> 25), sizeof(record));
		memcpy(record, (unsigned char[]){ 1, i == 0 ? BEGIN : types[(*seed >> 18) % 8], 0,
		    (*seed >> 21) % 8 != 0, 0, (unsigned char)len, (*seed >> 24) % 4, 0 }, 8);
		if (record[1] == BEGIN)
			memcpy(record + 8, "\0\1\1\0\0\0\0", 8);
		(void)send(fd, record, 8 + len + record[6], MSG_NOSIGNAL);
	}
	shutdown(fd, SHUT_WR);
	read_to_end(fd);
}

static void
test_nothing_is_lost(void **state)
{
	static char body[100];
	long descriptors, memory;
	uint32_t seed = 99;

	(void)state;
	descriptors = number_of("/descriptors");
	memory = number_of("/memory");
	for (int i = 0; i < 500; i++) {
		send_noise(&seed);
		(void)next_event();
		assert_answer(&(struct ask){ .method = "POST", .target = "/", .body = body,
		    .body_len = sizeof(body) }, 'O', 200);
	}
	answer_free(&an);
	assert_int_equal(number_of("/descriptors"), descriptors);
	assert_in_range(number_of("/memory"), 0, (unsigned long)memory + 16 * 1024);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_get, patient, stop),
		cmocka_unit_test_setup_teardown(test_post, patient, stop),
		cmocka_unit_test_setup_teardown(test_without_body, patient, stop),
		cmocka_unit_test_setup_teardown(test_long_answers, patient, stop),
		cmocka_unit_test_setup_teardown(test_broken_answers, patient, stop),
		cmocka_unit_test_setup_teardown(test_bodies, patient, stop),
		cmocka_unit_test_setup_teardown(test_long_path, patient, stop),
		cmocka_unit_test_setup_teardown(test_wrong_length, patient, stop),
		cmocka_unit_test_setup_teardown(test_twice_the_same_parameter, patient, stop),
		cmocka_unit_test_setup_teardown(test_garbage, patient, stop),
		cmocka_unit_test_setup_teardown(test_roles, patient, stop),
		cmocka_unit_test_setup_teardown(test_wrong_records, patient, stop),
		cmocka_unit_test_setup_teardown(test_management_record, patient, stop),
		cmocka_unit_test_setup_teardown(test_two_requests_on_one_connection, patient, stop),
		cmocka_unit_test_setup_teardown(test_cut_at_every_byte, patient, stop),
		cmocka_unit_test_setup_teardown(test_one_byte_at_a_time, patient, stop),
		cmocka_unit_test_setup_teardown(test_length_that_overflows, doomed, stop),
		cmocka_unit_test_setup_teardown(test_peer_that_leaves, patient, stop),
		cmocka_unit_test_setup_teardown(test_signal_while_idle, patient, stop),
		cmocka_unit_test(test_signal_before_idle),
		cmocka_unit_test_setup_teardown(test_signal_while_reading, patient, stop),
#ifdef TEST_HOOKS
		cmocka_unit_test_setup_teardown(test_silent_peers, hurried, stop),
		cmocka_unit_test_setup_teardown(test_dripping_peers, hurried, stop),
		cmocka_unit_test_setup_teardown(test_peer_that_does_not_read, hurried, stop),
#endif
		cmocka_unit_test_setup_teardown(test_nothing_is_lost, patient, stop),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, open_all, close_all);
}
