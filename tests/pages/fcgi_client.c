/* Sends one request file to a FastCGI socket and prints the answer, for the golden pages, shell
 * tests and the matrix of routes.  The protocol is in fcgi_io.c.
 *
 *   fcgi_client [options] SOCKET < file.req
 *
 * The file: "METHOD target", header lines "Name: value", an empty line, the body.  One line end
 * after the body is the editor's and is not sent, unless -r.
 *   -a ADDRESS      the client's address (default 192.0.2.1)
 *   -p NAME=VALUE   one more parameter, as it is
 *   -D NAME=VALUE   {NAME} in the file stands for VALUE
 *   -c NAME=VALUE   one more cookie
 *   -s              print headers sorted
 *   -o status|head|body   print this alone
 *   -r              send the body with its last line end
 * Prints "Status: n", header lines, an empty line and the body.  Exit 0: an answer came, whatever
 * its status; 1: none, or a broken one; 2: wrong usage. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fcgi_io.h"

enum { MOST = 128 };

struct client {
	struct pair params[MOST], places[MOST];
	size_t      nparams, nplaces;
	char       *cookies;
	const char *address, *only;
	bool        sorted, raw;
};

static void
usage(const char *why)
{
	fprintf(stderr, "fcgi_client: %s\nusage: fcgi_client [-a ADDRESS] [-p NAME=VALUE] "
	    "[-D NAME=VALUE] [-c NAME=VALUE] [-s] [-o status|head|body] [-r] SOCKET\n", why);
	exit(2);
}

static void
add_pair(struct pair *pairs, size_t *n, const char *name, const char *value)
{
	if (*n == MOST)
		usage("too many headers or options");
	pairs[(*n)++] = (struct pair){ name, value };
}

static void
add_split(struct pair *pairs, size_t *n, char *text)
{
	char *eq = strchr(text, '=');

	if (eq == NULL)
		usage("NAME=VALUE is wanted");
	*eq = '\0';
	add_pair(pairs, n, text, eq + 1);
}

static char *
joined(const char *a, const char *b, const char *c)
{
	char *out;

	if (asprintf(&out, "%s%s%s", a, b, c) < 0)
		abort();
	return out;
}

static char *
read_input(size_t *len)
{
	char *text = NULL;
	size_t got;

	*len = 0;
	do {
		text = realloc(text, *len + 65536 + 1);
		if (text == NULL)
			abort();
		got = fread(text + *len, 1, 65536, stdin);
		*len += got;
	} while (got > 0);
	text[*len] = '\0';
	return text;
}

/* In the whole file, also where a body has NULs. */
static char *
fill_places(const struct client *c, char *text, size_t *len)
{
	for (size_t i = 0; i < c->nplaces; i++) {
		char *mark = joined("{", c->places[i].name, "}"), *hit;
		size_t mark_len = strlen(mark), value_len = strlen(c->places[i].value), at = 0;

		while ((hit = memmem(text + at, *len - at, mark, mark_len)) != NULL) {
			char *more = malloc(*len + value_len + 1);
			size_t before = (size_t)(hit - text), after = *len - before - mark_len;

			if (more == NULL)
				abort();
			memcpy(more, text, before);
			memcpy(more + before, c->places[i].value, value_len);
			memcpy(more + before + value_len, hit + mark_len, after + 1);
			free(text);
			text = more;
			at = before + value_len;
			*len = at + after;
		}
		free(mark);
	}
	return text;
}

/* The next line, its end taken off; *left moves behind it. */
static char *
next_line(char **left, const char *end)
{
	char *line = *left, *newline = memchr(line, '\n', (size_t)(end - line));

	if (newline == NULL)
		usage("the request needs an empty line after its headers");
	*newline = '\0';
	if (newline > line && newline[-1] == '\r')
		newline[-1] = '\0';
	*left = newline + 1;
	return line;
}

static void
add_header(struct client *c, char *line)
{
	char *colon = strstr(line, ": ");
	char *name;

	if (colon == NULL)
		usage("a header line is \"Name: value\"");
	*colon = '\0';
	for (char *p = line; *p != '\0'; p++) {
		if (*p >= 'a' && *p <= 'z')
			*p = (char)(*p - 'a' + 'A');
		else if (*p == '-')
			*p = '_';
	}
	name = strcmp(line, "CONTENT_TYPE") == 0 ? line : joined("HTTP_", line, "");
	if (strcmp(name, "HTTP_COOKIE") == 0 && c->cookies != NULL) {
		add_pair(c->params, &c->nparams, name, joined(colon + 2, "; ", c->cookies));
		free(c->cookies);
		c->cookies = NULL;
	} else {
		add_pair(c->params, &c->nparams, name, colon + 2);
	}
}

static void
parse_file(struct client *c, char *text, size_t len, struct ask *ask)
{
	char *left = text, *line = next_line(&left, text + len);
	char *space = strchr(line, ' ');

	if (space == NULL)
		usage("the first line is \"METHOD target\"");
	*space = '\0';
	ask->method = line;
	ask->target = space + 1;
	while (*(line = next_line(&left, text + len)) != '\0')
		add_header(c, line);
	if (c->cookies != NULL)
		add_pair(c->params, &c->nparams, "HTTP_COOKIE", c->cookies);
	add_pair(c->params, &c->nparams, "REMOTE_ADDR", c->address);
	ask->params = c->params;
	ask->nparams = c->nparams;
	ask->body = left;
	ask->body_len = (size_t)(text + len - left);
	if (!c->raw && ask->body_len > 0 && left[ask->body_len - 1] == '\n')
		ask->body_len--;
}

static int
by_name(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;
	int order = strcasecmp(x->name, y->name);

	return order != 0 ? order : strcmp(x->value, y->value);
}

static void
print_answer(const struct client *c, struct answer *an)
{
	if (c->only != NULL && strcmp(c->only, "status") == 0) {
		printf("%d\n", an->status);
		return;
	}
	if (c->only == NULL || strcmp(c->only, "head") == 0) {
		if (c->sorted && an->nheaders > 0)
			qsort(an->headers, an->nheaders, sizeof(*an->headers), by_name);
		printf("Status: %d\n", an->status);
		for (size_t i = 0; i < an->nheaders; i++)
			printf("%s: %s\n", an->headers[i].name, an->headers[i].value);
	}
	if (c->only == NULL)
		putchar('\n');
	if (c->only == NULL || strcmp(c->only, "body") == 0)
		fwrite(an->body, 1, an->body_len, stdout);
}

static void
add_cookie(struct client *c, const char *pair)
{
	char *before = c->cookies;

	c->cookies = before == NULL ? joined(pair, "", "") : joined(before, "; ", pair);
	free(before);
}

static void
read_options(struct client *c, int argc, char **argv)
{
	int option;

	while ((option = getopt(argc, argv, "a:p:D:c:so:r")) != -1) {
		switch (option) {
		case 'a':
			c->address = optarg;
			break;
		case 'p':
			add_split(c->params, &c->nparams, optarg);
			break;
		case 'D':
			add_split(c->places, &c->nplaces, optarg);
			break;
		case 'c':
			add_cookie(c, optarg);
			break;
		case 's':
			c->sorted = true;
			break;
		case 'o':
			c->only = optarg;
			break;
		case 'r':
			c->raw = true;
			break;
		default:
			usage("unknown option");
		}
	}
	if (argc - optind != 1)
		usage("one socket is wanted");
	if (c->only != NULL && strcmp(c->only, "status") != 0 && strcmp(c->only, "head") != 0 &&
	    strcmp(c->only, "body") != 0)
		usage("-o takes status, head or body");
}

int
main(int argc, char **argv)
{
	static struct client c = { .address = "192.0.2.1" };
	struct ask ask = { 0 };
	struct answer an;
	size_t len;
	char *text;

	read_options(&c, argc, argv);
	text = read_input(&len);
	text = fill_places(&c, text, &len);
	parse_file(&c, text, len, &ask);
	if (fcgi_ask(argv[optind], &ask, &an) != 0) {
		fprintf(stderr, "fcgi_client: %s: %s\n", argv[optind], strerror(errno));
		return 1;
	}
	print_answer(&c, &an);
	answer_free(&an);
	free(text);
	return 0;
}
