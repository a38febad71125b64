#ifndef WEB_CSRF_H
#define WEB_CSRF_H

#include "http/request.h"
#include "core/ctx.h"
struct view;

/* A form of ours, sent from a page of ours: the origin, and a token bound to the session
 * row's number, which outlives a change of the session's id. */

/* "" when nobody is signed in. */
const char *csrf_token(struct ctx *cx);
/* Every POST.  From elsewhere: ERR_DENIED. */
enum err csrf_origin(struct ctx *cx, const struct request *rq) MUST_USE;
/* The field "csrf"; OK when nobody is signed in.  Missing or another session's: ERR_DENIED. */
enum err csrf_check(struct ctx *cx, const struct request *rq) MUST_USE;

/* The same of another than the actor: was it a page of this one's session that had the form? */
bool     csrf_of(struct ctx *cx, const struct request *rq, const struct actor *who);

/* Whose page the form was of, by that field, also when the session has ended; 0 when no page of
 * ours had it. */
int64_t  csrf_person(struct ctx *cx, const struct request *rq);

/* An id handed out with a form that makes something; it becomes the row's, so that a form
 * sent twice makes one.  form_id_read: 0 when it was not handed out to this session. */
const char *form_id_new(struct ctx *cx);
int64_t     form_id_read(struct ctx *cx, struct str text);
/* "form_id" of a form's page: the one it came back with, else a new one. */
void        form_id_show(struct ctx *cx, struct view *v, const struct form *f);

#endif
