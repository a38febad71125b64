/* Rules of plural forms: the expression of a catalogue's header, evaluated as it stands.  Each
 * level of C's precedences is one call; brackets and signs go down at most DEEPEST times. */
#include "base/catalogue.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

enum { DEEPEST = 40, LONGEST = 1000, TRIED_TO = 1000, LEVELS = 6 };

struct sum {
	const char *p;
	uint64_t    n;
	int         depth;
	bool        bad;
};

static uint64_t choice(struct sum *s);

static bool
take(struct sum *s, const char *sign)
{
	size_t len = strlen(sign);

	s->p += strspn(s->p, " \t");
	if (strncmp(s->p, sign, len) != 0)
		return false;
	s->p += len;
	return true;
}

static uint64_t
number(struct sum *s)
{
	char    *end;
	uint64_t value;

	if (*s->p < '0' || *s->p > '9') {
		s->bad = true;
		return 0;
	}
	value = strtoull(s->p, &end, 10);
	s->p = end;
	return value;
}

static uint64_t
operand(struct sum *s)
{
	uint64_t value;

	if (++s->depth > DEEPEST) {
		s->bad = true;
		return 0;
	}
	if (take(s, "!"))
		value = !operand(s);
	else if (take(s, "(")) {
		value = choice(s);
		s->bad |= !take(s, ")");
	} else
		value = take(s, "n") ? s->n : number(s);
	s->depth--;
	return value;
}

/* The loosest first; a longer operator stands before one that it begins with. */
static const struct { int level; const char *sign; } operators[] = {
	{ 0, "||" }, { 1, "&&" }, { 2, "==" }, { 2, "!=" }, { 3, "<=" }, { 3, ">=" }, { 3, "<" },
	{ 3, ">" }, { 4, "+" }, { 4, "-" }, { 5, "*" }, { 5, "/" }, { 5, "%" }
};

static const char *
take_operator(struct sum *s, int level)
{
	for (size_t i = 0; i < sizeof(operators) / sizeof(operators[0]); i++)
		if (operators[i].level == level && take(s, operators[i].sign))
			return operators[i].sign;
	return NULL;
}

static uint64_t
apply(const char *op, uint64_t a, uint64_t b)
{
	bool equal = op[1] == '=';

	switch (*op) {
	case '|': return a || b;
	case '&': return a && b;
	case '=': return a == b;
	case '!': return a != b;
	case '<': return equal ? a <= b : a < b;
	case '>': return equal ? a >= b : a > b;
	case '+': return a + b;
	case '-': return a - b;
	case '*': return a * b;
	case '/': return b ? a / b : 0;
	default:  return b ? a % b : 0;
	}
}

static uint64_t
binary(struct sum *s, int level)
{
	uint64_t    value;
	const char *op;

	if (level == LEVELS)
		return operand(s);
	value = binary(s, level + 1);
	while (!s->bad && (op = take_operator(s, level)) != NULL)
		value = apply(op, value, binary(s, level + 1));
	return value;
}

static uint64_t
choice(struct sum *s)
{
	uint64_t condition, yes, no;

	if (++s->depth > DEEPEST) {
		s->bad = true;
		return 0;
	}
	condition = binary(s, 0);
	if (!s->bad && take(s, "?")) {
		yes = choice(s);
		s->bad |= !take(s, ":");
		no = s->bad ? 0 : choice(s);
		condition = condition ? yes : no;
	}
	s->depth--;
	return condition;
}

/* false when the expression is broken. */
static bool
evaluate(const char *expression, uint64_t n, uint64_t *out)
{
	struct sum s = { .p = expression, .n = n };

	*out = choice(&s);
	s.p += strspn(s.p, " \t");
	return !s.bad && *s.p == '\0';
}

enum err
plural_read(struct arena *a, const char *header, struct plural_rule *out)
{
	static const char count[] = "nplurals=", rule[] = "plural=";
	const char *forms = strstr(header, count), *expression = NULL;
	size_t      len;
	uint64_t    form;

	if (forms != NULL)
		expression = strstr(forms + sizeof(count) - 1, rule);
	if (expression == NULL)
		return ERR_INVALID;
	expression += sizeof(rule) - 1;
	len = strcspn(expression, ";\n");
	out->forms = (size_t)strtoul(forms + sizeof(count) - 1, NULL, 10);
	if (len > LONGEST || out->forms < 1 || out->forms > CATALOGUE_FORMS_MOST)
		return ERR_INVALID;
	out->expression = arena_printf(a, "%.*s", (int)len, expression);
	for (uint64_t n = 0; n <= TRIED_TO; n++)
		if (!evaluate(out->expression, n, &form) || form >= out->forms)
			return ERR_INVALID;
	return OK;
}

size_t
plural_form(const struct plural_rule *rule, int64_t n)
{
	uint64_t form;

	if (!evaluate(rule->expression, n < 0 ? (uint64_t)0 - (uint64_t)n : (uint64_t)n, &form) ||
	    form >= rule->forms)
		return rule->forms - 1;
	return (size_t)form;
}
