#ifndef APP_MIME_H
#define APP_MIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
struct arena;

/* Whole messages (RFC 5322, 2045 to 2047), ready for any SMTP server: pure ASCII, lines of at
 * most 76 characters but for long addresses, CRLF.  Sending them is in net.h. */
struct mime {
	const char *from;            /* the operator's address */
	const char *from_name;       /* UTF-8; "" for the address alone */
	const char *to;
	const char *reply_to;        /* "" for none */
	const char *subject;         /* UTF-8, one line */
	const char *message_id;      /* what stands before the @; the domain is that of "from" */
	const char *mark;            /* X-Tenantry-Id, to find the row again */
	int64_t     at;              /* its Date, ms */
	const char *text, *html;     /* UTF-8, any line ends */
	const char *file_name;       /* letters, digits, dots; NULL: nothing is attached */
	const char *file;            /* CSV, UTF-8 */
};

/* May this stand in an envelope and a header: ASCII without spaces and control characters,
 * one @, both sides of it there and of plain characters, no address literal, no quoted local
 * part, at most 254 bytes?  Nothing else reaches an SMTP server. */
bool mime_address(const char *address);
/* What stands behind the @ of such an address. */
const char *mime_domain(const char *address);
/* A control character in a header's value, text that is not UTF-8, or an address that may not
 * be: ERR_INVALID, and nothing is built.  Over 8 MiB: ERR_LIMIT. */
enum err mime_build(struct arena *a, const struct mime *m, struct str *out) MUST_USE;

#endif
