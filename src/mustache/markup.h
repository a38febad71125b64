#ifndef MUSTACHE_MARKUP_H
#define MUSTACHE_MARKUP_H

#include <stdbool.h>
#include <stddef.h>

/* Just enough HTML to know where white space counts, and escaping for it. */
enum markup_at {
	AT_TEXT,
	AT_OPEN,                /* behind "<" */
	AT_TAG,
	AT_QUOTED,
	AT_RAW,                 /* in pre, textarea, script, style, title */
	AT_COMMENT
};

struct markup {
	enum markup_at at;
	char           quote;
	char           element[12];     /* the tag's, or the one that AT_RAW is in */
	size_t         n;               /* of element, or matched of what ends AT_RAW */
	char           before[2];       /* the last two, for comments */
};

/* Goes on over text; begins zeroed. */
void markup_read(struct markup *m, const char *s, size_t len);
/* Whether white space here must stay as it is. */
bool markup_verbatim(const struct markup *m);
/* Whether an element could begin here. */
bool markup_takes_tags(const struct markup *m);

/* 0 for a byte that needs no escape, else the index of its escape; '\0' has ESCAPE_END. */
enum { ESCAPE_END = 6, ESCAPE_LONGEST = 6 };
extern const unsigned char escape_of[256];
struct escape { unsigned char len; char text[7]; };
extern const struct escape escapes[ESCAPE_END];

#endif
