#ifndef SIGNIN_CODE_PAGES_H
#define SIGNIN_CODE_PAGES_H

#include "base/err.h"
#include "base/str.h"
struct ctx;
struct response;

/* The page that asks for the code of a sign-in, in answer to a password with a carried form. */
enum err code_show_for(struct ctx *cx, struct response *rs, struct str next, struct str carried)
    MUST_USE;

#endif
