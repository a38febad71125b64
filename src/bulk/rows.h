#ifndef BULK_ROWS_H
#define BULK_ROWS_H

/* Tables of people, as they are sent in or lie in a file: which columns they have, one row after
 * the other.  What a row comes to is in import.h. */

#include "base/csv.h"
#include "core/ctx.h"

enum person_column { COLUMN_NAME, COLUMN_EMAIL, COLUMN_NICKNAME, COLUMN_PHONE, COLUMN_COUNTRY,
	COLUMN_ROLE, COLUMN_HASH, COLUMNS };
struct person_row {
	struct str cells[COLUMNS];
	unsigned   given;          /* bits of the columns that the table has */
	int64_t    line;           /* where it stands, from 1 */
	int64_t    twice;          /* the line above that has the same address; 0: none */
};

struct rows {
	struct csv  csv;
	size_t      at[COLUMNS];   /* which cell, for those that are given */
	unsigned    given;
	const char *left_out;      /* names of columns that are none of ours: "shoe size, pet" */
	struct seen *seen;
};
/* Reads the heading.  hashes: the table may have password hashes; else that column is one that is
 * left out.  No heading, or without "email": ERR_INVALID with an issue on that field. */
enum err rows_begin(struct ctx *cx, struct rows *r, struct str text, bool hashes,
    const char *field) MUST_USE;
/* At the end: ERR_NOTFOUND.  Broken: ERR_INVALID with an issue that tells the line. */
enum err rows_next(struct ctx *cx, struct rows *r, struct person_row *out, const char *field)
    MUST_USE;
/* Notes whether an address stood in a row before; most is how many rows there can be. */
struct seen *rows_seen(struct ctx *cx, size_t most);
void     rows_note(struct ctx *cx, struct seen *s, struct person_row *row);

/* Addresses as people write them, "Ana Lima <ana@example.org>" or plain ones, parted by line ends,
 * semicolons or commas, as a table with a heading; lines[i] is where the i-th of them stands, from
 * 1, of the first so many. */
struct str rows_of_addresses(struct ctx *cx, struct str pasted, int64_t *lines, size_t most);
/* The name of whom nobody named: "ana.lima@example.org" is Ana Lima. */
struct str rows_name(struct ctx *cx, struct str email);
/* A row as a part of an upload keeps it, and back: line, twice and the columns but hashes. */
void     rows_put(struct buf *b, const struct person_row *row);
enum err rows_get(struct ctx *cx, struct csv *c, unsigned given, struct person_row *out) MUST_USE;

#endif
