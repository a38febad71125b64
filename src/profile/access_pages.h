#ifndef PROFILE_ACCESS_PAGES_H
#define PROFILE_ACCESS_PAGES_H

#include "base/err.h"
struct ctx;
struct request;
struct response;

/* Pages of access_pages.c, whose routes stand in profile_pages.c with all others. */
enum err profile_email_page(struct ctx *cx, const struct request *rq, struct response *rs)
    MUST_USE;
enum err profile_email_post(struct ctx *cx, const struct request *rq, struct response *rs)
    MUST_USE;
enum err profile_email_undo(struct ctx *cx, const struct request *rq, struct response *rs)
    MUST_USE;
enum err profile_password_page(struct ctx *cx, const struct request *rq, struct response *rs)
    MUST_USE;
enum err profile_password_post(struct ctx *cx, const struct request *rq, struct response *rs)
    MUST_USE;
enum err profile_sessions_page(struct ctx *cx, const struct request *rq, struct response *rs)
    MUST_USE;
enum err profile_session_post(struct ctx *cx, const struct request *rq, struct response *rs)
    MUST_USE;
enum err profile_others_post(struct ctx *cx, const struct request *rq, struct response *rs)
    MUST_USE;
enum err profile_all_post(struct ctx *cx, const struct request *rq, struct response *rs)
    MUST_USE;

#endif
