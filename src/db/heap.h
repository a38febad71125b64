#ifndef DB_HEAP_H
#define DB_HEAP_H

#include <stddef.h>

/* Memory for SQLite, which asks and gives back some hundred pieces for a page of ours, most of them
 * small, and some as long as a page of its own.  Pieces of up to HEAP_LONGEST bytes that are given
 * back are kept, sorted by size, and given out again; all others are malloc's.  One thread only. */
enum { HEAP_LONGEST = 4608 };

/* At least n bytes, aligned to 8, as SQLite wants it; NULL when there are none. */
void *heap_take(size_t n);
void heap_give(void *p);
/* As realloc: on NULL, p stays as it is. */
void *heap_resize(void *p, size_t n);
/* The bytes that p really has. */
size_t heap_size(void *p);

#endif
