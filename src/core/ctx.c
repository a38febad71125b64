/* What one operation knows, and how it speaks to its reader: issues, sentences, times.
 * Who the actor is, is found out in signin/; what they may do is in access.c. */
#include "core/ctx.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/zone.h"
#include "core/language.h"
#include "mustache/tmpl.h"

enum { PLACES_MOST = 16, NUMBER_LONGEST = 200, DAY_LONG = 10 };

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

void
ctx_speak(struct ctx *cx, const char *language)
{
	cx->texts = language_texts(cx->languages, language);
	cx->language = cx->texts ? cx->texts->language : "en";
}

const char *
ctx_say_in(struct ctx *cx, const char *language, const char *english)
{
	return text_say(cx->arena, language_texts(cx->languages, language), english,
	    (const char *const[]){ NULL });
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
	return text_say(cx->arena, cx->texts, english, pairs);
}

const char *
ctx_number(struct ctx *cx, int64_t n)
{
	const char *plain, *digits, *mark;
	size_t      len;
	struct buf  b;
	struct str  out;

	/* Most are short, and a list has many. */
	if (n >= 0 && n < 10)
		return arena_strdup(cx->arena, (char[]){ (char)('0' + n), '\0' });
	plain = arena_int(cx->arena, n);
	digits = plain + (*plain == '-');
	len = strlen(digits);
	if (len < 4)
		return plain;
	mark = _("ctx:thousands ,");
	buf_init(&b, cx->arena, NUMBER_LONGEST);
	buf_put(&b, plain, (size_t)(digits - plain));
	for (size_t i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			buf_puts(&b, mark);
		buf_put(&b, digits + i, 1);
	}
	return buf_end(&b, &out) == OK ? out.p : plain;
}

static const struct zone *
place_zone(const struct ctx *cx)
{
	const struct zone *z;

	if (zone_get(cx->place->timezone, &z) != OK && zone_get("UTC", &z) != OK)
		return NULL;
	return z;
}

static bool
read_number(struct str text, size_t from, size_t digits, int *out)
{
	*out = 0;
	for (size_t i = from; i < from + digits; i++) {
		if (text.p[i] < '0' || text.p[i] > '9')
			return false;
		*out = *out * 10 + (text.p[i] - '0');
	}
	return true;
}

bool
ctx_read_day(const struct ctx *cx, struct str text, bool after, int64_t *at)
{
	const struct zone *z = place_zone(cx);
	struct civil       c = { 0 }, there;

	if (z == NULL || text.len != DAY_LONG || text.p[4] != '-' || text.p[7] != '-' ||
	    !read_number(text, 0, 4, &c.year) || !read_number(text, 5, 2, &c.month) ||
	    !read_number(text, 8, 2, &c.day) || c.year < 1970)
		return false;
	/* 30 February would be 2 March. */
	there = zone_civil(z, zone_moment(z, c));
	if (there.month != c.month || there.day != c.day)
		return false;
	c.day += after;
	*at = zone_moment(z, c);
	return true;
}

const char *
ctx_day(const struct ctx *cx, int64_t at)
{
	const struct zone *z = place_zone(cx);
	struct civil       c;

	if (z == NULL)
		return "";
	c = zone_civil(z, at);
	return arena_printf(cx->arena, "%04d-%02d-%02d", c.year, c.month, c.day);
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

/* What a list of times needs for each of them, found once, beside what is below. */
struct days {
	int64_t              now;
	const char          *reader;      /* these two choose the zone */
	const struct tenant *place;
	const struct texts  *texts;
	const struct zone   *zone;
	const char          *format;
	bool                 half_day;    /* a clock of 12 hours */
};
#define TIME_MARK  "\1"
#define DATE_MARK  "\2"
#define MONTH_MARK "\3"
#define DAY_MARK   "\4"
#define YEAR_MARK  "\5"
enum { TIME_LONGEST = 300, PIECE_LONGEST = 80, WORD_LONGEST = 20, SAYING_LONGEST = 100 };

/* The sentences, with marks where their places are, and which days today and yesterday are: the
 * same for many requests one after the other, so they are kept for the next. */
static struct {
	bool                there;
	const struct texts *texts;
	char                of_today[SAYING_LONGEST], of_yesterday[SAYING_LONGEST];
	char                of_other[SAYING_LONGEST], with_year[SAYING_LONGEST];
	char                without_year[SAYING_LONGEST], am[WORD_LONGEST], pm[WORD_LONGEST];
} sayings;
static struct {
	const struct zone *zone;
	int64_t            from, until;   /* today */
	struct civil       today, yesterday;
} calendar;

static void
keep(char *to, size_t size, const char *text)
{
	snprintf(to, size, "%s", text);
}

static void
find_sayings(struct ctx *cx)
{
	if (sayings.there && sayings.texts == cx->texts)
		return;
	sayings.there = true;
	sayings.texts = cx->texts;
	keep(sayings.of_today, SAYING_LONGEST, _("Today [time]", "time", TIME_MARK));
	keep(sayings.of_yesterday, SAYING_LONGEST, _("Yesterday [time]", "time", TIME_MARK));
	keep(sayings.of_other, SAYING_LONGEST, _("[time] [date]", "time", TIME_MARK, "date",
	    DATE_MARK));
	keep(sayings.with_year, SAYING_LONGEST, _("[month] [day], [year]", "month", MONTH_MARK,
	    "day", DAY_MARK, "year", YEAR_MARK));
	keep(sayings.without_year, SAYING_LONGEST, _("[month] [day]", "month", MONTH_MARK, "day",
	    DAY_MARK));
	keep(sayings.am, WORD_LONGEST, _("am"));
	keep(sayings.pm, WORD_LONGEST, _("pm"));
}

static void
find_today(const struct zone *zone, int64_t now)
{
	struct civil c;

	if (calendar.zone == zone && now >= calendar.from && now < calendar.until)
		return;
	calendar.zone = zone;
	calendar.today = c = zone_civil(zone, now);
	c.hour = c.minute = c.second = c.ms = 0;
	calendar.from = zone_moment(zone, c);
	c.day++;
	calendar.until = zone_moment(zone, c);
	c.day--;
	c.hour = 12;
	calendar.yesterday = zone_civil(zone, zone_moment(zone, c) - 86400000);
}

static void
find_days(struct ctx *cx, struct days *d)
{
	int64_t clock = cx->reader.clock ? cx->reader.clock : cx->place ? cx->place->clock : 24;

	d->zone = ctx_zone(cx);
	if (d->zone == NULL)
		return;
	d->half_day = clock == 12;
	d->format = cx->reader.date_format;
	if (d->format == NULL || *d->format == '\0')
		d->format = cx->place ? cx->place->date_format : "words";
}

static const struct days *
days_of(struct ctx *cx)
{
	struct days *d = cx->days;

	if (!d || d->now != cx->now || d->reader != cx->reader.timezone ||
	    d->place != cx->place || d->texts != cx->texts) {
		d = cx->days = ARENA_NEW(cx->arena, struct days);
		d->now = cx->now;
		d->reader = cx->reader.timezone;
		d->place = cx->place;
		d->texts = cx->texts;
		find_days(cx, d);
	}
	/* Somebody else may have been spoken to meanwhile, in an email. */
	if (d->zone) {
		find_today(d->zone, cx->now);
		find_sayings(cx);
	}
	return d;
}

/* At least so many digits; n is not negative. */
static char *
put_number(char *to, int n, int digits)
{
	char  text[12], *d = text + sizeof(text), *end = d;

	for (; digits > 0 || n > 0; digits--, n /= 10)
		*--d = (char)('0' + n % 10);
	return mempcpy(to, d, (size_t)(end - d));
}

/* A word of a catalogue, cut where it would not fit. */
static char *
put_word(char *to, const char *word)
{
	size_t len = strnlen(word, WORD_LONGEST);

	while (len > 0 && ((unsigned char)word[len] & 0xc0) == 0x80)
		len--;
	return mempcpy(to, word, len);
}

static char *
put_clock(char *to, const struct days *d, const struct civil *c)
{
	to = d->half_day ? put_number(to, (c->hour + 11) % 12 + 1, 1) : put_number(to, c->hour, 2);
	*to++ = ':';
	to = put_number(to, c->minute, 2);
	if (!d->half_day)
		return to;
	*to++ = ' ';
	return put_word(to, c->hour < 12 ? sayings.am : sayings.pm);
}

static char *
put_date_words(struct ctx *cx, char *to, const struct civil *c, bool with_year)
{
	static const char *const months[] = { N_("Jan"), N_("Feb"), N_("Mar"), N_("Apr"), N_("May"),
		N_("Jun"), N_("Jul"), N_("Aug"), N_("Sep"), N_("Oct"), N_("Nov"), N_("Dec") };
	const char *say = with_year ? sayings.with_year : sayings.without_year;
	const char *last = to + PIECE_LONGEST - WORD_LONGEST;

	for (; *say && to < last; say++)
		if (*say == *MONTH_MARK)
			to = put_word(to, _(months[c->month - 1]));
		else if (*say == *DAY_MARK)
			to = put_number(to, c->day, 1);
		else if (*say == *YEAR_MARK)
			to = put_number(to, c->year, 1);
		else
			*to++ = *say;
	return to;
}

static char *
put_date(struct ctx *cx, char *to, const struct civil *c)
{
	const struct days *d = cx->days;
	bool               with_year = c->year != calendar.today.year, iso = *d->format == 'i';
	bool               day_first = *d->format == 'd';

	if (*d->format == 'w')
		return put_date_words(cx, to, c, with_year);
	if (iso) {
		to = put_number(to, c->year, 4);
		*to++ = '-';
	}
	to = put_number(to, day_first ? c->day : c->month, 2);
	*to++ = iso ? '-' : '/';
	to = put_number(to, day_first ? c->month : c->day, 2);
	if (iso || !with_year)
		return to;
	*to++ = '/';
	return put_number(to, c->year, 4);
}

static bool
same_day(const struct civil *a, const struct civil *b)
{
	return a->year == b->year && a->month == b->month && a->day == b->day;
}

const char *
ctx_time(struct ctx *cx, int64_t at)
{
	const struct days *d = days_of(cx);
	struct civil       c;
	const char        *say;
	char               text[TIME_LONGEST], *to = text;

	if (at == 0 || d->zone == NULL)
		return "";
	c = zone_civil(d->zone, at);
	say = same_day(&c, &calendar.today) ? sayings.of_today :
	    same_day(&c, &calendar.yesterday) ? sayings.of_yesterday : sayings.of_other;
	for (; *say && to < text + TIME_LONGEST - PIECE_LONGEST; say++)
		if (*say == *TIME_MARK)
			to = put_clock(to, d, &c);
		else if (*say == *DATE_MARK)
			to = put_date(cx, to, &c);
		else
			*to++ = *say;
	*to = '\0';
	return arena_strdup(cx->arena, text);
}

const char *
ctx_time_iso(struct ctx *cx, int64_t at)
{
	return at == 0 ? "" : time_iso(cx->arena, days_of(cx)->zone, at);
}
