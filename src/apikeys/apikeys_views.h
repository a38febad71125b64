#ifndef APIKEYS_APIKEYS_VIEWS_H
#define APIKEYS_APIKEYS_VIEWS_H

#include "apikeys/apikeys.h"
#include "mustache/view.h"

struct form;
struct response;

/* A row as templates/apikeys/cells wants it: name, description, prefix, permissions, client,
 * created, expires, ends, used (with _iso), address, and the flags expired and replaced. */
void apikeys_show(struct ctx *cx, struct view *row, const struct apikey *k);

/* secret (absent when it is shown no more), line (a command that uses it), key (its name), with
 * expires and expires_iso: of one that was made just now. */
void apikeys_show_secret(struct ctx *cx, struct view *v, const struct apikey_made *made);
/* The page that shows it; where it leads on. */
enum err apikeys_show_made(struct ctx *cx, struct response *rs, const struct apikey_made *made,
    const char *keys_href) MUST_USE;
/* form_id and sealed: the number and the sealed secret that a form for a key carries; those it came
 * with stay. */
void apikeys_show_sealed(struct ctx *cx, struct view *v, const struct form *f);
/* "expiries": after how long a key may expire. */
void apikeys_show_expiries(struct ctx *cx, struct view *v, struct str chosen);
/* The form for a key: with action and cancel_href given it is all of templates/apikeys/form.  Whose
 * key: what it may hold at the most, and words for "all of mine" and "some of mine". */
struct key_words { struct perm_set most; const char *all, *all_line, *read_line, *some; };
enum err apikeys_show_form(struct ctx *cx, struct response *rs, struct view *v,
    const struct form *f, const struct apikey_input *in, const struct key_words *words) MUST_USE;
void apikeys_read_form(const struct form *f, struct apikey_input *in);
/* The form for one in the place of k, with action and cancel_href given. */
enum err apikeys_show_again(struct ctx *cx, struct response *rs, struct view *v,
    const struct form *f, const struct apikey *k, const struct apikey_again *in) MUST_USE;
/* What such a form begins with. */
struct apikey_again apikeys_usual_again(const struct apikey *k);

#endif
