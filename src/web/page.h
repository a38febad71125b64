#ifndef WEB_PAGE_H
#define WEB_PAGE_H

#include "core/list.h"
#include "mustache/view.h"
#include "web/route.h"

/* Renders templates/<name> into the answer, ending the snapshot first. Adds what every
 * page has: the reader, the tenant ("base" is /t/{tenant}), the menu of what they may open,
 * the CSRF token, the line of what was just done.  With issues the status is 422, and each
 * becomes <field>_error, the one of no field "error"; a status set before stays. */
enum err page_show(struct ctx *cx, struct response *rs, const char *name,
    struct view *model) MUST_USE;

/* The fields "permission" of a form; *strange: there were others than this program knows. */
struct perm_set page_permissions(const struct form *f, bool *strange);

/* After a POST that worked: 303 to an own path ("/t/acme/users?status=invited"; one that is
 * not becomes "fallback"), with a line to show there. */
enum err page_done(struct ctx *cx, struct response *rs, struct str path, const char *fallback,
    const char *said) MUST_USE;
/* 303, nothing said.  path is ours. */
enum err page_go(struct response *rs, const char *path) MUST_USE;
/* "/t/{slug}" and a path below it. */
const char *page_path(struct ctx *cx, const char *below);
/* page_path_id(cx, "/users/", id, "/edit"). */
const char *page_path_id(struct ctx *cx, const char *what, int64_t id, const char *below);
/* The line carried in the query of a page; NULL when it is not ours or older than a minute. */
const char *page_said(struct ctx *cx, struct str token);

/* An entry of the menu: a page, and what it is for in a line of the overview. */
struct menu_item {
	const char *group, *label, *icon, *path;     /* English; the path below /t/{tenant} */
	enum perm   need;
	const char *line;
};
/* The entry behind this one (NULL: the first) that the reader may open; NULL: no more. */
const struct menu_item *page_menu(struct ctx *cx, const struct menu_item *after);

/* What stands where a page cannot: its status chooses the words; sentence replaces the
 * usual one, "" keeps it.  Never fails for want of a template key. */
enum err page_problem(struct ctx *cx, struct response *rs, int status, const char *sentence,
    int64_t retry_at) MUST_USE;

/* A refusal that is said in the form that asked for it: noted as access_refused() does, and its
 * number stands above the form. */
void page_refused(struct ctx *cx, enum perm p, const char *matter);
/* Is what a rule answered one that its form says, which is shown again?  Then the status is set,
 * and page_refused() called when it was refused for want of a permission. */
bool page_answered(struct ctx *cx, struct response *rs, enum err e, enum perm need,
    const char *matter) MUST_USE;
/* {E3} What a button acts on is there no more, perhaps by its own first click: 404 all the same,
 * but the page of that address is shown next, with this line above it. */
void page_gone(struct ctx *cx, struct response *rs, const char *address, const char *line);
/* {E15} Somebody changed meanwhile what a form edits: 409, and a sentence above the form, which is
 * shown again with what was typed. */
void page_meanwhile(struct ctx *cx, struct response *rs);
/* Then, and only then, where something else than what was typed is stored by now: that, in the
 * words of shown; "" shows as a dash. */
void page_theirs(struct ctx *cx, struct view *v, const char *key, struct str typed,
    const char *now, const char *shown);

/* Two letters and a colour that stand for somebody, always the same. */
void view_initials_as(struct ctx *cx, struct view *v, const char *name, const char *initials,
    const char *color);
#define view_initials(cx, v, name, key) \
	view_initials_as((cx), (v), (name), key "initials", key "color")
/* x and x_iso; 0: both are empty. */
void view_time_as(struct ctx *cx, struct view *v, const char *key, const char *iso, int64_t at);
#define view_time(cx, v, key, at) view_time_as((cx), (v), key, key "_iso", (at))

/* The query of a list as it came, for links that change one part of it. */
struct list_query {
	const char        *path;       /* "/t/acme/users" */
	const struct form *form;
	const char *const *keep;       /* the names that belong to the list's state, NULL-ended */
};
/* sort, dir, after or before, id, rows of the query; sorts are the words of the SORT line; numbers
 * are the bits of those whose key is a number.  An unknown one: ERR_INVALID with an issue. */
enum err list_read(struct ctx *cx, const struct form *f, const char *sorts, unsigned numbers,
    struct list_want *out) MUST_USE;
/* What a query may choose by one name: some words, parted by spaces, and perhaps any id that is
 * well formed: one of nothing finds nothing, whether it is another account's or was deleted. */
struct list_filter { const char *name, *words; bool ids; };
/* Another value, which left out would show everything: ERR_INVALID with an issue.  Up to a row
 * without a name. */
enum err list_check(struct ctx *cx, const struct form *f, const struct list_filter *filters)
    MUST_USE;
/* The same list with changes: pairs of name and value (NULL drops it), ended by NULL.  The
 * cursor is dropped unless it is among them. */
const char *list_href(struct ctx *cx, const struct list_query *q, ...) __attribute__((sentinel));
/* sort_<word>{href, up, down} for each sort, rows_options, first, prev and next; more: rows
 * are left in the direction that was read; the edges are the first and last row shown. */
void list_show(struct ctx *cx, struct view *v, const struct list_query *q, const char *sorts,
    const struct list_want *w, bool more, struct list_edge first, struct list_edge last);
/* What a form's search (templates/parts/find) leaves out of what was ticked goes along: "kept" gets
 * { name, value } for each id of the field that is not one of the n shown, `most` at the most, and
 * *kept is counted up by them.  find_show_kept() says how many. */
void find_keep(struct view *v, const struct form *f, const char *name, const int64_t *shown,
    size_t n, size_t most, size_t *kept);
void find_show_kept(struct ctx *cx, struct view *v, size_t kept);
/* Was the form sent only to search in it, as without JavaScript?  Then it is shown again. */
bool find_only(const struct form *f);
/* What is searched for, "" for nothing; longer than that: nothing. */
const char *list_search(struct ctx *cx, const struct form *f, size_t longest);
/* What templates/parts/toolbar needs: action, q, and hidden_get for what of the list's state a
 * search keeps: names parted by spaces. */
void list_show_search(struct ctx *cx, struct view *v, const struct list_query *q,
    const char *search, const char *keep);

#endif
