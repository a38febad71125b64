#ifndef WEB_CONFIRM_H
#define WEB_CONFIRM_H

#include "web/page.h"

/* One question before something is done, as a page or a dialog.  The answer is posted to
 * action; where to go afterwards is carried in the field "back". */
struct confirm {
	const char *id;          /* the caller's */
	const char *heading, *sentence, *action, *button;
	const char *note;        /* NULL for none */
	const char *word;        /* to be typed; NULL for none */
	bool        danger;
};
/* With issues (what was posted can't be done) the status is 409, or 422 when it is the word. */
enum err confirm_show(struct ctx *cx, const struct request *rq, struct response *rs,
    const struct confirm *c) MUST_USE;

/* The page that led here, by the field "back" or the Referer; the fallback when it is not
 * a path of ours. */
const char *page_back(struct ctx *cx, const struct request *rq, const char *fallback);
/* The same for a form: cancel_href, and the field "back" among "hidden". */
void        page_back_show(struct ctx *cx, const struct request *rq, struct view *v,
    const char *fallback);

#endif
