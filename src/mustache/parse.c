/* From the text of a template to its tree: tags, delimiters, lines that hold nothing but a
 * tag, names.  What partials and parents stand for is looked up in compile.c. */
#include "mustache/parse.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/log.h"

enum { DELIMITER_LONGEST = 16 };

/* What is open around pos; the outermost is the template itself, with no node. */
struct level {
	struct node  *node, *line;      /* line: what begins the line of a parent's tag */
	struct node **tail;             /* where the next node inside goes */
	bool          before;           /* nothing but blanks before the opening tag */
};

struct parser {
	const struct parse_in *in;
	size_t                 len, pos, counted;   /* lines are counted up to here */
	uint32_t               line;
	char                   open[DELIMITER_LONGEST + 1], close[DELIMITER_LONGEST + 1];
	struct level           levels[TMPL_DEEPEST + 1], *top;
	struct node           *last;                /* added most recently */
	bool                   fresh;               /* a line begins at pos */
};

/* One tag; type 0 is the end of the text, 'v' a plain name, '_' a text. */
struct tag {
	char        type;
	const char *body;
	size_t      len, start, end, line_start;
	uint32_t    line;
	bool        before, after;      /* nothing but blanks before, after it on its line */
};

void
template_mistake(const char *name, uint32_t line, const char *why, const char *what)
{
	char file[256];

	snprintf(file, sizeof file, "%s.mustache", name);
	log_event(LOG_ERROR, "template", "file", file, "line", log_int(line), "why", why,
	    "name", what);
}

static enum err
mistake(const struct parser *p, uint32_t line, const char *why, const char *what)
{
	template_mistake(p->in->name, line, why, what);
	return ERR_INVALID;
}

static char *
copy(const struct parser *p, const char *s, size_t len)
{
	char *text = ARENA_ARRAY(p->in->arena, char, len + 1);

	memcpy(text, s, len);
	return text;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool
is_space(char c)
{
	return is_blank(c) || c == '\n' || c == '\r';
}

static void
trim(const char **s, size_t *len)
{
	while (*len > 0 && is_space((*s)[0])) {
		++*s;
		--*len;
	}
	while (*len > 0 && is_space((*s)[*len - 1]))
		--*len;
}

static uint32_t
line_of(struct parser *p, size_t pos)
{
	for (; p->counted < pos; p->counted++)
		p->line += p->in->text[p->counted] == '\n';
	for (; p->counted > pos; p->counted--)
		p->line -= p->in->text[p->counted - 1] == '\n';
	return p->line;
}

static void
look_around(const struct parser *p, struct tag *t)
{
	const char *text = p->in->text;
	size_t at = t->start;

	while (at > 0 && is_blank(text[at - 1]))
		at--;
	t->line_start = at;
	t->before = at == 0 || text[at - 1] == '\n';
	at = t->end;
	while (is_blank(text[at]))
		at++;
	t->after = text[at] == '\0' || text[at] == '\n' ||
	    (text[at] == '\r' && text[at + 1] == '\n');
}

/* The type of what stands between the delimiters, and its body without blanks. */
static void
tag_type(struct tag *t)
{
	trim(&t->body, &t->len);
	t->type = 'v';
	if (t->len == 0)
		return;
	if (t->body[0] == '_' && t->len > 1 && is_space(t->body[1]))
		t->type = '_';
	else if (strchr("#^/>&!<$", t->body[0]))
		t->type = t->body[0];
	if (t->type != 'v') {
		t->body++;
		t->len--;
		trim(&t->body, &t->len);
	}
}

static enum err
tag_next(struct parser *p, struct tag *t)
{
	const char *text = p->in->text, *open = strstr(text + p->pos, p->open), *end;
	char closing[DELIMITER_LONGEST + 2] = "";

	*t = (struct tag){ .start = p->len, .end = p->len };
	if (!open)
		return OK;
	t->start = (size_t)(open - text);
	t->line = line_of(p, t->start);
	t->body = open + strlen(p->open);
	if (*t->body == '{' || *t->body == '=') {
		t->type = *t->body++;
		closing[0] = t->type == '{' ? '}' : '=';
	}
	strcat(closing, p->close);
	end = strstr(t->body, closing);
	if (!end)
		return mistake(p, t->line, "a tag is not closed", p->open);
	t->len = (size_t)(end - t->body);
	t->end = (size_t)(end - text) + strlen(closing);
	if (t->type)
		trim(&t->body, &t->len);
	else
		tag_type(t);
	look_around(p, t);
	return OK;
}

static struct node *
node_add(struct parser *p, enum node_kind kind, uint32_t line)
{
	struct node *n = ARENA_NEW(p->in->arena, struct node);

	n->kind = kind;
	n->line = line;
	n->text = "";
	*p->top->tail = n;
	p->top->tail = &n->next;
	p->last = n;
	return n;
}

static void
line_add(struct parser *p, size_t blanks)
{
	struct node *n = node_add(p, N_LINE, line_of(p, p->pos));

	n->first = p->pos == 0;
	n->text = copy(p, p->in->text + p->pos, blanks);
	n->len = blanks;
	p->pos += blanks;
	p->fresh = false;
}

static enum err
text_add(struct parser *p, size_t end)
{
	const char *text = p->in->text;
	const char *stray = p->in->strict ? strstr(text + p->pos, p->close) : NULL;

	if (stray && (size_t)(stray - text) < end)
		return mistake(p, line_of(p, (size_t)(stray - text)), "no tag ends here",
		    p->close);
	while (p->pos < end) {
		const char *newline;
		size_t blanks = 0, stop;

		while (p->fresh && p->pos + blanks < end && is_blank(text[p->pos + blanks]))
			blanks++;
		if (p->fresh)
			line_add(p, blanks);
		newline = memchr(text + p->pos, '\n', end - p->pos);
		stop = newline ? (size_t)(newline - text) + 1 : end;
		if (stop > p->pos) {
			struct node *n = node_add(p, N_TEXT, line_of(p, p->pos));

			n->len = stop - p->pos;
			n->text = copy(p, text + p->pos, n->len);
		}
		p->fresh = newline != NULL;
		p->pos = stop;
	}
	return OK;
}

static bool
plain_name(const char *s, size_t len)
{
	static const char letters[] =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";

	if (len == 1 && s[0] == '.')
		return true;
	for (size_t i = 0; i < len; i++)
		if (!memchr(letters, s[i], sizeof letters - 1) ||
		    (s[i] == '.' && (i == 0 || i == len - 1 || s[i - 1] == '.')))
			return false;
	return len > 0;
}

const struct name *
name_new(struct arena *a, const char *s, size_t len)
{
	char *text = arena_printf(a, "%.*s", (int)len, s), *part;
	struct name *name;
	size_t dots = 0;

	for (size_t i = 0; i < len; i++)
		dots += s[i] == '.';
	name = arena_zalloc(a, sizeof *name + (dots + 1) * sizeof name->part[0],
	    alignof(struct name));
	name->text = arena_strdup(a, text);
	if (strcmp(text, ".") != 0)
		while ((part = strsep(&text, ".")))
			name->part[name->n++] = key_of(part);
	return name;
}

static enum err
name_make(const struct parser *p, const struct tag *t, const struct name **out)
{
	const struct name *name = name_new(p->in->arena, t->body, t->len);

	if (name->text[strcspn(name->text, " \t\r\n")] != '\0' || t->len == 0 ||
	    (p->in->strict && !plain_name(t->body, t->len)))
		return mistake(p, t->line, "not a name", name->text);
	*out = name;
	return OK;
}

static void
skip_line_end(struct parser *p)
{
	const char *newline = strchr(p->in->text + p->pos, '\n');

	p->pos = newline ? (size_t)(newline - p->in->text) + 1 : p->len;
	p->fresh = true;
}

static enum err
delimiters_set(struct parser *p, const struct tag *t)
{
	const char *end = t->body + t->len, *second = t->body;
	size_t first;

	while (second < end && !is_space(*second) && *second != '=')
		second++;
	first = (size_t)(second - t->body);
	while (second < end && is_space(*second))
		second++;
	for (const char *s = second; s < end; s++)
		if (is_space(*s) || *s == '=')
			return mistake(p, t->line, "not a pair of delimiters", NULL);
	if (first == 0 || first > DELIMITER_LONGEST || second == end ||
	    second == t->body + first || end - second > DELIMITER_LONGEST)
		return mistake(p, t->line, "not a pair of delimiters", NULL);
	*stpncpy(p->open, t->body, first) = '\0';
	*stpncpy(p->close, second, (size_t)(end - second)) = '\0';
	return OK;
}

static bool
reviewed(const struct parser *p, const char *name)
{
	for (const char *const *t = p->in->triples; t && *t; t++)
		if (strcmp(*t, name) == 0)
			return true;
	return false;
}

static enum err
value_add(struct parser *p, const struct tag *t)
{
	struct node *n = node_add(p, t->type == 'v' ? N_VALUE : N_RAW, t->line);

	TRY(name_make(p, t, &n->name));
	if (n->kind == N_RAW && p->in->strict && !reviewed(p, n->name->text))
		return mistake(p, t->line, "shown raw, but not in TRIPLES", n->name->text);
	return OK;
}

/* The text with each run of white space as one blank, as the catalogues have it. */
static void
say_add(struct parser *p, const struct tag *t)
{
	struct node *n = node_add(p, N_SAY, t->line);
	char *to = copy(p, t->body, t->len);

	n->text = to;
	for (size_t i = 0; i < t->len; i++)
		if (!is_space(t->body[i]))
			*to++ = t->body[i];
		else if (to[-1] != ' ')
			*to++ = ' ';
	*to = '\0';
	n->len = (size_t)(to - n->text);
}

/* The name of another template, or "*" and where the view has it. */
static enum err
other_name(const struct parser *p, const struct tag *t, struct node *n)
{
	struct tag inner = *t;

	n->text = copy(p, t->body, t->len);
	n->len = t->len;
	if (t->len > 0 && t->body[0] == '*') {
		if (p->in->strict)
			return mistake(p, t->line, "a template must be named at start", n->text);
		inner.body++;
		inner.len--;
		trim(&inner.body, &inner.len);
		return name_make(p, &inner, &n->name);
	}
	if (t->len == 0 || n->text[strcspn(n->text, " \t\r\n")] != '\0')
		return mistake(p, t->line, "not a name", n->text);
	return OK;
}

/* What precedes an opening tag on its line, when that is nothing but blanks. */
static const char *
blanks_before(const struct parser *p, const struct tag *t)
{
	return t->before ? copy(p, p->in->text + t->line_start, t->start - t->line_start) : "";
}

/* The tag whose node is the last one stays open. */
static enum err
level_push(struct parser *p, const struct tag *t, struct node *line)
{
	if (p->top == &p->levels[TMPL_DEEPEST])
		return mistake(p, t->line, "nested too deep", NULL);
	*++p->top = (struct level){ .node = p->last, .line = line, .tail = &p->last->child,
	    .before = t->before };
	return OK;
}

static enum err
section_open(struct parser *p, const struct tag *t)
{
	struct node *n = node_add(p, t->type == '#' ? N_SECTION : N_INVERTED, t->line);

	TRY(name_make(p, t, &n->name));
	n->text = n->name->text;
	return level_push(p, t, NULL);
}

/* Whether what is added now stands directly in a parent. */
static bool
in_parent(const struct parser *p)
{
	return p->top->node && p->top->node->kind == N_PARENT;
}

static enum err
block_open(struct parser *p, const struct tag *t)
{
	struct node *n;
	bool argument = in_parent(p);

	n = node_add(p, N_BLOCK, t->line);
	n->alone = t->before && t->after;
	n->argument = argument;
	n->indent = argument ? "" : blanks_before(p, t);
	TRY(other_name(p, t, n));
	if (n->name)
		return mistake(p, t->line, "not a name", n->text);
	if (argument && t->after)
		skip_line_end(p);
	return level_push(p, t, NULL);
}

/* A block's lines have before them what its first line has, else what its tag has. */
static void
block_close(struct node *n)
{
	if ((n->alone || n->argument) && n->child && n->child->kind == N_LINE)
		n->indent = n->child->text;
}

static enum err
parent_open(struct parser *p, const struct tag *t)
{
	struct node *line = p->last && p->last->kind == N_LINE ? p->last : NULL;
	struct node *n = node_add(p, N_PARENT, t->line);

	TRY(other_name(p, t, n));
	return level_push(p, t, line);
}

/* In a parent only blocks count, so in a strict set other things there are a mistake. */
static enum err
only_blocks(const struct parser *p, const struct node *parent)
{
	for (const struct node *n = parent->child; n; n = n->next)
		if (n->kind != N_BLOCK && n->kind != N_LINE &&
		    (n->kind != N_TEXT || n->text[strspn(n->text, " \t\r\n")] != '\0'))
			return mistake(p, n->line, "only blocks count in a parent", parent->text);
	return OK;
}

/* A parent that is, from its opening to its closing tag, all there is on its lines takes
 * these lines with it. */
static enum err
parent_close(struct parser *p, const struct tag *t, const struct level *l)
{
	struct node *n = l->node;

	if (p->in->strict)
		TRY(only_blocks(p, n));
	n->alone = l->before && l->line && t->after;
	if (n->alone) {
		n->indent = l->line->text;
		*l->line = (struct node){ .kind = N_TEXT, .text = "", .next = l->line->next };
		skip_line_end(p);
	}
	return OK;
}

static enum err
level_pop(struct parser *p, const struct tag *t)
{
	struct level *l = p->top;
	char *text = copy(p, t->body, t->len);

	if (!l->node || strcmp(text, l->node->text) != 0)
		return mistake(p, t->line, "closes what is not open", text);
	p->top--;
	p->last = NULL;
	if (l->node->kind == N_BLOCK)
		block_close(l->node);
	return l->node->kind == N_PARENT ? parent_close(p, t, l) : OK;
}

static enum err
partial_add(struct parser *p, const struct tag *t)
{
	struct node *n = node_add(p, N_PARTIAL, t->line);

	n->alone = t->before && t->after;
	n->indent = blanks_before(p, t);
	return other_name(p, t, n);
}

static enum err
tag_parse(struct parser *p, const struct tag *t)
{
	switch (t->type) {
	case '!':
		return OK;
	case '=':
		return delimiters_set(p, t);
	case '_':
		say_add(p, t);
		return OK;
	case '#':
	case '^':
		return section_open(p, t);
	case '/':
		return level_pop(p, t);
	case '>':
		return partial_add(p, t);
	case '<':
		return parent_open(p, t);
	case '$':
		return block_open(p, t);
	default:
		return value_add(p, t);
	}
}

/* Whether the line of this tag holds nothing else and vanishes.  A parent is one thing from
 * its opening to its closing tag, and a block in it is its argument: they have own rules. */
static bool
vanishes(const struct parser *p, const struct tag *t)
{
	return t->type && strchr(in_parent(p) ? "#^!=>" : "#^/!=>$", t->type) && t->before &&
	    t->after;
}

/* Before the closing tag of an argument the blanks of its line do not count either. */
static bool
closes_argument(const struct parser *p, const struct tag *t)
{
	return t->type == '/' && t->before && p->top->node && p->top->node->argument;
}

static enum err
nodes_parse(struct parser *p)
{
	struct tag t;

	for (;;) {
		bool alone, cut;

		TRY(tag_next(p, &t));
		alone = vanishes(p, &t);
		cut = alone || closes_argument(p, &t);
		TRY(text_add(p, cut ? t.line_start : t.start));
		if (!cut && t.type && p->fresh)
			line_add(p, 0);
		if (!t.type)
			break;
		p->pos = t.end;
		if (alone)
			skip_line_end(p);
		TRY(tag_parse(p, &t));
	}
	return p->top->node ? mistake(p, p->top->node->line, "not closed", p->top->node->text) : OK;
}

enum err
parse_template(const struct parse_in *in, struct node **out)
{
	struct parser p = { .in = in, .len = strlen(in->text), .line = 1, .open = "{{",
	    .close = "}}", .fresh = true };
	struct node *first = NULL;

	p.top = p.levels;
	p.top->tail = &first;
	TRY(nodes_parse(&p));
	*out = first;
	return OK;
}
