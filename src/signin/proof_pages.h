#ifndef SIGNIN_PROOF_PAGES_H
#define SIGNIN_PROOF_PAGES_H

#include <stdbool.h>

#include "base/err.h"
struct ctx;
struct request;
struct response;

/* The page that asks who uses the session, in answer to a form that was sent when the last proof
 * was too old: it carries the form, which is done after the proof. */
enum err proof_show_for(struct ctx *cx, const struct request *rq, struct response *rs) MUST_USE;
/* The form of that page sent twice, the second time by the id that the first has replaced: what it
 * carried was done by the first, so the session gets a cookie again and its reader a page that says
 * so.  False when it is no such form, or does not prove anything; then nothing was done. */
bool proof_second(struct ctx *cx, const struct request *rq, struct response *rs);

#endif
