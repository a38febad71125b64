#ifndef HTTP_FCGI_H
#define HTTP_FCGI_H

#include <stdbool.h>
#include <signal.h>

#include "base/err.h"
#include "http/request.h"
#include "http/response.h"
struct arena;

/* The only door to libfcgi.  One request at a time, one connection per request
 * (keep_conn off).  The accept loop is ours, because libfcgi's own loses a signal that
 * arrives between its check and accept(2), and pins a worker on a silent connection.
 * What a request holds is in request.c, what is answered in app/pipeline.c. */
struct fcgi;

/* In the worker (a timer does not survive a fork), after its own signal handlers are set: these
 * stay as they are, but SIGPIPE is ignored from here on.  Takes SIGRTMIN + 4 for its deadline,
 * which must stay unblocked.  listen_fd is non-blocking.  The result lives in the arena;
 * ERR_FAULT: no timer or no epoll was to be had. */
enum err fcgi_start(struct fcgi **out, struct arena *a, int listen_fd) MUST_USE;

/* Waits for a request with the signals of unblocked let in, reads it whole (parameters and
 * body, at most body_limit, itself below 2 GiB), copies it into the arena and checks its form.
 * OK: *rq is to be answered.  ERR_BUSY: a signal came, or the peer was silent, broken or
 * gone; nothing to answer, look at your flags and call again.  ERR_INVALID: answer 400.
 * ERR_LIMIT: answer 413 (body) or 414 (path or query; rq->path is empty then).  ERR_FAULT:
 * the listening socket is broken.  Deadline of 10 s from accept to the last byte of the body
 * (a timer that shuts the descriptor). */
enum err fcgi_accept(struct fcgi *f, struct arena *a, const sigset_t *unblocked,
    size_t body_limit, struct request *rq) MUST_USE;

/* Sends status, headers (Content-Length and those of rs) and body or file, closes the file and
 * ends the request in every case.  HEAD, 204 and 304 have no body.  A peer that has gone, or
 * takes nothing for 10 s, is ERR_BUSY, not a fault; the body or headers overflowed, or the file
 * cannot be read: ERR_FAULT, and the peer sees a broken answer. */
enum err fcgi_send(struct fcgi *f, const struct request *rq, struct response *rs) MUST_USE;
/* Ends a request that was accepted but not answered. */
void     fcgi_drop(struct fcgi *f);

#ifdef TEST_HOOKS
/* Other deadlines than 10 s, for both directions. */
void     fcgi_deadline(struct fcgi *f, int ms);
#endif

#endif
