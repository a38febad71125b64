/* QR codes: libqrencode's squares as one path.  Colours and place are the template's. */
#include "web/qr.h"

#include <qrencode.h>
#include <string.h>

#include "base/arena.h"
#include "base/str.h"

enum { EDGE = 4, PATH_LONGEST = 64 * 1024 };

/* Each run of dark squares of a row is one oblong. */
static void
put_row(struct buf *b, const unsigned char *row, int width, int y)
{
	for (int x = 0; x < width; x++) {
		int from = x;

		while (x < width && row[x] & 1)
			x++;
		if (x > from)
			buf_printf(b, "M%d %dh%dv1h-%dz", from + EDGE, y + EDGE, x - from,
			    x - from);
	}
}

enum err
qr_make(struct arena *a, const char *text, struct qr *out)
{
	QRcode    *code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M);
	struct buf b;
	struct str path;

	if (code == NULL)
		return ERR_LIMIT;
	buf_init(&b, a, PATH_LONGEST);
	for (int y = 0; y < code->width; y++)
		put_row(&b, code->data + y * code->width, code->width, y);
	out->size = code->width + 2 * EDGE;
	QRcode_free(code);
	TRY(buf_end(&b, &path));
	out->path = arena_printf(a, "%.*s", (int)path.len, path.p);
	return OK;
}
