/* Text as JSON (RFC 8259).  Numbers and brackets are the caller's. */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/str.h"

/* "text" with its quotes; control characters as \u00XX; NULL is null. */
void json_text(struct buf *b, const char *text);

#endif
