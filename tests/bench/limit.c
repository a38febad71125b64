/* The limit that pages are measured against: a pool of workers as small as one over libfcgi
 * can be.  It accepts, reads the parameters and sends recorded bytes, chosen by the first
 * segment of the path; so a page's rate over this one's says what the page itself costs.
 * Two ways: "libfcgi" sends by FCGX_PutStr() and FCGX_Finish_r(), as any small program does;
 * "raw" writes ready-made records past the library, for the bound that nothing is above. */
#include <fastcgi.h>
#include <fcgiapp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { RECORD_LONGEST = 65528, PAGES_MOST = 64, PAGE_LONGEST = 1 << 20 };

struct page {
	const char *name;
	char       *body;        /* what the program had sent */
	size_t      body_len;
	char       *bytes;       /* the same as records of FastCGI */
	size_t      len;
};

static struct page pages[PAGES_MOST];
static size_t      npages;

static _Noreturn void
stop(const char *why)
{
	fprintf(stderr, "limit: %s\n", why);
	exit(EXIT_FAILURE);
}

static char *
put_record(char *to, int type, const char *bytes, size_t len)
{
	FCGI_Header h = { .version = FCGI_VERSION_1, .type = (unsigned char)type, .requestIdB0 = 1,
		.contentLengthB1 = (unsigned char)(len >> 8),
		.contentLengthB0 = (unsigned char)len };

	to = mempcpy(to, &h, sizeof(h));
	return mempcpy(to, bytes, len);
}

/* The file is named as its page, and is what the program had sent: head and body. */
static void
load(const char *path)
{
	static char bytes[PAGE_LONGEST];
	FCGI_EndRequestBody end = { .protocolStatus = FCGI_REQUEST_COMPLETE };
	struct page        *p = &pages[npages++];
	FILE               *f = fopen(path, "rb");
	size_t              len, at = 0;
	char               *to;

	if (f == NULL || npages == PAGES_MOST)
		stop(path);
	len = fread(bytes, 1, sizeof(bytes), f);
	fclose(f);
	p->name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	p->body = malloc(len + 1);
	p->body_len = len;
	p->bytes = to = malloc(len + 64 + len / RECORD_LONGEST * sizeof(FCGI_Header) +
	    sizeof(FCGI_EndRequestRecord));
	if (to == NULL || p->body == NULL || len == sizeof(bytes))
		stop("a page is too long");
	memcpy(p->body, bytes, len);
	while (at < len) {
		size_t part = len - at < RECORD_LONGEST ? len - at : RECORD_LONGEST;

		to = put_record(to, FCGI_STDOUT, bytes + at, part);
		at += part;
	}
	to = put_record(to, FCGI_STDOUT, "", 0);
	to = put_record(to, FCGI_END_REQUEST, (const char *)&end, sizeof(end));
	p->len = (size_t)(to - p->bytes);
}

static const struct page *
page_of(const char *uri)
{
	size_t len = uri && *uri ? strcspn(uri + 1, "/?") : 0;

	for (size_t i = 0; i < npages; i++)
		if (strlen(pages[i].name) == len && memcmp(pages[i].name, uri + 1, len) == 0)
			return &pages[i];
	return &pages[0];
}

static void
send_raw(FCGX_Request *q, const struct page *p)
{
	for (size_t at = 0; at < p->len;) {
		ssize_t n = send(q->ipcFd, p->bytes + at, p->len - at, MSG_NOSIGNAL);

		if (n <= 0)
			break;
		at += (size_t)n;
	}
	/* Not FCGX_Finish_r(), which would write an end of its own. */
	FCGX_Free(q, 0);
	close(q->ipcFd);
	q->ipcFd = -1;
}

static _Noreturn void
work(int listen_fd, bool raw)
{
	FCGX_Request q;

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	FCGX_Init();
	FCGX_InitRequest(&q, listen_fd, 0);
	while (FCGX_Accept_r(&q) == 0) {
		const struct page *p = page_of(FCGX_GetParam("REQUEST_URI", q.envp));

		if (raw) {
			send_raw(&q, p);
			continue;
		}
		FCGX_PutStr(p->body, (int)p->body_len, q.out);
		FCGX_Finish_r(&q);
	}
	exit(EXIT_FAILURE);
}

int
main(int argc, char **argv)
{
	bool raw;
	int  fd;

	if (argc < 5)
		stop("usage: limit libfcgi|raw SOCKET WORKERS PAGE...");
	raw = strcmp(argv[1], "raw") == 0;
	for (int i = 4; i < argc; i++)
		load(argv[i]);
	FCGX_Init();
	fd = FCGX_OpenSocket(argv[2], 1024);
	if (fd < 0)
		stop("no socket");
	for (int i = atoi(argv[3]); i > 0; i--)
		if (fork() == 0)
			work(fd, raw);
	while (wait(NULL) > 0)
		;
	return EXIT_SUCCESS;
}
