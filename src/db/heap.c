/* Small pieces of memory, used again without asking malloc.  Debian's SQLite is built without
 * the lookaside that would do this, and malloc's own cache of seven pieces a size is too small
 * for the columns of one row. */
#include "db/heap.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

/* A size class for each size that malloc has: 24, 40, 56 … bytes. */
enum { STEP = 16, LEAST = 24, CLASSES = (HEAP_LONGEST - LEAST) / STEP + 2 };
#if defined(__SANITIZE_ADDRESS__)
enum { KEPT_MOST = 0 };         /* so that the use of what was given back is seen */
#else
enum { KEPT_MOST = 32 };
#endif

struct piece {
	struct piece *next;
};

static struct {
	struct piece *first;
	unsigned      n;
} kept[CLASSES];

/* The class that has room for n bytes. */
static size_t
class_of(size_t n)
{
	return n <= LEAST ? 0 : (n - LEAST + STEP - 1) / STEP;
}

void *
heap_take(size_t n)
{
	size_t class = class_of(n);
	struct piece *p;

	if (n > HEAP_LONGEST)
		return malloc(n);
	p = kept[class].first;
	if (!p)
		return malloc(LEAST + class * STEP);
	kept[class].first = p->next;
	kept[class].n--;
	return p;
}

void
heap_give(void *p)
{
	size_t n = p ? malloc_usable_size(p) : 0;
	/* Rounded down: what malloc gave may be longer than its class, never shorter. */
	size_t class = n < LEAST ? CLASSES : (n - LEAST) / STEP;
	struct piece *piece = p;

	if (class >= CLASSES || kept[class].n == KEPT_MOST) {
		free(p);
		return;
	}
	piece->next = kept[class].first;
	kept[class].first = piece;
	kept[class].n++;
}

void *
heap_resize(void *p, size_t n)
{
	size_t now = p ? malloc_usable_size(p) : 0;
	void *moved;

	if (now > HEAP_LONGEST && n > HEAP_LONGEST)
		return realloc(p, n);
	moved = heap_take(n);
	if (moved && p) {
		memcpy(moved, p, now < n ? now : n);
		heap_give(p);
	}
	return moved;
}

size_t
heap_size(void *p)
{
	return malloc_usable_size(p);
}
