/* Small pieces of memory, used again without asking malloc.  Debian's SQLite is built without
 * the lookaside that would do this, and malloc's own cache of seven pieces a size is too small
 * for the columns of one row. */
#include "db/heap.h"

#include <stdlib.h>
#include <string.h>

/* Before each piece stands how many bytes it has: asking malloc for that is slower. */
enum { HEAD = 8, STEP = 16, LEAST = 24, CLASSES = (HEAP_LONGEST - LEAST) / STEP + 2 };
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

static void *
headed(void *block, size_t n)
{
	if (!block)
		return NULL;
	memcpy(block, &n, sizeof n);
	return (char *)block + HEAD;
}

size_t
heap_size(void *p)
{
	size_t n = 0;

	if (p)
		memcpy(&n, (char *)p - HEAD, sizeof n);
	return n;
}

void *
heap_take(size_t n)
{
	size_t class = class_of(n), room = LEAST + class * STEP;
	struct piece *p;

	if (n > HEAP_LONGEST)
		return headed(malloc(HEAD + n), n);
	p = kept[class].first;
	if (!p)
		return headed(malloc(HEAD + room), room);
	kept[class].first = p->next;
	kept[class].n--;
	return p;
}

void
heap_give(void *p)
{
	size_t n = heap_size(p), class = class_of(n);
	struct piece *piece = p;

	if (!p)
		return;
	if (n > HEAP_LONGEST || kept[class].n == KEPT_MOST) {
		free((char *)p - HEAD);
		return;
	}
	piece->next = kept[class].first;
	kept[class].first = piece;
	kept[class].n++;
}

void *
heap_resize(void *p, size_t n)
{
	size_t now = heap_size(p);
	void *moved;

	if (now > HEAP_LONGEST && n > HEAP_LONGEST)
		return headed(realloc((char *)p - HEAD, HEAD + n), n);
	if (p && n <= now && now <= HEAP_LONGEST)
		return p;
	moved = heap_take(n);
	if (moved && p) {
		memcpy(moved, p, now < n ? now : n);
		heap_give(p);
	}
	return moved;
}
