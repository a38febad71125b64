/* HTML as far as templates need it: what is escaped, and where white space counts.  Who
 * squeezes it is compile.c. */
#include "mustache/markup.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

const unsigned char escape_of[256] = {
	['\0'] = ESCAPE_END, ['&'] = 1, ['<'] = 2, ['>'] = 3, ['"'] = 4, ['\''] = 5
};

const struct escape escapes[ESCAPE_END] = {
	{ 0, "" }, { 5, "&amp;" }, { 4, "&lt;" }, { 4, "&gt;" }, { 6, "&quot;" }, { 5, "&#39;" }
};

/* Up to their end tag there is no other, or (pre) none that matters here. */
static bool
has_no_tags(const char *element)
{
	static const char *const names[] = { "pre", "textarea", "script", "style", "title" };

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strcasecmp(names[i], element) == 0)
			return true;
	return false;
}

static void
tag_read(struct markup *m, char c)
{
	if (c == '"' || c == '\'') {
		m->at = AT_QUOTED;
		m->quote = c;
	} else if (c == '>') {
		m->at = has_no_tags(m->element) ? AT_RAW : AT_TEXT;
		m->n = 0;
	}
}

static void
element_read(struct markup *m, char c)
{
	bool ends = c == '>' || c == '/' || c == ' ' || c == '\t' || c == '\r' || c == '\n';

	if (m->n == 0 && c != '/' && c != '!' && !isalpha((unsigned char)c)) {
		m->at = AT_TEXT;
	} else if (m->n == 0 && c == '!') {
		m->at = AT_COMMENT;
	} else if (m->n > 0 && ends) {
		m->at = AT_TAG;
		if (c == '>')
			tag_read(m, c);
	} else if (m->n < sizeof m->element - 1) {
		m->element[m->n++] = c;
		m->element[m->n] = '\0';
	}
}

/* Looks for "</" and the name of the element; the rest of that tag is a tag like others. */
static void
raw_read(struct markup *m, char c)
{
	char want = m->n == 0 ? '<' : m->n == 1 ? '/' : m->element[m->n - 2];

	if (strncasecmp(&want, &c, 1) == 0)
		m->n++;
	else
		m->n = c == '<';
	if (m->n >= 2 && m->element[m->n - 2] == '\0') {
		m->at = AT_TAG;
		m->element[0] = '\0';
	}
}

/* "<!doctype html>" is short and has no white space to lose, so it may pass for a comment. */
static void
comment_read(struct markup *m, char c)
{
	if (c == '>' && (m->element[0] != '-' || (m->before[0] == '-' && m->before[1] == '-')))
		m->at = AT_TEXT;
	if (m->element[0] == '\0')
		m->element[0] = c;
}

void
markup_read(struct markup *m, const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		char c = s[i];

		switch (m->at) {
		case AT_TEXT:
			m->at = c == '<' ? AT_OPEN : AT_TEXT;
			m->n = 0;
			m->element[0] = '\0';
			break;
		case AT_OPEN:
			element_read(m, c);
			break;
		case AT_TAG:
			tag_read(m, c);
			break;
		case AT_QUOTED:
			m->at = c == m->quote ? AT_TAG : AT_QUOTED;
			break;
		case AT_RAW:
			raw_read(m, c);
			break;
		case AT_COMMENT:
			comment_read(m, c);
			break;
		}
		m->before[0] = m->before[1];
		m->before[1] = c;
	}
}

bool
markup_verbatim(const struct markup *m)
{
	return m->at == AT_QUOTED || (m->at == AT_RAW && strcasecmp(m->element, "title") != 0);
}

bool
markup_takes_tags(const struct markup *m)
{
	return m->at == AT_TEXT;
}
