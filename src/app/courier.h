#ifndef APP_COURIER_H
#define APP_COURIER_H

#include <stdint.h>

#include "app/pool.h"

/* The process that does everything that leaves the machine: takes emails out of the outbox,
 * several at once, and writes down how they fared. */

/* The courier's whole life: opens the database itself, may write the outbox alone.
 * p->kind->fd becomes readable when an email was added (-1: it only looks every 30 s); its end
 * of file stops the courier, and so does SIGTERM, which it blocks and reads.  It then ends
 * what is under way, for a minute at most, begins nothing more, and returns 0.  1: no
 * database, settings that no email can be sent with, logged; or the database file was found
 * damaged. */
int courier_run(const struct process *p);

/* How long until the next try, without the jitter of up to a fifth more: 1, 5, 15, 60 minutes,
 * then hourly, at least 5 minutes when the server itself asked for patience (code 4xx); 0 when
 * this was the last, after about a day. */
int64_t courier_pause_ms(int tries, int code);

#endif
