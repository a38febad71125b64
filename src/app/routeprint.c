/* Routes in words.  The tables are in the modules, routes.c lists them. */
#include "app/routeprint.h"

#include <stdlib.h>
#include <string.h>

#include "web/route.h"

enum { SLOW_MOST = 256 };

static const char *
method_word(enum method m)
{
	static const char *const words[] = { [M_GET] = "GET", [M_HEAD] = "HEAD", [M_POST] = "POST",
		[M_PUT] = "PUT", [M_PATCH] = "PATCH", [M_DELETE] = "DELETE", [M_OTHER] = "?" };

	return words[m];
}

static const char *
scope_word(enum perm p)
{
	if (p < PERM_FIRST)
		return "-";
	switch (perm_info(p)->scope) {
	case SCOPE_TENANT:
		return "tenant";
	case SCOPE_ORG:
		return "organization";
	case SCOPE_WORKSPACE:
		break;
	}
	return "workspace";
}

static void
print_flags(FILE *out, unsigned flags)
{
	static const struct { unsigned bit; const char *word; } words[] = {
		{ ROUTE_SLOW, "slow" }, { ROUTE_LINK, "link" }, { ROUTE_PROOF, "proof" },
		{ ROUTE_LONG, "long" }, { ROUTE_API, "api" },
	};
	const char *comma = "";

	if (flags == 0)
		fputs("-", out);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (flags & words[i].bit) {
			fprintf(out, "%s%s", comma, words[i].word);
			comma = ",";
		}
	fputs("\n", out);
}

static void
print(FILE *out, const struct route *r)
{
	const char *need = r->need == PERM_PUBLIC ? "public" : r->need == PERM_SIGNED_IN ?
	    "signed-in" : r->need == PERM_UNSET ? "unset" : perm_info(r->need)->key;

	fprintf(out, "%s\t%s\t%s\t%s\t", method_word(r->method), r->path, need,
	    scope_word(r->need));
	print_flags(out, r->flags);
}

void
routes_print(FILE *out)
{
	for (const struct route *const *t = all_routes; *t; t++)
		for (const struct route *r = *t; r->path; r++)
			print(out, r);
}

/* {name} becomes [^/]+, which is what it matches. */
static void
print_pattern(FILE *out, const char *path)
{
	for (const char *p = path; *p; p++)
		if (*p == '{') {
			fputs("[^/]+", out);
			p = strchr(p, '}');
		} else
			fprintf(out, "%s%c", *p == '.' ? "\\" : "", *p);
}

/* nginx tries every regex on every request, so there is one for a method, which says by its first
 * letter that most requests are not meant. */
static void
print_patterns(FILE *out, enum method m, const struct route *const *slow, size_t n)
{
	size_t printed = 0;

	for (size_t i = 0; i < n; i++) {
		if (slow[i]->method != m || strchr(slow[i]->path, '{') == NULL)
			continue;
		if (printed++ == 0)
			fprintf(out, "\"~(?x)^%s[ ](?:\n  ", method_word(m));
		else
			fputs("| ", out);
		print_pattern(out, slow[i]->path);
		fputs("\n", out);
	}
	if (printed)
		fputs(")$\" slow;\n", out);
}

static int
by_path(const void *a, const void *b)
{
	const struct route *const *x = a, *const *y = b;

	return strcmp((*x)->path, (*y)->path);
}

void
routes_print_nginx(FILE *out)
{
	const struct route *slow[SLOW_MOST];
	size_t              n = 0;

	for (const struct route *const *t = all_routes; *t; t++)
		for (const struct route *r = *t; r->path; r++)
			if (r->flags & ROUTE_SLOW && n < SLOW_MOST)
				slow[n++] = r;
	qsort(slow, n, sizeof(slow[0]), by_path);
	fputs("# Made by \"tenantry routes --nginx\": the routes marked ROUTE_SLOW, as method and "
	    "path.\n", out);
	for (size_t i = 0; i < n; i++)
		if (strchr(slow[i]->path, '{') == NULL)
			fprintf(out, "\"%s %s\" slow;\n", method_word(slow[i]->method),
			    slow[i]->path);
	for (enum method m = M_GET; m < M_OTHER; m++)
		print_patterns(out, m, slow, n);
}
