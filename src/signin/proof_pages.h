#ifndef SIGNIN_PROOF_PAGES_H
#define SIGNIN_PROOF_PAGES_H

#include "base/err.h"
struct ctx;
struct request;
struct response;

/* The page that asks who uses the session, in answer to a form that was sent when the last proof
 * was too old: it carries the form, which is done after the proof. */
enum err proof_show_for(struct ctx *cx, const struct request *rq, struct response *rs) MUST_USE;

#endif
