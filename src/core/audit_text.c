/* What an event says: its fields out of their column, and its sentence.
 * Writing events is in audit.c. */
#include "core/audit.h"

#include <ctype.h>
#include <stdlib.h>
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
audit_word(struct ctx *cx, const char *program)
{
	static const char *const words[] = { N_("Web"), N_("Command line"), N_("Automation"),
		N_("Housekeeper"), N_("Setup link"), N_("HTTPS API"), N_("Other") };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i], program) == 0)
			return ctx_say(cx, words[i], (char *)0);
	return program;
}

const char *
audit_field_word(struct ctx *cx, const char *field)
{
	static const char context[] = "ctx:field ";
	static const char *const words[] = { N_("ctx:field by"), N_("ctx:field clock"),
		N_("ctx:field columns"), N_("ctx:field country"), N_("ctx:field date_format"),
		N_("ctx:field description"), N_("ctx:field email"), N_("ctx:field factor"),
		N_("ctx:field group"), N_("ctx:field groups"), N_("ctx:field key_days"),
		N_("ctx:field keys_most"), N_("ctx:field language"),
		N_("ctx:field members"),
		N_("ctx:field n"), N_("ctx:field name"), N_("ctx:field nickname"),
		N_("ctx:field page"), N_("ctx:field permission"), N_("ctx:field permissions"),
		N_("ctx:field phone"), N_("ctx:field replacement"), N_("ctx:field role"),
		N_("ctx:field scope"), N_("ctx:field slug"), N_("ctx:field status"),
		N_("ctx:field theme"), N_("ctx:field timezone"), N_("ctx:field to"),
		N_("ctx:field until"), N_("ctx:field workspace"),
		N_("ctx:field workspaces"),
		N_("ctx:field personal_workspaces"), N_("ctx:field portal_text") };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i] + sizeof(context) - 1, field) == 0)
			return ctx_say(cx, words[i], (char *)0);
	return field;
}

/* {E5} How many there were is kept as plain digits and read as any other number. */
static const char *
counted(struct ctx *cx, const char *field, const char *value)
{
	size_t digits = strspn(value, "0123456789");

	if ((strcmp(field, "n") != 0 && strcmp(field, "members") != 0) || digits == 0 ||
	    digits > 18 || value[digits])
		return value;
	return ctx_number(cx, strtoll(value, NULL, 10));
}

const char *
audit_value_word(struct ctx *cx, const char *field, const char *value)
{
	static const struct { const char *field, *value, *word; } words[] = {
		{ "status", "invited", N_("Invited") }, { "status", "active", N_("Active") },
		{ "status", "deactivated", N_("Deactivated") },
		{ "status", "removed", N_("Removed") }, { "status", "deleted", N_("Deleted") },
		{ "factor", "code", N_("Code") },
		{ "factor", "recovery code", N_("Recovery code") } };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i].field, field) == 0 && strcmp(words[i].value, value) == 0)
			return ctx_say(cx, words[i].word, (char *)0);
	return counted(cx, field, value);
}

/* A person may be called what the program is. */
static const char *
actor_of(struct ctx *cx, const struct event *e)
{
	if (*e->actor_name == '\0')
		return _("Somebody");
	return e->actor_kind && *e->actor_kind == 's' && e->actor_id == 0 ?
	    audit_word(cx, e->actor_name) : e->actor_name;
}

/* A job is called by its kind, whose words are the program's. */
static const char *
subject_of(struct ctx *cx, const struct event *e)
{
	return e->act == AUDIT_JOB_ADDED || e->act == AUDIT_JOB_CANCELLED ?
	    ctx_say(cx, e->subject_name, (char *)0) : e->subject_name;
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
	pairs[k++] = actor_of(cx, e);
	pairs[k++] = "subject";
	pairs[k++] = subject_of(cx, e);
	for (size_t i = 0; i < n; i++) {
		pairs[k++] = fields[i].name;
		pairs[k++] = fields[i].is ? counted(cx, fields[i].name, fields[i].is) : "";
		pairs[k++] = arena_printf(cx->arena, "%s_was", fields[i].name);
		pairs[k++] = fields[i].was ? fields[i].was : "";
	}
	pairs[k] = NULL;
	return text_say(cx->arena, cx->texts, info->sentence, pairs);
}
