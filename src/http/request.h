/* One request and the fields of its query and form.  Reading it off the wire is in
 * http/fcgi.h, what is answered in http/response.h. */
#ifndef HTTP_REQUEST_H
#define HTTP_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
struct arena;

/* HEAD runs the GET route and drops the body; PUT, PATCH, DELETE: ROUTE_KEY only. */
enum method { M_GET, M_HEAD, M_POST, M_PUT, M_PATCH, M_DELETE, M_OTHER };

/* How much of a carried form was kept; the numbers are sealed into it. */
enum kept {
	KEPT_SOME,      /* all but passwords, codes and files */
	KEPT_ALL,
	KEPT_NONE       /* it was too large */
};

/* One request, wholly read and copied out of libfcgi before any of our code looks at it:
 * libfcgi frees its strings at the next accept.  Missing headers are empty. */
struct request {
	enum method   method;
	struct str    path;         /* decoded once, no query, starts with '/' */
	struct str    target;       /* path and query as they came, for "next" */
	struct str    query, body, content_type, origin, host;
	struct str    fetch_site;   /* Sec-Fetch-Site */
	struct str    user_agent;   /* cut at 512 bytes */
	bool          htmx;         /* HX-Request: true */
	const char   *peer;         /* client address as nginx gave it (REMOTE_ADDR) */
	char          id[27];       /* in the log, the audit and the error page */
	struct form  *form;         /* set by form_parse */
	/* A form that came before a question, see web/carry.h: a POST is done now, a GET shows its
	 * page with what was typed. */
	bool          carried;
	enum kept     carried_kept;
	int64_t       carried_in;       /* the tenant it was sent in; 0: none was entered */
	struct param *params;       /* what the route's {names} matched */
	size_t        nparams;
	struct param *headers;      /* HTTP_* as they came, names as "HTTP_X" */
	size_t        nheaders;
};

struct param { const char *name; struct str value; };

/* Copies the web server's parameters ("NAME=value", closed by NULL) into the arena and checks
 * their form.  *length is what CONTENT_LENGTH says, 0 without one; the body is read by the
 * caller.  ERR_INVALID: a parameter twice that may come once, a target that is no path of
 * ours, bad UTF-8.  ERR_LIMIT: path over 2,048 bytes or query over 8,192; the path is then
 * empty.  The id and the peer are set in every case. */
enum err request_read(struct arena *a, char *const params[], struct request *rq,
    uint64_t *length) MUST_USE;
/* The first of this name ("HTTP_X"); absent: { NULL, 0 }. */
struct str request_header(const struct request *rq, const char *name);
/* { NULL, 0 } when there is none, but also when it came twice, when the Cookie header came
 * twice, and when that header is longer than 8 KiB: then no cookie is to be believed. */
struct str request_cookie(const struct request *rq, const char *name);

/* The id at {name} in the path.  Not an id: ERR_NOTFOUND, as the page is. */
enum err request_path_id(const struct request *rq, const char *name, int64_t *out) MUST_USE;

/* Form fields, from the body of a POST or the query of a GET.  A field's bytes are kept
 * as they came (NUL, bad UTF-8), so that the page can show them again with a message; str_text()
 * is what checks them. */
struct form;
struct form_file { const char *name; struct str filename, type, bytes; };

/* Parses once, before the page runs: urlencoded or multipart (RFC 7578), at most max_fields
 * fields of max_field bytes, names of 64.  A file counts as a field, but is only limited by the
 * body.  OK; else *status is 400 (broken escapes or parts), 415 (another type on a body that is
 * not empty) or 422 (too many or too long), ERR_INVALID. */
enum err form_parse(struct arena *a, struct request *rq, size_t max_fields, size_t max_field,
    int *status) MUST_USE;
/* Every call below takes a NULL form as one without fields. */
/* Does a field or file come twice that is not among many, names parted by spaces, NULL for none? */
bool       form_twice(const struct form *f, const char *many);
/* The first, or the nth from 0; absent: { NULL, 0 }. */
struct str form_get(const struct form *f, const char *name);
struct str form_nth(const struct form *f, const char *name, size_t n);
size_t     form_count(const struct form *f, const char *name);
bool       form_has(const struct form *f, const char *name);
/* Decimal, 0 when it is none; form_id as id_read, 0 when it is none. */
int64_t    form_int(const struct form *f, const char *name);
int64_t    form_id(const struct form *f, const char *name);
/* Of a field that may come often: is that id among its values; and all of them, most + 1 at the
 * most, so that too many are seen.  One that is no id: ERR_INVALID. */
bool       form_among(const struct form *f, const char *name, int64_t id);
enum err   form_ids(const struct form *f, const char *name, size_t most, int64_t *ids,
    size_t *n) MUST_USE;
/* Is any file in it? */
bool       form_files(const struct form *f);
/* NULL when no file was sent under that name. */
const struct form_file *form_file(const struct form *f, const char *name);
/* All fields in order, for carrying: index 0.. until false. */
bool       form_field(const struct form *f, size_t i, struct str *name, struct str *value);

#endif
