/* Texts with places: their syntax, their translation, and filling them outside templates.
 * What a template does with them is in compile.c. */
#include "mustache/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/log.h"

static const char context_mark[] = "ctx:";

static bool
place_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	    c == '_' || c == '.' || c == '-';
}

static void
advance(struct str *s, size_t n)
{
	s->p += n;
	s->len -= n;
}

enum piece
text_piece(struct str *rest, struct str *out)
{
	const char *bracket;
	size_t n = 1;

	if (rest->len == 0)
		return PIECE_END;
	bracket = memchr(rest->p, '[', rest->len);
	if (bracket != rest->p) {
		*out = (struct str){ rest->p,
		    bracket ? (size_t)(bracket - rest->p) : rest->len };
		advance(rest, out->len);
		return PIECE_TEXT;
	}
	while (n < rest->len && place_char(rest->p[n]))
		n++;
	if (n > 1 && n < rest->len && rest->p[n] == ']') {
		*out = (struct str){ rest->p + 1, n - 1 };
		advance(rest, n + 1);
		return PIECE_PLACE;
	}
	*out = (struct str){ rest->p, 1 };
	n = rest->len > 1 && rest->p[1] == '[' ? 2 : 1;
	advance(rest, n);
	return n == 2 ? PIECE_TEXT : PIECE_BROKEN;
}

static bool
same(struct str a, struct str b)
{
	return a.len == b.len && memcmp(a.p, b.p, a.len) == 0;
}

static void
forms_split(struct text *t, struct str all)
{
	const char *bar;

	t->n = 0;
	while (t->n < FORMS_MOST - 1 && (bar = memmem(all.p, all.len, " | ", 3))) {
		t->form[t->n++] = (struct str){ all.p, (size_t)(bar - all.p) };
		advance(&all, (size_t)(bar - all.p) + 3);
	}
	t->form[t->n++] = all;
}

static bool
has_place(const struct text *t, struct str place)
{
	for (size_t i = 0; i < t->n; i++) {
		struct str rest = t->form[i], out;
		enum piece p;

		while ((p = text_piece(&rest, &out)))
			if (p == PIECE_PLACE && same(out, place))
				return true;
	}
	return false;
}

static struct str
first_place(const struct text *t)
{
	for (size_t i = 0; i < t->n; i++) {
		struct str rest = t->form[i], out;
		enum piece p;

		while ((p = text_piece(&rest, &out)))
			if (p == PIECE_PLACE)
				return out;
	}
	return (struct str){ "", 0 };
}

const char *
text_mistake(const struct text *t)
{
	for (size_t i = 0; i < t->n; i++) {
		struct str rest = t->form[i], out;
		enum piece p;

		while ((p = text_piece(&rest, &out)))
			if (p == PIECE_BROKEN)
				return "a bracket that is no place";
	}
	if (t->n > 1 && t->by.len == 0)
		return "a plural without a place";
	return t->n > 2 && t->form[0].p == t->english ? "more than two forms" : NULL;
}

static bool
usable(const struct text *english, const struct text *translated)
{
	if (text_mistake(translated) || (english->n == 1 && translated->n > 1))
		return false;
	for (size_t i = 0; i < translated->n; i++) {
		struct str rest = translated->form[i], out;
		enum piece p;

		while ((p = text_piece(&rest, &out)))
			if (p == PIECE_PLACE && !has_place(english, out))
				return false;
	}
	return true;
}

void
text_split(struct arena *a, const struct texts *language, const char *english, struct text *out)
{
	struct text translated;
	const char *found;
	size_t len;

	*out = (struct text){ .english = english };
	if (strncmp(english, context_mark, sizeof context_mark - 1) == 0) {
		size_t word = strcspn(english += sizeof context_mark - 1, " ");

		out->context = arena_printf(a, "%.*s", (int)word, english);
		out->english = english + word + strspn(english + word, " ");
	}
	forms_split(out, str_of(out->english));
	out->by = has_place(out, STR("n")) ? STR("n") : first_place(out);
	if (!language)
		return;
	found = language->find(language->catalogue, out->context, out->english, &len);
	if (!found)
		return;
	translated = *out;
	forms_split(&translated, (struct str){ found, len });
	if (usable(out, &translated))
		*out = translated;
	else
		log_event(LOG_WARN, "translation", "language", language->language, "text",
		    out->english, "why", "its places or forms differ from the English text");
}

size_t
text_form(const struct texts *language, size_t forms, int64_t number)
{
	size_t form = language && language->form ?
	    language->form(language->catalogue, number) : number != 1;

	return form < forms ? form : forms - 1;
}

/* A point, comma, apostrophe or blank, or bytes of a character that no ASCII is (such as a
 * narrow blank), with three digits behind it. */
static bool
between_thousands(const char *p)
{
	const char *mark = p;

	while (*p && (strchr(",.' ", *p) || (unsigned char)*p >= 0x80))
		p++;
	return p > mark && strspn(p, "0123456789") == 3;
}

size_t
text_form_of(const struct texts *language, size_t forms, const char *number)
{
	char plain[24], *end;
	size_t n = 0;
	long long value;

	for (const char *p = number; *p && n < sizeof plain - 1; p++)
		if (p == number || !between_thousands(p))
			plain[n++] = *p;
	plain[n] = '\0';
	errno = 0;
	value = strtoll(plain, &end, 10);
	return end == plain || *end || errno ? forms - 1 : text_form(language, forms, value);
}

static const char *
pair(const char *const *pairs, struct str name)
{
	for (; pairs[0]; pairs += 2)
		if (same(str_of(pairs[0]), name))
			return pairs[1];
	return NULL;
}

/* The blocks of the right-to-left scripts. */
static bool
has_right_to_left(const char *text)
{
	static const struct { uint32_t from, to; } blocks[] = { { 0x590, 0x8ff },
		{ 0xfb1d, 0xfdff }, { 0xfe70, 0xfeff }, { 0x10800, 0x10fff },
		{ 0x1e800, 0x1efff } };
	size_t len = strlen(text), at = 0, n;
	uint32_t c;

	/* Nearly all texts have none of the bytes that such a character begins with. */
	while (at < len && (unsigned char)text[at] < 0xd6)
		at++;
	for (; (n = utf8_next(text + at, len - at, &c)); at += n)
		for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++)
			if (c >= blocks[i].from && c <= blocks[i].to)
				return true;
	return false;
}

/* With to NULL only the length is counted. */
static size_t
append(char *to, size_t n, struct str s)
{
	if (to)
		memcpy(to + n, s.p, s.len);
	return n + s.len;
}

/* An isolate only where it is needed, so that what is copied is mostly the plain name. */
static size_t
append_value(char *to, size_t n, const char *value)
{
	bool apart = has_right_to_left(value);

	if (apart)
		n = append(to, n, STR("\xe2\x81\xa8"));
	n = append(to, n, str_of(value));
	return apart ? append(to, n, STR("\xe2\x81\xa9")) : n;
}

static size_t
fill(char *to, struct str form, const char *const *pairs)
{
	struct str out;
	size_t n = 0;
	enum piece p;

	while ((p = text_piece(&form, &out))) {
		const char *value = p == PIECE_PLACE ? pair(pairs, out) : NULL;

		if (value)
			n = append_value(to, n, value);
		else if (p == PIECE_PLACE)
			n = append(to, n, (struct str){ out.p - 1, out.len + 2 });
		else
			n = append(to, n, out);
	}
	return n;
}

static const char *
filled(struct arena *a, struct str form, const char *const *pairs)
{
	char *out = ARENA_ARRAY(a, char, fill(NULL, form, pairs) + 1);

	fill(out, form, pairs);
	return out;
}

const char *
text_say(struct arena *a, const struct texts *language, const char *english,
    const char *const *pairs)
{
	struct text t;
	const char *number, *mark;
	size_t form = 0;

	/* Nothing to look up or to choose, and mostly nothing to fill in either. */
	if (!language && strncmp(english, context_mark, sizeof context_mark - 1) != 0) {
		mark = strpbrk(english, "|[");
		if (!mark)
			return english;
		if (*mark == '[' && !strchr(mark, '|'))
			return filled(a, str_of(english), pairs);
	}
	text_split(a, language, english, &t);
	if (t.n > 1) {
		number = pair(pairs, t.by);
		form = number ? text_form_of(language, t.n, number) : t.n - 1;
	}
	return filled(a, t.form[form], pairs);
}

const char *
text_fill(struct arena *a, const char *text, const char *const *pairs)
{
	return text_say(a, NULL, text, pairs);
}
