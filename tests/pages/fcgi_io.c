/* FastCGI as a web server speaks it: one request and its answer over a Unix socket.  Options,
 * files and printing are in fcgi_client.c. */
#include "fcgi_io.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

enum { BEGIN = 1, END = 3, PARAMS = 4, STDIN = 5, STDOUT = 6, STDERR = 7 };
enum { REQUEST_ID = 1, RECORD_LONGEST = 65535, PATIENCE_S = 30 };

int
fcgi_connect(const char *socket_path)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	struct timeval patience = { .tv_sec = PATIENCE_S };
	int fd;

	if (strlen(socket_path) >= sizeof(sa.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(sa.sun_path, socket_path, strlen(socket_path));
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	if (connect(fd, (const struct sockaddr *)&sa, sizeof(sa)) != 0) {
		int saved = errno;

		close(fd);
		errno = saved;
		return -1;
	}
	return fd;
}

static bool
put(int fd, const void *p, size_t n)
{
	const char *from = p;

	while (n > 0) {
		ssize_t done = send(fd, from, n, MSG_NOSIGNAL);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return false;
		from += done;
		n -= (size_t)done;
	}
	return true;
}

bool
fcgi_record(int fd, int type, const void *content, size_t len)
{
	unsigned char record[8 + RECORD_LONGEST] = { 1, (unsigned char)type, 0, REQUEST_ID,
		(unsigned char)(len >> 8), (unsigned char)len, 0, 0 };

	if (len > 0)
		memcpy(record + 8, content, len);
	return put(fd, record, 8 + len);
}

static size_t
pack_length(unsigned char *to, size_t n)
{
	if (n < 128) {
		to[0] = (unsigned char)n;
		return 1;
	}
	to[0] = (unsigned char)(n >> 24 | 0x80);
	to[1] = (unsigned char)(n >> 16);
	to[2] = (unsigned char)(n >> 8);
	to[3] = (unsigned char)n;
	return 4;
}

size_t
fcgi_pack(unsigned char *to, size_t at, const char *name, const char *value)
{
	size_t name_len = strlen(name), value_len = strlen(value);

	at += pack_length(to + at, name_len);
	at += pack_length(to + at, value_len);
	memcpy(to + at, name, name_len);
	memcpy(to + at + name_len, value, value_len);
	return at + name_len + value_len;
}

bool
fcgi_body(int fd, const void *body, size_t len)
{
	const char *from = body;
	size_t n;

	for (; len > 0; len -= n, from += n) {
		n = len < RECORD_LONGEST ? len : RECORD_LONGEST;
		if (!fcgi_record(fd, STDIN, from, n))
			return false;
	}
	return fcgi_record(fd, STDIN, NULL, 0);
}

static size_t
params_room(const struct ask *ask)
{
	size_t room = strlen(ask->method) + 2 * strlen(ask->target) + 200;

	for (size_t i = 0; i < ask->nparams; i++)
		room += strlen(ask->params[i].name) + strlen(ask->params[i].value) + 8;
	return room;
}

bool
fcgi_begin(int fd, int role, const struct ask *ask)
{
	unsigned char begin[8] = { 0, (unsigned char)role };
	unsigned char *params = malloc(params_room(ask));
	const char *query = strchr(ask->target, '?');
	char length[24];
	size_t len = 0, n;
	bool ok;

	if (params == NULL)
		abort();
	snprintf(length, sizeof(length), "%zu", ask->body_len);
	len = fcgi_pack(params, len, "REQUEST_METHOD", ask->method);
	len = fcgi_pack(params, len, "REQUEST_URI", ask->target);
	len = fcgi_pack(params, len, "QUERY_STRING", query != NULL ? query + 1 : "");
	len = fcgi_pack(params, len, "CONTENT_LENGTH", ask->body_len > 0 ? length : "");
	for (size_t i = 0; i < ask->nparams; i++)
		len = fcgi_pack(params, len, ask->params[i].name, ask->params[i].value);
	ok = fcgi_record(fd, BEGIN, begin, sizeof(begin));
	for (size_t at = 0; ok && at < len; at += n) {
		n = len - at < RECORD_LONGEST ? len - at : RECORD_LONGEST;
		ok = fcgi_record(fd, PARAMS, params + at, n);
	}
	free(params);
	return ok && fcgi_record(fd, PARAMS, NULL, 0);
}

static int
get(int fd, void *p, size_t n)
{
	char *to = p;

	while (n > 0) {
		ssize_t got = recv(fd, to, n, 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0) {
			if (got == 0)
				errno = ECONNRESET;
			else if (errno == EAGAIN)
				errno = ETIMEDOUT;
			return -1;
		}
		to += got;
		n -= (size_t)got;
	}
	return 0;
}

/* All of STDOUT up to END_REQUEST, into out->raw; STDERR goes to our own. */
static int
read_stdout(int fd, struct answer *out, size_t *len)
{
	unsigned char head[8], content[RECORD_LONGEST + 255];
	size_t n;

	for (;;) {
		if (get(fd, head, sizeof(head)) != 0)
			return -1;
		n = (size_t)head[4] << 8 | head[5];
		if (get(fd, content, n + head[6]) != 0)
			return -1;
		if (head[0] != 1 || head[2] != 0 || head[3] != REQUEST_ID)
			break;
		if (head[1] == STDOUT) {
			out->raw = realloc(out->raw, *len + n + 1);
			if (out->raw == NULL)
				abort();
			memcpy(out->raw + *len, content, n);
			*len += n;
		} else if (head[1] == STDERR) {
			fwrite(content, 1, n, stderr);
		} else {
			if (head[1] == END && n == 8 && content[4] == 0 && out->raw != NULL)
				return 0;
			break;
		}
	}
	errno = EPROTO;
	return -1;
}

/* Header lines become pairs; Status becomes a number. */
static bool
split_head(struct answer *out, size_t len)
{
	char *line = out->raw, *end, *colon;

	out->raw[len] = '\0';
	out->status = 200;
	for (; (end = strstr(line, "\r\n")) != NULL; line = end + 2) {
		*end = '\0';
		if (end == line) {
			out->body = end + 2;
			out->body_len = len - (size_t)(out->body - out->raw);
			return true;
		}
		colon = strstr(line, ": ");
		if (colon == NULL)
			return false;
		*colon = '\0';
		if (strcmp(line, "Status") == 0) {
			out->status = atoi(colon + 2);
			continue;
		}
		out->headers = realloc(out->headers, (out->nheaders + 1) * sizeof(*out->headers));
		if (out->headers == NULL)
			abort();
		out->headers[out->nheaders++] = (struct pair){ line, colon + 2 };
	}
	return false;
}

const char *
answer_header(const struct answer *an, const char *name)
{
	for (size_t i = 0; i < an->nheaders; i++) {
		if (strcasecmp(an->headers[i].name, name) == 0)
			return an->headers[i].value;
	}
	return NULL;
}

void
answer_free(struct answer *an)
{
	free(an->headers);
	free(an->raw);
	*an = (struct answer){ 0 };
}

int
fcgi_answer(int fd, bool head_only, struct answer *out)
{
	const char *said;
	size_t len = 0;

	*out = (struct answer){ 0 };
	if (read_stdout(fd, out, &len) != 0) {
		answer_free(out);
		return -1;
	}
	if (split_head(out, len)) {
		said = answer_header(out, "Content-Length");
		if (head_only ? out->body_len == 0 :
		    said == NULL || strtoull(said, NULL, 10) == out->body_len)
			return 0;
	}
	answer_free(out);
	errno = EPROTO;
	return -1;
}

/* A worker may answer 413 and close before it was sent everything: the answer counts, not
 * whether all could be sent. */
int
fcgi_ask(const char *socket_path, const struct ask *ask, struct answer *out)
{
	int fd = fcgi_connect(socket_path), result, saved;

	*out = (struct answer){ 0 };
	if (fd < 0)
		return -1;
	if (fcgi_begin(fd, 1, ask))
		(void)fcgi_body(fd, ask->body, ask->body_len);
	result = fcgi_answer(fd, strcmp(ask->method, "HEAD") == 0, out);
	saved = errno;
	close(fd);
	errno = saved;
	return result;
}
