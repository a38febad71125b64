/* Runs the steps of a compiled template over a view.  What a name means is in lookup(): the
 * innermost level of the view that has it.
 *
 * Where a step found its name is noted, so that neither the next row of a list nor the next request
 * need search.  A note is of a step and the signature of the levels: a number that stands for which
 * keys, in which order, each of them has.  A process notes for itself. */
#include <string.h>

#include "base/id.h"
#include "mustache/markup.h"
#include "mustache/step.h"
#include "mustache/text.h"
#include "mustache/value.h"

enum { LEVELS_MOST = 256, NOTES = 4096, NOTE_STEP = 32, NOWHERE = UINT16_MAX };

struct note {
	const struct step *step;
	uint64_t           signature;   /* 0: nothing is noted */
	uint16_t           level, entry;  /* level NOWHERE: no level has the name */
};
static struct note notes[NOTES];

struct level {
	const struct value *value;
	struct view        *map;        /* NULL when the value is none */
};

struct loop {
	const struct view *item;        /* of a list, else NULL */
	uint64_t           signature;   /* before */
	bool               leveled;     /* a flag adds no level */
};

/* The room that out has already is written to here; buf_grow() makes more. */
struct room {
	struct buf *out;
	char       *p, *end;
};

struct render {
	const struct tmpl *t;
	struct room        room;
	uint32_t           at;          /* the next step */
	uint64_t           signature;
	size_t             n_levels, n_loops, n_calls;
	struct level       levels[LEVELS_MOST];
	struct loop        loops[LEVELS_MOST];
	uint32_t           calls[CALLS_MOST];
};

static void
room_open(struct room *r)
{
	r->p = r->end = NULL;
	if (r->out->p) {
		r->p = r->out->p + r->out->len;
		r->end = r->out->p + r->out->cap;
	}
}

static void
room_close(struct room *r)
{
	if (r->p)
		r->out->len = (size_t)(r->p - r->out->p);
}

static bool
room_more(struct room *r, size_t n)
{
	bool more;

	room_close(r);
	more = buf_grow(r->out, n);
	room_open(r);
	return more;
}

static void
put(struct room *r, const char *s, size_t len)
{
	if (len == 0 || ((size_t)(r->end - r->p) < len && !room_more(r, len)))
		return;
	memcpy(r->p, s, len);
	r->p += len;
}

/* A template's text: TEXT_PAD may be read behind it, so short ones go in blocks. */
static void
put_padded(struct room *r, const char *s, size_t len)
{
	enum { BLOCK = 32, SHORT = 256 };

	if (len > SHORT || (size_t)(r->end - r->p) < len + TEXT_PAD) {
		put(r, s, len);
		return;
	}
	for (size_t i = 0; i < len; i += BLOCK)
		memcpy(r->p + i, s + i, BLOCK);
	r->p += len;
}

/* Sixteen bytes at once; GCC and Clang have no shorter way to say it. */
typedef unsigned char bytes16 __attribute__((vector_size(16)));
enum { AT_ONCE = sizeof(bytes16) };

static bool
has_special(const char *p)
{
	bytes16 b, found;
	uint64_t half[2];

	memcpy(&b, p, sizeof b);
	found = (bytes16)((b == '&') | (b == '<') | (b == '>') | (b == '"') | (b == '\''));
	memcpy(half, &found, sizeof half);
	return (half[0] | half[1]) != 0;
}

static void
put_special(struct room *r, const char *s)
{
	for (;;) {
		size_t run = strcspn(s, "&<>\"'");
		unsigned char kind;

		put(r, s, run);
		s += run;
		kind = escape_of[(unsigned char)*s];
		if (kind == ESCAPE_END)
			return;
		put(r, escapes[kind].text, escapes[kind].len);
		s++;
	}
}

/* Text that ends with NUL.  It is copied as it is and looked at where it went, where what is
 * behind it may be read and written too; names and words rarely need an escape. */
static void
put_escaped(struct room *r, const char *text)
{
	size_t len = strlen(text), at = 0;

	if ((size_t)(r->end - r->p) < len + AT_ONCE) {
		put_special(r, text);
		return;
	}
	memcpy(r->p, text, len);
	memset(r->p + len, 0, AT_ONCE);
	while (at < len && !has_special(r->p + at))
		at += AT_ONCE;
	if (at >= len) {
		r->p += len;
		return;
	}
	r->p += at;
	put_special(r, text + at);
}

static void
put_escaped_part(struct room *r, const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char kind = escape_of[(unsigned char)s[i]];

		if (kind && kind != ESCAPE_END)
			put(r, escapes[kind].text, escapes[kind].len);
		else
			put(r, s + i, 1);
	}
}

static enum err
fault(const struct render *r, const struct step *s, const char *why)
{
	const struct tmpl_set *set = r->t->set;

	template_mistake(set->sources[s->source].name, s->line, why,
	    s->name ? s->name->text : NULL);
	return ERR_FAULT;
}

void
render_forget(void)
{
	memset(notes, 0, sizeof notes);
}

/* Steps that follow each other have notes that do, for the sake of the processor's cache. */
static struct note *
note_of(const struct step *s, uint64_t signature)
{
	return &notes[((uintptr_t)s / NOTE_STEP + (signature >> 62)) % NOTES];
}

/* Searches the levels, innermost first. */
static const struct value *
search(struct render *r, const struct step *s, struct note *note)
{
	*note = (struct note){ .step = s, .signature = r->signature, .level = NOWHERE };
	for (size_t i = r->n_levels; i-- > 0;) {
		struct view *map = r->levels[i].map;
		const struct value *value = map ? view_get(map, &s->name->part[0]) : NULL;
		const struct entry *e;

		if (!value)
			continue;
		e = (const struct entry *)(const void *)
		    ((const char *)value - offsetof(struct entry, value));
		note->level = (uint16_t)i;
		note->entry = (uint16_t)(e - map->entries);
		if (e - map->entries > UINT16_MAX)
			note->signature = 0;
		return value;
	}
	return NULL;
}

static const struct value *
lookup(struct render *r, const struct step *s)
{
	struct note *note = note_of(s, r->signature);
	const struct value *value;

	if (s->name->n == 0)
		return r->levels[r->n_levels - 1].value;
	if (note->step != s || note->signature != r->signature)
		value = search(r, s, note);
	else
		value = note->level == NOWHERE ? NULL :
		    &r->levels[note->level].map->entries[note->entry].value;
	for (size_t i = 1; value && i < s->name->n; i++)
		value = value->kind == V_MAP ? view_get(value->map, &s->name->part[i]) : NULL;
	return value;
}

static bool
is_true(const struct value *v)
{
	if (!v)
		return false;
	switch (v->kind) {
	case V_NULL:
		return false;
	case V_TEXT:
		return *v->text != '\0';
	case V_NUM:
		return strcmp(v->text, "0") != 0;
	case V_INT:
	case V_ID:
	case V_FLAG:
		return v->i != 0;
	case V_HTML:
		return v->len > 0;
	case V_MAP:
		return true;
	case V_LIST:
		return v->list->first != NULL;
	}
	return false;
}

static void
put_int(struct room *r, int64_t n)
{
	char        text[DECIMAL_LONGEST];
	const char *digits = text_decimal(text, n);

	put(r, digits, strlen(digits));
}

static void
put_id(struct room *r, int64_t id)
{
	char text[14];

	id_text(id, text);
	put(r, text, sizeof text - 1);
}

/* What is not HTML; false when it is nothing that can be shown. */
static bool
show_plain(struct room *r, const struct value *v)
{
	switch (v->kind) {
	case V_NULL:
		return true;
	case V_TEXT:
	case V_NUM:
		put(r, v->text, strlen(v->text));
		return true;
	case V_INT:
		put_int(r, v->i);
		return true;
	case V_ID:
		put_id(r, v->i);
		return true;
	case V_FLAG:
		put(r, v->i ? "true" : "false", v->i ? 4 : 5);
		return true;
	case V_HTML:
		put(r, v->text, v->len);
		return true;
	default:
		return false;
	}
}

static enum err
show(struct render *r, const struct step *s)
{
	const struct value *v = lookup(r, s);

	if (!v)
		return r->t->set->strict ? fault(r, s, "no level of the view has this") : OK;
	if ((v->kind == V_TEXT || v->kind == V_NUM) && r->t->html)
		put_escaped(&r->room, v->text);
	else if (v->kind == V_HTML && r->t->html)
		put_escaped_part(&r->room, v->text, v->len);
	else if (!show_plain(&r->room, v) && r->t->set->strict)
		return fault(r, s, "a list or a view where a text should be");
	return OK;
}

static enum err
show_raw(struct render *r, const struct step *s)
{
	const struct value *v = lookup(r, s);

	if (r->t->set->strict && !v)
		return fault(r, s, "no level of the view has this");
	if (r->t->set->strict && v->kind != V_HTML && v->kind != V_NULL)
		return fault(r, s, "shown raw, but not from view_html()");
	if (v)
		show_plain(&r->room, v);
	return OK;
}

/* Of the levels so far with one more.  As many levels with other keys have another one, but for a
 * chance of 2^-63; 0 is none. */
static uint64_t
signature_with(uint64_t signature, struct view *map)
{
	uint64_t keys = map ? view_keys(map) : 2;

	return (((signature << 7 | signature >> 57) ^ keys) * UINT64_C(0x9e3779b97f4a7c15)) | 1;
}

static enum err
level_push(struct render *r, const struct step *s, const struct value *value)
{
	struct view *map = value->kind == V_MAP ? value->map : NULL;

	if (r->n_levels == LEVELS_MOST)
		return fault(r, s, "nested too deep");
	r->levels[r->n_levels++] = (struct level){ .value = value, .map = map };
	r->signature = signature_with(r->signature, map);
	return OK;
}

static enum err
section_begin(struct render *r, const struct step *s)
{
	const struct value *v = lookup(r, s);
	struct loop *l = &r->loops[r->n_loops];

	if (!is_true(v)) {
		r->at = s->to;
		return OK;
	}
	if (r->n_loops++ == LEVELS_MOST)
		return fault(r, s, "nested too deep");
	*l = (struct loop){ .signature = r->signature, .leveled = v->kind != V_FLAG };
	if (v->kind == V_LIST) {
		l->item = v->list->first;
		v = &l->item->self;
	}
	return l->leveled ? level_push(r, s, v) : OK;
}

static enum err
section_end(struct render *r, const struct step *s)
{
	struct loop *l = &r->loops[r->n_loops - 1];

	r->signature = l->signature;
	r->n_levels -= l->leveled;
	if (!l->item || !l->item->next) {
		r->n_loops--;
		return OK;
	}
	l->item = l->item->next;
	r->at = s->to;
	return level_push(r, &r->t->steps[s->to - 1], &l->item->self);
}

static enum err
plural(struct render *r, const struct step *s)
{
	const struct value *v = lookup(r, s);
	size_t form = s->count - 1u;

	if (!v && r->t->set->strict)
		return fault(r, s, "no level of the view has this");
	if (v && v->kind == V_INT)
		form = text_form(r->t->language, s->count, v->i);
	else if (v && (v->kind == V_NUM || v->kind == V_TEXT))
		form = text_form_of(r->t->language, s->count, v->text);
	r->at = s->targets[form];
	return OK;
}

static enum err
call(struct render *r, const struct step *s, uint32_t to)
{
	if (r->n_calls == CALLS_MOST)
		return fault(r, s, "partials in each other too deep");
	r->calls[r->n_calls++] = r->at;
	r->at = to;
	return OK;
}

static enum err
call_named(struct render *r, const struct step *s)
{
	const struct value *v = lookup(r, s);
	size_t source = v && v->kind == V_TEXT ? source_find(r->t->set, v->text) : r->t->set->n;

	return source < r->t->set->n ? call(r, s, s->targets[source]) : OK;
}

/* A name written from right to left must not move the words around it. */
static enum err
show_isolated(struct render *r, const struct step *s)
{
	const struct value *v = lookup(r, s);

	if (!v || v->kind != V_TEXT)
		return show(r, s);
	put(&r->room, "<bdi>", 5);
	put_escaped(&r->room, v->text);
	put(&r->room, "</bdi>", 6);
	return OK;
}

static enum err
run_op(struct render *r, const struct step *s)
{
	switch (s->op) {
	case OP_VALUE:
		return show(r, s);
	case OP_ISOLATED:
		return show_isolated(r, s);
	case OP_RAW:
		return show_raw(r, s);
	case OP_SECTION:
		return section_begin(r, s);
	case OP_INVERTED:
		if (is_true(lookup(r, s)))
			r->at = s->to;
		return OK;
	case OP_END:
		return section_end(r, s);
	case OP_PLURAL:
		return plural(r, s);
	case OP_JUMP:
		r->at = s->to;
		return OK;
	case OP_CALL:
		return call(r, s, s->to);
	case OP_CALL_NAMED:
		return call_named(r, s);
	case OP_RETURN:
		r->at = r->calls[--r->n_calls];
		return OK;
	case OP_TEXT:
		break;
	}
	return OK;
}

static enum err
run(struct render *r)
{
	for (;;) {
		const struct step *s = &r->t->steps[r->at++];

		put_padded(&r->room, r->t->text + s->at, s->len);
		if (s->op == OP_RETURN && r->n_calls == 0)
			return OK;
		TRY(run_op(r, s));
	}
}

enum err
tmpl_render(const struct tmpl *t, struct view *root, struct buf *out)
{
	struct view *map = root->self.kind == V_MAP ? root : NULL;
	struct render r;
	enum err e;

	r.t = t;
	r.room.out = out;
	r.at = 0;
	r.signature = signature_with(1, map);
	r.n_loops = r.n_calls = 0;
	r.n_levels = 1;
	r.levels[0] = (struct level){ .value = &root->self, .map = map };
	room_open(&r.room);
	e = run(&r);
	room_close(&r.room);
	return e;
}
