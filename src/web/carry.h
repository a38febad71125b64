/* A form on its way through a question: is it still you?  It is sealed into a hidden field of the
 * page that asks; nothing is kept on the server. */
#ifndef WEB_CARRY_H
#define WEB_CARRY_H

#include "core/ctx.h"
#include "http/request.h"
#include "http/response.h"

/* What it was caught by, and so what becomes of it: a missing proof (it is done afterwards), or the
 * end of the session (it is shown filled in, not sent). */
enum carry_why { CARRY_PROOF, CARRY_SIGN_IN };

/* The form of a POST below /t/, as the value of the field "carried": path and fields but passwords,
 * codes and files, at most 32 KiB of them.  Bound to the person, the tenant, the path, the reason
 * and the time: good for 15 min.  Empty for what is not carried: a form from elsewhere. */
struct str carry_seal(struct ctx *cx, enum carry_why why, int64_t person, const struct request *rq);

struct carried {
	enum carry_why why;
	struct str path, fields;   /* fields urlencoded */
	int64_t    tenant;         /* 0: none was entered */
	enum kept  kept;
};
/* Too old, of another person or reason, or none of ours: ERR_INVALID. */
enum err carry_open(struct ctx *cx, enum carry_why why, struct str sealed, struct carried *out)
    MUST_USE;

/* Has the pipeline answer the form next, as if it came now with this session's secret: done after a
 * proof when it is whole; else the page that has it is asked for, with the fields typed in.  False
 * when there is no such page: then nothing is carried. */
bool carry_on(struct ctx *cx, const struct request *rq, struct response *rs,
    const struct carried *c, const char *session);

#endif
