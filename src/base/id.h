/* Ids of rows.  Secrets and links are in crypto/token.h. */
#ifndef BASE_ID_H
#define BASE_ID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

/* A new positive id: 42 bits of milliseconds, 21 bits below.  Later than all before it in
 * this process; two processes may draw the same one, which the primary key finds. */
int64_t  id_new(int64_t now);
/* The least id of that time: those made before it are smaller. */
int64_t  id_least(int64_t at);
/* 13 characters of Crockford base32, lower case, for a positive id. */
void     id_text(int64_t id, char out[14]);
/* And back: either case, o for 0, i and l for 1.  Not an id: ERR_NOTFOUND. */
enum err id_read(struct str s, int64_t *out) MUST_USE;
/* "[1,2]" in decimal, for a statement that goes through it by json_each: n ids, each so many bytes
 * behind the one before. */
const char *id_json(struct arena *a, const int64_t *first, size_t apart, size_t n);
#define ID_JSON(a, ids, n) id_json((a), (ids), sizeof(*(ids)), (n))
/* Those in the field "id" of the elements of an array. */
#define ID_JSON_OF(a, items, n) id_json((a), (n) ? &(items)->id : NULL, sizeof(*(items)), (n))
#ifdef TEST_HOOKS
/* From here on the same calls give the same ids. */
void     id_seed(uint64_t from);
#endif

#endif
