/* Proving that a chain is whole: each row's hash continues the one before, the last is the
 * head's, and the head is not older than its last witness (heads.c).  Reading for people is in
 * auditlog.c. */
#include "auditlog/auditlog.h"

#include <stdlib.h>
#include <string.h>

#include "auditlog/auditlog_store.h"
#include "base/arena.h"
#include "crypto/crypto.h"

enum { CHUNK = 500 };

static enum err
begin(struct ctx *cx, int64_t tenant, struct verdict *v, uint8_t hash[32])
{
	struct checkpoint c;
	uint8_t           mac[32];
	int64_t           numbers[3];

	memset(hash, 0, 32);
	TRY(checkpoint_row(cx, tenant, &c));
	if (c.upto == 0)
		return OK;
	numbers[0] = tenant;
	numbers[1] = c.upto;
	numbers[2] = c.n;
	v->from = c.upto;
	memcpy(hash, c.hash, 32);
	if (keys_mac_parts(cx->keys, c.key_id, PURPOSE_CHECKPOINT, (const struct part[]){
	    { numbers, sizeof(numbers) }, { c.hash, 32 } }, 2, mac) != OK ||
	    !crypto_equal(mac, c.mac, 32)) {
		v->broken = c.upto;
		v->why = "the checkpoint was changed";
	}
	return OK;
}

static void
check_row(struct ctx *cx, const struct event *e, struct verdict *v, uint8_t hash[32])
{
	uint8_t made[32];

	if (e->seq != v->upto + 1) {
		v->broken = v->upto + 1;
		v->why = "the row is missing";
	} else if (event_hash(cx, hash, e, made) != OK) {
		v->broken = e->seq;
		v->why = "the key of the row is missing";
	} else if (!crypto_equal(made, e->hash, 32)) {
		v->broken = e->seq;
		v->why = "the row, or the one before it, was changed";
	}
	if (v->broken == 0) {
		memcpy(hash, made, 32);
		v->upto = e->seq;
		v->events++;
	}
}

static enum err
walk(struct ctx *cx, int64_t tenant, struct verdict *v, uint8_t hash[32])
{
	bool any = true;

	v->upto = v->from;
	while (any && v->broken == 0) {
		size_t         mark = arena_mark(cx->arena);
		struct db_rows rows;

		any = false;
		event_walk(cx, &rows, tenant, v->upto, CHUNK);
		while (v->broken == 0 && db_next(&rows)) {
			struct event e = event_read(cx, &rows);

			any = true;
			check_row(cx, &e, v, hash);
		}
		TRY(db_end(&rows));
		arena_release(cx->arena, mark);
	}
	return OK;
}

static enum err
check_witness(struct ctx *cx, const struct head *witness, struct verdict *v)
{
	struct db_rows rows;
	uint8_t        hash[32] = { 0 };
	bool           found = false;

	if (witness == NULL || witness->seq <= v->from)
		return OK;
	event_walk(cx, &rows, v->tenant, witness->seq - 1, 1);
	while (db_next(&rows)) {
		struct event e = event_read(cx, &rows);

		found = e.seq == witness->seq;
		memcpy(hash, e.hash, 32);
	}
	TRY(db_end(&rows));
	if (found && crypto_equal(hash, witness->hash, 32))
		return OK;
	v->broken = found ? witness->seq : v->upto + 1;
	v->why = found ? "the row is not the one that was witnessed" :
	    "the end of the chain was cut: a later row was witnessed";
	return OK;
}

enum err
auditlog_verify(struct ctx *cx, const struct witnesses *w, int64_t tenant, struct verdict *out)
{
	struct head head;
	uint8_t     hash[32];

	*out = (struct verdict){ .tenant = tenant, .why = "" };
	TRY(begin(cx, tenant, out, hash));
	if (out->broken)
		return OK;
	TRY(head_row(cx, tenant, &head));
	/* Only the system's own may not have begun. */
	if (head.seq == 0 && (tenant != 0 || witnesses_of(w, tenant))) {
		out->broken = 1;
		out->why = "the chain is gone";
		return OK;
	}
	TRY(walk(cx, tenant, out, hash));
	if (out->broken)
		return OK;
	if (out->upto != head.seq || !crypto_equal(hash, head.hash, 32)) {
		out->broken = out->upto + 1;
		out->why = "the chain does not end with its head";
		return OK;
	}
	return check_witness(cx, witnesses_of(w, tenant), out);
}

static int
by_number(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

enum err
auditlog_chains(struct ctx *cx, const struct witnesses *w, int64_t **tenants, size_t *n)
{
	const struct head *h;
	int64_t           *list;
	size_t             known, at = 0;

	TRY(chain_rows(cx, &list, n));
	known = *n;
	while ((h = witnesses_next(w, &at)) != NULL) {
		if (known && bsearch(&h->tenant, list, known, sizeof(*list), by_number))
			continue;
		list = ARENA_MORE(cx->arena, int64_t, list, *n);
		list[(*n)++] = h->tenant;
	}
	if (*n > known)
		qsort(list, *n, sizeof(*list), by_number);
	*tenants = list;
	return OK;
}
