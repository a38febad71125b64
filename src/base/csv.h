/* Tables as text, RFC 4180: read cell by cell, written so that no spreadsheet takes a cell for a
 * formula.  What the columns mean is the caller's. */
#ifndef BASE_CSV_H
#define BASE_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
struct arena;

enum { CSV_CELLS_MOST = 64 };

/* Where a reading is.  left is what has not been read, line the first line of the row read last,
 * counted from 1. */
struct csv {
	struct str  left;
	char        comma;         /* ',' or what the first line shows instead: ';' or a tab */
	int64_t     line, next_line;
	const char *wrong;         /* English, marked: why the last row cannot be read */
};
/* A byte-order mark is left out. */
void     csv_begin(struct csv *c, struct str text);
/* The next row that is not empty; cells are of the text or, where quotes were doubled, in the
 * arena, and one quote before a formula's sign is taken off.  At the end: ERR_NOTFOUND.  A quote
 * where none may be or that is never closed, a NUL, more than CSV_CELLS_MOST cells: ERR_INVALID
 * with c->wrong, and nothing more can be read. */
enum err csv_next(struct csv *c, struct arena *a, struct str cells[CSV_CELLS_MOST], size_t *n)
    MUST_USE;

/* Adds a cell, a comma before it unless it is the first of its row.  One that a spreadsheet would
 * take for a formula (begins with = + - @ tab or CR, whatever single quotes stand before that)
 * gets one single quote more, which csv_next() takes off again. */
void     csv_cell(struct buf *b, bool first, struct str cell);
void     csv_end_row(struct buf *b);

#endif
