#ifndef HTTP_URL_H
#define HTTP_URL_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"
struct arena;

/* Escapes of URLs and forms, and which paths are our own.  Links are made in web/. */

/* Decodes %xx once ('+' becomes a space only when plus is set).  A bad escape, NUL or bad
 * UTF-8: ERR_INVALID. */
enum err url_decode(struct arena *a, struct str s, bool plus, struct str *out) MUST_USE;
/* The same, whatever bytes come out; only a bad escape is ERR_INVALID. */
enum err url_unescape(struct arena *a, struct str s, bool plus, struct str *out) MUST_USE;
/* Encodes all but unreserved characters (RFC 3986 2.3). */
const char *url_encode(struct arena *a, const char *text);
/* Starts with "/" and has no "." or ".." segment and no empty one but the last. */
bool url_plain_segments(struct str path);
/* Is it a path of our own that a redirect may go to?  "/" and plain segments (so never "//"),
 * printable ASCII, no space, no "\", at most 2,048 bytes, and no escape in the path that hides
 * one of these.  A query may follow; its escapes are not looked at. */
bool url_own_path(struct str s);

#endif
