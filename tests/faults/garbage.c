/* Sends what no web server would send to a FastCGI socket, again and again.  What must have become
 * of the program then is looked at by garbage.mjs.
 * garbage SOCKET COUNT SEED: prints how many connections there were and how many of them were
 * neither answered nor closed within 15 s. */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "../pages/fcgi_io.h"

enum { BEGIN = 1, ABORT = 2, PARAMS = 4, STDIN = 5, GET_VALUES = 9 };
enum { ROOM = 1 << 20, HANG_S = 15, DEADLY_ONE_IN = 400 };

struct bytes { unsigned char p[ROOM]; size_t len; };

static struct bytes out;
static uint64_t state;

static uint32_t
draw(uint32_t below)
{
	state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(state >> 33) % below;
}

static void
put(const void *p, size_t n)
{
	if (n > sizeof(out.p) - out.len)
		n = sizeof(out.p) - out.len;
	if (n > 0)
		memcpy(out.p + out.len, p, n);
	out.len += n;
}

static void
put_random(size_t n)
{
	for (size_t i = 0; i < n; i++)
		put(&(unsigned char){ (unsigned char)draw(256) }, 1);
}

static void
put_head(unsigned version, unsigned type, unsigned id, unsigned len, unsigned padding)
{
	put((unsigned char[]){ (unsigned char)version, (unsigned char)type,
	    (unsigned char)(id >> 8), (unsigned char)id, (unsigned char)(len >> 8),
	    (unsigned char)len, (unsigned char)padding, 0 }, 8);
}

static void
put_record(unsigned type, const void *p, size_t len)
{
	put_head(1, type, 1, (unsigned)len, 0);
	put(p, len);
}

static void
put_begin(unsigned role, unsigned flags)
{
	put_record(BEGIN, (unsigned char[]){ (unsigned char)(role >> 8), (unsigned char)role,
	    (unsigned char)flags, 0, 0, 0, 0, 0 }, 8);
}

static size_t
some_params(unsigned char *p)
{
	size_t n = 0;

	n = fcgi_pack(p, n, "REQUEST_METHOD", draw(2) ? "GET" : "POST");
	n = fcgi_pack(p, n, "REQUEST_URI", draw(2) ? "/signin" : "/t/acme/users?q=x");
	n = fcgi_pack(p, n, "QUERY_STRING", "");
	n = fcgi_pack(p, n, "CONTENT_LENGTH", draw(2) ? "" : "5");
	n = fcgi_pack(p, n, "REMOTE_ADDR", "192.0.2.9");
	return fcgi_pack(p, n, "HTTP_COOKIE", "sid=x");
}

static void
put_params(void)
{
	unsigned char p[1024];

	put_record(PARAMS, p, some_params(p));
	put_record(PARAMS, NULL, 0);
}

static void
put_request(void)
{
	put_begin(1, 0);
	put_params();
	put_record(STDIN, "a=b&c", draw(6));
	put_record(STDIN, NULL, 0);
}

static void
noise(void)
{
	put_random(1 + draw(70000));
}

static void
cut(void)
{
	put_request();
	out.len = draw((uint32_t)out.len);
}

static void
flipped(void)
{
	put_request();
	for (uint32_t n = 1 + draw(8); n > 0; n--)
		out.p[draw((uint32_t)out.len)] = (unsigned char)draw(256);
}

static void
odd_records(void)
{
	for (uint32_t n = 1 + draw(20); n > 0; n--) {
		unsigned len = draw(4) ? draw(300) : draw(65536), padding = draw(256);

		put_head(draw(8) ? 1 : draw(256), draw(16), draw(4) ? 1 : draw(65536), len,
		    padding);
		put_random(draw(4) ? len + padding : draw(len + 1));
	}
}

static void
odd_begin(void)
{
	put_begin(draw(65536), draw(256));
	put_params();
	put_record(STDIN, NULL, 0);
}

/* Lengths that go beyond the record, but not so far that libfcgi's sum of them turns over. */
static void
odd_lengths(void)
{
	unsigned char p[64];

	put_begin(1, 0);
	for (size_t i = 0; i < sizeof(p); i++)
		p[i] = (unsigned char)draw(256);
	p[0] = (unsigned char)draw(128);
	p[1] = 0x80;
	p[2] = (unsigned char)draw(4);
	put_record(PARAMS, p, sizeof(p));
	put_record(PARAMS, NULL, 0);
	put_record(STDIN, NULL, 0);
}

static void
body_first(void)
{
	put_begin(1, 0);
	put_record(STDIN, "a=b", 3);
	put_record(STDIN, NULL, 0);
	put_params();
}

static void
management(void)
{
	static const unsigned char names[] = "\017\000FCGI_MPXS_CONNS\016\000FCGI_MAX_CONNS";

	put_head(1, GET_VALUES, 0, sizeof(names) - 1, 0);
	put(names, sizeof(names) - 1);
	put_head(1, 12 + draw(200), 0, 8, 0);
	put_random(8);
	put_request();
}

static void
aborted(void)
{
	put_begin(1, draw(2));
	if (draw(2))
		put_params();
	put_record(ABORT, NULL, 0);
	if (draw(2))
		put_record(STDIN, NULL, 0);
}

static void
two_on_one(void)
{
	put_begin(1, 1);
	put_params();
	put_record(STDIN, NULL, 0);
	put_request();
}

static void
small_records(void)
{
	unsigned char p[1024];
	size_t        n = some_params(p);

	put_begin(1, 0);
	for (size_t i = 0; i < n; i++)
		put_record(PARAMS, p + i, 1);
	put_record(PARAMS, NULL, 0);
	put_record(STDIN, NULL, 0);
}

static void
many_params(void)
{
	static unsigned char p[60000];
	char                 name[16];
	size_t               n = 0;

	put_begin(1, 0);
	for (unsigned i = 0; n + 64 < sizeof(p); i++) {
		snprintf(name, sizeof(name), "HTTP_X%u", i);
		n = fcgi_pack(p, n, name, "some value of a header that nobody asks for");
	}
	for (uint32_t i = 1 + draw(12); i > 0; i--)
		put_record(PARAMS, p, n);
	put_record(PARAMS, NULL, 0);
	put_record(STDIN, NULL, 0);
}

/* A record that ends a process which uses Debian 12's libfcgi. */
static void
deadly(void)
{
	put_begin(1, 0);
	put_head(1, PARAMS, 1, 60000, 0);
	put("\xff\xff\xff\xfe\xff\xff\xff\xfe", 8);
	put_random(59992);
}

static void (*const kinds[])(void) = { noise, cut, flipped, odd_records, odd_begin, odd_lengths,
	body_first, management, aborted, two_on_one, small_records, many_params };
enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

/* What cannot be sent any more was not wanted. */
static void
send_all(int fd)
{
	size_t  at = 0;
	ssize_t n;

	while (at < out.len && (n = send(fd, out.p + at, out.len - at, MSG_NOSIGNAL)) > 0)
		at += (size_t)n;
}

/* Whether the other side let go. */
static bool
ends(int fd)
{
	const struct timeval patience = { .tv_sec = HANG_S };
	char                 answer[65536];
	ssize_t              n;

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	shutdown(fd, SHUT_WR);
	while ((n = recv(fd, answer, sizeof(answer), 0)) > 0)
		;
	return n == 0 || errno != EAGAIN;
}

int
main(int argc, char **argv)
{
	long count = argc == 4 ? strtol(argv[2], NULL, 10) : 0, hung = 0, i;

	if (count <= 0) {
		fputs("usage: garbage SOCKET COUNT SEED\n", stderr);
		return 2;
	}
	state = strtoull(argv[3], NULL, 10);
	for (i = 0; i < count; i++) {
		int fd = fcgi_connect(argv[1]);

		if (fd < 0) {
			perror(argv[1]);
			return 1;
		}
		out.len = 0;
		if (draw(DEADLY_ONE_IN) == 0)
			deadly();
		else
			kinds[draw(KINDS)]();
		send_all(fd);
		if (draw(3))
			hung += !ends(fd);
		close(fd);
	}
	printf("%ld %ld\n", i, hung);
	return 0;
}
