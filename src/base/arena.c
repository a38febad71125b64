/* Request memory: a chain of blocks, given out from the front, taken back from the end.
 * This is the only file of ours that calls malloc.  Text being built is in str.c. */
#include "base/arena.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"

/* With AddressSanitizer, memory that is not given out is poisoned, and a gap behind each
 * piece catches what runs over its end. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_ASAN 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define ARENA_ASAN 1
#endif

#ifdef ARENA_ASAN
#include <sanitizer/asan_interface.h>
#define CLOSE_MEMORY(p, n) ASAN_POISON_MEMORY_REGION((p), (n))
#define OPEN_MEMORY(p, n)  ASAN_UNPOISON_MEMORY_REGION((p), (n))
enum { GAP = 16, LEAST_ALIGN = 8 };
#else
#define CLOSE_MEMORY(p, n) ((void)(p), (void)(n))
#define OPEN_MEMORY(p, n)  ((void)(p), (void)(n))
enum { GAP = 0, LEAST_ALIGN = 1 };
#endif

/* What is not given out is always zero, so that giving it out costs nothing.  "base" is
 * the sum of the sizes of the blocks before: base + used is a place in the whole arena. */
struct block {
	struct block *before;
	size_t        size, used, base;
	alignas(max_align_t) char bytes[];
};

struct arena {
	struct block *last;
	size_t        first_block, limit, held;
};

static void
die(const struct arena *a, const char *what, size_t wanted)
{
	log_event(LOG_ERROR, what, "wanted", log_int((int64_t)wanted), "held",
	    log_int((int64_t)a->held), "limit", log_int((int64_t)a->limit));
	abort();
}

static void
block_add(struct arena *a, size_t need)
{
	size_t size = need > a->first_block ? need : a->first_block;
	struct block *b;

	if (size > a->limit - a->held)
		size = need;
	if (size > a->limit - a->held)
		die(a, "memory limit of a request", need);
	/* Not zeroed twice: calloc knows which pages are new. */
	if ((b = calloc(1, sizeof(*b) + size)) == NULL)
		die(a, "out of memory", need);
	b->before = a->last;
	b->size = size;
	b->base = a->last ? a->last->base + a->last->size : 0;
	CLOSE_MEMORY(b->bytes, size);
	a->last = b;
	a->held += size;
}

static void
block_cut(struct block *b, size_t used)
{
	OPEN_MEMORY(b->bytes + used, b->used - used);
	explicit_bzero(b->bytes + used, b->used - used);
	CLOSE_MEMORY(b->bytes + used, b->size - used);
	b->used = used;
}

static void
block_drop(struct arena *a)
{
	struct block *b = a->last;

	block_cut(b, 0);
	OPEN_MEMORY(b->bytes, b->size);
	a->last = b->before;
	a->held -= b->size;
	free(b);
}

struct arena *
arena_new(size_t first_block, size_t limit)
{
	struct arena start = { .first_block = first_block, .limit = limit };
	struct arena *a = malloc(sizeof(*a));

	assert(limit <= PTRDIFF_MAX && first_block <= limit);
	if (a == NULL) {
		die(&start, "out of memory", sizeof(*a));
	} else {
		*a = start;
		block_add(a, first_block);
	}
	return a;
}

void
arena_reset(struct arena *a)
{
	arena_release(a, 0);
}

void
arena_free(struct arena *a)
{
	if (a == NULL)
		return;
	while (a->last)
		block_drop(a);
	free(a);
}

void *
arena_zalloc(struct arena *a, size_t size, size_t align)
{
	struct block *b = a->last;
	size_t pad;
	char *p;

	assert(align > 0 && (align & (align - 1)) == 0);
	if (align < LEAST_ALIGN)
		align = LEAST_ALIGN;
	if (size > a->limit)
		die(a, "memory limit of a request", size);
	pad = -((uintptr_t)b->bytes + b->used) & (align - 1);
	if (size + pad + GAP > b->size - b->used) {
		block_add(a, size + align + GAP);
		b = a->last;
		pad = -(uintptr_t)b->bytes & (align - 1);
	}
	p = b->bytes + b->used + pad;
	b->used += pad + size + GAP;
	OPEN_MEMORY(p, size);
	return p;
}

void *
arena_array(struct arena *a, size_t size, size_t align, size_t n)
{
	size_t bytes;

	if (__builtin_mul_overflow(size, n, &bytes))
		die(a, "memory limit of a request", SIZE_MAX);
	return arena_zalloc(a, bytes, align);
}

void *
arena_more(struct arena *a, void *items, size_t size, size_t align, size_t n)
{
	enum { FIRST = 16 };
	void *p;

	/* It has as many as the power of two that was made room for. */
	if (n > 0 && (n < FIRST || (n & (n - 1)) != 0))
		return items;
	p = arena_array(a, size, align, n ? 2 * n : FIRST);
	if (n > 0)
		memcpy(p, items, n * size);
	return p;
}

char *
arena_strdup(struct arena *a, const char *s)
{
	size_t size = strlen(s) + 1;

	return memcpy(arena_zalloc(a, size, 1), s, size);
}

/* Into what is left of the block, where mostly it fits; what did not is made zero again. */
char *
arena_printf(struct arena *a, const char *fmt, ...)
{
	struct block *b = a->last;
	char *p = b->bytes + b->used;
	size_t room = b->size - b->used;
	va_list args, again;
	int n;

	OPEN_MEMORY(p, room);
	va_start(args, fmt);
	va_copy(again, args);
	n = vsnprintf(p, room, fmt, args);
	va_end(args);
	/* Fails for a bad wide character or 2 GB of text only. */
	assert(n >= 0);
	if ((size_t)n + 1 + GAP <= room && LEAST_ALIGN == 1) {
		b->used += (size_t)n + 1;
	} else {
		explicit_bzero(p, (size_t)n < room ? (size_t)n : room);
		CLOSE_MEMORY(p, room);
		p = arena_zalloc(a, (size_t)n + 1, 1);
		vsnprintf(p, (size_t)n + 1, fmt, again);
	}
	va_end(again);
	return p;
}

char *
arena_int(struct arena *a, int64_t n)
{
	char text[DECIMAL_LONGEST];

	return arena_strdup(a, text_decimal(text, n));
}

char *
arena_join(struct arena *a, const char *const *parts)
{
	size_t len = 0;
	char *p, *to;

	for (size_t i = 0; parts[i]; i++)
		len += strlen(parts[i]);
	to = p = arena_zalloc(a, len + 1, 1);
	for (size_t i = 0; parts[i]; i++)
		to = stpcpy(to, parts[i]);
	return p;
}

bool
arena_extend(struct arena *a, const void *piece, size_t from, size_t to)
{
	struct block *b = a->last;
	const char *end = (const char *)piece + from + GAP;
	size_t more = to - from;

	if (end != b->bytes + b->used || more > b->size - b->used)
		return false;
	b->used += more;
	OPEN_MEMORY((const char *)piece + from, more);
	return true;
}

size_t
arena_mark(const struct arena *a)
{
	return a->last->base + a->last->used;
}

void
arena_release(struct arena *a, size_t mark)
{
	/* A mark at the very end of a block is also the start of the next: either will do. */
	while (a->last->before && a->last->base >= mark)
		block_drop(a);
	if (mark < a->last->base + a->last->used)
		block_cut(a->last, mark - a->last->base);
}
