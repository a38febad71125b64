#ifndef TESTS_FCGI_IO_H
#define TESTS_FCGI_IO_H

#include <stdbool.h>
#include <stddef.h>

/* The web server's side of FastCGI for tests, written apart from src/http so that the two can
 * find each other's mistakes.  The command line around it is fcgi_client.c. */

struct pair { const char *name, *value; };

/* What is asked.  params are sent as they are, after the four that are made of the fields
 * (REQUEST_METHOD, REQUEST_URI, QUERY_STRING, CONTENT_LENGTH). */
struct ask {
	const char        *method, *target;
	const struct pair *params;
	size_t             nparams;
	const void        *body;
	size_t             body_len;
};

/* An answer in memory of its own; headers in the order they came, without Status. */
struct answer {
	int          status;
	struct pair *headers;
	size_t       nheaders;
	char        *body;      /* a NUL follows */
	size_t       body_len;
	char        *raw;       /* what the above point into */
};

/* Sends the request and reads the answer.  0, or -1 with errno: of connect(2); ECONNRESET, the
 * connection ended before the answer did; EPROTO, no well-formed answer, or one whose body is
 * not as long as its Content-Length says; ETIMEDOUT, nothing came for 30 s. */
int fcgi_ask(const char *socket_path, const struct ask *ask, struct answer *out);
/* Value of the first header of this name, whatever its case; NULL when absent. */
const char *answer_header(const struct answer *an, const char *name);
void answer_free(struct answer *an);

/* The steps of fcgi_ask, for tests that leave one out or do it wrong. */
int  fcgi_connect(const char *socket_path);
/* One record, with header; false when the peer has gone. */
bool fcgi_record(int fd, int type, const void *content, size_t len);
/* Appends "name=value" in FastCGI's form to at; returns its new length. */
size_t fcgi_pack(unsigned char *to, size_t at, const char *name, const char *value);
/* BEGIN_REQUEST of this role, all parameters, and the end of parameters. */
bool fcgi_begin(int fd, int role, const struct ask *ask);
/* The body as records, and its end. */
bool fcgi_body(int fd, const void *body, size_t len);
int  fcgi_answer(int fd, bool head_only, struct answer *out);

#endif
