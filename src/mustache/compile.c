/* From trees to flat steps: partials, parents and blocks worked in, indentation and texts
 * done, white space of HTML squeezed.  A partial within itself becomes a call.  The trees
 * come from parse.c; render.c runs the steps. */
#include <string.h>

#include "base/arena.h"
#include "mustache/markup.h"
#include "mustache/step.h"
#include "mustache/text.h"

enum {
	FRAMES_MOST = 512,
	INLINE_DEEPEST = 32,
	ROUTINES_MOST = 1024,
	STEPS_MOST = 1 << 16,
	TEXT_MOST = 4 << 20,
	NODES_MOST = 1 << 20            /* looked at for one template */
};

/* What the blocks of a parent are replaced by.  Equal ones are the same one, so that a call
 * of what is compiled already can be told by its pointer. */
struct args {
	const struct node *block;
	const struct args *scope;       /* in which the block was written */
	const struct args *next;
	struct args       *all;
	uint16_t           source;
};

/* Where nodes stand: of each line strip is taken off and indent put before it. */
struct scope {
	const struct args *args;
	const char        *strip, *indent;
	uint16_t           source;
	bool               inside;      /* an argument that begins within a line of the parent */
};

/* A list of nodes that is being worked through. */
struct frame {
	const struct node *at;
	struct scope       scope;
	uint32_t           step;        /* of the section that ends with it */
	bool               white;       /* builder's, before it */
	enum { FRAME_PLAIN, FRAME_SECTION, FRAME_INVERTED, FRAME_TEMPLATE } kind;
};

/* What is called rather than worked in. */
struct routine {
	uint16_t           source;
	const struct args *args;
	const char        *indent;
	uint32_t           start;
	unsigned           depth;       /* so many calls lead here, at least */
};

struct builder {
	const struct tmpl_set *set;
	struct arena          *arena;
	const struct texts    *language;
	uint16_t               root;
	bool                   html, squeeze, too_large;
	struct step           *steps;
	uint32_t               n_steps, cap_steps;
	char                  *text;
	uint32_t               n_text, cap_text, shown;     /* up to there some step shows it */
	uint32_t               nodes;
	struct markup          markup;
	bool                   white;   /* the output here surely ends in white space */
	struct args           *args;
	struct frame           frames[FRAMES_MOST];
	size_t                 depth;
	struct routine         routines[ROUTINES_MOST];
	size_t                 n_routines, routine;         /* routine: being built */
};

struct builder *
builder_new(const struct tmpl_set *set)
{
	struct builder *b = ARENA_NEW(set->arena, struct builder);

	render_forget();
	b->set = set;
	b->arena = set->arena;
	return b;
}

static bool
is_white(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void
put(struct builder *b, const char *s, size_t len)
{
	if (len == 0)
		return;
	if (len > TEXT_MOST || b->n_text + len > TEXT_MOST) {
		b->too_large = true;
		return;
	}
	if (b->n_text + len > b->cap_text) {
		uint32_t cap = (b->n_text + (uint32_t)len) * 2;
		char *text = ARENA_ARRAY(b->arena, char, cap);

		if (b->n_text)
			memcpy(text, b->text, b->n_text);
		b->text = text;
		b->cap_text = cap;
	}
	memcpy(b->text + b->n_text, s, len);
	b->n_text += (uint32_t)len;
	b->white = is_white(s[len - 1]);
}

static void
put_escaped(struct builder *b, struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char kind = escape_of[(unsigned char)s.p[i]];

		if (b->html && kind)
			put(b, escapes[kind].text, escapes[kind].len);
		else
			put(b, s.p + i, 1);
	}
}

/* A step that shows the text since the last one. */
static struct step *
step_add(struct builder *b, enum op op, const struct node *n, uint16_t source)
{
	struct step *s;

	if (b->n_steps >= STEPS_MOST) {
		b->too_large = true;
		b->n_steps = 0;
	}
	if (b->n_steps == b->cap_steps) {
		uint32_t cap = b->cap_steps ? b->cap_steps * 2 : 256;
		struct step *steps = ARENA_ARRAY(b->arena, struct step, cap);

		if (b->n_steps)
			memcpy(steps, b->steps, b->n_steps * sizeof *steps);
		b->steps = steps;
		b->cap_steps = cap;
	}
	s = &b->steps[b->n_steps++];
	*s = (struct step){ .at = b->shown, .len = b->n_text - b->shown, .op = op,
	    .line = n ? n->line : 0, .source = source };
	b->shown = b->n_text;
	return s;
}

static void
flush(struct builder *b)
{
	if (b->shown < b->n_text)
		step_add(b, OP_TEXT, NULL, b->root);
}

static struct step *
step_named(struct builder *b, enum op op, const struct node *n, const struct name *name,
    uint16_t source)
{
	struct step *s = step_add(b, op, n, source);

	s->name = name;
	if (op != OP_SECTION && op != OP_INVERTED)
		b->white = false;
	return s;
}

static const struct args *
args_find(const struct args *args, const char *name)
{
	while (args && strcmp(args->block->text, name) != 0)
		args = args->next;
	return args;
}

static const struct args *
args_add(struct builder *b, const struct node *block, const struct scope *sc,
    const struct args *next)
{
	struct args *a;

	for (a = b->args; a; a = a->all)
		if (a->block == block && a->scope == sc->args)
			return a;
	a = ARENA_NEW(b->arena, struct args);
	*a = (struct args){ .block = block, .scope = sc->args, .next = next, .all = b->args,
	    .source = sc->source };
	b->args = a;
	return a;
}

/* A parent's own arguments, behind those that came from outside: these win. */
static const struct args *
args_of(struct builder *b, const struct node *parent, const struct scope *sc)
{
	const struct args *args = sc->args;

	for (const struct node *n = parent->child; n; n = n->next)
		if (n->kind == N_BLOCK && !args_find(args, n->text))
			args = args_add(b, n, sc, args);
	return args;
}

/* What is left of a line's blanks without those that both begin with. */
static const char *
without(const char *blanks, const char *strip)
{
	while (*blanks && *blanks == *strip) {
		blanks++;
		strip++;
	}
	return blanks;
}

static const char *
indent_at(struct builder *b, const struct scope *sc, const char *blanks)
{
	blanks = without(blanks, sc->strip);
	if (b->squeeze || !*blanks)
		return b->squeeze ? "" : sc->indent;
	return *sc->indent ? arena_printf(b->arena, "%s%s", sc->indent, blanks) : blanks;
}

static enum err
frame_push(struct builder *b, const struct node *n, const struct node *list, struct scope scope,
    int kind)
{
	if (b->depth == FRAMES_MOST) {
		template_mistake(b->set->sources[scope.source].name, n ? n->line : 1,
		    "nested too deep", NULL);
		return ERR_INVALID;
	}
	b->frames[b->depth++] = (struct frame){ .at = list, .scope = scope, .kind = kind,
	    .step = b->n_steps - 1, .white = b->white };
	return OK;
}

/* The number of a routine; one more when it is new.  Indentation may grow with each call, but
 * what is more than CALLS_MOST calls away is never reached. */
static enum err
routine_of(struct builder *b, uint16_t source, const struct args *args, const char *indent,
    uint32_t *out)
{
	unsigned depth = b->routines[b->routine].depth + 1;
	size_t i = 0;

	*out = 0;
	if (depth > CALLS_MOST)
		return OK;
	while (i < b->n_routines && (b->routines[i].source != source ||
	    b->routines[i].args != args || strcmp(b->routines[i].indent, indent) != 0))
		i++;
	if (i == ROUTINES_MOST) {
		template_mistake(b->set->sources[b->root].name, 1, "grows without end", NULL);
		return ERR_INVALID;
	}
	if (i == b->n_routines)
		b->routines[b->n_routines++] = (struct routine){ .source = source, .args = args,
		    .indent = indent, .depth = depth };
	*out = (uint32_t)i;
	return OK;
}

static bool
called(const struct builder *b, uint16_t source)
{
	size_t deep = 0;

	for (size_t i = 0; i < b->depth; i++)
		if (b->frames[i].kind == FRAME_TEMPLATE) {
			deep++;
			if (b->frames[i].scope.source == source)
				return true;
		}
	return deep >= INLINE_DEEPEST;
}

static enum err
named_call(struct builder *b, const struct node *n, const struct scope *sc,
    const struct args *args, const char *indent)
{
	struct step *s = step_named(b, OP_CALL_NAMED, n, n->name, sc->source);
	uint32_t *targets = ARENA_ARRAY(b->arena, uint32_t, b->set->n + 1);

	s->targets = targets;
	for (size_t i = 0; i < b->set->n; i++)
		TRY(routine_of(b, (uint16_t)i, args, indent, &targets[i]));
	return OK;
}

/* Works in a partial, or a parent with its arguments. */
static enum err
template_enter(struct builder *b, const struct node *n, const struct scope *sc,
    const struct args *args)
{
	const char *indent = n->alone ? indent_at(b, sc, n->indent) : "";
	size_t source;
	uint32_t routine;

	if (n->name)
		return named_call(b, n, sc, args, indent);
	source = source_find(b->set, n->text);
	if (source == b->set->n)
		return OK;
	if (called(b, (uint16_t)source)) {
		TRY(routine_of(b, (uint16_t)source, args, indent, &routine));
		step_add(b, OP_CALL, n, sc->source)->to = routine;
		b->white = false;
		return OK;
	}
	return frame_push(b, n, b->set->sources[source].nodes,
	    (struct scope){ .args = args, .strip = "", .indent = indent,
	    .source = (uint16_t)source }, FRAME_TEMPLATE);
}

/* A block shows the argument of its name, with the block's own indentation, else itself. */
static enum err
block_enter(struct builder *b, const struct node *n, const struct scope *sc)
{
	const struct args *a = args_find(sc->args, n->text);
	struct scope inner = *sc;

	if (!a) {
		inner.inside = false;
		return frame_push(b, n, n->child, inner, FRAME_PLAIN);
	}
	inner = (struct scope){ .args = a->scope, .strip = b->squeeze ? "" : a->block->indent,
	    .indent = indent_at(b, sc, n->indent), .source = a->source, .inside = !n->alone };
	if (n->alone && (!a->block->child || a->block->child->kind != N_LINE))
		put(b, inner.indent, strlen(inner.indent));
	return frame_push(b, n, a->block->child, inner, FRAME_PLAIN);
}

/* Whether the output surely ends in white space after these nodes. */
static bool
ends_white(const struct node *n, bool white)
{
	for (; n; n = n->next)
		if (n->kind == N_SECTION || n->kind == N_INVERTED)
			white = white && ends_white(n->child, white);
		else if (n->kind == N_TEXT && n->len > 0)
			white = is_white(n->text[n->len - 1]);
		else if (n->kind != N_TEXT && n->kind != N_LINE)
			white = false;
	return white;
}

static enum err
section_enter(struct builder *b, const struct node *n, const struct scope *sc)
{
	bool inverted = n->kind == N_INVERTED;
	struct scope inner = *sc;

	step_named(b, inverted ? OP_INVERTED : OP_SECTION, n, n->name, sc->source);
	inner.inside = false;
	TRY(frame_push(b, n, n->child, inner, inverted ? FRAME_INVERTED : FRAME_SECTION));
	b->white = b->white && ends_white(n->child, true);
	return OK;
}

static void
frame_end(struct builder *b)
{
	struct frame *f = &b->frames[--b->depth];

	if (f->kind == FRAME_SECTION)
		step_add(b, OP_END, NULL, f->scope.source)->to = f->step + 1;
	else if (f->kind == FRAME_INVERTED)
		flush(b);
	if (f->kind == FRAME_SECTION || f->kind == FRAME_INVERTED) {
		b->steps[f->step].to = b->n_steps;
		b->white = b->white && f->white;
	}
}

static void
form_add(struct builder *b, const struct node *n, struct str form, uint16_t source)
{
	enum op op = b->squeeze && markup_takes_tags(&b->markup) ? OP_ISOLATED : OP_VALUE;
	struct str out;
	enum piece p;

	while ((p = text_piece(&form, &out)))
		if (p == PIECE_PLACE)
			step_named(b, op, n, name_new(b->arena, out.p, out.len), source);
		else
			put_escaped(b, out);
}

static void
say_add(struct builder *b, const struct node *n, uint16_t source)
{
	uint32_t jumps[FORMS_MOST], *targets, plural;
	struct text t;
	struct step *s;

	text_split(b->arena, b->language, n->text, &t);
	if (t.n == 1 || t.by.len == 0) {
		form_add(b, n, t.form[t.n - 1], source);
		return;
	}
	targets = ARENA_ARRAY(b->arena, uint32_t, t.n);
	s = step_named(b, OP_PLURAL, n, name_new(b->arena, t.by.p, t.by.len), source);
	s->targets = targets;
	s->count = (uint16_t)t.n;
	plural = b->n_steps;
	for (size_t i = 0; i < t.n; i++) {
		targets[i] = b->n_steps;
		form_add(b, n, t.form[i], source);
		step_add(b, OP_JUMP, n, source);
		jumps[i] = b->n_steps - 1;
	}
	for (size_t i = 0; i < t.n && b->n_steps > plural; i++)
		b->steps[jumps[i]].to = b->n_steps;
}

static bool
blank(const struct node *n)
{
	return n && n->kind == N_TEXT && n->text[strspn(n->text, " \t\r\n")] == '\0' &&
	    memchr(n->text, '\n', n->len);
}

static void
text_add(struct builder *b, const struct node *n)
{
	size_t len = n->len;

	if (!b->squeeze) {
		put(b, n->text, n->len);
		return;
	}
	while (len > 0 && is_white(n->text[len - 1]))
		len--;
	if (len == n->len || n->text[n->len - 1] != '\n')
		len = n->len;
	markup_read(&b->markup, n->text, len);
	put(b, n->text, len);
	if (len < n->len && markup_verbatim(&b->markup))
		put(b, n->text + len, n->len - len);
	else if (len < n->len)
		put(b, "\n", 1);
	markup_read(&b->markup, n->text + len, n->len - len);
}

/* A line begins.  Where white space does not count, its blanks go when there is some before
 * them anyway, and so does an empty line with its end, which is the node behind it. */
static void
line_add(struct builder *b, struct frame *f, const struct node *n)
{
	const struct scope *sc = &f->scope;
	bool verbatim = !b->squeeze || markup_verbatim(&b->markup);
	bool gone = !verbatim && (sc->inside || b->white);

	if (gone && blank(f->at)) {
		f->at = f->at->next;
	} else if (!verbatim && !gone && n->len > 0) {
		put(b, " ", 1);
	} else if (verbatim && !sc->inside) {
		const char *blanks = without(n->text, sc->strip);

		put(b, sc->indent, strlen(sc->indent));
		put(b, blanks, strlen(blanks));
	}
	f->scope.inside = false;
}

static enum err
node_add(struct builder *b, struct frame *f, const struct node *n)
{
	struct scope sc = f->scope;

	if (n->kind == N_LINE) {
		line_add(b, f, n);
		return OK;
	}
	f->scope.inside = false;
	switch (n->kind) {
	case N_TEXT:
		text_add(b, n);
		return OK;
	case N_SAY:
		say_add(b, n, sc.source);
		return OK;
	case N_SECTION:
	case N_INVERTED:
		return section_enter(b, n, &sc);
	case N_PARTIAL:
		return template_enter(b, n, &sc, sc.args);
	case N_PARENT:
		return template_enter(b, n, &sc, args_of(b, n, &sc));
	case N_BLOCK:
		return block_enter(b, n, &sc);
	default:
		step_named(b, n->kind == N_RAW ? OP_RAW : OP_VALUE, n, n->name, sc.source);
		return OK;
	}
}

static enum err
routine_build(struct builder *b, struct routine *r)
{
	r->start = b->n_steps;
	b->white = r->start == 0;
	b->depth = 0;
	b->markup = (struct markup){ .at = AT_TEXT };
	TRY(frame_push(b, NULL, b->set->sources[r->source].nodes, (struct scope){ .args = r->args,
	    .strip = "", .indent = r->indent, .source = r->source }, FRAME_TEMPLATE));
	while (b->depth > 0) {
		struct frame *f = &b->frames[b->depth - 1];
		const struct node *n = f->at;

		if (!n) {
			frame_end(b);
			continue;
		}
		f->at = n->next;
		TRY(node_add(b, f, n));
		if (b->too_large || ++b->nodes > NODES_MOST) {
			template_mistake(b->set->sources[b->root].name, 1, "grows too large", NULL);
			return ERR_INVALID;
		}
	}
	step_add(b, OP_RETURN, NULL, r->source);
	return OK;
}

static void
calls_resolve(struct builder *b)
{
	for (uint32_t i = 0; i < b->n_steps; i++) {
		struct step *s = &b->steps[i];

		if (s->op == OP_CALL) {
			s->to = b->routines[s->to].start;
		} else if (s->op == OP_CALL_NAMED) {
			uint32_t *starts = ARENA_ARRAY(b->arena, uint32_t, b->set->n + 1);

			for (size_t k = 0; k < b->set->n; k++)
				starts[k] = b->routines[s->targets[k]].start;
			s->targets = starts;
		}
	}
}

static bool
ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n >= m && strcmp(s + n - m, end) == 0;
}

enum err
tmpl_build(struct builder *b, size_t source, const struct texts *language, struct tmpl *out)
{
	const char *name = b->set->sources[source].name;
	struct step *steps;
	char *text;

	b->language = language;
	b->root = (uint16_t)source;
	b->html = !ends_with(name, ".text") && !ends_with(name, ".subject");
	b->squeeze = b->html && b->set->strict;
	b->n_steps = b->n_text = b->shown = b->nodes = 0;
	b->too_large = false;
	b->n_routines = 1;
	b->routines[0] = (struct routine){ .source = b->root, .indent = "" };
	for (b->routine = 0; b->routine < b->n_routines; b->routine++)
		TRY(routine_build(b, &b->routines[b->routine]));
	calls_resolve(b);
	steps = ARENA_ARRAY(b->arena, struct step, b->n_steps);
	memcpy(steps, b->steps, b->n_steps * sizeof *steps);
	text = ARENA_ARRAY(b->arena, char, b->n_text + TEXT_PAD);
	if (b->n_text)
		memcpy(text, b->text, b->n_text);
	*out = (struct tmpl){ .set = b->set, .language = language, .steps = steps, .text = text,
	    .source = b->root, .html = b->html };
	return OK;
}
