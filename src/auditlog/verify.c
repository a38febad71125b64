/* Proving that a chain is whole: each row's hash continues the one before, the last is the
 * head's, and the head is not older than its last witness.  Reading for people is in
 * auditlog.c. */
#include "auditlog/auditlog.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "auditlog/auditlog_store.h"
#include "base/arena.h"
#include "base/conf.h"
#include "base/file.h"
#include "base/log.h"
#include "crypto/crypto.h"

enum { CHUNK = 500, HEADS_LONGEST = 64 << 20 };

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

/* The last line of the tenant in the heads file; seq 0 without one. */
static enum err
last_witness(struct ctx *cx, int64_t tenant, struct head *out)
{
	struct str  file;
	const char *path = arena_printf(cx->arena, "%s/heads", cx->conf->state_dir);
	enum err    e = file_read(cx->arena, path, HEADS_LONGEST, &file);

	*out = (struct head){ .seq = 0 };
	if (e == ERR_NOTFOUND)
		return OK;
	TRY(e);
	for (const char *p = file.p, *end = file.p + file.len; p < end;) {
		const char *newline = memchr(p, '\n', (size_t)(end - p));
		long long   t, seq;
		char        hex[65];

		if (newline == NULL)
			break;
		if (sscanf(p, "%lld %lld %64[0-9a-f]", &t, &seq, hex) == 3 && t == tenant &&
		    strlen(hex) == 64) {
			out->seq = seq;
			for (int i = 0; i < 32; i++) {
				unsigned byte = 0;

				if (sscanf(hex + 2 * i, "%2x", &byte) == 1)
					out->hash[i] = (uint8_t)byte;
			}
		}
		p = newline + 1;
	}
	return OK;
}

static enum err
check_witness(struct ctx *cx, int64_t tenant, struct verdict *v)
{
	struct head    witness;
	struct db_rows rows;
	uint8_t        hash[32] = { 0 };
	bool           found = false;

	TRY(last_witness(cx, tenant, &witness));
	if (witness.seq == 0 || witness.seq <= v->from)
		return OK;
	event_walk(cx, &rows, tenant, witness.seq - 1, 1);
	while (db_next(&rows)) {
		struct event e = event_read(cx, &rows);

		found = e.seq == witness.seq;
		memcpy(hash, e.hash, 32);
	}
	TRY(db_end(&rows));
	if (found && crypto_equal(hash, witness.hash, 32))
		return OK;
	v->broken = found ? witness.seq : v->upto + 1;
	v->why = found ? "the row is not the one that was witnessed" :
	    "the end of the chain was cut: a later row was witnessed";
	return OK;
}

enum err
auditlog_verify(struct ctx *cx, int64_t tenant, struct verdict *out)
{
	struct head head;
	uint8_t     hash[32];

	*out = (struct verdict){ .tenant = tenant, .why = "" };
	TRY(begin(cx, tenant, out, hash));
	if (out->broken)
		return OK;
	TRY(head_row(cx, tenant, &head));
	if (head.seq == 0 && tenant != 0) {
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
	return check_witness(cx, tenant, out);
}

enum err
auditlog_chains(struct ctx *cx, int64_t **tenants, size_t *n)
{
	return chain_rows(cx, tenants, n);
}

enum err
auditlog_witness(struct ctx *cx)
{
	struct head *heads;
	const char  *path = arena_printf(cx->arena, "%s/heads", cx->conf->state_dir);
	size_t       n;
	int          fd;
	bool         failed = false;

	TRY(head_rows(cx, &heads, &n));
	fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0) {
		log_event(LOG_ERROR, "the heads file cannot be opened", "path", path);
		return ERR_FAULT;
	}
	for (size_t i = 0; i < n; i++) {
		char hex[65];

		for (int k = 0; k < 32; k++)
			snprintf(hex + 2 * k, 3, "%02x", heads[i].hash[k]);
		failed = dprintf(fd, "%lld %lld %s %lld\n", (long long)heads[i].tenant,
		    (long long)heads[i].seq, hex, (long long)cx->now) < 0 || failed;
	}
	failed = fdatasync(fd) != 0 || failed;
	close(fd);
	if (failed)
		log_event(LOG_ERROR, "the heads file cannot be written", "path", path);
	return failed ? ERR_FAULT : OK;
}
