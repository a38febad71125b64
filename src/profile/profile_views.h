#ifndef PROFILE_PROFILE_VIEWS_H
#define PROFILE_PROFILE_VIEWS_H

#include "mustache/view.h"
#include "profile/profile.h"
struct request;
struct response;

/* What pages about the person themselves share: pages in the frame profile/frame. */

/* The tabs of it; below is the page's own path, such as "/profile/email". */
void profile_tabs(struct ctx *cx, struct view *v, const char *below);
/* "Google", or "" where the sign-in is by password: who manages password and second factor. */
const char *profile_manager(struct ctx *cx, const struct profile *p);
/* After ERR_LIMIT: says in "wait" when to try again; the answer is 429 with Retry-After. */
void profile_wait(struct ctx *cx, struct response *rs, struct view *v, int64_t until_at);

/* The pages of the two links about an address; ERR_NOTFOUND when the token is none of them. */
enum err profile_link_page(struct ctx *cx, const struct request *rq, struct response *rs) MUST_USE;
enum err profile_link_use(struct ctx *cx, const struct request *rq, struct response *rs)
    MUST_USE;

#endif
