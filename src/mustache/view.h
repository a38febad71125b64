#ifndef MUSTACHE_VIEW_H
#define MUSTACHE_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
struct arena;

/* What a template may see: a tree of names and values in the request's arena.  Keys and
 * text are not copied.  A key is given once per view, and contains no dot: {{a.b}} is b in
 * the view a.  {{x}} always escapes, also what view_html() put there; {{{x}}} in a strict set
 * takes only view_html(), else ERR_FAULT.
 *
 * As a section {{#x}} these count as false: what is not there, null, a flag that is off, the
 * empty text, 0 and an empty list.  So a list need not be made before its first item.
 *
 * A key of NULL stands for the view itself: view_num(view_item(v, "sizes"), NULL, "1.5") adds
 * a number to a list, and view_item(view_item(v, "rows"), NULL) a list to a list. */
struct view;
struct view *view_new(struct arena *a);                    /* a root may be of any kind */
/* Checked text; NULL is the same as view_null(). */
void view_text(struct view *v, const char *key, const char *text);
/* Unchecked bytes, to show a form again as it was typed: copied, with each byte that is no
 * part of a character, and each NUL, as U+FFFD. */
void view_str(struct view *v, const char *key, struct str raw);
void view_int(struct view *v, const char *key, int64_t n);
/* A number that is text already, as "1.21". */
void view_num(struct view *v, const char *key, const char *decimal);
/* Shown as the 13 characters of base/id.h. */
void view_id(struct view *v, const char *key, int64_t id);
void view_null(struct view *v, const char *key);
/* For sections; shown by {{x}} as true or false.  A section of it leaves {{.}} alone. */
void view_flag(struct view *v, const char *key, bool on);
/* Markup that we made, with everything in it from outside escaped already. */
void view_html(struct view *v, const char *key, struct str made_by_us);
struct view *view_sub(struct view *v, const char *key);    /* {{#key}} once */
struct view *view_item(struct view *v, const char *key);   /* one more of a list */
void view_text_item(struct view *v, const char *key, const char *text);
/* The list that another view has under that key, shared with it; it is finished. */
void view_share(struct view *v, const char *key, struct view *from);

#endif
