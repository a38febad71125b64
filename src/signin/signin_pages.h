#ifndef SIGNIN_SIGNIN_PAGES_H
#define SIGNIN_SIGNIN_PAGES_H

#include "base/err.h"
#include "base/str.h"
struct ctx;
struct response;

/* The sign-in page in answer to a form whose session has ended; it carries the form, which is shown
 * filled in after the same person has signed in. */
enum err signin_show_for(struct ctx *cx, struct response *rs, struct str next, struct str carried)
    MUST_USE;

#endif
