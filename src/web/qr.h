#ifndef WEB_QR_H
#define WEB_QR_H

#include "base/err.h"
struct arena;

/* A QR code (ISO/IEC 18004, error correction M) as the path of an SVG of size × size units, the
 * empty edge of four around it included; what is dark is filled.  Too long a text: ERR_LIMIT. */
struct qr { const char *path; int size; };
enum err qr_make(struct arena *a, const char *text, struct qr *out) MUST_USE;

#endif
