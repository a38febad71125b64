#ifndef APIKEYS_APIKEYS_VIEWS_H
#define APIKEYS_APIKEYS_VIEWS_H

#include "apikeys/apikeys.h"
#include "mustache/view.h"

/* A row as templates/apikeys/cells wants it: name, description, prefix, permissions, client,
 * created, expires, ends, used (with _iso), address, and the flags expired and replaced. */
void apikeys_show(struct ctx *cx, struct view *row, const struct apikey *k);

#endif
