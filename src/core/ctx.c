/* What one operation knows, and how it speaks to its reader: issues, sentences, times.
 * Who the actor is, is found out in signin/; what they may do is in access.c. */
#include "core/ctx.h"

#include <stdarg.h>
#include <string.h>

#include "base/arena.h"
#include "base/zone.h"
#include "mustache/tmpl.h"

enum { PLACES_MOST = 16 };

enum err
ctx_issue(struct ctx *cx, const char *field, const char *text)
{
	struct issue **end = &cx->issues;

	while (*end)
		end = &(*end)->next;
	*end = ARENA_NEW(cx->arena, struct issue);
	(*end)->field = field;
	(*end)->text = text;
	return ERR_INVALID;
}

const char *
ctx_issue_of(const struct ctx *cx, const char *field)
{
	for (const struct issue *i = cx->issues; i; i = i->next)
		if (strcmp(i->field, field) == 0)
			return i->text;
	return NULL;
}

/* Paths are ASCII, so the highest code point stands after all that begins with one. */
void
ctx_reach(struct ctx *cx, const char *org_path)
{
	cx->path = org_path;
	cx->path_end = arena_printf(cx->arena, "%s\xf4\x8f\xbf\xbf", org_path);
}

const char *
ctx_say(struct ctx *cx, const char *english, ...)
{
	const char *pairs[2 * PLACES_MOST + 1] = { NULL };
	size_t      n = 0;
	va_list     ap;

	va_start(ap, english);
	while (n < 2 * PLACES_MOST && (pairs[n] = va_arg(ap, const char *)) != NULL)
		n++;
	va_end(ap);
	pairs[n] = NULL;
	return text_fill(cx->arena, english, pairs);
}

const struct zone *
ctx_zone(const struct ctx *cx)
{
	const struct zone *z;
	const char        *name = cx->reader.timezone;

	if ((name == NULL || *name == '\0') && cx->place != NULL)
		name = cx->place->timezone;
	if (name == NULL || *name == '\0' || zone_get(name, &z) != OK)
		if (zone_get("UTC", &z) != OK)
			return NULL;
	return z;
}

static const char *
clock_text(struct ctx *cx, const struct civil *c)
{
	int64_t clock = cx->reader.clock ? cx->reader.clock : cx->place ? cx->place->clock : 24;

	if (clock == 12)
		return arena_printf(cx->arena, "%d:%02d %s", (c->hour + 11) % 12 + 1, c->minute,
		    c->hour < 12 ? _("am") : _("pm"));
	return arena_printf(cx->arena, "%02d:%02d", c->hour, c->minute);
}

static const char *
date_text(struct ctx *cx, const struct civil *c, bool with_year)
{
	static const char *const months[] = { N_("Jan"), N_("Feb"), N_("Mar"), N_("Apr"), N_("May"),
		N_("Jun"), N_("Jul"), N_("Aug"), N_("Sep"), N_("Oct"), N_("Nov"), N_("Dec") };
	const char *format = cx->reader.date_format;

	if (format == NULL || *format == '\0')
		format = cx->place ? cx->place->date_format : "words";
	if (strcmp(format, "iso") == 0)
		return arena_printf(cx->arena, "%04d-%02d-%02d", c->year, c->month, c->day);
	if (strcmp(format, "mdy") == 0)
		return with_year ?
		    arena_printf(cx->arena, "%02d/%02d/%04d", c->month, c->day, c->year) :
		    arena_printf(cx->arena, "%02d/%02d", c->month, c->day);
	if (strcmp(format, "dmy") == 0)
		return with_year ?
		    arena_printf(cx->arena, "%02d/%02d/%04d", c->day, c->month, c->year) :
		    arena_printf(cx->arena, "%02d/%02d", c->day, c->month);
	return with_year ?
	    arena_printf(cx->arena, "%s %d, %d", _(months[c->month - 1]), c->day, c->year) :
	    arena_printf(cx->arena, "%s %d", _(months[c->month - 1]), c->day);
}

static bool
same_day(const struct civil *a, const struct civil *b)
{
	return a->year == b->year && a->month == b->month && a->day == b->day;
}

const char *
ctx_time(struct ctx *cx, int64_t at)
{
	const struct zone *z = ctx_zone(cx);
	struct civil       c, today, yesterday;
	const char        *clock;

	if (at == 0 || z == NULL)
		return "";
	c = zone_civil(z, at);
	today = zone_civil(z, cx->now);
	today.hour = 12;
	today.minute = today.second = today.ms = 0;
	yesterday = zone_civil(z, zone_moment(z, today) - 86400000);
	clock = clock_text(cx, &c);
	if (same_day(&c, &today))
		return _("Today [time]", "time", clock);
	if (same_day(&c, &yesterday))
		return _("Yesterday [time]", "time", clock);
	return _("[time] [date]", "time", clock, "date", date_text(cx, &c, c.year != today.year));
}

const char *
ctx_time_iso(struct ctx *cx, int64_t at)
{
	return at == 0 ? "" : time_iso(cx->arena, ctx_zone(cx), at);
}
