/* What an event says: its fields out of their column, and its sentence.
 * Writing events is in audit.c. */
#include "core/audit.h"

#include <ctype.h>
#include <string.h>

#include "base/arena.h"
#include "base/log.h"
#include "mustache/tmpl.h"

enum { FIELDS_MOST = 32 };

/* The four digits after \u, in which audit.c writes control characters only; *p is left at the
 * last of them. */
static bool
read_code(const char **p, char *out)
{
	unsigned value = 0;

	for (int i = 0; i < 4; i++) {
		char c = *++*p;

		if (!isxdigit((unsigned char)c))
			return false;
		value = value * 16 + (unsigned)(c <= '9' ? c - '0' : (c | 32) - 'a' + 10);
	}
	*out = value < 0x80 ? (char)value : '?';
	return true;
}

/* One JSON string or null, as audit.c writes them; *p is left behind it. */
static bool
read_value(struct arena *a, const char **p, const char **out)
{
	char *text, *end;

	if (strncmp(*p, "null", 4) == 0) {
		*p += 4;
		*out = NULL;
		return true;
	}
	if (**p != '"')
		return false;
	end = text = ARENA_ARRAY(a, char, strlen(*p) + 1);
	for (++*p; **p != '"'; ++*p, end++) {
		bool escaped = **p == '\\';

		*p += escaped;
		if (**p == '\0')
			return false;
		*end = **p;
		if (escaped && **p == 'u' && !read_code(p, end))
			return false;
	}
	++*p;
	*out = text;
	return true;
}

enum err
audit_fields(struct ctx *cx, const char *json, struct audit_field **out, size_t *n)
{
	struct audit_field *list = ARENA_ARRAY(cx->arena, struct audit_field, FIELDS_MOST);
	const char         *p = json;

	*n = 0;
	for (p += *p == '['; *p == '[' && *n < FIELDS_MOST; p += *p == ',') {
		struct audit_field *f = &list[(*n)++];

		p++;
		if (!read_value(cx->arena, &p, &f->name) || *p++ != ',' ||
		    !read_value(cx->arena, &p, &f->was) || *p++ != ',' ||
		    !read_value(cx->arena, &p, &f->is) || *p++ != ']') {
			log_event(LOG_ERROR, "an event's fields cannot be read");
			return ERR_FAULT;
		}
	}
	*out = list;
	return OK;
}

const char *
audit_sentence(struct ctx *cx, const struct event *e)
{
	const struct audit_info *info = audit_info(e->act);
	const char              *pairs[4 * FIELDS_MOST + 5];
	struct audit_field      *fields;
	size_t                   n, k = 0;

	if (info == NULL || audit_fields(cx, e->fields, &fields, &n))
		return "";
	pairs[k++] = "actor";
	pairs[k++] = *e->actor_name ? e->actor_name : _("Somebody");
	pairs[k++] = "subject";
	pairs[k++] = e->subject_name;
	for (size_t i = 0; i < n; i++) {
		pairs[k++] = fields[i].name;
		pairs[k++] = fields[i].is ? fields[i].is : "";
		pairs[k++] = arena_printf(cx->arena, "%s_was", fields[i].name);
		pairs[k++] = fields[i].was ? fields[i].was : "";
	}
	pairs[k] = NULL;
	return text_say(cx->arena, cx->texts, info->sentence, pairs);
}
