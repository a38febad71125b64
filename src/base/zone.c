/* Time zones: TZif files (RFC 8536) and the rule of their footer, civil times.  libc's own
 * zone is not used: TZ is one per process, tenants have many. */
#include "base/zone.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/log.h"

#ifndef ZONEINFO
#define ZONEINFO "/usr/share/zoneinfo"
#endif

enum { HEAD = 44, FILE_LARGEST = 256 * 1024, NAME_LONGEST = 64, ZONES_LARGEST = 64 * 1024 * 1024 };
enum { MINUTE = 60, HOUR = 3600, DAY = 86400 };

/* When summer time starts or ends: "M3.5.0/2", "J60", "59". */
enum day_kind { DAY_OF_WEEK, DAY_WITHOUT_LEAP, DAY_PLAIN };
struct change {
	enum day_kind kind;
	int           month, week, day;
	int64_t       seconds;      /* after midnight of that day; -167 to 167 hours */
};

/* What holds after the table, from the footer. */
struct rule {
	bool          is, summer;   /* is there one; has it summer time */
	int64_t       offset, summer_offset;
	struct change start, end;
};

struct zone {
	const struct zone *next;
	const char        *name;
	size_t             n;
	const int64_t     *at;      /* seconds; from at[i] on offset[i] holds */
	const int64_t     *offset;
	int64_t            first;   /* the offset before all */
	struct rule        rule;
};

static const struct zone utc = { .name = "UTC" };
static const struct zone *known = &utc;
static struct arena *memory;

/* Rounds down, below zero too. */
static int64_t
floor_div(int64_t n, int64_t by)
{
	return n / by - (n % by < 0);
}

/* Days since 1970-01-01 of the Gregorian calendar; months are 1 to 12, days any number. */
static int64_t
days_of(int64_t year, int month, int64_t day)
{
	int64_t y = month > 2 ? year : year - 1, era = floor_div(y, 400), of_era = y - era * 400;
	int64_t of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

/* The date of that day: its year counted from March, so that leap days come last. */
static void
date_of(int64_t days, struct civil *c)
{
	int64_t z = days + 719468, era = floor_div(z, 146097), d = z - era * 146097;
	int64_t y = (d - d / 1460 + d / 36524 - d / 146096) / 365;
	int64_t of_year = d - (365 * y + y / 4 - y / 100), m = (5 * of_year + 2) / 153;

	c->day = (int)(of_year - (153 * m + 2) / 5 + 1);
	c->month = (int)(m < 10 ? m + 3 : m - 9);
	c->year = (int)(y + era * 400 + (c->month <= 2));
}

static bool
is_leap(int64_t year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* The moment of a change in that year, in seconds of wall-clock time. */
static int64_t
change_in(const struct change *c, int64_t year)
{
	int64_t first, day;

	switch (c->kind) {
	case DAY_WITHOUT_LEAP:
		day = days_of(year, 1, c->day) + (is_leap(year) && c->day > 59);
		break;
	case DAY_PLAIN:
		day = days_of(year, 1, c->day + 1);
		break;
	default:
		first = days_of(year, c->month, 1);
		/* 1970-01-01 was a Thursday. */
		day = first + (c->day - (first + 4) % 7 + 14) % 7 + (c->week - 1) * 7;
		if (day >= days_of(c->month == 12 ? year + 1 : year, c->month % 12 + 1, 1))
			day -= 7;
		break;
	}
	return day * DAY + c->seconds;
}

static int64_t
rule_offset(const struct rule *r, int64_t at)
{
	struct civil c;
	int64_t start, end;
	bool summer;

	if (!r->summer)
		return r->offset;
	date_of(floor_div(at + r->offset, DAY), &c);
	start = change_in(&r->start, c.year) - r->offset;
	end = change_in(&r->end, c.year) - r->summer_offset;
	/* South of the equator the summer is at both ends of the year. */
	summer = start < end ? at >= start && at < end : at >= start || at < end;
	return summer ? r->summer_offset : r->offset;
}

static int64_t
offset_at(const struct zone *z, int64_t at)
{
	size_t low = 0, high = z->n;

	if (z->rule.is && (z->n == 0 || at >= z->at[z->n - 1]))
		return rule_offset(&z->rule, at);
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (z->at[middle] <= at)
			low = middle + 1;
		else
			high = middle;
	}
	return low == 0 ? z->first : z->offset[low - 1];
}

/* Reading: what does not parse sets bad, and reads as 0 from then on. */
struct reader {
	const char *p, *end;
	bool        bad;
};

static uint64_t
take(struct reader *r, size_t bytes)
{
	uint64_t n = 0;

	if ((size_t)(r->end - r->p) < bytes) {
		r->bad = true;
		return 0;
	}
	for (size_t i = 0; i < bytes; i++)
		n = n << 8 | (unsigned char)*r->p++;
	return n;
}

static bool
take_char(struct reader *r, char c)
{
	if (r->p == r->end || *r->p != c)
		return false;
	r->p++;
	return true;
}

static int
take_number(struct reader *r, int most)
{
	int n = 0;
	const char *start = r->p;

	while (r->p < r->end && *r->p >= '0' && *r->p <= '9' && n <= most)
		n = n * 10 + (*r->p++ - '0');
	if (r->p == start || n > most)
		r->bad = true;
	return r->bad ? 0 : n;
}

/* "CET", "<+0330>" */
static void
skip_name(struct reader *r)
{
	bool quoted = take_char(r, '<');
	const char *start = r->p;

	while (r->p < r->end && ((*r->p >= 'A' && *r->p <= 'Z') || (*r->p >= 'a' && *r->p <= 'z') ||
	    (quoted && *r->p && strchr("+-0123456789", *r->p))))
		r->p++;
	if (r->p == start || (quoted && !take_char(r, '>')))
		r->bad = true;
}

/* "-5:30", "167" */
static int64_t
take_time(struct reader *r)
{
	bool minus = take_char(r, '-');
	int64_t n;

	if (!minus)
		take_char(r, '+');
	n = (int64_t)take_number(r, 167) * HOUR;
	if (take_char(r, ':'))
		n += (int64_t)take_number(r, 59) * MINUTE;
	if (take_char(r, ':'))
		n += take_number(r, 59);
	return minus ? -n : n;
}

static struct change
take_change(struct reader *r)
{
	struct change c = { .kind = DAY_PLAIN, .seconds = 2 * HOUR };

	if (take_char(r, 'M')) {
		c.kind = DAY_OF_WEEK;
		c.month = take_number(r, 12);
		r->bad = r->bad || !take_char(r, '.');
		c.week = take_number(r, 5);
		r->bad = r->bad || !take_char(r, '.');
		c.day = take_number(r, 6);
		r->bad = r->bad || c.month == 0 || c.week == 0;
	} else {
		if (take_char(r, 'J'))
			c.kind = DAY_WITHOUT_LEAP;
		c.day = take_number(r, 365);
	}
	if (take_char(r, '/'))
		c.seconds = take_time(r);
	return c;
}

/* POSIX counts offsets west of Greenwich. */
static struct rule
take_rule(struct reader *r)
{
	struct rule rule = { .is = true };

	skip_name(r);
	rule.offset = -take_time(r);
	if (r->bad || r->p == r->end)
		return rule;
	rule.summer = true;
	skip_name(r);
	rule.summer_offset = rule.offset + HOUR;
	if (r->p < r->end && *r->p != ',')
		rule.summer_offset = -take_time(r);
	r->bad = r->bad || !take_char(r, ',');
	rule.start = take_change(r);
	r->bad = r->bad || !take_char(r, ',');
	rule.end = take_change(r);
	r->bad = r->bad || r->p != r->end;
	return rule;
}

/* A header's six counts, in the order of the file. */
struct counts { uint64_t isut, isstd, leap, time, type, chars; };

static struct counts
take_head(struct reader *r, char *version)
{
	struct counts c;

	r->bad = r->bad || take(r, 4) != 0x545a6966;        /* TZif */
	*version = (char)take(r, 1);
	take(r, 8);
	take(r, 7);
	c.isut = take(r, 4);
	c.isstd = take(r, 4);
	c.leap = take(r, 4);
	c.time = take(r, 4);
	c.type = take(r, 4);
	c.chars = take(r, 4);
	return c;
}

static void
skip_bytes(struct reader *r, uint64_t bytes)
{
	if ((uint64_t)(r->end - r->p) < bytes)
		r->bad = true;
	else
		r->p += bytes;
}

/* To the whole minute, nearest: only local mean times have seconds, and ISO 8601 has no
 * place for them. */
static int64_t
whole_minutes(int64_t seconds)
{
	return floor_div(seconds + MINUTE / 2, MINUTE) * MINUTE;
}

/* The table of 64-bit times.  Counts are checked against the bytes there are before they
 * are trusted with memory. */
static void
take_table(struct reader *r, const struct counts *c, struct zone *z)
{
	const unsigned char *types;
	int64_t *at, *offset, by_type[256];

	if (c->type == 0 || c->type > 256 || c->time > (uint64_t)(r->end - r->p) / 9) {
		r->bad = true;
		return;
	}
	at = ARENA_ARRAY(memory, int64_t, c->time);
	offset = ARENA_ARRAY(memory, int64_t, c->time);
	for (size_t i = 0; i < c->time; i++) {
		at[i] = (int64_t)take(r, 8);
		r->bad = r->bad || (i > 0 && at[i] <= at[i - 1]);
	}
	types = (const unsigned char *)r->p;
	skip_bytes(r, c->time);
	for (size_t i = 0; i < c->type; i++) {
		by_type[i] = whole_minutes((int32_t)take(r, 4));
		/* Is it summer time, and its name: not needed. */
		take(r, 2);
	}
	for (size_t i = 0; i < c->time && !r->bad; i++) {
		r->bad = types[i] >= c->type;
		offset[i] = r->bad ? 0 : by_type[types[i]];
	}
	z->n = c->time;
	z->at = at;
	z->offset = offset;
	z->first = by_type[0];
}

/* Not a TZif file, of version 1, with leap seconds: ERR_NOTFOUND, as for files beside the
 * zones that are none.  Broken further in: ERR_FAULT. */
static enum err
parse(struct str file, struct zone *z)
{
	struct reader r = { file.p, file.p + file.len, false };
	char version;
	struct counts c = take_head(&r, &version);

	if (r.bad || version < '2' || c.leap > 0)
		return ERR_NOTFOUND;
	skip_bytes(&r, c.time * 5 + c.type * 6 + c.chars + c.isstd + c.isut);
	c = take_head(&r, &version);
	if (r.bad || c.leap > 0)
		return ERR_FAULT;
	take_table(&r, &c, z);
	skip_bytes(&r, c.chars + c.isstd + c.isut);
	if (r.bad || !take_char(&r, '\n') || r.p == r.end || r.end[-1] != '\n')
		return ERR_FAULT;
	r.end--;
	if (r.p < r.end)
		z->rule = take_rule(&r);
	return r.bad ? ERR_FAULT : OK;
}

static bool
name_ok(const char *name)
{
	size_t len = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	    "0123456789_+-/");

	return len > 0 && len <= NAME_LONGEST && name[len] == '\0' && name[0] != '/' &&
	    name[len - 1] != '/' && strstr(name, "//") == NULL;
}

static enum err
load(struct arena *scratch, const char *name, struct zone *z)
{
	const char *path = arena_printf(scratch, "%s/%s", ZONEINFO, name);
	struct str file;
	enum err e;

	TRY(file_read(scratch, path, FILE_LARGEST, &file));
	if ((e = parse(file, z)) == ERR_FAULT)
		log_event(LOG_ERROR, "broken time zone", "path", path);
	return e;
}

enum err
zone_get(const char *name, const struct zone **out)
{
	struct arena *scratch;
	struct zone *z;
	size_t mark;
	enum err e;

	for (const struct zone *k = known; k; k = k->next)
		if (strcmp(k->name, name) == 0) {
			*out = k;
			return OK;
		}
	if (!name_ok(name))
		return ERR_NOTFOUND;
	if (memory == NULL)
		memory = arena_new(16 * 1024, ZONES_LARGEST);
	mark = arena_mark(memory);
	scratch = arena_new(4 * 1024, 4 * FILE_LARGEST);
	z = ARENA_NEW(memory, struct zone);
	e = load(scratch, name, z);
	arena_free(scratch);
	if (e) {
		arena_release(memory, mark);
		return e;
	}
	z->name = arena_strdup(memory, name);
	z->next = known;
	known = *out = z;
	return OK;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The third column of a line: "DE\t+5230+01322\tEurope/Berlin\t...". */
static const char *
name_in(struct arena *a, const char *line, size_t len)
{
	const char *end = line + len, *from = memchr(line, '\t', len), *to;

	from = from && *line != '#' ? memchr(from + 1, '\t', (size_t)(end - from - 1)) : NULL;
	if (from == NULL)
		return NULL;
	from++;
	to = memchr(from, '\t', (size_t)(end - from));
	return arena_printf(a, "%.*s", (int)((to ? to : end) - from), from);
}

size_t
zone_names(const char *const **out)
{
	static const char **names;
	static size_t       n;
	struct arena       *scratch;
	struct str          file;
	const char         *path;

	*out = names;
	if (n > 0)
		return n;
	if (memory == NULL)
		memory = arena_new(16 * 1024, ZONES_LARGEST);
	scratch = arena_new(4 * 1024, 4 * FILE_LARGEST);
	path = arena_printf(scratch, "%s/zone.tab", ZONEINFO);
	if (file_read(scratch, path, FILE_LARGEST, &file)) {
		log_event(LOG_ERROR, "no list of time zones", "path", path);
		file = STR("");
	}
	while (file.len > 0) {
		const char *end = memchr(file.p, '\n', file.len);
		size_t      len = end ? (size_t)(end - file.p) : file.len;
		const char *name = name_in(memory, file.p, len);

		if (name && name_ok(name)) {
			names = ARENA_MORE(memory, const char *, names, n);
			names[n++] = name;
		}
		len += len < file.len;
		file.p += len;
		file.len -= len;
	}
	arena_free(scratch);
	if (n > 0)
		qsort(names, n, sizeof(names[0]), by_name);
	names = ARENA_MORE(memory, const char *, names, n);
	names[n++] = "UTC";
	*out = names;
	return n;
}

struct civil
zone_civil(const struct zone *z, int64_t at)
{
	int64_t seconds = floor_div(at, 1000), offset = offset_at(z, seconds);
	int64_t local = seconds + offset, days = floor_div(local, DAY);
	int in_day = (int)(local - days * DAY);
	struct civil c = { .hour = in_day / HOUR, .minute = in_day / MINUTE % 60,
		.second = in_day % 60, .ms = (int)((at % 1000 + 1000) % 1000),
		.offset_min = (int)(offset / MINUTE) };

	date_of(days, &c);
	return c;
}

/* As many seconds as milliseconds can hold, whatever year somebody asked for. */
static int64_t
within_reach(int64_t seconds)
{
	const int64_t most = INT64_MAX / 1000 - 7 * DAY;

	return seconds > most ? most : seconds < -most ? -most : seconds;
}

/* The end of the gap that holds this wall-clock time: where clocks first pass it. */
static int64_t
gap_end(const struct zone *z, int64_t local)
{
	int64_t low = local - 2 * DAY, high = local + 2 * DAY;

	while (low + 1 < high) {
		int64_t middle = low + (high - low) / 2;

		if (middle + offset_at(z, middle) < local)
			low = middle;
		else
			high = middle;
	}
	return high;
}

int64_t
zone_moment(const struct zone *z, struct civil c)
{
	/* A moment of day d is within 15 hours of it; two changes are further apart. */
	static const int64_t around[] = { -24 * HOUR, -12 * HOUR, 0, 12 * HOUR, 24 * HOUR };
	int64_t months = (int64_t)c.month - 1, years = floor_div(months, 12), best = INT64_MAX;
	int64_t days = days_of(c.year + years, (int)(months - years * 12) + 1, c.day);
	int64_t carry = floor_div(c.ms, 1000);
	int64_t local = within_reach(days * DAY + (int64_t)c.hour * HOUR +
	    (int64_t)c.minute * MINUTE + c.second + carry);

	for (size_t i = 0; i < sizeof(around) / sizeof(around[0]); i++) {
		int64_t offset = offset_at(z, local + around[i]), at = local - offset;

		if (at < best && offset_at(z, at) == offset)
			best = at;
	}
	if (best == INT64_MAX) {
		best = gap_end(z, local);
		return best * 1000;
	}
	return best * 1000 + (c.ms - carry * 1000);
}

static char *
put_digits(char *to, int n, int digits, char behind)
{
	for (int i = digits; i-- > 0; n /= 10)
		to[i] = (char)('0' + n % 10);
	to[digits] = behind;
	return to + digits + (behind != '\0');
}

/* By hand: a list has a hundred of these.  Years have four digits from 0 to 9999. */
const char *
time_iso(struct arena *a, const struct zone *z, int64_t at)
{
	struct civil c = zone_civil(z ? z : &utc, at);
	int offset = abs(c.offset_min);
	char text[64], *to = text;

	if (c.year < 0 || c.year > 9999)
		to += snprintf(text, 24, "%04d-", c.year);
	else
		to = put_digits(to, c.year, 4, '-');
	to = put_digits(to, c.month, 2, '-');
	to = put_digits(to, c.day, 2, 'T');
	to = put_digits(to, c.hour, 2, ':');
	to = put_digits(to, c.minute, 2, ':');
	if (z && z != &utc) {
		to = put_digits(to, c.second, 2, c.offset_min < 0 ? '-' : '+');
		to = put_digits(to, offset / 60, 2, ':');
		put_digits(to, offset % 60, 2, '\0');
	} else {
		to = put_digits(to, c.second, 2, 'Z');
		*to = '\0';
	}
	return arena_strdup(a, text);
}
