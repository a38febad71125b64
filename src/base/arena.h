/* Request memory.  Text being built in it is in str.h. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All memory a request uses. Nothing in an arena is freed on its own: the worker resets
 * the whole arena when the answer has gone out. Allocation never returns NULL; past the
 * limit it logs and ends this worker. */
struct arena;
/* The limit counts whole blocks, the first included. */
struct arena *arena_new(size_t first_block, size_t limit)
	__attribute__((returns_nonnull));
void  arena_reset(struct arena *a);       /* wipes what was used, keeps a block */
void  arena_free(struct arena *a);        /* wipes it and gives all back; NULL is nothing */
/* Zeroed memory; align is a power of two. */
void *arena_zalloc(struct arena *a, size_t size, size_t align)
	__attribute__((returns_nonnull));
/* n elements of this size, zeroed; a product that overflows is past the limit. */
void *arena_array(struct arena *a, size_t size, size_t align, size_t n)
	__attribute__((returns_nonnull));
char *arena_strdup(struct arena *a, const char *s)
	__attribute__((returns_nonnull));
/* Formats as printf does; the text is as long as it must be. */
char *arena_printf(struct arena *a, const char *fmt, ...)
	__attribute__((format(printf, 2, 3), returns_nonnull));
/* The number in digits. */
char *arena_int(struct arena *a, int64_t n)
	__attribute__((returns_nonnull));
/* The texts one behind the other: ARENA_JOIN(a, "/t/", slug, "/users"). */
char *arena_join(struct arena *a, const char *const *parts)
	__attribute__((returns_nonnull));
#define ARENA_JOIN(a, ...) arena_join((a), (const char *const[]){ __VA_ARGS__, NULL })
/* Makes a piece longer where it is, zeroed too; false, and nothing is done, when it is not the
 * newest or its block is full. */
bool  arena_extend(struct arena *a, const void *piece, size_t from, size_t to);
/* Room for one more in an array that has n now and began empty: the same one, or a copy with
 * room for twice as many. */
void *arena_more(struct arena *a, void *items, size_t size, size_t align, size_t n)
	__attribute__((returns_nonnull));
#define ARENA_MORE(a, type, items, n) \
	((type *)arena_more((a), (items), sizeof(type), alignof(type), (n)))
#define ARENA_NEW(a, type)      ((type *)arena_zalloc((a), sizeof(type), alignof(type)))
#define ARENA_ARRAY(a, type, n) ((type *)arena_array((a), sizeof(type), alignof(type), (n)))

/* Scratch: what was allocated after the mark is wiped and goes, what was before stays. */
size_t arena_mark(const struct arena *a);
void   arena_release(struct arena *a, size_t mark);

#endif
